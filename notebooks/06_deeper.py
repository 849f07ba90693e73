# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 Deeper
#
# If one hidden layer is good, five should be better. Build a network with five, train it for an epoch at lesson 04's rate, and it answers the same
# digit for every image. Nothing is wrong with its gradients. They are right, and they hardly arrive.
#
# **You will** turn the network of lesson 03 into one with as many layers as you like, watch its gradient fade on the way down, bring it back
# in four ways, one of them a single plus sign, and meet a unit with a corner in it.
#
# **You will be able to**
#
# - write the backward pass as one loop over layers, each a pair of functions;
# - derive from variances how large the weights of a layer should be at the start;
# - read a picture of gradient norms, layer by layer, and say what is wrong with a network that does not learn;
# - say what a gradient check means where a function has a kink;
# - give a deep network a way around its layers, and its gradient.
#
# **You need** lessons [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb).
#
# **Time** 40 minutes to read, 35 more for the exercises; the computer works about 15 s and uses 350 MB

# %% [markdown]
# ## Before you start
#
# 1. How large is the slope of the sigmoid, at most, and where?
#
#    <details><summary>Answer</summary>
#
#    One quarter, at $z = 0$, where the activation is one half: the slope is $a\,(1 - a)$.
#
#    </details>
#
# 2. You know $dZ_2$, the blame of a layer's sums. Which two products take you to the blame of its weights, and to that of what came in?
#
#    <details><summary>Answer</summary>
#
#    $dW_2 = A_1^T dZ_2$, what came in times the blame of what went out; and $dA_1 = dZ_2 W_2^T$, the blame sent back along the same weights.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from mnistlib import data, deep, exercises, plotting, studies
from mnistlib.functions import (
    cross_entropy,
    cross_entropy_gradient,
    cross_entropy_with_gradient,
    sigmoid,
    softmax,
)
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
# In lesson 03 every layer had lines of its own. With five hidden layers that would be thirty lines, all alike. So give each layer a number $m$, call the pixels $A_0$, and let $f$ be the function that turns
# sums into activations:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $A_0 = X$ | `kept[0]` | (n, 784) | pixels scaled to $[0, 1]$ |
# | $W_m, b_m$ | `W`, `b` | (inputs, outputs), (outputs,) | weights and biases of layer $m$ |
# | $Z_m$ | `z` | (n, outputs) | sums of layer $m$ |
# | $A_m$ | `kept[m]` | (n, outputs) | activations of layer $m$ |
#
# $$Z_m = A_{m-1} W_m + b_m, \qquad A_m = f(Z_m) .$$
#
# The last layer has no $f$: its sums are the logits. On the way up we keep every $A_m$, since the way back will want them.


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
# The way back is the same walk in the other direction. At layer $m$ we hold $dZ_m$ and need three things: the two gradients of the layer, and the $dZ$ of the layer below.
#
# $$dW_m = A_{m-1}^T\, dZ_m, \qquad db_m = \sum_i dz_{m,i}, \qquad dA_{m-1} = dZ_m\, W_m^T, \qquad dZ_{m-1} = dA_{m-1} \odot f'(Z_{m-1}) .$$
#
# The first three are lesson 03's products, and the last is the chain rule through $f$. So a layer is a **pair of functions**: one goes forward, from $z$ to $a$; one goes backward, from $da$ to $dz$. Nothing else in the loop knows which pair is in use.
#
# | | forward | backward |
# |---|---|---|
# | sigmoid | $a = \sigma(z)$ | $dz = da \odot a \odot (1 - a)$ |
# | tanh | $a = \tanh z$ | $dz = da \odot (1 - a^2)$ |
# | ReLU | $a = \max(z, 0)$ | yours |
#
# You met the first two in lesson 03. The third is new, the **rectified linear unit**, ReLU for short. It passes on what is positive and cuts off the rest; why anybody would want that comes later. Its slope could not be simpler:
#
# $$\mathrm{relu}(z) = \max(z, 0), \qquad\qquad \mathrm{relu}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 . \end{cases}$$
#
# As with the other two, the slope can be told from the value: where $a > 0$ the unit is awake.
#
# ### Exercise 6.1: back through a ReLU (warm-up, 3 minutes)
#
# Pencil first: $a = (2, 0)$ and $da = (5, 7)$. What is $dz$?


