"""Lesson 08's exercises: patches, the largest of four, the kernels' gradient, the pixels' blame."""

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


def pixel_blame(dz, kernel):
    """Lay dz back on the image: every weight sends it, times itself, where it lay above the pixels."""
    side, (rows, columns) = len(kernel), dz.shape
    dx = np.zeros((rows + side - 1, columns + side - 1))
    for down in range(side):
        for right in range(side):
            dx[down : down + rows, right : right + columns] += kernel[down, right] * dz
    return dx


def max_pool_backward(dlargest, z, largest):
    """Send the blame to the largest of each square, where no two are equal."""
    dz = np.zeros_like(z)
    for i in (0, 1):
        for j in (0, 1):
            dz[:, i::2, j::2] = dlargest * (z[:, i::2, j::2] == largest)
    return dz


def _otherwise(image, side, step=1, turned=False):
    """Cut patches with another step between places, or lay each out column by column."""
    rows, columns = np.array(image.shape) - side + 1
    places = [(top, left) for top in range(0, rows, step) for left in range(0, columns, step)]
    cut = [image[top : top + side, left : left + side] for top, left in places]
    return np.array([(patch.T if turned else patch).ravel() for patch in cut])


def _overwritten(dz, kernel):
    """Lay dz back, where the last patch that holds a pixel wipes out what came from the others."""
    side, (rows, columns) = len(kernel), dz.shape
    dx = np.zeros((rows + side - 1, columns + side - 1))
    for top in range(rows):
        for left in range(columns):
            dx[top : top + side, left : left + side] = kernel * dz[top, left]
    return dx


_NINE = np.arange(9.0).reshape(3, 3)
_KERNEL = np.array([[1.0, 2], [3, 4]])
_SQUARES = np.array([[1.0, 2, 0, 7], [4, 3, 5, 6]]).reshape(1, 2, 4, 1)
_NEGATIVE = np.array([[-7.0, -6], [-5, -8], [-4, -3], [-1, -2]]).reshape(1, 4, 2, 1)
_CHANNELS = np.array([[[[1.0, 2], [4, 9]], [[3, 5], [2, 6]]]])
_NEARLY = np.array([[9.0, 5, 5, 1], [2, 3, 4.995, 0]]).reshape(1, 2, 4, 1)  # of one, of another
_TWO = np.array([[3.0, 1], [0, 2], [-5, -4], [-9, 8]]).reshape(2, 2, 2, 1)  # images
# Some of everything, 1 to 32 in disorder.
_MORE = (np.arange(32.0) * 13 % 32 + 1).reshape(2, 4, 2, 2)

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
        ((_SQUARES,), (_NEGATIVE,), (_CHANNELS,), (_TWO,), (_MORE,), (_MORE.reshape(2, 2, 8, 1),)),
        *WORDS["max_pool"],
    ),
    Exercise(
        convolution.kernel_gradients,
        "n rows columns kernels, n rows columns inputs -> dW: inputs kernels, db: kernels",
        (
            (np.array([[[[1.0], [2.0]]]]), np.array([[[[3.0, 1.0], [0.0, 5.0]]]])),
            (
                np.array([1.0, 0, 2, 1]).reshape(1, 2, 1, 2),
                np.array([1.0, 2, 3, 4, 5, 6]).reshape(1, 2, 1, 3),
            ),
            (np.array([[1.0, 2], [0, 3]]).reshape(2, 1, 1, 2), _KERNEL.reshape(2, 1, 1, 2)),
            ((np.arange(24.0) * 7 % 24 - 9).reshape(2, 3, 2, 2), _MORE[:, :3]),
        ),
        *WORDS["kernel_gradients"],
    ),
    Exercise(
        pixel_blame,
        "places-down places-right, side side -> rows columns",
        (
            (np.array([[1.0, 10], [100, 1000]]), _KERNEL),
            (np.array([[1.0, 10, 100]]), _KERNEL),
            (np.array([[0.5], [2]]), np.array([[1.0, 0, 2], [0, 3, 0], [4, 0, 5]])),
            (np.array([[1.0, 2]]), np.array([[3.0]])),
        ),
        *WORDS["pixel_blame"],
    ),
    Exercise(
        max_pool_backward,
        (
            "n rows/2 columns/2 channels, n rows columns channels, n rows/2 columns/2 channels"
            " -> n rows columns channels"
        ),
        tuple(
            (dlargest, z, convolution.max_pool(z))
            for dlargest, z in (
                (np.array([[[[10.0], [20.0]]]]), _SQUARES),
                (np.array([[[[10.0], [20.0]]]]), _NEARLY),
                (np.array([[[[10.0, 20.0]]]]), _CHANNELS),
                (np.array([10.0, 20]).reshape(1, 2, 1, 1), _NEGATIVE),
                (np.array([10.0, -20]).reshape(2, 1, 1, 1), _TWO),
                ((np.arange(8.0) - 3.5).reshape(2, 2, 1, 2), _MORE),
            )
        ),
        *WORDS["max_pool_backward"],
    ),
)
