"""What a table of marks becomes for a learning platform: points."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from course.classroom.assignment import levels
from course.classroom.submissions import Submission
from course.classroom.table import Row

#: The points of an exercise that is right, by its level.
POINTS_BY_LEVEL = {"warm-up": 1.0, "core": 2.0, "stretch": 3.0, "open": 4.0}
#: The share of the points that an answer earns which is right in ordinary cases alone, or whose numbers
#: are right in the wrong form.
NEARLY = 0.5


def worth_of(exercises: Iterable[str]) -> dict[str, float]:
    """Return the points of each exercise; one that is in no lesson counts as core."""
    return {name: POINTS_BY_LEVEL[levels().get(name, "core")] for name in exercises}


def points_for(row: Row, points: float, nearly: float) -> float | None:
    """Return the points that a row stands for; None where a person has to decide."""
    if row.by_hand:
        return float(row.by_hand.partition(":")[0])
    if row.is_open:
        return None
    if row.kind == "right":
        return points
    return nearly * points if row.nearly_right else 0.0


def write_points(
    path: Path,
    rows: list[Row],
    submissions: list[Submission],
    worth: Mapping[str, float],
    nearly: float = NEARLY,
) -> list[str]:
    """Write the points of each student, in a row, as Moodle imports them; return who is left out.

    A cell is empty where a person has to decide, which Moodle takes for no grade. One row of somebody
    unknown ends its whole import. So a student has no row who is not in the file of names, or who has no
    points at all, as where nothing could be read.

    Args:
        path: the file to write.
        rows: those of the table.
        submissions: whose they are.
        worth: the points of each exercise.
        nearly: the share of the points that a nearly right answer earns.
    """
    cells = {submission.student: dict.fromkeys(worth) for submission in submissions}
    for row in rows:
        cells[row.student][row.exercise] = points_for(row, worth[row.exercise], nearly)
    left_out = []
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, quoting=csv.QUOTE_ALL)
        lines.writerow(["student", *worth])
        for submission in sorted(submissions, key=lambda each: each.student):
            points = cells[submission.student].values()
            if not submission.known_as or all(number is None for number in points):
                left_out.append(submission.student)
                continue
            shown = ["" if number is None else f"{number:g}" for number in points]
            lines.writerow([submission.known_as, *shown])
    return left_out
