"""Lesson 05's exercises: what was gained and lost, an error by writer, how sure and how right."""

import math

import numpy as np

from course.exercises.exercise import Arguments, Exercise
from mnistlib import uncertainty


def paired(before, after):
    """How many answers were gained, how many lost, and the p of McNemar's exact test."""
    gained = int((after & ~before).sum())  # a Python int, in which 2**split never overflows
    lost = int((before & ~after).sum())
    split, smaller = gained + lost, min(gained, lost)
    tail = sum(math.comb(split, heads) for heads in range(smaller + 1))
    return gained, lost, min(1.0, 2 * tail / 2**split)


def reliability(sure, hits):
    """For each bin of the probability from 0 to 1: how many answers, and how many are right."""
    tenth = np.minimum((10 * sure).astype(int), 9)
    return np.bincount(tenth, minlength=10), np.bincount(tenth[hits], minlength=10)


def _graded(seed: int, *sizes: int) -> Arguments:
    """Return answers of groups of such sizes, each group better than the last, and their numbers.

    The numbers have gaps, as writers' have.
    """
    group = np.repeat(np.arange(len(sizes)), sizes)
    share_right = np.linspace(0.3, 0.95, len(sizes))
    rng = np.random.default_rng(seed)
    right = rng.random(len(group)) < share_right[group]
    shuffle = rng.permutation(len(group))
    return right[shuffle], (326 + 7 * group)[shuffle]


def _answers(*counts: int) -> Arguments:
    """Return answers before and after: so many both right, gained, lost, and both wrong."""
    before = np.repeat([True, False, True, False], counts)
    after = np.repeat([True, True, False, False], counts)
    order = np.random.default_rng(0).permutation(len(before))
    return before[order], after[order]


def _random_confidences(rng: np.random.Generator) -> Arguments:
    """Return probabilities, sometimes none above 0.4, and which answers are right."""
    sure = np.append(rng.random(60) * rng.choice([0.4, 1.0]), rng.choice([1.0, 0.2512]))
    return sure, rng.random(61) < 0.7


_SURE = np.array([0.55, 0.62, 0.68, 0.93, 0.97, 1.0])
_HITS = np.array([True, False, True, True, False, True])

EXERCISES = (
    Exercise(
        reference=paired,
        shapes="n, n -> gained:, lost:, p:",
        cases=(
            _answers(1, 3, 1, 0),  # three results, no two of them alike
            _answers(1, 1, 0, 1),
            _answers(2, 3, 1, 2),
            _answers(5, 2, 6, 3),
            _answers(4, 3, 3, 2),
            _answers(20, 9, 1, 8),
            _answers(2, 0, 0, 1),
            _answers(1, 4, 0, 1),
        ),
        extreme=(_answers(40, 117, 110, 30), _answers(0, 600, 580, 0)),
        random_case=lambda rng: (rng.random(40) < rng.random(), rng.random(40) < rng.random()),
    ),
    Exercise(
        reference=uncertainty.standard_error_by_group,
        shapes="n, n -> ",
        cases=(
            (np.array([True, True, False, False]), np.array([1, 1, 4, 4])),
            (np.array([True, True, True, False]), np.array([1, 1, 1, 4])),  # none right in the last
            _graded(1, 3, 1, 4),
            _graded(2, 10, 40, 25, 33),
            _graded(3, *[1] * 12),
        ),
        random_case=lambda rng: (rng.random(60) < 0.8, 7 * rng.integers(0, 9, 60) + 5),
    ),
    Exercise(
        reference=reliability,
        shapes="n, n -> counts: bins, counts_right: bins",
        cases=(
            (_SURE, _HITS),
            (np.array([0.0, 0.5, 0.25, 0.75]), np.array([False, True, False, True])),
            (np.array([0.15, 0.25, 0.999, 0.31]), np.array([False, False, True, True])),
            (np.array([0.33, 0.58, 0.52]), np.array([True, True, False])),
            (np.array([0.3, 0.6, 0.7, 0.1]), np.array([True, False, True, True])),
            (np.array([0.697, 0.6996, 0.896, 0.35]), np.array([True, True, False, True])),
        ),
        random_case=_random_confidences,
    ),
)
