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
# **Time** 40 minutes to read, 30 more for the exercises; the computer works about 25 s and uses 350 MB

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
# In lesson 03 every layer had lines of its own. With five hidden layers that would be thirty lines, all alike. So give each layer a number $m$ (of five hidden layers the logits' is the sixth), and call the pixels $A_0$:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $m$ | `m` | | a layer, counted from the pixels |
# | $A_0 = X$ | `kept[0]` | (n, 784) | pixels scaled to $[0, 1]$ |
# | $W_m, b_m$ | `W`, `b` | (inputs, outputs), (outputs,) | weights and biases of layer $m$ |
# | $Z_m$ | `z` | (n, outputs) | sums of layer $m$ |
# | $A_m$ | `kept[m]` | (n, outputs) | activations of layer $m$ |
# | $f$ | `f` | | the function in question; here it turns sums into activations |
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
# The first three are lesson 03's products (the sum runs over the images), and the last is the chain rule through $f$. So a layer is a **pair of functions**: one goes forward, from $z$ to $a$; one goes backward, from $da$ to $dz$. Nothing else in the loop knows which pair is in use.
#
# | | forward | backward |
# |---|---|---|
# | sigmoid | $a = \sigma(z)$ | $dz = da \odot a \odot (1 - a)$ |
# | tanh | $a = \tanh z$ | $dz = da \odot (1 - a^2)$ |
# | ReLU | $a = \max(z, 0)$ | yours |
#
# The third is new, the **rectified linear unit**, ReLU for short. It passes on what is positive and cuts off the rest; why anybody would want that comes later. Its slope could not be simpler:
#
# $$\mathrm{relu}(z) = \max(z, 0), \qquad\qquad \mathrm{relu}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 . \end{cases}$$
#
# The slope can be told from the value: where $a > 0$ the unit is awake.
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
# Write the way back for a network whose hidden layers are **tanh**. You get the parameters as a list of pairs, the kept activations (`kept[0]` is `x`) and the gradient by the logits. Pencil first, one image and one unit a layer: $x = 1$, $W_1 = \frac12 \log 3$ (so that $a_1 = \tanh W_1 = \frac12$), $W_2 = 2$, $dz_2 = 4$. What are $dW_2$, $dz_1$ and $dW_1$?


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
# The library has the same two loops in `deep.Deep`, a model as lesson 04's `train` wants one. It is checked like everything else, by nudging: here in the first layer, whose gradient has passed through every line of the loop.

# %%
few = slice(0, 10)
ink = np.flatnonzero(x[few].any(axis=0))[:30]  # thirty pixels with ink


def checked(model, parameters, place, rows):
    _, grads = model.gradients(parameters, x[few], y[few])

    def loss_of_these(weights):
        changed = [array.copy() for array in parameters]
        changed[place][rows] = weights
        return cross_entropy(model.logits(changed, x[few]), y[few])

    name = f"dW{place // 2 + 1}"
    return check_gradient(loss_of_these, parameters[place][rows], grads[place][rows], name=name)


print(checked(deep.Deep("sigmoid"), parameters, 0, ink))

# %% [markdown]
# ## A gradient that fades
#
# So the gradient is right. How *large* is it? Its norm, the root of the sum of all squares, says how hard the loss pulls at a layer. Before you run the cell: five hidden layers of 128 sigmoids, Glorot's weights. How do
# the norms of $dW_1$ and of $dW_6$ compare?

# %%
depths = [784, 128, 128, 128, 128, 128, 10]
sigmoids = deep.initialise(np.random.default_rng(seed=1), depths, rule="Glorot")


def pull(model, parameters):
    _, grads = model.gradients(parameters, x, y)
    return [np.linalg.norm(dW) for dW in grads[::2]]


norms = pull(deep.Deep("sigmoid"), sigmoids)
for layer, norm in enumerate(norms, start=1):
    print(f"layer {layer}: {norm:.6f}")
print(f"the last is {norms[-1] / norms[0]:.0f} times the first")

# %% [markdown]
# From each layer to the one below, most of the pull is lost. Where? The blame is multiplied by $W_m^T$, and then by the slope $a\,(1 - a)$, which is **at most a quarter**. Walk down once more, and note by what factor its length changes at each.

