"""The original's recipe against a direct transcription, and each repair against its one fault."""

from dataclasses import asdict, fields, replace
from typing import get_args

import numpy as np
import pytest

from mnistlib import functions, original
from mnistlib.gradcheck import central_difference
from mnistlib.original import LADDER, Recipe, Weights, run, rungs
from mnistlib.training import TrainingDiverged, evaluate

#: For each field that has two choices, the one that is not the original's.
REPAIRS = {
    field.name: get_args(field.type)[1]
    for field in fields(Recipe)
    if get_args(field.type) and field.name != "precision"
}

#: As it was, and a short run of it.
ORIGINAL = Recipe()
STEPS = Recipe(steps=5)

#: Each repair alone.
REPAIRED = {field: Recipe(**{field: choice}) for field, choice in REPAIRS.items()}
ROWS = REPAIRED["softmax"]


def digits(n=300, seed=0):
    """Return noise in the shape of MNIST, mostly paper as there."""
    rng = np.random.default_rng(seed)
    ink = rng.random((n, 28, 28)) < 0.2
    return (ink * rng.integers(256, size=ink.shape)).astype(np.uint8), rng.integers(10, size=n)


def batch(n=20):
    """Return weights large enough for probabilities to differ, scaled pixels and targets."""
    (images, labels), rng = digits(n), np.random.default_rng(1)
    weights = Weights(rng.normal(0, 0.2, (784, 128)), rng.normal(0, 0.3, (128, 10)))
    return weights, images.reshape(n, 784) / 255, np.eye(10)[labels]


def assert_close(ours, theirs, tolerance=1e-9):
    """Compare arrays by the largest entry: rounding in a sum is as large as its terms."""
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance * np.abs(other).max())


def assert_same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


# The recipe's steps, written out again from the notebook's formulas


def batch_axis_softmax(Z2):
    E = np.exp(Z2 - np.max(Z2))
    return E / np.sum(E, axis=0)


def as_the_notebook_did(images, labels, steps, precision=float):
    """Return the weights before each step and after the last, and what each batch recorded."""
    chance = np.random.RandomState(42)
    W1 = (chance.uniform(-1.0, 1.0, size=(784, 128)) / np.sqrt(784 * 128)).astype(precision)
    W2 = (chance.uniform(-1.0, 1.0, size=(128, 10)) / np.sqrt(128 * 10)).astype(precision)
    weights, records = [(W1, W2)], []
    for _ in range(steps):
        chosen = chance.randint(0, len(images), size=128)
        X, k = images[chosen].reshape(128, 784).astype(precision), labels[chosen].astype(int)
        T = (k[:, None] == np.arange(10)).astype(precision)
        Z1 = X @ W1
        A1 = 1 / (np.exp(-Z1) + 1)
        P = batch_axis_softmax(A1 @ W2)
        dZ2 = 2 * (P - T) / 128 * P * (1 - P)
        dZ1 = (dZ2 @ W2.T) * np.exp(-Z1) / (np.exp(-Z1) + 1) ** 2
        W1, W2 = W1 - 0.001 * (X.T @ dZ1), W2 - 0.001 * (A1.T @ dZ2)
        weights.append((W1, W2))
        records.append(np.mean((np.argmax(P, axis=1) - k) ** 2))
    return weights, records


def asked_at_once(weights, images, labels):
    A1 = 1 / (np.exp(-(images.reshape(-1, 784).astype(float) @ weights[0])) + 1)
    answers = np.argmax(batch_axis_softmax(A1 @ weights[1]), axis=1)
    return np.mean((answers - labels.astype(int)) ** 2), np.mean(answers == labels)


def test_first_steps_are_the_notebooks():
    train_set, validation_set = digits(), digits(90, seed=5)
    weights, records = as_the_notebook_did(*train_set, steps=30)
    monitor = {"validation": validation_set}
    ours, history = run(Recipe(steps=30), train_set, monitor=monitor, every=20)
    assert_close(ours, weights[-1])
    assert not np.allclose(weights[-1][0], weights[0][0], rtol=1e-3)  # they did move
    np.testing.assert_allclose(history.batch_loss, records)
    assert history.steps == [0, 20, 30]  # every 20, and the last
    expected = [asked_at_once(weights[step], *validation_set) for step in (0, 20, 30)]
    np.testing.assert_allclose(history.scores["validation"], expected, rtol=1e-12)
    many = digits(2_001)  # more than are multiplied at a time
    assert evaluate(ORIGINAL, ours, many) == pytest.approx(asked_at_once(weights[-1], *many))


