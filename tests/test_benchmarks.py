"""The benchmarks' page says what the stored measurements say, and each program runs."""

import importlib
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from mnistlib import data, network, training

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def module(monkeypatch):
    """Return a function that imports a program of the benchmarks, which find each other by name."""
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("attention_step", "contenders", "page", "race", "threads"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module


def stored(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["attention_step", "race", "threads"])
def test_the_page_shows_what_is_stored(name, module):
    text = module(name).report(stored(name))
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"<!-- {name}: written by {name}.py -->\n\n{text}\n\n<!-- end of {name} -->" in page


def test_where_it_was_measured_is_told_with_no_more_than_the_benchmarks_install():
    lines = (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    installed = {line.partition("==")[0] for line in lines}
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [re.match("[a-z0-9-]+", each)[0] for each in project["project"]["dependencies"]]
    course = project["project"]["optional-dependencies"]["course"]
    absent = {re.match("[a-z0-9-]+", each)[0] for each in course} - installed - set(needed)
    assert "jupytext" in absent
    hidden = {name.replace("-", "_"): None for name in absent}
    ask = f"import sys; sys.modules.update({hidden}); import page; page.circumstances({{}}, [], [])"
    paths = os.pathsep.join([str(FOLDER), str(FOLDER.parent)])
    environment = os.environ | {"PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", ask], check=True, env=environment)


def test_a_section_is_replaced_and_the_rest_stays(module, monkeypatch, tmp_path):
    page = module("page")
    monkeypatch.setattr(page, "HERE", tmp_path)
    marked = "before <!-- a: written by a.py -->\nold<!-- end of a --> after"
    (tmp_path / "README.md").write_text(marked, encoding="utf-8")
    page.write_section("new", "a")
    expected = "before <!-- a: written by a.py -->\n\nnew\n\n<!-- end of a --> after"
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == expected


def test_ours_is_the_librarys_training(module):
    contenders = module("contenders")
    mnist = data.load()
    start = network.initialise(np.random.default_rng(0), dtype=np.float32)
    batches = training.minibatches(600, 100, rng=np.random.default_rng(1))
    rates = [0.5 - step / 20 for step in range(len(batches))]
    weights_after = []
    ours = contenders.Ours(mnist, "float64")
    ours.run(start, batches, rates, 3, lambda weights: weights_after.append(weights()))
    expected, _ = training.train(
        network,
        network.Parameters(*(value.astype(float) for value in start)),
        (mnist.train_images, mnist.train_labels),
        batches,
        learning_rate=lambda step: rates[step],
        momentum=contenders.MOMENTUM,
    )
    assert len(weights_after) == 3  # before the first step, and after each three
    for value, wanted in zip(weights_after[-1], expected, strict=True):
        np.testing.assert_array_equal(value, wanted)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("PyTorch", "torch"),
        ("JAX jit", "jax"),
        ("JAX jit, scan", "jax"),
        ("scikit-learn", "sklearn"),
    ],
)
def test_a_peer_trains_as_ours_does(module, monkeypatch, name, package):
    pytest.importorskip(package, reason="the frameworks are in the benchmarks' environment only")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    contenders = module("contenders")
    mnist = data.load()
    start = network.initialise(np.random.default_rng(0), dtype=np.float32)
    # scikit-learn deals batches of its own: one of all the images is the same for everybody
    batches = [np.arange(len(mnist.train_images))] * 2
    ends = []
    for kind in (contenders.Ours, contenders.CONTENDERS[name][0]):
        after = []
        kind(mnist, "float32").run(
            start, batches, [0.1, 0.1], 1, lambda weights, after=after: after.append(weights())
        )
        ends.append(after[-1])
    for value, wanted in zip(ends[1], ends[0], strict=True):
        np.testing.assert_allclose(value, wanted, atol=1e-4)


@pytest.mark.parametrize(("name", "package"), [("PyTorch", "torch"), ("JAX jit", "jax")])
def test_the_frameworks_gradients_of_attention_are_ours(module, name, package):
    pytest.importorskip(package, reason="the frameworks are in the benchmarks' environment only")
    step = module("attention_step")
    given = step.problem(step.FULL | {"cards": 8})
    expected = step.CONTENDERS["ours"](*given)()
    assert step.difference(step.CONTENDERS[name](*given)(), expected) < 1e-12


