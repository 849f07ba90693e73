# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 Backpropagation
#
# A network with a hundred thousand adjustable numbers gives a wrong answer. Which of them is to blame, and by how much? The answer
# takes seven lines of NumPy. In this lesson you derive each of them, and none is believed before it has been measured.
#
# **You will** build the course's network, carry the gradient of its loss back to every parameter, see a gradient check refuse four classic
# bugs, hunt a fifth yourself, and take one step downhill.
#
# **You will be able to**
#
# - write down the shape of every array in a network, and use shapes to catch mistakes;
# - derive the backward pass of a layer, from one weight to the matrix form;
# - check a gradient, and read what the check says of a bug;
# - say why cross-entropy learns where squared error gives up, and what a gradient costs.
#
# **You need** [lesson 01](01_loading.ipynb) for the data, and [lesson 02](02_sigmoid_softmax.ipynb): $\sigma' = \sigma(1-\sigma)$, the softmax, and the gradient $(P - Y)/n$; and to know what a matrix
# product does.
#
# **Time** 50 minutes to read, 30 more for the exercises and the pencil

# %%
import matplotlib.pyplot as plt
import numpy as np

from mnistlib import data, exercises, network, plotting
from mnistlib.exercises.lesson_03 import faulty_gradients
from mnistlib.functions import (
    cross_entropy,
    sigmoid,
    softmax,
    softmax_backward,
    squared_error,
    squared_error_gradient,
)
from mnistlib.gradcheck import central_difference, check_gradient

plotting.use_style()
mnist = data.load()

# %% [markdown]
# ## The network
#
# An image enters as a row of 784 numbers. Each of 128 **hidden units** multiplies each number by a weight of its own, adds up, adds a bias,
# and squashes the sum with a sigmoid. Each of ten **output units** does the same with the 128 responses, but its sum, the
# logit, goes into the softmax instead.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $n$ | `n` | | examples in the batch |
# | $X$ | `x` | (n, 784) | pixels scaled to $[0, 1]$ |
# | $W_1, b_1$ | `W1`, `b1` | (784, 128), (128,) | hidden layer |
# | $Z_1 = X W_1 + b_1$ | `z1` | (n, 128) | pre-activations |
# | $A_1 = \sigma(Z_1)$ | `a1` | (n, 128) | activations |
# | $W_2, b_2$ | `W2`, `b2` | (128, 10), (10,) | output layer |
# | $Z_2 = A_1 W_2 + b_2$ | `z2` | (n, 10) | logits |
# | $P = \mathrm{softmax}(Z_2)$ | `p` | (n, 10) | probabilities |
# | $Y$ | `y` | (n, 10) | one-hot targets |
# | $L$ | `loss` | | the number we want to make small |
#
# Rows are examples, everywhere. The numbers in $W_1, b_1, W_2, b_2$ are the **parameters**: what the network learns. How many are there? Work
# it out from the table before the next code cell prints it.

# %% [markdown]
# ### Where to start
#
# All weights at zero would be a trap: every hidden unit would compute the same thing, receive the same gradient, and stay the twin
# of all the others for ever. So we start from random weights. How large? Each sum has as many terms as the layer has inputs,
# so many inputs need small weights, or the sigmoid saturates. A common rule
# ([Glorot and Bengio, 2010](https://proceedings.mlr.press/v9/glorot10a.html)) draws each weight uniformly from
#
# $$\left[ -\sqrt{\frac{6}{d_{in} + d_{out}}},\; +\sqrt{\frac{6}{d_{in} + d_{out}}} \right],$$
#
# where $d_{in}$ and $d_{out}$ are the numbers of inputs and outputs of the layer ($d_{in}$ keeps the sums of the forward pass from growing, $d_{out}$ those of the backward pass; the rule settles between the two). Biases may start at 0: the random
# weights already make the units different.


# %%
def glorot(rng, d_in, d_out):
    limit = np.sqrt(6 / (d_in + d_out))
    return rng.uniform(-limit, limit, (d_in, d_out))


