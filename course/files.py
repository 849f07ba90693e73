"""Read files and write them, and say in one line what stands in the way."""

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from mnistlib.download import DownloadError

ROOT = Path(__file__).resolve().parents[1]

#: The lines that git writes around both sides of a merge that it could not settle.
CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
#: How a text begins in the other encodings that Windows' editors save.
UTF_16 = (b"\xff\xfe", b"\xfe\xff")

#: What to do about an error of the system's.
REMEDIES = {
    errno.ENOENT: "Is the name right?",
    errno.EACCES: "Get permission, or name another place.",
    errno.EPERM: "Get permission, or name another place.",
    errno.EROFS: "Name another place.",
    errno.ENOSPC: "Make room, or name another place.",
}
MOVE = "Move away what is in its place, or name another place."


class Damaged(ValueError):
    """A file that cannot be used as it is; the message names it, and says what to do."""


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as a reader knows it: from the clone on, if it is in there."""
    path = Path(os.fsdecode(path))
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def path(text: str) -> Path:
    """Return a path as it was typed, with ``~`` as the home folder, which not every shell expands.

    Raises:
        Damaged: this computer does not know whose home is meant.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Damaged(f"{text}: whose home folder is that? Write the path in full.") from None


def refuse_odd(path: str | os.PathLike[str]) -> None:
    """Refuse a folder, a device or a pipe where a file should be: reading one may never end.

    Raises:
        OSError: there is one.
    """
    kind = os.stat(path).st_mode
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", os.fspath(path))
    if not stat.S_ISREG(kind):
        raise OSError(errno.EINVAL, "it is a device or a pipe", os.fspath(path))


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return what a regular file holds.

    Raises:
        OSError: it is not one, or cannot be read.
    """
    refuse_odd(path)
    return Path(path).read_bytes()


def read_text(path: str | os.PathLike[str], remedy: str = "") -> str:
    """Return the text of a file that is kept in UTF-8.

    Args:
        path: the file.
        remedy: how to get a good one; by default from git.

    Raises:
        Damaged: it cannot be read, is not text in UTF-8, or holds both sides of a merge.
    """
    name = shown(path)
    remedy = remedy or f"`git checkout -- {name}` brings back the version last committed."
    try:
        raw = read_bytes(path)
    except OSError as error:
        raise Damaged(f"{name} cannot be read: {why(error)}. {remedy}") from None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        kind = ", but in UTF-16" if raw.startswith(UTF_16) else ""
        raise Damaged(f"{name} is not text in UTF-8{kind}. Save it as UTF-8. {remedy}")
    if mark := CONFLICT.search(text):
        line = text.count("\n", 0, mark.start()) + 1
        raise Damaged(
            f"{name}:{line} still has both sides of a merge, with lines {mark[1]} around them. "
            f"Keep one side. {remedy}"
        )
    return text


def refuse_place(path: str | os.PathLike[str]) -> None:
    """Refuse a place where no file can be written, before any work is done for it.

    Raises:
        OSError: its folder does not exist, or something else is in its place.
    """
    target = Path(os.path.realpath(path))
    if target.exists():
        refuse_odd(target)
    elif not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its folder does not exist", os.fspath(path))
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))


def replace(path: str | os.PathLike[str], text: str | bytes) -> None:
    """Put a file's new contents in the place of the old: all of them, or none.

    They are written beside the file first, under a name that nobody else uses, and then take its
    place in one step. It keeps its permissions. If it is a symbolic link, the file
    it leads to is replaced.

    Args:
        path: the file, which may be there already or not.
        text: what it is to hold; text is written as UTF-8.

    Raises:
        OSError: it could not be written. Then the file is as it was, and nothing is left beside it.
    """
    refuse_place(path)
    target = Path(os.path.realpath(path))
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        with open(part, "xb") as file:
            if target.exists():
                shutil.copymode(target, part)
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
        os.replace(part, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            error.filename = os.fspath(path)  # which the reader knows, and not the part's name
        raise


# What a command says


def why(error: OSError) -> str:
    """Return the system's reason, without numbers and names."""
    return (error.strerror or str(error)).rstrip(".")


def in_a_line(error: OSError) -> str:
    """Return an error of the system's in a line that names the file, and says what to do."""
    if isinstance(error, shutil.Error):  # of a whole folder: a list of files
        source, _, reason = error.args[0][0]
        return f"{shown(source)} cannot be copied: {reason}. {MOVE}"
    name = shown(error.filename)
    remedy = REMEDIES.get(error.errno, MOVE)
    if error.errno == errno.ENOENT and not os.path.isabs(name):
        remedy += f" `git checkout -- {name}` brings back a file of the course."
    return f"{name} cannot be used: {why(error)}. {remedy}"


@contextlib.contextmanager
def told_in_a_line() -> Iterator[None]:
    """End a command in a line that names the file, in place of Python's traceback."""
    try:
        yield
    except (Damaged, DownloadError) as error:
        sys.exit(str(error))
    except SyntaxError as error:
        if not error.filename or not os.path.isfile(error.filename):
            raise
        name = shown(error.filename)
        sys.exit(
            f"{name}:{error.lineno} is not Python: {error.msg}. Mend that line; or "
            f"`git checkout -- {name}` brings back the version last committed."
        )
    except OSError as error:
        if error.filename is None and not isinstance(error, shutil.Error):
            raise
        sys.exit(in_a_line(error))