# %%
def my_relu_backward(da, a):
    """Return dz from da and the activations a, all of one shape."""
    ...


exercises.check(my_relu_backward)

# %%
exercises.folded(my_relu_backward)

# %% [markdown]
# ### Exercise 6.2: the loop back (core, 10 minutes)
#
# Write the way back for a network whose hidden layers are **tanh**. You get the parameters as a list of pairs, the kept activations (`kept[0]` is `x`) and the gradient by the logits.


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
# The library has the same two loops in `deep.Deep`, a model as lesson 04's `train` wants one. It is checked like everything else: by nudging. Here is the first layer of the network with three hidden layers above, the one that lies furthest from the loss, and so has passed through every line of the loop.

# %%
model = deep.Deep("sigmoid")
few = slice(0, 10)
loss, grads = model.gradients(parameters, x[few], y[few])
ink = np.flatnonzero(x[few].any(axis=0))[:30]  # thirty pixels with ink


def loss_of_some_weights(weights):
    W1 = parameters[0].copy()
    W1[ink] = weights
    return cross_entropy(model.logits((W1, *parameters[1:]), x[few]), y[few])


print(check_gradient(loss_of_some_weights, parameters[0][ink], grads[0][ink], name="dW1"))

# %% [markdown]
# ## A gradient that fades
#
# So the gradient is right. How *large* is it? Its norm, the root of the sum of all squares, says how hard the loss pulls at a layer. Before you run the cell: five hidden layers of 128 sigmoids, Glorot's weights. How do
# the norms of $dW_1$ and of $dW_6$ compare?

# %%
depths = [784, 128, 128, 128, 128, 128, 10]
sigmoids = deep.initialise(np.random.default_rng(seed=1), depths, rule="Glorot")
_, grads = deep.Deep("sigmoid").gradients(sigmoids, x, y)
norms = [np.linalg.norm(dW) for dW in grads[::2]]
for layer, norm in enumerate(norms, start=1):
    print(f"layer {layer}: {norm:.6f}")
print(f"the last is {norms[-1] / norms[0]:.0f} times the first")

# %% [markdown]
# From each layer to the one below, most of the pull is lost. Where? On its way down the blame passes two places: it is multiplied by $W_m^T$, and then by the slope $a\,(1 - a)$, which is **at most a quarter**. Walk down once more, and note by what factor the length of the blame changes at each.

# %%
layers = list(zip(sigmoids[::2], sigmoids[1::2]))
kept, z = forward(layers, x, sigmoid)
dz = cross_entropy_gradient(z, y)
for m in range(6, 1, -1):
    da = dz @ layers[m - 1][0].T
    at_weights = np.linalg.norm(da) / np.linalg.norm(dz)
    dz = da * kept[m - 1] * (1 - kept[m - 1])
    at_slope = np.linalg.norm(dz) / np.linalg.norm(da)
    print(f"layer {m} to {m - 1}: through the weights {at_weights:.3f}, the slope {at_slope:.3f}")
print(f"a quarter to the fifth: {0.25**5:.6f}")

# %% [markdown]
# The weights let nearly all of it through, or add a little; that is what Glorot's rule is for. The slopes take three quarters and a little more, at every layer, and a quarter five times over makes a thousandth.
#
# What does the network do with so faint a pull? One epoch, at the rate of 0.5. Print what it answers to all validation images, how much its probabilities differ from image to image, and how far the weights of each layer have moved, beside the size they had.

# %%
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
trained, _ = train(deep.Deep("sigmoid"), sigmoids, train_set, batches, learning_rate=0.5)
score = evaluate(deep.Deep("sigmoid"), trained, validation_set)
p = softmax(deep.Deep("sigmoid").logits(trained, data.scale(validation_set[0])))
print(
    f"validation loss {score.loss:.3f} (log 10 is {np.log(10):.3f}), accuracy {score.accuracy:.2%}"
)
print("answers given:", np.unique(p.argmax(axis=1)))
print(f"standard deviation of a probability over the images: at most {p.std(axis=0).max():.6f}")
for layer, (before, after) in enumerate(zip(sigmoids[::2], trained[::2]), start=1):
    print(f"layer {layer}: moved by {np.linalg.norm(after - before) / np.linalg.norm(before):.3f}")

