"""How a wrong result is related to the right one, and where the two differ first.

A relation is asked about the answers to all cases at once, so that what is said is never the
accident of one. Its sentence stands under its name in ``general.txt``, and in a reply that the tests
store: one that never speaks has no place here.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from course.exercises.comparison import (
    Comparison,
    NamedValue,
    as_numbers,
    close,
    is_constant,
    shape_of,
)

#: What a sentence of ``general.txt`` names: the values of its ``{fields}``.
Fields = dict[str, object]


class Finding(NamedTuple):
    """What was found out about a wrong answer: a sentence's name in ``general.txt``, its fields."""

    name: str
    fields: Fields


#: A relation: it returns the fields of its sentence if it holds in all cases.
Relation = Callable[[Sequence[Comparison]], Fields | None]


def find_relation(comparisons: Sequence[Comparison]) -> Finding | None:
    """Return the first relation that holds in all cases; None where nothing is wrong."""
    if all(close(each.wanted, each.got) for each in comparisons):
        return None
    if any(as_numbers(each.got) is None for each in comparisons):
        return None
    for holds in RELATIONS:
        try:
            with np.errstate(all="ignore"):
                fields = holds(comparisons)
        except Exception:  # it is asked about whatever an answer returns
            continue
        if fields is not None:
            return Finding(holds.__name__, fields)
    return None


def in_one_shape(comparisons: Sequence[Comparison]) -> bool:
    """Tell whether each result has the shape that is wanted."""
    return all(each.has_its_shape for each in comparisons)


def all_close(comparisons: Sequence[Comparison], expected: Sequence[object]) -> bool:
    """Tell whether each result has the right shape, and is what a relation expects of its case."""
    return in_one_shape(comparisons) and all(
        close(value, each.got) for value, each in zip(expected, comparisons)
    )


# The same number everywhere


def nothing_but_zeros(comparisons: Sequence[Comparison]) -> Fields | None:
    """Every number is 0, but for rounding."""
    if not in_one_shape(comparisons):
        return None
    scale = max(np.abs(each.wanted_array).max(initial=0) for each in comparisons)
    largest = max(np.abs(each.got_array).max(initial=0) for each in comparisons)
    return {} if largest <= 1e-15 * scale else None


def one_number_everywhere(comparisons: Sequence[Comparison]) -> Fields | None:
    """Every number is the same one, whatever the arguments are."""
    if not in_one_shape(comparisons):
        return None
    numbers = np.concatenate([np.ravel(each.got_array) for each in comparisons])
    if numbers.size < 3 or not is_constant(numbers):
        return None
    return {"number": f"{numbers[0]:.4g}"}


# A factor


def factor_of_a_size(comparisons: Sequence[Comparison]) -> Fields | None:
    """Every number is multiplied or divided by a length, such as the number of examples."""
    for letter, sizes in sizes_in_all(comparisons):
        for power, words in ((1, "multiplied by"), (-1, "divided by")):
            expected = [
                each.wanted_array * float(size) ** power for each, size in zip(comparisons, sizes)
            ]
            if all_close(comparisons, expected):
                return {"size": letter, "power": words}
    return None


def sizes_in_all(comparisons: Sequence[Comparison]) -> Iterator[tuple[str, list[int]]]:
    """Yield each letter of the arguments that has a size in every case, and not always the same."""
    sizes = [sizes_of(each.arguments) for each in comparisons]
    for letter in sorted({letter for of_a_case in sizes for letter in of_a_case}):
        if all(letter in of_a_case for of_a_case in sizes):
            in_all_cases = [of_a_case[letter] for of_a_case in sizes]
            if len({*in_all_cases}) > 1:
                yield letter, in_all_cases


def sizes_of(arguments: Sequence[NamedValue]) -> dict[str, int]:
    """Return the size of each letter of the arguments."""
    return {
        letter: size
        for argument in arguments
        for letter, size in zip(argument.axes, shape_of(argument.value) or ())
    }


