"""Points: which exercises give how many, those that a teacher gives by hand, and a class's in a file."""

import csv
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

from course.classroom.submissions import Submission
from course.classroom.table import Row, Table, clean, read_lines
from course.exercises import EXERCISES, LESSONS
from course.lessons import all_lessons

#: The points of an exercise that is right, by its level.
POINTS_BY_LEVEL = {"warm-up": 1.0, "core": 2.0, "stretch": 3.0, "open": 4.0}
#: The share of the points that an answer earns which is right in ordinary cases alone, or whose numbers
#: are right in the wrong form.
NEARLY = 0.5


@cache
def levels() -> dict[str, str]:
    """Return the level of each exercise that stands in a lesson."""
    return {
        exercise.name: exercise.level for lesson in all_lessons() for exercise in lesson.exercises
    }


def exercises_to_mark(with_open: bool, only: str | None = None) -> dict[str, str]:
    """Return the lesson of each exercise that is marked, in their order.

    Args:
        with_open: whether open ones are, which train a network to judge an answer.
        only: numbers of lessons, as in ``02,03``.

    Raises:
        ValueError: no lesson of such a number has exercises.
    """
    chosen = [number.strip() for number in only.split(",")] if only else [*LESSONS]
    for number in chosen:
        if number not in LESSONS:
            raise ValueError(
                f"There are no exercises of lesson {number}, but of {', '.join(LESSONS)}"
            )
    return {
        exercise.name: number
        for number in chosen
        for exercise in LESSONS[number]
        if with_open or levels().get(exercise.name) != "open"
    }


def worth_of(exercises: Iterable[str]) -> dict[str, float]:
    """Return the points of each exercise; one that is in no lesson counts as core."""
    return {name: POINTS_BY_LEVEL[levels().get(name, "core")] for name in exercises}


# --- A teacher's own, in a file that the program never writes


def read_by_hand(
    path: Path, students: Collection[str], worth: Mapping[str, float]
) -> dict[tuple[str, str], str]:
    """Return the marks in a teacher's file, by student and exercise: the points and why.

    Args:
        path: a CSV file with the columns student, exercise, points, why; a line without points waits,
            and a file that does not exist holds no marks.
        students: those who handed in.
        worth: the points of each exercise that is marked now; marks of others are left alone.

    Raises:
        ValueError: a line is not a mark. The message names each such line.
    """
    marks = {}
    problems = []
    for line, row in read_lines(path) if path.exists() else []:
        student, exercise, points, why, *more = (*row, "", "", "", "")
        exercise = exercise.removeprefix("my_")
        if (line == 1 and exercise.lower() == "exercise") or not points:
            continue
        try:
            number = float(points.replace(",", "."))  # a decimal comma will do
        except ValueError:
            number = -1
        if any(more):
            problem = "there are more than 4 cells; quote one that contains the separator"
        elif exercise not in EXERCISES:
            problem = f"there is no exercise {exercise!r}"
        elif exercise not in worth:
            continue
        elif student not in students:
            problem = f"there is no student {student!r}; one who handed in nothing needs a folder"
        elif not 0 <= number <= worth[exercise]:
            problem = f"{points!r} is not a number of points from 0 to {worth[exercise]:g}"
        elif (student, exercise) in marks:
            problem = f"{student} has a mark for {exercise} above"
        else:
            marks[student, exercise] = clean(f"{number:g}: {why}")
            continue
        problems.append(f"line {line}: {problem}")
    if problems:
        columns = "student, exercise, points, why"
        raise ValueError("\n".join([f"{path} (columns {columns}) was not used:", *problems]))
    return marks


def apply_by_hand(marks: Table, given: Mapping[tuple[str, str], str]) -> list[str]:
    """Note the teacher's own marks in the table; return them in lines, beside what the checker says."""
    lines = []
    for (student, name), mark in sorted(given.items()):
        row = marks[student, name]
        marks[student, name] = row._replace(by_hand=mark)
        lines.append(f"      {student}: my_{name} ({mark}), which is {row.kind}")
    return lines


# --- For a learning platform


def points_for(row: Row, points: float, nearly: float) -> float | None:
    """Return the points that a row stands for; None where a person has to decide."""
    if row.by_hand:
        return float(row.by_hand.partition(":")[0])
    if row.needs_a_person:
        return None
    if row.kind == "right":
        return points
    return nearly * points if row.nearly_right else 0.0


def write_points(
    path: Path,
    rows: list[Row],
    submissions: list[Submission],
    worth: Mapping[str, float],
    nearly: float,
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
