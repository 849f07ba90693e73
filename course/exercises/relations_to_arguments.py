"""How a wrong result, in the right shape, is related to the arguments, or to something made of them.

Each relation is a named predicate, as those in ``relations_of_numbers`` are.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from course.exercises.array_functions import sigmoid, softmax
from course.exercises.pairs import (
    Fields,
    Finding,
    Pair,
    all_match,
    arguments_of,
    fitting_arguments,
    in_one_shape,
    is_constant,
    ratio,
    same,
    sizes_in_all,
    without_open,
)
from course.exercises.relations_of_numbers import (
    POWERS,
    constant_factor,
    factor_of_a_size,
    one_number_in_each_case,
    opposite,
)

# An argument as it is


def argument_itself(pairs: Sequence[Pair]) -> Fields | None:
    """The result is an argument as it came in."""
    for name, values in arguments_of(pairs):
        if all(same(value, pair.got) for value, pair in zip(values, pairs)):
            return {"argument": name}
    return None


def factor_of_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is multiplied or divided by an argument."""
    for name, values in fitting_arguments(pairs):
        for power, words in POWERS.items():
            with np.errstate(all="ignore"):
                expected = [pair.wanted_array * value**power for pair, value in zip(pairs, values)]
            if all_match(pairs, expected):
                return {"argument": name, "power": words}
    return None


def argument_for_a_factor(pairs: Sequence[Pair]) -> Fields | None:
    """What an argument should be multiplied by is missing, or it should be multiplied itself."""
    for name, values in fitting_arguments(pairs):
        if all(same(pair.got_array * value, pair.wanted) for pair, value in zip(pairs, values)):
            return {"argument": name}
    return None


def sum_with_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """An argument was added to what is wanted, or subtracted from it."""
    for name, values in fitting_arguments(pairs):
        for words, join in (("added", np.add), ("subtracted", np.subtract)):
            expected = [join(pair.wanted_array, value) for pair, value in zip(pairs, values)]
            if all_match(pairs, expected):
                return {"argument": name, "done": words}
    return None


def product_for_a_sum(pairs: Sequence[Pair]) -> Fields | None:
    """An argument was multiplied by what should be added to it, or subtracted."""
    for name, values in fitting_arguments(pairs):
        for words, join in (("multiplied by", np.multiply), ("divided by", np.divide)):
            expected = [
                join(value, pair.wanted_array - value) for pair, value in zip(pairs, values)
            ]
            if all_match(pairs, expected):
                return {"argument": name, "done": words}
    return None


