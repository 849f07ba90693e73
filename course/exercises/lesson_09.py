"""Lesson 09's exercises: the lightest fit, and a fit that pays for its weights."""

from typing import NamedTuple

import numpy as np

from course.exercises.cases import Seed, normal_array, normal_arrays
from course.exercises.comparison import is_numeric
from course.exercises.exercise import Arguments, Exercise


def lightest_weights(row, target):
    """The weights of smallest sum of squares among those with row @ w = target, for one example."""
    return target * row / (row @ row)


class Weighing(NamedTuple):
    """Whether weights are exact, and so in a known way; their sum of squares, and the least."""

    is_exact: bool
    is_known: bool = False
    squares: float = 0.0
    least: float = 0.0


def _weighed(arguments: Arguments, w: object) -> Weighing:
    """Weigh what came for an example.

    Where all weights are alike, or all features that count give equal shares of the target (a single
    one all of it), a known mistake explains it better than its weight.
    """
    row, target = arguments
    if not is_numeric(w) or np.shape(w) != row.shape or not np.allclose(row @ w, target, atol=0):
        return Weighing(is_exact=False)
    shares = row * w
    is_known = np.allclose(w, w[0]) or np.allclose(shares[shares != 0], shares.max())
    return Weighing(True, bool(is_known), np.square(w).sum(), least=target**2 / (row @ row))


def without_faintest(left, s, right, y, faintest):
    """The lightest fit, but for the faintest directions: so many of the last are left out."""
    kept = len(s) - faintest
    return right[:kept].T @ ((left[:, :kept].T @ y) / s[:kept, None])


def decayed_fit(a, y, weight_decay):
    """The weights of smallest squared error plus price, for any number of features."""
    left, s, right = np.linalg.svd(a, full_matrices=False)
    held = s / (s**2 + len(a) * weight_decay / 2)
    return right.T @ (held[:, None] * (left.T @ y))


def _taken_apart(
    seed: Seed, shape: tuple[int, int], classes: int, faintest: int, size: float = 1.0
) -> Arguments:
    """Return drawn features in their three parts, drawn targets, and how many directions are to go."""
    a, y = normal_arrays(seed, shape, (shape[0], classes))
    return *np.linalg.svd(a, full_matrices=False), size * y, faintest


def _random_decomposition(rng: np.random.Generator) -> Arguments:
    """Return drawn features in their three parts, drawn targets, and how many directions go."""
    return _taken_apart(rng, (6, 4), 3, int(rng.integers(0, 4)))


def _random_fit(rng: np.random.Generator) -> Arguments:
    """Return features and targets of fewer or more examples than features, and a price."""
    n = int(rng.integers(2, 9))
    return 2 * rng.normal(size=(n, 5)), rng.normal(size=(n, 3)), rng.random()


EXERCISES = (
    Exercise(
        reference=lightest_weights,
        shapes="features, -> features",
        cases=(
            (np.array([1.0, 2.0]), 5.0),
            (np.array([3.0, 0.0, 4.0]), 2.0),
            (normal_array(1, 6), -1.5),
            (1e-4 * normal_array(2, 4), 1e-7 / 3),
        ),
        random_case=lambda rng: (rng.normal(size=5), rng.normal()),
        view=_weighed,
        predicates={
            "needlessly_heavy": lambda w: (
                w.is_exact and not w.is_known and w.squares > 1.001 * w.least
            )
        },
        is_compared=True,
    ),
    Exercise(
        reference=without_faintest,
        shapes="n pairs, pairs, pairs features, n classes, -> features classes",
        cases=(
            # By pencil: the parts of the targets are 4 and 3.
            (
                np.array([[0.6, -0.8], [0.8, 0.6]]),
                np.array([2.0, 0.5]),
                np.array([[0.0, 0, 1], [1, 0, 0]]),
                np.array([[0.0], [5]]),
                1,
            ),
            _taken_apart(21, (4, 6), 3, 0),
            _taken_apart(22, (6, 4), 2, 1),
            _taken_apart(23, (3, 7), 2, 2),
            _taken_apart(29, (5, 5), 3, 3, size=1e-7),  # two of s below 1, unlike elsewhere
        ),
        random_case=_random_decomposition,
    ),
    Exercise(
        reference=decayed_fit,
        shapes="n features, n classes, -> features classes",
        cases=(
            # By pencil: the squared singular values 4 and 1 gain 3, and both weights are whole.
            (np.array([[1.0, 0], [0, 2], [0, 0]]), np.array([[4.0], [7], [5]]), 2.0),
            # Here right differs from its own transpose, whatever signs it comes with.
            (np.array([[0.0, 3, 0], [0, 0, 2], [1, 0, 0]]), np.array([[4.0], [7], [4]]), 2.0),
            (*normal_arrays(4, (5, 3), (5, 2)), 0.3),
            (*normal_arrays(5, (3, 7), (3, 2)), 0.02),
            (*normal_arrays(6, (4, 4), (4, 3)), 0.1),
            (normal_array(7, 5, 2), 1e-7 * normal_array(8, 5, 2), 0.3),
        ),
        random_case=_random_fit,
    ),
)
