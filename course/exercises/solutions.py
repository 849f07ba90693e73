"""The source of an answer key, as it is shown to a reader who asks for the solution."""

import ast
import inspect
import textwrap
from collections.abc import Callable


def shown_source(function: Callable) -> str:
    """Return a function's source without its docstring, its type hints and its argument checks."""
    text = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(text).body[0]
    body = [statement for statement in definition.body if not is_docstring(statement)]
    arguments = set(inspect.signature(function).parameters)
    checks = [each for each in body if only_raises(each) or only_prepares(each, arguments)]
    rest = [each for each in body if each not in checks]
    if checks:
        checks += [each for each in rest if sets_what_nobody_asks_for(each, rest)]
    left_out = {n for each in checks for n in range(each.lineno, each.end_lineno + 1)}
    has_docstring = len(body) < len(definition.body)
    first = definition.body[0].end_lineno + 1 if has_docstring else body[0].lineno
    lines = enumerate(text.splitlines(), start=1)
    kept = [line for number, line in lines if number >= first and number not in left_out]
    shown = textwrap.dedent("\n".join(kept)).strip("\n")
    return f"{header(definition)}\n{textwrap.indent(shown, '    ')}\n"


def header(definition: ast.FunctionDef) -> str:
    """Return a function's first line without type hints, and with arguments by position only."""
    arguments = definition.args
    if arguments.kwonlyargs:
        arguments.args += arguments.kwonlyargs
        arguments.defaults = [value for value in arguments.kw_defaults if value]
        arguments.kwonlyargs = []
    for argument in (*arguments.posonlyargs, *arguments.args):
        argument.annotation = None
    return f"def {definition.name}({ast.unparse(arguments)}):"


def is_docstring(statement: ast.stmt) -> bool:
    """Tell whether a statement is only text."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def only_raises(statement: ast.stmt) -> bool:
    """Tell whether a statement is an ``if`` that ends in an error."""
    is_if = isinstance(statement, ast.If) and not statement.orelse
    return is_if and isinstance(statement.body[-1], ast.Raise)


def only_prepares(statement: ast.stmt, arguments: set[str]) -> bool:
    """Tell whether a statement has a private helper check arguments, as ``z = _floats(z)`` does."""
    if not isinstance(statement, ast.Assign):
        return False
    has_helper = any(name.startswith("_") for name in names_in(statement.value))
    return has_helper and names_in(*statement.targets) <= arguments


def sets_what_nobody_asks_for(statement: ast.stmt, rest: list[ast.stmt]) -> bool:
    """Tell whether a statement gives a value to names that stand in no other one of the rest."""
    if not isinstance(statement, ast.Assign):
        return False
    asked_for = names_in(*[other for other in rest if other is not statement])
    return bool(names_in(*statement.targets)) and not names_in(*statement.targets) & asked_for


def names_in(*nodes: ast.AST) -> set[str]:
    """Return the names that stand in statements or expressions."""
    return {each.id for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name)}
