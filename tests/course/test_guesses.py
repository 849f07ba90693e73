"""Guesses are kept until the answer comes, shown as they were made, and never in the way."""

import numpy as np
import pytest

from course import guesses


@pytest.fixture(autouse=True)
def forget():
    """Begin and end without a guess."""
    guesses._guesses.clear()
    yield
    guesses._guesses.clear()


@pytest.mark.parametrize(
    ("guess", "answer", "said"),
    [
        (0, 3, "You guessed 0; the answer is 3."),
        (np.float64(2.4), np.log(np.array(10.0)), "You guessed 2.4; the answer is 2.30259."),
        (
            2.3,
            np.log(np.array(10.0)),
            "You guessed 2.3, which is right to its own digits; the answer is 2.30259.",
        ),
        (96, np.int64(96), "You guessed 96, and that is the answer."),
        ("3", 3, "You guessed 3, and that is the answer."),
        ((0.1, "none"), (1, 3), "You guessed 0.1 and none; the answer is 1 and 3."),
        ((1.0, 3), "1 and 3", "You guessed 1 and 3, and that is the answer."),
        ([110, 4, 56], "110, 4, 56", "You guessed 110, 4, 56, and that is the answer."),
        (None, 3, "You made no guess; the answer is 3."),
    ],
)
def test_a_guess_stands_beside_its_own_answer(guess, answer, said):
    guesses.ask("another", 7)
    guesses.ask("wrong of 100", 8)  # and then takes it back
    guesses.ask("wrong of 100", guess)
    assert guesses.compare("wrong of 100", answer) == said


def test_words_are_guesses_and_harmless_on_a_page():
    guesses.ask("which <one>", "a & b")
    shown = guesses.compare("which <one>", "<b>left</b>")
    assert shown == "You guessed a & b; the answer is <b>left</b>."
    assert "<b>" not in shown.html
    assert 'data-guessed="which &lt;one&gt;"' in shown.html
    assert 'data-answer="&lt;b&gt;left&lt;/b&gt;"' in shown.html


@pytest.mark.parametrize(
    ("guess", "answer", "how"),
    [
        ("101,770", "101770", "right"),
        ("1.0177e5", "101770", "right"),
        ("log 10", "2.302585", "right"),
        ("ln(10)", "2.302585", "right"),
        ("-log 0.1", "2.302585", "right"),
        ("2.3", "2.302585", "rounded"),
        ("2.30", "2.302585", "rounded"),
        ("log 9", "2.302585", ""),
        ("2", "2.302585", ""),  # a single digit
        (".69", "0.691438", "rounded"),
        ("1/4", "0.25", "right"),
        ("81 %", "81.36", "rounded"),
        ("81.36 %", "81.36", "right"),
        ("−5", "-5", "right"),
        ("1e-5", "-5", ""),
        ("3.2", "3", ""),  # a count is exact
        ("102,000", "101770", ""),
        ("10,1770", "101770", ""),
        ("1/0", "3", ""),
        ("-log 0.0", "3", ""),
        (".", "3", ""),
        ("nan", "3", ""),
        ("about 8", "8", ""),
        ("It  rises", "it rises", "right"),
        ("validation loss", "the validation loss", "right"),
        ("(110, 4, 56)", "110, 4, 56", "right"),
        ("5, 3,6", "5 3 6", "right"),
        ("[5, 3, 6]", "5 3 6", "right"),
        ("98.6; 0.8", "98.6 and 0.8", "right"),
        ("99 % and 0.8", "98.6 and 0.8", "rounded"),
        ("the same, larger", "the same (0.8438), larger (0.9796)", "right"),
        ("110 and 4", "110, 4, 56", ""),
        ("4, 110, 56", "110, 4, 56", ""),
        ("the", "a", ""),
    ],
)
def test_a_right_guess_is_known_however_it_is_written(guess, answer, how):
    assert guesses.judged(guess, answer) == how


@pytest.mark.parametrize("bad", [..., np.ones(2), (1, 3j)])
def test_what_is_neither_a_number_nor_a_text_is_refused_in_words(bad):
    with pytest.raises(TypeError, match="a guess is a number or a text in quotes"):
        guesses.ask("wrong of 100", bad)
    with pytest.raises(TypeError, match="an answer is a number or a text in quotes"):
        guesses.compare("wrong of 100", bad)