rng = np.random.default_rng(seed=3)
W1, b1 = glorot(rng, 784, 128), np.zeros(128)
W2, b2 = glorot(rng, 128, 10), np.zeros(10)
print("W1, b1, W2, b2:", W1.shape, b1.shape, W2.shape, b2.shape)
print("parameters:", W1.size + b1.size + W2.size + b2.size)
print(f"largest weight in W1 allowed: {np.sqrt(6 / (784 + 128)):.3f}")

# %% [markdown]
# ### Forward
#
# Take the first twelve images as a batch. The way from pixels to loss is five lines, one each for $Z_1$, $A_1$, $Z_2$, $P$ and $L$. (The loss is computed from the logits, as in lesson 02; $P$ will be needed on
# the way back.) Say the shape of each before you run it.

# %%
n = 12
x = data.scale(mnist.train_images[:n])
y = data.one_hot(mnist.train_labels[:n])

z1 = x @ W1 + b1
a1 = sigmoid(z1)
z2 = a1 @ W2 + b2
p = softmax(z2)
loss = cross_entropy(z2, y)

for name, array in {"x": x, "z1": z1, "a1": a1, "z2": z2, "p": p}.items():
    print(f"{name:2} {array.shape}")
print(f"loss {loss:.4f}, and log 10 is {np.log(10):.4f}")
print("answers:", p.argmax(axis=1))

# %% [markdown]
# The bias `b1` has shape (128,) and `x @ W1` has (12, 128): NumPy adds the bias to every row. As lesson 02 foretold, the loss of a network that
# knows nothing lies near $\log 10$. Not at it: random weights have preferences, and on twelve images chance adds its own share. The preferences of this one are plain to see in its answers.
#
# Of the 128 hidden units the picture shows eight; the lighter a circle, the larger its activation.

# %% mystnb={"image": {"alt": "The untrained network as a diagram. At the left a handwritten five of 784 pixels, lines to hidden units, shown as circles shaded by their activation, and lines to ten output units with a bar of probability for each class. All ten bars are short; the longest, 0.21, belongs to the five."}}
plotting.network(
    mnist.train_images[0], a1[0], p[0], title="Untrained: what stands out does so by chance"
)
plt.show()

# %% [markdown]
# It says 5, and the image is a 5: luck. The network's answer is the class with the largest probability. Because the softmax keeps the order of a row's scores, that is also the
# class with the largest logit, and `network.predict` does not bother to compute probabilities.
#
# The library keeps the four arrays together in one named tuple, `Parameters`, and its `network.forward` is the first three lines
# above.

# %%
parameters = network.Parameters(W1, b1, W2, b2)
np.array_equal(network.forward(parameters, x).z2, z2)

# %% [markdown]
# ## Backward
#
# We want to know, for **each** parameter, how much the loss changes when it is nudged: $\partial L / \partial W_1$ and its three
# companions. In the code these are `dW1`, `db1`, `dW2`, `db2`; a `d` in front of a name of the table always means *the gradient of the loss with respect to it*, and that gradient always has the shape of
# the thing itself. That one rule will guide most of what follows. We call an entry of such a gradient the **blame** of that number: how much the loss would grow, for a small nudge upwards, per unit of nudge.
#
# We go backwards, from the loss towards the pixels, one array of the table at a time. Each step uses the one before: that is all that
# *backpropagation* means.
#
# ### Step 1: the logits
#
# Lesson 02 did the work. The loss is a mean over the batch, so $1/n$ appears here, once, and never again.
#
# $$dZ_2 = \frac{\partial L}{\partial Z_2} = \frac{P - Y}{n}$$

# %%
dz2 = (p - y) / n
print(check_gradient(lambda z: cross_entropy(z, y), z2, dz2, name="dz2"))

