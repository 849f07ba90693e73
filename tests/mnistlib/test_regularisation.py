"""Weight decay and early stopping: gradients and shrinking by hand, and what is refused."""

import numpy as np
import pytest

from mnistlib import network
from mnistlib.regularisation import EarlyStopping, WithWeightDecay
from mnistlib.training import History, Score, evaluate, minibatches, train


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    parameters = network.initialise(rng, pixels=6, hidden=4, classes=3)
    parameters = network.Parameters(*(v + rng.normal(0, 0.3, v.shape) for v in parameters))
    return parameters, rng.random((5, 6)), np.eye(3)[rng.integers(0, 3, 5)]


class Small:
    """The network with three classes, as a model."""

    classes = 3
    logits = staticmethod(network.logits)
    gradients = staticmethod(network.gradients)

    @staticmethod
    def prepare(images, dtype):
        return images.reshape(len(images), -1).astype(dtype) / 255


def test_the_gradient_is_that_of_the_loss_with_its_penalty(batch):
    parameters, x, y = batch
    model = WithWeightDecay(Small, 0.3)
    loss, grads = model.gradients(parameters, x, y)
    plain, without = network.gradients(parameters, x, y)
    weights = np.concatenate([parameters.W1.ravel(), parameters.W2.ravel()])
    assert loss == pytest.approx(plain + 0.15 * weights @ weights, rel=1e-12)
    for value, grad, other in zip(parameters, grads, without, strict=True):
        held = other + 0.3 * value if value.ndim == 2 else other
        np.testing.assert_allclose(grad, held, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(model.logits(parameters, x), network.logits(parameters, x))


def test_scores_are_without_the_penalty(batch):
    parameters, _, y = batch
    images = np.random.default_rng(1).integers(0, 256, (5, 6)).astype(np.uint8)
    some = images, y.argmax(axis=1)
    assert evaluate(WithWeightDecay(Small, 9), parameters, some) == evaluate(
        Small, parameters, some
    )


def test_a_models_own_way_to_score_is_kept(batch):
    class Own(Small):
        @staticmethod
        def score(parameters, images, labels):
            return Score(1.0, 0.5)

    parameters, x, y = batch
    assert evaluate(WithWeightDecay(Own, 1), parameters, (x, y.argmax(axis=1))) == (1.0, 0.5)


@pytest.mark.parametrize("weight_decay", [-1e-9, float("nan"), float("inf")])
def test_a_decay_that_makes_weights_grow_is_refused(weight_decay):
    with pytest.raises(ValueError, match="weight decay must be 0 or more"):
        WithWeightDecay(network, weight_decay)


# --- Early stopping


def told(losses, patience):
    """Feed losses until told to end; return the watcher and the index of the last one it saw."""
    watch, history = EarlyStopping("v", patience), History(scores={"v": []})
    for step, loss in enumerate(losses):
        history.scores["v"].append(Score(loss, 0.0))
        if watch(step, (np.array([float(step)]),), history):
            break
    return watch, step


@pytest.mark.parametrize(
    ("losses", "patience", "best", "end"),
    [
        ([3, 2, 2.5, 1], 1, 1, 2),
        ([1, 1, 1, 1], 2, 0, 2),  # a tie is not a fall
        ([float("nan"), 2, 1, float("nan"), 0.5], 2, 4, 4),
    ],
)
def test_it_ends_after_so_many_scorings_without_a_new_lowest(losses, patience, best, end):
    watch, last = told(losses, patience)
    assert (watch.step, watch.loss, last) == (best, losses[best], end)
    assert watch.parameters[0] == best


def test_what_it_keeps_is_what_training_had_there_and_stays():
    rng = np.random.default_rng(2)
    start = network.initialise(rng, pixels=6, hidden=4, classes=3)
    images = rng.integers(0, 256, (20, 6)).astype(np.uint8)
    some, others = (images[:10], np.arange(10) % 3), (images[10:], np.arange(10) % 3)
    batches = minibatches(10, 5, rng=rng, epochs=100)
    watch = EarlyStopping("others", patience=3)
    settings = {"learning_rate": 2.0, "every": 2, "monitor": {"others": others}}
    _, history = train(Small, start, some, batches, **settings, after_record=watch)
    assert history.steps[-1] == watch.step + 6 < len(batches)
    if watch.step:
        start, _ = train(Small, start, some, batches[: watch.step], learning_rate=2.0)
    for kept, there in zip(watch.parameters, start, strict=True):
        np.testing.assert_array_equal(kept, there)
    assert type(watch.parameters) is network.Parameters


def test_a_second_training_begins_again():
    losses = [3, 2, 2.5, 2.5]
    watch = EarlyStopping("v", 2)
    for _ in range(2):
        history = History(scores={"v": []})
        for step, loss in enumerate(losses):
            history.scores["v"].append(Score(loss, 0.0))
            assert watch(step, (np.array([float(step)]),), history) == (step == 3)
        assert (watch.step, watch.loss) == (1, 2)
        losses = [9, *losses[1:]]  # its first loss is not compared with the training before


def test_bad_watchers_are_refused():
    with pytest.raises(ValueError, match="patience must be at least 1, got 0"):
        EarlyStopping("v", 0)
    with pytest.raises(KeyError, match="no monitored set is called 'v'"):
        EarlyStopping("v", 1)(0, (), History(scores={"w": []}))
