"""One look at the company: scores, a softmax over the pairs, a weighted mean. Lesson 12 derives it.

A *card* is 2p + 1 images in a row: the image that is asked about, and then p pairs, each a key and
beside it a value. The answer is the value whose key shows the same digit as the image asked about.

Everything is a function of the parameters and a batch: x, centred pixels, shape (n, 2p + 1, 784), and
y, one-hot targets, shape (n, 10). One network takes any number of pairs. A gradient is shaped as what
it belongs to. Shapes that disagree, and an empty batch, raise a ValueError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mnistlib import data, functions, network

#: The mean of all training pixels, scaled to 0 ... 1.
MEAN_PIXEL = 0.1307


class Cards(NamedTuple):
    """Cards and their answers; the first two are a set as :mod:`mnistlib.training` wants one.

    images (n, 2p + 1, 28, 28), uint8: the image asked about, key, value, key, value, ...; labels (n,):
    the digit to answer; right (n,): the number, from 0, of the pair to look at; digits (n, 2p + 1):
    what each image shows.
    """

    images: np.ndarray
    labels: np.ndarray
    right: np.ndarray
    digits: np.ndarray


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


def deal_cards(
    images: np.ndarray,
    labels: ArrayLike,
    n: int,
    *,
    pairs: int = 4,
    keys: Sequence[int] = range(10),
    asked: Sequence[int] | None = None,
    rng: np.random.Generator,
) -> Cards:
    """Deal n cards from labelled digits; the same generator deals the same cards.

    A card's keys are different digits, drawn from ``keys``. One of them is asked about, by another
    image of the same digit. The values are any digits, and may repeat. With ``asked``, only these
    digits are asked about, and each must be one of the keys. Described in lesson 12, "The cards".

    Raises:
        ValueError: keys that are not digits, or fewer of them than pairs; a number below 1; a digit
            asked about that is not a key; too few images: one of each digit, and two of each that may
            be asked about.
    """
    keys = sorted(set(keys))
    if not set(keys) <= set(range(10)):
        raise ValueError(f"keys must be digits, whole numbers from 0 to 9, got {keys}")
    asked = keys if asked is None else sorted(set(asked))
    if min(n, pairs) < 1 or pairs > len(keys):
        raise ValueError(
            f"expected at least 1 card, and from 1 pair to one for each of the {len(keys)} keys; "
            f"got n = {n}, pairs = {pairs}"
        )
    if not asked or not set(asked) <= set(keys):
        raise ValueError(f"only keys can be asked about: keys {keys}, asked {asked}")
    labels = np.asarray(labels)
    images_of = [np.flatnonzero(labels == digit) for digit in range(10)]
    count = np.array([len(places) for places in images_of])
    if count.min() < 1 or count[asked].min() < 2:
        raise ValueError(
            "a card needs an image of each digit, and two of each that may be asked about; "
            f"there are {count.tolist()} of 0 to 9"
        )
    start = np.concatenate([[0], count.cumsum()[:-1]])
    in_order = np.concatenate(images_of)  # all zeros, then all ones, ...

    question = rng.choice(asked, n)
    draw = np.full((n, 10), np.inf)
    draw[:, keys] = rng.random((n, len(keys)))
    draw[np.arange(n), question] = -1  # the digit asked about is always on the card
    key_digits = rng.permuted(draw.argsort(axis=1)[:, :pairs], axis=1)
    right = (key_digits == question[:, None]).argmax(axis=1)

    digits = np.empty((n, 1 + 2 * pairs), np.uint8)
    digits[:, 0] = question
    digits[:, 1::2] = key_digits
    digits[:, 2::2] = rng.integers(10, size=(n, pairs))
    chosen = rng.integers(count[digits])
    # Of the digit asked about, any image but the one that is the key.
    other = rng.integers(count[question] - 1)
    chosen[:, 0] = other + (other >= chosen[np.arange(n), 1 + 2 * right])
    return Cards(
        images=images[in_order[start[digits] + chosen]],
        labels=digits[np.arange(n), 2 + 2 * right],
        right=right,
        digits=digits,
    )


def initialise(
    rng: np.random.Generator,
    *,
    pixels: int = 784,
    hidden: int = 64,
    d: int = 16,
    classes: int = 10,
    dtype=np.float64,
) -> Parameters:
    """Draw He's weights, and biases of 0; otherwise as :func:`mnistlib.network.draw_weights`.

    ``d`` is the length of a query and of a key.
    """

    def he(inputs: int, outputs: int) -> np.ndarray:
        return network.draw_weights(rng, inputs, outputs, rule="He", dtype=dtype)

    return Parameters(
        W1=he(pixels, hidden),
        b1=np.zeros(hidden, dtype),
        Wq=he(hidden, d),
        Wk=he(hidden, d),
        Wv=he(hidden, classes),
        b2=np.zeros(classes, dtype),
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

    Returned are dw (n, p) and dv (n, p, classes). Derived in lesson 12, "Backwards".
    """
    dw = (dm[:, None] * v).sum(axis=2)
    dv = w[:, :, None] * dm[:, None]
    return dw, dv


def scores_backward(
    ds: np.ndarray, q: np.ndarray, k: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    r"""Carry a gradient back through the scores: $dq = c \sum_i ds_i k_i$, $dk_i = c\,ds_i\,q$.

    c is the scale. Returned are dq (n, d) and dk (n, p, d). Derived in lesson 12, "Backwards".
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
    classes: ClassVar[int] = 10

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
        if x.ndim != 3 or x.shape[1] < 3 or x.shape[1] % 2 == 0 or x.shape[2] != len(W1):
            raise ValueError(
                f"x must have shape (n, 2 * pairs + 1, {len(W1)}), one row for each image of a card, "
                f"got {x.shape}; prepare(images) makes such rows"
            )
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
        lesson 12, "Backwards".
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
