# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 Backpropagation
#
# A network has given a wrong answer. **Which of its hundred thousand numbers should move, and which way?** Seven lines of NumPy answer that for all of them at once. You will find those lines with a pencil, on a network of twelve numbers; then you will ask how you could know that they are right.
#
# **You will be able to**
#
# - write down the shape of every array in a network, and use shapes to catch mistakes;
# - derive the gradients of a layer, from a single weight to the matrix form;
# - check a gradient, and tell a check that can see a fault from one that cannot;
# - say what a gradient costs.
#
# **You need** [lesson 02](02_sigmoid_softmax.ipynb) for the slope of the sigmoid, the softmax and the gradient of its loss; [lesson 01](01_loading.ipynb) for the data; and from school the product of two matrices and the quotient rule.
#
# **Time** 55 minutes to read, 30 more for the pencil and 60 for the exercises; it runs for about 5 s and takes 220 MB

# %% [markdown]
# ## Before you start
#
# From [lesson 02](02_sigmoid_softmax.ipynb), without looking.
#
# 1. A sigmoid unit has the activation $\frac34$. How steep is its sigmoid there?
#
#    <details><summary>Answer</summary>
#
#    The slope follows from the value: $a (1 - a) = \frac34 \cdot \frac14 = \frac{3}{16}$.
#
#    </details>
#
# 2. A network gives two classes the probabilities $\frac34$ and $\frac14$, and the second class is the right one. What is the gradient of the cross-entropy with respect to the two logits? Why do its entries add up to 0?
#
#    <details><summary>Answer</summary>
#
#    $p - y = \left(\frac34, -\frac34\right)$. Add the same small constant to both logits: no probability changes, so neither does the loss. But its change would be the constant times the sum of the entries, so that sum is 0.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pencil, pictures
from course.materials.planted_bug import faulty_gradients
from mnistlib import data, network, plotting
from mnistlib.functions import cross_entropy, sigmoid, softmax
from mnistlib.gradcheck import central_difference, check_gradient, relative_error

plotting.use_style()
mnist = data.load()

# %% [markdown]
# ## The network
#
# This is the network of lesson 02. Its hidden units together form one **layer**. The **output units**, whose sums are the logits, form another: they treat the activations as those treat the pixels, but a softmax comes last.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $X$ | `x` | (n, 784) | pixels scaled to $[0, 1]$ |
# | $W_1, b_1$ | `W1`, `b1` | (784, 128), (128,) | weights and biases of the hidden layer |
# | $Z_1 = X W_1 + b_1$ | `z1` | (n, 128) | the hidden units' sums, or pre-activations |
# | $A_1 = \sigma(Z_1)$ | `a1` | (n, 128) | activations |
# | $W_2, b_2$ | `W2`, `b2` | (128, 10), (10,) | weights and biases of the output layer |
# | $Z_2 = A_1 W_2 + b_2$ | `z2` | (n, 10) | logits |
# | $P = \mathrm{softmax}(Z_2)$ | `p` | (n, 10) | probabilities |
# | $Y$ | `y` | (n, 10) | one-hot targets |
#
# The batch size $n$, the loss $L$ and the `d` of a gradient mean what they meant in lesson 02; rows are examples everywhere, and the 1 or 2 names the layer. The numbers in $W_1, b_1, W_2$ and $b_2$ are what the network learns, its **parameters**.
#
# ## By hand: a network of twelve numbers
#
# Among a hundred thousand numbers you can't watch any. So shrink the network until it fits on a sheet of paper: two pixels, two hidden units, two classes, one image. The second class is the right one.

# %%
net = network.Parameters(
    W1=np.array([[1.0, 2.0], [-2.0, -4.0]]),
    b1=np.array([0.0, np.log(3)]),
    W2=np.array([[1.0, -2.0], [2.0, 4.0]]),
    b2=np.array([np.log(3), 0.0]),
)
x_pencil, y_pencil = np.array([[1.0, 0.5]]), np.array([[0.0, 1.0]])

# %% [markdown]
# This is your sheet. Its indices count from 0, as Python's do, and leave out the row, because there is only one image: `z1[0]` is the first hidden unit's sum. A weight is written on its line: `W1[0, 1]` leads from the first pixel to the second hidden unit. The blue boxes wait for values, and the orange ones for gradients, which come later. Find each number with a pencil and type it in, as a decimal or as 5/7 or 3 + log 5, and the sheet tells you whether it is right. Don't skip it, because everything that follows is the same sheet, only larger.

# %% mystnb={"image": {"alt": "A still of a picture to touch: the network of twelve numbers drawn from top to bottom, with empty fields. Pixels 1 and one half. The weights stand on the lines: from the first pixel 1 and 2, from the second minus 2 and minus 4; from the first hidden unit 1 and minus 2, from the second 2 and 4. The hidden biases are 0 and log 3, the output biases log 3 and 0. The targets are 0 and 1. Blue fields wait for values, orange ones for gradients."}}
pictures.fill()

