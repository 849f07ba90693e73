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
# Before a network can learn to read, you have to know what it is given to read. In this lesson you take the
# data apart by hand, down to single bytes, and you set the mark that every later network has to beat.
#
# **You will** unpack a file of 60,000 handwritten digits with half a dozen lines of your own, find out whether it can
# be trusted, look at what is in it, and read digits without any network at all.
#
# **You will be able to**
#
# - read a binary format from its description, header first;
# - say why a finished download is not yet a good one, and check it;
# - avoid the arithmetic of 8-bit arrays, which wraps around without a word;
# - split data so that the split can be repeated, and judge a result against a baseline.
#
# **You need** Python, and to have met NumPy arrays: shapes, slices, `mean(axis=...)`. No internet connection:
# the data came with the clone.
#
# **Time** 25 minutes to read, 25 more for the exercises

# %%
import gzip
import hashlib
import struct
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import baseline, data, download, exercises, plotting

plotting.use_style()

# %% [markdown]
# `mnistlib` is the small library of this course. Each lesson builds a piece of it by hand and from then on uses the library's version, which is the
# same lines, tested. `plotting` only draws. `exercises` checks your answers to the exercises: replace the `...` in the
# cell, run it, and read the reply.
#
# ## What is in the file?
#
# MNIST is a collection of digits that employees of the United States Census Bureau and high-school students wrote
# by hand around 1990. Each was cut out, reduced to fit into 20 by 20 grey pixels, and placed in a field of 28 by 28 with its centre of mass in the middle
# ([LeCun, Bottou, Bengio and Haffner, 1998](http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf)). It comes as four
# files: images and labels, for training and for testing. The ten digits are the ten **classes**, and an image's **label** says which it is. The largest of the four files holds the training images. It is compressed
# with gzip, so that is the first layer to take off.

# %%
path = download.fetch(download.FILES["train_images"], Path("../data"))
raw = gzip.decompress(path.read_bytes())
len(raw)

# %% [markdown]
# Forty-seven million bytes, each a number from 0 to 255. Where does the first digit begin? Look at the first
# sixteen bytes.

# %%
list(raw[:16])

# %% [markdown]
# The file is in a format called **IDX**, made for arrays, whose description fits in a few lines:
#
# - two bytes of zero, then one byte for the type of the numbers (8 means *unsigned byte*), then one for how many
#   dimensions the array has: together the **magic number**, by which a program knows the format;
# - for each dimension its size, as a 32-bit integer, the **most significant byte first** (*big-endian*);
# - then the numbers themselves, the last dimension running fastest.
#
# Stop and predict: from the sixteen bytes above, what are the three sizes? The first, bytes 4 to 7, is
# `0, 0, 234, 96`. Each byte counts 256 times as much as the one to its right:

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
# So everything after the header is the array. `np.frombuffer` looks at bytes as numbers without copying them, and
# `reshape` cuts the long row into images.

# %%
images = np.frombuffer(raw, dtype=np.uint8, offset=16).reshape(count, rows, columns)
images.shape, images.dtype

# %% [markdown]
# (`images` only *looks* at the bytes. Try `images[0, 0, 0] = 1`, and NumPy refuses: bytes cannot be changed.)
#
# Here is part of the first image, as numbers: a window of its rows 5 to 11 and columns 12 to 24. Can you
# guess the digit from its top alone?

# %%
print(images[0, 5:12, 12:25])

# %% mystnb={"image": {"alt": "The first training image, a handwritten five, drawn large in dark ink on white, with the window of pixels printed above framed in orange at the top of the five."}}
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
# the front of `raw_labels`.

# %%
raw_labels = gzip.decompress(
    download.fetch(download.FILES["train_labels"], Path("../data")).read_bytes()
)


def my_label_header(raw):
    """Return the magic number and the count, two integers, from the bytes of a label file."""
    ...


exercises.check(my_label_header)

# %%
exercises.folded(my_label_header)

# %% [markdown]
# One way to do it, and the first ten labels. The magic number 2049 is 8 times 256 plus 1: unsigned bytes, one dimension.

