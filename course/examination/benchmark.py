"""The report of the original notebook, which a study stored."""

from course import studies
from course.examination.findings import QUESTIONS, Finding, Share
from course.examination.report import Report


def the_original() -> Report:
    """Return the report of the original after all its ten thousand steps."""
    row = studies.read("original_examined")["rows"][0]
    found = row["results"]
    own = Finding("own", None, "ours")
    cost = Finding("cost", None, "not timed")
    asked = [own, cost, *(Finding(*parts) for parts in found["findings"])]
    findings = {finding.check: finding for finding in asked}
    return Report(
        images=row["settings"]["images"],
        averages=found["averages"],
        findings={check: findings[check] for check in QUESTIONS},
        shares={name: Share(*share) for name, share in found["shares"].items()},
    )
