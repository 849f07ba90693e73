"""How an answer is tried out: on small inputs first, and with a reply that names the cause."""

import copy
import dis
import html
import inspect
import re
import traceback
import types
import warnings
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnistlib import data, functions, network, training


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
    ``shows`` is the library's function that is the solution, where it is not the reference.
    """

    reference: Callable
    shapes: str
    cases: tuple[tuple, ...]
    hints: tuple[str, ...]
    notice: str
    mistakes: str = ""
    extreme: tuple[tuple, ...] = ()
    objection: Callable | None = None
    shows: Callable | None = None

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
    def axes(self) -> list[list[tuple[str, list[str]]]]:
        """Of each argument, and of each result: its name, if it is given one, and its axes."""
        sides = [[each.rpartition(":") for each in s.split(",")] for s in self.shapes.split("->")]
        return [[(name.strip(), axes.split()) for name, _, axes in side] for side in sides]

    @property
    def known_mistakes(self) -> list[tuple[str, str]]:
        """Each way to go wrong, and the sentence that says what went wrong."""
        return _answered(self.mistakes + _GENERAL["any"][-1])


def words(file: str) -> dict[str, tuple[tuple[str, ...], str, str]]:
    """Read each exercise's hints, notice and mistakes from the text beside a lesson's module."""
    text = Path(__file__).with_name(f"{file}.txt").read_text(encoding="utf-8")
    part = r"^## (.*)\n\n((?:hint: .*\n)*)(?:notice: (.*)\n)?((?:(?!## ).*\n)*)"
    return {
        name: (tuple(hints.removeprefix("hint: ").rstrip().split("\nhint: ")), notice, mistakes)
        for name, hints, notice, mistakes in re.findall(part, text, re.MULTILINE)
    }


def _answered(text: str) -> list[tuple[str, str]]:
    """Return each line that is not indented, with the indented sentence that answers it."""
    found = re.findall(r"((?:^\S.*\n)+)((?:^ +\S.*\n)+)", text, re.MULTILINE)
    return [(line, " ".join(said.split())) for lines, said in found for line in lines.splitlines()]


_GENERAL = words("general")
#: What to do next, by the kind of reply.
_NEXT = dict(_answered(_GENERAL["next"][-1]))


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


#: What a call came to: its result, what it raised, its arguments as it left them, NumPy's warnings.
_Outcome = namedtuple("_Outcome", "result error given warned")


def judge(exercise: Exercise, function: Callable) -> Reply:
    """Try ``function`` on every case of the exercise, and reply to the first that goes wrong."""
    code = getattr(function, "__code__", None)
    if code and _is_blank(function):
        return Reply(exercise.name, "not attempted", _NEXT["not attempted"])
    ordinary = len(exercise.cases)
    trials = [(args, _call(function, args)) for args in exercise.cases + exercise.extreme]
    for i, (args, outcome) in enumerate(trials):
        far_out = i >= ordinary
        kind, said = _fault(exercise, args, outcome, far_out)
        if far_out and outcome.warned:
            said = f"{said or 'the value is right, but'}\nNumPy warned: {outcome.warned}."
        if said:
            kind = "unstable" if far_out else kind
            if given := ", ".join(map("{} = {}".format, exercise.arguments, map(_text, args))):
                so_far = "It is right for ordinary numbers, but with" if far_out else "With"
                said = f"{so_far} {given}:\n{said}"
            known = _likely_reason(exercise, trials if far_out else trials[:ordinary], far_out)
            if not known and "?" not in said:
                known = f"\n{_NEXT['some right' if 'Right so far' in said else kind]}"
            return Reply(exercise.name, kind, said[0].upper() + said[1:] + known)
    text = exercise.notice
    if code and _loops(code) and not _loops((exercise.shows or exercise.reference).__code__):
        text += f" {_NEXT['loops']}"
    if code and {"errstate", "seterr", "simplefilter", "filterwarnings"} & {*code.co_names}:
        text += f" {_NEXT['silences']}"
    return Reply(exercise.name, "right", text)


def _is_blank(function: Callable) -> bool:
    """Tell whether a function does nothing but return None, as a stub of ``...`` or ``pass`` does."""
    code, nothing = function.__code__, (lambda: None).__code__
    idle = [op for op in code.co_code[::2] if op != dis.opmap["NOP"]]
    return idle == [*nothing.co_code[::2]] and {*code.co_consts} <= {None, function.__doc__}


def _loops(code: types.CodeType) -> bool:
    """Tell whether a function holds a loop, or another function that does."""
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return dis.opmap["FOR_ITER"] in code.co_code[::2] or any(map(_loops, inner))


def _call(function: Callable, args: tuple) -> _Outcome:
    """Call on copies of the arguments. Jupyter's stop button ends an endless loop."""
    given, result, error = copy.deepcopy(args), None, ""
    with (
        warnings.catch_warnings(record=True, action="always") as caught,
        np.errstate(all="warn", under="ignore"),
    ):
        try:
            result = function(*given)
            result = list(result) if isinstance(result, Iterator) else result
        except (Exception, SystemExit) as raised:  # sys.exit() must not end the kernel
            said = traceback.format_exception_only(raised)[-1].splitlines()[0]
            error = re.sub(r"^[\w.<>]+\.| at 0x\w+", "", said)  # no module, no address
    warned = {str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)}
    return _Outcome(result, error, given, ", ".join(sorted(warned)))


