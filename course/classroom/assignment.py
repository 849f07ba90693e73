"""Which exercises a class is marked on, and what of the library each of them may use."""

import ast
import hashlib
import inspect
import sys
from collections.abc import Callable
from functools import cache

from course.classroom.inspection import library_names
from course.exercises import EXERCISES, LESSONS
from course.exercises.solutions import shown_source
from course.lessons import ROOT, all_lessons


@cache
def levels() -> dict[str, str]:
    """Return the level of each exercise that stands in a lesson."""
    return {
        exercise.name: exercise.level for lesson in all_lessons() for exercise in lesson.exercises
    }


def exercises_to_mark(with_open: bool, only: str | None = None) -> dict[str, str]:
    """Return the lesson of each exercise that is marked, in their order.

    Args:
        with_open: whether open ones are, which train a network to judge an answer.
        only: numbers of lessons, as in ``02,03``.

    Raises:
        ValueError: no lesson of such a number has exercises.
    """
    chosen = only.split(",") if only else [*LESSONS]
    for number in chosen:
        if number not in LESSONS:
            raise ValueError(
                f"There are no exercises of lesson {number}, but of {', '.join(LESSONS)}"
            )
    lessons = {exercise.name: number for number in chosen for exercise in LESSONS[number]}
    return {
        name: number
        for name, number in lessons.items()
        if with_open or levels().get(name) != "open"
    }


@cache
def names_given() -> dict[str, list[str]]:
    """Return for each exercise the names of the library that its solution uses, each in full."""
    used = {name: used_by(exercise.shown) for name, exercise in EXERCISES.items()}
    return {
        name: sorted(whole for whole in of if whole.count(".") == 2) for name, of in used.items()
    }


def digest_of_judge() -> str:
    """Return a digest of what judges the answers: it changes when that does."""
    digest = hashlib.sha256(f"{sys.version} {names_given()}".encode())
    for folder in ("mnistlib", "course/exercises", "course/classroom"):
        for file in sorted((ROOT / folder).rglob("*.*")):
            if file.suffix in (".py", ".txt"):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def used_by(function: Callable) -> set[str]:
    """Return what of the library a function uses, in full."""
    names = {}
    for name, value in function.__globals__.items():
        if inspect.ismodule(value):
            names[name] = value.__name__
        else:
            names[name] = f"{getattr(value, '__module__', '')}.{name}"
    return library_names(ast.parse(shown_source(function)), names)
