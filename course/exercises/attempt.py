"""Call an answer, and record what the call came to: a result or an error, warnings, arguments.

An answer shares Python and NumPy with its key and with the notebook. Whatever it changes there is
put back after the call, and what it returns is copied as it comes.
"""

import ast
import builtins
import contextlib
import copy
import dis
import functools
import importlib
import inspect
import itertools
import linecache
import math
import numbers
import pkgutil
import random
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

import mnistlib
from course.exercises.comparison import ATOL, a, is_several, matches
from course.exercises.exercise import Arguments


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a call came to."""

    #: What it returned, copied: lists as lists, every array as a plain one.
    result: object
    #: What it raised, in a line; nothing if it returned.
    error: str
    #: Its arguments, as it left them.
    arguments: Arguments
    #: What NumPy warned of.
    warned: str
    #: The line of the answer's code that raised, or else the first that NumPy warned of.
    line: str = ""
    #: What the names in the line that raised stand for.
    names: dict[str, object] = field(default_factory=dict)
    #: What raised in that line: "solve(...)", "... @ ...".
    step: str = ""
    #: What came in place of plain numbers: "an np.matrix"; nothing if no such thing came.
    odd: str = ""
    #: Names of NumPy, Python or the library that it gave another value: "np.exp".
    rebound: tuple[str, ...] = ()

    @property
    def dtype(self) -> str:
        """The dtype of the result, if it is one array or number."""
        is_one = isinstance(self.result, (np.ndarray, np.generic))
        return str(self.result.dtype) if is_one else ""

    @property
    def kind_of_error(self) -> str:
        """The name of the error, without its words."""
        return self.error.partition(":")[0]

    def is_like(
        self, other: "Outcome", exact: bool, atol: float = ATOL, in_kind: bool = False
    ) -> bool:
        """Tell whether another call came to the same: result, error, arguments, warnings.

        Args:
            other: what the other call came to.
            exact: whether only the last bits of a result may differ.
            atol: how far a result may be off, however small it is.
            in_kind: whether an error of the same kind will do, whatever its words.
        """
        if in_kind:
            errors_match = self.kind_of_error == other.kind_of_error
        else:
            errors_match = self.error == other.error
        warnings_match = (self.warned, self.dtype) == (other.warned, other.dtype)
        return (
            errors_match
            and matches(self.result, other.result, exact, atol)
            and matches(self.arguments, other.arguments, exact)
            and (warnings_match or not exact)
        )


@dataclass(frozen=True, eq=False)
class Attempt:
    """A case: its arguments, what the answer made of them, and what the key makes of them."""

    arguments: Arguments
    outcome: Outcome
    wanted: Outcome
    #: Whether it is an edge case, in which only the last bits may differ.
    is_edge: bool = False


class BrokenKey(RuntimeError):
    """Raised where the answer key itself raises: a fault of the course, not of the answer."""


def call_key(reference: Callable, arguments: Arguments) -> Outcome:
    """Call the answer key.

    Raises:
        BrokenKey: it raises.
    """
    wanted = call(reference, arguments)
    if wanted.error:
        raise BrokenKey(
            f"the answer key to {reference.__name__} raised {wanted.error}. That is a fault of the "
            "course, not of your answer: please report it. Until it is mended, this exercise cannot "
            "be checked."
        )
    return wanted


#: What no result of an exercise is.
LEFTOVER = -12345.678


def spoil_memory(result: object) -> None:
    """Leave numbers in the memory from which NumPy will make arrays as large as those of a result.

    Otherwise an answer that fills no array might find zeros there, or what the key has left, and be
    right by chance.
    """
    for array in result if is_several(result) else [result]:
        if isinstance(array, np.ndarray):
            together = [np.full(array.shape, LEFTOVER) for _ in range(8)]  # more than NumPy keeps
            del together


def call(function: Callable, arguments: Arguments, read_only: Iterable[int] = ()) -> Outcome:
    """Call a function on copies of the arguments. Jupyter's stop button ends an endless loop.

    Args:
        function: the answer, or the key.
        arguments: what it is called with.
        read_only: the places of the arguments whose arrays refuse to be written to.
    """
    copies = copy.deepcopy(arguments)
    for place in read_only:
        freeze(copies[place])
    result = None
    odd = ""
    stop = Stop()
    with (
        warnings.catch_warnings(record=True, action="always") as caught,
        settings_kept(),
        names_kept() as rebound,
    ):
        try:
            result, odd = received(function(*copies))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # sys.exit() must not end the kernel
            stop = where_it_stopped(function, error)
    numeric = [warning for warning in caught if issubclass(warning.category, RuntimeWarning)]
    places = [(warning.filename, warning.lineno) for warning in numeric]
    return Outcome(
        result=result,
        error=stop.error,
        arguments=copies,
        warned=", ".join(sorted({str(warning.message) for warning in numeric})),
        line=stop.line or own_line(function, places),
        names=stop.names,
        step=stop.step,
        odd=odd,
        rebound=tuple(rebound),
    )


def freeze(value: object) -> None:
    """Make an array, or those in a tuple or a list, refuse to be written to."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif is_several(value):
        for entry in value:
            freeze(entry)


