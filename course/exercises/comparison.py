"""A result beside the one that is wanted: what each is, whether the two are close, how each is said.

Every comparison of the exercises is made here. Two values can be *identical* (to the last bit),
*matching* (an answer that is right) or *close* (a formula that relates two results holds).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: How far a right result may be off, relative to its size and to the largest number beside it: wide
#: enough for another order of summation, and for one step in float32 on the way.
RTOL: float = 2e-7

#: The same where the result, or what is wanted, is of fewer digits: float32, say.
RTOL_FLOAT32: float = 1e-5

#: The same for a float64 in an edge case, where even a number added "for safety" must be found, and
#: wherever whole numbers, or True and False, are wanted.
RTOL_EDGE: float = 3e-13

#: How far a number may be off that should be exactly 0.
ATOL: float = 1e-12

#: How far a wrong result may be off what a relation makes of the right one: a relation is a formula,
#: so it holds to rounding, whatever path the numbers took.
RTOL_RELATION: float = 1e-6

#: The same for numbers near 0, relative to the largest number beside them.
ATOL_RELATION: float = 1e-9

#: NumPy's letters for numbers: bool, int, unsigned int, float.
NUMBERS = frozenset("biuf")

#: The longest list that is written out, in entries, and the longest text, in characters.
LONGEST_LIST = 40
LONGEST_TEXT = 60


class NamedValue(NamedTuple):
    """An argument in the reader's letters: its name, a letter for each of its axes, its value."""

    name: str
    axes: Sequence[str]
    value: object


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a case wants of one result, what the answer gave, and the arguments of both."""

    wanted: object
    got: object
    arguments: Sequence[NamedValue] = ()
    #: What the task calls this result ("dW"), and a letter for each of its axes.
    name: str = ""
    axes: Sequence[str] = ()
    #: Whether it is an edge case, where the numbers must agree to the last bits.
    exact: bool = False
    #: How far a number may be off that should be 0.
    atol: float = ATOL

    @property
    def is_right(self) -> bool:
        """Whether the answer gave what is wanted."""
        return matches(self.wanted, self.got, self.exact, self.atol)

    @property
    def has_its_shape(self) -> bool:
        """Whether numbers came, and in the shape that is wanted."""
        shape = shape_of(self.got)
        return shape is not None and shape == shape_of(self.wanted) and is_numeric(self.got)

    @property
    def wanted_array(self) -> np.ndarray:
        """What is wanted, as an array of floats."""
        return np.asarray(self.wanted, float)

    @property
    def got_array(self) -> np.ndarray:
        """What the answer gave, as an array of floats."""
        return np.asarray(self.got, float)


# What a value is


def shape_of(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array, a number or a text; None for anything else."""
    is_scalar = np.isscalar(value) and not isinstance(value, memoryview)  # one of NumPy's scalars
    return np.shape(value) if isinstance(value, np.ndarray) or is_scalar else None


def is_several(value: object) -> bool:
    """Tell whether a value is a tuple or a list."""
    return isinstance(value, (tuple, list))


def is_numeric(value: object) -> bool:
    """Tell whether a value is a number, or an array of numbers or of True and False."""
    return shape_of(value) is not None and np.asarray(value).dtype.kind in NUMBERS


def as_numbers(value: object) -> np.ndarray | None:
    """Return an array of floats made of a number, an array or a list of numbers; None if it is none."""
    if shape_of(value) is None and not is_several(value):
        return None
    try:
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in NUMBERS else None
    except (ValueError, TypeError):  # a ragged list
        return None


# Are two values equal, or close?


def matches(wanted: object, got: object, exact: bool = False, atol: float = ATOL) -> bool:
    """Tell whether a result is right: what is wanted but for rounding, or rows of such results.

    Args:
        wanted: what the answer key gives.
        got: what the answer gives.
        exact: whether only the last bits may differ.
        atol: how far a number may be off, however small it is.
    """
    if is_several(wanted) and is_several(got):
        same_length = len(wanted) == len(got)
        return same_length and all(
            matches(*pair, exact, atol) for pair in zip(wanted, got, strict=True)
        )
    if shape_of(wanted) is None or shape_of(got) != shape_of(wanted):
        return got is wanted
    wanted_array = np.asarray(wanted)
    got_array = np.asarray(got)
    kinds = {wanted_array.dtype.kind, got_array.dtype.kind}
    if "O" in kinds and isinstance(got, np.ndarray):  # of arrays, say
        entries = zip(wanted_array.flat, got_array.flat, strict=True)
        return all(matches(*pair, exact, atol) for pair in entries)
    if not kinds <= NUMBERS:
        return same_entries(wanted, got)  # text, say, or complex numbers
    rtol = rtol_of(wanted_array, got_array, exact)
    if exact:
        atol = 0.0
    elif wanted_array.dtype.kind == "f":
        atol = max(atol, rtol * largest_of(wanted_array))
    return np.allclose(got_array, wanted_array, rtol=rtol, atol=atol, equal_nan=True)


def rtol_of(wanted: np.ndarray, got: np.ndarray, exact: bool) -> float:
    """Return how far a right result may be off, relative to its size."""
    if wanted.dtype.kind != "f":
        return RTOL_EDGE  # whole numbers are not rounded on their way
    if is_narrow(got) or (is_narrow(wanted) and not exact):
        return RTOL_FLOAT32
    return RTOL_EDGE if exact else RTOL


