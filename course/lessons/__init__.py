"""What a lesson is: its two files, its header, its cells, its figures, its Markdown.

A lesson is ``notebooks/NN_topic.py``, which people write, and ``notebooks/NN_topic.ipynb``, the same
cells with their outputs, which ``execute.py`` makes. This is the one place that knows so. Executing,
the stand-ins, the tests, the pages and the benchmarks ask here::

    from course.lessons import all_lessons

    for lesson in all_lessons():
        print(lesson.number, lesson.header.title, lesson.header.seconds)
"""

import ast
import base64
import os
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import jupytext
import nbformat
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
README = ROOT / "README.md"

#: The figure tagged ``readme``, for all to show.
PICTURE = ROOT / "site" / "pages" / "company.png"

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

#: For the kernels of tools and tests: no progress bar, which is for a reader who waits, and none of
#: the functions that a reader has kept.
SURROUNDINGS = {"TQDM_DISABLE": "1", "MNISTLIB_MINE": os.devnull}

#: Metadata of a cell that is stored: a figure's alternative text, tags, and how many lines the source
#: leaves before the next cell, so that Jupyter writes the source as it was.
KEPT = ("lines_to_next_cell", "mystnb", "tags")

#: The tags that a cell may have, and what each means.
TAGS = {
    "readme": "the figure that the README and the home page show",
    "digits": "the picture of digits as they come, for the home page",
    "home": "the figure that stands for its lesson in the home page's list; else it is the last",
    "hide-input": "code that only draws: folded on the pages",
    "raises-exception": "the cell is meant to fail",
    "nbval-ignore-output": "the output may vary; the cell says why",
    "nbval-skip": "tests leave the cell out; it says why",
}

#: The heading of an exercise: its number and title, its level if it is not core, and its minutes.
EXERCISE = re.compile(
    r"^### (Exercise \d+\.\d+: .+) \((?:([a-z-]+), )?(\d+) minutes\)$", re.MULTILINE
)

#: The heading under which a lesson asks for what earlier ones said.
RECALL = "Before you start"

#: The headings with which a lesson ends.
CLOSING = ("Recap", "Questions to ask yourself", "Next")


class Figure(NamedTuple):
    """A stored picture, in what words it is described, and the index of its cell."""

    png: bytes
    alt: str
    cell: int


class Task(NamedTuple):
    """An exercise as its lesson sets it: ``my_NAME``, what it asks, and the stub to fill in.

    `level` is "warm-up", "core", "stretch" or "open": an open one trains a network to judge an answer.
    """

    name: str
    heading: str
    level: str
    minutes: int
    words: str
    stub: str


class Section(NamedTuple):
    """A part of a lesson under its own heading; how long its text takes, and its exercises."""

    title: str
    minutes: int
    exercises: int


class Header(NamedTuple):
    """What a lesson's first cell says; a part that is missing is empty, or None.

    `minutes` are for reading; the computer works about `seconds` and uses `megabytes`.
    """

    number: str
    title: str
    opening: str
    will: str
    able: str
    need: str
    time: str
    minutes: int | None
    seconds: float | None
    megabytes: float | None


