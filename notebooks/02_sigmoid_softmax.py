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
# A network ends in ten numbers. How do they become ten probabilities, and how does the network learn from those? The softmax does most of the work, helped by its little sister, the sigmoid. Each is one line long, and has its traps.
#
# **You will** derive with a pencil how steep both functions are, and check every formula by measuring it. You will write both in NumPy, break them, and mend them.
#
# **You will be able to**
#
# - derive the slope of the sigmoid, all the slopes of the softmax, and how the loss depends on each score;
# - measure a slope, with a nudge that is neither too large nor too small;
# - write both functions so that no exponential overflows;
# - tell whether a softmax runs along the right axis.
#
# **You need** [lesson 01](01_loading.ipynb) for the shapes, and from school the derivatives of $e^x$ and $\log x$ and the product, quotient and chain rules.
#
# **Time** 50 minutes to read, 20 more for the pencil and 46 for the exercises; it runs for about 5 s and takes 240 MB

# %% [markdown]
# ## Before you start
#
# On paper first:
#
# 1. You scale a batch of 128 images. What shape does $X$ have, and what is in one row? What is the row of $Y$ for a 3?
#
#    <details><summary>Answer</summary>
#
#    (128, 784). One row is one image, flattened, with every entry in $[0, 1]$. The row of $Y$ is 0 everywhere except at place 3, where it is 1.
#
#    </details>
#
# 2. Somebody's new network gets four of five validation images right. What do you say?
#
#    <details><summary>Answer</summary>
#
#    That ten averages do better: the nearest mean of [lesson 01](01_loading.ipynb) reads 81.36 % of them.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pictures
from mnistlib import data, functions, gradcheck, network, original, plotting, training

plotting.use_style()

# %% [markdown]
# ## A wrong answer
#
# Here is a network like the one in [lesson 00](00_first_look.ipynb), stopped after a hundred steps. We want one of its mistakes.

# %% tags=["hide-input"]
mnist = data.load()
train_set, validation_set = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
rng = np.random.default_rng(seed=0)
batches = training.minibatches(50_000, rng=rng)[:100]
start = network.initialise(rng)
parameters, _ = training.train(network, start, train_set, batches, learning_rate=0.5)

# %% mystnb={"image": {"alt": "A network at work on a handwritten six: the image, eight of 128 hidden units shaded by their response, and ten classes with bars. The longest bar, 0.49, is at the 0; the 6 has 0.29, the 2 has 0.11."}} tags=["hide-input"]
image, label = validation_set[0][113], validation_set[1][113]
seen = network.forward(parameters, data.scale(image[None]))
z_image, y_image = seen.z2[0], data.one_hot([label])[0]
plotting.network(
    image, seen.a1[0], functions.softmax(z_image), title="You read a 6. The network says 0"
)
plt.show()

# %% [markdown]
# The pixels go into 128 hidden units. Each unit has a number for every pixel, that pixel's **weight**. It multiplies each pixel by its weight, adds up the products, and adds one more number, the unit's **bias** ($W_1$ and $b_1$ in the picture). The sigmoid turns this sum into a response between 0 and 1, the unit's **activation**. The darker the circle, the larger it is.
#
# From the 128 activations, ten more sums are made in the same way, one for each class: the **logits**, or *scores*. The softmax turns them into ten probabilities, the bars.

# %% tags=["hide-input"]
print("class  score   probability  target")
for k in range(10):
    print(f"{k:5}  {z_image[k]:5.2f}   {functions.softmax(z_image)[k]:11.4f}  {y_image[k]:6.0f}")

