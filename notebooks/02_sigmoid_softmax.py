# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 Sigmoid and softmax
#
# A network ends in ten numbers. How do they become ten probabilities, and how does the network learn from those? The softmax turns all ten at once. You begin with its small sister, the sigmoid, which turns one number at a time. Both are one line long, and both have traps.
#
# **You will** derive how steep both functions are, with a pencil, and check every formula by measurement. You write both in NumPy, break them with large numbers, and mend them.
#
# **You will be able to**
#
# - derive the slope of the sigmoid, all slopes of the softmax, and how the loss depends on each score;
# - measure a slope, with a nudge that is neither too large nor too small;
# - write both functions so that no exponential overflows;
# - tell whether a softmax runs over the right axis.
#
# **You need** [lesson 01](01_loading.ipynb) for the shapes, and from school the derivatives of $e^x$ and $\log x$ and the rules for products, quotients and chains.
#
# **Time** 60 minutes to read, 20 more for the pencil and 46 for the exercises; the computer works about 5 s and uses 240 MB

# %% [markdown]
# ## Before you start
#
# On paper first:
#
# 1. You scale a batch of 128 images. What shape has $X$, and what is in one row? What does the row of $Y$ for a 3 look like?
#
#    <details><summary>Answer</summary>
#
#    (128, 784). One row is one image, flattened, with every entry in $[0, 1]$. The row of $Y$ is 0 everywhere but at place 3, where it is 1.
#
#    </details>
#
# 2. Somebody's new reader of digits gets four of five validation images right. What do you say?
#
#    <details><summary>Answer</summary>
#
#    That ten averages get more: the nearest mean of [lesson 01](01_loading.ipynb) reads 81.36 % of them.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, pictures
from mnistlib import data, functions, gradcheck, network, original, plotting, training

plotting.use_style()

# %% [markdown]
# ## A wrong answer
#
# Here is a network like the one of [lesson 00](00_first_look.ipynb), stopped after a hundred steps. Today we want its mistake.

# %%
mnist = data.load()
train_set, validation_set = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
rng = np.random.default_rng(seed=0)
batches = training.minibatches(50_000, rng=rng)[:100]
start = network.initialise(rng)
parameters, _ = training.train(network, start, train_set, batches, learning_rate=0.5)

# %% mystnb={"image": {"alt": "A network at work on a handwritten six: the image, eight of 128 hidden units filled by their response, and ten classes with bars. The longest bar, 0.49, is at the 0; the 6 has 0.29, the 2 has 0.11."}} tags=["hide-input"]
image, label = validation_set[0][113], validation_set[1][113]
seen = network.forward(parameters, data.scale(image[None]))
z_image, y_image = seen.z2[0], data.one_hot([label])[0]
plotting.network(
    image, seen.a1[0], functions.softmax(z_image), title="You read a 6. The network says 0"
)
plt.show()

# %% [markdown]
# The pixels go into 128 **units**. A unit multiplies each pixel by a **weight** of its own, adds up, and adds one more number, its **bias**. The sigmoid turns this sum into a response between 0 and 1, by which its circle in the picture is shaded.
#
# From the responses ten more sums are made in the same way, one for each class. They are called **logits**; we also say scores. The softmax turns the ten scores into ten probabilities, the bars. They shade the circles of the classes.

# %% tags=["hide-input"]
print("class  score   probability  target")
for k in range(10):
    print(f"{k:5}  {z_image[k]:5.2f}   {functions.softmax(z_image)[k]:11.4f}  {y_image[k]:6.0f}")

# %% [markdown]
# To learn is to move numbers. If you could move the ten scores, which way would you move each, and how strongly? **Write ten numbers on paper**, positive for up. At the end you will have derived the network's own answer.
#
# One number must say how wrong an answer is: the **loss** $L$. Write $\partial L / \partial z_k$ for its derivative when only the score $z_k$ moves. An array has one such derivative for each entry; together they are the **gradient**, in the array's shape.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $n$ | `n` | | examples in the batch |
# | $z$, batch $Z$ | `z` | (10,), batch (n, 10) | a unit's sum, or the scores of the classes |
# | $a$, batch $A$ | `a` | as `z` | a unit's response, called its **activation** |
# | $p$, batch $P$ | `p` | as `z` | probabilities |
# | $y$, batch $Y$ | `y` | as `z` | one-hot targets |
# | $L$ | `loss` | | the number that training makes small |
# | $\partial L / \partial z$, short $dz$ | `dz` | as `z` | `d` + name is the loss's gradient with respect to that array |
#
# In formulas a lower-case letter is one row, or one entry of it. A capital, as in $Z$, $P$ and $Y$, is the whole batch, whose rows are examples; in code lower-case names hold the whole batch, too. The index $i$ counts examples, $k$ and $l$ count classes. "The gradient by $z$" is short for "the gradient with respect to $z$". $\log$ is the natural logarithm, `np.log`.
#
# ## From any number to between 0 and 1
#
# A unit's sum may be any number. Its response should lie between 0, silent, and 1, fully on. The **sigmoid** provides that:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} .$$
#
# Verhulst published it in 1838, for populations that cannot grow for ever ([Cramer 2002](https://doi.org/10.2139/ssrn.360300)). Before you look: what is $\sigma(0)$? What happens far to the right, and far to the left?


