"""Answers to exercises as readers type them into a page, and the tab where they type them."""

import inspect
import json
import re
import textwrap

from course.exercises import EXERCISES
from course.exercises.mistakes import as_body
from website.tests.tabs import Tab

START = "pythonEngine.start({...inPage.engine, folder: '../_static/in_page/'})"
#: An answer may take a hundred seconds here and the page waits five minutes, however busy the computer;
#: and it doesn't wait three seconds, each time Python starts, for the service worker that tests block.
PATIENTLY = """loadEditors().then(() => {
    const start = pythonEngine.start, wait = window.setTimeout;
    pythonEngine.start = async (...given) => {
        await start(...given);
        await pythonEngine.run("bridge.ANSWER_SECONDS = 100.0");
    };
    window.setTimeout = (act, time) => wait(act, { 30000: 300000, 3000: 0 }[time] ?? time);
})"""
LESSON = "notebooks/02_sigmoid_softmax.html"
SOFTMAX = "e = np.exp(z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"
#: The browser's name for all answers.
KEY = "digits-from-arrays-up"


def written(name, body, *above):
    """Return an answer as a reader types it."""
    exercise = EXERCISES[name]
    takes = [*inspect.signature(exercise.reference).parameters.values()][: len(exercise.cases[0])]
    takes = [p.name if p.default is p.empty else f"{p.name}={p.default}" for p in takes]
    lines = textwrap.indent(textwrap.dedent("\n".join([*above, as_body(body)])).strip(), "    ")
    return f"def my_{name}({', '.join(takes)}):\n{lines}\n"


class EditorTab(Tab):
    """A tab on pages that have the editors."""

    def note(self, message):
        """Note what goes wrong, but for what the test itself has blocked."""
        if "blocked by Playwright" not in message.text:
            super().note(message)

    def open(self, address, width=1366):
        """Open a page, and load the editors, as coming near an exercise does."""
        page = super().open(address, width)
        page.evaluate(PATIENTLY)
        return page

    def box(self, name):
        return self.page.locator(f"section.in-page:has(#answer-{name})")

    def editor(self, name):
        """Return the editor of an exercise, CodeMirror's once it is loaded."""
        box = self.box(name)
        box.scroll_into_view_if_needed()
        box.locator(".cm-content").wait_for()
        return box.evaluate_handle("box => box.editor")

    def write(self, name, answer):
        self.editor(name).evaluate("(editor, text) => (editor.text = text)", answer)

    def text(self, name):
        return self.editor(name).evaluate("editor => editor.text")

    def run(self, name):
        """Run an answer, and return what is said."""
        box = self.box(name)
        box.locator(".in-page-run").click()
        ended = box.locator(".in-page-status", has_text=re.compile("Answered|Stopped|Right|Not "))
        ended.wait_for(timeout=300_000)
        return box.locator(".in-page-reply").inner_text()

    @property
    def kept(self):
        """What the browser keeps of all answers."""
        return json.loads(self.page.evaluate("key => localStorage[key] ?? '{}'", KEY))

    @kept.setter
    def kept(self, answers):
        self.page.evaluate(
            "([key, text]) => (localStorage[key] = text)", [KEY, json.dumps(answers)]
        )

    def come_back(self):
        """Let the page look again at what the browser keeps, as when a reader comes back to it."""
        self.page.evaluate("dispatchEvent(new Event('pageshow'))")
