"""The pictures one can touch, in a real browser: alive, to keyboard and finger, and right."""

import re

import numpy as np
import pytest
from test_browser import AXE, TOO_WIDE, axe

from conftest import ROOT, Tab, both_ways
from mnistlib import data, explore, functions, network, original, training
from mnistlib.gradcheck import central_difference

PAGES = dict.fromkeys(explore.PICTURES, "pictures.html") | {"draw": "draw.html"}
each_page = pytest.mark.parametrize("address", sorted(set(PAGES.values())))


FOCUS = """
    (el, selector) => el.contains(document.activeElement) && document.activeElement.matches(selector)
"""


class Shown:
    """A picture on an open page, to set and to read."""

    def __init__(self, tab, name, width=1366):
        self.page = tab.open(PAGES[name], width)
        self.place = self.page.locator(f".touchable[data-name={name}]")
        self.place.scroll_into_view_if_needed()
        self.el = self.place.locator(".explore")
        self.el.wait_for()

    def set(self, **state):
        change = "(el, part) => el.model.set('state', { ...el.model.get('state'), ...part })"
        self.el.evaluate(change, state)

    @property
    def state(self):
        return self.el.evaluate("el => el.model.get('state')")

    def numbers(self, selector):
        """Return the whole numbers behind what is shown, where `selector` finds it."""
        read = "tags => tags.map(tag => tag.dataset.value)"
        values = self.el.locator(f":is({selector})[data-value]").evaluate_all(read)
        return np.array([float(value.replace("Infinity", "inf")) for value in values])

    def tab_to(self, selector):
        """Press Tab until the focus is on what `selector` finds within the picture."""
        for _ in range(300):
            self.page.keyboard.press("Tab")
            if self.el.evaluate(FOCUS, selector):
                return
        pytest.fail(f"the keyboard does not reach {selector}")


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
    assert page.locator(".touchable > img").count() == 0
    assert page.locator(".touchable > .explore").count() == len(names(address))
    assert (tab.strays, tab.errors) == ([], [])


def test_what_a_picture_needs_is_loaded_on_its_pages_alone(browser, roots, pages):
    for page in ("index.html", "glossary.html"):
        tab = Tab(browser, roots["http"])
        tab.open(page)
        assert [url for url in tab.bytes if "explore" in url] == []
        tab.page.context.close()


STICKS_OUT = """
    [...document.querySelectorAll(".explore")].flatMap(el => [...el.querySelectorAll("*")]
        .filter(tag => tag.getBoundingClientRect().right > el.getBoundingClientRect().right + 1)
        .filter(tag => !tag.closest(".scrolls, svg *")).map(tag => tag.outerHTML.slice(0, 80)))
"""


@each_page
def test_the_pictures_are_accessible_and_fit_in_both_themes(tab, address):
    page, found = woken(tab, address), {}
    page.evaluate(AXE.read_text("utf-8"))
    for width, theme in ((1366, "light"), (390, "dark"), (320, "light")):
        tab.resize(width)
        tab.theme(theme)
        faults = {
            "axe": axe(page) if width > 320 else [],
            "too wide": page.evaluate(TOO_WIDE) > 0,
            "sticks out": page.evaluate(STICKS_OUT),
        }
        found |= {(width, theme, kind): what for kind, what in faults.items() if what}
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


def test_scores_are_those_of_the_library(tab):
    shown, rng = Shown(tab, "scores"), np.random.default_rng(14)
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


def test_scores_by_the_keyboard_alone(tab):
    shown = Shown(tab, "scores")
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
    z2, labels, _ = explore.company_arrays(explore.company().data)
    return z2.astype(float), labels


def test_company_is_that_of_the_library(tab):
    shown, rng = Shown(tab, "company"), np.random.default_rng(14)
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


def test_company_shows_no_formula_until_the_numbers_behind_are_asked_for(tab):
    shown = Shown(tab, "company")
    formulas = re.compile(r"log|softmax|\b[zcPp]\b", re.I)
    assert formulas.findall(shown.el.inner_text()) == []
    assert not shown.el.locator("td.c").first.is_visible()
    shown.el.get_by_text("the numbers behind them").click()
    assert "the largest z − c wins" in shown.el.locator(".verdict").inner_text()
    assert shown.el.locator("td.c").first.is_visible()
    shown.el.get_by_text("the answers", exact=True).click()
    assert formulas.findall(shown.el.inner_text()) == []


def says(shown):
    return shown.el.locator(".says .digit").first.inner_text()


