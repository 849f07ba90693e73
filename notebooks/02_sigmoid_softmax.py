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
# Two functions stand between the pixels and an answer. One decides how strongly a hidden unit responds; the other
# turns ten scores into ten probabilities. Both are one line long, and both have traps that have caught a great many
# people, the author of the notebook we started from among them.
#
# **You will** derive both functions' derivatives with a pencil, write them in NumPy, break them with large numbers,
# mend them, and check every formula by measurement.
#
# **You will be able to**
#
# - derive $\sigma' = \sigma(1 - \sigma)$, the softmax's Jacobian, and the gradient $p - y$;
# - write both functions so that no input makes them overflow;
# - measure any derivative, and say why the best step is neither large nor tiny;
# - tell whether a softmax runs over the right axis, with one line.
#
# **You need** [lesson 01](01_loading.ipynb) for the shapes, and from school the derivative of $e^x$, the quotient rule and
# the chain rule.
#
# **Time** 40 minutes

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import functions, gradcheck, plotting

plotting.use_style()

# %% [markdown]
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $x$ | `x` | any | input of the sigmoid |
# | $\sigma(x)$ | `s` | as `x` | its value |
# | $z$ | `z` | (k,) or (n, k) | scores, called **logits**: one row for each of n examples, one column for each of k classes |
# | $p$ | `p` | as `z` | probabilities |
# | $y$ | `y` | as `z` | one-hot targets |
# | $\partial L / \partial z$ | `dz` | as `z` | `d` + name is always the loss's gradient by it |
#
# ## From any number to between 0 and 1
#
# A hidden unit adds up evidence. The sum may be any number at all, and we want a response between 0 (silent) and
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
    title="In the shade the slope is nearly 0: no signal gets back",
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
# Why $h = 10^{-5}$, when "as small as possible" sounds better? Taylor's formula tells what is lost by a step that is not
# zero:
#
# $$f(x \pm h) = f(x) \pm h f'(x) + \frac{h^2}{2} f''(x) \pm \frac{h^3}{6} f'''(x) + \dots$$
#
# Subtract the two: the even terms cancel. Divide by $2h$: what remains beside $f'(x)$ is an error of
# $\frac{h^2}{6} f'''(x)$. A step ten times smaller should make it a hundred times smaller. Does it?


# %%
def worst_error(h):
    measured = (naive_sigmoid(x + h) - naive_sigmoid(x - h)) / (2 * h)
    return np.abs(measured - slope_from_value(s)).max()


for h in [1e-1, 1e-2]:
    print(
        f"from h = {h:g} to {h / 10:g}, the error shrinks {worst_error(h) / worst_error(h / 10):.1f} times"
    )

# %% [markdown]
# As promised. Predict what the error does if we go on, down to $h = 10^{-14}$.

# %% mystnb={"image": {"alt": "Log-log plot of the error of a central difference against the step h: a V. From the right the error falls a hundredfold for each tenfold smaller step, reaches its lowest point near h = 1e-5, and from there rises tenfold for each tenfold smaller step. Two dashed lines, h squared and 1e-16 over h, follow its two arms."}}
steps = np.logspace(-14, 0, 57)
errors = [worst_error(h) for h in steps]
figure, axis = plt.subplots()
axis.loglog(steps, errors, "o-", markersize=4, label="measured error")
axis.loglog(steps[20:], 0.02 * steps[20:] ** 2, "--", label=r"from the formula, $\sim h^2$")
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
# A V. On its left arm the enemy is rounding. A float64 holds about 16 digits, so $f(x + h)$ and $f(x - h)$ are each known to
# about $10^{-16}$; their difference is no better, and dividing by $2h$ blows the error up to about $10^{-16} / h$. The best
# step is where the arms cross: $h^2 \approx 10^{-16} / h$, so $h^3 \approx 10^{-16}$ and $h \approx 10^{-5}$. That is the step
# we use from here on.
#
# An absolute error says little if we do not know how large the slopes are. So we compare two arrays $a$ and $b$ by their
# **relative error**,
#
# $$\frac{\lVert a - b \rVert}{\max(\lVert a \rVert, \lVert b \rVert)},$$
#
# and call a gradient right when it is at most $10^{-7}$. `gradcheck.check_gradient` measures and compares like
# this for a function of a whole array. It nudges every entry in turn, so the function must give *one*
# number: we take the sum of all the sigmoids. Its gradient by each entry is that entry's own slope.

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
# It tells how far off the whole is, which entry is worst, and both values there. A check that you have not seen fail is a hope,
# not a check; this course shows you every check failing once.
#
# ## A stable sigmoid
#
# Floats end somewhere. The largest $x$ whose exponential still fits is the logarithm of the largest float:

# %%
for dtype in (np.float64, np.float32):
    print(f"{np.dtype(dtype).name}: exp overflows above {np.log(np.finfo(dtype).max):.2f}")

# %% [markdown]
# Beyond that the result is `inf`. Raw pixels drive inputs to such sizes easily. What will the naive formulas make of
# $x = -1000$, whose sigmoid is, to any precision we could print, 0? Write down a guess for both.


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
# $\infty / \infty$ has no value, and so it is `nan`, *not a number*. One `nan` in a gradient turns every weight
# it touches into `nan`, and every later step spreads it. The original had exactly this slope in it.
#
# Both troubles go away if no exponential ever gets a positive argument. For $x \ge 0$ the formula is fine as it is. For
# $x < 0$, multiply above and below by $e^{x}$:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} \;\; (x \ge 0), \qquad\qquad \sigma(x) = \frac{e^{x}}{e^{x} + 1} \;\; (x < 0).$$
#
# In both cases the denominator is $1 + e^{-|x|}$, and the numerator is $e^{\min(x, 0)}$. One formula for both:
#
# $$\sigma(x) = \frac{e^{\min(x, 0)}}{1 + e^{-|x|}} .$$


# %%
def sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


with warnings.catch_warnings():
    warnings.simplefilter("error")  # from here, a warning would stop the cell
    print(sigmoid(np.array([-1000.0, -1, 0, 1, 1000])).round(4))
np.allclose(sigmoid(x), naive_sigmoid(x), rtol=1e-14)

# %% [markdown]
# The slope gets the same care. It is the same at $x$ and $-x$, since $\sigma(x)\,\sigma(-x)$ does not mind which is which;
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
# The library has both functions as you see them here:

# %%
(
    np.array_equal(functions.sigmoid(x), sigmoid(x)),
    np.array_equal(functions.sigmoid_derivative(x), sigmoid_slope(x)),
)

# %% [markdown]
# ## From scores to probabilities
#
# The network's last layer gives ten scores, one for each digit, each any number. We want probabilities: none negative,
# together 1, and the largest score must get the largest probability. Exponentials are never negative and keep the order;
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
# scores count. One point more multiplies the odds by $e$:

# %%
print(f"p[1] / p[0] = {p[1] / p[0]:.4f},  e = {np.e:.4f}")

# %% [markdown]
# So what happens if you add the same constant to every score? Work it out before the next cell.
#
# $$\frac{e^{z_i + c}}{\sum_j e^{z_j + c}} = \frac{e^c\, e^{z_i}}{e^c \sum_j e^{z_j}} = p_i .$$
#
# Nothing. Hold on to that; it is about to save us. The original notebook tried its softmax on ten scores, and so do we. It
# worked in float32.

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
# A network answers for many examples at once. Rows are examples: `z` has shape $(n, 10)$, and each **row** is a
# softmax of its own. In NumPy an operation along a row runs over the *last* axis, and `keepdims=True` keeps the result as a
# column, shape $(n, 1)$, so that each row is divided by its own sum.


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
# Each column sums to 1, so it *looks* like probabilities. One question finds out the fault: **does a batch of one give what the
# same row gives inside a batch?** Your answer about an image must not depend on who else is in the room.

# %%
for name, function in [("over rows", softmax), ("over the batch", softmax_over_batch)]:
    alone, together = function(z[:1]), function(z)[:1]
    print(
        f"{name:15} alone {alone.round(4)[0]}  in company {together.round(4)[0]}  same: {np.allclose(alone, together)}"
    )

# %% [markdown]
# Alone in its batch, every class gets "probability" 1. In lesson 05 you will see what that does to a whole network: the same
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
# must get the same probabilities. With each row's own maximum they do.
#
# ## The Jacobian
#
# Now the derivative. The sigmoid had one input and one output. The softmax has k of each, and **every** output depends on
# **every** input: raise one score, and its probability grows at the expense of all others. So there are k times k
# derivatives $\partial p_i / \partial z_j$. The matrix of them is called the **Jacobian**, $J$.
#
# Let $S = \sum_j e^{z_j}$, so that $p_i = e^{z_i} / S$ and $\partial S / \partial z_j = e^{z_j}$. The quotient rule has two cases.
#
# *Its own score*, $j = i$, where the numerator changes too:
#
# $$\frac{\partial p_i}{\partial z_i} = \frac{e^{z_i} S - e^{z_i} e^{z_i}}{S^2} = p_i - p_i^2 = p_i (1 - p_i).$$
#
# *Another's score*, $j \ne i$, where only the denominator changes:
#
# $$\frac{\partial p_i}{\partial z_j} = \frac{0 \cdot S - e^{z_i} e^{z_j}}{S^2} = -\,p_i\, p_j .$$
#
# Both cases in one matrix: $p_i$ on the diagonal, minus the product of every pair:
#
# $$J = \mathrm{diag}(p) - p\,p^T .$$


