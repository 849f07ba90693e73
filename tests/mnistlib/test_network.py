"""The network: its gradients against differences and complex steps, and bugs that must be seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from mnistlib import functions, network
from mnistlib.gradcheck import check_gradient, relative_error

NAMES = network.Parameters._fields
both_losses = pytest.mark.parametrize("loss", ["cross-entropy", "squared error"])
seeds = st.integers(0, 2**32 - 1)


def problem(seed, n=5, pixels=6, hidden=4, classes=3):
    """Return a small network, biases random too, with a batch: parameters, x, y."""
    rng = np.random.default_rng(seed)
    shapes = (pixels, hidden), (hidden,), (hidden, classes), (classes,)
    parameters = network.Parameters(*(rng.normal(size=shape) for shape in shapes))
    return parameters, rng.random((n, pixels)), np.eye(classes)[rng.integers(classes, size=n)]


def plain_loss(parameters, x, y, loss):
    """Compute the loss by the textbook's formulas, which take complex numbers as well."""
    W1, b1, W2, b2 = parameters
    e = np.exp(1 / (1 + np.exp(-(x @ W1 + b1))) @ W2 + b2)
    p = e / e.sum(axis=1, keepdims=True)
    terms = -y * np.log(p) if loss == "cross-entropy" else (p - y) ** 2
    return terms.sum() / len(y)


def verdicts(slopes, parameters, x, y, loss):
    """Check the gradient by every parameter against central differences of the library's loss."""

    def loss_by(name):
        return lambda value: network.gradients(parameters._replace(**{name: value}), x, y, loss)[0]

    return {
        name: check_gradient(loss_by(name), getattr(parameters, name), getattr(slopes, name))
        for name in NAMES
    }


# Gradients


@both_losses
@given(seed=seeds)
def test_gradients_by_differences_and_complex_steps(complex_step, loss, seed):
    parameters, x, y = problem(seed)
    value, slopes = network.gradients(parameters, x, y, loss)
    assert value == pytest.approx(plain_loss(parameters, x, y, loss), rel=1e-13)
    assert all(verdicts(slopes, parameters, x, y, loss).values())
    for name in NAMES:
        exact = complex_step(
            lambda value, name=name: plain_loss(parameters._replace(**{name: value}), x, y, loss),
            getattr(parameters, name),
        )
        assert relative_error(getattr(slopes, name), exact) <= 1e-12


@both_losses
@given(seed=seeds)
def test_gradients_of_a_batch_are_the_mean_of_its_examples(loss, seed):
    parameters, x, y = problem(seed)
    value, slopes = network.gradients(parameters, x, y, loss)
    singles = [network.gradients(parameters, x[[i]], y[[i]], loss) for i in range(len(x))]
    assert value == pytest.approx(np.mean([single for single, _ in singles]), rel=1e-13)
    for i, slope in enumerate(slopes):
        mean = np.mean([single[i] for _, single in singles], axis=0)
        np.testing.assert_allclose(slope, mean, rtol=1e-10, atol=1e-14)


