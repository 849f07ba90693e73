"""Pushed digits, as lesson 10 makes them."""

import numpy as np
import pytest

from course.materials import shapes


@pytest.mark.parametrize(("rows", "columns"), [(0, 0), (2, 0), (-2, 0), (0, 3), (0, -3), (1, -2)])
def test_a_push_moves_the_ink_and_leaves_blank_paper(rows, columns):
    images = np.zeros((1, 28, 28), dtype=np.uint8)
    images[0, 14, 9] = 200
    expected = np.zeros_like(images)
    expected[0, 14 + rows, 9 + columns] = 200
    moved = shapes.pushed(images, rows, columns)
    np.testing.assert_array_equal(moved, expected)
    assert shapes.lost_nothing(images, moved).all()


def test_ink_that_leaves_the_frame_is_lost():
    images = np.zeros((2, 28, 28), dtype=np.uint8)
    images[0, 27, 5] = images[1, 20, 5] = 200
    moved = shapes.pushed(images, 1, 0)
    assert shapes.lost_nothing(images, moved).tolist() == [False, True]
    assert moved.sum() == 200


def test_the_first_digit_that_only_a_larger_push_spoils_is_found():
    in_steps = np.ones((4, 4, 28, 28), dtype=np.uint8)
    in_steps[3, 1, 0, 0] = 0  # the second loses ink
    labels = np.array([4, 4, 4, 4])
    read = np.array([[4, 4, 4, 4], [5, 4, 4, 4], [5, 5, 4, 5], [5, 5, 5, 5]])
    assert shapes.first_misread(in_steps, read, labels) == 3