def constant_factor(comparisons: Sequence[Comparison]) -> Fields | None:
    """Every number is the same multiple of the one that is wanted."""
    if not in_one_shape(comparisons):
        return None
    ratios = np.concatenate([ratios_of(each) for each in comparisons])
    if ratios.size < 2 or not is_constant(ratios) or abs(ratios[0]) < 1e-12:
        return None
    digits = 4 if abs(ratios[0] - 1) > 1e-3 else 8
    return {"factor": f"{ratios[0]:.{digits}g}"}


def ratios_of(comparison: Comparison) -> np.ndarray:
    """Return by what each number is too large; where both are 0, any factor would do."""
    wanted = comparison.wanted_array.ravel()
    got = comparison.got_array.ravel()
    says_something = (got != 0) | (wanted != 0)
    return got[says_something] / wanted[says_something]


# Digits that are lost, and an axis


def rounded(comparisons: Sequence[Comparison]) -> Fields | None:
    """Every number is cut to a whole one, or rounded; True and False were never numbers."""
    answers_a_question = any(np.asarray(each.got).dtype.kind == "b" for each in comparisons)
    if answers_a_question or not in_one_shape(comparisons):
        return None
    if is_close_to(np.trunc, comparisons):
        return {"how": "what follows the decimal point was cut off"}
    if is_close_to(np.round, comparisons):
        return {"how": "it was rounded to whole numbers"}
    for digits in (1, 2, 3, 4, 5, 6):
        if is_close_to(functools.partial(np.round, decimals=digits), comparisons):
            places = "1 digit" if digits == 1 else f"{digits} digits"
            return {"how": f"it was rounded to {places} after the decimal point"}
    return None


def is_close_to(
    function: Callable[[np.ndarray], np.ndarray], comparisons: Sequence[Comparison]
) -> bool:
    """Tell whether each result is a function of what is wanted, tiny numbers as well as large ones."""
    return all(
        np.allclose(each.got_array, function(each.wanted_array), rtol=1e-6, atol=0.0)
        for each in comparisons
    )


#: Ways to make one number of many; each takes an array and an axis.
REDUCTIONS: dict[str, Callable] = {"sum": np.sum, "mean": np.mean, "maximum": np.max}


def reduced_too_far(comparisons: Sequence[Comparison]) -> Fields | None:
    """A sum, a mean or a maximum over an axis was taken once too often."""
    axes = range(max(np.ndim(each.wanted) for each in comparisons))
    for axis, (name, reduce) in itertools.product(axes, REDUCTIONS.items()):
        if all(close(reduce(each.wanted_array, axis=axis), each.got) for each in comparisons):
            return {"reduction": name, "axis": axis}
    return None


#: All relations, the likelier first.
RELATIONS: tuple[Relation, ...] = (
    nothing_but_zeros,
    one_number_everywhere,
    factor_of_a_size,
    constant_factor,
    rounded,
    reduced_too_far,
)


# Where they differ first


def find_difference(comparison: Comparison, comparisons: Sequence[Comparison]) -> Finding | None:
    """Return where a result goes wrong first, and what its wrong entries share.

    Args:
        comparison: the case that is shown.
        comparisons: all cases; this one alone if some have no result.
    """
    if np.size(comparison.wanted) == 1:
        return difference_of_a_number(comparison)
    return difference_of_entries(comparison, comparisons)


def difference_of_a_number(comparison: Comparison) -> Finding | None:
    """Return how a single number differs from the one that is wanted."""
    kind = np.asarray(comparison.wanted).dtype.kind
    is_count = kind in "iu"
    is_place = is_count and np.ndim(comparison.wanted)  # a class is not too large or too small
    if kind == "b" or is_place:
        return None
    words = in_proportion(comparison.wanted_array.item(), comparison.got_array.item(), is_count)
    return Finding("a number", {"comparison": words})


