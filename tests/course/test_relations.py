"""How a wrong result is related to the right one, and where the two differ first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.exercises.comparison import Comparison, NamedValue
from course.exercises.diagnosis import is_telling
from course.exercises.relations import (
    RELATIONS,
    find_difference,
    find_relation,
    sizes_in_all,
    where_an_argument,
)
from course.exercises.texts import GENERAL

RNG = np.random.default_rng(0)
#: Two cases: what is wanted, and an argument (n, k) of its shape.
WANTED = [RNG.normal(size=(3, 4)), RNG.normal(size=(2, 5))]
ARGUMENTS = [RNG.normal(size=(3, 4)), RNG.normal(size=(2, 5))]


def compared(made, wanted=WANTED):
    """Return cases in which an answer gave what is made of the right result and the argument."""
    return [
        Comparison(right, made(right, u), [NamedValue("u", ("n", "k"), u)])
        for right, u in zip(wanted, ARGUMENTS, strict=True)
    ]


#: What was made of the right result w and the argument u; the relation, and its fields.
MADE = [
    ("nothing_but_zeros", lambda w, u: 0 * w, {}),
    ("one_number_everywhere", lambda w, u: 0 * w + 0.25, {"number": "0.25"}),
    ("factor_of_a_size", lambda w, u: w * len(w), {"size": "n", "power": "multiplied by"}),
    ("factor_of_a_size", lambda w, u: w / w.shape[1], {"size": "k", "power": "divided by"}),
    ("constant_factor", lambda w, u: 3 * w, {"factor": "3"}),
    ("constant_factor", lambda w, u: -w, {"factor": "-1"}),
    ("rounded", lambda w, u: np.trunc(w), {"how": "what follows the decimal point was cut off"}),
    ("rounded", lambda w, u: np.round(w, 3),
     {"how": "it was rounded to 3 digits after the decimal point"}),
    ("reduced_too_far", lambda w, u: w.mean(axis=1), {"reduction": "mean", "axis": 1}),
    ("reduced_too_far", lambda w, u: w.max(axis=0), {"reduction": "maximum", "axis": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "made", "fields"), MADE, ids=[row[0] for row in MADE])
def test_a_relation_is_seen_in_what_it_makes(name, made, fields):
    assert find_relation(compared(made)) == (name, fields)
    assert GENERAL["relations"][name].format(**fields)


@pytest.mark.parametrize(("name", "made", "fields"), MADE, ids=[row[0] for row in MADE])
def test_it_is_not_said_where_one_entry_of_one_case_is_otherwise(name, made, fields):
    broken = compared(made)
    got = broken[1].got.copy()
    got.flat[0] += 7.3
    broken[1] = Comparison(WANTED[1], got, broken[1].arguments)
    assert find_relation(broken) is None


def test_every_relation_has_an_example():
    assert {holds.__name__ for holds in RELATIONS} == {name for name, *_ in MADE}


@given(st.integers(0, 2**32 - 1))
def test_numbers_that_have_nothing_to_do_with_each_other_have_no_relation(seed):
    rng = np.random.default_rng(seed)
    unrelated = compared(lambda w, u: rng.normal(size=w.shape))
    assert find_relation(unrelated) is None
    assert find_relation(compared(lambda w, u: w.copy())) is None


def test_nan_is_not_a_multiple_of_what_is_wanted():
    broken = compared(lambda w, u: 3 * w)
    broken[1].got[0, 0] = np.nan
    assert find_relation(broken) is None


def test_an_axis_that_is_always_as_long_explains_no_factor():
    cases = [
        Comparison(w, 4 * w, [NamedValue("u", ("n", "k"), np.ones((4, len(w))))]) for w in WANTED
    ]
    assert list(sizes_in_all(cases)) == [("k", [3, 2])]
    assert find_relation(cases).name == "constant_factor"


def test_a_tiny_factor_is_said_with_the_digits_that_show_it():
    assert find_relation(compared(lambda w, u: 1.00002 * w)).fields == {"factor": "1.00002"}


def test_zeros_ones_and_nan_tell_little_and_all_else_tells_something():
    def tells(*got):
        return is_telling([Comparison(1.5 + i, value) for i, value in enumerate(got)])

    assert not tells(0.0, 0.0)
    assert not tells(1.0, np.nan, 1.0)
    assert not tells(1.5, 0.0)  # the first is right
    assert tells(0.0, 1.0)
    assert tells(0.25, 0.25)
    assert tells("text")


# Where they differ first

ROWS = [np.array([1.5, 2.25, 3.5]), np.array([4.5, 5.25])]
MATRIX = np.arange(1.5, 7).reshape(2, 3)


def changed(array, place, value=9.0):
    """Return a copy of an array with another value in some places."""
    copied = array.copy()
    copied[place] = value
    return copied


@pytest.mark.parametrize(
    ("name", "fields", "wanted", "place", "value"),
    [
        ("one_entry", {"place": "entry 1", "wanted": "2.25", "got": "9"}, ROWS[0], 1, 9),
        ("one_entry", {"place": "row 0, column 1"}, MATRIX, (0, 1), 9),
        ("one_entry", {"place": "entry [0, 1, 1]"}, MATRIX.reshape(1, 2, 3), (0, 1, 1), 9),
        ("some_entries", {"wrong": 2, "all": 3}, ROWS[0], np.s_[1:], 9),
        ("all_entries", {"place": "entry 0"}, ROWS[0], np.s_[:], 9),
        ("not_a_number", {"place": "entry 0", "got": "nan"}, ROWS[0], 0, np.nan),
    ],
)
def test_the_first_wrong_entry_is_named(name, fields, wanted, place, value):
    comparison = Comparison(wanted, changed(wanted, place, value))
    finding = find_difference(comparison, [comparison])
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
def test_what_an_argument_is_where_entries_are_wrong(words, places):
    wanted, u = np.array([1.5, 2.25, 3.5, 4.75]), np.array([-0.5, 0, 0, 0.5])
    one = Comparison(wanted, changed(wanted, places), [NamedValue("u", ("n",), u)])
    turned = Comparison(wanted[::-1], one.got[::-1], [NamedValue("u", ("n",), u[::-1])])
    assert where_an_argument([one, turned]) == {"argument": "u", "is": words}
    finding = find_difference(one, [one, turned])
    assert finding.name == "where_an_argument"
    assert GENERAL["entries"][finding.name].format(**finding.fields)


def test_a_factor_is_not_blamed_where_its_zeros_are_all_that_is_right():
    """Of probabilities, say: where they are not 0 they are positive, and that is no news."""
    p = np.array([0.0, 0.25, 0.75])
    one = Comparison(p * [3, 5, 7], p * [4, 9, 8], [NamedValue("p", ("n",), p)])
    assert find_difference(one, [one]).name == "some_entries"
    mask = Comparison(p * [3, 5, 7] + 1, p * [4, 9, 8] + 1, one.arguments)
    assert find_difference(mask, [mask]).fields["is"] == "is positive"


def test_no_argument_is_blamed_for_single_numbers_or_for_whole_cases():
    numbers = [
        Comparison(1.5, 1.5 if u > 0 else 9.0, [NamedValue("u", (), u)]) for u in (-1.0, -2.0, 1.0)
    ]
    assert where_an_argument(numbers) is None
    whole = [
        Comparison(ROWS[0], ROWS[0] + 1, [NamedValue("u", ("n",), -ROWS[0])]),
        Comparison(ROWS[1], ROWS[1], [NamedValue("u", ("n",), ROWS[1])]),
    ]
    assert where_an_argument(whole) is None


@pytest.mark.parametrize(
    ("wanted", "got", "words"),
    [
        (0.5, np.inf, "not an ordinary number"),
        (3, 5, "too large by 2"),
        (3, 1, "too small by 2"),
        (0.5, 0.0, "off by 0.5"),
        (0.5, -0.25, "on the other side of 0"),
        (0.5, 2.0, "4 times as large as it should be"),
    ],
)
def test_a_number_is_compared(wanted, got, words):
    finding = find_difference(Comparison(wanted, got), [])
    assert finding == ("a number", {"comparison": words})


def test_nothing_is_said_of_a_class_or_of_entries_that_are_right():
    assert find_difference(Comparison(np.array([3]), np.array([4])), []) is None
    right = Comparison(ROWS[0], ROWS[0].copy())
    assert find_difference(right, [right]) is None


def test_nan_where_nan_is_wanted_is_not_a_wrong_entry():
    wanted = np.array([np.nan, 2.5, 3.5])
    comparison = Comparison(wanted, changed(wanted, 1))
    finding = find_difference(comparison, [comparison])
    assert (finding.fields["place"], finding.fields["wrong"]) == ("entry 1", 1)
