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
# One step downhill is nothing. Thousands of them make a network that reads. Between the two lie choices, and a curve tells you which of them were wrong, once you can
# read it.
#
# **You will** read a training loop of ten lines, start it with the original's settings, find out what is wrong with them from the
# curves, put it right, and measure once, at the very end, how well your network reads digits it has never seen.
#
# **You will be able to**
#
# - tell a step from an epoch, and loss from accuracy;
# - read from a curve whether the learning rate is too small, right or too large, and whether a network overfits;
# - say what momentum does to a step, and measure what it buys;
# - say how sure a measured accuracy is;
# - say why these numbers are the same on your computer, and when they would not be.
#
# **You need** [lesson 03](03_backpropagation.ipynb): the forward pass, the gradients, and one step downhill; and the split of
# [lesson 01](01_loading.ipynb).
#
# **Time** 50 minutes to read, 25 more for the exercises

# %%
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from mnistlib import baseline, data, exercises, network, plotting
from mnistlib.exercises.lesson_04 import FAULTS, mystery_curves
from mnistlib.functions import softmax
from mnistlib.training import evaluate, falling, minibatches, train

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
)
images, labels = train_set
images.shape, validation_set[0].shape

# %% [markdown]
# If you have kept functions in earlier lessons (`exercises.keep`), this is where they go to work. The next cell puts each in the library's place, and from there on you train a network that is so far yours. With all of them, the one on momentum included, every gradient and every update in this lesson
# is your own code.

# %%
exercises.mine()

# %% [markdown]
# ## Step and epoch
#
# The gradient over all 50,000 images would be exact, but every step would then cost fifty thousand passes forward and back. The gradient over 128 of
# them is a guess, four hundred times cheaper. So we walk by guesses: shuffle the images, deal them into
# **mini-batches** of 128, and take one step from each. This is *stochastic gradient descent*, SGD for short; *stochastic* means that chance has a hand in it.
#
# Two words that are often mixed up, in the original too:
#
# - a **step** is one update of the parameters, from one mini-batch;
# - an **epoch** is one pass over the whole training set.
#
# How many steps make an epoch? Work it out: 50,000 images, 128 at a time.


# %%
order = np.random.default_rng(seed=5).permutation(50_000)
epoch = [order[start : start + 128] for start in range(0, 50_000, 128)]
print("steps in an epoch:", len(epoch), "  the last batch has", len(epoch[-1]), "images")
print("every image once: ", np.array_equal(np.sort(np.concatenate(epoch)), np.arange(50_000)))

# %% [markdown]
# How good a guess is it? Compare directions: the cosine of the angle between the gradient of one mini-batch and that of many images is 1 if they agree, and 0 if they have nothing to do with each other.


# %%
def gradient(parameters, indices):
    x, y = data.scale(images[indices]), data.one_hot(labels[indices])
    return np.concatenate([slope.ravel() for slope in network.gradients(parameters, x, y)[1]])


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


parameters = network.initialise(np.random.default_rng(seed=6))
many = gradient(parameters, order[:10_000])
print(f"cosine, 128 images and 10,000: {cosine(gradient(parameters, epoch[100]), many):.2f}")

# %% [markdown]
# A good guess, at the start. It gets worse as training goes on; we shall look again after a hundred steps.
#
# ### Exercise 4.1: mini-batches (warm-up, 6 minutes)
#
# Write a generator that deals several epochs. Each needs a shuffle of its own. (The library's version returns the same as a list; here, `list(my_minibatches(...))` does.)


# %%
def my_minibatches(n, batch_size, rng, epochs):
    """Yield arrays of indices, one for each step: every index from 0 to n - 1 once in each epoch."""
    ...


exercises.check(my_minibatches)

# %%
exercises.folded(my_minibatches)

# %% [markdown]
# ## The loop
#
# Here is a whole training run. Read it as a sentence: for each batch, compute the gradients, move every parameter a little against its own gradient, and note
# the loss.

# %%
parameters = network.initialise(np.random.default_rng(seed=6))
eta = 0.5
losses = []
for batch in epoch[:100]:
    x = data.scale(images[batch])
    y = data.one_hot(labels[batch])
    loss, gradients = network.gradients(parameters, x, y)
    for value, slope in zip(parameters, gradients):
        value -= eta * slope  # in place: the array itself changes
    losses.append(loss)
print(f"loss of the first batch {losses[0]:.3f}, of the hundredth {losses[-1]:.3f}")
many = gradient(parameters, order[:10_000])
print(f"cosine, 128 images and 10,000: {cosine(gradient(parameters, epoch[100]), many):.2f}")

