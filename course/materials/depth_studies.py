"""The rows of the studies of depth, as lesson 07 reads them: each network at its own best rate."""

import numpy as np


def at_best_rate(rows: list[dict], **wanted) -> tuple[float, np.ndarray]:
    """Return the rate whose first three seeds are best on average, and all its accuracies there.

    ``rows`` are a study's; those whose settings hold all that is ``wanted`` are compared. Accuracies
    are in percent, one for each seed. The first three seeds choose, so an honest comparison is made
    with the others.
    """
    found: dict[float, list[float]] = {}
    for row in rows:
        if wanted.items() <= row["settings"].items():
            accuracy = 100 * row["results"]["accuracy"]
            found.setdefault(row["settings"]["rate"], []).append(accuracy)
    rate = max(found, key=lambda rate: np.mean(found[rate][:3]))
    return rate, np.array(found[rate])
