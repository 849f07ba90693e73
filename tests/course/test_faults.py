"""What is wrong with a result, in words: names in a line that raised, and what changes an argument."""

import numpy as np
import pytest

from course.exercises import check
from course.exercises.comparison import NamedValue
from course.exercises.faults import names_in_words

from .handed_in import write

X = NamedValue("x", ("n", "pixels"), np.zeros((3, 2)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "v is None."),
        (2.5, "v is 2.5."),
        (-1000.0, "v is -1000."),
        (np.zeros((3, 2)), "v is an array of shape (n, pixels) = (3, 2)."),
        (np.zeros(2), "v is an array of shape (pixels) = (2,)."),
        ([1, 2], "v is a list of 2."),
    ],
)
def test_a_name_in_the_line_that_raised_is_said_with_what_it_stands_for(value, words):
    assert names_in_words({"v": value}, [X]) == [words]


def test_of_what_is_no_number_and_no_array_nothing_is_said():
    assert names_in_words({"np": np, "f": len}, [X]) == []


def test_an_argument_changed_by_an_operator_is_not_laid_to_the_function_beside_it():
    by_sign = check(write("sigmoid", "z += 1 + np.maximum(z, 0)\nreturn z"))
    by_third = check(write("sigmoid", "return np.maximum(z, 1, z)"))
    assert "it changes z in the line `z += 1 + np.maximum(z, 0)`" in by_sign.text
    assert "writes the result into a third" not in by_sign.text
    assert "writes the result into a third" in by_third.text


def test_the_line_that_changes_an_argument_is_named_and_no_line_that_may_change_another():
    reply = check(
        write(
            "sgd_update",
            "for w, g, v in zip(parameters, gradients, velocity):\n"
            "    v *= momentum\n    v += g\n    g *= learning_rate\n    w -= learning_rate * v",
        )
    )
    assert "it changes gradients in the line `g *= learning_rate`" in reply.text
