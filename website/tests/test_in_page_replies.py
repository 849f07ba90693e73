"""Exercises answered in the page: what Jupyter replies, to a right and to a wrong answer of each."""

import contextlib
import io
import json
import linecache

import pytest

from course import exercises
from course.exercises import EXERCISES
from website.tests.answers import LESSON, START, written


def in_jupyter(name, answer, number):
    """Return the kind of the reply and the reply, as a notebook's cell gets it."""
    file = f"<answer {number}>"
    linecache.cache[file] = (len(answer), None, answer.splitlines(keepends=True), file)
    key = EXERCISES[name].reference
    space = {**key.__globals__, "np": exercises.checker.np, "key": key, "__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(answer, file, "exec", dont_inherit=True), space)
        reply = exercises.check(space[f"my_{name}"])
    return reply.kind, repr(reply)


@pytest.fixture
def page(tab, monkeypatch):
    """Open a lesson and start its Python; here nothing is written either."""
    monkeypatch.setenv("MNISTLIB_MINE", "")
    page = tab.open(LESSON)
    page.evaluate("loadEditors()")
    page.evaluate(START)
    return page


def listed():
    """Yield of each exercise that does not train its first right and its first wrong answer."""
    for name, exercise in EXERCISES.items():
        if name != "tune":
            yield name, written(name, exercise.right[0])
            wrong = exercise.mistakes or exercise.objections
            given = f"given = [{', '.join(exercise.arguments[: len(exercise.cases[0])])}]"
            code = wrong[0].code if exercise.mistakes else wrong[0].examples[0]
            yield name, written(name, code, given)


def unwarned(reply):
    """Return the lines of a reply but for NumPy's warnings, which WebAssembly does not give."""
    return [line for line in reply.splitlines() if not line.startswith("NumPy warned")]


def test_an_answer_gets_the_same_reply_as_in_jupyter(page):
    above = """
import numpy as np, course.exercises
key = course.exercises.EXERCISES[{!r}].reference
globals().update({{**key.__globals__, "np": np, "key": key, "__name__": "__main__"}})
"""
    page.evaluate(
        "pythonEngine.run('bridge.ANSWER_SECONDS = 300.0')"
    )  # however busy the computer is
    different = []
    for number, (name, answer) in enumerate(listed()):
        kind, reply = in_jupyter(name, answer, number)
        program = f"print(bridge.reply({name!r}, {[above.format(name)]!r}, {answer!r}))"
        said = json.loads(page.evaluate("program => pythonEngine.run(program)", program))
        if (said["kind"], unwarned(said["text"])) != (kind, unwarned(reply)):
            different.append((answer, reply, said["text"]))
    assert different == []
