"""Pictures one can touch: each is one JavaScript file, shown by Jupyter and by the pages alike.

``pictures.scores()`` as a cell's last line opens one. In a stored notebook it is a still picture and
its words; run the cell, and it lives.
"""

import re
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from course.pictures import packing, running
from course.pictures.packing import DATA
from mnistlib import attention, data, network, original
from mnistlib.network import Parameters
from mnistlib.training import Dataset

SCRIPTS_FOLDER = Path(__file__).parent

#: Which of the company is asked about at first: an 8 of which nearly anything can be said.
DIGIT = 188

#: The scripts that pictures of handwriting share: how ink becomes an image, and what one draws on.
SHARED = {
    "draw": ("digit", "pad"),
    "attend": ("digit", "pad"),
    "sheet": ("digit", "paper"),
    "kernel": ("digit",),
}

#: How many of each digit the picture ``attend`` has.
OF_EACH = 4


def scripts(name: str) -> list[str]:
    """Return the names of the JavaScript files that make the picture ``name``, in their order."""
    return ["base", *SHARED.get(name, ()), name]


class Picture(anywidget.AnyWidget):
    """A picture one can touch. What the reader has set it to is its ``state``, a dictionary."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)

    def __init__(self, name: str, words: str, state: dict, data: bytes = b"", still: str = ""):
        """Make the picture of ``name``.js.

        Args:
            name: which file of this folder.
            words: what is to be seen, for whoever cannot see it; the cell's text.
            state: what it shows at first.
            data: numbers that stay as they are, in a layout that the file knows.
            still: which PNG of ``data/`` stands in for it where nothing runs, if not ``name``'s.
        """
        parts = [
            (SCRIPTS_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in scripts(name)
        ]
        css = (SCRIPTS_FOLDER / "pictures.css").read_text(encoding="utf-8")
        super().__init__(_esm="\n".join(parts), _css=css, state=state, data=data)
        self.name = name
        self.words = words
        self.still = (DATA / f"{still or name}.png").read_bytes()

    def _repr_mimebundle_(self, **options):
        """Return the living view, and for where there is none, a fixed text and the still picture."""
        bundle, metadata = super()._repr_mimebundle_(**options)
        return {**bundle, "text/plain": self.words, "image/png": self.still}, metadata


def scores() -> Picture:
    """Show ten logits as sliders, and what the naive and the stable softmax make of them.

    Returns:
        The picture.

    Used in lesson 02.
    """
    values = [-1.2, 0.4, 3.1, 1.0, -2.0, 0.3, -0.6, 2.2, 0.8, -1.5]
    state = {"scores": values, "times": 1.0, "plus": 0.0}
    return Picture(
        "scores",
        "A picture to touch: ten logits as sliders, their probabilities by the naive and the stable "
        "formula, the logarithms, and one column of the Jacobian.",
        {**state, "floats": "float64", "held": 2, "jacobian": False},
    )


class Pad(Picture):
    """A paper to draw a digit on; :attr:`image` is what the network is given."""

    pixels = traitlets.CBytes().tag(sync=True)  # the browser sends a view of memory

    @property
    def image(self) -> np.ndarray:
        """What is drawn, as MNIST holds it, uint8, shape (28, 28). Until then, the first test image."""
        return np.frombuffer(self.pixels, np.uint8).reshape(28, 28).copy()


def _network_04(parameters: Parameters | None) -> bytes:
    """Return the network to ask, lesson 04's if None, and the test digit that comes with it."""
    content = packing.stored("draw")
    if parameters is not None:
        content = packing.packed(parameters, exact=True) + content[-784:]
    return content


def draw(parameters: Parameters | None = None) -> Pad:
    """Draw a digit with mouse, finger or arrow keys, and see what a network makes of it.

    ``pad = draw(parameters)`` and then ``pad`` shows it; ``pad.image`` is the drawing.

    Args:
        parameters: the network to ask, your own; lesson 04's, rounded to int8, if None.

    Returns:
        The picture.

    Used in lesson 00.
    """
    content = _network_04(parameters)
    pad = Pad(
        "draw",
        "A picture to touch: paper to draw a digit on, the 28 x 28 pixels that become of it, the "
        "hidden units of a network, and its ten probabilities. Until you draw, it shows a test image.",
        {"strokes": None, "centre": True},
        content,
    )
    pad.pixels = content[-784:]
    return pad


