# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 Let the machine differentiate
#
# In lessons 02, 03, 07 and 10 you derived a backward pass by hand. A framework asks for none: you write the forward pass, and the gradients are simply there. **How does a computer derive what you derived?**
#
# **You will** build a value that remembers how it was made, see a famous bug refused, and get the gradients of lessons 03, 07 and 10 for nothing.
#
# **You will be able to**
#
# - explain what a framework does when it is told `loss.backward()`;
# - write the backward rule of an operation, and undo a broadcast;
# - say in which order blame must travel, and why it is added;
# - say what a gradient costs in time and in memory, and why it is found backwards.
#
# **You need** lessons [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb). Lessons [07](07_deeper.ipynb) and [10](10_seeing_shapes.ipynb) come back in one section, which can be read without them.
#
# **Time** 51 minutes to read, 42 more for the exercises; the computer works about 5 s and uses 250 MB

# %% [markdown]
# ## Before you start
#
# 1. In lesson 03, $Z_2 = A_1 W_2 + b_2$. You know $dZ_2$. What are $dW_2$, $dA_1$ and $db_2$?
#
#    <details><summary>Answer</summary>
#
#    $dW_2 = A_1^T dZ_2$, what came in times the blame of what went out. $dA_1 = dZ_2 W_2^T$, the blame sent back along the same weights. And $db_2$ is the sum of the rows of $dZ_2$.
#
#    </details>
#
# 2. One activation feeds two logits. How does its blame follow from theirs?
#
#    <details><summary>Answer</summary>
#
#    Each logit sends back its own blame times the weight between them, and the two are added: nudge the activation, and the loss changes along both roads.
#
#    </details>

# %%
from fractions import Fraction
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np

from course import exercises, studies
from mnistlib import autodiff, convolution, data, deep, functions, network, plotting
from mnistlib.autodiff import topological_order, unbroadcast
from mnistlib.gradcheck import check_gradient, relative_error
from mnistlib.training import minibatches, train

plotting.use_style()
mnist = data.load()

# %% [markdown]
# ## A value that remembers
#
# Look at what you did on paper in lesson 03. At each step you held one array's *blame*, the loss's gradient with respect to it, and handed it on to the arrays it was made from. You had to know two things: *which* ones these were, and *by which rule* the blame goes back to each. So let a value remember just that.


# %%
class Value:
    def __init__(self, array, parents=()):
        self.array = np.asarray(array, dtype=float)
        self.parents = parents  # pairs: a value that went in, and the rule back to it


# %% [markdown]
# The letters of this lesson:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $u$ | `u` | any | what goes into an operation |
# | $w$ | `w` | any | the second thing that goes into an operation, often a weight |
# | $\partial L / \partial z$, short $dz$ | `dz` | as `z` | `d` + name is the loss's gradient with respect to that array; its blame |
#
# What an operation makes is called $z$. Take the product of two arrays of one shape, entry by entry: $z = u \odot w$. Nudge an entry of $u$ by $h$, and that of $z$ moves by $w h$. So the blame of $u$ is $w$ times that of $z$, and the other way round:
#
# $$du = dz \odot w, \qquad dw = dz \odot u .$$
#
# In a sum, $z = u + w$, a nudge of $u$ or of $w$ moves $z$ by just as much. Both get the blame of $z$, whole: $du = dw = dz$. In code a rule is a small function of `dz`.


# %%
def multiply(u, w):
    rules = [(u, lambda dz: dz * w.array), (w, lambda dz: dz * u.array)]
    return Value(u.array * w.array, rules)


def add(u, w):
    return Value(u.array + w.array, [(u, lambda dz: dz), (w, lambda dz: dz)])


# %% [markdown]
# Try it on $L = u\,w + w$, with $u = 3$ and $w = 2$. Pencil first: what is $L$, and what is the blame of $u$, and of $w$? Mind that $w$ is used twice.

# %%
u, w = Value(3), Value(2)
product = multiply(u, w)
L = add(product, w)
print("L =", L.array)
for source, rule in L.parents:
    print("L came from", source.array, "and hands it", rule(1.0))

