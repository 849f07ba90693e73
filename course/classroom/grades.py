"""What a table of marks becomes: points for a learning platform, and a page for each student."""

import argparse
import csv
import re
from pathlib import Path

from course.classroom.sandbox import LOST
from course.lessons import all_lessons

#: The points of an exercise that is right, by its level.
POINTS = {"warm-up": 1.0, "core": 2.0, "stretch": 3.0, "open": 4.0}
#: The learning platforms whose grade imports are written.
PLATFORMS = ("moodle", "canvas")
#: The columns that Canvas' import asks for, in its order, before those of assignments.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def weights(text):
    """Read points by level, ``core=2,stretch=3``; levels that are not named keep theirs.

    Raises:
        argparse.ArgumentTypeError: no level of that name, or no number from 0 on.
    """
    found = dict(POINTS)
    for part in text.split(","):
        level, _, number = part.strip().partition("=")
        if level not in POINTS or not re.fullmatch(r"\d+(\.\d+)?", number):
            raise argparse.ArgumentTypeError(
                f"{part!r} is no level with its points; write them as in core=2; "
                f"the levels are {', '.join(POINTS)}"
            )
        found[level] = float(number)
    return found


def columns(rows, points, by):
    """Return for each exercise the column it counts for, and for each column its points."""
    levels = {task.name: task.level for lesson in all_lessons() for task in lesson.tasks}
    homes, most = {}, {}
    for row in rows:
        name = row["exercise"]
        if name not in homes:
            homes[name] = f"lesson {row['lesson']}" if by == "lesson" else name
            worth = points[levels.get(name, "core")]
            most[homes[name]] = most.get(homes[name], 0) + worth
    return homes, most, {name: points[levels.get(name, "core")] for name in homes}


def plain(number):
    """Return a number without a needless ``.0``."""
    return f"{number:g}"


def write(path, rows, points=POINTS, by="exercise", platform="moodle"):
    """Write the points of each student, as a learning platform imports them.

    Moodle asks for a column that identifies the student, here "ID number", and maps the others to grade
    items; a row of somebody it does not know ends its whole import, so who has no mark at all, such as
    a file that is no submission, has none. Canvas asks for five columns by their names, of which one
    must identify the student, then a column for each assignment; its second row holds the points
    possible. Both take "-" for no grade, which stands where nothing could be marked. Canvas cannot read
    a mark of UTF-8 in front of a quoted name, so there is none.

    Args:
        path: the file to write.
        rows: those of the table, each a dictionary by its columns.
        points: of an exercise that is right, by its level.
        by: "exercise" or "lesson", what has a column.
        platform: "moodle" or "canvas".

    Returns:
        the students who are left out.
    """
    homes, most, worth = columns(rows, points, by)
    sums = {}
    for row in rows:
        of_student = sums.setdefault(row["student"], {})
        if row["kind"] != LOST:
            home, name = homes[row["exercise"]], row["exercise"]
            reached = worth[name] if row["kind"] == "right" else 0
            of_student[home] = of_student.get(home, 0) + reached
    is_canvas = platform == "canvas"
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerow([*(CANVAS if is_canvas else ["ID number"]), *most])
        if is_canvas:
            table.writerow(["    Points Possible", "", "", "", "", *map(plain, most.values())])
        for student, reached in sorted(sums.items()):
            known = [student, "", student, student, ""] if is_canvas else [student]
            cells = [plain(reached[home]) if home in reached else "-" for home in most]
            table.writerows([[*known, *cells]] * bool(reached))
    return [student for student, reached in sums.items() if not reached]


def is_report(path):
    """Tell whether a file is a student's page, which may be written anew."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return bool(re.match(r"# .*\n\nRight: \d+ of \d+ exercises\.\n", text))


def reports(folder, rows):
    """Write a page for each student: how each exercise went, and why; of nobody else."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in filter(is_report, sorted(folder.iterdir())):
        old.unlink()
    by_student = {}
    for row in rows:
        by_student.setdefault(row["student"], []).append(row)
    for number, (student, own) in enumerate(sorted(by_student.items()), 1):
        # Names are people's, and may be no names for files.
        safe = re.sub(r"[^\w-]+", "_", student)[:60]
        text = report(student, own)
        (folder / f"{number:03} {safe}.md").write_text(text, encoding="utf-8")


def report(student, rows):
    """Return a student's page; what was not attempted stands in a line for each lesson."""
    right = sum(row["kind"] == "right" for row in rows)
    lines = [f"# {escaped(student)}", f"Right: {right} of {len(rows)} exercises."]
    for lesson in dict.fromkeys(row["lesson"] for row in rows):
        lines.append(f"## Lesson {lesson}")
        own = [row for row in rows if row["lesson"] == lesson]
        lines += [line(row) for row in own if row["kind"] != "not attempted"]
        missing = [f"`my_{row['exercise']}`" for row in own if row["kind"] == "not attempted"]
        lines += [f"Not attempted: {', '.join(missing)}."] * bool(missing)
    return "\n\n".join(lines) + "\n"


def line(row):
    """Return what a student's page says of an exercise that was attempted."""
    said = f"- `my_{row['exercise']}`: **{row['kind']}**"
    if row["kind"] == "right":  # what a teacher should read is not for the student
        return f"{said}."
    reply, reason = escaped(row["reply"]), escaped(row["likely reason"])
    return f"{said}: {reply.rstrip('.')}." + f" A likely reason: {reason}" * bool(reason)


def escaped(text):
    """Return a text for Markdown, in which nothing of it is a mark or HTML."""
    return re.sub(r"([\\`*_<>\[\]#|])", r"\\\1", text)