# %% [markdown]
# **Forward, down the sheet.** The way from the pixels to the loss is called the **forward pass**. In the matrices, each *column* belongs to one unit, so for the first hidden unit
#
# $$\texttt{z1[0]} = 1 \cdot 1 + \tfrac12 \cdot (-2) + 0 = 0, \qquad \texttt{a1[0]} = \sigma(0) = \tfrac12 .$$
#
# The other blue boxes are yours, down to the loss. Two hints: $e^{-\log 3}$ is $\frac13$, and only the difference between the logits counts.
#
# <details><summary>Stuck? Forward, line by line</summary>
#
# Second unit: `z1[1]` is $1 \cdot 2 + \frac12 \cdot (-4) + \log 3 = \log 3$, so `a1[1]` is $1 / (1 + \frac13) = \frac34$. Logits: $\frac12 \cdot 1 + \frac34 \cdot 2 + \log 3 = 2 + \log 3$ and $\frac12 \cdot (-2) + \frac34 \cdot 4 + 0 = 2$.
# They are $\log 3$ apart, so the odds are 3 to 1: $p = (\frac34, \frac14)$. The right class, the second, got $\frac14$, so the loss is $-\log \frac14 = \log 4$.
#
# </details>
#
# Three to one for the wrong class. Which parameter is to blame?
#
# ## By hand: back up the sheet
#
# Raise one number a little. How fast does the loss grow? That is the derivative of the loss with respect to this number: its gradient, for the orange box. We also call it the number's *blame*. It can be negative; then the number deserves encouragement.
#
# We work backwards, from the loss to the pixels, because then each blame can be found from the ones below it. That is all there is to **backpropagation**, or the **backward pass**. The idea takes a sentence, yet we still think it the cleverest thing in the course.
#
# **The logits.** You found these before you started: `dz2` is $p - y = (\frac34, -\frac34)$. To lower the loss, lower the first logit and raise the second.
#
# **A weight.** Take `W2[0, 0]`, the weight 1 from the first hidden unit to the first logit. It contributes activation times weight, $\frac12 \cdot 1$, to that logit. Raise the weight by a small $h$: the logit moves by $\frac12 h$, and the loss by $\frac34$ times that. So the weight's blame is
#
# $$\tfrac12 \cdot \tfrac34 = \tfrac38 ,$$
#
# *what came in, times the blame of what went out.* You know this as the chain rule: the logit's slope in the weight, times the loss's slope in the logit. A weight whose input was silent is blameless, as is one whose logit had no blame to pass on. The other three entries of `dW2` are yours.
#
# **A bias.** What comes in there is always 1, so `db2` is the same as `dz2`.
#
# **An activation.** The first hidden unit's activation reaches the loss by *two* paths, one through each logit. Raise it by $h$: the first logit moves by $1 \cdot h$, the second by $-2 \cdot h$. Multiply each move by its logit's blame to see what it does to the loss; for a small $h$ the two changes add up. In short, *paths add*:
#
# $$1 \cdot \tfrac34 + (-2) \cdot \left(-\tfrac34\right) = \tfrac94 .$$
#
# The second one is yours.
#
# **Through the sigmoid.** Between `z1` and `a1` lies the sigmoid, whose slope follows from its value: for the first unit it is $\frac12 (1 - \frac12) = \frac14$. So only a quarter of the blame gets through: $\frac14 \cdot \frac94 = \frac{9}{16}$. The second is yours; you found its slope before you started.
#
# **The hidden layer's weights and biases.** No new idea is needed. All six are yours.
#
# <details><summary>Stuck? The second unit, line by line</summary>
#
# The gradients of its outgoing weights: $\frac34 \cdot \frac34 = \frac{9}{16}$ and $\frac34 \cdot (-\frac34) = -\frac{9}{16}$; that of the first unit's other weight: $\frac12 \cdot (-\frac34) = -\frac38$. Its activation's blame: $2 \cdot \frac34 + 4 \cdot (-\frac34) = -\frac32$. Its sum's blame: $-\frac32 \cdot \frac{3}{16} = -\frac{9}{32}$.
# The hidden layer: from the first pixel $1 \cdot \frac{9}{16}$ and $1 \cdot (-\frac{9}{32})$, from the second $\frac12 \cdot \frac{9}{16} = \frac{9}{32}$ and $\frac12 \cdot (-\frac{9}{32}) = -\frac{9}{64}$. The biases: $\frac{9}{16}$ and $-\frac{9}{32}$.
#
# </details>
#
# Finish your own sheet first; here is ours, whose button *all* fills in every answer. Try other numbers on it, but before you drag a weight, say which gradients will change.

