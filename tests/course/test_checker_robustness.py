"""Whatever the reader's function does, the checker answers, and the notebook stays as it was.

That nothing leaks out of it, the fixture ``untouched`` sees to.
"""

import dataclasses
import signal
import sys
import warnings
from functools import partial

import numpy as np
import pytest

from course import exercises
from course.exercises import EXERCISES, check, keep
from course.exercises.attempt import BrokenKey
from course.exercises.checker import check_answer
from course.exercises.comparison import matches
from course.exercises.store import put_to_work
from mnistlib import functions

from .common import every_exercise, well_formed
from .handed_in import named, right, write

pytestmark = pytest.mark.usefixtures("untouched")

SOFTMAX = "e = np.exp(z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"
LOG_SOFTMAX_IN_FLOAT32 = (
    "s = z.astype(np.float32) - z.max(axis=1, keepdims=True).astype(np.float32)\n"
    "return s - np.log(np.exp(s).sum(axis=1, keepdims=True))"
)

# What an answer may do


MEANS = "np.array([rows[labels == k].mean(axis=1) for k in range(10)], dtype=object)"
OF_OBJECTS = f"rows = images.reshape(len(images), -1)\nreturn {MEANS}"
OF_TEXT = "return (labels[:, None] == np.arange(classes)).astype(str)"
BUFFER = "result = buffer[:len(z), :z.shape[1]]\nresult[...] = library.softmax(z)\nreturn result"
OTHER_STREAM = (
    "rng.random()\norder = np.random.permutation(len(labels))\n"
    "train, held = order[validation:], order[:validation]\n"
    "return (images[train], labels[train]), (images[held], labels[held])"
)

#: An answer, the kind of the reply, and a part of its words.
ODD_ANSWERS = [
    # What it does
    ("softmax", "z[...] = 1\nreturn z", "wrong value", "you write into z in the line"),
    ("sigmoid", "z += 1 + np.maximum(z, 0)\nreturn z", "wrong value", "you change z in the line `z +="),
    ("sigmoid", "return np.maximum(z, 1, z)", "wrong value", "writes the result into a third"),
    ("softmax", f'import warnings\nwarnings.warn("look out")\n{SOFTMAX}', "right", ""),
    ("softmax", f"import warnings\nwarnings.simplefilter('ignore')\n{SOFTMAX}", "right", ""),
    ("softmax", "return my_softmax(z)", "raises", "RecursionError"),
    ("softmax", 'return {}["k"]', "raises", "With z = [[0., 0.]]:\nKeyError: 'k'\n"),
    ("softmax", "raise ValueError", "raises", "ValueError\n"),
    ("softmax", "raise ValueError('why?')", "raises", "why?\nIt stops in the line"),
    ("softmax", 'raise TypeError(f"bad {object()}")', "raises", "TypeError: bad <object object>\n"),
    ("softmax", "import sys\nsys.exit(3)", "raises", "SystemExit: 3\n"),
    ("softmax", f"if z.max() > 99: raise ValueError('hot')\n{SOFTMAX}", "unstable", "ValueError: hot"),
    ("softmax", "raise NotImplementedError('later')", "not attempted", ""),
    ("softmax", "e = np.exp(z)\nraise NotImplementedError", "raises", ""),
    ("softmax", BUFFER, "right", ""),
    ("split", OTHER_STREAM, "wrong value", "twice with the same seed"),
    # What it returns
    ("softmax", "return [list(z[0])]", "wrong shape", "got a list of 1."),
    ("softmax", "return list(range(1000))", "wrong shape", "got a list of 1000"),
    ("softmax", "z + 1", "wrong shape", "`return` missing"),
    ("softmax", "return z * np.nan", "wrong value", "got [[nan, nan]]"),
    ("softmax", "return my_softmax", "wrong shape", "that you did not call"),
    ("softmax", "yield from z", "wrong shape", "got a list of 1"),
    ("softmax", "return np.matrix(library.softmax(z))", "wrong value", "you returned a matrix"),
    ("softmax", "return library.softmax(z).astype(object)", "wrong value",
     "you returned an array of objects"),
    ("class_means", OF_OBJECTS, "wrong value", "and got one number for each image"),
    ("one_hot", OF_TEXT, "wrong value", "an array of text, where an array of numbers is wanted."),
    ("log_softmax", LOG_SOFTMAX_IN_FLOAT32, "wrong value",
     "they are float32, and the arguments were float64"),
    ("softmax", "p = library.softmax(z)\nreturn p if p.dtype == 'f4' else p.astype('>f8')", "right", ""),
    ("softmax", SOFTMAX, "right", ""),  # one case of it is float32
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "kind", "words"), ODD_ANSWERS)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_no_answer_breaks_the_checker_and_only_a_right_one_is_kept(name, body, kind, words):
    answer = write(name, body, buffer=np.zeros((9, 9)), library=functions)
    reply = check(answer)
    assert (reply.kind, words in reply.text) == (kind, True), repr(reply)
    assert kind == "right" or "From here on" not in keep(answer)


