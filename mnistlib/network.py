"""The network: 784 pixels, 128 hidden sigmoid units, 10 classes. Lesson 03 derives every line.

Everything is a function of the parameters and the batch: arrays in, arrays out.
"""

from typing import NamedTuple

import numpy as np

from mnistlib import functions


class Parameters(NamedTuple):
    """What the network learns, or the loss's gradient by it, in the same shapes.

    With d pixels, m hidden units and k classes: W1 (d, m), b1 (m,), W2 (m, k), b2 (k,).
    """

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


class Activations(NamedTuple):
    """What a forward pass computes on the way: z1 and a1 (n, m), the logits z2 (n, k)."""

    z1: np.ndarray
    a1: np.ndarray
    z2: np.ndarray


def initialise(
    rng: np.random.Generator,
    *,
    pixels: int = 784,
    hidden: int = 128,
    classes: int = 10,
    dtype=np.float64,
) -> Parameters:
    r"""Draw the parameters to start from: Glorot's weights, and biases of 0.

    Each weight is uniform in $\pm\sqrt{6 / (d_{in} + d_{out})}$.

    Args:
        rng: where the chance comes from; the same generator gives the same network.
        pixels: numbers in one example, d.
        hidden: units in the hidden layer, m.
        classes: classes to tell apart, k.
        dtype: float64, or float32 for speed.

    Returns:
        The parameters.

    Raises:
        ValueError: a size is below 1.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010. Explained in lesson 03, "Where to start".
    """
    if min(pixels, hidden, classes) < 1:
        raise ValueError(f"sizes must be at least 1, got {pixels}, {hidden}, {classes}")

    def glorot(fan_in: int, fan_out: int) -> np.ndarray:
        limit = np.sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)

    return Parameters(
        W1=glorot(pixels, hidden),
        b1=np.zeros(hidden, dtype),
        W2=glorot(hidden, classes),
        b2=np.zeros(classes, dtype),
    )


def forward(parameters: Parameters, x: np.ndarray) -> Activations:
    r"""Go from pixels to logits: $Z_1 = X W_1 + b_1$, $A_1 = \sigma(Z_1)$, $Z_2 = A_1 W_2 + b_2$.

    Args:
        parameters: the network's parameters.
        x: scaled pixels, shape (n, d), of the parameters' dtype.

    Returns:
        Every intermediate result; the backward pass needs them.

    Raises:
        ValueError: ``x`` does not have d columns.

    Derived in lesson 03, "Forward".
    """
    W1, b1, W2, b2 = parameters
    if x.ndim != 2 or x.shape[1] != len(W1):
        raise ValueError(
            f"x must have shape (n, {len(W1)}), one row for each image, got {x.shape}; "
            "data.scale(images) makes such rows"
        )
    z1 = x @ W1 + b1
    a1 = functions.sigmoid(z1)
    z2 = a1 @ W2 + b2
    return Activations(z1, a1, z2)


def _cross_entropy(z2: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    log_p = functions.log_softmax(z2)
    return float(-(y * log_p).sum() / len(y)), (np.exp(log_p) - y) / len(y)


def _squared_error(z2: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    p = functions.softmax(z2)
    dp = functions.squared_error_gradient(p, y)
    return functions.squared_error(p, y), functions.softmax_backward(p, dp)


#: Each loss by its name: from logits and targets, the loss and its gradient by the logits.
LOSSES = {"cross-entropy": _cross_entropy, "squared error": _squared_error}


def gradients(
    parameters: Parameters, x: np.ndarray, y: np.ndarray, loss: str = "cross-entropy"
) -> tuple[float, Parameters]:
    r"""Loss of a batch, and its gradient by every parameter: backpropagation.

    $dW_2 = A_1^T dZ_2$, $db_2 = \sum_i dz_{2,i}$, $dA_1 = dZ_2 W_2^T$,
    $dZ_1 = dA_1 \odot A_1 \odot (1 - A_1)$, $dW_1 = X^T dZ_1$, $db_1 = \sum_i dz_{1,i}$.

    Args:
        parameters: the network's parameters.
        x: scaled pixels, shape (n, d).
        y: one-hot targets, shape (n, k).
        loss: "cross-entropy" or "squared error".

    Returns:
        The loss, and the gradients in the parameters' shapes.

    Raises:
        ValueError: an unknown loss, an empty batch, or shapes that disagree.

    Derived in lesson 03, "Backward".
    """
    if loss not in LOSSES:
        raise ValueError(f"no loss is called {loss!r}; choose one of {', '.join(LOSSES)}")
    _, a1, z2 = forward(parameters, x)
    if not len(x):
        raise ValueError("the batch is empty, and a mean over no examples is not defined")
    if y.shape != z2.shape:
        raise ValueError(f"y must have shape {z2.shape}, as the logits have, got {y.shape}")
    value, dz2 = LOSSES[loss](z2, y)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ parameters.W2.T
    dz1 = da1 * a1 * (1 - a1)
    dW1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    return value, Parameters(dW1, db1, dW2, db2)


def predict(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return the class with the largest logit for each row of ``x``.

    The softmax keeps the order of a row's logits, so the answer does not need it.

    Args:
        parameters: the network's parameters.
        x: scaled pixels, shape (n, d).

    Returns:
        Class numbers, int64, shape (n,).

    Raises:
        ValueError: ``x`` does not have d columns.

    Explained in lesson 03, "Forward".
    """
    return forward(parameters, x).z2.argmax(axis=1)
