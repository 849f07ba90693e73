"""The gradient checker: right gradients pass, each planted bug fails, in the right words."""

import numpy as np
import pytest

from mnistlib.gradcheck import central_difference, check_gradient, relative_error

A = np.random.default_rng(0).normal(size=(4, 4))
X = np.random.default_rng(1).normal(size=(4, 4))


def f(x):
    return ((x @ A) ** 2).sum()


def gradient(x):
    return 2 * x @ A @ A.T


def changed(array, index, value):
    array = array.copy()
    array[index] = value
    return array


# Measuring


@pytest.mark.parametrize(
    "layout",
    [
        np.ascontiguousarray,
        np.asfortranarray,
        lambda x: x.astype(np.float32),
        lambda x: np.broadcast_to(x[0], (4, 4)),
    ],
    ids=["C", "Fortran", "float32", "read-only"],
)
def test_right_gradients_pass_in_any_layout(layout):
    x = layout(X)
    before = x.copy()
    right = gradient(x.astype(np.float64))
    assert central_difference(f, x).dtype == np.float64
    assert relative_error(central_difference(f, x), right) < 1e-8
    assert check_gradient(f, x, right)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("h", [0.5, 0.125])
def test_the_difference_is_central_and_takes_the_given_step(h):
    # Of x^3 the central difference is exactly 3 x^2 + h^2; a one-sided one is not.
    x = np.array([1.0, -2.0, 0.5])
    measured = central_difference(lambda x: (x**3).sum(), x, h)
    np.testing.assert_allclose(measured, 3 * x**2 + h**2, rtol=1e-14)


def test_the_default_step_is_near_the_best():
    # The measured error against the step is a V; the docstring says that the default is its floor.
    def error(*h):
        return relative_error(central_difference(lambda u: np.sin(u).sum(), X, *h), np.cos(X))

    steps = 10.0 ** np.arange(-12, -1)
    assert error() < 3 * min(map(error, steps))
    assert error(1e-4) > 10 * error()
    verdict = check_gradient(lambda u: np.sin(u).sum(), X, np.cos(X))
    assert verdict.error == error()


@pytest.mark.parametrize("x", [3.0, 3, [3.0], [[3]]])
def test_single_numbers_and_lists(x):
    measured = central_difference(lambda x: x**2, x)
    assert measured.shape == np.shape(x)
    assert measured.item() == pytest.approx(6)
    verdict = check_gradient(lambda x: x**2, x, np.full(np.shape(x), 7))
    assert verdict.worst == (0,) * np.ndim(x)
    assert check_gradient(lambda x: 1.0, x, np.zeros(np.shape(x))).error == 0


# Comparing


def test_relative_error_by_hand():
    assert relative_error([3, 4], [3, 4]) == 0
    assert relative_error([0, 0], [0, 0]) == 0
    assert relative_error([0, 0], [3, 4]) == 1
    assert relative_error([3, 4], [-3, -4]) == 2
    assert relative_error([0, 10], [6, 10]) == pytest.approx(6 / np.sqrt(136))
    assert relative_error([6, 10], [0, 10]) == pytest.approx(6 / np.sqrt(136))
    assert type(relative_error([0, 10], [6, 10])) is float
    assert np.isnan(relative_error([np.nan, 1], [1, 1]))


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_relative_error_of_very_small_and_very_large_numbers(size):
    assert relative_error([size, 0], [size / 2, 0]) == pytest.approx(0.5)


# Verdicts


@pytest.mark.parametrize(
    "wrong",
    [
        gradient(X).T,
        -gradient(X),
        np.zeros_like(X),
        changed(gradient(X), (2, 1), gradient(X)[2, 1] + 1e-4),
        changed(gradient(X), (2, 1), np.nan),
        np.full_like(X, np.nan),
    ],
    ids=["transposed", "sign", "zero", "one entry", "a NaN", "NaNs"],
)
def test_planted_bugs_fail(wrong):
    verdict = check_gradient(f, X, wrong, name="dW1")
    assert not verdict
    assert "dW1: WRONG, relative error" in str(verdict)


def test_a_pass_prints_no_noise():
    for noise in (0, 1e-9):
        verdict = check_gradient(f, X, gradient(X) * (1 + noise), name="dW1")
        assert str(verdict) == "dW1: right, 16 entries, relative error below the limit 1e-07"
    verdict = check_gradient(f, X, gradient(X), sample=1, rng=np.random.default_rng(3))
    assert str(verdict) == "gradient: right, 1 entry, relative error below the limit 1e-07"
    assert repr(verdict) == str(verdict)


