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
# One hidden layer got about 98 images in 100 right after ten epochs. So you give your network five, and look in after the first epoch: it answers every image with the same digit. You try other learning rates, and each time it settles on a single digit again. You suspect a bug, but the gradient check finds none, and there is none. Then you look at the gradients' size: by the first layers, hardly anything is left. **Why does the gradient fade, and what keeps it alive?** And is fading enough to stall a network? A small experiment decides.
#
# **You will be able to**
#
# - write the backward pass of a network of any depth as one loop;
# - read gradient norms layer by layer, and tell two causes apart with a control;
# - work out how large a layer's weights should be at the start.
#
# **You need** lessons [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb).
#
# **Time** 55 minutes to read, a fifth of them optional, and 40 more for the exercises; it runs for about 40 s and takes 400 MB

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
# 2. You know $dZ_2$, the blame of a layer's sums. Which product gives you the gradient with respect to the layer's weights, and which one gives you the blame of the layer's input?
#
#    <details><summary>Answer</summary>
#
#    $dW_2 = A_1^T dZ_2$: the layer's input, times the blame of its sums. And $dA_1 = dZ_2 W_2^T$: the blame, sent back along the same weights.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, guesses, studies
from course.materials import four_functions, residual_layer
from course.materials.depth_studies import at_best_rate
from course.materials.one_epoch import RateByLayer
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
# ## Five units in a row
#
# Begin with the smallest deep network there is. Put five sigmoid units in a row, so that each one's activation is the only input of the next. Give every unit the weight 1, and a bias that brings its sum to 0, where a sigmoid is steepest: its activation is one half there, and its slope one quarter. Each unit receives a half, the first one from outside, so every bias must be $-\frac12$. Remember that half. At the far end a loss complains, and the last unit's activation gets a blame of 1.
#
# On its way back to the first unit's sum, the blame is multiplied by what it passes: a slope, a weight, a slope, a weight, and so on.
#
# **Predict.** What fraction of that blame reaches the first unit's sum? Answer with a number: one part in …

# %%
guesses.ask("one part in", None)

# %% tags=["answer"]
weight = 1.0  # change me to 4: with a bias of -2 the sums stay 0
blame = 1 / 4  # of the blame of 1, unit 5's slope lets a quarter through
print(f"sum of unit 5: {blame:.6f}")
for unit in [4, 3, 2, 1]:
    blame = blame * weight / 4  # the weight between the two units, then this unit's slope
    print(f"sum of unit {unit}: {blame:.6f}")
guesses.compare("one part in", f"{1 / blame:.0f}")

# %% [markdown]
# Less than a thousandth arrives, and with weights of 1 this was the best case, because no slope can be larger than a quarter. So a gradient can vanish without anybody having made a mistake: it is a product of many numbers, and if all of them are well below 1, the product is small.

# %% [markdown]
# ## One loop for any depth
#
# Our layers have 128 units, not one, and the numbers in that product become matrices. Number the layers from the pixels, $m = 1, 2, \dots$, and call the pixels themselves $A_0$:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $W_m, b_m$ | `W`, `b` | (inputs, outputs), (outputs,) | weights and biases of layer $m$ |
# | $Z_m$ | `z` | (n, outputs) | sums of layer $m$ |
# | $A_m$ | `kept[m]` | (n, outputs) | activations of layer $m$ |
#
# $$\begin{aligned} Z_m &= A_{m-1} W_m + b_m, \\ A_m &= f(Z_m) . \end{aligned}$$
#
# The **activation function** $f$ works on each entry separately; so far it has been the sigmoid. The last layer has none, because its sums are the logits. We keep every $A_m$ for the backward pass. Try it with three hidden layers, their weights drawn by the *Glorot rule*, which is explained below.


# %%
def forward(layers, x, f):
    kept = [x]
    for W, b in layers[:-1]:
        kept.append(f(kept[-1] @ W + b))
    W, b = layers[-1]
    return kept, kept[-1] @ W + b


sizes = [784, 128, 128, 128, 10]
parameters = deep.initialise(np.random.default_rng(seed=1), sizes, rule="Glorot")
layers = list(zip(parameters[::2], parameters[1::2]))  # W1, b1, W2, b2, ... in pairs
kept, z = forward(layers, x, sigmoid)
for array in [*kept, z]:
    print(array.shape)

