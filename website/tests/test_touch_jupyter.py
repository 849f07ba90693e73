"""The pictures one can touch in a real JupyterLab, started here, with no network."""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import numpy as np
import pytest
from playwright.sync_api import TimeoutError, expect

from course.making.execute import execute
from website.tests.tabs import Tab

#: A pad to draw on and what Python has of it; a network that trains and how far it is.
CELLS = [
    "from course import pictures\nfrom mnistlib import data, functions, network\nimport numpy as np",
    "parameters = network.initialise(np.random.default_rng(5))\n"
    "pad = pictures.draw(parameters)\npad",
    "p = functions.softmax(network.logits(parameters, data.scale(pad.image[None])))[0]\n"
    "print(*p)\nprint('rows with ink:', int(pad.image.any(axis=1).sum()))",
    "mnist = data.load()\n"
    "images, labels = mnist.train_images[:6000], mnist.train_labels[:6000]\n"
    "parts = data.split(images, labels, 1000, rng=np.random.default_rng(4))\n"
    "picture = pictures.train(*parts)\npicture",
    "print('steps:', getattr(picture.run, 'step', 0))",
]


def written(path):
    """Execute the cells as the lessons are executed, and store them."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata["kernelspec"] = kernel
    execute(notebook, path.parent)
    nbformat.write(notebook, path)
    return notebook


@pytest.fixture
def lab(tmp_path):
    """Start JupyterLab on an empty folder; end it by the process that was started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = f"http://127.0.0.1:{port}"
    token = secrets.token_hex(16)
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{kind}_DIR": str(tmp_path / kind) for kind in ("SETTINGS", "WORKSPACES")}
    own["IPYTHONDIR"] = str(tmp_path / "ipython")
    folder = tmp_path / "lessons"
    folder.mkdir()
    options = [
        f"--port={port}",
        f"--IdentityProvider.token={token}",
        "--allow-root",
        "--no-browser",
    ]
    options += [f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
    try:
        while True:  # until pytest's own time is over
            try:
                urllib.request.urlopen(f"{root}/api/status?token={token}", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "lab.log").read_text()
                time.sleep(0.25)
        yield folder, root, token
    finally:
        server.terminate()
        server.wait(60)


def run_cell(page, number):
    """Run one cell, as a reader does."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return cell


def woken(page, number, living):
    """Run a cell until its picture lives, and return what is touched of that."""
    picture = page.locator(f".jp-CodeCell .explore {living}")
    for _ in range(3):  # a kernel that has just connected may connect once more, and forget
        run_cell(page, 0)
        run_cell(page, number)
        try:
            picture.wait_for(timeout=60_000)
            break
        except TimeoutError:
            continue
    return picture


def printed(page, number, stored):
    """Run a cell that prints a number, and return that once it is no longer what was stored."""
    told = run_cell(page, number).locator(".jp-OutputArea-output")
    expect(told).not_to_contain_text(stored)
    return int(told.inner_text().rsplit(":", 1)[1])


def test_pictures_reach_python_and_leave_the_notebook_its_keys(lab, browser):
    folder, root, token = lab
    path = folder / "pictures.ipynb"
    [shown] = written(path).cells[1].outputs
    assert set(shown.data) == {"text/plain", "image/png"}

    tab = Tab(browser, root)
    page = tab.page
    page.goto(f"{root}/lab/tree/{path.name}?token={token}&reset")
    page.locator(".jp-CodeCell img").first.wait_for()  # the still picture, before anything runs
    page.get_by_text(re.compile(r"Python 3 .*\| Idle")).wait_for()
    page.wait_for_timeout(500)  # what the kernel tells of itself is noted by now
    assert page.locator(".jp-mod-dirty").count() == 0  # nobody has changed anything yet

    # A stroke reaches Python; no key that is meant for the picture is the notebook's.
    paper = woken(page, 1, "canvas.paper")
    paper.scroll_into_view_if_needed()
    area = paper.bounding_box()
    page.mouse.move(area["x"] + area["width"] * 0.3, area["y"] + area["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.7, area["y"] + area["height"] * 0.5, steps=5)
    page.mouse.up()
    rows = printed(page, 2, "rows with ink: 20")
    assert 2 <= rows <= 8  # a level line, where the test digit has twenty rows
    # The picture asks the reader's own network, as it is.
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(2)
    theirs = cell.locator(".jp-OutputArea-output").inner_text().split()[:10]
    bars = page.locator(".jp-CodeCell .explore .ten .bar-number").evaluate_all(
        "bars => bars.map(bar => Number(bar.dataset.value))"
    )
    np.testing.assert_allclose(bars, [float(each) for each in theirs], rtol=0, atol=1e-6)
    paper.focus()
    page.keyboard.press("x")  # which would cut the cell
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == len(CELLS)

    page.locator(".jp-NotebookPanel-toolbar [data-jp-item-name=save]").click()
    while f"rows with ink: {rows}" not in (saved := path.read_text("utf-8")):
        page.wait_for_timeout(
            250
        )  # the page's requests go on meanwhile, until pytest's time is over
    assert "application/vnd.jupyter.widget-view+json" in saved

    # While a network trains, other cells still run.
    start = woken(page, 3, "button.main")
    start.click()
    page.get_by_text(re.compile(r"After \d{2,} steps it reads")).wait_for()
    seen = printed(page, 4, "steps: 0")
    assert seen >= 10
    going_on = "([start, seen]) => start.closest('.explore').run.step > seen"
    page.wait_for_function(going_on, arg=[start.element_handle(), seen])
    assert tab.strays == []
    page.context.close()
