"""Lesson 03's network of twelve numbers: which boxes of a reader's sheet are right, and what went wrong.

A sheet is a dictionary: for each name its boxes, in the shape of :data:`SHAPES`. A box that still holds
``...`` is open. A box that is wrong may have been computed rightly from an earlier slip; it is then
said to follow, and what is to be mended is the slip alone.
"""

import difflib
import math
import numbers
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mnistlib import functions, network, plotting

#: The boxes in the order in which they are filled: forward to the loss, and back again.
SHAPES = {
    "z1": (2,),
    "a1": (2,),
    "z2": (2,),
    "p": (2,),
    "loss": (),
    "dz2": (2,),
    "dW2": (2, 2),
    "db2": (2,),
    "da1": (2,),
    "dz1": (2,),
    "dW1": (2, 2),
    "db1": (2,),
}

#: What a box can be.
OPEN = "open"
RIGHT = "right"
FOLLOWS = "follows"
WRONG = "not yet"
NO_NUMBER = "no number"

#: How a list of boxes is written, for whoever wrote it otherwise.
WANTED = {
    (): "one number",
    (2,): "two numbers, as in [1, 2]",
    (2, 2): "two rows of two numbers, as in [[1, 2], [3, 4]]",
}

#: Where a box stands among those of its name.
PLACES = {
    (): [""],
    (2,): [", first", ", second"],
    (2, 2): ["[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]"],
}


@dataclass(frozen=True)
class Reply:
    """What is said of a sheet: for each name the state of its boxes, row by row, and sentences."""

    boxes: dict[str, list[str]]
    advice: list[str]

    def __repr__(self) -> str:
        lines = []
        for name, states in self.boxes.items():
            half = len(states) // 2 if SHAPES[name] == (2, 2) else len(states)
            rows = [", ".join(states[:half]), ", ".join(states[half:])]
            lines.append(f"{name:5} {'  /  '.join(row for row in rows if row)}")
        for sentence in self.advice:
            lines.append(textwrap.fill(sentence, 70, subsequent_indent="    "))
        return "\n".join(lines)


@np.errstate(all="ignore")
def check(sheet: object, parameters: network.Parameters, x: np.ndarray, y: np.ndarray) -> Reply:
    """Say which boxes of a sheet are right, and what may have happened in the others.

    A number counts as right if it is within 2 % of the true one, so that rounded fractions pass.

    Args:
        sheet: for each name of :data:`SHAPES` the reader's boxes; whatever else it is, the reply says.
        parameters: of a network of two pixels, two hidden units and two classes.
        x: its pixels, shape (1, 2).
        y: the one-hot target, shape (1, 2).

    Returns:
        A reply that prints as a line for each name, and a sentence for the first slip of each.

    Used in lesson 03.
    """
    if not isinstance(sheet, Mapping):
        return Reply({}, ['A sheet is a dictionary, as in {"z1": [0, ...]}.'])
    given = {"x": np.ravel(x), "y": np.ravel(y), **parameters._asdict()}
    truth = dict(given)  # all boxes as they should be
    theirs = dict(given)  # the reader's own boxes, where there are any
    boxes = {}
    advice = [_unknown(name) for name in sheet if name not in SHAPES]
    slips = {}  # for each name, the names of the slips that its wrong boxes come from
    to_mend = []
    for name, shape in SHAPES.items():
        truth[name] = RULES[name](truth)
        expected = RULES[name](theirs)
        theirs[name] = np.array(truth[name])
        if name not in sheet:
            continue
        cells = _cells(sheet[name], shape)
        if cells is None:
            boxes[name] = [WRONG]
            advice.append(f"{name}: wanted are {WANTED[shape]}.")
            continue
        numbers_given = [_number(cell) for cell in cells]
        boxes[name] = states = [
            _state(*box)
            for box in zip(
                cells, numbers_given, np.ravel(truth[name]), np.ravel(expected), strict=True
            )
        ]
        for place, state in enumerate(states):
            if state in (FOLLOWS, WRONG):
                theirs[name].flat[place] = numbers_given[place]
        slips[name] = []
        if FOLLOWS in states:
            follows = np.reshape([state == FOLLOWS for state in states], shape)
            for earlier in slips:
                mended = RULES[name]({**theirs, earlier: truth[earlier]})
                if np.any((mended != expected) & follows):
                    slips[name] += slips[earlier]
            to_mend += slips[name]
        if WRONG in states:
            first = states.index(WRONG)
            causes = _causes(name, first, numbers_given[first], expected, theirs)
            advice.append(f"{name}{PLACES[shape][first]}: {causes}")
            slips[name].append(name)
        if NO_NUMBER in states:
            first = states.index(NO_NUMBER)
            advice.append(f"{name}{PLACES[shape][first]}: {cells[first]!r:.30} is not a number.")
    if to_mend:
        named = " and ".join(dict.fromkeys(to_mend))
        advice.append(f"What follows was computed rightly from {named}: mend that first.")
    everything = [state for states in boxes.values() for state in states]
    if boxes and set(everything) == {RIGHT} and not advice:
        advice = [f"All {len(everything)} boxes are right."]
    return Reply(boxes, advice)


