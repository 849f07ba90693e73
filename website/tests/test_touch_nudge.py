"""The picture of a slope measured by nudges, in a real browser."""

import re
from decimal import Decimal, localcontext

import numpy as np
import pytest

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


EVERY_NUDGE = """
    el => [...Array(61).keys()].flatMap(i => [...Array(33).keys()].map(k => {
        const state = { u: Math.round(i - 30) / 10, power: k / 2 };
        el.model.set("state", { ...el.model.get("state"), ...state, seen: [state.power] });
        const slope = way => Number(el.querySelector(`td.${way}`).dataset.value);
        const told = el.querySelector(".verdict").textContent;
        return [state.u, state.power, slope("both"), slope("forward"), told];
    }))
"""


def sine_and_cosine(x):
    """Return both to fifty digits, by their series."""
    sums, term = [Decimal(0), Decimal(0)], Decimal(1)
    for n in range(60):
        sums[(n + 1) % 2] += term if n % 4 < 2 else -term
        term *= x / (n + 1)
    return sums


def unrounded(name, u, h):
    """Return the slope, and what nudging both ways and one way would measure with enough digits."""
    if name == "sine":
        (s, c), (sh, ch) = sine_and_cosine(u), sine_and_cosine(h)
        return c, c * sh / h, (s * (ch - 1) + c * sh) / h
    f, slope = {
        "sigmoid": (lambda x: 1 / (1 + (-x).exp()), (-u).exp() / (1 + (-u).exp()) ** 2),
        "exp": (Decimal.exp, u.exp()),
        "cube": (lambda x: x**3, 3 * u * u),
    }[name]
    return slope, (f(u + h) - f(u - h)) / (2 * h), (f(u + h) - f(u)) / h


def smaller(told):
    """Return how many times smaller the errors are said to be at a ten times smaller nudge."""
    known = {"a hundred": 100, "ten": 10}
    said = re.findall(r"about (a hundred|ten|[\d.]+) times (smaller|larger)", told)
    sizes = [(known.get(number) or float(number), way) for number, way in said]
    return [size if way == "smaller" else 1 / size for size, way in sizes]


@pytest.mark.parametrize("name", ["sigmoid", "exp", "cube", "sine"])
def test_nudge_says_of_every_state_what_holds_to_fifty_digits(lone, name):
    shown, wrong = Shown(lone, "nudge"), []
    shown.set(f=name)
    for u, power, *measured, told in shown.el.evaluate(EVERY_NUDGE):
        with localcontext(prec=50):
            where, h = Decimal(str(u)), 10 ** -Decimal(power)
            slope, *exact = unrounded(name, where, h)
            bend = [abs(e - slope) for e in exact]
            rounding = [abs(Decimal(m) - e) for m, e in zip(measured, exact, strict=True)]
            less = [abs(e - slope) for e in unrounded(name, where, h / 10)[1:]]
        if "bend. Without" in told:
            even = u == 0 and name != "exp"
            said = smaller(told) * (2 if even else 1)
            ratios = [float(a / b) for a, b in zip(bend, less, strict=True)]
            so = np.allclose(np.log10(said), np.log10(ratios), atol=0.16)
            so &= ("just as little" in told) == even and rounding[0] < bend[0] * Decimal("1.1")
        elif "Most of the error" in told:
            so = rounding[0] > bend[0] * Decimal("0.9")
            so &= "one way" not in told or rounding[1] < bend[1] * Decimal("1.1")
        else:
            so = "both u" in told or (measured[0] == float(slope) and "last digit" in told)
        if not so:
            wrong.append((u, power, told))
    assert wrong == []


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
