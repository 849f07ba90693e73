"""What lesson 10 would only be held up by: pushing digits, measuring, drawing, reading its study."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course import studies
from mnistlib import convolution, deep, plotting, training

#: Images that a network is given at a time; more would take much memory, and time to move it.
PART = 96


def pushed(images: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return images (n, 28, 28), moved down and to the right, with blank paper behind them.

    Negative numbers move them up and to the left. Ink that leaves the frame is lost.
    """
    moved = np.zeros_like(images)
    target = slice(max(rows, 0), 28 + min(rows, 0)), slice(max(columns, 0), 28 + min(columns, 0))
    source = slice(max(-rows, 0), 28 - max(rows, 0)), slice(max(-columns, 0), 28 - max(columns, 0))
    moved[:, *target] = images[:, *source]
    return moved


def moved_by(maps: np.ndarray, rows: int, columns: int, fill: np.ndarray) -> np.ndarray:
    """Return maps (kernels, size, size, n), moved by -1, 0 or 1 places down and to the right.

    What comes in is ``fill``'s (kernels, size, size, 1).
    """
    moved = np.roll(maps, (rows, columns), axis=(1, 2))
    came_in = {1: 0, -1: -1}
    if rows:
        moved[:, came_in[rows]] = fill[:, came_in[rows]]
    if columns:
        moved[:, :, came_in[columns]] = fill[:, :, came_in[columns]]
    return moved


