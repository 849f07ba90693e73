"""How an answer is written: whether it is begun, what it uses, and in which line it stopped."""

import ast
import inspect
import linecache
import re
import textwrap
import traceback
import types
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np


class Stop(NamedTuple):
    """Where an answer stopped, or in which line NumPy warned; nothing is known of it by default."""

    line: str = ""
    #: What the function's own names in that line stood for.
    names: Mapping[str, object] = {}
    #: Those of its names that are arrays of the notebook, made outside the function.
    outside: Sequence[str] = ()
    #: In which other function of the reader's that line stands, if it does.
    inside: str = ""


def definition_of(function: Callable) -> ast.AST | None:
    """Return a function's definition as a syntax tree; None where its source is not known."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return None


def is_a_stub(function: Callable) -> bool:
    """Tell whether an answer does nothing yet."""
    return is_stub(definition_of(function))


def is_stub(definition: ast.AST | None) -> bool:
    """Tell whether a function does nothing yet: ``...``, ``pass``, ``raise NotImplementedError``."""
    return isinstance(definition, ast.FunctionDef) and all(map(does_nothing, definition.body))


def does_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement is one of those that a stub may have."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None | ast.Constant(value=None)):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
    return False


def operations_in(function: Callable) -> set[str]:
    """Return all names and attributes that a function asks for, and "a loop" if it has one."""
    definition = definition_of(function)
    operations = set()
    for node in ast.walk(definition) if definition else ():
        match node:
            case ast.For() | ast.comprehension():
                operations.add("a loop")
            case ast.Name(id=name) | ast.Attribute(attr=name):
                operations.add(name)
    return operations


def file_of(function: Callable) -> str | None:
    """Return the file, or the cell, in which an answer stands; None if unknown."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_filename if code else None


def stubs_called_by(function: Callable) -> list[str]:
    """Return the reader's other functions, ``my_...``, that an answer calls and that do nothing yet."""
    space = getattr(inspect.unwrap(function), "__globals__", {})
    names = [name for name in operations_in(function) if name.startswith("my_")]
    return sorted(
        name for name in names if inspect.isfunction(space.get(name)) and is_a_stub(space[name])
    )


def where_it_stopped(function: Callable, trace: types.TracebackType | None) -> Stop:
    """Return the innermost line of the reader's own that was at work."""
    file = file_of(function)
    frames = [each for each in traceback.walk_tb(trace) if each[0].f_code.co_filename == file]
    if not frames:
        return Stop()
    frame, number = frames[-1]
    line = linecache.getline(file, number).strip()
    words = dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*", line))  # each once
    names = {word: frame.f_locals[word] for word in words if word in frame.f_locals}
    of_notebook = {word: frame.f_globals.get(word) for word in words if word not in names}
    outside = [word for word, value in of_notebook.items() if isinstance(value, np.ndarray)]
    inside = frame.f_code.co_name
    is_another = inside.startswith("my_") and inside != getattr(function, "__name__", "")
    return Stop(line, names, outside, inside if is_another else "")
