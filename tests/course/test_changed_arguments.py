"""For which arguments a wrong result would be right: each change of them, written another way."""

import numpy as np
import pytest

from course.exercises.attempt import Attempt, call
from course.exercises.changed_arguments import (
    OF_COUNTS,
    OF_NUMBERS,
    OF_ORDER,
    find_changed_arguments,
)
from course.exercises.exercise import Exercise


def mix(u, w, count):
    """Give a result in which nothing of the arguments is lost."""
    return np.cos(1.3 * u + np.arange(u.size).reshape(u.shape)) @ w + np.sin(3 * u.sum()) * count


RNG = np.random.default_rng(0)
CASES = tuple((RNG.normal(size=(n, n)), RNG.normal(size=(n, 2)), n + 3) for n in (2, 3))
POSITIVE = tuple((abs(u), w, count) for u, w, count in CASES)


def finding(change, cases=CASES):
    """Return what is found of an answer that computes the right thing of changed arguments."""
    exercise = Exercise(mix, "n k, k m, -> n m", cases)

    def answer(*arguments):
        return mix(*change(*arguments))

    attempts = [Attempt(case, call(answer, case), extreme=False) for case in cases]
    return find_changed_arguments(exercise, attempts, "")


def half_turn(u):
    return np.array([row[::-1] for row in u[::-1]])


#: How an argument was changed, in words and as a function.
CHANGED = {
    "had the other sign": lambda u: 0 - u,
    "were twice as large": lambda u: u + u,
    "were half as large": lambda u: 0.5 * u,
    "were 1 everywhere": lambda u: np.full(u.shape, 1.0),
    "were 0 everywhere": lambda u: np.full(u.shape, 0.0),
    "were squared": lambda u: u * u,
    "stood under a root": lambda u: u**0.5,
    "were 1 minus what it is": lambda u: -(u - 1),
    "were taken without its signs": lambda u: np.where(u < 0, -u, u),
    "went through exp first": lambda u: np.e**u,
    "went through log first": lambda u: np.log2(u) / np.log2(np.e),
    "went through a sigmoid first": lambda u: 0.5 + 0.5 * np.tanh(u / 2),
    "went through tanh first": lambda u: 1 - 2 / (np.exp(2 * u) + 1),
    "went through a softmax first": lambda u: (np.exp(u).T / np.exp(u).sum(axis=1)).T,
    "were multiplied by the logarithm of 2, as if 2 stood for e": lambda u: 0.6931471805599453 * u,
    "were divided by 255": lambda u: u * (1 / 255),
    "lost what stands behind the point": lambda u: u.astype(int).astype(float),
    "were cut off below 0": lambda u: u * (u > 0),
    "were transposed": lambda u: np.moveaxis(u, 0, 1),
    "came in the opposite order": lambda u: np.flipud(u),
    "came with the columns in the opposite order": lambda u: np.fliplr(u),
    "were turned by half a turn": half_turn,
    "were turned by a quarter turn to the left": lambda u: np.flipud(u.T),
    "were turned by a quarter turn to the right": lambda u: np.fliplr(u.T),
    "were sorted": lambda u: np.array([sorted(row) for row in u]),
}
#: The same of a count.
COUNTED = {
    "were larger by 1": lambda count: 1 + count,
    "were smaller by 1": lambda count: count - 1,
    "were twice as large": lambda count: count + count,
    "were always 1": lambda count: 1,
    "were always 0": lambda count: 0,
}


@pytest.mark.parametrize("words", CHANGED)
def test_a_changed_argument_is_found(words):
    cases = POSITIVE if "root" in words or "log first" in words else CASES
    found = finding(lambda u, w, count: (CHANGED[words](u), w, count), cases)
    assert found == ("changed", {"argument": "u", "how": words})


@pytest.mark.parametrize("words", COUNTED)
def test_a_changed_count_is_found(words):
    found = finding(lambda u, w, count: (u, w, COUNTED[words](count)))
    assert found == ("changed", {"argument": "count", "how": words})


def test_each_change_is_tried():
    as_turned_before = {"were laid out by reshape where it should be transposed"}  # of a square
    assert {*CHANGED} == {*OF_NUMBERS, *OF_ORDER} - as_turned_before
    assert {*COUNTED} == {*OF_COUNTS}


@pytest.mark.parametrize(
    ("which", "kept"),
    [
        ("only the first", [0]),
        ("only the last", [-1]),
        ("all but the last", [0, 1, 2]),
        ("all but the first", [1, 2, 3]),
    ],
)
def test_what_was_left_out_along_an_axis_is_found(which, kept):
    def total(a, b):
        return (a**2).T @ np.cos(b)

    cases = tuple((RNG.normal(size=(4, k)), RNG.normal(size=(4, 2))) for k in (2, 3))
    exercise = Exercise(total, "n k, n m -> k m", cases)
    attempts = [Attempt(case, call(total, [x[kept] for x in case]), False) for case in cases]
    found = find_changed_arguments(exercise, attempts, "")
    assert found == ("along_an_axis", {"axis": "n", "which": which})


def test_exchanged_arguments_are_found():
    def distance(a, b):
        return a**2 - np.sin(b)

    cases = tuple((RNG.normal(size=n), RNG.normal(size=n)) for n in (2, 3))
    exercise = Exercise(distance, "n, n -> n", cases)
    attempts = [Attempt(case, call(distance, case[::-1]), False) for case in cases]
    found = find_changed_arguments(exercise, attempts, "")
    assert found == ("exchanged", {"one": "a", "other": "b"})
    attempts = [Attempt(case, call(distance, (np.exp(case[1]), case[1])), False) for case in cases]
    found = find_changed_arguments(exercise, attempts, "")
    assert found == ("in_its_place", {"argument": "a", "other": "exp of `b`"})


def test_what_one_case_alone_explains_is_not_found():
    def answer(u, w, count):
        return mix(-u if len(u) == 2 else u + 1, w, count)

    exercise = Exercise(mix, "n k, k m, -> n m", CASES)
    attempts = [Attempt(case, call(answer, case), False) for case in CASES]
    assert find_changed_arguments(exercise, attempts, "") is None
