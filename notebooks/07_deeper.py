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
# If one hidden layer is good, five should be better. Build a network with five sigmoid layers, train it for an epoch at any of eight rates, and it answers the same digit for every image. Its gradients are right. They hardly arrive. **Why does the gradient fade, and what keeps it alive?**
#
# **You will** turn the network of lesson 03 into one with as many layers as you like. You will watch its gradient fade, and wait to see what becomes of it. Then you will bring it back in three ways: with other weights, with a unit that has a corner, and with a plus sign.
#
# **You will be able to**
#
# - write the backward pass of a network of any depth as one loop;
# - read gradient norms, layer by layer, and know that waiting may help;
# - derive from variances how large the weights of a layer should be at the start;
# - give a deep network a way around its layers, and its gradient.
#
# **You need** lessons [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb).
#
# **Time** 58 minutes to read, 29 more for the exercises; the computer works about 20 s and uses 400 MB

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
# 2. You know $dZ_2$, the blame of a layer's sums. Which product gives the blame of the layer's weights? Which gives the blame of what came in?
#
#    <details><summary>Answer</summary>
#
#    $dW_2 = A_1^T dZ_2$: what came in times the blame of the sums. And $dA_1 = dZ_2 W_2^T$: the blame sent back along the same weights.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, studies
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
# Here *inputs* is the number of units that feed a layer, and *outputs* the number of its own.
#
# $$\begin{aligned} Z_m &= A_{m-1} W_m + b_m, \\ A_m &= f(Z_m) . \end{aligned}$$
#
# Here $f$, the **activation function**, works on every entry by itself. So far it was the sigmoid. The last layer has no $f$: its sums are the logits. On the way forward we keep every $A_m$, since the way back will want them. (`rule="Glorot"` draws the weights as in the lessons so far; more of it later.)


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
# The way back is the same walk in the other direction. At layer $m$ we hold $dZ_m$, whose row $i$, $dz_{m,i}$, belongs to example $i$. We need the two gradients of the layer, and the $dZ$ of the layer before it. These are lesson 03's lines, with $m$ in the place of 2:
#
# $$\begin{aligned} dW_m &= A_{m-1}^T\, dZ_m, \\ db_m &= \sum_i dz_{m,i}, \\ dA_{m-1} &= dZ_m\, W_m^T, \\ dZ_{m-1} &= dA_{m-1} \odot f'(Z_{m-1}) . \end{aligned}$$
#
# Only the last of them knows which function $f$ is. So an activation function comes as a *pair*: one function goes forward, from $z$ to $a$, and one goes backward, from $da$ to $dz$.
#
# | | forward | backward |
# |---|---|---|
# | sigmoid | $a = \sigma(z)$ | $dz = da \odot a \odot (1 - a)$ |
# | tanh | $a = \tanh z$ | $dz = da \odot (1 - a^2)$ |
# | ReLU | $a = \max(z, 0)$ | yours |
#
# The third is new here, the **rectified linear unit**, ReLU for short ([Fukushima 1969](https://doi.org/10.1109/TSSC.1969.300225)). It passes on what is positive and cuts off the rest.
#
# $$\begin{aligned} \mathrm{relu}(z) &= \max(z, 0), \\ \mathrm{relu}'(z) &= \begin{cases} 1 & z > 0 \\ 0 & z < 0 . \end{cases} \end{aligned}$$
#
# The slope can be told from the value. Where $a > 0$ we call the unit *awake*: its slope is 1. Where $a = 0$ it is asleep, and we take 0.
#
# ### Exercise 7.1: back through a ReLU (warm-up, 3 minutes)
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
# ### Exercise 7.2: the loop back (core, 10 minutes)
#
# Write the way back for a network whose hidden layers are *tanh*. You get the parameters as a list of pairs, the kept activations (`kept[0]` is `x`) and the gradient by the logits.
#
# Pencil first: one image, one unit in each layer, biases of 0. Let $x = 1$ and $W_1 = \frac12 \log 3$, which makes $a_1 = \tanh W_1 = \frac12$. Let $W_2 = 2$ and $dz_2 = 4$. What are $dW_2$, $dz_1$ and $dW_1$?


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
# The library has the same two loops in `deep.MLP`, a model as lesson 04's `train` wants one. Check it by nudging. We nudge weights of the first layer: their gradient has passed through every line of the loop.

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

    name = f"dW{place // 2 + 1}"
    return check_gradient(loss_of_these, parameters[place][rows], grads[place][rows], name=name)


