"""The square of lesson 07: four activation functions, and what five layers of each learn in an epoch."""

import matplotlib.pyplot as plt
import numpy as np

from course.materials.depth_studies import at_best_rate
from mnistlib import deep

#: Row by row: on the right the activations are centred on 0; the slope at 0 is 1/4 above, 1 below.
SQUARE = [["sigmoid", "sigmoid - 1/2"], ["tanh + 1", "tanh"]]


def draw(half: list[dict], depth: list[dict]) -> None:
    """Draw each function, and above it the accuracies of the studies' three seeds at its best rate.

    ``half`` and ``depth`` are the rows of the studies of these names. The functions themselves are
    those in ``deep.ACTIVATIONS``.
    """
    figure, axes = plt.subplots(
        2, 2, figsize=(6.2, 4.7), sharex=True, sharey=True, layout="constrained"
    )
    figure.suptitle(
        "Stuck only at the top left\n(% right after one epoch, seeds 0, 1 and 2)", x=0.02, ha="left"
    )
    z = np.linspace(-4, 4, 201)
    near = np.array([-0.8, 0.8])
    axes[0, 0].set(xticks=[-4, -2, 0, 2, 4], yticks=[-1, 0, 1, 2])
    for name, axis in zip(np.ravel(SQUARE), axes.flat, strict=True):
        if name == "sigmoid":
            _, accuracies = at_best_rate(depth, start="sigmoid, Glorot", hidden_layers=5)
        else:
            _, accuracies = at_best_rate(half, activation=name)
        function = deep.ACTIVATIONS[name]
        height = function.forward(np.array(0.0))
        slope = function.backward(1.0, height)
        axis.plot(z, function.forward(z), lw=2)
        axis.plot(near, height + slope * near, "--", lw=2, color="C1")
        axis.plot(0, height, "o", color="C1")
        scores = ", ".join(f"{accuracy:.1f}" for accuracy in accuracies)
        axis.set_title(f"{name.replace('-', '−')}\n{scores}")
    for axis, text in zip(axes[0], ["not centred on 0", "centred on 0"], strict=True):
        axis.annotate(
            text,
            xy=(0, 1),
            xytext=(0, 46),
            xycoords="axes fraction",
            textcoords="offset points",
            style="italic",
        )
    for axis in axes[1]:
        axis.set_xlabel("$z$")
    for axis, text in zip(axes[:, 0], ["slope at 0: 1/4", "slope at 0: 1"], strict=True):
        axis.set_ylabel(f"{text}\n$f(z)$")