# Each repair alone removes its fault


def test_slope_is_finite_far_out():
    weights, x, y = batch()
    weights.W1[:, 0] = -1000 / x.sum(axis=1).min()  # unit 0 gets -1000 or less from each image
    with np.errstate(over="ignore", invalid="ignore"):
        faulty = ORIGINAL.gradients(weights, x, y)[1]
    mended = REPAIRED["slope"].gradients(weights, x, y)[1]
    assert np.isnan(faulty.W1[:, 0]).all()
    assert np.isfinite(mended.W1).all()
    assert_close([mended.W1[:, 1:], mended.W2], [faulty.W1[:, 1:], faulty.W2])
    z = np.linspace(-350, 350, 701)
    ours = original.overflowing_slope(z)
    np.testing.assert_allclose(ours, functions.sigmoid(z) * functions.sigmoid(-z), rtol=1e-12)


def test_precision_may_be_the_originals():
    single = Recipe(precision="float32", steps=30)
    expected = as_the_notebook_did(*digits(), 30, np.float32)[0][-1]
    ours = run(single, digits())[0]
    glorot = replace(single, weights="Glorot").initial_weights(np.random.RandomState(0))
    assert {W.dtype for W in (*ours, *expected, *glorot)} == {np.dtype(np.float32)}
    assert_close(ours, expected, 1e-4)


def test_split_is_the_seeds_alone():
    many = np.arange(60_000)

    def split(recipe, shuffle):
        train, held_out = original.split(recipe, (many, many), shuffle)
        assert (len(train[0]), len(held_out[0])) == (50_000, 10_000)
        return [*train[1], *held_out[1]]

    mended, other = REPAIRED["split"], replace(REPAIRED["split"], seed=7)
    assert split(mended, 1) == split(mended, 2) != split(other, 1)
    assert split(ORIGINAL, 1) == split(Recipe(seed=7), 1) != split(ORIGINAL, 2)
    assert split(ORIGINAL, None) != split(ORIGINAL, None)  # another each time, as it was


@pytest.mark.parametrize("softmax", ["over the batch", "over the classes"])
def test_the_whole_jacobian_is_that_of_the_recipes_own_softmax(softmax):
    weights, x, y = batch()
    true = Recipe(softmax=softmax, jacobian="whole", recorded="the loss", slope="stable")

    def slope(recipe, place):
        """Return the gradient's slope along the place's weights, and the measured one."""
        ahead = [np.zeros_like(W) for W in weights]
        ahead[place] = np.random.default_rng(2).normal(size=weights[place].shape)

        def loss(t):
            moved = Weights(*(W + t * D for W, D in zip(weights, ahead, strict=True)))
            return true.gradients(moved, x, y)[0]

        grads = recipe.gradients(weights, x, y)[1]
        return (grads[place] * ahead[place]).sum(), central_difference(loss, np.array(0.0), 1e-6)

    for place in (0, 1):
        ours, measured = slope(true, place)
        assert ours == pytest.approx(measured, rel=1e-5)
        diagonal, _ = slope(replace(true, jacobian="diagonal"), place)
        assert diagonal != pytest.approx(measured, rel=1e-2)


# ... and leaves the rest alone

CHANGES = {
    "cached": set(),
    "split": {"split"},
    "softmax": {"probabilities", "recorded", "gradients", "accuracy", "learnt"},
    "jacobian": {"gradients", "learnt"},
    "loss": {"gradients", "learnt"},
    "recorded": {"recorded"},
    "unit": {"epoch"},
    "slope": set(),
    "pixels": {"pixels", "accuracy", "learnt"},
    "weights": {"weights", "learnt"},
}