# What an answer shares with others


class Names:
    """What the names of modules and classes stood for, and their dictionaries held, at one moment."""

    def __init__(self, *places: types.ModuleType | type) -> None:
        """Look them up."""
        self.values = {place: dict(vars(place)) for place in places}
        self.contents = [
            (in_short(place, name), value, value.copy())
            for place, values in self.values.items()
            for name, value in values.items()
            if type(value) is dict and not name.startswith("_")
        ]

    def restore(self) -> list[str]:
        """Put back every name that stands for something else now, or holds it; return these names."""
        changed = []
        for place, values in self.values.items():
            now = vars(place)
            if are_as_before(values, now):  # fast, and nearly always so
                continue
            for name, value in values.items():
                if name not in now or now[name] is not value:
                    setattr(place, name, value)
                    changed.append(in_short(place, name))
        for name, value, before in self.contents:
            if len(before) != len(value) or not are_as_before(before, value):
                value.clear()
                value.update(before)
                changed.append(name)
        return changed


def are_as_before(before: Mapping, now: Mapping) -> bool:
    """Tell whether what was there before still is; names may have been added."""
    try:
        return before == now or before.items() <= now.items()
    except ValueError:  # an array stands in a function's place
        return False


def in_short(place: types.ModuleType | type, name: str) -> str:
    """Return a name as a reader writes it: "np.exp", "functions.softmax", "deep.MLP.forward", "len"."""
    if place is builtins:
        return name
    if isinstance(place, type):
        return in_short(sys.modules[place.__module__], f"{place.__qualname__}.{name}")
    return f"{place.__name__.removeprefix('mnistlib.').replace('numpy', 'np')}.{name}"


def library() -> Iterator[types.ModuleType | type]:
    """Yield the library's modules, and the classes that each defines.

    What draws is left out: no key needs it, and importing Matplotlib takes longer than a check.
    """
    for module in pkgutil.iter_modules(mnistlib.__path__, "mnistlib."):
        if module.name != "mnistlib.plotting":
            home = importlib.import_module(module.name)
            yield home
            for value in vars(home).values():
                if isinstance(value, type) and value.__module__ == home.__name__:
                    yield value


#: NumPy's and the library's own names, as they are before anybody can have changed them.
NUMPY = Names(np, np.linalg, np.random)
LIBRARY = Names(*library())


@contextlib.contextmanager
def originals() -> Iterator[list[str]]:
    """Let NumPy and the library be what they were at first, while an answer is judged.

    What the reader has changed in the library, such as a function of their own in the place of one,
    returns afterwards. What somebody has changed in NumPy stays mended: the names are yielded.
    """
    kept = Names(*LIBRARY.values)
    drawn = np.random.get_state(), random.getstate()  # noqa: NPY002
    LIBRARY.restore()
    try:
        yield NUMPY.restore()
    finally:
        kept.restore()
        np.random.set_state(drawn[0])  # noqa: NPY002
        random.setstate(drawn[1])


