"""Is a validation set easier if its writers are in training? The same digits asked twice (lesson 04).

The 539 training writers are dealt into five groups. Half the digits of a group's writers are the
questions. One network is trained on digits by all other writers; another on as many, in which the
other half of the group's digits take the place of some. So one is asked about hands that it has
never seen, as by a split by writer, the other about hands that it knows, as by a split at random.
"""

import numpy as np

from mnistlib import data, network
from mnistlib.training import falling, minibatches, train

ROWS = [{"group": group, "epochs": epochs} for epochs in (5, 1) for group in range(5)]
QUICK = ROWS.index({"group": 0, "epochs": 1})


def run(group, epochs):
    """Return for each writer of the group how many digits were asked, and how many were right."""
    mnist, who = data.load(), data.writers().train
    images, labels = mnist.train_images, mnist.train_labels
    asked = np.random.default_rng(seed=0).permutation(np.unique(who))[group::5]
    rng = np.random.default_rng(seed=group + 1)
    theirs = rng.permutation(np.flatnonzero(np.isin(who, asked)))
    others = rng.permutation(np.flatnonzero(~np.isin(who, asked)))
    questions, known = theirs[::2], theirs[1::2]
    with_known = np.concatenate([known, others[len(known) :]])

    start = network.initialise(rng)
    batches = minibatches(len(others), 128, rng=rng, epochs=epochs)
    place = np.unique(who[questions], return_inverse=True)[1]
    results = {"asked": np.bincount(place).tolist()}
    for name, training in (("unknown", others), ("known", with_known)):
        trained, _ = train(
            network,
            start,
            (images[training], labels[training]),
            batches,
            learning_rate=falling(0.5, len(batches)),
            momentum=0.9,
        )
        answers = network.predict(trained, data.scale(images[questions]))
        right = answers == labels[questions]
        results[name] = np.bincount(place, weights=right).astype(int).tolist()
    return results


if __name__ == "__main__":
    import sys

    import study

    study.main(sys.modules[__name__])
