"""Pictures for the lessons. They show arrays; they compute nothing that a lesson teaches.

Lines have a colour-blind-safe cycle. Amounts are drawn as ink on a white ground, from none to much, so
that they still stand out where a dark page turns the figure over.
"""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

#: Okabe and Ito's colours, which every kind of colour vision can tell apart, in an order of contrast.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]
_CYCLE = plt.cycler(color=COLOURS)


def use_style() -> None:
    """Set the look of every figure that follows: sizes for a page and a phone, safe colours."""
    plt.rcParams.update(
        {
            "figure.figsize": (6.5, 4),
            "figure.dpi": 110,
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            # Of the fonts that matplotlib brings, which are the same on every computer, the nearest to
            # the pages' own; and one for signs that it lacks, such as a tick.
            "font.family": ["DejaVu Serif", "DejaVu Sans"],
            "mathtext.fontset": "dejavuserif",
            "font.size": 12,
            "axes.titlesize": 13,
            "axes.titlelocation": "left",
            "axes.prop_cycle": _CYCLE,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "lines.linewidth": 2,
            "legend.frameon": False,
        }
    )
    if "inline" in plt.get_backend():  # Jupyter's
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina")  # four dots for one, which a good screen and paper show


def digits(
    images: np.ndarray,
    captions: Sequence[object] | None = None,
    *,
    columns: int = 10,
    title: str = "",
) -> Figure:
    """Draw images (n, 28, 28) in a grid, dark on white, each on its own scale from 0 to its maximum.

    A caption stands above each image; ``title`` says what to see. Used from lesson 01 on.

    Raises:
        ValueError: no images, or as many captions as images are not given.
    """
    if not len(images):
        raise ValueError("there is no image to draw")
    if captions is not None and len(captions) != len(images):
        raise ValueError(f"{len(images)} images need as many captions, got {len(captions)}")
    rows = -(-len(images) // columns)
    columns = min(columns, len(images))
    side = 6.5 / max(columns, 4)
    height = rows * (side + (0.3 if captions is not None else 0)) + (0.4 if title else 0)
    figure, axes = plt.subplots(rows, columns, figsize=(side * columns, height), squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for i, (axis, image) in enumerate(zip(axes.flat, images, strict=False)):
        axis.imshow(image, cmap="gray_r", vmin=0)
        if captions is not None:
            axis.set_title(str(captions[i]), fontsize=12, loc="center", pad=3)
    figure.suptitle(title, fontsize=13, x=0.01, ha="left")
    return figure


def curves(
    x: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    axis: plt.Axes | None = None,
    **options,
) -> plt.Axes:
    """Draw a line for each name in ``lines``, its values at ``x``; return the axis drawn on.

    Without an ``axis`` it is that of a new figure. ``options`` are passed on to matplotlib's
    ``plot``. Used from lesson 02 on.
    """
    axis = axis if axis is not None else plt.subplots()[1]
    for name, values in lines.items():
        axis.plot(x, values, label=name, **options)
    axis.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if len(lines) > 1:
        axis.legend()
    return axis


def confusion(matrix: np.ndarray, *, title: str) -> plt.Axes:
    """Draw a confusion matrix, its diagonal left blank so that the mistakes can be seen.

    A row is a label, a column an answer. Used in lesson 04.
    """
    mistakes = np.array(matrix)
    np.fill_diagonal(mistakes, 0)
    axis = plt.subplots(figsize=(6, 5.4))[1]
    axis.imshow(mistakes, cmap="Blues")
    for (row, column), count in np.ndenumerate(mistakes):
        if row != column:
            full = count > 0.6 * mistakes.max()
            axis.text(
                column, row, count, ha="center", va="center", color="white" if full else "black"
            )
    ticks = range(len(mistakes))
    axis.set(title=title, xlabel="answer", ylabel="label", xticks=ticks, yticks=ticks)
    axis.grid(False)
    return axis


def weights(matrix: np.ndarray, *, columns: int = 8, title: str = "") -> Figure:
    """Draw each column of a matrix (784, m) as an image: brown below zero, violet above, white at 0.

    Used in lesson 04.
    """
    images = matrix.T.reshape(-1, 28, 28)
    rows = -(-len(images) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(0.9 * columns, 0.9 * rows + 0.4), squeeze=False
    )
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, image in zip(axes.flat, images, strict=False):
        limit = np.abs(image).max()
        axis.imshow(image, cmap="PuOr", vmin=-limit, vmax=limit)
    figure.suptitle(title, fontsize=13, x=0.01, ha="left")
    return figure


def network(image: np.ndarray, a1: np.ndarray, p: np.ndarray, *, title: str) -> Figure:
    """Draw a network at work: an image, some hidden units, and the probability of each class.

    Of the activations ``a1``, from 0 to 1, the first eight are drawn. Used in lessons 02 and 04.
    """
    # Small, so that a phone shows its letters large. Many thin lines make a heavy file; at this
    # resolution it stays below 100 kB.
    figure, axis = plt.subplots(figsize=(5.6, 3.6), dpi=112)
    axis.imshow(image, cmap="gray_r", extent=(0, 3, -1.5, 1.5))
    hidden, output = np.linspace(2, -2, 8), np.linspace(2.3, -2.3, len(p))
    for y in hidden:
        axis.plot([3.1, 5], [0, y], color="0.8", linewidth=1, zorder=0)
        for y_out in output:
            axis.plot([5, 7.4], [y, y_out], color="0.85", linewidth=0.6, zorder=0)
    unit = {"s": 170, "edgecolors": "black", "cmap": "gray_r", "vmin": 0, "vmax": 1}
    axis.scatter([5] * 8, hidden, c=a1[:8], **unit)
    axis.scatter([7.4] * len(p), output, c=p, **unit)
    axis.barh(output, 1.6 * p, left=8.2, height=0.3, color=COLOURS[0])
    for digit, (y, value) in enumerate(zip(output, p, strict=True)):
        axis.text(7.8, y, digit, va="center")
        axis.text(8.3 + 1.6 * value, y, f"{value:.2f}", va="center")
    layers = [
        (1.5, f"{image.size} pixels"),
        (5, f"8 of {len(a1)} hidden units"),
        (8, f"{len(p)} classes"),
    ]
    for x, name in layers:
        axis.text(x, -3, name, ha="center")
    axis.text(4, 1.5, r"$W_1, b_1$", ha="center")
    axis.text(6.2, 2.5, r"$W_2, b_2$", ha="center")
    axis.set(title=title, xlim=(-0.2, 10.6), ylim=(-3.3, 2.9), aspect="equal")
    axis.set_axis_off()
    return figure


def values_and_blame(
    values: Mapping[str, np.ndarray],
    blame: Mapping[str, np.ndarray],
    *,
    title: str,
    write: Callable[[float], str],
) -> Figure:
    """Draw a small network with every number in it: values in blue, the loss's gradient in orange.

    From the pixels at the top to the loss at the bottom; a line is a weight, a box a unit. Where a
    number is NaN an empty field is drawn, to be filled in. ``values`` has the arrays x, W1, b1, z1,
    a1, W2, b2, z2, p and y of one example, and the loss; ``blame`` has dW1, db1, dz1, da1, dW2, db2
    and dz2; ``write`` turns a number into words. Used in lesson 03.
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
        """Draw a unit: for each row its letter, its value, its gradient."""
        height = 0.55 * len(rows) + 0.25
        corner = (x - 1.9, y - height / 2)
        axis.add_patch(plt.Rectangle(corner, 3.8, height, fc="white", ec="0.3", zorder=4))
        for row, (letter, value, back) in enumerate(rows):
            level = y + 0.55 * ((len(rows) - 1) / 2 - row)
            text(x - 1.7, level, letter, ha="left")
            entry(x - 0.3, level, value, COLOURS[0])
            if isinstance(back, str):
                text(x + 1.75, level, back, "0.2", ha="right")
            else:
                entry(x + 1.75, level, back, COLOURS[1], ha="right")

    for above, below, name in [("x", "a1", "W1"), ("a1", "p", "W2")]:
        for (start, end), weight in np.ndenumerate(values[name]):
            x, y = (places[above][start], places[below][end]), (heights[above], heights[below])
            axis.plot(x, y, color="0.75", linewidth=1.2, zorder=1)
            along = 0.55 if x[0] == x[1] else 0.36
            x, y = x[0] + along * (x[1] - x[0]), y[0] + along * (y[1] - y[0])
            ground = {"bbox": {"fc": "white", "ec": "none", "pad": 1}, "zorder": 2}
            entry(x, y + 0.22, weight, COLOURS[0], **ground)
            entry(x, y - 0.22, blame["d" + name][start, end], COLOURS[1], **ground)
    for j, x in enumerate(places["x"]):
        box(x, heights["x"], [("$x$", values["x"][j], "")])
    for j, x in enumerate(places["a1"]):
        names = [("$b_1$", "b1"), ("$z_1$", "z1"), ("$a_1$", "a1")]
        rows = [(letter, values[n][j], blame["d" + n][j]) for letter, n in names]
        box(x, heights["a1"], rows)
    for k, x in enumerate(places["p"]):
        names = [("$b_2$", "b2"), ("$z_2$", "z2")]
        rows = [(letter, values[n][k], blame["d" + n][k]) for letter, n in names]
        target = f"$y$ = {write(values['y'][k])}"
        box(x, heights["p"], [*rows, ("$p$", values["p"][k], target)])
        axis.plot((x, 5), (heights["p"], 0.45), color="0.75", linewidth=1.2, zorder=1)
    box(5, 0.45, [("loss", values["loss"], "")])
    text(0.2, 12.7, "blue: value", COLOURS[0], ha="left")
    text(9.8, 12.7, "orange: the loss's gradient", COLOURS[1], ha="right")
    axis.set(title=title, xlim=(0, 10), ylim=(0, 13))
    axis.set_axis_off()
    return figure
