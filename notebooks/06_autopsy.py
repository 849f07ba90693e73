# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 Autopsy of the original
#
# A notebook trains a network for 10,000 steps. Its curve rises as smoothly as any in a textbook, and at the end the network gets about 84 % of the test digits right. Most people would plot that curve, save the weights and go home. But show the network the same handwritten 2 in five different batches, without touching a single weight, and it says 0, 2, 3, 6 and 0.
#
# **Why does a faulty program seem to work?** You will be the pathologist first and then, since programs are luckier than people, the surgeon. You will run the program, find out what is wrong with it, and learn in what order to repair it, which matters more than you would think.
#
# **You will be able to**
#
# - tell a working program from a correct one;
# - write the check that would have caught a fault;
# - choose an order of repairs that keeps a program alive;
# - compare two recipes fairly, each at its own learning rate.
#
# **You need** lessons [00](00_first_look.ipynb), [01](01_loading.ipynb), [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb) and [05](05_how_sure.ipynb).
#
# **Time** 45 minutes to read, with a place to stop half-way, 25 more for the exercises and 20 for a repair and a check of your own; it runs for about 40 s and takes 400 MB

# %% [markdown]
# ## Before you start
#
# 1. [Lesson 02](02_sigmoid_softmax.ipynb): add the same number to all ten logits of one image. What happens to its probabilities, and what do programs use that for?
#
#    <details><summary>Answer</summary>
#
#    Nothing happens to them, because the new factor stands above and below the fraction bar, and cancels. This is why a softmax may subtract the largest logit first, so that no exponential overflows.
#
#    </details>
#
# 2. [Lesson 05](05_how_sure.ipynb): one network gets 30 more of 10,000 images right than another does. Which two questions do you ask before you believe that its *recipe* is better?
#
#    <details><summary>Answer</summary>
#
#    How many images were gained, and how many lost? And what do other seeds say? One pair of networks doesn't speak for two recipes.
#
#    </details>

# %%
from dataclasses import replace
from functools import partial
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import autopsy, exercises, guesses, pictures, studies
from mnistlib import baseline, data, functions, original, plotting
from mnistlib.training import evaluate

plotting.use_style()
bar = partial(tqdm, leave=False)  # tqdm, with that argument filled in
mnist = data.load()
test_set = (mnist.test_images, mnist.test_labels)

# %% [markdown]
# ## The patient
#
# This course grew out of a notebook that we call *the original*. It came to us without a name or a licence, so we wrote its recipe out afresh, in `mnistlib.original`. It trains the network that you know, with 784 pixels, 128 sigmoid units and ten outputs, in 10,000 mini-batch steps.
#
# Before you judge a program, run it. We changed only two things, both of them so that every computer gets the same numbers. Ours computes in float64 instead of the coarser float32, and it splits off its validation images with one fixed shuffle instead of a new one each time.

# %%
recipe = original.Recipe()
train_set, validation_set = original.split(recipe, (mnist.train_images, mnist.train_labels))
as_it_was, history = original.run(
    recipe, train_set, bar, monitor={"validation": validation_set}, every=500
)
print(f"validation, at the end: {history.accuracy('validation')[-1]:.2%}")
print(f"test: {evaluate(recipe, as_it_was, test_set).accuracy:.2%}  (the notebook: 83.83%)")

# %% mystnb={"image": {"alt": "Validation accuracy over 10,000 steps, twice: a line for our run, and dots for what the notebook printed, every 500 steps up to 6,500. Both rise steeply to 65 percent within 500 steps and then ever more slowly to about 82 percent. The dots lie on the line or about a point below it, as smooth as in any textbook."}} tags=["hide-input"]
# the accuracies that the notebook printed, steps 0 to 6,500
printed = [7.0, 65.0, 73.7, 76.7, 78.1, 79.0, 79.6, 80.3, 80.8, 81.2, 81.5, 81.7, 81.8, 82.0]
figure, axis = plt.subplots(figsize=(5.2, 3.3))
axis.plot(history.steps, 100 * history.accuracy("validation"), label="our run of its recipe")
axis.plot(500 * np.arange(len(printed)), printed, "o", label="printed by the notebook")
axis.set(
    title="A curve that looks healthy",
    xlabel="step",
    ylabel="validation accuracy in %",
    ylim=(0, 100),
)
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# Our curve follows the notebook's to within about a point. Yet two questions, five minutes' work between them, would have raised the alarm; ask them of *every* training run. Is the first loss what a network that knows nothing would get? And does the network beat something simple, *clearly*?
#
# ### Exercise 6.1: before the first step (warm-up, 5 minutes)
#
# The first question needs only a pencil. A network that knows nothing gives every class the same probability. What is its cross-entropy for one image, and what is its squared error $\sum_k (p_k - y_k)^2$, which is the loss that the original sets out to lower? Try two classes first.


