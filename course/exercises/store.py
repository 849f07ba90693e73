"""The answers that are kept: in ``mine.py`` beside the notebooks, and in the library's places."""

import ast
import contextlib
import inspect
import os
import textwrap
import types
from collections.abc import Callable, Iterator
from pathlib import Path

from course import files
from course.exercises.exercise import Exercise

#: How the file of kept answers begins.
HEAD = "# Your own functions, kept by course.exercises.\n\nimport numpy as np\n"


class Unusable(RuntimeError):
    """Raised for what cannot be kept; the message says what, why, and what to do."""


# The library's places

#: What the library had where a reader's function stands now.
replaced: dict[tuple[types.ModuleType, str], Callable] = {}


def put_to_work(exercise: Exercise, function: Callable) -> None:
    """Let a reader's function take the library's place; the reference puts the library's back."""
    place = (exercise.home, exercise.name)
    replaced.setdefault(place, exercise.reference)
    setattr(*place, function)


@contextlib.contextmanager
def librarys_own() -> Iterator[None]:
    """Let the library's own functions stand in their places meanwhile, so that they judge."""
    readers = {place: getattr(*place) for place in replaced}
    for place, own in replaced.items():
        setattr(*place, own)
    try:
        yield
    finally:
        for place, function in readers.items():
            setattr(*place, function)


# The file


def kept_path() -> Path | None:
    """Return the file of kept answers; None if there is to be none: MNISTLIB_MINE is empty then."""
    mine = os.environ.get("MNISTLIB_MINE", "mine.py")
    return None if mine in ("", os.devnull) else Path(mine).expanduser()


def kept_text() -> str:
    """Return what the file of kept answers holds; nothing where there is none."""
    path = kept_path()
    return path.read_text(encoding="utf-8-sig") if path and path.exists() else ""


def replace_kept_text(text: str) -> None:
    """Write the file of kept answers; whatever happens, it holds the old text or the new."""
    if path := kept_path():
        files.replace(path, text)


def load(text: str) -> dict[str, object]:
    """Run what the file of kept answers holds, or is to hold, and return all its names.

    Raises:
        Exception: what running it raised.
    """
    space: dict[str, object] = {"__name__": "mine"}
    exec(compile(text, kept_path() or "", "exec"), space)
    return space


def functions_in(space: dict[str, object]) -> dict[str, Callable]:
    """Return the answers that were defined in the file, by the names of their exercises."""
    own = [each for each in space.values() if getattr(each, "__module__", "") == "mine"]
    functions = [each for each in own if inspect.isfunction(each)]
    return {each.__name__[3:]: each for each in functions if each.__name__.startswith("my_")}


def source_of(function: Callable) -> str:
    """Return the lines that define a function.

    Raises:
        Unusable: there are none.
    """
    name = function.__name__
    try:
        source = textwrap.dedent(inspect.getsource(function))
        (definition,) = ast.parse(source).body
    except (OSError, TypeError, ValueError, SyntaxError):
        definition = None
    if not isinstance(definition, ast.FunctionDef) or definition.name != name:
        raise Unusable(
            "it is not a plain function whose lines can be found. "
            f"Write it as `def {name}(...)` in a cell, run that, and keep it again."
        )
    return source


def with_function(text: str, name: str, source: str) -> str:
    """Return what the file is to hold with a function added, in the place of one of that name.

    Raises:
        Unusable: the file as it is does not run.
    """
    text = text or HEAD
    try:
        load(text)
    except Exception as error:
        raise Unusable(
            f"{kept_path().name} does not run: {type(error).__name__}: {error}. mine() shows the "
            "line. Mend it, or delete the file and keep your functions again."
        ) from error
    lines = text.split("\n")
    for statement in reversed(ast.parse(text).body):
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            first_line = min(node.lineno for node in (statement, *statement.decorator_list))
            del lines[first_line - 1 : statement.end_lineno]
    others = "\n".join(lines).rstrip()
    return f"{others}\n\n\n{source}"
