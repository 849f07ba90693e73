"""The pad to draw digits on, in a real browser."""

import numpy as np

from course import pictures
from course.pictures import packing
from mnistlib import data, functions, network
from website.tests.drawing import (
    STROKES,
    draw_by_mouse,
    made_as_mnists_makers_did,
    pixels,
    probabilities,
)
from website.tests.tabs import Shown


def test_known_digits_drawn_with_the_mouse_are_read_right(lone):
    shown, read = Shown(lone, "draw"), {}
    for digit, strokes in STROKES.items():
        shown.set(strokes=[])
        draw_by_mouse(shown, strokes)
        read[digit] = int(probabilities(shown).argmax())
    assert read == {digit: digit for digit in range(10)}


def test_a_drawing_becomes_an_image_and_an_answer_as_in_the_library(lone):
    shown, rng = Shown(lone, "draw"), np.random.default_rng(14)
    parameters, digit = packing.unpacked(pictures.draw().data)
    for trial in range(12):
        strokes = (
            rng.uniform(15, 265, (rng.integers(1, 4), rng.integers(1, 6), 2)).round(1).tolist()
        )
        centre = bool(trial % 2)
        shown.set(strokes=strokes if trial else None, centre=centre)
        ink = np.array(shown.el.evaluate("el => [...el.querySelector('.paper').ink]"))
        ink, image = ink.reshape(280, 280), pixels(shown)
        blocks = np.floor(ink.reshape(28, 10, 28, 10).mean(axis=(1, 3)) + 0.5)
        wanted = made_as_mnists_makers_did(ink) if centre else blocks
        difference = np.abs(image.astype(int) - (wanted if trial else digit))
        assert difference.max() <= 1  # a mean just at a half may be rounded either way
        assert (difference > 0).sum() <= 3
        _, a1, z2 = network.forward(parameters, data.scale(image[None]))
        np.testing.assert_allclose(probabilities(shown), functions.softmax(z2)[0], atol=1e-6)
        units = shown.el.evaluate("el => [...el.querySelector('.units').values]")
        np.testing.assert_allclose(units, a1[0], atol=1e-6)


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
    assert "only a dot" in shown.el.locator(".verdict").inner_text()
    assert "would become a disc" in shown.el.inner_text()
    shown.set(strokes=[[[140, 140], [140, 190]]])
    assert "dot" not in shown.el.locator(".verdict").inner_text()
    assert np.flatnonzero(pixels(shown).any(axis=1)).size == 20


def test_draw_by_the_keyboard_alone(lone):
    shown = Shown(lone, "draw")
    shown.tab_to(".paper")
    shown.page.keyboard.press("Space")
    for _ in range(18):
        shown.page.keyboard.press("ArrowDown")
    assert probabilities(shown).argmax() == 1
    assert pixels(shown)[:, 12:16].sum() > 0.95 * pixels(shown).sum()
    shown.page.keyboard.press("Backspace")
    assert pixels(shown).sum() == 0
    shown.tab_to(".choice input")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["centre"] is False


def test_draw_by_touch(finger):
    shown = Shown(finger, "draw", 390)
    area = shown.el.locator(".paper").bounding_box()
    bars = shown.el.locator(".ten").bounding_box()
    assert bars["x"] > area["x"] + area["width"] - 1  # the answer stands beside the paper
    hand = shown.page.context.new_cdp_session(shown.page)
    scrolled = shown.page.evaluate("scrollY")
    for i, (x, y) in enumerate(STROKES[7][0]):
        at = {"x": area["x"] + x * area["width"] / 280, "y": area["y"] + y * area["width"] / 280}
        kind = "touchMove" if i else "touchStart"
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').strokes?.length === 1"
    )
    assert probabilities(shown).argmax() == 7
    assert shown.page.evaluate("scrollY") == scrolled  # the finger draws, it does not scroll
