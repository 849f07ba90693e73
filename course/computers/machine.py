"""What a computer tells about itself."""

import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Iterable
from pathlib import Path

#: So many threads has every contender of a race.
THREADS = 2


def same_for_all(threads: int) -> None:
    """Give this process, and all that it starts, so many cores and as many threads.

    And the kernel for products that the processor gets by itself.
    """
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def peak_megabytes() -> float | None:
    """Return the most memory that this process has held, or None where that is not told."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the releases of those packages that are installed."""
    releases = {}
    for package in packages:
        try:
            releases[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            releases[package] = "not installed"
    return releases


def blas_kernel() -> str:
    """Return the name of the kernel that multiplies matrices here."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown (threadpoolctl is not installed)"
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return "; ".join(
        f"{pool['internal_api']} {pool['version']}, kernel {pool.get('architecture')}, "
        f"{pool['num_threads']} threads"
        for pool in pools
    )


def quiet(patience: float = 5.0) -> bool:
    """Wait for other programs to leave the processor alone; tell whether they did.

    Linux tells; elsewhere nobody knows, and the answer is True at once.
    """
    stat = Path("/proc/stat")
    if not stat.exists():
        return True

    def ticks() -> tuple[int, int]:
        numbers = [int(number) for number in stat.read_text().splitlines()[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]  # all; idle, waiting for a disk

    end = time.monotonic() + patience
    while time.monotonic() < end:
        every, idle = ticks()
        time.sleep(0.15)
        later, later_idle = ticks()
        if later_idle - idle >= 0.9 * (later - every):
            return True
    return False


def cpu_name() -> str:
    """Return the processor's name, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"
