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
# In lesson 03 you filled a sheet of paper with gradients, one array after another. Now open a program that uses PyTorch, a *framework* for writing networks. Somebody has typed the forward pass of a network with a hundred layers and, below it, a single line, `loss.backward()`. There is no sheet and no derivation, and yet the gradients are there. **How does a computer work out what you derived?**
#
# You will write the parts that matter yourself: three small functions of yours go into an *engine*, as the program behind that line is called, and with them it differentiates whole networks.
#
# **You will be able to**
#
# - explain what a framework does when you call `loss.backward()`;
# - write the rule by which an operation sends the gradient back, even where NumPy has copied an array;
# - say in which order gradients must travel, and why they are added up;
# - say why a gradient is computed backwards, and what the machine's bookkeeping costs.
#
# **You need** lessons [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb). Lesson [07](07_deeper.ipynb) comes back in one section, which you can follow without having read it, and [10](10_seeing_shapes.ipynb) in an optional one.
#
# **Time** 50 minutes to read, 58 more for the exercises; it runs for about 5 s and takes 300 MB

# %% [markdown]
# ## Before you start
#
# 1. In lesson 03, $Z_2 = A_1 W_2 + b_2$. You know $dZ_2$. What are $dW_2$, $dA_1$ and $db_2$?
#
#    <details><summary>Answer</summary>
#
#    $dW_2 = A_1^T dZ_2$: the layer's input, times the blame of its output. $dA_1 = dZ_2 W_2^T$: the blame, sent back along the same weights. And $db_2$ is the sum of the rows of $dZ_2$.
#
#    </details>
#
# 2. One activation feeds two logits. How do you get its blame from theirs?
#
#    <details><summary>Answer</summary>
#
#    Each logit sends back its own blame times the weight that leads to it, and you add what arrives, because nudging the activation changes the loss along both paths.
#
#    </details>

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, studies
from mnistlib import autodiff, convolution, data, deep, network, plotting
from mnistlib.gradcheck import check_gradient, relative_error
from mnistlib.training import minibatches

plotting.use_style()
mnist = data.load()

# %% [markdown]
# ## A value that remembers
#
# Think back to that sheet. You always held one array's *blame*, that is, the gradient of the loss with respect to that array, and you handed it back to whatever the array had been made from. You needed to know only two things: *from which* arrays it was made, and *by what rule* the blame goes back to each. Here is an array that knows both. The arrays that it was made from are its **parents**, and beside each parent it keeps the rule that leads back to it.


# %%
class Value:
    def __init__(self, array, parents=()):
        self.array = np.asarray(array, dtype=float)
        self.parents = parents  # pairs: a parent, and the rule back to it


# %% [markdown]
# We call what comes out of an operation $z$, and what goes in $u$; a second input is called $w$, because it is often a weight. As before, $dz$ is $\partial L / \partial z$, $z$'s blame. Begin with the product of two arrays of the same shape, entry by entry: $z = u \odot w$. If you nudge an entry of $u$ by $h$, the same entry of $z$ moves by $w h$, and so the loss moves $w$ times as far as if you had nudged $z$ itself. In other words, $u$'s blame is $w$ times $z$'s blame, and the same holds with the letters exchanged:
#
# $$du = dz \odot w, \qquad dw = dz \odot u .$$
#
# A sum is simpler still. In $z = u + w$ a nudge of $u$ or of $w$ moves $z$ by exactly as much, so each of them gets all of $z$'s blame: $du = dw = dz$. In code, a rule is a small function of `dz`, and whatever makes a value writes its rules down beside its parents.


# %%
def multiply(u, w):
    rules = [(u, lambda dz: dz * w.array), (w, lambda dz: dz * u.array)]
    return Value(u.array * w.array, rules)


def add(u, w):
    return Value(u.array + w.array, [(u, lambda dz: dz), (w, lambda dz: dz)])


# %% [markdown]
# Try it on a small loss that uses a value twice, $L = u\,w + w$, with $u = 3$ and $w = 2$. Pencil first: what is $L$, and how much blame do $u$ and $w$ get?
#
# <details><summary>The pencil's numbers</summary>
#
# $L = 6 + 2 = 8$. $u$'s blame is $w = 2$. $w$ gets 1 from the sum and $u = 3$ from the product, which makes 4.
#
# </details>

# %%
u, w = Value(3), Value(2)
product = multiply(u, w)
L = add(product, w)
print("L =", L.array)

# %% [markdown]
# The field has names for what you have just built. Draw an arrow from each value to whatever was made from it, and you have a **computational graph**. If it is kept for the way back, it is a **tape**, and walking it backwards from the loss is **automatic differentiation** (*autodiff* for short) in **reverse mode** ([Linnainmaa 1976](https://doi.org/10.1007/BF01931367)).