# %% [markdown]
# It has not begun. All images get the same answer and very nearly the same probabilities, and the loss is that of a network that knows nothing. The lowest three layers, which would have to tell the
# images apart, have moved by a hundredth or two of their size. The field calls it the **vanishing gradient** (Hochreiter 1991; [Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)).
#
# Is it really only the *size*? That can be tried. Divide the gradient of each array by its own norm before every step, so that all layers walk equally far, and change nothing else. If the direction is right at every layer, the network must now begin to learn. Would you bet on it?


# %%
class Levelled(deep.Deep):
    def gradients(self, parameters, x, y):
        loss, grads = super().gradients(parameters, x, y)
        return loss, tuple(d / np.linalg.norm(d) for d in grads)


for rate in [0.05, 0.2]:
    batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
    levelled, _ = train(Levelled("sigmoid"), sigmoids, train_set, batches, learning_rate=rate)
    score = evaluate(Levelled("sigmoid"), levelled, validation_set)
    print(f"all layers walk equally far, rate {rate}: accuracy {score.accuracy:.2%}")

# %% [markdown]
# The same start, the same batches, the same directions, array by array. (And no single rate brings the gradient as it is nearly so far, as a table below will show.) Is it the lower layers that learn, or only the upper ones, now that they walk? A control: let the lowest three layers walk just as far, each in a direction drawn by chance.


# %%
class Strayed(Levelled):
    def gradients(self, parameters, x, y):
        loss, grads = super().gradients(parameters, x, y)
        drawn = [stray.normal(size=d.shape) for d in grads[:6]]
        return loss, tuple(d / np.linalg.norm(d) for d in drawn) + grads[6:]


stray = np.random.default_rng(seed=3)
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
strayed, _ = train(Strayed("sigmoid"), sigmoids, train_set, batches, learning_rate=0.2)
score = evaluate(Strayed("sigmoid"), strayed, validation_set)
print(f"the lowest three in directions drawn by chance, rate 0.2: accuracy {score.accuracy:.2%}")

# %% [markdown]
# No better than one answer for all. So that settles the question: the gradient that arrived at the pixels was right, and only too small. (It is no recipe to keep.)
#
# ## A unit that does not saturate
#
# Better not to lose it on the way. The quarter is the sigmoid's; the ReLU's slope is 1 wherever the unit is awake, however large $z$ is (an old idea; [Glorot, Bordes and Bengio 2011](https://proceedings.mlr.press/v15/glorot11a.html) showed how well it trains). It costs two things: the slope is 0 where the unit sleeps, and it has a corner.
#
# ### At the kink
#
# The formula above says nothing about $z = 0$, and for good reason: there the function has a corner, and no slope. The library takes 0. What does the gradient check say, exactly there, and a little to the right of it? Work out the central difference $\big(f(u + h) - f(u - h)\big) / 2h$ at
# $u = 0$ with a pencil.


# %%
def relu_sum(u):
    return deep.relu(u).sum()


for u in [0.0, 4e-6, 1e-3]:
    given = deep.relu_backward(np.ones(1), deep.relu(np.array([u])))
    print(check_gradient(relu_sum, np.array([u]), given, name=f"at {u:g}"))

# %% [markdown]
# At the corner the nudge to the right climbs and the one to the left does not: one half, which is neither slope. The second point is not at the corner at all, but closer to it than the nudge $h = 10^{-5}$ is long, so that one of the two nudges jumps over it. Only the third is far enough away. **A check that fails at a
# kink has not found a bug**; it has asked where there is no answer. So look how far the nearest sum, in any layer, is from 0 before you believe a refusal, and draw the point anew if it is too near.

# %%
relus = deep.initialise(np.random.default_rng(seed=1), depths, rule="He")
layers = list(zip(relus[::2], relus[1::2]))
kept, _ = forward(layers, x[few], deep.relu)
sums = [a @ W + b for a, (W, b) in zip(kept, layers[:-1])]
nearest = min(np.abs(z).min() for z in sums)
print(f"nearest of {sum(z.size for z in sums):,} sums to the kink: {nearest:.6f}")

