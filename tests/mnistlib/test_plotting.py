"""Pictures show the numbers they are given, refuse what they cannot show, and leave nothing open."""

import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mnistlib import plotting

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 28, 28), dtype=np.uint8)


@pytest.fixture(autouse=True)
def _no_window():
    with mpl.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


def shown(figure):
    """Return the arrays that a figure shows as images, panel by panel."""
    return [image.get_array() for axis in figure.axes for image in axis.images]


def test_digits_shows_each_image_once_with_its_caption():
    figure = plotting.digits(IMAGES, range(7), columns=3, title="seven")
    assert len(figure.axes) == 9  # three rows of three
    for drawn, image in zip(shown(figure), IMAGES, strict=True):
        np.testing.assert_array_equal(drawn, image)
    assert [axis.get_title() for axis in figure.axes[:7]] == [str(i) for i in range(7)]
    assert figure.get_suptitle() == "seven"


def test_digits_are_dark_ink_on_white_each_on_its_own_scale():
    loud_and_faint = [IMAGES[0] + 1.0, IMAGES[1] * 1e-3]
    for axis, image in zip(plotting.digits(loud_and_faint).axes, loud_and_faint, strict=True):
        (drawn,) = axis.images
        assert drawn.get_clim() == (0, image.max())
        assert drawn.to_rgba(np.array([[0.0]]))[0, 0, :3].tolist() == [1, 1, 1]


def test_digits_refuses_nothing():
    with pytest.raises(ValueError, match="there is no image to draw"):
        plotting.digits(IMAGES[:0])


def test_card_shows_each_image_once_the_pairs_in_rows():
    _, axis = plt.subplots()
    plotting.card(IMAGES, title="three pairs", axis=axis)
    drawn = [image.get_array() for image in axis.images]
    np.testing.assert_array_equal(drawn, IMAGES)
    asked, *pairs = [image.get_extent() for image in axis.images]
    keys, values = pairs[::2], pairs[1::2]
    for key, value in zip(keys, values, strict=True):
        assert asked[1] < key[0] < key[1] < value[0]  # from left to right
        assert key[2:] == value[2:]  # in one row
    assert len({key[2] for key in keys}) == 3
    names = [text.get_text().replace("\n", " ") for text in axis.texts]
    assert names == ["question image", "key image", "value image"]


def test_curves_draws_each_line_and_names_it():
    empty, other = plt.subplots(2)[1]
    words = {"title": "t", "xlabel": "x", "ylabel": "y"}
    axis = plotting.curves([1, 2, 4], {"a": [3, 2, 1], "b": [1, 1, 0]}, axis=empty, **words)
    assert axis is empty
    assert [line.get_xdata().tolist() for line in axis.lines] == [[1, 2, 4]] * 2
    assert [line.get_ydata().tolist() for line in axis.lines] == [[3, 2, 1], [1, 1, 0]]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["a", "b"]
    assert (axis.get_title(), axis.get_xlabel(), axis.get_ylabel()) == ("t", "x", "y")
    alone = plotting.curves([1, 2], {"a": [3, 2]}, axis=other, **words)
    assert alone.get_legend() is None  # one curve needs none


def test_network_shows_the_image_the_units_and_the_probabilities():
    a1, p = np.linspace(0, 1, 20), np.arange(10) / 45
    figure = plotting.network(IMAGES[0], a1, p, title="t")
    (axis,) = figure.axes
    np.testing.assert_array_equal(axis.images[0].get_array(), IMAGES[0])
    units, classes = (dots.get_array() for dots in axis.collections)
    np.testing.assert_array_equal(units, a1[:8])
    np.testing.assert_array_equal(classes, p)
    np.testing.assert_allclose([bar.get_width() for bar in axis.patches], 1.6 * p)
    beside = {text.get_text(): text.get_position()[0] for text in axis.texts}
    for bar, value in zip(axis.patches, p, strict=True):
        end = bar.get_x() + bar.get_width()
        assert end < beside[f"{value:.2f}"] < end + 0.5
    words = {text.get_text() for text in axis.texts}
    assert {"784 pixels", "8 of 20 hidden units", "10 classes"} <= words
    assert {"$W_1, b_1$", "$W_2, b_2$"} <= words
    assert {f"{value:.2f}" for value in p} <= words


def test_the_style_is_set_for_every_figure_that_follows():
    with mpl.rc_context():
        plotting.use_style()
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == plotting.COLOURS
        assert mpl.rcParams["figure.facecolor"] == "white"
        letters = mpl.font_manager.findfont(mpl.rcParams["font.family"][0])
        assert "SourceSerifPro-Regular" in letters


def test_without_the_pages_letters_figures_have_matplotlibs_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "font_source_serif_pro", None)
    with mpl.rc_context():
        plotting.use_style()
        assert mpl.rcParams["font.family"][0] == "DejaVu Serif"
