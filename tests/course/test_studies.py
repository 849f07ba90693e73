"""Studies: a stored row comes out the same when it is run again, and says what made it."""

import json
import re
import shutil
import subprocess

import pytest

from course import studies
from course.lessons import all_lessons

NAMES = sorted(path.stem for path in studies.FOLDER.glob("*.py"))


#: Those whose quick row a lesson runs: nbval sees what `again` says there.
RUN_BY_LESSONS = {
    name
    for lesson in all_lessons()
    for _, cell in lesson.cells("code")
    for name in re.findall(r'\bstudies\.again\("(\w+)"\)', cell.source)
}


def again(name):
    return f"commit studies/{name}.py, and run it again: python studies/{name}.py"


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_rows_are_those_of_the_study(name):
    module, stored = studies.module(name), studies.read(name)
    rows = json.loads(json.dumps(module.ROWS))
    assert [row["settings"] for row in stored["rows"]] == rows, again(name)
    assert stored["quick"] == module.QUICK, again(name)


@pytest.mark.parametrize("name", sorted({*NAMES} - RUN_BY_LESSONS))
def test_the_quick_row_comes_out_the_same(name, capsys):
    _, stored, here = studies.again(name)
    assert capsys.readouterr().out == "", f"{again(name)}\n(it stored {stored} and makes {here})"


def test_results_are_those_of_the_rows_with_the_settings():
    rows = studies.read("ladder")["rows"]
    found = studies.results("ladder", rung="the original", seed=1)
    assert found == [
        row["results"]
        for row in rows
        if row["settings"]["rung"] == "the original" and row["settings"]["seed"] == 1
    ]
    with pytest.raises(ValueError, match="'rug'"):
        studies.results("ladder", rug="the original")
    with pytest.raises(ValueError, match=r"It holds rate 0\.0003, 0\.001, 0\.003\."):
        studies.results("ladder", rung="the original", rate=0.002)


def test_a_row_that_comes_out_otherwise_is_told(monkeypatch, capsys):
    altered = studies.read("tape_cost")
    altered["rows"][altered["quick"]]["results"]["128 units"]["loss"] += 1
    monkeypatch.setattr(studies, "read", lambda name: altered)
    studies.again("tape_cost")
    assert "not as stored in studies/tape_cost.json" in capsys.readouterr().out


def git(*arguments):
    command = ["git", "-C", str(studies.FOLDER), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.skipif(
    not shutil.which("git") or git("rev-parse", "--is-shallow-repository").stdout != "false\n",
    reason="only a clone with its whole history knows the revisions that made what is stored",
)
@pytest.mark.parametrize("name", NAMES)
def test_a_study_was_made_by_a_revision_in_the_history(name):
    made_from = studies.read(name)["made_from"]
    assert not made_from["changed since"], again(name)
    # A rebase loses revisions.
    ancestor = git("merge-base", "--is-ancestor", made_from["revision"], "HEAD")
    assert ancestor.returncode == 0, again(name)


# --- Lesson 11 beside PyTorch


def test_lesson_11_shows_the_text_that_was_run_in_pytorch():
    study = studies.module("tape_torch")
    rows = {row["settings"]["who"]: row["results"] for row in studies.read("tape_torch")["rows"]}
    for who, stored in rows.items():
        assert stored["text"] == study.text(who), f"{who}: run studies/tape_torch.py again"
        assert stored["gradients agree"]
        assert stored["losses"] == pytest.approx(rows["the tape"]["losses"], rel=1e-12)
    assert rows["PyTorch"]["release"].startswith("2.")