# %%
layers = list(zip(sigmoids[::2], sigmoids[1::2]))
kept, z = forward(layers, x, sigmoid)
dz = cross_entropy_gradient(z, y)
weights, slopes = [], []
for m in range(len(layers), 1, -1):
    da = dz @ layers[m - 1][0].T
    weights.append(np.linalg.norm(da) / np.linalg.norm(dz))
    dz = da * kept[m - 1] * (1 - kept[m - 1])
    slopes.append(np.linalg.norm(dz) / np.linalg.norm(da))
    down = f"layer {m} to {m - 1}"
    print(f"{down}: through the weights {weights[-1]:.3f}, the slope {slopes[-1]:.3f}")
print(f"all the way: through the weights {np.prod(weights):.3f}, the slopes {np.prod(slopes):.6f}")

# %% [markdown]
# The weights let nearly all of it through, or add to it, at the top by a third. The slopes take three quarters and a little more, at every layer, and that five times over leaves less than a thousandth. (The two do not make exactly 872: in $dW_m$ the blame is multiplied by what came in, too.)
#
# **Change a number.** Take one 128 out of `depths`: by what factor will the 872 fall? Run both cells, and put it back.
#
# What does the network do with so faint a pull? One epoch, at the rate of 0.5: what does it answer to the validation images, how much do its probabilities differ from image to image, and how far have the weights of each layer moved, beside the size they had?


# %%
def one_epoch(model, parameters, rate):
    batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
    trained, _ = train(model, parameters, train_set, batches, learning_rate=rate)
    return trained, evaluate(model, trained, validation_set)


trained, score = one_epoch(deep.Deep("sigmoid"), sigmoids, 0.5)
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
# Is it really only the *size*? Divide the gradient of each array by its own norm before every step, so that all layers walk equally far, and change nothing else. If the direction is right at every layer, the network must now begin to learn. Would you bet on it?


# %%
class Levelled(deep.Deep):
    def gradients(self, parameters, x, y):
        loss, grads = super().gradients(parameters, x, y)
        return loss, tuple(d / np.linalg.norm(d) for d in grads)


for rate in [0.05, 0.2]:
    _, score = one_epoch(Levelled("sigmoid"), sigmoids, rate)
    print(f"all layers walk equally far, rate {rate}: accuracy {score.accuracy:.2%}")

# %% [markdown]
# The same start, the same batches, and directions found in the same way. Is it the lower layers that learn, or only the upper ones, now that they walk? A control: let the lowest three layers walk just as far, each in a direction drawn by chance; or hold them still.

# %%
stray = np.random.default_rng(seed=3)


class Strayed(Levelled):
    length = 1

    def gradients(self, parameters, x, y):
        loss, grads = super().gradients(parameters, x, y)
        drawn = [stray.normal(size=d.shape) for d in grads[:6]]
        return loss, tuple(self.length * d / np.linalg.norm(d) for d in drawn) + grads[6:]


class Still(Strayed):
    length = 0


for kind, model in {"stray": Strayed, "are held still": Still}.items():
    _, score = one_epoch(model("sigmoid"), sigmoids, 0.2)
    print(f"the lowest three {kind}, rate 0.2: accuracy {score.accuracy:.2%}")

# %% [markdown]
# Neither is better than one answer for all. So that settles the question: the gradient that arrived at the pixels was right, and only too small.
#
# ## A unit that does not saturate
#
# Better not to lose it on the way. The quarter is the sigmoid's; the ReLU's slope is 1 wherever the unit is awake, however large $z$ is (an old idea; [Glorot, Bordes and Bengio 2011](https://proceedings.mlr.press/v15/glorot11a.html) showed how well it trains). It costs two things: the slope is 0 where the unit sleeps, and it has a corner.
#
# ### At the kink
#
# The formula above says nothing about $z = 0$, and for good reason: there the function has a corner, and no slope. The library takes 0. What does the gradient check say, exactly there, and a little to the right of it? Work out the central difference $\big(\mathrm{relu}(u + h) - \mathrm{relu}(u - h)\big) / 2h$ at
# $u = 0$ with a pencil.


# %%
def relu_sum(u):
    return deep.relu(u).sum()


for u in [0.0, 4e-6, 1e-3]:
    given = deep.relu_backward(np.ones(1), deep.relu(np.array([u])))
    print(check_gradient(relu_sum, np.array([u]), given, name=f"at {u:g}"))