def lost_nothing(images: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Say of each image (n,) whether all its ink is still there after a push."""
    return images.sum(axis=(1, 2), dtype=int) == moved.sum(axis=(1, 2), dtype=int)


def answers(model: training.Model, parameters: Sequence, images: np.ndarray) -> np.ndarray:
    """Return the class with the largest logit, for each image."""
    parts = [
        model.logits(parameters, model.prepare(images[begin : begin + PART])).argmax(axis=1)
        for begin in range(0, len(images), PART)
    ]
    return np.concatenate(parts)


def accuracy_by_push(
    model: training.Model, parameters: Sequence, images: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Return the accuracies after pushes of 0 to 3 pixels, each the mean of four directions."""
    shares = []
    for p in range(4):
        correct = [
            answers(model, parameters, pushed(images, *by)) == labels
            for by in {(p, 0), (-p, 0), (0, p), (0, -p)}  # only one where p is 0
        ]
        shares.append(np.mean(correct))
    return np.array(shares)


def first_misread(in_steps: np.ndarray, read: np.ndarray, labels: np.ndarray) -> int:
    """Return the first image that is read rightly after 0 and 1 pixels, and wrongly after 2 and 3.

    ``in_steps`` (4, n, 28, 28) are the pushed images, and ``read`` (4, n) is what they are read as.
    An image that lost ink on the way is passed over.
    """
    right = read == labels
    changed = right[:2].all(axis=0) & ~right[2:].any(axis=0)
    return int(np.flatnonzero(changed & lost_nothing(in_steps[0], in_steps[3]))[0])


def errors(model: str, **settings) -> np.ndarray:
    """Return the errors in percent of those runs of the study that have these settings, a row each.

    The columns are the validation images after pushes of 0, 1, 2 and 3 pixels, and the test images.
    Where nothing else is said, the runs are of ten epochs, and their pixels are not shuffled.
    """
    usual = {"epochs": 10, "shuffled": False}
    wanted = {"model": model} | usual | settings
    found = [
        [row["results"]["validation"], *row["results"]["pushed"], row["results"]["test"]]
        for row in studies.read("shapes")["rows"]
        if wanted.items() <= (usual | row["settings"]).items()
    ]
    return 100 * (1 - np.array(found))


def last_maps(parameters: convolution.Parameters, images: np.ndarray) -> np.ndarray:
    """Return the maps (kernels, 4, 4, n) that the last layer reads."""
    parts = []
    for begin in range(0, len(images), PART):
        maps = convolution.Convolutional().prepare(images[begin : begin + PART])
        for W, b in (parameters[:2], parameters[2:4]):
            z, _ = convolution.convolve(maps, W)
            maps = deep.relu(convolution.max_pool(z) + b[:, None, None, None])
        parts.append(maps)
    return np.concatenate(parts, axis=-1)


def read_maps(parameters: convolution.Parameters, maps: np.ndarray) -> np.ndarray:
    """Return the class (n,) that the last layer reads in each image's maps (kernels, 4, 4, n)."""
    z3, _ = convolution.convolve(maps, parameters[4])
    return (z3.reshape(len(z3), -1).T + parameters[5]).argmax(axis=1)


def show_pushed(images: np.ndarray, read: Sequence[int]) -> Figure:
    """Draw one digit after pushes of 0, 1, 2, ... pixels, each in its frame, with what it is read as."""
    figure = plotting.digits(
        images,
        [f"by {p}: read as {answer}" for p, answer in enumerate(read)],
        columns=len(images),
        title="The same digit, pushed to the right, and what it is read as",
    )
    for axis in figure.axes:
        axis.set_axis_on()
        axis.set(xticks=[], yticks=[])
        axis.grid(False)
        axis.spines[:].set_visible(True)
    return figure


def show_patches(image: np.ndarray, kernel: np.ndarray) -> Figure:
    """Draw a kernel (2, 2) in each of its four places on an image (3, 3), and the sum of each."""
    figure, axes = plt.subplots(2, 2, figsize=(4.6, 5.2))
    for axis, (top, left) in zip(axes.flat, np.ndindex(2, 2), strict=True):
        patch = image[top : top + 2, left : left + 2]
        axis.add_patch(plt.Rectangle((left - 0.5, top - 0.5), 2, 2, color="C4", alpha=0.45))
        for row, column in np.ndindex(3, 3):
            axis.text(column, row, image[row, column], ha="center", va="center", fontsize=16)
        for row, column in np.ndindex(2, 2):
            place = {"x": left + column + 0.45, "y": top + row - 0.43}
            axis.text(**place, s=f"×{kernel[row, column]}", ha="right", va="top", fontsize=11)
        axis.set(xticks=np.arange(-0.5, 3), yticks=np.arange(-0.5, 3), xlim=(-0.5, 2.5))
        axis.set(ylim=(2.5, -0.5), aspect="equal", xticklabels=[], yticklabels=[])
        axis.tick_params(length=0)
        axis.grid(True, color="0.5", alpha=1, lw=0.8)
        axis.spines[:].set_visible(True)
        axis.set_title(f"z = {(patch * kernel).sum()}", loc="center", fontsize=12)
    figure.suptitle("One kernel, four patches, four numbers", fontsize=13, x=0.01, ha="left")
    return figure


def show_layers(layers: Sequence[np.ndarray], steps: Sequence[str]) -> Figure:
    """Draw the first map of each layer (channels, rows, columns, n), the small ones enlarged.

    A step leads from each layer to the next: "convolve", with patches of 5 by 5, or "pool". A frame
    marks what one number of the next layer is made from, so the last has none: all of it leads to
    the ten logits.
    """
    figure, axis = plt.subplots(figsize=(6.5, 2.3))
    left = 0
    for maps, step in zip(layers, [*steps, None], strict=True):
        size = maps.shape[1]
        width = 6 + 0.6 * size
        largest = np.abs(maps[0, :, :, 0]).max()
        shades = {"vmin": -largest if maps.min() < 0 else 0, "vmax": largest}  # so that grey is 0
        extent = (left, left + width, width / 2, -width / 2)
        axis.imshow(maps[0, :, :, 0], cmap="gray_r", extent=extent, **shades)
        axis.add_patch(plt.Rectangle((left, -width / 2), width, width, fill=False, ec="0.4", lw=1))
        middle = left + width / 2
        axis.text(middle, -width / 2 - 1, f"{size} × {size}", ha="center", va="bottom")
        count = "image" if len(maps) == 1 else f"1 of {len(maps)}"
        axis.text(middle, width / 2 + 1, count, ha="center", va="top")
        if step:
            side = {"convolve": 5, "pool": 2}[step]
            # The frame's first row and column: a square of 2 by 2 begins at an even one.
            first = size // 2 - {"convolve": 2, "pool": 0}[step]
            pixel = width / size
            corner = (left + first * pixel, -width / 2 + first * pixel)
            frame = {"fill": False, "ec": "C1", "lw": 2}
            axis.add_patch(plt.Rectangle(corner, side * pixel, side * pixel, **frame))
            end = left + width
            axis.annotate("", (end + 25, 0), (end + 1, 0), arrowprops={"arrowstyle": "->"})
            does = {"convolve": "convolve", "pool": "pool,\nbias,\nReLU"}[step]
            axis.text(end + 13, -1.5, does, ha="center", va="bottom")
        left += width + 26
    axis.annotate("", (middle, 16), (middle, 11), arrowprops={"arrowstyle": "->"})
    axis.text(middle, 16.5, "10 logits", ha="center", va="top")
    axis.set(xlim=(-1, left - 20), ylim=(20, -15), aspect="equal")
    axis.set_axis_off()
    axis.set_title("The maps shrink; each frame becomes one number of the next map", pad=12)
    return figure


def show_moved_back(unmoved: np.ndarray, moved: np.ndarray, back: np.ndarray) -> Figure:
    """Draw one of the last maps (kernels, 4, 4, n) of the first image: before a push, after, slid back.

    The map is the one that has most in its bottom row before the push. A hatched frame marks the row
    that was filled.
    """
    kernel = unmoved[:, -1, :, 0].sum(axis=-1).argmax()
    figure, axes = plt.subplots(1, 3, figsize=(6.2, 2.7))
    titles = ["before the push", "pushed: one place down", "slid back up"]
    for axis, maps, title in zip(axes, (unmoved, moved, back), titles, strict=True):
        axis.imshow(
            maps[kernel, :, :, 0], cmap="gray_r", vmin=0, vmax=unmoved[kernel, ..., 0].max()
        )
        axis.set(xticks=[], yticks=[])
        axis.grid(False)
        axis.spines[:].set_visible(True)
        axis.set_title(title, loc="center", fontsize=11)
    filled = {"fill": False, "hatch": "///", "ec": "C1", "lw": 2}
    axes[2].add_patch(plt.Rectangle((-0.48, 2.5), 3.96, 0.97, **filled))
    figure.suptitle("One of the last maps: the row that left can't be slid back", x=0.01, ha="left")
    return figure


def show_errors(networks: Mapping[str, np.ndarray]) -> Figure:
    """Draw a line for each network: its errors, as :func:`errors` returns them, against the push.

    Each point is the mean of the runs. The pushes are of 0 to 3 pixels.
    """
    figure, axis = plt.subplots(figsize=(5.6, 4.8))
    for (name, rows), style in zip(networks.items(), ["o--", "s--", "o-", "s-"], strict=True):
        axis.plot(rows[:, :4].mean(axis=0), style, label=name, markersize=8)
    ticks = [1, 2, 5, 10, 20, 50]
    axis.set(yscale="log", ylim=(0.6, 60), xticks=range(4))
    axis.set_yticks(ticks, ticks)
    axis.minorticks_off()
    axis.set_xlabel("pixels by which the digits are pushed")
    axis.set_ylabel("errors in % (logarithmic)")
    axis.set_title("Data helps, design helps, both together help most")
    axis.legend(loc="upper left", handlelength=3)
    return figure