# %%
def my_loss_at_the_start(classes):
    """Cross-entropy and squared error of one image, if every class gets the same probability."""
    ...


exercises.check(my_loss_at_the_start)

# %%
exercises.folded(my_loss_at_the_start)

# %% [markdown]
# And what did the notebook record before its first step?

# %% tags=["hide-input"]
p = np.full(10, 0.1)
print(f"ten equal guesses: cross-entropy {-np.log(p[0]):.2f}, ", end="")
print(f"squared error {((p - np.eye(10)[0]) ** 2).sum():.2f}")
print(f"recorded as the loss, before the first step: {history.loss('validation')[0]:.2f}")

# %% [markdown]
# Neither 2.30 nor 0.90 is anywhere near 17.35, so it can't be the loss that the steps were meant to lower. What the notebook recorded is the mean of (answer $-$ label)$^2$, as if calling a 0 an 8 were four times as bad as calling it a 4. On that odd scale 17.35 is about what blind guesses get; but nothing ever followed its gradient. The alarm rang before training had begun, and nobody was listening.
#
# ## Does the network beat ten averages?
#
# Lesson 01's nearest mean compares each image with ten averages. We trained eleven networks by the original's recipe, from eleven seeds, and gave all of them the same 10,000 validation images.
#
# **Predict.** How many of the eleven networks get fewer of those images right than the ten averages do?

# %%
guesses.ask("networks of 11 that lose to ten averages", None)

# %% tags=["answer", "hide-input"]
means = baseline.class_means(*train_set)
images, digits = validation_set
nearest = baseline.nearest_mean(images.reshape(-1, 784).astype(float), means) == digits
print(f"nearest mean: {nearest.mean():.2%}")

rows = studies.results("ten_averages", steps=10_000)
rows += studies.results("ladder", rung="the original", rate=recipe.learning_rate)
networks = np.array([row["accuracy"] for row in rows])
print(f"{len(networks)} networks: {networks.mean():.2%} on average")
losing = int((networks < nearest.mean()).sum())
print(f"{losing} of them lose to the nearest mean")
guesses.compare("networks of 11 that lose to ten averages", losing)

# %% [markdown]
# Three of the eleven lose to a program that takes no steps at all, and on average the eleven are about a point ahead. A hundred thousand weights ought to be ashamed of themselves.
#
# ## The same weights, asked three ways
#
# A network may be poor, but is it at least *one* network, with one opinion of each image? Show it the test images in three ways that ought to make no difference:
#
# - **all at once**, as the notebook did it, through its own softmax;
# - **row by row**, by the largest logit of each image, without any softmax;
# - **one at a time**, each image alone through the same softmax.
#
# A softmax never changes which of an image's logits is the largest, and for the networks that you have built so far, all three give the same answers.
#
# **Predict.** You know the first number. How low is the lowest of the three?

# %%
guesses.ask("the lowest of the three, %", None)


# %% tags=["answer", "hide-input"]
def three_ways(probabilities, z2):
    """Return, for each way of asking, the answers to the images with logits z2."""
    return {
        "all at once": probabilities(z2).argmax(axis=1),
        "row by row": z2.argmax(axis=1),
        "one at a time": np.array([probabilities(z[None]).argmax() for z in z2]),
    }


labels = mnist.test_labels
z2_test = recipe.logits(as_it_was, recipe.prepare(mnist.test_images))
answers = three_ways(recipe.probabilities, z2_test)
percent = {way: 100 * (answered == labels).mean() for way, answered in answers.items()}
for way in answers:
    print(f"{way:13}: {percent[way]:6.2f}% right")
print("answers given, one at a time:", np.unique(answers["one at a time"]))
guesses.compare("the lowest of the three, %", round(min(percent.values()), 2))

# %% [markdown]
# Read these three percentages twice, because they are hard to believe. Asked about one image at a time, the network answers 0 to every one of them, as it did in lesson 00. By its own logits, with no softmax in the way, it gets only 62 % right. The accuracy that the notebook reported belongs to a situation that tomorrow's digit will never be in: sharing one envelope with all the others.
#
# **What the network says about an image depends on its company**, by which we mean the other images in the batch. Take one image, a clearly written 2, and change nothing except its company.