print(checked(deep.MLP("sigmoid"), parameters, 0, ink))

# %% [markdown]
# ## A gradient that fades
#
# So the gradient is right. How *large* is it? Take its **norm**, the root of the sum of all squares. The norm of $dW_m$ says how hard the loss pulls at layer $m$; we call it the *pull*. Take five hidden layers of 128 sigmoids, with weights drawn as in the lessons so far. Before you run the cell, guess: how many times as strong is the pull at layer 6 as at layer 1?

# %%
depths = [784, 128, 128, 128, 128, 128, 10]
sigmoids = deep.initialise(np.random.default_rng(seed=1), depths, rule="Glorot")


def pull(model, parameters):
    """The norm of the gradient by each layer's weights."""
    _, grads = model.gradients(parameters, x, y)
    return [np.linalg.norm(dW) for dW in grads[::2]]


norms = pull(deep.MLP("sigmoid"), sigmoids)
for layer, norm in enumerate(norms, start=1):
    print(f"layer {layer}: {norm:.6f}")
print(f"the last is {norms[-1] / norms[0]:.0f} times the first")

# %% [markdown]
# From each layer to the one before it, most of the pull is lost. Where? Two things happen to the blame from $dZ_m$ to $dZ_{m-1}$. It is multiplied by $W_m^T$, which gives $dA_{m-1}$. Then it is multiplied by the slopes $a\,(1 - a)$, each *at most a quarter*. Walk back once more. By what factor does each of the two change the norm of the blame?


# %%
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
# The weights change the norm little: by a factor of 1.34 over the whole way. The slopes of each layer leave less than a quarter, and those of five layers less than a thousandth. The field calls it the **vanishing gradient** (Hochreiter 1991; [Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)).
#
# <details><summary>Why 872 above, and 1,023 here?</summary>
#
# This cell measured the blame $dZ_m$. The cell before it measured $dW_m = A_{m-1}^T\, dZ_m$, which also depends on what came in; and pixels and activations differ in size.
#
# </details>
#
# **Change a number.** Take one 128 out of `depths`. By what factor will the ratio fall? Run both cells. Then put it back, and run both again.
#
# <details><summary>Answer</summary>
#
# By about four, as the slopes of one layer say: the last pull is then some 200 times the first. (Other seeds give four to seven.)
#
# </details>
#
# ## One epoch, and nine more
#
# What does the network do with so faint a pull? Give it one epoch, at the rate of 0.5. The cell prints its answers, how much its probabilities differ from image to image, and how far each layer has moved, as a share of the size of its weights. What do you expect?


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
# The network has not begun to learn. All images get the same answer, with very nearly the same probabilities. The first three layers have moved by a hundredth or two of their size. The last two have moved far more, and nothing came of it.
#
# It looks as if such a network could not learn. What if one waits? The study `plateau` trains it from three starts, for ten epochs at the rate of 2 and for twenty at 0.5. Sketch your guess of the validation accuracy, epoch by epoch. The cell prints the epoch after which layer 1's pull was lowest, and the one after which the accuracy first lay over 15 %.

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
# So it learns after all: at the rate of 2 it reads 92 to 96 % after ten epochs. For the first two to five of them it stood on a **plateau**: a stretch on which the loss hardly moves. The last lines printed above show seed 1's: the loss stays near $\log 10$.
#
# Look at its layer 6. Within an epoch its pull falls more than a hundredfold, though no sigmoid's slope stands between it and the loss. The cause is what comes in: the last hidden layer is nearly the same for every image. From such activations a layer can learn only how common each digit is. Once the probabilities say that, the blames of the images cancel in the sum $A_5^T\, dZ_6$. So two things fade in such a network: the image on its way forward, and the blame on its way back.
#
# At layer 1 the pull falls at first, too: for four to six epochs at the rate of 0.5. Then the weights creep on, until the pull is back. In the lower panel it grows more than a hundredfold at layer 1, from epoch 2 to epoch 4. At the rate of 0.5 the plateau lasts nine to sixteen epochs. So a small pull, even a shrinking one, is no end. But when all ReLUs of a layer sleep for every image, the pull there is exactly 0, and that is the end, for that layer and all before it.
#
# ## A unit that does not saturate
#
# Far from 0 a sigmoid is nearly flat: it is *saturated* ([lesson 02](02_sigmoid_softmax.ipynb)). A ReLU's slope is 1 wherever the unit is awake, however large $z$ is. [Glorot, Bordes and Bengio 2011](https://proceedings.mlr.press/v15/glorot11a.html) showed how well it trains. The price: where the unit sleeps, the slope is 0, and at $z = 0$ the function has a corner, a **kink**.
#
# ### At the kink
#
# At the kink there is no derivative. The library takes 0. What does the gradient check measure, exactly there and a little to the right of it? Work out the central difference $\big(\mathrm{relu}(u + h) - \mathrm{relu}(u - h)\big) / 2h$ at $u = 0$ with a pencil.


