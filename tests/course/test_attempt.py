"""What an answer shares with its key: NumPy, the library, Python's own names, and its results."""

import builtins
import dataclasses
import functools
import linecache
import random
import signal
import sys
import time
import warnings
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.exercises import EXERCISES, check, keep
from course.exercises.attempt import BrokenKey, Outcome, call
from course.exercises.checker import all_attempts, check_answer
from course.exercises.comparison import matches
from course.exercises.reply import Kind
from mnistlib import autodiff, deep, functions

from .handed_in import right, write

pytestmark = pytest.mark.takes(seconds=7)

SOFTMAX = "e = np.exp(z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"
FLOAT32 = (
    "s = z.astype(np.float32) - z.max(axis=1, keepdims=True).astype(np.float32)\n"
    "return s - np.log(np.exp(s).sum(axis=1, keepdims=True))"
)
CROSS_ENTROPY = (
    "s = z - z.max(axis=1, keepdims=True)\n"
    "log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))\n"
    "return -(y * log_p).sum() / len(z)"
)


@pytest.fixture(autouse=True)
def library(tmp_path, monkeypatch):
    """Keep into a temporary file; afterwards the library, and NumPy, are as before."""
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "mine.py"))
    monkeypatch.setattr(functions, "log_softmax", functions.log_softmax)
    monkeypatch.setattr(np, "exp", np.exp)


# The key stands apart


def test_a_kept_function_never_judges_another_answer(monkeypatch):
    """The key of cross_entropy calls log_softmax, in whose place something else stands here."""
    monkeypatch.setattr(functions, "log_softmax", write("log_softmax", FLOAT32))
    stands_there = functions.log_softmax
    exercise = dataclasses.replace(EXERCISES["cross_entropy"])  # whose key was never called
    assert check_answer(exercise, write("cross_entropy", CROSS_ENTROPY)).kind == "right"
    assert functions.log_softmax is stands_there


def test_a_float32_result_of_float64_arguments_is_not_right_and_not_kept():
    answer = write("log_softmax", FLOAT32)
    reply = check(answer)
    assert reply.kind == "wrong value"
    assert "they are float32, and the arguments were float64" in reply.text
    assert "From here on" not in keep(answer)


def test_float32_on_the_way_and_for_float32_arguments_is_right():
    widened = FLOAT32.replace("return ", "s = ") + "\nreturn s.astype(float)"
    assert check(write("softmax", SOFTMAX)).kind == "right"  # one case of it is float32
    reply = check(write("log_softmax", widened))
    assert "float32, and the arguments" not in reply.text


@pytest.mark.parametrize("in_its_place", ["None", "lambda x: 2.0**x", "np.exp2"])
def test_an_answer_that_rebinds_a_name_of_numpys_is_told_so(in_its_place):
    exp = np.exp
    for body in (SOFTMAX, "return z"):
        reply = check(write("softmax", f"np.exp = {in_its_place}\n{body}"))
        assert reply.kind == "wrong value"
        assert "it gives `np.exp` another value" in reply.text
        assert np.exp is exp


def test_what_was_changed_in_numpy_before_is_put_back_and_said():
    exp = np.exp
    for body, kind in ((SOFTMAX, "right"), ("return z", "wrong value")):
        np.exp = None
        reply = check(write("softmax", body))
        assert reply.kind == kind
        assert "`np.exp` had been bound to something else" in reply.text
        assert np.exp is exp
    assert "had been bound" not in check(write("softmax", SOFTMAX)).text


def test_names_of_python_and_of_the_library_are_put_back():
    length, softmax = len, functions.softmax
    reply = check(write("softmax", "import builtins\nbuiltins.len = max\nreturn z"))
    assert builtins.len is length
    assert "it gives `len` another value" in reply.text
    reply = check(write("softmax", "functions.softmax = None\nreturn z", functions=functions))
    assert functions.softmax is softmax
    assert "it gives `functions.softmax` another value" in reply.text


