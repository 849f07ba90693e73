# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 Training curves
#
# One step downhill does little; thousands of them make a network that can read. Nobody can watch a hundred thousand parameters move, so all that you see of a network in training is a curve, and from the curve you have to say what is going on inside. **Is the network learning, and how fast can it go?** You will learn what a curve can tell you, and what to run when it can't; then you will tune a network yourself and, once every choice is made, measure how well it reads new digits.
#
# **You will be able to**
#
# - tell a step from an epoch, and loss from accuracy;
# - suspect from a curve that the learning rate is too small or too large, and say which run would settle it;
# - see whether a network overfits;
# - say why momentum can take larger steps, and make a fair comparison between two ways downhill.
#
# **You need** [lesson 03](03_backpropagation.ipynb): the forward pass, the gradients, and one step downhill; and the split of [lesson 01](01_loading.ipynb).
#
# **Time** 50 minutes to read, 37 more for the exercises; it runs for about 35 s and takes 400 MB

# %% [markdown]
# ## Before you start
#
# 1. [Lesson 03](03_backpropagation.ipynb): what does one short step against the gradient do to the loss, and what can a long one do?
#
#    <details><summary>Answer</summary>
#
#    A short step lowers it by about $\eta\, \lVert \nabla L \rVert^2$. A long one overshoots the lowest point, and the loss may end up higher than it began.
#
#    </details>
#
# 2. There is a test set of 10,000 digits. Why did lesson 01 set 10,000 of the training digits aside as well?
#
#    <details><summary>Answer</summary>
#
#    To choose with: which learning rate, how many epochs. Once you have used the test images to choose, they flatter you about *new* digits.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm  # draws a bar that shows how far a loop has got

from course import exercises, guesses, pictures, studies
from course.materials.momentum_study import show_gains
from course.materials.mystery_curves import FAULTS, mystery_curves
from course.materials.tuning import TARGET, reached
from mnistlib import data, functions, network, plotting
from mnistlib.training import evaluate, linear_decay, minibatches, train

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
)
images, labels = train_set
images.shape, validation_set[0].shape

# %% [markdown]
# If you kept functions in earlier lessons, the next cell puts them in the library's place.

# %%
exercises.mine()

# %% [markdown]
# ## Step and epoch
#
# How many images does a step need? The gradient over all 50,000 is exact but costs fifty thousand trips forward and back. Over 128 of them it is only a guess, but far cheaper, so we guess: shuffle the images, deal them into **mini-batches** of 128, and take one step from each. That is **stochastic gradient descent**, or SGD; *stochastic* means that chance has a hand in it. A step is one update of the parameters, from one mini-batch; an **epoch** is one pass over the whole training set.
#
# ### Exercise 4.1: mini-batches (warm-up, 6 minutes)
#
# Write a function that deals out several epochs, as a list or with `yield`. Each epoch needs its own shuffle, and its last batch may be smaller.


# %%
def my_minibatches(n, batch_size, rng, epochs):
    """Return a list of arrays of indices, or yield them: one array for each step.

    Every index from 0 to n - 1 occurs once in each epoch.
    """
    ...


exercises.check(my_minibatches)

# %%
exercises.folded(my_minibatches)

# %% [markdown]
# The library's `minibatches` returns a list, and its epoch of 50,000 images has this many steps:

# %%
epoch = minibatches(50_000, 128, rng=np.random.default_rng(seed=8), epochs=1)
print("steps in an epoch:", len(epoch))

# %% [markdown]
# ## The loop
#
# For each batch, compute the gradients, and from each parameter subtract its gradient times the learning rate $\eta$. That is all there is to training.

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
print(f"loss: first batch {losses[0]:.3f}, hundredth {losses[-1]:.3f}")
score = evaluate(network, parameters, validation_set)
print(f"validation: loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")