# %%
def relu_sum(u):
    return deep.relu(u).sum()


for u in [0.0, 4e-6, 1e-3]:
    given = deep.relu_backward(np.ones(1), deep.relu(np.array([u])))
    print(check_gradient(relu_sum, np.array([u]), given, name=f"at {u:g}"))

# %% [markdown]
# At the kink only the nudge to the right climbs. So the check measures one half, which is the slope of neither side. The second point lies closer to the kink than the nudge $h = 10^{-5}$ is long, so the nudge to the left jumps over it. The third is far enough away. **A check that fails at a kink has not found a bug.** It has asked where there is no answer. Before you believe a "WRONG", ask how far the nearest sum is from 0.
#
# ## How large should the weights be?
#
# On its way back the blame meets weights and slopes. What slopes take away, larger weights could give back. How large should they be, so that neither the blame nor, on the way forward, the sums shrink?
#
# Weights are drawn independently. A value and its opposite are equally likely, and all weights of a layer have the same variance $\mathrm{Var}(w)$. Biases start at 0.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $E[\cdot]$ | `.mean()` | | mean over all draws; the code takes it over the images and units of one draw |
# | $\mathrm{Var}(\cdot)$ | | | variance: how far from its mean, squared, on average |
#
# The mean of such a weight is 0. So its variance is its mean square, $\mathrm{Var}(w) = E[w^2]$. We follow mean squares through one layer.
#
# **Forward.** The sum of one unit is $z = \sum_j a_j w_j$, where $a_j$ comes in from unit $j$, and $w_j$ is the weight on it. Hold the $a_j$ fixed, and draw only the weights. The term $a_j w_j$ has mean 0 and variance $a_j^2\, \mathrm{Var}(w)$. The terms are independent, so their variances add up:
#
# $$\begin{aligned} E[z^2] &= \mathrm{Var}(w) \sum_j a_j^2 \\ &= \text{inputs} \cdot \mathrm{Var}(w) \\ &\quad {} \cdot \text{the mean of } a_j^2 . \end{aligned}$$
#
# **Through the ReLU.** Turn the signs of all weights of a unit, and its sum turns from $z$ to $-z$. So both are equally likely, and the positive sums hold half of the mean square. The ReLU keeps these and makes the others 0:
#
# $$E[a^2] = \tfrac12\, E[z^2] .$$
#
# These $a$ come into the next layer. So far the $a_j$ were fixed. Now take the mean also over the weights that made them: each $a_j^2$ is then $\frac12 E[z^2]$ on average, where $z$ is the sum that its ReLU was given. Put that into the formula for $E[z^2]$, and it says how the mean square goes from one layer's sums to the next layer's:
#
# $$E[z_{\text{next}}^2] = \text{inputs} \cdot \mathrm{Var}(w) \cdot \tfrac12 \cdot E[z^2] .$$
#
# It stays level if the factor before $E[z^2]$ is 1, which is $\mathrm{Var}(w) = 2 / \text{inputs}$. For small sums $\tanh z$ is nearly $z$, and nothing is halved. So for tanh it is $1 / \text{inputs}$ ([LeCun and others 1998](https://doi.org/10.1007/3-540-49430-8_2)).
#
# **Back.** The blame of an activation is a sum, too: in $dA = dZ\, W^T$ it has one term $dz\, w$ for each of the layer's outputs. Take the blame to be independent of these weights and of the slopes. Then variances add up as on the way forward, and $E[da^2] = \text{outputs} \cdot \mathrm{Var}(w) \cdot E[dz^2]$. Then each $da$ is multiplied by $f'$, a slope of the layer before, and its square by $f'^2$:
#
# $$\begin{aligned} E[dz_{\text{before}}^2] &= E[f'^2] \cdot E[da^2] \\ &= E[f'^2] \cdot \text{outputs} \\ &\quad {} \cdot \mathrm{Var}(w) \cdot E[dz^2] . \end{aligned}$$
#
# Half of the ReLUs have slope 1, the others 0, so $E[f'^2] = \frac12$. A sigmoid's slope is at most $\frac14$, so there it is at most $\frac1{16}$. Level means again that the factor before $E[dz^2]$ is 1:
#
# | $\mathrm{Var}(w)$ that keeps the mean square level | forward | back |
# |---|---|---|
# | tanh, near 0 | 1 / inputs | 1 / outputs |
# | ReLU | 2 / inputs | 2 / outputs |
# | sigmoid | at least 16 / inputs, for differences | at least 16 / outputs |
#
# A sigmoid's activations lie near $\frac12$ for every image, so there we follow how two images *differ*. Their difference meets the same weights on its way forward, and then a slope of at most $\frac14$, as the blame does on its way back.
#
# **Glorot's rule** ([Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)) is a compromise in the first row: 2 / (inputs + outputs). **He's rule** ([He and others 2015](https://arxiv.org/abs/1502.01852)) is the second row, forward: 2 / inputs.
#
# The third row says what our sigmoids were missing. From 128 units to 128, Glorot's variance is 1 / 128, and they want at least 16 times that, both ways. Multiply a weight by four, and its variance is multiplied by 16. So the sigmoids want weights four times as large.
#
# ### Exercise 7.3: from a variance to a range (core, 4 minutes)
#
# Our generators draw weights uniformly between $-\text{limit}$ and $+\text{limit}$. The mean of $w^2$ is then $\frac{1}{\text{limit}} \int_0^{\text{limit}} w^2\, dw = \text{limit}^2 / 3$, and that is the variance. Which limit gives He's variance?


