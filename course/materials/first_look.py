"""What lesson 00 needs for its pictures: a table of answers, and a digit drawn by its corners."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

#: Points of a stroke between two of its corners; so many that they cannot be told apart.
PATH_POINTS = 60


def show_answers(
    images: np.ndarray,
    labels: np.ndarray,
    rows: Mapping[object, tuple[np.ndarray, np.ndarray]],
    *,
    title: str,
    ylabel: str = "",
) -> Figure:
    """Draw images (n, 28, 28), and below each the answers to it: a row for each name in ``rows``.

    A row holds the answers and how sure each is, from 0 to 1, which is how blue. A right answer is
    bold and has a tick.
    """
    heights = {"height_ratios": [1, 0.55 * len(rows)]}
    figure, axes = plt.subplots(2, 1, figsize=(5.6, 1.2 + 0.44 * len(rows)), gridspec_kw=heights)
    strip = np.concatenate([np.pad(image, 2) for image in images], axis=1)
    axes[0].imshow(strip, cmap="gray_r", aspect="auto")
    axes[0].set_axis_off()
    axes[0].set_title(title)
    confidences = np.array([confidence for _, confidence in rows.values()])
    axes[1].imshow(confidences, cmap="Blues", vmin=0, vmax=1.8, aspect="auto")
    for row, (answers, _) in enumerate(rows.values()):
        for column, (answer, label) in enumerate(zip(answers, labels, strict=True)):
            style = {"ha": "center", "va": "center"}
            weight = "bold" if answer == label else "normal"
            axes[1].text(column, row, answer, fontweight=weight, **style)
            if answer == label:  # a tick that nobody takes for a root's sign
                axes[1].text(column + 0.27, row, "✓", family="DejaVu Sans", fontsize=10, **style)
    axes[1].set(yticks=range(len(rows)), yticklabels=rows, xticks=[], ylabel=ylabel)
    axes[1].tick_params(length=0)
    axes[1].grid(False)
    axes[1].spines[:].set_visible(False)
    return figure


def draw(corners: Sequence[tuple[float, float]], pen: float = 1.7) -> np.ndarray:
    """Return an image (28, 28) of a soft line through corners, each a column and a row."""
    row, column = np.mgrid[0:28, 0:28]
    distance = np.full((28, 28), np.inf)
    for begin, end in pairwise(np.array(corners, float)):
        for part in np.linspace(0, 1, PATH_POINTS):
            x, y = begin + part * (end - begin)
            distance = np.minimum(distance, np.hypot(column - x, row - y))
    return (255 * np.clip(pen - distance, 0, 1)).astype(np.uint8)


def centred(image: np.ndarray) -> np.ndarray:
    """Return the image, moved so that the middle of its ink is in row 14 and column 14.

    Ink that leaves on one side does not come back on the other.
    """
    ink = image.astype(float)
    middle = (np.indices((28, 28)) * ink).sum(axis=(1, 2)) / max(ink.sum(), 1)
    down, right = np.round(14 - middle).astype(int)
    with_margin = np.pad(image, 28)
    return np.roll(with_margin, (down, right), axis=(0, 1))[28:-28, 28:-28]