# %% [markdown]
# A hundred guesses cost a quarter as much as one exact gradient, and already the network beats the nearest mean of [lesson 01](01_loading.ipynb), which got 81.36 % right.
#
# Two numbers tell you how a run is doing, and `evaluate` returns both. The **loss** is what the steps bring down: it changes smoothly with the parameters, and it notices how *sure* the network is. The **accuracy**, the share of right answers, is what we want, but it moves in jumps and has no useful gradient to follow, which is why training follows the loss instead. The loss of each batch is noisy but free, so record it at every step, and consult the validation set only now and then. Here is your first training curve: steep, then flatter, and ragged throughout, because each batch is different.

# %% mystnb={"image": {"alt": "The batch loss over a hundred steps. It falls from two and a half to about a half, quickly at first and then ever more slowly, with small jumps up and down all the way."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 2.5))
axis.plot(losses, linewidth=1)
axis.set(title="Our loop: noisy, but down", xlabel="step", ylabel="batch loss", ylim=(0, None))
plt.show()

# %% [markdown]
# From here on the library's `train` runs that loop, on a copy of the parameters. You hand it a *model* (the module `network`), the starting parameters, a dataset and batches, and get back the trained parameters and a `History` of the batch losses. If you name sets in `monitor`, it also holds their loss and accuracy, measured every so many steps (`every`).

# %%
start = network.initialise(np.random.default_rng(seed=6))  # the same weights; no run changes them
trained, history = train(network, start, train_set, epoch[:100], learning_rate=0.5)
print(f"hundredth batch loss, by the library: {history.batch_loss[-1]:.3f}")

# %% [markdown]
# ## A learning-rate sweep
#
# How fast can it learn? Nobody can say beforehand, so try eleven rates from a thousandth to 100, most of them about three times the one before, for one epoch, from the same weights over the same batches. Look at the mean batch loss twice: early, over steps 11 to 30, and late, over the last hundred steps.
#
# **Predict.** Which rate will be best early, and which late? Write down both, as in `(0.1, 0.1)`.

# %%
guesses.ask("best rates, early and late", None)

# %% tags=["answer"]
# Afterwards add 2 and 5: does either best rate move?
rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 6, 30, 100]
early, late = {}, {}
for rate in rates:
    _, history = train(network, start, train_set, epoch, learning_rate=rate)
    early[rate] = np.mean(history.batch_loss[10:30])
    late[rate] = np.mean(history.batch_loss[291:])
best_early, best_late = min(early, key=early.get), min(late, key=late.get)
guesses.compare("best rates, early and late", f"{best_early} and {best_late}")

# %% mystnb={"image": {"alt": "Loss against the learning rate, both axes logarithmic, early and late. Two basins. The early curve is near log 10 at the left, lowest at a rate of 1, and above 6 it rises steeply, out of the picture. The late curve lies lower, reaches its lowest point at a rate of 3, is hardly higher at 6, and leaves the picture too. Rings mark the two lowest points."}} tags=["answer", "hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 3.7))
same_everywhere = {rate: loss for rate, loss in late.items() if rate != 30}
for found, style, label in [
    (early, "o-", "steps 11 to 30"),
    (same_everywhere, "s--", "steps 292 to 391"),
]:
    axis.loglog(*zip(*sorted(found.items())), style, label=label)
    best = min(found, key=found.get)
    axis.plot(best, found[best], "o", color="black", markersize=9, fillstyle="none")
axis.axhline(np.log(10), color="0.5", linestyle=":", label="log 10: no better than guessing")
axis.set(
    title="Late in the epoch, a larger rate wins",
    xlabel="learning rate",
    ylabel="mean batch loss",
    ylim=(0.15, 15),
)
for scale in (axis.xaxis, axis.yaxis):
    scale.set_major_formatter("{x:g}")
axis.legend()
plt.show()

# %% [markdown]
# Both curves are basins: on the left nothing is wrong, only slow, and on the right each step overshoots, until at the largest rates the loss leaves the frame. But the late basin lies further to the right, so **the best rate depends on how long you train**: in this run it is 1 early on, and 3 by the end of the epoch. In other words, a sweep that is cut short favours caution, which is known as *short-horizon bias* ([Wu and others 2018](https://arxiv.org/abs/1803.02021)).
#
# The late curve has no point at 30, and not because we forgot. A run that thrashes for an epoch magnifies the last digit of every sum, where computers round differently, so that each kind of computer gets another loss there. All of them are far worse than guessing, but none is *the* loss at that rate.
#
# ### What the curves look like
#
# Here are the first thirty steps of three of these runs, at a rate too small, one right for so short a run, and one too large. Mind the scale of the third.

