"""What a maker can get wrong in a text is told with its line, and what to write."""

import contextlib
import copy
import runpy
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest

from course import exercises
from course.exercises import EXERCISES, LESSONS, lesson_04, texts

from . import locations
from .handed_in import as_function_of_a_reader

pytestmark = pytest.mark.usefixtures("untouched")


def test_two_exercises_of_one_name_are_refused(monkeypatch):
    twin = replace(EXERCISES["softmax"], notice="Another.")
    monkeypatch.setattr(lesson_04, "EXERCISES", (*LESSONS["04"], twin))
    with pytest.raises(ValueError, match="two exercises are called 'softmax'"):
        runpy.run_path(exercises.__file__, run_name=exercises.__name__)
    assert sys.modules[exercises.__name__] is exercises


GOOD = "Words.\n\n## softmax\n\nhint: One.\nhint: Two.\nnotice: Yes.\n\nz\n    why?\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "## softmax",
            "## sofmax",
            "line 3: no exercise is called 'sofmax'; write the name of one in ",
        ),
        (
            "notice:",
            "Notice:",
            "line 7: Notice: is none of the labels here; write notice: in small",
        ),
        (
            "hint:",
            "hints:",
            "line 5: hints: is none of the labels here; write hint:",
        ),
        (
            "notice:",
            "notcie:",
            "line 7: notcie: is none of the labels here; write notice:",
        ),
        ("z\n", "wihtin:\n", "line 9: wihtin: is none of the labels here; write within:"),
        (
            "z\n",
            "objction is_bad:\nz\n",
            "line 9: objction is_bad: is none of the labels here; write objection is_bad:",
        ),
        (
            "z\n",
            "objection is_bad: why?\nz\n",
            "line 9: write objection is_bad: alone in its line, and its sentence below, indented",
        ),
        (
            "z\n",
            "Tip: divide.\nz\n",
            "line 9: Tip: is none of the labels here; write hint:, notice:, within:, objection NAME:",
        ),
        (
            "z\n",
            "z + ____\n",
            "line 9: write within: alone in the line above the block that has ____",
        ),
        ("z\n", "```\nz + ____\n```\n", "line 11: write within: alone in the line above the block"),
        (
            "notice: Yes.\n",
            "",
            "line 3: softmax has no notice; write notice: and what a right answer",
        ),
        (
            "    why?\n",
            "",
            "line 9: 'z' has no sentence below it; write one, indented by four spaces",
        ),
        ("z\n", "", "line 9: this sentence has no line of code above it that it could answer"),
        (
            "    why?\n",
            "    why?\n\nright:\nz\n    why?\n",
            "line 14: an answer below right: needs no sentence; write code at the line's begin",
        ),
        (
            "    why?\n",
            "    why?\n\nright: z\n",
            "line 12: write right: alone in its line, and the",
        ),
        (
            "    why?\n",
            "    why?\nright:\n\nz\n",
            "line 11: right: has no answer below it; write one",
        ),
        ("z\n", "```\nz\n", "this block is never closed; write ``` alone in a line below its code"),
        (
            "z\n",
            "objection is_bad:\nz\n",
            "softmax has no predicate called 'is_bad'; write the name of",
        ),
        (
            "z\n",
            "within:\n```\nz\n```\nz\n",
            "this block has no ____ for the lines below it to stand",
        ),
        (
            "z\n",
            "## softmax\nhint: A.\n",
            "line 9: ## softmax stands twice: put both parts into one",
        ),
    ],
)
def test_what_cannot_be_read_in_a_text_is_said_with_its_line_and_a_way_out(
    tmp_path, old, new, words
):
    file = tmp_path / "lesson_02.txt"
    bare = replace(EXERCISES["softmax"], hints=(), notice="", mistakes=())
    file.write_text(GOOD)
    assert texts.with_words((bare,), file)[0].mistakes == (("z", "why?"),)
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(texts.TextError) as raised:
        texts.with_words((bare,), file)
    assert words in str(raised.value)
    assert str(raised.value).startswith("lesson_02.txt")


@pytest.mark.parametrize("name", EXERCISES)
def test_every_name_in_a_known_mistake_is_known(name):
    """Or it raises a NameError, and its sentence would answer everybody who forgot an import."""
    exercise = EXERCISES[name]
    for mistake in exercise.mistakes:
        answer = as_function_of_a_reader(name, mistake.code)
        quiet = warnings.catch_warnings(action="ignore")
        with quiet, np.errstate(all="ignore"), contextlib.suppress(Exception):
            try:
                answer(*copy.deepcopy(exercise.cases[0]))
            except UnboundLocalError:
                pass
            except NameError as error:
                pytest.fail(f"{locations.words(name)}: {mistake.code}\n{error}")
