"""What outlives a notebook: your functions in ``mine.py``, and beside it how far you are."""

import ast
import contextlib
import inspect
import json
import os
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from course import files

#: How the file of kept functions begins.
HEAD = "# Your own functions, kept by course.exercises.\n\nimport numpy as np\n"
#: What stands above a kept function, where the file does not import NumPy.
IMPORT = "import numpy as np\n\n\n"
#: What helps where a file stands in the way, or cannot be written.
ELSEWHERE = (
    "set the environment variable MNISTLIB_MINE to a file in a folder that you can write to."
)
#: What the progress of an exercise can be; one without is open.
STATES = frozenset({"right", "tried"})


def mine_path(name: str = "") -> Path | None:
    """Return the file of kept functions, or one beside it; None if there is to be no file.

    That is so where the variable MNISTLIB_MINE is empty, or names the null device.
    """
    mine = os.environ.get("MNISTLIB_MINE", "mine.py")
    nowhere = mine in ("", os.devnull)
    return None if nowhere else Path(mine).parent / (name or Path(mine).name)


class Unusable(RuntimeError):
    """Raised for what cannot be kept or read; the message says what, why, and what to do."""


def is_there(path: Path | None) -> bool:
    """Tell whether there is a file to read.

    Raises:
        OSError: nobody can tell.
        Unusable: what stands there is no file.
    """
    if path is None or not path.exists():
        return False
    if not path.is_file():  # a pipe would be waited for
        raise Unusable(f"{path} is no regular file. Move it away, or {ELSEWHERE}")
    return True


def read(path: Path | None) -> str:
    """Return what a file holds; nothing where there is none."""
    return path.read_text(encoding="utf-8-sig") if is_there(path) else ""


def write(path: Path | None, text: str) -> None:
    """Write all of a file, or leave it as it was; where there is to be none, do nothing."""
    if path:
        files.replace(path, text)


@contextlib.contextmanager
def using(path: Path | None) -> Iterator[None]:
    """Hold other notebooks off a file while it is read, changed and written; they wait their turn.

    Raises:
        Unusable: it could not be read or written.
    """
    with contextlib.ExitStack() as held:
        # Who can have no lock, as in a folder that is not to be written, goes on without.
        with contextlib.suppress(OSError):
            if path:
                wait_for(held.enter_context(open(lock_of(path), "a")))
        try:
            yield
        except UnicodeDecodeError:
            message = f"{path.name} is no text in UTF-8. Save it as such, and try again."
            raise Unusable(message) from None
        except OSError as error:
            why = error.strerror or error
            message = f"{os.path.realpath(path)} cannot be used: {why}. Mend that, or {ELSEWHERE}"
            raise Unusable(message) from error


def lock_of(path: Path) -> Path:
    """Return the lock of a file: a hidden one beside it, which all find who can reach the file.

    It stays, and is empty: if one removed it, another might still wait for it, and a third make a
    new one. The system frees it when the process that holds it ends.
    """
    target = Path(os.path.realpath(path))
    return target.with_name(f".{target.name}.lock")


def wait_for(file: TextIO) -> None:
    """Wait until no other process holds an open file, and hold it until it is closed.

    Raises:
        OSError: there are no locks where it lies, or, on Windows, ten seconds have passed.
    """
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)


# Your functions


def run(text: str) -> dict[str, object]:
    """Run what the file of kept functions holds, or is to hold, and return all its names.

    Raises:
        Exception: what running it raised.
    """
    space: dict[str, object] = {"__name__": "mine"}
    path = mine_path()
    try:
        exec(compile(text, path or "", "exec"), space)
    except SystemExit as end:
        name = path.name if path else "mine.py"
        raise Unusable(f"{name} ends with {end!r}: take that line out of it.") from None
    return space


def answers(space: dict[str, object]) -> dict[str, Callable]:
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


def functions() -> dict[str, Callable]:
    """Return the functions that are kept, by the names of their exercises.

    Raises:
        Exception: what running the file raised.
    """
    return answers(run(kept_text()))


def kept_text() -> str:
    """Return what the file of kept functions holds.

    Raises:
        Unusable: it cannot be read.
    """
    path = mine_path()
    with using(path):
        return read(path)


def replace_kept_text(before: str, after: str) -> bool:
    """Write the file of kept functions, if it is still as it was before; tell whether.

    Raises:
        Unusable: it cannot be written.
    """
    path = mine_path()
    with using(path):
        is_as_before = read(path) == before
        if is_as_before:
            write(path, after)
    return is_as_before


def source_of(function: Callable) -> str:
    """Return the lines that define a function.

    Raises:
        Unusable: there are none.
    """
    name = function.__name__
    defined = set()
    with contextlib.suppress(OSError, TypeError, ValueError, SyntaxError):
        source = textwrap.dedent(inspect.getsource(function))
        for statement in ast.parse(source).body:
            if isinstance(statement, ast.FunctionDef):
                defined.add(statement.name)
    if name not in defined or not inspect.isfunction(function):
        raise Unusable(
            "it is no plain function whose lines can be found. "
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
        imports = "" if "np" in run(text) else IMPORT
    except Unusable:
        raise
    except Exception as error:
        raise Unusable(
            f"{mine_path().name} does not run: {type(error).__name__}: {error}. mine() shows the "
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


# How far you are


def states() -> dict[str, str]:
    """Return which exercises are "right" or "tried"; what hinders that is said."""
    path = mine_path("progress.json")
    with telling_what_hinders(), using(path):
        return read_states(path)
    return {}


def note(name: str, kind: str) -> None:
    """Remember how a check went; what was right once stays so. What hinders that is said."""
    path = mine_path("progress.json")
    with telling_what_hinders(), using(path):
        so_far = read_states(path)
        if kind != "not attempted" and so_far.get(name) != "right":
            so_far[name] = "right" if kind == "right" else "tried"
            write(path, json.dumps(so_far, indent=0) + "\n")


@contextlib.contextmanager
def telling_what_hinders() -> Iterator[None]:
    """Say that a file cannot be used, and go on: it stops no check."""
    try:
        yield
    except Unusable as error:
        print(error)


def read_states(path: Path | None) -> dict[str, str]:
    """Return what a file of progress holds. A damaged one is said, set aside, and begun anew."""
    content = path.read_bytes() if is_there(path) else b"{}"
    with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
        states_read = json.loads(content or "{}")
        if {*states_read.values()} <= STATES:
            return states_read
    aside = mine_path("progress-damaged.json")
    number = 1
    while os.path.lexists(aside):
        number += 1
        aside = mine_path(f"progress-damaged-{number}.json")
    files.replace(aside, content)
    files.replace(path, "{}\n")
    print(f"progress.json was damaged: now it is {aside.name}, and a new one is begun.")
    return {}
