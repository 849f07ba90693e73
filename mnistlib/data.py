"""The digits as arrays: reading IDX files, splitting, one-hot targets and scaling (lesson 01)."""

import gzip
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from mnistlib import download

#: Pixels in an image.
PIXELS = 28 * 28

#: IDX's codes for the type of its numbers.
TYPES: dict[int, np.dtype] = {0x08: np.dtype("u1"), 0x0B: np.dtype(">i2")}

#: Who wrote each digit. They are kept beside the clone's own digits, without a mirror: 65 kB that
#: nobody needs to download.
WRITERS = {
    "train": download.File(
        "train-writers-idx1-short.gz",
        57780,
        "c047e13df12d32cb5130f0208b9c48bf3e2507ad61f47a15c4d6dc6702b6de2e",
    ),
    "test": download.File(
        "t10k-writers-idx1-short.gz",
        6987,
        "45c2d032ff53f463484cee8a8f60ddf0835ba6ad37145d46ff3cd5e706295490",
    ),
}


class Mnist(NamedTuple):
    """The 60,000 training digits and 10,000 test digits: uint8 (n, 28, 28) and (n,)."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load(folder: str | os.PathLike[str] | None = None) -> Mnist:
    """Return MNIST, read from ``folder``; each file's SHA-256 is checked every time.

    Without an argument the folder is the one named by the environment variable MNISTLIB_DATA, or
    else ``data/`` in the clone. A file that is missing or damaged is downloaded.

    Images are uint8 of shape (n, 28, 28), from 0 (paper) to 255 (ink); labels are uint8 of shape
    (n,), from 0 to 9. Each call returns new arrays that you may change as you like: neither the
    files nor the next call's arrays will notice.

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
    document recognition", Proceedings of the IEEE 86 (11), 1998. Lesson 01 reads the files.

    Raises:
        download.DownloadError: a file is missing or damaged and could not be fetched.
    """
    if folder is None:
        folder = os.environ.get("MNISTLIB_DATA") or _clones_data()
    arrays = {}
    for part, file in download.FILES.items():
        packed = download.fetch_bytes(file, Path(folder).expanduser())
        arrays[part] = parse_idx(gzip.decompress(packed))
    return Mnist(**arrays)


def _clones_data() -> Path:
    """Return the clone's ``data/``, beside the package.

    Raises:
        download.DownloadError: the package was copied out of its clone, and its data was not.
    """
    folder = Path(__file__).parents[1] / "data"
    if not (folder / "SHA256SUMS").exists():
        raise download.DownloadError(
            f"{Path(__file__).parent} is not in a clone of the course, where the data lies beside it. "
            "Install from the clone, editable: pip install -e . Or set the environment variable "
            "MNISTLIB_DATA to a folder for the data."
        )
    return folder


class Writers(NamedTuple):
    """Who wrote each digit: int16 (60000,) for the training digits and (10000,) for the test's."""

    train: np.ndarray
    test: np.ndarray


def writers() -> Writers:
    """Return the number of the writer of every digit of MNIST, in the order of the digits.

    They are read from ``data/writers`` in the clone; nothing is ever downloaded. Each file's
    SHA-256 is checked every time. 539 people wrote the training digits and 297 others those
    of the test set. Numbers from 2100 on are high-school students, those below are employees of the
    Census Bureau.

    Source: C. Yadav, L. Bottou, "Cold case: the lost MNIST digits", NeurIPS 2019, whose QMNIST
    traces each digit to NIST's archive. Lesson 05 uses them to say how sure accuracy is.

    Raises:
        download.DownloadError: a file is missing or damaged; the message says how to bring it back.
    """
    folder = _clones_data() / "writers"
    arrays = {}
    for part, file in WRITERS.items():
        packed, flaw = download.read_verified(folder / file.name, file)
        if flaw:
            raise download.DownloadError(
                f"{file.name} {flaw} in {folder}. It comes with the course and is not "
                "downloaded: `git checkout -- data/writers` in the clone brings it back."
            )
        arrays[part] = parse_idx(gzip.decompress(packed))
    return Writers(**arrays)


