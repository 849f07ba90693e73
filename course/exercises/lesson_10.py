"""Lesson 10's exercises: patches, largest of four, back, the kernels' gradient, the pixels' blame."""

import numpy as np

from course.exercises.exercise import Arguments, Exercise
from mnistlib import convolution


def image_patches(image, side):
    """Every patch of side x side pixels of one image (rows, columns), each as a column."""
    rows, columns = np.array(image.shape) - side + 1
    cut = [
        image[top : top + side, left : left + side].ravel()
        for top in range(rows)
        for left in range(columns)
    ]
    return np.array(cut).T


def pixel_blame(dz, kernel):
    """Add dz up on the image: every weight sends it, times itself, to the pixels that it lay on."""
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


def _random_blame(rng: np.random.Generator) -> Arguments:
    """Return blame and a kernel of one to three rows."""
    side = int(rng.integers(1, 4))
    return rng.normal(size=(3, 4)), rng.normal(size=(side, side))


def _random_pooling(rng: np.random.Generator) -> Arguments:
    """Return blame, and numbers with the largest of each square of four."""
    z = rng.normal(size=(2, 6, 4, 3))
    return rng.normal(size=(2, 3, 2, 3)), z, convolution.max_pool(z)


_NINE = np.arange(9.0).reshape(3, 3)
_KERNEL = np.array([[1.0, 2], [3, 4]])
_SQUARES = np.array([[1.0, 2, 0, 7], [4, 3, 5, 6]]).reshape(1, 2, 4, 1)
_NEGATIVE = np.array([[-7.0, -6], [-5, -8], [-4, -3], [-1, -2]]).reshape(1, 4, 2, 1)
_CHANNELS = np.array([[[[1.0, 2], [4, 9]], [[3, 5], [2, 6]]]])
# The largest of one square, and nearly that of another; in whole numbers, so that it is seen.
_NEARLY = np.array([[9e5, 5e5, 5e5, 1e5], [2e5, 3e5, 499_999, 0]]).reshape(1, 2, 4, 1)
_TWO = np.array([[3.0, 1], [0, 2], [-5, -4], [-9, 8]]).reshape(2, 2, 2, 1)  # images
# Some of everything, 1 to 32 in disorder.
_MORE = (np.arange(32.0) * 13 % 32 + 1).reshape(2, 4, 2, 2)
_FRACTIONS = _MORE / 30 - 0.7  # no binary fractions
_TINY = 1e-7 * _FRACTIONS

EXERCISES = (
    Exercise(
        reference=image_patches,
        shapes="rows columns, -> pixels places",
        cases=(
            (_NINE, 2),
            (np.arange(20.0).reshape(4, 5) ** 2, 3),
            (np.arange(12.0).reshape(3, 4)[::-1] / 10 - 0.53, 1),
            ((np.arange(20.0) * 7 % 20).reshape(5, 4) * 1e-7 / 3, 2),  # in disorder
        ),
        random_case=lambda rng: (rng.normal(size=(7, 6)), int(rng.integers(1, 5))),
    ),
    Exercise(
        reference=convolution.max_pool,
        shapes="channels rows columns n -> channels rows/2 columns/2 n",
        cases=(
            (_SQUARES,),
            (_NEGATIVE,),
            (_CHANNELS,),
            (_TWO,),
            (_MORE,),
            (_MORE.reshape(2, 2, 8, 1),),
            (_FRACTIONS,),
            (_NEARLY / 3,),
        ),
        random_case=lambda rng: (rng.normal(size=(3, 6, 4, 2)),),
    ),
    Exercise(
        reference=max_pool_backward,
        shapes=(
            "channels rows/2 columns/2 n, channels rows columns n, channels rows/2 columns/2 n"
            " -> channels rows columns n"
        ),
        cases=tuple(
            (dlargest, z, convolution.max_pool(z))
            for dlargest, z in (
                (np.array([[[[10.0], [20.0]]]]), _SQUARES),
                (np.array([[[[10.0], [20.0]]]]), _NEARLY),
                (np.array([[[[10.0, 20.0]]]]), _CHANNELS),
                (np.array([10.0, 20]).reshape(1, 2, 1, 1), _NEGATIVE),
                (np.array([10.0, -20]).reshape(2, 1, 1, 1), _TWO),
                ((np.arange(8.0) - 3.5).reshape(2, 2, 1, 2), _MORE),
                ((np.arange(8.0) / 3 - 1.1).reshape(2, 2, 1, 2) * 1e-7, _TINY),
            )
        ),
        random_case=_random_pooling,
    ),
    Exercise(
        reference=convolution.kernel_gradient,
        shapes="kernels rows columns n, inputs rows columns n -> inputs kernels",
        cases=(
            (
                np.array([1.0, 2]).reshape(1, 1, 2, 1),
                np.array([[3.0, 0], [1, 5]]).reshape(2, 1, 2, 1),
            ),
            (
                np.array([1.0, 0.5, 0, 2]).reshape(2, 1, 2, 1),
                (np.arange(6.0) / 3 + 1).reshape(3, 1, 2, 1),
            ),
            (np.array([1.0, 2, 0, 3]).reshape(2, 1, 1, 2), _KERNEL.reshape(2, 1, 1, 2) / 7),
            (
                ((np.arange(24.0) * 7 % 24 - 9) / 3).reshape(2, 2, 3, 2),
                (np.arange(48.0) * 13 % 49 / 7).reshape(4, 2, 3, 2),
            ),
            (_TINY[:, :3] / 3, _FRACTIONS[:, :3]),
        ),
        random_case=lambda rng: (rng.normal(size=(3, 4, 2, 3)), rng.normal(size=(5, 4, 2, 3))),
    ),
    Exercise(
        reference=pixel_blame,
        shapes="places-down places-right, side side -> rows columns",
        cases=(
            (np.array([[1.0, 10], [100, 1000]]), _KERNEL),
            (np.array([[1.0, 10, 100]]), _KERNEL),
            (np.array([[0.5], [2]]), np.array([[1.0, 0, 2], [0, 3, 0], [4, 0, 5]])),
            (np.array([[1.0, 2]]), np.array([[3.0]])),
            (1e-7 * np.array([[0.3, 0.7], [1.1, -0.2]]), np.array([[0.1, -0.6], [0.9, 0.3]])),
        ),
        random_case=_random_blame,
    ),
)
