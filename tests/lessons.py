"""Readers for the tests of the lessons: cells, outputs, drawing calls, Markdown, numbers."""

import ast
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import jupytext
import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


@dataclass
class Lesson:
    """A lesson's two files: the ``.py`` that people write, the ``.ipynb`` with the outputs."""

    name: str

    @property
    def path(self):
        return NOTEBOOKS / f"{self.name}.ipynb"

    @property
    def number(self):
        return self.name[:2]

    @property
    def command(self):
        return f"python notebooks/execute.py {self.number}"

    @cached_property
    def source(self):
        return jupytext.read(NOTEBOOKS / f"{self.name}.py")

    @cached_property
    def notebook(self):
        return nbformat.read(self.path, as_version=nbformat.NO_CONVERT)

    def cells(self, kind):
        """Return (index, cell) for every cell of one type, counted as in the pair."""
        return [(i, cell) for i, cell in enumerate(self.notebook.cells) if cell.cell_type == kind]

    @cached_property
    def markdown(self):
        return "\n\n".join(cell.source for _, cell in self.cells("markdown"))

    @cached_property
    def trees(self):
        """Return (index, syntax tree) for every code cell; a lesson is plain Python, no magics."""
        return [(i, ast.parse(cell.source, f"cell {i}")) for i, cell in self.cells("code")]


def texts(cell):
    """Yield every text that a code cell's outputs hold, without colours."""
    for output in cell.outputs:
        if output.output_type == "stream":
            found = [output.text]
        elif output.output_type == "error":
            found = [output.evalue, "\n".join(output.traceback)]
        else:
            found = [v for kind, v in output.data.items() if not kind.startswith("image/")]
        for text in found:
            yield re.sub(r"\x1b\[[\d;]*m", "", str(text))


def images(cell):
    """Return a code cell's PNG images."""
    return [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]


# --- Code


def dotted(node):
    """Return the names in a call such as ``plt.rcParams.update()``, as a list; [] if not names."""
    names = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    # A method of a nameless object, as in subplots()[1].plot(), still has its own name.
    return [node.id if isinstance(node, ast.Name) else "", *names]


def calls(tree, inside_functions=True):
    """Yield (dotted names, call) for each call; a function that is only defined calls nothing."""
    if isinstance(tree, ast.Call):
        yield dotted(tree.func), tree
    for child in ast.iter_child_nodes(tree):
        if inside_functions or not isinstance(tree, (ast.FunctionDef, ast.Lambda)):
            yield from calls(child, inside_functions)


DRAWING_METHODS = {"bar", "barh", "contour", "contourf", "errorbar", "fill_between", "hist"}
DRAWING_METHODS |= {"imshow", "loglog", "matshow", "pcolormesh", "plot", "plot_surface", "scatter"}
DRAWING_METHODS |= {"semilogx", "semilogy"}
SETTINGS = {"use_style", "rcParams", "rc", "style", "cycler", "close"}  # of plt and plotting


def drawing_cells(trees):
    """Return the indices of the cells that draw, themselves or through a function of the lesson."""
    drawing_names = set()

    def draws(names):
        first_of_ours = next((i for i, n in enumerate(names) if n in {"plt", "plotting"}), None)
        if first_of_ours is not None and len(names) > first_of_ours + 1:
            return names[first_of_ours + 1] not in SETTINGS
        return names[-1] in (DRAWING_METHODS if len(names) > 1 else drawing_names)

    drawing = set()
    for index, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("plotting"):
                drawing_names |= {alias.asname or alias.name for alias in node.names} - SETTINGS
            if isinstance(node, ast.FunctionDef) and any(draws(names) for names, _ in calls(node)):
                drawing_names.add(node.name)
        if any(draws(names) for names, _ in calls(tree, inside_functions=False)):
            drawing.add(index)
    return drawing


# --- Markdown


def without_code(markdown):
    """Blank out fenced code."""
    return re.sub(r"^ *(```|~~~).*?^ *\1[^\n]*$", "", markdown, flags=re.MULTILINE | re.DOTALL)