# %% mystnb={"image": {"alt": "Five rows of small digits, each beginning with the same handwritten 2 in a frame. Alone, it is answered as a 0. With nineteen mixed digits beside it, as a 2. With nineteen zeros, as a 3. With nineteen twos, as a 6. With nineteen fours, as a 0."}} tags=["readme", "hide-input"]
the_two = 1  # its place among the test images


def companies_of(image):
    """Return five companies by name, none of which has the image itself in it."""
    others = np.delete(np.arange(10_000), image)
    companies = {"alone": [], "with 19 mixed digits": others[:19]}
    for digit, name in [(0, "zeros"), (2, "twos"), (4, "fours")]:
        companies[f"with 19 {name}"] = others[labels[others] == digit][:19]
    return companies


def answer_among(image, company):
    return original.softmax_over_batch(z2_test[[image, *company]])[0].argmax()


companies = companies_of(the_two)
figure, axes = plt.subplots(5, 1, figsize=(6.5, 4.2))
for axis, (name, company) in zip(axes, companies.items()):
    row = np.zeros((28, 28 * 20 + 4))
    for place, image in enumerate(mnist.test_images[[the_two, *company]]):
        start = 28 * place + 4 * (place > 0)
        row[:, start : start + 28] = image
    axis.imshow(row, cmap="gray_r", interpolation="nearest")
    axis.add_patch(plt.Rectangle((-0.5, -0.5), 28, 28, fill=False, color=plotting.COLOURS[1], lw=2))
    title = f"{name}: the answer is {answer_among(the_two, company)}"
    axis.set_title(title, loc="left", fontsize=12, pad=3)
    axis.axis("off")
number = len({answer_among(the_two, company) for company in companies.values()})
title = f"One {labels[the_two]} (in the frame), the same weights, {number} different answers"
figure.suptitle(title, fontsize=13, x=0.01, ha="left")
plt.show()
print("The same image is called", *(answer_among(the_two, each) for each in companies.values()))

different = [
    len({answer_among(i, each) for each in companies_of(i).values() if len(each)})
    for i in range(1000)
]
print(f"{sum(n > 1 for n in different)} of 1,000 images get different answers in different company")

# %% [markdown]
# We should own up: we picked this 2 because it gets so many different answers. But nearly half of the first thousand images are at the mercy of their company, too.
#
# ### Why it works at all
#
# Given a batch of $n$ images with logits $z$, the notebook's softmax gives image $i$ a *share* of each class $k$. Below the formula are the notebook's two lines of code, tried on two images and two classes.
#
# $$
# \text{share}_{ik} = \frac{e^{z_{ik} - \max z}}{e^{z_{1k} - \max z} + \dots + e^{z_{nk} - \max z}} .
# $$

# %%
z = np.array([[3.0, 5.0], [0.0, 6.0]])
e = np.exp(z - z.max())  # one maximum for the whole batch
print((e / e.sum(axis=0)).round(2))

# %% [markdown]
# Look at that `axis=0`. In a softmax the sum runs over the classes of *one* image; here it runs over the *images*, down the column of one class. A share, then, isn't a probability: each class shares out a total of 1 among the images of the batch. By its own logits, 3 and 5, the first image is a 1. But of class 1 it gets only 0.27, because its neighbour's logit of 6 takes the rest, whereas of class 0 it gets 0.95. In this company it is a 0.
#
# That explains the lowest of the three numbers. An image that is alone gets the whole of every class, and among ten equal shares `argmax` takes the first.
#
# The other two are the real puzzle. Why does an image in *mixed* company fare so much better than by its own logits? Take the logarithm of a share, in which the common maximum cancels:
#
# $$
# \begin{aligned}
# \log \text{share}_{ik} &= z_{ik} - c_k, \\
# c_k &= \log \big( e^{z_{1k}} + \dots + e^{z_{nk}} \big) .
# \end{aligned}
# $$
#
# The second term is one number for each class, the same for every image of the batch. In other words, $-c_k$ is a bias. This network has no other, and it needs one badly. Adding a number to a whole column of logits changes no share, so nothing in training ever brought the ten classes to a common level.
#
# And what does $c_k$ *mean*? It says how high the logits of class $k$ run in this batch. Subtract it, and all ten classes start level, which is just what a bias is for. A batch of many mixed digits therefore supplies, by accident, a fair estimate of the biases that are missing.
#
# ### Exercise 6.2: the hidden bias (warm-up, 6 minutes)
#
# Write $c_k$ as a function of a batch of logits, so that it cannot overflow.


# %%
def my_class_bias(z):
    """The c of each class, shape (10,), that the batch-axis softmax subtracts from logits z (n, 10)."""
    ...


