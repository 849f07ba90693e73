"""Lesson 03's network of twelve numbers on paper: its drawing, with the answers or with empty fields."""

from fractions import Fraction

import numpy as np
from matplotlib.figure import Figure

from mnistlib import functions, network, plotting


def write(number: float) -> str:
    """Write a number as on paper: a small fraction, perhaps plus log 3 or 4; else four decimals."""
    for extra, name in [(0, ""), (np.log(3), "log 3"), (np.log(4), "log 4")]:
        fraction = Fraction(number - extra).limit_denominator(64)
        if abs(number - extra - fraction) < 1e-6:
            parts = [str(fraction)] if fraction or not name else []
            return " + ".join([*parts, name] if name else parts)
    return f"{number:.4f}"


def draw(
    parameters: network.Parameters, x: np.ndarray, y: np.ndarray, *, filled: bool, title: str
) -> Figure:
    """Draw the network with all its numbers, or with an empty field for each answer.

    Args:
        parameters: of a network of two pixels, two hidden units and two classes.
        x: its pixels, shape (1, 2).
        y: the one-hot target, shape (1, 2).
        filled: whether the answers are shown.
        title: what to see in the picture.

    Used in lesson 03.
    """
    z1, a1, z2 = (array[0] for array in network.forward(parameters, x))
    _, grads = network.gradients(parameters, x, y)
    given = {"x": x[0], "y": y[0], **parameters._asdict()}
    loss = functions.cross_entropy(z2[np.newaxis], y)
    values = {"z1": z1, "a1": a1, "z2": z2, "p": functions.softmax(z2), "loss": loss}
    hidden = {"da1": parameters.W2 @ grads.db2, "dz1": grads.db1}  # of one example
    blame = {"dz2": grads.db2, **hidden, **grads._asdict()}
    if not filled:
        values, blame = (
            {name: np.full_like(value, np.nan) for name, value in numbers.items()}
            for numbers in (values, blame)
        )
    return plotting.values_and_blame(given | values, blame, title=title, write=write)
