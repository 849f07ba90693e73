"""Guesses are kept until the answer comes, shown as they were made, and never in the way."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course import guesses


@pytest.fixture(autouse=True)
def forget():
    """Begin and end without a guess."""
    guesses._guesses.clear()
    yield
    guesses._guesses.clear()


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_a_guess_stands_beside_the_answer(guess, answer):
    assume(guess != answer)
    guesses.ask("wrong of 100", guess)
    assert (
        guesses.compare("wrong of 100", answer) == f"You guessed {guess}; the answer is {answer}."
    )


def test_without_a_guess_the_answer_is_told_all_the_same():
    assert guesses.ask("wrong of 100", None) == "Put your guess in place of None."
    assert guesses.compare("wrong of 100", 3) == "You made no guess; the answer is 3."
    assert guesses.compare("never asked", 3) == "You made no guess; the answer is 3."


@pytest.mark.parametrize(("guess", "answer"), [(96, np.int64(96)), ("worse", "worse"), ("3", 3)])
def test_a_right_guess_is_told_so(guess, answer):
    guesses.ask("better or worse", guess)
    words = guesses.compare("better or worse", answer)
    assert words == f"You guessed {guess}, and that is the answer."


def test_a_guess_taken_back_is_gone():
    guesses.ask("wrong of 100", 8)
    guesses.ask("wrong of 100", None)
    assert "no guess" in guesses.compare("wrong of 100", 3)


def test_zero_and_the_empty_text_are_guesses():
    guesses.ask("wrong of 100", 0)
    assert guesses.compare("wrong of 100", 3).startswith("You guessed 0;")


def test_two_guesses_do_not_meet():
    guesses.ask("first", 1)
    guesses.ask("second", 2)
    assert guesses.compare("first", 5) == "You guessed 1; the answer is 5."


def test_numbers_of_numpy_are_numbers_and_short():
    guesses.ask("loss", np.float64(2.3))
    assert guesses.compare("loss", np.log(np.array(10.0))) == (
        "You guessed 2.3; the answer is 2.30259."
    )


def test_words_are_guesses_and_harmless_on_a_page():
    guesses.ask("which <one>", "a & b")
    shown = guesses.compare("which <one>", "<b>left</b>")
    assert shown == "You guessed a & b; the answer is <b>left</b>."
    assert "<b>" not in shown.html
    assert 'data-guessed="which &lt;one&gt;"' in shown.html
    assert 'data-answer="&lt;b&gt;left&lt;/b&gt;"' in shown.html


@pytest.mark.parametrize("bad", [..., [3], np.ones(2), 3j, {8}])
def test_what_is_neither_a_number_nor_a_text_is_refused_in_words(bad):
    with pytest.raises(TypeError, match="a guess is a number or a text in quotes"):
        guesses.ask("wrong of 100", bad)
    with pytest.raises(TypeError, match="an answer is a number or a text in quotes"):
        guesses.compare("wrong of 100", bad)


def test_an_essay_is_refused_with_its_length():
    with pytest.raises(ValueError, match="at most 60 characters; this one has 61"):
        guesses.ask("why", "x" * 61)