# %% mystnb={"image": {"alt": "Batch loss over 30 steps for three learning rates, side by side. At 0.01 the curve sinks slowly, like a shallow ramp. At 1 it first climbs, to half as much again as its start, and then falls fast, to a third of it. At 30 it jumps up and down, up to thirty times as high as the other two."}} tags=["hide-input"]
figure, axes = plt.subplots(1, 3, figsize=(6.5, 3))
faces = {0.01: "crawls", 1: "stumbles, then falls", 30: "thrashes"}
for axis, (rate, face) in zip(axes, faces.items()):
    _, history = train(network, start, train_set, epoch[:30], learning_rate=rate)
    axis.plot(history.batch_loss, linewidth=1)
    axis.set(title=f"Rate {rate:g}:\n{face}", xlabel="step", ylim=(0, None if rate > 1 else 4))
axes[0].set_ylabel("batch loss")
plt.show()

# %% [markdown]
# The middle one climbs before it falls, yet early on none of the eleven did better, so a stumble doesn't prove that the rate is too large. Nor does a flat curve prove that it is too small, because a healthy one flattens too. So don't argue: run the network again, at three times the rate if you suspect that yours is too small, at a third if too large, and see which loss falls further.
#
# ## Learning by heart
#
# The training loss falls. Is that always good news? Give the network only 1,000 images, and plenty of epochs.
#
# **Predict.** Sketch four curves: the loss and the accuracy, each on training and on validation images. Which of them, if any, will turn round?

# %%
guesses.ask("which of the four turns round", None)

# %% tags=["answer"]
few = (images[:1000], labels[:1000])
held_out = (validation_set[0][:5000], validation_set[1][:5000])
few_batches = minibatches(1000, 100, rng=np.random.default_rng(seed=9), epochs=80)
by_heart, few_history = train(
    network,
    start,
    few,
    few_batches,
    learning_rate=3,
    every=20,
    monitor={"training": few, "validation": held_out},
)

# %% tags=["answer", "hide-input"]
curves = {}
for name in few_history.scores:
    curves[f"the {name} loss"] = few_history.loss(name)
    curves[f"the {name} accuracy"] = -few_history.accuracy(name)  # so that lower is better, too
turned = [name for name, curve in curves.items() if curve[-1] > curve.min() + 0.01]
guesses.compare("which of the four turns round", ", ".join(turned))

# %% mystnb={"image": {"alt": "Two panels over 800 steps of training on only 1,000 images. Left: the training loss falls to zero, while the validation loss reaches its lowest point early, marked by a dot, and then climbs steadily. Right: training accuracy reaches 100 percent and stays; validation accuracy levels off below 90 percent."}} tags=["answer", "hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(6.5, 3.4))
for name, line in [("training", "-"), ("validation", "--")]:
    axes[0].plot(few_history.steps, few_history.loss(name), line, label=name)
    axes[1].plot(few_history.steps, few_history.accuracy(name), line, label=name)
best = few_history.loss("validation").argmin()
lowest = few_history.steps[best], few_history.loss("validation")[best]
axes[0].plot(*lowest, "o", color="black", label="lowest")
axes[0].set(title="Loss: validation turns", xlabel="step", ylim=(0, 1))
axes[0].legend()
axes[1].set(title="Accuracy: neither turns", xlabel="step", ylim=(0.7, 1.01))
plt.show()

# %% [markdown]
# This is **overfitting**: the network has learnt its thousand images by heart. Its accuracy is perfect on them but not on others, and the validation loss turns and rises, although the accuracy doesn't turn at all. How can that be? Look at its wrong answers.

