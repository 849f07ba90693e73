"""Pictures one can touch: each is one JavaScript file, shown by Jupyter and by the pages alike.

``explore.scores()`` as a cell's last line opens one. In a stored notebook it is a still picture and
its words; run the cell, and it lives.
"""

from pathlib import Path

import anywidget
import traitlets

from mnistlib.explore import stills

FOLDER = Path(__file__).parent
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
        "formula, the logarithms, and one row of the Jacobian.",
        stills.scores(values),
        {**state, "floats": "float64", "held": 2},
    )


#: The pictures that need nothing from the reader, by name: what the pages show.
PICTURES = {"scores": scores}
