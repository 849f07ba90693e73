"""What the programs share: the circumstances of a measurement, and their sections of README.md."""

import argparse
import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

from course.computers import cpu_name

HERE = Path(__file__).parent


def quiet(patience: float = 2.0) -> bool:
    """Wait for other programs to leave the processor alone; tell whether they did (on Linux)."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return True

    def ticks() -> tuple[int, int]:
        numbers = [int(number) for number in stat.read_text().splitlines()[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]  # all; idle, or waiting for a disk

    end = time.monotonic() + patience
    while time.monotonic() < end:
        every, idle = ticks()
        time.sleep(0.15)
        later, later_idle = ticks()
        if later_idle - idle >= 0.9 * (later - every):
            return True
    return False


def circumstances(plan: dict, packages: list[str], turns: list[bool]) -> dict:
    """Return where, with what and how it was measured; a turn says whether the computer was quiet."""
    return {
        "machine": {
            "cpu": cpu_name(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "settings": plan,
        "turns": len(turns),
        "disturbed_turns": turns.count(False),
    }


def footer(results: dict) -> str:
    """Say in a paragraph where and with what it was measured."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {release}" for name, release in results["versions"].items())
    return (
        f"Measured on {machine['cpu']} ({machine['cores']} cores), {machine['system']}, Python "
        f"{machine['python']}; {versions}. {results['disturbed_turns']} of {results['turns']} turns "
        "began while other programs ran."
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, its numbers to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def write_section(text: str, name: str) -> None:
    """Put text between the two markers of that name in README.md."""
    readme = HERE / "README.md"
    begin, end = f"<!-- {name}: written by {name}.py -->\n", f"<!-- end of {name} -->"
    before, rest = readme.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    readme.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")


def main(
    name: str,
    measure: Callable[[dict], dict],
    report: Callable[[dict], str],
    full: dict,
    quick: dict,
    draw: Callable[[dict, Path], None] | None = None,
) -> None:
    """Measure, or take what is stored; print it, and write NAME.json, the section and the figure."""
    parser = argparse.ArgumentParser()
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--quick", action="store_true", help="a short trial; writes nothing")
    choice.add_argument("--report", action="store_true", help=f"measure nothing; use {name}.json")
    options = parser.parse_args()
    target = HERE / f"{name}.json"
    if options.report:
        results = json.loads(target.read_text(encoding="utf-8"))
    else:
        results = measure(quick if options.quick else full)
    print(report(results))
    if not options.quick:
        target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        write_section(report(results), name)
        if draw:
            draw(results, target.with_suffix(".png"))
