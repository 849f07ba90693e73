"""Lesson 00's exercise: the accuracy, from probabilities and labels."""

import numpy as np

from course.exercises.exercise import Exercise


def accuracy(p, labels):
    """Share of pictures whose label got the largest probability: p (n, digits), labels (n,)."""
    return (p.argmax(axis=1) == labels).mean()


_SIX = np.random.default_rng(3).dirichlet(np.ones(5), 6)
EXERCISES = (
    Exercise(
        reference=accuracy,
        shapes="n digits, n -> ",
        cases=(
            (np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]]), np.array([1, 2])),
            (np.array([[0.25, 0.75]]), np.array([1])),
            (_SIX, np.array([3, 3, 1, 0, 3, 0])),
            (_SIX, np.array([0, 4, 1, 1, 0, 3])),
        ),
    ),
)
