"""The exercises' checkers: right answers pass, blank and wrong ones are told apart, nothing breaks.

The answers stand in the exercises' texts, as bodies of functions; ``write`` makes the functions.
"""

import ast
import inspect
import linecache
import os
import re
import runpy
import signal
import subprocess
import sys
import textwrap
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from course import exercises, files
from course.exercises import (
    EXERCISES,
    LESSONS,
    check,
    keep,
    lesson_04,
    mine,
    progress,
    store,
    texts,
)
from course.exercises.attempt import Outcome, values_used
from course.exercises.comparison import digits_apart, identical, matches, text_of
from course.lessons import all_lessons
from course.materials import mystery_curves, tuning
from mnistlib import data, functions, network, training

from . import places
from .handed_in import arguments, as_function_of_a_reader, named, right, unexplained, write

HOMES = {name: exercise for name, exercise in EXERCISES.items() if exercise.home is not None}


def each_of(bodies):
    return [
        pytest.param(name, body, id=f"{name}-{number}")
        for name in EXERCISES
        for number, body in enumerate(bodies(name))
    ]


every_exercise = pytest.mark.parametrize("name", EXERCISES)
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes, and few may make links")


@pytest.fixture(autouse=True)
def untouched(tmp_path, monkeypatch, capfd):
    """Keep into a temporary file; afterwards the library, and Python's own state, are as before."""
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "mine.py"))
    monkeypatch.setattr(exercises, "_hints_given", {})
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        before = sys.gettrace(), np.geterr(), list(warnings.filters)
        yield
        after = sys.gettrace(), np.geterr(), list(warnings.filters)
    for name, exercise in HOMES.items():
        setattr(exercise.home, name, exercise.reference)
    assert after == before
    # The garbage collector warns at any time, of files that any test before this one left open.
    collected = (ResourceWarning, pytest.PytestWarning)
    assert [each for each in leaked if not issubclass(each.category, collected)] == []
    assert capfd.readouterr() == ("", "")


# Right, blank, wrong


@every_exercise
def test_the_reference_is_right_and_three_others_and_wrong_ones_are_tried(name):
    exercise = EXERCISES[name]
    reply = check(named(exercise.reference, name))
    if "{" not in exercise.notice:
        assert repr(reply) == f"my_{name}: right. {exercise.notice}"
    assert len({*exercise.right}) >= 3, (
        f"{places.words(name)}: write right: at the end, and below it three right answers that are "
        "written differently"
    )
    examples = [each for objection in exercise.objections for each in objection.examples]
    where = places.words(name)
    assert len(exercise.mistakes) + len(examples) >= 4, f"{where}: write four wrong answers or more"
    assert len(exercise.hints) in (2, 3), f"{where}: write two lines `hint:` or three"
    assert exercise.mistakes or exercise.objections


@every_exercise
@pytest.mark.parametrize("body", ["...", '"""Say what."""\n...', "...\npass", '"""Say what."""'])
def test_a_stub_is_not_attempted(name, body):
    assert check(write(name, body)).kind == "not attempted"
    assert repr(keep(write(name, body))).startswith(f"my_{name}: not attempted.")


@pytest.mark.parametrize(("name", "body"), each_of(right))
def test_a_correct_but_different_answer_is_right(name, body):
    reply = check(write(name, body))
    assert reply.kind == "right", f"{places.words(name)}, below right:\n{body}\n{reply}"
    assert repr(reply).startswith(f"my_{name}: right.")
    assert EXERCISES[name].notice.rpartition("}")[2] in reply.text


@pytest.mark.parametrize(("name", "body"), each_of(unexplained))
def test_a_wrong_answer_without_a_sentence_gets_a_next_step(name, body):
    """What is said of each is stored: ``test_replies``."""
    reply = check(write(name, body))
    where = f"{places.words(name)}, below unexplained:\n{body}\n{reply}"
    assert reply.kind != "right", where
    assert not reply.reason, f"{where}\nA sentence explains it: drop it"
    assert_is_a_reply(name, reply)


def test_a_float64_mistake_does_not_explain_an_answer_in_float32():
    body = "e = np.exp(-np.abs(z.astype('f4')))\nreturn np.where(z < 0, e, 1) / (1 + e)"
    assert "large positive number" not in check(write("sigmoid", body)).text


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("softmax", "if z > 100:\n    z = z - z.max()\nreturn np.exp(z)", "that max is Python's"),
        ("lightest_weights", "return np.linalg.inv(row) * target", "that function takes a matrix"),
        (
            "tanh_backward",
            "return np.linalg.solve(a, da) * (1 - a @ a)",
            "that is a matrix product",
        ),
    ],
)
def test_an_error_is_explained_only_where_the_same_step_raised_it(name, body, words):
    reply = check(write(name, body))
    assert reply.kind == "raises"
    assert words in "".join(mistake.sentence for mistake in EXERCISES[name].mistakes)
    assert words not in reply.text
    assert "?" in reply.text


def test_the_values_that_an_answer_uses_are_told_from_those_it_only_takes():
    answer = write("paired", "d = a[0] + 1\nreturn [x + d for x in b]", "a, b, c")
    used = values_used(answer.__code__)
    assert {"a", "b", "d", "x"} <= used
    assert "c" not in used


def test_nobody_is_told_of_chance_where_a_function_was_not_called():
    reply = check(write("accuracy", "return (p.argmax(axis=1) == labels).mean"))
    assert (reply.kind, "chance" in reply.text) == ("wrong shape", False)


def test_long_arrays_of_drawn_numbers_are_said_by_their_shape():
    drawn = right("decayed_fit")[0].replace("return", "return (y.size < 4 or 2) *")
    reply = check(write("decayed_fit", drawn))
    assert "With a of shape (n, features) = (5, 3), y of shape (n, classes) = (5, 2)" in reply.text
    pencil = check(write("decayed_fit", "return np.linalg.lstsq(a, y)[0]"))
    assert pencil.text.startswith("With a = [[1., 0.], [0., 2.], [0., 0.]], y = [[4.], [7.], [5.]]")
    assert "With rate = 1., divisor = 2.:" in check(write("rate_for_scaled", "return rate")).text


def test_a_relation_of_one_case_is_not_said_of_others():
    """The patches of the first image are symmetric; of the second they are in another order."""
    body = (
        "places = [(i, j) for i in range(image.shape[0] - side + 1)\n"
        "          for j in range(image.shape[1] - side + 1)]\n"
        "return np.array([image[i : i + side, j : j + side] for i, j in places])"
    )
    assert "in their order" not in check(write("image_patches", body)).text


def assert_is_a_reply(name, reply):
    assert repr(reply) == f"my_{name}: {reply.kind}. {reply.text}"
    assert reply.text[0].isupper() or reply.text.startswith(EXERCISES[name].shapes.split()[-1])
    assert reply.text[-1] not in " \n"
    assert "?" in reply.text  # a next step
    assert not re.search(r"0x[0-9a-f]{6}|\.py\b|answer \d|gufunc", repr(reply))
    assert gives_nothing_away(name, reply.text)


@pytest.mark.parametrize("name", [name for name in EXERCISES if EXERCISES[name].objections])
def test_every_example_of_an_objection_gets_its_sentence(name):
    for objection in EXERCISES[name].objections:
        assert objection.examples, f"{places.words(name)}: give {objection.name} an example"
        own = max(re.split(r"\{[^}]*\}", objection.sentence), key=len)
        for code in objection.examples:
            reply = check(as_function_of_a_reader(name, code))
            assert reply.kind == "wrong value"
            assert own.lower() in reply.text.lower(), (code, reply)
            assert_is_a_reply(name, reply)