# %% [markdown]
# That is the first step back; the next ones are your pencil's, until a loop does them all. Values, and arrows to what they came from: the field calls that a **computational graph**. The record of it is the **tape**, as we call our program, too, and walking it backwards is **automatic differentiation** in **reverse mode**. No formula is analysed: Python ran your lines, and each value noted what it came from.
#
# Every other rule was derived earlier, or is from school:
#
# | operation | its rule | from lesson |
# |---|---|---|
# | $Z = U W$, shapes (n, inputs) and (inputs, outputs) | $dU = dZ\, W^T$ and $dW = U^T dZ$ | 03 |
# | $z = e^u$ | $du = dz \odot z$ | school |
# | $z = \log u$ | $du = dz / u$ | school |
# | $z = \sigma(u)$ | $du = dz \odot z \odot (1 - z)$ | 02 |
# | $z = \max(u, 0)$ | $du = dz$ where $u > 0$, else 0 | 07 |
# | $z = \sum_j u_j$ | each $du_j = dz$ | 03: a sum hands its blame to each term |
# | $z = u - w$ | $du = dz$ and $dw = -dz$ | school |
# | $z = u / w$ | yours | |
#
# In code they all look alike. Here are the first two:


# %%
def matrix_product(U, W):
    rules = [(U, lambda dZ: dZ @ W.array.T), (W, lambda dZ: U.array.T @ dZ)]
    return Value(U.array @ W.array, rules)


def exp(u):
    z = np.exp(u.array)
    return Value(z, [(u, lambda dz: dz * z)])


# %% [markdown]
# ### Exercise 11.1: back through a quotient (warm-up, 4 minutes)
#
# Two rules for $z = u / w$, entry by entry, all arrays of one shape. Pencil first: $u = 6$, $w = 2$, $dz = 4$. If $w$ grows, does $z$ grow?


# %%
def my_divide_backward(dz, u, w):
    """Return du and dw for z = u / w."""
    ...


exercises.check(my_divide_backward)

# %%
exercises.folded(my_divide_backward)

# %% [markdown]
# ## What broadcasting did
#
# One rule is missing, and it is easily forgotten. In $Z = XW + b$ the product has the shape (n, outputs), and $b$ is a single row, of shape (outputs,). NumPy adds that row to every row, as if there were $n$ copies of it. This **broadcasting** is an operation like any other. Each copy is one use of $b$. So the blame of $b$ is the sum of the blames of all copies, one in each row of $dZ$: in code, `dZ.sum(axis=0)`. In general:
#
# > To undo a broadcast, sum over every axis along which the array was copied.
#
# Arrays are copied in two ways. Axes are put in front: `(10,)` becomes `(n, 10)`. And an axis of size 1 is stretched: `(n, 1)` becomes `(n, 10)`.
#
# ### Exercise 11.2: undo a broadcast (core, 8 minutes)
#
# Pencil first: an array of shape (1, 2) was broadcast to (3, 2), and the blame of the result has the rows (1, 2), (3, 4), (5, 6). What is the blame of the array, in its own shape?


# %%
def my_unbroadcast(dz, shape):
    """Return the blame of an array of this shape that was broadcast to the shape of dz."""
    ...


exercises.check(my_unbroadcast)

# %%
exercises.folded(my_unbroadcast)

# %% [markdown]
# ## The order of the way back
#
# Who hands on first? In the example, $L$ hands 1 to the product and 1 to $w$. Then the product hands on to $u$ and to $w$. Only now is the blame of $w$ complete: $1 + 3 = 4$.
#
# Suppose that $w$ itself had come from something else. Had it handed on its blame too early, it would have handed on 1 in place of 4. So **a value hands on its blame when all its blame has arrived.** In the order it stands after everything that it went into. Such an order is called a **topological order**. There always is one, since a value is made only from values that exist already.
#
# ### Exercise 11.3: the order (core, 12 minutes)
#
# You get the graph as a dictionary, from the name of each value to the list of what it came from, and the name of the end. Inputs have an empty list. Return a list of names. The end comes first. Each value that it depends on follows once, after everything that it went into. Several orders may be right.
#
# Pencil first: `{"L": ["p", "w"], "p": ["u", "w"], "u": [], "w": []}`, from `"L"`. May `"w"` come second?
#
# Two traps. If each of fifty values is used twice by the next, $2^{50}$ roads lead from the end to the start: too many to walk. And a chain can be longer than Python lets a function call itself.


# %%
def my_order(parents, end):
    """Return the names of all values that end depends on, each after all that it went into."""
    ...


exercises.check(my_order)

# %%
exercises.folded(my_order)

# %% [markdown]
# The library has this order as `topological_order(end)`, for values. With it, the whole of backpropagation is one loop. Start with $dL = 1$ and all other blame 0. Take each value $z$ in this order, and for each pair of a $u$ that it came from and its rule,
#
# $$\begin{aligned} \text{blame} &= \text{rule}(dz), \text{ broadcast undone}, \\ du &\leftarrow du + \text{blame} . \end{aligned}$$
#
# In the code $du$ is kept as `u.grad`, in the shape of `u.array`.


