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
# **Why does a faulty program seem to work?** First you will be the pathologist. Then, since programs are luckier than people, you will be the surgeon, and the order of your repairs will matter more than you would think.
#
# **You will be able to**
#
# - tell a working program from a correct one;
# - write the check that would have caught a fault;
# - put an explanation to a test that it could fail;
# - choose an order of repairs that keeps a program alive;
# - compare two recipes fairly, each at its own learning rate.
#
# **You need** lessons [00](00_first_look.ipynb), [01](01_loading.ipynb), [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb) and [05](05_how_sure.ipynb).
#
# **Time** 60 minutes to read, with a place to stop, 25 more for the exercises and 20 for a repair and a check of your own; it runs for about 45 s and takes 500 MB

# %% [markdown]
# ## Before you start
#
# 1. [Lesson 02](02_sigmoid_softmax.ipynb): add the same number to all ten logits of one image. What happens to its probabilities, and what do programs use that for?
#
#    <details><summary>Answer</summary>
#
#    Nothing. Each exponential gains the same factor, above the fraction bar and below it, and the factor cancels. This is why a softmax may subtract the largest logit first, so that no exponential overflows.
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
from mnistlib.gradcheck import check_gradient
from mnistlib.training import evaluate

plotting.use_style()
bar = partial(tqdm, leave=False)  # tqdm, with that argument filled in
mnist = data.load()
test_set = (mnist.test_images, mnist.test_labels)

# %% [markdown]
# ## The patient
#
# This course grew out of a notebook that we call *the original*. It came without a name or a licence, so we wrote its recipe out afresh, in `mnistlib.original`. In 10,000 mini-batch steps it trains the network that you know, with 784 pixels, 128 sigmoid units and ten outputs, but without biases. Ours differs in two ways, so that every computer gets the same numbers: it computes in float64, with twice as many digits as the original's float32, and it fixes the seed before it shuffles and splits off the validation images.

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
# Our curve follows the notebook's to within about a point. Yet two questions, worth asking of *every* training run, would have raised the alarm. Is the first loss what a network that knows nothing would get? And does it *clearly* beat something simple? (Both are in Karpathy's [A Recipe for Training Neural Networks](http://karpathy.github.io/2019/04/25/recipe/), the first also in [CS231n's notes](https://cs231n.github.io/neural-networks-3/).)
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
# What did the notebook record before its first step?

# %% tags=["hide-input"]
p = np.full(10, 0.1)
print(f"ten equal guesses: cross-entropy {-np.log(p[0]):.2f}, ", end="")
print(f"squared error {((p - np.eye(10)[0]) ** 2).sum():.2f}")
print(f"recorded as the loss, before the first step: {history.loss('validation')[0]:.2f}")

images, digits = validation_set
first_weights = recipe.initial_weights(np.random.RandomState(recipe.seed))
p_first = recipe.probabilities(recipe.logits(first_weights, recipe.prepare(images[:2000])))
error = functions.squared_error(p_first, data.one_hot(digits[:2000]))
print(f"squared error of the same answers: {error:.2f}")

# %% [markdown]
# Neither 2.30 nor 0.90 is anywhere near 17.35, and since ten numbers between 0 and 1 never have a squared error above 10, this can't be the loss that the steps were meant to lower. What the notebook recorded is the mean of (answer $-$ label)$^2$, as if calling a 0 an 8 were four times as bad as calling it a 4. The alarm rang before training had begun, and nobody was listening. Even the loss that was meant, the squared error, would have rung it, if more softly: 1.00 instead of 0.90. Remember that tenth.
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
nearest = baseline.nearest_mean(images.reshape(-1, 784).astype(float), means) == digits
print(f"nearest mean: {nearest.mean():.2%}")

rows = studies.results("ten_averages", steps=10_000)
rows += studies.results("ladder", rung="the original", rate=0.001)
networks = np.array([row["accuracy"] for row in rows])
print(f"{len(networks)} networks: {networks.mean():.2%} on average")
lead = 100 * (networks - nearest.mean())
error = lead.std(ddof=1) / np.sqrt(len(lead))
print(f"their lead: {lead.mean():.1f} ± {error:.1f} points (mean and standard error)")
behind = sorted(round(100 * -each) for each in lead if each < 0)  # in images of the 10,000
print(f"{len(behind)} of them lose to the nearest mean, by", ", ".join(map(str, behind)), "images")
guesses.compare("networks of 11 that lose to ten averages", len(behind))