# %% [markdown]
# We check each step like this, by nudging just that array and following it to the loss.
#
# ### Step 2: the output weights
#
# Start with a single weight and a single example. Weight $W_{2,jk}$ leads from hidden unit $j$ to class $k$. It occurs in one logit only:
#
# $$z_{2,k} = \dots + a_{1,j}\, W_{2,jk} + \dots \qquad\Longrightarrow\qquad \frac{\partial L}{\partial W_{2,jk}} = a_{1,j} \cdot dz_{2,k} .$$
#
# In words: *what came in, times the blame of what went out*. If the unit was silent, $a_{1,j} = 0$, this weight had no part in the mistake, however large the weight is.
#
# With $n$ examples, the weight is used $n$ times, once for each, and the contributions add up. Write $i$ for the example (in lesson 02 it was $r$), $j$ for the hidden unit and $k$ for the class:
#
# $$\frac{\partial L}{\partial W_{2,jk}} = \sum_{i=1}^{n} a_{1,ij}\, dz_{2,ik} = \sum_{i=1}^{n} (A_1^T)_{ji}\, dz_{2,ik} = \big( A_1^T\, dZ_2 \big)_{jk} .$$
#
# A sum over the middle index is a matrix product; to bring $i$ into the middle, $A_1$ must be transposed. Check the shapes: (128, n) times (n, 10) is (128, 10),
# as $W_2$ is.
#
# $$dW_2 = A_1^T\, dZ_2$$

# %%
dW2 = a1.T @ dz2
print(check_gradient(lambda w: cross_entropy(a1 @ w + b2, y), W2, dW2, name="dW2"))

# %% [markdown]
# ### Step 3: the output biases
#
# Bias $b_{2,k}$ is added to logit $k$ of *every* example, each time with the factor 1. So its gradient is the sum over the examples, down the columns:
#
# $$db_{2,k} = \sum_{i=1}^{n} dz_{2,ik}$$

# %%
db2 = dz2.sum(axis=0)
print(check_gradient(lambda b: cross_entropy(a1 @ W2 + b, y), b2, db2, name="db2"))

# %% [markdown]
# Try `axis=1`: which shape comes out, and does it fit?
#
# ### Exercise 3.1: the gradients of a layer (warm-up, 4 minutes)
#
# Steps 2 and 3 will be needed again, for the other layer. Make a function of them: `inputs` is what came in, `dz` the blame of the layer's sums.


# %%
def my_layer_gradients(inputs, dz):
    """Return dW, shape (d, m), and db, shape (m,), from inputs (n, d) and dz (n, m)."""
    ...


exercises.check(my_layer_gradients)

# %%
exercises.folded(my_layer_gradients)

# %% [markdown]
# ### Step 4: the activations
#
# Activation $a_{1,ij}$, of unit $j$ in example $i$, reaches the loss along ten roads, one through each logit of that example. The chain rule adds up the roads:
#
# $$\frac{\partial L}{\partial a_{1,ij}} = \sum_{k} dz_{2,ik}\, W_{2,jk} = \sum_{k} dz_{2,ik}\, (W_2^T)_{kj} = \big( dZ_2\, W_2^T \big)_{ij} .$$
#
# The same weights that carried the signal forward carry the blame back, transposed.
#
# $$dA_1 = dZ_2\, W_2^T$$

# %%
da1 = dz2 @ W2.T
print(check_gradient(lambda a: cross_entropy(a @ W2 + b2, y), a1, da1, name="da1"))

# %% [markdown]
# ### Step 5: the pre-activations
#
# Each activation depends on one pre-activation only, $a = \sigma(z)$, so there is nothing to add up: multiply by the slope. It is a product entry by entry, written $\odot$, and
# the slope comes from the value, as in lesson 02.
#
# $$dZ_1 = dA_1 \odot A_1 \odot (1 - A_1)$$
#
# What happens here to the blame of a saturated unit, one with $a$ near 0 or 1? Its slope $a (1 - a)$ is nearly 0, so almost no blame gets through, and the weights that lead into it hardly learn.

# %%
dz1 = da1 * a1 * (1 - a1)
print(check_gradient(lambda z: cross_entropy(sigmoid(z) @ W2 + b2, y), z1, dz1, name="dz1"))

# %% [markdown]
# ### Exercise 3.2: back through the hidden layer (6 minutes)
#
# Steps 4 and 5 in one function.


# %%
def my_hidden_gradient(dz2, W2, a1):
    """Return dz1, shape (n, m), from dz2 (n, k), W2 (m, k) and the activations a1 (n, m)."""
    ...


exercises.check(my_hidden_gradient)

# %%
exercises.folded(my_hidden_gradient)