# %%
def backward(L, adding=True):
    order = topological_order(L)
    for u in order:
        u.grad = np.zeros(u.array.shape)
    L.grad = np.ones(L.array.shape)
    for z in order:
        for u, rule in z.parents:
            blame = unbroadcast(rule(z.grad), u.array.shape)
            u.grad = u.grad + blame if adding else blame


backward(L)
print("du =", u.grad, "  dw =", w.grad)

# %% [markdown]
# As on paper. With `adding=False` the loop has a famous bug: it *assigns* the blame where it should add. What will come out for $u$, and what for $w$? And does the check of lesson 03 see it?


# %%
def loss_by_w(w):
    return 3 * w + w


for adding in [True, False]:
    backward(L, adding)
    print(f"adding={adding}: du = {u.grad}, dw = {w.grad}")
    print("  ", check_gradient(loss_by_w, np.array(2.0), w.grad, name="dw"))

# %% [markdown]
# $u$ is right, for it is used once. $w$ is left with what it was handed last, and the check refuses it. Where each value is used once, nobody would see the bug.
#
# The library's `autodiff.Value` is the class from above with every rule of the table, a few more, and this loop as its method `backward`. From here on we use it. The operators `+ - * / @` work on it. `sum` and `max` along an axis keep it, with size 1. Plain arrays, such as the pixels, count as constants and get no blame.

# %% [markdown]
# ## Lesson 03's sheet, once more
#
# Here is the forward pass of the pencil network, for its one image. The cross-entropy comes in its single steps:
#
# $$\begin{aligned} \text{total} &= \textstyle\sum_k e^{z_{2k}}, \\ \log p &= z_2 - \log \text{total}, \\ L &= -\textstyle\sum_k y_k \log p_k . \end{aligned}$$
#
# We write no way back.

# %% tags=["hide-input"]
pencil = network.Parameters(
    W1=np.array([[1.0, 2.0], [-2.0, -4.0]]),
    b1=np.array([0.0, np.log(3)]),
    W2=np.array([[1.0, -2.0], [2.0, 4.0]]),
    b2=np.array([np.log(3), 0.0]),
)
x_pencil, y_pencil = np.array([[1.0, 0.5]]), np.array([[0.0, 1.0]])

# %%
W1, b1, W2, b2 = (autodiff.Value(array) for array in pencil)
z1 = x_pencil @ W1 + b1  # (1, 2), as a1, z2, e and log_p
a1 = z1.sigmoid()
z2 = a1 @ W2 + b2
e = z2.exp()
total = e.sum(axis=1)  # (1, 1): one total for each image
log_total = total.log()
log_p = z2 - log_total
loss = -(log_p * y_pencil).sum()  # a single number

loss.backward(keep=True)  # keep what was on the way, to look at it
print("dz2:", z2.grad[0])
print("da1:", a1.grad[0])
print("dz1:", z1.grad[0])
print("dW1:", *W1.grad.round(6).tolist(), sep="\n   ")

# %% [markdown]
# The first line is $(\frac34, -\frac34)$, and the machine never heard of $p - y$. Then $\frac94$ and $-\frac32$, then $\frac{9}{16}$ and $-\frac{9}{32}$: your sheet. Here is the graph that it walked, in short. Values run down the page, blame runs up. Find the value that is used twice, and add up what its two roads bring.


# %% mystnb={"image": {"alt": "The pencil network as a graph of boxes from top to bottom, each with its value and its blame. z1 is 0 and log 3, blame 9/16 and minus 9/32. a1 is one half and three quarters, blame 9/4 and minus 3/2. z2 is 2 plus log 3 and 2, blame three quarters and minus three quarters. From z2 two arrows leave: one to e, the total and the log of the total on the right, one straight down to log p. They meet at log p, whose blame is 0 and minus 1. Below it lies the loss, log 4, with blame 1. W1, b1, W2 and b2 stand at the left with arrows into z1 and z2."}} tags=["home", "hide-input"]
def write(number):
    """A small fraction, or a fraction plus a log, as text; otherwise three decimals."""
    for extra, name in [(0, ""), (np.log(3), "log 3"), (np.log(4), "log 4")]:
        fraction = Fraction(number - extra).limit_denominator(64)
        if abs(number - extra - fraction) < 1e-9 and (not name or fraction.denominator == 1):
            parts = [str(fraction)] if fraction or not name else []
            return " + ".join(parts + [name] * bool(name))
    return f"{number:.3f}"


def row(array):
    return ",  ".join(write(number) for number in np.ravel(array))


