"""The adders of lesson 12: answers in rising order, plain and squashed."""

from itertools import combinations

import numpy as np

from course.materials import adding


def test_company_votes_answer_a_longest_rising_run():
    rng = np.random.default_rng(1)
    for _ in range(200):
        keys, values = rng.permutation(10)[:4], rng.integers(10, size=4)
        lines = keys[:, None] * np.arange(10) + adding.company_votes(keys, values)
        right = (lines.argmax(axis=1) == values).sum()
        in_order = values[keys.argsort()]
        rising = max(
            len(run)
            for count in (1, 2, 3, 4)
            for run in combinations(in_order, count)
            if list(run) == sorted(run)
        )
        assert right >= rising
        assert np.isfinite(lines).all()


def test_lines_that_lose_lie_just_below_and_the_winners_stay():
    rng = np.random.default_rng(4)
    keys, lists = np.arange(1, 5), rng.integers(10, size=(50, 4))
    lines = adding.near_lines(keys, lists)
    for points, values in zip(lines, lists, strict=True):
        plain = keys[:, None] * np.arange(10) + adding.company_votes(keys, values)
        assert (points.argmax(axis=1) == plain.argmax(axis=1)).all()
    assert np.ptp(lines, axis=2).max() < 50


def test_a_squashed_adder_keeps_its_winner_and_beats_the_floor():
    keys = np.arange(1, 5)
    lists = np.indices((10, 10, 10, 10)).reshape(4, -1).T
    shares = np.array([np.bincount(values, minlength=10) for values in lists]) / 4
    lines = adding.near_lines(keys, lists)
    p = adding.squash(lines, shares[:, None])
    np.testing.assert_allclose(p.sum(axis=2), 1)
    assert (p.argmax(axis=2) == lines.argmax(axis=2)).all()
    right = np.take_along_axis(p, lists[:, :, None], axis=2)
    assert -np.log(right).mean() < 1.1868