# %% mystnb={"image": {"alt": "A still of a picture to touch: the network of twelve numbers from its two pixels at the top to its two classes and the loss, each number with its value and its gradient. Hidden units: sums 0 and log 3 with gradients 9/16 and minus 9/32, activations one half and three quarters with 9/4 and minus 3/2. Output units: logits 2 plus log 3 and 2 with gradients 3/4 and minus 3/4, probabilities three quarters and one quarter. The loss is log 4. Below each weight stands its gradient."}}
pictures.backprop()

# %% [markdown]
# <details><summary>Which gradients change when you drag a weight?</summary>
#
# As a rule, all of them, because a weight that moves the probabilities moves $p - y$, where every gradient on the sheet begins. If what comes in is 0, nothing changes. If it moves both logits alike, $p$ stays, but the activation has moved, and with it the gradients of its outgoing weights.
#
# </details>
#
# **Predict.** Move every parameter *against* its gradient, by half of that gradient. What becomes of the probability of the right class, now $\frac14$?

# %%
guesses.ask("right class, after the move", None)

# %% tags=["answer"]
_, grads = network.gradients(net, x_pencil, y_pencil)
moved = network.Parameters(*(value - d / 2 for value, d in zip(net, grads)))
print("before:", softmax(network.logits(net, x_pencil))[0].round(2))
print("after: ", softmax(network.logits(moved, x_pencil))[0].round(2))
guesses.compare("right class, after the move", softmax(network.logits(moved, x_pencil))[0, 1])

# %% [markdown]
# From 0.25 to 0.69 in one step, although no parameter knew what the others would do.
#
# ## The real size
#
# Back to the course's network, with small random weights and a batch of twelve images. The forward pass takes five lines.

# %%
parameters = network.initialise(np.random.default_rng(seed=3))
W1, b1, W2, b2 = parameters

x = data.scale(mnist.train_images[:12])
y = data.one_hot(mnist.train_labels[:12])

z1 = x @ W1 + b1
a1 = sigmoid(z1)
z2 = a1 @ W2 + b2
p = softmax(z2)
loss = cross_entropy(z2, y)

for name, array in {"x": x, "z1": z1, "a1": a1, "z2": z2, "p": p}.items():
    print(f"{name:2} {array.shape}")
print(f"parameters: {W1.size + b1.size + W2.size + b2.size:,}")
print(f"loss {loss:.3f}")

# %% [markdown]
# The loss, 2.215, is near $\log 10$, about 2.3, the cost of ten equal probabilities ([lesson 02](02_sigmoid_softmax.ipynb)); but random weights do prefer some digits.
#
# ## Backward
#
# What you did on the sheet takes seven lines of NumPy, for $n$ examples at once. This map shows where each of them leads. As you derive them, lean on one rule that catches many mistakes by itself: *a gradient has the shape of the array it belongs to.*

# %% mystnb={"image": {"alt": "A map of the two passes. On the left the values run down in blue: X of shape n by 784, Z1 and A1 of n by 128, Z2 and P of n by 10, and the loss L, which the cross-entropy makes of P and the targets Y. In the middle the gradients run up in orange: step 1 leads from L past P to dZ2, step 4 from there to dA1, step 5 to dZ1. On the right are the parameters' gradients: steps 2 and 3 lead from dZ2 to dW2 and db2, steps 6 and 7 from dZ1 to dW1 and db1."}} tags=["hide-input"]
pencil.draw_map()
plt.show()

# %% [markdown]
# Single entries need indices. As always, $i$ counts examples and $k$ classes, while $j$ counts hidden units; so $a_{1,ij}$ is the activation of hidden unit $j$ for example $i$, where the 1 still names the layer.
#
# **Step 1: the logits.** As in lesson 02, the loss is a mean over the batch, so $1/n$ appears here, once and never again. Below, `check_gradient` nudges each entry up and down, measures the slope of the loss, and compares.
#
# $$dZ_2 = \frac{\partial L}{\partial Z_2} = \frac{P - Y}{n}$$

# %%
dz2 = (p - y) / len(x)
print(check_gradient(lambda z2: cross_entropy(z2, y), z2, dz2, name="dz2"))

# %% [markdown]
# **Step 2: the output weights.** Weight $W_{2,jk}$ leads from hidden unit $j$ to class $k$. In example $i$ it occurs in one logit only, $z_{2,ik}$, where it is multiplied by $a_{1,ij}$. So this example contributes what came in, times the blame of what went out: $a_{1,ij}\, dz_{2,ik}$. All $n$ examples use the same weight, which therefore reaches the loss by $n$ paths, and paths add:
#
# $$dW_{2,jk} = \sum_{i=1}^{n} a_{1,ij}\, dz_{2,ik} .$$
#
# Can NumPy do that for all $j$ and $k$ at once? A sum of products suggests a matrix product, and one rule tells you which:
#
# > **In a matrix product, the sum runs over the middle index**, the last of the left factor and the first of the right.
#
# Here the sum runs over $i$, but $i$ is the *first* index of $a_{1,ij}$. To bring it into the middle, **transpose** $A_1$, that is, turn its rows into columns, so that $(A_1^T)_{ji} = a_{1,ij}$. Now $i$ stands in the middle:
#
# $$dW_2 = A_1^T\, dZ_2 .$$
#
# The shapes agree: (128, n) times (n, 10) is (128, 10), which is the shape of $W_2$. The other order, `dz2 @ a1.T`, would not even run: (n, 10) times (128, n).