@dataclass(frozen=True)
class Lesson:
    """A lesson, named as its files are: ``Lesson("02_sigmoid_softmax")``."""

    name: str
    folder: Path = NOTEBOOKS

    @property
    def number(self):
        """Its number in two digits, as in ``02``."""
        return self.name[:2]

    @property
    def source_path(self):
        """The ``.py``, which people write."""
        return self.folder / f"{self.name}.py"

    @property
    def path(self):
        """The ``.ipynb``, with the outputs."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def command(self):
        """The command that makes the notebook from its source."""
        return f"python -m course execute {self.number}"

    @cached_property
    def source(self):
        """The cells as people wrote them, without outputs."""
        return jupytext.read(self.source_path)

    def place(self, index):
        """Where a cell begins, as an editor opens it: ``notebooks/02_sigmoid_softmax.py:17``."""
        lines = self.source_path.read_text(encoding="utf-8").splitlines()
        begins = [number for number, line in enumerate(lines, 1) if line.startswith("# %%")]
        # The stored cells may be more, until the lesson is executed again.
        return f"notebooks/{self.source_path.name}:{begins[min(index, len(begins) - 1)]}"

    @cached_property
    def notebook(self):
        """The stored notebook."""
        return nbformat.read(self.path, as_version=nbformat.NO_CONVERT)

    def cells(self, kind):
        """Return (index, cell) for every stored cell of one type, ``code`` or ``markdown``."""
        return [(i, cell) for i, cell in enumerate(self.notebook.cells) if cell.cell_type == kind]

    @cached_property
    def markdown(self):
        """All the prose, as one text."""
        return "\n\n".join(cell.source for _, cell in self.cells("markdown"))

    @cached_property
    def trees(self):
        """(index, syntax tree) of every code cell; a lesson is plain Python, without magics."""
        return [(i, ast.parse(cell.source, f"cell {i}")) for i, cell in self.cells("code")]

    @cached_property
    def header(self):
        """What the first cell of the source says."""
        return read_header(self.source.cells[0].source)

    @cached_property
    def measured(self):
        """What execute.py measured when the notebook was made: ``seconds`` and ``megabytes``."""
        return self.notebook.metadata.get("measured", {})

    @cached_property
    def tasks(self):
        """The exercises, in their order."""
        found, words = [], ""
        for cell in self.source.cells:
            if cell.cell_type == "markdown":
                words = words + "\n\n" + cell.source if EXERCISE.search(words) else cell.source
            stub = re.search(r"^def my_(\w+)(?s:.+?\n(?=\S)|.+)", cell.source, re.MULTILINE)
            if cell.cell_type == "code" and stub and (heading := EXERCISE.search(words)):
                title, level, minutes = heading.groups()
                text = words[heading.end() :].strip()
                parts = (title, level or "core", int(minutes), text, stub[0].strip())
                found.append(Task(stub[1], *parts))
                words = ""
        return found

    @cached_property
    def sections(self):
        """The parts of the lesson, among which the header's minutes are shared out by their length.

        Those of the closing are one; code that is folded on the pages, and answers, are not counted.
        """
        parts = [["Opening", 0, 0]]
        for cell in self.source.cells:
            if "hide-input" in cell.metadata.get("tags", []):
                continue
            text = re.sub(r"<details>.*?</details>", "", cell.source, flags=re.DOTALL)
            pieces = [text] if cell.cell_type == "code" else re.split(r"^## ", text, flags=re.M)
            for i, piece in enumerate(pieces):
                title = plain(piece.partition("\n")[0]) if i else ""
                if title and not (title in CLOSING and parts[-1][0] == CLOSING[0]):
                    parts.append([title, 0, 0])
                parts[-1][1] += len(piece.split())
                parts[-1][2] += sum(int(found[3]) for found in EXERCISE.finditer(piece))
        # Rounded so that the sum stays what the header says.
        words = sum(part[1] for part in parts)
        exact = [self.header.minutes * part[1] / words for part in parts]
        ups = sorted(range(len(parts)), key=lambda i: exact[i] % 1, reverse=True)
        ups = ups[: self.header.minutes - sum(map(int, exact))]
        return [
            Section(title, int(exact[i]) + (i in ups), minutes)
            for i, (title, _, minutes) in enumerate(parts)
        ]

    @cached_property
    def honest_minutes(self):
        """How long a newcomer reads: a minute for each 100 words, and for each 10 lines of code.

        What is folded (``<details>``, and cells tagged ``hide-input``) is not counted, nor exercises'
        work, whose minutes stand in their headings.
        """
        words = lines = 0
        for cell in self.source.cells:
            if cell.cell_type == "markdown":
                words += len(WORD.findall(readable(cell.source)))
            elif "hide-input" not in cell.metadata.get("tags", []):
                written = map(str.strip, cell.source.splitlines())
                lines += sum(1 for line in written if line and not line.startswith("#"))
        return words / 100 + lines / 10

    @property
    def seconds(self):
        """How long the computer works, as the header says; a new lesson may take half a minute."""
        return self.header.seconds or self.measured.get("seconds") or 30

    @property
    def limits(self):
        """The most seconds and megabytes it may take on two quiet cores."""
        seconds = {"04": 45, "05": 45, "06": 45, "08": 90, "09": 90, "10": 90}
        return seconds.get(self.number, 30), 600

    def figures(self, tag=None):
        """Return the stored figures, or those of the cells with a tag, in their order."""
        return [
            Figure(base64.b64decode(png), alternative_text(cell), i)
            for i, cell in self.cells("code")
            if tag is None or tag in cell.metadata.get("tags", [])
            for png in pngs(cell.outputs)
        ]


def all_lessons(folder=NOTEBOOKS):
    """Return every lesson in its order."""
    return [Lesson(path.stem, folder) for path in sorted(folder.glob("[0-9][0-9]_*.py"))]


def chosen(numbers):
    """Return the lessons with these numbers, as in ``["02", "03"]``; all of them if there are none."""
    found = all_lessons()
    unknown = set(numbers) - {lesson.number for lesson in found}
    if unknown:
        raise ValueError(f"no lesson {', '.join(sorted(unknown))} in {NOTEBOOKS}")
    return [lesson for lesson in found if not numbers or lesson.number in numbers]


def figures(tag):
    """Return the figures with a tag, of all lessons."""
    return [figure for lesson in all_lessons() for figure in lesson.figures(tag)]


def start():
    """Return the README's section *Start*, from below its heading to the next one."""
    text = README.read_text(encoding="utf-8")
    section = re.search(r"^## Start\n(.+?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not section:
        raise ValueError(
            'README.md has no section "## Start": the home page and the handout show it'
        )
    return section[1]


# --- The header

PARTS = ("You will", "You will be able to", "You need", "Time")
NUMBER = r"(\d+(?:\.\d+)?)"


def read_header(text):
    """Read a lesson's first cell.

    It begins with ``# NN Title`` and an opening; then come its parts, each begun by its name in bold.
    The last of them reads like ``**Time** 40 minutes to read; the computer works about 5 s and uses
    250 MB``, in any words that say first the minutes and later the seconds and the megabytes.
    """
    title = re.match(r"# (\d\d) +(.+)", text)
    pieces = re.split(rf"^\*\*({'|'.join(PARTS)})[.:]?\*\*", text, flags=re.MULTILINE)
    parts = dict(zip(pieces[1::2], (piece.strip() for piece in pieces[2::2]), strict=True))
    time = " ".join(parts.get("Time", "").split())

    def stated(unit):
        match = re.search(rf"{NUMBER} ?(?:{unit})\b", time)
        return float(match[1]) if match else None

    minutes = stated("minutes?|min")
    return Header(
        number=title[1] if title else "",
        title=title[2].strip() if title else "",
        opening=pieces[0].partition("\n")[2].strip(),
        will=parts.get("You will", ""),
        able=parts.get("You will be able to", ""),
        need=parts.get("You need", ""),
        time=time,
        minutes=None if minutes is None else round(minutes),
        seconds=stated("seconds?|s"),
        megabytes=stated("megabytes?|MB"),
    )


# --- Cells and outputs


def pngs(outputs):
    """Return the PNG images among outputs, as they are stored: in base64."""
    return [o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]


def alternative_text(cell):
    """Return the words that describe a cell's figure."""
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


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
DRAWING_MODULES = {"plt", "plotting", "pictures"}

#: What of plt and plotting draws nothing.
SETTINGS = {"use_style", "rcParams", "rc", "style", "cycler", "close"}


def drawing_cells(trees):
    """Return the indices of the cells that draw, themselves or through a function of the lesson."""
    drawing_names = set()

    def draws(names):
        first_of_ours = next((i for i, n in enumerate(names) if n in DRAWING_MODULES), None)
        if first_of_ours is not None and len(names) > first_of_ours + 1:
            return names[first_of_ours + 1] not in SETTINGS
        return names[-1] in (DRAWING_METHODS if len(names) > 1 else drawing_names)

    drawing = set()
    for index, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] in (
                DRAWING_MODULES
            ):
                drawing_names |= {alias.asname or alias.name for alias in node.names} - SETTINGS
            if isinstance(node, ast.FunctionDef) and any(draws(names) for names, _ in calls(node)):
                drawing_names.add(node.name)
        if any(draws(names) for names, _ in calls(tree, inside_functions=False)):
            drawing.add(index)
    return drawing


