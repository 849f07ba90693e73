"""Compare two results: whether they are alike, and how one of them is said."""

import re
from collections.abc import Sequence
from typing import NamedTuple

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


class NamedValue(NamedTuple):
    """An argument in the reader's letters: its name, a letter for each of its axes, its value."""

    name: str
    axes: Sequence[str]
    value: object


def shape_of(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array or a number, None of anything else."""
    return np.shape(value) if isinstance(value, np.ndarray) or np.isscalar(value) else None


def is_several(value: object) -> bool:
    """Tell whether a value is a tuple or a list."""
    return isinstance(value, (tuple, list))


def alike(wanted: object, got: object, exact: bool = False, noise: float = NOISE) -> bool:
    """Tell whether two results are the same but for rounding, or rows of such results.

    Args:
        wanted: what the answer key gives.
        got: what the answer gives.
        exact: whether only the last bits may differ.
        noise: what a number may be off, however small it is.
    """
    if is_several(wanted) and is_several(got):
        same_length = len(wanted) == len(got)
        return same_length and all(
            alike(*pair, exact, noise) for pair in zip(wanted, got, strict=True)
        )
    if shape_of(wanted) is None or shape_of(got) != shape_of(wanted):
        return got is wanted
    wanted_array = np.asarray(wanted)
    got_array = np.asarray(got)
    kinds = {wanted_array.dtype.kind, got_array.dtype.kind}
    if "O" in kinds and isinstance(got, np.ndarray):  # of arrays, say
        entries = zip(wanted_array.flat, got_array.flat, strict=True)
        return all(alike(*pair, exact, noise) for pair in entries)
    if kinds - NUMBERS:
        return same_entries(wanted, got)  # text, say, or complex numbers
    is_wide = np.result_type(wanted_array, got_array) == got_array.dtype == np.float64
    if exact:
        rtol = LAST_BITS if is_wide else ROUNDING_NARROW
        return np.allclose(got_array, wanted_array, rtol=rtol, atol=0.0, equal_nan=True)
    rtol = ROUNDING if is_wide and wanted_array.dtype != np.float32 else ROUNDING_NARROW
    scale = np.abs(wanted_array[np.isfinite(wanted_array)], dtype=float).max(initial=0)
    atol = max(noise, rtol * scale)
    return np.allclose(got_array, wanted_array, rtol=rtol, atol=atol, equal_nan=True)


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


def digits_apart(wanted: object, got: object) -> int:
    """Return with how many digits two results are seen to differ, beside a point or its lack."""
    if shape_of(wanted) is not None and all(
        np.asarray(value).dtype.kind in NUMBERS for value in (wanted, got)
    ):
        wanted = np.asarray(wanted, float)
        got = np.asarray(got, float)
    for digits in (4, 8):
        wanted_text = text_of(wanted, digits).replace(" ", "")
        got_text = text_of(got, digits).replace(" ", "")
        if wanted_text != got_text:
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


def letters_of(value: object, arguments: Sequence[NamedValue]) -> list[str]:
    """Return the letter of each of an array's sizes, where only one letter has that size."""
    sizes = {
        (letter, size)
        for argument in arguments
        for letter, size in zip(argument.axes, shape_of(argument.value) or ())
    }
    letters = []
    for size in shape_of(value) or ():
        fitting = [letter for letter, other_size in sizes if other_size == size]
        letters.append(fitting[0] if len(fitting) == 1 else "")
    return letters
