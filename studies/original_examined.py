"""Lesson 13: what the examination says of the original notebook's network.

The first row is the notebook's recipe whole; the second, after three hundred steps, is run live.
"""

from course import studies
from course.examination import benchmark

ROWS = [{"steps": 10_000, "images": 12_000}, {"steps": 300, "images": 2_000}]
QUICK = 1


def run(steps: int, images: int) -> dict:
    """Examine it."""
    return benchmark.examined(steps, images)


if __name__ == "__main__":
    studies.main()