# %% [markdown]
# A hundred steps, a quarter of an epoch. How many digits does it read by now? Guess, then look. We ask the validation images, which took no part in training.

# %%
score = evaluate(network, parameters, validation_set)
print(f"loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")

# %% [markdown]
# And the baseline of lesson 01, on the same images?

# %%
means = baseline.class_means(images, labels) / 255
nearest = baseline.nearest_mean(data.scale(validation_set[0]), means)
print(f"nearest mean: {100 * (nearest == validation_set[1]).mean():.2f} % of the validation images")

# %% [markdown]
# Beaten already. From here on the library's `train` runs that loop for us. `minibatches` deals for any number of epochs; `train` leaves the parameters that it is given alone, and returns trained ones with a `History` of what it
# recorded. (Later, `monitor` names the sets to score on the way, and `every` the steps between two scores.) Check that it is the same loop:

# %%
start = network.initialise(np.random.default_rng(seed=6))
trained, history = train(network, start, train_set, epoch[:100], learning_rate=0.5)
print("same losses:", np.allclose(history.batch_loss, losses))

# %% [markdown]
# ## What to record
#
# Two things are worth recording, at two paces.
#
# - The **batch loss**, at every step. It costs nothing, since the step computes it anyway. It is noisy, because every batch is different.
# - **Loss and accuracy on the validation set**, now and then. It costs a pass over 10,000 images.
#
# Loss and accuracy are not the same thing said twice. *Loss* is what the gradient follows: smooth, and sensitive to how *sure* the network is. *Accuracy* is the
# share of right answers: what we want in the end, but it moves in jumps, and has no useful gradient.
#
# ## The original's settings
#
# The original fed its network raw pixels, 0 to 255, used a learning rate of 0.001, started from small uniform weights, and took 10,000 steps. Give it the right softmax, cross-entropy and the right gradients, and keep
# the rest: raw pixels, those weights, a learning rate of 0.001 and 10,000 steps. (It had no biases, and it drew its batches differently; lesson 05 looks at that. Here we keep ours.) The cell after the next trains, for some ten seconds.

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


# What `train` trains is a model: a thing with these four names, as the module `network` is.
raw_network = SimpleNamespace(
    classes=10, prepare=raw_pixels, logits=network.logits, gradients=network.gradients
)
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=8), epochs=26)[:10_000]

# %%
raw, raw_history = train(
    raw_network,
    small_weights,
    train_set,
    tqdm(batches, leave=False),
    learning_rate=0.001,
    monitor={"validation": validation_set},
    every=500,
)

# %% [markdown]
# A batch loss is a noisy thing to look at. A **moving average** over 100 steps shows where it is going: each point is the mean of the hundred around it.


# %%
def smooth(values, width=100):
    return np.convolve(values, np.ones(width) / width, mode="valid")


for step, score in list(zip(raw_history.steps, raw_history.scores["validation"]))[::4]:
    print(f"after {step:5} steps: loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")

# %% mystnb={"image": {"alt": "Two panels over 10,000 steps with the original's settings. Left: the batch loss, a wide noisy band, with its moving average and the validation loss falling fast at first and then ever more slowly. Right: the validation accuracy, rising fast in the first 1,000 steps and creeping upwards after that."}}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
left.plot(raw_history.batch_loss, color="0.8", linewidth=0.5, label="each batch")
left.plot(np.arange(50, 9951), smooth(raw_history.batch_loss), label="average of 100")
left.plot(raw_history.steps, raw_history.loss("validation"), "o-", markersize=4, label="validation")
left.set(title="Fast, then crawling", xlabel="step", ylabel="loss", ylim=(0, 1.5))
left.legend()
right.plot(
    raw_history.steps,
    raw_history.accuracy("validation"),
    "o-",
    markersize=4,
    color=plotting.COLOURS[1],
)
right.set(
    title="Still rising after 10,000 steps",
    xlabel="step",
    ylabel="validation accuracy",
    ylim=(0.7, 1),
)
plt.show()

# %% [markdown]
# Read the curves. The band of the batches shows the noise; the average inside it tells the truth. Training and validation both still fall, so learning by heart is not yet the trouble, though a small gap has opened. And after 10,000 steps, more than 25 epochs, it is *still* falling. That is how **too small a learning rate** can look. The shape alone does not convict it, since a healthy curve flattens too; what does is a larger rate that does better. So make it larger. Predict what ten times and three hundred times the rate will do in 500 steps.