def test_the_stored_gradients_of_attention_agree(module):
    results = stored("attention_step")
    assert set(results["difference"]) == set(module("attention_step").CONTENDERS)
    assert max(results["difference"].values()) < 1e-12


def test_a_turn_is_a_process_of_its_own_that_is_timed(module, monkeypatch):
    race = module("race")
    monkeypatch.setattr(race, "GOAL", 0.95)
    answer = race.turn("ours, float32", 1, 0, race.FULL | {"epochs": 1})
    assert answer["to_97"]["right"] >= 0.95
    assert answer["to_97"]["seconds"] > 0
    assert len(answer["us_per_step"]) == 1
    with pytest.raises(RuntimeError, match="nobody"):
        race.turn("nobody", 1, 0, race.FULL)


def results(**runs):
    """Return what a race stores, with a wait and a step for each contender and number of threads."""
    by_name = {}
    for name, by_threads in runs.items():
        by_name[name] = {
            threads: {"to_97": [{"seconds": s, "epochs": 3, "right": 0.97}], "us_per_step": [us]}
            for threads, (s, us) in by_threads.items()
        }
    machine = {"cpu": "a", "cores": 2, "system": "b", "python": "3"}
    return {
        "machine": machine,
        "versions": {"numpy": "2"},
        "settings": {"rounds": 1},
        "turns": 3,
        "disturbed_turns": 0,
        "note": "",
        "missing": {"JAX jit": "no jax"},
        "runs": by_name,
    }


def test_each_peer_counts_with_the_better_number_of_threads(module):
    ours = {"1": (1.0, 300.0)}
    text = module("race").report(
        results(**{"ours, float32": ours, "PyTorch": {"1": (3.0, 600.0), "2": (2.0, 200.0)}})
    )
    assert "**1.0 s**; the quickest of the frameworks here, *PyTorch*, takes 2.0 s" in text
    assert "*PyTorch* needs less." in text
    assert "| PyTorch | 2 | 200 | 200 | 0.67 | 2.00 | 1 of 1 |" in text
    assert text.endswith("Left out: JAX jit (no jax).")


def test_who_never_got_there_has_no_time(module):
    race = module("race")
    text = race.report(
        results(**{"ours, float32": {"1": (1.0, 300.0)}, "PyTorch": {"1": (None, 600.0)}})
    )
    assert "| PyTorch | 1 | 600 | 600 | 2.00 | – | 0 of 1 |" in text
    assert "the quickest of the frameworks" not in text


def test_one_that_cannot_take_part_is_left_out(module, monkeypatch):
    race = module("race")

    def turn(name, threads, seed, plan):
        if name == "PyTorch":
            raise RuntimeError("No module named 'torch'")
        return {"to_97": {"seconds": 1.0, "epochs": 1, "right": 0.97}, "us_per_step": [1.0]}

    monkeypatch.setattr(race, "turn", turn)
    monkeypatch.setattr(race, "quiet", lambda: True)
    found = race.measure(race.QUICK)
    assert found["missing"] == {"PyTorch": "No module named 'torch'"}
    assert list(found["runs"]["scikit-learn"]) == ["1", "2"]
    assert len(found["runs"]["ours, float32"]["1"]["to_97"]) == 1  # the first round is not counted


def test_other_programs_are_ended(module):
    with module("threads").busy(2):
        others = multiprocessing.active_children()
        assert len(others) >= 2
    assert not any(other.is_alive() for other in others)


def test_threads_are_measured(module, monkeypatch):
    threads = module("threads")
    monkeypatch.setattr(threads, "quiet", lambda: True)
    monkeypatch.setattr(threads.os, "cpu_count", lambda: 1)
    found = threads.measure(threads.QUICK)
    assert len(found["us_per_step"]) == 2 * len(threads.networks())
    assert all(len(times) == 1 for laps in found["us_per_step"].values() for times in laps.values())
