# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 Deeper
#
# If one hidden layer is good, five should be better. So build a network with five sigmoid layers, train it for an epoch at any of eight rates, and it gives every image the same answer. Its gradients are right, but they hardly get through. **Why does the gradient fade, and what keeps it alive?**
#
# **You will** turn the network of lesson 03 into one with as many layers as you like. You will watch its gradient fade, and wait to see what becomes of it. Then you will bring it back in three ways: with other weights, with other units, and with a plus sign.
#
# **You will be able to**
#
# - write the backward pass of a network of any depth as one loop;
# - read gradient norms, layer by layer, and know that waiting may help;
# - work out from variances how large a layer's weights should be at the start;
# - give a deep network, and its gradient, a way around the layers.
#
# **You need** lessons [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb).
#
# **Time** 50 minutes to read, 29 more for the exercises; it runs for about 25 s and takes 400 MB

# %% [markdown]
# ## Before you start
#
# 1. How large can the slope of the sigmoid get, and where?
#
#    <details><summary>Answer</summary>
#
#    One quarter, at $z = 0$, where the activation is one half: the slope is $a\,(1 - a)$.
#
#    </details>
#
# 2. You know $dZ_2$, the blame of a layer's sums. Which product gives you the blame of the layer's weights, and which the blame of what came in?
#
#    <details><summary>Answer</summary>
#
#    $dW_2 = A_1^T dZ_2$: what came in, times the blame of the sums. And $dA_1 = dZ_2 W_2^T$: the blame, sent back along the same weights.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, guesses, studies
from mnistlib import data, deep, functions, plotting
from mnistlib.functions import cross_entropy, sigmoid
from mnistlib.gradcheck import check_gradient
from mnistlib.training import evaluate, minibatches, train

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=6)
)
x = data.scale(train_set[0][:1000])
y = data.one_hot(train_set[1][:1000])
x.shape, y.shape

# %% [markdown]
# ## The loop
#
# In lesson 03 every layer had lines of its own. Now give each layer a number $m$, and call the pixels $A_0$:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $m$ | `m` | | a layer, counted from the pixels |
# | $A_0 = X$ | `kept[0]` | (n, 784) | pixels scaled to $[0, 1]$ |
# | $W_m, b_m$ | `W`, `b` | (inputs, outputs), (outputs,) | weights and biases of layer $m$ |
# | $Z_m$ | `z` | (n, outputs) | sums of layer $m$ |
# | $A_m$ | `kept[m]` | (n, outputs) | activations of layer $m$ |
#
# *Inputs* is the number of units that feed a layer, *outputs* the number of units it has.
#
# $$\begin{aligned} Z_m &= A_{m-1} W_m + b_m, \\ A_m &= f(Z_m) . \end{aligned}$$
#
# The **activation function** $f$ works on each entry separately. So far it has been the sigmoid. The last layer has no $f$, because its sums are the logits. On the way forward we keep every $A_m$, since we shall need them on the way back.


# %%
def forward(layers, x, f):
    kept = [x]
    for W, b in layers[:-1]:
        kept.append(f(kept[-1] @ W + b))
    W, b = layers[-1]
    return kept, kept[-1] @ W + b


sizes = [784, 128, 128, 128, 10]
parameters = deep.initialise(np.random.default_rng(seed=1), sizes, rule="Glorot")
layers = list(zip(parameters[::2], parameters[1::2]))
kept, z = forward(layers, x, sigmoid)
for array in [*kept, z]:
    print(array.shape)

# %% [markdown]
# The way back is the same walk in the other direction. At layer $m$ we hold $dZ_m$. We want the two gradients of the layer, and the $dZ$ of the layer before it. These are lesson 03's lines, with $m$ in place of 2:
#
# $$\begin{aligned} dW_m &= A_{m-1}^T\, dZ_m, \\ dA_{m-1} &= dZ_m\, W_m^T, \\ dZ_{m-1} &= dA_{m-1} \odot f'(Z_{m-1}) , \end{aligned}$$
#
# and $db_m$ is the sum of the rows of $dZ_m$, as ever. Only the last line knows which function $f$ is. So an activation function comes as a *pair*: one function for the way forward, from $z$ to $a$, and one for the way back, from $da$ to $dz$.
#
# | | forward | backward |
# |---|---|---|
# | sigmoid | $a = \sigma(z)$ | $dz = da \odot a \odot (1 - a)$ |
# | tanh | $a = \tanh z$ | $dz = da \odot (1 - a^2)$ |
# | ReLU | $a = \max(z, 0)$ | yours |
#
# The third is new here: the **rectified linear unit**, or ReLU. ([Fukushima 1969](https://doi.org/10.1109/TSSC.1969.300225) built such units into a network of many layers; the name came with [Nair and Hinton 2010](https://icml.cc/Conferences/2010/papers/432.pdf).) It passes on what is positive and cuts off the rest. Its slope is 1 for $z > 0$ and 0 for $z < 0$, so the value tells you the slope. Where $a > 0$ we call the unit *awake*. Where $a = 0$ it is *asleep*, and we take the slope to be 0.
#
# ### Exercise 7.1: back through a ReLU (warm-up, 3 minutes)
#
# Pencil first: $a = (2, 0)$ and $da = (5, 7)$. What is $dz$?
#
# <details><summary>The pencil's numbers</summary>
#
# $(5, 0)$: the first unit is awake and passes its blame on, the second is asleep.
#
# </details>


