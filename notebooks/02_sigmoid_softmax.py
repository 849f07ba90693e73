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
# turns ten scores into ten probabilities. Both are one line long, and both have traps.
#
# **You will** derive the derivatives of both functions with a pencil, write the functions in NumPy, break them with large numbers,
# mend them, and check every formula by measurement.
#
# **You will be able to**
#
# - derive $\sigma' = \sigma(1 - \sigma)$, the softmax's Jacobian, and the gradient $p - y$;
# - measure any derivative, and say why the best nudge is neither large nor tiny;
# - write both functions so that their exponentials never overflow;
# - tell whether a softmax runs over the right axis, with two short questions.
#
# **You need** [lesson 01](01_loading.ipynb) for the shapes, and from school the derivatives of $e^x$ and $\log x$, the rules for
# products, quotients and chains; Taylor's formula helps.
#
# **Time** 40 minutes to read, 45 more for the exercises, and some for the pencil; the computer works about 3 s and uses 240 MB

# %% [markdown]
# ## Before you start
#
# Two questions on lesson 01. Answer them on paper first.
#
# 1. You scale a batch of 128 images. What shape has $X$, what is in one row, and between which numbers do its entries lie? What does the row of $Y$ for a 3 look like?
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
import warnings

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import (
    data,
    exercises,
    explore,
    functions,
    gradcheck,
    network,
    original,
    plotting,
    training,
)

plotting.use_style()

# %% [markdown]
# ## Which number should move, and which way?
#
# Here is a network like the one of [lesson 00](00_first_look.ipynb), stopped early: it has taken a hundred steps of training. The three lines that train it are explained in lessons 03 and 04; today we want its mistake.

# %%
mnist = data.load()
train_set, validation_set = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
rng = np.random.default_rng(seed=0)
batches = training.minibatches(50_000, rng=rng)[:100]
parameters, _ = training.train(
    network, network.initialise(rng), train_set, batches, learning_rate=0.5
)

# %% mystnb={"image": {"alt": "A network at work on a handwritten six: the image, eight of 128 hidden units shaded by their response, and ten classes with bars. The longest bar, 0.49, is at the 0; the 6 has 0.29, the 2 has 0.11."}} tags=["hide-input"]
image, label = validation_set[0][113], validation_set[1][113]
seen = network.forward(parameters, data.scale(image[None]))
z_image, y_image = seen.z2[0], data.one_hot([label])[0]
plotting.network(
    image, seen.a1[0], functions.softmax(z_image), title="You read a 6. The network says 0"
)
plt.show()

# %% [markdown]
# Read the picture from left to right. The pixels go into 128 **units**. Each unit multiplies every pixel by a number of its own, a **weight**, adds all that up, and one more number, its **bias**. The sum it turns into a response between 0 and 1: that is the sigmoid's work. (The circles' colours are responses and probabilities, from violet for 0 to yellow for 1. The weights are the $W$ in the picture, the biases the $b$.) In the same way the responses make ten **scores**, one for each class. The softmax turns the scores into ten probabilities, the bars.
#
# The scores and the probabilities of this image, beside what they should have been:

# %%
print("class  score   probability  target")
for k in range(10):
    print(f"{k:5}  {z_image[k]:5.2f}   {functions.softmax(z_image)[k]:11.4f}  {y_image[k]:6.0f}")

# %% [markdown]
# To learn is to move numbers. If you could move the ten scores, which would you move, which way, and how strongly? Should the score of the 1 move at all, or that of the 2? **Write ten numbers on paper**, positive for up and negative for down. At the end of this lesson you will have derived the
# network's own answer, and can compare.
#
# We need one number that says how wrong an answer is: the **loss** $L$. Write $\partial L / \partial z_k$ for its ordinary derivative when only $z_k$ moves and all else stands still. For an array there is one such number for each entry; together they are the **gradient**, which
# has the array's shape.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $z$ | `z` | (n, 10), or any | what goes in: a unit's sum, or the scores of the classes, called **logits** |
# | $a$ | `a` | as `z` | a unit's response, called its **activation** |
# | $p$ | `p` | as `z` | probabilities |
# | $y$ | `y` | as `z` | one-hot targets |
# | $L$ | `loss` | | the number that training makes small |
# | $\partial L / \partial z$, short $dz$ | `dz` | as `z` | `d` + name is always the loss's gradient by it; *by* $z$ is short for *with respect to* $z$ |
# | $u$ | `u` | any | the point at which a function $f$ is measured |
# | $h$ | `h` | | the nudge, both ways, of a central difference |
#
# For a whole batch we write capitals, $Z$, $P$, $Y$, and the rows are the examples: $i$ counts examples, $k$ and $l$ count classes. The logarithm $\log$ is the natural one, as in `np.log`.
#
# ## From any number to between 0 and 1
#
# A unit's sum may be any number at all, and we want a response between 0 (silent) and
# 1 (fully on). The **sigmoid** provides it. (Statisticians call it the logistic function; Verhulst published it in 1838, for populations that cannot grow for ever: [Cramer 2002](https://doi.org/10.2139/ssrn.360300) tells its story.)
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} .$$
#
# Before you look: what is $\sigma(0)$? What happens far to the right, and far to the left?


# %%
def naive_sigmoid(z):
    return 1 / (1 + np.exp(-z))


for number in [-6.0, -2.0, 0.0, 2.0, 6.0]:
    print(f"sigmoid({number:4.0f}) = {naive_sigmoid(number):.6f}")