# %% [markdown]
# At the corner the nudge to the right climbs and the one to the left does not: one half, which is neither slope. The second point lies beside the corner, but closer than the nudge $h = 10^{-5}$ is long, so that one nudge jumps over it. Only the third is far enough away. **A check that fails at a
# kink has not found a bug**; it has asked where there is no answer. So look how far the nearest sum, in any layer, is from 0 before you believe a refusal, and draw the point anew if it is too near.

# %%
relus = deep.initialise(np.random.default_rng(seed=1), depths, rule="He")
layers = list(zip(relus[::2], relus[1::2]))
kept, _ = forward(layers, x[few], deep.relu)
sums = [a @ W + b for a, (W, b) in zip(kept, layers[:-1])]
nearest = min(np.abs(z).min() for z in sums)
print(f"nearest of {sum(z.size for z in sums):,} sums to the kink: {nearest:.6f}")
print(checked(deep.Deep("relu"), relus, 0, ink))

# %% [markdown]
# The nearest sum is more than ten times as far from its kink as a nudge is long, and the gradient of five ReLU layers passes.
#
# ## How large should the weights be?
#
# Lesson 03 gave Glorot's rule in a few sentences. ReLU throws half of its inputs away and needs another rule, so here is the whole argument, for both. Chance is in the draw of the weights: independent of one another, with mean 0, all of a layer with the same variance $\mathrm{Var}(w)$. Biases start at 0.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $E[\cdot]$ | `.mean()` | | mean over all draws |
# | $\mathrm{Var}(\cdot)$ | `.var()` | | variance: how far from its mean, squared, on average |
#
# Where the mean is 0, the variance is the mean square.
#
# **One product.** A unit's sum is $z = \sum_j a_j w_j$, over the inputs $j$ of the unit. The activation $a_j$ comes from the layers below, so it is independent of $w_j$. Hence the product has mean $E[a_j]\, E[w_j] = 0$, and its variance is its mean square:
#
# $$\mathrm{Var}(a_j w_j) = E[a_j^2\, w_j^2] = E[a_j^2]\, \mathrm{Var}(w) .$$
#
# **The sum.** Multiply two *different* products. The mean of that has the factor $E[w]\,E[w] = 0$, for two different weights are independent of each other and of all else. Uncorrelated terms have variances that add. With $E[a^2]$ for the average of $E[a_j^2]$ over the inputs,
#
# $$\mathrm{Var}(z) = \text{inputs} \cdot E[a^2] \cdot \mathrm{Var}(w) .$$
#
# Mind the $E[a^2]$: where activations have another mean than 0, it is not their variance.
#
# **Through $f$, on the way up.** The activations came from the sums of the layer below, $a = f(z)$. Those sums are symmetric about 0: reverse the signs of all weights of that layer, and the draw was just as likely.
#
# - A function with slope 1 at 0, such as tanh, leaves small sums as they are, $a \approx z$. So $E[a^2] \approx \mathrm{Var}(z)$ of the layer below.
# - A ReLU sets the negative half to 0 and keeps the positive half, and by symmetry each half brings half of the mean square. So $E[a^2] = \frac12 \mathrm{Var}(z)$ of the layer below.
#
# The sums neither grow nor shrink from layer to layer if what stands before $\mathrm{Var}(z)$ of the layer below is 1. For the ReLU: $\text{inputs} \cdot \frac12 \cdot \mathrm{Var}(w) = 1$.
#
# **On the way back** the blame of an activation is a sum, too: $dA = dZ\, W^T$ adds up one product $dz \cdot w$ for each of the *outputs* that the activation feeds. If the blame is independent of these weights, the same two steps give
#
# $$E[da^2] = \text{outputs} \cdot E[dz^2] \cdot \mathrm{Var}(w) .$$
#
# Then comes the slope of the layer below, $dz = da \cdot f'(z)$, and, if the blame is independent of the slope too, it takes its part of the mean square. A slope of 1 leaves all of it, a ReLU one half, a sigmoid at most $\left(\frac14\right)^2 = \frac1{16}$. So $E[dz^2]$ stays level if outputs times $\mathrm{Var}(w)$ is 1, 2, or at least 16:
#
# | $\mathrm{Var}(w)$ that keeps it level | on the way up | on the way back |
# |---|---|---|
# | slope 1 at 0, as tanh | 1 / inputs | 1 / outputs |
# | ReLU | 2 / inputs | 2 / outputs |
# | sigmoid | – | 16 / outputs, at least |
#
# Up and back agree only where a layer has as many outputs as inputs. **Glorot's rule** ([Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)) settles the first row in the middle, 2 / (inputs + outputs). **He's rule** ([He and others 2015](https://arxiv.org/abs/1502.01852)) takes the second row as it stands on the way up,
#
# $$\mathrm{Var}(w) = \frac{2}{\text{inputs}} .$$
#
# The third row says what the sigmoids above were missing: 16 times the variance, that is, weights four times as wide. (*Wide* is said of the range they are drawn from; every layer keeps its 128 units. The dash: on the way up a sigmoid has no such rule, for with $a$ near $\frac12$ most of $E[a^2]$ says nothing about the image.)
#
# ### Exercise 6.3: from a variance to a range (warm-up, 4 minutes)
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
# A derivation with so many *ifs* wants to be tried. (One is surely not quite true: the blame depends on the weights, for they were there on the way up.) Send 1,000 images up through twenty layers of 128 ReLUs, and random blame back down, with weights of He's variance, of half of it and of twice it. The *spread* is the root of the mean square over all images and units, for each unit has a draw of its own. Guess first: by what factor does it change in each layer, if the variance of the weights is halved?


