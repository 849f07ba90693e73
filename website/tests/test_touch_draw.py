"""Paper to draw on, in a real browser: by mouse and by finger, and what becomes of it."""

import numpy as np
import pytest

from website.tests.drawing import STROKES, draw_by_mouse, pixels, probabilities
from website.tests.tabs import Shown

pytestmark = pytest.mark.takes(seconds=8)


def test_known_digits_drawn_with_the_mouse_are_read_right(lone):
    shown, read = Shown(lone, "draw"), {}
    for digit, strokes in STROKES.items():
        shown.set(strokes=[])
        draw_by_mouse(shown, strokes)
        read[digit] = int(probabilities(shown).argmax())
    assert read == {digit: digit for digit in range(10)}


def test_draw_takes_whatever_a_hand_does(lone):
    shown = Shown(lone, "draw")
    shown.tab_to(".paper")
    for key in ("Backspace", "Space", "Backspace", "ArrowLeft", "Space", "Space", "ArrowUp"):
        shown.page.keyboard.press(key)
    shown.set(strokes=[])
    area = shown.el.locator(".paper").bounding_box()
    shown.page.mouse.move(area["x"] + 50, area["y"] + 50)
    shown.page.mouse.down(button="right")
    shown.page.mouse.move(area["x"] + 90, area["y"] + 90)
    shown.page.mouse.up(button="right")
    assert shown.state["strokes"] == []
    shown.set(strokes=[[[140, 140], [150, 140]]])  # one dot is a drawing, too
    assert 5 < (pixels(shown) > 0).sum() < 25  # and no disc of 20 x 20
    assert "only a dot" in shown.verdict
    shown.set(strokes=[[[140, 140], [140, 190]]])
    assert "dot" not in shown.verdict
    assert np.flatnonzero(pixels(shown).any(axis=1)).size == 20


def test_draw_by_touch(finger):
    shown = Shown(finger, "draw", 390)
    area = shown.el.locator(".paper").bounding_box()
    bars = shown.el.locator(".ten").bounding_box()
    assert bars["x"] > area["x"] + area["width"] - 1  # the answer stands beside the paper
    scrolled = shown.page.evaluate("scrollY")
    side = area["width"] / 280
    shown.touch([(area["x"] + x * side, area["y"] + y * side) for x, y in STROKES[7][0]])
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').strokes?.length === 1"
    )
    assert probabilities(shown).argmax() == 7
    assert shown.page.evaluate("scrollY") == scrolled  # the finger draws, it does not scroll


def test_attend_answers_about_a_drawing(lone):
    shown = Shown(lone, "attend")
    before = probabilities(shown)
    draw_by_mouse(shown, [[(140, 60), (140, 220)]])
    assert len(shown.state["strokes"]) == 1
    assert np.abs(probabilities(shown) - before).max() > 1e-6
    assert "right" not in shown.verdict  # what was drawn, nobody knows
    assert "Nothing is drawn" not in shown.verdict
    shown.el.get_by_text("clear").click()
    assert "Nothing is drawn" in shown.verdict
    shown.el.get_by_text("another handwriting").click()
    assert shown.state["strokes"] is None
    shown.el.get_by_label("pair 4, key").click()
    assert "That is right" in shown.verdict
