"""Start Jupyter as the README says, edit a lesson and save: both of its files stay in step."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time

import jupytext
import nbformat
import pytest
import requests

from course.lessons import ROOT, all_lessons

pytestmark = pytest.mark.takes(seconds=7)


@contextlib.contextmanager
def jupyter(folder):
    """Start a server in a copy of the clone, as README has it; yield its API."""
    token = secrets.token_hex(16)
    log = (folder / "server.log").open("w+")
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "server",
        "notebooks",
        "--no-browser",
        "--allow-root",
    ]
    command += ["--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={token}"]
    own = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    process = subprocess.Popen(
        command, cwd=folder / "clone", env=os.environ | own, stderr=log, stdout=log
    )
    try:
        url = ""
        ends = time.monotonic() + 300
        while not url and time.monotonic() < ends:
            time.sleep(0.1)
            assert process.poll() is None, (folder / "server.log").read_text()
            for told in (folder / "JUPYTER_RUNTIME_DIR").glob("jpserver-*.json"):
                with contextlib.suppress(json.JSONDecodeError):  # while it is being written
                    url = json.loads(told.read_text())["url"]
        session = requests.Session()
        session.headers["Authorization"] = f"token {token}"
        while time.monotonic() < ends:  # it writes its address before it listens
            with contextlib.suppress(requests.ConnectionError):
                session.get(f"{url}api", timeout=30)
                break
            time.sleep(0.1)
        yield lambda method, path, **options: session.request(
            method, f"{url}api/contents/{path}", timeout=30, **options
        )
    finally:
        process.terminate()
        process.wait()
        log.close()


@pytest.fixture
def clone(tmp_path):
    """Copy what Jupyter sees of the clone: a lesson, and the settings."""
    notebooks = tmp_path / "clone" / "notebooks"
    notebooks.mkdir(parents=True)
    lesson = all_lessons()[1]
    for path in (lesson.path, lesson.source_path, ROOT / "notebooks" / "jupytext.toml"):
        shutil.copy2(path, notebooks)
    shutil.copy2(ROOT / "pyproject.toml", tmp_path / "clone")
    return tmp_path


def test_a_saved_notebook_keeps_its_pair_in_step(clone):
    name = all_lessons()[1].name
    source = clone / "clone" / "notebooks" / f"{name}.py"
    before = source.read_text(encoding="utf-8")
    os.utime(source, (1, 1))  # the older of the two, as after `git pull`
    with jupyter(clone) as ask:
        model = ask("GET", f"{name}.ipynb").json()
        cell = next(c for c in model["content"]["cells"] if c["cell_type"] == "code")
        cell["source"] = "edited = 'in Jupyter'"
        saved = ask("PUT", f"{name}.ipynb", json={"type": "notebook"} | model)
        assert saved.ok, saved.text
        assert "edited = 'in Jupyter'" in source.read_text(encoding="utf-8")

        # And the other way: who edits the text sees it in Jupyter.
        text = source.read_text(encoding="utf-8").replace("in Jupyter", "as text")
        source.write_text(text, encoding="utf-8")
        later = time.time() + 10
        os.utime(source, (later, later))
        shown = ask("GET", f"{name}.ipynb").json()
        assert "as text" in json.dumps(shown["content"]["cells"])
    cells = [jupytext.read(source).cells, nbformat.read(source.with_suffix(".ipynb"), 4).cells]
    assert len(cells[0]) == len(cells[1])
    # Code that only draws stays folded in JupyterLab.
    drawing = [cell.metadata for cell in cells[1] if "hide-input" in cell.metadata.get("tags", [])]
    assert drawing
    assert all(metadata["jupyter"]["source_hidden"] for metadata in drawing)
    # Only the one cell differs from what was there: no metadata has crept in.
    now = source.read_text(encoding="utf-8").splitlines()
    assert len(set(now) - set(before.splitlines())) == 1