class Sheet(Picture):
    """A photograph of digits; :attr:`images` are those found on it, as MNIST holds them."""

    pixels = traitlets.CBytes().tag(sync=True)  # of all digits found, which the browser sends

    @property
    def images(self) -> np.ndarray:
        """The digits found, uint8, shape (n, 28, 28)."""
        return np.frombuffer(self.pixels, np.uint8).reshape(-1, 28, 28).copy()

    @property
    def labelled(self) -> tuple[np.ndarray, np.ndarray]:
        """Those digits whose labels were typed, with the labels; any model can be tried on them."""
        typed = re.findall("[0-9–−-]", self.state["typed"])
        if len(typed) != len(self.images):
            raise ValueError(
                f"{len(self.images)} digits are found and {len(typed)} labels typed: type one for "
                "each, in the order of reading, and a – for anything that is not a digit"
            )
        chosen = np.array([letter.isdigit() for letter in typed], dtype=bool)
        labels = np.array([letter for letter in typed if letter.isdigit()], dtype=np.uint8)
        return self.images[chosen], labels


def sheet(parameters: Parameters | None = None) -> Sheet:
    """Photograph digits of your own, and see what becomes of each and what a network reads.

    ``sheet = pictures.sheet(parameters)`` and then ``sheet`` shows it. The photograph stays in the
    browser; ``sheet.images`` are the digits found on it, and ``sheet.labelled`` those with the labels
    that you typed: ``evaluate(model, parameters, sheet.labelled)`` asks any model of the course.

    Args:
        parameters: the network to ask, your own; lesson 04's, rounded to int8, if None.

    Returns:
        The picture.

    Used in lesson 05.
    """
    photograph = (DATA / "sheet.jpg").read_bytes()
    steps = {"corners": None, "turn": None, "ink": "auto", "threshold": None}
    return Sheet(
        "sheet",
        "A picture to touch: a photograph of a sheet with handwritten digits. Paper and digits are "
        "found in it, each digit becomes 28 x 28 pixels, and a network reads it. Take your own photo, "
        "type what you wrote, and see your accuracy with its error bar.",
        {
            "typed": (DATA / "sheet.txt").read_text("utf-8").strip(),
            "chosen": 7,  # one that is misread
            "steps": {**steps, "smallest": 0.35, "gap": 0.25, "pen": None},
        },
        _network_04(parameters) + photograph,
    )


def company(weights: original.Weights | None = None, test_set: Dataset | None = None) -> Picture:
    """Ask the original about one digit, and choose who else is in the batch.

    Args:
        weights: what the original has learnt; as stored if None. With them, the numbers behind
            the answers are shown from the start, which is lesson 06; without, the answers alone.
        test_set: the test images and labels, which weights of your own need beside them.

    Returns:
        The picture.

    Used in lessons 00 and 06.
    """
    if (weights is None) != (test_set is None):
        raise TypeError("weights and test set come together: pictures.company(weights, test_set)")
    content = packing.stored("company")
    if weights is not None:
        content = packing.company_data(weights, test_set)
    z2, labels, _ = packing.asked_arrays(content)
    together = (original.softmax_over_batch(z2.astype(float)).argmax(axis=1) == labels).sum()
    alone = (z2.argmax(axis=1) == labels).sum()
    return Picture(
        "company",
        "A picture to touch: the original is asked about one test digit, and you choose which others "
        f"are asked about with it. Of {len(z2)} digits asked about together it reads {together} right; "
        f"its scores alone, each digit by itself, read {alone}.",
        {"asked": DIGIT, "company": "nobody", "others": [], "ofClass": 7, "clicks": "company"}
        | {"behind": weights is not None},
        content,
        still="company" if weights is None else "company-behind",
    )