# %%
def naive_sigmoid(z):
    return 1 / (1 + np.exp(-z))


for number in [-6.0, -2.0, 0.0, 2.0, 6.0]:
    print(f"sigmoid({number:4.0f}) = {naive_sigmoid(number):.6f}")

# %% [markdown]
# Far to the right $e^{-z}$ vanishes, which leaves 1. Far to the left $e^{-z}$ grows without bound, and the value sinks to 0. The values at $-2$ and $2$ add up to 1, and that is no accident:
#
# $$
# \begin{aligned}
# 1 - \sigma(z) &= \frac{1 + e^{-z} - 1}{1 + e^{-z}} = \frac{e^{-z}}{1 + e^{-z}} \\
# &= \frac{1}{e^{z} + 1} = \sigma(-z).
# \end{aligned}
# $$
#
# The second line multiplies above and below by $e^z$.
#
# ## The slope of the sigmoid
#
# Learning asks: *if I nudge this number, how much does the answer move?* That is a slope. Use the chain rule, outside first. The slope of "one over something" is minus one over its square. The something, $1 + e^{-z}$, has the slope $-e^{-z}$. The two minus signs cancel:
#
# $$
# \begin{aligned}
# \sigma'(z) &= \frac{e^{-z}}{(1 + e^{-z})^2} \\
# &= \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} \\
# &= \sigma(z)\,(1 - \sigma(z)).
# \end{aligned}
# $$
#
# The second fraction is the $1 - \sigma(z)$ that you have just seen. So the slope follows from the activation $a = \sigma(z)$ alone: $\sigma'(z) = a (1 - a)$.


# %%
def slope_from_value(a):
    return a * (1 - a)


z_line = np.linspace(-8, 8, 401)
a_line = naive_sigmoid(z_line)
slope_line = slope_from_value(a_line)
print(f"steepest at z = {z_line[slope_line.argmax()]:.0f}, with slope {slope_line.max()}")
print(f"at z = 5 the slope is {slope_from_value(naive_sigmoid(5.0)):.4f}")

# %% [markdown]
# Complete the square: $a(1 - a) = \frac14 - (a - \frac12)^2$. So the slope is at most one quarter, where $a = \frac12$, at $z = 0$.

# %% mystnb={"image": {"alt": "The sigmoid rises from 0 to 1 as an S through one half at z = 0; its slope, drawn below it, is a bell with its top of one quarter at z = 0 that has all but vanished beyond plus and minus 5. The regions beyond 5 are shaded and marked saturated."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 3.9))
for left, right in [(-8, -5), (5, 8)]:
    axis.axvspan(left, right, color="0.92")
    axis.text((left + right) / 2, 0.5, "satu-\nrated", ha="center", color="0.3")
plotting.curves(
    z_line,
    {"sigmoid": a_line, "its slope": slope_line},
    axis=axis,
    title="Where it saturates, the slope is nearly 0:\na nudge hardly shows",
    xlabel="z",
    ylabel="value",
)
plt.show()

# %% [markdown]
# A unit whose sum lies in the flat parts is **saturated**: nudge the sum, and its response hardly moves. So learning hardly reaches it. At 5 the slope is already less than a thirtieth of its best.
#
# ## A formula is a claim
#
# You derived the slope by hand. Is it right? Measure it. Take any function $f$ and a point $u$. Nudge the point by a small $h$ both ways, and divide the rise by the run. This is the **central difference**:
#
# $$f'(u) \approx \frac{f(u + h) - f(u - h)}{2h} .$$
#
# ### Exercise 2.1: measure a slope (warm-up, 3 minutes)
#
# `f` takes a number and returns one, and so does yours: the slope of `f` at the number `u`. By pencil first: what does the formula give for $f(u) = u^2$ at $u = 3$ with $h = 1$?


# %%
def my_central_difference(f, u, h):
    """Slope of f at the number u, measured by nudging u by h both ways."""
    ...


exercises.check(my_central_difference)

# %%
exercises.folded(my_central_difference)


# %% [markdown]
# Now the sigmoid, at all 401 points of the picture. We keep the largest error.


# %%
def worst_error(h):
    measured = (naive_sigmoid(z_line + h) - naive_sigmoid(z_line - h)) / (2 * h)
    return np.abs(measured - slope_line).max()


print("h = 1e-5: error below 1e-9:", worst_error(1e-5) < 1e-9)

# %% [markdown]
# Why $h = 10^{-5}$, when "as small as possible" sounds better? Sketch the error against $h$ as you expect it, then look. Both axes are logarithmic, so a power of $h$ is a straight line.

# %% mystnb={"image": {"alt": "Log-log plot of the largest error of the sigmoid's measured slope against the nudge h: circles in the shape of a V. From the right the error falls a hundredfold for each tenfold smaller nudge, down to about 1e-11 near h = 1e-5, and then rises tenfold for each tenfold smaller nudge. A dashed line, h squared over 48, follows the right arm, and a dotted one, 1e-16 over h, the left arm."}} tags=["hide-input"]
nudges = np.logspace(-14, 0, 57)
figure, axis = plt.subplots(figsize=(5.2, 4.4))
axis.loglog(nudges, [worst_error(h) for h in nudges], "o", markersize=4, label="measured")
arms = {
    r"formula, $h^2 / 48$": (nudges[32:], nudges[32:] ** 2 / 48, "--"),
    r"rounding, $\sim 10^{-16} / h$": (nudges[:44], 1e-16 / nudges[:44], ":"),
}
for name, (where, arm, style) in arms.items():
    axis.loglog(where, arm, style, color="black", linewidth=1.2, label=name)