exercises.check(my_class_bias)

# %%
exercises.folded(my_class_bias)

# %% [markdown]
# ### The explanation, put to the test
#
# If this explanation is right, two things should follow. In groups of 100 images *sorted by digit*, nearly every group holds only one digit, so that its $c$ cancels the very evidence for that digit, and the network should do badly. But if $c$ is computed once, from mixed *training* images, and then kept, the network should do well even on test images that come alone.
#
# **Predict.** What percentage does the network get right in sorted groups of 100?

# %%
guesses.ask("sorted groups of 100, %", None)


# %% tags=["answer", "hide-input"]
def accuracy_in_groups(size, order):
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    answered = [original.softmax_over_batch(z2_test[group]).argmax(axis=1) for group in groups]
    return (np.concatenate(answered) == labels[order]).mean()


shuffled = np.random.default_rng(seed=12).permutation(10_000)
print(f"groups of 100, shuffled: {accuracy_in_groups(100, shuffled):.2%}")
by_label = np.argsort(labels, kind="stable")
print(f"groups of 100, sorted:   {accuracy_in_groups(100, by_label):.2%}")
z_train = recipe.logits(as_it_was, recipe.prepare(train_set[0][:10_000]))
kept_bias = original.class_bias(z_train)
print(f"alone, with a kept bias: {((z2_test - kept_bias).argmax(axis=1) == labels).mean():.2%}")
guesses.compare("sorted groups of 100, %", round(100 * accuracy_in_groups(100, by_label), 2))

# %% [markdown]
# Both predictions come true. Among a hundred twos a two is nothing special, and in sorted groups only two images in five get the right answer. With a kept bias the network does as well alone as it ever did in company. This is why it seems to work: **it borrows from each batch the biases that it lacks, and its validation borrows in the same way.**
#
# ### How such a line gets in
#
# The notebook's first softmax was tried on ten scores, and looked fine; its `axis=0` came in later, when an overflow was repaired. Repeating the trial wouldn't have caught it, because for a single vector axis 0 *is* the classes. Only a batch shows the fault, which is why a test must look like real use.
#
# You may suspect one careless notebook, but the same fault was in [Microsoft's course on PyTorch for images](https://github.com/MicrosoftDocs/pytorchfundamentals/issues/4), and it is in [a printed book on reinforcement learning](https://github.com/DeepReinforcementLearning/DeepReinforcementLearningInAction/issues/32). Their authors weren't careless. The fault raises no error; you find it only by testing for it, as in the next exercise.
#
# ### Exercise 6.3: catch the fault (core, 6 minutes)
#
# Write the test that was missing: a function that is given any softmax, and says whether the numbers in a row depend on the row's company. "Alone" means in a batch of one.


# %%
def my_depends_on_company(softmax):
    """Return True if any row's numbers change when it stands alone instead of in a batch."""
    ...


exercises.check(my_depends_on_company)

# %%
exercises.folded(my_depends_on_company)

# %% [markdown]
# ### The company it keeps
#
# Choose its company yourself. Here is an 8, one of 200 test images; which of the others shall be asked about at the same time? Its logits $z$ stay as they are, and only $c$ moves. No $z$ lies above its $c$, and the class with the smallest gap wins. How many of the ten answers can you get out of this one image? We got nine.

# %% mystnb={"image": {"alt": "A still of the picture of company: one image, of an eight, and four columns. Above, for each class, its logit z as a dot, the same in every column, and c as a diamond; below, e to the z minus c as bars, each against the longest. Alone, each c lies on its z, all ten bars are equal and the answer is 0. With all 20 zeros the smallest gap is at 7; with all 199 others at 8. Row by row, without c, the largest z is at 1."}}
pictures.company(as_it_was, test_set)

# %% [markdown]
# **A good place to stop.** You now know why it seems to work, and you have the test that would have given it away. The second half repairs the program. We count nine faults in it, and list them near the end; for the story four are enough.
#
# ## The first repairs
#
# Make the first one yourself: fix the two lines of the notebook's softmax. The cell after it trains your recipe for 1,000 steps and asks it in all three ways. As it stands nothing is repaired, and so the three disagree; once your repair is right they agree, at about eight in ten. Agreement is no proof, though: as a puzzle, find a *wrong* softmax whose three answers agree as well.


# %%
class Repaired(original.Recipe):
    """The original with a softmax of yours."""

    def probabilities(self, z2):
        e = np.exp(z2 - z2.max())  # two lines to repair
        return e / e.sum(axis=0)


