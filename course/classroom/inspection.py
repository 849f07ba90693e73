"""What of an answer a teacher should look at: by what it might be right without being an answer.

It may call the library, or change the checker. None of that can be kept from it inside its own process,
but what it imports, changes and calls for it stands in its source, and is named. Somebody determined
can hide it, so that nothing was named proves nothing.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from course.exercises import EXERCISES
from course.exercises.solutions import shown_source

#: The packages of which an answer may import anything without a second look.
MODULES = {
    "__future__", "array", "bisect", "cmath", "collections", "copy", "dataclasses", "decimal", "enum",
    "fractions", "functools", "gzip", "heapq", "itertools", "math", "numbers", "numpy", "random",
    "statistics", "struct", "time", "typing", "warnings", "zlib",
}  # fmt: skip
#: By which code reaches, from inside an answer, what arithmetic has no need of.
MEDDLERS = {
    "breakpoint", "compile", "ctypeslib", "delattr", "eval", "exec", "getattr", "globals", "load",
    "locals", "memmap", "open", "os", "setattr", "sys", "vars",
}  # fmt: skip
#: Python's own names, of things and of what a class may redefine; and those that mean no harm.
SPECIAL = re.compile(r"__\w+__")
ORDINARY = {"__name__", "__init__", "__call__", "__post_init__"}

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


def imported(tree: ast.AST) -> dict[str, str]:
    """Return the names that the imports in some code give, and what each is in full."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, IMPORTS):
            module = f"{node.module}." if getattr(node, "module", None) else ""
            for alias in node.names:
                is_top = not module and not alias.asname  # ``import a.b`` gives a
                whole = module + (alias.name.partition(".")[0] if is_top else alias.name)
                names[alias.asname or whole.removeprefix(module)] = whole
    return names


def begins(node: ast.AST) -> str | None:
    """Return the name that an expression begins with, such as K in ``K.x[0]``; None if none does."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


# --- Right, but read it


def reason_to_read(name: str, source: str) -> str:
    """Say what in the answer to an exercise might make it right without being an answer.

    It may be innocent. What of the library the exercise's solution uses, an answer may use as well.
    """
    first = next(doubts(ast.parse(source), names_in_solution(name)), None)
    return f"Read it: {first}" if first else ""


@cache
def names_in_solution(name: str) -> set[str]:
    """Return the names that stand in an exercise's solution, those of the library's functions too."""
    tree = ast.parse(shown_source(EXERCISES[name].solution))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def doubts(tree: ast.AST, given: set[str]) -> Iterator[str]:
    """Yield what some code takes from elsewhere, what of others' it changes, and how it meddles."""
    nodes = [*ast.walk(tree)]
    loaded = {"*", *(node.id for node in nodes if isinstance(node, ast.Name))}
    imports = [
        (name, whole)
        for node in nodes
        if isinstance(node, IMPORTS)
        for name, whole in imported(node).items()
        if name in loaded
    ]
    for name, whole in imports:
        package = whole.partition(".")[0]
        if package == "mnistlib":
            for part in sorted(library_parts(tree, name, whole)):
                is_function = part.count(".") == 2
                if not (is_function and part.rpartition(".")[2] in given):
                    yield f"it uses {part}"
        elif package not in MODULES:
            yield f"it uses {whole}"
    foreign = {name for name, _ in imports}
    for node in nodes:
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) if begins(node) in foreign:
                yield f"it changes {ast.unparse(node)}"
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name):
                if name in MEDDLERS or (SPECIAL.fullmatch(name) and name not in ORDINARY):
                    yield f"it uses {name}"
            case ast.Constant(value=str(text)) if SPECIAL.search(text):
                yield f"it uses {SPECIAL.search(text)[0]}"


def library_parts(tree: ast.AST, name: str, whole: str) -> set[str]:
    """Return in full what some code uses of what it imports from the library.

    Args:
        tree: the code.
        name: what the import calls it.
        whole: what that is in full; a module stands in the result itself if it is used whole.
    """
    if name == "*":
        return {whole}
    nodes = [*ast.walk(tree)]
    attributes = {node.value: node.attr for node in nodes if isinstance(node, ast.Attribute)}
    used = [node for node in nodes if isinstance(node, ast.Name) and node.id == name]
    return {f"{whole}.{attributes[node]}" if node in attributes else whole for node in used}
