"""Exercises that answer back: check, folded, solution, and keep, which puts yours to work.

One answer's way through the engine, from ``check(my_softmax)`` to the reply:

- ``exercise``: an exercise as data, beside the function that is its answer key. ``lesson_NN.py``
  holds those of a lesson, ``lesson_NN.txt`` their words, which ``texts`` reads. Where many answers
  are right, ``views`` says what is asked of them.
- ``answer`` reads how the answer is written: whether it is begun, and what it uses.
- ``attempt`` calls it on a case, whose wanted result is known before, and lays both side by side;
  ``comparison`` says what *close* means.
- ``checker`` goes from case to case, and replies to the first that goes wrong.
- ``mistakes`` names the known mistake that explains all cases; where none does, ``diagnosis`` says
  what can be seen.
- ``reply`` is the reply as data, and in words; ``words`` says what a value, a case or an error is.
  General sentences stand in ``general.txt``.

Beside the way: ``store`` holds the kept answers, in ``mine.py`` and in the library's places;
``solutions`` and ``markup`` show source and HTML; lessons draw their cases from ``cases``.
"""

import contextlib
import dataclasses
import difflib
import importlib
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from course.exercises import markup, solutions, store, texts
from course.exercises.answer import where_it_stopped
from course.exercises.checker import check_answer
from course.exercises.exercise import Exercise
from course.exercises.reply import Reply
from course.shown import Shown

#: The exercises of each lesson, by its number; a new module is found, not listed.
LESSONS: dict[str, tuple[Exercise, ...]] = {
    path.stem[-2:]: texts.with_words(
        importlib.import_module(f"{__name__}.{path.stem}").EXERCISES, path.with_suffix(".txt")
    )
    for path in sorted(Path(__file__).parent.glob("lesson_*.py"))
}
#: All exercises by their names.
EXERCISES: dict[str, Exercise] = {}
for _lesson in LESSONS.values():
    for _exercise in _lesson:
        if _exercise.name in EXERCISES:
            raise ValueError(f"two exercises are called {_exercise.name!r}")
        EXERCISES[_exercise.name] = _exercise

#: A students' copy may hold this file: what it says is shown in place of any solution.
WITHHELD = Path(__file__).with_name("withheld.txt")

#: The seconds after which a check says that it is still at work.
PATIENCE = 5.0


def find(function: Callable) -> Exercise:
    """Return the exercise that a function answers, by its name: ``my_softmax`` answers "softmax".

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    name = getattr(function, "__name__", "")
    if not callable(function) or not name:
        raise TypeError("pass the function itself, without brackets: check(my_softmax)")
    if name == "<lambda>":
        raise TypeError(
            "a lambda has no name that tells which exercise it answers: write it as a function, "
            "def my_softmax(z): and below it return ..."
        )
    if name.startswith("my_") and name[3:] in EXERCISES:
        return EXERCISES[name[3:]]
    near = difflib.get_close_matches(name, [f"my_{each}" for each in EXERCISES], 1)
    question = f"do you mean {near[0]}?" if near else "is it named as in the lesson?"
    raise TypeError(f"no exercise is called {name!r}; {question}")


def check(function: Callable) -> Reply:
    """Try an answer out, and say in one reply what is right or wrong with it.

    Returns:
        A reply whose ``kind`` is one of "not attempted", "raises", "wrong shape", "wrong value",
        "unstable" and "right".

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    exercise = find(function)
    with patience(exercise, function):
        return check_answer(exercise, function)


@contextlib.contextmanager
def patience(exercise: Exercise, function: Callable) -> Iterator[None]:
    """Say so if an answer takes long, and how to stop it; and where it was, if it was stopped."""
    words = f"my_{exercise.name} is still at work. To stop it: the square button above, or Ctrl+C."
    timer = threading.Timer(PATIENCE, print, [words], {"flush": True})
    timer.daemon = True
    with contextlib.suppress(RuntimeError):  # the Python in a page has no threads
        timer.start()
    try:
        yield
    except KeyboardInterrupt as stopped:
        # One line is shown, in place of all the lines that Python went through.
        line, *_ = where_it_stopped(function, stopped.__traceback__)
        where = f", in the line `{line}`" if line else ""
        question = f"my_{exercise.name} was still at work{where}. Which loop of it does not end?"
        raise KeyboardInterrupt(question) from None
    finally:
        timer.cancel()


def solution(function: Callable) -> Shown:
    """Return the source of what the exercise asks for: the library's own, or the lesson's.

    It comes without its docstring, its type hints, and what only checks its arguments. In a class's
    copy it may be the teacher's to show.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    exercise = find(function)
    if words := withheld():
        return Shown(words, f"<p>{markup.text(words)}</p>")
    source = solutions.shown_source(exercise.solution)
    return Shown(source, markup.program(source))


def withheld() -> str:
    """Return what a class's copy says in place of any solution; "" where they are shown."""
    return WITHHELD.read_text(encoding="utf-8").strip() if WITHHELD.exists() else ""