def test_whatever_stands_in_the_library_no_answer_is_judged_by_it(monkeypatch):
    """One exercise of each module is tried while all that the library defines is something else."""
    monkeypatch.setattr(autodiff.Value, "__mul__", lambda self, other: self)
    asked = {each.reference.__module__: name for name, each in EXERCISES.items() if each.cases[0]}
    for name, module in list(sys.modules.items()):
        if name.startswith("mnistlib."):
            for each, value in list(vars(module).items()):
                if getattr(value, "__module__", None) == name:
                    monkeypatch.setattr(module, each, None)
    monkeypatch.setattr(deep, "ACTIVATIONS", {})
    for name in asked.values():
        exercise = dataclasses.replace(EXERCISES[name])  # whose key was never called
        assert check_answer(exercise, write(name, right(name)[0])).kind == "right", name
    assert deep.ACTIVATIONS == {}  # as the notebook has it
    assert functions.softmax is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("deep.relu_backward = None", "deep.relu_backward"),
        ("deep.ACTIVATIONS = np.zeros(3)", "deep.ACTIVATIONS"),
        ("deep.ACTIVATIONS.clear()", "deep.ACTIVATIONS"),
        ("deep.RULES['He'] = deep.RULES['Glorot']", "deep.RULES"),
        ("del deep.MLP.forward", "deep.MLP.forward"),
        ("np.exp = np.zeros(3)", "np.exp"),
    ],
)
def test_what_an_answer_changes_in_a_module_is_put_back(change, named):
    before = {**vars(deep), **vars(deep.MLP)}
    held = dict(deep.ACTIVATIONS), dict(deep.RULES)
    body = f"from mnistlib import deep\n{change}\nreturn da * (a > 0)"
    reply = check(write("relu_backward", body))
    assert reply.kind == "wrong value"
    assert f"it gives `{named}` another value" in reply.text
    assert (dict(deep.ACTIVATIONS), dict(deep.RULES)) == held
    assert {**vars(deep), **vars(deep.MLP)} == before


def test_how_numpy_prints_and_draws_is_put_back():
    before = np.get_printoptions(), np.geterr(), sys.getrecursionlimit()
    drawn = np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002
    body = (
        "import random, sys\nnp.random.seed(3)\nrandom.seed(3)\nnp.set_printoptions(precision=1)\n"
        "np.seterr(divide='ignore')\nsys.setrecursionlimit(5000)\n"
    )
    assert check(write("softmax", body + SOFTMAX)).kind == "right"
    assert before == (np.get_printoptions(), np.geterr(), sys.getrecursionlimit())
    now = np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002
    assert now == drawn


def test_a_key_that_raises_is_an_error_of_the_courses_and_nothing_is_right(monkeypatch):
    def softmax(z):
        raise ValueError("a slip")

    exercise = dataclasses.replace(EXERCISES["softmax"], reference=softmax)
    for body in (SOFTMAX, "return z", "raise ValueError('a slip')"):
        with pytest.raises(BrokenKey, match=r"ValueError: a slip\. That is a fault of the course"):
            check_answer(exercise, write("softmax", body))


def test_the_key_is_called_once_for_each_case():
    seen = []

    def softmax(z):
        seen.append(z)
        return functions.softmax(z)

    exercise = dataclasses.replace(EXERCISES["softmax"], reference=softmax, mistakes=())
    for body in ("return z", "return 2 * key(z)", SOFTMAX, SOFTMAX):
        check_answer(exercise, write("softmax", body, key=functions.softmax))
    assert len(seen) == len(exercise.all_cases)


# What comes back

BUFFER = """
result = buffer[:len(z), :z.shape[1]]
result[...] = softmax(z)
return result
"""


def test_a_buffer_that_is_used_again_is_judged_by_what_it_held():
    buffer = np.zeros((9, 9))
    answer = write("softmax", BUFFER, buffer=buffer, softmax=functions.softmax)
    assert check(answer).kind == "right"


def subclass(array):
    """Return an array of a type of the reader's own, whose functions raise."""

    class Odd(np.ndarray):
        def __array_ufunc__(self, *args, **named):
            raise RuntimeError("no")

        def __array_function__(self, *args, **named):
            raise RuntimeError("no")

    return array.view(Odd)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (np.matrix, "a `matrix` came"),
        (np.ma.masked_array, "a masked array came"),
        (lambda a: a.astype(object), "an array of objects came"),
        (lambda a: np.ma.masked, "a masked array came"),
        (subclass, "an `Odd` came"),
        (lambda a: a.view([("a", "f8")]), "an array of records came"),
        (lambda a: np.broadcast_to(0.0, (10**6, 10**6)), "an array of shape (1000000, 1000000)"),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_what_is_not_a_plain_array_is_named_and_not_kept(made, words):
    answer = write("softmax", "return made(softmax(z))", made=made, softmax=functions.softmax)
    reply = check(answer)
    assert reply.kind == "wrong value"
    assert words in reply.text
    assert "From here on" not in keep(answer)