loss, grads = deep.Deep("relu").gradients(relus, x[few], y[few])


def loss_of_some_weights(weights):
    W1 = relus[0].copy()
    W1[ink] = weights
    return cross_entropy(deep.Deep("relu").logits((W1, *relus[1:]), x[few]), y[few])


print(check_gradient(loss_of_some_weights, relus[0][ink], grads[0][ink], name="dW1"))

# %% [markdown]
# The nearest sum is more than ten times as far from its kink as a nudge is long, and the gradient of five ReLU layers passes.

# %% [markdown]
# ## How large should the weights be?
#
# Lesson 03 gave Glorot's rule in a few sentences. ReLU throws half of its inputs away, so it needs another; and the argument is short enough to do it whole, for both. Chance is in the draw of the weights: independent of one another, with mean 0, all of a layer with the same variance $\mathrm{Var}(w)$. Biases start at 0. Below, $E[\cdot]$ is the mean over all such draws, and $\mathrm{Var}(u) = E[u^2] - E[u]^2$ the variance: how far $u$ strays from its mean, squared, on average.
#
# **One product.** A unit's sum is $z = \sum_j a_j w_j$, over the inputs $j$ of the unit. The activation $a_j$ comes from the layers below, so it is independent of $w_j$. Hence the product has mean $E[a_j]\, E[w_j] = 0$, and its variance is the mean of its square:
#
# $$\mathrm{Var}(a_j w_j) = E[a_j^2\, w_j^2] = E[a_j^2]\, \mathrm{Var}(w) .$$
#
# **The sum.** Multiply two *different* products. The mean contains two different weights, each with mean 0 and independent of all else, so it is 0. Uncorrelated terms have variances that add. With $E[a^2]$ for the average of $E[a_j^2]$ over the inputs,
#
# $$\mathrm{Var}(z) = \text{inputs} \cdot E[a^2] \cdot \mathrm{Var}(w) .$$
#
# Mind the $E[a^2]$: activations need not have mean 0, and then it is not their variance.
#
# **Through $f$, on the way up.** The activations came from the sums of the layer below, $a = f(z)$. Those sums are symmetric about 0: reverse the signs of all weights of that layer, and the draw was just as likely.
#
# - A function with slope 1 at 0, such as tanh, leaves small sums as they are, $a \approx z$. So $E[a^2] \approx \mathrm{Var}(z)$ of the layer below.
# - A ReLU sets the negative half to 0 and keeps the positive half, which by symmetry has the same mean square. So $E[a^2] = \frac12 \mathrm{Var}(z)$ of the layer below.
#
# The sums neither grow nor shrink from layer to layer if what stands before $\mathrm{Var}(z)$ of the layer below is 1. For the ReLU: $\text{inputs} \cdot \frac12 \cdot \mathrm{Var}(w) = 1$.
#
# **On the way back** the blame of an activation is a sum, too: $dA = dZ\, W^T$ adds up one product $dz \cdot w$ for each of the *outputs* that it feeds. If the blame is independent of these weights, the same two steps give $\text{outputs} \cdot E[dz^2] \cdot \mathrm{Var}(w)$. And from $da$ to $dz$ the slope takes its part: a slope of 1 leaves all of the mean square, a ReLU one half, and a sigmoid at most $\left(\frac14\right)^2 = \frac1{16}$.
#
# | $\mathrm{Var}(w)$ that keeps it level | on the way up | on the way back |
# |---|---|---|
# | slope 1 at 0, as tanh | 1 / inputs | 1 / outputs |
# | ReLU | 2 / inputs | 2 / outputs |
# | sigmoid | | 16 / outputs |
#
# Up and back agree only where a layer has as many outputs as inputs. **Glorot's rule** ([Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)) settles the first row in the middle, 2 / (inputs + outputs). **He's rule** ([He and others 2015](https://arxiv.org/abs/1502.01852)) takes the second row as it stands on the way up,
#
# $$\mathrm{Var}(w) = \frac{2}{\text{inputs}} .$$
#
# The third row says what the sigmoids above were missing: 16 times the variance at least, that is, weights four times as wide. (At least, because the slope is a quarter only near 0, and wide weights make wide sums.) (On the way up a sigmoid has no such rule: with $a$ near $\frac12$, most of $E[a^2]$ says nothing about the image.)
#
# ### Exercise 6.3: from a variance to a range (core, 4 minutes)
#
# Our generators draw weights uniformly between $-\text{limit}$ and $+\text{limit}$. A uniform distribution of that range has the variance $\text{limit}^2 / 3$. Which limit gives He's variance?


