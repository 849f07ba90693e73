"""Studies: a stored row comes out the same when it is run again, and says what made it."""

import json
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from joblib import parallel_config

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
    advice = f"delete studies/{name}.json, {again(name)}\n(it stored {stored} and makes {here})"
    assert capsys.readouterr().out == "", advice


def test_results_are_those_of_the_rows_with_the_settings():
    rows = studies.read("ladder")["rows"]
    found = studies.results("ladder", rung="the original", seed=1)
    assert found == [
        row["results"]
        for row in rows
        if row["settings"]["rung"] == "the original" and row["settings"]["seed"] == 1
    ]
    with pytest.raises(ValueError, match=r"'rug'.*studies/ladder\.py lists its rows"):
        studies.results("ladder", rug="the original")


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
    study = studies.read(name)
    origins = [study["made_from"], *(row.get("made_from") for row in study["rows"])]
    for origin in filter(None, origins):
        assert origin.keys() == {"revision", "changed since", "python", "numpy"}
        assert not origin["changed since"], again(name)
    # A rebase loses revisions.
    for revision in {origin["revision"] for origin in filter(None, origins)}:
        ancestor = git("merge-base", "--is-ancestor", revision, "HEAD")
        assert ancestor.returncode == 0, again(name)


# --- Running a study


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a study of these seeds, as in a terminal; return what it stored, and the seeds it ran."""
    monkeypatch.setattr(sys, "argv", ["study.py"])

    def run(seeds, revision):
        ran = []
        study = SimpleNamespace(
            __file__=tmp_path / "study.py",
            ROWS=[{"seed": seed} for seed in seeds],
            QUICK=0,
            run=lambda seed: ran.append(seed) or {"square": seed**2},
        )
        origin = {"revision": revision, "changed since": revision == "a draft"}
        monkeypatch.setattr(studies, "made_from", lambda name: origin)
        monkeypatch.setitem(sys.modules, "__main__", study)
        with parallel_config("sequential"):
            studies.main()
        return json.loads((tmp_path / "study.json").read_text("utf-8")), ran

    return run


def test_what_is_stored_stays_and_a_later_row_says_what_made_it(run):
    assert run([1], "a draft")[1] == [1]
    study, ran = run([2, 1], "one")
    assert study == {
        "made_from": {"revision": "one", "changed since": False},
        "quick": 0,
        "rows": [{"settings": {"seed": n}, "results": {"square": n**2}} for n in (2, 1)],
    }
    assert ran == [2, 1]  # what a draft stored is run again
    later, ran = run([2, 3, 1], "two")
    row = {"made_from": {"revision": "two", "changed since": False}}
    row |= {"settings": {"seed": 3}, "results": {"square": 9}}
    assert later == study | {"rows": [study["rows"][0], row, study["rows"][1]]}
    assert ran == [3]
    assert run([2, 3, 1], "three") == (later, [])


def test_code_that_is_not_committed_needs_a_draft_also_behind_a_link(tmp_path, monkeypatch):
    (tmp_path / "clone").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "clone", target_is_directory=True)
    monkeypatch.setattr(studies, "FOLDER", tmp_path / "clone")
    monkeypatch.setattr(studies, "changed", lambda name: f" M studies/{name}.py")
    monkeypatch.setattr(sys, "argv", ["study.py"])
    study = SimpleNamespace(__file__=tmp_path / "link" / "study.py", ROWS=[{}], QUICK=0, run=dict)
    monkeypatch.setitem(sys.modules, "__main__", study)
    with pytest.raises(SystemExit, match=r"last commit:\n M studies/study\.py"):
        studies.main()


# --- Lesson 11 beside PyTorch


def test_lesson_11_shows_the_text_that_was_run_in_pytorch():
    study = studies.module("tape_torch")
    rows = {row["settings"]["who"]: row["results"] for row in studies.read("tape_torch")["rows"]}
    for who, stored in rows.items():
        assert stored["text"] == study.text(who), f"{who}: run studies/tape_torch.py again"
        assert stored["gradients agree"]
        assert stored["losses"] == pytest.approx(rows["the tape"]["losses"], rel=1e-12)
    assert rows["PyTorch"]["release"].startswith("2.")