# %%
def my_relu_backward(da, a):
    """Return dz from da and the activations a, all of one shape."""
    ...


exercises.check(my_relu_backward)

# %%
exercises.folded(my_relu_backward)

# %% [markdown]
# ### Exercise 7.2: the loop back (core, 10 minutes)
#
# Write the way back for a network whose hidden layers are *tanh*. You get the parameters as a list of pairs, the kept activations (`kept[0]` is `x`), and the gradient with respect to the logits.
#
# Pencil first: one image, one unit in each layer, biases of 0. Let $x = 1$ and $W_1 = \frac12 \log 3$, which makes $a_1 = \tanh W_1 = \frac12$. Let $W_2 = 2$ and $dz_2 = 4$. What are $dW_2$, $dz_1$ and $dW_1$?
#
# <details><summary>The pencil's numbers</summary>
#
# $dW_2 = a_1\, dz_2 = 2$. The blame of $a_1$ is $dz_2\, W_2 = 8$, and tanh's slope is $1 - \frac14 = \frac34$, so $dz_1 = 6$. With $x = 1$, $dW_1 = 6$ too.
#
# </details>


# %%
def my_deep_gradients(layers, kept, dz):
    """Return the list dW1, db1, dW2, db2, ... of a network whose hidden layers are tanh.

    layers: list of (W, b). kept: list of x, a1, a2, ..., what came into each layer.
    """
    ...


exercises.check(my_deep_gradients)

# %%
exercises.folded(my_deep_gradients)

# %% [markdown]
# The library has the same two loops in `deep.MLP`, a model that lesson 04's `train` accepts. Check it by nudging weights of the first layer, because their gradient has passed through every line of the loop.

# %% tags=["hide-input"]
few = slice(0, 10)
ink = np.flatnonzero(x[few].any(axis=0))[:30]  # thirty pixels with ink


def checked(model, parameters, place, rows):
    """Check some rows of one array's gradient, with ten images."""
    _, grads = model.gradients(parameters, x[few], y[few])

    def loss_of_these(weights):
        changed = [array.copy() for array in parameters]
        changed[place][rows] = weights
        return cross_entropy(model.logits(changed, x[few]), y[few])

    name = f"d{'Wb'[place % 2]}{place // 2 + 1}"
    return check_gradient(loss_of_these, parameters[place][rows], grads[place][rows], name=name)


print(checked(deep.MLP("sigmoid"), parameters, 0, ink))

# %% [markdown]
# ## A gradient that fades
#
# So the gradient is right. But how *large* is it? Take its **norm**, the root of the sum of all squares, which earlier lessons called its length. The norm of $dW_m$ says how hard the loss pulls at layer $m$, so we call it the *pull*. Take five hidden layers of 128 sigmoids, with weights drawn as in the lessons so far, by *Glorot's rule*, which is explained below.
#
# **Predict.** How many times as strong is the pull at layer 6 as at layer 1?

# %%
guesses.ask("times the pull at layer 1", None)

# %%
depths = [784, 128, 128, 128, 128, 128, 10]
sigmoids = deep.initialise(np.random.default_rng(seed=1), depths, rule="Glorot")


def pull(model, parameters):
    """Norm of the gradient with respect to each layer's weights."""
    _, grads = model.gradients(parameters, x, y)
    return [np.linalg.norm(dW) for dW in grads[::2]]


norms = pull(deep.MLP("sigmoid"), sigmoids)
for layer, norm in enumerate(norms, start=1):
    print(f"layer {layer}: {norm:.6f}")
guesses.compare("times the pull at layer 1", f"{norms[-1] / norms[0]:.0f}")

# %% [markdown]
# From each layer to the one before it, most of the pull is lost. Where does it go? Two things happen to the blame on its way from $dZ_m$ to $dZ_{m-1}$. It is multiplied by $W_m^T$, and then by the slopes $a\,(1 - a)$, each *at most a quarter*. By what factor does each of the two change the norm of the blame?


# %% tags=["hide-input"]
def factors(parameters):
    """Factors by which weights, and then slopes, change the norm of the blame, last layer first."""
    layers = list(zip(parameters[::2], parameters[1::2]))
    kept, z = forward(layers, x, sigmoid)
    dz = functions.cross_entropy_gradient(z, y)
    weights, slopes = [], []
    for (W, _), a in reversed(list(zip(layers[1:], kept[1:]))):  # a came into the layer of W
        da = dz @ W.T
        weights.append(np.linalg.norm(da) / np.linalg.norm(dz))
        dz = da * a * (1 - a)
        slopes.append(np.linalg.norm(dz) / np.linalg.norm(da))
    return weights, slopes


weights, slopes = factors(sigmoids)
for m, by_weights, by_slopes in zip(range(len(weights) + 1, 1, -1), weights, slopes):
    print(f"layer {m} to {m - 1}: weights {by_weights:.3f}, slopes {by_slopes:.3f}")
all_weights, all_slopes = np.prod(weights), np.prod(slopes)
print(f"all the way: weights {all_weights:.3f}")
print(f"             slopes  {all_slopes:.6f}")
print(f"both: one part in {1 / (all_weights * all_slopes):.0f}")

