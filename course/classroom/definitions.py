"""Take a reader's answers out of notebooks and ``.py`` files: definitions, never whole notebooks.

An answer is a function ``my_NAME`` that stands by itself in a cell or a file. With it goes what it
names, and what that names in turn: other functions and classes, imports, and constants, which are
assignments of numbers, text, lambdas and what NumPy, ``range``, ``partial`` and their like
(``CALLED``) make of them. A name that is given several times
means what it meant where the answer stands. A line that trains a network, reads a file or draws is
not taken.
"""

import ast
import builtins
import hashlib
import io
import itertools
import json
import re
import symtable
import tokenize
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
#: What IPython alone understands: a line that begins with % or ! or ends in ?, or is set to such.
MAGIC = re.compile(r"^(\s*)(?:[%!].*|.*\?|[\w, ]+=\s*[%!].*)$", re.MULTILINE)
#: What begins at the left margin: a definition with its decorators, an import, a constant.
BEGINNING = re.compile(
    r"^(?:(?:@.*\n)*(?:async +def|def|class)|import|from|\w+ *=)(?!\w)", re.MULTILINE
)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Name, ast.Attribute, ast.Lambda)
PLAIN += (ast.UnaryOp, ast.BinOp, ast.Subscript, ast.Slice)
#: What may be called for a constant, beside NumPy's and math's functions.
CALLED = {
    *("range", "float", "int", "dict", "list", "tuple", "set", "len", "min", "max", "sum", "abs"),
    *("round", "partial", "functools.partial"),
}
#: What parsing a stranger's code may raise.
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


def taken(files, given=()):
    """Return the answers in files, each a pair of its place in the submission and its bytes.

    What an exercise's lesson gives (``given``, names of the library) needs no second look.

    ``mine.py`` counts before notebooks, and a file before one of the same kind that lies deeper; where
    a function is defined several times in a file the last counts that is more than a stub.

    Returns:
        ``answers``, for each exercise's name its ``source``, a ``shape`` (the same for sources that
        differ in names and spaces alone), a ``note`` why a teacher should read it and a ``place`` where
        that is in doubt; or the ``error`` why there is none, or why it is ``lost``; and ``problems``,
        a sentence for each file that cannot be read.
    """
    answers, problems, places = {}, [], {}
    for place, raw in sorted(files, key=weight):
        try:
            found = answers_in(cells(place, raw), dict(given))
        except (ValueError, RecursionError) as error:
            problems.append(f"{place} {error}")
            continue
        for exercise, answer in found.items():
            blank = answer.pop("blank", False)
            if not blank:
                places.setdefault(exercise, []).append(place)
            if exercise not in answers or not blank:
                answers[exercise] = answer
    for exercise, [*others, last] in places.items():
        name = PurePosixPath(last).name
        twins = [place for place in others if PurePosixPath(place).name == name]
        if twins:
            said = f"Taken from {last}; there is another in {twins[-1]}."
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
    for name in sorted(name for name in {*names.places, *inner} if name.startswith("my_")):
        exercise = name.removeprefix("my_")
        place = names.last(name)
        definition = None if place is None else statements[place]
        if isinstance(definition, ast.FunctionDef) and not (name in inner and is_blank(definition)):
            blank = is_blank(definition)
            if blank and exercise in found:
                continue
            source = "\n\n".join(ast.unparse(statements[i]) for i in names.needed(place))
            found[exercise] = {
                "source": source,
                "blank": blank,
                "note": note(source, exercise, given.get(exercise, ())),
                "shape": shape(source),
            }
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
    """Which statements give which names, in the order of a file."""

    def __init__(self, statements):
        """Find the places of every name; a stub, and what is no constant after all, gives none."""
        self.statements = statements
        self.places = {}
        for place, statement in enumerate(statements):
            for name in names_bound(statement):
                if name not in self.places or not is_blank(statement):
                    self.places.setdefault(name, []).append(place)
        while vague := [
            (name, place)
            for name, several in self.places.items()
            for place in several
            if is_vague(statements[place], self.places)
        ]:
            for name, place in vague:
                self.places[name].remove(place)
            self.places = {name: several for name, several in self.places.items() if several}

    def last(self, name):
        """Return the last place that gives a name; None if there is none."""
        return self.places.get(name, [None])[-1]

    def seen_from(self, name, place):
        """Return the place that gives a name its meaning at another: the last before, or else after."""
        several = self.places.get(name, [])
        before = [each for each in several if each <= place]
        return before[-1] if before else next(iter(several), None)

    def needed(self, place):
        """Return the places of a statement and of all that it needs, in their order."""
        found = {i for i, each in enumerate(self.statements) if "*" in names_bound(each)}
        waiting = [place]
        while waiting:
            new = waiting.pop()
            if new not in found:
                found.add(new)
                named = names_used(self.statements[new])
                seen = (self.seen_from(name, place) for name in named)
                waiting += [each for each in seen if each is not None]
        return sorted(found)


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


