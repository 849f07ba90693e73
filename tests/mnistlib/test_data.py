"""IDX files, loading, splitting, one-hot targets and scaling."""

import gzip
import hashlib
import os
import shutil
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnistlib import data, download
from mnistlib.data import one_hot, parse_idx, scale, split

FOLDER = Path(__file__).parents[2] / "data"

small_arrays = st.one_of(
    hnp.arrays(dtype, hnp.array_shapes(min_dims=d, max_dims=d, max_side=6))
    for d in (1, 3)
    for dtype in (np.uint8, np.int16)
)


def pack(array):
    """Write IDX bytes independently of the reader, with struct."""
    kind, letter = {"uint8": (8, "B"), "int16": (11, "h")}[array.dtype.name]
    header = struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape)
    return header + struct.pack(f">{array.size}{letter}", *array.ravel().tolist())


THREE = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
IDX = pack(THREE)


# parse_idx


@given(small_arrays)
def test_an_array_survives_the_round_trip(array):
    read = parse_idx(pack(array))
    assert read.dtype == array.dtype
    assert read.dtype.isnative
    assert read.flags.writeable
    assert read.shape == array.shape
    np.testing.assert_array_equal(read, array)


def test_bytes_of_another_kind_and_a_file_cut_short_are_refused():
    for raw in (gzip.compress(IDX), b"\0\0\x0d" + IDX[3:], b""):
        with pytest.raises(ValueError, match=rf"not {raw[:3].hex(' ')}; .*gzip\.decompress"):
            parse_idx(raw)
    with pytest.raises(ValueError, match="23 into shape"):
        parse_idx(IDX[:-1])


# load


@pytest.fixture(scope="module")
def mnist():
    return data.load()


