"""Is a gradient right? Nudge every number both ways, measure the slope, and compare.

Lesson 02 introduces the central difference; lesson 03 chooses its step and checks a whole network.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: The step of a central difference, for an entry of size 1 or less; a larger one's is in proportion.
STEP = 1e-5

#: The relative error below which a gradient passes: what a smooth function should show.
RTOL = 1e-7

#: How far off an entry may be in any case: where f is of size 1, rounding alone makes a measured slope
#: uncertain by some 1e-11, and a right 0 must pass.
ATOL = 1e-10


def central_difference(f: Callable, u, h: float | None = None) -> np.ndarray:
    r"""Measure the gradient of ``f`` by nudging every entry of ``u`` both ways.

    For each entry in turn, $\partial f / \partial u \approx (f(u + h) - f(u - h)) / 2h$. The error
    is of order $h^2$ from the formula plus $10^{-16} / h$ from rounding, so that a step near
    $10^{-5}$ is the best of both; by default it is that, times $|u|$ where $|u| > 1$. ``u`` has any
    shape and is never changed; the gradient is float64. Introduced in lesson 02, "A formula is a
    claim"; the step is chosen in lesson 03, "Is it right?".

    Raises:
        ValueError: ``h`` is not above 0, or ``f`` does not return one number.
    """
    return _measure(f, np.array(u, dtype=np.float64, order="C"), h, slice(None))


def _measure(f: Callable, u: np.ndarray, h: float | None, chosen) -> np.ndarray:
    """Measure the slope along the ``chosen`` entries of the flattened ``u``; the rest stay NaN.

    ``u`` is nudged in place, through a flat view of it: so it must be a copy, and in C order.
    """
    if h is not None and not h > 0:
        raise ValueError(f"the step h must be above 0, got {h}")
    flat, measured = u.reshape(-1), np.full(u.size, np.nan)
    for entry in np.arange(u.size)[chosen]:
        kept = flat[entry]
        step = STEP * max(1.0, abs(kept)) if h is None else h
        values = []
        for nudged in (kept + step, kept - step):
            flat[entry] = nudged
            values.append(np.asarray(f(u)))
        flat[entry] = kept
        if values[0].size != 1:
            raise ValueError(f"f must return one number, got an array of shape {values[0].shape}")
        measured[entry] = (values[0].item() - values[1].item()) / (2 * step)
    return measured.reshape(u.shape)


def relative_error(a, b) -> float:
    r"""How far apart two arrays are, for their size: $\|a - b\| / \max(\|a\|, \|b\|)$.

    From 0, when they are equal (both zero, too), to 2. Explained in lesson 02, "A formula is a
    claim".

    Raises:
        ValueError: the shapes differ.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
    largest = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    if largest == 0:
        return 0.0
    a, b = a / largest, b / largest  # so that no square under- or overflows
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b)))


def texts_apart(one: float, other: float) -> tuple[str, str]:
    """Write two numbers with as many digits as tell them apart: 6 decimals, if these will do."""
    is_large = max(abs(one), abs(other)) >= 1e6
    for form in (".6g" if is_large else ".6f", ".6g", ".10g", ".17g"):
        first, second = (
            f"{round(each, 6) + 0.0 if form == '.6f' else each:{form}}" for each in (one, other)
        )
        if first != second:
            break
    return first, second


@dataclass(frozen=True)
class Verdict:
    """What a gradient check found; printing it says so.

    ``error`` is the relative error over all entries that were checked, ``worst`` the index of the
    entry furthest off, ``given`` and ``measured`` its two values.
    """

    name: str
    error: float
    checked: int
    worst: tuple[int, ...]
    given: float
    measured: float

    def __bool__(self) -> bool:
        """Return whether the two agree to within a tolerance. A NaN agrees with nothing."""
        return self.error < RTOL or abs(self.given - self.measured) <= ATOL

    def __str__(self) -> str:
        """Return a sentence. A passing error is noise, different on every computer: not printed."""
        if self:
            entries = "1 entry" if self.checked == 1 else f"{self.checked} entries"
            passed = f"none off by more than {ATOL:g}"
            if self.error < RTOL:
                passed = f"relative error below the limit {RTOL:g}"
            return f"{self.name}: right, {entries}, {passed}"
        index = ", ".join(map(str, self.worst))
        given, measured = texts_apart(self.given, self.measured)
        return (
            f"{self.name}: WRONG, relative error {self.error:.3g}\n"
            f"    worst at [{index}]:\n"
            f"    given {given}, measured {measured}"
        )

    __repr__ = __str__


def check_gradient(
    f: Callable,
    u,
    gradient,
    *,
    name: str = "gradient",
    sample: int | None = None,
    rng: np.random.Generator | None = None,
) -> Verdict:
    """Compare a gradient that somebody derived with one that is measured.

    Choose a random ``u``: at zeros, many a wrong formula looks right.

    Args:
        f: function of one array that returns one number.
        u: where to compare; any shape.
        gradient: what the formula under test gives at ``u``, shaped as ``u``.
        name: what to call it in the verdict.
        sample: how many entries to check, drawn by ``rng``; None checks them all.
        rng: generator for the sample.

    Returns:
        A verdict that is true or false, and prints as a sentence.

    Raises:
        ValueError: the shapes differ, ``u`` is empty, ``f`` does not return one number, or a
            sample is empty or asked for without a generator.

    Introduced in lesson 02, "A formula is a claim", and built in lesson 03, "Is it right?".
    """
    u = np.array(u, dtype=np.float64, order="C")
    gradient = np.asarray(gradient, dtype=np.float64)
    if gradient.shape != u.shape:
        raise ValueError(
            f"{name} has shape {gradient.shape}, but the array that is nudged has {u.shape}; a "
            "gradient has the shape of what it belongs to"
        )
    if not u.size:
        raise ValueError(f"{name}: nothing to check, the array is empty")
    if sample is not None and sample < 1:
        raise ValueError(f"the sample must be at least 1 entry, got {sample}")
    chosen: slice | np.ndarray = slice(None)
    if sample is not None:
        if rng is None:
            raise ValueError("a sample needs rng=numpy.random.default_rng(seed)")
        chosen = rng.permutation(u.size)[:sample]
    given = gradient.reshape(-1)[chosen]
    measured = _measure(f, u, None, chosen).reshape(-1)[chosen]
    off = np.abs(given - measured)
    worst = int(np.argmax(off))  # a NaN counts as the largest
    position = int(np.arange(u.size)[chosen][worst])
    return Verdict(
        name=name,
        error=relative_error(given, measured),
        checked=given.size,
        worst=tuple(int(index) for index in np.unravel_index(position, u.shape)),
        given=float(given[worst]),
        measured=float(measured[worst]),
    )
