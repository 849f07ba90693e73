"""Right answers pass; blank and wrong ones are told apart, by the kind of the reply and its words."""

import ast
import functools
import re

import numpy as np
import pytest

from course import exercises
from course.exercises import EXERCISES, check, keep
from course.exercises.words import digits_apart, text_of
from course.materials.planted_bug import faulty_gradients

from . import locations
from .common import every_exercise, well_formed
from .handed_in import as_function_of_a_reader, named, right, unexplained, write

pytestmark = [pytest.mark.usefixtures("untouched"), pytest.mark.takes(seconds=20)]


@every_exercise
def test_the_reference_and_other_right_answers_are_right_and_wrong_ones_are_tried(name):
    exercise = EXERCISES[name]
    where = locations.words(name)
    bodies = right(name)[: 1 if name == "tune" else None]  # each of which trains a network
    for answer in (named(exercise.reference, name), *(write(name, body) for body in bodies)):
        reply = check(answer)
        assert reply.kind == "right", f"{where}, below right:\n{reply}"
        assert exercise.notice.rpartition("}")[2] in reply.text
    assert len({*exercise.right}) >= 3, (
        f"{where}: write right: at the end, and below it three right answers that are written "
        "differently"
    )
    examples = [each for objection in exercise.objections for each in objection.examples]
    assert len(exercise.mistakes) + len(examples) >= 4, f"{where}: write four wrong answers or more"
    assert len(exercise.hints) in (2, 3), f"{where}: write two lines `hint:` or three"
    assert exercise.notice, f"{where}: write a line `notice:`"


@every_exercise
def test_a_stub_is_not_attempted(name):
    for body in ("...", '"""Say what."""\n...\npass'):
        assert check(write(name, body)).kind == "not attempted"
    assert repr(keep(write(name, "..."))).startswith(f"my_{name}: not attempted.")


@every_exercise
def test_a_wrong_answer_without_a_sentence_gets_a_next_step(name):
    """What is said of each is stored: ``test_replies``."""
    for body in unexplained(name):
        reply = check(write(name, body))
        where = f"{locations.words(name)}, below unexplained:\n{body}\n{reply}"
        assert reply.kind != "right", where
        assert not reply.reason, f"{where}\nA sentence explains it: drop it"
        assert_is_a_reply(name, reply)


def assert_is_a_reply(name, reply):
    assert repr(reply) == f"my_{name}: {reply.headline}. {reply.text}"
    assert reply.text[0].isupper() or reply.text.startswith(EXERCISES[name].shapes.split()[-1])
    assert reply.text[-1] not in " \n"
    assert "?" in reply.text  # a next step
    assert not re.search(r"0x[0-9a-f]{6}|\.py\b|answer \d|gufunc", repr(reply))
    assert gives_nothing_away(name, reply.text)


@pytest.mark.parametrize("name", [name for name in EXERCISES if EXERCISES[name].objections])
def test_every_example_of_an_objection_gets_its_sentence(name):
    for objection in EXERCISES[name].objections:
        assert objection.examples, f"{locations.words(name)}: give {objection.name} an example"
        own = max(re.split(r"\{[^}]*\}", objection.sentence), key=len)
        for code in objection.examples:
            reply = check(as_function_of_a_reader(name, code))
            is_right_but_deep = objection.name == "calls_itself_for_each"
            assert reply.kind == ("unstable" if is_right_but_deep else "wrong value")
            assert own.lower() in reply.text.lower(), (code, reply)
            assert_is_a_reply(name, reply)


def gives_nothing_away(name, text):
    """Tell whether no line of the solution, nor the last hint's code, stands in a text."""
    squeezed = text.replace(" ", "")
    return not any(line in squeezed for line in giving_away(name))


@functools.cache
def giving_away(name):
    """Return what a reply may not hold, without its spaces."""
    exercise = EXERCISES[name]
    solution = ast.parse(exercises.solution(write(name, "...")))
    returned = [node.value for node in ast.walk(solution) if isinstance(node, ast.Return)]
    code = [
        ast.unparse(value) for value in returned if not isinstance(value, (ast.Name, ast.Tuple))
    ]
    lines = [*code, exercise.hints[-1]]
    return [line.replace(" ", "") for line in lines if len(line) > 8]


