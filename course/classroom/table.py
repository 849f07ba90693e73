"""The table of marks: its rows, how it is read and written, and what there is to say of it."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from course import files

#: The kind of a row that the checker did not decide; its text says why.
NOT_MARKED = "not marked"

#: Longest text in a cell, in characters; longer ones are cut there.
CELL = 1000

#: What a spreadsheet may take for a formula's beginning.
FORMULA = ("=", "+", "-", "@")


class Row(NamedTuple):
    """What came of one exercise of one student.

    `note` says why a teacher should look at an answer, `nearly_right` is "yes" if it earns a part of the
    points, and `digest` is of what was handed in and what judged it. `by_hand` is what the teacher gives
    instead.
    """

    student: str = ""
    lesson: str = ""
    exercise: str = ""
    kind: str = ""
    reply: str = ""
    likely_reason: str = ""
    note: str = ""
    nearly_right: str = ""
    digest: str = ""
    by_hand: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether a person has to decide about it."""
        return not self.by_hand and (self.kind == NOT_MARKED or self.note != "")


#: How the columns are called.
COLUMNS = [part.replace("_", " ") for part in Row._fields]

#: Rows by student and exercise.
Table = dict[tuple[str, str], Row]


def clean(text: str) -> str:
    """Return a text for a cell of a table: one line, no control characters, no formula."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    odd = {"Cc", "Cf", "Zl", "Zp", "Cs"}
    shown = (
        ascii(c)[1:-1] if unicodedata.category(c) in odd and c not in "\u200c\u200d" else c
        for c in text
    )
    text = "".join(shown)[:CELL]
    return "'" + text if text.lstrip().startswith(FORMULA) else text


def read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file that hold anything, each with its line number; cells are stripped.

    Cells are set apart by commas, semicolons or tabs, whichever the first line has most of. Letters are
    UTF-8 or UTF-16, as spreadsheets mark them, or else Windows' Western ones.

    Raises:
        ValueError: the file is not such a table.
    """
    raw = path.read_bytes()
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        text = raw.decode("utf-16", "replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(lines.line_num, [cell.strip() for cell in row]) for row in lines]
    except csv.Error as error:
        raise ValueError(f"{path}, line {lines.line_num}: {error}; save it as CSV, UTF-8") from None
    return [(number, row) for number, row in rows if any(row)]


def read_rows(path: Path) -> Table:
    """Return a table that was begun.

    Raises:
        ValueError: the file is another one.
    """
    if not path.exists():
        return {}
    (_, columns), *lines = read_lines(path) or [(0, [])]
    if columns != COLUMNS:
        raise ValueError(f"{path} is not a table of marks; name another file with --out")
    table = {}
    for _, line in lines:
        row = Row(*line[: len(COLUMNS)])
        row = row._replace(lesson=row.lesson.zfill(2), by_hand="")  # spreadsheets shorten 02
        table[row.student, row.exercise] = row
    return table


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write all of a table, or leave it as it was. Spreadsheets know UTF-8 by the mark in front."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows])
    files.replace(path, text.getvalue().encode("utf-8-sig"))
