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
# Before you build a network, meet one. What does training do, and what can't accuracy tell you? Today you run ready-made code and watch what happens. Each later lesson opens one of the boxes that stay closed today.
#
# **You will** train a network in a few seconds, draw it a digit of your own, and watch its answers change as it learns. Then you will meet a network that scores well and shouldn't be trusted.
#
# **You will be able to**
#
# - say in one sentence what training does;
# - tell *sure* from *right*;
# - test a network for something that its accuracy says nothing about.
#
# **You need** [the course installed](../README.md#start), and to know how to run a cell: click in it and press Shift+Enter. Run the cells from the top, in order. Each exercise takes a line or two of NumPy, and its hints name the functions you need.
#
# **Time** 29 minutes to read, 9 more for the exercises; it runs for about 10 s and takes 400 MB

# %% tags=["hide-input"]
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pictures
from mnistlib import data, functions, network, original, plotting, training

plotting.use_style()

# %% [markdown]
# ## Train one, and draw it a digit
#
# Here are 60,000 handwritten digits. Each is a picture of 28 by 28 pixels with a **label** that says which digit was meant. It is hard to write down a rule that recognises everyone's 9, so we let a program learn from 50,000 of the pictures. The other 10,000 we keep back, to quiz it on afterwards.

# %%
mnist = data.load()
train_set, held_back = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
images, labels = held_back
print(f"{len(mnist.train_labels)} pictures")
print(f"{len(train_set[1])} to train on, {len(labels)} kept back")

# %% [markdown]
# A **network** is a rule together with a pile of numbers, its **parameters**. It takes a picture, and from the pixels and the parameters it computes ten probabilities, one for each digit. The digit with the largest probability is its answer.
#
# **Predict.** We are about to train one, for a few seconds. What percentage of the 10,000 pictures will it read correctly? Put your guess in place of `None`, or, on a web page, in the field.

# %%
guesses.ask("% read correctly after training", None)

# %%
rng = np.random.default_rng(seed=0)
start = network.initialise(rng)
batches = training.minibatches(len(train_set[0]), rng=rng, epochs=3)
trained, _ = training.train(network, start, train_set, batches, learning_rate=0.5, momentum=0.9)
after = training.evaluate(network, trained, held_back)
guesses.compare("% read correctly after training", f"{100 * after.accuracy:.2f}")

# %% [markdown]
# Now draw it a digit of your own, with the mouse, a finger or the arrow keys.

# %% mystnb={"image": {"alt": "A still of the picture to draw on: a test digit, a seven; the activations of the network's 128 hidden units as a square of grey fields; and ten bars, of which the seven's is by far the longest."}}
pictures.draw(trained)

# %% [markdown]
# The bars are the ten probabilities. The grey squares are 128 numbers that the network makes on the way from pixels to answer, its **hidden units**. Your drawing is first resized and centred like the training pictures, unless you switch that off. Draw a 7 in the upper left corner, and try it both ways. (On the web pages, the network of lesson 04 answers instead; it was trained for longer.)
#
# ## What did training do?
#
# How many parameters does this network have?

# %%
sum(array.size for array in start)

# %% [markdown]
# At first most of them are drawn at random, and the others are 0. Then the training pictures are dealt into small **batches**. After each batch the parameters move a little, so that the answers to that batch get better. One such move is a **step**. [Lesson 04](04_training_curves.ipynb) explains the settings.
#
# The share of pictures that a network reads correctly is its **accuracy**. What would you expect of ours before the first step?

# %%
before = training.evaluate(network, start, held_back)
print(f"after    0 steps: {100 * before.accuracy:.2f} % right")
print(f"after {len(batches)} steps: {100 * after.accuracy:.2f} % right")

# %% [markdown]
# Before the first step it does no better than guessing. What happened in between? We shall often ask a network about some pictures, so here is a function for that. Lessons 02 and 03 show what is inside.


