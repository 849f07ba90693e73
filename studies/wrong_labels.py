"""Lesson 09: least-norm fits to random features as in ``double_descent``, with wrong labels.

The same 1,000 training images, and for each seed the same features. A fifth of the labels is drawn
anew, each of the ten classes as likely as any other, by the seed. Results are by weight decay.
"""

import numpy as np

from course import studies
from mnistlib import data, deep

WIDTHS = (100, 300, 600, 800, 900, 1000, 1100, 1300, 2000, 3000, 6000)
DECAYS = (0.0, 2e-2, 2e-1)
ROWS = [{"features": width, "seed": seed} for width in WIDTHS for seed in range(5)]
QUICK = ROWS.index({"features": 300, "seed": 0})


def drawn_anew(labels: np.ndarray, seed: int) -> np.ndarray:
    """Return labels, a fifth of them drawn at random."""
    rng = np.random.default_rng(100 + seed)
    labels = labels.copy()
    anew = rng.permutation(len(labels))[: len(labels) // 5]
    labels[anew] = rng.integers(10, size=len(anew))
    return labels


def run(features: int, seed: int) -> dict:
    """Fit one number of features with each decay, and count the wrong answers."""
    mnist = data.load()
    (images, labels), (others, truth) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    x = data.scale(images[:1000])
    y = data.one_hot(drawn_anew(labels[:1000], seed))
    W1 = deep.initialise(np.random.default_rng(seed), [784, max(WIDTHS), 10], rule="He")[0]
    W1 = W1[:, :features]
    left, s, right = np.linalg.svd(deep.relu(x @ W1), full_matrices=False)
    s, left, right = (part[: (s > 1e-9 * s[0]).sum()] for part in (s, left.T, right))
    fits = []
    for decay in DECAYS:
        instead = s / (s**2 + len(x) * decay / 2)  # of 1 / s
        fits.append(right.T @ (instead[:, None] * (left @ y)))
    wrong = np.zeros(len(DECAYS), dtype=int)
    for start in range(0, len(others), 2000):
        some = slice(start, start + 2000)
        a = deep.relu(data.scale(others[some]) @ W1)
        for place, W in enumerate(fits):
            wrong[place] += ((a @ W).argmax(axis=1) != truth[some]).sum()
    return {
        "decays": list(DECAYS),
        "wrong": wrong.tolist(),
        "norms": [float(np.linalg.norm(W)) for W in fits],
    }


if __name__ == "__main__":
    studies.main()