# %% [markdown]
# ### Steps 6 and 7: the hidden layer's weights and biases
#
# Now we stand before the hidden layer just as we stood before the output layer after step 1: we know the blame of its sums. Only the names
# have changed: $X$ comes in where $A_1$ came in.
#
# $$dW_1 = X^T\, dZ_1, \qquad\qquad db_{1,j} = \sum_{i=1}^{n} dz_{1,ij}$$

# %%
dW1 = x.T @ dz1
db1 = dz1.sum(axis=0)
dW1.shape == W1.shape, db1.shape == b1.shape

# %% [markdown]
# That is all of it: seven lines, and for each further layer a network repeats lines 4 to 7. `network.gradients` holds the same lines, in the two functions of the exercises. It returns the loss and a named tuple of `dW1`, `db1`, `dW2` and `db2`.

# %%
loss_library, slopes = network.gradients(parameters, x, y)
print("same loss:     ", np.isclose(loss_library, loss))
print("same gradients:", all(np.allclose(a, b) for a, b in zip(slopes, (dW1, db1, dW2, db2))))

# %% [markdown]
# And the trap of starting from zeros, which was only claimed above? Look at the gradients there.

# %%
zeros = network.Parameters(*(np.zeros_like(value) for value in parameters))
_, at_zero = network.gradients(zeros, x, y)
print("largest entry of dW1:                ", np.abs(at_zero.dW1).max())
print("largest difference in a column of dW2:", np.ptp(at_zero.dW2, axis=0).max())

# %% [markdown]
# No blame reaches $W_1$, and all 128 rows of $dW_2$ are the same. Twins, from the first step on.

# %% [markdown]
# ## Is it right?
#
# Five of the lines have been measured where they were derived. Now the whole. To nudge *every* parameter of the network both ways would take two hundred
# thousand forward passes; so first take a smaller network, with ten hidden units, made by the very same code.
#
# Two precautions. The biases get random values: at zero, a mistake with a bias can hide. And batch, hidden layer and classes all
# have size ten. That sounds careless, but it is on purpose: where these three are equal, shapes cannot save us, and the check must find a bug alone.
#
# From here on `x` and `y` are the first ten images, and from *Four planted bugs* on, `z1` to `dz2` are the small network's. To repeat an earlier step, run the notebook from *Forward* again.

# %%
n = 10
x, y = x[:n], y[:n]
small = network.initialise(rng, hidden=10)
small = small._replace(b1=rng.normal(size=10), b2=rng.normal(size=10))
for name, array in small._asdict().items():
    print(name, array.shape)


# %%
def loss_as_function_of(name, loss=cross_entropy):
    """The loss, with every parameter held fixed except the one called `name`."""
    return lambda value: loss(network.forward(small._replace(**{name: value}), x).z2, y)


_, slopes = network.gradients(small, x, y)
for name in small._fields:
    print(
        check_gradient(
            loss_as_function_of(name), getattr(small, name), getattr(slopes, "d" + name), name=name
        )
    )

# %% [markdown]
# Each of the four arrays is right, to one part in ten million of its length. Now the full network, 128 hidden units wide, where a sample must do: 200 entries of each array, drawn at random, or all where there are fewer.

# %%
full = network.initialise(rng)
full = full._replace(b1=rng.normal(size=128), b2=rng.normal(size=10))
_, slopes_full = network.gradients(full, x, y)


def loss_of_full(name):
    return lambda value: cross_entropy(network.forward(full._replace(**{name: value}), x).z2, y)


for name in full._fields:
    given = getattr(slopes_full, "d" + name)
    print(
        check_gradient(
            loss_of_full(name), getattr(full, name), given, name=name, sample=200, rng=rng
        )
    )

# %% [markdown]
# ### Four planted bugs
#
# Here is what the check says of four common mistakes. Because all sizes are ten, every one of them runs without an error message.
# First the right intermediate results, for the small network:

# %%
z1, a1, z2 = network.forward(small, x)
p = softmax(z2)
dz2 = (p - y) / n

# %% [markdown]
# **A forgotten transpose.** In step 4, `W2` where `W2.T` should be: the blame is sent back along the wrong weights.