# %%
def my_he_limit(inputs):
    """Return the limit of a uniform distribution around 0 whose variance is 2 / inputs."""
    ...


exercises.check(my_he_limit)

# %%
exercises.folded(my_he_limit)

# %% [markdown]
# Try it. Send 1,000 images forward through twenty layers of 128 ReLUs, and random blame back. Give the weights He's variance, then half of it, then twice it. Measure the *spread*, the root of the mean square over all images and units. Guess first: by what factor does it change from one layer to the next, if the variance is halved?


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
print(f"root of 1/2: {0.5**0.5:.3f}")
print(f"to the 19th power: {0.5**9.5:.4f}")

# %% mystnb={"image": {"alt": "Two panels on logarithmic axes against the layer, one to twenty: left the spread of the sums on the way forward, right the spread of the blame on the way back. With He's variance both stay nearly level. With half of it the sums sink in a straight line to about a thousandth from left to right, and the blame as far from right to left. With twice of it both climb to several hundred, in their directions."}} tags=["hide-input"]
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
# A wrong variance is wrong at every layer. Half of He's multiplies the spread by the root of $\frac12$ at each, and on a logarithmic axis that is a straight line. Blame that climbs on its way back is called an **exploding gradient**. Even He's curve drifts a little, in a single draw: here by a factor of 1.63.
#
# Now the pull again, for three networks: the sigmoids with Glorot's weights, the same with weights four times as large, and ReLUs with He's. Sketch the second and third curve before you look. The last lines say what weights and slopes do at each layer of the sigmoids, and how much the last hidden layer varies from image to image.