axis.set(
    title="The sigmoid's measured slope: smaller\nnudges are better, until they are not",
    xlabel="nudge h",
    ylabel="largest error",
    xticks=[1e-12, 1e-9, 1e-6, 1e-3, 1],
    ylim=(1e-13, 1),
)
axis.legend(loc="upper center")
plt.show()

# %% [markdown]
# A V, since there are two enemies. On the right it is the formula itself: the line through two points of a curve is not yet its tangent. On the left it is rounding ([Goldberg 1991](https://doi.org/10.1145/103162.103163)). A float64 holds about 16 digits, so the rise is wrong by about $10^{-16}$, and dividing by a tiny run makes that large. The two cross near $h = 10^{-5}$, which we use from here on.
#
# <details><summary>Why are the arms so steep, and why 48?</summary>
#
# The rise is divided by $2h$, so rounding makes an error of about $10^{-16} / h$. That is ten times as much for a tenth of the nudge.
#
# For the other arm, Taylor's formula tells what we lose by a nudge that is not zero:
#
# $$
# \begin{aligned}
# f(u \pm h) = f(u) &\pm h f'(u) + \frac{h^2}{2} f''(u) \\
# &\pm \frac{h^3}{6} f'''(u) + \dots
# \end{aligned}
# $$
#
# Subtract the two: the even powers cancel, the odd ones double. Divide by $2h$. What remains beside $f'(u)$ is an error of about $\frac{h^2}{6} f'''(u)$. The sigmoid's third derivative is at most an eighth in size. To see that, differentiate $\sigma' = a(1 - a)$ by the product rule, where $a$ has the slope $\sigma'$ and $1 - a$ has $-\sigma'$: it gives $\sigma'' = \sigma' (1 - 2a)$. Once more: $1 - 2a$ has the slope $-2\sigma'$, and $(1 - 2a)^2 = 1 - 4\sigma'$. So
#
# $$
# \begin{aligned}
# \sigma''' &= \sigma'' (1 - 2a) - 2\, \sigma'^{\,2} \\
# &= \sigma' (1 - 4 \sigma') - 2\, \sigma'^{\,2} = \sigma' (1 - 6 \sigma') .
# \end{aligned}
# $$
#
# As $\sigma'$ goes from 0 to $\frac14$, this rises to $\frac1{24}$ and falls to $-\frac18$. An eighth of $\frac{h^2}{6}$ is $\frac{h^2}{48}$.
#
# </details>
#
# Other functions have their V, too. Move the nudge, and watch both errors.

# %% mystnb={"image": {"alt": "A still of the picture of nudges: the error of a measured slope against the nudge, both on logarithmic axes. Nudged both ways it falls twice as steeply as nudged upwards only; both rise again towards the smallest nudges."}}
pictures.nudge()

# %% [markdown]
# An error says little unless we know how large the slopes are. So divide by their size. Double bars mean the length of an array: the root of the sum of its squares. The **relative error** is
#
# $$\frac{\lVert \text{given} - \text{measured} \rVert}{\max(\lVert \text{given} \rVert, \lVert \text{measured} \rVert)} .$$
#
# We call a gradient right when its relative error is below $10^{-7}$, a limit from the [notes of CS231n](https://cs231n.github.io/neural-networks-3/).
#
# `gradcheck.check_gradient` nudges every entry of an array in turn. The function must give *one* number: here the sum of eight sigmoids. Its derivative by one entry is the sigmoid's slope at that entry. Does the check notice if a factor is forgotten?

# %%
z_random = np.random.default_rng(seed=2).normal(size=8)
a_random = naive_sigmoid(z_random)


def sum_of_sigmoids(u):
    return naive_sigmoid(u).sum()


print(gradcheck.check_gradient(sum_of_sigmoids, z_random, a_random * (1 - a_random)))
print(gradcheck.check_gradient(sum_of_sigmoids, z_random, a_random))

# %% [markdown]
# A check that you have not seen fail is a hope.
#
# ## A stable sigmoid
#
# The largest float is finite: $e^z$ overflows when $z$ is above its logarithm.

# %%
for dtype in (np.float64, np.float32):
    print(f"{np.dtype(dtype).name}: exp overflows above {np.log(np.finfo(dtype).max):.2f}")

# %% [markdown]
# Beyond that the result is `inf`. Take $z = -1000$. The sigmoid there is too small for any float, so 0 is the right answer, for the value and for the slope. What will the formulas make of it as they stand, $1 / (1 + e^{-z})$ and $e^{-z} / (1 + e^{-z})^2$? Write down both guesses.


# %%
def naive_slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


far = np.array([-1000.0])
with np.errstate(all="ignore"):  # or NumPy would warn
    print("value:", naive_sigmoid(far), "  slope:", naive_slope(far))

