"""What pictures have to show, as bytes: how it is laid out, and read again.

A picture's JavaScript file knows the same layout. Numbers are in little-endian order.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mnistlib import attention, convolution, network, original
from mnistlib.training import Dataset

#: Where ``python -m course pictures`` stores it.
DATA = Path(__file__).parent / "data"

#: How many digits there are to keep each other company.
COMPANIONS = 200


# --- Networks


class Layout(NamedTuple):
    """How the network that a picture asks is laid out.

    `counts` says which arrays' axes stand in front, from which `shapes` gives the shapes of all.
    """

    parameters: type
    counts: tuple[tuple[str, int], ...]
    shapes: Callable[..., tuple[tuple[int, ...], ...]]


#: By the picture that stores it.
LAYOUTS = {
    "draw": Layout(
        network.Parameters,
        (("W1", 0), ("W1", 1), ("b2", 0)),
        lambda pixels, hidden, classes: ((pixels, hidden), (hidden,), (hidden, classes), (classes,)),
    ),
    "kernel": Layout(
        convolution.Parameters,
        (("b1", 0), ("b2", 0)),
        lambda first, second: (
            (25, first), (first,), (25 * first, second), (second,), (16 * second, 10), (10,)
        ),
    ),
    "attend": Layout(
        attention.Parameters,
        (("Wq", 0), ("Wq", 1)),
        lambda hidden, d: ((784, hidden), (hidden,), (hidden, d), (hidden, d), (hidden, 10), (10,)),
    ),
}  # fmt: skip


def packed(name: str, parameters: tuple, exact: bool) -> bytes:
    """Return the network that a picture asks.

    First uint32, which say whether it is exact, and its counts; then its arrays. They are float64; or,
    if not exact, the biases are float32, and a matrix is a float32 scale for each of its columns and
    then int8, so that the largest of each column is 127 or -127.

    Args:
        name: of the picture.
        parameters: the network's.
        exact: whether the parameters are kept as they are.
    """
    counts = [getattr(parameters, array).shape[axis] for array, axis in LAYOUTS[name].counts]
    content = [np.array([exact, *counts], "<u4")]
    for array in parameters:
        if exact:
            content.append(array.astype("<f8"))
        elif array.ndim == 1:
            content.append(array.astype("<f4"))
        else:
            scales = (np.abs(array).max(axis=0) / 127).astype("<f4")
            content += [scales, np.rint(array / np.where(scales > 0, scales, 1)).astype(np.int8)]
    return b"".join(array.tobytes() for array in content)


def unpacked(name: str, content: bytes) -> tuple:
    """Return the parameters that :func:`packed` has rounded to int8; what follows them is left out."""
    layout = LAYOUTS[name]
    _, *counts = np.frombuffer(content, "<u4", 1 + len(layout.counts)).tolist()
    at = 4 + 4 * len(counts)
    arrays = []
    for shape in layout.shapes(*counts):
        columns = np.frombuffer(content, "<f4", shape[-1], at).astype(float)
        at += 4 * len(columns)
        if len(shape) == 2:
            whole = np.frombuffer(content, np.int8, shape[0] * shape[1], at)
            at += len(whole)
            columns = whole.reshape(shape) * columns
        arrays.append(columns)
    return layout.parameters(*arrays)


def stored(name: str) -> bytes:
    """Return what is stored for a picture."""
    return (DATA / f"{name}.bin").read_bytes()


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