# %%
print(f"rate 0.001: {100 * raw_history.accuracy('validation')[1]:.2f} % after 500 steps")
for rate in [0.01, 0.3]:
    _, history = train(
        raw_network,
        small_weights,
        train_set,
        batches[:500],
        learning_rate=rate,
        monitor={"validation": validation_set},
    )
    # A run that is thrown about ends a little differently on every computer: so compare, not print.
    better = history.accuracy("validation")[-1] > raw_history.accuracy("validation")[1]
    print(f"rate {rate:5}: {'better' if better else 'worse'}")

# %% [markdown]
# Ten times as large is better, three hundred times is worse. But there is a second fault, which no learning rate takes away. Look at what raw pixels do to the hidden units, even before the first step.


# %%
def saturated(parameters, x):
    a1 = network.forward(parameters, x).a1
    return ((a1 < 0.05) | (a1 > 0.95)).mean()


some = validation_set[0][:1000]
print("saturated: activation below 0.05 or above 0.95")
print(
    f"raw pixels, at the start: {100 * saturated(small_weights, raw_pixels(some)):.1f} % of the hidden units"
)
print(f"raw pixels, at the end:   {100 * saturated(raw, raw_pixels(some)):.1f} %")
print(f"scaled, at the start:     {100 * saturated(small_weights, data.scale(some)):.1f} %")

# %% [markdown]
# Before the first step, nearly half of all activations lie where the sigmoid is flat and pass back little gradient; at the end it is nine in ten. So scale the pixels, you would think, and all will be well. Change that one thing, and compare the first 500 steps. Predict
# which is ahead.

# %%
_, scaled_history = train(
    network,
    small_weights,
    train_set,
    batches[:500],
    learning_rate=0.001,
    monitor={"validation": validation_set},
)
print(f"raw pixels:    {100 * raw_history.accuracy('validation')[1]:.2f} % after 500 steps")
print(f"scaled pixels: {100 * scaled_history.accuracy('validation')[1]:.2f} %")

# %% [markdown]
# Worse, by far: the repair looks like a step back. The reason is simple once seen. The gradient for $W_1$ contains the pixels, $dW_1 = X^T dZ_1$, so for the same $dZ_1$ it is 255 times smaller. And what a change of $W_1$ does to $Z_1 = X W_1 + b_1$ is multiplied by the
# pixels once more. The factor counts twice, $255^2$, and with the old learning rate the first layer all but stands still. Two settings belong together, and only one was changed.
#
# ## A learning-rate sweep
#
# So look for the rate that suits scaled pixels. Nobody knows it beforehand; try. We multiply by about three each time, since what matters is the factor. Every run sees the same batches, 30 of them, and starts from weights drawn by Glorot's rule (lesson 03): from the original's far smaller ones hardly any rate gets anywhere in 30 steps. (Lesson 05 takes the two apart.) Where do you expect the best?

# %%
rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]
sweep = {}
for rate in rates:
    _, history = train(network, start, train_set, batches[:30], learning_rate=rate)
    sweep[rate] = history.batch_loss
last_losses = [np.mean(losses[-20:]) for losses in sweep.values()]
for rate, loss in zip(rates[:9], last_losses):
    print(f"rate {rate:5}: mean loss of the last 20 steps {loss:.3f}")

# %% mystnb={"image": {"alt": "Loss after 30 steps against the learning rate, both on logarithmic axes: a basin. At the left, rates near 0.001 leave the loss near log 10, as at the start; it falls to its lowest at 1, and beyond 3 it rises steeply, a hundredfold and more."}}
figure, axis = plt.subplots()
axis.loglog(rates, last_losses, "o-")
axis.axhline(np.log(10), color="0.5", linestyle="--", label="log 10: knows nothing")
axis.axvspan(0.3, 3, color=plotting.COLOURS[4], alpha=0.2, label="a good range")
axis.set(
    title="Too small on the left, too large on the right",
    xlabel="learning rate",
    ylabel="mean loss, steps 11 to 30",
)
axis.legend()
plt.show()

# %% [markdown]
# A basin with one gentle side and one steep one. On the left nothing is broken, only slow. On the right each step overshoots the lowest point, as in lesson 03's picture of one step, and lands higher up. A wise choice keeps away from the steep
# side: we take one half.
#
# The three cases have faces you will meet again. (Mind the scale of the third.)

# %% mystnb={"image": {"alt": "Batch loss over 30 steps for three learning rates. At 0.01 the curve sinks slowly, like a shallow ramp. At 0.3 it falls steadily to less than two thirds of its start. At 30 it jumps up and down, thirty times as high as the other two."}}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2))
faces = {0.01: "too small: a ramp", 0.3: "right: falls steadily", 30: "too large: thrashes"}
for axis, (rate, face) in zip(axes, faces.items()):
    axis.plot(sweep[rate], linewidth=1)
    axis.set(title=face, xlabel=f"step, at rate {rate:g}", ylim=(0, None if rate > 1 else 3))
