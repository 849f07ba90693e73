"""The report: all that an examination found, as text and as one figure."""

import textwrap
from dataclasses import dataclass, field

from course.examination.findings import BETTER, NO_CAUSE, NUMBERS, QUESTIONS, Finding, Share
from course.examination.sentences import sentence
from course.examination.splits import ASKED, FEW
from mnistlib.uncertainty import Calibration

#: Characters in a line of the report.
WIDTH = 70
#: How each verdict is marked.
MARKS = {True: "yes", False: "NO", None: "-", "waits": "…"}


@dataclass(repr=False)
class Report:
    """All that the examination of one candidate found."""

    images: int
    few: int = FEW
    asked: int = ASKED
    findings: dict[str, Finding] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    averages: float | None = None
    calibration: Calibration | None = None
    seconds: float | None = None
    megabytes: float | None = None
    beside: "Report | None" = None

    @property
    def attempted(self) -> bool:
        """Whether there was anything to examine."""
        return self.findings["runs"].fault != "not attempted"

    def note(self, check: str, held: bool | None, fault: str = "", **seen: object) -> None:
        """Write a finding down."""
        self.findings[check] = Finding(check, held, "" if held else fault, seen)

    def figure(self):
        """Draw the report, as one figure."""
        from course.examination import figure  # which needs matplotlib, as the page has not

        return figure.draw(self)

    def waiting(self, name: str) -> list[str]:
        """Return a line for each cause that questions wait for; a name tells two reports apart."""
        waits = {}
        for check, finding in self.findings.items():
            if finding.verdict == "waits":
                waits.setdefault(finding.seen["cause"], []).append(str(NUMBERS[check]))
        whose = f"{name}: " if name else ""
        return [
            f"… {whose}{', '.join(numbers)} can't be judged before {NUMBERS[cause]} is a yes"
            for cause, numbers in waits.items()
        ]

    def lead(self, name: str) -> str:
        """Return a line of the digits gained over ten averages and lost; nothing if none were asked."""
        seen = self.findings["averages"].seen
        if "gained" not in seen:
            return ""
        line = f"{name:18} {seen['gained']:+7,} {-seen['lost']:+7,}"
        return line if seen["p"] < BETTER else f"{line}   too near to tell which is better"

    def claimed(self) -> list[str]:
        """Return a line for a claim, and what it is worth if it was modest."""
        seen = self.findings["claim"].seen
        if "claim" not in seen:
            return []
        line = f"{'you claimed':18} {seen['claim'] / 100:7.2%}"
        below = seen["right"] - seen["claim"] / 100
        if below > 2 * seen["error"]:
            line += f"   {100 * below:.1f} points too modest; "
            line += f"question {NUMBERS['claim']} catches only boasts"
        return [line]

    def __repr__(self) -> str:
        if not self.attempted:
            said = "Not attempted: my_train and my_predict return nothing yet."
            if self.beside:
                verdicts = [finding.held for finding in self.beside.findings.values()]
                share = self.beside.shares["strangers"].right
                said += f"\noriginal: {verdicts.count(True)} yes, {verdicts.count(False)} no; "
                said += f"{share:.2%} of strangers' digits right"
            return said
        if self.findings["runs"].held is False:
            lines = ["The examination ended early, at the second question.", ""]
        else:
            lines = [
                f"Trained once on {self.images:,} images, five times on {self.few:,} of them;",
                f"asked about {self.asked:,} digits by strangers, who wrote none of these.",
                "",
            ]
        if self.beside:
            lines.append(f"{'yours':5} {'original':9}")
        for check, finding in self.findings.items():
            other = self.beside.findings[check] if self.beside else None
            marks = f"{MARKS[finding.verdict]:5}" + (f" {MARKS[other.verdict]:9}" if other else "")
            lines.append(f"{marks} {NUMBERS[check]:2}  {QUESTIONS[check]}")
        columns = {"yours": self, "original": self.beside} if self.beside else {"": self}
        for name, report in columns.items():
            lines += report.waiting(name)
        if self.shares:
            lines += ["", "right, with the standard error by writer"]
            for name, share in self.shares.items():
                line = f"{name:18} {share.right:7.2%} ± {share.error:.2%}"
                if self.beside and name in self.beside.shares:
                    line += f"   original {self.beside.shares[name].right:7.2%}"
                lines.append(line)
            lines.append(f"{'ten averages':18} {self.averages:7.2%}   (strangers)")
            lines += self.claimed()
            leads = [report.lead(name or "gained, lost") for name, report in columns.items()]
            if any(leads):
                lines += ["", "strangers' digits gained and lost against ten averages"]
                lines += [lead for lead in leads if lead]
        if self.seconds is not None:
            lines.append(f"learnt in {self.seconds:.1f} s, {self.megabytes:.0f} MB at most")
        said = [finding for finding in self.findings.values() if finding.held is False]
        said.sort(key=lambda finding: finding.check in NO_CAUSE)  # what may be a cause comes first
        for place, finding in enumerate(said):
            is_cause = place == 0 and len(said) > 1 and finding.check not in NO_CAUSE
            head = "Begin here: " if is_cause else ""
            question = f"{NUMBERS[finding.check]}. {QUESTIONS[finding.check]}"
            lines += ["", *textwrap.wrap(f"{head}{question} {sentence(finding)}", WIDTH)]
        return "\n".join(lines)
