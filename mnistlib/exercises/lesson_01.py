"""Lesson 01's exercises: a header, one-hot labels, a split, the nearest mean."""

import struct

import numpy as np

from mnistlib import baseline, data
from mnistlib.exercises.trial import Exercise


def label_header(raw):
    """Magic number and count of a label file: two big-endian unsigned integers of 32 bits."""
    magic, count = struct.unpack(">2I", raw[:8])
    return magic, count


def _raw_labels(count: int) -> bytes:
    return struct.pack(">2I", 2049, count) + bytes(i % 10 for i in range(count))


def _scores(x, means):
    return (means**2).sum(axis=1) - 2 * x @ means.T


def _rows(n: int) -> tuple:
    rng = np.random.default_rng(n)
    return rng.random((n, 4)), rng.random((3, 4))


def _split_args(n: int, validation: int) -> tuple:
    images = np.arange(n * 4, dtype=np.uint8).reshape(n, 2, 2)
    return images, np.arange(n, dtype=np.uint8), validation, np.random.default_rng(n)


def _split(images, labels, validation, rng):
    return data.split(images, labels, validation, rng=rng)


def _split_is_wrong(args: tuple, got: object) -> tuple[str, str] | None:
    images, labels, validation, _ = args
    try:
        (train_images, train_labels), (held_images, held_labels) = got
        sizes = [len(train_images), len(train_labels), len(held_images), len(held_labels)]
    except (TypeError, ValueError):
        return "wrong shape", "wanted two pairs, (images, labels) for training and for validation."
    if sizes == [validation] * 2 + [len(labels) - validation] * 2 and 2 * validation != len(labels):
        return "wrong shape", "the parts are exchanged: training comes first, then validation."
    if sizes != [len(labels) - validation] * 2 + [validation] * 2:
        return (
            "wrong shape",
            f"wanted {len(labels) - validation} training and {validation} validation examples, got "
            f"{sizes[0]} images and {sizes[1]} labels, {sizes[2]} images and {sizes[3]} labels.",
        )
    together = np.concatenate([train_labels, held_labels])
    if len(np.unique(together)) != len(labels):
        return "wrong value", "some example is in both parts, or twice in one. Shuffle the indices."
    both = np.concatenate([train_images, held_images])
    if not np.array_equal(both, images[together]):
        return "wrong value", "images and labels no longer belong together: use one order for both."
    if np.array_equal(train_labels, np.sort(train_labels)) and len(labels) > 8:
        return "wrong value", "nothing was shuffled, so the parts depend on the order in the file."
    return None


EXERCISES = (
    Exercise(
        name="label_header",
        reference=label_header,
        cases=lambda: [(_raw_labels(3),), (_raw_labels(60_000),)],
        hints=(
            "The first eight bytes are two integers. Which way round are their bytes?",
            "The most significant byte comes first: in struct's language, big-endian is '>'.",
            "struct.unpack('>2I', raw[:8]) gives both.",
        ),
        notice="With the bytes the other way round, 2049 would read 17,301,504.",
        mistakes={
            "the bytes were read little-endian, least significant first.": lambda raw: (
                struct.unpack("<2I", raw[:8])
            ),
            "only the last byte of each integer was read.": lambda raw: (raw[3], raw[7]),
            "the count was read where the magic number stands, four bytes too early.": lambda raw: (
                (struct.unpack(">I", raw[:4])[0],) * 2
            ),
            "the two are in the other order.": lambda raw: struct.unpack(">2I", raw[:8])[::-1],
        },
    ),
    Exercise(
        name="one_hot",
        reference=data.one_hot,
        cases=lambda: [
            (np.array([1], np.uint8), 2),
            (np.array([2, 0], np.uint8), 3),
            (np.array([3, 9, 0, 3], np.uint8), 10),
            (np.array([7, 1], np.uint8),),
        ],
        hints=(
            "Each row asks of every class: is it this one? Comparing gives True and False.",
            "labels[:, None] is a column, np.arange(classes) a row; == stretches both.",
            "(labels[:, None] == np.arange(classes)).astype(float)",
        ),
        notice="Another way is np.eye(classes)[labels]: row k of the identity is class k's target.",
        mistakes={
            "rows and columns are exchanged: rows should be examples.": lambda labels, classes=10: (
                np.arange(classes)[:, None] == labels
            ).astype(float),
            "classes are counted from 1, but labels start at 0.": lambda labels, classes=10: (
                labels[:, None] == np.arange(1, classes + 1)
            ).astype(float),
            "it marks the wrong classes with the 1, and the right one with 0.": (
                lambda labels, classes=10: (labels[:, None] != np.arange(classes)).astype(float)
            ),
            "it has ten columns, whatever number of classes is asked for.": (
                lambda labels, classes=10: np.eye(10)[labels]
            ),
            "every class up to the right one is marked, not only that one.": (
                lambda labels, classes=10: (labels[:, None] >= np.arange(classes)).astype(float)
            ),
        },
        grow=lambda n: (np.arange(n) % 10, 10),
        home=data,
    ),
    Exercise(
        name="split",
        reference=_split,
        cases=lambda: [_split_args(4, 1), _split_args(20, 5)],
        accept=_split_is_wrong,
        hints=(
            "Shuffle numbers, not images: rng.permutation(n) is every index once, in random order.",
            "One order serves images and labels alike: images[order], labels[order].",
            "order[:-validation] to train on, order[-validation:] for validation.",
        ),
        notice="The generator came from outside. Whoever calls it decides the seed, and can repeat it.",
        shows=data.split,
    ),
    Exercise(
        name="nearest_mean",
        reference=baseline.nearest_mean,
        cases=lambda: [
            (np.array([[1.0, 0.0]]), np.array([[0.0, 2.0], [2.0, 0.0], [4.0, 4.0]])),
            _rows(2),
            _rows(20),
        ],
        hints=(
            "Write the squared distance out: what in it does not depend on the class?",
            "x @ means.T holds every product of an image with a mean, shape (n, classes).",
            "(-2 * x @ means.T + (means**2).sum(axis=1)).argmin(axis=1)",
        ),
        notice="What is equal for all classes may be dropped, and then one matrix product does it all.",
        mistakes={
            "that is the class that is furthest away: argmin, not argmax.": lambda x, means: (
                _scores(x, means).argmax(axis=1)
            ),
            "the largest product is not the nearest mean: the means' own lengths count too.": (
                lambda x, means: (x @ means.T).argmax(axis=1)
            ),
            "the factor 2 of the product is missing.": lambda x, means: (
                (means**2).sum(axis=1) - x @ means.T
            ).argmin(axis=1),
            "the minimum was taken over the images, not over the classes.": lambda x, means: (
                _scores(x, means).argmin(axis=0)
            ),
            "that is how near it is; which class it is, argmin says.": lambda x, means: _scores(
                x, means
            ).min(axis=1),
        },
        grow=lambda n: (np.ones((n, 4)), np.eye(3, 4)),
    ),
)
