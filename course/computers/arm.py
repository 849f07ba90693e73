"""Stand-ins with a processor by ARM, whose every instruction is carried out by a program, QEMU.

An ARM computer's own Python, from Debian's packages, and its own NumPy, from the pinned wheels, are
unpacked into a folder of the temporary files, where they stay for the next time: 400 MB, fetched by
the ordinary clients in a minute. The lessons' kernel is that Python, and everything else, the
comparison above all, is this computer's.

It takes patience: a product of matrices runs a hundred times as slowly. Needs Linux and Debian's or
Ubuntu's package qemu-user.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from course.computers.rerun import NotPossible, StandIn, direct_dependencies, made_once, pins

#: What QEMU calls a processor, and which kernel of OpenBLAS such a computer runs.
PROCESSORS = {
    "neoverse-n1": "neoversen1",
    "cortex-a72": "cortexa57",
    "neoverse-v1": "neoversev1",
    "max": "armv9sme",
}

#: Debian 13's.
PYTHON = "3.13"

#: What a lesson's kernel needs beside what the library needs.
NEEDED = ("ipykernel", "threadpoolctl")

#: As pip calls the systems whose wheels run there.
PLATFORMS = [f"manylinux_2_{minor}_aarch64" for minor in (28, 27, 26, 24, 17)]
PLATFORMS += ["manylinux2014_aarch64"]


def run(*command: str | Path) -> None:
    """Run a command; what it says is of interest only if it fails."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise NotPossible(f"{command[0]} ended with {done.returncode}: {lines[-1]}")


def unpack_debian(root: Path, folder: Path) -> None:
    """Fetch an ARM computer's Python and all that it needs by Debian's apt, and unpack it."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True)
    (folder / "status").touch()  # of that computer, on which nothing is installed
    settings = {
        "APT::Architecture": "arm64",
        "APT::Architectures": "arm64",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Debug::NoLocking": "1",
    }
    options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    run("apt-get", "-q", *options, "update")
    wanted = [f"python{PYTHON}", "libstdc++6"]
    fetch = ("install", "--download-only", "--no-install-recommends", *wanted)
    run("apt-get", "-q", "-y", *options, *fetch)
    for package in (folder / "cache" / "archives").glob("*.deb"):
        run("dpkg-deb", "-x", package, root)
    for name in ("lib", "bin"):  # which a package's script would make
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")


def unpack_wheels(target: Path, folder: Path) -> None:
    """Fetch the pinned wheels for ARM that a lesson's kernel needs, by pip, and unpack them."""
    platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
    needed = [re.match(r"[\w-]+", wanted)[0] for wanted in direct_dependencies(course=False)]
    run(
        *(sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--target", target),
        *("--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON, *platforms),
        *("-c", pins(folder), *needed, *NEEDED),
    )


def unpack(folder: Path) -> None:
    """Make an ARM computer's programs in a folder of their own."""
    root = folder / "root"
    fetched = folder / "fetched"
    root.mkdir()
    unpack_debian(root, fetched)
    unpack_wheels(root / "usr" / "lib" / "python3" / "dist-packages", fetched)
    shutil.rmtree(fetched)


def prepare(processor: str) -> dict:
    """Return what a row sets: the command that starts an ARM computer's Python."""
    needed = {"qemu-aarch64": "qemu-user", "apt-get": "apt", "dpkg-deb": "dpkg"}
    for program, package in needed.items():
        if not shutil.which(program):
            raise NotPossible(f"no {program} here (Debian's package {package})")
    root = made_once("arm", Path(__file__), unpack) / "root"
    qemu = ["qemu-aarch64", "-cpu", processor, "-L", str(root)]
    return {"kernel": [*qemu, str(root / "usr" / "bin" / f"python{PYTHON}")]}


def rows(names: Iterable[str] = tuple(PROCESSORS)) -> list[StandIn]:
    """Return a row for each of these processors."""
    return [
        StandIn(
            f"ARM, {name}, 1 thread",
            lambda seen, kernel=PROCESSORS[name]: (
                (seen["machine"], seen["kernel"]) == ("aarch64", kernel)
            ),
            {"OPENBLAS_NUM_THREADS": "1"},
            lambda folder, name=name: prepare(name),
        )
        for name in names
    ]
