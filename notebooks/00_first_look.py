# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 First look
#
# Before you build a network, meet one. Nothing is derived here and no formula is shown: you run ready-made lines, which you need not read, watch what happens, and collect questions. Every lesson after this one opens a box that stays closed today.
#
# **You will** train a network in a few seconds, watch its answers to eight digits change as it learns, show it a digit of your own, and then meet a second network, whose answers depend on something they should not.
#
# **You will be able to**
#
# - say in a sentence what training does;
# - tell *sure* from *right*;
# - ask one question that any network should pass, and that an accuracy does not answer.
#
# **You need** [to have set the course up](../README.md#start), and to be able to run a cell: click into it and press Shift and Enter. Run them from the top, in order. The exercise wants a line of Python.
#
# **Time** 10 minutes to read, 5 more for the exercises; the computer works about 8 s and uses 400 MB

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import data, exercises, explore, functions, network, original, plotting, training

plotting.use_style()

# %% [markdown]
# ## Train one
#
# Here are 60,000 handwritten digits, each a picture of 28 by 28 pixels with a label that says what was meant. We keep 10,000 of them back, to ask the network about pictures that it has not been trained on. Nobody could write down what makes a 9 a 9, in all these hands; so we let a program find out from examples.

# %%
mnist = data.load()
train_set, held_back = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
images, labels = held_back
print(f"{len(mnist.train_labels)} digits, {len(train_set[1])} to train on, {len(labels)} kept back")

# %% [markdown]
# A network is a heap of numbers, its **parameters**, and a rule that makes ten probabilities out of a picture and those numbers, one for each digit. The digit with the largest is its answer, and that probability says how sure it is. Ours has this many parameters:

# %%
rng = np.random.default_rng(seed=0)
start = network.initialise(rng)
sum(array.size for array in start)

# %% [markdown]
# Nearly all are drawn by chance (a few begin at 0), so the network knows nothing yet. What share of the 10,000 will it read correctly? That share is called its **accuracy**. Write down your guess, and another one for after the training.

# %%
before = training.evaluate(network, start, held_back)
print(f"before training: {100 * before.accuracy:.2f} % right")

# %% [markdown]
# Now train it. Deal the training pictures into small **batches**. After each batch, move the numbers a little, towards better answers to that batch: that is a **step**. Go through all the pictures three times. It takes three lines and some seconds (what the settings mean is lesson 04):

# %%
batches = training.minibatches(len(train_set[0]), rng=rng, epochs=3)
trained, _ = training.train(network, start, train_set, batches, learning_rate=0.5, momentum=0.9)
after = training.evaluate(network, trained, held_back)

print(f"after {len(batches)} steps: {100 * after.accuracy:.2f} % right")
print("numbers that are where they were:", sum((a == b).sum() for a, b in zip(start, trained)))

# %% [markdown]
# (Those belong to pixels at the rim, on which no training picture has ink: no batch says anything about them.)
#
# ## Watch it learn
#
# What happened in between? Train it once more from the same start, with the same batches, and this time write down its answers to eight pictures after a few of the steps.

# %%
eight = [7, 57, 2, 9, 5, 18, 55, 56]  # or others of the first hundred; the text is on these
moments = [0, 1, 3, 10, 30, 100, 300, len(batches)]
heard = {}


def ask(parameters, pictures):
    """Probabilities of the ten digits, one row for each picture (how: lessons 02 and 03)."""
    return functions.softmax(network.logits(parameters, data.scale(pictures)))


def listen(step, parameters, history):
    """Called after every step; writes down the answers at some moments."""
    if step in moments:
        heard[step] = ask(parameters, images[eight])


again, _ = training.train(
    network,
    start,
    train_set,
    batches,
    learning_rate=0.5,
    momentum=0.9,
    every=1,
    after_record=listen,
)
print("the same network as before:", all(np.array_equal(a, b) for a, b in zip(again, trained)))


