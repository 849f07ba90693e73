# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 Loading: from bytes to digits
#
# In lesson 00 a network read digits, and you took its word for everything. From here on you open the boxes, and the first one is the file: you take
# the data apart by hand, down to single bytes, and set the mark that every later network has to beat.
#
# **You will** unpack a file of 60,000 handwritten digits with half a dozen lines of your own, find out whether it can
# be trusted, look at what is in it, and read digits without any network at all.
#
# **You will be able to**
#
# - read a binary format from its description, header first;
# - say why a file that opens is not yet the right file, and check it;
# - split data so that the split can be repeated;
# - avoid the arithmetic of 8-bit arrays, which wraps around without a word;
# - judge a result against a baseline, a simple method that anything cleverer has to beat.
#
# **You need** [lesson 00](00_first_look.ipynb) for a first impression, Python, and to have met NumPy arrays: shapes, slices, `mean(axis=...)`. No internet connection:
# the data came with the clone.
#
# **Time** 25 minutes to read, 25 more for the exercises; the computer works about 5 s and uses 450 MB

# %%
import gzip
import hashlib
import struct
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import baseline, data, download, exercises, plotting

plotting.use_style()

# %% [markdown]
# `mnistlib` is the small library of this course. Each lesson builds a piece of it by hand and from then on uses the library's version, which is the
# same, tested, with a check of its input. `plotting` only draws. `exercises` checks your answers: replace the `...` in an exercise's
# cell, run it, and read the reply. Hints and a solution are folded below it.
#
# ## What is in the file?
#
# MNIST is a collection of digits that employees of the United States Census Bureau and high-school students wrote
# by hand. Each was cut out, reduced to fit into 20 by 20 grey pixels, and placed in a field of 28 by 28 with its centre of mass in the middle
# ([LeCun, Bottou, Bengio and Haffner 1998](https://doi.org/10.1109/5.726791); where each came from was found out by [Yadav and Bottou 2019](https://arxiv.org/abs/1905.10498)). It comes as four
# files: images and labels, for training and for testing. The ten digits are the ten **classes**, and an image's **label** says which it is. The largest file holds the training images. It is compressed
# with gzip, so that is the first layer to take off.

# %%
folder = Path("../data")
path = download.fetch(download.FILES["train_images"], folder)
raw = gzip.decompress(path.read_bytes())
len(raw)

# %% [markdown]
# Forty-seven million bytes, each a number from 0 to 255. Where does the first digit begin? Look at the first
# sixteen.

# %%
list(raw[:16])

# %% [markdown]
# The format is called **IDX**. It is made for arrays, and its description fits in a few lines:
#
# - two bytes of zero, then one byte for the type of the numbers (8 means *unsigned byte*), then one for how many
#   dimensions the array has: together the **magic number**, by which a program knows the format;
# - for each dimension its size, as a 32-bit integer, the **most significant byte first** (*big-endian*);
# - then the numbers themselves, the last dimension running fastest.
#
# Stop and look: which of the sixteen bytes above say that there are 60,000 images of 28 by 28? The first size, bytes 4 to 7, is
# `0, 0, 234, 96`. Each byte counts 256 times as much as the one to its right. Before you run the cell: what is that?

# %%
234 * 256 + 96

# %% [markdown]
# `struct` reads all four integers at once. In `">4I"`, `>` says big-endian and `4I` four unsigned integers of
# 32 bits. (`:#010x` prints a number in hexadecimal, two digits for each byte.)

# %%
magic, count, rows, columns = struct.unpack(">4I", raw[:16])
print(f"magic number {magic:#010x}, {count} images of {rows} x {columns} pixels")

# %% [markdown]
# If that is right, the file's length has no freedom left: sixteen bytes of header, then one byte for each pixel.

# %%
16 + count * rows * columns == len(raw)

# %% [markdown]
# So everything after the header is the array. `np.frombuffer` reads bytes as numbers (`uint8`: unsigned, 8 bits) without copying them, and
# `reshape` cuts the long row into images.