def _fault(exercise: Exercise, args: tuple, outcome: _Outcome, exact: bool) -> tuple[str, str]:
    """Return the kind of fault and its description, or two empty texts.

    The key says what is wanted: its results, and the arguments as it leaves them.
    """
    takes, gives = exercise.axes
    given = [(arg, axes) for arg, (_, axes) in zip(args, takes)]
    if outcome.error:
        return "raises", _explain(outcome.error, zip(exercise.arguments, given))
    got, key, parts = outcome.result, _call(exercise.reference, args), []
    for name, old, due, new in zip(exercise.arguments, args, key.given, outcome.given):
        if _alike(old, due) and not _alike(old, new):
            said = f"it changes {name}, which its caller may still need: a -= 1, or shuffle(a)? "
            return "wrong value", said + "Make a new array instead, as a = a - 1 does."
        if isinstance(due, tuple) and not _alike(old, due):
            parts += [(f"{name}[{i}]", [], *pair) for i, pair in enumerate(zip(due, new))]
    if exercise.objection:
        try:
            return "wrong value", exercise.objection(outcome.given, got) or ""
        except Exception:  # it expects a result of about the right form
            return "wrong shape", f"wanted the form that the task describes, got {_kind(got)}."
    if isinstance(key.result, tuple):
        row = isinstance(got, (tuple, list)) or _shape(got)
        if not row or len(got) != len(key.result):
            return "wrong shape", f"wanted {len(key.result)} results, got {_kind(got)}."
        parts += [(*each, *pair) for each, *pair in zip(gives, key.result, got)]
    elif key.result is not None:
        parts.append((*gives[0], key.result, got))
    for name, axes, want, have in parts:
        colon = name and f"{name}: "
        if _shape(have) != np.shape(want):
            wanted, got = _kind(want, axes), _kind(have, _letters(have, given))
            return "wrong shape", f"{colon}wanted {wanted}, got {got}."
        if not _alike(want, have, exact):
            texts = [(_text(want, digits), _text(have, digits)) for digits in (4, 8, 16)]
            want, have = next((pair for pair in texts if pair[0] != pair[1]), texts[0])
            right = ", ".join(each for each, _, *pair in parts if each and _alike(*pair, exact))
            right = right and f"\nRight so far: {right}."
            return "wrong value", f"{colon}wanted {want}\n{colon}got {have}{right}"
    return "", ""


def _explain(error: str, given: Iterable[tuple]) -> str:
    """Say what was raised; where shapes do not fit, in the letters of the task."""
    if "matmul" in error or "aligned" in error:
        said = "a matrix product needs as many columns on its left as rows on its right."
    elif "broadcast" in error:
        unfit = " and ".join(re.findall(r"\(\d*,[\d,]*\)", error))
        said = f"{unfit} do not fit entry by entry: read from the right, sizes must be equal or 1."
    else:
        return error
    lines = [f"{name} is {_kind(*shaped)}." for name, shaped in given if _shape(shaped[0])]
    return "\n".join([f"ValueError: {said}", *lines])


