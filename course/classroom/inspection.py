"""What of an answer a teacher should look at: who else wrote it so, and by what it might be right.

An answer may be right without being one: it may call the library, or change the checker. None of that
can be kept from it inside its own process, but much of it can be seen in its source.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Collection, Iterator
from functools import cache

#: What an answer may import without a second look.
INNOCENT = {
    *("numpy", "math", "cmath", "fractions", "decimal", "statistics", "random", "numbers", "array"),
    *("itertools", "functools", "collections", "bisect", "heapq", "re", "copy", "struct"),
    *("gzip", "zlib", "time", "dataclasses", "enum", "warnings", "__future__"),
}
#: Functions and modules, also as others' attributes (``np.lib.os``), with which a lot can be done.
MEDDLERS = {
    *("mnistlib", "course", "sys", "inspect", "gc", "importlib", "builtins", "types", "ctypes"),
    *("os", "subprocess", "pickle", "traceback", "operator", "ctypeslib", "testing", "f2py"),
    *("setattr", "getattr", "delattr", "exec", "eval", "compile", "globals", "locals", "vars"),
    *(
        "open",
        "load",
        "get_type_hints",
        "modules",
        "getframe",
        "attrgetter",
        "get_field",
        "vformat",
        "update_wrapper",
        "wraps",
    ),
}
#: Names that lead out of an answer, into frames, modules and the like.
WAYS_OUT = re.compile(r"__\w+__|(f|tb|gi|ag|cr|co)_\w+")

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


def meanings(tree: ast.AST) -> list[dict[str, str]]:
    """Return what the imports in some code give, as :func:`imported` does, with nothing overwritten.

    A name that stands for several things, each in its place, is in as many of the dictionaries.
    """
    layers = [{}]
    for node in ast.walk(tree):
        if isinstance(node, IMPORTS):
            for name, whole in imported(node).items():
                fits = (layer for layer in layers if layer.get(name, whole) == whole)
                layer = next(fits, None)
                if layer is None:
                    layers.append(layer := {})
                layer[name] = whole
    return layers


def begins(node: ast.AST) -> str | None:
    """Return the name that an expression begins with, such as K in ``K.x[0]``; None if none does."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def own_names(tree: ast.AST) -> set[str]:
    """Return the names of arguments, and those that some code sets."""
    own = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    return own


# --- The same but for names and spaces


def shape(source: str) -> str:
    """Return a digest that is the same for code which differs in names, spaces and comments alone."""
    tree = ast.parse(source)
    renamed = {}

    def number(name: str) -> str:
        return renamed.setdefault(name, f"n{len(renamed)}")

    own = own_names(tree)
    own |= {node.name for node in ast.walk(tree) if isinstance(node, DEFINITIONS)}
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS):
            if ast.get_docstring(node, clean=False) is not None:
                del node.body[0]
            node.name = number(node.name)
        elif isinstance(node, ast.Name) and node.id in own:
            node.id = number(node.id)
        elif isinstance(node, ast.arg):
            node.arg = number(node.arg)
            node.annotation = None
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:12]


# --- Right, but read it


def reason_to_read(source: str, given: Collection[str] = (), own: Collection[str] = ()) -> str:
    """Say what in a definition might make it right without being an answer; it may be innocent.

    Args:
        source: the code.
        given: names of the library, in full, that its lesson gives.
        own: modules of the student's.
    """
    first = next(doubts(ast.parse(source), given, own), None)
    return f"Read it: {first}" if first else ""


def doubts(tree: ast.AST, given: Collection[str], modules: Collection[str]) -> Iterator[str]:
    """Yield what in some code a teacher should read."""
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    layers = meanings(tree)
    if not modules:  # another file may reach what one imports as a part of it
        layers = [
            {n: whole for n, whole in names.items() if n in {*loaded, "*"}} for names in layers
        ]
    wholes = [whole for names in layers for whole in names.values()]
    for whole in wholes:
        root = whole.partition(".")[0]
        if root not in {*INNOCENT, *modules, "mnistlib"}:
            yield f"it uses {root}"
        if "." in whole and leads_out(whole.rpartition(".")[2]):
            yield f"it uses {whole.partition('.')[2]}"
    own = own_names(tree).difference(*layers)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            if begins(node) not in own or node.attr in known_names():
                yield f"it changes {ast.unparse(node)}"
        elif isinstance(node, DEFINITIONS):
            if WAYS_OUT.fullmatch(node.name) and node.name != "__init__":
                yield f"it defines {node.name}"
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if leads_out(name):
                yield f"it uses {name}"
        elif isinstance(node, ast.MatchClass):  # ``case object(__class__=c)`` reads an attribute
            yield from (f"it uses {name}" for name in node.kwd_attrs if leads_out(name))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for dunder in re.findall(r"__\w+?__", node.value):
                yield f"it uses {dunder}"
    used = {whole for names in layers for whole in uses(tree, names)}
    if modules:
        used |= {whole for whole in wholes if whole.partition(".")[0] == "mnistlib"}
    if used - {*given}:
        yield "it uses mnistlib"


def leads_out(name: str) -> bool:
    """Tell whether with a name a lot can be done; modules hold others as ``_sys``, too."""
    return bool(name.strip("_") in MEDDLERS or WAYS_OUT.fullmatch(name))


@cache
def known_names() -> set[str]:
    """Return what an answer may import without a second look has by a name, such as ``allclose``."""
    modules = [m for name, m in [*sys.modules.items()] if name.partition(".")[0] in INNOCENT]
    return {name for module in modules for name in dir(module)}


def uses(tree: ast.AST, names: dict[str, str]) -> set[str]:
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
    return {whole for whole in used if whole.partition(".")[0] == "mnistlib"}
