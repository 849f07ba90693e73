"""The built pages, a web server for them, and a browser."""

import fcntl
import os
import subprocess
import sys
import threading

import pytest
from playwright.sync_api import expect, sync_playwright

from course import pictures
from website import HTML, ROOT, SITE, picture_places
from website.tests.tabs import BARE, Server, Tab

CHROMIUM = "/usr/bin/chromium"
#: Root may not use Chromium's sandbox; the rest keeps the browser from calling home by itself.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
#: Nobody else is reached. To stop requests one by one would take the browser its cache.
FLAGS += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]

expect.set_options(timeout=60_000)  # however busy the computer is


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Let the second of two workers do what needs no pages, while the first one builds them."""
    needing = [item.path for item in items if "built" in item.fixturenames]
    items.sort(key=lambda item: ([item.path] != needing[:1], item.path in needing))


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id):
    """Build the pages, once for all the tests: the first worker does, and the others wait.

    With BUILT=1 in the environment the pages that were built last are tested.
    """
    if os.environ.get("BUILT") == "1":
        return
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent
    with (folder / "built").open("a+") as said:
        fcntl.flock(said, fcntl.LOCK_EX)
        if said.seek(0, os.SEEK_END) == 0:  # where it ends now, not when it was opened
            subprocess.run([sys.executable, "-m", "website"], check=True, cwd=ROOT)
            said.write("yes")


@pytest.fixture(scope="session")
def pages(built):
    """Return every page's address below the site's root."""
    found = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
    # What is left out are the theme's own templates, and of the listings of code all but one.
    listings = [page for page in found if page.startswith("_modules/")]
    return [page for page in found if not page.startswith(("_static/", *listings[1:]))]


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


@pytest.fixture
def tab(browser, roots, request):
    """Open a tab on the site: from the web server, or from where the test asks for."""
    tab = Tab(browser, roots[getattr(request, "param", "http")])
    yield tab
    tab.page.context.close()


@pytest.fixture(scope="session")
def bare(tmp_path_factory):
    """Write each picture on a page of its own, as the pages' host shows it."""
    folder = tmp_path_factory.mktemp("bare")
    host = (SITE / "static" / "pictures.js").read_text("utf-8")
    for name, make in pictures.PICTURES.items():
        picture = make()
        (folder / f"{name}.js").write_text(picture_places.picture_script(name, picture), "utf-8")
        page = BARE.format(name=name, css=picture._css, host=host)
        (folder / f"{name}.html").write_text(page, "utf-8")
    return folder.as_uri()


@pytest.fixture(scope="module")
def bare_tab(browser, bare):
    """Open a tab for pictures, one after the other."""
    tab = Tab(browser, bare)
    yield tab
    tab.page.context.close()


@pytest.fixture
def lone(bare_tab):
    """Return the tab for one picture alone; whatever it complains of fails the test."""
    yield bare_tab
    complaints = bare_tab.strays + bare_tab.errors
    bare_tab.strays.clear()
    bare_tab.errors.clear()
    assert complaints == []


@pytest.fixture
def finger(browser, bare):
    """Open such a tab on a screen that is touched."""
    tab = Tab(browser, bare, has_touch=True)
    yield tab
    tab.page.context.close()
    assert (tab.strays, tab.errors) == ([], [])
