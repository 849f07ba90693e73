"""Take a reader's answers out of notebooks and ``.py`` files, each with what it needs.

An answer is a function ``my_NAME`` that stands by itself in a cell or a file. With it goes what it
names, and what that names in turn: functions, classes, imports, and the lines that set or change a
name. A name that is set or changed several times means what it meant where the answer stands. No
other line is taken, whether it trains a network, prints or draws.
"""

import ast
import hashlib
import io
import itertools
import json
import re
import symtable
import sys
import tokenize
from functools import cache
from pathlib import PurePosixPath

#: What an answer may import without a second look.
INNOCENT = {
    *("numpy", "math", "cmath", "fractions", "decimal", "statistics", "random", "numbers", "array"),
    *("itertools", "functools", "collections", "bisect", "heapq", "string", "re", "copy", "struct"),
    *("gzip", "zlib", "time", "typing", "dataclasses", "enum", "warnings", "__future__"),
}
#: Functions and modules, also as others' attributes (``np.lib.os``), with which a lot can be done.
MEDDLERS = {
    *("mnistlib", "course", "sys", "inspect", "gc", "importlib", "builtins", "types", "ctypes"),
    *("os", "subprocess", "pickle", "traceback", "operator", "ctypeslib", "testing", "f2py"),
    *(
        "setattr",
        "getattr",
        "delattr",
        "exec",
        "eval",
        "compile",
        "globals",
        "locals",
        "vars",
        "open",
    ),
    *("load", "get_type_hints", "modules", "getframe", "attrgetter"),
}
#: Names that lead out of an answer, into frames, modules and the like.
WAYS_OUT = re.compile(r"__\w+__|(f|tb|gi|ag|cr|co)_\w+")
#: What IPython alone understands: a line that begins with %, ! or ?, ends in ?, or is set to such.
MAGIC = re.compile(r"^(\s*)(?:[%!?].*|.*\?|[\w, ]+=\s*[%!].*)$", re.MULTILINE)
#: What begins at the left margin: a definition with its decorators, an import, an assignment.
BEGINNING = re.compile(
    r"^(?:(?:@.*\n)*(?:async +def|def|class)\b|(?:import|from)\b|\w[^\s(=]* *[-+*/]?=)",
    re.MULTILINE,
)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
#: What has names of its own.
INSIDES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: What parsing a stranger's code may raise.
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


def taken(files, given=()):
    """Return the answers in files, each a pair of its place in the submission and its bytes.

    What an exercise's lesson gives (``given``, by exercise names of the library) needs no second look.

    ``mine.py`` counts before notebooks, a file before one that lies deeper, and then the last by name;
    where a function is defined several times in a file the last counts that is more than a stub.

    Returns:
        ``answers``, for each exercise's name its ``source``, a ``shape`` (the same for sources that
        differ in names and spaces alone), a ``note`` why a teacher should read it and a ``place`` where
        that is in doubt; or the ``error`` why there is none, or why it is ``lost``; and ``problems``,
        a sentence for each file that cannot be read.
    """
    answers, problems, versions = {}, [], {}
    for place, raw in sorted(files, key=weight):
        try:
            found = answers_in(cells(place, raw), dict(given))
        except (ValueError, RecursionError) as error:
            problems.append(f"{place} {error}")
            continue
        for exercise, answer in found.items():
            blank = answer.pop("blank", False)
            if not blank:
                versions.setdefault(exercise, []).append((place, answer.get("shape")))
            if exercise not in answers or not blank:
                answers[exercise] = answer
    for exercise, [*others, (last, counted)] in versions.items():
        differing = [place for place, version in others if version != counted]
        if differing:
            said = f"Taken from {last}; there is another in {differing[-1]}."
            answers[exercise]["place"] = said
    return {"answers": answers, "problems": problems}


def weight(file):
    """Return what files are ordered by: the last counts."""
    place, raw = file
    is_mine = PurePosixPath(place).name.lower() == "mine.py"
    return is_mine, -place.count("/"), place, raw


def cells(name, raw):
    """Return the code cells of a notebook; a ``.py`` file is one cell.

    Raises:
        ValueError: it is no notebook, or no text.
    """
    try:
        text = raw.decode(tokenize.detect_encoding(io.BytesIO(raw).readline)[0])
    except (UnicodeError, SyntaxError, LookupError):
        raise ValueError("is no text in UTF-8") from None
    if name.lower().endswith(".py"):
        return [text]
    try:
        found = json.loads(text)["cells"]
        sources = [cell["source"] for cell in found if cell["cell_type"] == "code"]
        return [source if isinstance(source, str) else "".join(source) for source in sources]
    except ValueError as error:
        where = getattr(error, "lineno", "?")
        raise ValueError(
            f"is no notebook: it cannot be read as JSON from line {where} on"
        ) from None
    except (KeyError, TypeError):
        raise ValueError("is no notebook: it has no cells of code") from None
    except RecursionError:
        raise ValueError("is no notebook: it is nested too deeply") from None


