"""Three landmarks on the way to a network of one's own: bytes, forward, backward."""

import copy
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course.examination.candidate import arrays_in
from course.examination.paper import paper
from mnistlib import data

#: How far a coordinate is nudged, and how large a relative error may be.
NUDGE, TOLERANCE = 1e-5, 1e-4
#: How many coordinates of each array are nudged.
NUDGED = 20


class Landmark(NamedTuple):
    """Whether a landmark has been reached, and what is said."""

    reached: bool
    words: str

    def __repr__(self) -> str:
        return self.words


def landmark_bytes(images: np.ndarray, labels: np.ndarray) -> Landmark:
    """Tell whether these are the 60,000 training digits, read from their files."""
    if images is None or labels is None:
        return Landmark(False, "Nothing yet: pass your images and your labels.")
    for name, array in [("labels", labels), ("images", images)]:
        if isinstance(array, bytes):
            return Landmark(
                False,
                f"Bytes: not yet. Your {name} are still the file's bytes. How did lesson 01 make an "
                "array of them, and how many bytes did it leave out?",
            )
    images, labels = np.asarray(images), np.asarray(labels)
    truth = data.load()
    for name, array, wanted in [
        ("labels", labels, truth.train_labels),
        ("images", images, truth.train_images),
    ]:
        flat = array.ravel()
        if flat.size == wanted.size and np.array_equal(flat, wanted.ravel()):
            continue
        extra = flat.size - wanted.size
        header = 8 if name == "labels" else 16
        if extra == header and np.array_equal(flat[header:], wanted.ravel()):
            why = f"they begin with {header} numbers that are the file's header. Where does it end?"
        elif extra:
            why = (
                f"there are {flat.size:,} numbers, and the file holds {wanted.size:,}. Which file did "
                "you read, and what did you leave out?"
            )
        elif flat.dtype == np.int8 or flat.min() < 0:
            why = "some are negative. How large may a byte be if it has no sign?"
        elif flat.dtype.kind == "f" and np.allclose(flat * 255, wanted.ravel()):
            continue  # scaled already
        elif np.array_equal(np.sort(flat), np.sort(wanted.ravel())):
            why = (
                "they are the right numbers in another order. Which index runs fastest in the file?"
            )
        else:
            why = (
                "they are other numbers. Are they from the training files, of one byte each, and does "
                "the first of them come straight after the header?"
            )
        return Landmark(False, f"Bytes: not yet. Look at your {name}: {why}")
    if len(images) != len(truth.train_images):
        return Landmark(False, "Bytes: nearly. The first axis of your images is not the image.")
    return Landmark(True, "Bytes: reached. These are the 60,000 training digits and their labels.")


def landmark_forward(forward: Callable) -> Landmark:
    """Tell whether ``forward(images)`` gives ten finite numbers for each image, of that image alone."""
    images = paper(1000).strangers.images
    together = forward(images[:50].copy())
    if together is None:
        return Landmark(False, "Nothing yet: my_forward returns None.")
    together = np.asarray(together)
    if together.shape != (50, 10):
        return Landmark(
            False,
            f"Forward: not yet. Fifty images gave an array of shape {together.shape}, and ten numbers "
            "for each would be (50, 10). At which product does another shape begin?",
        )
    if not np.isfinite(together).all():
        return Landmark(
            False,
            "Forward: not yet. Some of the numbers are infinite or not a number. How large are your "
            "sums, and what does your exponential make of them?",
        )
    alone = np.concatenate([np.asarray(forward(images[i : i + 1].copy())) for i in range(50)])
    if not np.allclose(alone, together, rtol=1e-6, atol=1e-9):
        i = int(np.abs(alone - together).max(axis=1).argmax())
        return Landmark(
            False,
            f"Forward: not yet. Image {i} alone gives {np.round(alone[i][:3], 3)} and so on, and among "
            f"fifty {np.round(together[i][:3], 3)}. Which operation looks at more than one row?",
        )
    if np.allclose(together, together[0]):
        return Landmark(
            False,
            "Forward: not yet. All fifty images give the same ten numbers. Do your weights begin at 0, "
            "or are your sums so large that every unit is at its end?",
        )
    return Landmark(True, "Forward: reached. Ten finite numbers for each image, about it alone.")


def landmark_backward(loss: Callable, gradients: Callable, parameters: object) -> Landmark:
    """Tell whether ``gradients(parameters)`` are those of ``loss(parameters)``, by nudging.

    The gradients are packed as the parameters are: a list, a tuple or a dictionary of arrays of floats.
    """
    if parameters is None:
        return Landmark(False, "Nothing yet: put your parameters in place of the None.")
    slopes = gradients(parameters)
    if slopes is None or loss(parameters) is None:
        return Landmark(False, "Nothing yet: my_loss or my_gradients returns None.")
    names = list(parameters) if isinstance(parameters, dict) else None
    if names is not None:
        missing = [name for name in names if name not in slopes]
        if missing:
            return Landmark(
                False,
                f"Backward: not yet. Your parameters have an array called {missing[0]!r}, and your "
                "gradients have none of that name. Each gradient goes by the name of its array.",
            )
        slopes = [slopes[name] for name in names]
    mine = copy.deepcopy(parameters)
    rng = np.random.default_rng(seed=0)
    arrays, slopes = arrays_in(mine), arrays_in(slopes)
    if len(arrays) != len(slopes):
        return Landmark(
            False,
            f"Backward: not yet. Your parameters are {len(arrays)} arrays, and your gradients "
            f"{len(slopes)}. Each array needs its own, in the same order.",
        )
    for place, (array, slope) in enumerate(zip(arrays, slopes, strict=True)):
        called = names[place] if names is not None else f"array {place} of your parameters"
        if array.shape != slope.shape:
            return Landmark(
                False,
                f"Backward: not yet. {called} has shape {array.shape}, and its gradient "
                f"{slope.shape}. Do the gradients come in the order of the parameters? If they do, "
                "over which axis must this one be summed?",
            )
        flat = array.reshape(-1)
        # Where the gradient is 0, as at blank pixels, there is nothing to compare.
        moving = np.flatnonzero(slope.ravel()) if slope.any() else np.arange(array.size)
        chosen = rng.choice(moving, min(NUDGED, len(moving)), replace=False)
        measured = np.empty(len(chosen))
        for number, entry in enumerate(chosen):
            before = flat[entry]
            flat[entry] = before + NUDGE
            above = loss(mine)
            flat[entry] = before - NUDGE
            measured[number] = (above - loss(mine)) / (2 * NUDGE)
            flat[entry] = before
        claimed = slope.ravel()[chosen]
        size = max(np.abs(measured).max(), np.abs(claimed).max(), 1e-12)
        off = np.abs(measured - claimed)
        if off.max() <= TOLERANCE * size:
            continue
        worst = int(off.argmax())
        said = (
            f"Backward: not yet, in {called}. Nudge its entry {int(chosen[worst])}: the loss moves by "
            f"{measured[worst]:.6g} for each unit, and your gradient says {claimed[worst]:.6g}."
        )
        ratios = claimed[np.abs(measured) > 1e-3 * size] / measured[np.abs(measured) > 1e-3 * size]
        if len(ratios) and np.allclose(ratios, ratios[0], rtol=1e-3):
            said += (
                f" All of them are {ratios[0]:.4g} times what they should be. Which number is that?"
            )
        else:
            said += " Which path from it to the loss did you leave out?"
        return Landmark(False, said)
    return Landmark(True, "Backward: reached. Every array's gradient is what nudging measures.")