# %% mystnb={"image": {"alt": "The graph of L = u w + w. Boxes: u = 3 and w = 2 on the left, the product = 6 in the middle, L = 8 on the right. Arrows lead from u and from w to the product, from the product to L, and from w straight to L. On each arrow stands what is sent back along it: 1 from L to the product, 1 from L to w, 2 from the product to u, 3 from the product to w."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 2.7))
places = {"u = {:g}": (0, 2, u), "w = {:g}": (0, 0, w)}
places |= {"product = {:g}": (2.9, 2, product), "L = {:g}": (5, 1, L)}
middle = {"ha": "center", "va": "center", "zorder": 3}
frames = {}
for words, (x, y, value) in places.items():
    width = 0.3 + 0.11 * len(words.format(value.array))
    frames[value] = plt.Rectangle((x - width / 2, y - 0.25), width, 0.5, fc="white", ec="0.3")
    axis.add_patch(frames[value])
    axis.text(x, y, words.format(value.array), color=plotting.COLOURS[0], **middle)
centres = {value: (x, y) for x, y, value in places.values()}
for z, dz in [(L, 1.0), (product, 1.0)]:
    for parent, rule in z.parents:
        style = {"arrowstyle": "-|>", "color": "0.5", "patchA": frames[parent], "patchB": frames[z]}
        ends = {"xy": centres[z], "xytext": centres[parent]}
        axis.annotate("", **ends, arrowprops=style | {"shrinkA": 0, "shrinkB": 1})
        x, y = np.mean([centres[parent], centres[z]], axis=0)
        sent = {"color": plotting.COLOURS[1], "bbox": {"fc": "white", "ec": "none", "pad": 2}}
        axis.text(x, y, f"{rule(dz):g} back", **sent, **middle)
axis.set(title="What comes back along w's two arrows?", xlim=(-0.6, 5.6), ylim=(-0.4, 2.4))
axis.set_axis_off()
plt.show()

# %% [markdown]
# You have derived the other rules already, or know them from school; $\sigma$ is the sigmoid.
#
# | operation | its rule |
# |---|---|
# | $Z = U W$, a matrix product | $dU = dZ\, W^T$ and $dW = U^T dZ$ |
# | $z = u - w$ | $du = dz$ and $dw = -dz$ |
# | $z = u / w$ | yours, in a moment |
# | $z = \sum_j u_j$ | each $du_j = dz$ |
# | $z = e^u$ | $du = dz \odot z$ |
# | $z = \log u$ | $du = dz / u$ |
# | $z = \sigma(u)$ | $du = dz \odot z \odot (1 - z)$ |
# | $z = \max(u, 0)$ | $du = dz$ where $u > 0$, else 0 |
#
# ### Exercise 11.1: back through a quotient (warm-up, 4 minutes)
#
# Write the two rules for $z = u / w$, entry by entry, where all arrays have the same shape. Pencil first: $u = 6$, $w = 2$, $dz = 4$. What are $du$ and $dw$? If $w$ grows, does $z$ grow?
#
# <details><summary>The pencil's numbers</summary>
#
# $du = 4 / 2 = 2$ and $dw = -4 \cdot 6 / 4 = -6$. If $w$ grows, $z$ shrinks, hence the minus.
#
# </details>


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
# One rule is still missing, and it is easy to forget because it belongs to an operation that you never typed. In $Z = XW + b$ the product has shape (n, outputs), while $b$ is a single row, of shape (outputs,). NumPy adds that row to every row of the product, as if there were $n$ copies of it. This **broadcasting** is an operation like any other. Each copy has a blame of its own, but nudge $b$, and all $n$ copies move at once. So $b$'s blame is the sum of its copies' blames, one for each row of $dZ$, or in code `dZ.sum(axis=0)`. The $db$ that you derived in lesson 03 is the same sum; there it seemed to belong to biases, and here you see that it belongs to copying.
#
# > To undo a broadcast, sum over every axis along which the array was copied.
#
# NumPy copies in two ways, and both must be undone. It puts new axes in front, so that `(10,)` becomes `(n, 10)`, and it stretches an axis of size 1, so that `(n, 1)` becomes `(n, 10)`.
#
# ### Exercise 11.2: undo a broadcast (core, 8 minutes)
#
# On paper first: an array of shape (1, 2) was broadcast to (3, 2), and the blame of the result has the rows (1, 2), (3, 4) and (5, 6). What is the blame of the array, in its own shape?
#
# <details><summary>The pencil's numbers</summary>
#
# The row was copied three times, so add the three rows: (9, 12), of shape (1, 2).
#
# </details>


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
# Who hands blame on first? In the picture, $L$ sends 1 to the product and 1 to $w$, and then the product sends 2 to $u$ and 3 to $w$. Only then is $w$'s blame complete: $1 + 3 = 4$. Suppose that $w$ had parents too, and didn't wait. It would hand on the 1 that arrives first and leave out the 3; or it would have to walk everything behind it again for the 3. Every value that is used twice like this (call it a *fork*) doubles the walks behind it, and thirty forks in a row make a billion walks.
#
# So **a value hands its blame on only when all of it has arrived**, which means that on the way back a value must come after everything that was made from it. Such an order is called a **topological order**. There is always one: reverse the order in which the values were made. Ours have forgotten that order, but the graph itself says who must wait for whom.
#
# One way ([Kahn 1962](https://doi.org/10.1145/368996.369025)) is to count each value's *uses*, that is, how often it is a parent, and to take a value only when all its uses are done.
#
# ### Exercise 11.3: the order (core, 25 minutes)
#
# You get two things: `parents` is the graph, a dictionary that lists, under the name of each value, the names of its parents; `end` is the name of the last value, such as the loss. Return a list: first `end`, then everything that it depends on, each name once. No name may come before a name that was made from it.
#
# Two warnings. Write a loop, because a function that calls itself hits Python's [limit on nested calls](https://docs.python.org/3/library/sys.html#sys.getrecursionlimit) if the chain is long. And don't follow every path, because thirty forks have a billion of them.
#
# Start with the pencil and the graph in the picture: `{"L": ["product", "w"], "product": ["u", "w"], "u": [], "w": []}`, where `"L"` is the end. How many uses does each value have? May `"w"` come second?
#
# <details><summary>With the pencil</summary>
#
# `"product"` and `"u"` have one use each, and `"w"` has two. Since the product was made from it too, `"w"` can't come second: `"product"` must come before it. `["L", "product", "u", "w"]` and `["L", "product", "w", "u"]` are both right.
#
# </details>


