"""Take a reader's answers out of notebooks and ``.py`` files, each with what it needs.

An answer is a function ``my_NAME`` that stands by itself in a cell or a file. With it goes what it
names, and what that names in turn: functions, classes, imports, and the lines that set or change a
name. A name that is set or changed several times means what it meant where the answer stands, and a
line below the answer that wraps it (``my_sigmoid = np.vectorize(my_sigmoid)``) belongs to it. No other
line is taken, whether it trains a network, prints or draws. A helper that is imported from another
``.py`` file of the submission comes along as that file.
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
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from course.classroom import inspection
from course.classroom.inspection import DEFINITIONS, IMPORTS, begins, imported

#: What Jupyter alone understands, and the Python in its place: what is timed is run; a line that tells,
#: shows or sets something is left out; all else is named.
MAGICS = [
    (re.compile(pattern, re.MULTILINE), python)
    for pattern, python in (
        (r"^%%(?:time|timeit|capture)\b.*$", ""),
        (r"^([ \t]*)%(?:time|timeit)\b(?: +-\w+(?: +\d+)?)*[ \t]+(.+)$", r"\1\2"),
        (r"^([ \t]*)(?:[%!?].*|.*\?)$", r"\1pass"),
        (r"^([ \t]*[\w, ]+=[ \t]*)([%!].*)$", r"\1only_jupyter"),
    )
]
#: The names that only Jupyter gives.
JUPYTERS = {"only_jupyter", "get_ipython"}
#: How many versions of an answer are tried, if those before are not right.
MOST_VERSIONS = 4
#: What begins at the left margin: a definition with its decorators, an import, an assignment.
BEGINNING = re.compile(
    r"^(?:(?:@.*\n)*(?:async +def|def|class)\b|(?:import|from)\b|\w[^\s(=]* *[-+*/]?=)",
    re.MULTILINE,
)
#: What has names of its own.
INSIDES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: What parsing a stranger's code may raise.
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


class Answer(NamedTuple):
    """What a submission holds for an exercise: its source, and why it cannot be tried, if it cannot.

    `place` is the file where it stands, and `note` says why a teacher should read it. `error` is why
    Python refuses it, and `lost` why a person has to decide. `modules` is JSON: the sources of the
    submission's files that it imports, by name.
    """

    source: str = ""
    note: str = ""
    place: str = ""
    error: str = ""
    lost: str = ""
    modules: str = ""

    @property
    def can_be_tried(self) -> bool:
        """Whether it is code that our Python takes."""
        return not (self.error or self.lost)

    @property
    def digest(self) -> str:
        """What changes with the answer, but not with its spaces and comments; never a number."""
        code = f"{self.source}{self.modules}"
        return f"v{hashlib.sha256(code.encode()).hexdigest()[:12]}" if code else ""


def take_answers(
    files: Iterable[tuple[str, bytes]], given: Mapping[str, list[str]] | None = None
) -> tuple[dict[str, list[Answer]], list[str]]:
    """Return the answers in files, each a pair of its place in the submission and its bytes.

    Args:
        files: each a place in the submission, and the bytes there.
        given: by exercise, what of the library its lesson gives, which needs no second look.

    Returns:
        By exercise, the different versions of its answer, with the one that counts first: that of
        ``mine.py``, or else of the file that lies least deep, the last by name; and in a file the last.
        And a sentence for each file that cannot be read.
    """
    read = []
    newest = (0, 0)
    problems = []
    for place, raw in files:
        try:
            sources, python = cells(place, raw)
        except (ValueError, RecursionError) as error:
            problems.append(f"{place} ({error})")
        else:
            read.append((place, sources))
            newest = max(newest, python)
    read.sort(key=lambda file: rank(file[0]), reverse=True)
    helpers = {
        PurePosixPath(place).stem: "\n".join(sources)
        for place, sources in reversed(read)
        if place.lower().endswith(".py")
    }
    answers = {}
    stubs = {}
    for place, sources in read:
        whole, blank = answers_in(sources, given or {}, helpers)
        stubs = blank | stubs
        for exercise, versions in whole.items():
            for answer in versions:
                answers.setdefault(exercise, []).append(
                    of_newer_python(answer, newest)._replace(place=place)
                )
    whole = {exercise: distinct_versions(versions) for exercise, versions in answers.items()}
    return {exercise: [stub] for exercise, stub in stubs.items()} | whole, problems


def rank(place: str) -> tuple:
    """Return what files are ordered by: of two with an answer the greater counts."""
    path = PurePosixPath(place)
    parts = re.split(r"(\d+)", path.stem)  # so that "02 (10)" comes after "02 (2)"
    name = [int(part) if part.isdecimal() else part for part in parts]
    return path.name.lower() == "mine.py", -place.count("/"), name, place


def distinct_versions(versions: list[Answer]) -> list[Answer]:
    """Return the versions that differ, in their order; those that can be tried come first."""
    found = {}
    for answer in sorted(versions, key=lambda answer: not answer.can_be_tried):
        found.setdefault(answer.digest or answer.lost, answer)
    return [*found.values()][:MOST_VERSIONS]


def of_newer_python(answer: Answer, written: tuple[int, int]) -> Answer:
    """Return an answer that our Python refuses as one to decide about, if a newer one may be its."""
    if not answer.error or (0, 0) < written <= sys.version_info[:2]:
        return answer
    ours = "{}.{}".format(*sys.version_info)
    theirs = (
        "written for {}.{}".format(*written) if any(written) else "perhaps written for a newer one"
    )
    lost = f"{answer.error}; but this is Python {ours}, and it was {theirs}"
    return answer._replace(error="", lost=lost)


def cells(name: str, raw: bytes) -> tuple[list[str], tuple[int, int]]:
    """Return the code cells of a notebook, and which Python it says it was run with.

    A ``.py`` file is one cell, and does not say.

    Raises:
        ValueError: it is not a notebook, or not a text.
    """
    try:
        text = raw.decode(tokenize.detect_encoding(io.BytesIO(raw).readline)[0])
    except (UnicodeError, SyntaxError, LookupError):
        raise ValueError("not a text in UTF-8; open it in Jupyter and save it again") from None
    if name.lower().endswith(".py"):
        return [text], (0, 0)
    try:
        stored = json.loads(text)
        sources = [cell["source"] for cell in stored["cells"] if cell["cell_type"] == "code"]
        sources = [source if isinstance(source, str) else "".join(source) for source in sources]
        return sources, python_of(stored)
    except ValueError as error:
        line = getattr(error, "lineno", "?")
        problem = f"not a notebook, or cut off: it is not valid JSON from line {line} on"
    except (KeyError, TypeError):
        problem = "not a notebook: it has no cells of code"
    except RecursionError:
        problem = "not a notebook: it is nested too deeply"
    raise ValueError(problem)


def python_of(notebook: dict) -> tuple[int, int]:
    """Return the version of the Python that a notebook was run with; zeros if it does not say."""
    said = notebook.get("metadata", {})
    for key in ("language_info", "version"):
        said = said.get(key, "") if isinstance(said, dict) else ""
    numbers = re.match(r"(\d+)\.(\d+)", str(said))
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)


def answers_in(
    sources: Iterable[str], given: Mapping[str, list[str]], helpers: Mapping[str, str]
) -> tuple[dict[str, list[Answer]], dict[str, Answer]]:
    """Return the answers in the cells of one file, the last first, and apart what is none yet.

    That is a stub, and a name that is given to something else than a function.
    """
    whole = {}
    blank = {}
    statements = []
    inner = set()  # functions that begin further right than the margin
    for source in sources:
        body, errors = statements_of(source)
        statements += body
        whole |= {exercise: [answer] for exercise, answer in errors.items()}
        inner |= set(re.findall(r"^[ \t]+def +(my_\w+)", source, re.MULTILINE))
    names = Names(statements)
    for name in sorted({*names.places, *inner}):
        if not name.startswith("my_"):
            continue
        exercise = name[3:]
        place = names.last(name)
        definition = None if place is None else statements[place]
        if is_function(definition) and not is_blank(definition):
            versions = [
                an_answer(names.code(places), given.get(exercise, ()), helpers)
                for places in reversed(names.versions(name))
            ]
            whole[exercise] = versions + whole.get(exercise, [])
        elif is_function(definition) and name not in inner:
            blank.setdefault(exercise, Answer(source=f"def {name}(): ..."))
        else:
            lost = f"{name} is there, but no `def {name}(...)` at the left margin of a cell"
            source = names.code([place for place, _ in names.places.get(name, [])])
            blank.setdefault(exercise, Answer(source, lost=lost))
    return whole, blank


def an_answer(source: str, given: Iterable[str], helpers: Mapping[str, str]) -> Answer:
    """Return an answer with the files that it imports, or why it cannot be tried."""
    modules = imported_modules(source, helpers)
    code = "\n\n".join([*modules.values(), source])
    try:
        tree = ast.parse(code)
    except NO_PYTHON as error:
        lost = f"a file that it imports is not Python: {what_is_wrong(error)}"
        return Answer(source, lost=lost)
    if JUPYTERS & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        return Answer(source, lost="it uses a command that only Jupyter runs")
    return Answer(
        source=source,
        note=inspection.reason_to_read(code, {*given}, {*modules}),
        modules=json.dumps(modules) if modules else "",
    )


def imported_modules(source: str, helpers: Mapping[str, str]) -> dict[str, str]:
    """Return the helpers that some code imports, and those that they import in turn."""
    modules = {}
    waiting = [source]
    while waiting:
        try:
            names = imported(ast.parse(waiting.pop())).values()
        except NO_PYTHON:
            continue
        for name in {whole.partition(".")[0] for whole in names} & {*helpers} - {*modules}:
            modules[name] = helpers[name]
            waiting.append(helpers[name])
    return modules


# --- Statements, also of a cell with a slip


def statements_of(source: str) -> tuple[list[ast.stmt], dict[str, Answer]]:
    """Return the statements of a cell, and each answer that is no Python, with what is wrong with it."""
    kept = []
    errors = {}
    for line, piece in pieces(source):
        try:
            kept += parse_cell(piece).body
        except NO_PYTHON as error:
            names = re.findall(r"^def +my_(\w+)", piece, re.MULTILINE)
            answer = Answer(piece.strip(), error=what_is_wrong(error, line))
            errors |= dict.fromkeys(names, answer)
    return kept, errors


def pieces(source: str) -> list[tuple[int, str]]:
    """Return code in one piece if it is Python; if not, cut where something begins at the left margin.

    So a slip costs its own function alone. Each piece comes with the lines that stand above it.
    """
    try:
        parse_cell(source)
        return [(0, source)]
    except NO_PYTHON:
        cuts = [0, *(match.start() for match in BEGINNING.finditer(source)), len(source)]
    found = []
    line = 0
    for start, end in itertools.pairwise(cuts):
        found.append((line, source[start:end]))
        line += source.count("\n", start, end)
    return found


def parse_cell(source: str) -> ast.Module:
    """Parse a cell; what Jupyter alone understands is replaced."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        for pattern, python in MAGICS:
            source = pattern.sub(python, source)
        tree = ast.parse(source)
    symtable.symtable(source, "cell", "exec")  # finds what parsing does not: an argument twice
    return tree


