"""The picture of a small network and its blame, in a real browser."""

import re

import numpy as np
import pytest

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


WIRES = """
    el => {
        const label = tag => tag.getAttribute("aria-label");
        const box = mark => {
            const { x, y, width, height } = mark.getBBox();
            return [x, y, x + width, y + height];
        };
        const behind = (wire, chip) => {
            const [left, top, right, bottom] = box(chip.querySelector("rect"));
            const along = [...Array(Math.ceil(wire.getTotalLength())).keys()];
            return along.map(at => wire.getPointAtLength(at))
                .some(({ x, y }) => x > left && x < right && y > top && y < bottom);
        };
        const weights = [...el.querySelectorAll(".chip")].filter(chip => label(chip)[0] === "W");
        return {
            nodes: [...el.querySelectorAll(".node, .chip[aria-label^=x] rect")].map(box),
            wires: [...el.querySelectorAll(".edge")].map(wire => ({
                ends: [wire.points[0], wire.points[wire.points.length - 1]].map(({ x, y }) => [x, y]),
                behind: weights.filter(chip => behind(wire, chip)).map(label),
            })),
        };
    }
"""
SUMS = """
    el => [...el.querySelectorAll(".name")].filter(tag => tag.textContent === "z")
        .map(tag => tag.nextSibling.textContent)
"""


def test_each_wire_leads_where_its_weight_says(lone):
    shown = Shown(lone, "backprop")
    drawn = shown.el.evaluate(WIRES)
    nodes = sorted(drawn["nodes"], key=lambda box: (box[1], box[0]))
    wires = {}
    for wire in drawn["wires"]:
        met = [
            [
                i
                for i, box in enumerate(nodes)
                if box[0] < x < box[2] and min(abs(y - box[1]), abs(y - box[3])) < 1
            ]
            for x, y in wire["ends"]
        ]
        assert [len(found) for found in met] == [1, 1]  # no wire ends in the air
        assert len(wire["behind"]) <= 1  # nor does one pass behind another's weight
        wires |= {name: (met[0][0], met[1][0]) for name in wire["behind"]}
    # In their order down the page: two pixels, two hidden units, two outputs, the loss.
    assert wires == {
        f"{name}[{i}, {j}]": (above + i, above + 2 + j)
        for name, above in (("W1", 0), ("W2", 2))
        for i in (0, 1)
        for j in (0, 1)
    }
    for name, (_, end) in wires.items():  # and that is the only unit that hears of this weight
        zeros = {"W1": [0.0] * 4, "b1": [0.0] * 2, "W2": [0.0] * 4, "b2": [0.0] * 2}
        i, j = int(name[3]), int(name[6])
        zeros[name[:2]][2 * i + j] = 8.0
        shown.set(x=[1.0, 1.0], **zeros, step=24)
        first, second = shown.el.evaluate(SUMS)[name[1] == "2" :: 2]
        assert (first != "0", second != "0") == (end % 2 == 0, end % 2 == 1), name


def test_backprop_by_the_keyboard_alone(lone):
    shown = Shown(lone, "backprop")
    assert "".join(shown.el.locator("text.blame").all_text_contents()) == ""
    shown.tab_to("button")
    for _ in range(8):
        shown.page.keyboard.press("Enter")
    assert "1.3863" in shown.el.locator(".verdict").inner_text()  # log 4
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


def test_backprop_says_what_a_nudge_does_and_an_emptied_box_is_filled_again(lone):
    shown = Shown(lone, "backprop")
    shown.set(step=24)
    for name in ("W1[0, 0]", "W2[0, 1]", "b1[0]", "W2[1, 1]"):
        shown.el.get_by_label(name).first.click()
        note = shown.el.locator(".note", has_text="the loss moves").inner_text()
        row = shown.el.locator("tbody tr", has_text=name)
        gradient = float(row.locator(".blame").get_attribute("data-value"))
        moved = re.search(r"about (.+)\.", note)[1], row.locator(".nudge").inner_text()
        moved, nudged = (float(text.replace("−", "-")) for text in moved)
        assert moved == pytest.approx(gradient / 1000, rel=0.05)
        assert nudged == pytest.approx(gradient, abs=6e-5)
    box = shown.el.locator("input[type=number]")
    before = box.input_value()
    box.fill("")
    box.blur()
    assert box.input_value() == before