# %% tags=["hide-input"]
repaired = Repaired(steps=1000)
weights, _ = original.run(repaired, train_set, bar)
z2_repaired = repaired.logits(weights, repaired.prepare(mnist.test_images))
for way, answered in three_ways(repaired.probabilities, z2_repaired).items():
    print(f"{way:13}: {(answered == labels).mean():7.2%} right")

# %% [markdown]
# <details><summary>The repair, and the puzzle</summary>
#
# Each row gets its own maximum and its own sum. With one maximum for all, a row far below it would give 0 / 0.
#
# ```python
# e = np.exp(z2 - z2.max(axis=1, keepdims=True))
# return e / e.sum(axis=1, keepdims=True)
# ```
#
# The puzzle: `e / e.sum()` divides the whole batch by one number. That leaves each row's largest where it was, so the three agree, and yet the network gets little more than one in ten right.
#
# </details>
#
# From here on, a study (`studies/precision.py`) does the work: all 10,000 steps, **in the original's own float32**. Like you, it repairs the softmax first.

# %% tags=["hide-input"]
in_float32 = partial(
    studies.results, "precision", precision="float32", rate=recipe.learning_rate, kernel=None
)
[results] = in_float32(repairs=["softmax"], seed=42)
print(f"softmax         accuracy {results['accuracy']:.2%}")

# %% [markdown]
# Next comes the loss. The study replaces the squared error, whose gradient the notebook also gets wrong, with cross-entropy, which pulls hard where the network is most wrong ([lesson 02](02_sigmoid_softmax.ipynb)), and whose gradient is simply $dZ_2 = (P - Y)/n$.
#
# **Predict.** With both repairs, what percentage of the validation images does the network get right?

# %%
guesses.ask("softmax and cross-entropy, %", None)

# %% tags=["answer", "hide-input"]
[results] = in_float32(repairs=["softmax", "loss"], seed=42)
print(f"softmax + loss  accuracy {results['accuracy']:.2%}")
print(f"first NaN at step {results['nan']:,}")
guesses.compare("softmax and cross-entropy, %", round(100 * results["accuracy"], 2))

# %% [markdown]
# It has died. The weights have become NaN, and the network answers 0 to everything, because among ten NaNs `argmax` takes the first. You may suspect the new loss, but it is innocent.
#
# ### Why the order matters
#
# Which formula can overflow? The softmax subtracts its maximum, and the sigmoid is lesson 02's stable one. That leaves the sigmoid's slope, which the notebook computes from a hidden sum $z_1$ as $e^{-z_1} / (1 + e^{-z_1})^2$. On paper the formula is right. Try it far from 0, in float32.

# %% tags=["hide-input"]
for z1 in [-40.0, -89.0]:
    with np.errstate(over="ignore", invalid="ignore"):
        print(f"slope at z1 = {z1:.0f}: {original.overflowing_slope(np.float32(z1)):.1e}")
for precision in [np.float32, np.float64]:
    lowest = -np.log(np.finfo(precision).max)
    print(f"e to the -z1 is infinite below z1 = {lowest:.1f} in {precision.__name__}")

# %% [markdown]
# In float32 the largest number is about $10^{38}$. Below $z_1 = -88.7$, $e^{-z_1}$ is larger than that and counts as infinite, so the slope becomes $\infty / \infty$, which is NaN. One such sum, of one unit for one image, is enough. NaN times anything is NaN, even times the 0 of a blank pixel, and so it spoils its unit's whole column of $W_1$. In the next step that unit is NaN for every image, so every logit is NaN, too, and then every weight. The repair is lesson 02's $a_1 (1 - a_1)$, which cannot overflow.
#
# In float64 all this begins only at −710, and so our own harmless change, made only so that every computer would get the same numbers, would have hidden the fault from us.
#
# Would it have helped to repair the slope before the loss? Both orders end in the same program, but only one of them dies on the way, and leaves you blaming the new loss. Here are five seeds without the slope's repair, and five with it.

# %% tags=["hide-input"]
for repairs in [["softmax", "loss"], ["softmax", "slope", "loss"]]:
    ends = in_float32(repairs=repairs)
    alive = [end for end in ends if end["nan"] is None]
    print(f"{' + '.join(repairs):22}: {len(alive)} of {len(ends)} networks survive")