def what_is_wrong(error: Exception, line: int = 0) -> str:
    """Return an error of Python's in a line; lines of code stand above where it was found."""
    where = f", line {line + error.lineno}" if getattr(error, "lineno", None) else ""
    return f"{type(error).__name__}: {getattr(error, 'msg', None) or error}{where}"


def is_function(statement: ast.stmt | None) -> bool:
    """Tell whether a statement is a function's definition."""
    return isinstance(statement, ast.FunctionDef)


def is_blank(statement: ast.stmt) -> bool:
    """Tell whether a function is a stub: a docstring, ``...``, ``pass``, or not implemented."""
    return is_function(statement) and all(
        isinstance(line, ast.Pass)
        or (isinstance(line, ast.Return) and ast.unparse(line) in ("return", "return None"))
        or (isinstance(line, ast.Raise) and "NotImplementedError" in ast.unparse(line))
        or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in statement.body
    )


# --- What a statement needs


class Names:
    """Which statements set or change which names, in the order of a file."""

    def __init__(self, statements: list[ast.stmt]):
        """Find for every name its places, and whether it is set anew there; a stub sets none."""
        self.statements = statements
        self.places = {}
        self.stars = [i for i, statement in enumerate(statements) if "*" in imported(statement)]
        modules = {name for statement in statements for name in imported(statement)}
        for place, statement in enumerate(statements):
            for name in names_set(statement) | (names_changed(statement) - modules):
                if name not in self.places or not is_blank(statement):
                    anew = is_set_anew(name, statement)
                    self.places.setdefault(name, []).append((place, anew))

    def last(self, name: str) -> int | None:
        """Return the last place that sets a name anew; None if there is none."""
        places = reversed(self.places.get(name, []))
        return next((place for place, anew in places if anew), None)

    def versions(self, name: str) -> list[list[int]]:
        """Return, for each function of a name, its place and those that change it afterwards."""
        found = []
        for place, anew in self.places[name]:
            if anew:
                found.append([])
            if found:
                found[-1].append(place)
        functions = [version for version in found if is_function(self.statements[version[0]])]
        return [version for version in functions if not is_blank(self.statements[version[0]])]

    def code(self, places: list[int]) -> str:
        """Return the source of statements and of all that they need."""
        return "\n\n".join(ast.unparse(self.statements[place]) for place in self.needed(places))

    def seen_from(self, name: str, moment: int) -> list[int]:
        """Return the places that give a name its meaning at another: those before, or else after.

        They begin where it is set anew, and go on with what changes it.
        """
        seen = []
        for place, anew in self.places.get(name, []):
            if place > moment and seen and (anew or seen[0] <= moment):
                break
            seen = [place] if anew else [*seen, place]
        return seen

    def needed(self, places: list[int]) -> list[int]:
        """Return the places of statements and of all that they need, in their order.

        A function looks names up when it is called; any other statement, where it stands.
        """
        visited = set()
        waiting = [(start, start) for start in (*places, *self.stars)]
        while waiting:
            here, moment = waiting.pop()
            if (here, moment) in visited:
                continue
            visited.add((here, moment))
            statement = self.statements[here]
            names = names_used(statement)
            if not isinstance(statement, DEFINITIONS):
                names &= names_read(statement)
                moment = here
            waiting += [(there, moment) for name in names for there in self.seen_from(name, moment)]
        return sorted({here for here, _ in visited})


