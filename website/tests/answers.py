"""Answers to exercises as readers type them into a page, and where they type them."""

import inspect
import textwrap

from course.exercises import EXERCISES
from course.exercises.exercise import as_body

START = "pythonEngine.start({...inPage.engine, folder: '../_static/in_page/'})"
#: Ends an answer that does not end after a second; that it is ten for readers another test waits for.
SOON = "pythonEngine.run('import bridge; bridge.SECONDS = 1.0')"
#: An answer may take a hundred seconds here and the page waits five minutes, however busy the computer.
PATIENTLY = """loadEditors().then(() => {
    const start = pythonEngine.start, wait = window.setTimeout;
    pythonEngine.start = async (...given) => {
        await start(...given);
        await pythonEngine.run("bridge.SECONDS = 100.0");
    };
    window.setTimeout = (act, time) => wait(act, time === 30000 ? 300000 : time);
})"""
LESSON = "notebooks/02_sigmoid_softmax.html"
SOFTMAX = "e = np.exp(z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"


def written(name, body, *above):
    """Return an answer as a reader types it."""
    exercise = EXERCISES[name]
    takes = [*inspect.signature(exercise.reference).parameters.values()][: len(exercise.cases[0])]
    takes = [p.name if p.default is p.empty else f"{p.name}={p.default}" for p in takes]
    lines = textwrap.indent(textwrap.dedent("\n".join([*above, as_body(body)])).strip(), "    ")
    return f"def my_{name}({', '.join(takes)}):\n{lines}\n"
