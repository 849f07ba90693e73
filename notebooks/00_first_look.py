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
# Before you build a network, meet one. **What does training do, and what can't accuracy tell you?** Today the code is ready-made, a row of closed boxes that you run without looking inside. You train a network in a few seconds, draw a digit for it to read, and watch its answers change as it learns. Then you meet a second network. Stop the first one early, and the two get almost the same number of digits right; yet you won't trust them alike. Each later lesson opens one of the boxes.
#
# **You will be able to**
#
# - say in one sentence what training does;
# - say what to ask of a network besides its accuracy;
# - tell *sure* from *right*.
#
# **You need** only a browser if you are reading the web page: read, guess and draw, and press *Run* wherever you want to try an exercise. For the notebook you need [the course installed](../README.md#start). Run its cells from the top, in order: click in a cell and press Shift+Enter. Each exercise takes a line or two of NumPy, and its hints name the functions you need.
#
# **Time** 30 minutes to read, 9 more for the exercises; it runs for about 10 s and takes 350 MB

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pictures
from course.materials.first_look import centred, draw, show_answers
from mnistlib import data, functions, network, original, plotting, training

plotting.use_style()

# %% [markdown]
# ## Train one
#
# Here are 60,000 handwritten digits from a famous collection, MNIST, each of them an **image** of 28 by 28 pixels with a **label** that says which digit was meant. It is hard to write down a rule that recognises everyone's 9, so we let a program find one, from 50,000 of the images. The other 10,000 we keep back, to quiz it on afterwards. (The collection's *test images* are others again, and today only two pictures show any.)

# %%
mnist = data.load()
train_set, held_back = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
images, labels = held_back
print(f"{len(mnist.train_labels)} images")
print(f"{len(train_set[1])} to train on, {len(labels)} kept back")

# %% [markdown]
# A **network** is a rule together with a pile of numbers, its **parameters**. From the pixels of an image and the parameters it computes ten probabilities, one for each digit, and the digit with the largest probability is its answer.
#
# **Predict.** We are about to train one, for a few seconds. What percentage of the 10,000 images will it get right? Put your guess in place of `None`, or, on a web page, in the field.

# %%
guesses.ask("% of images right after training", None)

# %% tags=["answer"]
# Closed boxes, too: lesson 04 explains epochs, learning_rate and momentum.
rng = np.random.default_rng(seed=0)
start = network.initialise(rng)
batches = training.minibatches(len(train_set[0]), rng=rng, epochs=3)
trained, _ = training.train(network, start, train_set, batches, learning_rate=0.5, momentum=0.9)
after = training.evaluate(network, trained, held_back)
guesses.compare("% of images right after training", f"{100 * after.accuracy:.2f}")

# %% [markdown]
# ### Draw a digit for it
#
# Use the mouse, a finger or the keyboard.

# %% mystnb={"image": {"alt": "A still of the picture to draw on: a digit, a seven; the activations of the network's 128 hidden units as a square of grey fields; and ten bars, of which the seven's is by far the longest."}}
pictures.draw(trained)

# %% [markdown]
# The bars are the ten probabilities. Each grey square is a **hidden unit**, one of 128: a number on the way from the pixels to the answer, hidden because it is neither. Your drawing is first resized and centred, as every training image was, unless you choose *as drawn*. <small>On the web pages the network of lesson 04 answers instead; it was trained for longer.</small>
#
# ## What did training do?
#
# It changed the network's parameters, and nothing else. How many of them are there?

# %%
sum(array.size for array in start)

# %% [markdown]
# To begin with, most of them are drawn at random (the *seed* in the code settles which numbers come), and the rest are 0. Then the images are dealt into small **batches**, and after each batch the parameters move a little, so as to improve the answers to that batch. One such move is a **step**, and training is nothing but steps.
#
# The share of images that a network gets right is its **accuracy**. Here is ours, before the first step and after the last.

# %%
before = training.evaluate(network, start, held_back)
print(f"after    0 steps: {100 * before.accuracy:.2f} % right")
print(f"after {len(batches)} steps: {100 * after.accuracy:.2f} % right")

