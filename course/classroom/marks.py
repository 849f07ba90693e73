"""Try out a class's answers to the exercises, and write a table.

    python -m course marks FOLDER --out marks.csv

In FOLDER each student has a folder of notebooks (and ``mine.py``), or one file: ``ada/02.ipynb``
and ``ada/mine.py``, or ``ada.ipynb``, or ``ada.py``. Only the functions ``my_*`` are taken, each with
what it needs of its file. The table has a row for each student and exercise: the kind of
the checker's reply, what it wanted and got, the likely reason if it names one, and seconds. ``--open``
also trains what the open exercises ask for; ``--lesson 02,03`` tries the exercises of those lessons
alone, for a table of their own. ``--grades grades.csv`` also writes points, a row for each student, as
Moodle and Canvas import them; ``--reports FOLDER`` a page for each student, in words, to hand back.

It can be stopped at any time: run the same line again, and it goes on. Who handed in something else
since is tried again, and everybody where the library or an exercise has changed. On a Dask cluster
whose computers see the clone and FOLDER at the same place, add ``--scheduler ADDRESS``.

Students' code is taken for hostile. Each submission is tried behind the walls of bubblewrap, where
that is installed (``apt install bubblewrap``) and the system lets it work: its code sees the system and
the course, and no submission, no file of yours, no network; what it writes lies in a memory disk of a
bounded size; and all it started ends with it. Without bubblewrap an answer can read what the user it
runs as may read, reach the network, fill a disk, leave shared memory behind, and, unless you are root,
do whatever you may do, such as ending this. Either way each exercise runs in a process of its own, held
to limits of time, memory, size of files and number of processes, as root also as a user who owns
nothing. Neither way protects from an answer that changes the checker inside its own process, to be
called right: such rows say "Read it" where we see it. The first line tells which way it was.
"""

import argparse
import ast
import base64
import csv
import hashlib
import inspect
import io
import json
import os
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
import unicodedata
from collections import Counter, deque
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from course import files
from course.classroom import grades
from course.classroom.definitions import imported, uses
from course.classroom.sandbox import (
    KINDS,
    LOST,
    MEGABYTE,
    READING_SECONDS,
    TEXT,
    Limits,
    claim_user,
    refusals,
    walls,
)
from course.exercises.solutions import source
from course.lessons import ROOT, all_lessons

COLUMNS = ["student", "lesson", "exercise", "kind", "reply", "likely reason"]
COLUMNS += ["seconds", "shape", "handed in"]
FILE_BYTES = 50 * MEGABYTE  # of a submission: a notebook with many pictures has a few
MOST_FILES = 100  # in one student's folder, and as many folders
COMMONEST = 10  # reasons, at the end
ALIKE = 5  # answers at least, before two submissions that are alike are worth a look
OPEN_SECONDS = 120  # to train what an open exercise asks for
LINE_BYTES = 10 * TEXT  # of one row
PATIENCE = 10  # seconds beyond its limit until a process that does not answer is ended
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "MNISTLIB_DATA", "LANG", "TMPDIR")
#: How the name of a file goes on that may hold answers, but in a form that is not read.
UNREAD = re.compile(r"\.(ipynb|py|zip|7z|rar|tar|tgz|pdf|html?|docx?|odt)\b", re.IGNORECASE)
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what a spreadsheet may take for one


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


# --- What was handed in


