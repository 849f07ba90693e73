"""What outlives a notebook: your functions in ``mine.py``, and beside it how far you are."""

import ast
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path

_HEAD = "# Your own functions, kept by mnistlib.exercises. mine() runs them and checks them again."


class Unreadable(Exception):
    """The file of kept functions is no Python; the message says where, and what to do."""


def file() -> Path | None:
    """Return the file of kept functions, None if MNISTLIB_MINE is empty or the null device."""
    name = os.environ.get("MNISTLIB_MINE", "mine.py")
    return None if name in ("", os.devnull) else Path(name)


def _replace(path: Path, text: str) -> None:
    """Write all of a file, or leave it as it was."""
    part = path.with_suffix(".part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write(sources: dict[str, str]) -> None:
    """Write all of the kept functions, or leave the file as it was; without a file, do nothing."""
    if file() is not None:
        _replace(file(), "\n\n".join([f"{_HEAD}\n\nimport numpy as np\n", *sources.values()]))


def read() -> dict[str, str]:
    """Return the source of each function in the file of kept ones, by its exercise's name."""
    if file() is None or not file().exists():
        return {}
    try:
        text = file().read_text(encoding="utf-8")
        nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    except (SyntaxError, ValueError) as error:
        where = getattr(error, "lineno", None)
        what = f"line {where}: {error.msg}" if where else error
        raise Unreadable(
            f"{file().name} cannot be read, {what}. Mend it, or delete the file and keep again"
        ) from None
    lines, sources = text.splitlines(keepends=True), {}
    for node in nodes:
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        source = "".join(lines[first - 1 : node.end_lineno]).rstrip() + "\n"
        sources[node.name.removeprefix("my_")] = source
    return sources


def run(name: str, source: str) -> Callable:
    """Run a function's source in a module of its own, so that it cannot lean on what is not in it.

    Returns:
        The function; one that raises what running the source raised, if that failed.
    """
    space: dict[str, object] = {"__name__": "mine"}
    try:
        exec(compile(f"import numpy as np\n{source}", "mine.py", "exec"), space)
        return space[name]
    except Exception as error:
        failed = error

    def fails(*args: object) -> None:
        raise failed

    return fails


def _progress_file() -> Path | None:
    return None if file() is None else file().with_name("progress.json")


def _states() -> tuple[dict[str, str], str]:
    """Return how each exercise went, and what there is to say about the file."""
    path = _progress_file()
    if path is None or not path.exists():
        return {}, ""
    try:
        states = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(states, dict) and {*states.values()} <= {"right", "tried"}:
            return states, ""
    except (ValueError, TypeError):
        pass
    aside = path.with_name("progress-damaged.json")
    os.replace(path, aside)
    said = f"{path.name} was damaged. It is set aside as {aside.name}, and a new one is begun."
    return {}, said


def note(name: str, kind: str) -> str:
    """Remember how a check went; what was right once stays so. Return what there is to say."""
    said = ""
    if kind != "not attempted" and file() is not None:
        with contextlib.suppress(OSError):  # a folder that cannot be written does not stop a check
            states, said = _states()
            state = "right" if "right" in (kind, states.get(name)) else "tried"
            if state != states.get(name):
                _replace(_progress_file(), json.dumps({**states, name: state}, indent=0) + "\n")
    return said


def progress(lessons: dict[str, list[str]]) -> str:
    """Write which exercises are right, tried or open, a line for each lesson."""
    states, said = _states()
    lines = [said] * bool(said)
    signs = {"right": "✓", "tried": "○", "open": "·"}
    for lesson, names in lessons.items():
        marked = [f"{signs[states.get(name, 'open')]} {name}" for name in names]
        lines.append(f"{lesson}  {'   '.join(marked)}")
    every = [states.get(name, "open") for names in lessons.values() for name in names]
    lines.append(
        "   ".join(f"{sign} {state} {every.count(state)}" for state, sign in signs.items())
    )
    return "\n".join(lines)
