"""The network: 784 pixels, 128 hidden sigmoid units, 10 classes. Lesson 03 derives every line.

Everything is a function of the parameters and a batch: x, scaled pixels, shape (n, pixels), of the
parameters' dtype, and y, one-hot targets, shape (n, classes). A gradient is shaped as what it belongs
to. Shapes that disagree, and an empty batch, raise a ValueError.

The module is a model as :mod:`mnistlib.training` wants one: ``prepare``, ``logits`` and
``gradients``.
"""

from typing import NamedTuple

import numpy as np

from mnistlib import data, functions


class Parameters(NamedTuple):
    """What the network learns.

    W1 (pixels, hidden), b1 (hidden,), W2 (hidden, classes), b2 (classes,).
    """

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


class Activations(NamedTuple):
    """What a forward pass computes on the way: z1 and a1 (n, hidden), the logits z2 (n, classes)."""

    z1: np.ndarray
    a1: np.ndarray
    z2: np.ndarray


#: How far from 0 a starting weight may lie, by a rule's name, from its layer's inputs and outputs.
LIMITS = {
    "Glorot": lambda inputs, outputs: np.sqrt(6 / (inputs + outputs)),
    "He": lambda inputs, outputs: np.sqrt(6 / inputs),
}


def draw_weights(
    rng: np.random.Generator, inputs: int, outputs: int, *, rule: str, dtype=np.float64
) -> np.ndarray:
    r"""Draw one layer's starting weights, (inputs, outputs), uniform between minus a limit and it.

    The limit is $\sqrt{6 / (\text{inputs} + \text{outputs})}$ by Glorot's rule and
    $\sqrt{6 / \text{inputs}}$ by He's, and the variance a third of its square. Every network of the
    course begins here: ``initialise`` of each draws its weights in order, in ``dtype``, float64 or,
    for speed, float32, and sets its biases to 0.

    Raises:
        ValueError: an unknown rule.
        TypeError: a dtype of integers, in which every weight would be 0.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010; He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015. Derived in lesson
    07, "How large should the weights be?".
    """
    if rule not in LIMITS:
        raise ValueError(f"no rule is called {rule!r}; choose one of {', '.join(LIMITS)}")
    limit = LIMITS[rule](inputs, outputs)
    return rng.uniform(-limit, limit, (inputs, outputs)).astype(dtype, casting="same_kind")


def initialise(rng: np.random.Generator, *, hidden: int = 128, dtype=np.float64) -> Parameters:
    """Draw Glorot's weights, and biases of 0; the same generator draws the same network.

    Otherwise as :func:`draw_weights`.
    """
    return Parameters(
        W1=draw_weights(rng, 784, hidden, rule="Glorot", dtype=dtype),
        b1=np.zeros(hidden, dtype),
        W2=draw_weights(rng, hidden, 10, rule="Glorot", dtype=dtype),
        b2=np.zeros(10, dtype),
    )


def prepare(images: np.ndarray, dtype=np.float64) -> np.ndarray:
    """Return images as rows of pixels from 0 to 1, shape (n, 784); see :func:`mnistlib.data.scale`."""
    return data.scale(images, dtype)


def forward(parameters: Parameters, x: np.ndarray) -> Activations:
    r"""Go from pixels to logits: $Z_1 = X W_1 + b_1$, $A_1 = \sigma(Z_1)$, $Z_2 = A_1 W_2 + b_2$.

    All three are returned: the backward pass needs them. Derived in lesson 03, "The real size".
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


def logits(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return the logits alone, shape (n, classes); otherwise as :func:`forward`."""
    return forward(parameters, x).z2


def layer_gradients(inputs: np.ndarray, dz: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Gradients of one layer's weights and biases: $dW = A^T dZ$, $db = \sum_i dz_i$ (sum over rows).

    ``inputs`` are A, what came into the layer, shape (n, inputs), and ``dz`` is (n, outputs).
    Derived in lesson 03, "Backward".
    """
    return inputs.T @ dz, dz.sum(axis=0)


def hidden_gradient(dz2: np.ndarray, W2: np.ndarray, a1: np.ndarray) -> np.ndarray:
    r"""Carry the gradient back to the hidden layer's Z: $dZ_1 = dZ_2 W_2^T \odot A_1 \odot (1 - A_1)$.

    Derived in lesson 03, "Backward, through the hidden layer".
    """
    da1 = dz2 @ W2.T
    return da1 * a1 * (1 - a1)


def gradients(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> tuple[float, Parameters]:
    """Loss of a batch, and its gradient by every parameter, under that one's name: backpropagation.

    The loss is the cross-entropy. From $dZ_2$ to $dW_2, db_2$, to $dZ_1$, to $dW_1, db_1$. Derived
    in lesson 03, "Backward".
    """
    _, a1, z2 = forward(parameters, x)
    _, _, W2, _ = parameters
    loss, dz2 = functions.cross_entropy_with_gradient(z2, y)
    dW2, db2 = layer_gradients(a1, dz2)
    dz1 = hidden_gradient(dz2, W2, a1)
    dW1, db1 = layer_gradients(x, dz1)
    return loss, Parameters(dW1, db1, dW2, db2)


def predict(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return the class with the largest logit for each row of ``x``: int64, shape (n,).

    The softmax keeps the order of a row's logits, so the answer does not need it. Explained in
    lesson 03, "The real size".
    """
    return logits(parameters, x).argmax(axis=1)
