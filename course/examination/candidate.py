"""Calling a reader's functions: on copies, within a time, and without what they print."""

import _thread
import contextlib
import dis
import functools
import io
import threading
import time
import tracemalloc
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from course.exercises.answer import where_it_stopped
from course.exercises.words import unfit_shapes

#: Seconds that a training may take.
LIMIT = 60.0
#: Packages whose functions are not the reader's own.
COURSE_PACKAGES = {"mnistlib", "course"}


class CallFailed(Exception):
    """What a call did that ends the examination of it: the fault of a finding, and what was seen."""

    def __init__(self, fault: str, /, **seen: object):
        """Take what was seen."""
        super().__init__(fault)
        self.fault = fault
        self.seen = seen


@dataclass
class Trained:
    """What a training left behind: its parameters, and what was seen on the way."""

    parameters: object
    seconds: float
    megabytes: float
    drew_from_rng: bool
    changed: list[str]
    warned: list[str]
    warned_when_asked: list[str] = field(default_factory=list)


@dataclass
class Candidate:
    """A reader's functions; the third may be missing."""

    train: Callable
    predict: Callable
    probabilities: Callable | None = None
    limit: float = LIMIT
    call: Callable | None = None  #: another way than :func:`within` to end what does not end

    def trained(self, images: np.ndarray, labels: np.ndarray, seed: int) -> Trained:
        """Train on copies, with a new generator.

        Raises:
            CallFailed: it raised something, or had not ended after a minute.
        """
        given = {"images": images.copy(), "labels": labels.copy()}
        rng = np.random.default_rng(seed)
        untouched = rng.bit_generator.state
        tracemalloc.start()
        start = time.perf_counter()
        try:
            parameters, warned = self.run(self.train, *given.values(), rng)
            megabytes = tracemalloc.get_traced_memory()[1] / 1e6
        finally:
            tracemalloc.stop()
        return Trained(
            parameters=parameters,
            seconds=time.perf_counter() - start,
            megabytes=megabytes,
            drew_from_rng=rng.bit_generator.state != untouched,
            changed=what_changed(given, {"images": images, "labels": labels}, "my_train"),
            warned=warned,
        )

    def answers(self, trained: Trained, images: np.ndarray) -> np.ndarray:
        """Return the digit that it reads in each image.

        Raises:
            CallFailed: it raised something, or its answers are not one digit for each image.
        """
        given = images.copy()
        answered, warned = self.run(self.predict, trained.parameters, given)
        trained.changed += what_changed({"images": given}, {"images": images}, "my_predict")
        trained.warned_when_asked += warned
        return as_digits(answered, len(images))

    def beliefs(self, trained: Trained, images: np.ndarray) -> np.ndarray:
        """Return its ten probabilities for each image.

        Raises:
            CallFailed: it raised something, or these are no probabilities.
        """
        p, _ = self.run(self.probabilities, trained.parameters, images.copy())
        with contextlib.suppress(TypeError, ValueError):
            p = np.asarray(p, dtype=float)
        if np.shape(p) != (len(images), 10):
            raise CallFailed("shape", shape=np.shape(p), wanted=(len(images), 10))
        if not np.isfinite(p).all():
            raise CallFailed("not finite", count=int((~np.isfinite(p)).sum()))
        sums = p.sum(axis=1)
        if p.min() < 0 or abs(sums - 1).max() > 1e-3:
            raise CallFailed("sums", low=sums.min(), high=sums.max(), least=p.min())
        return p

    def run(self, function: Callable, *arguments: object) -> tuple[object, list[str]]:
        """Call a function of the reader's; return its result, and NumPy's warnings.

        Raises:
            CallFailed: it raised something, or took too long.
        """
        silent = io.StringIO()
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stdout(silent),
            contextlib.redirect_stderr(silent),
        ):
            warnings.simplefilter("always")
            with failures_of(function):
                result = (self.call or within)(self.limit, function, *arguments)
        return result, [str(w.message) for w in caught if w.category is RuntimeWarning]


def function_in(called: Callable) -> Callable:
    """Return the function that a ``partial`` calls, or an object that can be called."""
    while isinstance(called, functools.partial):
        called = called.func
    is_object = callable(called) and not hasattr(called, "__name__")
    return type(called).__call__ if is_object else called


