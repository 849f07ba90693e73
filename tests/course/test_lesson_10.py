"""Pushed digits, as lesson 10 makes them, and the study that it reads."""

import numpy as np
import pytest

from course.materials import shapes
from mnistlib import convolution


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


def test_reading_the_last_maps_is_what_the_network_does():
    rng = np.random.default_rng(3)
    parameters = convolution.initialise(rng, kernels=(2, 3))
    parameters = convolution.Parameters(*(v + rng.normal(0, 0.1, v.shape) for v in parameters))
    images = rng.integers(0, 256, (shapes.PART + 20, 28, 28), dtype=np.uint8)
    maps = shapes.last_maps(parameters, images)
    assert maps.shape == (3, 4, 4, len(images))
    read = shapes.answers(convolution.Convolutional(), parameters, images)
    assert len(set(read)) > 1
    np.testing.assert_array_equal(shapes.read_maps(parameters, maps), read)


@pytest.mark.parametrize(("rows", "columns"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_maps_move_by_one_place_and_what_comes_in_is_filled(rows, columns):
    maps = np.arange(1.0, 65).reshape(2, 4, 4, 2)
    fill = -np.arange(1.0, 33).reshape(2, 4, 4, 1)
    moved = shapes.moved_by(maps, rows, columns, fill=fill)
    for r, c in np.ndindex(4, 4):
        stays = 0 <= r - rows < 4 and 0 <= c - columns < 4
        expected = maps[:, r - rows, c - columns] if stays else fill[:, r, c].repeat(2, axis=-1)
        np.testing.assert_array_equal(moved[:, r, c], expected)


def test_errors_are_those_of_the_runs_that_were_wanted():
    assert shapes.errors("784-128-10", most=0, rate=0.1).shape == (3, 5)  # not the single epoch
    assert shapes.errors("784-128-10", most=0, epochs=1).shape == (1, 5)
    assert (np.diff(shapes.errors("convolutional", most=1, rate=0.04)[:, :4]) > 0).all()
