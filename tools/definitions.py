"""Take a reader's answers out of notebooks and ``.py`` files: definitions, never whole notebooks.

An answer is a function ``my_NAME`` that stands by itself in a cell or a file. With it goes what it
names, and what that names in turn: other functions and classes, imports, and constants, which are
assignments of numbers, text, lambdas and what NumPy makes of them. A line that trains a network, reads
a file or draws is not taken.
"""

import ast
import builtins
import json
import re
import symtable

# What an answer may name innocently, and needs to be right without being one.
MEDDLERS = {"mnistlib", "setattr", "exec", "eval", "globals", "vars", "gc", "sys", "inspect"}
MAGIC = re.compile(r"^(\s*)(?:[%!].*|.*\?)$", re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Name, ast.Attribute, ast.Lambda)
PLAIN += (ast.UnaryOp, ast.BinOp, ast.Subscript, ast.Slice)


def taken(files):
    """Return the answers in files, each a pair of a name and bytes; ``mine.py`` counts last.

    Where a function is defined several times the last counts that is more than a stub.

    Returns:
        ``answers``, for each exercise's name its ``source`` and a ``note`` why a teacher should read
        it, or the ``error`` why there is none, or why it is ``lost``; and ``problems``, a
        sentence for each file that cannot be read.
    """
    answers, problems = {}, []
    for name, raw in sorted(files, key=lambda file: (file[0] == "mine.py", file)):
        try:
            found = answers_in(cells(name, raw))
        except (ValueError, RecursionError) as error:
            problems.append(f"{name} {error}")
            continue
        for exercise, answer in found.items():
            blank = answer.pop("blank", False)
            if exercise not in answers or not blank:
                answers[exercise] = answer
    return {"answers": answers, "problems": problems}


def cells(name, raw):
    """Return the code cells of a notebook; a ``.py`` file is one cell.

    Raises:
        ValueError: it is no notebook, or no text.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None
    if name.endswith(".py"):
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


def answers_in(sources):
    """Return the answers in the cells of one file, by the exercise's name."""
    found, statements, inner = {}, [], set()
    for source in sources:
        try:
            statements += parsed(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
            said = f"{type(error).__name__}: {getattr(error, 'msg', None) or error}{where}"
            for name in re.findall(r"^def +my_(\w+)", source, re.MULTILINE):
                found[name] = {"error": said}
        inner |= set(re.findall(r"^[ \t]+def +(my_\w+)", source, re.MULTILINE))
    bound = {}
    for place, statement in enumerate(statements):
        for name in names_bound(statement):
            if not (name in bound and is_blank(statement)):
                bound[name] = place
    while vague := [name for name, place in bound.items() if is_vague(statements[place], bound)]:
        for name in vague:
            del bound[name]
    for name in sorted(name for name in {*bound, *inner} if name.startswith("my_")):
        definition = statements[bound[name]] if name in bound else None
        if isinstance(definition, ast.FunctionDef) and not (name in inner and is_blank(definition)):
            places = needed(name, bound, statements)
            source = "\n\n".join(ast.unparse(statements[place]) for place in sorted(places))
            blank = is_blank(definition)
            if not (blank and name.removeprefix("my_") in found):
                found[name.removeprefix("my_")] = {
                    "source": source,
                    "blank": blank,
                    "note": note(source),
                }
        else:
            said = f"{name} is there, but no `def {name}(...)` at the left margin of a cell"
            found.setdefault(name.removeprefix("my_"), {"lost": said, "blank": True})
    return found


def note(source):
    """Say what in a definition might make it right without being an answer; it may be innocent."""
    said = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            said.append(f"it changes {ast.unparse(node)}")
        names = [alias.name for alias in node.names] if isinstance(node, IMPORTS) else []
        names += [getattr(node, "module", None) or "", getattr(node, "id", "")]
        said += [
            f"it uses {name}" for name in (n.partition(".")[0] for n in names) if name in MEDDLERS
        ]
    return f"Read it: {said[0]}" if said else ""


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
    """Tell whether an expression is numbers, text, names, lambdas and what NumPy makes of them."""
    if isinstance(node, ast.Call):
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not (isinstance(root, ast.Name) and root.id in ("np", "numpy", "math")):
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


def needed(name, bound, statements):
    """Return the places of the statements that a name needs, through all that they name."""
    places, waiting = {i for i, each in enumerate(statements) if "*" in names_bound(each)}, [name]
    while waiting:
        place = bound.get(waiting.pop())
        if place is not None and place not in places:
            places.add(place)
            waiting += names_used(statements[place])
    return places


def names_used(statement):
    """Return the names of a module that a statement uses: not arguments, not local variables."""
    waiting, found = [symtable.symtable(ast.unparse(statement), "answer", "exec")], set()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if s.is_global() or top}
    return found
