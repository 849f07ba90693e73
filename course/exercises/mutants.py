"""One-step mutants of a function: another operator, axis, constant, name, or a part left out.

The checker asks which mutant of the key gives what a wrong answer gave: whatever the answer looks
like, it is wrong as if by that one step. What is said names what stands there, not what belongs
there. The tests ask that no mutant of a key passes as right.
"""

import ast
import functools
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from course.exercises.attempt import Attempt, Outcome, call, code_of, values_used
from course.exercises.exercise import Exercise
from course.exercises.relations import Finding

#: The mutants of which something is said, in the order in which they are tried: where several give
#: the same, the first is named. The names are those of sentences in ``general.txt``.
SAID: tuple[str, ...] = (
    "another_function",
    "another_axis",
    "left_out",
    "another_operator",
    "another_value",
    "another_form",
)


class Mutant(NamedTuple):
    """A function's source with one step changed, and what is said of it, if anything."""

    source: str
    finding: Finding | None


def find_mutant(
    exercise: Exercise, answer: Callable, attempts: Sequence[Attempt]
) -> Finding | None:
    """Return what is said of the first mutant of the key that gives what the answer gave.

    Of a value's name nothing is said unless the answer itself uses that name.
    """
    names_used = values_used(code_of(answer))
    for finding, mutant in mutants_of_key(exercise):
        name = finding.fields.get("value", "")
        if name and name not in names_used:
            continue
        if all(
            outcome_of(mutant, exercise, number).is_like(
                attempt.outcome, exact=False, atol=exercise.atol, in_kind=True
            )
            for number, attempt in enumerate(attempts)
        ):
            return finding
    return None


@functools.cache
def outcome_of(mutant: Callable, exercise: Exercise, number: int) -> Outcome:
    """Return what a mutant comes to in one of the cases: always the same, so it is tried once."""
    return call(mutant, exercise.all_cases[number])


@functools.cache
def mutants_of_key(exercise: Exercise) -> list[tuple[Finding, Callable]]:
    """Return the mutants of key and solution of which something is said; none of endless loops."""
    mutants = []
    for function in dict.fromkeys((exercise.reference, exercise.shown)):
        try:
            source = inspect.getsource(function)
        except OSError:  # where a class's answers are tried, the key's source is out of reach
            continue
        if "while " in source:  # a mutant might never end
            continue
        mutants += [
            (mutant.finding, compiled_as(function, mutant.source))
            for mutant in mutants_of(function)
            if mutant.finding is not None
        ]
    return sorted(mutants, key=lambda pair: SAID.index(pair[0].name))


def compiled_as(function: Callable, source: str) -> Callable:
    """Make a function of the source of a mutant of another one."""
    space = dict(function.__globals__)
    file = f"<{function.__name__}, a mutant>"
    linecache.cache.pop(file, None)
    exec(compile(source, file, "exec"), space)
    mutant = space[function.__name__]
    mutant.__defaults__ = function.__defaults__
    return mutant


def mutants_of(function: Callable, exchanges_own_values: bool = True) -> list[Mutant]:
    """Return all mutants of a function that are programs, each once.

    Args:
        function: the function.
        exchanges_own_values: whether what it makes may stand for an argument, and the other way
            round; a long function has very many such mutants.

    Raises:
        OSError: its source cannot be found.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    if ast.get_docstring(definition) is not None:
        del definition.body[0]
    definition.returns = None
    definition.decorator_list = []
    for argument in definition.args.args:
        argument.annotation = None
    values = [argument.arg for argument in definition.args.args]
    if exchanges_own_values:
        values = list(dict.fromkeys([*values, *assigned_in(definition)]))
    findings: dict[str, Finding | None] = {}
    for source, finding in changed_sources(tree, values):
        if findings.get(source) is None:
            findings[source] = finding
    findings.pop(ast.unparse(tree), None)
    return [Mutant(source, finding) for source, finding in findings.items()]


def changed_sources(tree: ast.Module, values: list[str]) -> Iterator[tuple[str, Finding | None]]:
    """Yield a function's source with each change of each of its nodes, if that is a program."""
    for node, put in places_in(tree.body[0]):
        # All changes are made before the first is put there: they look at the function as it is.
        for change in list(changes_of(node, values)):
            put(ast.copy_location(change.node, node))  # all that unparsing asks for
            try:
                source = ast.unparse(tree)
                compile(source, "<mutant>", "exec")
            except (SyntaxError, ValueError, TypeError):
                continue
            finally:
                put(node)
            yield source, change.finding