# %%
dW2 = a1.T @ dz2
print(check_gradient(lambda W2: cross_entropy(a1 @ W2 + b2, y), W2, dW2, name="dW2"))

# %% [markdown]
# **Step 3: the output biases.** Bias $b_{2,k}$ is added to logit $k$ of *every* example.
#
# ### Exercise 3.1: the gradient of the biases (warm-up, 3 minutes)
#
# What came in is 1. So which numbers must be added up? Write it for any layer.


# %%
def my_bias_gradient(dz):
    """Return db, shape (outputs,), from dz, shape (n, outputs)."""
    ...


exercises.check(my_bias_gradient)

# %%
exercises.folded(my_bias_gradient)

# %% [markdown]
# ## Backward, through the hidden layer
#
# **Step 4: the activations.** On your sheet an activation reached the loss by two paths. Here it has ten, one through each logit of its example:
#
# $$da_{1,ij} = \sum_{k} dz_{2,ik}\, W_{2,jk} .$$
#
# **Step 5: the hidden units' sums.** Each of them moves only one activation, so there is one path and nothing to add up: multiply by the slope, entry by entry. In formulas, NumPy's `*` is written $\odot$, so that nobody takes it for a matrix product.
#
# ### Exercise 3.2: back through the hidden layer (core, 8 minutes)
#
# Write the sum over $k$ as a matrix product, as step 2 did with the sum over $i$. Which index must stand in the middle, and what has to be transposed? Then multiply by the slope.


# %%
def my_hidden_gradient(dz2, W2, a1):
    """Return dz1, shape (n, hidden), from dz2 (n, classes), W2 (hidden, classes), a1 (n, hidden)."""
    ...


exercises.check(my_hidden_gradient)

# %%
exercises.folded(my_hidden_gradient)

# %% [markdown]
# Is the library's `dz1` right, for our batch?

# %%
dz1 = network.hidden_gradient(dz2, W2, a1)
print(check_gradient(lambda z1: cross_entropy(sigmoid(z1) @ W2 + b2, y), z1, dz1, name="dz1"))

# %% [markdown]
# **Steps 6 and 7: the hidden layer's weights and biases.** Step 1 gave you $dZ_2$, and steps 2 and 3 turned it into the output layer's gradients. Now you have $dZ_1$: do the same again.
#
# ### Exercise 3.3: the gradients of a layer (core, 8 minutes)
#
# What came in? Which shape must come out? Write a function that serves *any* layer: `inputs` is what came in, and `dz` the gradient of the layer's sums.


# %%
def my_layer_gradients(inputs, dz):
    """Return dW (inputs, outputs) and db (outputs,), from inputs (n, inputs) and dz (n, outputs)."""
    ...


exercises.check(my_layer_gradients)

# %%
exercises.folded(my_layer_gradients)

# %% [markdown]
# ### The seven lines
#
# In steps 6 and 7, $X$ takes the place of $A_1$. Here is the whole backward pass:
#
# $$\begin{aligned}
# dZ_2 &= (P - Y) / n \\
# dW_2 &= A_1^T\, dZ_2 \\
# db_{2,k} &= \textstyle\sum_i dz_{2,ik} \\
# dA_1 &= dZ_2\, W_2^T \\
# dZ_1 &= dA_1 \odot A_1 \odot (1 - A_1) \\
# dW_1 &= X^T\, dZ_1 \\
# db_{1,j} &= \textstyle\sum_i dz_{1,ij}
# \end{aligned}$$

# %%
dz2 = (p - y) / len(x)
dW2 = a1.T @ dz2
db2 = dz2.sum(axis=0)
da1 = dz2 @ W2.T
dz1 = da1 * a1 * (1 - a1)
dW1 = x.T @ dz1
db1 = dz1.sum(axis=0)

_, theirs = network.gradients(parameters, x, y)
print([np.allclose(d, other) for d, other in zip((dW1, db1, dW2, db2), theirs)])

