# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 Loading: from bytes to digits
#
# In lesson 00 you took a network's word for everything. Now open the first box. What is in the file, and can it be trusted?
#
# **You will** take a file of 60,000 handwritten digits apart, down to single bytes, and find out which damaged files nobody notices. Then you read digits without any network.
#
# **You will be able to**
#
# - read a binary format from its description, header first;
# - say why a file that opens is not yet the right file, and check it;
# - split data so that the split can be repeated;
# - avoid the arithmetic of 8-bit arrays, which wraps around without a word;
# - judge a result against a baseline.
#
# **You need** [lesson 00](00_first_look.ipynb) for a first impression, Python, and to have met NumPy arrays: shapes, slices, `mean(axis=...)`.
#
# **Time** 45 minutes to read, 26 more for the exercises; the computer works about 5 s and uses 500 MB

# %%
import gzip
import hashlib
import struct
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from course import exercises
from mnistlib import baseline, data, download, plotting

plotting.use_style()

# %% [markdown]
# `mnistlib` is the small library of this course. Each lesson builds a piece of it by hand, and from then on uses the library's tested version of the same lines.
#
# ## What is in the file?
#
# MNIST is a collection of handwritten digits. Employees of the United States Census Bureau and high-school students wrote them ([Yadav and Bottou 2019](https://arxiv.org/abs/1905.10498)). Each was shrunk to fit into 20 by 20 grey pixels. Then it was placed in a field of 28 by 28, the middle of its ink in the middle ([LeCun, Bottou, Bengio and Haffner 1998](https://doi.org/10.1109/5.726791)).
#
# There are four files: images and labels, for training and for testing. The ten digits are the ten **classes**, and an image's label is its class. The largest file holds the training images. It is compressed with gzip, so that is the first layer to take off.

# %%
folder = Path("../data")
path = download.fetch(download.FILES["train_images"], folder)
raw = gzip.decompress(path.read_bytes())
len(raw)

# %% [markdown]
# Forty-seven million bytes, each a number from 0 to 255. Where does the first digit begin? Look at the first sixteen.

# %%
list(raw[:16])

# %% [markdown]
# The format is called **IDX**. Its description fits in a few lines:
#
# - Four bytes are the **magic number**: two zeros, then the type of the numbers (8 means *unsigned byte*), then how many dimensions the array has.
# - Then the size of each dimension, as an integer of four bytes. The most significant byte comes first, which is called **big-endian**.
# - Then the numbers themselves, pixel by pixel along a row, row after row, image after image.
#
# The first size is `0, 0, 234, 96`. Each byte counts 256 times as much as the one to its right. Before you run the cell: what is that?

# %%
234 * 256 + 96

# %% [markdown]
# `struct` reads all four integers at once. In `">4I"`, `>` says big-endian, and `4I` four unsigned integers.

# %%
magic, count, rows, columns = struct.unpack(">4I", raw[:16])
print(f"magic number {magic}, {count} images of {rows} x {columns} pixels")

# %% [markdown]
# The magic number is $8 \cdot 256 + 3$: unsigned bytes, three dimensions. If that is right, then the file's length is fixed, too. It is sixteen bytes of header, then one byte for each pixel.

# %%
16 + count * rows * columns == len(raw)

# %% [markdown]
# `np.frombuffer` reads bytes as numbers, here as `uint8`: unsigned, 8 bits. `reshape` cuts the long row into images.

# %%
images = np.frombuffer(raw, dtype=np.uint8, offset=16).reshape(count, rows, columns)
images.shape, images.dtype

# %% [markdown]
# Here is part of the first image, as numbers: rows 5 to 11 and columns 12 to 21. Can you guess the digit from its top alone?

# %%
for row in images[0, 5:12, 12:22]:
    print("".join(f"{pixel:4}" for pixel in row))

# %% mystnb={"image": {"alt": "The first training image, a handwritten five, drawn large, ink on paper, with the window of pixels printed above framed in orange at the top of the five."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(4.2, 4.2))
axis.imshow(images[0], cmap="gray_r")
axis.add_patch(
    plt.Rectangle((11.5, 4.5), 10, 7, fill=False, color=plotting.COLOURS[1], linewidth=2)
)
axis.set(title="The first image; framed, the numbers above", xlabel="column", ylabel="row")
axis.grid(False)
plt.show()

