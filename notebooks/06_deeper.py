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
# If one hidden layer is good, five should be better. Build a network with five, train it with the recipe of lesson 04, and it answers the same
# digit for every image. Nothing is wrong with its gradients. They are right, and they hardly arrive.
#
# **You will** turn the network of lesson 03 into one with as many layers as you like, watch its gradient fade on the way down, find out what
# keeps it alive, and meet a unit whose slope has a corner.
#
# **You will be able to**
#
# - write the backward pass as one loop over layers, each a pair of functions;
# - derive from variances how large the weights of a layer should be at the start;
# - read a picture of gradient norms, layer by layer, and say what is wrong with a network that does not learn;
# - say what a gradient check means where a function has a kink.
#
# **You need** lessons [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb).
#
# **Time** 35 minutes to read, 25 more for the exercises; the computer works about 5 s and uses 300 MB

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
from mnistlib.functions import cross_entropy, cross_entropy_gradient, sigmoid
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
# So a layer is a **pair of functions**: one goes forward, from $z$ to $a$; one goes backward, from $da$ to $dz$. For the sigmoid the second is $dz = da \odot a \odot (1 - a)$, and for tanh, which you did in lesson 03, it is $dz = da \odot (1 - a^2)$. Nothing else in the loop
# knows which of them is in use.
#
# ### Exercise 6.1: the loop back (core, 10 minutes)
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
# The library has the same two loops in `deep.Deep`, a model as lesson 04's `train` wants one. It is checked like everything else: by nudging. Here is the first layer of a network with three hidden layers, the one that lies furthest from the loss.

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
# The weights let most of it through; that is what Glorot's rule is for. The slopes take three quarters and a little more, at every layer, and a quarter five times over makes a thousandth.
#
# What does the network do with so faint a pull? One epoch, at the rate of 0.5.

# %%
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
trained, _ = train(deep.Deep("sigmoid"), sigmoids, train_set, batches, learning_rate=0.5)
score = evaluate(deep.Deep("sigmoid"), trained, validation_set)
answers = deep.Deep("sigmoid").logits(trained, data.scale(validation_set[0][:1000])).argmax(axis=1)
print(f"validation loss {score.loss:.3f} (log 10 is {np.log(10):.3f})")
print("different answers to 1,000 images:", len(np.unique(answers)))

# %% [markdown]
# It has not begun. All 1,000 images get the same answer, and the loss is that of a network that knows nothing. The upper layers learn which class is a little more frequent, and the lower ones, which would have to tell the
# images apart, have hardly moved. The field calls it the **vanishing gradient** (Hochreiter 1991; [Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)).
#
# ## A unit that does not saturate
#
# The quarter is the sigmoid's. Take another function. The **rectified linear unit**, ReLU for short, passes on what is positive and cuts off the rest (an old idea; [Glorot, Bordes and Bengio 2011](https://proceedings.mlr.press/v15/glorot11a.html) showed how well it trains):
#
# $$\mathrm{relu}(z) = \max(z, 0), \qquad\qquad \mathrm{relu}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 . \end{cases}$$
#
# Its slope is 1 wherever the unit is awake, however large $z$ is. And as with the sigmoid, the slope can be told from the value: the unit is awake where $a > 0$.
#
# ### Exercise 6.2: back through a ReLU (warm-up, 3 minutes)


# %%
def my_relu_backward(da, a):
    """Return dz from da and the activations a, all of one shape."""
    ...


exercises.check(my_relu_backward)

# %%
exercises.folded(my_relu_backward)

# %% [markdown]
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

# %% [markdown]
# ## How large should the weights be?
#
# Lesson 03 gave Glorot's rule for functions whose slope at 0 is 1. ReLU throws half of its inputs away, so it needs another. The derivation takes four lines.
#
# Take one sum, $z = \sum_j a_j w_j$, over the inputs $j$ of a unit (biases start at 0). Let the weights be independent of the activations and of each other, with mean 0. Then every product $a_j w_j$ has mean 0, and the variance of the sum is the sum of the variances:
#
# $$\mathrm{Var}(z) = \sum_j E[a_j^2]\, \mathrm{Var}(w) = \text{inputs} \cdot E[a^2] \cdot \mathrm{Var}(w) .$$
#
# Mind the $E[a^2]$: a ReLU's activations do not have mean 0, so it is not their variance. But they come from the sums of the layer below, and those are symmetric about 0, as the weights are. The negative half of them is cut off, the positive half kept as it is. So $E[a^2]$ is half of $E[z^2]$, which is
# $\mathrm{Var}(z)$ of the layer below:
#
# $$\mathrm{Var}(z_m) = \text{inputs} \cdot \tfrac12 \mathrm{Var}(z_{m-1}) \cdot \mathrm{Var}(w) .$$
#
# The sums neither grow nor shrink from layer to layer if the factor in front of $\mathrm{Var}(z_{m-1})$ is 1, that is, if
#
# $$\mathrm{Var}(w) = \frac{2}{\text{inputs}} .$$
#
# That is **He's rule** ([He and others 2015](https://arxiv.org/abs/1502.01852)). The same argument, read from top to bottom, serves the blame: on its way down it passes $W^T$, with outputs in place of inputs, and half of it is let through.
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
# A derivation with so many *ifs* wants to be tried. Send 1,000 images through twenty layers of 128 ReLUs, with weights of He's variance, of half of it and of twice it, and look at the spread of the sums. Guess first: by what factor does the spread change in each layer, if the variance of the weights is halved?

