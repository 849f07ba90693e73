"""Guesses a reader makes before a cell runs, and shows beside what came out.

Reached from the *Predict* paragraphs of the lessons. ``ask`` stands in a cell of its own, in which
the reader puts a guess in place of ``None``; ``compare`` ends the cell that computes the answer. On
the pages ``website/static/guesses.js`` puts a field in the place of the first, and the guess beside the
second; the two find each other by name.
"""

import html

from course.exercises import Shown

#: What a guess or an answer may be; a guess of several parts may come as a tuple of these.
Guessable = int | float | str

#: Longest guess in words, in characters: a guess is a number or a phrase.
LONGEST = 60

_guesses: dict[str, Guessable | None] = {}


def ask(name: str, guess: Guessable | None) -> str:
    """Take down a guess, to be shown beside the answer later.

    Args:
        name: what is guessed, in a few words, such as "wrong of 100".
        guess: a number or a short text, or a tuple of these; None for no guess.

    Raises:
        TypeError: the guess is neither a number nor a text.
        ValueError: the guess is a text of more than 60 characters.
    """
    _guesses[name] = None if guess is None else _checked(guess, "a guess")
    said = "Put your guess in place of None." if guess is None else f"Your guess: {_shown(guess)}."
    return Shown(said, f'<p data-guess="{html.escape(name)}">{html.escape(said)}</p>')


def compare(name: str, answer: Guessable) -> str:
    """Show the answer, and beside it the guess that ``ask`` took down under the same name.

    Args:
        name: the name that ``ask`` was given.
        answer: what came out, a number or a short text.

    Raises:
        TypeError: the answer is neither a number nor a text.
        ValueError: the answer is a text of more than 60 characters.
    """
    answer = _shown(_checked(answer, "an answer"))
    guess = _guesses.get(name)
    said = "You made no guess" if guess is None else f"You guessed {_shown(guess)}"
    is_right = guess is not None and _shown(guess) == answer
    words = f"{said}, and that is the answer." if is_right else f"{said}; the answer is {answer}."
    parts = f'data-guessed="{html.escape(name)}" data-answer="{html.escape(answer)}"'
    return Shown(words, f"<p {parts}>{html.escape(words)}</p>")


def _checked(value: object, what: str) -> Guessable:
    """Return a number or a text as Python's own, or say what else came."""
    if isinstance(value, tuple):  # two questions at once: (0.1, 0.3)
        value = " and ".join(_shown(_checked(part, what)) for part in value)
    value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    if not isinstance(value, Guessable):
        kind = type(value).__name__
        raise TypeError(
            f"{what} is a number or a text in quotes, such as 8 or 'the left one', not a {kind}"
        )
    if isinstance(value, str) and len(value) > LONGEST:
        raise ValueError(f"{what} has at most {LONGEST} characters; this one has {len(value)}")
    return value


def _shown(value: Guessable) -> str:
    """Return a guess or an answer as it is read: at most six significant digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
