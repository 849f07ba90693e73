# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 Training curves
#
# One step downhill is nothing; thousands make a network that reads. Between the two lie choices, and a curve tells you which were wrong.
#
# **You will** read a training loop of ten lines, find out from curves what is wrong with the original's settings, tune a network yourself, and measure once, at the very end, how well one reads new digits.
#
# **You will be able to**
#
# - tell a step from an epoch, and loss from accuracy;
# - read from a curve whether the learning rate is too small, right or too large, and whether a network overfits;
# - derive how large a step may be, and compare momentum with plain descent;
# - say how sure a measured accuracy is when the same few hands wrote all the digits;
# - say when another computer gets other numbers.
#
# **You need** [lesson 03](03_backpropagation.ipynb): the forward pass, the gradients, and one step downhill; and the split of [lesson 01](01_loading.ipynb).
#
# **Time** 60 minutes to read, 50 more for the exercises; the computer works about 30 s and uses 500 MB

# %% [markdown]
# ## Before you start
#
# 1. The weights' gradient in the first layer is $dW_1 = X^T dZ_1$. Somebody feeds pixels from 0 to 255 in place of 0 to 1, and $dZ_1$ stays as it was. What becomes of $dW_1$?
#
#    <details><summary>Answer</summary>
#
#    It is 255 times as large: the pixels are a factor in it.
#
#    </details>
#
# 2. There is a test set of 10,000 digits. Why did lesson 01 set 10,000 of the training digits aside as well?
#
#    <details><summary>Answer</summary>
#
#    For choices: which learning rate, how many epochs. Whoever chooses by the test images can no longer ask them about *new* digits.
#
#    </details>

# %%
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from mnistlib import baseline, data, exercises, explore, network, plotting, studies
from mnistlib.exercises.lesson_04 import FAULTS, TARGET, mystery_curves, reached
from mnistlib.functions import softmax
from mnistlib.training import evaluate, falling, minibatches, train
from mnistlib.uncertainty import standard_error_by_group

plotting.use_style()
plt.rcParams.update({"figure.figsize": (6, 3.4), "figure.dpi": 84})
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
)
images, labels = train_set
images.shape, validation_set[0].shape

# %% [markdown]
# Functions that you kept in earlier lessons go to work here: the next cell puts each in the library's place.

# %%
exercises.mine()

# %% [markdown]
# The letters of this lesson, each explained where it is needed:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $n$ | `n` | | examples in the batch; or in any other set that is dealt or asked |
# | $t$ | `step` | | a step of training |
# | $\eta$ | `learning_rate` | | one step goes this many times the gradient, against it |
# | $\mu$ | `momentum` | | how much of the last velocity is kept |
# | $v$ | `velocity` | as the parameter | the decaying sum of past gradients |
# | $\kappa$ | `curvature` | | curvature of a quadratic |
# | $g$ | `groups` | (n,) | a writer, who wrote $n_g$ of the digits; in the array, each digit's |
# | $q$ | | | the true share of right answers; what is measured is the accuracy |
#
# ## Step and epoch
#
# The gradient over all 50,000 images is exact, but costs fifty thousand passes. Over 128 of them it is a guess, four hundred times cheaper. So shuffle the images, deal them into **mini-batches** of 128, and take one step from each: *stochastic gradient descent*, SGD for short ([Robbins and Monro 1951](https://doi.org/10.1214/aoms/1177729586); *stochastic*: chance has a hand in it).
#
# A **step** is one update of the parameters, from one mini-batch. An **epoch** is one pass over the whole training set.
#
# ### Exercise 4.1: mini-batches (warm-up, 6 minutes)
#
# Write a generator that deals several epochs. Each needs a shuffle of its own, and the last batch of an epoch may be smaller.


# %%
def my_minibatches(n, batch_size, rng, epochs):
    """Yield arrays of indices, one for each step: every index from 0 to n - 1 once in each epoch."""
    ...


exercises.check(my_minibatches)

# %%
exercises.folded(my_minibatches)

# %% [markdown]
# The library's `minibatches` returns the same as a list. How many steps of 128 make an epoch of 50,000? Work it out first.

# %%
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=8), epochs=6)
steps = len(batches) // 6
epoch = batches[:steps]
print("steps in an epoch:", steps, "  the last batch has", len(epoch[-1]), "images")
print("every image once: ", np.array_equal(np.sort(np.concatenate(epoch)), np.arange(50_000)))

# %% [markdown]
# How good is a batch's guess? Take 78 batches, a fifth of the epoch, and the exact gradient over all their images. (The mean of the guesses is just that, however the images are dealt: the mean of equal parts is the mean of the whole.) The cosine of the angle between two gradients is 1 if their directions agree, and 0 if they have nothing to do with each other.


# %%
def gradient(parameters, indices):
    """Return the gradient as one long row, shape (101770,)."""
    x, y = data.scale(images[indices]), data.one_hot(labels[indices])
    _, grads = network.gradients(parameters, x, y)
    return np.concatenate([block.ravel() for block in grads])


dealt = epoch[:78]
together = np.concatenate(dealt)
by_label = np.split(together[np.argsort(labels[together], kind="stable")], 78)


def compare(parameters, dealt):
    """Print how the guesses of batches agree with the gradient over all their images."""
    guesses = np.array([gradient(parameters, batch) for batch in dealt])  # (78, 101770)
    exact = gradient(parameters, together)
    cosines = guesses @ exact / np.linalg.norm(guesses, axis=1) / np.linalg.norm(exact)
    off = np.linalg.norm(guesses - exact, axis=1).mean()
    print(
        f"cosine of a guess with the exact: mean {cosines.mean():.2f}, lowest {cosines.min():.2f}"
    )
    print(f"length of the exact: {np.linalg.norm(exact):.3f}; a guess is off by {off:.3f}")


start = network.initialise(np.random.default_rng(seed=6))
compare(start, dealt)
print("the same images, sorted by label:")
compare(start, by_label)

# %% [markdown]
# Sorted, a batch speaks for one digit, and may point uphill. It is the shuffle that makes each *single* batch right on average, an **unbiased estimate** of the whole; and before training even the worst of these 78 points downhill. Will it be so after a hundred steps?
#
# ## The loop
#
# For each batch, compute the gradients, move every parameter against its own, $\eta$ (the **learning rate**) times as far, and note the loss.

# %%
parameters = network.initialise(np.random.default_rng(seed=6))
learning_rate = 0.5
losses = []
for batch in epoch[:100]:
    x = data.scale(images[batch])
    y = data.one_hot(labels[batch])
    loss, grads = network.gradients(parameters, x, y)
    for W, dW in zip(parameters, grads):  # weights and biases alike
        W -= learning_rate * dW  # in place: the array itself changes
    losses.append(loss)
print(f"loss of the first batch {losses[0]:.3f}, of the hundredth {losses[-1]:.3f}")

# %% [markdown]
# A quarter of an epoch. How good is a batch's guess by now? And how many digits does the network read, beside lesson 01's nearest class mean?

# %%
compare(parameters, dealt)
score = evaluate(network, parameters, validation_set)
print(f"network:      loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")
means = baseline.class_means(images, labels) / 255
nearest = baseline.nearest_mean(data.scale(validation_set[0]), means)
print(f"nearest mean:             accuracy {100 * (nearest == validation_set[1]).mean():.2f} %")

