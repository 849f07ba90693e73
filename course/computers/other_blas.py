"""Stand-ins whose NumPy multiplies matrices by another library than OpenBLAS.

The pinned NumPy is built from its source, on this computer, against what Debian calls libblas. Which
library that is, is settled anew when a program starts: BLIS, or the reference BLAS, the plain loops
by which all others are judged. Building takes some minutes, once; the result stays in a folder of the
temporary files. Vector instructions beyond the compiler's choice are left out, which halves the time.

Needs a C++ compiler, and Debian's or Ubuntu's packages libblas-dev and libblis-dev.
"""

import sys
from pathlib import Path

from course.computers.rerun import NotPossible, StandIn, environment, made_once, pins

#: How the library is called, where Debian keeps it, and what the probe must see.
LIBRARIES = {
    "BLIS": ("blis-*", "blis"),
    "the reference BLAS": ("blas", "blas"),
}
BUILD = [
    "-Csetup-args=-Dblas=blas",
    "-Csetup-args=-Dlapack=none-such",
    "-Csetup-args=-Dcpu-dispatch=none",
]


def build(folder: Path) -> None:
    """Make an environment with all that is pinned, NumPy among it from its source."""
    environment(folder, sys.executable, "-r", pins(folder), "--no-binary=numpy", *BUILD)


def prepare(place: str) -> dict:
    """Return what a row sets: a Python with that NumPy, and the library to be found first."""
    libraries = sorted(Path("/usr/lib").glob(f"*-linux-gnu/{place}/libblas.so.3"))
    if not libraries:
        raise NotPossible("no Debian packages libblas-dev and libblis-dev here")
    made = made_once("blas", Path(__file__), build)
    python = made / "venv" / "bin" / "python"
    return {"python": python, "LD_LIBRARY_PATH": str(libraries[0].parent)}


def rows() -> list[StandIn]:
    """Return a row for each library."""
    return [
        StandIn(
            f"NumPy built on {name}",
            lambda seen, wanted=wanted: seen["BLAS"].split()[0] == wanted,
            {"OPENBLAS_NUM_THREADS": "1", "BLIS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            lambda folder, place=place: prepare(place),
        )
        for name, (place, wanted) in LIBRARIES.items()
    ]
