"""Tables that people keep in spreadsheets: read however their country saves them, and told by line."""

import csv
import io
from pathlib import Path


def read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file that hold anything, each with its line number; cells are stripped.

    Cells are set apart by commas, semicolons or tabs, whichever the first line has most of. Letters are
    UTF-8 or UTF-16, as spreadsheets mark them, or else Windows' Western ones.

    Raises:
        ValueError: the file is not such a text.
    """
    raw = path.read_bytes()
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError(f"{path} is not a table: save it as CSV, UTF-8")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(lines.line_num, [cell.strip() for cell in row]) for row in lines]
    except csv.Error as error:
        raise ValueError(f"{path}, line {lines.line_num}: {error}; save it as CSV, UTF-8") from None
    return [(number, row) for number, row in rows if any(row)]
