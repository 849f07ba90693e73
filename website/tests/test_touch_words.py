"""What pictures say: never what is not so, whatever their numbers; and the network to fill in."""

import re
from fractions import Fraction

import numpy as np
import pytest

from course import pictures
from mnistlib import network
from website.tests.drawing import probabilities
from website.tests.tabs import STICKS_OUT, Shown, pass_time
from website.tests.test_every_page import TOO_WIDE

pytestmark = pytest.mark.takes(seconds=40)


def test_attend(lone):
    shown = Shown(lone, "attend", 280)
    first = shown.state
    shown.set(times=0)
    assert "can't choose" in shown.verdict
    np.testing.assert_allclose(shown.numbers(".weight"), 0.25, atol=1e-12)
    assert shown.el.locator(".most:not(.bar)").count() == 0  # no pair stands out
    shown.set(pairs=[[key, 28] for key, _ in first["pairs"]])  # four values, all the same 7
    assert "That is right, by luck." in shown.verdict
    shown.set(times=1)
    assert "That is right." in shown.verdict
    shown.set(pairs=first["pairs"], times=1, asked=16)  # a 4, and no key is one
    assert "no answer is right" in shown.verdict
    for _ in range(3):
        shown.el.get_by_text("new card").click()
        digits = [key // 4 for key, _ in shown.state["pairs"]]
        assert len(set(digits)) == 4
        assert shown.state["asked"] // 4 in digits
        assert shown.state["asked"] not in [key for key, _ in shown.state["pairs"]]
    shown.el.get_by_text("start again").click()
    assert shown.state == first


def test_axes_of_one_image_alone(lone):
    shown = Shown(lone, "axes")
    shown.set(axis=0, rows=[0, 1])
    shown.el.locator("button.out").first.click()
    assert "One image alone" in shown.verdict
    shown.el.get_by_text("add an image").click()
    assert "One image alone" not in shown.verdict


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


def test_backprop_is_that_of_the_lesson_and_holds_any_number(lone):
    shown, rng = Shown(lone, "backprop", 280), np.random.default_rng(15)
    assert "".join(shown.el.locator("text.blame").all_text_contents()) == ""
    assert "log 4" in shown.verdict  # it begins where forward is done
    shown.set(step=11)
    assert "3/8" in shown.verdict
    for _ in range(8):
        sizes = {"x": 2, "W1": 4, "b1": 2, "W2": 4, "b2": 2}
        numbers = {
            name: (rng.normal(0, 1, n) * 10.0 ** rng.integers(-9, 7, n)).tolist()
            for name, n in sizes.items()
        }
        shown.set(**numbers, step=24)
        assert shown.el.evaluate(OVERPRINTED) == [], numbers
        assert shown.page.evaluate(TOO_WIDE) <= 0
    shown.page.set_viewport_size({"width": 760, "height": 850})  # drawing and table side by side
    assert shown.page.evaluate(STICKS_OUT) == []


@pytest.mark.parametrize("width", [280, 1366])
def test_company_begins_with_the_thing_itself(lone, width):
    shown = Shown(lone, "company", width)
    marks = (".spoken", ".choice", ".answers .bar.warm", ".verdict")
    boxes = [shown.el.locator(mark).first.bounding_box() for mark in marks]
    answer, who, bars, words = (box["y"] for box in boxes)
    assert answer < who < bars < words  # who else is asked about, beside what it changes
    assert not shown.el.locator(".answers .bar:not(.warm)").first.is_visible()  # one bar of ten
    assert shown.page.evaluate(STICKS_OUT) == []


def test_descent(lone):
    shown = Shown(lone, "descent")
    for momentum in (0.25, 0.8):
        shown.set(momentum=momentum, rate=2 * (1 + momentum) / 20, start=[0.0, 1.0])
        path = np.abs(shown.el.evaluate("el => el.querySelector('svg.plot').path"))[:, 1]
        times = float(re.search(r"up to ([\d.]+) times", shown.verdict)[1])
        assert path.max() == pytest.approx(times, abs=0.06)
    shown.set(momentum=0.0, rate=0.0005, start=[-2.0, 1.0])
    assert "0.9995 of the distance" in shown.verdict
    shown.set(rate=0.2)  # the loss leaves the plot, and does not run along its top
    points = shown.el.locator("polyline.curve").get_attribute("points").split()
    assert len({point.split(",")[1] for point in points}) == 61
    shown.set(start=[-1.0, 0.0])  # beyond the edge, and nothing leaves
    assert "leaves" not in shown.verdict
    shown.set(shape="bowl", rate=3.0)
    assert "steep" not in shown.verdict


def test_fill_tells_right_from_carried_from_wrong(lone):
    shown = Shown(lone, "fill")

    def typed(name, text):
        box = shown.el.get_by_label(name, exact=True)
        box.fill(text)
        box.press("Tab")
        return shown.verdict.partition("Next")[0]

    assert "z1[0] = 1 · 1 + 1/2 · (−2) + 0 = 0." in shown.verdict  # as an example
    shown.el.get_by_label("z1[0]", exact=True).focus()
    for text, then in (("1", "z1[0]"), ("0", "z1[1]")):  # Enter leads on once a box is right
        shown.page.keyboard.press("Control+a")
        shown.page.keyboard.type(text)
        shown.page.keyboard.press("Enter")
        now = shown.page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert now == then
    assert "cannot be read as a number" in typed("z1[1]", "three")
    assert "Right" in typed("z1[1]", "log 3")
    assert "too large" in typed("a1[0]", "0.6")
    assert "exp(−z) alone" in typed("a1[0]", "1")  # what differs, not the rule again
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
    show = shown.el.get_by_text("show me this one")
    show.click()
    assert "1 shown" in shown.verdict
    while show.is_enabled():
        show.click()
    assert "All 27" in shown.verdict
    assert "by hand" not in shown.verdict
    numbers = {name: np.array(value) for name, value in pictures.backprop_numbers().items()}
    square = {name: numbers[name].reshape(2, 2) for name in ("W1", "W2")}
    parameters = network.Parameters(b1=numbers["b1"], b2=numbers["b2"], **square)
    _, grads = network.gradients(parameters, numbers["x"][None], np.eye(2)[[1]])
    for name in ("W1", "b1", "W2", "b2"):
        boxes = shown.el.locator(f"[aria-label^='d{name}[']")
        texts = [box.input_value().replace("−", "-") for box in boxes.all()]
        # A fraction is exact; what is printed with a point has three decimals.
        limits = [0.0005 if "." in text else 1e-9 for text in texts]
        values = np.array([float(Fraction(text)) for text in texts])
        assert (np.abs(values - getattr(grads, name).ravel()) <= limits).all(), (name, texts)


def test_fit_is_wild_at_the_threshold(lone):
    shown = Shown(lone, "fit")
    error = {}
    for count in (4, 12, 40):
        shown.set(count=count)
        error[count], own = shown.el.evaluate("el => [el.fitted.real, el.fitted.own]")
        assert (own < 1e-3) == (count >= 12)  # from the threshold on it passes through all points
    assert error[12] > 5 * max(error[4], error[40])
    shown.set(count=12, price=0.1)  # a price calms it
    assert shown.el.evaluate("el => el.fitted.real") < error[12] / 4
    for price, said in ((10, "10"), (0.00562, "0.00562"), (1e-5, "1.0e−5")):
        shown.set(price=price)
        assert f"at a price of {said}:" in shown.verdict
    points = shown.state["points"]
    points[4] = [points[3][0] + 0.003, points[3][1] + 0.8]  # the curve must leap
    shown.set(points=points, count=12, price=1e-8, drawn={})
    assert shown.el.evaluate("el => el.fitted.real") > 100
    assert shown.el.locator("polygon.one").count() == 1  # an arrow: larger than is shown
    assert shown.el.evaluate("el => el.fitted.own") > 0.001
    assert "holds it off" in shown.verdict  # nor says that it passes


def test_kernel_tells_two_networks_apart_by_a_push(lone):
    shown = Shown(lone, "kernel")
    right = np.zeros(2)
    for digit in range(10):
        shown.set(digit=digit, shift=[3, 0])
        p = np.array(shown.el.evaluate("el => el.answers"))
        right += p.argmax(axis=1) == digit
    assert right[1] >= right[0] + 2
    assert shown.el.locator(".readers .wrong").count() == (p.argmax(axis=1) != 9).sum()


def test_nudge(lone):
    shown = Shown(lone, "nudge")

    def told(**state):
        shown.set(**state)
        return shown.verdict

    assert "rounding, divided" not in told(f="cube", u=0, power=10)
    assert "rounding, divided" in told(f="cube", u=0.7, power=10)
    assert "exactly 0" in told(f="square", u=0, power=3)
    assert "both u" in told(f="exp", u=3, power=16)
    for name in ("sigmoid", "exp", "square", "cube", "sine"):
        for u in (-1.3, 0, 2.9):  # at 0 three of these bend alike on both sides
            even = u == 0 and name in ("sigmoid", "cube", "sine")
            assert ("just as little" in told(f=name, u=u, power=2)) == even


def test_scores_say_when_the_naive_formula_is_silently_wrong(lone):
    shown = Shown(lone, "scores")
    for plus, part in {0: "Both formulas agree", -760: "0 / 0", -747: "silently wrong"}.items():
        shown.set(plus=plus)
        assert part in shown.verdict
    naive = shown.numbers("td:nth-child(2) .bar-number")
    assert naive.max() == pytest.approx(2 / 3)


def test_train_pauses_thrashes_and_keeps_the_last_runs(lone):
    shown = Shown(lone, "train")
    shown.el.locator("button.main").click()
    shown.page.wait_for_function("document.querySelector('.explore').run.step > 30")
    shown.el.locator("button.main").click()
    steps = shown.el.evaluate("el => el.run.step")
    pass_time(shown.page, 300)
    assert shown.el.evaluate("el => el.run.step") == steps
    shown.set(rate=30, momentum=0.9)
    shown.el.get_by_text("new run").click()
    assert shown.el.locator("polyline.past").count() == 4  # two in each of the plots
    for _ in range(25):
        shown.el.get_by_text("one step").click()
    assert "thrashes" in shown.verdict
    highest = max(shown.el.evaluate("el => el.run.records.map(one => one.training.loss)"))
    loss = shown.el.locator("svg").first
    assert float(loss.locator("text").nth(2).text_content()) >= highest > 6  # the plot holds it all
    points = loss.locator(".training:not(.past)").get_attribute("points").split()
    assert len({point.split(",")[1] for point in points}) > 10


def test_attend_answers_about_its_pairs_in_any_order(lone):
    shown = Shown(lone, "attend", 390)
    first, *rest = shown.state["pairs"]
    before = probabilities(shown)
    boxes = [handle.bounding_box() for handle in shown.el.locator(".move").all()]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    shown.page.mouse.move(*middles[0])
    shown.page.mouse.down()
    shown.page.mouse.move(*middles[3], steps=8)
    shown.page.mouse.up()
    assert shown.state["pairs"] == [*rest, first]
    np.testing.assert_allclose(probabilities(shown), before, atol=1e-12)
