"""Training: steps against closed formulas, what History promises, and the recipe on real digits."""

import re
import sys
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from scipy import special
from threadpoolctl import threadpool_info, threadpool_limits

from mnistlib import network
from mnistlib.training import (
    Score,
    TrainingDiverged,
    evaluate,
    linear_decay,
    minibatches,
    sgd_update,
    train,
)

#: Examples in the small set that most tests train on.
N = 40


def digits(n=N, seed=0):
    """Return noise in the shape of MNIST."""
    rng = np.random.default_rng(seed)
    return rng.integers(256, size=(n, 28, 28), dtype=np.uint8), rng.integers(
        10, size=n, dtype=np.uint8
    )


def small_network(dtype=np.float64):
    return network.initialise(np.random.default_rng(1), hidden=6, dtype=dtype)


def deal(epochs=2, batch_size=16):
    return minibatches(N, batch_size, rng=np.random.default_rng(2), epochs=epochs)


def run(parameters=None, batches=None, **options):
    """Train the small network on the small set, with momentum unless told otherwise.

    The batches come from an iterator, as from one that shows how far it is.
    """
    options = {"learning_rate": 0.1, "momentum": 0.9} | options
    model = options.pop("model", network)
    batches = iter(batches or deal())
    return train(model, parameters or small_network(), digits(), batches, **options)


def assert_same_bits(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def network_with(**parts):
    """Return the network as an object, some of its functions replaced."""
    names = ("prepare", "logits", "gradients")
    return SimpleNamespace(**{name: getattr(network, name) for name in names} | parts)


class Weights(NamedTuple):
    """The least that can be trained: two arrays."""

    W: np.ndarray
    b: np.ndarray


# Mini-batches and the learning rate


@pytest.mark.parametrize("kind", [list, tuple, lambda rows: np.isin(np.arange(N), rows)])
def test_a_batch_may_be_a_list_a_tuple_or_a_mask(kind):
    rows = np.arange(3, 9)
    assert_same_bits(run(batches=[kind(rows)])[0], run(batches=[rows])[0])


@pytest.mark.parametrize(
    ("n", "batch_size", "epochs"), [(1, 1, 1), (12, 4, 3), (13, 5, 2), (3, 9, 2)]
)
def test_every_index_once_in_each_epoch(n, batch_size, epochs):
    batches = minibatches(n, batch_size, rng=np.random.default_rng(0), epochs=epochs)
    full, rest = divmod(n, batch_size)
    sizes = [batch_size] * full + [rest] * (rest > 0)
    assert [len(batch) for batch in batches] == sizes * epochs
    orders = np.concatenate(batches).reshape(epochs, n)
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(n), (epochs, 1)))
    if n > 10:  # and each epoch, of each generator, in an order of its own
        other = minibatches(n, batch_size, rng=np.random.default_rng(1), epochs=epochs)
        others = np.concatenate(other).reshape(epochs, n)
        assert len({*map(tuple, [*orders, *others, np.arange(n)])}) == 2 * epochs + 1


def test_falling_is_a_straight_line_to_zero():
    assert [linear_decay(0.5, 4)(step) for step in range(5)] == [0.5, 0.375, 0.25, 0.125, 0]


# Updates


def test_an_update_needs_a_gradient_for_each_parameter():
    with pytest.raises(ValueError, match="shorter"):
        sgd_update([np.ones(2), np.ones(3)], [np.ones(2)], [np.ones(2), np.ones(3)], 0.5, 0.5)


