"""The pictures one can touch, as Python sees them; site/tests tries them in a browser."""

import base64
import gzip
import io
import json
import re

import numpy as np
import pytest
from lessons import all_lessons
from PIL import Image

from mnistlib import data, explore, network, original, training

HOST = explore.FOLDER.parent.parent / "site" / "static" / "explore.js"
each_picture = pytest.mark.parametrize("name", explore.PICTURES)


@each_picture
def test_a_picture_shows_fixed_words_and_a_still_beside_its_living_view(name):
    first, second = (explore.PICTURES[name]()._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/plain"] == second["text/plain"]
    assert first["text/plain"].startswith("A picture to touch: ")
    assert 60 < len(first["text/plain"]) < 400
    assert first["image/png"] == second["image/png"]
    assert "application/vnd.jupyter.widget-view+json" in first
    assert len(first["image/png"]) < 100_000
    still = Image.open(io.BytesIO(first["image/png"]))
    assert 400 < still.width < 1000


@each_picture
def test_a_picture_is_light_and_asks_nobody(name):
    picture = explore.PICTURES[name]()
    base, own = (explore.FOLDER / f"{part}.js" for part in ("base", name))
    assert sum(len(path.read_text("utf-8").splitlines()) for path in (base, own)) <= 400
    sent = [picture._esm, picture._css, json.dumps(picture.state), HOST.read_text("utf-8")]
    sent.append(base64.b64encode(picture.data).decode())
    weight = len(gzip.compress("\n".join(sent).encode()))
    assert weight <= 150_000
    script = picture._esm.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.search(r"https?:|fetch\(|XMLHttp|WebSocket|import\(|\beval\(", script)


@each_picture
def test_a_picture_is_what_both_hosts_expect(name):
    picture = explore.PICTURES[name]()
    assert "\nfunction render({ model, el }) {\n" in picture._esm
    assert "export default { render };" in picture._esm
    assert json.loads(json.dumps(picture.state)) == picture.state
    # Every rule stays inside the picture, whatever page it stands on.
    css = picture._css
    while (without := re.sub(r"\([^()]*\)", "", css)) != css:
        css = without
    selectors = re.findall(r"^([^@{}\n/ ][^{}/]*)\{", css, re.M)
    assert len(selectors) > 20
    assert [s for s in selectors if not all(".explore" in part for part in s.split(","))] == []


def test_company_stores_digits_of_the_test_set_and_answers_as_the_library():
    mnist, (z2, labels, images) = data.load(), explore.company_arrays(explore.company().data)
    assert np.bincount(labels).tolist() == [20] * 10
    stored = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    found = [stored.get(image.tobytes()) for image in mnist.test_images]
    assert [m for m in zip(found, mnist.test_labels, strict=True) if m[0] not in (None, m[1])] == []
    assert sum(label is not None for label in found) == 200
    weights = original.Recipe().initial_weights(np.random.RandomState(1))
    new = explore.company_data(weights, (mnist.test_images, mnist.test_labels))
    np.testing.assert_array_equal(explore.company_arrays(new)[2], images)
    wanted = original.Recipe().logits(weights, images.reshape(200, 784).astype(float))
    np.testing.assert_allclose(explore.company_arrays(new)[0], wanted, rtol=1e-6)
    assert z2.shape == (200, 10)


def test_company_shows_what_is_behind_its_answers_only_to_who_brings_the_weights():
    mnist, weights = data.load(), original.Recipe().initial_weights(np.random.RandomState(1))
    plain, full = (
        explore.company(),
        explore.company(weights, (mnist.test_images, mnist.test_labels)),
    )
    assert (plain.state["behind"], full.state["behind"]) == (False, True)
    heights = [Image.open(io.BytesIO(each.still)).height for each in (plain, full)]
    assert heights[0] < heights[1]


def test_the_stored_network_reads_as_many_digits_as_is_said():
    mnist, said = data.load(), json.loads((explore.DATA / "draw.json").read_text("utf-8"))
    rounded, digit = explore.unpacked(explore.draw().data)
    found = training.evaluate(network, rounded, (mnist.test_images, mnist.test_labels))
    assert found.accuracy == said["rounded"]
    assert round(abs(said["exact"] - said["rounded"]), 4) <= 0.0005
    np.testing.assert_array_equal(digit, mnist.test_images[0])


def test_rounding_a_network_moves_no_weight_by_more_than_half_its_columns_step():
    start = network.initialise(np.random.default_rng(0), pixels=20, hidden=6, classes=3)
    start = start._replace(b1=np.linspace(-1, 1, 6), W1=start.W1 * [1, 2, 3, 4, 5, 0])
    digit = np.zeros((28, 28), np.uint8)
    rounded, _ = explore.unpacked(explore.packed(start, digit, exact=False))
    for ours, theirs in zip(start, rounded, strict=True):
        steps = np.abs(ours).max(axis=0) / 127 if ours.ndim == 2 else np.abs(ours) * 1e-6
        assert (np.abs(ours - theirs) <= steps * 0.501).all()


def test_a_pad_shows_a_test_digit_until_something_is_drawn():
    pad = explore.draw(network.initialise(np.random.default_rng(0)))
    assert (pad.image.shape, pad.image.dtype) == ((28, 28), np.uint8)
    np.testing.assert_array_equal(pad.image, data.load().test_images[0])
    pad.pixels = bytes(784)
    assert pad.image.sum() == 0


def test_the_company_of_the_pages_is_that_of_the_lessons_weights():
    told = [
        output.data["text/plain"]
        for lesson in all_lessons()
        for _, cell in lesson.cells("code")
        if "explore.company(" in cell.source
        for output in cell.outputs
    ]
    assert told
    assert set(told) == {explore.company().words}
