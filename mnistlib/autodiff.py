"""Let the machine differentiate: a value that remembers how it was made. Lesson 11.

Reverse-mode differentiation over NumPy arrays, for the operations that this course's networks need
and no more. Wrap what you want gradients for, compute a loss, and let it walk back::

    W = Value(weights)
    loss = cross_entropy(x @ W, y)
    loss.backward()
    W.grad  # the gradient, shaped as the weights

Plain arrays and numbers are constants: they take part, and get no gradient. Every rule works on plain
arrays, so a gradient is not a :class:`Value` itself: second derivatives are out of scope.

The functions up to :func:`unit_rows_backward` are what lesson 11 asks of its reader. The engine looks
each of them up in this module whenever it needs one, so that a reader's own can take its place.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


def unbroadcast(dz: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Add up the gradients of all copies that broadcasting made of an array of this ``shape``.

    ``dz``, the loss's gradient by the broadcast array, becomes that by the array itself. Derived in
    lesson 11, "What broadcasting did".
    """
    if dz.shape == shape:
        return dz
    dz = dz.sum(axis=tuple(range(dz.ndim - len(shape))))  # axes that were put in front
    stretched = tuple(axis for axis, size in enumerate(shape) if size < dz.shape[axis])
    return dz.sum(axis=stretched, keepdims=True)


def topological_order(parents: Mapping[Any, Sequence], end: Hashable) -> list:
    """Order everything that went into ``end`` so that each comes after all that it went into.

    ``parents`` maps each node of a graph to those that it was made from; nodes are names, or values.
    ``end`` comes first, and each node once. No recursion: a chain of 100,000 is no deeper than one of
    two. Derived in lesson 11, "The order of the way back".
    """
    uses = dict.fromkeys(parents, 0)
    reached = [end]
    for node in reached:  # the list grows while it is walked
        for source in parents[node]:
            if uses[source] == 0:
                reached.append(source)
            uses[source] += 1
    ready = [end]
    ordered = []
    while ready:
        node = ready.pop()
        ordered.append(node)
        for source in parents[node]:
            uses[source] -= 1
            if uses[source] == 0:  # all of its gradient has arrived
                ready.append(source)
    return ordered


