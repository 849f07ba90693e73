"""The replies stay as they are, word for word, until somebody means to change them.

For each lesson ``test_replies/lesson_NN.txt`` stores what is replied to the right and the unexplained
answers of the exercises' texts, and to the examples of the objections. To
store a lesson's replies again, in some seconds, and read the difference before you commit it::

    pytest -n0 tests/course/test_replies.py -k 02 --store
"""

import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course.exercises import EXERCISES, LESSONS
from course.exercises.checker import check_answer
from course.exercises.exercise import Exercise

from .handed_in import as_function_of_a_reader, right, unexplained, write

pytestmark = pytest.mark.takes(seconds=10)

STORED = Path(__file__).parent / "test_replies"
#: Objections whose numbers depend on the last bit: another computer has others.
CHAOTIC = ("is_far_too_fast",)


def recorded(exercise: Exercise) -> Iterator[tuple[str, Callable]]:
    """Yield answers to an exercise, each with how it is written."""
    name = exercise.name
    for body in (*right(name), *unexplained(name)):
        yield body, write(name, body)
    for objection in exercise.objections:
        for code in () if objection.name in CHAOTIC else objection.examples:
            yield code, as_function_of_a_reader(name, code)


def replies(name: str) -> str:
    """Return all recorded answers to an exercise, each above the reply to it."""
    parts = [f"## {name}"]
    with warnings.catch_warnings(action="ignore"):
        for code, answer in recorded(EXERCISES[name]):
            quoted = textwrap.indent(textwrap.dedent(code).strip(), "> ", lambda line: True)
            parts.append(f"{quoted}\n{check_answer(EXERCISES[name], answer)!r}")
    return "\n\n".join(parts)


@pytest.mark.parametrize("lesson", LESSONS)
def test_replies_are_word_for_word_as_they_are_stored(lesson, request):
    text = "\n\n".join(replies(exercise.name) for exercise in LESSONS[lesson]) + "\n"
    path = STORED / f"lesson_{lesson}.txt"
    if request.config.getoption("store"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()


def test_no_lesson_is_stored_that_is_gone():
    assert {path.stem for path in STORED.iterdir()} == {f"lesson_{n}" for n in LESSONS}
