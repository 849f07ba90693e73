"""What is said to the sandbox and what it says: orders come in, an outcome for each exercise goes out.

Both travel as lines of JSON. Nothing here needs Linux, or a library.
"""

from typing import NamedTuple

#: The kind of an outcome for which no reply came; its text says why.
LOST = "not marked"

#: The kinds of reply that a checker gives.
KINDS = ("not attempted", "raises", "wrong shape", "wrong value", "unstable", "right")

#: So many letters has a reply at most; what is longer is cut where it is made.
TEXT = 4000

#: To take the answers out of a submission's files.
READING_SECONDS = 20


class Limits(NamedTuple):
    """What an answer's process may use; seconds are counted for each exercise.

    Memory is counted beyond what the process has at the start, and a file's size for each that it
    writes; both in megabytes.
    """

    seconds: float = 10
    memory: int = 1000
    file: int = 10
    processes: int = 8


class Greeting(NamedTuple):
    """What the sandbox says first.

    Why no answer can be tried out here; as whom answers run, if not as who started it; and the first
    file of our Python and of the data that such a user may not read.
    """

    lost: str | None
    user: int | None
    closed_code: str | None
    closed_data: str | None


class Order(NamedTuple):
    """What is to be tried.

    `files` are pairs of a place in the submission and the bytes there, in base 64; `unread` says what of
    it was not looked at; `seconds` are allowed, and `given` names what of the library a lesson gives,
    both by exercise.
    """

    files: list[tuple[str, str]]
    unread: str
    exercises: list[str]
    seconds: dict[str, float]
    given: dict[str, list[str]]


class Outcome(NamedTuple):
    """What came of one exercise; a kind of KINDS, or LOST."""

    exercise: str
    kind: str
    reply: str
    reason: str = ""
    shape: str = ""
    seconds: float = 0.0
