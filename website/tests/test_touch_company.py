"""The picture of a digit and its company, in a real browser."""

import numpy as np
import pytest

from course import pictures
from course.pictures import packing
from mnistlib import functions, original
from website.tests.tabs import STICKS_OUT, Shown


def digits():
    """Return the logits and labels that ``company`` shows, as the library reads them."""
    z2, labels, _ = packing.company_arrays(pictures.company().data)
    return z2.astype(float), labels


def test_company_is_that_of_the_library(lone):
    shown, rng = Shown(lone, "company"), np.random.default_rng(14)
    z2, labels = digits()
    for size in [0, 1, 2, 7, 40, 127, 199]:
        asked, *others = rng.permutation(200)[: size + 1].tolist()
        shown.set(asked=asked, others=others, company="own")
        batch = z2[[asked, *others]]
        wanted = {
            ".z": batch[0],
            ".c": original.class_bias(batch),
            "td:nth-child(4) .bar-number": original.softmax_over_batch(batch)[0],
            "td:nth-child(5) .bar-number": functions.softmax(batch[0]),
        }
        for selector, values in wanted.items():
            np.testing.assert_allclose(shown.numbers(selector), values, rtol=0, atol=1e-6)
        said = [int(text) for text in shown.el.locator(".says .digit").all_inner_texts()]
        batch_says = original.softmax_over_batch(batch)[0].argmax()
        assert said == [batch_says, batch[0].argmax()]
        pairs = [z2[[asked, i]] for i in range(200) if i != asked]
        answers = [original.softmax_over_batch(pair)[0].argmax() for pair in pairs]
        assert shown.numbers(".sway button").tolist() == np.bincount(answers, minlength=10).tolist()
    together = (original.softmax_over_batch(z2).argmax(axis=1) == labels).sum()
    by_row = (z2.argmax(axis=1) == labels).sum()
    assert shown.numbers(".total").tolist() == [together, by_row, (labels == 0).sum()]


@pytest.mark.parametrize("width", [280, 390, 1366])
def test_company_begins_with_the_thing_itself(lone, width):
    shown = Shown(lone, "company", width)
    marks = (".answers .bar.warm", ".tray", ".choice", ".verdict")
    boxes = [shown.el.locator(mark).first.bounding_box() for mark in marks]
    bars, tray, who, words = (box["y"] for box in boxes)
    assert max(bars, tray) < who < words
    assert not shown.el.locator(".answers .bar:not(.warm)").first.is_visible()  # one bar of ten
    assert shown.page.evaluate(STICKS_OUT) == []
    sizes = "tiles => new Set(tiles.map(tile => tile.offsetWidth + tile.offsetHeight)).size"
    assert shown.el.locator(".tray button").evaluate_all(sizes) == 1  # also the one asked about


def says(shown):
    return shown.el.locator(".says .digit").first.inner_text()


def test_company_by_the_keyboard_alone(lone):
    shown = Shown(lone, "company")
    shown.tab_to(".choice input")
    shown.page.keyboard.press("ArrowLeft")
    shown.page.keyboard.press("ArrowLeft")
    assert (shown.state["company"], says(shown)) == ("nobody", "0")
    shown.tab_to(".sway button:nth-of-type(8)")
    shown.page.keyboard.press("Enter")
    assert (shown.state["company"], says(shown)) == ("one", "7")
    shown.el.locator(".choice input").first.focus()
    shown.tab_to(".tray button")
    shown.page.keyboard.press("ArrowDown")
    shown.page.keyboard.press("ArrowRight")
    chosen = shown.page.evaluate("Number(document.activeElement.dataset.digit)")
    assert chosen > 5
    shown.page.keyboard.press("Space")
    assert chosen in shown.state["others"]
    shown.page.keyboard.press("Space")
    assert chosen not in shown.state["others"]
