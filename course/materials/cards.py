"""The cards of lesson 12, dealt from labelled digits; :mod:`mnistlib.attention` answers them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Cards(NamedTuple):
    """Cards and their answers; the first two are a set as :mod:`mnistlib.training` wants one.

    images (n, 2p + 1, 28, 28), uint8: the image asked about, key, value, key, value, ...; labels (n,):
    the digit to answer; right (n,): the number, from 0, of the pair to look at; digits (n, 2p + 1):
    what each image shows.
    """

    images: np.ndarray
    labels: np.ndarray
    right: np.ndarray
    digits: np.ndarray


def deal_cards(
    images: np.ndarray,
    labels: ArrayLike,
    n: int,
    *,
    pairs: int = 4,
    keys: Sequence[int] = range(10),
    asked: Sequence[int] | None = None,
    rng: np.random.Generator,
) -> Cards:
    """Deal n cards from labelled digits; the same generator deals the same cards.

    A card's keys are different digits, drawn from ``keys``. One of them is asked about, by another
    image of the same digit. The values are any digits, and may repeat. With ``asked``, only these
    digits are asked about, and each must be one of the keys. Described in lesson 12, "The cards".

    Raises:
        ValueError: more pairs than keys, or a digit asked about that is not a key.
    """
    keys = sorted(set(keys))
    asked = keys if asked is None else sorted(set(asked))
    if not (1 <= pairs <= len(keys) and set(asked) <= set(keys) <= set(range(10))):
        raise ValueError(
            f"a card has different digits as keys, and asks about one of them; got {pairs} pairs, "
            f"keys {keys}, asked {asked}"
        )
    labels = np.asarray(labels)
    images_of = [np.flatnonzero(labels == digit) for digit in range(10)]
    count = np.array([len(places) for places in images_of])
    start = np.concatenate([[0], count.cumsum()[:-1]])
    in_order = np.concatenate(images_of)  # all zeros, then all ones, ...

    question = rng.choice(asked, n)
    draw = np.full((n, 10), np.inf)
    draw[:, keys] = rng.random((n, len(keys)))
    draw[np.arange(n), question] = -1  # the digit asked about is always on the card
    key_digits = rng.permuted(draw.argsort(axis=1)[:, :pairs], axis=1)
    right = (key_digits == question[:, None]).argmax(axis=1)

    digits = np.empty((n, 1 + 2 * pairs), np.uint8)
    digits[:, 0] = question
    digits[:, 1::2] = key_digits
    digits[:, 2::2] = rng.integers(10, size=(n, pairs))
    chosen = rng.integers(count[digits])
    # Of the digit asked about, any image but the one that is the key.
    other = rng.integers(count[question] - 1)
    chosen[:, 0] = other + (other >= chosen[np.arange(n), 1 + 2 * right])
    return Cards(
        images=images[in_order[start[digits] + chosen]],
        labels=digits[np.arange(n), 2 + 2 * right],
        right=right,
        digits=digits,
    )


def replace_values(
    cards: Cards,
    pairs: np.ndarray,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    keep_digit: bool = False,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the cards' images, on each of which the value image of one pair is replaced.

    ``pairs`` (n,) are the pairs' numbers, from 0. The new image comes from labelled digits and shows
    any digit but the old one, or, with ``keep_digit``, the same one.
    """
    each = np.arange(len(pairs))
    places = 2 + 2 * pairs
    digits = cards.digits[each, places].astype(int)
    if not keep_digit:
        digits = (digits + rng.integers(1, 10, size=len(pairs))) % 10
    images_of = [np.flatnonzero(labels == digit) for digit in range(10)]
    replaced = cards.images.copy()
    replaced[each, places] = images[[rng.choice(images_of[digit]) for digit in digits]]
    return replaced