# %%
deep_sizes = [784] + [128] * 20 + [10]
spreads = {}
for name, factor in [("half of He's variance", 0.5), ("He's", 1.0), ("twice", 2.0)]:
    start = deep.initialise(np.random.default_rng(seed=3), deep_sizes, rule="He")
    a, spreads[name] = x, []
    for W in start[:-2:2]:
        z = a @ (np.sqrt(factor) * W)
        spreads[name].append(z.std())
        a = deep.relu(z)
for name, spread in spreads.items():
    a_layer = (spread[-1] / spread[0]) ** (1 / 19)
    print(f"{name:22} first {spread[0]:.3f}, twentieth {spread[-1]:.5f}: {a_layer:.3f} a layer")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Spread of the sums against the layer, one to twenty, on a logarithmic axis. With He's variance the curve stays nearly level. With half of it the curve sinks in a straight line to less than a thousandth, with twice of it the curve climbs in a straight line to several hundred."}}
figure, axis = plt.subplots()
for (name, spread), style in zip(spreads.items(), ["o--", "o-", "o:"]):
    axis.semilogy(np.arange(1, 21), spread, style, markersize=4, label=name)
axis.set(
    title="Only one size of weights carries through twenty layers",
    xlabel="layer",
    ylabel="standard deviation of the sums",
    xticks=[1, 5, 10, 15, 20],
)
axis.legend()
plt.show()

# %% [markdown]
# A wrong variance is wrong twenty times over: each layer multiplies the spread by the root of the factor. He's weights keep it nearly level, though not exactly. (The three curves use the same draw of weights, so they differ by just the root of the factor; what tests the derivation is that the middle one stays level. 128 units have luck of their own.)
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
# And here are all of them: for each depth the lowest and the highest of three seeds, at the rate whose mean was best. (A run whose loss became infinite counts as 0.) The third kind of start is the variant of Glorot's rule that lesson 03 mentioned for sigmoids, weights four times as wide, to make up for the quarter.

# %%
kinds = ["sigmoid, Glorot", "sigmoid, Glorot x 4", "ReLU, He"]


def accuracies(**wanted):
    return [
        row["results"]["accuracy"]
        for row in study["rows"]
        if all(row["settings"][name] == value for name, value in wanted.items())
    ]


rates = sorted({row["settings"]["rate"] for row in study["rows"]})
best = {}
for kind in kinds:
    for depth in range(1, 6):
        at_rate = {r: accuracies(start=kind, hidden_layers=depth, rate=r) for r in rates}
        rate = max(rates, key=lambda r: np.mean(at_rate[r]))
        best[kind, depth] = at_rate[rate]
        low, high = 100 * min(at_rate[rate]), 100 * max(at_rate[rate])
        print(f"{kind:20} {depth} hidden, rate {rate:4}: from {low:.2f} to {high:.2f} %")

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
    title="After one epoch, each at its best rate",
    xlabel="hidden layers",
    ylabel="validation accuracy, %",
    xticks=range(1, 6),
    ylim=(0, 100),
)
axis.legend(loc="lower left")
plt.show()

# %% [markdown]
# Read it kind by kind.
#
# - **Sigmoids with Glorot's weights** lose from the third layer on, whatever the seed, and with four or five no rate of the grid gets far from guessing in one epoch. (Some of the bests lie at the edge of the grid, a rate of 3. A larger one is easily tried: it is a number in the live cell above.) The pull that does not arrive cannot be bought back by a larger rate: there is one rate for all layers, and the last has a thousand times the gradient of the first.
# - **The same sigmoids, weights four times as wide**, learn at every depth, at their best rate. So it was never the sigmoid alone, but the sigmoid *with that start*. Two settings belong together, as in lesson 04.
# - **ReLUs with He's weights** are ahead at every depth, in the mean of three seeds. They are also the touchiest: look at what a rate of 1 does to them in `study` from two layers on.
#
# And does depth itself pay? Look at the ReLUs alone: the best of one to five hidden layers lie closer together than the three seeds of five layers do. On these images, after one epoch, more layers win nothing that three seeds could show. (The rate was chosen on the images that the accuracy is reported for, which flatters each kind a little. Differences of tens of points do not care.)
#
# What deeper networks are good for needs two more things: images that are harder than these, and layers that know that pixels have neighbours.

# %% [markdown]
# ## Recap
#
# - A layer is a pair of functions, forward and backward; a network of any depth is one loop each way.
# - A sigmoid's slope multiplies the blame by at most a quarter. Unless the weights make up for it, five layers leave too little to learn from.
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
#    For the first layer perhaps. But one rate serves all layers, and the last, whose gradient is a thousand times larger, would be thrown about. A rate for each layer, or one that follows each gradient's size, would help.
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
# Every layer so far has a weight for each pair of units, and knows nothing of neighbours. [08 Seeing shapes](08_seeing_shapes.ipynb): push a digit by two pixels and see what that costs, and build a layer that looks at patches.