# %% [markdown]
# Learning means moving numbers. If you could move these ten scores, which way would you push each, and how hard? **Write ten numbers on paper**, positive for up. By the end you will have derived the network's own answer.
#
# One number says how wrong an answer is, the **loss** $L$. Its derivative $\partial L / \partial z_k$ says how fast it changes when only the score $z_k$ moves. The ten derivatives together are the **gradient** with respect to $z$, written $dz$. <small>In school, $dz$ was a small piece of $z$; here it is a slope.</small>
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $z$ | `z` | (10,) | the scores of the classes |
# | $p$ | `p` | (10,) | their probabilities |
# | $y$ | `y` | (10,) | one-hot targets, 1 for the right class |
# | $a$ | `a` | (128,) | the activations of the hidden units |
# | $L$ | `loss` | | the number that training makes small |
# | $\partial L / \partial z$, or $dz$ | `dz` | as `z` | `d` + name is the loss's gradient with respect to that array |
#
# All of these belong to one example. A capital letter, as in $Z$, $P$ and $Y$, is a whole batch of $n$ examples, one in each row; in code the names stay small. The index $i$ counts examples, and $k$ and $l$ count classes. $\log$ is the natural logarithm.
#
# ## From any number to between 0 and 1
#
# A unit's sum, also called $z$, may be any number, but its response should lie between 0, silent, and 1, fully on. The **sigmoid** sees to that:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} .$$
#
# What is $\sigma(0)$? What happens far to the right, and far to the left? <small>Verhulst found this curve in 1838, for populations that can't grow for ever ([Cramer 2002](https://doi.org/10.2139/ssrn.360300)).</small>


# %%
def naive_sigmoid(z):
    return 1 / (1 + np.exp(-z))


for number in [-6.0, -2.0, 0.0, 2.0, 6.0]:
    print(f"sigmoid({number:4.0f}) = {naive_sigmoid(number):.6f}")

# %% [markdown]
# Far to the right $e^{-z}$ vanishes, which leaves 1. Far to the left $e^{-z}$ grows without bound, and the value sinks to 0. The values at $-2$ and $2$ add up to 1, and that is no accident. <small>For the second step, multiply top and bottom by $e^z$.</small>
#
# $$1 - \sigma(z) = \frac{e^{-z}}{1 + e^{-z}} = \sigma(-z) .$$
#
# ## The slope of the sigmoid
#
# Learning keeps asking: *if I nudge this number, how much does the answer move?* That is a slope. Take a pencil and the chain rule, and work from the outside in. "One over something" has the slope minus one over its square. The something, $1 + e^{-z}$, has the slope $-e^{-z}$. The two minus signs cancel. With $a = \sigma(z)$,
#
# $$\sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} = a\,(1 - a) .$$
#
# For the second step, split off one factor $\frac{1}{1 + e^{-z}}$, which is $a$. The rest is $1 - a$, as you have just seen. So the activation $a$ is all you need for the slope.


# %%
def slope_from_value(a):
    return a * (1 - a)


z_line = np.linspace(-8, 8, 401)
a_line = naive_sigmoid(z_line)
slope_line = slope_from_value(a_line)
print(f"steepest at z = {z_line[slope_line.argmax()]:.0f}, with slope {slope_line.max()}")

# %% [markdown]
# One quarter is the maximum, because $a(1 - a) = \frac14 - (a - \frac12)^2$.

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
# A unit whose sum lies in one of the flat parts is **saturated**: nudge the sum, and the response hardly moves. So learning hardly reaches such a unit.
#
# ## A formula is a claim
#
# You derived the slope by hand. Is it right? Measure it: nudge the argument $u$ of a function $f$ by a small $h$ both ways, and divide the rise by the run. This is the **central difference**:
#
# $$f'(u) \approx \frac{f(u + h) - f(u - h)}{2h} .$$
#
# ### Exercise 2.1: measure a slope (warm-up, 3 minutes)
#
# With a pencil first: what does the formula give for $f(u) = u^2$ at $u = 3$ with $h = 1$?


# %%
def my_central_difference(f, u, h):
    """Slope of f at the number u, measured by nudging u by h both ways."""
    ...


exercises.check(my_central_difference)

# %%
exercises.folded(my_central_difference)


# %% [markdown]
# <details><summary>With a pencil</summary>
#
# $(4^2 - 2^2) / 2 = 12 / 2 = 6$, which is exactly the slope $2u$.
#
# </details>
#
# Now measure the sigmoid's slope at all points of the picture, and keep the largest error.


# %%
def worst_error(h):
    measured = (naive_sigmoid(z_line + h) - naive_sigmoid(z_line - h)) / (2 * h)
    return np.abs(measured - slope_line).max()


print("h = 1e-5: error below 1e-9:", worst_error(1e-5) < 1e-9)