def gives_nothing_away(name, text):
    """Tell whether no line of the solution, nor the last hint's code, stands in a text."""
    exercise = EXERCISES[name]
    solution = ast.parse(exercises.solution(write(name, "...")))
    returned = [node.value for node in ast.walk(solution) if isinstance(node, ast.Return)]
    code = [
        ast.unparse(value) for value in returned if not isinstance(value, (ast.Name, ast.Tuple))
    ]
    squeezed = text.replace(" ", "")
    return not any(
        len(line) > 8 and line.replace(" ", "") in squeezed for line in [*code, exercise.hints[-1]]
    )


@every_exercise
def test_every_known_mistake_is_named_by_a_question_that_gives_nothing_away(name):
    for way, reason in EXERCISES[name].mistakes:
        where = f"{places.words(name, reason)}, above this sentence:\n{way}\n"
        try:
            reply = check(as_function_of_a_reader(name, way))
        except SyntaxError as error:
            pytest.fail(f"{where}this is no Python: {error.msg}", pytrace=False)
        assert "NameError" not in reply.text, f"{where}it uses a name that is not there:\n{reply}"
        assert reply.kind in ("wrong value", "wrong shape", "raises", "unstable"), (
            f"{where}is no wrong answer ({reply.kind}): drop it, or write a case that refuses it in "
            f"{places.entry(name)}"
        )
        assert reply.text.endswith(f"A likely reason: {reason}"), (
            f"{where}is told something else; put it above what wins, or drop it:\n{reply}"
        )
        assert reason[0].islower() or reason[0].isdigit(), f"{where}begin it in lower case"
        assert reason.endswith("?"), f"{where}end it in a question"
        assert gives_nothing_away(name, reply.text), f"{where}it gives the solution away"
        assert "gufunc" not in reply.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return -dz.sum(axis=0)", "every sign is the other way round"),
        ("return dz.sum(axis=0) * 2", "a factor of 2"),
        ("return dz.sum(axis=0) * len(dz)", "it is too large by a factor: the number of examples"),
        ("return dz.sum(axis=0) / len(dz) ** 2 * len(dz)", "mean"),
        ("return dz.sum(axis=0, keepdims=True)", "one axis too many"),
        ("return [sum(column) for column in dz.T]", "in a list"),
    ],
)
def test_what_can_go_wrong_anywhere_is_recognised_anywhere(body, words):
    assert words in check(write("bias_gradient", body)).text


def test_a_loop_is_right_and_asked_about():
    loop = "return np.array([np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in z])"
    reply = check(write("softmax", loop))
    assert (
        reply.kind,
        reply.text.endswith("It loops in Python: can one array operation do everything at once?"),
    ) == ("right", True)
    assert "loops" not in check(write("softmax", right("softmax")[0])).text


def test_a_loop_is_no_matter_where_there_are_no_arrays():
    body = "for step in range(steps):\n    w -= learning_rate * weight_decay * w\nreturn w"
    reply = check(write("weight_left", body))
    assert (reply.kind, "loops" in reply.text) == ("right", False)
    body = "return sum((i < 1) ** 0 * 0 for i in range(2)) + rate * divisor**2"
    assert check(write("rate_for_scaled", body)).text.endswith(EXERCISES["rate_for_scaled"].notice)


def test_examples_are_spoken_of_where_there_are_some():
    reply = check(write("lightest_weights", "return target * row / np.mean(row**2)"))
    assert "examples" not in reply.text


def test_a_count_is_no_answer_to_whether():
    body = "z = np.random.default_rng(1).normal(size=(6, 3))\nreturn int(softmax(z)[0].argmax())"
    assert (
        "which comparison gives the answer" in check(write("depends_on_company", body)).text.lower()
    )


def test_a_third_array_of_a_comparison_is_one_to_write_into():
    corners = "z[:, ::2, ::2], z[:, 1::2, ::2], z[:, ::2, 1::2]"
    reply = check(write("max_pool", f"return np.maximum({corners})"))
    assert "it changes z in the line" in reply.text
    assert "that function compares two arrays, and writes the result into a third" in reply.text


def test_tiny_numbers_are_not_shown_as_0():
    assert text_of(np.array([1e-7, -3e-7])) == "[ 1.e-07, -3.e-07]"
    assert text_of(np.array([0.3, 1e-7])) == "[0.3, 0. ]"
    assert text_of(np.zeros(2)) == "[0., 0.]"


def test_a_number_with_an_imaginary_part_is_told_as_one():
    body = "return w * (1 - weight_decay * steps) ** learning_rate"
    assert "of which negative number was a root" in check(write("weight_left", body)).text.lower()


def test_numbers_of_two_kinds_are_shown_with_the_digits_that_tell_them_apart():
    reply = check(write("relu_backward", "return (da * (a > 0) * 1e6).astype(int) / 10**6"))
    assert "\nwanted [[0., 0.]]\n" not in reply.text
    reply = check(write("relu_backward", "return np.rint(da * (a > 0)).astype(int)"))
    assert "\nwanted [[0., 0.]" not in reply.text


def test_with_all_digits_a_tiny_number_is_written_out():
    assert "1.e-20" in text_of(np.array([1e-20, 1]), 16)
    assert "e" not in text_of(np.array([1e-20, 1]), 8)


@pytest.mark.parametrize(
    ("wanted", "got", "digits"),
    [
        (2, 3.0, 4),
        (np.array([5, 0]), np.array([5.00001, 0]), 8),
        (5, 5.0, 16),
        (np.array([1e-12]), np.array([1e-13]), 4),
        (b"ab", "ab", 4),
    ],
)
def test_a_point_alone_tells_no_numbers_apart(wanted, got, digits):
    assert digits_apart(wanted, got) == digits


def test_a_warning_that_is_hidden_is_asked_about():
    both = "np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))"
    reply = check(write("sigmoid", f"with np.errstate(all='ignore'):\n    return {both}"))
    assert (reply.kind, "It hides NumPy's warning" in reply.text) == ("right", True)
    assert "hides" not in check(write("sigmoid", right("sigmoid")[0])).text
    inside = f"def f(z):\n    with np.errstate(all='ignore'):\n        return {both}\nreturn f(z)"
    assert "hides" in check(write("sigmoid", inside)).text


def test_an_answer_that_is_no_function_of_pythons_is_judged_all_the_same():
    each = write("softmax", "e = np.exp(z - z.max())\nreturn e / e.sum()")
    rows = np.vectorize(each, signature="(k)->(k)")
    assert check(rows).kind == "right"
    assert check(np.vectorize(each)).kind == "raises"


def test_shapes_are_said_in_the_letters_of_the_task():
    reply = check(write("layer_gradients", "return dz.T @ inputs, dz.sum(axis=0)"))
    assert "dW: wanted an array of shape (inputs, outputs) = (2, 3)" in reply.text
    assert "got an array of shape (outputs, inputs) = (3, 2)." in reply.text
    reply = check(write("hidden_gradient", "return (dz2 @ W2) * a1"))
    assert "W2 is an array of shape (hidden, classes) = (1, 2)." in reply.text
    same_sizes = check(write("hidden_gradient", "return dz2"))  # 1 is n, and the hidden units too
    assert (
        "wanted an array of shape (n, hidden) = (1, 1), got an array of shape (1, 2)."
        in same_sizes.text
    )
    no_letter_twice = check(write("softmax", "return np.ones((2, 2))"))
    assert "got an array of shape (2, 2)." in no_letter_twice.text


