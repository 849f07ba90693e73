"""The net: of thousands of answers, whether each is right, the kind of reply, and the reason named.

It holds the answers that the exercises' texts list, and those that readers typed (``net/typed.jsonl``).
A reason is stored by the code of the known mistake that explains the answer, or by the objection's name,
so that a sentence may be put into better words. To store the verdicts of an exercise again, and read
the difference before you commit it::

    pytest -n0 tests/course/test_net.py -k softmax --store
"""

import dataclasses
import functools
import hashlib
import json
import linecache
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

from .handed_in import as_function_of_a_reader, write

pytestmark = pytest.mark.takes(seconds=25)

TYPED = Path(__file__).parent / "net" / "typed.jsonl"
GENERAL_MISTAKES = [mistake for kind in ANYWHERE.values() for mistake in kind]
VERDICTS = Path(__file__).parent / "net" / "verdicts.json"


def short(code):
    """Return a name for a piece of code."""
    return hashlib.sha256(code.encode()).hexdigest()[:8]


def marked(exercise):
    """Return an exercise whose sentences are the names of what they answer."""
    mistakes = [mistake._replace(sentence=short(mistake.code)) for mistake in exercise.mistakes]
    objections = [
        each._replace(sentence=f"({each.name}{'?' if each.asks else ''})")
        for each in exercise.objections
    ]
    return dataclasses.replace(exercise, mistakes=tuple(mistakes), objections=tuple(objections))


@functools.cache
def sentences(name):
    """Return an exercise's sentences by the names of what they answer."""
    exercise = EXERCISES[name]
    own = {short(mistake.code): mistake.sentence for mistake in exercise.mistakes}
    anywhere = {f"any {each.code}": each.sentence for each in GENERAL_MISTAKES}
    objections = {each.name: each.name for each in exercise.objections}
    return own | anywhere | objections


def reason_named(exercise, reply):
    """Return the name of the mistake or the objection that a reply to a marked exercise names."""
    if reply.reason:
        codes = [each.code for each in GENERAL_MISTAKES if each.sentence == reply.reason]
        return f"any {codes[0]}" if codes else reply.reason
    happened = reply.fault.happened if reply.fault else ""
    named = [each.name for each in exercise.objections if happened.startswith(f"({each.name}")]
    return max(named, key=len, default="")


@functools.cache
def typed():
    """Return the answers that readers typed, by their exercises."""
    rows = map(json.loads, TYPED.read_text(encoding="utf-8").splitlines())
    answers = {name: [] for name in EXERCISES}
    for row in rows:
        answers[row["exercise"]].append(row["code"])
    return answers


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


def as_typed(name, code):
    """Return a typed function; what it asks of other exercises are their answer keys."""
    file = f"<typed {short(code)}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    space = {f"my_{other}": exercise.reference for other, exercise in EXERCISES.items()}
    space |= ABOVE
    exec(compile(code, file, "exec"), space)
    return space[f"my_{name}"]


def answers(name):
    """Yield each answer to an exercise that the net holds, with what tells it from all others."""
    exercise = EXERCISES[name]
    for code in (*exercise.right, *exercise.unexplained):
        yield code, write(name, as_body(code))
    examples = [code for each in exercise.objections for code in each.examples]
    for code in (*[mistake.code for mistake in exercise.mistakes], *examples):
        yield code, as_function_of_a_reader(name, code)
    for code in typed()[name]:
        yield code, as_typed(name, code)


def verdicts(name):
    """Return the verdict on each answer to an exercise: its kind, and the reason that is named."""
    exercise = marked(EXERCISES[name])
    found = {}
    with warnings.catch_warnings(action="ignore"):
        for code, answer in answers(name):
            reply = check_answer(exercise, answer)
            reason = reason_named(exercise, reply)
            found[short(code)] = f"{reply.kind}: {reason}" if reason else reply.kind
    return found


@pytest.mark.parametrize("name", EXERCISES)
def test_every_verdict_and_every_reason_is_as_it_is_stored(name, request):
    stored = json.loads(VERDICTS.read_text(encoding="utf-8")) if VERDICTS.exists() else {}
    found = verdicts(name)
    if request.config.getoption("store"):
        stored[name] = found
        VERDICTS.write_text(json.dumps(stored, indent=0) + "\n", encoding="utf-8")
    codes = {short(code): code for code, _ in answers(name)}

    def in_words(verdict):
        kind, _, reason = verdict.partition(": ")
        return kind, sentences(name).get(reason, reason)

    changed = [
        f"{codes[each]}\n    was {in_words(stored[name].get(each, 'unknown'))}\n    is  "
        f"{in_words(verdict)}"
        for each, verdict in found.items()
        if in_words(verdict) != in_words(stored[name].get(each, "unknown"))
    ]
    assert not changed, "\n".join(changed)
