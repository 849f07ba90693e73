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
from .common import each_of, every_exercise, well_formed
from .handed_in import as_function_of_a_reader, named, right, unexplained, write

pytestmark = [pytest.mark.usefixtures("untouched"), pytest.mark.takes(seconds=20)]


@every_exercise
def test_the_reference_is_right_and_three_others_and_wrong_ones_are_tried(name):
    exercise = EXERCISES[name]
    reply = check(named(exercise.reference, name))
    if "{" not in exercise.notice:
        assert repr(reply) == f"my_{name}: right. {exercise.notice}"
    assert len({*exercise.right}) >= 3, (
        f"{locations.words(name)}: write right: at the end, and below it three right answers that are "
        "written differently"
    )
    examples = [each for objection in exercise.objections for each in objection.examples]
    where = locations.words(name)
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
    assert reply.kind == "right", f"{locations.words(name)}, below right:\n{body}\n{reply}"
    assert repr(reply).startswith(f"my_{name}: right.")
    assert EXERCISES[name].notice.rpartition("}")[2] in reply.text


@pytest.mark.parametrize(("name", "body"), each_of(unexplained))
def test_a_wrong_answer_without_a_sentence_gets_a_next_step(name, body):
    """What is said of each is stored: ``test_replies``."""
    reply = check(write(name, body))
    where = f"{locations.words(name)}, below unexplained:\n{body}\n{reply}"
    assert reply.kind != "right", where
    assert not reply.reason, f"{where}\nA sentence explains it: drop it"
    assert_is_a_reply(name, reply)


def test_a_float64_mistake_does_not_explain_an_answer_in_float32():
    body = "e = np.exp(-np.abs(z.astype('f4')))\nreturn np.where(z < 0, e, 1) / (1 + e)"
    assert "large positive number" not in check(write("sigmoid", body)).text


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        (
            "softmax",
            "if z > 100:\n    z = z - z.max()\nreturn np.exp(z)",
            "you called Python's own max",
        ),
        (
            "tanh_backward",
            "return np.linalg.solve(a, da) * (1 - a @ a)",
            "you used a matrix product",
        ),
    ],
)
def test_an_error_is_explained_only_by_a_mistake_that_raises_it_too(name, body, words):
    reply = check(write(name, body))
    assert reply.kind == "raises"
    assert words in "".join(mistake.sentence for mistake in EXERCISES[name].mistakes)
    assert words not in reply.text
    assert "?" in reply.text


def test_long_arrays_of_drawn_numbers_are_said_by_their_shape():
    drawn = right("decayed_fit")[0].replace("return", "return (y.size < 4 or 2) *")
    reply = check(write("decayed_fit", drawn))
    assert "With a of shape (n, features) = (5, 3), y of shape (n, classes) = (5, 2)" in reply.text
    pencil = check(write("decayed_fit", "return np.linalg.lstsq(a, y)[0]"))
    assert pencil.text.startswith("With a =\n[[1., 0.],\n [0., 2.],\n [0., 0.]],\ny =\n[[4.],\n")
    assert "With rate = 1.0, divisor = 2.0:" in check(write("rate_for_scaled", "return rate")).text


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


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return -dz.sum(axis=0)", "you have every sign the other way round"),
        ("return dz.sum(axis=0) * 2", "you have twice what is wanted"),
        ("return dz.sum(axis=0) / 2", "you have half of what is wanted"),
        (
            "return dz.sum(axis=0) * len(dz)",
            "you made it too large by a factor of n, the number of examples",
        ),
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


def test_tiny_numbers_are_not_shown_as_0():
    assert text_of(np.array([1e-7, -3e-7])) == "[1e-07, -3e-07]"
    assert text_of(np.array([0.3, 1e-7])) == "[0.3, 0. ]"
    assert text_of(np.zeros(2)) == "[0., 0.]"


def test_numbers_of_two_kinds_are_shown_with_the_digits_that_tell_them_apart():
    reply = check(write("relu_backward", "return (da * (a > 0) * 1e6).astype(int) / 10**6"))
    assert "\nwanted [[0., 0.]]\n" not in reply.text
    reply = check(write("relu_backward", "return np.rint(da * (a > 0)).astype(int)"))
    assert "\nwanted [[0., 0.]" not in reply.text


def test_with_all_digits_a_tiny_number_is_written_out():
    assert text_of(np.array([1e-20, 1]), 16) == "[1e-20, 1]"
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


def test_an_equation_that_does_not_fit_is_said_without_numpys_signature():
    text = check(write("decayed_fit", "return np.linalg.solve(a.T @ a, y.T @ a)")).text
    assert "`solve` needs as many rows on its right-hand side as its matrix has." in text
    assert "a is an array of shape (n, features) = (3, 2)." in text
    assert "gufunc" not in text


def test_a_number_that_ends_in_its_point_gets_no_second_one():
    reply = check(write("deep_gradients", "return 6.0"))
    assert "wanted 4 results, got one value, 6.0.\n" in reply.text
    assert "dW1, db1, dW2 and db2 are wanted" in reply.text


def test_a_list_that_was_changed_is_told_from_an_array_in_it():
    reply = check(write("deep_gradients", "kept.pop()\nreturn []"))
    assert reply.text.endswith("walk through a list and leave it whole, as `reversed(kept)` does?")
    reply = check(write("deep_gradients", "kept[0] *= 2\nreturn []"))
    assert "you change kept in the line `kept[0] *= 2`" in reply.text


def test_what_is_right_so_far_is_said_and_asked_about():
    reply = check(write("layer_gradients", "return inputs.T @ dz, np.abs(dz).sum(axis=0)"))
    assert (
        "\nRight so far: dW.\nOnly entry 1 is wrong: wanted -1, got 1. Work this one out by hand"
        in reply.text
    )


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