# %%
def my_he_limit(inputs):
    """Return the limit of a uniform distribution around 0 whose variance is 2 / inputs."""
    ...


exercises.check(my_he_limit)

# %%
exercises.folded(my_he_limit)

# %% [markdown]
# A derivation with so many *ifs* wants to be tried. (One of them is surely not quite true: the blame depends on the weights, for they were there on the way up.) Send 1,000 images up through twenty layers of 128 ReLUs, and random blame back down, with weights of He's variance, of half of it and of twice it. Guess first: by what factor does the spread change in each layer, if the variance of the weights is halved?


# %%
deep_sizes = [784] + [128] * 20 + [10]
start = deep.initialise(np.random.default_rng(seed=3), deep_sizes, rule="He")


def up_and_back(factor):
    a, kept, up, back = x, [], [], []
    hidden = [np.sqrt(factor) * W for W in start[:-2:2]]
    for W in hidden:
        z = a @ W
        a = deep.relu(z)
        up.append(z.std())
        kept.append(a)
    da = np.random.default_rng(seed=4).normal(size=a.shape)
    for W, a in zip(reversed(hidden), reversed(kept)):
        dz = deep.relu_backward(da, a)
        back.append(dz.std())
        da = dz @ W.T
    return up, back[::-1]


# %%
spreads = {
    "half of He's variance": up_and_back(0.5),
    "He's": up_and_back(1.0),
    "twice": up_and_back(2.0),
}
for name, (up, back) in spreads.items():
    print(f"{name:22} up:   layer 1 {up[0]:.3f}, layer 20 {up[-1]:10.5f}")
    print(f"{'':22} back: layer 20 {back[-1]:.3f}, layer 1 {back[0]:10.5f}")
up, back = spreads["He's"]
up_factor, back_factor = (up[-1] / up[0]) ** (1 / 19), (back[0] / back[-1]) ** (1 / 19)
print(f"He's, a layer: {up_factor:.3f} up, {back_factor:.3f} back; root of 1/2: {0.5**0.5:.3f}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels on logarithmic axes against the layer, one to twenty: left the spread of the sums on the way up, right the spread of the blame on the way back. With He's variance both stay nearly level. With half of it the sums sink in a straight line to about a thousandth from left to right, and the blame as far from right to left. With twice of it both climb to several hundred, in their directions."}}
figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8), sharey=True)
for (name, (up, back)), style in zip(spreads.items(), ["o--", "o-", "o:"]):
    left.semilogy(np.arange(1, 21), up, style, markersize=4, label=name)
    right.semilogy(np.arange(1, 21), back, style, markersize=4, label=name)
left.set(title="Up: the sums z", xlabel="layer (read to the right)", ylabel="standard deviation")
right.set(title="Back: the blame dz", xlabel="layer (read to the left)")
for axis in (left, right):
    axis.set_xticks([1, 5, 10, 15, 20])
left.legend(loc="upper left", fontsize=9)
figure.suptitle("Of three variances, He's carries through twenty layers, both ways", fontsize=13)
plt.show()

# %% [markdown]
# A wrong variance is wrong twenty times over: each layer multiplies the spread by the root of the factor. He's weights keep it nearly level in both directions, though not exactly. (The three curves use the same draw of weights, so they differ by just the root of the factor; what tests the derivation is that the middle one stays level. 128 units have luck of their own.)
#
# Now the norms of the gradient again, the sigmoids with Glorot's weights beside the ReLUs with He's. Sketch the second curve before you look.

# %%
_, grads = deep.Deep("relu").gradients(relus, x, y)
relu_norms = [np.linalg.norm(dW) for dW in grads[::2]]
for layer, (one, other) in enumerate(zip(norms, relu_norms), start=1):
    print(f"layer {layer}: sigmoid {one:.6f}, ReLU {other:.6f}")