# %% [markdown]
# At 0 the value is one half. Far right $e^{-z}$ vanishes, leaving 1; far left it grows without
# bound, and the value sinks to 0. Look at the pairs: the values at $-2$ and $2$ add up to 1. That is no accident:
#
# $$
# \begin{aligned}
# 1 - \sigma(z) &= \frac{1 + e^{-z} - 1}{1 + e^{-z}} = \frac{e^{-z}}{1 + e^{-z}} \\
# &= \frac{1}{e^{z} + 1} = \sigma(-z).
# \end{aligned}
# $$
#
# (The third step multiplies above and below by $e^z$; the last reads the definition with $-z$ for $z$.) Does it hold at 401 points from $-8$ to 8?

# %%
z_line = np.linspace(-8, 8, 401)
np.allclose(1 - naive_sigmoid(z_line), naive_sigmoid(-z_line))

# %% [markdown]
# ## The slope of the sigmoid
#
# Learning asks: *if I nudge this number, how much does the answer move?* So we need the slope. Write
# $\sigma(z) = (1 + e^{-z})^{-1}$ and use the chain rule, outside first. "One over something" has the slope minus one over its square; the
# inner function, $1 + e^{-z}$, has $-e^{-z}$; the two minus signs cancel:
#
# $$
# \begin{aligned}
# \sigma'(z) &= \frac{e^{-z}}{(1 + e^{-z})^2} \\
# &= \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} \\
# &= \sigma(z)\,(1 - \sigma(z)).
# \end{aligned}
# $$
#
# The last step used what you have just seen: the second fraction is $1 - \sigma(z)$. So once the activation $a = \sigma(z)$ is
# known, the slope costs one multiplication: $\sigma'(z) = a (1 - a)$.


# %%
def slope_from_value(a):
    return a * (1 - a)


a_line = naive_sigmoid(z_line)
slope_line = slope_from_value(a_line)
print(f"steepest at z = {z_line[slope_line.argmax()]:.0f}, with slope {slope_line.max()}")
print(f"at z = 5 the slope is {slope_from_value(naive_sigmoid(5.0)):.4f}")

# %% [markdown]
# Where it is steepest can be seen without calculus. Completing the square, $a(1 - a) = \frac14 - (a - \frac12)^2$: never above
# one quarter, and one quarter only where $a = \frac12$, at $z = 0$.

# %% mystnb={"image": {"alt": "The sigmoid rises from 0 to 1 as an S through one half at z = 0; its slope, drawn below it, is a bell with its top of one quarter at z = 0 that has all but vanished beyond plus and minus 5. The regions beyond 5 are shaded and marked saturated."}} tags=["hide-input"]
figure, axis = plt.subplots()
for left, right in [(-8, -5), (5, 8)]:
    axis.axvspan(left, right, color="0.92")
    axis.text((left + right) / 2, 0.5, "saturated", ha="center", color="0.3")
plotting.curves(
    z_line,
    {"sigmoid": a_line, "its slope": slope_line},
    axis=axis,
    title="In the shade the slope is nearly 0: a nudge hardly shows",
    xlabel="z",
    ylabel="value",
)
plt.show()

# %% [markdown]
# The flat parts matter. Beyond 5, say, the slope is less than a thirtieth of its best. A unit whose sum lies out there is **saturated**: nudge the sum and its response hardly
# moves, so learning hardly reaches it. Now think back to lesson 01: raw pixels go up to 255. How many of our network's sums lie in the shade, if it is given scaled pixels, and if it is given raw ones?

# %%
raw = validation_set[0][:1_000].reshape(1_000, 784)
for name, pixels in {"scaled": raw / 255, "raw": raw * 1.0}.items():
    beyond = np.abs(network.forward(parameters, pixels).z1) > 5
    print(f"{name:6} pixels: {100 * beyond.mean():4.1f} % of the sums lie beyond 5")

# %% [markdown]
# That is one reason to scale them.
#
# ## A formula is a claim
#
# You derived the slope by hand. How do you know that it is right? Measure it. Take any function $f$ and a point $u$, nudge the point by a small $h$ both
# ways, and divide the rise by the run. This is the **central difference**:
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
# Now to the sigmoid, at all 401 points of the picture at once; we keep the largest error. Beside it, the obvious cheaper way: nudge upwards only.


# %%
def both_ways(f, u, h):
    return (f(u + h) - f(u - h)) / (2 * h)


def upwards_only(f, u, h):
    return (f(u + h) - f(u)) / h


def worst_error(way, h):
    return np.abs(way(naive_sigmoid, z_line, h) - slope_line).max()


for way in (both_ways, upwards_only):
    print(f"h = 1e-5, {way.__name__}, error below 1e-9:", worst_error(way, 1e-5) < 1e-9)

# %% [markdown]
# Why $h = 10^{-5}$, when "as small as possible" sounds better? Taylor's formula tells us what we lose by a nudge that is not
# zero:
#
# $$
# \begin{aligned}
# f(u \pm h) = f(u) &\pm h f'(u) + \frac{h^2}{2} f''(u) \\
# &\pm \frac{h^3}{6} f'''(u) + \dots
# \end{aligned}
# $$
#
# Subtract the two: the even powers cancel, the odd ones double. Divide by $2h$: what remains beside $f'(u)$ is an error of about
#
# $$\frac{h^2}{6} f'''(u) .$$
#
# Nudge upwards only, and nothing cancels: subtract $f(u)$ from $f(u + h)$, divide by $h$, and the error is about
#
# $$\frac{h}{2} f''(u) .$$
#
# By which factor does each fall, if the nudge is ten times smaller? Guess two numbers.

# %%
for way in (both_ways, upwards_only):
    for h in [1e-1, 1e-2]:
        factor = worst_error(way, h) / worst_error(way, h / 10)
        print(f"{way.__name__:12}  from h = {h:g} to {h / 10:g}: error {factor:5.1f} times smaller")

