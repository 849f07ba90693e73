"""Call an answer, and record what the call came to: a result or an error, warnings, arguments."""

import ast
import copy
import linecache
import re
import traceback
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from course.exercises.compare import NOISE, alike, is_several
from course.exercises.exercise import Arguments

#: The code of an answer that is not Python's, such as np.vectorize(f): it does something.
OPAQUE: types.CodeType = (lambda *args: args).__code__


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a call came to."""

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

    @property
    def dtype(self) -> str:
        """The dtype of the result, if it is one array or number."""
        return str(getattr(self.result, "dtype", ""))

    @property
    def kind_of_error(self) -> str:
        """The name of the error, without its words."""
        return self.error.partition(":")[0]

    def is_like(
        self, other: "Outcome", exact: bool, noise: float = NOISE, in_kind: bool = False
    ) -> bool:
        """Tell whether another call came to the same: result, error, arguments, warnings.

        Args:
            other: what the other call came to.
            exact: whether only the last bits of a result may differ.
            noise: what a result may be off, however small it is.
            in_kind: whether an error of the same kind will do, whatever its words.
        """
        if in_kind:
            errors_match = self.kind_of_error == other.kind_of_error
        else:
            errors_match = self.error == other.error
        warnings_match = (self.warned, self.dtype) == (other.warned, other.dtype)
        return (
            alike(self.result, other.result, exact, noise)
            and errors_match
            and alike(self.arguments, other.arguments, exact)
            and (warnings_match or not exact)
        )


@dataclass(frozen=True, eq=False)
class Attempt:
    """A case, and what the answer made of it."""

    case: Arguments
    outcome: Outcome
    #: Whether it is an extreme case, in which only the last bits may differ.
    extreme: bool


@np.errstate(all="warn", under="ignore")
def call(function: Callable, arguments: Arguments, read_only: Iterable[int] = ()) -> Outcome:
    """Call a function on copies of the arguments. Jupyter's stop button ends an endless loop.

    Args:
        function: the answer, or the key.
        arguments: what it is called with.
        read_only: the places of the arguments into whose arrays nobody can write.
    """
    copies = copy.deepcopy(arguments)
    for place in read_only:
        freeze(copies[place])
    result = None
    stop = Stop()
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            result = function(*copies)
            if isinstance(result, Iterator):  # as a `for` would take them, one by one
                result = [copy.deepcopy(item) for item in result]
        except (Exception, SystemExit) as error:  # sys.exit() must not end the kernel
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
    )


def freeze(value: object) -> None:
    """Let nobody write into an array, or into those of a tuple or a list."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif is_several(value):
        for entry in value:
            freeze(entry)


# Where an answer stopped


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


def code_of(function: Callable) -> types.CodeType:
    """Return the code of an answer."""
    return getattr(function, "__code__", OPAQUE)


def own_file(function: Callable) -> str:
    """Return the name of the file, or of the cell, in which an answer stands."""
    return code_of(function).co_filename


def own_line(function: Callable, places: list[tuple[str, int]]) -> str:
    """Return the first of some lines of code that stands in the answer's own file."""
    own = own_file(function)
    lines = [linecache.getline(file, number).strip() for file, number in places if file == own]
    return lines[0] if lines else ""


def names_in(line: str, frames: list[types.FrameType], function: Callable) -> dict[str, object]:
    """Return the answer's own names that stand in a line of it, with what they stood for then."""
    values = {}
    for frame in reversed(frames):  # the innermost last: what a name means there counts
        if frame.f_code.co_filename == own_file(function):
            values.update(frame.f_locals)
    words = dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*", line))  # each once
    return {word: values[word] for word in words if word in values}


def own_step(function: Callable, trace: types.TracebackType) -> str:
    """Say what raised in the answer's own code: which function was called, or which sign stood there."""
    step = ""
    while trace:
        code = trace.tb_frame.f_code
        if code.co_filename == own_file(function):
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
        case ast.BinOp(op=sign):
            return type(sign).__name__
    return type(expression).__name__