# %%
def ask(parameters, images):
    """Probabilities of the ten digits, one row for each picture."""
    return functions.softmax(network.logits(parameters, data.scale(images)))


# %% [markdown]
# Train the network once more, from the same start and with the same batches. This time, pause after some of the steps to ask about eight pictures.

# %%
eight = [7, 57, 2, 9, 5, 18, 55, 56]  # change these: any eight below 100

# %% mystnb={"image": {"alt": "Eight handwritten digits, 0 7 2 4 8 5 9 3, and below each a column of the network's answers after 0, 1, 3, 10, 30, 100, 300 and 1,173 steps. In the first two rows nearly all answers are equal and pale; further down they get their ticks and a stronger blue. The 5 and the 3 keep changing, and the 3 ends as a 9."}} tags=["home", "hide-input"]
moments = [0, 1, 3, 10, 30, 100, 300, len(batches)]
heard = {}


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

    A row holds the answers and how sure each is, from 0 to 1, which is how blue. A right answer
    is bold and has a tick.
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
    title="It learns to tell them apart\n(✓ = right; the bluer, the surer)",
    ylabel="steps so far",
)

# %% [markdown]
# Read it from the top. At the start the network has only two answers for these pictures, 8 and 2. After a single step it says 3 to all of them. After ten steps five are right. From 30 steps on, the 0, the 7, the 2 and the 4 stay right, and their blue deepens. The network keeps changing its mind about the 5 and the 3, and ends up taking the 3 for a 9.
#
# Nobody told the network what a loop is, or a stroke. It was told only which answer is right for each training picture. [Lesson 03](03_backpropagation.ipynb) works out how a step knows which way to move each parameter.
#
# Choose another eight, run that cell and the one below it, and see whether they all settle.
#
# <details><summary>What we saw in three tries</summary>
#
# Pictures 0 to 7 all end up right, and so do 40 to 47. Of 50 to 57 one is wrong: the 3 that you have already seen. Most are right after 100 steps, and a few change once more after that.
#
# </details>
#
# ### Exercise 0.1: accuracy (warm-up, 3 minutes)
#
# Suppose that there are only three digits, 0, 1 and 2, and two pictures, a 1 and a 2. Here are a network's probabilities, one row for each picture. Every lesson calls them `p`.

# %%
p = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]])
print(p)

# %% [markdown]
# What does the network answer, and what is its accuracy? Then write a function that works out the accuracy for any number of pictures: replace the `...`, run the cell, and read the reply. Hints and a solution are folded below it.


# %%
def my_accuracy(p, labels):
    """Share of right answers, from 0 to 1, for p of shape (n, digits) and labels of shape (n,).

    A picture's answer is the digit with the largest probability; if several tie, the first.
    """
    ...


exercises.check(my_accuracy)

# %%
exercises.folded(my_accuracy)

# %% [markdown]
# <details><summary>With a pencil</summary>
#
# It answers 1 and 0, because 0.7 and 0.5 are the largest in their rows. The first answer is right and the second is wrong, so the accuracy is 0.5.
#
# </details>
#
# ## Sure, or right?
#
# Here are the eight pictures that the network is least sure of, with its two likeliest answers to each. The label is in brackets.

# %% mystnb={"image": {"alt": "Eight digits that are faint, broken or oddly shaped, each with its two likeliest answers and its label above it."}} tags=["hide-input"]
p = ask(trained, images)
answers, sure = p.argmax(axis=1), p.max(axis=1)
least = sure.argsort()[:8]
captions = ["{} or {}? ({})".format(*p[i].argsort()[:-3:-1], labels[i]) for i in least]
plotting.digits(images[least], captions, columns=4, title="Least sure: its two likeliest answers")
plt.show()

# %% [markdown]
# You may hesitate over some of them, too. Now for the opposite: the wrong answers that it is *surest* of. Do you expect harder pictures, or easier ones?

