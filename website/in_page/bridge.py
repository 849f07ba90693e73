"""What the page asks of Python: a reader's answer is run and checked, and the reply comes as HTML."""

import contextlib
import html
import inspect
import io
import json
import linecache
import os
import sys
import textwrap
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterable

os.environ["MNISTLIB_MINE"] = ""  # nothing is written: the page keeps what there is to keep
sys.dont_write_bytecode = True

#: How many seconds an answer and its check may take.
ANSWER_SECONDS = 10.0
#: How much of what an answer prints is shown, in characters.
MOST_PRINTED = 10_000


# An answer that does not end


class Deadline:
    """Ends an answer that takes too long: at its next turn of a loop, or call, it is interrupted."""

    TOOL = 4

    def __init__(self, seconds: float):
        monitoring = sys.monitoring
        self.end = time.monotonic() + seconds
        kinds = monitoring.events
        events = (kinds.JUMP, kinds.BRANCH_LEFT, kinds.BRANCH_RIGHT, kinds.PY_START)
        if not monitoring.get_tool(self.TOOL):
            monitoring.use_tool_id(self.TOOL, "deadline")
        for event in events:
            monitoring.register_callback(self.TOOL, event, self.look)
        self.events = sum(events)

    def bind(self, code: types.CodeType) -> None:
        """Watch over code, and what is defined in it. What cleans up after it is not watched."""
        sys.monitoring.set_local_events(self.TOOL, code, self.events)
        for constant in code.co_consts:
            if inspect.iscode(constant):
                self.bind(constant)

    def look(self, *where) -> None:
        if time.monotonic() > self.end:
            raise KeyboardInterrupt("it took too long")


# An answer


def run_source(source: str, file: str, space: dict, deadline: Deadline) -> None:
    """Run code so that ``inspect`` finds its source, and a warning its line."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    code = compile(source, file, "exec")
    deadline.bind(code)
    exec(code, space)


def reply(name: str, above: Iterable[str], answer: str, mine: Iterable[str] = ()) -> str:
    """Check an answer to an exercise.

    Args:
        name: the exercise's name.
        above: what stands above it in the lesson: imports, functions, earlier answers.
        answer: what the reader has written.
        mine: the sources of what is kept of other exercises.

    Returns:
        JSON: the ``kind`` of the reply, as ``check`` says it, or "stopped"; its ``html`` and its
        plain ``text``; what was ``printed``; and ``kept``, the source for ``mine.py``, if it is right.
    """
    file = f"<my_{name}>"
    return as_json(lambda: run_and_check(name, above, answer, mine, file), file, ANSWER_SECONDS)


def examine(source: str) -> str:
    """Examine a network of the reader's own, on fewer digits than in Jupyter; the rest as :func:`reply`.

    ``images`` and ``labels``, which it is going to learn, are there to try it on. What its own code
    takes is ended after a minute, and so is each call of its functions.
    """
    from course.examination import candidate

    file = "<my network>"
    return as_json(lambda: run_and_examine(source, file), file, candidate.LIMIT)


def as_json(said: Callable[[], dict[str, str]], file: str, seconds: float) -> str:
    """Return a reply, or how the answer in a file ended, with what was printed meanwhile."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            result = said()
        except KeyboardInterrupt as stopped:
            result = alone("stopped", f"Stopped after {seconds:.0f} seconds: {stopped}")
        except (Exception, SystemExit) as error:  # whatever an answer does, Python goes on
            result = alone("raises", error_for_the_page(error, file))
    text = printed.getvalue()
    if len(text) > MOST_PRINTED:
        text = f"{text[:MOST_PRINTED]}\n... ({len(text):,} characters in all)"
    return json.dumps({**result, "printed": text})


def run_and_examine(source: str, file: str) -> dict[str, str]:
    """Run the code of a network, and examine what it defines."""
    from course.examination import candidate, checks, splits

    digits = splits.read_page_digits("/home/examination.npz")
    space = {"__name__": "__main__", "images": digits.learnt.images, "labels": digits.learnt.labels}
    deadline = Deadline(candidate.LIMIT)

    def call(seconds: float, function: Callable, *arguments: object) -> object:
        deadline.end = time.monotonic() + seconds
        try:
            return function(*arguments)
        except KeyboardInterrupt as stopped:
            raise candidate.endless(seconds, function, stopped) from None

    run_source(source, file, space, deadline)
    names = ("my_train", "my_predict", "my_probabilities")
    missing = [name for name in names[:2] if not callable(space.get(name))]
    if missing:
        return alone("raises", f"This defines no function called {missing[0]}.")
    mine = candidate.Candidate(*map(space.get, names), limit=candidate.LIMIT, call=call)
    report = checks.examine_candidate(mine, digits, space.get("claim"))
    return alone("report" if report.attempted else "not attempted", repr(report))


def run_and_check(
    name: str, above: Iterable[str], answer: str, mine: Iterable[str], file: str
) -> dict[str, str]:
    """Run what stands above, then the answer, and check it."""
    from course import exercises

    space = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
        deadline = Deadline(ANSWER_SECONDS)
        for number, source in enumerate(above):
            # An earlier answer that does not run is said where it stands.
            with contextlib.suppress(Exception, SystemExit):
                run_source(source, f"<above {number}>", space, deadline)
    # What stands above is not counted.
    run_source(answer, file, space, Deadline(ANSWER_SECONDS))
    function = space.get(f"my_{name}")
    if not inspect.isfunction(function) or function.__name__ != f"my_{name}":
        return alone(
            "raises", f"This defines no function called my_{name}. Is the name spelt right?"
        )
    verdict = exercises.check(function)
    result = {
        "kind": verdict.kind,
        "html": verdict._repr_html_(),
        "text": repr(verdict),
        "kept": "",
    }
    if verdict.kind == "right":
        result["kept"], note = kept(exercises, name, function, mine, Deadline(ANSWER_SECONDS))
        result["html"] += note
    return result


def kept(
    exercises: types.ModuleType,
    name: str,
    function: Callable,
    mine: Iterable[str],
    deadline: Deadline,
) -> tuple[str, str]:
    """Return the source of a right answer for ``mine.py``, and what is said if it is not right there."""
    from course.exercises import markup, store

    source = textwrap.dedent(inspect.getsource(function))

    def load() -> dict[str, object]:
        space = {"__name__": "mine"}
        run_source("\n\n".join([store.HEAD, *mine, source]), f"<mine {name}>", space, deadline)
        return space

    fault = exercises.fault_in_the_next_notebook(exercises.EXERCISES[name], load)
    return ("", f"<p>{markup.text(fault)}</p>") if fault else (source, "")


def alone(kind: str, text: str) -> dict[str, str]:
    """Return a reply that no checker gave."""
    return {"kind": kind, "html": f"<pre>{html.escape(text)}</pre>", "text": text, "kept": ""}


def error_for_the_page(error: BaseException, file: str) -> str:
    """Return an error as Python shows it, without the frames that are not the reader's."""
    lines = traceback.extract_tb(error.__traceback__)
    own = [f"line {frame.lineno}: {frame.line}" for frame in lines if frame.filename == file]
    last = "".join(traceback.format_exception_only(error)).replace(f'File "{file}", ', "")
    if isinstance(error, ModuleNotFoundError):  # Python's own words guess at an environment
        last = f"There is no {error.name} here: the page's Python has NumPy alone. Jupyter has the rest."
    if isinstance(error, SyntaxError) and (error.text or "").lstrip().startswith(("%", "!")):
        last += "A line that begins with % or ! is Jupyter's own, and not Python."
    return "\n".join([*own, last.strip()])