# %% [markdown]
# Three of the eleven lose to a program that never takes a step, one of them by only nine images, a gap that [lesson 05](05_how_sure.ipynb) taught us to ignore. On average the eleven are 1.0 ± 0.5 points ahead, which is hardly more than chance. A hundred thousand weights ought to be ashamed of themselves.
#
# ## The same weights, asked three ways
#
# A network may be poor, but is it at least *one* network, with one opinion of each image? Lesson 00 asked it in three ways that ought to make no difference: **all at once**, as the notebook did it; **row by row**, by the largest logit of each image, without any softmax; and **one at a time**, each image alone through the notebook's softmax. Here are the answers once more.


# %% tags=["hide-input"]
def three_ways(probabilities, z2):
    """Return, for each way of asking, the answers to the images with logits z2."""
    return {
        "all at once": probabilities(z2).argmax(axis=1),
        "row by row": z2.argmax(axis=1),
        "one at a time": np.array([probabilities(z[None]).argmax() for z in z2]),
    }


labels = mnist.test_labels
z2_test = recipe.logits(as_it_was, recipe.prepare(mnist.test_images))
for way, answered in three_ways(recipe.probabilities, z2_test).items():
    print(f"{way:13}: {(answered == labels).mean():6.2%} right")

# %% [markdown]
# One at a time, it calls every image a 0. By its own logits it gets only 62 % right. The 84 % that the notebook reported is for a digit that comes in one envelope with all the others. <small>These are test images, as in the notebook; no setting in this lesson was chosen by them.</small>
#
# **What the network says about an image depends on its company**, by which we mean the other images in the batch. Here is a clearly written 2 in five companies.


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


def count_answers(companies_of):
    """Return how many of 1,000 images get one answer, two, three and four in an image's four companies."""
    answers = [{answer_among(i, each) for each in companies_of(i)} for i in range(1000)]
    return np.bincount([len(each) for each in answers], minlength=5)[1:]


rng = np.random.default_rng(seed=6)
mixed = rng.choice(np.arange(1000, 10_000), size=(4, 19), replace=False)  # none of the 1,000
print("images of 1,000 that get 1, 2, 3, 4 answers")
print(
    "in these four companies of 19:  ",
    count_answers(lambda image: list(companies_of(image).values())[1:]),
)
print("in four of 19 mixed digits each:", count_answers(lambda image: mixed))

# %% [markdown]
# We should own up: we picked this 2 for its many answers. But it is no freak: of 1,000 images nearly half change their answer among the figure's four companies of 19, and 14 get a different one in each. Even where all four companies are mixed, one in seven still changes.
#
# ### Why it works at all
#
# The notebook's softmax gives image $i$, one of $n$ in a batch, a *share* of each class $k$. Below the formula are its two lines of code, tried on two images and two classes.
#
# $$
# \text{share}_{ik} = \frac{e^{z_{ik} - \max z}}{e^{z_{1k} - \max z} + \dots + e^{z_{nk} - \max z}} .
# $$

# %%
z = np.array([[3.0, 5.0], [0.0, 6.0]])
e = np.exp(z - z.max())  # one maximum for the whole batch
print((e / e.sum(axis=0)).round(2))

