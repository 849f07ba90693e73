"""Marks that a teacher gives by hand, in a file of the teacher's that the program never writes."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from course.classroom.submissions import Submission
from course.classroom.table import Table, clean, read_lines, section
from course.exercises import EXERCISES

COLUMNS = ("student", "exercise", "points", "why")

#: The version of an answer, which may stand behind them.
VERSION = re.compile(r"(v[0-9a-f]{12})?")


class HandMark(NamedTuple):
    """The points that a teacher gives for an exercise, why, and for which version of it, if it says."""

    points: float
    why: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.points:g}: {self.why}"


def callable_names(handed_in: list[Submission], marks: Table) -> dict[str, str]:
    """Return the student in the table by each name that means one alone."""
    owners = defaultdict(set)
    for submission in handed_in:
        for name in (submission.known_as, submission.plain_name):
            owners[name].add(submission.student)
    students = {name: min(few) for name, few in owners.items() if name and len(few) == 1}
    return students | {student: student for student in (*marks, *(s.student for s in handed_in))}


def read_marks(
    path: Path, students: Mapping[str, str], worth: Mapping[str, float]
) -> dict[tuple[str, str], HandMark]:
    """Return the marks in a teacher's file, by student and exercise.

    Args:
        path: a CSV file with the columns of COLUMNS; a file that does not exist holds no marks.
        students: the student in the table, by each name that the file may use.
        worth: the points of each exercise that is marked now; marks of others are left alone.

    Raises:
        ValueError: a line is not a mark. The message names each such line.
    """
    if not path.exists():
        return {}
    marks = {}
    problems = []
    for line, row in read_lines(path):
        student, exercise, points, why, version, *more = (*row, "", "", "", "", "")
        if line == 1 and exercise.lower() == COLUMNS[1]:
            continue
        exercise = exercise.removeprefix("my_")
        try:
            number = float(points.replace(",", "."))  # a decimal comma will do
        except ValueError:
            number = -1
        if any(more) or not VERSION.fullmatch(version):
            problems.append(
                f"line {line}: there are more than {len(COLUMNS)} cells; put quotation marks around "
                "a cell that contains the separator"
            )
        elif exercise not in EXERCISES:
            problems.append(f"line {line}: there is no exercise {exercise!r}")
        elif exercise not in worth:
            continue
        elif student not in students:
            problems.append(
                f"line {line}: there is no student {student!r}; somebody who handed in nothing needs "
                "an empty folder among those of the class"
            )
        elif not 0 <= number <= worth[exercise]:
            most = f"from 0 to {worth[exercise]:g}"
            problems.append(f"line {line}: {points!r} is not a number of points {most}")
        elif (students[student], exercise) in marks:
            problems.append(f"line {line}: {student} has a mark for {exercise} above")
        else:
            marks[students[student], exercise] = HandMark(number, why, version)
    if problems:
        columns = ", ".join(COLUMNS)
        raise ValueError("\n".join([f"{path} (columns {columns}) was not used:", *problems]))
    return marks


def apply(marks: Table, given: Mapping[tuple[str, str], HandMark]) -> list[str]:
    """Note the teacher's own marks in the table; return what there is to say of them."""
    kept = []
    changed = []
    for student, rows in sorted(marks.items()):
        for name, row in rows.items():
            mark = given.get((student, name))
            rows[name] = row._replace(by_hand=clean(str(mark)) if mark else "")
            if mark:
                kept.append(f"      {student}: my_{name} ({rows[name].by_hand})")
            if mark and mark.version not in ("", row.version):
                changed.append(f"      {student}: my_{name}")
    title = "Answered anew since you marked it by hand:"
    return section("Your marks by hand, kept:", kept) + section(title, changed)