figure, axis = plt.subplots(figsize=(6.2, 7.6))
boxes = {  # place, and what it is
    "$z_1$": (6.2, 10.6, z1),
    "$a_1$": (6.2, 9.1, a1),
    "$z_2$": (6.2, 7.6, z2),
    "$e^{z_2}$": (9.0, 6.1, e),
    "total": (9.0, 4.6, total),
    "log total": (9.0, 3.1, log_total),
    "$\\log p$": (6.2, 1.6, log_p),
    "loss": (6.2, 0.1, loss),
    "$W_1$": (1.7, 11.4, W1),
    "$b_1$": (1.7, 9.7, b1),
    "$W_2$": (1.7, 8.05, W2),
    "$b_2$": (1.7, 6.4, b2),
}
pairs = [("$W_1$", "$z_1$"), ("$b_1$", "$z_1$"), ("$z_1$", "$a_1$"), ("$a_1$", "$z_2$")]
pairs += [("$W_2$", "$z_2$"), ("$b_2$", "$z_2$"), ("$z_2$", "$e^{z_2}$"), ("$e^{z_2}$", "total")]
pairs += [("total", "log total"), ("log total", "$\\log p$"), ("$z_2$", "$\\log p$")]
pairs += [("$\\log p$", "loss")]
frames = {}
for name, (x, y, value) in boxes.items():
    rows = value.array.reshape(-1, value.array.shape[-1]) if value.array.ndim else [value.array]
    grads = value.grad.reshape(np.shape(rows))
    text = [(name, "black")]
    text += [(row(line), plotting.COLOURS[0]) for line in rows]
    text += [(row(line), plotting.COLOURS[1]) for line in grads]
    height = 0.36 * len(text) + 0.16
    width = 3.2 if x < 3 else 2.5
    corner = (x - width / 2, y - height / 2)
    frames[name] = plt.Rectangle(corner, width, height, fc="white", ec="0.3", zorder=3)
    axis.add_patch(frames[name])
    for place, (words, colour) in enumerate(text):
        level = y + 0.36 * ((len(text) - 1) / 2 - place)
        axis.text(x, level, words, color=colour, ha="center", va="center", fontsize=12, zorder=4)
for start, end in pairs:  # each arrow from edge to edge
    ends = {"xy": boxes[end][:2], "xytext": boxes[start][:2]}
    style = {"arrowstyle": "-|>", "color": "0.5", "patchA": frames[start], "patchB": frames[end]}
    axis.annotate("", **ends, arrowprops=style | {"shrinkA": 0, "shrinkB": 1})
for x, y, blame in [(5.6, 5.3, "0,  -1"), (8.5, 6.88, "3/4,  1/4")]:
    axis.text(x, y, blame, color=plotting.COLOURS[1], ha="center", zorder=4)
axis.text(0.1, 3.4, "value", color=plotting.COLOURS[0])
axis.text(0.1, 3.0, "blame: the loss's gradient", color=plotting.COLOURS[1])
axis.set(title="Two arrows leave $z_2$: its blame is a sum", xlim=(0, 10.4), ylim=(-0.7, 12.4))
axis.set_axis_off()
plt.show()

# %% [markdown]
# $z_2$ goes straight into $\log p$, and once more by way of the total. Start at the loss, and follow both roads up with a pencil. The loss hands $-y$ to $\log p$.
#
# - Straight on, $z_2$ gets $-y$. In the picture that is $(0, -1)$.
# - Log total is subtracted in every $\log p_k$, so $\log p_k$ hands it $-(-y_k)$, which is $+y_k$. The sum of these is 1. The total gets $1 / \text{total}$, and so does each of its terms $e^{z_{2k}}$. The rule of exp multiplies that by $e^{z_{2k}}$, which makes $p_k$. In the picture it is $(\frac34, \frac14)$.
#
# **The famous $p - y$ is the sum of two roads.**
#
# ## Three networks for nothing
#
# Now the harvest. Four things are the same for every network: wrap its parameters in values, compute the logits, take the cross-entropy, walk back. The library keeps them as `autodiff.TapeModel`. Give that a forward pass, and you have a model as lesson 04's `train` wants one. Here are the forward passes of lessons 03 and 07:
#
# $$\begin{aligned} Z_2 &= \sigma(X W_1 + b_1)\, W_2 + b_2, \\ A_m &= \max(A_{m-1} W_m + b_m,\, 0) . \end{aligned}$$


# %%
def lesson_03(parameters, x):
    W1, b1, W2, b2 = parameters
    a1 = (x @ W1 + b1).sigmoid()  # (n, 128)
    return a1 @ W2 + b2  # the logits, (n, 10)


def lesson_07(parameters, x):
    *hidden, (W_last, b_last) = zip(parameters[::2], parameters[1::2])
    a = x
    for W, b in hidden:
        a = (a @ W + b).relu()
    return a @ W_last + b_last