# %%
images = np.frombuffer(raw, dtype=np.uint8, offset=16).reshape(count, rows, columns)
images.shape, images.dtype

# %% [markdown]
# Here is part of the first image, as numbers: rows 5 to 11 and columns 12 to 24. Can you
# guess the digit from its top alone?

# %%
print(images[0, 5:12, 12:25])

# %% mystnb={"image": {"alt": "The first training image, a handwritten five, drawn large in dark ink on white, with the window of pixels printed above framed in orange at the top of the five."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(4.2, 4.2))
axis.imshow(images[0], cmap="gray_r")
axis.add_patch(
    plt.Rectangle((11.5, 4.5), 13, 7, fill=False, color=plotting.COLOURS[1], linewidth=2)
)
axis.set(title="The first image; framed, the numbers above", xlabel="column", ylabel="row")
axis.grid(False)
plt.show()

# %% [markdown]
# Zero is paper and 255 is the darkest ink.
#
# ### Exercise 1.1: the header of the labels (warm-up, 3 minutes)
#
# The labels are the same story with one dimension: a magic number, a count, then a byte for each digit. Write a function that reads the two integers at
# the front of such a file. Which magic number do you expect? (The checker also hands over made-up bytes: read what stands there.)

# %%
raw_labels = gzip.decompress(download.fetch(download.FILES["train_labels"], folder).read_bytes())


def my_label_header(raw):
    """Return the magic number and the count, two integers, from the bytes of a label file."""
    ...


exercises.check(my_label_header)

# %%
exercises.folded(my_label_header)

# %% [markdown]
# The type is 8 again, unsigned bytes, and there is one dimension: the magic number is 8 times 256 plus 1. After those eight bytes come the labels. Does the first agree with your eyes?

# %%
list(raw_labels[:8]), list(raw_labels[8:18])

# %% [markdown]
# ## Can the file be trusted?
#
# Files arrive over the internet, and a transfer can fail in a treacherous way: it ends, the program reports
# success, and what lies on the disk is half a file, or a web page that says "Forbidden". The notebook that this course grew out of, *the original* (you met its network in
# lesson 00), saved whatever came, without a look. Had it met such a page, it would have opened that in place of its digits at every run, until somebody deleted it by hand.
#
# How much of that does `gzip` notice by itself? Take the smaller file, the labels, and six impostors: two with a single bit flipped, an error page, a file that ends half-way, another of the four files, and one in which
# somebody has changed the first label from 5 to 6 and packed it again. Which ones will `gzip` open?

