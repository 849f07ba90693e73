"""What tests of the exercises leave behind: nothing."""

import warnings

import numpy as np
import pytest

from course import exercises

from .common import HOMES


@pytest.fixture
def untouched(tmp_path, monkeypatch, capfd):
    """Keep into a temporary file; afterwards the library and all settings are as before."""
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "mine.py"))
    monkeypatch.setattr(exercises, "PATIENCE", 600.0)  # tests may share a busy computer
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        before = np.geterr(), list(warnings.filters)
        yield
        after = np.geterr(), list(warnings.filters)
    for name, exercise in HOMES.items():
        setattr(exercise.home, name, exercise.reference)
    assert after == before
    # The garbage collector warns at any time, of files that any test before this one left open.
    collected = (ResourceWarning, pytest.PytestWarning)
    assert [each for each in leaked if not issubclass(each.category, collected)] == []
    assert capfd.readouterr() == ("", "")
