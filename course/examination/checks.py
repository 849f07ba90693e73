"""The questions of the examination, in the order of their causes; each answer is a ``Finding``."""

import html
from collections.abc import Callable

import numpy as np

from course.examination.candidate import (
    LIMIT,
    CallFailed,
    Candidate,
    Trained,
    arrays_of,
    borrowed,
)
from course.examination.findings import BETTER, NUMBERS, QUESTIONS, Finding, Share
from course.examination.report import Report
from course.examination.splits import IMAGES, Digits, Splits, draw_splits
from course.exercises import markup
from course.shown import Shown
from mnistlib import baseline
from mnistlib.uncertainty import calibration, mcnemar, standard_error_by_group

#: Checks that cannot be judged while one of others has not held; causes come first.
WAITS_FOR = {
    "floats": ("repeat",),
    "bytes": ("repeat", "floats"),
    "company": ("repeat", "finite"),
    "chance": ("repeat", "finite"),
    "order": ("repeat", "company", "finite"),
    "labels": ("floats", "bytes", "finite", "company"),
    "names": ("bytes", "finite", "company", "labels"),
    "averages": ("floats", "bytes", "finite", "labels", "names", "company"),
    "odd pages": ("finite",),
    "claim": ("floats", "bytes", "finite", "labels", "names", "company"),
    "sure": ("floats", "bytes", "finite", "labels", "names", "company"),
}
#: Checks that measure how much is right.
ACCURACY = ("averages", "claim", "sure")

#: The share right from labels dealt out at random above which something else was learnt from.
LEAK = 0.2
#: The share right below which nothing was learnt.
NOTHING = 0.2
#: How much better it reads, as a share, when the pixels are divided by 255, if it was saturated.
SATURATED = 0.04
#: The share of its errors that miss by exactly one from which classes were taken for numbers, and the
#: number of errors from which that can be told.
NEIGHBOURS, ERRORS = 0.4, 50
#: How far, on average, a probability may be from the share right, beyond chance.
HONEST = 0.03
#: How many times the errors that its probabilities own up to it may make, and how many more.
OWNED, MORE = 5, 20
#: Megabytes at once from which learning costs too much.
LARGE = 1000
#: The share of answers that rounding may change between one batch and another.
ROUNDING = 0.02

#: Up to where a question that measures something is answered with a yes.
THRESHOLDS = {
    "floats": f"at most {ROUNDING:.0%} of the answers change",
    "bytes": f"divided pixels are worth less than {100 * SATURATED:.0f} points more",
    "company": f"at most {ROUNDING:.0%} of the images get another answer",
    "order": f"at most {ROUNDING:.0%} of the answers change",
    "labels": f"more than {NOTHING:.0%} right from true labels, less than {LEAK:.0%} from random ones",
    "names": f"less than {NEIGHBOURS:.0%} of the errors miss by exactly one, or they are under {ERRORS}",
    "repeat": "not one answer differs",
    "chance": "an answer differs, or a parameter",
    "averages": f"it gains more than it loses, and a paired test (lesson 05) has p < {BETTER}",
    "claim": "the claim is at most two standard errors above the result",
    "sure": (
        f"the expected calibration error (lesson 05) is at most {100 * HONEST:.0f} points above what "
        f"chance makes, and the errors are at most {OWNED} times what it owns up to, plus {MORE}"
    ),
    "cost": f"less than {LARGE:,} MB at once",
}


def thresholds() -> Shown:
    """Show where each question that measures something draws the line, folded until it is opened."""
    lines = [f"{NUMBERS[check]:2}  {line}" for check, line in THRESHOLDS.items()]
    text = "\n".join(lines)
    summary = "Where is the line between yes and no?"
    return Shown(f"{summary}\n{text}", markup.fold(summary, "<br>".join(map(html.escape, lines))))


def examine(
    my_train: Callable,
    my_predict: Callable,
    my_probabilities: Callable | None = None,
    *,
    claim: float | None = None,
    images: int = IMAGES,
    limit: float = LIMIT,
    beside: Report | None = None,
) -> Report:
    """Train a network of somebody's own six times, ask it what lesson 13 asks, and report.

    Args:
        my_train: from images, uint8 (n, 28, 28), labels, uint8 (n,), and a generator to parameters.
        my_predict: from parameters and images to a digit for each image.
        my_probabilities: from the same to ten probabilities for each image, if it can say.
        claim: the percentage of strangers' digits that you say it reads.
        images: how many it learns.
        limit: seconds that one training may take.
        beside: another's report, to be shown beside this one.

    Raises:
        ValueError: a claim that is no percentage.
    """
    candidate = Candidate(my_train, my_predict, my_probabilities, limit)
    return examine_candidate(candidate, draw_splits(images), claim, beside)