# %%
dz1_wrong = dz2 @ small.W2 * a1 * (1 - a1)
print(check_gradient(loss_as_function_of("W1"), small.W1, x.T @ dz1_wrong, name="W1"))

# %% [markdown]
# **Only the diagonal of the Jacobian**, with squared error as the loss (lesson 02's squared distance, averaged over the batch; its formula follows below): the original's mistake, now inside a network.

# %%
dp = squared_error_gradient(p, y)
dz2_wrong = p * (1 - p) * dp
squared_loss = loss_as_function_of("W2", lambda z, y: squared_error(softmax(z), y))
print(check_gradient(squared_loss, small.W2, a1.T @ dz2_wrong, name="W2"))

# %% [markdown]
# **The missing** $1/n$. Given and measured differ by the same factor everywhere, the batch size. Such a factor
# means a forgotten (or doubled) division. Predict the verdict for a batch of one.

# %%
print(check_gradient(loss_as_function_of("W2"), small.W2, a1.T @ (p - y), name="W2"))
ratio = (a1.T @ (p - y)) / (a1.T @ dz2)
print(f"given / right: from {ratio.min():.4f} to {ratio.max():.4f}")

one = network.forward(small, x[:1])
dW2_one = one.a1.T @ (softmax(one.z2) - y[:1])
loss_of_one = lambda W2: cross_entropy(network.forward(small._replace(W2=W2), x[:1]).z2, y[:1])
print(check_gradient(loss_of_one, small.W2, dW2_one, name="W2, batch of one"))

# %% [markdown]
# Right: with one example, leaving out the division by $n$ changes nothing, so the check cannot see it. Never check with a batch of one.

# %% [markdown]
# **Summed over the wrong axis.** In step 3, `axis=1` adds up the classes of an example, where the examples of a class were wanted. What would you
# expect each of these sums to be?

# %%
print(check_gradient(loss_as_function_of("b2"), small.b2, dz2.sum(axis=1), name="b2"))

# %% [markdown]
# Zeros: rows of $P - Y$ sum to 0, so this "gradient" says that no bias matters.
#
# Four bugs, four refusals. Would shapes have caught them? With 128 hidden units, the first:

# %%
try:
    dz2 @ full.W2
except ValueError as error:
    print("ValueError:", str(error).rpartition("(")[2].rstrip(")"))

# %% [markdown]
# And with a batch of any other size than ten, a look at the shape would have caught the last. Nothing but a check catches the other two. Training
# with them runs: a missing $1/n$, for one, merely makes every step $n$ times as long. The original's diagonal was such a bug. Its training ran, and nothing complained.
#
# ### Exercise 3.3: find the bug (stretch, 10 minutes)
#
# `faulty_gradients` below is a backward pass with one bug planted in it. Find out with `check_gradient` which of its four results is wrong, then how, and write a function that gives all four right. (Its arguments
# are those of `network.gradients`. Try other sizes of the batch, too: which factor changes with them? `loss_as_function_of` uses the `x` and `y` above, so change those with it, and afterwards put the ten images back: `x, y = data.scale(mnist.train_images[:10]), data.one_hot(mnist.train_labels[:10])`.)

# %%
wrong = faulty_gradients(small, x, y)
for name, array in wrong._asdict().items():
    print(name, array.shape)


def my_mended_gradients(parameters, x, y):
    """Return dW1, db1, dW2, db2 of the cross-entropy, all right."""
    ...


exercises.check(my_mended_gradients)

# %%
exercises.folded(my_mended_gradients)

# %% [markdown]
# ## Squared error, beside it
#
# Why not simply minimise the squared distance between $P$ and $Y$? One can:
#
# $$L = \frac1n \sum_{i,k} (p_{ik} - y_{ik})^2, \qquad dp_{ik} = \frac{2\, (p_{ik} - y_{ik})}{n}, \qquad dz_{2,ik} = p_{ik} \Big( dp_{ik} - \sum_{l} p_{il}\; dp_{il} \Big),$$
#
# with the whole Jacobian of lesson 02; $k$ and $l$ run over the classes. From $dZ_2$ on, all is as before.

