"""The picture of a network that learns, in a real browser."""

import numpy as np

from course import pictures
from course.pictures import packing
from mnistlib import network, training
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
