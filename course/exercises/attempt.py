"""Call a function on one case, and record what the call came to; read how an answer is written."""

import ast
import contextlib
import copy
import inspect
import io
import itertools
import linecache
import re
import textwrap
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from course.exercises.exercise import Arguments

#: The most values that are taken from an iterator, which may have no end.
MOST_YIELDED = 10**4


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a call came to."""

    #: What it returned, copied, since an answer may write into it again.
    result: object
    #: What it raised, in a line; nothing if it returned.
    error: str
    #: Its arguments, as it left them.
    arguments: Arguments
    #: What NumPy warned of.
    warned: frozenset[str]
    #: The line of the answer's own code that raised, or else the first that NumPy warned of.
    line: str = ""
    #: What the names in the line that raised stood for.
    names: dict[str, object] = field(default_factory=dict)
    #: In which other function of the reader's that line stands.
    inside: str = ""

    @property
    def kind_of_error(self) -> str:
        """The name of the error, without its words."""
        return self.error.partition(":")[0]


@dataclass(frozen=True, eq=False)
class Attempt:
    """A case: its arguments, what the answer made of them, and what the key makes of them."""

    arguments: Arguments
    outcome: Outcome
    wanted: Outcome
    #: Whether it is an edge case, in which only the last bits may differ.
    is_edge: bool


class Unheard(io.TextIOBase):
    """Where that goes which an answer prints again and again."""

    def write(self, text: str) -> int:
        """Drop it."""
        return len(text)


def call(
    function: Callable, arguments: Arguments, prints: bool = False, frozen: int | None = None
) -> Outcome:
    """Call a function on copies of the arguments. Jupyter's stop button ends an endless loop.

    Args:
        function: the answer, or the key.
        arguments: what it is called with.
        prints: whether what it prints is seen.
        frozen: which argument's arrays refuse to be written to, so that the line that tries is known.
    """
    copies = copy.deepcopy(arguments)
    if frozen is not None:
        freeze(copies[frozen])
    result = None
    error, line, names, inside = "", "", {}, ""
    silence = contextlib.nullcontext() if prints else contextlib.redirect_stdout(Unheard())
    with (
        warnings.catch_warnings(record=True, action="always") as caught,
        np.errstate(all="warn", under="ignore"),
        silence,
    ):
        try:
            result = copied(function(*copies))
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # sys.exit() must not end the kernel
            message = traceback.format_exception_only(raised)[-1].splitlines()[0]
            error = re.sub(r"^[\w.<>]+\.| at 0x\w+", "", message)  # no module, no address
            line, names, inside = where_it_stopped(function, raised.__traceback__)
    numeric = [warning for warning in caught if issubclass(warning.category, RuntimeWarning)]
    places = [(warning.filename, warning.lineno) for warning in numeric]
    return Outcome(
        result=result,
        error=error,
        arguments=copies,
        warned=frozenset(str(warning.message).replace("scalar ", "") for warning in numeric),
        line=line or first_own_line(function, places),
        names=names,
        inside=inside,
    )


def freeze(value: object) -> None:
    """Make an array, or all arrays in a tuple or a list, refuse to be written to."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, (tuple, list)):
        for each in value:
            freeze(each)


def copied(value: object) -> object:
    """Copy a result as it comes; what an iterator yields, as the list that it would make."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Iterator):
        value = list(itertools.islice(value, MOST_YIELDED + 1))
        if len(value) > MOST_YIELDED:
            raise RuntimeError(f"{MOST_YIELDED} values were yielded, and still no end")
    if isinstance(value, tuple):
        return tuple(map(copied, value))
    if isinstance(value, list):
        return list(map(copied, value))
    if type(value) is dict:
        return {key: copied(entry) for key, entry in value.items()}
    return value


# How an answer is written


def own_file(function: Callable) -> str | None:
    """Return the file, or the cell, in which an answer stands; None if unknown."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_filename if code else None


def first_own_line(function: Callable, places: list[tuple[str, int]]) -> str:
    """Return the first of some lines of code that stands in the answer's own file."""
    own = own_file(function)
    lines = [linecache.getline(file, number).strip() for file, number in places if file == own]
    return lines[0] if lines else ""


def where_it_stopped(
    function: Callable, trace: types.TracebackType | None
) -> tuple[str, dict[str, object], str]:
    """Return the innermost line of the reader's own that was at work, what its names stood for, and
    in which other function it stands, if it does.
    """
    own = own_file(function)
    frames = [each for each in traceback.walk_tb(trace) if each[0].f_code.co_filename == own]
    if not frames:
        return "", {}, ""
    frame, number = frames[-1]
    line = linecache.getline(own, number).strip()
    words = dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*", line))  # each once
    names = {word: frame.f_locals[word] for word in words if word in frame.f_locals}
    inside = frame.f_code.co_name
    is_another = inside.startswith("my_") and inside != getattr(function, "__name__", "")
    return line, names, inside if is_another else ""


def definition_of(function: Callable) -> ast.AST | None:
    """Return an answer's definition as a syntax tree; None where its source is not known."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return None


def is_a_stub(function: Callable) -> bool:
    """Tell whether an answer does nothing yet: ``...``, ``pass``, ``raise NotImplementedError``."""
    definition = definition_of(function)
    return isinstance(definition, ast.FunctionDef) and all(map(does_nothing, definition.body))


def does_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement only holds a place."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
    return False


def operations_in(function: Callable) -> set[str]:
    """Return all names and attributes that a function asks for, and "a loop" if it has one."""
    definition = definition_of(function)
    operations = set()
    for node in ast.walk(definition) if definition else ():
        if isinstance(node, (ast.For, ast.comprehension)):
            operations.add("a loop")
        elif isinstance(node, ast.Name):
            operations.add(node.id)
        elif isinstance(node, ast.Attribute):
            operations.add(node.attr)
    return operations
