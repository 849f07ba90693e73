"""The benchmarks' page says what the stored measurements say. Nothing is timed here."""

import importlib
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.mark.parametrize(
    ("module", "stored"), [("training_step", "results.json"), ("waiting", "waiting.json")]
)
def test_the_page_shows_the_stored_results(module, stored, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    results = json.loads((FOLDER / stored).read_text(encoding="utf-8"))
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    written = page.split(f"<!-- {module}: written by {module}.py -->")[1]
    written = written.split(f"<!-- end of {module} -->")[0]
    assert written.strip() == importlib.import_module(module).report(results)