# %% [markdown]
# Look at that `axis=0`. The sum runs over the *images*, down the column of one class, so each class shares out a total of 1 among the images of the batch. By its own logits, 3 and 5, the first image is a 1. But of class 1 it gets only 0.27, because its neighbour's logit of 6 takes the rest, whereas of class 0 it gets 0.95: in this company it is a 0. An image that is alone gets the whole of every class, and among ten equal shares `argmax` takes the first. And before training each of $n$ images gets about $1/n$ of every class, next to nothing, so that its right class lacks a whole 1, which explains the 1.00.
#
# The real puzzle is why an image in *mixed* company fares so much better than by its own logits. Take the logarithm of a share, in which the common maximum cancels:
#
# $$
# \begin{aligned}
# \log \text{share}_{ik} &= z_{ik} - c_k, \\
# c_k &= \log \big( e^{z_{1k}} + \dots + e^{z_{nk}} \big) .
# \end{aligned}
# $$
#
# The second term is one number for each class, the same for every image of the batch. In other words, $-c_k$ is a bias, the only one that this network has, and the batch supplies it.
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
# ### What good company supplies
#
# Measure the ten $c_k$ once, on mixed *training* images, and subtract them, and nothing else, from the logits of every test image.

# %%
z_train = recipe.logits(as_it_was, recipe.prepare(train_set[0][:10_000]))
c = original.class_bias(z_train)  # or your own my_class_bias
levels = z_train.mean(axis=0)  # one for each class
for called, bias in [("nothing", 0), ("c", c), ("levels", levels)]:
    right = ((z2_test - bias).argmax(axis=1) == labels).mean()
    print(f"row by row, minus {called:7}: {right:.2%} right")
print(f"the ten levels: {levels.min():.2f} to {levels.max():.2f}")

# %% [markdown]
# Ten numbers, measured once, do all that company ever did. What do they measure? Mostly the **level** of each class, by which we mean the average of its logits: subtract the ten levels instead, and you get nearly as far. So what is wrong with the network's own logits is that its ten classes stand at different levels, and the softmax over the batch takes the levels away.
#
# ### Who drove the levels apart?
#
# We had an answer ready, and for a long time it stood on this page. Add a number to a whole column of logits, and no share changes, nor does the loss; so nothing in training ever brought the ten classes to a common level. It is short, it sounds right, and we never tested it. Which run could prove us wrong?
#
# What it takes is a **control**: a second run that differs from the first in one thing only. We suspect the softmax, so keep the softmax and take away something else; if the harm goes as well, the softmax alone didn't do it. Now the backward pass has a fault of its own. Raise one logit of a column, and its own share grows while all the others shrink, but the notebook's gradient counts only the first of these effects. So train again with the same softmax, loss and batches, but with the *true* gradient. The loss is as blind to levels as ever.
#
# **Predict.** Asked row by row, five networks with the notebook's gradient get 64 % of the test images right on average, each of them 15 to 27 points fewer than when it is asked all at once. What percentage will five get with the true one?

# %%
guesses.ask("row by row, with the true gradient, %", None)


# %% tags=["answer", "hide-input"]
def show_networks(backward, called):
    """Print what five networks get right row by row, and how far behind all at once that is."""
    rows = studies.results("class_levels", backward=backward)[:5]
    percent = 100 * np.mean([row["row by row"] for row in rows])
    gaps = [100 * (row["all at once"] - row["row by row"]) for row in rows]
    print(f"{called:24}{percent:.2f} %, {min(gaps):.0f} to {max(gaps):.0f} points behind")


print("five networks, row by row, and how far that is behind all at once")
show_networks("diagonal", "the notebook's gradient")
show_networks("whole", "the true gradient")
studies.again("class_levels")  # runs 500 steps of one, and prints a line if the result differs
true_gradient = studies.results("class_levels", backward="whole")
percent = 100 * np.mean([row["row by row"] for row in true_gradient])
guesses.compare("row by row, with the true gradient, %", percent)

# %% mystnb={"image": {"alt": "Two panels: the levels of ten classes over 10,000 steps, ten lines each. With the notebook's gradient all ten rise from one measurement to the next, each at its own pace, and fan out. With the true gradient they hardly leave the place near 0 where they started."}} tags=["answer", "hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(6.5, 3.1), sharey=True)
for axis, backward, title in [
    (axes[0], "diagonal", "the notebook's gradient"),
    (axes[1], "whole", "the true gradient"),
]:
    measured = np.array(studies.results("class_levels", backward=backward, seed=42)[0]["levels"])
    axis.plot(500 * np.arange(len(measured)), measured, color="C0", lw=1.5)
    axis.set(title=title, xlabel="step", xticks=[0, 5000, 10_000])