# %% tags=["answer", "hide-input"]
at_lowest, _ = train(network, start, few, few_batches[: lowest[0]], learning_rate=3)
for step, learnt in [(lowest[0], at_lowest), (few_history.steps[-1], by_heart)]:
    p = functions.softmax(network.logits(learnt, data.scale(held_out[0])))
    wrong = p.argmax(axis=1) != held_out[1]
    confidence = p.max(axis=1)[wrong].mean()
    print(f"step {step}: {100 * wrong.mean():.1f} % misread, mean confidence {confidence:.2f}")

# %% [markdown]
# It misreads about as many images as before, but with more confidence (the probability that it puts on its answer), and the loss charges most for being confident *and* wrong.
#
# So a falling training loss shows that a network can remember. By itself it says nothing about whether it can read.

# %% [markdown]
# ### Exercise 4.2: four mystery curves (core, 8 minutes)
#
# Four small networks were trained on a few images, for 40 steps or for 480. For one of them the learning rate was too small and for another too large; a third overfitted, and for the fourth somebody had mixed up the training labels. Which is which? The dotted line is log 10, the loss when all ten probabilities are equal.

# %%
mystery = mystery_curves(images, labels)
print("the faults:", *FAULTS, sep="\n    ")

# %% mystnb={"image": {"alt": "Four panels, A to D, each with the training and the validation loss of a run, and a dotted line at log 10. In A both losses jump about far above the line. In B the training loss sinks to 0, while the validation loss falls far below the line and then slowly rises. In C the training loss sinks, and the validation loss climbs almost from the start, from the line upwards. In D both sink together, very slowly, from just above the line."}} tags=["hide-input"]
figure, axes = plt.subplots(2, 2, figsize=(6.5, 5.8))
for axis, (letter, history) in zip(axes.flat, mystery.items()):
    for name, line in [("training", "-"), ("validation", "--")]:
        axis.plot(history.steps, history.loss(name), line, label=name)
    axis.axhline(np.log(10), color="0.5", linestyle=":", linewidth=1.5, label="log 10")
    axis.set(title=letter, xlabel="step", ylabel="loss", ylim=(0, None))
figure.legend(*axis.get_legend_handles_labels(), loc="outside upper center", ncols=3)
plt.show()


# %%
def my_name_the_faults():
    """Return a dictionary from each letter, "A" to "D", to the name of its fault."""
    ...


exercises.check(my_name_the_faults)

# %%
exercises.folded(my_name_the_faults)

# %% [markdown]
# **A good place to stop.** You can read a curve now: one that crawls, one that thrashes, one that learns by heart, and one that learns nonsense. The second half of the lesson is about going faster, and it ends with the test set.

# %% [markdown]
# ## Faster: momentum
#
# Here is a long, narrow valley, seen from above, with the loss $L = \frac12 (w_0^2 + 20\, w_1^2)$. The lines join points of equal loss, and a cross marks the lowest point. Descent as you know it, which we shall call **plain descent**, walks down from the left at two learning rates, twenty steps each.

# %% mystnb={"image": {"alt": "Two panels, each with a path over the lines of equal loss of a long, narrow valley, from the same point on the left. At a rate of 0.08 the path jumps from wall to wall, less far each time, and then creeps to the right along the bottom without reaching the lowest point. At a rate of 0.102 every jump lands a little higher than the last, until the path leaves the picture."}} tags=["hide-input"]
curvatures = np.array([1, 20])  # along the valley, and across it
along, across = np.meshgrid(np.linspace(-2.3, 1, 100), np.linspace(-1.8, 1.8, 100))
figure, axes = plt.subplots(1, 2, figsize=(6.5, 3.2), sharey=True)


def walk(axis, rate, momentum, title):
    """Draw twenty steps down the valley."""
    w, v = np.array([-2.0, 1.0]), np.zeros(2)
    path = [w]
    for _ in range(20):
        v = momentum * v + curvatures * w
        w = w - rate * v
        path.append(w)
    axis.contour(along, across, (along**2 + 20 * across**2) / 2, colors="0.75", linewidths=1)
    axis.plot(*np.transpose(path), "o-", markersize=3, linewidth=1)
    axis.plot(0, 0, "+", color="black", markersize=10)
    axis.set(
        title=title, xlabel="$w_0$, along the valley", ylabel="$w_1$, across", ylim=(-1.8, 1.8)
    )