# %% [markdown]
# **Predict.** Why $h = 10^{-5}$? Of the powers of ten from 1 down to $10^{-14}$, which gives the smallest error? Write down its exponent.

# %%
guesses.ask("exponent of the best nudge", None)

# %% mystnb={"image": {"alt": "Log-log plot of the largest error of the sigmoid's measured slope against the nudge h: circles in the shape of a V. From the right the error falls a hundredfold for each tenfold smaller nudge, down to about 1e-11 near h = 1e-5, and then rises tenfold for each tenfold smaller nudge. A dashed line, h squared over 48, follows the right arm, and a dotted one, 1e-16 over h, the left arm."}} tags=["hide-input"]
nudges = np.logspace(-14, 0, 57)
errors = [worst_error(h) for h in nudges]
figure, axis = plt.subplots(figsize=(5.2, 4.4))
axis.loglog(nudges, errors, "o", markersize=4, label="measured")
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
guesses.compare("exponent of the best nudge", round(np.log10(nudges[np.argmin(errors)])))

# %% [markdown]
# It is a V, because two things go wrong. On the right the formula is to blame: a line through two points of a curve is not yet its tangent. On the left it is rounding ([Goldberg 1991](https://doi.org/10.1145/103162.103163)). A float64 holds about 16 digits, so the rise is off by about $10^{-16}$, and dividing by a tiny run makes that large.
#
# <details><summary>Why are the arms so steep, and why 48?</summary>
#
# The rise is divided by $2h$, so rounding makes an error of about $10^{-16} / h$. That is ten times as much for a tenth of the nudge.
#
# For the other arm, Taylor's formula tells us what we lose with a nudge that is not zero:
#
# $$
# \begin{aligned}
# f(u \pm h) = f(u) &\pm h f'(u) + \frac{h^2}{2} f''(u) \\
# &\pm \frac{h^3}{6} f'''(u) + \dots
# \end{aligned}
# $$
#
# Subtract the two: the even powers cancel, and the odd ones double. Divide by $2h$. What remains beside $f'(u)$ is an error of about $\frac{h^2}{6} f'''(u)$. The sigmoid's third derivative is at most an eighth in size. To see that, differentiate $\sigma' = a(1 - a)$ by the product rule, where $a$ has the slope $\sigma'$ and $1 - a$ has $-\sigma'$: this gives $\sigma'' = \sigma' (1 - 2a)$. Once more: $1 - 2a$ has the slope $-2\sigma'$, and $(1 - 2a)^2 = 1 - 4\sigma'$. So
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
# Whether an error is small depends on how large the slopes are, so we use the **relative error**: $\lVert \text{given} - \text{measured} \rVert$, divided by the larger of $\lVert \text{given} \rVert$ and $\lVert \text{measured} \rVert$. <small>Double bars stand for an array's length, the root of the sum of its squares.</small> We call a gradient right if this is below $10^{-7}$, a limit that the [notes of CS231n](https://cs231n.github.io/neural-networks-3/) recommend for single entries. Is $h = 10^{-5}$ always good enough? Try a wave that wiggles a hundred times as fast, $\sin(100u)$, whose slope is $100 \cos(100u)$.

# %% tags=["hide-input"]
u = np.linspace(-1, 1, 201)
for h in [1e-5, 1e-6]:
    measured = (np.sin(100 * (u + h)) - np.sin(100 * (u - h))) / (2 * h)
    error = gradcheck.relative_error(100 * np.cos(100 * u), measured)
    print(f"sin(100 u), nudged by {h:.0e}: below 1e-7: {error < 1e-7}")

# %% [markdown]
# Here $10^{-5}$ is too large, and a correct slope would be refused, because where the V bottoms out depends on the function. In this lesson and the next, all functions bend as gently as the sigmoid, so we stay with $10^{-5}$.
#
# Now move the nudge yourself. One error is drawn for nudging both ways, and one for nudging upwards only, where $f(u + h) - f(u)$ is divided by $h$. Which of them gets smaller?

# %% mystnb={"image": {"alt": "A still of the picture of nudges: the error of a measured slope against the nudge, both on logarithmic axes. Nudged both ways it falls twice as steeply as nudged upwards only; both rise again towards the smallest nudges."}}
pictures.nudge()