# %% [markdown]
# Before the first step it does no better than guessing, and 1,173 steps later it gets nearly everything right, although no step ever looked at more than one batch. What happened in between?


# %%
def ask(parameters, images):
    """Probabilities of the ten digits, one row for each image."""
    return functions.softmax(network.logits(parameters, data.scale(images)))


# %% [markdown]
# Train once more, from the same start and with the same batches, but pause after some of the steps to `ask` about eight images.

# %%
eight = [7, 57, 2, 9, 5, 18, 55, 56]  # in the notebook, try any other eight below 100

# %% mystnb={"image": {"alt": "Eight handwritten digits, 0 7 2 4 8 5 9 3, and below each a column of the network's answers after 0, 1, 3, 10, 30, 100, 300 and 1,173 steps. In the first two rows nearly all answers are equal and pale; further down they get their ticks and a stronger blue. The 5 and the 3 keep changing, and the 3 ends as a 9."}} tags=["hide-input"]
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

show_answers(
    images[eight],
    labels[eight],
    {step: (p.argmax(axis=1), p.max(axis=1)) for step, p in heard.items()},
    title="It learns to tell them apart\n(ticked: right; the bluer, the surer)",
    ylabel="steps so far",
)
plt.show()

# %% [markdown]
# Read it from the top. The network begins with only two answers, 8 and 2. After a single step it calls every one of them a 3, which looks like a bad idea and isn't, as question 1 at the end will show. The 0 and the 7 are right from step 3 on, but about the 5 and the 3 the network keeps changing its mind, and it ends up taking the 3 for a 9.
#
# Nobody told the network what a loop is, or a stroke. It was told only which answer is right for each of its images, and whatever it knows about loops by now, it owes to numbers being moved a little at a time.
#
# ### Exercise 0.1: accuracy (warm-up, 3 minutes)
#
# Suppose that there are only three digits, 0, 1 and 2, and two images, a 1 and a 2. Here are a network's probabilities, one row for each image. Every lesson calls such a table `p`.

# %%
p = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]])
two_labels = np.array([1, 2])
print(p)

# %% [markdown]
# Pencil first: what does the network answer, and what is its accuracy? Then write a function that works out the accuracy for any number of images: replace the `...`, run the cell, and read the reply. Hints and a solution are folded below it.


# %%
def my_accuracy(p, labels):
    """Share of right answers, from 0 to 1, for p of shape (n, digits) and labels of shape (n,).

    An image's answer is the digit with the largest probability; if several tie, the first.
    """
    ...


exercises.check(my_accuracy)

# %%
exercises.folded(my_accuracy)

# %% [markdown]
# <details><summary>The numbers, by hand</summary>
#
# It answers 1 and 0, because 0.7 and 0.5 are the largest in their rows. The first answer is right and the second is wrong, so the accuracy is 0.5.
#
# </details>
#
# ## Two networks, one accuracy
#
# Now meet *the original*: a network that somebody else wrote, and that this course grew out of. We train it to its maker's recipe, though, to spare you the wait, for only a fifth of the steps. Beside it stands ours, trained again from its start and stopped after 14 steps.

# %%
recipe = original.Recipe(steps=2_000)
weights, _ = original.run(recipe, train_set)
early, _ = training.train(network, start, train_set, batches[:14], learning_rate=0.5, momentum=0.9)
early_score = training.evaluate(network, early, held_back)
print(f"the original:         {100 * recipe.score(weights, images, labels).accuracy:.2f} % right")
print(f"ours, after 14 steps: {100 * early_score.accuracy:.2f} % right")

# %% [markdown]
# Each gets about 79 in 100 right, because we stopped ours at just the right moment. Tomorrow's post brings an envelope with a single new digit on it, and accuracy can't tell you which of the two to ask. **Which would you trust, and what would you want to know first?**
#
# A 7 is a 7, whatever else is in the post. Does a network's answer to one image depend on the others? Hand each of the first hundred images that we kept back to a network, together with some others, its **company**, and look only at the answer to that one image. Try four kinds: nobody at all, 99 mixed digits, 99 zeros, and 99 with the image's own label.