# %% [markdown]
# Beaten already. But the guesses have become worse, if still downhill, and the lengths say why: what all images agree on is learnt first. That part, the exact gradient, has shrunk to a sixth; what a guess is off by has not even halved.
#
# From here on the library's `train` runs that loop. It takes a *model* (what prepares images and gives logits and gradients, as the module `network` does), first parameters, a set, and batches. It returns trained parameters and a `History`: the batch losses, and scores on the sets that `monitor` names, `every` so many steps.

# %%
trained, history = train(network, start, train_set, epoch[:100], learning_rate=0.5)
print("same losses:", np.allclose(history.batch_loss, losses))

# %% [markdown]
# ## What to record
#
# The **batch loss**, at every step: it costs nothing, but is noisy. And **loss and accuracy on the validation set**, now and then. *Loss* is what the gradient follows: smooth, and sensitive to how *sure* the network is. *Accuracy*, the share of right answers, is what we want, but it moves in jumps and has no useful gradient.
#
# ## The original's settings
#
# The original, lesson 00's second network, used raw pixels, 0 to 255, small uniform weights, and a learning rate of 0.001. Keep these three, with the right softmax, loss and gradients, and with biases, which it lacked.

# %%
chance = np.random.default_rng(seed=7)
small_weights = network.Parameters(
    chance.uniform(-1, 1, (784, 128)) / np.sqrt(784 * 128),
    np.zeros(128),
    chance.uniform(-1, 1, (128, 10)) / np.sqrt(128 * 10),
    np.zeros(10),
)


def raw_pixels(images, dtype=np.float64):
    return images.reshape(len(images), 784).astype(dtype)


# A model of our own, an object with these four names: the network, its pixels left as they are.
raw_network = SimpleNamespace(
    classes=10, prepare=raw_pixels, logits=network.logits, gradients=network.gradients
)

# %% [markdown]
# Is 0.001 a good rate for it? Let a second run, at twice the rate, see the same batches. Which will be ahead?

# %%
raw_histories = {}
for rate in [0.001, 0.002]:
    raw_trained, raw_histories[rate] = train(
        raw_network,
        small_weights,
        train_set,
        tqdm(batches[:2000], leave=False),
        learning_rate=rate,
        monitor={"validation": validation_set},
        every=250,
    )
    score = raw_histories[rate].scores["validation"][-1]
    print(f"rate {rate}: loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")

# %% [markdown]
# A **moving average** shows where a noisy loss goes: each point is the mean of a hundred steps.


# %%
def smooth(values, width=100):
    return np.convolve(values, np.ones(width) / width, mode="valid")


# %% tags=["hide-input"] mystnb={"image": {"alt": "Batch loss over 2,000 steps with raw pixels, at the learning rates 0.001 and 0.002. At 0.001 single batches are a narrow band of dots around their average, which falls fast and then ever more slowly; the average of the run at 0.002 lies below it throughout."}}
figure, axis = plt.subplots()
for (rate, history), line in zip(raw_histories.items(), ["-", "--"]):
    averaged = smooth(history.batch_loss)
    middle = np.arange(len(averaged)) + 50
    axis.plot(middle, averaged, line, label=f"{rate}, average of 100")
each = np.arange(0, 2000, 10)
one_in_ten = np.array(raw_histories[0.001].batch_loss)[each]
axis.plot(each, one_in_ten, ".", color="0.6", markersize=3, zorder=0, label="0.001, single batches")
axis.set(title="Twice the rate is ahead throughout", xlabel="step", ylabel="loss", ylim=(0, 2.4))
axis.legend()
plt.show()

# %% [markdown]
# The curve at 0.001 falls ever more slowly: so **too small a learning rate** can look. A healthy curve flattens too; only the second curve convicts it.
#
# Still, something is odd: with scaled pixels 0.5 was a good rate. Look at the hidden units before the first step, with the original's weights, Glorot's from lesson 03, and Glorot's divided by 255, each with raw and with scaled pixels. Where are units **saturated**, out where the sigmoid is flat?


# %%
def saturated(a1):
    return 100 * ((a1 < 0.01) | (a1 > 0.99)).mean()


some = validation_set[0][:1000]
starts = {
    "small": small_weights,
    "Glorot": start,
    "Glorot/255": start._replace(W1=start.W1 / 255),  # the same, with another W1
}
print("weights     pixels  spread of z1  saturated: a1 below 0.01 or above 0.99")
for weights, first in starts.items():
    for pixels, x in [("raw", raw_pixels(some)), ("scaled", data.scale(some))]:
        z1, a1, _ = network.forward(first, x)
        print(f"{weights:11} {pixels:8} {z1.std():10.3f} {saturated(a1):10.1f} %")
a1 = network.forward(raw_trained, raw_pixels(some)).a1
print(f"small, raw, after 2,000 steps at 0.002: {saturated(a1):.1f} %")

# %% [markdown]
# The original's start is the first line: more than a quarter of all activations are saturated and pass back next to nothing, and training at twice its rate makes it eight in ten. (The others, and the output layer, go on learning; so it reads as well as it does.) Raw pixels alone are not to blame: with Glorot's weights divided by 255 they saturate nothing. What counts is the *product* of the two scales ([LeCun et al. 1998](https://doi.org/10.1007/978-3-642-35289-8_3) on scaling inputs).
#
# So scale the pixels, and all will be well? Change that one thing: which is ahead after 500 steps?

# %%
_, scaled_history = train(
    network,
    small_weights,
    train_set,
    batches[:500],
    learning_rate=0.001,
    monitor={"validation": validation_set},
)
at_500 = raw_histories[0.001].steps.index(500)
raw_accuracy = raw_histories[0.001].accuracy("validation")[at_500]
print(f"raw pixels:    {100 * raw_accuracy:.2f} % after 500 steps")
print(f"scaled pixels: {100 * scaled_history.accuracy('validation')[-1]:.2f} %")

# %% [markdown]
# Worse, by far: the repair looks like a step back. This lesson's first question says why: $dW_1 = X^T dZ_1$ is now 255 times smaller, and what a change of $W_1$ does is multiplied by the pixels once more. If that is all, then scaled pixels, with $W_1$ drawn 255 times as large and moved at $255^2$ times the rate, must repeat the raw run. Or at 255 times? Try the three.

# %%
for factor in [1, 255, 255**2]:
    W1 = 255 * small_weights.W1
    parameters = network.Parameters(W1, *(block.copy() for block in small_weights[1:]))
    losses = []
    for batch in batches[:500]:
        x, y = data.scale(images[batch]), data.one_hot(labels[batch])
        loss, grads = network.gradients(parameters, x, y)
        for W, dW, times in zip(parameters, grads, [factor, 1, 1, 1]):
            W -= 0.001 * times * dW
        losses.append(loss)
    accuracy = evaluate(network, parameters, validation_set).accuracy
    same = np.allclose(losses, raw_histories[0.001].batch_loss[:500])
    print(f"rate of W1 times {factor:6,}: {100 * accuracy:.2f} %, the raw run's losses: {same}")

