"""Lesson 11's exercises: back through a quotient, a broadcast, a graph, an index and a length."""

import sys
from collections import Counter
from functools import cached_property

import numpy as np

from course.exercises.exercise import Arguments, Exercise
from mnistlib import autodiff


def divide_backward(dz, u, w):
    """The loss's gradients du and dw by the numerator and the denominator of z = u / w."""
    return dz / w, -dz * u / w**2


def order(parents, end):
    """The names of all values that end depends on, each after all that it went into."""
    uses = dict.fromkeys(parents, 0)
    reached = [end]
    for name in reached:  # the list grows while it is walked
        for source in parents[name]:
            if uses[source] == 0:
                reached.append(source)
            uses[source] += 1
    ready = [end]
    ordered = []
    while ready:
        name = ready.pop()
        ordered.append(name)
        for source in parents[name]:
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


# The exercise `order`: what an answer walks, and what can be wrong with its list


class Graph(dict[str, list[str]]):
    """A graph as the lesson writes it, from names to names, which notes how it is walked."""

    def __init__(self, parents: dict[str, list[str]], words: str = "") -> None:
        """Take the dictionary, and the words in which a large one is shown."""
        super().__init__(parents)
        self.words = words
        self.at_first = sources(self)
        self.lookups = 0
        #: How many calls were open at each of the lookups.
        self.depths: set[int] = set()

    def __getitem__(self, name: str) -> list[str]:
        """Return what a value came from.

        Raises:
            RuntimeError: more were looked up than by the slowest answer that is not endless.
        """
        self.lookups += 1
        if self.lookups > 1000 + 10 * len(self) ** 3:
            raise RuntimeError(
                f"{len(self)} values, and they were looked up {self.lookups:,} times"
            )
        if self.words:  # in a small one nothing is deep
            self.depths.add(open_calls())
        return super().__getitem__(name)

    def __str__(self) -> str:
        return self.words or super().__repr__()

    def __reduce__(self) -> tuple:
        """Let each call of an answer have a copy on which nothing is noted yet."""
        return Graph, ({name: [*parents] for name, parents in self.items()}, self.words)


