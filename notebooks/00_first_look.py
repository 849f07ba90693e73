# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 First look
#
# Before you build a network, meet one. This lesson asks: what does training do, and what does an accuracy not tell? You run ready-made lines, which you need not read, and watch what happens. Every lesson after this one opens a box that stays closed today.
#
# **You will** train a network in a few seconds and watch its answers change as it learns. You will show it a digit of your own, and an empty page. Then you meet a second network, whose answers depend on something that they should not.
#
# **You will be able to**
#
# - say in a sentence what training does;
# - tell *sure* from *right*;
# - ask one question that any network should pass, and that an accuracy does not answer.
#
# **You need** [to have set the course up](../README.md#start), and to be able to run a cell: click into it and press Shift and Enter. Run the cells from the top, in order. The exercises want a line or two of Python.
#
# **Time** 27 minutes to read, 9 more for the exercises; the computer works about 10 s and uses 400 MB

# %% tags=["hide-input"]
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from course import exercises, pictures
from mnistlib import data, functions, network, original, plotting, training

plotting.use_style()

# %% [markdown]
# ## Which would you trust?
#
# Two networks read handwritten digits. Both were asked about the same 10,000 pictures, and each was right about 79 times in 100. Tomorrow a new digit comes in by post. Which of the two do you ask?
#
# What would you want to find out first? Write down one question. At the end you meet both, and see one question that tells them apart.
#
# ## Train one
#
# Here are handwritten digits. Each is a picture of 28 by 28 pixels with a **label**, which says what digit was meant. Nobody can write down a rule that knows a 9 in everybody's hand. So we let a program learn from 50,000 pictures. Another 10,000 are kept back, and it does not learn from these: we ask it about them afterwards.

# %%
mnist = data.load()
train_set, held_back = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
images, labels = held_back
print(f"{len(train_set[1])} to train on, {len(labels)} kept back")

# %% [markdown]
# A **network** is a rule and a heap of numbers, its **parameters**. From a picture and these numbers the rule computes ten probabilities, one for each digit. The digit with the largest probability is the network's answer. That probability says how sure it is. How many parameters does ours have?

# %%
rng = np.random.default_rng(seed=0)
start = network.initialise(rng)
sum(array.size for array in start)

# %% [markdown]
# At first they are drawn by chance, and a few are 0. The network has learnt nothing yet. The share of pictures that it reads rightly is called its **accuracy**. What is it now, and what will it be after the training? Write down two guesses.

# %%
before = training.evaluate(network, start, held_back)
print(f"before training: {100 * before.accuracy:.2f} % right")

# %% [markdown]
# Now train it. The training pictures are dealt into small **batches**. After each batch the parameters move a little, towards better answers to that batch. Such a move is a **step**. Go through all the pictures three times. [Lesson 04](04_training_curves.ipynb) explains the settings.

# %%
batches = training.minibatches(len(train_set[0]), rng=rng, epochs=3)
trained, _ = training.train(network, start, train_set, batches, learning_rate=0.5, momentum=0.9)
after = training.evaluate(network, trained, held_back)
print(f"after {len(batches)} steps: {100 * after.accuracy:.2f} % right")

# %% [markdown]
# ## Watch it learn
#
# What happened in between? Train it once more, from the same start and with the same batches. This time write down its answers to eight pictures after a few of the steps.

# %%
eight = [7, 57, 2, 9, 5, 18, 55, 56]  # change these: any eight below 100

# %% mystnb={"image": {"alt": "Eight handwritten digits, 0 7 2 4 8 5 9 3, and below each a column of the network's answers after 0, 1, 3, 10, 30, 100, 300 and 1,173 steps. In the first two rows nearly all answers are equal and pale; further down they get their ticks and a stronger blue. The 5 and the 3 keep changing, and the 3 ends as a 9."}} tags=["home", "hide-input"]
moments = [0, 1, 3, 10, 30, 100, 300, len(batches)]
heard = {}