def places_in(definition: ast.FunctionDef) -> list[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """Return each node of a function's body, with what puts another one in its place."""
    places = [
        (node, functools.partial(definition.body.__setitem__, i))
        for i, node in enumerate(definition.body)
    ]
    for parent in [each for statement in definition.body for each in ast.walk(statement)]:
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                places.append((value, functools.partial(setattr, parent, field)))
            elif isinstance(value, list):
                places += [
                    (entry, functools.partial(value.__setitem__, i))
                    for i, entry in enumerate(value)
                    if isinstance(entry, ast.AST)
                ]
    return places


# What a node may become


class Change(NamedTuple):
    """What a node becomes, and what is said of it."""

    node: ast.AST
    finding: Finding | None = None


def said(node: ast.AST, name: str, **fields: object) -> Change:
    """Return a change with the name of its sentence, and its fields."""
    return Change(node, Finding(name, fields))


#: How operators are written.
WRITTEN: dict[type, str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//"},
    **{ast.MatMult: "@", ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"},
}
#: Operators that may stand in the place of one.
OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add, ast.MatMult),
    ast.Div: (ast.Mult, ast.FloorDiv, ast.Sub),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult, ast.Add),
    ast.BitAnd: (ast.BitOr, ast.BitXor),
}
COMPARISONS: tuple[type, ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
#: What the right side of an operator is called, where it is left out.
RIGHT_SIDE: dict[type, str] = {
    ast.Add: "a term",
    ast.Sub: "what is subtracted",
    ast.Mult: "a factor",
    ast.Div: "a division",
    ast.Pow: "a power",
}
#: What the left side is called.
LEFT_SIDE: dict[type, str] = {
    ast.Add: "a term",
    ast.Sub: "what something is subtracted from",
    ast.Mult: "a factor",
}
#: Functions that are taken for one another.
FUNCTIONS: tuple[tuple[str, ...], ...] = (
    ("sum", "mean", "max", "min", "median", "prod"),
    ("argmax", "argmin"),
    ("maximum", "minimum"),
    ("exp", "exp2", "expm1", "square"),
    ("log", "log2", "log10", "log1p"),
    ("sqrt", "square"),
    ("sigmoid", "softmax", "tanh"),
    ("abs", "negative"),
    ("arange", "ones"),
    ("zeros", "ones"),
)
#: Functions that may be left out, so that what they take stands there as it is.
WRAPPERS: frozenset[str] = frozenset(
    ("sigmoid", "softmax", "tanh", "exp", "log", "sqrt", "abs", "maximum", "minimum")
)
#: Names that may stand for one another in texts: the formats of ``struct``.
TEXTS: dict[str, tuple[str, ...]] = {">2I": ("<2I", ">2i", ">4H")}


def changes_of(node: ast.AST, values: list[str]) -> Iterator[Change]:
    """Yield what one node can become in one step."""
    match node:
        case ast.BinOp():
            yield from changes_of_an_operation(node)
        case ast.AugAssign():
            for operator in OPERATORS.get(type(node.op), ()):
                changed = ast.AugAssign(node.target, operator(), node.value)
                yield said(changed, "another_operator", operator=f"{WRITTEN[operator]}=")
            yield Change(ast.Assign([node.target], node.value))
            yield Change(ast.Pass())
        case ast.UnaryOp(op=ast.USub()):
            yield said(node.operand, "left_out", what="a minus")
        case ast.UnaryOp():
            yield Change(node.operand)
        case ast.Compare(ops=[one]) if isinstance(one, COMPARISONS):
            for other in COMPARISONS:
                if not isinstance(one, other):
                    yield Change(ast.Compare(node.left, [other()], node.comparators))
        case ast.keyword(arg="axis", value=ast.Constant() | ast.UnaryOp() as axis):
            for other in (0, 1, 2, None):
                if other != ast.literal_eval(axis):
                    changed = ast.keyword("axis", ast.Constant(other))
                    along = "over everything" if other is None else f"along axis {other}"
                    yield said(changed, "another_axis", along=along)
        case ast.Constant():
            yield from changes_of_a_constant(node)
        case ast.Attribute(attr="T"):
            yield said(node.value, "left_out", what="a `.T`")
        case ast.Attribute():
            for other in taken_for(node.attr):
                changed = ast.Attribute(node.value, other, node.ctx)
                yield said(changed, "another_function", function=other)
        case ast.Call():
            yield from changes_of_a_call(node)
        case ast.Name(ctx=ast.Load()):
            yield from changes_of_a_name(node, values)
        case ast.Tuple(ctx=ast.Load(), elts=[_, _, *_] as entries):
            yield Change(ast.Tuple(entries[::-1], node.ctx))
            yield Change(ast.Tuple(entries[1:], node.ctx))


def changes_of_an_operation(node: ast.BinOp) -> Iterator[Change]:
    """Yield what two sides with an operator between them can become."""
    left, right = node.left, node.right
    kind = type(node.op)
    for operator in OPERATORS.get(kind, ()):
        changed = ast.BinOp(left, operator(), right)
        yield said(changed, "another_operator", operator=WRITTEN[operator])
    for side, names in ((left, RIGHT_SIDE), (right, LEFT_SIDE)):
        yield said(side, "left_out", what=names[kind]) if kind in names else Change(side)
    yield Change(ast.BinOp(right, node.op, left))


def changes_of_a_constant(node: ast.Constant) -> Iterator[Change]:
    """Yield what a number, True or False, or a text can become."""
    value = node.value
    if isinstance(value, bool):
        yield Change(ast.Constant(not value))
    elif isinstance(value, (int, float)):
        for other in (value + 1, value - 1, 2 * value, -value, 0, None):
            yield Change(ast.Constant(other))
    elif isinstance(value, str):
        for other in TEXTS.get(value, ()):
            yield Change(ast.Constant(other))


def changes_of_a_call(node: ast.Call) -> Iterator[Change]:
    """Yield what a call can become: without one of its arguments, or without the function."""
    function, args, keywords = node.func, node.args, node.keywords
    for i in range(len(keywords)):
        yield Change(ast.Call(function, args, keywords[:i] + keywords[i + 1 :]))
    is_method = isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Name)
    if is_method:
        yield Change(function.value)
    if args:
        name = getattr(function, "attr", getattr(function, "id", ""))
        is_wrapper = name in WRAPPERS
        yield said(args[0], "left_out", what=f"`{name}`") if is_wrapper else Change(args[0])
    if len(args) == 2:
        yield Change(args[1])
        yield Change(ast.Call(function, args[::-1], keywords))


def changes_of_a_name(node: ast.Name, values: list[str]) -> Iterator[Change]:
    """Yield what a name can become where its value is used."""
    for other in taken_for(node.id):
        yield said(ast.Name(other, node.ctx), "another_function", function=other)
    if node.id not in values:
        return
    for other in values:
        if other != node.id:
            yield said(ast.Name(other, node.ctx), "another_value", value=other)
    opposite = ast.UnaryOp(ast.USub(), node)
    yield said(opposite, "another_form", form="with the other sign")
    one_minus = ast.BinOp(ast.Constant(1), ast.Sub(), node)
    yield said(one_minus, "another_form", form="subtracted from 1")
    transposed = ast.Attribute(node, "T", node.ctx)
    yield said(transposed, "another_form", form="transposed once too often or too seldom")
    unsigned = ast.Call(ast.Name("abs", ast.Load()), [node], [])
    yield said(unsigned, "another_form", form="without its sign")


def taken_for(name: str) -> list[str]:
    """Return the functions that are taken for one."""
    return [other for group in FUNCTIONS if name in group for other in group if other != name]


def assigned_in(definition: ast.FunctionDef) -> list[str]:
    """Return the names that a function gives values."""
    return [
        node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