def behaviour(recipe):
    """Return what each part of a recipe does, by name."""
    (weights, x, y), (images, labels), many = batch(100), digits(100), np.arange(10_100)
    recorded, slopes = recipe.gradients(weights, x, y)
    return {
        "split": original.split(recipe, (many, many))[0][0],
        "epoch": recipe.epoch(20, 1000),
        "probabilities": recipe.probabilities(ORIGINAL.logits(weights, x)),
        "recorded": recorded,
        "gradients": np.concatenate([slope.ravel() for slope in slopes]),
        "pixels": recipe.prepare(images),
        "weights": recipe.initial_weights(np.random.RandomState(0)).W2,
        "accuracy": evaluate(recipe, weights, (images, labels)).accuracy,
        "learnt": run(replace(recipe, steps=5), (images, labels))[0].W1,
    }


@pytest.mark.parametrize("field", REPAIRS)
def test_a_repair_changes_its_own_part_and_no_other(field):
    before, after = behaviour(ORIGINAL), behaviour(REPAIRED[field])
    assert all(np.isfinite(part).all() for part in after.values())
    changed = {part for part in before if not np.allclose(after[part], before[part], 1e-9, 1e-12)}
    assert changed == CHANGES[field]
    if field in {"cached", "split", "recorded", "unit"}:
        np.testing.assert_array_equal(after["learnt"], before["learnt"])


# The ladder


def test_each_rung_changes_the_fields_it_names_and_no_other():
    names, recipes = zip(*rungs(), strict=True)
    assert names == ("the original", *(name for name, _ in LADDER))
    assert recipes[0] == ORIGINAL
    for (_, repair), *pair in zip(LADDER, recipes[:-1], recipes[1:], strict=True):
        before, after = map(asdict, pair)
        assert repair == {name: after[name] for name in after if after[name] != before[name]} != {}
    repairs = {f: REPAIRS[f] for f in ("softmax", "jacobian", "loss", "pixels", "weights")}
    assert recipes[-1] == Recipe(**repairs, momentum=0.9)


# What the batch supplies


def test_a_fixed_bias_frees_the_answers_from_their_company():
    z2 = np.random.default_rng(0).normal(0, 3, (5, 10))
    bias = original.class_bias(z2)
    np.testing.assert_allclose(bias, np.log(np.exp(z2).sum(axis=0)), rtol=1e-12)
    np.testing.assert_allclose(np.exp(z2 - bias), original.softmax_over_batch(z2), rtol=1e-9)
    far = original.class_bias(np.array([[1000.0, -1000], [1000, -1000]]))
    np.testing.assert_allclose(far, [1000 + np.log(2), -1000 + np.log(2)], rtol=1e-15)


# Choices, and the run


@pytest.mark.parametrize("field", REPAIRS)
def test_a_choice_that_does_not_exist_is_refused(field):
    words = f"^{field} must be one of .*{REPAIRS[field]}.*, got "
    for bad in ("no such choice", None):
        with pytest.raises(ValueError, match=words):
            Recipe(**{field: bad})


def test_a_recipe_has_at_least_one_step_and_one_example():
    assert (ORIGINAL.steps, ORIGINAL.batch_size, ORIGINAL.seed) == (10_000, 128, 42)
    assert Recipe(steps=1, batch_size=1).steps == 1
    for bad in ({"steps": 0}, {"batch_size": 0}, {"steps": -1}):
        with pytest.raises(ValueError, match="must be at least 1, got"):
            Recipe(**bad)


def test_a_run_is_decided_by_its_recipe():
    weights, history = run(STEPS, digits())
    same, again = run(STEPS, digits())
    assert_same(weights, same)
    assert history == again
    for other in ({"seed": 1}, {"momentum": 0.9}, {"learning_rate": 0.01}):
        changed, _ = run(replace(STEPS, **other), digits())
        assert not np.array_equal(changed.W1, weights.W1)


def test_class_numbers_hide_a_network_that_has_burst():
    burst = replace(STEPS, learning_rate=1e300, slope="stable")
    with np.errstate(all="ignore"):
        assert np.isnan(run(burst, digits())[0].W1).any()
        with pytest.raises(TrainingDiverged, match="became nan at step"):
            run(replace(burst, recorded="the loss"), digits())
