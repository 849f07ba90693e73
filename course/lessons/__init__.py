"""What a lesson is: its two files, its header, its cells, its figures, its Markdown.

A lesson is ``notebooks/NN_topic.py``, which people write, and ``notebooks/NN_topic.ipynb``, the same
cells with their outputs, which ``python -m course execute`` makes. Only this package knows so: Review,
the students' copy, executing, the tests and the pages ask here::

    from course.lessons import all_lessons

    for lesson in all_lessons():
        print(lesson.number, lesson.header.title, lesson.header.seconds)
"""

import base64
import copy
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from course.files import ROOT
from course.lessons.formats import jupytext, nbformat
from course.lessons.header import Header, read_header
from course.lessons.markdown import count_words, formula_lines, plain, unfolded

if TYPE_CHECKING:
    from course.exercises.exercise import Exercise

NOTEBOOKS = ROOT / "notebooks"

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

#: Environment of the kernels of tools and tests: without progress bars, which are for a reader who
#: waits, and without the functions that a reader has kept.
SURROUNDINGS = {"TQDM_DISABLE": "1", "MNISTLIB_MINE": os.devnull}

#: Metadata of a cell that is stored: a figure's alternative text, tags, and how many lines the source
#: leaves before the next cell, so that Jupyter writes the source as it was.
KEPT_METADATA = ("lines_to_next_cell", "mystnb", "tags")

#: The tags that a cell may have, and what each means.
TAGS = {
    "readme": "the figure that the README and the home page show",
    "digits": "the picture of digits as they come, for the home page",
    "hide-input": "code that only draws: folded on the pages",
    "answer": "its output answers a prediction: folded until the reader has guessed, or asks",
}

#: What JupyterLab hides of a cell that has one of these tags.
FOLDED_IN_JUPYTER = {"hide-input": "source_hidden", "answer": "outputs_hidden"}

#: The heading of an exercise: its number and title, its level, and its minutes.
EXERCISE = re.compile(
    r"^### (?P<title>Exercise \d+\.\d+: .+) \((?P<level>[a-z-]+), (?P<minutes>\d+) minutes\)$",
    re.MULTILINE,
)

#: The function that an exercise asks for, up to what follows it at the left margin.
STUB = re.compile(r"^def my_(?P<name>\w+)(?s:.+?\n(?=\S)|.+)", re.MULTILINE)

#: The heading under which a lesson asks for what earlier ones said.
RECALL = "Before you start"

#: The headings with which a lesson ends.
CLOSING = ("Recap", "Questions to ask yourself", "Next")


class Figure(NamedTuple):
    """A stored picture, in what words it is described, and the index of its cell."""

    png: bytes
    alt: str
    cell: int


class Section(NamedTuple):
    """A part of a lesson under its own heading; how long its text takes, and its exercises."""

    title: str
    minutes: int
    exercises: int


