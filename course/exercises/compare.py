"""Compare two results: whether they are alike, and how one of them is said."""

import re
from collections.abc import Sequence

import numpy as np

#: How far apart results may be, relative to their size and to the largest beside them: wide enough
#: for another order of summation, and for a step on the way in float32.
ROUNDING: float = 2e-7

#: The same for results that are not float64.
ROUNDING_NARROW: float = 1e-5

#: The same in extreme cases, for float64: there a number added "for safety" is found.
LAST_BITS: float = 3e-13

#: What a number may be off that should be exactly 0.
NOISE: float = 1e-12

#: NumPy's letters for numbers: bool, int, unsigned int, float.
NUMBERS = frozenset("biuf")

#: An argument or a result in the reader's letters: its name, if any, its axes, and its value.
Named = tuple[str, list[str], object]


def shape_of(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array or a number, None of anything else."""
    return np.shape(value) if isinstance(value, np.ndarray) or np.isscalar(value) else None


def is_several(value: object) -> bool:
    """Tell whether a value is a tuple or a list."""
    return isinstance(value, (tuple, list))


def alike(want: object, have: object, exact: bool = False, noise: float = NOISE) -> bool:
    """Tell whether two results are the same but for rounding, or rows of such results.

    Args:
        want: what the answer key gives.
        have: what the answer gives.
        exact: whether only the last bits may differ.
        noise: what a number may be off, however small it is.
    """
    if is_several(want) and is_several(have):
        same_length = len(want) == len(have)
        return same_length and all(
            alike(*pair, exact, noise) for pair in zip(want, have, strict=True)
        )
    if shape_of(want) is None or shape_of(have) != shape_of(want):
        return have is want
    wanted, got = np.asarray(want), np.asarray(have)
    kinds = {wanted.dtype.kind, got.dtype.kind}
    if "O" in kinds and isinstance(have, np.ndarray):  # of arrays, say
        return all(alike(*pair, exact, noise) for pair in zip(wanted.flat, got.flat, strict=True))
    if kinds - NUMBERS:
        return same_entries(want, have)  # text, say, or complex numbers
    is_wide = np.result_type(wanted, got) == got.dtype == np.float64
    if exact:
        rtol = LAST_BITS if is_wide else ROUNDING_NARROW
        return np.allclose(got, wanted, rtol=rtol, atol=0.0, equal_nan=True)
    rtol = ROUNDING if is_wide and wanted.dtype != np.float32 else ROUNDING_NARROW
    scale = np.abs(wanted[np.isfinite(wanted)], dtype=float).max(initial=0)
    return np.allclose(got, wanted, rtol=rtol, atol=max(noise, rtol * scale), equal_nan=True)


def identical(one: object, other: object) -> bool:
    """Tell whether two values are the same to the last bit."""
    if is_several(one) and is_several(other):
        same_length = len(one) == len(other)
        return same_length and all(identical(*pair) for pair in zip(one, other, strict=True))
    if shape_of(one) is None or shape_of(other) is None:
        return one is other
    is_number = np.asarray(one).dtype.kind in "fc" and np.asarray(other).dtype.kind in "fc"
    return same_entries(one, other, equal_nan=is_number)


def same_entries(one: object, other: object, equal_nan: bool = False) -> bool:
    """Tell whether two values have one shape and equal entries, whatever the entries are."""
    try:
        return np.array_equal(one, other, equal_nan=equal_nan)
    except ValueError:  # entries that are arrays themselves give no one True or False
        return False


def text_of(value: object, digits: int = 4) -> str:
    """Write a value in one line; a long one only from both its ends."""
    if is_several(value):
        text = f"({', '.join(map(text_of, value))})"
        return text if len(text) < 80 else f"{len(value)} arrays"
    if np.asarray(value).dtype.kind not in "biufc":
        plain = value.hex(" ") if isinstance(value, bytes) else getattr(value, "__name__", value)
        return str(plain).strip("_")
    largest = np.abs(value).max(initial=0)
    is_seen = not 0 < largest < 10.0**-digits  # in so many digits behind the point
    with np.printoptions(precision=digits, suppress=is_seen and digits < 16, threshold=30):
        text = " ".join(np.array2string(np.asarray(value), separator=", ").split())
    return re.sub(r"-(0\.(?!\d))", r"\1", text)  # a 0 has no sign


def digits_apart(want: object, have: object) -> int:
    """Return with how many digits two results are seen to differ, beside a point or its lack."""
    if (
        shape_of(want) is not None
        and {np.asarray(each).dtype.kind for each in (want, have)} <= NUMBERS
    ):
        want, have = np.asarray(want, float), np.asarray(have, float)
    for digits in (4, 8):
        one, other = (text_of(each, digits).replace(" ", "") for each in (want, have))
        if one != other:
            return digits
    return 16


def kind_of(value: object, axes: Sequence[str] = ()) -> str:
    """Say what a value is; of an array its shape, in letters if they tell all its axes apart."""
    if value is None:
        return "None (is a `return` missing?)"
    shape = shape_of(value)
    if shape == ():
        return f"one value, {text_of(value)}"
    if shape:
        return f"an array of shape {shape_in_letters(value, axes)}"
    several = f" of {len(value)}" if is_several(value) else ""
    return f"a {type(value).__name__}{several}"


def shape_in_letters(value: np.ndarray, axes: Sequence[str] = ()) -> str:
    """Write an array's shape, with letters before it if they tell all its axes apart."""
    are_told_apart = len({*axes} - {""}) == value.ndim
    letters = f"({', '.join(axes)}) = " if are_told_apart else ""
    return f"{letters}{value.shape}"


def letters_of(value: object, given: Sequence[Named]) -> list[str]:
    """Return the letter of each of an array's sizes, where only one letter has that size."""
    pairs = {pair for _, axes, arg in given for pair in zip(shape_of(arg) or (), axes)}
    letters = []
    for size in shape_of(value) or ():
        fitting = [letter for other, letter in pairs if other == size]
        letters.append(fitting[0] if len(fitting) == 1 else "")
    return letters
