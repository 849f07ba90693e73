"""The report on a reader's own computer: what differs is found, measured and said."""

import re
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.computers import certificate, rerun
from course.computers.rerun import NotPossible, Verdict
from course.lessons import Lesson
from course.lessons.pytest_plugin import apart

pytestmark = pytest.mark.takes(seconds=5)

SEEN = {
    "SIMD": "off",
    "BLAS": "accelerate unknown",
    "kernel": "unknown",
    "threads": 0,
    "python": "3.13.5",
    "packages": "numpy 0.1 matplotlib 3.11.2",
} | dict.fromkeys(["product", "exp", "log"], "00")


@pytest.mark.parametrize(
    ("stored", "printed", "words"),
    [
        ("loss 0.123456", "loss 0.123457", "1e-06 (0.123456 is stored, 0.123457 was printed)"),
        ("[-1.5 2e-3]\n7", "[-1.5 -2e-3]\n9", "2 (7 is stored, 9 was printed)"),
        ("W1 right", "W2 right", "other words"),
        ("0.5", "nan", "other words"),
        ("right 1", "right  1", "other words"),
        ("1.0", "1.0", "other blanks or outputs"),
    ],
)
def test_how_far_two_texts_are_apart(stored, printed, words):
    assert apart(stored, printed) == words


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    """Run a small lesson whose stored outputs are partly wrong, as a certificate runs lessons."""
    root = tmp_path_factory.mktemp("clone")
    (root / "notebooks").mkdir()
    ini = "[pytest]\naddopts = --nbval --nbval-current-env\n"
    (root / "pytest.ini").write_text(ini, encoding="utf-8")
    (root / "conftest.py").write_text(
        'pytest_plugins = ["course.lessons.pytest_plugin"]\n', encoding="utf-8"
    )
    cells = [
        new_code_cell(
            code, execution_count=1, outputs=[new_output("stream", name="stdout", text=text)]
        )
        for code, text in [
            ("print(0.5)", "0.5\n"),
            ("print(0.123457)", "0.123456\n"),
            ("1 / 0", ""),
        ]
    ]
    lesson = Lesson("07_nines", root / "notebooks")
    nbformat.write(new_notebook(cells=cells), lesson.path)
    with pytest.MonkeyPatch.context() as patch:
        settings = rerun.unchanged()
        patch.setattr(rerun, "ROOT", root)
        verdict, _ = rerun.run_lesson(settings, lesson, root)
    return verdict


def test_a_cell_that_differs_is_found_and_measured(verdict):
    assert verdict.cells == 3
    assert not verdict.same
    assert list(verdict.differing) == ["Cell 1", "Cell 2"]
    assert verdict.differing["Cell 1"].startswith("1e-06 (0.123456 is stored")
    assert verdict.differing["Cell 2"] == "ZeroDivisionError: division by zero"


def test_the_report_names_cells_as_jupyter_does(verdict):
    said = certificate.sentence(verdict)
    assert said.startswith("**differs** in 2 of 3 cells: [2] by 1e-06 (0.123456 is stored")
    assert "[3] by ZeroDivisionError" in said


def test_what_was_not_run_is_not_the_same():
    assert not Verdict().same
    assert "no cell was run" in certificate.sentence(Verdict())


@pytest.fixture
def report(monkeypatch, capsys):
    """Make a report on lessons 02 and 03 without running them; return it and the exit code."""

    def make(verdict, *options):
        monkeypatch.setattr(sys, "argv", ["certificate.py", "02", "03", *options])
        monkeypatch.setattr(certificate, "probe", lambda settings: SEEN)
        monkeypatch.setattr(certificate, "run_lesson", lambda *_: (verdict, []))
        with pytest.raises(SystemExit) as ended:
            certificate.main()
        return capsys.readouterr().out, ended.value.code

    return make


def test_the_report_is_markdown_that_tells_what_matters(report):
    printed, code = report(Verdict(cells=7, figures=2, rms=0.01))
    assert code == 0
    assert printed.startswith("### The same numbers on ")
    for row in ("processor", "system", "Python", "NumPy", "BLAS", "packages", "02", "03"):
        assert re.search(rf"^\| {row} \| .+ \|$", printed, re.M), printed
    assert "accelerate unknown, kernel unknown, unknown thread(s)" in printed
    assert "| packages | not as pinned: numpy 0.1 |" in printed
    assert printed.count("same: 7 cells, 2 figures (apart 0.01)") == 2


def test_a_report_on_other_numbers_says_so(report):
    printed, code = report(Verdict(cells=7, differing={"Cell 4": "0.1 (1|2)"}))
    assert code == 1
    assert printed.startswith("### Other numbers on ")
    assert "| 02 | **differs** in 1 of 7 cells: [5] by 0.1 (1/2) |" in printed


@pytest.mark.parametrize("kernel", certificate.KERNELS)
def test_this_processor_can_stand_in_for_another(kernel):
    if rerun.probe(rerun.unchanged())["BLAS"].split()[0] != "openblas":
        pytest.skip("NumPy multiplies by another library than OpenBLAS here")
    _, seen = certificate.stand_in(kernel)
    assert seen["kernel"] == certificate.KERNELS[kernel]


@pytest.mark.parametrize("seen", [SEEN, SEEN | {"kernel": "Katmai", "SIMD": "AVX2"}])
def test_a_stand_in_that_did_not_take_effect_gives_no_report(monkeypatch, seen):
    monkeypatch.setattr(certificate, "probe", lambda settings: seen)
    with pytest.raises(NotPossible, match="Prescott did not take effect"):
        certificate.stand_in("Prescott")


def test_only_quick_lessons_run_if_asked(report, monkeypatch):
    times = {"02": 5.0, "03": 20.0}
    monkeypatch.setattr(Lesson, "seconds", property(lambda lesson: times[lesson.number]))
    printed, _ = report(Verdict(cells=7), "--quick")
    assert "| 02 |" in printed
    assert "| 03 |" not in printed


def test_without_the_packages_there_is_a_reason_and_no_report(report, monkeypatch):
    def fail(settings):
        raise NotPossible("no NumPy")

    monkeypatch.setattr(certificate, "computer", fail)
    printed, code = report(Verdict(cells=1))
    assert printed == ""
    assert "no NumPy" in code