# %% [markdown]
# At $255^2 = 65,025$ times the rate it is the same run in other units. Pixels, weights and rate belong together; the repair had changed only one of them.
#
# ## A learning-rate sweep
#
# So look for the rate that suits scaled pixels and Glorot's weights, in factors of about three, each run from the same weights over the same batches, after 30 steps and after a whole epoch, 391. Where do you expect the best rate? At the same place both times?

# %%
# Add some; keep 0.01, 0.3, 3, 10 and 30.
rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]
sweep, early, late = {}, {}, {}
for rate in rates:
    steps_here = 391 if rate <= 10 else 30
    _, history = train(network, start, train_set, epoch[:steps_here], learning_rate=rate)
    sweep[rate] = history.batch_loss
    early[rate] = np.mean(sweep[rate][10:30])
    if rate <= 3:
        late[rate] = np.mean(sweep[rate][291:])
        print(f"rate {rate:5}: mean loss of steps 11 to 30 {early[rate]:.3f}, ", end="")
        print(f"of 292 to 391 {late[rate]:.3f}")
print(f"rate    10: mean loss of steps 11 to 30 {early[10]:.3f}, later above rate 3:", end=" ")
print(np.mean(sweep[10][291:]) > late[3])

# %% tags=["hide-input"] mystnb={"image": {"alt": "Loss against the learning rate, both axes logarithmic, for two horizons. After 30 steps the curve is a basin: near log 10 at the left, lowest at a rate of 1, and above 3 it rises steeply, out of the picture. After 391 steps the curve lies lower and falls all the way to its last point, at a rate of 3."}}
figure, axis = plt.subplots()
for found, style, label in [(early, "o-", "steps 11 to 30"), (late, "s--", "steps 292 to 391")]:
    axis.loglog(*zip(*sorted(found.items())), style, label=label)
axis.axhline(np.log(10), color="0.5", linestyle=":", label="log 10: knows nothing")
axis.set(
    title="The best rate depends on how long you look",
    xlabel="learning rate",
    ylabel="mean batch loss",
    ylim=(0.15, 15),
)
axis.legend()
plt.show()

# %% [markdown]
# A basin: on the left nothing is broken, only slow; on the right each step overshoots. And the two horizons disagree. Of these rates 1 is best after 30 steps, 3 after an epoch. (The first curve's last two points lie far above the picture.) A sweep that is cut short favours the cautious. (Why so little of the largest rates? Later every computer has a curve of its own, as the end of this lesson shows.)
#
# The three cases have faces; mind the scale of the third.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Batch loss over 30 steps for three learning rates. At 0.01 the curve sinks slowly, like a shallow ramp. At 0.3 it falls steadily to less than two thirds of its start. At 30 it jumps up and down, thirty times as high as the other two."}}
figure, axes = plt.subplots(3, 1, figsize=(5, 6.4), sharex=True)
faces = {0.01: "too small: a ramp", 0.3: "falls steadily", 30: "too large: thrashes"}
for axis, (rate, face) in zip(axes, faces.items()):
    axis.plot(sweep[rate][:30], linewidth=1)
    axis.set(title=f"Rate {rate:g}, {face}", ylabel="batch loss", ylim=(0, None if rate > 1 else 3))
axes[2].set_xlabel("step")
plt.show()

# %% [markdown]
# ## Learning by heart
#
# Now give the network only 1,000 images, and plenty of epochs. What will the two losses do, on training and validation, and the two accuracies? Sketch all four before you look.

# %%
few = (images[:1000], labels[:1000])
many_epochs = minibatches(1000, 100, rng=np.random.default_rng(seed=9), epochs=80)
learnt, few_history = train(
    network,
    start,
    few,
    many_epochs,
    learning_rate=3,
    every=20,
    monitor={"training": few, "validation": (validation_set[0][:5000], validation_set[1][:5000])},
)
best = few_history.loss("validation").argmin()
for moment, index in [("lowest validation loss", best), ("the end", -1)]:
    print(f"{moment}, after {few_history.steps[index]} steps:")
    for name, scores in few_history.scores.items():
        loss, accuracy = scores[index]
        print(f"    {name:10} loss {loss:.3f}, accuracy {100 * accuracy:.2f} %")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels over 800 steps of training on only 1,000 images. Above: the training loss falls to zero, while the validation loss reaches its lowest point early, marked by a dot, and then climbs steadily. Below: training accuracy reaches 100 percent and stays; validation accuracy levels off below 90 percent."}}
figure, axes = plt.subplots(2, 1, figsize=(5, 6), sharex=True)
for name, line in [("training", "--"), ("validation", "-")]:
    axes[0].plot(few_history.steps, few_history.loss(name), line, label=name)
    axes[1].plot(few_history.steps, few_history.accuracy(name), line, label=name)
lowest = few_history.steps[best], few_history.loss("validation")[best]
axes[0].plot(*lowest, "o", color="black", label="stop here")
axes[0].set(title="Loss: the two part company", ylabel="loss", ylim=(0, 1))
axes[0].legend()
axes[1].set(
    title="Accuracy: one perfect, one stuck", xlabel="step", ylabel="accuracy", ylim=(0.7, 1.01)
)
plt.show()

# %% [markdown]
# This is **overfitting**: the network has learnt its thousand images by heart. The accuracy shows a gap, the loss shows the turn. The network gets ever more *sure*, also where it is wrong. Compare it with one that stopped at the lowest loss.

# %%
lowest_at = few_history.steps[best]
stopped, _ = train(network, start, few, many_epochs[:lowest_at], learning_rate=3)
p_early, p_late = (
    softmax(network.logits(parameters, data.scale(validation_set[0][:5000])))
    for parameters in (stopped, learnt)
)
early_wrong, late_wrong = (p.argmax(axis=1) != validation_set[1][:5000] for p in (p_early, p_late))
both = early_wrong & late_wrong
print(
    "of 5,000 images, wrong at the lowest loss:",
    early_wrong.sum(),
    "  at the end:",
    late_wrong.sum(),
)
print("the end is right where the lowest loss is not:", (early_wrong & ~late_wrong).sum(), end="; ")
print("wrong where that is right:", (late_wrong & ~early_wrong).sum())
sure_early, sure_late = p_early[both].max(axis=1).mean(), p_late[both].max(axis=1).mean()
print(f"on the {both.sum()} that both misread: {sure_early:.2f} sure and {sure_late:.2f} sure")

# %% [markdown]
# That is **early stopping**, the cheapest cure: it limits the overconfidence. Here it even seems to cost a little accuracy, and lesson 05 tells how to judge whether that is chance. The better cure is more data: with fifty times as many, plain descent at the same rate reads 93.1 % after half as many steps (momentum's table, below). (Even *random* labels can be learnt by heart: [Zhang et al. 2017](https://arxiv.org/abs/1611.03530).)
#
# ### Exercise 4.2: four mystery curves (core, 8 minutes)
#
# Four small networks were trained on a few images. In one the learning rate is too small, in one too large, one overfits, and in one somebody has mixed up the training labels. Which is which? The dotted line is log 10, the loss of knowing nothing.

