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


def _which(originals: np.ndarray, parts: tuple) -> list[int | None]:
    """Return which of the originals each entry of the parts is, None for one that is none of them."""
    known = {(np.shape(each), *np.ravel(each).tolist()): i for i, each in enumerate(originals)}
    entries = [each for part in parts for each in part]
    return [known.get((np.shape(each), *np.ravel(each).tolist())) for each in entries]


def _split_objection(args: tuple, got: object) -> str | None:
    images, labels, validation, rng = args
    shapes = [
        [np.ndim(part) for part in pair] if isinstance(pair, (tuple, list)) else 0 for pair in got
    ]
    if len(got) == 4 or shapes == [[3, 3], [1, 1]]:
        return "the parts are grouped otherwise. Which images and which labels make a pair?"
    (train_images, train_labels), (held_images, held_labels) = got
    n, sizes = len(labels), [len(part) for pair in got for part in pair]
    if sizes == [validation] * 2 + [n - validation] * 2 and 2 * validation != n:
        return "the parts are exchanged. Which pair comes first, training or validation?"
    if sizes != [n - validation] * 2 + [validation] * 2:
        held_back_well = sizes[2:] == [validation] * 2
        return (
            f"of {n} examples, {validation} should be held back for validation. There are {sizes[0]} "
            f"images and {sizes[1]} labels to train on, and {sizes[2]} and {sizes[3]} for validation. "
            + ("Was one drawn twice?" if held_back_well else "Where does `validation` come in?")
        )
    which = _which(images, (train_images, held_images)), _which(labels, (train_labels, held_labels))
    if None in which[0] + which[1]:
        return "some image or label is not what it was. Which line does more than choose?"
    if {*which[0]} != {*range(n)} or {*which[1]} != {*range(n)}:
        return "some image or label is there twice, and some is lost. Can one order serve both?"
    if which[0] != which[1]:
        return "images and labels no longer belong together. Do both follow one and the same order?"
    if n > 8 and rng.bit_generator.state == np.random.default_rng(0).bit_generator.state:
        return "nothing was drawn from rng, so its seed decides nothing here. What is it for?"
    held = np.isin(np.arange(n), which[0][n - validation :])
    pieces = (held & ~np.roll(held, 1)).sum()  # in a ring; of 24 in 60, chance makes 15 or so
    if n > 50 and not 5 < pieces < validation:
        return "those held back follow the order of the file. Can every other choice come up, too?"
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
            (bytes([12, 2, 3, 4, 50, 6, 7, 8, 9]),),
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
        (_split_args(4, 1), _split_args(20, 5), _split_args(60, 24)),
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