# %% [markdown]
# A hundred, and ten. For the sigmoid, where the second derivative is at most about a tenth and the third at most an eighth in size, the two errors are at most about $\frac{h^2}{6} \cdot \frac18 = \frac{h^2}{48}$ and $\frac h2 \cdot \frac1{10} = \frac h{20}$.
#
# <details><summary>Why an eighth, and a tenth?</summary>
#
# Differentiate $\sigma' = a(1 - a)$ by the product rule, where $a$ has the slope $\sigma'$ and $1 - a$ has $-\sigma'$:
#
# $$\sigma'' = \sigma' (1 - a) - a\, \sigma' = \sigma' (1 - 2a) .$$
#
# Once more. Here $1 - 2a$ has the slope $-2\sigma'$, and $(1 - 2a)^2 = 1 - 4a + 4a^2 = 1 - 4\sigma'$, so that only $\sigma'$ is left:
#
# $$
# \begin{aligned}
# \sigma''' &= \sigma'' (1 - 2a) - 2\, \sigma'^{\,2} \\
# &= \sigma' (1 - 4 \sigma') - 2\, \sigma'^{\,2} \\
# &= \sigma' (1 - 6 \sigma') .
# \end{aligned}
# $$
#
# As $\sigma'$ goes from 0 to $\frac14$, that is a parabola, 0 at 0 and at $\frac16$. So it is largest half-way, at $\frac1{12}$, where it is $\frac1{24}$; and it ends at $-\frac18$, which is further from 0. The second derivative is largest in size where its own slope $\sigma'''$ is 0, at $\sigma' = \frac16$. There $(1 - 2a)^2 = 1 - \frac46 = \frac13$, so it is $\frac16 \sqrt{\frac13}$ in size, about a tenth.
#
# </details>
#
# There is a second enemy, rounding ([Goldberg 1991](https://doi.org/10.1145/103162.103163)). A float64 holds about 16 digits, and the sigmoid's values lie below 1, so $f(u + h)$ and $f(u - h)$ are each known to
# about $10^{-16}$. Their difference is no better. Divided by the run, $2h$, that makes an error of about $10^{-16} / h$; upwards only, where the run is half as long, twice as much. Sketch the errors against $h$, on axes that are both logarithmic, where a power of $h$ is a straight line. What shape has the sum of one that rises and one that falls?

# %% mystnb={"image": {"alt": "Log-log plot of the largest error of the sigmoid's measured slope against the nudge h: two curves that fall and rise again, and whose left arms lie side by side. Circles, nudged both ways: from the right the error falls a hundredfold for each tenfold smaller nudge, down to about 1e-11 near h = 1e-5, and then rises tenfold for each tenfold smaller nudge. Squares, upwards only: from the right it falls tenfold for each tenfold smaller nudge, down to about 6e-9 near h = 6e-8, and rises from there, about twice as high as the circles. Dashed lines h squared over 48, h over 20 and 1e-16 over h follow the three arms."}} tags=["hide-input"]
nudges = np.logspace(-14, 0, 57)
figure, axis = plt.subplots(figsize=(7, 4.8))
for way, marker, colour in zip((both_ways, upwards_only), "os", plotting.COLOURS):
    errors = [worst_error(way, h) for h in nudges]
    name = way.__name__.replace("_", " ")
    axis.loglog(nudges, errors, marker, markersize=4, color=colour, label=f"nudged {name}")
arms = {
    r"formula, $h^2 / 48$": (nudges[34:], nudges[34:] ** 2 / 48, "--"),
    r"formula, $h / 20$": (nudges[26:], nudges[26:] / 20, "-."),
    r"rounding, $\sim 10^{-16} / h$": (nudges[:42], 1e-16 / nudges[:42], ":"),
}
for name, (where, arm, style) in arms.items():
    axis.loglog(where, arm, style, color="black", linewidth=1.2, label=name)
axis.set(
    title="Slope of the sigmoid, measured from -8 to 8:\nsmaller nudges are better, until they are not",
    xlabel="nudge h",
    ylabel="largest error at 401 points",
    ylim=(1e-13, 1),
)
axis.legend(fontsize=11, loc="upper center")
plt.show()

# %% [markdown]
# Each makes the shape of a V. The left arms, close to each other, are rounding; the right arms are the formulas' own errors. Both ways, the best nudge is close to where the arms cross: $h^2 / 48 \approx 10^{-16} / h$, so $h^3 \approx 48 \cdot 10^{-16}$ and $h$ is between $10^{-5}$ and $2 \cdot 10^{-5}$. We use
# $h = 10^{-5}$ from here on. Upwards only, even the lowest square lies hundreds of times higher than the lowest circle.
#
# Was it luck, with this function at this place? Try others, and let the V grow point by point. (This picture can be touched: on the pages as it stands, in Jupyter once you run the cell.)

# %% mystnb={"image": {"alt": "A still of the picture of nudges: the error of a measured slope against the nudge, both on logarithmic axes. Nudged both ways it falls twice as steeply as nudged upwards only; both rise again towards the smallest nudges."}}
explore.nudge()

# %% [markdown]
# An absolute error says little if we do not know how large the slopes are. So we compare by the **relative error**. With double bars for the length of an array, the root of the sum of its squared entries, it is
#
# $$\frac{\lVert \text{given} - \text{measured} \rVert}{\max(\lVert \text{given} \rVert, \lVert \text{measured} \rVert)} .$$
#
# We call a gradient right when its relative error is below $10^{-7}$. A right one gets far below, as the V's lowest point shows; a wrong formula, as you will see, stays far above. (Nudge and limit follow the [notes of CS231n](https://cs231n.github.io/neural-networks-3/).) `gradcheck.check_gradient` measures and compares like
# this for a function of a whole array. It nudges every entry in turn, so the function must give *one*
# number: we take the sum of all the sigmoids, whose derivative with respect to an entry is that entry's own slope.

