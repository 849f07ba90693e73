# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 Sigmoid and softmax
#
# Two functions stand between the pixels and an answer. One decides how strongly a part of the network responds; the other
# turns ten scores into ten probabilities. Both are one line long, and both have traps that have caught a great many
# people. The author of the notebook that this course grew out of, *the original*, fell into most of them.
#
# **You will** derive the derivatives of both functions with a pencil, write the functions in NumPy, break them with large numbers,
# mend them, and check every formula by measurement.
#
# **You will be able to**
#
# - derive $\sigma' = \sigma(1 - \sigma)$, the softmax's Jacobian, and the gradient $p - y$;
# - write both functions so that their exponentials never overflow;
# - measure any derivative, and say why the best step is neither large nor tiny;
# - tell whether a softmax runs over the right axis, with one line.
#
# **You need** [lesson 01](01_loading.ipynb) for the shapes, and from school the derivatives of $e^x$ and $\log x$, the quotient rule and
# the chain rule; Taylor's formula helps.
#
# **Time** 40 minutes to read, 30 more for the exercises, and some for the pencil

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import exercises, gradcheck, plotting

plotting.use_style()

# %% [markdown]
# A **loss** $L$ is one number that says how wrong an answer is. $\partial L / \partial x$ is its ordinary derivative when only $x$ moves and all else stands still. For an array there is one such number for each entry; together they are the **gradient**, which
# has the array's shape.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $x$ | `x` | any | input of the sigmoid |
# | $\sigma(x)$ | `s` | as `x` | its value |
# | $z$ | `z` | (k,) or (n, k) | scores, called **logits**: a row for each of n examples, a column for each of k classes |
# | $p$ | `p` | as `z` | probabilities |
# | $y$ | `y` | as `z` | one-hot targets |
# | $\partial L / \partial p$ | `dp` | as `p` | `d` + name is always the gradient of the loss $L$ with respect to it |
#
# For a whole batch we write capitals, $Z$, $P$, $Y$, and the rows are the examples. In sums, $i$, $j$ and $l$ run over the classes, and $r$ over the rows. (Letters are few: in lesson 01 $i$ was an example and $k$ one of the classes, where here k is how many there are.) The logarithm $\log$ is the natural one, as in `np.log`.
#
# ## From any number to between 0 and 1
#
# A **unit** is one of the network's small adders (lesson 03 builds them): it adds up evidence. The sum may be any number at all, and we want a response between 0 (silent) and
# 1 (fully on). The **sigmoid** provides it:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} .$$
#
# Before you look: what is $\sigma(0)$? What happens far to the right, and far to the left?


# %%
def naive_sigmoid(x):
    return 1 / (1 + np.exp(-x))


x = np.array([-6.0, -2, 0, 2, 6])
for value, s in zip(x, naive_sigmoid(x)):
    print(f"sigmoid({value:4.0f}) = {s:.6f}")

# %% [markdown]
# At 0, $e^0 = 1$ and the value is one half. Far right $e^{-x}$ vanishes, leaving 1; far left it grows without
# bound, and the value sinks to 0. Look at the pairs: the values at $-2$ and $2$ add up to 1. That is no accident:
#
# $$1 - \sigma(x) = \frac{1 + e^{-x} - 1}{1 + e^{-x}} = \frac{e^{-x}}{1 + e^{-x}} = \frac{1}{e^{x} + 1} = \sigma(-x).$$
#
# (The third step multiplies above and below by $e^x$; the last reads the definition with $-x$ for $x$.)

# %%
x = np.linspace(-8, 8, 401)
np.allclose(1 - naive_sigmoid(x), naive_sigmoid(-x))

# %% [markdown]
# ## The slope of the sigmoid
#
# Learning means asking: *if I nudge this number, how much does the answer move?* So we need the slope. Write
# $\sigma(x) = (1 + e^{-x})^{-1}$ and use the chain rule, outside first. The outer function $u^{-1}$ has the slope $-u^{-2}$; the
# inner one, $1 + e^{-x}$, has $-e^{-x}$; the two minus signs cancel:
#
# $$\sigma'(x) = \frac{e^{-x}}{(1 + e^{-x})^2} = \frac{1}{1 + e^{-x}} \cdot \frac{e^{-x}}{1 + e^{-x}} = \sigma(x)\,(1 - \sigma(x)).$$
#
# The last step used what you have just seen: the second fraction is $1 - \sigma(x)$. So once the value $s$ is
# known, the slope costs one multiplication. In code, the formula from the value:


# %%
def slope_from_value(s):
    """Slope of the sigmoid at x, from its value s there: s * (1 - s)."""
    return s * (1 - s)


s = naive_sigmoid(x)
print(
    f"steepest at x = {x[slope_from_value(s).argmax()]:.0f}, with slope {slope_from_value(s).max()}"
)

# %% [markdown]
# Where it is steepest can be seen without calculus. Completing the square, $s(1 - s) = \frac14 - (s - \frac12)^2$: never above
# one quarter, and one quarter only where $s = \frac12$, at $x = 0$.

# %% mystnb={"image": {"alt": "The sigmoid rises from 0 to 1 as an S through one half at x = 0; its slope, drawn below it, is a bell with its top of one quarter at x = 0 that has all but vanished beyond plus and minus 5. The regions beyond 5 are shaded and marked saturated."}}
figure, axis = plt.subplots()
for left, right in [(-8, -5), (5, 8)]:
    axis.axvspan(left, right, color="0.92")
    axis.text((left + right) / 2, 0.5, "saturated", ha="center", color="0.3")
plotting.curves(
    x,
    {"sigmoid": s, "its slope": slope_from_value(s)},
    axis=axis,
    title="In the shade the slope is nearly 0: a nudge hardly shows",
    xlabel="x",
    ylabel="value",
)
plt.show()

# %% [markdown]
# The flat parts matter. A unit whose input lies out there is **saturated**: nudge its input and its response hardly
# moves, so learning hardly reaches it. Now think back to lesson 01: raw pixels go up to 255. Sums of hundreds of such
# numbers land far out in the shade, which is one reason to scale them.
#
# ## A formula is a claim
#
# You derived the slope by hand. How do you know that it is right? Measure it. Nudge $x$ by a small **step** $h$ both
# ways, and divide the rise by the run. This is the **central difference**:
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h} .$$

# %%
h = 1e-5
measured = (naive_sigmoid(x + h) - naive_sigmoid(x - h)) / (2 * h)
print("largest difference below 1e-9:", np.abs(measured - slope_from_value(s)).max() < 1e-9)

# %% [markdown]
# Why $h = 10^{-5}$, when "as small as possible" sounds better? Taylor's formula tells us what we lose by a step that is not
# zero:
#
# $$f(x \pm h) = f(x) \pm h f'(x) + \frac{h^2}{2} f''(x) \pm \frac{h^3}{6} f'''(x) + \dots$$
#
# Subtract the two: the even powers cancel, the odd ones double. Divide by $2h$: what remains beside $f'(x)$ is an error of about
# $\frac{h^2}{6} f'''(x)$. A step ten times smaller should make it a hundred times smaller. Does it?


# %%
def worst_error(h):
    measured = (naive_sigmoid(x + h) - naive_sigmoid(x - h)) / (2 * h)
    return np.abs(measured - slope_from_value(s)).max()


for h in [1e-1, 1e-2]:
    print(
        f"from h = {h:g} to {h / 10:g}, the error falls by a factor of {worst_error(h) / worst_error(h / 10):.1f}"
    )

# %% [markdown]
# As promised. Predict what the error does if we go on, down to $h = 10^{-14}$.

# %% mystnb={"image": {"alt": "Log-log plot of the error of a central difference against the step h: a V. From the right the error falls a hundredfold for each tenfold smaller step, reaches its lowest point near h = 1e-5, and from there rises tenfold for each tenfold smaller step. Two dashed lines, h squared over 48 and 1e-16 over h, follow its two arms."}}
steps = np.logspace(-14, 0, 57)
errors = [worst_error(h) for h in steps]
figure, axis = plt.subplots()
axis.loglog(steps, errors, "o-", markersize=4, label="measured error")
axis.loglog(steps[20:], steps[20:] ** 2 / 48, "--", label=r"from the formula, $h^2 / 48$")
axis.loglog(steps[:44], 1e-16 / steps[:44], "--", label=r"from rounding, $\sim 10^{-16} / h$")
axis.set(
    title="Smaller is better, until it is not",
    xlabel="step h",
    ylabel="largest error",
    ylim=(1e-13, 1),
)
axis.legend()
plt.show()