# %% [markdown]
# ## A stable sigmoid
#
# There is a largest number that a float can hold. When $e^z$ is larger still, it **overflows**, and the result is `inf`. Where does that happen?

# %% tags=["hide-input"]
for dtype in (np.float64, np.float32):
    print(f"{np.dtype(dtype).name}: exp overflows above {np.log(np.finfo(dtype).max):.2f}")

# %% [markdown]
# Take $z = -1000$. The sigmoid there is too small for any float, so 0 is the right answer, both for the value and for the slope. What will the formulas make of it, $1 / (1 + e^{-z})$ and $e^{-z} / (1 + e^{-z})^2$? Write down both guesses.


# %%
def naive_slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


far = np.array([-1000.0])
with np.errstate(all="ignore"):  # or NumPy would warn
    print("value:", naive_sigmoid(far), "  slope:", naive_slope(far))

# %% [markdown]
# The value survives, because $1 / (1 + \infty) = 0$. The slope doesn't: $\infty / \infty$ has no value, so the computer says `nan`, *not a number*. And every sum or product with a `nan` is `nan` again.
#
# The cure: **never take the exponential of a large positive number.** For $z \ge 0$ the formula is fine as it is. For $z < 0$, multiply top and bottom by $e^{z}$:
#
# $$\sigma(z) = \frac{e^{z}}{e^{z} + 1} .$$
#
# ### Exercise 2.2: a stable sigmoid (core, 5 minutes)
#
# Write it for arrays. It must not give a warning for any number, and at $z = -40$ or $z = -720$ it must still give the tiny number that is correct there, not 0. Remember that `np.where` computes both of its cases for every number. With $|z|$, one formula serves both sides.


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
# For the slope, $a(1 - a)$ needs no exponential at all, so it can't overflow.
#
# <details><summary>Are you sure about the slope? Far to the right, a is rounded to 1</summary>
#
# Yes, and then $1 - a$ has lost its digits. At $z = 30$ the slope $a(1 - a)$ is off by one part in a thousand, at 36 by four in a hundred, and from 37 on it is 0. But the true slope is below $10^{-16}$ there, which moves nothing. `functions.sigmoid_derivative` keeps its digits.
#
# </details>
#
# ## From scores to probabilities
#
# Ten scores should become probabilities: none negative, adding up to 1, and the larger the score, the larger the probability. Exponentials are positive and keep the order, and dividing by their sum does the rest:
#
# $$p_k = \frac{e^{z_k}}{\sum_l e^{z_l}} .$$
#
# This is the **softmax**, as [Bridle 1990](https://doi.org/10.1007/978-3-642-76153-9_28) named it.
#
# <details><summary>Who had it before?</summary>
#
# Physics has known the form since Boltzmann 1868 and [Gibbs 1902](https://archive.org/details/elementaryprinci00gibbrich). Luce 1959 arrived at it in psychology, and McFadden 1974 in economics, both by asking how somebody chooses one of several things.
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
# Divide two probabilities, and the sum cancels: $p_k / p_l = e^{z_k - z_l}$. This ratio is called the **odds** of $k$ against $l$. So only *differences* between scores matter, and a lead of one more point always multiplies the odds by $e$.
#
# What happens if you add the same number to every score? And if you double them all? Decide before you run the cell. Then try other factors: 10, 0, $-1$.

# %%
more, times = 100, 2  # change these
print("added:      ", naive_softmax(z_three + more).round(4))
print("multiplied: ", naive_softmax(times * z_three).round(4))

# %% [markdown]
# <details><summary>What other numbers give</summary>
#
# Doubling squares all the odds. A factor of 10 leaves one winner, 0 makes all equal, and $-1$ reverses the order. Adding changes nothing until an exponential overflows, which happens from 706 on. Far below, from about $-710$ down, the exponentials lose their digits one by one, and at $-750$ all of them are 0: then $0/0$ makes every probability `nan`.
#
# </details>
#
# Adding the same number to every score changes nothing, because $e^{z_k + \text{shift}} = e^{\text{shift}}\, e^{z_k}$, and the same factor at the top and at the bottom cancels. But a score of 1000 makes the softmax overflow, so shift all scores by $-\max_l z_l$ first. Then no exponent is positive, and one of them is 0, so the sum contains a 1 and can't vanish.
#
# ## Which axis?
#
# A network answers for many examples at once. Rows are examples, so `z` has shape $(n, 10)$, and each *row* gets a softmax of its own. In NumPy that means an operation over the *last* axis, and `keepdims=True` keeps its result as a column, so that each row is divided by its own sum.
#
# ### Exercise 2.3: softmax by rows (core, 8 minutes)
#
# Write it for any number of rows, and any scores.