# %% [markdown]
# The backward pass is the same walk in the other direction. At layer $m$ we hold $dZ_m$, and we want three things from it: the layer's two gradients, and the $dZ$ of the layer before. These are lesson 03's lines with $m$ in place of 2 ($\odot$ is the product entry by entry):
#
# $$\begin{aligned} dW_m &= A_{m-1}^T\, dZ_m, \\ dA_{m-1} &= dZ_m\, W_m^T, \\ dZ_{m-1} &= dA_{m-1} \odot f'(Z_{m-1}) , \end{aligned}$$
#
# and $db_m$ is the sum of the rows of $dZ_m$. Of these formulas, only the third knows which function $f$ is. That is why an activation function comes as a *pair*, one function for each direction:
#
# | | forward | backward |
# |---|---|---|
# | sigmoid | $a = \sigma(z)$ | $dz = da \odot a \odot (1 - a)$ |
# | tanh | $a = \tanh z$ | $dz = da \odot (1 - a^2)$ |
#
# Tanh runs from $-1$ to 1 instead of from 0 to 1, and at 0 it is four times as steep as the sigmoid.
#
# ### Exercise 7.1: back through every layer (core, 15 minutes)
#
# Write the backward pass of a network whose hidden layers are *tanh*. You get the parameters as a list of pairs, the kept activations (`kept[0]` is `x`), and the gradient with respect to the logits, which contains $1/n$ already.
#
# Pencil first: one image, one unit in each layer, biases of 0. Let $x = 1$ and $W_1 = \frac12 \log 3$, which makes $a_1 = \tanh W_1 = \frac12$. Let $W_2 = 2$ and $dz_2 = 4$. What are $dW_2$, $dz_1$ and $dW_1$?
#
# <details><summary>The numbers, by hand</summary>
#
# $dW_2 = a_1\, dz_2 = 2$. The activation $a_1$ gets the blame $dz_2\, W_2 = 8$, and tanh's slope is $1 - \frac14 = \frac34$, so $dz_1 = 6$. Since $x = 1$, $dW_1$ is 6, too.
#
# </details>


# %%
def my_deep_gradients(layers, kept, dz):
    """Return dW1, db1, dW2, db2, ... of a network whose hidden layers are tanh.

    layers: list of (W, b). kept: list of x, a1, a2, ..., the input of each layer.
    """
    ...


exercises.check(my_deep_gradients)

# %%
exercises.folded(my_deep_gradients)

# %% [markdown]
# The library has the same two loops in `deep.MLP`. Check it where a fault would show most, at the first layer, whose blame has come through the whole loop.

# %% tags=["hide-input"]
few = slice(0, 10)
ink = np.flatnonzero(x[few].any(axis=0))[:30]  # thirty pixels with ink: elsewhere dW1 is 0


def check_first_layer(model):
    """Check the gradient with respect to the weights from pixels with ink, with ten images."""
    W1, *others = parameters
    _, (dW1, *_) = model.gradients(parameters, x[few], y[few])

    def loss_of_these(weights):
        changed = W1.copy()
        changed[ink] = weights
        return cross_entropy(model.logits([changed, *others], x[few]), y[few])

    return check_gradient(loss_of_these, W1[ink], dW1[ink], name="dW1")


print(check_first_layer(deep.MLP("sigmoid")))

# %% [markdown]
# ## A gradient that fades
#
# So $dW_1$, the gradient that has come furthest, is right. But how large is it? Measure it by its **norm**, which earlier lessons called its length: square every entry, add up, and take the root. Since the norm of $dW_m$ says how hard the loss pulls on layer $m$, we shall call it the *pull* on that layer. Now back to the network of the opening, with five hidden layers of 128 sigmoids.

# %%
deep_sizes = [784, 128, 128, 128, 128, 128, 10]
sigmoids = deep.initialise(np.random.default_rng(seed=1), deep_sizes, rule="Glorot")


def pull(model, parameters):
    """Norm of the gradient with respect to each layer's weights."""
    _, grads = model.gradients(parameters, x, y)
    return [np.linalg.norm(dW) for dW in grads[::2]]


# %% [markdown]
# **Predict.** The pull is strongest on layer 6, the last one. By what factor does it exceed the pull on layer 1?

# %%
guesses.ask("pull on layer 6 / pull on layer 1", None)

# %% tags=["answer", "hide-input"]
norms = pull(deep.MLP("sigmoid"), sigmoids)
for layer, norm in enumerate(norms, start=1):
    print(f"layer {layer}: {norm:.6f}")
guesses.compare("pull on layer 6 / pull on layer 1", f"{norms[-1] / norms[0]:.0f}")

# %% [markdown]
# From each layer to the one before it, about three quarters of the pull is lost. Since $dW_m = A_{m-1}^T\, dZ_m$, a pull is made of two things, the layer's input and the blame of its sums (the layer's blame, for short). Follow the blame first, and watch what each layer does to its norm: first the weights, then the slopes.


