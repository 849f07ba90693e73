"""Take a reader's answers out of notebooks and ``.py`` files, each with what it needs.

An answer is a function ``my_NAME`` that stands by itself in a cell or a file. With it goes what it
names, and what that names in turn: functions, classes, imports, and the lines that set or change a
name. A name that is set or changed several times means what it meant where the answer stands, and a
line below the answer that wraps it (``my_sigmoid = np.vectorize(my_sigmoid)``) belongs to it. No other
line is taken, whether it trains a network, prints or draws.
"""

import ast
import io
import json
import re
import symtable
import sys
import tokenize
from collections.abc import Iterable
from itertools import chain
from pathlib import PurePosixPath
from typing import NamedTuple

from course.classroom.inspection import DEFINITIONS, IMPORTS, begins, imported
from course.exercises.answer import is_stub

#: A line that Jupyter alone understands.
JUPYTERS = re.compile(r"^([ \t]*)(?:[%!?].*|.*\?)$", re.MULTILINE)
#: How many versions of an answer are tried, if those before are not right.
MOST_VERSIONS = 4
#: What parsing a stranger's code may raise.
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


class Version(NamedTuple):
    """One way in which a submission answers an exercise: its source, or why a person has to decide.

    `place` is the file where it stands; `why_not_tried` is empty where it can be tried.
    """

    source: str = ""
    place: str = ""
    why_not_tried: str = ""


def take_answers(
    files: Iterable[tuple[str, bytes]],
) -> tuple[dict[str, list[Version]], list[str]]:
    """Return the answers in files, each a pair of its place in the submission and its bytes.

    Returns:
        By exercise, the different versions of its answer, with the one that counts first: that of
        ``mine.py``, or else of the file that lies least deep, the last by name; and in a file the last.
        A stub is none. And a sentence for each file that cannot be read.
    """
    answers = {}
    problems = []
    for place, raw in sorted(files, key=rank, reverse=True):
        try:
            found = answers_in(cells(place, raw))
        except (ValueError, RecursionError) as error:
            problems.append(f"{place} ({error})")
            continue
        for exercise, versions in found.items():
            placed = [version._replace(place=place) for version in versions]
            answers[exercise] = answers.get(exercise, []) + placed
    return {name: distinct_versions(versions) for name, versions in answers.items()}, problems


def rank(file: tuple[str, bytes]) -> tuple:
    """Return what files are ordered by: of two with an answer the greater counts."""
    path = PurePosixPath(file[0])
    return path.name.lower() == "mine.py", -len(path.parts), path.stem


def distinct_versions(versions: list[Version]) -> list[Version]:
    """Return the versions that differ, in their order; those that can be tried come first."""
    found = {}
    for answer in sorted(versions, key=lambda answer: bool(answer.why_not_tried)):
        found.setdefault(answer.source or answer.why_not_tried, answer)
    return [*found.values()][:MOST_VERSIONS]


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
    raise ValueError(problem)


def answers_in(sources: Iterable[str]) -> dict[str, list[Version]]:
    """Return the versions of each answer in the cells of one file, the last first."""
    answers = {}
    statements = []
    for source in sources:
        try:
            statements += parse_cell(source).body
        except NO_PYTHON as error:
            refused = Version(source.strip(), why_not_tried=what_is_wrong(error))
            names = re.findall(r"^[ \t]*def +my_(\w+)", source, re.MULTILINE)
            answers |= {exercise: [refused] for exercise in names}
    names = Names(statements)
    for name, versions in names.meanings.items():
        exercise = name.removeprefix("my_")
        if exercise == name or is_stub(statements[versions[-1][-1]]):
            continue
        functions = [version for version in versions if is_written(statements[version[0]])]
        if functions and functions[-1] is versions[-1]:
            taken = [Version(names.code(version)) for version in reversed(functions)]
        else:
            why = f"{name} is there, but no `def {name}(...)` at the left margin of a cell"
            taken = [Version(names.code(chain.from_iterable(versions)), why_not_tried=why)]
        answers[exercise] = taken + answers.get(exercise, [])
    return answers