axes[0].set_ylabel("level of each class")
figure.suptitle("Ten levels, with the same softmax (seed 42)")
plt.show()
print("at the end, highest level minus lowest, five networks each")
for backward, called in [("diagonal", "the notebook's gradient"), ("whole", "the true gradient")]:
    rows = studies.results("class_levels", backward=backward)[:5]
    print(f"{called:24}", *(f"{np.ptp(row['levels'][-1]):6.2f}" for row in rows))

# %% [markdown]
# So much for our explanation. The softmax is as wrong as before, and yet nearly all of the harm is gone. On the left all ten levels climb and fan out; on the right they stay near 0, and part far less. (In the second network they part as far as with the notebook's gradient, and yet little harm comes of it. So the levels are not all there is to it.)
#
# Did the false gradient do it alone, then? Try it the other way round, and keep the false gradient but repair the softmax. With a right softmax an image gets the same answer however you ask. <small>A study, `studies/precision.py`, trained these networks, and those of the repairs below, in the original's own float32.</small>

# %% tags=["hide-input"]
in_float32 = partial(studies.results, "precision", precision="float32", rate=0.001, kernel=None)
ends = in_float32(repairs=["softmax"])
percent = 100 * np.mean([end["accuracy"] for end in ends])
print(f"a right softmax and the notebook's gradient, {len(ends)} networks:")
print(f"{percent:.2f}% of the validation images right, on average")

# %% [markdown]
# No such harm either: it takes both. That is why the network seems to work. **The false gradient does the harm; the softmax lets it, and then hides it as long as there is company.** Only an image that comes by itself would ever notice.
#
# **A good place to stop.** Next come what the false gradient wants, the test that was missing, and the repairs.
#
# ### Lifting a column
#
# The loss is the squared error, averaged over the batch, so in one column its gradient with respect to a share is $d\text{share}_i = \frac{2}{n} (\text{share}_i - y_i)$. The notebook's next line is the false one; the true one is derived in the optional part of [lesson 02](02_sigmoid_softmax.ipynb), along a row; here a column takes the row's place.
#
# $$
# \begin{aligned}
# \text{false:} \quad dz_i &= \text{share}_i \, (d\text{share}_i - \text{share}_i \, d\text{share}_i) \\
# \text{true:} \quad dz_i &= \text{share}_i \, (d\text{share}_i - \text{mean}) \\
# \text{mean} &= \text{share}_1 \, d\text{share}_1 + \dots + \text{share}_n \, d\text{share}_n
# \end{aligned}
# $$
#
# Of that mean the false line keeps only the image's own term. To see what this does, add up a column. The sum says what a gradient expects of the loss when all the column's logits rise together. But then no share would change, nor would the loss: **a true column sums to exactly 0.**

# %%
raw = recipe.prepare(mnist.train_images[:128])
y, n = data.one_hot(mnist.train_labels[:128]), 128
z2 = recipe.logits(first_weights, raw)

share = original.softmax_over_batch(z2)
dshare = 2 / n * (share - y)
false_dz2 = share * (dshare - share * dshare)
mean = (share * dshare).sum(axis=0)
true_dz2 = share * (dshare - mean)


def loss(z):
    return functions.squared_error(original.softmax_over_batch(z), y)


for called, dz2 in [("false", false_dz2), ("true", true_dz2)]:
    sums = dz2.sum(axis=0).round(4) + 0  # no minus before a 0
    print(f"{called} dz2: its ten columns sum to {sums.min():.4f} up to {sums.max():.4f}")
    print(check_gradient(loss, z2, dz2, name=f"{called} dz2"))

# %% [markdown]
# All ten sums are below 0. In other words, the false gradient expects the loss to fall if you lift any column, and a step believes it.
#
# Is that enough to do the harm? Two more controls: the true gradient *with* this lift, which is the mean of each column of the false one, and the false gradient *without* it.

# %%
show_networks("pushed", "true gradient + lift")
show_networks("centred", "false gradient - lift")