# %% [markdown]
# The value survives: $1 / (1 + \infty) = 0$. The slope does not: $\infty / \infty$ has no value, so the computer says `nan`, *not a number*. Every sum and product with a `nan` is `nan`.
#
# The trouble goes away if no exponential ever gets a positive argument. For $z \ge 0$ the formula is fine as it is. For $z < 0$, multiply above and below by $e^{z}$:
#
# $$
# \sigma(z) = \begin{cases} \dfrac{1}{1 + e^{-z}} & \text{if } z \ge 0, \\[2ex] \dfrac{e^{z}}{e^{z} + 1} & \text{if } z < 0. \end{cases}
# $$
#
# ### Exercise 2.2: a stable sigmoid (core, 5 minutes)
#
# Write it for arrays. It must not warn for any number. At $z = -40$ or $z = -720$ it must still give the tiny number that is right there, not 0. Mind that `np.where` computes both of its cases for every number. Can you find one formula for both? Both denominators are the same if you write them with $|z|$.


# %%
def my_sigmoid(z):
    """Sigmoid of every number in the array z, of any shape, without overflow."""
    ...


exercises.check(my_sigmoid)

# %%
exercises.folded(my_sigmoid)

# %% [markdown]
# <details><summary>Both cases in one formula</summary>
#
# The denominator is $1 + e^{-|z|}$ in both, and the numerator is $e^{\min(z, 0)}$, which is 1 where $z \ge 0$.
#
# $$\sigma(z) = \frac{e^{\min(z, 0)}}{1 + e^{-|z|}} .$$
#
# </details>
#
# The library's sigmoid, far out on both sides:

# %%
with np.errstate(over="raise", invalid="raise"):  # an overflow would stop the cell
    print(functions.sigmoid([-1000.0, -1, 0, 1, 1000]).round(4))

# %% [markdown]
# For the slope, $a(1 - a)$ needs no exponential at all, so it cannot overflow.
#
# <details><summary>Are you sure? Far to the right, a is rounded to 1</summary>
#
# Yes, and then $1 - a$ has lost its digits. At $z = 30$ the slope $a(1 - a)$ is off by one part in a thousand, at 36 by four in a hundred, and from 37 on it is 0. From there the true slope is below $10^{-15}$, which moves nothing. `functions.sigmoid_derivative` keeps its digits.
#
# </details>
#
# ## From scores to probabilities
#
# Ten scores, each any number, are to become probabilities. None may be negative, they must sum to 1, and the largest score must get the largest probability. Exponentials are positive and keep the order. Dividing by their sum does the rest:
#
# $$p_k = \frac{e^{z_k}}{\sum_l e^{z_l}} .$$
#
# This is the **softmax**, so named by [Bridle 1990](https://doi.org/10.1007/978-3-642-76153-9_28).
#
# <details><summary>Who had it before?</summary>
#
# Physics has known the form since Boltzmann 1868 and [Gibbs 1902](https://archive.org/details/elementaryprinci00gibbrich).
#
# </details>


# %%
def naive_softmax(z):
    e = np.exp(z)
    return e / e.sum()


z_three = np.array([1.0, 2.0, 4.0])
p_three = naive_softmax(z_three)
print(p_three.round(4), f" sum {p_three.sum():.4f}")

# %% [markdown]
# Divide two probabilities, and the sum cancels: $p_k / p_l = e^{z_k - z_l}$. This quotient is called the **odds** of $k$ against $l$. So only *differences* of scores count, and one point more multiplies the odds by $e$.
#
# What happens if you add the same amount to every score? And if you double them all? Decide before you run it. Then try a factor of 10, of 0, of $-1$.

# %%
more, times = 100, 2  # change these
print("added:      ", naive_softmax(z_three + more).round(4))
print("multiplied: ", naive_softmax(times * z_three).round(4))

# %% [markdown]
# <details><summary>What other numbers give</summary>
#
# Doubling squares all the odds. A factor of 10 leaves one winner, 0 makes all equal, and $-1$ turns the order round. Adding changes nothing, until an exponential overflows, from 706 on. Far below, from about $-710$ down, the exponentials lose their digits one by one, and at $-750$ all of them are 0: then $0/0$ makes every probability `nan`.
#
# </details>
#
# Adding changes nothing, and here is why:
#
# $$\frac{e^{z_k + \text{shift}}}{\sum_l e^{z_l + \text{shift}}} = \frac{e^{\text{shift}}\, e^{z_k}}{e^{\text{shift}} \sum_l e^{z_l}} = p_k .$$
#
# That is about to save us. With a score of 1000, $e^{1000}$ overflows, and the class that should have won gets `nan`. But we may shift every score by the same amount. Take $-\max_l z_l$: then no exponent is positive, and no exponential overflows. One exponent is 0, so the sum contains a 1 and cannot be zero.

# %%
z_high = np.array([0.0, 1000.0, 998.0])
with np.errstate(over="ignore", invalid="ignore"):  # both warnings of the first line
    print("as it stands:", naive_softmax(z_high))
print("shifted:     ", naive_softmax(z_high - z_high.max()).round(4))

# %% [markdown]
# ## Which axis?
#
# A network answers for many examples at once. Rows are examples: `z` has shape $(n, 10)$, and each *row* gets a softmax of its own. In NumPy an operation along a row runs over the *last* axis. `keepdims=True` keeps the result as a column, so that each row can be divided by its own sum.
#
# ### Exercise 2.3: softmax by rows (core, 8 minutes)
#
# For any number of rows, any scores. Each row has its own maximum and its own sum.