# %%
def my_softmax(z):
    """Probabilities of shape (n, classes) for logits of that shape: a softmax along each row."""
    ...


exercises.check(my_softmax)

# %%
exercises.folded(my_softmax)

# %% [markdown]
# *The original* of [lesson 00](00_first_look.ipynb) summed over axis 0: down the columns, over the batch. Here are both, for seven images. On the left, each image shares out a total of 1 among the classes. On the right, each *class* shares out a total of 1 among the images. Switch the axis, and add six 0s. Whose answers change?

# %% mystnb={"image": {"alt": "A still of a picture to touch: seven images, a 0 to a 6, each with its row in two grids of seven rows by ten classes, shaded by the numbers of a softmax, with a dot on the largest of each row. On the left a row is framed and adds up to 1; on the right a column. The 5 has its dot at 6 on the left, and at 5 on the right, because the 6 below it takes nearly all of column 6."}}
pictures.axes()

# %% [markdown]
# Two questions expose the fault. Does each row add up to 1? And **does a batch of one get what the same row gets in company?**


# %%
z_rows = network.logits(parameters, data.scale(validation_set[0][[113, 0, 7]]))


def same_alone(softmax):
    """Does the first image get alone what it gets in company?"""
    return np.allclose(softmax(z_rows[:1]), softmax(z_rows)[:1])


print("along each row:  ", same_alone(functions.softmax))
print("down each column:", same_alone(original.softmax_over_batch))
print("alone:", original.softmax_over_batch(z_rows[:1])[0])

# %% [markdown]
# There are the ten ones of lesson 00: alone, an image has no rival for any class.
#
# <details><summary>Are you sure that each row needs its own maximum?</summary>
#
# One maximum for the whole batch does no harm as long as the rows have scores of about the same size. But take the scores (1000, 1001) and (0, 1). The exponentials of the second row both sink to 0, and $0/0$ is `nan`, while each row alone is fine. So test with rows that lie far apart, as the checker does.
#
# </details>
#
# ## The Jacobian
#
# Raise one score, and its probability grows at the expense of all the others. *Every* probability depends on *every* score, so there are ten times ten derivatives $\partial p_k / \partial z_l$. The matrix that holds them is the **Jacobian**, $J$: row $k$, column $l$.
#
# Take your pencil. Write $\text{sum}$ for the sum of the ten exponentials, whose derivative with respect to $z_l$ is $e^{z_l}$. So $p_k = e^{z_k} / \text{sum}$. Now use the quotient rule twice: once for a class's own score, where the numerator moves too, and once for another's. You should find
#
# $$J_{kl} = \begin{cases} p_k (1 - p_k) & \text{if } l = k, \\ -\,p_k\, p_l & \text{if } l \ne k. \end{cases}$$
#
# <details><summary>With a pencil</summary>
#
# $$
# \begin{aligned}
# \frac{\partial p_k}{\partial z_k} &= \frac{e^{z_k}\, \text{sum} - e^{z_k} e^{z_k}}{\text{sum}^2} \\
# &= p_k - p_k^2 = p_k (1 - p_k), \\
# \frac{\partial p_k}{\partial z_l} &= \frac{0 \cdot \text{sum} - e^{z_k} e^{z_l}}{\text{sum}^2} = -\,p_k\, p_l .
# \end{aligned}
# $$
#
# </details>
#
# Every entry contains $-p_k p_l$, and on the diagonal there is a $p_k$ as well. So $J = \mathrm{diag}(p) - p^T p$, where $\mathrm{diag}(p)$ has $p$ on its diagonal and 0 elsewhere, and the column $p^T$ times the row $p$ is `np.outer(p, p)`.


# %%
def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


z_row = np.array([0.5, -1.0, 2.0, 0.0, 1.5])
p_row = functions.softmax(z_row)
J = softmax_jacobian(p_row)

