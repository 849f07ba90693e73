"""Lesson 11's ``topological_order``: what an answer walks, and what can be wrong with its list."""

import sys
from collections import Counter
from collections.abc import Callable
from functools import cached_property

from course.exercises.exercise import Arguments

#: A chain of some length.
CHAIN = {"v0": []} | {f"v{i}": [f"v{i - 1}"] for i in range(1, 120)}
#: How many values a large graph has.
LONG = 5_000
#: How many lookups are noted, with their depth: a recursion shows long before that.
NOTED = 10_000


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
        if self.lookups > 1000 + len(self) ** 3:
            raise RuntimeError(
                f"your function looked up the parents of {len(self)} values {self.lookups:,} times."
            )
        if self.words and self.lookups < NOTED:  # in a small graph nothing is deep
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
        count += 1
        frame = frame.f_back
    return count


class Order:
    """What an answer to ``topological_order`` made of a graph, and what is wrong with it."""

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
        names = {self.end}
        to_follow = [self.end]
        while to_follow:
            new = {*self.graph[to_follow.pop()]} - names
            names |= new
            to_follow += new
        return names

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

    def waits_for_an_outsider(self) -> bool:
        """Whether one is missing, though all that the end depends on and that uses it is there."""
        if self.missing is None or self.outsider is None:
            return False
        return self.users_of_missing & self.reached <= {*self.names}

    def waits_for_a_use_that_is_done(self) -> bool:
        """Whether one is missing though all its users are there, and one of them uses it twice."""
        if self.missing is None or not self.users_of_missing & self.reached <= {*self.names}:
            return False
        return any(self.graph[name].count(self.missing) > 1 for name in self.users_of_missing)

    def counts_a_double_use_once(self) -> bool:
        """Whether one comes too early as if each value used it once; some use it twice."""
        if self.too_early is None:
            return False
        early, _ = self.too_early
        uses = {name: self.graph[name].count(early) for name in self.reached}
        users = sum(count > 0 for count in uses.values())
        names_before = self.names[: self.names.index(early)]
        return sum(uses[name] for name in names_before) >= users


#: In which ways an order can be wrong.
PREDICATES: dict[str, Callable[[Order], bool]] = {
    "changes_the_graph": lambda order: sources(order.graph) != order.graph.at_first,
    "is_nothing": lambda order: order.result is None,
    "is_no_list": lambda order: (
        not isinstance(order.result, (list, tuple))
        or any(not isinstance(name, str) for name in order.result)
    ),
    "is_empty": lambda order: not order.names,
    "has_some_twice": lambda order: order.twice is not None,
    "has_a_stranger": lambda order: order.stranger is not None,
    "waits_for_an_outsider": Order.waits_for_an_outsider,
    "waits_for_a_use_that_is_done": Order.waits_for_a_use_that_is_done,
    "lacks_some": lambda order: order.missing is not None,
    "is_the_way_forward": lambda order: order.names[-1] == order.end != order.first,
    "starts_elsewhere": lambda order: order.first != order.end,
    "counts_a_double_use_once": Order.counts_a_double_use_once,
    "hands_on_too_early": lambda order: order.too_early is not None,
    # a chain is walked by calls within calls: in a long one Python allows too few
    "calls_itself_for_each": lambda order: (
        2 * order.deep > len(CHAIN) and sys.getrecursionlimit() < LONG
    ),
}