# %% [markdown]
# In line 4, $W_{2,jk} = (W_2^T)_{kj}$ brings $k$ into the middle: the weights that carried the signal forward carry the gradient back, transposed. Lines 2 and 5 need $A_1$, which had to be kept from the forward pass, so backpropagation pays in memory. The library's `network.gradients` returns the loss and the four gradients, and agrees with ours.
#
# ### What it costs
#
# Count the multiplications for one example. The forward pass takes one for each weight. On the way back, `dW1` and `dW2` together take as many again, and `da1` takes one for each weight of the output layer; the pixels need no gradient. Here the output weights are few, so the loss and *all* its gradients cost about as much as two forward passes; with many layers of one size, nearly three. Nudging takes two passes for *each* parameter, two hundred thousand in all. Lesson 11 times the difference. <small>The method became famous in 1986 ([Rumelhart, Hinton and Williams](https://doi.org/10.1038/323533a0)), but Linnainmaa had it in 1970, for rounding errors (in English: [Linnainmaa 1976](https://doi.org/10.1007/BF01931367)).</small>
#
# ### Exercise 3.4: through another squashing function (core, 6 minutes)
#
# Only one of the seven lines, the fifth, knows that the units are sigmoids. Suppose that they use, in place of the sigmoid,
#
# $$a = \tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}} ,$$
#
# which lies between $-1$ and 1. Its slope, too, follows from the value alone: find it with the quotient rule, then write that line for tanh. What is the slope at $z = 0$?


# %%
def my_tanh_backward(da, a):
    """Return dz from da and the values a = tanh(z), all of shape (n, hidden)."""
    ...


exercises.check(my_tanh_backward)

# %%
exercises.folded(my_tanh_backward)

# %% [markdown]
# <details><summary>The slope of tanh, with a pencil</summary>
#
# The derivative's numerator is $(e^z + e^{-z})^2 - (e^z - e^{-z})^2$, and its denominator $(e^z + e^{-z})^2$. Divide: the slope is $1 - a^2$. At $z = 0$, where $a = 0$, that is 1.
#
# </details>
#
# **A good place to stop.** You have carried the gradient back to every parameter of the network.
#
# ## Is it right?
#
# How do you know that a gradient is right, your own or anybody's? You nudge and measure, as `check_gradient` has done at every step. But lesson 02 left a question open. The smaller the nudge, the closer the measured slope came to the true one; so should we nudge by as little as we can?
#
# **Predict.** Measure the slope of the sigmoid at many points, and keep the largest error. Of all nudges from $1$ down to $10^{-14}$, which one gives the smallest error? Give the exponent of ten, as a whole number.

# %%
guesses.ask("best nudge: 10 to the power of", None)

# %% mystnb={"image": {"alt": "Log-log plot of the largest error of the sigmoid's measured slope against the nudge h: circles in the shape of a V. From the right the error falls a hundredfold for each tenfold smaller nudge, down to about 1e-11 near h = 1e-5, and then rises tenfold for each tenfold smaller nudge. A dashed line follows the right arm, and a dotted one the left arm."}} tags=["answer", "hide-input"]
z_line = np.linspace(-8, 8, 401)
slope_line = sigmoid(z_line) * (1 - sigmoid(z_line))
nudges = np.logspace(-14, 0, 57)
errors = []
for h in nudges:
    slope_measured = (sigmoid(z_line + h) - sigmoid(z_line - h)) / (2 * h)
    errors.append(np.abs(slope_measured - slope_line).max())
figure, axis = plt.subplots(figsize=(5.2, 4.4))
axis.loglog(nudges, errors, "o", markersize=4, label="measured")
guides = {
    "formula error, like $h^2$": (nudges[32:], nudges[32:] ** 2 / 48, "--"),  # see the fold
    "rounding error, like $1 / h$": (nudges[:44], 1e-16 / nudges[:44], ":"),
}
for name, (where, guide, style) in guides.items():
    axis.loglog(where, guide, style, color="black", linewidth=1.2, label=name)
axis.set(
    title="The sigmoid's measured slope: smaller\nnudges are better, until they are not",
    xlabel="nudge h",
    ylabel="largest error",
    xticks=[1e-12, 1e-9, 1e-6, 1e-3, 1],
    ylim=(1e-13, 1),
)
axis.legend(loc="upper center")
plt.show()
guesses.compare("best nudge: 10 to the power of", round(np.log10(nudges[np.argmin(errors)])))

