"""One case of an exercise: what is wanted of it, what an answer makes of it, part by part."""

import contextlib
import copy
import functools
import io
import itertools
import linecache
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from course.exercises.answer import file_of, where_it_stopped
from course.exercises.comparison import identical, is_narrow, is_several, matches, shape_of
from course.exercises.exercise import Arguments, Exercise

#: The most values that are taken from an iterator, which may have no end.
MOST_YIELDED = 10**4


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
    line: str = ""
    #: What the names in the line that raised stood for.
    names: dict[str, object] = field(default_factory=dict)
    #: In which other function of the reader's that line stands.
    inside: str = ""


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
    if frozen is not None:
        freeze(copies[frozen])
    result = None
    error, line, names, inside = "", "", {}, ""
    with contextlib.ExitStack() as around:
        caught = around.enter_context(warnings.catch_warnings(record=True, action="always"))
        around.enter_context(np.errstate(all="warn", under="ignore"))
        if not prints:
            around.enter_context(contextlib.redirect_stdout(io.StringIO()))
        try:
            result = copied(function(*copies))
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # sys.exit() must not end the kernel
            message = traceback.format_exception_only(raised)[-1].splitlines()[0]
            error = re.sub(r"^[\w.<>]+\.| at 0x\w+", "", message)  # no module, no address
            line, names, inside = where_it_stopped(function, raised.__traceback__)
    numeric = [warning for warning in caught if issubclass(warning.category, RuntimeWarning)]
    own = [warning for warning in numeric if warning.filename == file_of(function)]
    if own and not line:
        line = linecache.getline(own[0].filename, own[0].lineno).strip()
    warned = frozenset(str(warning.message).replace("scalar ", "") for warning in numeric)
    return Outcome(result, error, copies, warned, line, names, inside)


def freeze(value: object) -> None:
    """Make an array, or all arrays in a tuple or a list, refuse to be written to."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif is_several(value):
        for each in value:
            freeze(each)


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


class Part(NamedTuple):
    """One of the results that a case wants, beside what came: one array, or "dW", or an argument."""

    #: What the task calls it ("dW"), and a letter for each of its axes.
    name: str
    axes: Sequence[str]
    wanted: object
    got: object
    is_right: bool
    #: Whether it came in fewer digits than the arguments: in float32, say, for float64.
    lost_digits: bool

    @property
    def has_its_shape(self) -> bool:
        """Whether it came in the shape that is wanted."""
        return shape_of(self.got) == shape_of(self.wanted)


@dataclass(frozen=True, eq=False)
class Attempt:
    """A case: its arguments, what the key makes of them, and what the answer made of them."""

    exercise: Exercise
    arguments: Arguments
    #: Whether it is an edge case, in which only the last bits may differ.
    is_edge: bool
    wanted: Outcome
    outcome: Outcome

    @functools.cached_property
    def axes(self) -> dict[str, Sequence[str]]:
        """The letters of each argument's axes, by its name."""
        letters = [shape.axes for shape in self.exercise.argument_shapes]
        letters += [[]] * (len(self.arguments) - len(letters))
        return dict(zip(self.exercise.arguments, letters))

    @property
    def changes(self) -> list[tuple[str, object, object, object]]:
        """Each argument: its name, its value, and what the key and the answer left of it."""
        left = (self.wanted.arguments, self.outcome.arguments)
        return list(zip(self.exercise.arguments, self.arguments, *left))

    @functools.cached_property
    def parts(self) -> list[Part] | None:
        """All that the call has to make; None if it came in another number of results."""
        has_parts = is_several(self.wanted.result)
        all_wanted = self.wanted.result if has_parts else [self.wanted.result]
        all_got = self.outcome.result if has_parts else [self.outcome.result]
        is_long = is_several(all_got) or bool(shape_of(all_got))
        if not is_long or len(all_got) != len(all_wanted):
            return None
        parts = [
            self.part(shape.name, shape.axes, wanted, got)
            for shape, wanted, got in zip(self.exercise.result_shapes, all_wanted, all_got)
            if wanted is not None  # a function that changes its arguments returns nothing
        ]
        if isinstance(all_got, np.ndarray) and not all(part.has_its_shape for part in parts):
            return None
        return self.parts_in_arguments() + parts

    def parts_in_arguments(self) -> list[Part]:
        """Return the arrays in arguments that the key changes."""
        return [
            self.part(f"{name}[{i}]", (), wanted, got)
            for name, before, after_key, after in self.changes
            if isinstance(after_key, tuple) and not identical(before, after_key)
            for i, (wanted, got) in enumerate(zip(after_key, after, strict=True))
        ]

    def part(self, name: str, axes: Sequence[str], wanted: object, got: object) -> Part:
        """Hold one result beside what is wanted."""
        is_right = matches(wanted, got, self.is_edge, self.exercise.atol)
        in_full = is_float64(wanted) and any(map(is_float64, self.arguments))
        return Part(name, axes, wanted, got, is_right, in_full and is_narrow(got))


def is_float64(value: object) -> bool:
    """Tell whether a value is of float64, or holds an array that is."""
    if is_several(value):
        return any(map(is_float64, value))
    return shape_of(value) is not None and np.asarray(value).dtype == np.float64
