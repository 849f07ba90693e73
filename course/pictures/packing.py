"""What pictures have to show, as bytes: how it is laid out, and read again.

A picture's JavaScript file knows the same layout. Numbers are in little-endian order.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mnistlib import attention, convolution, original
from mnistlib.network import Parameters
from mnistlib.training import Dataset

#: Where ``python -m course pictures`` stores it.
DATA = Path(__file__).parent / "data"

#: How many digits there are to keep each other company.
COMPANIONS = 200


# --- Networks


def packed(parameters: Parameters, digit: np.ndarray, exact: bool) -> bytes:
    """Return what the picture ``draw`` needs: a network, and a digit to show at first.

    Four uint32 (exact or not, pixels, hidden units, classes), then W1, b1, W2, b2 and the digit. They
    are float64; or, if not exact, the biases are float32, and a matrix is a float32 scale for each of
    its columns and then int8, so that the largest of each column is 127 or -127.

    Args:
        parameters: W1, b1, W2, b2.
        digit: uint8, shape (28, 28).
        exact: whether the parameters are kept as they are.
    """
    header = np.array([exact, *parameters.W1.shape, len(parameters.b2)], "<u4")
    return header.tobytes() + packed_arrays(parameters, exact) + digit.tobytes()


def packed_arrays(parameters: Iterable[np.ndarray], exact: bool) -> bytes:
    """Return the arrays of a network one after another, exact or rounded as :func:`packed` says."""
    content = []
    for array in parameters:
        if exact:
            content.append(array.astype("<f8"))
        elif array.ndim == 1:
            content.append(array.astype("<f4"))
        else:
            scales = (np.abs(array).max(axis=0) / 127).astype("<f4")
            content += [scales, np.rint(array / np.where(scales > 0, scales, 1)).astype(np.int8)]
    return b"".join(array.tobytes() for array in content)


def packed_shapes(parameters: convolution.Parameters, exact: bool) -> bytes:
    """Return the convolutional network that ``kernel`` asks.

    Three uint32 (exact or not, the kernels of its two layers), and its arrays.
    """
    header = np.array([exact, len(parameters.b1), len(parameters.b2)], "<u4")
    return header.tobytes() + packed_arrays(parameters, exact)


def unpacked(content: bytes) -> tuple[Parameters, np.ndarray]:
    """Return the network that :func:`packed` has rounded to int8, and the digit."""
    _, pixels, hidden, classes = np.frombuffer(content, "<u4", 4)
    shapes = ((pixels, hidden), (hidden,), (hidden, classes), (classes,))
    arrays, at = unpacked_arrays(content, 16, shapes)
    return Parameters(*arrays), np.frombuffer(content, np.uint8, offset=at).reshape(28, 28)


def unpacked_arrays(
    content: bytes, at: int, shapes: Iterable[tuple[int, ...]]
) -> tuple[list[np.ndarray], int]:
    """Return the arrays of these shapes that stand rounded from ``at`` on, and where they end."""
    arrays = []
    for shape in shapes:
        columns = np.frombuffer(content, "<f4", shape[-1], at).astype(float)
        at += 4 * len(columns)
        if len(shape) == 2:
            whole = np.frombuffer(content, np.int8, shape[0] * shape[1], at)
            at += len(whole)
            columns = whole.reshape(shape) * columns
        arrays.append(columns)
    return arrays, at


def unpacked_shapes(content: bytes) -> convolution.Parameters:
    """Return the network that :func:`packed_shapes` has rounded to int8."""
    _, first, second = (int(number) for number in np.frombuffer(content, "<u4", 3))
    matrices = ((25, first), (25 * first, second), (16 * second, 10))
    shapes = [shape for matrix in matrices for shape in (matrix, matrix[1:])]
    arrays, _ = unpacked_arrays(content, 12, shapes)
    return convolution.Parameters(*arrays)


def packed_attention(parameters: attention.Parameters, exact: bool) -> bytes:
    """Return the network that ``attend`` asks.

    Three uint32 (exact or not, hidden units, d), and its arrays.
    """
    header = np.array([exact, *parameters.Wq.shape], "<u4")
    return header.tobytes() + packed_arrays(parameters, exact)


def unpacked_attention(content: bytes) -> attention.Parameters:
    """Return the network that :func:`packed_attention` has rounded to int8."""
    _, hidden, d = (int(number) for number in np.frombuffer(content, "<u4", 3))
    shapes = ((784, hidden), (hidden,), (hidden, d), (hidden, d), (hidden, 10), (10,))
    return attention.Parameters(*unpacked_arrays(content, 12, shapes)[0])


# --- Digits


def company_data(weights: original.Weights, test_set: Dataset) -> bytes:
    """Return what the picture ``company`` needs: the first 20 test digits of each class.

    First the original's logits for them, 200 rows of ten float32; then the labels, one byte each, and
    the pixels, 784 bytes each. The digits stand in the test set's order.

    Args:
        weights: what the original has learnt.
        test_set: images uint8 (n, 28, 28) and labels (n,).
    """
    images, labels = test_set
    chosen = np.sort(np.concatenate([np.flatnonzero(labels == k)[:20] for k in range(10)]))
    images = images[chosen]
    recipe = original.Recipe()
    z2 = recipe.logits(weights, recipe.prepare(images)).astype("<f4")
    return z2.tobytes() + labels[chosen].tobytes() + images.tobytes()


def company_arrays(content: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the logits (200, 10), the labels (200,) and the images (200, 28, 28) of ``company``."""
    z2 = np.frombuffer(content, "<f4", 10 * COMPANIONS).reshape(-1, 10)
    pixels = np.frombuffer(content, np.uint8, offset=z2.nbytes)
    return z2, pixels[:COMPANIONS], pixels[COMPANIONS:].reshape(-1, 28, 28)


def train_data(train_set: Dataset, validation_set: Dataset) -> bytes:
    """Return what the picture ``train`` needs: digits of 16 greys.

    Two uint32 (how many to train on, how many to validate on), the labels, one byte each, and the
    pixels, two a byte: 0 to 15, which is the pixel divided by 17 and rounded.

    Args:
        train_set: images uint8 (n, 28, 28) and labels (n,).
        validation_set: the same, of others.
    """
    images = np.concatenate([train_set[0], validation_set[0]]).reshape(-1, 392, 2)
    labels = np.concatenate([train_set[1], validation_set[1]]).astype(np.uint8)
    greys = np.rint(images / 17).astype(np.uint8)
    counts = np.array([len(train_set[0]), len(validation_set[0])], "<u4")
    packed_pixels = (greys[..., 0] << 4) | greys[..., 1]
    return counts.tobytes() + labels.tobytes() + packed_pixels.tobytes()
