"""The examination of lesson 13: each network of ours is told what is wrong with it, and nothing else."""

import re
import signal
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course.examination import (
    benchmark,
    checks,
    examine,
    findings,
    landmark_backward,
    landmark_bytes,
    landmark_forward,
    sentences,
)
from course.examination.candidate import arrays_of, borrowed
from course.examination.splits import FEWER, draw_splits, read_page_digits, write_page_digits
from mnistlib import data, functions, network

from . import candidates

#: How many images these networks learn.
IMAGES = 3_000

#: What is wrong with each network, the check that finds it, and a part of what is said.
NETWORKS = {
    "right": ({}, "", ""),
    "softmax over the batch": (
        {"axis": 0}, "company", "Which operation looks at more than one row"
    ),
    "the digits asked about are learnt": (
        {"more": candidates.asked_about(IMAGES), "epochs": 3}, "labels",
        "How can it know the right ones?",
    ),
    "a generator that is ignored": ({"own_generator": True}, "chance", "drew no number from it"),
    "raw pixels that saturate": (
        {"prepare": candidates.raw_rows}, "bytes", "what is the slope of your activation there?"
    ),
    "arguments that are shuffled in place": (
        {"in_place": True}, "arguments", "images in my_train and labels in my_train"
    ),
}  # fmt: skip


def first(report):
    """Return the finding to begin with, which is the first that did not hold."""
    return next(finding for finding in report.findings.values() if finding.held is False)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_told_what_is_wrong_with_it_and_nothing_else(name):
    fault, check, part = NETWORKS[name]
    right = candidates.another_right_network()
    made = candidates.sigmoid_network(**fault) if fault else right
    report = examine(*made, images=IMAGES, claim=50)
    wrong = {f.check: sentences.sentence(f) for f in report.findings.values() if f.held is False}
    assert [*wrong] == ([check] if check else []), report
    assert part in wrong.get(check, "")
    assert not check or first(report).check == check
    assert report.shares["strangers"].error > 0
    assert ("NO  " in repr(report)) == bool(check)
    if check in ("company", "labels"):  # which may have made a yes on accuracy
        for found in (report.findings["averages"], report.findings["claim"]):
            assert (found.verdict, found.seen["cause"]) == ("waits", check)
            assert found.seen["right"] > 0.5
        number = findings.NUMBERS[check]
        assert f"13, 15 can't be judged before {number} is a yes" in repr(report)


def test_a_stub_is_not_attempted_and_is_not_trained_twice():
    calls = []

    def my_train(images, labels, rng):
        calls.append(len(images))

    def my_predict(parameters, images): ...

    report = examine(my_train, my_predict)
    assert not report.attempted
    assert len(calls) == 1
    assert "Not attempted" in repr(report)
    plt.close(report.figure())


def quick(predict=None, train=None, probabilities=None, **options):
    """Examine a network that takes no time: the nearest of ten means, or with one part replaced."""

    def my_predict(means, images):
        return scores(means, images).argmax(axis=1)

    train = train or partial(means_and_noise, size=20)
    return examine(train, predict or my_predict, probabilities, images=1000, **options)


def means_and_noise(images, labels, rng, size):
    return means_of(images, labels) + rng.normal(0, size, (10, 784))


def means_of(images, labels):
    flat = images.reshape(len(images), -1).astype(float)
    return np.array([flat[labels == k].mean(axis=0) for k in range(10)])


def nearest(means, flat):
    return 2 * flat @ means.T - (means**2).sum(axis=1)


def scores(means, images):
    return nearest(means, images.reshape(len(images), -1).astype(float))


def divides_by_a_blank_page(means, images):
    flat = images.reshape(len(images), -1).astype(float)
    flat = (flat - flat.mean(axis=1, keepdims=True)) / flat.std(axis=1, keepdims=True)
    means = (means - means.mean(axis=1, keepdims=True)) / means.std(axis=1, keepdims=True)
    return (flat @ means.T).argmax(axis=1)


def divides_infinity(means, images):
    """Take a softmax over the batch, of sums far too large; argmax hides that all of it is nan."""
    shares = np.exp(scores(means, images))
    return (shares / shares.sum(axis=0)).argmax(axis=1)


def divides_by_pixels_that_never_vary(means, images):
    """Standardise each pixel; at the border all are 0, and so is their standard deviation."""
    flat = images.reshape(len(images), -1).astype(float)
    return nearest(means, (flat - flat.mean(axis=0)) / flat.std(axis=0)).argmax(axis=1)


def wraps(means, images):
    flat = -images.reshape(len(images), -1)  # a byte has no sign
    return nearest(means, -flat.astype(float)).argmax(axis=1)


