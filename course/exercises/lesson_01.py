"""Lesson 01's exercises: a header, a split, mean digits, the nearest of them, one-hot labels."""

import struct
from functools import cached_property

import numpy as np

from course.exercises.cases import fresh_generator, is_fresh
from course.exercises.exercise import Arguments, Exercise
from mnistlib import baseline, data


def label_header(raw):
    """Magic number and count of a label file: two big-endian unsigned integers of 32 bits."""
    magic, count = struct.unpack(">2I", raw[:8])
    return magic, count


def split(images, labels, validation, rng):
    """Two pairs of images and labels, shuffled: to train on, and for validation."""
    return data.split(images, labels, validation, rng=rng)


def _to_split(n: int, validation: int) -> Arguments:
    """Return images and labels, each of them another, how many to hold back, and a generator."""
    images = np.arange(n * 4, dtype=np.uint8).reshape(n, 2, 2)
    labels = np.arange(10, 10 + n, dtype=np.uint8)  # none is the number of its image
    return images, labels, validation, fresh_generator()


def _random_split(rng: np.random.Generator) -> Arguments:
    """Return images and labels in a random order, how many to hold back, and a generator."""
    n = int(rng.integers(55, 64))
    images, labels, _, generator = _to_split(n, 0)
    order = rng.permutation(n)
    return images[order], labels[order], int(rng.integers(20, 28)), generator


def _random_images(rng: np.random.Generator) -> Arguments:
    """Return images and their labels, among which every class is."""
    labels = np.concatenate([np.arange(10), rng.integers(0, 10, 21)])
    return rng.integers(0, 256, (31, 4, 3)).astype(np.uint8), labels.astype(np.uint8)


def which(originals: np.ndarray, entries: list) -> list[int | None]:
    """Return which of the originals each entry is, None for one that is none of them."""
    numbers = {contents(original): number for number, original in enumerate(originals)}
    return [numbers.get(contents(entry)) for entry in entries]


def contents(array: np.ndarray) -> tuple:
    """Return an array's shape and numbers, by which it can be looked up."""
    return np.shape(array), *np.ravel(array).tolist()


class Split:
    """A split that an answer made, beside what it was made of."""

    def __init__(self, arguments: Arguments, result: object) -> None:
        """Take the arguments as the call left them, and its result."""
        self.images, self.labels, self.validation, self.rng = arguments
        self.result = result
        self.n = len(self.labels)

    @cached_property
    def parts(self) -> list:
        """Images and labels to train on, then those for validation."""
        (train_images, train_labels), (held_images, held_labels) = self.result
        return [train_images, train_labels, held_images, held_labels]

    @cached_property
    def sizes(self) -> list[int]:
        """The lengths of the four parts."""
        return [len(part) for part in self.parts]

    @cached_property
    def chosen_images(self) -> list[int | None]:
        """Which of the images each is, first those to train on."""
        return which(self.images, [*self.parts[0], *self.parts[2]])

    @cached_property
    def chosen_labels(self) -> list[int | None]:
        """Which of the labels each is, first those to train on."""
        return which(self.labels, [*self.parts[1], *self.parts[3]])

    @property
    def is_long(self) -> bool:
        """Whether chance would hardly leave the order as it was."""
        return self.n > 8


def is_grouped_otherwise(split: Split) -> bool:
    """Tell whether the four arrays come in one row, or images with images."""
    dimensions = [
        [np.ndim(part) for part in pair] if isinstance(pair, (tuple, list)) else 0
        for pair in split.result
    ]
    return len(split.result) == 4 or dimensions == [[3, 3], [1, 1]]


def is_exchanged(split: Split) -> bool:
    """Tell whether the pair for validation comes first."""
    sizes = [split.validation] * 2 + [split.n - split.validation] * 2
    return split.sizes == sizes and 2 * split.validation != split.n


def has_single_pixels(split: Split) -> bool:
    """Tell whether the images to train on, or to hold back, have become one row of pixels."""
    return 1 in (np.ndim(split.parts[0]), np.ndim(split.parts[2]))


def has_drawn_some_twice(split: Split) -> bool:
    """Tell whether all that are not held back train, and some are held back twice."""
    held_back = split.chosen_labels[split.sizes[1] :]
    return has_lost_some(split) and len({*held_back}) < len(held_back)


def has_lost_some(split: Split) -> bool:
    """Tell whether as many are held back as should be, and too few or too many train."""
    return split.sizes[2:] == [split.validation] * 2 and has_other_sizes(split)


def has_other_sizes(split: Split) -> bool:
    """Tell whether the parts have other sizes than asked for."""
    return split.sizes != [split.n - split.validation] * 2 + [split.validation] * 2


def has_changed_some(split: Split) -> bool:
    """Tell whether some image or label is none of those that came in."""
    return None in split.chosen_images + split.chosen_labels