def test_each_step_gets_its_batch_its_rate_and_the_running_velocity():
    images, labels = digits()
    batches, momentum, seen = deal(), 0.5, []

    def gradients(parameters, x, y):
        slope = len(seen) + 1.0
        grads = [np.full((784, 10), slope), np.full(10, 2 * slope)]
        seen.append((parameters.W.copy(), x, y, grads))
        return 1.0, grads

    def rate(step):
        return 1 / (step + 1)

    start = Weights(np.zeros((784, 10)), np.zeros(10))
    trained, _ = train(
        network_with(gradients=gradients),
        start,
        (images, labels),
        batches,
        learning_rate=rate,
        momentum=momentum,
    )
    assert len(seen) == len(batches)
    W, v = 0.0, 0.0
    for step, (batch, (value, x, y, grads)) in enumerate(zip(batches, seen, strict=True)):
        np.testing.assert_allclose(value, W, rtol=1e-14)
        np.testing.assert_array_equal(x, images[batch].reshape(-1, 784) / 255)
        np.testing.assert_array_equal(y, labels[batch][:, None] == np.arange(10))
        assert (grads[0] == step + 1).all()
        v = momentum * v + (step + 1)
        W -= v / (step + 1)
    assert type(trained) is Weights
    np.testing.assert_allclose(trained.W, W, rtol=1e-14)
    np.testing.assert_allclose(trained.b, 2 * W, rtol=1e-14)


# Evaluate


@pytest.mark.parametrize("n", [1, 2_001, 4_001])
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_evaluate_equals_one_big_computation(n, dtype, rtol):
    images, labels = digits(n)
    W1, b1, W2, b2 = parameters = small_network(dtype)
    x = images.reshape(-1, 784) / 255
    log_p = special.log_softmax(special.expit(x @ W1 + b1) @ W2 + b2, axis=1)
    score = evaluate(network, parameters, (images, labels))
    assert score.loss == pytest.approx(-log_p[np.arange(n), labels].mean(), rel=rtol)
    assert score.accuracy == pytest.approx((log_p.argmax(axis=1) == labels).mean(), rel=1e-14)
    assert [type(number) for number in score] == [float, float]


# The loop


def test_what_is_given_is_not_changed():
    images, labels = digits()
    parameters, batches = small_network(), deal()
    given = [*parameters, images, labels, *batches]
    before = [array.copy() for array in given]
    trained, _ = train(network, parameters, (images, labels), batches, learning_rate=0.5)
    assert_same_bits(given, before)
    for start, end in zip(parameters, trained, strict=True):
        assert not np.shares_memory(start, end)
        assert not np.array_equal(start, end)


@pytest.mark.parametrize(
    ("steps", "every", "recorded"),
    [
        (10, 3, [0, 3, 6, 9, 10]),
        (9, 3, [0, 3, 6, 9]),
        (2, 1, [0, 1, 2]),
        (8, None, [0, 8]),
    ],
)
def test_history_records_when_it_promises(steps, every, recorded):
    images, labels = digits()
    sets = {"a": (images, labels), "b": (images[:7], labels[:7])}
    _, history = run(batches=deal(epochs=4)[:steps], every=every, monitor=sets)
    assert history.steps == recorded
    assert len(history.batch_loss) == steps
    assert list(history.scores) == ["a", "b"]
    for name, scores in history.scores.items():
        assert len(scores) == len(recorded)
        assert scores[0] == evaluate(network, small_network(), sets[name])
        np.testing.assert_array_equal(history.loss(name), [score.loss for score in scores])
        np.testing.assert_array_equal(history.accuracy(name), [score[1] for score in scores])


def test_a_batch_loss_is_taken_before_its_update():
    images, labels = digits()
    everything = [np.arange(N)] * 5
    _, history = run(batches=everything, every=1, monitor={"all": (images, labels)})
    np.testing.assert_allclose(history.batch_loss, history.loss("all")[:5], rtol=1e-13)
    assert history.batch_loss == sorted(history.batch_loss, reverse=True)


# The seam: what else can be trained


def test_a_models_own_score_is_asked_and_everything_else_is_not():
    def score(parameters, images, labels):
        return Score(len(images), 0.5)

    model = network_with(score=score, logits=None)
    assert evaluate(model, small_network(), digits(3)) == (3, 0.5)
    history = run(model=model, monitor={"mine": digits(3)})[1]
    assert set(history.loss("mine")) == {3}


