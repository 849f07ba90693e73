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
# In lesson 00 you questioned two networks, but nobody questioned the file that they learnt from. It was said to hold 60,000 handwritten digits, and you took that on trust. Now open it yourself. **What is in the file, and can you trust it?** You will take it apart byte by byte, and find out which kinds of damage go unnoticed. And how well can you read digits with no network at all? Better than you might think.
#
# **You will be able to**
#
# - read a binary format from its description, header first;
# - say why a file that opens may still be the wrong file, and check it;
# - split data in a way that you can repeat;
# - avoid the trap of 8-bit arithmetic;
# - judge a result against a baseline.
#
# **You need** some Python, a nodding acquaintance with NumPy arrays (shapes, slices, `mean(axis=...)`), and [lesson 00](00_first_look.ipynb) for a first impression.
#
# **Time** 50 minutes to read, 26 more for the exercises; it runs for about 10 s and takes 500 MB

# %%
import gzip
import hashlib
import struct
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, studies
from mnistlib import baseline, data, download, plotting

plotting.use_style()

# %% [markdown]
# `mnistlib` is this course's small library. In each lesson you build a piece of it by hand, and from then on you use the library's tested version of the same lines.
#
# ## What is in the file?
#
# MNIST is a collection of digits written by employees of the United States Census Bureau and by high-school students ([Yadav and Bottou 2019](https://arxiv.org/abs/1905.10498)). Each digit was shrunk to fit into 20 by 20 grey pixels and then placed in a square of 28 by 28, with the middle of its ink in the middle ([LeCun, Bottou, Bengio and Haffner 1998](https://doi.org/10.1109/5.726791)).
#
# There are four files: images and labels, for training and for testing. The ten digits are the ten **classes**, and an image's label names its class. The largest file holds the training images. It is compressed with gzip, so that layer comes off first.

# %%
folder = Path("../data")
path = download.fetch(download.FILES["train_images"], folder)
raw = gzip.decompress(path.read_bytes())
len(raw)

# %% [markdown]
# Forty-seven million bytes, each a number from 0 to 255, and nothing that looks like a digit. Where does the first one begin? Look at the first sixteen bytes.

# %%
list(raw[:16])

# %% [markdown]
# The format is called **IDX**, and its description is short:
#
# - First come four bytes, the **magic number**: two zeros, then the type of the numbers (8 means *unsigned byte*), then how many dimensions the array has.
# - Next comes the size of each dimension, as an integer of four bytes. The most significant byte is first, which is called **big-endian**.
# - Then come the numbers themselves: pixel by pixel along a row, row after row, image after image.
#
# The first size is `0, 0, 234, 96`. Each byte counts 256 times as much as the one to its right, just as each figure of a decimal number counts ten times as much as the next. If the description is right, these four bytes spell the number that you were promised:

# %%
234 * 256 + 96

# %% [markdown]
# `struct` reads all four integers at once. In `">4I"`, the `>` stands for big-endian and `4I` for four unsigned integers.

# %%
magic, count, rows, columns = struct.unpack(">4I", raw[:16])
print(f"magic number {magic}, {count} images of {rows} x {columns} pixels")

# %% [markdown]
# The magic number is $8 \cdot 256 + 3$: unsigned bytes, three dimensions. If we have understood the description, the length of the file follows from it: sixteen bytes of header, and then one byte for each pixel.

# %%
16 + count * rows * columns == len(raw)

# %% [markdown]
# It fits, to the byte. So `np.frombuffer` can read the rest as numbers (here `uint8`, 8-bit unsigned integers), and `reshape` can cut the long row into images.

# %%
images = np.frombuffer(raw, dtype=np.uint8, offset=16).reshape(count, rows, columns)
images.shape, images.dtype

# %% [markdown]
# Here is the top of the first image as numbers: rows 5 to 11, columns 12 to 21.

# %%
for row in images[0, 5:12, 12:22]:
    print("".join(f"{pixel:4}" for pixel in row))