# %%
def my_softmax(z):
    """Probabilities of shape (n, classes) for logits of that shape: a softmax along each row."""
    ...


exercises.check(my_softmax)

# %%
exercises.folded(my_softmax)

# %% [markdown]
# One word decides everything: the axis. *The original* of [lesson 00](00_first_look.ipynb) summed over axis 0: down the columns, over the batch. Here are both, for the scores of six images. Exchange some of them, and see whose dot moves.

# %%
six = [113, 0, 7, 12, 15, 27]  # change these: any below 10,000
z_rows = network.logits(parameters, data.scale(validation_set[0][six]))

# %% mystnb={"image": {"alt": "Six images, 6 4 0 1 2 6, one below the other, and beside them two grids of six rows by ten classes, shaded by the numbers of a softmax, a dot on the largest of each row. In the upper grid a row is framed: each row adds up to 1. In the lower grid a column is framed: each column adds up to 1, and the first 6 gets the dot at 2 in place of 0."}} tags=["hide-input"]
both = {
    "Along each row: a frame adds up to 1": functions.softmax(z_rows),
    "Down each column: a frame adds up to 1": original.softmax_over_batch(z_rows),
}
figure, axes = plt.subplots(2, 1, figsize=(5.2, 6.4))
for axis, (title, p) in zip(axes, both.items()):
    axis.imshow(p, cmap="Purples", vmin=0, vmax=1.6)
    for row, column in enumerate(p.argmax(axis=1)):
        axis.plot(column, row, "o", color="black", markersize=8)
    for row, index in enumerate(six):
        axis.imshow(
            validation_set[0][index], cmap="gray_r", extent=(-2.4, -1.4, row + 0.5, row - 0.5)
        )
    width, height = (10, 1) if axis is axes[0] else (1, len(six))
    frame = {"fill": False, "color": plotting.COLOURS[1], "linewidth": 3}
    axis.add_patch(plt.Rectangle((-0.5, -0.5), width, height, **frame))
    axis.set(
        title=title,
        xlabel="class; a dot is the answer",
        xlim=(-2.5, 9.6),
        ylim=(len(six) - 0.4, -0.6),
    )
    axis.set(xticks=range(10), yticks=[])
    axis.grid(False)
    axis.spines[:].set_visible(False)
plt.show()

# %% [markdown]
# Above, each image shares out a total of 1 among the classes; below, each *class* shares out a total of 1 among the images. Two questions expose the fault. Does each row sum to 1? And **does a batch of one give what the same row gives in company?**
#
# Try it: switch the axis, add six 0s, and see whose answers change.

# %% mystnb={"image": {"alt": "A still of a picture to touch: seven images by ten classes, twice, shaded by the numbers of a softmax; on the left a row is framed, on the right a column."}}
pictures.axes()


# %%
def same_alone(softmax):
    """Does the first image get alone what it gets in company?"""
    return np.allclose(softmax(z_rows[:1]), softmax(z_rows)[:1])


print("along each row:  ", same_alone(functions.softmax))
print("down each column:", same_alone(original.softmax_over_batch))
print("alone:", original.softmax_over_batch(z_rows[:1])[0])

# %% [markdown]
# There are the ten ones of lesson 00. Alone, an image has no rival for any class, and gets a 1 for each.
#
# <details><summary>What other images give</summary>
#
# The upper rows stay as they are, whoever else is there. The lower ones change. Among these six, the first 6 gets the answer 2. With only a 4 beside it, `[113, 0]`, it gets 0. With only a 0 beside it, `[113, 7]`, it gets 6. Beside its own copy, `[113, 113]`, it gets one half for each class.
#
# </details>
#
# <details><summary>Are you sure that each row needs its own maximum?</summary>
#
# One maximum for the whole batch does no harm while the rows' scores are about as large. But take the scores (1000, 1001) and (0, 1). The lower row's exponentials both sink to 0, and $0/0$ is `nan`, while each row alone is well. So put rows that lie far apart into your tests, as the checker does.
#
# </details>
#
# ## The Jacobian
#
# Raise one score, and its probability grows at the expense of all others. *Every* probability depends on *every* score. So there are ten times ten derivatives $\partial p_k / \partial z_l$. The matrix of them is the **Jacobian**, $J$: row $k$, column $l$.
#
# Write $\text{sum}$ for the sum of the ten exponentials. Then $p_k = e^{z_k} / \text{sum}$, and $\partial\, \text{sum} / \partial z_l = e^{z_l}$. The quotient rule has two cases. Cover the next lines, and try both first.
#
# *Its own score*, $l = k$, where the numerator changes too:
#
# $$
# \begin{aligned}
# \frac{\partial p_k}{\partial z_k} &= \frac{e^{z_k}\, \text{sum} - e^{z_k} e^{z_k}}{\text{sum}^2} \\
# &= p_k - p_k^2 = p_k (1 - p_k).
# \end{aligned}
# $$
#
# *Another class's score*, $l \ne k$, where only the denominator changes:
#
# $$\frac{\partial p_k}{\partial z_l} = \frac{0 \cdot \text{sum} - e^{z_k} e^{z_l}}{\text{sum}^2} = -\,p_k\, p_l .$$
#
# Both cases in one, with $\delta_{kl}$ equal to 1 if $k = l$ and otherwise 0:
#
# $$J_{kl} = \frac{\partial p_k}{\partial z_l} = p_k\, (\delta_{kl} - p_l) .$$
#
# As a matrix, with $p$ as a row,
#
# $$J = \mathrm{diag}(p) - p^T p .$$
#
# Here $\mathrm{diag}(p)$ has $p$ on its diagonal and 0 elsewhere. The column $p^T$ times the row $p$ is `np.outer(p, p)`.