@cache
def names_used(statement: ast.stmt) -> set[str]:
    """Return the names of a module that a statement uses: not arguments, not local variables."""
    waiting = [symtable.symtable(ast.unparse(statement), "answer", "exec")]
    used = set()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        is_module = table.get_type() == "module"
        used |= {s.get_name() for s in table.get_symbols() if s.is_global() or is_module}
    return used


def parts_of_module(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the parts of a statement, but for the insides of functions and of loops in brackets."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, INSIDES):
            waiting += ast.iter_child_nodes(node)


def names_set(statement: ast.stmt) -> set[str]:
    """Return the names of a module that a statement sets, also in its loops and branches."""
    if getattr(statement, "module", "") == "__future__":
        return set()
    names = set()
    for node in parts_of_module(statement):
        if isinstance(node, DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, IMPORTS):
            names |= {*imported(node)}
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
    return names


def names_changed(statement: ast.stmt) -> set[str]:
    """Return the names of things that a statement changes: a part of them, or by a method's call."""
    changed = []
    for node in parts_of_module(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed.append(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            if isinstance(call.func, ast.Attribute):
                changed.append(call.func)
            if begins(call.func) in ("np", "numpy", "random"):  # np.fill_diagonal(K, 0)
                changed += call.args[:1]
    return {begins(node) for node in changed} - {None}


def is_set_anew(name: str, statement: ast.stmt) -> bool:
    """Tell whether a name means, after a statement, what it would mean without all before."""
    simple = (*DEFINITIONS, *IMPORTS, ast.Assign, ast.AnnAssign)
    if not isinstance(statement, simple) or getattr(statement, "value", statement) is None:
        return False  # a loop or a branch may not set it, and ``K: int`` does not
    is_defined = isinstance(statement, DEFINITIONS) or name not in names_read(statement)
    return name in names_set(statement) and is_defined


def names_read(statement: ast.stmt) -> set[str]:
    """Return the names that a statement reads before it sets them."""
    read = set()
    already = set()

    def comes_first(node: ast.AST, child: ast.AST) -> bool:
        """Tell whether a part is worked out before others that stand to its left."""
        worked_out = (getattr(node, "value", None), getattr(node, "iter", None))
        return child in worked_out or isinstance(child, ast.comprehension)

    def look(node: ast.AST) -> None:
        if isinstance(node, ast.Name) and node.id not in already:
            (read if isinstance(node.ctx, ast.Load) else already).add(node.id)
        if isinstance(node, ast.AugAssign):
            read.add(begins(node.target))
        for child in sorted(ast.iter_child_nodes(node), key=lambda c: not comes_first(node, c)):
            look(child)

    look(statement)
    return read
