"""Where the built pages are, a web server for them, and a browser's tab that reaches nothing else.

And a tab on one picture alone, which needs no built pages.
"""

import functools
import http.server
import json

import numpy as np
import pytest

from website import HTML


class Server(http.server.ThreadingHTTPServer):
    """A web server whose handler says nothing."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    def __init__(self, folder=HTML):
        super().__init__(("127.0.0.1", 0), functools.partial(self.Handler, directory=str(folder)))


SETTLED = """
    document.getAnimations().filter(each => each instanceof CSSTransition).forEach(each => each.finish())
"""

#: Opens what is folded until the reader has guessed; who has read that far sees it.
UNFOLD = "document.querySelectorAll('.what-came-out[hidden]').forEach(folded => folded.open())"

#: Waits until the second copy of what a reader wrote holds all of it.
ONCE_WRITTEN = """
    new Promise(done => {
        const opening = indexedDB.open("digits-from-arrays-up");
        opening.onsuccess = () => {
            opening.result.transaction("texts").objectStore("texts").count().onsuccess = done;
        };
    }).then(() => undefined)
"""


class Tab:
    """A browser tab on the site. It keeps what went wrong."""

    def __init__(self, browser, root, **options):
        viewport = {"width": 1366, "height": 850}
        self.attend(browser.new_context(viewport=viewport, **options), root)

    @classmethod
    def beside(cls, tab):
        """Return a second tab of the same reader."""
        other = cls.__new__(cls)
        other.attend(tab.page.context, tab.root)
        return other

    def attend(self, context, root):
        """Open a page, and note what goes wrong there."""
        self.root = root
        self.strays, self.errors, self.loaded = [], [], []
        self.page = context.new_page()
        self.page.set_default_timeout(120_000)  # however busy the computer is
        context.on("request", self.asked)
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", self.failed)
        self.page.on("requestfinished", lambda request: self.loaded.append(request.url))

    def failed(self, request):
        """Note what could not be had; what a page asked for when it was left is given up, not lost."""
        if request.failure != "net::ERR_ABORTED":
            self.errors.append(f"failed: {request.url}")

    def asked(self, request):
        """Note a request to others, which the browser sends nowhere."""
        if not request.url.startswith((self.root, "data:", "blob:")):
            self.strays.append(request.url)

    def note(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def open(self, address, width=1366):
        self.page.set_viewport_size({"width": width, "height": 850})
        self.page.goto(f"{self.root}/{address}", wait_until="load")
        return self.page

    def reload_without_storage(self, key):
        """Load a page from the disk again with an empty localStorage, as Chromium now and then does."""
        self.page.evaluate(ONCE_WRITTEN)
        self.page.evaluate("localStorage.clear()")
        self.page.reload()
        self.page.wait_for_function("key => localStorage[key]", arg=key)

    def resize(self, width):
        """Change the window's width, and wait until the page has drawn itself anew."""
        self.page.set_viewport_size({"width": width, "height": 850})
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def theme(self, name):
        self.page.evaluate("theme => document.documentElement.dataset.theme = theme", name)

    def colours(self, kind):
        """Show the page light, dark, or forced: in the reader's own colours, light letters on black."""
        scheme = "light" if kind == "light" else "dark"
        forced = "active" if kind == "forced" else "none"
        self.page.emulate_media(color_scheme=scheme, forced_colors=forced)
        self.theme(scheme)
        self.page.evaluate(SETTLED)  # some colours take a moment to change


PASSES = """
    time => new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), time))
"""


def pass_time(page, milliseconds):
    """Let time pass by the page's own clock: what it had planned for earlier is done, and drawn."""
    page.evaluate(PASSES, milliseconds)


BARE = """<!doctype html><html data-theme="light" lang="en"><meta charset="utf-8"><title>Alone</title>
<meta name="viewport" content="width=device-width">
<style>body {{ margin: 0 12px; max-width: 55rem }} {css}</style>
<div class="touchable" data-name="{name}" data-source="{name}.js"></div><script>{host}</script></html>"""


FOCUS = """
    (el, selector) => el.contains(document.activeElement) && document.activeElement.matches(selector)
"""


class Shown:
    """A picture on an open page, to set and to read."""

    def __init__(self, tab, name, width=1366):
        self.page = tab.open(f"{name}.html", width)
        self.place = self.page.locator(f".touchable[data-name={name}]")
        self.place.scroll_into_view_if_needed()
        self.el = self.place.locator(".explore")
        self.el.locator(".title").wait_for()

    def set(self, **state):
        change = "(el, part) => el.model.set('state', { ...el.model.get('state'), ...part })"
        self.el.evaluate(change, state)

    @property
    def state(self):
        return self.el.evaluate("el => el.model.get('state')")

    def read(self, expression):
        """Return what an expression of `el` gives; a long list travels faster as text."""
        plain = "(_, value) => (ArrayBuffer.isView(value) ? [...value] : value)"
        return json.loads(self.el.evaluate(f"el => JSON.stringify({expression}, {plain})"))

    @property
    def verdict(self):
        return self.el.locator(".verdict").inner_text()

    def numbers(self, selector):
        """Return the whole numbers behind what is shown, where `selector` finds it."""
        read = "tags => tags.map(tag => tag.dataset.value)"
        values = self.el.locator(f":is({selector})[data-value]").evaluate_all(read)
        return np.array([float(value.replace("Infinity", "inf")) for value in values])

    @property
    def probabilities(self):
        return self.numbers(".ten .bar-number")

    @property
    def images(self):
        """Return what a network is given, a drawing or the digits of a sheet, as Python has it."""
        pixels = self.read("new Uint8Array(el.model.get('pixels').buffer)")
        return np.array(pixels, np.uint8).reshape(-1, 28, 28)

    def tab_to(self, selector):
        """Press Tab until the focus is on what `selector` finds within the picture."""
        for _ in range(300):
            self.page.keyboard.press("Tab")
            if self.el.evaluate(FOCUS, selector):
                return
        pytest.fail(f"the keyboard does not reach {selector}")

    def touch(self, points):
        """Put a finger down at the first point of the screen, and lift it at the last."""
        hand = self.page.context.new_cdp_session(self.page)
        for i, (x, y) in enumerate(points):
            kind = "touchMove" if i else "touchStart"
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