# %% mystnb={"image": {"alt": "Eight handwritten digits, 0 7 2 4 8 5 9 3, and below each a column of the network's answers after 0, 1, 3, 10, 30, 100, 300 and 1,173 steps. In the first two rows nearly all answers are equal and pale; further down they get their ticks and darken. The 5 and the 3 keep changing, and the 3 ends as a 9."}} tags=["home", "hide-input"]
def show_answers(rows, *, title, ylabel=""):
    """Draw the eight pictures, and below each the answers to it: a row for each name in `rows`.

    A row is the answers, and how sure they are, from 0 to 1, which is the shade. A right one has a
    tick and is bold.
    """
    heights = {"height_ratios": [1, 0.55 * len(rows)]}
    axes = plt.subplots(2, 1, figsize=(5.6, 1.2 + 0.44 * len(rows)), gridspec_kw=heights)[1]
    strip = np.concatenate([np.pad(image, 2) for image in images[eight]], axis=1)
    axes[0].imshow(strip, cmap="gray_r", aspect="auto")
    axes[0].set_axis_off()
    axes[0].set_title(title)
    shade = np.array([sure for _, sure in rows.values()])
    axes[1].imshow(shade, cmap="Blues", vmin=0, vmax=1.3, aspect="auto")
    for row, (answers, sure) in enumerate(rows.values()):
        for column, answer in enumerate(answers):
            right = answer == labels[eight][column]
            axes[1].text(
                column,
                row,
                f"{answer} ✓" if right else f"{answer}",
                ha="center",
                va="center",
                color="white" if sure[column] > 0.75 else "black",
                fontweight="bold" if right else "normal",
            )
    axes[1].set(yticks=range(len(rows)), yticklabels=rows, xticks=[], ylabel=ylabel)
    axes[1].grid(False)
    axes[1].spines[:].set_visible(False)
    plt.show()


show_answers(
    {step: (p.argmax(axis=1), p.max(axis=1)) for step, p in heard.items()},
    title="It learns to tell them apart; ticks are right, darker is surer",
    ylabel="after so many steps",
)

# %% [markdown]
# Read it from the top; a tick marks a right answer. At the start it has two answers for the eight, 8 and 2. After a single step it says 3 to all of them. After ten steps five are right, most of them still pale. From step 30 on the 0, the 7, the 2 and the 4 stay right and grow dark. Over the 5 and the 3 it changes its mind again and again, and the 3 is read wrongly at the end.
#
# Nobody told the network what a loop is, or a stroke. It was only told, about each picture, which of ten answers would have been right.
#
# ### Exercise 0.1: the accuracy (warm-up, 3 minutes)
#
# Work one out yourself. Say there are only three digits, 0, 1 and 2, and two pictures, a 1 and a 2. Here are a network's probabilities, a row for each picture; in all lessons they are called `p`.

# %%
p = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]])
print(p)

# %% [markdown]
# What does it answer, and what is its accuracy? Then write it down for any number of pictures: replace the `...`, run the cell, and read the reply. Hints and a solution are folded below it.


# %%
def my_accuracy(p, labels):
    """Share of right answers, from 0 to 1, for p of shape (n, digits) and labels of shape (n,)."""
    ...


exercises.check(my_accuracy)

# %%
exercises.folded(my_accuracy)

# %% [markdown]
# ## Where is it unsure?
#
# Of the 10,000, here are the eight pictures about which it is least sure, each with the two likeliest answers.

# %% mystnb={"image": {"alt": "Eight digits that are faint, broken or oddly shaped, each with two likely answers above it."}} tags=["hide-input"]
p = ask(trained, images)
answers, sure = p.argmax(axis=1), p.max(axis=1)
least = sure.argsort()[:8]
captions = ["{} or {}?".format(*p[i].argsort()[:-3:-1]) for i in least]
plotting.digits(images[least], captions, columns=4, title="Least sure: its two likeliest answers")
plt.show()

# %% [markdown]
# You may hesitate at some of them, too. Now the opposite: the wrong answers of which it is *most* sure. Do you expect harder pictures, or easier ones?

# %% mystnb={"image": {"alt": "Eight digits read wrongly with great confidence, each with its label and the answer above it. Some are misshapen, others easy for a person."}} tags=["hide-input"]
wrong = np.flatnonzero(answers != labels)
surest = wrong[(-sure[wrong]).argsort()[:8]]
captions = [f"is {labels[i]}, says {answers[i]}" for i in surest]
plotting.digits(images[surest], captions, columns=4, title="Wrong, and very sure")
plt.show()

# %% [markdown]
# How often does that happen? Cut the 10,000 answers into the less sure half and the surer half, and count.

