"""Pictures for the lessons. They show arrays; they compute nothing that a lesson teaches.

Lines have a colour-blind-safe cycle. Amounts are drawn as ink on a white ground, from none to much, so
that they still stand out where a dark page turns the figure over.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager
from matplotlib.figure import Figure

#: Okabe and Ito's colours, which every kind of colour vision can tell apart, in an order of contrast.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]


def _page_letters() -> list[str]:
    """Return the family of the pages' own letters, for matplotlib to use; none if it isn't installed."""
    try:
        import font_source_serif_pro as letters
    except ImportError:
        return []
    for path in letters.font_files_otf.values():
        font_manager.fontManager.addfont(path)
    family = "Source Serif Pro"
    plt.rcParams.update(
        {
            "mathtext.fontset": "custom",
            "mathtext.rm": family,
            "mathtext.it": f"{family}:italic",
            "mathtext.bf": f"{family}:bold",
            "mathtext.cal": f"{family}:italic",  # else matplotlib looks for a font that few have
            "mathtext.fallback": "stix",
        }
    )
    return [family]


def use_style() -> None:
    """Set the look of every figure that follows: sizes for a page and a phone, safe colours."""
    plt.rcParams.update(
        {
            "figure.figsize": (6.5, 4),
            "figure.dpi": 110,
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            # The pages' own letters, from their package, and matplotlib's for signs that they lack,
            # such as a tick: the same on every computer.
            "font.family": [*_page_letters(), "DejaVu Serif", "DejaVu Sans"],
            "font.size": 13,
            "axes.titlesize": 14.5,
            "axes.titlelocation": "left",
            "axes.prop_cycle": plt.cycler(color=COLOURS),
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
        ValueError: no images.
    """
    if not len(images):
        raise ValueError("there is no image to draw")
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


def card(images: np.ndarray, *, title: str, axis: plt.Axes) -> None:
    """Draw one card (2p + 1, 28, 28): the question image, and its pairs of key image and value image.

    Used in lesson 12.
    """
    pairs = len(images) // 2
    middle = (pairs - 1) / 2

    def put(image: np.ndarray, x: float, y: float) -> None:
        extent = (x, x + 0.92, y + 0.92, y)
        axis.imshow(image, cmap="gray_r", extent=extent, interpolation="nearest")
        axis.add_patch(plt.Rectangle((x, y), 0.92, 0.92, fill=False, ec="0.6"))

    put(images[0], 0, middle)
    for i in range(pairs):
        put(images[1 + 2 * i], 1.7, i)
        put(images[2 + 2 * i], 2.85, i)
    axis.text(0, middle - 0.15, "question\nimage", fontsize=12)
    axis.text(1.7, -0.15, "key\nimage", fontsize=12)
    axis.text(2.85, -0.15, "value\nimage", fontsize=12)
    axis.set(xlim=(-0.1, 4.3), ylim=(pairs + 0.1, -0.9), aspect="equal")
    axis.set_title(title, fontsize=12)
    axis.axis("off")


def curves(
    x: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    axis: plt.Axes,
) -> plt.Axes:
    """Draw a line for each name in ``lines``, its values at ``x``; return the axis drawn on.

    Used from lesson 02 on.
    """
    for name, values in lines.items():
        axis.plot(x, values, label=name)
    axis.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if len(lines) > 1:
        axis.legend()
    return axis


def network(image: np.ndarray, a1: np.ndarray, p: np.ndarray, *, title: str) -> Figure:
    """Draw a network at work: an image, some hidden units, and the probability of each class.

    Of the activations ``a1``, from 0 to 1, the first eight are drawn. Used in lesson 02.
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
    unit: dict[str, Any] = {"s": 170, "edgecolors": "black", "cmap": "gray_r", "vmin": 0, "vmax": 1}
    axis.scatter([5] * 8, hidden, c=a1[:8], **unit)
    axis.scatter([7.4] * len(p), output, c=p, **unit)
    axis.barh(output, 1.6 * p, left=8.2, height=0.3, color=COLOURS[0])
    for digit, (y, value) in enumerate(zip(output, p, strict=True)):
        axis.text(7.8, y, str(digit), va="center")
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