def examine_candidate(
    candidate: Candidate, digits: Splits, claim: float | None = None, beside: Report | None = None
) -> Report:
    """Examine a candidate on these digits, as :func:`examine` says."""
    if claim is not None and not (isinstance(claim, int | float) and 1 < claim <= 100):
        raise ValueError(f"claim is a percentage, such as 95; got {claim!r}")
    counts = [len(some.images) for some in (digits.learnt, digits.few, digits.strangers)]
    report = Report(*counts, beside=beside)
    theirs = borrowed(candidate.train, candidate.predict, candidate.probabilities)
    report.note("own", not theirs, "borrowed", names=theirs)
    try:
        _examine(candidate, digits, report, claim)
    except CallFailed as failure:
        report.note("runs", False, failure.fault, **failure.seen)
    for check in QUESTIONS:
        report.findings.setdefault(check, Finding(check, None, "not reached"))
    failed = {finding.check for finding in report.findings.values() if finding.held is False}
    for check, causes in WAITS_FOR.items():
        found = report.findings[check]
        if found.held:
            # Where numbers are none, argmax answers all the same, and a yes says as little as a no.
            # Accuracy may also come from other images in the batch, or from labels that nobody gave.
            late = ("finite", "labels", "company") if check in ACCURACY else ("finite",)
            causes = [cause for cause in causes if cause in late]
        cause = next((cause for cause in causes if cause in failed), None)
        if cause and found.held is not None:
            cause = report.findings[cause].seen.get("cause", cause)  # where the cause waits as well
            report.note(check, None, "waits", **{**found.seen, "cause": cause})
    report.findings = {check: report.findings[check] for check in QUESTIONS}
    return report


def _examine(candidate: Candidate, digits: Splits, report: Report, claim: float | None) -> None:
    """Ask everything, from what is quick to what takes time.

    Raises:
        CallFailed: a call did what ends the examination.
    """
    few, strangers = digits.few, digits.strangers
    first = candidate.trained(few.images, few.labels, seed=1)
    if first.parameters is None:  # as when a return was forgotten, or nothing has been written yet
        try:
            answered, _ = candidate.run(candidate.predict, None, few.images[:1].copy())
        except CallFailed as failure:
            if failure.fault == "raises":
                raise CallFailed("no parameters") from None
            raise
        if answered is None:
            raise CallFailed("not attempted")
    answers = candidate.answers(first, strangers.images)
    first_right = float((answers == strangers.labels).mean())
    report.note("arguments", not first.changed, "changed", changed=[*first.changed])

    twice = int((candidate.answers(first, strangers.images) != answers).sum())
    again = candidate.trained(few.images, few.labels, seed=1)
    same = candidate.answers(again, strangers.images) == answers
    other = candidate.trained(few.images, few.labels, seed=2)
    moved = int((candidate.answers(other, strangers.images) != answers).sum())
    later = int((candidate.answers(first, strangers.images) != answers).sum())
    asked = len(strangers.images)
    if twice:
        report.note("repeat", False, "moody", differ=twice, asked=asked)
    elif later:
        report.note("repeat", False, "elsewhere", differ=later, asked=asked)
    else:
        differ, drew = int((~same).sum()), first.drew_from_rng
        report.note("repeat", not differ, "differs", differ=differ, drew=drew, asked=asked)
    # A network that learns nothing may give the same answers, whatever it has drawn.
    differs = moved > 0 or not have_same_arrays(first.parameters, other.parameters)
    report.note("chance", differs, "ignored", moved=moved, drawn=other.drew_from_rng)

    _look_at_bytes(candidate, few, strangers, first_right, report)
    _look_at_labels(candidate, few, strangers, first_right, report)

    trained = candidate.trained(*digits.learnt[:2], seed=1)
    report.seconds, report.megabytes = trained.seconds, trained.megabytes
    pixels = digits.learnt.images.size * 8 / 1e6
    report.note(
        "cost",
        trained.megabytes < LARGE,
        "large",
        megabytes=trained.megabytes,
        pixels=pixels,
    )
    report.note("runs", True)
    _look_at_numbers(candidate, trained, first, strangers, report)
    _look_at_company(candidate, trained, digits, report)
    _look_at_pages(candidate, trained, digits, report)
    _look_at_accuracy(candidate, trained, digits, report, claim)
    _look_at_sureness(candidate, trained, digits, report)