def divide_backward(dz: np.ndarray, u: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Compute du and dw for $z = u / w$, entry by entry: $dz / w$ and $-dz\, u / w^2$.

    All arrays have one shape. Derived in lesson 11, "A value that remembers".
    """
    return dz / w, -dz * (u / w) / w  # w**2 would overflow sooner


def take_backward(dz: np.ndarray, index: np.ndarray, size: int) -> np.ndarray:
    """Compute the loss's gradient by a row u of this ``size``, from which z = u[index] was taken.

    An entry that was taken twice gets both gradients. Derived in lesson 11,
    "Optional: entries that are taken twice".
    """
    du = np.zeros(size, dz.dtype)
    np.add.at(du, index, dz)  # du[index] += dz would count a repeated entry once
    return du


def unit_rows_backward(dz: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Compute the loss's gradient by u, where each row of z is the row of u divided by its length.

    Derived in lesson 11, "Optional: several steps in one".
    """
    length = np.sqrt((u * u).sum(axis=1, keepdims=True))
    z = u / length
    return (dz - z * (dz * z).sum(axis=1, keepdims=True)) / length


def graph(end: "Value") -> dict["Value", list["Value"]]:
    """Return the graph behind a value: each value that went into it, with its parents."""
    parents = {}
    reached = [end]
    while reached:
        value = reached.pop()
        if value not in parents:
            parents[value] = [parent for parent, _ in value.parents]
            reached += parents[value]
    return parents


def _plain(operand):
    """Return an operand's array; constants are returned as they are."""
    return operand.array if isinstance(operand, Value) else operand


def _made(name: str, forward: Callable, operands: Sequence, rules: Sequence[Callable]) -> "Value":
    """Compute a value, and note the way back to each operand that is not a constant."""
    arrays = [_plain(operand) for operand in operands]
    try:
        result = forward(*arrays)
    except (ValueError, IndexError, TypeError) as error:
        shapes = " and ".join(str(np.shape(array)) for array in arrays)
        kind = TypeError if isinstance(error, TypeError) else type(error)  # NumPy's take no text
        raise kind(f"{name} of {shapes}: {error}") from None
    pairs = zip(operands, rules, strict=True)
    return Value(result, name, [pair for pair in pairs if isinstance(pair[0], Value)])


class Value:
    """An array that remembers how it was made.

    ``array`` holds the numbers, ``op`` the operation's name, and ``parents`` a pair for each
    value that went in: the value itself, and the rule that turns the loss's gradient by this array
    into the gradient by that one. ``grad`` is filled by :meth:`backward`.

    Operators: ``+ - * /`` with NumPy's broadcasting, ``@`` of two matrices, and ``[index]``.

    Args:
        array: real numbers; float32 and float64 are kept, integers become float64.

    Raises:
        TypeError: ``array`` does not hold real numbers.
        ValueError: two shapes do not go together; the message names the operation and both shapes.

    Built in lesson 11, "A value that remembers".
    """

    __slots__ = ("array", "grad", "op", "parents")
    __array_ufunc__ = None  # array + value is left to the value

    def __init__(self, array, op: str = "given", parents: Sequence = ()):
        """Wrap an array; the operations fill in the rest."""
        self.array = np.asarray(array)
        if self.array.dtype.kind not in "fiu":
            raise TypeError(f"expected real numbers, got an array of {self.array.dtype}")
        if self.array.dtype.kind != "f":
            self.array = self.array.astype(np.float64)
        self.op = op
        self.parents = parents
        self.grad: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self.array.shape

    def __repr__(self) -> str:
        return f"Value of shape {self.shape}, {self.op}"

    def __add__(self, other) -> "Value":
        return _made("sum", np.add, (self, other), (lambda dz: dz, lambda dz: dz))

    def __sub__(self, other) -> "Value":
        return _made("difference", np.subtract, (self, other), (lambda dz: dz, lambda dz: -dz))

    def __rsub__(self, other) -> "Value":
        return -self + other

    def __neg__(self) -> "Value":
        return _made("negative", np.negative, (self,), (lambda dz: -dz,))

    def __mul__(self, other) -> "Value":
        u, w = self.array, _plain(other)
        rules = (lambda dz: dz * w, lambda dz: dz * u)
        return _made("product", np.multiply, (self, other), rules)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other) -> "Value":
        return _quotient(self, other)

    def __rtruediv__(self, other) -> "Value":
        return _quotient(other, self)

    def __matmul__(self, other) -> "Value":
        return _matrix_product(self, other)

    def __rmatmul__(self, other) -> "Value":
        return _matrix_product(other, self)

    def __getitem__(self, index) -> "Value":
        """Take some entries, some of them more than once if the index says so."""

        def rule(dz):
            places = np.arange(self.array.size).reshape(self.shape)[index]
            du = take_backward(dz.ravel(), places.ravel(), self.array.size)
            return du.reshape(self.shape)

        return _made("index", lambda u: u[index], (self,), (rule,))

    def exp(self) -> "Value":
        """Return $e^u$. The slope is the value itself."""
        z = np.exp(self.array)
        return Value(z, "exp", [(self, lambda dz: dz * z)])

    def log(self) -> "Value":
        """Return the natural logarithm, whose slope is $1 / u$."""
        u = self.array
        return Value(np.log(u), "log", [(self, lambda dz: dz / u)])

    def relu(self) -> "Value":
        """Return max(u, 0). The slope is 1 above 0, else 0; lesson 07, "A unit with a corner"."""
        active = self.array > 0
        return Value(np.maximum(self.array, 0), "relu", [(self, lambda dz: dz * active)])

    def sigmoid(self) -> "Value":
        r"""Return $1 / (1 + e^{-u})$. The slope is $z (1 - z)$; written so that nothing overflows."""
        e = np.exp(-np.abs(self.array))
        z = np.maximum(e, self.array >= 0) / (1 + e)
        return Value(z, "sigmoid", [(self, lambda dz: dz * z * (1 - z))])

    def sum(self, axis: int | tuple[int, ...] | None = None) -> "Value":
        """Add up over all axes, or over some, which stay with size 1. Each term gets all of dz."""
        shape = self.shape
        keep = axis is not None
        rule = lambda dz: np.broadcast_to(dz, shape)  # noqa: E731
        return _made("sum", lambda u: u.sum(axis=axis, keepdims=keep), (self,), (rule,))

    def max(self, axis: int | tuple[int, ...]) -> "Value":
        """Keep the largest over some axes, which stay with size 1. Equals share the gradient."""
        u = self.array

        def rule(dz):
            largest = u == u.max(axis=axis, keepdims=True)
            return largest * (dz / largest.sum(axis=axis, keepdims=True, dtype=dz.dtype))

        return _made("max", lambda u: u.max(axis=axis, keepdims=True), (self,), (rule,))

    def reshape(self, *shape: int) -> "Value":
        """Lay the same numbers out in another shape."""
        old = self.shape
        return _made("reshape", lambda u: u.reshape(shape), (self,), (lambda dz: dz.reshape(old),))

    def unit_rows(self) -> "Value":
        """Divide each row by its length, in one step with a rule of its own."""
        u = self.array
        z = u / np.sqrt((u * u).sum(axis=1, keepdims=True))
        return Value(z, "unit rows", [(self, lambda dz: unit_rows_backward(dz, u))])

    def backward(self, keep: bool = False) -> None:
        r"""Carry the gradient back to everything the loss came from: $dW$ into ``W.grad``, for every W.

        A value used twice gets the *sum* of what both uses send. Each call starts from nothing: what
        an earlier one left in ``grad`` is replaced. Afterwards only what was given holds a ``grad``;
        what was computed has let go of it and of how it was made, so that memory is free again. Do not
        change a ``grad`` in place: two values may share one.

        Args:
            keep: leave everything as it is, to look at; then one can walk back once more.

        Raises:
            ValueError: this value is not a single number, or its way back was walked and forgotten.

        Source: Linnainmaa's thesis of 1970; Griewank and Walther, "Evaluating derivatives", 2008.
        Derived in lesson 11, "The order of the way back".
        """
        if self.array.size != 1:
            raise ValueError(
                f"the way back starts from one number, the loss; this is a {self!r}. Add it up first"
            )
        ordered = topological_order(graph(self), self)
        for value in ordered:
            if value.op != "given" and not value.parents:
                raise ValueError(
                    f"the way back was walked before, and how this was made is forgotten: {value!r}. "
                    "Compute the loss anew, or walk with keep=True"
                )
            value.grad = None
        self.grad = np.ones_like(self.array)
        for value in ordered:
            for source, rule in value.parents:
                part = np.asarray(unbroadcast(rule(value.grad), source.shape), source.array.dtype)
                source.grad = part if source.grad is None else source.grad + part
            if value.parents and not keep:
                value.grad = None
                value.parents = ()


