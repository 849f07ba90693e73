"""What *close* means: whether a result is what is wanted, but for rounding.

Two values can be *identical* (to the last bit) or *matching* (an answer that is right). The
tolerances of all exercises stand here.
"""

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

#: How far the quotients of wrong results by right ones may differ, to be called one factor.
RTOL_FACTOR: float = 1e-6

#: NumPy's letters for numbers: bool, int, unsigned int, float.
NUMBERS = frozenset("biuf")


def shape_of(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array, a number or a text; None for anything else."""
    is_scalar = np.isscalar(value) and not isinstance(value, memoryview)
    return np.shape(value) if isinstance(value, np.ndarray) or is_scalar else None


def is_several(value: object) -> bool:
    """Tell whether a value is a tuple or a list."""
    return isinstance(value, (tuple, list))


def is_numeric(value: object) -> bool:
    """Tell whether a value is a number, or an array of numbers or of True and False."""
    return shape_of(value) is not None and np.asarray(value).dtype.kind in NUMBERS


def matches(wanted: object, got: object, exact: bool = False, atol: float = ATOL) -> bool:
    """Tell whether a result is right: what is wanted but for rounding, or rows of such results.

    Args:
        wanted: what the answer key gives.
        got: what the answer gives.
        exact: whether only the last bits may differ.
        atol: how far a number may be off, however small it is.
    """
    if is_several(wanted) and is_several(got):
        are_as_many = len(wanted) == len(got)
        return are_as_many and all(matches(*pair, exact, atol) for pair in zip(wanted, got))
    if shape_of(wanted) is None or shape_of(got) != shape_of(wanted):
        return got is wanted
    if isinstance(got, np.ndarray) and got.dtype.kind == "O":  # of arrays, say
        return all(matches(*pair, exact, atol) for pair in zip(np.asarray(wanted).flat, got.flat))
    if not (is_numeric(wanted) and is_numeric(got)):
        return same_entries(wanted, got)  # text, say, or complex numbers
    wanted_array = np.asarray(wanted)
    got_array = np.asarray(got)
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


def largest_of(array: np.ndarray) -> float:
    """Return the largest size of the finite numbers in an array."""
    return float(np.abs(array[np.isfinite(array)], dtype=float).max(initial=0))


def identical(one: object, other: object) -> bool:
    """Tell whether two values are the same to the last bit."""
    if is_several(one) and is_several(other):
        are_as_many = len(one) == len(other)
        return are_as_many and all(identical(*pair) for pair in zip(one, other))
    if shape_of(one) is None or shape_of(other) is None:
        return one is other
    return same_entries(one, other)


def same_entries(one: object, other: object) -> bool:
    """Tell whether two values have one shape and equal entries, whatever the entries are."""
    try:
        are_floats = np.asarray(one).dtype.kind in "fc" and np.asarray(other).dtype.kind in "fc"
        return np.array_equal(one, other, equal_nan=are_floats)
    except (ValueError, TypeError):  # of arrays in an array, say
        return False


def differ_visibly(one: object, other: object) -> bool:
    """Tell whether two results differ where one can see what they are: in numbers and text.

    Two sets, iterators or methods that were not called are no different.
    """
    if is_several(one) and is_several(other):
        return len(one) != len(other) or any(map(differ_visibly, one, other))
    if shape_of(one) is None or shape_of(other) is None:
        return False
    return not matches(one, other)


def factor_between(wanted: list[np.ndarray], got: list[np.ndarray]) -> float | None:
    """Return the one factor by which all wrong results are too large; None if there is none."""
    ratios = np.concatenate([ratios_of(*pair) for pair in zip(wanted, got)])
    if ratios.size < 2 or not np.isfinite(ratios).all() or abs(ratios[0]) < ATOL:
        return None
    is_one = np.allclose(ratios, ratios[0], rtol=RTOL_FACTOR, atol=0.0)
    return float(ratios[0]) if is_one and not np.allclose(ratios, 1, rtol=RTOL, atol=0) else None


def ratios_of(wanted: np.ndarray, got: np.ndarray) -> np.ndarray:
    """Return by what each number is too large; where both are 0, any factor would do."""
    says_something = (got != 0) | (wanted != 0)
    return got[says_something] / wanted[says_something]
