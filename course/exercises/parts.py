"""The parts of a result, each beside what is wanted: one array, or "dW" and "db", or an argument."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from course.exercises.attempt import Attempt
from course.exercises.comparison import (
    ATOL,
    identical,
    is_narrow,
    is_numeric,
    is_several,
    matches,
    shape_of,
)
from course.exercises.exercise import Exercise


class Part(NamedTuple):
    """What a case wants of one result, and what the answer gave."""

    #: What the task calls it ("dW"), and a letter for each of its axes.
    name: str
    axes: Sequence[str]
    wanted: object
    got: object
    #: Whether it is an edge case, where the numbers must agree to the last bits.
    exact: bool = False
    #: How far a number may be off that should be 0.
    atol: float = ATOL
    #: Whether an argument was of float64, so that the result should be, too.
    is_of_float64: bool = False

    @property
    def is_right(self) -> bool:
        """Whether the answer gave what is wanted."""
        return matches(self.wanted, self.got, self.exact, self.atol)

    @property
    def lost_digits(self) -> bool:
        """Whether it has fewer digits than the arguments came in: float32, say, for float64."""
        if not (self.is_of_float64 and is_numeric(self.got)):
            return False
        is_wanted_in_full = np.asarray(self.wanted).dtype == np.float64
        return is_wanted_in_full and is_narrow(np.asarray(self.got))

    @property
    def has_its_shape(self) -> bool:
        """Whether numbers came, and in the shape that is wanted."""
        return shape_of(self.got) == shape_of(self.wanted) and is_numeric(self.got)

    @property
    def wanted_array(self) -> np.ndarray:
        """What is wanted, as an array of floats."""
        return np.asarray(self.wanted, float)

    @property
    def got_array(self) -> np.ndarray:
        """What the answer gave, as an array of floats."""
        return np.asarray(self.got, float)


def parts_of(exercise: Exercise, attempt: Attempt) -> list[Part] | None:
    """Return all that a call has to make; None if it came in another number of results."""
    result = attempt.outcome.result
    has_parts = is_several(attempt.wanted.result)
    all_wanted = attempt.wanted.result if has_parts else [attempt.wanted.result]
    all_got = result if has_parts else [result]
    is_long = is_several(all_got) or bool(shape_of(all_got))
    if not is_long or len(all_got) != len(all_wanted):
        return None
    of_float64 = any(is_float64(value) for value in attempt.arguments)
    parts = [
        Part(shape.name, shape.axes, wanted, got, attempt.is_edge, exercise.atol, of_float64)
        for shape, wanted, got in zip(exercise.result_shapes, all_wanted, all_got)
        if wanted is not None  # a function that changes its arguments returns nothing
    ]
    is_one_array = has_parts and isinstance(result, np.ndarray)
    if is_one_array and any(shape_of(part.got) != shape_of(part.wanted) for part in parts):
        return None
    return changed_arguments(exercise, attempt) + parts


def is_float64(value: object) -> bool:
    """Tell whether a value is an array of float64, or holds one."""
    if is_several(value):
        return any(map(is_float64, value))
    return shape_of(value) is not None and np.asarray(value).dtype == np.float64


def changed_arguments(exercise: Exercise, attempt: Attempt) -> list[Part]:
    """Return the arrays in arguments that the key changes, as they are wanted and as they are."""
    parts = []
    after_both = zip(attempt.wanted.arguments, attempt.outcome.arguments)
    for name, before, (after_key, after) in zip(exercise.arguments, attempt.arguments, after_both):
        if isinstance(after_key, tuple) and not identical(before, after_key):
            for i, (wanted, got) in enumerate(zip(after_key, after, strict=True)):
                parts.append(Part(f"{name}[{i}]", (), wanted, got, attempt.is_edge, exercise.atol))
    return parts