walk(axes[0], 0.08, 0, "Rate 0.08: zigzags, then creeps")
walk(axes[1], 0.102, 0, "Rate 0.102: flies out")
axes[1].set_ylabel("")
plt.show()

# %% [markdown]
# The gradient is $(w_0, 20\, w_1)$: the walls are steep, and the floor is nearly flat. A rate small enough for the walls is too small for the floor, so plain descent zigzags, then creeps; and if you raise the rate to hurry it, it flies out. A rolling ball does better, because it keeps its velocity: pushes from opposite walls cancel, and those along the bottom add up ([Polyak 1964](https://doi.org/10.1016/0041-5553%2864%2990137-5)). Our **velocity** is a running sum of gradients, which starts at 0. At each step the old sum is multiplied by the **momentum**, a number from 0 up to, but not including, 1; then the new gradient is added. The sum points uphill, as gradients do, so we subtract it.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\mu$ | `momentum` | | how much of the last velocity is kept |
# | $v$ | `velocity` | as the parameter | the decaying sum of past gradients |
#
# $$v \leftarrow \mu\, v + dW, \qquad W \leftarrow W - \eta\, v .$$
#
# ### Exercise 4.3: momentum (core, 8 minutes)
#
# Write these two lines for every $W$ in `parameters`, whose $dW$ and $v$ stand at the same place in `gradients` and `velocity`. Change $W$ and $v$ in place.


# %%
def my_sgd_update(parameters, gradients, velocity, learning_rate, momentum):
    """Update the arrays of parameters and velocity in place; all three have the same order."""
    ...


exercises.check(my_sgd_update)

# %%
exercises.folded(my_sgd_update)

# %% [markdown]
# If yours is right, let it take the library's place: delete the `#`, and from here on `train` takes its steps with your function.

# %%
# exercises.keep(my_sgd_update)

# %% mystnb={"image": {"alt": "The same valley and start, at a rate of 0.102 with a momentum of 0.5: after a few swings across the valley, none higher than the first, the path runs along the bottom and ends close to the lowest point."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(4.6, 3.2))
walk(axis, 0.102, 0.5, "Rate 0.102, momentum 0.5: arrives")
plt.show()

# %% [markdown]
# At the very rate at which plain descent flies out, half of its last velocity is enough to bring it home.
#
# ### One currency for rates
#
# What becomes of the velocity? *Along* the valley the gradients agree, so suppose that each is the same $dW$. Then the velocity grows until it levels off, and the first formula says where:
#
# $$v = \mu\, v + dW \;\Rightarrow\; v = \frac{dW}{1 - \mu} .$$
#
# With $\mu = 0.9$, then, each step along the valley is ten times as long as a plain one. You may object that plain descent with ten times the rate goes just as far along. So it does, which is why rates have to be converted to one currency, the **effective rate**, $\eta / (1 - \mu)$; without momentum that is the rate itself.
#
# But can plain descent bear ten times the rate? In our valley even the slightly larger rate was too much. With momentum the pushes across largely cancel, so it bears more, as you saw: what it buys is *stability*. <small>The optional part finds the edge, with and without momentum.</small>
#
# ## Does it help a network?
#
# A network's loss isn't such a valley, but what to expect is clear: at small effective rates the two should do equally well, and as the rate grows, plain descent should suffer first. A study (`studies/momentum.py`) put it to the test. At each effective rate it trained five networks with a momentum of 0.9 and five without, in pairs from the same weights and over the same batches, for one epoch. Under the table comes the fair match: each method at its own best rate, over five fresh seeds, because a rate looks better than it is on the seeds that chose it.

# %% tags=["hide-input"]
studies.again("momentum")  # repeats one of its runs here, and prints a line if the result differs
cold = show_gains([2, 3, 5, 10])  # reads the others from the study's file