@pytest.mark.parametrize("dtype", [">f8", "longdouble"])
def test_what_numpy_turns_into_plain_numbers_unchanged_is_right(dtype):
    body = f"p = softmax(z)\nreturn p if p.dtype == 'f4' else p.astype('{dtype}')"
    assert check(write("softmax", body, softmax=functions.softmax)).kind == "right"


@pytest.mark.parametrize(
    "body",
    [
        "a = []\na.append(a)\nreturn a",
        "a = []\nfor _ in range(5000):\n    a = [a]\nreturn a",
        "a = np.empty(1, object)\na[0] = a\nreturn a",
        "class Odd:\n    def __getattr__(self, name): 1 / 0\nreturn Odd()",
        "class Odd:\n    def __repr__(self): 1 / 0\nreturn Odd()",
        "raise GeneratorExit",
        "class Stop(BaseException): pass\nraise Stop",
        "return list(range(10**5))",
        "return {'p': z, 'q': {1, 2}}",
    ],
)
def test_whatever_comes_back_is_answered_in_words(body):
    reply = check(write("softmax", body))
    assert reply.kind in ("wrong value", "wrong shape", "raises")
    assert reply.text


@pytest.mark.parametrize("other", ["dz.sum", "{1, 2}", "map(int, '12')", "iter([1])", "{'n': 1}"])
def test_nobody_is_told_of_chance_for_what_cannot_be_looked_into(other):
    reply = check(write("layer_gradients", f"return inputs.T @ dz, {other}"))
    assert reply.kind == "wrong shape"
    assert "chance" not in reply.text
    assert ("that was not called" in reply.text) == (other == "dz.sum")


def test_chance_is_told_where_numbers_differ():
    reply = check(write("softmax", "return np.random.random(z.shape)"))
    assert "called twice with the same arguments, it gives two different results" in reply.text


def test_an_array_that_nobody_filled_is_told_from_chance():
    answers = {
        "pixel_blame": "dx = np.empty([3, 3])\nfor top, left in np.ndindex(2, 2):\n"
        "    dx[top : top + 2, left : left + 2] += kernel * dz[top, left]\n"
        "return dx + 1",  # wrong also where memory happens to hold zeros
        "softmax": "p = np.empty_like(z)\np[:] = np.exp(z) + 1\nreturn p",
    }
    for name, body in answers.items():
        text = check(write(name, body)).text
        assert "`np.empty` fills nothing in" in text
        assert "chance" not in text


def test_an_array_that_nobody_filled_is_not_right_by_chance():
    body = "db = np.empty(dz.shape[1])\ndb += dz.sum(axis=0)\nreturn db"
    for _ in range(5):
        zeros = [np.zeros(size) for size in range(1, 9) for _ in range(8)]
        del zeros
        attempt = next(all_attempts(EXERCISES["bias_gradient"], write("bias_gradient", body)))
        assert not matches(attempt.wanted.result, attempt.outcome.result)


#: A small grammar of odd answers: what is done first, what is made, and in what it is wrapped.
FIRST = (
    "pass",
    "np.seterr(all='raise')",
    "np.log = np.exp",
    "del np.sqrt",
    "for a in given: a[...] = 0",
    "given[0].resize((7,), refcheck=False)",
    "given.reverse()",
)
MADE = (
    "result",
    "None",
    "result + 1j",
    "np.float16(result)",
    "result[..., None]",
    "np.where(result > 0, np.nan, result)",
    "result.astype(str)",
    "np.array([result, None], object)",
    "memoryview(np.ascontiguousarray(result))",
    "lambda: result",
    "[result] * 10**4",
    "np.random.random(np.shape(result))",
    "(entry for entry in result)",
    "1 / 0",
    "np.datetime64('2026-01-01') + np.zeros(np.shape(result), 'm8[D]')",
)
WRAPPED = (
    "{}",
    "({}, {})",
    "[[{}]]",
    "{{'a': {}}}",
    "np.matrix({})",
    "type('T', (), {{}})({})",
    "({},)",
)


@given(st.sampled_from(["softmax", "bias_gradient", "layer_gradients", "accuracy", "one_hot"]),
       st.sampled_from(FIRST), st.sampled_from(MADE), st.sampled_from(WRAPPED))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_odd_answer_is_answered_in_words(name, first, made, wrapped):
    exercise = EXERCISES[name]
    arguments = ", ".join(exercise.arguments)
    body = (
        f"given = [{arguments}]\nresult = key(*given)\nresult = result[0] if type(result) is tuple "
        f"else result\n{first}\nreturn {wrapped.replace('{}', f'({made})')}"
    )
    with warnings.catch_warnings(action="ignore"):
        reply = check_answer(exercise, write(name, body, key=exercise.reference))
    assert reply.kind in get_args(Kind)
    assert reply.text[-1] not in " \n"
    assert reply.kind != "right" or (wrapped in ("{}", "({},)", "[[{}]]") and made == "result")
    assert np.log is not np.exp


