"""The adders of lesson 12: answers in rising order, and cards without handwriting."""

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


def test_cards_without_handwriting_hold_their_answers():
    cards, labels = adding.deal_digits(300, np.random.default_rng(2))
    x = adding.as_ones(cards)
    for row, label, ones in zip(cards, labels, x, strict=True):
        assert len(set(row[1:5])) == 4
        assert row[5:][list(row[1:5]).index(row[0])] == label
        asked, table = ones[:10].argmax(), ones[10:].reshape(10, 10)
        assert asked == row[0]
        assert table.sum() == 4
        assert table[asked].argmax() == label