# %% mystnb={"image": {"alt": "The first training image, a handwritten five, drawn large, ink on paper, with the window of pixels printed above framed in orange at the top of the five."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(4.2, 4.2))
axis.imshow(images[0], cmap="gray_r")
axis.add_patch(
    plt.Rectangle((11.5, 4.5), 10, 7, fill=False, color=plotting.COLOURS[1], linewidth=2)
)
axis.set(title="The first image: the frame\nmarks the numbers above", xlabel="column", ylabel="row")
axis.grid(False)
plt.show()

# %% [markdown]
# Zero is paper, and 255 is the darkest ink.
#
# ### Exercise 1.1: the header of the labels (warm-up, 3 minutes)
#
# A file of labels works the same way, with one dimension: a magic number, a count, then a byte for each label. Read the two integers at the front of such a file. What magic number do you expect? (The checker also tries made-up bytes, so don't assume: read what is there.)

# %%
raw_labels = gzip.decompress(download.fetch(download.FILES["train_labels"], folder).read_bytes())


def my_label_header(raw):
    """Return the magic number and the count, two integers, from the bytes of a label file."""
    ...


exercises.check(my_label_header)

# %%
exercises.folded(my_label_header)

# %% [markdown]
# The type is 8 again, and there is one dimension, so the magic number is $8 \cdot 256 + 1$. After those eight bytes come the labels. Does the first one agree with what you saw?

# %%
list(raw_labels[:8]), list(raw_labels[8:18])

# %% [markdown]
# ## Can you trust the file?
#
# Files arrive over the internet, and a download can fail in a treacherous way: the program reports success, although what lies on your disk is half a file, or a web page that says "Forbidden".
#
# How much of that does Python's `gzip` notice? Take the smaller file, the labels, and set six impostors beside it. In the last, somebody has changed the first label from 5 to 6 and packed the file again.

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

# %% [markdown]
# **Predict.** How many of the six impostors will `gzip` open without complaint?

# %%
guesses.ask("impostors that gzip opens", None)

# %% tags=["answer", "hide-input"]
opened = []
for name, file in files.items():
    try:
        print(f"{name:18} gzip opens it: {len(gzip.decompress(file))} bytes")
        opened.append(name)
    except (OSError, EOFError, zlib.error):
        print(f"{name:18} gzip rejects it")
guesses.compare("impostors that gzip opens", len(opened) - 1)  # without the good file

# %% [markdown]
# Three are rejected, and three get through. A gzip file begins with two fixed bytes, and ends with the length of its contents and a check value computed from them ([Deutsch 1996](https://www.rfc-editor.org/rfc/rfc1952)), which is how `gzip` notices damage. But the check value travels *inside* the file, so a different file simply brings its own (and an empty one has nothing to check). In other words, `gzip` often notices that a file is damaged, or isn't a gzip file at all, but never that it is the *wrong* gzip file.
#
# ### A check from somewhere else
#
# So the check has to come from outside the file. A **checksum** such as SHA-256 ([NIST 2015](https://doi.org/10.6028/NIST.FIPS.180-4)) boils any number of bytes down to 64 hexadecimal digits, 0 to 9 and a to f, and nobody has ever found two different files with the same result. The right checksums are written in this project's code, and you needn't take our word for them, since [TensorFlow's list](https://github.com/tensorflow/datasets/blob/31f1255e57e519a6c004f0b097a2f5cfcf0dde7d/tensorflow_datasets/url_checksums/mnist.txt) has the same. Here is the check:

# %%
expected = download.FILES["train_labels"].sha256
print(expected)
for name, file in files.items():
    checksum = hashlib.sha256(file).hexdigest()
    print(f"{name:18} {'accepted' if checksum == expected else 'rejected'}")

# %% [markdown]
# From here on `data.load()` does all this for you, for all four files, every time. A missing file is downloaded under a temporary name and gets its real one only after it has passed the check, so a bad file is never kept.

# %%
mnist = data.load()
for name, array in mnist._asdict().items():
    print(f"{name:13} {array.dtype}  {array.shape}")

# %% [markdown]
# ## Three parts, and a seed
#
# Before you look any further, put some of the data away. The **test set** has one job: to say, when every choice has been made, how well the finished network reads digits that it has never met. It cannot judge a choice that it helped to make, which is why we need other digits while we are still choosing. So we split the training images: 50,000 to learn from, and 10,000 for **validation**, the same 10,000 that lesson 00 kept back.
#
# The usual advice is to ask the test set *once*. This course asks it in several lessons, each time to measure what has been chosen, and never in order to choose.
#
# The split is random, but it can be repeated. A random number generator starts from a number, its **seed**. Ours makes a **permutation**: all the whole numbers from 0 up to, but not including, 60,000, each of them once, in random order.

