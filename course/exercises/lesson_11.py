"""Lesson 11's exercises: back through a quotient, a broadcast, a graph, an index and a length."""

import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from course.exercises.exercise import Exercise
from mnistlib import autodiff


class Graph(dict):
    """A graph as the lesson writes it, from names to names; a large one is written in words."""

    def __init__(self, came_from, words=""):
        """Take the dictionary, and the words for a large one."""
        super().__init__(came_from)
        self.words = words
        self.before = links(self)
        self.asked = 0
        self.depths = set()

    def __getitem__(self, name):
        """Return what a value came from.

        Raises:
            RuntimeError: more were looked up than by the slowest answer that is not endless.
        """
        self.asked += 1
        if self.asked > 1000 + 10 * len(self) ** 3:
            raise RuntimeError(f"{len(self)} values, and they were looked up {self.asked:,} times")
        if self.words:  # in a small one nothing is deep
            self.depths.add(calls_under_way())
        return super().__getitem__(name)

    def __str__(self):
        return self.words or super().__repr__()

    def __reduce__(self):
        return Graph, ({name: [*sources] for name, sources in self.items()}, self.words)


def links(came_from):
    """Return what each value came from, as it is now."""
    return {name: (*sources,) for name, sources in came_from.items()}


def calls_under_way():
    """Return how many calls are open, one within the other."""
    frame, count = sys._getframe(), 0
    while frame:
        # A page's Python has a call of its own between two of the answer's.
        count += frame.f_code.co_name != "__watched__"
        frame = frame.f_back
    return count


def divide_backward(dz, u, w):
    """The loss's gradients du and dw by the numerator and the denominator of z = u / w."""
    return dz / w, -dz * u / w**2


def order(came_from, end):
    """The names of all values that end depends on, each after all that it went into."""
    uses = dict.fromkeys(came_from, 0)
    reached = [end]
    for name in reached:  # the list grows while it is walked
        for source in came_from[name]:
            if uses[source] == 0:
                reached.append(source)
            uses[source] += 1
    ready = [end]
    ordered = []
    while ready:
        name = ready.pop()
        ordered.append(name)
        for source in came_from[name]:
            uses[source] -= 1
            if uses[source] == 0:
                ready.append(source)
    return ordered


def take_backward(dz, index, size):
    """The loss's gradient by the row u, of this size, from which z = u[index] was taken."""
    du = np.zeros(size)
    np.add.at(du, index, dz)
    return du


def unit_rows_backward(dz, u):
    """The loss's gradient by u, where each row of z is the row of u divided by its length."""
    length = np.sqrt((u * u).sum(axis=1, keepdims=True))
    z = u / length
    return (dz - z * (dz * z).sum(axis=1, keepdims=True)) / length


@dataclass(frozen=True)
class Order:
    """What an answer to ``order`` made of a graph, and what is wrong with it."""

    arguments: tuple
    result: object

    @property
    def names(self):
        """The list that was returned."""
        return [*self.result]

    @property
    def end(self):
        """Where the way back starts."""
        return self.arguments[1]

    @property
    def first(self):
        """The first name in the list."""
        return self.names[0]

    @cached_property
    def reached(self):
        """All that the end depends on, and the end."""
        return {*order(*self.arguments)}

    @property
    def stranger(self):
        """A name that should not be in the list, or None."""
        return next((name for name in self.names if name not in self.reached), None)

    @property
    def twice(self):
        """A name that comes more than once, or None."""
        return next((name for name, count in Counter(self.names).items() if count > 1), None)

    @property
    def missing(self):
        """A name that should be in the list, or None."""
        return min(self.reached - {*self.names}, default=None)

    @property
    def outsider(self):
        """What uses the missing one, though the end does not depend on it, or None."""
        graph = self.arguments[0]
        return next((n for n in graph if n not in self.reached and self.missing in graph[n]), None)

    @property
    def too_early(self):
        """The first value that comes before one that it went into, and that one."""
        place = {name: number for number, name in enumerate(self.names)}
        pairs = [(source, name) for name in self.names for source in self.arguments[0][name]]
        return next((pair for pair in pairs if place[pair[0]] < place[pair[1]]), None)

    @property
    def early(self):
        """A value that comes too early."""
        return self.too_early[0]

    @property
    def late(self):
        """What it should have waited for."""
        return self.too_early[1]

    @property
    def kind(self):
        """What was returned in place of a list."""
        return f"a {type(self.result).__name__}"

    @property
    def deep(self):
        """How many calls deep it looked values up, counted from the first that did."""
        depths = self.arguments[0].depths
        return max(depths, default=0) - min(depths, default=0)

    @property
    def allowed(self):
        """How many calls deep Python lets it go."""
        return f"{sys.getrecursionlimit():,}"


