"""The comparison of the lessons' figures can fail; here it is seen failing."""

import base64
import io
import os
import re
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
    """Execute a notebook with five figures, once."""
    notebook = new_notebook(cells=[new_code_cell(DRAW.format(last="1.5")) for _ in range(5)])
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


def replace_picture(cell, png):
    """Put another picture, or none, in the place of the stored one."""
    [output] = (output for output in cell.outputs if "image/png" in output.get("data", {}))
    [figure] = nbval_figures.figures([output])
    output.data["image/png"] = png and png(figure)
    if not png:
        del output.data["image/png"]


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_figures_are_compared_unless_another_release_drew_them(executed, tmp_path, workers):
    here = ".".join(matplotlib.__version__.split(".")[:2])
    notebook = nbformat.reads(executed, as_version=4)
    same, changed, missing, patched, older = notebook.cells
    changed.source = DRAW.format(last="1.51")  # the stored figure does not change
    replace_picture(missing, None)  # and its words are still stored
    patched.source = older.source = DRAW.format(last="9")
    replace_picture(patched, lambda figure: signed(figure, f"{here}.99"))
    replace_picture(older, lambda figure: signed(figure, "1.5.3"))

    outcomes, said = nbval(notebook, tmp_path, workers)
    assert same.source == DRAW.format(last="1.5")
    assert outcomes == ["", "FAILED", "FAILED", "FAILED", ""], said
    assert "the figure differs from the stored one: rms" in said
    assert "0 figures are stored, 1 drawn" in said
    told = f"stored by Matplotlib version1.5, drawn here by Matplotlib version{here}"
    assert re.findall("FIGURES NOT COMPARED: (.+)", said) == [told]


def test_kernels_show_no_progress_and_know_nothing_of_kept_functions(tmp_path, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setenv("MNISTLIB_MINE", "a reader's own")
    code = "import os\nprint(os.environ['TQDM_DISABLE'], os.environ['MNISTLIB_MINE'] == os.devnull)"
    stored = nbformat.v4.new_output("stream", text="1 True\n")
    cell = new_code_cell(code, outputs=[stored], execution_count=1)
    test = "import os\n\ndef test_it():\n    assert os.environ['MNISTLIB_MINE'] == \"a reader's own\"\n"
    (tmp_path / "test_it.py").write_text(f"{test}\ndef setup_function():\n    test_it()\n")
    _, said = nbval(new_notebook(cells=[cell]), tmp_path, "-n0")
    assert "2 passed" in said  # the cell; and a test, which is no kernel's matter

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
