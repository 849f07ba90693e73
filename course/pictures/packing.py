"""What pictures have to show, as bytes: how it is laid out, and read again.

A picture's JavaScript file knows the same layout. Numbers are in little-endian order.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mnistlib import original
from mnistlib.training import Dataset

#: Where ``python -m course pictures`` stores it.
DATA = Path(__file__).parent / "data"


# --- Networks


def packed(parameters: Sequence[np.ndarray], exact: bool) -> bytes:
    """Return the network that a picture asks.

    First uint32: whether it is exact, how many arrays there are, and each one's rows and columns, where
    a bias has 0 rows. Then the arrays. They are float64; or, if not exact, the biases are float32, and a
    matrix is a float32 scale for each of its columns and then int8, so that the largest of each column
    is 127 or -127.

    Args:
        parameters: the network's.
        exact: whether the parameters are kept as they are.
    """
    shapes = [(0, *array.shape)[-2:] for array in parameters]
    content = [np.array([exact, len(shapes), *np.ravel(shapes)], "<u4")]
    for array in parameters:
        if exact:
            content.append(array.astype("<f8"))
        elif array.ndim == 1:
            content.append(array.astype("<f4"))
        else:
            scales = (np.abs(array).max(axis=0) / 127).astype("<f4")
            content += [scales, np.rint(array / np.where(scales > 0, scales, 1)).astype(np.int8)]
    return b"".join(array.tobytes() for array in content)


def unpacked(content: bytes) -> list[np.ndarray]:
    """Return the parameters that :func:`packed` has rounded to int8; what follows them is left out."""
    count = int.from_bytes(content[4:8], "little")
    shapes = np.frombuffer(content, "<u4", 2 * count, 8).reshape(-1, 2).tolist()
    at = 8 + 8 * count
    arrays = []
    for rows, columns in shapes:
        array = np.frombuffer(content, "<f4", columns, at).astype(float)
        at += 4 * columns
        if rows:
            whole = np.frombuffer(content, np.int8, rows * columns, at)
            array = whole.reshape(rows, columns) * array
            at += len(whole)
        arrays.append(array)
    return arrays


def stored(name: str) -> bytes:
    """Return what is stored for a picture."""
    return (DATA / f"{name}.bin").read_bytes()


# --- Digits


def asked_data(z2: np.ndarray, labels: np.ndarray, images: np.ndarray) -> bytes:
    """Return digits that are asked about together, for the pictures ``company`` and ``axes``.

    First uint32: how many there are. Then the logits (n, 10), float32; the labels, one byte each; and
    the pixels, 784 bytes each.
    """
    parts = (np.array(len(labels), "<u4"), z2.astype("<f4"), labels, images)
    return b"".join(part.tobytes() for part in parts)


def asked_arrays(content: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the logits (n, 10), the labels (n,) and the images (n, 28, 28) of :func:`asked_data`."""
    n = int.from_bytes(content[:4], "little")
    z2 = np.frombuffer(content, "<f4", 10 * n, 4).reshape(n, 10)
    pixels = np.frombuffer(content, np.uint8, offset=4 + z2.nbytes)
    return z2, pixels[:n], pixels[n:].reshape(n, 28, 28)


def company_data(weights: original.Weights, test_set: Dataset) -> bytes:
    """Return what the picture ``company`` needs: the first 20 test digits of each class.

    The digits stand in the test set's order; the logits are the original's.

    Args:
        weights: what the original has learnt.
        test_set: images uint8 (n, 28, 28) and labels (n,).
    """
    images, labels = test_set
    chosen = np.sort(np.concatenate([np.flatnonzero(labels == k)[:20] for k in range(10)]))
    images = images[chosen]
    recipe = original.Recipe()
    return asked_data(recipe.logits(weights, recipe.prepare(images)), labels[chosen], images)


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
