"""Downloads from a real server on this computer that misbehaves on purpose."""

import contextlib
import gzip
import hashlib
import http.server
import os
import random
import threading
from pathlib import Path

import pytest

from mnistlib import download
from mnistlib.download import DownloadError, File, fetch, is_good

#: A small stand-in for a file.
GOOD = gzip.compress(random.Random(1).randbytes(3000), mtime=0)
FILE = File("digits.gz", len(GOOD), hashlib.sha256(GOOD).hexdigest())


class Handler(http.server.BaseHTTPRequestHandler):
    """What the server does is named by the path: /behaviour/digits.gz."""

    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        with contextlib.suppress(ConnectionError):  # a client that has seen enough hangs up
            getattr(self, self.path.split("/")[1])()

    def log_message(self, *_):
        pass

    def answer(self, body=GOOD, status=200, length=None):
        self.send_response(status)
        if length != "unknown":
            self.send_header("Content-Length", length or len(body))
        self.end_headers()
        self.wfile.write(body)

    def good(self):
        self.answer()

    def not_found(self):
        self.answer(b"nothing here", 404)

    def web_page(self):
        self.answer(b"<html>Please log in</html>")

    def cut_short(self):
        self.answer(GOOD[:1000], length=len(GOOD))

    def wrong_bytes(self):
        self.answer(GOOD[:-1] + b"!")

    def endless(self):
        self.answer(b"", length="unknown")
        while not self.server.done.wait(0):
            self.wfile.write(b"x" * 65536)

    def silent(self):
        self.server.done.wait(30)

    def drip(self):
        self.answer(b"", length=len(GOOD))
        for byte in GOOD:
            self.wfile.write(bytes([byte]))
            if self.server.done.wait(0.02):
                return

    def drip_headers(self):
        self.send_response(200)
        self.flush_headers()
        for _ in range(200):
            self.wfile.write(b"X")
            if self.server.done.wait(0.02):
                return


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.done = threading.Event()

    def mirror(self, behaviour):
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server():
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.done.set()
        running.shutdown()


@pytest.fixture
def nobody():
    """Return the address of a mirror at which nobody answers."""
    with Server() as closed:
        return closed.mirror("good")


def test_the_four_files_are_those_of_the_checksum_list():
    lines = (Path(__file__).parents[2] / "data" / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in map(str.split, lines)}
    assert {file.name: file.sha256 for file in download.FILES.values()} == listed


def test_a_good_answer_becomes_the_file_and_is_not_fetched_again(server, tmp_path, capsys):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):
        path = fetch(FILE, folder, [server.mirror("good")])
        assert path == folder / FILE.name
        assert path.read_bytes() == GOOD
        assert os.listdir(folder) == [FILE.name]
    [(_, headers)] = server.requests
    assert headers["Accept-Encoding"] == "identity"
    out, err = capsys.readouterr()  # a bar goes to stderr, and only while downloading
    assert out == ""
    assert FILE.name in err
    assert err.count(f"{FILE.name}: 100%") <= 1


#: What each kind of bad answer is called.
REASONS = {
    "not_found": "HTTPError: 404 Client Error",
    "web_page": f"sent only 26 of {FILE.size} bytes",
    "cut_short": "IncompleteRead",
    "endless": f"sent more than the file's {FILE.size} bytes",
    "wrong_bytes": "the SHA-256 is wrong",
    "silent": "timed out",
}


@pytest.mark.parametrize(("behaviour", "reason"), REASONS.items())
def test_a_bad_answer_is_one_error_with_its_reason_and_leaves_nothing(
    server, tmp_path, monkeypatch, behaviour, reason
):
    if behaviour == "silent":
        monkeypatch.setattr(download, "TIMEOUT", 0.5)
    with pytest.raises(DownloadError, match=reason):
        fetch(FILE, tmp_path, [server.mirror(behaviour)])
    assert os.listdir(tmp_path) == []


def test_after_bad_mirrors_comes_a_good_one(server, nobody, tmp_path):
    mirrors = [server.mirror("endless"), nobody, server.mirror("good")]
    assert is_good(fetch(FILE, tmp_path, mirrors), FILE)


def test_the_error_names_file_folder_each_mirror_and_what_to_do(server, nobody, tmp_path):
    with pytest.raises(DownloadError) as caught:
        fetch(FILE, tmp_path, [nobody, server.mirror("wrong_bytes")])
    first, refused, wrong, remedy = str(caught.value).splitlines()
    assert first.startswith(f"{FILE.name} is missing in {tmp_path}")
    assert refused.startswith(f"  {nobody}{FILE.name}: ConnectionRefusedError: ")
    assert wrong.startswith(f"  {server.mirror('wrong_bytes')}{FILE.name}: sent other bytes")
    assert "git checkout -- data" in remedy
    with pytest.raises(DownloadError, match="there was no mirror to try"):
        fetch(FILE, tmp_path, [])


DAMAGED = {
    "empty": b"",
    "cut short": GOOD[:-1],
    "a byte more": GOOD + b"x",
    "a byte changed": b"\0" + GOOD[1:],
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_replaced_only_by_a_good_one(server, tmp_path, damaged):
    path = tmp_path / FILE.name
    path.write_bytes(damaged)
    with pytest.raises(DownloadError, match=f"{FILE.name} is damaged in"):
        fetch(FILE, tmp_path, [server.mirror("wrong_bytes")])
    assert path.read_bytes() == damaged
    fetch(FILE, tmp_path, [server.mirror("good")])
    assert path.read_bytes() == GOOD
    assert os.listdir(tmp_path) == [FILE.name]


@pytest.mark.parametrize("spoil", ["a file as folder", "a folder as file", "a full disk"])
def test_what_cannot_be_written_is_a_clear_error_that_leaves_nothing(
    server, tmp_path, monkeypatch, spoil
):
    folder = tmp_path / "folder"
    if spoil == "a file as folder":
        folder.write_text("in the way")
    elif spoil == "a folder as file":
        (folder / FILE.name / "more").mkdir(parents=True)
    else:

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "replace", full)
    before = sorted(tmp_path.rglob("*.gz*"))
    with pytest.raises(DownloadError, match=r"cannot be written to .*MNISTLIB_DATA"):
        fetch(FILE, folder, [server.mirror("good")])
    assert sorted(tmp_path.rglob("*.gz*")) == before


def test_a_mirror_that_drips_is_given_up_and_the_next_one_asked(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "LONGEST_DOWNLOAD", 0.2)
    path = fetch(FILE, tmp_path, [server.mirror("drip"), server.mirror("good")])
    assert path.read_bytes() == GOOD
    (tmp_path / FILE.name).unlink()
    for behaviour, reason in [
        ("drip", r"sent only \d+ bytes in 0 seconds"),
        ("drip_headers", "sent no whole answer in 0 seconds"),
    ]:
        with pytest.raises(DownloadError, match=reason):
            fetch(FILE, tmp_path, [server.mirror(behaviour)])


def test_the_part_of_a_process_that_was_killed_goes(server, tmp_path):
    old = tmp_path / f"{FILE.name}.0123abcd.part"
    new = tmp_path / f"{FILE.name}.4567cdef.part"
    for part in (old, new):
        part.write_bytes(GOOD[:100])
    os.utime(old, (0, 0))
    fetch(FILE, tmp_path, [server.mirror("good")])
    assert {path.name for path in tmp_path.iterdir()} == {FILE.name, new.name}


def test_what_a_mirror_sends_reaches_the_terminal_as_plain_text():
    assert "\x1b" not in download._root_cause(OSError("status line \x1b[2J"))