def takes_classes_for_numbers(means, images):
    odd = images.reshape(len(images), -1).sum(axis=1) % 2  # as good as chance
    return np.clip(scores(means, images).argmax(axis=1) + odd, 0, 9).astype(int)


def raises(images, labels, rng):
    return images @ labels


def inner(parameters, images):
    return network.logits(parameters, images)


#: What is slightly wrong with a network, the check that finds it, the fault, and a part of what is said.
SLIPS = [
    ({"train": lambda images, labels, rng: None}, "runs", None, "my_train returned None"),
    ({"predict": lambda means, images: None}, "runs", None, "my_predict returned None"),
    ({"train": raises}, "runs", None, "in the line `return images @ labels`"),
    ({"predict": lambda p, images: p @ imagse}, "runs", None, "Is the name spelt"),  # noqa: F821
    ({"predict": lambda p, images: np.zeros((len(images), 10), int)}, "runs", "shape",
     "which of the ten is the answer"),
    ({"predict": lambda p, images: np.full(len(images), 10)}, "runs", "range",
     "answered 10, which is no digit"),
    ({"predict": lambda p, images: ["7"] * len(images)}, "runs", "kind", "returned text, but a whole"),
    ({"predict": lambda p, images: [[7], *[[7, 1]] * 9]}, "runs", "kind", "lists of different lengths"),
    ({"predict": inner}, "own", "borrowed", "comes with this course: network."),
    ({"predict": divides_by_a_blank_page}, "odd pages", None, "a blank page (invalid value"),
    ({"predict": takes_classes_for_numbers}, "names", None, "miss by exactly one"),
    ({"predict": divides_by_pixels_that_never_vary}, "finite", "zero over zero", "most likely 0 over"),
    ({"predict": wraps}, "floats", None, "wrap around at 256"),
    ({"probabilities": lambda p, images: np.zeros(len(images))}, "sure", "shape", "?"),
    ({"probabilities": lambda p, images: np.ones((len(images), 10))}, "sure", "sums", "?"),
    ({"probabilities": lambda p, images: np.full((len(images), 10), np.nan)}, "sure", "not finite",
     "?"),
    ({"probabilities": lambda p, images: p[99]}, "sure", "raises", "?"),
    ({"probabilities": lambda p, images: functions.softmax(scores(p, images))}, "sure", "boasts",
     "?"),
]  # fmt: skip


@pytest.mark.parametrize(("slip", "check", "fault", "part"), SLIPS)
def test_a_slip_is_found_and_told(slip, check, fault, part, monkeypatch):
    monkeypatch.setitem(checks.WAITS_FOR, "sure", ())
    found = quick(**slip).findings[check]
    assert found.held is False
    assert fault in (None, found.fault)
    assert part in sentences.sentence(found)


def test_where_numbers_are_none_no_answer_is_called_right():
    report = quick(predict=divides_infinity)
    assert (first(report).check, first(report).fault) == ("finite", "invalid")
    assert "How large are the sums" in sentences.sentence(first(report))
    assert [report.findings[check].held for check in ("company", "order", "labels")] == [None] * 3


def test_numbers_that_are_none_in_the_parameters_are_told_before_what_came_of_them():
    """Pixels are standardised by training, and the parameters hold the first that are no numbers."""

    def train(images, labels, rng):
        flat = images.reshape(len(images), -1).astype(float)
        return means_of((images - images.mean(axis=0)) / flat.std(axis=0).reshape(28, 28), labels)

    def predict(means, images):
        divides_infinity(np.nan_to_num(means), images)
        return scores(np.nan_to_num(means), images).argmax(axis=1)

    found = quick(train=train, predict=predict).findings["finite"]
    assert (found.held, found.fault) == (False, "nan")
    assert "invalid value encountered in divide" in sentences.sentence(found)


@pytest.fixture(scope="module")
def modest():
    """Return the report of a network with a low claim, which beats ten averages no more than they do."""
    return quick(claim=20)


def test_a_claim_that_is_far_too_low_is_told_so(modest):
    assert [f.check for f in modest.findings.values() if f.held is False] == ["averages"]
    assert modest.findings["claim"].held
    assert "you claimed         20.00%" in repr(modest)
    assert "points too modest; question 15 catches only boasts" in repr(modest)
    bold = quick(claim=99.9)
    assert "You claimed 99.9%." in sentences.sentence(bold.findings["claim"])
    assert "you claimed         99.90%" in repr(bold)
    assert "too modest" not in repr(bold)
    for claim in (0.95, "95%", 950):
        with pytest.raises(ValueError, match="such as 95; got"):
            quick(claim=claim)