# %%
dz2_squared = softmax_backward(p, squared_error_gradient(p, y))
print(check_gradient(squared_loss, small.W2, a1.T @ dz2_squared, name="W2, squared error"))

# %% [markdown]
# It is right, and yet it is the worse choice. Watch the gradient for the right class's logit, as the probability $q$ of the right class
# goes from 0 (as wrong as can be) to 1. For two classes and one example it takes a line to work out. With $P = (q,\, 1 - q)$ and $Y = (1, 0)$:
#
# $$\text{cross-entropy: } q - 1, \qquad\qquad \text{squared error: } -4\, q\, (1 - q)^2 .$$
#
# The second comes from $L = (q - 1)^2 + (1 - q)^2 = 2 (1 - q)^2$, whose slope in $q$ is $-4 (1 - q)$, times the softmax's own slope $q (1 - q)$. Divide one by the other: squared error pulls $4 q (1 - q)$ times as
# hard as cross-entropy. That factor is 1 at $q = \frac12$, smaller everywhere else, and next to nothing near $q = 0$.

# %%
q = np.linspace(0, 1, 101)
p_two = np.stack([q, 1 - q], axis=1)
y_two = np.array([1.0, 0.0])
pull_cross_entropy = (p_two - y_two)[:, 0]
pull_squared = softmax_backward(p_two, 2 * (p_two - y_two))[:, 0]
np.allclose(pull_squared, -4 * q * (1 - q) ** 2)

# %% mystnb={"image": {"alt": "Strength of the gradient against the probability of the right class. Cross-entropy falls in a straight line from 1 at probability 0 to 0 at probability 1. Squared error starts at 0, rises to about 0.6 at one third, and falls back to 0."}}
plotting.curves(
    q,
    {"cross-entropy": -pull_cross_entropy, "squared error": -pull_squared},
    title="Squared error hardly pulls where it is most wrong",
    xlabel="probability given to the right class, q",
    ylabel="pull on its logit, |dz|",
)
plt.show()

# %% [markdown]
# Cross-entropy pulls hardest where the answer is most wrong. Squared error hardly pulls there at all: at the left edge the softmax is saturated, and its small slope
# multiplies everything. An example that is confidently wrong is nearly invisible to it.
#
# ## One step downhill
#
# Nudge all parameters together, by a short vector $s$. To first order each adds its blame times its nudge. So with $g$ for all the gradients laid end to end, the loss changes by
#
# $$g \cdot s = \lVert g \rVert\, \lVert s \rVert \cos\theta,$$
#
# where $\theta$ is the angle between the two. That is largest for $\cos\theta = 1$: of all directions, the loss grows fastest along $g$, and at right angles to $g$, to first order, it does not change. So go the other way, by a small amount $\eta$ (eta), the **learning rate**:
#
# $$W \leftarrow W - \eta\, dW \qquad \text{for each parameter.}$$
#
# How much should the loss fall? With $s = -\eta\, g$ the change is $-\eta\, \lVert g \rVert^2$. Take the network we started with and a batch of 200 images, and see how far that holds.

# %%
x_200 = data.scale(mnist.train_images[:200])
y_200 = data.one_hot(mnist.train_labels[:200])
loss_before, g = network.gradients(parameters, x_200, y_200)
squared_length = sum((slope**2).sum() for slope in g)


def loss_after(eta, direction=g):
    moved = (value - eta * slope for value, slope in zip(parameters, direction))
    return cross_entropy(network.forward(network.Parameters(*moved), x_200).z2, y_200)


print("learning rate   loss after  fall predicted   fall measured")
for eta in [0.001, 0.01, 0.1, 1]:
    print(
        f"{eta:13} {loss_after(eta):12.6f} {eta * squared_length:15.6f} {loss_before - loss_after(eta):15.6f}"
    )

# %% [markdown]
# For small steps the prediction is excellent; for long ones the landscape has curved away under it. Draw the walk: the loss as we go along the negative gradient, and the
# tangent at the start. For comparison, add a walk of the same length in a random direction. Predict how that one goes.

