"""The rows of the studies of depth, as lesson 07 reads them: each network at its own best rate."""

import numpy as np

from course import studies


def at_best_rate(rows: list[dict], **wanted) -> tuple[float, np.ndarray]:
    """Return the rate whose first three seeds are best on average, and all its accuracies there.

    ``rows`` are a study's; those whose settings hold all that is ``wanted`` are compared. Accuracies
    are in percent, one for each seed. The first three seeds choose, so an honest comparison is made
    with the others.
    """
    found = studies.by_rate(rows, "accuracy", **wanted)
    rate = max(found, key=lambda rate: np.mean(found[rate][:3]))
    return rate, 100 * np.array(found[rate])