# %% [markdown]
# Now move a score yourself. Raise one: its own probability gains, and together the others lose as much, so a column of $J$ adds up to 0. Then add the same number to all the scores, until one of the formulas breaks.

# %% mystnb={"image": {"alt": "A still of the picture of scores: ten scores as bars; their probabilities with 800 added to each, by the stable formula; and by the naive one, where each of the ten is nan."}}
pictures.scores()

# %% [markdown]
# ### Carrying a gradient back
#
# Suppose we know $dp_k = \partial L / \partial p_k$ for each probability. Score $l$ reaches the loss in ten ways, one through each probability, and the chain rule adds them up:
#
# $$dz_l = \sum_k \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial z_l} = \sum_k dp_k\, J_{kl} .$$
#
# That is the row $dp$ times the matrix $J$, a **vector-Jacobian product**. But you needn't build it: multiply $dp$ by $\mathrm{diag}(p)$ and by $p^T p$, and subtract.
#
# <details><summary>With a pencil</summary>
#
# $dp$ times $\mathrm{diag}(p)$ has the entries $dp_l\, p_l$. And $dp$ times $p^T$ is a single number, the sum of all $dp_k\, p_k$, which is then multiplied by the row $p$. So
#
# $$dz_l = p_l \Big( dp_l - \sum_k p_k\; dp_k \Big) .$$
#
# </details>
#
# ### Exercise 2.4: back through the softmax (core, 8 minutes)
#
# With a pencil first: for two classes, $p = (\frac12, \frac12)$ and $dp = (1, 0)$, what is $dz$? Then write it for a whole batch, where each row has its own sum.


# %%
def my_softmax_backward(p, dp):
    """Gradient of the loss with respect to the logits, from p and dp; all (n, classes)."""
    ...


exercises.check(my_softmax_backward)

# %%
exercises.folded(my_softmax_backward)

# %% [markdown]
# <details><summary>With a pencil</summary>
#
# The sum of $p_k\, dp_k$ is $\frac12$. So $dz = (\frac12 (1 - \frac12),\; \frac12 (0 - \frac12)) = (\frac14, -\frac14)$.
#
# </details>
#
# Is the Jacobian right? `gradcheck.check_gradient` nudges every entry of an array in turn, and measures how *one* number depends on it. Take the sum of all $dp_k\, p_k$, whose gradient with respect to $z$ is $dp$ times $J$. Does the check notice if we take the diagonal alone?

# %%
dp_row = np.random.default_rng(seed=3).normal(size=5)


def weighted_sum(z):
    return functions.softmax(z) @ dp_row


print(gradcheck.check_gradient(weighted_sum, z_row, dp_row @ J))
print(gradcheck.check_gradient(weighted_sum, z_row, dp_row * p_row * (1 - p_row)))

# %% [markdown]
# It does. Always break a check once on purpose, because a check that you have never seen fail is only a hope.
#
# ## Cross-entropy
#
# How wrong is a set of probabilities? What counts is $p_\text{right}$, the probability of the right answer. At 1 the loss should be 0, and as $p_\text{right}$ falls, it should grow. The logarithm does that: $-\log p_\text{right}$, by which [Shannon 1948](https://doi.org/10.1002/j.1538-7305.1948.tb01338.x) measured information. Here it is called the **surprise**.

# %%
for p_right in [1.0, 0.9, 0.5, 0.1, 0.001]:
    print(f"{p_right:5.3f} to the right class: surprise {np.log(1 / p_right):.4f}")

# %% [markdown]
# <details><summary>Why the logarithm, of all functions?</summary>
#
# For independent examples, the probability of *all* the right answers is a product, and the logarithm makes it a sum. Where the sum of the surprises is smallest, the product is largest. The field calls that **maximum likelihood**.
#
# </details>
#
# With one-hot targets, $-\sum_k y_k \log p_k$ picks out the right class. The mean over the $n$ rows of a batch is the **cross-entropy**:
#
# $$L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k} y_{ik} \log p_{ik} .$$
#
# Give a wrong class a lead of 1000 points, so that $p_\text{right}$ is practically $e^{-1000}$. What is the surprise on paper, and what does the computer say?

