"""The pictures one can touch, in a real browser: alive, to keyboard and finger, and right."""

import base64
import json
import re
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import picture_places
import pytest
from docutils import nodes
from numpy.polynomial.legendre import legvander
from playwright.sync_api import expect
from tabs import ROOT, Shown, Tab, both_ways
from test_browser import AXE, TOO_WIDE, axe

from course import pictures
from course.pictures import packing
from mnistlib import attention, convolution, data, functions, network, original, training
from mnistlib.gradcheck import central_difference

pytestmark = pytest.mark.takes(seconds=200)

KERNEL = (packing.DATA / "kernel.bin").read_bytes()
PAGES = dict.fromkeys(pictures.PICTURES, "pictures.html") | {
    "draw": "draw.html",
    "sheet": "draw.html",
}
each_page = pytest.mark.parametrize("address", sorted(set(PAGES.values())))


def names(address):
    return [name for name, page in PAGES.items() if page == address]


def woken(tab, address, width=1366):
    """Open a page, go past all its pictures, and return it once they live."""
    page = tab.open(address, width)
    for name in names(address):
        place = page.locator(f".touchable[data-name={name}]")
        place.scroll_into_view_if_needed()
        place.locator(".explore .title").wait_for()
    return page


@both_ways
@each_page
def test_the_pictures_live_and_ask_nobody_else(tab, address):
    page = woken(tab, address)
    assert page.locator(".touchable > img:visible").count() == 0
    assert page.locator(".touchable > .explore").count() == len(names(address))
    assert (tab.strays, tab.errors) == ([], [])


def test_what_a_picture_needs_is_loaded_on_its_pages_alone(browser, roots, pages):
    for page in ("notation.html", "glossary.html"):  # home begins with a picture
        tab = Tab(browser, roots["http"])
        tab.open(page)
        assert [url for url in tab.loaded if "explore" in url] == []
        tab.page.context.close()


STICKS_OUT = """
    [...document.querySelectorAll(".explore")].flatMap(el => [...el.querySelectorAll("*")]
        .filter(tag => tag.getBoundingClientRect().right > el.getBoundingClientRect().right + 1)
        .filter(tag => !tag.closest(".scrolls, svg *")).map(tag => tag.outerHTML.slice(0, 80)))
"""


@each_page
def test_the_pictures_are_accessible_and_fit_in_all_colours(tab, address):
    page, found = woken(tab, address), {}
    page.evaluate(AXE.read_text("utf-8"))
    for width, colours in ((1366, "light"), (390, "dark"), (390, "forced"), (320, "light")):
        tab.resize(width)
        tab.colours(colours)
        faults = {
            "axe": axe(page) if width > 320 else [],
            "too wide": page.evaluate(TOO_WIDE) > 0,
            "sticks out": page.evaluate(STICKS_OUT),
        }
        found |= {(width, colours, kind): what for kind, what in faults.items() if what}
    assert found == {}


