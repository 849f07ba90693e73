"""How an answer is tried out: on small inputs first, within a time limit, and without harm."""

import contextlib
import copy
import dis
import html
import inspect
import io
import re
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

LIMIT = 0.8  # seconds that all calls of one check may take; the inputs are tiny


@dataclass(frozen=True)
class Exercise:
    """What is asked, as data.

    ``cases`` gives argument tuples, the smallest first. ``mistakes`` maps a likely reason to a
    function that makes just that mistake. ``extreme`` are arguments at which a careless formula
    overflows. ``grow(n)`` gives arguments with n examples, to notice loops over them. ``accept``
    replaces the comparison with ``reference`` where many answers are right: from the arguments
    and the outcome it returns what is wrong, or None. ``in_place`` lists the arguments, each a row
    of arrays, in which the function leaves its result. ``shows`` is the library's function that is
    the solution, and ``home`` the module in which a reader's own may take its place.
    """

    name: str
    reference: Callable
    cases: Callable[[], Iterable[tuple]]
    hints: tuple[str, ...]
    notice: str
    mistakes: dict[str, Callable] = field(default_factory=dict)
    extreme: tuple[tuple, ...] = ()
    grow: Callable[[int], tuple] | None = None
    accept: Callable | None = None
    in_place: tuple[int, ...] = ()
    shows: Callable | None = None
    home: types.ModuleType | None = None


@dataclass(frozen=True)
class Reply:
    """What a checker says: one of seven kinds, and a sentence or two."""

    name: str
    kind: str
    text: str

    def __repr__(self) -> str:
        """The plain form, which the tests of the lessons compare."""
        return f"my_{self.name}: {self.kind}. {self.text}"

    def _repr_html_(self) -> str:
        sign = {"right": "✓", "not attempted": "○"}.get(self.kind, "✗")
        text = html.escape(self.text).replace("\n", "<br>")
        return f"<p>{sign} <code>my_{self.name}</code>: <strong>{self.kind}</strong>. {text}</p>"


class _OutOfTime(BaseException):
    """Raised inside an answer that takes too long; no ``except Exception`` can swallow it.

    Even a bare ``except:`` gains nothing: when the exception is thrown away, it comes ``again``.
    """

    def __init__(self, again: Callable[[], None]) -> None:
        super().__init__()
        self.again = again

    def __del__(self) -> None:
        self.again()


@dataclass
class _Outcome:
    """What one call did: its result or its error, what NumPy warned of, what it left untouched."""

    result: object = None
    error: BaseException | None = None
    warned: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()  # the arguments that it changed, though it should not
    unasked: bool = False  # it was given a random generator, and drew nothing from it
    steps: int = 0


def judge(exercise: Exercise, function: Callable) -> Reply:
    """Try ``function`` on every case of the exercise, and reply to the first that goes wrong."""
    ends = time.perf_counter() + LIMIT

    def reply(kind: str, text: str) -> Reply:
        return Reply(exercise.name, kind, text)

    def attempt(args: tuple) -> _Outcome:
        return _call(exercise, function, args, ends)

    def raised(outcome: _Outcome, args: tuple, reason: str = "") -> Reply:
        called = f"It was called with {_show(exercise, args)}."
        return reply("raises", f"{_describe(outcome.error)}\n{called}{reason}")

    def likely_reason() -> str:
        return _likely_reason(exercise, [attempt(args) for args in cases], cases)

    if _is_blank(function):
        return reply("not attempted", "Replace the ... by your answer and run the cell again.")
    cases = list(exercise.cases())
    for args in cases:
        outcome = attempt(args)
        if outcome.error is not None:
            return raised(outcome, args, likely_reason())
        if outcome.changed:
            return reply(
                "wrong value",
                f"It changes {' and '.join(outcome.changed)}, which its caller may still need. "
                "Make a new array instead: a = a - 1 does, a -= 1 does not.",
            )
        kind, text = _compare(exercise, args, outcome.result)
        if kind:
            where = f"With {_show(exercise, args)}:\n" if args else ""
            text = text if where else text[0].upper() + text[1:]
            return reply(kind, f"{where}{text}{likely_reason()}")
    if outcome.unasked:
        return reply(
            "wrong value",
            "It draws nothing from rng, the generator that it was given, so whoever calls it can "
            "neither choose nor repeat the shuffle.",
        )
    for args in exercise.extreme:
        outcome = attempt(args)
        if outcome.error is not None:
            said = _describe(outcome.error)
        else:
            said = _compare(exercise, args, outcome.result)[1]
            if outcome.warned:
                said = f"{said}\nNumPy warned" if said else "the value is right, but NumPy warned"
                said += f": {', '.join(outcome.warned)}."
        if said:
            where = f"with {_show(exercise, args)}:"
            return reply("unstable", f"It is right for ordinary numbers, but {where}\n{said}")
    if exercise.grow is not None:
        sizes = [exercise.grow(n) for n in (8, 64)]
        few, many = map(attempt, sizes)
        for outcome, args in zip((few, many), sizes, strict=True):
            if outcome.error is not None:
                return raised(outcome, args)
        if many.steps - few.steps >= 64 - 8:  # array code takes as many steps for 64 as for 8
            return reply(
                "slow",
                "The numbers are right, but it goes through the examples one by one: each one more "
                "costs Python more steps. One array operation does them all.",
            )
    return reply("right", exercise.notice)


