"""The picture of a small network and its blame, in a real browser."""

import numpy as np

from mnistlib import network
from website.tests.tabs import STICKS_OUT, Shown
from website.tests.test_every_page import TOO_WIDE


def test_blame_is_that_of_the_library(lone):
    shown, rng = Shown(lone, "backprop"), np.random.default_rng(14)
    sizes = {"x": 2, "W1": 4, "b1": 2, "W2": 4, "b2": 2}
    for _ in range(15):
        numbers = {name: rng.normal(0, 2, size).tolist() for name, size in sizes.items()}
        target = int(rng.integers(2))
        shown.set(**numbers, target=target, step=24)
        arrays = {
            n: np.reshape(v, (-1, 2) if n in ("x", "W1", "W2") else -1) for n, v in numbers.items()
        }
        x, y = arrays.pop("x"), np.eye(2)[[target]]
        loss, grads = network.gradients(network.Parameters(**arrays), x, y)
        wanted = np.concatenate([array.ravel() for array in grads])
        np.testing.assert_allclose(shown.numbers("svg"), loss, atol=1e-6)
        np.testing.assert_allclose(shown.numbers("td.blame"), wanted, atol=1e-6)
        np.testing.assert_allclose(shown.numbers("td.nudge"), wanted, atol=1e-6)


def test_backprop_by_the_keyboard_alone(lone):
    shown = Shown(lone, "backprop")
    assert "".join(shown.el.locator("text.blame").all_text_contents()) == ""
    assert "log 4" in shown.el.locator(".verdict").inner_text()  # forward is done
    shown.tab_to("button")
    for _ in range(3):
        shown.page.keyboard.press("Enter")
    assert "3/8" in shown.el.locator(".verdict").inner_text()
    before = shown.state["b1"][0]
    shown.tab_to("[aria-label='b1[0]'].grip")
    shown.page.keyboard.press("ArrowRight")
    shown.page.keyboard.press("Shift+ArrowUp")
    assert shown.state["b1"][0] == before + 1.5
    shown.tab_to("input[type=number]")
    shown.page.keyboard.type("-12345.5")
    shown.page.keyboard.press("Enter")
    assert shown.state["b1"][0] == -12345.5


OVERPRINTED = """
    el => { const boxes = [...el.querySelectorAll("svg text")].filter(tag => tag.textContent.trim())
        .map(tag => [tag.textContent, tag.getBoundingClientRect()]);
      const out = boxes.filter(([, b]) => b.left < el.getBoundingClientRect().left
        || b.right > el.getBoundingClientRect().right).map(([text]) => text);
      const over = boxes.flatMap(([one, a], i) => boxes.slice(i + 1).filter(([, b]) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
        .map(([other]) => `${one} over ${other}`));
      return [...out, ...over]; }
"""


def test_backprop_holds_any_number_on_any_screen(lone):
    shown, rng = Shown(lone, "backprop", 280), np.random.default_rng(15)
    for _ in range(25):
        sizes = {"x": 2, "W1": 4, "b1": 2, "W2": 4, "b2": 2}
        numbers = {
            name: (rng.normal(0, 1, n) * 10.0 ** rng.integers(-9, 7, n)).tolist()
            for name, n in sizes.items()
        }
        shown.set(**numbers, step=24)
        assert shown.el.evaluate(OVERPRINTED) == [], numbers
        assert shown.page.evaluate(TOO_WIDE) <= 0
    for width in (700, 760, 900):  # drawing and table side by side
        shown.page.set_viewport_size({"width": width, "height": 850})
        assert shown.page.evaluate(STICKS_OUT) == []
