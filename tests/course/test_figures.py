"""The comparison of the lessons' figures can fail; here it is seen failing."""

import base64
import io
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbFile
from PIL import Image

from course.lessons import all_lessons
from course.making import nbval_figures

PLAIN = np.full((440, 700, 3), 255, np.uint8)  # as large as a lesson's figure
DOT = PLAIN.copy()
DOT[100:102, 50:52] = 0  # two by two pixels
NOISE = PLAIN.copy()
NOISE[::5, ::5] = 254  # edges that another processor smooths otherwise


def drawn(pixels, words="<Figure>"):
    """Return the output of a cell that draws; without pixels, its words alone."""
    data = {"text/plain": words}
    if pixels is not None:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        data["image/png"] = base64.b64encode(file.getvalue()).decode()
    return new_output("display_data", data)


@pytest.fixture
def cell(request, tmp_path):
    """Return a notebook's cell as pytest collects it."""
    assert request.config.pluginmanager.has_plugin("course.making.nbval_figures")
    path = tmp_path / "scratch.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("draw()", outputs=[drawn(PLAIN)])]), path)
    [cell] = IPyNbFile.from_parent(request.session, path=path).collect()
    return cell


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (drawn(PLAIN), ""),
        (drawn(NOISE), ""),
        (drawn(DOT), "the figure differs from the stored one: rms"),
        (drawn(PLAIN[1:]), "rms inf"),
        (drawn(None), "0 figures are stored, 1 drawn"),
        (drawn(PLAIN, "other words"), "other words"),
    ],
    ids=["the same", "noise", "changed", "another size", "missing", "other words"],
)
def test_a_changed_or_missing_figure_is_caught(cell, stored, said):
    assert cell.compare_outputs([drawn(PLAIN)], [stored]) == (not said)
    assert said in "".join(cell.comparison_traceback)


def test_an_output_that_differs_is_told_with_its_line_and_what_to_do():
    lesson = all_lessons()[1]
    _, cell = lesson.cells("code")[3]
    [told] = nbval_figures.what_to_do(SimpleNamespace(path=lesson.path, cell_num=3))
    place, _, advice = told.partition(": ")
    assert advice == f"if this output is right, run: {lesson.command} --again"
    line = lesson.source_path.read_text(encoding="utf-8").splitlines()[int(place.split(":")[1])]
    assert line == cell.source.splitlines()[0]