def parse_cell(source: str) -> ast.Module:
    """Parse a cell; a line that Jupyter alone understands is left out."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        source = JUPYTERS.sub(r"\1pass", source)
        tree = ast.parse(source)
    symtable.symtable(source, "cell", "exec")  # finds what parsing does not: an argument twice
    return tree


def what_is_wrong(error: Exception) -> str:
    """Return why Python refuses some code, which a newer one may take."""
    where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
    said = f"{type(error).__name__}: {getattr(error, 'msg', None) or error}{where}"
    return f"{said}; this is Python {sys.version_info[0]}.{sys.version_info[1]}"


def is_written(statement: ast.stmt) -> bool:
    """Tell whether a statement is a function's definition, and more than a stub."""
    return isinstance(statement, ast.FunctionDef) and not is_stub(statement)


# --- What a statement needs


class Names:
    """Which statements set or change which names, in the order of a file.

    `read` has the names that each statement reads. `meanings` has those of each name, in their order: a
    meaning is the places of the statements that give it, which begin where the name is set anew, and go
    on with what changes it. A stub gives a name no other meaning than it has.
    """

    def __init__(self, statements: list[ast.stmt]):
        """Find the meanings of all names."""
        self.statements = statements
        self.read = []
        self.meanings = {}
        self.stars = [i for i, statement in enumerate(statements) if "*" in imported(statement)]
        modules = {name for statement in statements for name in imported(statement)}
        for place, statement in enumerate(statements):
            read, given = names_read_and_set(statement)
            self.read.append(read)
            anew = names_set_anew(statement, given, read)
            for name in given | (names_changed(statement) - modules):
                meanings = self.meanings.setdefault(name, [])
                if meanings and is_stub(statement):
                    continue
                if name in anew or not meanings:
                    meanings.append([place])
                else:
                    meanings[-1].append(place)

    def code(self, places: Iterable[int]) -> str:
        """Return the source of statements and of all that they need."""
        return "\n\n".join(ast.unparse(self.statements[place]) for place in self.needed(places))

    def seen_from(self, name: str, moment: int) -> list[int]:
        """Return the places that give a name its meaning at another: those before, or else after."""
        meanings = self.meanings.get(name, [])
        before = [places for places in meanings if places[0] <= moment]
        if before:
            return [place for place in before[-1] if place <= moment]
        return meanings[0] if meanings else []

    def needed(self, places: Iterable[int]) -> list[int]:
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
            if not isinstance(statement, DEFINITIONS):
                moment = here
            for name in self.read[here]:
                waiting += [(there, moment) for there in self.seen_from(name, moment)]
        return sorted({here for here, _ in visited})


def names_read_and_set(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names of a module that a statement reads, and those that it sets.

    Arguments and local variables are none of them; what a loop or a branch sets is.
    """
    table = symtable.symtable(ast.unparse(statement), "answer", "exec")
    symbols = table.get_symbols()
    read = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    given = {
        symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()
    }
    waiting = table.get_children()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        read |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return read, given


def names_changed(statement: ast.stmt) -> set[str]:
    """Return the names of things that a statement changes: a part of them, or by a method's call."""
    changed = []
    for node in [] if isinstance(statement, DEFINITIONS) else ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed.append(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            if isinstance(call.func, ast.Attribute):
                changed.append(call.func)
            if begins(call.func) in ("np", "numpy", "random"):  # np.fill_diagonal(K, 0)
                changed += call.args[:1]
    return {begins(node) for node in changed} - {None}


def names_set_anew(statement: ast.stmt, given: set[str], read: set[str]) -> set[str]:
    """Return the names that mean, after a statement, what they would mean without all before.

    Args:
        statement: what sets them.
        given: all names that it sets.
        read: the names that it reads.
    """
    if isinstance(statement, DEFINITIONS):
        return given
    # A loop or a branch may not set a name, and ``K: int`` does not.
    is_simple = isinstance(statement, (*IMPORTS, ast.Assign, ast.AnnAssign))
    sets_for_sure = is_simple and getattr(statement, "value", statement) is not None
    return given - read if sets_for_sure else set()
