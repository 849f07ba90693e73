"""The benchmarks' page says what the stored measurements say. Nothing is timed here."""

import importlib
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
FIRST = next(iter(json.loads((FOLDER / "waiting.json").read_text(encoding="utf-8"))["lessons"]))


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


@pytest.mark.parametrize(
    ("module", "stored", "path", "row"),
    [
        ("waiting", "waiting.json", ("lessons", FIRST, "seconds"), FIRST),
        ("waiting", "waiting.json", ("lessons", FIRST, "megabytes"), FIRST),
        ("waiting", "waiting.json", ("pytest_seconds",), "the whole `pytest`"),
        ("waiting", "waiting.json", ("milliseconds", "load()", "best"), "`load()`"),
        (
            "training_step",
            "results.json",
            ("contenders", "ours, float32", "us_per_step_best"),
            "PyTorch eager",
        ),
    ],
)
def test_a_missed_goal_is_said(module, stored, path, row, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    results = json.loads((FOLDER / stored).read_text(encoding="utf-8"))
    inner = results
    for name in path[:-1]:
        inner = inner[name]
    said = []
    for value in (1, 10_000):
        inner[path[-1]] = value
        lines = importlib.import_module(module).report(results).splitlines()
        line = next(found for found in lines if found.startswith(f"| {row} "))
        said.append(line.rstrip(" |").endswith("**no**"))
    assert said == [False, True]
