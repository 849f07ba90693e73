"""A lesson's header, its first cell: what it says, part by part."""

import re
from typing import NamedTuple

#: The parts of a lesson's first cell, each begun by its name in bold.
HEADER_PARTS = ("You will be able to", "You need", "Time")


class Header(NamedTuple):
    """What a lesson's first cell says; a part that is missing is empty, or 0.

    ``minutes`` are for reading, ``more_minutes`` for the pencil and the exercises; the lesson takes
    about ``seconds`` of processor time and ``megabytes`` of memory.
    """

    number: str
    title: str
    opening: str
    able: str
    need: str
    time: str
    minutes: int
    more_minutes: int
    seconds: float
    megabytes: float


def read_header(text: str) -> Header:
    """Read a lesson's first cell.

    It begins with ``# NN Title`` and an opening; then come its parts, each begun by its name in bold.
    The last of them reads like ``**Time** 40 minutes to read, 20 more for the pencil and 30 for the
    exercises; it runs for about 5 s and takes 250 MB``: the first minutes are for reading, each number
    before *for the* is more work, and then come the seconds and the megabytes.
    """
    title = re.match(r"# (\d\d) +(.+)", text)
    pieces = re.split(rf"^\*\*({'|'.join(HEADER_PARTS)})\*\*", text, flags=re.MULTILINE)
    parts = dict(zip(pieces[1::2], (piece.strip() for piece in pieces[2::2]), strict=True))
    time = " ".join(parts.get("Time", "").split())

    def stated(unit: str) -> float:
        match = re.search(rf"([\d.]+) {unit}\b", time)
        return float(match[1]) if match else 0

    return Header(
        number=title[1] if title else "",
        title=title[2].strip() if title else "",
        opening=pieces[0].partition("\n")[2].strip(),
        able=parts.get("You will be able to", ""),
        need=parts.get("You need", ""),
        time=time,
        minutes=int(stated("minutes")),
        more_minutes=sum(map(int, re.findall(r"(\d+) (?:more )?for (?:the|a)\b", time))),
        seconds=stated("s"),
        megabytes=stated("MB"),
    )
