"""What outlives a notebook: the functions that are kept, in ``mine.py`` beside the notebooks."""

import ast
import contextlib
import inspect
import os
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from course import files

#: How the file of kept functions begins.
HEAD = "# Your own functions, kept by course.exercises.\n\nimport numpy as np\n"
#: What is written above a kept function where the file does not import NumPy.
IMPORT = "import numpy as np\n\n\n"
#: What helps where a file stands in the way, or cannot be written.
ELSEWHERE = (
    "set the environment variable MNISTLIB_MINE to a file in a folder that you can write to."
)
#: How many seconds to wait for another notebook that is writing the file.
SECONDS_TO_WAIT = 10.0


class Unusable(RuntimeError):
    """Raised for what cannot be kept or read; the message says what, why, and what to do."""


def kept_path() -> Path | None:
    """Return the file of kept functions; None if there is to be no file.

    That is so where the variable MNISTLIB_MINE is empty, or names the null device.

    Raises:
        Unusable: the variable names a home folder of nobody.
    """
    mine = os.environ.get("MNISTLIB_MINE", "mine.py")
    if mine in ("", os.devnull):
        return None
    return Path(mine).expanduser()


def kept_text() -> str:
    """Return what the file of kept functions holds; nothing where there is none.

    Raises:
        Unusable: it cannot be read.
    """
    path = kept_path()
    if path is None:
        return ""
    with naming(path):
        if not path.exists():
            return ""
        if not path.is_file():  # a pipe would be waited for
            raise Unusable(f"{path} is not a regular file. Move it away, or {ELSEWHERE}")
        return path.read_text(encoding="utf-8-sig")


def replace_kept_text(before: str, after: str) -> bool:
    """Write the file of kept functions, if it is still as it was before; tell whether.

    Other notebooks wait meanwhile: two that keep at once lose nothing.

    Raises:
        Unusable: it cannot be written.
    """
    path = kept_path()
    if path is None:
        return True
    with naming(path), locked(path):
        is_as_before = kept_text() == before
        if is_as_before:
            files.replace(path, after)
        return is_as_before


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into words that name it, and say what to do."""
    try:
        yield
    except UnicodeError:
        message = f"{path.name} is not text in UTF-8. Save it as such, and try again."
        raise Unusable(message) from None
    except OSError as error:
        where = path
        with contextlib.suppress(OSError):  # the working folder may be gone
            where = os.path.realpath(path)
        why = error.strerror or error
        message = f"{where} cannot be used: {why}. Mend that, or {ELSEWHERE}"
        raise Unusable(message) from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file: a hidden, empty one beside it, which stays. Without locks, carry on.

    If it were removed, one notebook might still wait for it while another makes a new one. The
    system frees it when the process that holds it ends.

    Raises:
        Unusable: somebody else has held it for ten seconds.
    """
    target = Path(os.path.realpath(path))
    lock = target.with_name(f".{target.name}.lock")
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):  # in a folder, say, that cannot be written to
            file = os.open(lock, os.O_RDWR | os.O_CREAT)
            held.callback(os.close, file)
            wait_for(file, lock)
        yield


def wait_for(file: int, lock: Path) -> None:
    """Wait until no other process holds an open file, and hold it until it is closed.

    Raises:
        OSError: there are no locks where it lies.
        Unusable: too much time has passed.
    """
    latest = time.monotonic() + SECONDS_TO_WAIT
    while not is_mine(file):
        if time.monotonic() > latest:
            raise Unusable(
                f"another program holds {lock}. Wait for it, restart the kernel that keeps, or "
                f"{ELSEWHERE}"
            )
        time.sleep(0.05)


def is_mine(file: int) -> bool:
    """Try to lock an open file; tell whether this process holds it now.

    Raises:
        OSError: there are no locks where it lies.
    """
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


# Your functions


def load(text: str) -> dict[str, object]:
    """Run what the file of kept functions holds, or is to hold, and return all its names.

    Raises:
        Exception: what running it raised.
    """
    space: dict[str, object] = {"__name__": "mine"}
    path = kept_path()
    try:
        exec(compile(text, path or "", "exec"), space)
    except SystemExit as end:
        name = path.name if path else "mine.py"
        raise Unusable(f"{name} ends with {end!r}: take that line out of it.") from None
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
    """Return the functions that are kept, by the names of their exercises.

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
    defined = set()
    with contextlib.suppress(OSError, TypeError, ValueError, SyntaxError):
        source = textwrap.dedent(inspect.getsource(function))
        for statement in ast.parse(source).body:
            if isinstance(statement, ast.FunctionDef):
                defined.add(statement.name)
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
    except Unusable:
        raise
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