# %%
z_random = np.random.default_rng(seed=2).normal(size=8)
a_random = naive_sigmoid(z_random)


def sum_of_sigmoids(u):
    return naive_sigmoid(u).sum()


gradcheck.check_gradient(sum_of_sigmoids, z_random, a_random * (1 - a_random))

# %% [markdown]
# Does the check notice a mistake? Forget one factor, on purpose:

# %%
gradcheck.check_gradient(sum_of_sigmoids, z_random, a_random)

# %% [markdown]
# It tells you how far off the whole gradient is, which entry is worst, and both values there. Does it notice every mistake? Take two units, at 0 and at 30, and double the slope of the second:

# %%
z_blind = np.array([0.0, 30.0])
a_blind = naive_sigmoid(z_blind)
gradcheck.check_gradient(sum_of_sigmoids, z_blind, a_blind * (1 - a_blind) * [1, 2])

# %% [markdown]
# It has a blind spot: the error is measured against the whole gradient, so a wrong entry hides where the right ones beside it are many times larger. Check where no unit is saturated. (A check that you have not seen fail is a hope:
# you will see this one refuse one classic mistake after another.)
#
# ## A stable sigmoid
#
# Floats end somewhere. The largest number whose exponential still fits is the logarithm of the largest float:

# %%
for dtype in (np.float64, np.float32):
    print(f"{np.dtype(dtype).name}: exp overflows above {np.log(np.finfo(dtype).max):.2f}")

# %% [markdown]
# Beyond that the result is `inf`. Take $z = -1000$, where $e^{-z}$ fits into neither. Its sigmoid is too small for any float64, so 0
# is the right answer; and so it is for the slope. What will the formulas make of it as they stand, $1 / (1 + e^{-z})$ for the value and $e^{-z} / (1 + e^{-z})^2$ for the slope? Write down both guesses.


# %%
def naive_slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


far = np.array([-1000.0])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("value:", naive_sigmoid(far), "  slope:", naive_slope(far))
print("warnings:", sorted({str(warning.message) for warning in caught}))

# %% [markdown]
# The value survives: $1 / (1 + \infty) = 0$ is even right, though it comes with a warning. The slope does not:
# $\infty / \infty$ has no value, and so it is `nan`, *not a number*. One `nan` in a gradient turns every number
# it touches into `nan`, and every later step spreads it.
#
# Both troubles go away if no exponential ever gets a positive argument. For $z \ge 0$ the formula is fine as it is. For
# $z < 0$, multiply above and below by $e^{z}$:
#
# $$
# \sigma(z) = \begin{cases} \dfrac{1}{1 + e^{-z}} & \text{if } z \ge 0, \\[2ex] \dfrac{e^{z}}{e^{z} + 1} & \text{if } z < 0. \end{cases}
# $$
#
# ### Exercise 2.2: a stable sigmoid (5 minutes)
#
# Write it for arrays. It must not warn for any number; and far to the left, at $z = -40$ or $z = -720$, it must still give the tiny number that is right there, not 0. Two cases will do, but mind that `np.where` computes both of its cases for every number, and chooses afterwards. Can you find one formula for both? Look at the two denominators first: what do they have in common if you write $|z|$?


# %%
def my_sigmoid(z):
    """Sigmoid of every number in the array z, of any shape, without overflow."""
    ...


exercises.check(my_sigmoid)

# %%
exercises.folded(my_sigmoid)

# %% [markdown]
# Both cases in one formula: the denominator is $1 + e^{-|z|}$ in both, and the numerator is $e^{\min(z, 0)}$, which is 1 where $z \ge 0$.
#
# $$\sigma(z) = \frac{e^{\min(z, 0)}}{1 + e^{-|z|}} .$$
#
# (The library saves the second exponential: its numerator is the larger of $e^{-|z|}$ and the truth of $z \ge 0$, which counts as 1 or 0. `_floats` only checks and converts the input.)

# %%
with warnings.catch_warnings():
    warnings.simplefilter("error")  # a warning would stop the cell
    print(functions.sigmoid([-1000.0, -1, 0, 1, 1000]).round(4))
np.allclose(functions.sigmoid(z_line), a_line, rtol=1e-14, atol=0)

# %% [markdown]
# For the slope, $a(1 - a)$ needs no exponential at all, so it cannot overflow. Far to the right, where $a$ has been rounded to 1, it gives 0; the true slope at $z = 40$ is about $e^{-40}$, which moves nothing either.

# %%
a_far = functions.sigmoid(40.0)
print("a(1 - a):", a_far * (1 - a_far), f"  true slope: {functions.sigmoid_derivative(40.0):.1e}")

# %% [markdown]
# ## From scores to probabilities
#
# The network's last layer gives ten scores, each any number. We want probabilities: none negative,
# summing to 1, and the largest score must get the largest probability. Exponentials are always positive and keep the order;
# dividing by their sum does the rest. This is the **softmax**. (Physics has known the form since Boltzmann 1868 and Gibbs 1902; the name is from [Bridle 1990](https://doi.org/10.1007/978-3-642-76153-9_28).)
#
# $$p_k = \frac{e^{z_k}}{\sum_l e^{z_l}} .$$


# %%
def naive_softmax(z):
    e = np.exp(z)
    return e / e.sum()


z_three = np.array([1.0, 2.0, 4.0])
p_three = naive_softmax(z_three)
print(p_three.round(4), f" sum {p_three.sum():.4f}")