def backprop_numbers() -> dict[str, list[float]]:
    """Return the numbers of lesson 03's network, as the pictures ``backprop`` and ``fill`` have them."""
    return {
        "x": [1.0, 0.5],
        "W1": [1.0, 2.0, -2.0, -4.0],
        "b1": [0.0, float(np.log(3))],
        "W2": [1.0, -2.0, 2.0, 4.0],
        "b2": [float(np.log(3)), 0.0],
    }


def backprop() -> Picture:
    """Step through lesson 03's network of twelve numbers, forward and back, and move any of them.

    Returns:
        The picture.

    Used in lesson 03.
    """
    numbers = backprop_numbers()
    return Picture(
        "backprop",
        "A picture to touch: a network of two pixels, two hidden units and two classes. Step forward "
        "number by number to the loss, and back with the gradient of each; move any number and see.",
        {**numbers, "target": 1, "step": 8, "held": 6},  # forward is done
    )


def nudge() -> Picture:
    """Measure a slope by nudging, with nudges of sixteen powers of ten, and see the error's V.

    Returns:
        The picture.

    Used in lesson 03.
    """
    return Picture(
        "nudge",
        "A picture to touch: a curve, the line through two nudged points and the line that touches it; "
        "and beside them the error of the measured slope, which falls and rises as the nudge shrinks.",
        {"f": "cube", "u": 0.7, "power": 0.0, "seen": [0.0]},
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
        {"shape": "valley", "rate": 0.08, "momentum": 0.0, "steps": 60, "start": [-2.0, 1.0]},
    )


def train(train_set: Dataset | None = None, validation_set: Dataset | None = None) -> Picture:
    """Watch a network learn: its loss, its accuracy and its answers, at any rate, size and number.

    With data of your own Python does the steps, some at a time, so that other cells still run.

    Args:
        train_set: images and labels; a thousand digits that came with the picture, if None.
        validation_set: images and labels, with digits of every class; the train set needs it.

    Returns:
        The picture.

    Used in lesson 04.
    """
    if (train_set is None) != (validation_set is None):
        raise TypeError("the two sets come together: pictures.train(train_set, validation_set)")
    content = packing.stored("train")
    state = {"rate": 0.5, "momentum": 0.0, "batch": 32, "hidden": 32, "images": 200, "seed": 5}
    words = (
        "A picture to touch: a network of 784 pixels, some hidden units and 10 classes learns while you "
        "watch. Choose its learning rate, momentum, batch size, hidden units and training images; see "
        "the loss and the accuracy on training and validation images, and ten answers change."
    )
    if train_set is None:
        return Picture("train", words, state, content)
    run = running.Run(train_set, validation_set)
    empty = train_set[0][:0], train_set[1][:0]
    content = packing.train_data(empty, tuple(part[run.asked] for part in validation_set))
    live = {"images": len(train_set[0]), "validation": len(validation_set[0])}
    picture = Picture("train", words, {**state, "live": live}, content)
    picture.run = run
    picture.on_msg(lambda picture, message, buffers: picture.send(run.answer(message)))
    return picture


def axes() -> Picture:
    """Choose along which axis a softmax runs, add and take out images, and see whose answers change.

    The logits are those of lesson 04's network, whose weights ``draw`` has stored.

    Returns:
        The picture.

    Used in lesson 02.
    """
    _, labels, images = packing.asked_arrays(packing.stored("company"))
    firsts = [np.flatnonzero(labels == k)[: 8 if k == 0 else 3] for k in range(10)]
    chosen = np.sort(np.concatenate(firsts))
    parameters = packing.unpacked(packing.stored("draw"))
    z2 = network.logits(parameters, data.scale(images[chosen]))
    # Along the rows all seven are right; down the columns the 3 is an 8. The 0 comes first.
    rows = [3, 2, 1, 17, 4, 15, 20]
    return Picture(
        "axes",
        "A picture to touch: a grid of images by classes, with one row or one column lit: the numbers "
        "that sum to 1. Switch the axis, add images and take them out, and see whose answers change.",
        {"axis": 1, "rows": rows, "held": [rows[0], 0]},
        packing.asked_data(z2, labels[chosen], images[chosen]),
    )


