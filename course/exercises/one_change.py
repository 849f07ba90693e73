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

from course.exercises.attempt import Attempt, call
from course.exercises.exercise import Exercise
from course.exercises.relation import Fields

#: A node of a program, and what to say of it: a change's name in ``general.txt``, and its fields.
Change = tuple[ast.AST, str, Fields]

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


@dataclass(frozen=True, eq=False)
class Changed:
    """The key with one change: what is said of it, which name that needs, and the function."""

    name: str
    fields: Fields
    function: Callable


def one_change(
    exercise: Exercise, attempts: Sequence[Attempt], names: frozenset[str]
) -> tuple[str, Fields] | None:
    """Return the name and the fields of the first change that gives what the answer gave.

    Args:
        exercise: what is asked.
        attempts: what the answer made of each case.
        names: the names of the values that the answer itself uses; of others nothing is said.
    """
    for changed in all_changed(exercise):
        if changed.fields.get("value", "") not in {"", *names}:
            continue
        if all(
            call(changed.function, each.case).is_like(
                each.outcome, False, exercise.noise, in_kind=True
            )
            for each in attempts
        ):
            return changed.name, changed.fields
    return None


@functools.cache
def all_changed(exercise: Exercise) -> list[Changed]:
    """Return key and solution with each change that can be made; none where a loop might never end."""
    functions = dict.fromkeys((exercise.reference, exercise.shown))
    changed = [each for function in functions for each in changed_in(function)]
    return sorted(changed, key=lambda each: ORDER.index(each.name))


def changed_in(function: Callable) -> list[Changed]:
    """Return a function with each change that can be made in it."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:  # where a class's answers are tried, the key's source is out of reach
        return []
    [definition] = tree.body
    definition.decorator_list, definition.returns = [], None
    for argument in definition.args.args:
        argument.annotation = None
    if any(isinstance(node, ast.While) for node in ast.walk(tree)):
        return []
    found: dict[str, tuple[str, Fields]] = {}
    others = changed_otherwise(definition)
    for put, node in places(definition):
        if node in others:
            continue
        for new, name, fields in [*changes(node, definition)]:
            put(new)
            found.setdefault(ast.unparse(ast.fix_missing_locations(definition)), (name, fields))
        put(node)
    return [Changed(*said, compiled_as(function, source)) for source, said in found.items()]


def changed_otherwise(tree: ast.AST) -> list[ast.AST]:
    """Return what is no number or value by itself: what stands behind ``axis=``, or in ``len()``."""
    axes = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "axis"]
    lengths = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_length(node.func)
    ]
    return [inner for each in axes + lengths for inner in ast.walk(each) if inner is not each]


def is_length(function: ast.expr) -> bool:
    """Tell whether a function that is called is Python's ``len``."""
    return isinstance(function, ast.Name) and function.id == "len"


def places(tree: ast.AST) -> Iterator[tuple[Callable[[ast.AST], None], ast.AST]]:
    """Yield each node below a node, after what puts another one into its place."""
    for parent in [*ast.walk(tree)]:
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield functools.partial(setattr, parent, field), value
            elif isinstance(value, list):
                for i, entry in enumerate(value):
                    if isinstance(entry, ast.AST):
                        yield functools.partial(value.__setitem__, i), entry


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