# %%
z_far = np.array([[1000.0, 0.0]])
with np.errstate(divide="ignore"):
    print("log of softmax:", np.log(functions.softmax(z_far)))

# %% [markdown]
# On paper it is 1000. But the computer has rounded the probability to 0, and the logarithm of 0 is minus infinity. So take the logarithm *before* anything can be rounded to zero:
#
# $$\log p_k = \log \frac{e^{z_k}}{\sum_l e^{z_l}} = z_k - \log \sum_l e^{z_l} .$$
#
# The second term is called **log-sum-exp** ([Blanchard, Higham and Higham 2021](https://doi.org/10.1093/imanum/draa038)). As it stands it overflows, but you know the cure: shift the row first.
#
# ### Exercise 2.5: log-softmax (core, 5 minutes)
#
# The result must stay finite even when a class is a thousand points behind.


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
# Compute it from the logits, as safely as your log-softmax. Which numbers are added up, and what is the sum divided by?


# %%
def my_cross_entropy(z, y):
    """Mean cross-entropy, one number, of logits z and one-hot targets y, both (n, classes)."""
    ...


exercises.check(my_cross_entropy)

# %%
exercises.folded(my_cross_entropy)

# %% [markdown]
# **Predict.** A network that knows nothing gives each of ten classes a tenth. What is its cross-entropy?

# %%
guesses.ask("cross-entropy before learning", None)

# %%
y_batch = data.one_hot([3, 1, 4, 1])
nothing_known = functions.cross_entropy(np.zeros((4, 10)), y_batch)
guesses.compare("cross-entropy before learning", f"{nothing_known:.6f}")

# %% [markdown]
# That is the logarithm of 10.
#
# ### Exercise 2.7: the loss and its gradient (stretch, 12 minutes)
#
# A step of training needs the loss and its gradient with respect to the logits, $dZ$. The long way goes through $dp_k = -y_k / p_k$ and your `my_softmax_backward`, but what if $p_k$ has been rounded to 0? The short way needs a pencil: for a batch of one, put log-sum-exp into the loss, and differentiate with respect to one logit. In a larger batch, mind the mean's $1/n$.


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
# Take a batch of one, whose loss is $-\sum_k y_k \log p_k$. Substitute $\log p_k = z_k - \log \sum_l e^{z_l}$. The targets add up to 1, so log-sum-exp appears exactly once:
#
# $$L = -\sum_k y_k z_k + \log \sum_l e^{z_l} .$$
#
# Now differentiate with respect to one score, $z_k$. In the first sum only the term $-y_k z_k$ contains it, which gives $-y_k$. The second part is the logarithm of what we called $\text{sum}$, and gives $\frac{1}{\text{sum}} \cdot e^{z_k} = p_k$. Therefore
#
# $$\frac{\partial L}{\partial z_k} = p_k - y_k .$$
#
# No Jacobian is left, and no product of small slopes: *what you said minus what is true*. In a larger batch each row has a share of $1/n$ in the mean, so divide by $n$, once:
#
# $$dZ = \frac{P - Y}{n} .$$

# %%
z_batch = np.random.default_rng(seed=4).normal(size=(4, 10))
dz_batch = (functions.softmax(z_batch) - y_batch) / len(z_batch)


def loss_of(u):
    return functions.cross_entropy(u, y_batch)


gradcheck.check_gradient(loss_of, z_batch, dz_batch)

# %% [markdown]
# <details><summary>Are you sure that the long way, through the Jacobian, leads to the same place?</summary>
#
# On paper, yes. Carry $dp_k = -y_k / p_k$ back, and use that the targets add up to 1:
#
# $$dz_l = p_l \Big( -\frac{y_l}{p_l} + \sum_k p_k \frac{y_k}{p_k} \Big) = p_l - y_l .$$
#
# The $p_l$ of the softmax cancels the $1 / p_l$ of the logarithm. That is why this loss and this function belong together ([Goodfellow, Bengio and Courville 2016](https://www.deeplearningbook.org/), section 6.2). In the computer they cancel only if $p_l$ was not rounded to 0 first.
#
# </details>
#
# Weighted sums, a softmax and the cross-entropy make up what statisticians call **multinomial logistic regression** or, with two classes, **logistic regression** ([Cramer 2002](https://doi.org/10.2139/ssrn.360300)). Our network's last layer is just that, fed with activations in place of pixels.
#
# ## Back to the wrong answer
#
# The loss falls fastest in the direction opposite to its gradient, as lesson 03 shows. So the network's own ten numbers are $y - p$. Compare them with yours.

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
    title="The right score goes up, and every\nother down by the share it claimed",
    xlabel="push on the score, y - p",
    ylabel="class",
    yticks=range(10),
    xlim=(-0.8, 1.0),
)
axis.invert_yaxis()
plt.show()