# %% [markdown]
# The prediction holds in outline. At an effective rate of 2 there is little between them; from there on plain descent levels off and sinks, while momentum goes on rising until 5. With each at its best, momentum is ahead by 2.6 percentage points.
#
# An earlier edition of this lesson stopped here, and gave momentum's longer steps the credit for all of it. Then a referee asked: but *when* does plain descent fly out? If it happens in the first steps, while the weights are random and the loss is steep, then all that plain descent needs may be a gentler start. Until then every run had begun at its full rate, a **cold start**. Now we gave both methods a **warm-up** ([Goyal and others 2017](https://arxiv.org/abs/1706.02677)): the rate rose from 0 in a straight line over the first hundred steps, and then stayed put.
#
# **Predict.** With each at its best again, by how many points is momentum ahead now?

# %%
guesses.ask("momentum's lead after a warm-up", None)

# %% tags=["answer"]
warm = show_gains([3, 5, 10, 20], warm_up=100)
print(f"momentum's lead: {cold:.2f} points from a cold start, {warm:.2f} after a warm-up")
guesses.compare("momentum's lead after a warm-up", f"{warm:.1f}")

# %% [markdown]
# Of the 2.6 points, 1.1 are left, because after a gentler start plain descent bears larger rates. Roughly three fifths of momentum's lead, then, was nothing but a safe start, and a warm-up buys that with a single expression, `rate * min(1, (step + 1) / 100)`. The rest it earns by going on to an effective rate of 10, where plain descent gains nothing more. And all this is after one epoch: after ten, in three more runs, plain descent with a warm-up had caught up.
#
# ### Exercise 4.4: tune a network (open, 15 minutes)
#
# A network of 32 hidden units may learn from 5,000 images in batches of 50, for at most five epochs, at a constant rate. Find settings with which it gets at least 91 % of 5,000 *other* images right. Change one at a time, by factors of about three, and write down what you expect before each try.
#
# `reached` trains with any settings and gives both accuracies, and `check` goes by the same numbers. Once you are there, ask yourself whether you needed momentum.

# %%
print(f"target: {100 * TARGET:.0f} % of the validation images")
first_try = {"learning_rate": 0.01, "momentum": 0.0, "epochs": 5}
print(first_try)
print("{:.1%} in training, {:.1%} on validation".format(*reached(first_try)))


def my_tune():
    """Return a dictionary with "learning_rate", "momentum" and "epochs", from 1 to 5."""
    ...


exercises.check(my_tune)

# %%
exercises.folded(my_tune)

# %% [markdown]
# ## The whole run
#
# Every step follows a noisy guess, so at a constant rate the parameters keep jittering. If the steps *shrink*, descent can settle in spite of the noise ([Robbins and Monro 1951](https://doi.org/10.1214/aoms/1177729586)), which is why people let the learning rate fall, often in a straight line down to 0. We choose ten epochs, momentum 0.9, and a rate that falls from 0.5. That is an effective rate of 5, momentum's best from a cold start. By our own warning, one epoch may be too short a sweep to choose for ten; [lesson 05](05_how_sure.ipynb) tries other rates over ten epochs. And we leave the warm-up out, because momentum gained little from it. <small>None of these choices is sacred: in three more runs, a constant rate ended with a slightly higher loss and as many right answers.</small>

# %%
ten_epochs = minibatches(50_000, 128, rng=np.random.default_rng(seed=10), epochs=10)
final, final_history = train(
    network,
    start,
    train_set,
    tqdm(ten_epochs, leave=False),
    learning_rate=linear_decay(0.5, len(ten_epochs)),
    momentum=0.9,
    monitor={"validation": validation_set},
    every=391,  # steps: once an epoch
)

# %%
score = evaluate(network, final, validation_set)
print(f"validation: loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")