# %% tags=["hide-input"]
def ask_early(images):
    return ask(early, images)


def ask_original(images):
    """The original's numbers for the ten digits, one row for each image."""
    return recipe.probabilities(recipe.logits(weights, recipe.prepare(images)))


def companies(i):
    """The four kinds of company for image i, each with the digits to take it from."""
    everybody, own = range(10), [labels[i]]
    return {"alone": [], "99 mixed": everybody, "99 zeros": [0], "99 of its label": own}


def together(i, wanted):
    """Image i, and with it the first 99 others of the digits wanted."""
    found = np.flatnonzero(np.isin(labels, wanted))
    return images[[i, *found[found != i][:99]]]


# %% [markdown]
# **Predict.** Ask the original about each of the hundred images in all four kinds of company. For how many does it *not* give the same answer all four times?

# %%
guesses.ask("how many of the original's 100 answers change", None)

# %% tags=["answer", "hide-input"]
table = {}
for who, asking in [("ours", ask_early), ("original", ask_original)]:
    for company in companies(0):
        said = [asking(together(i, companies(i)[company]))[0].argmax() for i in range(100)]
        table[who, company] = np.array(said)
    rows = np.array([table[who, company] for company in companies(0)])
    right = (rows == labels[:100]).sum(axis=1)
    changed = (rows != rows[0]).any(axis=0).sum()
    among_others = (rows[1:] != rows[1]).any(axis=0).sum()
    print(f"{who}, of 100 images")
    print("  right:", ", ".join(f"{name}: {n}" for name, n in zip(companies(0), right)))
    print(f"  answers that change: {changed}; leaving out alone: {among_others}")
guesses.compare("how many of the original's 100 answers change", changed)

# %% mystnb={"image": {"alt": "The same eight digits, and the answers of two networks. Ours has one row for any company, six of eight right. The original has a row for each of four companies, and they differ. Alone, it answers 0 to everything; among mixed digits six are right, among zeros four, among digits of their own label two."}} tags=["answer", "hide-input"]
shown = {"ours, in any company": table["ours", "alone"]}
shown |= {f"original, {company}": table["original", company] for company in companies(0)}
show_answers(
    images[eight],
    labels[eight],
    {name: (answers[eight], np.zeros(len(eight))) for name, answers in shown.items()},
    title="The original's answers depend on the company\n(ticked: right)",
)
plt.show()

# %% [markdown]
# Ours gives the same answers, right or wrong, in any company. Of the original's hundred answers, 96 change. Thirty of them change only because the original, asked about an image alone, calls it a 0, whatever it is; and alone is how tomorrow's digit will come. The other 66 depend on *which* ninety-nine are in the room.
#
# ### The original, alone
#
# Why a 0, of all digits? Look at the ten numbers that it gives for the first image on its own, and compare the other ninety-nine.

# %%
alone = np.array([ask_original(images[i : i + 1])[0] for i in range(100)])
print(alone[0])
print("all hundred images get these ten:", (alone == alone[0]).all())

# %% [markdown]
# Ten ones, whatever the image: these can't be probabilities, and since all ten are equal, the first of them wins, which is the 0. [Lesson 02](02_sigmoid_softmax.ipynb) shows where the ones come from.
#
# How well, then, does the original do without any help from the company? On the way to those numbers it makes ten **scores** (`logits` in the code), from each image alone. Take the digit with the largest score:

# %%
scores = recipe.logits(weights, recipe.prepare(images))
right = (scores.argmax(axis=1) == labels).mean()
print(f"the original, going by its scores: {100 * right:.2f} % right")

# %% [markdown]
# That is far less than the 79.04 % that it reached with all 10,000 images in the room. The rest came from the company it kept, and that is worth a moment's thought, because nothing went wrong that anybody could have seen: no error, no warning, and a decent number at the end.
#
# Here is the original after all of its steps, 10,000 instead of 2,000, and you choose the company. How many different answers can you get for one digit? <small>Its numbers aren't probabilities: look only for the longest bar. What its scores alone would say is shown, too.</small>

