"""What a class handed in: which files are whose, and what is read of them."""

import hashlib
import io
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from course.classroom.sandbox import MEGABYTE
from course.classroom.table import clean, read_lines

#: Largest submission that is read, in bytes; a notebook with many pictures has a few megabytes.
SUBMISSION_BYTES = 50 * MEGABYTE
#: Why a file is not read.
NEITHER = "neither .ipynb nor .py"
TOO_LARGE = f"larger than {SUBMISSION_BYTES // MEGABYTE} MB"

#: How the name of a file ends that may hold answers in a form that is not read.
UNREAD = re.compile(r"\.(ipynb|py|zip|7z|rar|tar|tgz|pdf|html?|docx?|odt)\b", re.IGNORECASE)
ENDINGS = re.compile(rf"(?:{UNREAD.pattern}|\.txt)+$", re.IGNORECASE)

#: Folders of others' code: environments, and the course itself.
NOT_A_STUDENTS = {"site-packages", "node_modules", "mnistlib", "course"}

#: How Moodle and Canvas name what is downloaded from them. Moodle's importer finds a student again by
#: the number in such a name (mod/assign/feedback/file/importziplib.php).
PLATFORMS = (
    re.compile(
        r"(?P<owner>(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_[a-z]+)(?:_(?P<file>.*))?",
        re.DOTALL,
    ),
    re.compile(
        r"(?P<owner>(?P<name>\w*?[^\W\d_]\w*?)(?:_LATE)?_(?P<id>\d+)_\d+)_(?P<file>.+)",
        re.DOTALL,
    ),
)


class HandedInFile(NamedTuple):
    """A file of a submission: its place there, and its bytes, or else why it was not read."""

    place: str
    raw: bytes = b""
    problem: str = ""


class Entry(NamedTuple):
    """One file or folder of what was handed in, and whose it is by its name."""

    path: Path
    name: str
    id: str
    returned_as: str
    place: str

    @property
    def student(self) -> str:
        """How the table calls the student."""
        return clean(f"{self.name} ({self.id})" if self.id else self.name)


class Submission(NamedTuple):
    """What a student handed in.

    `plain_name` is the student's without the platform's number, and `known_as` what the platform knows
    the student as, empty where a file of names does not say; a page for the student has a name that
    begins with `returned_as`. `unread` says what was not read. The digest changes with a file.
    """

    student: str
    plain_name: str
    known_as: str
    returned_as: str
    entries: list[Entry]
    digest: str
    unread: str = ""


def submissions_in(folder: Path, names: Mapping[str, str] | None = None) -> list[Submission]:
    """Return the submissions in a folder, one for each student, in whatever many files.

    Args:
        folder: what the class handed in, as a platform's archive is unpacked, or a folder for each
            student, or files with their names.
        names: what a platform knows students as, by their names or numbers in the folder.
    """
    by_student = {}
    for path in sorted(folder.iterdir()):
        if not is_hidden(path.name):
            entry = entry_of(path)
            by_student.setdefault(entry.student, []).append(entry)
    return [submission_of(entries, names) for entries in by_student.values()]


def entry_of(path: Path) -> Entry:
    """Return whose a file or folder is, by its name."""
    name = unicodedata.normalize("NFC", path.name)
    for pattern in PLATFORMS:
        if found := pattern.fullmatch(name):
            owner = f"{found['owner']}_"
            return Entry(path, found["name"], found["id"], owner, found["file"] or "")
    if not path.is_dir():
        name = ENDINGS.sub("", name) or name
    safe = re.sub(r"[^\w-]+", "_", name)[:60]
    return Entry(path, name, "", f"{safe}_", path.name)


def submission_of(entries: list[Entry], names: Mapping[str, str] | None) -> Submission:
    """Return a student's submission."""
    files, unread = read_files(entries)
    digest = hashlib.sha256(unread.encode())
    for place, raw in files:
        digest.update(f"{place}\0".encode(errors="surrogateescape") + raw)
    first = entries[0]
    known_as = clean(first.name)
    if names is not None:
        known_as = names.get(first.id) or names.get(known_as) or names.get(first.path.name, "")
    return Submission(
        student=first.student,
        plain_name=clean(first.name),
        known_as=known_as,
        returned_as=first.returned_as,
        entries=entries,
        digest=digest.hexdigest()[:12],
        unread=unread,
    )