def test_the_lead_over_ten_averages_is_counted_on_the_same_digits(modest):
    seen = modest.findings["averages"].seen
    lead = modest.shares["strangers"].right - modest.averages
    assert seen["gained"] - seen["lost"] == pytest.approx(lead * modest.asked)
    assert f"gained, lost       {seen['gained']:+7,} {-seen['lost']:+7,}" in repr(modest)


def test_who_is_always_sure_owns_up_to_no_error():
    sure = quick(probabilities=lambda p, images: np.eye(10)[scores(p, images).argmax(axis=1)])
    assert sure.findings["sure"].held is not True


def endless(*given):
    print("still at work")
    while True:
        given = [*given]


@pytest.mark.parametrize(
    "functions",
    [{"train": endless}, {"train": lambda *given: None, "predict": endless}],
    ids=["training", "prediction from nothing"],
)
def test_what_does_not_end_is_stopped_and_told_where(functions, capsys):
    # A shell that started us in the background forbids Ctrl+C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        report = quick(**functions, limit=1.0)
    finally:
        signal.signal(signal.SIGINT, before)
    assert first(report).fault == "endless"
    said = "We stopped endless after 1 seconds, in the line"
    assert said in sentences.sentence(first(report))
    assert report.findings["company"].held is None
    assert capsys.readouterr().out == ""


def test_a_reader_who_interrupts_is_not_taken_for_the_clock():
    def train(images, labels, rng):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick(train=train)


def test_memory_is_counted():
    def train(images, labels, rng):
        np.zeros(130_000_000)  # as float64, more than a gigabyte; nothing is written there
        return means_of(images, labels)

    found = quick(train=train).findings["cost"]
    assert (found.held, found.fault) == (False, "large")
    assert "MB" in sentences.sentence(found)


def test_what_comes_from_the_library_is_found_however_deep():
    def my_train(images, labels, rng):
        from mnistlib import training

        return training

    assert borrowed(my_train) == ["mnistlib"]
    assert borrowed(lambda p, images: inner(p, images), None) == ["network"]
    assert borrowed(lambda p, images: np.zeros(3)) == []


@dataclass
class Layers:
    """A network that is called itself; as a dataclass it has no hash."""

    size: int = 255

    def __call__(self, parameters, images):
        return inner(parameters, images / self.size)


@pytest.mark.parametrize("called", [partial(Layers.__call__, Layers()), Layers()])
def test_what_is_called_need_not_be_a_function(called):
    assert borrowed(called) == ["network"]
    report = quick(predict=called)
    assert report.findings["own"].seen["names"] == ["network"]
    said = sentences.sentence(report.findings["runs"])
    assert "in the line `return network.logits(parameters, images)`" in said


def test_what_hides_outside_the_parameters_is_found():
    means = {}

    def train(images, labels, rng):
        means["now"] = means_of(images + rng.normal(0, 50, images.shape[1:]), labels)
        return "done"

    def predict(parameters, images):
        return scores(means["now"], images).argmax(axis=1)

    found = quick(train=train, predict=predict).findings["repeat"]
    assert (found.held, found.fault) == (False, "elsewhere")


def test_pixels_are_not_compared_while_one_generator_gives_two_networks():
    """Its averages are blurred by chance that nobody can draw again, but only on raw pixels."""

    def train(images, labels, rng):
        blur = 200 if images.max() > 1 else 0
        return means_of(images, labels) + np.random.default_rng().normal(0, blur, (10, 784))

    report = quick(train=train)
    assert [f.check for f in report.findings.values() if f.held is False] == ["repeat"]
    assert report.findings["bytes"].seen["cause"] == "repeat"


def test_a_prediction_that_draws_is_told_so_first():
    report = quick(predict=lambda p, images: np.random.default_rng().integers(0, 10, len(images)))
    assert report.findings["repeat"].fault == "moody"
    assert first(report).check in ("labels", "repeat")  # it learns nothing, either


def test_what_waits_is_told_from_what_was_not_asked():
    """A network that looks at the batch, draws from its own generator, and can't read a blank page."""

    def train(images, labels, rng):
        return means_of(images + np.random.default_rng().normal(0, 150, images.shape[1:]), labels)

    def predict(means, images):
        centred = images - images.mean(axis=0)
        size = centred.std(axis=(1, 2), keepdims=True)
        return scores(means, centred / size * size).argmax(axis=1)

    report = quick(train=train, predict=predict)
    assert first(report).check == "repeat"
    printed = repr(report)
    assert "\n…      7  Is an image's answer about that image alone?" in printed
    assert "\n-     15  Is it as good on strangers' digits as you said?" in printed
    assert "\n… 7, 13 can't be judged before 11 is a yes\n" in printed
    assert "\nBegin here: 11. Does the same generator give" in printed


