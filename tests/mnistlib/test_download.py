"""Downloads against real servers on loopback that misbehave on purpose."""

import contextlib
import gzip
import hashlib
import http.server
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
import requests

from mnistlib import download
from mnistlib.download import DownloadError, File, fetch, is_good

#: A small stand-in for a file.
GOOD = gzip.compress(random.Random(1).randbytes(3000), mtime=0)
FILE = File("digits.gz", len(GOOD), hashlib.sha256(GOOD).hexdigest())
SLACK = 2.0
#: Seconds of silence, and in all: enough for a server that answers, however busy the computer is.
TIMEOUT, DEADLINE = 10.0, 20.0
#: The same for a server that does not answer in time, so that a test need not wait for it.
SHORT_TIMEOUT, SHORT_DEADLINE = 0.4, 0.9
LATE = ("stalled_body", "stalled_headers", "dripping_body", "dripping_headers", "endless_continue")
#: In seconds: what is endless ends at last, so that a fault fails its test and does not hang it.
PATIENCE = 6.0


def length(n):
    return ("Content-Length", str(n))


class Handler(http.server.BaseHTTPRequestHandler):
    """What the server does is named by the path: /behaviour/digits.gz."""

    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        behaviour = self.path.split("/")[1]
        # A client that has seen enough hangs up.
        with contextlib.suppress(ConnectionError):
            getattr(self, behaviour)()

    def log_message(self, *_):
        pass

    def answer(self, status=200, body=GOOD, headers=None):
        self.send_response(status)
        for name, value in headers or [length(len(body))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def write_until_hangup(self, data, pause=0.0):
        ends = time.monotonic() + PATIENCE
        try:
            while not self.server.over.wait(pause) and time.monotonic() < ends:
                self.wfile.write(data)
        except ConnectionError:
            self.server.hung_up.set()

    def good(self):
        self.answer()

    def bad_gateway(self):
        self.answer(502)

    def not_found(self):
        self.answer(404)  # with the right bytes: the status alone must do

    def accepted(self):
        self.answer(202)  # neither is this one a 200

    def partial(self):
        self.answer(206)

    def web_page(self):
        self.answer(body=b"\n<!DOCTYPE html><title>Sign in to this network</title>")

    def long_web_page(self):
        self.answer(body=b"<html>" + b"Please sign in. " * 1000)

    def cut_short(self):
        self.answer(body=GOOD[:1000], headers=[length(len(GOOD))])

    def too_short(self):
        self.answer(body=GOOD[:1000])

    def empty(self):
        self.answer(body=b"")

    def too_long(self):
        self.answer(body=GOOD + b"x")

    def other_text(self):
        self.answer(body=b"Zzz: not today")

    def wrong_bytes(self):
        self.answer(body=GOOD[:-1] + bytes([GOOD[-1] ^ 1]))

    def endless(self):
        self.answer(body=b"", headers=[("Connection", "close")])
        self.write_until_hangup(GOOD * 20)

    def odd_status_line(self):
        self.wfile.write("HTTP/1.1 2ä0 OK\r\n\r\n".encode())

    def stalled_body(self):
        self.answer(body=GOOD[:1000], headers=[length(len(GOOD))])
        self.server.over.wait(PATIENCE)

    def stalled_headers(self):
        self.server.over.wait(PATIENCE)

    def dripping_body(self):
        self.answer(body=b"", headers=[length(len(GOOD))])
        self.write_until_hangup(b"x", pause=0.05)

    def dripping_headers(self):
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        self.write_until_hangup(b"x", pause=0.05)

    def endless_continue(self):
        self.write_until_hangup(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01)

    def chunked(self):
        self.protocol_version = "HTTP/1.1"
        self.answer(body=b"", headers=[("Transfer-Encoding", "chunked")])
        for start in range(0, len(GOOD), 700):
            piece = GOOD[start : start + 700]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def redirect(self):
        self.answer(302, b"", [("Location", f"/good/{FILE.name}")])

    def redirect_with_endless_body(self):
        self.answer(302, b"", [("Location", f"/good/{FILE.name}")])
        self.write_until_hangup(GOOD * 20)

    def redirect_to_itself(self):
        self.answer(302, b"", [("Location", self.path)])

    def no_http(self):
        self.wfile.write(b"220 ready when you are\r\n")

    def slow(self):
        """Half the file at once, the rest when the test says so."""
        self.answer(body=GOOD[:1000], headers=[length(len(GOOD))])
        self.server.half_way.set()
        self.server.go_on.wait(10)
        self.wfile.write(GOOD[1000:])


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.over, self.hung_up, self.half_way, self.go_on = (threading.Event() for _ in "1234")

    def mirror(self, behaviour):
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def refusing():
    """Give a mirror at a port that is taken, but where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def quick_fetch(folder, *mirrors):
    is_late = any(mirror.split("/")[-2] in LATE for mirror in mirrors)
    timeout = SHORT_TIMEOUT if is_late else TIMEOUT
    deadline = SHORT_DEADLINE if is_late else DEADLINE
    start = time.monotonic()
    try:
        return fetch(FILE, folder, mirrors, timeout=timeout, deadline=deadline)
    finally:
        assert time.monotonic() - start < deadline * len(mirrors) + SLACK


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_four_files_are_those_of_the_checksum_list():
    listed = (Path(__file__).parents[2] / "data" / "SHA256SUMS").read_text().splitlines()
    ours = [f"{file.sha256}  {file.name}" for file in download.FILES.values()]
    assert sorted(listed) == sorted(ours)


def test_both_mirrors_are_encrypted_and_end_in_a_slash():
    assert len(download.MIRRORS) == 2
    assert all(m.startswith("https://") and m.endswith("/") for m in download.MIRRORS)


@pytest.mark.parametrize("behaviour", ["good", "chunked", "redirect", "redirect_with_endless_body"])
def test_a_good_answer_becomes_the_file(server, tmp_path, behaviour):
    folder = tmp_path / "not" / "there" / "yet"
    path = quick_fetch(folder, server.mirror(behaviour))
    assert path == folder / FILE.name
    assert path.read_bytes() == GOOD
    assert names(folder) == [FILE.name]


def test_a_good_file_is_not_fetched_again(server, tmp_path):
    for _ in range(2):
        quick_fetch(tmp_path, server.mirror("good"))
    assert len(server.requests) == 1


def test_the_bytes_are_asked_for_as_they_are(server, tmp_path):
    quick_fetch(tmp_path, server.mirror("good"))
    [(_, headers)] = server.requests
    assert headers["Accept-Encoding"] == "identity"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_the_file_gets_the_permissions_of_any_new_file(server, tmp_path):
    (tmp_path / "other").touch()
    path = quick_fetch(tmp_path, server.mirror("good"))
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


REASONS = {
    "not_found": "answered with HTTP status 404",
    "bad_gateway": "answered with HTTP status 502",
    "accepted": "answered with HTTP status 202",
    "partial": "answered with HTTP status 206",
    "web_page": "sent a web page instead of the file",
    "long_web_page": "sent a web page instead of the file",
    "cut_short": f"IncompleteRead: IncompleteRead(1000 bytes read, {len(GOOD) - 1000} more",
    "too_short": f"sent only 1000 of {len(GOOD)} bytes",
    "empty": f"sent only 0 of {len(GOOD)} bytes",
    "too_long": f"sent more than the file's {len(GOOD)} bytes",
    "other_text": f"sent only 14 of {len(GOOD)} bytes",
    "wrong_bytes": "sent other bytes: the SHA-256 is wrong",
    "endless": f"sent more than the file's {len(GOOD)} bytes",
    "stalled_body": "TimeoutError: timed out",
    "stalled_headers": "TimeoutError: timed out",
    "dripping_body": f"TimeoutError: not finished after {SHORT_DEADLINE} seconds",
    "dripping_headers": f"TimeoutError: not finished after {SHORT_DEADLINE} seconds",
    "endless_continue": f"TimeoutError: not finished after {SHORT_DEADLINE} seconds",
    "redirect_to_itself": "TooManyRedirects: Exceeded 30 redirects",
    "odd_status_line": "BadStatusLine: HTTP/1.1 2",
    "no_http": "BadStatusLine: 220 ready when you are",
}


@pytest.mark.parametrize(("behaviour", "reason"), REASONS.items())
def test_a_bad_answer_is_one_error_with_its_reason_and_leaves_nothing(
    server, tmp_path, behaviour, reason
):
    mirror = server.mirror(behaviour)
    with pytest.raises(DownloadError) as caught:
        quick_fetch(tmp_path, mirror)
    assert f"{mirror}{FILE.name}: {reason}" in str(caught.value)
    assert names(tmp_path) == []


def test_at_the_deadline_the_line_is_cut(server, tmp_path):
    with pytest.raises(DownloadError):
        quick_fetch(tmp_path, server.mirror("dripping_body"))
    assert server.hung_up.wait(SLACK)


def test_a_server_that_drips_does_not_keep_the_process_alive(server, tmp_path):
    start = time.monotonic()
    process = fetch_elsewhere(tmp_path, server.mirror("dripping_headers"), deadline=SHORT_DEADLINE)
    assert process.wait(20) != 0
    assert time.monotonic() - start < PATIENCE


def test_refusal_is_named(refusing, tmp_path):
    with pytest.raises(DownloadError, match=r"digits\.gz: ConnectionRefusedError: .*refused"):
        quick_fetch(tmp_path, refusing)


@pytest.mark.parametrize("behaviour", ["not_found", "web_page", "endless", "dripping_headers"])
def test_after_a_bad_mirror_comes_a_good_one(server, tmp_path, behaviour):
    path = quick_fetch(tmp_path, server.mirror(behaviour), server.mirror("good"))
    assert path.read_bytes() == GOOD
    assert [path.split("/")[1] for path, _ in server.requests] == [behaviour, "good"]


def test_the_error_names_file_folder_each_mirror_and_what_to_do(server, refusing, tmp_path):
    mirrors = [server.mirror("not_found"), server.mirror("wrong_bytes"), refusing]
    with pytest.raises(DownloadError) as caught:
        quick_fetch(tmp_path, *mirrors)
    first, *reasons, what_to_do = str(caught.value).splitlines()
    assert FILE.name in first
    assert str(tmp_path) in first
    assert [reason.split(": ")[0].strip() for reason in reasons] == [m + FILE.name for m in mirrors]
    for reason, word in zip(reasons, ["404", "SHA-256", "refused"], strict=True):
        assert word in reason
    assert "git checkout -- data" in what_to_do


def test_the_mirrors_are_the_two_unless_told(tmp_path, monkeypatch):
    def unreachable(*_, **__):
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", unreachable)
    with pytest.raises(DownloadError) as caught:
        fetch(FILE, tmp_path)
    assert all(mirror + FILE.name in str(caught.value) for mirror in download.MIRRORS)


def test_without_mirrors_the_error_says_so(tmp_path):
    with pytest.raises(DownloadError, match="no mirror to try"):
        quick_fetch(tmp_path)


DAMAGED = {
    "empty": b"",
    "truncated": GOOD[:-1],
    "one bit off": bytes([GOOD[0] ^ 1]) + GOOD[1:],
    "too long": GOOD + b"\0",
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_replaced_only_by_a_good_one(server, tmp_path, damaged):
    path = tmp_path / FILE.name
    path.write_bytes(damaged)
    assert not is_good(path, FILE)
    with pytest.raises(DownloadError):
        quick_fetch(tmp_path, server.mirror("wrong_bytes"), server.mirror("cut_short"))
    assert path.read_bytes() == damaged
    assert names(tmp_path) == [FILE.name]
    assert quick_fetch(tmp_path, server.mirror("good")).read_bytes() == GOOD
    assert names(tmp_path) == [FILE.name]


def test_a_folder_that_cannot_be_written_is_told_at_once_with_the_remedy(server, tmp_path):
    # Permissions do not stop root; a path through an ordinary file stops everybody.
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match="MNISTLIB_DATA") as caught:
        quick_fetch(tmp_path / "file" / "data", server.mirror("good"))
    assert str(tmp_path / "file" / "data") in str(caught.value)
    assert FILE.name in str(caught.value)
    assert server.requests == []


def test_a_full_disk_leaves_nothing_and_is_told(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(DownloadError, match="No space left on device"):
        quick_fetch(tmp_path, server.mirror("good"))
    assert names(tmp_path) == []


def test_on_windows_a_file_in_use_by_another_process_just_as_far_will_do(
    server, tmp_path, monkeypatch
):
    def in_use(_, path):
        path.write_bytes(GOOD)
        raise PermissionError(13, "in use by another process")

    monkeypatch.setattr(os, "replace", in_use)
    assert quick_fetch(tmp_path, server.mirror("good")).read_bytes() == GOOD


@pytest.mark.parametrize("make", [os.mkdir, getattr(os, "mkfifo", os.mkdir)])
def test_what_is_no_file_is_told_at_once_and_kept(server, tmp_path, make):
    make(tmp_path / FILE.name)
    with pytest.raises(DownloadError, match="no regular file"):
        quick_fetch(tmp_path, server.mirror("good"))
    assert names(tmp_path) == [FILE.name]
    assert server.requests == []


@pytest.mark.parametrize("name", ["with\0inside", "x" * 300], ids=["NUL", "too long"])
def test_an_impossible_folder_is_the_same_clear_error(tmp_path, name):
    with pytest.raises(DownloadError, match="cannot take a new one") as told:
        fetch(FILE, tmp_path / name)
    assert "MNISTLIB_DATA" in str(told.value)


def test_a_folder_that_cannot_be_searched_is_the_same_clear_error(tmp_path, monkeypatch):
    def refuse(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)  # root may search any folder
    with pytest.raises(DownloadError, match="cannot take a new one: Permission denied"):
        fetch(FILE, tmp_path)


@pytest.mark.parametrize("target", ["nowhere", "link"])
def test_a_link_that_leads_to_no_folder_is_told_as_such(server, tmp_path, target):
    (tmp_path / "link").symlink_to(tmp_path / target)
    with pytest.raises(DownloadError, match=r"link, which cannot .* leads to none\. Set"):
        quick_fetch(tmp_path / "link", server.mirror("good"))
    assert server.requests == []


def test_nobody_waits_long_for_a_mirror_that_is_silent(monkeypatch, tmp_path):
    # A reader waits at most half a minute for silence, ten minutes for a slow line.
    given = []

    def get(url, **options):
        given.append(options["timeout"])
        raise ValueError("no network today")

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(DownloadError, match="no network today"):
        fetch(FILE, tmp_path)
    assert 3 <= max(given) <= 30
    assert 60 <= download.DEADLINE <= 600


@pytest.mark.parametrize("behaviour", ["endless", "redirect_with_endless_body"])
def test_memory_stays_within_the_known_size(server, tmp_path, behaviour):
    quick_fetch(tmp_path / "warm up", server.mirror("good"))  # requests and tqdm are imported here
    tracemalloc.start()
    try:
        with contextlib.suppress(DownloadError):
            quick_fetch(tmp_path, server.mirror(behaviour))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000  # a second of an endless body would be hundreds of megabytes


def test_a_progress_bar_goes_to_stderr_and_only_while_downloading(server, tmp_path, capsys):
    quick_fetch(tmp_path, server.mirror("good"))
    out, err = capsys.readouterr()
    assert out == ""
    assert FILE.name in err
    quick_fetch(tmp_path, server.mirror("good"))
    assert capsys.readouterr() == ("", "")


FETCH = """
import sys
from mnistlib.download import fetch, File
fetch({FILE!r}, sys.argv[1], sys.argv[2:], timeout=5, deadline={deadline})
"""


def fetch_elsewhere(folder, *mirrors, deadline=10):
    # A child inherits that Ctrl-C is ignored, as it is in a job that runs in the background.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code = listen + FETCH.format(FILE=FILE, deadline=deadline)
    return subprocess.Popen(
        [sys.executable, "-c", code, folder, *mirrors], stderr=subprocess.DEVNULL
    )


def test_two_processes_at_once_do_no_harm(server, tmp_path):
    processes = [fetch_elsewhere(tmp_path, server.mirror("slow")) for _ in range(2)]
    while len(server.requests) < 2 and all(process.poll() is None for process in processes):
        time.sleep(0.01)
    server.go_on.set()  # both have half the file now
    assert [process.wait(20) for process in processes] == [0, 0]
    assert names(tmp_path) == [FILE.name]
    assert is_good(tmp_path / FILE.name, FILE)


def test_a_process_killed_half_way_leaves_no_file_and_no_obstacle(server, tmp_path):
    process = fetch_elsewhere(tmp_path, server.mirror("slow"))
    assert server.half_way.wait(20)
    process.kill()
    process.wait(20)
    assert not (tmp_path / FILE.name).exists()
    [part] = tmp_path.iterdir()
    assert part.suffix == ".part"

    for age in (0, -2 * 3600):  # that of a computer whose clock is ahead
        os.utime(part, (time.time() - age, time.time() - age))
        (tmp_path / FILE.name).unlink(missing_ok=True)
        quick_fetch(tmp_path, server.mirror("good"))
        assert names(tmp_path) == sorted([FILE.name, part.name])  # it might still be at work
    long_ago = time.time() - 2 * 3600
    os.utime(part, (long_ago, long_ago))
    (tmp_path / FILE.name).unlink()
    quick_fetch(tmp_path, server.mirror("good"))
    assert names(tmp_path) == [FILE.name]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c_stops_a_download_at_once_and_leaves_nothing(server, tmp_path):
    process = fetch_elsewhere(tmp_path, server.mirror("slow"))
    assert server.half_way.wait(20)
    process.send_signal(signal.SIGINT)
    assert process.wait(4) != 0
    assert names(tmp_path) == []
