"""One-step mutants of a function: another operator, axis, constant, name, or a part left out.

The tests ask that no mutant of an answer key passes as right.
"""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator


def mutants_of(function: Callable) -> list[str]:
    """Return the sources of all mutants of a function that are programs, each once."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    if ast.get_docstring(definition) is not None:
        del definition.body[0]
    definition.returns = None
    definition.decorator_list = []
    for argument in definition.args.args:
        argument.annotation = None
    values = [argument.arg for argument in definition.args.args]
    sources = dict.fromkeys(changed_sources(tree, values))
    sources.pop(ast.unparse(tree), None)
    return list(sources)


def changed_sources(tree: ast.Module, values: list[str]) -> Iterator[str]:
    """Yield a function's source with each change of each of its nodes, if that is a program."""
    for node, put in places_in(tree.body[0]):
        # All changes are made before the first is put there: they look at the function as it is.
        for change in list(changes_of(node, values)):
            put(ast.copy_location(change, node))  # all that unparsing asks for
            try:
                source = ast.unparse(tree)
                compile(source, "<mutant>", "exec")
            except (SyntaxError, ValueError, TypeError):
                continue
            finally:
                put(node)
            yield source


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
#: Names that may stand for one another in texts: the formats of ``struct``.
TEXTS: dict[str, tuple[str, ...]] = {">2I": ("<2I", ">2i", ">4H")}


def changes_of(node: ast.AST, values: list[str]) -> Iterator[ast.AST]:
    """Yield what one node can become in one step; ``values`` names the arguments."""
    match node:
        case ast.BinOp(left, operator, right):
            for other in OPERATORS.get(type(operator), ()):
                yield ast.BinOp(left, other(), right)
            yield from (left, right, ast.BinOp(right, operator, left))
        case ast.AugAssign():
            for other in OPERATORS.get(type(node.op), ()):
                yield ast.AugAssign(node.target, other(), node.value)
            yield from (ast.Assign([node.target], node.value), ast.Pass())
        case ast.UnaryOp():
            yield node.operand
        case ast.Compare(ops=[one]) if isinstance(one, COMPARISONS):
            for other in COMPARISONS:
                if not isinstance(one, other):
                    yield ast.Compare(node.left, [other()], node.comparators)
        case ast.keyword(arg="axis", value=ast.Constant() | ast.UnaryOp() as axis):
            for other in (0, 1, 2, None):
                if other != ast.literal_eval(axis):
                    yield ast.keyword("axis", ast.Constant(other))
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            for other in (value + 1, value - 1, 2 * value, -value, 0, None):
                yield ast.Constant(other)
        case ast.Constant(str(value)):
            for other in TEXTS.get(value, ()):
                yield ast.Constant(other)
        case ast.Attribute(attr="T"):
            yield node.value
        case ast.Attribute():
            for other in taken_for(node.attr):
                yield ast.Attribute(node.value, other, node.ctx)
        case ast.Call(function, arguments, keywords):
            for i in range(len(keywords)):
                yield ast.Call(function, arguments, keywords[:i] + keywords[i + 1 :])
            if isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Name):
                yield function.value  # a method is left out
            yield from arguments[:1]
            if len(arguments) == 2:
                yield from (arguments[1], ast.Call(function, arguments[::-1], keywords))
        case ast.Name(ctx=ast.Load()):
            for other in taken_for(node.id):
                yield ast.Name(other, node.ctx)
            if node.id in values:
                for other in (each for each in values if each != node.id):
                    yield ast.Name(other, node.ctx)
                yield ast.UnaryOp(ast.USub(), node)
                yield ast.BinOp(ast.Constant(1), ast.Sub(), node)
                yield ast.Attribute(node, "T", node.ctx)
                yield ast.Call(ast.Name("abs", ast.Load()), [node], [])
        case ast.Tuple(ctx=ast.Load(), elts=[_, _, *_] as entries):
            yield from (ast.Tuple(entries[::-1], node.ctx), ast.Tuple(entries[1:], node.ctx))


def taken_for(name: str) -> list[str]:
    """Return the functions that are taken for one."""
    return [other for group in FUNCTIONS if name in group for other in group if other != name]