# %%
order = sure.argsort()
print(f"of the eight above it is at least {100 * sure[surest].min():.1f} % sure,", end=" ")
print(f"of half of all answers at least {100 * sure[order[5_000]]:.2f} %,", end=" ")
print(f"and of {100 * (sure >= sure[surest].min()).mean():.0f} in 100 as sure as of those eight")
parts = {
    "less sure half": order[:5_000],
    "surer half": order[5_000:],
    "above 99.9 %": np.flatnonzero(sure > 0.999),
}
for name, part in parts.items():
    print(f"{name:14}: {(answers[part] != labels[part]).sum():3} wrong of {len(part)}")

# %% [markdown]
# Some of the eight are misshapen; the 6 that it takes for a 0 you read at a glance. Being sure means something: nearly all its mistakes are in the less sure half, and above 99.9 % there is none. But 99.6 % sounds very sure, and most of the eight are in the *less* sure half: of nearly two answers in three this network is that sure. And it is no promise. Three mistakes are left in the surer half; and that none was met above 99.9 % does not say that none will come ([lesson 04](04_training_curves.ipynb)).
#
# ## A digit of your own
#
# Draw one. A line through a few corners will do: each corner is (column, row), counted from the upper left, from 0 to 27.


# %% tags=["hide-input"]
def draw(corners, pen=1.7):
    """A soft line through the corners, as a picture of 28 by 28 pixels."""
    row, column = np.mgrid[0:28, 0:28]
    far = np.full((28, 28), np.inf)
    for one, next_one in pairwise(np.array(corners, float)):
        for part in np.linspace(0, 1, 60):
            across, down = one + part * (next_one - one)
            far = np.minimum(far, np.hypot(column - across, row - down))
    return (255 * np.clip(pen - far, 0, 1)).astype(np.uint8)


# %%
mine = draw([(4, 3), (17, 3), (10, 21)])  # a 7; change the numbers, and run from here again

# %% [markdown]
# It sits a little to the upper left, as a hand-drawn digit may. Where do the pictures sit that the network learnt from? Measure the middle of the ink of 5,000 of them.


# %%
def middle(pictures):
    """Row and column of the middle of the ink, for each picture."""
    ink = pictures.reshape(-1, 784).astype(float)
    places = np.indices((28, 28)).reshape(2, 784).T  # row and column of each pixel
    return ink @ places / ink.sum(axis=1, keepdims=True)


print("rows and columns, at least:", middle(train_set[0][:5_000]).min(axis=0).round(1))
print("                  at most: ", middle(train_set[0][:5_000]).max(axis=0).round(1))
print("yours:                     ", middle(mine)[0].round(1))

# %% [markdown]
# All in the same place, at row and column 14, give or take half a pixel: somebody moved them there ([lesson 01](01_loading.ipynb)). Does that matter? Ask it both ways.


# %%
def centred(picture):
    """The same picture, moved so that the middle of its ink is where theirs is."""
    down_and_right = np.round(14 - middle(picture)[0]).astype(int)
    return np.roll(picture, down_and_right, axis=(0, 1))


def ask_both_ways(picture):
    both = np.array([picture, centred(picture)])
    for name, p in zip(["as drawn", "centred"], ask(trained, both)):
        print(f"{name:8}: {p.argmax()}, {100 * p.max():.1f} % sure")


ask_both_ways(mine)

# %% mystnb={"image": {"alt": "The same drawn seven twice: once near the upper left corner, once in the middle."}} tags=["hide-input"]
both = np.array([mine, centred(mine)])
said = ask(trained, both).argmax(axis=1)
captions = [f"as drawn, read as {said[0]}", f"centred, read as {said[1]}"]
plotting.digits(both, captions, columns=2, title="The same strokes, moved")
plt.show()

# %% [markdown]
# To you it is the same 7. The network was never shown a 7 up there; it says 2, and is sure of it. Is that this one drawing's bad luck? Move 2,000 of the pictures that we kept back, by a pixel or more, to either side, up and down. How many pixels does it take until half of the answers are wrong?

# %%
for pixels in range(5):
    moved = [np.roll(images[:2_000], way * pixels, axis) for axis in (1, 2) for way in (1, -1)]
    p = np.array([ask(trained, each) for each in moved])
    wrong = p.argmax(axis=2) != labels[:2_000]
    surely = wrong & (p.max(axis=2) > 0.9)
    print(f"moved by {pixels}: {100 * wrong.mean():4.1f} % wrong", end=", ")
    print(f"{100 * surely.mean():4.1f} % wrong and more than 90 % sure")