# %% [markdown]
# But why exponentials? Much else is positive and keeps the order. Divide two probabilities, and the sum cancels: $p_k / p_l = e^{z_k - z_l}$. Only **differences** of
# scores count, as with any power $b^z$; and of those, only $e^z$ is its own slope, which will make the gradient plain $p - y$, without a factor. The quotient $p_k / p_l$ is called the **odds** of $k$ against $l$. One point more multiplies them by $e$:

# %%
print(f"p[1] / p[0] = {p_three[1] / p_three[0]:.4f},  e = {np.e:.4f}")

# %% [markdown]
# So what happens if you add the same amount to every score? And if you double them all? Decide before you run it. Then change the two numbers and run it again: what do you expect of a factor of 10, of 0, of $-1$?

# %%
more, times = 100, 2  # change these
print("added:      ", naive_softmax(z_three + more).round(4))
print("multiplied: ", naive_softmax(times * z_three).round(4))

# %% [markdown]
# Doubling squares all the odds (a large factor leaves one winner, 0 makes all equal, a negative one turns the order round). Adding changes nothing, and here is why:
#
# $$\frac{e^{z_k + \text{shift}}}{\sum_l e^{z_l + \text{shift}}} = \frac{e^{\text{shift}}\, e^{z_k}}{e^{\text{shift}} \sum_l e^{z_l}} = p_k .$$
#
# That is about to save us. With a score of 1000, $e^{1000}$ overflows, and $\infty / \infty$ is `nan` once more, at the very class that should have won.
# But we may shift. Take $-\max_l z_l$: then the largest exponent is exactly 0, none is positive, and nothing
# overflows. The sum contains $e^0 = 1$, so it is never zero either.

# %%
z_high = np.array([0.0, 1000.0, 998.0])
with np.errstate(over="ignore", invalid="ignore"):  # both warnings of the first line
    print("as it stands:", naive_softmax(z_high))
print("shifted:     ", naive_softmax(z_high - z_high.max()).round(4))

# %% [markdown]
# ## Which axis?
#
# A network answers for many examples at once. Rows are examples: `z` has shape $(n, 10)$, and each **row** gets a
# softmax of its own. In NumPy an operation along a row runs over the *last* axis, and `keepdims=True` keeps the result as a
# column, shape $(n, 1)$, so that each row is divided by its own sum.
#
# ### Exercise 2.3: softmax by rows (8 minutes)
#
# For any number of rows, any scores. Each row has its own maximum and its own sum.


# %%
def my_softmax(z):
    """Probabilities of shape (n, classes) for logits of that shape: a softmax along each row."""
    ...


exercises.check(my_softmax)

# %%
exercises.folded(my_softmax)

# %%
z_rows = np.array([[1.0, 2.0, 4.0], [3.0, 3.0, 3.0]])
p_rows = functions.softmax(z_rows)
print(p_rows.round(4))
print("each row sums to 1:", np.allclose(p_rows.sum(axis=1), 1))

# %% [markdown]
# One word in that code decides everything: the axis. *The original*, whose answers changed with the company in [lesson 00](00_first_look.ipynb), summed over axis 0: down the columns, over the batch. The library keeps its softmax to learn from. What do you get?

# %%
print(original.softmax_over_batch(z_rows).round(4))

# %% [markdown]
# Each *column* sums to 1, so it looks like probabilities. One question is whether each row sums to 1. The other exposes the fault even where nobody adds up: **does a batch of one give what the
# same row gives in company?** Your answer about an image must not depend on who else is in the room. (Ask it of at least two different rows: a batch of one is always in its own company.)


# %%
def same_alone(softmax, z):
    """For each row: does it get the same answer alone as in company?"""
    return [bool(np.allclose(softmax(z[i : i + 1]), softmax(z)[i : i + 1])) for i in range(len(z))]


print("along each row:", same_alone(functions.softmax, z_rows))
print("over the batch:", same_alone(original.softmax_over_batch, z_rows))
print("row 0 alone:   ", original.softmax_over_batch(z_rows[:1])[0])

# %% [markdown]
# Alone in its batch, an example gets "probability" 1 for every class. So it answers 0, the first of the equals, to every image; lesson 05 takes that apart.
#
# The other half of the trap is the maximum. Suppose the sums are right, along each row, but *one* maximum is subtracted from the whole batch. Does the question find that, too?


# %%
def one_maximum(z):
    e = np.exp(z - z.max())
    with np.errstate(invalid="ignore"):
        return e / e.sum(axis=-1, keepdims=True)


far_apart = np.array([[1000.0, 1001.0], [0.0, 1.0]])
print("ordinary rows: ", same_alone(one_maximum, z_rows))
print("rows far apart:", same_alone(one_maximum, far_apart))
print(one_maximum(far_apart).round(4))

# %% [markdown]
# Only if the rows lie far apart, and only at the lower row, whose exponentials have all sunk to 0: $0/0$ is `nan`. So put such rows into your tests. Both rows have the same difference of scores and
# must get the same probabilities:

# %%
print(functions.softmax(far_apart).round(4))
print("sigmoid of -1 and 1:", functions.sigmoid([-1.0, 1.0]).round(4))