def test_a_number_that_ends_in_its_point_gets_no_second_one():
    reply = check(write("deep_gradients", "return 6.0"))
    assert "wanted 4 results, got one value, 6.\n" in reply.text


def test_a_list_that_was_changed_is_told_from_an_array_in_it():
    reply = check(write("deep_gradients", "kept.pop()\nreturn []"))
    assert reply.text.endswith("walk through a list and leave it whole, as `reversed(kept)` does?")
    reply = check(write("deep_gradients", "kept[0] *= 2\nreturn []"))
    assert "it changes kept in the line `kept[0] *= 2`" in reply.text


def test_what_is_right_so_far_is_said_and_asked_about():
    reply = check(write("layer_gradients", "return inputs.T @ dz, np.abs(dz).sum(axis=0)"))
    assert (
        "\nRight so far: dW.\nIt comes out as if one value entered a step without its sign"
        in reply.text
    )


def test_an_answer_that_changes_its_arguments_as_asked_may_return_them_too():
    body = right("sgd_update")[0] + "\nreturn parameters"
    assert check(write("sgd_update", body)).kind == "right"


def test_one_hot_must_work_without_a_number_of_classes_as_the_librarys_does():
    reply = check(write("one_hot", "return np.eye(classes)[labels]", args="labels, classes"))
    assert reply.kind == "raises"
    assert reply.text.startswith("With labels = [7, 1]:\nTypeError: my_one_hot() missing 1")


def test_a_reply_shows_the_smallest_failing_input_and_no_reason_that_does_not_fit():
    reply = check(write("softmax", "return np.exp(z) / np.exp(z).sum() + 0.0 * z + 1e-3"))
    assert repr(reply) == (
        "my_softmax: wrong value. With z = [[0., 0.]]:\nwanted [[0.5, 0.5]]\ngot [[0.501, 0.501]]\n"
        "No entry is right. The first is row 0, column 0: wanted 0.5, got 0.501. Work this one out by "
        "hand: at which step do you part?"
    )
    close = check(write("sigmoid", "return 1.00002 / (1 + np.exp(-z))"))
    assert close.text.startswith(
        "With z = [0.]:\nwanted [0.5]\ngot [0.50001]\nIn every case it is 1.00002 times"
    )
    nearly = right("cross_entropy")[0].replace("return", "return 0.999985 *")
    closer = check(write("cross_entropy", nearly))
    assert "\nwanted 0.69314718\ngot 0.69313678\n" in closer.text
    html = check(write("softmax", 'raise ValueError("<b>&")'))._repr_html_()
    assert "With <code>z = [[0., 0.]]</code>:<br>ValueError: &lt;b&gt;&amp;<br>" in html
    well_formed(html)
    for reply in (
        check(write("softmax", "...")),
        close,
        check(write("softmax", right("softmax")[0])),
    ):
        assert re.search(r'style="border-left: 4px solid #[0-9a-f]{6};', reply._repr_html_())


# Whatever the reader's function does, the checker answers. (untouched sees to leaks.)