# %% tags=["hide-input"]
def follow_blame(model, parameters):
    """From the last layer back: norms of dZ, and what weights and slopes multiply them by."""
    backward = deep.ACTIVATIONS[model.activation].backward
    *kept, z = model.forward(parameters, x)  # all in one list, the logits last
    dz = functions.cross_entropy_gradient(z, y)
    blames, weights, slopes = [np.linalg.norm(dz)], [], []
    for m in range(len(kept), 1, -1):  # from the last layer back to layer 2
        W = parameters[2 * (m - 1)]  # W_m
        da = dz @ W.T
        dz = backward(da, kept[m - 1])
        weights.append(np.linalg.norm(da) / blames[-1])
        slopes.append(np.linalg.norm(dz) / np.linalg.norm(da))
        blames.append(np.linalg.norm(dz))
    return blames, weights, slopes


blames, weights, slopes = follow_blame(deep.MLP("sigmoid"), sigmoids)
for m, by_weights, by_slopes in zip(range(len(weights) + 1, 1, -1), weights, slopes):
    print(f"layer {m} to {m - 1}: weights {by_weights:.3f}, slopes {by_slopes:.3f}")
print(f"share of the blame that arrives: one part in {blames[0] / blames[-1]:.0f}")

# %% [markdown]
# Here are the five units again. Apart from layer 6's, the weights hardly change the norm: that is what the Glorot rule is for. But each layer's slopes let less than a quarter of the blame through. (It is luck that the whole comes so close to 1,024: layer 6's weights make up for slopes below a quarter.) This is the **vanishing gradient**, which Hochreiter described in 1991 and [Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html) measured layer by layer, as you have just done.
#
# ## Can so faint a pull teach anything?
#
# Give the network one epoch, at a learning rate of 2, the best we found for a single hidden layer.


# %% tags=["hide-input"]
def one_epoch(model, parameters, rate):
    batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=2))
    steps = tqdm(batches, leave=False)
    trained, _ = train(model, parameters, train_set, steps, learning_rate=rate)
    return trained, evaluate(model, trained, validation_set)


trained, score = one_epoch(deep.MLP("sigmoid"), sigmoids, 2.0)
z = deep.MLP("sigmoid").logits(trained, data.scale(validation_set[0]))
p = functions.softmax(z)
print(f"validation loss {score.loss:.3f} (log 10 is {np.log(10):.3f})")
print(f"accuracy {100 * score.accuracy:.2f} %, answers given: {np.unique(p.argmax(axis=1))}")

depth, half = studies.read("depth")["rows"], studies.read("half")["rows"]
rates = sorted({row["settings"]["rate"] for row in depth})
_, accuracies = at_best_rate(depth, start="sigmoid, Glorot", hidden_layers=5)
print(f"three starts, at the best of {len(rates)} rates from {rates[0]} to {rates[-1]:g}, % right:")
print("  ", *(f"{accuracy:.1f}" for accuracy in accuracies))

# %% [markdown]
# The network has not begun to learn. It answers 1 to every image, and its loss is that of a network which knows nothing. Nor is it the rate's fault: a stored study, `depth`, tried 8 of them from three starts (weights drawn by the seeds 0, 1 and 2), and even the best left all three near 10 %. The network has *stalled*, by which we mean only that it learned nothing within the epoch. (Would it come to life if you let it run? The optional section lets you guess.)
#
# ## The quarter or the half?
#
# Everything so far points to one culprit, the slope of a quarter. But there is a second suspect, the half that you were asked to remember: a sigmoid's activations are not centred on 0. To tell which of the two matters, we need a **control**, which changes only one of them. Keep the quarter, and take away the half:
#
# $$f(z) = \sigma(z) - \tfrac12 .$$
#
# Subtracting a constant changes no slope, so the blame must fade nearly as before. Written with the new activation $a$, the sigmoid is $a + \frac12$, and its slope is $(a + \frac12)(\frac12 - a)$.

# %%
deep.ACTIVATIONS["sigmoid - 1/2"] = deep.Activation(
    forward=lambda z: sigmoid(z) - 1 / 2,
    backward=lambda da, a: da * (a + 1 / 2) * (1 / 2 - a),
)
centred = deep.MLP("sigmoid - 1/2")
print(check_first_layer(centred))

# %% [markdown]
# Now train both networks for one epoch, from the same weights, at a rate of 5.
#
# **Predict.** Will the sigmoid minus a half learn, yes or no?

# %%
guesses.ask("will the sigmoid minus a half learn", None)

# %% tags=["answer", "hide-input"]
for name, model in {"sigmoid": deep.MLP("sigmoid"), "sigmoid - 1/2": centred}.items():
    faded, *_ = follow_blame(model, sigmoids)
    pulled = pull(model, sigmoids)
    _, score = one_epoch(model, sigmoids, 5.0)
    print(f"{name}: blame of layer 6 / blame of layer 1: {faded[0] / faded[-1]:.0f}")
    print("   pull on layers 1 to 6:", *(f"{norm:.4f}" for norm in pulled))
    print(f"   accuracy after one epoch: {100 * score.accuracy:.0f} %")