def in_proportion(wanted: float, got: float, is_count: bool) -> str:
    """Say how a number is related to another one."""
    if not np.isfinite(got):
        return "not an ordinary number"
    if is_count:
        return f"too {'large' if got > wanted else 'small'} by {abs(got - wanted):.4g}"
    if got == 0 or abs(wanted) < 1e-9 * abs(got):
        return f"off by {abs(got - wanted):.4g}"
    if wanted * got < 0:
        return "on the other side of 0"
    return f"{got / wanted:.4g} times as large as it should be"


def difference_of_entries(
    comparison: Comparison, comparisons: Sequence[Comparison]
) -> Finding | None:
    """Return the first wrong entry, and what the wrong ones share in all cases, or in this one."""
    wanted = comparison.wanted_array
    got = comparison.got_array
    is_wrong, digits = wrong_entries(comparison)
    if not is_wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(is_wrong)[0])
    shared = where_an_argument(comparisons) if np.isfinite(got).all() else None
    fields = {
        "place": place_in_words(place),
        "wanted": f"{wanted[place]:.{digits}g}",
        "got": f"{got[place]:.{digits}g}",
        "wrong": int(is_wrong.sum()),
        "all": wanted.size,
    }
    if shared:
        return Finding("where_an_argument", fields | shared)
    return Finding(how_many_are_wrong(is_wrong, got), fields)


def wrong_entries(comparison: Comparison) -> tuple[np.ndarray, int]:
    """Return which entries are wrong, and how many digits it takes to see it."""
    wanted = comparison.wanted_array
    got = comparison.got_array
    for digits in (6, 10, 16):  # the coarser, the less is said of mere rounding
        is_right = np.isclose(got, wanted, rtol=10.0 ** (1 - digits), atol=0, equal_nan=True)
        if not is_right.all():
            break
    return ~is_right, digits


def place_in_words(place: tuple[int, ...]) -> str:
    """Say where an entry stands."""
    if len(place) == 1:
        return f"entry {place[0]}"
    if len(place) == 2:
        return f"row {place[0]}, column {place[1]}"
    return f"entry [{', '.join(map(str, place))}]"


def how_many_are_wrong(is_wrong: np.ndarray, got: np.ndarray) -> str:
    """Return the name of the sentence that says how many entries are wrong."""
    if not np.isfinite(got).all():
        return "not_a_number"
    if is_wrong.all():
        return "all_entries"
    return "one_entry" if is_wrong.sum() == 1 else "some_entries"


#: What may be true of an argument's entry.
CONDITIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "is negative": lambda a: a < 0,
    "is positive": lambda a: a > 0,
    "is 0": lambda a: a == 0,
    "is not 0": lambda a: a != 0,
    "is 0 or more": lambda a: a >= 0,
    "is 0 or less": lambda a: a <= 0,
}


def where_an_argument(comparisons: Sequence[Comparison]) -> Fields | None:
    """Tell whether in all cases just those entries are wrong where an argument is negative, say.

    Some case must have entries of both kinds. Where whole cases are wrong, or single numbers, it may
    be for another reason that the cases have. Nothing is said of a factor that is 0 just where 0 is
    wanted, since it would be hard to go wrong there.
    """
    if not in_one_shape(comparisons):
        return None
    wrong = [wrong_entries(each)[0] for each in comparisons]
    if sum(int(is_wrong.sum()) for is_wrong in wrong) < 2:
        return None
    if all(is_wrong.all() or not is_wrong.any() for is_wrong in wrong):
        return None
    for in_all_cases in zip(*[each.arguments for each in comparisons]):
        values = [argument.value for argument in in_all_cases]
        if any(shape_of(value) != is_wrong.shape for value, is_wrong in zip(values, wrong)):
            continue
        if all(
            ((value == 0) & (each.wanted_array == 0))[~is_wrong].all()
            for value, each, is_wrong in zip(values, comparisons, wrong)
        ):
            continue
        for words, holds in CONDITIONS.items():
            if all((holds(value) == is_wrong).all() for value, is_wrong in zip(values, wrong)):
                return {"argument": in_all_cases[0].name, "is": words}
    return None