#: What belongs in each box, from the boxes before it.
RULES = {
    "z1": lambda s: s["x"] @ s["W1"] + s["b1"],
    "a1": lambda s: functions.sigmoid(s["z1"]),
    "z2": lambda s: s["a1"] @ s["W2"] + s["b2"],
    "p": lambda s: functions.softmax(s["z2"][None])[0],
    "loss": lambda s: -np.log(np.abs(s["p"] @ s["y"])),
    "dz2": lambda s: s["p"] - s["y"],
    "dW2": lambda s: np.outer(s["a1"], s["dz2"]),
    "db2": lambda s: s["dz2"],
    "da1": lambda s: s["W2"] @ s["dz2"],
    "dz1": lambda s: s["da1"] * s["a1"] * (1 - s["a1"]),
    "dW1": lambda s: np.outer(s["x"], s["dz1"]),
    "db1": lambda s: s["dz1"],
}

#: Likely slips: what one would get, and the question that points to it.
SLIPS = {
    "z1": [
        (lambda s: s["x"] @ s["W1"], "Was the bias added?"),
        (lambda s: s["W1"] @ s["x"] + s["b1"], "Each column of W1 is one unit's. Was it a row?"),
    ],
    "a1": [
        (lambda s: s["z1"], "That is z. What does the sigmoid make of it?"),
        (lambda s: functions.sigmoid(-s["z1"]), "Is it exp(-z) below the line, or exp(z)?"),
        (lambda s: _slope(functions.sigmoid(s["z1"])), "That is the slope. What is the value?"),
    ],
    "z2": [
        (lambda s: s["a1"] @ s["W2"], "Was the bias added?"),
        (lambda s: s["W2"] @ s["a1"] + s["b2"], "Each column of W2 is one class's. Was it a row?"),
        (
            lambda s: s["z1"] @ s["W2"] + s["b2"],
            "What comes in: z1, or what the sigmoid made of it?",
        ),
    ],
    "p": [
        (lambda s: functions.softmax(-s["z2"][None])[0], "Does the larger logit get the larger p?"),
        (
            lambda s: functions.sigmoid(s["z2"]),
            "That is a sigmoid. What makes the two add up to 1?",
        ),
        (lambda s: np.exp(s["z2"]), "By what are the exponentials divided?"),
    ],
    "loss": [
        (lambda s: np.log(np.abs(s["p"] @ s["y"])), "Minus the logarithm: what is its sign?"),
        (lambda s: -np.log(np.abs(s["p"] @ (1 - s["y"]))), "Which class is the right one?"),
        (lambda s: s["p"] @ s["y"], "That is the probability. What is its surprise?"),
        (lambda s: -np.log2(np.abs(s["p"] @ s["y"])), "Which logarithm does the course take?"),
        (lambda s: -np.log10(np.abs(s["p"] @ s["y"])), "Which logarithm does the course take?"),
    ],
    "dz2": [
        (lambda s: s["p"], "That is p. What is subtracted?"),
        (lambda s: s["p"] - s["y"][::-1], "Which class is the right one?"),
        (
            lambda s: _slope(s["p"]) * (s["p"] - s["y"]),
            "The slope p (1 - p) has cancelled already.",
        ),
    ],
    "dW2": [
        (lambda s: np.outer(s["z1"], s["dz2"]), "Did z1 come in, or a1?"),
        (lambda s: np.outer(s["a1"], s["p"]), "Is the other factor p, or the gradient of z2?"),
        (lambda s: s["W2"] * s["dz2"], "Is the weight itself a factor, or what came in?"),
        (lambda s: np.outer(s["dz2"], s["a1"]), "Row: the unit it comes from. Column: its class."),
    ],
    "db2": [
        (lambda s: s["b2"] * s["dz2"], "Is the bias itself a factor, or the 1 that comes in?"),
    ],
    "da1": [
        (lambda s: s["dz2"] @ s["W2"], "Both weights of a unit stand in its row of W2."),
        (lambda s: s["W2"][:, 0] * s["dz2"][0], "Is that one road of the two?"),
        (lambda s: s["W2"][:, 1] * s["dz2"][1], "Is that one road of the two?"),
        (lambda s: s["W2"].sum(axis=1), "By what is each of its weights multiplied?"),
    ],
    "dz1": [
        (lambda s: s["da1"], "Was it multiplied by the sigmoid's slope?"),
        (lambda s: _slope(s["a1"]), "That is the slope. Which gradient does it let through?"),
        (lambda s: s["da1"] * s["a1"], "The slope is a (1 - a). Is half of it missing?"),
        (lambda s: s["da1"] * (1 - s["a1"]), "The slope is a (1 - a). Is half of it missing?"),
        (lambda s: s["da1"] * _slope(s["z1"]), "Does the slope follow from a, or from z?"),
        (lambda s: s["da1"] / 4, "Is this unit's slope a quarter? Only at a = 1/2."),
        (lambda s: s["dz2"] * _slope(s["a1"]), "Was dz2 taken for da1?"),
    ],
    "dW1": [
        (lambda s: np.outer([1, 1], s["dz1"]), "Was it multiplied by the pixel?"),
        (lambda s: np.outer(s["x"], s["da1"]), "Is the other factor da1, or dz1?"),
        (lambda s: s["W1"] * s["dz1"], "Is the weight itself a factor, or what came in?"),
        (lambda s: np.outer(s["x"], [1, 1]), "That is the pixel. By what is it multiplied?"),
        (lambda s: np.outer(s["dz1"], s["x"]), "Row: the pixel. Column: the hidden unit."),
    ],
    "db1": [
        (lambda s: s["b1"] * s["dz1"], "Is the bias itself a factor, or the 1 that comes in?"),
        (lambda s: s["da1"], "Is it da1, or dz1?"),
    ],
}


