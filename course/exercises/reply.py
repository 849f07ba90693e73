"""A reply: what the checker has found, as data, and the one place where it is put into words."""

from dataclasses import dataclass
from typing import Literal

from course.exercises import markup

Kind = Literal["not attempted", "raises", "wrong shape", "wrong value", "unstable", "right"]

#: The mark before each kind of reply, and the colour beside it (never colour alone).
SIGNS: dict[str, tuple[str, str]] = {"right": ("✓", "#1a7f37"), "not attempted": ("○", "#767676")}
#: The mark and colour of a wrong answer.
WRONG: tuple[str, str] = ("✗", "#b35900")


@dataclass(frozen=True, eq=False)
class Fault:
    """What is wrong with the answer to one case."""

    kind: Kind
    #: Which of several results is wrong, as the task calls it: "dW".
    part: str = ""
    #: What the key gives, and what the answer gave.
    wanted: str = ""
    got: str = ""
    #: What happened, where there are no two results to compare: an error, say.
    happened: str = ""
    #: What stands at the head of the reply, where the kind says too little.
    headline: str = ""

    @property
    def asks(self) -> bool:
        """Whether its words ask a question already; what Python says of an error may, too."""
        return self.kind != "raises" and self.words.endswith(("?", "?)."))

    @property
    def words(self) -> str:
        """One to three lines."""
        if self.happened:
            return self.happened
        name = f"{self.part}: " if self.part else ""
        if self.kind == "wrong shape":
            return f"{name}wanted {self.wanted}, got {self.got}."
        is_grid = "\n" in self.wanted + self.got
        between = "\n" if is_grid else " "
        return f"{name}wanted{between}{self.wanted}\n{name}got{between}{self.got}"


@dataclass(frozen=True, eq=False)
class Reply:
    """What the checker says about an answer."""

    #: The exercise's name.
    name: str
    kind: Kind
    #: The arguments at which it went wrong: "z = [[0., 0.]]".
    case: str = ""
    #: What went wrong there.
    fault: Fault | None = None
    #: The names of the results that are right in all cases.
    right_so_far: tuple[str, ...] = ()
    #: What NumPy warned of there, in an edge case.
    warned: str = ""
    #: Why, if a known mistake explains what the answer gave in all cases.
    reason: str = ""
    #: What to do next, where no reason is known.
    next_step: str = ""
    #: What a right answer points out, and what it is asked.
    notice: str = ""
    questions: tuple[str, ...] = ()
    #: Whether the answer was kept, and if not, why.
    kept: str = ""

    @property
    def headline(self) -> str:
        """What stands at the head of the reply: its kind, or what is truer of this answer."""
        if self.kind == "unstable" and self.fault is None:
            return "right value, with a warning"
        return self.fault.headline if self.fault and self.fault.headline else self.kind

    @property
    def description(self) -> str:
        """What went wrong, in words, without the reason or the next step."""
        lines = []
        if self.case:
            is_extreme = self.kind == "unstable"
            start = "It is right in ordinary cases, but with" if is_extreme else "With"
            lines.append(f"{start} {self.case}:")
        if self.fault:
            lines.append(self.fault.words)
            if self.right_so_far:
                lines.append(f"Right so far: {', '.join(self.right_so_far)}.")
        elif self.warned:
            lines.append("the value is right, but")
        if self.warned:
            lines.append(f"NumPy warned: {self.warned}.")
        words = "\n".join(lines)
        return words[:1].upper() + words[1:]

    @property
    def explanation(self) -> str:
        """The likely reason, or the next step."""
        return f"A likely reason: {self.reason}" if self.reason else self.next_step

    @property
    def text(self) -> str:
        """The whole reply but for its kind."""
        if self.kind == "right":
            return " ".join(filter(None, (self.notice, *self.questions, self.kept)))
        return "\n".join(filter(None, (self.description, self.explanation)))

    def __repr__(self) -> str:
        """Return the plain form, which the tests of the lessons compare."""
        return f"my_{self.name}: {self.headline}. {self.text}"

    def _repr_html_(self) -> str:
        sign, colour = SIGNS.get(self.kind, WRONG)
        lines = map(self._html_of_line, self.text.splitlines())
        return (
            f'<p style="border-left: 4px solid {colour}; padding-left: 0.6em">{sign} '
            f"<code>my_{self.name}</code>: <strong>{self.headline}</strong>. {'<br>'.join(lines)}</p>"
        )

    def _html_of_line(self, line: str) -> str:
        """Return a line of the reply as HTML: arguments, results and backquoted words are code."""
        if line.lstrip().startswith("["):  # a row of a grid
            return f'<code style="white-space: pre">{markup.text(line)}</code>'
        if self.case and line.endswith(f"{self.case}:"):
            start = line.removesuffix(f"{self.case}:")
            return f"{markup.text(start)}<code>{markup.text(self.case)}</code>:"
        if self.fault and self.fault.kind == "wrong value":
            for label in ("wanted ", "got "):
                before, has_label, value = line.partition(label)
                if has_label and before in ("", f"{self.fault.part}: "):
                    return f"{markup.text(before + label)}<code>{markup.text(value)}</code>"
        return markup.text(line)
