"""The sheet of lesson 03: right boxes are right, slips are named, what follows is credited."""

from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course import pencil
from mnistlib import network
from mnistlib.functions import softmax

NET = network.Parameters(
    W1=np.array([[1.0, 2.0], [-2.0, -4.0]]),
    b1=np.array([0.0, np.log(3)]),
    W2=np.array([[1.0, -2.0], [2.0, 4.0]]),
    b2=np.array([np.log(3), 0.0]),
)
X, Y = np.array([[1.0, 0.5]]), np.array([[0.0, 1.0]])
RIGHT = {
    "z1": [0, np.log(3)],
    "a1": [1 / 2, 3 / 4],
    "z2": [2 + np.log(3), 2],
    "p": [3 / 4, 1 / 4],
    "loss": np.log(4),
    "dz2": [3 / 4, -3 / 4],
    "dW2": [[3 / 8, -3 / 8], [9 / 16, -9 / 16]],
    "db2": [3 / 4, -3 / 4],
    "da1": [9 / 4, -3 / 2],
    "dz1": [9 / 16, -9 / 32],
    "dW1": [[9 / 16, -9 / 32], [9 / 32, -9 / 64]],
    "db1": [9 / 16, -9 / 32],
}


def check(sheet):
    return pencil.check(sheet, NET, X, Y)


def test_the_right_sheet_is_right():
    reply = check(RIGHT)
    assert {state for states in reply.boxes.values() for state in states} == {"right"}
    assert reply.advice == ["All 27 boxes are right."]


def test_the_gradients_are_those_of_the_library():
    _, grads = network.gradients(NET, X, Y)
    np.testing.assert_allclose(RIGHT["dW1"], grads.dW1)
    np.testing.assert_allclose(RIGHT["dW2"], grads.dW2)


def test_numbers_are_written_as_on_paper():
    numbers = [0, -9 / 64, 2 + np.log(3), np.log(3), 0.6905]
    assert list(map(pencil.write, numbers)) == ["0", "-9/64", "2 + log 3", "log 3", "0.6905"]


@pytest.mark.parametrize("filled", [True, False])
def test_the_drawing_holds_the_answers_only_when_it_is_filled(filled):
    axis = pencil.draw(NET, X, Y, filled=filled, title="t").axes[0]
    words = {text.get_text() for text in axis.texts}
    assert {"log 3", "-4", "1/2"} <= words  # what the reader is given
    assert ({"-9/64", "-3/4", "2 + log 3"} <= words) == filled
    plt.close(axis.figure)


@pytest.mark.parametrize("seed", range(5))
def test_another_network_is_judged_by_its_own_numbers(seed):
    rng = np.random.default_rng(seed)
    net = network.Parameters(*(rng.normal(size=value.shape) for value in NET))
    x = rng.random((1, 2))
    z1, a1, z2 = network.forward(net, x)
    loss, grads = network.gradients(net, x, Y)
    sheet = {
        "z1": z1,
        "a1": a1[0],
        "z2": z2[0].tolist(),
        "p": softmax(z2)[0],
        "loss": loss,
        "dz2": grads.db2,
        "dW2": grads.dW2.ravel(),
        "db2": grads.db2,
        "da1": net.W2 @ grads.db2,
        "dz1": grads.db1,
        "dW1": grads.dW1,
        "db1": grads.db1,
    }
    assert pencil.check(sheet, net, x, Y).advice == ["All 27 boxes are right."]


def test_what_is_not_filled_in_is_open():
    reply = check(
        {"z1": [0, ...], "a1": ..., "dW2": [[3 / 8, ...], [None, ...]], "dW1": [..., ...]}
    )
    assert reply.boxes["z1"] == ["right", "open"]
    assert reply.boxes["a1"] == ["open", "open"]
    assert reply.boxes["dW2"] == ["right", "open", "open", "open"]
    assert reply.boxes["dW1"] == ["open"] * 4
    assert reply.advice == []
    assert repr(reply).splitlines()[2] == "dW2   right, open  /  open, open"


def test_fractions_texts_and_rounded_numbers_count():
    reply = check(
        {"a1": ["1/2", Fraction(3, 4)], "da1": (2.25, "-1.5"), "dW1": [0.56, -0.28, 0.28, -0.14]}
    )
    assert reply.boxes["a1"] == ["right", "right"]
    assert reply.boxes["da1"] == ["right", "right"]
    assert reply.boxes["dW1"] == ["right"] * 4


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("z1", 0),
        ("z1", [0]),
        ("z1", [0, 1, 2]),
        ("z1", "zero"),
        ("z1", {"first": 0}),
        ("z1", object()),
        ("loss", [1, 2]),
        ("dW2", [[1, 2]]),
        ("dW2", [[1], [2]]),
        ("dW2", np.zeros((3, 2))),
    ],
)
def test_another_shape_is_said_and_nothing_fails(name, answer):
    [sentence] = check({name: answer}).advice
    assert sentence == f"{name}: wanted are {pencil.WANTED[pencil.SHAPES[name]]}."


@pytest.mark.parametrize(
    "cell",
    [
        "three",
        "",
        "1/0",
        True,
        1j,
        float("nan"),
        float("inf"),
        object(),
        {},
        b"1",
        10**400,
        "1e999",
    ],
)
def test_what_is_no_number_is_said_and_nothing_fails(cell):
    reply = check({"a1": [1 / 2, cell]})
    assert reply.boxes["a1"] == ["right", "no number"]
    assert reply.advice[0].startswith("a1, second: ")
    assert reply.advice[0].endswith(" is not a number.")