def write(number: float) -> str:
    """Write a number as one would on paper: a small fraction, perhaps plus log 3; else four decimals."""
    for extra, name in [(0, ""), (np.log(3), "log 3")]:
        fraction = Fraction(number - extra).limit_denominator(64)
        if abs(number - extra - fraction) < 1e-6:
            parts = [str(fraction)] if fraction or not name else []
            return " + ".join([*parts, name] if name else parts)
    return f"{number:.4f}"


def draw(parameters: network.Parameters, x: np.ndarray, y: np.ndarray, *, filled: bool, title: str):
    """Draw the network with all its numbers, or, if not filled, with an empty field for each answer.

    Args:
        parameters: of a network of two pixels, two hidden units and two classes.
        x: its pixels, shape (1, 2).
        y: the one-hot target, shape (1, 2).
        filled: whether the answers are shown.
        title: what to see in the picture.

    Returns:
        The figure.

    Used in lesson 03.
    """
    given = {"x": np.ravel(x), "y": np.ravel(y), **parameters._asdict()}
    numbers_by_name = dict(given)
    for name in SHAPES:
        numbers_by_name[name] = RULES[name](numbers_by_name)
    if not filled:
        for name in numbers_by_name.keys() - given.keys():
            numbers_by_name[name] = np.full_like(numbers_by_name[name], np.nan)
    return plotting.values_and_blame(numbers_by_name, numbers_by_name, title=title, write=write)


