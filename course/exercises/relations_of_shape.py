"""How a wrong result of another shape is related to the right one.

Each relation is a named predicate, as those in ``relations_of_numbers`` are.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from course.exercises.array_functions import REDUCTIONS
from course.exercises.compare import is_several, shape_of
from course.exercises.pairs import Fields, Pair, as_numbers, same

#: How many axes of an array are tried.
AXES = range(4)
#: What lies along the first axes of an array; along the others, "ones".
LIES_ALONG: dict[int, str] = {0: "rows", 1: "columns"}


def right_in_another_shape(pairs: Sequence[Pair]) -> Fields | None:
    """The numbers are right and in their order, in another shape."""
    for pair in pairs:
        wanted = as_numbers(pair.wanted)
        got = as_numbers(pair.got)
        if wanted is None or got is None or not same(wanted.ravel(), got.ravel()):
            return None
    forms = [(form_of(pair.got), form_of(pair.wanted)) for pair in pairs]
    got_form, wanted_form = next(pair for pair in forms if pair[0] != pair[1])
    return {"form": got_form, "wanted": wanted_form}


def form_of(value: object) -> str:
    """Say in which form numbers come."""
    if is_several(value):
        return f"a {type(value).__name__}"
    shape = shape_of(value)
    return "one number" if shape == () else f"an array of shape {shape}"


def sum_is_missing(pairs: Sequence[Pair]) -> Fields | None:
    """A sum, a mean or a maximum over an axis makes of the result what is wanted."""
    for axis, name in itertools.product(AXES, REDUCTIONS):
        if all(same(pair.wanted, reduced(pair.got, axis, name)) for pair in pairs):
            return {"reduction": name, "axis": axis}
    return None


def sum_too_many(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted was added up over an axis once more, or averaged."""
    for axis, name in itertools.product(AXES, REDUCTIONS):
        if all(same(reduced(pair.wanted, axis, name), pair.got) for pair in pairs):
            return {"reduction": name, "axis": axis}
    return None


def reduced(value: object, axis: int, name: str) -> np.ndarray | None:
    """Return the sum, say, of an array over an axis; None if it has no such axis, or no entries."""
    array = as_numbers(value)
    if array is None or axis >= array.ndim or not array.size:
        return None
    return np.asarray(REDUCTIONS[name](array, axis=axis))


def some_are_missing(pairs: Sequence[Pair]) -> Fields | None:
    """The result is the beginning or the end of what is wanted."""
    return cut_off([(pair.wanted, pair.got) for pair in pairs])


def some_are_too_many(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is the beginning or the end of the result."""
    return cut_off([(pair.got, pair.wanted) for pair in pairs])


def cut_off(values: Sequence[tuple[object, object]]) -> Fields | None:
    """Tell which end of an axis the first of two values has, and the second has not, in all cases."""
    arrays = [(as_numbers(longer), as_numbers(shorter)) for longer, shorter in values]
    if any(
        longer is None or shorter is None or longer.ndim != shorter.ndim or not shorter.size
        for longer, shorter in arrays
    ):
        return None
    for axis in AXES:
        what = LIES_ALONG.get(axis, "ones")
        if all(is_beginning(shorter, longer, axis) for longer, shorter in arrays):
            return {"end": "last", "what": what}
        if all(is_end(shorter, longer, axis) for longer, shorter in arrays):
            return {"end": "first", "what": what}
    return None


def is_beginning(shorter: np.ndarray, longer: np.ndarray, axis: int) -> bool:
    """Tell whether an array is how another one begins, along an axis."""
    if not is_shorter(shorter, longer, axis):
        return False
    return same(np.take(longer, range(shorter.shape[axis]), axis), shorter)


def is_end(shorter: np.ndarray, longer: np.ndarray, axis: int) -> bool:
    """Tell whether an array is how another one ends, along an axis."""
    if not is_shorter(shorter, longer, axis):
        return False
    return same(np.take(longer, range(-shorter.shape[axis], 0), axis), shorter)


def is_shorter(shorter: np.ndarray, longer: np.ndarray, axis: int) -> bool:
    """Tell whether an array has fewer entries along an axis than another one, which has that axis."""
    return axis < longer.ndim and shorter.shape[axis] < longer.shape[axis]
