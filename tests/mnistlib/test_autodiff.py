"""The tape: every rule by differences, the order of the way back, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mnistlib import autodiff, functions, network
from mnistlib.autodiff import TapeModel, Value, cross_entropy, topological_order
from mnistlib.gradcheck import check_gradient

seeds = st.integers(0, 2**32 - 1)
pairs = arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4)


def checked(operation, *given):
    """Check the gradient of a random mix of an operation's results by each thing given to it."""
    result = operation(*map(Value, given)).array
    mix = np.random.default_rng(result.size).normal(size=result.shape)
    values = [Value(array) for array in given]
    (operation(*values) * mix).sum().backward()
    for place, (value, array) in enumerate(zip(values, given, strict=True)):
        assert value.grad.shape == array.shape

        def loss(nudged, place=place):
            changed = [Value(a) for a in (*given[:place], nudged, *given[place + 1 :])]
            return (operation(*changed).array * mix).sum()

        verdict = check_gradient(loss, array, value.grad)
        assert verdict or verdict.error < 1e-6, f"operand {place}: {verdict}"


def draw(seed, *shape):
    """Draw numbers away from 0, where division and logarithm are wild and a ReLU has its kink."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


# --- One operation at a time

BROADCAST = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
}


@pytest.mark.parametrize("name", BROADCAST)
@settings(max_examples=25)
@given(shapes=pairs, seed=seeds)
def test_operations_that_broadcast_beside_a_value_or_a_constant(name, shapes, seed):
    operation = BROADCAST[name]
    one, other = (draw(seed, *shape) for shape in shapes.input_shapes)
    checked(operation, one, other)
    checked(lambda a: operation(a, other), one)
    checked(lambda b: operation(one, b), other)
    checked(lambda a: operation(3, a), one)
    checked(lambda a: operation(a, np.float64(0.5)), one)


ONE = {
    "negative": lambda a: -a,
    "exp": Value.exp,
    "relu": Value.relu,
    "sigmoid": Value.sigmoid,
    "logarithm": lambda a: (a * a).log(),
    "sum": Value.sum,
    "reshape": lambda a: a.reshape(-1, 1),
    "thrice": lambda a: a * a.exp() + a,
}


@pytest.mark.parametrize("name", ONE)
@settings(max_examples=15)
@given(shape=arrays.array_shapes(min_dims=0, max_dims=4, max_side=4), seed=seeds)
def test_operations_on_one_array(name, shape, seed):
    checked(ONE[name], draw(seed, *shape))


@pytest.mark.parametrize("name", ["sum", "max"])
@settings(max_examples=30)
@given(data=st.data(), seed=seeds)
def test_over_some_axes(name, data, seed):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=4, max_side=4))
    axis = data.draw(arrays.valid_tuple_axes(len(shape), min_size=1))
    values = (
        np.random.default_rng(seed).permutation(np.prod(shape)).reshape(shape) / 7
    )  # no two equal
    checked(lambda a: getattr(a, name)(axis=axis), values)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), seeds)
def test_matrix_products(n, inputs, outputs, seed):
    a, b = draw(seed, n, inputs), draw(seed + 1, inputs, outputs)
    checked(lambda a, b: a @ b, a, b)
    checked(lambda a: a @ b, a)
    checked(lambda b: a @ b, b)


@settings(max_examples=30)
@given(data=st.data(), seed=seeds)
def test_an_index_of_any_kind(data, seed):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=3, max_side=4))
    index = data.draw(
        st.one_of(
            arrays.basic_indices(shape, allow_newaxis=True),
            arrays.integer_array_indices(shape),  # the same entry may be taken several times
        )
    )
    checked(lambda a: a[index], draw(seed, *shape))


def test_equals_share_the_blame_of_a_maximum():
    a = Value([[1.0, 3.0, 3.0], [2.0, 1.0, 0.0]])
    (a.max(axis=1) * np.array([[4.0], [5.0]])).sum().backward()
    assert a.grad.tolist() == [[0, 2, 2], [5, 0, 0]]


def test_a_sleeping_relu_passes_nothing_and_its_kink_neither():
    a = Value([-1.0, 0.0, 1e-300])
    a.relu().sum().backward()
    assert a.grad.tolist() == [0, 0, 1]


def test_the_sigmoid_is_that_of_lesson_02_far_out_too():
    z = np.array([-800.0, -30.0, 0.0, 30.0, 800.0])
    value = Value(z)
    with np.errstate(all="raise", under="ignore"):
        a = value.sigmoid()
        a.sum().backward()
    assert np.array_equal(a.array, functions.sigmoid(z))
    np.testing.assert_allclose(value.grad, functions.sigmoid(z) * functions.sigmoid(-z), rtol=1e-2)


def test_the_cross_entropy_is_that_of_lesson_02_far_out_too():
    z, y = np.array([[800.0, 0.0], [-800.0, -801.0]]), np.eye(2)
    value = Value(z)
    with np.errstate(all="raise", under="ignore"):
        loss = autodiff.cross_entropy(value, y)
        loss.backward()
    assert loss.array == pytest.approx(functions.cross_entropy(z, y), rel=1e-14)
    expected = functions.cross_entropy_gradient(z, y)
    np.testing.assert_allclose(value.grad, expected, rtol=1e-13, atol=1e-300)


# --- The way back


@st.composite
def graphs(draw):
    """Draw a graph: for each value after the first, which earlier ones it is the sum of."""
    size = draw(st.integers(1, 12))
    return [
        draw(st.lists(st.integers(0, number), min_size=1, max_size=4)) for number in range(size)
    ]


@given(graphs())
def test_blame_is_the_number_of_ways(graph):
    values = [Value(1.0)]
    for sources in graph:
        total = values[sources[0]] * 1.0
        for number in sources[1:]:
            total = total + values[number]
        values.append(total)
    ordered = topological_order(autodiff.graph(values[-1]), values[-1])
    place = {value: number for number, value in enumerate(ordered)}
    assert len(place) == len(ordered)
    assert ordered[0] is values[-1]
    for value in ordered:
        assert all(place[source] > place[value] for source, _ in value.parents)
    ways = [1]
    for sources in graph:
        ways.append(sum(ways[number] for number in sources))
    values[-1].backward()
    assert values[0].grad == ways[-1]


def test_rows_divided_by_their_length_in_one_step_or_in_several():
    u = draw(5, 4, 3)
    checked(Value.unit_rows, u)
    length = lambda a: (0.5 * (a * a).sum(axis=1).log()).exp()  # noqa: E731
    np.testing.assert_allclose(Value(u).unit_rows().array, (Value(u) / length(Value(u))).array)


def test_fifty_forks_are_walked_once_each():
    start = value = Value(1.0)
    for _ in range(50):  # 2 ** 50 ways
        value = value + value
    value.backward()
    assert start.grad == 2.0**50


def test_a_chain_of_ten_thousand_recurses_neither_back_nor_when_it_is_let_go():
    start = value = Value(1.0)
    for _ in range(10_000):
        value = value * 1.0001
    value.backward()
    assert start.grad == pytest.approx(1.0001**10_000)
    for _ in range(10_000):
        value = value * 1.0001
    del value


def test_what_was_computed_is_forgotten_unless_kept():
    W = Value(np.ones((2, 2)))
    middle = W * 2
    middle.sum().backward()
    assert middle.grad is None
    assert W.grad.tolist() == [[2, 2], [2, 2]]
    with pytest.raises(ValueError, match="walked before, and how this was made is forgotten"):
        middle.sum().backward()
    middle = W * 2
    loss = middle.sum()
    for _ in range(2):
        loss.backward(keep=True)
        assert middle.grad.tolist() == [[1, 1], [1, 1]]
        assert W.grad.tolist() == [[2, 2], [2, 2]]


def test_a_parameter_that_takes_no_part_gets_zeros():
    tape = TapeModel(lambda parameters, x: x @ parameters[0], network.prepare)
    start = (np.ones((3, 2)), np.ones(4))
    _, grads = tape.gradients(start, np.ones((5, 3)), np.eye(2)[[0, 1, 0, 1, 0]])
    assert grads[1].tolist() == [0, 0, 0, 0]


# --- What it refuses


def lost_the_way_back(a, _):
    tape = TapeModel(lambda parameters, x: x @ parameters[0].array, network.prepare)
    tape.logits((a.array.T,), np.ones((2, 3)))


@pytest.mark.parametrize(
    ("attempt", "error", "said"),
    [
        (lambda a, b: a + b, ValueError, r"sum of \(2, 3\) and \(4, 5\)"),
        (lambda a, b: a - b, ValueError, r"difference of \(2, 3\) and \(4, 5\)"),
        (lambda a, b: a * b, ValueError, r"product of \(2, 3\) and \(4, 5\)"),
        (lambda a, b: a / b, ValueError, r"quotient of \(2, 3\) and \(4, 5\)"),
        (lambda a, b: a @ b, ValueError, "3 columns meet 4 rows"),
        (lambda a, b: b.array @ a, ValueError, "5 columns meet 2 rows"),
        (lambda a, b: a @ np.ones(3), ValueError, "both must have two"),
        (lambda a, b: a.sum(axis=2), ValueError, r"sum of \(2, 3\): axis 2"),
        (lambda a, b: a.max(axis=2), ValueError, r"max of \(2, 3\): axis 2"),
        (lambda a, b: a.reshape(4), ValueError, r"reshape of \(2, 3\)"),
        (lambda a, b: cross_entropy(a, b.array), ValueError, "logits .* and targets"),
        (lambda a, b: a.backward(), ValueError, "starts from one number"),
        (lambda a, b: a + np.array(["a", "b", "c"]), TypeError, r"sum of \(2, 3\) and \(3,\)"),
        (lambda a, b: a[5], IndexError, r"index of \(2, 3\): index 5"),
        (lost_the_way_back, TypeError, "must return a Value, got ndarray"),
    ],
)
def test_what_does_not_fit_is_named(attempt, error, said):
    with pytest.raises(error, match=said):
        attempt(Value(np.ones((2, 3))), Value(np.ones((4, 5))))


@pytest.mark.parametrize("array", ["text", [1j], None, [object()], Value(1.0), [True]])
def test_only_real_numbers_are_taken(array):
    with pytest.raises(TypeError, match="expected real numbers"):
        Value(array)


def test_integers_become_floats_and_a_value_says_what_it_is():
    value = Value(np.array([200, 100], np.uint8))
    assert (value + value).array.tolist() == [400, 200]
    assert repr(value.sum()) == "Value of shape (), sum"
    assert repr(value) == "Value of shape (2,), given"
    for name in ("exp", "log", "relu", "sigmoid"):
        assert repr(getattr(value, name)()) == f"Value of shape (2,), {name}"