# %%
good = (folder / "train-labels-idx1-ubyte.gz").read_bytes()
flipped, front, changed = bytearray(good), bytearray(good), bytearray(raw_labels)
flipped[len(good) // 2] ^= 1  # flips the lowest bit of one byte
front[4] ^= 1
changed[8] = 6
files = {
    "the good file": good,
    "one bit flipped": bytes(flipped),
    "one at its front": bytes(front),
    "an error page": b"<html><body><h1>403 Forbidden</h1></body></html>",
    "cut short": good[: len(good) // 2],
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
# Three are refused: a gzip file begins with two fixed bytes, and ends with a check value of its contents and their length ([Deutsch 1996](https://www.rfc-editor.org/rfc/rfc1952)). It says that the contents are whole. (The bit at the front is part of the time of packing, which nobody checks.) But it travels *inside* the file, so it
# cannot say that this is the file you wanted. Another file brings another check along, and the last two pass: one of them even has the right length.
#
# So the check has to come from elsewhere. A **checksum** such as SHA-256 ([NIST 2015](https://doi.org/10.6028/NIST.FIPS.180-4)) boils any
# number of bytes down to 64 hexadecimal digits (0 to 9 and a to f), in such a way that nobody has ever found two different files with
# the same result. The right ones are written in this project's code. That does not vouch for the code, or for the digits that came with it in one clone; it says whether a file is still, or again, the one that the lessons were written with:

# %%
expected = download.FILES["train_labels"].sha256
for name, file in files.items():
    digits = hashlib.sha256(file).hexdigest()
    print(f"{name:18} {'accepted' if digits == expected else 'REFUSED'}")

# %% [markdown]
# Only the good file passes. How far off was the checksum of the one with a flipped bit: by a digit or two?

# %%
flipped_digits = hashlib.sha256(files["one bit flipped"]).hexdigest()
print(expected, flipped_digits, sep="\n")
agree = sum(one == other for one, other in zip(expected, flipped_digits))
print("digits that agree:", agree, "of", len(expected))

# %% [markdown]
# No trace of the old checksum is left: by chance alone one digit in sixteen would agree, four of these. So the comparison is a plain one, equal or not.
#
# From here on you need not repeat any of this. `data.load()` does what you just did, for all four files, and checks
# every checksum every time. If a file is missing it fetches it, checks the copy *before* giving it its name, and so
# never keeps a bad one.

# %%
mnist = data.load()
for name, array in mnist._asdict().items():
    print(f"{name:13} {array.dtype}  {array.shape}")

# %%
np.array_equal(mnist.train_images, images)

# %% [markdown]
# ## Three parts, and a seed
#
# Before you look at anything, put some of it away. The test images are for one question, asked once, at the very end: how good is the finished network on digits that
# played no part in its making? This lesson does not ask them. While we are still making choices we need other digits to judge them by, so the
# training images are split: 50,000 to learn from, and 10,000 for **validation**.
#
# Which ones go where is left to chance, but to chance that can be repeated. A generator is given a **seed** first, and
# from then on its "random" numbers are the same at every run. Ours makes a **permutation**: the numbers from 0 up to 60,000, each once, in random order. (The original shuffled, and set its seed afterwards. Its split was another one at every run, and nobody could
# ever get its numbers again.)

# %%
rng = np.random.default_rng(seed=1)
order = rng.permutation(len(mnist.train_images))
for_training, for_validation = order[:50_000], order[50_000:]
order[:8]

# %% [markdown]
# The same seed, again: the same order? And a second permutation, from the generator that you have already used?

# %%
print("same seed:           ", np.array_equal(np.random.default_rng(1).permutation(60_000), order))
print("same generator again:", np.array_equal(rng.permutation(60_000), order))

# %% [markdown]
# A generator moves on with every number it gives. To repeat a result, repeat everything from the seed on, in the same order.
#
# A split has three duties. No image may be in both parts, or the network has seen the exam. None may be lost. And each class should keep
# its share, so that both parts ask the same question.

# %%
print("in both parts:", len(set(for_training) & set(for_validation)))
print("in neither:   ", 60_000 - len(set(for_training) | set(for_validation)))


def shares(part):
    """How many in a hundred examples of a part belong to each class (bincount counts them)."""
    return 100 * np.bincount(mnist.train_labels[part]) / len(part)


print("of 100 to train on:", shares(for_training).round(1))
print("of 100 held back:  ", shares(for_validation).round(1))

# %% [markdown]
# No class is off by a whole image in a hundred; but the 2 comes near. Is that much, for chance? Split the same 60,000 with a hundred other seeds, and note each time the largest gap of the ten classes:

# %%
gaps = []
for seed in range(100, 200):
    other = np.random.default_rng(seed).permutation(60_000)
    gaps.append(np.abs(shares(other[:50_000]) - shares(other[50_000:])).max())
print(f"largest gap: here {np.abs(shares(for_training) - shares(for_validation)).max():.2f}")
print(f"in a hundred other splits: half below {np.median(gaps):.2f}, the worst {max(gaps):.2f}")

# %% [markdown]
# On the high side, but what chance does. (Where classes are rare one does not leave it to chance, and splits each class by itself: that is called **stratified**. A split by chance does not separate *writers*: the same hand may be in both parts. Lesson 04 asks what that does.)
#
# ### Exercise 1.2: a split (core, 5 minutes)
#
# Make a function of it. It gets the generator from outside, so that whoever calls it decides the seed. Images and labels must stay together. (The library's solution begins with checks of its input; its last three lines are what counts.)


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
# The library's `data.split` does the same, and wants the generator by name, so that it cannot be forgotten:

# %%
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, 10_000, rng=np.random.default_rng(seed=1)
)
print("training  ", train_set[0].shape, train_set[1].shape)
print("validation", validation_set[0].shape, validation_set[1].shape)
print("images as above:", np.array_equal(train_set[0], images[for_training]))
print("labels as above:", np.array_equal(train_set[1], mnist.train_labels[for_training]))

# %% [markdown]
# ## Look before you compute
#
# Always look at data before you do anything to it. Here are three training examples of each class.

# %% mystnb={"image": {"alt": "A grid of thirty handwritten digits, three rows of zero to nine. Slant, thickness and shape differ from row to row: of the three sevens one is thin and two are thick."}} tags=["digits", "hide-input"]
train_images, train_labels = train_set
chosen = [np.flatnonzero(train_labels == k)[i] for i in range(3) for k in range(10)]
plotting.digits(train_images[chosen], title="Three of each: slant, width and form all vary")
plt.show()

# %% [markdown]
# How many are there of each class? If one class were rare, a network could ignore it and still look good.

# %% mystnb={"image": {"alt": "Bar chart of the number of training images in each class. All ten bars are close to five thousand; the one is the tallest, the five the shortest."}} tags=["hide-input"]
counts = np.bincount(train_labels)
figure, axis = plt.subplots(figsize=(7, 3))
bars = axis.bar(range(10), counts, color=plotting.COLOURS[0])
axis.bar_label(bars, label_type="center", color="white", fontsize=10)
axis.axhline(counts.mean(), color=plotting.COLOURS[1], linestyle="--", label="a tenth of all")
axis.set(
    title="Roughly, not exactly, a tenth each",
    xlabel="digit",
    ylabel="training images",
    xticks=range(10),
    ylim=(0, 7_000),
)
axis.legend(loc="upper right")
plt.show()

# %% [markdown]
# The most frequent class is the 1. A program that looks at no image and always says "1" is right that often, on these and on the validation images: the lowest bar of all.

# %%
for name, (_, labels) in [("training", train_set), ("validation", validation_set)]:
    print(f'always "1", {name:10}: {100 * (labels == 1).mean():.2f} % right')

# %% [markdown]
# Next, the pixels. Guess how many of them are exactly zero, before you run the cell.

# %%
for name, low, high in [("paper", 0, 0), ("grey", 1, 249), ("ink", 250, 255)]:
    share = ((train_images >= low) & (train_images <= high)).mean()
    print(f"{name:5} ({low} to {high}): {100 * share:5.2f} %")
print("places that are paper in every image:", (train_images.max(axis=0) == 0).sum(), "of 784")

# %% [markdown]
# Four pixels in five are paper. In some places, at the rim, no training image has ink: about those a network will learn nothing, though a new image may have ink there.
#
# ## Arithmetic that wraps
#
# The pixels are `uint8`: 8 bits, 256 values, no room for more. Darken two pixels by 10, and say first what you
# expect.

# %%
pixels = np.array([100, 250], dtype=np.uint8)
pixels + np.uint8(10)

# %% [markdown]
# The second result should be 260. It has become $260 - 256 = 4$, near-white instead of near-black, and nothing was
# said. (For two lone numbers NumPy prints a warning; for arrays it is silent, and images are arrays.) Differences are worse: every one that should be negative wraps. Predict $0 - 200$:

# %%
paper, ink = np.array([0], dtype=np.uint8), np.array([200], dtype=np.uint8)
paper - ink

# %% [markdown]
# Precisely: `+`, `-`, `*` and `**` between 8-bit arrays give 8-bit arrays, and wrap. Adding *up* is different, sometimes. Of such an array `sum` adds in 64-bit integers, and `mean` in 64-bit floats, so these two are safe. But `@`, which multiplies entry by entry and adds up, does all of it in bytes. Predict how it ends for $100 \cdot 100 + 250 \cdot 250$:

# %%
print("sum: ", pixels.sum(), pixels.sum().dtype)
print("mean:", pixels.mean(), pixels.mean().dtype)
print("@:   ", pixels @ pixels, (pixels @ pixels).dtype, " of floats:", pixels * 1.0 @ pixels)

# %% [markdown]
# (You will meet `@` again below, and in every network.)
#
# So the rule of the course: images *rest* as `uint8`, an eighth of the size of NumPy's usual `float64`, and become
# floats the moment we compute with them. At the same time we scale them to ordinary size and flatten each image into a row. Rows are examples, all through the course. For a batch of $n$ images,
#
# $$X = \frac{\text{pixels}}{255}$$
#
# has the shape $(n, 784)$, and every entry lies in $[0, 1]$.

# %%
x = train_images[:5].reshape(5, 784) / 255
x.shape, x.dtype, x.min(), x.max()

# %% [markdown]
# The library's `data.scale` is that line, with a complaint if you hand it something already scaled.

# %%
np.array_equal(data.scale(train_images[:5]), x)

# %% [markdown]
# ## One-hot labels
#
# A network that makes ten numbers of an image needs ten targets for it: a 1 for the right class and a 0 for each other. That
# is called **one-hot**, and the letter for it is $Y$, shape $(n, 10)$:
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
# Do it without a loop. Think of comparing a *column* of labels, shape $(n, 1)$, with a *row* of class numbers, shape $(10,)$: NumPy stretches both to $(n, 10)$, which is called **broadcasting**. `labels[:, None]` makes the column. (The library's solution checks the labels first; its last line is what counts.)


# %%
def my_one_hot(labels, classes=10):
    """One-hot targets, 1 and 0 (True and False will do), shape (n, classes), for labels (n,)."""
    ...


exercises.check(my_one_hot)

# %%
exercises.folded(my_one_hot)

# %% [markdown]
# The library picks rows of the identity matrix instead: row $k$ of `np.eye(10)` is the target of class $k$. Compare with your paper.

# %%
y = data.one_hot(labels)
print(y)
np.array_equal(y, labels[:, None] == np.arange(10))

# %% [markdown]
# ## A baseline before any network
#
# How well can digits be read with hardly any learning? That is our **baseline**. Here is the simplest idea that looks at the image: average all the training images of each
# class, pixel by pixel, and answer with the class whose average is nearest.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $X$ | `x` | (n, 784) | pixels scaled to $[0, 1]$ |
# | $\bar x_k$ | `means` | (10, 784) | mean digit of class $k$, row $k$ of `means` |
# | $\hat k_i$ | `answers` | (n,) | the class answered for example $i$ |
#
# Row $i$ of $X$ is $x_i$, and the hat marks a guess. With $n_k$ for the number of training images that have label $k$,
#
# $$\bar x_k = \frac{1}{n_k} \sum_{i:\, \text{label of } i \text{ is } k} x_i .$$
#
# ### Exercise 1.4: the mean digits (core, 5 minutes)
#
# A loop over the ten classes is fine here. `images` come as they rest, bytes of shape (n, 28, 28), and the result is in grey levels, 0 to 255; we scale it afterwards. The checker also tries smaller images, so do not write 784: `images.reshape(len(images), -1)` makes rows of any.


# %%
def my_class_means(images, labels):
    """Mean image of each class as one row: shape (10, pixels), in the units of `images`."""
    ...


exercises.check(my_class_means)

# %%
exercises.folded(my_class_means)


# %% mystnb={"image": {"alt": "The ten mean digits. Each is a blurred but readable digit; the zero and the one are crisp, the two, the four and the five are the most blurred."}} tags=["home"]
means = baseline.class_means(train_images, train_labels) / 255
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
# Computed as it stands, for 10,000 images, 10 classes and 784 pixels, that takes an array of 78 million
# differences. Multiply out instead. In each pixel $j$, $(x_{ij} - \bar x_{kj})^2 = x_{ij}^2 - 2\, x_{ij}\, \bar x_{kj} + \bar x_{kj}^2$; then add up over the pixels:
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
# All the dot products together are one **matrix product**: `x @ means.T` has shape (n, 10), and holds every row's dot product with every mean. (`means.T` is `means` with rows and columns exchanged.) No loop, and no array of millions. `means` is scaled, as `x` is.


# %%
def my_nearest_mean(x, means):
    """Class of the nearest mean, (n,), for rows x of shape (n, pixels), means (classes, pixels)."""
    ...


exercises.check(my_nearest_mean)

# %%
exercises.folded(my_nearest_mean)

# %% [markdown]
# The term $\lVert x_i \rVert^2$ is the same for all ten classes, so it cannot change which is smallest, and may be left out. What remains is
#
# $$\lVert \bar x_k \rVert^2 - 2\, x_i \cdot \bar x_k .$$
#
# A formula that was rearranged is a claim. Check it against the definition on a hundred images: with the missing term added again, the distances must be equal.

# %%
x = data.scale(validation_set[0])
remains = (means**2).sum(axis=1) - 2 * x @ means.T
print("shape of what remains:", remains.shape)
direct = ((x[:100, None, :] - means) ** 2).sum(axis=2)  # (100, 1, 784) - (10, 784): (100, 10, 784)
np.allclose((x[:100] ** 2).sum(axis=1, keepdims=True) + remains[:100], direct)

# %% [markdown]
# Now the question. The validation images played no part in the means. Guess the **accuracy**, the share of right answers, before you run the cell; always saying "1" gets 11.00 %.

# %%
answers = remains.argmin(axis=1)
print(f"nearest mean: {100 * (answers == validation_set[1]).mean():.2f} % of the validation images")
np.array_equal(answers, baseline.nearest_mean(x, means))

# %% [markdown]
# Four digits in five, 81.36 %, for ten averages and one matrix product. **Whatever we train must beat that.** Keep it
# in mind when you meet the original again, in [lesson 05](05_autopsy.ipynb): after 10,000 steps of training it does hardly better, and far worse if it is asked about one image at a time.
#
# It is a low mark. Why average at all? Let each training image be a "mean" of its own, and give the label of the nearest one. That takes long, so we ask about a thousand images only, and look through the training images some at a time. What does each method gain from more of them?

# %%
some, some_labels = x[:1_000], validation_set[1][:1_000]
least, read_as = np.full(1_000, np.inf), np.zeros(1_000)
for seen in range(2_500, 50_001, 2_500):
    part = slice(seen - 2_500, seen)
    rows = data.scale(train_images[part])
    remains = (rows**2).sum(axis=1) - 2 * some @ rows.T
    nearer = remains.min(axis=1) < least
    read_as[nearer] = train_labels[part][remains.argmin(axis=1)][nearer]
    least = np.minimum(least, remains.min(axis=1))
    if seen in (5_000, 50_000):
        means_seen = baseline.class_means(train_images[:seen], train_labels[:seen]) / 255
        by_mean = baseline.nearest_mean(some, means_seen) == some_labels
        print(f"of {seen:6} training images:  nearest mean {100 * by_mean.mean():.1f} %,", end="  ")
        print(f"nearest image {100 * (read_as == some_labels).mean():.1f} %")

# %% [markdown]
# The mean hardly gains, and the nearest of all images sets the mark for a *good* reader of digits. But it has to keep them all, and to look through them for every answer; a network boils them down.
#
# ### The same formula, in bytes
#
# What if we had skipped the floats, and subtracted the `uint8` means from the `uint8` images? It is the same formula, with the means rounded, and no error is raised. Predict the accuracy, and which answers it gives.

# %%
pixels8 = validation_set[0].reshape(-1, 784)
means8 = (255 * means).round().astype(np.uint8)
wrapped = np.array([((pixels8 - mean) ** 2).sum(axis=1) for mean in means8]).T
answers8 = wrapped.argmin(axis=1)
print("answers given, 0 to 9:", np.bincount(answers8, minlength=10))
print(f"in bytes: {100 * (answers8 == validation_set[1]).mean():.2f} % right")
print("-3, 20 and 200, squared:", np.array([253, 20, 200], dtype=np.uint8) ** 2)

# %% [markdown]
# It answers "1" to every image: it has become the program that looks at nothing. Why? The differences and their squares are bytes, and wrap. A small difference survives: $-3$ becomes 253, and $253^2$ wraps to 9, which is right. So do all up to 15. A larger one leaves some byte that says nothing about its size: $20^2$ leaves 144, but $200^2$ only 64. The `sum` over the pixels does not wrap, since it adds in 64 bits; but what it adds up tells less how far the pixels are off than *how many* differ. An equal pixel adds 0, and nearly every other adds something, near or far. (Which do not? Those that are off by 16, 32, 48 and so on: the square is a multiple of 256.) The mean 1 has the most paper; does it differ from an image in the fewest?

# %%
differing = np.array([(pixels8 != mean).sum(axis=1) for mean in means8]).T
print("exact zeros in each mean, 0 to 9:", (means8 == 0).sum(axis=1))
print("images that differ least from mean 1:", (differing.argmin(axis=1) == 1).sum())
add_nothing = ((pixels8 - means8[1]) ** 2 == 0).sum(axis=1) - (pixels8 == means8[1]).sum(axis=1)
print(f"pixels of an image that differ from it: {differing[:, 1].mean():.0f} on average,", end=" ")
print(f"of which {add_nothing.mean():.0f} add 0 all the same")

# %% [markdown]
# All of them do.
#
# ### Where does it go wrong?
#
# Back to floats, and to the mistakes of the right formula.

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
# Most of them you read at a glance. A mean digit has one slant and one width, and no other: a narrow 2 may lie nearer to the mean 1, and a heavy 9 with a small head to the mean 4. One way to do better is to let a program find out for itself which *combinations* of pixels tell
# digits apart. That is what the hidden layer of a network will do (lesson 03).

# %% [markdown]
# ## Recap
#
# - An IDX file is a magic number, sizes in big-endian order, and bytes; `np.frombuffer` and `reshape` make it an array.
# - gzip's own check says that a file's contents are whole, a checksum from elsewhere that it is the right file. Check before you keep it.
# - Seed first, then shuffle, then split. Parts must be disjoint and alike, and nothing may be lost.
# - Operations between `uint8` arrays, `@` among them, wrap around in silence. Keep images as bytes, compute with floats in $[0, 1]$, shape $(n, 784)$.
# - The nearest mean digit reads 81.36 % of the validation images: the mark to beat.
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
# 2. Why is checking the *length* of a download not enough?
#
#    <details><summary>Answer</summary>
#
#    A single flipped bit leaves the length as it is. So does a wrong file that happens to be as long: the one with the changed label unpacked to the right length.
#
#    </details>
#
# 3. Someone computes `((a - b) ** 2).sum()` for two `uint8` images, sees a wrong distance, and mends it with `((a - b).astype(float) ** 2).sum()`. Why is it still wrong?
#
#    <details><summary>Answer</summary>
#
#    The difference has wrapped before it became a float: 0 - 200 is 56 by then, and 56 squared is not 200 squared. Convert first, subtract afterwards.
#
#    </details>
#
# 4. A friend computes the mean digits from all 60,000 training images and scores them on your 10,000 validation images. What is wrong with that score, and would you see it in the number?
#
#    <details><summary>Answer</summary>
#
#    Each validation image had a small part in a mean, so the exam was seen beforehand. With ten averages of thousands of images each the flattery is slight, and chance hides it: try `baseline.nearest_mean(x, baseline.class_means(*mnist[:2]) / 255)`, and the score even falls a little. A network has many more numbers to remember things by, and there it can be large.
#
#    </details>
#
# 5. What would you lose by choosing your network by its accuracy on the test images?
#
#    <details><summary>Answer</summary>
#
#    The honest number. The chosen network is the one that these images happen to like, so its score on them is flattered, and no unseen images are left to correct it.
#
#    </details>
#
# ## Next
#
# [02 Sigmoid and softmax](02_sigmoid_softmax.ipynb): the two functions between the pixels and an answer, with every
# derivative derived and then measured.