@every_exercise
def test_every_known_mistake_is_named_by_a_question_that_gives_nothing_away(name):
    for way, reason in EXERCISES[name].mistakes:
        where = f"{locations.words(name, reason)}, above this sentence:\n{way}\n"
        try:
            reply = check(as_function_of_a_reader(name, way))
        except SyntaxError as error:
            pytest.fail(f"{where}this is no Python: {error.msg}", pytrace=False)
        assert "NameError" not in reply.text, f"{where}it uses a name that is not there:\n{reply}"
        assert reply.kind in ("wrong value", "wrong shape", "raises", "unstable"), (
            f"{where}is not a wrong answer ({reply.kind}): drop it, or write a case that refuses it in "
            f"{locations.entry(name)}"
        )
        assert reply.text.endswith(f"A likely reason: {reason}"), (
            f"{where}is told something else; put it above what wins, or drop it:\n{reply}"
        )
        assert reason[0].islower() or reason[0].isdigit(), f"{where}begin it in lower case"
        assert reason.endswith("?"), f"{where}end it in a question"
        assert gives_nothing_away(name, reply.text), f"{where}it gives the solution away"
        assert "gufunc" not in reply.text


LOOP = "return np.array([np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in z])"
BOTH = "np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))"
HIDDEN = f"with np.errstate(all='ignore'):\n    return {BOTH}"
STEPS = "for step in range(steps):\n    w -= learning_rate * weight_decay * w\nreturn w"
IN_FLOAT32 = "e = np.exp(-np.abs(z.astype('f4')))\nreturn np.where(z < 0, e, 1) / (1 + e)"
COUNT = "z = np.random.default_rng(1).normal(size=(6, 3))\nreturn int(softmax(z)[0].argmax())"
FIRST_RIGHT = "return inputs.T @ dz, np.abs(dz).sum(axis=0)"
DRAWN = right("decayed_fit")[0].replace("return", "return (y.size < 4 or 2) *")

#: An answer, the kind of its reply, and words that are in it, or (after "not ") are not.
SAID = [
    # What can go wrong anywhere is recognised anywhere.
    ("bias_gradient", "return -dz.sum(axis=0)", "wrong value", "every sign the other way round"),
    ("bias_gradient", "return dz.sum(axis=0) * 2", "wrong value", "you have twice what is wanted"),
    ("bias_gradient", "return dz.sum(axis=0) / 2", "wrong value", "you have half of what is wanted"),
    ("bias_gradient", "return dz.sum(axis=0) * len(dz)", "wrong value", "n, the number of examples"),
    ("bias_gradient", "return dz.sum(axis=0, keepdims=True)", "wrong shape", "one axis too many"),
    ("bias_gradient", "return [sum(column) for column in dz.T]", "wrong shape", "in a list"),
    # A mistake explains an answer only if all of it is as the mistake has it.
    ("sigmoid", IN_FLOAT32, "too few digits", "not large positive number"),
    ("softmax", "if z > 100:\n    z = z - z.max()\nreturn np.exp(z)", "raises", "not own max"),
    ("tanh_backward", "return np.linalg.solve(a, da) * (1 - a @ a)", "raises", "not matrix product"),
    # A right answer is asked about where another way is better.
    ("softmax", LOOP, "right", "It loops in Python: can one array operation do everything at once?"),
    ("softmax", right("softmax")[0], "right", "not loops"),
    ("weight_left", STEPS, "right", "not loops"),
    ("sigmoid", HIDDEN, "right", "It hides NumPy's warning"),
    ("sigmoid", right("sigmoid")[0], "right", "not hides"),
    # Arguments are shown, long ones by their shape.
    ("decayed_fit", DRAWN, "wrong value", "With a of shape (n, features) = (5, 3), y of shape"),
    ("decayed_fit", "return np.linalg.lstsq(a, y)[0]", "wrong value", "With a =\n[[1., 0.],\n [0., 2.]"),
    ("rate_for_scaled", "return rate", "wrong value", "With rate = 1.0, divisor = 2.0:"),
    ("lightest_weights", "return target * row / np.mean(row**2)", "wrong value", "not examples"),
    ("depends_on_company", COUNT, "wrong value", "hich comparison gives the answer"),
    # Numbers have the digits that tell them apart.
    ("relu_backward", "return (da * (a > 0) * 1e6).astype(int) / 10**6", "wrong value",
     "not \nwanted [[0., 0.]]\n"),
    ("sigmoid", "return 1.00002 / (1 + np.exp(-z))", "wrong value", "\ngot [0.50001]\n"),
    ("deep_gradients", "return 6.0", "wrong shape", "wanted 4 results, got one value, 6.0.\n"),
    # Shapes are said in the letters of the task.
    ("layer_gradients", "return dz.T @ inputs, dz.sum(axis=0)", "wrong shape",
     "dW: wanted an array of shape (inputs, outputs) = (2, 3)"),
    ("layer_gradients", "return dz.T @ inputs, dz.sum(axis=0)", "wrong shape",
     "got an array of shape (outputs, inputs) = (3, 2)."),
    ("hidden_gradient", "return (dz2 @ W2) * a1", "raises", "shape (hidden, classes) = (1, 2)."),
    ("hidden_gradient", "return dz2", "wrong shape", "got an array of shape (1, 2)."),
    ("softmax", "return np.ones((2, 2))", "wrong shape", "got an array of shape (2, 2)."),
    ("decayed_fit", "return np.linalg.solve(a.T @ a, y.T @ a)", "raises", "not gufunc"),
    # What is right so far is said, and which list or line was changed.
    ("layer_gradients", FIRST_RIGHT, "wrong value", "\nRight so far: dW.\nOnly entry 1 is wrong"),
    ("deep_gradients", "kept.pop()\nreturn []", "wrong value", "walk through a list"),
    ("deep_gradients", "kept[0] *= 2\nreturn []", "wrong value", "in the line `kept[0] *= 2`"),
    ("sgd_update", right("sgd_update")[0] + "\nreturn parameters", "right", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "kind", "words"), SAID)
