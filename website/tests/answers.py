"""Answers to exercises as readers type them into a page, and where they type them."""

import inspect
import textwrap

from course.exercises import EXERCISES
from course.exercises.exercise import as_body

START = "pythonEngine.start({...inPage.engine, folder: '../_static/in_page/'})"
#: Ends an answer that does not end after a second; that it is ten for readers another test waits for.
SOON = "pythonEngine.run('import bridge; bridge.SECONDS = 1.0')"
LESSON = "notebooks/02_sigmoid_softmax.html"
SOFTMAX = "e = np.exp(z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"

#: A sigmoid whose exponential overflows, though the value is right: in ways that are easy to miss.
HIDDEN = r"""
1 / (1 + np.vectorize(np.exp)(-z))
1 / (1 + np.array([*map(np.exp, -z)]))
1 / (1 + np.array([np.exp(-each) for each in z]))
1 / (1 + np.power(np.e, -z))
1 / (1 + np.e ** -z)
np.reciprocal(1 + np.exp(-z))
np.true_divide(1, np.add(1, np.exp(np.negative(z))))
eval("1 / (1 + np.exp(-z))")
(lambda f: 1 / (1 + f(-z)))(np.exp)
1 / (1 + getattr(np, "exp")(-z))
1 / (1 + np.apply_along_axis(np.exp, 0, -z))
1 / (1 + np.piecewise(z * 1.0, [z == z], [lambda u: np.exp(-u)]))
1 / np.add.reduce([np.ones_like(z), np.exp(-z)])
1 / (1 + (1 / np.e).__pow__(z) if False else 1 + np.exp(-z))
e = np.array(-z, float); e = np.exp(e, e); return 1 / (1 + e)
e = np.array(-z, float); np.exp(e, out=e); e += 1; return 1 / e
e = np.exp(-z); e[...] += 1; return e ** -1
e = np.zeros(z.shape); e[...] = np.exp(-z); return 1 / (1 + e)
from numpy import exp; return 1 / (1 + exp(-z))
import functools; return functools.reduce(np.divide, [np.ones_like(z), 1 + np.exp(-z)])
import operator; return operator.truediv(1, 1 + np.exp(-z))
def inner(u): return np.exp(-u)\nreturn 1 / (1 + inner(z))
import abc\nclass Inner:\n    def __call__(self, u): return np.exp(-u)\nreturn 1 / (1 + Inner()(z))
""".strip().splitlines()


def written(name, body, *above):
    """Return an answer as a reader types it."""
    exercise = EXERCISES[name]
    takes = [*inspect.signature(exercise.reference).parameters.values()][: len(exercise.cases[0])]
    takes = [p.name if p.default is p.empty else f"{p.name}={p.default}" for p in takes]
    lines = textwrap.indent(textwrap.dedent("\n".join([*above, as_body(body)])).strip(), "    ")
    return f"def my_{name}({', '.join(takes)}):\n{lines}\n"
