"""The pictures one can touch, as Python sees them; website/tests tries them in a browser."""

import base64
import functools
import gzip
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from course import pictures
from course.lessons import all_lessons
from course.materials.cards import deal_cards
from course.pictures import packing
from mnistlib import attention, convolution, data, network, original, training

HOST = pictures.SCRIPTS_FOLDER.parent.parent / "website" / "static" / "pictures.js"
made = functools.cache(lambda name: pictures.PICTURES[name]())
each_picture = pytest.mark.parametrize("name", pictures.PICTURES)
PAGES = pictures.SCRIPTS_FOLDER.parent.parent / "website" / "pages"


@each_picture
def test_a_page_shows_every_picture(name):
    shown = "".join((PAGES / page).read_text("utf-8") for page in ("pictures.md", "draw.md"))
    assert f"```{{explore}} {name}\n```\n" in shown, (
        "website/pages/pictures.md: write a heading, a sentence that links its lesson, and below them\n"
        f"```{{explore}} {name}\n```"
    )


@each_picture
def test_the_lessons_that_a_picture_names_show_it(name):
    shown_in = [
        lesson.number
        for lesson in all_lessons()
        if re.search(rf"\bpictures\.{name}\(", lesson.source_path.read_text("utf-8"))
    ]
    named = re.search(r"Used in lessons? ([\d, and]+)", pictures.PICTURES[name].__doc__ or "")
    assert shown_in, f"let a cell of a lesson end in pictures.{name}(), with its alternative text"
    assert re.findall(r"\d\d", named[1] if named else "") == shown_in, (
        f"course/pictures/__init__.py, {name}: end its docstring in `Used in lesson "
        f"{' and '.join(shown_in)}.`"
    )


@each_picture
def test_a_picture_shows_fixed_words_and_a_still_beside_its_living_view(name):
    shown, _ = made(name)._repr_mimebundle_()
    assert shown["text/plain"].startswith("A picture to touch: ")
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert len(shown["image/png"]) < 100_000
    assert 400 < Image.open(io.BytesIO(shown["image/png"])).width < 1000


@each_picture
def test_a_picture_is_light_and_asks_nobody(name):
    picture = made(name)
    for part in pictures.scripts(name):
        path = pictures.SCRIPTS_FOLDER / f"{part}.js"
        assert len(path.read_text("utf-8").splitlines()) <= 400, f"{path}: at most 400 lines"
    sent = [picture._esm, picture._css, json.dumps(picture.state), HOST.read_text("utf-8")]
    sent.append(base64.b64encode(picture.data).decode())
    weight = len(gzip.compress("\n".join(sent).encode()))
    most = 300_000 if name == "train" else 150_000
    assert weight <= most, f"{name} sends {weight} bytes, compressed: {most} at most"
    script = picture._esm.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.search(r"https?:|fetch\(|XMLHttp|WebSocket|import\(|\beval\(", script)


@each_picture
def test_a_picture_is_what_both_hosts_expect(name):
    picture = made(name)
    for line in ("\nfunction render({ model, el }) {\n", "\nexport default { render };\n"):
        assert line in picture._esm, f"course/pictures/{name}.js: write the line {line.strip()}"
    assert json.loads(json.dumps(picture.state)) == picture.state
    # Every rule stays inside the picture, whatever page it stands on.
    css = picture._css
    while (without := re.sub(r"\([^()]*\)", "", css)) != css:
        css = without
    selectors = re.findall(r"^([^@{}\n/ ][^{}/]*)\{", css, re.M)
    assert len(selectors) > 20
    assert [s for s in selectors if not all(".explore" in part for part in s.split(","))] == []


def test_company_stores_digits_of_the_test_set_and_answers_as_the_library():
    mnist = data.load()
    z2, labels, images = packing.asked_arrays(pictures.company().data)
    assert np.bincount(labels).tolist() == [20] * 10
    stored = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    found = [stored.get(image.tobytes()) for image in mnist.test_images]
    assert [m for m in zip(found, mnist.test_labels, strict=True) if m[0] not in (None, m[1])] == []
    assert sum(label is not None for label in found) == 200
    weights = original.Recipe().initial_weights(np.random.RandomState(1))
    new = packing.company_data(weights, (mnist.test_images, mnist.test_labels))
    np.testing.assert_array_equal(packing.asked_arrays(new)[2], images)
    wanted = original.Recipe().logits(weights, images.reshape(200, 784).astype(float))
    np.testing.assert_allclose(packing.asked_arrays(new)[0], wanted, rtol=1e-6)
    assert z2.shape == (200, 10)


