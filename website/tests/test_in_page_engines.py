"""Exercises answered in the page, in two more browsers: from a web server, and from the disk."""

import json
import re

import pytest

from website.tests import engines
from website.tests.answers import LESSON, PATIENTLY, SOFTMAX, SOON, written

pytestmark = pytest.mark.takes(seconds=120)


def said_in(engine, name, answer):
    """Let another browser run an answer, and return what is said."""
    box = f"document.getElementById('answer-{name}').closest('section')"
    type_it = f"({box}.editor.text = {json.dumps(answer)})"
    engine.run(f"({type_it}, {box}.querySelector('.in-page-run').click(), 1)")
    ended = f"/Done|Stopped/.test({box}.querySelector('.in-page-status').textContent)"
    engines.waited(lambda: engine.run(ended), seconds=300)
    return engine.run(f"{box}.querySelector('.in-page-reply').innerText")


@pytest.mark.parametrize(("browser_name", "root"), [("Firefox", "http"), ("WebKit", "file")])
def test_two_more_browsers_run_answers(roots, browser_name, root):
    engine = getattr(engines, browser_name)()
    try:
        engine.open(f"{roots[root]}/{LESSON}#answers")
        engines.waited(lambda: engine.run("Boolean(document.querySelector('.in-page'))"))
        engine.run(PATIENTLY)
        naive = written("softmax", "np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)")
        assert "unstable" in said_in(engine, "softmax", naive)
        assert "right" in said_in(engine, "softmax", written("softmax", SOFTMAX))
        endless = written("sigmoid", "while True:\n    pass")
        engine.run(SOON)
        assert re.search("was still at work|Stopped after", said_in(engine, "sigmoid", endless))
        summary = "document.querySelector('.in-page-progress summary').textContent"
        assert engine.run(summary).startswith("Your answers so far: 1 of ")
        assert engine.errors == []
    finally:
        engine.close()