# %% [markdown]
# The weights change the norm very little: by a factor of 1.34 all the way back. But the slopes of each layer leave less than a quarter, and those of five layers less than a thousandth. This is the **vanishing gradient** (Hochreiter 1991; [Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)).
#
# <details><summary>Why 872 above, and 1,023 here?</summary>
#
# This cell measured the blame $dZ_m$. The cell before it measured $dW_m = A_{m-1}^T\, dZ_m$, which also depends on what came in, and pixels and activations differ in size.
#
# </details>
#
# **Change a number.** Take one 128 out of `depths`. By what factor will the ratio of the last pull to the first fall? Run both cells. Then put it back, and run both again.
#
# <details><summary>Answer</summary>
#
# By about four, which is what the slopes of one layer cost: the last pull is then some 200 times the first. With another seed it can be smaller, or much larger, because the weights play their part too.
#
# </details>
#
# ## One epoch, and nine more
#
# What can the network do with so faint a pull? Give it one epoch, at a rate of 0.5. What do you expect of its answers, and how far will each layer move, as a share of the size of its weights?


# %% tags=["hide-input"]
def one_epoch(model, parameters, rate):
    batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
    steps = tqdm(batches, leave=False)
    trained, _ = train(model, parameters, train_set, steps, learning_rate=rate)
    return trained, evaluate(model, trained, validation_set)


trained, score = one_epoch(deep.MLP("sigmoid"), sigmoids, 0.5)
z = deep.MLP("sigmoid").logits(trained, data.scale(validation_set[0]))
p = functions.softmax(z)
print(f"validation loss {score.loss:.3f} (log 10 is {np.log(10):.3f})")
print(f"accuracy {score.accuracy:.2%}, answers given: {np.unique(p.argmax(axis=1))}")
print("a probability varies between images")
print(f"   by {p.std(axis=0).max():.6f} at most")
for layer, (before, after) in enumerate(zip(sigmoids[::2], trained[::2]), start=1):
    moved = np.linalg.norm(after - before) / np.linalg.norm(before)
    print(f"layer {layer}: moved by {moved:.3f}")

# %% [markdown]
# The network has not begun to learn. All images get the same answer, and the first three layers have moved by a hundredth or two of their size. But what if we wait? The study `plateau` trains it from three starts, for ten epochs at a rate of 2 and for twenty at 0.5. Sketch the validation accuracy that you expect, epoch by epoch. The cell also prints when layer 1's pull was lowest, and when accuracy first passed 15 %.

# %% tags=["hide-input"]
study = studies.read("plateau")
settings, results, here = studies.again("plateau")
print(settings)
print("the same as stored:", np.allclose(here["loss"], results["loss"]))

runs = [row for row in study["rows"] if row["settings"]["epochs"] > 1]
print("rate  seed  lowest pull  over 15 %    end")
for run in runs:
    settings, accuracy = run["settings"], np.array(run["results"]["accuracy"])
    lowest = np.argmin([norms[0] for norms in run["results"]["norms"]])
    over = np.argmax(accuracy > 0.15)
    print(f"{settings['rate']}   {settings['seed']:4}", end="")
    print(f"  {lowest:11}  {over:9}  {accuracy[-1]:.1%}")
second = runs[1]["results"]
print("\nrate 2.0, seed 1: the plateau")
print("              pull, in thousandths")
print("epoch   loss  layer 1  layer 6")
for epoch in range(6):
    first, *_, last = 1000 * np.array(second["norms"][epoch])
    print(f"{epoch:5}  {second['loss'][epoch]:.3f}  {first:7.2f}  {last:7.2f}")

# %% mystnb={"image": {"alt": "Two panels against epochs, 0 to 10. Above, validation accuracy for three seeds: each lies near ten per cent for two to five epochs, then climbs steeply to between 92 and 96. Below, on a logarithmic axis, the norm of the gradient at layers 1, 3 and 6 for seed 0: layers 1 and 3 fall to a thousandth or less, layer 6 from one to four thousandths; all rise to about three tenths by the fourth epoch."}} tags=["hide-input"]
figure, (upper, lower) = plt.subplots(2, 1, figsize=(6, 6), sharex=True)
fast = [run for run in runs if run["settings"]["rate"] == 2]
for run, style in zip(fast, ["o-", "s--", "^:"]):
    label = f"seed {run['settings']['seed']}"
    upper.plot(100 * np.array(run["results"]["accuracy"]), style, ms=5, label=label)
course = np.array(fast[0]["results"]["norms"])
for layer, style in [(1, "o-"), (3, "s--"), (6, "^:")]:
    lower.semilogy(course[:, layer - 1], style, ms=5, label=f"layer {layer}")
upper.set(title="A plateau, and then it learns", ylabel="validation accuracy, %", ylim=(0, 100))
lower.set(title="Seed 0: the pull wakes up", ylabel="pull: norm of dW", xlabel="epochs")
upper.legend()
lower.legend()
plt.show()

# %% [markdown]
# So it does learn after all: at a rate of 2 it reads 92 to 96 % after ten epochs. For the first two to five of them it stood on a **plateau**, a stretch on which the loss hardly moves. The last lines printed above show seed 1's. A small pull is not the end: in the lower panel, layer 1's pull grows more than a hundredfold from epoch 2 to epoch 4.
#
# ### What goes quiet
#
# Layer 6 is odd. Within an epoch its pull falls more than a hundredfold, although no slope stands between it and the loss. Its gradient is $A_5^T\, dZ_6$, so there are two suspects: what comes in, $A_5$, and the blame, which may cancel when it is added up over the images. Train for an epoch at a rate of 2, and look at both.

