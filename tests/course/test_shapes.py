"""What an exercise takes: its letters fit every case, and the lesson's stub has its arguments."""

import ast
import copy
import itertools

import numpy as np
import pytest

from course.exercises import EXERCISES
from course.lessons import all_lessons

from . import locations
from .handed_in import arguments


def columns_of(exercise):
    """Yield each argument and result that ``shapes`` describes: its name, its axes, its values."""
    where = f"{locations.entry(exercise.name)}: shapes:"
    names = exercise.arguments[: len(exercise.cases[0])]
    left, _, right = exercise.shapes.partition("->")
    if left.strip():
        count = len(exercise.argument_shapes)
        assert count == len(names), f"{where} write left of -> a part for each of {names}"
        values = itertools.zip_longest(*exercise.cases)  # the last may have a default
        for name, shape, of_all in zip(names, exercise.argument_shapes, values, strict=True):
            yield name, shape.axes, of_all
    if right.strip():
        results = [results_in(exercise, case) for case in exercise.cases]
        most = max(map(len, results))
        count = len(exercise.result_shapes)
        assert count == most, f"{where} write right of -> a part for each of the {most} results"
        values = itertools.zip_longest(*results)  # a network of fewer layers has fewer gradients
        for i, (shape, of_all) in enumerate(zip(exercise.result_shapes, values, strict=True)):
            yield f"result {i}", shape.axes, of_all


def results_in(exercise, case):
    result = exercise.reference(*copy.deepcopy(case))
    return list(result) if isinstance(result, tuple) and exercise.one_is_right else [result]


def sizes_of(value):
    return value.shape if isinstance(value, np.ndarray) else ()


@pytest.mark.parametrize("name", EXERCISES)
def test_shapes_are_so_in_every_case(name):
    exercise = EXERCISES[name]
    where = f"{locations.entry(name)}: shapes:"
    columns = list(columns_of(exercise))
    for label, axes, values in columns:
        counts = {len(sizes_of(value)) for value in values if value is not None}
        works_for_any = len(counts) > 1 and len(axes) <= 1  # "entries", or nothing
        is_a_length = counts == {0} and len(axes) == 1 and isinstance(values[0], int)
        assert counts == {len(axes)} or works_for_any or is_a_length, (
            f"{where} write a letter or a word for each axis of {label}; there is {axes}"
        )
    for number in range(len(exercise.cases)):
        length_of = {}
        for label, axes, values in columns:
            value = values[number]
            lengths = sizes_of(value) or (value,)  # a number may be an axis's length
            for axis, length in zip(axes, lengths if value is not None else (), strict=False):
                known = length_of.setdefault(axis, length)
                assert length == known or axis == "entries", (
                    f"{where} {axis!r} is {known} and in {label} {length}, both in case {number}"
                )


ASKED = [exercise for lesson in all_lessons() for exercise in lesson.exercises]


@pytest.mark.parametrize("exercise", ASKED, ids=lambda exercise: exercise.name)
def test_each_lesson_asks_with_the_arguments_that_its_exercise_takes(exercise):
    [stub] = ast.parse(exercise.stub).body
    takes = arguments(exercise.name)
    assert ast.unparse(stub.args) == takes, f"{exercise.heading}: write ({takes})"
