"""Exercises answered in the page: word for word what Jupyter replies, whatever is answered."""

import contextlib
import io
import json
import linecache

import pytest
from answers import HIDDEN, LESSON, START, written

from course import exercises
from course.exercises import EXERCISES

pytestmark = pytest.mark.takes(seconds=170)

#: Where a reply differs from Jupyter's: what one finds in the answer or the reply, and why.
DIFFERENCES = {
    "scipy": "the page has no other package than NumPy",
    "RecursionError": "another Python calls it so at another depth, in another line",
    "ZeroDivisionError": "Python 3.15 says it in other words",
    "too many values to unpack": "Python 3.15 also says how many there are",
    "got 0.00000000000000e+00": "as many digits are written for another smallest number",
    "[0.00000000000000e+00": "as many digits are written for another smallest number",
    "were 1 everywhere": "which of equal sums is the least hangs on how a product's last bit is rounded",
    "row is an array": "from Python 3.12 on, what a comprehension counts in is gone once it raised",
    "dtype('int64') to dtype('bool')": "a whole number has 32 bits in WebAssembly, and 64 here",
    "longdouble": "a longdouble has 113 bits in WebAssembly, and 64 here",
}


def recorded():
    """Return the answers that the exercises' texts hold, each with its exercise."""
    rows = []
    for name, exercise in EXERCISES.items():
        rows += [(name, written(name, code)) for code in exercise.right + exercise.unexplained]
        given = f"given = [{', '.join(exercise.arguments[: len(exercise.cases[0])])}]"
        examples = [mistake.code for mistake in exercise.mistakes]
        rows += [(name, written(name, code, given)) for code in examples]
        for objection in exercise.objections:
            rows += [(name, written(name, code, given)) for code in objection.examples]
    return [row for row in rows if row[0] != "tune"]  # it trains, so the page leaves it to Jupyter


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


@pytest.mark.timeout(1800)
def test_recorded_answers_get_the_same_reply_as_in_jupyter(page):
    above = """
import numpy as np, course.exercises
key = course.exercises.EXERCISES[{!r}].reference
globals().update({{**key.__globals__, "np": np, "key": key, "__name__": "__main__"}})
"""
    passed, different = [], []
    for number, (name, answer) in enumerate(recorded()):
        kind, reply = in_jupyter(name, answer, number)
        program = f"print(bridge.reply({name!r}, {[above.format(name)]!r}, {answer!r}))"
        said = json.loads(page.evaluate("program => pythonEngine.run(program)", program))
        if said["kind"] == "right" != kind:
            passed.append(answer)
        reasons = [each for each in DIFFERENCES if each in answer + reply]
        if (said["kind"], said["text"]) != (kind, reply) and not reasons:
            different.append((answer, reply, said["text"]))
    assert passed == []
    assert different == []


def test_no_overflow_is_hidden_from_the_page(page):
    for number, body in enumerate(HIDDEN):
        answer = written("sigmoid", body.replace("\\n", "\n"))
        assert in_jupyter("sigmoid", answer, f"hidden {number}")[0] == "unstable", answer
        program = f"print(bridge.reply('sigmoid', ['import numpy as np'], {answer!r}))"
        reply = json.loads(page.evaluate("program => pythonEngine.run(program)", program))
        assert reply["kind"] == "unstable", answer