def test_the_stored_networks_answer_as_many_as_is_said():
    test_set = data.load()[2:]
    cards = deal_cards(*test_set, 2_000, rng=np.random.default_rng(4))[:2]
    networks = {
        "draw": (network, test_set),
        "kernel": (convolution.Convolutional(), test_set),
        "attend": (attention.Attention(), cards),
    }
    for name, (model, asked) in networks.items():
        rounded = packing.unpacked(packing.stored(name))
        stored = json.loads((packing.DATA / f"{name}.json").read_text("utf-8"))
        assert training.evaluate(model, rounded, asked).accuracy == stored["rounded"]
        assert abs(stored["exact"] - stored["rounded"]) <= 0.005


def test_the_company_of_the_pages_is_that_of_the_lessons_weights():
    told = [
        output.data["text/plain"]
        for lesson in all_lessons()
        for _, cell in lesson.cells("code")
        if "pictures.company(" in cell.source
        for output in cell.outputs
    ]
    assert told
    assert set(told) == {pictures.company().words}


def own_digits():
    mnist = data.load()
    return data.split(mnist.train_images, mnist.train_labels, rng=np.random.default_rng(4))


def test_train_stores_digits_of_the_training_images_in_sixteen_greys():
    (images, labels), (others, other_labels) = own_digits()
    sets = (images[:1000], labels[:1000]), (others[:300], other_labels[:300])
    assert packing.train_data(*sets) == pictures.train().data


@pytest.mark.parametrize("name", ["company", "train"])
def test_a_picture_of_the_readers_own_wants_both_or_neither(name):
    own, others = own_digits()
    for given in ((own,), (None, others)):
        with pytest.raises(TypeError, match=rf"pictures\.{name}\("):
            pictures.PICTURES[name](*given)


def test_a_pad_holds_a_test_digit_until_something_is_drawn():
    pad = pictures.draw()
    np.testing.assert_array_equal(pad.image, data.load().test_images[0])
    pad.pixels = bytes(784)
    assert not pad.image.any()


def test_twenty_steps_in_python_are_those_of_the_library():
    sets = own_digits()
    run = pictures.train(*sets).run
    ask = {"run": 1, "rate": 2.0, "momentum": 0.9, "batch": 8}
    run.answer({**ask, "do": "begin", "images": 500, "hidden": 16, "seed": 5})
    reply = [run.answer({**ask, "do": "go on", "steps": 1}) for _ in range(20)][-1]
    assert reply["step"] == 20
    rng = np.random.default_rng(5)
    start = network.initialise(rng, hidden=16)
    some = tuple(part[:500] for part in sets[0])
    batches = training.minibatches(500, 8, rng=rng, epochs=2)[:20]
    last, _ = training.train(network, start, some, batches, learning_rate=2.0, momentum=0.9)
    for ours, theirs in zip(run.parameters, last, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    for name, dataset in (("training", some), ("validation", sets[1])):
        wanted = training.evaluate(network, last, tuple(part[:1000] for part in dataset))
        assert reply[name] == pytest.approx(wanted._asdict(), abs=1e-6)


def test_what_a_readers_function_raises_is_said_and_a_lost_run_has_no_number(monkeypatch):
    def broken(*arguments):
        raise ValueError("b1 has another shape")

    train_set, validation_set = own_digits()
    ask = {"do": "begin", "run": 7, "images": 100, "hidden": 8, "seed": 5}
    ask |= {"rate": 1e308, "momentum": 0.9, "batch": 8}
    for update, wanted in ((training.sgd_update, None), (broken, "b1 has another shape")):
        monkeypatch.setattr(training, "sgd_update", update)  # as what is kept takes its place
        run = pictures.train(train_set, validation_set).run
        replies = [run.answer(ask), run.answer(ask | {"do": "go on", "steps": 5})]
        assert replies[0]["step"] == 0
        if wanted:
            assert wanted in replies[1]["problem"]
        else:
            assert replies[1]["training"]["loss"] is None
        assert json.loads(json.dumps(replies, allow_nan=False)) == replies


def test_a_sheet_gives_the_digits_that_were_labelled():
    sheet = pictures.sheet()
    digits = data.load().test_images[:3]
    sheet.pixels = digits.tobytes()
    np.testing.assert_array_equal(sheet.images, digits)
    sheet.state = sheet.state | {"typed": "7 - 1"}
    images, labels = sheet.labelled
    np.testing.assert_array_equal(images, digits[[0, 2]])
    assert labels.tolist() == [7, 1]
    parameters = packing.unpacked(packing.stored("draw"))
    assert training.evaluate(network, parameters, sheet.labelled).accuracy == 1
    sheet.state = sheet.state | {"typed": "72"}
    with pytest.raises(ValueError, match="3 digits are found and 2 labels typed"):
        _ = sheet.labelled
