"""Lessons run as tests: nbval compares their text, this file their figures.

nbval skips images. Here each figure is drawn anew and compared with the stored one by matplotlib's
own measure, the root mean square of the differences of all pixels (0 for equal, 255 for black
against white).
"""

import base64
import io
import os

import numpy as np
import pytest
from matplotlib.testing.compare import calculate_rms
from nbval.plugin import IPyNbCell
from PIL import Image

# For the kernels alone: nbval would compare progress bars, and functions that a reader has kept
# stay out of the tests.
KERNELS = {"TQDM_DISABLE": "1", "MNISTLIB_MINE": os.devnull}

# Other processors move no curve by as much as this.
TOLERANCE = 0.5

_compare_text = IPyNbCell.compare_outputs
_not_compared = set()  # pairs of matplotlib releases, whose letters differ


def figures(outputs):
    """Open the PNG images among a cell's outputs."""
    data = [output["data"] for output in outputs if "data" in output]
    return [
        Image.open(io.BytesIO(base64.b64decode(d["image/png"]))) for d in data if "image/png" in d
    ]


def release(figure):
    """Return the feature release of matplotlib that drew a figure, as the file itself tells."""
    return ".".join(figure.info.get("Software", "unknown").split(",")[0].split(".")[:2])


def difference(stored, drawn):
    """Return the root mean square difference of two figures; infinite if their sizes differ."""
    if stored.size != drawn.size:
        return np.inf
    return calculate_rms(*(np.asarray(f.convert("RGB"), dtype=np.int16) for f in (stored, drawn)))


def compare_outputs(self, test, ref, skip_compare=None):
    """Compare a cell's new outputs with the stored ones: the text as nbval does, then figures."""
    if not _compare_text(self, test, ref, skip_compare):
        return False
    drawn, stored = figures(test), figures(ref)
    if len(drawn) != len(stored):
        self.comparison_traceback.append(f"{len(stored)} figures are stored, {len(drawn)} drawn")
        return False
    same = True
    for old, new in zip(stored, drawn, strict=True):
        if release(old) != release(new):
            _not_compared.add((release(old), release(new)))
            continue
        rms = difference(old, new)
        self.user_properties.append(("rms", f"{rms:.4f}"))  # kept in --junit-xml
        if rms > TOLERANCE:
            same = False
            self.comparison_traceback.append(
                f"the figure differs from the stored one: rms {rms:.2f}, tolerance {TOLERANCE}, "
                f"sizes {old.size} and {new.size}"
            )
    return same


IPyNbCell.compare_outputs = compare_outputs


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup():
    """Start a notebook's kernel, which its first cell's setup does, in surroundings of its own."""
    before = {name: os.environ.get(name) for name in KERNELS}
    os.environ.update(KERNELS)
    try:
        return (yield)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def pytest_terminal_summary(terminalreporter):
    """Say so if figures were not compared."""
    for old, new in sorted(_not_compared):
        terminalreporter.write_line(
            f"FIGURES NOT COMPARED: stored by {old}, drawn here by {new}", yellow=True
        )
