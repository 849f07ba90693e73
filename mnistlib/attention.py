"""One look at the company: scores, a softmax over the pairs, a weighted mean. Lesson 12 derives it.

A *card* is 2p + 1 images in a row: the image that is asked about, and then p pairs, each a key and
beside it a value. The answer is the value whose key shows the same digit as the image asked about.

Everything is a function of the parameters and a batch: x, centred pixels, shape (n, 2p + 1, 784), and
y, one-hot targets, shape (n, 10). One network takes any number of pairs. A gradient is shaped as what
it belongs to. Shapes that disagree, and an empty batch, raise a ValueError.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mnistlib import data, functions, network

#: The mean of all training pixels, scaled to 0 ... 1.
MEAN_PIXEL = 0.1307


class Parameters(NamedTuple):
    """What the network learns.

    W1 (pixels, hidden) and b1 (hidden,) turn each image into features; Wq and Wk (hidden, d) turn
    these into queries and keys, and Wv (hidden, classes) into values; b2 (classes,).
    """

    W1: np.ndarray
    b1: np.ndarray
    Wq: np.ndarray
    Wk: np.ndarray
    Wv: np.ndarray
    b2: np.ndarray


class Activations(NamedTuple):
    """What a forward pass computes on the way.

    The features a (n, 2p + 1, hidden), the queries q (n, d), the keys k (n, p, d), the values v
    (n, p, classes), the attention weights w (n, p), and the logits z (n, classes).
    """

    a: np.ndarray
    q: np.ndarray
    k: np.ndarray
    v: np.ndarray
    w: np.ndarray
    z: np.ndarray


def initialise(
    rng: np.random.Generator,
    *,
    hidden: int = 64,
    d: int = 16,
    dtype=np.float64,
) -> Parameters:
    """Draw He's weights, and biases of 0; otherwise as :func:`mnistlib.network.draw_weights`.

    ``d`` is the length of a query and of a key.
    """

    def he(inputs: int, outputs: int) -> np.ndarray:
        return network.draw_weights(rng, inputs, outputs, rule="He", dtype=dtype)

    return Parameters(
        W1=he(784, hidden),
        b1=np.zeros(hidden, dtype),
        Wq=he(hidden, d),
        Wk=he(hidden, d),
        Wv=he(hidden, 10),
        b2=np.zeros(10, dtype),
    )


def attention_weights(q: np.ndarray, k: np.ndarray, scale: float) -> np.ndarray:
    r"""Share one unit of attention among the pairs: $w = \mathrm{softmax}(\text{scale} \cdot k q)$.

    Queries (n, d) and keys (n, p, d) give weights (n, p), whose rows sum to 1: a pair's score is the
    dot product of its key with the query. Derived in lesson 12, "One look".
    """
    return functions.softmax(scale * (q[:, None] * k).sum(axis=2))


def weighted_mean(w: np.ndarray, v: np.ndarray) -> np.ndarray:
    r"""Average the values by their weights: $m = \sum_i w_i v_i$.

    Weights (n, p) and values (n, p, classes) give means (n, classes). Derived in lesson 12, "One look".
    """
    return (w[:, :, None] * v).sum(axis=1)


def weighted_mean_backward(
    dm: np.ndarray, w: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""Carry a gradient back through the mean: $dw_i = dm \cdot v_i$ and $dv_i = w_i\,dm$.

    Returned are dw (n, p) and dv (n, p, classes). Derived in lesson 12, "Backwards through a look".
    """
    dw = (dm[:, None] * v).sum(axis=2)
    dv = w[:, :, None] * dm[:, None]
    return dw, dv