guesses.compare("will the sigmoid minus a half learn", "yes" if score.accuracy > 0.5 else "no")

# %% [markdown]
# The blame fades about as much in both networks, and the pull on layer 1 is about as faint. Yet after the epoch one of them gets 10 % of the images right, while the other gets 85 %. <small>The rate of 5 is the second network's best of eight; the first has no good one.</small> So it was not the fading alone that stalled the network. (An earlier edition of this lesson said that it was.) Look at the pulls once more: in the network that learns, the pull is faint on *every* layer, even the last.
#
# ### What the half does
#
# So far we have followed the blame. Here is the other part of each pull as well, the layer's input, for both networks. Roughly, the pull grows as their product, and on a logarithmic axis a product becomes a sum of heights. So where one line falls as steeply as the other rises, the pull stays level.

# %% mystnb={"image": {"alt": "Two panels with logarithmic axes, each with the norms of a layer's input, of its blame and of its gradient against the layers 1 to 6. Left, the sigmoid: the input is level at two to three hundred, the blame rises a thousandfold from layer 1 to layer 6, and the gradient rises with it. Right, the sigmoid minus one half: the blame rises as on the left, but the input falls as steeply, so the lines cross, and the gradient is nearly level."}} tags=["answer", "hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(6.2, 4.2), sharey=True, layout="constrained")
layer_numbers = np.arange(1, 7)
for axis, model in zip(axes, [deep.MLP("sigmoid"), centred]):
    *inputs, _ = model.forward(sigmoids, x)
    blames, *_ = follow_blame(model, sigmoids)
    axis.semilogy(
        layer_numbers, [np.linalg.norm(a) for a in inputs], "o--", label="the layer's input"
    )
    axis.semilogy(layer_numbers, blames[::-1], "^:", label="its blame")
    axis.semilogy(layer_numbers, pull(model, sigmoids), "s-", lw=3, label="the pull on it")
    axis.set(xlabel="layer", xticks=layer_numbers)
axes[0].set(title="Sigmoid:\nunequal pulls", ylabel="norm")
axes[1].set(title="Sigmoid − 1/2:\nnearly equal pulls")
axes[0].yaxis.set_major_formatter("{x:g}")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# On the right, the activations fade on their way forward just as the blame fades on its way back. The first layers get a large input and little blame, the last layers the reverse, and so the pull hardly changes. On the left the blame fades in the same way, but the activations can't, because each of them has a half in it. It takes both, then, to make the pulls unequal: the quarter weakens the pull on the first layers, and the half keeps the pull on the last ones strong. <small>That activations should lie around 0 is the advice of [LeCun and others 1998](https://doi.org/10.1007/3-540-49430-8_2), and Glorot and Bengio suspected the sigmoid's mean, too.</small>
#
# You may object that biases could take the half off as well, as they did in our five units. So they can. From layer 2 on, start each bias at minus half the sum of its weights, and the plain sigmoids compute exactly what the others do, with the same blame.
#
# **Predict.** Will this network learn within the epoch, at any of the six rates that we tried, yes or no?

# %%
guesses.ask("will it learn with the half taken off by biases", None)

# %% tags=["answer", "hide-input"]
shifted = list(sigmoids)
for place in range(2, len(sigmoids), 2):  # W2, W3, ...; each layer's bias stands one place later
    shifted[place + 1] = sigmoids[place + 1] - sigmoids[place].sum(axis=0) / 2
same = np.allclose(deep.MLP("sigmoid").logits(shifted, x), centred.logits(sigmoids, x))
print("the same logits as with the sigmoid minus a half:", same)
pulled = pull(deep.MLP("sigmoid"), shifted)
print("pull on layers 1 to 6:", *(f"{norm:.4f}" for norm in pulled))
_, accuracies = at_best_rate(half, activation="sigmoid, half taken off by the biases")
print("% right from the three starts, at the best rate:", *(f"{value:.1f}" for value in accuracies))
learns = "yes" if accuracies.max() > 50 else "no"
guesses.compare("will it learn with the half taken off by biases", learns)

# %% [markdown]
# The answers are the same and so is the blame, but a pull multiplies that blame by the activations as they are, half and all. So the last layer is again pulled a hundred times as hard as the first, and the network stalls. The fault, then, is not in what the network computes, but in how it is pulled.
#
# ### A rate for each layer
#
# But why should unequal pulls stall a network? One learning rate has to serve all six layers. Multiply each pull by the rate of 5, and you have the length of the layer's first step; compare it with the norm of the layer's weights.

