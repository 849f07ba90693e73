"""Marks that a teacher gives by hand, in a file of the teacher's that the program never writes."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from course.classroom.submissions import Submission
from course.classroom.table import Table, clean, read_lines
from course.exercises import EXERCISES


def names_for(handed_in: list[Submission]) -> dict[str, str]:
    """Return the student by each name that the file may use, if it means one alone."""
    owners = defaultdict(set)
    for submission in handed_in:
        for name in (submission.known_as, submission.plain_name):
            owners[name].add(submission.student)
    students = {name: min(few) for name, few in owners.items() if name and len(few) == 1}
    return students | {submission.student: submission.student for submission in handed_in}


def read_marks(
    path: Path, students: Mapping[str, str], worth: Mapping[str, float]
) -> dict[tuple[str, str], str]:
    """Return the marks in a teacher's file, by student and exercise: the points and why.

    Args:
        path: a CSV file with the columns student, exercise, points, why; a line without points waits,
            and a file that does not exist holds no marks.
        students: the student in the table, by each name that the file may use.
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
        elif (students[student], exercise) in marks:
            problem = f"{student} has a mark for {exercise} above"
        else:
            marks[students[student], exercise] = clean(f"{number:g}: {why}")
            continue
        problems.append(f"line {line}: {problem}")
    if problems:
        columns = "student, exercise, points, why"
        raise ValueError("\n".join([f"{path} (columns {columns}) was not used:", *problems]))
    return marks


def apply(marks: Table, given: Mapping[tuple[str, str], str]) -> list[str]:
    """Note the teacher's own marks in the table; return them in lines, beside what the checker says."""
    lines = []
    for (student, name), mark in sorted(given.items()):
        row = marks[student][name]
        marks[student][name] = row._replace(by_hand=mark)
        lines.append(f"      {student}: my_{name} ({mark}), which is {row.kind}")
    return lines
