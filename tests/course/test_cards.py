"""Cards: every image shows what is said of it, and nothing but looking answers them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.materials.cards import deal_cards

seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def digits():
    """Two hundred images, each filled with a number of its own, and their labels, all ten digits."""
    images = np.broadcast_to(np.arange(200, dtype=np.uint8)[:, None, None], (200, 28, 28))
    return images, np.random.default_rng(0).permutation(np.arange(200) % 10).astype(np.uint8)


@given(seed=seeds, pairs=st.integers(1, 10))
def test_cards_are_what_they_say(digits, seed, pairs):
    images, labels = digits
    cards = deal_cards(images, labels, 30, pairs=pairs, rng=np.random.default_rng(seed))
    which = cards.images[:, :, 0, 0]  # the number of each image
    np.testing.assert_array_equal(labels[which], cards.digits)
    keys, values = cards.digits[:, 1::2], cards.digits[:, 2::2]
    assert all(len(set(row)) == pairs for row in keys.tolist())
    rows = np.arange(30)
    np.testing.assert_array_equal(keys[rows, cards.right], cards.digits[:, 0])
    np.testing.assert_array_equal(values[rows, cards.right], cards.labels)
    assert (which[rows, 1 + 2 * cards.right] != which[:, 0]).all()


def test_cards_use_every_place_digit_and_image(digits):
    cards = deal_cards(*digits, 6000, rng=np.random.default_rng(1))
    assert np.bincount(cards.right, minlength=4).min() > 1300
    for column in cards.digits.T:
        assert np.bincount(column, minlength=10).min() > 480
    assert len(np.unique(cards.images[:, 0, 0, 0])) == 200


def test_only_some_digits_as_keys_and_only_some_asked_about(digits):
    eight = deal_cards(*digits, 200, keys=range(8), rng=np.random.default_rng(2))
    assert set(np.unique(eight.digits[:, 1::2])) == set(range(8))
    new = deal_cards(*digits, 200, asked=[8, 9], rng=np.random.default_rng(3))
    assert set(np.unique(new.digits[:, 0])) == {8, 9}
    assert set(np.unique(new.digits[:, 1::2])) == set(range(10))


@pytest.mark.parametrize("options", [{"pairs": 11}, {"keys": range(8), "asked": [9]}])
def test_cards_that_cannot_be_dealt(digits, options):
    with pytest.raises(ValueError, match="a card has different digits as keys"):
        deal_cards(*digits, 5, **options, rng=np.random.default_rng(0))
