"""The replies stay as they are, word for word, until somebody means to change them."""

import pytest

from course.exercises import EXERCISES

from . import replies


@pytest.fixture(scope="module")
def stored():
    return replies.stored()


@pytest.mark.parametrize("name", EXERCISES)
def test_replies_are_word_for_word_as_they_are_stored(name, stored):
    assert replies.replies(name) == stored.get(name), (
        f"what is replied to {name} is not what tests/course/replies.txt has; if you mean that: "
        "python -m tests.course.replies, and read the difference"
    )


def test_no_exercise_is_stored_that_is_gone(stored):
    assert list(stored) == list(EXERCISES)