def read_names(path: Path) -> dict[str, str]:
    """Return what a platform knows students as, by their names or numbers in the class's folder.

    The first cell of a row is a name or a number, which words may stand before ("Participant 1001"); the
    next one is what the platform knows the student as, or a later one that holds an "@".

    Raises:
        ValueError: the file is not such a table.
    """
    names = {}
    for line, [called, *others] in read_lines(path):
        addresses = [cell for cell in others if "@" in cell]
        known_as = next(iter(addresses or others), "")
        if not known_as:
            raise ValueError(f"{path}, line {line}: {called!r} has no second name")
        number = re.search(r"\d+$", called)
        names |= {called: known_as} | ({number[0]: known_as} if number else {})
    return names


# --- What is read


def read_files(entries: Iterable[Entry]) -> tuple[list[tuple[str, bytes]], str]:
    """Return a student's notebooks and ``.py`` files, each as its place and its bytes.

    And say which other files may hold answers, and why they were not read.
    """
    files = []
    problems = []
    size = 0
    for file in (file for entry in entries for file in files_in(entry.path, entry.place)):
        name = PurePosixPath(file.place).name
        size += len(file.raw)
        if size > SUBMISSION_BYTES:
            problems.append(f"{name} and what follows it ({TOO_LARGE})")
            break
        if file.problem:
            problems.append(f"{name} ({file.problem})")
        else:
            files.append((file.place, file.raw))
    return files, clean(", ".join(problems))


def files_in(path: Path, place: str) -> Iterator[HandedInFile]:
    """Yield what may hold answers of a file, a zip or a folder."""
    if not path.is_dir():
        yield from [*files_of(path, place)] or [HandedInFile(place, problem=NEITHER)]
        return
    for folder, folders, names in os.walk(path):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if is_a_students(here / name))
        for name in sorted(names):
            if not is_hidden(name):
                yield from files_of(here / name, (here / name).relative_to(path).as_posix())


def files_of(path: Path, place: str) -> Iterator[HandedInFile]:
    """Yield a file if it may hold answers, and of a zip what it holds."""
    try:
        if is_code(path.name):
            yield HandedInFile(place, read_file(path))
        elif path.suffix.lower() == ".zip":
            yield from files_in_zip(path, place)
        elif UNREAD.search(path.name):
            yield HandedInFile(place, problem=NEITHER)
    except OSError as error:
        yield HandedInFile(place, problem=error.strerror or str(error))


def files_in_zip(path: Path, place: str) -> Iterator[HandedInFile]:
    """Yield what may hold answers of a zip; no zip within it is opened."""
    raw = read_file(path)
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except Exception as error:  # a stranger's zip may raise anything
        raise OSError(0, "not a zip that can be read") from error
    for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
        inside = PurePosixPath(entry.filename)
        if entry.is_dir() or any(map(is_hidden, inside.parts)) or NOT_A_STUDENTS & {*inside.parts}:
            continue
        where = f"{place}/{inside}"
        if is_code(inside.name) and entry.file_size > SUBMISSION_BYTES:
            yield HandedInFile(where, problem=TOO_LARGE)
        elif is_code(inside.name):
            try:
                yield HandedInFile(where, archive.read(entry))
            except Exception:  # as above
                yield HandedInFile(where, problem="cannot be read from its zip")
        elif UNREAD.search(inside.name):
            yield HandedInFile(where, problem=f"{NEITHER}, in {path.name}")


def read_file(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        OSError: it is too large, or cannot be read.
    """
    if path.stat().st_size > SUBMISSION_BYTES:
        raise OSError(0, TOO_LARGE)
    return path.read_bytes()


def is_code(name: str) -> bool:
    """Tell whether a file is a notebook or Python, by its name; students write capitals, too."""
    return name.lower().endswith((".ipynb", ".py"))


def is_hidden(name: str) -> bool:
    """Tell whether a file is some program's own, by its name."""
    return name.startswith(".") or name in ("__MACOSX", "__pycache__")


def is_a_students(folder: Path) -> bool:
    """Tell whether a folder may hold a student's own code."""
    is_others = folder.name in NOT_A_STUDENTS or (folder / "pyvenv.cfg").exists()
    return not is_hidden(folder.name) and not is_others