# %% [markdown]
# Lesson 10's kernels also reshape, and keep maxima; the library has rules for both. One operation is yours: to *take* entries. Patches are taken out by an index, and an entry of the first layer's maps lies in many patches of the second. So its blame is a sum once more.
#
# ### Exercise 11.4: entries that are taken twice (core, 6 minutes)
#
# Let `z = u[index]`, where `u` is a row with `size` entries and `index` is an array of whole numbers, of any shape. Pencil first: `size` is 3, `index` is `[2, 0, 2]`, `dz` is `[1, 5, 10]`. Beware of the obvious line, `du[index] += dz`: try it on that.


# %%
def my_take_backward(dz, index, size):
    """Return du, shape (size,), for z = u[index]."""
    ...


exercises.check(my_take_backward)

# %%
exercises.folded(my_take_backward)

# %% [markdown]
# NumPy writes a repeated entry once: the same bug again, inside that line. Now a layer of kernels: cut out the patches, multiply, keep the largest of each square, cut off below 0.


# %% tags=["hide-input"]
def kernels(x, W, b, side=5):  # the shapes are those of the first layer
    n, rows, columns, channels = x.shape
    down, right = np.divmod(np.arange(side * side), side)  # the places within a patch
    top, left = np.arange(rows - side + 1), np.arange(columns - side + 1)
    patches = x[:, top[:, None, None] + down, left[None, :, None] + right]  # (n, 24, 24, 25, 1)
    z = patches.reshape(-1, side * side * channels) @ W + b  # (n * 24 * 24, 8)
    squares = z.reshape(n, len(top) // 2, 2, len(left) // 2, 2, b.shape[0])  # (n, 12, 2, 12, 2, 8)
    largest = squares.max(axis=(2, 4))  # (n, 12, 1, 12, 1, 8)
    return largest.reshape(n, len(top) // 2, len(left) // 2, b.shape[0]).relu()


def lesson_10(parameters, x):
    W1, b1, W2, b2, W3, b3 = parameters
    a = kernels(kernels(x.transpose(3, 1, 2, 0), W1, b1), W2, b2)  # images first
    return a.reshape(x.shape[-1], -1) @ W3 + b3


# %% [markdown]
# The same weights, the same 50 images: do the gradients agree with those that were derived by hand?

# %%
images, labels = mnist.train_images[:50], mnist.train_labels[:50]
y = data.one_hot(labels)
rng = np.random.default_rng(seed=5)
sizes = [784, 128, 128, 128, 128, 128, 10]
cases = {
    "lesson 03": (lesson_03, network, network.initialise(rng)),
    "lesson 07": (lesson_07, deep.MLP("relu"), deep.initialise(rng, sizes)),
    "lesson 10": (lesson_10, convolution.Convolutional(), convolution.initialise(rng)),
}
for name, (forward, by_hand, start) in cases.items():
    x = by_hand.prepare(images)
    _, by_tape = autodiff.TapeModel(forward, by_hand.prepare).gradients(start, x, y)
    _, derived = by_hand.gradients(start, x, y)
    largest = max(relative_error(*pair) for pair in zip(by_tape, derived, strict=True))
    print(f"{name}: all gradients to 1e-12:", largest < 1e-12)

# %% [markdown]
# All three agree to rounding.
#
# <details><summary>Are you sure?</summary>
#
# Two programs may share an error, so the test suite asks others too: each rule is nudged at many shapes, and lesson 03's network stands beside PyTorch, further down. Equal maxima are one place where programs may rightly differ: in a blank part of an image all four of a square tie. Ours share the blame, as lesson 10 does.
#
# </details>
#
# ### The formula that you wrote
#
# Why has the table a rule for the sigmoid? The machine could build it from exp, + and /, as $1 / (1 + e^{-z})$.

# %%
with np.errstate(over="ignore", invalid="ignore"):
    z = autodiff.Value([-2.0, -800.0])
    a = 1 / (1 + (-z).exp())
    a.sum().backward()
print("values:", a.array.round(6))
print("slopes:", z.grad.round(6))
z.sigmoid().sum().backward()
print("by its own rule:", z.grad.round(6))

# %% [markdown]
# The value is right, and the slope is not a number. In the forward pass $e^{800}$ became infinity. On the way back the quotient hands it 0, and the rule of exp multiplies that by infinity. It is the overflow of [lesson 02](02_sigmoid_softmax.ipynb) (fault 8 of lesson 06), found anew by a machine.
#
# **Change a number.** Put -700 in place of the -800, then -709 and -710. Where is the slope lost?
#
# <details><summary>Answer</summary>
#
# At -710: there $e^{-z}$ passes float64's largest number, about $e^{709.8}$ ([lesson 02](02_sigmoid_softmax.ipynb)). Before it the slope is 0 to six decimals, as it should be.
#
# </details>
#
# **A machine derives the formula that you wrote, not the function that you meant.** What lesson 02 taught about stable formulas stays your work.
#
# ### Exercise 11.5: one rule for many steps (stretch, 12 minutes)
#
# *RMSNorm* ([Zhang and Sennrich 2019](https://arxiv.org/abs/1910.07467)) keeps a layer's sums at one size. Up to a factor for each unit, it divides each row by its own length:
#
# $$z = \frac{u}{\text{length}}, \qquad \text{length} = \sqrt{\textstyle\sum_j u_j^2} .$$
#
# With a rule for the root, the tape could do that in steps: square, sum, root, quotient. Derive one rule in their place. Draw the graph first (let the square be one step), and count the roads from $u$ to $z$. Then the pencil: $u = (3, 4)$ and $dz = (5, 0)$.


# %%
def my_unit_rows_backward(dz, u):
    """Return du, shape (n, units), where each row of z is the row of u divided by its length."""
    ...


exercises.check(my_unit_rows_backward)

# %%
exercises.folded(my_unit_rows_backward)

# %% [markdown]
# ## What it costs
#
# Two guesses, for 128 hidden units and for 4,096. Loss and gradient together cost how many times the loss alone? And how much slower is the tape than your own pass? Times differ from computer to computer, so they come from a study (`studies/tape_cost.py`) and are given as ratios. Multiplications can be counted, and the cell counts them anew.

# %% tags=["hide-input"]
study = studies.read("tape_cost")
_, _, counted = studies.again("tape_cost")
timed = next(row for row in study["rows"] if row["settings"]["measure"] == "time")["results"]
memory = next(row for row in study["rows"] if row["settings"]["measure"] == "memory")["results"]
print("           loss and gradient     tape /")
print("              / loss alone      by hand")
print("           count hand tape  time memory")
shown = ["128 units", "512 units", "4,096 units", "2 layers", "4 layers", "8 layers", "16 layers"]
for name in shown:
    one = timed[name]
    count = counted[name]["gradient"] / counted[name]["loss"]
    hand, tape = one["hand"] / one["loss"], one["tape"] / one["loss"]
    time = one["tape"] / one["hand"]
    space = memory[name]["tape"] / memory[name]["hand"]
    print(f"{name:11} {count:4.1f} {hand:4.1f} {tape:4.1f} {time:5.1f} {space:6.1f}")

# %% mystnb={"image": {"alt": "Cost of loss and gradient together, as a multiple of the loss alone, against the number of parameters on a logarithmic axis, from a hundred thousand to more than three million. The points by hand and by the tape, for wide networks and for deep ones, lie in a flat band between about two and three."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6, 3.6))
for kind, marker in [("units", "o"), ("layers", "s")]:
    some = [one for name, one in timed.items() if kind in name]
    parameters = [one["parameters"] for one in some]
    for who, colour, label in [("hand", 0, "by hand"), ("tape", 1, "by the tape")]:
        ratio = [one[who] / one["loss"] for one in some]
        style = {"color": plotting.COLOURS[colour], "marker": marker}
        axis.plot(
            parameters, ratio, "-" if kind == "units" else ":", **style, label=f"{label}, {kind}"
        )
axis.set(xscale="log", xlabel="parameters", ylabel="(loss and gradient) / loss", ylim=(0, 6))
axis.set_title("A gradient costs a few losses, however many parameters")
axis.legend(ncols=2)
plt.show()

# %% [markdown]
# From a hundred thousand parameters to more than three million, loss and gradient together cost about twice the loss alone, and 2.7 times at most. The count says why. Every layer multiplies once on the way forward, and twice on the way back: for $dW$ and for $dA$. Only the first layer needs no $dA$, since nobody asks for the blame of pixels. With one hidden layer the first layer makes nearly all the multiplications, hence 2.0. With depth the count climbs towards 3.
#
# <details><summary>Who proved it for every program, and whose idea it was</summary>
#
# [Baur and Strassen 1983](https://doi.org/10.1016/0304-3975%2883%2990110-X) proved a factor of three for multiplications and divisions, and [Griewank and Walther 2008](https://doi.org/10.1137/1.9780898717761) bound the whole work, memory traffic included, by a factor of about four. Neither bound grows with the number of parameters. The idea is older: it stands in a Finnish thesis (Linnainmaa 1970; in English [Linnainmaa 1976](https://doi.org/10.1007/BF01931367)), and [Speelpenning 1980](https://www.ideals.illinois.edu/handle/2142/66437) wrote a compiler that does it.
#
# </details>
#
# Compared with your own pass, the tape takes about a fifth more time in the small networks, and none in the widest: there the products outweigh all bookkeeping. The 0.9 is noise: these times are good to about a tenth. The price of the tape is *memory*: nearly twice as much in deep networks. It keeps both $z$ and $a$ of each layer until the way back has passed; your pass kept only $a$.
#
# ### Why backwards?
#
# One could also go forwards. Move all parameters at once, in a direction $r$, and carry beside each value its **slope** along $r$: how fast the value grows as they move. The pixels stand still. In a product both factors may move, and each brings a term (the product rule). Past the sigmoid a slope is multiplied by $\sigma' = a (1 - a)$. With $r_{W_1}$ for the part of $r$ that moves $W_1$:
#
# $$\begin{aligned} \text{slope}(Z_1) &= X\, r_{W_1} + r_{b_1}, \\ \text{slope}(A_1) &= \text{slope}(Z_1) \odot A_1 \\ &\quad \odot (1 - A_1), \\ \text{slope}(Z_2) &= \text{slope}(A_1)\, W_2 \\ &\quad + A_1\, r_{W_2} + r_{b_2}, \\ \text{slope}(L) &= \textstyle\sum dZ_2 \odot \text{slope}(Z_2). \end{aligned}$$
#
# The loss grows by each logit's slope times its $dZ_2$, added up. Lesson 03 called that slope the directional derivative, and checked with it. This is **forward mode**. Backwards, the same number is the sum of gradient times $r$, entry by entry.

# %%
x = network.prepare(images)  # 50 images, as above
start = network.initialise(np.random.default_rng(seed=6))
r = network.Parameters(*(rng.normal(size=array.shape) for array in start))
_, a1, z2 = network.forward(start, x)
dz2 = (functions.softmax(z2) - y) / len(x)

slope_z1 = x @ r.W1 + r.b1  # (50, 128)
slope_a1 = slope_z1 * a1 * (1 - a1)
slope_z2 = slope_a1 @ start.W2 + a1 @ r.W2 + r.b2  # (50, 10)
slope_loss = (dz2 * slope_z2).sum()

_, grads = autodiff.TapeModel(lesson_03, network.prepare).gradients(start, x, y)
along = sum((dW * r_W).sum() for dW, r_W in zip(grads, r))
print(f"forwards: {slope_loss:.6f}")
print(f"backwards, the gradient times r: {along:.6f}")
print("runs for the whole gradient:")
print(f"{sum(array.size for array in start):,} forwards, 1 backwards")

# %% [markdown]
# Nothing has to be kept for a way back. But one run answers one question: how fast does the loss grow *in this direction*? A gradient needs that answer for each parameter separately. Going forwards takes 101,770 runs. Going backwards takes one, because there is only one loss.
#
# ## The same in PyTorch
#
# Here is our tape once more, without `TapeModel`, so that all four things can be seen.


# %%
def tape_gradients(parameters, x, y):
    W1, b1, W2, b2 = (autodiff.Value(u) for u in parameters)
    a1 = (x @ W1 + b1).sigmoid()
    z2 = a1 @ W2 + b2
    loss = autodiff.cross_entropy(z2, y)
    loss.backward()
    return loss.array.item(), [W.grad for W in (W1, b1, W2, b2)]


# %% [markdown]
# And here the same in [PyTorch](https://pytorch.org) ([Paszke and others 2019](https://arxiv.org/abs/1912.01703)), a tape that much of the world uses. You need not have it: read.
#
# ```python
# import torch
#
# def torch_gradients(parameters, x, y):
#     W1, b1, W2, b2 = (torch.tensor(u, requires_grad=True) for u in parameters)
#     a1 = torch.sigmoid(torch.tensor(x) @ W1 + b1)
#     z2 = a1 @ W2 + b2
#     loss = torch.nn.functional.cross_entropy(z2, torch.tensor(y))
#     loss.backward()
#     return loss.item(), [W.grad.numpy() for W in (W1, b1, W2, b2)]
# ```
#
# Lay the two side by side, line by line. `requires_grad=True` does what our `Value` does: it marks the arrays that are to get blame.
#
# A study ran that very text where PyTorch is installed: the gradients at lesson 04's start, then thirty steps of training at its rate. Train the same steps here, by hand and by the tape. Will the losses differ?

# %% tags=["hide-input"]
study = studies.read("tape_torch")
theirs = next(row for row in study["rows"] if row["settings"]["who"] == "PyTorch")["results"]
train_set, _ = data.split(*mnist[:2], rng=np.random.default_rng(seed=4))
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=8))[:30]
taped = SimpleNamespace(
    classes=10, prepare=network.prepare, logits=network.logits, gradients=tape_gradients
)
_, by_hand = train(network, start, train_set, batches, learning_rate=0.5)
_, by_tape = train(taped, start, train_set, batches, learning_rate=0.5)
print("PyTorch's gradients are those by hand,")
print("   to 1e-12:", theirs["gradients agree"])
print("loss at   by hand  by the tape  PyTorch")
for step in [1, 10, 30]:
    losses = [run[step - 1] for run in (by_hand.batch_loss, by_tape.batch_loss, theirs["losses"])]
    print("{:7} {:9.6f} {:12.6f} {:8.6f}".format(step, *losses))

