"""Make the data of the pictures one can touch: what lessons 04 and 05 train, small enough for a page.

Run it after a change to lesson 04's final network or to the original's recipe::

    python tools/pictures.py

It writes ``mnistlib/explore/data/``, which tests compare with what the lessons themselves compute.
"""

import json

import numpy as np

from mnistlib import data, explore, network, original, training


def final_network(mnist):
    """Train as lesson 04 trains its final network."""
    rng = np.random.default_rng
    train_set, _ = data.split(mnist.train_images, mnist.train_labels, rng=rng(4))
    start = network.initialise(rng(6))
    batches = training.minibatches(len(train_set[0]), 128, rng=rng(10), epochs=10)
    rate = training.falling(0.5, len(batches))
    final, _ = training.train(network, start, train_set, batches, learning_rate=rate, momentum=0.9)
    return final


def draw(mnist):
    """Store lesson 04's network, each column of its weights as int8 with a scale of its own."""
    final = final_network(mnist)
    content = explore.packed(final, mnist.test_images[0], exact=False)
    (explore.DATA / "draw.bin").write_bytes(content)
    rounded, _ = explore.unpacked(content)
    test_set = mnist.test_images, mnist.test_labels
    found = [training.evaluate(network, p, test_set).accuracy for p in (final, rounded)]
    (explore.DATA / "draw.json").write_text(
        json.dumps({"exact": found[0], "rounded": found[1]}) + "\n"
    )
    print(f"draw: {found[0]:.4f} of the test digits right, {found[1]:.4f} with rounded weights")


def company(mnist):
    """Store the first test digits of each class, and the original's logits for them."""
    recipe = original.Recipe()
    train_set, _ = original.split(recipe, (mnist.train_images, mnist.train_labels))
    weights, _ = original.run(recipe, train_set)
    (explore.DATA / "company.bin").write_bytes(
        explore.company_data(weights, (mnist.test_images, mnist.test_labels))
    )
    print("company: stored")


def main():
    """Make both."""
    mnist = data.load()
    explore.DATA.mkdir(exist_ok=True)
    company(mnist)
    draw(mnist)


if __name__ == "__main__":
    main()
