"""Lesson 07's exercises: the lightest fit, decay, when to stop, how sure and how right, a held fit."""

import numpy as np

from mnistlib.exercises.trial import Exercise, words


def lightest_weights(a, target):
    """The weights of smallest sum of squares among those with a @ w = target, for one example."""
    return target * a / (a @ a)


def decayed(loss, W, dW, weight_decay):
    """The loss with its price on large weights, and its gradient by these weights."""
    return loss + weight_decay / 2 * (W**2).sum(), dW + weight_decay * W


def stopped_at(losses, patience):
    """Where the scoring ends, and where the lowest loss up to there was; both count from 0."""
    lowest = 0
    for now, loss in enumerate(losses):
        if loss < losses[lowest]:
            lowest = now
        if now - lowest == patience:
            break
    return now, lowest


def reliability(sure, hits):
    """For each tenth of the probability from 0 to 1: how many answers, and how many are right."""
    tenth = np.minimum((10 * sure).astype(int), 9)
    return np.bincount(tenth, minlength=10), np.bincount(tenth[hits], minlength=10)


def decayed_fit(a, y, weight_decay):
    """The weights of smallest mean squared error plus price, for any number of features."""
    left, s, right = np.linalg.svd(a, full_matrices=False)
    held = s / (s**2 + len(a) * weight_decay / 2)
    return right.T @ (held[:, None] * (left.T @ y))


def _normal(seed: int, *shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in shapes)


def _ties_count(losses, patience):
    """Walk as stopped_at does, but take a loss that equals the lowest for a new lowest."""
    lowest = 0
    for now, loss in enumerate(losses):
        lowest = now if loss <= losses[lowest] else lowest
        if now - lowest == patience:
            break
    return now, lowest


def _by_rises(losses, patience, worse):
    """End after so many scorings in a row that are worse than the one before."""
    rises = 0
    for now in range(1, len(losses)):
        rises = rises + 1 if worse(losses[now], losses[now - 1]) else 0
        if rises == patience:
            break
    return now, int(np.argmin(losses[: now + 1]))


def _never_set_back(losses, patience):
    """Count the scorings without a new lowest, and keep the count at a new lowest."""
    lowest = waited = 0
    for now in range(1, len(losses)):
        if losses[now] < losses[lowest]:
            lowest = now
        else:
            waited += 1
        if waited >= patience:
            break
    return now, lowest


def _borders_below(sure, hits, zero):
    """Count a border to the tenth below it; zero is the tenth of 0, or None if 0 is lost."""
    tenth = np.ceil(10 * sure).astype(int) - 1
    tenth = np.where(tenth < 0, -1 if zero is None else zero, tenth)
    return tuple(np.bincount(t[t >= 0], minlength=10) for t in (tenth, tenth[hits]))


def _held(a, y, change):
    """Fit with another number in the place of 1 / s, made of s and n."""
    left, s, right = np.linalg.svd(a, full_matrices=False)
    return right.T @ (change(s, len(a))[:, None] * (left.T @ y))


def _scaled_columns(a, y, weight_decay):
    """Multiply the columns of left.T by what belongs to its rows."""
    left, s, right = np.linalg.svd(a, full_matrices=False)
    return right.T @ (s / (s**2 + len(a) * weight_decay / 2) * left.T @ y)


def _turned(a, y, weight_decay):
    """Multiply by right where right.T belongs."""
    left, s, right = np.linalg.svd(a, full_matrices=False)
    return right @ ((s / (s**2 + len(a) * weight_decay / 2))[:, None] * (left.T @ y))


def _square(a, y, weight_decay):
    """Ask for all directions of both spaces, more than there are singular values."""
    left, s, right = np.linalg.svd(a)
    return right.T @ ((s / (s**2 + len(a) * weight_decay / 2))[:, None] * (left.T @ y))


_SURE = np.array([0.55, 0.62, 0.68, 0.93, 0.97, 1.0])
_HITS = np.array([True, False, True, True, False, True])

WORDS = words("lesson_07")
EXERCISES = (
    Exercise(
        lightest_weights,
        "features, -> features",
        ((np.array([1.0, 2.0]), 5.0), (np.array([3.0, 0.0, 4.0]), 2.0), (*_normal(1, (6,)), -1.5)),
        *WORDS["lightest_weights"],
    ),
    Exercise(
        decayed,
        ", inputs outputs, inputs outputs, -> loss: , dW: inputs outputs",
        (
            (1.0, np.array([[3.0, -4.0]]), np.array([[0.5, 0.5]]), 0.2),
            (0.7, *_normal(2, (3, 2), (3, 2)), 0.05),
            (2.0, *_normal(3, (2, 4), (2, 4)), 0.0),
        ),
        *WORDS["decayed"],
    ),
    Exercise(
        stopped_at,
        "scorings, -> end: , lowest: ",
        (
            (np.array([50.0, 30.0, 40.0, 45.0, 48.0, 10.0]), 2),
            (np.array([50.0, 30.0, 40.0, 35.0, 38.0, 39.0]), 2),
            (np.array([5.0, 3.0, 4.0, 2.0, 3.0, 3.0, 1.0]), 2),
            (np.array([4.0, 3.0, 2.0]), 1),
            (np.array([2.0, 2.0, 3.0, 1.0]), 2),
            (np.array([2.0, 1.0, 1.0, 0.5, 3.0]), 1),
            (np.array([9.0, 6.0, 7.0, 8.0, 5.0, 6.0, 4.0, 4.0, 4.0, 4.0, 3.0]), 3),
        ),
        *WORDS["stopped_at"],
    ),
    Exercise(
        reliability,
        "n, n -> counts: tenths, hits: tenths",
        (
            (_SURE, _HITS),
            (np.array([0.0, 0.5, 0.25, 0.75]), np.array([False, True, False, True])),
            (np.array([0.15, 0.25, 0.999, 0.31]), np.array([False, False, True, True])),
            (np.array([0.33, 0.58, 0.52]), np.array([True, True, False])),
        ),
        *WORDS["reliability"],
    ),
    Exercise(
        decayed_fit,
        "n features, n classes, -> features classes",
        (
            (np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0], [4.0]]), 1.0),
            (*_normal(4, (5, 3), (5, 2)), 0.3),
            (*_normal(5, (3, 7), (3, 2)), 0.02),
            (*_normal(6, (4, 4), (4, 3)), 0.1),
        ),
        *WORDS["decayed_fit"],
    ),
)