# %% tags=["hide-input"]
quiet, _ = one_epoch(deep.MLP("sigmoid"), sigmoids, 2.0)
print("                       start    after")
found = []
for parameters in [sigmoids, quiet]:
    *_, a5, z = deep.MLP("sigmoid").forward(parameters, x)
    dz6 = functions.cross_entropy_gradient(z, y)
    lengths = [np.linalg.norm(a5.mean(axis=0)), np.linalg.norm(dz6.sum(axis=0))]
    pull_6 = np.linalg.norm(a5.T @ dz6)
    found.append([a5.mean(), (a5 * (1 - a5)).mean(), a5.std(axis=0).mean(), *lengths, pull_6])
names = ["mean of A5", "its slope", "varies by", "length of the mean A5"]
names += ["length of the blame", "pull at layer 6"]
for name, start, after in zip(names, *found):
    print(f"{name:21} {start:8.5f} {after:8.5f}")
(*_, mean_start, blame_start, _), (*_, mean_after, blame_after, _) = found
print(f"A5 has shrunk by a factor of {mean_start / mean_after:.0f}, ", end="")
print(f"the blame by one of {blame_start / blame_after:.0f}")

# %% [markdown]
# $A_5$ is almost the same for every image. So layer 6's gradient is the mean $A_5$ times the blame added up over the images, and the pull is the length of one times the length of the other. The blames do cancel, because an $A_5$ that can't tell images apart can only teach how common each digit is. But $A_5$ has lost more. The last hidden layer has gone quiet: its activations have sunk from about a half to nearly 0, where a sigmoid is **saturated**. That leaves little to come into layer 6, and layer 5 has lost its slope, which weakens the pull at every layer before it. [Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html) saw just this: training pushes the top hidden layer to 0, and it takes a long time to come back.
#
# So the blame fades on its way back, the image fades on its way forward, and between them a layer goes quiet.
#
# ## A unit with a corner
#
# A ReLU's slope is 1 wherever the unit is awake, however large $z$ is. [Glorot, Bordes and Bengio 2011](https://proceedings.mlr.press/v15/glorot11a.html) showed how well it trains. The price: where the unit is asleep, the slope is 0, and at $z = 0$ the function has a corner, a **kink**.
#
# ### At the kink
#
# At the kink there is no derivative, and the library takes 0. What does the gradient check measure, exactly there and a little to the right of it? With a pencil, work out the central difference $\big(\mathrm{relu}(u + h) - \mathrm{relu}(u - h)\big) / 2h$ at $u = 0$.


# %%
def relu_sum(u):
    return deep.relu(u).sum()


for u in [0.0, 4e-6, 1e-3]:
    given = deep.relu_backward(np.ones(1), deep.relu(np.array([u])))
    print(check_gradient(relu_sum, np.array([u]), given, name=f"at {u:g}"))

# %% [markdown]
# At the kink only the nudge to the right climbs, so the check measures one half, the slope of neither side. At the second point the nudge to the left, $10^{-5}$ long, jumps over the kink. **A check that fails at a kink has not found a bug.** Before you believe a "WRONG", ask how far the nearest sum is from 0.
#
# ### Is it the corner?
#
# Does a ReLU help because it doesn't saturate, or because its slope is 1 from the start? Tanh saturates just as a sigmoid does, but near 0 its slope is 1 as well. So train five layers of tanh, from the very weights with which the sigmoids failed.

# %% tags=["hide-input"]
relus = deep.initialise(np.random.default_rng(seed=1), depths, rule="He")
runs = {
    "sigmoid, Glorot": (deep.MLP("sigmoid"), sigmoids),
    "tanh, the same weights": (deep.MLP("tanh"), sigmoids),
    "ReLU, He": (deep.MLP("relu"), relus),
}
for name, (model, start) in runs.items():
    print(f"{name:22}: {one_epoch(model, start, 0.3)[1].accuracy:.2%} after one epoch at 0.3")

