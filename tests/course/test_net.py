"""The net: of thousands of answers, whether each is right, the kind of reply, and the reason named.

It holds the answers that the exercises' texts list, and those that readers typed, which begin with
``def``. A reason is stored by the code of the known mistake that explains the answer (*itself*, if the
answer is that mistake), or by the objection's name, so that a sentence may be put into better words. To
store the verdicts of an exercise again, and read the difference before you commit it::

    pytest -n0 tests/course/test_net.py -k softmax --store
"""

import dataclasses
import json
import math
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest

from course.exercises import EXERCISES, lesson_02
from course.exercises.checker import check_answer
from course.exercises.exercise import as_body
from course.exercises.mistakes import ANYWHERE
from course.materials.planted_bug import faulty_gradients
from mnistlib import functions, gradcheck, network, training

from .handed_in import as_function_of_a_reader, define, write

pytestmark = pytest.mark.takes(seconds=25)

GENERAL_MISTAKES = [mistake for kind in ANYWHERE.values() for mistake in kind]
VERDICTS = Path(__file__).with_name("verdicts.json")


def marked(exercise):
    """Return an exercise whose sentences are the names of what they answer."""
    mistakes = [mistake._replace(sentence=mistake.code) for mistake in exercise.mistakes]
    objections = [
        each._replace(sentence=f"({each.name}){'?' if each.asks else ''}")
        for each in exercise.objections
    ]
    return dataclasses.replace(exercise, mistakes=tuple(mistakes), objections=tuple(objections))


def reason_named(exercise, reply):
    """Return the name of the mistake or the objection that a reply to a marked exercise names."""
    if reply.reason:
        codes = [each.code for each in GENERAL_MISTAKES if each.sentence == reply.reason]
        return f"any {codes[0]}" if codes else reply.reason
    happened = reply.fault.happened if reply.fault else ""
    named = [each.name for each in exercise.objections if happened.startswith(f"({each.name})")]
    return named[0] if named else ""


#: What stands above an exercise in its lesson.
ABOVE = {
    "np": np,
    "math": math,
    "struct": struct,
    "functions": functions,
    "gradcheck": gradcheck,
    "network": network,
    "training": training,
    "faulty_gradients": faulty_gradients,
    "sigmoid": functions.sigmoid,
    "softmax": functions.softmax,
    "softmax_jacobian": lesson_02.softmax_jacobian,
    "cross_entropy": functions.cross_entropy,
    "central_difference": gradcheck.central_difference,
    "check_gradient": gradcheck.check_gradient,
    "relative_error": gradcheck.relative_error,
}


def answers(name, stored):
    """Yield each answer to an exercise that the net holds, by its code."""
    exercise = EXERCISES[name]
    for code in (*exercise.right, *exercise.unexplained):
        yield code, write(name, as_body(code))
    examples = [code for each in exercise.objections for code in each.examples]
    for code in (*[mistake.code for mistake in exercise.mistakes], *examples):
        yield code, as_function_of_a_reader(name, code)
    # What a typed one asks of other exercises are their answer keys.
    keys = {f"my_{other}": exercise.reference for other, exercise in EXERCISES.items()}
    for code in stored:
        if f"def my_{name}(" in code:
            yield code, define(name, code, **keys, **ABOVE)


def verdicts(name, stored):
    """Return the verdict on each answer to an exercise: its kind, and the reason that is named."""
    exercise = marked(EXERCISES[name])
    found = {}
    with warnings.catch_warnings(action="ignore"):
        for code, answer in answers(name, stored):
            reply = check_answer(exercise, answer)
            reason = reason_named(exercise, reply)
            said = f": {'itself' if reason == code else reason}" if reason else ""
            found[code] = f"{reply.kind}{said}"
    return found


@pytest.mark.parametrize("name", EXERCISES)
def test_every_verdict_and_every_reason_is_as_it_is_stored(name, request):
    stored = json.loads(VERDICTS.read_text(encoding="utf-8"))
    before = stored.get(name, {})
    found = verdicts(name, before)
    if request.config.getoption("store"):
        stored[name] = before = found
        text = json.dumps(stored, indent=0, ensure_ascii=False)
        VERDICTS.write_text(text + "\n", encoding="utf-8", newline="\n")
    changed = [
        f"{code}\n    was {before.get(code, 'unknown')}\n    is  {found.get(code, 'gone')}"
        for code in before | found
        if before.get(code) != found.get(code)
    ]
    assert not changed, "\n".join(changed)
