"""The map of lesson 03's two passes."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from mnistlib import plotting


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