# %% [markdown]
# A V, on axes that are both logarithmic. Its right arm is the formula's error. For the third derivative, differentiate $\sigma' = s (1 - s)$ twice more: $\sigma'' = \sigma' (1 - 2s)$, and $\sigma''' = \sigma' (1 - 2s)^2 - 2 \sigma'^2 = \sigma' (1 - 6 \sigma')$, since $(1 - 2s)^2 = 1 - 4 \sigma'$. With $\sigma'$ between 0 and $\frac14$ that is at most $\frac18$ in size, so the error is at most $\frac{h^2}{6} \cdot \frac18 = \frac{h^2}{48}$: the dashed line that rises to the right.
#
# On its left arm the enemy is rounding. A float64 holds about 16 digits, and the sigmoid's values lie below 1, so $f(x + h)$ and $f(x - h)$ are each known to
# about $10^{-16}$; their difference is no better, and dividing by $2h$ blows the error up to about $10^{-16} / h$. The best
# step is close to where the arms cross: $h^2 / 48 \approx 10^{-16} / h$, so $h^3 \approx 48 \cdot 10^{-16}$ and $h$ is between $10^{-5}$ and $2 \cdot 10^{-5}$. We use
# $h = 10^{-5}$ from here on.
#
# An absolute error says little if we do not know how large the slopes are. So we compare two arrays $a$ and $b$ by their
# **relative error**,
#
# $$\frac{\lVert a - b \rVert}{\max(\lVert a \rVert, \lVert b \rVert)},$$
#
# where $\lVert a \rVert$ is the length of $a$, the root of the sum of its squared entries. A right gradient comes out near $10^{-10}$, or below (print `gradcheck.relative_error(measured, slope_from_value(s))`; its digits differ from computer to computer, since they are rounding), a wrong one is usually far larger, so we
# call a gradient right when its relative error is at most $10^{-7}$. `gradcheck.check_gradient` measures and compares like
# this for a function of a whole array. It nudges every entry in turn, so the function must give *one*
# number: we take the sum of all the sigmoids. Its gradient with respect to each entry is that entry's own slope.

# %%
rng = np.random.default_rng(seed=2)
x_random = rng.normal(size=8)
s_random = naive_sigmoid(x_random)
gradcheck.check_gradient(lambda x: naive_sigmoid(x).sum(), x_random, s_random * (1 - s_random))

# %% [markdown]
# Does the check notice a mistake? Forget one factor, on purpose:

# %%
gradcheck.check_gradient(lambda x: naive_sigmoid(x).sum(), x_random, s_random)

# %% [markdown]
# It tells you how far off the whole gradient is, which entry is worst, and both values there. A check that you have not seen fail is a hope;
# so in this course you will see the gradient check refuse one classic mistake after another.
#
# ## A stable sigmoid
#
# Floats end somewhere. The largest $x$ whose exponential still fits is the logarithm of the largest float:

# %%
for dtype in (np.float64, np.float32):
    print(f"{np.dtype(dtype).name}: exp overflows above {np.log(np.finfo(dtype).max):.2f}")

# %% [markdown]
# Beyond that the result is `inf`. With raw pixels and weights of ordinary size, a unit's sum easily falls below minus 88.72, where $e^{-x}$ no longer fits into a float32. Take $x = -1000$, beyond both. Its sigmoid is about $5 \cdot 10^{-435}$, too small for any float64, so 0
# is the right answer; and so it is for the slope. What will the naive formulas make of it, $1 / (1 + e^{-x})$ for the value and $e^{-x} / (1 + e^{-x})^2$ for the slope? Write down both guesses.


# %%
def naive_slope(x):
    return np.exp(-x) / (1 + np.exp(-x)) ** 2


x_far = np.array([-1000.0])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("value:", naive_sigmoid(x_far), "  slope:", naive_slope(x_far))
print("warnings:", sorted({str(warning.message) for warning in caught}))

# %% [markdown]
# The value survives: $1 / (1 + \infty) = 0$ is even right, though it comes with a warning. The slope does not:
# $\infty / \infty$ has no value, and so it is `nan`, *not a number*. One `nan` in a gradient turns every number
# it touches into `nan`, and every later step spreads it. The original had exactly this slope in it. (Try $x = -400$, too: the slope comes out as 0 with only a warning, where its true value, about
# $10^{-174}$, fits well into a float64. The denominator's square has overflowed.)
#
# Both troubles go away if no exponential ever gets a positive argument. For $x \ge 0$ the formula is fine as it is. For
# $x < 0$, multiply above and below by $e^{x}$:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} \;\; (x \ge 0), \qquad\qquad \sigma(x) = \frac{e^{x}}{e^{x} + 1} \;\; (x < 0).$$
#
# ### Exercise 2.1: a stable sigmoid (warm-up, 5 minutes)
#
# Write it for arrays, in one formula or in two cases. It must not warn for any number. (`np.where` computes both of its cases for every number, and chooses afterwards.)


# %%
def my_sigmoid(x):
    """Sigmoid of every number in the array x, of any shape, without overflow."""
    ...


