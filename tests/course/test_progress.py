"""What outlives a notebook: which exercises were tried, and which are right."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from course import files
from course.exercises import EXERCISES, LESSONS, check, keep, mine, progress, store

from .common import kept_file, names_in, posix, progress_file, refuse, well_formed
from .handed_in import right, write

pytestmark = pytest.mark.usefixtures("untouched")


def test_progress_tells_right_from_tried_from_open():
    assert progress().splitlines()[1].startswith("01  · label_header   · one_hot   · split")
    check(write("one_hot", "..."))
    assert not progress_file().exists()
    check(write("one_hot", "return labels"))
    check(write("softmax", right("softmax")[0]))
    check(write("softmax", "return z"))  # right once stays right
    lines = progress().splitlines()
    assert all(len(line) <= 70 for line in lines)
    assert [line[:2] for line in lines[:-1] if line[:2] != "  "] == [*LESSONS]
    assert "○ one_hot" in lines[1]
    assert "✓ softmax   · softmax_backward" in str(progress())
    shown = well_formed(progress()._repr_html_())
    assert all(name in shown for name in EXERCISES)
    assert lines[-1] == f"✓ right 1   ○ tried 1   · open {len(EXERCISES) - 2}"
    progress_file().unlink()
    assert progress().endswith(f"· open {len(EXERCISES)}")


@pytest.mark.parametrize(
    "damaged",
    [b"{", b"[]", b'{"softmax": 3}', b'{"softmax": []}', b"\xff", b"[" * 100_000, b"null", b"7",
     b'{"softmax": {"right": 1}}', b'{"softmax": null}', bytes(range(256)) * 40],
)  # fmt: skip
def test_a_damaged_file_of_progress_is_said_and_set_aside(damaged, capfd):
    keep(write("sigmoid", right("sigmoid")[0]))
    progress_file().write_bytes(damaged)
    warning = "progress.json was damaged: now it is {}, and a new one is begun.\n"
    assert check(write("softmax", right("softmax")[0])).kind == "right"
    assert capfd.readouterr().out == warning.format("progress-damaged.json")
    assert progress().endswith(f"✓ right 1   ○ tried 0   · open {len(EXERCISES) - 1}")
    progress_file().write_bytes(b"{")
    check(write("softmax", "..."))
    assert capfd.readouterr().out == warning.format("progress-damaged-2.json")
    progress_file().write_bytes(b"[")
    progress()
    assert capfd.readouterr().out == warning.format("progress-damaged-3.json")
    for name, content in [("", damaged), ("-2", b"{"), ("-3", b"[")]:
        assert progress_file().with_name(f"progress-damaged{name}.json").read_bytes() == content
    assert mine().startswith("yours:         sigmoid\n")


def test_a_damaged_file_that_another_notebook_is_replacing_is_left_to_it():
    progress_file().write_bytes(b"{")
    with ThreadPoolExecutor(1) as pool:
        with store.using(progress_file()):
            waiting = pool.submit(progress)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            progress_file().write_text('{"softmax": "right"}')
        assert waiting.result(timeout=30).splitlines()[-1].startswith("✓ right 1")
    assert names_in(progress_file().parent) == {"progress.json"}


def assert_said_and_stops_nothing(words, capfd):
    """In the place of progress that cannot be used, one line is said."""
    for asked, kind in [
        ("...", "not attempted"),
        ("return z", None),
        (right("softmax")[0], "right"),
    ]:
        reply = check(write("softmax", asked))
        assert reply.kind == kind or kind is None
        assert re.fullmatch(f"[^\n]*{words}[^\n]*\n", capfd.readouterr().out)
    assert "From here on it is" in keep(write("softmax", right("softmax")[0]))
    assert capfd.readouterr().out.count("\n") == 1
    assert progress().endswith(f"· open {len(EXERCISES)}")
    assert re.fullmatch(f"[^\n]*{words}[^\n]*\n", capfd.readouterr().out)


@pytest.mark.parametrize("make", ["mkdir", pytest.param("mkfifo", marks=posix)])
def test_progress_that_is_no_file_is_said(make, capfd):
    getattr(os, make)(progress_file())
    words = r"progress\.json is no regular file\. Move it away, or set the environment variable "
    assert_said_and_stops_nothing(words, capfd)


NOT_ALLOWED = (
    r"progress\.json cannot be used: Permission denied\. Mend that, or set the environment "
)


def test_progress_that_may_not_be_read_is_said(monkeypatch, capfd):
    progress_file().write_text("{}")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert_said_and_stops_nothing(NOT_ALLOWED, capfd)


def test_damaged_progress_that_cannot_be_set_aside_is_said(monkeypatch, capfd):
    progress_file().write_text("{")
    replace = files.replace
    monkeypatch.setattr(
        files,
        "replace",
        lambda path, text: (replace if path == kept_file() else refuse)(path, text),
    )
    assert_said_and_stops_nothing(NOT_ALLOWED, capfd)
    assert progress_file().read_text() == "{"


@posix
def test_progress_that_a_link_leads_to_stays_there_also_where_it_is_damaged(tmp_path, capfd):
    there = tmp_path / "there" / "far.json"
    progress_file().symlink_to(there)
    check(write("softmax", "return z"))
    assert capfd.readouterr().out.startswith(f"{there} cannot be used: No such file or directory.")
    there.parent.mkdir()
    check(write("softmax", "return z"))
    assert there.exists()
    there.write_text("{")
    check(write("softmax", "return z"))
    assert capfd.readouterr().out.startswith(
        "progress.json was damaged: now it is progress-damaged."
    )
    assert progress_file().with_name("progress-damaged.json").read_text() == "{"
    assert progress_file().is_symlink()
    assert progress().splitlines()[-1].startswith("✓ right 0   ○ tried 1")


def test_progress_that_cannot_be_written_stops_no_check(monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "no" / "mine.py"))
    assert check(write("softmax", right("softmax")[0])).kind == "right"
    assert "progress.json cannot be used: No such file or directory." in capfd.readouterr().out
