"""Pictures one can touch: each is one JavaScript file, shown by Jupyter and by the pages alike.

``explore.scores()`` as a cell's last line opens one. In a stored notebook it is a still picture and
its words; run the cell, and it lives.
"""

from pathlib import Path

import anywidget
import numpy as np
import traitlets

from mnistlib import original
from mnistlib.explore import stills
from mnistlib.network import Parameters

FOLDER = Path(__file__).parent
DATA = FOLDER / "data"
COMPANIONS = 200  # digits that can keep each other company
DIGIT = 188  # the one asked about at first: an 8 of whom nearly anything can be said
SCORES = (-1.2, 0.4, 3.1, 1.0, -2.0, 0.3, -0.6, 2.2, 0.8, -1.5)


class Picture(anywidget.AnyWidget):
    """A picture one can touch. What the reader has set it to is its ``state``, a dictionary."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)

    def __init__(self, name: str, words: str, still: bytes, state: dict, data: bytes = b""):
        """Make the picture of ``name``.js.

        Args:
            name: which file of this folder.
            words: what is to be seen, for whoever cannot see it; the cell's text.
            still: a PNG to stand in for it where nothing runs.
            state: what it shows at first.
            data: numbers that stay as they are, in a layout that the file knows.
        """
        parts = [(FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in ("base", name)]
        css = (FOLDER / "explore.css").read_text(encoding="utf-8")
        super().__init__(_esm="\n".join(parts), _css=css, state=state, data=data)
        self.name, self.words, self.still = name, words, still

    def _repr_mimebundle_(self, **options):
        """Return the living view, and for where there is none, a fixed text and the still picture."""
        bundle, metadata = super()._repr_mimebundle_(**options)
        return {**bundle, "text/plain": self.words, "image/png": self.still}, metadata


def scores(values=SCORES) -> Picture:
    """Show ten scores as sliders, and what the naive and the stable softmax make of them.

    Args:
        values: the scores to start from, ten numbers between -10 and 10.

    Returns:
        The picture.

    Used in lesson 02.
    """
    state = {"scores": [float(v) for v in values], "times": 1.0, "plus": 0.0}
    return Picture(
        "scores",
        "A picture to touch: ten scores as sliders, their probabilities by the naive and the stable "
        "formula, the logarithms, and one column of the Jacobian.",
        stills.scores(values),
        {**state, "floats": "float64", "held": 2},
    )


class Pad(Picture):
    """A paper to draw a digit on; :attr:`image` is what the network is given."""

    pixels = traitlets.CBytes().tag(sync=True)  # the browser sends a view of memory

    @property
    def image(self) -> np.ndarray:
        """What is drawn, as MNIST holds it, uint8, shape (28, 28). A test digit until then."""
        return np.frombuffer(self.pixels, np.uint8).reshape(28, 28).copy()


def packed(parameters: Parameters, digit: np.ndarray, exact: bool) -> bytes:
    """Return what the picture ``draw`` needs: a network, and a digit to show at first.

    Four uint32 (exact or not, pixels, hidden units, classes), then W1, b1, W2, b2 and the digit. They
    are float64; or, if not exact, the biases are float32, and a matrix is a float32 scale for each of
    its columns and then int8, so that the largest of each column is 127 or -127.

    Args:
        parameters: W1, b1, W2, b2.
        digit: uint8, shape (28, 28).
        exact: whether the parameters are kept as they are.
    """
    content = [np.array([exact, *parameters.W1.shape, len(parameters.b2)], "<u4")]
    for array in parameters:
        if exact:
            content.append(array.astype("<f8"))
        elif array.ndim == 1:
            content.append(array.astype("<f4"))
        else:
            scales = (np.abs(array).max(axis=0) / 127).astype("<f4")
            content += [scales, np.rint(array / np.where(scales > 0, scales, 1)).astype(np.int8)]
    return b"".join(array.tobytes() for array in [*content, digit])


def unpacked(content: bytes) -> tuple[Parameters, np.ndarray]:
    """Return the network that :func:`packed` has rounded to int8, and the digit."""
    _, pixels, hidden, classes = np.frombuffer(content, "<u4", 4)
    at, arrays = 16, []
    for shape in ((pixels, hidden), (hidden,), (hidden, classes), (classes,)):
        columns = np.frombuffer(content, "<f4", shape[-1], at).astype(float)
        at += 4 * len(columns)
        if len(shape) == 2:
            whole = np.frombuffer(content, np.int8, shape[0] * shape[1], at)
            at, columns = at + len(whole), whole.reshape(shape) * columns
        arrays.append(columns)
    return Parameters(*arrays), np.frombuffer(content, np.uint8, offset=at).reshape(28, 28)


def draw(parameters: Parameters | None = None) -> Pad:
    """Draw a digit with mouse, finger or arrow keys, and see what a network makes of it.

    ``pad = draw(parameters)`` and then ``pad`` shows it; ``pad.image`` is the drawing.

    Args:
        parameters: the network to ask, your own; lesson 04's, rounded to int8, if None.

    Returns:
        The picture.

    Used in lessons 00 and 04.
    """
    content = (DATA / "draw.bin").read_bytes()
    rounded, digit = unpacked(content)
    pad = Pad(
        "draw",
        "A picture to touch: paper to draw a digit on, the 28 x 28 pixels that become of it, the "
        "hidden units of a network, and its ten probabilities. Until you draw, it shows a test digit.",
        stills.draw(parameters or rounded, digit),
        {"strokes": None, "centre": True},
        content if parameters is None else packed(parameters, digit, exact=True),
    )
    pad.pixels = digit.tobytes()
    return pad


def company_data(weights: original.Weights, test_set) -> bytes:
    """Return what the picture ``company`` needs: the first 20 test digits of each class.

    First the original's logits for them, 200 rows of ten float32; then the labels, one byte each, and
    the pixels, 784 bytes each. The digits stand in the test set's order.

    Args:
        weights: what the original has learnt.
        test_set: images uint8 (n, 28, 28) and labels (n,).
    """
    images, labels = test_set
    chosen = np.sort(np.concatenate([np.flatnonzero(labels == k)[:20] for k in range(10)]))
    images = images[chosen]
    recipe = original.Recipe()
    z2 = recipe.logits(weights, recipe.prepare(images)).astype("<f4")
    return z2.tobytes() + labels[chosen].tobytes() + images.tobytes()


def company_arrays(content: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the logits (200, 10), the labels (200,) and the images (200, 28, 28) of ``company``."""
    z2 = np.frombuffer(content, "<f4", 10 * COMPANIONS).reshape(-1, 10)
    pixels = np.frombuffer(content, np.uint8, offset=z2.nbytes)
    return z2, pixels[:COMPANIONS], pixels[COMPANIONS:].reshape(-1, 28, 28)


