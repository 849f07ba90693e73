"""The original notebook as a candidate, and its report, which a study stored."""

import numpy as np

from course import studies
from course.examination.checks import ShownReport, examine
from course.examination.findings import QUESTIONS, Finding, Report, Share
from mnistlib import original


def functions(steps: int = 10_000) -> tuple:
    """Return the original's three functions: its recipe, for a number of steps.

    Its seed is drawn from the generator. Everything else is as lesson 06 has it.
    """

    def train(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator):
        seed = int(rng.integers(2**31))
        weights, _ = original.run(original.Recipe(steps=steps, seed=seed), (images, labels))
        return weights

    def predict(weights, images: np.ndarray) -> np.ndarray:
        return probabilities(weights, images).argmax(axis=1)

    def probabilities(weights, images: np.ndarray) -> np.ndarray:
        recipe = original.Recipe()
        return recipe.probabilities(recipe.logits(weights, recipe.prepare(images)))

    return train, predict, probabilities


def examined(steps: int, images: int) -> dict:
    """Examine the original, and return what was found as plain values."""
    report = examine(*functions(steps), images=images, limit=600)
    return {
        "findings": [
            [f.check, f.held, f.fault, f.seen]
            for f in report.findings.values()
            if f.check not in ("own", "cost")
        ],
        "shares": {name: list(share) for name, share in report.shares.items()},
        "averages": report.averages,
    }


def report_of(results: dict, images: int) -> Report:
    """Return a report of the original from what was stored of it."""
    report = ShownReport(images=images, averages=results["averages"])
    report.findings = {
        "own": Finding("own", None, "ours"),
        "cost": Finding("cost", None, "not timed"),
    }
    for check, *rest in results["findings"]:
        report.findings[check] = Finding(check, *rest)
    report.findings = {check: report.findings[check] for check in QUESTIONS}
    report.shares = {name: Share(*share) for name, share in results["shares"].items()}
    return report


def the_original() -> Report:
    """Return the report of the original after all its ten thousand steps."""
    row = studies.read("original_examined")["rows"][0]
    return report_of(row["results"], row["settings"]["images"])