# %% tags=["home"] mystnb={"image": {"alt": "Norm of the loss's gradient by each layer's weights, for six layers, on a logarithmic axis. For sigmoids with Glorot's weights it falls from about one at the last layer to about two thousandths at the first, in nearly even steps. For ReLUs with He's weights it is nearly level, between one half and one and a half."}}
figure, axis = plt.subplots()
axis.semilogy(range(1, 7), norms, "o--", label="sigmoid, Glorot's weights")
axis.semilogy(range(1, 7), relu_norms, "o-", label="ReLU, He's weights")
axis.set(
    title="The pull that reaches each layer, before the first step",
    xlabel="layer, from the pixels to the logits",
    ylabel="norm of its gradient",
)
axis.legend()
plt.show()

# %% [markdown]
# ## One to five hidden layers
#
# Does it matter in the end? Train each depth for one epoch. A fair comparison gives each its own best learning rate, chosen on the validation images, and more than one seed. That makes a good many runs, some minutes in all; they are stored, as a **study**: `python tools/studies/depth.py` runs them again. Here is one of them, live:

# %%
study = studies.read("depth")
print("runs stored:", len(study["rows"]))
row = study["rows"][study["quick"]]
settings = row["settings"]
rng = np.random.default_rng(settings["seed"])
start = deep.initialise(rng, [784] + [128] * settings["hidden_layers"] + [10], rule="He")
batches = minibatches(50_000, 128, rng=rng)
trained, _ = train(deep.Deep("relu"), start, train_set, batches, learning_rate=settings["rate"])
accuracy = evaluate(deep.Deep("relu"), trained, validation_set).accuracy
print(settings)
print(
    f"validation accuracy {100 * accuracy:.2f} %, stored {100 * row['results']['accuracy']:.2f} %"
)

# %% [markdown]
# Besides the two kinds of start that you know there is a third, the table's last row: sigmoids whose weights are four times as wide as Glorot's. First, how much the rate matters, to five hidden layers: the mean accuracy of three seeds, in percent. (A run whose loss became infinite counts as 0.)

# %%
kinds = ["sigmoid, Glorot", "sigmoid, Glorot x 4", "ReLU, He"]


def accuracies(**wanted):
    return [
        row["results"]["accuracy"]
        for row in study["rows"]
        if all(row["settings"][name] == value for name, value in wanted.items())
    ]


rates = sorted({row["settings"]["rate"] for row in study["rows"]})
print(f"{'rate':20}", *(f"{rate:6}" for rate in rates))
for kind in kinds:
    means = [100 * np.mean(accuracies(start=kind, hidden_layers=5, rate=rate)) for rate in rates]
    print(f"{kind:20}", *(f"{mean:6.2f}" for mean in means))

# %% [markdown]
# A fair comparison asks each kind at its own best. So here, for each kind and depth, is the rate whose mean was best, that mean, and the lowest and the highest of the three seeds. (No best lies at the largest rate, 10, so a larger one is not wanting. Where nothing learns, the best is chance.)

# %%
best = {}
for kind in kinds:
    for depth in range(1, 6):
        at_rate = {r: accuracies(start=kind, hidden_layers=depth, rate=r) for r in rates}
        rate = max(rates, key=lambda r: np.mean(at_rate[r]))
        best[kind, depth] = at_rate[rate]
        low, high = 100 * min(at_rate[rate]), 100 * max(at_rate[rate])
        mean = 100 * np.mean(at_rate[rate])
        print(f"{kind:20} {depth} hidden, rate {rate:4}: {mean:.2f} % ({low:.2f} to {high:.2f})")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Validation accuracy after one epoch against the number of hidden layers, one to five, each at its best learning rate, with bars from the lowest to the highest of three seeds. Sigmoids with Glorot's weights fall with depth to the level of chance. Sigmoids with weights four times as wide stay high. ReLUs with He's weights stay high at every depth."}}
figure, axis = plt.subplots()
for kind, style in zip(kinds, ["o--", "s:", "o-"]):
    values = 100 * np.array([best[kind, depth] for depth in range(1, 6)])
    middle = values.mean(axis=1)
    axis.errorbar(
        range(1, 6),
        middle,
        [middle - values.min(axis=1), values.max(axis=1) - middle],
        fmt=style,
        capsize=4,
        label=kind,
    )