# %%
def up_and_back(factor, seed=3):
    rng = np.random.default_rng(seed)
    start = deep.initialise(rng, [784] + [128] * 20, rule="He")
    hidden = [np.sqrt(factor) * W for W in start[::2]]
    a, kept, up, back = x, [], [], []
    for W in hidden:
        z = a @ W
        a = deep.relu(z)
        up.append(np.sqrt((z**2).mean()))
        kept.append(a)
    da = rng.normal(size=a.shape)
    for W, a in zip(reversed(hidden), reversed(kept)):
        dz = deep.relu_backward(da, a)
        back.append(np.sqrt((dz**2).mean()))
        da = dz @ W.T
    return up, back[::-1]


# %%
spreads = {
    "half of He's variance": up_and_back(0.5),
    "He's": up_and_back(1.0),
    "twice": up_and_back(2.0),
}
for name, (up, back) in spreads.items():
    print(f"{name:22} up times {up[-1] / up[0]:9.4f}, back times {back[0] / back[-1]:8.4f}")
print(f"root of 1/2: {0.5**0.5:.3f}, to the 19th: {0.5**9.5:.4f}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels on logarithmic axes against the layer, one to twenty: left the spread of the sums on the way up, right the spread of the blame on the way back. With He's variance both stay nearly level. With half of it the sums sink in a straight line to about a thousandth from left to right, and the blame as far from right to left. With twice of it both climb to several hundred, in their directions."}}
figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8), sharey=True)
for (name, (up, back)), style in zip(spreads.items(), ["o--", "o-", "o:"]):
    left.semilogy(np.arange(1, 21), up, style, markersize=4, label=name)
    right.semilogy(np.arange(1, 21), back, style, markersize=4, label=name)
left.set(title="Up: the sums z", xlabel="layer (read to the right)", ylabel="spread")
right.set(title="Back: the blame dz", xlabel="layer (read to the left)")
for axis in (left, right):
    axis.set_xticks([1, 5, 10, 15, 20])
left.legend(loc="upper left", fontsize=9)
figure.suptitle("Of three variances, He's carries through twenty layers, both ways", fontsize=13)
plt.show()

# %% [markdown]
# A wrong variance is wrong at every layer: each multiplies the spread by the root of the factor, which on a logarithmic axis is a straight line. (Where it is the blame that climbs, one speaks of an **exploding gradient**.) What tests the derivation is that the middle curve stays level, and one draw is a thin test: 128 units have luck of their own. So take twenty, and the mean of the *squares*, for that is what the derivation keeps.


# %%
draws = [up_and_back(1.0, seed) for seed in range(20)]
for way, spread in {
    "up": [up[-1] / up[0] for up, _ in draws],
    "back": [back[0] / back[-1] for _, back in draws],
}.items():
    squares = np.array(spread) ** 2
    factor = squares.mean() ** (1 / 19)
    error = factor / 19 * squares.std(ddof=1) / np.sqrt(len(squares)) / squares.mean()
    print(f"{way:4}: mean square times {factor:.3f} a layer, standard error {error:.3f}")