# %% [markdown]
# The lift is enough, since it brings back all the harm. But it isn't all that is wrong: even without it, the false gradient leaves its networks 3 to 15 points behind.
#
# ### Exercise 6.3: catch the fault (core, 6 minutes)
#
# The notebook's softmax was tried on ten numbers, and looked fine, because for a single vector axis 0 *is* the classes. The same line stood in [Microsoft's course on PyTorch for images](https://github.com/MicrosoftDocs/pytorchfundamentals/issues/4) and stands in [a printed book](https://github.com/DeepReinforcementLearning/DeepReinforcementLearningInAction/issues/32); it raises no error. So write the test that was missing: given any softmax, do the numbers in a row depend on the row's company? "Alone" means in a batch of one.


# %%
def my_depends_on_company(softmax):
    """Return True if any row's numbers change when it stands alone instead of in a batch."""
    ...


exercises.check(my_depends_on_company)

# %%
exercises.folded(my_depends_on_company)

# %% [markdown]
# ## The first repairs
#
# You have seen the first repair, that of the softmax. Next comes the loss. Replace the squared error with cross-entropy, which pulls hard where the network is most wrong ([lesson 02](02_sigmoid_softmax.ipynb)), and whose gradient is simply $dZ_2 = (P - Y)/n$.
#
# **Predict.** With both repairs, what percentage of the validation images does the network get right?

# %%
guesses.ask("softmax and cross-entropy, %", None)

# %% tags=["answer", "hide-input"]
[before] = in_float32(repairs=["softmax"], seed=42)
print(f"softmax         accuracy {before['accuracy']:.2%}")
[results] = in_float32(repairs=["softmax", "loss"], seed=42)
print(f"softmax + loss  accuracy {results['accuracy']:.2%}")
print(f"first NaN at step {results['nan']:,}")
guesses.compare("softmax and cross-entropy, %", round(100 * results["accuracy"], 2))

# %% [markdown]
# It has died. Its weights are NaN, and it answers 0 to everything, because among ten NaNs `argmax` takes the first. With the old loss it lived and with the new one it died, so the case looks clear.
#
# ### The second repair, examined
#
# But which formula can overflow? The softmax and the sigmoid are lesson 02's stable ones, and the new gradient is a subtraction. That leaves the slope, which the notebook computes from a hidden sum $z_1$ as $e^{-z_1} / (1 + e^{-z_1})^2$. On paper the formula is right. Try it far from 0, in float32.

# %% tags=["hide-input"]
for z1 in [-40.0, -89.0]:
    with np.errstate(over="ignore", invalid="ignore"):
        print(f"slope at z1 = {z1:.0f}: {original.overflowing_slope(np.float32(z1)):.1e}")
for precision in [np.float32, np.float64]:
    lowest = -np.log(np.finfo(precision).max)
    print(f"e to the -z1 is infinite below z1 = {lowest:.1f} in {precision.__name__}")

# %% [markdown]
# In float32 the largest number is about $10^{38}$, so below $z_1 = -88.7$ even $e^{-z_1}$ counts as infinite, and the slope becomes $\infty / \infty$, which is NaN. One such sum is enough. NaN times anything is NaN, even times the 0 of a blank pixel, so the next step spoils its unit's whole column of $W_1$, and with that unit every logit, and one step later every weight. The repair is lesson 02's $a_1 (1 - a_1)$, which cannot overflow.
#
# **Predict.** Is it the new loss that kills, then, or the old slope? One more network keeps both the old loss and the old slope. Only its softmax is right, and its steps are three times as long. Does it survive, *yes* or *no*?

# %%
guesses.ask("survives with the old loss and longer steps", None)

# %% tags=["answer", "hide-input"]
faster = partial(studies.results, "precision", precision="float32", rate=0.003)
[results] = faster(repairs=["softmax"])
survives = "yes" if results["nan"] is None else "no"
print(f"the old loss, at a rate of 0.003: first NaN at step {results['nan']:,}")
print("the new loss, at a rate of 0.001:")
for repairs in [["softmax", "loss"], ["softmax", "slope", "loss"]]:
    ends = in_float32(repairs=repairs)
    survivors = sum(end["nan"] is None for end in ends)
    print(f"    {' + '.join(repairs):22}: {survivors} of {len(ends)} networks survive")