@pytest.mark.parametrize(("index", "off"), [((0, 0), 1.0), ((1, 3), 1.0), ((3, 2), -1.0)])
def test_the_worst_entry_is_named(index, off):
    right = gradient(X)
    also_off = changed(right, (0, 0), right[0, 0] + 0.25)
    verdict = check_gradient(f, X, changed(also_off, index, right[index] + off))
    assert verdict.worst == index
    assert verdict.given == right[index] + off
    assert verdict.measured == pytest.approx(right[index], rel=1e-6)
    _, where, what = str(verdict).splitlines()
    assert where == f"    worst at [{index[0]}, {index[1]}]:"
    assert what.startswith(f"    given {verdict.given:.6f}")
    assert check_gradient(f, X, changed(also_off, index, np.nan)).worst == index


@pytest.mark.parametrize(("given", "measured"), [(-4e-7, 1.0), (1.0, -4e-7), (-0.0, 1.0)])
def test_what_is_nearly_zero_is_printed_without_a_sign(given, measured):
    verdict = check_gradient(lambda x: (measured * x).sum(), np.ones(1), np.array([given]))
    shown = f"given {abs(round(given, 6)):.6f}, measured {abs(round(measured, 6)):.6f}"
    assert str(verdict).endswith(shown)


def test_the_tolerance_decides():
    off = check_gradient(f, X, gradient(X) * (1 + 2e-7))
    assert off.error == pytest.approx(2e-7, rel=1e-2)
    assert not off
    assert check_gradient(f, X, gradient(X) * (1 + 5e-8))


@pytest.mark.parametrize("sample", [1, 5, 16])
def test_a_sample_checks_exactly_that_many_entries(sample):
    seen = []

    def spy(x):
        seen.extend(np.flatnonzero(x != X))
        return f(x)

    verdict = check_gradient(spy, X, gradient(X), sample=sample, rng=np.random.default_rng(3))
    assert verdict
    assert verdict.checked == sample
    assert len(seen) == 2 * sample
    assert len(set(seen)) == sample
    wrong = changed(gradient(X), (2, 1), 100)
    verdict = check_gradient(f, X, wrong, sample=sample, rng=np.random.default_rng(3))
    assert bool(verdict) == (2 * 4 + 1 not in seen)
    assert verdict or verdict.worst == (2, 1)


# Bad input


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        *[
            (lambda h=h: central_difference(f, X, h), "h must be above 0")
            for h in (0, -1e-5, np.nan)
        ],
        (lambda: central_difference(np.sin, X), r"one number, got .* \(4, 4\)"),
        (lambda: check_gradient(np.sin, X, np.cos(X)), r"one number, got .* \(4, 4\)"),
        (
            lambda: check_gradient(f, X, gradient(X)[:3], name="dW1"),
            r"dW1 has shape \(3, 4\).* has \(4, 4\)",
        ),
        (lambda: check_gradient(np.sum, np.ones(3), np.ones((3, 1))), r"dient has shape \(3, 1\)"),
        (lambda: check_gradient(np.sum, np.ones(0), np.ones(0), name="db"), "db: nothing to check"),
        (lambda: relative_error([1, 2], [1, 2, 3]), r"shapes differ: \(2,\) and \(3,\)"),
        (lambda: check_gradient(f, X, gradient(X), sample=3), "a sample needs rng="),
        *[
            (
                lambda n=n: check_gradient(
                    f, X, gradient(X), sample=n, rng=np.random.default_rng(0)
                ),
                "sample must be at least 1",
            )
            for n in (0, -1)
        ],
    ],
)
def test_what_does_not_fit_is_named(attempt, said):
    with pytest.raises(ValueError, match=said):
        attempt()


# Small gradients, and large arguments


def test_a_gradient_that_is_0_passes_though_rounding_is_measured():
    z = np.random.default_rng(0).normal(size=(3, 4))
    verdict = check_gradient(lambda z: (np.exp(z) / np.exp(z).sum()).sum(), z, 0 * z)
    assert verdict
    assert str(verdict) == "gradient: right, 12 entries, none off by more than 1e-10"
    assert not check_gradient(lambda z: (np.exp(z) / np.exp(z).sum()).sum(), z, 0 * z + 1e-9)


def test_a_wrong_gradient_of_1e_8_is_seen_and_told_apart():
    x = np.array([1.0, -2.0])
    verdict = check_gradient(lambda x: 1e-8 * (x**2).sum(), x, 3e-8 * x)
    assert not verdict
    assert str(verdict).endswith("given -6e-08, measured -4e-08")
    assert check_gradient(lambda x: 1e-8 * (x**2).sum(), x, 2e-8 * x)


def test_a_large_argument_is_nudged_in_proportion():
    x = 1e12 * np.array([1.0, -2.0])
    assert check_gradient(lambda x: (x**2).sum(), x, 2 * x)
    assert "given 3e+12, measured 2e+12" in str(
        check_gradient(lambda x: (x**2).sum(), x[:1], 3 * x[:1])
    )
