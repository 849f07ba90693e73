"""Numbers in the prose of lessons, and the outputs that support them."""

import ast
import re
from decimal import Decimal
from typing import NamedTuple

from course.lessons.markdown import plain
from tests.lessons import reading


def places(number):
    """Return how many decimal places a Decimal was written with."""
    return max(0, -number.as_tuple().exponent)


class Number(NamedTuple):
    """A number as it was written; `mantissa` is 1.5 for 1.5e-07."""

    text: str
    mantissa: Decimal
    value: Decimal
    is_percent: bool

    @property
    def is_decimal(self):
        return places(self.mantissa) > 0

    @property
    def is_large(self):
        """Whether it is an integer of a thousand or more, as prose writes it: with a comma."""
        return "," in self.text and not self.is_decimal and not self.is_percent


NUMBER = re.compile(
    r"""(?<![\w.]) (?P<mantissa> [-−]? \d+ (?:,\d{3})* (?:\.\d+)? ) (?P<power> [eE][-+]?\d+ )?
    (?! \.?\d )                                    # nor part of a version such as 3.11.2
    (?P<percent> (?:\\[,;\ ]|~|\s)? \\?% | \s per\s?cent\b )?""",
    re.VERBOSE,
)


def numbers(text):
    """Return the numbers in a text."""
    found = []
    for match in NUMBER.finditer(text):
        mantissa = match["mantissa"].replace("−", "-").replace(",", "")
        value = Decimal(mantissa + (match["power"] or ""))
        found.append(Number(match[0], Decimal(mantissa), value, bool(match["percent"])))
    return found


def evidenced(number, printed):
    """Tell whether a number of the prose is, rounded, one of the printed numbers."""
    if number.is_large:
        return any(abs(p.value) == number.value for p in printed if not p.is_percent)
    if number.is_percent:
        shown = [p.value for p in printed if p.is_percent]
        # Moving the point leaves a fraction two places fewer as a percentage.
        shown += [p.value.scaleb(2) for p in printed if not p.is_percent and 0 <= p.value <= 1]
    else:
        shown = [x for p in printed if p.is_decimal for x in (p.value, p.mantissa)]
    claim = number.mantissa
    half = Decimal("0.5").scaleb(-places(claim))
    return any(
        places(x) >= places(claim) and abs((x if claim < 0 else abs(x)) - claim) <= half
        for x in shown
    )


def unsupported(cells, own_name=""):
    """Return (cell index, number, passage) for each number that no output shows, nor a source.

    Such are decimals, percentages, and integers of a thousand or more; these may also stand in the
    code. A passage is quoted if it links to the web or to another lesson.
    """
    printed, written = [], []
    for cell in cells:
        if cell.cell_type == "code":
            printed += [n for output in cell.outputs for n in numbers(printed_text(output))]
            written += integers(cell.source)
    found = []
    for index, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        for passage in reading.passages(cell.source):
            if any(
                s.startswith("http") or (".ipynb" in s and not s.startswith(f"{own_name}.ipynb"))
                for s in reading.links(passage)
            ):
                continue
            text = re.sub(r"^#+ +(?:Exercise +)?\d+(\.\d+)*[.:]? ", "", passage)  # its number
            text = re.sub(r"\b[Ee]xercises? \d+\.\d+", "", text)
            text = plain(text).replace("{,}", ",")  # TeX's comma in 10{,}000
            text = re.sub(r"https?://\S+", "", text)
            text = re.sub(r"\\[A-Za-z]+", " ", text)  # TeX's \times0.5
            found += [
                (index, n.text, passage)
                for n in numbers(text)
                if (n.is_decimal or n.is_percent or n.is_large)
                and not evidenced(n, printed)
                and not (n.is_large and n.value in written)
            ]
    return found


def integers(code):
    """Return the integers that stand in a cell's code."""
    constants = (node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, int)}


def printed_text(output):
    """Return what an output says on stdout or as a plain value."""
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else ""
    return output.get("data", {}).get("text/plain", "")
