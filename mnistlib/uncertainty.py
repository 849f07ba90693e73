"""How exact is a measured accuracy, is a difference real, and is "90 % sure" true? Lesson 05.

Everything is computed from right and wrong answers: one True or False for each of n examples, shape
(n,). Anything else raises a TypeError; an empty list, or two of different lengths, raise a ValueError.
Accuracies and their errors are shares, from 0 to 1.
"""

import math
from typing import NamedTuple

import numpy as np


def _answers(right, name: str = "right") -> np.ndarray:
    right = np.asarray(right)
    if right.ndim != 1 or right.dtype != bool:
        raise TypeError(
            f"{name} must be one True or False for each example, as in answers == labels; "
            f"got {right.dtype} of shape {right.shape}"
        )
    if not len(right):
        raise ValueError(f"{name} is empty: there is nothing to be sure of")
    return right


def standard_error(right) -> float:
    r"""Return the standard error of accuracy for independent examples: $\sqrt{q (1 - q) / n}$.

    The share of right answers stands for the unknown q. Derived in lesson 05, "The error by digit".
    """
    q = _answers(right).mean()
    return float(np.sqrt(q * (1 - q) / len(right)))


def standard_error_by_group(right, groups) -> float:
    r"""Return the standard error of accuracy for examples that come in groups, as digits do by writer.

    The groups are independent, not the examples: ``groups``, integers of shape (n,), says which group
    each example belongs to. Of the $n_g$ examples of group g, $\text{right}_g$ are right, and of all n
    the share $q$. With the number of groups before the sum, the error is
    $\sqrt{\frac{\text{number}}{\text{number} - 1} \sum_g (\text{right}_g - q\, n_g)^2}\, / n$. With
    one example a group it is :func:`standard_error` times $\sqrt{n / (n - 1)}$.

    Raises:
        ValueError: not one group for each answer, or fewer than two different groups.

    Source: the ratio estimator of cluster sampling; Cochran, "Sampling Techniques", 1977, chapter
    6. Derived in lesson 05, "The error by writer".
    """
    right = _answers(right)
    groups = np.asarray(groups)
    if groups.shape != right.shape:
        raise ValueError(f"one group for each answer: got shapes {groups.shape} and {right.shape}")
    names, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise ValueError("a single group does not show how groups differ: pass two or more")
    deviations = np.bincount(place, weights=right) - right.mean() * sizes
    factor = len(names) / (len(names) - 1)
    return float(np.sqrt(factor * (deviations**2).sum()) / len(right))


class McNemar(NamedTuple):
    """Two sets of answers to the same examples: which are split, and whether chance could do it.

    ``gained`` were wrong before and are right after, ``lost`` the other way; ``difference`` is that
    of the accuracies and ``error`` its standard error, both shares; ``p`` is the probability of a
    result at least as uneven as gained to lost, if each split example fell either way alike.
    """

    gained: int
    lost: int
    difference: float
    error: float
    p: float


def mcnemar(before, after) -> McNemar:
    r"""Compare two sets of answers to the same n examples, by those that exactly one got right.

    These are split. The difference is $(\text{gained} - \text{lost}) / n$, its standard error
    $\sqrt{\text{split} / n - \text{difference}^2}\, / \sqrt{n}$, and p that of McNemar's test in
    its exact form: twice the tail of a binomial distribution with 1/2, at most 1.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", 1947, which has a bell curve in place of the coins. Derived in lesson 05, "More than
    chance?".
    """
    before, after = _answers(before, "before"), _answers(after, "after")
    if before.shape != after.shape:
        raise ValueError(f"the same examples twice: got {len(before)} and {len(after)} answers")
    n = len(before)
    gained = int((after & ~before).sum())
    lost = int((before & ~after).sum())
    split = gained + lost
    tail = 0
    ways = 1  # to choose `fewer` of the split examples: each number from the last
    for fewer in range(min(gained, lost) + 1):
        tail += ways
        ways = ways * (split - fewer) // (fewer + 1)
    return McNemar(
        gained=gained,
        lost=lost,
        difference=(gained - lost) / n,
        error=math.sqrt(split - (gained - lost) ** 2 / n) / n,
        p=min(1.0, 2 * tail / 2**split),
    )


#: Bins of equal width, for confidences from 0 to 1.
BINS = 10


class Calibration(NamedTuple):
    """How often answers are right, by their confidence; one entry for each bin of it.

    ``counts`` answers fell into the bin; ``confidence`` is their mean probability and ``accuracy`` the
    share of them that is right, both NaN where there is none. ``spread`` is the standard deviation
    that the accuracy would have by chance if every probability were true. ``error`` is the expected
    calibration error, and ``by_chance`` roughly what it would be by chance alone.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    spread: np.ndarray
    error: float
    by_chance: float


def calibration(p, labels) -> Calibration:
    r"""Sort answers by their confidence, and compare it with the share that is right.

    An answer's confidence is the largest probability of its row, and ten bins are equally wide, from
    0 to 1. The expected calibration error is
    $\frac{1}{n} \sum_\text{bins} \text{count}\, |\text{accuracy} - \text{confidence}|$. If every
    probability were true, the accuracy in a bin would have the standard deviation
    $\sqrt{\sum_i p_i (1 - p_i)}\, / \text{count}$, and, as for a normal distribution, the distance
    $\sqrt{2 / \pi}$ of it in the mean, which gives the error by chance.

    Raises:
        ValueError: other shapes than (n, classes) and (n,), or entries outside 0 to 1.

    Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", 2015; Guo and others, "On calibration of modern neural networks", 2017. Derived in
    lesson 05, "Is it as sure as it is right?".
    """
    p, labels = np.asarray(p), np.asarray(labels)
    if p.ndim != 2 or not p.size or labels.shape != p.shape[:1]:
        raise ValueError(
            "p must have shape (n, classes) with at least one row, and labels (n,); "
            f"got {p.shape} and {labels.shape}"
        )
    if not (p.min() >= 0 and p.max() <= 1 + 1e-6):
        raise ValueError("probabilities lie from 0 to 1; functions.softmax makes them of logits")
    confidence = np.minimum(p.max(axis=1), 1)
    right = p.argmax(axis=1) == labels
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    claimed = np.bincount(place, confidence, BINS)
    hits = np.bincount(place, right, BINS)
    deviation = np.sqrt(np.bincount(place, confidence * (1 - confidence), BINS))
    with np.errstate(invalid="ignore"):  # 0 / 0 in an empty bin
        return Calibration(
            counts=counts,
            confidence=claimed / counts,
            accuracy=hits / counts,
            spread=deviation / counts,
            error=float(np.abs(hits - claimed).sum() / len(p)),
            by_chance=float(np.sqrt(2 / np.pi) * deviation.sum() / len(p)),
        )