# %% [markdown]
# Zero is paper, and 255 is the fullest ink.
#
# ### Exercise 1.1: the header of the labels (warm-up, 3 minutes)
#
# The labels are the same story with one dimension: a magic number, a count, then a byte for each digit. Read the two integers at the front of such a file. Which magic number do you expect? The checker also hands over made-up bytes: read what stands there.

# %%
raw_labels = gzip.decompress(download.fetch(download.FILES["train_labels"], folder).read_bytes())


def my_label_header(raw):
    """Return the magic number and the count, two integers, from the bytes of a label file."""
    ...


exercises.check(my_label_header)

# %%
exercises.folded(my_label_header)

# %% [markdown]
# The type is 8 again, and there is one dimension: the magic number is $8 \cdot 256 + 1$. After those eight bytes come the labels. Does the first agree with your eyes?

# %%
list(raw_labels[:8]), list(raw_labels[8:18])

# %% [markdown]
# ## Can the file be trusted?
#
# Files arrive over the internet, and a transfer can fail in a treacherous way. The program reports success, and what lies on the disk is half a file, or a web page that says "Forbidden".
#
# How much of that does Python's `gzip` notice by itself? Take the smaller file, the labels, and six impostors. In the last, the first label has been changed from 5 to 6. Which ones will `gzip` open?

