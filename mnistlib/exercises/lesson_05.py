"""Lesson 05's exercises: the hidden bias, a check that catches a fault, a pair of counts, a rate."""

import math

import numpy as np

from mnistlib import functions, original
from mnistlib.exercises.trial import Exercise, words


def depends_on_company(softmax):
    """Whether a softmax gives an example other numbers alone than in a batch."""
    z = np.random.default_rng(0).normal(size=(5, 4))
    return not np.allclose(softmax(z[:1]), softmax(z)[:1])


def paired(before, after):
    """How many answers were gained, how many lost, and the p of McNemar's exact test."""
    gained, lost = (after & ~before).sum(), (before & ~after).sum()
    n = gained + lost
    tail = sum(math.comb(n, fewer) for fewer in range(min(gained, lost) + 1))
    return gained, lost, min(1.0, 2 * tail / 2**n)


def _ways(gained, lost):
    """Return the probability of each split with as few in the smaller part, or fewer."""
    n = gained + lost
    return [math.comb(n, fewer) / 2**n for fewer in range(min(gained, lost) + 1)]


def rate_for_scaled(rate):
    """Learning rate of W1 at which scaled pixels train exactly as raw ones did with ``rate``."""
    return 255**2 * rate


def _rate_objection(args: tuple, got: object) -> str | None:
    close = np.shape(got) == () and np.isclose(got, rate_for_scaled(*args), rtol=1e-5)
    return None if close else f"{got:g} is not it."  # the number itself would give the answer away


def _one_sum_for_all(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def _centred(z):
    return functions.softmax(z - z.mean(axis=0))


def _leaning_on_a_partner(z):
    """The right softmax of rows that lean on one another by twos, an odd last on the one before."""
    partner = np.arange(len(z)) ^ 1
    partner[partner == len(z)] = len(z) - 2  # of one row alone that is itself, -1
    return functions.softmax((z + z[partner]) / 2)


def _cautious(z):
    return functions.softmax(z / 2)


def _logits(seed: int, n: int, classes: int) -> tuple:
    return (np.random.default_rng(seed).normal(size=(n, classes)),)


def _answers(*counts: int) -> tuple:
    """Return answers before and after: so many both right, gained, lost, and both wrong."""
    before = np.repeat([True, False, True, False], counts)
    order = np.random.default_rng(0).permutation(len(before))
    return before[order], np.repeat([True, True, False, False], counts)[order]


WORDS = words("lesson_05")
EXERCISES = (
    Exercise(
        original.class_bias,
        "n classes -> classes",
        ((np.zeros((2, 2)),), _logits(1, 1, 3), _logits(2, 2, 4), _logits(6, 6, 4)),
        *WORDS["class_bias"],
        (
            (np.array([[1000.0, 0.0], [999.0, -1000.0]]),),
            (np.array([[3000.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),),
        ),
    ),
    Exercise(
        depends_on_company,
        " -> ",
        tuple(
            (softmax,)
            for softmax in (
                original.softmax_over_batch,
                functions.softmax,
                _one_sum_for_all,
                _centred,
                _leaning_on_a_partner,
                _cautious,
            )
        ),
        *WORDS["depends_on_company"],
    ),
    Exercise(
        paired,
        "n, n -> gained:, lost:, p:",
        (
            _answers(1, 1, 0, 1),
            _answers(2, 3, 1, 2),
            _answers(5, 2, 6, 3),
            _answers(4, 3, 3, 2),
            _answers(20, 9, 1, 8),
        ),
        *WORDS["paired"],
    ),
    Exercise(
        rate_for_scaled,
        " -> ",
        ((1.0,), (0.001,)),
        *WORDS["rate_for_scaled"],
        objection=_rate_objection,
    ),
)