def _is_blank(function: Callable) -> bool:
    """Tell whether a function does nothing but return None, as a stub of ``...`` or ``pass`` does."""
    code = getattr(function, "__code__", None)
    nothing = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    return code is not None and all(
        step.opname in nothing and (step.opname == "RESUME" or step.argval is None)
        for step in dis.get_instructions(code)
    )


def _call(exercise: Exercise, function: Callable, args: tuple, ends: float = np.inf) -> _Outcome:
    """Call on copies of the arguments, in silence, and stop it when its time is over.

    A trace function counts Python's instructions. It also looks at the clock, which stops an endless
    loop on every system, without a second thread or process; only inside a single call of compiled
    code it cannot look. A debugger's own trace function rests meanwhile, and is put back.
    """
    given = copy.deepcopy(args)
    steps, over = 0, False

    def watch(frame, event, arg):
        nonlocal steps
        steps += 1
        frame.f_trace_opcodes = True  # each instruction: a bare `while True: pass` has but one line

        def again():
            if not over:  # Python has switched tracing off, since the trace function raised
                frame.f_trace = watch
                sys.settrace(watch)

        if time.perf_counter() > ends:
            raise _OutOfTime(again)
        return watch

    outcome, before = _Outcome(), sys.gettrace()
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        np.errstate(all="warn", under="ignore"),
    ):
        warnings.simplefilter("always")
        sys.settrace(watch)
        try:
            outcome.result = _listed(function(*given))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # even sys.exit() in an answer must not end the kernel
            outcome.error = error
        finally:
            over = True
            sys.settrace(before)
    outcome.steps = steps
    overflows = [w for w in caught if issubclass(w.category, RuntimeWarning)]
    outcome.warned = tuple(sorted({str(warning.message) for warning in overflows}))
    names = list(inspect.signature(exercise.reference).parameters)
    outcome.changed = tuple(
        name
        for i, (name, old, new) in enumerate(zip(names, args, given, strict=False))
        if i not in exercise.in_place and not _same_input(old, new)
    )
    outcome.unasked = any(
        isinstance(old, np.random.Generator) and old.bit_generator.state == new.bit_generator.state
        for old, new in zip(args, given, strict=True)
    )
    if exercise.in_place and outcome.error is None:
        outcome.result = tuple(array for i in exercise.in_place for array in given[i])
    return outcome


def _listed(result: object) -> object:
    """Run a generator to its end, step by step, so that it cannot go on for ever unseen."""
    return [item for item in result] if isinstance(result, Iterator) else result


def _same_input(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same_input, a, b))
    return True  # a generator is meant to change, and nothing else can


def _describe(error: BaseException) -> str:
    if isinstance(error, _OutOfTime):
        return f"It was stopped after {LIMIT:g} seconds, on a tiny input. Does a loop never end?"
    try:
        lines = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).splitlines()
    except Exception:  # an error of the reader's own, which cannot even be written out
        lines = []
    return f"{type(error).__name__}: {lines[0]}" if lines else f"{type(error).__name__}."