axes[0].set_ylabel("batch loss")
plt.show()

# %% [markdown]
# ## Learning by heart
#
# So far training and validation went hand in hand. Now give the network only 1,000 images to learn from, and plenty of epochs. What will the two losses do? And the two accuracies? Sketch all four before you look. (The learning rate is one half; `momentum` quickens the run, and the next section explains it.)

# %%
few = (images[:1000], labels[:1000])
many_epochs = minibatches(1000, 100, rng=np.random.default_rng(seed=9), epochs=80)
_, few_history = train(
    network,
    start,
    few,
    many_epochs,
    learning_rate=0.5,
    momentum=0.9,
    every=20,
    monitor={"training": few, "validation": (validation_set[0][:5000], validation_set[1][:5000])},
)
best = few_history.loss("validation").argmin()
for moment, index in [("lowest validation loss", best), ("the end", -1)]:
    scores = {name: few_history.scores[name][index] for name in few_history.scores}
    print(f"{moment}, after {few_history.steps[index]} steps:")
    for name, score in scores.items():
        print(f"    {name:10} loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %")

# %% mystnb={"image": {"alt": "Two panels over 800 steps of training on only 1,000 images. Left: the training loss falls to zero, while the validation loss reaches its lowest point early, marked by a dot, and then climbs steadily. Right: training accuracy reaches 100 percent and stays; validation accuracy levels off below 90 percent."}}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
for name in ["training", "validation"]:
    axes[0].plot(few_history.steps, few_history.loss(name), label=name)
    axes[1].plot(few_history.steps, few_history.accuracy(name), label=name)
axes[0].plot(
    few_history.steps[best],
    few_history.loss("validation")[best],
    "o",
    color="black",
    label="stop here",
)
axes[0].set(title="Loss: the two part company", xlabel="step", ylabel="loss", ylim=(0, 1))
axes[0].legend()
axes[1].set(
    title="Accuracy: one perfect, one stuck", xlabel="step", ylabel="accuracy", ylim=(0.7, 1.01)
)
plt.show()

# %% [markdown]
# This is **overfitting**. The network reads its thousand training images without a mistake: it has learnt them by heart. The validation accuracy shows a gap, but no turn: it stays level, and even creeps up a little. In the loss you see the turn, early and clearly: the later network is about as often right, but
# ever more *sure*, also where it is wrong. That is why both are recorded.
#
# The cheapest cure is **early stopping**: keep the parameters from the moment of the lowest validation loss. On one machine our training repeats exactly, so we can simply run it again and stop there. It limits the overconfidence; here it wins no accuracy.
# The better cure is more data: 50,000 images are much harder to learn by heart.
#
# ### Exercise 4.2: four mystery curves (10 minutes)
#
# Four small networks were trained on a few images each. Each run has a different fault: its learning rate is too small, or too large, or it overfits, or somebody has mixed up the labels of its training images. Which is which? Ask of each also: does its validation loss ever get well below log 10, the dashed line? If not, it has learnt little or nothing that holds for new images. (A was stopped early. The end of the lesson says why.)

# %%
mystery = mystery_curves(images, labels)

# %% mystnb={"image": {"alt": "Four panels, A to D, each with the training and the validation loss of a run, and a dashed line at log 10. In A both losses jump about far above the line. In B the training loss sinks to 0 while the validation loss falls far below the line and then rises a little. In C the training loss sinks, and the validation loss climbs almost from the start, from the line upwards. In D both sink together, very slowly, from just above the line."}}
figure, axes = plt.subplots(2, 2, figsize=(9, 6))
for axis, (letter, history) in zip(axes.flat, mystery.items()):
    for name in ["training", "validation"]:
        axis.plot(history.steps, history.loss(name), label=name)
    axis.axhline(np.log(10), color="0.5", linestyle="--", linewidth=1, label="log 10")
    axis.set(title=letter, xlabel="step", ylim=(0, None))