exercises.check(my_sigmoid)

# %%
exercises.folded(my_sigmoid)

# %% [markdown]
# Here is one way. In both cases the denominator is $1 + e^{-|x|}$, and the numerator is $e^{\min(x, 0)}$:
#
# $$\sigma(x) = \frac{e^{\min(x, 0)}}{1 + e^{-|x|}} .$$


# %%
def sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


with warnings.catch_warnings():
    warnings.simplefilter("error")  # from here, a warning would stop the cell
    print(sigmoid(np.array([-1000.0, -1, 0, 1, 1000])).round(4))
np.allclose(sigmoid(x), naive_sigmoid(x), rtol=1e-14, atol=0)

# %% [markdown]
# (`atol=0` makes `allclose` look at relative differences only.) The slope gets the same care. It is the same at $x$ and $-x$, since $\sigma(x)\,\sigma(-x)$ does not mind which is which;
# so replace $x$ by $|x|$, and nothing can overflow:
#
# $$\sigma'(x) = \frac{e^{-|x|}}{(1 + e^{-|x|})^2} .$$


# %%
def sigmoid_slope(x):
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


far = np.array([-1000.0, 40])
print("stable:  ", [f"{value:.2e}" for value in sigmoid_slope(far)])
print("s(1 - s):", [f"{value:.2e}" for value in sigmoid(far) * (1 - sigmoid(far))])

# %% [markdown]
# At 40 the short formula $s(1-s)$ gives zero: $s$ has been rounded to exactly 1. The true slope is tiny but not zero. For training the
# difference does not matter (a slope of that size moves nothing), and in lesson 03 we shall use the short form because $s$ is at hand.
# The library has both functions as you see them here, `functions.sigmoid` and `functions.sigmoid_derivative`. (The `_floats` that you find in its source only checks and converts the input.)
#
# ## From scores to probabilities
#
# The network's last layer gives ten scores, one for each digit, each any number. We want probabilities: none negative,
# summing to 1, and the largest score must get the largest probability. Exponentials are always positive and keep the order;
# dividing by their sum does the rest. This is the **softmax**:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} .$$


# %%
def naive_softmax(z):
    e = np.exp(z)
    return e / e.sum()


z = np.array([1.0, 2.0, 4.0])
p = naive_softmax(z)
print(p.round(4), f" sum {p.sum():.4f}")

# %% [markdown]
# What do scores *mean*? Divide two probabilities and the sum cancels: $p_i / p_j = e^{z_i - z_j}$. Only **differences** of
# scores count. One point more multiplies the odds of one class against another by $e$:

# %%
print(f"p[1] / p[0] = {p[1] / p[0]:.4f},  e = {np.e:.4f}")

# %% [markdown]
# So what happens if you add the same constant to every score? And if you double them all? Decide before you run it.

# %%
print("100 more: ", naive_softmax(z + 100).round(4))
print("doubled:  ", naive_softmax(2 * z).round(4))

# %% [markdown]
# Adding changes nothing, and here is why:
#
# $$\frac{e^{z_i + c}}{\sum_j e^{z_j + c}} = \frac{e^c\, e^{z_i}}{e^c \sum_j e^{z_j}} = p_i .$$
#
# Doubling squares all the odds. Hold on to the first; it is about to save us. The original tried its softmax, which does subtract a maximum, on ten float32 scores. Let us see what happens without.

# %%
scores = np.array([12, 34, -67, 23, 0, 134, 76, 24, 78, -98], dtype=np.float32)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(naive_softmax(scores))
print("warnings:", sorted({str(warning.message) for warning in caught}))

# %% [markdown]
# $e^{134}$ does not fit into a float32, so we get $\infty / \infty$ once more, at the very class that should have won.
# But we may add any constant. Choose $c = -\max_j z_j$: then the largest exponent is exactly 0, none is positive, and nothing
# overflows. The denominator contains $e^0 = 1$, so it is never zero either.

# %%
e = np.exp(scores - scores.max())
print((e / e.sum()).round(4), " class", (e / e.sum()).argmax())

# %% [markdown]
# Class 5, with the score 134, and next to nothing for the others: its nearest rival is 56 points behind.
#
# ## Which axis?
#
# A network answers for many examples at once. Rows are examples: `z` has shape $(n, 10)$, and each **row** gets a
# softmax of its own. In NumPy an operation along a row runs over the *last* axis, and `keepdims=True` keeps the result as a
# column, shape $(n, 1)$, so that each row is divided by its own sum.
#
# ### Exercise 2.2: softmax by rows (8 minutes)
#
# For any number of rows, any scores. Each row has its own maximum and its own sum.


