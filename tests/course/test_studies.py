"""Studies: a stored row comes out the same when it is run again, and says what made it."""

import json
import shutil
import subprocess

import pytest

from course import studies

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
    again = f"studies/{name}.json: commit studies/{name}.py, and run it again"
    assert not made_from["changed since"], again
    # A rebase loses revisions.
    ancestor = git("merge-base", "--is-ancestor", made_from["revision"], "HEAD")
    assert ancestor.returncode == 0, again


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