# %% [markdown]
# Tanh learns at once, about as well as the ReLUs. (This is one seed of each.) So what the sigmoids lacked at the start was not a corner. Nor were they saturated then: the slopes above were close to a quarter. The trouble was that quarter itself.
#
# ## How large should the weights be?
#
# What the slopes take away, larger weights could give back. How large must they be, so that neither the sums on the way forward nor the blame on the way back shrinks from layer to layer?
#
# Follow the mean square of the numbers through one layer, and ask when it stays the same. The weights are drawn independently, with mean 0 and the same **variance** $\mathrm{Var}(w)$, which for a mean of 0 is their mean square. Biases start at 0. We write $E$ for "the mean of".
#
# **Forward.** A unit's sum is $z = \sum_j a_j w_j$. Square it, and you get the squares $a_j^2 w_j^2$ and mixed products $a_j w_j \cdot a_k w_k$. The weights' signs are random, so the mixed products are 0 on average, and only the squares remain. There is one for each of the layer's inputs:
#
# $$E[z^2] = \text{inputs} \cdot \mathrm{Var}(w) \cdot E[a^2] .$$
#
# **Through the unit.** If you flip the signs of all of a unit's weights, its sum flips from $z$ to $-z$, and one is as likely as the other. So the positive sums hold half of the mean square. A ReLU keeps these and sets the rest to 0, so $E[a^2] = \frac12 E[z^2]$, and these $a$ come into the next layer. Its sums have the same mean square if $\text{inputs} \cdot \mathrm{Var}(w) \cdot \frac12$ is 1, which means $\mathrm{Var}(w) = 2 / \text{inputs}$. With tanh nothing is halved as long as the sums are small, so it wants $1 / \text{inputs}$ ([LeCun and others 1998](https://doi.org/10.1007/3-540-49430-8_2)).
#
# ## And on the way back?
#
# There a sum is taken as well: in $dA = dZ\, W^T$ the blame of each activation has one term for each of the layer's *outputs*. The same argument gives $E[da^2] = \text{outputs} \cdot \mathrm{Var}(w) \cdot E[dz^2]$. Then each $da$ meets a slope, and its square meets the square of the slope:
#
# $$E[dz_{\text{before}}^2] = E[f'^2] \cdot \text{outputs} \cdot \mathrm{Var}(w) \cdot E[dz^2] .$$
#
# (This takes the blame to be independent of the weights and slopes it meets. The twenty layers below will show whether that is true enough.) Half of the ReLUs have slope 1 and the others 0, so $E[f'^2] = \frac12$. A sigmoid's slope is at most $\frac14$, so its $E[f'^2]$ is at most $\frac1{16}$.
#
# On the way forward, a sigmoid's activations are all near $\frac12$, so what matters is how two images *differ*. A difference meets the weights and then a slope of at most $\frac14$, just as the blame does.
#
# | $\mathrm{Var}(w)$ that keeps things level | forward | back |
# |---|---|---|
# | tanh, near 0 | 1 / inputs | 1 / outputs |
# | ReLU | 2 / inputs | 2 / outputs |
# | sigmoid | at least 16 / inputs | at least 16 / outputs |
#
# **Glorot's rule** ([Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)) is a compromise in the first row: 2 / (inputs + outputs). **He's rule** ([He and others 2015](https://arxiv.org/abs/1502.01852)) is the second row, forward: 2 / inputs.
#
# The third row says what our sigmoids were missing. From 128 units to 128, Glorot's variance is 1 / 128, and they want at least 16 times as much, both ways. So sigmoids want weights four times as large, an old rule of thumb.
#
# ### Exercise 7.3: from a variance to a range (core, 4 minutes)
#
# Our generators draw weights uniformly between $-\text{limit}$ and $+\text{limit}$. The mean of $w^2$ is then $\text{limit}^2 / 3$, the mean height of a parabola, and that is the variance. Which limit gives He's variance?


# %%
def my_he_limit(inputs):
    """Return the limit of a uniform distribution around 0 whose variance is 2 / inputs."""
    ...


exercises.check(my_he_limit)

# %%
exercises.folded(my_he_limit)

# %% [markdown]
# Send 1,000 images forward through twenty layers of 128 ReLUs, and random blame back. Give the weights He's variance, then half of it, then twice that variance. Measure the *spread*, the root of the mean square over all images and units.
#
# **Predict.** If the variance is halved, by what factor does the spread change from one layer to the next?

# %%
guesses.ask("factor from layer to layer", None)


# %% tags=["hide-input"]
def there_and_back(factor, seed=3):
    rng = np.random.default_rng(seed)
    start = deep.initialise(rng, [784] + [128] * 20, rule="He")
    hidden = [np.sqrt(factor) * W for W in start[::2]]
    a, kept, there, back = x, [], [], []
    for W in hidden:
        z = a @ W
        a = deep.relu(z)
        there.append(np.sqrt((z**2).mean()))
        kept.append(a)
    da = rng.normal(size=a.shape)
    for W, a in zip(reversed(hidden), reversed(kept)):
        dz = deep.relu_backward(da, a)
        back.append(np.sqrt((dz**2).mean()))
        da = dz @ W.T
    return there, back[::-1]


# %% tags=["hide-input"]
spreads = {
    "half of He's variance": there_and_back(0.5),
    "He's": there_and_back(1.0),
    "twice": there_and_back(2.0),
}
print("spread, times           forward      back")
for name, (there, back) in spreads.items():
    print(f"{name:21} {there[-1] / there[0]:9.4f} {back[0] / back[-1]:9.4f}")
half, whole = spreads["half of He's variance"][0], spreads["He's"][0]
print(f"forward, half against He's: {half[-1] / half[0] / (whole[-1] / whole[0]):.4f}")
a_layer = (half[-1] / half[0] / (whole[-1] / whole[0])) ** (1 / 19)
guesses.compare("factor from layer to layer", f"{a_layer:.3f}, the root of 1/2")

# %% mystnb={"image": {"alt": "Two panels on logarithmic axes against the layer, one to twenty: left the spread of the sums on the way forward, right the spread of the blame on the way back. With He's variance both stay nearly level. With half of it the sums sink in a straight line to about a thousandth from left to right, and the blame just as far from right to left. With twice that variance each climbs to several hundred, in its own direction."}} tags=["hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.5, 3.8), sharey=True, layout="constrained")
for (name, (there, back)), style in zip(spreads.items(), ["s--", "o-", "^:"]):
    left.semilogy(np.arange(1, 21), there, style, markersize=4, label=name)
    right.semilogy(np.arange(1, 21), back, style, markersize=4, label=name)