def test_what_causes_nothing_is_not_where_to_begin():
    """Averages of all their images need no chance, and a claim causes nothing."""
    report = quick(train=lambda images, labels, rng: means_of(images, labels), claim=99.9)
    headed = re.findall(r"^((?:Begin here: )?\d+)\. [DI]", repr(report), flags=re.MULTILINE)
    assert headed == ["Begin here: 13", "12", "15"]
    report.findings["averages"] = findings.Finding("averages", True)
    headed = re.findall(r"^((?:Begin here: )?\d+)\. [DI]", repr(report), flags=re.MULTILINE)
    assert headed == ["12", "15"]


def test_a_network_that_learns_nothing_still_differs_by_its_generator():
    """All its answers are 7, whatever it has drawn."""
    report = quick(predict=lambda means, images: np.full(len(images), 7))
    assert report.findings["labels"].held is False
    assert report.findings["chance"].held


def test_arrays_are_found_in_layers_that_know_each_other():
    layer = SimpleNamespace(W=np.ones(3), steps=[np.zeros(2), {"b": 1.5}])
    layer.next = layer
    assert [array.size for array in arrays_of(layer)] == [3, 2, 1]


def test_everything_that_can_be_said_asks_something_and_every_check_has_words():
    assert {check for check, _ in sentences.NOT_HELD} == checks.QUESTIONS.keys()
    assert all("?" in said for said in sentences.NOT_HELD.values())


def test_nobody_is_asked_about_what_they_learnt_and_strangers_are_strangers():
    digits = draw_splits(checks.IMAGES)
    known = {*digits.learnt.writers, *digits.same_writers.writers}
    assert not known & set(digits.strangers.writers)
    asked = {image.tobytes() for image in digits.same_writers.images}
    assert not asked & {image.tobytes() for image in digits.learnt.images}
    assert len(digits.few.labels) == 2_000
    with pytest.raises(ValueError, match="images must be from 100"):
        draw_splits(60_000)


def test_the_page_gets_the_same_digits_but_fewer(tmp_path):
    write_page_digits(tmp_path / "examination.npz")
    brought, drawn = read_page_digits(tmp_path / "examination.npz"), draw_splits(*FEWER)
    for some, wanted in zip(brought, drawn, strict=True):
        for part, whole in zip(some, wanted, strict=True):
            np.testing.assert_array_equal(part, whole)


def test_the_original_fails_where_lesson_06_says_and_stands_beside_another():
    original = benchmark.the_original()
    assert [f.check for f in original.findings.values() if f.held is False] == ["company"]
    report = quick(beside=original)
    assert "\n… original: 13, 16 can't be judged before 7 is a yes\n" in repr(report)
    assert "… yours" not in repr(report)
    figure = report.figure()
    assert len(figure.axes) == 3
    plt.close(figure)


# --- Landmarks