# %% mystnb={"image": {"alt": "The loss over ten epochs. The averaged batch loss sinks towards zero, while the validation loss falls fast at first and then levels off above it."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 3.4))
averaged = np.convolve(final_history.batch_loss, np.ones(100) / 100, mode="valid")
axis.plot((np.arange(len(averaged)) + 50) / 391, averaged, label="batch, average of 100")
ends = np.arange(1, 11)
axis.plot(ends, final_history.loss("validation")[1:], "o-", markersize=4, label="validation")
axis.set(title="A healthy run: fast, then settling", xlabel="epoch", ylabel="loss", ylim=(0, 0.5))
axis.legend()
plt.show()

# %% [markdown]
# The gap between the curves is no fault by itself, because the network knows its training images best. What would worry us is a validation loss that turns.
#
# ## The test set
#
# How well does it read new digits? The validation accuracy flatters, for two reasons. Whoever chooses by it picks up a little luck as well, and the validation images are in familiar handwriting, which is worth a few tenths of a point to a network like ours ([lesson 01](01_loading.ipynb)). The test set was written by other people, and it has played no part in any choice. So open it.
#
# **Predict.** How many of the 10,000 test digits will it misread?

# %%
guesses.ask("test digits misread", None)

# %% tags=["answer"]
test = evaluate(network, final, (mnist.test_images, mnist.test_labels))
print(f"test loss {test.loss:.4f}, test accuracy {100 * test.accuracy:.2f} %")
guesses.compare("test digits misread", round(10_000 * (1 - test.accuracy)))

# %% [markdown]
# That is even better than on validation, although we have just given two reasons to expect less. Don't make much of it: chance alone moves such an accuracy by a tenth or two of a point, and some people's digits are easier to read than others'; [lesson 05](05_how_sure.ipynb) finds out how sure one can be.
#
# ## If you have another half-hour
#
# ### How good is a batch's guess?
#
# Average the gradients of equal batches, and you have the gradient over all their images, so a batch's gradient is an **unbiased estimate**. But how far off is any one of them? Let 78 batches, a fifth of the epoch, stand in for the whole. We call the gradient over all of them exact. A batch's *error* is the length of the difference between its gradient and the exact one; what counts is how large it is beside the exact gradient's own length.
#
# **Predict.** After our hundred steps, is a batch a better guide than at the start, or a worse one?

# %%
guesses.ask("a batch as a guide, better or worse", None)


# %% tags=["hide-input"]
def gradient(parameters, indices):
    """Return the gradient as one long row, shape (101770,)."""
    x, y = data.scale(images[indices]), data.one_hot(labels[indices])
    _, grads = network.gradients(parameters, x, y)
    return np.concatenate([block.ravel() for block in grads])


def relative_error(when, parameters, dealt):
    """Print how far batches miss the gradient over all their images, and return error / length."""
    exact = gradient(parameters, np.concatenate(dealt))
    length = np.linalg.norm(exact)
    error = np.mean([np.linalg.norm(gradient(parameters, batch) - exact) for batch in dealt])
    print(f"{when}: the exact gradient is {length:.2f} long, and a batch misses it by {error:.2f}")
    print(f"    the error divided by the length: {error / length:.2f}")
    return error / length


# %% tags=["answer"]
at_start = relative_error("at the start", start, epoch[:78])
later = relative_error("after 100 steps", parameters, epoch[:78])
guesses.compare("a batch as a guide, better or worse", "worse" if later > at_start else "better")

