"""Take a reader's answers out of notebooks and ``.py`` files, each with what it needs.

An answer is a function ``my_NAME`` that stands by itself in a cell or a file. With it goes what it
names, and what that names in turn: functions, classes, imports, and the lines that set or change a
name. A name that is set or changed several times means what it meant where the answer stands. No
other line is taken, whether it trains a network, prints or draws. A helper that is imported from another
``.py`` file of the submission comes along as that file.
"""

import ast
import io
import itertools
import json
import re
import symtable
import tokenize
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from course.classroom import inspection
from course.classroom.inspection import DEFINITIONS, IMPORTS, begins, imported

#: What Jupyter alone understands, and the Python in its place: what is timed is run; a line that tells,
#: shows or sets something is left out; what is run as a file is imported; all else is named.
MAGICS = [
    (re.compile(pattern, re.MULTILINE), python)
    for pattern, python in (
        (r"^%%(?:time|timeit|capture)\b.*$", ""),
        (r"^([ \t]*)%(?:time|timeit)\b(?: +-\w+(?: +\d+)?)*[ \t]+(.+)$", r"\1\2"),
        (r"^([ \t]*[\w, ]+=[ \t]*)%time\b[ \t]+(.+)$", r"\1\2"),
        (r"^([ \t]*)%run +(?:\S*/)?(\w+)\.py *$", r"\1from \2 import *"),
        (r"^([ \t]*)(?:[%!?].*|.*\?)$", r"\1pass"),
        (r"^([ \t]*[\w, ]+=[ \t]*)([%!].*)$", r"\1only_jupyter"),
    )
]
#: The names that only Jupyter gives.
JUPYTERS = {"only_jupyter", "get_ipython"}
#: How computers name a copy of a file: "02 (1)", "02-Copy1", "02 — kopia (2)", "Copie de 02", "02-1".
COPIES = re.compile(
    r"^(?P<of>(?:Copy of|Kopie von|Copie de|Copia de)\s+)?(?P<name>.+?)"
    r"(?P<word>[\s–—-]+(?:Copy|C[oó]pi[ae]|Kop(?:i[aeo]?|ya)|копия)\s*(?P<counted>\d*))?"
    r"(?:\s*\((?P<number>\d+)\)|-(?P<plain>\d+))?\Z",
    re.IGNORECASE | re.DOTALL,  # a name may have two lines
)
#: When a notebook says that a cell was run.
RUN_AT = re.compile(r'"iopub\.[\w.]+": *"(\d{4}-[^"]+)"')
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
    """What a submission holds for an exercise: a source to try, or why there is none.

    `shape` is the same for sources that differ in names and spaces alone, `note` says why a teacher
    should read it, and `place` which of several versions it is. There is no source where Python refuses
    it (`error`) or where it cannot be tried (`lost`). `modules` is JSON: the sources of the
    submission's files that it imports, by name.
    """

    source: str = ""
    shape: str = ""
    note: str = ""
    place: str = ""
    error: str = ""
    lost: str = ""
    modules: str = ""


class Weight(NamedTuple):
    """What files are ordered by: of two with an answer the greater counts."""

    is_mine: bool
    height: int
    name: str
    run_at: str
    copy: int
    place: str


#: Why a file counts, by the part of its weight that is greater.
WHY = Weight(
    is_mine="mine.py counts most",
    height="it lies less deep",
    name="it comes later by name",
    run_at="it was run later",
    copy="it is the later copy by name",
    place="it comes later by name",
)


def take_answers(
    files: Iterable[tuple[str, bytes]], given: Mapping[str, list[str]] | None = None
) -> tuple[dict[str, Answer], list[str]]:
    """Return the answers in files, each a pair of its place in the submission and its bytes.

    ``mine.py`` counts before notebooks, a file before one that lies deeper, of two copies the later one,
    and then the last by name; where a function is defined several times in a file the last counts that
    is more than a stub.

    Args:
        files: each a place in the submission, and the bytes there.
        given: by exercise, what of the library its lesson gives, which needs no second look.

    Returns:
        The answers by exercise, and a sentence for each file that cannot be read.
    """
    answers = {}
    stubs = {}
    places = {}  # by exercise: where its answers stand, with the shape of each
    problems = []
    read = []
    for place, raw in files:
        try:
            read.append((weight(place, raw), cells(place, raw)))
        except (ValueError, RecursionError) as error:
            problems.append(f"{place} ({error})")
    read = sorted(without_half_told_times(read), key=lambda file: file[0])
    helpers = {
        PurePosixPath(file.place).stem: "\n".join(sources)
        for file, sources in read
        if file.place.lower().endswith(".py")
    }
    for file, sources in read:
        whole, blank = answers_in(sources, given or {}, helpers)
        answers |= whole
        stubs = blank | stubs
        for exercise, answer in whole.items():
            places.setdefault(exercise, []).append((file, answer.shape))
    for exercise, [*others, (last, counted)] in places.items():
        differing = [file for file, version in others if version != counted]
        if differing:
            told = taken_from(last, differing[-1])
            answers[exercise] = answers[exercise]._replace(place=told)
    return stubs | answers, problems


def weight(place: str, raw: bytes) -> Weight:
    """Return what a file is ordered by."""
    path = PurePosixPath(place)
    copy = COPIES.match(unicodedata.normalize("NFC", path.stem))
    number = copy["number"] or copy["plain"] or copy["counted"]
    is_copy = bool(copy["of"] or copy["word"])
    return Weight(
        is_mine=path.name.lower() == "mine.py",
        height=-place.count("/"),
        name=f"{copy['name']}\0{path.suffix.lower()}",  # so that "02 second try" comes after "02"
        run_at=max(RUN_AT.findall(raw.decode(errors="replace")), default=""),
        copy=int(number or is_copy),
        place=place,
    )


