"""How an answer is tried out: on small inputs first, and with a reply that names the cause."""

import contextlib
import copy
import dis
import html
import inspect
import io
import re
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnistlib import data, functions, network, training
from mnistlib.exercises.general import GENERAL


@dataclass(frozen=True)
class Exercise:
    """What is asked, as data.

    ``reference`` is the answer key, and ``shapes`` its arguments and results in the reader's
    letters: "n inputs, n outputs -> dW: inputs outputs, db: outputs". ``cases`` are arguments, the
    smallest first, and ``extreme`` those at which a careless formula fails. ``hints``, ``notice``
    and ``mistakes`` are words, read from the text beside the module: a mistake is a line of code,
    or several that go wrong alike, and under it, indented, the sentence that names the cause and
    asks a question. ``objection`` replaces the comparison with ``reference`` where many answers are
    right: from the arguments, as the call left them, and the result it says what is wrong, or None.
    ``noise`` is what a right result may be off by, ``shows`` the library's function that is the
    solution, and ``through`` calls an answer whose result is what it changed.
    """

    reference: Callable
    shapes: str
    cases: tuple[tuple, ...]
    hints: tuple[str, ...]
    notice: str
    mistakes: str = ""
    extreme: tuple[tuple, ...] = ()
    objection: Callable | None = None
    noise: float = 0.0
    shows: Callable | None = None
    through: Callable = lambda function, *args: function(*args)

    @property
    def name(self) -> str:
        """The reference's name: a reader's answer to "softmax" is called my_softmax."""
        return self.reference.__name__

    @property
    def home(self) -> types.ModuleType | None:
        """The module of the library in which a reader's own may take the reference's place."""
        module = inspect.getmodule(self.reference)
        return module if module in (data, functions, network, training) else None

    @property
    def arguments(self) -> list[str]:
        """The names of the arguments that an answer must take, in their order."""
        return list(inspect.signature(self.reference).parameters)[: len(self.cases[0])]

    @property
    def known_mistakes(self) -> list[tuple[str, str]]:
        """Each way to go wrong, and the sentence that says what went wrong."""
        general = GENERAL.replace("FIRST", "".join(self.arguments[:1]))
        general = general.replace("ARGUMENTS", ", ".join(self.arguments))
        found = re.findall(r"((?:^\S.*\n)+)((?:^ +\S.*\n)+)", self.mistakes + general, re.MULTILINE)
        return [(way, " ".join(said.split())) for ways, said in found for way in ways.splitlines()]


def words(lesson: str) -> dict[str, tuple[tuple[str, ...], str, str]]:
    """Read each exercise's hints, notice and mistakes from the text beside a lesson's module."""
    text = Path(__file__).with_name(f"{lesson}.txt").read_text(encoding="utf-8")
    found = {}
    for part in text.split("\n## ")[1:]:
        said = re.findall(r"^(hint|notice): (.*)$", part, re.MULTILINE)
        *hints, notice = [sentence for _, sentence in said]
        mistakes = part.rpartition(f"notice: {notice}\n")[2]
        found[part.split()[0]] = tuple(hints), notice, mistakes
    return found


@dataclass(frozen=True)
class Reply:
    """What a checker says: one of six kinds, and a sentence or two."""

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


def judge(exercise: Exercise, function: Callable) -> Reply:
    """Try ``function`` on every case of the exercise, and reply to the first that goes wrong."""
    code = getattr(function, "__code__", None)
    if code and _is_blank(function):
        text = "Replace the ... by your answer and run the cell again."
        return Reply(exercise.name, "not attempted", text)
    outcomes, tried = [], ()
    for cases, far_out in (exercise.cases, False), (exercise.extreme, True):
        new = [_call(exercise, function, args) for args in cases]
        outcomes, tried = outcomes + new, tried + cases
        for args, outcome in zip(cases, new, strict=True):
            kind, said = _fault(exercise, args, outcome, far_out)
            if far_out and outcome.warned:
                said = f"{said or 'the value is right, but'}\nNumPy warned: {outcome.warned}."
            if not said:
                continue
            given = ", ".join(map("{} = {}".format, exercise.arguments, map(_text, args)))
            if far_out:
                kind = "unstable"
                said = f"It is right for ordinary numbers, but with {given}:\n{said}"
            elif kind == "raises":
                said = f"{said}\nIt was called with {given or 'no arguments'}."
            elif given:
                said = f"With {given}:\n{said}"
            reason = ""
            if _alike(args, outcome.given):
                reason = _likely_reason(exercise, outcomes, tried, far_out)
            if not reason and "?" not in said:
                reason = "\nFollow this case with a pencil: at which step does yours part from it?"
            said = said[0].upper() + said[1:] + reason
            return Reply(exercise.name, kind, said)
    text, solution = exercise.notice, (exercise.shows or exercise.reference).__code__
    if code and _loops(code) and not _loops(solution):
        text += " It loops in Python: can one array operation do everything at once?"
    return Reply(exercise.name, "right", text)