@contextlib.contextmanager
def names_kept() -> Iterator[list[str]]:
    """Put back each name of NumPy, the library or Python that is changed meanwhile; fill them in."""
    python = Names(math, builtins)
    rebound: list[str] = []
    try:
        yield rebound
    finally:
        rebound += [*NUMPY.restore(), *LIBRARY.restore(), *python.restore()]


@contextlib.contextmanager
def settings_kept() -> Iterator[None]:
    """Let NumPy warn of all but underflow, and put back how it warns, prints, and how deep calls go."""
    depth = sys.getrecursionlimit()
    try:
        with np.errstate(all="warn", under="ignore"), np.printoptions():
            yield
    finally:
        if sys.getrecursionlimit() != depth:
            sys.setrecursionlimit(depth)


# What comes back


#: How many lists may lie one in the other.
DEEPEST = 8
#: The most entries of an array that are copied; no exercise has a result that is nearly as large.
MOST_ENTRIES = 10**6
#: The most values that are taken from an iterator, which may have no end.
MOST_YIELDED = 10**4


def received(value: object, depth: int = 0) -> tuple[object, str]:
    """Copy a result as it comes; return it, and what came that is not plain numbers.

    One rule for all: a plain array of numbers will do, or what NumPy turns into one without changing
    its meaning. A matrix is none, since its ``*`` is another product, and breaks the training far
    from here; nor is an array with masked entries, or of objects. Where a list, a tuple or a
    dictionary came, that holds for its entries. All else, such as a function, stays what it is.
    """
    if type(value) in (float, int, bool, str):
        return value, ""
    if isinstance(value, np.ndarray):
        if value.size > MOST_ENTRIES:
            return ..., f"an array of shape {value.shape}"
        return np.array(value, subok=False), what_is_odd(value)
    if isinstance(value, Iterator):  # as `list` would keep them: views may change later
        has_loop = isinstance(value, Generator)
        value = list(itertools.islice(value, MOST_YIELDED + 1))
        if has_loop and len(value) > MOST_YIELDED:
            raise RuntimeError(f"{MOST_YIELDED} values were yielded, and still no end")
    if type(value) is dict or is_several(value):
        if depth == DEEPEST:
            return ..., "a list of lists without an end"
        entries = value.values() if type(value) is dict else value
        all_received = [received(entry, depth + 1) for entry in entries]
        odd = next((odd for _, odd in all_received if odd), "")
        copied = [entry for entry, _ in all_received]
        if type(value) is dict:
            return dict(zip(value, copied)), odd
        return tuple(copied) if isinstance(value, tuple) else copied, odd
    if isinstance(value, numbers.Number) and not isinstance(
        value, (int, float, complex, np.number)
    ):
        return value, a(type(value).__name__)
    return value, ""


def what_is_odd(array: np.ndarray) -> str:
    """Say of which odd kind an array is; nothing of a plain one."""
    if type(array) not in (np.ndarray, np.memmap):
        names = {kind.__name__ for kind in type(array).__mro__}
        return "a masked array" if "MaskedArray" in names else a(f"`{type(array).__name__}`")
    odd = {"O": "an array of objects", "V": "an array of records"}
    return odd.get(array.dtype.kind, "")


# Where an answer stopped, and what it names


@dataclass(frozen=True, eq=False)
class Stop:
    """What a call raised, and where in the answer's own code: the same fields as an outcome's."""

    error: str = ""
    line: str = ""
    names: dict[str, object] = field(default_factory=dict)
    step: str = ""


def where_it_stopped(function: Callable, error: BaseException) -> Stop:
    """Say what an answer raised, and where."""
    message = traceback.format_exception_only(error)[-1].splitlines()[0]
    calls = [*traceback.walk_tb(error.__traceback__)][::-1]  # the innermost first
    line = own_line(function, [(frame.f_code.co_filename, number) for frame, number in calls])
    return Stop(
        error=re.sub(r"^[\w.<>]+\.| at 0x\w+", "", message),  # no module, no address
        line=line,
        names=names_in(line, [frame for frame, _ in calls], function),
        step=own_step(function, error.__traceback__),
    )


