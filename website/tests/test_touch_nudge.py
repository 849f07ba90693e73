"""The picture of a slope measured by nudges, in a real browser."""

import numpy as np

from mnistlib import functions
from mnistlib.gradcheck import central_difference
from website.tests.tabs import Shown


def test_nudges_measure_as_the_library_does(lone):
    shown, rng = Shown(lone, "nudge"), np.random.default_rng(14)
    known = {
        "square": (lambda u: u * u, lambda u: 2 * u),
        "sigmoid": (functions.sigmoid, lambda u: functions.sigmoid(u) * functions.sigmoid(-u)),
        "exp": (np.exp, np.exp),
        "cube": (lambda u: u * u * u, lambda u: 3 * u**2),
        "sine": (np.sin, np.cos),
    }
    for _ in range(40):
        name, u = str(rng.choice(list(known))), round(rng.uniform(-3, 3), 1)
        # Only products are the same to the last bit everywhere, which tiny nudges need.
        power = int(rng.integers(33 if name == "cube" else 13)) / 2
        shown.set(f=name, u=u, power=power)
        f, slope = known[name]
        h = 10.0**-power
        wanted = [slope(u), central_difference(f, u, h), (f(u + h) - f(u)) / h]
        np.testing.assert_allclose(shown.numbers(".slope, .both, .forward"), wanted, atol=1e-6)
        errors = np.abs(np.array(wanted[1:]) - wanted[0])
        np.testing.assert_allclose(shown.numbers(".errorBoth, .errorForward"), errors, atol=1e-6)
    assert "1e−4" not in shown.el.aria_snapshot()  # a scale says nothing aloud; the sliders do


def test_nudge_says_nothing_that_is_not_so(lone):
    shown = Shown(lone, "nudge")

    def told(**state):
        shown.set(**state)
        return shown.el.locator(".verdict").inner_text()

    for name in ("sigmoid", "cube", "sine"):  # at 0 these bend alike on both sides
        assert "just as little" in told(f=name, u=0, power=2)
    assert "rounding, divided" not in told(f="cube", u=0, power=10)
    assert "rounding, divided" in told(f="cube", u=0.7, power=10)
    assert "exactly 0" in told(f="square", u=0, power=3)
    assert "both u" in told(f="exp", u=3, power=16)
    for name in ("sigmoid", "exp", "square", "cube", "sine"):
        for u in (-2.5, -1.3, -0.4, 0, 0.3, 1.6, 2.9):
            even = u == 0 and name in ("sigmoid", "cube", "sine")
            assert ("just as little" in told(f=name, u=u, power=2)) == even


def test_nudge_by_the_keyboard_alone(lone):
    shown = Shown(lone, "nudge")
    shown.tab_to("[aria-label='the nudge, h']")
    for _ in range(10):
        shown.page.keyboard.press("ArrowLeft")  # to where nudges are smaller in the plot, too
    assert shown.state["power"] == 5
    assert shown.el.locator("circle.two").count() == 11
    assert shown.numbers(".errorBoth")[0] < 1e-9
    shown.page.keyboard.press("Home")
    assert shown.numbers(".errorBoth")[0] > 1e-3
    shown.tab_to("[aria-label='u plus h']")
    for key, power in [("Home", 16), ("End", 0), ("PageDown", 2.5), ("PageUp", 0)]:
        shown.page.keyboard.press(key)
        assert shown.state["power"] == power
