"""The net: the reply to each of thousands of answers, from all sides; each is made once.

It holds the answers that the exercises' texts list, and those that readers typed, which begin with
``def``. Each has a verdict: whether it is right, the kind of reply, and the reason named, by the code
of the known mistake that explains the answer (*itself*, if the answer is that mistake), or by the
objection's name, so that a sentence may be put into better words. What the text says of a listed answer
is its verdict; ``verdicts.json`` stores those of the typed ones, and where a listed one is told
otherwise. Of the unexplained ones, and of the examples of the objections, ``replies/lesson_NN.txt``
stores the reply word for word. To store both again, and read the difference before you commit it::

    pytest -n0 tests/course/test_net.py -k "softmax or 02" --store
"""

import ast
import contextlib
import dataclasses
import functools
import io
import json
import math
import re
import struct
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from course import exercises
from course.exercises import EXERCISES, LESSONS, lesson_02
from course.exercises.checker import check_answer
from course.exercises.exercise import Exercise
from course.exercises.mistakes import ANYWHERE, as_body
from course.exercises.reply import Reply
from course.exercises.texts import GENERAL
from course.materials.planted_bug import faulty_gradients
from mnistlib import functions, gradcheck, network, training

from . import locations
from .common import every_exercise
from .handed_in import as_function_of_a_reader, define, named, write

pytestmark = pytest.mark.usefixtures("untouched")

GENERAL_MISTAKES = [mistake for kind in ANYWHERE.values() for mistake in kind]
VERDICTS = Path(__file__).with_name("verdicts.json")
REPLIES = Path(__file__).with_name("replies")
#: Objections whose numbers depend on the last bit: another computer has others.
CHAOTIC = ("is_far_too_fast",)


class Sentence(str):
    """A sentence that knows whose it is: a mistake's, by its code, or an objection's, by its name."""

    def __new__(cls, text: str, whose: str) -> "Sentence":
        made = super().__new__(cls, text)
        made.whose = whose
        return made

    def format(self, **fields) -> "Sentence":
        return Sentence(super().format(**fields), self.whose)


def marked(exercise: Exercise) -> Exercise:
    """Return an exercise whose sentences know whose they are: the first mistake's that has them.

    Two ways to write one mistake may differ by rounding alone, and otherwise on each computer.
    """
    first = {}
    for each in exercise.mistakes:
        first.setdefault(each.sentence, each.code)
    mistakes = [
        each._replace(sentence=Sentence(each.sentence, first[each.sentence]))
        for each in exercise.mistakes
    ]
    objections = [
        each._replace(sentence=Sentence(each.sentence, each.name)) for each in exercise.objections
    ]
    return dataclasses.replace(exercise, mistakes=tuple(mistakes), objections=tuple(objections))


def reason_named(reply: Reply) -> str:
    """Return the code of the mistake, or the name of the objection, that a reply names."""
    if reply.reason:
        codes = [each.code for each in GENERAL_MISTAKES if each.sentence == reply.reason]
        return f"any {codes[0]}" if codes else reply.reason.whose
    return getattr(reply.fault and reply.fault.happened, "whose", "")


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


@functools.cache
def stored_verdicts() -> dict[str, dict[str, str]]:
    return json.loads(VERDICTS.read_text(encoding="utf-8"))


def answers(name: str) -> Iterator[tuple[str, Callable]]:
    """Yield each answer to an exercise that the net holds, by its code."""
    exercise = EXERCISES[name]
    for code in (*exercise.right, *exercise.unexplained):
        yield code, write(name, as_body(code))
    examples = [code for each in exercise.objections for code in each.examples]
    for code in (*[mistake.code for mistake in exercise.mistakes], *examples):
        try:
            yield code, as_function_of_a_reader(name, code)
        except SyntaxError as error:
            where = locations.words(name, code)
            pytest.fail(f"{where}: this is no Python: {error.msg}\n{code}", pytrace=False)
    # What a typed one asks of other exercises are their answer keys.
    keys = {f"my_{other}": exercise.reference for other, exercise in EXERCISES.items()}
    for code in stored_verdicts().get(name, ()):
        if f"def my_{name}(" in code:
            yield code, define(name, code, **keys, **ABOVE)