guesses.compare("survives with the old loss and longer steps", survives)

# %% [markdown]
# The new loss was innocent: with the slope repaired first, all five survive it. It pulls harder than the old one, and whatever pulls harder wakes the sleeping fault, be it a better loss or a larger rate. (In float64 it sleeps down to −710, so our harmless change would have hidden it.) Both orders end in the same program, but only one dies on the way and leaves you blaming the wrong repair. The slope should have come first, even before the softmax. **First fix what can break; only then improve what works.**
#
# ## Which change helps?
#
# The network can now be kept alive; what makes it learn? Make three changes, each on top of the last, and call them the rungs of a ladder: the softmax over the classes, the loss (cross-entropy with its gradient), and pixels divided by 255, which the original takes raw. A study, `studies/ladder.py`, ran each rung at the original's rate, 0.001, on the validation images.
#
# **Predict.** One of the three changes will look as if it should be undone. Is it *softmax*, *loss* or *pixels*?

# %%
guesses.ask("the change to throw out", None)

# %% tags=["answer", "hide-input"]
# validation accuracy in percent; the slope is repaired where a run would have died
ladder = autopsy.ladder()  # by rung, rate and seed
names = ["the original", "softmax over the classes", "cross-entropy", "pixels / 255"]
shown = ["the original", "+ softmax", "+ loss", "+ pixels"]
print("at a learning rate of 0.001")
for name, called in zip(names, shown):
    print(f"{called:12}  {ladder[name, 0.001, 42]:.2f}%")
gains = [ladder[b, 0.001, 42] - ladder[a, 0.001, 42] for a, b in pairwise(names)]
guesses.compare("the change to throw out", shown[1 + np.argmin(gains)].removeprefix("+ "))

# %% [markdown]
# Dividing the pixels by 255 is a disaster. But all rungs share *one* learning rate, which was chosen for raw pixels, and the pixels are a factor in $dW_1$: divide them, and the same rate takes far shorter steps.
#
# ### A fair comparison
#
# Give each rung a rate of its own, then. With seed 42, the validation images chose the best of several rates; the dots in the figure are four other seeds, which had no say in the choice.


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
print("gain in points, each at its own best rate, on average:")
for called, gain in zip(shown[1:], np.diff(np.mean(own, axis=1))):
    print(f"{called:9} {gain:+.2f}")

# %% [markdown]
# The disaster turns out to be worth nearly two points, twice as much as the new loss. All it wanted was a rate of 1. **A rate belongs to the recipe that it was chosen for.** Compare two recipes at one rate, and whoever chose the rate has chosen the winner.
#
# And who deserves the credit for the point that came with the new loss? That rung changes two things at once, the loss and the false gradient. So we put one more rung before it, on which the squared error stays but gets its true gradient.

# %% tags=["hide-input"]
between = "the whole Jacobian"  # its name in the study
for called, before, after in [
    ("the true gradient", names[1], between),
    ("cross-entropy", between, names[2]),
]:
    (old, a), (new, b) = at_its_own_rate(before), at_its_own_rate(after)
    error = (b - a).std(ddof=1) / np.sqrt(len(a))
    print(f"{called:20}{(b - a).mean():+.2f} ± {error:.2f} points (rates {old:g} and {new:g})")

# %% [markdown]
# It was the gradient. Cross-entropy, the change that most people would have made first, gains nothing on raw pixels that we can tell from chance.
#
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
# ## Which would you trust?
#
# Take the last rung with its slope repaired, train it for a twentieth of the steps, and ask it in all three ways.

# %% tags=["hide-input"]
rung = dict(original.rungs())["pixels / 255"]
last_rung = replace(rung, learning_rate=rates[-1], slope="stable", steps=500)
last, _ = original.run(last_rung, train_set, bar)
z2_last = last_rung.logits(last, last_rung.prepare(mnist.test_images))
for way, answered in three_ways(last_rung.probabilities, z2_last).items():
    print(f"{way:13}: {(answered == labels).mean():.2%} right")