# %%
for name in ["sigmoid", "sigmoid - 1/2"]:
    pulled = pull(deep.MLP(name), sigmoids)
    steps = [5 * norm / np.linalg.norm(W) for norm, W in zip(pulled, sigmoids[::2])]
    print(f"{name}: first step / norm, W1 to W6:", *(f"{step:.4f}" for step in steps))

# %% [markdown]
# With the half, the step hardly touches $W_1$, but throws $W_6$ by more than its own norm, and a rate that suits the last layer would leave the first where it is. If that is the trouble, there must be a rescue that touches neither the quarter nor the half: give each layer a rate of its own, the larger, the fainter its pull. Then spoil the rescue at one end and at the other: freeze the first layer, or give the last one its rate of 5 back.

# %% tags=["hide-input"]
studies.again("half")  # repeats one of its runs here, and prints a line if the result differs


def rate_for_each_layer(start):
    pulled = pull(deep.MLP("sigmoid"), start)
    return [0.1 * pulled[-1] / norm for norm in pulled]  # 0.1 for the last layer


print("a rate for each layer:", *(f"{rate:.3g}" for rate in rate_for_each_layer(sigmoids)))
_, accuracies = at_best_rate(half, activation="sigmoid, a rate for each layer")
print("   % right from the three starts:", *(f"{accuracy:.1f}" for accuracy in accuracies))

half_right = {}
for seed in tqdm([0, 1, 2], leave=False):
    start = deep.initialise(np.random.default_rng(seed), deep_sizes, rule="Glorot")
    each = rate_for_each_layer(start)
    spoilt = {  # add a line of your own: how few different rates are enough?
        "the first layer frozen": [0, *each[1:]],
        "the last layer at 5": [*each[:-1], 5],
    }
    for name, rates in spoilt.items():
        # Each layer's gradients are multiplied by its rate, so the rate of all is 1.
        _, score = one_epoch(RateByLayer("sigmoid", factors=tuple(rates)), start, 1.0)
        half_right.setdefault(name, []).append(score.accuracy > 1 / 2)  # computers differ
for name, starts in half_right.items():
    print(f"{name}: {sum(starts)} of {len(starts)} starts get half of the images right")

# %% [markdown]
# A rate for each layer is enough: the network that stalled at every single rate we tried now learns in its first epoch. With either end spoilt, none of the three starts gets even half of the images right: the first layer must move, *and* the last must not be thrown about. **The pulls were so unequal that within the epoch no single rate we tried could move the first layer and keep the last one steady.** When a network of yours won't learn, print the pull on each layer before you look for a bug.
#
# **A good place to stop.** The case is solved: you know what stalled a network whose gradients are correct. What remains is the cure, which is easier than the case was.
#
# ## A cure
#
# With five layers it is enough to remove one of the two faults, and we remove the fading, with units whose slope is 1.
#
# ### A unit with a corner
#
# The **rectified linear unit**, or ReLU ([Glorot, Bordes and Bengio 2011](https://proceedings.mlr.press/v15/glorot11a.html)), $a = \max(z, 0)$, passes on what is positive and cuts off the rest. Where $a > 0$ we call the unit *awake*: its slope is 1, however large $z$ is. Where $a = 0$ it is *asleep*, and its slope is 0. So $a$ alone tells you the slope. <small>A ReLU isn't centred on 0 either, so the other fault stays.</small>
#
# ### Exercise 7.2: back through a ReLU (warm-up, 4 minutes)
#
# Pencil first: $a = (2, 0)$ and $da = (5, 7)$. What is $dz$?
#
# <details><summary>The numbers, by hand</summary>
#
# $(5, 0)$: the first unit is awake and passes its blame on, the second is asleep.
#
# </details>


# %%
def my_relu_backward(da, a):
    """Return dz from da and the activations a, all of the same shape."""
    ...


exercises.check(my_relu_backward)

# %%
exercises.folded(my_relu_backward)

