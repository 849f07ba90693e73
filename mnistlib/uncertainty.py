"""How sure is an accuracy, and is a difference real? Lessons 04 and 05.

What is measured is a list of right and wrong answers, one for each example of a set.
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
    r"""Return the standard error of an accuracy, examples independent: $\sqrt{q (1 - q) / n}$.

    Args:
        right: whether each answer is right, bool, shape (n,); their mean stands for the unknown q.

    Returns:
        The standard error, a share as the accuracy is, from 0 to 1/2.

    Raises:
        TypeError: not one bool for each example.
        ValueError: no example.

    Derived in lesson 04, "How sure is that number?".
    """
    q = _answers(right).mean()
    return float(np.sqrt(q * (1 - q) / len(right)))


def standard_error_by_group(right, groups) -> float:
    r"""Return the standard error of an accuracy whose examples come in groups, as digits by writers.

    Groups are what is independent. Of the $n_g$ examples of group g, $\text{right}_g$ are right, and of
    all n the share $q$: the error is
    $\sqrt{\frac{\text{groups}}{\text{groups} - 1} \sum_g (\text{right}_g - q\, n_g)^2}\, / n$.
    With one example a group it is :func:`standard_error` times $\sqrt{n / (n - 1)}$.

    Args:
        right: whether each answer is right, bool, shape (n,).
        groups: to whom each example belongs, integers, shape (n,).

    Returns:
        The standard error, a share as the accuracy is.

    Raises:
        TypeError: ``right`` is not one bool for each example.
        ValueError: another number of groups than of answers, or fewer than two different groups.

    Source: the ratio estimator of cluster sampling; Cochran, "Sampling Techniques", 1977, chapter 6.
    Derived in lesson 04, "How sure is that number?".
    """
    right, groups = _answers(right), np.asarray(groups)
    if groups.shape != right.shape:
        raise ValueError(f"one group for each answer: got shapes {groups.shape} and {right.shape}")
    _, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place)
    if len(sizes) < 2:
        raise ValueError("one group alone does not tell how groups differ; two or more are needed")
    excess = np.bincount(place, weights=right) - right.mean() * sizes
    several = len(sizes) / (len(sizes) - 1)
    return float(np.sqrt(several * (excess**2).sum()) / len(right))


class Paired(NamedTuple):
    """Two sets of answers to the same examples: what changed, and whether chance could do it.

    ``gained`` were wrong before and are right after, ``lost`` the other way; ``difference`` is that
    of the accuracies and ``error`` its standard error, both shares; ``p`` is the probability of a
    split at least as uneven as gained to lost, if each changed answer fell either way alike.
    """

    gained: int
    lost: int
    difference: float
    error: float
    p: float


def paired(before, after) -> Paired:
    r"""Compare two sets of answers to the same n examples, by those that changed.

    The difference is $(\text{gained} - \text{lost}) / n$, its standard error
    $\sqrt{\text{changed} / n - \text{difference}^2}\, / \sqrt{n}$, and p that of McNemar's test in
    its exact form: twice the tail of a binomial distribution with 1/2, at most 1.

    Args:
        before: whether each answer is right, bool, shape (n,).
        after: the same examples, answered otherwise.

    Returns:
        The counts, the difference, its standard error and p.

    Raises:
        TypeError: an argument is not one bool for each example.
        ValueError: the two differ in number, or there is no example.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", 1947. Derived in lesson 05, "More than chance?".
    """
    before, after = _answers(before, "before"), _answers(after, "after")
    if before.shape != after.shape:
        raise ValueError(f"the same examples twice: got {len(before)} and {len(after)} answers")
    n, gained, lost = len(before), int((after & ~before).sum()), int((before & ~after).sum())
    changed = gained + lost
    tail, ways = 0, 1  # so many ways to choose `fewer` of the changed answers: each from the last
    for fewer in range(min(gained, lost) + 1):
        tail += ways
        ways = ways * (changed - fewer) // (fewer + 1)
    return Paired(
        gained,
        lost,
        (gained - lost) / n,
        math.sqrt(changed - (gained - lost) ** 2 / n) / n,
        min(1.0, 2 * tail / 2**changed),
    )
