"""Networks of any depth: a layer is a pair of functions, forward and backward. Lesson 07.

Parameters are a flat tuple of arrays, W1, b1, W2, b2 and so on. A :class:`MLP` network is a model as
:mod:`mnistlib.training` wants one: x are scaled pixels, shape (n, pixels), and y one-hot targets,
shape (n, classes). A gradient is shaped as what it belongs to. Shapes that disagree, and an empty
batch, raise a ValueError.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mnistlib import data, functions, network


class Activation(NamedTuple):
    """What a hidden layer does to its pre-activations: ``forward(z)`` and ``backward(da, a)``.

    ``backward`` takes the loss's gradient by the activations a and returns that by the
    pre-activations z; like the sigmoid's, each slope here is found from the value.
    """

    forward: Callable[[np.ndarray], np.ndarray]
    backward: Callable[[np.ndarray, np.ndarray], np.ndarray]


def relu(z: np.ndarray) -> np.ndarray:
    r"""Cut off what is negative: $\mathrm{relu}(z) = \max(z, 0)$.

    Derived in lesson 07, "A unit with a corner".
    """
    return np.maximum(z, 0)


def relu_backward(da: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Let the gradient through where the unit is active: $dz = da$ where $a > 0$, and 0 elsewhere.

    At the corner, z = 0, no derivative exists; 0 is taken. Derived in lesson 07, "A unit with
    a corner".
    """
    return da * (a > 0)


def tanh_backward(da: np.ndarray, a: np.ndarray) -> np.ndarray:
    r"""Carry the gradient back through $a = \tanh z$: $dz = da\,(1 - a^2)$.

    Derived in exercise 3.4 of lesson 03, and used in lesson 07.
    """
    return da * (1 - a**2)


def sigmoid_backward(da: np.ndarray, a: np.ndarray) -> np.ndarray:
    r"""Carry the gradient back through $a = \sigma(z)$: $dz = da\,a\,(1 - a)$.

    Derived in lesson 03.
    """
    return da * a * (1 - a)


#: Each activation by its name. The sigmoid is looked up when it is called, since
#: a reader's own may have taken its place.
ACTIVATIONS = {
    "sigmoid": Activation(lambda z: functions.sigmoid(z), sigmoid_backward),
    "tanh": Activation(np.tanh, tanh_backward),
    "relu": Activation(relu, relu_backward),
}


def initialise(
    rng: np.random.Generator, sizes: Sequence[int], *, rule: str = "He", dtype=np.float64
) -> tuple[np.ndarray, ...]:
    """Draw W1, b1, W2, b2, ...: weights by He's rule or "Glorot", and biases of 0.

    ``sizes`` are the pixels, the units of each hidden layer and the classes: ``[784, 128, 128, 10]``.
    Otherwise as :func:`mnistlib.network.draw_weights`.

    Raises:
        ValueError: fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"a network has at least two sizes, pixels and classes; got {list(sizes)}")
    parameters = []
    for inputs, outputs in pairwise(sizes):
        W = network.draw_weights(rng, inputs, outputs, rule=rule, dtype=dtype)
        parameters += [W, np.zeros(outputs, dtype)]
    return tuple(parameters)


@dataclass(frozen=True)
class MLP:
    """A network of any number of layers, with one activation between them.

    Raises:
        ValueError: an activation that is not one of :data:`ACTIVATIONS`.
    """

    activation: str = "relu"

    def __post_init__(self) -> None:
        """Refuse an activation that does not exist."""
        if self.activation not in ACTIVATIONS:
            names = ", ".join(ACTIVATIONS)
            raise ValueError(f"no activation is called {self.activation!r}; choose one of {names}")

    def prepare(self, images: np.ndarray, dtype=np.float64) -> np.ndarray:
        """Return images as rows of pixels from 0 to 1; see :func:`mnistlib.data.scale`."""
        return data.scale(images, dtype)

    def forward(self, parameters: Sequence[np.ndarray], x: np.ndarray) -> list[np.ndarray]:
        """Go through the layers: $A_0 = X$, $Z_m = A_{m-1} W_m + b_m$, $A_m = f(Z_m)$.

        Returned are $A_0$ to the last hidden layer's activations, and then the logits. Derived in
        lesson 07, "One loop for any depth".
        """
        value = ACTIVATIONS[self.activation].forward
        *hidden, (W, b) = _layers(parameters)
        kept = [x]
        for W_hidden, b_hidden in hidden:
            kept.append(value(kept[-1] @ W_hidden + b_hidden))
        return [*kept, kept[-1] @ W + b]

    def logits(self, parameters: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
        """Return the logits alone, shape (n, classes)."""
        return self.forward(parameters, x)[-1]

    def gradients(
        self, parameters: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray
    ) -> tuple[float, tuple[np.ndarray, ...]]:
        """Loss of a batch and its gradient by every parameter: backpropagation, layer by layer.

        From $dZ$ of the last layer back: $dW_m = A_{m-1}^T dZ_m$, $db_m$ the sum over its rows,
        $dA_{m-1} = dZ_m W_m^T$, and through the activation to $dZ_{m-1}$. Derived in lesson 07,
        "One loop for any depth".
        """
        backward = ACTIVATIONS[self.activation].backward
        *kept, z = self.forward(parameters, x)
        loss, dz = functions.cross_entropy_with_gradient(z, y)
        grads = []
        for (W, _), a in zip(reversed(_layers(parameters)), reversed(kept), strict=True):
            grads += [dz.sum(axis=0), a.T @ dz]
            if a is not x:
                dz = backward(dz @ W.T, a)
        return loss, tuple(reversed(grads))


def _layers(parameters: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (W, b) for each layer."""
    if not parameters or len(parameters) % 2:
        raise ValueError(f"parameters are W and b for each layer, got {len(parameters)} arrays")
    return list(zip(parameters[::2], parameters[1::2], strict=True))
