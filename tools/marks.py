"""Try out a class's answers to the exercises, and write a table.

    python tools/marks.py FOLDER --out marks.csv

In FOLDER each student has a folder of notebooks (and ``mine.py``), or one file: ``ada/02.ipynb``
and ``ada/mine.py``, or ``ada.ipynb``, or ``ada.py``. Only the functions ``my_*`` are taken, with the
imports and constants that they need. The table has a row for each student and exercise: the kind of
the checker's reply, what it wanted and got, the likely reason if it names one, and seconds. ``--open``
also trains what the open exercises ask for; ``--lesson 02`` tries that lesson's exercises alone, for a
table of their own.

It can be stopped at any time: run the same line again, and it goes on. Who handed in something else
since is tried again, and everybody where the library or an exercise has changed. On a Dask cluster
whose computers see the clone and FOLDER at the same place, add ``--scheduler ADDRESS``.

Students' code is taken for hostile. Each exercise runs in a process of its own, in a scratch folder,
held to limits of time, memory, size of files and number of processes, without our environment; as
root also as a user who owns nothing. Whatever it starts is ended with it. This does NOT protect from
an answer that changes the checker inside its own process, to be called right; from reading what its
user may read, or reaching the network; from filling a disk with many files; and, unless you are root,
from doing anything that you may do yourself. Against these use a container without a network, with
the submissions mounted read-only.
"""

import argparse
import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lessons import ROOT, all_lessons
from warden import FILE_BYTES, LOST, MEGABYTE, Limits, read_file

sys.path.append(str(ROOT))  # the course need not be installed to be marked

COLUMNS = ["student", "lesson", "exercise", "kind", "reply", "likely reason"]
COLUMNS += ["seconds", "handed in"]
MOST_FILES = 100  # in one student's folder
BATCH = 5  # submissions that one warden looks after: it starts in half a second
COMMONEST = 10  # reasons, at the end
OPEN_SECONDS = 120  # to train what an open exercise asks for
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "MNISTLIB_DATA", "LANG", "TMPDIR")


class Submission(NamedTuple):
    """What a student handed in: files, or why they are not marked.

    The digest is another when a file is, or what it is tried with.
    """

    student: str
    files: list[str]
    digest: str
    problem: str = ""


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
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def submissions(folder):
    """Return the submissions in a folder; what can be none stands under its whole name."""
    found, others = {}, []
    for path in sorted(Path(folder).iterdir()):
        is_folder = path.is_dir() and not path.is_symlink()
        if path.name.startswith((".", "__MACOSX")):
            continue
        if not is_folder and path.suffix not in (".ipynb", ".py"):
            reason = "not readable: it is neither a folder nor .ipynb nor .py"
            others.append(Submission(clean(path.name), [], "", reason))
            continue
        name = unicodedata.normalize("NFC", path.name if is_folder else path.stem)
        found.setdefault(clean(name), []).append(path)
    return [*(read(student, paths) for student, paths in found.items()), *others]


@cache
def course():
    """Return the bytes of what answers are tried with: the library, and which Python."""
    files = (file for end in ("py", "txt") for file in (ROOT / "mnistlib").rglob(f"*.{end}"))
    return sys.prefix.encode() + b"".join(file.read_bytes() for file in sorted(files))


def read(student, paths):
    """Return a student's submission."""
    names = ", ".join(clean(path.name) for path in paths)
    if len(paths) > 1:
        return Submission(student, [], "", f"{len(paths)} submissions have this name: {names}")
    files, size, digest, problem = [], 0, hashlib.sha256(course()), ""
    try:
        for file in files_in(paths[0]):
            raw = read_file(file)
            files, size = [*files, str(file)], size + len(raw)
            digest.update(f"{file.name}\0".encode(errors="surrogateescape") + raw)
            if size > FILE_BYTES or len(files) > MOST_FILES:
                large = f"{MOST_FILES} files or {FILE_BYTES // MEGABYTE} MB"
                return Submission(student, [], "", f"{names} holds more than {large}")
    except OSError as error:
        problem = f"{clean(Path(error.filename or file).name)}: {error.strerror or error}"
    if not files:
        problem = problem or f"{names} holds no notebook and no .py file"
    return Submission(student, files, digest.hexdigest()[:12], problem)


def files_in(path):
    """Yield the notebooks and ``.py`` files of a submission, links to elsewhere left out."""
    if not path.is_dir() or path.is_symlink():
        yield path
        return
    for number, (folder, inner, names) in enumerate(os.walk(path)):
        inner[:] = sorted(name for name in inner if not name.startswith((".", "__")))
        yield from (Path(folder, n) for n in sorted(names) if n.endswith((".ipynb", ".py")))
        if number > MOST_FILES:
            return


# --- Trying them out


