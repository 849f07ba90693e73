"""A lesson, run whole in the page: its cells in order, all but what draws, beside what it printed."""

import ast
import contextlib
import importlib
import io
import json
import linecache
import os
import sys
import traceback
import types
from pathlib import Path

#: Where a lesson is, beside the data.
NOTEBOOKS = Path("/home/notebooks")
#: What draws, which the page has not.
ABSENT = ("matplotlib", "matplotlib.pyplot", "mnistlib.plotting", "course.pictures")

cells = []
space = {}


class Draws(Exception):
    """Raised where a lesson draws."""


class Absent(types.ModuleType):
    """Stands for what draws, and for what would have come of it: of no use for anything."""

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        raise Draws

    def refuse(self, *anything, **named):
        raise Draws

    __call__ = __iter__ = __getitem__ = refuse


def begin(number: str) -> int:
    """Begin a lesson, and return how many cells it has."""
    os.chdir(NOTEBOOKS)
    for name in ABSENT:
        sys.modules[name] = Absent(name)
        package, _, own = name.rpartition(".")
        if package:
            setattr(importlib.import_module(package), own, sys.modules[name])
    cells[:] = json.loads((NOTEBOOKS / f"{number}.json").read_text("utf-8"))
    space.clear()
    space["__name__"] = "__main__"
    return len(cells)


def step(number: int) -> str:
    """Run a cell; return as JSON whether it prints what is stored (null: nothing is), and both texts."""
    here = printed(cells[number]["code"], f"<cell {number}>")
    stored = cells[number]["printed"]
    equal = here.strip() == stored.strip() if here.strip() or stored.strip() else None
    return json.dumps({"equal": equal, "stored": stored, "here": here})


def printed(source: str, file: str) -> str:
    """Run a cell's statements one by one; return what they print, and the last one's value as text."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    text = io.StringIO()
    body = ast.parse(source, file).body
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(io.StringIO()):
        for statement in body:
            try:
                run(statement, file, statement is body[-1] and not source.rstrip().endswith(";"))
            except Draws:
                leave_out(statement)
            except Exception as error:
                print("".join(traceback.format_exception_only(error)))
                break
    return text.getvalue()


def run(statement: ast.stmt, file: str, is_last: bool) -> None:
    """Run a statement; what a cell ends in is shown."""
    if not (is_last and isinstance(statement, ast.Expr)):
        exec(compile(ast.Module([statement], []), file, "exec"), space)
        return
    value = eval(compile(ast.Expression(statement.value), file, "eval"), space)
    if value is not None:
        print(repr(value))


def leave_out(statement: ast.stmt) -> None:
    """Let the names that a statement would have given stand for what is not there."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            space[node.id] = Absent(node.id)