# %% [markdown]
# One answer, however you ask, and far more often the right one. When the next digit comes by post, by itself, as letters do, you know whom to ask.

# %% [markdown]
# ## If you have another half-hour
#
# The recap needs none of this.
#
# ### The company it keeps
#
# Here is an 8, one of 200 test images, and you choose its company. Its logits $z$, which the picture calls its scores, stay as they are, and only $c$ moves. No $z$ lies above its $c$, and the class with the smallest gap wins. How many of the ten answers can you get out of this one image?

# %% mystnb={"image": {"alt": "A still of the picture of company: one image, of an eight, and four columns. Above, for each class, its logit z as a dot, the same in every column, and c as a diamond; below, e to the z minus c as bars, each against the longest. Alone, each c lies on its z, all ten bars are equal and the answer is 0. With all 20 zeros the smallest gap is at 7; with all 199 others at 8. Row by row, without c, the largest z is at 1."}}
pictures.company(as_it_was, test_set)

# %% [markdown]
# ### A repair of your own
#
# Fix the two lines of the notebook's softmax. The next cell trains your recipe for 1,000 steps and asks it in all three ways. Until you repair it, the three disagree; once they agree at about eight in ten, you have it. (If NumPy can't fit shapes (128, 10) and (128,) together, think of `keepdims`.) <small>A puzzle: which *wrong* softmax makes the three agree as well?</small>


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
# Each row gets its own maximum and its own sum. With one maximum for all the three agree as well, but a row far below it would give 0 / 0.
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
# ### A check of your own
#
# What is wrong with the notebook? Write down all that you have seen, and then open our list.
#
# <details><summary>Answer: nine of the original's faults</summary>
#
# | | fault | what harm it did |
# |---|---|---|
# | 1 | whatever a server sends is kept as data | an error page could be saved as images |
# | 2 | the split is shuffled before the seed is set | no two runs share their validation images |
# | 3 | the softmax runs over the batch | one image, many answers |
# | 4 | only the diagonal of the softmax's Jacobian is kept | together with 3, it drives the levels of the classes apart |
# | 5 | squared error, which hardly pulls where the network is most wrong | none that we could measure on raw pixels |
# | 6 | the recorded "loss" is a difference of class numbers | its alarm meant nothing to anybody |
# | 7 | a step is called an epoch | it seems to have trained for 10,000 epochs, which were about 26 |
# | 8 | the sigmoid's slope overflows | none in the notebook's own run; NaN once anything pulls harder |
# | 9 | pixels stay in 0 to 255 | many units start where a sigmoid is flat |
#
# If you missed 1 and 7, never mind: nothing so far had given them away. "It has no biases" is a choice and not a fault: with a softmax over the classes, the network gets more than nine in ten right without any.
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
# `autopsy.examine(Repaired())` puts your repaired recipe through all nine checks.
#
# </details>


# %%
def your_check(recipe):
    """Return True if the recipe passes, and False if it shows your fault."""
    ...


autopsy.try_check(your_check)

# %% [markdown]
# ## Recap
#
# **Why does it seem to work?** A false gradient does the harm; a faulty softmax lets it, and hides the harm wherever there is company, even where the network is measured. You have seen a good explanation fall and a right repair kill.
#
# Here are six habits to take with you:
#
# - **A look at the first loss**: 17.35, when it can't exceed 10.
# - **A baseline**: ten averages, to which three of our eleven networks lost.
# - **A test that looks like real use**: one vector can't show what a batch does.
# - **A control** for every explanation, however good it sounds.
# - **An order of repairs**: first what can break, then what can be improved.
# - **A fair comparison**: each recipe at its own best rate, over several seeds.
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
# 4. "The loss is blind to the levels, so nothing brought them together." What is true in that, and what showed that it isn't enough?
#
#    <details><summary>Answer</summary>
#
#    The loss is indeed blind to levels. But with its true gradient, under the same softmax, nearly all of the harm was gone. It takes the false gradient as well, whose columns don't sum to 0.
#
#    </details>
#
# ## Next
#
# [Lesson 07](07_deeper.ipynb) adds hidden layers, and asks what happens to the numbers on their way forward, and to the gradients on their way back.