# %% mystnb={"image": {"alt": "A still of the picture of company: one digit, an eight, and four times ten bars. In the first three the longest bar is drawn as 1. Alone all ten are equal and the original says 0; with twenty zeros it says 7; among many other digits 8. The fourth has the probabilities by its scores, and says 1."}}
pictures.company()

# %% [markdown]
# With a single, well-chosen companion it calls this 8 anything but a 9. So which of the two would you trust with the digit that comes by post? [Lesson 06](06_autopsy.ipynb) asks again, once you know why.
#
# ## Sure, or right?
#
# Ours, at least, reads each digit by itself. But can you believe it when it is sure, that is, when it gives its answer a probability near 1? Back to the network that we trained for all of its steps. Here are the eight images that it is least sure of, each with its two likeliest answers and, in brackets, the label.

# %% mystnb={"image": {"alt": "Eight digits that are broken, heavy or oddly shaped, each with its two likeliest answers and its label above it."}} tags=["hide-input"]
p = ask(trained, images)
answers, sure = p.argmax(axis=1), p.max(axis=1)
least = sure.argsort()[:8]
captions = ["{} or {}? ({})".format(*p[i].argsort()[:-3:-1], labels[i]) for i in least]
plotting.digits(images[least], captions, columns=4, title="Least sure: its two likeliest answers")
plt.show()

# %% [markdown]
# Now for the opposite, the wrong answers that it is *surest* of.

# %% mystnb={"image": {"alt": "Eight digits read wrongly with great confidence, each with its label and the answer above it. Some are misshapen, others easy for a person."}} tags=["hide-input"]
wrong = np.flatnonzero(answers != labels)
surest = wrong[(-sure[wrong]).argsort()[:8]]
captions = [f"is {labels[i]}, says {answers[i]}" for i in surest]
plotting.digits(images[surest], captions, columns=4, title="Confidently wrong")
plt.show()
print(f"at least {100 * sure[surest].min():.1f} % sure of each")

# %% [markdown]
# Some are misshapen, and with the 9 that it calls a 4 you may side with the network, since a label can be doubtful, too. But the 6 that it takes for a 0 is plain at a glance. Answers like these are called **confidently wrong**. How common are they? Sort the 10,000 answers by how sure the network was, cut the pile in half, and count the mistakes in each half.
#
# **Predict.** An accuracy of 96.82 % means 318 mistakes. How many of them are in the surer half?

# %%
guesses.ask("mistakes in the surer half", None)

# %% tags=["answer", "hide-input"]
order = sure.argsort()
halves = {
    "the 5,000 it was least sure of": order[:5_000],
    "the 5,000 it was surest of": order[5_000:],
}
for name, half in halves.items():
    mistakes = (answers[half] != labels[half]).sum()
    print(f"{name}: {mistakes} wrong, {np.isin(surest, half).sum()} of the eight above")
guesses.compare("mistakes in the surer half", mistakes)

# %% [markdown]
# Confidence does mean something, then: nearly all the mistakes are among the answers that the network was less sure of. It is no guarantee, though: three are in the surer half. And the 99.6 % that sounded so sure is quite ordinary: five of the eight mistakes above are in the *less* sure half.
#
# ### Exercise 0.2: confidently wrong (stretch, 6 minutes)
#
# The worst mistakes are the ones that a network is sure of. Write a function that returns their share of all the answers: count an answer if it is wrong and its probability is above a given limit. Start with a pencil and the two images of exercise 0.1. What is the share for a limit of 0.3, and for a limit of 0.5?


# %%
def my_confidently_wrong(p, labels, limit):
    """Share of answers that are wrong, with a probability above limit; p (n, digits), labels (n,)."""
    ...


exercises.check(my_confidently_wrong)

# %%
exercises.folded(my_confidently_wrong)

# %% [markdown]
# <details><summary>The numbers, by hand</summary>
#
# One of the two answers is wrong, and its probability is 0.5. For a limit of 0.3 the share is 0.5. For a limit of 0.5 it is 0, because 0.5 is not above 0.5.
#
# </details>
#
# ## The same digit, moved
#
# Here is a 7 drawn by a line of code that joins a few corners, each given as (column, row), from (0, 0), upper left, to (27, 27), lower right.