def _kind(value: object, axes: Sequence[str] = ()) -> str:
    """Say what a value is; of an array its shape, in letters if they tell all its axes apart."""
    if value is None:
        return "None (is a `return` missing?)"
    if _shape(value) == ():
        return f"one value, {_text(value)}"
    if _shape(value):
        letters = f"({', '.join(axes)}) = " if len({*axes} - {""}) == value.ndim else ""
        return f"an array of shape {letters}{value.shape}"
    several = f" of {len(value)}" if isinstance(value, (list, tuple)) else ""
    return f"a {type(value).__name__}{several}"


def _letters(value: object, given: Iterable[tuple]) -> list[str]:
    """Return the letter of each of an array's sizes, where only one letter has that size."""
    sizes = {pair for arg, axes in given for pair in zip(_shape(arg) or (), axes)}
    found = [[letter for size, letter in sizes if size == each] for each in _shape(value) or ()]
    return [letters[0] if len(letters) == 1 else "" for letters in found]


def _text(value: object, digits: int = 4) -> str:
    """Write a value in one line; a long one only from both its ends."""
    if isinstance(value, (tuple, list)):
        text = f"({', '.join(map(_text, value))})"
        return text if len(text) < 80 else f"{len(value)} arrays"
    if isinstance(value, bytes):
        return value.hex(" ")
    if np.asarray(value).dtype.kind not in "biufc":
        return str(getattr(value, "__name__", value)).strip("_")
    with np.printoptions(precision=digits, suppress=digits < 16, threshold=30):
        return " ".join(np.array2string(np.asarray(value), separator=", ").split())


def _shape(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array or a number, None of anything else."""
    return getattr(value, "shape", () if np.isscalar(value) else None)


def _alike(want: object, have: object, exact: bool = False) -> bool:
    """Tell whether two results are the same but for rounding, or rows of such results."""
    if isinstance(want, (tuple, list)):
        row = isinstance(have, (tuple, list)) and len(have) == len(want)
        return row and all(_alike(*pair, exact) for pair in zip(want, have, strict=True))
    if _shape(want) is None or _shape(have) != _shape(want):
        return have is want
    if {np.asarray(want).dtype.kind, np.asarray(have).dtype.kind} - {*"biuf"}:
        return np.array_equal(want, have)  # text, say, or complex numbers
    # Wide enough for float32 and for another order of summation. What is nearly 0 may be off by a
    # millionth. In extreme cases neither, of float64: there a number added "for safety" is found.
    rtol = 1e-10 if exact and np.asarray(have).dtype == float else 1e-5
    return np.allclose(have, want, rtol=rtol, atol=0.0 if exact else 1e-6, equal_nan=True)


def _likely_reason(exercise: Exercise, trials: list[tuple[tuple, _Outcome]], exact: bool) -> str:
    """Return the sentence on the mistake that explains the answers to all cases, if one does."""
    for way, reason in exercise.known_mistakes:
        mistaken = as_function(exercise, way)
        if all(_alike(_call(mistaken, args)[:3], mine[:3], exact) for args, mine in trials):
            return f"\nA likely reason: {reason}"
    return ""


def as_function(exercise: Exercise, way: str) -> Callable:
    """Make a function of a line of code: an expression, or statements. ``given`` is what it takes."""
    body = way if re.search(r"\breturn\b|^for\b", way) else f"return {way}"
    parameters = inspect.signature(exercise.reference).parameters
    takes = [str(parameters[n].replace(annotation=inspect._empty)) for n in exercise.arguments]
    space = {**exercise.reference.__globals__, "np": np, "key": exercise.reference}
    given = f"given = [{', '.join(exercise.arguments)}]"
    exec(f"def answer({', '.join(takes)}):\n {given}\n {body}", space)
    return space["answer"]