def two_factors(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by a product of two arguments, or of one and a number."""
    if not in_one_shape(pairs):
        return None
    ratios = [ratio(pair.got_array, pair.wanted_array) for pair in pairs]
    if sum(of_a_case.size for of_a_case in ratios) < 3:
        return None
    factors = [
        Factor(f"{words} {name}", name, [value**power for value in values])
        for name, values in possible_factors(pairs)
        for power, words in POWERS.items()
    ]
    for factor in factors:
        left = np.concatenate([without_open(r / value) for r, value in zip(ratios, factor.values)])
        if left.size > 2 and is_constant(left) and abs(left[0]) > 1e-12:
            number = f"{left[0]:.4g}"
            by_number = "" if number == "1" else f"multiplied by {number} and "
            return {"factors": f"{by_number}{factor.words}"}
    for one, other in itertools.combinations(factors, 2):
        if one.name == other.name:
            continue
        expected = [
            pair.wanted_array * value * other_value
            for pair, value, other_value in zip(pairs, one.values, other.values)
        ]
        if all_match(pairs, expected):
            return {"factors": f"{one.words} and {other.words}"}
    return None


class Factor(NamedTuple):
    """What a result may be too large by: in words, of what it is a power, and its values."""

    words: str
    name: str
    values: list[np.ndarray]


def possible_factors(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield what a result may be too large by: arguments that fit it, and lengths of axes."""
    for name, values in fitting_arguments(pairs):
        yield f"`{name}`", values
    for letter, sizes in sizes_in_all(pairs):
        yield f"the length of the axis `{letter}`", [np.array(float(size)) for size in sizes]


def beyond_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is a sum with an argument, and only the other part of it is wrong."""
    if not in_one_shape(pairs):
        return None
    for name, values in fitting_arguments(pairs):
        rests = [
            Pair(pair.wanted_array - value, pair.got_array - value, pair.arguments)
            for pair, value in zip(pairs, values)
        ]
        for holds in (
            opposite,
            factor_of_a_size,
            factor_of_an_argument,
            constant_factor,
            one_number_in_each_case,
        ):
            fields = holds(rests)
            if fields is not None:
                return {"argument": name, "rest": Finding(holds.__name__, fields)}
    return None


# Something made of an argument


def something_of_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """The result is something that can be made of an argument, such as each row's largest entry."""
    return joined_with_something(pairs, {"that is {}": lambda wanted, made: made + 0 * wanted})


def joined_to_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is there, multiplied by something made of an argument, say."""
    return joined_with_something(pairs, JOINED)


#: How something may be joined to what is wanted.
JOINED: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "that is what is wanted, multiplied by {}": np.multiply,
    "that is what is wanted, divided by {}": np.divide,
    "that is what is wanted with {} added": np.add,
    "that is what is wanted with {} subtracted": np.subtract,
    "that is what is wanted, multiplied by the root of {}": lambda a, b: a * np.sqrt(b),
    "that is what is wanted, divided by the root of {}": lambda a, b: a / np.sqrt(b),
}

#: What can be made of an argument entry by entry.
ENTRY_BY_ENTRY: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "`1 - {0}`": lambda a: 1 - a,
    "`{0} * (1 - {0})`": lambda a: a * (1 - a),
    "`1 - {0}**2`": lambda a: 1 - a**2,
    "exp of `{0}`": np.exp,
    "log of `{0}`": np.log,
    "a sigmoid of `{0}`": sigmoid,
    "tanh of `{0}`": np.tanh,
    "`{0}` without its signs": np.abs,
    "the sign of `{0}`": np.sign,
    "the squares of `{0}`": np.square,
    "a softmax of `{0}`": lambda a: softmax(a) if a.ndim == 2 else np.nan * a,
}
#: What can be made of all of an argument, or of each of its rows or columns.
TOGETHER: dict[str, Callable] = {
    "the sum of {0}": np.sum,
    "the mean of {0}": np.mean,
    "the largest of {0}": np.max,
    "the smallest of {0}": np.min,
    "the sum of the squares of {0}": lambda a, **along: (a**2).sum(**along),
    "the length of {0}": lambda a, **along: np.sqrt((a**2).sum(**along)),
    "the sum of the exponentials of {0}": lambda a, **along: np.exp(a).sum(**along),
    "the log of the sum of the exponentials of {0}": lambda a, **along: np.log(
        np.exp(a).sum(**along)
    ),
}
#: Of which part of an argument, and along which axis that is.
ALONG: dict[str, int | None] = {
    "all of `{}`": None,
    "each row of `{}`": 1,
    "each column of `{}`": 0,
}


def joined_with_something(pairs: Sequence[Pair], ways: dict[str, Callable]) -> Fields | None:
    """Return what was made of an argument, and how it was joined to what is wanted, in words."""
    if not in_one_shape(pairs) or sum(np.size(pair.wanted) for pair in pairs) < 3:
        return None
    for what, values in made_of_arguments(pairs):
        if is_constant(np.concatenate([np.ravel(value) for value in values])):
            continue  # a number that is always the same says nothing of the argument
        if not all(can_stretch(value, pair) for value, pair in zip(values, pairs)):
            continue
        for words, join in ways.items():
            expected = [join(pair.wanted_array, value) for pair, value in zip(pairs, values)]
            if all_match(pairs, expected):
                return {"what": words.format(what)}
    return None


def can_stretch(value: np.ndarray, pair: Pair) -> bool:
    """Tell whether NumPy stretches an array, if at all, to the shape that is wanted."""
    wanted_shape = np.shape(pair.wanted)
    try:
        return np.broadcast_shapes(np.shape(value), wanted_shape) == wanted_shape
    except ValueError:
        return False


def made_of_arguments(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield what can be made of an argument: in words, and its values in all cases."""
    for name, values in arguments_of(pairs, "fiub"):
        if all(np.ndim(value) == 0 for value in values):
            continue
        for words, function in ENTRY_BY_ENTRY.items():
            yield words.format(name), [function(value) for value in values]
        yield from made_of_many(name, values)
        if all((value % 1 == 0).all() for value in values):
            counts = [np.array(float(np.unique(value).size)) for value in values]
            yield f"the number of different entries of `{name}`", counts


def made_of_many(name: str, values: Sequence[np.ndarray]) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield what can be made of all entries of an argument, or of each row or column."""
    are_matrices = all(np.ndim(value) == 2 for value in values)
    for part, axis in ALONG.items():
        if axis is not None and not are_matrices:
            continue
        for words, function in TOGETHER.items():
            for keepdims in (False,) if axis is None else (False, True):
                made = [function(value, axis=axis, keepdims=keepdims) for value in values]
                yield words.format(part.format(name)), made
