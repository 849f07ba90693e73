"""What readers do to notebooks: run a lesson twice in one kernel, and several lessons at once."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest

from course.lessons import all_lessons, pngs, texts
from course.making.execute import execute, source_notebook

pytestmark = pytest.mark.takes(seconds=8)


def run_twice(lesson):
    """Run every cell of a lesson, and then all of them again in the same kernel."""
    notebook = source_notebook(lesson)
    count = len(notebook.cells)
    notebook.cells += copy.deepcopy(notebook.cells)
    execute(notebook)
    return notebook.cells[:count], notebook.cells[count:]


def test_lessons_twice_in_one_kernel_and_all_at_once():
    # The two quickest; the rest would only take longer.
    lessons = sorted(all_lessons(), key=lambda lesson: lesson.measured["seconds"])[:2]
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(run_twice, lessons))
    for lesson, (first, second) in zip(lessons, runs, strict=True):
        for i, cell in lesson.cells("code"):
            where = f"{lesson.name}, cell {i}"
            wanted = sorted(texts(cell))
            assert sorted(texts(first[i])) == wanted, where
            assert sorted(texts(second[i])) == wanted, f"{where}, second time"
            assert len(pngs(second[i].outputs)) == len(pngs(cell.outputs)), where