# %%
mystery = mystery_curves(images, labels)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Four panels, A to D, each with the training and the validation loss of a run, and a dotted line at log 10. In A both losses jump about far above the line. In B the training loss sinks to 0 while the validation loss falls far below the line and then rises a little. In C the training loss sinks, and the validation loss climbs almost from the start, from the line upwards. In D both sink together, very slowly, from just above the line."}}
figure, axes = plt.subplots(4, 1, figsize=(5, 9.6))
for axis, (letter, history) in zip(axes.flat, mystery.items()):
    for name, line in [("training", "--"), ("validation", "-")]:
        axis.plot(history.steps, history.loss(name), line, label=name)
    axis.axhline(np.log(10), color="0.5", linestyle=":", linewidth=1.5, label="log 10")
    axis.set(title=letter, ylabel="loss", ylim=(0, None))
    axis.legend(loc="best", frameon=True)
axes[-1].set_xlabel("step")
plt.show()

# %%
print("choose from:", ", ".join(FAULTS))


def my_name_the_faults():
    """Return a dictionary from each letter, "A" to "D", to the name of its fault."""
    ...


exercises.check(my_name_the_faults)

# %%
exercises.folded(my_name_the_faults)

# %% [markdown]
# ## Faster: momentum
#
# In a narrow valley the gradient points mostly *across*, and plain descent zigzags. A rolling ball does better ([Polyak 1964](https://doi.org/10.1016/0041-5553%2864%2990137-5)). It keeps a **velocity** $v$, a sum of past gradients, 0 at the start, in which each gradient counts $\mu$ times as much as the one after it, with $0 \le \mu < 1$:
#
# $$v \leftarrow \mu\, v + dW, \qquad W \leftarrow W - \eta\, v .$$
#
# There is a $v$ for each parameter, in its shape.
#
# <details><summary>Another form that you may meet</summary>
#
# [Sutskever et al. 2013](https://proceedings.mlr.press/v28/sutskever13.html) put $\eta$ inside the velocity: the same walk, while $\eta$ is constant.
#
# </details>
#
# ### Exercise 4.3: momentum (core, 8 minutes)
#
# The two lines, for all the parameters, changing the arrays in place.


# %%
def my_sgd_update(parameters, gradients, velocity, learning_rate, momentum):
    """Update every array of parameters and of velocity in place; the three go in step."""
    ...


exercises.check(my_sgd_update)

# %%
exercises.folded(my_sgd_update)

# %%
# exercises.keep(my_sgd_update)

# %% [markdown]
# What the sum does depends on whether the gradients agree. If each is the same $dW$, the velocity becomes a geometric series,
#
# $$v = dW + \mu\, dW + \mu^2\, dW + \dots = \frac{dW}{1 - \mu},$$
#
# so *along* the valley the ball goes $1 / (1 - \mu)$ times as far: ten times, for $\mu = 0.9$. Call $\eta / (1 - \mu)$ the **effective rate**. If the gradients alternate, $dW, -dW, dW, \dots$, so does the series, and $v$ shrinks to $dW / (1 + \mu)$: *across* the valley the ball calms down.
#
# But plain descent with ten times the rate goes as far. So a fair comparison takes the *same effective rate*: what has momentum that a larger rate has not?
#
# ### How large may a step be?
#
# Take the simplest valley, one weight $w$ with the loss $\frac12 \kappa\, w^2$. The constant $\kappa$ is its **curvature**, the gradient is $\kappa\, w$. After step $t$, which moved the weight by $w_t - w_{t-1} = -\eta\, v$, the next velocity is $\mu v + \kappa w_t$, so the two lines above become one:
#
# $$\begin{aligned} w_{t+1} &= w_t - \eta\,(\mu\, v + \kappa\, w_t) \\ &= w_t + \mu\,(w_t - w_{t-1}) - \eta\,\kappa\, w_t . \end{aligned}$$
#
# With too large an $\eta$ the weight jumps from wall to wall, further each time. At the edge it jumps to and fro for ever: $w_{t+1} = w_{t-1} = -w_t$. Put that in, divide by $w_t$, and solve for the rate at the edge:
#
# $$-1 = 1 + 2 \mu - \eta\,\kappa, \qquad \eta = \frac{2\,(1 + \mu)}{\kappa} .$$
#
# <details><summary>Why every smaller rate is safe, for those who like quadratic equations</summary>
#
# Try $w_t = \rho^t$: then $\rho^2 - (1 + \mu - \eta\kappa)\,\rho + \mu = 0$, and every walk mixes the powers of the two solutions (if they coincide, $\rho^t$ and $t\rho^t$). Their product is $\mu < 1$. A complex pair has the size $\sqrt\mu < 1$: the walk dies out. Real ones lie between 0 and 1 at a very small rate, and as $\eta$ grows one can leave the range from $-1$ to $1$ only through an end of it. At $\rho = 1$ the equation says $\eta\kappa = 0$; at $\rho = -1$ it says $\eta\kappa = 2(1 + \mu)$, the edge.
#
# </details>
#
# For plain descent the edge is $2 / \kappa$, so momentum of 0.9 nearly doubles it. In the effective rate the edge is nineteen times as high:
#
# $$\frac{\eta}{1 - \mu} < \frac{2}{\kappa} \cdot \frac{1 + \mu}{1 - \mu} .$$
#
# Check it: walk a hundred steps, one per cent below the edge and one per cent above it.


# %%
def walk(w, curvature, learning_rate, momentum, steps):
    """Return the path of weights w for given curvatures: an array of steps + 1 rows."""
    path, v = [w], 0 * w
    for _ in range(steps):
        v = momentum * v + curvature * w
        w = w - learning_rate * v
        path.append(w)
    return np.array(path)


curvature = 5.0
for momentum in [0, 0.9]:
    edge = 2 * (1 + momentum) / curvature
    below, above = [
        abs(walk(1.0, curvature, factor * edge, momentum, steps=100)[-1]) for factor in [0.99, 1.01]
    ]
    print(
        f"momentum {momentum:3}: edge {edge:.2f}; from 1 to {below:.4f} below it, to {above:.1e} above it"
    )
print("edges in the effective rate, 0.9 against 0:", round((1 + 0.9) / (1 - 0.9)))

# %% [markdown]
# A long valley, $L = \frac12 (w_0^2 + 20\, w_1^2)$: the steepest direction, with $\kappa = 20$, sets the edge; the flattest, of 1, decides how long it takes. Four walks: plain descent and $\mu = 0.6$, each at an effective rate of 0.095, about plain descent's best here, and at 0.2375. Which of the four are below their edge? Work it out before you run it.

# %%
curvatures, first, paths = np.array([1, 20]), np.array([-4.0, 1.0]), {}
for momentum in [0, 0.6]:
    print(
        f"momentum {momentum:3}: edge at the effective rate {2 * (1 + momentum) / (1 - momentum) / 20:.1f}"
    )
for effective in [0.095, 0.2375]:
    for momentum in [0, 0.6]:
        path = walk(first, curvatures, effective * (1 - momentum), momentum, steps=20)
        paths[effective, momentum] = path
        away = np.linalg.norm(path[10])
        print(
            f"effective rate {effective:6}, momentum {momentum:3}: {away:.3f} away after ten steps"
        )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two paths of twenty steps over the contour lines of a long narrow valley, from the same point. The plain path, at effective rate 0.095, jumps from wall to wall at every step and is still on its way at the end; the path with momentum 0.6, at effective rate 0.2375, swings across a few times, moves along the valley in longer steps, and ends at the star."}}
