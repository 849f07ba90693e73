"""Whatever the reader's function does, the checker answers.

That nothing leaks out of it, the fixture ``untouched`` sees to.
"""

import signal
import sys
import threading
import warnings
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from course import exercises
from course.exercises import EXERCISES, check, keep
from course.exercises.comparison import matches
from mnistlib import functions

from .handed_in import named, right, write

pytestmark = [pytest.mark.usefixtures("untouched"), pytest.mark.takes(seconds=13)]


ODD_ANSWERS = {
    "changes its input": ("wrong value", "you write into z in the line", "z[...] = 1\nreturn z"),
    "warns": ("right", "", 'import warnings\nwarnings.warn("look out")\n{}'),
    "silences warnings": ("right", "", 'import warnings\nwarnings.simplefilter("ignore")\n{}'),
    "sets NumPy's errors": ("right", "", 'np.seterr(all="ignore")\n{}'),
    "returns a list": ("wrong shape", "got a list of 1.", "return [list(z[0])]"),
    "returns a ragged list": ("wrong shape", "got a list of 2", "return [[1, 2], [3]]"),
    "returns nothing": ("wrong shape", "`return` missing", "z + 1"),
    "returns NaN": ("wrong value", "got [[nan, nan]]", "return z * np.nan"),
    "returns complex numbers": ("wrong value", "got [[0.+1.j", "return z + 1j"),
    "returns text": ("wrong value", "wanted [[0.5, 0.5]]", "return z.astype(str)"),
    "returns itself": ("wrong shape", "got a function", "return my_softmax"),
    "yields": ("wrong shape", "got a list of 1", "yield from z"),
    "recurses for ever": ("raises", "RecursionError", "return my_softmax(z)"),
    "raises": ("raises", "With z = [[0., 0.]]:\nKeyError: 'k'\n", 'return {}["k"]'),
    "raises in silence": ("raises", "ValueError\n", "raise ValueError"),
    "raises what cannot be said": ("raises", "Odd: <exception str() failed>", "class Odd(Exception):\n"
                                   "    def __str__(self): 1 / 0\nraise Odd"),
    "names an address": ("raises", "TypeError: bad <object object>\n",
                         'raise TypeError(f"bad {object()}")'),
    "exits": ("raises", "SystemExit: 3\n", "import sys\nsys.exit(3)"),
    "wants another argument": ("raises", "missing 1 required positional", "return z + more"),
    "raises late": ("unstable", "ValueError: hot", "if z.max() > 99: raise ValueError('hot')\n{}"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD_ANSWERS)
def test_no_answer_breaks_the_checker(what):
    kind, words, body = ODD_ANSWERS[what]
    args = "z, more" if what == "wants another argument" else None
    reply = check(write("softmax", body.replace("{}", right("softmax")[0], 1)
                        if body.endswith("\n{}") else body, args))  # fmt: skip
    assert (reply.kind, words in reply.text) == (kind, True), repr(reply)


def test_arrays_in_an_array_are_answered_by_what_is_wrong_and_text_by_its_name():
    rows = "rows = images.reshape(len(images), -1)\n"
    means = "np.array([rows[labels == k].mean(axis=1) for k in range(10)], dtype=object)"
    reply = check(write("class_means", f"{rows}return {means}"))
    assert "and got one number for each image" in reply.text
    reply = check(write("one_hot", "return (labels[:, None] == np.arange(classes)).astype(str)"))
    assert "You returned an array of text, where an array of numbers is wanted." in reply.text


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
        (839_255_816, 839_260_816, False),
        (839_255_816, 839_255_817.0, False),
        (60_000, np.float32(60_000), True),  # which float32 holds
        (839_255_817, np.float32(839_255_817), False),
        (np.array([0, 10**9]), np.array([1e-6, 1e9]), False),
        (3, 3.0, True),
        (3, 0.3 * 10 + 4e-16, True),
        (True, 1, True),
        (True, 0.999999, False),
        (np.uint8(255), 255, True),
        (np.array([1e5]), np.array([100_001]), False),  # and so where a whole number came
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


@pytest.mark.parametrize("action", ["ignore", "error"])
def test_how_the_reader_filters_warnings_does_not_matter(action):
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        reply = check(write("sigmoid", "return 1 / (1 + np.exp(-z))"))
    assert reply.kind == "unstable"
    assert "NumPy warned: overflow encountered in exp." in reply.text


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "yield z\nwhile True: pass",
        "while True:\n    try: z + 1\n    except Exception: pass",
    ],
)
def test_the_stop_button_stops_an_endless_loop(body):
    soon = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    soon.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            check(write("softmax", body))
    finally:
        soon.join()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("not_an_answer", [None, "my_softmax", np.ones(3), 3, partial(max)])
def test_what_is_no_function_is_refused_in_words(not_an_answer):
    for call in (check, keep, exercises.hint, exercises.solution, exercises.folded):
        with pytest.raises(TypeError, match=r"without brackets: check\(my_softmax\)"):
            call(not_an_answer)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(
        TypeError, match=r"no exercise is called 'my_sofmax'; do you mean my_softmax\?"
    ):
        check(named(functions.softmax, "sofmax"))


def test_a_notebooks_settings_neither_break_a_check_nor_are_changed_by_it():
    depth = sys.getrecursionlimit()
    plain = repr(check(write("softmax", "return np.exp(z)")))
    with np.errstate(all="raise"), np.printoptions(sign="+", precision=1, legacy="1.13"):
        before = np.geterr(), np.get_printoptions()
        assert check(write("sigmoid", right("sigmoid")[0])).kind == "right"
        assert repr(check(write("softmax", "return np.exp(z)"))) == plain
        check(write("softmax", "import sys\nsys.setrecursionlimit(5000)\nreturn z"))
        assert (np.geterr(), np.get_printoptions()) == before
    assert sys.getrecursionlimit() == depth


def test_what_an_answer_prints_is_seen_once(capfd):
    assert check(write("softmax", f"print(z.shape)\n{right('softmax')[0]}")).kind == "right"
    assert capfd.readouterr().out == "(1, 2)\n"


@pytest.mark.parametrize(
    "body", ["raise NotImplementedError", "raise NotImplementedError('later')"]
)
def test_what_is_not_implemented_is_not_attempted(body):
    assert check(write("softmax", body)).kind == "not attempted"
    with_a_step = write("softmax", f"e = np.exp(z)\n{body}")
    assert check(with_a_step).kind == "raises"