def changes_the_graph(view):
    """Tell whether the graph is no longer what it was."""
    graph = view.arguments[0]
    return links(graph) != graph.before


def is_nothing(view):
    """Tell whether nothing was returned."""
    return view.result is None


def is_no_list(view):
    """Tell whether the result is no list of names."""
    return not isinstance(view.result, (list, tuple)) or any(
        not isinstance(name, str) for name in view.result
    )


def is_empty(view):
    """Tell whether nothing is in the list."""
    return not view.names


def has_some_twice(view):
    """Tell whether a name comes more than once."""
    return view.twice is not None


def has_a_stranger(view):
    """Tell whether a name is there that the end does not depend on."""
    return view.stranger is not None


def waits_for_an_outsider(view):
    """Tell whether one is missing, though all that the end depends on and that uses it is there."""
    graph = view.arguments[0]
    users = {name for name in view.reached if view.missing in graph[name]}
    return view.missing is not None and view.outsider is not None and users <= {*view.names}


def lacks_some(view):
    """Tell whether a name is missing."""
    return view.missing is not None


def is_the_way_forward(view):
    """Tell whether the end comes last."""
    return view.names[-1] == view.end != view.first


def starts_elsewhere(view):
    """Tell whether another name than the end comes first."""
    return view.first != view.end


def counts_a_double_use_once(view):
    """Tell whether one comes too early as if each value used it once; some use it twice."""
    if view.too_early is None:
        return False
    graph = view.arguments[0]
    uses = {name: graph[name].count(view.early) for name in view.reached}
    users = sum(count > 0 for count in uses.values())
    before = view.names[: view.names.index(view.early)]
    return sum(uses[name] for name in before) >= users


def hands_on_too_early(view):
    """Tell whether a value comes before one that it went into."""
    return view.too_early is not None


def calls_itself_for_each(view):
    """Tell whether a chain is walked by calls within calls: in a long one Python allows too few."""
    return 2 * view.deep > len(_CHAIN) and sys.getrecursionlimit() < LONG


