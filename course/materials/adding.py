"""Answerers of lesson 12's cards that compare nothing: the question's votes, plus the company's.

Used in lesson 12, from "Two votes, added" on.
"""

from itertools import pairwise

import numpy as np

#: Points of the classes that must never win.
PUSHED_DOWN = -100.0


def longest_rising(values: np.ndarray) -> list[int]:
    """Return the places of a longest run of values that, in their order, never fall."""
    runs = []  # the longest that ends at each place
    for place, value in enumerate(values):
        before = [run for run in runs if values[run[-1]] <= value]
        runs.append([*max(before, key=len, default=[]), place])
    return max(runs, key=len)


def company_votes(keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the points (10,) that a card's company gives to the classes.

    Class l then has points[l] + l * u if digit u is asked about: a straight line over u. The lines of
    a longest rising run of values cross between its keys, and all other lines are pushed down.
    """
    order = np.lexsort([values, keys])
    keys, values = keys[order], values[order]
    run = longest_rising(values)
    points = np.full(10, PUSHED_DOWN)
    points[values[run[0]]] = 0
    for one, next_one in pairwise(run):
        low, high = values[one], values[next_one]
        if low < high:
            crossing = (keys[one] + keys[next_one]) / 2
            points[high] = points[low] - (high - low) * crossing
    return points