def test_company_by_the_keyboard_alone(tab):
    shown = Shown(tab, "company")
    shown.tab_to(".choice input")
    shown.page.keyboard.press("ArrowLeft")
    shown.page.keyboard.press("ArrowLeft")
    assert (shown.state["company"], says(shown)) == ("nobody", "0")
    shown.tab_to(".sway button:nth-of-type(8)")
    shown.page.keyboard.press("Enter")
    assert (shown.state["company"], says(shown)) == ("one", "7")
    shown.tab_to(".tray button")
    shown.page.keyboard.press("ArrowDown")
    shown.page.keyboard.press("ArrowRight")
    chosen = shown.page.evaluate("Number(document.activeElement.dataset.digit)")
    assert chosen > 5
    shown.page.keyboard.press("Space")
    assert chosen in shown.state["others"]
    shown.page.keyboard.press("Space")
    assert chosen not in shown.state["others"]


def test_company_by_touch(browser, roots):
    tab = Tab(browser, roots["http"], has_touch=True)
    shown = Shown(tab, "company", 390)
    shown.el.locator(".sway button").nth(4).tap()
    assert says(shown) == "4"
    shown.el.get_by_text("asks about it").tap()
    shown.el.locator("[data-digit='1']").tap()
    assert shown.state["asked"] == 1
    assert tab.errors == []
    tab.page.context.close()


STROKES = {  # ten digits as somebody might draw them, on a paper of 280 x 280
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


def test_known_digits_drawn_with_the_mouse_are_read_right(tab):
    shown, read = Shown(tab, "draw"), {}
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


def test_a_drawing_becomes_an_image_and_an_answer_as_in_the_library(tab):
    shown, rng = Shown(tab, "draw"), np.random.default_rng(14)
    parameters, digit = explore.unpacked(explore.draw().data)
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


def test_draw_by_the_keyboard_alone(tab):
    shown = Shown(tab, "draw")
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


def test_draw_by_touch(browser, roots):
    tab = Tab(browser, roots["http"], has_touch=True)
    shown = Shown(tab, "draw", 390)
    area = shown.el.locator(".paper").bounding_box()
    finger = tab.page.context.new_cdp_session(shown.page)
    scrolled = shown.page.evaluate("scrollY")
    for i, (x, y) in enumerate(STROKES[7][0]):
        at = {"x": area["x"] + x * area["width"] / 280, "y": area["y"] + y * area["width"] / 280}
        kind = "touchMove" if i else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    shown.page.wait_for_function(
        "document.querySelector('.explore').model.get('state').strokes?.length === 1"
    )
    assert probabilities(shown).argmax() == 7
    assert shown.page.evaluate("scrollY") == scrolled  # the finger draws, it does not scroll
    tab.page.context.close()


def test_blame_is_that_of_the_library(tab):
    shown, rng = Shown(tab, "backprop"), np.random.default_rng(14)
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


def test_backprop_by_the_keyboard_alone(tab):
    shown = Shown(tab, "backprop")
    assert "".join(shown.el.locator("text.blame").all_text_contents()) == ""
    shown.tab_to("button:nth-of-type(2)")
    for _ in range(8):
        shown.page.keyboard.press("Enter")
    assert "1.3863" in shown.el.locator(".verdict").inner_text()  # log 4
    for _ in range(3):
        shown.page.keyboard.press("Enter")
    assert "3/8" in shown.el.locator(".verdict").inner_text()
    shown.tab_to("input[type=range]")
    before = shown.state["b1"][0]
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["b1"][0] == before + 0.25


def test_nudges_measure_as_the_library_does(tab):
    shown, rng = Shown(tab, "nudge"), np.random.default_rng(14)
    known = {
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


def test_nudge_by_the_keyboard_alone(tab):
    shown = Shown(tab, "nudge")
    shown.tab_to("[aria-label='the nudge, h']")
    for _ in range(10):
        shown.page.keyboard.press("ArrowRight")
    assert shown.state["power"] == 5
    assert shown.el.locator("circle.two").count() == 11
    assert shown.numbers(".errorBoth")[0] < 1e-9
    shown.page.keyboard.press("End")
    assert shown.numbers(".errorBoth")[0] > 1e-3


def test_descent_walks_as_the_library_does_and_its_edge_is_the_edge(tab):
    shown, rng = Shown(tab, "descent"), np.random.default_rng(14)
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


def test_descent_by_the_keyboard_alone(tab):
    shown = Shown(tab, "descent")
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


def test_a_lesson_shows_its_pictures_where_its_cells_have_left_a_still_one(tab, lessons):
    for address in lessons:
        text = (ROOT / address.replace(".html", ".py")).read_text("utf-8")
        called = re.findall(r"\bexplore\.(\w+)\(", text)
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
