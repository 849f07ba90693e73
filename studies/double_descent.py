"""Lesson 09: the errors of least-norm fits to random ReLU features, by their number, and with decay.

The 1,000 training images are the same for all; a seed draws the features. With a weight decay the loss
is the mean squared error plus half the decay times the sum of squared weights.
"""

from collections.abc import Sequence

import numpy as np

from course import studies
from mnistlib import data, deep

WIDTHS = (100, 300, 600, 800, 900, 1000, 1100, 1300, 2000, 3000, 6000)
ROWS = [{"weight_decay": decay, "seed": seed} for decay in (0.0, 2e-3, 2e-2) for seed in range(5)]
ROWS += [{"weight_decay": 5e-3, "seed": 0, "widths": [100, 1000]}]
QUICK = len(ROWS) - 1


def run(weight_decay: float, seed: int, widths: Sequence[int] = WIDTHS) -> dict:
    """Fit the first features of one draw, in each number, and count the wrong answers."""
    mnist = data.load()
    (images, labels), (others, truth) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    x = data.scale(images[:1000])
    y = data.one_hot(labels[:1000])
    W1 = deep.initialise(np.random.default_rng(seed), [784, max(widths), 10], rule="He")[0]
    a1, fits, norms = deep.relu(x @ W1), [], []
    for width in widths:
        a = a1[:, :width]
        if weight_decay:
            U, s, Vt = np.linalg.svd(a, full_matrices=False)
            held = s / (s**2 + len(x) * weight_decay / 2)
            fits.append(Vt.T @ (held[:, None] * (U.T @ y)))
        else:
            fits.append(np.linalg.lstsq(a, y)[0])
        norms.append(float(np.linalg.norm(fits[-1])))
    wrong = np.zeros((len(widths), 5), dtype=int)  # among each 2,000 of the validation images
    for part in range(5):
        some = slice(2000 * part, 2000 * (part + 1))
        a1 = deep.relu(data.scale(others[some]) @ W1)
        for place, W2 in enumerate(fits):
            wrong[place, part] = ((a1[:, : len(W2)] @ W2).argmax(axis=1) != truth[some]).sum()
    return {"widths": list(widths), "wrong": wrong.tolist(), "norms": norms}


if __name__ == "__main__":
    studies.main()
