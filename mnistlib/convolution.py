"""A network that knows neighbours: convolution and max-pooling, forward and backward. Lesson 08.

Images are (n, rows, columns, channels). A convolution lays every patch of an image out as a row and
multiplies all the rows by one matrix; a :class:`Convolutional` network is a model as
:mod:`mnistlib.training` wants one.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistlib import data, deep, functions


def patches(x: np.ndarray, side: int) -> np.ndarray:
    """Lay out every patch of side x side pixels as a row: *im2col*.

    Args:
        x: images, shape (n, rows, columns, channels).
        side: of a patch, at most the rows and the columns.

    Returns:
        Shape (n, rows - side + 1, columns - side + 1, side * side * channels), a copy; within a row
        the patch's own rows come first, then its columns, then the channels.

    Raises:
        ValueError: the images are no four-dimensional array, or smaller than a patch.

    Derived in lesson 08, "One product for all patches".
    """
    if x.ndim != 4:
        raise ValueError(f"x must have shape (n, rows, columns, channels), got {x.shape}")
    if not 1 <= side <= min(x.shape[1:3]):
        raise ValueError(
            f"patches of {side} x {side} do not fit into images of shape {x.shape[1:3]}"
        )
    windows = sliding_window_view(x, (side, side), axis=(1, 2))  # (n, r, c, channels, side, side)
    windows = windows.transpose(0, 1, 2, 4, 5, 3)
    return windows.reshape(*windows.shape[:3], side * side * x.shape[-1])


def convolve(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Apply the same weights to every patch: $Z = \text{patches}(X)\, W + b$.

    Args:
        x: images, shape (n, rows, columns, channels).
        W: kernels, one a column, shape (side * side * channels, kernels).
        b: one bias a kernel, shape (kernels,).

    Returns:
        The sums, shape (n, rows - side + 1, columns - side + 1, kernels), and the patches, which the
        backward pass needs.

    Raises:
        ValueError: W's rows are no square patch of these channels; see also :func:`patches`.

    Derived in lesson 08, "One product for all patches".
    """
    side = round(np.sqrt(len(W) / x.shape[-1]))
    if side * side * x.shape[-1] != len(W):
        raise ValueError(f"W has {len(W)} rows, which is no square patch of {x.shape[-1]} channels")
    cut = patches(x, side)
    z = cut.reshape(-1, len(W)) @ W  # one long product is faster than one for each image
    z += b
    return z.reshape(*cut.shape[:3], len(b)), cut