# %% [markdown]
# Both are 1 within a standard error; with a tenth too much variance both would be a tenth too large, more than ten standard errors. That the blame depends on the weights does not show.
#
# **Change a number.** Which `factor` in place of 0.5 lets the spread sink to a tenth of what He's gives, in these 19 steps? Pencil first, then try it.
#
# Now the norms of the gradient again: the sigmoids with Glorot's weights, the same with weights four times as wide, and the ReLUs with He's. Sketch the second and third curve before you look.

# %%
wide = tuple(4 * value for value in sigmoids)  # the biases are 0
pulls = {
    "sigmoid, Glorot": norms,
    "sigmoid, Glorot x 4": pull(deep.Deep("sigmoid"), wide),
    "ReLU, He": pull(deep.Deep("relu"), relus),
}
for name, values in pulls.items():
    times = values[-1] / values[0]
    print(f"{name:20} first {values[0]:.3f}, last {values[-1]:.3f}, {times:.1f} times as much")
slopes = [(a * (1 - a)).mean() for a in deep.Deep("sigmoid").forward(wide, x)[1:-1]]
print("mean slope with wide weights, up the layers:", *(f"{slope:.3f}" for slope in slopes))

# %% tags=["home"] mystnb={"image": {"alt": "Norm of the loss's gradient by each layer's weights, for six layers, on a logarithmic axis. For sigmoids with Glorot's weights it falls from about one at the last layer to about two thousandths at the first, in nearly even steps. With weights four times as wide it falls from six to four tenths. For ReLUs with He's weights it is nearly level, between one half and one and a half."}}
figure, axis = plt.subplots()
for (name, values), style in zip(pulls.items(), ["o--", "s:", "o-"]):
    axis.semilogy(range(1, len(values) + 1), values, style, label=name)
axis.set(
    title="The pull that reaches each layer, before the first step",
    xlabel="layer, from the pixels to the logits",
    ylabel="norm of its gradient",
)
axis.legend()
plt.show()

# %% [markdown]
# Four times the width lifts the first layer's norm from two thousandths to four tenths. It is not level: the last layer still has 14 times as much, for wide weights make wide sums, and there the slope is nearer an eighth than a quarter. The ReLUs' are nearly level.
#
# ## One to five hidden layers
#
# Does it matter in the end? Train each depth for one epoch. A fair comparison gives each its own best learning rate, chosen on the validation images, and more than one seed. Those are many runs, stored as a **study**: `python tools/studies/depth.py` runs them again. One of them, live:

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
print(f"validation accuracy {accuracy:.2%}, stored {row['results']['accuracy']:.2%}")


def asleep(parameters):
    hidden = deep.Deep("relu").forward(parameters, x)[1:-1]
    return np.mean([(a == 0).all(axis=0) for a in hidden])


ten = list(minibatches(50_000, 128, rng=np.random.default_rng(seed=2)))[:10]
starts = [deep.initialise(np.random.default_rng(seed), depths, rule="He") for seed in range(3)]
hasty = [train(deep.Deep("relu"), each, train_set, ten, learning_rate=1.0)[0] for each in starts]
print("units that sleep for all of 1,000 images:", end=" ")
print(f"at the start {asleep(start):.1%}, after the epoch {asleep(trained):.1%}")
print("after ten steps at rate 1, from three starts:", *(f"{asleep(each):.0%}" for each in hasty))

# %% [markdown]
# First, how much the rate matters to five hidden layers (and, in the first row, to four): the mean accuracy of three seeds, in percent. A run whose loss became infinite counts as 0, and gives its mean a star.

# %%
kinds = ["sigmoid, Glorot", "sigmoid, Glorot x 4", "ReLU, He"]


def stored(result, **wanted):
    return [
        row["results"][result]
        for row in study["rows"]
        if all(row["settings"][name] == value for name, value in wanted.items())
    ]