# %%
def my_topological_order(parents, end):
    """Return the names of all values that end depends on, each after those made from it."""
    ...


exercises.check(my_topological_order)

# %%
exercises.folded(my_topological_order)

# %% [markdown]
# With the order in hand, all of backpropagation is one loop. Start with $dL = 1$ and every other blame 0. Take the values $z$ in that order; ask the rule of each parent $u$ what it sends, undo the broadcast, and *add* the result to what has arrived at $u$ so far:
#
# $$du \leftarrow du + \text{unbroadcast}(\text{rule}(dz)) .$$
#
# In the code $du$ is kept as `u.grad`, and `autodiff.graph(L)` is the dictionary of the exercise, with the values themselves for names.


# %%
def backward(L, adding=True):
    order = autodiff.topological_order(autodiff.graph(L), L)
    for u in order:
        u.grad = np.zeros(u.array.shape)
    L.grad = np.ones(L.array.shape)
    for z in order:
        for u, rule in z.parents:
            sent = autodiff.unbroadcast(rule(z.grad), u.array.shape)
            u.grad = (u.grad + sent) if adding else sent


backward(L)
print("du =", u.grad, "  dw =", w.grad)

# %% [markdown]
# Just as on paper. Now break it: with `adding=False` the same loop *overwrites* what had arrived, instead of adding to it. We call this the **assignment bug**, because it is `=` where `+=` was meant.


# %%
def loss_by_w(w):
    return u.array * w + w


for adding in [True, False]:
    backward(L, adding)
    print(f"adding={adding}: du = {u.grad}, dw = {w.grad}")
    print("  ", check_gradient(loss_by_w, w.array, w.grad, name="dw"))

# %% [markdown]
# The blame that $u$ gets is right, because $u$ is used only once, whereas $w$ is left with the 3 that arrived last, and lesson 03's gradient check rejects it. But the bug hides well: in a network that uses every value just once, you would never see it. Lesson 03's network seems to be of that kind. Is it?

# %% [markdown]
# ## Lesson 03's sheet, once more
#
# Back to the pencil network with its one image. Here is its forward pass from the logits $z_2$ on, with the cross-entropy written out step by step; $p$ are the probabilities, $y$ is the one-hot target, and $k$ runs over the classes:
#
# $$\begin{aligned} \text{total} &= \textstyle\sum_k e^{z_{2k}}, \\ \log p &= z_2 - \log \text{total}, \\ L &= -\textstyle\sum_k y_k \log p_k . \end{aligned}$$
#
# From here on we use the library's `autodiff.Value`. It is the `Value` from above, except that you may write `+`, `*` and `@` where you called a function; it has every rule of the table, a few more, and our loop as its method `backward()`. Plain arrays, such as the pixels, get no blame.

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
z1 = x_pencil @ W1 + b1  # (1, 2), as are a1, z2, e and log_p
a1 = z1.sigmoid()
z2 = a1 @ W2 + b2
e = z2.exp()
total = e.sum(axis=1)  # (1, 1): one total for each image; the axis stays
log_total = total.log()
log_p = z2 - log_total
loss = -(log_p * y_pencil).sum()  # a single number