axes[0, 0].set_ylabel("loss")
axes[1, 0].set_ylabel("loss")
axes[0, 1].legend()
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
# In a narrow valley the gradient points mostly *across*, and plain descent zigzags from wall to wall. A rolling ball does better. It keeps a **velocity** $v$, a sum of past gradients, 0 at the start, in which each step back counts $\mu$ times as much, with $0 \le \mu < 1$:
#
# $$v \leftarrow \mu\, v + dW, \qquad\qquad W \leftarrow W - \eta\, v .$$
#
# (There is a $v$ for each parameter, in its shape.)
#
# What the sum does depends on whether the gradients agree. If each is the same, $g$, then the velocity becomes a geometric series,
#
# $$v = g + \mu g + \mu^2 g + \dots = \frac{g}{1 - \mu},$$
#
# $1 / (1 - \mu)$ times one gradient: *along* the valley it rushes. If the gradients alternate, $g, -g, g, \dots$, the series alternates too, $g\,(1 - \mu + \mu^2 - \dots)$, with the ratio $-\mu$, and $v$ shrinks to $g / (1 + \mu)$: *across* the
# valley it calms down.

# %%
mu = 0.9
print(
    f"momentum {mu}: {1 / (1 - mu):.1f} times as far where gradients agree, {1 / (1 + mu):.2f} times where they alternate"
)

# %% [markdown]
# Watch both, on a valley made for the purpose, twenty times steeper in one direction than in the other: $L = \frac12 (w_0^2 + 20\, w_1^2)$, with the gradient $(w_0,\, 20\, w_1)$. Plain descent and momentum take the same learning rate, about the best that plain descent has here. (With $\mu = 0.9$ instead, the ball swings far past the star and has to come back: try it.)


# %%
def walk(mu, eta=0.095, steps=20):
    w, v = np.array([-4.0, 1.0]), np.zeros(2)
    path = [w]
    for _ in range(steps):
        v = mu * v + np.array([1, 20]) * w
        w = w - eta * v
        path.append(w)
    return np.array(path)


paths = {"plain": walk(mu=0), "momentum": walk(mu=0.6)}
for name, path in paths.items():
    print(f"{name:8} after 10 steps: {np.linalg.norm(path[10]):.3f} from the lowest point")

# %% mystnb={"image": {"alt": "Two paths over the contour lines of a long narrow valley. The plain path jumps from wall to wall at every step and is still on its way after twenty; the path with momentum soon stops jumping, moves along the valley in longer steps, and ends at the star."}}
figure, axis = plt.subplots(figsize=(7, 3.6))
w0, w1 = np.meshgrid(np.linspace(-4.5, 2, 100), np.linspace(-1.5, 1.5, 100))
axis.contour(w0, w1, 0.5 * (w0**2 + 20 * w1**2), levels=12, cmap="Greys", linewidths=0.8)
for name, path in paths.items():
    axis.plot(*path.T, "o-", markersize=4, linewidth=1.2, label=name)
axis.plot(0, 0, "*", color="black", markersize=12)
axis.set(title="Twenty steps each, towards the star", xlabel="$w_0$", ylabel="$w_1$")
axis.grid(False)
axis.legend(loc="upper right")
plt.show()

# %% [markdown]
# ### Exercise 4.3: momentum (stretch, 8 minutes)
#
# The two lines, for all the parameters at once. Change the arrays in place, so that whoever holds them sees the change.


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
# Now the network, for one epoch each, in four ways. The geometric series says that the four form two pairs. Which are they? And will both pairs come out nearly equal?

# %%
one_epoch = batches[:391]
for rate, momentum in [(0.5, 0), (0.05, 0.9), (5, 0), (0.5, 0.9)]:
    _, history = train(
        network,
        start,
        train_set,
        one_epoch,
        learning_rate=rate,
        momentum=momentum,
        monitor={"validation": validation_set},
    )
    reached, worst = 100 * history.accuracy("validation")[-1], max(history.batch_loss[:60])
    print(
        f"rate {rate:4}, momentum {momentum:3}: {reached:.2f} %, worst batch loss of the first 60 {worst:4.1f}"
    )

# %% [markdown]
# The first two: a tenth of the rate, with steps grown to ten times their size, is almost plain descent. So momentum is no magic; most of what it seems to win is a larger rate in disguise. Its real gain shows in the last two. At the same *effective rate*, $\eta / (1 - \mu)$, plain descent is thrown about at the start, as its worst batch loss shows, and momentum is not: its velocity must first grow, and it
# calms what alternates. (This table cannot tell the two apart.)
#
# One more refinement. Near the end, the noise of the mini-batches keeps the parameters jittering about the floor of the valley, the more so the larger the steps. So let the learning rate
# **fall** in a straight line to 0, from $\eta_0$ at the first of $T$ steps:
#
# $$\eta_t = \eta_0\, \Big( 1 - \frac{t}{T} \Big).$$
#
# Large steps while there is far to go, small ones to settle. Ten epochs of it, from 0.5 and with momentum 0.9: on the sweep's scale that begins at 5, which momentum can bear. (Whether falling helps, and by how much, is for you to try: in a cell of your own, train once more with `learning_rate=0.5`, and compare on the validation set.)

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
    print(
        f"after {epochs:2} epochs: validation loss {score.loss:.3f}, accuracy {100 * score.accuracy:.2f} %"
    )