figure, axis = plt.subplots(figsize=(6.4, 3.2))
w0, w1 = np.meshgrid(np.linspace(-4.5, 2, 100), np.linspace(-1.5, 1.5, 100))
axis.contour(w0, w1, 0.5 * (w0**2 + 20 * w1**2), levels=5, cmap="Greys", linewidths=0.8)
axis.plot(*paths[0.095, 0].T, "s--", markersize=4, linewidth=1.2, label="plain")
axis.plot(*paths[0.2375, 0.6].T, "o-", markersize=4, linewidth=1.2, label="momentum 0.6")
axis.plot(0, 0, "*", color="black", markersize=12)
axis.set(title="The same $\\eta$: momentum goes further along", xlabel="$w_0$", ylabel="$w_1$")
axis.grid(False)
axis.legend(loc="upper right")
plt.show()

# %% [markdown]
# At the modest effective rate momentum wins nothing. At the larger one plain descent, above its edge, is flung out, while momentum arrives. The picture shows two of the four, both with $\eta = 0.095$. What momentum buys is **stability**: longer steps than plain descent can bear. (With both tuned, the steps needed grow with the ratio of the curvatures, with momentum only with its root: [Goh 2017](https://doi.org/10.23915/distill.00006).)
#
# By hand: raise the rate until the path leaves, then the momentum until it comes back.

# %% mystnb={"image": {"alt": "A still of the picture of descent: three paths over the contours of a narrow valley. With rate 0.08 the path settles along the valley, with 0.102 it swings ever wider, and with the same rate and momentum 0.5 it settles."}}
explore.descent()

# %% [markdown]
# ### Is it so in the network?
#
# A network's loss is no quadratic, but the prediction is clear: at small effective rates the two do equally well, at some rate plain descent suffers first. A **study** asks (`tools/studies/momentum.py`): seven effective rates and five seeds, one epoch each. Both ways start from the same weights and see the same batches, so compare seed by seed: the *standard error* of the mean gain, by how much it would vary with five other seeds, is estimated by the gains' standard deviation over $\sqrt 5$.

# %%
study = studies.read("momentum")
row = study["rows"][study["quick"]]


def one_epoch(effective_rate, momentum, seed):
    rng = np.random.default_rng(seed)
    first = network.initialise(rng)
    _, history = train(
        network,
        first,
        train_set,
        minibatches(50_000, 128, rng=rng),
        learning_rate=effective_rate * (1 - momentum),
        momentum=momentum,
        monitor={"validation": validation_set},
    )
    return history.accuracy("validation")[-1]


print(row["settings"])
print(f"stored {row['results']['accuracy']:.4f}, here {one_epoch(**row['settings']):.4f}")


# %%
def results(study, name, **settings):
    """Return one result of all the study's rows that have these settings."""
    rows = [row for row in study["rows"] if settings.items() <= row["settings"].items()]
    return np.array([row["results"][name] for row in rows])


effective_rates = [0.5, 1, 2, 3, 5, 10, 20]
accuracies, worst = {}, {}
for mu in [0, 0.9]:
    rows = [{"effective_rate": rate, "momentum": mu} for rate in effective_rates]
    accuracies[mu] = [100 * results(study, "accuracy", **row) for row in rows]
    worst[mu] = [results(study, "worst batch loss", **row).mean() for row in rows]

print("                  accuracy              momentum's gain,    worst batch loss")
print("effective rate    plain    momentum     standard error      plain    momentum")
for rate, plain, other, *thrown in zip(effective_rates, *accuracies.values(), *worst.values()):
    gain = other - plain
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    print(f"{rate:14} {plain.mean():8.1f} % {other.mean():8.1f} %", end="")
    print(f"{gain.mean():12.2f} {error:6.2f}", "{:12.1f} {:10.1f}".format(*thrown))
gain = accuracies[0.9][effective_rates.index(5)] - accuracies[0][effective_rates.index(3)]
print(f"each at its best: {gain.mean():.2f} ± {gain.std(ddof=1) / np.sqrt(len(gain)):.2f}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Validation accuracy after one epoch against the effective rate, on a logarithmic axis, with the spread of five seeds as bars. Up to a rate of 2 the two lines lie on each other. Then the plain line levels off at 93 percent, sinks, and falls below 80 at the right end, with long bars; the line with momentum goes on rising to 95 percent at a rate of 5 before it sinks more slowly."}}
figure, axis = plt.subplots()
for runs, label, marker in zip(
    accuracies.values(), ["plain descent", "momentum 0.9"], ["s--", "o-"]
):
    means_of_runs = [run.mean() for run in runs]
    spread = [run.std(ddof=1) for run in runs]
    axis.errorbar(effective_rates, means_of_runs, spread, fmt=marker, capsize=4, label=label)
axis.set(
    title="Equal, until plain descent cannot bear the rate",
    xlabel="effective rate",
    ylabel="validation accuracy in %",
    xscale="log",
    ylim=(80, 97),
    xticks=effective_rates,
    xticklabels=[f"{e:g}" for e in effective_rates],
)
axis.minorticks_off()
axis.legend(loc="lower left", title="bars: standard deviation of five seeds")
plt.show()

# %% [markdown]
# As predicted: up to an effective rate of 2 no gain is seen, one and a half standard errors at most; there momentum is a larger rate in disguise, as far as five seeds can tell. At 5 it reaches 95.0 %, and plain descent 93.1 %, at 3, its own best. (Its last point lies below the picture.) The last columns show who is thrown about first: plain descent from a rate of 1 on, momentum only at the largest two, some ten times later. (The nineteen was a quadratic's.)
#
# ### A falling rate
#
# The noise of the mini-batches keeps the parameters jittering. Robbins and Monro proved arrival for steps that *shrink*, but not too fast; in that spirit people let the learning rate **fall**, say in a straight line from $\eta_0$ to 0:
#
# $$\eta_t = \eta_0\, \Big( 1 - \frac{t}{\text{number of steps}} \Big), \qquad t = 0, 1, \dots$$
#
# A second study (`tools/studies/seeds.py`) trained such pairs with momentum 0.9, one at a constant rate of 0.5, one falling from there: five pairs for one epoch, ten pairs for ten. Will the falling rate read more digits after one epoch? After ten?

# %%
seeds = studies.read("seeds")
by_formula = [0.5 * (1 - t / 4) for t in range(4)]
print("four steps:", by_formula, "by the library:", list(map(falling(0.5, 4), range(4))))


def last(name, epochs, falls):
    return results(seeds, name, epochs=epochs, falls=falls)[:, -1]  # after the last epoch


for epochs in [1, 10]:
    for falls, name in [(False, "constant"), (True, "falling ")]:
        accuracy, loss = 100 * last("accuracy", epochs, falls), last("loss", epochs, falls)
        print(
            f"epochs: {epochs:2}, {name}: accuracy {accuracy.mean():.2f} %, "
            f"standard deviation {accuracy.std(ddof=1):.2f}; loss {loss.mean():.4f}"
        )
for epochs, name, unit in [(1, "accuracy", 100), (10, "accuracy", 100), (10, "loss", 1)]:
    change = unit * (last(name, epochs, True) - last(name, epochs, False))  # 100: in points
    error = change.std(ddof=1) / np.sqrt(len(change))
    print(f"epochs: {epochs:2}, {name}: falling changes it by {change.mean():.4f} ± {error:.4f}")