# %%
struct.unpack(">2I", raw_labels[:8]), list(raw_labels[8:18])

# %% [markdown]
# The first label says 5, and so did your eyes.
#
# ## Can the file be trusted?
#
# Files arrive over the internet, and a transfer can fail in a treacherous way: it ends, the program reports
# success, and what lies on the disk is half a file, or a web page that says "Forbidden". This course grew out of a notebook, which we call
# *the original*. It saved whatever came, without a look. Had it met such a page, its cache would have held it for good: from that day on
# every run would have found "the data" already there, and failed somewhere else entirely.
#
# The server's *status*, "200 OK", tells you that something came. A **checksum** tells you that the right thing came. SHA-256 boils any
# number of bytes down to 64 hexadecimal digits, in such a way that nobody has ever found two different files with
# the same result. The data's checksums are part of this project:

# %%
good = path.read_bytes()
expected = download.FILES["train_images"].sha256
print(expected)
hashlib.sha256(good).hexdigest() == expected

# %% [markdown]
# Now damage a copy as little as possible: one bit of one byte, in the middle of ten million. (`^= 1` flips the lowest bit.) Predict what the
# checksum does. Does one digit of it change, or a few?

# %%
damaged = bytearray(good)
damaged[5_000_000] ^= 1
after = hashlib.sha256(damaged).hexdigest()
print(after)
print(
    "digits that agree by position:",
    sum(a == b for a, b in zip(after, expected)),
    "of 64; by chance one in 16 would: 4",
)

# %% [markdown]
# Six, where chance gives four, give or take two: no trace of the old checksum is left. So the check is a plain comparison, equal or not, and it works as well on what a server
# sends instead of a file:

# %%
error_page = b"<html><body><h1>403 Forbidden</h1></body></html>"
cut_short = good[: len(good) // 2]
for name, candidate in [
    ("good", good),
    ("one bit off", damaged),
    ("error page", error_page),
    ("cut short", cut_short),
]:
    accepted = hashlib.sha256(candidate).hexdigest() == expected
    print(f"{name:12} {len(candidate):9} bytes   {'accepted' if accepted else 'REFUSED'}")

# %% [markdown]
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
# ## Look before you compute
#
# Always look at data before you do anything to it. Here are three examples of each class, in the order of the file.

# %% mystnb={"image": {"alt": "A grid of thirty handwritten digits, three rows of zero to nine. Slant, thickness and shape differ from row to row: two of the twos have a loop at the foot, the third has none."}}
chosen = [np.flatnonzero(mnist.train_labels == digit)[i] for i in range(3) for digit in range(10)]
plotting.digits(mnist.train_images[chosen], title="Three of each: slant, width and form all vary")
plt.show()

# %% [markdown]
# How many are there of each class? If one class were rare, a network could ignore it and still look good.

# %%
counts = np.bincount(mnist.train_labels)
for digit, number in enumerate(counts):
    print(f"{digit}: {number}  {100 * number / counts.sum():5.2f} %")

# %% mystnb={"image": {"alt": "Bar chart of the number of training images in each class. All ten bars are close to six thousand; the one is the tallest, the five the shortest."}}
figure, axis = plt.subplots(figsize=(7, 3))
axis.bar(range(10), counts, color=plotting.COLOURS[0])
axis.axhline(counts.mean(), color=plotting.COLOURS[1], label="a tenth of all")
axis.set(
    title="Roughly, not exactly, a tenth each",
    xlabel="digit",
    ylabel="training images",
    xticks=range(10),
)
axis.set_ylim(0, 8_000)
axis.legend(loc="upper right")
plt.show()

# %% [markdown]
# The most frequent class is the 1, with 11.24 %. Remember that number as the very lowest bar: a program that looks
# at no image and always says "1" is right that often on these.
#
# Next, the pixels. Guess how many of them are exactly zero, before you run the cell.

# %%
# bincount copies its input into 64-bit integers, eight times as large: so a thousand images at a time
parts = np.array_split(mnist.train_images, 60)
histogram = sum(np.bincount(part.ravel(), minlength=256) for part in parts)
never_used = (mnist.train_images.max(axis=0) == 0).sum()
print(f"{100 * histogram[0] / histogram.sum():.2f} % of all pixels are zero")
print(f"{never_used} of the {rows * columns} positions are zero in every training image")

# %% mystnb={"image": {"alt": "Histogram of pixel values from 0 to 255 with a logarithmic vertical axis. A towering bar at zero, a lower peak near 253, and a low, nearly flat plain between them with thin spikes at 64, 128 and 191."}}
figure, axis = plt.subplots(figsize=(7, 3))
axis.bar(range(256), histogram, width=1, color=plotting.COLOURS[0])
axis.set(
    title="Paper at 0, ink near 253, every grey between",
    xlabel="pixel value",
    ylabel="pixels (log scale)",
)
axis.set_yscale("log")
plt.show()

# %% [markdown]
# Mind the scale: each line upwards is a factor of ten, so heights cannot be added by eye. How much is grey, and how much is ink?

# %%
print(f"grey, 1 to 249:  {100 * histogram[1:250].sum() / histogram.sum():5.2f} %")
print(f"ink, 250 to 255: {100 * histogram[250:].sum() / histogram.sum():5.2f} %")

# %% [markdown]
# Four pixels in five are paper. The shortest summary of a whole class is its average: take all images of a 0, say, and
# average every pixel over them. In grey levels, 0 to 255, for class $k$ with $n_k$ images,
#
# $$\bar m_k = \frac{1}{n_k} \sum_{i:\, \text{label of } i \text{ is } k} (\text{pixels of image } i).$$

# %%
rows_of_pixels = mnist.train_images.reshape(60_000, 784)
means = np.array([rows_of_pixels[mnist.train_labels == digit].mean(axis=0) for digit in range(10)])
means.shape

# %% mystnb={"image": {"alt": "The ten mean digits. Each is a blurred but readable digit; the zero and the one are crisp, the two, the four and the five are the most blurred."}}
plotting.digits(
    means.reshape(10, 28, 28),
    range(10),
    columns=5,
    title="The mean of each class: sharp where writers agree",
)
plt.show()

# %% [markdown]
# Why did adding up six thousand pixels not overflow? Because `mean` adds in 64-bit floats. The next section shows what happens where nothing does that for you.
#
# ## Arithmetic that wraps
#
# The pixels are `uint8`: 8 bits, 256 values, no room for more. Darken two pixels by 10, and say first what you
# expect.

# %%
pixels = np.array([100, 250], dtype=np.uint8)
pixels + np.uint8(10)

# %% [markdown]
# The second sum should be 260. It has become $260 - 256 = 4$, near-white instead of near-black, and nothing was
# said. (For two lone numbers NumPy prints a warning. For arrays it is silent, and images are arrays.) Differences are worse, since every negative one wraps. Predict $0 - 200$:

# %%
paper, ink = np.array([0], dtype=np.uint8), np.array([200], dtype=np.uint8)
paper - ink

# %% [markdown]
# What wrapping does to a distance between images you will see at the end of this lesson.
#
# So the rule of the course: images *rest* as `uint8`, an eighth of the size of NumPy's usual `float64`, and become
# floats the moment we compute with them. At the same time we scale them to ordinary size and flatten each image into a row. Rows are examples, all through the course. For a batch of $n$ images:
#
# $$X = \frac{\text{pixels}}{255}, \qquad \text{every entry in } [0, 1], \qquad \text{shape } (n, 784).$$

# %%
x = mnist.train_images[:5].reshape(5, 784) / 255
x.shape, x.dtype, x.min(), x.max()

# %% [markdown]
# The library's `data.scale` is that line, with a complaint if you hand it something already scaled. Check it against
# yours:

# %%
np.array_equal(data.scale(mnist.train_images[:5]), x)

# %% [markdown]
# ## One-hot labels
#
# A network with ten outputs needs ten targets for each image: a 1 for the right class and a 0 for each other. That
# is called **one-hot**, and the letter for it is $Y$, shape $(n, 10)$:
#
# $$Y_{ik} = \begin{cases} 1 & \text{if example } i \text{ has label } k, \\ 0 & \text{otherwise.} \end{cases}$$
#
# ### Exercise 1.2: one-hot (5 minutes)
#
# Do it without a loop. Think of comparing a column of labels with a row of class numbers.


# %%
def my_one_hot(labels, classes=10):
    """One-hot targets, 1 and 0 (True and False will do), shape (n, classes), for labels (n,)."""
    ...


exercises.check(my_one_hot)

# %%
exercises.folded(my_one_hot)

# %% [markdown]
# NumPy can say the formula as it stands: compare each label with each class number. `labels[:, None]` has shape $(n, 1)$,
# `np.arange(10)` has $(10,)$, and the comparison stretches both to $(n, 10)$, which is called *broadcasting*. Before you run it: in which column is the first row's 1?

# %%
labels = mnist.train_labels[:5]
y = (labels[:, None] == np.arange(10)).astype(float)
print(labels)
print(y)

# %%
np.array_equal(data.one_hot(labels), y)

# %% [markdown]
# (The library picks rows of the identity matrix instead: row $k$ of `np.eye(10)` is the target of class $k$.)

# %% [markdown]
# ## Three parts, and a seed
#
# The test images are for one question, asked once, at the very end: how good is the finished network on digits that
# played no part in its making? While we are still making choices, we need other digits to judge them by. So the
# training images are split: 50,000 to learn from, and 10,000 for **validation**.
#
# Which ones go where is left to chance, but to chance that can be repeated. A generator is given a **seed** first, and
# from then on its "random" numbers are the same at every run. The original did it the other
# way round: it shuffled, and set its seed afterwards. Its split was a different one at every run, and so nobody could
# ever get its numbers again.

# %%
rng = np.random.default_rng(seed=1)
order = rng.permutation(len(mnist.train_images))
training, validation = order[:50_000], order[50_000:]
order[:8]

# %% [markdown]
# The same seed, again: the same order? And a second permutation from the generator you have already used?

# %%
print(
    "same seed:                     ",
    np.array_equal(np.random.default_rng(seed=1).permutation(60_000), order),
)
print("the same generator, once more: ", np.array_equal(rng.permutation(60_000), order))

# %% [markdown]
# A generator moves on with every number it gives. To repeat a result, repeat everything from the seed on, in the same order.
#
# A split has three duties. No image may be in both parts, or the candidate has seen the exam. None may be lost. And each class should keep
# its share, so that both parts ask the same question.

# %%
print("in both parts:", len(np.intersect1d(training, validation)))
print("in neither:   ", len(mnist.train_images) - len(np.union1d(training, validation)))
shares = [np.bincount(mnist.train_labels[part]) / len(part) for part in (training, validation)]
difference = 100 * np.abs(shares[0] - shares[1]).max()
print(f"largest difference in a class's share: {difference:.2f} percentage points")

# %% [markdown]
# Chance alone has kept each class's share within 0.90 percentage points. Try other seeds: it is usually about half a point, and seldom more than one.
#
# ### Exercise 1.3: a split (8 minutes)
#
# Make a function of it. It gets the generator from outside, so that whoever calls it decides the seed. Images and labels must stay together.


# %%
def my_split(images, labels, validation, rng):
    """Return (images, labels) to train on and (images, labels) for validation, after a shuffle.

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
np.array_equal(train_set[1], mnist.train_labels[training])

# %% [markdown]
# ## A baseline before any network
#
# A **baseline** is a simple method that anything cleverer has to beat. How well can digits be read with hardly any learning? You have the ten mean digits. Take an image, and answer with
# the class whose mean is nearest.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $X$ | `x` | (n, 784) | scaled images, one a row; $x_i$ is row $i$ |
# | $M$ | `m` | (10, 784) | mean digits, scaled alike: $m_k = \bar m_k / 255$ is row $k$ |
# | $S$ | `scores` | (n, 10) | how far image $i$ is from mean $k$, up to something that is the same for all $k$ |
# | $\hat k$ | `answers` | (n,) | the class that is answered; the hat marks a guess |
#
# "Near" means a small squared distance, $\lVert v \rVert^2$ being the sum of the squares of $v$'s entries. The answer is the $k$ for which it is smallest, written $\arg\min$:
#
# $$\hat k_i = \arg\min_k \; \lVert x_i - m_k \rVert^2 .$$
#
# Written out as it stands, for 10,000 images, 10 classes and 784 pixels, that takes an array of 78 million
# differences. Multiply out instead. In each pixel $(a - b)^2 = a^2 - 2ab + b^2$; then add up over the pixels:
#
# $$\lVert x_i - m_k \rVert^2 = \lVert x_i \rVert^2 - 2\, x_i \cdot m_k + \lVert m_k \rVert^2 .$$
#
# The first term is the same for every $k$ and cannot change which is smallest, so it may be dropped. The **dot product** $x_i \cdot m_k$ is the sum of the products of matching entries. All of them together are one
# **matrix product**, `x @ m.T`, which holds every row's dot product with every mean. $M^T$, in NumPy `m.T`, is $M$ with rows and columns exchanged, so $X M^T$ has the shape (n, 10):
#
# $$S_{ik} = \lVert m_k \rVert^2 - 2\, x_i \cdot m_k .$$
#
# ### Exercise 1.4: the nearest mean (stretch, 8 minutes)
#
# Its argument `means` is $M$: scaled already, as `x` is. `d` is the number of pixels, here 784.


# %%
def my_nearest_mean(x, means):
    """Class of the nearest mean, shape (n,), for rows x of shape (n, d) and means (classes, d)."""
    ...


exercises.check(my_nearest_mean)

# %%
exercises.folded(my_nearest_mean)

# %% [markdown]
# Where to measure it? The test images are for the very end. But this reader of digits has no setting to choose, so nothing can be chosen by its score; we measure it
# where the finished network will be measured. Guess the **accuracy**, the share of right answers, before you run the cell. Always saying "1" gets about one in nine right.

# %%
m = means / 255
x = data.scale(mnist.test_images)
scores = (m**2).sum(axis=1) - 2 * x @ m.T
answers = scores.argmin(axis=1)
print("shape of the scores:", scores.shape)
print(
    f"nearest mean digit: {100 * (answers == mnist.test_labels).mean():.2f} % of the test images right"
)

# %% [markdown]
# A formula that was rearranged is a claim. Check it against the definition on a hundred images: with the dropped term added again, the distances must be equal.

# %%
direct = ((x[:100, None, :] - m) ** 2).sum(axis=2)  # (100, 1, 784) - (10, 784): (100, 10, 784)
np.allclose((x[:100] ** 2).sum(axis=1, keepdims=True) + scores[:100], direct)

# %% [markdown]
# Four digits in five, 82.03 %, for ten averages and one matrix product. **Whatever we train must beat that.** Keep it
# in mind when, in lesson 05, you meet a network that was trained for 10,000 steps and gets fewer than two points more.
#
# ### The same formula, in bytes
#
# What if we had skipped the floats, and subtracted the `uint8` means from the `uint8` images? It is the same formula, and no error is raised. (No choice hangs on this one, either.) Predict the accuracy, and which answers it gives.

# %%
pixels8 = mnist.test_images.reshape(-1, 784)
means8 = means.round().astype(np.uint8)
wrapped = np.array([((pixels8 - mean) ** 2).sum(axis=1) for mean in means8]).T.argmin(axis=1)
print("zeros in each mean, 0 to 9:", (means8 == 0).sum(axis=1))
print("answers given, 0 to 9:     ", np.bincount(wrapped, minlength=10))
print(f"in bytes: {100 * (wrapped == mnist.test_labels).mean():.2f} % right")

# %% [markdown]
# It answers "1" to every image: it has become the program that looks at nothing. (It is right a little more often here, because 1s are a slightly larger share of the test images.) Why? Small differences survive: $-3$ becomes 253, and $253^2$ wraps to 9, which is right. The large ones are lost: $20^2$ leaves 144, but $200^2$ leaves only 64. Every square is now some number below 256, so hardly
# anything counts but *how many* pixels differ, and the mean 1, which has the most paper, differs from an image in the fewest. If that is so, counting the differing pixels should give the same answers. Does it?

# %%
differing = np.array([(pixels8 != mean).sum(axis=1) for mean in means8]).T
print("answers given, 0 to 9:     ", np.bincount(differing.argmin(axis=1), minlength=10))

# %% [markdown]
# ### Where does it go wrong?
#
# Back to floats. To look at mistakes we take the validation images; the test images are not for looking at.

# %%
x_validation, y_validation = data.scale(validation_set[0]), validation_set[1]
answers = baseline.nearest_mean(x_validation, m)
print(f"validation images right: {100 * (answers == y_validation).mean():.2f} %")
wrong = np.flatnonzero(answers != y_validation)[:21]
captions = [f"{y_validation[i]} as {answers[i]}" for i in wrong]

# %% mystnb={"image": {"alt": "Twenty-one validation digits that the nearest mean reads wrongly, each with its label and the wrong answer above it. Nearly all are easy for a person to read."}}
plotting.digits(
    validation_set[0][wrong],
    captions,
    columns=7,
    title="What the nearest mean misreads, and as what",
)
plt.show()

# %% [markdown]
# Most of them you read at a glance. A mean digit has one slant and one width, and no other: a narrow 2 overlaps the mean 1, and a 9 with a flat loop the mean 4. One way to do better is to let a program find out for itself which *combinations* of pixels tell
# digits apart. That is what the hidden layer of a network will do (lesson 03).

# %% [markdown]
# ## Recap
#
# - An IDX file is a magic number, sizes in big-endian order, and bytes; `np.frombuffer` and `reshape` make it an array.
# - A status says that something came, a checksum that the right thing came. Check before you cache.
# - `uint8` arrays wrap around in silence. Keep images as bytes, compute with floats in $[0, 1]$, shape $(n, 784)$.
# - Seed first, then shuffle, then split. Parts must be disjoint and alike, and nothing may be lost.
# - The nearest mean digit reads 82.03 % of the test images: the mark to beat.
#
# ## Questions to ask yourself
#
# 1. Suppose you had opened the file yourself, without `download.fetch`. The header says 60,000 images, but the unpacked bytes end in the middle of an image. At which line of this lesson would
#    you notice?
#
#    <details><summary>Answer</summary>
#
#    At the comparison of the file's length with what the header promises; without it, at `reshape`, which cannot make 60,000 images of fewer bytes. (`download.fetch` would have refused the file earlier, by its checksum.)
#
#    </details>
#
# 2. Why is checking the *length* of a download not enough?
#
#    <details><summary>Answer</summary>
#
#    A single flipped bit leaves the length as it is. So does a wrong file that happens to be as long.
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
# 4. What would you lose by choosing your network by its accuracy on the test images?
#
#    <details><summary>Answer</summary>
#
#    The honest number. The chosen network is the one that these images happen to like, so its score on them is flattered, and no unseen images are left to correct it.
#
#    </details>
#
# 5. The ten means were computed from all 60,000 training images. Did that use any test image? And is the accuracy on the validation images above an honest one?
#
#    <details><summary>Answer</summary>
#
#    No test image was used, so 82.03 % is honest. The validation images are among the 60,000, and each of them had a small part in a mean, so that score is not clean. Whether it makes a visible difference you only know once you have computed the means of the 50,000 and compared.
#
#    </details>
#
# ## Next
#
# [02 Sigmoid and softmax](02_sigmoid_softmax.ipynb): the two functions between the pixels and an answer, with every
# derivative derived and then measured.