def ask(parameters, images):
    """Probabilities of the ten digits, one row for each picture (how: lessons 02 and 03)."""
    return functions.softmax(network.logits(parameters, data.scale(images)))


def listen(step, parameters, history):
    """Called after every step; writes down the answers at some moments."""
    if step in moments:
        heard[step] = ask(parameters, images[eight])


training.train(
    network,
    start,
    train_set,
    batches,
    learning_rate=0.5,
    momentum=0.9,
    every=1,
    after_record=listen,
)


def show_answers(rows, *, title, ylabel=""):
    """Draw the eight pictures, and below each the answers to it: a row for each name in `rows`.

    A row is the answers, and how sure they are, from 0 to 1, which is how blue. A right one has a
    tick and is bold.
    """
    heights = {"height_ratios": [1, 0.55 * len(rows)]}
    axes = plt.subplots(2, 1, figsize=(5.6, 1.2 + 0.44 * len(rows)), gridspec_kw=heights)[1]
    strip = np.concatenate([np.pad(image, 2) for image in images[eight]], axis=1)
    axes[0].imshow(strip, cmap="gray_r", aspect="auto")
    axes[0].set_axis_off()
    axes[0].set_title(title)
    shade = np.array([sure for _, sure in rows.values()])
    axes[1].imshow(shade, cmap="Blues", vmin=0, vmax=1.8, aspect="auto")
    for row, (answers, _) in enumerate(rows.values()):
        for column, answer in enumerate(answers):
            right = answer == labels[eight][column]
            axes[1].text(
                column,
                row,
                f"{answer} ✓" if right else f"{answer}",
                ha="center",
                va="center",
                fontweight="bold" if right else "normal",
            )
    axes[1].set(yticks=range(len(rows)), yticklabels=rows, xticks=[], ylabel=ylabel)
    axes[1].tick_params(length=0)
    axes[1].grid(False)
    axes[1].spines[:].set_visible(False)
    plt.show()


show_answers(
    {step: (p.argmax(axis=1), p.max(axis=1)) for step, p in heard.items()},
    title="It learns to tell them apart;\nticks are right, a stronger blue is surer",
    ylabel="after so many steps",
)

# %% [markdown]
# Read it from the top. At the start the network gives only two answers to these pictures: 8 or 2. After a single step it says 3 to all of them. After ten steps five are right. In all rows from 30 on, the 0, the 7, the 2 and the 4 are right, and their blue gets stronger. Over the 5 and the 3 the network changes its mind again and again. At the end it takes the 3 for a 9.
#
# Nobody told the network what a loop is, or a stroke. It was only told, for each training picture, which of the ten answers is right. [Lesson 03](03_backpropagation.ipynb) derives how a step knows which way to move each parameter.
#
# Try eight others. Do they all settle?
#
# <details><summary>What three tries gave</summary>
#
# At the end all of 0 to 7 are right, and all of 40 to 47. Of 50 to 57 one is wrong: the 3 that you have seen. Most are right after 100 steps, and a few change once more after that.
#
# </details>
#
# ### Exercise 0.1: the accuracy (warm-up, 3 minutes)
#
# Work one out yourself. Suppose that there are only three digits, 0, 1 and 2, and two pictures, a 1 and a 2. Here are a network's probabilities, a row for each picture. All lessons call them `p`.

# %%
p = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]])
print(p)

# %% [markdown]
# What does the network answer, and what is its accuracy? Then write a function that works out the accuracy of any number of pictures: replace the `...`, run the cell, and read the reply. Hints and a solution are folded below it.


# %%
def my_accuracy(p, labels):
    """Share of right answers, from 0 to 1, for p of shape (n, digits) and labels of shape (n,)."""
    ...


exercises.check(my_accuracy)

# %%
exercises.folded(my_accuracy)

# %% [markdown]
# ## Sure, or right?
#
# Here are the eight pictures about which the network is least sure, and its two likeliest answers to each. The label stands in brackets.

