"""Whatever the reader's function does, the checker answers, and the notebook stays as it was.

That nothing leaks out of it, the fixture ``untouched`` sees to.
"""

import dataclasses
import signal
import sys
import warnings
from fractions import Fraction
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

pytestmark = [pytest.mark.usefixtures("untouched"), pytest.mark.takes(seconds=13)]

SOFTMAX = "e = np.exp(z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"
LOG_SOFTMAX_IN_FLOAT32 = (
    "s = z.astype(np.float32) - z.max(axis=1, keepdims=True).astype(np.float32)\n"
    "return s - np.log(np.exp(s).sum(axis=1, keepdims=True))"
)

# What an answer may do


ODD_ANSWERS = {
    "changes its input": ("wrong value", "you write into z in the line", "z[...] = 1\nreturn z"),
    "warns": ("right", "", f'import warnings\nwarnings.warn("look out")\n{SOFTMAX}'),
    "silences warnings": ("right", "", f"import warnings\nwarnings.simplefilter('ignore')\n{SOFTMAX}"),
    "sets NumPy's errors": ("right", "", f'np.seterr(all="ignore")\n{SOFTMAX}'),
    "returns a list": ("wrong shape", "got a list of 1.", "return [list(z[0])]"),
    "returns a ragged list": ("wrong shape", "got a list of 2", "return [[1, 2], [3]]"),
    "returns too long a list": ("wrong shape", "got a list of 100000", "return list(range(10**5))"),
    "returns itself in a list": ("raises", "RecursionError", "a = []\na.append(a)\nreturn a"),
    "returns nothing": ("wrong shape", "`return` missing", "z + 1"),
    "returns a dictionary": ("wrong shape", "got a dict", "return {'p': z}"),
    "returns what cannot be said": ("wrong shape", "got an Odd", "class Odd:\n"
                                    "    def __repr__(self): 1 / 0\nreturn Odd()"),
    "returns NaN": ("wrong value", "got [[nan, nan]]", "return z * np.nan"),
    "returns complex numbers": ("wrong value", "got [[0.+1.j", "return z + 1j"),
    "returns text": ("wrong value", "wanted [[0.5, 0.5]]", "return z.astype(str)"),
    "returns itself": ("wrong shape", "that you did not call", "return my_softmax"),
    "yields": ("wrong shape", "got a list of 1", "yield from z"),
    "yields for ever": ("raises", "still no end", "while True:\n    yield z"),
    "recurses for ever": ("raises", "RecursionError", "return my_softmax(z)"),
    "raises": ("raises", "With z = [[0., 0.]]:\nKeyError: 'k'\n", 'return {}["k"]'),
    "raises in silence": ("raises", "ValueError\n", "raise ValueError"),
    "raises what cannot be said": ("raises", "Odd: <exception str() failed>", "class Odd(Exception):\n"
                                   "    def __str__(self): 1 / 0\nraise Odd"),
    "names an address": ("raises", "TypeError: bad <object object>\n",
                         'raise TypeError(f"bad {object()}")'),
    "exits": ("raises", "SystemExit: 3\n", "import sys\nsys.exit(3)"),
    "raises late": ("unstable", "ValueError: hot",
                    f"if z.max() > 99: raise ValueError('hot')\n{SOFTMAX}"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD_ANSWERS)
def test_no_answer_breaks_the_checker(what):
    kind, words, body = ODD_ANSWERS[what]
    reply = check(write("softmax", body))
    assert (reply.kind, words in reply.text) == (kind, True), repr(reply)


def odd_results():
    """Return a result of each kind that no exercise asks for."""
    itself = []
    itself.append(itself)
    return [
        (), [], (None,), [1, [2]], tuple(range(7)), {"a": 1}, itself, np.zeros(0), np.array(3.0),
        np.zeros((1, 1, 1, 1)), np.array(["a", "b"]), np.array([None, 1]), 1 + 2j, 10**400, "x", b"x",
        np, ..., iter([1, 2]), np.float16(1),
    ]  # fmt: skip


@every_exercise
def test_whatever_comes_back_is_answered_and_wrong(name):
    for odd in odd_results() if name != "tune" else ():
        reply = check(write(name, "return odd", odd=odd))
        assert reply.kind in ("wrong value", "wrong shape", "raises"), (odd, reply)
        assert well_formed(reply._repr_html_())


def test_an_argument_too_many_is_told_as_python_tells_it():
    reply = check(write("softmax", "return z + more", "z, more"))
    assert (reply.kind, "missing 1 required positional" in reply.text) == ("raises", True)


@pytest.mark.parametrize(
    "body", ["raise NotImplementedError", "raise NotImplementedError('later')"]
)
def test_what_is_not_implemented_is_not_attempted(body):
    assert check(write("softmax", body)).kind == "not attempted"
    with_a_step = write("softmax", f"e = np.exp(z)\n{body}")
    assert check(with_a_step).kind == "raises"


def test_what_an_answer_prints_is_seen_once(capfd):
    assert check(write("softmax", f"print(z.shape)\n{SOFTMAX}")).kind == "right"
    assert capfd.readouterr().out == "(1, 2)\n"


def test_a_buffer_that_is_used_again_is_judged_by_what_it_held():
    body = "result = buffer[:len(z), :z.shape[1]]\nresult[...] = softmax(z)\nreturn result"
    answer = write("softmax", body, buffer=np.zeros((9, 9)), softmax=functions.softmax)
    assert check(answer).kind == "right"


def test_the_line_that_changes_an_argument_is_named_and_no_line_that_may_change_another():
    reply = check(
        write(
            "sgd_update",
            "for w, g, v in zip(parameters, gradients, velocity):\n"
            "    v *= momentum\n    v += g\n    g *= learning_rate\n    w -= learning_rate * v",
        )
    )
    assert "you change gradients in the line `g *= learning_rate`" in reply.text


def test_an_argument_changed_by_an_operator_is_not_laid_to_the_function_beside_it():
    by_sign = check(write("sigmoid", "z += 1 + np.maximum(z, 0)\nreturn z"))
    by_third = check(write("sigmoid", "return np.maximum(z, 1, z)"))
    assert "you change z in the line `z += 1 + np.maximum(z, 0)`" in by_sign.text
    assert "writes the result into a third" not in by_sign.text
    assert "writes the result into a third" in by_third.text


# What comes back


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (np.matrix, "you returned a `matrix`"),
        (np.ma.masked_array, "you returned a masked array"),
        (lambda a: a.astype(object), "you returned an array of objects"),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_what_is_not_a_plain_array_is_named_and_not_kept(made, words):
    answer = write("softmax", "return made(softmax(z))", made=made, softmax=functions.softmax)
    reply = check(answer)
    assert reply.kind == "wrong value"
    assert words in reply.text
    assert "From here on" not in keep(answer)


def test_arrays_in_an_array_are_answered_by_what_is_wrong_and_text_by_its_name():
    rows = "rows = images.reshape(len(images), -1)\n"
    means = "np.array([rows[labels == k].mean(axis=1) for k in range(10)], dtype=object)"
    reply = check(write("class_means", f"{rows}return {means}"))
    assert "and got one number for each image" in reply.text
    reply = check(write("one_hot", "return (labels[:, None] == np.arange(classes)).astype(str)"))
    assert "You returned an array of text, where an array of numbers is wanted." in reply.text


@pytest.mark.parametrize("dtype", [">f8", "longdouble"])
def test_what_numpy_turns_into_plain_numbers_unchanged_is_right(dtype):
    body = f"p = softmax(z)\nreturn p if p.dtype == 'f4' else p.astype('{dtype}')"
    assert check(write("softmax", body, softmax=functions.softmax)).kind == "right"


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_narrow_result_of_float64_arguments_is_not_right_and_not_kept(dtype):
    answer = write("log_softmax", f"{LOG_SOFTMAX_IN_FLOAT32}".replace("np.float32", f"np.{dtype}"))
    reply = check(answer)
    assert repr(reply).startswith("my_log_softmax: too few digits.")
    assert f"they are {dtype}, and the arguments were float64" in reply.text
    assert "From here on" not in keep(answer)


def test_float32_on_the_way_and_for_float32_arguments_is_right():
    widened = LOG_SOFTMAX_IN_FLOAT32.replace("return ", "s = ") + "\nreturn s.astype(float)"
    assert check(write("softmax", SOFTMAX)).kind == "right"  # one case of it is float32
    assert "float32, and the arguments" not in check(write("log_softmax", widened)).text


def of_objects(result, entry):
    """Put an object into the place of every number of a result."""
    if isinstance(result, (tuple, list)):
        return [of_objects(each, entry) for each in result]
    made = np.empty(np.shape(result), dtype=object)
    for place in np.ndindex(made.shape):
        made[place] = entry
    return made


# Newer Pythons and NumPys warn when some of these are compared: "invalid value encountered in equal".
@pytest.mark.parametrize("entry", [np.zeros(2), Fraction(1, 3)], ids=["array", "1/3"])
@pytest.mark.parametrize("name", EXERCISES)
def test_no_array_of_objects_breaks_the_checker(name, entry):
    exercise = EXERCISES[name]
    answer = named(lambda *arguments: of_objects(exercise.reference(*arguments), entry), name)
    works_in_its_arguments = name == "sgd_update"
    assert check(answer).kind.startswith("right" if works_in_its_arguments else "wrong")


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


@pytest.mark.parametrize("count", ["count + (count > 100_000)", "np.float32(count)"])
def test_a_count_that_is_off_by_one_in_a_million_is_wrong(count):
    body = f"import struct\nmagic, count = struct.unpack('>2I', raw[:8])\nreturn magic, {count}"
    assert check(write("label_header", body)).kind == "wrong value"


def test_the_same_seed_must_give_the_same_result():
    body = (
        "rng.random()\norder = np.random.permutation(len(labels))\n"
        "train, held = order[validation:], order[:validation]\n"
        "return (images[train], labels[train]), (images[held], labels[held])"
    )
    assert "twice with the same seed" in check(write("split", body)).text


def test_an_array_that_nobody_filled_is_asked_about():
    body = "p = np.empty_like(z)\np[:] = np.exp(z) + 1\nreturn p"
    assert "`np.empty` fills nothing in" in check(write("softmax", body)).text


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


def test_the_key_is_called_once_for_each_case():
    seen = []

    def softmax(z):
        seen.append(z)
        return functions.softmax(z)

    exercise = dataclasses.replace(EXERCISES["softmax"], reference=softmax, mistakes=())
    for body in ("return z", "return 2 * key(z)", SOFTMAX, SOFTMAX):
        check_answer(exercise, write("softmax", body, key=functions.softmax))
    assert len(seen) == len(exercise.all_cases)


# Time


def test_a_wrong_case_is_answered_without_waiting_for_the_others(monkeypatch):
    seen = []
    answer = write("softmax", "seen.append(len(z))\nreturn z", seen=seen)
    monkeypatch.setattr("course.exercises.checker.SECONDS_FOR_A_REASON", -1.0)
    assert check(answer).kind == "wrong value"
    assert len(seen) == 1


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
@pytest.mark.parametrize("first", ["", "yield z\n"])
def test_an_endless_loop_names_its_line_when_it_is_stopped(call, first):
    body = f"import signal\n{first}while True:\n    signal.raise_signal(signal.SIGINT)"
    question = r"at work, in the line `signal.raise_signal\(signal.SIGINT\)`\. Which loop of it"
    with pytest.raises(KeyboardInterrupt, match=question):
        call(write("softmax", body))


# What is no answer


@pytest.mark.parametrize("not_an_answer", [None, "my_softmax", np.ones(3), 3, partial(max)])
def test_what_is_no_function_is_refused_in_words(not_an_answer):
    for call in (check, keep, exercises.hint, exercises.solution, exercises.folded):
        with pytest.raises(TypeError, match=r"without brackets: check\(my_softmax\)"):
            call(not_an_answer)


def test_a_lambda_is_told_to_become_a_function():
    with pytest.raises(TypeError, match=r"write it as a function, def my_softmax\(z\)"):
        check(lambda z: z)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(
        TypeError, match=r"no exercise is called 'my_sofmax'; do you mean my_softmax\?"
    ):
        check(named(functions.softmax, "sofmax"))


def test_an_answer_that_is_no_function_of_pythons_is_judged_all_the_same():
    each = write("softmax", "e = np.exp(z - z.max())\nreturn e / e.sum()")
    assert check(np.vectorize(each, signature="(k)->(k)")).kind == "right"
    assert check(np.vectorize(each)).kind == "raises"