# %%
mine = draw([(5, 4), (16, 4), (10, 20)])  # a 7; in the notebook, move its corners

# %% [markdown]
# It sits too high, and a little too far left. No image that the network learnt from sits like that: each was placed with the middle of its ink in the middle of the square ([lesson 01](01_loading.ipynb)). Does it matter? Ask about the 7 as drawn, and again after centring it.

# %% mystnb={"image": {"alt": "The same drawn seven twice, each in a thin frame: once near the top and a little to the left, read as a 2, once in the middle, read as a 7."}} tags=["hide-input"]
both = np.array([mine, centred(mine)])
p = ask(trained, both)
said = p.argmax(axis=1)
for name, answer, probabilities in zip(["as drawn", "centred"], said, p):
    print(f"{name:8}: {answer}, {100 * probabilities.max():.2f} % sure")
captions = [f"as drawn: says {said[0]}", f"centred: says {said[1]}"]
plotting.digits(both, captions, columns=2, title="The same strokes, moved")
for axis in plt.gcf().axes:
    axis.set_axis_on()
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(True)
plt.show()

# %% [markdown]
# To you it is the same 7, but the network takes the first for a 2, and is sure of it. Accuracy couldn't have warned you, because it was measured on centred images, and speaks only for those. Anything else is called **out of distribution**, and networks can answer it with great confidence ([Nguyen, Yosinski and Clune 2015](https://arxiv.org/abs/1412.1897); [Hendrycks and Gimpel 2017](https://arxiv.org/abs/1610.02136)).
#
# Try it on the drawing pad: draw a 7 in the upper left corner, once *as MNIST's makers did* and once *as drawn*.
#
# ## Recap
#
# You have watched a network learn, and caught another one out with a question that anybody can ask. You can't yet say why the original listens to its company, or how a step knows where to go. Lesson 02 answers the first question, and [lesson 03](03_backpropagation.ipynb) the second.
#
# - What does training do? It moves the parameters, step by step, so that the answers to the images it learns from get better.
# - The answer to one image shouldn't depend on which others are asked with it, and accuracy doesn't show whether it does. To find out, ask about a few images one at a time, and compare.
# - What else can't accuracy tell you? Which answers are wrong, how sure the network was of them (*sure* isn't *right*), and what happens to images of another kind, such as a 7 that isn't in the middle.
#
# ## Questions to ask yourself
#
# To be asked again in a few days, tick the lesson off on the website's *Review* page or, in Jupyter, with `from course import review` and `review.add_lesson("00")`.
#
# 1. After one step the network answered 3 to all eight images. Why might that be the quickest way to be a little less wrong about one batch of 128 images?
#
#    <details><summary>Answer</summary>
#
#    You don't have to read an image to make one answer likelier for *every* image. This batch held 16 threes, more than any other digit (count them: `np.bincount(train_set[1][batches[0]])`), so 3 was the answer it asked for most often. With a different seed it may be a different digit, not always the batch's commonest, and the eight needn't all agree. To tell images apart, many parameters have to move together, and that takes more steps.
#
#    </details>
#
# 2. The 10,000 images were kept back from training. What could you not have said if the network had learnt from them?
#
#    <details><summary>Answer</summary>
#
#    How well it reads images that are new to it. It might simply have remembered the answers, and a good score on what it was taught wouldn't show the difference.
#
#    </details>
#
# 3. Your friend's network gets nearly all of 10,000 images right when it is asked about all of them at once. What do you ask first?
#
#    <details><summary>Answer</summary>
#
#    Does it give the same answers when it is handed a few of those images one at a time? If an answer can change, the accuracy belongs to that set of 10,000, asked together, and promises nothing about the next image.
#
#    </details>
#
# ## Next
#
# [01 Loading: from bytes to digits](01_loading.ipynb) opens the first box. What is in the file, byte by byte? Can you trust it? And how well can digits be read with no network at all?
