"""Lesson 00's exercises: accuracy, and the share of answers that are confidently wrong."""

import numpy as np

from course.exercises.exercise import Exercise


def accuracy(p, labels):
    """Share of images whose answer is their label; the first of equal probabilities is the answer."""
    return (p.argmax(axis=1) == labels).mean()


def confidently_wrong(p, labels, limit):
    """Share of images answered wrongly with a probability above the limit: p (n, digits)."""
    wrong = p.argmax(axis=1) != labels
    sure = p.max(axis=1) > limit
    return (wrong & sure).mean()


_SIX = np.random.default_rng(3).dirichlet(np.ones(5), 6)
_FOUR = np.array([[0.92, 0.04, 0.04], [0.15, 0.7, 0.15], [0.4, 0.3, 0.3], [0.1, 0.3, 0.6]])
#: The label of the first row is only second.
_SECOND = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7]])
#: In each row two are largest, and the first of them is the answer.
_TIED = np.array([[0.4, 0.4, 0.2], [0.1, 0.45, 0.45], [0.4, 0.2, 0.4]])
EXERCISES = (
    Exercise(
        reference=accuracy,
        shapes="n digits, n -> ",
        cases=(
            (np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]]), np.array([1, 2])),
            (np.array([[0.25, 0.75]]), np.array([1])),
            (_SIX, np.array([3, 3, 1, 0, 3, 0])),
            (_SIX, np.array([0, 4, 1, 1, 0, 3])),
            (_FOUR, np.array([0, 0, 1, 2])),
            (_SECOND, np.array([1, 1, 2])),
            (_TIED, np.array([1, 2, 0])),
        ),
        random_case=lambda rng: (rng.dirichlet(np.ones(5), 7), rng.integers(0, 5, 7)),
    ),
    Exercise(
        reference=confidently_wrong,
        shapes="n digits, n, -> ",
        cases=(
            (np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]]), np.array([1, 2]), 0.3),
            (np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]]), np.array([1, 2]), 0.5),
            (_FOUR, np.array([0, 0, 1, 2]), 0.5),
            (_FOUR, np.array([1, 2, 2, 0]), 0.4),
            (_FOUR, np.array([1, 2, 2, 0]), 0.95),
            (_SIX, np.array([3, 3, 1, 0, 3, 0]), 0.4),
            (_SIX, np.array([0, 4, 1, 1, 0, 3]), 0.2),
            (_SIX, np.array([3, 4, 1, 0, 2, 3]), 0.1),
            (np.array([[0.504, 0.496], [0.53, 0.47]]), np.array([1, 0]), 0.5),
        ),
        random_case=lambda rng: (
            rng.dirichlet(np.ones(5), 7),
            rng.integers(0, 5, 7),
            float(rng.random()),
        ),
    ),
)