loss.backward(keep=True)  # keep what was on the way, to look at it
print("dz2:", z2.grad[0])
print("da1:", a1.grad[0])
print("dz1:", z1.grad[0])
print("dW1:", *W1.grad.round(6).tolist(), sep="\n   ")

# %% [markdown]
# The first line is $(\frac34, -\frac34)$, and the machine has never heard of $p - y$. Then come $\frac94$ and $-\frac32$, then $\frac{9}{16}$ and $-\frac{9}{32}$: this is your sheet, number for number. Before you look at its graph, say from the code: which value is used twice?
#
# <details><summary>The value that is used twice</summary>
#
# It is `z2`, once in `z2.exp()` and once in `z2 - log_total`. Every other name is used once.
#
# </details>
#
# In the picture, each layer's product and sum are drawn as one, and so are the steps from $\log p$ to the loss. The arrows point the way the values went, so blame runs against them.


# %% mystnb={"image": {"alt": "The pencil network as a graph of boxes from top to bottom, each with its value above a thin line and its blame below. z1 is 0 and log 3, blame 9/16 and minus 9/32. a1 is one half and three quarters, blame 9/4 and minus 3/2. z2 is 2 plus log 3 and 2, blame three quarters and minus three quarters. From z2 two arrows leave: one to e, the total and the log of the total on the right, where the blames of e and of the total are 1/total; and one straight down to log p. They meet at log p, whose blame is 0 and minus 1. Below it lies the loss, log 4, with blame 1. W1, b1, W2 and b2 stand at the left with arrows into z1 and z2."}} tags=["hide-input"]
def write(number):
    """A small fraction, or one plus a log, or 1/total, as text; otherwise three decimals."""
    if np.isclose(number * total.array, 1).all():
        return "1/total"
    logs = [
        (np.log(a), f"log {name}") for a, name in [(3, 3), (4, 4), (3 / 4, "3/4"), (1 / 4, "1/4")]
    ]
    for extra, name in [(0, ""), *logs]:
        fraction = Fraction(number - extra).limit_denominator(64)
        if abs(number - extra - fraction) < 1e-9 and (not name or fraction.denominator == 1):
            parts = [str(fraction)] if fraction or not name else []
            return " + ".join(parts + [name] * bool(name))
    return f"{number:.3f}"


def row(array):
    return ",  ".join(write(number) for number in np.ravel(array)).replace("-", "−")


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
    "$b_1$": (1.7, 9.5, b1),
    "$W_2$": (1.7, 7.6, W2),
    "$b_2$": (1.7, 5.7, b2),
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
    middle = y + 0.36 * ((len(text) - 1) / 2 - len(rows) - 0.5)  # between value and blame
    axis.plot([corner[0], corner[0] + width], [middle, middle], color="0.7", lw=0.8, zorder=4)
    for place, (words, colour) in enumerate(text):
        level = y + 0.36 * ((len(text) - 1) / 2 - place)
        axis.text(x, level, words, color=colour, ha="center", va="center", fontsize=12, zorder=4)
for start, end in pairs:  # each arrow from edge to edge
    ends = {"xy": boxes[end][:2], "xytext": boxes[start][:2]}
    style = {"arrowstyle": "-|>", "color": "0.5", "patchA": frames[start], "patchB": frames[end]}
    axis.annotate("", **ends, arrowprops=style | {"shrinkA": 0, "shrinkB": 1})
for x, y, blame in [(5.6, 5.3, log_p.grad), (8.5, 6.88, e.grad * e.array)]:
    axis.text(x, y, row(blame), color=plotting.COLOURS[1], ha="center", zorder=4)
axis.text(0.1, 3.4, "above the line: the value", color=plotting.COLOURS[0])
axis.text(0.1, 3.0, "below: its blame", color=plotting.COLOURS[1])
axis.text(0.1, 2.6, "beside an arrow: the blame", color=plotting.COLOURS[1])
axis.text(0.1, 2.2, "that is sent back along it", color=plotting.COLOURS[1])
axis.set(title="Which value is used twice, and what comes back?", xlim=(0, 10.4), ylim=(-0.7, 12.4))
axis.set_axis_off()
plt.show()

# %% [markdown]
# So even lesson 03's network uses a value twice: $z_2$ goes straight into $\log p$, and a second time by way of the total. Start at the loss, where $\log p$ gets the blame $-y$, and follow both paths up.
#
# - The straight path brings $z_2$ that same $-y$. In the picture it is $(0, -1)$.
# - The other path goes round by the total. Every $\log p_k$ subtracts log total, so each hands back its own blame with the sign reversed, which is $+y_k$. Log total was broadcast, one copy to each class, and therefore (exercise 11.2) it collects the sum of all the $y_k$, which is 1. The rule of log turns that 1 into $1 / \text{total}$ for the total, the rule of the sum passes the same on to each term $e^{z_{2k}}$, and the rule of exp multiplies by the term itself. What arrives at $z_{2k}$ is $e^{z_{2k}} / \text{total}$, and you know that number: it is $p_k$. In the picture, $(\frac34, \frac14)$.
#
# **The famous $p - y$ is the sum of two paths.** In lesson 02 you found its two halves with a pencil. Now you see that they are two paths through a graph: one says what the answer should have been, and the other what the network said.
#
# ### The bug, in a whole network
#
# **Predict.** Walk this graph with `adding=False`, so that whatever arrives at $z_2$ last replaces what was there. What will the two entries of $dz_2$ be?