# %%
rng = np.random.default_rng(seed=1)
order = rng.permutation(60_000)
for_training, for_validation = order[:50_000], order[50_000:]
order[:8]

# %% [markdown]
# **Predict.** Will a new generator with the same seed give the same order? And what about a second permutation from the generator you have already used? Two words will do, as in `"no, yes"`.

# %%
guesses.ask("same order: new generator, ours again", None)

# %% tags=["answer"]
new = np.random.default_rng(seed=1)
new_is_same = np.array_equal(new.permutation(60_000), order)
ours_is_same = np.array_equal(rng.permutation(60_000), order)
print("new generator, same seed:", new_is_same)
print("our generator again:     ", ours_is_same)
words = ", ".join("yes" if same else "no" for same in (new_is_same, ours_is_same))
guesses.compare("same order: new generator, ours again", words)

# %% [markdown]
# A generator moves on with every number that it hands out, so to repeat a result you must repeat everything drawn since the seed, in the same order. The original, which you met in lesson 00, shuffled first and set its seed only afterwards ([lesson 06](06_autopsy.ipynb)), so nobody can ever recover its split.
#
# ### Exercise 1.2: a split (core, 5 minutes)
#
# Turn the split into a function. The caller passes in the generator, and so chooses the seed. Each image must keep its label.


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
# The library's `data.split` does the same. (`*mnist[:2]` passes the first two of the four arrays, the training images and their labels.)

# %%
train_set, validation_set = data.split(*mnist[:2], 10_000, rng=np.random.default_rng(seed=1))
train_images, train_labels = train_set
train_images.shape, train_labels.shape, validation_set[0].shape, validation_set[1].shape

# %% [markdown]
# ### What the two parts share
#
# A permutation loses no image and puts none into both parts, so no network will be tested on an image from which it has learnt. Yet the parts may share something else: their writers. `data.writers()` tells us who wrote what. It reads two more files, which we owe to the people who traced every digit to its source in the archives ([Yadav and Bottou 2019](https://arxiv.org/abs/1905.10498)).

# %%
writers = data.writers().train  # a number for each person
known = np.isin(writers[for_validation], writers[for_training])
known_test = np.isin(data.writers().test, writers[for_training])
print("images whose writer also wrote images that we train on")
print(f"  validation: {known.sum():6} of {len(known)}")
print(f"  test:       {known_test.sum():6} of {len(known_test)}")

# %% [markdown]
# Every person who wrote a validation image wrote some of the training images, too, and nobody who wrote a test image did. In other words, the validation images are new digits in familiar handwriting, whereas the test images are in the handwriting of strangers.
#
# ## Look before you compute
#
# Here are three training images of each class. No two 8s lean or loop alike, and yet you read every one without effort.

# %% mystnb={"image": {"alt": "A grid of thirty handwritten digits, three rows of zero to nine. Slant, thickness and shape differ from row to row: of the three sevens one is thin and two are thick."}} tags=["digits", "hide-input"]
chosen = [np.flatnonzero(train_labels == k)[i] for i in range(3) for k in range(10)]
plotting.digits(train_images[chosen], title="Three of each: slant, width and shape all vary")
plt.show()

# %% [markdown]
# How often would a program be right if it never looked, and always answered with the most frequent class? That is the lowest mark worth beating.

# %%
counts = np.bincount(train_labels)  # how many images each class has
print("training images of 0 to 9:\n", counts)
most = counts.argmax()
always = 100 * (validation_set[1] == most).mean()
print(f'always "{most}": {always:.2f} % of the validation images right')

# %% [markdown]
# **A good place to stop.** The file has been opened, checked, split and looked at. What remains is a trap, the first program that reads digits, what happens when it walks into the trap, and a rival that learns nothing at all. It will all keep until tomorrow.
#
# ## Arithmetic in bytes
#
# The trap is worth a page because it is silent, and in a while we shall walk into it on purpose. The pixels are `uint8`: 8 bits, 256 values, and no room for more.
#
# **Predict.** Add 10 to two pixels, 100 and 250. Then subtract a pixel of 200 from one of 0. Which three numbers come out?

