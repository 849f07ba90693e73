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
from collections.abc import Callable, Iterator, Sequence
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
    and ``mistakes`` are words, read from the text beside the module; a mistake is a line of code,
    and the sentence that names the cause and asks a question. ``objection`` replaces the comparison
    with ``reference`` where many answers are right: from the arguments, as the call left them, and
    the result it says what is wrong, or None. ``shows`` is the library's function that is the
    solution, where it is not the reference.
    """

    reference: Callable
    shapes: str
    cases: tuple[tuple, ...]
    hints: tuple[str, ...]
    notice: str
    mistakes: Sequence[tuple[str, str]] = ()
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
        """The names of the arguments, in their order; the last may have defaults."""
        return list(inspect.signature(self.reference).parameters)


def words(file: str) -> dict[str, tuple]:
    """Read each exercise's hints, notice and mistakes from the text beside a lesson's module.

    A mistake is a line that is not indented, and answered by the next sentence that is.
    """
    text, found = Path(__file__).with_name(f"{file}.txt").read_text(encoding="utf-8"), {}
    for name, part in re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", text, re.MULTILINE):
        hints, notice = (re.findall(f"(?m)^{key}: (.*)", part) for key in ("hint", "notice"))
        blocks = re.findall(r"((?:^\S.*\n)+)((?:^ +\S.*\n)+)", part, re.MULTILINE)
        pairs = [(ways.splitlines(), " ".join(said.split())) for ways, said in blocks]
        found[name] = (tuple(hints), *notice, [(way, said) for ways, said in pairs for way in ways])
    return found


#: What any exercise may have to say: in each part, sentences by what they answer.
GENERAL = {name: dict(pairs) for name, (*_, pairs) in words("general").items()}


class Reply(namedtuple("Reply", "name kind text")):
    """What a checker says of an answer: one of six kinds, and a sentence or two."""

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
    code = getattr(function, "__code__", _OPAQUE)
    if _does(code) <= _NOTHING and {*code.co_consts} <= {None, function.__doc__}:
        return Reply(exercise.name, "not attempted", GENERAL["next"]["not attempted"])
    ordinary = len(exercise.cases)
    trials = [(args, _call(function, args)) for args in exercise.cases + exercise.extreme]
    for i, (args, outcome) in enumerate(trials):
        far_out = i >= ordinary
        kind, said = _fault(exercise, args, outcome, far_out)
        chance = i == ordinary - 1 and any(isinstance(each, np.random.Generator) for each in args)
        if chance and not said and not _alike(outcome.result, _call(function, args).result):
            kind, said = "wrong value", GENERAL["next"]["again"]
        if far_out and outcome.warned:
            said = f"{said or 'the value is right, but'}\nNumPy warned: {outcome.warned}."
        if said:
            kind = "unstable" if far_out else kind
            given = ", ".join(map("{} = {}".format, exercise.arguments, map(_text, args)))
            start = "It is right for ordinary numbers, but with" if far_out else "With"
            said = f"{start} {given}:\n{said}" if given else said
            known = _likely_reason(exercise, trials if far_out else trials[:ordinary], far_out)
            if not known and "?" not in said:
                known = GENERAL["next"]["some right" if "Right so far" in said else kind]
            return Reply(exercise.name, kind, f"{said[0].upper()}{said[1:]}\n{known}".rstrip())
    habits = _does(code) - _does((exercise.shows or exercise.reference).__code__)
    asked = {said: None for habit, said in GENERAL["habits"].items() if habit in habits}
    return Reply(exercise.name, "right", " ".join([exercise.notice, *asked]))


def _does(code: types.CodeType) -> set[str]:
    """Return what code does, in Python's own names, and all names it asks for; of code in it, too."""
    inner = [_does(constant) for constant in code.co_consts if inspect.iscode(constant)]
    return {each.opname for each in dis.get_instructions(code)}.union(code.co_names, *inner)


#: What a stub of ``...`` or ``pass`` does: it returns None.
_NOTHING = _does((lambda: None).__code__) | {"NOP"}
#: The code of an answer that is not Python's, such as np.vectorize(f): it does something.
_OPAQUE = (lambda *args: args).__code__