# %%
guesses.ask("dz2 with the bug", None)

# %% tags=["answer"]
for adding in [True, False]:
    backward(loss, adding)
    print(f"adding={adding}: dz2 = {z2.grad[0]}")
guesses.compare("dz2 with the bug", f"{z2.grad[0, 0]:g} and {z2.grad[0, 1]:g}")

# %% [markdown]
# That is $p$, and nothing else. The two paths part at $\log p$, and the one that goes round by the total arrives last and overwrites the $-y$. So the network hears what it said and never what is true. The label has dropped out altogether: all that $y$ sent round by the total was the sum of its entries, which is 1 whatever the digit. Nothing fails, and yet no label can teach this network anything.
#
# ## Two networks for free
#
# **A good place to stop.** You have the whole idea now: values that remember, a rule for each operation, an order, a loop that adds.
#
# From one network to another only the forward pass changes, so the library's `autodiff.TapeModel` asks for that alone, up to the logits. The folded cell has two: lesson 03's, and that of a deeper network from lesson 07, with $\max(u, 0)$ in place of the sigmoid.


# %% tags=["hide-input"]
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
# Now put your own rules into the engine. Where you haven't written one yet, the library's own stands in.

# %%
exercises.keep(my_divide_backward, my_unbroadcast, my_topological_order)

# %% [markdown]
# Start each network at random, and give it 50 images. Does the engine arrive at the gradients that were derived by hand?

# %% tags=["hide-input"]
fifty_images = mnist.train_images[:50]
fifty_targets = data.one_hot(mnist.train_labels[:50])
rng = np.random.default_rng(seed=5)
sizes = [784, 128, 128, 128, 128, 128, 10]
cases = {
    "lesson 03": (lesson_03, network, network.initialise(rng)),
    "lesson 07": (lesson_07, deep.MLP("relu"), deep.initialise(rng, sizes)),
}


def compare_with_hand(name, forward, by_hand, start):
    x = by_hand.prepare(fifty_images)
    _, by_tape = autodiff.TapeModel(forward, by_hand.prepare).gradients(start, x, fifty_targets)
    _, derived = by_hand.gradients(start, x, fifty_targets)
    largest = max(relative_error(*pair) for pair in zip(by_tape, derived, strict=True))
    print(f"{name}: all gradients agree to 1e-12:", largest < 1e-12)


for name, case in cases.items():
    compare_with_hand(name, *case)

# %% [markdown]
# Both agree, up to rounding. Where your functions were kept, they undid the broadcasts, found the order, and led the blame back through the only quotient, which makes the loss a mean.
#
# ## The formula that you wrote
#
# So will nobody ever have to derive anything again? The table has a rule of its own for the sigmoid, although the machine could make do with those for exp, the sum and the quotient, since $\sigma(u) = 1 / (1 + e^{-u})$.
#
# **Predict.** Leave it to the machine, at $u = -800$, where the sigmoid has long been level at 0. What slope will it find?

# %%
guesses.ask("slope at -800", None)

# %% tags=["answer"]
with np.errstate(over="ignore", invalid="ignore"):
    u = autodiff.Value([-2.0, -800.0])
    z = 1 / (1 + (-u).exp())
    z.sum().backward()
slopes = u.grad
print("values:", z.array.round(6))
print("slopes:", slopes.round(6))
u.sigmoid().sum().backward()
print("by its own rule:", u.grad.round(6))
guesses.compare("slope at -800", str(slopes[1]))

# %% [markdown]
# The value is right, and the slope is not a number, `nan` for short. In the forward pass $e^{800}$ became infinity, which did no harm, since 1 over infinity is 0. On the way back the quotient divides by that infinity, so the denominator's blame is 0, and the sum hands this 0 on to $e^{800}$. The rule of exp then multiplies it by $e^{800}$ itself, and 0 times infinity is no number at all. Here again is the overflow of [lesson 02](02_sigmoid_softmax.ipynb), the one that killed a network in [lesson 06](06_autopsy.ipynb).
#
# **A machine differentiates the formula that you wrote, not the function that you meant.** It spares you the derivation, but not the thinking.