# %% [markdown]
# It is a V, because two things go wrong, and they pull in opposite directions. On the right it is the formula: a line through two points of a curve is not quite the tangent, and the farther apart they are, the worse the fit. On the left it is rounding. A float64 holds about 16 digits, so the values of a sigmoid, which lie below 1, are off by about $10^{-16}$, and so is the rise. Divided by a tiny run, that small error becomes a large one.
#
# <details><summary>Why is the right arm twice as steep as the left one?</summary>
#
# Rounding makes an error of about $10^{-16} / h$: ten times as much for a tenth of the nudge. For the other arm, Taylor's formula tells us what we lose with a nudge that is not zero:
#
# $$
# \begin{aligned}
# f(u \pm h) = f(u) &\pm h f'(u) + \frac{h^2}{2} f''(u) \\
# &\pm \frac{h^3}{6} f'''(u) + \dots
# \end{aligned}
# $$
#
# Subtract the two: the even powers cancel, which is what nudging *both* ways is for, and the odd ones double. Divide by $2h$. What is left, apart from $f'(u)$, is an error of about $\frac{h^2}{6} f'''(u)$, so a tenth of the nudge makes a hundredth of the error. The third derivative of the sigmoid is in size nowhere larger than $\frac18$, so the largest error is about $h^2 / 48$: the dashed line.
#
# </details>
#
# At $10^{-5}$ neither error does much harm, and so `check_gradient` nudges that far, times $|u|$ where $|u| > 1$. It calls a gradient right if the relative error is below $10^{-7}$, or if no entry is off by more than $10^{-10}$, because next to a tiny gradient even rounding is large. <small>[CS231n](https://cs231n.github.io/neural-networks-3/) has more such advice.</small>
#
# ### Exercise 3.5: the check itself (core, 10 minutes)
#
# `check_gradient` puts its verdict into words. Write its heart, which returns the number behind the words. Measure the gradient of `f` at `u`, an array of any shape, with `central_difference(f, u)`. Then return the relative error of the given `gradient`, as in lesson 02: the length of the difference, divided by the larger of the two lengths. Don't call `relative_error`.


# %%
def my_check_gradient(f, u, gradient):
    """Return the relative error between `gradient` and what is measured for f at u."""
    ...


exercises.check(my_check_gradient)

# %%
exercises.folded(my_check_gradient)

# %% [markdown]
# **Entry by entry.** Shrink the network, to nudge every parameter: the same code, but ten hidden units and eight images. Give its biases random values, because a mistake with a bias can hide where the bias is zero. `loss_by("W1")`, from the folded cell, is the loss as a function of `W1` alone.


# %% tags=["hide-input"]
def loss_by(name):
    """Return the loss as a function of one array, while the other three stay."""
    return lambda array: cross_entropy(
        network.logits(small._replace(**{name: array}), x_few), y_few
    )


# %%
rng = np.random.default_rng(seed=4)
x_few, y_few = x[:8], y[:8]
small = network.initialise(rng, hidden=10)
small = small._replace(b1=rng.normal(size=10), b2=rng.normal(size=10))  # a copy, with random biases

_, right = network.gradients(small, x_few, y_few)  # right.W1 is dW1, and so on
for name, array, gradient in zip(small._fields, small, right):
    print(check_gradient(loss_by(name), array, gradient, name=f"d{name}"))

_, a1_few, z2_few = network.forward(small, x_few)
da1_few = (softmax(z2_few) - y_few) / len(x_few) @ small.W2  # the transpose is lost
db1_few = (da1_few * a1_few * (1 - a1_few)).sum(axis=0)
print(check_gradient(loss_by("b1"), small.b1, db1_few, name="db1, transpose lost"))

# %% [markdown]
# Four *rights* in a row make pleasant reading. The fifth gradient has the right shape, because ten units and ten classes make $W_2$ square, yet the check rejects it. Now find one that nobody has pointed out.
#
# ### Exercise 3.6: find the bug (stretch, 10 minutes)
#
# `faulty_gradients` is a backward pass with one bug planted in it, which runs without an error message. Three more checks like the first will tell you which of its four results is wrong. From the results alone, without reading its code, find out in what way; then write a function that gets all four right, for a batch of any size.

# %%
wrong = faulty_gradients(small, x_few, y_few)
print(check_gradient(loss_by("W1"), small.W1, wrong.W1, name="dW1"))


def my_mended_gradients(parameters, x, y):
    """Return dW1, db1, dW2, db2 of the cross-entropy, all right."""
    ...


exercises.check(my_mended_gradients)

# %%
exercises.folded(my_mended_gradients)

# %% [markdown]
# ## Checking all of them at once
#
# Can two forward passes check all 101,770 entries of the real network's gradient? Move *all* parameters together, a little way along some direction $r$: each by a small $h$ times its own entry of $r$. How fast the loss then changes is called the **directional derivative** along $r$, and there are two ways to find it. You can measure it, with two forward passes. Or you can compute it from the gradient under test: each parameter contributes its gradient times its entry of $r$, and paths add. Lay all the gradients end to end and call the result $\nabla L$ (nabla L); then the sum is
#
# $$\nabla L \cdot r ,$$
#
# where the dot multiplies entry by entry and adds up. If the two numbers differ, the gradient is wrong. In the folded cell, `dot` is that dot, and `loss_along` the loss after a step along a direction.

# %% tags=["hide-input"]
rng = np.random.default_rng(seed=5)
full = network.initialise(rng)
full = full._replace(b1=rng.normal(size=128), b2=rng.normal(size=10))
_, grads_full = network.gradients(full, x, y)


