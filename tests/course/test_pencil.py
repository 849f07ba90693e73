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
    assert not any("nan" in word for word in words)
    edges = [field.get_edgecolor() for field in axis.patches]
    for colour, empty in zip(plotting.COLOURS, (9, 8 + 10), strict=False):  # values, gradients
        assert edges.count(mpl.colors.to_rgba(colour)) == (0 if filled else empty)
    plt.close(axis.figure)