# %%
random_steps = [rng.normal(size=slope.shape) for slope in g]
length = np.sqrt(squared_length / sum((step**2).sum() for step in random_steps))
random_direction = [length * step for step in random_steps]
etas = np.linspace(0, 2, 81)
downhill = np.array([loss_after(eta) for eta in etas])
at_random = np.array([loss_after(eta, random_direction) for eta in etas])
cosine = sum((slope * step).sum() for slope, step in zip(g, random_direction)) / squared_length
print(f"cosine between the two directions: {cosine:.4f}")

# %% mystnb={"image": {"alt": "The loss after one step against its learning rate from 0 to 2. Along the gradient it falls steeply, following the tangent at first, bends away from it, reaches a lowest point and climbs again. Along a random direction of the same length the line is flat."}}
axis = plotting.curves(
    etas,
    {"along the gradient": downhill, "in a random direction": at_random},
    title="Downhill at first; too long a step climbs again",
    xlabel="learning rate of the one step",
    ylabel="loss after it",
)
axis.plot(etas, loss_before - etas * squared_length, "--", label="tangent at the start")
axis.plot(
    etas[downhill.argmin()], downhill.min(), "o", label=f"lowest, at {etas[downhill.argmin()]:.2f}"
)
axis.set_ylim(downhill.min() - 0.2, downhill.max())
axis.legend()
plt.show()

# %% [markdown]
# Along a random direction next to nothing happens. In a hundred thousand dimensions, a direction drawn at random is almost at right angles to the gradient, and the cosine between them almost 0. That explains the start of the line; that it stays flat so far out shows that the landscape hardly curves along it, either.
#
# The slope of the falling curve at 0 must be $-\lVert g \rVert^2$. That is one more check, of all 101,770 entries of the gradient together, at the price of two forward passes. It is a coarse one, a single number; we use it as
# a last look. (`central_difference` nudges the entries of an array, so the single number goes in as `[0.0]`.)

# %%
slope_at_0 = central_difference(lambda eta: loss_after(eta[0]), [0.0])[0]
print(
    "relative difference at most 1e-7:", abs(slope_at_0 + squared_length) <= 1e-7 * squared_length
)

# %% [markdown]
# One direction is a walk; two make a landscape. Move the hidden layer ($W_1, b_1$) and the output layer ($W_2, b_2$) along their own parts of the gradient, each by its own amount. The arrow is
# the best single step found above: the same learning rate for both.


# %%
def loss_at(eta_hidden, eta_output):
    steps = (eta_hidden, eta_hidden, eta_output, eta_output)
    moved = (value - eta * slope for value, eta, slope in zip(parameters, steps, g))
    return cross_entropy(network.forward(network.Parameters(*moved), x_200).z2, y_200)


hidden_steps, output_steps = np.linspace(-2, 12, 29), np.linspace(-0.8, 1.2, 21)
surface = np.array([[loss_at(a, b) for a in hidden_steps] for b in output_steps])
row, column = np.unravel_index(surface.argmin(), surface.shape)
lowest = hidden_steps[column], output_steps[row]
print(
    f"lowest of the {surface.size} points: hidden step {lowest[0]:.1f}, output step {lowest[1]:.1f}"
)

# %% mystnb={"image": {"alt": "Contour map of the loss; across, the step of the hidden layer, upwards, the step of the output layer. The lowest point, marked by a star, lies far to the right and below zero on the vertical axis. A short white arrow leads from the start upwards and slightly right, across the contour lines into a darker band."}}
figure, axis = plt.subplots(figsize=(7, 4.2))
filled = axis.contourf(hidden_steps, output_steps, surface, levels=20, cmap="viridis")
best = etas[downhill.argmin()]
axis.annotate(
    "", (best, best), (0, 0), arrowprops={"arrowstyle": "->", "color": "white", "lw": 2.5}
)
axis.plot(0, 0, "o", color="white")
axis.plot(*lowest, "*", color="white", markersize=12)
axis.set(
    title="One rate for both layers is a compromise",
    xlabel="step of the hidden layer",
    ylabel="step of the output layer",
)
axis.grid(False)
figure.colorbar(filled, label="loss")
plt.show()

