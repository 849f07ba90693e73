"""What outlives a notebook: your functions in ``mine.py``, and beside it how far you are."""

import ast
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path

_HEAD = "# Your own functions, kept by mnistlib.exercises. mine() runs them and checks them again."


def path(name: str | None = None) -> Path | None:
    """Return the file of kept functions, or one beside it; None if there is to be no file.

    That is so where the variable MNISTLIB_MINE is empty, or names the null device.
    """
    mine = os.environ.get("MNISTLIB_MINE", "mine.py")
    if mine in ("", os.devnull):
        return None
    return Path(mine).with_name(name) if name else Path(mine)


def _write(file: Path | None, text: str) -> None:
    """Write all of a file, or leave it as it was; without a file, do nothing."""
    if file is not None:
        part = file.with_suffix(".part")
        try:
            part.write_text(text, encoding="utf-8")
            os.replace(part, file)
        finally:
            part.unlink(missing_ok=True)


def write(sources: dict[str, str]) -> None:
    """Write all of the kept functions."""
    _write(path(), "\n\n".join([f"{_HEAD}\n\nimport numpy as np\n", *sources.values()]))


def read() -> dict[str, str]:
    """Return the source of each function in the file of kept ones, by its exercise's name.

    Raises:
        ValueError: the file is no Python; the message says where, and what to do.
    """
    if path() is None or not path().exists():
        return {}
    try:
        text = path().read_text(encoding="utf-8")
        nodes = ast.parse(text, path().name).body
    except (SyntaxError, ValueError) as error:
        said = f"{path().name} cannot be read, {error}. Mend it, or delete the file and keep again"
        raise ValueError(said) from None
    lines, sources = text.split("\n"), {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            first = min(part.lineno for part in [node, *node.decorator_list])
            source = "\n".join(lines[first - 1 : node.end_lineno])
            sources[node.name.removeprefix("my_")] = f"{source}\n"
    return sources


def run(source: str) -> Callable:
    """Run a function's source in a module of its own, so that it cannot lean on what is not in it.

    Returns:
        The function; one that raises what running the source raised, if that failed.
    """
    space: dict[str, object] = {"__name__": "mine"}
    try:
        exec(compile(f"import numpy as np\n{source}", "mine.py", "exec"), space)
        return [*space.values()][-1]  # the last to be defined
    except Exception as error:
        failed = error

    def fails(*args: object) -> None:
        raise failed

    return fails


def _progress() -> tuple[dict[str, str], str]:
    """Return which exercises are right or tried, and what there is to say about the file."""
    file = path("progress.json")
    if file is None or not file.exists():
        return {}, ""
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        states = json.loads(file.read_bytes())
        if {*states.values()} <= {"right", "tried"}:
            return states, ""
    aside = path("progress-damaged.json")
    os.replace(file, aside)
    said = f"{file.name} was damaged. It is set aside as {aside.name}, and a new one is begun."
    return {}, said


def note(name: str, kind: str) -> str:
    """Remember how a check went; what was right once stays so. Return what there is to say."""
    said = ""
    if kind != "not attempted":
        with contextlib.suppress(OSError):  # a folder that cannot be written does not stop a check
            states, said = _progress()
            states[name] = "right" if "right" in (kind, states.get(name)) else "tried"
            _write(path("progress.json"), json.dumps(states, indent=0) + "\n")
    return said


def progress(lessons: dict[str, list[str]]) -> str:
    """Write which exercises are right, tried or open, a line for each lesson, and how many."""
    states, said = _progress()
    signs = {"right": "✓", "tried": "○", "open": "·"}
    went = {name: states.get(name, "open") for names in lessons.values() for name in names}
    lines = [
        f"{lesson}  {'   '.join(f'{signs[went[name]]} {name}' for name in names)}"
        for lesson, names in lessons.items()
    ]
    counts = [f"{sign} {state} {[*went.values()].count(state)}" for state, sign in signs.items()]
    return "\n".join([said] * bool(said) + lines + ["   ".join(counts)])