# %%
large = tuple(4 * value for value in sigmoids)  # the biases are 0
relus = deep.initialise(np.random.default_rng(seed=1), depths, rule="He")
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

# %% mystnb={"image": {"alt": "Norm of the loss's gradient by each layer's weights, for six layers, on a logarithmic axis. For sigmoids with Glorot's weights it falls from about one at the last layer to about two thousandths at the first, in nearly even steps. With weights four times as large it falls from six to four tenths. For ReLUs with He's weights it is nearly level, between one half and one and a half."}} tags=["home", "hide-input"]
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
# Large weights lift the pull at the first layer from two thousandths to four tenths. Yet their curve is not level. With large weights more sums lie far from 0, where the sigmoid is less steep: the slopes of a layer leave 0.160 of the blame, and no longer 0.236. The weights then multiply it by 4.25, and together that is still less than 1. This is what *at least* meant in the table. Forward, too, more of the image arrives: the last hidden layer varies more than a hundred times as much. The ReLUs' pull is nearly level. This time the blame was not random: it came from the loss.
#
# ## One to five hidden layers
#
# Does it matter in the end? The study `depth` trains these three kinds, with one to five hidden layers, for one epoch. Each kind at each depth gets three seeds and the best of eight learning rates (the smallest or the largest only for five layers of Glorot's sigmoids, which learn at none). That rate is chosen on the validation images, so all accuracies flatter a little. The next cell trains one of these networks again.

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
print(f"   read the share of one digit: {sum(of_one_digit)}")
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
# - **Sigmoids with Glorot's weights** fall behind from the third hidden layer on. With five hidden layers they still stand on their plateau after one epoch: at all eight rates they read the share of a single digit.
# - **The same sigmoids, with weights four times as large,** learn at every depth. So it was never the sigmoid alone, but the sigmoid *with that start*.
# - **ReLUs with He's weights** are ahead at every depth. With Glorot's weights five layers of ReLUs read as many digits. So the gain is the ReLU's, as far as three seeds tell. He's rule is meant for deeper networks, such as the twenty layers above, which were not trained here.
#
# Depth itself pays nothing here. The ReLUs' means, from one to five layers, lie closer together than the three seeds of five layers. But these are small images, and one epoch.
#
# ## A way around
#
# One more cure costs a plus sign. With it, networks of more than a hundred layers were trained ([He and others 2016](https://arxiv.org/abs/1512.03385), and with gates [Srivastava and others 2015](https://arxiv.org/abs/1505.00387)). A layer no longer *replaces* what came in. It *adds* to it:
#
# $$\begin{aligned} Z_m &= A_{m-1} W_m + b_m, \\ A_m &= A_{m-1} + f(Z_m) . \end{aligned}$$
#
# That is a **residual layer**. It has as many outputs as inputs, or the two could not be added. What does it do to the blame? $A_{m-1}$ now reaches $A_m$ in two ways, through the layer and around it, and the blame of both adds up. Before you write the loop, work out with a pencil what comes around:
#
# $$dA_{m-1} = \quad ? \quad + \; dZ_m W_m^T .$$
#
# ### Exercise 7.4: back past a plus sign (stretch, 12 minutes)
#
# Several residual tanh layers in a row. You get their parameters, all the $A$ from the first to the last (one more than there are layers), and the gradient by the last. Each $A$ after the first is what came in plus tanh's answer. For the slope you need the answer alone.
#
# Pencil first: two layers of one unit, $W_1 = 2$, $b_1 = -2$, $W_2 = 3$, $b_2 = -3$, and all three $A$ are 1. With $dA_2 = 4$, what are $dW_2$, $dA_1$ and $dW_1$?


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
# The question mark was $dA_m$ itself, unchanged, for a plus sign has no slope and no weight:
#
# $$\begin{aligned} dZ_m &= dA_m \odot f'(Z_m), \\ dA_{m-1} &= dA_m + dZ_m W_m^T . \end{aligned}$$
#
# Now give it to the five sigmoid layers that stood on their plateau, *with the same weights*, Glorot's. The first layer stays as it was: 784 pixels cannot be added to 128 units. The other four get the plus sign.


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
print(checked(around, sigmoids, 0, ink))
print(checked(around, sigmoids, 4, slice(0, 30)))

