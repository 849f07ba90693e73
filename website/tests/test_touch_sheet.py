"""A photograph of handwriting, in a real browser: tilted, shaded, oversized, damaged and empty ones."""

import io
import json

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from course.pictures import packing
from mnistlib import data, functions, network
from website.tests.tabs import Shown, pass_time

rng = np.random.default_rng


def written(count=20, columns=5, size=90):
    """Return a white sheet with the first test digits on it, in rows, each a little out of place."""
    images, chance = data.load().test_images[:count], rng(7)
    rows = -(-count // columns)
    paper = np.full((130 * rows + 80, 130 * columns + 80), 250.0)
    for k, image in enumerate(images):
        large = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC))
        top, left = 60 + 130 * np.array(divmod(k, columns)) + chance.integers(-9, 9, 2)
        part = paper[top : top + size, left : left + size]
        np.minimum(part, 250 - 210.0 * (large > 110), out=part)
    return paper


def turned(paper, degrees, ground=250):
    options = {"resample": Image.Resampling.BICUBIC, "expand": True, "fillcolor": ground}
    return np.asarray(Image.fromarray(paper.astype(np.uint8)).rotate(degrees, **options), float)


def shaded(paper):
    """Let light fall from one side, and the hard shadow of a hand over a corner."""
    down, across = np.mgrid[0 : paper.shape[0], 0 : paper.shape[1]]
    light = 1 - 0.5 * across / paper.shape[1] - 0.2 * down / paper.shape[0]
    light[across + down < paper.shape[1] / 3] *= 0.75
    return paper * light + rng(1).normal(0, 2, paper.shape)


def on_a_table(paper, ground=70):
    tilted = turned(paper, -13, ground)
    table = np.pad(tilted, 60, constant_values=ground)
    return table + rng(2).normal(0, 3, table.shape)


def large(paper):
    return np.asarray(Image.fromarray(paper.astype(np.uint8)).resize((4800, 4000)), float)


SHEETS = {
    "tilted and large": lambda paper: large(turned(paper, 8)),
    "shaded, on a table": lambda paper: on_a_table(shaded(paper), 25),
    "pencil": lambda paper: 250 - 0.25 * (250 - paper) + rng(3).normal(0, 2, paper.shape),
}


def jpeg(pixels):
    file = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=80)
    return file.getvalue()


def taken(shown, content, typed=""):
    """Give the picture a file, and wait for what it says."""
    verdict = shown.el.locator(".verdict")
    verdict.evaluate("tag => tag.replaceChildren('waiting')")
    chosen = {"name": "sheet.jpg", "mimeType": "image/jpeg", "buffer": content}
    shown.el.locator("input[type=file]").set_input_files(chosen)
    shown.page.wait_for_function(
        "tag => tag.textContent !== 'waiting'", arg=verdict.element_handle()
    )
    if typed:
        shown.el.locator(".typed input").fill(typed)
        pass_time(shown.page, 300)
    return verdict.inner_text().replace("\xa0", " ")


def probabilities(shown):
    """Return how likely the network calls each class, for each digit found."""
    return np.array(shown.read("el.sheet.digits.map(digit => digit.p)"))


@pytest.mark.parametrize("kind", SHEETS)
def test_the_digits_of_a_sheet_are_found_in_order_and_read(lone, kind):
    shown = Shown(lone, "sheet")
    labels = data.load().test_labels[:20]
    told = taken(shown, jpeg(SHEETS[kind](written())), typed="".join(map(str, labels)))
    images, p = shown.images, probabilities(shown)
    assert len(images) == 20, told
    for ours, theirs in zip(images, data.load().test_images, strict=False):
        assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.65
    right = (p.argmax(axis=1) == labels).sum()
    assert right >= 18
    assert f"{right} of 20 right" in told
    assert right < 20 or "86 %" in told  # 0.86 to the power of twenty is one in twenty
    parameters = packing.unpacked(packing.stored("draw"))
    wanted = functions.softmax(network.logits(parameters, data.scale(images)))
    np.testing.assert_allclose(p, wanted, atol=1e-6)


def test_what_is_no_image_or_empty_has_no_digits_and_text_is_in_doubt(lone):
    shown = Shown(lone, "sheet")
    shown.page.wait_for_function("document.querySelectorAll('.found button').length === 20")
    for content in (b"no image", jpeg(written())[:700]):
        assert "cannot be read as an image" in taken(shown, content), content[:20]
        assert shown.el.locator(".found button").count() == 20  # of the last sheet
    for empty in (np.full((1, 1), 200.0), on_a_table(np.full((600, 800), 240.0))):
        assert "No ink is found" in taken(shown, jpeg(empty))
        assert len(shown.images) == 0
        assert not shown.el.locator(".chain").is_visible()
    page = Image.new("L", (900, 1000), 250)
    font = ImageFont.truetype(matplotlib.get_data_path() + "/fonts/ttf/DejaVuSerif.ttf", 60)
    lines = "\n".join(["The company", "a digit keeps", "is no part of", "its answer"])
    ImageDraw.Draw(page).multiline_text((60, 60), lines, fill=30, font=font, spacing=60)
    told = taken(shown, jpeg(np.asarray(page, float)))
    doubtful = (probabilities(shown).max(axis=1) < 0.9).sum()
    assert f"{doubtful} of these answers are in doubt" in told
    assert "Are these digits at all?" in told


def test_labels_are_one_for_each_digit_and_a_dash_for_none(lone):
    shown = Shown(lone, "sheet")
    content = jpeg(written(6, 3))
    assert "Type above what you wrote" in taken(shown, content)
    assert "6 digits found, and 5 typed" in taken(shown, content, typed="72 104")
    assert "5 of 5 right" in taken(shown, content, typed="721 04-")
    told = taken(shown, content, typed="721 049")
    assert "5 of 6 right" in told
    assert "standard error of 15 points" in told
    assert " %" not in shown.verdict  # no line ends before it
    assert shown.el.locator(".found .wrong").count() == 1
    assert len(json.dumps(shown.state)) < 1000  # the photograph is nowhere but in the browser
