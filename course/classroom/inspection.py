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
    imports = [
        pair for node in nodes if isinstance(node, IMPORTS) for pair in imported(node).items()
    ]
    if not modules:  # another file may reach what one imports as a part of it
        loaded = {"*", *(node.id for node in nodes if isinstance(node, ast.Name))}
        imports = [(name, whole) for name, whole in imports if name in loaded]
    for _, whole in imports:
        if not may_import(whole, given, modules):
            yield f"it uses {whole}"
    own = own_names(tree)
    yield from changes(nodes, own - {name for name, _ in imports})
    yield from unknown_names(nodes, own, {name for name, w in imports if w in (*MODULES, *modules)})
    foreign = {name for name, whole in imports if root(whole) not in modules}
    yield from unknown_attributes(nodes, own, foreign, given)


def may_import(whole: str, given: Collection[str], modules: Collection[str]) -> bool:
    """Tell whether an import, in full, gives something that answers commonly use."""
    module, _, name = whole.rpartition(".")
    if root(whole) == "mnistlib":
        return whole in given or (whole.count(".") < 2 and name != "*")
    if root(whole) in modules or whole in MODULES:
        return True
    return module in MODULES and (name in ARITHMETIC or name == "*")


def changes(nodes: list[ast.AST], own: set[str]) -> Iterator[str]:
    """Yield the attributes that are set of something which is not the answer's own."""
    for node in nodes:
        is_set = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        if is_set and (begins(node) not in own or node.attr in ARITHMETIC):
            yield f"it changes {ast.unparse(node)}"


def unknown_names(nodes: list[ast.AST], own: set[str], modules: set[str]) -> Iterator[str]:
    """Yield functions of Python's that meddle, modules that are handed on, and odd definitions."""
    parts = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, DEFINITIONS):
            if is_special(node.name) and node.name not in ("__init__", "__call__", "__post_init__"):
                yield f"it defines {node.name}"
        elif isinstance(node, ast.Name):
            if is_special(node.id) or (node.id not in own and meddles(node.id)):
                yield f"it uses {node.id}"
            elif node.id in modules and id(node) not in parts:
                yield f"it hands on {node.id}"


def unknown_attributes(
    nodes: list[ast.AST], own: set[str], foreign: set[str], given: Collection[str]
) -> Iterator[str]:
    """Yield attributes that arithmetic does not need, and that the answer does not define itself.

    What stands for somebody else's code (`foreign`) has none of the answer's own.
    """
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    own |= {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}
    own = {name for name in own if not is_special(name)}
    librarys = {part for whole in given for part in whole.split(".")}
    for node in nodes:
        if isinstance(node, ast.Attribute):
            known = librarys if begins(node) in foreign else own | librarys
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
