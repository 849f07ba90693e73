"""The comparison of the lessons' figures can fail; here it is seen failing."""

import os
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from course.lessons import all_lessons
from course.making import execute, nbval_figures

pytestmark = pytest.mark.takes(seconds=13)

DRAW = """import matplotlib.pyplot as plt
figure, axis = plt.subplots()
axis.plot([0, 1, 2, 3], [0, 1, {last}, 2])
plt.show()"""

SURROUNDINGS = """import os
print(os.environ["TQDM_DISABLE"], os.environ["MNISTLIB_MINE"] == os.devnull)"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Execute a small notebook, change it, run it as lessons are run, and return what is said."""
    codes = [DRAW.format(last="1.5")] * 3 + [SURROUNDINGS]
    notebook = new_notebook(cells=[new_code_cell(code) for code in codes])
    execute.execute(notebook)
    _, changed, missing, surroundings = notebook.cells
    changed.source = DRAW.format(last="1.51")  # the stored figure does not change
    [output] = (output for output in missing.outputs if "image/png" in output.get("data", {}))
    del output.data["image/png"]  # but its words are still stored
    assert surroundings.outputs[0].text == "1 True\n"  # as execute.py runs lessons

    folder = tmp_path_factory.mktemp("figures")
    nbformat.write(notebook, folder / "scratch.ipynb")
    (folder / "pytest.ini").touch()  # so that no settings from further up are taken
    options = "-p course.making.nbval_figures -p no:cacheprovider --nbval --nbval-current-env"
    environ = {name: os.environ[name] for name in os.environ if name != "TQDM_DISABLE"}
    environ |= {"MNISTLIB_MINE": "a reader's own"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options.split(), "-n1", "--color=no", "-vrA", folder],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("cell", "outcome"), enumerate(["PASSED", "FAILED", "FAILED", "PASSED"]))
def test_a_changed_or_missing_figure_is_caught(said, cell, outcome):
    assert f"{outcome} scratch.ipynb::Cell {cell}" in said, said
    assert "the figure differs from the stored one: rms" in said
    assert "0 figures are stored, 1 drawn" in said


def test_the_tolerance_lies_between_noise_and_a_missing_dot():
    plain = np.full((440, 700, 3), 255)  # as large as a lesson's figure
    noise, dot, smaller = plain.copy(), plain.copy(), plain[1:]
    noise[::5, ::5] = 254  # edges that another processor smooths otherwise
    dot[100:102, 50:52] = 0  # two by two pixels

    def difference(other):
        both = (Image.fromarray(pixels.astype(np.uint8)) for pixels in (plain, other))
        return nbval_figures.difference(*both)

    assert 0 < difference(noise) < nbval_figures.TOLERANCE
    assert difference(dot) > nbval_figures.TOLERANCE
    assert difference(smaller) == np.inf


def test_an_output_that_differs_is_told_with_its_line_and_what_to_do(tmp_path):
    lesson = all_lessons()[1]
    _, cell = lesson.cells("code")[3]
    [told] = nbval_figures.what_to_do(SimpleNamespace(path=lesson.path, cell_num=3))
    place, _, advice = told.partition(": ")
    assert advice == f"if this output is right, run: {lesson.command} --again"
    line = lesson.source_path.read_text(encoding="utf-8").splitlines()[int(place.split(":")[1])]
    assert line == cell.source.splitlines()[0]
    elsewhere = SimpleNamespace(path=tmp_path / "a.ipynb", cell_num=0)
    assert nbval_figures.what_to_do(elsewhere) == []
