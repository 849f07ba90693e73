"""A network that knows neighbours: convolution and max-pooling, forward and backward. Lesson 10.

Inside this network the images lie last: arrays are (channels, rows, columns, n). What is done to one
pixel is done to the same pixel of all n images, which lie side by side in memory; so each of NumPy's
calls works on long runs. A convolution lays every patch out as a column and multiplies all the columns
by one matrix; a :class:`Convolutional` network is a model as :mod:`mnistlib.training` wants one.

A gradient is shaped as what it belongs to. Sizes that do not fit, and an empty batch, raise a
ValueError.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistlib import data, deep, functions


def im2col(x: np.ndarray, side: int) -> np.ndarray:
    r"""Lay out every patch of side x side pixels as a column: $\text{patches}(X)$.

    Images of shape (channels, rows, columns, n) become an array of shape
    (side * side * channels, rows - side + 1, columns - side + 1, n). Along its first axis lies a
    patch: its own rows come first, then its columns, then the channels. Derived in lesson 10, "One
    product for all patches".
    """
    if x.ndim != 4:
        raise ValueError(f"x must have shape (channels, rows, columns, n), got {x.shape}")
    if not 1 <= side <= min(x.shape[1:3]):
        raise ValueError(
            f"patches of {side} x {side} do not fit into images of shape {x.shape[1:3]}"
        )
    windows = sliding_window_view(x, (side, side), axis=(1, 2))  # (channels, r, c, n, side, side)
    windows = windows.transpose(4, 5, 0, 1, 2, 3)
    return windows.reshape(side * side * len(x), *windows.shape[3:])


def convolve(x: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Apply the same weights to every patch: $Z = W^T\, \text{patches}(X)$.

    ``W`` has a kernel in each column, shape (side * side * channels, kernels). Returned are the
    pre-activations, shape (kernels, rows - side + 1, columns - side + 1, n), and the patches, which
    the backward pass needs. Derived in lesson 10, "One product for all patches".
    """
    side = round(np.sqrt(len(W) / len(x)))
    if side * side * len(x) != len(W):
        raise ValueError(f"W has {len(W)} rows, which is not a square patch of {len(x)} channels")
    cut = im2col(x, side)
    z = W.T @ cut.reshape(len(W), -1)
    return z.reshape(len(z), *cut.shape[1:]), cut


def kernel_gradient(dz: np.ndarray, cut: np.ndarray) -> np.ndarray:
    r"""Gradient of the kernels: $dW = \text{patches}(X)\, dZ^T$, a sum over all places and images.

    ``cut`` are the patches, as :func:`convolve` returned them. Derived in lesson 10, "The
    kernels' gradient".
    """
    return cut.reshape(len(cut), -1) @ dz.reshape(len(dz), -1).T


def pixel_gradient(dz: np.ndarray, W: np.ndarray, channels: int) -> np.ndarray:
    r"""Carry the gradient back to the input: $W\, dZ$, laid back patch by patch and added up.

    $dx_{\text{top} + \text{down}, \text{left} + \text{right}} \mathrel{+}=
    W_{\text{down}, \text{right}}\, dz_{\text{top}, \text{left}}$: a pixel lies in many patches, at
    another place in each; so each place of the kernel sends back a whole image of gradients, shifted
    by its own offset. Derived in lesson 10, "The pixels' gradient".
    """
    side = round(np.sqrt(len(W) / channels))
    kernels, r, c, n = dz.shape
    dx = np.zeros((channels, r + side - 1, c + side - 1, n), dz.dtype)
    for down, row in enumerate(W.reshape(side, side * channels, kernels)):  # a row of each kernel
        back = (row @ dz.reshape(kernels, -1)).reshape(side, channels, r, c, n)
        for right in range(side):
            dx[:, down : down + r, right : right + c] += back[right]
    return dx


def _quarters(z: np.ndarray) -> list[np.ndarray]:
    """Return the four corners of each square of 2 x 2, as views."""
    return [z[:, down::2, right::2] for down in (0, 1) for right in (0, 1)]


def max_pool(z: np.ndarray) -> np.ndarray:
    """Keep the largest of each square of 2 x 2: shape (channels, rows / 2, columns / 2, n).

    Rows and columns must be even in number. Derived in lesson 10, "Max-pooling".
    """
    if z.shape[1] % 2 or z.shape[2] % 2:
        raise ValueError(f"rows and columns must be even, got {z.shape[1]} and {z.shape[2]}")
    half = np.maximum(z[:, ::2], z[:, 1::2])
    return np.maximum(half[:, :, ::2], half[:, :, 1::2])