# %%
def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


z_row = np.array([0.5, -1.0, 2.0, 0.0, 1.5])
p_row = functions.softmax(z_row)
J = softmax_jacobian(p_row)
J.shape

# %% [markdown]
# Measure it. Nudge score $l$, and see how all the probabilities move: that is column $l$. The rows of `np.eye(5)` are the five directions to nudge in.

# %%
h = 1e-5
columns = [
    (functions.softmax(z_row + h * along) - functions.softmax(z_row - h * along)) / (2 * h)
    for along in np.eye(5)
]
J_measured = np.array(columns).T
print("relative error below 1e-7:", gradcheck.relative_error(J, J_measured) < 1e-7)

# %% mystnb={"image": {"alt": "The five by five Jacobian of a softmax as a heat map with its values written in. The diagonal is positive, every other entry negative, and the matrix is symmetric. The largest entries belong to the two most probable classes."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.6, 5))
axis.imshow(J, cmap="PuOr", vmin=-0.45, vmax=0.45)
for (row, column), value in np.ndenumerate(J):
    axis.text(column, row, f"{value:.3f}", ha="center", va="center")
axis.set(
    title="One score up: one winner (violet),\neveryone else pays (orange)",
    xlabel="score nudged, l",
    ylabel="probability moved, k",
)
axis.grid(False)
plt.show()

# %% [markdown]
# Read column 2, where score 2 was nudged. Its own probability gains, and the others together lose as much: a column sums to 0.
#
# Hold one of ten scores, and see its column. Then add the same number to all, until one of the two formulas breaks.

# %% mystnb={"image": {"alt": "A still of the picture of scores: ten scores as bars; their probabilities with 800 added to each, by the stable formula; and by the naive one, where each of the ten is nan."}}
pictures.scores()

# %% [markdown]
# ### Carrying a gradient back
#
# Suppose we know $dp_k = \partial L / \partial p_k$ for each probability. How does the loss depend on score $l$? The score reaches it in ten ways, through each of the probabilities, and the chain rule adds them up:
#
# $$
# \begin{aligned}
# dz_l = \frac{\partial L}{\partial z_l} &= \sum_k \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial z_l} \\
# &= \sum_k dp_k\; p_k (\delta_{kl} - p_l) .
# \end{aligned}
# $$
#
# That is the row $dp$ times the matrix $J$, a **vector-Jacobian product**. But no matrix is needed. Split the sum in two. In the part with $\delta_{kl}$ only the term $k = l$ is left; from the other, take $p_l$ out.
#
# <details><summary>Written out</summary>
#
# $$
# \begin{aligned}
# dz_l &= p_l\, dp_l - p_l \sum_k p_k\; dp_k \\
# &= p_l \Big( dp_l - \sum_k p_k\; dp_k \Big) .
# \end{aligned}
# $$
#
# </details>
#
# ### Exercise 2.4: back through the softmax (core, 8 minutes)
#
# By pencil first: with two classes, $p = (\frac12, \frac12)$ and $dp = (1, 0)$, what is $dz$? Then for a whole batch, each row with its own sum. When it is right, try `p * (1 - p) * dp` in its place, the diagonal of $J$ alone, and read the reply.


# %%
def my_softmax_backward(p, dp):
    """Gradient of the loss with respect to the logits, from p and dp; all (n, classes)."""
    ...


exercises.check(my_softmax_backward)

# %%
exercises.folded(my_softmax_backward)

# %% [markdown]
# Here is the library's, for your pencil's numbers, and against the Jacobian for random ones:

# %%
print(functions.softmax_backward([[0.5, 0.5]], [[1.0, 0.0]]))
dp_random = np.random.default_rng(seed=3).normal(size=5)
np.allclose(functions.softmax_backward(p_row, dp_random), dp_random @ J)

# %% [markdown]
# ## Cross-entropy
#
# How wrong is a set of probabilities? What counts is $p_\text{right}$, the probability of the right answer. At 1 the loss should be 0, and it should grow as $p_\text{right}$ falls. The logarithm by which [Shannon 1948](https://doi.org/10.1002/j.1538-7305.1948.tb01338.x) measures information does that. Here it is called the **surprise**:
#
# $$-\log p_\text{right} = \log \frac{1}{p_\text{right}} .$$

# %%
for p_right in [1.0, 0.9, 0.5, 0.1, 0.001]:
    print(f"{p_right:5.3f} to the right class: surprise {np.log(1 / p_right):.4f}")

