"""Lessons run as tests: nbval compares their text, this plugin of pytest their figures.

nbval skips images. Here each figure is drawn anew and compared with the stored one by matplotlib's
own measure, the root mean square of the differences of all pixels (0 for equal, 255 for black
against white).
"""

import base64
import io
import os
from collections.abc import Iterable
from unittest import mock

import numpy as np
import pytest
from matplotlib.testing.compare import calculate_rms
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell
from PIL import Image

from course.lessons import SURROUNDINGS, Lesson, pngs

#: Other processors move no curve by as much as this.
TOLERANCE = 0.5

_compare_text = IPyNbCell.compare_outputs


def images_of(outputs: Iterable[NotebookNode]) -> list[Image.Image]:
    """Open the PNG images among a cell's outputs."""
    return [Image.open(io.BytesIO(base64.b64decode(png))) for png in pngs(outputs)]


def difference(stored: Image.Image, drawn: Image.Image) -> float:
    """Return the root mean square difference of two figures; infinite if their sizes differ."""
    if stored.size != drawn.size:
        return np.inf
    return calculate_rms(*(np.asarray(f.convert("RGB"), dtype=np.int16) for f in (stored, drawn)))


def compare_outputs(self, test, ref, skip_compare=None):
    """Compare a cell's new outputs with the stored ones: the text as nbval does, then figures."""

    if not _compare_text(self, test, ref, skip_compare):
        self.comparison_traceback += what_to_do(self)
        return False
    drawn = images_of(test)
    stored = images_of(ref)
    if len(drawn) != len(stored):
        self.comparison_traceback.append(f"{len(stored)} figures are stored, {len(drawn)} drawn")
        return False
    same = True
    for old, new in zip(stored, drawn, strict=True):
        rms = difference(old, new)
        if rms > TOLERANCE:
            same = False
            self.comparison_traceback.append(
                f"the figure differs from the stored one: rms {rms:.2f}, tolerance {TOLERANCE}, "
                f"sizes {old.size} and {new.size}"
            )
    return same


def what_to_do(item: IPyNbCell) -> list[str]:
    """Say in which line a lesson's cell begins, and what to do if its new output is right."""
    lesson = Lesson(item.path.stem, item.path.parent)
    if not lesson.source_path.exists():
        return []
    index, _ = lesson.cells("code")[item.cell_num]
    return [f"{lesson.place(index)}: if this output is right, run: {lesson.command} --again"]


IPyNbCell.compare_outputs = compare_outputs


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """Start a notebook's kernel, which its first cell's setup does, in surroundings of its own."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    with mock.patch.dict(os.environ, SURROUNDINGS):
        return (yield)