# %% mystnb={"image": {"alt": "Eight digits read wrongly with great confidence, each with its label and the answer above it. Some are misshapen, others easy for a person."}} tags=["hide-input"]
wrong = np.flatnonzero(answers != labels)
surest = wrong[(-sure[wrong]).argsort()[:8]]
captions = [f"is {labels[i]}, says {answers[i]}" for i in surest]
plotting.digits(images[surest], captions, columns=4, title="Confidently wrong")
plt.show()
print(f"it was at least {100 * sure[surest].min():.1f} % sure of all eight")

# %% [markdown]
# Some are misshapen, but the 6 that it takes for a 0 is plain at a glance, and the network was at least 99.6 % sure of each. Such answers are called **confidently wrong**. How common are they? Sort the 10,000 answers by how sure the network was, cut the pile in half, and count the mistakes in each half.
#
# **Predict.** An accuracy of 96.82 % means 318 mistakes. How many of them are in the surer half?

# %%
guesses.ask("mistakes in the surer half", None)

# %% tags=["hide-input"]
order = sure.argsort()
for name, half in {"less sure half": order[:5_000], "surer half": order[5_000:]}.items():
    mistakes = (answers[half] != labels[half]).sum()
    print(f"{name:14}: {mistakes:3} wrong of {len(half)}")
guesses.compare("mistakes in the surer half", mistakes)

# %% [markdown]
# So confidence does mean something: nearly all the mistakes are in the less sure half. But it is no guarantee: there are three even in the surer half.
#
# ### Exercise 0.2: confidently wrong (stretch, 6 minutes)
#
# The worst mistakes are the ones a network is sure of. Write a function for their share: an answer counts if it is wrong and its probability is above a limit. Start with a pencil and the two pictures of exercise 0.1. What is the share for a limit of 0.3, and for a limit of 0.5?


# %%
def my_confidently_wrong(p, labels, limit):
    """Share of answers that are wrong, with a probability above limit; p (n, digits), labels (n,)."""
    ...


exercises.check(my_confidently_wrong)

# %%
exercises.folded(my_confidently_wrong)

# %% [markdown]
# <details><summary>With a pencil</summary>
#
# One of the two answers is wrong, and its probability is 0.5. For a limit of 0.3 the share is 0.5. For a limit of 0.5 it is 0, because 0.5 is not above 0.5.
#
# </details>
#
# ### An empty page
#
# Now show the network an empty page, with nothing to read. What would be a good answer?

# %%
empty = np.zeros((1, 28, 28), dtype=np.uint8)
p = ask(trained, empty)[0]
print(f"the empty page: it says {p.argmax()}, {100 * p.max():.0f} % sure")
print(f"all ten probabilities together: {p.sum():.2f}")
print("training pictures without ink:", (train_set[0].max(axis=(1, 2)) == 0).sum())

# %% [markdown]
# It says 5, and is 87 % sure. The network has ten answers, and *nothing there* isn't one of them. It could give each digit 10 %, but no training picture was empty, so nothing ever taught it to.
#
# ## The same digit, moved
#
# Here is a 7 drawn by a line of code that joins a few corners. Each corner is (column, row), counted from the upper left, from 0 to 27.


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
    """The same picture, moved so that the middle of its ink is in row 14 and column 14.

    Ink that leaves the picture on one side is lost; it does not come back on the other.
    """
    ink = picture.astype(float)
    middle = (np.indices((28, 28)) * ink).sum(axis=(1, 2)) / max(ink.sum(), 1)
    with_margin = np.pad(picture, 14)
    moved = np.roll(with_margin, np.round(14 - middle).astype(int), axis=(0, 1))
    return moved[14:-14, 14:-14]


# %%
mine = draw([(5, 4), (16, 4), (10, 20)])  # a 7; change the corners