def answers_in(sources, given):
    """Return the answers in the cells of one file, by the exercise's name."""
    found, statements, inner = {}, [], set()
    for source in sources:
        body, errors = understood(source)
        statements += body
        for name, said in errors.items():
            found[name] = {"error": said}
        inner |= set(re.findall(r"^[ \t]+def +(my_\w+)", source, re.MULTILINE))
    names = Names(statements)
    for name in sorted({*names.places, *inner}):  # capitals come first
        exercise = name[3:].lower()
        place = names.last(name)
        definition = None if place is None else statements[place]
        is_function = isinstance(definition, ast.FunctionDef)
        if name.lower() != f"my_{exercise}":
            continue
        if name != f"my_{exercise}":
            if is_function:
                found[exercise] = {
                    "lost": f"there is no my_{exercise}, but a {name}",
                    "blank": True,
                }
        elif is_function and not is_blank(definition):
            source = "\n\n".join(ast.unparse(statements[i]) for i in names.needed(place))
            noted = note(source, given.get(exercise, ()))
            found[exercise] = {"source": source, "note": noted, "shape": shape(source)}
        elif is_function and name not in inner:
            source = f"def {name}(): ..."
            stub = {"source": source, "note": "", "shape": shape(source), "blank": True}
            found.setdefault(exercise, stub)
        else:
            said = f"{name} is there, but no `def {name}(...)` at the left margin of a cell"
            found.setdefault(exercise, {"lost": said, "blank": True})
    return found


def understood(source):
    """Return the statements of a cell, and for each answer that is no Python what is wrong with it.

    What only Python's second look finds, such as an argument that comes twice, costs its own
    statement alone.
    """
    kept, errors = [], {}
    for piece in pieces(source):
        try:
            body = parsed(piece).body
        except NO_PYTHON as error:
            names = re.findall(r"^def +my_(\w+)", piece, re.MULTILINE)
            errors |= dict.fromkeys(names, what_is_wrong(error))
            continue
        for statement in body:
            try:
                names_used(statement)
            except NO_PYTHON as error:
                if isinstance(statement, DEFINITIONS) and statement.name.startswith("my_"):
                    errors[statement.name.removeprefix("my_")] = what_is_wrong(error)
            else:
                kept.append(statement)
    return kept, errors


def pieces(source):
    """Return code in one piece if it is Python; if not, cut where something begins at the left margin.

    So a slip costs its own function alone. Each piece has as many empty lines above as it had lines.
    """
    try:
        parsed(source)
        return [source]
    except NO_PYTHON:
        cuts = [0, *(found.start() for found in BEGINNING.finditer(source)), len(source)]
        return ["\n" * source.count("\n", 0, a) + source[a:b] for a, b in itertools.pairwise(cuts)]


def what_is_wrong(error):
    """Return an error of Python's in a line."""
    where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
    return f"{type(error).__name__}: {getattr(error, 'msg', None) or error}{where}"


class Names:
    """Which statements set or change which names, in the order of a file."""

    def __init__(self, statements):
        """Find for every name its places, and whether it is set anew there; a stub sets none."""
        self.statements = statements
        self.places = {}
        self.stars = [i for i, each in enumerate(statements) if "*" in imported(each)]
        modules = {name for statement in statements for name in imported(statement)}
        for place, statement in enumerate(statements):
            for name in names_set(statement) | (names_changed(statement) - modules):
                if name not in self.places or not is_blank(statement):
                    anew = is_set_anew(name, statement)
                    self.places.setdefault(name, []).append((place, anew))

    def last(self, name):
        """Return the last place that sets a name anew; None if there is none."""
        return next((p for p, anew in reversed(self.places.get(name, [])) if anew), None)

    def seen_from(self, name, moment):
        """Return the places that give a name its meaning at another: those before, or else after.

        They begin where it is set anew, and go on with what changes it.
        """
        several = self.places.get(name, [])
        seen = []
        for place, anew in several:
            if place > moment and seen and (anew or seen[0] <= moment):
                break
            seen = [place] if anew else [*seen, place]
        return seen

    def needed(self, place):
        """Return the places of a statement and of all that it needs, in their order.

        A function looks names up when it is called; any other statement, where it stands.
        """
        found, waiting = set(), [(each, each) for each in (place, *self.stars)]
        while waiting:
            new, moment = waiting.pop()
            if (new, moment) in found:
                continue
            found.add((new, moment))
            statement, named = self.statements[new], names_used(self.statements[new])
            if not isinstance(statement, DEFINITIONS):
                named, moment = named & names_read(statement), new
            waiting += [(each, moment) for name in named for each in self.seen_from(name, moment)]
        return sorted({each for each, _ in found})


def shape(source):
    """Return a digest that is the same for code which differs in names, spaces and comments alone."""
    tree, names = ast.parse(source), {}

    def number(name):
        return names.setdefault(name, f"n{len(names)}")

    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
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