# %% mystnb={"image": {"alt": "Eight digits that are faint, broken or oddly shaped, each with its two likeliest answers and its label above it."}} tags=["hide-input"]
p = ask(trained, images)
answers, sure = p.argmax(axis=1), p.max(axis=1)
least = sure.argsort()[:8]
captions = ["{} or {}? ({})".format(*p[i].argsort()[:-3:-1], labels[i]) for i in least]
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
# Some are misshapen, but you read the 6 that it takes for a 0 at a glance. How often is it wrong and sure? Cut the 10,000 answers into the less sure half and the surer half, and count the mistakes.

# %% tags=["hide-input"]
order = sure.argsort()
parts = {
    "less sure half": order[:5_000],
    "surer half": order[5_000:],
    "above 99.9 %": np.flatnonzero(sure > 0.999),
}
for name, part in parts.items():
    print(f"{name:14}: {(answers[part] != labels[part]).sum():3} wrong of {len(part)}")

# %% [markdown]
# Being sure means something: nearly all mistakes are in the less sure half. But it is no promise. Three are left in the surer half, and the next picture may be the first mistake above 99.9 %.
#
# ### Exercise 0.2: surely wrong (stretch, 6 minutes)
#
# The worst mistakes are those of which a network is sure. Write a function for their share: an answer counts if it is wrong and its probability is above a limit. Pencil first: take the two pictures of exercise 0.1. What is the share with the limit 0.3, and with the limit 0.5?


# %%
def my_surely_wrong(p, labels, limit):
    """Share of wrong answers with a probability above limit; p (n, digits), labels (n,)."""
    ...


exercises.check(my_surely_wrong)

# %%
exercises.folded(my_surely_wrong)

# %% [markdown]
# <details><summary>What the pencil gives</summary>
#
# One of the two answers is wrong, and its probability is 0.5. With the limit 0.3 the share is 0.5. With the limit 0.5 it is 0, because 0.5 is not above 0.5.
#
# </details>
#
# ### An empty page
#
# There is nothing to read on it. What would be a good answer? What do you expect?

# %%
empty = np.zeros((1, 28, 28), dtype=np.uint8)
p = ask(trained, empty)[0]
print(f"the empty page: it says {p.argmax()}, {100 * p.max():.0f} % sure")
print(f"all ten probabilities together: {p.sum():.2f}")
print("training pictures without ink:", (train_set[0].max(axis=(1, 2)) == 0).sum())

# %% [markdown]
# A 5, and 87 % sure. The network has ten answers, and *nothing* is not one of them. Its probabilities could be 10 % each, but no training picture was empty, so nothing ever taught it that.
#
# ## A digit of your own
#
# Draw one. A line through a few corners will do. Each corner is (column, row), counted from the upper left, from 0 to 27.


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


def centred(picture):
    """The same picture, moved so that the middle of its ink is in row 14 and column 14."""
    ink = picture.astype(float)
    middle = (np.indices((28, 28)) * ink).sum(axis=(1, 2)) / max(ink.sum(), 1)
    return np.roll(picture, np.round(14 - middle).astype(int), axis=(0, 1))


# %%
mine = draw([(4, 3), (17, 3), (10, 21)])  # a 7; change the corners

# %% [markdown]
# It sits far too high, and a little too far left. The pictures that the network learnt from do not: each was moved until the middle of its ink was in the middle of the field ([lesson 01](01_loading.ipynb)). Does that matter? Ask about your digit as you drew it, and once more centred.

# %% mystnb={"image": {"alt": "The same drawn seven twice, each in a thin frame: once near the top and a little to the left, read as a 2, once in the middle, read as a 7."}} tags=["hide-input"]
both = np.array([mine, centred(mine)])
p = ask(trained, both)
for name, one in zip(["as drawn", "centred"], p):
    print(f"{name:8}: {one.argmax()}, {100 * one.max():.1f} % sure")