# %% [markdown]
# <details><summary>Why the logarithm, of all functions that grow?</summary>
#
# For independent examples, the probability of *all* the right answers is a product, and the logarithm makes it a sum. Where the sum of the surprises is smallest, the product is largest. The field calls that **maximum likelihood**.
#
# </details>
#
# With one-hot targets, $-\sum_k y_k \log p_k$ picks out the right class. The mean over the $n$ rows of a batch is the **cross-entropy**:
#
# $$L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k} y_{ik} \log p_{ik} .$$
#
# Give the wrong class a lead of 1000 points. Then $p_\text{right}$ is $e^{-1000}$, as near as can be. What is the surprise, on paper, and what does the computer say?

# %%
z_far = np.array([[1000.0, 0.0]])
with np.errstate(divide="ignore"):
    print("log of softmax:", np.log(functions.softmax(z_far)))

# %% [markdown]
# On paper it is 1000. The computer has rounded the probability to 0 first, and the logarithm of 0 is minus infinity. So take the logarithm *before* anything can round to zero:
#
# $$\log p_k = \log \frac{e^{z_k}}{\sum_l e^{z_l}} = z_k - \log \sum_l e^{z_l} .$$
#
# The second term is called **log-sum-exp** ([Blanchard, Higham and Higham 2021](https://doi.org/10.1093/imanum/draa038)). As it stands, it overflows. You know the cure: shift the row first.
#
# ### Exercise 2.5: log-softmax (core, 5 minutes)
#
# The result must stay finite even if a class is a thousand points behind. You have every piece.


# %%
def my_log_softmax(z):
    """Logarithms of the probabilities, shape (n, classes), for logits z of that shape."""
    ...


exercises.check(my_log_softmax)

# %%
exercises.folded(my_log_softmax)


# %%
print("log_softmax:", functions.log_softmax(z_far))

# %% [markdown]
# ### Exercise 2.6: cross-entropy (core, 5 minutes)
#
# From the logits, and as safe as your log-softmax. Which numbers are added up, and what is the sum divided by?


# %%
def my_cross_entropy(z, y):
    """Mean cross-entropy, one number, of logits z and one-hot targets y, both (n, classes)."""
    ...


exercises.check(my_cross_entropy)

# %%
exercises.folded(my_cross_entropy)

# %% [markdown]
# What should the loss be before anything is learnt? A network that knows nothing gives each of ten classes a tenth. Work out its surprise, then run the cell.

# %%
y_batch = data.one_hot([3, 1, 4, 1])
print(f"{functions.cross_entropy(np.zeros((4, 10)), y_batch):.6f}   log 10 = {np.log(10):.6f}")

# %% [markdown]
# ### Exercise 2.7: the loss and its gradient (stretch, 12 minutes)
#
# A step of training needs the loss and its gradient by the logits, $dZ$. There is a long way: for a batch of one, $L = -\sum_k y_k \log p_k$ has $dp_k = -y_k / p_k$, and your `my_softmax_backward` carries that to the logits. Try it first, and read the reply. Then take the pencil: put log-sum-exp into the loss, and differentiate by one logit. In a larger batch, mind the mean's $1/n$.


# %%
def my_cross_entropy_with_gradient(z, y):
    """Return the mean cross-entropy, one number, and dz; z, y and dz have shape (n, classes)."""
    ...


exercises.check(my_cross_entropy_with_gradient)

# %%
exercises.folded(my_cross_entropy_with_gradient)

# %% [markdown]
# ## Why the gradient is p - y
#
# Take a batch of one. Put log-sum-exp into its loss, and use that the targets sum to 1:
#
# $$
# \begin{aligned}
# L &= -\sum_k y_k \Big( z_k - \log \sum_l e^{z_l} \Big) \\
# &= -\sum_k y_k z_k + \underbrace{\Big( \sum_k y_k \Big)}_{1} \log \sum_l e^{z_l} .
# \end{aligned}
# $$
#
# Now differentiate by the score of one class $k$. Of the first sum only the term $-y_k z_k$ contains it, and gives $-y_k$. The second part is the logarithm of what we called sum. Its derivative is $\frac{1}{\text{sum}} \cdot e^{z_k} = p_k$. Therefore
#
# $$\frac{\partial L}{\partial z_k} = p_k - y_k .$$
#
# No Jacobian, no product of small slopes: *what you said minus what is true*. In a larger batch each row has a share of $1/n$ in the mean, so divide by $n$, once:
#
# $$dZ = \frac{P - Y}{n} .$$

# %%
z_batch = np.random.default_rng(seed=4).normal(size=(4, 10))
dz_batch = (functions.softmax(z_batch) - y_batch) / len(z_batch)


def loss_of(u):
    return functions.cross_entropy(u, y_batch)


gradcheck.check_gradient(loss_of, z_batch, dz_batch)

# %% [markdown]
# <details><summary>Are you sure that the long way, through the Jacobian, leads to the same?</summary>
#
# On paper, yes. Carry $dp_k = -y_k / p_k$ back, using that the targets sum to 1:
#
# $$dz_l = p_l \Big( -\frac{y_l}{p_l} + \sum_k p_k \frac{y_k}{p_k} \Big) = p_l - y_l .$$
#
# The $p_l$ of the softmax cancels the $1 / p_l$ of the logarithm. That is why this loss and this function belong together ([Goodfellow, Bengio and Courville 2016](https://www.deeplearningbook.org/), section 6.2). In the computer it cancels only if $p_l$ was not rounded to 0 first.
#
# </details>
#
# ## Back to the wrong answer
#
# You wrote down how you would move the ten scores. The loss falls fastest against its gradient, as lesson 03 shows. So the network's own answer is $y - p$. Compare it with yours.

