"""Answerers of lesson 12's cards that compare nothing: the question's votes, plus the company's.

Used in lesson 12, from "Two votes, added" on.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
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


def company_votes(key_digits: np.ndarray, value_digits: np.ndarray) -> np.ndarray:
    """Return the points (10,) that a card's company gives to the classes.

    Class l then has points[l] + l * u if digit u is asked about: a straight line over u. The lines of
    a longest rising run of value digits cross between its key digits; all others are pushed down.
    """
    order = np.lexsort([value_digits, key_digits])
    keys, values = key_digits[order], value_digits[order]
    run = longest_rising(values)
    points = np.full(10, PUSHED_DOWN)
    points[values[run[0]]] = 0
    for one, next_one in pairwise(run):
        low, high = values[one], values[next_one]
        if low < high:
            crossing = (keys[one] + keys[next_one]) / 2
            points[high] = points[low] - (high - low) * crossing
    return points


def draw_lines(key_digits: np.ndarray, value_digits: np.ndarray) -> int:
    """Draw each class's points over the digit asked about; return how many answers come out right.

    The classes that are pushed down are left out.
    """
    points = company_votes(key_digits, value_digits)
    classes = np.flatnonzero(points > PUSHED_DOWN)
    u = np.linspace(0, 9, 91)
    lines = points[classes, None] + classes[:, None] * u
    highest = lines.max(axis=0)
    answers = classes[lines.argmax(axis=0)]

    _, axis = plt.subplots(figsize=(6.5, 5.2))
    for digit, line, style in zip(classes, lines, ["-", "--", "-.", ":"], strict=False):
        axis.plot(u, line, style, lw=1.5, label=f"class {digit}, slope {digit}")
    axis.plot(u, highest, color="0.5", lw=7, alpha=0.35, label="highest")
    right = 0
    for key, value in zip(key_digits, value_digits, strict=True):
        answer, height = answers[10 * key], highest[10 * key]
        right += int(answer == value)
        verdict = f"{answer}, right" if answer == value else f"{answer}, but {value} is right"
        axis.text(key - 0.15, height + 2, verdict, ha="right", va="bottom")
        axis.plot(key, height, "o", color="0.2")
    axis.set(title="The highest line wins", xlabel="digit asked about")
    axis.set(ylabel="points", xticks=range(10), ylim=(-10, 64))
    axis.legend(loc="lower right", fontsize=12)
    return right
