"""A digit of strokes, as lesson 00 draws it, and the same digit centred."""

import numpy as np
import pytest

from course.materials.first_look import centred, draw


@pytest.mark.parametrize("corners", [[(5, 4), (16, 4), (10, 20)], [(20, 18), (25, 26)]])
def test_a_centred_drawing_has_its_ink_in_the_middle(corners):
    image = draw(corners)
    moved = centred(image).astype(float)
    middle = (np.indices((28, 28)) * moved).sum(axis=(1, 2)) / moved.sum()
    np.testing.assert_allclose(middle, 14, atol=0.5)
    assert moved.sum() == image.sum()  # these strokes stay inside


def test_ink_pushed_over_an_edge_is_lost():
    image = np.zeros((28, 28), dtype=np.uint8)
    image[:, 27] = 1  # a faint line at the right
    image[0, 0] = 255  # which this corner pushes out
    assert centred(image).sum() < image.sum()