# %% [markdown]
# Mind the scales of the axes. Where is the lowest point? Far to the right, at the star: the hidden layer would gladly go more than twenty times as far as the arrow does. And how far the output layer should move depends on where the hidden layer
# stands: forwards while that is at 0, but backwards, below 0, once it has moved far. The gradient knows nothing of that; it knows the slope where we are. That is why the next lesson takes thousands of steps, each with a fresh
# gradient.
#
# ## What it costs
#
# What does a gradient cost? Count multiplications in the matrix products, for one example; the rest is small change. A product of shapes (n, u) and (u, v) takes $n\,u\,v$ of them.

# %%
pixels, hidden, classes = 784, 128, 10
forward = pixels * hidden + hidden * classes
backward = hidden * classes + hidden * classes + pixels * hidden  # dW2, da1, dW1
count = sum(value.size for value in full)
print("forward:             ", forward)
print("backward:            ", backward)
print("by nudging instead:  ", 2 * count * forward)
print(
    f"both passes cost {(forward + backward) / forward:.2f} forward passes; nudging costs {2 * count}"
)

# %% [markdown]
# The loss and all its gradients together cost about two forward passes, against two hundred thousand by nudging. Without that ratio, networks of this size could hardly be trained. (Where the gradient for a layer's inputs is needed too, as between the layers of a deeper network, backward costs twice as much as forward; here the first layer
# dominates, and the pixels need none.)
#
# Your two functions, the gradients of a layer and the way back through the hidden one, can take the library's place, as in lesson 02:

# %%
# exercises.keep(my_layer_gradients)
# exercises.keep(my_hidden_gradient)

# %% [markdown]
# ## Recap
#
# - A gradient has the shape of the array it belongs to. `d` + name, always.
# - $dZ_2 = (P - Y)/n$; weights: *input transposed times the blame*; biases: *the blame summed over examples*; back through a layer: *the blame times the weights transposed*; through
#   a sigmoid: *times* $a(1 - a)$.
# - A gradient check at a random point finds what shapes cannot. A constant factor points to a forgotten or doubled $n$ or 2; anything else, to the formula or an axis.
# - Squared error hardly pulls where it is most wrong.
# - One step of size $\eta$ lowers the loss by about $\eta\, \lVert g \rVert^2$, as long as it is short.
# - The loss and all its gradients together cost about two forward passes here.
#
# ## Questions to ask yourself
#
# 1. Why does `dW2` contain `a1` but not `W2`, and `da1` contain `W2` but not `a1`?
#
#    <details><summary>Answer</summary>
#
#    In the product of the two, each is the other's factor: nudge a weight, and what it multiplies decides the effect; nudge an activation, and its weights do.
#
#    </details>
#
# 2. A pixel is 0 in every image of the batch. What is the gradient for its 128 weights? And for the bias of a hidden unit?
#
#    <details><summary>Answer</summary>
#
#    Zero for the weights, since $dW_1 = X^T dZ_1$ multiplies by the pixel. The bias does not look at pixels: its gradient is the sum of the unit's blame.
#
#    </details>
#
# 3. You put every image into the batch twice. What happens to the loss, and to the gradients?
#
#    <details><summary>Answer</summary>
#
#    Nothing. Twice as many terms are added up, and divided by twice the $n$.
#
#    </details>
#
# 4. Why did the check use random biases? Think of a mistake that would go unnoticed at `b1 = 0`.
#
#    <details><summary>Answer</summary>
#
#    A backward pass that computes the activations, and from them the logits, afresh, and forgets the bias: `a1 = sigmoid(x @ W1)`. At `b1 = 0` these are the right ones and all four gradients pass; at a random `b1` all four are refused. (If it kept the right logits, `db2` would still pass.)
#
#    </details>
#
# 5. What would step 5 be with $\tanh$ in the place of $\sigma$?
#
#    <details><summary>Answer</summary>
#
#    $dZ_1 = dA_1 \odot (1 - A_1 \odot A_1)$, because the slope of $\tanh$ is 1 minus its value squared.
#
#    </details>
#
# ## Next
#
# [04 Training curves](04_training_curves.ipynb): repeat that one step some thousands of times, and learn to read what happens.