#: A result of each kind that no exercise asks for.
ODD_RESULTS = [
    [], (None,), [1, [2]], tuple(range(7)), {"a": 1}, np.zeros(0), np.zeros((1, 1, 1, 1)),
    np.array(["a", "b"]), np.array([None, 1]), 1 + 2j, "x", np, ...,
]  # fmt: skip


@every_exercise
def test_whatever_comes_back_is_answered_and_wrong(name):
    for odd in ODD_RESULTS if name != "tune" else ():
        reply = check(write(name, "return odd", odd=odd))
        assert reply.kind in ("wrong value", "wrong shape", "raises"), (odd, reply)
        assert well_formed(reply._repr_html_())


def test_what_an_answer_prints_is_seen_once(capfd):
    assert check(write("softmax", f"print(z.shape)\n{SOFTMAX}")).kind == "right"
    assert capfd.readouterr().out == "(1, 2)\n"


# What comes back


@pytest.mark.parametrize(
    ("wanted", "got", "is_right"),
    [
        (100_000, 100_001, False),
        (839_255_816, 839_255_817.0, False),
        (60_000, np.float32(60_000), True),  # which float32 holds
        (839_255_817, np.float32(839_255_817), False),
        (np.array([0, 10**9]), np.array([1e-6, 1e9]), False),
        (3, 3.0, True),
        (3, 0.3 * 10 + 4e-16, True),
        (True, 1, True),
        (True, 0.999999, False),
        (np.uint8(255), 255, True),
        (0.1, np.float32(0.1), True),
    ],
)
@pytest.mark.parametrize("exact", [False, True])
def test_whole_numbers_are_right_or_wrong_without_rounding(wanted, got, is_right, exact):
    assert matches(wanted, got, exact) == is_right


# The notebook around it


def test_a_notebooks_settings_neither_break_a_check_nor_are_changed_by_it():
    depth = sys.getrecursionlimit()
    plain = repr(check(write("softmax", "return np.exp(z)")))
    with np.errstate(all="raise"), np.printoptions(sign="+", precision=1, legacy="1.13"):
        before = np.geterr(), np.get_printoptions()
        assert check(write("sigmoid", right("sigmoid")[0])).kind == "right"
        assert repr(check(write("softmax", "return np.exp(z)"))) == plain
        body = (
            "import sys\nsys.setrecursionlimit(5000)\nnp.seterr(divide='ignore')\n"
            "np.set_printoptions(precision=2)\n"
        )
        assert check(write("softmax", body + SOFTMAX)).kind == "right"
        assert (np.geterr(), np.get_printoptions()) == before
    assert sys.getrecursionlimit() == depth