said = p.argmax(axis=1)
captions = [f"as drawn, read as {said[0]}", f"centred, read as {said[1]}"]
plotting.digits(both, captions, columns=2, title="The same strokes, moved")
for axis in plt.gcf().axes:
    axis.set_axis_on()
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(True)
plt.show()

# %% [markdown]
# To you it is the same 7. The network learnt from centred ones alone: it says 2, and is sure of it.
#
# Is that bad luck with one drawing? Take 2,000 of the pictures that we kept back, and move each to the left, right, up and down in turn. How many pixels does it take until half of the answers are wrong?

# %% tags=["hide-input"]
print("surely: wrong, and more than 90 % sure\n")
for pixels in range(5):
    moved = [np.roll(images[:2_000], way * pixels, axis) for axis in (1, 2) for way in (1, -1)]
    p = np.array([ask(trained, each) for each in moved])
    mistaken = p.argmax(axis=2) != labels[:2_000]
    surely = mistaken & (p.max(axis=2) > 0.9)
    print(f"moved by {pixels}: {100 * mistaken.mean():4.1f} % wrong", end=", ")
    print(f"{100 * surely.mean():4.1f} % surely")

# %% [markdown]
# About three. One answer in eight is then surely wrong. The accuracy could not tell you that: it was measured on pictures that lie in the middle.
#
# Draw with the mouse, a finger or the arrow keys. (On the web pages lesson 04's network answers, which was trained longer.) The grey squares are the network's **hidden units**: 128 numbers that it makes on the way from picture to answer. Your drawing is first brought to the size and the place of the training pictures, unless you switch that off. Draw a 7 in the upper left corner, and try both.

# %% mystnb={"image": {"alt": "A still of the picture to draw on: a test digit, a seven; the activations of the network's 128 hidden units as a square of grey fields; and ten bars, of which the seven's is by far the longest."}}
pictures.draw(trained)

# %% [markdown]
# ## Two networks, one accuracy
#
# Here are the two networks of the first question. One is *the original*: somebody else's network, with which this course began. We train it by its maker's recipe, faults included, for a fifth of the steps. The other is ours, trained afresh and stopped after 14 steps.

# %%
recipe = original.Recipe(steps=2_000)
weights, _ = original.run(recipe, train_set)
early, _ = training.train(network, start, train_set, batches[:14], learning_rate=0.5, momentum=0.9)
early_score = training.evaluate(network, early, held_back)
print(f"the original:         {100 * recipe.score(weights, images, labels).accuracy:.2f} % right")
print(f"ours, after 14 steps: {100 * early_score.accuracy:.2f} % right")

# %% [markdown]
# We stopped ours where it reads about as many as the original. So the accuracy does not help you choose, and you must ask something else.
#
# Take the first hundred pictures that we kept back. Hand over one at a time, together with some others, its *company*: none, 99 of all kinds, 99 zeros, or 99 of its own kind. Only the answer to that one picture counts. **Should it depend on the others?**


# %% tags=["hide-input"]
def ask_early(images):
    return ask(early, images)


def ask_original(images):
    """The original's numbers for the ten digits, one row for each picture."""
    return recipe.probabilities(recipe.logits(weights, recipe.prepare(images)))


def companies(i):
    """Which digits keep picture i company, four times."""
    everybody, own = range(10), [labels[i]]
    return {"alone": [], "99 of all kinds": everybody, "99 zeros": [0], "99 of its kind": own}


def together(i, wanted):
    """Picture i, and with it the first 99 others of the digits wanted."""
    found = np.flatnonzero(np.isin(labels, wanted))
    return images[[i, *found[found != i][:99]]]


