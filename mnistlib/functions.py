"""Sigmoid, softmax and the two losses, with their derivatives. Lesson 02 derives every line.

Rows are examples. Inputs are arrays of floats, whose dtype is kept, or anything that NumPy can turn
into float64. Shapes are written (n, classes): n examples. Whatever holds no real numbers raises a
TypeError; shapes that disagree, and an empty batch, a ValueError.
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
    """Return ``z`` and its targets ``y`` as floats, after checking that their shapes agree."""
    z, y = _floats(z), _floats(y)
    if z.ndim != 2 or z.shape != y.shape:
        hint = "Are the labels one-hot? data.one_hot(labels) makes them so."
        if z.ndim == y.ndim == 2 and len(z) == len(y) and y.shape[1] > 1:
            hint = f"{name} tells {z.shape[1]} classes apart, and y {y.shape[1]}."
        raise ValueError(
            f"{name} and y must both have shape (n, classes), one row for each example; got "
            f"{z.shape} and {y.shape}. {hint}"
        )
    if not len(z):
        raise ValueError("the batch is empty, and a mean over no examples is not defined")
    return z, y


def sigmoid(z) -> np.ndarray:
    r"""Squash every number into (0, 1): $\sigma(z) = 1 / (1 + e^{-z})$.

    Written with $e = e^{-|z|}$, which cannot overflow, as $1 / (1 + e)$ for $z \ge 0$ and
    $e / (1 + e)$ for $z < 0$: the same number.

    Args:
        z: numbers, any shape.

    Returns:
        An array shaped as ``z``, values in [0, 1].

    Derived in lesson 02, "A stable sigmoid".
    """
    z = _floats(z)
    e = np.exp(-np.abs(z))  # at most 1: nothing overflows
    above = np.maximum(e, z >= 0)  # e where z < 0, and elsewhere 1, for which True counts
    return above / (1 + e)


def sigmoid_derivative(z) -> np.ndarray:
    r"""Slope of the sigmoid at ``z``: $\sigma'(z) = \sigma(z)\,(1 - \sigma(z))$.

    Written as $e^{-|z|} / (1 + e^{-|z|})^2$, which is the same number (the slope is an even
    function), and stays exact where $1 - \sigma(z)$ would round to 0.

    Args:
        z: numbers, any shape: the sigmoid's input, not its value.

    Returns:
        An array shaped as ``z``, values in [0, 1/4] to rounding.

    Derived in lesson 02, "The slope of the sigmoid".
    """
    e = np.exp(-np.abs(_floats(z)))
    return e / (1 + e) ** 2


def softmax(z) -> np.ndarray:
    r"""Turn each row of scores into probabilities: $p_k = e^{z_k} / \sum_l e^{z_l}$.

    The row's maximum is subtracted first: that changes no probability, and no exponential can
    overflow.

    Args:
        z: logits, shape (n, classes) or (classes,); the last axis runs over the classes.

    Returns:
        Probabilities shaped as ``z``; each row sums to 1.

    Derived in lesson 02, "From scores to probabilities".
    """
    z = _floats(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z) -> np.ndarray:
    r"""Logarithm of the softmax: $\log p_k = z_k - \log \sum_l e^{z_l}$.

    Finite even where the probability itself is too small for a float and rounds to 0.

    Args:
        z: logits, shape (n, classes) or (classes,); the last axis runs over the classes.

    Returns:
        Log-probabilities shaped as ``z``, values at most 0.

    Derived in lesson 02, "Cross-entropy".
    """
    z = _floats(z)
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_jacobian(p) -> np.ndarray:
    r"""All derivatives of one softmax: $\partial p_k / \partial z_l = p_k (\delta_{kl} - p_l)$.

    As a matrix, where p is a row, $J = \mathrm{diag}(p) - p^T p$: symmetric, every row sums to 0.

    Args:
        p: the probabilities of one example, shape (classes,).

    Returns:
        The Jacobian, shape (classes, classes).

    Derived in lesson 02, "The Jacobian".
    """
    p = _floats(p)
    if p.ndim != 1:
        raise ValueError(f"one example at a time: expected shape (classes,), got {p.shape}")
    return np.diag(p) - np.outer(p, p)


def softmax_backward(p, dp) -> np.ndarray:
    r"""Carry a gradient back through the softmax: $dz = dp\,J = p \odot (dp - \sum_l p_l\,dp_l)$.

    The product with each row's Jacobian, without building it.

    Args:
        p: probabilities, shape (n, classes).
        dp: the loss's gradient by ``p``, shape (n, classes).

    Returns:
        The loss's gradient by the logits, shape (n, classes).

    Derived in lesson 02, "The Jacobian".
    """
    p, dp = _floats(p), _floats(dp)
    if p.shape != dp.shape:
        raise ValueError(f"p and dp must have one shape, got {p.shape} and {dp.shape}")
    return p * (dp - (p * dp).sum(axis=-1, keepdims=True))


def cross_entropy(z, y) -> float:
    r"""Mean surprise at the right answers: $L = -\frac{1}{n} \sum_i \sum_k y_{ik} \log p_{ik}$.

    Takes the logits, not the probabilities, so that no probability of 0 is ever logged.

    Args:
        z: logits, shape (n, classes).
        y: one-hot targets, shape (n, classes).

    Returns:
        The loss, in nats, at least 0; $\ln 10$ for a network with ten classes that knows nothing.

    Derived in lesson 02, "Cross-entropy".
    """
    z, y = _rows(z, y)
    return float(-(y * log_softmax(z)).sum() / len(z))


def cross_entropy_gradient(z, y) -> np.ndarray:
    r"""Gradient of the cross-entropy by the logits: $\partial L / \partial z = (p - y) / n$.

    Args:
        z: logits, shape (n, classes).
        y: one-hot targets, shape (n, classes). That each row sums to 1 is what makes the formula true.

    Returns:
        The gradient, shape (n, classes); each row sums to 0.

    Derived in lesson 02, "Why the gradient is p - y".
    """
    z, y = _rows(z, y)
    return (softmax(z) - y) / len(z)


def cross_entropy_with_gradient(z, y) -> tuple[float, np.ndarray]:
    r"""Cross-entropy and its gradient by the logits, from one log-softmax: what a step needs.

    $L = -\frac{1}{n} \sum_i \sum_k y_{ik} \log p_{ik}$ and $\partial L / \partial z = (p - y) / n$.

    Args:
        z: logits, shape (n, classes).
        y: one-hot targets, shape (n, classes).

    Returns:
        What :func:`cross_entropy` and :func:`cross_entropy_gradient` return, to rounding.

    Derived in lesson 02, "Why the gradient is p - y".
    """
    z, y = _rows(z, y)
    log_p = log_softmax(z)
    return float(-(y * log_p).sum() / len(z)), (np.exp(log_p) - y) / len(z)


def squared_error(p, y) -> float:
    r"""Mean squared distance to the targets: $L = \frac{1}{n} \sum_i \sum_k (p_{ik} - y_{ik})^2$.

    Args:
        p: probabilities, shape (n, classes).
        y: one-hot targets, shape (n, classes).

    Returns:
        The loss, between 0 and 2.

    Met in lesson 06.
    """
    p, y = _rows(p, y, "p")
    return float(((p - y) ** 2).sum() / len(p))


def squared_error_gradient(p, y) -> np.ndarray:
    r"""Gradient of the squared error by the probabilities: $\partial L/\partial p = 2 (p - y) / n$.

    To go on to the logits, pass it to :func:`softmax_backward`.

    Args:
        p: probabilities, shape (n, classes).
        y: one-hot targets, shape (n, classes).

    Returns:
        The gradient, shape (n, classes).

    Met in lesson 06.
    """
    p, y = _rows(p, y, "p")
    return 2 * (p - y) / len(p)
