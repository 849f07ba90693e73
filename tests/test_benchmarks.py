"""The benchmarks' page says what the stored measurements say. Nothing is timed here."""

import importlib
import json
import multiprocessing
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from course import studies
from mnistlib import data

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
FIRST = next(iter(json.loads((FOLDER / "waiting.json").read_text(encoding="utf-8"))["lessons"]))


@pytest.fixture
def module(monkeypatch):
    """Return a way to import a benchmark."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_the_page_shows_the_stored_results(name, module):
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    written = page.split(f"<!-- {name}: written by {name}.py -->")[1]
    written = written.split(f"<!-- end of {name} -->")[0]
    results = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert written.strip() == module(name).report(results)


@pytest.mark.parametrize(
    ("name", "path", "row"),
    [
        ("waiting", ("lessons", FIRST, "seconds"), FIRST),
        ("waiting", ("lessons", FIRST, "megabytes"), FIRST),
        ("waiting", ("pytest_seconds",), "the whole `pytest`"),
        ("waiting", ("milliseconds", "load()", "best"), "`load()`"),
        (
            "training_step",
            ("contenders", "ours, float32", "us_per_step_best"),
            "PyTorch eager",
        ),
    ],
)
def test_a_missed_goal_is_said(name, path, row, module):
    results = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    inner = results
    for key in path[:-1]:
        inner = inner[key]
    answers = []
    for value in (1, 10_000):
        inner[path[-1]] = value
        lines = module(name).report(results).splitlines()
        line = next(found for found in lines if found.startswith(f"| {row} "))
        answers.append(line.rstrip(" |").endswith("**no**"))
    assert answers == [False, True]


# --- From starting Python

MACHINE = {"cpu": "a", "cores": 2, "system": "b", "python": "3", "turns": 4, "disturbed_turns": 0}


def waits(**seconds):
    """Return results in which each contender waited so many seconds for 97 % and for 98 %."""

    def runs(times):
        return {
            percent: [{"seconds": time, "epochs": 3, "right": 0.97}] * 3
            for percent, time in zip(("97", "98"), times, strict=True)
        }

    return {
        "machine": MACHINE,
        "versions": {"numpy": "2"},
        "settings": {"rounds": 3, "threads": 2, "goals": {"97": 3, "98": 20}},
        "missing": {},
        "runs": {name.replace("_", " "): runs(times) for name, times in seconds.items()},
    }


@pytest.mark.parametrize(
    ("peer", "met"),
    [
        ((3, 6), "yes"),
        ((1.4, 6), "**no**"),
        ((3, 5.9), "**no**"),
        ((3, None), "**no**"),
    ],
)
def test_a_wait_that_is_not_short_enough_is_said(peer, met, module):
    results = waits(peer=peer)
    results["runs"] = {"ours, float32": waits(ours=(2, 4))["runs"]["ours"], **results["runs"]}
    lines = module("from_start").report(results).splitlines()
    goal = next(line for line in lines if line.startswith("| peer") and "1.5 ×" in line)
    assert goal.rstrip(" |").endswith(met)


def test_the_median_wait_counts_those_who_never_got_there(module):
    def middle(*times):
        return module("from_start").middle([{"seconds": time} for time in times])

    assert middle(3, 1, 2) == 2
    assert middle(3, None, 2) == 3
    assert middle(None, None, 2) is None


def test_waiting_ends_when_enough_are_right(module, tmp_path, monkeypatch):
    script = tmp_path / "be.py"
    script.write_text("for share in (0.5, 0.975): print(share, flush=True)", encoding="utf-8")
    from_start = module("from_start")
    monkeypatch.setattr(from_start, "__file__", str(script))
    answer = from_start.wait("ours, float32", "97", 0)
    assert (answer["epochs"], answer["right"]) == (2, 0.975)
    assert answer["seconds"] > 0
    assert from_start.wait("ours, float32", "98", 0)["seconds"] is None
    script.write_text("raise ImportError('no such framework')", encoding="utf-8")
    with pytest.raises(RuntimeError, match="no such framework"):
        from_start.wait("ours, float32", "97", 0)


def test_the_wait_is_said_in_one_sentence(module):
    opening = module("from_start").opening
    sentence = opening(1.14, {"slow": 3.0, "quick": 2.1})
    assert sentence.endswith("**1.1 s**; the quickest of the frameworks here, quick, takes 2.1 s.")
    assert "did not get to" in opening(None, {"quick": 2.1})


def test_the_wait_is_drawn(module, tmp_path):
    pytest.importorskip("matplotlib")
    results = waits(peer=(3, None))
    results["runs"] = {"ours, float32": results["runs"]["peer"], **results["runs"]}
    module("from_start").draw(results, tmp_path / "wait.png")
    assert (tmp_path / "wait.png").stat().st_size > 5_000


# --- Growth


def grown(ours, peer):
    """Return results in which a step takes so long at 1, 2 and 4 layers, and the like."""
    sizes = [1, 2, 4]
    rows = {"ours, float32": ours, "peer": peer}
    plan = dict.fromkeys(("images", "hidden", "layers"), sizes)
    return {
        "machine": MACHINE,
        "versions": {"numpy": "2"},
        "settings": plan | {"repeats": 1, "threads": 2},
        "missing": {},
        "found": {axis: rows for axis in plan},
    }


def test_slopes_are_those_of_the_costs(module):
    growth = module("growth")
    assert growth.slope([1, 2, 4], [7.0, 3.0, 6.0]) == pytest.approx(1)
    assert growth.slope([1, 10, 100], [1.0, 5.0, 500.0]) == pytest.approx(2)
    assert growth.each_layer([1, 2, 4], [10.0, 13.0, 19.0]) == pytest.approx(3)


def test_where_numpy_loses_it_is_said(module):
    growth = module("growth")
    ahead = growth.report(grown([1.0, 2.0, 4.0], [2.0, 3.0, 5.0]))
    assert ahead.startswith("Ours is ahead of both at every point.")
    behind = growth.report(grown([1.0, 2.0, 6.0], [2.0, 3.0, 4.0]))
    assert behind.startswith("Ours is behind peer at images 4 (1.50 times as long); behind peer at")


def test_the_growth_is_drawn(module, tmp_path):
    pytest.importorskip("matplotlib")
    module("growth").draw(grown([1.0, 2.0, 6.0], [2.0, 3.0, 4.0]), tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 10_000


def test_a_point_of_growth_is_one_job(module):
    job = module("growth").job
    assert job("images", 1_000, 40)["images"] == 1_000
    assert job("hidden", 64, 40)["hidden"] == 64
    assert job("layers", 3, 40)["hidden"] == [128, 128, 128]
    assert "steps" not in job("images", 1_000, 40)


# --- Ours, as a contender


@pytest.mark.parametrize("hidden", [16, [16], [16, 8, 8]])
def test_ours_trains_networks_of_any_depth(hidden, module):
    mnist = data.load()
    contenders, team = module("contenders"), module("team")
    kind, dtype = contenders.CONTENDERS["ours, float32"]
    job = dict(seed=0, hidden=hidden, batch_size=100, epochs=2, images=300)
    answer = team.run(kind(mnist, dtype), mnist, **job)
    assert len(answer["us_per_step"]) == 2
    assert min(answer["us_per_step"]) > 0


def test_ours_has_the_threads_that_all_have(module):
    seen = []

    class Watched(module("contenders").Ours):
        def run(self, start, batches, rates, every, lap):
            def watched(weights):
                seen.append([pool["num_threads"] for pool in threadpool_info()])
                return lap(weights)

            super().run(start, batches, rates, every, watched)

    job = dict(seed=0, hidden=16, batch_size=100, epochs=1, images=300)
    with threadpool_limits(2):
        module("team").run(Watched(data.load(), "float32"), None, **job)
    assert seen
    assert all(max(threads) == 2 for threads in seen)


def test_what_a_contender_keeps_is_not_taken_for_the_race(module):
    mnist = data.load()
    contenders, team = module("contenders"), module("team")

    class Keeper(contenders.Ours):
        def run(self, start, batches, rates, every, lap):
            self.rates = rates
            super().run(start, batches, rates, every, lap)

    keeper = Keeper(mnist, "float32")
    keeper.model = keeper.rate = keeper.initialise = None
    job = dict(seed=0, hidden=16, batch_size=100, epochs=1, images=300, evaluate=True)
    assert len(team.run(keeper, mnist, **job)["accuracy"]) == 1
    assert keeper.rates[0] == contenders.RATE


@pytest.mark.parametrize("name", ["our kernels, float32", "their products, float64"])
def test_the_convolutional_race_is_run(name, module):
    mnist, team = data.load(), module("team")
    kind, dtype = module("convolvers").CONVOLVERS[name]
    job = dict(seed=0, hidden=(2, 3), batch_size=50, epochs=1, images=100, evaluate=True)
    answer = team.run(kind(mnist, dtype), mnist, **job)
    assert min(answer["us_per_step"]) > 0
    assert len(answer["accuracy"]) == ("products" not in name)


def test_the_convolutional_race_is_told(module):
    race = module("convolution_step")
    names = [f"{who}, float{bits}" for who in ("our kernels", "PyTorch eager") for bits in (32, 64)]
    results = {
        "machine": MACHINE,
        "versions": {"numpy": "2"},
        "kernel": "a",
        "settings": {
            "rounds": 2,
            "steps": 60,
            "first": 300,
            "kernels": [8, 32],
            "batch_size": 64,
            "threads": 2,
        },
        "missing": {"them": "why"},
        "contenders": {
            name: {"accuracy": 0.9, "us_per_image": {"1": [90 + i, 80 + i], "2": [60, 50 + i]}}
            for i, name in enumerate(names)
        },
    }
    text = race.report(results)
    assert "**80 µs an image** in float32 with one thread, 50 with two" in text
    goals = [line.split("|")[1:5] for line in text.splitlines() if line.startswith("| float")]
    assert [[cell.strip() for cell in goal] for goal in goals] == [
        ["float32, 1 thread", "0.98 ×", "0.9 ×", "**no**"],
        ["float32, 2 threads", "0.96 ×", "1.1 ×", "yes"],
        ["float64, 1 thread", "0.98 ×", "0.9 ×", "**no**"],
        ["float64, 2 threads", "0.96 ×", "1.1 ×", "yes"],
    ]
    assert text.endswith("Left out: them (why).")


# --- One thread or two


def test_what_a_second_thread_costs_is_told(module):
    results = {
        "machine": MACHINE,
        "versions": {"numpy": "2"},
        "kernel": "a",
        "settings": {"rounds": 3, "steps": 60, "threads": 2},
        "missing": {},
        "us_per_step": {"a network, busy": {"1": [90, 100, 80], "2": [700, 900, 1000]}},
    }
    lines = module("threads").report(results).splitlines()
    [row] = [line for line in lines if line.startswith("| a network, busy")]
    assert [cell.strip() for cell in row.split("|")[2:5]] == ["80 (90)", "700 (900)", "10.00"]


def test_other_programs_are_ended(module):
    with module("threads").busy(2):
        others = multiprocessing.active_children()
        assert len(others) >= 2
    assert not any(other.is_alive() for other in others)


# --- Every race


def test_every_contender_has_what_the_team_asks(module):
    races = [
        module("contenders").CONTENDERS,
        module("convolvers").CONVOLVERS,
        module("tapes").TAPES,
    ]
    for race in races:
        for name, (kind, dtype) in race.items():
            assert issubclass(kind, module("contenders").Contender), name
            assert dtype in name or dtype == "float32"


# --- Lesson 11's tape


@pytest.mark.parametrize("hidden", [16, [16, 8]])
def test_the_tape_trains_as_ours_does(hidden, module):
    mnist = data.load()
    team = module("team")
    one_layer = isinstance(hidden, int)  # the team asks the network of one hidden layer
    job = dict(seed=0, hidden=hidden, batch_size=100, epochs=1, images=300, evaluate=one_layer)
    accuracies = []
    for name in ["the tape, float32", "by hand, float32"]:
        kind, dtype = module("tapes").TAPES[name]
        answer = team.run(kind(mnist, dtype), mnist, **job)
        assert min(answer["us_per_step"]) > 0
        accuracies.append(answer["accuracy"])
    assert accuracies[0] == accuracies[1]


def test_the_race_of_gradients_is_told(module):
    results = {
        "machine": MACHINE,
        "versions": {"numpy": "2"},
        "kernel": "a",
        "settings": {"rounds": 2, "steps": 60, "batch_size": 128, "threads": 2},
        "missing": {},
        "sizes": {
            "128 units": {
                "the tape, float32": {"us_per_step": [700.0, 660.0]},
                "by hand, float32": {"us_per_step": [550.0, 600.0]},
                "JAX jit, float32": {"us_per_step": []},
            }
        },
    }
    text = module("tape_step").report(results)
    assert text.startswith("By the tape of lesson 11 a training step takes 1.20 to 1.20 times")
    assert "JAX" not in text


def study_beside_torch(monkeypatch):
    monkeypatch.syspath_prepend(str(studies.FOLDER))
    rows = {row["settings"]["who"]: row["results"] for row in studies.read("tape_torch")["rows"]}
    return importlib.import_module("tape_torch"), rows


def test_lesson_11_shows_the_text_that_was_run_in_pytorch(monkeypatch):
    study, rows = study_beside_torch(monkeypatch)
    for who, stored in rows.items():
        assert stored["text"] == study.text(who), f"{who}: run studies/tape_torch.py again"
        assert stored["gradients agree"]
        assert stored["losses"] == pytest.approx(rows["the tape"]["losses"], rel=1e-12)
    assert rows["PyTorch"]["release"].startswith("2.")


def test_pytorch_comes_to_the_same_here(monkeypatch):
    pytest.importorskip("torch", reason="PyTorch is in the benchmarks' environment only")
    study, rows = study_beside_torch(monkeypatch)
    here = study.run("PyTorch")
    assert here["gradients agree"]
    assert here["losses"] == pytest.approx(rows["PyTorch"]["losses"], rel=1e-10)
