"""What outlives a notebook: your functions in ``mine.py``, and beside it how far you are."""

import contextlib
import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path

#: How the file of kept functions begins.
HEAD = "# Your own functions, kept by mnistlib.exercises.\n\nimport numpy as np\n"


def path(name: str = "") -> Path | None:
    """Return the file of kept functions, or one beside it; None if there is to be no file.

    That is so where the variable MNISTLIB_MINE is empty, or names the null device.
    """
    mine = os.environ.get("MNISTLIB_MINE", "mine.py")
    nowhere = mine in ("", os.devnull)
    return None if nowhere else Path(mine).with_name(name or Path(mine).name)


def _read(file: Path | None) -> str:
    """Return what a file holds; nothing where there is none."""
    return file.read_text(encoding="utf-8") if file and file.exists() else ""


def _write(file: Path | None, text: str) -> None:
    """Write all of a file, or leave it as it was; where there is to be none, do nothing."""
    if file:
        part = file.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, file)


def functions() -> dict[str, Callable]:
    """Run the file of kept functions, and return those defined in it by their exercises' names.

    Raises:
        Exception: what running it raised.
    """
    space: dict[str, object] = {"__name__": "mine"}
    exec(compile(_read(path()), path() or "", "exec"), space)
    own = filter(inspect.isfunction, space.values())
    return {each.__name__.removeprefix("my_"): each for each in own if each.__module__ == "mine"}


def write(name: str, source: str) -> None:
    """Write a function into the file of kept ones, which loses an earlier one of that name."""
    text, earlier = _read(path()) or HEAD, functions().get(name)
    if earlier:
        text = text.replace(inspect.getsource(earlier), "")
    _write(path(), f"{text.rstrip()}\n\n\n{source}")


def states() -> dict[str, str]:
    """Return which exercises are "right" or "tried". A damaged file is said and set aside."""
    file = path("progress.json")
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        found = json.loads(_read(file) or "{}")
        if {*found.values()} <= {"right", "tried"}:
            return found
    os.replace(file, path("progress-damaged.json"))
    print("progress.json was damaged: now it is progress-damaged.json, and a new one is begun.")
    return {}


def note(name: str, kind: str) -> None:
    """Remember how a check went; what was right once stays so."""
    with contextlib.suppress(OSError):  # a folder that cannot be written does not stop a check
        went = states()
        if kind != "not attempted" and went.get(name) != "right":
            went[name] = "right" if kind == "right" else "tried"
            _write(path("progress.json"), json.dumps(went, indent=0) + "\n")