def without_half_told_times(
    files: list[tuple[Weight, list[str]]],
) -> list[tuple[Weight, list[str]]]:
    """Leave out when copies were run where not each of them tells."""
    silent = {(file.height, file.name) for file, _ in files if not file.run_at}
    return [
        (file._replace(run_at="") if (file.height, file.name) in silent else file, sources)
        for file, sources in files
    ]


def taken_from(last: Weight, other: Weight) -> str:
    """Say which of two files counts, and why."""
    why = next(reason for reason, a, b in zip(WHY, last, other, strict=True) if a != b)
    return f"Taken from {last.place} ({why}); there is another in {other.place}."


def cells(name: str, raw: bytes) -> list[str]:
    """Return the code cells of a notebook; a ``.py`` file is one cell.

    Raises:
        ValueError: it is not a notebook, or not a text.
    """
    try:
        text = raw.decode(tokenize.detect_encoding(io.BytesIO(raw).readline)[0])
    except (UnicodeError, SyntaxError, LookupError):
        raise ValueError("not a text in UTF-8; open it in Jupyter and save it again") from None
    if name.lower().endswith(".py"):
        return [text]
    try:
        stored = json.loads(text)["cells"]
        sources = [cell["source"] for cell in stored if cell["cell_type"] == "code"]
        return [source if isinstance(source, str) else "".join(source) for source in sources]
    except ValueError as error:
        line = getattr(error, "lineno", "?")
        problem = f"not a notebook, or cut off: it is not valid JSON from line {line} on"
    except (KeyError, TypeError):
        problem = "not a notebook: it has no cells of code"
    except RecursionError:
        problem = "not a notebook: it is nested too deeply"
    raise ValueError(problem)


def answers_in(
    sources: Iterable[str], given: Mapping[str, list[str]], helpers: Mapping[str, str]
) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """Return the answers in the cells of one file, and apart from them what is none yet.

    That is a stub, a name in capitals, and one that is given to something else than a function.
    """
    whole = {}
    blank = {}
    statements = []
    inner = set()  # functions that begin further right than the margin
    for source in sources:
        body, errors = understood(source)
        statements += body
        whole |= {exercise: Answer(error=error) for exercise, error in errors.items()}
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
                blank[exercise] = Answer(lost=f"there is no my_{exercise}, but a {name}")
        elif is_function and not is_blank(definition):
            source = "\n\n".join(ast.unparse(statements[i]) for i in names.needed(place))
            whole[exercise] = an_answer(source, given.get(exercise, ()), helpers)
        elif is_function and name not in inner:
            source = f"def {name}(): ..."
            blank.setdefault(exercise, Answer(source=source, shape=inspection.shape(source)))
        else:
            lost = f"{name} is there, but no `def {name}(...)` at the left margin of a cell"
            blank.setdefault(exercise, Answer(lost=lost))
    return whole, blank


def an_answer(source: str, given: Iterable[str], helpers: Mapping[str, str]) -> Answer:
    """Return an answer with the files that it imports, or why it cannot be tried."""
    modules = imported_modules(source, helpers)
    code = "\n\n".join([*modules.values(), source])
    try:
        tree = ast.parse(code)
    except NO_PYTHON as error:
        return Answer(lost=f"a file that it imports is not Python: {what_is_wrong(error)}")
    if JUPYTERS & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        return Answer(lost="it uses a command that only Jupyter runs")
    return Answer(
        source=source,
        shape=inspection.shape(code),
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


def understood(source: str) -> tuple[list[ast.stmt], dict[str, str]]:
    """Return the statements of a cell, and for each answer that is no Python what is wrong with it.

    What only Python's second look finds, such as an argument that comes twice, costs its own
    statement alone.
    """
    kept = []
    errors = {}
    for line, piece in pieces(source):
        try:
            body = parsed(piece).body
        except NO_PYTHON as error:
            names = re.findall(r"^def +my_(\w+)", piece, re.MULTILINE)
            errors |= dict.fromkeys(names, what_is_wrong(error, line))
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


def pieces(source: str) -> list[tuple[int, str]]:
    """Return code in one piece if it is Python; if not, cut where something begins at the left margin.

    So a slip costs its own function alone. Each piece comes with the lines that stand above it.
    """
    try:
        parsed(source)
        return [(0, source)]
    except NO_PYTHON:
        cuts = [0, *(match.start() for match in BEGINNING.finditer(source)), len(source)]
    found = []
    line = 0
    for start, end in itertools.pairwise(cuts):
        found.append((line, source[start:end]))
        line += source.count("\n", start, end)
    return found


def parsed(source: str) -> ast.Module:
    """Parse a cell; what Jupyter alone understands is replaced."""
    try:
        return ast.parse(source)
    except SyntaxError:
        for pattern, python in MAGICS:
            source = pattern.sub(python, source)
        return ast.parse(source)


def what_is_wrong(error: Exception, line: int = 0) -> str:
    """Return an error of Python's in a line; lines of code stand above where it was found."""
    where = f", line {line + error.lineno}" if getattr(error, "lineno", None) else ""
    return f"{type(error).__name__}: {getattr(error, 'msg', None) or error}{where}"


def is_blank(statement: ast.stmt) -> bool:
    """Tell whether a function is a stub: a docstring, ``...``, ``pass``, or not implemented."""
    return isinstance(statement, ast.FunctionDef) and all(
        isinstance(line, ast.Pass)
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

    def needed(self, place: int) -> list[int]:
        """Return the places of a statement and of all that it needs, in their order.

        A function looks names up when it is called; any other statement, where it stands.
        """
        visited = set()
        waiting = [(start, start) for start in (place, *self.stars)]
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
