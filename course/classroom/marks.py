"""Try out a class's answers to the exercises, and write a table.

    python -m course marks FOLDER --out marks.csv

FOLDER is what Moodle or Canvas gives for download, unpacked; or a folder for each student; or a file:
``ada/02.ipynb`` and ``ada/mine.py``, or ``ada.ipynb``. Only the functions ``my_*`` are taken, each with
what it needs. The table has a row for each student and exercise: the kind of the checker's reply, what
it wanted and got, the likely reason if it names one. ``--lesson 02,03`` tries the exercises of those
lessons alone, for a table of their own; ``--open`` also trains what the open exercises ask for.
``--to-decide decide.html`` also writes a page with each answer that a person has to decide about;
``--grades grades.csv`` the points; ``--reports pages.zip`` a page for each student.
``--names names.csv`` says whom your learning platform calls what.

Marks of your own stand in a file of yours, ``by-hand.csv`` beside the table, with the columns student,
exercise, points, why. They always win, and the program never writes there.

It can be stopped at any time: run the same line again, and it goes on. An answer is tried again when its
student handed in something else, or when what judges it has changed.

Students' code is taken for hostile: it runs behind bubblewrap (``apt install bubblewrap``), each answer
in a process of its own, which sees the system and the course, and no submission, no file of yours and no
network. Where there is no bubblewrap (macOS, Windows), nothing is run unless you say ``--trusted``: then
each answer is a plain process of yours with a limit on time, and may do whatever you may. Neither way
protects from an answer that changes the checker inside its own process, to be called right: such rows
say "Read it" where we see it, and a row that does not say so proves nothing.
"""

import argparse
import hashlib
import os
import re
import signal
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from course.classroom import assignment, by_hand, decisions, grades, isolation, table
from course.classroom.marking import answers_of, mark
from course.classroom.protocol import Limits
from course.classroom.submissions import Submission, nothing_of, read_names, submissions

#: To train what an open exercise asks for.
OPEN_SECONDS = 120

#: Why root does not mark.
ROOT_MAY_NOT = "you are root, whom Linux lets start processes without end; mark as another user"

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
    parser.add_argument(
        "--jobs", type=above_zero, default=os.cpu_count(), help="at a time (%(default)s)"
    )
    parser.add_argument(
        "--by-hand",
        type=Path,
        metavar="FILE",
        help="marks of your own, which always win (by-hand.csv beside the table)",
    )
    parser.add_argument(
        "--names", type=Path, metavar="FILE", help="what the platform calls each student"
    )
    parser.add_argument(
        "--to-decide",
        type=Path,
        metavar="FILE.html",
        help="also write what you have to decide about",
    )
    parser.add_argument("--grades", type=Path, metavar="FILE", help="also write points")
    parser.add_argument(
        "--points",
        type=grades.weights,
        default=grades.POINTS,
        metavar="LEVEL=N,...",
        help="points by level, such as warm-up=1,core=2,stretch=3,open=4, which is the default",
    )
    parser.add_argument(
        "--nearly",
        type=grades.share,
        default=grades.NEARLY,
        metavar="SHARE",
        help="of the points, for an unstable answer or right numbers in the wrong form (%(default)s)",
    )
    parser.add_argument(
        "--by", choices=("exercise", "lesson"), default="exercise", help="a column each"
    )
    parser.add_argument(
        "--reports", type=Path, metavar="FILE.zip", help="also write a page for each student"
    )
    parser.add_argument(
        "--trusted", action="store_true", help="do without bubblewrap: you trust all this code"
    )
    for name, value in Limits._field_defaults.items():
        help_text = f"{UNITS[name]} (%(default)s)"
        parser.add_argument(f"--{name}", type=above_zero, default=value, help=help_text)
    return parser.parse_args(argv)