# --- Markdown


@cache
def markdown_parser():
    """Return a parser that knows tables and maths, as Jupyter and the pages do."""
    return MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, double_inline=True)


def plain(markdown):
    """Return a line or a paragraph without the marks for emphasis, code and links."""
    [inline] = markdown_parser().parseInline(markdown)
    written = {"text", "code_inline", "math_inline", "math_inline_double"}
    return "".join(
        f"${child.content}$" if child.type.startswith("math") else child.content or " "
        for child in inline.children
        if child.type in written or child.type.endswith("break")
    )


#: A word of prose; a hyphen or an apostrophe is part of it.
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def readable(markdown):
    """Return what a reader reads of Markdown: no fold, no heading; a formula is one word."""
    text = re.sub(r"<details>.*?</details>", "", markdown, flags=re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$", " formula ", text, flags=re.DOTALL)
    text = re.sub(r"\$[^$\n]*\$", "x", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"^#+ .*$", "", text, flags=re.MULTILINE)


def headings(markdown):
    """Return (level, text) of each heading."""
    tokens = markdown_parser().parse(markdown)
    return [
        (int(token.tag[1:]), plain(tokens[i + 1].content))
        for i, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def links(markdown):
    """Return the targets of all links and images; code and maths hold none."""
    tokens = markdown_parser().parse(markdown)
    inside = [child for token in tokens for child in token.children or []]
    found = [t.attrs.get("href") or t.attrs.get("src") for t in inside if t.attrs]
    html = " ".join(token.content for token in [*tokens, *inside] if token.type.startswith("html"))
    return [str(f) for f in found if f] + re.findall(r"(?:href|src)=[\"']([^\"']*)", html)


def anchors(path):
    """Return the anchors of a notebook's headings as Jupyter makes them, of a ``.md`` as GitHub."""
    if path.suffix == ".md":
        found = headings(path.read_text(encoding="utf-8"))
        return {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for _, text in found}
    found = headings(Lesson(path.stem, path.parent).markdown) if path.suffix == ".ipynb" else []
    return {text.replace(" ", "-") for _, text in found}


#: A full stop ends a sentence when a new one begins, except in a few abbreviations.
SENTENCE = r"(?<=[.!?])(?<!\bal\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)\s+(?=[^a-z\s])"


def passages(markdown):
    """Split Markdown into sentences of paragraphs, table rows, list items and headings.

    Each is as it was written, marks and links included. Displayed formulas are passages too; code
    blocks are left out.
    """
    found, row = [], None
    tokens = markdown_parser().parse(markdown)
    for i, token in enumerate(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            found.append(" | ".join(row))
            row = None
        elif token.type == "math_block":
            found.append(f"$${token.content}$$")
        elif token.type == "inline" and row is not None:
            row.append(token.content)
        elif token.type == "inline":
            text = " ".join(token.content.split())
            if tokens[i - 1].type == "heading_open":
                found.append(f"{tokens[i - 1].markup} {text}")
            elif tokens[i - 2].type == "list_item_open":
                found.append(text)
            else:
                found += re.split(SENTENCE, text)
    return [passage for passage in found if passage.strip()]


# --- What refers to lessons

CITED = r'\blesson (\d\d)\b((?:(?:,|,? and) "[^"]+")*)'


def citations(text):
    """Return (number, headings) for each mention of a lesson and its sections.

    Such as ``lesson 02, "Which axis?" and "A stable sigmoid"``. A mention may run over the
    end of a line, of a comment's too.
    """
    found = re.findall(CITED, re.sub(r"\s+(?:# )?", " ", text), flags=re.IGNORECASE)
    return [(number, re.findall(r'"([^"]+)"', quoted)) for number, quoted in found]