def has_drawn_with_replacement(split: Split) -> bool:
    """Tell whether some image and its label come twice in one part."""
    train = split.chosen_images[: split.sizes[0]]
    held_back = split.chosen_images[split.sizes[0] :]
    repeats = any(len({*part}) < len(part) for part in (train, held_back))
    return repeats and split.chosen_images == split.chosen_labels


def has_some_twice(split: Split) -> bool:
    """Tell whether some image or label was chosen twice, and so some is lost."""
    everything = {*range(split.n)}
    return {*split.chosen_images} != everything or {*split.chosen_labels} != everything


def has_parted_pairs(split: Split) -> bool:
    """Tell whether images and labels follow two orders."""
    return split.chosen_images != split.chosen_labels


def has_drawn_nothing(split: Split) -> bool:
    """Tell whether the generator is as it was."""
    return split.is_long and is_fresh(split.rng)


def follows_the_file(split: Split) -> bool:
    """Tell whether those held back lie in few pieces, or at regular distances."""
    if split.n <= 50:
        return False
    held_back = split.chosen_images[split.n - split.validation :]
    is_held_back = np.isin(np.arange(split.n), held_back)
    is_first_of_a_piece = is_held_back & ~np.roll(is_held_back, 1)  # the file as a ring
    return (
        not 5 < is_first_of_a_piece.sum() < split.validation
    )  # of 24 in 60, chance makes 15 or so


def _rows(seed: int, *shape: int) -> np.ndarray:
    """Return numbers from 0 to 1."""
    return np.random.default_rng(seed).random(shape)


def one_hot(labels, classes=10):
    """One-hot targets, True for each label's class: the line to which the hints lead."""
    return labels[:, None] == np.arange(classes)  # the library: np.eye(classes)[labels]


EXERCISES = (
    Exercise(
        reference=label_header,
        shapes=" -> magic number:, count:",
        cases=(
            (struct.pack(">2I", 2049, 3) + bytes([7, 2, 1]),),
            (bytes([12, 2, 3, 4, 50, 6, 7, 8, 9]),),
            (struct.pack(">2I", 2049, 60_000) + bytes(range(10)),),
            (bytes([1, 2, 3, 4, 250, 6, 7, 8, 9]),),  # as signed integers, the count is negative
        ),
        random_case=lambda rng: (bytes(rng.integers(0, 256, 40).tolist()),),
    ),
    Exercise(
        reference=split,
        shapes="n rows columns, n,, -> ",
        cases=(_to_split(4, 1), _to_split(20, 5), _to_split(60, 24)),
        random_case=_random_split,
        solution=data.split,
        view=Split,
        predicates={
            "is_grouped_otherwise": is_grouped_otherwise,
            "is_exchanged": is_exchanged,
            "has_single_pixels": has_single_pixels,
            "has_drawn_some_twice": has_drawn_some_twice,
            "has_lost_some": has_lost_some,
            "has_other_sizes": has_other_sizes,
            "has_changed_some": has_changed_some,
            "has_drawn_with_replacement": has_drawn_with_replacement,
            "has_some_twice": has_some_twice,
            "has_parted_pairs": has_parted_pairs,
            "has_drawn_nothing": has_drawn_nothing,
            "follows_the_file": follows_the_file,
        },
    ),
    Exercise(
        reference=baseline.class_means,
        shapes="n rows columns, n -> classes pixels",
        cases=(
            (np.array([[[k, 100]] for k in (*range(10), 30)], np.uint8), np.arange(11) % 10),
            (np.arange(120, 240, dtype=np.uint8).reshape(20, 2, 3), np.repeat(np.arange(10), 2)),
            (np.uint8(255 * _rows(1, 24, 2, 2)), np.arange(24) * 7 % 10),
        ),
        random_case=_random_images,
    ),
    Exercise(
        reference=baseline.nearest_mean,
        shapes="n pixels, classes pixels -> n",
        cases=(
            (np.array([[1.0, 0.0]]), np.array([[0.0, 2.0], [2.0, 0.0], [4.0, 4.0]])),
            (_rows(1, 2, 4), _rows(2, 3, 4)),
            (_rows(3, 20, 5), _rows(4, 3, 5) * [[0.5], [1], [2]]),
            (_rows(5, 40, 6) - 1, _rows(6, 10, 6) - 1),
        ),
        random_case=lambda rng: (
            3 * rng.normal(size=(50, 7)),
            3 * rng.random((6, 1)) * rng.normal(size=(6, 7)),
        ),
    ),
    Exercise(
        reference=data.one_hot,
        shapes="n, classes -> n classes",
        cases=(
            (np.array([1], np.uint8), 2),
            (np.array([2, 0], np.uint8), 3),
            (np.array([3, 9, 0, 3], np.uint8), 10),
            (np.array([7, 1], np.uint8),),
        ),
        random_case=lambda rng: (rng.integers(0, 7, 9).astype(np.uint8), 7),
        solution=one_hot,
    ),
)