# %% [markdown]
# The first layer and one in the middle pass their check. What comes of one epoch now, from the same weights and with the same batches? The cell also prints how much the last hidden layer varies, before the first step.

# %%
print("last hidden layer")
for name, model in {"without": deep.MLP("sigmoid"), "with": around}.items():
    *_, top, z = model.forward(sigmoids, x)
    varies = top.std(axis=0).mean()
    print(f"   {name}: mean {top.mean():.2f}, varies by {varies:.4f}")
for rate in [0.1, 0.2, 0.5]:
    _, score = one_epoch(around, sigmoids, rate)
    print(f"with, one epoch at {rate}: {score.accuracy:.2%}")

# %% mystnb={"image": {"alt": "Norm of the gradient by each layer's weights, for six layers, on a logarithmic axis, for sigmoids with Glorot's weights. Without a way around it falls from about one at the last layer to about two thousandths at the first. With a way around it stays between one and five in the first five layers and is 25 at the last."}} tags=["hide-input"]
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
# Nothing else was touched, and after one epoch the network reads nine digits in ten, where it had guessed. That is one seed. What was missing is a way on which nothing multiplies. The blame needed it, and so did the image: without it the last hidden layer was nearly the same for every image.
#
# ## Recap
#
# - An activation function is a pair of functions, forward and backward. A network of any depth is one loop each way.
# - **Why does the gradient fade?** On its way back the blame is multiplied at every layer, by the weights and by the slope. A sigmoid's slope is at most a quarter, and five of them leave less than a thousandth. The image fades in the same way on its way forward.
# - A faded gradient is small, not wrong: the network stood on a plateau, and then it learnt.
# - **What keeps it alive?** Starting weights that keep the spread level; for ReLUs a variance of 2 / inputs. A unit whose slope is 1 where it is awake. And a plus sign, which gives the blame a way around slopes and weights.
# - At a kink there is no derivative, and a gradient check that fails there has found nothing.
#
# ## Questions to ask yourself
#
# 1. Your deep network does not learn. What would you print first?
#
#    <details><summary>Answer</summary>
#
#    The norm of the gradient by each layer's weights, before the first step, and how much the last hidden layer varies from image to image. If the one shrinks from layer to layer on the way to the pixels, or the other is next to nothing, the start or the activation function is at fault.
#
#    </details>
#
# 2. Could a much larger learning rate make up for a gradient that is a thousand times too small?
#
#    <details><summary>Answer</summary>
#
#    For the first layer perhaps. But one rate serves all layers, and the last, whose gradient is a thousand times larger, would be thrown about. The plateau did end sooner at the rate of 2 than at 0.5. It did not go away.
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
