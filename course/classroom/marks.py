"""Try out a class's answers to the exercises, and write a table.

    python -m course marks FOLDER --out marks.csv

FOLDER is what Moodle or Canvas gives for download, unpacked; or a folder for each student; or a file:
``ada/02.ipynb`` and ``ada/mine.py``, or ``ada.ipynb``. Only the functions ``my_*`` are taken, each with
what it needs. The table has a row for each student and exercise: the kind of the checker's reply, what
it wanted and got, the likely reason if it names one. ``--lesson 02,03`` tries the exercises of those
lessons alone, for a table of their own; ``--open`` also trains what the open exercises ask for.
Beside it stands ``to-decide.html``, a page with each answer that a person has to decide about.
``--grades grades.csv`` also writes the points, ``--reports pages.zip`` a page for each student, and
``--names names.csv`` says whom your learning platform calls what.

Marks of your own stand in a file of yours, ``by-hand.csv`` beside the table, with the columns student,
exercise, points, why. They always win, and the program never writes there.

Run the same line again, and only those are tried again who handed in something else, or all, when what
judges them has changed.

Students' code is taken for hostile: it runs behind bubblewrap (``apt install bubblewrap``), each answer
in a process of its own, which sees the system and the course, and no submission, no file of yours and no
network. Where there is no bubblewrap (macOS, Windows), nothing is run unless you say ``--trusted``: then
each answer is a plain process of yours with a limit on time, and may do whatever you may. Neither way
protects from an answer that changes the checker inside its own process, to be called right.
"""

import argparse
import hashlib
import os
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from course import files
from course.classroom import inspection, isolation, pages, points, table
from course.classroom.extract import Version
from course.classroom.submissions import Submission, read_names, submissions_in
from course.classroom.table import NOT_MARKED, Row, Table
from course.files import ROOT

#: Processor time for an answer.
SECONDS = 10
#: Processor time to train what an open exercise asks for.
OPEN_SECONDS = 120
#: How many of the reasons most often given are told.
COMMONEST = 10
#: Why root does not mark.
ROOT_MAY_NOT = "you are root, whom Linux lets start processes without end; mark as another user"