# %% mystnb={"image": {"alt": "The ten classes from top to bottom, each with a bar that ends in a dot and the number y minus p. The 6 is pushed up by 0.71. Every other class is pushed down: the 0 by 0.49, the 2 by 0.11, the 5 by 0.06, the 4 by 0.02, and the rest by less, the 1 least of all, by 0.0002."}} tags=["hide-input"]
push = y_image - functions.softmax(z_image)
figure, axis = plt.subplots(figsize=(5.2, 4.6))
for k, value in enumerate(push):
    colour = plotting.COLOURS[0] if value > 0 else plotting.COLOURS[1]
    axis.plot([0, value], [k, k], "-", color=colour, linewidth=8, solid_capstyle="butt")
    axis.plot(value, k, "o", color=colour, markersize=9)
    text = f"{value:+.2f}" if abs(value) >= 0.01 else f"{value:+.1g}"
    axis.annotate(
        text, (value, k), (9 if value > 0 else -9, 0), textcoords="offset points", va="center",
        ha="left" if value > 0 else "right",
    )  # fmt: skip
axis.axvline(0, color="black", linewidth=1)
axis.set(
    title="The right score up,\nevery other down by what it claimed",
    xlabel="push on the score, y - p",
    ylabel="class",
    yticks=range(10),
    xlim=(-0.8, 1.0),
)
axis.invert_yaxis()
plt.show()

# %% [markdown]
# The 6 goes up by what it lacked. Every other score goes down by exactly the probability that it had claimed: the 0 most, the 1 hardly at all. Up and down add to 0.
#
# Follow that push for a few steps, with a fresh $p$ each time. How soon will the answer change? And how soon if the target is the 1, the class it believes least?

# %%
target, length = 6, 1.0  # change these: another class, a shorter or a longer step
z_pushed = z_image
for step in range(5):
    p_pushed = functions.softmax(z_pushed)
    print(f"step {step}: answer {p_pushed.argmax()}, given to the {target}: {p_pushed[target]:.2f}")
    z_pushed = z_pushed + length * (np.eye(10)[target] - p_pushed)

# %% [markdown]
# <details><summary>What other numbers give</summary>
#
# With the 1 as target the pushes are the strongest, and yet after four of them the answer is still 0. The 1 starts more than eight points behind the 0. A push moves both, and closes less than two points of the gap. Back to the 6: with a tenth of the length it is not the answer even after four steps.
#
# </details>
#
# A network cannot move its scores, only the weights they are made of. Lesson 03 hands the push on to them.
#
# ### Put yours to work
#
# Your functions can take the library's place, and in lesson 04 a network can be trained on them. Take away the `#`, and the names of those that are not right yet.

# %%
# exercises.keep(my_sigmoid, my_softmax, my_softmax_backward, my_log_softmax, my_cross_entropy)

# %% [markdown]
# ## Recap
#
# - The softmax makes ten scores ten probabilities. The cross-entropy says how wrong they are, and its gradient, $(P - Y) / n$, how to move each score.
# - $\sigma' = \sigma(1 - \sigma)$, at most one quarter, and nearly 0 where the sigmoid saturates.
# - A central difference measures a smooth function's derivative. Its error is a V, with the bottom near $h = 10^{-5}$.
# - Never give `exp` a large positive number: use $-|z|$, or subtract each *row's* maximum.
# - Softmax runs over classes, row by row.
#
# ## Questions to ask yourself
#
# 1. A unit's sum is 20. Roughly how much of a gradient gets through it, compared with a unit at 0?
#
#    <details><summary>Answer</summary>
#
#    Its slope is about $e^{-20}$, some $2 \cdot 10^{-9}$, against one quarter: less than a hundred-millionth.
#
#    </details>
#
# 2. Why may you subtract the maximum in the softmax, but not multiply the scores by 2?
#
#    <details><summary>Answer</summary>
#
#    What is added to all scores cancels between numerator and denominator. Doubling squares all the odds: unless all scores are equal, the largest probability grows.
#
#    </details>
#
# 3. Someone says of their softmax: "I tested it, everything sums to 1." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    Which sum: along the rows, or down the columns? Better still: does a batch of one give what it gives in company?
#
#    </details>
#
# 4. You forget to divide by $n$. Does training notice? Does the check?
#
#    <details><summary>Answer</summary>
#
#    Training sees only a rate $n$ times as large: it may fail, or go well if the rate was chosen that way. It does not name the fault. The check does: with $n = 4$ one gradient is four times the other, and the relative error is $1 - \frac14$, three quarters.
#
#    </details>
#
# 5. What is a softmax between two classes?
#
#    <details><summary>Answer</summary>
#
#    The sigmoid of their difference. Divide above and below by $e^{z_0}$:
#
#    $$p_0 = \frac{e^{z_0}}{e^{z_0} + e^{z_1}} = \frac{1}{1 + e^{-(z_0 - z_1)}} = \sigma(z_0 - z_1) .$$
#
#    </details>
#
# ## Next
#
# [03 Backpropagation](03_backpropagation.ipynb): put these pieces together into a network, and carry the gradient back to every one of its weights.
