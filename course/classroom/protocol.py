"""What an isolated process is told, and what it answers: plain values that travel as JSON."""

from typing import NamedTuple

#: The kind of a row that the checker did not decide; its text says why.
LOST = "not marked"

#: Longest text in an answer from an isolated process, in characters; longer ones are cut there.
TEXT = 4000

#: Processor time for taking the answers out of a submission.
READING_SECONDS = 20

MEGABYTE = 2**20


class Limits(NamedTuple):
    """What the process of one answer may use.

    Seconds are processor time. Memory is counted beyond what the process has at the start, and a file's
    size for each file that it writes; both in megabytes.
    """

    seconds: float = 10
    memory: int = 1000
    file: int = 10
    processes: int = 8
