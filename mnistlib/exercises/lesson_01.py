"""Lesson 01's exercises: a header, one-hot labels, a split, mean digits, the nearest of them."""

import struct

import numpy as np

from mnistlib import baseline, data
from mnistlib.exercises.trial import Exercise


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
    (train_images, train_labels), (held_images, held_labels) = got
    n, sizes = len(labels), [len(part) for pair in got for part in pair]
    together = np.concatenate([train_labels, held_labels])
    if sizes == [validation] * 2 + [n - validation] * 2 and 2 * validation != n:
        return "the parts are exchanged. Which pair comes first, training or validation?"
    if sizes != [n - validation] * 2 + [validation] * 2:
        return (
            f"of {n} examples, {validation} should be held back for validation. There are {sizes[0]} "
            f"images and {sizes[1]} labels to train on, and {sizes[2]} and {sizes[3]} for validation."
        )
    if len(np.unique(together)) != n:
        return "some example is in both parts, or twice in one. Can one order serve both parts?"
    if not np.array_equal(np.concatenate([train_images, held_images]), images[together]):
        return "images and labels no longer belong together. Do both follow one and the same order?"
    if n > 8 and rng.bit_generator.state == np.random.default_rng(0).bit_generator.state:
        return (
            "nothing was drawn from rng, so nobody can choose or repeat the shuffle. Who shuffles?"
        )
    if n > 8 and np.array_equal(train_labels, np.sort(train_labels)):
        return "the training part is still in the order of the file. What did the shuffle move?"
    if n > 8 and np.array_equal(held_labels, np.sort(held_labels)):
        return "the validation part is in the order of the file. Is it a random part of it?"
    return None


