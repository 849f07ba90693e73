"""The small network to fill in, in a real browser."""

from fractions import Fraction

import numpy as np

from course import pictures
from mnistlib import network
from website.tests.tabs import Shown


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

    assert "z1[0]: shown" in shown.el.locator(".verdict").inner_text()  # the first, as an example
    assert "cannot be read as a number" in typed("z1[1]", "three")
    assert "Right" in typed("z1[1]", "log 3")
    assert "Not yet" in typed("a1[0]", "0.6")
    assert "Right" in typed("a1[1]", "3/4")
    # z2[0] = 0.6 + 2 * 0.75 + log 3, from the slip
    assert "from your numbers" in typed("z2[0]", "2.1 + log 3")
    assert "Right:" in typed("z2[1]", "2")
    assert "Right:" in typed("a1[0]", "0,5")
    assert "Not yet" not in typed("z2[0]", "2 + log(3)")
    assert "Right" in typed("p[0]", "0.75")
    assert not shown.el.get_by_label("dz2[0]", exact=True).is_visible()  # that comes later
    assert "Right" in typed("p[1]", "1/4")
    assert "Right" in typed("the loss", "log 4")
    assert "Right" in typed("dz2[0]", "3/4")
    assert "sign" in typed("dz2[1]", "3/4")
    numbers = {name: np.array(value) for name, value in pictures.backprop_numbers().items()}
    square = {name: numbers[name].reshape(2, 2) for name in ("W1", "W2")}
    parameters = network.Parameters(b1=numbers["b1"], b2=numbers["b2"], **square)
    _, grads = network.gradients(parameters, numbers["x"][None], np.eye(2)[[1]])
    assert "2 shown" in shown_one(shown)
    assert "Not yet" in typed("dz2[1]", "7")  # over what was shown: judged like any other
    assert shown.state["shown"] == ["z10"]
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
        wanted = getattr(grads, name).ravel()
        in_print = [
            round(float(w), 3) if "." in t else w for t, w in zip(texts, wanted, strict=True)
        ]
        values = [float(Fraction(text)) for text in texts]  # a fraction is exact
        np.testing.assert_allclose(values, in_print, atol=1e-9)
    assert "All 27" in shown.el.locator(".verdict").inner_text()
