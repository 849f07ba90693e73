"""Cases, values, shapes and errors in words: the one place where a value becomes text."""

import ast
import re
import types
from collections.abc import Sequence

import numpy as np

from course.exercises.answer import definition_of
from course.exercises.attempt import Attempt
from course.exercises.comparison import is_numeric, is_several, shape_of
from course.exercises.solutions import is_docstring
from course.exercises.texts import GENERAL

#: The longest list that is written out, in entries, and the longest text and tuple, in characters.
LONGEST_LIST = 40
LONGEST_TEXT = 60
LONGEST_TUPLE = 80
#: The most numbers with many digits that anybody reads.
MOST_DRAWN_NUMBERS = 6
#: How NumPy prints, whatever a notebook has told it.
PRINTING = np.get_printoptions() | {"threshold": 30, "legacy": False, "linewidth": 150}
#: What some types are called.
TYPE_NAMES: dict[type, str] = {bytes: "bytes", set: "a set, which has no order"}


# Values


def text_of(value: object, digits: int = 4) -> str:
    """Write a value in one line; a long one only from both its ends."""
    if is_several(value):
        if len(value) > LONGEST_LIST:
            return f"{len(value)} values"
        comma = "," if len(value) == 1 else ""
        text = f"({', '.join(map(text_of, value))}{comma})"
        if len(text) < LONGEST_TUPLE:
            return text
        if all(is_several(each) for each in value):
            return f"{len(value)} {'pairs' if all(len(each) == 2 for each in value) else 'lists'}"
        return f"{len(value)} arrays"
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}...")
    if isinstance(value, bytes):
        return f"bytes({[*value]})"  # in decimal numbers, as the lesson shows them
    if shape_of(value) is not None and np.asarray(value).dtype.kind in "biufc":
        text = " ".join(array_text(np.asarray(value), digits).split())
        return f"{text}0" if text.endswith(".") else text  # one number, which may end a sentence
    return str(getattr(value, "__name__", value)).strip("_")


def array_text(array: np.ndarray, digits: int) -> str:
    """Write an array as NumPy does, in as many lines as it has rows; a 0 has no sign.

    Up to 8 digits are those after the decimal point. More are all that a number has, so that a tiny
    one can be told from 0.
    """
    size = np.abs(array).max(initial=0)
    is_seen = not 0 < size < 10.0**-digits
    options = PRINTING | {"precision": digits, "suppress": is_seen}
    if digits > 8 or (not is_seen and array.ndim < 2):
        all_digits = digits + (digits <= 8)
        options["formatter"] = {  # or as many as it needs, if these are fewer
            "float_kind": lambda number: min(
                f"{number:.{all_digits}g}", repr(float(number)), key=len
            )
        }
    with np.printoptions(**options):
        text = np.array2string(array, separator=", ")
    return re.sub(r"-(0(?![.\d])|0\.(?!\d))", r" \1", text)


def grid_of(value: object, digits: int = 4) -> str:
    """Write an array as the grid that one would draw, a row in a line; all else in one line."""
    if not (is_numeric(value) and np.ndim(value) > 1 and np.size(value) > np.shape(value)[-1]):
        return text_of(value, digits)
    flat = np.squeeze(value)
    has_short_axes = np.ndim(value) > 2 and flat.ndim < 3
    text = array_text(flat if has_short_axes else np.asarray(value), digits)
    rows = re.sub(r"\n\s*\n", "\n", text)
    return f"{rows}\nof shape {np.shape(value)}" if has_short_axes else rows


def digits_apart(wanted: object, got: object) -> int:
    """Return how many digits it takes to see two results differ in more than a decimal point."""
    if is_numeric(wanted) and is_numeric(got):
        wanted, got = np.asarray(wanted, float), np.asarray(got, float)
    for digits in (4, 8, 9):
        texts = {text_of(value, digits).replace(" ", "") for value in (wanted, got)}
        if len(texts) == 2:
            return digits
    return 16


def with_article(name: str) -> str:
    """Put the right article before a name."""
    return f"{'an' if name.strip('`')[:1].lower() in 'aeio' else 'a'} {name}"


def kind_of(value: object, axes: Sequence[str] = ()) -> str:
    """Say what a value is: an array by its shape, in letters if they tell all its axes apart."""
    if value is None:
        return "None (is a `return` missing, or does the last line call something that returns nothing?)"
    if isinstance(value, str):
        return f"text, {text_of(value)}"
    shape = shape_of(value)
    if shape == () and is_numeric(value):
        return f"one value, {text_of(value)}"
    if shape:
        return f"an array of shape {shape_in_letters(value, axes)}"
    length = f" of {len(value)}" if is_several(value) else ""
    return f"{TYPE_NAMES.get(type(value)) or with_article(type(value).__name__)}{length}"


