"""Edit a lesson in Jupyter and save: both of its files stay in step."""

import os
import shutil

import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class

from course.lessons import ROOT, all_lessons


@pytest.fixture
def notebooks(tmp_path):
    """Copy what Jupyter sees of the clone: a lesson, and the settings."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    lesson = all_lessons()[1]
    for path in (lesson.path, lesson.source_path, ROOT / "notebooks" / "jupytext.toml"):
        shutil.copy2(path, folder)
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    return folder


def test_a_saved_notebook_keeps_its_pair_in_step(notebooks):
    name = all_lessons()[1].name
    source = notebooks / f"{name}.py"
    before = source.read_text(encoding="utf-8")
    os.utime(source, (1, 1))  # the older of the two, as after `git pull`
    # What Jupyter's server reads and writes files by, if jupytext is installed.
    jupyter = build_sync_jupytext_contents_manager_class(LargeFileManager)(root_dir=str(notebooks))
    model = jupyter.get(f"{name}.ipynb")
    cell = next(c for c in model["content"]["cells"] if c["cell_type"] == "code")
    cell["source"] = "edited = 'in Jupyter'"
    jupyter.save(model, f"{name}.ipynb")
    assert "edited = 'in Jupyter'" in source.read_text(encoding="utf-8")
    # Only the one cell differs from what was there: no metadata has crept in.
    now = source.read_text(encoding="utf-8").splitlines()
    assert len(set(now) - set(before.splitlines())) == 1
