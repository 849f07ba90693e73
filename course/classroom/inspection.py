"""What of an answer a teacher should look at: by what it might be right without being an answer.

It may call the library, or change the checker. None of that can be kept from it inside its own process,
but much of it can be seen in its source: whatever is no part of ordinary arithmetic is named. Somebody
determined can still hide it, so that nothing was named proves nothing.
"""

import ast
import builtins
from collections.abc import Collection, Iterator
from pathlib import Path

#: What an answer may import without a second look.
MODULES = {
    *("numpy", "numpy.typing", "numpy.linalg", "numpy.random", "numpy.lib.stride_tricks"),
    *("math", "cmath", "fractions", "decimal", "statistics", "random", "numbers", "array"),
    *(
        "itertools",
        "functools",
        "collections",
        "collections.abc",
        "bisect",
        "heapq",
        "copy",
        "struct",
    ),
    *("gzip", "zlib", "time", "dataclasses", "enum", "warnings", "typing", "__future__"),
}
#: What arithmetic asks of Python and NumPy, of arrays, numbers, texts and lists, of the modules above,
#: and of what the exercises hand out, such as a network's W1.
ARITHMETIC = frozenset(Path(__file__).with_name("arithmetic.txt").read_text("utf-8").split())

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


def root(whole: str) -> str:
    """Return the module with which a name in full begins."""
    return whole.partition(".")[0]


def begins(node: ast.AST) -> str | None:
    """Return the name that an expression begins with, such as K in ``K.x[0]``; None if none does."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def own_names(tree: ast.AST) -> set[str]:
    """Return the names of arguments, and those that some code sets or defines."""
    own = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, DEFINITIONS):
            own.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    return own


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
    """Yield what in some code is no part of ordinary arithmetic."""
    nodes = [*ast.walk(tree)]
    loaded = {node.id for node in nodes if isinstance(node, ast.Name)}
    layers = meanings(tree)
    if not modules:  # another file may reach what one imports as a part of it
        layers = [
            {n: whole for n, whole in names.items() if n in {*loaded, "*"}} for names in layers
        ]
    imports = {whole for names in layers for whole in names.values()}
    of_library = {whole for whole in imports if root(whole) == "mnistlib"}
    for whole in sorted(imports - of_library):
        if not is_common(whole, modules):
            yield f"it uses {whole}"
    yield from changes(nodes, own_names(tree).difference(*layers))
    yield from unknown_names(nodes, own_names(tree), layers, modules)
    others = {n for names in layers for n, whole in names.items() if root(whole) not in modules}
    yield from unknown_attributes(nodes, others, given)
    used = {whole for names in layers for whole in uses(tree, names)}
    if modules:
        used |= of_library
    if used - {*given}:
        yield "it uses mnistlib"


def is_common(whole: str, modules: Collection[str]) -> bool:
    """Tell whether an import, in full, gives something that answers commonly use."""
    module, _, name = whole.rpartition(".")
    if root(whole) in modules or whole in MODULES:
        return True
    return module in MODULES and (name in ARITHMETIC or name == "*")


def changes(nodes: list[ast.AST], own: set[str]) -> Iterator[str]:
    """Yield the attributes that are set of something which is not the answer's own."""
    for node in nodes:
        is_set = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        if is_set and (begins(node) not in own or node.attr in ARITHMETIC):
            yield f"it changes {ast.unparse(node)}"


def unknown_names(
    nodes: list[ast.AST], own: set[str], layers: list[dict[str, str]], modules: Collection[str]
) -> Iterator[str]:
    """Yield functions of Python's that meddle, modules that are handed on, and odd definitions."""
    whole_modules = {
        name
        for names in layers
        for name, whole in names.items()
        if whole in MODULES or whole in modules
    }
    parts = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, DEFINITIONS):
            if is_special(node.name) and node.name not in ("__init__", "__call__", "__post_init__"):
                yield f"it defines {node.name}"
        elif isinstance(node, ast.Name):
            if is_special(node.id) or (node.id not in own and meddles(node.id)):
                yield f"it uses {node.id}"
            elif node.id in whole_modules and id(node) not in parts:
                yield f"it hands on {node.id}"


def unknown_attributes(
    nodes: list[ast.AST], imports: set[str], given: Collection[str]
) -> Iterator[str]:
    """Yield attributes that arithmetic does not need, and that the answer does not define itself."""
    own = {node.name for node in nodes if isinstance(node, DEFINITIONS)}
    own |= {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in nodes
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store)
    }
    own = {name for name in own if not is_special(name)}
    librarys = {part for whole in given for part in whole.split(".")}
    for node in nodes:
        if isinstance(node, ast.Attribute):
            known = librarys if begins(node) in imports else own | librarys
            if node.attr not in ARITHMETIC and node.attr not in known:
                yield f"it uses {ast.unparse(node)}"
        elif isinstance(node, ast.MatchClass):  # ``case object(__class__=c)`` reads an attribute
            yield from (f"it uses {name}" for name in node.kwd_attrs if is_special(name))


def meddles(name: str) -> bool:
    """Tell whether a function of Python's can do more than arithmetic needs."""
    value = getattr(builtins, name, None)
    is_exception = isinstance(value, type) and issubclass(value, BaseException)
    return value is not None and not is_exception and name not in ARITHMETIC


def is_special(name: str) -> bool:
    """Tell whether a name is one of Python's own, such as ``__globals__``."""
    return name.startswith("__") and name.endswith("__") and name != "__name__"


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
    return {whole for whole in used if root(whole) == "mnistlib"}