def dot(first, second):
    """Multiply entry by entry, through all four arrays, and add up."""
    return sum((one * other).sum() for one, other in zip(first, second))


def loss_along(direction, step):
    moved = (value + step * d for value, d in zip(full, direction))
    return cross_entropy(network.logits(network.Parameters(*moved), x), y)


# %%
def verdict(given, direction):
    """Measure the slope along a direction, compute it from the given gradient, and compare."""
    measured = central_difference(lambda h: loss_along(direction, h), 0.0)  # two forward passes
    error = relative_error(measured, dot(given, direction))
    return "passes" if error < 1e-7 else f"REJECTED, error {error:.1g}"


# %% [markdown]
# Which direction? It is tempting to take the very gradient that is being checked.
#
# **Predict.** Here are four wrong gradients: one entry set to 0; all of `db2`; the whole hidden layer; and everything doubled. Check each *along itself*. How many of the four will be rejected?

# %%
guesses.ask("wrong gradients rejected", None)

# %% tags=["answer"]
dW2_but_one = grads_full.W2.copy()
dW2_but_one[0, 0] = 0
candidates = {
    "the right gradient": grads_full,
    "one entry set to 0": grads_full._replace(W2=dW2_but_one),
    "db2 set to 0": grads_full._replace(b2=0 * grads_full.b2),
    "hidden layer set to 0": grads_full._replace(W1=0 * grads_full.W1, b1=0 * grads_full.b1),
    "everything doubled": [2 * d for d in grads_full],
}
verdicts = [verdict(given, direction=given) for given in candidates.values()]
for name, words in zip(candidates, verdicts):
    print(f"{name:22} along itself: {words}")
rejected = sum(words != "passes" for words in verdicts)
guesses.compare("wrong gradients rejected", rejected)

# %% [markdown]
# The three that leave something out all pass, even the one without the hidden layer, which holds 99 of every 100 parameters. How can that be? Wherever the given gradient is 0, the parameters stay put, so nothing is measured there; and everywhere else the three wrong gradients agree with the right one. **The check forgets whatever the formula forgot.**
#
# So draw the direction $r$ at random. The gradient under test must have no say in it:

# %%
rng = np.random.default_rng(seed=6)
# 101,770 entries make a long step: a tenth of each keeps it short
r = [0.1 * rng.normal(size=value.shape) for value in full]
for name, given in candidates.items():
    print(f"{name:22} along r: {verdict(given, direction=r)}")

# %% [markdown]
# All four are caught, even the single wrong entry out of 101,770. <small>SciPy's [`check_grad`](https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.check_grad.html) offers this check, too.</small>
#
# <details><summary>Then why did we ever check entry by entry?</summary>
#
# Let the *fault* be the given gradient minus the right one. The check sees fault $\cdot\, r$, which is hardly ever 0. But it would miss a single weight whose gradient is small enough, and it does not say *where* a fault is.
#
# </details>
#
# ## One step downhill
#
# We know which way each parameter should move. So move them all, each against its gradient, by $\eta$ (eta) times that gradient:
#
# $$W_1 \leftarrow W_1 - \eta\, dW_1 ,$$
#
# and the same for the other three arrays. The small number $\eta$ is called the **learning rate**; on your sheet it was $\frac12$. A short step changes the loss by about $\nabla L \cdot \text{step}$, and this step is $-\eta\, \nabla L$. So the loss should fall by $\eta\, \lVert \nabla L \rVert^2$, where the double bars stand for length. To see how far that holds, take 200 images and the random start from *The real size*.

# %% tags=["hide-input"]
x_200, y_200 = data.scale(mnist.train_images[:200]), data.one_hot(mnist.train_labels[:200])
loss_before, grads_200 = network.gradients(parameters, x_200, y_200)
squared_length = dot(grads_200, grads_200)


def loss_after(eta, direction=grads_200):
    moved = (value - eta * d for value, d in zip(parameters, direction))
    return cross_entropy(network.logits(network.Parameters(*moved), x_200), y_200)


# %%
eta = 0.01  # change this: how far does the prediction hold?
fell = loss_before - loss_after(eta)
print(f"at a rate of {eta} the loss fell by {fell:.6f}, predicted {eta * squared_length:.6f}")

# %% mystnb={"image": {"alt": "The loss after one step, drawn over its learning rate from 0 to 1. It falls steeply, following the dashed tangent at first, bends away from it, reaches a lowest point and climbs again. A grey line, along a random direction, stays level."}} tags=["hide-input"]
etas = np.linspace(0, 1, 81)
downhill = np.array([loss_after(eta) for eta in etas])
scale = np.sqrt(squared_length / dot(r, r))  # makes r as long as the gradient
level = [loss_after(scale * eta, r) for eta in etas]
axis = plotting.curves(
    etas,
    {"along the negative gradient": downhill},
    axis=plt.subplots(figsize=(5.2, 4.2))[1],
    title="Downhill at first;\ntoo long a step climbs again",
    xlabel="learning rate",
    ylabel="loss after one step",
)
axis.plot(etas, level, color="grey", label="along the random $r$")
axis.plot(etas, loss_before - etas * squared_length, "--", label="tangent at the start")
axis.set_ylim(downhill.min() - 0.2, downhill.max())
axis.legend()
plt.show()

