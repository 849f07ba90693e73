"""Lesson 05's exercises: the hidden bias, the loss to start at, a check, a pair of counts, a rate."""

import math

import numpy as np

from mnistlib import functions, original
from mnistlib.exercises.trial import Exercise, words


def loss_at_the_start(classes):
    """Cross-entropy and squared error of one image, if every class gets the same probability."""
    p = 1 / classes
    return -np.log(p), (1 - p) ** 2 + (classes - 1) * p**2


def depends_on_company(softmax):
    """Whether a softmax gives any example other numbers alone than in a batch."""
    z = np.random.default_rng(0).normal(size=(5, 4))
    alone = np.vstack([softmax(row[None]) for row in z])
    return not np.allclose(softmax(z), alone)


def paired(before, after):
    """How many answers were gained, how many lost, and the p of McNemar's exact test."""
    gained = int((after & ~before).sum())  # an int of Python, in which 2**changed never overflows
    lost = int((before & ~after).sum())
    changed, fewer = gained + lost, min(gained, lost)
    tail = sum(math.comb(changed, few) for few in range(fewer + 1))
    return gained, lost, min(1.0, 2 * tail / 2**changed)


def _ways(gained, lost):
    """Return the probability of each split with as few in the smaller part, or fewer."""
    changed = gained + lost
    return [math.comb(changed, i) / 2**changed for i in range(min(gained, lost) + 1)]


def _both_tails(gained, lost):
    return min(1.0, 2 * sum(_ways(int(gained), int(lost))))


def rate_for_scaled(rate, divisor):
    """Learning rate of W1 at which divided pixels train exactly as raw ones did with ``rate``."""
    return divisor**2 * rate


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


def _looking_back(z):
    return functions.softmax(np.cumsum(z, axis=0))


def _looking_ahead(z):
    return functions.softmax(np.cumsum(z[::-1], axis=0)[::-1])


def _growing_with_company(z):
    return functions.softmax(z) * len(z)


def _one_part_in_twenty_of_all(z):
    p = functions.softmax(z)
    return 0.95 * p + 0.05 * p.mean(axis=0)


def _counting_heads(z):
    return functions.softmax(z + np.eye(z.shape[1])[0] * len(z) / 50)


def _cautious(z):
    return functions.softmax(z / 2)


def _by_rows_only(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _rounded_otherwise(z):
    """The right softmax, but for last bits that the size of the batch decides."""
    detour = 1 + len(z) / 10
    e = np.exp(z - z.max(axis=1, keepdims=True)) * detour
    return e / e.sum(axis=1, keepdims=True)


def _alone(softmax, z):
    return np.vstack([softmax(row[None]) for row in z])


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
            (np.array([[-1000.0, 1.0], [1000.0, 0.0]]),),
            (np.array([[30000.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),),
        ),
    ),
    Exercise(
        loss_at_the_start,
        " -> cross-entropy:, squared error:",
        ((2,), (10,), (5,)),
        *WORDS["loss_at_the_start"],
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
                _by_rows_only,
                _rounded_otherwise,
                _looking_back,
                _looking_ahead,
                _growing_with_company,
                _one_part_in_twenty_of_all,
                _counting_heads,
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
            _answers(2, 0, 0, 1),
        ),
        *WORDS["paired"],
        (_answers(40, 117, 110, 30), _answers(0, 600, 580, 0)),
    ),
    Exercise(
        rate_for_scaled,
        " -> ",
        ((1.0, 2.0), (0.5, 10.0), (0.001, 255.0)),
        *WORDS["rate_for_scaled"],
        objection=_rate_objection,
    ),
)