def max_pool_backward(dlargest: np.ndarray, z: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Send the gradient to the largest of each square of ``z``; equals share it.

    Derived in lesson 10, "Pooling's gradient".
    """
    masks = [quarter == largest for quarter in _quarters(z)]
    share = dlargest / sum(mask.view(np.int8) for mask in masks)
    dz = np.empty_like(z)
    for quarter, mask in zip(_quarters(dz), masks, strict=True):
        np.multiply(mask, share, out=quarter)
    return dz


class Parameters(NamedTuple):
    """Two layers of kernels, and one that sees everything: W (inputs, outputs), b (outputs,)."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray
    W3: np.ndarray
    b3: np.ndarray


def initialise(
    rng: np.random.Generator,
    *,
    kernels: tuple[int, int] = (8, 16),
    dtype=np.float64,
) -> Parameters:
    """Draw He's weights, and biases of 0; otherwise as :func:`mnistlib.network.draw_weights`.

    ``kernels`` says how many, of 5 x 5 pixels, are in the first layer and in the second.
    """
    first, second = kernels
    sizes = [(5 * 5, first), (5 * 5 * first, second), (4 * 4 * second, 10)]
    return Parameters(
        *(array for pair in sizes for array in deep.initialise(rng, pair, dtype=dtype))
    )


@dataclass(frozen=True)
class Convolutional:
    """Convolution, 2 x 2 maxima, bias and ReLU, twice; then logits, from one patch that is everything.

    The bias waits until after the maxima: it is the same for all four, and a quarter are left.
    """

    def prepare(self, images: np.ndarray, dtype=np.float64) -> np.ndarray:
        """Return images as pixels from 0 to 1, shape (1, 28, 28, n): the images last."""
        x = np.divide(data.as_rows(images).T, 255, dtype=dtype, order="C")
        return x.reshape(1, 28, 28, -1)

    def _forward(self, parameters: Parameters, x: np.ndarray):
        """Return the logits and, of each layer, what its backward pass needs."""
        kept = []
        W1, b1, W2, b2, W3, b3 = parameters
        for W, b in ((W1, b1), (W2, b2)):
            z, cut = convolve(x, W)
            largest = max_pool(z)
            x = deep.relu(largest + b[:, None, None, None])
            kept.append((cut, z, largest, x))
        z3, cut3 = convolve(x, W3)  # one patch is the whole map: one place
        return z3.reshape(10, -1).T + b3, cut3, kept

    def logits(self, parameters: Parameters, x: np.ndarray) -> np.ndarray:
        """Return the logits, shape (n, classes), of images (1, 28, 28, n)."""
        parts = [x[..., start : start + 32] for start in range(0, x.shape[-1], 32)] or [x]
        return np.concatenate([self._forward(parameters, part)[0] for part in parts])

    def gradients(
        self, parameters: Parameters, x: np.ndarray, y: np.ndarray
    ) -> tuple[float, Parameters]:
        """Loss of a batch and its gradient by every parameter: backpropagation.

        Images are (1, 28, 28, n), one-hot targets (n, classes). Derived in lesson 10, "The whole
        network".
        """
        _, _, W2, _, W3, _ = parameters
        logits, cut3, kept = self._forward(parameters, x)
        (cut1, z1, largest1, a1), (cut2, z2, largest2, a2) = kept
        loss, dlogits = functions.cross_entropy_with_gradient(logits, y)
        dz3 = dlogits.T.reshape(10, 1, 1, -1)
        dW3, db3 = kernel_gradient(dz3, cut3), dlogits.sum(axis=0)
        dlargest2 = deep.relu_backward(pixel_gradient(dz3, W3, len(a2)), a2)
        dz2 = max_pool_backward(dlargest2, z2, largest2)
        dW2, db2 = kernel_gradient(dz2, cut2), dlargest2.sum(axis=(1, 2, 3))
        dlargest1 = deep.relu_backward(pixel_gradient(dz2, W2, len(a1)), a1)
        dz1 = max_pool_backward(dlargest1, z1, largest1)
        dW1, db1 = kernel_gradient(dz1, cut1), dlargest1.sum(axis=(1, 2, 3))
        return loss, Parameters(dW1, db1, dW2, db2, dW3, db3)
