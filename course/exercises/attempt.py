"""One case of an exercise: what is wanted of it, what an answer makes of it, part by part."""

import contextlib
import copy
import functools
import io
import itertools
import linecache
import numbers
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from course.exercises.answer import Stop, file_of, where_it_stopped
from course.exercises.comparison import (
    identical,
    is_several,
    matches,
    matches_in_few_digits,
    shape_of,
)
from course.exercises.exercise import Arguments, Exercise

#: The most values that are taken from an iterator, which may have no end.
MOST_YIELDED = 10**4
#: Numbers of Python's and of NumPy's.
PLAIN_NUMBERS = (int, float, complex, np.number)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a call came to."""

    #: What it returned, copied, since an answer may write into it again.
    result: object
    #: What it raised, in a line; nothing if it returned.
    error: str
    #: Its arguments, as it left them.
    arguments: Arguments
    #: What NumPy warned of.
    warned: frozenset[str]
    #: The line of the answer's own code that raised, or else the first that NumPy warned of.
    stop: Stop


@contextlib.contextmanager
def settings_kept() -> Iterator[None]:
    """Put back how NumPy warns and prints, and how deep calls go."""
    depth = sys.getrecursionlimit()
    try:
        with np.errstate(all="ignore"), np.printoptions():
            yield
    finally:
        sys.setrecursionlimit(depth)


def call(
    function: Callable, arguments: Arguments, prints: bool = False, frozen: int | None = None
) -> Outcome:
    """Call a function on copies of the arguments. Jupyter's stop button ends an endless loop.

    Args:
        function: the answer, or the key.
        arguments: what it is called with.
        prints: whether what it prints is seen.
        frozen: which argument's arrays refuse to be written to, so that the line that tries is known.
    """
    copies = copy.deepcopy(arguments)
    for array in () if frozen is None else arrays_in(copies[frozen]):
        array.setflags(write=False)
    result = None
    error = ""
    stop = Stop()
    silence = contextlib.nullcontext() if prints else contextlib.redirect_stdout(io.StringIO())
    with (
        warnings.catch_warnings(record=True, action="always") as caught,
        np.errstate(all="warn", under="ignore"),
        silence,
    ):
        try:
            result = copied(function(*copies))
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # sys.exit() must not end the kernel
            message = traceback.format_exception_only(raised)[-1].splitlines()[0]
            error = re.sub(r"^[\w.<>]+\.| at 0x\w+", "", message)  # no module, no address
            stop = where_it_stopped(function, raised.__traceback__)
    numeric = [warning for warning in caught if issubclass(warning.category, RuntimeWarning)]
    own = [warning for warning in numeric if warning.filename == file_of(function)]
    if own and not stop.line:
        stop = Stop(linecache.getline(own[0].filename, own[0].lineno).strip())
    warned = frozenset(str(warning.message).replace("scalar ", "") for warning in numeric)
    return Outcome(result, error, copies, warned, stop)


def arrays_in(value: object) -> list[np.ndarray]:
    """Return an array, or all that a tuple or a list holds."""
    if is_several(value):
        return [array for each in value for array in arrays_in(each)]
    return [value] if isinstance(value, np.ndarray) else []


def copied(value: object) -> object:
    """Copy a result as it comes; what an iterator yields, as the list that it would make."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Iterator):
        value = list(itertools.islice(value, MOST_YIELDED + 1))
        if len(value) > MOST_YIELDED:
            raise RuntimeError(f"{MOST_YIELDED} values were yielded, and still no end")
    if isinstance(value, tuple):
        return tuple(map(copied, value))
    if isinstance(value, list):
        return list(map(copied, value))
    if type(value) is dict:
        return {key: copied(entry) for key, entry in value.items()}
    return value


class BrokenKey(RuntimeError):
    """Raised where the answer key itself raises: a fault of the course, not of the answer."""


