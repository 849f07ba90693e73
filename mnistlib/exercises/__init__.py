"""Exercises that answer back: check, hint, solution, and keep, which puts your function to work.

An exercise is a few lines of data beside a function of the library, which is the answer key. Those
of each lesson are in a module of their own; how a function is tried out is in ``trial``.
"""

import ast
import html
import inspect
import itertools
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

from mnistlib.exercises import lesson_01, lesson_02, lesson_03, lesson_04, lesson_05
from mnistlib.exercises.trial import Exercise, Reply, judge

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for lesson in (lesson_01, lesson_02, lesson_03, lesson_04, lesson_05)
    for exercise in lesson.EXERCISES
}
_hints_given: dict[str, int] = {}


def find(function: Callable) -> Exercise:
    """Return the exercise that a function answers, by its name: ``my_softmax`` answers "softmax".

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    name = getattr(function, "__name__", None)
    if not callable(function) or not isinstance(name, str):
        raise TypeError("pass the function itself, without brackets: check(my_softmax)")
    exercise = EXERCISES.get(name.removeprefix("my_"))
    if exercise is None:
        raise TypeError(
            f"no exercise is called {name!r}; there are "
            + ", ".join(f"my_{known}" for known in EXERCISES)
        )
    return exercise


def check(function: Callable) -> Reply:
    """Try an answer out, and say in one reply what is right or wrong with it.

    Args:
        function: your answer, a function named as the lesson names it.

    Returns:
        A reply whose ``kind`` is one of "not attempted", "raises", "wrong shape", "wrong value",
        "unstable", "slow" and "right".

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    return judge(find(function), function)


def hint(function: Callable) -> str:
    """Return the next hint, each closer than the last; from the last on, the last again.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    exercise = find(function)
    given = min(_hints_given.get(exercise.name, 0), len(exercise.hints) - 1)
    _hints_given[exercise.name] = given + 1
    return _Text(f"Hint {given + 1} of {len(exercise.hints)}: {exercise.hints[given]}")


def solution(function: Callable) -> str:
    """Return the library's own source of what the exercise asks for; there is no other copy.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    return _Text(_source(find(function)))


class _Text(str):
    """Text that a notebook shows as it is, with its line breaks and without quotation marks."""

    def __repr__(self) -> str:
        return str(self)


class Folded:
    """Hints and solution, each folded until it is opened, in Jupyter and on a page."""

    def __init__(self, exercise: Exercise) -> None:
        """Hold the exercise; everything else is made when it is shown."""
        self.exercise = exercise

    def __repr__(self) -> str:
        return f"{len(self.exercise.hints)} hints and the solution, folded"

    def _repr_html_(self) -> str:
        folds = [
            f"<details><summary>Hint {i}</summary><p>{html.escape(text)}</p></details>"
            for i, text in enumerate(self.exercise.hints, start=1)
        ]
        source = html.escape(_source(self.exercise))
        folds.append(
            "<details><summary>Solution: the library's own lines</summary>"
            f'<pre tabindex="0"><code>{source}</code></pre></details>'
        )
        return "\n".join(folds)


def folded(function: Callable) -> Folded:
    """Show all the hints and the solution of an exercise, folded.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    return Folded(find(function))


def _source(exercise: Exercise) -> str:
    """Return the source of the library's function without its docstring, which gives it away."""
    source = textwrap.dedent(inspect.getsource(exercise.shows or exercise.reference))
    definition = ast.parse(source).body[0]
    if ast.get_docstring(definition) is None:
        return source
    lines = source.splitlines(keepends=True)
    docstring = definition.body[0]
    return "".join(lines[: docstring.lineno - 1] + lines[docstring.end_lineno :])