# %%
guesses.ask("100 + 10, 250 + 10 and 0 - 200, in bytes", None)

# %% tags=["answer"]
pixels = np.array([100, 250], dtype=np.uint8)  # change these, 0 to 255
paper, ink = np.array([0], dtype=np.uint8), np.array([200], dtype=np.uint8)
three = [*(pixels + 10), *(paper - ink)]
guesses.compare("100 + 10, 250 + 10 and 0 - 200, in bytes", ", ".join(str(k) for k in three))

# %% [markdown]
# The 250 should have become 260. Instead it became $260 - 256 = 4$, without warning: it **wrapped** around, as a clock does after twelve. The 10 was an ordinary Python number, with room to spare, but NumPy made a byte of it to fit the array. Differences are worse, because everything that should be negative wraps: $0 - 200$ is 56, which is as wrong as it is quiet.
#
# In arrays, the operators `+`, `-`, `*`, `**` and `@` all wrap in silence (single pixels do warn), whereas NumPy's `sum` and `mean` don't, because they compute in a wider type. Hence the rule of this course: keep images as `uint8`, in an eighth of the memory of NumPy's usual `float64`, and turn them into floats the moment you compute with them. At the same time we scale them to $[0, 1]$ and flatten each image into a row, since in this course rows are examples. Several images together are a **batch**. For a batch of $n$ images,
#
# $$X = \frac{\text{pixels}}{255}$$
#
# has the shape $(n, 784)$. In code, it is called `x`.

# %%
x = train_images[:5].reshape(5, 784) / 255
x.shape, x.dtype, float(x.min()), float(x.max())

# %% [markdown]
# The library's `data.scale` is that line, plus a complaint if you hand it something that is already scaled.
#
# ## A baseline before any network
#
# A **baseline** is a simple method that anything cleverer has to beat. Ours is this: average all the training images of each class, pixel by pixel, and answer with the class whose average is nearest.
#
# Row $i$ of $X$ is $x_i$, and the mean digit of class $k$ is
#
# $$\bar x_k = \frac{\text{sum of all } x_i \text{ with label } k}{\text{number of images with label } k} .$$
#
# ### Exercise 1.3: the mean digits (core, 5 minutes)
#
# A loop over the ten classes is fine here. The `images` come as bytes, of shape (n, 28, 28), and this once you may compute with them directly, because `mean` does so in floats. Return means from 0 to 255; the next cell divides them by 255, which comes to the same as dividing every pixel. The checker also tries smaller images, so don't write 784: `images.reshape(len(images), -1)` makes rows of any size.


# %%
def my_class_means(images, labels):
    """Mean image of each class as one row: shape (10, pixels), in the units of `images`."""
    ...


exercises.check(my_class_means)

# %%
exercises.folded(my_class_means)


# %%
means = baseline.class_means(train_images, train_labels) / 255

# %% mystnb={"image": {"alt": "The ten mean digits. Each is a blurred but readable digit. The zero is the clearest; the one is sharp in the middle and blurred at its ends; the two, the four and the five are the most blurred."}} tags=["hide-input"]
plotting.digits(
    means.reshape(10, 28, 28),
    range(10),
    columns=5,
    title="The mean of each class: sharp where writers agree",
)
plt.show()

