"""What lesson 00 draws: a digit of strokes, the same digit centred, and a table of answers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course.materials.first_look import centred, draw, show_answers


@pytest.mark.parametrize("corners", [[(5, 4), (16, 4), (10, 20)], [(20, 18), (25, 26)]])
def test_a_centred_drawing_has_its_ink_in_the_middle(corners):
    image = draw(corners)
    moved = centred(image).astype(float)
    middle = (np.indices((28, 28)) * moved).sum(axis=(1, 2)) / moved.sum()
    np.testing.assert_allclose(middle, 14, atol=0.5)
    assert moved.sum() == image.sum()  # these strokes stay inside


def test_a_stroke_goes_through_its_corners_and_nowhere_else():
    image = draw([(4, 10), (20, 10)])
    assert (image[10, 4:21] == 255).all()
    assert not image[:8].any()
    assert not image[13:].any()


def test_ink_pushed_over_an_edge_is_lost():
    image = np.zeros((28, 28), dtype=np.uint8)
    image[:, 27] = 1  # a faint line at the right
    image[0, 0] = 255  # which this corner pushes out
    assert centred(image).sum() < image.sum()


def test_right_answers_are_ticked():
    images, labels = np.zeros((2, 28, 28)), np.array([3, 4])
    rows = {"before": (np.array([4, 4]), np.ones(2)), "after": (labels, np.ones(2))}
    figure = show_answers(images, labels, rows, title="Two images")
    assert [text.get_text() for text in figure.axes[1].texts] == ["4", "4 ✓", "3 ✓", "4 ✓"]
    plt.close(figure)
