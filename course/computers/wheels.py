"""Check that every pinned package installs from a wheel, with no compiler, wherever readers work.

    python -m course wheels

Run it when the pins have changed. It asks uv (``pip install uv``) what it would install on twenty
computers that you do not have: Windows, macOS on Apple's and on Intel's processors, Linux on x86-64
and on ARM, each with four Pythons. Nothing is installed. The result is 1 if a package has no wheel.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from course.lessons import ROOT

#: Linux as it was in 2018, which older distributions and most wheels share.
PLATFORMS = {
    "Windows": "x86_64-pc-windows-msvc",
    "macOS, Apple": "aarch64-apple-darwin",
    "macOS, Intel": "x86_64-apple-darwin",
    "Linux, x86-64": "x86_64-manylinux_2_28",
    "Linux, ARM": "aarch64-manylinux_2_28",
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def pins(text: str) -> str:
    """Return the pinned packages of a requirements file; the clone itself needs no wheel."""
    return "\n".join(line for line in text.splitlines() if re.match(r"\w", line)) + "\n"


def missing(requirements: str, platform: str, python: str) -> str:
    """Return what uv says against installing `requirements` there: nothing, or its reason."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pins.txt")
        file.write_text(requirements, encoding="utf-8")
        options = ["--dry-run", "--quiet", "--only-binary", ":all:", "--target", f"{folder}/there"]
        options += ["--python-platform", platform, "--python-version", python]
        done = subprocess.run(
            [shutil.which("uv") or "uv", "pip", "install", *options, "--requirement", file],
            capture_output=True,
            text=True,
        )
    return " ".join(done.stderr.split()) if done.returncode else ""


def main() -> None:
    """Ask for each platform and each Python, and say what is missing."""
    if not shutil.which("uv"):
        sys.exit("this needs uv: pip install uv")
    requirements = pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    failed = 0
    for name, platform in PLATFORMS.items():
        for python in PYTHONS:
            reason = missing(requirements, platform, python)
            print(f"{name}, Python {python}: {reason or 'every package has a wheel'}", flush=True)
            failed += bool(reason)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
