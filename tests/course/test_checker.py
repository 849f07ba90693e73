"""Right answers pass; blank and wrong ones are told apart, by the kind of the reply and its words."""

import re

import numpy as np
import pytest

from course.exercises import check, keep
from course.exercises.texts import GENERAL
from course.exercises.words import digits_apart, text_of
from course.materials.planted_bug import faulty_gradients
from mnistlib import functions, gradcheck

from .common import well_formed
from .handed_in import right, write

pytestmark = pytest.mark.usefixtures("untouched")


@pytest.mark.parametrize("body", ["...", '"""Say what."""\n...\npass', "return None"])
def test_a_stub_is_not_attempted(body):
    assert check(write("softmax", body)).kind == "not attempted"
    assert repr(keep(write("softmax", body))).startswith("my_softmax: not attempted.")


LOOPING_WHERE_ONE_MAY = "return relative_error(gradient, np.stack([row for row in key(f, u)]))"


@pytest.mark.parametrize(
    ("name", "body", "habits"),
    [
        ("accuracy", "return np.mean(p.argmax(axis=1) == labels)", []),
        ("accuracy", "return np.mean([row.argmax() for row in p] == labels)", ["a loop"]),
        ("label_header", "return [int.from_bytes(raw[i : i + 4]) for i in (0, 4)]", []),
        ("sigmoid", "with np.errstate(over='ignore'):\n    return key(z)", ["errstate"]),
        ("check_gradient", LOOPING_WHERE_ONE_MAY, ["relative_error"]),
    ],
)
def test_a_right_answer_is_asked_about_habits_that_the_solution_does_not_have(name, body, habits):
    key = functions.sigmoid if name == "sigmoid" else gradcheck.central_difference
    reply = check(write(name, body, key=key, relative_error=gradcheck.relative_error))
    assert reply.kind == "right"
    assert reply.questions == tuple(GENERAL["habits"][habit] for habit in habits)


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


@pytest.mark.parametrize(
    "asked", ["np.zeros_like(x)", "x[:, ::-1]", "x[:, [0, 2, 1, 4, 3, 6, 5, 8, 7]]"]
)
def test_odd_questions_of_a_right_answer_to_looks_are_its_own_affair(asked):
    assert check(write("looks", f"answer({asked})\n{right('looks')[1]}")).kind == "right"