@functools.cache
def replies(name: str) -> dict[str, Reply]:
    """Return the reply to each answer to an exercise, by its code."""
    exercise = marked(EXERCISES[name])
    with warnings.catch_warnings(action="ignore"):  # of what was typed, say "\\s" in a text
        listed = [*answers(name)]
    with contextlib.redirect_stdout(io.StringIO()):
        return {code: check_answer(exercise, answer) for code, answer in listed}


def listed_verdicts(exercise: Exercise) -> dict[str, str]:
    """Return what the text says of each answer that it lists; most wrong ones are of a wrong value."""
    verdicts = dict.fromkeys(exercise.right, "right")
    verdicts |= dict.fromkeys(exercise.unexplained, "wrong value")
    verdicts |= {mistake.code: "wrong value: itself" for mistake in exercise.mistakes}
    for objection in exercise.objections:
        verdicts |= dict.fromkeys(objection.examples, f"wrong value: {objection.name}")
    return verdicts


@every_exercise
def test_every_verdict_and_every_reason_is_as_it_is_stored(name, request):
    found = {}
    own = {each.code: each.sentence.whose for each in marked(EXERCISES[name]).mistakes}
    for code, reply in replies(name).items():
        reason = reason_named(reply)
        said = f": {'itself' if reason in (code, own.get(code)) else reason}" if reason else ""
        found[code] = f"{reply.kind}{said}"
    listed = listed_verdicts(EXERCISES[name])
    if request.config.getoption("store"):
        others = {code: said for code, said in found.items() if listed.get(code) != said}
        stored_verdicts()[name] = others
        text = json.dumps(stored_verdicts(), indent=0, ensure_ascii=False)
        VERDICTS.write_text(text + "\n", encoding="utf-8", newline="\n")
    before = listed | stored_verdicts().get(name, {})
    changed = [
        f"{code}\n    was {before.get(code, 'unknown')}\n    is  {found.get(code, 'gone')}"
        for code in before | found
        if before.get(code) != found.get(code)
    ]
    assert not changed, "\n".join(changed)


def test_exercises_are_called_as_when_readers_kept_their_answers():
    stored, now = stored_verdicts().keys(), EXERCISES.keys()
    assert not stored - now, (
        "mine() and the pages find no answer that was kept under such a name. If it must change, say in "
        f"CHANGELOG.md what to rename, and take the old name out of {VERDICTS.name}"
    )
    assert not now - stored, "store these, since readers will keep them: add --store"


