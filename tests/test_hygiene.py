"""What readers do to notebooks: run a lesson twice in one kernel, and several lessons at once."""

import copy
import sys
from concurrent.futures import ThreadPoolExecutor

import lessons as reading

sys.path.append(str(reading.NOTEBOOKS))
from execute import execute, read

QUICK = ["01_loading", "02_sigmoid_softmax", "03_backpropagation"]


def run_twice(name):
    """Run every cell of a lesson, and then all of them again in the same kernel."""
    notebook = read(reading.NOTEBOOKS / f"{name}.py")
    count = len(notebook.cells)
    notebook.cells += copy.deepcopy(notebook.cells)
    execute(notebook)
    return notebook.cells[:count], notebook.cells[count:]


def test_lessons_twice_in_one_kernel_and_all_at_once(monkeypatch):
    for name in ("TQDM_DISABLE", "MNISTLIB_MINE"):  # execute() sets them, here they are put back
        monkeypatch.setenv(name, "")
    with ThreadPoolExecutor() as pool:
        runs = dict(zip(QUICK, pool.map(run_twice, QUICK), strict=True))
    for name, (first, second) in runs.items():
        stored = reading.Lesson(name).notebook.cells
        for i, cell in enumerate(stored):
            if cell.cell_type == "code":
                wanted = sorted(reading.texts(cell))
                assert sorted(reading.texts(first[i])) == wanted, f"{name}, cell {i}"
                assert sorted(reading.texts(second[i])) == wanted, f"{name}, cell {i}, second time"
                assert len(reading.images(second[i])) == len(reading.images(cell))
