"""The checks of the stand-ins for other computers can fail; here they are seen failing."""

import shutil
import sys
import tempfile

import pytest

from course.computers import arm, other_blas, rerun, stand_ins
from course.computers.rerun import NotPossible, Verdict


@pytest.fixture
def table(monkeypatch, capsys):
    """Run rows without running lessons; return what is printed. Only a kernel that is set differs."""

    def run(*rows):
        seen = {"kernel": "Haswell", "threads": 2, "SIMD": "off", "product": "00", "exp": "00"}
        seen |= {"machine": "x86_64", "BLAS": "openblas 0.3.31"}
        seen |= {"decimal": ".", "zone": "+0000", "python": "3.11.2"}
        monkeypatch.setattr(sys, "argv", ["stand_ins.py", "02"])
        monkeypatch.setattr(stand_ins, "processors", lambda: rows)
        monkeypatch.setattr(stand_ins, "everyday", lambda rows, kernel: rows)
        monkeypatch.setattr(
            stand_ins, "probe", lambda s: seen | {"kernel": s.get("TYPE", "Haswell")}
        )
        monkeypatch.setattr(stand_ins, "run_lessons", lambda *_: ({"02": Verdict(cells=1)}, []))
        with pytest.raises(SystemExit) as ended:
            stand_ins.main()
        return capsys.readouterr().out, ended.value.code

    return run


def test_a_row_that_did_not_take_effect_is_not_reported(table):
    printed, code = table(stand_ins.StandIn("Prescott", lambda seen: seen["kernel"] == "Katmai"))
    assert "not possible here: it did not take effect" in printed
    assert "same" not in printed
    assert code == 1


def test_a_row_like_an_earlier_one_is_not_reported(table):
    rows = [stand_ins.StandIn(n, lambda seen: True, {"TYPE": "Zen"}) for n in ("first", "second")]
    printed, code = table(*rows)
    assert printed.count("| same ") == 1
    assert "second" in printed
    assert "not possible here: the same as first" in printed
    assert code == 0


def test_a_row_like_this_computer_is_not_reported(table):
    printed, code = table(stand_ins.StandIn("Haswell", lambda seen: True))
    assert "not possible here: the same as this computer" in printed
    assert "| same " not in printed
    assert code == 1


@pytest.mark.parametrize("kernel", ["Haswell", "SkylakeX", "Zen"])
def test_for_every_day_there_are_two_other_computers(kernel):
    rows = stand_ins.processors()
    assert len({row.name for row in rows}) == 20
    chosen = [row.name for row in stand_ins.everyday(rows, kernel)]
    assert len(chosen) == 2
    assert not any(name.startswith(kernel) for name in chosen)


def test_for_every_day_only_quick_lessons_are_run(monkeypatch, capsys):
    monkeypatch.setattr(stand_ins, "QUICK", -1)
    monkeypatch.setattr(stand_ins, "everyday", lambda rows, kernel: [])
    monkeypatch.setattr(sys, "argv", ["stand_ins.py"])
    with pytest.raises(SystemExit):
        stand_ins.main()
    assert "| 02" not in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["stand_ins.py", "02"])
    with pytest.raises(SystemExit):
        stand_ins.main()
    assert "| 02" in capsys.readouterr().out


# --- Rows that need programs of their own


def test_every_row_has_a_name_of_its_own():
    rows = [*stand_ins.processors(), *arm.rows(), *other_blas.rows()]
    assert len({row.name for row in rows}) == len(rows) == 26


def test_an_arm_row_is_an_arm_computer_and_no_other():
    row = arm.rows(["neoverse-n1"])[0]
    assert row.expected({"machine": "aarch64", "kernel": "neoversen1"})
    assert not row.expected({"machine": "x86_64", "kernel": "neoversen1"})
    assert not row.expected({"machine": "aarch64", "kernel": "armv8"})


def test_what_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(NotPossible, match="qemu-user"):
        arm.rows()[0].prepare(tmp_path)
    monkeypatch.setattr(other_blas, "LIBRARIES", {"ours": ("nowhere", "ours")})
    with pytest.raises(NotPossible, match="libblis-dev"):
        other_blas.rows()[0].prepare(tmp_path)


def test_a_command_that_fails_says_why():
    with pytest.raises(NotPossible, match="ended with 3: no such thing"):
        arm.run(sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)")


def test_what_takes_long_to_make_is_made_once(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(rerun, "ROOT", tmp_path)
    (tmp_path / "temporary").mkdir()
    pins, source = tmp_path / "requirements.txt", tmp_path / "source.py"
    pins.write_text("numpy==1")
    source.touch()
    made = []

    def make(folder):
        made.append(folder)
        (folder / "it").write_text(pins.read_text())
        if pins.read_text() == "broken":
            raise NotPossible("it broke")

    first = rerun.made_once("it", source, make)
    assert (first / "it").read_text() == "numpy==1"
    assert rerun.made_once("it", source, make) == first
    assert len(made) == 1
    pins.write_text("numpy==2")
    second = rerun.made_once("it", source, make)
    assert (second / "it").read_text() == "numpy==2"
    pins.write_text("broken")
    with pytest.raises(NotPossible, match="it broke"):
        rerun.made_once("it", source, make)
    assert sorted((tmp_path / "temporary").iterdir()) == sorted([first, second])