def quoted(name: str) -> Iterator[str]:
    """Yield the answers to an exercise whose words are stored, each above the reply to it."""
    exercise = EXERCISES[name]
    shown = [(code, as_body(code)) for code in exercise.unexplained]
    for each in exercise.objections:
        shown += [(code, code) for code in each.examples if each.name not in CHAOTIC]
    for code, text in shown:
        above = textwrap.indent(textwrap.dedent(text).strip(), "> ", lambda line: True)
        yield f"{above}\n{replies(name)[code]!r}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_replies_are_word_for_word_as_they_are_stored(lesson, request):
    parts = [part for each in LESSONS[lesson] for part in (f"## {each.name}", *quoted(each.name))]
    text = "\n\n".join(parts) + "\n"
    path = REPLIES / f"lesson_{lesson}.txt"
    if request.config.getoption("store"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()


@every_exercise
def test_the_reference_and_other_right_answers_are_right_and_wrong_ones_are_tried(name):
    exercise = EXERCISES[name]
    where = locations.words(name)
    of_the_key = exercises.check(named(exercise.reference, name))
    for reply in (of_the_key, *(replies(name)[code] for code in exercise.right)):
        assert reply.kind == "right", f"{where}, below right:\n{reply}"
        notice = re.sub(r"\\{.*?\\}", "[^{}]+", re.escape(exercise.notice))
        assert re.fullmatch(notice, reply.notice)
        assert {*reply.questions} <= {*GENERAL["habits"].values()}
        assert reply.text == " ".join([reply.notice, *reply.questions])
    assert len({*exercise.right}) >= 3, (
        f"{where}: write right: at the end, and below it three right answers that are written "
        "differently"
    )
    examples = [each for objection in exercise.objections for each in objection.examples]
    wrong = [*(mistake.code for mistake in exercise.mistakes), *examples]
    assert len(wrong) >= 4, f"{where}: write four wrong answers or more"
    assert [code for code in {*wrong} if wrong.count(code) > 1] == [], f"{where}: these stand twice"
    assert len(exercise.hints) in (2, 3), f"{where}: write two lines `hint:` or three"
    assert exercise.notice, f"{where}: write a line `notice:`"


@every_exercise
def test_a_wrong_answer_without_a_sentence_gets_a_next_step(name):
    for code in EXERCISES[name].unexplained:
        reply = replies(name)[code]
        where = f"{locations.words(name)}, below unexplained:\n{code}\n{reply}"
        assert reply.kind != "right", where
        assert not reply.reason, f"{where}\nA sentence explains it: drop it"
        assert_is_a_reply(name, reply)


def assert_is_a_reply(name, reply):
    assert repr(reply) == f"my_{name}: {reply.headline}. {reply.text}"
    assert reply.text[0].isupper() or reply.text.startswith(EXERCISES[name].shapes.split()[-1])
    assert reply.text[-1] not in " \n"
    assert "?" in reply.text  # a next step
    assert not re.search(r"0x[0-9a-f]{6}|\.py\b|answer \d|gufunc", repr(reply))
    assert gives_nothing_away(name, reply.text)


@pytest.mark.parametrize("name", [name for name in EXERCISES if EXERCISES[name].objections])
def test_every_example_of_an_objection_gets_its_sentence(name):
    for objection in EXERCISES[name].objections:
        assert objection.examples, f"{locations.words(name)}: give {objection.name} an example"
        own = max(re.split(r"\{[^}]*\}", objection.sentence), key=len)
        for code in objection.examples:
            reply = replies(name)[code]
            is_right_but_deep = objection.name == "calls_itself_for_each"
            assert reply.kind == ("unstable" if is_right_but_deep else "wrong value")
            assert own.lower() in reply.text.lower(), (code, reply)
            assert_is_a_reply(name, reply)


def gives_nothing_away(name, text):
    """Tell whether no line of the solution, nor the last hint's code, stands in a text."""
    squeezed = text.replace(" ", "")
    return not any(line in squeezed for line in giving_away(name))


@functools.cache
def giving_away(name):
    """Return what a reply may not hold, without its spaces."""
    exercise = EXERCISES[name]
    solution = ast.parse(exercises.solution(write(name, "...")))
    returned = [node.value for node in ast.walk(solution) if isinstance(node, ast.Return)]
    code = [
        ast.unparse(value) for value in returned if not isinstance(value, (ast.Name, ast.Tuple))
    ]
    lines = [*code, exercise.hints[-1]]
    return [line.replace(" ", "") for line in lines if len(line) > 8]


@every_exercise
def test_every_known_mistake_is_named_by_a_question_that_gives_nothing_away(name):
    for way, reason in EXERCISES[name].mistakes:
        where = f"{locations.words(name, reason)}, above this sentence:\n{way}\n"
        reply = replies(name)[way]
        assert "NameError" not in reply.text, f"{where}it uses a name that is not there:\n{reply}"
        assert reply.kind in ("wrong value", "wrong shape", "raises", "unstable"), (
            f"{where}is not a wrong answer ({reply.kind}): drop it, or write a case that refuses it in "
            f"{locations.entry(name)}"
        )
        assert reply.text.endswith(f"A likely reason: {reason}"), (
            f"{where}is told something else; put it above what wins, or drop it:\n{reply}"
        )
        assert reason[0].islower() or reason[0].isdigit(), f"{where}begin it in lower case"
        assert reason.endswith("?"), f"{where}end it in a question"
        assert gives_nothing_away(name, reply.text), f"{where}it gives the solution away"
        assert "gufunc" not in reply.text