@each_page
def test_without_script_a_still_picture_and_its_words_remain(browser, roots, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{roots['file']}/{address}")
    for name in names(address):
        place = page.locator(f".touchable[data-name={name}]")
        assert place.locator("img").is_visible()
        assert len(place.locator("img").get_attribute("alt")) > 40
        assert place.locator("p").inner_text().startswith("A picture to touch")
    context.close()


def test_paper_shows_the_still_picture_whether_it_has_been_woken_or_not(tab):
    page = woken(tab, "pictures.html")
    page.emulate_media(media="print")
    assert page.locator(".touchable > img:visible").count() == len(names("pictures.html"))
    assert page.locator(".touchable > .explore:visible").count() == 0


MOVING = """
    [...document.querySelectorAll(".explore *")]
        .filter(tag => parseFloat(getComputedStyle(tag).transitionDuration)).length
"""


@each_page
def test_forced_colours_and_reduced_motion_are_respected(tab, address):
    tab.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page = woken(tab, address)
    assert page.evaluate(MOVING) == 0
    inks = "[...document.querySelectorAll('.explore .bar-ink')].map(ink => ink.offsetWidth)"
    assert max(page.evaluate(inks)) > 20  # a bar is still seen
    assert tab.errors == []


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
            "td:nth-child(5) .bar-number": functions.softmax_jacobian(p)[:, state["held"]],
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
    shown.tab_to("[aria-label='score of class 7']")
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


def test_company_shows_no_formula_until_the_numbers_behind_are_asked_for(lone):
    shown = Shown(lone, "company")
    formulas = re.compile(r"log|softmax|\b[zcPp]\b", re.I)
    assert formulas.findall(shown.el.inner_text()) == []
    assert not shown.el.locator("td.c").first.is_visible()
    shown.el.locator("summary").click()
    shown.el.get_by_text("the numbers behind them").click()
    assert "the largest z − c wins" in shown.el.locator(".verdict").inner_text()
    assert shown.el.locator("td.c").first.is_visible()
    shown.el.get_by_text("the answers", exact=True).click()
    assert formulas.findall(shown.el.inner_text()) == []


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


def test_company_by_touch(finger):
    shown = Shown(finger, "company", 390)
    shown.el.locator(".sway button").nth(4).tap()  # in sight, nothing is unfolded for it
    assert says(shown) == "4"
    shown.el.locator("summary").tap()
    shown.el.get_by_text("asks about it").tap()
    shown.el.locator("[data-digit='1']").tap()
    assert shown.state["asked"] == 1


#: Ten digits as somebody might draw them, on a paper of 280 x 280.
STROKES = {
    0: [[(150, 60), (110, 70), (88, 110), (85, 160), (105, 205), (145, 220), (180, 200), (196, 155),
         (192, 105), (175, 70), (150, 60)]],
    1: [[(150, 50), (146, 110), (141, 170), (136, 230)]],
    2: [[(90, 95), (110, 65), (150, 58), (180, 78), (182, 110), (155, 150), (120, 185), (88, 218)],
        [(88, 218), (130, 214), (170, 214), (205, 220)]],
    3: [[(95, 70), (130, 55), (170, 65), (182, 95), (162, 125), (125, 135)],
        [(125, 135), (170, 142), (192, 172), (180, 208), (140, 226), (95, 215)]],
    4: [[(105, 60), (95, 105), (90, 145), (140, 142), (195, 136)],
        [(180, 65), (172, 120), (166, 175), (160, 230)]],
    5: [[(190, 62), (150, 62), (115, 66), (108, 100), (102, 130)],
        [(102, 130), (140, 120), (175, 135), (188, 170), (170, 208), (130, 224), (92, 212)]],
    6: [[(165, 55), (130, 85), (105, 130), (95, 175), (110, 212), (145, 222), (175, 205),
         (180, 175), (155, 155), (120, 160), (98, 180)]],
    7: [[(88, 70), (130, 66), (170, 64), (196, 66), (180, 110), (160, 160), (140, 225)]],
    8: [[(180, 75), (150, 58), (115, 70), (108, 100), (140, 130), (175, 160), (182, 195),
         (155, 222), (118, 214), (105, 185), (130, 150), (165, 118), (182, 90), (180, 75)]],
    9: [[(185, 85), (160, 62), (120, 70), (102, 100), (115, 132), (150, 136), (182, 110),
         (186, 85), (180, 140), (170, 190), (160, 230)]],
}  # fmt: skip


def draw_by_mouse(shown, strokes):
    area = shown.el.locator(".paper").bounding_box()
    side = area["width"] / 280
    for stroke in strokes:
        for i, (x, y) in enumerate(stroke):
            shown.page.mouse.move(area["x"] + x * side, area["y"] + y * side)
            if i == 0:
                shown.page.mouse.down()
        shown.page.mouse.up()


def probabilities(shown):
    return shown.numbers(".ten .bar-number")


def pixels(shown):
    """Return the image that the network is given, as Python would receive it."""
    read = "el => [...new Uint8Array(el.model.get('pixels').buffer)]"
    return np.array(shown.el.evaluate(read), np.uint8).reshape(28, 28)


def test_known_digits_drawn_with_the_mouse_are_read_right(lone):
    shown, read = Shown(lone, "draw"), {}
    for digit, strokes in STROKES.items():
        shown.set(strokes=[])
        draw_by_mouse(shown, strokes)
        read[digit] = int(probabilities(shown).argmax())
    assert read == {digit: digit for digit in range(10)}


def made_as_mnists_makers_did(ink):
    """Make the image by NumPy, another way: matrices of shares instead of sums over dots."""
    rows, columns = (np.flatnonzero((ink >= 1).any(axis=axis)) for axis in (1, 0))
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = [max(1, int(np.floor(n * 20 / max(part.shape) + 0.5))) for n in part.shape]

    def means(n, count):
        edges = np.linspace(0, n, count + 1)
        covered = np.minimum(edges[1:, None], np.arange(1, n + 1)) - np.maximum(
            edges[:-1, None], np.arange(n)
        )
        return np.clip(covered, 0, None) * count / n

    small = np.floor(means(part.shape[0], size[0]) @ part @ means(part.shape[1], size[1]).T + 0.5)
    image = np.zeros((28, 28), np.uint8)
    corner = []
    for axis, length in enumerate(size):
        centre = (small.sum(axis=1 - axis) * np.arange(length)).sum() / small.sum()
        corner.append(int(np.clip(np.floor(14 - centre + 0.5), 0, 28 - length)))
    image[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = small
    return image


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
    shown.set(strokes=[[[140, 140]]])  # one dot is a drawing, too
    assert pixels(shown).sum() > 0
    rng = np.random.default_rng(3)
    shown.set(strokes=rng.uniform(10, 270, (30, 100, 2)).round(1).tolist())
    slow = """el => { const paper = el.querySelector(".paper"), area = paper.getBoundingClientRect();
        paper.setPointerCapture = () => {}; const from = performance.now();
        for (let i = 0; i < 200; i++) paper.dispatchEvent(new PointerEvent(
            i ? "pointermove" : "pointerdown", { pointerId: 9,
            clientX: area.left + 20 + i, clientY: area.top + 50, isPrimary: true }));
        return new Promise(done => requestAnimationFrame(() => done(performance.now() - from))); }"""
    assert shown.el.evaluate(slow) < 1000  # two hundred moves after three thousand points


def test_two_fingers_draw_two_strokes(finger):
    shown = Shown(finger, "draw", 390)
    area = shown.el.locator(".paper").bounding_box()
    hand = shown.page.context.new_cdp_session(shown.page)
    for i in range(6):
        points = [
            {"x": area["x"] + x, "y": area["y"] + 40 + 15 * i, "id": k}
            for k, x in enumerate((50, 130))
        ]
        kind = "touchMove" if i else "touchStart"
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').strokes?.length === 2"
    )
    for stroke in shown.state["strokes"]:
        assert np.ptp(np.array(stroke)[:, 0]) < 5


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


def drag(shown, mark, right, down):
    """Drag what is at `mark`'s middle by so many dots of the screen."""
    mark.scroll_into_view_if_needed()
    area = mark.bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    shown.page.mouse.move(x, y)
    shown.page.mouse.down()
    shown.page.mouse.move(x + right / 2, y + down / 2)
    shown.page.mouse.move(x + right, y + down)
    shown.page.mouse.up()


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


def test_a_weight_a_point_and_a_start_can_be_grabbed(lone):
    shown = Shown(lone, "backprop")
    drag(shown, shown.el.locator(".grip[aria-label='W2[0, 1]']"), 30, 0)
    assert shown.state["W2"][1] > -2
    shown = Shown(lone, "descent")
    drag(shown, shown.el.locator(".grip"), 60, 40)
    assert shown.state["start"][0] > -1.7
    assert shown.state["start"][1] < 0.8
    ground = shown.el.locator("svg.plot").first
    area = ground.bounding_box()
    ground.click(position={"x": area["width"] * 0.75, "y": area["height"] * 0.2})
    assert min(shown.state["start"]) > 0.9  # a press elsewhere starts there
    drag(shown, ground, 40, 250)  # and to miss the mark selects no words
    assert shown.page.evaluate("getSelection().toString()") == ""
    shown.set(rate=0.2, start=[-1.0, 0.0])  # beyond the edge, and nothing leaves
    assert "leaves" not in shown.el.locator(".verdict").inner_text()
    shown = Shown(lone, "nudge")
    drag(shown, shown.el.locator(".middle"), 50, 0)
    assert shown.state["u"] > 1
    drag(shown, shown.el.locator("[aria-label='u plus h']"), -30, 0)
    assert shown.state["power"] > 0
    shown = Shown(lone, "scores")
    before = shown.state["scores"][0]
    drag(shown, shown.el.locator(".pull").first, 25, 0)
    assert shown.state["scores"][0] > before
    p = shown.numbers("td:nth-child(3) .bar-number")[0]
    assert 0.5 < p < 0.95


def test_nudges_measure_as_the_library_does(lone):
    shown, rng = Shown(lone, "nudge"), np.random.default_rng(14)
    known = {
        "square": (lambda u: u * u, lambda u: 2 * u),
        "sigmoid": (functions.sigmoid, functions.sigmoid_derivative),
        "exp": (np.exp, np.exp),
        "cube": (lambda u: u * u * u, lambda u: 3 * u**2),
        "sine": (np.sin, np.cos),
    }
    for _ in range(40):
        name, u = str(rng.choice(list(known))), round(rng.uniform(-3, 3), 1)
        # Only products are the same to the last bit everywhere, which tiny nudges need.
        power = int(rng.integers(33 if name == "cube" else 13)) / 2
        shown.set(f=name, u=u, power=power)
        f, slope = known[name]
        h = 10.0**-power
        wanted = [slope(u), central_difference(f, u, h), (f(u + h) - f(u)) / h]
        np.testing.assert_allclose(shown.numbers(".slope, .both, .forward"), wanted, atol=1e-6)
        errors = np.abs(np.array(wanted[1:]) - wanted[0])
        np.testing.assert_allclose(shown.numbers(".errorBoth, .errorForward"), errors, atol=1e-6)


def test_nudge_says_nothing_that_is_not_so(lone):
    shown = Shown(lone, "nudge")

    def told(**state):
        shown.set(**state)
        return shown.el.locator(".verdict").inner_text()

    for name in ("sigmoid", "cube", "sine"):  # at 0 these bend alike on both sides
        assert "just as little" in told(f=name, u=0, power=2)
    assert "rounding, divided" not in told(f="cube", u=0, power=10)
    assert "rounding, divided" in told(f="cube", u=0.7, power=10)
    assert "exactly 0" in told(f="square", u=0, power=3)
    assert "both u" in told(f="exp", u=3, power=16)
    for name in ("sigmoid", "exp", "square", "cube", "sine"):
        for u in (-2.5, -1.3, -0.4, 0, 0.3, 1.6, 2.9):
            even = u == 0 and name in ("sigmoid", "cube", "sine")
            assert ("just as little" in told(f=name, u=u, power=2)) == even


EVERY_NUDGE = """
    el => [...Array(61).keys()].flatMap(i => [...Array(33).keys()].map(k => {
        const state = { u: Math.round(i - 30) / 10, power: k / 2 };
        el.model.set("state", { ...el.model.get("state"), ...state, seen: [state.power] });
        const slope = way => Number(el.querySelector(`td.${way}`).dataset.value);
        const told = el.querySelector(".verdict").textContent;
        return [state.u, state.power, slope("both"), slope("forward"), told];
    }))
"""


def sine_and_cosine(x):
    """Return both to fifty digits, by their series."""
    sums, term = [Decimal(0), Decimal(0)], Decimal(1)
    for n in range(60):
        sums[(n + 1) % 2] += term if n % 4 < 2 else -term
        term *= x / (n + 1)
    return sums


def unrounded(name, u, h):
    """Return the slope, and what nudging both ways and one way would measure with enough digits."""
    if name == "sine":
        (s, c), (sh, ch) = sine_and_cosine(u), sine_and_cosine(h)
        return c, c * sh / h, (s * (ch - 1) + c * sh) / h
    f, slope = {
        "sigmoid": (lambda x: 1 / (1 + (-x).exp()), (-u).exp() / (1 + (-u).exp()) ** 2),
        "exp": (Decimal.exp, u.exp()),
        "cube": (lambda x: x**3, 3 * u * u),
    }[name]
    return slope, (f(u + h) - f(u - h)) / (2 * h), (f(u + h) - f(u)) / h


def smaller(told):
    """Return how many times smaller the errors are said to be at a ten times smaller nudge."""
    known = {"a hundred": 100, "ten": 10}
    said = re.findall(r"about (a hundred|ten|[\d.]+) times (smaller|larger)", told)
    sizes = [(known.get(number) or float(number), way) for number, way in said]
    return [size if way == "smaller" else 1 / size for size, way in sizes]


@pytest.mark.parametrize("name", ["sigmoid", "exp", "cube", "sine"])
def test_nudge_says_of_every_state_what_holds_to_fifty_digits(lone, name):
    shown, wrong = Shown(lone, "nudge"), []
    shown.set(f=name)
    for u, power, *measured, told in shown.el.evaluate(EVERY_NUDGE):
        with localcontext(prec=50):
            where, h = Decimal(str(u)), 10 ** -Decimal(power)
            slope, *exact = unrounded(name, where, h)
            bend = [abs(e - slope) for e in exact]
            rounding = [abs(Decimal(m) - e) for m, e in zip(measured, exact, strict=True)]
            less = [abs(e - slope) for e in unrounded(name, where, h / 10)[1:]]
        if "bend. Without" in told:
            even = u == 0 and name != "exp"
            said = smaller(told) * (2 if even else 1)
            ratios = [float(a / b) for a, b in zip(bend, less, strict=True)]
            so = np.allclose(np.log10(said), np.log10(ratios), atol=0.16)
            so &= ("just as little" in told) == even and rounding[0] < bend[0] * Decimal("1.1")
        elif "Most of the error" in told:
            so = rounding[0] > bend[0] * Decimal("0.9")
            so &= "one way" not in told or rounding[1] < bend[1] * Decimal("1.1")
        else:
            so = "both u" in told or (measured[0] == float(slope) and "last digit" in told)
        if not so:
            wrong.append((u, power, told))
    assert wrong == []


def test_nudge_by_the_keyboard_alone(lone):
    shown = Shown(lone, "nudge")
    shown.tab_to("[aria-label='the nudge, h']")
    for _ in range(10):
        shown.page.keyboard.press("ArrowLeft")  # to where nudges are smaller in the plot, too
    assert shown.state["power"] == 5
    assert shown.el.locator("circle.two").count() == 11
    assert shown.numbers(".errorBoth")[0] < 1e-9
    shown.page.keyboard.press("Home")
    assert shown.numbers(".errorBoth")[0] > 1e-3
    shown.tab_to("[aria-label='u plus h']")
    for key, power in [("Home", 16), ("End", 0), ("PageDown", 2.5), ("PageUp", 0)]:
        shown.page.keyboard.press(key)
        assert shown.state["power"] == power


def test_a_press_anywhere_in_the_plot_of_errors_sets_the_nudge(lone):
    shown = Shown(lone, "nudge")
    plot = shown.el.locator("svg.plot").nth(1)
    area = plot.bounding_box()
    plot.click(position={"x": area["width"] * 0.45, "y": area["height"] * 0.3})
    assert 6 < shown.state["power"] < 12
    assert shown.page.evaluate("document.activeElement.getAttribute('role')") == "slider"
    shown.set(f="sine", u=0, power=10, seen=[10])
    assert shown.el.locator("circle.two.zero").count() == 1


@pytest.mark.parametrize(
    ("name", "mark"), [("descent", "the start"), ("nudge", "u plus h"), ("fit", "point 4")]
)
def test_a_finger_that_presses_beside_a_mark_drags_it_all_the_way(finger, name, mark):
    shown = Shown(finger, name, 390)
    held = shown.el.locator(f"[aria-label='{mark}']")
    held.scroll_into_view_if_needed()
    area = held.bounding_box()
    x, y = area["x"] + area["width"] / 2 + 12, area["y"] + area["height"] / 2
    hand = shown.page.context.new_cdp_session(shown.page)
    before = held.get_attribute("aria-valuetext")
    shown.page.evaluate("""heard = []; for (const kind of ["pointermove", "pointercancel"])
        document.addEventListener(kind, () => heard.push(kind), true)""")
    for step in range(5):
        at = {"x": x - 12 * step, "y": y + 12 * step}
        kind = "touchMove" if step else "touchStart"
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(held).not_to_have_attribute("aria-valuetext", before)
    heard = shown.page.evaluate("window.heard")
    assert heard.count("pointermove") >= 3
    assert "pointercancel" not in heard  # the page has not scrolled instead


def test_a_second_finger_does_not_move_what_the_first_one_holds(finger):
    shown = Shown(finger, "nudge", 390)
    plot = shown.el.locator("svg.plot").nth(1)
    plot.scroll_into_view_if_needed()
    area = plot.bounding_box()
    hand = shown.page.context.new_cdp_session(shown.page)
    y = area["y"] + area["height"] / 3
    first, second, away = (
        {"x": area["x"] + x, "y": y, "id": i} for i, x in ((0, 120), (1, 300), (1, 260))
    )
    for kind, points in (
        ("touchStart", [first]),
        ("touchStart", [first, second]),
        ("touchMove", [first, away]),
        ("touchEnd", []),
    ):
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    shown.page.wait_for_timeout(200)
    assert shown.state["power"] > 10


BROKEN = """
    el => [...el.querySelectorAll("output, .z, .number, td button, .says-it")].filter(tag => {
        const range = document.createRange();
        range.selectNodeContents(tag);
        const lines = new Set([...range.getClientRects()].map(line => line.top));
        const [text, place] = [range, tag].map(each => each.getBoundingClientRect().width);
        return lines.size > 1 || text > place + 1;
    }).map(tag => tag.textContent)
"""


@pytest.mark.parametrize("width", [280, 320, 390, 1366])
def test_no_number_is_broken_in_its_middle(lone, width):
    states = {
        "nudge": {"power": 16},
        "scores": {"plus": -900, "times": 10, "scores": [-10.0, *[9.9] * 9]},
        "axes": {"rows": [*range(9)]},
        "company": {"behind": True},
    }
    for name, state in states.items():
        shown = Shown(lone, name, width)
        shown.page.evaluate("document.body.style.overflowWrap = 'anywhere'")
        shown.set(**state)
        assert shown.el.evaluate(BROKEN) == [], name


def test_descent_walks_as_the_library_does_and_its_edge_is_the_edge(lone):
    shown, rng = Shown(lone, "descent"), np.random.default_rng(14)
    for trial in range(20):
        shape, steps = str(rng.choice(["bowl", "valley"])), int(rng.integers(1, 61))
        kappa = np.array([1.0, 1.0 if shape == "bowl" else 20.0])
        momentum = round(rng.uniform(0, 0.95), 2)
        edge = 2 * (1 + momentum) / kappa.max()
        rate = edge * rng.choice([0.5, 0.97, 1.03])
        shown.set(shape=shape, rate=rate, momentum=momentum, steps=steps)
        u, v, path = np.array([-2.0, 1.0]), np.zeros(2), [[-2.0, 1.0]]
        for _ in range(60):
            training.sgd_update([u], [kappa * u], [v], rate, momentum)
            path.append(u.tolist())
        shown_path = shown.el.evaluate("el => el.querySelector('svg.plot').path")
        np.testing.assert_allclose(shown_path, path, rtol=1e-6, atol=1e-6)
        loss = (kappa * np.square(path[steps])).sum() / 2
        np.testing.assert_allclose(shown.numbers(".limit, .rate"), [edge, rate], atol=1e-6)
        np.testing.assert_allclose(shown.numbers("td.loss"), loss, rtol=1e-6, atol=1e-6)
        told = shown.el.locator(".verdict").inner_text()
        assert ("leaves." in told and "Beyond" in told) == (rate > edge), (trial, told)


def test_descent_by_the_keyboard_alone(lone):
    shown = Shown(lone, "descent")
    shown.tab_to("[aria-label='momentum, μ']")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["momentum"] == 0.05
    shown.tab_to("[aria-label='learning rate, η']")
    for _ in range(60):
        shown.page.keyboard.press("ArrowRight")
    assert "Beyond the edge" in shown.el.locator(".verdict").inner_text()
    shown.tab_to("button")
    shown.page.keyboard.press("Enter")
    assert "at the edge" in shown.el.locator(".verdict").inner_text()


def test_descent_says_how_far_it_swings_at_the_edge_and_what_a_small_rate_leaves(lone):
    shown = Shown(lone, "descent")
    for momentum in (0.25, 0.5, 0.8):
        shown.set(momentum=momentum, rate=2 * (1 + momentum) / 20, start=[0.0, 1.0])
        path = np.abs(shown.el.evaluate("el => el.querySelector('svg.plot').path"))[:, 1]
        told = shown.el.locator(".verdict").inner_text()
        times = float(re.search(r"up to ([\d.]+) times", told)[1])
        assert path.max() == pytest.approx(times, abs=0.06)
    shown.set(momentum=0.0, rate=0.0005, start=[-2.0, 1.0])
    assert "0.9995 of the distance" in shown.el.locator(".verdict").inner_text()
    shown.set(rate=0.2)  # the loss leaves the plot, and does not run along its top
    points = shown.el.locator("polyline.curve").get_attribute("points").split()
    assert len({point.split(",")[1] for point in points}) == 61
    shown.set(shape="bowl", rate=3.0)
    assert "steep" not in shown.el.locator(".verdict").inner_text()


def test_the_first_twenty_steps_are_those_of_the_library(lone):
    shown = Shown(lone, "train")
    train_set, validation_set = packing.train_arrays(pictures.train().data)
    for rate, momentum, batch, hidden, images in ((0.5, 0.0, 32, 32, 200), (2.0, 0.9, 8, 16, 50)):
        sizes = {"rate": rate, "momentum": momentum, "batch": batch}
        shown.set(**sizes, hidden=hidden, images=images)
        shown.el.get_by_text("new run").click()
        for _ in range(20):
            shown.el.get_by_text("one step").click()
        read = """el => ({ first: el.run.first, batches: el.run.batches, losses: el.run.losses,
            scores: el.run.records.at(-1), last: Object.fromEntries(
                Object.entries(el.run.network.W).map(([name, array]) => [name, [...array]])) })"""
        run = shown.el.evaluate(read)

        def parameters(arrays, hidden=hidden):
            shapes = {"W1": (784, hidden), "W2": (hidden, 10), "b1": hidden, "b2": 10}
            return network.Parameters(
                **{name: np.reshape(arrays[name], shape) * 1.0 for name, shape in shapes.items()}
            )

        start = parameters(run["first"])
        assert np.abs(start.W1).max() <= np.sqrt(6 / (784 + hidden))
        some = tuple(array[:images] for array in train_set)
        batches = [np.array(batch) for batch in run["batches"]]
        options = {"learning_rate": rate, "momentum": momentum}
        last, history = training.train(network, start, some, batches, **options)
        np.testing.assert_allclose(run["losses"], history.batch_loss, atol=1e-6)
        for ours, theirs in zip(parameters(run["last"]), last, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
        for name, dataset in (("training", some), ("validation", validation_set)):
            wanted = training.evaluate(network, last, dataset)
            np.testing.assert_allclose(run["scores"][name]["loss"], wanted.loss, atol=1e-6)
            np.testing.assert_allclose(run["scores"][name]["accuracy"], wanted.accuracy, atol=1e-9)


IN_PYTHON = """
    async ({ module, state, data }) => {
        const heard = {}, bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
        const traits = { state, data: new DataView(bytes.buffer) };
        const tell = (event, what) => (heard[event] ?? []).forEach(hear => hear(what));
        const model = { get: name => traits[name], save_changes() {}, off() {},
            set(name, value) { traits[name] = value; tell(`change:${name}`); },
            on(event, hear) { (heard[event] ??= []).push(hear); },
            async send(message) { tell("msg:custom", await window.askPython(message)); } };
        const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
        const el = Object.assign(document.createElement("div"), { model });
        document.body.replaceChildren(el);
        (await import(address)).default.render({ model, el });
    }
"""


def test_with_data_of_ones_own_python_trains_and_the_picture_shows_it(lone):
    mnist = data.load()
    sets = data.split(mnist.train_images, mnist.train_labels, rng=np.random.default_rng(4))
    picture, page = pictures.train(*sets), lone.open("train.html")
    page.expose_function("askPython", picture.run.answer)
    encoded = base64.b64encode(picture.data).decode()
    page.evaluate(IN_PYTHON, {"module": picture._esm, "state": picture.state, "data": encoded})
    el = page.locator(".explore")
    slider = el.get_by_role("slider", name="training images")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "50000")
    for _ in range(3):
        el.get_by_text("one step").click()
    page.wait_for_function("document.querySelector('.explore').run.step === 3")
    assert picture.run.step == 3
    assert len(picture.run.images) == 50_000
    el.get_by_text("start", exact=True).click()
    page.wait_for_function("document.querySelector('.explore').run.step > 40")
    el.get_by_text("pause").click()
    page.wait_for_timeout(400)
    steps = el.evaluate("el => el.run.step")
    page.wait_for_timeout(400)
    assert el.evaluate("el => el.run.step") == steps == picture.run.step
    last = el.evaluate("el => el.run.records.at(-1)")
    wanted = training.evaluate(network, picture.run.parameters, tuple(p[:1000] for p in sets[1]))
    assert last["validation"] == pytest.approx(wanted._asdict())
    assert f"After {steps} steps" in el.locator(".verdict").inner_text()
    assert "10000 others" in el.inner_text()


def test_a_phone_shows_the_dials_of_training_and_what_they_do_at_once(lone):
    shown = Shown(lone, "train", 390)
    digits, loss = (shown.el.locator(mark).first.bounding_box() for mark in (".digits", "svg"))
    dials = shown.el.locator(".slider").all()
    assert all(digits["y"] < dial.bounding_box()["y"] < loss["y"] for dial in dials)
    assert loss["y"] + loss["height"] - digits["y"] < 700


def test_training_starts_pauses_thrashes_and_keeps_the_last_runs(lone):
    shown = Shown(lone, "train")
    shown.tab_to("button.main")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_function("document.querySelector('.explore').run.step > 30")
    shown.page.keyboard.press("Enter")
    steps = shown.el.evaluate("el => el.run.step")
    shown.page.wait_for_timeout(300)
    assert shown.el.evaluate("el => el.run.step") == steps
    shown.set(rate=30, momentum=0.9)
    shown.el.get_by_text("new run").click()
    assert shown.el.locator("polyline.past").count() == 4  # two in each of the plots
    for _ in range(25):
        shown.el.get_by_text("one step").click()
    assert "thrashes" in shown.el.locator(".verdict").inner_text()
    run = "el => el.run.records.map(one => one.training.loss)"
    loss = shown.el.locator("svg").first
    highest = max(shown.el.evaluate(run))
    assert float(loss.locator("text").nth(2).text_content()) >= highest > 6  # the plot holds it all
    points = loss.locator(".training:not(.past)").get_attribute("points").split()
    assert len({point.split(",")[1] for point in points}) > 10
    assert (
        shown.el.locator("text", has_text="60").count() == 2
    )  # by this run, not by the longer one


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


def test_the_fitted_curve_is_that_of_least_squares_with_a_price(lone):
    shown, rng = Shown(lone, "fit"), np.random.default_rng(17)
    grid = np.linspace(-1, 1, 401)
    for count in (2, 5, 11, 12, 13, 40, 100):
        points = np.stack([np.linspace(-0.9, 0.9, 12), rng.uniform(-1, 1, 12)], axis=1)
        price = 10.0 ** rng.integers(-4, 1)
        shown.set(points=points.tolist(), count=count, price=price, drawn={})
        rows = legvander(points[:, 0], count - 1)
        # The mean of 12 squares, plus price / 2 times the weights squared: lesson 09's price.
        # Rows of their own for it are another way to the same weights.
        taller = np.vstack([rows, np.sqrt(12 * price / 2) * np.eye(count)])
        weights = np.linalg.lstsq(taller, np.append(points[:, 1], np.zeros(count)), rcond=None)[0]
        curve = shown.el.evaluate("el => el.fitted.at")
        np.testing.assert_allclose(curve, legvander(grid, count - 1) @ weights, atol=1e-6)


def test_fit_is_wild_at_the_threshold_and_its_points_can_be_dragged(lone):
    shown = Shown(lone, "fit")
    error = {}
    for count in (4, 12, 40):
        shown.set(count=count)
        error[count] = shown.el.evaluate("el => el.fitted.real")
        own = shown.el.evaluate("el => el.fitted.own")
        assert (own < 1e-3) == (count >= 12)  # from the threshold on it passes through all points
    assert error[12] > 5 * max(error[4], error[40])
    shown.set(count=12, price=0.1)  # a price calms it
    assert shown.el.evaluate("el => el.fitted.real") < error[12] / 4
    before = shown.state["points"][3]
    drag(shown, shown.el.locator(".grip").nth(3), 10, -40)
    assert shown.state["points"][3][1] > before[1]
    shown.tab_to(".grip")
    shown.page.keyboard.press("ArrowUp")
    shown.tab_to("[aria-label='features']")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["count"] == 13
    for price, said in ((10, "10"), (0.00562, "0.00562"), (1e-5, "1.0e−5")):
        shown.set(price=price)
        assert f"at a price of {said}:" in shown.el.locator(".verdict").inner_text()
    points = shown.state["points"]
    points[4] = [points[3][0] + 0.003, points[3][1] + 0.8]  # the curve must leap
    shown.set(points=points, count=12, price=1e-8, drawn={})
    assert shown.el.evaluate("el => el.fitted.real") > 100
    assert shown.el.locator("polygon.one").count() == 1  # an arrow: larger than is shown
    assert shown.el.evaluate("el => el.fitted.own") > 0.001
    assert "holds it off" in shown.el.locator(".verdict").inner_text()  # nor says that it passes
    assert shown.el.locator("circle.one").count() == 0


def test_fit_tries_again_what_was_tried_as_a_point_moves(lone):
    shown = Shown(lone, "fit")
    shown.el.get_by_text("many numbers of features").click()
    before = shown.state["drawn"]
    drag(shown, shown.el.locator(".grip").nth(3), 10, -60)
    after = shown.state["drawn"]
    assert before.keys() == after.keys()
    assert all(abs(before[n] - after[n]) > 1e-4 for n in before)
    shown.set(count=4)
    assert shown.el.evaluate("el => el.fitted.real") == pytest.approx(after["4"])


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
    shown.tab_to(".field")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["shift"] == [1, 0]
    shown.tab_to(".kernel button")
    shown.page.keyboard.press("Enter")
    assert (shown.state["kernel"][0], shown.state["name"]) == (0, "own")
    shown.tab_to("button.main")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').reached > 300"
    )


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
    shown.set(times=0)
    assert "can't choose" in verdict.inner_text()
    np.testing.assert_allclose(shown.numbers(".weight"), 0.25, atol=1e-12)
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


