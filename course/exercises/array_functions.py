"""Functions of arrays that a wrong answer may have used: on its arguments, or on the right result.

They stand here once more, since the library's own may be replaced by a reader's.
"""

from collections.abc import Callable

import numpy as np

#: Ways to make one number of many; each takes an array and an axis.
REDUCTIONS: dict[str, Callable] = {
    "sum": np.sum,
    "mean": np.mean,
    "largest": np.max,
    "smallest": np.min,
    "first": lambda a, axis: np.take(a, 0, axis),
    "last": lambda a, axis: np.take(a, -1, axis),
}


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return the sigmoid of every entry."""
    return 1 / (1 + np.exp(-z))


def softmax(z: np.ndarray) -> np.ndarray:
    """Return a softmax along each row."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
