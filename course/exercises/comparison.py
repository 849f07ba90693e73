"""What *close* means: whether a result is what is wanted, but for rounding.

The tolerances of all exercises stand here.
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


def shape_of(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array, a number or a text; None for anything else."""
    if isinstance(value, np.ndarray):
        return value.shape
    is_scalar = np.isscalar(value) and not isinstance(value, memoryview)
    return np.shape(value) if is_scalar else None


def is_several(value: object) -> bool:
    """Tell whether a value is a tuple or a list."""
    return isinstance(value, (tuple, list))


def is_numeric(value: object) -> bool:
    """Tell whether a value is a number, or an array of numbers or of True and False."""
    return shape_of(value) is not None and np.asarray(value).dtype.kind in "biuf"


def is_narrow(value: object) -> bool:
    """Tell whether a value is of floats with fewer digits than float64: float32, say."""
    is_float = isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "f"
    return is_float and value.dtype.itemsize < 8


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
        return identical(wanted, got)  # text, say, or complex numbers
    wanted = np.asarray(wanted)
    are_floats = wanted.dtype.kind == "f"
    if not are_floats:
        rtol = RTOL_EDGE  # whole numbers are not rounded on their way
    elif is_narrow(got) or (is_narrow(wanted) and not exact):
        rtol = RTOL_FLOAT32
    else:
        rtol = RTOL_EDGE if exact else RTOL
    if exact:
        atol = 0.0
    elif are_floats:
        largest = np.abs(wanted[np.isfinite(wanted)], dtype=float).max(initial=0)
        atol = max(atol, rtol * largest)
    return np.allclose(got, wanted, rtol=rtol, atol=atol, equal_nan=True)


def matches_in_few_digits(wanted: object, got: object) -> bool:
    """Tell whether a result in float32, say, is what is wanted in float64, as far as its digits go."""
    is_narrower = is_narrow(got) and is_numeric(wanted) and np.asarray(wanted).dtype == np.float64
    if not is_narrower or shape_of(got) != shape_of(wanted):
        return False
    limits = np.finfo(got.dtype)
    rtol = 100 * float(limits.eps)
    return matches(wanted, got) or np.allclose(wanted, got, rtol=rtol, atol=float(limits.tiny))


def identical(one: object, other: object) -> bool:
    """Tell whether two values are the same to the last bit."""
    if is_several(one) and is_several(other):
        return len(one) == len(other) and all(map(identical, one, other))
    if shape_of(one) is None or shape_of(other) is None:
        return one is other
    try:
        are_floats = np.asarray(one).dtype.kind in "fc" and np.asarray(other).dtype.kind in "fc"
        return np.array_equal(one, other, equal_nan=are_floats)
    except (ValueError, TypeError):  # of arrays in an array, say
        return False
