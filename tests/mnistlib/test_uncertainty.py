"""Standard errors and paired comparisons, against definitions, the bootstrap, and hand-made cases."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistlib.uncertainty import (
    calibration,
    mcnemar,
    standard_error,
    standard_error_by_group,
)

answers = st.lists(st.booleans(), min_size=1, max_size=60)


@given(answers)
def test_standard_error_is_that_of_a_mean_of_coins(right):
    right = np.array(right)
    expected = right.std() / np.sqrt(len(right))
    assert standard_error(right) == pytest.approx(expected, abs=1e-15)


@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_order_and_names_of_the_groups_do_not_matter(seed, groups):
    rng = np.random.default_rng(seed)
    right, to_whom = rng.random(30) < 0.7, np.arange(30) % groups
    error = standard_error_by_group(right, to_whom)
    order = rng.permutation(30)
    renamed = standard_error_by_group(right[order], 1000 - 7 * to_whom[order])
    assert renamed == pytest.approx(error, rel=1e-12)
    # A group for each answer gives the ordinary error, and twins double the variance.
    alone = standard_error_by_group(right, np.arange(30))
    assert alone == pytest.approx(standard_error(right) * np.sqrt(30 / 29), rel=1e-12)
    twins = standard_error_by_group(np.repeat(right, 2), np.repeat(np.arange(30), 2))
    assert twins == pytest.approx(alone, rel=1e-12)


def test_by_group_agrees_with_drawing_whole_groups_anew():
    rng = np.random.default_rng(1)
    sizes = rng.integers(5, 60, 150)
    groups = np.repeat(np.arange(150), sizes)
    right = rng.random(len(groups)) < np.repeat(rng.beta(20, 1, 150), sizes)
    got, n = np.bincount(groups, weights=right), np.bincount(groups)
    drawn = rng.integers(150, size=(4000, 150))
    bootstrap = (got[drawn].sum(axis=1) / n[drawn].sum(axis=1)).std()
    error = standard_error_by_group(right, groups)
    assert error == pytest.approx(bootstrap, rel=0.1)
    assert error > 1.2 * standard_error(right)


@given(answers, st.integers(0, 2**32 - 1))
def test_mcnemar_against_the_differences_themselves(before, seed):
    before = np.array(before)
    after = np.random.default_rng(seed).random(len(before)) < 0.5
    found = mcnemar(before, after)
    change = after.astype(int) - before
    assert (found.gained, found.lost) == ((change == 1).sum(), (change == -1).sum())
    assert found.difference == pytest.approx(change.mean(), abs=1e-15)
    assert found.error == pytest.approx(change.std() / np.sqrt(len(change)), abs=1e-12)
    split, fewer = found.gained + found.lost, min(found.gained, found.lost)
    tail = sum(math.comb(split, k) for k in range(fewer + 1)) / 2**split
    assert found.p == pytest.approx(min(1, 2 * tail), rel=1e-12)


def test_mcnemar_stands_thousands_of_changes():
    before = np.arange(20_000) % 2 == 0
    assert mcnemar(before, ~before).p == 1
    assert mcnemar(np.zeros(20_000, bool), np.ones(20_000, bool)).p == 0


@pytest.mark.parametrize("call", [standard_error, lambda r: mcnemar(r, r)])
def test_answers_must_be_true_or_false(call):
    for bad in (np.array([1, 0]), np.array([[True]]), np.array(0.98)):
        with pytest.raises(TypeError, match="one True or False for each example"):
            call(bad)
    with pytest.raises(ValueError, match="is empty"):
        call(np.array([], dtype=bool))


def test_groups_and_pairs_must_fit():
    right = np.array([True, False, True])
    with pytest.raises(
        ValueError, match=r"one group for each answer: got shapes \(2,\) and \(3,\)"
    ):
        standard_error_by_group(right, [1, 2])
    with pytest.raises(ValueError, match="a single group"):
        standard_error_by_group(right, [5, 5, 5])
    with pytest.raises(ValueError, match="the same examples twice: got 3 and 2 answers"):
        mcnemar(right, right[:2])


# --- Calibration


def test_calibration_against_a_loop():
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(5) / 3, 400)
    labels = rng.integers(0, 5, 400)
    found = calibration(p, labels)
    total = 0.0
    for k in range(10):
        rows = [i for i in range(400) if k / 10 <= max(p[i]) < (k + 1) / 10]
        assert found.counts[k] == len(rows)
        if rows:
            sure = sum(max(p[i]) for i in rows) / len(rows)
            right = sum(p[i].argmax() == labels[i] for i in rows) / len(rows)
            # the standard error of the share, if each probability were true
            spread = np.sqrt(sum(max(p[i]) * (1 - max(p[i])) for i in rows)) / len(rows)
            measured = [found.confidence[k], found.accuracy[k], found.spread[k]]
            np.testing.assert_allclose(measured, [sure, right, spread])
            total += len(rows) / 400 * abs(sure - right)
        else:
            assert np.isnan([found.confidence[k], found.accuracy[k]]).all()
    assert found.error == pytest.approx(total)


def test_float32_probabilities_that_round_to_more_than_1_are_taken():
    p = np.array([[1 + 1e-7, 0], [0.5, 0.5]], np.float32)
    found = calibration(p, [0, 0])
    assert found.counts[[5, 9]].tolist() == [1, 1]
    assert found.confidence[9] == 1
    assert found.by_chance > 0  # and no root of a negative number


@pytest.mark.parametrize(
    ("p", "labels", "said"),
    [
        (np.ones(3), [0, 0, 0], r"shape \(n, classes\)"),
        (np.ones((0, 3)), [], "at least one row"),
        (np.ones((2, 3)) / 3, [0], r"got \(2, 3\) and \(1,\)"),
        (np.array([[3.0, -2.0]]), [0], "softmax"),
        (np.array([[1.5, 0.0]]), [0], "softmax"),
        (np.array([[np.nan, 1.0]]), [0], "softmax"),
    ],
)
def test_calibration_refuses(p, labels, said):
    with pytest.raises(ValueError, match=said):
        calibration(p, labels)


def test_what_chance_alone_does_is_the_mean_distance_of_a_normal_variable():
    """Of a bin with n examples at p: sqrt(2 / pi) times the standard error of their share."""
    found = calibration(np.tile([0.8, 0.2], (400, 1)), np.zeros(400, int))
    assert found.by_chance == pytest.approx(np.sqrt(2 / np.pi * 0.8 * 0.2 / 400), rel=1e-12)
