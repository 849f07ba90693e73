"""The picture of a descent in two directions, in a real browser."""

import re

import numpy as np
import pytest

from mnistlib import training
from website.tests.tabs import Shown


def test_descent_walks_as_the_library_does_and_its_edge_is_the_edge(lone):
    shown, rng = Shown(lone, "descent"), np.random.default_rng(14)
    for trial in range(20):
        shape, steps = str(rng.choice(["bowl", "valley"])), int(rng.integers(1, 61))
        kappa = np.array([1.0, 1.0 if shape == "bowl" else 20.0])
        momentum = round(rng.uniform(0, 0.95), 2)
        edge = 2 * (1 + momentum) / kappa.max()
        rate = edge * rng.choice([0.5, 0.97, 1.03])
        shown.set(shape=shape, rate=rate, momentum=momentum, steps=steps)
        u, v, path = np.array([-2.0, 1.0]), np.zeros(2), [[-2.0, 1.0]]
        for _ in range(60):
            training.sgd_update([u], [kappa * u], [v], rate, momentum)
            path.append(u.tolist())
        shown_path = shown.el.evaluate("el => el.querySelector('svg.plot').path")
        np.testing.assert_allclose(shown_path, path, rtol=1e-6, atol=1e-6)
        loss = (kappa * np.square(path[steps])).sum() / 2
        np.testing.assert_allclose(shown.numbers(".limit, .rate"), [edge, rate], atol=1e-6)
        np.testing.assert_allclose(shown.numbers("td.loss"), loss, rtol=1e-6, atol=1e-6)
        told = shown.el.locator(".verdict").inner_text()
        assert ("leaves." in told and "Beyond" in told) == (rate > edge), (trial, told)


def test_descent_by_the_keyboard_alone(lone):
    shown = Shown(lone, "descent")
    shown.tab_to("[aria-label='momentum, μ']")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["momentum"] == 0.05
    shown.tab_to("[aria-label='learning rate, η']")
    for _ in range(60):
        shown.page.keyboard.press("ArrowRight")
    assert "Beyond the edge" in shown.el.locator(".verdict").inner_text()
    shown.tab_to("button")
    shown.page.keyboard.press("Enter")
    assert "at the edge" in shown.el.locator(".verdict").inner_text()


def test_descent_says_how_far_it_swings_at_the_edge_and_what_a_small_rate_leaves(lone):
    shown = Shown(lone, "descent")
    for momentum in (0.25, 0.5, 0.8):
        shown.set(momentum=momentum, rate=2 * (1 + momentum) / 20, start=[0.0, 1.0])
        path = np.abs(shown.el.evaluate("el => el.querySelector('svg.plot').path"))[:, 1]
        told = shown.el.locator(".verdict").inner_text()
        times = float(re.search(r"up to ([\d.]+) times", told)[1])
        assert path.max() == pytest.approx(times, abs=0.06)
    shown.set(momentum=0.0, rate=0.0005, start=[-2.0, 1.0])
    assert "0.9995 of the distance" in shown.el.locator(".verdict").inner_text()
    shown.set(rate=0.2)  # the loss leaves the plot, and does not run along its top
    points = shown.el.locator("polyline.curve").get_attribute("points").split()
    assert len({point.split(",")[1] for point in points}) == 61
    shown.set(shape="bowl", rate=3.0)
    assert "steep" not in shown.el.locator(".verdict").inner_text()