settings, stored, here = studies.again("seeds")  # one row, run anew by the study's own code
print(settings, f"stored {stored['accuracy'][-1]:.4f}, here {here['accuracy'][-1]:.4f}")

# %% [markdown]
# After one epoch the rate that falls from 0.5 has *cost* accuracy: it slows down before it has arrived. (Other starts were not tried.) After ten, the two read equally many digits; but the loss is lower, by many times the standard error, and the seeds differ less, as far as ten can tell. For that we take it.
#
# ### Exercise 4.4: tune a network (open, 15 minutes)
#
# A network of 32 hidden units may learn from 5,000 images in batches of 50, for at most five epochs. Find settings with which it reads the target's share of 5,000 *other* images. Change one at a time, by factors of about three, and write down what you expect before each try. How far above the target can you get? `check` trains the network and says what is missing; `reached` gives both accuracies, also of settings that are good enough.

# %%
print(f"target: {100 * TARGET:.0f} % of the validation images")
first_try = {"learning_rate": 0.01, "momentum": 0.0, "epochs": 5}
print("{:.1%} in training, {:.1%} on validation:".format(*reached(first_try)), first_try)


def my_tune():
    """Return a dictionary with "learning_rate", "momentum" and "epochs", from 1 to 5."""
    ...


exercises.check(my_tune)

# %%
exercises.folded(my_tune)

# %% [markdown]
# ## The whole run
#
# Our own choice: ten epochs, momentum 0.9, and a rate that falls from 0.5 (effectively 5, the study's best for one epoch; not tuned anew for ten).

# %%
ten_epochs = minibatches(50_000, 128, rng=np.random.default_rng(seed=10), epochs=10)
final, final_history = train(
    network,
    start,
    train_set,
    tqdm(ten_epochs, leave=False),
    learning_rate=falling(0.5, len(ten_epochs)),
    momentum=0.9,
    monitor={"validation": validation_set},
    every=391,
)

# %%
for epochs in [1, 2, 5, 10]:
    score = final_history.scores["validation"][epochs]
    print(f"after {epochs:2} epochs: loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels over ten epochs. Above: the averaged batch loss sinks towards zero, while the validation loss falls fast at first and then levels off above it. Below: the validation accuracy after each epoch, rising from about 95 percent and levelling off between 97 and 98."}}
figure, (upper, lower) = plt.subplots(2, 1, figsize=(5, 6), sharex=True)
averaged = smooth(final_history.batch_loss)
upper.plot((np.arange(len(averaged)) + 50) / 391, averaged, label="batch, average of 100")
ends = np.arange(1, 11)
upper.plot(ends, final_history.loss("validation")[1:], "o-", markersize=4, label="validation")
upper.set(title="A healthy run: fast, then settling", ylabel="loss", ylim=(0, 0.5))
upper.legend()
reached_accuracy = final_history.accuracy("validation")[1:]
lower.plot(ends, reached_accuracy, "o-", markersize=4, color=plotting.COLOURS[1])
lower.set(title="It settles here, too", xlabel="epoch", ylabel="validation accuracy", ylim=(0.9, 1))
plt.show()

# %% [markdown]
# ## The test set, once
#
# All choices are made. Choosing by the validation images picks up a little luck, so their accuracy may flatter. No choice has seen the test set. Will it be lower? Open it once.

# %%
test_set = (mnist.test_images, mnist.test_labels)
test = evaluate(network, final, test_set)
print(f"test loss {test.loss:.4f}, test accuracy {100 * test.accuracy:.2f} %")
answers = network.predict(final, data.scale(mnist.test_images))
right = answers == mnist.test_labels

# %% [markdown]
# Higher than on validation. Luck, or other people? The end of this lesson can say.
#
# <details><summary>What others reached</summary>
#
# With 800 hidden units [Simard et al. 2003](https://doi.org/10.1109/ICDAR.2003.1227801) report 1.6 % errors; with five hidden layers of up to 2,500, and distorted copies of the digits, [Cireșan et al. 2010](https://doi.org/10.1162/NECO_a_00052) 0.35 %.
#
# </details>
#
# Of the hidden units eight are drawn; the lighter, the larger the activation.

# %% tags=["readme", "home", "hide-input"] mystnb={"image": {"alt": "The trained network as a diagram, reading a handwritten seven from the test set. Eight hidden units are shaded by their activation: one is fully on, two are off, the rest lie between. Of the ten bars at the right one is long: the seven, with a probability near 1."}}
z1, a1, z2 = network.forward(final, data.scale(mnist.test_images[:1]))
plotting.network(
    mnist.test_images[0], a1[0], softmax(z2)[0], title="Trained: one answer, and sure of it"
)
plt.show()

# %% [markdown]
# ## What it gets wrong
#
# No choice follows, so we may look. A **confusion matrix** counts, for each label, the answers given; the right ones are left blank.

# %% mystnb={"image": {"alt": "Confusion matrix of the ten classes, the diagonal blank. Most cells hold counts of 0 to 4. A few are brighter: fives answered as threes, sevens as twos, fours as nines."}}
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (mnist.test_labels, answers), 1)
plotting.confusion(confusion, title="Mistakes on the test set, by label and answer")
plt.show()

# %% [markdown]
# Eleven fives are read as threes, ten sevens as twos, nine fours as nines. The first of its mistakes:

# %% mystnb={"image": {"alt": "Twenty-one test digits that the network misreads, each with its label and the answer above. Several are hard for a person too: a broken eight, a seven with a crossbar, sixes without a loop."}}
wrong = np.flatnonzero(~right)[:21]
captions = [f"{mnist.test_labels[i]} as {answers[i]}" for i in wrong]
with plt.rc_context({"figure.dpi": 110}):
    plotting.digits(
        mnist.test_images[wrong],
        captions,
        columns=7,
        title="Its mistakes: some you would make yourself",
    )
plt.show()

# %% [markdown]
# And what has it learnt? Each hidden unit's 784 weights make an image: violet where ink pushes the unit towards 1, brown where towards 0. Would you expect strokes? Whole digits?

# %% mystnb={"image": {"alt": "The weights of eight hidden units as images, violet for positive and brown for negative. They show blotches and short streaks in the middle, where the digits are, and faint starting noise in the corners."}}
with plt.rc_context({"figure.dpi": 110}):
    plotting.weights(final.W1[:, :8], columns=4, title="Eight hidden units: blotches and streaks")
plt.show()

# %% [markdown]
# Hardly: blotches and short streaks, violet beside brown: a unit answers to ink *here rather than there*.
#
# Now let it read your own hand, in the middle and in a corner, with and without centring: its training digits were centred. (Here the *darker* a hidden unit's field, the larger its activation.)

# %% mystnb={"image": {"alt": "A still of the picture to draw on: a test digit, a seven; the activations of the network's 128 hidden units as a square of grey fields; and ten bars, of which the seven's is by far the longest."}}
pad = explore.draw(final)
pad

# %%
print("it reads your drawing as", network.predict(final, data.scale(pad.image[None]))[0])

