"""Weight decay and early stopping: gradients and shrinking by hand, and what is refused."""

from types import SimpleNamespace

import numpy as np
import pytest

from mnistlib import data, network
from mnistlib.regularisation import EarlyStopping, WithWeightDecay
from mnistlib.training import History, Score, evaluate, minibatches, train

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 28, 28), dtype=np.uint8)
LABELS = RNG.integers(0, 10, 20)
START = network.initialise(RNG, hidden=4)


def test_the_gradient_is_that_of_the_loss_with_its_penalty():
    rng = np.random.default_rng(1)
    parameters = network.Parameters(*(v + rng.normal(0, 0.3, v.shape) for v in START))
    x, y = network.prepare(IMAGES), data.one_hot(LABELS)
    model = WithWeightDecay(network, 0.3)
    loss, grads = model.gradients(parameters, x, y)
    plain, without = network.gradients(parameters, x, y)
    weights = np.concatenate([parameters.W1.ravel(), parameters.W2.ravel()])
    assert loss == pytest.approx(plain + 0.15 * weights @ weights, rel=1e-12)
    for value, grad, other in zip(parameters, grads, without, strict=True):
        held = other + 0.3 * value if value.ndim == 2 else other
        np.testing.assert_allclose(grad, held, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(model.logits(parameters, x), network.logits(parameters, x))


def test_scores_are_the_models_own_without_the_penalty():
    some = IMAGES, LABELS
    assert evaluate(WithWeightDecay(network, 9), START, some) == evaluate(network, START, some)
    own = SimpleNamespace(score=lambda parameters, images, labels: Score(1.0, 0.5))
    assert evaluate(WithWeightDecay(own, 1), START, some) == (1.0, 0.5)


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
    some, others = (IMAGES[:10], LABELS[:10]), (IMAGES[10:], LABELS[10:])
    batches = minibatches(10, 5, rng=np.random.default_rng(2), epochs=100)
    watch = EarlyStopping("others", patience=3)
    settings = {"learning_rate": 0.05, "every": 2, "monitor": {"others": others}}
    _, history = train(network, START, some, batches, **settings, after_record=watch)
    assert watch.step > 0
    assert history.steps[-1] == watch.step + 6 < len(batches)
    then, _ = train(network, START, some, batches[: watch.step], learning_rate=0.05)
    for kept, there in zip(watch.parameters, then, strict=True):
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