def _compare(exercise: Exercise, args: tuple, got: object) -> tuple[str, str]:
    """Return the kind of disagreement and its description, or two empty texts."""
    if exercise.accept is not None:
        try:
            return exercise.accept(args, got) or ("", "")
        except Exception:  # it expects a result of about the right form
            return "wrong shape", f"wanted the form that the task describes, got {_kind(got)}."
    wanted = _call(exercise, exercise.reference, args).result
    several = isinstance(wanted, tuple)
    row = isinstance(got, (tuple, list)) or (isinstance(got, np.ndarray) and got.ndim)
    if several and not (row and len(got) == len(wanted)):
        return "wrong shape", f"wanted {len(wanted)} results, got {_kind(got)}."
    parts = [f"result {i}" for i in range(1, len(wanted) + 1)] if several else [""]
    if exercise.in_place:
        names = list(inspect.signature(exercise.reference).parameters)
        parts = [f"{names[i]}[{j}]" for i in exercise.in_place for j in range(len(args[i]))]
    pairs = zip(parts, wanted, got, strict=True) if several else [("", wanted, got)]
    for part, want, have in pairs:
        which = f"{part}: " if part else ""
        if isinstance(have, (list, tuple)) and np.ndim(want):
            made = f"{_kind(have)}. np.array(...) makes an array of it."
            return "wrong shape", f"{which}wanted {_kind(want)}, got {made}"
        no_array = np.ndim(want) and not isinstance(have, np.ndarray)
        if no_array or have is None or _shape(have) != _shape(want):
            return "wrong shape", f"{which}wanted {_kind(want)}, got {_kind(have)}."
        if not _close(want, have):
            for digits in (4, 8, 16):  # as few as show a difference
                texts = _number(want, digits), _number(have, digits)
                if texts[0] != texts[1]:
                    break
            return "wrong value", f"{which}wanted {texts[0]}\n{which}got {texts[1]}"
    return "", ""


def _shape(value: object) -> tuple[int, ...] | None:
    try:
        return np.shape(value)
    except Exception:  # a ragged list, for one, has no shape
        return None


def _close(want: object, have: object) -> bool:
    array = np.asarray(have)
    if array.dtype.kind not in "biuf":  # text, say, or complex numbers
        return False
    if isinstance(want, bool):
        return want == bool(array)
    want = np.asarray(want)
    # Wide enough for float32 and for another order of summation; no mistake is so small. What is
    # nearly 0 beside the rest may be off by a millionth of the rest, but not where all is small.
    return np.allclose(array, want, rtol=1e-5, atol=1e-6 * np.abs(want).max(initial=0))


def _likely_reason(exercise: Exercise, outcomes: list[_Outcome], cases: list[tuple]) -> str:
    """Return the mistake that explains the answers to all cases, if one is known that does."""
    for reason, mistaken in exercise.mistakes.items():
        wrong = [_call(exercise, mistaken, args) for args in cases]
        if all(_same_outcome(*pair) for pair in zip(outcomes, wrong, strict=True)):
            return f"\nA likely reason: {reason}"
    return ""


def _same_outcome(mine: _Outcome, theirs: _Outcome) -> bool:
    if mine.error is not None or theirs.error is not None:
        return _describe(mine.error) == _describe(theirs.error)
    return _alike(mine.result, theirs.result)


def _alike(a: object, b: object) -> bool:
    if isinstance(a, (tuple, list)) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_alike, a, b))
    return _shape(a) is not None and _shape(a) == _shape(b) and _close(b, a)


def _kind(value: object) -> str:
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, (str, bytes)):
        return repr(value) if len(value) <= 40 else f"{type(value).__name__} of length {len(value)}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        fields = getattr(value, "_fields", None)
        return type(value).__name__ if fields else f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        return "a single value"
    return f"a {type(value).__name__}"


def _number(value: object, digits: int = 4) -> str:
    try:
        array = np.asarray(value)
    except ValueError:
        return _kind(value)
    if array.dtype.kind not in "biufc":
        return f"{_kind(value)}, not of numbers" if array.ndim else _kind(value)
    text = np.array2string(array, precision=digits, suppress_small=True, separator=", ")
    return " ".join(text.split())


def _show(exercise: Exercise, args: tuple) -> str:
    """Write arguments out by name, short ones in full."""
    names = inspect.signature(exercise.reference).parameters
    return ", ".join(map(_show_one, names, args)) or "no arguments"


def _show_one(name: str, value: object) -> str:
    if isinstance(value, np.random.Generator):
        return name
    if isinstance(value, np.ndarray) and value.size <= 30:
        shown = _number(value)
    elif isinstance(value, (list, tuple)):
        fields = getattr(value, "_fields", None)
        shown = type(value).__name__ if fields else f"{len(value)} arrays"
    elif callable(value):
        shown = getattr(value, "__name__", "a function").strip("_")
    elif isinstance(value, bytes):
        shown = f"{value[:8].hex(' ')} ... ({len(value)} bytes)"
    else:
        shown = _kind(value) if isinstance(value, np.ndarray) else repr(value)
    return f"{name} = {shown}"
