"""What is wrong with a result, in words: names in a line that raised, and what changes an argument."""

from course.exercises import check

from .handed_in import write


def test_an_argument_changed_by_an_operator_is_not_laid_to_the_function_beside_it():
    by_sign = check(write("sigmoid", "z += 1 + np.maximum(z, 0)\nreturn z"))
    by_third = check(write("sigmoid", "return np.maximum(z, 1, z)"))
    assert "you change z in the line `z += 1 + np.maximum(z, 0)`" in by_sign.text
    assert "writes the result into a third" not in by_sign.text
    assert "writes the result into a third" in by_third.text


def test_the_line_that_changes_an_argument_is_named_and_no_line_that_may_change_another():
    reply = check(
        write(
            "sgd_update",
            "for w, g, v in zip(parameters, gradients, velocity):\n"
            "    v *= momentum\n    v += g\n    g *= learning_rate\n    w -= learning_rate * v",
        )
    )
    assert "you change gradients in the line `g *= learning_rate`" in reply.text