def line_at_work(function: Callable, trace: types.TracebackType | None) -> str:
    """Return the innermost line of an answer's own that was at work when it was interrupted."""
    calls = [*traceback.walk_tb(trace)][::-1]
    return own_line(function, [(frame.f_code.co_filename, number) for frame, number in calls])


def code_of(function: Callable) -> types.CodeType | None:
    """Return the code of an answer as the reader wrote it; None if one cannot look into it.

    It may be wrapped: in ``np.vectorize``, ``functools.cache`` or ``functools.partial``, say.
    """
    if isinstance(function, np.vectorize):
        return code_of(function.pyfunc)
    if isinstance(function, functools.partial):
        return code_of(function.func)
    if not isinstance(function, type):
        function = inspect.unwrap(function)
    if not hasattr(function, "__code__"):
        kind = function if isinstance(function, type) else type(function)
        function = kind.__init__ if kind is function else kind.__call__
    code = getattr(function, "__code__", None)
    return code if isinstance(code, types.CodeType) else None


def own_file(function: Callable) -> str | None:
    """Return the name of the file, or of the cell, in which an answer stands; None if unknown."""
    code = code_of(function)
    return code.co_filename if code else None


def own_line(function: Callable, places: list[tuple[str, int]]) -> str:
    """Return the first of some lines of code that stands in the answer's own file."""
    own = own_file(function)
    lines = [linecache.getline(file, number).strip() for file, number in places if file == own]
    return lines[0] if lines else ""


def names_in(line: str, frames: list[types.FrameType], function: Callable) -> dict[str, object]:
    """Return the answer's own names that stand in a line of it, with what they stood for then."""
    own = own_file(function)
    values = {}
    for frame in reversed(frames):  # the innermost last: what a name means there counts
        if frame.f_code.co_filename == own:
            values.update(frame.f_locals)
    words = dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*", line))  # each once
    return {word: values[word] for word in words if word in values}


def own_step(function: Callable, trace: types.TracebackType) -> str:
    """Say what raised in the answer's own code: which function was called, or which operator stood."""
    own = own_file(function)
    step = ""
    while trace:
        code = trace.tb_frame.f_code
        if code.co_filename == own:
            step = step_at(code, trace.tb_lasti)
        trace = trace.tb_next
    return step


def step_at(code: types.CodeType, place: int) -> str:
    """Say what code does at a place of it, as far as its source is known."""
    first_line, last_line, begin, end = [*code.co_positions()][place // 2]
    if None in (first_line, last_line, begin, end):
        return ""
    lines = [
        linecache.getline(code.co_filename, number).encode()  # columns are counted in bytes
        for number in range(first_line, last_line + 1)
    ]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][begin:]
    if not any(lines):
        return ""
    try:
        expression = ast.parse(f"({b''.join(lines).decode()})", mode="eval").body
    except SyntaxError:  # a statement, such as an import
        return ""
    match expression:
        case ast.Call(func=ast.Name(name)):
            return f"{name}(...)"
        case ast.Call(func=ast.Attribute(attr=name)):
            return f".{name}(...)"
        case ast.BinOp(op=operator):
            return type(operator).__name__
    return type(expression).__name__


#: How Python's instructions begin that ask for a value of the code's own.
ASKING: tuple[str, ...] = ("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")


def with_inner(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield code, and the code of the functions that are defined in it."""
    yield code
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from with_inner(constant)


def leaves_unfilled(function: Callable) -> bool:
    """Tell whether an answer asks for an array that holds whatever was in memory: ``np.empty``."""
    code = code_of(function)
    return any(
        not {"empty", "empty_like"}.isdisjoint(part.co_names)
        for part in (with_inner(code) if code else ())
    )


def values_used(code: types.CodeType | None) -> set[str]:
    """Return the names of arguments and other own values that code asks for."""
    names = set()
    for part in with_inner(code) if code else ():
        for instruction in dis.get_instructions(part):
            if instruction.opname.startswith(ASKING):
                asked = instruction.argval  # some ask for two values at once
                names.update(asked if isinstance(asked, tuple) else [asked])
    return names