def shape_in_letters(value: np.ndarray, axes: Sequence[str] = ()) -> str:
    """Write an array's shape, with letters before it if they tell all its axes apart."""
    are_told_apart = len({*axes} - {""}) == value.ndim
    return f"({', '.join(axes)}) = {value.shape}" if are_told_apart else f"{value.shape}"


# A case


def case_in_words(attempt: Attempt) -> str:
    """Say what the arguments are: "z = [[0., 0.]]"; of a long array of drawn numbers, its shape."""
    words = []
    for (name, letters), value in zip(attempt.exercise.axes.items(), attempt.arguments):
        is_long = isinstance(value, np.ndarray) and value.size > MOST_DRAWN_NUMBERS
        if is_long and value.dtype.kind == "f" and (np.round(value, 2) != value).mean() > 0.5:
            words.append(f"{name} of shape {shape_in_letters(value, letters)}")
        else:
            text = grid_of(value)
            sign = " =\n" if "\n" in text else " = "
            words.append(f"{name}{sign}{text}{body_in_words(value)}")
    return (",\n" if any("\n" in each for each in words) else ", ").join(words)


def case_in_a_line(attempt: Attempt) -> str:
    """Say what all arguments are in numbers, however long; nothing if a list can't be written out."""
    texts = [text_of(value) for value in attempt.arguments]
    for value, text in zip(attempt.arguments, texts):
        if is_several(value) and not text.startswith("("):
            return ""
    return ", ".join(f"{name} = {text}" for name, text in zip(attempt.exercise.axes, texts))


def body_in_words(value: object) -> str:
    """Say what a function of the course's own does, which a reader has not seen; of others, nothing."""
    is_unseen = isinstance(value, types.FunctionType) and value.__name__.startswith("_")
    definition = definition_of(value) if is_unseen else None
    if definition is None:
        return ""
    lines = [ast.unparse(each) for each in definition.body if not is_docstring(each)]
    arguments = ast.unparse(definition.args).split(":")[0]
    return f" (which makes of {arguments}: {'; '.join(lines)})" if len(lines) < 4 else ""


def letters_by_size(attempt: Attempt) -> dict[int, set[str]]:
    """Return the letters of the arguments' axes by the lengths that they have in a case."""
    letters_of_size = {}
    for letters, argument in zip(attempt.exercise.axes.values(), attempt.arguments):
        for letter, size in zip(letters, shape_of(argument) or ()):
            letters_of_size.setdefault(size, set()).add(letter)
    return letters_of_size


def letters_of(value: object, attempt: Attempt) -> list[str]:
    """Return the letter of each of an array's sizes, where only one letter has that size."""
    letters = [letters_by_size(attempt).get(size, ()) for size in shape_of(value) or ()]
    return [min(fitting) if len(fitting) == 1 else "" for fitting in letters]


# An error


def error_in_words(attempt: Attempt) -> str:
    """Say what was raised; where shapes do not fit, in the letters of the task."""
    outcome = attempt.outcome
    unfit = unfit_shapes(outcome.error)
    if not unfit:
        return outcome.error
    names = outcome.stop.names or dict(zip(attempt.exercise.axes, attempt.arguments))
    arrays = {name: value for name, value in names.items() if shape_of(value)}
    return "\n".join([unfit, *names_in_words(arrays, attempt)])


def unfit_shapes(error: str) -> str:
    """Say in a sentence which shapes do not fit, if an error is about shapes; else nothing."""
    shapes = " and ".join(re.findall(r"\(\d*,[\d,]*\)", error))
    fitting = (said for words, said in GENERAL["shapes"].items() if words in error)
    return next(fitting, "").format(shapes)


def names_in_words(names: dict[str, object], attempt: Attempt) -> list[str]:
    """Say in a line what each name stands for; an array's shape in the letters of the task."""
    shapes = dict(zip(attempt.exercise.axes, map(shape_of, attempt.arguments)))
    lines = []
    for name, value in names.items():
        if value is None or shape_of(value) == ():
            lines.append(f"{name} is {text_of(value)}.")
        elif shape_of(value) or type(value) in (tuple, list):
            is_as_it_came = name in shapes and shape_of(value) == shapes[name]
            letters = attempt.exercise.axes[name] if is_as_it_came else letters_of(value, attempt)
            lines.append(f"{name} is {kind_of(value, letters)}.")
    return lines
