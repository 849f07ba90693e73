"""Sigmoid, softmax and the two losses, with their derivatives. Lesson 02 derives every line.

Logits z, probabilities p and one-hot targets y have shape (n, classes): a row is an example. The
softmax takes a single row of shape (classes,), too, and the sigmoid any shape. A result or a gradient
is shaped as what it belongs to; a loss is one float.

Inputs are arrays of floats, whose dtype is kept, or anything that NumPy can turn into float64.
Anything that does not hold real numbers raises a TypeError; shapes that disagree, and an empty batch,
raise a ValueError.
"""

import numpy as np


def _floats(x) -> np.ndarray:
    """Return ``x`` as an array of floats; integers become float64 (uint8 would wrap around)."""
    x = np.asarray(x)
    kind = x.dtype.kind
    if kind not in "fiu":
        raise TypeError(f"expected real numbers, got an array of {x.dtype}")
    return x if kind == "f" else x.astype(np.float64)


def _rows(z, y, name: str = "z") -> tuple[np.ndarray, np.ndarray]:
    """Return ``z`` and its targets ``y`` as floats of z's dtype, after checking their shapes."""
    z, y = _floats(z), _floats(y)
    if z.ndim != 2 or z.shape != y.shape:
        if z.ndim != 2 or y.ndim != 2 or y.shape[1] == 1:
            hint = "Are the labels one-hot? data.one_hot(labels) makes them so."
        elif len(z) != len(y):
            hint = f"{name} has {len(z)} rows, and y {len(y)}."
        else:
            hint = f"{name} tells {z.shape[1]} classes apart, and y {y.shape[1]}."
        raise ValueError(
            f"{name} and y must both have shape (n, classes), one row for each example; got "
            f"{z.shape} and {y.shape}. {hint}"
        )
    if not len(z):
        raise ValueError("the batch is empty, and a mean over no examples is not defined")
    return z, y.astype(z.dtype, copy=False)


def sigmoid(z) -> np.ndarray:
    r"""Squash every number into [0, 1]: $\sigma(z) = 1 / (1 + e^{-z})$.

    For $z < 0$ computed as $e^z / (1 + e^z)$, the same number, so that nothing overflows. Derived
    in lesson 02, "A stable sigmoid".
    """
    z = _floats(z)
    e = np.exp(-np.abs(z))  # at most 1: nothing overflows
    above = np.maximum(e, z >= 0)  # e where z < 0, and elsewhere 1, for which True counts
    return above / (1 + e)


def softmax(z) -> np.ndarray:
    r"""Turn each row of logits into probabilities: $p_k = e^{z_k} / \sum_l e^{z_l}$.

    The row's maximum is subtracted first: that changes no probability, and no exponential can
    overflow. Derived in lesson 02, "From logits to probabilities".
    """
    z = _floats(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z) -> np.ndarray:
    r"""Logarithm of the softmax, at most 0: $\log p_k = z_k - \log \sum_l e^{z_l}$.

    Finite even where the probability itself is too small for a float and rounds to 0. Derived in
    lesson 02, "Cross-entropy".
    """
    z = _floats(z)
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_backward(p, dp) -> np.ndarray:
    r"""Carry a gradient back through the softmax: $dz = dp\,J = p \odot (dp - \sum_l p_l\,dp_l)$.

    The product with each row's Jacobian, without building it. Derived in lesson 02, "The Jacobian".
    """
    p, dp = _floats(p), _floats(dp)
    if p.shape != dp.shape:
        raise ValueError(f"p and dp must have one shape, got {p.shape} and {dp.shape}")
    return p * (dp - (p * dp).sum(axis=-1, keepdims=True))


def cross_entropy(z, y) -> float:
    r"""Mean surprise at the right answers, in nats: $L = -\frac{1}{n} \sum_i \sum_k y_{ik} \log p_{ik}$.

    Takes the logits, not the probabilities, so that no probability of 0 is ever logged. Derived in
    lesson 02, "Cross-entropy".
    """
    z, y = _rows(z, y)
    return float(-(y * log_softmax(z)).sum() / len(z))


def cross_entropy_gradient(z, y) -> np.ndarray:
    r"""Gradient of the cross-entropy by the logits: $\partial L / \partial z = (p - y) / n$.

    True because each row of y sums to 1. Derived in lesson 02, "The gradient of the cross-entropy".
    """
    z, y = _rows(z, y)
    return (softmax(z) - y) / len(z)


def cross_entropy_with_gradient(z, y) -> tuple[float, np.ndarray]:
    """Cross-entropy and its gradient by the logits, from one log-softmax: what a step needs.

    To rounding, :func:`cross_entropy` and :func:`cross_entropy_gradient`. Derived in lesson 02,
    "The gradient of the cross-entropy".
    """
    z, y = _rows(z, y)
    log_p = log_softmax(z)
    return float(-(y * log_p).sum() / len(z)), (np.exp(log_p) - y) / len(z)


def squared_error(p, y) -> float:
    r"""Mean squared distance, from 0 to 2: $L = \frac{1}{n} \sum_i \sum_k (p_{ik} - y_{ik})^2$.

    Met in lesson 06.
    """
    p, y = _rows(p, y, "p")
    return float(((p - y) ** 2).sum() / len(p))


def squared_error_gradient(p, y) -> np.ndarray:
    r"""Gradient of the squared error by the probabilities: $\partial L/\partial p = 2 (p - y) / n$.

    :func:`softmax_backward` carries it on to the logits. Met in lesson 06.
    """
    p, y = _rows(p, y, "p")
    return 2 * (p - y) / len(p)