# %% [markdown]
# The new loss wasn't wrong, then: it pulls harder than the old one, and so it woke a fault that had slept through ten thousand steps. **First fix what can break; only then improve what works.**
#
# ## Which change helps?
#
# The network can now be kept alive; what makes it learn? Stack three changes, each on top of those before it, and they make a ladder: the softmax over the classes, the loss (cross-entropy with its gradient), and pixels divided by 255, which the original takes raw. A study (`studies/ladder.py`) ran each rung at the original's rate, 0.001, and measured it on the validation images. <small>The slope is no rung, since its repair only keeps a network alive; the study made it where float64 alone would not.</small>
#
# **Predict.** One of the three changes will look as if it should be undone. Is it *softmax*, *loss* or *pixels*?

# %%
guesses.ask("the change to throw out", None)

# %% tags=["answer", "hide-input"]
ladder = autopsy.ladder()  # validation accuracy in percent, by rung, rate and seed
names = ["the original", "softmax over the classes", "cross-entropy", "pixels / 255"]
shown = ["the original", "+ softmax", "+ loss", "+ pixels"]
print("at a learning rate of 0.001")
for name, called in zip(names, shown):
    print(f"{called:12}  {ladder[name, 0.001, 42]:.2f}%")
gains = [ladder[b, 0.001, 42] - ladder[a, 0.001, 42] for a, b in pairwise(names)]
guesses.compare("the change to throw out", shown[1 + np.argmin(gains)].removeprefix("+ "))

# %% [markdown]
# Dividing the pixels by 255 is a disaster: it loses far more than the other two had gained. Before you throw it out, ask how long the training steps were. All rungs share *one* learning rate, which was chosen for raw pixels, and the pixels are a factor in $dW_1$: divide them, and the same rate takes far shorter steps.
#
# ### A fair comparison
#
# Give each rung a rate of its own, then. The study ran every rung at several rates with seed 42, and **validation** chose the best; the figure's dots are four other seeds, which had no say in the choice.


# %% mystnb={"image": {"alt": "The validation accuracy of the original and of three changes, stacked one upon the other. Squares, all at a rate of 0.001: 83 per cent, 93, 94, and with the pixels divided by 255 far to the left of the picture, at 25. Dots, each at its own best rate, one for each of four seeds: 81 to 84 at 0.001, 94 to 95 at 0.01 with the softmax, 96 at 0.01 with the loss, and 98, the highest of all, at a rate of 1 with the pixels divided by 255."}} tags=["hide-input"]
def at_its_own_rate(name):
    """Return the rate that seed 42 chose, and the accuracies of four other seeds at that rate."""
    tried = sorted(rate for rung, rate, seed in ladder if (rung, seed) == (name, 42))
    best = max(tried, key=lambda rate: ladder[name, rate, 42])
    return best, np.array([ladder[name, best, seed] for seed in (1, 2, 3, 4)])