# %% [markdown]
# About three. One answer in eight is then wrong and more than 90 % sure; most of the wrong ones are less sure. It knows less than its accuracy suggests. Draw other digits: which of them fool it, and does centring always help? Here is a 1 with a hook, and a small 0.

# %%
ask_both_ways(draw([(10, 8), (14, 4), (14, 22)]))
ask_both_ways(draw([(12, 11), (15, 11), (16, 14), (15, 17), (12, 17), (11, 14), (12, 11)]))

# %% [markdown]
# The 1 is read rightly as it was drawn, and wrongly when it is centred; the small 0 is a sure 4 both ways. (The digits that it learnt from fill their field better, as [lesson 01](01_loading.ipynb) says.)
#
# All that is easier with a pen. In Jupyter, run the next cell and draw with the mouse, a finger or the arrow keys; on the pages, just draw. (There, a better trained network answers: lesson 04's.) The grey squares are 128 numbers that the network makes between picture and answer, its **hidden units**. Under the paper you choose how the drawing is made into 28 by 28 pixels. *As MNIST's makers did*, it is first made as large as theirs, and then centred; *as it lies*, it is neither. Draw a 7 in the upper left corner, and a small 0, and switch between the two.

# %% mystnb={"image": {"alt": "A still of the picture to draw on: a test digit, a seven; the activations of the network's 128 hidden units as a square of grey fields; and ten bars, of which the seven's is by far the longest."}}
pad = explore.draw(trained)
pad

# %% [markdown]
# `pad.image` is what you drew; until then, a 7 from the *test* pictures, 10,000 more that no network here has learnt from. (`ask` wants several pictures: `[None]` makes one into a row of one, and `[0]` takes the answer to the first.)

# %%
p = ask(trained, pad.image[None])[0]
print(f"it says {p.argmax()}, {100 * p.max():.1f} % sure")

# %% [markdown]
# ## Two networks
#
# This course began with somebody else's network, which we call *the original*. It is built almost like ours, and learnt from the same kind of pictures. Its recipe is in the library, faults included. Train it for the first fifth of its steps:

# %%
recipe = original.Recipe(steps=2_000)
weights, _ = original.run(recipe, train_set)
print(f"the original: {100 * recipe.score(weights, images, labels).accuracy:.2f} % right")
print(f"ours:         {100 * after.accuracy:.2f} % right")

# %% [markdown]
# With all of its steps the original gets about 84 % ([lesson 05](05_autopsy.ipynb)), still far less than ours. Is that all? Take the first hundred pictures that we kept back, and ask each network about one at a time, but show it others as well: none; 99 as they come; 99 zeros; 99 of its own kind. Only the answer to the one counts. **Should its answer depend on the others?**


# %% tags=["hide-input"]
def ask_ours(pictures):
    return ask(trained, pictures)


def ask_original(pictures):
    """The original's numbers for the ten digits, one row for each picture."""
    return recipe.probabilities(recipe.logits(weights, recipe.prepare(pictures)))


def companies(i):
    """Which digits keep picture i company, four times."""
    everybody, own = range(10), [labels[i]]
    return {"alone": [], "among all kinds": everybody, "among zeros": [0], "among its kind": own}


def together(i, wanted):
    """Picture i, and with it the first 99 others of the digits wanted."""
    found = np.flatnonzero(np.isin(labels, wanted))
    return images[[i, *found[found != i][:99]]]


table = {}
for who, asking in [("ours", ask_ours), ("original", ask_original)]:
    rows = []
    for company in companies(0):
        said = [asking(together(i, companies(i)[company]))[0].argmax() for i in range(100)]
        rows.append(np.array(said))
        table[f"{who}, {company}"] = rows[-1]
        print(f"{who:8} {company:15}: {(rows[-1] == labels[:100]).sum():3} of 100 right")
    changed = (np.array(rows) != rows[0]).any(axis=0).sum()
    print(f"{who:8} answer changes  : {changed:3} of 100\n")