RUDE = {
    "changes its input": ("wrong value", "it writes into z in the line", "z[...] = 1\nreturn z"),
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


@pytest.mark.parametrize("what", RUDE)
def test_no_answer_breaks_the_checker(what):
    kind, words, body = RUDE[what]
    args = "z, more" if what == "wants another argument" else None
    reply = check(write("softmax", body.replace("{}", right("softmax")[0], 1)
                        if body.endswith("\n{}") else body, args))  # fmt: skip
    assert (reply.kind, words in reply.text) == (kind, True), repr(reply)


def test_what_an_answer_prints_is_seen(capfd):
    reply = check(write("softmax", f"print(z.shape)\n{right('softmax')[0]}"))
    assert reply.kind == "right"
    assert capfd.readouterr().out.startswith("(1, 2)\n(1, 2)\n(2, 3)\n")


@every_exercise
@pytest.mark.parametrize(
    "junk",
    ["None", "3", "np.array(3)", "'ab'", "[[1, 2], [3]]", "[None]", "{}", "np.nan", "object()",
     "[[], []]", "((np.zeros(3), np.zeros(3)), (np.zeros(1), np.zeros(1)))", "[np.zeros(2), np.ones(2)]",
     "[[0, 1], [1, 2], 3] * 2", "dict(A=[], B={}, C=None, D=print)", "np"],
)  # fmt: skip
def test_no_result_breaks_the_checker(name, junk):
    reply = check(write(name, f"return {junk}"))
    assert reply.kind == "not attempted" if junk == "None" else reply.kind.startswith("wrong")


def of_objects(result, entry):
    """Put an object into each place of every array and number of a result."""
    if isinstance(result, (tuple, list)):
        return [of_objects(each, entry) for each in result]
    made = np.empty(np.shape(result), dtype=object)
    for place in np.ndindex(made.shape):
        made[place] = entry
    return made


@every_exercise
@pytest.mark.parametrize("entry", [np.zeros(2), [1, 2], Fraction(1, 3)])
def test_no_array_of_objects_breaks_the_checker(name, entry):
    """Arrays in an array say neither True nor False when they are compared."""
    reference = EXERCISES[name].reference
    reply = check(named(lambda *args: of_objects(reference(*args), entry), name))
    works_in_its_arguments = name == "sgd_update"
    assert reply.kind.startswith("right" if works_in_its_arguments else "wrong"), repr(reply)


def test_arrays_in_an_array_are_answered_by_what_is_wrong_and_text_by_its_name():
    rows = "rows = images.reshape(len(images), -1)\n"
    means = "np.array([rows[labels == k].mean(axis=1) for k in range(10)], dtype=object)"
    reply = check(write("class_means", f"{rows}return {means}"))
    assert "that is one number for each image" in reply.text
    reply = check(write("one_hot", "return (labels[:, None] == np.arange(classes)).astype(str)"))
    assert "Numbers are wanted, in an array, and an array of text came." in reply.text


@pytest.mark.parametrize("shape", [(), (3,), (3, 2)])
def test_arrays_in_an_array_are_compared_one_by_one(shape):
    zeros = np.zeros(shape)
    one, same, another = (of_objects(zeros, np.full(2, entry)) for entry in (0.0, 0.0, 1.0))
    assert matches(one, same)
    assert not matches(one, another)
    assert not matches(zeros, one)
    assert not identical(zeros, one)


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
        "while True: yield z",
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
    with pytest.raises(TypeError, match=r"no exercise is called 'my_sofmax'; .* my_softmax,"):
        check(named(functions.softmax, "sofmax"))


# Hints and solutions


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def well_formed(html):
    """Assert that every tag is closed in its place, and return the text between them."""
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags.text


@every_exercise
def test_hints_come_one_by_one_and_the_last_stays(name):
    stub, hints = write(name, "..."), EXERCISES[name].hints
    wanted = [f"Hint {i} of {len(hints)}: {hint}" for i, hint in enumerate(hints, start=1)]
    given = [exercises.hint(stub) for _ in range(len(hints) + 2)]
    assert given == [*wanted, wanted[-1], wanted[-1]]
    assert repr(given[0]) == given[0]


@every_exercise
def test_the_solution_is_the_librarys_own_source_without_its_docstring(name):
    exercise = EXERCISES[name]
    shown = exercises.solution(write(name, "..."))
    own = ast.parse(textwrap.dedent(inspect.getsource(exercise.shown))).body[0]
    [definition] = ast.parse(shown).body
    statements = [ast.dump(each) for each in own.body]
    assert definition.name == own.name
    assert [ast.dump(each) for each in definition.body if ast.dump(each) not in statements] == []
    assert ast.dump(definition.body[-1]) == statements[-1]
    assert ast.get_docstring(definition) is None
    assert not any(isinstance(each, ast.Raise) for each in ast.walk(definition))
    arguments = [each for each in ast.walk(definition) if isinstance(each, ast.arg)]
    assert not any(each.annotation for each in arguments)
    assert definition.returns is None
    assert repr(shown) == shown
    folded = exercises.folded(write(name, "..."))
    assert repr(folded) == f"{len(exercise.hints)} hints and the solution, folded"
    html = folded._repr_html_()
    assert html.count("<details>") == len(exercise.hints) + 1
    text = well_formed(html)
    assert shown in text
    assert all(hint.replace("`", "") in text for hint in exercise.hints)


IMPORTS = {
    lesson.number: [
        ast.unparse(statement)
        for _, tree in lesson.trees
        for statement in tree.body
        if isinstance(statement, (ast.Import, ast.ImportFrom))
    ]
    for lesson in all_lessons()
}


@every_exercise
def test_the_solution_pasted_into_its_lesson_is_right(name):
    """It names nothing but what the lesson imports."""
    source = exercises.solution(write(name, "..."))
    [definition] = ast.parse(source).body
    given = [part.partition("=")[0] for part in arguments(name).split(", ") if part]
    call = f"return {definition.name}({', '.join(f'{each}={each}' for each in given)})"
    [number] = [number for number, lesson in LESSONS.items() if EXERCISES[name] in lesson]
    space = {}
    exec("\n".join(IMPORTS[number]), space)
    assert check(write(name, f"{source}\n{call}", **space)).kind == "right"


@every_exercise
def test_no_solution_names_a_private_helper(name):
    tree = ast.parse(exercises.solution(write(name, "...")))
    names = [each.id for each in ast.walk(tree) if isinstance(each, ast.Name)]
    names += [each.attr for each in ast.walk(tree) if isinstance(each, ast.Attribute)]
    assert [each for each in names if each.startswith("_") and each != "_"] == []


@every_exercise
def test_a_solution_uses_every_name_it_sets(name):
    tree = ast.parse(exercises.solution(write(name, "...")))
    assigned = [each.targets[0] for each in ast.walk(tree) if isinstance(each, ast.Assign)]
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    used = {each.id for each in names if isinstance(each.ctx, ast.Load)}
    assert {each.id for each in assigned if isinstance(each, ast.Name)} <= used


def test_folded_text_is_escaped(monkeypatch):
    def smaller(a):
        return a & 1 < 2

    exercise = replace(EXERCISES["softmax"], reference=smaller, hints=("<b> & c",))
    monkeypatch.setitem(EXERCISES, "smaller", exercise)
    html = exercises.folded(smaller)._repr_html_()
    assert "<p>&lt;b&gt; &amp; c</p>" in html
    assert "return a & 1 < 2" in well_formed(html)
    assert "< 2" not in html
    well_formed(html)


# Keeping

ALL_YOURS = "the library's: nothing, all of the network is yours"
COUNTING = "np.calls = getattr(np, 'calls', []) + ['{}']\n"


def short_run():
    rng = np.random.default_rng(7)
    images = rng.integers(0, 256, (60, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 60).astype(np.uint8)
    batches = training.minibatches(60, 20, rng=rng, epochs=3)
    parameters = network.initialise(rng, hidden=8)
    _, history = training.train(
        network, parameters, (images, labels), batches, learning_rate=0.1, momentum=0.5, every=3,
        monitor={"training": (images, labels)},
    )  # fmt: skip
    squared, slopes = network.gradients(
        parameters, data.scale(images), data.one_hot(labels), "squared error"
    )
    return [*history.batch_loss, *history.loss("training"), squared, *slopes.db1, *slopes.db2]


def test_kept_functions_take_the_librarys_place_here_and_in_a_new_process(monkeypatch):
    monkeypatch.setattr(np, "calls", [], raising=False)
    assert " ".join(HOMES) == (
        "one_hot sigmoid softmax softmax_backward log_softmax cross_entropy "
        "layer_gradients hidden_gradient sgd_update"
    )
    wanted = short_run()
    assert mine() == "yours:         none yet\nthe library's: " + ", ".join(HOMES)
    replies = keep(*[write(name, COUNTING.format(name) + right(name)[0]) for name in HOMES])
    assert repr(replies).splitlines() == [
        f"my_{name}: right. {exercise.notice} From here on it is {exercise.home.__name__}.{name}."
        for name, exercise in HOMES.items()
    ]
    np.calls = []
    np.testing.assert_allclose(short_run(), wanted, rtol=1e-10)
    assert set(np.calls) == set(HOMES)
    for exercise in HOMES.values():
        assert check(named(exercise.reference, exercise.name)).kind == "right"

    everything = f"yours:         {', '.join(HOMES)}\n{ALL_YOURS}"
    assert mine() == everything
    np.calls = []
    np.testing.assert_allclose(short_run(), wanted, rtol=1e-10)
    assert set(np.calls) == set(HOMES)
    lines = ["import numpy as np; from tests.course import test_exercises as t", "print(t.mine())",
             "print(set(np.calls) == set(t.HOMES))", "print(*t.short_run())"]  # fmt: skip
    here = Path(__file__).parents[2]
    lines.insert(2, "np.calls = []; t.short_run()")
    fresh = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=here, text=True,
                           capture_output=True, timeout=60, check=True)  # fmt: skip
    *said, counted, numbers = fresh.stdout.splitlines()
    assert ("\n".join(said), counted) == (everything, "True")
    np.testing.assert_allclose([float(x) for x in numbers.split()], wanted, rtol=1e-10)


def kept_file():
    return Path(os.environ["MNISTLIB_MINE"])


def progress_file():
    return kept_file().with_name("progress.json")


def names_in(folder):
    """Return the names of the files in a folder, without the locks."""
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def test_a_wrong_answer_is_not_kept():
    for body in unexplained("softmax"):
        answer = write("softmax", body)
        assert f"my_softmax: {check(answer).kind}." in keep(answer)
    for mistake in EXERCISES["softmax"].mistakes:
        assert "kept" not in keep(as_function_of_a_reader("softmax", mistake.code))
    assert functions.softmax is EXERCISES["softmax"].reference
    assert names_in(kept_file().parent) == {"progress.json"}


def test_keeping_again_replaces_and_leaves_the_others():
    keep(write("sigmoid", right("sigmoid")[0]))
    keep(write("softmax", right("softmax")[0]))
    keep(write("softmax", right("softmax")[1]))
    text = kept_file().read_text()
    assert [node.name for node in ast.parse(text).body[1:]] == ["my_sigmoid", "my_softmax"]
    assert right("softmax")[0] not in text
    assert names_in(kept_file().parent) == {"mine.py", "progress.json"}
    assert mine().splitlines()[0] == "yours:         sigmoid, softmax"


def test_what_the_network_does_not_use_is_not_kept():
    message = keep(write("class_bias", right("class_bias")[0]))
    assert message.startswith("my_class_bias: right.")
    assert message.endswith("The network does not use it, so it is not kept.")
    assert not kept_file().exists()


def test_what_leans_on_the_notebook_is_not_kept():
    message = keep(write("softmax", "return helper(z)", helper=functions.softmax))
    assert message.startswith("my_softmax: right.")
    assert (
        "it is not kept, because it depends on your notebook. On its own, my_softmax: raises."
        in message
    )
    assert "name 'helper' is not defined" in message
    assert message.endswith("Put everything it needs inside the function, imports too.")
    assert functions.softmax is EXERCISES["softmax"].reference
    assert not kept_file().exists()


def test_what_cannot_be_written_is_not_kept(monkeypatch, tmp_path, capfd):
    answer = write("softmax", right("softmax")[0])
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "disk full")))
    assert (
        "But it could not be kept: "
        f"{tmp_path / 'mine.py'} cannot be used: disk full. Mend that, or set the environment "
        "variable MNISTLIB_MINE to a file in a folder that you can write to."
    ) in keep(answer)
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "no" / "such" / "folder.py"))
    assert "folder.py cannot be used: No such file or directory. Mend that" in keep(answer)
    assert functions.softmax is EXERCISES["softmax"].reference
    assert names_in(tmp_path) == set()
    printed = capfd.readouterr().out.splitlines()
    assert [line.partition(" cannot be used: ")[2].partition(".")[0] for line in printed] == [
        "disk full", "No such file or directory"
    ]  # fmt: skip


