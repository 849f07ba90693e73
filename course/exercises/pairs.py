"""The right result beside an answer's, case by case, and what can be asked about all these pairs.

Each question has one answer for all cases, so that nothing is said that is the accident of one. The
relations are built from these questions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from course.exercises.compare import NUMBERS, NamedValue, is_several, shape_of

#: What a sentence of ``general.txt`` names: the values of its ``{fields}``.
Fields = dict[str, object]


class Finding(NamedTuple):
    """What was found out about wrong results: a sentence's name in ``general.txt``, and its fields."""

    name: str
    fields: Fields


@dataclass(frozen=True, eq=False)
class Pair:
    """What a case wants of one result, what an answer gave, and the arguments of both."""

    wanted: object
    got: object
    arguments: Sequence[NamedValue] = ()

    @property
    def wanted_array(self) -> np.ndarray:
        """What is wanted, as an array of floats."""
        return np.asarray(self.wanted, float)

    @property
    def got_array(self) -> np.ndarray:
        """What the answer gave, as an array of floats."""
        return np.asarray(self.got, float)


# Are they alike?


def as_numbers(value: object) -> np.ndarray | None:
    """Return a value as an array of floats, if it is one, or a list of numbers."""
    if shape_of(value) is None and not is_several(value):
        return None
    try:
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in NUMBERS else None
    except ValueError:  # a ragged list
        return None


def same(wanted: object, got: object) -> bool:
    """Tell whether two results are alike, and of one shape."""
    wanted_array = as_numbers(wanted)
    got_array = as_numbers(got)
    if wanted_array is None or got_array is None or wanted_array.shape != got_array.shape:
        return False
    scale = np.abs(wanted_array[np.isfinite(wanted_array)]).max(initial=0)
    atol = 1e-9 * scale
    return bool(np.allclose(got_array, wanted_array, rtol=1e-6, atol=atol, equal_nan=True))


def in_one_shape(pairs: Sequence[Pair]) -> bool:
    """Tell whether each result is a number or an array of the shape that is wanted."""
    return all(
        shape_of(pair.got) is not None
        and shape_of(pair.got) == shape_of(pair.wanted)
        and as_numbers(pair.got) is not None
        for pair in pairs
    )


def all_match(pairs: Sequence[Pair], expected: Sequence[object]) -> bool:
    """Tell whether each result has the right shape, and is what a relation expects of its case."""
    return in_one_shape(pairs) and all(
        same(value, pair.got) for value, pair in zip(expected, pairs)
    )


def is_telling(pairs: Sequence[Pair]) -> bool:
    """Tell whether wrong results hold more than one number that many mistakes lead to: 0, 1, or nan."""
    wrong = [as_numbers(pair.got) for pair in pairs if not same(pair.wanted, pair.got)]
    if any(got is None for got in wrong):
        return True
    numbers = {float(number) for got in wrong for number in np.ravel(got) if np.isfinite(number)}
    return len(numbers) > 1 or bool(numbers - {0, 1})


# By what are they apart?


def ratio(got: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Divide; where both are 0, the ratio is open (nan), and where nan came it is none that fits."""
    with np.errstate(all="ignore"):
        is_open = (got == 0) & (wanted == 0)
        return np.where(is_open, np.nan, np.where(np.isnan(got), np.inf, got / wanted))


def without_open(ratios: np.ndarray) -> np.ndarray:
    """Return ratios or differences, one after the other, without those that are open."""
    flat = np.ravel(ratios)
    return flat[~np.isnan(flat)]


def is_constant(values: np.ndarray) -> bool:
    """Tell whether all values are the same."""
    return bool(np.isfinite(values).all() and np.allclose(values, values[0], rtol=1e-6, atol=1e-9))


# What were they made of?


def arguments_of(
    pairs: Sequence[Pair], kinds: str = "fiu"
) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield the name of each argument that is a number or an array, and its values in all cases."""
    for in_all_cases in zip(*[pair.arguments for pair in pairs]):
        values = [argument.value for argument in in_all_cases]
        if all(
            shape_of(value) is not None and np.asarray(value).dtype.kind in kinds
            for value in values
        ):
            yield in_all_cases[0].name, [np.asarray(value, float) for value in values]


def fitting_arguments(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield the arguments that meet the result entry by entry: numbers, or arrays of its shape."""
    for name, values in arguments_of(pairs):
        if all(value.shape in ((), shape_of(pair.wanted)) for value, pair in zip(values, pairs)):
            yield name, values


def sizes_of(pair: Pair) -> dict[str, int]:
    """Return the size of each letter of the arguments."""
    return {
        letter: size
        for argument in pair.arguments
        for letter, size in zip(argument.axes, shape_of(argument.value) or ())
    }


def sizes_in_all(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[int]]]:
    """Yield each letter of the arguments that has a size in every case, and not always the same."""
    sizes = [sizes_of(pair) for pair in pairs]
    for letter in sorted({letter for of_a_case in sizes for letter in of_a_case}):
        if all(letter in of_a_case for of_a_case in sizes):
            in_all_cases = [of_a_case[letter] for of_a_case in sizes]
            if len({*in_all_cases}) > 1:
                yield letter, in_all_cases