# %% mystnb={"image": {"alt": "Two panels over ten epochs. Left: the averaged batch loss sinks towards zero, while the validation loss falls fast at first and then levels off above it. Right: the validation accuracy after each epoch, rising from about 95 percent and levelling off between 97 and 98."}}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
averaged = smooth(final_history.batch_loss)
left.plot((np.arange(len(averaged)) + 50) / 391, averaged, label="batch, average of 100")
left.plot(
    np.arange(1, 11), final_history.loss("validation")[1:], "o-", markersize=4, label="validation"
)
left.set(title="A healthy run: fast, then settling", xlabel="epoch", ylabel="loss", ylim=(0, 0.5))
left.legend()
right.plot(
    np.arange(1, 11),
    final_history.accuracy("validation")[1:],
    "o-",
    markersize=4,
    color=plotting.COLOURS[1],
)
right.set(title="It settles here, too", xlabel="epoch", ylabel="validation accuracy", ylim=(0.9, 1))
plt.show()

# %% [markdown]
# Compare with the original's settings above: what took them more than 25 epochs is passed here within the first.
#
# ## The test set, once
#
# All choices are made: the rate, the momentum, the number of epochs. We looked at the validation images while making them, and choosing by them also picks up a little luck; so their accuracy may flatter. For an honest number there is the test set, which no choice has
# seen. Open it once.

# %%
test = evaluate(network, final, (mnist.test_images, mnist.test_labels))
print(f"test loss {test.loss:.4f}, test accuracy {100 * test.accuracy:.2f} %")

# %% [markdown]
# About 98 %. (This time the validation images did not flatter.) What does it look like when the network reads? Eight of its 128 hidden units are drawn; the lighter, the larger the activation.

# %% tags=["readme"] mystnb={"image": {"alt": "The trained network as a diagram, reading a handwritten seven from the test set. Eight hidden units are shaded by their activation: one is fully on, two are off, the rest lie between. Of the ten bars at the right one is long: the seven, with a probability near 1."}}
z1, a1, z2 = network.forward(final, data.scale(mnist.test_images[:1]))
plotting.network(
    mnist.test_images[0], a1[0], softmax(z2)[0], title="Trained: one answer, and sure of it"
)
plt.show()

# %% [markdown]
# ### What it gets wrong
#
# No choice follows any more, so now we may look at the test images. A **confusion matrix** counts, for each label, the answers given. The diagonal, the right ones, is left blank here so that the mistakes show.

# %%
answers = network.predict(final, data.scale(mnist.test_images))
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (mnist.test_labels, answers), 1)
print("mistakes:", (answers != mnist.test_labels).sum(), "of", len(answers))

# %% mystnb={"image": {"alt": "Confusion matrix of the ten classes, the diagonal blank. Most cells hold counts of 0 to 4. A few are brighter: fives answered as threes, sevens as twos, fours as nines."}}
plotting.confusion(confusion, title="Mistakes on the test set, by label and answer")
plt.show()

# %% [markdown]
# Read it aloud: the brightest cell is eleven fives read as threes, then come ten sevens as twos and nine fours as nines. Nobody has told the network that these look alike. Here are the first of its mistakes:

# %%
wrong = np.flatnonzero(answers != mnist.test_labels)
captions = [f"{mnist.test_labels[i]} as {answers[i]}" for i in wrong[:21]]

# %% mystnb={"image": {"alt": "Twenty-one test digits that the network misreads, each with its label and the answer above. Several are hard for a person too: a broken eight, a seven with a crossbar, sixes without a loop."}}
plotting.digits(
    mnist.test_images[wrong[:21]],
    captions,
    columns=7,
    title="Its mistakes: some you would make yourself",
)
plt.show()

# %% [markdown]
# And what has it learnt? Each hidden unit has 784 weights, one for each pixel, and can be drawn as an image: violet where ink pushes the unit towards 1, orange to brown where it pushes towards 0.

# %% mystnb={"image": {"alt": "The weights of sixteen hidden units as images, violet for positive and brown for negative. They show blotches and curved strokes in the middle, where the digits are, and faint starting noise in the corners."}}
plotting.weights(final.W1[:, :16], title="Sixteen hidden units: strokes and blotches, no digits")
plt.show()

# %% [markdown]
# Nobody told it to look for strokes. In the corners, where no training image has ink, the weights must still be the random ones it started with: their gradient was always zero (lesson 03, question 2).