axis.set(
    title="Narrow sigmoids collapse with depth, the others do not",
    xlabel="hidden layers",
    ylabel="validation accuracy after one epoch, %",
    xticks=range(1, 6),
    ylim=(0, 100),
)
axis.legend(loc="lower left")
plt.show()

# %% [markdown]
# Read it kind by kind.
#
# - **Sigmoids with Glorot's weights** lose from the third layer on, whatever the seed, and with four or five no rate of the grid gets far from guessing in one epoch. (The grid steps by three; with four layers a rate between its points may get further.) A rate is one for all layers, and the last has nearly a thousand times the gradient of the first. What suits one throws the other about.
# - **The same sigmoids, weights four times as wide**, learn at every depth, at their best rate. So it was never the sigmoid alone, but the sigmoid *with that start*. Two settings belong together, as in lesson 04.
# - **ReLUs with He's weights** are ahead at every depth, in the mean of three seeds; with five layers the worst of its seeds beats the best of the wide sigmoids'. They are also the touchiest: with five layers one run of three breaks at a rate of 1, and all three at a rate of 3. (A broken run counts as 0 in the table.)
#
# And does depth itself pay? Look at the ReLUs alone. The means of one to four hidden layers lie closer together than the three seeds of four layers do, and five are below them. On these images, after one epoch, more layers win nothing that three seeds could show. (The rate was chosen on the images that the accuracy is reported for, which flatters each kind a little. Differences of tens of points do not care.)
#
# ## A way around
#
# There is one more cure, and with it networks of more than a hundred layers came into use ([He and others 2016](https://arxiv.org/abs/1512.03385)). It costs a plus sign: a layer no longer *replaces* what came in, it *adds* to it,
#
# $$A_m = A_{m-1} + f(Z_m), \qquad Z_m = A_{m-1} W_m + b_m .$$
#
# That is a **residual layer**; as many outputs as inputs, or the two could not be added. What does it do to the blame? $A_{m-1}$ now reaches $A_m$ in two ways, and the blame of both adds up. Before you write the loop, work out with a pencil what comes first in
#
# $$dA_{m-1} = \quad ? \quad + \; dZ_m W_m^T .$$
#
# ### Exercise 6.4: back past a plus sign (stretch, 12 minutes)
#
# Several residual tanh layers, one above the other. You get their parameters, all the $A$ from the lowest to the highest (one more than there are layers), and the gradient by the highest. Mind from what the slope is taken: `kept` holds sums of two things.


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
# The question mark was $dA_m$ itself, whole: past the addition it meets no slope and no weight. Now give that to the patient: the network of five sigmoid layers that did not learn, *with the same narrow weights*. Every hidden layer but the first gets its plus sign. (The first has 784 inputs and 128 outputs.) Here are both walks, for sigmoids.


# %%
class WayAround(deep.Deep):
    def forward(self, parameters, x):
        layers = list(zip(parameters[::2], parameters[1::2]))
        kept = [x]
        for m, (W, b) in enumerate(layers[:-1], start=1):
            value = sigmoid(kept[-1] @ W + b)
            kept.append(value if m == 1 else kept[-1] + value)
        W, b = layers[-1]
        return [*kept, kept[-1] @ W + b]

    def gradients(self, parameters, x, y):
        weights = parameters[::2]
        *kept, z = self.forward(parameters, x)
        loss, dz = cross_entropy_with_gradient(z, y)
        found = [dz.sum(axis=0), kept[-1].T @ dz]
        da = dz @ weights[-1].T
        for m in range(len(weights) - 1, 0, -1):
            value = kept[m] if m == 1 else kept[m] - kept[m - 1]
            dz = da * value * (1 - value)
            found += [dz.sum(axis=0), kept[m - 1].T @ dz]
            da = da + dz @ weights[m - 1].T if m > 1 else None
        return loss, tuple(found[::-1])


# %% [markdown]
# Both the first layer and one in the middle, checked:

# %%
around = WayAround("sigmoid")
_, grads = around.gradients(sigmoids, x[few], y[few])


def checked(place, rows, name):
    def loss_of_these(weights):
        changed = [array.copy() for array in sigmoids]
        changed[place][rows] = weights
        return cross_entropy(around.logits(changed, x[few]), y[few])

    return check_gradient(loss_of_these, sigmoids[place][rows], grads[place][rows], name=name)