# %%
def my_softmax(z):
    """Probabilities of shape (n, k) for logits of shape (n, k): a softmax along each row."""
    ...


exercises.check(my_softmax)

# %%
exercises.folded(my_softmax)

# %% [markdown]
# Ours:


# %%
def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


z = np.array([[1.0, 2.0, 4.0], [3.0, 3.0, 3.0]])
p = softmax(z)
print(p.round(4))
print("each row sums to 1:", np.allclose(p.sum(axis=1), 1))

# %% [markdown]
# The original summed over axis 0: down the columns, over the *batch*. Each example's "probability" of a class then depends on which
# other examples happen to be there.


# %%
def softmax_over_batch(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=0)


print(softmax_over_batch(z).round(4))

# %% [markdown]
# Each column sums to 1, so it *looks* like probabilities. One question exposes the fault: **does a batch of one give what the
# same row gives inside a batch?** Your answer about an image must not depend on who else is in the room.

# %%
for name, function in [("along each row", softmax), ("over the batch", softmax_over_batch)]:
    alone, together = function(z[:1]), function(z)[:1]
    print(
        f"{name:15} alone {alone.round(4)[0]}  in company {together.round(4)[0]}  same: {np.allclose(alone, together)}"
    )

# %% [markdown]
# Alone in its batch, an example gets "probability" 1 for every class. In lesson 05 you will see what that does to a whole network: the same
# weights read most digits, or only zeros, depending on how many images you show them together.
#
# The other half of the trap is the maximum. The original subtracted *one* maximum from the whole batch. Take two rows far
# apart, and predict which one suffers:

# %%
far_apart = np.array([[1000.0, 1001.0], [0.0, 1.0]])
e = np.exp(far_apart - far_apart.max())
with np.errstate(invalid="ignore"):
    print("one maximum for all:  ", (e / e.sum(axis=1, keepdims=True)).round(4).tolist())
print("each row's own maximum:", softmax(far_apart).round(4).tolist())

# %% [markdown]
# All exponentials of the second row have sunk to 0, and $0/0$ is `nan`. Both rows have the same difference of scores and
# must get the same probabilities. With each row's own maximum they do. (The question about a batch of one finds this fault, too, but only if the rows lie as far apart as these, and if you ask about the *lower* one: `z[1:]` alone, and row 1 in company. Put such a row into your tests.)
#
# You have met 0.2689 and 0.7311 before: they are $\sigma(-1)$ and $\sigma(1)$. With two classes,
#
# $$p_0 = \frac{e^{z_0}}{e^{z_0} + e^{z_1}} = \frac{1}{1 + e^{-(z_0 - z_1)}} = \sigma(z_0 - z_1) .$$
#
# The sigmoid is a softmax between two.

# %%
pairs = rng.normal(size=(6, 2))
np.allclose(softmax(pairs)[:, 0], sigmoid(pairs[:, 0] - pairs[:, 1]))

# %% [markdown]
# ## The Jacobian
#
# Now the derivative. The sigmoid had one input and one output. The softmax has k of each, and **every** output depends on
# **every** input: raise one score, and its probability grows at the expense of all others. So there are k times k
# derivatives $\partial p_i / \partial z_j$. The matrix of them is called the **Jacobian**, $J$.
#
# Let $S = \sum_l e^{z_l}$, so that $p_i = e^{z_i} / S$ and $\partial S / \partial z_j = e^{z_j}$. The quotient rule has two cases. Cover the next lines, and try both first.
#
# *Its own score*, $j = i$, where the numerator changes too:
#
# $$\frac{\partial p_i}{\partial z_i} = \frac{e^{z_i} S - e^{z_i} e^{z_i}}{S^2} = p_i - p_i^2 = p_i (1 - p_i).$$
#
# *Another class's score*, $j \ne i$, where only the denominator changes:
#
# $$\frac{\partial p_i}{\partial z_j} = \frac{0 \cdot S - e^{z_i} e^{z_j}}{S^2} = -\,p_i\, p_j .$$
#
# (With two classes, the first is the sigmoid's slope again.) Both cases in one, with $\delta_{ij}$ equal to 1 if $i = j$ and otherwise 0:
#
# $$J_{ij} = \frac{\partial p_i}{\partial z_j} = p_i\, (\delta_{ij} - p_j), \qquad\text{as a matrix}\qquad J = \mathrm{diag}(p) - p\,p^T .$$
#
# Here $\mathrm{diag}(p)$ has $p$ on its diagonal and 0 elsewhere, and $p\,p^T$, `np.outer(p, p)`, has the entry $p_i\, p_j$ in row $i$ and column $j$.


