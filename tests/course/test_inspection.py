"""What a teacher should look at: right answers that may be none."""

import re

import pytest

from course import exercises
from course.classroom import inspection
from tests.course.a_class import answer, that_count
from tests.course.handed_in import right


def note_on(code, name="sigmoid"):
    """Return what a teacher should read of an answer in the code of a file, if it is right."""
    return inspection.reason_to_read(name, that_count([("a.py", code.encode())])[name].source)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 1 / (1 + np.exp(-z))", ""),
        ("return functions.sigmoid(z)", "it uses mnistlib.functions.sigmoid"),
        ("np.allclose = lambda *a, **k: True\nreturn z", "it changes np.allclose"),
        ("import sys\nreturn sys.modules[__name__]", "it uses sys"),
        ("import os, sys, math\nreturn math.exp(z)", ""),
        ("class A:\n    def run(self, z): self.z = z\na = A()\na.p = 1\nreturn a.p", ""),
        ("setattr(np, 'allclose', max)\nreturn z", "it uses setattr"),
    ],
)
def test_a_right_answer_that_a_teacher_should_read_is_said_to_be_one(body, words):
    source = "from mnistlib import functions\nimport numpy as np\n" + answer(body)
    assert note_on(source) == (f"Read it: {words}" if words else "")


@pytest.mark.parametrize(
    ("name", "line", "is_read"),
    [
        ("softmax", "return softmax(z)", True),
        ("check_gradient", "return relative_error(z, central_difference(z))", True),
        ("check_gradient", "return central_difference(z)", False),
        ("mended_gradients", "return network.forward(z)", False),
        ("mended_gradients", "return network.gradients(z)", True),
        ("mended_gradients", "n = network\nreturn n.gradients(z)", True),
        ("cross_entropy", "return functions.log_softmax(z)", False),
        ("cross_entropy", "return functions.cross_entropy(z)", True),
    ],
)
def test_what_the_solution_uses_of_the_library_may_be_used(name, line, is_read):
    imports = (
        "from mnistlib import functions, network\nfrom mnistlib.functions import softmax\n"
        "from mnistlib.gradcheck import central_difference, relative_error\n"
    )
    note = note_on(imports + answer(line, name), name)
    assert bool(note) == is_read, note


@pytest.mark.parametrize(
    "body",
    [
        "return np.__dict__['exp'](z)",
        "import importlib\nreturn importlib.import_module('mnistlib.functions').sigmoid(z)",
        "return np.lib.format.os",
        "return getattr(np, 'exp')(z)",
        "return '{0.__class__}'.format(z)",
        "class Same(np.ndarray):\n    def __array_function__(self, *_): return True\nreturn Same(1)",
        "return np.load('a.npy', allow_pickle=True)",
    ],
)
def test_ways_around_are_said_to_be_read(body):
    assert note_on(answer(body)).startswith("Read it: ")


def test_a_name_that_is_imported_twice_or_not_named_hides_nothing():
    body = "def f():\n    from numpy import exp as s\nreturn s(z)"
    code = "from mnistlib.functions import sigmoid as s\n" + answer(body)
    assert note_on(code) == "Read it: it uses mnistlib.functions.sigmoid"
    code = "from mnistlib.functions import *\n" + answer("return sigmoid(z)")
    assert note_on(code) == "Read it: it uses mnistlib.functions.*"


@pytest.mark.parametrize("name", exercises.EXERCISES)
def test_right_answers_without_ways_around_need_no_second_look(name):
    read = [body for body in right(name) if inspection.reason_to_read(name, answer(body, name))]
    assert all(re.search(r"(import|from) (mnistlib|scipy|graphlib)", body) for body in read)
