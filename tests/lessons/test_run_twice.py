"""What readers do to notebooks: run a lesson twice in one kernel."""

import copy

import pytest

from course.lessons import all_lessons, pngs, texts
from course.making.execute import execute, source_notebook

pytestmark = pytest.mark.takes(seconds=5)


def test_a_lesson_twice_in_one_kernel():
    # The quickest; the rest would only take longer.
    lesson = min(all_lessons(), key=lambda lesson: lesson.measured["seconds"])
    notebook = source_notebook(lesson)
    count = len(notebook.cells)
    notebook.cells += copy.deepcopy(notebook.cells)
    execute(notebook)
    for i, cell in lesson.cells("code"):
        again = notebook.cells[count + i]
        assert sorted(texts(again)) == sorted(texts(cell)), f"{lesson.name}, cell {i}, second time"
        assert len(pngs(again.outputs)) == len(pngs(cell.outputs)), f"{lesson.name}, cell {i}"
