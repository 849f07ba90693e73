"""The questions that a lesson asks and answers: the ones at its beginning and those at its end."""

import re
import textwrap
from typing import NamedTuple

from course.lessons import CLOSING, RECALL, Lesson
from course.lessons.markdown import FOLD

#: The headings under which numbered questions stand, each with its answer folded below it.
HEADINGS = (RECALL, CLOSING[1])


class Question(NamedTuple):
    """A question under a lesson's heading, by its number there; question and answer are Markdown."""

    heading: str
    number: int
    asked: str
    answer: str


def questions(lesson: Lesson) -> list[Question]:
    """Return the questions of a lesson's source in their order.

    Raises:
        ValueError: a numbered question has no folded answer; the message names it.
    """
    found = []
    for cell in lesson.source.cells:
        if cell.cell_type != "markdown":
            continue
        for section in re.split(r"^(?=## )", cell.source, flags=re.MULTILINE):
            heading, _, text = section.removeprefix("## ").partition("\n")
            if heading in HEADINGS:
                found += [read_question(heading, item, lesson) for item in numbered(text)]
    return found


def numbered(text: str) -> list[str]:
    """Return the items of a numbered list, without what stands before it."""
    return re.split(r"^(?=\d+\. )", text, flags=re.MULTILINE)[1:]


def read_question(heading: str, item: str, lesson: Lesson) -> Question:
    """Return the question that an item of a list asks."""
    fold = FOLD.search(item)
    if not fold or fold["summary"] != "Answer" or not fold["inside"].strip():
        start = " ".join(item.split())[:60]
        raise ValueError(
            f"notebooks/{lesson.source_path.name}, {heading!r}: {start!r} has no answer; "
            "fold one below it, in <details><summary>Answer</summary>"
        )
    number, _, asked = item[: fold.start()].partition(". ")
    # What belongs to an item stands three spaces to the right of its number.
    asked = textwrap.dedent(f"   {asked.strip()}").strip()
    return Question(heading, int(number), asked, textwrap.dedent(fold["inside"]).strip())