def _slope(a: np.ndarray) -> np.ndarray:
    """Return the sigmoid's slope, from its value."""
    return a * (1 - a)


def _alike(number: float, other: float) -> bool:
    return math.isclose(number, other, rel_tol=0.02, abs_tol=0.002)


def _unknown(name: object) -> str:
    written = {known.lower(): known for known in SHAPES}
    near = difflib.get_close_matches(str(name).lower(), written, 1)
    question = f" Is it {written[near[0]]}?" if near else ""
    return f"No box is called {name!r:.30}.{question}"


def _cells(answer: object, shape: tuple[int, ...]) -> list | None:
    """Return the boxes of one name, row by row, or None if there are more or fewer."""
    wanted = math.prod(shape)
    if answer is ... or answer is None:
        return [...] * wanted
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    if not isinstance(answer, (list, tuple)):
        return [answer] if shape == () else None
    cells = []
    for part in answer:
        if isinstance(part, np.ndarray):
            part = part.tolist()
        if shape == (2, 2) and (part is ... or part is None) and len(answer) == 2:
            part = [..., ...]
        cells += part if isinstance(part, (list, tuple)) else [part]
    return cells if len(cells) == wanted else None


def _number(cell: object) -> float | None:
    """Return a box's number; also a text such as "3/4". None if it is none, or not finite."""
    try:
        if isinstance(cell, str):
            cell = Fraction(cell)
        if isinstance(cell, bool) or not isinstance(cell, numbers.Real):
            return None
        number = float(cell)
    except (ArithmeticError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _state(cell: object, number: float | None, true: float, expected: float) -> str:
    if cell is ... or cell is None:
        return OPEN
    if number is None:
        return NO_NUMBER
    if _alike(number, true):
        return RIGHT
    return FOLLOWS if _alike(number, expected) else WRONG


def _causes(name: str, place: int, number: float, expected: np.ndarray, sheet: dict) -> str:
    """Return the questions that may have led to this number, at most two."""
    wanted = np.ravel(expected)
    questions = []
    for slip, question in SLIPS[name]:
        if _alike(number, np.ravel(slip(sheet))[place]) and question not in questions:
            questions.append(question)
    if _alike(number, -wanted[place]):
        questions.append("Right but for its sign.")
    others = [other for at, other in enumerate(wanted) if at != place]
    if any(_alike(number, other) for other in others):
        questions.append("That is another box's number.")
    if not questions:
        return f"not yet. {LOOK[name]}"
    return " Or: ".join(questions[:2])


#: Where to look when no slip is recognised.
LOOK = {
    "z1": "Each pixel times its weight, added up, and the bias.",
    "a1": "The sigmoid is 1 / (1 + exp(-z)).",
    "z2": "Each activation times its weight, added up, and the bias.",
    "p": "Only the difference of the logits counts: it gives the odds.",
    "loss": "Minus the logarithm of what the right class got.",
    "dz2": "What it said minus what is true: p - y.",
    "dW2": "What came in, a1, times the gradient of what went out, dz2.",
    "db2": "What comes in at a bias is 1. Times which gradient?",
    "da1": "Two roads: each weight in the unit's row times its own logit's dz2.",
    "dz1": "The same unit's da1, times its slope a (1 - a).",
    "dW1": "What came in, the pixel, times the hidden unit's dz1.",
    "db1": "What comes in at a bias is 1. Times which gradient?",
}