# %% [markdown]
# ## Why backwards?
#
# What do we gain by beginning at the loss? The smallest case is $z = u \odot w$ with two entries each. The table of $u$'s slopes, with a row for each output and a column for each input, is called the **Jacobian**. A nudge of $u_0$ moves only $z_0$, so half of the table is 0. Multiply it by the row $dz$ from the left, and your rule comes out:
#
# $$\begin{pmatrix} dz_0 & dz_1 \end{pmatrix} \begin{pmatrix} w_0 & 0 \\ 0 & w_1 \end{pmatrix} = \begin{pmatrix} dz_0\, w_0 & dz_1\, w_1 \end{pmatrix} = dz \odot w .$$
#
# That is why a rule is called a **vector-Jacobian product**: it returns a row times a table *without ever writing the table down*. With a thousand entries the table would hold a million numbers, and `dz * w` takes a thousand multiplications.
#
# By the chain rule, a network's gradient is the product of its operations' tables. (Where blame takes two paths, such products add up.) You may multiply from either end: the result is the same, but the work is not. A table of a thousand rows and columns times another takes a billion multiplications, whereas a row times a table takes a million, and is a row again. There is only one loss, so at its end stands a single row. So **going backwards, every move is one rule, and one walk brings everything its blame**.
#
# At the other end stand the parameters, a hundred thousand of them, and no single row to begin with. You can still begin there, with one parameter at a time: nudge it, and carry along beside each value its **slope**, that is, how fast the value grows as the parameter does. This is **forward mode**. It needs no tape, but it needs a run for each parameter. Try it with your pencil on $L = u\,w + w$, where $u = 3$ and $w = 2$.
#
# <details><summary>Two runs forwards</summary>
#
# Move only $u$: the product grows twice as fast as $u$, $w$ stays put, and so the slope of $L$ is 2, which is $du$. For $dw$ you have to start again: the product grows three times as fast as $w$, and $w$ itself once, which makes 4.
#
# </details>

# %% [markdown]
# ## What it costs
#
# In lesson 03 you counted that the loss and its whole gradient take about two forward passes, however many units its hidden layer has. But that backward pass was written by hand, whereas the tape has books to keep: it makes a `Value` for each operation, and puts them all in order before it walks. A study (`studies/tape_cost.py`) compares the two, in lesson 03's network and in one with 4,096 hidden units, both on 128 images, and in one with a single unit and a single image.
#
# **Predict.** Suppose the loss alone took one second; by hand, loss and gradient take about two. How many would they take *by the tape*, with lesson 03's 128 hidden units? And with the single unit?

# %%
guesses.ask("seconds by the tape, with 128 units and with 1", None)

# %% tags=["answer", "hide-input"]
study = studies.read("tape_cost")
_, _, counted = studies.again("tape_cost")
measured = {row["settings"]["measure"]: row["results"] for row in study["rows"]}


def time_ratios(name, who):
    return np.divide(measured["time"][name][who], measured["time"][name]["loss"])


print("loss and gradient together, if the loss alone takes 1 (least to most of five)")
print("             multiplications         time by hand         time by the tape")
medians = []
for name in ["128 units", "1 unit", "4,096 units"]:
    line = f"{name:12} {counted[name]['gradient'] / counted[name]['loss']:15.1f}"
    for who in ["hand", "tape"]:
        ratios = time_ratios(name, who)
        line += f"{np.median(ratios):10.1f} ({ratios.min():.1f} to {ratios.max():.1f})"
    print(line)
    medians.append(f"{np.median(ratios):.1f}")
by_hand, by_tape = (np.median(measured["time"]["1 unit"][who]) for who in ["hand", "tape"])
print(f"what the tape adds, with 1 unit: {by_tape - by_hand:.1f} thousandths of a second")
memory = measured["memory"]["4,096 units"]
arrays = (memory["tape"] - memory["hand"]) * 1e6 / (128 * 4096 * 8)  # a number takes 8 bytes
print(f"memory it adds, with 4,096 units: {arrays:.1f} arrays of shape (128, 4096)")
guesses.compare("seconds by the tape, with 128 units and with 1", " and ".join(medians[:2]))

# %% [markdown]
# The books are kept for each *operation*, and not for each number. A matrix product is one `Value` with two rules, whether it costs a hundred thousand multiplications for each image or three million. So with a single unit, where next to nothing is multiplied, the books are most of what there is: they make the tape several times as slow, and yet they take only 0.2 thousandths of a second. With 4,096 units you can't make them out.
#
# What the tape does cost is *memory*. By hand you keep one array of the hidden layer, its activations; the tape keeps every value for the way back, and all it adds is two more, the product $XW_1$ and its sum with $b_1$.

# %% [markdown]
# ## The same in PyTorch
#
# Now you can read the line that we began with. First our tape:


# %%
def tape_gradients(parameters, x, y):
    W1, b1, W2, b2 = (autodiff.Value(u) for u in parameters)
    a1 = (x @ W1 + b1).sigmoid()
    z2 = a1 @ W2 + b2
    loss = autodiff.cross_entropy(z2, y)
    loss.backward()
    return loss.array.item(), [W.grad for W in (W1, b1, W2, b2)]


# %% [markdown]
# And the same in [PyTorch](https://pytorch.org) ([Paszke and others 2019](https://arxiv.org/abs/1912.01703)):
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
# `requires_grad=True` tells a tensor, their `Value`, to remember. A study ran this very code on a computer with PyTorch, on the first batch of lesson 04's training.

# %% tags=["hide-input"]
study = studies.read("tape_torch")
theirs = next(row for row in study["rows"] if row["settings"]["who"] == "PyTorch")["results"]
train_set, _ = data.split(*mnist[:2], rng=np.random.default_rng(seed=4))
first = minibatches(50_000, 128, rng=np.random.default_rng(seed=8))[0]
images, labels = train_set[0][first], train_set[1][first]
start = network.initialise(np.random.default_rng(seed=6))
x, y = network.prepare(images), data.one_hot(labels)
loss, by_tape = tape_gradients(start, x, y)
_, derived = network.gradients(start, x, y)
largest = max(relative_error(*pair) for pair in zip(by_tape, derived, strict=True))
print(f"the loss by our tape: {loss:.6f}")
print(f"the loss by PyTorch:  {theirs['losses'][0]:.6f}")
print("our tape's gradients match those by hand, to 1e-12:", largest < 1e-12)
print("PyTorch's gradients match those by hand, to 1e-12: ", theirs["gradients agree"])

# %% [markdown]
# Both match what you derived by hand. Our loop starts every walk from 0, whereas PyTorch's [*adds*](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html) to whatever `grad` still holds from the walk before, which is why a training loop there calls `zero_grad()` each time.
#
# <small>[Karpathy 2020](https://github.com/karpathy/micrograd) builds the same engine for single numbers, and [Baydin and others 2018](https://jmlr.org/papers/v18/17-468.html) tell the history of the idea.</small>

# %% [markdown]
# ## Optional: entries that are taken twice
#
# Lesson 10's network lays a *kernel*, a small table of weights, on each patch of 5 × 5 pixels. So patches have to be *taken* out of an array by an index, and since they overlap, one entry lies in many of them. That entry's blame is, once more, a sum.
#
# ### Exercise 11.4: entries that are taken twice (stretch, 6 minutes)
#
# Let `z = u[index]`, where `u` is a row of `size` entries and `index` is an array of whole numbers, of any shape. Pencil first: `size` is 3, `index` is `[2, 0, 2]`, and `dz` is `[1, 5, 10]`. What is `du`? Then run the obvious line, `du[index] += dz`, on these numbers, and compare its answer with yours.
#
# <details><summary>The pencil's numbers</summary>
#
# Entry 0 gets 5, entry 1 was never taken and gets 0, and entry 2 gets $1 + 10$: `[5, 0, 11]`.
#
# </details>


# %%
def my_take_backward(dz, index, size):
    """Return du, shape (size,), for z = u[index]."""
    ...


exercises.check(my_take_backward)

# %%
exercises.folded(my_take_backward)

# %% [markdown]
# When an index names an entry twice, NumPy's `+=` adds to it [only once](https://numpy.org/doc/stable/reference/generated/numpy.ufunc.at.html). It is the assignment bug again, and nothing fails. With your rule in its place, lesson 10's network runs on the tape. Its forward pass is folded, and does nothing new: rearranging an array only rearranges its blame, and where the largest of four is kept, the largest gets all of it.