# %% [markdown]
# ### How large should the weights be?
#
# Neither the sums on the way forward nor the blame on the way back should shrink or grow. Follow the mean square of the numbers through one layer. The weights are drawn independently, as often positive as negative, with mean 0 and the same **variance** $\mathrm{Var}(w)$, which for a mean of 0 is their mean square; biases start at 0. We write $E$ for "the mean of", and use one fact: the mean of a product of two *independent* things is the product of their means.
#
# **Forward.** A unit's sum is $z = \sum_j a_j w_j$. Square it, and you get squares $a_j^2 w_j^2$ and mixed products such as $a_1 w_1 \cdot a_2 w_2$. Because the weights' signs are random, the mixed products are 0 on average, and only the squares remain, one for each of the layer's inputs. Each has the mean $E[a^2]\, \mathrm{Var}(w)$, since the weights don't know which activations they will be multiplied by:
#
# $$E[z^2] = \text{inputs} \cdot \mathrm{Var}(w) \cdot E[a^2] .$$
#
# **Through the unit.** If you flip the signs of all of a unit's weights, its sum flips from $z$ to $-z$, and each is as likely as the other. So the positive sums account for half of the mean square. A ReLU keeps these and sets the rest to 0, which is why $E[a^2] = \frac12 E[z^2]$. These activations are the next layer's inputs. For its sums to have the same mean square as this layer's, we need $\text{inputs} \cdot \mathrm{Var}(w) \cdot \frac12 = 1$, or
#
# $$\mathrm{Var}(w) = \frac{2}{\text{inputs}} .$$
#
# This is the **He rule** ([He and others 2015](https://arxiv.org/abs/1502.01852)). The way back asks for 2 / outputs, by the argument folded below. A tanh whose sums are small halves nothing, so it wants 1 / inputs and 1 / outputs. Where the two sizes differ, the **Glorot rule** compromises, and puts their average in the place of each: $2 / (\text{inputs} + \text{outputs})$. All our weights so far were drawn by it.
#
# <details><summary>The way back, and where the sizes differ</summary>
#
# An activation collects blame from every sum it went into, and a layer has as many sums as *outputs*, so
#
# $$E[da^2] = \text{outputs} \cdot \mathrm{Var}(w) \cdot E[dz^2] .$$
#
# Then the slope multiplies the blame. If the two are independent, the slope's mean square is the share that is left, and for ReLUs that is one half again, since half of them have the slope 1 and the others 0.
#
# Norm and mean square tell the same story only between layers of equal size. From 10 sums back to 128 activations there are more squares to add up, which is why the weights of layer 6 made the norm of the blame grow.
#
# </details>
#
# ### Exercise 7.3: from a variance to a range (core, 5 minutes)
#
# Our networks draw their starting weights uniformly between $-\text{limit}$ and $+\text{limit}$. The mean of $w^2$ is then the mean height of the parabola $w^2$ over that range, $\text{limit}^2 / 3$, and that is the variance. Which limit gives the He rule's variance?


# %%
def my_he_limit(inputs):
    """Return the limit of a uniform distribution around 0 whose variance is 2 / inputs."""
    ...


exercises.check(my_he_limit)

# %%
exercises.folded(my_he_limit)

# %% [markdown]
# ### The cure, tried
#
# **Predict.** Five layers of ReLUs, with weights by the He rule: what share of layer 6's blame will reach layer 1? And if the weights are twice as large?

# %%
guesses.ask("shares of the blame that reach layer 1", None)

# %% tags=["answer", "hide-input"]
he = deep.initialise(np.random.default_rng(seed=1), deep_sizes, rule="He")
twice = tuple(2 * value for value in he)
shares = []
for name, start in {"He": he, "He x 2": twice, "Glorot": sigmoids}.items():
    faded, *_ = follow_blame(deep.MLP("relu"), start)
    shares.append(f"{faded[-1] / faded[0]:.2f}")
    print(f"ReLU, {name}: share of the blame that reaches layer 1: {shares[-1]}")
print("right after one epoch, mean of three starts, each network at its best rate:")
tried = [("ReLU, He", 5), ("ReLU, Glorot", 5), ("ReLU, He", 1)]
for start, hidden_layers in tried:
    _, accuracies = at_best_rate(depth, start=start, hidden_layers=hidden_layers)
    print(f"   {start}, hidden layers: {hidden_layers}: {accuracies.mean():.1f} %")
guesses.compare("shares of the blame that reach layer 1", " and ".join(shares[:2]))

# %% [markdown]
# By the He rule all of it arrives, and a little more. With weights twice as large, each layer doubles the blame instead, and five doublings make 32, or nearly that: an **exploding gradient** is the same product, with numbers above 1.
#
# The third line is a control. The Glorot rule leaves out ReLU's half, so each of the four steps between layers of equal size costs a factor of $\sqrt{1/2}$, and about a quarter arrives. Yet such a network gets 93.1 % right, as good as the He rule's 93.2 %: with five layers it was the ReLU that cured it, not the rule. The rule is for greater depth, where twenty factors of $\sqrt{1/2}$ make a thousandth again.
#
# ## A way around
#
# With slopes of 1 and weights of the right size, the factors are well chosen, but the gradient is still a product. One more cure changes that, and costs only a plus sign. A **residual layer** doesn't *replace* its input; it *adds* to it ([He and others 2016](https://arxiv.org/abs/1512.03385)):
#
# $$A_m = A_{m-1} + f(Z_m) .$$
#
# In the drawing, $A_{m-1}$ reaches $A_m$ along two paths, through the layer and around it. The blame comes back along both, and paths add.

