"""The picture of a softmax along either axis, in a real browser."""

import numpy as np
import pytest

from course import pictures
from website.tests.tabs import Shown


def test_axes_share_out_rows_or_columns_as_the_library_does(lone):
    shown, rng = Shown(lone, "axes"), np.random.default_rng(16)
    content = pictures.axes().data
    z = np.frombuffer(content, "<f4", 350, 4).reshape(35, 10).astype(float)
    for axis in (0, 1, 0, 1):
        rows = rng.permutation(35)[: rng.integers(1, 20)].tolist()
        shown.set(axis=axis, rows=rows, held=[rows[0], 3])
        exponentials = np.exp(z[rows] - z[rows].max(axis=axis, keepdims=True))
        wanted = exponentials / exponentials.sum(axis=axis, keepdims=True)
        cells = shown.numbers("button[data-column]").reshape(-1, 10)
        np.testing.assert_allclose(cells, wanted, atol=1e-6)
        says = [int(text[0]) for text in shown.el.locator(".says-it").all_inner_texts()]
        assert says == wanted.argmax(axis=1).tolist()
        assert cells.sum(axis=axis) == pytest.approx(1)
        assert shown.el.locator("button.lit").count() == (10 if axis == 1 else len(rows))


def test_axes_by_the_keyboard_alone(lone):
    shown = Shown(lone, "axes", 280)
    shown.tab_to(".choice input")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["axis"] == 0
    shown.tab_to("button[data-column]")
    shown.page.keyboard.press("ArrowRight")
    shown.page.keyboard.press("ArrowDown")
    assert shown.state["held"][1] == 1
    before = len(shown.state["rows"])
    shown.tab_to("button.out")
    shown.page.keyboard.press("Enter")
    assert len(shown.state["rows"]) == before - 1
    for _ in range(before - 2):
        shown.page.keyboard.press("Enter")
    assert "One image alone" in shown.el.locator(".verdict").inner_text()
    focused = "document.activeElement.textContent"
    assert shown.page.evaluate(focused) == "add an image"
    shown.page.keyboard.press("Enter")
    shown.tab_to("button[data-column]")
    held = shown.page.evaluate("document.activeElement.dataset.column")
    for key in ("Enter", "Space"):
        shown.page.keyboard.press(key)
        assert shown.page.evaluate("document.activeElement.dataset.column") == held