# %%
blank = ~(images.reshape(len(images), 784) > 0).any(axis=0)
print(
    blank.sum(),
    "pixels without ink; their weights unchanged:",
    np.array_equal(final.W1[blank], start.W1[blank]),
)

# %% [markdown]
# ## How sure is that number?
#
# Two things make it uncertain. First, *which digits are in the test set*. Treat each as a coin that comes up "right" with probability $q$. One such coin, counted as 1 or 0, has the variance $q\,(1 - q)$, and the mean of $N$ independent ones has one $N$-th of it. So the share of right ones has the **standard error**, its standard deviation,
#
# $$s = \sqrt{\frac{q\,(1 - q)}{N}} .$$
#
# (We do not know $q$, and put the measured accuracy in its place.) The interval from about two standard errors below to two above covers the truth about 19 times in 20.

# %%
N = len(mnist.test_labels)
q = test.accuracy
s = np.sqrt(q * (1 - q) / N)
low, high = q - 1.96 * s, q + 1.96 * s
print(f"standard error {100 * s:.2f} percentage points")
print(f"95 % interval from {100 * low:.2f} % to {100 * high:.2f} %")

# %% [markdown]
# Second, *chance in training*: other starting weights, other shuffles. Train five times, with five seeds, one epoch each to save time, and look at the spread. The judge is the validation set: the test set has had its turn.

# %%
accuracies = []
for seed in range(5):
    rng = np.random.default_rng(seed)
    dealt = minibatches(50_000, 128, rng=rng)
    trained, _ = train(
        network,
        network.initialise(rng),
        train_set,
        dealt,
        learning_rate=falling(0.5, len(dealt)),
        momentum=0.9,
    )
    accuracies.append(evaluate(network, trained, validation_set).accuracy)
print("five seeds:", ", ".join(f"{100 * accuracy:.2f} %" for accuracy in accuracies))
print(f"standard deviation {100 * np.std(accuracies, ddof=1):.2f} percentage points")

# %% [markdown]
# (In a single epoch, a rate that falls to 0 costs accuracy: compare the last line of the four ways above. So their spread is only a hint for the finished network's.) Both are of the order of a tenth of a percentage point. So whoever reports that one trick made a network of this kind better by a tenth of a point, from one run each, has reported the weather. Remember it in the next
# lesson, when repairs are compared with each other.

# %% [markdown]
# ## The same numbers on every computer
#
# A third thing could make the number uncertain, and does not: *whose computer* it was printed on. Every number that this course prints is the same on yours as on ours. That is less obvious than it sounds, because
# computers do not calculate exactly. Is $0.1 + 0.2$ equal to $0.3$? And does a sum depend on the order of its terms? Decide, then run.

# %%
terms = [1 / k for k in range(1, 1001)]
forwards = backwards = 0.0
for term in terms:
    forwards += term
for term in reversed(terms):
    backwards += term
print("0.1 + 0.2 == 0.3:", 0.1 + 0.2 == 0.3)
print("one sum in two orders, equal:", forwards == backwards)
print(f"to six decimals: {forwards:.6f} and {backwards:.6f}")

# %% [markdown]
# A float64 has 53 binary digits, about 16 decimal ones. What does not fit is rounded off, after *every* operation. How it is rounded is laid down in a standard (IEEE 754), so every computer gets the same $0.1 + 0.2$, wrong in the same last digit. But each order of a sum rounds
# other intermediate results, and no standard lays down the order. (Nor does IEEE 754 oblige anyone to round `exp` and `log` correctly, or settle whether a product and a sum are rounded together, once. Computers differ in these, too.)
#
# In our network the long sums are in the matrix products: each entry of $X W_1$ adds up 784 terms. For speed, the library to which NumPy hands them (mostly OpenBLAS) has a separate routine, a **kernel**, for each family of processors. Many add up in an order of their own, and the number of threads can change it. Play two kernels: one product in one go, and the same in two halves.

# %%
x = data.scale(validation_set[0][:128])
whole = x @ start.W1
halves = x[:, :392] @ start.W1[:392] + x[:, 392:] @ start.W1[392:]
print("every entry equal:", np.array_equal(whole, halves))
print("largest difference below 1e-13:", np.abs(whole - halves).max() < 1e-13)

# %% [markdown]
# So on another computer the last digits of $Z_1$ may differ from ours, and then so do those of all that is computed from it, step after step. Why does nobody see it?
#
# Try it on a whole training run. Deal the 128 hidden units out in another order: to mathematics it is the same network, but every sum over them now runs in another order, as on another computer. Train both, in float64 and in float32 (which has about 7 digits), at three learning rates. In which of the six do you expect the
# two curves to agree to six decimals?


