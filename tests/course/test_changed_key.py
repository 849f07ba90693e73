"""Of which change in the key an answer is the result: the tables of what is taken for what."""

import ast

import numpy as np
import pytest

from course.exercises.changed_key import FUNCTIONS, SIGNS, WRAPPERS, WRITTEN
from mnistlib import functions

NAMES = sorted({name for group in FUNCTIONS for name in group} | WRAPPERS)


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_taken_for_a_function_is_one(name):
    assert callable(getattr(np, name, None) or getattr(functions, name, None))


@pytest.mark.parametrize("sign", WRITTEN, ids=WRITTEN.get)
def test_a_sign_is_written_as_python_writes_it(sign):
    expression = ast.parse(f"a {WRITTEN[sign]} b", mode="eval").body
    found = expression.ops[0] if isinstance(expression, ast.Compare) else expression.op
    assert isinstance(found, sign)


def test_each_sign_that_may_stand_for_another_can_be_written():
    assert {other for others in SIGNS.values() for other in others} <= {*WRITTEN}