def clean(text, most=600):
    """Return a text for a cell of a table: one line, no control characters, no formula."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    odd = {"Cc", "Cf", "Zl", "Zp", "Cs"}
    shown = (
        ascii(c)[1:-1] if unicodedata.category(c) in odd and c not in "\u200c\u200d" else c
        for c in text
    )
    text = "".join(shown)[:most]
    return "'" + text if text.lstrip().startswith(FORMULA) else text


def submissions(folder):
    """Return the submissions in a folder; what can be none stands under its whole name."""
    found = {}
    for path in sorted(Path(folder).iterdir()):
        if path.name.startswith((".", "__MACOSX")):
            continue
        is_file = is_code(path.name) and not is_folder(path)
        name = unicodedata.normalize("NFC", path.stem if is_file else path.name)
        found.setdefault(clean(name), []).append(path)
    return [read(student, paths) for student, paths in found.items()]


def is_code(name):
    """Tell whether a file is a notebook or Python, by its name; students write capitals, too."""
    return name.lower().endswith((".ipynb", ".py"))


def is_folder(path):
    """Tell whether a path is a folder itself, not a link to one."""
    return path.is_dir() and not path.is_symlink()


@cache
def course():
    """Return the bytes of what answers are tried with: the library, and which Python."""
    files = (
        file
        for package in ("mnistlib", "course")
        for end in ("py", "txt")
        for file in (ROOT / package).rglob(f"*.{end}")
    )
    return sys.prefix.encode() + b"".join(file.read_bytes() for file in sorted(files))


def read(student, paths):
    """Return a student's submission."""
    names = ", ".join(clean(path.name) for path in paths)
    if len(paths) > 1:
        return Submission(student, [], "", f"{len(paths)} submissions have this name: {names}")
    [path] = paths
    if not is_folder(path) and not is_code(path.name):
        return Submission(
            student, [], "", "not readable: it is neither a folder nor .ipynb nor .py"
        )
    files, size, problem = [], 0, ""
    digest = hashlib.sha256(course())
    found, unread = files_in(path)
    digest.update(unread.encode())
    try:
        for place, file in found:
            raw = read_file(file)
            files.append((place, str(file.absolute())))
            size += len(raw)
            digest.update(f"{place}\0".encode(errors="surrogateescape") + raw)
            if size > FILE_BYTES or len(files) > MOST_FILES:
                large = f"{MOST_FILES} files or {FILE_BYTES // MEGABYTE} MB"
                return Submission(student, [], "", f"{names} holds more than {large}")
    except OSError as error:
        problem = f"{clean(Path(error.filename or file).name)}: {error.strerror or error}"
    if not files:
        problem = problem or unread or f"{names} holds no notebook and no .py file"
    return Submission(student, files, digest.hexdigest()[:12], problem, unread)


def files_in(path):
    """Return the notebooks and ``.py`` files of a submission, and what was not looked at.

    Each comes with its place in the submission. Links to folders are left out; the shallowest folders
    are looked at first, and at most MOST_FILES of them.
    """
    if not is_folder(path):
        return [(path.name, path)], ""
    found, others, waiting, seen = [], [], deque([path]), 0
    while waiting and seen < MOST_FILES:
        folder = waiting.popleft()
        seen += 1
        for entry in sorted(folder.iterdir()):
            if is_folder(entry):
                if not entry.name.startswith((".", "__")):
                    waiting.append(entry)
            elif is_code(entry.name):
                found.append((entry.relative_to(path).as_posix(), entry))
            elif not entry.name.startswith(".") and (
                UNREAD.search(entry.name) or entry.is_symlink()
            ):
                others.append(entry.name)
    if waiting:
        return found, f"it has more than {MOST_FILES} folders; what lies deeper was not looked at"
    unread = f"not read, being neither .ipynb nor .py: {clean(', '.join(others))}"
    return found, unread if others else ""


def read_file(path):
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


# --- Trying them out


class SandboxProcess:
    """A process in which answers are tried, and talking with it."""

    def __init__(self, limits, behind_walls):
        """Start it with limits, by name; in a session of its own, so that Ctrl-C reaches only us.

        Args:
            limits: those of :class:`course.classroom.sandbox.Limits`, but for the user.
            behind_walls: whether bubblewrap holds it.
        """
        user, self.claim = claim_user()
        held = Limits(**limits)._replace(user=user)
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        filter_file = os.memfd_create("filter")
        os.write(filter_file, refusals())
        os.lseek(filter_file, 0, os.SEEK_SET)
        command = walls(held, filter_file) if behind_walls else []
        command += [sys.executable, "-m", "course.classroom.sandbox", json.dumps(held._asdict())]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[filter_file] if behind_walls else [],
            env=kept | {"OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1", "HOME": "/"},
        )
        os.close(filter_file)
        self.heard = b""
        line = self.listen(READING_SECONDS)
        if not line:
            self.process.kill()
            said = self.process.stderr.read().decode(errors="replace").strip()
            self.close()
            raise RuntimeError(f"the process in which answers are tried did not start: {said}")
        self.greeting = json.loads(line)

    def listen(self, seconds):
        """Return the line that it says next; none if it has ended, or is ended since it is too late.

        No thread waits for us: an answer that stops all processes made after its own would find it.
        """
        deadline = time.monotonic() + seconds + PATIENCE
        said = self.process.stdout.fileno()
        while b"\n" not in self.heard:
            if not select.select([said], [], [], max(0, deadline - time.monotonic()))[0]:
                self.process.kill()
                return b""
            part = os.read(said, MEGABYTE)
            if not part or len(self.heard) > LINE_BYTES:
                return b""
            self.heard += part
        line, _, self.heard = self.heard.partition(b"\n")
        return line

    def order(self, submission, files, names, seconds):
        """Yield the row of each exercise, fewer if an answer has ended the process or spoke for it."""
        order = {"files": files, "unread": submission.unread, "names": names, "seconds": seconds}
        order["given"] = given()
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
        reading = READING_SECONDS
        for name in names:
            row = row_of(self.listen(reading + seconds[name]), name)
            if row is None:
                return
            yield row
            reading = 0

    def close(self):
        """Let it end what it watches over, and itself."""
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        if self.claim is not None:
            self.claim.close()


