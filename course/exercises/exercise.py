"""An exercise as data, beside the function that is its answer key."""

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from course.exercises.comparison import ATOL
from mnistlib import autodiff, data, functions, network, training

#: The modules in which a reader's own function may take the library's place: the network uses them.
HOMES: tuple[types.ModuleType, ...] = (autodiff, data, functions, network, training)

#: The arguments of one case.
Arguments = tuple


class Shape(NamedTuple):
    """What ``shapes`` says about one argument or result: its name, if any, and a letter per axis."""

    name: str
    axes: list[str]


class Mistake(NamedTuple):
    """A wrong answer whose reason is known: its code, and the sentence that answers it."""

    code: str
    sentence: str


class Objection(NamedTuple):
    """A property that every right result has, where many results are right.

    ``applies`` tells whether a result lacks it; ``name`` leads to the sentence in the lesson's text
    that says so. The sentence's ``{fields}`` are attributes of the view that was asked about.
    """

    name: str
    applies: Callable[[object], bool]
    sentence: str
    examples: tuple[str, ...] = ()


@dataclass(eq=False)
class Exercise:
    """One exercise, as data.

    Its words (hints, notice, mistakes, the sentences of its objections) stand in the text beside
    the lesson's module, under the reference's name. A variant without such a text has them here.
    """

    #: The answer key. A reader's answer to ``softmax`` is called ``my_softmax``.
    reference: Callable
    #: Arguments and results in the reader's letters: "n inputs, n outputs -> dW: inputs outputs".
    shapes: str
    #: Arguments to try, the smallest first, so that a pencil can follow it.
    cases: tuple[Arguments, ...]
    #: Edge cases: arguments at which a careless formula overflows, or loses its digits.
    extreme: tuple[Arguments, ...] = ()
    #: Draws arguments at random, far apart and extreme. Marking tries a right answer on some, which no
    #: student has seen. Where one answer is right, the tests try every one-step change of the reference
    #: on them. An exercise without arguments has none.
    random_case: Callable[[np.random.Generator], Arguments] | None = None
    #: The function whose source is the solution: the reference, if no other is named.
    solution: Callable | None = None
    #: Where many answers are right: turns the arguments, as the call left them, and the result into
    #: an object that the objections are asked about.
    view: Callable[[Arguments, object], object] | None = None
    #: The predicates of that view by the names that the lesson's text has for them.
    predicates: Mapping[str, Callable[[object], bool]] = field(default_factory=dict, repr=False)
    #: What its text objects to, in the order of the text; the reply names the first that applies.
    objections: Sequence[Objection] = ()
    #: Whether a result to which no objection applies is compared with the reference's, too.
    is_compared: bool = False
    #: How far a result may be off, however small it is; a measured one is off by more than rounding.
    atol: float = ATOL
    #: Whether a loop is as good here as an array operation, so that no reply asks about it.
    loops_allowed: bool = False
    #: How its lesson sets it, as ``Lesson.exercises`` reads it there: its heading; its level, "warm-up",
    #: "core", "stretch" or "open", which trains a network to judge an answer; its minutes; what it asks
    #: in Markdown; and the function to fill in.
    heading: str = ""
    level: str = ""
    minutes: int = 0
    task: str = ""
    stub: str = ""
    #: Hints, each closer than the last; none is the whole solution.
    hints: Sequence[str] = ()
    #: What the reply to a right answer points out.
    notice: str = ""
    #: Wrong answers whose reason is known, the likelier first.
    mistakes: Sequence[Mistake] = ()
    #: Right answers, written differently, and wrong ones that no sentence explains. The tests try them.
    right: Sequence[str] = ()
    unexplained: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Work out once what follows from the rest."""
        #: The reference's name.
        self.name = self.reference.__name__
        self.solution = self.solution or self.reference
        #: Whether the reference's result is the only right one.
        self.one_is_right = self.is_compared or not self.objections
        #: The ordinary cases, then the edge cases.
        self.all_cases = (*self.cases, *self.extreme)
        #: The names of the arguments, in their order; the last may have defaults.
        self.arguments = list(inspect.signature(self.reference).parameters)
        #: What ``shapes`` says about the arguments, on the left of its arrow, and about the results.
        self.argument_shapes, self.result_shapes = map(read_shapes, self.shapes.split("->"))
        letters = [shape.axes for shape in self.argument_shapes]
        letters += [[]] * (len(self.arguments) - len(letters))
        #: The letters of each argument's axes, by its name.
        self.axes: dict[str, Sequence[str]] = dict(zip(self.arguments, letters))

    @property
    def home(self) -> types.ModuleType | None:
        """The module of the library in which a reader's own may take the reference's place."""
        module = inspect.getmodule(self.reference)
        return module if module in HOMES else None


def read_shapes(side: str) -> list[Shape]:
    """Read one side of ``shapes``: "dW: inputs outputs, db: outputs"."""
    parts = [part.rpartition(":") for part in side.split(",")]
    return [Shape(name.strip(), axes.split()) for name, _, axes in parts]
