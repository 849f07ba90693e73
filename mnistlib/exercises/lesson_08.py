"""Lesson 08's exercises: patches, the largest of four, the gradient of the kernels, its way back."""

import numpy as np

from mnistlib import convolution
from mnistlib.exercises.trial import Exercise, words


def image_patches(image, side):
    """Every patch of side x side pixels of one image (rows, columns), each as a row."""
    rows, columns = np.array(image.shape) - side + 1
    return np.array(
        [
            image[top : top + side, left : left + side].ravel()
            for top in range(rows)
            for left in range(columns)
        ]
    )


def _normal(seed: int, *shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in shapes)


def _otherwise(image, side, step=1, turned=False):
    """Cut patches with another step between places, or lay each out column by column."""
    rows, columns = np.array(image.shape) - side + 1
    places = [(top, left) for top in range(0, rows, step) for left in range(0, columns, step)]
    cut = [image[top : top + side, left : left + side] for top, left in places]
    return np.array([(patch.T if turned else patch).ravel() for patch in cut])


_NINE = np.arange(9.0).reshape(3, 3)
_SQUARES = np.array([[1.0, 2, 0, 5], [4, 3, 7, 6]]).reshape(1, 2, 4, 1)
_NEGATIVE = np.array([[-7.0, -6, -8, -3], [-5, -4, -2, -1]]).reshape(1, 2, 4, 1)
_CHANNELS = np.array([[[[1.0, 2], [4, 9]], [[3, 5], [2, 6]]]])
_NEARLY = np.array([[9.0, 5, 5, 1], [2, 3, 4.995, 0]]).reshape(1, 2, 4, 1)  # of one, of another

WORDS = words("lesson_08")
EXERCISES = (
    Exercise(
        image_patches,
        "rows columns, -> places pixels",
        (
            (_NINE, 2),
            (np.arange(20.0).reshape(4, 5) ** 2, 3),
            (np.arange(12.0).reshape(3, 4) / 4, 1),
        ),
        *WORDS["image_patches"],
    ),
    Exercise(
        convolution.max_pool,
        "n rows columns channels -> n rows/2 columns/2 channels",
        ((_SQUARES,), (_NEGATIVE,), (_CHANNELS,), _normal(1, (2, 4, 6, 3))),
        *WORDS["max_pool"],
    ),
    Exercise(
        convolution.kernel_gradients,
        "n rows columns kernels, n rows columns inputs -> dW: inputs kernels, db: kernels",
        (
            (np.array([[[[1.0], [2.0]]]]), np.array([[[[3.0, 1.0], [0.0, 5.0]]]])),
            _normal(3, (2, 3, 2, 4), (2, 3, 2, 5)),
            _normal(4, (3, 1, 1, 3), (3, 1, 1, 3)),
        ),
        *WORDS["kernel_gradients"],
    ),
    Exercise(
        convolution.max_pool_backward,
        (
            "n rows/2 columns/2 channels, n rows columns channels, n rows/2 columns/2 channels"
            " -> n rows columns channels"
        ),
        tuple(
            (dtop, z, convolution.max_pool(z))
            for dtop, z in (
                (np.array([[[[10.0], [20.0]]]]), _SQUARES),
                (np.array([[[[10.0], [20.0]]]]), _NEARLY),
                (np.array([[[[10.0, 20.0]]]]), _CHANNELS),
                _normal(5, (2, 2, 3, 2), (2, 4, 6, 2)),
            )
        ),
        *WORDS["max_pool_backward"],
    ),
)