# %% mystnb={"image": {"alt": "A residual layer. From a box A m minus one, an arrow leads through the layer, written as f of A W plus b, into a plus sign, and a line leads over the layer into the same plus sign. From there an arrow leads to a box A m."}}
residual_layer.draw()
plt.show()

# %% [markdown]
# What comes back through the layer may fade as before. But a sum hands its blame on whole to each of its terms, so what comes back around the layers arrives unchanged, however many there are. Lead such a path around each of the last four of the five units in a row, and let the biases bring the sums back to 0. From unit to unit the blame is then multiplied by one *and* a quarter, where it used to be a quarter alone, so instead of fading, it more than doubles over the four. <small>Exercise 7.4, in the optional section, works out the backward pass.</small>
#
# With such paths He and his colleagues trained networks of more than a hundred layers. <small>Those have **normalisation**, too, which brings each unit's sums over a batch to mean 0 and standard deviation 1 ([Ioffe and Szegedy 2015](https://arxiv.org/abs/1502.03167)).</small> But don't expect too much of depth alone. Within an epoch, the single hidden layer in our table got 94.3 % right, no worse than five, so we have depth that trains, not yet depth that pays.
#
# ## If you have another half-hour
#
# ### Is the stuck network dead?
#
# After an epoch it gave every image the same answer, but perhaps an epoch is too short. The study `plateau` trained it from the three starts for ten epochs, at the rate of 2.
#
# **Predict.** Sketch the validation accuracy against epochs. What percentage will be right after ten, on average over the three?

# %%
guesses.ask("% right after ten epochs", None)

# %% mystnb={"image": {"alt": "Validation accuracy in per cent against epochs, 0 to 10, for three seeds: each lies near ten per cent for two to five epochs, then climbs steeply to between 92 and 96."}} tags=["answer", "hide-input"]
study = studies.read("plateau")
studies.again("plateau")
longer = [row for row in study["rows"] if row["settings"]["epochs"] == 10]
figure, axis = plt.subplots(figsize=(6, 3.6))
last = []
for run, style in zip(longer, ["o-", "s--", "^:"]):
    accuracy = np.array(run["results"]["accuracy"])
    axis.plot(100 * accuracy, style, ms=5, label=f"seed {run['settings']['seed']}")
    last.append(accuracy[-1])
axis.set(title="Three starts, ten epochs", xlabel="epochs", ylim=(0, 100))
axis.set_ylabel("validation accuracy, %")
axis.legend()
plt.show()
print("seed 1, loss after epochs 1 to 5:", *(f"{v:.3f}" for v in longer[1]["results"]["loss"][1:6]))
print(f"after ten epochs: {100 * min(last):.1f} % to {100 * max(last):.1f} %")
guesses.compare("% right after ten epochs", round(100 * np.mean(last), 1))

# %% [markdown]
# So it does learn after all: after ten epochs the three runs get 92 to 96 % right. Each run spent its first two to five epochs on a **plateau**, a stretch on which loss and accuracy hardly move. A network that is stuck need not be dead; it may just be slow to start.
#
# ### The half without the quarter
#
# You have seen the quarter without the half. For the other control, take tanh + 1, which has tanh's slopes, but activations around 1. Above each panel of the picture stands what its network got right after one epoch, from the three starts, at its best rate.

# %% mystnb={"image": {"alt": "Four activation functions in a square, each with a dashed tangent at z = 0. Above, with a slope of one quarter, the sigmoid and the sigmoid minus one half; below, with a slope of 1, tanh plus 1 and tanh. On the left the activations are not centred on 0, on the right they are. Per cent right, seeds 0, 1 and 2: sigmoid 11.2, 9.9, 11.2; sigmoid minus one half 83.2, 77.8, 79.1; tanh plus 1 89.4, 89.0, 83.5; tanh 94.2, 91.9, 89.2."}} tags=["answer", "hide-input"]
deep.ACTIVATIONS["tanh + 1"] = deep.Activation(
    forward=lambda z: np.tanh(z) + 1,
    backward=lambda da, a: da * (1 - (a - 1) ** 2),
)
four_functions.draw(half, depth)
plt.show()
print("strongest pull / faintest pull, before the first step:")
for name in ["sigmoid", "sigmoid - 1/2", "tanh + 1", "tanh"]:
    pulled = pull(deep.MLP(name), sigmoids)
    print(f"   {name}: {max(pulled) / min(pulled):.1f}")

# %% [markdown]
# Either fault alone makes learning worse, on every seed, but stops it on none. Only at the top left, where the two meet, did no rate help within the epoch, and it is there that the pulls differ by far the most.
#
# ### One layer more
#
# Don't acquit the fading altogether. The sigmoid minus a half is choosy even with five hidden layers. Give it a sixth, and train it for an epoch from the three starts, at each of five rates from 1 to 10.