left.set(title="Forward: the sums z", xlabel="layer (read to the right)", ylabel="spread")
right.set(title="Back: the blame dz", xlabel="layer (read to the left)")
for axis in (left, right):
    axis.set_xticks([1, 5, 10, 15, 20])
figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
figure.suptitle("Of the three, only He's keeps the spread level", fontsize=13)
plt.show()

# %% [markdown]
# He's rule keeps both spreads nearly level, though in a single draw they drift a little. A wrong variance is wrong again at every layer: half of He's multiplies the spread by the root of $\frac12$ each time. Blame that grows on its way back is called an **exploding gradient**.
#
# Now look at the pull again, for three networks: the sigmoids with Glorot's weights, the same with weights four times as large, and ReLUs with He's. Sketch the second and third curve before you look.

# %%
large = tuple(4 * value for value in sigmoids)  # the biases are 0
print(checked(deep.MLP("relu"), relus, 0, ink))
pulls = {
    "sigmoid, Glorot": norms,
    "sigmoid, Glorot x 4": pull(deep.MLP("sigmoid"), large),
    "ReLU, He": pull(deep.MLP("relu"), relus),
}

# %% tags=["hide-input"]
for name, values in pulls.items():
    times = values[-1] / values[0]
    print(f"{name}:")
    print(f"   first {values[0]:.3f}, last {values[-1]:.3f}: {times:.1f} times")
for name, start in {"sigmoid, Glorot": sigmoids, "sigmoid, Glorot x 4": large}.items():
    weights, slopes = factors(start)
    *_, top, z = deep.MLP("sigmoid").forward(start, x)
    print(f"{name}:")
    print(f"   weights {np.mean(weights):.2f}, slopes {np.mean(slopes):.3f} a layer")
    print(f"   last hidden layer varies by {top.std(axis=0).mean():.4f}")

# %% mystnb={"image": {"alt": "Norm of the loss's gradient with respect to each layer's weights, for six layers, on a logarithmic axis. For sigmoids with Glorot's weights it falls from about one at the last layer to about two thousandths at the first, in nearly even steps. With weights four times as large it falls from six to four tenths. For ReLUs with He's weights it is nearly level, between one half and one and a half."}} tags=["home", "hide-input"]
figure, axis = plt.subplots()
for (name, values), style in zip(pulls.items(), ["o--", "s:", "o-"]):
    axis.semilogy(range(1, len(values) + 1), values, style, label=name)
axis.set(
    title="The pull that reaches each layer, before the first step",
    xlabel="layer, from the pixels to the logits",
    ylabel="pull: norm of dW",
)
axis.legend()
plt.show()

# %% [markdown]
# Large weights lift the pull at the first layer from two thousandths to four tenths. Yet their curve isn't level. More sums now lie far from 0, where the sigmoid is less steep. So a layer's slopes leave only 0.160 of the blame, and weights that multiply it by 4.25 can't make up for that. This is why the table says *at least*.
#
# ## One to five hidden layers
#
# Does it matter in the end? The study `depth` trains these three kinds, with one to five hidden layers, for one epoch. Each kind at each depth gets three seeds and the best of eight learning rates, chosen on the validation images, so these accuracies flatter a little. The next cell trains one of the networks again.

# %% tags=["hide-input"]
depth = studies.read("depth")
settings, results, here = studies.again("depth")
for name, value in settings.items():
    print(f"{name}: {value}")
print(f"accuracy {here['accuracy']:.2%}, stored {results['accuracy']:.2%}")

five_sigmoids = {"start": "sigmoid, Glorot", "hidden_layers": 5}
found = [
    row["results"]["accuracy"]
    for row in depth["rows"]
    if five_sigmoids.items() <= row["settings"].items()
]
shares = np.bincount(validation_set[1]) / len(validation_set[1])
of_one_digit = [np.isclose(accuracy, shares).any() for accuracy in found]
print(f"five sigmoid layers, Glorot: {len(found)} runs")
print(f"   exactly the share of one digit right: {sum(of_one_digit)}")
print("   accuracies in %:", *(f"{100 * accuracy:.2f}" for accuracy in np.unique(found)))

# %% mystnb={"image": {"alt": "Validation errors after one epoch, in per cent on a logarithmic axis, against the number of hidden layers, one to five, each at its best learning rate, with bars from the lowest to the highest of three seeds. Sigmoids with Glorot's weights climb with depth from seven errors in a hundred to the level of chance. Sigmoids with weights four times as large climb slowly, from six to thirteen. ReLUs with He's weights are lowest at every depth, between five and seven."}} tags=["hide-input"]
best, rates = {}, sorted({row["settings"]["rate"] for row in depth["rows"]})
for kind in pulls:
    for hidden in range(1, 6):
        wanted = {"start": kind, "hidden_layers": hidden}
        rows = [row for row in depth["rows"] if wanted.items() <= row["settings"].items()]
        at_rate = {
            rate: 100
            * np.array([r["results"]["accuracy"] for r in rows if r["settings"]["rate"] == rate])
            for rate in rates
        }
        rate = max(rates, key=lambda rate: at_rate[rate].mean())
        best[kind, hidden] = at_rate[rate]