# %%
def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


z = np.array([0.5, -1.0, 2.0, 0.0, 1.5])
p = softmax(z)
J = softmax_jacobian(p)
J.shape

# %% [markdown]
# Measure it: nudge each score in turn, and see how all the probabilities move. Nudging score $j$ gives column $j$. (The rows of `np.eye(5)` are the five directions: `e_j` is 1 at place $j$ and 0 elsewhere.)

# %%
h = 1e-5
measured = np.array(
    [(softmax(z + h * e_j) - softmax(z - h * e_j)) / (2 * h) for e_j in np.eye(5)]
).T
print("relative error at most 1e-7:", gradcheck.relative_error(J, measured) <= 1e-7)

# %% mystnb={"image": {"alt": "The five by five Jacobian of a softmax as a heat map with its values written in. The diagonal is positive, every other entry negative, and the matrix is symmetric. The largest entries belong to the two most probable classes."}}
figure, axis = plt.subplots(figsize=(5.6, 5))
axis.imshow(J, cmap="PuOr", vmin=-0.25, vmax=0.25)
for (i, j), value in np.ndenumerate(J):
    axis.text(
        j,
        i,
        f"{value:.3f}",
        ha="center",
        va="center",
        color="white" if abs(value) > 0.15 else "black",
    )
axis.set(
    title="One score up: one winner, everyone else pays",
    xlabel="score nudged, j",
    ylabel="probability moved, i",
)
axis.grid(False)
plt.show()

# %% [markdown]
# Violet gains, orange loses. Read a column first. In column 2, score 2 was nudged: its own probability gains, and the others together lose exactly as much, each in proportion to its probability. Now a row. What does each row sum to? Think of adding a constant to all the scores: no probability may move. Moving all
# scores by the same small amount moves $p_i$ by that amount times the sum of row $i$. So every row must sum to 0, and because $J$ is
# symmetric, so must every column: what one class wins the others lose.

# %%
print("rows sum to 0:   ", np.allclose(J.sum(axis=1), 0))
print("columns sum to 0:", np.allclose(J.sum(axis=0), 0))
print("symmetric:       ", np.array_equal(J, J.T))
print("rank:            ", np.linalg.matrix_rank(J), "of", len(J))

# %% [markdown]
# (Added up by hand from the picture, a row may miss 0 by the last rounded digit.) The **rank** of a matrix is the number of independent directions it can tell apart. It is one short here: one direction, "all scores together", is invisible to the softmax.
#
# ### Carrying a gradient back
#
# Suppose a loss $L$ depends on the probabilities, and we know $\partial L / \partial p_i$ for each. We write it $dp_i$, one symbol, `dp` in the code. The chain rule
# sums over all the ways in which a score can reach the loss:
#
# $$\frac{\partial L}{\partial z_j} = \sum_i \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial z_j}
# = \sum_i dp_i\; p_i (\delta_{ij} - p_j) = p_j \Big( dp_j - \sum_i p_i\; dp_i \Big) .$$
#
# ($\delta_{ij}$ leaves only the term with $i = j$ of the first part.) The last form needs no matrix, and works for a whole batch at once.
#
# ### Exercise 2.3: back through the softmax (8 minutes)


# %%
def my_softmax_backward(p, dp):
    """Gradient with respect to the logits, shape (n, k), from p and dp, both of shape (n, k)."""
    ...


exercises.check(my_softmax_backward)

# %%
exercises.folded(my_softmax_backward)

# %% [markdown]
# Ours, against the Jacobian:


# %%
def softmax_backward(p, dp):
    return p * (dp - (p * dp).sum(axis=-1, keepdims=True))


dp = rng.normal(size=5)
np.allclose(softmax_backward(p, dp), dp @ J)

# %% [markdown]
# ### What if you keep only the diagonal?
#
# The original did: it multiplied by $p (1 - p)$, as if each probability listened to its own score alone. It feels right, since it is what
# worked for the sigmoid. Let the check decide. For the loss, take the squared distance to a target, $L = \sum_i (p_i - y_i)^2$, so that
# $dp = 2 (p - y)$.

# %%
y = np.array([0.0, 1, 0, 0, 0])


def loss(z):
    return ((softmax(z) - y) ** 2).sum()


dp = 2 * (p - y)
print(gradcheck.check_gradient(loss, z, softmax_backward(p, dp), name="whole Jacobian"))
print(gradcheck.check_gradient(loss, z, p * (1 - p) * dp, name="diagonal only "))

