"""What a table of marks becomes: points for a learning platform, and a page for each student."""

import argparse
import csv
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from course.classroom.protocol import LOST
from course.classroom.table import Row
from course.lessons import all_lessons

#: The points of an exercise that is right, by its level.
POINTS = {"warm-up": 1.0, "core": 2.0, "stretch": 3.0, "open": 4.0}
#: The learning platforms whose grade imports are written.
PLATFORMS = ("moodle", "canvas")
#: The columns that Canvas' import asks for, in its order, before those of assignments.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def weights(text: str) -> dict[str, float]:
    """Read points by level, ``core=2,stretch=3``; levels that are not named keep theirs.

    Raises:
        argparse.ArgumentTypeError: no level of that name, or no number from 0 on.
    """
    points = dict(POINTS)
    for part in text.split(","):
        level, _, number = part.strip().partition("=")
        if level not in POINTS or not re.fullmatch(r"\d+(\.\d+)?", number):
            raise argparse.ArgumentTypeError(
                f"{part!r} is no level with its points; write them as in core=2; "
                f"the levels are {', '.join(POINTS)}"
            )
        points[level] = float(number)
    return points


def plain(number: float) -> str:
    """Return a number without a needless ``.0``."""
    return f"{number:g}"


def write(
    path: Path,
    rows: list[Row],
    points: Mapping[str, float] = POINTS,
    by: str = "exercise",
    platform: str = "moodle",
) -> list[str]:
    """Write the points of each student, as a learning platform imports them.

    Moodle asks for a column that identifies the student, here "ID number", and maps the others to grade
    items; a row of somebody it does not know ends its whole import, so who has no mark at all, such as
    a file that is no submission, has none. Canvas asks for five columns by their names, of which one
    must identify the student, then a column for each assignment; its second row holds the points
    possible. Both take "-" for no grade, which stands where nothing could be marked. Canvas cannot read
    a mark of UTF-8 in front of a quoted name, so there is none.

    Args:
        path: the file to write.
        rows: those of the table.
        points: of an exercise that is right, by its level.
        by: "exercise" or "lesson", what has a column.
        platform: "moodle" or "canvas".

    Returns:
        the students who are left out.
    """
    levels = {task.name: task.level for lesson in all_lessons() for task in lesson.tasks}
    worth = {row.exercise: points[levels.get(row.exercise, "core")] for row in rows}
    column = {row.exercise: row.exercise for row in rows}
    if by == "lesson":
        column = {row.exercise: f"lesson {row.lesson}" for row in rows}
    possible = Counter()
    for exercise, value in worth.items():
        possible[column[exercise]] += value
    reached = {row.student: Counter() for row in rows}  # by column, where anything was marked
    for row in rows:
        if row.kind != LOST:
            reached[row.student][column[row.exercise]] += worth[row.exercise] * (
                row.kind == "right"
            )
    head = [["ID number", *possible]]
    if platform == "canvas":
        head = [
            [*CANVAS, *possible],
            ["    Points Possible", "", "", "", "", *map(plain, possible.values())],
        ]
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerows(head)
        for student, own in sorted(reached.items()):
            if own:
                known = [student, "", student, student, ""] if platform == "canvas" else [student]
                table.writerow([*known, *(plain(own[c]) if c in own else "-" for c in possible)])
    return [student for student, own in reached.items() if not own]


def is_report(path: Path) -> bool:
    """Tell whether a file is a student's page, which may be written anew."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return bool(re.match(r"# .*\n\nRight: \d+ of \d+ exercises\.\n", text))


def refuse_to_lose(folder: Path | None) -> None:
    """Refuse a place for reports that holds anything else.

    Raises:
        ValueError: it does.
    """
    if folder and (folder.is_file() or not all(map(is_report, folder.glob("*")))):
        raise ValueError(f"{folder} holds more than reports; name a new folder for them")


def reports(folder: Path, rows: list[Row]) -> None:
    """Write a page for each student: how each exercise went, and why; of nobody else."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in filter(is_report, sorted(folder.iterdir())):
        old.unlink()
    by_student = {}
    for row in rows:
        by_student.setdefault(row.student, []).append(row)
    for number, (student, own) in enumerate(sorted(by_student.items()), 1):
        # Names are people's, and may be no names for files.
        safe = re.sub(r"[^\w-]+", "_", student)[:60]
        text = report(student, own)
        (folder / f"{number:03} {safe}.md").write_text(text, encoding="utf-8")


def report(student: str, rows: list[Row]) -> str:
    """Return a student's page; what was not attempted stands in a line for each lesson."""
    right = sum(row.kind == "right" for row in rows)
    lines = [f"# {escaped(student)}", f"Right: {right} of {len(rows)} exercises."]
    for lesson in dict.fromkeys(row.lesson for row in rows):
        lines.append(f"## Lesson {lesson}")
        own = [row for row in rows if row.lesson == lesson]
        lines += [line(row) for row in own if row.kind != "not attempted"]
        missing = [f"`my_{row.exercise}`" for row in own if row.kind == "not attempted"]
        if missing:
            lines.append(f"Not attempted: {', '.join(missing)}.")
    return "\n\n".join(lines) + "\n"


def line(row: Row) -> str:
    """Return what a student's page says of an exercise that was attempted."""
    kind = f"- `my_{row.exercise}`: **{row.kind}**"
    if row.kind == "right":  # what a teacher should read is not for the student
        return f"{kind}."
    reason = f" A likely reason: {escaped(row.reason)}" if row.reason else ""
    return f"{kind}: {escaped(row.reply).rstrip('.')}.{reason}"


def escaped(text: str) -> str:
    """Return a text for Markdown, in which nothing of it is a mark or HTML."""
    return re.sub(r"([\\`*_<>\[\]#|])", r"\\\1", text)
