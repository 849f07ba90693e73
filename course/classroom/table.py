"""The table of marks: its rows, how it is read and written, and what there is to say of it."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TextIO

from course import files
from course.classroom.protocol import Outcome

#: How the columns are called, in the order of a row's parts.
COLUMNS = [
    "student",
    "lesson",
    "exercise",
    "kind",
    "reply",
    "likely reason",
    "seconds",
    "shape",
    "run",
    "handed in",
]

#: So many of the reasons most often given are told.
COMMONEST = 10

#: So many answers must be the same before two submissions are worth a look.
ALIKE = 5

#: What a spreadsheet may take for a formula's beginning.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class Row(NamedTuple):
    """What came of one exercise of one student.

    `run` tells whether its code ran behind bubblewrap, and `digest` what was handed in and tried with.
    """

    student: str
    lesson: str
    exercise: str
    kind: str
    reply: str
    reason: str
    seconds: str
    shape: str
    run: str
    digest: str


#: Rows by student.
Table = dict[str, list[Row]]


def clean(text: str, most: int = 600) -> str:
    """Return a text for a cell of a table: one line, no control characters, no formula."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    odd = {"Cc", "Cf", "Zl", "Zp", "Cs"}
    shown = (
        ascii(c)[1:-1] if unicodedata.category(c) in odd and c not in "\u200c\u200d" else c
        for c in text
    )
    text = "".join(shown)[:most]
    return "'" + text if text.lstrip().startswith(FORMULA) else text


def make_row(student: str, digest: str, lesson: str, outcome: Outcome, run: str) -> Row:
    """Return the row that tells an outcome."""
    return Row(
        student=student,
        lesson=lesson,
        exercise=outcome.exercise,
        kind=clean(outcome.kind),
        reply=clean(outcome.reply),
        reason=clean(outcome.reason),
        seconds=f"{outcome.seconds:.2f}",
        shape=clean(outcome.shape),
        run=run,
        digest=digest,
    )


def read(path: Path) -> Table:
    """Return a table that was begun; a row that was cut off is dropped.

    Raises:
        ValueError: the file is another one.
    """
    if not path.exists():
        return {}
    table = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        if next(lines, COLUMNS) != COLUMNS:
            raise ValueError(f"{path} is no table of marks; name another file with --out")
        for line in lines:
            if len(line) == len(COLUMNS):
                row = Row(*line)
                table.setdefault(row.student, []).append(row)
    return table


def append(file: TextIO, rows: Iterable[Row]) -> None:
    """Write more rows to the file of a table, at once; each cell is quoted."""
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    file.flush()


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write all of a table, or leave it as it was. Spreadsheets know UTF-8 by the mark in front."""
    text = io.StringIO(newline="")
    append(text, [COLUMNS, *rows])
    files.replace(path, text.getvalue().encode("utf-8-sig"))


def summary(rows: list[Row], path: Path | str) -> str:
    """Say in a few lines how it went."""
    kinds = Counter(row.kind for row in rows)
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    lines = [
        f"{path}: {len({row.student for row in rows})} submissions, {len(rows)} rows: {counts}"
    ]
    reasons = Counter(
        (row.exercise, row.reason) for row in rows if row.reason and row.kind != "right"
    )
    if reasons:
        lines.append("The reasons most often given:")
    for (exercise, reason), count in reasons.most_common(COMMONEST):
        lines.append(f"{count:4}  my_{exercise}: {reason}")
    to_read = [row.student for row in rows if row.kind == "right" and "Read it" in row.reason]
    if to_read:
        lines.append(f"Right, but read it: {', '.join(dict.fromkeys(to_read))}")
    groups = alike(rows)
    if groups:
        lines.append("Worth a look, the same but for names and spaces:")
    lines += [f"      {', '.join(group)}" for group in groups]
    return "\n".join(lines)


def alike(rows: Iterable[Row]) -> list[list[str]]:
    """Return groups of students all of whose answers have the same shapes, ALIKE answers at least."""
    shapes = {}
    for row in rows:
        if row.shape:
            shapes.setdefault(row.student, []).append((row.exercise, row.shape))
    groups = {}
    for student, own in shapes.items():
        if len(own) >= ALIKE:
            groups.setdefault(tuple(sorted(own)), []).append(student)
    return [group for group in groups.values() if len(group) > 1]