def sources(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Return what each value came from, as it is now."""
    return {name: (*parents,) for name, parents in graph.items()}


def open_calls() -> int:
    """Return how many calls are open, one within the other."""
    frame = sys._getframe()
    count = 0
    while frame:
        # A page's Python has a call of its own between two of the answer's.
        count += frame.f_code.co_name != "__watched__"
        frame = frame.f_back
    return count


class Order:
    """What an answer to ``order`` made of a graph, and what is wrong with it."""

    def __init__(self, arguments: Arguments, result: object) -> None:
        """Take the arguments as the call left them, and its result."""
        self.graph, self.end = arguments
        self.result = result
        #: Of the answer's own lookups: the predicates look values up, too.
        self.depths = {*self.graph.depths}

    @property
    def names(self) -> list[str]:
        """The list that was returned."""
        return [*self.result]

    @property
    def first(self) -> str:
        """The first name in the list."""
        return self.names[0]

    @cached_property
    def reached(self) -> set[str]:
        """All that the end depends on, and the end."""
        return {*order(self.graph, self.end)}

    @property
    def stranger(self) -> str | None:
        """A name that should not be in the list, or None."""
        return next((name for name in self.names if name not in self.reached), None)

    @property
    def twice(self) -> str | None:
        """A name that comes more than once, or None."""
        return next((name for name, count in Counter(self.names).items() if count > 1), None)

    @property
    def missing(self) -> str | None:
        """A name that should be in the list, or None."""
        return min(self.reached - {*self.names}, default=None)

    @property
    def users_of_missing(self) -> set[str]:
        """All values that the missing one went into."""
        return {name for name in self.graph if self.missing in self.graph[name]}

    @property
    def outsider(self) -> str | None:
        """What uses the missing one, though the end does not depend on it, or None."""
        users = self.users_of_missing
        return next((n for n in self.graph if n in users and n not in self.reached), None)

    @property
    def too_early(self) -> tuple[str, str] | None:
        """The first value that comes before one that it went into, and that one; or None."""
        place = {name: number for number, name in enumerate(self.names)}
        for name in self.names:
            for source in self.graph[name]:
                if place[source] < place[name]:
                    return source, name
        return None

    @property
    def early(self) -> str:
        """The value that comes too early."""
        return self.too_early[0]

    @property
    def late(self) -> str:
        """What it should have waited for."""
        return self.too_early[1]

    @property
    def kind(self) -> str:
        """What was returned in place of a list."""
        return f"a {type(self.result).__name__}"

    @property
    def deep(self) -> int:
        """How many calls deep it looked values up, from the first that did."""
        return max(self.depths) - min(self.depths) + 1 if self.depths else 0

    @property
    def allowed(self) -> str:
        """How many calls deep Python lets it go."""
        return f"{sys.getrecursionlimit():,}"


def changes_the_graph(answer: Order) -> bool:
    """Tell whether the graph is no longer what it was."""
    return sources(answer.graph) != answer.graph.at_first


def is_nothing(answer: Order) -> bool:
    """Tell whether nothing was returned."""
    return answer.result is None


def is_no_list(answer: Order) -> bool:
    """Tell whether the result is no list of names."""
    return not isinstance(answer.result, (list, tuple)) or any(
        not isinstance(name, str) for name in answer.result
    )


def is_empty(answer: Order) -> bool:
    """Tell whether nothing is in the list."""
    return not answer.names


def has_some_twice(answer: Order) -> bool:
    """Tell whether a name comes more than once."""
    return answer.twice is not None


def has_a_stranger(answer: Order) -> bool:
    """Tell whether a name is there that the end does not depend on."""
    return answer.stranger is not None


def waits_for_an_outsider(answer: Order) -> bool:
    """Tell whether one is missing, though all that the end depends on and that uses it is there."""
    if answer.missing is None or answer.outsider is None:
        return False
    return answer.users_of_missing & answer.reached <= {*answer.names}


def lacks_some(answer: Order) -> bool:
    """Tell whether a name is missing."""
    return answer.missing is not None


def is_the_way_forward(answer: Order) -> bool:
    """Tell whether the end comes last."""
    return answer.names[-1] == answer.end != answer.first


def starts_elsewhere(answer: Order) -> bool:
    """Tell whether another name than the end comes first."""
    return answer.first != answer.end


def counts_a_double_use_once(answer: Order) -> bool:
    """Tell whether one comes too early as if each value used it once; some use it twice."""
    if answer.too_early is None:
        return False
    uses = {name: answer.graph[name].count(answer.early) for name in answer.reached}
    users = sum(count > 0 for count in uses.values())
    names_before = answer.names[: answer.names.index(answer.early)]
    return sum(uses[name] for name in names_before) >= users


def hands_on_too_early(answer: Order) -> bool:
    """Tell whether a value comes before one that it went into."""
    return answer.too_early is not None


def calls_itself_for_each(answer: Order) -> bool:
    """Tell whether a chain is walked by calls within calls: in a long one Python allows too few."""
    return 2 * answer.deep > len(_CHAIN) and sys.getrecursionlimit() < LONG


# Cases


def _draw(seed: int, *shape: int) -> np.ndarray:
    """Draw numbers that are neither whole nor near 0."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0.3, 3, shape) * rng.choice([-1, 1], shape)


def _any_graph(seed: int, size: int) -> Arguments:
    """Return a graph whose names and rows stand in no order, and its end."""
    rng = np.random.default_rng(seed)
    names = [f"v{number}" for number in rng.permutation(size)]
    parents = {names[0]: []}
    for place in range(1, size):
        earlier = rng.integers(0, place, min(place, 3))
        parents[names[place]] = [names[source] for source in earlier]
    end = names[-2]
    return Graph({name: parents[name] for name in sorted(names)}), end


#: Who counts the two uses by p as one takes u when p was there, before q: from a stack and a queue.
_DOUBLE = {"L": ["r", "p"], "r": ["s"], "s": ["q"], "q": ["u"], "p": ["u", "u"], "u": []}
_FORKS = {"v0": []} | {f"v{i}": [f"v{i - 1}", f"v{i - 1}"] for i in range(1, 19)}
_CHAIN = {"v0": []} | {f"v{i}": [f"v{i - 1}"] for i in range(1, 120)}
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
        random_case=lambda rng: tuple(rng.normal(size=(3, 4, 5))),
        results_are=("never tiny",),
    ),
    Exercise(
        reference=autodiff.unbroadcast,
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
        random_case=lambda rng: (
            rng.normal(size=(3, 1, 4, 5)),
            [(4, 1), (1, 4, 5), (3, 1, 1, 1)][rng.integers(3)],
        ),
        results_are=("never tiny",),
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
        random_case=lambda rng: (rng.normal(size=(4, 5)), rng.integers(0, 6, (4, 5)), 8),
        results_are=("never tiny",),
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
        random_case=lambda rng: (rng.normal(size=(4, 5)), rng.normal(size=(4, 5))),
    ),
)