def _is_blank(function: Callable) -> bool:
    """Tell whether a function does nothing but return None, as a stub of ``...`` or ``pass`` does."""
    code, nothing = function.__code__, (lambda: None).__code__
    idle = [op for op in code.co_code[::2] if op != dis.opmap["NOP"]]
    return idle == [*nothing.co_code[::2]] and {*code.co_consts} <= {None, function.__doc__}


def _loops(code: types.CodeType) -> bool:
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return dis.opmap["FOR_ITER"] in code.co_code[::2] or any(map(_loops, inner))


def _call(exercise: Exercise, function: Callable, args: tuple) -> types.SimpleNamespace:
    """Call on copies of the arguments, in silence. Jupyter's stop button ends an endless loop."""
    given = copy.deepcopy(args)
    outcome = types.SimpleNamespace(given=given, result=None, error=None, warned="")
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        np.errstate(all="warn", under="ignore"),
    ):
        warnings.simplefilter("always")
        try:
            result = exercise.through(function, *given)
            outcome.result = list(result) if isinstance(result, Iterator) else result
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # even sys.exit() in an answer must not end the kernel
            outcome.error = error
    overflows = {str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)}
    outcome.warned = ", ".join(sorted(overflows))
    return outcome


def _fault(exercise: Exercise, args: tuple, outcome, exact: bool) -> tuple[str, str]:
    """Return the kind of fault and its description, or two empty texts."""
    got = outcome.result
    if outcome.error is not None:
        return "raises", _explain(exercise, args, outcome.error)
    for name, old, new in zip(exercise.arguments, args, outcome.given, strict=False):
        if isinstance(old, (np.ndarray, tuple)) and not _alike(old, new):
            said = f"it changes {name}, which its caller may still need. Make a new array instead: "
            return "wrong value", said + "a = a - 1 does, a -= 1 does not."
    if exercise.objection is not None:
        try:
            said = exercise.objection(outcome.given, got)
        except Exception:  # it expects a result of about the right form
            return "wrong shape", f"wanted the form that the task describes, got {_kind(got)}."
        return ("wrong value", said) if said else ("", "")
    wanted = _call(exercise, exercise.reference, args).result
    results = exercise.shapes.partition("->")[2].split(",")
    shapes = [np.shape(arg) if isinstance(arg, np.ndarray) else () for arg in args]
    sizes = {}
    for letters, shape in zip(_inputs(exercise), shapes, strict=False):
        sizes.update(zip(shape, letters, strict=False))
    if isinstance(wanted, tuple):
        row = isinstance(got, (tuple, list)) or np.ndim(got)
        if not row or len(got) != len(wanted):
            return "wrong shape", f"wanted {len(wanted)} results, got {_kind(got)}."
    else:
        wanted, got = [wanted], [got]
    for result, want, have in zip(results, wanted, got, strict=True):
        name, colon, letters = result.strip().rpartition(":")
        which = f"{name}{colon} " if name else ""
        if _shape(have) != np.shape(want) or (np.ndim(want) and not isinstance(have, np.ndarray)):
            form = "one number"
            if np.ndim(want):
                form = f"an array {_in_letters(letters.split(), want.shape)}"
            return "wrong shape", f"{which}wanted {form}, got {_kind(have, sizes)}."
        if not _alike(want, have, 0.0 if exact else exercise.noise or None):
            texts = [(_text(want, digits), _text(have, digits)) for digits in (4, 8, 16)]
            want, have = next((pair for pair in texts if pair[0] != pair[1]), texts[0])
            return "wrong value", f"{which}wanted {want}\n{which}got {have}"
    return "", ""


def _explain(exercise: Exercise, args: tuple, error: BaseException) -> str:
    """Say what was raised; where shapes do not fit, in the letters of the task."""
    try:
        said = [*re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).splitlines(), ""][0]
    except Exception:  # an error of the reader's own, which cannot even be written out
        said = ""
    unfit = "broadcast" in said or "matmul" in said or "aligned" in said
    if "matmul" in said or "aligned" in said:
        said = "a matrix product needs as many columns on its left as rows on its right."
    elif unfit:
        shapes = " and ".join(re.findall(r"\(\d*,[\d,]*\)", said))
        said = f"{shapes} do not fit entry by entry: read from the right, sizes must be equal or 1."
    text = f"{type(error).__name__}: {said}" if said else f"{type(error).__name__}."
    for name, letters, arg in zip(exercise.arguments, _inputs(exercise), args, strict=False):
        if unfit and isinstance(arg, np.ndarray):
            text += f"\n{name} is {_in_letters(letters, arg.shape)}."
    return text