# %% [markdown]
# It sits too high, and a little too far left. The training pictures don't: in each, the middle of the ink is in the middle of the field ([lesson 01](01_loading.ipynb)). Does it matter? Ask about the 7 as drawn, and again after centring it.

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
# To you it is the same 7. But the network has only ever learnt from centred digits, so it takes the first for a 2, and is sure of it.
#
# Is that bad luck with one drawing? Take 2,000 of the pictures that we kept back, and move each of them left, right, up and down.
#
# **Predict.** How many pixels does it take before half the answers are wrong?

# %%
guesses.ask("pixels until half the answers are wrong", None)

# %% tags=["hide-input"]
print("confidently wrong: wrong, and more than 90 % sure\n")
shares = []
for pixels in range(5):
    moved = [np.roll(images[:2_000], way * pixels, axis) for axis in (1, 2) for way in (1, -1)]
    p = np.array([ask(trained, each) for each in moved])
    mistaken = p.argmax(axis=2) != labels[:2_000]
    confidently = mistaken & (p.max(axis=2) > 0.9)
    shares.append(mistaken.mean())
    print(f"moved by {pixels}: {100 * mistaken.mean():4.1f} % wrong", end=", ")
    print(f"{100 * confidently.mean():4.1f} % confidently wrong")
nearest_to_half = np.abs(np.array(shares) - 0.5).argmin()
guesses.compare("pixels until half the answers are wrong", f"about {nearest_to_half}")

# %% [markdown]
# About three. By then more than one answer in ten is confidently wrong. Accuracy couldn't have told you that, because it was measured on centred pictures.
#
# ## Two networks, one accuracy
#
# Now meet *the original*: somebody else's network, the one this course began with. We train it by its maker's recipe, faults and all, but for only a fifth of the steps. Beside it stands ours, trained afresh and stopped after 14 steps.

# %%
recipe = original.Recipe(steps=2_000)
weights, _ = original.run(recipe, train_set)
early, _ = training.train(network, start, train_set, batches[:14], learning_rate=0.5, momentum=0.9)
early_score = training.evaluate(network, early, held_back)
print(f"the original:         {100 * recipe.score(weights, images, labels).accuracy:.2f} % right")
print(f"ours, after 14 steps: {100 * early_score.accuracy:.2f} % right")

# %% [markdown]
# Each reads about 79 in 100 correctly; we stopped ours at just the right moment. Tomorrow a new digit arrives by post. **Which of the two would you ask?** Accuracy won't help you choose. What would you want to know? Write down one question before you read on.
#
# Here is one. Take the first hundred pictures that we kept back, one at a time. Hand each of them to a network together with some others, its **company**, and look only at the answer to that one picture. Try four kinds of company: nobody, 99 digits of all kinds, 99 zeros, and 99 of the picture's own kind. Should the answer depend on the others?


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
    for company in companies(0):
        said = [asking(together(i, companies(i)[company]))[0].argmax() for i in range(100)]
        table[who, company] = np.array(said)
        right = (table[who, company] == labels[:100]).sum()
        print(f"{who:8} {company:15}: {right:3} of 100 right")
    rows = np.array([table[who, company] for company in companies(0)])
    for what, some in {"all four": rows, "the last three": rows[1:]}.items():
        changed = (some != some[0]).any(axis=0).sum()
        print(f"{who:8} answers that change over {what}: {changed}")
    print()

# %% mystnb={"image": {"alt": "The same eight digits, and the answers of two networks. Ours has one row for any company, six of eight right. The original has a row for each of four companies, and they differ: alone, it answers 0 to everything; among all kinds six are right, among zeros four, among their own kind two."}} tags=["hide-input"]
shown = {"ours, in any company": table["ours", "alone"]}
shown |= {f"original, {company}": table["original", company] for company in companies(0)}
show_answers(
    {name: (answers[eight], np.zeros(len(eight))) for name, answers in shown.items()},
    title="The original's answers depend on the company\n(✓ = right)",
)

