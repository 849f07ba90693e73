"""How the numbers of a wrong result, in the right shape, are related to the right ones.

Each relation is a named predicate of all cases at once; its sentence stands under its name in
``general.txt``. It returns the fields of that sentence, or None where it does not hold.
"""

import functools
import itertools
from collections.abc import Callable, Sequence

import numpy as np

from course.exercises.array_functions import REDUCTIONS
from course.exercises.pairs import (
    Fields,
    Pair,
    all_match,
    in_one_shape,
    is_constant,
    ratio,
    same,
    sizes_in_all,
    without_open,
)

#: Compares what an answer gave with what is wanted, entry by entry: a ratio, or a difference.
Comparison = Callable[[np.ndarray, np.ndarray], np.ndarray]


# One number for all


def nothing_but_zeros(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is 0, but for rounding."""
    if not in_one_shape(pairs):
        return None
    scale = max(np.abs(pair.wanted_array).max(initial=0) for pair in pairs)
    largest = max(np.abs(pair.got_array).max(initial=0) for pair in pairs)
    return {} if largest <= 1e-15 * scale else None


def one_number_everywhere(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is the same one, whatever the arguments are."""
    if not in_one_shape(pairs):
        return None
    numbers = np.concatenate([np.ravel(pair.got_array) for pair in pairs])
    if numbers.size < 3 or not is_constant(numbers):
        return None
    return {"number": f"{numbers[0]:.4g}"}


def one_number_in_each_case(pairs: Sequence[Pair]) -> Fields | None:
    """All entries of a case are the same number, where different ones are wanted."""
    if any(np.asarray(pair.wanted).dtype.kind == "b" for pair in pairs):
        return None  # of two values, one is soon at all places
    if not in_one_shape(pairs):
        return None
    of_several = [pair for pair in pairs if np.size(pair.wanted) > 1]
    if not all(is_constant(pair.got_array.ravel()) for pair in of_several):
        return None
    should_differ = [not is_constant(pair.wanted_array.ravel()) for pair in of_several]
    return {} if sum(should_differ) > 1 else None


# Factors and differences


def opposite(pairs: Sequence[Pair]) -> Fields | None:
    """Every sign is the other way round."""
    return {} if all_match(pairs, [-pair.wanted_array for pair in pairs]) else None


def constant_factor(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is the same multiple of the one that is wanted."""
    if not in_one_shape(pairs):
        return None
    ratios = np.concatenate(
        [without_open(ratio(pair.got_array, pair.wanted_array)) for pair in pairs]
    )
    if ratios.size < 2 or not is_constant(ratios) or abs(ratios[0]) < 1e-12:
        return None
    digits = 4 if abs(ratios[0] - 1) > 1e-3 else 8
    return {"factor": f"{ratios[0]:.{digits}g}"}


def constant_difference(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by the same amount."""
    if not in_one_shape(pairs):
        return None
    differences = np.concatenate([(pair.got_array - pair.wanted_array).ravel() for pair in pairs])
    if differences.size < 2 or not is_constant(differences):
        return None
    side = "large" if differences[0] > 0 else "small"
    return {"difference": f"{abs(differences[0]):.4g}", "side": side}


#: Powers with which a factor may enter, and how they are put into words.
POWERS: dict[float, str] = {
    1: "multiplied by",
    -1: "divided by",
    2: "multiplied by the square of",
    -2: "divided by the square of",
    0.5: "multiplied by the root of",
    -0.5: "divided by the root of",
}


def factor_of_a_size(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by a size, such as the number of examples."""
    for letter, sizes in sizes_in_all(pairs):
        for power, words in POWERS.items():
            expected = [
                pair.wanted_array * float(size) ** power for pair, size in zip(pairs, sizes)
            ]
            if all_match(pairs, expected):
                return {"size": letter, "power": words}
    return None


def difference_of_a_size(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by the logarithm of a size."""
    for letter, sizes in sizes_in_all(pairs):
        for sign, side in ((1, "large"), (-1, "small")):
            expected = [pair.wanted_array + sign * np.log(size) for pair, size in zip(pairs, sizes)]
            if all_match(pairs, expected):
                return {"size": letter, "side": side}
    return None


def factor_of_each_case(pairs: Sequence[Pair]) -> Fields | None:
    """All numbers of a case are the same multiple of the ones that are wanted."""
    factors = [constant_of(pair, ratio) for pair in pairs]
    if sum(entries_not_0(pair) > 1 for pair in pairs) < 2:
        return None
    if any(factor is None or abs(factor) < 1e-12 for factor in factors):
        return None
    first_wrong = next(factor for factor in factors if abs(factor - 1) > 1e-9)
    return {"factor": f"{first_wrong:.4g}"}


def difference_of_each_case(pairs: Sequence[Pair]) -> Fields | None:
    """All numbers of a case are too large or too small by the same amount."""
    amounts = [constant_of(pair, np.subtract) for pair in pairs]
    if any(amount is None for amount in amounts) or any(np.size(p.wanted) < 2 for p in pairs):
        return None
    first_wrong = next(amount for amount in amounts if abs(amount) > 1e-12)
    return {"amount": f"{abs(first_wrong):.4g}", "side": "large" if first_wrong > 0 else "small"}


def constant_of(pair: Pair, compare: Comparison) -> float | None:
    """Return the one ratio or difference of all entries of a case; None if there are several."""
    if not in_one_shape([pair]):
        return None
    compared = without_open(compare(pair.got_array, pair.wanted_array))
    return float(compared[0]) if compared.size and is_constant(compared) else None


def entries_not_0(pair: Pair) -> int:
    """Return how many entries of a case are not 0, in what is wanted or in what came."""
    return int(np.count_nonzero(np.logical_or(pair.wanted_array, pair.got_array)))


def factor_of_each_row(pairs: Sequence[Pair]) -> Fields | None:
    """Within a row every number is the same multiple of the one that is wanted."""
    return {} if is_constant_along(-1, pairs, ratio) else None


def factor_of_each_column(pairs: Sequence[Pair]) -> Fields | None:
    """Within a column every number is the same multiple of the one that is wanted."""
    return {} if is_constant_along(0, pairs, ratio) else None


def difference_of_each_row(pairs: Sequence[Pair]) -> Fields | None:
    """Within a row every number is off by the same amount."""
    return {} if is_constant_along(-1, pairs, np.subtract) else None


def difference_of_each_column(pairs: Sequence[Pair]) -> Fields | None:
    """Within a column every number is off by the same amount."""
    return {} if is_constant_along(0, pairs, np.subtract) else None


def is_constant_along(axis: int, pairs: Sequence[Pair], compare: Comparison) -> bool:
    """Tell whether each line along an axis has one ratio or difference, and not all have the same.

    Most of the lines that show it must be wrong: a line of one number shows nothing.
    """
    if not in_one_shape(pairs) or any(np.ndim(pair.wanted) != 2 for pair in pairs):
        return False
    constants_by_case = []
    for pair in pairs:
        compared = np.moveaxis(compare(pair.got_array, pair.wanted_array), axis, -1)
        lines = [without_open(line) for line in compared]
        if any(line.size and not is_constant(line) for line in lines):
            return False
        constants_by_case.append(np.array([line[0] for line in lines if line.size > 1]))
    constants = np.concatenate(constants_by_case)
    right = 1 if compare is ratio else 0
    is_wrong = (np.abs(constants - right) > 1e-9) & (np.abs(constants) > 1e-12)
    wrong = int(is_wrong.sum())
    they_differ = any(len(each) > 1 and not is_constant(each) for each in constants_by_case)
    return they_differ and wrong > 1 and 2 * wrong > len(constants)


# Something done to every number, or to its place


#: What a wrong result may be of the right one, entry by entry.
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "the square of": np.square,
    "the root of": np.sqrt,
    "the exponential of": np.exp,
    "the logarithm of": np.log,
    "the logarithm, with the other sign, of": lambda a: -np.log(a),
    "1 divided by": lambda a: 1 / a,
    "the absolute value of": np.abs,
    "the part above 0 of": lambda a: np.maximum(a, 0),
}


def function_of_each(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is a function of the one that is wanted."""
    if not in_one_shape(pairs):
        return None
    if len({float(number) for pair in pairs for number in np.ravel(pair.got)}) < 3:
        return None  # too few to tell
    for words, function in FUNCTIONS.items():
        with np.errstate(all="ignore"):
            expected = [function(pair.wanted_array) for pair in pairs]
        if all_match(pairs, expected):
            return {"function": words}
    return None


def running_sum(pairs: Sequence[Pair]) -> Fields | None:
    """Each entry is the sum of all that are wanted up to there."""
    if not in_one_shape(pairs) or all(np.size(pair.wanted) < 3 for pair in pairs):
        return None
    if any(np.ndim(pair.wanted) == 0 for pair in pairs):
        return None
    for axis in (0, -1):
        if all_match(pairs, [np.cumsum(pair.wanted_array, axis) for pair in pairs]):
            return {}
    return None


def spread_out(pairs: Sequence[Pair]) -> Fields | None:
    """In each row, or column, stands one number, made of all that should stand there."""
    if not in_one_shape(pairs) or all(np.size(pair.wanted) < 2 for pair in pairs):
        return None
    if all(np.asarray(pair.wanted).dtype.kind in "iu" for pair in pairs):
        return None  # the smallest of some places or counts is soon 0
    places = {0: "in each column", 1: "in each row", None: "everywhere"}
    if any(np.ndim(pair.wanted) < 2 for pair in pairs):
        places = {None: "everywhere"}
    for axis, name in itertools.product(places, ("sum", "mean", "largest", "smallest")):
        expected = [
            np.broadcast_to(
                REDUCTIONS[name](pair.wanted_array, axis=axis, keepdims=True), np.shape(pair.wanted)
            )
            for pair in pairs
        ]
        if all_match(pairs, expected):
            return {"reduction": name, "where": places[axis]}
    return None


def cut_off_at_a_bound(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is there, but for what lies beyond a bound, which stands in its place."""
    if not in_one_shape(pairs):
        return None
    wanted = np.concatenate([np.ravel(pair.wanted_array) for pair in pairs])
    got = np.concatenate([np.ravel(pair.got_array) for pair in pairs])
    low = got.min()
    high = got.max()
    below = (wanted < low - 1e-9).sum()
    above = (wanted > high + 1e-9).sum()
    is_inside = (wanted > low + 1e-9) & (wanted < high - 1e-9)
    if max(below, above) < 2 or is_inside.sum() < 2:
        return None
    if not all_match(pairs, [np.clip(pair.wanted_array, low, high) for pair in pairs]):
        return None
    ends = {f"below {low:.4g}": below, f"above {high:.4g}": above}
    return {"beyond": " or ".join(end for end, count in ends.items() if count)}


#: What may have happened to the order of the entries.
ORDERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "the rows come in the opposite order": lambda a: a[::-1],
    "the columns come in the opposite order": lambda a: a[..., ::-1],
    "rows and columns come in the opposite order": lambda a: (
        a[::-1, ..., ::-1] if a.ndim > 1 else a
    ),
    "every row is one place too far down": lambda a: np.roll(a, 1, axis=0),
    "every row is one place too far up": lambda a: np.roll(a, -1, axis=0),
    "every column is one place too far to the right": lambda a: np.roll(a, 1, axis=-1),
    "every column is one place too far to the left": lambda a: np.roll(a, -1, axis=-1),
    "the rows are sorted by size": lambda a: np.sort(a, axis=0),
    "each row is sorted by size": lambda a: np.sort(a, axis=-1),
    "rows and columns are exchanged": lambda a: a.swapaxes(-1, -2) if a.ndim > 1 else a,
    "the entries run down the columns": lambda a: a.ravel(order="F").reshape(a.shape),
}


def another_order(pairs: Sequence[Pair]) -> Fields | None:
    """The numbers are right, in another order."""
    if not in_one_shape(pairs) or any(np.ndim(pair.wanted) == 0 for pair in pairs):
        return None
    for words, reordered in ORDERS.items():
        if all_match(pairs, [reordered(pair.wanted_array) for pair in pairs]):
            return {"how": words}
    wanted_numbers = {float(number) for pair in pairs for number in np.ravel(pair.wanted)}
    if len(wanted_numbers) <= 2:
        return None  # of 0 and 1 alone, other places would say nothing
    if all(same(in_order(pair.wanted_array), in_order(pair.got_array)) for pair in pairs):
        return {"how": "they are mixed up"}
    return None


def in_order(array: np.ndarray) -> np.ndarray:
    """Return all entries of an array, sorted."""
    return np.sort(array, axis=None)


# Digits that are lost


def rounded(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is cut to a whole one, or rounded."""
    if not in_one_shape(pairs):
        return None
    if is_close_to(np.trunc, pairs):
        return {"how": "what stands behind the point was cut off"}
    if is_close_to(np.round, pairs):
        return {"how": "it was rounded to whole numbers"}
    for digits in (1, 2, 3, 4, 5, 6):
        if is_close_to(functools.partial(np.round, decimals=digits), pairs):
            return {"how": f"it was rounded to {digits} digits behind the point"}
    return None


def is_close_to(function: Callable[[np.ndarray], np.ndarray], pairs: Sequence[Pair]) -> bool:
    """Tell whether each result is a function of what is wanted, tiny numbers as well as large ones."""
    return all(
        np.allclose(pair.got_array, function(pair.wanted_array), rtol=1e-6, atol=0.0)
        for pair in pairs
    )


def nearly_right(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is right to some digits."""
    if not in_one_shape(pairs):
        return None
    worst = 0.0
    for pair in pairs:
        scale = np.abs(pair.wanted_array).max(initial=0)
        with np.errstate(all="ignore"):
            off = np.abs(pair.got_array - pair.wanted_array).max(initial=0)
        if not np.isfinite(off) or (off and not scale):
            return None
        worst = max(worst, off / scale if off else 0)
    return {"off": f"{worst:.0e}"} if 0 < worst < 5e-3 else None


def whole_numbers(pairs: Sequence[Pair]) -> Fields | None:
    """The result has a dtype of whole numbers, and only where fractions are wanted it is wrong."""
    dtype = dtype_of_whole_numbers(pairs)
    if dtype is None:
        return None
    without_fractions = pairs_without_fractions(pairs)
    if len(without_fractions) == len(pairs):
        return None
    if without_fractions:
        is_right = all(same(pair.wanted, pair.got) for pair in without_fractions)
    else:
        is_right = all((np.abs(pair.wanted_array - pair.got_array) < 1).all() for pair in pairs)
    return {"dtype": dtype} if is_right else None


def begun_again(pairs: Sequence[Pair]) -> Fields | None:
    """What is too large for the result's dtype begins again at its smallest number."""
    dtype = dtype_of_whole_numbers(pairs)
    if dtype is None:
        return None
    without_fractions = pairs_without_fractions(pairs)
    if all(same(pair.wanted, pair.got) for pair in without_fractions):
        return None
    expected = [pair.wanted_array.astype(np.int64).astype(dtype) for pair in without_fractions]
    if not all_match(without_fractions, expected):
        return None
    ends = np.iinfo(dtype)
    return {"dtype": dtype, "low": ends.min, "high": ends.max}


def dtype_of_whole_numbers(pairs: Sequence[Pair]) -> np.dtype | None:
    """Return the one dtype of all results, if it keeps whole numbers only."""
    dtypes = {np.asarray(pair.got).dtype for pair in pairs}
    if not in_one_shape(pairs) or len(dtypes) > 1:
        return None
    dtype = dtypes.pop()
    return dtype if dtype.kind in "iu" else None


def pairs_without_fractions(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the cases in which no fraction is wanted."""
    return [pair for pair in pairs if not (pair.wanted_array % 1).any()]
