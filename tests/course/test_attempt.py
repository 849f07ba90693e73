"""What an answer shares with its key: NumPy, the library, Python's own names, and its results."""

import dataclasses
import linecache
import signal
import sys

import numpy as np
import pytest

from course.exercises import EXERCISES, check, keep
from course.exercises.attempt import BrokenKey
from course.exercises.checker import check_answer
from course.exercises.store import put_to_work
from mnistlib import functions

from .handed_in import write

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


def test_a_kept_function_never_judges_another_answer():
    """The key of cross_entropy calls log_softmax, in whose place something else stands here."""
    put_to_work(EXERCISES["log_softmax"], write("log_softmax", FLOAT32))
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


def test_how_numpy_prints_and_warns_and_how_deep_calls_go_is_put_back():
    before = np.get_printoptions(), np.geterr(), sys.getrecursionlimit()
    body = (
        "import sys\nnp.set_printoptions(precision=1)\n"
        "np.seterr(divide='ignore')\nsys.setrecursionlimit(5000)\n"
    )
    assert check(write("softmax", body + SOFTMAX)).kind == "right"
    assert before == (np.get_printoptions(), np.geterr(), sys.getrecursionlimit())


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


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (np.matrix, "you returned a `matrix`"),
        (np.ma.masked_array, "you returned a masked array"),
        (lambda a: a.astype(object), "you returned an array of objects"),
        (lambda a: np.ma.masked, "you returned a masked array"),
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
    assert ("that you did not call" in reply.text) == (other == "dz.sum")


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


# Answers that one cannot look into


# Time


def test_a_wrong_case_is_answered_without_waiting_for_the_others(monkeypatch):
    seen = []
    answer = write("softmax", "seen.append(len(z))\nreturn work(z)", seen=seen, work=lambda z: z)
    monkeypatch.setattr("course.exercises.checker.SECONDS_FOR_A_REASON", -1.0)
    reply = check(answer)
    assert reply.kind == "wrong value"
    assert len(seen) <= 2  # the first case, and once more to see whether it is left to chance
    assert linecache.getline(answer.__code__.co_filename, 2)


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