def test_bytes_are_reached_or_told_what_is_amiss(monkeypatch):
    mnist = data.load()
    images, labels = mnist.train_images[:600], mnist.train_labels[:600]
    few = mnist._replace(train_images=images, train_labels=labels)
    monkeypatch.setattr(data, "load", lambda: few)
    assert landmark_bytes(images, labels).startswith("Bytes: reached.")
    scaled = landmark_bytes(images.reshape(600, 784) / 255, labels.astype(int))
    assert scaled.startswith("Bytes: reached.")
    assert landmark_bytes(None, None).startswith("Nothing yet")
    for wrong, part in [
        (
            (images, np.concatenate([np.zeros(8, np.uint8), labels])),
            "8 numbers that are the file's",
        ),
        ((mnist.test_images, labels), "and what does not belong to them"),
        ((images[1:], labels), "and what is left out"),
        ((images.tobytes(), labels), "still a bytes object"),
        ((images.transpose(0, 2, 1), labels), "Which index runs fastest"),
        ((images.reshape(784, 600), labels), "The first axis of your images is not"),
        ((images // 2, labels), "other numbers"),
    ]:
        found = landmark_bytes(*wrong)
        assert found.startswith(("Bytes: not yet. ", "Bytes: nearly. "))
        assert part in found


def test_forward_is_reached_or_told_what_is_amiss():
    W = np.random.default_rng(0).normal(0, 0.01, (784, 10))

    def rows(images):
        return images.reshape(len(images), -1) / 255

    for right in [
        lambda images: functions.softmax(rows(images) @ W),
        # Its sums are rounded differently in another batch.
        lambda images: rows(images).astype("f4") @ W.astype("f4"),
    ]:
        assert landmark_forward(right).startswith("Forward: reached.")
    for wrong, part in [
        (lambda images: None, "returns None"),
        (lambda images: (rows(images) @ W).T, "(50, 10)"),
        (lambda images: (rows(images) @ W).argmax(axis=1), "gave one number each"),
        (lambda images: np.full((len(images), 10), np.nan), "not a number"),
        (lambda images: candidates.softmax(rows(images) @ W, 0), "more than one row"),
        (lambda images: np.zeros((len(images), 10)), "the same ten numbers"),
        (lambda images: images @ W, "W has shape (784, 10), images has shape (50, 28, 28)"),
        (lambda images: images.reshape(784, -1).T @ W, "mixes pixels of different images"),
    ]:
        assert part in landmark_forward(wrong)


def test_backward_is_reached_or_told_what_is_amiss():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    start = [*network.initialise(rng)]

    def unpacked(parameters):
        arrays = parameters.values() if isinstance(parameters, dict) else parameters
        return network.Parameters(*arrays)

    def loss(parameters):
        return network.gradients(unpacked(parameters), x, y)[0]

    def gradients(parameters):
        return [*network.gradients(unpacked(parameters), x, y)[1]]

    for pack in (lambda arrays: dict(zip("abcd", arrays, strict=True)), tuple, list):
        found = landmark_backward(loss, lambda p, pack=pack: pack(gradients(p)), pack(start))
        assert found.startswith("Backward: reached.")
    other_order = [np.asfortranarray(array) for array in start]
    assert landmark_backward(loss, gradients, other_order).startswith("Backward: reached.")

    def half_of_it(slopes):
        return [slopes[0], np.where(np.arange(128) < 64, 0, slopes[1]), *slopes[2:]]

    for change, part in [
        (lambda slopes: [8 * slopes[0], *slopes[1:]], "8 times what they should be"),
        (lambda slopes: [*slopes[:2], -slopes[2], slopes[3]], "The sign is wrong"),
        (lambda slopes: [slopes[0], slopes[1] + 0.1, *slopes[2:]], "Is a path from it"),
        (lambda slopes: [slopes[0], slopes[1][None], *slopes[2:]], "its gradient (1, 128)"),
        (half_of_it, "not yet. In "),
        (lambda slopes: [slopes[0], 0 * slopes[1], *slopes[2:]], "of array 1 is 0 throughout"),
        (lambda slopes: slopes[:2], "are 4 arrays, and your gradients 2"),
    ]:
        assert part in landmark_backward(loss, lambda p, to=change: to(gradients(p)), start)
    narrow = [array.astype("f4") for array in start]
    assert "holds float32" in landmark_backward(loss, gradients, narrow)
    outside = landmark_backward(lambda p: loss(start), gradients, start)
    assert "my_loss stays the same. Does it use its argument" in outside
    assert landmark_backward(lambda p: None, lambda p: None, start).startswith("Nothing yet")
    assert "in place of the None" in landmark_backward(loss, gradients, None)


def test_gradients_under_other_names_or_in_a_list_are_told_so():
    parameters = {"W1": np.ones(2), "b1": np.ones(3)}

    def loss(p):
        return (p["W1"] ** 2).sum() + (p["b1"] ** 2).sum()

    def told(slopes):
        return landmark_backward(loss, slopes, parameters)

    others = told(lambda p: {f"d{name}": 2 * array for name, array in p.items()})
    assert "no entry under the name W1; its names are dW1, db1." in others
    one_missing = told(lambda p: {"W1": 2 * p["W1"]})
    assert "no entry under the name b1; its names are W1." in one_missing
    listed = told(lambda p: [2 * array for array in p.values()])
    assert "have names (W1, b1), and my_gradients returned a list." in listed
    # A list within a dictionary holds more arrays than there are names.
    layers = {"layers": [np.ones(2), np.ones(3)]}
    wrong = landmark_backward(
        lambda p: sum((array**2).sum() for array in p["layers"]), lambda p: p, layers
    )
    assert "In array 0, nudge entry" in wrong


def test_a_relu_at_its_kink_is_named_as_one():
    found = landmark_backward(
        lambda p: np.maximum(p["b"], 0).sum(), lambda p: {"b": np.zeros(3)}, {"b": np.zeros(3)}
    )
    assert "the loss has a kink" in found


def test_a_loss_that_is_no_number_is_told_so():
    several = landmark_backward(lambda p: p["b"], lambda p: p, {"b": np.ones(3)})
    assert "an array of shape (3,), and a loss is one number" in several