def note(source, key="", given=()):
    """Say what in a definition might make it right without being an answer; it may be innocent.

    What its lesson gives is innocent, but for the use of the exercise's own ``key``.
    """
    tree, said = ast.parse(source), []
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            said.append(f"it changes {ast.unparse(node)}")
        elif isinstance(node, IMPORTS):
            for alias in node.names:
                home = getattr(node, "module", None) or alias.name
                root = home.partition(".")[0]
                is_given = f"{home}.{alias.name}" in given
                is_key = alias.name == key and (alias.asname or key) in used
                if root not in INNOCENT and (is_key or not is_given):
                    said.append(f"it uses {root}")
            said += [f"it uses {each.name}" for each in node.names if leads_out(each.name)]
        elif isinstance(node, DEFINITIONS) and WAYS_OUT.fullmatch(node.name):
            said += [f"it defines {node.name}"] * (node.name != "__init__")
        elif isinstance(node, ast.Name | ast.Attribute):
            name = getattr(node, "id", None) or node.attr
            said += [f"it uses {name}"] * leads_out(name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said += [f"it uses {found[0]}" for found in re.finditer(r"__\w+?__", node.value)]
    return f"Read it: {said[0]}" if said else ""


def leads_out(name):
    """Tell whether with a name a lot can be done; modules hold others as ``_sys``, too."""
    return bool(name.strip("_") in MEDDLERS or WAYS_OUT.fullmatch(name))


def parsed(source):
    """Parse a cell; what IPython alone understands is left out."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse(MAGIC.sub(r"\1pass", source))


def names_bound(statement):
    """Return the names that a statement gives, if it is one that is taken along."""
    if isinstance(statement, DEFINITIONS):
        return [statement.name]
    if isinstance(statement, IMPORTS):
        if getattr(statement, "module", "") == "__future__":
            return []
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    targets = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    if not targets or not is_constant(statement.value):
        return []
    inner = [each for target in targets for each in getattr(target, "elts", [target])]
    return [each.id for each in inner if isinstance(each, ast.Name)]


def is_constant(node):
    """Tell whether an expression is numbers, text, names, lambdas and what CALLED makes of them."""
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called not in CALLED and called.partition(".")[0] not in ("np", "numpy", "math"):
            return False
    elif isinstance(node, ast.expr) and not isinstance(node, PLAIN):
        return False
    if isinstance(node, ast.Lambda):
        return True  # it is only defined here
    return all(map(is_constant, ast.iter_child_nodes(node)))


def is_vague(statement, bound):
    """Tell whether an assignment is no constant, since it names what is none."""
    known = {*bound, *dir(builtins)}
    return isinstance(statement, ast.Assign | ast.AnnAssign) and not names_used(statement) <= known


def is_blank(statement):
    """Tell whether a function is a stub: a docstring, ``...`` or ``pass``."""
    return isinstance(statement, ast.FunctionDef) and all(
        isinstance(line, ast.Pass)
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
