"""What an exercise takes: its letters fit every case, and the lesson's stub has its arguments."""

import ast
import copy
import difflib
import itertools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from course.exercises import EXERCISES
from course.exercises.exercise import Exercise

from . import locations
from .handed_in import arguments


def problem_of(exercise: Exercise) -> str:
    """Return what in ``shapes`` is not so, and what to write; nothing where all of it is."""
    names = exercise.arguments[: len(exercise.cases[0])]
    left, _, right = exercise.shapes.partition("->")
    if left.strip() and len(exercise.argument_shapes) != len(names):
        return (
            f"write left of -> a part for each of {', '.join(names)} (nothing for a number), with "
            f"commas between; there is {left.strip()!r}"
        )
    results_of = [results_in(exercise, case) for case in exercise.cases]
    most = max(map(len, results_of))
    if right.strip() and len(exercise.result_shapes) != most:
        return (
            f"write right of -> a part for each of the {most} results (nothing for a number), with "
            f"commas between and a name: before each, if there are several; there is {right.strip()!r}"
        )
    columns = []
    if left.strip():
        values = itertools.zip_longest(*exercise.cases)  # the last may have a default
        columns += zip(names, exercise.argument_shapes, values, strict=True)
    if right.strip():
        values = itertools.zip_longest(*results_of)  # a network of fewer layers has fewer gradients
        for i, (shape, of_all) in enumerate(zip(exercise.result_shapes, values, strict=True)):
            columns.append((f"result {i}" if most > 1 else "the result", shape, of_all))
    problems = (problem_of_letters(name, shape.axes, values) for name, shape, values in columns)
    lengths = (problem_of_lengths(number, columns) for number in range(len(exercise.cases)))
    misspelt = problem_of_spelling({axis for _, shape, _ in columns for axis in shape.axes})
    return next(filter(None, itertools.chain(problems, lengths, misspelt)), "")


def results_in(exercise, case):
    result = exercise.reference(*copy.deepcopy(case))
    return list(result) if isinstance(result, tuple) and exercise.one_is_right else [result]


def sizes_of(value):
    return value.shape if isinstance(value, np.ndarray) else ()


def problem_of_letters(name, axes, values):
    """Return what is wrong if an argument or result has more axes than letters, or fewer."""
    shapes = [sizes_of(value) for value in values if value is not None]
    if len({len(shape) for shape in shapes}) > 1:  # it works for any shape: "entries", or nothing
        return (
            "" if len(axes) <= 1 else f"{name} has several numbers of axes: write one word for all"
        )
    is_a_length = not shapes[0] and len(axes) == 1 and isinstance(values[0], int)
    if len(axes) != len(shapes[0]) and not is_a_length:
        return (
            f"{name} has the shape {shapes[0]} in case 0: write a letter or a word for each of its "
            f"{len(shapes[0])} axes; there is {' '.join(axes)!r}"
        )
    return ""


def problem_of_lengths(number, columns):
    """Return what is wrong if one letter has two lengths within a case."""
    length_of = {}
    for name, shape, values in columns:
        value = values[number]
        lengths = sizes_of(value) or (value,)  # a number may be an axis's length
        if value is None or len(lengths) != len(shape.axes):
            continue
        for axis, length in zip(shape.axes, lengths, strict=True):
            first, known = length_of.setdefault(axis, (name, length))
            if length != known and axis != "entries":
                return (
                    f"{axis!r} is {known} in {first} and {length} in {name}, both in case {number}: "
                    "write another word for one of them, or exchange two"
                )
    return ""


def problem_of_spelling(words):
    """Yield what is wrong if two words are nearly one: as two, they would be two axes to the reader."""
    for one, other in itertools.combinations(sorted(words), 2):
        are_numbered = re.sub(r"\d", "", one) == re.sub(r"\d", "", other)
        are_near = difflib.SequenceMatcher(None, one, other).ratio() > 0.8
        if are_near and abs(len(one) - len(other)) <= 1 and not are_numbered:
            yield f"{one!r} and {other!r} are nearly the same word: write one of them in both places"


@pytest.mark.parametrize("name", EXERCISES)
def test_shapes_are_so_in_every_case(name):
    problem = problem_of(EXERCISES[name])
    assert not problem, f"{locations.entry(name)}: shapes: {problem}"


@pytest.mark.parametrize(
    ("name", "shapes", "words"),
    [
        ("nearest_mean", "n pixels -> n", "write left of -> a part for each of x, means"),
        ("nearest_mean", "n, classes pixels -> n", "x has the shape"),
        ("nearest_mean", "pixels n, classes pixels -> n", "'pixels' is"),
        ("nearest_mean", "n pixels, classes pixels -> pixels", "'pixels' is"),
        ("nearest_mean", "n pixels, classes pixles -> n", "'pixels' and 'pixles' are nearly the"),
        ("nearest_mean", "n pixels, classes pixels -> n pixels", "the result has the shape"),
        ("layer_gradients", "n inputs, n outputs -> dW: inputs outputs", "each of the 2 results"),
        ("paired", "n, n -> , , , ", "each of the 3 results"),
    ],
)
def test_what_is_wrong_in_shapes_is_told(name, shapes, words):
    assert words in problem_of(replace(EXERCISES[name], shapes=shapes))


STUBS = {
    f"{source.name}:{node.lineno}: {node.name}": node
    for source in sorted(Path(__file__).parents[2].glob("notebooks/[0-9]*.py"))
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef)
    and node.name.startswith("my_")
    and node.name.removeprefix("my_") in EXERCISES
}


@pytest.mark.parametrize("place", STUBS)
def test_each_lesson_asks_with_the_arguments_that_its_exercise_takes(place):
    name = STUBS[place].name.removeprefix("my_")
    assert name in EXERCISES, f"notebooks/{place}: no exercise is called {name!r}"
    takes = arguments(name)
    assert ast.unparse(STUBS[place].args) == takes, f"notebooks/{place}: write ({takes})"