# %% [markdown]
# The numbers of the last line are the same, and no accident. With two classes,
#
# $$
# \begin{aligned}
# p_0 = \frac{e^{z_0}}{e^{z_0} + e^{z_1}} &= \frac{1}{1 + e^{-(z_0 - z_1)}} \\
# &= \sigma(z_0 - z_1) .
# \end{aligned}
# $$
#
# The sigmoid is a softmax between two.
#
# ## The Jacobian
#
# Now the derivative. The sigmoid had one input and one output. The softmax has ten of each, and **every** output depends on
# **every** input: raise one score, and its probability grows at the expense of all others. So there are ten times ten
# derivatives $\partial p_k / \partial z_l$. The matrix of them is called the **Jacobian**, $J$.
#
# Write $\text{sum} = \sum_l e^{z_l}$, so that $p_k = e^{z_k} / \text{sum}$ and $\partial\, \text{sum} / \partial z_l = e^{z_l}$. The quotient rule has two cases. Cover the next lines, and try both first.
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
# (With two classes, the first is the sigmoid's slope again.) Both cases in one, with $\delta_{kl}$ equal to 1 if $k = l$ and otherwise 0:
#
# $$J_{kl} = \frac{\partial p_k}{\partial z_l} = p_k\, (\delta_{kl} - p_l),$$
#
# and as a matrix, where $p$ is one row, as always,
#
# $$J = \mathrm{diag}(p) - p^T p .$$
#
# Here $\mathrm{diag}(p)$ has $p$ on its diagonal and 0 elsewhere, and $p^T p$, a column times a row, `np.outer(p, p)`, has the entry $p_k\, p_l$ in row $k$ and column $l$.


# %%
def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


z_row = np.array([0.5, -1.0, 2.0, 0.0, 1.5])
p_row = functions.softmax(z_row)
J = softmax_jacobian(p_row)
J.shape

# %% [markdown]
# Measure it: nudge each score in turn, and see how all the probabilities move. Nudging score $l$ gives column $l$. (The rows of `np.eye(5)` are five directions: 1 at place $l$ and 0 elsewhere.)

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
axis.imshow(J, cmap="PuOr", vmin=-0.25, vmax=0.25)
for (row, column), value in np.ndenumerate(J):
    color = "white" if abs(value) > 0.15 else "black"
    axis.text(column, row, f"{value:.3f}", ha="center", va="center", color=color)
axis.set(
    title="One score up: one winner, everyone else pays",
    xlabel="score nudged, l",
    ylabel="probability moved, k",
)
axis.grid(False)
plt.show()

# %% [markdown]
# Violet gains, orange loses. Read a column first. In column 2, score 2 was nudged: its own probability gains, and the others together lose exactly as much, each in proportion to its probability. Now a row. What does each row sum to? Think of moving all
# scores by the same small amount: no probability may move. But $p_k$ moves by that amount times the sum of row $k$. So every row must sum to 0, and because $J$ is
# symmetric, so must every column.

# %%
print("rows sum to 0:   ", np.allclose(J.sum(axis=1), 0))
print("columns sum to 0:", np.allclose(J.sum(axis=0), 0))
print("symmetric:       ", np.array_equal(J, J.T))

# %% [markdown]
# (Added up by hand from the picture, a row may miss 0 by the last rounded digit.)
#
# Take the ten scores into your own hands. Hold one slider and watch the last column, which is its column of the Jacobian; add the same number to all, until one of the two formulas breaks; then go to float32, where it breaks sooner.

# %% mystnb={"image": {"alt": "A still of the picture of scores: ten scores as bars; their probabilities with 800 added to each, by the stable formula; and by the naive one, where each of the ten is nan."}}
explore.scores()

# %% [markdown]
# ### Carrying a gradient back
#
# Suppose a loss $L$ depends on the probabilities, and we know $\partial L / \partial p_k$ for each; we write it $dp_k$, one symbol. How does the loss depend on score $l$? The score reaches it in ten ways, through each of the probabilities, and the chain rule
# adds them up:
#
# $$
# \begin{aligned}
# dz_l = \frac{\partial L}{\partial z_l} &= \sum_k \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial z_l} \\
# &= \sum_k dp_k\; p_k (\delta_{kl} - p_l) .
# \end{aligned}
# $$
#
# That is the matrix product `dp @ J`, which the field calls a *vector-Jacobian product*. But no matrix is needed. Of the part with $\delta_{kl}$ only the term $k = l$ is left; from the other part $p_l$ can be taken out of the sum:
#
# $$
# \begin{aligned}
# dz_l &= p_l\, dp_l - p_l \sum_k p_k\; dp_k \\
# &= p_l \Big( dp_l - \sum_k p_k\; dp_k \Big) .
# \end{aligned}
# $$
#
# ### Exercise 2.4: back through the softmax (8 minutes)
#
# By pencil first: with two classes, $p = (\frac12, \frac12)$ and $dp = (1, 0)$, what is $dz$? Then for a whole batch, each row with its own sum.


# %%
def my_softmax_backward(p, dp):
    """Gradient of the loss with respect to the logits, from p and dp; all (n, classes)."""
    ...


exercises.check(my_softmax_backward)

# %%
exercises.folded(my_softmax_backward)

# %% [markdown]
# The library's, for your pencil's numbers, and against the Jacobian for random ones:

# %%
print(functions.softmax_backward([[0.5, 0.5]], [[1.0, 0.0]]))
dp_random = np.random.default_rng(seed=3).normal(size=5)
np.allclose(functions.softmax_backward(p_row, dp_random), dp_random @ J)

# %% [markdown]
# ### What if you keep only the diagonal?
#
# That is, multiply by $p (1 - p)$, as if each probability listened to its own score alone. It feels right, since it is what
# works for the sigmoid. Let the check decide. For a loss, take here the squared distance to a target, $\sum_k (p_k - y_k)^2$, so that
# $dp_k = 2 (p_k - y_k)$.

# %%
y_row = np.array([0.0, 1, 0, 0, 0])


def squared_distance(u):
    return ((functions.softmax(u) - y_row) ** 2).sum()


dp_row = 2 * (p_row - y_row)
whole = functions.softmax_backward(p_row, dp_row)
diagonal = p_row * (1 - p_row) * dp_row
print(gradcheck.check_gradient(squared_distance, z_row, whole, name="whole Jacobian"))
print(gradcheck.check_gradient(squared_distance, z_row, diagonal, name="diagonal only "))