# %% [markdown]
# A good place to rest: the network is trained, and measured. What is the measurement worth?
#
# ## How sure is that number?
#
# Would ten thousand *other* digits give the same? Treat each as a coin that comes up "right" with probability $q$. One coin, counted as 1 or 0, has the variance $q\,(1 - q)^2 + (1 - q)\,q^2 = q\,(1 - q)$, and the mean of $n$ independent ones one $n$-th of it. So the share of right ones has the **standard error**, its standard deviation,
#
# $$\sqrt{\frac{q\,(1 - q)}{n}} .$$
#
# In the place of $q$ we put the measured accuracy. The interval from about two standard errors below it to two above covers the truth about 19 times in 20.

# %%
q = right.mean()
by_digit = np.sqrt(q * (1 - q) / len(right))
print(f"{(~right).sum()} mistakes; standard error by digit {100 * by_digit:.2f} percentage points")

# %% [markdown]
# *Independent* is a strong word. A person whose sevens look like ones has not written just one of them. Who wrote each digit [Yadav and Bottou 2019](https://arxiv.org/abs/1905.10498) found out; `data.writers()` knows.

# %%
writers = data.writers()
names, place, digits_of = np.unique(writers.test, return_inverse=True, return_counts=True)
print(
    len(names), "people wrote the test digits, from", digits_of.min(), "to", digits_of.max(), "each"
)
print(len(np.unique(writers.train)), "people wrote the training digits;", end=" ")
print("in both:", len(np.intersect1d(writers.train, writers.test)))
mistakes_of = np.bincount(place, weights=~right).astype(int)
most = (mistakes_of / digits_of).argmax()
print("hardest to read:", mistakes_of[most], "mistakes in", digits_of[most], "digits")

# %% [markdown]
# Writers numbered from 2100 on are high-school students, the others employees of the Census Bureau, who wrote more. The grey band of the picture below reaches two standard deviations above the average. How many of the 297 lie above it? And how many would if mistakes fell by chance? Shuffle them a thousand times, students' and employees' apart.

# %%
share = 1 - test.accuracy
limit = share * digits_of + 2 * np.sqrt(share * (1 - share) * digits_of)
student = writers.test >= 2100  # of each digit


def above(wrong):
    return (np.bincount(place, weights=wrong) > limit).sum()


def shuffled(rng):
    """Return as many mistakes, dealt anew among the students' digits and among the others."""
    dealt = ~right
    for crowd in (student, ~student):
        dealt[crowd] = rng.permutation(dealt[crowd])
    return dealt


rng = np.random.default_rng(seed=11)
counts = [above(shuffled(rng)) for _ in range(1000)]
print("writers above the band:", above(~right))
print(f"by chance: {np.mean(counts):.0f} on average, at most {max(counts)}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Mistakes in each test writer's digits against the number of digits they wrote. Students, at the left, wrote some 20 digits each; employees, at the right, some 100. A line shows the average share of mistakes, a shaded band what chance allows. Many students lie above the band with 3 to 5 mistakes in 20 digits; most employees lie on or below the line, but four lie above the band, with 4, 6, 8 and 10."}}
figure, axis = plt.subplots()
written = np.arange(1, 141)
spread = np.sqrt(share * (1 - share) * written)
axis.fill_between(
    written,
    0,
    share * written + 2 * spread,
    color="0.9",
    label="chance: up to two standard deviations",
)
axis.plot(written, share * written, color="0.4", linewidth=1, label="the average share")
for name, crowd, marker in [
    ("student", names >= 2100, "o"),
    ("employee", names < 2100, "^"),
]:
    axis.plot(digits_of[crowd], mistakes_of[crowd], marker, alpha=0.4, label=f"one {name}")
axis.set(
    title="Mistakes keep company: some hands are hard to read",
    xlabel="digits by one writer",
    ylabel="mistakes among them",
)
axis.legend(loc="upper left")
plt.show()

# %% [markdown]
# Forty, where chance puts 27, and not once in a thousand deals forty. (Of a normal curve one in forty lies above two standard deviations. But mistakes come whole, and of twenty digits two already lie outside.) So it is the *writers* that we may take as independent, not the digits.
#
# Of the $n_g$ digits by writer $g$ let $\text{right}_g$ be read rightly. The accuracy is off the truth $q$ by what the writers contribute,
#
# $$\frac{1}{n} \sum_g \text{right}_g - q = \frac{1}{n} \sum_g (\text{right}_g - q\, n_g) .$$
#
# The terms belong to different people, so their variances add up, and the standard error **by writer** is (Cochran 1977, chapter 6)
#
# $$\frac{1}{n} \sqrt{\frac{\text{writers}}{\text{writers} - 1} \sum_g (\text{right}_g - q\, n_g)^2} .$$
#
# <details><summary>Why the squares, and why the factor</summary>
#
# Each term has the mean 0, so its square is, on average, its variance; over hundreds of writers the squares add up to about the sum of the variances. Of independent terms, that is the variance of the sum. The factor makes up for taking, in place of $q$, the accuracy of these very writers, from which they differ a little less.
#
# </details>
#
# ### Exercise 4.5: the error by writer (stretch, 12 minutes)
#
# Write it. `groups[i]` is the number of the writer of digit $i$, any number. Which function of the cell that found the hardest hand makes of such numbers places without gaps?


# %%
def my_standard_error_by_group(right, groups):
    """Return the standard error of right.mean(), a share; right and groups have shape (n,)."""
    ...


exercises.check(my_standard_error_by_group)

# %%
exercises.folded(my_standard_error_by_group)

# %% [markdown]
# Now both errors for our network.

# %%
by_writer = standard_error_by_group(right, writers.test)
print(f"standard error by digit {100 * by_digit:.2f}, by writer {100 * by_writer:.2f} points")
# 1.96 standard deviations to both sides hold 95 % of a normal distribution
low, high = test.accuracy - 1.96 * by_writer, test.accuracy + 1.96 * by_writer
print(f"95 % interval by writer: from {100 * low:.1f} % to {100 * high:.1f} %")
print(f"the variance is {(by_writer / by_digit) ** 2:.1f} times as large")

# %% [markdown]
# These ten thousand digits say about as much as four thousand by four thousand people. And *about whom*? The first 5,000 are by students, all but one of the last 5,000 by employees. [MNIST's original web page](http://yann.lecun.com/exdb/mnist/) calls the first 5,000 cleaner and easier. Are they?

# %%
errors = []
for name, half in [("first 5,000", slice(0, 5000)), ("last 5,000", slice(5000, None))]:
    error = standard_error_by_group(right[half], writers.test[half])
    errors.append(error)
    students = (writers.test[half] >= 2100).sum()
    print(
        f"{name:11}: {students:4} by students, {(~right[half]).sum():3} mistakes, "
        f"accuracy {100 * right[half].mean():.2f} %, standard error {100 * error:.2f}"
    )
apart = right[5000:].mean() - right[:5000].mean()
print(f"difference {100 * apart:.2f} points, standard error {100 * np.hypot(*errors):.2f}")

