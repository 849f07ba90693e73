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
"""

import difflib
import keyword
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from course.exercises.exercise import Exercise, Mistake, Objection

FENCE = "```"
HOLE = "____"
LABELS = ("hint", "notice", "objection", "within", "right", "unexplained")


class TextError(ValueError):
    """A text that cannot be read; says in which file and line, and what to write there."""


@dataclass
class Words:
    """The words of one exercise, and the line at which they begin."""

    line: int
    hints: list[str] = field(default_factory=list)
    notice: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    objections: dict[str, Objection] = field(default_factory=dict)
    right: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


class TextReader:
    """Reads a text line by line, and knows in which line it is."""

    def __init__(self, path: Path, labels: tuple[str, ...] = LABELS) -> None:
        """Read all of a text."""
        self.path = path
        self.labels = labels
        self.lines = path.read_text(encoding="utf-8").splitlines()
        #: The line that is read, counted from 1, and the last that held code or a sentence.
        self.number = 0
        self.last_line = 0
        self.parts: dict[str, Words] = {}
        #: The part that is read; what stands before the first is for the text's own reader.
        self.part: Words | None = None
        #: Into what each line of code is put, after ``within:``.
        self.frame = ""
        self.begin_answer()
        while self.number < len(self.lines):
            self.take_line(self.next_line())
        self.end_answer()
        self.refuse_code_without_sentence()

    def next_line(self) -> str:
        """Go on by a line, and return it."""
        self.number += 1
        return self.lines[self.number - 1]

    def begin_part(self, name: str) -> None:
        """Begin the words of an exercise."""
        if name in self.parts:
            raise self.error(f"## {name} stands twice: put both parts into one")
        self.part = Words(self.number)
        self.parts[name] = self.part
        self.frame = ""
        self.begin_answer()

    def begin_answer(self) -> None:
        """Begin with the next lines of code, or the next objection, and the sentence below it."""
        self.codes: list[str] = []
        self.objection = ""
        self.sentence: list[str] = []

    def take_line(self, line: str) -> None:
        """Take in one line."""
        if line.startswith(" ") and line.strip():
            self.last_line = self.number
            self.sentence.append(line.strip())
            return
        self.end_answer()
        label, colon, rest = line.partition(":")
        if line.startswith("## "):
            self.refuse_code_without_sentence()
            self.begin_part(line.removeprefix("## ").strip())
        elif not line.strip() or self.part is None:
            return
        elif line.startswith("#"):
            raise self.error(
                f"a part begins with two # and a space, as in ## softmax; got {line!r}"
            )
        elif line == FENCE:
            self.take_code(self.block())
        elif colon and label in ("hint", "notice", "within") and label in self.labels:
            self.take_label(label, rest.strip())
        elif colon and label in ("right", "unexplained") and label in self.labels:
            self.take_answers(label, rest.strip())
        elif colon and label.startswith("objection "):
            if rest.strip():
                raise self.error(
                    f"write {label}: alone in its line, and its sentence below, indented"
                )
            self.objection = label.removeprefix("objection ").strip()
        elif self.labels and re.fullmatch(r"\w+( \w+)?:( .*)?", line) and not is_python(label):
            raise self.error(f"{label}: is none of the labels here; write {what_to_write(label)}")
        else:
            self.take_code(self.frame.replace(HOLE, line) if self.frame else line)

    def take_code(self, code: str) -> None:
        """Take in a wrong answer."""
        if self.labels and HOLE in code:
            raise self.error(f"write within: alone in the line above the block that has {HOLE}")
        self.last_line = self.number
        self.codes.append(code)

    def take_label(self, label: str, rest: str) -> None:
        """Take in a line that begins with a label."""
        if label == "within":
            self.frame = ""
            if rest:
                raise self.error("write within: alone in its line, and a block of ``` below it")
            if self.lines[self.number : self.number + 1] == [FENCE]:
                self.next_line()
                self.frame = self.block()
                if HOLE not in self.frame:
                    raise self.error(f"this block has no {HOLE} for the lines below it to stand in")
        elif label == "hint":
            self.part.hints.append(rest)
        elif self.part.notice:
            raise self.error("a second notice: a right answer is told one; make one of both")
        else:
            self.part.notice = rest

    def take_answers(self, label: str, rest: str) -> None:
        """Take in the answers that stand below ``right:`` or ``unexplained:``."""
        self.refuse_code_without_sentence()
        if rest:
            raise self.error(f"write {label}: alone in its line, and the answers below it")
        answers = getattr(self.part, label)
        begun = self.number
        while self.number < len(self.lines) and self.lines[self.number].strip():
            line = self.next_line()
            if line.startswith((" ", "#")):
                raise self.error(
                    f"an answer below {label}: needs no sentence; write code at the line's begin,"
                    " and an empty line behind the last"
                )
            answers.append(self.block() if line == FENCE else line)
        if self.number == begun:
            raise self.error(f"{label}: has no answer below it; write one in the next line")

    def block(self) -> str:
        """Return the lines up to the closing fence."""
        code = self.lines[self.number :]
        if FENCE not in code:
            raise self.error("this block is never closed; write ``` alone in a line below its code")
        code = code[: code.index(FENCE)]
        self.number += len(code) + 1
        return "\n".join(code)

    def end_answer(self) -> None:
        """Let a sentence that has just ended answer the mistakes above it."""
        if not self.sentence:
            return
        sentence = " ".join(self.sentence)
        if self.objection:
            objection = Objection(self.objection, None, sentence, tuple(self.codes))
            self.part.objections[self.objection] = objection
        elif not self.codes:
            if self.part is not None:
                raise self.error(
                    "this sentence has no line of code above it that it could answer",
                    self.last_line,
                )
        else:
            self.part.mistakes += [Mistake(code, sentence) for code in self.codes]
        self.begin_answer()

    def refuse_code_without_sentence(self) -> None:
        """Refuse code that no sentence answers."""
        if self.part is not None and self.codes:
            raise self.error(
                f"{self.codes[0]!r} has no sentence below it; write one, indented by four spaces,"
                " that names the cause and asks a question",
                self.last_line,
            )

    def error(self, what: str, number: int | None = None) -> TextError:
        """Return an error that says in which line it is and what to write."""
        return TextError(f"{self.path.name}, line {number or self.number}: {what}")


def is_python(label: str) -> bool:
    """Tell whether what stands before a colon may begin a line of Python, as ``lambda`` does."""
    return keyword.iskeyword(label.split()[0])


def what_to_write(label: str) -> str:
    """Return what to write for a label that is none."""
    word, *name = label.split()
    near = difflib.get_close_matches(word.lower(), LABELS, 1)
    if near:
        in_small_letters = " in small letters" if word != word.lower() else ""
        return f"{' '.join([near[0], *name])}:{in_small_letters}"
    return (
        "hint:, notice:, within:, objection NAME:, right: or unexplained:,"
        " or a wrong answer in Python"
    )


def read_text(path: Path, labels: tuple[str, ...] = LABELS) -> dict[str, Words]:
    """Return the words of a text's exercises by their names; none where there is no such text.

    Raises:
        TextError: a line that cannot be read.
    """
    return TextReader(path, labels).parts if path.exists() else {}


def with_words(exercises: tuple[Exercise, ...], path: Path) -> tuple[Exercise, ...]:
    """Return a lesson's exercises with their words from its text.

    Raises:
        TextError: words for no exercise, an exercise without words, a predicate without a sentence,
            or a line that cannot be read.
    """
    words_of = read_text(path)
    names = [exercise.name for exercise in exercises]
    for name, words in words_of.items():
        if name not in names:
            raise TextError(
                f"{path.name}, line {words.line}: no exercise is called {name!r}; write the name of"
                f" one in {path.stem}.py, {', '.join(names)}"
            )
    return tuple(
        with_its_words(exercise, words_of.get(exercise.name), path) for exercise in exercises
    )


def with_its_words(exercise: Exercise, words: Words | None, path: Path) -> Exercise:
    """Return an exercise with the words of its part of the text."""
    if words is not None:
        exercise = replace(
            exercise,
            hints=tuple(words.hints),
            notice=words.notice,
            mistakes=tuple(words.mistakes),
            objections=tuple(objections_with_sentences(exercise, words, path)),
            right=tuple(words.right),
            unexplained=tuple(words.unexplained),
        )
    where = f"{path.name}, line {words.line}" if words else f"{path.name}: write ## {exercise.name}"
    if not exercise.hints:
        raise TextError(
            f"{where}: {exercise.name} has no hint; write two or three lines of hint: ..."
        )
    if not exercise.notice:
        raise TextError(
            f"{where}: {exercise.name} has no notice; write notice: and what a right answer is told"
        )
    return exercise


def objections_with_sentences(exercise: Exercise, words: Words, path: Path) -> list[Objection]:
    """Return an exercise's predicates with their sentences, in the order of the predicates."""
    predicates = {}
    for objection in exercise.objections:
        if isinstance(objection, Objection):  # the exercise was given its words before
            predicates[objection.name] = objection.applies
        elif isinstance(objection, tuple):
            name, predicates[name] = objection
        else:
            predicates[objection.__name__] = objection
    for name in words.objections:
        if name not in predicates:
            raise TextError(
                f"{path.name}: {exercise.name} has no predicate called {name!r}; write the name of"
                f" one in its objections in {path.stem}.py: {', '.join(predicates) or 'it has none'}"
            )
    for name in predicates:
        if name not in words.objections:
            raise TextError(
                f"{path.name}, line {words.line}: the predicate {name} has no sentence; write"
                f" objection {name}: and below it the sentence, indented"
            )
    return [
        words.objections[name]._replace(applies=predicate) for name, predicate in predicates.items()
    ]


#: What any exercise may have to say: in each part of the text, sentences by what they answer.
GENERAL: dict[str, dict[str, str]] = {
    name: dict(words.mistakes)
    for name, words in read_text(Path(__file__).with_name("general.txt"), labels=()).items()
}
