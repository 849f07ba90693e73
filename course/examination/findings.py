"""What an examination found, as data: its questions, and a ``Finding`` for each."""

from dataclasses import dataclass, field
from typing import NamedTuple

#: The checks by their names, and the question that each asks. What stands above may be the cause of
#: what stands below, and is to be fixed first.
QUESTIONS = {
    "own": "Is all of it your own?",
    "runs": "Does it end within a minute, with a digit for each image?",
    "arguments": "Does it leave its arguments as they were?",
    "floats": "Does it give the same answers when the pixels are float32?",
    "bytes": "Can it learn from raw pixels, 0 to 255?",
    "finite": "Are all its numbers finite?",
    "company": "Is an image's answer about that image alone?",
    "order": "Do the answers stay the same in another order?",
    "labels": "Does it learn from the labels, and from nothing else?",
    "names": "Does it treat the classes as names, not as numbers?",
    "repeat": "Does the same generator give the same network?",
    "chance": "Does a different generator give a different network?",
    "averages": "Does it beat ten averages?",
    "odd pages": "Does it survive a blank page, a black one, a grey one?",
    "claim": "Is it as good on strangers' digits as you said?",
    "sure": "When it says 90%, is it right nine times in ten?",
    "cost": "Does it learn within a gigabyte of memory?",
}

#: Their numbers, by which the lesson and the report cite them.
NUMBERS = {check: number for number, check in enumerate(QUESTIONS, start=1)}
#: Checks whose *no* is never the cause of another.
NO_CAUSE = ("chance", "odd pages", "claim", "sure", "cost")
#: The p of a paired test below which one of two reads better.
BETTER = 0.01


@dataclass(frozen=True)
class Finding:
    """What one check saw: whether it held (None: not judged), in what way not, and the numbers."""

    check: str
    held: bool | None
    fault: str = ""
    seen: dict[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> bool | str | None:
        """Whether it held; or "waits", where it can't be judged before another check has held."""
        return "waits" if self.fault == "waits" else self.held


class Share(NamedTuple):
    """A share of right answers with its standard error by writer."""

    right: float
    error: float
