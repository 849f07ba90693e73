"""All the one-step changes of a function: an operator, an axis, a constant, a dropped term, a name."""

import ast
import copy
import inspect
import textwrap

_OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add, ast.Mult],
    ast.Mult: [ast.Div, ast.Add, ast.MatMult],
    ast.Div: [ast.Mult, ast.FloorDiv, ast.Sub],
    ast.MatMult: [ast.Mult],
    ast.Pow: [ast.Mult, ast.Add],
    ast.BitAnd: [ast.BitOr, ast.BitXor],
}
_COMPARISONS = [ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE]
_NAMES = {
    "max": ["min", "mean", "sum"],
    "min": ["max"],
    "sum": ["mean", "max", "prod"],
    "mean": ["sum", "max"],
    "argmin": ["argmax"],
    "exp": ["exp2", "expm1"],
    "log": ["log2", "log1p"],
    "minimum": ["maximum"],
    "maximum": ["minimum"],
    "abs": ["negative"],
    "sqrt": ["square"],
    "arange": ["ones"],
    "zeros": ["ones"],
}
_TEXTS = {">2I": ["<2I", ">2i", ">4H"]}


def changes(node: ast.AST, arguments: list[str]):
    """Yield what one node can become in one step."""
    if isinstance(node, ast.BinOp):
        yield from (
            ast.BinOp(node.left, op(), node.right) for op in _OPERATORS.get(type(node.op), [])
        )
        yield from (node.left, node.right, ast.BinOp(node.right, node.op, node.left))
    elif isinstance(node, ast.AugAssign):
        ops = _OPERATORS.get(type(node.op), [])
        yield from (ast.AugAssign(node.target, op(), node.value) for op in ops)
        yield from (ast.Assign([node.target], node.value), ast.Pass())
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        for op in _COMPARISONS:
            if op is not type(node.ops[0]):
                yield ast.Compare(node.left, [op()], node.comparators)
    elif isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield ast.Constant(not value)
        elif isinstance(value, (int, float)):
            for other in {value + 1, value - 1, value * 2, -value, 0, None} - {value}:
                yield ast.Constant(other)
        else:
            yield from map(ast.Constant, _TEXTS.get(value, []) if isinstance(value, str) else [])
    elif isinstance(node, ast.Call):
        for i in range(len(node.keywords)):
            yield ast.Call(node.func, node.args, node.keywords[:i] + node.keywords[i + 1 :])
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
            yield node.func.value
        yield from node.args[:1]
        if len(node.args) == 2:
            yield from (node.args[1], ast.Call(node.func, node.args[::-1], node.keywords))
    elif isinstance(node, ast.Attribute):
        yield from (ast.Attribute(node.value, name, node.ctx) for name in _NAMES.get(node.attr, []))
        if node.attr == "T":
            yield node.value
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        names = arguments if node.id in arguments else _NAMES.get(node.id, [])
        yield from (ast.Name(name, node.ctx) for name in names if name != node.id)
        if node.id in arguments:
            yield ast.UnaryOp(ast.USub(), node)
            yield ast.Attribute(node, "T", ast.Load())
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield ast.Tuple(node.elts[::-1], node.ctx)
        yield ast.Tuple(node.elts[1:], node.ctx)


def changed(function):
    """Return each one-step change of a function, as the source of a function of the same name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    if ast.get_docstring(definition) is not None:
        del definition.body[0]
    definition.returns, definition.decorator_list = None, []
    arguments = [argument.arg for argument in definition.args.args]
    for argument in definition.args.args:
        argument.annotation = None
    own, found = ast.unparse(tree), {}
    places = [
        (i, field, j)
        for i, node in enumerate(ast.walk(tree))
        if i > 1
        for field, value in ast.iter_fields(node)
        if not (isinstance(node, ast.arguments))
        for j, entry in enumerate(value if isinstance(value, list) else [value])
        if isinstance(entry, ast.AST)
    ] + [(1, "body", j) for j in range(len(definition.body))]
    for i, field, j in places:
        node = list(ast.walk(tree))[i]
        value = getattr(node, field)
        entry = value[j] if isinstance(value, list) else value
        for k in range(len(list(changes(entry, arguments)))):
            copied = copy.deepcopy(tree)
            node = list(ast.walk(copied))[i]
            value = getattr(node, field)
            new = list(changes(value[j] if isinstance(value, list) else value, arguments))[k]
            if isinstance(value, list):
                value[j] = new
            else:
                setattr(node, field, new)
            try:
                source = ast.unparse(ast.fix_missing_locations(copied))
                compile(source, "<changed>", "exec")
            except (SyntaxError, ValueError, TypeError):
                continue  # not a program
            if source != own:
                found[source] = None
    return list(found)