def is_narrow(array: np.ndarray) -> bool:
    """Tell whether an array holds floats of fewer digits than float64: float32, say."""
    return array.dtype.kind == "f" and array.dtype.itemsize < 8


def close(wanted: object, got: object) -> bool:
    """Tell whether two results are of one shape and close, as a relation between them demands."""
    if isinstance(got, np.ndarray) and got.shape != np.shape(wanted):
        return False  # before a huge one is looked into
    wanted_array = as_numbers(wanted)
    got_array = as_numbers(got)
    if wanted_array is None or got_array is None or wanted_array.shape != got_array.shape:
        return False
    atol = ATOL_RELATION * largest_of(wanted_array)
    return bool(np.allclose(got_array, wanted_array, rtol=RTOL_RELATION, atol=atol, equal_nan=True))


def is_constant(values: np.ndarray) -> bool:
    """Tell whether all values are the same, as a relation demands."""
    are_close = np.allclose(values, values[:1], rtol=RTOL_RELATION, atol=ATOL_RELATION)
    return bool(np.isfinite(values).all() and are_close)


def largest_of(array: np.ndarray) -> float:
    """Return the largest size of the finite numbers in an array."""
    return float(np.abs(array[np.isfinite(array)], dtype=float).max(initial=0))


def identical(one: object, other: object) -> bool:
    """Tell whether two values are the same to the last bit."""
    if is_several(one) and is_several(other):
        same_length = len(one) == len(other)
        return same_length and all(identical(*pair) for pair in zip(one, other, strict=True))
    if shape_of(one) is None or shape_of(other) is None:
        return one is other
    are_floats = np.asarray(one).dtype.kind in "fc" and np.asarray(other).dtype.kind in "fc"
    return same_entries(one, other, equal_nan=are_floats)


def same_entries(one: object, other: object, equal_nan: bool = False) -> bool:
    """Tell whether two values have one shape and equal entries, whatever the entries are."""
    try:
        return np.array_equal(one, other, equal_nan=equal_nan)
    except (ValueError, TypeError):  # of arrays in an array, say
        return False


def same_where_known(one: object, other: object) -> bool:
    """Tell whether two results agree wherever one can see what they are: in numbers and text.

    Two sets, iterators or methods that were not called are no different.
    """
    if is_several(one) and is_several(other):
        numbers = as_numbers(one)
        other_numbers = as_numbers(other)
        if numbers is not None and other_numbers is not None:  # fast, however long they are
            return matches(numbers, other_numbers)
        return len(one) == len(other) and all(map(same_where_known, one, other))
    if shape_of(one) is None or shape_of(other) is None:
        return True
    return matches(one, other)


# How a value is said


def text_of(value: object, digits: int = 4) -> str:
    """Write a value in one line; a long one only from both its ends."""
    if is_several(value):
        if len(value) > LONGEST_LIST:
            return f"{len(value)} values"
        text = f"({', '.join(map(text_of, value))})"
        return text if len(text) < 80 else f"{len(value)} arrays"
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}...")
    if shape_of(value) is None or np.asarray(value).dtype.kind not in "biufc":
        return text_of_another(value)
    size = np.abs(value).max(initial=0)
    is_seen = not 0 < size < 10.0**-digits  # with that many digits after the decimal point
    with np.printoptions(precision=digits, suppress=is_seen and digits < 16, threshold=30):
        text = " ".join(np.array2string(np.asarray(value), separator=", ").split())
    return re.sub(r"-(0\.(?!\d))", r"\1", text)  # a 0 has no sign


def text_of_another(value: object) -> str:
    """Write what is not a number, an array of numbers or text."""
    if isinstance(value, bytes):
        return value.hex(" ")
    try:
        return str(getattr(value, "__name__", value)).strip("_")
    except Exception:  # its own __str__ raises
        return a(type(value).__name__)


def digits_apart(wanted: object, got: object) -> int:
    """Return how many digits it takes to see two results differ in more than a decimal point."""
    if shape_of(wanted) is not None and is_numeric(wanted) and is_numeric(got):
        wanted = np.asarray(wanted, float)
        got = np.asarray(got, float)
    for digits in (4, 8):
        wanted_text = text_of(wanted, digits).replace(" ", "")
        got_text = text_of(got, digits).replace(" ", "")
        if wanted_text != got_text:
            return digits
    return 16


def a(name: str) -> str:
    """Put the right article before a name."""
    return f"{'an' if name.strip('`')[:1].lower() in 'aeio' else 'a'} {name}"


#: What some types are called.
NAMES: dict[type, str] = {
    bytes: "bytes",
    str: "text",
    type(...): "the three dots of a stub",
    set: "a set, which has no order",
}


def kind_of(value: object, axes: Sequence[str] = ()) -> str:
    """Say what a value is: an array by its shape, in letters if they tell all its axes apart."""
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, str):
        return f"text, {text_of(value)}"
    shape = shape_of(value)
    if shape == () and is_numeric(value):
        return f"one value, {text_of(value)}"
    if shape:
        return f"an array of shape {shape_in_letters(value, axes)}"
    several = f" of {len(value)}" if is_several(value) else ""
    return f"{NAMES.get(type(value)) or a(type(value).__name__)}{several}"


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
