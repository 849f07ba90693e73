"""Which exercises a class is marked on, and what of the library each of them may use."""

import ast
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable
from functools import cache

from course.classroom.inspection import imported, uses
from course.exercises.solutions import source
from course.lessons import ROOT, all_lessons


def open_exercises(numbers: Iterable[str] | None = None) -> list[str]:
    """Return the names of the exercises that train a network to judge an answer.

    Args:
        numbers: of the lessons in which to look; all of them if None.
    """
    lessons = [each for each in all_lessons() if numbers is None or each.number in numbers]
    return [task.name for lesson in lessons for task in lesson.tasks if task.level == "open"]


def exercises(with_open: bool, only: str | None = None) -> dict[str, str]:
    """Return the lesson of each exercise that is marked, in their order.

    Args:
        with_open: whether open ones are.
        only: numbers of lessons, as in ``02,03``.

    Raises:
        ValueError: no lesson of such a number has exercises.
    """
    from course.exercises import LESSONS

    chosen = only.split(",") if only else [*LESSONS]
    for number in chosen:
        if number not in LESSONS:
            raise ValueError(
                f"There are no exercises of lesson {number}, but of {', '.join(LESSONS)}"
            )
    left_out = [] if with_open else open_exercises(chosen)
    lessons = {exercise.name: number for number in chosen for exercise in LESSONS[number]}
    return {name: number for name, number in lessons.items() if name not in left_out}


#: What the library calls otherwise than the exercise that asks for it.
OWN = {"image_patches": "im2col"}


@cache
def given() -> dict[str, list[str]]:
    """Return for each exercise the names of the library that it may use, each in full.

    They are those that its lesson has used above it, but for the exercise's own, which ends like it
    or is in :data:`OWN`; and those that its solution uses.
    """
    from course.exercises import EXERCISES

    allowed = {}
    for lesson in all_lessons():
        names = imported(lesson.trees[0][1])
        used = {whole for whole in names.values() if whole.startswith("mnistlib.")}
        for statement in (statement for _, tree in lesson.trees for statement in tree.body):
            name = getattr(statement, "name", "").removeprefix("my_")
            if name in EXERCISES:
                ends = name, OWN.get(name, name)
                own = {
                    whole
                    for whole in used
                    if any(end.endswith(whole.rpartition(".")[2].lower()) for end in ends)
                }
                may_use = used - own | used_by(EXERCISES[name].shown)
                allowed[name] = sorted(whole for whole in may_use if whole.count(".") == 2)
            used |= uses(statement, names)
    return allowed


@cache
def shared_code() -> bytes:
    """Return the code that judges every answer: the library, the checker, and what runs beside it."""
    files = [*(ROOT / "mnistlib").rglob("*.py")]
    for end in ("py", "txt"):
        found = (ROOT / "course" / "exercises").rglob(f"*.{end}")
        files += [file for file in found if not file.name.startswith("lesson_")]
    own = ("extract.py", "inspection.py", "arithmetic.txt", "sandbox.py", "marking.py")
    files += [ROOT / "course" / "classroom" / name for name in own]
    code = (file.read_bytes() for file in sorted(files) if file.is_file())
    return sys.prefix.encode() + b"".join(code)


@cache
def judge(exercise: str, lesson: str) -> str:
    """Return a digest of what judges the answers to an exercise: it changes when that does."""
    digest = hashlib.sha256(shared_code())
    for file in sorted((ROOT / "course" / "exercises").rglob(f"lesson_{lesson}*.*")):
        if file.suffix in (".py", ".txt"):
            digest.update(file.read_bytes())
    digest.update(repr(given().get(exercise)).encode())
    return digest.hexdigest()


def used_by(function: Callable) -> set[str]:
    """Return what of the library a function uses, in full."""
    names = {}
    for name, value in function.__globals__.items():
        if inspect.ismodule(value):
            names[name] = value.__name__
        else:
            names[name] = f"{getattr(value, '__module__', '')}.{name}"
    return uses(ast.parse(source(function)), names)