def changes(node: ast.AST, definition: ast.FunctionDef) -> Iterator[Change]:
    """Yield what one node can become."""
    match node:
        case ast.BinOp():
            yield from changes_of_a_sign(node)
        case ast.AugAssign():
            for sign in SIGNS.get(type(node.op), ()):
                new = ast.AugAssign(node.target, sign(), node.value)
                yield new, "another_sign", {"sign": f"{WRITTEN[sign]}="}
        case ast.UnaryOp(op=ast.USub()):
            yield node.operand, "left_out", {"what": "a minus"}
        case ast.Compare(ops=[sign]) if isinstance(sign, COMPARISONS):
            for other in COMPARISONS:
                if not isinstance(sign, other):
                    new = ast.Compare(node.left, [other()], node.comparators)
                    yield new, "another_comparison", {"sign": WRITTEN[other]}
        case ast.keyword(arg="axis", value=ast.Constant() | ast.UnaryOp() as axis):
            for other in (0, 1, 2, None):
                if other != ast.literal_eval(axis):
                    new = ast.keyword("axis", ast.Constant(other))
                    along = "over everything" if other is None else f"along axis {other}"
                    yield new, "another_axis", {"along": along}
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            for other in (number + 1, number - 1, 2 * number, number / 2):
                if other:
                    yield ast.Constant(other), "another_number", {"number": f"{other:g}"}
        case ast.Attribute(attr="T"):
            yield node.value, "left_out", {"what": "a `.T`"}
        case ast.Attribute(attr=attribute):
            for other in taken_for(attribute):
                new = ast.Attribute(node.value, other, node.ctx)
                yield new, "another_function", {"function": other}
        case ast.Call(func=ast.Attribute(attr=inner), args=[first, *_]) if inner in WRAPPERS:
            yield first, "left_out", {"what": f"`{inner}`"}
        case ast.Name(ctx=ast.Load(), id=name) if name in values_of(definition):
            for other in values_of(definition):
                if other != name:
                    yield ast.Name(other, node.ctx), "another_value", {"value": other}
            yield ast.UnaryOp(ast.USub(), node), "another_form", {"form": "with the other sign"}
            one_minus = ast.BinOp(ast.Constant(1), ast.Sub(), node)
            yield one_minus, "another_form", {"form": "subtracted from 1"}
            transposed = ast.Attribute(node, "T", node.ctx)
            yield transposed, "another_form", {"form": "transposed once too often or too seldom"}


#: Functions that may be left out, so that what they take stands there as it is.
WRAPPERS: frozenset[str] = frozenset(
    ("sigmoid", "softmax", "tanh", "exp", "log", "sqrt", "abs", "maximum", "minimum")
)


def changes_of_a_sign(node: ast.BinOp) -> Iterator[Change]:
    """Yield what two parts with a sign between them can become."""
    kind = type(node.op)
    for sign in SIGNS.get(kind, ()):
        new = ast.BinOp(node.left, sign(), node.right)
        yield new, "another_sign", {"sign": WRITTEN[sign]}
    if kind in LEFT_OUT:
        yield node.left, "left_out", {"what": LEFT_OUT[kind]}
    if kind in (ast.Add, ast.Sub, ast.Mult):
        what = LEFT_OUT[ast.Mult] if kind is ast.Mult else "the first part of a sum or difference"
        yield node.right, "left_out", {"what": what}
    if kind in (ast.Add, ast.Sub):
        twice = (ast.BinOp(ast.Constant(2), ast.Mult(), each) for each in (node.left, node.right))
        left, right = twice
        what = {"what": "a part of a sum or difference"}
        yield ast.BinOp(left, node.op, node.right), "comes_twice", what
        yield ast.BinOp(node.left, node.op, right), "comes_twice", what
    if kind in (ast.Mult, ast.Div):
        what = {"what": "a factor" if kind is ast.Mult else "a divisor"}
        yield ast.BinOp(node, node.op, node.right), "comes_twice", what
    if kind is ast.Mult:
        yield ast.BinOp(node, node.op, node.left), "comes_twice", {"what": "a factor"}
    if kind in (ast.Sub, ast.Div, ast.MatMult):
        new = ast.BinOp(node.right, node.op, node.left)
        what = {ast.Sub: "difference", ast.Div: "quotient", ast.MatMult: "matrix product"}[kind]
        yield new, "the_other_way_round", {"what": what}


def taken_for(name: str) -> list[str]:
    """Return the functions that are taken for one."""
    return [other for group in FUNCTIONS if name in group for other in group if other != name]


def values_of(definition: ast.FunctionDef) -> list[str]:
    """Return the names of a function's arguments and of what it makes."""
    made = [
        node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return [*dict.fromkeys([*[each.arg for each in definition.args.args], *made])]


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