# %% [markdown]
# Ours gives the same answers, right or wrong, in any company. Of the original's hundred answers, 96 change. That looks worse than it is, because alone it says 0 to every picture. But leave *alone* out, and 66 of them still depend on who else is there. Why always 0? Look at its ten numbers for the first picture, alone. Do the others get different ones?

# %%
alone = np.array([ask_original(images[i : i + 1])[0] for i in range(100)])
print(alone[0])
print("the same for all hundred:", (alone == alone[0]).all())

# %% [markdown]
# Ten ones, whatever the picture. These can't be probabilities. And since all ten are equal, the first one wins, the 0. [Lesson 02](02_sigmoid_softmax.ipynb) shows where the ones come from.
#
# So how well does the original read by itself? On the way to those numbers it makes ten **scores**, from each picture alone. Take the digit with the largest score:

# %%
scores = recipe.logits(weights, recipe.prepare(images))
print(f"the original by its scores: {100 * (scores.argmax(axis=1) == labels).mean():.2f} % right")

# %% [markdown]
# That is far less than the 79.04 % it reached with all 10,000 pictures in the room. The difference came from the company.
#
# Here is the original after all of its steps, and you choose the company. Can you make it say almost anything?

# %% mystnb={"image": {"alt": "A still of the picture of company: one digit, an eight, and four times ten bars. In the first three the longest bar is drawn as 1. Alone all ten are equal and the original says 0; with twenty zeros it says 7; among many other digits 8. The fourth has the probabilities by its scores alone, and says 1."}}
pictures.company()

# %% [markdown]
# So vote again: which of the two would you trust with the digit that comes by post?
#
# Ours reads each digit by itself, and about 79 in 100 correctly. What the original says depends on what else is in the post, and its accuracy gave you no warning. [Lesson 06](06_autopsy.ipynb) will ask you once more, when you know why.
#
# ## Recap
#
# - What does training do? It moves the parameters, step by step, so that the answers to the training pictures get better.
# - What can't accuracy tell you? Which answers are wrong, how sure the network was of them, and what happens to pictures of another kind: move them by three pixels, and half are misread.
# - An answer must not depend on the company. Accuracy doesn't show whether it does. To find out, ask about a few pictures alone, and compare.
#
# ## Questions to ask yourself
#
# You remember more if you are asked again a few days later. So when you have read a lesson, say so: with `exercises.review("00")` in Jupyter, or a tick on the website's *Review* page.
#
# 1. After one step the network answered 3 to all eight pictures. Why might that be the quickest way to be a little less wrong about one batch of 128 pictures?
#
#    <details><summary>Answer</summary>
#
#    You don't have to read a picture to make one answer likelier for *every* picture. This batch held 16 threes, more than any other digit (count them: `np.bincount(train_set[1][batches[0]])`), so 3 was the answer it asked for most often. With another seed, that is, other random numbers, it may be another digit, and the eight needn't all agree. To tell pictures apart, many parameters have to move together, and that takes more steps.
#
#    </details>
#
# 2. The 10,000 pictures were kept back from training. What could you not have said if they had been among the training pictures?
#
#    <details><summary>Answer</summary>
#
#    How well the network reads pictures that are new to it. It might simply have remembered the answers, and a good score on what it was taught wouldn't show the difference.
#
#    </details>
#
# 3. Your friend's network reads nearly all of 10,000 pictures correctly when it is asked about all of them at once. What do you ask first?
#
#    <details><summary>Answer</summary>
#
#    Does it give the same answers when it is handed a few of those pictures, one at a time? If an answer can change, the accuracy belongs to that set of 10,000, asked together, and promises nothing about the next picture.
#
#    </details>
#
# ## Next
#
# [01 Loading: from bytes to digits](01_loading.ipynb) opens the first box. What is in the file, byte by byte? Can you trust it? And how well can digits be read with no network at all?
