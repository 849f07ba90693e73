"""Two other browsers, by the protocols that they themselves speak; no more of these than is needed."""

import contextlib
import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

KEYS = {"Enter": "\ue007", "ArrowRight": "\ue014", "Space": " ", "5": "5"}


FRAME = '<body><iframe style="width: {width}px; height: 850px; border: 0"></iframe>'


def pressed(key):
    """Return one press of a key, as both protocols tell it."""
    steps = [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]
    return [{"type": "key", "id": "keyboard", "actions": steps}]


def dragged(*points):
    """Return a press of the mouse at the first point that is let go at the last."""
    move, *moves = [
        {"type": "pointerMove", "x": int(x), "y": int(y), "duration": 20} for x, y in points
    ]
    down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
    return [{"type": "pointer", "id": "mouse", "actions": [move, down, *moves, up]}]


def waited(asked, seconds=600):
    """Ask until there is an answer, and return it."""
    until = time.monotonic() + seconds
    while not (answer := asked()):
        assert time.monotonic() < until, "no answer"
        time.sleep(0.1)
    return answer


#: What Firefox says of a formula of which only a part has arrived when it draws the page.
HALF = "Invalid markup: Incorrect number of children"


class Firefox:
    """Debian's Firefox, by WebDriver BiDi."""

    def __init__(self, width=1280):
        self.number, self.errors, self.ended = 0, [], contextlib.ExitStack()
        folder = self.ended.enter_context(tempfile.TemporaryDirectory())
        # As on a phone, bars to scroll with take no room of their own.
        bars = 'user_pref("ui.useOverlayScrollbars", 1);\n'
        (Path(folder) / "user.js").write_text(bars, encoding="utf-8")
        command = ["firefox", "--headless", "--no-remote", "--remote-debugging-port=0"]
        self.process = subprocess.Popen([*command, "--profile", folder], stderr=subprocess.DEVNULL)
        told = Path(folder) / "WebDriverBiDiServer.json"
        waited(lambda: told.exists() and told.read_text())
        port = json.loads(told.read_text())["ws_port"]
        address = f"ws://127.0.0.1:{port}/session"
        self.socket = self.ended.enter_context(connect(address, max_size=None))
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.tab = {"context": self.send("browsingContext.getTree")["contexts"][0]["context"]}
        self.resize(width)

    def send(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while (message := json.loads(self.socket.recv())).get("id") != self.number:
            if message.get("method") == "log.entryAdded":
                self.note(message["params"])
        assert message["type"] == "success", message
        return message["result"]

    def note(self, entry):
        if entry["level"] in ("error", "warn") and not entry["text"].startswith(HALF):
            self.errors.append(entry["text"])

    def open(self, address):
        self.send("browsingContext.navigate", **self.tab, url=address, wait="complete")

    def resize(self, width):
        size = {"width": width, "height": 850}
        self.send("browsingContext.setViewport", **self.tab, viewport=size)

    def run(self, script):
        """Return what an expression of JavaScript gives."""
        code = {"expression": f"Promise.resolve({script}).then(JSON.stringify)"}
        done = self.send("script.evaluate", **code, target=self.tab, awaitPromise=True)
        assert done["type"] == "success", done
        return json.loads(done["result"].get("value", "null"))

    def act(self, actions):
        self.send("input.performActions", **self.tab, actions=actions)

    def close(self):
        self.send("browser.close")
        self.process.wait(30)
        self.ended.close()


class WebKit:
    """Debian's WebKitGTK, by its own WebDriver and on a screen that nobody sees."""

    def __init__(self, width=1280):
        self.errors = []  # this protocol does not tell them
        self.ended = contextlib.ExitStack()
        screen = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
        display = self.start(screen).stdout.readline().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.start(["env", f"DISPLAY=:{display}", "WebKitWebDriver", f"--port={port}"])
        self.place = f"http://127.0.0.1:{port}/session"
        [browser] = Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")
        options = {"binary": str(browser), "args": ["--automation"]}
        # However busy the computer is: pytest knows when to stop.
        patience = {"script": 600_000, "pageLoad": 600_000}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options, "timeouts": patience}}

        def session():  # the driver takes a moment to listen
            with contextlib.suppress(urllib.error.URLError):
                return self.send("", capabilities=wanted)["sessionId"]

        self.place += f"/{waited(session)}"
        self.resize(width)

    def start(self, command):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.ended.callback(process.wait, 30)
        self.ended.callback(process.terminate)
        return process

    def send(self, command, **parameters):
        request = urllib.request.Request(
            self.place + command,
            json.dumps(parameters).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)["value"]

    def open(self, address):
        self.send("/url", url=address)

    def resize(self, width):
        """Make the page so wide; what is narrower than the window can be stands in a frame."""
        self.send("/frame", id=None)
        if width >= 500:
            self.send("/window/rect", width=width, height=850)
            return
        self.run(f"document.documentElement.innerHTML = `{FRAME.format(width=width)}`")
        self.run("(frames[0].location = location.href) && 0")
        self.send("/frame", id=0)
        waited(
            lambda: self.run("location.href != 'about:blank' && document.readyState") == "complete"
        )

    def run(self, script):
        """Return what an expression of JavaScript gives."""
        code = f"const [done] = arguments; Promise.resolve({script}).then(done)"
        return self.send("/execute/async", script=code, args=[])

    def act(self, actions):
        self.send("/actions", actions=actions)

    def close(self):
        request = urllib.request.Request(self.place, method="DELETE")
        urllib.request.urlopen(request, timeout=30).close()
        self.ended.close()
