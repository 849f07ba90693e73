"""The pictures one can touch, in a real browser: alive, to keyboard and finger, and right."""

import numpy as np
import pytest
from test_browser import AXE, TOO_WIDE, axe

from conftest import Tab, both_ways
from mnistlib import explore, functions, original

PAGES = dict.fromkeys(explore.PICTURES, "pictures.html")
each_picture = pytest.mark.parametrize("name", PAGES)


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


@both_ways
@each_picture
def test_a_picture_lives_and_asks_nobody_else(tab, name):
    shown = Shown(tab, name)
    assert shown.place.locator("> img").count() == 0
    assert shown.el.locator(".title").is_visible()
    assert (tab.strays, tab.errors) == ([], [])


def test_what_a_picture_needs_is_loaded_on_its_pages_alone(browser, roots, pages):
    for page in ("index.html", "glossary.html"):
        tab = Tab(browser, roots["http"])
        tab.open(page)
        assert [url for url in tab.bytes if "explore" in url] == []
        tab.page.context.close()


@each_picture
def test_a_picture_is_accessible_and_fits_in_both_themes(tab, name):
    found = {}
    for width, theme in ((1366, "light"), (390, "dark"), (320, "light")):
        shown = Shown(tab, name, width)
        tab.theme(theme)
        shown.page.evaluate(AXE.read_text("utf-8"))
        if (broken := axe(shown.page)) or shown.page.evaluate(TOO_WIDE) > 0:
            found[width, theme] = broken or "too wide"
        # The largest words that the picture is made for must not be cut off either.
        cut = shown.el.evaluate(
            "el => [...el.querySelectorAll('*')].filter(t => t.getBoundingClientRect().right"
            " > el.getBoundingClientRect().right + 1 && !t.closest('.scrolls')).length"
        )
        if cut:
            found[width, theme, "sticks out"] = cut
    assert found == {}


@each_picture
def test_without_script_a_still_picture_and_its_words_remain(browser, roots, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{roots['file']}/{PAGES[name]}")
    place = page.locator(f".touchable[data-name={name}]")
    assert place.locator("img").is_visible()
    assert len(place.locator("img").get_attribute("alt")) > 40
    assert place.locator("p").inner_text().startswith("A picture to touch")
    context.close()


@each_picture
def test_forced_colours_and_reduced_motion_are_respected(tab, name):
    tab.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    shown = Shown(tab, name)
    moving = shown.el.evaluate(
        "el => [...el.querySelectorAll('*')].filter(t => "
        "parseFloat(getComputedStyle(t).transitionDuration)).length"
    )
    assert moving == 0
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
            "td:nth-child(5) .bar-number": functions.softmax_jacobian(p)[state["held"]],
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