def folded(function: Callable) -> str:
    """Show all the hints and the solution of an exercise, each folded until it is opened.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise.
    """
    hints = find(function).hints
    folds = [
        markup.fold(f"Hint {number}", f"<p>{markup.text(hint)}</p>")
        for number, hint in enumerate(hints, start=1)
    ]
    folds.append(markup.fold("Solution", solution(function).html))
    return Shown(f"{len(hints)} hints and the solution, folded", "\n".join(folds))


def keep(*functions: Callable) -> str:
    """Keep right answers of yours in ``mine.py``, and let them take the library's place.

    Each is checked first. If it is right, and right on its own too, its source is written to
    ``mine.py`` beside the notebooks, from where :func:`mine` takes it. Where the library has such a
    function, yours is put in its place: everything that asks the library's module for it gets yours.
    A name that was imported with ``from mnistlib.functions import softmax`` stays what it was, and so
    does a function that was handed on before.

    Args:
        functions: your answers, all of whose work is done with NumPy (``np``), built-in functions,
            and what else ``mine.py`` holds.

    Returns:
        The replies of :func:`check`, one below the other. Each also says whether the function was
        kept; one that is not "right" is not.

    Raises:
        TypeError: not a function, or one whose name belongs to no exercise; then none is kept.
    """
    exercises = [find(function) for function in functions]
    replies = []
    for exercise, function in zip(exercises, functions):
        with patience(exercise, function):
            reply = check_answer(exercise, function)
            if reply.kind == "right":
                reply = dataclasses.replace(reply, kept=_keep_right_answer(exercise, function))
        replies.append(reply)
    return Shown(
        "\n".join(repr(reply) for reply in replies),
        "\n".join(reply._repr_html_() for reply in replies),
    )


def _keep_right_answer(exercise: Exercise, function: Callable) -> str:
    """Put a right answer into the file of kept ones and in the library's place; say so."""
    try:
        source = store.source_of(function)
        text = store.with_function(store.kept_text(), function.__name__, source)
        fault = fault_in_the_next_notebook(exercise, lambda: store.load(text))
        if fault:
            return fault
        store.replace_kept_text(text)
    except store.Unusable as error:
        return f"But it could not be kept: {error}"
    except (OSError, UnicodeError) as error:
        return (
            f"But it could not be kept: {error}. Mend that, or set the environment variable "
            "MNISTLIB_MINE to a file in a folder that you can write to."
        )
    if exercise.home:
        store.put_to_work(exercise, function)
        return f"From here on it is {exercise.home.__name__}.{exercise.name}."
    if store.kept_path():
        return "It is kept."
    return "It is not kept: the environment variable MNISTLIB_MINE names no file."


def fault_in_the_next_notebook(exercise: Exercise, load: Callable[[], dict[str, object]]) -> str:
    """Say why an answer is not right where the kept functions stand alone; "" if it is.

    Args:
        exercise: what is asked.
        load: runs the kept functions, the answer among them, and returns all their names.
    """
    try:
        answer = store.functions_in(load())[exercise.name]
    except Exception as error:
        fault = f"my_{exercise.name}: raises. {type(error).__name__}: {error}."
    else:
        with contextlib.redirect_stdout(io.StringIO()):  # what it prints was seen before
            reply = check_answer(exercise, answer)
        if reply.kind == "right":
            return ""
        fault = str(reply)
    return texts.GENERAL["next"]["leans"].format(f"{fault}\n")


def mine() -> str:
    """Put every function that you have kept in the library's place, after checking it again.

    ``mine.py`` is run as it stands there; it is your own code, and you may edit it. Where a
    function is missing, or wrong, the library's own is put back: to be rid of yours, delete it from
    the file and call this again.

    Returns:
        Which parts of the library are yours, and which of yours were left out and why.

    Raises:
        Exception: what running ``mine.py`` raised, such as a SyntaxError that names its line. Mend
            it, or delete the file and keep your functions again.
    """
    kept = store.functions_in(store.load(store.kept_text()))
    replies = {
        name: check_answer(exercise, kept[name])
        for name, exercise in EXERCISES.items()
        if name in kept
    }
    yours = [name for name, reply in replies.items() if reply.kind == "right"]
    for name, exercise in EXERCISES.items():
        if exercise.home:
            store.put_to_work(exercise, kept[name] if name in yours else exercise.reference)
    some_are_not = any(EXERCISES[name].home and name not in yours for name in EXERCISES)
    lines = [
        f"yours:         {', '.join(yours) or 'none yet'}",
        f"the library's: {'everything else' if some_are_not else 'nothing, all of it is yours'}",
        *(f"Left out, {reply}" for reply in replies.values() if reply.kind != "right"),
    ]
    return Shown("\n".join(lines))
