"""Make the data of the pictures one can touch: what lessons train, small enough for a page.

Run it after a change to lesson 04's or 12's network, or to the original's recipe::

    python -m course pictures

It writes ``course/pictures/data/``, which tests compare with what the lessons themselves compute.
The sheet to photograph (``sheet.jpg``) was made once, of the test digits 240 to 259; lesson 04's network
misreads two of them, so that the sheet's accuracy has an error bar.
"""

import json

import numpy as np

from course.materials.cards import deal_cards
from course.pictures import packing
from mnistlib import attention, convolution, data, network, original, training
from mnistlib.data import Mnist


def final_network(mnist: Mnist) -> network.Parameters:
    """Train as lesson 04 trains its final network."""
    rng = np.random.default_rng
    train_set, _ = data.split(mnist.train_images, mnist.train_labels, rng=rng(4))
    start = network.initialise(rng(6))
    batches = training.minibatches(len(train_set[0]), 128, rng=rng(10), epochs=10)
    rate = training.linear_decay(0.5, len(batches))
    final, _ = training.train(network, start, train_set, batches, learning_rate=rate, momentum=0.9)
    return final


def store_network(
    name: str, model: training.Model, final: tuple, test_set: training.Dataset, more: bytes = b""
) -> None:
    """Store a network, and how many test images it reads as it was trained and as it is stored."""
    content = packing.packed(final, exact=False) + more
    (packing.DATA / f"{name}.bin").write_bytes(content)
    read = {
        "exact": training.evaluate(model, final, test_set).accuracy,
        "rounded": training.evaluate(model, packing.unpacked(content), test_set).accuracy,
    }
    (packing.DATA / f"{name}.json").write_text(json.dumps(read) + "\n")
    print(
        f"{name}: {read['exact']:.4f} of the test images right, "
        f"{read['rounded']:.4f} with rounded weights"
    )


def store_draw(mnist: Mnist) -> None:
    """Store lesson 04's network, each column of its weights as int8 with a scale of its own."""
    final = final_network(mnist)
    digit = mnist.test_images[0].tobytes()
    store_network("draw", network, final, (mnist.test_images, mnist.test_labels), digit)


def store_kernel(mnist: Mnist) -> None:
    """Train lesson 10's convolutional network without pushes, and store it as ``draw`` is stored."""
    rng = np.random.default_rng
    train_set, _ = data.split(mnist.train_images, mnist.train_labels, rng=rng(8))
    model = convolution.Convolutional()
    start = convolution.initialise(rng(0), kernels=(8, 32))
    batches = training.minibatches(len(train_set[0]), 64, rng=rng(1), epochs=3)
    rate = training.linear_decay(0.04, len(batches))
    final, _ = training.train(model, start, train_set, batches, learning_rate=rate, momentum=0.9)
    store_network("kernel", model, final, (mnist.test_images, mnist.test_labels))


def store_attend(mnist: Mnist) -> None:
    """Train as lesson 12 trains its network, and store it as ``draw`` is stored."""
    train_digits, _ = data.split(*mnist[:2], rng=np.random.default_rng(4))
    rng = np.random.default_rng(0)
    cards = deal_cards(*train_digits, 24_000, rng=rng)
    start = attention.initialise(rng)
    batches = training.minibatches(len(cards.labels), 64, rng=rng, epochs=8)
    model = attention.Attention()
    rate = training.linear_decay(0.02, len(batches))
    final, _ = training.train(model, start, cards[:2], batches, learning_rate=rate, momentum=0.9)
    test_cards = deal_cards(*mnist[2:], 2_000, rng=np.random.default_rng(4))
    store_network("attend", model, final, test_cards[:2])


def store_company(mnist: Mnist) -> None:
    """Store the first test digits of each class, and the original's logits for them."""
    recipe = original.Recipe()
    train_set, _ = original.split(recipe, (mnist.train_images, mnist.train_labels))
    weights, _ = original.run(recipe, train_set)
    (packing.DATA / "company.bin").write_bytes(
        packing.company_data(weights, (mnist.test_images, mnist.test_labels))
    )
    print("company: stored")


def store_train(mnist: Mnist) -> None:
    """Store 1,000 digits to train on and 300 to validate on, as lesson 04 splits them, in 16 greys."""
    sets = data.split(mnist.train_images, mnist.train_labels, rng=np.random.default_rng(4))
    chosen = [
        (images[:n], labels[:n]) for (images, labels), n in zip(sets, (1000, 300), strict=True)
    ]
    (packing.DATA / "train.bin").write_bytes(packing.train_data(*chosen))
    print("train: stored")


def main() -> None:
    """Make all."""
    mnist = data.load()
    packing.DATA.mkdir(exist_ok=True)
    store_train(mnist)
    store_company(mnist)
    store_kernel(mnist)
    store_attend(mnist)
    store_draw(mnist)


if __name__ == "__main__":
    main()
