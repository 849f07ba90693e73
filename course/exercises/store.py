"""What outlives a notebook: your functions in ``mine.py``, and beside it how far you are."""

import ast
import contextlib
import hashlib
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from course import files

#: How the file of kept functions begins.
HEAD = "# Your own functions, kept by course.exercises.\n\nimport numpy as np\n"
#: What stands above a kept function, where the file does not import NumPy.
IMPORT = "import numpy as np\n\n\n"
#: What the progress of an exercise can be; one without is open.
STATES = frozenset({"right", "tried"})


def mine_path(name: str = "") -> Path | None:
    """Return the file of kept functions, or one beside it; None if there is to be no file.

    That is so where the variable MNISTLIB_MINE is empty, or names the null device.
    """
    mine = os.environ.get("MNISTLIB_MINE", "mine.py")
    nowhere = mine in ("", os.devnull)
    return None if nowhere else Path(mine).with_name(name or Path(mine).name)


def read(path: Path | None) -> str:
    """Return what a file holds; nothing where there is none."""
    return path.read_text(encoding="utf-8") if path and path.exists() else ""


def write(path: Path | None, text: str) -> None:
    """Write all of a file, or leave it as it was; where there is to be none, do nothing."""
    if path:
        files.replace(path, text)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Hold other notebooks off while a file is read, changed and written; they wait their turn.

    The lock is a file among the system's temporary ones, named after the reader's folder, and ends
    with the process that holds it.
    """
    path = mine_path()
    if path is None:
        yield
        return
    user = os.getuid() if hasattr(os, "getuid") else ""
    folder = hashlib.sha256(os.path.realpath(path).encode()).hexdigest()[:16]
    with open(Path(tempfile.gettempdir()) / f"mnistlib-{user}-{folder}.lock", "a") as file:
        wait_for(file)
        yield


def wait_for(file: TextIO) -> None:
    """Wait until no other process holds an open file, and hold it until it is closed."""
    if os.name == "nt":
        import msvcrt

        while True:
            with contextlib.suppress(OSError):  # after ten seconds
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                return
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
        raise RuntimeError(f"{name} ends with {end!r}: take that line out of it") from None
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
    return answers(run(read(mine_path())))


def with_function(text: str, name: str, source: str) -> str:
    """Return what the file is to hold with a function added, in the place of one of that name.

    A function that is kept as ``softmax`` takes the place of ``my_softmax`` too, which would count
    before it.

    Raises:
        Exception: what running the file as it is raised.
    """
    text = text or HEAD
    imports = "" if "np" in run(text) else IMPORT
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
    """Return which exercises are "right" or "tried". A damaged file is said and set aside."""
    path = mine_path("progress.json")
    with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
        states_read = json.loads(read(path) or "{}")
        if {*states_read.values()} <= STATES:
            return states_read
    os.replace(path, mine_path("progress-damaged.json"))
    print("progress.json was damaged: now it is progress-damaged.json, and a new one is begun.")
    return {}


def note(name: str, kind: str) -> None:
    """Remember how a check went; what was right once stays so."""
    if kind == "not attempted":
        with contextlib.suppress(OSError):
            states()  # damage is said
        return
    with contextlib.suppress(OSError), locked():  # what cannot be written does not stop a check
        so_far = states()
        if so_far.get(name) != "right":
            so_far[name] = "right" if kind == "right" else "tried"
            write(mine_path("progress.json"), json.dumps(so_far, indent=0) + "\n")