# %% mystnb={"image": {"alt": "The same eight digits, and the answers of two networks in four companies. The four rows of ours are all alike. The four rows of the original differ: alone, it answers 0 to everything; among all kinds six are right, among zeros four, among their own kind two."}} tags=["hide-input"]
show_answers(
    {name: (answers[eight], np.zeros(8)) for name, answers in table.items()},
    title="The original: it depends on the company\n(ticks are right; no shade here)",
)

# %% [markdown]
# Ours says the same in any company, the wrong answers too. The original says 0 to whatever it sees alone. Look at its ten numbers for the first picture, alone:

# %%
ask_original(images[:1])[0]

# %% [markdown]
# Ten ones: no probabilities at all. And all equal, so the first of them wins, whatever the picture ([lesson 02](02_sigmoid_softmax.ipynb) shows why). The same picture, the same parameters, and the answer changes with who else is in the room. The 9 in the figure is read as a 4 among nines. And the nine 9s of the hundred, each among nines?

# %%
print("read as", table["original, among its kind"][labels[:100] == 9])

# %% [markdown]
# One of them is right. So how well does it read by itself? Before the ten numbers it makes ten **scores**, from each picture alone. Take the digit with the largest score:

# %%
scores = recipe.logits(weights, recipe.prepare(images))
print(f"the original by its scores: {100 * (scores.argmax(axis=1) == labels).mean():.2f} % right")

# %% [markdown]
# Far less than the 79.04 % that it got with all 10,000 in the room: the accuracy was the company's, too. (With all of its steps it is the same story: [lesson 05](05_autopsy.ipynb).)
#
# Here you choose the company yourself, for the original with all of its steps. Can you make it say nearly anything?

# %% mystnb={"image": {"alt": "A still of the picture of company: one digit, an eight, and four times ten bars. Alone all ten are equal and the original says 0; with twenty zeros it says 7; with 199 other digits 8; and its scores alone say 1."}}
explore.company()

# %% [markdown]
# Which of the two networks would you trust with the next digit that comes in by post? And would its accuracy have warned you?
#
# ## Which box is opened where
#
# - *Where do the pictures come from, can I trust the file, and how good is 79 %?* [01 Loading](01_loading.ipynb)
# - *How do numbers become ten probabilities, and what went wrong with the original's?* [02 Sigmoid and softmax](02_sigmoid_softmax.ipynb)
# - *How does a step know which way to move each of so many numbers?* [03 Backpropagation](03_backpropagation.ipynb)
# - *How large a step, how many of them, and how sure is an accuracy?* [04 Training curves](04_training_curves.ipynb)
# - *What else is wrong with the original, and how would one have noticed?* [05 Autopsy of the original](05_autopsy.ipynb)
#
# In each you write the lines yourself that you have run here, and check them.
#
# ## Recap
#
# - A network is a rule and a heap of numbers. Training moves the numbers, step by step, so that the answers to the training pictures get better.
# - Sure is not right: most of its sure answers are right, but not all, and of digits that are moved by three pixels half are answered wrongly, some of them surely.
# - An answer must not depend on the company. One accuracy does not show whether it does; asking about one picture alone does.
#
# ## Questions to ask yourself
#
# 1. After one step the network answered 3 to all eight. Why might that be the quickest way to be a little less wrong about one batch of 128 pictures?
#
#    <details><summary>Answer</summary>
#
#    To make one answer likelier for *every* picture takes no reading at all: it is told "more of this" as often as that digit is in the batch. This batch held 16 threes, more than of any other digit (count: `np.bincount(train_set[1][batches[0]])`). How much the network had believed in each digit counts, too; so with another seed it may be another digit, or two. Telling pictures apart takes many numbers moved together, and more steps.
#
#    </details>
#
# 2. The 10,000 pictures were kept back from training. What could you not have said if they had been among the training pictures?
#
#    <details><summary>Answer</summary>
#
#    How it does on pictures that are new to it. It might have remembered the answers; a good score on what it was taught would not show the difference.
#
#    </details>
#
# 3. Your friend's network reads nearly all of 10,000 pictures, asked about at once. Which one question do you ask first?
#
#    <details><summary>Answer</summary>
#
#    What it says to one of those pictures alone. If the answer may change, the accuracy belongs to that set of 10,000, asked together, and promises nothing about the next picture.
#
#    </details>
#
# ## Next
#
# [01 Loading: from bytes to digits](01_loading.ipynb): the first box. What is in the file, down to single bytes, can it be trusted, and how well can digits be read with no network at all?