# %% [markdown]
# Now for "nearest". Double bars with a square, $\lVert \dots \rVert^2$, stand for the sum of the squares of a row's entries, so that $\lVert x_i - \bar x_k \rVert^2$ is the **squared distance** from image $i$ to mean $k$, and $\arg\min_k$ picks the $k$ that makes it smallest. That $k$ is our answer for image $i$, and its hat marks it as a guess:
#
# $$\hat k_i = \arg\min_k \; \lVert x_i - \bar x_k \rVert^2 .$$
#
# Taken literally, that is an array of $10{,}000 \cdot 10 \cdot 784$ differences for our validation images, some 630 MB. It is far cheaper to multiply out first. For each pixel $j$,
#
# $$(x_{ij} - \bar x_{kj})^2 = x_{ij}^2 - 2\, x_{ij}\, \bar x_{kj} + \bar x_{kj}^2 .$$
#
# Added up over the pixels, the right-hand side becomes
#
# $$\lVert x_i \rVert^2 - 2\, x_i \cdot \bar x_k + \lVert \bar x_k \rVert^2 ,$$
#
# where the **dot product** $x_i \cdot \bar x_k$ is the sum of the products of matching entries. One of the three terms is the same for every $k$. Which one, and what can you do with it?
#
# ### Exercise 1.4: the nearest mean (stretch, 8 minutes)
#
# All the dot products together are one **matrix product**, `x @ means.T`, of shape (n, 10), where `means.T` is `means` with rows and columns exchanged. Here `means` is scaled, as `x` is.


# %%
def my_nearest_mean(x, means):
    """Class of the nearest mean, (n,), for rows x of shape (n, pixels), means (classes, pixels)."""
    ...


exercises.check(my_nearest_mean)

# %%
exercises.folded(my_nearest_mean)

# %% [markdown]
# The term $\lVert x_i \rVert^2$ is the same for all ten classes, so it can't change which of them is nearest, and we leave it out. What remains is
#
# $$\lVert \bar x_k \rVert^2 - 2\, x_i \cdot \bar x_k .$$

# %%
x = data.scale(validation_set[0])
remains = (means**2).sum(axis=1) - 2 * x @ means.T
remains.shape

# %% [markdown]
# **Predict.** The validation images played no part in the means. What percentage of them will ten averages get right?

# %%
guesses.ask("% right by the nearest mean", None)

# %% tags=["answer"]
answers = remains.argmin(axis=1)
accuracy = 100 * (answers == validation_set[1]).mean()
print(f"nearest mean: {accuracy:.2f} % of the validation images")
guesses.compare("% right by the nearest mean", f"{accuracy:.2f}")

# %% [markdown]
# Four digits in five, for ten averages and one matrix product, without a single step of training. It should make you slow to be impressed. **Whatever we train must beat that.** The two networks of [lesson 00](00_first_look.ipynb) that had been stopped early did not.
#
# ## The same formula, in bytes
#
# Here the trap snaps shut. What if we had skipped the floats, and taken the squared distance as we first wrote it, $\lVert x_i - \bar x_k \rVert^2$, with images and means in `uint8`? No error is raised.
#
# **Predict.** Which digits will turn up among its answers? List them.

# %%
guesses.ask("what it answers, in bytes", None)

# %% tags=["answer"]
pixels8 = validation_set[0].reshape(-1, 784)
means8 = (255 * means).round().astype(np.uint8)
wrapped = np.array([((pixels8 - mean) ** 2).sum(axis=1) for mean in means8]).T
answers8 = wrapped.argmin(axis=1)
print("answers given, 0 to 9:", np.bincount(answers8, minlength=10))
accuracy8 = 100 * (answers8 == validation_set[1]).mean()
print(f"in bytes: {accuracy8:.2f} % right")
guesses.compare("what it answers, in bytes", ", ".join(str(k) for k in np.unique(answers8)))

# %% [markdown]
# It answers "1" to every image, like the program that never looks. The differences and their squares are bytes, so they wrap around. Since 16 squared is 256, which wraps to 0, only a difference below 16 keeps its square, and what is left of a larger one says nothing about its size.
#
# One thing survives, though: two equal pixels still add 0 to the sum, whereas two different ones add something, unless their difference is a multiple of 16. So the sum no longer measures *how much* an image and a mean differ; roughly, it counts the pixels in which they do. Most of an image is paper, so the more paper a mean has, the more of its pixels agree with the image's, and the mean with the most paper should win, whatever the image:

# %%
print(f"paper in the images: {100 * (pixels8 == 0).mean():.0f} %")
print("pixels of paper in the means 0 to 9:\n", (means8 == 0).sum(axis=1))

# %% [markdown]
# The mean of the 1s has the most paper by far, so the 1 always wins. Nothing was wrong with the program but the type of its numbers, and nothing complained. What gives it away is the humblest baseline of all: if your program does no better than one that never looks, find out whether it looks.
#
# ## Where the averages go wrong
#
# Back to floats. Here are some of the mistakes that the right formula makes.