# %%
good = (folder / "train-labels-idx1-ubyte.gz").read_bytes()
flipped = bytearray(good)
flipped[len(good) // 2] ^= 1  # flips the last bit of a byte in the middle
changed = bytearray(raw_labels)
changed[8] = 6
files = {
    "the good file": good,
    "one bit flipped": bytes(flipped),
    "an error page": b"<html><body><h1>403 Forbidden</h1></body></html>",
    "cut short": good[: len(good) // 2],
    "empty": b"",
    "the test labels": (folder / "t10k-labels-idx1-ubyte.gz").read_bytes(),
    "one label changed": gzip.compress(bytes(changed)),
}


def gzip_says(file):
    try:
        return f"opens it: {len(gzip.decompress(file))} bytes"
    except (OSError, EOFError, zlib.error):
        return "refuses"


for name, file in files.items():
    print(f"{name:18} gzip {gzip_says(file)}")

# %% [markdown]
# Three are refused. A gzip file begins with two fixed bytes, and ends with a check value of its contents and their length ([Deutsch 1996](https://www.rfc-editor.org/rfc/rfc1952)). So it notices damaged contents. But the check travels *inside* the file, and another file brings another check along. It cannot say that this is the file you wanted.
#
# The empty file passes in silence, and it is no far-fetched case. *The original* of lesson 00 makes its file before it asks for the data ([lesson 06](06_autopsy.ipynb)). Without a connection an empty file is left behind, and at every later run that is the data. What do its next lines make of it?

# %%
nothing = np.frombuffer(gzip.decompress(files["empty"]), dtype=np.uint8)
nothing[16:].reshape(-1, 28, 28).shape

# %% [markdown]
# No images of 28 by 28, and no error.
#
# <details><summary>Are you sure that gzip takes an empty file?</summary>
#
# Python's does: a gzip file may consist of several parts, one after the other, and this one consists of none. The program `gzip`, asked at a command line, refuses it.
#
# </details>
#
# So the check has to come from elsewhere. A **checksum** such as SHA-256 ([NIST 2015](https://doi.org/10.6028/NIST.FIPS.180-4)) boils any number of bytes down to 64 hexadecimal digits, 0 to 9 and a to f. Nobody has ever found two different files with the same result. The right ones are written in this project's code:

# %%
expected = download.FILES["train_labels"].sha256
for name, file in files.items():
    digits = hashlib.sha256(file).hexdigest()
    print(f"{name:18} {'accepted' if digits == expected else 'REFUSED'}")

# %% [markdown]
# Only the good file passes.
#
# <details><summary>Are you sure? The checksums came in the same clone as the files</summary>
#
# They do not vouch for the clone. They only say that the file is the one these lessons were written with.
#
# </details>
#
# From here on `data.load()` does all this, for all four files, every time. A missing file is fetched, and the copy is checked *before* it gets its name. So no bad file is ever kept.

# %%
mnist = data.load()
for name, array in mnist._asdict().items():
    print(f"{name:13} {array.dtype}  {array.shape}")

# %%
np.array_equal(mnist.train_images, images)

# %% [markdown]
# ## Three parts, and a seed
#
# Before you look at anything, put some of it away. The **test set** is for one question, asked once, at the very end: how good is the finished network on digits that played no part in its making? While we are still making choices we need other digits to judge them by. So the training images are split: 50,000 to learn from, and 10,000 for **validation**.
#
# Chance decides which ones go where, but chance that can be repeated. A generator is given a **seed** first, and from then on its "random" numbers are the same at every run. Ours makes a **permutation**: the first 60,000 whole numbers, from 0 on, each once, in random order.

# %%
rng = np.random.default_rng(seed=1)
order = rng.permutation(len(mnist.train_images))
for_training, for_validation = order[:50_000], order[50_000:]
order[:8]

# %% [markdown]
# A new generator with the same seed: the same order? And a second permutation, from the generator that you have used already?

# %%
new = np.random.default_rng(seed=1)
print("same seed:           ", np.array_equal(new.permutation(60_000), order))
print("same generator again:", np.array_equal(rng.permutation(60_000), order))

# %% [markdown]
# A generator moves on with every number it gives. To repeat a result, repeat everything from the seed on, in the same order. The original shuffled first and set its seed afterwards ([lesson 06](06_autopsy.ipynb)): nobody can get its split again.
#
# A split has three duties. No image may be in both parts, or the network has seen the exam. None may be lost. And each class should keep its share, so that both parts ask the same question.

# %%
print("in both parts:", len(set(for_training) & set(for_validation)))
print("in neither:   ", 60_000 - len(set(for_training) | set(for_validation)))


def shares(part):
    """How many in a hundred examples of a part belong to each class (bincount counts them)."""
    return 100 * np.bincount(mnist.train_labels[part]) / len(part)


print("of 100 to train on:", shares(for_training).round(1))
print("of 100 held back:  ", shares(for_validation).round(1))

# %% [markdown]
# In no class do the two parts differ by a whole image in a hundred. Where some classes are rare, one splits each class by itself, which is called **stratified**.
#
# ### Exercise 1.2: a split (core, 5 minutes)
#
# Make a function of it. Whoever calls it brings the generator, and so decides the seed. Images and labels must stay together.


# %%
def my_split(images, labels, validation, rng):
    """Return two pairs, at random: (images, labels) to train on, and (images, labels) held back.

    `images` has shape (n, 28, 28), `labels` (n,); `validation` says how many examples are held back;
    `rng` is a numpy.random.Generator.
    """
    ...


exercises.check(my_split)

# %%
exercises.folded(my_split)

# %% [markdown]
# The library's `data.split` does the same:

# %%
train_set, validation_set = data.split(*mnist[:2], 10_000, rng=np.random.default_rng(seed=1))
train_images, train_labels = train_set
print("the same images:", np.array_equal(train_images, images[for_training]))
print("the same labels:", np.array_equal(train_labels, mnist.train_labels[for_training]))

# %% [markdown]
# ## Look before you compute
#
# Here are three training examples of each class.

# %% mystnb={"image": {"alt": "A grid of thirty handwritten digits, three rows of zero to nine. Slant, thickness and shape differ from row to row: of the three sevens one is thin and two are thick."}} tags=["digits", "hide-input"]
chosen = [np.flatnonzero(train_labels == k)[i] for i in range(3) for k in range(10)]
plotting.digits(train_images[chosen], title="Three of each: slant, width and form all vary")
plt.show()

# %% [markdown]
# Which class is the most frequent? A program that always says that one sets the lowest mark worth beating.

# %%
print("training images of 0 to 9:\n", np.bincount(train_labels))
always = 100 * (validation_set[1] == 1).mean()
print(f'always "1": {always:.2f} % of the validation images right')

# %% [markdown]
# ## Arithmetic that wraps
#
# The pixels are `uint8`: 8 bits, 256 values, no room for more. Add 10 to two pixels, and say first what you expect.

# %%
pixels = np.array([100, 250], dtype=np.uint8)
pixels + np.uint8(10)

# %% [markdown]
# The second result should be 260. It has become $260 - 256 = 4$, and nothing was said. Differences are worse: every one that should be negative wraps. Predict $0 - 200$:

# %%
paper, ink = np.array([0], dtype=np.uint8), np.array([200], dtype=np.uint8)
paper - ink

# %% [markdown]
# Between 8-bit arrays `+`, `-`, `*` and `**` give 8-bit arrays, and wrap. Not everything does: `sum` adds in 64-bit integers, and `mean` in 64-bit floats. But `@`, which multiplies entry by entry and adds up, does all of it in bytes. Divide $100 \cdot 100 + 250 \cdot 250$ by 256: what is left over? Predict what `@` gives.

# %%
print("sum: ", pixels.sum(), pixels.sum().dtype)
print("@:   ", pixels @ pixels, (pixels @ pixels).dtype)
print("of floats:", pixels * 1.0 @ pixels)

# %% [markdown]
# So the rule of the course: images *rest* as `uint8`, an eighth of the size of NumPy's usual `float64`, and become floats the moment we compute with them. Then we also scale them, and flatten each image into a row. Rows are examples, all through the course. For a batch of $n$ images,
#
# $$X = \frac{\text{pixels}}{255}$$
#
# has the shape $(n, 784)$, and every entry lies in $[0, 1]$.

# %%
x = train_images[:5].reshape(5, 784) / 255
x.shape, x.dtype, float(x.min()), float(x.max())

# %% [markdown]
# The library's `data.scale` is that line, with a complaint if you hand it something already scaled.
#
# ## One-hot labels
#
# A network makes ten numbers of an image, so it needs ten targets: a 1 for the right class and a 0 for every other class. That is called **one-hot**, written $Y$, shape $(n, 10)$:
#
# $$Y_{ik} = \begin{cases} 1 & \text{if example } i \text{ has label } k, \\ 0 & \text{otherwise.} \end{cases}$$
#
# The first five training labels are below. On paper: what does their $Y$ look like, and in which column is the first row's 1?

# %%
labels = train_labels[:5]
print(labels)

# %% [markdown]
# ### Exercise 1.3: one-hot (core, 5 minutes)
#
# No loop this time. Compare a *column* of labels, shape $(n, 1)$, with a *row* of class numbers, shape $(10,)$: NumPy stretches both to $(n, 10)$, which is called **broadcasting**. `labels[:, None]` makes the column.


# %%
def my_one_hot(labels, classes=10):
    """One-hot targets, 1 and 0 (True and False will do), shape (n, classes), for labels (n,)."""
    ...


exercises.check(my_one_hot)

# %%
exercises.folded(my_one_hot)

# %% [markdown]
# The library picks rows of the identity matrix, `np.eye(10)`. Compare with your paper.

# %%
y = data.one_hot(labels)
print(y)
np.array_equal(y, labels[:, None] == np.arange(10))

# %% [markdown]
# ## A baseline before any network
#
# A **baseline** is a simple method that anything cleverer has to beat. Here is ours. Average all the training images of each class, pixel by pixel, and answer with the class whose average is nearest.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $X$ | `x` | (n, 784) | pixels scaled to $[0, 1]$ |
# | $\bar x_k$ | `means` | (10, 784) | mean digit of class $k$, row $k$ of `means` |
# | $\hat k_i$ | `answers` | (n,) | the class answered for example $i$ |
#
# Row $i$ of $X$ is $x_i$, and the hat marks a guess. The mean digit of class $k$ is
#
# $$\bar x_k = \frac{\text{sum of all } x_i \text{ with label } k}{\text{number of images with label } k} .$$
#
# ### Exercise 1.4: the mean digits (core, 5 minutes)
#
# A loop over the ten classes is fine here. `images` come as they rest, bytes of shape (n, 28, 28), and the result is in grey levels, 0 to 255. We scale it afterwards. The checker also tries smaller images, so do not write 784: `images.reshape(len(images), -1)` makes rows of any.


# %%
def my_class_means(images, labels):
    """Mean image of each class as one row: shape (10, pixels), in the units of `images`."""
    ...


exercises.check(my_class_means)

# %%
exercises.folded(my_class_means)


# %%
means = baseline.class_means(train_images, train_labels) / 255

# %% mystnb={"image": {"alt": "The ten mean digits. Each is a blurred but readable digit; the zero and the one are crisp, the two, the four and the five are the most blurred."}} tags=["home", "hide-input"]
plotting.digits(
    means.reshape(10, 28, 28),
    range(10),
    columns=5,
    title="The mean of each class: sharp where writers agree",
)
plt.show()

# %% [markdown]
# Now "nearest". Double bars with a square, $\lVert \dots \rVert^2$, are the sum of the squares of a row's entries. The answer is the $k$ for which the squared distance is smallest, written $\arg\min$:
#
# $$\hat k_i = \arg\min_k \; \lVert x_i - \bar x_k \rVert^2 .$$
#
# Computed all at once, that takes an array of $10{,}000 \cdot 10 \cdot 784$ differences for our 10,000 validation images. Multiply out instead. In each pixel $j$,
#
# $$(x_{ij} - \bar x_{kj})^2 = x_{ij}^2 - 2\, x_{ij}\, \bar x_{kj} + \bar x_{kj}^2 .$$
#
# Then add up over the pixels:
#
# $$
# \begin{aligned}
# \lVert x_i - \bar x_k \rVert^2 = \lVert x_i \rVert^2 &- 2\, x_i \cdot \bar x_k \\
# &+ \lVert \bar x_k \rVert^2 .
# \end{aligned}
# $$
#
# The **dot product** $x_i \cdot \bar x_k$ is the sum of the products of matching entries. One of the three terms is the same for every $k$. Which one, and what does that allow you to do with it?
#
# ### Exercise 1.5: the nearest mean (stretch, 8 minutes)
#
# All the dot products together are one **matrix product**, `x @ means.T`. Its shape is (n, 10), and `means.T` is `means` with rows and columns exchanged. Here `means` is scaled, as `x` is.


# %%
def my_nearest_mean(x, means):
    """Class of the nearest mean, (n,), for rows x of shape (n, pixels), means (classes, pixels)."""
    ...


exercises.check(my_nearest_mean)

# %%
exercises.folded(my_nearest_mean)

# %% [markdown]
# The term $\lVert x_i \rVert^2$ is the same for all ten classes, so it may be left out. What remains is
#
# $$\lVert \bar x_k \rVert^2 - 2\, x_i \cdot \bar x_k .$$
#
# A formula that was rearranged is a claim. Check it on a hundred images: with the missing term added again, the distances must be those of the definition.

# %%
x = data.scale(validation_set[0])
remains = (means**2).sum(axis=1) - 2 * x @ means.T
direct = ((x[:100, None, :] - means) ** 2).sum(axis=2)  # (100, 1, 784) - (10, 784)
np.allclose((x[:100] ** 2).sum(axis=1, keepdims=True) + remains[:100], direct)

# %% [markdown]
# Now the question. The validation images played no part in the means. Guess the accuracy before you run the cell.

# %%
answers = remains.argmin(axis=1)
print(f"nearest mean: {100 * (answers == validation_set[1]).mean():.2f} % of the validation images")
np.array_equal(answers, baseline.nearest_mean(x, means))

# %% [markdown]
# Four digits in five, 81.36 %, for ten averages and one matrix product. **Whatever we train must beat that.** Neither network of [lesson 00](00_first_look.ipynb)'s question did: 79.04 % and 79.17 %, both stopped early.
#
# How many images does a mean need? Change the number: 100, 10,000, 50,000.

# %%
few = 1_000  # change this, up to 50_000
few_means = baseline.class_means(train_images[:few], train_labels[:few]) / 255
right = baseline.nearest_mean(x, few_means) == validation_set[1]
print(f"means of {few} images: {100 * right.mean():.2f} % right")

# %% [markdown]
# <details><summary>What the others give</summary>
#
# A hundred images, ten of each class or so, give about seven in ten. From a few thousand on hardly anything is gained: ten averages can hold no more.
#
# </details>
#
# ### The same formula, in bytes
#
# What if we had skipped the floats, and subtracted the `uint8` means from the `uint8` images? It is the same formula, and no error is raised. Predict the accuracy, and which answers it gives.

# %%
pixels8 = validation_set[0].reshape(-1, 784)
means8 = (255 * means).round().astype(np.uint8)
wrapped = np.array([((pixels8 - mean) ** 2).sum(axis=1) for mean in means8]).T
answers8 = wrapped.argmin(axis=1)
print("answers given, 0 to 9:", np.bincount(answers8, minlength=10))
print(f"in bytes: {100 * (answers8 == validation_set[1]).mean():.2f} % right")

# %% [markdown]
# It answers "1" to every image: the program that looks at nothing. Why? The differences and their squares are bytes, and wrap. Here are the squares of three differences, $-3$, 20 and 200. (As a byte, $-3$ is 253.)

# %%
np.array([253, 20, 200], dtype=np.uint8) ** 2

# %% [markdown]
# Only the small difference keeps its square. A large one leaves an arbitrary byte. So the sum hardly measures distance. It tells roughly *how many* differ, since an equal pixel adds 0. An image is mostly paper, so it is paper in a mean that most often equals it. Which mean has the most paper? Does it differ from every image in the fewest pixels?

# %%
print(f"paper in the images: {100 * (pixels8 == 0).mean():.0f} %")
print("pixels of paper in the means 0 to 9:\n", (means8 == 0).sum(axis=1))
differing = np.array([(pixels8 != mean).sum(axis=1) for mean in means8]).T
print("images that differ least from the mean 1:", (differing.argmin(axis=1) == 1).sum())

# %% [markdown]
# The mean 1 has the most, and differs least from all of them.
#
# ### Where does it go wrong?
#
# Back to floats. Here are mistakes of the right formula.

# %% mystnb={"image": {"alt": "Twenty-one validation digits that the nearest mean reads wrongly, each with its label and the wrong answer above it, from 2 as 1 to 7 as 9. Nearly all are easy for a person to read."}} tags=["hide-input"]
wrong = np.flatnonzero(answers != validation_set[1])[:21]
plotting.digits(
    validation_set[0][wrong],
    [f"{validation_set[1][i]} as {answers[i]}" for i in wrong],
    columns=7,
    title="What the nearest mean misreads, and as what",
)
plt.show()

# %% [markdown]
# Most you read at a glance. A mean digit has one slant and one width, and no other: a narrow 2 may lie nearer to the mean 1. What if nothing is averaged, and the one nearest of all 50,000 training images lends its label? That is called the **nearest neighbour**. Guess how many of the first 500 validation images it reads.

# %%
first = x[:500]
nearest = []
for k in range(10):  # the same formula, with the images of class k in place of its mean
    xk = data.scale(train_images[train_labels == k])
    nearest.append(((xk**2).sum(axis=1) - 2 * first @ xk.T).min(axis=1))
right = np.argmin(nearest, axis=0) == validation_set[1][:500]
print(f"nearest neighbour: {100 * right.mean():.1f} % of {len(right)} images")

# %% [markdown]
# A much harder mark, with nothing learnt. But it has to keep every image, and to look through all of them for each answer. Another way to do better is to find out which *combinations* of pixels tell digits apart, and to keep only that. That is what a network does, from lesson 03 on.

# %% [markdown]
# ## Recap
#
# - What is in the file? A magic number, sizes in big-endian order, and bytes. `np.frombuffer` and `reshape` make them an array.
# - Can it be trusted? Not because it opens. gzip tells whether the contents are whole; only a checksum from elsewhere tells whether they are the right ones. Check before you keep it.
# - Seed first, then shuffle, then split.
# - Arithmetic in `uint8` wraps around in silence. Keep images as bytes, compute with floats in $[0, 1]$, shape $(n, 784)$.
# - The nearest mean digit reads 81.36 % of the validation images: the mark to beat. The nearest neighbour sets a harder one.
#
# Which network would you trust, lesson 00 asked. A first piece of the answer: one whose data was checked, and that beats a baseline. Neither of the two did yet.
#
# ## Questions to ask yourself
#
# 1. You unpack the labels and pack them again with another program. Unpacked, your file and the one in `data` are the same, byte for byte. Will `data.load()` take the new file?
#
#    <details><summary>Answer</summary>
#
#    No: its checksum is that of the packed file, and another gzip packs the same contents into other bytes. It refuses, and fetches a copy that it knows. A check that is too strict costs a download; one that is too lax costs the truth.
#
#    </details>
#
# 2. Someone computes `((a - b) ** 2).sum()` for two `uint8` images, sees a wrong distance, and mends it with `((a - b).astype(float) ** 2).sum()`. Why is it still wrong?
#
#    <details><summary>Answer</summary>
#
#    The difference has wrapped before it became a float: 0 - 200 is 56 by then, and 56 squared is not 200 squared. Convert first, subtract afterwards.
#
#    </details>
#
# 3. A friend computes the mean digits from all 60,000 training images and scores them on your 10,000 validation images. What is wrong with that score, and would you see it in the number?
#
#    <details><summary>Answer</summary>
#
#    Each validation image had a small part in a mean, so the exam was seen beforehand. With ten averages of thousands of images each the flattery is slight, and chance hides it: try `baseline.nearest_mean(x, baseline.class_means(*mnist[:2]) / 255)`, and the score even falls a little. A network has many more numbers to remember things by, and there it can be large.
#
#    </details>
#
# ## Next
#
# [02 Sigmoid and softmax](02_sigmoid_softmax.ipynb): the two functions between pixels and answer, derived and then measured.