def _rows(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


EXERCISES = (
    Exercise(
        label_header,
        " -> magic number:, count:",
        (
            (struct.pack(">2I", 2049, 3) + bytes([7, 2, 1]),),
            (bytes([129, 2, 3, 4, 250, 6, 7, 8, 9]),),
            (struct.pack(">2I", 2049, 60_000) + bytes(range(10)),),
        ),
        (
            "The first eight bytes are two integers. Which way round are their bytes?",
            "The most significant byte comes first: in struct's language, big-endian is '>'.",
            "struct.unpack('>2I', raw[:8]) gives both.",
        ),
        "With the bytes the other way round, 2049 would read 17,301,504.",
        """
struct.unpack("<2I", raw[:8])
    each number was read from its last byte to its first. Which byte counts most in this file?
raw[3], raw[7]
int.from_bytes(raw[2:4], "big"), int.from_bytes(raw[6:8], "big")
int.from_bytes(raw[1:4], "big"), int.from_bytes(raw[5:8], "big")
    not every byte of each number was read. How many bytes do 32 bits take?
2049, struct.unpack(">I", raw[4:8])[0]
2049, len(raw) - 8
2049, 60000
struct.unpack(">I", raw[:4])[0], len(raw) - 8
struct.unpack(">I", raw[:4])[0], len(raw)
    one of the numbers was not read from the header. What if a file says something else there?
struct.unpack(">2i", raw[:8])
    a large number came out negative. Has a count a sign?
struct.unpack(">2I", raw[:8])[::-1]
    the two are in the other order. Which comes first in the file?
struct.unpack(">I", raw[:4])[0], struct.unpack(">I", raw[:4])[0]
    both were read from the same place. Where does the second number begin?
""",
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
        (
            "Each row asks of every class: is it this one? Comparing gives True and False.",
            "labels[:, None] is a column, np.arange(classes) a row; == stretches both.",
            "(labels[:, None] == np.arange(classes)).astype(float)",
        ),
        "Another way is np.eye(classes)[labels]: row k of the identity is class k's target.",
        """
labels == np.arange(classes)
    a row was compared with a row. Which must become a column, so that each label meets each class?
labels[:, None] == np.arange(1, classes + 1)
np.eye(classes)[labels - 1]
    the classes were counted from 1. What is the smallest label?
out = np.zeros((len(labels), classes)); out[:, labels] = 1; return out
    each row got a 1 for every label. How do you name one column for each row?
out = np.zeros((len(labels), classes)); out[labels] = 1; return out
    labels chose whole rows. Which of the two indices is the label?
np.eye(10)[labels]
    there are ten columns, whatever is asked for. What is `classes` for?
labels[:, None] >= np.arange(classes)
labels[:, None] <= np.arange(classes)
    several classes are marked in a row. For how many is the answer yes?
labels[:, None] * (labels[:, None] == np.arange(classes))
    the label itself stands where the mark should. What should mark class 0?
""",
    ),
    Exercise(
        split,
        "n rows columns, n,, -> ",
        (_split_args(4, 1), _split_args(20, 5), _split_args(30, 12)),
        (
            "Shuffle numbers, not images: rng.permutation(n) is every index once, in random order.",
            "One order serves images and labels alike: images[order], labels[order].",
            "order[:-validation] to train on, order[-validation:] for validation.",
        ),
        "The generator came from outside. Whoever calls it decides the seed, and can repeat it.",
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
        (
            "labels == k is True for the images of class k, and images[labels == k] are those.",
            "A mean over the images is a mean over axis 0. Reshape so that an image is a row.",
            "np.array([rows[labels == k].mean(axis=0) for k in range(10)])",
        ),
        "A mean digit is a digit that nobody wrote: where hands disagree, it is grey.",
        """
np.array([images[labels == k].mean(axis=0) for k in range(10)])
    each mean is still a picture with rows and columns. How does an image become one row?
np.array([images[labels == k].mean() for k in range(10)])
    all the pixels of a class went into one number. Over which axis are the images?
images.reshape(len(images), -1).mean(axis=0)
    that is the mean of all the images. How do you choose those of one class?
np.array([images[labels == k].reshape(-1, images[0].size).sum(axis=0) for k in range(10)])
    that is a sum. How many images went into it?
np.array([images[labels == k].reshape(-1, images[0].size).mean(axis=0) for k in range(10)]) / 255
    the means were scaled. In which units are the images?
np.array([sum(images[labels == k]).ravel() / (labels == k).sum() for k in range(10)])
    sums of bytes beyond 255 began again at 0. Which sum of NumPy adds in more than 8 bits?
np.eye(10)[labels].T @ images.reshape(len(images), -1) / len(images)
    it was divided by the number of all the images. How many belong to the class?
np.array([images[labels == k].reshape(-1, images[0].size)[0] for k in range(10)])
    that is one image of each class. What about its others?
""",
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
        (
            "Write the squared distance out: what in it does not depend on the class?",
            "x @ means.T holds every product of an image with a mean, shape (n, classes).",
            "(-2 * x @ means.T + (means**2).sum(axis=1)).argmin(axis=1)",
        ),
        "What is equal for all classes may be dropped, and then one matrix product does it all.",
        """
((means**2).sum(axis=1) - 2 * x @ means.T).argmax(axis=1)
    that is the class furthest away. Is a near mean a small distance, or a large one?
(x @ means.T).argmax(axis=1)
((means**2).sum() - 2 * x @ means.T).argmin(axis=1)
    only the products decided. What of the means' own lengths, one for each class?
((means**2).sum(axis=1) - x @ means.T).argmin(axis=1)
((means**2).sum(axis=1) + 2 * x @ means.T).argmin(axis=1)
    the product has the wrong factor. What is (a - b)**2, multiplied out?
((means**2).sum(axis=1) - 2 * x @ means.T).argmin(axis=0)
    that is the nearest image of each mean. Over which axis are the classes?
((means**2).sum(axis=1) - 2 * x @ means.T).min(axis=1)
    that is how near it is. Which class is it?
np.abs(x[:, None] - means).sum(axis=2).argmin(axis=1)
    the differences were added without being squared. Which distance is asked for?
(x / 255 @ means.T * -2 + (means**2).sum(axis=1)).argmin(axis=1)
    x was scaled once more, and the means were not. Are both in the same units already?
""",
    ),
)
