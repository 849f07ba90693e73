"""Ways to spoil a right result, from which the net takes every sixth that fits an exercise."""

import contextlib
import copy
import zlib
from collections.abc import Callable, Iterator

import numpy as np

from course.exercises.exercise import Exercise

from .handed_in import named


def line(array: np.ndarray, place: int, axis: int) -> np.ndarray:
    """Spoil one line of an array: the first row, say, or the last column."""
    array = np.array(array, float)
    np.moveaxis(array, axis, 0)[place] *= 1.5
    return array


def where_negative(array: np.ndarray, argument: np.ndarray) -> np.ndarray:
    """Spoil what stands where an argument is negative."""
    return np.where(argument < 0, 0.1, array)


#: What a right result becomes, of its array or number and of the first argument.
SPOILINGS: dict[str, Callable[[np.ndarray, object], object]] = {
    "with the other sign": lambda a, _: -a,
    "times 3": lambda a, _: 3 * a,
    "plus 0.5": lambda a, _: a + 0.5,
    "squared": lambda a, _: np.square(a),
    "the exponential": lambda a, _: np.exp(a),
    "1 by it": lambda a, _: 1 / a,
    "without signs": lambda a, _: np.abs(a),
    "sorted": lambda a, _: np.sort(a, axis=-1),
    "rows turned round": lambda a, _: a[::-1],
    "columns turned round": lambda a, _: a[:, ::-1],
    "rows rolled": lambda a, _: np.roll(a, 1, axis=0),
    "transposed": lambda a, _: a.T,
    "running sum": lambda a, _: np.cumsum(a, axis=-1),
    "rounded to 1 digit": lambda a, _: np.round(a, 1),
    "cut off at 0.2": lambda a, _: np.minimum(a, 0.2),
    "float16": lambda a, _: a.astype(np.float16),
    "whole numbers": lambda a, _: a.astype(int),
    "uint8": lambda a, _: a.astype(int).astype(np.uint8),
    "complex": lambda a, _: a + 0j,
    "True or False": lambda a, _: a > 0.1,
    "text": lambda a, _: str(a),
    "a list": lambda a, _: a.tolist(),
    "a set": lambda a, _: {*a.ravel().tolist()},
    "in a tuple": lambda a, _: (a,),
    "twice": lambda a, _: (a, a),
    "a method": lambda a, _: a.mean,
    "nothing": lambda a, _: None,
    "empty": lambda a, _: a[:0],
    "zeros": lambda a, _: np.zeros_like(a),
    "0.25 everywhere": lambda a, _: np.full_like(a, 0.25, float),
    "the mean everywhere": lambda a, _: np.full_like(a, a.mean(), float),
    "the sum": lambda a, _: a.sum(),
    "the mean of the rows": lambda a, _: a.mean(axis=0),
    "with one more axis": lambda a, _: a[np.newaxis],
    "in one row": lambda a, _: a.ravel(),
    "without the last row": lambda a, _: a[:-1],
    "without the first column": lambda a, _: a[:, 1:],
    "with the last row twice": lambda a, _: np.concatenate([a, a[-1:]]),
    "times its length": lambda a, _: a * len(a),
    "by the root of its size": lambda a, _: a / np.sqrt(a.size),
    "plus its size": lambda a, _: a + a.size,
    "each row by its own factor": lambda a, _: (a.T * np.arange(2, 2 + len(a))).T,
    "each column by its own factor": lambda a, _: a * np.arange(2, 2 + a.shape[-1]),
    "the first row wrong": lambda a, _: line(a, 0, 0),
    "the last row wrong": lambda a, _: line(a, -1, 0),
    "the first column wrong": lambda a, _: line(a, 0, -1),
    "the last column wrong": lambda a, _: line(a, -1, -1),
    "the second row wrong": lambda a, _: line(a, 1, 0),
    "nan where it is large": lambda a, _: np.where(a > np.median(a), np.nan, a),
    "infinite where it is large": lambda a, _: np.where(a > np.median(a), np.inf, a),
    "a thousandth larger where it is large": lambda a, _: a * (1 + 1e-3 * (a > np.median(a))),
    "1e-7 of it larger": lambda a, _: a * (1 + 1e-6),
    "wrong where the argument is negative": where_negative,
    "wrong where the argument is positive": lambda a, x: where_negative(a, -np.asarray(x)),
    "plus the argument": lambda a, x: a + x,
    "times the argument": lambda a, x: a * x,
    "times the argument's sum": lambda a, x: a * np.sum(x),
    "by the length of the argument": lambda a, x: a / np.linalg.norm(x),
    "plus the argument's largest": lambda a, x: a + np.max(x),
    "the argument": lambda a, x: x,
    "the argument's exponential": lambda a, x: a * 0 + np.exp(x),
    "by the argument's number": lambda a, x: a / np.size(x),
    "only that of the first row": lambda a, _: a[0],
}
#: An exercise has every sixth of the ways that fit its results.
STEP = 6


def spoilt(exercise: Exercise, way: Callable) -> Callable:
    """Return an answer whose result is the right one, spoilt: of several the last."""

    def answer(*arguments):
        result = exercise.reference(*arguments)
        if isinstance(result, tuple):
            return (*result[:-1], way(np.asarray(result[-1]), arguments[0]))
        return way(np.asarray(result), arguments[0])

    return named(answer, exercise.name)


def fitting(exercise: Exercise) -> list[str]:
    """Return the ways that can be gone with the results of all cases."""
    ways = []
    for way in SPOILINGS:
        with contextlib.suppress(ValueError, TypeError, IndexError):
            for case in exercise.cases:
                spoilt(exercise, SPOILINGS[way])(*copy.deepcopy(case))
            ways.append(way)
    return ways


def spoilt_answers(exercise: Exercise) -> Iterator[tuple[str, Callable]]:
    """Yield every sixth way to spoil a result that fits an exercise, with an answer that goes it."""
    if exercise.one_is_right:
        first = zlib.crc32(exercise.name.encode()) % STEP  # which stays if exercises are added
        for way in fitting(exercise)[first::STEP]:
            yield f"the right result, {way}", spoilt(exercise, SPOILINGS[way])