rates = sorted({row["settings"]["rate"] for row in study["rows"]})
print(f"{'rate':21}", *(f"{rate:6} " for rate in rates))
for depth, kind in [(4, kinds[0]), *((5, kind) for kind in [*kinds, "ReLU, Glorot"])]:
    setting = {"start": kind, "hidden_layers": depth}
    runs = [100 * np.array(stored("accuracy", **setting, rate=rate)) for rate in rates]
    means = [f"{run.mean():6.2f}{' ' if run.all() else '*'}" for run in runs]
    print(f"{depth} {kind:19}", *means)
ratios = [n[-1] / n[0] for n in stored("norms", start=kinds[1], hidden_layers=5, rate=0.1)]
print("last norm over the first, wide weights, seed by seed:", *(f"{r:.1f}" for r in ratios))

# %% [markdown]
# For each kind and depth, the rate whose mean was best, that mean, and the lowest and the highest of the three seeds. (No best lies at an end of the grid, but where nothing learns and the best is chance.)

# %%
best = {}
for kind in kinds:
    for depth in range(1, 6):
        at_rate = {r: stored("accuracy", start=kind, hidden_layers=depth, rate=r) for r in rates}
        rate = max(rates, key=lambda r: np.mean(at_rate[r]))
        three = best[kind, depth] = 100 * np.array(at_rate[rate])
        print(
            f"{kind:20} {depth} hidden, rate {rate:4}: {three.mean():.2f} %"
            f" ({three.min():.2f} to {three.max():.2f})"
        )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Validation errors after one epoch, in per cent on a logarithmic axis, against the number of hidden layers, one to five, each at its best learning rate, with bars from the lowest to the highest of three seeds. Sigmoids with Glorot's weights climb with depth from seven errors in a hundred to the level of chance. Sigmoids with weights four times as wide climb slowly, from six to thirteen. ReLUs with He's weights are lowest at every depth, between five and seven."}}
figure, axis = plt.subplots()
for kind, style, shift in zip(kinds, ["o--", "s:", "o-"], [-0.05, 0, 0.05]):
    errors = 100 - np.array([best[kind, depth] for depth in range(1, 6)])
    mean = errors.mean(axis=1)
    bars = [mean - errors.min(axis=1), errors.max(axis=1) - mean]
    axis.errorbar(np.arange(1, 6) + shift, mean, bars, fmt=style, capsize=4, label=kind)
