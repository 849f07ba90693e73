"""How everything is run: what hangs is reported, and the commands are listed everywhere."""

import subprocess
import sys

import nbformat
import pytest

from course.lessons import ROOT

pytestmark = pytest.mark.takes(seconds=7)


def run(folder, *options):
    """Run a folder's tests with the settings of this course; return what is said."""
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "-n0", "--color=no"]
    command += ["-p", "course.lessons.formats"]  # sooner ready
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--rootdir", folder, *options, folder],
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_a_test_that_hangs_is_reported(tmp_path):
    (tmp_path / "test_it.py").write_text("import time\ndef test_it():\n    time.sleep(60)\n")
    assert "Timeout" in run(tmp_path, "--timeout=1")


def test_a_cell_that_hangs_is_reported(tmp_path):
    cells = [nbformat.v4.new_code_cell("while True:\n    pass", execution_count=1)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "it.ipynb")
    output = run(tmp_path, "--nbval-cell-timeout=1")
    assert "1 failed" in output
    assert "Timeout of 1 seconds" in output


def test_limits_are_set_by_themselves(pytestconfig):
    limits = [pytestconfig.getini("timeout"), pytestconfig.getoption("nbval_cell_timeout")]
    assert all(0 < float(limit) <= 600 for limit in limits)


def test_the_commands_are_listed_and_start_also_where_there_is_nothing_of_linux():
    code = (
        "import importlib, sys\nfor name in ('pwd', 'resource'):\n    sys.modules[name] = None\n"
        "from course.__main__ import COMMANDS, listed\nprint(listed())\n"
        "for module in COMMANDS.values():\n    importlib.import_module(module)"
    )
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "Try out a class's answers" in listed.stdout, listed.stderr
    assert listed.returncode == 0, listed.stderr
