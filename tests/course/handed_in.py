"""Answers as a reader hands them in: functions with a source, made of a body or a line of code."""

import functools
import inspect
import linecache
import textwrap

import numpy as np

from course.exercises import EXERCISES
from course.exercises.mistakes import as_body, as_function

counter = iter(range(10**6))


def arguments(name):
    """Return what an answer takes, as a lesson's stub writes it: "labels, classes=10"."""
    exercise = EXERCISES[name]
    takes = list(inspect.signature(exercise.reference).parameters.values())[
        : len(exercise.cases[0])
    ]
    return ", ".join(f"{p.name}={p.default}" if p.default is not p.empty else p.name for p in takes)


def right(name):
    """Return the bodies of an exercise's right answers, as its text has them."""
    return [as_body(code) for code in EXERCISES[name].right]


def unexplained(name):
    """Return the bodies of its wrong answers that no sentence explains."""
    return [as_body(code) for code in EXERCISES[name].unexplained]


def write(name, body, args=None, **space):
    """Make a reader's function from its body."""
    args = arguments(name) if args is None else args
    source = f"def my_{name}({args}):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
    return define(name, source, np=np, **space)


def define(name, source, **space):
    """Make a reader's function from its source, which ``inspect`` then finds."""
    file = f"<answer {next(counter)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), space)
    return space[f"my_{name}"]


def named(function, name):
    """Give another function the name under which an answer is handed in."""

    @functools.wraps(function)
    def answer(*args):
        return function(*args)

    answer.__name__ = f"my_{name}"
    return answer


def as_function_of_a_reader(name, way):
    function = as_function(EXERCISES[name], way)
    function.__name__ = f"my_{name}"
    return function
