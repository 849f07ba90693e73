"""Make the data of the pictures one can touch: what lessons train, small enough for a page.

Run it after a change to lesson 04's or 12's network, or to the original's recipe::

    python -m course pictures

It writes ``course/pictures/data/``, which tests compare with what the lessons themselves compute.
"""

import json

import numpy as np
from PIL import Image

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
    name: str,
    content: bytes,
    model: training.Model,
    exact: tuple,
    rounded: tuple,
    test_set: training.Dataset,
) -> None:
    """Store a network, and how many test images it reads as it was trained and as it is stored."""
    (packing.DATA / f"{name}.bin").write_bytes(content)
    read = {
        "exact": training.evaluate(model, exact, test_set).accuracy,
        "rounded": training.evaluate(model, rounded, test_set).accuracy,
    }
    (packing.DATA / f"{name}.json").write_text(json.dumps(read) + "\n")
    print(
        f"{name}: {read['exact']:.4f} of the test images right, "
        f"{read['rounded']:.4f} with rounded weights"
    )


def store_draw(mnist: Mnist) -> None:
    """Store lesson 04's network, each column of its weights as int8 with a scale of its own."""
    final = final_network(mnist)
    content = packing.packed(final, mnist.test_images[0], exact=False)
    rounded, _ = packing.unpacked(content)
    store_network("draw", content, network, final, rounded, (mnist.test_images, mnist.test_labels))


#: Where the corners of the sheet lie in the photograph of 800 x 640, clockwise.
CORNERS = [(96, 38), (748, 92), (700, 604), (48, 560)]


def photograph(images: np.ndarray) -> Image.Image:
    """Lay digits on a sheet, four rows of five, and photograph it tilted, in uneven light."""
    rng = np.random.default_rng(2)
    ink = np.zeros((560, 700))
    for k, image in enumerate(images):
        large = np.asarray(Image.fromarray(image).resize((98, 98), Image.Resampling.BICUBIC)) / 255
        row, column = divmod(k, 5)
        top = 40 + 120 * row + rng.integers(-8, 9)
        left = 40 + 128 * column + rng.integers(-8, 9)
        part = ink[top : top + 98, left : left + 98]
        np.maximum(part, np.clip((large - 0.35) / 0.3, 0, 1), out=part)  # a pen has sharp edges
    paper = Image.fromarray(np.rint(255 * (0.93 - 0.7 * ink)).astype(np.uint8))
    width = 800
    height = 640
    sides = [(0, 0), (700, 0), (700, 560), (0, 560)]
    rows = []
    wanted = []
    for (x, y), (u, v) in zip(CORNERS, sides, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    place = np.linalg.solve(np.array(rows, float), np.array(wanted, float))
    options = {"resample": Image.Resampling.BICUBIC, "fillcolor": 95}
    seen = paper.transform((width, height), Image.Transform.PERSPECTIVE, place, **options)
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    light = 1 - 0.35 * across - 0.15 * down**2
    grain = rng.normal(0, 1, (height, width))
    return Image.fromarray(np.clip(np.asarray(seen) * light + grain, 0, 255).astype(np.uint8))


def store_sheet(mnist: Mnist) -> None:
    """Store the photograph of a sheet with twenty test digits, and what is written on it.

    Lesson 04's network misreads two of these twenty, so that the sheet's accuracy has an error bar.
    """
    images, labels = mnist.test_images[240:260], mnist.test_labels[240:260]
    photograph(images).save(packing.DATA / "sheet.jpg", quality=60, optimize=True)
    rows = ["".join(map(str, row)) for row in labels.reshape(4, 5)]
    (packing.DATA / "sheet.txt").write_text(" ".join(rows) + "\n", encoding="utf-8")
    print("sheet: stored")


def store_kernel(mnist: Mnist) -> None:
    """Train lesson 10's convolutional network without pushes, and store it as ``draw`` is stored."""
    rng = np.random.default_rng
    train_set, _ = data.split(mnist.train_images, mnist.train_labels, rng=rng(8))
    model = convolution.Convolutional()
    start = convolution.initialise(rng(0), kernels=(8, 32))
    batches = training.minibatches(len(train_set[0]), 64, rng=rng(1), epochs=3)
    rate = training.linear_decay(0.04, len(batches))
    final, _ = training.train(model, start, train_set, batches, learning_rate=rate, momentum=0.9)
    content = packing.packed_shapes(final, exact=False)
    test_set = mnist.test_images, mnist.test_labels
    store_network("kernel", content, model, final, packing.unpacked_shapes(content), test_set)


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
    content = packing.packed_attention(final, exact=False)
    rounded = packing.unpacked_attention(content)
    store_network("attend", content, model, final, rounded, test_cards[:2])


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
    store_sheet(mnist)
    store_company(mnist)
    store_kernel(mnist)
    store_attend(mnist)
    store_draw(mnist)


if __name__ == "__main__":
    main()