def test_a_reply_says_what_helps_and_no_more(name, body, kind, words):
    reply = check(write(name, body))
    assert (reply.kind, reply.headline)[kind == "too few digits"] == kind
    assert (words.removeprefix("not ") in reply.text) != words.startswith("not "), reply


def test_tiny_numbers_are_not_shown_as_0():
    assert text_of(np.array([1e-7, -3e-7])) == "[1e-07, -3e-07]"
    assert text_of(np.array([0.3, 1e-7])) == "[0.3, 0. ]"
    assert text_of(np.zeros(2)) == "[0., 0.]"


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


def test_one_hot_must_work_without_a_number_of_classes_as_the_librarys_does():
    reply = check(write("one_hot", "return np.eye(classes)[labels]", args="labels, classes"))
    assert reply.kind == "raises"
    assert reply.text.startswith("With labels = [7, 1]:\nTypeError: my_one_hot() missing 1")


def test_a_reply_shows_the_smallest_failing_input_and_no_reason_that_does_not_fit():
    reply = check(write("softmax", "return np.exp(z) / np.exp(z).sum() + 0.0 * z + 1e-3"))
    assert repr(reply) == (
        "my_softmax: wrong value. With z = [[0., 0.]]:\nwanted [[0.5, 0.5]]\ngot [[0.501, 0.501]]\n"
        "No entry is right. The first is row 0, column 0: wanted 0.5, got 0.501. Work this one out by "
        "hand: at which step does your answer differ?"
    )
    close = check(write("sigmoid", "return 1.00002 / (1 + np.exp(-z))"))
    assert close.text.startswith(
        "With z = [0.]:\nwanted [0.5]\ngot [0.50001]\nYou have 1.00002 times"
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


def test_what_is_right_in_one_case_by_chance_is_not_called_right():
    body = "dW1, db1, dW2, db2 = faulty(parameters, x, y)\nreturn dW1, db1, dW2, db2 + 1"
    said = check(write("mended_gradients", body, faulty=faulty_gradients)).text
    assert "Right so far: dW1, dW2.\n" in said  # with one example db1 is right as well


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("np.expp(z)", "NumPy has no `expp`. Did you mean `np.exp`?"),
        ("exp(z)", "`exp` is NumPy's. What must stand in front of it?"),
        ("z.summ()", "is that name spelt right, and what type is it at that moment?"),
        ("zz", "which line gives that name a value"),
        ("z + p", "`p` is an array of your notebook, made outside the function"),
        ("np.exp(my_log_softmax(z))", "`my_log_softmax`, which you call, is still `...`"),
    ],
)
def test_an_accident_with_a_name_is_called_by_its_name(line, words):
    unfinished = write("log_softmax", "...")
    answer = write("softmax", f"return {line}", p=np.ones((12, 10)), my_log_softmax=unfinished)
    assert words in check(answer).text