# %% tags=["hide-input"]
def kernels(x, W, b, side=5):  # the shapes are those of the first layer
    n, rows, columns, channels = x.shape
    down, right = np.divmod(np.arange(side * side), side)  # the places within a patch
    top, left = np.arange(rows - side + 1), np.arange(columns - side + 1)
    patches = x[:, top[:, None, None] + down, left[None, :, None] + right]  # (n, 24, 24, 25, 1)
    z = patches.reshape(-1, side * side * channels) @ W + b  # (n * 24 * 24, 8)
    squares = z.reshape(n, len(top) // 2, 2, len(left) // 2, 2, b.shape[0])  # (n, 12, 2, 12, 2, 8)
    largest = squares.max(axis=(2, 4))  # (n, 12, 1, 12, 1, 8): of each square of four
    return largest.reshape(n, len(top) // 2, len(left) // 2, b.shape[0]).relu()


def lesson_10(parameters, x):
    W1, b1, W2, b2, W3, b3 = parameters
    a = kernels(kernels(x.transpose(3, 1, 2, 0), W1, b1), W2, b2)  # images first
    return a.reshape(x.shape[-1], -1) @ W3 + b3


# %%
exercises.keep(my_take_backward)

# %% tags=["hide-input"]
compare_with_hand("lesson 10", lesson_10, convolution.Convolutional(), convolution.initialise(rng))
print("time, if the loss by hand takes 1")
for words, who in [
    ("loss alone, by tape", "loss by tape"),
    ("loss and gradient, by hand", "hand"),
    ("loss and gradient, by tape", "tape"),
]:
    ratios = time_ratios("lesson 10", who)
    print(f"{words:26}{np.median(ratios):6.1f} ({ratios.min():.1f} to {ratios.max():.1f})")

# %% [markdown]
# In lesson 10 three exercises lead to this gradient, and here it took the forward pass and one rule. The convenience has its price, though, and you start paying on the way forward: lesson 10's code was arranged by hand for speed, whereas the tape runs the formula just as it was written.

# %% [markdown]
# ## Optional: several steps in one
#
# Where one rule replaces several steps, as the sigmoid's does, the tape has less to keep and fewer places to overflow.
#
# ### Exercise 11.5: one rule for many steps (stretch, 15 minutes)
#
# *RMSNorm* ([Zhang and Sennrich 2019](https://arxiv.org/abs/1910.07467)) keeps the sums $Z$ of a layer at a constant size. Apart from a constant factor and a learnt gain for each unit, it divides each row $u$ of them by its own length:
#
# $$z = \frac{u}{\text{length}}, \qquad \text{length} = \sqrt{\textstyle\sum_j u_j^2} .$$
#
# The tape could do that in four steps: square, sum, root, quotient. Derive a single rule to replace them. First draw the graph and count the paths from $u$ to $z$. Then use the pencil: $u = (3, 4)$ and $dz = (5, 0)$.
#
# <details><summary>The pencil's numbers</summary>
#
# There are two paths: straight into the quotient, and by way of the length, which is 5. The straight path brings $dz / 5 = (1, 0)$. The quotient hands the length $-\sum_j dz_j u_j / 5^2 = -\frac{15}{25}$, and the length hands $u_j / 5$ times that to each entry: $(-\frac{9}{25}, -\frac{12}{25})$. Together that is $(\frac{16}{25}, -\frac{12}{25})$, at right angles to $u$, as it must be: making $u$ longer changes nothing in $z$.
#
# </details>


# %%
def my_unit_rows_backward(dz, u):
    """Return du, shape (n, units), where each row of z is the row of u divided by its length."""
    ...


exercises.check(my_unit_rows_backward)

# %%
exercises.folded(my_unit_rows_backward)

# %% [markdown]
# ## Recap
#
# What you derived by hand, a computer works out by remembering: each value knows its parents and a rule for each, and a loop walks back through them. Parts of that engine are now yours. What it can't do is know what you meant: it differentiates an unstable formula as readily as a stable one.
#
# - A rule is a vector-Jacobian product, whose Jacobian is never built.
# - A value hands its blame on only when all of it has arrived: topological order.
# - Blame is added up: where a value is used twice, and where it was broadcast.
# - Backwards, one walk brings the whole gradient, because there is only one loss.
# - The tape keeps its books for each operation, not for each number, and it pays in memory.
#
# ## Questions to ask yourself
#
# 1. In which of these would you see the assignment bug: $u + u$, $u \cdot w$, $XW + b$?
#
#    <details><summary>Answer</summary>
#
#    Only in $u + u$, where $u$ would get 1 instead of 2. In $u \cdot w$ and in $XW + b$ everything is used once. The copies of $b$ are summed when the broadcast is undone, before the loop adds or assigns.
#
#    </details>
#
# 2. Why does the sigmoid's rule need only the sigmoid's value, and what does that save?
#
#    <details><summary>Answer</summary>
#
#    The slope is $z(1 - z)$. The value has to be kept anyway, for whatever comes after it, so its input need not be kept for the sigmoid's sake. Our tape keeps it all the same.
#
#    </details>
#
# 3. Training keeps every activation until the way back. How could you train a network whose activations don't fit into memory?
#
#    <details><summary>Answer</summary>
#
#    Keep only some layers, and compute the others again from these on the way back: more time for less memory. The field calls it checkpointing ([Griewank and Walther 2008](https://doi.org/10.1137/1.9780898717761)). Or take smaller batches and add up their gradients.
#
#    </details>
#
# 4. Could the tape differentiate *accuracy*?
#
#    <details><summary>Answer</summary>
#
#    Not ours, which has no rule for *which* logit is the largest. If you wrote one, nearly every blame would be 0, since accuracy moves in jumps and is level between them. The machine would be right, and nothing would be learnt.
#
#    </details>
#
# ## Next
#
# The course began with a network whose answer to an image depended, by accident, on the image's company. [Lesson 12](12_in_good_company.ipynb) builds one that looks at the company on purpose. And if you would rather face an empty page now, [lesson 13](13_from_an_empty_page.ipynb) has one.