def of_a_lambda():
    function = write("softmax", right("softmax")[0])
    source = "my_softmax = lambda z: np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])\n"
    linecache.cache["<lambda>"] = (len(source), None, [source], "<lambda>")
    space = {"np": np}
    exec(compile(source, "<lambda>", "exec"), space)
    function = space["my_softmax"]
    function.__name__ = "my_softmax"
    return function


def of_a_lost_cell():
    function = write("softmax", right("softmax")[0])
    linecache.cache.pop(function.__code__.co_filename)
    return function


def of_a_decorator():
    function = np.vectorize(write("softmax", right("softmax")[0]), signature="(n,m)->(n,m)")
    function.__name__ = "my_softmax"
    return function


@pytest.mark.parametrize("make", [of_a_lambda, of_a_lost_cell, of_a_decorator])
def test_what_is_no_plain_function_is_not_kept(make):
    assert keep(make()).endswith(
        "But it could not be kept: it is no plain function whose lines can be found. Write it as "
        "`def my_softmax(...)` in a cell, run that, and keep it again."
    )
    assert functions.softmax is EXERCISES["softmax"].reference
    assert not kept_file().exists()


def test_a_definition_that_leans_on_the_notebook_is_not_kept():
    source = "def my_softmax(z, axis=AXIS):\n    return key(z)\n"
    linecache.cache["<leans>"] = (len(source), None, source.splitlines(keepends=True), "<leans>")
    space = {"AXIS": 1, "key": functions.softmax}
    exec(compile(source, "<leans>", "exec"), space)
    message = keep(space["my_softmax"])
    assert (
        "On its own, my_softmax: raises. NameError: name 'AXIS' is not defined.\nPut everything"
        in message
    )
    assert not kept_file().exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("axis=1", "axis=0", "my_softmax: wrong shape. With z = [[0., 0.]]:"),
        ("np.exp", "np.expp", "my_softmax: raises. With z = [[0., 0.]]:\nAttributeError"),
    ],
)
def test_a_kept_function_that_was_spoilt_is_left_out_and_said(old, new, words):
    keep(write("one_hot", right("one_hot")[0]))
    keep(write("softmax", right("softmax")[0]))
    text = kept_file().read_text()
    kept_file().write_text(text.replace(old, new, 1))
    kept = mine()
    assert kept.startswith("yours:         one_hot\nthe library's: sigmoid, softmax,")
    assert f"\nLeft out, {words}" in kept
    assert functions.softmax is EXERCISES["softmax"].reference


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (b"def my_softmax(z:\n", r"never closed \(mine.py, line 1\)"),
        ("# sch\xf6n".encode("latin-1"), "mine.py is no text in UTF-8. Save it as such"),
        (b"# coding: latin-1\n# sch\xf6n", "mine.py is no text in UTF-8. Save it as such"),
        ("import numpy as np".encode("utf-16"), "mine.py is no text in UTF-8. Save it as such"),
        (b"def my_softmax(z=nothing): pass", "name 'nothing' is not defined"),
        (b"1 / 0", "division by zero"),
    ],
)
def test_a_file_that_does_not_run_is_left_alone_and_python_says_why(spoilt, words):
    keep(write("sigmoid", right("sigmoid")[0]))
    kept_file().write_bytes(spoilt)
    with pytest.raises(Exception, match=words):
        mine()
    message = keep(write("softmax", right("softmax")[0]))
    assert re.search(f"But it could not be kept: (mine.py does not run: .*)?{words}", message)
    if "UTF-8" not in words:
        assert message.endswith(
            " mine() shows the line. Mend it, or delete the file and keep your functions again."
        )
    assert functions.softmax is EXERCISES["softmax"].reference
    assert kept_file().read_bytes() == spoilt


def test_what_else_the_reader_writes_into_the_file_stays_and_serves():
    keep(write("softmax", right("softmax")[0]))
    kept_file().write_text(
        kept_file().read_text() + "\n\n# mine\ndef helper(z):\n    return np.logaddexp(0, -z)\n\n\n"
        "@np.errstate(over='ignore')\ndef my_sigmoid(z):\n    return np.exp(-helper(z))\n"
        "from mnistlib.functions import log_softmax\n"
    )
    assert mine().startswith("yours:         sigmoid, softmax\n")
    assert functions.sigmoid(np.array([-1000.0])) == 0
    keep(write("softmax", right("softmax")[1]))
    keep(write("one_hot", right("one_hot")[0]))
    assert "# mine\ndef helper(z):\n" in kept_file().read_text()
    assert mine().startswith("yours:         one_hot, sigmoid, softmax\n")
    kept_file().unlink()
    assert mine().startswith("yours:         none yet\n")
    assert functions.softmax is EXERCISES["softmax"].reference


def test_a_helper_named_as_an_exercise_stays_and_serves_what_is_kept():
    helper = "def softmax(z):\n    " + right("softmax")[0]
    backward = (
        f"def my_softmax_backward(p, dp):\n    softmax(dp)\n    {right('softmax_backward')[1]}"
    )
    kept_file().write_text(f"import numpy as np\n\n\n{helper}\n\n\n{backward}\n")
    assert mine().startswith("yours:         softmax, softmax_backward\n")
    keep(write("softmax", right("softmax")[1]))
    assert helper in kept_file().read_text()
    assert mine().startswith("yours:         softmax, softmax_backward\n")
    assert functions.softmax.__name__ == "my_softmax"


def test_of_two_answers_that_without_my_before_its_name_gives_way():
    """All editions have kept it so where a reader had left it out."""
    bare = "def softmax(z):\n    " + right("softmax")[0] + "\n"
    own = "def my_softmax(z):\n    return z\n"
    linecache.cache["<bare>"] = (len(bare), None, bare.splitlines(keepends=True), "<bare>")
    space = {"np": np}
    exec(compile(bare, "<bare>", "exec"), space)
    for before in ("", bare, own, bare + own, own + bare):
        kept_file().write_text(f"import numpy as np\n\n\n{before}")
        assert "From here on it is mnistlib.functions.softmax." in keep(space["softmax"])
        names = [node.name for node in ast.parse(kept_file().read_text()).body[1:]]
        assert names == ["softmax"]
        assert mine().startswith("yours:         softmax\n")


def test_a_page_break_in_the_file_moves_no_line():
    before = "# one\x0c two\u2028three\nimport numpy as np\n"
    after = "A = 1  # mine\n"
    kept_file().write_text(f"{before}def my_softmax(z):\n    return z\n{after}", encoding="utf-8")
    keep(write("softmax", right("softmax")[0]))
    text = kept_file().read_text(encoding="utf-8")
    assert text.startswith(f"{before}{after}\n\ndef my_softmax(z):\n")


