"""Exercises that answer back: check, hint, solution, and keep, which puts your function to work.

An exercise is a few lines of data beside a function of the library, which is the answer key. Each
module ``lesson_NN`` holds those of a lesson; how a function is tried out is in ``trial``, and what
outlives a notebook (``mine.py``, and beside it how far you are) in ``kept``.
"""

import ast
import html
import importlib
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mnistlib.exercises import kept
from mnistlib.exercises.trial import Exercise, Reply, judge


def _collect(exercises: Sequence[Exercise]) -> dict[str, Exercise]:
    """Return exercises by their names.

    Raises:
        ValueError: two have one name.
    """
    names = [exercise.name for exercise in exercises]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two exercises are called {name!r}")
    return dict(zip(names, exercises, strict=True))


#: The exercises of each lesson, by its number; a new module is found, not listed.
LESSONS: dict[str, tuple[Exercise, ...]] = {
    file.stem[-2:]: importlib.import_module(f"{__name__}.{file.stem}").EXERCISES
    for file in sorted(Path(__file__).parent.glob("lesson_*.py"))
}
EXERCISES = _collect([exercise for lesson in LESSONS.values() for exercise in lesson])
_hints_given: dict[str, int] = {}


def find(function: Callable) -> Exercise:
    """Return the exercise that a function answers, by its name: ``my_softmax`` answers "softmax".

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    name = getattr(function, "__name__", None)
    if not callable(function) or not isinstance(name, str):
        raise TypeError("pass the function itself, without brackets: check(my_softmax)")
    if name.removeprefix("my_") not in EXERCISES:
        known = ", ".join(f"my_{name}" for name in EXERCISES)
        raise TypeError(f"no exercise is called {name!r}; there are {known}")
    return EXERCISES[name.removeprefix("my_")]


def check(function: Callable) -> Reply:
    """Try an answer out, and say in one reply what is right or wrong with it.

    Args:
        function: your answer, a function named as the lesson names it.

    Returns:
        A reply whose ``kind`` is one of "not attempted", "raises", "wrong shape", "wrong value",
        "unstable" and "right".

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    reply = judge(find(function), function)
    said = kept.note(reply.name, reply.kind)
    return Reply(reply.name, reply.kind, f"{reply.text}\n{said}".rstrip())


def hint(function: Callable) -> str:
    """Return the next hint, each closer than the last; from the last on, the last again.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    exercise = find(function)
    given = min(_hints_given.get(exercise.name, 0) + 1, len(exercise.hints))
    _hints_given[exercise.name] = given
    return _Text(f"Hint {given} of {len(exercise.hints)}: {exercise.hints[given - 1]}")


def solution(function: Callable) -> str:
    """Return the library's own source of what the exercise asks for; there is no other copy.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    return _Text(_source(find(function)))


class _Text(str):
    """Text that a notebook shows as it is, with its line breaks and without quotation marks."""

    __repr__ = str.__str__


@dataclass(repr=False)
class Folded:
    """Hints and solution, each folded until it is opened, in Jupyter and on a page."""

    exercise: Exercise

    def __repr__(self) -> str:
        return f"{len(self.exercise.hints)} hints and the solution, folded"

    def _repr_html_(self) -> str:
        fold = "<details><summary>{}</summary>{}</details>".format
        hints = [
            fold(f"Hint {i}", f"<p>{html.escape(text)}</p>")
            for i, text in enumerate(self.exercise.hints, start=1)
        ]
        source = f'<pre tabindex="0"><code>{html.escape(_source(self.exercise))}</code></pre>'
        return "\n".join([*hints, fold("Solution: the library's own lines", source)])


def folded(function: Callable) -> Folded:
    """Show all the hints and the solution of an exercise, folded.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    return Folded(find(function))


def _source(exercise: Exercise) -> str:
    """Return the source of the library's function without its docstring, which gives it away."""
    source = textwrap.dedent(inspect.getsource(exercise.shows or exercise.reference))
    lines = source.splitlines(keepends=True)
    definition = ast.parse(source).body[0]
    if ast.get_docstring(definition) is not None:
        del lines[definition.body[0].lineno - 1 : definition.body[0].end_lineno]
    return "".join(lines)


