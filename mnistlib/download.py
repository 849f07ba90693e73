"""One verified file on disk: the four files of MNIST, their hashes and where to fetch them."""

import contextlib
import hashlib
import os
import secrets
import stat
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

#: Seconds to connect, and the longest silence between two reads.
TIMEOUT = 10.0

#: Seconds for one mirror's whole answer.
DEADLINE = 300.0

#: Seconds after which a half-written file must be a killed process's.
STALE = 3600.0

#: What `fault` says of a folder, a pipe and the like.
NO_FILE = "is no regular file"

#: Where the files are fetched, in this order.
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
    return fault(path, file) is None


def fault(path: Path, file: File) -> str | None:
    """Say what keeps ``path`` from being the published file, as in "is missing"; None if it is."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            return NO_FILE
        with open(path, "rb") as stream:
            right_size = os.fstat(stream.fileno()).st_size == file.size
            if right_size and hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256:
                return None
            return "is damaged"
    except FileNotFoundError:
        return "is missing"
    except (OSError, ValueError) as error:  # not ours to read, or an impossible name
        return f"cannot be read ({_reason(error)})"


def fetch(
    file: File,
    folder: Path,
    mirrors: Iterable[str] = MIRRORS,
    timeout: float = TIMEOUT,
    deadline: float = DEADLINE,
) -> Path:
    """Return the path of the verified ``file`` in ``folder``, downloading it only if need be.

    A file already there is checked against its SHA-256 each time. If it is missing or wrong, the
    mirrors are tried in turn; what they send is checked before it takes the file's place in one
    atomic step, so that a wrong or cut-off answer never stands under the file's name.

    Args:
        file: what to get.
        folder: where it belongs; made if it does not exist.
        mirrors: addresses that end in "/", to which the file's name is added.
        timeout: seconds to connect to a mirror, and the longest silence between two reads.
        deadline: seconds for everything that one mirror does.

    Raises:
        DownloadError: no mirror had the file, the folder cannot be written, or what stands there is
            no regular file.
    """
    path = Path(folder) / file.name
    wrong = fault(path, file)
    if not wrong:
        return path
    if wrong == NO_FILE:
        raise DownloadError(
            f"{path} stands where the data belongs, and is no regular file. Move it away, and try "
            "again: a good copy is then fetched. Or name another folder in MNISTLIB_DATA."
        )
    complaint = f"{file.name} {wrong} in {path.parent}"
    part = path.with_name(f"{file.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale_parts(path)
        # Opened before the download, so that a folder that cannot be written is known at once.
        with open(part, "xb") as stream:
            stream.write(_from_any_mirror(file, complaint, mirrors, timeout, deadline))
        os.replace(part, path)
    except (OSError, ValueError) as error:
        # Windows lets no one replace a file that another process, just as far, has open.
        if not is_good(path, file):
            raise DownloadError(
                f"{complaint}, which cannot take a new one: {_reason(error)}. Set the environment "
                "variable MNISTLIB_DATA to a folder that you can write to, and try again."
            ) from error
    finally:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
    return path


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileExistsError):  # where a folder should be made
        return "it is no folder, or a link that leads to none"
    return getattr(error, "strerror", None) or str(error)


def _remove_stale_parts(path: Path) -> None:
    for part in path.parent.glob(f"{path.name}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE:
                part.unlink()


def _from_any_mirror(
    file: File, complaint: str, mirrors: Iterable[str], timeout: float, deadline: float
) -> bytes:
    reasons = []
    for mirror in mirrors:
        try:
            return _within(deadline, mirror + file.name, file, timeout)
        except Exception as error:  # whatever goes wrong with one mirror, the next may do
            reasons.append(f"  {mirror + file.name}: {_root_cause(error)}")
    raise DownloadError(
        f"{complaint}, and no mirror gave a good one:\n"
        + "\n".join(reasons or ["  (there was no mirror to try)"])
        + "\nIn a clone, `git checkout -- data` brings back the original. Or copy the file into "
        "that folder from another computer, or try again later with a network."
    )


def _within(deadline: float, url: str, file: File, timeout: float) -> bytes:
    # The time-out of requests starts anew with every byte that arrives: a server that drips its
    # headers could hold a plain call for days. A thread can be left behind; as a daemon it does
    # not outlive the process.
    ends = time.monotonic() + deadline
    given_up = threading.Event()
    results: list[bytes | Exception] = []

    def work() -> None:
        try:
            results.append(_download(url, file, timeout, given_up))
        except Exception as error:
            results.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            if time.monotonic() > ends:
                raise TimeoutError(f"not finished after {deadline:g} seconds")
            thread.join(0.1)  # short, because Windows delivers no Ctrl-C during a wait
    finally:
        given_up.set()
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def _download(url: str, file: File, timeout: float, given_up: threading.Event) -> bytes:
    # Loaded here, because hardly anyone needs them: the files come with the clone.
    import requests
    from tqdm import tqdm

    def skip_body(response: requests.Response, **_: object) -> None:
        if response.is_redirect:  # requests would read it to its end, however far that is
            response.close()

    body = bytearray()
    with requests.get(
        url,
        stream=True,
        timeout=timeout,
        headers={"Accept-Encoding": "identity"},  # the .gz itself, not a second packing of it
        hooks={"response": skip_body},
    ) as response:
        if response.status_code != HTTPStatus.OK:
            raise ValueError(f"answered with HTTP status {response.status_code}")
        with tqdm(total=file.size, desc=file.name, unit="B", unit_scale=True, leave=False) as bar:
            # read1 returns whatever has arrived; iter_content would wait for a whole chunk.
            while chunk := response.raw.read1(1 << 16):
                body += chunk
                bar.update(len(chunk))
                if len(body) > file.size or given_up.is_set():
                    break
    if body.lstrip()[:1] == b"<":
        raise ValueError("sent a web page instead of the file")
    if len(body) > file.size:
        raise ValueError(f"sent more than the file's {file.size} bytes")
    if len(body) < file.size:
        raise ValueError(f"sent only {len(body)} of {file.size} bytes")
    if hashlib.sha256(body).hexdigest() != file.sha256:
        raise ValueError("sent other bytes: the SHA-256 is wrong")
    return bytes(body)


def _root_cause(error: BaseException) -> str:
    if type(error) is ValueError:  # ours
        return str(error)
    # "Connection refused" says more than the three exceptions wrapped around it, and "bad status
    # line" more than what reading its number raised.
    while (inner := error.__cause__ or error.__context__) and not isinstance(error, HTTPException):
        error = inner
    return f"{type(error).__name__}: {error}"