def kernel_gradients(dz: np.ndarray, cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Gradients of the kernels and biases: $dW = \text{patches}^T dZ$, $db$ the sum over all patches.

    Args:
        dz: the loss's gradient by the sums, shape (n, r, c, kernels).
        cut: the patches, as :func:`convolve` returned them.

    Returns:
        dW, shape (side * side * channels, kernels), and db, shape (kernels,).

    Derived in lesson 08, "The way back".
    """
    rows = dz.reshape(-1, dz.shape[-1])
    ones = np.ones(len(rows), rows.dtype)  # ones @ rows is rows.sum(axis=0), but ten times as fast
    return cut.reshape(len(rows), -1).T @ rows, ones @ rows


def pixel_gradient(dz: np.ndarray, W: np.ndarray, channels: int) -> np.ndarray:
    r"""Carry the blame back to what came in: $dZ W^T$, laid back patch by patch and added up.

    $dx_{\text{top} + \text{down}, \text{left} + \text{right}} \mathrel{+}=
    W_{\text{down}, \text{right}}\, dz_{\text{top}, \text{left}}$: a pixel lies in many patches, at
    another place in each; so each place of the kernel sends back a whole image of blame, shifted by
    its own offset.

    Args:
        dz: the loss's gradient by the sums, shape (n, r, c, kernels).
        W: kernels, shape (side * side * channels, kernels).
        channels: of what came in.

    Returns:
        The loss's gradient by what came in, shape (n, r + side - 1, c + side - 1, channels).

    Derived in lesson 08, "The blame of the pixels".
    """
    side = round(np.sqrt(len(W) / channels))
    n, r, c, kernels = dz.shape
    rows, places = dz.reshape(-1, kernels), W.reshape(side, side, channels, kernels)
    dx = np.zeros((n, r + side - 1, c + side - 1, channels), dz.dtype)
    for down in range(side):
        for right in range(side):
            back = rows @ places[down, right].T
            dx[:, down : down + r, right : right + c] += back.reshape(n, r, c, channels)
    return dx


def _quarters(z: np.ndarray) -> list[np.ndarray]:
    """Return the four corners of each square of 2 x 2, as views."""
    return [z[:, down::2, right::2] for down in (0, 1) for right in (0, 1)]


def max_pool(z: np.ndarray) -> np.ndarray:
    """Keep the largest of each square of 2 x 2.

    Args:
        z: shape (n, rows, columns, channels), rows and columns even.

    Returns:
        Shape (n, rows / 2, columns / 2, channels).

    Raises:
        ValueError: an odd number of rows or columns.

    Derived in lesson 08, "Max-pooling".
    """
    if z.shape[1] % 2 or z.shape[2] % 2:
        raise ValueError(f"rows and columns must be even, got {z.shape[1]} and {z.shape[2]}")
    half = np.maximum(z[:, ::2], z[:, 1::2])
    return np.maximum(half[:, :, ::2], half[:, :, 1::2])


def max_pool_backward(dlargest: np.ndarray, z: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Send the blame to the largest of each square; equals share it.

    Args:
        dlargest: the loss's gradient by the maxima, shape (n, rows / 2, columns / 2, channels).
        z: what went in, shape (n, rows, columns, channels).
        largest: the maxima, shaped as ``dlargest``.

    Returns:
        The loss's gradient by z, in its shape.

    Derived in lesson 08, "The way back".
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
    rng: np.random.Generator, kernels: tuple[int, int] = (8, 16), side: int = 5, dtype=np.float64
) -> Parameters:
    """Draw the parameters to start from, by He's rule; see :func:`mnistlib.deep.initialise`.

    Args:
        rng: where the chance comes from.
        kernels: how many in the first layer and in the second.
        side: of a kernel, in pixels: 1, 5 or 9, with which every halving comes out even.
        dtype: float64, or float32 for speed.

    Returns:
        The parameters.

    Raises:
        ValueError: a side with which some layer cannot be halved.
    """
    after = 28 - side + 1
    last = after // 2 - side + 1
    if after % 2 or last % 2 or last < 2:
        raise ValueError(f"kernels of {side} x {side} leave layers that cannot be halved")
    first, second = kernels
    sizes = [(side * side, first), (side * side * first, second), ((last // 2) ** 2 * second, 10)]
    return Parameters(
        *(array for pair in sizes for array in deep.initialise(rng, pair, dtype=dtype))
    )


def _pieces(n: int) -> list[slice]:
    """Return slices of 16 images: what is made of so few, 4 MB, stays in the processor's cache."""
    return [slice(start, start + 16) for start in range(0, max(n, 1), 16)]


@dataclass(frozen=True)
class Convolutional:
    """Convolution, 2 x 2 maxima and ReLU, twice; then a layer that sees everything, and logits."""

    classes: ClassVar[int] = 10

    def prepare(self, images: np.ndarray, dtype=np.float64) -> np.ndarray:
        """Return images as pixels from 0 to 1, shape (n, 28, 28, 1)."""
        return data.scale(images, dtype).reshape(-1, 28, 28, 1)

    def _forward(self, parameters: Parameters, x: np.ndarray):
        """Return the logits and, for each kernel layer, what its backward pass needs."""
        kept = []
        for W, b in ((parameters.W1, parameters.b1), (parameters.W2, parameters.b2)):
            z, cut = convolve(x, W, b)
            largest = max_pool(z)
            kept.append((cut, z, largest))
            x = deep.relu(largest)
        flat = x.reshape(len(x), len(parameters.W3))
        return flat @ parameters.W3 + parameters.b3, flat, kept

    def logits(self, parameters: Parameters, x: np.ndarray) -> np.ndarray:
        """Return the logits, shape (n, classes), of images (n, 28, 28, 1)."""
        return np.concatenate([self._forward(parameters, x[some])[0] for some in _pieces(len(x))])

    def gradients(
        self, parameters: Parameters, x: np.ndarray, y: np.ndarray
    ) -> tuple[float, Parameters]:
        """Loss of a batch and its gradient by every parameter: backpropagation.

        Loss and gradients of a batch are the means of its pieces', each weighted by its share.

        Args:
            parameters: the network's parameters.
            x: images, shape (n, 28, 28, 1).
            y: one-hot targets, shape (n, classes).

        Returns:
            The cross-entropy, and the gradients in the parameters' order and shapes.

        Raises:
            ValueError: an empty batch, or shapes that disagree.

        Derived in lesson 08, "The way back".
        """
        if len(x) != len(y):
            raise ValueError(f"{len(x)} images, but {len(y)} targets")
        loss, grads = 0.0, [np.zeros_like(value) for value in parameters]
        for some in _pieces(len(x)):
            share = len(x[some]) / max(len(x), 1)
            their_loss, theirs = self._piece(parameters, x[some], y[some])
            loss += share * their_loss
            for total, grad in zip(grads, theirs, strict=True):
                total += share * grad
        return loss, Parameters(*grads)

    def _piece(self, parameters: Parameters, x: np.ndarray, y: np.ndarray):
        """Return loss and gradients of so few images that all of it stays in the cache."""
        z3, flat, kept = self._forward(parameters, x)
        loss, dz3 = functions.cross_entropy_with_gradient(z3, y)
        dW3, db3 = flat.T @ dz3, dz3.sum(axis=0)
        (cut1, z1, largest1), (cut2, z2, largest2) = kept
        da2 = (dz3 @ parameters.W3.T).reshape(largest2.shape)
        dz2 = max_pool_backward(deep.relu_backward(da2, largest2), z2, largest2)
        dW2, db2 = kernel_gradients(dz2, cut2)
        da1 = pixel_gradient(dz2, parameters.W2, largest1.shape[-1])
        dz1 = max_pool_backward(deep.relu_backward(da1, largest1), z1, largest1)
        dW1, db1 = kernel_gradients(dz1, cut1)
        return loss, Parameters(dW1, db1, dW2, db2, dW3, db3)
