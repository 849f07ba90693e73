"""What every benchmark does when it is started: measure or take what is stored, print, and write."""

import argparse
import json
import os
import platform
from collections.abc import Callable

from report import HERE, write_section

from course.computers.machine import THREADS, cpu_name, same_for_all, versions


def command(
    name: str,
    measure: Callable[[dict], dict],
    report: Callable[[dict], str],
    full: dict,
    quick: dict,
    draw: Callable | None = None,
) -> None:
    """Be the program ``name``: its results go to a JSON file, its page, and perhaps its figure.

    ``measure`` makes of a plan, ``full`` or ``quick``, what is stored; ``report`` makes of that the
    page's Markdown, and ``draw`` the figure, in the file of its second argument.
    """
    parser = argparse.ArgumentParser()
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--quick", action="store_true", help="a short trial; writes nothing")
    choice.add_argument("--report", action="store_true", help=f"measure nothing; use {name}.json")
    arguments = parser.parse_args()
    target = HERE / f"{name}.json"
    if arguments.report:
        results = json.loads(target.read_text(encoding="utf-8"))
    else:
        same_for_all(THREADS)
        results = measure(quick if arguments.quick else full)
    print(report(results))
    if not arguments.quick:
        target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        write_section(report(results), name)
        if draw:
            draw(results, target.with_suffix(".png"))


def circumstances(plan: dict, packages: list[str], turns: int, disturbed: int) -> dict:
    """Return where, with what and how it was measured, as each benchmark stores it."""
    return {
        "machine": {
            "cpu": cpu_name(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "turns": turns,
            "disturbed_turns": disturbed,
        },
        "versions": versions(packages),
        "settings": plan | {"threads": THREADS},
    }
