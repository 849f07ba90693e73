"""The comparison of the lessons' figures can fail; here it is seen failing."""

import base64
import io
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import matplotlib
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from course.lessons import all_lessons
from course.making import execute, nbval_figures

pytestmark = pytest.mark.takes(seconds=13)

DRAW = """import matplotlib.pyplot as plt
figure, axis = plt.subplots()
axis.plot([0, 1, 2, 3], [0, 1, {last}, 2])
plt.show()"""

SURROUNDINGS = """import os
print(os.environ["TQDM_DISABLE"], os.environ["MNISTLIB_MINE"] == os.devnull)"""


def replace_picture(cell, change):
    """Put another picture in the place of the stored one, or none."""
    [output] = (output for output in cell.outputs if "image/png" in output.get("data", {}))
    [figure] = nbval_figures.images_of([output])
    output.data["image/png"] = change and change(figure)
    if not change:
        del output.data["image/png"]


def signed(figure, release):
    """Return a figure in base64 as another release of matplotlib would have signed it."""
    info, file = PngInfo(), io.BytesIO()
    info.add_text("Software", f"Matplotlib version{release}, https://matplotlib.org/")
    figure.save(file, "png", pnginfo=info)
    return base64.b64encode(file.getvalue()).decode()


HERE = ".".join(matplotlib.__version__.split(".")[:2])


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Execute a small notebook, change it, run it as lessons are run, and return what is said."""
    codes = [DRAW.format(last="1.5")] * 5 + [SURROUNDINGS]
    notebook = new_notebook(cells=[new_code_cell(code) for code in codes])
    execute.execute(notebook)
    _, changed, missing, patched, older, surroundings = notebook.cells
    changed.source = DRAW.format(last="1.51")  # the stored figure does not change
    replace_picture(missing, None)  # but its words are still stored
    patched.source = older.source = DRAW.format(last="9")
    replace_picture(patched, lambda figure: signed(figure, f"{HERE}.99"))
    replace_picture(older, lambda figure: signed(figure, "1.5.3"))
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


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [(0, "PASSED"), (1, "FAILED"), (2, "FAILED"), (3, "FAILED"), (4, "PASSED"), (5, "PASSED")],
    ids=["same", "changed", "missing", "changed, patch release", "older release", "surroundings"],
)
def test_a_changed_or_missing_figure_is_caught_unless_another_release_drew_it(said, cell, outcome):
    assert f"{outcome} scratch.ipynb::Cell {cell}" in said, said


def test_what_was_compared_is_told_from_a_worker_too(said):
    assert "the figure differs from the stored one: rms" in said
    assert "0 figures are stored, 1 drawn" in said
    releases = f"stored by Matplotlib version1.5, drawn here by Matplotlib version{HERE}"
    assert re.findall("FIGURES NOT COMPARED: (.+)", said) == [releases]


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