table = {}
for who, asking in [("ours", ask_early), ("original", ask_original)]:
    rows = []
    for company in companies(0):
        said = [asking(together(i, companies(i)[company]))[0].argmax() for i in range(100)]
        rows.append(np.array(said))
        table[who, company] = rows[-1]
        print(f"{who:8} {company:15}: {(rows[-1] == labels[:100]).sum():3} of 100 right")
    changed = (np.array(rows) != rows[0]).any(axis=0).sum()
    print(f"{who:8} answer changes  : {changed:3} of 100\n")

# %% mystnb={"image": {"alt": "The same eight digits, and the answers of two networks. Ours has one row for any company, six of eight right. The original has a row for each of four companies, and they differ: alone, it answers 0 to everything; among all kinds six are right, among zeros four, among their own kind two."}} tags=["hide-input"]
shown = {"ours, in any company": table["ours", "alone"]}
shown |= {f"original, {company}": table["original", company] for company in companies(0)}
show_answers(
    {name: (answers[eight], np.zeros(len(eight))) for name, answers in shown.items()},
    title="The original's answers depend on the company\n(ticks are right)",
)

# %% [markdown]
# Ours gives the same answers, right or wrong, in any company. The original changes nearly all its answers. Alone, it answers 0 to all eight here. Look at its ten numbers for the first picture, alone, and ask whether those of the others differ:

# %%
alone = np.array([ask_original(images[i : i + 1])[0] for i in range(100)])
print(alone[0])
print("the same for all hundred:", (alone == alone[0]).all())

# %% [markdown]
# Ten ones, whatever the picture. These are no probabilities. All are equal, and the first of them wins: 0. [Lesson 02](02_sigmoid_softmax.ipynb) shows where the ones come from.
#
# So how well does it read by itself? On the way to these numbers it makes ten **scores**, from each picture alone. Take the digit with the largest score:

# %%
scores = recipe.logits(weights, recipe.prepare(images))
print(f"the original by its scores: {100 * (scores.argmax(axis=1) == labels).mean():.2f} % right")

# %% [markdown]
# Far less than the 79.04 % that it got with all 10,000 in the room. Part of the 79.04 % came from the company.
#
# Here is the original with all of its steps, and you choose the company. Can you make it say nearly anything?

# %% mystnb={"image": {"alt": "A still of the picture of company: one digit, an eight, and four times ten bars. Alone all ten are equal and the original says 0; with twenty zeros it says 7; among many other digits 8; and its scores alone say 1."}}
pictures.company()

# %% [markdown]
# Vote again: which of the two would you trust with the next digit that comes in by post?
#
# Ours reads each digit by itself, about 79 of 100 rightly. What the original says depends on what else is in the post, and its accuracy would not have warned you. [Lesson 06](06_autopsy.ipynb) asks you once more, when you know why.
#
# ## Recap
#
# - What does training do? It moves the parameters, step by step, so that the answers to the training pictures get better.
# - What does an accuracy not tell? Which answers are wrong, how sure they were, and what becomes of pictures of another kind: moved by three pixels, half are read wrongly.
# - An answer must not depend on the company. An accuracy does not show whether it does. Asking about a few pictures alone, and comparing, does.
#
# ## Questions to ask yourself
#
# 1. After one step the network answered 3 to all eight. Why might that be the quickest way to be a little less wrong about one batch of 128 pictures?
#
#    <details><summary>Answer</summary>
#
#    To make one answer likelier for *every* picture takes no reading at all. This batch held 16 threes, more than of any other digit (count: `np.bincount(train_set[1][batches[0]])`), so "more of 3" was heard most often (usually, not always, the most frequent digit wins). With another seed it may be another digit. Telling pictures apart takes many numbers moved together, and more steps.
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
#    Does it say the same of a few of those pictures, each handed over alone? If an answer may change, the accuracy belongs to that set of 10,000, asked together, and promises nothing about the next picture.
#
#    </details>
#
# ## Next
#
# [01 Loading: from bytes to digits](01_loading.ipynb): the first box. What is in the file, down to single bytes, can it be trusted, and how well can digits be read with no network at all?
