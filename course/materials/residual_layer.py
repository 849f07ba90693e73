"""The drawing of lesson 07: a residual layer, which its input can also go around."""

from itertools import pairwise

import matplotlib.pyplot as plt


def draw() -> None:
    """Draw both paths from a residual layer's input to its output."""
    figure, axis = plt.subplots(figsize=(6, 2.2))
    axis.set(xlim=(-0.6, 5.5), ylim=(-1, 1.6), title="Two paths from a layer's input to its output")
    axis.axis("off")
    style = {"ha": "center", "va": "center"}
    frame = {"boxstyle": "round,pad=0.5", "facecolor": "none", "edgecolor": "0.5"}
    texts = [(0, "$A_{m-1}$"), (2, "$f(A_{m-1} W_m + b_m)$"), (4, "+"), (5, "$A_m$")]
    boxes = [axis.text(place, 0, text, fontsize=14, bbox=frame, **style) for place, text in texts]

    figure.draw_without_rendering()  # until then nobody knows how wide the boxes are
    ends = [box.get_bbox_patch().get_window_extent() for box in boxes]
    ends = [box.transformed(axis.transData.inverted()) for box in ends]
    arrow = {"arrowstyle": "->", "lw": 2, "shrinkA": 0, "shrinkB": 0}
    for (before, after), color in zip(pairwise(ends), ["C0", "C0", "0.5"], strict=True):
        axis.annotate("", (after.x0, 0), (before.x1, 0), arrowprops={**arrow, "color": color})
    axis.plot([0, 0, 4], [ends[0].y1, 1.3, 1.3], lw=2, color="C1", solid_joinstyle="miter")
    axis.annotate("", (4, ends[2].y1), (4, 1.3), arrowprops={**arrow, "color": "C1"})
    axis.text(2, 0.8, "around: nothing is multiplied", color="C1", **style)
    axis.text(2, -0.6, "through the layer", color="C0", **style)
