"""Exercises that answer back: check, hint, solution, and keep, which puts your function to work.

An exercise is a few lines of data beside a function of the library, which is the answer key. Each
module ``lesson_NN`` holds those of a lesson; how a function is tried out is in ``trial``, and what
outlives a notebook (``mine.py``, and beside it how far you are) in ``kept``.
"""

import html
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

from mnistlib.exercises import kept
from mnistlib.exercises.trial import GENERAL, Exercise, Reply, judge

#: The exercises of each lesson, by its number; a new module is found, not listed.
LESSONS: dict[str, tuple[Exercise, ...]] = {
    file.stem[-2:]: importlib.import_module(f"{__name__}.{file.stem}").EXERCISES
    for file in sorted(Path(__file__).parent.glob("lesson_*.py"))
}
_all = [exercise for lesson in LESSONS.values() for exercise in lesson]
EXERCISES = {exercise.name: exercise for exercise in _all}
if _twice := [exercise.name for exercise in _all if EXERCISES[exercise.name] is not exercise]:
    raise ValueError(f"two exercises are called {_twice[0]!r}")
_hints_given: dict[str, int] = {}


class Shown(str):
    """Text that a notebook shows as it is, with its line breaks; or as the HTML that it is given."""

    __repr__ = str.__str__


def find(function: Callable) -> Exercise:
    """Return the exercise that a function answers, by its name: ``my_softmax`` answers "softmax".

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    name = getattr(function, "__name__", "")
    if not callable(function) or not name:
        raise TypeError("pass the function itself, without brackets: check(my_softmax)")
    if exercise := EXERCISES.get(name.removeprefix("my_")):
        return exercise
    raise TypeError(f"no exercise is called {name!r}; there are my_{', my_'.join(EXERCISES)}")


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
    kept.note(reply.name, reply.kind)
    return reply


def hint(function: Callable) -> str:
    """Return the next hint, each closer than the last; from the last on, the last again.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    name, hints = find(function).name, find(function).hints
    given = _hints_given[name] = min(_hints_given.get(name, 0) + 1, len(hints))
    return Shown(f"Hint {given} of {len(hints)}: {hints[given - 1]}")


def solution(function: Callable) -> str:
    """Return the library's own source of what the exercise asks for; there is no other copy.

    It comes without its docstring.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    exercise = find(function)
    source = textwrap.dedent(inspect.getsource(exercise.shows or exercise.reference))
    return Shown(re.sub(r'^ +r?"""(?s:.*?)"""\n', "", source, count=1, flags=re.MULTILINE))


def folded(function: Callable) -> str:
    """Show all the hints and the solution of an exercise, each folded until it is opened.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    hints, fold = find(function).hints, "<details><summary>{}</summary>{}</details>".format
    folds = [fold(f"Hint {i}", f"<p>{html.escape(hint)}</p>") for i, hint in enumerate(hints, 1)]
    source = f'<pre tabindex="0"><code>{html.escape(solution(function))}</code></pre>'
    folds.append(fold("Solution", source))
    shown = Shown(f"{len(hints)} hints and the solution, folded")
    shown._repr_html_ = lambda: "\n".join(folds)
    return shown


def keep(*functions: Callable) -> str:
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
        The replies of :func:`check`, one below the other. Each also says whether the function was
        kept; one that is not "right" is not.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise; then none is kept.
    """
    replies = list(map(_keep, [find(function) for function in functions], functions))
    shown = Shown("\n".join(map(repr, replies)))
    shown._repr_html_ = lambda: "\n".join(reply._repr_html_() for reply in replies)
    return shown


def _keep(exercise: Exercise, function: Callable) -> Reply:
    reply = check(function)
    if reply.kind != "right":
        return reply
    try:
        said = _put(exercise, function)
    except Exception as error:
        said = f"But it could not be kept: {getattr(error, 'strerror', None) or error}."
    return reply._replace(text=f"{reply.text} {said}")


def _put(exercise: Exercise, function: Callable) -> str:
    """Put a right answer into the file of kept ones and in the library's place; say whether."""
    if exercise.home is None:
        return "The network does not use it, so it is not kept."
    source = textwrap.dedent(inspect.getsource(function))
    exec(kept.HEAD + source, space := {})
    alone = judge(exercise, space[function.__name__])
    if alone.kind != "right":
        return GENERAL["next"]["leans"].format(f"{alone}\n")
    kept.write(exercise.name, source)
    setattr(exercise.home, exercise.name, function)
    return f"From here on it is {exercise.home.__name__}.{exercise.name}."


def mine() -> str:
    """Put every function that you have kept in the library's place, after checking it again.

    ``mine.py`` is run as it stands there; it is your own code, and you may edit it. Where a
    function is missing, or wrong, the library's own is put back: to be rid of yours, delete it from
    the file and call this again.

    Returns:
        Which parts of the network and its training are yours, which are the library's, and which
        of yours were left out and why.

    Raises:
        Exception: what running ``mine.py`` raised, such as a SyntaxError that names its line. Mend
            it, or delete the file and keep your functions again.
    """
    own, homes = kept.functions(), [each for each in EXERCISES.values() if each.home]
    replies = {each.name: judge(each, own[each.name]) for each in homes if each.name in own}
    yours = [name for name, reply in replies.items() if reply.kind == "right"]
    library = [each.name for each in homes if each.name not in yours]
    for each in homes:
        setattr(each.home, each.name, own[each.name] if each.name in yours else each.reference)
    lines = [f"yours:         {', '.join(yours) or 'none yet'}"]
    lines += [f"the library's: {', '.join(library) or 'nothing, all of the network is yours'}"]
    lines += [f"Left out, {reply}" for reply in replies.values() if reply.kind != "right"]
    return Shown("\n".join(lines))


def progress() -> str:
    """Show which exercises are right, tried or open, lesson by lesson, in every notebook so far.

    What is right once stays right. It is remembered in ``progress.json`` beside ``mine.py``;
    delete the file, and everything is open again, and nothing else is lost.
    """
    signs, states = {"right": "✓", "tried": "○", "open": "·"}, kept.states()
    marked = {name: f"{signs[states.get(name, 'open')]} {name}" for name in EXERCISES}
    lines = []
    for number, lesson in LESSONS.items():
        lines.append(f"{number}  {'   '.join(marked[each.name] for each in lesson)}")
    counts = [f"{sign} {state} {str(marked).count(sign)}" for state, sign in signs.items()]
    return Shown("\n".join([*lines, "   ".join(counts)]))