def shown_one(shown):
    """Have one value shown, and return what is said."""
    shown.el.get_by_text("show me this one").click()
    return shown.el.locator(".verdict").inner_text()


def test_in_the_empty_network_enter_leads_on_once_a_box_is_right(lone):
    shown = Shown(lone, "fill")
    shown.el.get_by_label("z1[0]", exact=True).focus()
    for text, then in (("1", "z1[0]"), ("0", "z1[1]"), ("log 3", "a1[0]")):
        shown.page.keyboard.press("Control+a")
        shown.page.keyboard.type(text)
        shown.page.keyboard.press("Enter")
        now = shown.page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert now == then
    assert "2 of 27 right" in shown.el.locator(".verdict").inner_text()


def test_the_empty_network_tells_right_from_carried_from_wrong(lone):
    shown = Shown(lone, "fill")

    def typed(name, text):
        box = shown.el.get_by_label(name, exact=True)
        box.fill(text)
        box.press("Tab")
        return shown.el.locator(".verdict").inner_text().partition("Next")[0]

    assert "Right" in typed("z1[0]", "0")
    assert "no number" in typed("z1[1]", "three")
    assert "Right" in typed("z1[1]", "log 3")
    assert "Not yet" in typed("a1[0]", "0.6")
    assert "Right" in typed("a1[1]", "3/4")
    # z2[0] = 0.6 + 2 * 0.75 + log 3, from the slip
    assert "from your numbers" in typed("z2[0]", "2.1 + log 3")
    assert "Right:" in typed("z2[1]", "2")
    assert "Right:" in typed("a1[0]", "0,5")
    assert "Not yet" not in typed("z2[0]", "2 + log(3)")
    assert "Right" in typed("p[0]", "0.75")
    assert "Right" in typed("dz2[0]", "3/4")
    assert "sign" in typed("dz2[1]", "3/4")
    numbers = {name: np.array(value) for name, value in pictures.backprop_numbers().items()}
    square = {name: numbers[name].reshape(2, 2) for name in ("W1", "W2")}
    parameters = network.Parameters(b1=numbers["b1"], b2=numbers["b2"], **square)
    _, grads = network.gradients(parameters, numbers["x"][None], np.eye(2)[[1]])
    assert "1 shown" in shown_one(shown)
    assert "Not yet" in typed("p[1]", "7")  # over what was shown: judged like any other
    assert shown.state["shown"] == []
    while shown.el.get_by_text("show me this one").is_enabled():
        shown_one(shown)
    assert "by hand" not in shown.el.locator(".verdict").inner_text()
    assert shown.el.locator(".next").count() == 0
    typed("z2[0]", "3.099")
    cut = """el => [...el.querySelectorAll(".filling input")]
        .filter(tag => tag.scrollWidth > tag.clientWidth).map(tag => tag.value)"""
    shown.page.set_viewport_size({"width": 280, "height": 850})
    assert shown.el.evaluate(cut) == []
    for name in ("W1", "b1", "W2", "b2"):
        boxes = shown.el.locator(f"[aria-label^='d{name}[']")
        texts = [box.input_value().replace("−", "-") for box in boxes.all()]
        wanted = getattr(grads, f"d{name}").ravel()
        in_print = [
            round(float(w), 3) if "." in t else w for t, w in zip(texts, wanted, strict=True)
        ]
        values = [float(Fraction(text)) for text in texts]  # a fraction is exact
        np.testing.assert_allclose(values, in_print, atol=1e-9)
    assert "All 27" in shown.el.locator(".verdict").inner_text()


