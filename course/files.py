"""Write a file whole or not at all."""

import contextlib
import errno
import os
import secrets
import shutil
from pathlib import Path


def replace(path: str | os.PathLike[str], text: str | bytes) -> None:
    """Put a file's new contents in the place of the old: all of them, or none.

    They are written beside the file first, under a name that nobody else uses, and then take its
    place in one step. It keeps its permissions. Of a symbolic link, the file it leads to is
    replaced.

    Args:
        path: the file, which may be there already or not.
        text: what it is to hold; text is written as UTF-8.

    Raises:
        OSError: it could not be written. Then the file is as it was, and nothing is left beside it.
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    try:
        with open(part, "xb") as file:
            if target.exists():
                shutil.copymode(target, part)
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
