"""What a class handed in: which files are whose, and the answers in them. Nothing of it is run here."""

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from course.classroom.extract import Version, take_answers
from course.classroom.sandbox import MEGABYTE
from course.classroom.table import clean, read_lines

#: Largest submission that is read, in bytes; a notebook with many pictures has a few megabytes.
SUBMISSION_BYTES = 50 * MEGABYTE

#: How the name of a file ends that may hold answers, in whatever form.
MAY_HOLD = re.compile(r"\.(ipynb|py|zip|7z|rar|tar|tgz|pdf|html?|docx?|odt)\b", re.IGNORECASE)
ENDINGS = re.compile(rf"(?:{MAY_HOLD.pattern}|\.txt)+$", re.IGNORECASE)

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

    `known_as` is what the platform knows the student as, empty where a file of names does not say; a
    page for the student has a name that begins with `returned_as`. `answers` has the versions of each
    by exercise, with the one that counts first, and `unread` says what could not be read.
    """

    student: str
    known_as: str
    returned_as: str
    answers: dict[str, list[Version]]
    unread: str


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
    reading = tqdm(by_student.values(), desc="reading", unit="submission")
    return [submission_of(entries, names) for entries in reading]


def entry_of(path: Path) -> Entry:
    """Return whose a file or folder is, by its name."""
    name = unicodedata.normalize("NFC", path.name)
    for pattern in PLATFORMS:
        if found := pattern.fullmatch(name):
            owner = f"{found['owner']}_"
            return Entry(path, found["name"], found["id"], owner, found["file"] or "")
    place = ""
    if not path.is_dir():
        place = name
        name = ENDINGS.sub("", name) or name
    safe = re.sub(r"[^\w-]+", "_", name)[:60]
    return Entry(path, name, "", f"{safe}_", place)


def submission_of(entries: list[Entry], names: Mapping[str, str] | None) -> Submission:
    """Return a student's submission."""
    files, unread = read_files(entries)
    answers, problems = take_answers(files)
    if not files and not unread:
        problems = ["no notebook and no .py file was handed in"]
    first = entries[0]
    known_as = clean(first.name)
    if names is not None:
        known_as = names.get(first.id) or names.get(known_as) or names.get(first.path.name, "")
    return Submission(
        student=first.student,
        known_as=known_as,
        returned_as=first.returned_as,
        answers=answers,
        unread=clean(", ".join([*problems, *unread])),
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


def read_files(entries: Iterable[Entry]) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return a student's notebooks and ``.py`` files, each as its place and its bytes.

    And say which other files may hold answers, and why they were not read.
    """
    files = []
    problems = []
    size = 0
    for entry in entries:
        for place, path in files_in(entry.path, entry.place):
            try:
                raw = read_file(path, SUBMISSION_BYTES - size)
            except Exception as error:  # a stranger's zip may raise anything
                problems.append(f"{place} ({error})")
            else:
                size += len(raw)
                files.append((place, raw))
    return files, problems


def files_in(path: Path | zipfile.Path, place: str) -> Iterator[tuple[str, Path | zipfile.Path]]:
    """Yield the place and the path of what may hold answers in a file, a folder or a zip.

    No zip within a zip is opened.
    """
    if isinstance(path, Path) and path.suffix.lower() == ".zip":
        with suppress(Exception):  # a stranger's zip may raise anything; then it stays a file
            path = zipfile.Path(path)
    if path.is_dir():
        for inner in sorted(path.iterdir(), key=lambda inner: inner.name):
            if not is_hidden(inner.name) and not is_others(inner):
                yield from files_in(inner, f"{place}/{inner.name}".removeprefix("/"))
    elif MAY_HOLD.search(path.name):
        yield place, path


def read_file(path: Path | zipfile.Path, most: int) -> bytes:
    """Return the bytes of a notebook or a ``.py`` file.

    Raises:
        ValueError: it is another file, or has more bytes than `most`.
    """
    if not path.name.lower().endswith((".ipynb", ".py")):  # students write capitals, too
        raise ValueError("no .ipynb, no .py, and no zip that can be read")
    with path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise ValueError(f"beyond {SUBMISSION_BYTES // MEGABYTE} MB in all")
    return raw


def is_hidden(name: str) -> bool:
    """Tell whether a file is some program's own, by its name."""
    return name.startswith(".") or name in ("__MACOSX", "__pycache__")


def is_others(path: Path | zipfile.Path) -> bool:
    """Tell whether a folder is not a student's own: an environment, the course, or a link elsewhere."""
    is_link = isinstance(path, Path) and path.is_symlink() and path.is_dir()
    return is_link or path.name in NOT_A_STUDENTS or (path / "pyvenv.cfg").exists()