def scores_backward(
    ds: np.ndarray, q: np.ndarray, k: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    r"""Carry a gradient back through the scores: $dq = c \sum_i ds_i k_i$, $dk_i = c\,ds_i\,q$.

    c is the scale. Returned are dq (n, d) and dk (n, p, d). Derived in lesson 12, "Backwards through a
    look".
    """
    dq = scale * (ds[:, :, None] * k).sum(axis=1)
    dk = scale * ds[:, :, None] * q[:, None]
    return dq, dk


@dataclass(frozen=True)
class Attention:
    r"""A network that answers a card by looking at its pairs: a model for :mod:`mnistlib.training`.

    Args:
        scale: what the scores are multiplied by; $1 / \sqrt d$ if None. With 0 it looks at all pairs
            alike.

    Built in lesson 12, "The whole network".
    """

    scale: float | None = None

    def prepare(self, images: np.ndarray, dtype=np.float64) -> np.ndarray:
        """Return cards (n, 2p + 1, 28, 28) as centred pixels, (n, 2p + 1, 784): pixel / 255 - mean.

        Raises:
            TypeError: images are not uint8.
            ValueError: images are not shaped as cards.
        """
        images = np.asarray(images)
        if images.ndim != 4 or images.shape[1] < 3 or images.shape[1] % 2 == 0:
            raise ValueError(
                "cards have shape (n, 2 * pairs + 1, 28, 28): the image asked about, and then key, "
                f"value, key, value, ...; got {images.shape}. For one card pass images[i : i + 1]"
            )
        x = data.scale(images.reshape(-1, *images.shape[2:]), dtype)
        x -= MEAN_PIXEL
        return x.reshape(*images.shape[:2], data.PIXELS)

    def forward(self, parameters: Parameters, x: np.ndarray) -> Activations:
        r"""Go from pixels to logits: features $A = \max(X W_1 + b_1, 0)$, then one look.

        $q = a_0 W_q$, $k_i = a_{\text{key}_i} W_k$, $v_i = a_{\text{value}_i} W_v$, the weights w of
        :func:`attention_weights`, and $z = \sum_i w_i v_i + b_2$. Derived in lesson 12, "One look".
        """
        W1, b1, Wq, Wk, Wv, b2 = parameters
        rows = x.reshape(-1, len(W1))  # one large product is faster than one for each card
        a = np.maximum(rows @ W1 + b1, 0).reshape(*x.shape[:2], W1.shape[1])
        q = a[:, 0] @ Wq
        k = a[:, 1::2] @ Wk
        v = a[:, 2::2] @ Wv
        w = attention_weights(q, k, self._scale(parameters))
        z = weighted_mean(w, v) + b2
        return Activations(a, q, k, v, w, z)

    def logits(self, parameters: Parameters, x: np.ndarray) -> np.ndarray:
        """Return the logits alone, shape (n, classes); otherwise as :meth:`forward`."""
        return self.forward(parameters, x).z

    def gradients(
        self, parameters: Parameters, x: np.ndarray, y: np.ndarray
    ) -> tuple[float, Parameters]:
        """Loss of a batch, and its gradient by every parameter: backpropagation.

        From dz to the weights and values, through the softmax to the scores, to queries and keys, and
        to the features of all images, which meet in dW1. The loss is the cross-entropy. Derived in
        lesson 12, "Backwards through a look".
        """
        _, _, Wq, Wk, Wv, _ = parameters
        a, q, k, v, w, z = self.forward(parameters, x)
        loss, dz = functions.cross_entropy_with_gradient(z, y)
        dw, dv = weighted_mean_backward(dz, w, v)
        ds = functions.softmax_backward(w, dw)
        dq, dk = scores_backward(ds, q, k, self._scale(parameters))
        dWq = _weight_gradient(a[:, 0], dq)
        dWk = _weight_gradient(a[:, 1::2], dk)
        dWv = _weight_gradient(a[:, 2::2], dv)
        da = np.empty_like(a)
        da[:, 0] = dq @ Wq.T
        da[:, 1::2] = dk @ Wk.T
        da[:, 2::2] = dv @ Wv.T
        dz1 = da * (a > 0)
        dW1 = _weight_gradient(x, dz1)
        return loss, Parameters(dW1, dz1.sum(axis=(0, 1)), dWq, dWk, dWv, dz.sum(axis=0))

    def _scale(self, parameters: Parameters) -> float:
        d = parameters[2].shape[1]
        return d**-0.5 if self.scale is None else self.scale


def _weight_gradient(inputs: np.ndarray, dz: np.ndarray) -> np.ndarray:
    """Gradient of one layer's weights, summed over all images of all cards: lesson 03's $A^T dZ$."""
    return inputs.reshape(-1, inputs.shape[-1]).T @ dz.reshape(-1, dz.shape[-1])