# %% mystnb={"image": {"alt": "Fifteen validation digits that the nearest mean reads wrongly, each with its label and the wrong answer above it, from 2 as 1 to 8 as 7. Nearly all are easy for a person to read."}} tags=["hide-input"]
wrong = np.flatnonzero(answers != validation_set[1])[:15]
plotting.digits(
    validation_set[0][wrong],
    [f"{validation_set[1][i]} as {answers[i]}" for i in wrong],
    columns=5,
    title="What each one is, and what the nearest mean takes it for",
)
plt.show()

# %% [markdown]
# Most of these you can read at a glance. The method cannot, because a mean digit has only one slant and width, so a narrow 2 may lie nearer to the mean of the 1s. What if nothing is averaged, and the nearest of all 50,000 training images lends its label? That method is called the **nearest neighbour** ([Cover and Hart 1967](https://doi.org/10.1109/TIT.1967.1053964)).
#
# **Predict.** What percentage of the first 500 validation images will the nearest neighbour get right?

# %%
guesses.ask("% right by the nearest neighbour", None)

# %% tags=["answer"]
first, first_labels = x[:500], validation_set[1][:500]
nearest = []
for k in range(10):  # what remains, with the images of class k in place of its mean
    xk = data.scale(train_images[train_labels == k])
    nearest.append(((xk**2).sum(axis=1) - 2 * first @ xk.T).min(axis=1))
lent = np.argmin(nearest, axis=0)  # from shape (10, 500) to (500,)
right = lent == first_labels
print(f"nearest neighbour: {100 * right.mean():.1f} % of {len(right)} images")
guesses.compare("% right by the nearest neighbour", f"{100 * right.mean():.1f}")

# %% [markdown]
# That is a much harder mark to beat, although nothing was learnt at all. The network that [lesson 00](00_first_look.ipynb) trained to the end got 96.82 % of the whole 10,000 right. Which of the two is better? From 500 images nobody can say (on all 10,000, which took us a minute, the neighbour is a little ahead); lesson 05 shows how you would find out.
#
# Both owe a little to familiar handwriting. In a study of our own, the nearest neighbour lost about one point, and a network about half a point, when all their training images were by strangers. So on strangers' digits, if they write as legibly, expect a little less than the validation accuracy promises. The optional part shows how we measured it.
#
# ## If you have another quarter of an hour
#
# ### Whose hand lent the label?
#
# More than five hundred people wrote the training images, but an image's nearest neighbour may well be another digit *by the same hand*.
#
# **Predict.** For how many of the 500 images is the nearest neighbour by the same hand?

# %%
guesses.ask("neighbours by the same hand, of 500", None)

# %% tags=["answer"]
lender = np.zeros(500, dtype=int)
for k in range(10):  # only the images that class k has answered
    asked = lent == k
    of_class = np.flatnonzero(train_labels == k)
    xk = data.scale(train_images[of_class])
    distances = (xk**2).sum(axis=1) - 2 * first[asked] @ xk.T
    lender[asked] = of_class[distances.argmin(axis=1)]
hand, lending_hand = writers[for_validation][:500], writers[for_training][lender]
print(f"nearest image by the same writer: {(hand == lending_hand).sum()} of 500")
by_chance = sum((writers[for_training] == one).mean() for one in hand)
print(f"a training image at random:       {by_chance:.1f} of 500")
guesses.compare("neighbours by the same hand, of 500", (hand == lending_hand).sum())

# %% [markdown]
# Fifty-two, where chance alone would give about one. So the nearest neighbour recognises people as well as digits. How much is that worth? The study (`studies/familiar.py`) gave each method two sets of training images, and tested it both times on the same digits. The first held other digits by those same people, mixed with strangers'. The second was just as large, but by strangers only, and so by fewer people.

# %% tags=["hide-input"]
rows = studies.read("familiar")["rows"]
print("mean of ten runs    with familiar hands  strangers only  gain in points")
for reader in ("nearest neighbour", "network"):
    runs = [row["results"] for row in rows if row["settings"]["reader"] == reader]
    kept = np.array([(run["familiar"], run["strangers"]) for run in runs]).T * 100
    gains = kept[0] - kept[1]
    print("{:18} {:17.1f} % {:13.1f} %".format(reader, *kept.mean(axis=1)), end="")
    print(f"  {gains.mean():5.1f}, from {gains.min():.1f} to {gains.max():.1f}")

