"""The picture of a network that attends to its company, in a real browser."""

import numpy as np

from course import pictures
from course.pictures import packing
from mnistlib import attention, functions
from website.tests.drawing import draw_by_mouse, made_as_mnists_makers_did, probabilities
from website.tests.tabs import Shown


def asked_in_python(shown, image, cards):
    """Ask lesson 12's network about what is shown; `image` is None for a digit that came with it."""
    state = shown.state
    card = [state["asked"], *np.ravel(state["pairs"])]
    images = cards[card].copy()
    if image is not None:
        images[0] = image
    content = (packing.DATA / "attend.bin").read_bytes()
    model = attention.Attention(state["times"] / 4)
    return model.forward(packing.unpacked_attention(content), model.prepare(images[None]))


def cards_of_attend():
    return np.frombuffer(pictures.attend().data[-40 * 784 :], np.uint8).reshape(40, 28, 28)


def test_attends_numbers_are_those_of_the_library(lone):
    shown, rng, cards = Shown(lone, "attend"), np.random.default_rng(15), cards_of_attend()
    for _ in range(12):
        pairs = rng.integers(40, size=(4, 2)).tolist()
        times = round(float(rng.uniform(0, 2)), 2)
        shown.set(pairs=pairs, asked=int(rng.integers(40)), times=times, strokes=None)
        wanted = asked_in_python(shown, None, cards)
        np.testing.assert_allclose(shown.numbers(".weight"), wanted.w[0], atol=1e-6)
        p = functions.softmax(wanted.z)[0]
        np.testing.assert_allclose(probabilities(shown), p, atol=1e-6)
        said = shown.el.locator(".verdict strong").inner_text()
        assert said == str(p.argmax())
        widths = shown.el.locator(".looks line").evaluate_all(
            "lines => lines.map(line => parseFloat(getComputedStyle(line).strokeWidth))"
        )
        assert np.argmax(widths) == wanted.w[0].argmax() or times == 0


def test_attend_answers_about_a_drawing(lone):
    shown, cards = Shown(lone, "attend"), cards_of_attend()
    before = probabilities(shown)
    draw_by_mouse(shown, [[(140, 60), (140, 220)]])
    assert shown.state["strokes"] is not None
    assert np.abs(probabilities(shown) - before).max() > 1e-6
    ink = np.array(shown.el.evaluate("el => [...el.querySelector('.paper').ink]"))
    image = made_as_mnists_makers_did(ink.reshape(280, 280)).astype(np.uint8)
    wanted = asked_in_python(shown, image, cards)
    np.testing.assert_allclose(shown.numbers(".weight"), wanted.w[0], atol=0.01)
    assert "right" not in shown.el.locator(".verdict").inner_text()  # what was drawn, nobody knows
    assert "Nothing is drawn" not in shown.el.locator(".verdict").inner_text()
    shown.el.get_by_text("clear").click()
    assert "Nothing is drawn" in shown.el.locator(".verdict").inner_text()
    shown.el.get_by_text("another handwriting").click()
    assert shown.state["strokes"] is None
    shown.el.get_by_label("pair 4, key").click()
    assert "That is right" in shown.el.locator(".verdict").inner_text()


def test_attends_pairs_are_moved_by_keys_and_by_dragging(lone):
    shown = Shown(lone, "attend", 390)
    first, second, *rest = shown.state["pairs"]
    before = probabilities(shown)
    shown.tab_to(".move")
    shown.page.keyboard.press("ArrowDown")
    assert shown.state["pairs"] == [second, first, *rest]
    np.testing.assert_allclose(probabilities(shown), before, atol=1e-12)  # the answer stays
    shown.page.keyboard.press("ArrowUp")  # the focus went with the pair
    assert shown.state["pairs"] == [first, second, *rest]
    boxes = [handle.bounding_box() for handle in shown.el.locator(".move").all()]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    shown.page.mouse.move(*middles[0])
    shown.page.mouse.down()
    shown.page.mouse.move(*middles[3], steps=8)
    shown.page.mouse.up()
    assert shown.state["pairs"] == [second, *rest, first]
    np.testing.assert_allclose(probabilities(shown), before, atol=1e-12)


def test_attend_never_says_what_is_not_so(lone):
    shown = Shown(lone, "attend", 280)
    verdict = shown.el.locator(".verdict")
    first = shown.state
    shown.set(times=0)
    assert "can't choose" in verdict.inner_text()
    np.testing.assert_allclose(shown.numbers(".weight"), 0.25, atol=1e-12)
    assert shown.el.locator(".most:not(.bar)").count() == 0  # no pair stands out
    shown.set(pairs=[[key, 28] for key, _ in first["pairs"]])  # four values, all the same 7
    assert "That is right, by luck." in verdict.inner_text()
    shown.set(times=1)
    assert "That is right." in verdict.inner_text()
    shown.set(pairs=first["pairs"])
    shown.set(times=1, asked=16)  # a 4, and no key is one
    assert "no answer is right" in verdict.inner_text()
    for _ in range(5):
        shown.el.get_by_text("new card").click()
        digits = [key // 4 for key, _ in shown.state["pairs"]]
        assert len(set(digits)) == 4
        assert shown.state["asked"] // 4 in digits
        assert shown.state["asked"] not in [key for key, _ in shown.state["pairs"]]
    shown.page.keyboard.press("Tab")
    shown.el.get_by_label("scores times").focus()
    shown.page.keyboard.press("Home")
    assert shown.state["times"] == 0
    shown.el.get_by_text("start again").click()
    assert shown.state == first
