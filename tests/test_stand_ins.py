"""The checks of the stand-ins for other computers can fail; here they are seen failing."""

import sys

import pytest
import stand_ins
from rerun import Verdict


@pytest.fixture
def table(monkeypatch, capsys):
    """Run rows without running lessons; return what is printed. Only a kernel that is set differs."""

    def run(*rows):
        seen = {"kernel": "Haswell", "threads": 2, "SIMD": "off", "product": "00", "exp": "00"}
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
