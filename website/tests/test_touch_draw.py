"""Paper to draw on, in a real browser: by mouse and by finger, and what becomes of it."""

import numpy as np
import pytest

from website.tests.tabs import Shown

#: Two digits as somebody might draw them, on a paper of 280 x 280.
FOUR = [
    [(105, 60), (95, 105), (90, 145), (140, 142), (195, 136)],
    [(180, 65), (172, 120), (166, 175), (160, 230)],
]
SEVEN = [[(88, 70), (130, 66), (170, 64), (196, 66), (180, 110), (160, 160), (140, 225)]]


def draw_by_mouse(shown, strokes):
    area = shown.el.locator(".paper").bounding_box()
    side = area["width"] / 280
    for stroke in strokes:
        for i, (x, y) in enumerate(stroke):
            shown.page.mouse.move(area["x"] + x * side, area["y"] + y * side)
            if i == 0:
                shown.page.mouse.down()
        shown.page.mouse.up()


@pytest.mark.parametrize(("digit", "strokes"), [(4, FOUR), (7, SEVEN)])
def test_a_digit_drawn_with_the_mouse_is_read_right(lone, digit, strokes):
    shown = Shown(lone, "draw")
    draw_by_mouse(shown, strokes)
    assert shown.probabilities.argmax() == digit


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
    assert 5 < (shown.images[0] > 0).sum() < 25  # and no disc of 20 x 20
    assert "only a dot" in shown.verdict
    shown.set(strokes=[[[140, 140], [140, 190]]])
    assert "dot" not in shown.verdict
    assert np.flatnonzero(shown.images[0].any(axis=1)).size == 20


def test_draw_by_touch(finger):
    shown = Shown(finger, "draw", 390)
    area = shown.el.locator(".paper").bounding_box()
    bars = shown.el.locator(".ten").bounding_box()
    assert bars["x"] > area["x"] + area["width"] - 1  # the answer stands beside the paper
    scrolled = shown.page.evaluate("scrollY")
    side = area["width"] / 280
    shown.touch([(area["x"] + x * side, area["y"] + y * side) for x, y in SEVEN[0]])
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').strokes?.length === 1"
    )
    assert shown.probabilities.argmax() == 7
    assert shown.page.evaluate("scrollY") == scrolled  # the finger draws, it does not scroll


def test_attend_answers_about_a_drawing(lone):
    shown = Shown(lone, "attend")
    before = shown.probabilities
    draw_by_mouse(shown, [[(140, 60), (140, 220)]])
    assert len(shown.state["strokes"]) == 1
    assert np.abs(shown.probabilities - before).max() > 1e-6
    assert "right" not in shown.verdict  # what was drawn, nobody knows
    assert "Nothing is drawn" not in shown.verdict
    shown.el.get_by_text("clear").click()
    assert "Nothing is drawn" in shown.verdict
    shown.el.get_by_text("another handwriting").click()
    assert shown.state["strokes"] is None
    shown.el.get_by_label("pair 4, key").click()
    assert "That is right" in shown.verdict