def _inputs(exercise: Exercise) -> list[list[str]]:
    return [word.split() for word in exercise.shapes.partition("->")[0].split(",")]


def _in_letters(letters: list[str], shape: tuple[int, ...]) -> str:
    return f"of shape ({', '.join(letters)}{',' * (len(letters) == 1)}) = {shape}"


def _shape(value: object) -> tuple[int, ...] | None:
    try:
        return np.shape(value)
    except Exception:  # a ragged list, for one, has no shape
        return None


def _alike(want: object, have: object, small: float | None = None) -> bool:
    if isinstance(want, (tuple, list)):
        row = isinstance(have, (tuple, list)) and len(have) == len(want)
        return row and all(_alike(*pair, small) for pair in zip(want, have, strict=True))
    if _shape(have) is None or np.shape(have) != np.shape(want):
        return False
    want, have = np.asarray(want), np.asarray(have)
    if {want.dtype.kind, have.dtype.kind} - {*"biuf"}:  # text, say, or complex numbers
        return np.array_equal(want, have)
    # Wide enough for float32 and for another order of summation; no mistake is so small. What is
    # nearly 0 beside the rest may be off by a millionth of the rest, but not in extreme cases.
    finite = np.abs(want[np.isfinite(want)].astype(float))
    small = 1e-6 * finite.max(initial=0) if small is None else small
    return np.allclose(have, want, rtol=1e-5, atol=small, equal_nan=True)


def _likely_reason(exercise: Exercise, outcomes: list, cases: tuple, exact: bool) -> str:
    """Return the sentence on the mistake that explains the answers to all cases, if one does."""
    small = 0.0 if exact else None
    for way, reason in exercise.known_mistakes:
        mistaken = as_function(exercise, way)
        wrong = [_call(exercise, mistaken, args) for args in cases]
        if all(
            repr(mine.error) == repr(theirs.error) and _alike(theirs.result, mine.result, small)
            for mine, theirs in zip(outcomes, wrong, strict=True)
        ):
            return f"\nA likely reason: {reason}"
    return ""


def as_function(exercise: Exercise, way: str) -> Callable:
    """Make a function of a line of code: an expression, or statements."""
    body = way if re.search(r"\breturn\b|^for\b", way) else f"return {way}"
    names = inspect.signature(exercise.reference).parameters.values()
    takes = [f"{p.name}={p.default}" if p.default is not p.empty else p.name for p in names]
    space = {**exercise.reference.__globals__, "np": np, "key": exercise.reference}
    exec(f"def answer({', '.join(takes[: len(exercise.cases[0])])}):\n {body}", space)
    return space["answer"]


def _kind(value: object, sizes: dict | None = None) -> str:
    """Say what a result is; the axes of an array by their letters, if their sizes tell which."""
    if isinstance(value, np.ndarray) and value.ndim:
        letters = [(sizes or {}).get(size) for size in value.shape]
        known = all(letters) and len({*letters}) == len(letters)
        return (
            f"one {_in_letters(letters, value.shape)}" if known else f"one of shape {value.shape}"
        )
    if value is None or np.isscalar(value) or isinstance(value, np.ndarray):
        return "None (is a `return` missing?)" if value is None else f"one value, {_text(value)}"
    several = f" of {len(value)}" if isinstance(value, (list, tuple)) else ""
    return f"a {type(value).__name__}{several}"


def _count(value: object) -> int:
    """Return how many numbers there are in an array, or in all the arrays of a row of rows."""
    return sum(map(_count, value)) if isinstance(value, (tuple, list)) else np.size(value)


def _text(value: object, digits: int = 4) -> str:
    """Write a value in one line; a long one only from both its ends."""
    if isinstance(value, (tuple, list)):
        long = _count(value) > 8
        return f"{len(value)} arrays" if long else f"({', '.join(map(_text, value))})"
    if isinstance(value, np.random.Generator):
        return "a generator"
    if isinstance(value, bytes):
        return f"{value[:8].hex(' ')} ... ({len(value)} bytes)"
    if callable(value):
        return value.__name__.strip("_")
    if np.asarray(value).dtype.kind not in "biufc":
        return repr(value)
    text = np.array2string(
        np.asarray(value),
        precision=digits,
        suppress_small=digits < 16,
        separator=", ",
        threshold=30,
    )
    return " ".join(text.split())