@both_losses
@given(seed=seeds)
def test_the_order_of_the_examples_does_not_matter(loss, seed):
    parameters, x, y = problem(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    value, slopes = network.gradients(parameters, x, y, loss)
    again, shuffled = network.gradients(parameters, x[order], y[order], loss)
    assert again == pytest.approx(value, rel=1e-13)
    for one, other in zip(slopes, shuffled, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-14)


def faulty_gradients(parameters, x, y, loss, bug):
    """Backpropagate as a reader might write it, with one classic mistake or none."""
    z1, a1, z2 = network.forward(parameters, x)
    p, n = functions.softmax(z2), 1 if bug == "missing 1/n" else len(x)
    if loss == "cross-entropy":
        dz2 = (p - y) / n
    elif bug == "diagonal Jacobian":
        dz2 = 2 * (p - y) / n * p * (1 - p)
    else:
        dz2 = functions.softmax_backward(p, 2 * (p - y) / n)
    da1 = dz2 @ (parameters.W2 if bug == "forgotten transpose" else parameters.W2.T)
    a = functions.sigmoid(a1 if bug == "slope of the value" else z1)
    dz1 = da1 * a * (1 - a)
    axis = 1 if bug == "wrong axis" else 0
    return network.Parameters(x.T @ dz1, dz1.sum(axis=axis), a1.T @ dz2, dz2.sum(axis=axis))


@pytest.mark.parametrize(
    ("bug", "loss", "seen_in"),
    [
        (None, "cross-entropy", set()),
        (None, "squared error", set()),
        ("forgotten transpose", "cross-entropy", {"W1", "b1"}),
        ("slope of the value", "cross-entropy", {"W1", "b1"}),
        ("diagonal Jacobian", "squared error", set(NAMES)),
        ("missing 1/n", "cross-entropy", set(NAMES)),
        ("wrong axis", "cross-entropy", {"b1", "b2"}),
    ],
)
@given(seed=seeds)
def test_classic_bugs_are_seen_though_every_shape_fits(bug, loss, seen_in, seed):
    parameters, x, y = problem(seed, n=4, pixels=4, hidden=4, classes=4)
    slopes = faulty_gradients(parameters, x, y, loss, bug)
    found = verdicts(slopes, parameters, x, y, loss)
    assert {name for name, verdict in found.items() if not verdict} == seen_in


# Forward and predict


@given(seeds)
def test_forward_one_unit_at_a_time(seed):
    parameters, x, _ = problem(seed)
    W1, b1, W2, b2 = parameters
    z1, a1, z2 = network.forward(parameters, x)
    for i, row in enumerate(x):
        expected = [sum(row * W1[:, j]) + b1[j] for j in range(4)]
        np.testing.assert_allclose(z1[i], expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(a1[i], special.expit(expected), rtol=1e-13)
        expected = [sum(a1[i] * W2[:, k]) + b2[k] for k in range(3)]
        np.testing.assert_allclose(z2[i], expected, rtol=1e-12, atol=1e-14)


@given(seeds)
def test_predict_is_the_most_probable_class(seed):
    parameters, x, _ = problem(seed, n=50, classes=10)
    p = special.softmax(network.forward(parameters, x).z2, axis=1)
    predicted = network.predict(parameters, x)
    assert predicted.shape == (50,)
    assert predicted.dtype == np.int64
    np.testing.assert_array_equal(predicted, p.argmax(axis=1))


@both_losses
def test_float32_all_through_and_nothing_changed(loss):
    parameters, x, y = problem(0)
    parameters = network.Parameters(*(value.astype(np.float32) for value in parameters))
    arrays = [*parameters, x.astype(np.float32), y.astype(np.float32)]
    before = [array.copy() for array in arrays]
    value, slopes = network.gradients(parameters, *arrays[4:], loss)
    assert type(value) is float
    made = [*network.forward(parameters, arrays[4]), *slopes]
    assert {array.dtype for array in made} == {np.dtype(np.float32)}
    for array, kept in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, kept)
    exact = network.gradients(network.Parameters(*before[:4]), x, y, loss)[1]
    for slope, reference in zip(slopes, exact, strict=True):
        assert relative_error(slope, reference) < 1e-5


# Initialise


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_initialise(dtype):
    W1, b1, W2, b2 = network.initialise(np.random.default_rng(1), dtype=dtype)
    assert [value.shape for value in (W1, b1, W2, b2)] == [(784, 128), (128,), (128, 10), (10,)]
    assert {value.dtype for value in (W1, b1, W2, b2)} == {np.dtype(dtype)}
    assert not b1.any()
    assert not b2.any()
    for W, limit in ((W1, np.sqrt(6 / 912)), (W2, np.sqrt(6 / 138))):
        assert 0.99 * limit < W.max() <= limit
        assert -0.99 * limit > W.min() >= -limit
        # A uniform distribution's mean is 0 and its deviation limit / sqrt(3); six sigma.
        assert abs(W.mean()) < 6 * limit / np.sqrt(3 * W.size)
        assert W.std() == pytest.approx(limit / np.sqrt(3), rel=6 / np.sqrt(W.size))


def test_initialise_by_its_generator_and_sizes():
    def draw(seed):
        sizes = {"pixels": 5, "hidden": 4, "classes": 3}
        return network.initialise(np.random.default_rng(seed), **sizes)

    assert [value.shape for value in draw(0)] == [(5, 4), (4,), (4, 3), (3,)]
    assert all(map(np.array_equal, draw(0), draw(0)))
    assert not np.array_equal(draw(0).W1, draw(1).W1)
    assert not np.isin(draw(0).W2, draw(0).W1).any()


def test_parameters_may_be_a_plain_tuple():
    parameters, x, y = problem(0)
    loss, slopes = network.gradients(parameters, x, y)
    plain_loss, plain_slopes = network.gradients(tuple(parameters), x, y)
    assert plain_loss == loss
    assert all(map(np.array_equal, plain_slopes, slopes))


def test_weights_that_would_all_be_rounded_to_zero_are_refused():
    with pytest.raises(TypeError, match=r"from dtype.'float64'. to dtype.'int64'."):
        network.initialise(np.random.default_rng(0), dtype=np.int64)


def test_an_untrained_network_knows_nothing():
    rng = np.random.default_rng(2)
    x, y = rng.random((500, 784)), np.eye(10)[rng.integers(10, size=500)]
    loss, _ = network.gradients(network.initialise(rng), x, y)
    assert loss == pytest.approx(np.log(10), abs=0.4)


# Bad input


@pytest.mark.parametrize("size", ["pixels", "hidden", "classes"])
def test_sizes_below_one(size):
    with pytest.raises(ValueError, match=r"sizes must be at least 1, got a layer of .*\b0\b"):
        network.initialise(np.random.default_rng(0), **{size: 0})


@pytest.mark.parametrize("shape", [(6,), (5, 7), (6, 5), (5, 2, 3)])
def test_pixels_that_do_not_fit(shape):
    parameters, _, y = problem(0)
    for call in (
        lambda x: network.forward(parameters, x),
        lambda x: network.predict(parameters, x),
        lambda x: network.gradients(parameters, x, y),
    ):
        with pytest.raises(ValueError, match=r"x must have shape \(n, 6\).*data.scale\(images\)"):
            call(np.ones(shape))


def test_targets_that_do_not_fit():
    parameters, x, y = problem(0)
    for bad in (y[:4], y[:, :2], y.argmax(axis=1), y[0]):
        with pytest.raises(ValueError, match=r"y must have shape \(5, 3\)"):
            network.gradients(parameters, x, bad)
    with pytest.raises(ValueError, match="the batch is empty"):
        network.gradients(parameters, x[:0], y[:0])


def test_an_unknown_loss():
    with pytest.raises(ValueError, match="no loss is called 'hinge'; choose one of cross-entropy"):
        network.gradients(*problem(0), "hinge")
