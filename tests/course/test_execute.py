"""What tools know of a lesson, and how they make one: on small made-up lessons."""

import base64
import os
import sys

import nbformat
import pytest

from course import lessons
from course.making import execute

SOURCE = """# %% [markdown]
# # 07 Nines and sevens

# %% tags=["readme", "hide-input"] editable=true
# a comment
print(7)

# %% [markdown]
# The end.
"""

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@pytest.fixture
def lesson(tmp_path):
    """Write a lesson of three cells into a folder of its own."""
    (tmp_path / "07_nines.py").write_text(SOURCE, encoding="utf-8")
    return lessons.Lesson("07_nines", tmp_path)


def fresh(lesson):
    """Return the same lesson, read anew."""
    return lessons.Lesson(lesson.name, lesson.folder)


# --- What a lesson is


def test_lessons_are_chosen_by_number_in_their_order():
    assert [lesson.number for lesson in lessons.chosen(["03", "02"])] == ["02", "03"]
    with pytest.raises(ValueError, match="no lesson 77, 88"):
        lessons.chosen(["02", "88", "77"])


def test_the_headers_minutes_are_shared_out_among_the_sections(lesson):
    header = "# 07 Nines\n\n**Time** 20 minutes to read"
    text = "\n\n".join(
        [header, "## One", "word " * 3000, "## Recap", "word " * 1000, "## Next", "End."]
    )
    source = "# %% [markdown]\n" + "".join(f"# {line}\n" for line in text.splitlines())
    lesson.source_path.write_text(source, encoding="utf-8")
    sections = fresh(lesson).sections
    assert [part.title for part in sections] == ["Opening", "One", "Recap"]
    assert [part.minutes for part in sections] == [0, 15, 5]


# --- How one is made


def test_a_lesson_is_made_with_outputs_and_only_the_metadata_that_is_kept(lesson, monkeypatch):
    picture = lesson.folder / "picture.png"
    monkeypatch.setattr(execute, "PICTURE", picture)
    source = SOURCE.replace("print(7)", "from IPython.display import Image\nImage(PNG)")
    source = source.replace("# a comment", f"PNG = {PNG!r}")
    lesson.source_path.write_text(source, encoding="utf-8")
    measured = execute.make_notebook(lesson)
    notebook = fresh(lesson).notebook
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "markdown"]
    folded = {"jupyter": {"source_hidden": True}}
    assert notebook.cells[1].metadata == {"tags": ["readme", "hide-input"]} | folded
    assert notebook.cells[1].execution_count == 1
    assert picture.read_bytes() == PNG
    assert set(notebook.metadata) == {"kernelspec", "language_info", "measured"}
    assert notebook.metadata["measured"] == measured
    assert 0 < measured["seconds"] < 60
    assert measured["megabytes"] is None or 10 < measured["megabytes"] < 300


def quick(monkeypatch):
    """Let execute.py give outputs without a kernel, and 7 seconds that grow by one each time."""
    times = iter(range(7, 100))

    def fake(notebook, folder):
        notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="7\n")]
        notebook.cells[1].execution_count = 1
        notebook.metadata["language_info"] = {"name": "python"}
        return {"seconds": next(times), "megabytes": 180}

    monkeypatch.setattr(execute, "execute", fake)
    monkeypatch.setattr(execute, "pngs", lambda outputs: [""])
    monkeypatch.setattr(execute, "PICTURE", lessons.Path(os.devnull))


def test_a_lesson_is_run_and_measured_again_if_you_ask(lesson, monkeypatch):
    quick(monkeypatch)
    execute.make_notebook(lesson)
    first = lesson.path.read_bytes()
    assert execute.make_notebook(fresh(lesson)) is None
    assert lesson.path.read_bytes() == first
    assert execute.make_notebook(fresh(lesson), again=True)["seconds"] == 8
    assert fresh(lesson).measured == {"seconds": 8, "megabytes": 180}


@pytest.mark.parametrize(("megabytes", "said"), [(250, "5 s, 250 MB\n"), (None, "5 s\n")])
def test_memory_is_told_where_it_is_known(lesson, monkeypatch, capsys, megabytes, said):
    monkeypatch.setattr(sys, "argv", ["execute"])
    monkeypatch.setattr(execute, "chosen", lambda numbers: [lesson])
    measured = {"seconds": 5, "megabytes": megabytes}
    monkeypatch.setattr(execute, "make_notebook", lambda lesson, again: measured)
    execute.main()
    assert capsys.readouterr().out == f"07_nines: {said}"


def test_where_only_prose_changed_the_outputs_are_kept_and_nothing_is_run(lesson, monkeypatch):
    quick(monkeypatch)
    execute.make_notebook(lesson)
    os.utime(lesson.path, (1, 1))  # as old as a clone may make it
    lesson.source_path.write_text(SOURCE.replace("The end", "An end"), encoding="utf-8")
    assert execute.make_notebook(fresh(lesson)) is None
    made = fresh(lesson).notebook
    assert "An end" in made.cells[-1].source
    assert made.cells[1].outputs[0].text == "7\n"
    assert made.metadata["language_info"] == {"name": "python"}
    assert [cell.id for cell in made.cells] == [
        cell.id for cell in execute.source_notebook(lesson).cells[:-1]
    ] + [execute.source_notebook(fresh(lesson)).cells[-1].id]
    # The code was changed, or the outputs are not complete: it is run.
    lesson.source_path.write_text(SOURCE.replace("print(7)", "print(8)"), encoding="utf-8")
    assert execute.make_notebook(fresh(lesson))["seconds"] == 8
    made = fresh(lesson).notebook
    made.cells[1].execution_count = 2
    nbformat.write(made, lesson.path)
    os.utime(lesson.source_path)
    assert execute.make_notebook(fresh(lesson))["seconds"] == 9


