"""Whether a function is more than the stub that a lesson hands out."""

import ast


def is_stub(definition: ast.AST | None) -> bool:
    """Tell whether a function does nothing yet: ``...``, ``pass``, ``raise NotImplementedError``."""
    return isinstance(definition, ast.FunctionDef) and all(map(does_nothing, definition.body))


def does_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement is one of those that a stub may have."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None | ast.Constant(value=None)):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
    return False
