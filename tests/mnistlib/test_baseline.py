"""The nearest mean: the rearranged formula against the definition, and the mark that it sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnistlib import baseline, data

pixels = st.integers(0, 255)


@given(
    images=arrays(np.uint8, (12, 3, 2), elements=pixels),
    labels=st.permutations([0, 1, 2, 0, 1, 2, 0, 0, 0, 1, 1, 1]),
)
def test_class_means_are_the_means_of_the_classes(images, labels):
    means = baseline.class_means(images, np.array(labels), 3)
    assert (means.shape, means.dtype) == ((3, 6), np.float64)
    for k in range(3):
        own = [
            image.ravel().tolist()
            for image, label in zip(images, labels, strict=True)
            if label == k
        ]
        np.testing.assert_allclose(
            means[k], [sum(column) / len(own) for column in zip(*own, strict=True)]
        )


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


@given(seed=st.integers(0, 2**32 - 1), dtype=st.sampled_from([np.float32, np.float64]))
def test_each_answer_depends_on_its_own_image_alone_and_a_mean_answers_its_class(seed, dtype):
    rng = np.random.default_rng(seed)
    x, means = rng.random((6, 8)).astype(dtype), rng.random((4, 8)).astype(dtype)
    together = baseline.nearest_mean(np.asfortranarray(x), means)
    alone = [baseline.nearest_mean(x[i : i + 1], means)[0] for i in range(6)]
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(baseline.nearest_mean(means, means), range(4))


def test_the_mark_to_beat_on_the_real_digits():
    mnist = data.load()
    means = baseline.class_means(data.scale(mnist.train_images), mnist.train_labels)
    answers = baseline.nearest_mean(data.scale(mnist.test_images), means)
    assert (answers == mnist.test_labels).mean() == 0.8203
