"""Lesson 11's promise: a reader's own rules, once kept, are those by which the engine differentiates."""

from collections import Counter

import numpy as np

from course import exercises
from mnistlib import autodiff, data, network
from mnistlib.gradcheck import relative_error

from .handed_in import right, write

NAMES = (
    "divide_backward",
    "unbroadcast",
    "topological_order",
    "take_backward",
    "unit_rows_backward",
)


def test_the_engine_runs_on_what_was_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "mine.py"))
    for name in NAMES:  # so that the library's come back
        monkeypatch.setattr(autodiff, name, getattr(autodiff, name))
    mine = [write(name, right(name)[0]) for name in NAMES]
    said = str(exercises.keep(*mine))
    assert said.count("right") >= len(NAMES), said
    assert all(f"mnistlib.autodiff.{name}" in said for name in NAMES), said
    calls = Counter()
    for name, function in zip(NAMES, mine, strict=True):
        assert getattr(autodiff, name) is function

        def counted(*arguments, name=name, function=function):
            calls[name] += 1
            return function(*arguments)

        monkeypatch.setattr(autodiff, name, counted)

    rng = np.random.default_rng(0)
    start = network.initialise(rng)
    images, labels = data.load()[:2]
    x, y = network.prepare(images[:20]), data.one_hot(labels[:20])

    def forward(parameters, x):
        W1, b1, W2, b2 = parameters
        places = np.arange(20)[:, None], np.arange(128)
        return (1 / (1 + (-(x @ W1 + b1)).exp()))[places] @ W2 + b2

    _, by_tape = autodiff.TapeModel(forward, network.prepare).gradients(start, x, y)
    _, by_hand = network.gradients(start, x, y)
    assert max(relative_error(*pair) for pair in zip(by_tape, by_hand, strict=True)) < 1e-12
    u = autodiff.Value(rng.normal(size=(3, 4)))
    u.unit_rows().sum().backward()
    assert calls.keys() == set(NAMES)