# %% [markdown]
# Every one of the ten runs chose its people afresh, and in each of them the familiar hands helped both methods. <small>The network is one like that of lesson 04. Both methods had fewer training images than our 50,000; with more, they should need the help less.</small>
#
# ### One-hot labels
#
# The loss of lesson 02 will say how wrong a network's ten numbers are by comparing them with ten others, the **targets**: a 1 for the right class and a 0 for every other. Such a row is **one-hot**, and the rows of $n$ examples make up $Y$, of shape $(n, 10)$. The library makes them with `data.one_hot`, but you can easily make your own.
#
# ### Exercise 1.5: one-hot (core, 5 minutes)
#
# Do it without a loop. Compare a *column* of labels, shape $(n, 1)$, with a *row* of class numbers, shape $(10,)$: NumPy stretches both to $(n, 10)$, which is called **broadcasting**.


# %%
def my_one_hot(labels, classes=10):
    """One-hot targets, 1 and 0 (True and False will do), shape (n, classes), for labels (n,)."""
    ...


exercises.check(my_one_hot)

# %%
exercises.folded(my_one_hot)

# %% [markdown]
# The library picks rows of `np.eye(10)`, the identity matrix, and gets the same. Your own function can take its place: delete the `#`, and a right answer is kept in a file beside the notebooks, from which lesson 04 takes it.

# %%
# exercises.keep(my_one_hot)

# %% [markdown]
# ## Recap
#
# You now have a set of digits that you can trust, in the form in which every later lesson takes them, and a mark to beat. What you don't have yet is anything that learns: ten averages never improve.
#
# - What is in the file? A magic number, sizes in big-endian order, and bytes. `np.frombuffer` and `reshape` turn them into an array.
# - Can you trust it? That it opens proves little. gzip notices most damage; only a checksum from elsewhere tells you that this is the right file. Whether every label in it is right is another question, which no checksum can answer.
# - Seed first, then shuffle, then split. The validation images are new digits by familiar writers, and the test images are by others.
# - Arithmetic in `uint8` wraps around without warning. Keep images as bytes, and compute with floats in $[0, 1]$, shape $(n, 784)$.
# - The nearest mean gets about 81 % of the validation images right, and that is the mark to beat. The nearest neighbour sets a harder one.
#
# ## Questions to ask yourself
#
# 1. You unpack the labels and pack them again with another program. Unpacked, your file and the one in `data` are the same, byte for byte. Will `data.load()` accept the new file?
#
#    <details><summary>Answer</summary>
#
#    Almost certainly not. The checksum is that of the packed file, and another program will hardly pack the same contents into the very same bytes. So `data.load()` rejects your file and fetches a copy that it knows. A check that is too strict costs a download; one that is too lax costs the truth.
#
#    </details>
#
# 2. Someone computes `((a - b) ** 2).sum()` for two `uint8` images, sees that the distance is wrong, and writes `((a - b).astype(float) ** 2).sum()` instead. Why is it still wrong?
#
#    <details><summary>Answer</summary>
#
#    The difference has already wrapped before it becomes a float: 0 - 200 is 56 by then, and 56 squared is not 200 squared. Convert first, then subtract.
#
#    </details>
#
# 3. A friend computes the mean digits from all 60,000 training images and evaluates them on your 10,000 validation images. What is wrong with that accuracy, and would you see it in the number?
#
#    <details><summary>Answer</summary>
#
#    Each validation image had a small part in a mean, so the means have seen the exam. With ten averages of thousands of images each, the advantage is slight, and a single split can hide it: try `baseline.nearest_mean(x, baseline.class_means(*mnist[:2]) / 255)`. On this split the accuracy even falls a little, although on most others it rises. A network has far more numbers in which to remember things, and there the advantage can be large.
#
#    </details>
#
# ## Next
#
# [02 Sigmoid and softmax](02_sigmoid_softmax.ipynb): the two functions that stand between pixels and answer. First you derive their slopes, then you measure them.
