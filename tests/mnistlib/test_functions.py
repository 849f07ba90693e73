"""Sigmoid, softmax and the losses: against SciPy, differences and complex steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special

from mnistlib import functions
from mnistlib.gradcheck import relative_error

from .complex_step import complex_step

pytestmark = pytest.mark.filterwarnings("error")

SOFTMAXES = [functions.softmax, functions.log_softmax]
LOSSES = [
    functions.cross_entropy,
    functions.cross_entropy_gradient,
    functions.squared_error,
    functions.squared_error_gradient,
]

seeds = st.integers(0, 2**32 - 1)


def score_rows(dtype=np.float64):
    shape = st.tuples(st.integers(1, 9), st.integers(1, 12))
    width = np.finfo(dtype).bits
    return arrays(dtype, shape, elements=st.floats(-10_000, 10_000, width=width))


@pytest.fixture(autouse=True)
def _no_floating_point_accidents():
    with np.errstate(all="raise", under="ignore"):
        yield


def random_batch(seed, n=6, classes=10):
    """Logits, and one-hot targets made without the library."""
    rng = np.random.default_rng(seed)
    y = (rng.integers(classes, size=(n, 1)) == np.arange(classes)).astype(float)
    return rng.normal(scale=2, size=(n, classes)), y


def plain_softmax(z):
    """Compute the textbook formula; it also takes complex numbers, which is all it is for."""
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


# Sigmoid


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_sigmoid_at_the_edges_of_the_format(dtype):
    info = np.finfo(dtype)
    edges = [info.max, 1e4, 745.2, 709.8, 103.98, 88.73, info.tiny, info.smallest_subnormal, 0.0]
    x = np.array(edges, dtype)
    np.testing.assert_array_equal(functions.sigmoid(x[:2]), [1, 1])
    np.testing.assert_array_equal(functions.sigmoid(-x[:2]), [0, 0])
    np.testing.assert_array_equal(functions.sigmoid(x[-3:]), [0.5, 0.5, 0.5])
    for side in (x, -x):
        value = functions.sigmoid(side)
        assert value.dtype == dtype
        assert ((value >= 0) & (value <= 1)).all()


@pytest.mark.parametrize(("dtype", "reach"), [(np.float64, 700), (np.float32, 85)])
def test_the_sigmoid_to_a_few_last_places(dtype, reach):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-width, width, 1000) for width in (reach, 30, 3, 1e-3)])
    x = x.astype(dtype)
    expected = special.expit(x.astype(np.float64))
    np.testing.assert_allclose(functions.sigmoid(x), expected, rtol=8 * np.finfo(dtype).eps)


# Softmax and its logarithm


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huge_scores_reach_their_limits(dtype):
    z = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, -1e4]], dtype)
    thirds = [1 / 3, 1 / 3, 1 / 3]
    rtol = 4 * np.finfo(dtype).eps
    np.testing.assert_allclose(functions.softmax(z), [[1, 0, 0], thirds, [0.5, 0.5, 0]], rtol=rtol)
    np.testing.assert_allclose(
        functions.log_softmax(z),
        [[0, -2e4, -1e4], np.log(thirds), [-np.log(2), -np.log(2), -2e4 - np.log(2)]],
        rtol=rtol,
    )
    right, wrong = np.eye(3, dtype=dtype)[[0, 1, 0]], np.eye(3, dtype=dtype)[[1, 0, 2]]
    assert functions.cross_entropy(z[:1], right[:1]) == 0
    assert functions.cross_entropy(z[:1], wrong[:1]) == 2e4
    np.testing.assert_array_equal(functions.cross_entropy_gradient(z[:1], wrong[:1]), [[1, -1, 0]])


@given(score_rows() | score_rows(dtype=np.float32))
def test_agreement_with_scipy_for_rows_together_and_alone(z):
    before, eps = z.copy(), np.finfo(z.dtype).eps
    log_p = special.log_softmax(z.astype(np.float64), axis=1)
    for f, expected in ((functions.softmax, np.exp(log_p)), (functions.log_softmax, log_p)):
        found = f(z)
        assert found.dtype == z.dtype
        np.testing.assert_allclose(found, expected, rtol=2e4 * eps, atol=20 * eps)
        np.testing.assert_array_equal([f(row) for row in z], found)
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("f", [functions.sigmoid, *SOFTMAXES])
def test_only_real_numbers_are_taken_and_integers_become_float64_before_any_arithmetic(f):
    for dtype in (np.uint8, np.int8, np.int64):
        x = np.array([np.iinfo(dtype).min, 0, 1, 3, np.iinfo(dtype).max], dtype)
        assert f(x).dtype == np.float64
        np.testing.assert_array_equal(f(x), f(x.astype(np.float64)))
        np.testing.assert_array_equal(f(x.tolist()), f(x))
    for bad in ([True, False], [1j, 0], ["1", "2"], [None, 1.0]):
        with pytest.raises(TypeError, match="expected real numbers"):
            f(bad)


# Losses


@pytest.mark.parametrize("f", [*LOSSES, functions.softmax_backward])
def test_losses_keep_float32_and_their_arguments(f):
    z, y = (array.astype(np.float32) for array in random_batch(1))
    before = z.copy(), y.copy()
    result = f(z, y)
    if isinstance(result, np.ndarray):
        assert result.dtype == np.float32
        assert result.shape == z.shape
    else:
        assert type(result) is float
    np.testing.assert_array_equal((z, y), before)


# Derivatives


@given(seeds)
def test_softmax_backward_is_the_product_with_the_jacobian(seed):
    z, _ = random_batch(seed)
    p, dp = functions.softmax(z), np.random.default_rng([seed, 1]).normal(size=z.shape)
    product = [(np.diag(row) - np.outer(row, row)) @ drow for row, drow in zip(p, dp, strict=True)]
    np.testing.assert_allclose(functions.softmax_backward(p, dp), product, rtol=0, atol=1e-14)
    with pytest.raises(ValueError, match=r"must have one shape, got \(2, 3\) and \(3,\)"):
        functions.softmax_backward(np.ones((2, 3)), np.ones(3))


@pytest.mark.parametrize(
    ("loss", "gradient", "plain"),
    [
        (
            functions.cross_entropy,
            functions.cross_entropy_gradient,
            lambda z, y: -(y * np.log(plain_softmax(z))).sum() / len(y),
        ),
        (
            functions.squared_error,
            functions.squared_error_gradient,
            lambda p, y: ((p - y) ** 2).sum() / len(y),
        ),
    ],
    ids=["cross-entropy", "squared error"],
)
@given(seed=seeds)
def test_gradients_of_the_losses(loss, gradient, plain, seed):
    z, y = random_batch(seed)
    assert loss(z, y) == pytest.approx(plain(z, y), rel=1e-13)
    assert relative_error(gradient(z, y), complex_step(lambda z: plain(z, y), z)) <= 1e-14


# Bad input


@pytest.mark.parametrize("f", [*LOSSES, functions.softmax_backward])
def test_only_real_numbers_in_either_argument(f):
    for pair in ((np.eye(2) * 1j, np.eye(2)), (np.eye(2), np.eye(2, dtype=bool))):
        with pytest.raises(TypeError, match="expected real numbers"):
            f(*pair)


@pytest.mark.parametrize("f", LOSSES)
def test_losses_refuse_shapes_that_disagree(f):
    z = np.ones((3, 10))
    for bad in (np.ones(3), np.ones((3, 1))):
        with pytest.raises(ValueError, match=r"got \(3, 10\) and .*one_hot\(labels\)"):
            f(z, bad)
    for bad in (np.ones((2, 10)), np.ones((10, 3))):
        with pytest.raises(ValueError, match=rf"\w has 3 rows, and y {len(bad)}\.$"):
            f(z, bad)
    with pytest.raises(ValueError, match=r"and \(3, 5\)\. \w tells 10 classes apart, and y 5\.$"):
        f(z, np.ones((3, 5)))
    with pytest.raises(ValueError, match=r"got \(10,\) and \(10,\)"):
        f(z[0], z[0])
    with pytest.raises(ValueError, match="the batch is empty"):
        f(z[:0], z[:0])


def test_loss_and_gradient_together_are_what_they_are_apart():
    z, y = random_batch(3)
    for scores in (z, 1000 * z, z.astype(np.float32)):
        loss, dz = functions.cross_entropy_with_gradient(scores, y.astype(scores.dtype))
        assert (type(loss), dz.dtype) == (float, scores.dtype)
        eps = float(np.finfo(scores.dtype).eps)
        assert loss == pytest.approx(functions.cross_entropy(scores, y), rel=1e3 * eps)
        expected = functions.cross_entropy_gradient(scores, y)
        np.testing.assert_allclose(dz, expected, rtol=1e4 * eps, atol=100 * eps)