@pytest.mark.parametrize("action", ["ignore", "error"])
def test_how_the_reader_filters_warnings_does_not_matter(action):
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        reply = check(write("sigmoid", "return 1 / (1 + np.exp(-z))"))
    assert reply.kind == "unstable"
    assert "NumPy warned: overflow encountered in exp." in reply.text


def test_a_kept_function_never_judges_another_answer():
    """The key of cross_entropy calls log_softmax, in whose place something else stands here."""
    put_to_work(EXERCISES["log_softmax"], write("log_softmax", LOG_SOFTMAX_IN_FLOAT32))
    stands_there = functions.log_softmax
    exercise = dataclasses.replace(EXERCISES["cross_entropy"])  # whose key was never called
    assert check_answer(exercise, write("cross_entropy", right("cross_entropy")[0])).kind == "right"
    assert functions.log_softmax is stands_there


def test_a_key_that_raises_is_an_error_of_the_courses_and_nothing_is_right():
    def softmax(z):
        raise ValueError("a slip")

    exercise = dataclasses.replace(EXERCISES["softmax"], reference=softmax)
    for body in (SOFTMAX, "return z", "raise ValueError('a slip')"):
        with pytest.raises(BrokenKey, match=r"ValueError: a slip\. That is a fault of the course"):
            check_answer(exercise, write("softmax", body))


# Time


def test_a_wrong_case_is_answered_without_waiting_for_the_others(monkeypatch):
    seen = []
    answer = write("softmax", "seen.append(len(z))\nreturn z", seen=seen)
    monkeypatch.setattr("course.exercises.checker.SECONDS_FOR_A_REASON", -1.0)
    assert check(answer).kind == "wrong value"
    assert len(seen) == 1


def test_a_check_that_takes_long_says_so_and_how_to_stop_it(monkeypatch, capfd):
    monkeypatch.setattr("course.exercises.PATIENCE", 0.05)
    wait = "[each.join() for each in threading.enumerate() if isinstance(each, threading.Timer)]"
    check(write("softmax", f"import threading\n{wait}\nreturn z"))
    said = capfd.readouterr().out
    assert "my_softmax is still at work. To stop it: the square button above, or Ctrl+C." in said
    monkeypatch.setattr("course.exercises.PATIENCE", 60.0)
    check(write("softmax", "return z"))
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("call", [check, keep])
def test_an_endless_loop_names_its_line_when_it_is_stopped(call):
    body = "import signal\nwhile True:\n    signal.raise_signal(signal.SIGINT)"
    # A shell that started us in the background forbids Ctrl+C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    question = r"at work, in the line `signal.raise_signal\(signal.SIGINT\)`\. Which loop of it"
    try:
        with pytest.raises(KeyboardInterrupt, match=question):
            call(write("softmax", body))
    finally:
        signal.signal(signal.SIGINT, before)


# What is no answer


@pytest.mark.parametrize("not_an_answer", [None, "my_softmax", np.ones(3), 3, partial(max)])
def test_what_is_no_function_is_refused_in_words(not_an_answer):
    for call in (check, keep, exercises.solution, exercises.folded):
        with pytest.raises(TypeError, match=r"without brackets: check\(my_softmax\)"):
            call(not_an_answer)


def test_a_lambda_is_told_to_become_a_function_and_an_unknown_name_the_known_ones():
    with pytest.raises(TypeError, match=r"write it as a function, def my_softmax\(z\)"):
        check(lambda z: z)
    with pytest.raises(
        TypeError, match=r"no exercise is called 'my_sofmax'; do you mean my_softmax\?"
    ):
        check(named(functions.softmax, "sofmax"))


def test_an_answer_that_is_no_function_of_pythons_is_judged_all_the_same():
    each = write("softmax", "e = np.exp(z - z.max())\nreturn e / e.sum()")
    assert check(np.vectorize(each, signature="(k)->(k)")).kind == "right"
    assert check(np.vectorize(each)).kind == "raises"
