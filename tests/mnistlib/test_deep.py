"""Networks of any depth: against the two-layer network, complex steps, and variances measured."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special

from mnistlib import deep, network
from mnistlib.deep import ACTIVATIONS, MLP, initialise
from mnistlib.gradcheck import check_gradient, relative_error
from mnistlib.training import evaluate, minibatches, train

SMOOTH = ("sigmoid", "tanh")
seeds = st.integers(0, 2**32 - 1)


def problem(seed, hidden=(5, 4), pixels=6, n=7):
    """Return random parameters, biases too, and a batch of random pixels and targets."""
    rng = np.random.default_rng(seed)
    parameters = initialise(rng, [pixels, *hidden, 10])
    parameters = tuple(rng.normal(0, 0.5, value.shape) + value for value in parameters)
    return parameters, rng.random((n, pixels)), np.eye(10)[rng.integers(0, 10, n)]


def plain_loss(parameters, x, y, value):
    """Compute the loss by the textbook's formulas, which take complex numbers as well."""
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        x = value(x @ W + b)
    e = np.exp(x @ parameters[-2] + parameters[-1])
    return -(y * np.log(e / e.sum(axis=1, keepdims=True))).sum() / len(y)


VALUES = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}


@pytest.mark.parametrize("activation", SMOOTH)
@pytest.mark.parametrize("hidden", [(), (5,), (5, 4), (3, 4, 5, 3)])
@given(seed=seeds)
def test_gradients_by_complex_steps(complex_step, activation, hidden, seed):
    parameters, x, y = problem(seed, hidden)
    loss, grads = MLP(activation).gradients(parameters, x, y)
    assert loss == pytest.approx(plain_loss(parameters, x, y, VALUES[activation]), rel=1e-12)
    assert len(grads) == len(parameters)
    for place in range(len(parameters)):

        def loss_of(value, place=place):
            changed = (*parameters[:place], value, *parameters[place + 1 :])
            return plain_loss(changed, x, y, VALUES[activation])

        exact = complex_step(loss_of, parameters[place])
        assert relative_error(grads[place], exact) < 1e-11


@given(seed=seeds)
def test_relu_gradients_by_differences_away_from_the_kinks(seed):
    parameters, x, y = problem(seed)
    model = MLP("relu")
    W1, b1, W2, b2, *_ = parameters
    z1 = x @ W1 + b1
    z2 = np.maximum(z1, 0) @ W2 + b2
    # With a kink within reach of the nudge there is no derivative to compare with.
    assume(min(np.abs(z1).min(), np.abs(z2).min()) > 1e-3)
    grads = model.gradients(parameters, x, y)[1]
    for place in range(len(parameters)):

        def loss_of(value, place=place):
            changed = (*parameters[:place], value, *parameters[place + 1 :])
            return model.gradients(changed, x, y)[0]

        assert check_gradient(loss_of, parameters[place], grads[place])


def test_one_hidden_layer_of_sigmoids_is_the_network():
    start = network.initialise(np.random.default_rng(0), hidden=16)
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (60, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 60).astype(np.uint8)
    batches = minibatches(60, 20, rng=rng, epochs=3)
    options = {"learning_rate": 0.3, "momentum": 0.5}
    ours, history = train(MLP("sigmoid"), tuple(start), (images, labels), batches, **options)
    theirs, beside = train(network, start, (images, labels), batches, **options)
    np.testing.assert_allclose(history.batch_loss, beside.batch_loss, rtol=1e-12)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-14)
    score = evaluate(MLP("sigmoid"), ours, (images, labels))
    assert score == pytest.approx(evaluate(network, theirs, (images, labels)))


