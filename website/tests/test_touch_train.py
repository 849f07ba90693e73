"""The picture of a network that learns, in a real browser."""

import base64

import numpy as np
import pytest
from playwright.sync_api import expect

from course import pictures
from course.pictures import packing
from mnistlib import data, network, training
from website.tests.tabs import Shown, pass_time


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
    pass_time(page, 400)
    steps = el.evaluate("el => el.run.step")
    pass_time(page, 400)
    assert el.evaluate("el => el.run.step") == steps == picture.run.step
    last = el.evaluate("el => el.run.records.at(-1)")
    wanted = training.evaluate(network, picture.run.parameters, tuple(p[:1000] for p in sets[1]))
    assert last["validation"] == pytest.approx(wanted._asdict())
    assert f"After {steps} steps" in el.locator(".verdict").inner_text()
    assert "10000 others" in el.inner_text()


def test_training_thrashes_where_the_words_promise_it(lone):
    shown = Shown(lone, "train")
    said = "document.querySelector('.verdict').textContent.includes"
    rate = shown.el.get_by_role("slider", name="learning rate")
    for images, known, raised in (
        (200, 10, "It thrashes"),
        (200, 200, "It thrashes"),
        (10, 100, "may change nothing"),
    ):
        shown.el.get_by_text("start again").click()
        shown.set(images=images)
        shown.el.get_by_role("button", name="new run").click()
        shown.el.locator("button.main").click()
        shown.page.wait_for_function(f"document.querySelector('.explore').run.step > {known}")
        rate.focus()
        shown.page.keyboard.press("End")
        shown.page.wait_for_function(f"{said}('{raised}')")
    shown.el.get_by_role("button", name="new run").click()  # as the picture advises
    shown.el.locator("button.main").click()
    shown.page.wait_for_function(f"{said}('It thrashes')")
    shown.el.get_by_text("pause").click()


def test_training_starts_pauses_thrashes_and_keeps_the_last_runs(lone):
    shown = Shown(lone, "train")
    shown.tab_to("button.main")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_function("document.querySelector('.explore').run.step > 30")
    shown.page.keyboard.press("Enter")
    steps = shown.el.evaluate("el => el.run.step")
    pass_time(shown.page, 300)
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