# %% [markdown]
# A step of the same length along $r$ does next to nothing. Against the gradient, the prediction is good for short steps, but over a long one the loss curves away from its tangent: the gradient knows the slope where we stand, but nothing of what lies ahead.
#
# <details><summary>Is there a better direction than this one?</summary>
#
# Not among short steps of one length. In the plane, the dot of two arrows is the product of their lengths times the cosine of the angle between them. Arrows with more entries are no exception, because two of them always lie in one plane. The cosine is never above 1, so the step along $\nabla L$ raises the loss most, and the opposite one lowers it most.
#
# </details>
#
# ### Put yours to work
#
# Your functions can take the library's place. As in lesson 02, uncomment the line, leaving out any that aren't right yet.

# %%
# exercises.keep(my_layer_gradients, my_hidden_gradient)

# %% [markdown]
# ## If you have another quarter of an hour
#
# Other functions have the bottom of their V elsewhere. Choose some, and see what is gained by nudging *both* ways (the circles) instead of upwards only (the squares).

# %% mystnb={"image": {"alt": "A still of the picture of nudges: the error of the measured slope of u cubed at 0.7 against the nudge, both on logarithmic axes. Nudged both ways it falls twice as steeply as nudged upwards only; both rise again towards the smallest nudges."}}
pictures.nudge()

# %% [markdown]
# ### Exercise 3.7: a third layer (stretch, 15 minutes)
#
# Put a second hidden layer between the first and the output. The parameters are `W1, b1, W2, b2, W3, b3`, both hidden layers have sigmoids, and the loss is the cross-entropy. Return all six gradients. You may call `my_hidden_gradient` and `my_layer_gradients`.


# %%
def my_three_layer_gradients(parameters, x, y):
    """Return dW1, db1, dW2, db2, dW3, db3 for parameters W1, b1, W2, b2, W3, b3."""
    ...


exercises.check(my_three_layer_gradients)

# %%
exercises.folded(my_three_layer_gradients)

# %% [markdown]
# ## Recap
#
# Seven lines tell you which way every number in a network should move, for the price of two or three forward passes, and you know a check that would have told you if they were wrong. What you can't do yet is *train*: one step downhill is a beginning, and we don't know how long it should be.
#
# - Weights: *what came in, times the blame of what went out*. Back through a layer: *times the weights transposed*. Through a sigmoid: *times* $a(1 - a)$. Where several paths lead to the loss, they add. A gradient has the shape of its array.
# - Neither the largest nudge nor the smallest measures best; for the sigmoid about $10^{-5}$ does.
# - Check entry by entry at a random point, or all at once along a random direction. Along the gradient itself, a check forgets whatever the formula forgot.
# - A short step against the gradient lowers the loss by about $\eta\, \lVert \nabla L \rVert^2$.
#
# ## Questions to ask yourself
#
# 1. Why does `dW2` contain `a1` but not `W2`, and `da1` contain `W2` but not `a1`?
#
#    <details><summary>Answer</summary>
#
#    In their product, each multiplies the other. What a nudged weight does depends on the activation it multiplies; what a nudged activation does depends on the weights.
#
#    </details>
#
# 2. On your sheet, let the first pixel be 0, and change `b1` so that all activations stay as they are. Which gradients change?
#
#    <details><summary>Answer</summary>
#
#    Only the gradients of the two weights that lead from this pixel: they become 0. Everything else depends on the activations and on what comes after them. So a blank pixel teaches its weights nothing, and a check there compares 0 with 0.
#
#    </details>
#
# 3. A colleague checks a whole gradient at once: a tiny step against it must lower the loss by the rate times the gradient's squared length. It passes. What do you ask?
#
#    <details><summary>Answer</summary>
#
#    What happens when you set a block of the gradient to 0? It still passes. Step along a direction that has nothing to do with the gradient.
#
#    </details>
#
# 4. Why did the check use random biases? Think of a mistake that would go unnoticed at `b1 = 0`.
#
#    <details><summary>Answer</summary>
#
#    A backward pass that recomputes the activations, and from them the probabilities, but forgets the bias: `a1 = sigmoid(x @ W1)`. At `b1 = 0` those activations are right, and all four gradients pass; at a random `b1` they are wrong, and so is all that follows from them.
#
#    </details>
#
# ## Next
#
# [04 Training curves](04_training_curves.ipynb): repeat that one short step a few thousand times, each with a fresh gradient, and learn to read what happens.
