"""The comparison of the lessons' figures can fail; here it is seen failing."""

import base64
import io
import os
import subprocess
import sys

import execute
import lessons
import matplotlib
import nbformat
import nbval_figures
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from PIL.PngImagePlugin import PngInfo

DRAW = """import matplotlib.pyplot as plt
figure, axis = plt.subplots()
axis.plot([0, 1, 2, 3], [0, 1, {last}, 2])
plt.show()"""


@pytest.fixture(scope="module")
def executed():
    """Execute a notebook with three figures, once."""
    notebook = new_notebook(cells=[new_code_cell(DRAW.format(last="1.5")) for _ in range(3)])
    NotebookClient(notebook, kernel_name="python3").execute()
    return nbformat.writes(notebook)


def nbval(notebook, folder, *options):
    """Run a notebook as the tests run lessons; return each cell's outcome and all that was said."""
    nbformat.write(notebook, folder / "scratch.ipynb")
    chosen = ["-p", "nbval_figures", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    (folder / "pytest.ini").touch()  # so that no settings from further up are taken
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *chosen, "--color=no", "-vrA", *options, folder],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(lessons.ROOT / "tools")},
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    cells = range(len(notebook.cells))
    return ["FAILED" if f"FAILED scratch.ipynb::Cell {i}" in said else "" for i in cells], said


def signed(figure, release):
    """Return a figure in base64 as another release of matplotlib would have signed it."""
    info, file = PngInfo(), io.BytesIO()
    info.add_text("Software", f"Matplotlib version{release}, https://matplotlib.org/")
    figure.save(file, "png", pnginfo=info)
    return base64.b64encode(file.getvalue()).decode()


def test_a_changed_curve_and_a_missing_figure_are_caught(executed, tmp_path):
    notebook = nbformat.reads(executed, as_version=4)
    notebook.cells[1].source = DRAW.format(last="1.51")  # the stored figure does not change
    for output in notebook.cells[2].outputs:  # and here none is stored, its words are
        output.get("data", {}).pop("image/png", None)
    outcomes, said = nbval(notebook, tmp_path)
    assert outcomes == ["", "FAILED", "FAILED"], said
    assert "the figure differs from the stored one: rms" in said
    assert "0 figures are stored, 1 drawn" in said
    assert "NOT COMPARED" not in said


@pytest.mark.parametrize("workers", ["0", "2"])
def test_figures_of_another_release_are_not_compared_and_that_is_said(executed, tmp_path, workers):
    notebook = nbformat.reads(executed, as_version=4)
    [output] = (o for o in notebook.cells[1].outputs if "image/png" in o.get("data", {}))
    [figure] = nbval_figures.figures([output])
    output.data["image/png"] = signed(figure, "1.5.3")
    notebook.cells[1].source = DRAW.format(last="9")
    outcomes, said = nbval(notebook, tmp_path, "-n", workers)
    assert outcomes == ["", "", ""], said
    here = ".".join(matplotlib.__version__.split(".")[:2])
    told = "stored by Matplotlib version1.5, drawn here by Matplotlib version"
    assert said.count("FIGURES NOT COMPARED") == 1
    assert f"FIGURES NOT COMPARED: {told}{here}" in said


def test_figures_of_another_patch_release_are_compared(executed, tmp_path):
    notebook = nbformat.reads(executed, as_version=4)
    [output] = (o for o in notebook.cells[1].outputs if "image/png" in o.get("data", {}))
    [figure] = nbval_figures.figures([output])
    output.data["image/png"] = signed(
        figure, ".".join(matplotlib.__version__.split(".")[:2]) + ".99"
    )
    notebook.cells[1].source = DRAW.format(last="9")
    outcomes, said = nbval(notebook, tmp_path, "-n0")
    assert outcomes == ["", "FAILED", ""], said


def test_kernels_show_no_progress_and_know_nothing_of_kept_functions(tmp_path, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setenv("MNISTLIB_MINE", "a reader's own")
    code = "import os\nprint(os.environ['TQDM_DISABLE'], os.environ['MNISTLIB_MINE'] == os.devnull)"
    stored = nbformat.v4.new_output("stream", text="1 True\n")
    cell = new_code_cell(code, outputs=[stored], execution_count=1)
    outcomes, said = nbval(new_notebook(cells=[cell]), tmp_path, "-n0")
    assert outcomes == [""], said

    tests = (
        "import os\n\ndef test_it():\n    assert os.environ['MNISTLIB_MINE'] == \"a reader's own\""
    )
    tests += "\n\ndef setup_function():\n    test_it()\n"
    (tmp_path / "test_it.py").write_text(tests)
    assert "2 passed" in nbval(new_notebook(cells=[cell]), tmp_path, "-n0")[1]

    cell.outputs = []
    execute.execute(new_notebook(cells=[cell]))
    assert cell.outputs[0].text == stored.text
    assert os.environ["MNISTLIB_MINE"] == "a reader's own"  # for whatever comes after


def image(pixels):
    return Image.fromarray(pixels.astype(np.uint8))


def test_the_tolerance_lies_between_noise_and_a_missing_dot():
    plain = np.full((440, 700, 3), 255)  # as large as a lesson's figure
    noise, dot, smaller = plain.copy(), plain.copy(), plain[1:]
    noise[::5, ::5] = 254  # edges that another processor smooths otherwise
    dot[100:102, 50:52] = 0  # two by two pixels
    assert 0 < nbval_figures.difference(image(plain), image(noise)) < nbval_figures.TOLERANCE
    assert nbval_figures.difference(image(plain), image(dot)) > nbval_figures.TOLERANCE
    assert nbval_figures.difference(image(plain), image(smaller)) == np.inf
