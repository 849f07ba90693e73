"""The picture of a kernel that slides over a digit, in a real browser."""

import numpy as np

from course import pictures
from course.pictures import packing
from mnistlib import convolution, functions, network
from website.tests.tabs import Shown

KERNEL = (packing.DATA / "kernel.bin").read_bytes()


def test_the_kernels_sums_are_those_of_the_library(lone):
    shown, rng = Shown(lone, "kernel"), np.random.default_rng(18)
    digits = np.frombuffer(pictures.kernel().data[:7840], np.uint8).reshape(10, 28, 28)
    parameters, _ = packing.unpacked(pictures.draw().data)
    shapes = convolution.Convolutional()
    for right, down in ((0, 0), (3, -2), (-5, 4)):
        digit, weights = int(rng.integers(10)), rng.normal(size=25).round(2)
        shown.set(digit=digit, kernel=weights.tolist(), shift=[right, down])
        image = np.pad(digits[digit] / 255, 8)[8 - down : 36 - down, 8 - right : 36 - right]
        x = image[None, :, :, None]
        wanted, _ = convolution.convolve(x, weights[:, None])
        sums = shown.el.evaluate("el => el.sums")
        np.testing.assert_allclose(sums, wanted.ravel(), atol=1e-6)
        z2 = (
            network.logits(parameters, image.reshape(1, 784)),
            shapes.logits(packing.unpacked_shapes(KERNEL), x),
        )
        answers = shown.el.evaluate("el => el.answers")
        np.testing.assert_allclose(answers, [functions.softmax(z)[0] for z in z2], atol=1e-6)
        said = [int(text[0]) for text in shown.el.locator(".readers strong").all_inner_texts()]
        assert said == [z.argmax() for z in z2]


def test_a_learnt_kernel_slides_and_a_push_tells_two_networks_apart(lone):
    shown = Shown(lone, "kernel")
    shown.el.locator("input[value='learnt 2']").check()
    np.testing.assert_allclose(
        shown.state["kernel"],
        packing.unpacked_shapes(KERNEL).W1[:, 2],
        atol=1e-12,
    )
    alpha = """el => { const map = el.querySelector(".map"), side = map.width;
        const seen = map.getContext("2d").getImageData(0, 0, side, side).data;
        return [...Array(side * side).keys()].filter(i => seen[4 * i + 3]).length; }"""
    shown.set(reached=99)
    assert shown.el.evaluate(alpha) == 100  # what is not reached yet is left out
    cut = """el => [...el.querySelectorAll(".kernel button")]
        .filter(tag => tag.scrollWidth > tag.clientWidth).map(tag => tag.textContent)"""
    for width in (280, 1366):
        shown.page.set_viewport_size({"width": width, "height": 850})
        for one in range(8):
            shown.el.locator(f"input[value='learnt {one}']").check()
            assert shown.el.evaluate(cut) == []
    right = np.zeros(2)
    for digit in range(10):
        shown.set(digit=digit, shift=[3, 0])
        p = np.array(shown.el.evaluate("el => el.answers"))
        right += p.argmax(axis=1) == digit
    assert right[1] >= right[0] + 2
    assert shown.el.locator(".readers .wrong").count() == (p.argmax(axis=1) != 9).sum()


def test_kernel_by_the_keyboard_alone(lone):
    shown = Shown(lone, "kernel", 280)
    assert shown.state["reached"] == 575  # the whole map, until it is slid
    shown.tab_to(".field")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["shift"] == [1, 0]
    shown.tab_to(".kernel button")
    shown.page.keyboard.press("Enter")
    assert (shown.state["kernel"][0], shown.state["name"]) == (0, "own")
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown", "Enter"):
        shown.page.keyboard.press(key)
    assert shown.state["kernel"][6] == 0
    shown.tab_to("button.main")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').reached < 300"
    )
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').reached > 300"
    )
