"""Lesson 01's exercises: a header, one-hot labels, a split, mean digits, the nearest of them."""

import struct

import numpy as np

from mnistlib import baseline, data
from mnistlib.exercises.trial import Exercise, words


def label_header(raw):
    """Magic number and count of a label file: two big-endian unsigned integers of 32 bits."""
    magic, count = struct.unpack(">2I", raw[:8])
    return magic, count


def split(images, labels, validation, rng):
    """Two pairs of images and labels, shuffled: to train on, and for validation."""
    return data.split(images, labels, validation, rng=rng)


def _split_args(n: int, validation: int) -> tuple:
    images = np.arange(n * 4, dtype=np.uint8).reshape(n, 2, 2)
    return images, np.arange(n, dtype=np.uint8), validation, np.random.default_rng(0)


def _split_objection(args: tuple, got: object) -> str | None:
    images, labels, validation, rng = args
    shapes = [
        [np.ndim(part) for part in pair] if isinstance(pair, (tuple, list)) else 0 for pair in got
    ]
    if len(got) == 4 or shapes == [[3, 3], [1, 1]]:
        return "the parts are grouped otherwise. Which images and which labels make a pair?"
    (train_images, train_labels), (held_images, held_labels) = got
    n, sizes = len(labels), [len(part) for pair in got for part in pair]
    together = np.concatenate([train_labels, held_labels])
    if sizes == [validation] * 2 + [n - validation] * 2 and 2 * validation != n:
        return "the parts are exchanged. Which pair comes first, training or validation?"
    if sizes != [n - validation] * 2 + [validation] * 2:
        return (
            f"of {n} examples, {validation} should be held back for validation. There are {sizes[0]} "
            f"images and {sizes[1]} labels to train on, and {sizes[2]} and {sizes[3]} for validation. "
            "Where does `validation` come in?"
        )
    if len(np.unique(together)) != n:
        return "some example is in both parts, or twice in one. Can one order serve both parts?"
    if not np.array_equal(np.concatenate([train_images, held_images]), images[together]):
        return "images and labels no longer belong together. Do both follow one and the same order?"
    if n > 8 and rng.bit_generator.state == np.random.default_rng(0).bit_generator.state:
        return (
            "nothing was drawn from rng, so nobody can choose or repeat the shuffle. Who shuffles?"
        )
    if n > 20 and np.ptp(held_labels.astype(int)) == validation - 1:
        return "one piece of the file was held back as it stood there. Is that a random part of it?"
    return None


def _rows(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


WORDS = words("lesson_01")
EXERCISES = (
    Exercise(
        label_header,
        " -> magic number:, count:",
        (
            (struct.pack(">2I", 2049, 3) + bytes([7, 2, 1]),),
            (bytes([129, 2, 3, 4, 250, 6, 7, 8, 9]),),
            (struct.pack(">2I", 2049, 60_000) + bytes(range(10)),),
        ),
        *WORDS["label_header"],
    ),
    Exercise(
        data.one_hot,
        "n, classes -> n classes",
        (
            (np.array([1], np.uint8), 2),
            (np.array([2, 0], np.uint8), 3),
            (np.array([3, 9, 0, 3], np.uint8), 10),
            (np.array([7, 1], np.uint8),),
        ),
        *WORDS["one_hot"],
    ),
    Exercise(
        split,
        "n rows columns, n,, -> ",
        (_split_args(4, 1), _split_args(20, 5), _split_args(30, 12)),
        *WORDS["split"],
        objection=_split_objection,
        shows=data.split,
    ),
    Exercise(
        baseline.class_means,
        "n rows columns, n -> classes pixels",
        (
            (np.array([[[k, 100]] for k in range(10)], np.uint8), np.arange(10)),
            (np.arange(120, 240, dtype=np.uint8).reshape(20, 2, 3), np.repeat(np.arange(10), 2)),
            (np.uint8(255 * _rows(1, 24, 2, 2)), np.arange(24) * 7 % 10),
        ),
        *WORDS["class_means"],
    ),
    Exercise(
        baseline.nearest_mean,
        "n pixels, classes pixels -> n",
        (
            (np.array([[1.0, 0.0]]), np.array([[0.0, 2.0], [2.0, 0.0], [4.0, 4.0]])),
            (_rows(1, 2, 4), _rows(2, 3, 4)),
            (_rows(3, 20, 5), _rows(4, 3, 5) * [[0.5], [1], [2]]),
            (_rows(5, 40, 6) - 1, _rows(6, 10, 6) - 1),
        ),
        *WORDS["nearest_mean"],
    ),
)
