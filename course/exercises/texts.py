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

from course.exercises.exercise import Exercise, Mistake, Objection

FENCE = "```"
HOLE = "____"
LABEL = re.compile(r"(##|hint:|notice:|within:|objection|right:|unexplained:)(?: (.*))?")


class TextError(ValueError):
    """A text that cannot be read; says in which file and line, and what to write there."""


@dataclass
class Words:
    """The words of one exercise; its fields are the exercise's own."""

    hints: list[str] = field(default_factory=list)
    notice: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


def pieces_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what stands in a text, piece by piece: what it is, its words, and its place.

    It is a label with the rest of its line, or "code", "block", "sentence", or "" for an empty line.
    """
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
            yield "block", "\n".join(lines[number:end]), place
            number = end + 1
        elif line.startswith(" "):
            begun = number - 1
            while number < len(lines) and lines[number].startswith(" "):
                number += 1
            yield "sentence", " ".join(map(str.strip, lines[begun:number])), place
        elif label := LABEL.fullmatch(line):
            yield label[1], label[2] or "", place
        else:
            yield ("code" if line else ""), line, place
    yield "##", "", path.name  # no exercise, so that the last one is closed


def read_words(path: Path) -> dict[str, Words]:
    """Return the words of a text's exercises by their names.

    Raises:
        TextError: a line that cannot be read.
    """
    parts: dict[str, Words] = {}
    words = Words()  # what stands before the first part is for the text's own reader
    codes: list[str] = []  # the mistakes that the next sentence answers
    frame = objection = before = ""
    answers = None
    for label, text, place in pieces_of(path):
        if label in ("##", "right:", "unexplained:") and codes and parts:
            raise TextError(
                f"{place}: {codes[-1]!r} above has no sentence; write one below it, "
                "indented by four spaces, that names the cause and asks a question"
            )
        match label:
            case "##":
                words = parts[text] = Words()
                codes, frame = [], ""
            case "hint:":
                words.hints.append(text)
            case "notice:":
                words.notice = text
            case "within:":
                frame = ""
            case "objection":
                objection = text.removesuffix(":")
            case "right:" | "unexplained:":
                answers = getattr(words, label[:-1])
            case "block" if before == "within:":
                frame = text
            case "code" | "block" if answers is not None:
                answers.append(text)
            case "code" if frame:
                codes.append(frame.replace(HOLE, text))
            case "code" | "block":
                codes.append(text)
            case "sentence" if objection:
                words.objections.append(Objection(objection, None, text, tuple(codes)))
                codes, objection = [], ""
            case "sentence" if codes:
                words.mistakes += [Mistake(code, text) for code in codes]
                codes = []
            case "sentence":
                raise TextError(f"{place}: this sentence has no line of code above it to answer")
            case _:
                answers = None
        before = label
    del parts[""]
    return parts


def with_words(exercises: tuple[Exercise, ...], path: Path) -> tuple[Exercise, ...]:
    """Return a lesson's exercises with their words from its text; as they are if it has none.

    Raises:
        TextError: words for no exercise, an objection without predicate, or a line that cannot be read.
    """
    parts = read_words(path) if path.exists() else {}
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
    objections = []
    for each in words.objections:
        if each.name not in exercise.predicates:
            raise TextError(
                f"{exercise.name}: there is no predicate {each.name}; write one where `predicates` "
                "looks"
            )
        objections.append(each._replace(applies=exercise.predicates[each.name]))
    return replace(exercise, **vars(words) | {"objections": objections})


#: What any exercise may have to say: in each part of the text, sentences by what they answer.
GENERAL: dict[str, dict[str, str]] = {
    name: dict(words.mistakes)
    for name, words in read_words(Path(__file__).with_name("general.txt")).items()
}
