"""How a wrong result is related to the right one: a factor, a sign, a missing sum, another order.

Each relation is a named predicate. It is asked about the answers to all cases at once, so that what
is said is never the accident of one; its sentence stands under its name in ``general.txt``. Where
none holds, :func:`first_difference` says which entries of the one case that is shown are wrong.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from course.exercises.compare import NUMBERS, Named, is_several, shape_of

#: What a sentence of ``general.txt`` names: the values of its ``{fields}``.
Fields = dict[str, object]


@dataclass(frozen=True, eq=False)
class Pair:
    """What a case wants of one result, what an answer gave, and what it was given."""

    wanted: object
    got: object
    given: Sequence[Named] = ()

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Both as arrays of floats."""
        return np.asarray(self.wanted, float), np.asarray(self.got, float)


# Of numbers in one shape


def constant_factor(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is the same multiple of the one that is wanted."""
    ratios = ratios_of(pairs)
    if ratios is None or ratios.size < 2 or not is_constant(ratios) or abs(ratios[0]) < 1e-12:
        return None
    digits = 4 if abs(ratios[0] - 1) > 1e-3 else 8
    return {"factor": f"{ratios[0]:.{digits}g}"}


def running_sum(pairs: Sequence[Pair]) -> Fields | None:
    """Each entry is the sum of all that are wanted up to there."""
    if not in_one_shape(pairs) or all(np.size(pair.wanted) < 3 for pair in pairs):
        return None
    for axis in (0, -1):
        made = [np.cumsum(pair.arrays[0], axis) if np.ndim(pair.wanted) else None for pair in pairs]
        if all_match(pairs, made):
            return {}
    return None


def one_number_in_each_case(pairs: Sequence[Pair]) -> Fields | None:
    """All entries of a case are the same number, where different ones are wanted."""
    if any(np.asarray(pair.wanted).dtype.kind == "b" for pair in pairs):
        return None
    if not in_one_shape(pairs):
        return None
    several = [pair.arrays for pair in pairs if np.size(pair.wanted) > 1]
    if not all(is_constant(got.ravel()) for _, got in several):
        return None
    return {} if sum(not is_constant(wanted.ravel()) for wanted, _ in several) > 1 else None


def nothing_but_zeros(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is 0, but for rounding."""
    if not in_one_shape(pairs):
        return None
    scale = max(np.abs(pair.arrays[0]).max(initial=0) for pair in pairs)
    largest = max(np.abs(pair.arrays[1]).max(initial=0) for pair in pairs)
    return {} if largest <= 1e-15 * scale else None


def one_number_everywhere(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is the same one, whatever the arguments are."""
    if not in_one_shape(pairs):
        return None
    numbers = np.concatenate([np.ravel(pair.arrays[1]) for pair in pairs])
    if numbers.size < 3 or not is_constant(numbers):
        return None
    return {"number": f"{numbers[0]:.4g}"}


def opposite(pairs: Sequence[Pair]) -> Fields | None:
    """Every sign is the other way round."""
    return {} if all_match(pairs, [-pair.arrays[0] for pair in pairs]) else None


def factor_of_a_size(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by a size, such as the number of examples."""
    for letter, sizes in sizes_in_all(pairs):
        for power, name in POWERS:
            factors = [float(size) ** power for size in sizes]
            if all_match(pairs, [pair.arrays[0] * f for pair, f in zip(pairs, factors)]):
                return {"size": letter, "power": name}
    return None


#: Powers with which a factor may enter, and how they are put into words.
POWERS: tuple[tuple[float, str], ...] = (
    (1, "multiplied by"),
    (-1, "divided by"),
    (2, "multiplied by the square of"),
    (-2, "divided by the square of"),
    (0.5, "multiplied by the root of"),
    (-0.5, "divided by the root of"),
)


def factor_of_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is multiplied or divided by an argument."""
    for name, values in arguments_of(pairs):
        for power, words in POWERS:
            with np.errstate(all="ignore"):
                products = [
                    pair.arrays[0] * value**power if fits(value, pair) else None
                    for pair, value in zip(pairs, values)
                ]
            if all_match(pairs, products):
                return {"argument": name, "power": words}
    return None


def argument_for_a_factor(pairs: Sequence[Pair]) -> Fields | None:
    """What an argument should be multiplied by is missing, or it should be multiplied itself."""
    for name, values in arguments_of(pairs):
        products = [
            pair.arrays[1] * value if fits(value, pair) else None
            for pair, value in zip(pairs, values)
        ]
        wanted = [Pair(product, pair.wanted) for product, pair in zip(products, pairs)]
        if all(product is not None for product in products) and all(
            same(pair.wanted, pair.got) for pair in wanted
        ):
            return {"argument": name}
    return None


def sum_with_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """An argument was added to what is wanted, or subtracted from it."""
    for name, values in arguments_of(pairs):
        for sign, words in ((1, "added"), (-1, "subtracted")):
            sums = [
                pair.arrays[0] + sign * value if fits(value, pair) else None
                for pair, value in zip(pairs, values)
            ]
            if all_match(pairs, sums):
                return {"argument": name, "done": words}
    return None


def argument_itself(pairs: Sequence[Pair]) -> Fields | None:
    """The result is an argument as it came in."""
    for name, values in arguments_of(pairs):
        if all(same(value, pair.got) for pair, value in zip(pairs, values)):
            return {"argument": name}
    return None


def product_for_a_sum(pairs: Sequence[Pair]) -> Fields | None:
    """An argument was multiplied by what should be added to it, or subtracted."""
    for name, values in arguments_of(pairs):
        for words, combine in (("multiplied by", np.multiply), ("divided by", np.divide)):
            made = [
                combine(value, pair.arrays[0] - value) if fits(value, pair) else None
                for pair, value in zip(pairs, values)
            ]
            if all_match(pairs, made):
                return {"argument": name, "done": words}
    return None


def something_of_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """The result is something that can be made of an argument, such as each row's largest entry."""
    return joined_with_another(pairs, {"that is {}": lambda wanted, made: made + 0 * wanted})


def joined_to_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is there, multiplied by something made of an argument, say."""
    return joined_with_another(pairs, JOINED)


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
    "a sigmoid of `{0}`": lambda a: 1 / (1 + np.exp(-a)),
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
#: Of what of an argument.
ALONG: dict[str, int | None] = {
    "all of `{}`": None,
    "each row of `{}`": 1,
    "each column of `{}`": 0,
}


def softmax(z: np.ndarray) -> np.ndarray:
    """Return a softmax along each row."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def made_of_arguments(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield what can be made of an argument: in words, and its values in all cases."""
    for name, values in arguments_of(pairs, "fiub"):
        axes = {np.ndim(value) for value in values}
        if axes == {0}:
            continue
        for words, function in ENTRY_BY_ENTRY.items():
            yield words.format(name), [function(value) for value in values]
        for of, axis in ALONG.items():
            if axis is not None and axes != {2}:
                continue
            for words, function in TOGETHER.items():
                for keeps in (False, True) if axis is not None else (False,):
                    along = {"axis": axis, "keepdims": keeps}
                    yield words.format(of.format(name)), [function(v, **along) for v in values]
        if all((value % 1 == 0).all() for value in values):
            yield (
                f"the number of different entries of `{name}`",
                [np.array(float(np.unique(value).size)) for value in values],
            )


def joined_with_another(pairs: Sequence[Pair], ways: dict[str, Callable]) -> Fields | None:
    """Return what was made of an argument, and how it was joined to what is wanted, in words."""
    if not in_one_shape(pairs) or sum(np.size(pair.wanted) for pair in pairs) < 3:
        return None
    for what, values in made_of_arguments(pairs):
        known = np.concatenate([np.ravel(value) for value in values])
        if is_constant(known):
            continue
        if not all(can_meet(value, pair) for value, pair in zip(values, pairs)):
            continue
        for words, join in ways.items():
            made = [join(pair.arrays[0], value) for pair, value in zip(pairs, values)]
            if all_match(pairs, made):
                return {"what": words.format(what)}
    return None


def can_meet(value: np.ndarray, pair: Pair) -> bool:
    """Tell whether NumPy stretches an array, if at all, to the shape that is wanted."""
    try:
        return np.broadcast_shapes(np.shape(value), np.shape(pair.wanted)) == np.shape(pair.wanted)
    except ValueError:
        return False


def cut_off_at_a_bound(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is there, but for what lies beyond a bound, which stands in its place."""
    if not in_one_shape(pairs):
        return None
    wanted, got = (np.concatenate([np.ravel(pair.arrays[i]) for pair in pairs]) for i in (0, 1))
    low, high = got.min(), got.max()
    below, above = (wanted < low - 1e-9).sum(), (wanted > high + 1e-9).sum()
    is_inside = (wanted > low + 1e-9) & (wanted < high - 1e-9)
    if max(below, above) < 2 or is_inside.sum() < 2:
        return None
    if not all_match(pairs, [np.clip(pair.arrays[0], low, high) for pair in pairs]):
        return None
    ends = {f"below {low:.4g}": below, f"above {high:.4g}": above}
    return {"beyond": " or ".join(end for end, count in ends.items() if count)}


def constant_difference(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by the same amount."""
    if not in_one_shape(pairs):
        return None
    differences = np.concatenate([(b - a).ravel() for a, b in (pair.arrays for pair in pairs)])
    if differences.size < 2 or not is_constant(differences):
        return None
    side = "large" if differences[0] > 0 else "small"
    return {"difference": f"{abs(differences[0]):.4g}", "side": side}


#: What a wrong result may be of the right one, entry by entry.
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "the square": np.square,
    "the root": np.sqrt,
    "the exponential": np.exp,
    "the logarithm": np.log,
    "the logarithm, with the other sign,": lambda a: -np.log(a),
    "1 divided by": lambda a: 1 / a,
    "the absolute value": np.abs,
    "the part above 0": lambda a: np.maximum(a, 0),
}


def function_of_each(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is a function of the one that is wanted."""
    if not in_one_shape(pairs):
        return None
    if len({float(number) for pair in pairs for number in np.ravel(pair.got)}) < 3:
        return None  # too few to tell
    for name, function in FUNCTIONS.items():
        with np.errstate(all="ignore"):
            made = [function(pair.arrays[0]) for pair in pairs]
        if all_match(pairs, made):
            return {"function": name if name.endswith("by") else f"{name} of"}
    return None


def whole_numbers(pairs: Sequence[Pair]) -> Fields | None:
    """The result has a dtype of whole numbers, and only where fractions are wanted it is wrong."""
    dtype = dtype_of_whole_numbers(pairs)
    whole = of_whole_numbers(pairs)
    if dtype is None or len(whole) == len(pairs):
        return None
    if whole:
        return {"dtype": dtype} if all(same(each.wanted, each.got) for each in whole) else None
    is_near = all((np.abs(np.subtract(*pair.arrays)) < 1).all() for pair in pairs)
    return {"dtype": dtype} if is_near else None


def begun_again(pairs: Sequence[Pair]) -> Fields | None:
    """What is too large for the result's dtype begins again at its smallest number."""
    dtype = dtype_of_whole_numbers(pairs)
    whole = of_whole_numbers(pairs)
    if dtype is None or all(same(each.wanted, each.got) for each in whole):
        return None
    made = [each.arrays[0].astype(np.int64).astype(dtype) for each in whole]
    ends = np.iinfo(dtype)
    return {"dtype": dtype, "low": ends.min, "high": ends.max} if all_match(whole, made) else None


def dtype_of_whole_numbers(pairs: Sequence[Pair]) -> np.dtype | None:
    """Return the one dtype of all results, if it keeps whole numbers only."""
    dtypes = {np.asarray(pair.got).dtype for pair in pairs}
    if not in_one_shape(pairs) or len(dtypes) > 1:
        return None
    dtype = dtypes.pop()
    return dtype if dtype.kind in "iu" else None


def of_whole_numbers(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the cases in which no fraction is wanted."""
    return [pair for pair in pairs if not (pair.arrays[0] % 1).any()]


def rounded(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is cut to a whole one, or rounded."""
    ways = {
        "what stands behind the point was cut off": np.trunc,
        "it was rounded to whole numbers": np.round,
    }
    for digits in (1, 2, 3, 4, 5, 6):
        ways[f"it was rounded to {digits} digits behind the point"] = rounding_to(digits)
    for words, function in ways.items():
        if all_match(pairs, [function(pair.arrays[0]) for pair in pairs], tight=True):
            return {"how": words}
    return None


def rounding_to(digits: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return what rounds to so many digits."""
    return lambda array: np.round(array, digits)


def nearly_right(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is right to some digits."""
    if not in_one_shape(pairs):
        return None
    worst = 0.0
    for wanted, got in (pair.arrays for pair in pairs):
        scale = np.abs(wanted).max(initial=0)
        with np.errstate(all="ignore"):
            off = np.abs(got - wanted).max(initial=0)
        if not np.isfinite(off) or (off and not scale):
            return None
        worst = max(worst, off / scale if off else 0)
    return {"off": f"{worst:.0e}"} if 0 < worst < 5e-3 else None


def two_factors(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by a product of two arguments, or of one and a number."""
    ratios = [ratio(got, wanted) for wanted, got in (pair.arrays for pair in pairs)]
    if not in_one_shape(pairs) or sum(each.size for each in ratios) < 3:
        return None
    candidates = [
        (name, words, [value**power for value in values])
        for name, values in factors_of(pairs)
        for power, words in POWERS
    ]
    for name, words, values in candidates:
        left = np.concatenate([np.ravel(r / value) for r, value in zip(ratios, values)])
        left = left[~np.isnan(left)]
        if left.size > 2 and is_constant(left) and abs(left[0]) > 1e-12:
            number = f"{left[0]:.4g}"
            by_number = "" if number == "1" else f"multiplied by {number} and "
            return {"factors": f"{by_number}{words} {name}"}
    for (name, words, values), (other, other_words, others) in itertools.combinations(
        candidates, 2
    ):
        products = [
            pair.arrays[0] * one * another for pair, one, another in zip(pairs, values, others)
        ]
        if name != other and all_match(pairs, products):
            return {"factors": f"{words} {name} and {other_words} {other}"}
    return None


def beyond_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is a sum with an argument, and only the other part of it is wrong."""
    if not in_one_shape(pairs):
        return None
    for name, values in arguments_of(pairs):
        if not all(fits(value, pair) for value, pair in zip(values, pairs)):
            continue
        rests = [
            Pair(pair.arrays[0] - value, pair.arrays[1] - value, pair.given)
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
                return {"argument": name, "rest": (holds.__name__, fields)}
    return None


def difference_of_a_size(pairs: Sequence[Pair]) -> Fields | None:
    """Every number is too large or too small by the logarithm of a size."""
    for letter, sizes in sizes_in_all(pairs):
        for sign, side in ((1, "large"), (-1, "small")):
            if all_match(pairs, [p.arrays[0] + sign * np.log(n) for p, n in zip(pairs, sizes)]):
                return {"size": letter, "side": side}
    return None


def factor_of_each_case(pairs: Sequence[Pair]) -> Fields | None:
    """All numbers of a case are the same multiple of the ones that are wanted."""
    factors = [constant_of(pair, ratio) for pair in pairs]
    if sum(entries_told(pair) > 1 for pair in pairs) < 2:
        return None
    if any(factor is None or abs(factor) < 1e-12 for factor in factors):
        return None
    return {"factor": f"{next(f for f in factors if abs(f - 1) > 1e-9):.4g}"}


def difference_of_each_case(pairs: Sequence[Pair]) -> Fields | None:
    """All numbers of a case are too large or too small by the same amount."""
    amounts = [constant_of(pair, np.subtract) for pair in pairs]
    if any(amount is None for amount in amounts) or any(np.size(p.wanted) < 2 for p in pairs):
        return None
    amount = next(each for each in amounts if abs(each) > 1e-12)
    return {"amount": f"{abs(amount):.4g}", "side": "large" if amount > 0 else "small"}


def constant_of(pair: Pair, compare: Callable) -> float | None:
    """Return the one ratio or difference of all entries of a case; None if there are several."""
    if not in_one_shape([pair]):
        return None
    wanted, got = pair.arrays
    compared = np.ravel(compare(got, wanted))
    compared = compared[~np.isnan(compared)]
    return float(compared[0]) if compared.size and is_constant(compared) else None


def entries_told(pair: Pair) -> int:
    """Return how many entries of a case are 0 neither in what is wanted nor in what came."""
    return int(np.count_nonzero(np.logical_or(*pair.arrays)))


def factor_of_each_row(pairs: Sequence[Pair]) -> Fields | None:
    """Within a row every number is the same multiple of the one that is wanted."""
    return {} if constant_along(pairs, -1, ratio) else None


def factor_of_each_column(pairs: Sequence[Pair]) -> Fields | None:
    """Within a column every number is the same multiple of the one that is wanted."""
    return {} if constant_along(pairs, 0, ratio) else None


def difference_of_each_row(pairs: Sequence[Pair]) -> Fields | None:
    """Within a row every number is off by the same amount."""
    return {} if constant_along(pairs, -1, np.subtract) else None


def difference_of_each_column(pairs: Sequence[Pair]) -> Fields | None:
    """Within a column every number is off by the same amount."""
    return {} if constant_along(pairs, 0, np.subtract) else None


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
        if all_match(pairs, [reordered(pair.arrays[0]) for pair in pairs]):
            return {"how": words}
    is_told_apart = len({float(each) for pair in pairs for each in np.ravel(pair.wanted)}) > 2
    if is_told_apart and all(same(*map(np.sort, map(np.ravel, p.arrays))) for p in pairs):
        return {"how": "they are mixed up"}  # of 0 and 1 alone that would say nothing
    return None


# Of numbers in another shape


def sum_is_missing(pairs: Sequence[Pair]) -> Fields | None:
    """A sum, a mean or a maximum over an axis makes of the result what is wanted."""
    for axis, way in itertools.product(range(4), REDUCTIONS):
        reduced = [reduce(pair.got, axis, way) for pair in pairs]
        if all(made is not None and same(pair.wanted, made) for made, pair in zip(reduced, pairs)):
            return {"reduction": way, "axis": axis}
    return None


def sum_too_many(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted was added up over an axis once more, or averaged."""
    for axis, way in itertools.product(range(4), REDUCTIONS):
        reduced = [reduce(pair.wanted, axis, way) for pair in pairs]
        if all(made is not None and same(made, pair.got) for made, pair in zip(reduced, pairs)):
            return {"reduction": way, "axis": axis}
    return None


#: Ways to make one number of many.
REDUCTIONS: dict[str, Callable] = {
    "sum": np.sum,
    "mean": np.mean,
    "largest": np.max,
    "smallest": np.min,
    "first": lambda a, axis: np.take(a, 0, axis),
    "last": lambda a, axis: np.take(a, -1, axis),
}


def spread_out(pairs: Sequence[Pair]) -> Fields | None:
    """In each row, or column, stands one number, made of all that should stand there."""
    if not in_one_shape(pairs) or all(np.size(pair.wanted) < 2 for pair in pairs):
        return None
    if all(np.asarray(pair.wanted).dtype.kind in "iu" for pair in pairs):
        return None  # the smallest of some places or counts is soon 0
    places = {0: "in each column", 1: "in each row", None: "everywhere"}
    if any(np.ndim(pair.wanted) < 2 for pair in pairs):
        places = {None: "everywhere"}
    for axis, way in itertools.product(places, ("sum", "mean", "largest", "smallest")):
        reduced = [REDUCTIONS[way](pair.arrays[0], axis=axis, keepdims=True) for pair in pairs]
        made = [np.broadcast_to(r, np.shape(pair.wanted)) for r, pair in zip(reduced, pairs)]
        if all_match(pairs, made):
            return {"reduction": way, "where": places[axis]}
    return None


def right_in_another_shape(pairs: Sequence[Pair]) -> Fields | None:
    """The numbers are right and in their order, in another shape."""
    flat = [(as_numbers(pair.wanted), as_numbers(pair.got)) for pair in pairs]
    if any(wanted is None or got is None for wanted, got in flat):
        return None
    if all(wanted.size == got.size and same(wanted.ravel(), got.ravel()) for wanted, got in flat):
        forms = [(form_of(pair.got), form_of(pair.wanted)) for pair in pairs]
        got, wanted = next(pair for pair in forms if pair[0] != pair[1])
        return {"form": got, "wanted": wanted}
    return None


def some_are_missing(pairs: Sequence[Pair]) -> Fields | None:
    """The result is the beginning or the end of what is wanted."""
    return cut_off([(pair.wanted, pair.got) for pair in pairs])


def some_are_too_many(pairs: Sequence[Pair]) -> Fields | None:
    """What is wanted is the beginning or the end of the result."""
    return cut_off([(pair.got, pair.wanted) for pair in pairs])


def cut_off(pairs: Sequence[tuple[object, object]]) -> Fields | None:
    """Tell whether each second array is the first or the last part of the first one, by an axis."""
    arrays = [(as_numbers(longer), as_numbers(shorter)) for longer, shorter in pairs]
    if any(a is None or b is None or a.ndim != b.ndim or not b.size for a, b in arrays):
        return None
    for axis, end in itertools.product(range(4), ("first", "last")):
        fitting = [cut(a, b, axis, end) for a, b in arrays]
        if all(fitting):
            return {"end": "last" if end == "first" else "first", "what": AXES.get(axis, "ones")}
    return None


#: What lies along the first axes of an array.
AXES: dict[int, str] = {0: "rows", 1: "columns"}


def cut(longer: np.ndarray, shorter: np.ndarray, axis: int, end: str) -> bool:
    """Tell whether an array is one end of another, by an axis."""
    if axis >= longer.ndim or not shorter.shape[axis] < longer.shape[axis]:
        return False
    count = shorter.shape[axis]
    kept = range(count) if end == "first" else range(longer.shape[axis] - count, longer.shape[axis])
    return same(np.take(longer, kept, axis), shorter)


# Of several results, or something else


def not_called(pairs: Sequence[Pair]) -> Fields | None:
    """The result is a method that was not called."""
    is_function = all(callable(pair.got) for pair in pairs)
    return {"name": getattr(pairs[0].got, "__name__", "it")} if is_function else None


#: A relation: it returns the fields of its sentence if it holds for all pairs.
Relation = Callable[[Sequence[Pair]], Fields | None]

#: Relations that say all, the likelier first.
EXACT: tuple[Relation, ...] = (
    not_called,
    nothing_but_zeros,
    one_number_everywhere,
    argument_itself,
    opposite,
    factor_of_a_size,
    factor_of_an_argument,
    constant_factor,
    argument_for_a_factor,
    sum_with_an_argument,
    product_for_a_sum,
    constant_difference,
    difference_of_a_size,
    rounded,
    whole_numbers,
    begun_again,
    another_order,
    running_sum,
    spread_out,
    function_of_each,
    cut_off_at_a_bound,
    right_in_another_shape,
    sum_is_missing,
    sum_too_many,
    some_are_missing,
    some_are_too_many,
)
#: Those that name something made of an argument.
JOINED_RELATIONS: tuple[Relation, ...] = (
    joined_to_an_argument,
    something_of_an_argument,
    two_factors,
)
#: Those that say a part, for where nothing says more.
LOOSE: tuple[Relation, ...] = (
    nearly_right,
    one_number_in_each_case,
    beyond_an_argument,
    factor_of_each_case,
    difference_of_each_case,
    factor_of_each_row,
    factor_of_each_column,
    difference_of_each_row,
    difference_of_each_column,
)


def relation(pairs: Sequence[Pair], relations: Sequence[Relation]) -> tuple[str, Fields] | None:
    """Return the name and the fields of the first relation that holds for all pairs."""
    if all(same(pair.wanted, pair.got) for pair in pairs):
        return None
    if any(not callable(pair.got) and as_numbers(pair.got) is None for pair in pairs):
        return None
    for holds in relations:
        try:
            with np.errstate(all="ignore"):
                fields = holds(pairs)
        except Exception:  # it is asked about whatever an answer returns
            continue
        if fields is not None:
            return holds.__name__, fields
    return None


# The one case that is shown


def first_difference(pair: Pair, pairs: Sequence[Pair]) -> tuple[str, Fields] | None:
    """Return where a result of the right shape goes wrong first, and what its wrong entries share.

    Args:
        pair: the one case.
        pairs: all of them; none if some have no result.
    """
    wanted, got = pair.arrays
    if wanted.size < 2:
        return None
    is_wrong, digits = wrong_entries(pair)
    if not digits:
        return None
    place = tuple(int(i) for i in np.argwhere(is_wrong)[0])
    fields: Fields = {
        "place": place_in_words(place),
        "wanted": f"{wanted[place]:.{digits}g}",
        "got": f"{got[place]:.{digits}g}",
        "wrong": int(is_wrong.sum()),
        "all": wanted.size,
    }
    for holds in (where_an_argument, first_or_last):
        shared = holds(pairs)
        if shared and np.isfinite(got).all():
            return holds.__name__, {**fields, **shared}
    for name, shared in what_wrong_ones_share(is_wrong, got):
        return name, {**fields, **shared}
    if is_wrong.all():
        return "all_entries", fields
    return "one_of_them" if is_wrong.sum() == 1 else "some_entries", fields


def wrong_entries(pair: Pair) -> tuple[np.ndarray, int]:
    """Return which entries are wrong, and with how many digits that is seen; 0 if in none."""
    wanted, got = pair.arrays
    for digits in (6, 10, 16):  # the coarser, the less is said of mere rounding
        is_wrong = ~np.isclose(got, wanted, rtol=10.0 ** (1 - digits), atol=0, equal_nan=True)
        if is_wrong.any():
            return is_wrong, digits
    return is_wrong, 0


#: What may be told of an argument's entry.
PLACES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "is negative": lambda a: a < 0,
    "is positive": lambda a: a > 0,
    "is 0": lambda a: a == 0,
    "is not 0": lambda a: a != 0,
    "is 0 or more": lambda a: a >= 0,
    "is 0 or less": lambda a: a <= 0,
}


def where_an_argument(pairs: Sequence[Pair]) -> Fields | None:
    """Tell whether in all cases just those entries are wrong where an argument is negative, say."""
    if not in_one_shape(pairs):
        return None
    wrong = [wrong_entries(pair)[0] for pair in pairs]
    if sum(int(each.sum()) for each in wrong) < 2 or all(each.all() for each in wrong):
        return None
    is_single = all(each.size == 1 for each in wrong)
    if not is_single and not any(each.any() and not each.all() for each in wrong):
        return None  # whole cases are wrong, so there may be another reason than their entries
    for name, values in arguments_of(pairs):
        if any(value.shape != each.shape for value, each in zip(values, wrong)):
            continue
        for words, holds in PLACES.items():
            if all((holds(value) == each).all() for value, each in zip(values, wrong)):
                return {"argument": name, "is": words}
    return None


def first_or_last(pairs: Sequence[Pair]) -> Fields | None:
    """Tell whether in every case only the first row, say, or the last column has wrong entries."""
    if not in_one_shape(pairs) or any(np.ndim(pair.wanted) not in (1, 2) for pair in pairs):
        return None
    wrong = [wrong_entries(pair)[0] for pair in pairs]
    wrong = [each for each in wrong if each.any()]
    for axis in range(min(each.ndim for each in wrong)):
        names = ("row", "column") if wrong[0].ndim == 2 else ("entry",)
        lines = [each.any(axis=1 - axis) if each.ndim == 2 else each for each in wrong]
        for words, place in (("first", 0), ("last", -1)):
            if all(line.size > 1 and line.sum() == 1 and line[place] for line in lines):
                return {"line": f"the {words} {names[axis]}"} if len(wrong) > 1 else None
    return None


def what_wrong_ones_share(is_wrong: np.ndarray, got: np.ndarray) -> Iterator[tuple[str, Fields]]:
    """Yield what tells the wrong entries of an array from the right ones."""
    if not np.isfinite(got).all():
        yield "not_a_number", {"value": "nan" if np.isnan(got).any() else "inf"}
    if is_wrong.all():
        return
    if is_wrong.ndim == 1 and is_wrong.sum() == 1 and is_wrong.size > 2:
        yield "one_entry", {}
    if is_wrong.ndim == 2:
        for axis, line in enumerate(("row", "column")):
            lines = is_wrong.all(axis=1 - axis)
            if lines.sum() == 1 and is_wrong.sum() == is_wrong.shape[1 - axis]:
                yield "one_line", {"line": f"{line} {int(lines.argmax())}"}


def place_in_words(place: tuple[int, ...]) -> str:
    """Say where an entry stands."""
    if len(place) == 1:
        return f"entry {place[0]}"
    if len(place) == 2:
        return f"row {place[0]}, column {place[1]}"
    return f"entry [{', '.join(map(str, place))}]"


# Helpers


def same(wanted: object, got: object) -> bool:
    """Tell whether two results are alike, and of one shape."""
    wanted, got = as_numbers(wanted), as_numbers(got)
    if wanted is None or got is None or wanted.shape != got.shape:
        return False
    scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0)
    return bool(np.allclose(got, wanted, rtol=1e-6, atol=1e-9 * scale, equal_nan=True))


def is_telling(pairs: Sequence[Pair]) -> bool:
    """Tell whether wrong results hold more than one number that many mistakes lead to: 0, 1, or nan."""
    wrong = [as_numbers(pair.got) for pair in pairs if not same(pair.wanted, pair.got)]
    if any(got is None for got in wrong):
        return True
    numbers = {float(number) for got in wrong for number in np.ravel(got) if np.isfinite(number)}
    return len(numbers) > 1 or bool(numbers - {0, 1})


def as_numbers(value: object) -> np.ndarray | None:
    """Return a value as an array of floats, if it is one, or a list of numbers."""
    if shape_of(value) is None and not is_several(value):
        return None
    try:
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in NUMBERS else None
    except ValueError:  # a ragged list
        return None


def in_one_shape(pairs: Sequence[Pair]) -> bool:
    """Tell whether each result is a number or an array of the shape that is wanted."""
    return all(
        shape_of(pair.got) is not None
        and shape_of(pair.got) == shape_of(pair.wanted)
        and as_numbers(pair.got) is not None
        for pair in pairs
    )


def all_match(pairs: Sequence[Pair], made: Sequence[object], tight: bool = False) -> bool:
    """Tell whether each result is what was made for it."""
    if not in_one_shape(pairs) or any(each is None for each in made):
        return False
    if tight:
        close = {"rtol": 1e-6, "atol": 0.0}
        return all(np.allclose(pair.arrays[1], each, **close) for pair, each in zip(pairs, made))
    return all(same(each, pair.got) for pair, each in zip(pairs, made))


def ratio(got: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Divide; where both are 0, the ratio is open, and where nan came it is none that fits."""
    with np.errstate(all="ignore"):
        is_open = (got == 0) & (wanted == 0)
        return np.where(is_open, np.nan, np.where(np.isnan(got), np.inf, got / wanted))


def ratios_of(pairs: Sequence[Pair]) -> np.ndarray | None:
    """Return all results divided by what is wanted, without 0 by 0."""
    if not in_one_shape(pairs):
        return None
    ratios = [ratio(got, wanted).ravel() for wanted, got in (pair.arrays for pair in pairs)]
    together = np.concatenate(ratios)
    return together[~np.isnan(together)]


def is_constant(values: np.ndarray) -> bool:
    """Tell whether all values are the same."""
    return bool(np.isfinite(values).all() and np.allclose(values, values[0], rtol=1e-6, atol=1e-9))


def constant_along(
    pairs: Sequence[Pair], axis: int, compare: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> bool:
    """Tell whether ratio or difference is the same along an axis, in arrays that show it."""
    if not in_one_shape(pairs) or any(np.ndim(pair.wanted) != 2 for pair in pairs):
        return False
    right = 1 if compare is ratio else 0
    wrong = lines = 0
    differ = False
    for wanted, got in (pair.arrays for pair in pairs):
        compared = np.moveaxis(compare(got, wanted), axis, -1)
        known = [line[~np.isnan(line)] for line in compared]
        if any(line.size and not is_constant(line) for line in known):
            return False
        first = [float(line[0]) for line in known if line.size > 1]
        lines += len(first)
        wrong += sum(abs(each - right) > 1e-9 and abs(each) > 1e-12 for each in first)
        differ |= len(first) > 1 and not is_constant(np.array(first))
    return differ and wrong > 1 and 2 * wrong > lines


def sizes_of(pair: Pair) -> dict[str, int]:
    """Return the size of each letter of the arguments."""
    return {
        letter: size
        for _, axes, value in pair.given
        for letter, size in zip(axes, shape_of(value) or ())
    }


def sizes_in_all(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[int]]]:
    """Yield each letter of the arguments that has a size in every case, and not always the same."""
    sizes = [sizes_of(pair) for pair in pairs]
    for letter in sorted({letter for each in sizes for letter in each}):
        if all(letter in each for each in sizes) and len({each[letter] for each in sizes}) > 1:
            yield letter, [each[letter] for each in sizes]


def factors_of(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield what a result may be too large by: arguments that fit it, and lengths of axes."""
    for name, values in arguments_of(pairs):
        if all(fits(value, pair) for value, pair in zip(values, pairs)):
            yield f"`{name}`", values
    for letter, sizes in sizes_in_all(pairs):
        yield f"the length of the axis `{letter}`", [np.array(float(size)) for size in sizes]


def arguments_of(
    pairs: Sequence[Pair], kinds: str = "fiu"
) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield the name of each argument that is a number or an array, and its values."""
    for columns in zip(*[pair.given for pair in pairs]):
        values = [value for _, _, value in columns]
        if all(
            shape_of(each) is not None and np.asarray(each).dtype.kind in kinds for each in values
        ):
            yield columns[0][0], [np.asarray(each, float) for each in values]


def fits(value: np.ndarray, pair: Pair) -> bool:
    """Tell whether an argument meets a result entry by entry: a number, or one of its shape."""
    return value.shape in ((), shape_of(pair.wanted))


def reduce(value: object, axis: int, way: str) -> np.ndarray | None:
    """Return the sum, say, of an array over an axis that it has."""
    array = as_numbers(value)
    if array is None or axis >= array.ndim or not array.size:
        return None
    return np.asarray(REDUCTIONS[way](array, axis=axis))


def form_of(value: object) -> str:
    """Say in which form numbers come."""
    if is_several(value):
        return f"a {type(value).__name__}"
    shape = shape_of(value)
    return "one number" if shape == () else f"an array of shape {shape}"