def row_of(line, name):
    """Return the row of an exercise that a line is; None if it is none, as where an answer wrote it."""
    try:
        row = json.loads(line)
        *texts, seconds = row
        whole = len(texts) == 5 and all(isinstance(t, str) and len(t) <= 2 * TEXT for t in texts)
        known = whole and texts[0] == name and texts[1] in (*KINDS, LOST)
        return row if known and 0 <= seconds < 1e6 else None
    except (ValueError, TypeError, RecursionError):
        return None


def mark(submission, names, limits, seconds, behind_walls):
    """Return the rows of a submission, in the order of COLUMNS; `names` have their lessons."""
    rows, waiting, files, problem = [], list(names), [], submission.problem
    try:
        for place, path in submission.files:
            files.append((place, base64.b64encode(read_file(path)).decode()))
    except OSError as error:
        problem = problem or f"its files could not be read: {error.strerror or error}"
    if problem:
        rows = [[name, LOST, problem, "", "", 0] for name in names]
        waiting = []
    while waiting:
        sandbox = SandboxProcess(limits, behind_walls)
        try:
            new = list(sandbox.order(submission, files, waiting, seconds))
        finally:
            sandbox.close()
        rows += new
        waiting = waiting[len(new) :]
        if waiting:
            rows.append([waiting.pop(0), LOST, "it ended the process that tries it", "", "", 0])
    return [table_row(submission, names[row[0]], row) for row in rows]


def table_row(submission, lesson, row):
    """Return a row of the table."""
    name, kind, reply, reason, shape, seconds = row
    texts = (submission.student, lesson, name, clean(kind), clean(reply), clean(reason))
    return [*texts, f"{seconds:.2f}", clean(shape), submission.digest]


# --- The table


def read_table(path):
    """Return the rows of a table that was begun, by student; a row that was cut off is dropped.

    Raises:
        ValueError: the file is another one.
    """
    if not path.exists():
        return {}
    found = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        if next(rows, COLUMNS) != COLUMNS:
            raise ValueError(f"{path} is no table of marks; name another file with --out")
        for row in rows:
            if len(row) == len(COLUMNS):
                found.setdefault(row[0], []).append(row)
    return found


def write_table(path, rows):
    """Write all of a table, or leave it as it was. Spreadsheets know UTF-8 by the mark in front."""
    table = io.StringIO(newline="")
    csv.writer(table, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows])
    files.replace(path, table.getvalue().encode("utf-8-sig"))


def exercises(with_open, only=None):
    """Return the lesson of each exercise that is marked, in their order, and the open ones."""
    from course.exercises import LESSONS

    chosen = only.split(",") if only else [*LESSONS]
    for lesson in chosen:
        if lesson not in LESSONS:
            sys.exit(f"There are no exercises of lesson {lesson}, but of {', '.join(LESSONS)}")
    tasks = [task for lesson in all_lessons() for task in lesson.tasks]
    open_ones = [task.name for task in tasks if task.level == "open"]
    names = {each.name: number for number in chosen for each in LESSONS[number]}
    return {n: names[n] for n in names if with_open or n not in open_ones}, open_ones


@cache
def given():
    """Return for each exercise the names of the library that it may use, each in full.

    They are those that its lesson has used above it, but for the exercise's own, which ends like it
    (``patches`` in ``image_patches``); and those that its solution uses.
    """
    from course.exercises import EXERCISES

    found = {}
    for lesson in all_lessons():
        names = imported(lesson.trees[0][1])
        used = {whole for whole in names.values() if whole.startswith("mnistlib.")}
        for statement in (each for _, tree in lesson.trees for each in tree.body):
            name = getattr(statement, "name", "").removeprefix("my_")
            if name in EXERCISES:
                own = {whole for whole in used if name.endswith(whole.rpartition(".")[2].lower())}
                functions = used - own | used_by(EXERCISES[name].shown)
                found[name] = sorted(each for each in functions if each.count(".") == 2)
            used |= uses(statement, names)
    return found


