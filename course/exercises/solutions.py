"""The source of an answer key, as it is shown to a reader who asks for the solution."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable


def source(function: Callable) -> str:
    """Return a function's source without its docstring, its type hints and its argument checks."""
    text = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(text).body[0]
    body = [statement for statement in definition.body if not is_docstring(statement)]
    arguments = inspect.signature(function).parameters
    prepared = [statement for statement in body if only_prepares(statement, arguments)]
    left_out = lines_of([*prepared, *only_for_checks(body)])
    has_docstring = len(body) < len(definition.body)
    first_line = definition.body[0].end_lineno + 1 if has_docstring else body[0].lineno
    kept = [
        line
        for number, line in enumerate(text.splitlines(), start=1)
        if number >= first_line and number not in left_out
    ]
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
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    return isinstance(statement.body[-1], ast.Raise)


def only_prepares(statement: ast.stmt, arguments: Iterable[str]) -> bool:
    """Tell whether a statement has a private helper check arguments, as ``z = _floats(z)`` does."""
    if not isinstance(statement, ast.Assign):
        return False
    assigned = [name for target in statement.targets for name in names_in(target)]
    has_helper = any(name.startswith("_") for name in names_in(statement.value))
    return has_helper and set(assigned) <= set(arguments)


def only_for_checks(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that only raise, and those whose results only they use."""
    checks = [statement for statement in body if only_raises(statement)]
    if not checks:
        return []
    rest = [statement for statement in body if statement not in checks]
    for statement in rest:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        others = [other for other in rest if other is not statement]
        names_elsewhere = [name for other in others for name in names_in(other)]
        if statement.targets[0].id not in names_elsewhere:
            checks.append(statement)
    return checks


def names_in(statement: ast.AST) -> list[str]:
    """Return the names that stand in a statement or an expression."""
    return [each.id for each in ast.walk(statement) if isinstance(each, ast.Name)]


def lines_of(statements: list[ast.stmt]) -> set[int]:
    """Return the numbers of all lines of some statements."""
    return {
        number
        for statement in statements
        for number in range(statement.lineno, statement.end_lineno + 1)
    }