def keep(function: Callable) -> Reply:
    """Let your function take the library's place, in this notebook and in the ones to come.

    It is checked first. If it is right, and right on its own too, its source is written to
    ``mine.py`` beside the notebooks, from where :func:`mine` takes it, and it is put in the place
    of the library's function.

    Args:
        function: your answer, all of whose work is done with NumPy (``np``) and built-in functions.

    Returns:
        The reply of :func:`check`, which also says whether the function was kept. One that is not
        "right" is not.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    exercise = find(function)
    reply = judge(exercise, function)
    if reply.kind != "right":
        return reply

    def replied(kind: str, text: str) -> Reply:
        return Reply(exercise.name, kind, text)

    if exercise.home is None:
        return replied("right", f"{reply.text} The network does not use it, so it is not kept.")
    try:
        source = textwrap.dedent(inspect.getsource(function))
        _, alone = _on_its_own(exercise, function.__name__, source)
        if alone.kind != "right":
            return replied(
                alone.kind,
                f"It works here, but not on its own, and is not kept. {alone.text}\n"
                "Put all that it needs, imports too, inside the function.",
            )
        _write_kept({**_read_kept(), exercise.name: source})
    except (OSError, TypeError) as error:  # TypeError: what has no source
        why = getattr(error, "strerror", None) or error
        return replied("right", f"{reply.text} But it could not be kept: {why}.")
    except _Unreadable as error:
        return replied("right", f"{reply.text} But it could not be kept. {error}")
    setattr(exercise.home, exercise.name, function)
    place = f"{exercise.home.__name__}.{exercise.name}"
    return replied("right", f"{reply.text} From here on it is {place}.")


def mine() -> str:
    """Put every function that you have kept in the library's place, after checking it again.

    The functions in ``mine.py`` are run as they stand there; it is your own code, and you may edit
    it. Where there is none, or a wrong one, the library's own is put back: to be rid of yours,
    delete it from the file and call this again.

    Returns:
        Which parts of the network and its training are yours, which are the library's, and which
        of yours were left out and why.
    """
    homes = {name: exercise for name, exercise in EXERCISES.items() if exercise.home is not None}
    yours, refused = [], []
    for name, exercise in homes.items():
        setattr(exercise.home, name, exercise.reference)
    try:
        kept = _read_kept()
    except _Unreadable as error:
        kept, refused = {}, [str(error)]
    for name in [name for name in homes if name in kept]:
        defined = ast.parse(kept[name]).body[0].name
        function, reply = _on_its_own(homes[name], defined, kept[name])
        if reply.kind == "right":
            setattr(homes[name].home, name, function)
            yours.append(name)
        else:
            refused.append(f"Left out, {reply}")
    library = [name for name in homes if name not in yours]
    lines = [f"yours:         {', '.join(yours) or 'none yet'}"]
    lines += [f"the library's: {', '.join(library)}"] if library else []
    lines += ["Every part of the network and its training is yours."] if not library else []
    return _Text("\n".join(itertools.chain(lines, refused)))


class _Unreadable(Exception):
    """The file of kept functions is no Python; the message says where, and what to do."""


def _kept_file() -> Path:
    return Path(os.environ.get("MNISTLIB_MINE", "mine.py"))


def _on_its_own(exercise: Exercise, name: str, source: str) -> tuple[Callable | None, Reply]:
    """Run a function's source in a module of its own, so that it cannot lean on what is not in it.

    Returns:
        The function, and the checker's reply to it.
    """
    space: dict[str, object] = {"__name__": "mine"}
    try:
        exec(compile(f"import numpy as np\n{source}", str(_kept_file()), "exec"), space)
        function = space[name]
    except Exception as error:
        return None, Reply(exercise.name, "raises", f"{type(error).__name__}: {error}")
    return function, judge(exercise, function)


def _write_kept(kept: dict[str, str]) -> None:
    """Write all of the kept functions, or leave the file as it was."""
    head = (
        "# Your own functions, kept by mnistlib.exercises. mine() runs them and checks them again."
    )
    part = _kept_file().with_suffix(".part")
    try:
        text = "\n\n".join([f"{head}\n\nimport numpy as np\n", *kept.values()])
        part.write_text(text, encoding="utf-8")
        os.replace(part, _kept_file())
    finally:
        part.unlink(missing_ok=True)


def _read_kept() -> dict[str, str]:
    """Return the source of each function in the file of kept ones, by its exercise's name."""
    file = _kept_file()
    if not file.exists():
        return {}
    try:
        text = file.read_text(encoding="utf-8")
        nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    except (SyntaxError, ValueError) as error:
        what = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else error
        raise _Unreadable(
            f"{file.name} cannot be read, {what}. Mend it, or delete the file and keep again."
        ) from None
    lines, kept = text.splitlines(keepends=True), {}
    for node in nodes:
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        source = "".join(lines[first - 1 : node.end_lineno]).rstrip() + "\n"
        kept[node.name.removeprefix("my_")] = source
    return kept