def test_a_cell_of_a_notebook_can_be_kept():
    cells = [
        "import numpy as np\nfrom course.exercises import keep",
        "def my_softmax(z):\n    " + right("softmax")[0],
        "print(repr(keep(my_softmax)))",
    ]
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in {cells!r}:
    shell.run_cell(cell, store_history=True).raise_error()
"""
    environment = {**os.environ, "IPYTHONDIR": str(kept_file().parent / "ipython")}
    ran = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True,
                         timeout=60, check=True, env=environment)  # fmt: skip
    assert "From here on it is mnistlib.functions.softmax." in ran.stdout
    assert mine().startswith("yours:         softmax\n")


# The mystery curves


def test_the_mystery_curves_show_what_the_hints_say():
    mnist = data.load()
    histories = mystery_curves.mystery_curves(mnist.train_images, mnist.train_labels)
    key = lesson_04.name_the_faults()
    assert list(histories) == list(key) == list("ABCD")
    assert key == {letter: recipe.fault for letter, recipe in mystery_curves.RECIPES.items()}
    train, held = (
        {key[k]: history.loss(part) for k, history in histories.items()}
        for part in ("training", "validation")
    )
    chance = np.log(10)
    for fault in ("overfitting", "labels mixed up"):
        assert train[fault][-1] < 0.1  # falls to nothing
    assert held["overfitting"].min() < 0.8 * chance  # better than knowing nothing, then worse
    assert held["overfitting"][-1] > 1.05 * held["overfitting"].min()
    assert held["labels mixed up"].min() > 0.95 * chance
    assert held["labels mixed up"][-1] > 1.5 * chance
    assert max(train["rate too large"]) > 1.5 * chance  # leaps far above ln 10
    assert (np.diff(train["rate too large"]) > 0).mean() > 0.2  # jumps about
    assert (np.diff(train["rate too small"]) < 0.01).all()  # has hardly begun
    assert 0.5 * chance < train["rate too small"][-1] < train["rate too small"][0]


# What outlives a notebook


def test_one_reply_says_what_is_kept_and_what_is_not():
    answers = [
        write("one_hot", right("one_hot")[0]), write("softmax", "return z"), write("sigmoid", "...")
    ]  # fmt: skip
    message = keep(*answers)
    first, *others = [check(answer) for answer in answers]
    own = f"{first!r} From here on it is mnistlib.data.one_hot."
    assert repr(message) == str(message) == "\n".join([own, *map(repr, others)])
    shown = message._repr_html_()
    assert shown.count("<p ") == 3
    assert shown.endswith("\n".join(reply._repr_html_() for reply in others))
    well_formed(shown)
    assert mine().startswith("yours:         one_hot\n")


def test_an_unknown_name_among_several_keeps_none():
    with pytest.raises(TypeError, match="no exercise"):
        keep(write("one_hot", right("one_hot")[0]), named(functions.softmax, "sofmax"))
    assert not kept_file().exists()


@pytest.mark.parametrize("nowhere", ["", os.devnull])
def test_without_a_file_nothing_is_written_and_keeping_holds_for_this_notebook(
    monkeypatch, nowhere, tmp_path
):
    monkeypatch.setenv("MNISTLIB_MINE", nowhere)
    monkeypatch.chdir(tmp_path)
    device = os.stat(os.devnull).st_mode
    answer = write("softmax", right("softmax")[0])
    assert "From here on it is mnistlib.functions.softmax." in keep(answer)
    assert functions.softmax is answer
    assert progress().endswith(f"· open {len(EXERCISES)}")
    assert list(tmp_path.iterdir()) == []
    assert os.stat(os.devnull).st_mode == device
    assert mine().startswith("yours:         none yet")


def test_the_file_may_have_another_name(monkeypatch, tmp_path):
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "own.py"))
    keep(write("softmax", right("softmax")[0]))
    assert names_in(tmp_path) == {"own.py", "progress.json"}
    assert mine().startswith("yours:         softmax\n")


@pytest.mark.parametrize("folder", [".", "answers", "answers/"])
def test_a_folder_in_the_place_of_the_file_is_said(monkeypatch, tmp_path, folder):
    monkeypatch.chdir(tmp_path)
    Path(folder).mkdir(exist_ok=True)
    monkeypatch.setenv("MNISTLIB_MINE", folder)
    message = keep(write("softmax", right("softmax")[0]))
    assert f"But it could not be kept: {Path(folder)} is no regular file. Move it away," in message
    assert progress().splitlines()[-1].startswith("✓ right 1")


def test_what_was_imported_by_name_or_bound_before_stays_the_librarys():
    space = {}
    exec("from mnistlib.functions import softmax\nfrom mnistlib import functions\n"
         "def bound(z, softmax=functions.softmax): return softmax", space)  # fmt: skip
    library, answer = functions.softmax, write("softmax", right("softmax")[0])
    keep(answer)
    assert space["softmax"] is library
    assert space["bound"](0) is library
    assert space["functions"].softmax is answer


FIRST_EDITION = """# Your own functions, kept by course.exercises.

import numpy as np


