"""How the original notebook gets its files, fault included, and a server that shows what that does.

Used by the check of fault 1 in lesson 06, "A check of your own".
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import requests

from mnistlib import download, original


def fetch(
    recipe: original.Recipe,
    file: download.File,
    folder: str | os.PathLike[str],
    mirrors: Sequence[str] = download.MIRRORS,
) -> Path:
    """Get a file as the recipe gets it, unchecked or checked; return the path of what is now on disk.

    The original opens the file first and only then asks the first mirror. So whatever comes back is
    kept under the file's name, and a dead connection leaves a file of 0 bytes. It never asks again.
    Repaired, this is :func:`mnistlib.download.fetch`.

    Raises:
        download.DownloadError: repaired, and no mirror had the published file.
        OSError: no answer at all, or the folder cannot be written.
    """
    if recipe.cached == "the published file":
        return download.fetch(file, Path(folder), mirrors)
    path = Path(folder) / file.name
    if not path.exists():
        with path.open("wb") as opened:
            answer = requests.get(mirrors[0] + file.name, timeout=download.TIMEOUT)
            opened.write(answer.content)
    return path


@contextlib.contextmanager
def unfriendly_server() -> Iterator[str]:
    """Run, on this computer alone, a server that answers every request with an error page.

    Yields:
        Its address, to be used as a mirror.

    Used in lesson 06, "A check of your own".
    """

    class Refuse(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(403)
            self.end_headers()
            self.wfile.write(b"<html><h1>403 Forbidden</h1></html>")

        def log_message(self, *_) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Refuse) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