class Replies(tuple):
    """Several replies, shown as one."""

    def __repr__(self) -> str:
        return "\n".join(map(repr, self))

    def _repr_html_(self) -> str:
        return "\n".join(reply._repr_html_() for reply in self)


def keep(*functions: Callable) -> Replies:
    """Let functions of yours take the library's place, in this notebook and in the ones to come.

    Each is checked first. If it is right, and right on its own too, its source is written to
    ``mine.py`` beside the notebooks, from where :func:`mine` takes it, and it is put in the place
    of the library's function: everything that asks the library's module for it gets yours. A name
    that was imported with ``from mnistlib.functions import softmax`` stays what it was, and so does
    a function that was handed on before.

    Args:
        functions: your answers, all of whose work is done with NumPy (``np``) and built-in
            functions.

    Returns:
        For each the reply of :func:`check`, which also says whether the function was kept. One
        that is not "right" is not.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise; then none is kept.
    """
    exercises = [find(function) for function in functions]
    return Replies(map(_keep, exercises, functions))


def _keep(exercise: Exercise, function: Callable) -> Reply:
    reply = check(function)
    if reply.kind != "right":
        return reply
    if exercise.home is None:
        said = "The network does not use it, so it is not kept."
        return Reply(reply.name, "right", f"{reply.text} {said}")
    try:
        source = textwrap.dedent(inspect.getsource(function))
        alone = judge(exercise, kept.run(source))
        if alone.kind != "right":
            said = f"It works here, but not on its own, and is not kept. {alone.text}\n"
            said += "Put all that it needs, imports too, inside the function."
            return Reply(reply.name, alone.kind, said)
        kept.write({**kept.read(), exercise.name: source})
        setattr(exercise.home, exercise.name, function)
        said = f"From here on it is {exercise.home.__name__}.{exercise.name}."
    except (OSError, TypeError, ValueError) as error:  # TypeError: what has no source
        said = f"But it could not be kept: {getattr(error, 'strerror', None) or error}."
    return Reply(reply.name, "right", f"{reply.text} {said}")


def mine() -> str:
    """Put every function that you have kept in the library's place, after checking it again.

    The functions in ``mine.py`` are run as they stand there; it is your own code, and you may edit
    it. Where there is none, or a wrong one, the library's own is put back: to be rid of yours,
    delete it from the file and call this again.

    Returns:
        Which parts of the network and its training are yours, which are the library's, and which
        of yours were left out and why.
    """
    yours, refused, sources = [], [], {}
    try:
        sources = kept.read()
    except ValueError as error:
        refused.append(str(error))
    homes = {name: exercise for name, exercise in EXERCISES.items() if exercise.home is not None}
    for name, exercise in homes.items():
        setattr(exercise.home, name, exercise.reference)
        if name in sources:
            function = kept.run(sources[name])
            reply = judge(exercise, function)
            if reply.kind == "right":
                setattr(exercise.home, name, function)
                yours.append(name)
            else:
                refused.append(f"Left out, {reply}")
    library = [name for name in homes if name not in yours]
    lines = [f"yours:         {', '.join(yours) or 'none yet'}"]
    lines += [f"the library's: {', '.join(library)}"] if library else []
    lines += [] if library else ["Every part of the network and its training is yours."]
    return _Text("\n".join(lines + refused))


def progress() -> str:
    """Show which exercises are right, tried or open, lesson by lesson, in every notebook so far.

    What is right once stays right. It is remembered in ``progress.json`` beside ``mine.py``;
    delete the file, and everything is open again, and nothing else is lost.
    """
    return _Text(kept.progress({n: [each.name for each in them] for n, them in LESSONS.items()}))