# %% [markdown]
# At the worst entry even the sign is wrong: following the diagonal would push that score the wrong way.
#
# ## Cross-entropy
#
# How wrong is a set of probabilities? What counts is how much was given to the right answer, $p_\text{right}$.
# If it is 1 the cost should be nothing, and it should grow as $p_\text{right}$ falls. The **surprise** does that (it is what [Shannon 1948](https://doi.org/10.1002/j.1538-7305.1948.tb01338.x) averages to measure information):
#
# $$-\log p_\text{right} = \log \frac{1}{p_\text{right}} .$$

# %%
for p_right in [1.0, 0.9, 0.5, 0.1, 0.001]:
    print(f"given {p_right:5.3f} to the right class: surprise {np.log(1 / p_right):.4f}")

# %% [markdown]
# Why the logarithm? Because the probability given to *all* the right answers together is the product of theirs, if the examples are taken as independent, and the logarithm makes it a sum. To make the surprise least is to make that product greatest: **maximum likelihood**. With
# one-hot targets, $-\sum_k y_k \log p_k$ picks out the right class. The mean over the $n$ rows of a batch is the **cross-entropy**:
#
# $$L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k} y_{ik} \log p_{ik} .$$
#
# One more trap lies in wait. Give the wrong class a lead of 1000 points, so that $p_\text{right} = e^{-1000}$. What is the surprise, on paper, and what does the computer say?

# %%
z_far = np.array([[1000.0, 0.0]])
with np.errstate(divide="ignore"):
    print("log of softmax:", np.log(functions.softmax(z_far)))

# %% [markdown]
# On paper it is 1000, an ordinary number; the computer has rounded the probability to 0 first, and the logarithm of 0 is minus infinity. So
# take the logarithm *before* anything can round to zero. The logarithm of a quotient is a difference:
#
# $$\log p_k = \log \frac{e^{z_k}}{\sum_l e^{z_l}} = z_k - \log \sum_l e^{z_l} .$$
#
# The second term is called **log-sum-exp** ([Blanchard, Higham and Higham 2021](https://doi.org/10.1093/imanum/draa038)). As it stands, it overflows. You know the cure: shift the row first.
#
# ### Exercise 2.5: log-softmax (5 minutes)
#
# Finite even if a class is a thousand points behind. You have every piece; nobody shows you this one beforehand.


# %%
def my_log_softmax(z):
    """Logarithms of the probabilities, shape (n, classes), for logits z of that shape."""
    ...


exercises.check(my_log_softmax)

# %%
exercises.folded(my_log_softmax)


# %%
z_batch = np.random.default_rng(seed=4).normal(size=(4, 10))
print("log_softmax:", functions.log_softmax(z_far))
np.allclose(np.exp(functions.log_softmax(z_batch)), functions.softmax(z_batch))

# %% [markdown]
# With $z_k - \max_l z_l$ in place of $z_k$, the sum of exponentials contains $e^0 = 1$, so its logarithm is safe: at least 0, and at most $\log 10$ for ten classes.
#
# ### Exercise 2.6: cross-entropy (5 minutes)
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
nothing_known = np.zeros((4, 10))
print(f"{functions.cross_entropy(nothing_known, y_batch):.6f}   log 10 = {np.log(10):.6f}")

# %% [markdown]
# Many a training curve begins near that number.
#
# ### Exercise 2.7: the loss and its gradient (stretch, 12 minutes)
#
# A step of training needs two things of the loss: its value, and its gradient with respect to the logits, $dZ$. You own all the parts for the long way: for a batch of one, $L = -\sum_k y_k \log p_k$ has $dp_k = -y_k / p_k$, and your `my_softmax_backward` (or `functions.softmax_backward`) carries that to the logits. Try it first, and read the reply. Then take the pencil: put log-sum-exp into the loss, and differentiate with respect to one logit. The mean of a larger batch has its $1/n$. (In the library's solutions `_rows` only checks the input.)


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
# Here is that pencil's work. For a batch of one, put log-sum-exp into the loss, and use that the targets sum to 1:
#
# $$
# \begin{aligned}
# L &= -\sum_k y_k \Big( z_k - \log \sum_l e^{z_l} \Big) \\
# &= -\sum_k y_k z_k + \underbrace{\Big( \sum_k y_k \Big)}_{1} \log \sum_l e^{z_l} .
# \end{aligned}
# $$
#
# Differentiate with respect to one score, $z_k$. Of the first sum only $-y_k z_k$ contains it, and gives $-y_k$. The second is the logarithm of what we called sum, and its derivative is
# $\frac{1}{\text{sum}} \cdot e^{z_k} = p_k$. Therefore
#
# $$\frac{\partial L}{\partial z_k} = p_k - y_k .$$
#
# No Jacobian, no product of small slopes: *what you said minus what is true*. In a larger batch each row has a share of $1/n$ in the mean, so divide by $n$, once:
#
# $$dZ = \frac{P - Y}{n} .$$

# %%
dz_batch = (functions.softmax(z_batch) - y_batch) / len(z_batch)


def loss_of(u):
    return functions.cross_entropy(u, y_batch)


gradcheck.check_gradient(loss_of, z_batch, dz_batch)

# %% [markdown]
# Does it agree with the long way round, through the Jacobian? Carry $dp_k = -y_k / p_k$ back, using once more that the targets sum to 1:
#
# $$dz_l = p_l \Big( -\frac{y_l}{p_l} + \sum_k p_k \frac{y_k}{p_k} \Big) = p_l - y_l .$$
#
# The $p_l$ of the softmax cancels the $1 / p_l$ of the logarithm exactly, which is why this loss and this
# function belong together ([Goodfellow, Bengio and Courville 2016](https://www.deeplearningbook.org/), section 6.2). On paper it cancels for any $p_l$; in the computer only if $p_l$ has not been rounded to 0 before it divides. (The code divides by $n$ at the end.)

