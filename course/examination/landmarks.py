"""Three landmarks on the way to a network of one's own: bytes, forward, backward."""

import copy
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course.examination import sentences
from course.examination.candidate import CallFailed, arrays_of, raised
from course.examination.findings import Finding
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
        elif flat.size == 10 * wanted.size and name == "labels":
            why = "there are ten numbers for each image. Keep the digit itself: which class has the 1?"
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


def call(function: Callable, argument: object) -> object:
    """Call a function of the reader's.

    Raises:
        CallFailed: it raised something.
    """
    try:
        return function(argument)
    except Exception as error:  # a reader's code may raise anything
        raise raised(error, function) from error


def in_words(fault: CallFailed) -> str:
    """Say what a function of the reader's raised."""
    return sentences.sentence(Finding("runs", False, fault.kind, fault.seen))


def landmark_forward(forward: Callable) -> Landmark:
    """Tell whether ``forward(images)`` gives ten finite numbers for each image, of that image alone."""
    try:
        return _forward(forward)
    except CallFailed as fault:
        return Landmark(False, f"Forward: not yet. {in_words(fault)}")


def _forward(forward: Callable) -> Landmark:
    """Do the same for a function that raises nothing.

    Raises:
        CallFailed: it raised something.
    """
    images = paper(1000).strangers.images
    together = call(forward, images[:50].copy())
    if together is None:
        return Landmark(False, "Nothing yet: my_forward returns None.")
    together = np.asarray(together)
    if together.shape != (50, 10):
        question = "At which product does a different shape begin?"
        if together.shape == (50,):
            question = "Is that the answer itself? Return the ten numbers from which it is chosen."
        return Landmark(
            False,
            f"Forward: not yet. Fifty images gave an array of shape {together.shape}, and ten numbers "
            f"for each would be (50, 10). {question}",
        )
    if not np.isfinite(together).all():
        return Landmark(
            False,
            "Forward: not yet. Some of the numbers are infinite or not a number. How large are your "
            "sums, and what does your exponential make of them?",
        )
    if not np.array_equal(np.asarray(call(forward, images[:50].copy())), together):
        return Landmark(
            False,
            "Forward: not yet. Asked twice about the same fifty images, it gives other numbers. What "
            "does it draw anew in each call?",
        )
    alone = np.concatenate([np.asarray(call(forward, images[i : i + 1].copy())) for i in range(50)])
    if not np.allclose(alone, together, rtol=0, atol=1e-5 * np.abs(together).max()):
        i, k = np.unravel_index(np.abs(alone - together).argmax(), together.shape)
        return Landmark(
            False,
            f"Forward: not yet. Asked about image {i} alone, it gives {alone[i, k]:.4g} for class {k}, "
            f"and among fifty {together[i, k]:.4g}. Which operation looks at more "
            "than one row, or mixes pixels of different images?",
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
    try:
        slopes = call(gradients, parameters)
        lost = call(loss, parameters)
    except CallFailed as fault:
        return Landmark(False, f"Backward: not yet. {in_words(fault)}")
    if slopes is None or lost is None:
        return Landmark(False, "Nothing yet: my_loss or my_gradients returns None.")
    if np.ndim(lost):
        return Landmark(
            False,
            f"Backward: not yet. my_loss returned an array of shape {np.shape(lost)}, and a loss is one "
            "number. Over what do you take the mean?",
        )
    names = list(parameters) if isinstance(parameters, dict) else None
    if names is not None and not isinstance(slopes, dict):
        return Landmark(
            False,
            "Backward: not yet. Your parameters are a dictionary, and your gradients are not. Give each "
            "gradient the name of its array.",
        )
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
    arrays, slopes = arrays_of(mine), arrays_of(slopes)
    if len(arrays) != len(slopes):
        return Landmark(
            False,
            f"Backward: not yet. Your parameters are {len(arrays)} arrays, and your gradients "
            f"{len(slopes)}. Each array needs its own, in the same order.",
        )
    for place, (array, slope) in enumerate(zip(arrays, slopes, strict=True)):
        called = names[place] if names is not None else f"array {place} of your parameters"
        if array.shape != slope.shape:
            question = (
                "Is it transposed?"
                if array.shape == slope.shape[::-1]
                else "Do the gradients come in the order of the parameters? If they do, over which axis "
                "must this one be summed?"
            )
            return Landmark(
                False,
                f"Backward: not yet. {called} has shape {array.shape}, and its gradient "
                f"{slope.shape}. {question}",
            )
        if array.dtype != np.float64:
            return Landmark(
                False,
                f"Backward: not yet. {called} holds {array.dtype}, in which a nudge of {NUDGE} is lost. "
                "Start from parameters in float64, for this check at least.",
            )
        flat = array.flat  # which reaches the array itself, however it lies in memory
        # Many gradients are 0, as at blank pixels; so half of the entries are drawn from the others.
        moving = np.flatnonzero(slope.ravel())
        chosen = np.union1d(
            rng.choice(moving, min(NUDGED, len(moving)), replace=False),
            rng.choice(array.size, min(NUDGED, array.size), replace=False),
        )
        measured = np.empty(len(chosen))
        kinks = np.empty(len(chosen))
        here = loss(mine)
        for number, entry in enumerate(chosen):
            before = flat[entry]
            flat[entry] = before + NUDGE
            above = loss(mine)
            flat[entry] = before - NUDGE
            below = loss(mine)
            flat[entry] = before
            measured[number] = (above - below) / (2 * NUDGE)
            kinks[number] = abs(above - 2 * here + below) / NUDGE
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
        if kinks[worst] > 0.1 * off[worst]:
            said += (
                " But there the loss has a kink, so the two sides differ, and no check can tell. Start "
                "your biases at small random numbers, and try again."
            )
            return Landmark(False, said)
        if not slope.any():
            said += " Your whole gradient of it is 0. Which line should fill it?"
            return Landmark(False, said)
        ratios = claimed[np.abs(measured) > 1e-3 * size] / measured[np.abs(measured) > 1e-3 * size]
        if len(ratios) and np.allclose(ratios, -1, rtol=1e-3):
            said += " The sign is wrong. Does the loss fall when you step against your gradient?"
        elif len(ratios) and np.allclose(ratios, ratios[0], rtol=1e-3):
            said += (
                f" All of them are {ratios[0]:.4g} times what they should be. Which number is that?"
            )
        else:
            said += " Is a path from it to the loss left out, or a slope taken at the wrong place?"
        return Landmark(False, said)
    return Landmark(True, "Backward: reached. Every array's gradient is what nudging measures.")
