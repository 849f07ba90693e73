"""Lesson 08's exercises: patches, the largest of four, the gradient of the kernels, its way back."""

import numpy as np

from mnistlib import convolution
from mnistlib.exercises.trial import Exercise


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

EXERCISES = (
    Exercise(
        image_patches,
        "rows columns, -> places pixels",
        ((_NINE, 2), (np.arange(20.0).reshape(4, 5) ** 2, 3), (np.arange(12.0).reshape(3, 4), 1)),
        (
            "Two loops: over the top row of a patch, and within it over the left column.",
            "How many tops fit? An image of 3 rows has 2 tops for patches of 2.",
            "image[top : top + side, left : left + side].ravel() is one row of the result",
        ),
        "An image of 28 x 28 has 24 * 24 = 576 places for a 5 x 5 kernel.",
        """
key(image.T, side)
    the places run down the columns first. In which order does one read a page?
key(image, side).T
    each patch became a column. What should one row be?
key(image, side)[::-1]
    the patches come from the bottom right. Where does the first one lie?
key(image[:-1, :-1], side) if min(image.shape) > side else key(image, side)
    the last places are missing. How many tops fit into the rows?
_otherwise(image, side, step=side)
    the patches stand side by side. By how much does a kernel move from one place to the next?
_otherwise(image, side, turned=True)
    within a patch the pixels run down its columns. In which order does ravel() take them?
""",
    ),
    Exercise(
        convolution.max_pool,
        "n rows columns channels -> n rows/2 columns/2 channels",
        ((_SQUARES,), _normal(1, (2, 4, 6, 3)), (-1 - np.abs(_normal(2, (1, 4, 4, 2))[0]),)),
        (
            "z[:, ::2, ::2] is the top left of every square. What are the other three?",
            "np.maximum compares two arrays entry by entry.",
            "np.maximum(np.maximum(a, b), np.maximum(c, d)), with the four corners",
        ),
        "Three quarters of the sums are dropped, and the largest of each square stays.",
        """
z[:, ::2, ::2]
    that is one corner of each square. Which of the four is wanted?
np.maximum(z[:, ::2], z[:, 1::2])
    the rows were halved. What of the columns?
np.maximum(z[:, :, ::2], z[:, :, 1::2])
    the columns were halved. What of the rows?
(z[:, ::2, ::2] + z[:, 1::2, ::2] + z[:, ::2, 1::2] + z[:, 1::2, 1::2]) / 4
    that is the mean of the four. Which of them is to be kept?
np.maximum(key(z), 0)
    what is negative was cut off as well. Is that the pooling's business?
z.max(axis=(1, 2))
z.max(axis=(1, 2), keepdims=True)
    that is the largest of the whole map. How large are the squares?
-key(-z)
    that is the smallest of the four. Which is to be kept?
""",
    ),
    Exercise(
        convolution.kernel_gradients,
        "n rows columns kernels, n rows columns inputs -> dW: inputs kernels, db: kernels",
        (
            (np.array([[[[1.0], [2.0]]]]), np.array([[[[3.0, 1.0], [0.0, 5.0]]]])),
            _normal(3, (2, 3, 2, 4), (2, 3, 2, 5)),
            _normal(4, (3, 1, 1, 3), (3, 1, 1, 3)),
        ),
        (
            "Every place of every image is a use of the kernel. Make each a row of a long matrix.",
            "dz.reshape(-1, dz.shape[-1]) has one row for each place; so has the same of cut.",
            "cut.reshape(-1, cut.shape[-1]).T @ rows, rows.sum(axis=0)",
        ),
        "The formula is lesson 03's. Only what counts as a row has changed.",
        """
key(dz, cut)[0].T, key(dz, cut)[1]
    dW is transposed. Which shape must it have, if it is to be subtracted from W?
key(dz[:1], cut[:1])
    that is one image's part. What of the others?
key(dz, cut)[0], dz.sum(axis=0)
key(dz, cut)[0], dz.sum(axis=(1, 2))
key(dz, cut)[0], dz.sum(axis=(0, 1))
    the biases' sum did not run over all places of all images. Where is a bias added?
key(dz, cut)[0], dz.sum()
    the biases got one number together. How many kernels are there?
key(dz, cut)[0] / len(dz), key(dz, cut)[1] / len(dz)
    both are n times too small. Has dz got its 1/n already?
key(dz, cut)[0] / dz[..., 0].size, key(dz, cut)[1] / dz[..., 0].size
    that is a mean over all places. Do the uses of a weight share its blame, or add to it?
key(dz, cut)[0]
    that is dW alone. What else has the layer that learns?
""",
    ),
    Exercise(
        convolution.max_pool_backward,
        "n rows/2 columns/2 channels, n rows columns channels, n rows/2 columns/2 channels"
        " -> n rows columns channels",
        (
            (np.array([[[[10.0], [20.0]]]]), _SQUARES, convolution.max_pool(_SQUARES)),
            *(
                (dtop, z, convolution.max_pool(z))
                for dtop, z in [_normal(5, (2, 2, 3, 2), (2, 4, 6, 2))]
            ),
        ),
        (
            "Spread top and dtop out again, each entry over its square of four. np.repeat does it.",
            "The blame goes where z equals the spread-out top, and nowhere else.",
            "for each of the four corners: dz[:, i::2, j::2] = dtop * (z[:, i::2, j::2] == top)",
        ),
        "Three quarters of the sums learn nothing from this image: the largest has it all.",
        """
np.repeat(np.repeat(dtop, 2, axis=1), 2, axis=2)
    all four got the blame. Which of them had a part in the result?
np.repeat(np.repeat(dtop, 2, axis=1), 2, axis=2) / 4
    the four share it. Which of them had a part in the result?
(z == np.repeat(np.repeat(top, 2, axis=1), 2, axis=2)) * 1.0
    that says who was the largest. What blame arrives there?
z * (z == np.repeat(np.repeat(top, 2, axis=1), 2, axis=2))
    that hands back the values. What comes back along the way is blame: which argument holds it?
np.tile(dtop, (1, 2, 2, 1)) * (z == np.repeat(np.repeat(top, 2, axis=1), 2, axis=2))
    the blame was tiled, and each square got that of another. How does np.repeat differ?
""",
    ),
)