def options(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    about, _, detail = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=detail, formatter_class=argparse.RawDescriptionHelpFormatter
    )

    def add(name: str, about: str, **how) -> None:
        parser.add_argument(name, help=about, **how)

    add("folder", "what the class handed in", type=Path)
    add(
        "--out", "the table (%(default)s)", type=Path, default=Path("marks.csv"), metavar="FILE.csv"
    )
    add("--lesson", "only these lessons' exercises", metavar="NN,...")
    add("--open", "also train for the open exercises", action="store_true")
    add("--names", "what the platform calls each student", type=Path, metavar="FILE.csv")
    add("--reports", "write a page for each student", type=Path, metavar="FILE.zip")
    add("--grades", "write the points", type=Path, metavar="FILE.csv")
    add(
        "--nearly",
        "of the points, for an unstable answer or right numbers in the wrong form (%(default)s)",
        type=float,
        default=points.NEARLY,
        metavar="SHARE",
    )
    add("--trusted", "do without bubblewrap: you trust all this code", action="store_true")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Mark a class, or what of it is not marked yet."""
    chosen = options(argv)
    hand = chosen.out.with_name("by-hand.csv")
    to_decide = chosen.out.with_name("to-decide.html")
    try:
        check_places(chosen, hand, to_decide)
        lesson_of = points.exercises_to_mark(chosen.open, chosen.lesson)
        names = read_names(chosen.names) if chosen.names else None
        before = table.read_rows(chosen.out)
        refuse_others(chosen.out, before, lesson_of)
        handed_in = submissions_in(chosen.folder, names)
        worth = points.worth_of(lesson_of)
        answers = {submission.student: submission.answers for submission in handed_in}
        given = points.read_by_hand(hand, answers.keys(), worth)
    except ValueError as error:
        sys.exit(str(error))
    print(how_it_is_run(chosen.trusted))
    marks = mark_all(handed_in, before, lesson_of, chosen)
    kept = points.apply_by_hand(marks, given)
    rows = sorted(marks.values(), key=lambda row: row.student)
    table.write_rows(chosen.out, rows)
    print(*summary(rows, chosen.out), sep="\n")
    undecided = [row for row in rows if row.needs_a_person]
    files.replace(to_decide, pages.decisions_page(undecided, answers, worth))
    print(
        f"For you to decide, and without points until then: {len(undecided)} of {len(rows)} rows. "
        f"The page is {to_decide}"
    )
    if chosen.grades:
        left_out = points.write_points(chosen.grades, rows, handed_in, worth, chosen.nearly)
        if left_out:
            why = "have no points at all, or are not in the file of names"
            print(f"{chosen.grades} leaves out who {why}: {', '.join(left_out)}")
    if chosen.reports:
        pages.write_student_pages(chosen.reports, rows, handed_in)
    if kept:
        print("Your marks by hand, kept:", *kept, sep="\n")


def check_places(chosen: argparse.Namespace, hand: Path, to_decide: Path) -> None:
    """Refuse places that cannot be written, and to write where another file is read or written.

    Raises:
        ValueError: one of them is such a place.
    """
    places = {hand.resolve(): "your own marks"}
    if chosen.names:
        places[chosen.names.resolve()] = "the names"
    for place, holds in [
        (chosen.out, "the table"),
        (to_decide, "what you have to decide"),
        (chosen.grades, "the points"),
        (chosen.reports, "the students' pages"),
    ]:
        if place:
            if not place.absolute().parent.is_dir():
                raise ValueError(f"{place} cannot be written: its folder does not exist")
            if before := places.get(place.resolve()):
                raise ValueError(f"{place} is for {before}; name another file")
            places[place.resolve()] = holds


def refuse_others(path: Path, marks: Table, lesson_of: dict[str, str]) -> None:
    """Refuse to write over a table that holds marks of other lessons."""
    others = {row.lesson for row in marks.values()} - {*lesson_of.values()}
    if others:
        raise ValueError(
            f"{path} holds marks of lesson {', '.join(sorted(others))}; name another file with --out"
        )


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


# --- A class


def mark_all(
    handed_in: list[Submission],
    before: Table,
    lesson_of: dict[str, str],
    chosen: argparse.Namespace,
) -> Table:
    """Return the table of all submissions; those that it had before, and that are the same, stay.

    When it is stopped, what is finished is written.
    """
    judge = digest_of_judge()
    marks = {}
    waiting = []
    for submission in handed_in:
        answers = f"{submission.answers} {submission.unread} {judge}"
        digest = hashlib.sha256(answers.encode()).hexdigest()[:12]
        rows = [before.get((submission.student, name), Row()) for name in lesson_of]
        if all(row.digest == digest for row in rows):
            marks |= {(row.student, row.exercise): row for row in rows}
        else:
            waiting.append(delayed(mark_submission)(submission, lesson_of, digest, chosen.trusted))
    # The work is to wait for processes, so threads will do.
    run = Parallel(-1, backend="threading", return_as="generator_unordered", batch_size=1)
    try:
        for rows in tqdm(run(waiting), total=len(waiting), unit="submission"):
            marks |= {(row.student, row.exercise): row for row in rows}
    except KeyboardInterrupt:
        isolation.stop_all()
        table.write_rows(chosen.out, sorted(marks.values(), key=lambda row: row.student))
        sys.exit(
            f"\nStopped. {chosen.out} has what was finished; the same line goes on from there."
        )
    return marks


def digest_of_judge() -> str:
    """Return a digest of what judges the answers: it changes when that does."""
    digest = hashlib.sha256(f"{sys.version} {np.__version__}".encode())
    for folder in ("mnistlib", "course"):
        for file in sorted((ROOT / folder).rglob("*.*")):
            if file.suffix in (".py", ".txt"):
                digest.update(file.read_bytes())
    return digest.hexdigest()


# --- A student


def mark_submission(
    submission: Submission, lesson_of: dict[str, str], digest: str, trusted: bool
) -> list[Row]:
    """Return a submission's rows.

    Args:
        submission: what a student handed in.
        lesson_of: the lesson of each exercise that is tried, in the table's order.
        digest: of what is handed in and what judges it.
        trusted: whether answers run without bubblewrap.
    """
    rows = []
    for name, lesson in lesson_of.items():
        if name in submission.answers:
            row = mark_answer(name, lesson, submission.answers[name], trusted)
        elif submission.unread:
            row = Row(kind=NOT_MARKED, reply=f"not read: {submission.unread}")
        else:
            row = Row(kind="not attempted", reply=f"there is no my_{name}, or only its stub")
        whose = {"student": submission.student, "lesson": lesson, "exercise": name}
        rows.append(Row(*map(table.clean, row._replace(**whose, digest=digest))))
    return rows


def mark_answer(name: str, lesson: str, versions: list[Version], trusted: bool) -> Row:
    """Return the row of the version that counts; if only another is right, a person decides."""
    first, *others = versions
    row = try_version(name, lesson, first, trusted)
    if row.kind == "right":
        return row
    for other in others:
        if not other.why_not_tried and try_version(name, lesson, other, trusted).kind == "right":
            if other.place == first.place:
                which = f"an earlier version is right, but the last in {first.place} counts"
            else:
                which = f"{other.place} is right, but {first.place} counts"
            reply = f"{which}: {row.kind}. {row.reply}"
            return row._replace(kind=NOT_MARKED, reply=reply, nearly_right="")
    return row


def try_version(name: str, lesson: str, version: Version, trusted: bool) -> Row:
    """Return what the row of one version of an answer holds of it."""
    if version.why_not_tried:
        return Row(kind=NOT_MARKED, reply=version.why_not_tried)
    seconds = OPEN_SECONDS if points.levels().get(name) == "open" else SECONDS
    row = isolation.try_isolated(name, version.source, seconds, trusted, lesson)
    if row.kind == "right":
        return row._replace(note=inspection.reason_to_read(name, version.source))
    return row


# --- What a teacher reads at the end


def summary(rows: list[Row], path: Path) -> list[str]:
    """Return how it went, in lines: the counts, and the commonest reasons."""
    kinds = Counter(row.kind for row in rows)
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    students = len({row.student for row in rows})
    reasons = Counter((row.exercise, row.likely_reason) for row in rows if row.likely_reason)
    commonest = [
        f"{count:4}  my_{name}: {reason}"
        for (name, reason), count in reasons.most_common(COMMONEST)
    ]
    return [
        f"{path}: {students} submissions, {len(rows)} rows: {counts}",
        *(["The reasons most often given:", *commonest] if commonest else []),
    ]