shared = [ladder[name, 0.001, 42] for name in names]
rates, own = zip(*(at_its_own_rate(name) for name in names))
figure, axis = plt.subplots(figsize=(6.5, 3.3))
axis.plot(shared, range(4), "s", color="C1", label="all at rate 0.001 (seed 42)")
beside = np.arange(4)[:, None] + [-0.15, -0.05, 0.05, 0.15]  # so that no dot hides another
axis.plot(
    np.ravel(own), beside.ravel(), "o", color="C0", label="each at its own best rate (4 seeds)"
)
out = {"va": "center", "color": "C1", "arrowprops": {"arrowstyle": "->", "color": "C1"}}
axis.annotate(f"to {min(shared):.0f} %", (79.2, 3), (82, 3), **out)
axis.set(title="One rate for all hides what helps", xlabel="validation accuracy in %")
rungs = [f"{called}\n(best rate: {rate:g})" for called, rate in zip(shown, rates)]
axis.set(xlim=(79, 100), ylim=(3.4, -0.4), yticks=range(4), yticklabels=rungs)
figure.legend(loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# The disaster turns out to be the second-largest gain; only the softmax's is larger. All it wanted was a rate of 1, a thousand times the original's. **A rate belongs to the recipe that it was chosen for**: compare two recipes at one rate, and the one that the rate was chosen for has won before you begin. <small>Which part of *+ loss* helped, cross-entropy or its true gradient, is a story for the optional half-hour.</small>
#
# ## Which would you trust?
#
# Take the last rung, repair its slope as well, train it for a fifth of the steps, and ask it in all three ways.

# %% tags=["hide-input"]
rung = dict(original.rungs())["pixels / 255"]
last_rung = replace(rung, learning_rate=rates[-1], slope="stable", steps=2000)
last, _ = original.run(last_rung, train_set, bar)
z2_last = last_rung.logits(last, last_rung.prepare(mnist.test_images))
for way, answered in three_ways(last_rung.probabilities, z2_last).items():
    print(f"{way:13}: {(answered == labels).mean():.2%} right")

# %% [markdown]
# One answer, however you ask, and far more often the right one. Lesson 00 asked which of two networks you would trust with the next digit that comes in by post, and whether accuracy would have warned you. Write three sentences of your own before you open the answer.
#
# <details><summary>What we would say</summary>
#
# The one whose answer depends on nothing but the image, because a letter comes by itself. The other's accuracy, which was measured in company, gave no warning. The warnings came from the first loss recorded, from a baseline that was hardly beaten, and from a check that asked about one image alone.
#
# </details>

# %% [markdown]
# ## If you have another half-hour
#
# The recap needs none of this.
#
# ### Is it a gradient at all?
#
# The notebook means to follow the gradient of the shares' squared error, and its backward pass begins like this:
#
# $$
# \begin{aligned}
# dZ_2 &= \tfrac{2}{n} (\text{shares} - Y) \\
# &\quad \odot \text{shares} \odot (1 - \text{shares}) .
# \end{aligned}
# $$
#
# Add a small number to a whole column of logits, and no share changes, nor does the loss. But to first order the loss changes by that number times the sum of the same column of $dZ_2$, so each column ought to add up to 0. Does it, in one batch of 128 images?

# %%
raw = recipe.prepare(mnist.train_images[:128])
y, n = data.one_hot(mnist.train_labels[:128]), 128
W1, W2 = recipe.initial_weights(np.random.RandomState(42))

z1 = raw @ W1
a1 = functions.sigmoid(z1)
z2 = a1 @ W2
shares = np.exp(z2 - z2.max())
shares = shares / shares.sum(axis=0)
dz2 = 2 / n * (shares - y) * shares * (1 - shares)

sums = dz2.sum(axis=0)
print(f"column sums of dz2: {sums.min():.4f} to {sums.max():.4f}")

# %% [markdown]
# None adds up to 0, and no rounding in float64 is as large as that. This can't be the gradient of any loss computed from these shares. What is missing? Each share depends on *every* logit in its column, so lesson 02's Jacobian has one slope for every pair, share and logit. The notebook keeps only its diagonal, as though each share depended on its own logit alone.
#
# ### Who deserves the credit?
#
# So the rung *+ loss* changes two things at once, the loss and what had passed for its gradient. We had given cross-entropy the credit for both, until a reader asked which of the two had helped. Put a rung between *+ softmax* and *+ loss*, then, on which the squared error stays and gets the whole Jacobian.

# %% tags=["hide-input"]
between, scaled = "the whole Jacobian", "pixels / 255, squared error"
for said, before, after in [
    ("the true gradient", names[1], between),
    ("cross-entropy", between, names[2]),
    ("cross-entropy, pixels / 255", scaled, names[3]),
]:
    (old, a), (new, b) = at_its_own_rate(before), at_its_own_rate(after)
    error = (b - a).std(ddof=1) / np.sqrt(len(a))
    print(f"{said:28}{(b - a).mean():+.2f} ± {error:.2f} points (rates {old:g} and {new:g})")

# %% [markdown]
# It was the gradient. On raw pixels cross-entropy (the change that most people would have made first) gains nothing that we can tell from chance: given its true gradient, and a rate three times as large, the squared error does as well. With scaled pixels cross-entropy is ahead after all, by about 0.3 points.
#
# ### A check of your own
#
# What do you object to in all that you have seen of the notebook? Write it down, and then open our list.
#
# <details><summary>Nine of the original's faults</summary>
#
# | | fault | what harm it did |
# |---|---|---|
# | 1 | whatever a server sends is kept as data | an error page could be saved as images |
# | 2 | the split is shuffled before the seed is set | no two runs share their validation images |
# | 3 | the softmax runs over the batch | one image, many answers |
# | 4 | only the diagonal of the softmax's Jacobian is kept | what training follows is no gradient |
# | 5 | squared error, which hardly pulls where the network is most wrong | none on raw pixels |
# | 6 | the recorded "loss" is a difference of class numbers | its alarm meant nothing to anybody |
# | 7 | a step is called an epoch | it seems to have trained for 10,000 epochs, which were about 26 |
# | 8 | the sigmoid's slope overflows | none until the loss was repaired |
# | 9 | pixels stay in 0 to 255 | many units start where a sigmoid is flat |
#
# If you missed 1 and 7, don't blame yourself: nothing so far had given them away. You may also have written "it has no biases". That is a choice and not a fault: trained with a softmax over the classes, the network gets more than nine in ten right without any.
#
# </details>
#
# A **check** is a function that takes a recipe, puts it to some test, and returns True or False. A good one fails on the original, and passes where its own fault is repaired. `autopsy.try_check` runs yours on the original and on nine versions, each with one fault repaired, and prints + where it passes. (Where fault 4 or 5 is repaired, so is the softmax.)
#
# Here is the course's own check of fault 9, the raw pixels. Far from 0 a sigmoid is flat and its unit hardly learns, so the check asks for the standard deviation of the sums $Z_1$ at the start.

# %%
autopsy.source(9)

# %% [markdown]
# Choose a different fault, and write its check. The false loss (6) and the false epoch (7) need little code.
#
# <details><summary>What you can ask of a recipe</summary>
#
# Besides `recipe.prepare` and `recipe.initial_weights`, there are these:
#
# | call | what it gives |
# |---|---|
# | `recipe.probabilities(z2)` | the shares, or probabilities |
# | `recipe.gradients(weights, x, y)` | the recorded loss, and the gradients, as `grads.W1` and `grads.W2` |
# | `recipe.epoch(step, 50_000)` | the epoch that it reports after that many steps of 128 images; it may be a fraction |
#
# `autopsy.examine(Repaired())` puts your own through all nine checks.
#
# </details>


# %%
def your_check(recipe):
    """Return True if the recipe passes, and False if it shows your fault."""
    ...


autopsy.try_check(your_check)

# %% [markdown]
# ### Exercise 6.4: the rate that belongs to the pixels (stretch, 8 minutes)
#
# Divide the pixels by some divisor, and multiply the starting weights $W_1$ by it, so that every sum $Z_1$ is as before. At which learning rate for $W_1$ does training run *exactly* as before?


# %%
def my_rate_for_scaled(rate, divisor):
    """Return the rate for W1 at which divided pixels train exactly as raw ones did at `rate`."""
    ...


exercises.check(my_rate_for_scaled)

# %%
exercises.folded(my_rate_for_scaled)

# %% [markdown]
# Would a rate for each layer rescue raw pixels, then? Both runs below use raw pixels and the old starting weights. In the first, $W_1$ has the rate that your rule, run backwards, makes of divided pixels' 1; in the second, thirty times that.

# %% tags=["hide-input"]
for times in [1, 30]:
    runs = [studies.results("layer_rates", times=times, seed=seed) for seed in (1, 2, 3, 4)]
    accuracy = np.mean([results["accuracy"] for [results] in runs])
    print(f"raw pixels, {times:2} times the rule's rate: {accuracy:.2%}")
print(f"pixels / 255:                       {own[-1].mean() / 100:.2%}")

# %% [markdown]
# At the rule's own rate they fall a point short, because the start hasn't moved with it. At thirty times that, which validation chose, they come within a tenth.
#
# ## Recap
#
# **Why does it seem to work?** It borrows biases from its batches, and the measurement that should have caught it borrows them in the same way. You have now tested a program the way it will be used, and you have seen that a repair can be right and still kill. What you don't have yet is more than one hidden layer.
#
# Here are five habits to take with you:
#
# - **A look at the first loss**: 17.35 was recorded, where knowing nothing costs 0.90.
# - **A baseline**: ten averages, against which 84 % is nothing to be proud of.
# - **A test that looks like real use**: one vector can't show what a batch does.
# - **An order of repairs**: first what can break, then what can be improved.
# - **A fair comparison**: each recipe at its own best rate, chosen on validation, with several seeds.
#
# ## Questions to ask yourself
#
# 1. Alone, every image is called a 0. What would the original call it if `argmax` took the *last* of equal numbers?
#
#    <details><summary>Answer</summary>
#
#    A 9, whatever it shows. An image alone gets the whole of every class, so it is `argmax` that decides, and not the image.
#
#    </details>
#
# 2. A colleague replaces a loss with a better one, and the run ends in NaN. "So the old loss was better," they say. What do you look for?
#
#    <details><summary>Answer</summary>
#
#    The first NaN, and the operation that made it. The new loss may have moved the weights to where another fault does harm.
#
#    </details>
#
# 3. Somebody reports that their new loss beats cross-entropy. Both were run at the rate that is best for the new one. What do you ask for?
#
#    <details><summary>Answer</summary>
#
#    Cross-entropy at *its* best rate, chosen with as much care and on validation images; the images gained and lost; several seeds.
#
#    </details>
#
# ## Next
#
# [Lesson 07](07_deeper.ipynb) adds hidden layers, and asks what happens to the numbers on their way forward, and to the gradients on their way back.