def above_zero(text: str) -> int:
    """Return a whole number above 0, if it is written as one."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return value


def main(argv: list[str] | None = None) -> None:
    """Mark a class, or what of it is not marked yet."""
    chosen = options(argv)
    from tqdm import tqdm

    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):  # not on Windows
        if signal.getsignal(ending) != signal.SIG_IGN:  # nohup wants to outlive its terminal
            signal.signal(ending, signal.default_int_handler)
    try:
        for place in filter(None, (chosen.out, chosen.grades, chosen.reports, chosen.to_decide)):
            if not place.absolute().parent.is_dir():
                raise ValueError(f"{place} cannot be written: its folder does not exist")
        lessons = assignment.exercises(chosen.open, chosen.lesson)
        grades.refuse_to_lose(chosen.reports)
        decisions.refuse_to_lose(chosen.to_decide)
        names = read_names(chosen.names) if chosen.names else {}
        handed_in = submissions(chosen.folder, names)
        marks = table.read(chosen.out)
        refuse_others(chosen.out, marks, lessons)
        worth = grades.worth([*lessons], chosen.points)
        given = hand_marks(chosen, handed_in, marks, worth, names)
    except ValueError as error:
        sys.exit(str(error))
    limits = Limits(**{name: getattr(chosen, name) for name in Limits._fields})
    print(how_it_is_run(chosen.trusted))
    waiting = []
    for submission in handed_in:
        digests = {name: digest(submission, name, lessons[name]) for name in lessons}
        rows = marks.get(submission.student, {})
        anew = [name for name in lessons if name not in rows or rows[name].digest != digests[name]]
        if anew:
            waiting.append((submission, {name: lessons[name] for name in anew}, digests))
    table.write(chosen.out, table.rows_of(marks))
    progress = tqdm(total=len(handed_in), initial=len(handed_in) - len(waiting), unit="submission")
    try:
        with chosen.out.open("a", encoding="utf-8", newline="") as file, progress:
            for rows in mark_all(waiting, limits, chosen):
                table.append(file, keep(marks, rows))
                progress.update()
    except KeyboardInterrupt:
        isolation.stop_all()
        sys.exit(
            f"\nStopped. {chosen.out} has what was finished; the same line goes on from there."
        )
    marks = {
        student: {name: rows[name] for name in lessons if name in rows}
        for student, rows in marks.items()
    }
    told = apply_by_hand(marks, given, handed_in)
    table.write(chosen.out, table.rows_of(marks))
    tell(handed_in, marks, worth, chosen)
    if chosen.to_decide:
        write_decisions(handed_in, marks, worth, limits, chosen)
    print("\n".join(told), end="\n" if told else "")


def digest(submission: Submission, exercise: str, lesson: str) -> str:
    """Return a digest of what is handed in and what judges it."""
    both = f"{submission.digest} {assignment.judge(exercise, lesson)}"
    return hashlib.sha256(both.encode()).hexdigest()[:12]


def keep(marks: table.Table, rows: list[table.Row]) -> list[table.Row]:
    """Put new rows in the place of old ones, and return them; what was marked by hand stays noted."""
    kept = []
    for row in rows:
        own = marks.setdefault(row.student, {})
        if old := own.get(row.exercise):
            row = row._replace(by_hand=old.by_hand, by_hand_for=old.by_hand_for)
        own[row.exercise] = row
        kept.append(row)
    return kept


def hand_marks(
    chosen: argparse.Namespace,
    handed_in: list[Submission],
    marks: table.Table,
    worth: dict[str, float],
    names: Mapping[str, str],
) -> dict[tuple[str, str], by_hand.HandMark]:
    """Return the teacher's own marks, and add to the class whoever has one but handed in nothing."""
    from course.exercises import EXERCISES

    if chosen.by_hand and not chosen.by_hand.exists():
        raise ValueError(f"{chosen.by_hand} does not exist")
    students = {student: student for student in marks}
    owners = defaultdict(set)  # of a name, without the platform's number too
    for submission in handed_in:
        plain = re.sub(r" \(\w+\)$", "", submission.student)
        for name in (submission.known_as, plain):
            owners[name].add(submission.student)
    students |= {name: min(few) for name, few in owners.items() if name and len(few) == 1}
    students |= {submission.student: submission.student for submission in handed_in}
    present = {submission.known_as for submission in handed_in}
    absent = {each: nothing_of(each) for each in names.values() if each not in present}
    students |= {known_as: nobody.student for known_as, nobody in absent.items()}
    for called, known_as in names.items():
        if known_as in students:
            students.setdefault(called, students[known_as])
    path = chosen.by_hand or chosen.out.with_name("by-hand.csv")
    given = by_hand.read(path, students, worth, EXERCISES)
    marked = {student for student, _ in given}
    handed_in += [nobody for nobody in absent.values() if nobody.student in marked]
    return given


