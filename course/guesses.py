"""Guesses a reader makes before a cell runs, and shows beside what came out.

Reached from the *Predict* paragraphs of the lessons. ``ask`` stands in a cell of its own, in which
the reader puts a guess in place of ``None``; ``compare`` ends the cell that computes the answer. On
the pages ``website/static/guesses.js`` puts a field in the place of the first, and the guess beside the
second; the two find each other by name. What is right is judged in both places by the same rule.
"""

import html
import math
import re

from course.shown import Shown

#: What a guess or an answer may be; a guess of several parts may come as a tuple or a list of these.
Guessable = int | float | str

#: A number as it is typed: 101,770 or -0.25 or 1e-5 or 81 %.
NUMBER = re.compile(r"([-+]?)((?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?)(?:e([-+]?\d{1,2}))? ?%?")

_guesses: dict[str, str] = {}


def ask(name: str, guess: Guessable | None) -> str:
    """Take down a guess, to be shown beside the answer later.

    Args:
        name: what is guessed, in a few words, such as "wrong of 100".
        guess: a number or a short text, or a tuple or list of these; None for no guess.

    Raises:
        TypeError: the guess is neither a number nor a text.
    """
    if guess is None:
        _guesses.pop(name, None)
        said = "Put your guess in place of None."
    else:
        _guesses[name] = _guess_text(guess, "a guess")
        said = f"Your guess: {_guesses[name]}."
    return Shown(said, f'<p data-guess="{html.escape(name)}">{html.escape(said)}</p>')


def compare(name: str, answer: Guessable) -> str:
    """Show the answer, and beside it the guess that ``ask`` took down under the same name.

    Args:
        name: the name that ``ask`` was given.
        answer: what came out, a number or a short text.

    Raises:
        TypeError: the answer is neither a number nor a text.
    """
    answer = _guess_text(answer, "an answer")
    guess = _guesses.get(name)
    said = "You made no guess" if guess is None else f"You guessed {guess}"
    how_right = "" if guess is None else judged(guess, answer)
    words = f"{said}{ENDS[how_right].format(answer)}"
    parts = f'data-guessed="{html.escape(name)}" data-answer="{html.escape(answer)}"'
    return Shown(words, f"<p {parts}>{html.escape(words)}</p>")


#: What follows the guess, by how right it is.
ENDS: dict[str, str] = {
    "right": ", and that is the answer.",
    "rounded": ", which is right to its own digits; the answer is {}.",
    "": "; the answer is {}.",
}


def judged(guess: str, answer: str) -> str:
    """Return "right"; or "rounded" for a number that the answer rounds to; or nothing.

    Numbers are the same however they are written: "101,770" is 101770, and "log 10" or "-log 0.1" is
    2.302585. A single digit is too rough to be called rounded. An answer in several parts is right if
    each part is, whatever stands between them.
    """
    how_right = _judged_whole(guess, answer)
    if how_right:
        return how_right
    ours, theirs = _words(guess), _words(answer)
    if not ours or len(ours) != len(theirs):
        return ""
    parts = {_judged_whole(one, other) for one, other in zip(ours, theirs, strict=True)}
    return "" if "" in parts else "rounded" if "rounded" in parts else "right"


def _words(text: str) -> list[str]:
    """Return the words and numbers of an answer in several parts, without what stands between them."""
    text = re.sub(r" \(.*?\)", "", text.strip().lower()).strip("()[]")
    words = re.split(r",?\s+|; ?|,(?!\d{3}(?!\d))", text)  # 101,770 is one number
    return [word for word in words if word not in {"", "%", "and", "the", "a", "an"}]


def _judged_whole(guess: str, answer: str) -> str:
    """Return how right a guess is, as ``judged`` does, where it is one number or one phrase."""
    if guess.casefold().split() == answer.casefold().split():
        return "right"
    one, other = _read(guess), _read(answer)
    if one is None or other is None:
        return ""
    value, decimals, digits = one
    wanted, wanted_decimals, _ = other
    if math.isclose(value, wanted, rel_tol=1e-12):
        return "right"
    # A count is exact, whereas what was rounded to be printed may have gone on.
    finest = wanted_decimals if wanted_decimals > 0 else math.inf
    if abs(value - wanted) > 0.5000001 * 10.0 ** -min(decimals, finest):
        return ""
    return "right" if decimals >= finest else "rounded" if digits > 1 else ""


def _read(text: str) -> tuple[float, float, float] | None:
    """Return a number, how many decimals it is given to, and how many digits; None if it is none."""
    text = text.strip().lower().replace("\N{MINUS SIGN}", "-")
    if exact := re.fullmatch(r"(-?)(?:log|ln) ?\(?(\d+(?:\.\d+)?)\)?|(-?\d+) ?/ ?(\d+)", text):
        minus, *numbers = exact.groups()
        of_log, above, below = (float(each) if each else 0.0 for each in numbers)
        if not (of_log or below):
            return None
        value = math.log(of_log) if of_log else above / below
        return (-value if minus else value), math.inf, math.inf
    match = NUMBER.fullmatch(text)
    if not match or not re.search(r"\d", match[2]):
        return None
    sign, plain, fraction, power = match.groups()
    plain = plain.replace(",", "")
    decimals = len(fraction or "") - int(power or 0)
    value = float(f"{sign}{plain}e{power or 0}")
    return value, decimals, len(plain.replace(".", "").lstrip("0"))


def _guess_text(value: object, what: str) -> str:
    """Return a guess or an answer as it is read, with at most six significant digits.

    Raises:
        TypeError: it is neither a number nor a text.
    """
    if isinstance(value, (tuple, list)):  # several questions at once: (0.1, 0.3)
        parts = [_guess_text(part, what) for part in value]
        return (" and " if len(parts) == 2 else ", ").join(parts)
    value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    if not isinstance(value, Guessable):
        kind = type(value).__name__
        raise TypeError(
            f"{what} is a number or a text in quotes, such as 8 or 'the left one', not a {kind}"
        )
    return f"{value:.6g}" if isinstance(value, float) else str(value)