# %% tags=["hide-input"]
for name in ["sigmoid - 1/2", "sigmoid - 1/2, six layers"]:
    runs = [
        100 * row["results"]["accuracy"]
        for row in half
        if row["settings"]["activation"] == name and 1 <= row["settings"]["rate"] <= 10
    ]
    print(f"{name}: {sum(np.array(runs) > 50)} of {len(runs)} runs get half of the images right")
    print(f"   the best run gets {max(runs):.1f} %")
six = deep.initialise(np.random.default_rng(seed=1), [*deep_sizes[:-1], 128, 10], rule="Glorot")
print("pull on layers 1 to 7:", *(f"{norm:.4f}" for norm in pull(centred, six)))

# %% [markdown]
# With six layers no run gets even half of the images right, although the pulls are nearly equal. The pull is about a quarter of what it was with five layers, and none of these rates made up for that. So unequal pulls are one path to a stall, not the only one, and five hidden layers lie just inside the edge.
#
# ### Exercise 7.4: back past a plus sign (stretch, 16 minutes)
#
# Take several residual tanh layers, one after another. You get their parameters, all the activations $A$ from the first to the last (one more than there are layers), and the gradient with respect to the last. Each $A$ after the first is a layer's input plus a tanh; for the slope you need the tanh alone.
#
# Pencil first: two layers of one unit, $W_1 = 2$, $b_1 = -2$, $W_2 = 3$, $b_2 = -3$, and all three $A$ are 1. With $dA_2 = 4$, what are $dW_2$, $dA_1$ and $dW_1$?
#
# <details><summary>The numbers, by hand</summary>
#
# Both sums are 0, so both tanhs give 0, and both slopes are 1. Layer 2: $dz_2 = 4$ and $dW_2 = 4$; $dA_1 = 4 + 4 \cdot 3 = 16$, around and through. Layer 1: $dz_1 = 16$, so $dW_1 = 16$.
#
# </details>


# %%
def my_residual_gradients(layers, kept, da):
    """Return dW1, db1, dW2, db2, ... of layers with a = the layer's input + tanh(z).

    layers: list of (W, b). kept: the first layer's input, its output, ..., the last layer's output.
    """
    ...


exercises.check(my_residual_gradients)

# %%
exercises.folded(my_residual_gradients)

# %% [markdown]
# So a layer's input collects two blames, the first around the layer, the second through it:
#
# $$dA_{m-1} = dA_m + dZ_m\, W_m^T .$$
#
# ## Recap
#
# You now have a loop for a network of any depth, and you can say, layer by layer, where its gradient fades and why. You have also seen a convincing explanation fall to a control. What you can't do yet is say when a network that fits its images has fitted them too well.
#
# - **Why does the gradient fade?** It is made of blame, which every layer multiplies by its weights and its slopes. A sigmoid's slope is at most a quarter, and five of them leave less than a thousandth.
# - **Is fading enough to stall a network?** With five layers, not by itself. To stall them for an epoch, it takes the quarter, which makes the first layers' blame fade, *together with* the half, which keeps the last layers' input large. Then the pulls differ nearly a thousandfold, and within the epoch no single rate we tried served all layers, though a rate for each did. It is a stall, not a death: left to run at a rate of 2, the network woke up within ten epochs.
# - **What keeps it alive?** Units with a slope of 1 and, the more layers there are, starting weights that keep the mean square level, for ReLUs a variance of 2 / inputs. A path around each layer does it, too, because a sum hands its blame on whole.
#
# ## Questions to ask yourself
#
# 1. Your deep network does not learn. What would you print first?
#
#    <details><summary>Answer</summary>
#
#    Before the first step, the pull on each layer. Do they differ a thousandfold? Then look at what they are made of: does the blame fade on its way back, *and* do the activations stay large on their way forward, because they are not centred on 0? If so, suspect the start or the activation function. With few layers, either alone only slows learning; together they can stall it for epochs.
#
#    </details>
#
# 2. Could a much larger learning rate make up for a gradient that is a thousand times too small?
#
#    <details><summary>Answer</summary>
#
#    Not with the same rate for all layers: a rate that moves the first layer would throw the last one about, since its gradient is a thousand times larger. A rate for each layer did it. With five layers, so did one large rate without the half, where the pull was about the same on all layers; with six, it did not.
#
#    </details>
#
# 3. A ReLU's sum is negative for every image. What will the unit learn?
#
#    <details><summary>Answer</summary>
#
#    Nothing: its activation is 0, so it has no part in the answer, and its slope is 0, so no blame reaches its weights. Unless the layers before it change, it stays *dead*.
#
#    </details>
#
# ## Next
#
# More layers, more units, more weights: can a network have too much? [08 When is a fit too good?](08_too_good.ipynb) gives a network only a thousand images, and looks for the point at which learning more begins to hurt.
