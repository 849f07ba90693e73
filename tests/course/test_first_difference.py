"""Where a wrong result differs first: each finding, by an example of its own."""

import numpy as np
import pytest

from course.exercises.compare import NamedValue
from course.exercises.first_difference import find_difference, where_an_argument
from course.exercises.pairs import Pair
from course.exercises.texts import GENERAL

WANTED = [np.array([1.5, 2.25, 3.5]), np.array([4.5, 5.25])]
MATRICES = [np.arange(1.5, 7).reshape(2, 3), np.arange(2.25, 14).reshape(4, 3)]


def changed(array, place, value=9.0):
    """Return a copy of an array with another value in some places."""
    copied = array.copy()
    copied[place] = value
    return copied


#: A finding, and some of its fields; what is wanted in each case, what came, and the argument u.
EXAMPLES = [
    ("one_entry", {"place": "entry 1", "wanted": "2.25", "got": "9"}, WANTED[:1], [1], None),
    (
        "one_of_them",
        {"place": "row 0, column 1", "wrong": 1, "all": 6},
        MATRICES[:1],
        [(0, 1)],
        None,
    ),
    ("one_line", {"line": "column 2"}, MATRICES[:1], [np.s_[:, 2]], None),
    ("some_entries", {"wrong": 2, "all": 3}, WANTED[:1], [np.s_[1:]], None),
    ("all_entries", {"place": "entry 0"}, WANTED, [np.s_[:], np.s_[:]], None),
    ("first_or_last", {"line": "the last row"}, MATRICES, [(-1, 1), (-1, 0)], None),
    (
        "where_an_argument",
        {"argument": "u", "is": "is negative"},
        WANTED,
        [[0, 2], []],
        [np.array([-1.0, 0, -2]), np.array([3.0, 1])],
    ),
]


@pytest.mark.parametrize(("name", "fields", "wanted", "places", "u"), EXAMPLES)
def test_what_the_wrong_entries_share_is_seen(name, fields, wanted, places, u):
    arguments = [[NamedValue("u", ("n",), value)] for value in u] if u else [[]] * len(wanted)
    pairs = [
        Pair(right, changed(right, place), given)
        for right, place, given in zip(wanted, places, arguments, strict=True)
    ]
    finding = find_difference(pairs[0], pairs)
    assert finding.name == name
    assert fields.items() <= finding.fields.items()
    assert GENERAL["entries"][name].format(**finding.fields)


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("is negative", [0]),
        ("is positive", [3]),
        ("is 0", [1, 2]),
        ("is not 0", [0, 3]),
        ("is 0 or more", [1, 2, 3]),
        ("is 0 or less", [0, 1, 2]),
    ],
)
def test_the_signs_of_an_argument_are_told_apart(words, places):
    wanted, u = np.array([1.5, 2.25, 3.5, 4.75]), np.array([-0.5, 0, 0, 0.5])
    pair = Pair(wanted, changed(wanted, places), [NamedValue("u", ("n",), u)])
    turned = Pair(wanted[::-1], pair.got[::-1], [NamedValue("u", ("n",), u[::-1])])
    assert where_an_argument([pair, turned]) == {"argument": "u", "is": words}


def test_no_argument_is_blamed_for_a_single_entry_or_for_all():
    def seen(*wrong):
        pairs = [
            Pair(1.5, 9.0 if is_wrong else 1.5, [NamedValue("u", (), -1.0 if is_wrong else 1.0)])
            for is_wrong in wrong
        ]
        return where_an_argument(pairs)

    assert seen(True, True, False) == {"argument": "u", "is": "is negative"}
    assert seen(True, False, False) is None
    assert seen(True, True, True) is None


def test_no_argument_is_blamed_where_whole_cases_are_wrong():
    pairs = [
        Pair(WANTED[0], WANTED[0] + 1, [NamedValue("u", ("n",), -WANTED[0])]),
        Pair(WANTED[1], WANTED[1], [NamedValue("u", ("n",), WANTED[1])]),
    ]
    assert where_an_argument(pairs) is None


def test_nan_is_told_before_anything_else():
    pair = Pair(WANTED[0], changed(WANTED[0], 0, np.nan))
    assert find_difference(pair, [pair]).name == "not_a_number"


@pytest.mark.parametrize(
    ("wanted", "got", "words"),
    [
        (0.5, np.inf, "no ordinary number"),
        (3, 5, "too large by 2"),
        (0.5, 0.0, "off by 0.5"),
        (0.5, -0.25, "on the other side of 0"),
        (0.5, 2.0, "4 times as large as it should be"),
    ],
)
def test_a_number_is_compared(wanted, got, words):
    finding = find_difference(Pair(wanted, got), [Pair(wanted, got)])
    assert finding == ("a number", {"comparison": words})


def test_a_number_that_is_wrong_where_an_argument_is_negative_is_told_so():
    pairs = [Pair(u, abs(u), [NamedValue("u", (), u)]) for u in (1.5, -0.5, -2.5)]
    finding = find_difference(pairs[1], pairs)
    assert finding == ("where_a_number", {"argument": "u", "is": "is negative"})


def test_nothing_is_said_of_a_class_or_of_entries_that_are_right():
    assert find_difference(Pair(np.array([3]), np.array([4])), []) is None
    right = Pair(WANTED[0], WANTED[0].copy())
    assert find_difference(right, [right]) is None


def test_nan_where_nan_is_wanted_is_no_wrong_entry():
    wanted = np.array([np.nan, 2.5, 3.5])
    pair = Pair(wanted, changed(wanted, 1), [])
    finding = find_difference(pair, [pair])
    assert (finding.fields["place"], finding.fields["wrong"]) == ("entry 1", 1)
