"""Of which one change in the key an answer is the result: another axis, a mean for a sum, a lost factor.

Where a changed key gives in every case what the answer gave, the answer is wrong as if by that one
step, however it is written. What is said names what stands there wrongly, not what belongs there.
The sentence of each change stands under its name in ``general.txt``.
"""

import ast
import functools
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from course.exercises.attempt import Attempt, call
from course.exercises.exercise import Exercise
from course.exercises.pairs import Finding

#: What is said first where several changes come to the same.
ORDER: tuple[str, ...] = (
    "another_function",
    "another_axis",
    "left_out",
    "another_sign",
    "another_comparison",
    "the_other_way_round",
    "comes_twice",
    "another_value",
    "another_form",
    "another_number",
)


class Changed(NamedTuple):
    """The key with one change, and what is said of it."""

    finding: Finding
    function: Callable


def find_changed_key(
    exercise: Exercise, attempts: Sequence[Attempt], names_used: frozenset[str]
) -> Finding | None:
    """Return the first change that gives what the answer gave.

    Args:
        exercise: what is asked.
        attempts: what the answer made of each case.
        names_used: the names of the values that the answer itself uses; of others nothing is said.
    """
    for changed in all_changed(exercise):
        name = changed.finding.fields.get("value", "")
        if name and name not in names_used:
            continue
        if all(gives_the_same(changed.function, attempt, exercise.noise) for attempt in attempts):
            return changed.finding
    return None


def gives_the_same(function: Callable, attempt: Attempt, noise: float) -> bool:
    """Tell whether a function makes of a case what the answer made of it."""
    outcome = call(function, attempt.case)
    return outcome.is_like(attempt.outcome, exact=False, noise=noise, in_kind=True)


@functools.cache
def all_changed(exercise: Exercise) -> list[Changed]:
    """Return key and solution with each change that can be made; none where a loop might never end."""
    functions = dict.fromkeys((exercise.reference, exercise.shown))  # each once
    all_of_them = [changed for function in functions for changed in changed_in(function)]
    return sorted(all_of_them, key=lambda changed: ORDER.index(changed.finding.name))


def changed_in(function: Callable) -> list[Changed]:
    """Return a function with each change that can be made in it; of equal ones the first."""
    definition = definition_of(function)
    if definition is None or any(isinstance(node, ast.While) for node in ast.walk(definition)):
        return []
    findings: dict[str, Finding] = {}
    left_alone = changed_as_a_whole(definition)
    for place in places_in(definition):
        if place.node in left_alone:
            continue
        # All changes are made before the first is put there: they look at the definition as it is.
        for change in list(changes_of(place.node, definition)):
            place.put(change.node)
            source = ast.unparse(ast.fix_missing_locations(definition))
            findings.setdefault(source, change.finding)
        place.put(place.node)
    return [Changed(finding, compiled_as(function, source)) for source, finding in findings.items()]


def definition_of(function: Callable) -> ast.FunctionDef | None:
    """Return a function's definition without decorators and type hints, if its source is known."""
    try:
        source = inspect.getsource(function)
    except OSError:  # where a class's answers are tried, the key's source is out of reach
        return None
    [definition] = ast.parse(textwrap.dedent(source)).body
    definition.decorator_list = []
    definition.returns = None
    for argument in definition.args.args:
        argument.annotation = None
    return definition


def compiled_as(function: Callable, source: str) -> Callable:
    """Make a function of another one's changed source."""
    space = dict(function.__globals__)
    file = f"<{function.__name__}, changed>"
    linecache.cache.pop(file, None)
    try:
        exec(compile(source, file, "exec"), space)
    except SyntaxError:
        return function
    changed = space[function.__name__]
    changed.__defaults__ = function.__defaults__
    return changed


# Where something may be changed


@dataclass(frozen=True, eq=False)
class Place:
    """A node of a program, and what puts another one into its place."""

    node: ast.AST
    put: Callable[[ast.AST], None]


def places_in(tree: ast.AST) -> Iterator[Place]:
    """Yield the place of each node below a node."""
    for parent in list(ast.walk(tree)):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield Place(value, functools.partial(setattr, parent, field))
            elif isinstance(value, list):
                for i, entry in enumerate(value):
                    if isinstance(entry, ast.AST):
                        yield Place(entry, functools.partial(value.__setitem__, i))


def changed_as_a_whole(tree: ast.AST) -> list[ast.AST]:
    """Return what is no number or value by itself: what stands behind ``axis=``, or in ``len()``."""
    wholes = [node for node in ast.walk(tree) if is_an_axis(node) or is_a_length(node)]
    return [inner for whole in wholes for inner in ast.walk(whole) if inner is not whole]


def is_an_axis(node: ast.AST) -> bool:
    """Tell whether a node is an argument ``axis=...``."""
    return isinstance(node, ast.keyword) and node.arg == "axis"


