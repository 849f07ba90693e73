"""Lesson 09's exercises: the lightest fit, and a fit that pays for its weights."""

import numpy as np

from course.exercises.cases import normal
from course.exercises.exercise import Exercise


def lightest_weights(a, target):
    """The weights of smallest sum of squares among those with a @ w = target, for one example."""
    return target * a / (a @ a)


def decayed_fit(a, y, weight_decay):
    """The weights of smallest mean squared error plus price, for any number of features."""
    left, s, right = np.linalg.svd(a, full_matrices=False)
    held = s / (s**2 + len(a) * weight_decay / 2)
    return right.T @ (held[:, None] * (left.T @ y))


EXERCISES = (
    Exercise(
        reference=lightest_weights,
        shapes="features, -> features",
        cases=(
            (np.array([1.0, 2.0]), 5.0),
            (np.array([3.0, 0.0, 4.0]), 2.0),
            (*normal(1, (6,)), -1.5),
            (1e-4 * normal(2, (4,))[0], 1e-7 / 3),
        ),
    ),
    Exercise(
        reference=decayed_fit,
        shapes="n features, n classes, -> features classes",
        cases=(
            # By pencil: the squared singular values 4 and 1 gain 3, and both weights are whole.
            (np.array([[1.0, 0], [0, 2], [0, 0]]), np.array([[4.0], [7], [5]]), 2.0),
            # Here right differs from its own transpose, whatever signs it comes with.
            (np.array([[0.0, 3, 0], [0, 0, 2], [1, 0, 0]]), np.array([[4.0], [7], [4]]), 2.0),
            (*normal(4, (5, 3), (5, 2)), 0.3),
            (*normal(5, (3, 7), (3, 2)), 0.02),
            (*normal(6, (4, 4), (4, 3)), 0.1),
            (normal(7, (5, 2))[0], 1e-7 * normal(8, (5, 2))[0], 0.3),
        ),
    ),
)