@functools.cache
def wanted_outcomes(exercise: Exercise) -> tuple[Outcome, ...]:
    """Return what the key makes of each case: once, before an answer is called, and for good.

    Raises:
        BrokenKey: it raises.
    """
    wanted = tuple(call(exercise.reference, case) for case in exercise.all_cases)
    for outcome in wanted:
        if outcome.error:
            raise BrokenKey(
                f"the answer key to {exercise.name} raised {outcome.error}. That is a fault of the "
                "course, not of your answer: please report it. Until it is fixed, this exercise "
                "cannot be checked."
            )
    return wanted


def try_case(
    exercise: Exercise, number: int, function: Callable, prints: bool = False
) -> "Attempt":
    """Call an answer on one of an exercise's cases, whose wanted result is known before."""
    wanted = wanted_outcomes(exercise)[number]
    case = exercise.all_cases[number]
    is_edge = number >= len(exercise.cases)
    return Attempt(exercise, case, is_edge, wanted, call(function, case, prints))


class Part(NamedTuple):
    """One of the results that a case wants, beside what came: one array, or "dW", or an argument."""

    #: What the task calls it ("dW"), and a letter for each of its axes.
    name: str
    axes: Sequence[str]
    wanted: object
    got: object
    is_right: bool
    #: Whether it came in the shape that is wanted.
    has_its_shape: bool
    #: Whether it is right, but for coming in fewer digits than the arguments: in float32, say.
    lost_digits: bool


@dataclass(frozen=True, eq=False)
class Attempt:
    """A case: its arguments, what the key makes of them, and what the answer made of them."""

    exercise: Exercise
    arguments: Arguments
    #: Whether it is an edge case, in which only the last bits may differ.
    is_edge: bool
    wanted: Outcome
    outcome: Outcome

    @property
    def changed(self) -> str:
        """The name of the first argument that the answer changed, and should have left alone."""
        for name, before, after_key, after in self.changes:
            if identical(before, after_key) and not identical(before, after):
                return name
        return ""

    @property
    def odd_type(self) -> str:
        """What came in the place of plain numbers: a matrix breaks the training far from here."""
        result = self.outcome.result
        for each in result if is_several(result) else [result]:
            if isinstance(each, np.ndarray) and each.dtype.kind == "O":
                return "an array of objects"
            is_plain = type(each) is np.ndarray or isinstance(each, PLAIN_NUMBERS)
            if isinstance(each, (np.ndarray, numbers.Number)) and not is_plain:  # a Fraction, say
                return f"a {type(each).__name__}"
        return ""

    @property
    def changes(self) -> list[tuple[str, object, object, object]]:
        """Each argument: its name, its value, and what the key and the answer left of it."""
        left = (self.wanted.arguments, self.outcome.arguments)
        return list(zip(self.exercise.arguments, self.arguments, *left))

    @functools.cached_property
    def parts(self) -> list[Part] | None:
        """All that the call has to make; None if it came in another number of results."""
        parts = [
            self.part(f"{name}[{i}]", (), wanted, got)
            for name, before, after_key, after in self.changes
            if isinstance(after_key, tuple) and not identical(before, after_key)
            for i, (wanted, got) in enumerate(zip(after_key, after, strict=True))
        ]
        wanted, got = self.wanted.result, self.outcome.result
        if wanted is None:  # a function that changes its arguments returns nothing
            return parts
        shapes = self.exercise.result_shapes
        if not is_several(wanted):
            return [*parts, self.part(shapes[0].name, shapes[0].axes, wanted, got)]
        if not (is_several(got) or shape_of(got)) or len(got) != len(wanted):
            return None
        results = [
            self.part(shape.name, shape.axes, *pair) for shape, *pair in zip(shapes, wanted, got)
        ]
        if isinstance(got, np.ndarray) and not all(part.has_its_shape for part in results):
            return None
        return parts + results

    def part(self, name: str, axes: Sequence[str], wanted: object, got: object) -> Part:
        """Return one result beside what is wanted."""
        came_in_full = any(array.dtype == np.float64 for array in arrays_in(self.arguments))
        return Part(
            name,
            axes,
            wanted,
            got,
            is_right=matches(wanted, got, self.is_edge, self.exercise.atol),
            has_its_shape=shape_of(got) == shape_of(wanted),
            lost_digits=came_in_full and matches_in_few_digits(wanted, got),
        )