@np.errstate(all="warn", under="ignore")
def _call(function: Callable, args: tuple) -> _Outcome:
    """Call on copies of the arguments. Jupyter's stop button ends an endless loop."""
    given, result, error = copy.deepcopy(args), None, ""
    with warnings.catch_warnings(record=True, action="always") as caught:
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
    takes, gives = map(_axes, exercise.shapes.split("->"))
    given = [(name, axes, arg) for name, (_, axes), arg in zip(exercise.arguments, takes, args)]
    if outcome.error:
        return "raises", _explain(outcome.error, given)
    got, key, parts = outcome.result, _call(exercise.reference, args), []
    for name, old, due, new in zip(exercise.arguments, args, key.given, outcome.given):
        if _alike(old, due) and not _alike(old, new):
            return "wrong value", GENERAL["next"]["changes"].format(name)
        if isinstance(due, tuple) and not _alike(old, due):
            parts += [(f"{name}[{i}]", [], *pair) for i, pair in enumerate(zip(due, new))]
    if exercise.objection:
        try:
            return "wrong value", exercise.objection(outcome.given, got) or ""
        except Exception:  # it expects a result of about the right form
            return "wrong shape", f"wanted the form that the task describes, got {_kind(got)}."
    several = isinstance(key.result, tuple)
    wanted, got = (each if several else [each] for each in (key.result, got))
    if not (isinstance(got, (tuple, list)) or _shape(got)) or len(got) != len(wanted):
        return "wrong shape", f"wanted {len(wanted)} results, got {_kind(got)}."
    parts += [(*each, *pair) for each, *pair in zip(gives, wanted, got) if pair[0] is not None]
    for name, axes, want, have in parts:
        colon = name and f"{name}: "
        if _shape(have) != _shape(want):
            wanted, got = _kind(want, axes), _kind(have, _letters(have, given))
            return "wrong shape", f"{colon}wanted {wanted}, got {got}."
        if not _alike(want, have, exact):
            digits = next((n for n in (4, 8) if _text(want, n) != _text(have, n)), 16)
            said = f"{colon}wanted {_text(want, digits)}\n{colon}got {_text(have, digits)}"
            right = ", ".join(each for each, _, *pair in parts if each and _alike(*pair, exact))
            return "wrong value", said + (right and f"\nRight so far: {right}.")
    return "", ""


def _axes(side: str) -> list[tuple[str, list[str]]]:
    """Return for each part of "dW: inputs outputs, db: outputs" its name, if any, and its axes."""
    parts = [part.rpartition(":") for part in side.split(",")]
    return [(name.strip(), axes.split()) for name, _, axes in parts]


def _explain(error: str, given: list[tuple]) -> str:
    """Say what was raised; where shapes do not fit, in the letters of the task."""
    unfit = " and ".join(re.findall(r"\(\d*,[\d,]*\)", error))
    said = [said.format(unfit) for word, said in GENERAL["shapes"].items() if word in error]
    lines = [f"{name} is {_kind(arg, axes)}." for name, axes, arg in given if _shape(arg)]
    return "\n".join([said[0], *lines]) if said else error


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


def _letters(value: object, given: list[tuple]) -> list[str]:
    """Return the letter of each of an array's sizes, where only one letter has that size."""
    sizes = {pair for _, axes, arg in given for pair in zip(_shape(arg) or (), axes)}
    found = [[letter for size, letter in sizes if size == each] for each in _shape(value) or ()]
    return [letters[0] if len(letters) == 1 else "" for letters in found]


def _text(value: object, digits: int = 4) -> str:
    """Write a value in one line; a long one only from both its ends."""
    if isinstance(value, (tuple, list)):
        text = f"({', '.join(map(_text, value))})"
        return text if len(text) < 80 else f"{len(value)} arrays"
    if np.asarray(value).dtype.kind not in "biufc":
        plain = value.hex(" ") if isinstance(value, bytes) else getattr(value, "__name__", value)
        return str(plain).strip("_")
    with np.printoptions(precision=digits, suppress=digits < 16, threshold=30):
        text = " ".join(np.array2string(np.asarray(value), separator=", ").split())
    return re.sub(r"-(0\.(?!\d))", r"\1", text)  # a 0 has no sign


def _shape(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array or a number, None of anything else."""
    return np.shape(value) if isinstance(value, np.ndarray) or np.isscalar(value) else None


def _alike(want: object, have: object, exact: bool = False) -> bool:
    """Tell whether two results are the same but for rounding, or rows of such results."""
    if isinstance(want, (tuple, list)) and isinstance(have, (tuple, list)):
        return len(have) == len(want) and all(_alike(*pair, exact) for pair in zip(want, have))
    if _shape(want) is None or _shape(have) != _shape(want):
        return have is want
    if {np.asarray(want).dtype.kind, np.asarray(have).dtype.kind} - {*"biuf"}:
        return np.array_equal(want, have)  # text, say, or complex numbers
    # Wide enough for float32 and for another order of summation. What is nearly 0 may be off by a
    # millionth. In extreme cases neither, of float64: there a number added "for safety" is found.
    rtol = 3e-13 if exact and np.asarray(have).dtype == float else 1e-5
    return np.allclose(have, want, rtol=rtol, atol=0.0 if exact else 1e-6, equal_nan=True)


def _likely_reason(exercise: Exercise, trials: list[tuple[tuple, _Outcome]], exact: bool) -> str:
    """Return the sentence on the mistake that explains the answers to all cases, if one does."""
    for way, reason in [*exercise.mistakes, *GENERAL["any"].items()]:
        mistaken = as_function(exercise, way)
        if all(_alike(_call(mistaken, args)[:3], mine[:3], exact) for args, mine in trials):
            return f"A likely reason: {reason}"
    return ""


def as_function(exercise: Exercise, way: str) -> Callable:
    """Make a function of a line of code: an expression, or statements. ``given`` is what it takes."""
    body = way if re.search(r"\breturn\b|^for\b", way) else f"return {way}"
    takes = ", ".join(exercise.arguments)
    space = {**exercise.reference.__globals__, "np": np, "key": exercise.reference}
    exec(f"def answer({takes}):\n given = [{takes}]\n {body}", space)
    space["answer"].__defaults__ = exercise.reference.__defaults__
    return space["answer"]