def used_by(function):
    """Return what of the library a function uses, in full."""
    known = function.__globals__.items()
    names = {name: f"{getattr(value, '__module__', '')}.{name}" for name, value in known}
    names |= {name: value.__name__ for name, value in known if inspect.ismodule(value)}
    return uses(ast.parse(source(function)), names)


def options(argv):
    """Read the command line."""
    about, _, detail = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=detail, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what the class handed in")
    parser.add_argument(
        "--out", type=Path, default=Path("marks.csv"), help="the table (%(default)s)"
    )
    parser.add_argument("--open", action="store_true", help="also train for the open exercises")
    parser.add_argument("--lesson", metavar="NN,...", help="only these lessons' exercises")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time (%(default)s)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="run on this Dask cluster")
    parser.add_argument(
        "--grades", type=Path, metavar="FILE", help="also write points, for Moodle or"
    )
    parser.add_argument("--platform", choices=grades.PLATFORMS, default="moodle", help="Canvas")
    parser.add_argument(
        "--points",
        type=grades.weights,
        default=grades.POINTS,
        metavar="LEVEL=N,...",
        help="points by level, such as warm-up=1,core=2,stretch=3,open=4, which is the default",
    )
    parser.add_argument(
        "--by", choices=("exercise", "lesson"), default="exercise", help="a column each"
    )
    parser.add_argument(
        "--reports", type=Path, metavar="FOLDER", help="also write a page a student"
    )
    parser.add_argument("--no-walls", action="store_true", help="do without bubblewrap")
    for name, value in Limits._field_defaults.items():
        if name == "user":
            continue
        unit = {"seconds": "for each exercise", "processes": "at most"}.get(name, "in MB")
        parser.add_argument(
            f"--{name}", type=type(value), default=value, help=f"{unit} (%(default)s)"
        )
    return parser.parse_args(argv)


def main(argv=None):
    """Mark a class, or what of it is not marked yet."""
    chosen = options(argv)
    if sys.platform != "linux":
        sys.exit(
            "marks.py holds students' code to limits that only Linux has. On another system run it in "
            "a Linux container or a virtual machine; nothing was run."
        )
    from joblib import Parallel, delayed, parallel_config
    from tqdm import tqdm

    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) != signal.SIG_IGN:  # nohup wants to outlive its terminal
            signal.signal(ending, signal.default_int_handler)
    # To other computers go only plain values and what is defined here.
    limits = {name: getattr(chosen, name) for name in Limits._fields if name != "user"}
    names, open_ones = exercises(chosen.open, chosen.lesson)
    if chosen.reports and (
        chosen.reports.is_file() or not all(map(grades.is_report, chosen.reports.glob("*")))
    ):
        sys.exit(f"{chosen.reports} holds more than reports; name a new folder for them")
    try:
        found = submissions(chosen.folder)
        table = read_table(chosen.out)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    others = {row[1] for rows in table.values() for row in rows} - {*names.values()}
    if others:
        told = ", ".join(sorted(others))
        sys.exit(f"{chosen.out} holds marks of lesson {told}; name another file with --out")
    behind_walls = try_the_sandbox(limits, chosen.no_walls, chosen.open)
    done = {
        s.student
        for s in found
        if [row[2] for row in table.get(s.student, [])] == [*names]
        and {row[-1] for row in table[s.student]} == {s.digest}
    }
    waiting = [submission for submission in found if submission.student not in done]
    for submission in waiting:
        table.pop(submission.student, None)
    write_table(chosen.out, [row for rows in table.values() for row in rows])

    longer = max(chosen.seconds, OPEN_SECONDS)
    seconds = {name: longer if name in open_ones else chosen.seconds for name in names}
    # Here the work is to wait for processes, so threads will do; and none is killed with a worker.
    where = {"backend": "threading"}
    if chosen.scheduler:
        where = {"backend": "dask", "scheduler_host": chosen.scheduler}
    with parallel_config(**where):
        run = Parallel(
            n_jobs=min(chosen.jobs, len(waiting)) or 1,
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch="n_jobs",
        )
    try:
        with (
            chosen.out.open("a", encoding="utf-8", newline="") as file,
            tqdm(total=len(found), initial=len(done), unit="submission") as bar,
        ):
            jobs = (delayed(mark)(each, names, limits, seconds, behind_walls) for each in waiting)
            for rows in run(jobs):
                csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
                file.flush()
                table[rows[0][0]] = rows
                bar.update()
    except KeyboardInterrupt:
        sys.exit(
            f"\nStopped. {chosen.out} has what was finished; the same line goes on from there."
        )
    write_table(chosen.out, [row for student in sorted(table) for row in table[student]])
    marked = [row for submission in found for row in table[submission.student]]
    print(summary(marked, chosen.out))
    in_part = [f"{each.student} ({each.unread})" for each in found if each.files and each.unread]
    gone = sorted({*table} - {each.student for each in found})
    for said, students in [
        ("Read in part", in_part),
        (f"No longer in {chosen.folder}, whose rows are kept", gone),
    ]:
        if students:
            print(f"{said}: {', '.join(students)}")
    named = [dict(zip(COLUMNS, row, strict=True)) for row in marked]
    if chosen.grades:
        without = grades.write(chosen.grades, named, chosen.points, chosen.by, chosen.platform)
        if without:
            print(f"{chosen.grades} leaves out who has no mark at all: {', '.join(without)}")
    if chosen.reports:
        grades.reports(chosen.reports, named)


