"""Three landmarks on the way to a network of one's own: bytes, forward, backward."""

import copy
from collections.abc import Callable

import numpy as np

from course.examination.candidate import CallFailed, arrays_of, failures_of
from course.examination.findings import Finding
from course.examination.sentences import sentence
from course.examination.splits import draw_splits
from course.shown import Shown
from mnistlib import data

#: How far a coordinate is nudged, and how large a relative error may be.
NUDGE, TOLERANCE = 1e-5, 1e-4
#: How many coordinates of each array are nudged.
NUDGED = 20


def landmark_bytes(images: np.ndarray, labels: np.ndarray) -> Shown:
    """Tell whether these are the 60,000 training digits, read from their files."""
    if images is None or labels is None:
        return Shown("Nothing yet: pass your images and your labels.")
    if isinstance(images, bytes) or isinstance(labels, bytes):
        return Shown(
            "Bytes: not yet. One of the two is still a bytes object, as a file gives it. Which function "
            "of NumPy made numbers of it in lesson 01?"
        )
    truth = data.load()
    for name, array, wanted in [
        ("labels", np.asarray(labels), truth.train_labels),
        ("images", np.asarray(images), truth.train_images),
    ]:
        if why := wrong_bytes(array.ravel(), wanted.ravel(), header=8 if name == "labels" else 16):
            return Shown(f"Bytes: not yet. Look at your {name}: {why}")
    if len(images) != len(truth.train_images):
        return Shown("Bytes: nearly. The first axis of your images is not the image.")
    return Shown("Bytes: reached. These are the 60,000 training digits and their labels.")


def wrong_bytes(flat: np.ndarray, wanted: np.ndarray, header: int) -> str:
    """Return what is amiss with numbers from a file; nothing if they are its bytes, or scaled."""
    if len(flat) == len(wanted) + header and np.array_equal(flat[header:], wanted):
        return f"they begin with {header} numbers that are the file's header. Where does it end?"
    if len(flat) != len(wanted):
        amiss = "is left out" if len(flat) < len(wanted) else "does not belong to them"
        return (
            f"there are {len(flat):,} numbers, and behind its header the file holds {len(wanted):,}. "
            f"Which file did you read, and what {amiss}?"
        )
    is_scaled = flat.dtype.kind == "f" and np.allclose(flat * 255, wanted)
    if is_scaled or np.array_equal(flat, wanted):
        return ""
    if np.array_equal(np.sort(flat), np.sort(wanted)):
        return "they are the right numbers in another order. Which index runs fastest in the file?"
    return (
        "they are other numbers. Are they from the training files, of one byte each that has no sign, "
        "and does the first of them come straight after the header? (Pass them as they are, or divided "
        "by 255, but not scaled in any other way.)"
    )


def not_reached(landmark: str, failure: CallFailed) -> Shown:
    """Say of a landmark what a function of the reader's raised on the way."""
    said = sentence(Finding("runs", False, failure.fault, failure.seen))
    return Shown(f"{landmark}: not yet. {said}")


def landmark_forward(forward: Callable) -> Shown:
    """Tell whether ``forward(images)`` gives ten finite numbers for each image, of that image alone."""
    images = draw_splits(1000).strangers.images
    try:
        with failures_of(forward):
            together = forward(images[:50].copy())
            if together is None:
                return Shown("Nothing yet: my_forward returns None.")
            why = wrong_forward(forward, images, np.asarray(together))
    except CallFailed as failure:
        return not_reached("Forward", failure)
    if why:
        return Shown(f"Forward: not yet. {why}")
    return Shown("Forward: reached. Ten finite numbers for each image, about it alone.")


def wrong_forward(forward: Callable, images: np.ndarray, together: np.ndarray) -> str:
    """Return what is amiss with what came of fifty images together; nothing if all is well."""
    if together.shape == (50,):
        return (
            "Fifty images gave one number each, and ten are wanted. If these are digits already, what "
            "was the largest taken of?"
        )
    if together.shape != (50, 10):
        return (
            f"Fifty images gave an array of shape {together.shape}, and ten numbers for each would be "
            "(50, 10). At which product does a different shape begin?"
        )
    if not np.isfinite(together).all():
        return (
            "Some of the numbers are infinite or not a number. How large are your sums, and what does "
            "your exponential make of them?"
        )
    alone = np.concatenate([np.asarray(forward(images[i : i + 1].copy())) for i in range(50)])
    if not np.allclose(alone, together, rtol=0, atol=1e-5 * np.abs(together).max()):
        i, k = np.unravel_index(np.abs(alone - together).argmax(), together.shape)
        return (
            f"Asked about image {i} alone, it gives {alone[i, k]:.4g} for class {k}, and among fifty "
            f"{together[i, k]:.4g}. Which operation looks at more than one row, or mixes pixels of "
            "different images?"
        )
    if np.allclose(together, together[0]):
        return (
            "All fifty images give the same ten numbers. Do your weights begin at 0, or are your sums "
            "so large that every unit is at its end?"
        )
    return ""


