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

Students' code is taken for hostile: it runs behind bubblewrap (``apt install bubblewrap``), each answer
in a process of its own, which sees the system and the course, and no submission, no file of yours and no
network. Where there is no bubblewrap (macOS, Windows), nothing is run unless you say ``--trusted``: then
each answer is a plain process of yours with a limit on time, and may do whatever you may. Neither way
protects from an answer that changes the checker inside its own process, to be called right: such rows
say "Read it" where we see it.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from course.classroom import assignment, grades, isolation, table
from course.classroom.marking import mark
from course.classroom.protocol import Limits
from course.classroom.submissions import Submission, submissions

#: To train what an open exercise asks for.
OPEN_SECONDS = 120

#: What the help says of each limit.
UNITS = {
    "seconds": "for each exercise",
    "memory": "in MB",
    "file": "in MB",
    "processes": "at most",
}


def options(argv: list[str] | None) -> argparse.Namespace:
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
    parser.add_argument(
        "--trusted", action="store_true", help="do without bubblewrap: you trust all this code"
    )
    for name, value in Limits._field_defaults.items():
        help_text = f"{UNITS[name]} (%(default)s)"
        parser.add_argument(f"--{name}", type=type(value), default=value, help=help_text)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Mark a class, or what of it is not marked yet."""
    chosen = options(argv)
    from tqdm import tqdm

    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):  # not on Windows
        if signal.getsignal(ending) != signal.SIG_IGN:  # nohup wants to outlive its terminal
            signal.signal(ending, signal.default_int_handler)
    try:
        lessons = assignment.exercises(chosen.open, chosen.lesson)
        grades.refuse_to_lose(chosen.reports)
        handed_in = submissions(chosen.folder)
        marks = table.read(chosen.out)
        refuse_others(chosen.out, marks, lessons)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    limits = Limits(**{name: getattr(chosen, name) for name in Limits._fields})
    print(how_it_is_run(chosen.trusted))
    waiting = [s for s in handed_in if not is_marked(s, marks.get(s.student, []), lessons)]
    for submission in waiting:
        marks.pop(submission.student, None)
    table.write(chosen.out, [row for rows in marks.values() for row in rows])
    progress = tqdm(total=len(handed_in), initial=len(handed_in) - len(waiting), unit="submission")
    try:
        with chosen.out.open("a", encoding="utf-8", newline="") as file, progress:
            for rows in mark_all(waiting, lessons, limits, chosen):
                table.append(file, rows)
                marks[rows[0].student] = rows
                progress.update()
    except KeyboardInterrupt:
        isolation.stop_all()
        sys.exit(
            f"\nStopped. {chosen.out} has what was finished; the same line goes on from there."
        )
    table.write(chosen.out, [row for student in sorted(marks) for row in marks[student]])
    tell(handed_in, marks, chosen)


def how_it_is_run(trusted: bool) -> str:
    """Say in a line how students' code is run; stop if it can be run only by those who trust it."""
    if trusted:
        return (
            "Trusted: each answer is a plain process of yours, with a limit on time and no other."
        )
    if reason := isolation.why_not():
        sys.exit(
            f"Nothing was run: {reason}. If you trust everything that was handed in, add --trusted."
        )
    return "Behind bubblewrap: an answer sees the course, and nothing of anybody's."


def refuse_others(path: Path, marks: table.Table, lessons: dict[str, str]) -> None:
    """Refuse to write over a table that holds marks of other lessons."""
    others = {row.lesson for rows in marks.values() for row in rows} - {*lessons.values()}
    if others:
        raise ValueError(
            f"{path} holds marks of lesson {', '.join(sorted(others))}; name another file with --out"
        )


def is_marked(submission: Submission, rows: list[table.Row], lessons: dict[str, str]) -> bool:
    """Tell whether rows are those of just this submission, one for each exercise."""
    is_whole = [row.exercise for row in rows] == [*lessons]
    return is_whole and {row.digest for row in rows} == {submission.digest}


def mark_all(
    waiting: list[Submission],
    lessons: dict[str, str],
    limits: Limits,
    chosen: argparse.Namespace,
) -> Iterator[list[table.Row]]:
    """Mark submissions side by side, and yield the rows of each when it is done."""
    from joblib import Parallel, delayed, parallel_config

    seconds = dict.fromkeys(lessons, limits.seconds)
    for name in assignment.open_exercises():
        seconds[name] = max(limits.seconds, OPEN_SECONDS)
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
    # To other computers go only plain values and what the course defines.
    return run(delayed(mark)(each, lessons, limits, seconds, chosen.trusted) for each in waiting)


def tell(handed_in: list[Submission], marks: table.Table, chosen: argparse.Namespace) -> None:
    """Say how it went, and write the grades and the students' pages, if they are asked for."""
    rows = [row for submission in handed_in for row in marks[submission.student]]
    print(table.summary(rows, chosen.out))
    in_part = [f"{s.student} ({s.unread})" for s in handed_in if s.files and s.unread]
    if in_part:
        print(f"Read in part: {', '.join(in_part)}")
    gone = sorted({*marks} - {submission.student for submission in handed_in})
    if gone:
        print(f"No longer in {chosen.folder}, whose rows are kept: {', '.join(gone)}")
    if chosen.grades:
        without = grades.write(chosen.grades, rows, chosen.points, chosen.by, chosen.platform)
        if without:
            print(f"{chosen.grades} leaves out who has no mark at all: {', '.join(without)}")
    if chosen.reports:
        grades.reports(chosen.reports, rows)


if __name__ == "__main__":
    main()
