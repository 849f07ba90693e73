"""Lesson 03's network on paper: numbers as one writes them, and a drawing that gives nothing away."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from course import pencil
from mnistlib import network, plotting

NET = network.Parameters(
    W1=np.array([[1.0, 2.0], [-2.0, -4.0]]),
    b1=np.array([0.0, np.log(3)]),
    W2=np.array([[1.0, -2.0], [2.0, 4.0]]),
    b2=np.array([np.log(3), 0.0]),
)
X, Y = np.array([[1.0, 0.5]]), np.array([[0.0, 1.0]])


def test_numbers_are_written_as_on_paper():
    numbers = [0, -9 / 64, 2 + np.log(3), np.log(3), np.log(4), 0.6905]
    assert list(map(pencil.write, numbers)) == [
        "0",
        "-9/64",
        "2 + log 3",
        "log 3",
        "log 4",
        "0.6905",
    ]


@pytest.mark.parametrize("filled", [True, False])
def test_the_drawing_holds_the_answers_only_when_it_is_filled(filled):
    axis = pencil.draw(NET, X, Y, filled=filled, title="t").axes[0]
    words = {text.get_text() for text in axis.texts}
    assert {"log 3", "-4", "1/2"} <= words  # what the reader is given
    assert ({"-9/64", "-3/4", "2 + log 3", "log 4"} <= words) == filled
    plt.close(axis.figure)


@pytest.mark.parametrize("hidden", [2, 3])
def test_the_sheet_writes_every_number_in_its_colour(hidden):
    shapes = {"x": 2, "W1": (2, hidden), "b1": hidden, "z1": hidden, "a1": hidden}
    shapes |= {"W2": (hidden, 2), "b2": 2, "z2": 2, "p": 2, "y": 2}
    count = iter(range(1, 1000))

    def numbered(shape):
        return np.array([next(count) for _ in range(np.prod(shape))], float).reshape(shape)

    values = {name: numbered(shape) for name, shape in shapes.items()}
    gradients = {"d" + name: numbered(values[name].shape) for name in list(shapes)[1:8]}
    values["loss"] = np.array(float(next(count)))
    figure = pencil.draw_sheet(values, gradients, title="t")
    texts = {(text.get_text(), text.get_color()) for text in figure.axes[0].texts}
    for name, array in values.items():
        words, colour = ("y = {}", "0.2") if name == "y" else ("{}", plotting.COLOURS[0])
        assert {(words.format(pencil.write(value)), colour) for value in array.ravel()} <= texts
    for array in gradients.values():
        assert {(pencil.write(value), plotting.COLOURS[1]) for value in array.ravel()} <= texts


def test_the_sheet_leaves_a_field_for_each_number_that_is_not_known():
    row, square = np.ones(2), np.ones((2, 2))
    values = {"x": row, "W1": square, "b1": row, "W2": square, "b2": row, "y": row}
    values |= {name: np.nan * row for name in ("z1", "a1", "z2", "p")} | {"loss": np.nan}
    gradients = {
        "d" + name: np.nan * values[name] for name in ("W1", "b1", "z1", "a1", "W2", "b2", "z2")
    }
    axis = pencil.draw_sheet(values, gradients, title="t").axes[0]
    edges = [field.get_edgecolor() for field in axis.patches]
    blue, orange = (mpl.colors.to_rgba(colour) for colour in plotting.COLOURS[:2])
    assert edges.count(blue) == 9
    assert edges.count(orange) == 8 + 10
    assert not any("nan" in text.get_text() for text in axis.texts)


def test_the_map_leads_from_the_loss_to_every_parameter_in_seven_steps():
    figure = pencil.draw_map()
    words = [text.get_text() for text in figure.axes[0].texts]
    steps = [word for word in words if word.startswith("step")]
    assert sorted(int(letter) for letter in "".join(steps) if letter.isdigit()) == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    ]
    assert {"$dW_2$, $db_2$", "$dW_1$, $db_1$", "$L$"} <= set(words)
    plt.close(figure)