def headings(markdown):
    """Return (level, text) of each heading."""
    found = re.findall(r"^(#{1,6}) +(.+?)[ #]*$", without_code(markdown), flags=re.MULTILINE)
    return [(len(marks), text) for marks, text in found]


LINK = r"\]\(\s*([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)[^)]*\)"


def links(markdown):
    """Return the targets of all links and images; code and maths hold none."""
    text = re.sub(r"`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$", "", without_code(markdown), flags=re.DOTALL)
    return re.findall(LINK, text) + re.findall(r"(?:href|src)=[\"']([^\"']*)", text)


def anchors(path):
    """Return the anchors of a lesson's headings as Jupyter makes them, of a ``.md`` as GitHub."""
    if path.suffix == ".md":
        found = headings(path.read_text(encoding="utf-8"))
        return {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for _, text in found}
    found = headings(Lesson(path.stem).markdown) if path.suffix == ".ipynb" else []
    return {re.sub(r"[*`]|\[|" + LINK, "", text).replace(" ", "-") for _, text in found}


def passages(markdown):
    """Split Markdown into sentences of paragraphs, table rows, list items and headings."""
    found, paragraph = [], []

    def close():
        text = " ".join(paragraph)
        is_item = re.match(r"([-*+]|\d+\.) ", text)
        # A full stop ends a sentence when a new one begins, except in a few abbreviations.
        ends = r"(?<=[.!?])(?<!\bal\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)\s+(?=[^a-z\s])"
        found.extend([text] if is_item else re.split(ends, text))
        paragraph.clear()

    for line in without_code(markdown).splitlines():
        line = line.strip().removeprefix(">").strip()
        alone = re.match(r"\||#{1,6} ", line)
        if not line or alone or re.match(r"([-*+]|\d+\.) ", line):
            close()
        if line:
            paragraph.append(line)
        if alone:
            close()
    close()
    return [passage for passage in found if passage]


# --- Numbers


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


NUMBER = re.compile(
    r"""(?<![\w.]) (?P<mantissa> [-−]? \d+ (?:,\d{3})* (?:\.\d+)? ) (?P<power> [eE][-+]?\d+ )?
    (?! \.?\d )                                    # nor part of a version such as 3.11.2
    (?P<percent> (?:\\[,;\ ]|~|\s)? \\?% | \s per\s?cent\b )?""",
    re.VERBOSE,
)


def numbers(text):
    """Return the decimals and percentages in a text."""
    found = []
    for match in NUMBER.finditer(text):
        mantissa = match["mantissa"].replace("−", "-").replace(",", "")
        value = Decimal(mantissa + (match["power"] or ""))
        number = Number(match[0], Decimal(mantissa), value, bool(match["percent"]))
        if number.is_decimal or number.is_percent:
            found.append(number)
    return found


def evidenced(number, printed):
    """Tell whether a number of the prose is, rounded, one of the printed numbers."""
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

    A passage is quoted if it links to the web or to another lesson.
    """
    printed = []
    for cell in cells:
        if cell.cell_type == "code":
            printed += [n for output in cell.outputs for n in numbers(printed_text(output))]
    found = []
    for index, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        for passage in passages(cell.source):
            sources = re.findall(LINK, passage) + re.findall(r"<(https?://[^>]+)>", passage)
            if any(
                s.startswith("http") or (".ipynb" in s and not s.startswith(f"{own_name}.ipynb"))
                for s in sources
            ):
                continue
            text = re.sub(LINK, "]", passage)
            text = re.sub(r"https?://\S+", "", text)
            text = re.sub(r"^#+ +(?:Exercise +)?\d+(\.\d+)*[.:]? ", "", text)  # a section's number
            text = re.sub(r"\\[A-Za-z]+", " ", text)  # TeX's \times0.5
            found += [(index, n.text, passage) for n in numbers(text) if not evidenced(n, printed)]
    return found


def printed_text(output):
    """Return what an output says on stdout or as a plain value."""
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else ""
    return output.get("data", {}).get("text/plain", "")
