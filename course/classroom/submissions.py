"""What a class handed in: which files are whose, and which of them are looked at."""

import hashlib
import os
import re
import stat
import sys
import unicodedata
from collections import deque
from functools import cache
from pathlib import Path
from typing import NamedTuple

from course.classroom.protocol import MEGABYTE
from course.classroom.table import clean
from course.lessons import ROOT

#: So large a submission may be; a notebook with many pictures has a few megabytes.
FILE_BYTES = 50 * MEGABYTE

#: So many files one student's folder may hold, and so many folders in it are looked at.
MOST_FILES = 100

#: How the name of a file goes on that may hold answers, but in a form that is not read.
UNREAD = re.compile(r"\.(ipynb|py|zip|7z|rar|tar|tgz|pdf|html?|docx?|odt)\b", re.IGNORECASE)


class Submission(NamedTuple):
    """What a student handed in: files, or why they are not marked.

    `files` are pairs of a place in the submission and a path. `unread` says what was not looked at. The
    digest is another when a file is, or what it is tried with.
    """

    student: str
    files: list[tuple[str, str]]
    digest: str
    problem: str = ""
    unread: str = ""


def submissions(folder: Path) -> list[Submission]:
    """Return the submissions in a folder; what can be none stands under its whole name."""
    by_student = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__MACOSX")):
            continue
        is_file = is_code(path.name) and not is_folder(path)
        name = unicodedata.normalize("NFC", path.stem if is_file else path.name)
        by_student.setdefault(clean(name), []).append(path)
    return [read(student, paths) for student, paths in by_student.items()]


def is_code(name: str) -> bool:
    """Tell whether a file is a notebook or Python, by its name; students write capitals, too."""
    return name.lower().endswith((".ipynb", ".py"))


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder itself, not a link to one."""
    return path.is_dir() and not path.is_symlink()


@cache
def course() -> bytes:
    """Return the bytes of what answers are tried with: the library, and which Python."""
    files = (
        file
        for package in ("mnistlib", "course")
        for end in ("py", "txt")
        for file in (ROOT / package).rglob(f"*.{end}")
    )
    return sys.prefix.encode() + b"".join(file.read_bytes() for file in sorted(files))


def read(student: str, paths: list[Path]) -> Submission:
    """Return a student's submission, which is one file or one folder."""

    def refused(problem: str) -> Submission:
        return Submission(student, [], "", problem)

    names = ", ".join(clean(path.name) for path in paths)
    if len(paths) > 1:
        return refused(f"{len(paths)} submissions have this name: {names}")
    [path] = paths
    if not is_folder(path) and not is_code(path.name):
        return refused("not readable: it is neither a folder nor .ipynb nor .py")
    present, unread = files_in(path)
    files = []
    size = 0
    problem = ""
    digest = hashlib.sha256(course() + unread.encode())
    try:
        for place, file in present:
            raw = read_file(file)
            files.append((place, str(file.absolute())))
            size += len(raw)
            digest.update(f"{place}\0".encode(errors="surrogateescape") + raw)
            if size > FILE_BYTES or len(files) > MOST_FILES:
                large = f"{MOST_FILES} files or {FILE_BYTES // MEGABYTE} MB"
                return refused(f"{names} holds more than {large}")
    except OSError as error:
        problem = f"{clean(Path(error.filename or file).name)}: {error.strerror or error}"
    if not files:
        problem = problem or unread or f"{names} holds no notebook and no .py file"
    return Submission(student, files, digest.hexdigest()[:12], problem, unread)


def files_in(path: Path) -> tuple[list[tuple[str, Path]], str]:
    """Return the notebooks and ``.py`` files of a submission, and what was not looked at.

    Each comes with its place in the submission. Links to folders are left out; the shallowest folders
    are looked at first, and at most MOST_FILES of them.
    """
    if not is_folder(path):
        return [(path.name, path)], ""
    code = []
    others = []
    folders = deque([path])
    for _ in range(MOST_FILES):
        if not folders:
            break
        for entry in sorted(folders.popleft().iterdir()):
            is_hidden = entry.name.startswith(".")
            if is_folder(entry):
                if not is_hidden and not entry.name.startswith("__"):
                    folders.append(entry)
            elif is_code(entry.name):
                code.append((entry.relative_to(path).as_posix(), entry))
            elif not is_hidden and (UNREAD.search(entry.name) or entry.is_symlink()):
                others.append(entry.name)
    unread = ""
    if folders:
        unread = f"it has more than {MOST_FILES} folders; what lies deeper was not looked at"
    elif others:
        unread = f"not read, being neither .ipynb nor .py: {clean(', '.join(others))}"
    return code, unread


def read_file(path: str | Path) -> bytes:
    """Return the bytes of a file, and nothing of what only looks like one.

    Raises:
        OSError: a link, a pipe, a device, a file that is too large or cannot be read.
    """
    if os.path.islink(path):
        raise OSError(0, "is a link")
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(0, "is no file")
        raw = opened.read(FILE_BYTES + 1)
    if len(raw) > FILE_BYTES:
        raise OSError(0, f"is larger than {FILE_BYTES // MEGABYTE} MB")
    return raw