axis.set(
    title="Sigmoids with narrow weights collapse with depth",
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
# - **Sigmoids with Glorot's weights** lose from the third hidden layer on, whatever the seed. With four they have just begun, and only at rates near 2; with five no rate of the grid begins.
# - **The same sigmoids, weights four times as wide**, learn at every depth, though their gradient still fades by 8 to 14 times. So it was never the sigmoid alone, but the sigmoid *with that start*. Two settings belong together, as in lesson 04.
# - **ReLUs with He's weights** are ahead at every depth, in the mean of three seeds; with five layers their worst seed beats the best of the wide weights. The lead is the unit's: from Glorot's weights five layers of them show no difference that three seeds could tell (last row); He's rule should pay where there are many, as the twenty above. With five layers ReLUs are also the touchiest: at a rate of 1 a fifth to two fifths of the units sleep after ten steps, and runs begin to break; at 2, all three of He's do.
#
# And does depth itself pay? Among the ReLUs the means of one to four hidden layers lie closer together than the three seeds of four layers do, and five are below them. On these images, after one epoch, more layers win nothing that three seeds could show. (The rate was chosen on the images that the accuracy is reported for, which flatters each kind a little.)
#
# ## A way around
#
# One more cure costs a plus sign, and with it networks of more than a hundred layers came into use ([He and others 2016](https://arxiv.org/abs/1512.03385); before, with gates, [Srivastava and others 2015](https://arxiv.org/abs/1505.00387)). A layer no longer *replaces* what came in, it *adds* to it,
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
# The question mark was $dA_m$ itself, whole: past the addition it meets no slope and no weight. Now for the five sigmoid layers that did not learn, *with the same narrow weights*. Every hidden layer but the first, whose inputs are 784, gets its plus sign. Here are both walks.


# %%
class WayAround(deep.Deep):
    image = 1  # with 0, only the blame goes around

    def forward(self, parameters, x):
        layers = list(zip(parameters[::2], parameters[1::2]))
        kept = [x]
        for m, (W, b) in enumerate(layers[:-1], start=1):
            value = sigmoid(kept[-1] @ W + b)
            kept.append(value if m == 1 else self.image * kept[-1] + value)
        W, b = layers[-1]
        return [*kept, kept[-1] @ W + b]

    def gradients(self, parameters, x, y):
        weights = parameters[::2]
        *kept, z = self.forward(parameters, x)
        loss, dz = cross_entropy_with_gradient(z, y)
        found = [dz.sum(axis=0), kept[-1].T @ dz]
        da = dz @ weights[-1].T
        for m in range(len(weights) - 1, 0, -1):
            value = kept[m] if m == 1 else kept[m] - self.image * kept[m - 1]
            dz = da * value * (1 - value)
            found += [dz.sum(axis=0), kept[m - 1].T @ dz]
            if m > 1:
                da = da + dz @ weights[m - 1].T
        return loss, tuple(found[::-1])


# %% [markdown]
# The first layer and one in the middle, checked:

# %%
around = WayAround("sigmoid")
print(checked(around, sigmoids, 0, ink))
print(checked(around, sigmoids, 4, slice(0, 30)))

# %% [markdown]
# What arrives at the top, without a way around and with it? And what comes of one epoch, from the same weights, with the same batches? Last, let the blame alone go around: what comes down is no gradient then, but it tells how far the blame's way alone takes the network.

# %%
for name, network in {"without": deep.Deep("sigmoid"), "with": around}.items():
    *_, top, z = network.forward(sigmoids, x)
    print(
        f"{name:8} a top unit answers {top.mean():.2f}, from image to image it varies by"
        f" {top.std(axis=0).mean():.4f}; loss {cross_entropy(z, y):.2f}"
    )


class BlameAround(WayAround):
    image = 0


blame_around = BlameAround("sigmoid")
for rate in [0.1, 0.2, 0.5]:
    both, alone = (one_epoch(each, sigmoids, rate)[1].accuracy for each in (around, blame_around))
    print(f"after one epoch at {rate}: both go around {both:.2%}, the blame alone {alone:.2%}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Norm of the gradient by each layer's weights, for six layers, on a logarithmic axis, for sigmoids with Glorot's weights. Without a way around it falls from about one at the last layer to about two thousandths at the first. With a way around it stays between one and five in the first five layers and is 25 at the last."}}
figure, axis = plt.subplots()
axis.semilogy(range(1, len(norms) + 1), norms, "o--", label="each layer replaces what came in")
axis.semilogy(range(1, len(norms) + 1), pull(around, sigmoids), "s-", label="each layer adds to it")
axis.set(
    title="The same sigmoids and weights, and a plus sign",
    xlabel="layer, from the pixels to the logits",
    ylabel="norm of its gradient",
)
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# Nothing else was touched, and guessing has become nine digits in ten. (One seed; but without the plus sign no rate of the study lifted the same layers above 11 % in the mean.) What was missing is a way on which nothing multiplies. The blame has one down, and the image one up: from image to image a top unit varied by 0.0002, and now by 0.0889. How far the blame's way alone takes it depends on the rate: at 0.1 not far, at 0.5 almost as far as both. (One seed.) The price: each plus sign adds about a half to every activation. So a top unit answers 2.51 in place of 0.51, the first guesses are bolder, and loss and last norm are larger.
#
# ## Recap
#
# - A layer is a pair of functions, forward and backward; a network of any depth is one loop each way.
# - A sigmoid's slope multiplies the blame by at most a quarter. Unless something makes up for it, five layers leave too little to learn from.
# - Four things brought it back: steps of one length for all layers (here a proof; [You and others 2017](https://arxiv.org/abs/1708.03888) have a recipe like it), wider weights, ReLUs, and a plus sign, which gives the blame a way around slope and weights.
# - Starting weights should keep the spread of the sums level. For ReLUs that is a variance of 2 / inputs.
# - At a kink there is no derivative, and a gradient check that fails there has found nothing.
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
#    Nothing: its activation is 0, so it has no part in the answer, and its slope is 0, so no blame reaches its weights. Unless the layers below change, it stays **dead**. The live run above counts such units.
#
#    </details>
#
# ## Next
#
# More layers, more units, more weights: is there no end to what a network may have? Lesson 04 left a tale of networks that learn by heart. [07 When is a fit too good?](07_too_good.ipynb) puts the tale to the test, and the tale does not pass.