def landmark_backward(loss: Callable, gradients: Callable, parameters: object) -> Shown:
    """Tell whether ``gradients(parameters)`` are those of ``loss(parameters)``, by nudging.

    The gradients are packed as the parameters are: a list, a tuple or a dictionary of arrays of floats.
    """
    if parameters is None:
        return Shown("Nothing yet: put your parameters in place of the None.")
    try:
        with failures_of(gradients):
            slopes = gradients(parameters)
        with failures_of(loss):
            lost = loss(parameters)
    except CallFailed as failure:
        return not_reached("Backward", failure)
    if slopes is None or lost is None:
        return Shown("Nothing yet: my_loss or my_gradients returns None.")
    if why := wrong_backward(loss, lost, slopes, copy.deepcopy(parameters)):
        return Shown(f"Backward: not yet. {why}")
    return Shown("Backward: reached. Every array's gradient is what nudging measures.")


def wrong_backward(loss: Callable, lost: object, slopes: object, parameters: object) -> str:
    """Return what is amiss with a loss or its gradients; nothing if all is well."""
    if np.ndim(lost):
        return (
            f"my_loss returned an array of shape {np.shape(lost)}, and a loss is one number. Over what "
            "do you take the mean?"
        )
    if isinstance(parameters, dict):
        if not isinstance(slopes, dict):
            return (
                f"Your parameters have names ({', '.join(map(str, parameters))}), and my_gradients "
                f"returned a {type(slopes).__name__}. Can it return a dictionary with the same names?"
            )
        for name in parameters:
            if name not in slopes:
                return (
                    f"my_gradients has no entry under the name {name}; its names are "
                    f"{', '.join(map(str, slopes))}. Can each gradient go under the name of the array "
                    "that it belongs to?"
                )
        slopes = [slopes[name] for name in parameters]
    arrays, slopes = arrays_of(parameters), arrays_of(slopes)
    if len(arrays) != len(slopes):
        return (
            f"Your parameters are {len(arrays)} arrays, and your gradients {len(slopes)}. Each array "
            "needs its own, in the same order."
        )
    names = [f"array {place}" for place in range(len(arrays))]
    if isinstance(parameters, dict) and len(parameters) == len(arrays):
        names = [*map(str, parameters)]
    rng = np.random.default_rng(seed=0)
    for called, array, slope in zip(names, arrays, slopes, strict=True):
        if array.shape != slope.shape:
            return (
                f"Of your parameters, {called} has shape {array.shape}, and its gradient "
                f"{slope.shape}. Is it transposed, or in another order than the parameters? If not, "
                "over which axis must it be summed?"
            )
        if array.dtype != np.float64:
            return (
                f"Of your parameters, {called} holds {array.dtype}, in which a nudge of {NUDGE} is "
                "lost. Start from parameters in float64, for this check at least."
            )
        # Many gradients are 0, as at blank pixels; so half of the entries are drawn from the others.
        moving = np.flatnonzero(slope.ravel())
        chosen = np.union1d(
            rng.choice(moving, min(NUDGED, len(moving)), replace=False),
            rng.choice(array.size, min(NUDGED, array.size), replace=False),
        )
        measured, kinks = nudged(loss, parameters, array, chosen)
        claimed = slope.ravel()[chosen]
        size = max(np.abs(measured).max(), np.abs(claimed).max(), 1e-12)
        off = np.abs(measured - claimed)
        if off.max() <= TOLERANCE * size:
            continue
        worst = int(off.argmax())
        said = (
            f"In {called}, nudge entry {int(chosen[worst])}: the loss moves by {measured[worst]:.6g} "
            f"for each unit, and your gradient says {claimed[worst]:.6g}."
        )
        if not heeds(loss, parameters):
            return (
                f"{said} Whatever is nudged, my_loss stays the same. Does it use its argument, or "
                "variables of the same names outside?"
            )
        if kinks[worst] > 0.1 * off[worst]:
            return (
                f"{said} But there the loss has a kink, so the two sides differ, and no check can tell. "
                "Start your biases at small random numbers, and try again."
            )
        if not slope.any():
            return f"{said} Your gradient of {called} is 0 throughout. Has it been computed yet?"
        large = np.abs(measured) > 1e-3 * size
        ratios = claimed[large] / measured[large]
        if len(ratios) and np.allclose(ratios, -1, rtol=1e-3):
            return (
                f"{said} The sign is wrong. Does the loss fall when you step against your gradient?"
            )
        if len(ratios) and np.allclose(ratios, ratios[0], rtol=1e-3):
            return (
                f"{said} All in this array are {ratios[0]:.4g} times what they should be. Which number "
                "is that?"
            )
        return (
            f"{said} Is a path from it to the loss left out, or a slope taken at the wrong place?"
        )
    return ""


def heeds(loss: Callable, parameters: object) -> bool:
    """Return whether a loss changes if all its parameters do."""
    others = copy.deepcopy(parameters)
    rng = np.random.default_rng(seed=0)
    for array in arrays_of(others):
        array += rng.normal(size=array.shape)
    return loss(others) != loss(parameters)


def nudged(
    loss: Callable, parameters: object, array: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the slopes that nudging entries of an array measures, and how much each has of a kink."""
    flat = array.flat  # which reaches the array itself, however it lies in memory
    here = loss(parameters)
    measured = np.empty(len(chosen))
    kinks = np.empty(len(chosen))
    for number, entry in enumerate(chosen):
        before = flat[entry]
        flat[entry] = before + NUDGE
        above = loss(parameters)
        flat[entry] = before - NUDGE
        below = loss(parameters)
        flat[entry] = before
        measured[number] = (above - below) / (2 * NUDGE)
        kinks[number] = abs(above - 2 * here + below) / NUDGE
    return measured, kinks