# %% [markdown]
# The other way round: students' digits are misread more than twice as often, and the difference is almost four times its standard error. So our accuracy and its error are about other people drawn from this mixture, American students and Census employees, and nobody else. (Chance in training is smaller: the study's ten networks of our recipe differed by a standard deviation of 0.04 points.)
#
# ### Does a validation set know the writers?
#
# Our validation images were drawn at random, so their writers are in training, too. Does that flatter? Other people are read better or worse anyway, so a study (`tools/studies/known_hands.py`) sets aside a fifth of the training writers and asks two networks about the *same* digits, half of what these wrote. One network has learnt from other writers only; the other from as many digits, among them the other half of what these wrote. The same for each of the five fifths.

# %%
# The same seed as at the start deals the writers as it dealt the digits.
train_writers, validation_writers = (
    who for _, who in data.split(mnist.train_images, writers.train, rng=np.random.default_rng(4))
)
known_share = np.isin(validation_writers, train_writers).mean()
print(f"validation digits whose writer is in training: {100 * known_share:.1f} %; in test: none")

hands = studies.read("known_hands")
for epochs in [1, 5]:
    rows = [row["results"] for row in hands["rows"] if row["settings"]["epochs"] == epochs]
    asked, unknown, known = (
        np.concatenate([row[name] for row in rows]) for name in ["asked", "unknown", "known"]
    )  # for each writer: digits asked, and how many were right
    print(f"epochs: {epochs}; {asked.sum()} digits by {len(asked)} writers, read by a network that")
    print(f"    does not know the hands: {100 * unknown.sum() / asked.sum():.2f} %")
    print(f"    knows the hands:         {100 * known.sum() / asked.sum():.2f} %")
    gained = known - unknown
    share, several = gained.sum() / asked.sum(), len(asked) / (len(asked) - 1)
    error = np.sqrt(several * ((gained - share * asked) ** 2).sum()) / asked.sum()  # as above
    print(f"    difference {100 * share:.2f} points, standard error {100 * error:.2f}; ", end="")
    print("in each fifth", [sum(row["known"]) - sum(row["unknown"]) for row in rows], "digits")
settings, stored, here = studies.again("known_hands")
for name in ["unknown", "known"]:
    print(settings, f"{name}: stored {sum(stored[name])} right, here {sum(here[name])}")

right_in_validation = network.predict(final, data.scale(validation_set[0])) == validation_set[1]
apart = right.mean() - right_in_validation.mean()
error = np.hypot(by_writer, standard_error_by_group(right_in_validation, validation_writers))
print(f"our run, test minus validation: {100 * apart:.2f} points, standard error {100 * error:.2f}")

# %% [markdown]
# After one epoch, knowing the hands is worth next to nothing. After five, knowing the hands is worth 0.29 points, with a standard error of 0.06, and each of the fifths agrees. (That network has also met more people; a part of the gain may be due to it.) So a random validation split flatters a little; ours does not show it, since the test digits are by other people, and the difference is less than its standard error. For the number that you tell others, ask strangers.

# %% [markdown]
# ## The same numbers on every computer
#
# Computers round after every operation, in float64 to about 16 digits ([Goldberg 1991](https://doi.org/10.1145/103162.103163)). A matrix product is made of long sums, whose order depends on the processor, and another order rounds otherwise. Play two processors: one product in one go, and in two halves.

# %%
x = data.scale(some[:128])
whole = x @ start.W1
halves = x[:, :392] @ start.W1[:392] + x[:, 392:] @ start.W1[392:]
print("every entry equal:", np.array_equal(whole, halves))
print("largest difference below 1e-13:", np.abs(whole - halves).max() < 1e-13)

# %% [markdown]
# So two computers train networks that are a hair's breadth apart. Make the hair visible: start twice, with one weight differing by $10^{-8}$, and watch the distance of the two $W_2$ over forty steps. Guess the curves at three learning rates.


# %%
def path_of_W2(nudge, rate, steps=40):
    W2, path = start.W2.copy(), []
    W2[0, 0] += nudge
    train(
        network,
        start._replace(W2=W2),
        train_set,
        epoch[:steps],
        learning_rate=rate,
        every=1,
        after_record=lambda step, parameters, history: path.append(parameters.W2.copy()),
    )
    return np.array(path)  # (steps + 1, 128, 10)


def distance(rate):
    return np.linalg.norm(path_of_W2(1e-8, rate) - path_of_W2(0, rate), axis=(1, 2))


distances = {rate: distance(rate) for rate in [0.5, 3, 10]}
for rate, apart in distances.items():
    print(f"rate {rate:3}: after 40 steps {apart[-1] / 1e-8:.3g} times as far apart")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Distance of two training runs that start 1e-8 apart, on a logarithmic axis, over 40 steps. At the rates 0.5 and 3 the curves stay almost level near 1e-8. At 10 the curve climbs, with pauses, to about 1e-2."}}
figure, axis = plt.subplots()
for (rate, apart), line in zip(distances.items(), ["-", "--", "-."]):
    axis.semilogy(apart, line, label=f"rate {rate:g}")
axis.set(
    title="A hair's breadth stays one, or explodes",
    xlabel="step",
    ylabel="distance of the two runs' $W_2$",
    ylim=(1e-9, 1),
)
axis.legend()
plt.show()

# %% [markdown]
# At moderate rates the two hardly part. At 10 the distance *multiplies*, a millionfold in forty steps: **chaos**, as in the weather. A rounding of $10^{-16}$, made a million times as large, is still invisible in six decimals; some dozens of steps later it would show.
#
# <details><summary>What the lessons do about it</summary>
#
# They use float64, few decimals, moderate rates or few steps, seeded generators, and one release of NumPy (another may change their stream, [NEP 19](https://numpy.org/neps/nep-0019-rng-policy.html)). Where whole runs were tried, the page *Computers it was tried on* (`site/pages/computers.md`) tells; `python tools/certificate.py` tries yours.
#
# </details>

# %% [markdown]
# ## Recap
#
# - A step is one update, an epoch one pass. A shuffled mini-batch's gradient is right on average.
# - Too small a rate crawls, too large a rate thrashes. The best depends on how long you train, and on the scale of pixels and weights.
# - Validation loss that rises while training loss falls is overfitting.
# - Momentum buys stability: $\eta < 2\,(1 + \mu) / \kappa$ for the largest curvature. Compare it at the same effective rate.
# - Test once. Digits by one hand belong together: the standard error is the writers', and the truth is about people like them.
# - Computers round differently. At moderate rates the difference stays tiny, at too large a rate it explodes.
#
# ## Questions to ask yourself
#
# 1. A colleague "trains for 10,000 epochs" in a minute. What do they probably mean?
#
#    <details><summary>Answer</summary>
#
#    Steps. Ten thousand epochs of 50,000 images would be five hundred million passes forward and back.
#
#    </details>
#
# 2. Somebody switches on momentum of 0.9, keeps the learning rate, and gets a better network after one epoch. Was it the momentum?
#
#    <details><summary>Answer</summary>
#
#    They cannot know: the effective rate is now ten times as large. Try plain descent at ten times the rate, and then each at its best.
#
#    </details>
#
# 3. A hundred volunteers write a hundred digits each. Are those 10,000 digits as good a test set as ours?
#
#    <details><summary>Answer</summary>
#
#    They tell less about strangers: a hundred people in place of 297. The standard error by writer would most likely be larger, the one by digit about the same.
#
#    </details>
#
# ## Next
#
# [05 Autopsy of the original](05_autopsy.ipynb): you know now what a healthy run looks like. Take the original apart, fault by fault.