# %%
p_batch = functions.softmax(z_batch)
print(
    "the same:", np.allclose(functions.softmax_backward(p_batch, -y_batch / p_batch) / 4, dz_batch)
)

y_far = np.array([[0.0, 1.0]])
with np.errstate(divide="ignore", invalid="ignore"):
    p_far = functions.softmax(z_far)
    print("1000 points behind, the long way:", functions.softmax_backward(p_far, -y_far / p_far))
print("1000 points behind, p - y:       ", p_far - y_far)

# %% [markdown]
# What if you forget to divide by $n$, or do it twice? The direction would be the same, the length not. Training would still go downhill, with steps of another length, so you might not notice. Guess both relative errors (here $n = 4$), then run the check:

# %%
print(gradcheck.check_gradient(loss_of, z_batch, dz_batch * 4, name="not divided by n"))
print(gradcheck.check_gradient(loss_of, z_batch, dz_batch / 4, name="divided twice   "))

# %% [markdown]
# One gradient is four times too long, the other four times too short, and $1 - \frac14$ is three quarters.
#
# ## Back to the wrong answer
#
# A 6 was read as a 0, and you wrote down how you would move the ten scores. The loss falls fastest in the direction against its gradient (lesson 03 says why), so the network's own answer is $-(p - y)$. Compare it with yours.

# %% mystnb={"image": {"alt": "The ten classes from top to bottom, each with a bar that ends in a dot and the number y minus p. The 6 is pushed up by 0.71. Every other class is pushed down: the 0 by 0.49, the 2 by 0.11, the 5 by 0.06, the 4 by 0.02, and the rest by less, the 1 least of all, by 0.0002."}} tags=["hide-input"]
push = y_image - functions.softmax(z_image)
figure, axis = plt.subplots(figsize=(7, 4.2))
for k, value in enumerate(push):
    colour = plotting.COLOURS[0] if value > 0 else plotting.COLOURS[1]
    axis.plot([0, value], [k, k], "-", color=colour, linewidth=8, solid_capstyle="butt")
    axis.plot(value, k, "o", color=colour, markersize=9)
    text = f"{value:+.2f}" if abs(value) >= 0.01 else f"{value:+.1g}"
    axis.annotate(
        text, (value, k), (9 if value > 0 else -9, 0), textcoords="offset points", va="center",
        ha="left" if value > 0 else "right", fontsize=11,
    )  # fmt: skip
axis.axvline(0, color="black", linewidth=1)
axis.set(
    title="The right score up, each other down by what it claimed",
    xlabel="push on the score, y - p",
    ylabel="class",
    yticks=range(10),
    xlim=(-0.7, 0.9),
)
axis.invert_yaxis()
plt.show()

# %% [markdown]
# The 6 goes up by what it lacked. Every other score goes down by exactly the probability it had claimed, the 0 most, and those that claimed next to nothing hardly move; but none stands still. Up and down add to 0. Follow that push for a few steps, with a fresh $p$ each time. How soon will the answer change?

# %%
target, length = 6, 1.0  # change these: another class, a shorter or a longer step
z_pushed = z_image
for step in range(5):
    p_pushed = functions.softmax(z_pushed)
    print(f"step {step}: answer {p_pushed.argmax()}, given to the {target}: {p_pushed[target]:.2f}")
    z_pushed = z_pushed + length * (np.eye(10)[target] - p_pushed)

# %% [markdown]
# Make the 1 the target, the class that it believes least. Its pushes are the strongest, and yet after four of them the answer is still 0. Why? (It starts more than eight points behind, and one push, up for the one and down for the other, gains less than two.)
#
# That is learning, except for one thing: a network cannot move its scores. It can only move the weights they are made of. How to hand the push on to every one of them is lesson 03.
#
# ### Put yours to work
#
# The functions that you have written can take the library's place: take away the `#`, and the names of those that are not right yet. `keep` checks each once more and writes it down in
# `mine.py`; in lesson 04 you can train a network on them.

# %%
# exercises.keep(my_sigmoid, my_softmax, my_softmax_backward, my_log_softmax, my_cross_entropy)

# %% [markdown]
# ## Recap
#
# - $\sigma' = \sigma(1 - \sigma)$, at most one quarter, and nearly 0 where the sigmoid saturates.
# - A central difference measures any smooth function's derivative. Plotted against $h$, its error has the shape of a V: the formula's own error, $\frac{h^2}{6} f'''$, on the right, rounding on the left, for the sigmoid about $10^{-16}/h$; there $h = 10^{-5}$ is near the bottom.
# - Never give `exp` a large positive number: use $-|z|$, or subtract each *row's* maximum.
# - Softmax runs over classes. Test: each row sums to 1, and a batch of one gives what it gives in company.
# - $J = \mathrm{diag}(p) - p^T p$; its diagonal alone is not the derivative.
# - Cross-entropy is the mean surprise. Computed from the logits it stays finite even where a probability rounds to 0, and its gradient is $(P - Y) / n$: what you said minus what is true.
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
# 2. You start from $h = 10^{-5}$ and keep halving the nudge. Does the gradient check get better or worse, and why?
#
#    <details><summary>Answer</summary>
#
#    Worse. You are on the left arm of the V, where rounding rules, and each halving about doubles its error, until a right gradient is called wrong.
#
#    </details>
#
# 3. Why may you subtract the maximum in the softmax, but not multiply the scores by 2?
#
#    <details><summary>Answer</summary>
#
#    What is added to all scores cancels between numerator and denominator. Doubling squares all the odds: unless all scores are equal, the largest probability grows.
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
