"""One verified file on disk: the four files of MNIST, their hashes and where to fetch them."""

import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests
    import urllib3

#: Seconds to wait for a connection, and for the next bytes.
TIMEOUT = 10.0

#: Seconds after which a mirror that is still sending is given up, and the next one asked.
LONGEST_DOWNLOAD = 120.0

#: Where the files are fetched from, in this order.
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


@dataclass(frozen=True)
class File:
    """A file as it was published: its name, its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


#: The four files.
FILES = {
    "train_images": File(
        "train-images-idx3-ubyte.gz",
        9912422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "train_labels": File(
        "train-labels-idx1-ubyte.gz",
        28881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "test_images": File(
        "t10k-images-idx3-ubyte.gz",
        1648877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "test_labels": File(
        "t10k-labels-idx1-ubyte.gz",
        4542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}


class DownloadError(RuntimeError):
    """A file is missing or damaged, and cannot be fetched; the message says what to do."""


def is_good(path: Path, file: File) -> bool:
    """Whether ``path`` holds exactly the published file, by its size and SHA-256."""
    return not read_verified(path, file)[1]


def read_verified(path: Path, file: File) -> tuple[bytes, str]:
    """Return what ``path`` holds and, if that is not the published file, why: "is missing", say."""
    if not path.is_file():
        return b"", "is missing"
    try:
        with path.open("rb") as stream:
            body = stream.read(file.size + 1)
    except OSError as error:
        return b"", f"cannot be read ({error.strerror})"
    return body, "" if _is_published(body, file) else "is damaged"


def fetch(file: File, folder: str | os.PathLike[str], mirrors: Iterable[str] = MIRRORS) -> Path:
    """Return the path of the verified ``file`` in ``folder``; otherwise as :func:`fetch_bytes`."""
    fetch_bytes(file, folder, mirrors)
    return Path(folder) / file.name


def fetch_bytes(
    file: File, folder: str | os.PathLike[str], mirrors: Iterable[str] = MIRRORS
) -> bytes:
    """Return the bytes of the verified ``file`` in ``folder``, downloading it only if necessary.

    A file already there is checked against its size and SHA-256 each time. If it is missing or wrong,
    the mirrors are tried in turn, two minutes each. What they send is checked before it is moved into
    place in one step, so a wrong answer, or half of one, never stands under the file's name.

    Args:
        file: what to get.
        folder: where it belongs; made if it does not exist.
        mirrors: addresses that end in "/", to which the file's name is added.

    Raises:
        DownloadError: no mirror has the file, or the folder cannot be written.
    """
    path = Path(folder) / file.name
    present, flaw = read_verified(path, file)
    if not flaw:
        return present
    reasons = []
    for mirror in mirrors:
        url = mirror + file.name
        try:
            body = _download(url, file)
        except (OSError, ValueError) as error:  # every error of requests is an OSError
            reasons.append(f"  {url}: {_root_cause(error)}")
        else:
            _put_in_place(body, path)
            return body
    raise DownloadError(
        f"{file.name} {flaw} in {folder}, and no mirror gave a good one:\n"
        + "\n".join(reasons or ["  (there was no mirror to try)"])
        + "\nIn a clone, `git checkout -- data` brings back the original. Or copy the file into "
        "that folder from another computer, or try again later with a network."
    )


def _is_published(body: bytes, file: File) -> bool:
    return len(body) == file.size and hashlib.sha256(body).hexdigest() == file.sha256


def _download(url: str, file: File) -> bytes:
    # imported here because hardly anyone needs it: the files come with the clone
    from tqdm import tqdm

    parts = []
    received = 0
    ends = time.monotonic() + LONGEST_DOWNLOAD
    with _ask(url) as response:
        response.raise_for_status()
        with tqdm(total=file.size, desc=file.name, unit="B", unit_scale=True, leave=False) as bar:
            while chunk := _read_some(response.raw):
                parts.append(chunk)
                received += len(chunk)
                bar.update(len(chunk))
                if received > file.size:
                    raise ValueError(f"sent more than the file's {file.size} bytes")
                if time.monotonic() > ends:
                    raise ValueError(
                        f"sent only {received} bytes in {LONGEST_DOWNLOAD:.0f} seconds"
                    )
    if received < file.size:
        raise ValueError(f"sent only {received} of {file.size} bytes")
    body = b"".join(parts)
    if not _is_published(body, file):
        raise ValueError("sent other bytes: the SHA-256 is wrong")
    return body


def _ask(url: str) -> "requests.Response":
    """Return the answer once its headers are here; its body is still to come.

    They are waited for in a thread, which can be left behind: ``TIMEOUT`` is for each byte of them.
    """
    import requests

    answer: Future[requests.Response] = Future()

    def wait() -> None:
        # "identity" asks for the .gz itself, not for a second packing of it
        headers = {"Accept-Encoding": "identity"}
        try:
            answer.set_result(requests.get(url, stream=True, timeout=TIMEOUT, headers=headers))
        except Exception as error:
            answer.set_exception(error)

    threading.Thread(target=wait, daemon=True).start()
    try:
        return answer.result(LONGEST_DOWNLOAD)
    except TimeoutError:
        raise ValueError(f"sent no whole answer in {LONGEST_DOWNLOAD:.0f} seconds") from None


def _read_some(stream: "urllib3.HTTPResponse") -> bytes:
    """Return what has come, without waiting for more; nothing at the end."""
    from urllib3.exceptions import HTTPError

    try:
        return stream.read1(1 << 16, decode_content=True)
    except HTTPError as error:
        raise OSError(str(error)) from error


def _put_in_place(body: bytes, path: Path) -> None:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f"{path.name}.*.part"):  # by a process that was killed
            with contextlib.suppress(FileNotFoundError):  # another thread's, in place by now
                if left.stat().st_mtime < time.time() - 3600:
                    left.unlink()
        try:
            part.write_bytes(body)
            os.replace(part, path)  # in one step: nobody ever sees half a file
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DownloadError(
            f"{path.name} was downloaded but cannot be written to {path.parent} ({error}). Make room "
            "or get permission to write there, or set the environment variable MNISTLIB_DATA to "
            "another folder."
        ) from None


def _root_cause(error: BaseException) -> str:
    """Find the words that help: "Connection refused" is wrapped in three other exceptions.

    What a mirror sent may stand in them: it is shown without control characters.
    """
    if isinstance(error, ValueError):
        return str(error)
    while error.__context__:
        error = error.__context__
    words = f"{type(error).__name__}: {error}"
    return "".join(letter if letter.isprintable() else "?" for letter in words)[:200]
