"""The picture of logits that become probabilities, in a real browser."""

import numpy as np
import pytest

from course.exercises.lesson_02 import softmax_jacobian
from mnistlib import functions
from website.tests.tabs import Shown


def random_scores(rng):
    floats = rng.choice(["float64", "float32"]).item()
    limit = 80 if floats == "float32" else 690
    plus = (
        rng.integers(-limit, limit).item() if rng.random() < 0.7 else rng.integers(720, 900).item()
    )
    return {
        "scores": rng.uniform(-10, 10, 10).round(1).tolist(),
        "times": round(rng.uniform(0, 0.5), 1),
        "plus": plus,
        "floats": floats,
        "held": rng.integers(10).item(),
    }


def test_scores_are_those_of_the_library(lone):
    shown, rng = Shown(lone, "scores"), np.random.default_rng(14)
    for _ in range(40):
        state = random_scores(rng)
        shown.set(**state)
        z = np.array(
            state["times"] * np.array(state["scores"]) + state["plus"], dtype=state["floats"]
        )
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            naive = np.exp(z) / np.exp(z).sum()
        p = functions.softmax(z)
        wanted = {
            ".z": z,
            "td:nth-child(2) .bar-number": naive,
            "td:nth-child(3) .bar-number": p,
            ".log": functions.log_softmax(z),
            "td:nth-child(5) .bar-number": softmax_jacobian(p)[:, state["held"]],
        }
        for selector, values in wanted.items():
            # float32 itself is no finer than 6e-8 of the largest number that enters
            limit = 1e-6 if state["floats"] == "float64" else 1e-6 + 1.2e-7 * np.abs(values)
            np.testing.assert_allclose(
                shown.numbers(selector),
                values,
                rtol=0,
                atol=np.max(limit),
                err_msg=f"{selector} {state}",
            )


def test_scores_say_when_the_naive_formula_is_silently_wrong(lone):
    shown = Shown(lone, "scores")
    for plus, part in {0: "Both formulas agree", -747: "silently wrong", -760: "0 / 0"}.items():
        shown.set(plus=plus)
        assert part in shown.el.locator(".verdict").inner_text()
    shown.set(plus=-747)
    naive = shown.numbers("td:nth-child(2) .bar-number")
    assert naive.max() == pytest.approx(2 / 3)


def test_scores_by_the_keyboard_alone(lone):
    shown = Shown(lone, "scores")
    before = shown.numbers("td:nth-child(3) .bar-number")
    shown.tab_to("[aria-label='logit of class 7']")
    for _ in range(10):
        shown.page.keyboard.press("ArrowRight")
    after = shown.numbers("td:nth-child(3) .bar-number")
    assert after[7] > 1.9 * before[7]
    assert shown.state["held"] == 7
    shown.tab_to("[aria-label='add to all']")
    shown.page.keyboard.press("End")
    assert np.isnan(shown.numbers("td:nth-child(2) .bar-number")).all()
    np.testing.assert_allclose(shown.numbers("td:nth-child(3) .bar-number"), after, atol=1e-12)
    shown.tab_to("button")
    shown.page.keyboard.press("Enter")
    np.testing.assert_array_equal(shown.numbers("td:nth-child(3) .bar-number"), before)
