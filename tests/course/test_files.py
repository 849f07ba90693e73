"""A file is written whole or not at all, and nothing but a file is written over."""

import os

import pytest

from course import files

from .common import refuse


def test_a_file_is_written_whole_or_not_at_all_and_keeps_its_permissions(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o640)
    files.replace(path, "new")
    assert path.read_text() == "new"
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o640
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(PermissionError):
        files.replace(path, "newer")
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_or_a_device_is_not_written_over(tmp_path):
    for place in (tmp_path, os.devnull):
        with pytest.raises(OSError, match="it is no regular file"):
            files.replace(place, "new")
    assert tmp_path.is_dir()
    assert not os.path.isfile(os.devnull)