def parse_idx(raw: bytes) -> np.ndarray:
    """Return the array held in the bytes of an unpacked IDX file (lesson 01), uint8 or int16.

    The format, all numbers big-endian: two zero bytes, the type (0x08, unsigned bytes, or 0x0B,
    signed integers of two bytes), the number of dimensions d (1 for labels, 3 for images), d sizes
    of four bytes each, and then the values with the last dimension running fastest.

    Raises:
        ValueError: the bytes begin otherwise, or are not as many as their sizes say.
    """
    if raw[:2] != b"\0\0" or raw[2] not in TYPES:
        raise ValueError(
            f"an IDX file begins with 00 00 08 or 00 00 0b, not {raw[:3].hex(' ')}; a file whose name "
            "ends in .gz is unpacked by gzip.decompress first"
        )
    kind, dimensions = raw[2], raw[3]
    start = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4))
    values = np.frombuffer(raw, TYPES[kind], offset=start).reshape(shape)
    return values.astype(TYPES[kind].newbyteorder("="))  # a copy, in this computer's byte order


def split(
    images: np.ndarray,
    labels: np.ndarray,
    validation: int = 10_000,
    *,
    rng: np.random.Generator | np.random.RandomState,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Shuffle n examples and set some aside: (train images, labels), (validation images, labels).

    ``validation`` is a number of examples, from 1 to n - 1. The split is decided by ``rng`` alone, so
    that a generator with the same seed gives the same split: seed first, shuffle second. The
    results are copies. Lesson 01 says why the test set cannot do this job.

    Raises:
        TypeError: ``rng`` is not a generator, or ``validation`` is not a whole number.
        ValueError: images and labels differ in number, or ``validation`` leaves one side empty.
    """
    if not isinstance(rng, np.random.Generator | np.random.RandomState):
        raise TypeError(f"rng is {rng!r}: pass a generator, such as np.random.default_rng(0)")
    if not isinstance(validation, int | np.integer):
        raise TypeError(f"validation is {validation!r}: pass a number of examples, such as 10_000")
    if len(images) != len(labels):
        raise ValueError(
            f"{len(images)} images but {len(labels)} labels: pass those that belong together"
        )
    if not 0 < validation < len(images):
        raise ValueError(
            f"cannot set {validation} of {len(images)} examples aside: "
            f"validation must be between 1 and {len(images) - 1}"
        )
    order = rng.permutation(len(images))
    train, held_out = order[:-validation], order[-validation:]
    return (images[train], labels[train]), (images[held_out], labels[held_out])


def one_hot(labels: ArrayLike, classes: int = 10) -> np.ndarray:
    """Return Y of shape (n, classes): Y[i, k] = 1 where k = labels[i], and 0 elsewhere.

    ``labels`` are integers from 0 to classes - 1, of shape (n,). Lesson 01 derives it: row k of the
    identity matrix is the target of class k.

    Raises:
        TypeError: labels are not integers.
        ValueError: labels are not of shape (n,), or one is outside 0 ... classes - 1.
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels are {labels.dtype}: convert them with labels.astype(int)")
    if labels.ndim != 1:
        raise ValueError(f"labels have shape {labels.shape}: pass one per example, shape (n,)")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        i = outside.argmax()
        raise ValueError(
            f"label {labels[i]} at index {i} is outside 0 ... {classes - 1}: "
            "correct it, or raise `classes`"
        )
    return np.eye(classes)[labels]


def scale(images: np.ndarray, dtype: DTypeLike = np.float64) -> np.ndarray:
    """Return X = pixels / 255 of shape (n, 784): one image a row, values from 0 to 1.

    ``images`` are uint8 of shape (n, 28, 28) or (n, 784). Lesson 01 shows the scaling; lesson 06
    shows what happens to sigmoids without it.

    Raises:
        TypeError: images are not uint8, perhaps because they are scaled already.
        ValueError: images have another shape.
    """
    return np.divide(as_rows(images), 255, dtype=dtype)


def as_rows(images: np.ndarray) -> np.ndarray:
    """Return uint8 images as rows of pixels, shape (n, 784); a view where they lie in order.

    Raises:
        TypeError, ValueError: as :func:`scale` does.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(
            f"images are {images.dtype}: pass the uint8 pixels, 0 to 255, that load() returns "
            "(were these scaled already?)"
        )
    if images.shape[1:] not in ((28, 28), (PIXELS,)):
        raise ValueError(
            f"images have shape {images.shape}, not (n, 28, 28) or (n, 784): "
            "for a single image pass images[i : i + 1]"
        )
    return images.reshape(-1, PIXELS)