@pytest.mark.parametrize("sheet", [None, ..., [], "z1", 3])
def test_what_is_no_sheet_is_said(sheet):
    assert repr(check(sheet)) == 'A sheet is a dictionary, as in {"z1": [0, ...]}.'


def test_an_unknown_name_is_said():
    assert check({"dw2": ...}).advice == ["No box is called 'dw2'. Is it dW2?"]
    assert check({7: ...}).advice == ["No box is called 7."]


def with_box(name, place, number):
    """Return the right sheet with one box changed."""
    array = np.array(RIGHT[name], dtype=float)
    array.flat[place] = number
    return {**RIGHT, name: array}


@pytest.mark.parametrize(
    ("name", "place", "number", "said"),
    [
        ("z1", 1, 0, "bias"),
        ("a1", 1, np.log(3), "That is z"),
        ("a1", 1, 3 / 16, "That is the slope"),
        ("a1", 1, 1 / 4, "below the line"),
        ("z2", 0, 2, "bias"),
        ("p", 0, 1 / 4, "larger logit"),
        ("loss", 0, -np.log(4), "sign"),
        ("loss", 0, 1 / 4, "surprise"),
        ("loss", 0, np.log(4 / 3), "Which class"),
        ("dz2", 1, 1 / 4, "What is subtracted"),
        ("dz2", 1, 3 / 4, "sign"),
        ("dW2", 1, 1 / 8, "Is the other factor p"),
        ("dW2", 1, 3 / 2, "weight itself"),
        ("dW2", 3, 9 / 16, "sign"),
        ("dW2", 2, -3 / 8, "Row: the unit"),
        ("db2", 0, 0.75 * np.log(3), "the 1 that comes in"),
        ("da1", 1, 3 / 2, "one road"),
        ("da1", 1, -3, "one road"),
        ("da1", 1, -9 / 2, "row of W2"),
        ("dz1", 1, -3 / 2, "slope"),
        ("dz1", 1, -9 / 8, "half of it"),
        ("dz1", 1, -3 / 8, "quarter"),
        ("dW1", 2, 9 / 16, "pixel"),
        ("dW1", 3, -3 / 4, "da1, or dz1"),
        ("dW1", 0, 7, "What came in, the pixel"),
        ("db1", 1, -9 / 32 * np.log(3), "the 1 that comes in"),
        ("db1", 0, 9 / 4, "da1, or dz1"),
    ],
)
def test_a_likely_slip_is_named(name, place, number, said):
    reply = check(with_box(name, place, number))
    assert reply.boxes[name][place] == "not yet"
    [sentence] = [each for each in reply.advice if each.startswith(name)]
    assert said in sentence


def test_what_follows_rightly_from_a_slip_is_credited():
    slip = {**RIGHT, "da1": [9 / 4, 3 / 2], "dz1": [9 / 16, 9 / 32]}
    slip["dW1"] = [[9 / 16, 9 / 32], [9 / 32, 9 / 64]]
    reply = check(slip)
    assert reply.boxes["da1"] == ["right", "not yet"]
    assert reply.boxes["dz1"] == ["right", "follows"]
    assert reply.boxes["dW1"] == ["right", "follows", "right", "follows"]
    assert reply.advice[-1] == "What follows was computed rightly from da1: mend that first."


def test_only_the_slips_that_something_follows_from_are_to_be_mended():
    slips = {**RIGHT, "a1": [1 / 2, 1 / 4], "z2": [1 + np.log(4), 1], "dW2": [[9, 9], [9, 9]]}
    slips.update(p=[4 / 5, 1 / 5], loss=np.log(5))
    reply = check(slips)
    assert reply.boxes["p"] == ["follows", "follows"]
    assert reply.boxes["loss"] == ["follows"]
    assert reply.advice[-1] == "What follows was computed rightly from z2: mend that first."


def test_what_follows_from_two_slips_names_both():
    slips = {**RIGHT, "a1": [1 / 2, 1 / 2], "dz2": [3 / 4, 3 / 4]}
    slips["dW2"] = [[3 / 8, 3 / 8], [3 / 8, 3 / 8]]
    reply = check(slips)
    assert reply.boxes["dW2"] == ["right", "follows", "follows", "follows"]
    assert reply.advice[-1] == "What follows was computed rightly from a1 and dz2: mend that first."


def test_a_second_slip_after_the_first_is_not_credited():
    reply = check({**RIGHT, "da1": [9 / 4, 3 / 2], "dz1": [9 / 16, 3 / 2]})
    assert reply.boxes["dz1"] == ["right", "not yet"]
    assert any("slope" in sentence for sentence in reply.advice)


def test_an_absurd_slip_does_no_harm():
    for wild in (0, -1, 1e300, -1e300):
        for name in pencil.SHAPES:
            reply = check({**RIGHT, name: np.full(pencil.SHAPES[name], wild)})
            assert "not yet" in reply.boxes[name] or (name, wild) == ("z1", 0)


def test_every_line_fits_a_phone():
    for name in pencil.SHAPES:
        for number in (99, 0.5, "a text that goes on and on and does not end for a long time"):
            sheet = {**RIGHT, name: np.full(pencil.SHAPES[name], number, dtype=object), "x" * 99: 0}
            assert max(map(len, repr(check(sheet)).splitlines())) <= 70


def test_every_name_has_its_rule_its_slips_and_a_place_to_look():
    assert list(pencil.RULES) == list(pencil.SLIPS) == list(pencil.LOOK) == list(pencil.SHAPES)
