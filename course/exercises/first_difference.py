"""Where a result of the right shape goes wrong first, and what its wrong entries share.

That is said of the one case that a reply shows, where no relation holds. Each finding's sentence
stands under its name in ``general.txt``, among the *entries*.
"""

from collections.abc import Callable, Sequence

import numpy as np

from course.exercises.pairs import Fields, Finding, Pair, arguments_of, in_one_shape


def find_difference(pair: Pair, pairs: Sequence[Pair]) -> Finding | None:
    """Return where a result goes wrong first, and what its wrong entries share.

    Args:
        pair: the one case.
        pairs: all of them; this one alone if some have no result.
    """
    if np.size(pair.wanted) == 1:
        return difference_of_a_number(pair, pairs)
    return difference_of_entries(pair, pairs)


# One number


def difference_of_a_number(pair: Pair, pairs: Sequence[Pair]) -> Finding | None:
    """Return how a result of one number differs from the one that is wanted."""
    where = where_an_argument(pairs)
    if where:
        return Finding("where_a_number", where)
    kind = np.asarray(pair.wanted).dtype.kind
    is_count = kind in "iu"
    is_place = is_count and np.ndim(pair.wanted)  # a class, say, is not too large or too small
    if kind == "b" or is_place:
        return None
    words = comparison(pair.wanted_array.item(), pair.got_array.item(), is_count)
    return Finding("a number", {"comparison": words})


def comparison(wanted: float, got: float, is_count: bool) -> str:
    """Say how a number is related to another one."""
    if not np.isfinite(got):
        return "no ordinary number"
    if is_count:
        return f"too {'large' if got > wanted else 'small'} by {abs(got - wanted):.4g}"
    if got == 0 or abs(wanted) < 1e-9 * abs(got):
        return f"off by {abs(got - wanted):.4g}"
    if wanted * got < 0:
        return "on the other side of 0"
    return f"{got / wanted:.4g} times as large as it should be"


# Several entries


def difference_of_entries(pair: Pair, pairs: Sequence[Pair]) -> Finding | None:
    """Return the first wrong entry, and what the wrong ones share in all cases, or else in this one."""
    wanted = pair.wanted_array
    got = pair.got_array
    is_wrong, digits = wrong_entries(pair)
    if not is_wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(is_wrong)[0])
    shared = shared_in_all_cases(pairs) if np.isfinite(got).all() else None
    shared = shared or shared_in_this_case(is_wrong, got)
    fields = {
        "place": place_in_words(place),
        "wanted": f"{wanted[place]:.{digits}g}",
        "got": f"{got[place]:.{digits}g}",
        "wrong": int(is_wrong.sum()),
        "all": wanted.size,
    }
    return Finding(shared.name, fields | shared.fields)


def wrong_entries(pair: Pair) -> tuple[np.ndarray, int]:
    """Return which entries are wrong, and with how many digits that is seen."""
    for digits in (6, 10, 16):  # the coarser, the less is said of mere rounding
        rtol = 10.0 ** (1 - digits)
        is_right = np.isclose(pair.got_array, pair.wanted_array, rtol=rtol, atol=0, equal_nan=True)
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


# What the wrong entries share in all cases


def shared_in_all_cases(pairs: Sequence[Pair]) -> Finding | None:
    """Return what tells the wrong entries from the right ones in every case."""
    for holds in (where_an_argument, first_or_last):
        fields = holds(pairs)
        if fields:
            return Finding(holds.__name__, fields)
    return None


#: What may be told of an argument's entry.
SIGNS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
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
    if sum(int(is_wrong.sum()) for is_wrong in wrong) < 2:
        return None
    if all(is_wrong.all() for is_wrong in wrong):
        return None
    are_numbers = all(is_wrong.size == 1 for is_wrong in wrong)
    if not are_numbers and all(is_wrong.all() or not is_wrong.any() for is_wrong in wrong):
        return None  # whole cases are wrong, so there may be another reason than their entries
    for name, values in arguments_of(pairs):
        if any(value.shape != is_wrong.shape for value, is_wrong in zip(values, wrong)):
            continue
        for words, holds in SIGNS.items():
            if all((holds(value) == is_wrong).all() for value, is_wrong in zip(values, wrong)):
                return {"argument": name, "is": words}
    return None


def first_or_last(pairs: Sequence[Pair]) -> Fields | None:
    """Tell whether in every case only the first row, say, or the last column has wrong entries."""
    if not in_one_shape(pairs) or any(np.ndim(pair.wanted) not in (1, 2) for pair in pairs):
        return None
    wrong = [wrong_entries(pair)[0] for pair in pairs]
    wrong = [is_wrong for is_wrong in wrong if is_wrong.any()]
    if len(wrong) < 2:
        return None
    names = ("row", "column") if wrong[0].ndim == 2 else ("entry",)
    for axis in range(min(is_wrong.ndim for is_wrong in wrong)):
        lines = [
            is_wrong.any(axis=1 - axis) if is_wrong.ndim == 2 else is_wrong for is_wrong in wrong
        ]
        for words, place in (("first", 0), ("last", -1)):
            if all(line.size > 1 and line.sum() == 1 and line[place] for line in lines):
                return {"line": f"the {words} {names[axis]}"}
    return None


# What they share in this case


def shared_in_this_case(is_wrong: np.ndarray, got: np.ndarray) -> Finding:
    """Return what tells the wrong entries of one array from the right ones."""
    if not np.isfinite(got).all():
        return Finding("not_a_number", {})
    if is_wrong.all():
        return Finding("all_entries", {})
    if is_wrong.ndim == 1 and is_wrong.sum() == 1 and is_wrong.size > 2:
        return Finding("one_entry", {})
    if is_wrong.ndim == 2:
        for axis, line in enumerate(("row", "column")):
            lines = is_wrong.all(axis=1 - axis)
            if lines.sum() == 1 and is_wrong.sum() == is_wrong.shape[1 - axis]:
                return Finding("one_line", {"line": f"{line} {int(lines.argmax())}"})
    return Finding("one_of_them" if is_wrong.sum() == 1 else "some_entries", {})
