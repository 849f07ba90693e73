"""Right answers pass; blank and wrong ones are told apart, by the kind of the reply and its words."""

import ast
import functools
import re

import numpy as np
import pytest

from course import exercises
from course.exercises import EXERCISES, check, keep
from course.exercises.words import digits_apart, text_of
from course.materials.planted_bug import faulty_gradients

from . import locations
from .common import every_exercise, well_formed
from .handed_in import as_function_of_a_reader, named, right, unexplained, write

pytestmark = [pytest.mark.usefixtures("untouched"), pytest.mark.takes(seconds=20)]


@every_exercise
def test_the_reference_and_other_right_answers_are_right_and_wrong_ones_are_tried(name):
    exercise = EXERCISES[name]
    where = locations.words(name)
    bodies = right(name)[: 1 if name == "tune" else None]  # each of which trains a network
    for answer in (named(exercise.reference, name), *(write(name, body) for body in bodies)):
        reply = check(answer)
        assert reply.kind == "right", f"{where}, below right:\n{reply}"
        assert exercise.notice.rpartition("}")[2] in reply.text
    assert len({*exercise.right}) >= 3, (
        f"{where}: write right: at the end, and below it three right answers that are written "
        "differently"
    )
    examples = [each for objection in exercise.objections for each in objection.examples]
    assert len(exercise.mistakes) + len(examples) >= 4, f"{where}: write four wrong answers or more"
    assert len(exercise.hints) in (2, 3), f"{where}: write two lines `hint:` or three"
    assert exercise.notice, f"{where}: write a line `notice:`"


@every_exercise
def test_a_stub_is_not_attempted(name):
    for body in ("...", '"""Say what."""\n...\npass'):
        assert check(write(name, body)).kind == "not attempted"
    assert repr(keep(write(name, "..."))).startswith(f"my_{name}: not attempted.")


@every_exercise
def test_a_wrong_answer_without_a_sentence_gets_a_next_step(name):
    """What is said of each is stored: ``test_replies``."""
    for body in unexplained(name):
        reply = check(write(name, body))
        where = f"{locations.words(name)}, below unexplained:\n{body}\n{reply}"
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
            reply = check(as_function_of_a_reader(name, code))
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
        try:
            reply = check(as_function_of_a_reader(name, way))
        except SyntaxError as error:
            pytest.fail(f"{where}this is no Python: {error.msg}", pytrace=False)
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


def test_tiny_numbers_are_not_shown_as_0():
    assert text_of(np.array([1e-7, -3e-7])) == "[1e-07, -3e-07]"
    assert text_of(np.array([0.3, 1e-7])) == "[0.3, 0. ]"
    assert text_of(np.zeros(2)) == "[0., 0.]"


@pytest.mark.parametrize(
    ("wanted", "got", "digits"),
    [
        (2, 3.0, 4),
        (np.array([5, 0]), np.array([5.00001, 0]), 8),
        (5, 5.0, 16),
        (np.array([1e-12]), np.array([1e-13]), 4),
        (b"ab", "ab", 4),
    ],
)
def test_a_point_alone_tells_no_numbers_apart(wanted, got, digits):
    assert digits_apart(wanted, got) == digits


def test_one_hot_must_work_without_a_number_of_classes_as_the_librarys_does():
    reply = check(write("one_hot", "return np.eye(classes)[labels]", args="labels, classes"))
    assert reply.kind == "raises"
    assert reply.text.startswith("With labels = [7, 1]:\nTypeError: my_one_hot() missing 1")


def test_a_reply_shows_the_smallest_failing_input_and_no_reason_that_does_not_fit():
    reply = check(write("softmax", "return np.exp(z) / np.exp(z).sum() + 0.0 * z + 1e-3"))
    assert repr(reply) == (
        "my_softmax: wrong value. With z = [[0., 0.]]:\nwanted [[0.5, 0.5]]\ngot [[0.501, 0.501]]\n"
        "No entry is right. The first is row 0, column 0: wanted 0.5, got 0.501. Work this one out by "
        "hand: at which step does your answer differ?"
    )
    close = check(write("sigmoid", "return 1.00002 / (1 + np.exp(-z))"))
    assert close.text.startswith(
        "With z = [0.]:\nwanted [0.5]\ngot [0.50001]\nYou have 1.00002 times"
    )
    nearly = right("cross_entropy")[0].replace("return", "return 0.999985 *")
    closer = check(write("cross_entropy", nearly))
    assert "\nwanted 0.69314718\ngot 0.69313678\n" in closer.text
    html = check(write("softmax", 'raise ValueError("<b>&")'))._repr_html_()
    assert "With <code>z = [[0., 0.]]</code>:<br>ValueError: &lt;b&gt;&amp;<br>" in html
    well_formed(html)
    for reply in (
        check(write("softmax", "...")),
        close,
        check(write("softmax", right("softmax")[0])),
    ):
        assert re.search(r'style="border-left: 4px solid #[0-9a-f]{6};', reply._repr_html_())


def test_what_is_right_in_one_case_by_chance_is_not_called_right():
    body = "dW1, db1, dW2, db2 = faulty(parameters, x, y)\nreturn dW1, db1, dW2, db2 + 1"
    said = check(write("mended_gradients", body, faulty=faulty_gradients)).text
    assert "Right so far: dW1, dW2.\n" in said  # with one example db1 is right as well


def test_shapes_that_are_exchanged_in_one_case_by_chance_are_not_called_another_order():
    order = "You have the right shapes, but in a different order."
    lines = ["dw = (v * dm[:, None]).sum(axis=2)", "dv = w[:, :, None] * dm[:, None]"]
    exchanged = check(write("weighted_mean_backward", "\n".join([*lines, "return 3 * dv, dw"])))
    assert order in exchanged.text
    by_chance = check(write("weighted_mean_backward", "return 3 * dm * v, w"))
    assert "dw: wanted an array of shape (n, pairs) = (1, 2)" in by_chance.text
    assert order not in by_chance.text  # with one card of two pairs and two classes they fit


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("np.expp(z)", "NumPy has no `expp`. Did you mean `np.exp`?"),
        ("exp(z)", "`exp` is NumPy's. What must stand in front of it?"),
        ("z.summ()", "is that name spelt right, and what type is it at that moment?"),
        ("zz", "which line gives that name a value"),
        ("z + p", "`p` is an array of your notebook, made outside the function"),
        ("np.exp(my_log_softmax(z))", "`my_log_softmax`, which you call, is still `...`"),
    ],
)
def test_an_accident_with_a_name_is_called_by_its_name(line, words):
    unfinished = write("log_softmax", "...")
    answer = write("softmax", f"return {line}", p=np.ones((12, 10)), my_log_softmax=unfinished)
    assert words in check(answer).text