# %%
def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


z = np.array([0.5, -1.0, 2.0, 0.0, 1.5])
p = softmax(z)
J = softmax_jacobian(p)
J.shape

# %% [markdown]
# Measure it: nudge each score in turn, and see how all the probabilities move. Nudging score $j$ gives column $j$.

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
# Read it row by row. What does each row sum to? Think of adding a constant to all the scores: no probability may move. Moving all
# scores by the same small amount moves $p_i$ by that amount times the sum of row $i$. So every row must sum to 0, and because $J$ is
# symmetric, so must every column: what one class wins the others lose.

# %%
print("rows sum to 0:   ", np.allclose(J.sum(axis=1), 0))
print("columns sum to 0:", np.allclose(J.sum(axis=0), 0))
print("symmetric:       ", np.array_equal(J, J.T))
print("rank:            ", np.linalg.matrix_rank(J), "of", len(J))

# %% [markdown]
# The rank is one short: one direction, "all scores together", is invisible to the softmax.
#
# ### Carrying a gradient back
#
# Suppose a loss $L$ depends on the probabilities, and we know $\partial L / \partial p_i$ for each, `dp`. The chain rule
# sums over all the ways in which a score can reach the loss:
#
# $$\frac{\partial L}{\partial z_j} = \sum_i \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial z_j}
# = \sum_i dp_i\, p_i (\delta_{ij} - p_j) = p_j \Big( dp_j - \sum_i p_i\, dp_i \Big),$$
#
# where $\delta_{ij}$ is 1 if $i = j$ and otherwise 0. The last form needs no matrix, and works for a whole batch at once.


# %%
def softmax_backward(p, dp):
    return p * (dp - (p * dp).sum(axis=-1, keepdims=True))


dp = rng.normal(size=5)
np.allclose(softmax_backward(p, dp), dp @ J)

# %% [markdown]
# ### What if you keep only the diagonal?
#
# The original did: it multiplied by $p (1 - p)$, as if each probability listened to its own score alone. It feels right, since it is what
# worked for the sigmoid. Let the check decide. As the loss take a squared distance to a target, $L = \sum_i (p_i - y_i)^2$, so that
# $dp = 2 (p - y)$.

# %%
y = np.array([0.0, 0, 0, 0, 1])


def loss(z):
    return ((softmax(z) - y) ** 2).sum()


dp = 2 * (p - y)
print(gradcheck.check_gradient(loss, z, softmax_backward(p, dp), name="whole Jacobian"))
print(gradcheck.check_gradient(loss, z, p * (1 - p) * dp, name="diagonal only "))

# %% [markdown]
# The diagonal alone points somewhere else, and one line shows it. Checked like this once, the original would have been mended before
# it was trained.
#
# ## Cross-entropy
#
# How wrong is a set of probabilities? What counts is how much was given to the right answer, $p_c$, where $c$ is the right class.
# Being given 1 should cost nothing, and the cost should grow as it falls. The **surprise** $-\log p_c$ does that:

# %%
for p_right in [1.0, 0.9, 0.5, 0.1, 0.001]:
    print(f"given {p_right:5.3f} to the right class: surprise {np.log(1 / p_right):.4f}")

# %% [markdown]
# Why the logarithm? Because the probability of being right about *all* examples is a product, and the logarithm makes it a sum. With
# one-hot targets, $-\sum_k y_k \log p_k$ picks out the right class. The mean over a batch is the **cross-entropy**:
#
# $$L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k} y_{ik} \log p_{ik} .$$
#
# One more trap lies in wait. Give the wrong class a lead of 1000 points. The right class's probability then rounds to 0, and the logarithm
# of 0 is minus infinity, although the true answer is an ordinary number. Predict it: what is the surprise, if $p_c = e^{-1000}$?

# %%
z_far = np.array([[1000.0, 0.0]])
with np.errstate(divide="ignore"):
    print("log of softmax:", np.log(softmax(z_far)))

# %% [markdown]
# Take the logarithm *before* anything can round to zero. The logarithm of a quotient is a difference:
#
# $$\log p_i = \log \frac{e^{z_i}}{\sum_j e^{z_j}} = z_i - \log \sum_j e^{z_j} .$$
#
# The second term is called **log-sum-exp**, and as before we may subtract the row's maximum $m$ from all the scores first:


