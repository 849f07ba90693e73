"""In each lesson a guess is asked for once, in a cell of its own, and its answer comes later."""

import ast

import pytest

from course.lessons import all_lessons

from . import reading, report


def calls(lesson):
    """Return (cell, function, name, arguments) for each call of `guesses`, in their order."""
    return [
        (index, call.func.attr, call.args[0].value, call.args)
        for index, tree in reading.trees(lesson)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == "guesses"
    ]


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_a_guess_is_asked_for_before_its_answer_is_shown(lesson):
    problems = []
    asked = []
    compared = []
    trees = reading.trees(lesson)
    sizes = {index: len(tree.body) for index, tree in trees}
    shown = {index: ast.unparse(tree.body[-1]) for index, tree in trees if tree.body}
    for index, function, name, arguments in calls(lesson):
        if function == "ask":
            if name in asked:
                problems.append(f"{lesson.place(index)}: {name!r} is asked twice in this lesson")
            if sizes[index] > 1:
                problems.append(
                    f"{lesson.place(index)}: a page replaces this cell: ask alone in it"
                )
            if ast.unparse(arguments[1]) != "None":
                problems.append(f"{lesson.place(index)}: leave None for the reader's guess")
            asked.append(name)
        else:
            if name not in asked:
                problems.append(f"{lesson.place(index)}: no cell above asks for {name!r}")
            if not shown[index].startswith("guesses.compare("):
                problems.append(
                    f"{lesson.place(index)}: end the cell in guesses.compare, or it shows nothing"
                )
            compared.append(name)
    problems += [
        f"{lesson.name}: no cell shows the answer to {name!r}"
        for name in asked
        if name not in compared
    ]
    report(problems)