print(checked(0, ink, "dW1"))
print(checked(4, slice(0, 30), "dW3"))

# %% [markdown]
# And then the two questions from above: how large is the gradient at each layer, and what comes of one epoch, at the same rate, from the same weights, with the same batches?

# %%
_, grads = around.gradients(sigmoids, x, y)
around_norms = [np.linalg.norm(dW) for dW in grads[::2]]
for layer, (one, other) in enumerate(zip(norms, around_norms), start=1):
    print(f"layer {layer}: without {one:9.6f}, with a way around {other:9.6f}")
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
trained, _ = train(around, sigmoids, train_set, batches, learning_rate=0.5)
print(f"after one epoch: accuracy {evaluate(around, trained, validation_set).accuracy:.2%}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Norm of the gradient by each layer's weights, for six layers, on a logarithmic axis, for sigmoids with Glorot's weights. Without a way around it falls from about one at the last layer to about two thousandths at the first. With a way around it stays between one and five in the first five layers and is 25 at the last."}}
figure, axis = plt.subplots()
axis.semilogy(range(1, 7), norms, "o--", label="each layer replaces what came in")
axis.semilogy(range(1, 7), around_norms, "s-", label="each layer adds to it")
axis.set(
    title="The same sigmoids and weights, and a plus sign",
    xlabel="layer, from the pixels to the logits",
    ylabel="norm of its gradient",
)
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# Nothing else was touched, and guessing has become nine digits in ten. (One seed and one rate; but no rate of the study lifted the same layers without the plus sign above 11 % in the mean, and a gap of nearly 80 points asks for no test.) It is no rival to the ReLUs at their best rate. What it shows is what was missing: a way on which nothing multiplies. The blame has one down; and so has the image up, for a layer that adds cannot wash out what came in either. This run does not tell the two apart.
#
# Whether depth pays on harder images is a question that MNIST cannot answer. One thing this network still lacks, however deep it is made: it does not know that pixels have neighbours.

# %% [markdown]
# ## Recap
#
# - A layer is a pair of functions, forward and backward; a network of any depth is one loop each way.
# - A sigmoid's slope multiplies the blame by at most a quarter. Unless the weights make up for it, five layers leave too little to learn from.
# - Starting weights should keep the spread of the sums level. For ReLUs that is a variance of 2 / inputs.
# - At a kink there is no derivative, and a gradient check that fails there has found nothing.
# - A layer that adds to what came in gives the blame a way around its slope and its weights.
#
# ## Questions to ask yourself
#
# 1. Your deep network does not learn. What would you print first?
#
#    <details><summary>Answer</summary>
#
#    The norm of the gradient by each layer's weights, before the first step. If it falls towards the pixels by a factor a layer, the start or the activation is at fault, and no learning rate serves all layers at once.
#
#    </details>
#
# 2. Could a much larger learning rate make up for a gradient that is a thousand times too small?
#
#    <details><summary>Answer</summary>
#
#    For the first layer perhaps. But one rate serves all layers, and the last, whose gradient is a thousand times larger, would be thrown about. When every layer walked equally far, the same gradients did bring learning.
#
#    </details>
#
# 3. All the sums that enter a ReLU are negative, for every image. What will it learn?
#
#    <details><summary>Answer</summary>
#
#    Nothing: its activation is 0, so it has no part in the answer, and its slope is 0, so no blame reaches its weights. Unless the layers below change, it stays **dead**.
#
#    </details>
#
# 4. Why does $E[a^2]$ stand in the derivation, and not the variance of $a$?
#
#    <details><summary>Answer</summary>
#
#    The variance of $a_j w_j$ is $E[a_j^2 w_j^2] - E[a_j w_j]^2$. The second term is 0 because the weight has mean 0, whatever the mean of the activation; what is left is $E[a_j^2]\,\mathrm{Var}(w)$.
#
#    </details>
#
# ## Next
#
# More layers, more units, more weights: is there no end to what a network may have? Lesson 04 left a tale of networks that learn by heart. [07 When is a fit too good?](07_too_good.ipynb) puts it to the test, and it does not pass.
