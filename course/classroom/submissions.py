"""What a class handed in: which files are whose, and which of them are looked at."""

import hashlib
import os
import re
import stat
import unicodedata
import zipfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from course.classroom import spreadsheet
from course.classroom.protocol import MEGABYTE
from course.classroom.table import clean

#: Largest submission that is read, in bytes; a notebook with many pictures has a few megabytes.
SUBMISSION_BYTES = 50 * MEGABYTE

#: Most files of a student's that are read, and most folders that are looked at.
MOST_FILES = 100

#: Most entries of a zip that are looked at.
MOST_ENTRIES = 10_000

#: How the name of a file ends that may hold answers in a form that is not read.
UNREAD = re.compile(r"\.(ipynb|py|zip|7z|rar|tar|tgz|pdf|html?|docx?|odt)\b", re.IGNORECASE)
ENDINGS = re.compile(rf"(?:{UNREAD.pattern}|\.txt)+$", re.IGNORECASE)

#: How entries of a zip may be packed, since these are unpacked no further than is asked for.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

#: Folders of others' code: environments, and the course itself.
NOT_A_STUDENTS = {"site-packages", "node_modules", "mnistlib", "course"}

#: How platforms name what is downloaded from them. Moodle's and Canvas' own importers take the numbers
#: from names of this form: Moodle, mod/assign/feedback/file/importziplib.php; Canvas,
#: lib/content_zipper.rb.
PLATFORMS = (
    re.compile(
        r"(?P<owner>(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_[a-z]+)(?:_(?P<file>.*))?",
        re.DOTALL,
    ),
    re.compile(
        r"(?P<owner>(?P<name>\w*?[^\W\d_]\w*?)(?:_LATE)?_(?P<id>\d+)_\d+)_(?P<file>.+)",
        re.DOTALL,
    ),
    re.compile(r"(?P<owner>(?P<name>anon)_(?P<id>\w+?)_\d+)_(?P<file>.+)", re.DOTALL),
)


class File(NamedTuple):
    """A notebook or a ``.py`` file: its place in the submission, its path, its name in a zip there."""

    place: str
    path: str
    member: str = ""


class Submission(NamedTuple):
    """What a student handed in.

    `known_as` is what the platform knows the student as, empty where a file of names does not say; a
    page for the student has a name that begins with `returned_as`. `unread` says what was not looked at.
    The digest changes with a file.
    """

    student: str
    known_as: str
    returned_as: str
    files: list[File]
    digest: str
    unread: str = ""


class Entry(NamedTuple):
    """One file or folder of what was handed in, and whose it is by its name."""

    path: Path
    student: str
    id: str
    returned_as: str
    file: str


def submissions(folder: Path, names: Mapping[str, str] | None = None) -> list[Submission]:
    """Return the submissions in a folder, one for each student, in whatever many files.

    Args:
        folder: what the class handed in, as a platform's archive is unpacked, or a folder for each
            student, or files with their names.
        names: what a platform knows students as, by their names or numbers in the folder.
    """
    by_student = {}
    for path in sorted(folder.iterdir()):
        if not path.name.startswith((".", "__MACOSX")):
            entry = owner(path)
            by_student.setdefault(entry.student, []).append(entry)
    return [read(entries, names or {}) for entries in by_student.values()]


def owner(path: Path) -> Entry:
    """Return whose a file or folder is, by its name."""
    name = unicodedata.normalize("NFC", path.name)
    for pattern in PLATFORMS:
        if found := pattern.fullmatch(name):
            student = clean(f"{found['name']} ({found['id']})")
            return Entry(path, student, found["id"], f"{found['owner']}_", found["file"] or "")
    if not is_folder(path):
        name = ENDINGS.sub("", name) or name
    safe = re.sub(r"[^\w-]+", "_", name)[:60]
    return Entry(path, clean(name), "", f"{safe}_", path.name)


def nothing_of(known_as: str) -> Submission:
    """Return the submission of somebody who handed in nothing, named as the platform knows them."""
    return Submission(clean(known_as), known_as, "", [], "")


def read_names(path: Path) -> dict[str, str]:
    """Return what a platform knows students as, by their names or numbers in the class's folder.

    The first cell of a row is a name or a number, which words may stand before ("Participant 1001"); the
    next one is what the platform knows the student as, or a later one that holds an "@".

    Raises:
        ValueError: the file is not such a table.
    """
    names = {}
    for line, [called, *others] in spreadsheet.read(path):
        addresses = [cell for cell in others if "@" in cell]
        known_as = next(iter(addresses or others), "")
        if not known_as:
            raise ValueError(f"{path}, line {line}: {called!r} has no second name")
        number = re.search(r"\d+$", called)
        names |= {called: known_as} | ({number[0]: known_as} if number else {})
    return names


def is_code(name: str) -> bool:
    """Tell whether a file is a notebook or Python, by its name; students write capitals, too."""
    return name.lower().endswith((".ipynb", ".py"))


