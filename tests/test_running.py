"""How everything is run: in which order, by how many workers, and what is said of a fault."""

import os
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from course.lessons import ROOT, Lesson, all_lessons


@pytest.fixture
def rules(pytestconfig):
    """Return the conftest.py at the top, whose hooks say how pytest runs."""
    return pytestconfig.pluginmanager.getplugin(str(ROOT / "conftest.py"))


@pytest.fixture
def workers(rules, monkeypatch):
    """Count the workers for these arguments on a computer of so many cores."""
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)

    def count(cores, *arguments):
        if hasattr(os, "sched_getaffinity"):
            monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
        monkeypatch.setattr(os, "cpu_count", lambda: cores)
        invocation = SimpleNamespace(dir=ROOT)
        config = SimpleNamespace(args=list(arguments), invocation_params=invocation)
        return rules.pytest_xdist_auto_num_workers(config)

    return count


def test_there_are_as_many_workers_as_cores_and_files_but_not_many(workers):
    assert workers(2, "tests", "notebooks") == 2
    assert workers(1, "tests", "notebooks") == 0
    assert 2 <= workers(64, "tests", "notebooks") <= 8
    assert workers(4, "tests/test_data.py") == 0
    assert workers(4, "tests/test_data.py::test_one", "tests/test_data.py::test_two") == 0
    assert workers(4, "tests/test_data.py", "tests/test_network.py") == 2
    assert workers(2, "site/tests") == 2


@pytest.mark.parametrize(
    ("processes", "given", "wanted"),
    [(2, {}, "1"), (2, {"OMP_NUM_THREADS": "3"}, None), (0, {}, None)],
)
def test_workers_have_a_thread_each_unless_told_otherwise(
    rules, monkeypatch, processes, given, wanted
):
    monkeypatch.setattr(os, "environ", given)
    rules.pytest_configure(SimpleNamespace(getoption=lambda name: processes))
    assert given.get("OPENBLAS_NUM_THREADS") == wanted


def test_the_longest_file_begins(rules, monkeypatch):
    def item(path, number, takes=None):
        mark = takes and pytest.mark.takes(seconds=takes).mark
        return SimpleNamespace(path=path, number=number, get_closest_marker=lambda name: mark)

    monkeypatch.setattr(Lesson, "seconds", 50)
    slow = all_lessons()[0]
    a, b = ROOT / "tests" / "test_a.py", ROOT / "tests" / "test_b.py"
    items = [item(a, 1), item(b, 1, 10_000), item(a, 2), item(slow.path, 1), item(b, 2, 10_000)]
    rules.pytest_collection_modifyitems(items)
    order = [(found.path, found.number) for found in items]
    assert order == [(b, 1), (b, 2), (slow.path, 1), (a, 1), (a, 2)]


# --- Faults


def run(folder, *options):
    """Run a folder's tests with the settings of this course; return what is said."""
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "-n0", "--color=no"]
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


def test_the_commands_are_listed_also_where_there_is_nothing_of_linux():
    code = (
        "import sys\nfor name in ('pwd', 'resource'):\n    sys.modules[name] = None\n"
        "from course.__main__ import listed\nprint(listed())"
    )
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "Try out a class's answers" in listed.stdout, listed.stderr