# %% [markdown]
# At the steps shown all three are the same to six decimals. One habit of PyTorch would puzzle you otherwise: it *adds* to a `grad` that is left from the last step. So a loop there begins with `zero_grad()`. Ours starts anew each time.
#
# ## What now?
#
# You have built, from arrays up, the core of a modern framework. Here is what is missing, and what it rests on.
#
# | next | what it is | you have it from | start at |
# |---|---|---|---|
# | Normalisation | layers that keep their sums at one size | exercise 11.5, the variances of 07 | [Ioffe and Szegedy 2015](https://arxiv.org/abs/1502.03167) |
# | Optimisers | a step size for each parameter, from its own past | momentum in 04, a gradient for each layer in 07 | [Kingma and Ba 2015](https://arxiv.org/abs/1412.6980) |
# | Attention | a softmax decides which inputs to listen to | the softmax of 02, shared weights in 10, plus signs in 07 | [Vaswani and others 2017](https://arxiv.org/abs/1706.03762) |
# | GPUs | the same products, thousands at once, in fewer digits | what float32 did in 06 | [Krizhevsky, Sutskever and Hinton 2012](https://doi.org/10.1145/3065386) |
# | Making images | a network learns to remove noise, step by step | squared error in 06, kernels in 10 | [Ho and others 2020](https://arxiv.org/abs/2006.11239) |
#
# For books, go on with [Prince 2023](https://udlbook.github.io/udlbook/) or, with code for everything, [Zhang and others 2023](https://d2l.ai). [Karpathy 2020](https://github.com/karpathy/micrograd) is this lesson for single numbers. History and variants of the idea are in [Baydin and others 2018](https://jmlr.org/papers/v18/17-468.html).
#
# The course began with two networks and a question: which would you trust with the next digit that comes in by post? And would its accuracy tell you? Write down what you would ask each of them, before you open the answer.
#
# <details><summary>What we would ask</summary>
#
# - Was its gradient checked? (03)
# - Would it come out so again, with another seed and other writers? Is it as right as it is sure? (05)
# - Does its answer depend on its company? (06)
# - What do two pixels of push do to it? (10)
#
# Its accuracy answers none of these.
#
# </details>