def have_same_arrays(parameters: object, others: object) -> bool:
    """Return whether two networks' parameters hold equal arrays, or none that can be found."""
    ours, theirs = arrays_of(parameters), arrays_of(others)
    return len(ours) == len(theirs) and all(map(np.array_equal, ours, theirs))


def _look_at_bytes(
    candidate: Candidate, few: Digits, strangers: Digits, right: float, report: Report
) -> None:
    """Divide the pixels by 255: whoever reads far better then had sums too large."""
    try:
        trained = candidate.trained(few.images / 255, few.labels, seed=1)
        answers = candidate.answers(trained, strangers.images / 255)
        small = float((answers == strangers.labels).mean())
    except CallFailed:  # whatever is the matter, it is not that bytes are large
        small = 0.0
    report.note(
        "bytes", small - right < SATURATED, "large", right=right, small=small, few=len(few.images)
    )


def _look_at_labels(
    candidate: Candidate, few: Digits, strangers: Digits, right: float, report: Report
) -> None:
    """Deal the labels out at random: whoever still reads digits knows them from elsewhere."""
    dealt = np.random.default_rng(seed=3).permutation(few.labels)
    trained = candidate.trained(few.images, dealt, seed=1)
    chance = float((candidate.answers(trained, strangers.images) == strangers.labels).mean())
    fault = "leak" if chance >= LEAK else "nothing"
    report.note(
        "labels",
        fault != "leak" and right > NOTHING,
        fault,
        right=right,
        chance=chance,
        few=len(few.images),
    )


def _look_at_numbers(
    candidate: Candidate, trained: Trained, first: Trained, strangers: Digits, report: Report
) -> None:
    """Look for what is no number in the parameters, and on the way from ordinary digits to answers."""
    candidate.answers(trained, strangers.images)
    warned = trained.warned_when_asked + first.warned_when_asked
    invalid = [warning for warning in warned if "invalid value" in warning]
    arrays = [a for a in arrays_of(trained.parameters) if a.dtype.kind == "f"]
    wrong = sum(int((~np.isfinite(array)).sum()) for array in arrays)
    total = sum(array.size for array in arrays)
    if invalid and not wrong:  # or else the parameters are the earlier trace
        # Without an infinity, a quotient that is no number was 0 over 0.
        infinite = [w for w in warned if "overflow" in w or "divide by zero" in w]
        is_zero = "divide" in invalid[0] and not infinite
        fault = "zero over zero" if is_zero else "invalid"
        report.note("finite", False, fault, warning=invalid[0])
        return
    report.note("finite", not wrong, "nan", wrong=wrong, total=total, warned=trained.warned[:1])


def _look_at_company(
    candidate: Candidate, trained: Trained, digits: Splits, report: Report
) -> None:
    """Ask about images among all the others, alone, beside nineteen of one class, and reversed."""
    images, labels, _ = digits.strangers
    together = candidate.answers(trained, images)
    chosen = np.arange(100)
    alone = np.array([candidate.answers(trained, images[i : i + 1])[0] for i in chosen])
    rooms = {"alone": alone}
    for digit in (0, 2, 4):
        company = images[100:][labels[100:] == digit][:19]
        mixed = [np.concatenate([images[i : i + 1], company]) for i in chosen]
        rooms[f"beside nineteen {digit}s"] = np.array(
            [candidate.answers(trained, room)[0] for room in mixed]
        )
    rooms["among fifty"] = np.concatenate(
        [candidate.answers(trained, images[start : start + 50]) for start in (0, 50)]
    )
    rooms["among a thousand"] = candidate.answers(trained, images[:1000])[:100]
    stays = np.all([answers == together[chosen] for answers in rooms.values()], axis=0)
    report.note(
        "company",
        bool((~stays).mean() <= ROUNDING),
        "company",
        moved=int((~stays).sum()),
        asked=len(chosen),
        label=int(labels[stays.argmin()]),
        together=int(together[stays.argmin()]),
        rooms={room: int(answers[stays.argmin()]) for room, answers in rooms.items()},
    )
    backwards = candidate.answers(trained, images[::-1])[::-1]
    moved = int((backwards != together).sum())
    report.note("order", moved <= ROUNDING * len(images), "order", moved=moved, asked=len(images))


