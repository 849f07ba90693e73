"""What a table of marks becomes: points for a learning platform, and a page for each student."""

import argparse
import csv
import html
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from course.classroom.assignment import levels
from course.classroom.submissions import Submission
from course.classroom.table import Row

#: The points of an exercise that is right, by its level.
POINTS = {"warm-up": 1.0, "core": 2.0, "stretch": 3.0, "open": 4.0}
#: The share of the points that an answer earns which is right in ordinary cases alone, or whose numbers
#: are right in the wrong form.
NEARLY = 0.5
#: What a student's page says in place of an error's words.
RAISES = "it stopped with an error, which your notebook shows."
#: How the name of a student's page ends.
PAGE = "marks.html"


def read_weights(text: str) -> dict[str, float]:
    """Read points by level, ``core=2,stretch=3``; levels that are not named keep theirs.

    Raises:
        argparse.ArgumentTypeError: no level of that name, or not a number from 0 on.
    """
    points = dict(POINTS)
    for part in text.split(","):
        level, _, number = part.strip().partition("=")
        if level not in POINTS or not re.fullmatch(r"\d+(\.\d+)?", number):
            raise argparse.ArgumentTypeError(
                f"{part!r} is not a level with its points; write them as in core=2; "
                f"the levels are {', '.join(POINTS)}"
            )
        points[level] = float(number)
    return points


def worth_of(exercises: list[str], points: Mapping[str, float] = POINTS) -> dict[str, float]:
    """Return the points of each exercise; one that is in no lesson counts as core."""
    return {name: points[levels().get(name, "core")] for name in exercises}


def points_for(row: Row, points: float, nearly: float) -> float | None:
    """Return the points that a row stands for; None where a person has to decide."""
    if row.by_hand:
        return float(row.by_hand.partition(":")[0])
    if row.is_open:
        return None
    if row.kind == "right":
        return points
    return nearly * points if row.nearly_right else 0.0


def number_text(number: float | None) -> str:
    """Return a number without a needless ``.0``, and nothing for none."""
    return "" if number is None else f"{number:g}"


def write_points(
    path: Path,
    rows: list[Row],
    submissions: list[Submission],
    worth: Mapping[str, float],
    by: str = "exercise",
    nearly: float = NEARLY,
) -> list[str]:
    """Write the points of each student, in a row, as Moodle imports them.

    A cell is empty where a person has to decide, which Moodle takes for no grade. One row of somebody
    unknown ends its whole import. So a student has no row who is not in the file of names, or who has no
    points at all, as where nothing could be read.

    Args:
        path: the file to write.
        rows: those of the table.
        submissions: whose they are.
        worth: the points of each exercise.
        by: "exercise" or "lesson", what has a column.
        nearly: the share of the points that a nearly right answer earns.

    Returns:
        The students who are left out.
    """
    column = {
        row.exercise: f"lesson {row.lesson}" if by == "lesson" else row.exercise for row in rows
    }
    columns = [*dict.fromkeys(column.values())]
    totals = {}  # by student and column; None where a person has to decide
    for row in rows:
        cells = totals.setdefault(row.student, dict.fromkeys(columns, 0.0))
        name = column[row.exercise]
        number = points_for(row, worth[row.exercise], nearly)
        before = cells[name]
        cells[name] = None if number is None or before is None else before + number
    left_out = []
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, quoting=csv.QUOTE_ALL)
        lines.writerow(["student", *columns])
        for submission in sorted(submissions, key=lambda each: each.student):
            cells = totals.get(submission.student, {})
            if not submission.known_as or all(number is None for number in cells.values()):
                left_out.append(submission.student)
                continue
            lines.writerow([submission.known_as, *map(number_text, cells.values())])
    return left_out


def write_student_pages(archive: Path, rows: list[Row], submissions: list[Submission]) -> None:
    """Write a page for each student, of nobody else, into one archive.

    Its name begins as that of the student's download did, by which Moodle's own importer knows whose it
    is.
    """
    names = {}
    for submission in submissions:
        name = submission.returned_as + PAGE
        while name in names:
            name = f"_{name}"
        names[name] = submission.student
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for name, student in names.items():
            made.writestr(
                name, student_page(student, [row for row in rows if row.student == student])
            )


def student_page(student: str, rows: list[Row]) -> str:
    """Return a student's page; what was not attempted stands in a line for each lesson."""
    right = sum(row.kind == "right" and not row.is_open for row in rows)
    parts = [f"<h1>{html.escape(student)}</h1>", f"<p>Right: {right} of {len(rows)} exercises.</p>"]
    for lesson in dict.fromkeys(row.lesson for row in rows):
        own = [row for row in rows if row.lesson == lesson]
        tried = [exercise_line(row) for row in own if row.kind != "not attempted" or row.by_hand]
        missing = [
            f"<code>my_{row.exercise}</code>"
            for row in own
            if row.kind == "not attempted" and not row.by_hand
        ]
        parts.append(f"<h2>Lesson {lesson}</h2>")
        parts += [f"<ul>{''.join(tried)}</ul>"] if tried else []
        parts += [f"<p>Not attempted: {', '.join(missing)}.</p>"] if missing else []
    title = f'<meta charset="utf-8"><title>Marks of {html.escape(student)}</title>'
    return "\n".join([f'<!doctype html><html lang="en">{title}', *parts, "</html>", ""])


def exercise_line(row: Row) -> str:
    """Return what a student's page says of an exercise."""
    if row.by_hand:
        points, _, why = row.by_hand.partition(": ")
        said = (
            f"<b>{points} points</b>, marked by your teacher{': ' if why else ''}{html.escape(why)}"
        )
    elif row.is_open:  # why, is not for the student
        said = "<b>with your teacher</b>"
    elif row.kind == "right":
        said = f"<b>{row.kind}</b>"
    else:
        # The words of an error are the answer's own, and may hold whatever it could read.
        words = RAISES if row.kind == "raises" else f"{row.reply.rstrip('.')}."
        reason = f" A likely reason: {row.likely_reason}" if row.likely_reason else ""
        nearly = ", but nearly right" if row.nearly_right else ""
        said = f"<b>{row.kind}</b>{nearly}: {html.escape(words + reason)}"
    return f"<li><code>my_{row.exercise}</code>: {said}</li>"