def test_a_lesson_that_brings_its_weights_sees_the_numbers_behind_the_company(lone, monkeypatch):
    monkeypatch.setitem(picture_places.WORDS, "company", "words")
    for code, state in (("pictures.company()", None), ("pictures.company(w, s)", {"behind": True})):
        cell = nodes.container("", classes=["cell"])
        cell += [nodes.literal_block(code, code), nodes.image(uri="still.png")]
        picture_places.find_places(None, cell, "06")
        place = next(iter(cell.findall(picture_places.Place)))
        assert place.get("state") == state
    page = Shown(lone, "company").page
    assert not page.locator("td.c").first.is_visible()
    page.evaluate(
        """state => { const place = document.querySelector(".touchable");
        place.dataset.state = state; place.replaceChildren(); return wake(place); }""",
        json.dumps(place["state"]),
    )
    page.locator("td.c").first.wait_for()
    assert page.locator("td.c").first.is_visible()


def test_a_lesson_shows_its_pictures_where_its_cells_have_left_a_still_one(tab, lessons):
    for address in lessons:
        text = (ROOT / address.replace(".html", ".py")).read_text("utf-8")
        code = re.sub(r"^#.*", "", text, flags=re.MULTILINE)
        called = re.findall(r"\bpictures\.(\w+)\(", code)
        called = [name for name in called if name in pictures.PICTURES]
        if not called:
            continue
        page = tab.open(address)
        places = page.locator(".cell_output .touchable")
        shown = places.evaluate_all("tags => tags.map(tag => tag.dataset.name)")
        assert shown == called, address
        for place in places.all():
            place.scroll_into_view_if_needed()
            place.locator(".explore .title").wait_for()
        assert page.evaluate(TOO_WIDE) <= 0
        assert (tab.strays, tab.errors) == ([], [])
