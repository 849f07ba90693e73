"""Exercises answered in the page, and a lesson run whole there, in two more browsers."""

import json
import re

import engines
import pytest
from answers import HIDDEN, LESSON, SOFTMAX, SOON, written

pytestmark = pytest.mark.takes(seconds=120)


def said_in(engine, name, answer):
    """Let another browser run an answer, and return what is said."""
    box = f"document.getElementById('answer-{name}').closest('section')"
    type_it = f"({box}.editor.text = {json.dumps(answer)})"
    engine.run(f"({type_it}, {box}.querySelector('.in-page-run').click(), 1)")
    ended = f"/Done|Stopped/.test({box}.querySelector('.in-page-status').textContent)"
    engines.waited(lambda: engine.run(ended), seconds=300)
    return engine.run(f"{box}.querySelector('.in-page-reply').innerText")


@pytest.mark.parametrize("root", ["http", "file"])
@pytest.mark.parametrize("browser_name", ["Firefox", "WebKit"])
def test_two_more_browsers_run_answers(roots, browser_name, root):
    engine = getattr(engines, browser_name)()
    try:
        engine.open(f"{roots[root]}/{LESSON}#answers")
        engines.waited(lambda: engine.run("Boolean(document.querySelector('.in-page'))"))
        naive = written("softmax", "np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)")
        assert "overflow encountered in exp" in said_in(engine, "softmax", naive)
        assert "right" in said_in(engine, "softmax", written("softmax", SOFTMAX))
        for body in HIDDEN[:2]:
            assert "unstable" in said_in(engine, "sigmoid", written("sigmoid", body))
        endless = written("sigmoid", "while True:\n    pass")
        engine.run(SOON)
        assert "was still at work" in said_in(engine, "sigmoid", endless)
        summary = "document.querySelector('.in-page-progress summary').textContent"
        assert engine.run(summary).startswith("Your answers so far: 1 of ")
        assert engine.errors == []
    finally:
        engine.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("browser_name", ["Firefox", "WebKit"])
def test_two_more_browsers_run_a_lesson_whole(roots, browser_name):
    engine = getattr(engines, browser_name)()
    box = "document.querySelector('.in-page-progress')"
    try:
        engine.open(f"{roots['file']}/{LESSON}#answers")
        engines.waited(lambda: engine.run("Boolean(document.querySelector('.in-page-progress'))"))
        engine.run(f"({box}.open = true, 1)")
        engines.waited(lambda: engine.run(f"Boolean({box}.querySelector('.in-page-run'))"))
        engine.run(f"{box}.querySelector('.in-page-run').click()")
        status = f"{box}.querySelector('.in-page-status').textContent"
        engines.waited(lambda: re.search("Done|ended", engine.run(status)), seconds=500)
        verdict = engine.run(f"{box}.querySelector('.in-page-reply').textContent")
        equal, outputs = re.match(r"(\d+) of (\d+) printed outputs are equal", verdict).groups()
        assert int(equal) == int(outputs) > 30
        assert engine.errors == []
    finally:
        engine.close()
