"""The built pages, a web server for them, and a browser that reaches nothing else."""

import functools
import gzip
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

SITE = Path(__file__).resolve().parent.parent
ROOT = SITE.parent
HTML = SITE / "_build" / "html"
CHROMIUM = "/usr/bin/chromium"
# Root may not use Chromium's sandbox; the rest keeps the browser from calling home by itself.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


class Server(http.server.ThreadingHTTPServer):
    """A web server whose handler says nothing."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), functools.partial(self.Handler, directory=str(HTML)))


@pytest.fixture(scope="session")
def built():
    """Build the pages and the book, once for all the tests."""
    subprocess.run([sys.executable, SITE / "build.py", "--pdf"], check=True)


@pytest.fixture(scope="session")
def pages(built):
    """Return every page's address below the site's root."""
    found = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
    return [page for page in found if not page.startswith("_static/")]  # the theme's own templates


@pytest.fixture(scope="session")
def lessons(pages):
    """Return the addresses of the lessons' pages."""
    return [page for page in pages if page.startswith("notebooks/")]


@pytest.fixture(scope="session")
def roots(built):
    """Return the two ways to open the site: from a web server, and from the disk."""
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"http": f"http://127.0.0.1:{server.server_port}", "file": HTML.as_uri()}
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Tab:
    """A browser tab on the site. It keeps what went wrong, and lets no request out."""

    def __init__(self, browser, root, **options):
        self.root = root
        self.strays, self.errors, self.bytes = [], [], {}
        context = browser.new_context(viewport={"width": 1366, "height": 850}, **options)
        self.page = context.new_page()
        # Every request passes here, also of what the page does not wait for.
        context.route(lambda address: not self.is_ours(address), self.stop)
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))
        self.page.on("requestfinished", self.weigh)

    def is_ours(self, address):
        return address.startswith((self.root, "data:", "blob:"))

    def stop(self, route):
        self.strays.append(route.request.url)
        route.abort()

    def note(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def weigh(self, request):
        """Note how much of a file would travel, compressed as web servers do."""
        if request.url.startswith(self.root):
            path = HTML / urlsplit(request.url.removeprefix(self.root)).path.lstrip("/")
            body = path.read_bytes()
            self.bytes[request.url] = min(len(body), len(gzip.compress(body)))

    def open(self, address, width=1366):
        self.page.set_viewport_size({"width": width, "height": 850})
        self.page.goto(f"{self.root}/{address}", wait_until="load")
        return self.page

    def resize(self, width):
        """Change the window's width, and wait until the page has drawn itself anew."""
        self.page.set_viewport_size({"width": width, "height": 850})
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def theme(self, name):
        self.page.evaluate("theme => document.documentElement.dataset.theme = theme", name)


@pytest.fixture(scope="session")
def elsewhere(built, tmp_path_factory):
    """Return a function that writes one page again, for a course whose repository is known."""

    def written(page):
        folder = tmp_path_factory.mktemp("elsewhere")
        built = SITE / "_build"
        source = next((built / "source").glob(page.replace(".html", ".*")))
        command = [sys.executable, "-m", "sphinx", "--quiet", "-c", SITE, "-d", built / "doctrees"]
        known = os.environ | {"COURSE_REPOSITORY": "someone/course"}
        subprocess.run([*command, built / "source", folder, source], check=True, env=known)
        return (folder / page).read_text("utf-8")

    return written


@pytest.fixture
def tab(browser, roots, request):
    """Open a tab on the site: from the web server, or from where the test asks for."""
    tab = Tab(browser, roots[getattr(request, "param", "http")])
    yield tab
    tab.page.context.close()


both_ways = pytest.mark.parametrize("tab", ["http", "file"], indirect=True)
