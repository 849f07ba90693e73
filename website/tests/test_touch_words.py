"""What pictures say: never what is not so, whatever their numbers; and the network to fill in."""

from fractions import Fraction

import numpy as np

from course import pictures
from mnistlib import network
from website.tests.tabs import Shown, pass_time

#: Cards of attend, as key and value: four digits, of four values, and all of value 7.
FOUR = [[0, 4], [4, 8], [8, 12], [12, 16]]
SEVENS = [[key, 28] for key, _ in FOUR]
#: Points of fit of which two lie so close together that the curve must leap.
LEAP = [[x / 6 - 1, 0.1] for x in range(11)] + [[4 / 6 - 0.997, 0.9]]
#: All the nudges of nudge, as powers of ten.
ALL = [power / 2 for power in range(33)]

#: Of each picture: what it is set to in turn, and what is said there, or (after a dash) is not.
SAYS = {
    "attend": [
        ({"pairs": FOUR, "asked": 1, "times": 0}, "can’t choose"),
        ({"pairs": SEVENS}, "That is right, by luck."),
        ({"times": 1}, "That is right."),
        ({"pairs": FOUR, "asked": 16}, "no answer is right"),  # it is a 4, and no key is one
    ],
    "axes": [
        ({"axis": 0, "rows": [0]}, "One image alone"),
        ({"rows": [0, 1]}, "- One image alone"),
        ({"rows": [3, 2, 1, 17, 4, 15, 20]}, "a 3 as 8, against its own logits"),  # lesson 02's
        ({"rows": [30, 6]}, "an 8 as 2"),  # and was once a 8
    ],
    "backprop": [({}, "log 4"), ({"step": 11}, "3/8")],  # it begins where forward is done
    "company": [({"company": "one", "others": [4]}, "it is an 8")],  # and was once a 8
    "descent": [
        ({"momentum": 0, "rate": 0.0005, "start": [-2, 1]}, "0.9995 of the distance"),
        ({"rate": 0.2, "start": [-1, 0]}, "- leaves"),  # beyond the edge, and nothing leaves
        ({"shape": "bowl", "rate": 3}, "- steep"),
    ],
    "fit": [
        ({"decay": 10}, "with weight decay 10:"),
        ({"decay": 0.00562}, "with weight decay 0.00562:"),
        ({"decay": 1e-5}, "with weight decay 1.0e−5:"),
        ({"points": LEAP, "count": 12, "decay": 1e-8, "drawn": {}}, "holds it off"),  # nor passes
    ],
    "draw": [
        ({"strokes": None}, "Somebody else wrote this one"),
        ({"strokes": [[[140, 60], [140, 220]]]}, "- Somebody else"),
        ({"strokes": []}, "- Somebody else"),
    ],
    "nudge": [
        ({"seen": ALL}, "left of it rounding"),
        ({"f": "square"}, "- the bend makes it, left"),  # a parabola's two bends cancel
        *[({"f": name, "u": 0}, "- left of it rounding") for name in ("cube", "sine")],
        ({"f": "cube", "u": 0.7, "seen": [0]}, "- left of it rounding"),
        ({"f": "cube", "u": 0, "power": 10}, "- rounding, divided"),
        ({"f": "cube", "u": 0.7, "power": 10}, "rounding, divided"),
        ({"f": "square", "u": 0, "power": 3}, "exactly 0"),
        ({"f": "exp", "u": 3, "power": 16}, "both u"),
        *[({"f": name, "u": 0, "power": 2}, "just as little") for name in ("sigmoid", "sine")],
        *[({"f": name, "u": 0, "power": 2}, "- just as little") for name in ("exp", "square")],
        *[({"f": name, "u": -1.3, "power": 2}, "- just as little") for name in ("cube", "sine")],
    ],
    "scores": [
        ({"plus": 0}, "Both formulas agree"),
        ({"plus": -760}, "0 / 0"),
        ({"plus": -747}, "silently wrong"),
    ],
}


def test_what_is_said_is_so_at_odd_values(lone):
    for name, states in SAYS.items():
        shown = Shown(lone, name, 280)
        for state, words in states:
            shown.set(**state)
            is_said = words.removeprefix("- ") in shown.verdict
            assert is_said != words.startswith("- "), (name, state, shown.verdict)


#: Numbers typed into the network to fill in, in turn, and what is said of each.
TYPED = [
    ("z1[1]", "three", "cannot be read as a number"),
    ("z1[1]", "log 3", "Right"),
    ("a1[0]", "1", "exp(−z) alone"),  # what differs, not the rule again
    ("a1[0]", "0.6", "too large"),
    ("a1[1]", "3/4", "Right"),
    ("z2[0]", "2.1 + log 3", "from your numbers"),  # 0.6 + 2 * 0.75 + log 3, from the slip
    ("z2[1]", "2", "Right:"),
    ("a1[0]", "0,5", "Right:"),
    ("z2[0]", "2 + log(3)", "Right"),
    ("p[0]", "0.75", "Right"),
    ("p[1]", "1/4", "Right"),
    ("the loss", "log 4", "Right"),
    ("dz2[0]", "3/4", "Right"),
    ("dz2[1]", "3/4", "sign"),
]


def test_fill_tells_right_from_carried_from_wrong(lone):
    shown = Shown(lone, "fill")
    assert "z1[0] = 1 · 1 + 1/2 · (−2) + 0 = 0." in shown.verdict  # as an example
    box = shown.el.get_by_label("z1[0]", exact=True)
    for text, then in (("1", "z1[0]"), ("0", "z1[1]")):  # Enter leads on once a box is right
        box.fill(text)
        box.press("Enter")
        assert shown.page.evaluate("document.activeElement.getAttribute('aria-label')") == then
    assert not shown.el.get_by_label("dz2[0]", exact=True).is_visible()  # that comes later
    for name, text, said in TYPED:
        box = shown.el.get_by_label(name, exact=True)
        box.fill(text)
        box.press("Tab")
        assert said in shown.verdict.partition("Next")[0], (name, text)
    show = shown.el.get_by_text("show me this one")
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
