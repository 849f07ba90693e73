"""Read a text of the course, and write a file whole or not at all."""

import contextlib
import errno
import os
import secrets
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Damaged(ValueError):
    """A file that cannot be used as it is; the message names it, and says what to do."""


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as a reader knows it: from the clone on, if it is in there."""
    path = Path(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def read_text(path: str | os.PathLike[str]) -> str:
    """Return the text of a file that is kept in UTF-8.

    Raises:
        Damaged: it cannot be read, or is not such a text.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        name = shown(path)
        raise Damaged(
            f"{name} cannot be read: {error}. `git checkout -- {name}` brings back the version last "
            "committed."
        ) from None


def replace(path: str | os.PathLike[str], text: str | bytes) -> None:
    """Put a file's new contents in the place of the old: all of them, or none.

    They are written beside the file first, and then take its place in one step. It keeps its
    permissions. If it is a symbolic link, the file it leads to is replaced.

    Args:
        path: the file, which may be there already or not.
        text: what it is to hold; text is written as UTF-8.

    Raises:
        OSError: it could not be written, or something else is in its place: a folder, or a device such
            as the null device, which root could overwrite. Then what is there is as it was.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is no regular file", os.fspath(path))
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        if target.exists():
            shutil.copymode(target, part)
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
