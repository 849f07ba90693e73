"""Studies: a stored row comes out the same when it is run again, and says what made it."""

import json
import re
import subprocess
import sys

import pytest

from course import studies
from course.lessons import ROOT

pytestmark = pytest.mark.takes(seconds=45)

NAMES = sorted(path.stem for path in studies.FOLDER.glob("*.py"))


def close(ours, stored):
    """Compare results: numbers to rounding, everything else exactly."""
    if isinstance(stored, dict):
        return ours.keys() == stored.keys() and all(close(ours[k], stored[k]) for k in stored)
    if isinstance(stored, list):
        return len(ours) == len(stored) and all(map(close, ours, stored))
    if isinstance(stored, float):
        return ours == pytest.approx(stored, rel=1e-6, abs=1e-9)
    return ours == stored


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_row_comes_out_the_same(name):
    module, stored = studies.module(name), studies.read(name)
    unlike = (
        f"studies/{name}.json is not what studies/{name}.py makes: commit the study, then run: "
        f"python studies/{name}.py"
    )
    rows = json.loads(json.dumps(module.ROWS))
    assert [row["settings"] for row in stored["rows"]] == rows, unlike
    assert stored["quick"] == module.QUICK, unlike
    settings, results, here = studies.again(name)
    assert settings == stored["rows"][module.QUICK]["settings"]
    assert results == stored["rows"][module.QUICK]["results"]
    assert close(json.loads(json.dumps(here)), results), (
        f"{unlike}\n(with {settings} it stored {results} and makes {here})"
    )


def test_a_reader_finds_every_study_from_any_folder(tmp_path):
    ask = "from course import studies; print(*[len(studies.module(name).ROWS) for name in {}])"
    command = [sys.executable, "-I", "-c", ask.format(NAMES)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(done.stdout.split()) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_study_says_what_made_it(name):
    made_from = studies.read(name)["made_from"]
    assert len(made_from["revision"]) == 40
    assert not made_from["changed since"], (
        f"{name}.json was made by code that was not committed; commit it, then run: "
        f"python studies/{name}.py"
    )
    assert made_from["numpy"]


def git(*arguments):
    """Return what git answers in the clone; None where it has nothing to say."""
    command = ["git", "-C", str(studies.FOLDER), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


with_history = pytest.mark.skipif(
    git("rev-parse", "--is-shallow-repository") != "false",
    reason="only a clone with its whole history knows the revisions that made what is stored",
)


def is_in_the_history(revision):
    return git("merge-base", "--is-ancestor", revision, "HEAD") is not None


@with_history
@pytest.mark.parametrize("name", NAMES)
def test_the_revisions_that_made_a_study_are_in_the_history(name):
    named = [str(value) for value in studies.read(name)["made_from"].values()]
    revisions = [value for value in named if re.fullmatch("[0-9a-f]{40}", value)]
    assert revisions
    assert [revision for revision in revisions if not is_in_the_history(revision)] == [], (
        f"studies/{name}.json names what is not in the history (a rebase loses revisions): run "
        f"python studies/{name}.py at a revision that is"
    )


@with_history
def test_the_commits_that_other_computers_tried_are_in_the_history():
    page = (ROOT / "website" / "pages" / "computers.md").read_text(encoding="utf-8")
    commits = re.findall(r"^\| ([0-9a-f]{7,40}) \|", page, re.MULTILINE)
    assert commits
    assert [commit for commit in commits if not is_in_the_history(commit)] == []


@pytest.mark.parametrize("name", ["no such study", "", "../studies/decay", "x" * 300, "a\0b"])
@pytest.mark.parametrize("ask", [studies.read, studies.module, studies.again])
def test_a_study_that_is_not_there_is_named(ask, name):
    with pytest.raises(FileNotFoundError, match=re.escape(f"no study {name!r}")):
        ask(name)


def test_a_study_whose_code_is_gone_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "FOLDER", tmp_path)
    (tmp_path / "decay.json").write_text('{"rows": [{"settings": {}, "results": {}}], "quick": 0}')
    with pytest.raises(FileNotFoundError, match=r"'decay' is stored as NAME\.py"):
        studies.again("decay")


# --- Lesson 11 beside PyTorch


def study_beside_torch():
    rows = {row["settings"]["who"]: row["results"] for row in studies.read("tape_torch")["rows"]}
    return studies.module("tape_torch"), rows


def test_lesson_11_shows_the_text_that_was_run_in_pytorch():
    study, rows = study_beside_torch()
    for who, stored in rows.items():
        assert stored["text"] == study.text(who), f"{who}: run studies/tape_torch.py again"
        assert stored["gradients agree"]
        assert stored["losses"] == pytest.approx(rows["the tape"]["losses"], rel=1e-12)
    assert rows["PyTorch"]["release"].startswith("2.")


def test_pytorch_comes_to_the_same_here():
    pytest.importorskip("torch", reason="PyTorch is in the race's environment only")
    study, rows = study_beside_torch()
    here = study.run("PyTorch")
    assert here["gradients agree"]
    assert here["losses"] == pytest.approx(rows["PyTorch"]["losses"], rel=1e-10)