def fit() -> Picture:
    """Fit a curve to a dozen points with few features or many, with any weight decay.

    Returns:
        The picture.

    Used in lesson 09.
    """
    u = np.linspace(-0.95, 0.95, 12)
    v = np.sin(3 * u) + 0.2 * np.random.default_rng(seed=6).normal(size=12)  # as in the lesson
    points = np.stack([u, v], axis=1).round(4)
    return Picture(
        "fit",
        "A picture to touch: a dozen points that can be dragged, a curve through them, and its error "
        "against the number of its features: calm, wild at as many features as points, calm beyond.",
        {"points": points.tolist(), "count": 12, "decay": 1e-8, "drawn": {}},
    )


def fill() -> Picture:
    """Fill in lesson 03's network of twelve numbers: each value, and then each gradient.

    Returns:
        The picture.

    Used in lesson 03.
    """
    numbers = backprop_numbers()
    return Picture(
        "fill",
        "A picture to touch: a network of two pixels, two hidden units and two classes, its values and "
        "gradients left empty. Type each into its box and be told at once whether it is right.",
        {**numbers, "target": 1, "typed": {"z10": "0"}, "shown": ["z10"], "last": "z10"},
    )


def kernel() -> Picture:
    """Slide a kernel over a digit, and see its map fill; push the digit, and the map goes with it.

    Two networks say what they read: lesson 04's, and a convolutional one that was trained on digits as
    they are, for three epochs. Its kernels can be slid, too.

    Returns:
        The picture.

    Used in lesson 10.
    """
    _, labels, images = packing.asked_arrays(packing.stored("company"))
    digits = images[[np.flatnonzero(labels == k)[0] for k in range(10)]]
    weights = np.tile([-1, -1, 0, 1, 1], 5)
    return Picture(
        "kernel",
        "A picture to touch: a kernel of 5 x 5 weights slides over a digit, and the map of its sums "
        "fills. Push the digit: the map goes with it, and two networks say what they read.",
        {"digit": 3, "kernel": weights.tolist(), "name": "upright", "shift": [0, 0]}
        | {"at": 250, "reached": 575},
        digits.tobytes() + packing.stored("draw") + packing.stored("kernel"),
    )


def attend(parameters: attention.Parameters | None = None) -> Picture:
    """Ask a network about a card, and see at which pair it looks.

    Swap pairs, change value images, draw the digit that is asked about, and multiply the scores.

    Args:
        parameters: the network to ask, your own; lesson 12's, rounded to int8, if None.

    Returns:
        The picture.

    Used in lesson 12.
    """
    _, labels, images = packing.asked_arrays(packing.stored("company"))
    kept = np.concatenate([np.flatnonzero(labels == digit)[:OF_EACH] for digit in range(10)])
    network_asked = packing.stored("attend")
    if parameters is not None:
        network_asked = packing.packed(parameters, exact=True)
    # Digit k stands in the places from OF_EACH * k on.
    pairs = (OF_EACH * np.array([[3, 5], [7, 1], [0, 9], [8, 2]])).tolist()
    asked = OF_EACH * 7 + 1
    return Picture(
        "attend",
        "A picture to touch: a card of four pairs of digits, and one digit that is asked about. Lines "
        "as thick as the attention weights show at which pair a network looks. Swap pairs, draw the "
        "digit, and multiply the scores.",
        {"pairs": pairs, "asked": asked, "strokes": None, "times": 1.0},
        network_asked + images[kept].tobytes(),
    )


#: The pictures that need nothing from the reader, by name: what the pages show.
PICTURES = {
    "draw": draw,
    "sheet": sheet,
    "scores": scores,
    "nudge": nudge,
    "axes": axes,
    "backprop": backprop,
    "fill": fill,
    "descent": descent,
    "train": train,
    "company": company,
    "fit": fit,
    "kernel": kernel,
    "attend": attend,
}