def test_what_jupyter_stored_is_run_again(lesson, monkeypatch):
    quick(monkeypatch)
    execute.make_notebook(lesson)
    saved = fresh(lesson).notebook
    saved.cells[1].outputs.append(
        nbformat.v4.new_output("display_data", {execute.WIDGET: {"model_id": "1"}})
    )
    nbformat.write(saved, lesson.path)
    os.utime(lesson.source_path)
    assert execute.make_notebook(fresh(lesson))["seconds"] == 8
    assert [output.text for output in fresh(lesson).notebook.cells[1].outputs] == ["7\n"]


def test_cells_keep_their_ids_when_others_are_added(lesson):
    before = [cell.id for cell in execute.source_notebook(lesson).cells]
    lesson.source_path.write_text("# %%\nnew = 1\n\n" + SOURCE + "\n# %%\nnew = 1\n")
    after = [cell.id for cell in execute.source_notebook(fresh(lesson)).cells]
    assert after[1:-1] == before
    assert after[-1] == f"{after[0]}-2"


def test_edits_in_the_notebook_are_not_overwritten(lesson, monkeypatch):
    quick(monkeypatch)
    execute.make_notebook(lesson)
    notebook = fresh(lesson).notebook
    notebook.cells[-1].source = "An end, typed in Jupyter."
    nbformat.write(notebook, lesson.path)
    stored = lesson.path.read_bytes()
    for when in (1, 10**10):  # whichever of the two is newer
        os.utime(lesson.path, (when, when))
        with pytest.raises(SystemExit, match="An end, typed in Jupyter"):
            execute.make_notebook(fresh(lesson))
        assert lesson.path.read_bytes() == stored


def test_edits_that_are_in_both_files_are_no_obstacle(lesson, monkeypatch):
    quick(monkeypatch)
    execute.make_notebook(lesson)
    notebook = fresh(lesson).notebook
    notebook.cells[-1].source = "An end, typed in Jupyter."
    notebook.metadata["jupytext"] = {"formats": "ipynb,py:percent"}  # Jupyter saves both files
    nbformat.write(notebook, lesson.path)
    source = SOURCE.replace("The end.", "An end that was edited again.")
    lesson.source_path.write_text(source, encoding="utf-8")
    os.utime(lesson.path, (10**10, 10**10))
    with pytest.raises(SystemExit, match="An end, typed in Jupyter"):
        execute.make_notebook(fresh(lesson))
    os.utime(lesson.path, (1, 1))  # so the source was saved later, and holds every edit
    assert execute.make_notebook(fresh(lesson)) is None
    assert fresh(lesson).notebook.cells[-1].source == "An end that was edited again."


def test_a_lesson_that_fails_is_not_stored(lesson, monkeypatch):
    lesson.source_path.write_text(SOURCE.replace("print(7)", "1 / 0"), encoding="utf-8")
    monkeypatch.setattr(execute, "chosen", lambda numbers: [lesson])
    monkeypatch.setattr(sys, "argv", ["execute.py", "07"])
    with pytest.raises(SystemExit, match=r"07_nines was not stored(?s:.+)ZeroDivisionError"):
        execute.main()
    assert not lesson.path.exists()
    assert [path.name for path in lesson.folder.iterdir()] == ["07_nines.py"]


def test_what_is_stored_is_free_of_chance(monkeypatch):
    """How a stream is cut into messages, a picture's living view, and what others do meanwhile.

    Nor does it depend on what a reader keeps, or on who sees a bar move.
    """
    monkeypatch.setenv("MNISTLIB_MINE", "a reader's own")
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    printing = "import time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(0.1)"
    living = (
        "import ipywidgets\nfrom IPython.display import display\ndisplay({'text/plain': 'still', "
        f"{execute.WIDGET!r}: {{'model_id': ipywidgets.Text().model_id}}}}, raw=True)"
    )
    working = "time.sleep(1)\nstart = time.process_time()\n"
    working += "while time.process_time() < start + 0.1:\n    pass"
    asking = (
        "import os\nprint(os.environ['TQDM_DISABLE'], os.environ['MNISTLIB_MINE'] == os.devnull)"
    )
    codes = map(nbformat.v4.new_code_cell, (printing, living, working, asking))
    notebook = nbformat.v4.new_notebook(cells=list(codes))
    measured = execute.execute(notebook)
    streams, picture, _, surroundings = notebook.cells
    assert [output.text for output in streams.outputs] == ["0\n1\n2\n"]
    assert [output.data for output in picture.outputs] == [{"text/plain": "still"}]
    assert "widgets" not in notebook.metadata
    assert 0.1 <= measured["seconds"] < 1
    assert surroundings.outputs[0].text == "1 True\n"