def test_load_returns_what_the_files_hold(mnist):
    assert mnist._fields == tuple(download.FILES)
    for file, array in zip(download.FILES.values(), mnist, strict=True):
        assert download.is_good(FOLDER / file.name, file)
        raw = gzip.decompress((FOLDER / file.name).read_bytes())
        assert array.dtype == np.uint8
        assert raw[4 + 4 * array.ndim :] == array.tobytes()
        assert struct.unpack(f">{array.ndim}I", raw[4 : 4 + 4 * array.ndim]) == array.shape


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Make a folder of a reader's own, with four small files in place of MNIST's; no network."""
    files = {}
    for part, file in download.FILES.items():
        packed = gzip.compress(pack(THREE if "images" in part else THREE[0, 0]))
        (tmp_path / file.name).write_bytes(packed)
        digest = hashlib.sha256(packed).hexdigest()
        files[part] = download.File(file.name, len(packed), digest)
    monkeypatch.setattr(download, "FILES", files)
    monkeypatch.setattr(download, "fetch_bytes", partial(download.fetch_bytes, mirrors=()))
    return tmp_path


def test_the_folder_is_the_argument_or_mnistlib_data(copy, tmp_path, monkeypatch):
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("MNISTLIB_DATA", str(nowhere))
    with pytest.raises(download.DownloadError, match="nowhere"):
        data.load()
    assert data.load(copy).test_labels.tolist() == THREE[0, 0].tolist()
    assert data.load(str(copy)).train_images.tolist() == THREE.tolist()

    monkeypatch.setenv("MNISTLIB_DATA", str(copy))
    assert len(data.load().test_labels) == 4
    with pytest.raises(download.DownloadError, match="nowhere"):
        data.load(nowhere)

    monkeypatch.setenv("HOME", str(copy.parent))
    monkeypatch.setenv("USERPROFILE", str(copy.parent))
    monkeypatch.setenv("MNISTLIB_DATA", os.path.join("~", copy.name))
    assert len(data.load().test_labels) == 4


def test_a_file_that_may_not_be_read_is_told_as_such(copy, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(download.Path, "open", refuse)  # root may read any file
    for ask in (partial(data.load, copy), data.writers):
        with pytest.raises(download.DownloadError, match=r"cannot be read \(Permission denied\)"):
            ask()


@pytest.mark.parametrize("part", download.FILES)
def test_every_file_is_checked_each_time(copy, part):
    data.load(copy)
    path = copy / download.FILES[part].name
    packed = bytearray(path.read_bytes())
    packed[4] ^= 1  # the time stamp in gzip's header, which no reader of gzip looks at
    path.write_bytes(packed)
    assert gzip.decompress(packed)
    with pytest.raises(download.DownloadError, match=path.name):
        data.load(copy)


# writers


def test_writers_are_those_that_were_counted(mnist):
    train, test = data.writers()
    assert (train.shape, test.shape) == (mnist.train_labels.shape, mnist.test_labels.shape)
    assert {train.dtype, test.dtype} == {np.dtype(np.int16)}
    assert (len({*train}), len({*test}), len({*train} & {*test})) == (539, 297, 0)
    students = test >= 2100
    assert (students[:5_000].sum(), students[5_000:].sum()) == (5_000, 1)


@pytest.mark.parametrize("part", data.WRITERS)
@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_writers_missing_or_damaged_are_refused_without_a_network(
    tmp_path, monkeypatch, part, fault
):
    shutil.copytree(FOLDER / "writers", tmp_path / "writers")
    monkeypatch.setattr(data, "_clones_data", lambda: tmp_path)
    assert len(data.writers().test) == 10_000
    path = tmp_path / "writers" / data.WRITERS[part].name
    packed = path.read_bytes()
    path.unlink()
    if fault == "damaged":
        path.write_bytes(packed[:4] + bytes([packed[4] ^ 1]) + packed[5:])  # gzip would accept it
    with pytest.raises(download.DownloadError, match=f"{path.name} is {fault} in .*git checkout"):
        data.writers()


def test_importing_data_loads_nothing_that_only_downloads_or_plots_need():
    code = "import sys, mnistlib.data; print(*{'requests', 'tqdm', 'matplotlib'} & {*sys.modules})"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (answer.stdout, answer.stderr) == ("\n", "")


# split


@given(st.integers(2, 60), st.data(), st.integers(0, 99))
def test_split_gives_every_example_to_one_side_with_its_label(n, draw, seed):
    validation = draw.draw(st.integers(1, n - 1))
    images = np.arange(n * 4, dtype=np.uint8).reshape(n, 2, 2)
    labels = images[:, 0, 0].copy()
    parts = split(images, labels, validation, rng=np.random.default_rng(seed))
    (train_images, train_labels), (held_images, held_labels) = parts
    assert len(train_images) == len(train_labels) == n - validation
    assert len(held_images) == len(held_labels) == validation
    np.testing.assert_array_equal(train_images[:, 0, 0], train_labels)
    np.testing.assert_array_equal(held_images[:, 0, 0], held_labels)
    assert sorted([*train_labels, *held_labels]) == sorted(labels)
    assert not any(np.shares_memory(images, part) for part in (train_images, held_images))


@pytest.mark.parametrize("generator", [np.random.default_rng, np.random.RandomState])
def test_split_is_decided_by_the_seed(generator):
    def held_out(seed):
        x = np.arange(100)
        return split(x, x, 30, rng=generator(seed))[1][0].tolist()

    assert held_out(1) == held_out(1)
    assert held_out(1) != held_out(2)
    assert held_out(1) != sorted(held_out(1))  # shuffled
    many = np.arange(10_007)
    assert len(split(many, many, rng=generator(0))[1][0]) == 10_000  # unless told otherwise


BAD_SPLIT = {
    "lengths": ((10, 9, 3), "10 images but 9 labels"),
    "none": ((10, 10, 0), "between 1 and 9"),
    "negative": ((10, 10, -1), "between 1 and 9"),
    "all": ((10, 10, 10), "cannot set 10 of 10"),
}


@pytest.mark.parametrize(("sizes", "message"), BAD_SPLIT.values(), ids=BAD_SPLIT)
def test_split_refuses(sizes, message):
    images, labels, validation = sizes
    with pytest.raises(ValueError, match=message):
        split(np.zeros(images), np.zeros(labels), validation, rng=np.random.default_rng(0))


@pytest.mark.parametrize(("validation", "rng"), [(0.2, np.random.default_rng(0)), (3, 42)])
def test_split_wants_a_generator_and_a_whole_number(validation, rng):
    with pytest.raises(
        TypeError, match="is 0.2: pass a number" if validation < 1 else "is 42: pass"
    ):
        split(np.zeros(10), np.zeros(10), validation, rng=rng)


# one_hot


@pytest.mark.parametrize("of_labels", [np.uint8, np.int64, ">i2"])
def test_one_hot_marks_the_label_in_each_row(of_labels):
    labels = np.array([3, 0, 9, 9, 5], of_labels)
    y = one_hot(labels)
    assert y.dtype == np.float64
    assert y.shape == (len(labels), 10)
    assert {*y.ravel()} <= {0, 1}
    assert (y.sum(axis=1) == 1).all()
    np.testing.assert_array_equal(y @ np.arange(10), labels)
    assert one_hot([2, 0], classes=3).shape == (2, 3)


BAD_LABELS = {
    "too large": (np.array([3, 10, 11], np.uint8), ValueError, "label 10 at index 1 is outside 0"),
    "negative": (np.array([3, 9, -1]), ValueError, "label -1 at index 2 is outside 0 ... 9"),
    "floats": (np.array([1.0]), TypeError, "labels are float64"),
    "booleans": (np.array([True]), TypeError, "labels are bool"),
    "column": (np.array([[1], [2]]), ValueError, r"labels have shape \(2, 1\)"),
    "one label": (np.uint8(3), ValueError, r"labels have shape \(\)"),
}


@pytest.mark.parametrize(("labels", "kind", "message"), BAD_LABELS.values(), ids=BAD_LABELS)
def test_one_hot_refuses(labels, kind, message):
    with pytest.raises(kind, match=message):
        one_hot(labels)


# scale


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [0, 3])
def test_scale_divides_by_255_and_flattens(n, dtype):
    images = np.random.default_rng(n).integers(256, size=(n, 28, 28), dtype=np.uint8)
    x = scale(images, dtype)
    assert x.dtype == dtype
    assert x.shape == (len(images), 784)
    np.testing.assert_array_equal(x, images.reshape(-1, 784).astype(dtype) / dtype(255))
    np.testing.assert_array_equal(scale(images.reshape(-1, 784), dtype), x)
    assert scale(images).dtype == np.float64  # unless told otherwise


BAD_IMAGES = {
    "scaled already": (np.zeros((2, 784)), TypeError, "images are float64.*scaled already"),
    "other integers": (np.zeros((2, 28, 28), int), TypeError, "images are int"),
    "one image": (np.zeros((28, 28), np.uint8), ValueError, r"images\[i : i \+ 1\]"),
    "turned": (np.zeros((784, 2), np.uint8), ValueError, r"shape \(784, 2\)"),
    "one number": (np.uint8(3), ValueError, r"shape \(\)"),
}


@pytest.mark.parametrize(("images", "kind", "message"), BAD_IMAGES.values(), ids=BAD_IMAGES)
def test_scale_refuses(images, kind, message):
    with pytest.raises(kind, match=message):
        scale(images)