def test_float32_is_computed_in_float32():
    seen = set()

    def watched(function):
        def watch(parameters, *arrays):
            seen.update(array.dtype for array in (*parameters, *arrays))
            return function(parameters, *arrays)

        return watch

    model = network_with(logits=watched(network.logits), gradients=watched(network.gradients))
    run(small_network(np.float32), model=model, monitor={"some": digits()})
    assert seen == {np.dtype(np.float32)}


def test_after_each_record_the_caller_is_told_and_may_end_the_training():
    records = []

    def after_record(step, parameters, history):
        records.append((step, parameters.W1.copy(), list(history.steps)))
        return step == 4

    trained, history = run(batches=deal(epochs=4), every=2, after_record=after_record)
    assert [step for step, *_ in records] == history.steps == [0, 2, 4]
    assert [steps for *_, steps in records] == [[0], [0, 2], [0, 2, 4]]
    assert len(history.batch_loss) == 4
    np.testing.assert_array_equal(records[-1][1], trained.W1)
    assert_same_bits(trained, run(batches=deal(epochs=4)[:4])[0])

    at_once, history = run(after_record=lambda *_: True)
    assert_same_bits(at_once, small_network())
    assert (history.steps, history.batch_loss) == ([0], [])


# Divergence and bad input


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_no_number_stops_training(loss):
    losses = iter([1.0, 1.0, loss])

    def gradients(parameters, x, y):
        return next(losses), parameters

    words = f"loss became {loss} at step 3, with learning rate 0.25"
    with pytest.raises(TrainingDiverged, match=re.escape(words)):
        run(model=network_with(gradients=gradients), learning_rate=0.25)


IMAGES, LABELS = digits()


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        *[
            ({"learning_rate": rate}, ValueError, "rate must be above 0")
            for rate in (0, -0.1, np.nan, np.inf)
        ],
        ({"learning_rate": lambda t: 1 / 2 - t / 4}, ValueError, "got -0.25 at step 4"),
        ({"learning_rate": lambda t: np.nan}, ValueError, "0 or more and finite, got nan"),
        ({"learning_rate": lambda t: np.inf}, ValueError, "0 or more and finite, got inf"),
        *[({"momentum": momentum}, ValueError, "momentum must") for momentum in (1, -0.1, np.nan)],
        *[({"every": every}, ValueError, "at least 1 step") for every in (0, -3)],
        ({"batches": []}, ValueError, "there is no batch to train on"),
        ({"batches": [np.arange(3), np.arange(0)]}, ValueError, "the batch is empty"),
        ({"train_set": (IMAGES, LABELS[:-1])}, ValueError, "got 40 images and 39 labels"),
        ({"train_set": (IMAGES[:0], LABELS[:0])}, ValueError, "got 0 images"),
        ({"monitor": {"some": (IMAGES, LABELS[:-1])}}, ValueError, "got 40 images and 39 labels"),
    ],
)
def test_bad_arguments(bad, error, words):
    choices = {"train_set": digits(), "batches": deal(), "learning_rate": 0.1} | bad
    with pytest.raises(error, match=re.escape(words)):
        train(network, small_network(), **choices)


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (-5, 1, 1)])
def test_minibatches_and_rates_need_numbers_of_at_least_one(numbers):
    n, batch_size, epochs = numbers
    with pytest.raises(ValueError, match=f"at least 1, got {n}, {batch_size}, {epochs}"):
        minibatches(n, batch_size, rng=np.random.default_rng(0), epochs=epochs)
    with pytest.raises(ValueError, match="at least 1 step, got 0"):
        linear_decay(0.5, 0)


# --- One thread


def test_training_takes_one_thread_and_gives_back_the_others():
    def threads():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    seen = []
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        run(after_record=lambda *_: seen.append(threads()))
        assert threads() == before
        with pytest.raises(ValueError, match="momentum"):
            run(momentum=2)
        assert threads() == before
        assert seen
        assert all(now == [1] * len(before) for now in seen)
        assert max(before) == 2


def test_training_does_without_the_package_that_limits_threads(monkeypatch):
    expected, _ = run()
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    for value, again in zip(expected, run()[0], strict=True):
        np.testing.assert_array_equal(value, again)