figure, axis = plt.subplots()
for kind, style, shift in zip(pulls, ["o--", "s:", "o-"], [-0.05, 0, 0.05]):
    errors = 100 - np.array([best[kind, hidden] for hidden in range(1, 6)])
    mean = errors.mean(axis=1)
    bars = [mean - errors.min(axis=1), errors.max(axis=1) - mean]
    axis.errorbar(np.arange(1, 6) + shift, mean, bars, fmt=style, capsize=4, label=kind)
means = [best["ReLU, He", hidden].mean() for hidden in range(1, 6)]
print("ReLUs with He's weights, accuracy in %")
print("  1 to 5 layers:", *(f"{mean:.1f}" for mean in means))
print("  5 layers, by seed:", *(f"{one:.1f}" for one in best["ReLU, He", 5]))
five = [row for row in depth["rows"] if row["settings"]["start"] == "ReLU, Glorot"]
glorot = {
    rate: np.mean([r["results"]["accuracy"] for r in five if r["settings"]["rate"] == rate])
    for rate in {row["settings"]["rate"] for row in five}
}
print(f"   5 layers, Glorot's weights: {100 * max(glorot.values()):.1f}")
axis.set(
    title="After one epoch, sigmoids with small weights fall behind",
    xlabel="hidden layers",
    ylabel="validation errors, % (log scale)",
    xticks=range(1, 6),
    yscale="log",
    ylim=(4, 100),
)
axis.set_yticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
axis.minorticks_off()
axis.legend(loc="upper left")
plt.show()

# %% [markdown]
# - **Sigmoids with Glorot's weights** fall behind from the third hidden layer on. With five hidden layers they are still on their plateau after an epoch: at all eight rates they get exactly the share of a single digit right.
# - **The same sigmoids, with weights four times as large,** learn at every depth. So it was never the sigmoid alone, but the sigmoid *with that start*.
# - **ReLUs with He's weights** are ahead at every depth. With Glorot's weights five layers of ReLUs do as well, so at this depth it is the unit that helps, and not yet the rule.
#
# Depth itself gains little: with three layers about half a point, perhaps by luck. But the images are small, and this is one epoch.
#
# ## A way around
#
# One more cure costs only a plus sign. A layer no longer *replaces* what came in; it *adds* to it:
#
# $$\begin{aligned} Z_m &= A_{m-1} W_m + b_m, \\ A_m &= A_{m-1} + f(Z_m) . \end{aligned}$$
#
# That is a **residual layer** ([He and others 2016](https://arxiv.org/abs/1512.03385), with gates [Srivastava and others 2015](https://arxiv.org/abs/1505.00387)), and networks of more than a hundred layers have been trained with it. It needs as many outputs as inputs, or the two could not be added. What does it do to the blame? $A_{m-1}$ now reaches $A_m$ in two ways, through the layer and around it, and its blame is the sum of both. Before you write the loop, work out with a pencil what comes back around:
#
# $$dA_{m-1} = \quad ? \quad + \; dZ_m W_m^T .$$
#
# ### Exercise 7.4: back past a plus sign (stretch, 12 minutes)
#
# Here are several residual tanh layers in a row. You get their parameters, all the $A$ from the first to the last (one more than there are layers), and the gradient with respect to the last. Each $A$ after the first is what came in plus tanh's answer, and for the slope you need the answer alone.
#
# Pencil first: two layers of one unit, $W_1 = 2$, $b_1 = -2$, $W_2 = 3$, $b_2 = -3$, and all three $A$ are 1. With $dA_2 = 4$, what are $dW_2$, $dA_1$ and $dW_1$?
#
# <details><summary>The pencil's numbers</summary>
#
# Both sums are 0, so tanh's answers are 0 and its slopes 1. Layer 2: $dz_2 = 4$ and $dW_2 = 4$; $dA_1 = 4 + 4 \cdot 3 = 16$, around and through. Layer 1: $dz_1 = 16$, so $dW_1 = 16$.
#
# </details>


# %%
def my_residual_gradients(layers, kept, da):
    """Return the list dW1, db1, dW2, db2, ... of layers with a = what came in + tanh(z).

    layers: list of (W, b). kept: what came into the first layer, what left it, ..., what left the last.
    """
    ...


exercises.check(my_residual_gradients)

# %%
exercises.folded(my_residual_gradients)

# %% [markdown]
# The question mark was $dA_m$ itself, unchanged, because a plus sign has no slope and no weight:
#
# $$dA_{m-1} = dA_m + dZ_m W_m^T, \quad dZ_m = dA_m \odot f'(Z_m) .$$
#
# Now give the plus sign to the five sigmoid layers that stood on their plateau, *with the same weights*, Glorot's. Only the first layer, with its 784 inputs, stays as it was.


# %% tags=["hide-input"]
class WayAround(deep.MLP):
    def forward(self, parameters, x):
        (W, b), *residual, (W_last, b_last) = zip(parameters[::2], parameters[1::2])
        kept = [x, sigmoid(x @ W + b)]
        for W, b in residual:
            kept.append(kept[-1] + sigmoid(kept[-1] @ W + b))
        return [*kept, kept[-1] @ W_last + b_last]

    def gradients(self, parameters, x, y):
        _, *residual, W_last = parameters[::2]
        *kept, z = self.forward(parameters, x)
        loss, dz = functions.cross_entropy_with_gradient(z, y)
        grads = [dz.sum(axis=0), kept[-1].T @ dz]
        da = dz @ W_last.T
        # from the top down: kept[-2] to kept[1] came in, kept[-1] to kept[2] left
        for W, came_in, left in zip(reversed(residual), kept[-2:0:-1], kept[:1:-1]):
            added = left - came_in
            dz = da * added * (1 - added)
            grads += [dz.sum(axis=0), came_in.T @ dz]
            da = da + dz @ W.T
        dz = da * kept[1] * (1 - kept[1])
        grads += [dz.sum(axis=0), x.T @ dz]
        return loss, tuple(grads[::-1])


