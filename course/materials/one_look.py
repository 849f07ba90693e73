"""The figure of lesson 12 that shows one look at a card."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import plotting


def draw_look(images: np.ndarray, weights: Sequence[float]) -> None:
    """Draw a card (9, 28, 28), and lines from query to keys and from values to mean, by weight.

    The weight that is written beside its line is the largest.
    """
    _, axis = plt.subplots(figsize=(6.5, 3.6))
    title = "One look: the thicker the line, the larger its pair's weight"
    plotting.card(images, title=title, axis=axis)
    axis.set(xlim=(-0.1, 7.4), ylim=(4.1, -0.75))
    axis.text(0.46, 2.8, "$q$", ha="center", fontsize=15)
    axis.text(5.8, 2.05, "$m$, the mean", fontsize=15)
    most = int(np.argmax(weights))
    axis.text(4.1, most, f"$w_{most + 1} = {weights[most]}$", fontsize=12)
    for i, weight in enumerate(weights):
        look = {"color": "0.4", "lw": 10 * weight, "solid_capstyle": "butt"}
        axis.plot([1.06, 1.62], [1.96, i + 0.46], **look)
        axis.plot([3.87, 5.7], [i + 0.46, 1.96], **look)
        below = i + (0.2 if i < 2 else 0.9)  # away from the line
        axis.text(1.45, below, f"$k_{i + 1}$", fontsize=12)
        axis.text(3.83, below, f"$v_{i + 1}$", fontsize=12)