def company(weights: original.Weights | None = None, test_set=None) -> Picture:
    """Ask the original about one digit, and choose who else is in the batch.

    Args:
        weights: what the original has learnt; as stored if None. With them, the numbers behind
            the answers are shown from the start, which is lesson 05; without, the answers alone.
        test_set: the test images and labels, if there are weights.

    Returns:
        The picture.

    Used in lessons 00 and 05.
    """
    content = (
        (DATA / "company.bin").read_bytes() if weights is None else company_data(weights, test_set)
    )
    z2, labels, _ = company_arrays(content)
    together = (original.softmax_over_batch(z2.astype(float)).argmax(axis=1) == labels).sum()
    alone = (z2.argmax(axis=1) == labels).sum()
    others = [i for i in np.arange(COMPANIONS) * 77 + 13 if i % COMPANIONS != DIGIT]
    others = [int(i % COMPANIONS) for i in others[:127]]
    return Picture(
        "company",
        "A picture to touch: the original is asked about one test digit, and you choose which others "
        f"are asked about with it. Of {len(z2)} digits asked about together it reads {together} right; "
        f"its scores alone, each digit by itself, read {alone}.",
        stills.company(DIGIT, *company_arrays(content), weights is not None),
        {"asked": DIGIT, "company": "mixed", "others": others, "ofClass": 7, "clicks": "company"}
        | {"behind": weights is not None},
        content,
    )


def backprop() -> Picture:
    """Step through lesson 03's network of twelve numbers, forward and back, and move any of them.

    Returns:
        The picture.

    Used in lesson 03.
    """
    numbers = {
        "x": [1.0, 0.5],
        "W1": [1.0, 2.0, -2.0, -4.0],
        "b1": [0.0, float(np.log(3))],
        "W2": [1.0, -2.0, 2.0, 4.0],
        "b2": [float(np.log(3)), 0.0],
    }
    return Picture(
        "backprop",
        "A picture to touch: a network of two pixels, two hidden units and two classes. Step forward "
        "number by number to the loss, and back with the blame of each; move any number and see.",
        stills.backprop(numbers),
        {**numbers, "target": 1, "step": 0, "held": 6},
    )


def nudge() -> Picture:
    """Measure a slope by nudging, with nudges of sixteen powers of ten, and see the error's V.

    Returns:
        The picture.

    Used in lesson 02.
    """
    return Picture(
        "nudge",
        "A picture to touch: a curve, the line through two nudged points and the line that touches it; "
        "and beside them the error of the measured slope, which falls and rises as the nudge shrinks.",
        stills.nudge(),
        {"f": "sigmoid", "u": 0.5, "power": 0.0, "seen": [0.0]},
    )


def descent() -> Picture:
    """Walk downhill on a bowl or in a narrow valley, with any rate and momentum.

    Returns:
        The picture.

    Used in lesson 04.
    """
    return Picture(
        "descent",
        "A picture to touch: gradient descent on a bowl or in a narrow valley, seen from above, with "
        "its loss; choose rate and momentum, up to the edge where the path begins to leave.",
        stills.descent(),
        {"shape": "valley", "rate": 0.08, "momentum": 0.0, "steps": 60},
    )


#: The pictures that need nothing from the reader, by name: what the pages show.
PICTURES = {make.__name__: make for make in (draw, scores, nudge, backprop, descent, company)}
