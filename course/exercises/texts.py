"""Read the words of a lesson's exercises from the text beside its module.

A part of the text belongs to one exercise::

    ## bias_gradient

    hint: A bias is added in every example alike. So from where does it collect its blame?
    notice: A bias is a weight whose input is always 1.

    dz.sum(axis=1)
    dz.sum(axis=-1)
        that is one number for each example. For what is one wanted?

A *mistake* is a line of code that is not indented, or several lines between two lines of three
backquotes. The next sentence, indented, answers all mistakes since the one before it. After a line
``within:`` and a block of backquotes with ``____`` in it, every one-line mistake is put in the place
of that hole, until the next ``within:``; one without a block ends it. Below ``objection NAME:``
stands the sentence of the predicate of that name, and above the sentence examples of it.

At the end of a part stand answers that need no sentence, each list up to an empty line: below
``right:`` right answers, written differently, and below ``unexplained:`` wrong ones, of which the
checker says what it can see by itself. An answer is a line of code, or a block of backquotes.

That each mistake is a program, is wrong, and gets its own sentence, the tests see to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from course.exercises.exercise import Exercise, Mistake, Objection

FENCE = "```"
HOLE = "____"
LABEL = re.compile(r"(##|hint:|notice:|within:|objection|right:|unexplained:)(?: (.*))?")


class TextError(ValueError):
    """A text that cannot be read; says in which file and line, and what to write there."""


@dataclass
class Words:
    """The words of one exercise."""

    hints: list[str] = field(default_factory=list)
    notice: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    objections: dict[str, Objection] = field(default_factory=dict)
    right: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


class Piece(NamedTuple):
    """A label with the rest of its line, or "code", "block", "sentence", or "" for an empty line."""

    label: str
    text: str
    #: The text and the line in which it begins: "lesson_02.txt, line 3".
    place: str


def pieces_of(path: Path) -> Iterator[Piece]:
    """Yield what stands in a text, piece by piece."""
    lines = path.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        place = f"{path.name}, line {number + 1}"
        number += 1
        if line == FENCE:
            if FENCE not in lines[number:]:
                raise TextError(f"{place}: this block is never closed; write ``` below its code")
            end = lines.index(FENCE, number)
            yield Piece("block", "\n".join(lines[number:end]), place)
            number = end + 1
        elif line.startswith(" "):
            begun = number - 1
            while number < len(lines) and lines[number].startswith(" "):
                number += 1
            yield Piece("sentence", " ".join(map(str.strip, lines[begun:number])), place)
        elif label := LABEL.fullmatch(line):
            yield Piece(label[1], label[2] or "", place)
        else:
            yield Piece("code" if line else "", line, place)


def read_words(path: Path) -> dict[str, Words]:
    """Return the words of a text's exercises by their names; none where there is no such text.

    Raises:
        TextError: a line that cannot be read.
    """
    parts: dict[str, Words] = {}
    words = Words()  # what stands before the first part is for the text's own reader
    codes: list[str] = []  # the mistakes that the next sentence answers
    frame = objection = ""
    answers = None
    before = ""
    for label, text, place in (*pieces_of(path), Piece("##", "", "")) if path.exists() else ():
        if label in ("##", "right:", "unexplained:") and codes and parts:
            raise TextError(
                f"{place or path.name}: {codes[-1]!r} above has no sentence; write one below it, "
                "indented by four spaces, that names the cause and asks a question"
            )
        if label == "##":
            words = parts[text] = Words()
            codes = []
            frame = ""
        elif label == "hint:":
            words.hints.append(text)
        elif label == "notice:":
            words.notice = text
        elif label == "within:":
            frame = ""
        elif label == "objection":
            objection = text.removesuffix(":")
        elif label in ("right:", "unexplained:"):
            answers = getattr(words, label[:-1])
        elif label == "block" and before == "within:":
            frame = text
        elif label in ("code", "block") and answers is not None:
            answers.append(text)
        elif label in ("code", "block"):
            codes.append(frame.replace(HOLE, text) if frame and label == "code" else text)
        elif label == "sentence" and objection:
            words.objections[objection] = Objection(objection, None, text, tuple(codes))
            codes, objection = [], ""
        elif label == "sentence":
            if not codes:
                raise TextError(f"{place}: this sentence has no line of code above it to answer")
            words.mistakes += [Mistake(code, text) for code in codes]
            codes = []
        else:
            answers = None
        before = label
    parts.pop("", None)
    return parts


def with_words(exercises: tuple[Exercise, ...], path: Path) -> tuple[Exercise, ...]:
    """Return a lesson's exercises with their words from its text.

    Raises:
        TextError: words for no exercise, an objection without predicate, or a line that cannot be read.
    """
    parts = read_words(path)
    names = [exercise.name for exercise in exercises]
    for name in parts:
        if name not in names:
            raise TextError(
                f"{path.name}: no exercise is called {name!r}; write the name of one in "
                f"{path.stem}.py, {', '.join(names)}"
            )
    return tuple(
        with_its_words(exercise, parts[exercise.name]) if exercise.name in parts else exercise
        for exercise in exercises
    )


def with_its_words(exercise: Exercise, words: Words) -> Exercise:
    """Return an exercise with the words of its part of a text."""
    if unknown := [name for name in words.objections if name not in exercise.predicates]:
        raise TextError(
            f"{exercise.name}: there is no predicate {unknown[0]}; write one where `predicates` looks"
        )
    return replace(
        exercise,
        hints=tuple(words.hints),
        notice=words.notice,
        mistakes=tuple(words.mistakes),
        objections=tuple(
            objection._replace(applies=exercise.predicates[name])
            for name, objection in words.objections.items()
        ),
        right=tuple(words.right),
        unexplained=tuple(words.unexplained),
    )


#: What any exercise may have to say: in each part of the text, sentences by what they answer.
GENERAL: dict[str, dict[str, str]] = {
    name: dict(words.mistakes)
    for name, words in read_words(Path(__file__).with_name("general.txt")).items()
}
