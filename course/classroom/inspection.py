"""What a teacher should look at in an answer that is right: what it uses that its task has no need of.

It may call the library, or import what could change the checker. None of that can be kept from it inside
its own process. Somebody determined can hide it, so that nothing was named proves nothing.
"""

import ast
from collections.abc import Collection

#: The packages of which an answer may import anything without a second look.
INNOCENT_PACKAGES = {
    "__future__", "array", "bisect", "cmath", "collections", "copy", "dataclasses", "decimal", "enum",
    "fractions", "functools", "gzip", "heapq", "itertools", "math", "numbers", "numpy", "random",
    "statistics", "struct", "time", "typing", "warnings", "zlib",
}  # fmt: skip

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


def package_of(whole: str) -> str:
    """Return the package with which a name in full begins."""
    return whole.partition(".")[0]


def reason_to_read(source: str, given: Collection[str] = ()) -> str:
    """Say what in a definition might make it right without being an answer; it may be innocent.

    Args:
        source: the code.
        given: names of the library, in full, that its solution uses.
    """
    tree = ast.parse(source)
    names = imported(tree)
    loaded = {"*", *(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))}
    odd = {whole for name, whole in names.items() if name in loaded}
    odd = {whole for whole in odd if package_of(whole) not in {*INNOCENT_PACKAGES, "mnistlib"}}
    doubts = sorted(library_names(tree, names) - {*given}) + sorted(odd)
    return f"Read it: it uses {doubts[0]}" if doubts else ""


def library_names(tree: ast.AST, names: dict[str, str]) -> set[str]:
    """Return what of the library some code uses, in full; a module stands there if it is used whole.

    Args:
        tree: the code.
        names: what its names stand for, as :func:`imported` returns it.
    """
    used = {names.get("*", "")}
    nodes = [*ast.walk(tree)]
    parts = {node.value: node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in names:
            dotted = f"{names[node.id]}.{parts.get(node, '')}"
            used.add(".".join(dotted.split(".")[:3]).rstrip("."))
    return {whole for whole in used if package_of(whole) == "mnistlib"}
