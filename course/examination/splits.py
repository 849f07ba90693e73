"""The digits of the examination: some to learn, others by the same writers, and others by strangers.

All come from the 60,000 training digits. The test set stays locked: whoever is examined ten times,
mending in between, has worn out what they were examined on.
"""

import os
from functools import cache
from typing import IO, NamedTuple

import numpy as np

from mnistlib import data

#: How many images a candidate learns.
IMAGES = 12_000
#: How many of these it learns again and again, where only a difference is looked for.
FEW = 2_000
#: How many digits it is asked about: by the writers that it learnt from, and by strangers.
ASKED = 4_000
#: The same three numbers in a page, whose Python is slower.
FEWER = (3_000, 1_000, 2_000)
#: How many of the 539 writers it learns from. The others are the strangers.
KNOWN_WRITERS = 400


class Digits(NamedTuple):
    """Images, uint8 (n, 28, 28), with their labels and the numbers of their writers, (n,)."""

    images: np.ndarray
    labels: np.ndarray
    writers: np.ndarray


class Splits(NamedTuple):
    """What is learnt, what only some trainings learn, and what is asked."""

    learnt: Digits
    few: Digits
    same_writers: Digits
    strangers: Digits


@cache
def draw_splits(images: int = IMAGES, few: int = FEW, asked: int = ASKED) -> Splits:
    """Draw the digits of an examination, the same each time, so many to learn and to be asked about.

    Raises:
        ValueError: there are not so many.
    """
    mnist = data.load()
    wrote = data.writers().train
    rng = np.random.default_rng(seed=13)
    known = np.isin(wrote, rng.permutation(np.unique(wrote))[:KNOWN_WRITERS])
    order = rng.permutation(len(wrote))
    by_known, by_strangers = order[known[order]], order[~known[order]]
    if not 100 <= images <= len(by_known) - asked:
        raise ValueError(f"images must be from 100 to {len(by_known) - asked:,}, got {images}")

    def digits(chosen: np.ndarray) -> Digits:
        return Digits(mnist.train_images[chosen], mnist.train_labels[chosen], wrote[chosen])

    learnt = by_known[asked:][:images]
    return Splits(
        learnt=digits(learnt),
        few=digits(learnt[:few]),
        same_writers=digits(by_known[:asked]),
        strangers=digits(by_strangers[:asked]),
    )


def write_page_digits(file: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write the digits of the examination in a page, whose Python is slower and gets fewer."""
    learnt, _, same_writers, strangers = draw_splits(*FEWER)
    np.savez_compressed(file, *learnt, *same_writers, *strangers)


def read_page_digits(path: str | os.PathLike[str]) -> Splits:
    """Read what :func:`write_page_digits` has written."""
    arrays = [*np.load(path).values()]  # in the order in which they were written
    learnt, same_writers, strangers = Digits(*arrays[:3]), Digits(*arrays[3:6]), Digits(*arrays[6:])
    few = Digits(*(part[: FEWER[1]] for part in learnt))
    return Splits(learnt, few, same_writers, strangers)