class Watch:
    """A warden's process, and talking with it."""

    def __init__(self, limits):
        """Start it with limits, by name; in a session of its own, so that Ctrl-C reaches only us."""
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("warden.py"), json.dumps(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=kept | {"OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1", "HOME": "/"},
        )
        self.greeting = self.listen()
        if self.greeting is None:
            raise RuntimeError("the process that watches over answers did not start")

    def listen(self):
        """Return what it says next, or None if it has ended."""
        line = self.process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None

    def order(self, files, names, seconds):
        """Yield the row of each exercise, fewer if an answer has ended the watch."""
        try:
            self.process.stdin.write(
                json.dumps({"files": files, "names": names, "seconds": seconds}) + "\n"
            )
            self.process.stdin.flush()
        except BrokenPipeError:
            return
        for _ in names:
            if (row := self.listen()) is None:
                return
            yield row

    def close(self):
        """Let it end what it watches over, and itself."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def mark(batch, names, limits, seconds):
    """Return the rows of some submissions, in the order of COLUMNS; `names` have their lessons."""
    watch, done = None, []
    try:
        for submission in batch:
            rows, waiting = [], list(names)
            if submission.problem:
                rows, waiting = [[n, LOST, submission.problem, "", 0] for n in names], []
            while waiting:
                watch = watch or Watch(limits)
                new = list(watch.order(submission.files, waiting, seconds))
                rows, waiting = rows + new, waiting[len(new) :]
                if waiting:
                    reason = "it ended the process that watches over it"
                    rows.append([waiting.pop(0), LOST, reason, "", 0])
                    watch = watch.close()
            done += [table_row(submission, names[row[0]], row) for row in rows]
    finally:
        if watch is not None:
            watch.close()
    return done


def table_row(submission, lesson, row):
    """Return a row of the table."""
    name, kind, reply, reason, seconds = row
    texts = (submission.student, lesson, name, clean(kind), clean(reply), clean(reason))
    return [*texts, f"{seconds:.2f}", submission.digest]


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
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    os.replace(part, path)


def exercises(with_open, only=None):
    """Return the lesson of each exercise that is marked, in their order, and the open ones."""
    from mnistlib.exercises import LESSONS

    if only and only not in LESSONS:
        sys.exit(f"There are no exercises of lesson {only}, but of {', '.join(LESSONS)}")
    tasks = [task for lesson in all_lessons() for task in lesson.tasks]
    open_ones = [task.name for task in tasks if task.level == "open"]
    lessons = {only: LESSONS[only]} if only else LESSONS
    names = {each.name: number for number, several in lessons.items() for each in several}
    return {n: names[n] for n in names if with_open or n not in open_ones}, open_ones


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
    parser.add_argument("--lesson", metavar="NN", help="only this lesson's exercises")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time (%(default)s)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="run on this Dask cluster")
    for name, value in Limits._field_defaults.items():
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
    limits = {name: getattr(chosen, name) for name in Limits._fields}
    names, open_ones = exercises(chosen.open, chosen.lesson)
    try:
        found = submissions(chosen.folder)
        table = read_table(chosen.out)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    check_the_watch(limits, chosen.open)
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

    batches = [waiting[i : i + BATCH] for i in range(0, len(waiting), BATCH)]
    seconds = dict.fromkeys(open_ones, max(chosen.seconds, OPEN_SECONDS))
    # Here the work is to wait for wardens, so threads will do; and none is killed with a worker.
    where = {"backend": "threading"}
    if chosen.scheduler:
        where = {"backend": "dask", "scheduler_host": chosen.scheduler}
    with parallel_config(**where):
        run = Parallel(
            n_jobs=min(chosen.jobs, len(batches)) or 1,
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch="n_jobs",
        )
    try:
        with (
            chosen.out.open("a", encoding="utf-8", newline="") as file,
            tqdm(total=len(found), initial=len(done), unit="submission") as bar,
        ):
            for rows in run(delayed(mark)(batch, names, limits, seconds) for batch in batches):
                csv.writer(file).writerows(rows)
                file.flush()
                for row in rows:
                    table.setdefault(row[0], []).append(row)
                bar.update(len(rows) // len(names))
    except KeyboardInterrupt:
        sys.exit(
            f"\nStopped. {chosen.out} has what was finished; the same line goes on from there."
        )
    write_table(chosen.out, [row for student in sorted(table) for row in table[student]])
    print(summary([row for s in found for row in table[s.student]], chosen.out))


def check_the_watch(limits, with_open):
    """Start a warden once, and stop if answers could not run under it; say as whom they do."""
    watch = Watch(limits)
    watch.close()
    if watch.greeting["lost"]:
        sys.exit(f"No answer could be tried out here: {watch.greeting['lost']}")
    closed = watch.greeting["closed"]
    said = "students' code runs as a user who owns nothing, and {} cannot be read by such a user"
    if with_open and closed["data"]:
        sys.exit(
            f"Nothing was run: {said.format(closed['data'])}. Put the clone where all may read it, "
            "as in /srv."
        )
    if closed["code"]:
        print(
            f"Note: {said.format(closed['code'])}. What such an answer imports beyond NumPy and the "
            f"course may be missing; it is then {LOST}. To try all, make the environment anew where "
            "everybody may read, and the clone too: /usr/bin/python3 -m venv /srv/marking",
            file=sys.stderr,
        )
    if watch.greeting["user"] is None:
        print(
            "Note: students' code runs as you, and may read and delete what you may. As root it runs "
            "as a user who owns nothing; a container is safer still.",
            file=sys.stderr,
        )


def summary(rows, path):
    """Say in a few lines how it went."""
    kinds = [row[3] for row in rows]
    counts = {kind: kinds.count(kind) for kind in sorted(set(kinds), key=kinds.count, reverse=True)}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    lines = [f"{path}: {len({row[0] for row in rows})} submissions, {len(rows)} rows: {told}"]
    wrong = [(row[2], row[5]) for row in rows if row[5] and row[3] != "right"]
    reasons = Counter(wrong).most_common(COMMONEST)
    lines += ["The reasons most often given:"] if reasons else []
    return "\n".join(lines + [f"{n:4}  my_{name}: {said}" for (name, said), n in reasons])


if __name__ == "__main__":
    main()