# %% [markdown]
# At the worst entry even the sign is wrong: following the diagonal would push that score the wrong way.
#
# ## Cross-entropy
#
# How wrong is a set of probabilities? What counts is how much was given to the right answer, $p_\text{right}$.
# If it is 1 the cost should be nothing, and it should grow as $p_\text{right}$ falls. The **surprise** does that:
#
# $$-\log p_\text{right} = \log \frac{1}{p_\text{right}} .$$

# %%
for p_right in [1.0, 0.9, 0.5, 0.1, 0.001]:
    print(f"given {p_right:5.3f} to the right class: surprise {np.log(1 / p_right):.4f}")

# %% [markdown]
# Why the logarithm? Because the probability given to *all* the right answers together, the examples being independent, is a product, and the logarithm makes it a sum. With
# one-hot targets, $-\sum_j y_j \log p_j$ picks out the right class. The mean over the $n$ rows of a batch is the **cross-entropy**:
#
# $$L = -\frac{1}{n} \sum_{r=1}^{n} \sum_{j} y_{rj} \log p_{rj} .$$
#
# One more trap lies in wait. Give the wrong class a lead of 1000 points. The right class's probability then rounds to 0, and the logarithm
# of 0 is minus infinity, although the true answer is an ordinary number. Predict it: what is the surprise, if $p_\text{right} = e^{-1000}$?

# %%
z_far = np.array([[1000.0, 0.0]])
with np.errstate(divide="ignore"):
    print("log of softmax:", np.log(softmax(z_far)))

# %% [markdown]
# Take the logarithm *before* anything can round to zero. The logarithm of a quotient is a difference:
#
# $$\log p_i = \log \frac{e^{z_i}}{\sum_j e^{z_j}} = z_i - \log \sum_j e^{z_j} .$$
#
# The second term is called **log-sum-exp**. As it stands, it overflows. But as before, a constant may be subtracted from all the scores of a row without changing $p_i$.
#
# ### Exercise 2.4: cross-entropy (stretch, 8 minutes)
#
# The mean over the batch, finite even if the right class is a thousand points behind.


# %%
def my_cross_entropy(z, y):
    """Mean cross-entropy, one number, of logits z and one-hot targets y, both of shape (n, k)."""
    ...


exercises.check(my_cross_entropy)

# %%
exercises.folded(my_cross_entropy)

# %% [markdown]
# The constant is again the row's maximum, $m$. Ours takes the logarithm first,
#
# $$\log p_i = (z_i - m) - \log \sum_j e^{z_j - m}, \qquad m = \max_j z_j ,$$
#
# and then the mean surprise:


# %%
def log_softmax(z):
    m = z.max(axis=-1, keepdims=True)
    shifted = z - m
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def cross_entropy(z, y):
    return -(y * log_softmax(z)).sum() / len(z)


print("log_softmax:", log_softmax(z_far))
z = rng.normal(size=(4, 10))
np.allclose(np.exp(log_softmax(z)), softmax(z))

# %% [markdown]
# The surprise is 1000, as it should be. The sum of exponentials now contains $e^0 = 1$, so its logarithm is safe: at least 0, at most $\log k$.
#
# What should the loss be before anything is learnt? A network that knows nothing gives each of ten classes a tenth, and its surprise
# is $-\log \frac{1}{10} = \log 10$. You will meet that number at the left edge of many a training curve; if yours starts far above
# it, look at the weights you start from.

# %%
y = np.eye(10)[[3, 1, 4, 1]]
print(f"all scores equal: {cross_entropy(np.zeros((4, 10)), y):.6f}   log 10 = {np.log(10):.6f}")

# %% [markdown]
# ## Why the gradient is p - y
#
# Now the reward for all this. For one example, put log-sum-exp into the loss, and use that the targets sum to 1:
#
# $$L = -\sum_i y_i \Big( z_i - \log \sum_l e^{z_l} \Big) = -\sum_i y_i z_i + \underbrace{\Big( \sum_i y_i \Big)}_{1} \log \sum_l e^{z_l} .$$
#
# Differentiate with respect to one score, $z_j$, and write $S = \sum_l e^{z_l}$ as before. Of the first sum only $-y_j z_j$ contains it, so it gives $-y_j$. The second: the derivative of $\log S$ is
# $\frac{1}{S} \frac{\partial S}{\partial z_j} = \frac{e^{z_j}}{S} = p_j$. Therefore
#
# $$\frac{\partial L}{\partial z_j} = p_j - y_j .$$
#
# No Jacobian, no product of small slopes: *what you said minus what is true*. For the mean over a batch, divide by $n$, once:
#
# $$\frac{\partial L}{\partial Z} = \frac{P - Y}{n} .$$