@given(seed=seeds)
def test_forward_keeps_every_layers_activations(seed):
    parameters, x, _ = problem(seed)
    kept = MLP("tanh").forward(parameters, x)
    W1, b1, W2, b2, W3, b3 = parameters
    a1 = np.tanh(x @ W1 + b1)
    a2 = np.tanh(a1 @ W2 + b2)
    for ours, theirs in zip(kept, [x, a1, a2, a2 @ W3 + b3], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    np.testing.assert_array_equal(MLP("tanh").logits(parameters, x), kept[-1])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_backward_is_the_slope_found_from_the_value(name):
    z = np.linspace(-4, 4, 81).reshape(9, 9) + 0.01
    forward, backward = ACTIVATIONS[name]
    measured = (forward(z + 1e-6) - forward(z - 1e-6)) / 2e-6
    da = np.random.default_rng(2).normal(size=z.shape)
    np.testing.assert_allclose(backward(da, forward(z)), da * measured, atol=1e-8)


def test_relu_at_its_kink():
    assert deep.relu(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 2]
    assert deep.relu_backward(np.ones(3), np.array([0.0, 0.0, 2.0])).tolist() == [0, 0, 1]
    verdict = check_gradient(lambda u: deep.relu(u).sum(), np.zeros(1), np.zeros(1))
    assert not verdict
    assert verdict.measured == 0.5


@pytest.mark.parametrize(("rule", "variance"), [("He", 2 / 300), ("Glorot", 2 / 500)])
def test_weights_have_the_rules_variance_and_fill_its_bounds(rule, variance):
    W, b, *_ = initialise(np.random.default_rng(3), [300, 200, 10], rule=rule)
    assert W.var() == pytest.approx(variance, rel=0.02)
    limit = np.sqrt(3 * variance)
    assert 0.99 * limit < W.max() <= limit
    assert -limit <= W.min() < -0.99 * limit
    assert not b.any()


def test_hes_rule_keeps_the_sums_spread_through_twenty_layers():
    rng = np.random.default_rng(4)
    parameters = initialise(rng, [500] * 21 + [10])
    *kept, _ = MLP("relu").forward(parameters, rng.normal(size=(200, 500)))
    spread = [np.sqrt((a**2).mean()) for a in kept]
    assert all(0.5 < later / spread[1] < 2 for later in spread[1:])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_dtype_is_kept(dtype):
    parameters = initialise(np.random.default_rng(5), [784, 8, 10], dtype=dtype)
    x = MLP().prepare(np.zeros((3, 28, 28), np.uint8), dtype)
    loss, grads = MLP().gradients(parameters, x, np.eye(10, dtype=dtype)[:3])
    assert type(loss) is float
    assert {array.dtype for array in (*parameters, *grads, x)} == {np.dtype(dtype)}


def test_weights_that_would_all_be_rounded_to_zero_are_refused():
    with pytest.raises(TypeError, match=r"from dtype.'float64'. to dtype.'int64'."):
        initialise(np.random.default_rng(0), [784, 10], dtype=np.int64)


def test_the_sigmoid_is_looked_up_at_each_call(monkeypatch):
    monkeypatch.setattr(deep.functions, "sigmoid", lambda z: 0 * z + 7)
    parameters = initialise(np.random.default_rng(0), [4, 3, 10])
    assert (MLP("sigmoid").forward(parameters, np.ones((2, 4)))[1] == 7).all()


def test_what_is_given_is_not_changed():
    parameters, x, y = problem(6)
    before = [array.copy() for array in (*parameters, x, y)]
    MLP("relu").gradients(parameters, x, y)
    for array, copy in zip((*parameters, x, y), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_the_loss_is_that_of_the_softmax():
    parameters, x, y = problem(7)
    z = MLP("relu").logits(parameters, x)
    expected = -(y * special.log_softmax(z, axis=1)).sum() / len(y)
    assert MLP("relu").gradients(parameters, x, y)[0] == pytest.approx(expected, rel=1e-13)


def test_bad_choices_are_named():
    with pytest.raises(ValueError, match="no activation is called 'step'; choose one of sigmoid"):
        MLP("step")
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="no rule is called 'guess'; choose one of Glorot, He"):
        initialise(rng, [784, 10], rule="guess")
    for sizes in ([], [784]):
        with pytest.raises(ValueError, match="at least two sizes, pixels and classes; got"):
            initialise(rng, sizes)
    for sizes in ([784, 0, 10], [784, 10, 0], [0, 10]):
        with pytest.raises(ValueError, match=r"at least 1, got a layer of .*\b0\b"):
            initialise(rng, sizes)
    assert initialise(rng, [1, 1])[0].shape == (1, 1)
    with pytest.raises(ValueError, match="the batch is empty"):
        MLP().gradients(initialise(rng, [4, 3, 10]), np.ones((0, 4)), np.ones((0, 10)))
    for some in ((), initialise(rng, [4, 3, 10])[:3]):
        with pytest.raises(ValueError, match=f"W and b for each layer, got {len(some)} arrays"):
            MLP().logits(some, np.ones((2, 4)))
    with pytest.raises(ValueError, match="must both have shape"):
        MLP().gradients(initialise(rng, [4, 3, 10]), np.ones((2, 4)), np.ones((2, 9)))