def try_the_sandbox(limits, no_walls, with_open):
    """Start a sandbox once, and stop if answers could not run in it; say which way it is and as whom.

    Returns:
        whether bubblewrap holds it.
    """
    reason = "--no-walls was given" if no_walls else ""
    if not reason and not shutil.which("bwrap"):
        reason = "bubblewrap is not installed (apt install bubblewrap)"
    try:
        sandbox = SandboxProcess(limits, behind_walls=not reason)
    except RuntimeError as error:
        if reason:
            sys.exit(f"No answer could be tried out here: {error}")
        reason = f"bubblewrap does not work here ({error})"
        sandbox = SandboxProcess(limits, behind_walls=False)
    sandbox.close()
    greeting = sandbox.greeting
    if reason:
        print(f"Without walls, since {reason}: an answer may see more than it should.")
    else:
        print("Behind bubblewrap's walls: an answer sees the course, and nothing of anybody's.")
    if greeting["lost"]:
        sys.exit(f"No answer could be tried out here: {greeting['lost']}")
    said = "students' code runs as a user who owns nothing, and {} cannot be read by such a user"
    if with_open and greeting["closed"]["data"]:
        sys.exit(
            f"Nothing was run: {said.format(greeting['closed']['data'])}. Put the clone where all may "
            "read it, as in /srv."
        )
    if greeting["closed"]["code"]:
        print(
            f"Note: {said.format(greeting['closed']['code'])}. What such an answer imports beyond NumPy "
            f"and the course may be missing; it is then {LOST}. To try all, make the environment anew "
            "where everybody may read, and the clone too: /usr/bin/python3 -m venv /srv/marking",
            file=sys.stderr,
        )
    if reason and greeting["user"] is None:
        print(
            "Note: students' code runs as you. It may read and delete what you may, and stop this "
            "program. Install bubblewrap, and it may not.",
            file=sys.stderr,
        )
    return not reason


def summary(rows, path):
    """Say in a few lines how it went."""
    kinds = [row[3] for row in rows]
    counts = {kind: kinds.count(kind) for kind in sorted(set(kinds), key=kinds.count, reverse=True)}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    lines = [f"{path}: {len({row[0] for row in rows})} submissions, {len(rows)} rows: {told}"]
    wrong = [(row[2], row[5]) for row in rows if row[5] and row[3] != "right"]
    reasons = Counter(wrong).most_common(COMMONEST)
    lines += ["The reasons most often given:"] if reasons else []
    lines += [f"{n:4}  my_{name}: {said}" for (name, said), n in reasons]
    to_read = dict.fromkeys(row[0] for row in rows if row[3] == "right" and "Read it" in row[5])
    lines += [f"Right, but read it: {', '.join(to_read)}"] if to_read else []
    groups = alike(rows)
    lines += ["Worth a look, the same but for names and spaces:"] if groups else []
    return "\n".join([*lines, *(f"      {', '.join(group)}" for group in groups)])


def alike(rows):
    """Return groups of students all of whose answers have the same shapes, ALIKE answers at least."""
    answers = {}
    for student, _, name, *_, shape, _ in rows:
        if shape:
            answers.setdefault(student, []).append((name, shape))
    groups = {}
    for student, shapes in answers.items():
        if len(shapes) >= ALIKE:
            groups.setdefault(tuple(sorted(shapes)), []).append(student)
    return [group for group in groups.values() if len(group) > 1]


if __name__ == "__main__":
    main()
