"""What people read of the marks: a page on which a teacher decides, and one for each student.

What others wrote stands there as text.
"""

import csv
import html
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from course.classroom.extract import Version
from course.classroom.submissions import Submission
from course.classroom.table import Row

#: How the name of a student's page ends.
PAGE = "marks.html"

PAGE_HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><style>'
    "body { max-width: 50rem; margin: auto; padding: 0 1rem; font-family: sans-serif }"
    "pre { padding: 0.5rem; overflow: auto; border: 1px solid #999 }</style>"
)


def decisions_page(
    rows: list[Row], answers: Mapping[str, Mapping[str, list[Version]]], worth: Mapping[str, float]
) -> str:
    """Return the page of what a person has to decide, by exercise, so that one can compare.

    What was not taken at all comes first, by student. The lines at the end are those of the teacher's
    own marks, without the points.

    Args:
        rows: what a person has to decide about.
        answers: the versions of each answer, by student and exercise.
        worth: the points of each exercise.
    """
    not_taken = {}
    by_exercise = {name: [] for name in worth}
    for row in rows:
        versions = answers.get(row.student, {}).get(row.exercise, [])
        if versions:
            by_exercise[row.exercise] += answer_parts(row, versions)
        else:
            names = not_taken.setdefault(f"{row.student}: {row.reply}", [])
            names.append(f"my_{row.exercise}")
    parts = [PAGE_HEAD, "<title>For you to decide</title><h1>For you to decide</h1>"]
    if not_taken:
        parts.append("<h2>Ask for these again</h2>")
    for why, of in not_taken.items():
        parts.append(f"<p>{html.escape(why)} ({', '.join(of)})</p>")
    for name, shown in by_exercise.items():
        if shown:
            parts += [f"<h2><code>my_{name}</code>, {worth[name]:g} points</h2>", *shown]
    parts += [
        "<h2>Lines for <code>by-hand.csv</code></h2>",
        "<p>Copy them there, and write the points that you give between the last commas; a line",
        f"without points waits.</p><pre>{html.escape(lines_to_fill_in(rows))}</pre></html>\n",
    ]
    return "\n".join(parts)


def answer_parts(row: Row, versions: list[Version]) -> list[str]:
    """Return what is to be decided about an answer: why, and its versions as they were taken."""
    why = f"It is right. {row.note}." if row.note else f"{row.reply} {row.likely_reason}"
    parts = [f"<h3>{html.escape(row.student)}</h3><p>{html.escape(why)}</p>"]
    for version in versions:
        counts = ", which counts" if len(versions) > 1 and version is versions[0] else ""
        parts.append(f"<p>{html.escape(version.place)}{counts}</p>")
        parts.append(f"<pre>{html.escape(version.source)}</pre>")
    return parts


def lines_to_fill_in(rows: list[Row]) -> str:
    """Return a line of a teacher's own marks for each row, as yet without points."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((r.student, r.exercise, "", "") for r in rows)
    return text.getvalue()


# --- For the students


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
            own = [row for row in rows if row.student == student]
            made.writestr(name, student_page(student, own))


def student_page(student: str, rows: list[Row]) -> str:
    """Return a student's page."""
    right = sum(row.kind == "right" and not row.needs_a_person for row in rows)
    parts = [PAGE_HEAD, f"<title>Marks</title><h1>{html.escape(student)}</h1>"]
    parts.append(f"<p>Right: {right} of {len(rows)} exercises.</p>")
    for lesson in dict.fromkeys(row.lesson for row in rows):
        lines = [exercise_line(row) for row in rows if row.lesson == lesson]
        parts.append(f"<h2>Lesson {lesson}</h2><ul>{''.join(lines)}</ul>")
    return "\n".join([*parts, "</html>", ""])


def exercise_line(row: Row) -> str:
    """Return what a student's page says of an exercise."""
    if row.by_hand:
        points, _, why = row.by_hand.partition(": ")
        said = f"{points} points, marked by your teacher{': ' if why else ''}{why}"
    elif row.needs_a_person:  # why, is not for the student
        said = "with your teacher"
    elif row.kind in ("right", "not attempted"):
        said = row.kind
    else:
        # The words of an error are the answer's own, and may hold whatever it could read.
        is_error = row.kind == "raises"
        words = "your notebook shows the error" if is_error else row.reply.rstrip(".")
        reason = f" A likely reason: {row.likely_reason}" if row.likely_reason else ""
        nearly = ", but nearly right" if row.nearly_right else ""
        said = f"{row.kind}{nearly}: {words}.{reason}"
    return f"<li><code>my_{row.exercise}</code>: {html.escape(said)}</li>"