# %%
def log_softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def cross_entropy(z, y):
    return -(y * log_softmax(z)).sum() / len(z)


print("log_softmax:", log_softmax(z_far))
z = rng.normal(size=(4, 10))
np.allclose(np.exp(log_softmax(z)), softmax(z))

# %% [markdown]
# The sum of exponentials now contains $e^0 = 1$, so its logarithm is safe: at least 0, at most $\log k$.
#
# What should the loss be before anything is learnt? A network that knows nothing gives each of ten classes a tenth, and its surprise
# is $-\log \frac{1}{10} = \ln 10$. You will meet that number at the left edge of many a training curve; if yours starts far above
# it, look at the initialisation.

# %%
y = np.eye(10)[[3, 1, 4, 1]]
print(f"all scores equal: {cross_entropy(np.zeros((4, 10)), y):.6f}   ln 10 = {np.log(10):.6f}")

# %% [markdown]
# ## Why the gradient is p - y
#
# Now the reward for all this. For one example, put log-sum-exp into the loss, and use that the targets sum to 1:
#
# $$L = -\sum_k y_k \Big( z_k - \log \sum_j e^{z_j} \Big) = -\sum_k y_k z_k + \underbrace{\Big( \sum_k y_k \Big)}_{1} \log \sum_j e^{z_j} .$$
#
# Differentiate by $z_i$. The first term gives $-y_i$. The second: the derivative of $\log S$ is $\frac{1}{S} \frac{\partial S}{\partial z_i} =
# \frac{e^{z_i}}{S} = p_i$. Therefore
#
# $$\frac{\partial L}{\partial z_i} = p_i - y_i .$$
#
# No Jacobian, no product of small slopes: *what you said minus what is true*. For the mean over a batch, divide by $n$, once:
#
# $$\frac{\partial L}{\partial Z} = \frac{P - Y}{n} .$$


# %%
def cross_entropy_gradient(z, y):
    return (softmax(z) - y) / len(z)


gradcheck.check_gradient(lambda z: cross_entropy(z, y), z, cross_entropy_gradient(z, y))

# %% [markdown]
# Does it agree with the long way round, through the Jacobian? The loss's gradient by the probabilities is $dp_k = -y_k / p_k$. Carry it back:
# $p_j \big( -y_j / p_j + \sum_i p_i\, y_i / p_i \big) = -y_j + p_j$. The small factors cancel exactly, which is why this loss and this
# function belong together.

# %%
p = softmax(z)
np.allclose(softmax_backward(p, -y / p) / len(z), cross_entropy_gradient(z, y))

# %% [markdown]
# And without dividing by $n$, or dividing twice? The direction would be the same, the length not. Nobody would notice, except that
# every learning rate means something else. The check does notice:

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
# Your functions of this lesson are the library's. Same input, same answer:

# %%
for name in ["softmax", "log_softmax"]:
    print(f"{name:22}", np.array_equal(getattr(functions, name)(z), globals()[name](z)))
for name in ["cross_entropy", "cross_entropy_gradient"]:
    print(f"{name:22}", np.array_equal(getattr(functions, name)(z, y), globals()[name](z, y)))

# %% [markdown]
# ## Recap
#
# - $\sigma' = \sigma(1 - \sigma)$, at most one quarter, and nearly 0 where the sigmoid saturates.
# - A central difference measures any derivative. Its error is a V; $h = 10^{-5}$ is near the bottom.
# - Never give `exp` a large positive number: use $-|x|$, or subtract each *row's* maximum.
# - Softmax runs over classes. Test: a batch of one gives what it gives in company.
# - $J = \mathrm{diag}(p) - p\,p^T$; its diagonal alone is not the derivative.
# - Cross-entropy is the mean surprise. Computed from the logits it is always finite, and its gradient is $(P - Y) / n$.
#
# ## Questions to ask yourself
#
# 1. A unit's input is 20. Roughly how much of a gradient gets through it, compared with a unit at 0?
# 2. You halve $h$ from $10^{-5}$ on. Does the gradient check get better or worse, and why?
# 3. Why may you subtract the maximum in the softmax, but not multiply the scores by 2?
# 4. Someone's softmax passes the test "everything sums to 1". Which sum did they test?
# 5. If the targets summed to 2 in each row, what would the cross-entropy's gradient be?
#
# ## Next
#
# [03 Backpropagation](03_backpropagation.ipynb): put these pieces together into a network, and carry the gradient back to every one of its
# weights.