# %% [markdown]
# ## Recap
#
# - Automatic differentiation needs values that remember what made them, and by which rule blame goes back.
# - A value hands on its blame when all of it has arrived: topological order.
# - Blame is added: where a value is used twice, where it was broadcast, where an entry is taken twice. Forget it, and a number or a shape is wrong.
# - $p - y$ is the sum of two roads.
# - Loss and gradient together cost about two to three times the loss alone, however many parameters there are. The price is memory: what the rules need of the forward pass must be kept.
# - A machine derives the formula you wrote. Stable formulas stay your work.
#
# ## Questions to ask yourself
#
# 1. In which of these would the bug of assigning show: $u + u$, $u \cdot w$, $XW + b$?
#
#    <details><summary>Answer</summary>
#
#    Only in $u + u$: there $u$ would get 1 in place of 2. In $u \cdot w$ and in $XW + b$ everything is used once. The copies of $b$ are summed by undoing the broadcast, before the loop adds or assigns.
#
#    </details>
#
# 2. Why does the sigmoid's rule need only its value, and what does that save?
#
#    <details><summary>Answer</summary>
#
#    The slope is $z(1 - z)$. The value has to be kept anyway, for what comes after it; what went in need not be.
#
#    </details>
#
# 3. Training keeps every activation until the way back. How could one train a network whose activations do not fit into memory?
#
#    <details><summary>Answer</summary>
#
#    Keep only some layers, and compute the others again from these on the way back: more time for less memory. The field calls it checkpointing. Or take smaller batches and add up their gradients.
#
#    </details>
#
# 4. Could the tape differentiate the *accuracy*?
#
#    <details><summary>Answer</summary>
#
#    It could carry blame through a step function, and that blame is 0 nearly everywhere. The machine would be right, and nothing would be learnt: that is why lesson 02 chose a loss.
#
#    </details>
#
# ## Next
#
# There is no next lesson. Take a network that nobody derived for you, write its forward pass, and check what the machine says.