def _look_at_pages(candidate: Candidate, trained: Trained, digits: Splits, report: Report) -> None:
    """Show pages that are not digits, and the digits in another type."""
    images = digits.strangers.images[:200]
    pages = {
        "a blank page": np.zeros((20, 28, 28), np.uint8),
        "a black page": np.full((20, 28, 28), 255, np.uint8),
        "grey paper": np.clip(images.astype(int) + 20, 0, 255).astype(np.uint8),
    }
    can_say = candidate.probabilities is not None
    try:
        if can_say:
            candidate.beliefs(trained, images[:20])
    except CallFailed:  # which is asked about where there are digits
        can_say = False
    bad = {}
    for name, page in pages.items():
        before = len(trained.warned_when_asked)
        try:
            candidate.answers(trained, page)
            if can_say:
                candidate.beliefs(trained, page)
        except CallFailed as failure:
            bad[name] = str(failure.seen.get("error", failure.fault))
        else:
            warned = trained.warned_when_asked[before:]
            warned = [w for w in warned if "invalid" in w or "divide" in w]
            if warned:
                bad[name] = warned[0]
    report.note("odd pages", not bad, "odd", pages=bad)

    together = candidate.answers(trained, images)
    try:
        as_floats = candidate.answers(trained, images.astype(np.float32))
    except CallFailed as failure:
        report.note("floats", False, "raises", error=failure.seen.get("error", failure.fault))
        return
    moved = int((as_floats != together).sum())
    report.note("floats", moved <= ROUNDING * 200, "moved", moved=moved, asked=200)


def _look_at_accuracy(
    candidate: Candidate, trained: Trained, digits: Splits, report: Report, claim: float | None
) -> None:
    """Measure on what was learnt, on other digits of the same writers, and on those of strangers."""
    asked = {
        "digits it learnt": Digits(*(part[: report.asked] for part in digits.learnt)),
        "the same writers": digits.same_writers,
        "strangers": digits.strangers,
    }
    for name, some in asked.items():
        right = candidate.answers(trained, some.images) == some.labels
        error = standard_error_by_group(right, some.writers)
        report.shares[name] = Share(float(right.mean()), error)
    images, labels, _ = digits.strangers
    answers = candidate.answers(trained, images)
    right = answers == labels
    misses = np.abs(answers - labels)[~right]
    by_one = float((misses == 1).mean()) if len(misses) else 0.0
    report.note(
        "names",
        len(misses) < ERRORS or by_one < NEIGHBOURS,
        "numbers",
        errors=len(misses),
        by_one=by_one,
    )
    means = baseline.class_means(*digits.learnt[:2])
    nearest = baseline.nearest_mean(images.reshape(-1, 784).astype(float), means) == labels
    report.averages = float(nearest.mean())
    pair = mcnemar(nearest, right)
    better = pair.difference > 0 and pair.p < BETTER
    report.note(
        "averages",
        bool(better),
        "no better",
        averages=report.averages,
        right=float(right.mean()),
        gained=pair.gained,
        lost=pair.lost,
        p=pair.p,
    )
    share = report.shares["strangers"]
    if claim is None:
        report.note("claim", None, "no claim")
    else:
        held = claim / 100 <= share.right + 2 * share.error
        report.note("claim", held, "less", claim=claim, right=share.right, error=share.error)


def _look_at_sureness(
    candidate: Candidate, trained: Trained, digits: Splits, report: Report
) -> None:
    """Compare its probabilities with the share that is right."""
    if candidate.probabilities is None:
        report.note("sure", None, "cannot say")
        return
    images, labels, _ = digits.strangers
    try:
        p = candidate.beliefs(trained, images)
    except CallFailed as failure:
        report.note("sure", False, failure.fault, **failure.seen)
        return
    other = int((p.argmax(axis=1) != candidate.answers(trained, images)).sum())
    if other > ROUNDING * len(images):
        report.note("sure", False, "two minds", other=other, asked=len(images))
        return
    report.calibration = calibration(p, labels)
    found = report.calibration
    wrong = int((p.argmax(axis=1) != labels).sum())
    owned = float((1 - p.max(axis=1)).sum())  # errors that it owns up to
    learnt, new = report.shares["digits it learnt"].right, report.shares["strangers"].right
    report.note(
        "sure",
        found.error <= found.by_chance + HONEST and wrong <= OWNED * owned + MORE,
        "boasts" if p.max(axis=1).mean() > (p.argmax(axis=1) == labels).mean() else "too modest",
        by_heart=learnt - new > 0.02,
        error=found.error,
        by_chance=found.by_chance,
        sure=float(p.max(axis=1).mean()),
        right=float((p.argmax(axis=1) == labels).mean()),
    )
