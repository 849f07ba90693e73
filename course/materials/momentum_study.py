"""The rows of the study of momentum, as lesson 04 reads them: plain descent and momentum compared."""

from collections.abc import Iterable

import numpy as np

from course import studies

#: The seeds that choose each one's best rate, and the fresh ones that then compare them.
CHOOSING = slice(5)
COMPARING = slice(5, 10)


def accuracies(rate: float, momentum: float, warm_up: int) -> np.ndarray:
    """Return what the study's runs with these settings reached, in percent, a run for each seed."""
    settings = {"effective_rate": rate, "momentum": momentum, "warm_up": warm_up}
    return np.array([100 * run["accuracy"] for run in studies.results("momentum", **settings)])


def show_gains(rates: Iterable[float], warm_up: int = 0) -> float:
    """Print plain descent beside momentum 0.9 at each rate; return the gain, each at its best.

    Each one's best rate is chosen by the seeds of the table; the gain is the mean over fresh ones.
    """
    rates = list(rates)
    print("effective   validation accuracy\n     rate    plain  momentum  gain in points")
    for rate in rates:
        plain, other = (accuracies(rate, momentum, warm_up)[CHOOSING] for momentum in (0, 0.9))
        gain = other.mean() - plain.mean()
        print(f"{rate:9} {plain.mean():6.1f} % {other.mean():7.1f} % {gain:15.2f}")
    best_plain, best_other = (
        max(rates, key=lambda rate: accuracies(rate, momentum, warm_up)[CHOOSING].mean())
        for momentum in (0, 0.9)
    )
    plain = accuracies(best_plain, 0, warm_up)[COMPARING]
    other = accuracies(best_other, 0.9, warm_up)[COMPARING]
    gains = other - plain
    print(f"plain at {best_plain}, momentum at {best_other}, five fresh seeds:")
    print(f"    {plain.mean():.1f} and {other.mean():.1f} %, a gain of {gains.mean():.2f} points")
    print(f"    momentum is ahead in {(gains > 0).sum()} of {len(gains)} pairs")
    return float(gains.mean())