# Answers that one cannot look into


def on_one_number():
    return write("sigmoid", "import math\nreturn 1 / (1 + math.exp(-z))")


def of_a_class():
    class Sigmoid:
        __name__ = "my_sigmoid"

        def __call__(self, z):
            return write("sigmoid", "return 1 / (1 + z)")(None)

    return Sigmoid()


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.vectorize(on_one_number()),
        lambda: functools.cache(on_one_number()),
        lambda: functools.wraps(on_one_number())(functools.partial(on_one_number())),
        of_a_class,
    ],
)
def test_the_readers_own_line_is_quoted_or_none(make):
    reply = check(make())
    assert reply.kind in ("raises", "unstable")
    assert "function(*copies)" not in reply.text
    assert "copies is" not in reply.text


def test_the_line_inside_a_wrapper_is_the_readers():
    assert (
        "in the line `return 1 / (1 + math.exp(-z))`" in check(np.vectorize(on_one_number())).text
    )


def test_code_that_is_not_pythons_has_no_line():
    outcome = call(np.exp, ("text",))
    assert outcome.error.startswith("TypeError")
    assert outcome.line == ""


def test_a_stub_in_a_wrapper_is_not_attempted():
    assert check(np.vectorize(write("sigmoid", "..."))).kind == "not attempted"


# Time


def test_a_wrong_case_is_answered_without_waiting_for_the_others(monkeypatch):
    seen = []
    answer = write("softmax", "seen.append(len(z))\nreturn work(z)", seen=seen, work=lambda z: z)
    monkeypatch.setattr("course.exercises.checker.SECONDS_FOR_A_REASON", -1.0)
    reply = check(answer)
    assert reply.kind == "wrong value"
    assert len(seen) <= 2  # the first case, and once more to see whether it is left to chance
    assert linecache.getline(answer.__code__.co_filename, 2)


def test_an_error_in_other_words_is_like_another_in_kind_alone():
    def outcome(error):
        return Outcome(None, error, (), "")

    one, reworded, other = map(
        outcome, ("ValueError: 2 rows", "ValueError: 3 rows", "TypeError: 2")
    )
    assert one.is_like(reworded, exact=False, in_kind=True)
    assert not one.is_like(reworded, exact=False)
    assert not one.is_like(other, exact=False, in_kind=True)


def test_a_check_that_takes_long_says_so_and_how_to_stop_it(monkeypatch, capfd):
    monkeypatch.setattr("course.exercises.PATIENCE", 0.05)
    check(write("softmax", "import time\ntime.sleep(0.1)\nreturn z"))
    said = capfd.readouterr().out
    assert "my_softmax is still at work. To stop it: the square button above, or Ctrl+C." in said
    monkeypatch.setattr("course.exercises.PATIENCE", 60.0)
    check(write("softmax", "return z"))
    assert capfd.readouterr().out == ""


def test_where_there_are_no_threads_a_check_goes_on_without_a_word(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Timer.start", refuse)
    assert check(write("softmax", SOFTMAX)).kind == "right"


@pytest.fixture
def stoppable():
    """Let Ctrl+C stop what runs, also where a shell that started us in the background forbids it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("stoppable")
@pytest.mark.parametrize("call", [check, keep])
def test_an_endless_loop_names_its_line_when_it_is_stopped(call):
    body = "import signal\nwhile True:\n    signal.raise_signal(signal.SIGINT)"
    question = r"at work, in the line `signal.raise_signal\(signal.SIGINT\)`\. Which loop of it"
    with pytest.raises(KeyboardInterrupt, match=question):
        call(write("softmax", body))


def test_a_lambda_is_told_to_become_a_function():
    with pytest.raises(TypeError, match=r"write it as a function, def my_softmax\(z\)"):
        check(lambda z: z)


@pytest.mark.parametrize(
    "made",
    [
        "np.zeros((10**4, 10**4))",
        "np.zeros((900, 900))",
        "iter(range(10**5))",
        "[[1.0] * 300] * 300",
        "'a' * 10**6",
    ],
)
def test_a_huge_result_is_answered_soon(made):
    begun = time.process_time()
    reply = check(write("softmax", f"return {made}"))
    assert reply.kind in ("wrong shape", "wrong value")
    assert len(reply.text) < 1000
    assert time.process_time() - begun < 10