def is_zip(name: str) -> bool:
    """Tell whether a file is a zip, by its name."""
    return name.lower().endswith(".zip")


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder itself, not a link to one."""
    return path.is_dir() and not path.is_symlink()


def read(entries: list[Entry], names: Mapping[str, str]) -> Submission:
    """Return a student's submission."""
    first = entries[0]
    found = []
    unread = []
    for entry in entries:
        if is_folder(entry.path):
            present, others = files_in(entry.path)
            found += present
            unread += others
        elif is_code(entry.path.name):
            found.append(File(entry.file, str(entry.path.absolute())))
        elif is_zip(entry.path.name):
            present, others = files_in_zip(entry.file, entry.path.absolute())
            found += present
            unread += others
        else:
            unread.append(f"{entry.path.name} (neither .ipynb nor .py)")
    found.sort(key=lambda file: (file.place.count("/"), file.place))
    files = []
    size = 0
    digest = hashlib.sha256()
    for file in found:
        name = file.place.rpartition("/")[2]
        try:
            raw = read_file(file)
        except OSError as error:
            unread.append(f"{name} ({error.strerror or error})")
            continue
        size += len(raw)
        if size > SUBMISSION_BYTES or len(files) == MOST_FILES:
            most = f"{MOST_FILES} files and {SUBMISSION_BYTES // MEGABYTE} MB"
            unread.append(f"{name} and what follows it (more than {most})")
            break
        files.append(file)
        digest.update(f"{file.place}\0".encode(errors="surrogateescape") + raw)
    digest.update("".join(unread).encode(errors="surrogateescape"))
    plain = first.student.removesuffix(f" ({first.id})")
    if names:
        known_as = names.get(first.id) or names.get(plain) or names.get(first.path.name, "")
    else:  # Canvas' own number is what it knows best; Moodle's is of no use to its import
        known_as = first.id if first.id and "_assignsubmission_" not in first.path.name else plain
    return Submission(
        first.student,
        known_as,
        first.returned_as,
        files,
        digest.hexdigest()[:12],
        clean(", ".join(unread)),
    )


def files_in(path: Path) -> tuple[list[File], list[str]]:
    """Return the notebooks and ``.py`` files of a folder and of zips in it, and what was not looked at.

    Links to folders are left out; the shallowest folders are
    looked at first, and at most MOST_FILES of them.
    """
    code = []
    unread = []
    folders = deque([path])
    for _ in range(MOST_FILES):
        if not folders:
            break
        folder = folders.popleft()
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            unread.append(f"{folder.name} ({error.strerror})")
            continue
        for entry in entries:
            is_hidden = entry.name.startswith((".", "__"))
            if is_folder(entry):
                is_others = entry.name in NOT_A_STUDENTS or (entry / "pyvenv.cfg").exists()
                if not is_hidden and not is_others:
                    folders.append(entry)
            elif is_code(entry.name):
                code.append(File(entry.relative_to(path).as_posix(), str(entry.absolute())))
            elif is_zip(entry.name) and not is_hidden:
                place = entry.relative_to(path).as_posix()
                present, others = files_in_zip(place, entry.absolute())
                code += present
                unread += others
            elif not is_hidden and (UNREAD.search(entry.name) or entry.is_symlink()):
                unread.append(f"{entry.name} (neither .ipynb nor .py)")
    if folders:
        unread.append(f"{folders[0].name} and what follows it (more than {MOST_FILES} folders)")
    return code, unread


def files_in_zip(place: str, path: Path) -> tuple[list[File], list[str]]:
    """Return the notebooks and ``.py`` files of a zip, and why it cannot be read; no zip within it is.

    Args:
        place: of the zip in the submission, which counts as the folder of what it holds.
        path: of the zip.
    """
    try:
        with open_file(path) as opened, zipfile.ZipFile(opened) as archive:
            entries = archive.infolist()
    except Exception as error:  # a stranger's zip may raise anything
        return [], [
            f"{path.name} ({getattr(error, 'strerror', '') or 'not a zip that can be read'})"
        ]
    if len(entries) > MOST_ENTRIES:
        return [], [f"{path.name} (more than {MOST_ENTRIES} files)"]
    code = []
    unread = []
    packed = {entry.filename: entry.compress_type for entry in entries if not entry.is_dir()}
    for name in sorted(packed):
        *folders, last = PurePosixPath(name).parts or [""]
        if NOT_A_STUDENTS & {*folders} or any(
            part.startswith((".", "__")) for part in (*folders, last)
        ):
            continue
        if is_code(last) and packed[name] in PACKED:
            code.append(File(f"{place}/{name}", str(path), name))
        elif UNREAD.search(last):
            unread.append(f"{last} in {path.name} (neither .ipynb nor .py)")
    return code, unread


def read_file(file: File) -> bytes:
    """Return the bytes of a file, and nothing of what only looks like one.

    Raises:
        OSError: a link, a pipe, a device, a file that is too large or cannot be read.
    """
    with open_file(file.path) as opened:
        if not file.member:
            raw = opened.read(SUBMISSION_BYTES + 1)
        else:
            try:
                with zipfile.ZipFile(opened) as archive, archive.open(file.member) as member:
                    raw = member.read(SUBMISSION_BYTES + 1)
            except Exception as error:  # a stranger's zip may raise anything
                raise OSError(0, "cannot be read from its zip") from error
    if len(raw) > SUBMISSION_BYTES:
        raise OSError(0, f"larger than {SUBMISSION_BYTES // MEGABYTE} MB")
    return raw


def open_file(path: str | Path) -> BinaryIO:
    """Open a file, and nothing that only looks like one.

    Raises:
        OSError: a link, a pipe, a device, a file that cannot be read.
    """
    if os.path.islink(path):
        raise OSError(0, "a link")
    flags = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
    file = os.open(path, os.O_RDONLY | sum(flags))
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(0, "not a file")
    return os.fdopen(file, "rb")