@contextlib.contextmanager
def failures_of(function: Callable) -> Iterator[None]:
    """Turn what a reader's function raises into the fault that it is; with the shapes that don't fit.

    Raises:
        CallFailed: it raised something.
    """
    try:
        yield
    except CallFailed:
        raise
    except Exception as error:  # a reader's code may raise anything
        function = function_in(function)
        stop = where_it_stopped(function, error.__traceback__)
        said = f"{type(error).__name__}: {error}"
        if unfit := unfit_shapes(str(error)):
            arrays = {name: function.__globals__[name] for name in stop.outside} | {
                name: value for name, value in stop.names.items() if isinstance(value, np.ndarray)
            }
            shapes = [f"{name} has shape {array.shape}" for name, array in sorted(arrays.items())]
            said = unfit.rstrip(".") + (f" ({', '.join(shapes)})" if shapes else "")
        name = getattr(function, "__name__", "it")
        raise CallFailed("raises", function=name, error=said, line=stop.line) from error


def within(seconds: float, function: Callable, *arguments: object) -> object:
    """Call a function, and end it if it takes longer: at its next line, it is interrupted.

    This is what Ctrl+C does, on every system, to the main thread, in which a notebook's cells run. The
    page's Python has no threads, and a way of its own.

    Raises:
        CallFailed: it was interrupted.
    """
    expired = threading.Event()

    def interrupt() -> None:
        expired.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        return function(*arguments)
    except KeyboardInterrupt as stopped:
        if not expired.is_set():
            raise  # the reader's own
        raise endless(seconds, function, stopped) from None
    finally:
        timer.cancel()


def endless(seconds: float, function: Callable, stopped: KeyboardInterrupt) -> CallFailed:
    """Return the fault of a function that was stopped, with the line in which it was."""
    function = function_in(function)
    stop = where_it_stopped(function, stopped.__traceback__)
    name = getattr(function, "__name__", "it")
    return CallFailed("endless", function=name, seconds=seconds, line=stop.line)


def as_digits(answered: object, n: int) -> np.ndarray:
    """Return answers as whole numbers.

    Raises:
        CallFailed: they are not n digits.
    """
    if answered is None:
        raise CallFailed("no answer")
    try:
        answers = np.asarray(answered)
    except ValueError:
        raise CallFailed("kind", kind="lists of different lengths") from None
    if answers.shape != (n,):
        raise CallFailed("shape", shape=answers.shape, wanted=(n,))
    if answers.dtype.kind not in "iuf":
        kind = "text" if answers.dtype.kind in "US" else str(answers.dtype)
        raise CallFailed("kind", kind=kind)
    wrong = ~np.isin(answers, range(10))
    if wrong.any():
        raise CallFailed("range", example=answers[wrong][0], count=int(wrong.sum()))
    return answers.astype(int)


def what_changed(now: dict, before: dict, function: str) -> list[str]:
    """Return which arrays a function has changed."""
    changed = [name for name, array in now.items() if not np.array_equal(array, before[name])]
    return [f"{name} in {function}" for name in changed]


def arrays_of(parameters: object, seen: frozenset[int] = frozenset()) -> list[np.ndarray]:
    """Return all arrays of numbers that parameters hold, however they are packed."""
    if isinstance(parameters, np.ndarray | np.generic | float | int):
        return [np.asarray(parameters)]
    if id(parameters) in seen or isinstance(parameters, types.ModuleType):
        return []  # layers may name each other
    seen |= {id(parameters)}
    if isinstance(parameters, dict):
        parameters = parameters.values()
    elif hasattr(parameters, "__dict__") and not isinstance(parameters, types.FunctionType):
        parameters = vars(parameters).values()
    elif not isinstance(parameters, list | tuple):
        return []
    return [array for part in parameters for array in arrays_of(part, seen)]


def borrowed(*functions: Callable | None) -> list[str]:
    """Return what of the course's own code some functions, and the functions they call, name."""
    found = set()
    seen = set()
    waiting = [function_in(function) for function in functions if function]
    while waiting:
        function = waiting.pop()
        if function in seen or not hasattr(function, "__code__"):  # as NumPy's own have none
            continue
        seen.add(function)
        for name in global_names_in(function.__code__):
            value = function.__globals__.get(name)
            module = getattr(value, "__module__", None) or getattr(value, "__name__", "")
            if {name.split(".")[0], str(module).split(".")[0]} & COURSE_PACKAGES:
                found.add(name)
            elif isinstance(value, types.FunctionType):
                waiting.append(value)
            elif isinstance(value, type) and value.__module__ == function.__module__:
                waiting += [f for f in vars(value).values() if isinstance(f, types.FunctionType)]
    return sorted(found)


def global_names_in(code: types.CodeType) -> set[str]:
    """Return the global names and the imports that code uses, and those of what is defined within it."""
    loads = ("LOAD_GLOBAL", "LOAD_NAME", "IMPORT_NAME")
    names = {step.argval for step in dis.get_instructions(code) if step.opname in loads}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= global_names_in(constant)
    return names
