"""What outlives a notebook: the answers that are kept, in ``mine.py`` beside the notebooks."""

import ast
import inspect
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

#: How the file of kept answers begins.
HEAD = "# Your own functions, kept by course.exercises.\n\nimport numpy as np\n"
#: What is written above a kept answer where the file does not import NumPy.
IMPORT = "import numpy as np\n\n\n"


class Unusable(RuntimeError):
    """Raised for what cannot be kept; the message says what, why, and what to do."""


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
    path = kept_path()
    if path is None:
        return
    path = path.resolve()  # where a link leads
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def load(text: str) -> dict[str, object]:
    """Run what the file of kept answers holds, or is to hold, and return all its names.

    Raises:
        Exception: what running it raised.
    """
    space: dict[str, object] = {"__name__": "mine"}
    try:
        exec(compile(text, kept_path() or "", "exec"), space)
    except SystemExit as end:
        raise Unusable(f"mine.py ends with {end!r}: take that line out of it.") from None
    return space


def functions_in(space: dict[str, object]) -> dict[str, Callable]:
    """Return the functions that were defined in the file, by the names of their exercises.

    Of ``softmax`` and ``my_softmax`` the second counts: the first may be a helper.
    """
    own = [
        value
        for value in space.values()
        if inspect.isfunction(value) and value.__module__ == "mine"
    ]
    own.sort(key=lambda function: function.__name__.startswith("my_"))
    return {function.__name__.removeprefix("my_"): function for function in own}


def kept_functions() -> dict[str, Callable]:
    """Return the answers that are kept, by the names of their exercises.

    Raises:
        Exception: what running the file raised.
    """
    return functions_in(load(kept_text()))


def source_of(function: Callable) -> str:
    """Return the lines that define a function.

    Raises:
        Unusable: there are none.
    """
    name = function.__name__
    try:
        source = textwrap.dedent(inspect.getsource(function))
        defined = [
            each.name for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)
        ]
    except (OSError, TypeError, ValueError, SyntaxError):
        defined = []
    if name not in defined or not inspect.isfunction(function):
        raise Unusable(
            "it is not a plain function whose lines can be found. "
            f"Write it as `def {name}(...)` in a cell, run that, and keep it again."
        )
    return source


def with_function(text: str, name: str, source: str) -> str:
    """Return what the file is to hold with a function added, in the place of one of that name.

    A function that is kept as ``softmax`` takes the place of ``my_softmax`` too, which would count
    before it.

    Raises:
        Unusable: the file as it is does not run.
    """
    text = text or HEAD
    try:
        imports = "" if "np" in load(text) else IMPORT
    except Exception as error:
        raise Unusable(
            f"{kept_path().name} does not run: {type(error).__name__}: {error}. mine() shows the "
            "line. Mend it, or delete the file and keep your functions again."
        ) from error
    replaced = {name, f"my_{name.removeprefix('my_')}"}
    lines = text.split("\n")
    for statement in reversed(ast.parse(text).body):
        if isinstance(statement, ast.FunctionDef) and statement.name in replaced:
            first_line = min(node.lineno for node in (statement, *statement.decorator_list))
            del lines[first_line - 1 : statement.end_lineno]
    others = "\n".join(lines).rstrip()
    return f"{others}\n\n\n{imports}{source}"
