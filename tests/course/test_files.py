"""A file is written whole or not at all, and stays what it was otherwise."""

import os
import stat

import pytest

from course import files


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("kept", [0o600, 0o640, 0o755])
def test_a_file_keeps_its_permissions(tmp_path, kept):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(kept)
    files.replace(path, "new")
    assert (path.read_text(), mode(path)) == ("new", kept)


def test_a_new_file_gets_the_permissions_of_any_other(tmp_path):
    (tmp_path / "other").write_text("")
    files.replace(tmp_path / "file", b"new")
    assert mode(tmp_path / "file") == mode(tmp_path / "other")


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o444)
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # who may write everything
        monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError):
        files.replace(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]