# %%
def cross_entropy_gradient(z, y):
    return (softmax(z) - y) / len(z)


gradcheck.check_gradient(lambda z: cross_entropy(z, y), z, cross_entropy_gradient(z, y))

# %% [markdown]
# Does it agree with the long way round, through the Jacobian? For one example, with $L = -\sum_j y_j \log p_j$, the gradient with respect to the probabilities is $dp_j = -y_j / p_j$. Carry it back, using once more that the targets sum to 1:
#
# $$p_j \Big( -\frac{y_j}{p_j} + \sum_i p_i \frac{y_i}{p_i} \Big) = -y_j + p_j .$$
#
# The $p_j$ of the softmax cancels the $1 / p_j$ of the logarithm exactly, which is why this loss and this
# function belong together. (The code divides by $n$ at the end.)

# %%
p = softmax(z)
np.allclose(softmax_backward(p, -y / p) / len(z), cross_entropy_gradient(z, y))

# %% [markdown]
# What if you forget to divide by $n$, or do it twice? The direction would be the same, the length not. Training would still go downhill, with steps of another length, so you might not notice. The check does:

# %%
print(
    gradcheck.check_gradient(
        lambda z: cross_entropy(z, y), z, softmax(z) - y, name="not divided by n"
    )
)
print(
    gradcheck.check_gradient(
        lambda z: cross_entropy(z, y), z, (softmax(z) - y) / len(z) ** 2, name="divided twice   "
    )
)

# %% [markdown]
# Both errors are 0.75 because $n = 4$: one gradient is four times too long, the other four times too short, and $1 - \frac14$ is three quarters.
#
# ### Put yours to work
#
# The functions you have written in the exercises can take the library's place, here and in the lessons to come: take away the `#` in front of those that are right. `keep` checks a function once more, writes it down in
# `mine.py`, and lesson 04 can then train a network on it.

# %%
# exercises.keep(my_sigmoid)
# exercises.keep(my_softmax)
# exercises.keep(my_softmax_backward)
# exercises.keep(my_cross_entropy)

# %% [markdown]
# ## Recap
#
# - $\sigma' = \sigma(1 - \sigma)$, at most one quarter, and nearly 0 where the sigmoid saturates.
# - A central difference measures any smooth function's derivative. Plotted against $h$, its error is a V; $h = 10^{-5}$ is near the bottom.
# - Never give `exp` a large positive number: use $-|x|$, or subtract each *row's* maximum.
# - Softmax runs over classes. Test: a batch of one gives what it gives in company.
# - $J = \mathrm{diag}(p) - p\,p^T$; its diagonal alone is not the derivative.
# - Cross-entropy is the mean surprise. Computed from the logits it stays finite however far they are apart, and its gradient is $(P - Y) / n$.
#
# ## Questions to ask yourself
#
# 1. A unit's input is 20. Roughly how much of a gradient gets through it, compared with a unit at 0?
#
#    <details><summary>Answer</summary>
#
#    Its slope is about $e^{-20}$, some $2 \cdot 10^{-9}$, against one quarter: less than a hundred-millionth.
#
#    </details>
#
# 2. You start from $h = 10^{-5}$ and keep halving the step. Does the gradient check get better or worse, and why?
#
#    <details><summary>Answer</summary>
#
#    Worse. You are on the left arm of the V, where rounding rules, and each halving doubles its error. Near $h = 10^{-8}$ a right gradient may be called wrong.
#
#    </details>
#
# 3. Why may you subtract the maximum in the softmax, but not multiply the scores by 2?
#
#    <details><summary>Answer</summary>
#
#    A constant added to all scores cancels between numerator and denominator. Doubling squares all the odds: the largest probability grows.
#
#    </details>
#
# 4. Someone says of their softmax: "I tested it, everything sums to 1." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    Which sum: along the rows, or down the columns? Better still: does a batch of one give what it gives in company?
#
#    </details>
#
# 5. If the targets summed to 2 in each row, what would the cross-entropy's gradient be?
#
#    <details><summary>Answer</summary>
#
#    $(2P - Y)/n$: the sum of the targets stands in front of log-sum-exp, and its derivative is $P$.
#
#    </details>
#
# ## Next
#
# [03 Backpropagation](03_backpropagation.ipynb): put these pieces together into a network, and carry the gradient back to every one of its
# weights.