# %% [markdown]
# The network is better, and the guide is worse, which surprised us. The network is nearly right about most images by now, so each of them pulls less hard, and the error has shrunk to a little more than half. But they agree less about the direction, and the exact gradient has shrunk to a sixth. The signal fades faster than the noise.
#
# ### How large can a step be?
#
# Each weight of our valley moves on its own, so take one weight $w$ with the loss $\frac12 \kappa\, w^2$. The constant $\kappa$ is its **curvature**, here 1 along and 20 across. The gradient is $\kappa\, w$, so a plain step turns $w$ into $(1 - \eta\,\kappa)\, w$. Between the two rates of the figure lies an edge, where the weight jumps from wall to wall for ever, always to the same height:
#
# $$1 - \eta\,\kappa = -1, \qquad \eta = \frac{2}{\kappa} .$$
#
# Across our valley that is $2 / 20$, a tenth. With momentum it lies further out.
#
# Set the learning rate of the picture to $3 / 20$, and plain descent flies out at once. Now raise the momentum: at a little more than a half, the path should come back, after a few swings wider than the frame.
#
# <details><summary>Where does momentum's edge lie?</summary>
#
# At the edge $w$ and $-w$ alternate, hence so do the gradients, and in the end the velocities. Call the new velocity $v$; then the old one was $-v$, and the first formula gives
#
# $$v = -\mu\, v + dW \;\Rightarrow\; v = \frac{dW}{1 + \mu} .$$
#
# As $dW = \kappa\, w$, the velocity is $\kappa\,\lvert w \rvert / (1 + \mu)$ long, and one step has to carry the weight from $w$ to $-w$, a distance of $2\,\lvert w \rvert$:
#
# $$\eta\, \frac{\kappa\,\lvert w \rvert}{1 + \mu} = 2\,\lvert w \rvert, \qquad \eta = \frac{2\,(1 + \mu)}{\kappa} .$$
#
# For $3 / 20$ across our valley that is $\mu = \frac12$. A momentum of 0.9 bears nearly twice plain descent's rate, and so, in *effective* rates, its edge lies nineteen times as far out.
#
# [Goh 2017](https://doi.org/10.23915/distill.00006) derives it without supposing that $w$ and $-w$ alternate.
#
# </details>

# %% mystnb={"image": {"alt": "A still of the picture of descent: three paths over the contours of a narrow valley. With rate 0.08 the path settles along the valley, with 0.102 it swings ever wider, and with the same rate and momentum 0.5 it settles."}}
pictures.descent()

# %% [markdown]
# ### A network to tune
#
# Press *start*, raise the rate until it thrashes, or take so few images that it learns them by heart.

# %% mystnb={"image": {"alt": "A still of the picture of training: the loss and the accuracy on training and validation digits over the steps, sliders for the learning rate, momentum, batch size, hidden units and number of images, and ten digits with the network's answers."}}
pictures.train(train_set, validation_set)

# %% [markdown]
# ## Recap
#
# While the *validation* loss falls, a network is learning to read; and to find its pace, raise the rate threefold until that loss gets worse, and then go back one notch. You can now train a network and report one honest number at the end. What you can't say yet is how far that number would move if you did it all again.
#
# - A step is one update, an epoch one pass. A mini-batch's gradient is only a guess, but far cheaper.
# - Too small a rate crawls, too large a rate thrashes, and the best depends on how long you train.
# - If the validation loss falls and then turns upwards, while the training loss keeps falling, the network overfits.
# - Momentum takes longer steps at the same learning rate, and stays stable at step sizes where plain descent flies out. So count in effective rates, and compare each method at its best: after one epoch, momentum was worth 2.6 points from a cold start, and 1.1 after a warm-up.
#
# ## Questions to ask yourself
#
# 1. A colleague "trains for 10,000 epochs" in a minute. What do they probably mean?
#
#    <details><summary>Answer</summary>
#
#    Steps. Ten thousand epochs of 50,000 images would be five hundred million trips forward and back.
#
#    </details>
#
# 2. Somebody switches on a momentum of 0.9, keeps the learning rate, and gets a better network after one epoch. Was it the momentum?
#
#    <details><summary>Answer</summary>
#
#    They can't know, because the effective rate is now ten times as large. They should try plain descent at ten times the rate, with a warm-up if it thrashes, and then compare each at its best.
#
#    </details>
#
# 3. A sweep of 30 steps says that a rate of 1 is best. You want to train for ten epochs. What do you do with that answer?
#
#    <details><summary>Answer</summary>
#
#    Take it as a starting point, and try larger and smaller rates for as many epochs as you mean to train. A very short sweep favours caution, but in the long run a large rate keeps the parameters jittering.
#
#    </details>
#
# ## Next
#
# [05 How sure?](05_how_sure.ipynb): would you get that number again?