# %%
units = np.random.default_rng(seed=11).permutation(128)
reordered = network.Parameters(start.W1[:, units], start.b1[units], start.W2[units], start.b2)

print("momentum 0.9, 200 steps: do the batch losses differ by less than 1e-6?")
for rate in [0.5, 1, 2]:
    for dtype in [np.float64, np.float32]:
        curves = []
        for first in [start, reordered]:
            first = network.Parameters(*(value.astype(dtype) for value in first))
            _, history = train(
                network, first, train_set, batches[:200], learning_rate=rate, momentum=0.9
            )
            curves.append(history.batch_loss)
        same = np.abs(np.subtract(*curves)).max() < 1e-6
        print(f"rate {rate:3}, {np.dtype(dtype).name}: {same}")

# %% [markdown]
# (Mind the momentum: where gradients agree it multiplies these rates by ten, so on the sweep's scale they lie at 5, 10 and 20.) At the smallest rate the differences stay as small as they began: wherever the two runs part a little, the steps lead them together again. At the middle one they grow slowly, and float32, with nine digits fewer to lose, is the first to show it. At the largest they grow so fast that not even float64 hides
# them. To watch it, put `plt.semilogy(np.abs(np.subtract(*curves)))` at the end of the loop. This is **chaos**, as in the weather: after enough steps, a different last digit becomes a different run. That is why the sweep above ends after 30 steps, and mystery A after 40. A longer run at such a rate would have a curve of its own on each computer.
#
# That leaves the random numbers. NumPy promises that the streams of its old generator, `RandomState`, never change, except to correct an error; those of `default_rng` may change with a new release ([NEP 19](https://numpy.org/neps/nep-0019-rng-policy.html)). The course uses the new one and asks for one release of NumPy, in `requirements.txt`.

# %%
print("RandomState(42):", np.random.RandomState(42).randint(0, 100, size=6))
print("default_rng(42):", np.random.default_rng(42).integers(0, 100, size=6))

# %% [markdown]
# The first line is the same in every release; the second is promised for ours. So this is the promise, and what keeps it: float64; at most six decimals; learning rates that are not too large, or few steps; every generator seeded; one release of NumPy. Not promised are the last digits of the weights, any digits in float32, and other releases. The promise is also tested, for processors by Intel and AMD: `python tests/stand_ins.py --all` runs all five lessons
# as twenty computers would (five kernels, one thread and two, with and without the newer vector instructions) and compares every number and every picture.

# %% [markdown]
# ## Recap
#
# - A step is one update, an epoch one pass. 391 steps of 128 make an epoch of 50,000 images.
# - Record the batch loss at every step and the validation score now and then. Loss is what you follow, accuracy what you want.
# - Too small a rate is a ramp or a crawl, too large a rate thrashes; between them lies a broad basin. Rate and scale of the pixels belong together.
# - Validation loss that has come down and rises again while training loss falls is overfitting. Stop early, or find more data.
# - Momentum adds up gradients that agree and damps those that alternate. Compare it at the same effective rate.
# - Test once. At 98 %, ten thousand digits leave an uncertainty of some tenths of a point.
# - Every order of a sum rounds differently. A moderate learning rate keeps such differences small, too large a rate makes them grow; float64 hides them longer than float32.
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
# 2. Your validation loss falls, but the accuracy stands still. Is anything being learnt?
#
#    <details><summary>Answer</summary>
#
#    Yes: the right answers become surer, or the wrong ones less sure, without any of them changing sides yet.
#
#    </details>
#
# 3. You halve the batch size. What happens to the noise of the batch loss, and to the number of steps in an epoch?
#
#    <details><summary>Answer</summary>
#
#    A mean of half as many examples has a spread $\sqrt 2$ times as large. The number of steps doubles.
#
#    </details>
#
# 4. Why were the five seeds not compared on the test images?
#
#    <details><summary>Answer</summary>
#
#    Looking at the spread is looking, too. Whoever sees five test scores will remember the best; the test set's one question had been asked.
#
#    </details>
#
# 5. You switch on momentum of 0.9. Which learning rate without it is a fair comparison?
#
#    <details><summary>Answer</summary>
#
#    Ten times as large a one: where gradients agree, the steps with momentum grow to $1 / (1 - \mu)$ times their size.
#
#    </details>
#
# ## Next
#
# [05 Autopsy of the original](05_autopsy.ipynb): you know now what a healthy training run looks like. Take the original apart, fault by fault.