def _quotient(one, other) -> Value:
    u, w = _plain(one), _plain(other)

    def both(dz):  # of u and w in the shape that broadcasting gave them
        stretched = (np.broadcast_to(np.asarray(array, dz.dtype), dz.shape) for array in (u, w))
        return divide_backward(dz, *stretched)

    rules = (lambda dz: both(dz)[0], lambda dz: both(dz)[1])
    return _made("quotient", np.divide, (one, other), rules)


def _matrix_product(one, other) -> Value:
    u, w = _plain(one), _plain(other)
    shapes = f"matrix product of {np.shape(u)} and {np.shape(w)}"
    if np.ndim(u) != 2 or np.ndim(w) != 2:
        raise ValueError(f"{shapes}: both must have two axes")
    if u.shape[1] != w.shape[0]:
        raise ValueError(f"{shapes}: {u.shape[1]} columns meet {w.shape[0]} rows")
    rules = (lambda dz: dz @ w.T, lambda dz: u.T @ dz)
    return _made("matrix product", np.matmul, (one, other), rules)


def cross_entropy(z: Value, y: np.ndarray) -> Value:
    r"""Mean surprise at the right answers: $L = -\frac1n \sum_i \sum_k y_{ik} \log p_{ik}$.

    Logits and one-hot targets are (n, classes), n at least 1; else a ValueError. Derived in lesson
    02, "Cross-entropy".
    """
    if z.shape != np.shape(y) or not len(y):
        raise ValueError(f"logits {z.shape} and targets {np.shape(y)}: both (n, classes)")
    shifted = z - z.array.max(axis=1, keepdims=True)  # a constant for each row changes no p
    log_p = shifted - shifted.exp().sum(axis=1).log()
    return -(log_p * y).sum() / len(y)


@dataclass(frozen=True)
class TapeModel:
    """A model for :mod:`mnistlib.training`: only its forward pass is written, its loss is cross-entropy.

    Args:
        forward: from the parameters, a list of values, and what ``prepare`` returns to logits.
        prepare: from images and a dtype to what ``forward`` takes.

    Built in lesson 11, "Two networks for free".
    """

    forward: Callable
    prepare: Callable

    def logits(self, parameters: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
        """Return the logits, shape (n, classes)."""
        return self._logits([Value(array) for array in parameters], x).array

    def gradients(self, parameters: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray):
        """Return the loss of a batch and its gradients, in a tuple of the parameters' own type.

        A parameter that the loss does not depend on gets zeros.
        """
        values = [Value(array) for array in parameters]
        loss = cross_entropy(self._logits(values, x), y)
        loss.backward()
        zeros = np.zeros_like
        grads = [zeros(v.array) if v.grad is None else v.grad for v in values]
        make = getattr(type(parameters), "_make", tuple)
        return loss.array.item(), make(grads)

    def _logits(self, values: Sequence[Value], x: np.ndarray) -> Value:
        z = self.forward(values, x)
        if not isinstance(z, Value):
            raise TypeError(f"forward must return a Value, got {type(z).__name__}")
        return z