def is_a_length(node: ast.AST) -> bool:
    """Tell whether a node is a call of Python's ``len``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


# What a node may become


class Change(NamedTuple):
    """What a node becomes, and what is said of it."""

    node: ast.AST
    finding: Finding


def change(node: ast.AST, name: str, **fields: object) -> Change:
    """Return a change with the name of its sentence, and its fields."""
    return Change(node, Finding(name, fields))


#: What may stand in the place of a sign, and how it is written.
SIGNS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
WRITTEN: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
#: What was left out, if only the left of a sign is there.
LEFT_OUT: dict[type, str] = {
    ast.Add: "a term that is added",
    ast.Sub: "what is to be subtracted",
    ast.Mult: "a factor",
    ast.Div: "a division",
    ast.Pow: "a power",
}
#: What is said to be the other way round, if both sides of a sign are exchanged.
THE_OTHER_WAY_ROUND: dict[type, str] = {
    ast.Sub: "difference",
    ast.Div: "quotient",
    ast.MatMult: "matrix product",
}
COMPARISONS: tuple[type, ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
#: Functions that are taken for one another.
FUNCTIONS: tuple[tuple[str, ...], ...] = (
    ("sum", "mean", "max", "min", "median", "prod"),
    ("argmax", "argmin"),
    ("maximum", "minimum"),
    ("exp", "exp2", "square"),
    ("log", "log2", "log10", "log1p"),
    ("sqrt", "square"),
    ("sigmoid", "softmax", "tanh"),
)


#: Functions that may be left out, so that what they take stands there as it is.
WRAPPERS: frozenset[str] = frozenset(
    ("sigmoid", "softmax", "tanh", "exp", "log", "sqrt", "abs", "maximum", "minimum")
)


def changes_of(node: ast.AST, definition: ast.FunctionDef) -> Iterator[Change]:
    """Yield what one node can become."""
    match node:
        case ast.BinOp():
            yield from changes_of_a_sign(node)
        case ast.AugAssign():
            for sign in SIGNS.get(type(node.op), ()):
                changed = ast.AugAssign(node.target, sign(), node.value)
                yield change(changed, "another_sign", sign=f"{WRITTEN[sign]}=")
        case ast.UnaryOp(op=ast.USub()):
            yield change(node.operand, "left_out", what="a minus")
        case ast.Compare(ops=[sign]) if isinstance(sign, COMPARISONS):
            for other in COMPARISONS:
                if not isinstance(sign, other):
                    changed = ast.Compare(node.left, [other()], node.comparators)
                    yield change(changed, "another_comparison", sign=WRITTEN[other])
        case ast.keyword(arg="axis", value=ast.Constant() | ast.UnaryOp() as axis):
            for other in (0, 1, 2, None):
                if other != ast.literal_eval(axis):
                    changed = ast.keyword("axis", ast.Constant(other))
                    along = "over everything" if other is None else f"along axis {other}"
                    yield change(changed, "another_axis", along=along)
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            for other in (number + 1, number - 1, 2 * number, number / 2):
                if other:
                    yield change(ast.Constant(other), "another_number", number=f"{other:g}")
        case ast.Attribute(attr="T"):
            yield change(node.value, "left_out", what="a `.T`")
        case ast.Attribute(attr=name):
            for other in taken_for(name):
                changed = ast.Attribute(node.value, other, node.ctx)
                yield change(changed, "another_function", function=other)
        case ast.Call(func=ast.Attribute(attr=name), args=[first, *_]) if name in WRAPPERS:
            yield change(first, "left_out", what=f"`{name}`")
        case ast.Name(ctx=ast.Load(), id=name) if name in values_of(definition):
            yield from changes_of_a_value(node, definition)


def changes_of_a_sign(node: ast.BinOp) -> Iterator[Change]:
    """Yield what two parts with a sign between them can become."""
    left = node.left
    right = node.right
    kind = type(node.op)
    for sign in SIGNS.get(kind, ()):
        changed = ast.BinOp(left, sign(), right)
        yield change(changed, "another_sign", sign=WRITTEN[sign])
    if kind in LEFT_OUT:
        yield change(left, "left_out", what=LEFT_OUT[kind])
    if kind in (ast.Add, ast.Sub):
        yield change(right, "left_out", what="the first part of a sum or difference")
        for changed in (
            ast.BinOp(twice(left), node.op, right),
            ast.BinOp(left, node.op, twice(right)),
        ):
            yield change(changed, "comes_twice", what="a part of a sum or difference")
    if kind is ast.Mult:
        yield change(right, "left_out", what="a factor")
        for factor in (right, left):
            yield change(ast.BinOp(node, node.op, factor), "comes_twice", what="a factor")
    if kind is ast.Div:
        yield change(ast.BinOp(node, node.op, right), "comes_twice", what="a divisor")
    if kind in THE_OTHER_WAY_ROUND:
        changed = ast.BinOp(right, node.op, left)
        yield change(changed, "the_other_way_round", what=THE_OTHER_WAY_ROUND[kind])


def twice(node: ast.expr) -> ast.BinOp:
    """Return two times an expression."""
    return ast.BinOp(ast.Constant(2), ast.Mult(), node)


def changes_of_a_value(node: ast.Name, definition: ast.FunctionDef) -> Iterator[Change]:
    """Yield what an argument, or a value that was made of them, can become where it is used."""
    for other in values_of(definition):
        if other != node.id:
            yield change(ast.Name(other, node.ctx), "another_value", value=other)
    opposite = ast.UnaryOp(ast.USub(), node)
    yield change(opposite, "another_form", form="with the other sign")
    one_minus = ast.BinOp(ast.Constant(1), ast.Sub(), node)
    yield change(one_minus, "another_form", form="subtracted from 1")
    transposed = ast.Attribute(node, "T", node.ctx)
    yield change(transposed, "another_form", form="transposed once too often or too seldom")


def taken_for(name: str) -> list[str]:
    """Return the functions that are taken for one."""
    return [other for group in FUNCTIONS if name in group for other in group if other != name]


def values_of(definition: ast.FunctionDef) -> list[str]:
    """Return the names of a function's arguments and of what it makes."""
    arguments = [argument.arg for argument in definition.args.args]
    assigned = [
        node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return list(dict.fromkeys([*arguments, *assigned]))