def apply_by_hand(
    marks: table.Table,
    given: dict[tuple[str, str], by_hand.HandMark],
    handed_in: list[Submission],
) -> list[str]:
    """Note the teacher's own marks in the table; return what there is to say of them.

    Where there is no answer to compare, all that its student handed in is.
    """
    digests = {submission.student: submission.digest for submission in handed_in}
    kept = []
    changed = []
    for student, rows in sorted(marks.items()):
        for name, row in rows.items():
            mark = given.get((student, name))
            text = table.clean(str(mark)) if mark else ""
            marked = row.version or digests.get(student, row.by_hand_for)
            if text != row.by_hand:
                rows[name] = row._replace(by_hand=text, by_hand_for=marked)
            elif mark and row.by_hand_for != marked:
                changed.append(f"      {student}: my_{name}")
            if mark:
                kept.append(f"      {student}: my_{name} ({text})")
    title = "Changed since you marked it by hand (write another reason, and it is not said again):"
    return table.section("Your marks by hand, kept:", kept) + table.section(title, changed)


def how_it_is_run(trusted: bool) -> str:
    """Say in a line how students' code is run; stop if it can be run only by those who trust it."""
    if trusted:
        return (
            "Trusted: each answer is a plain process of yours, with a limit on time and no other."
        )
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    if reason := isolation.why_not() or (ROOT_MAY_NOT if is_root else ""):
        sys.exit(
            f"Nothing was run: {reason}. If you trust everything that was handed in, add --trusted."
        )
    return "Behind bubblewrap: an answer sees the course, and nothing of anybody's."


def refuse_others(path: Path, marks: table.Table, lessons: dict[str, str]) -> None:
    """Refuse to write over a table that holds marks of other lessons."""
    others = {row.lesson for rows in marks.values() for row in rows.values()} - {*lessons.values()}
    if others:
        raise ValueError(
            f"{path} holds marks of lesson {', '.join(sorted(others))}; name another file with --out"
        )


def mark_all(
    waiting: list[tuple[Submission, dict[str, str], dict[str, str]]],
    limits: Limits,
    chosen: argparse.Namespace,
) -> Iterator[list[table.Row]]:
    """Mark submissions side by side, and yield the rows of each when it is done."""
    seconds = {name: limits.seconds for _, lessons, _ in waiting for name in lessons}
    for name in assignment.open_exercises() if chosen.open else ():
        seconds[name] = max(limits.seconds, OPEN_SECONDS)
    return side_by_side(
        (
            (mark, submission, lessons, digests, limits, seconds, chosen.trusted)
            for submission, lessons, digests in waiting
        ),
        chosen.jobs,
    )


def side_by_side(calls: Iterable[tuple], jobs: int) -> Iterator:
    """Call functions with their arguments, so many at a time, and yield what each returns when it does.

    The work is to wait for processes, so threads will do.
    """
    from joblib import Parallel, delayed

    run = Parallel(jobs, backend="threading", return_as="generator_unordered", batch_size=1)
    return run(delayed(function)(*arguments) for function, *arguments in calls)


def write_decisions(
    handed_in: list[Submission],
    marks: table.Table,
    worth: dict[str, float],
    limits: Limits,
    chosen: argparse.Namespace,
) -> None:
    """Write the page of what a person has to decide about; for it the answers are taken once more."""
    open_rows = {
        submission.student: [row for row in marks[submission.student].values() if row.is_open]
        for submission in handed_in
    }

    def answers(submission: Submission) -> tuple[str, dict]:
        return submission.student, answers_of(submission, limits, chosen.trusted)[0]

    waiting = [(answers, submission) for submission in handed_in if open_rows[submission.student]]
    sources = dict(side_by_side(waiting, chosen.jobs))
    rows = [row for student in sorted(open_rows) for row in open_rows[student]]
    decisions.write(chosen.to_decide, rows, sources, worth)


def tell(
    handed_in: list[Submission],
    marks: table.Table,
    worth: dict[str, float],
    chosen: argparse.Namespace,
) -> None:
    """Say how it went, and write the grades and the students' pages, if they are asked for."""
    rows = [row for submission in handed_in for row in marks[submission.student].values()]
    print(table.summary(rows, chosen.out))
    unread = [f"      {s.student}: {s.unread}" for s in handed_in if s.unread]
    gone = sorted({*marks} - {submission.student for submission in handed_in})
    lines = table.section("Not read:", unread)
    if gone:
        lines.append(f"No longer in {chosen.folder}, whose rows are kept: {', '.join(gone)}")
    if chosen.grades:
        left_out = grades.write(chosen.grades, rows, handed_in, worth, chosen.by, chosen.nearly)
        if left_out:
            why = "have no points at all, or are not in the file of names"
            lines.append(f"{chosen.grades} leaves out who {why}: {', '.join(left_out)}")
    if chosen.reports:
        grades.pages(chosen.reports, rows, handed_in)
    print("\n".join(lines), end="\n" if lines else "")


if __name__ == "__main__":
    main()
