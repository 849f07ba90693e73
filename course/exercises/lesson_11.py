"""Lesson 11's exercises: back through a quotient, a broadcast, a graph, an index and a length."""

import numpy as np

from course.exercises.cases import Seed
from course.exercises.exercise import Arguments, Exercise
from course.exercises.views import topological_order as walk
from mnistlib import autodiff


def _draw(seed: int, *shape: int) -> np.ndarray:
    """Draw numbers that are neither whole nor near 0."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0.3, 3, shape) * rng.choice([-1, 1], shape)


def _any_graph(seed: Seed, size: int) -> Arguments:
    """Return a graph whose names and rows stand in no order, and its end."""
    rng = np.random.default_rng(seed)
    names = [f"v{number}" for number in rng.permutation(size)]
    parents = {names[0]: []}
    for place in range(1, size):
        earlier = rng.integers(0, place, min(place, 3))
        parents[names[place]] = [names[source] for source in earlier]
    end = names[-2]
    return walk.Graph({name: parents[name] for name in sorted(names)}), end


#: An answer that counts the two uses by p as one takes u after p and before q, from a stack or a queue.
_DOUBLE = {"L": ["r", "p"], "r": ["s"], "s": ["q"], "q": ["u"], "p": ["u", "u"], "u": []}
_SMALLEST = {"L": ["product", "w"], "product": ["u", "w"], "u": [], "w": []}
_FORKS = {"v0": []} | {f"v{i}": [f"v{i - 1}", f"v{i - 1}"] for i in range(1, 19)}
_INDEX = np.array([[3, 0, 3], [1, 3, 0]])

EXERCISES = (
    Exercise(
        reference=autodiff.divide_backward,
        shapes="n units, n units, n units -> du: n units, dw: n units",
        cases=(
            (np.array([[4.0]]), np.array([[6.0]]), np.array([[2.0]])),
            (np.array([[0.3, -1.7]]), np.array([[2.5, 0.7]]), np.array([[1.3, -0.6]])),
            (_draw(1, 2, 3), _draw(2, 2, 3), _draw(3, 2, 3)),
        ),
        random_case=lambda rng: tuple(rng.normal(size=(3, 4, 5))),
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
    ),
    Exercise(
        reference=autodiff.topological_order,
        shapes=", -> ",
        cases=(
            (walk.Graph(_SMALLEST), "L"),
            (walk.Graph({"u": [], "L": ["u", "u"]}), "L"),
            (walk.Graph({"L": ["w", "p"], "w": ["a"], "p": ["q"], "q": ["w"], "a": []}), "L"),
            (walk.Graph({"x": ["p"], "p": ["u"], "u": [], "w": []}), "p"),
            (walk.Graph({"u": []}), "u"),
            (walk.Graph({"L": ["u"], "u": [], "x": ["u"]}), "L"),
            (walk.Graph(_DOUBLE), "L"),
            _any_graph(1, 7),
            _any_graph(2, 9),
            _any_graph(3, 12),
            (walk.Graph(_FORKS, "18 forks, one behind the other"), "v18"),
        ),
        extreme=((walk.Graph(walk.CHAIN, "a chain of 120 values"), "v119"),),
        random_case=lambda rng: _any_graph(rng, int(rng.integers(10, 20))),
        view=walk.Order,
        predicates=walk.PREDICATES,
    ),
    Exercise(
        reference=autodiff.take_backward,
        shapes=", , -> ",
        cases=(
            (np.array([1.0, 5.0, 10.0]), np.array([2, 0, 2]), 3),
            (np.array([0.3, -1.7, 2.6]), np.array([1, 2, 0]), 3),
            (np.array([0.3, -1.7, 2.6, 0.9]), np.array([1, 1, 1, 0]), 4),
            (_draw(1, 2, 3), _INDEX, 5),
            (_draw(2, 2, 2, 3), np.random.default_rng(3).integers(0, 6, (2, 2, 3)), 6),
        ),
        random_case=lambda rng: (rng.normal(size=(4, 5)), rng.integers(0, 6, (4, 5)), 8),
    ),
    Exercise(
        reference=autodiff.unit_rows_backward,
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
