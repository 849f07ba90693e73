"""A digit that lesson 00 centres."""

import numpy as np

from course.materials.first_look import centred


def test_ink_pushed_over_an_edge_is_lost():
    image = np.zeros((28, 28), dtype=np.uint8)
    image[:, 27] = 1  # a faint line at the right
    image[0, 0] = 255  # which this corner pushes out
    assert centred(image).sum() < image.sum()
