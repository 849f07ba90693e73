"""Lesson 03 on paper: the network of twelve numbers, filled or empty, and the map of the two passes."""

from collections.abc import Mapping
from fractions import Fraction

import matplotlib.pyplot as plt
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
    hidden = {"da1": parameters.W2 @ grads.b2, "dz1": grads.b1}  # of one example
    by_parameter = {f"d{name}": value for name, value in grads._asdict().items()}
    gradients = {"dz2": grads.b2, **hidden, **by_parameter}
    if not filled:
        values, gradients = (
            {name: np.full_like(value, np.nan) for name, value in numbers.items()}
            for numbers in (values, gradients)
        )
    return draw_sheet(given | values, gradients, title=title)


def draw_sheet(
    values: Mapping[str, np.ndarray],
    gradients: Mapping[str, np.ndarray],
    *,
    title: str,
) -> Figure:
    """Draw a small network with every number in it: values in blue, the loss's gradient in orange.

    From the pixels at the top to the loss at the bottom; a line is a weight, a box a unit. Where a
    number is NaN an empty field is drawn, to be filled in. ``values`` has the arrays x, W1, b1, z1,
    a1, W2, b2, z2, p and y of one example, and the loss; ``gradients`` has dW1, db1, dz1, da1, dW2, db2
    and dz2. Used in lesson 03.
    """
    figure, axis = plt.subplots(figsize=(5, 6.9))
    heights = {"x": 11.5, "a1": 7.1, "p": 2.3}
    places = {name: np.linspace(2, 8, len(values[name])) for name in heights}

    def text(x, y, words, colour="black", **options):
        options = {"ha": "center", "va": "center", "zorder": 5, **options}
        axis.text(x, y, words, color=colour, **options)

    def entry(x, y, number, colour, **options):
        """Write a number, or draw a field to write it in."""
        if not np.isnan(number):
            text(x, y, write(number), colour, **options)
            return
        right = options.get("ha") == "right"
        corner = (x - (1.2 if right else 0.6), y - 0.2)
        field = plt.Rectangle(corner, 1.2, 0.4, fc="white", ec=colour, linewidth=0.9, zorder=5)
        axis.add_patch(field)

    def box(x, y, rows):
        """Draw a unit: for each row its name, its value, its gradient."""
        height = 0.55 * len(rows) + 0.25
        corner = (x - 2.2, y - height / 2)
        axis.add_patch(plt.Rectangle(corner, 4.4, height, fc="white", ec="0.3", zorder=4))
        for row, (name, value, back) in enumerate(rows):
            level = y + 0.55 * ((len(rows) - 1) / 2 - row)
            text(x - 2.05, level, name, ha="left")
            entry(x + 0.1, level, value, plotting.COLOURS[0])
            if isinstance(back, str):
                text(x + 2.05, level, back, "0.2", ha="right")
            else:
                entry(x + 2.05, level, back, plotting.COLOURS[1], ha="right")

    for above, below, name in [("x", "a1", "W1"), ("a1", "p", "W2")]:
        for (start, end), weight in np.ndenumerate(values[name]):
            x, y = (places[above][start], places[below][end]), (heights[above], heights[below])
            axis.plot(x, y, color="0.75", linewidth=1.2, zorder=1)
            along = 0.55 if x[0] == x[1] else 0.36
            x, y = x[0] + along * (x[1] - x[0]), y[0] + along * (y[1] - y[0])
            ground = {"bbox": {"fc": "white", "ec": "none", "pad": 1}, "zorder": 2}
            entry(x, y + 0.22, weight, plotting.COLOURS[0], **ground)
            entry(x, y - 0.22, gradients["d" + name][start, end], plotting.COLOURS[1], **ground)
    for j, x in enumerate(places["x"]):
        box(x, heights["x"], [(f"x[{j}]", values["x"][j], "")])
    for j, x in enumerate(places["a1"]):
        rows = [(f"{n}[{j}]", values[n][j], gradients["d" + n][j]) for n in ("b1", "z1", "a1")]
        box(x, heights["a1"], rows)
    for k, x in enumerate(places["p"]):
        rows = [(f"{n}[{k}]", values[n][k], gradients["d" + n][k]) for n in ("b2", "z2")]
        target = f"y = {write(values['y'][k])}"
        box(x, heights["p"], [*rows, (f"p[{k}]", values["p"][k], target)])
        axis.plot((x, 5), (heights["p"], 0.45), color="0.75", linewidth=1.2, zorder=1)
    box(5, 0.45, [("loss", values["loss"], "")])
    text(0.2, 12.7, "blue: value", plotting.COLOURS[0], ha="left")
    text(9.8, 12.7, "orange: the loss's gradient", plotting.COLOURS[1], ha="right")
    axis.set(title=title, xlim=(-0.3, 10.3), ylim=(0, 13))
    axis.set_axis_off()
    return figure


def draw_map() -> Figure:
    """Draw the two passes through a network with one hidden layer, and where each step leads.

    On the left the values run down, in blue; in the middle and on the right the gradients run up, in
    orange. Used in lesson 03.
    """
    blue, orange = plotting.COLOURS[:2]
    figure, axis = plt.subplots(figsize=(5.2, 6.2))
    axis.set(title="Values down, gradients up, in seven steps", xlim=(0, 10), ylim=(0.3, 11.6))
    axis.set_axis_off()

    def box(x, y, words, colour):
        frame = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour}
        axis.text(x, y, words, color=colour, ha="center", va="center", bbox=frame, zorder=3)

    def arrow(start, end, colour):
        shrink = {"shrinkA": 16, "shrinkB": 14}
        line = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, **shrink}
        axis.annotate("", end, start, arrowprops=line)

    values = [  # each with its shape, and what makes the next one of it
        ("X", "(n, 784)", "$W_1, b_1$"),
        ("Z_1", "(n, 128)", "sigmoid"),
        ("A_1", "(n, 128)", "$W_2, b_2$"),
        ("Z_2", "(n, 10)", "softmax"),
        ("P", "(n, 10)", "cross-\nentropy\nwith $Y$"),
    ]
    heights = [11, 9, 7, 5, 3]
    for height, (name, shape, below) in zip(heights, values, strict=True):
        box(2, height, f"${name}$ {shape}", blue)
        arrow((2, height), (2, height - 2), blue)
        axis.text(1.8, height - 1, below, color=blue, ha="right", va="center")
        if name in ("Z_1", "A_1", "Z_2"):
            box(5.4, height, f"$d{name}$", orange)
    box(2, 1, "$L$", blue)
    arrow((2, 1), (5.4, 5), orange)
    axis.text(4.3, 2.9, "step 1", color=orange)
    for height, step in [(5, "step 4"), (7, "step 5")]:
        arrow((5.4, height), (5.4, height + 2), orange)
        axis.text(5.55, height + 1, step, color=orange, va="center")
    for height, layer, steps in [(5, 2, "steps 2, 3"), (9, 1, "steps 6, 7")]:
        arrow((5.4, height), (8.2, height), orange)
        axis.text(6.9, height + 0.25, steps, color=orange, ha="center")
        box(8.9, height, f"$dW_{layer}$, $db_{layer}$", orange)
    return figure
