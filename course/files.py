"""Where the course is, and how it writes a file: whole or not at all."""

import contextlib
import errno
import os
import secrets
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


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