@dataclass(frozen=True)
class Lesson:
    """A lesson, named as its files are: ``Lesson("02_sigmoid_softmax")``."""

    name: str
    folder: Path = NOTEBOOKS

    @property
    def number(self) -> str:
        """Its number in two digits, as in ``02``."""
        return self.name[:2]

    @property
    def source_path(self) -> Path:
        """The ``.py``, which people write."""
        return self.folder / f"{self.name}.py"

    @property
    def path(self) -> Path:
        """The ``.ipynb``, with the outputs."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def command(self) -> str:
        """The command that makes the notebook from its source."""
        return f"python -m course execute {self.number}"

    @cached_property
    def source(self) -> nbformat.NotebookNode:
        """The cells as people wrote them, without outputs."""
        return copy.deepcopy(cells_of(self.source_path.read_text(encoding="utf-8")))

    def place(self, index: int) -> str:
        """Where a cell begins, as an editor opens it: ``notebooks/02_sigmoid_softmax.py:17``."""
        lines = self.source_path.read_text(encoding="utf-8").splitlines()
        begins = [number for number, line in enumerate(lines, 1) if line.startswith("# %%")]
        # The stored cells may be more, until the lesson is executed again.
        return f"notebooks/{self.source_path.name}:{begins[min(index, len(begins) - 1)]}"

    @cached_property
    def notebook(self) -> nbformat.NotebookNode:
        """The stored notebook."""
        return nbformat.read(self.path, as_version=nbformat.NO_CONVERT)

    def cells(self, kind: str) -> list[tuple[int, nbformat.NotebookNode]]:
        """Return (index, cell) for every stored cell of one type, ``code`` or ``markdown``."""
        return [(i, cell) for i, cell in enumerate(self.notebook.cells) if cell.cell_type == kind]

    @cached_property
    def markdown(self) -> str:
        """All the prose, as one text."""
        return "\n\n".join(cell.source for _, cell in self.cells("markdown"))

    @cached_property
    def header(self) -> Header:
        """What the first cell of the source says."""
        return read_header(self.source.cells[0].source)

    @cached_property
    def measured(self) -> dict:
        """What was measured when the notebook was made: processor ``seconds``, ``megabytes``."""
        return self.notebook.metadata.get("measured", {})

    @cached_property
    def exercises(self) -> list["Exercise"]:
        """Its exercises in their order, each with the heading, level, minutes, task and stub here."""
        from course.exercises import EXERCISES  # a third of a second, at each start of pytest too

        exercises = []
        asked = ""  # the Markdown since an exercise's heading
        for cell in self.source.cells:
            if cell.cell_type == "markdown":
                asked = f"{asked}\n\n{cell.source}" if EXERCISE.search(asked) else cell.source
                continue
            heading = EXERCISE.search(asked)
            stub = STUB.search(cell.source)
            if heading and stub:
                exercise = replace(
                    EXERCISES[stub["name"]],
                    heading=heading["title"],
                    level=heading["level"],
                    minutes=int(heading["minutes"]),
                    task=asked[heading.end() :].strip(),
                    stub=stub[0].strip(),
                )
                exercises.append(exercise)
                asked = ""
        return exercises

    @cached_property
    def sections(self) -> list[Section]:
        """The parts of the lesson, among which the header's minutes are shared out by the measure.

        The closing sections count as one.
        """
        titles, reading, exercises = ["Opening"], [0.0], [0]
        for cell in self.source.cells:
            if cell.cell_type == "code":
                reading[-1] += code_minutes(cell)
                continue
            for piece in re.split(r"^(?=## )", unfolded(cell.source), flags=re.M):
                if piece.startswith("## "):
                    title = plain(piece.partition("\n")[0].removeprefix("## "))
                    if not (title in CLOSING and titles[-1] == CLOSING[0]):
                        titles.append(title)
                        reading.append(0.0)
                        exercises.append(0)
                reading[-1] += prose_minutes(piece)
                exercises[-1] += sum(int(found["minutes"]) for found in EXERCISE.finditer(piece))
        minutes = shared_out(self.header.minutes, reading)
        return [Section(*part) for part in zip(titles, minutes, exercises, strict=True)]

    def figures(self, tag: str | None = None) -> list[Figure]:
        """Return the stored figures, or those of the cells with a tag, in their order."""
        return [
            Figure(base64.b64decode(png), alternative_text(cell), i)
            for i, cell in self.cells("code")
            if tag is None or tag in cell.metadata.get("tags", [])
            for png in pngs(cell.outputs)
        ]


def all_lessons() -> list[Lesson]:
    """Return every lesson in its order."""
    return [Lesson(path.stem) for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.py"))]


def chosen(numbers: Iterable[str]) -> list[Lesson]:
    """Return the lessons with these numbers, as in ``["02", "03"]``; all of them if there are none."""
    lessons = all_lessons()
    unknown = set(numbers) - {lesson.number for lesson in lessons}
    if unknown:
        raise ValueError(f"no lesson {', '.join(sorted(unknown))} in {NOTEBOOKS}")
    return [lesson for lesson in lessons if not numbers or lesson.number in numbers]


def figures(tag: str) -> list[Figure]:
    """Return the figures with a tag, of all lessons."""
    return [figure for lesson in all_lessons() for figure in lesson.figures(tag)]


# --- Cells and outputs


@cache
def cells_of(source: str) -> nbformat.NotebookNode:
    """Return the cells of a lesson's text, which is long to parse and read by many."""
    return jupytext.reads(source, fmt="py:percent")


def prose_minutes(markdown: str) -> float:
    """How long a newcomer reads Markdown: 85 words a minute, two displayed lines of formulas a minute.

    Folds (``<details>``) are not counted. With :func:`code_minutes` this was fitted to what beginners
    needed for twelve lessons (root mean square error: 4 minutes).
    """
    return count_words(markdown) / 85 + formula_lines(markdown) / 2


def code_minutes(cell: nbformat.NotebookNode) -> float:
    """How long a newcomer reads a code cell: 15 lines a minute, and 40 seconds for its figure.

    Comments, blank lines and code that is folded on the pages are not counted.
    """
    is_folded = "hide-input" in cell.metadata.get("tags", [])
    lines = [] if is_folded else map(str.strip, cell.source.splitlines())
    count = sum(1 for line in lines if line and not line.startswith("#"))
    return count / 15 + bool(alternative_text(cell)) * 2 / 3


def shared_out(total: int, weights: list[float]) -> list[int]:
    """Share out a number in whole parts, in proportion to weights."""
    exact = [total * weight / sum(weights) for weight in weights]
    by_remainder = sorted(range(len(exact)), key=lambda i: exact[i] % 1, reverse=True)
    rounded_up = by_remainder[: total - sum(map(int, exact))]
    return [int(share) + (i in rounded_up) for i, share in enumerate(exact)]


def pngs(outputs: Iterable[nbformat.NotebookNode]) -> list[str]:
    """Return the PNG images among outputs, as they are stored: in base64."""
    return [o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]


def alternative_text(cell: nbformat.NotebookNode) -> str:
    """Return the words that describe a cell's figure."""
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