def note(source, given=()):
    """Say what in a definition might make it right without being an answer; it may be innocent.

    What its lesson gives is innocent: ``given``, names of the library in full.
    """
    tree, said = ast.parse(source), []
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = {name: whole for name, whole in imported(tree).items() if name in {*loaded, "*"}}
    for whole in names.values():
        root, _, last = whole.partition(".")
        said += [f"it uses {root}"] * (root not in {*INNOCENT, "mnistlib"})
        said += [f"it uses {last}"] * leads_out(last.rpartition(".")[2])
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            is_own = begins(node) in own - {*names}
            said += [f"it changes {ast.unparse(node)}"] * (not is_own or node.attr in known_names())
        elif isinstance(node, DEFINITIONS) and WAYS_OUT.fullmatch(node.name):
            said += [f"it defines {node.name}"] * (node.name != "__init__")
        elif isinstance(node, ast.Name | ast.Attribute):
            name = getattr(node, "id", None) or node.attr
            said += [f"it uses {name}"] * leads_out(name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said += [f"it uses {found[0]}" for found in re.finditer(r"__\w+?__", node.value)]
    said += ["it uses mnistlib"] * bool(uses(tree, names) - {*given})
    return f"Read it: {said[0]}" if said else ""


def uses(tree, names):
    """Return what of the library some code uses, in full; a module stands there if it is used whole.

    Args:
        tree: the code's syntax tree.
        names: what its names stand for, as :func:`imported` returns it.
    """
    found = [names.get("*", "")]
    parts = {n.value: n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            dotted = f"{names[node.id]}.{parts.get(node, '')}"
            found.append(".".join(dotted.split(".")[:3]).rstrip("."))
    return {each for each in found if each.partition(".")[0] == "mnistlib"}


@cache
def known_names():
    """Return what an answer may import without a second look has by a name, such as ``allclose``."""
    modules = [m for name, m in [*sys.modules.items()] if name.partition(".")[0] in INNOCENT]
    return {name for module in modules for name in dir(module)}


def leads_out(name):
    """Tell whether with a name a lot can be done; modules hold others as ``_sys``, too."""
    return bool(name.strip("_") in MEDDLERS or WAYS_OUT.fullmatch(name))


def parsed(source):
    """Parse a cell; what IPython alone understands is left out."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse(MAGIC.sub(r"\1pass", source))


def imported(statement):
    """Return the names that the imports in a statement give, and what each is in full."""
    found = {}
    for node in ast.walk(statement):
        if isinstance(node, IMPORTS):
            home = f"{node.module}." if getattr(node, "module", None) else ""
            for alias in node.names:
                whole = home + alias.name if home or alias.asname else alias.name.partition(".")[0]
                found[alias.asname or whole.removeprefix(home)] = whole
    return found


def parts_of_module(statement):
    """Yield the parts of a statement, but for the insides of functions and of loops in brackets."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, INSIDES):
            waiting += ast.iter_child_nodes(node)


def names_set(statement):
    """Return the names of a module that a statement sets, also in its loops and branches."""
    if getattr(statement, "module", "") == "__future__":
        return set()
    found = set()
    for node in parts_of_module(statement):
        if isinstance(node, DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, IMPORTS):
            found |= {*imported(node)}
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
    return found


def names_changed(statement):
    """Return the names of things that a statement changes: a part of them, or by a method's call."""
    changed = []
    for node in parts_of_module(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed.append(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            changed += [call.func] * isinstance(call.func, ast.Attribute)
            if begins(call.func) in ("np", "numpy", "random"):  # np.fill_diagonal(K, 0)
                changed += call.args[:1]
    return {begins(node) for node in changed} - {None}


def begins(node):
    """Return the name that an expression begins with, such as K in ``K.x[0]``; None if none does."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def is_set_anew(name, statement):
    """Tell whether a name means, after a statement, what it would mean without all before."""
    simple = (*DEFINITIONS, *IMPORTS, ast.Assign, ast.AnnAssign)
    if not isinstance(statement, simple) or getattr(statement, "value", statement) is None:
        return False  # a loop or a branch may not set it, and ``K: int`` does not
    is_defined = isinstance(statement, DEFINITIONS) or name not in names_read(statement)
    return name in names_set(statement) and is_defined


def names_read(statement):
    """Return the names that a statement reads before it sets them."""
    read, already = set(), set()

    def comes_first(node, child):
        """Tell whether a part is worked out before others that stand to its left."""
        worked_out = (getattr(node, "value", None), getattr(node, "iter", None))
        return child in worked_out or isinstance(child, ast.comprehension)

    def look(node):
        if isinstance(node, ast.Name) and node.id not in already:
            (read if isinstance(node.ctx, ast.Load) else already).add(node.id)
        if isinstance(node, ast.AugAssign):
            read.add(begins(node.target))
        for child in sorted(ast.iter_child_nodes(node), key=lambda c: not comes_first(node, c)):
            look(child)

    look(statement)
    return read


def is_blank(statement):
    """Tell whether a function is a stub: a docstring, ``...``, ``pass``, or not implemented."""
    return isinstance(statement, ast.FunctionDef) and all(
        isinstance(line, ast.Pass)
        or (isinstance(line, ast.Raise) and "NotImplementedError" in ast.unparse(line))
        or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in statement.body
    )


def names_used(statement):
    """Return the names of a module that a statement uses: not arguments, not local variables."""
    waiting, found = [symtable.symtable(ast.unparse(statement), "answer", "exec")], set()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if s.is_global() or top}
    return found