def _draw(seed: int, *shape: int) -> np.ndarray:
    """Draw numbers that are neither whole nor near 0."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0.3, 3, shape) * rng.choice([-1, 1], shape)


def _any_graph(seed: int, size: int) -> tuple:
    """Return a graph whose names and rows stand in no order, and its end."""
    rng = np.random.default_rng(seed)
    names = [f"v{number}" for number in rng.permutation(size)]
    came_from = {
        name: [names[source] for source in rng.integers(0, place, min(place, 3))] if place else []
        for place, name in enumerate(names)
    }
    return Graph({name: came_from[name] for name in sorted(names)}), names[-2]


# Who counts the two uses by p as one takes u when p was there, before q: from a stack and a queue.
_DOUBLE = {"L": ["r", "p"], "r": ["s"], "s": ["q"], "q": ["u"], "p": ["u", "u"], "u": []}
_FORKS = {f"v{i}": [f"v{i - 1}"] * 2 if i else [] for i in range(19)}
_CHAIN = {f"v{i}": [f"v{i - 1}"] if i else [] for i in range(120)}
#: How many values a graph may well have.
LONG = 5_000
_INDEX = np.array([[3, 0, 3], [1, 3, 0]])

EXERCISES = (
    Exercise(
        reference=divide_backward,
        shapes="n units, n units, n units -> du: n units, dw: n units",
        cases=(
            (np.array([[4.0]]), np.array([[6.0]]), np.array([[2.0]])),
            (np.array([[0.3, -1.7]]), np.array([[2.5, 0.7]]), np.array([[1.3, -0.6]])),
            (_draw(1, 2, 3), _draw(2, 2, 3), _draw(3, 2, 3)),
        ),
    ),
    Exercise(
        reference=autodiff.undo_broadcasting,
        shapes=", -> ",
        cases=(
            (np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), (1, 2)),
            (_draw(1, 4, 3), (3,)),
            (_draw(2, 2, 3), (2, 3)),
            (_draw(3, 4, 3), (4, 1)),
            (_draw(4, 3, 3), (3,)),
            (_draw(5, 3, 3), (3, 1)),
            (_draw(6, 2, 3, 4), (3, 1)),
            (_draw(7, 2, 3), ()),
            (_draw(8, 2, 1, 3), (1, 1)),
            (_draw(9, 2, 2, 2), (1, 2, 1)),
        ),
    ),
    Exercise(
        reference=order,
        shapes=", -> ",
        cases=(
            (Graph({"L": ["p", "w"], "p": ["u", "w"], "u": [], "w": []}), "L"),
            (Graph({"u": [], "L": ["u", "u"]}), "L"),
            (Graph({"L": ["w", "p"], "w": ["a"], "p": ["q"], "q": ["w"], "a": []}), "L"),
            (Graph({"x": ["p"], "p": ["u"], "u": [], "w": []}), "p"),
            (Graph({"u": []}), "u"),
            (Graph({"L": ["u"], "u": [], "x": ["u"]}), "L"),
            (Graph(_DOUBLE), "L"),
            _any_graph(1, 7),
            _any_graph(2, 9),
            _any_graph(3, 12),
            (Graph(_FORKS, "18 forks, one behind the other"), "v18"),
            (Graph(_CHAIN, "a chain of 120 values"), "v119"),
        ),
        view=Order,
        objections=(
            changes_the_graph,
            is_nothing,
            is_no_list,
            is_empty,
            has_some_twice,
            has_a_stranger,
            waits_for_an_outsider,
            lacks_some,
            is_the_way_forward,
            starts_elsewhere,
            counts_a_double_use_once,
            hands_on_too_early,
            calls_itself_for_each,
        ),
    ),
    Exercise(
        reference=take_backward,
        shapes=", , -> ",
        cases=(
            (np.array([1.0, 5.0, 10.0]), np.array([2, 0, 2]), 3),
            (np.array([0.3, -1.7, 2.6]), np.array([1, 2, 0]), 3),
            (np.array([0.3, -1.7, 2.6, 0.9]), np.array([1, 1, 1, 0]), 4),
            (_draw(1, 2, 3), _INDEX, 5),
            (_draw(2, 2, 2, 3), np.random.default_rng(3).integers(0, 6, (2, 2, 3)), 6),
        ),
    ),
    Exercise(
        reference=unit_rows_backward,
        shapes="n units, n units -> n units",
        cases=(
            (np.array([[5.0, 0.0]]), np.array([[3.0, 4.0]])),
            (np.array([[0.3, -1.7, 2.6]]), np.array([[0.6, -0.2, 0.9]])),
            (np.array([[1e-7, -3e-7]]), np.array([[0.3, 0.7]])),
            (_draw(1, 2, 3), _draw(2, 2, 3)),
            (_draw(3, 4, 2), _draw(4, 4, 2)),
        ),
    ),
)