# %% [markdown]
# The 6 goes up by what it lacked. The 0 goes down most, the 1 hardly at all.
#
# **Predict.** Push again and again, with a fresh $p$ each time. After how many pushes will the answer be 6?

# %%
guesses.ask("pushes until it says 6", None)

# %%
target, length = 6, 1.0  # change these: another class, a shorter or a longer push
z_pushed = z_image
answers = []
for pushes in range(5):
    p_pushed = functions.softmax(z_pushed)
    answers.append(p_pushed.argmax())
    print(f"pushes: {pushes}   answer: {answers[-1]}   p of the {target}: {p_pushed[target]:.2f}")
    z_pushed = z_pushed + length * (np.eye(10)[target] - p_pushed)
needed = answers.index(target) if target in answers else "more than 4"
guesses.compare("pushes until it says 6", needed)

# %% [markdown]
# Are four pushes enough if the target is the 1, the class it believes in least?
#
# <details><summary>What other numbers give</summary>
#
# With the 1 as target the pushes are the strongest, and yet after four of them the answer is still 0. The 1 starts more than eight points behind the 0. A push moves both, and closes less than two points of the gap. Back to the 6: with pushes a tenth as long, it isn't the answer even after four.
#
# </details>
#
# A network can't move its scores, only the weights they are made of. Lesson 03 hands the push on to them.
#
# ### Put yours to work
#
# Your functions can take the library's place, and in lesson 04 train a network. Delete the `#`, and the names of those that aren't right yet.

# %%
# exercises.keep(my_sigmoid, my_softmax, my_softmax_backward, my_log_softmax, my_cross_entropy)

# %% [markdown]
# ## Recap
#
# - The softmax turns ten scores into ten probabilities. The cross-entropy says how wrong they are; its gradient, $(P - Y) / n$, how to move each score.
# - $\sigma' = \sigma(1 - \sigma)$, at most one quarter, and nearly 0 where the sigmoid saturates.
# - A central difference measures a derivative. Its error is a V, whose bottom depends on the function; for ours it is near $h = 10^{-5}$.
# - Never give `exp` a large positive number: use $-|z|$, or subtract each *row's* maximum.
# - Softmax runs over the classes, row by row.
#
# ## Questions to ask yourself
#
# 1. A unit's sum is 20. Roughly how much of a gradient gets through it, compared with a unit whose sum is 0?
#
#    <details><summary>Answer</summary>
#
#    Its slope is about $e^{-20}$, some $2 \cdot 10^{-9}$, and the other's is one quarter. So less than a hundred-millionth as much gets through.
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
#    Which sums: those along the rows, or those down the columns? Better still: does a batch of one get what it gets in company?
#
#    </details>
#
# 4. You forget to divide by $n$. Does training notice? Does the check?
#
#    <details><summary>Answer</summary>
#
#    Training only sees a learning rate that is $n$ times as large. It may fail, or go well if the rate was chosen that way, but it doesn't name the fault. The check does: with $n = 4$ one gradient is four times the other, so the relative error is $1 - \frac14$, three quarters.
#
#    </details>
#
# 5. What is a softmax between two classes?
#
#    <details><summary>Answer</summary>
#
#    The sigmoid of the difference between their scores. Divide top and bottom by $e^{z_0}$:
#
#    $$p_0 = \frac{e^{z_0}}{e^{z_0} + e^{z_1}} = \frac{1}{1 + e^{-(z_0 - z_1)}} = \sigma(z_0 - z_1) .$$
#
#    </details>
#
# ## Next
#
# [03 Backpropagation](03_backpropagation.ipynb): put these pieces together into a network, and carry the gradient back to every one of its weights.