around = WayAround("sigmoid")
for place, rows in [(0, ink), (4, slice(0, 30)), (5, slice(0, 128))]:  # W1, W3, b3
    print(checked(around, sigmoids, place, rows))

# %% [markdown]
# The first layer and one in the middle pass their check. How far does one epoch take us now, from the same weights and two other draws? And how far does a network with only *one* hidden layer get?

# %%
print("last hidden layer")
for name, model in {"without": deep.MLP("sigmoid"), "with": around}.items():
    *_, top, z = model.forward(sigmoids, x)
    varies = top.std(axis=0).mean()
    print(f"   {name}: mean {top.mean():.2f}, varies by {varies:.4f}")
print("accuracy after one epoch at 1.0")
print("seed  with the way around  one hidden layer")
for seed in [1, 2, 3]:  # 1 drew the weights above
    start = deep.initialise(np.random.default_rng(seed), depths, rule="Glorot")
    single = deep.initialise(np.random.default_rng(seed), [784, 128, 10], rule="Glorot")
    five = one_epoch(around, start, 1.0)[1].accuracy
    one = one_epoch(deep.MLP("sigmoid"), single, 1.0)[1].accuracy
    print(f"{seed:4}  {five:19.2%} {one:17.2%}")

# %% mystnb={"image": {"alt": "Norm of the gradient with respect to each layer's weights, for six layers, on a logarithmic axis, for sigmoids with Glorot's weights. Without a way around it falls from about one at the last layer to about two thousandths at the first. With a way around it stays between one and five in the first five layers and is 25 at the last."}} tags=["hide-input"]
figure, axis = plt.subplots()
axis.semilogy(range(1, len(norms) + 1), norms, "o--", label="each layer replaces what came in")
axis.semilogy(range(1, len(norms) + 1), pull(around, sigmoids), "s-", label="each layer adds to it")
axis.set(
    title="The same sigmoids and weights, and a plus sign",
    xlabel="layer, from the pixels to the logits",
    ylabel="pull: norm of dW",
)
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# After one epoch the network reads nine digits in ten, where it had been guessing. There is now a path along which nothing is multiplied ([He and others, also 2016](https://arxiv.org/abs/1603.05027)), and it serves the blame and the image alike.
#
# But look at the last column before you praise the plus sign. With the four residual layers left out, the network does about as well, and with two of the three seeds a little better. So the plus sign has not made these layers useful. It has let the network pass them by, so that a layer that can't help does no harm.
#
# <details><summary>Was it invented against vanishing gradients?</summary>
#
# Its inventors say not. Their networks also rescaled the sums at every layer, and the gradients had not vanished. Yet without the plus sign, the deeper networks trained worse than the shallower ones.
#
# </details>
#
# ## Recap
#
# - An activation function is a pair of functions, forward and backward. A network of any depth is one loop each way.
# - **Why does the gradient fade?** On its way back the blame is multiplied at every layer, by the weights and by the slope. A sigmoid's slope is at most a quarter, and five of them leave less than a thousandth. The image fades in the same way, and in training a layer can go quiet.
# - A faded gradient is small, not wrong: the network stood on a plateau, and then it learnt.
# - **What keeps it alive?** Starting weights that keep the spread level; for ReLUs a variance of 2 / inputs. A unit with slope 1, at 0 or wherever it is awake. And a plus sign, which gives the blame a way around slopes and weights.
# - At a kink there is no derivative, and a gradient check that fails there has found nothing.
#
# ## Questions to ask yourself
#
# 1. Your deep network does not learn. What would you print first?
#
#    <details><summary>Answer</summary>
#
#    Before the first step, the norm of the gradient with respect to each layer's weights, and how much the last hidden layer varies from image to image. If the norm shrinks from layer to layer towards the pixels, or the last layer hardly varies, the start or the activation function is at fault. After some steps, print the activations' means too: a layer may have gone quiet.
#
#    </details>
#
# 2. Could a much larger learning rate make up for a gradient that is a thousand times too small?
#
#    <details><summary>Answer</summary>
#
#    For the first layer, perhaps. But one rate serves all layers, and the last, whose gradient is a thousand times larger, would be thrown about. The plateau did end sooner at a rate of 2 than at 0.5, but it did not go away.
#
#    </details>
#
# 3. All the sums that enter a ReLU are negative, for every image. What will it learn?
#
#    <details><summary>Answer</summary>
#
#    Nothing: its activation is 0, so it has no part in the answer, and its slope is 0, so no blame reaches its weights. Unless the layers before it change, it stays *dead*.
#
#    </details>
#
# ## Next
#
# More layers, more units, more weights: is there no end to what a network may have? [08 When is a fit too good?](08_too_good.ipynb) asks what holds a network back, and what that costs.
