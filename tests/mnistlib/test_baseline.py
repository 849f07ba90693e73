"""The nearest mean: the rearranged formula against the definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnistlib import baseline

pixels = st.integers(0, 255)


def test_class_means_are_the_means_of_the_classes():
    images = np.arange(24, dtype=np.uint8).reshape(4, 3, 2) ** 2
    means = baseline.class_means(images, np.array([1, 0, 1, 1]), 2)
    rows = images.reshape(4, 6).astype(float)
    np.testing.assert_allclose(means, [rows[1], (rows[0] + rows[2] + rows[3]) / 3])
    assert means.dtype == np.float64


def test_a_class_without_images_has_no_mean():
    with pytest.raises(ValueError, match="no image has label 1, so it has no mean"):
        baseline.class_means(np.zeros((2, 2, 2)), np.array([0, 2]), 3)


@given(
    x=arrays(np.float64, (5, 4), elements=pixels.map(float)),
    means=arrays(np.float64, (3, 4), elements=pixels.map(float)),
)
def test_nearest_mean_answers_by_the_definition(x, means):
    # Whole numbers are exact in both formulas: ties too must go to the same, the first, class.
    distances = ((x[:, None, :] - means) ** 2).sum(axis=2)
    answers = baseline.nearest_mean(x, means)
    np.testing.assert_array_equal(answers, distances.argmin(axis=1))
    assert answers.dtype == np.int64
