"""The library's places in which a reader's own functions may stand."""

import contextlib
import types
from collections.abc import Callable, Iterator

from course.exercises.exercise import Exercise

#: What the library had where a reader's function stands now.
replaced: dict[tuple[types.ModuleType, str], Callable] = {}


def put_to_work(exercise: Exercise, function: Callable) -> None:
    """Let a reader's function take the library's place; the reference puts the library's back."""
    place = (exercise.home, exercise.name)
    replaced.setdefault(place, exercise.reference)
    setattr(*place, function)


@contextlib.contextmanager
def librarys_own() -> Iterator[None]:
    """Let the library's own functions stand in their places meanwhile, so that they judge."""
    readers = {place: getattr(*place) for place in replaced}
    for place, own in replaced.items():
        setattr(*place, own)
    try:
        yield
    finally:
        for place, function in readers.items():
            setattr(*place, function)