def my_sigmoid(x):
    e = np.exp(-abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def my_softmax(z):
    e = np.exp(z - z.mean(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def my_sgd_update(parameters, gradients, velocity, learning_rate, momentum):
    for w, g, v in zip(parameters, gradients, velocity):
        v *= momentum
        v += g
        w -= learning_rate * v
"""


def test_a_first_editions_file_still_works_and_what_it_let_through_is_said():
    kept_file().write_text(FIRST_EDITION)
    lines = mine().splitlines()
    assert lines[0] == "yours:         sigmoid, sgd_update"
    assert lines[2].startswith("Left out, my_softmax: unstable. It is right for ordinary numbers")
    assert "Above which number" in lines[-1]
    keep(write("one_hot", right("one_hot")[0]))
    assert mine().startswith("yours:         one_hot, sigmoid, sgd_update\n")


def test_progress_tells_right_from_tried_from_open():
    assert progress().splitlines()[1].startswith("01  · label_header   · one_hot   · split")
    check(write("one_hot", "..."))
    assert not progress_file().exists()
    check(write("one_hot", "return labels"))
    check(write("softmax", right("softmax")[0]))
    check(write("softmax", "return z"))  # right once stays right
    lines = progress().splitlines()
    assert all(len(line) <= 70 for line in lines)
    assert [line[:2] for line in lines[:-1] if line[:2] != "  "] == [*LESSONS]
    assert "○ one_hot" in lines[1]
    assert "✓ softmax   · softmax_backward" in str(progress())
    shown = well_formed(progress()._repr_html_())
    assert all(name in shown for name in EXERCISES)
    assert lines[-1] == f"✓ right 1   ○ tried 1   · open {len(EXERCISES) - 2}"
    progress_file().unlink()
    assert progress().endswith(f"· open {len(EXERCISES)}")


@pytest.mark.parametrize(
    "damaged",
    [b"{", b"[]", b'{"softmax": 3}', b'{"softmax": []}', b"\xff", b"[" * 100_000, b"null", b"7",
     b'{"softmax": {"right": 1}}', b'{"softmax": null}', bytes(range(256)) * 40],
)  # fmt: skip
def test_a_damaged_file_of_progress_is_said_and_set_aside(damaged, capfd):
    keep(write("sigmoid", right("sigmoid")[0]))
    progress_file().write_bytes(damaged)
    warning = "progress.json was damaged: now it is {}, and a new one is begun.\n"
    assert check(write("softmax", right("softmax")[0])).kind == "right"
    assert capfd.readouterr().out == warning.format("progress-damaged.json")
    assert progress().endswith(f"✓ right 1   ○ tried 0   · open {len(EXERCISES) - 1}")
    progress_file().write_bytes(b"{")
    check(write("softmax", "..."))
    assert capfd.readouterr().out == warning.format("progress-damaged-2.json")
    progress_file().write_bytes(b"[")
    progress()
    assert capfd.readouterr().out == warning.format("progress-damaged-3.json")
    for name, content in [("", damaged), ("-2", b"{"), ("-3", b"[")]:
        assert progress_file().with_name(f"progress-damaged{name}.json").read_bytes() == content
    assert mine().startswith("yours:         sigmoid\n")


def test_a_damaged_file_that_another_notebook_is_replacing_is_left_to_it():
    progress_file().write_bytes(b"{")
    with ThreadPoolExecutor(1) as pool:
        with store.using(progress_file()):
            waiting = pool.submit(progress)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            progress_file().write_text('{"softmax": "right"}')
        assert waiting.result(timeout=30).splitlines()[-1].startswith("✓ right 1")
    assert names_in(progress_file().parent) == {"progress.json"}


def assert_said_and_stops_nothing(words, capfd):
    """In the place of progress that cannot be used, one line is said."""
    for asked, kind in [
        ("...", "not attempted"),
        ("return z", None),
        (right("softmax")[0], "right"),
    ]:
        reply = check(write("softmax", asked))
        assert reply.kind == kind or kind is None
        assert re.fullmatch(f"[^\n]*{words}[^\n]*\n", capfd.readouterr().out)
    assert "From here on it is" in keep(write("softmax", right("softmax")[0]))
    assert capfd.readouterr().out.count("\n") == 1
    assert progress().endswith(f"· open {len(EXERCISES)}")
    assert re.fullmatch(f"[^\n]*{words}[^\n]*\n", capfd.readouterr().out)


@pytest.mark.parametrize("make", ["mkdir", pytest.param("mkfifo", marks=posix)])
def test_progress_that_is_no_file_is_said(make, capfd):
    getattr(os, make)(progress_file())
    words = r"progress\.json is no regular file\. Move it away, or set the environment variable "
    assert_said_and_stops_nothing(words, capfd)


NOT_ALLOWED = (
    r"progress\.json cannot be used: Permission denied\. Mend that, or set the environment "
)


def refuse(path, *_):
    raise PermissionError(13, "Permission denied", str(path))


def test_progress_that_may_not_be_read_is_said(monkeypatch, capfd):
    progress_file().write_text("{}")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert_said_and_stops_nothing(NOT_ALLOWED, capfd)


def test_damaged_progress_that_cannot_be_set_aside_is_said(monkeypatch, capfd):
    progress_file().write_text("{")
    replace = files.replace
    monkeypatch.setattr(
        files,
        "replace",
        lambda path, text: (replace if path == kept_file() else refuse)(path, text),
    )
    assert_said_and_stops_nothing(NOT_ALLOWED, capfd)
    assert progress_file().read_text() == "{"


@posix
def test_progress_that_a_link_leads_to_stays_there_also_where_it_is_damaged(tmp_path, capfd):
    there = tmp_path / "there" / "far.json"
    progress_file().symlink_to(there)
    check(write("softmax", "return z"))
    assert capfd.readouterr().out.startswith(f"{there} cannot be used: No such file or directory.")
    there.parent.mkdir()
    check(write("softmax", "return z"))
    assert there.exists()
    there.write_text("{")
    check(write("softmax", "return z"))
    assert capfd.readouterr().out.startswith(
        "progress.json was damaged: now it is progress-damaged."
    )
    assert progress_file().with_name("progress-damaged.json").read_text() == "{"
    assert progress_file().is_symlink()
    assert progress().splitlines()[-1].startswith("✓ right 0   ○ tried 1")


def test_progress_that_cannot_be_written_stops_no_check(monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "no" / "mine.py"))
    assert check(write("softmax", right("softmax")[0])).kind == "right"
    assert "progress.json cannot be used: No such file or directory." in capfd.readouterr().out


def test_two_exercises_of_one_name_are_refused(monkeypatch):
    twin = replace(EXERCISES["softmax"], notice="Another.")
    monkeypatch.setattr(lesson_04, "EXERCISES", (*LESSONS["04"], twin))
    with pytest.raises(ValueError, match="two exercises are called 'softmax'"):
        runpy.run_path(exercises.__file__, run_name=exercises.__name__)
    assert sys.modules[exercises.__name__] is exercises


STUBS = {
    f"{source.name}:{node.lineno}: {node.name}": node
    for source in sorted(Path(__file__).parents[2].glob("notebooks/[0-9]*.py"))
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef) and node.name.startswith("my_")
}


@pytest.mark.parametrize("place", STUBS)
def test_each_lesson_asks_with_the_arguments_that_its_exercise_takes(place):
    name = STUBS[place].name.removeprefix("my_")
    assert name in EXERCISES, f"notebooks/{place}: no exercise is called {name!r}"
    takes = arguments(name)
    assert ast.unparse(STUBS[place].args) == takes, f"notebooks/{place}: write ({takes})"


def test_the_settings_to_tune_are_judged_on_validation_and_miss_without_tuning(monkeypatch):
    untuned = {"learning_rate": 0.5, "momentum": 0.0, "epochs": 5}
    assert tuning.reached(untuned)[1] < tuning.TARGET - 0.005
    assert tuning.reached(lesson_04.tune())[1] > tuning.TARGET + 0.003
    monkeypatch.setattr("course.exercises.views.tuning.reached", lambda settings: 1 / 0)
    assert check(write("tune", "...")).kind == "not attempted"  # and nothing was trained


# Nine notebooks at once, and files that others have spoilt

KEEP_ONE = """
import sys, linecache
from course.exercises import keep
name, source = sys.argv[1:]
linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
import numpy as np
space = {"np": np}
exec(compile(source, "<cell>", "exec"), space)
print(repr(keep(space["my_" + name])))
"""


def test_notebooks_that_keep_at_once_lose_nothing(tmp_path):
    """Not even if they have no folder of temporary files in common."""
    running = []
    for name in HOMES:
        source = inspect.getsource(write(name, right(name)[0]))
        command = [sys.executable, "-c", KEEP_ONE, name, source]
        own = tmp_path / "tmp" / name
        own.mkdir(parents=True)
        environment = {**os.environ, "TMPDIR": str(own), "TEMP": str(own), "TMP": str(own)}
        running.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        )
    replies = [process.communicate(timeout=100)[0] for process in running]
    assert all("From here on it is" in reply for reply in replies)
    assert mine() == f"yours:         {', '.join(HOMES)}\n{ALL_YOURS}"
    assert progress().splitlines()[-1].startswith(f"✓ right {len(HOMES)}   ○ tried 0")
    assert names_in(kept_file().parent) == {"mine.py", "progress.json", "tmp"}
    locks = [path for path in kept_file().parent.iterdir() if path.suffix == ".lock"]
    assert {path.name for path in locks} == {".mine.py.lock", ".progress.json.lock"}
    assert all(path.stat().st_size == 0 for path in locks)


def test_nobody_waits_while_another_runs_what_is_kept(monkeypatch):
    """And what another keeps meanwhile is not lost."""
    run = store.run
    runs = []

    def run_while_another_keeps(text):
        runs.append(text)
        with store.using(kept_file()):
            if len(runs) == 2:
                kept_file().write_text("import numpy as np\n\n\nANOTHER = 1\n")
        return run(text)

    monkeypatch.setattr(store, "run", run_while_another_keeps)
    assert "From here on it is" in keep(write("softmax", right("softmax")[0]))
    assert len(runs) == 4
    assert "ANOTHER = 1\n\n\ndef my_softmax(z):" in kept_file().read_text()


def test_where_there_are_no_locks_one_keeps_without(monkeypatch):
    monkeypatch.setattr(store, "wait_for", refuse)
    assert "From here on it is" in keep(write("softmax", right("softmax")[0]))
    assert mine().startswith("yours:         softmax\n")


def test_a_file_without_numpy_gets_its_import_with_the_answer():
    kept_file().write_text("# mine, and nothing else yet\n")
    assert "From here on it is" in keep(write("softmax", right("softmax")[0]))
    text = kept_file().read_text()
    assert text.startswith(
        "# mine, and nothing else yet\n\n\nimport numpy as np\n\n\ndef my_softmax"
    )
    assert mine().startswith("yours:         softmax\n")
    keep(write("sigmoid", right("sigmoid")[0]))
    assert kept_file().read_text().count("import numpy") == 1


def test_an_answer_is_kept_as_the_next_notebook_will_read_it():
    helper = "def helper(z):\n    return np.logaddexp.reduce(z, axis=1)[:, None]\n"
    answer = write("log_softmax", "return z - helper(z)", helper=lambda z: None)
    answer.__globals__["helper"] = eval(
        "lambda z: np.logaddexp.reduce(z, axis=1)[:, None]", {"np": np}
    )
    assert "because it depends on your notebook" in keep(answer)
    kept_file().write_text("import numpy as np\n\n\n" + helper)
    assert "From here on it is mnistlib.functions.log_softmax." in keep(answer)
    assert mine().startswith("yours:         log_softmax\n")
    kept_file().write_text("import numpy as np\n\n\n" + helper.replace("[:, None]", ""))
    functions.log_softmax = EXERCISES["log_softmax"].reference
    assert "because it depends on your notebook" in keep(answer)
    assert functions.log_softmax is EXERCISES["log_softmax"].reference


def test_a_mark_of_the_byte_order_harms_nothing():
    """Windows' editors write one."""
    kept_file().write_text("import numpy as np\n", encoding="utf-8-sig")
    assert "From here on it is" in keep(write("softmax", right("softmax")[0]))
    assert mine().startswith("yours:         softmax\n")
    progress_file().write_text('{"one_hot": "right"}', encoding="utf-8-sig")
    assert progress().splitlines()[-1].startswith("✓ right 1")


@pytest.mark.parametrize("make", ["mkdir", pytest.param("mkfifo", marks=posix)])
def test_what_is_no_file_holds_no_functions(make):
    getattr(os, make)(kept_file())
    words = "mine.py is no regular file. Move it away, or set the environment variable "
    message = keep(write("softmax", right("softmax")[0]))
    assert re.search(f"But it could not be kept: .*{words}", message)
    with pytest.raises(RuntimeError, match=words):
        mine()


def test_a_symbolic_link_stays_one():
    elsewhere = kept_file().with_name("elsewhere.py")
    elsewhere.write_text("import numpy as np\n")
    kept_file().symlink_to(elsewhere)
    keep(write("softmax", right("softmax")[0]))
    assert kept_file().is_symlink()
    assert "def my_softmax" in elsewhere.read_text()


@pytest.mark.parametrize("ending", ["raise SystemExit", "import sys; sys.exit(3)", "quit()"])
def test_a_file_that_ends_python_is_said_and_ends_nothing(ending):
    kept_file().write_text(f"import numpy as np\n{ending}\n")
    with pytest.raises(RuntimeError, match=r"mine\.py ends with SystemExit"):
        mine()
    message = keep(write("softmax", right("softmax")[0]))
    assert "But it could not be kept: mine.py ends with SystemExit" in message


# What a maker can get wrong in a text


GOOD = "Words.\n\n## softmax\n\nhint: One.\nhint: Two.\nnotice: Yes.\n\nz\n    why?\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "## softmax",
            "## sofmax",
            "line 3: no exercise is called 'sofmax'; write the name of one in ",
        ),
        (
            "notice:",
            "Notice:",
            "line 7: Notice: is none of the labels here; write notice: in small",
        ),
        (
            "hint:",
            "hints:",
            "line 5: hints: is none of the labels here; write hint:",
        ),
        (
            "notice:",
            "notcie:",
            "line 7: notcie: is none of the labels here; write notice:",
        ),
        ("z\n", "wihtin:\n", "line 9: wihtin: is none of the labels here; write within:"),
        (
            "z\n",
            "objction is_bad:\nz\n",
            "line 9: objction is_bad: is none of the labels here; write objection is_bad:",
        ),
        (
            "z\n",
            "objection is_bad: why?\nz\n",
            "line 9: write objection is_bad: alone in its line, and its sentence below, indented",
        ),
        (
            "z\n",
            "Tip: divide.\nz\n",
            "line 9: Tip: is none of the labels here; write hint:, notice:, within:, objection NAME:",
        ),
        (
            "z\n",
            "z + ____\n",
            "line 9: write within: alone in the line above the block that has ____",
        ),
        ("z\n", "```\nz + ____\n```\n", "line 11: write within: alone in the line above the block"),
        (
            "notice: Yes.\n",
            "",
            "line 3: softmax has no notice; write notice: and what a right answer",
        ),
        (
            "    why?\n",
            "",
            "line 9: 'z' has no sentence below it; write one, indented by four spaces",
        ),
        ("z\n", "", "line 9: this sentence has no line of code above it that it could answer"),
        (
            "    why?\n",
            "    why?\n\nright:\nz\n    why?\n",
            "line 14: an answer below right: needs no sentence; write code at the line's begin",
        ),
        (
            "    why?\n",
            "    why?\n\nright: z\n",
            "line 12: write right: alone in its line, and the",
        ),
        (
            "    why?\n",
            "    why?\nright:\n\nz\n",
            "line 11: right: has no answer below it; write one",
        ),
        ("z\n", "```\nz\n", "this block is never closed; write ``` alone in a line below its code"),
        (
            "z\n",
            "objection is_bad:\nz\n",
            "softmax has no predicate called 'is_bad'; write the name of",
        ),
        (
            "z\n",
            "within:\n```\nz\n```\nz\n",
            "this block has no ____ for the lines below it to stand",
        ),
        (
            "z\n",
            "## softmax\nhint: A.\n",
            "line 9: ## softmax stands twice: put both parts into one",
        ),
    ],
)
def test_what_cannot_be_read_in_a_text_is_said_with_its_line_and_a_way_out(
    tmp_path, old, new, words
):
    file = tmp_path / "lesson_02.txt"
    bare = replace(EXERCISES["softmax"], hints=(), notice="", mistakes=())
    file.write_text(GOOD)
    assert texts.with_words((bare,), file)[0].mistakes == (("z", "why?"),)
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(texts.TextError) as raised:
        texts.with_words((bare,), file)
    assert words in str(raised.value)
    assert str(raised.value).startswith("lesson_02.txt")


def test_an_error_in_other_words_is_like_another_in_kind_alone():
    def outcome(error):
        return Outcome(None, error, (), "")

    one, reworded, other = map(
        outcome, ("ValueError: 2 rows", "ValueError: 3 rows", "TypeError: 2")
    )
    assert one.is_like(reworded, exact=False, in_kind=True)
    assert not one.is_like(reworded, exact=False)
    assert not one.is_like(other, exact=False, in_kind=True)
