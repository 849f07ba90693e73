# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 The second descent
#
# A model has a thousand numbers to choose for each class, and a thousand images to learn from. It fits them without a single error, and then reads new digits hardly better than a guess. Give it six times as many numbers. Again it fits without an error, but now it reads nine new digits in ten. **Why does more get better again?**
#
# **You will** watch a curve go wild and calm down again, find the same peak with digits, find out which of many exact fits is a good one, and hold the peak down.
#
# **You will be able to**
#
# - say where errors peak as a model grows, and why they fall beyond;
# - find the lightest of all exact fits;
# - derive ridge regression, and say what it does to the weak directions;
# - say when learning by heart does harm.
#
# **You need** lessons [07](07_deeper.ipynb) and [08](08_too_good.ipynb).
#
# **Time** 50 minutes to read, 25 more for the exercises; the computer works about 20 s and uses 550 MB

# %% [markdown]
# ## Before you start
#
# 1. What does a ReLU make of a sum of $-3$, and of a sum of 2? What variance do weights have by He's rule?
#
#    <details><summary>Answer</summary>
#
#    0 and 2. The variance is 2 / inputs (lesson 07).
#
#    </details>
#
# 2. A price $\frac{\lambda}{2} \sum w^2$ is added to the loss. What is added to the gradient?
#
#    <details><summary>Answer</summary>
#
#    $\lambda w$, for each weight (lesson 08).
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pictures, studies
from mnistlib import data, deep, plotting

plotting.use_style()

# %% [markdown]
# ## A dozen points and a curve
#
# Here are twelve points. Each has a place $u$ and a target, which is the height of a smooth curve there plus a little noise. Let us fit a polynomial by **least squares**: make the sum of the squared misses as small as it can be. The terms of the polynomial are the **features** of a point, and their number is the size of the model. With 4 features it is a cubic.
#
# Instead of the powers $1, u, u^2, \dots$ we take Legendre's polynomials, which begin
#
# $$1, \quad u, \quad \tfrac12 (3u^2 - 1), \quad \tfrac12 (5u^3 - 3u) .$$
#
# Each has one more wiggle than the last, and while $u$ stays between $-1$ and 1, so does each of them. Since each brings in one more power, both kinds make the same curves. You will see later what the choice changes.
#
# With 12 features the polynomial can go through all twelve points. With 40 there are infinitely many that do, and NumPy's `lstsq` returns the one whose weights have the smallest sum of squares.
#
# **Predict.** Sketch the three curves before you look. Two numbers go with each: the largest *miss* at a point, and how far the curve is *off* the true one, as a root mean square.

# %%
rng = np.random.default_rng(seed=6)
u = np.linspace(-0.95, 0.95, 12)
targets = np.sin(3 * u) + 0.2 * rng.normal(size=12)


def terms(u, features):
    """Legendre's polynomials at u: shape (points, features)."""
    return np.polynomial.legendre.legvander(u, features - 1)


fine = np.linspace(-1, 1, 401)
curves = {}
for count in [4, 12, 40]:  # change me
    w = np.linalg.lstsq(terms(u, count), targets)[0]
    curves[count] = terms(fine, count) @ w
    missed = np.abs(terms(u, count) @ w - targets).max()
    off = np.sqrt(((curves[count] - np.sin(3 * fine)) ** 2).mean())  # root mean square
    print(f"{count:3} features: misses {missed:.3f}, off {off:.2f}")

# %% mystnb={"image": {"alt": "Three panels with the same twelve points along a smooth wave. With 4 features the fit is a calm curve that misses most points a little. With 12 features it goes through all points and swings far out of the panel near both ends. With 40 features it goes through all points, too, with small ripples, and stays near the wave."}} tags=["hide-input"]
figure, axes = plt.subplots(len(curves), 1, figsize=(6, 2.2 * len(curves)), sharex=True)
for axis, (count, curve) in zip(np.atleast_1d(axes), curves.items()):
    axis.plot(fine, np.sin(3 * fine), ":", color="0.5", label="the true curve")
    axis.plot(fine, curve, "-", label="the fit")
    axis.plot(u, targets, "o", color="C1", label="the points")
    axis.set(title=f"{count} features", ylabel="target", ylim=(-2.5, 2.5))
axis.set_xlabel("place u")
np.atleast_1d(axes)[0].legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.2))
plt.show()

# %% [markdown]
# Calm, wild, and calm again. The last two curves go through all the points, and one of them is useless. So going through every point is not what makes a curve wild.
#
# Was this an unlucky draw of the noise? Draw it two hundred times, and take the median of how far the curve is off. And were these unlucky places? Try twelve others, crowded towards the ends.

# %% mystnb={"image": {"alt": "Distance from the true curve against the number of features, 2 to 100, both axes logarithmic. With evenly spread points it falls to about a tenth at 4 features, climbs to a sharp peak of more than 2 at 12, where a dashed vertical line marks as many features as points, and falls again to about two tenths. With points crowded towards the ends the curve is nearly the same at both sides, but its peak at 12 is only about 0.3."}} tags=["hide-input"]
noise = np.random.default_rng(seed=1).normal(size=(12, 200))
crowded = -0.95 * np.cos(np.pi * (np.arange(12) + 0.5) / 12)
counts = sorted({4, 12, 40, *np.round(np.geomspace(2, 100, 40)).astype(int)})
figure, axis = plt.subplots(figsize=(6, 4.2))
print("off the true curve, median of 200")
for name, style, at in [("evenly spread", "o-", u), ("crowded at the ends", "s--", crowded)]:
    medians = []
    print(f"{name}:")
    for count in counts:
        w = np.linalg.lstsq(terms(at, count), np.sin(3 * at)[:, None] + 0.2 * noise)[0]
        apart = terms(fine, count) @ w - np.sin(3 * fine)[:, None]
        medians.append(np.median(np.sqrt((apart**2).mean(axis=0))))
        if count in [4, 12, 40]:
            print(f"{count:5} features: {medians[-1]:.2f}")
    axis.loglog(counts, medians, style, ms=4, label=name)
axis.axvline(12, color="0.5", ls="--", lw=1.5, label="features = points")
axis.set(
    title="A peak where the fit just becomes exact",
    xlabel="features (log scale)",
    ylabel="off the true curve (log)",
)
axis.set_xticks([2, 4, 12, 40, 100], ["2", "4", "12", "40", "100"])
axis.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
axis.minorticks_off()
axis.legend(loc="upper right")
plt.show()

# %% [markdown]
# The peak stands where there are as many features as points. How high it is depends on where the points lie. Runge showed in 1901 that polynomials through evenly spread points swing wildly at the ends, and the effect is named after him.
#
# The old tale of overfitting tells the left half of this picture. A larger model first follows the curve better, and then the noise as well, so the errors fall and then rise. In the tale they go on rising.
#
# Now try it by hand. At twelve features, drag a point in the middle up or down. Where does the curve move most? Then move the slider to 40, and drag the same point.

# %% mystnb={"image": {"alt": "A still of the picture of fits. Left, a dozen points and the curve of 12 features, which goes through all of them and swings out of the panel near both ends; right, the error from the true curve against the number of features, with a peak at 12."}}
pictures.fit()

# %% [markdown]
# <details><summary>Where does the curve move most?</summary>
#
# At the two ends. With twelve features, move a point next to the middle by 1 and one end moves by 57. With 40 features the curve moves most where you drag.
#
# </details>
#
# ## The same with digits
#
# In the picture the second low was not as low as the first. Is it so with digits? We want a model of them whose size is a single number. Take a layer of ReLUs, give it He's weights $W_1$, drawn at random with variance 2 / inputs (lesson 07), and never train it. Its activations are **random features** of an image. ([Rahimi and Recht 2007](https://papers.nips.cc/paper/2007/hash/013a006f03dbc5392effeb8f18fda755-Abstract.html) took cosines where we take ReLUs.) What we fit, by least squares, are the weights from there to the ten classes:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $A = \mathrm{ReLU}(X W_1)$ | `a` | (n, features) | random features of $n$ images |
# | $W$ | `W` | (features, 10) | the weights that are fitted to them |
#
# The targets are the one-hot $Y$, and what we make as small as possible is the squared error
#
# $$\frac1n \sum_i \sum_k \big((AW)_{ik} - Y_{ik}\big)^2 .$$

# %%
mnist = data.load()
(images, labels), (others, truth) = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=7)
)
del mnist  # to save memory
n = 1000  # images to learn from; change me, to 2,000 at most
x, y = data.scale(images[:n]), data.one_hot(labels[:n])

near_n = {n * percent // 100 for percent in (80, 90, 100, 110, 130)}
widths = sorted({100, 300, 600, 1000, 2000, 3000, 6000} | near_n)
W1 = deep.initialise(np.random.default_rng(seed=0), [784, widths[-1], 10], rule="He")[0]
a = deep.relu(x @ W1)
x.shape, y.shape, a.shape

# %% [markdown]
# Fit the first 100 of these features, then the first 300, and so on, always to the same 1,000 images. Try each fit on 10,000 new ones.
#
# **Predict.** Draw two curves against the number of features: the errors on the images *learnt*, and those on *new* ones. At which number will something happen, and what percentage of the new images will be misread there?


# %% tags=["hide-input"]
def wrong_answers(fits):
    """How many of the 10,000 new images each fit misreads; 500 at a time, to save memory."""
    wrong = np.zeros(len(fits), dtype=int)
    for start in range(0, len(others), 500):
        some = slice(start, start + 500)
        new = deep.relu(data.scale(others[some]) @ W1)
        for place, W in enumerate(fits):
            wrong[place] += ((new[:, : len(W)] @ W).argmax(axis=1) != truth[some]).sum()
    return wrong


# %%
guesses.ask("% of new images misread there", None)

# %%
fits = [np.linalg.lstsq(a[:, :width], y)[0] for width in widths]
wrong = wrong_answers(fits)
print("features  learnt  squared     new")
learnt = []
for width, W, count in zip(widths, fits, wrong):
    outputs = a[:, :width] @ W
    learnt.append((outputs.argmax(axis=1) != labels[:n]).mean())
    error = ((outputs - y) ** 2).sum() / n
    print(f"{width:8}  {learnt[-1]:6.2%}  {error:7.4f}  {count / 10_000:6.2%}")
guesses.compare("% of new images misread there", wrong.max() / 100)


# %% [markdown]
# Was that one lucky draw of features? The study `double_descent` has five draws, the first of them ours.


# %% tags=["hide-input"]
def of_study(weight_decay):
    """Errors in %: five draws down, the study's widths across."""
    rows = [r["results"] for r in study["rows"] if r["settings"]["weight_decay"] == weight_decay]
    return np.array([np.sum(r["wrong"], axis=1) / 100 for r in rows])


study = studies.read("double_descent")
there = study["rows"][study["quick"]]["results"]["widths"]
errors = of_study(0.0)
stored = dict(zip(there, errors[0]))
common = [place for place, width in enumerate(widths) if width in stored]
same = [wrong[place] == round(100 * stored[widths[place]]) for place in common]
if n == 1000:  # the study's images
    print(f"the same count as in the study: {sum(same)} of {len(common)}")
print("errors of five draws, lowest to highest, %")
for width in [300, 1000, 6000]:
    column = errors[:, there.index(width)]
    print(f"{width:5}: {column.min():.2f} to {column.max():.2f}")

# %% mystnb={"image": {"alt": "Errors on new digits, in per cent, against the number of random features, 100 to 6,000 on a logarithmic axis. They fall from 22 to 18 at 300 features, climb to a sharp peak of almost 90 at 1,000, where a vertical line marks as many features as images, and fall again, below their first low point, to 9 at 6,000. A dotted line marks 90, guessing. A dashed curve, the errors on the images learnt, falls from 13 to 0 at 600 features and stays there."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.4, 4.6))
axis.semilogx(widths, wrong / 100, "o-", color="C0", label="new digits")
axis.semilogx(widths, 100 * np.array(learnt), "s--", color="C1", ms=5, label="images learnt")
axis.axvline(n, color="0.5", ls="--", lw=1.5, label="as many features as images")
axis.axhline(90, color="0.5", ls=":", lw=1.5, label="guessing")
axis.set(
    title="The tale comes true, and then it fails",
    xlabel="random features (log scale)",
    ylabel="errors, %",
    ylim=(-2, 100),
)
ticks = [100, 300, 1000, 3000, 6000]
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.minorticks_off()
figure.legend(loc="outside lower center", ncols=1)
figure.set_layout_engine("constrained")
plt.show()

# %% [markdown]
# Left of the upright line stands the tale, word for word. With 300 features the model misreads 18.28 % of the new digits, and then it gets worse. The line is the **interpolation threshold**. There each class has as many numbers to choose as there are images, and nearly everything is lost.
#
# Right of it things get better, and go on getting better past the first low point: 9.42 % with 6,000 features. This is **double descent** ([Belkin and others 2019](https://doi.org/10.1073/pnas.1903070116) fitted random features to MNIST as we do; [Loog and others 2020](https://doi.org/10.1073/pnas.2001875117) tell who had seen it before).
#
# And look at the images learnt. Every fit from 600 features on reads all 1,000 of them correctly: it knows them *by heart*. From 1,000 on the fit is even *exact*, $AW = Y$. That is true of the worst fit and of the best one. So what tells a good exact fit from a bad one?
#
# **Change a number.** Learn from 500 images instead of 1,000. Where will the peak be, and will the fit with 1,000 features get better or worse when it has half the data? Run all cells down to the figure, then put the 1,000 back. (With 2,000 images the lesson runs for minutes.)
#
# <details><summary>Answer</summary>
#
# The peak stands where the features just suffice for an exact fit, so now at 500. At 1,000 features half the data makes the fit *better*, and by far: it misreads fewer than one new digit in four, where it was nearly nine in ten. Put the other way round, twice the data made it worse.
#
# </details>
#
# ## Of all exact fits, the lightest
#
# Take a pencil, two images, two features and one class:
#
# $$\begin{aligned} 1 \cdot w_1 + 1 \cdot w_2 &= 0 \\ 1 \cdot w_1 + \tfrac{11}{10} \cdot w_2 &= 1 \end{aligned}$$
#
# Subtract the first line from the second: $\frac{1}{10}\, w_2 = 1$, so $w_2 = 10$ and $w_1 = -10$. To make a difference of 1 out of a difference of a tenth, the weights have to be large. But then they blow up every other small difference too: a new image with the features $\tfrac{11}{10}$ and $1$ gets the answer $-1$.
#
# Now give each image a third feature, $-1$ and $1$. With three unknowns and two equations there are infinitely many exact fits, and perhaps one of them needs less weight. The **norm** of weights is the root of the sum of their squares. Of all exact fits, `lstsq` returns the **least-norm fit**, or the lightest.

# %%
two = np.array([[1.0, 1.0], [1.0, 1.1]])
three = np.array([[1.0, 1.0, -1.0], [1.0, 1.1, 1.0]])
for small in [two, three]:
    w = np.linalg.lstsq(small, np.array([0.0, 1.0]))[0]
    print(f"weights {np.round(w, 3)}, norm {np.linalg.norm(w):.3f}")
    print(f"   answers {np.round(small @ w, 6) + 0.0}")

# %% [markdown]
# Both are exact, but the second needs less than a twentieth of the norm, because the third feature differs where the first two hardly did.
#
# ### Exercise 9.1: the lightest weights (warm-up, 5 minutes)
#
# How do you find the lightest fit? Begin with one example: its features are one *row* of $A$, and it has one target. Pencil first: $\text{row} = (1, 2)$, target 5. Both $(5, 0)$ and $(3, 1)$ are exact. Which weights are lightest? Split $w$ into a multiple of the row and a rest at a right angle to it: $w = \text{multiple} \cdot \text{row} + \text{rest}$ with $\text{row} \cdot \text{rest} = 0$. Which of the two parts answers the image, and what does the other do to the sum of squares?
#
# <details><summary>The pencil's numbers</summary>
#
# Only the multiple answers: $\text{multiple} \cdot (1 \cdot 1 + 2 \cdot 2) = 5$, so it is 1, and the lightest weights are $(1, 2)$. Their sum of squares is 5. That of $(3, 1)$ is 10 and that of $(5, 0)$ is 25, because both carry a rest.
#
# </details>


# %%
def my_lightest_weights(row, target):
    """Return the w of smallest sum of squares with row @ w = target; row: shape (features,)."""
    ...


exercises.check(my_lightest_weights)

# %%
exercises.folded(my_lightest_weights)

# %% [markdown]
# With many images it is the same argument. Whatever stands at a right angle to *every* row of $A$ changes no answer to the images learnt, and only adds to the sum of squares. So the lightest exact fit has no such part: it is a sum of multiples of $A$'s rows.
#
# Beyond the threshold, more features never make the lightest fit heavier. Give a hundred new features the weight 0, and an exact fit of 1,000 features becomes one of 1,100, just as heavy. So the lightest of those is no heavier. What will the norms look like, from 100 features to 6,000?

# %%
heaviness = [np.linalg.norm(W) for W in fits]
for width, norm in zip(widths, heaviness):
    print(f"{width:5} features: norm {norm:7.2f}")

# %% [markdown]
# The norms peak where the errors do. At the threshold there is just one exact fit, however heavy. Beyond it there is a choice, and the lightest is taken.
#
# Two peaks in one place may be a coincidence, so keep everything else equal: 6,000 features, and an exact fit. We have a light one. For a heavy one, take the fit of 1,000 features and give all other features the weight 0. Now mix the two:
#
# $$\text{mixed} = (1 - \text{share}) \cdot \text{light} + \text{share} \cdot \text{heavy}$$
#
# Both answer $Y$, so the mixture answers $(1 - \text{share})\, Y + \text{share} \cdot Y = Y$.
#
# **Predict.** The light fit misreads 9.42 % of the new digits and the heavy one 86.71 %. What will one part in a hundred of the heavy one do?

# %%
guesses.ask("% misread with one part in a hundred", None)

# %%
light = fits[-1]
heavy = np.zeros_like(light)
heavy[:n] = np.linalg.lstsq(a[:, :n], y)[0]
shares = [0.0, 0.01, 0.03, 0.1, 1.0]  # change those after 0.01
mixed = [(1 - share) * light + share * heavy for share in shares]
mixed_wrong = wrong_answers(mixed)
print("share  exact    norm   errors")
for share, W, count in zip(shares, mixed, mixed_wrong):
    exact = str(np.allclose(a[:, : len(W)] @ W, y))
    print(f"{share:5.0%}  {exact:5}  {np.linalg.norm(W):6.2f}  {count / 100:5.2f} %")
guesses.compare("% misread with one part in a hundred", mixed_wrong[1] / 100)

# %% [markdown]
# The same images, the same features, all five exact, and yet 9.42 % errors become 86.71 %. One part in a hundred is enough to see the harm. **Exact fits differ in their weights, and new images feel it.**
#
# Is the lightest fit always a good one? Take the twelve points again, and put the powers $1, u, u^2, \dots$ in place of Legendre's polynomials. They make the same curves, but now each weight belongs to a power, so the lightest weights make a different one. Will that one calm down too?

# %%
for count in [12, 40, 100]:
    powers = np.vander(u, count, increasing=True)  # 1, u, u**2, ...
    w = np.linalg.lstsq(powers, targets)[0]
    apart = np.vander(fine, count, increasing=True) @ w - np.sin(3 * fine)
    off = np.sqrt((apart**2).mean())
    print(f"{count:3} powers: norm {np.linalg.norm(w):4.0f}, off {off:4.1f}")

# %% [markdown]
# With more powers the fit gets lighter and *wilder*, because a high power is next to nothing until close to an end, and shoots up there. So light weights are good only where they mean a calm curve, as with Legendre's polynomials. What counts as light depends on the features.
#
# ## Where the weight comes from
#
# Why does the threshold need such heavy weights? Try out all weights of norm 1, in every direction. Some get loud answers from the images learnt, some hardly any answer at all. If part of the targets can only be reached in a faint direction, it takes a lot of weight to reach it.
#
# Linear algebra sorts the directions for us. Every matrix can be taken apart into pairs of directions, from the loudest to the faintest. This is the **singular value decomposition**; books write it $U \Sigma V^T$, and we write
#
# $$A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right} .$$
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\text{right}$ | `right` | (pairs, features) | each row: weights of norm 1 |
# | $\text{left}$ | `left` | (n, pairs) | each column: the answers they get, scaled to norm 1 |
# | $s$ | `s` | (pairs,) | how loud those answers are, the loudest first: the **singular values** |
#
# (*pairs* is $n$ or the number of features, whichever is smaller.) The rows of `right` stand at right angles to one another, and so do the columns of `left`, so $\text{right}\; \text{right}^T$ and $\text{left}^T\, \text{left}$ are identities. $\mathrm{diag}(s)$ has $s$ on its diagonal (lesson 02).
#
# That is the fact we borrow. Now take a row of `right` as the weights: its answers are $s$ times its column of `left`. Their dot product with that column, the *part*, says how much of the targets lies along it. So the row is needed $\text{part} / s$ times. Small $s$, large weight. Here are the two images from above, whose targets were 0 and 1:

# %% tags=["hide-input"]
for small in [two, three]:
    left, s, right = np.linalg.svd(small, full_matrices=False)
    left *= np.sign(left[1])  # a pair may be turned round; here image 2 answers above 0
    part = left.T @ np.array([0.0, 1.0])  # of the targets, along each column
    print(f"{len(small.T)} features: pair 1, pair 2")
    print(f"   image 1  {left[0].round(3)}")
    print(f"   image 2  {left[1].round(3)}")
    print(f"   part     {part.round(3)}")
    print(f"   s        {s.round(3)}")
    print(f"   part / s {(part / s).round(3)}")

# %% [markdown]
# Pair 1 gets nearly the same answer from both images, pair 2 opposite ones. With two features the images hardly differ, so pair 2 is faint, and carries nearly the whole norm. The third feature makes it louder.
#
# Put all pairs together. With at least as many features as images, and no $s$ of 0, the lightest exact fit is
#
# $$W = \text{right}^T\, \mathrm{diag}(1 / s)\; \text{left}^T\, Y .$$
#
# The matrix in front of $Y$ is called the **pseudoinverse** of $A$ ([Moore 1920](https://doi.org/10.1090/S0002-9904-1920-03322-7), [Penrose 1955](https://doi.org/10.1017/S0305004100030401)); in NumPy it is `np.linalg.pinv`.
#
# <details><summary>Why is it exact, and why the lightest?</summary>
#
# Exact: in $A W$ the products $\text{right} \cdot \text{right}^T$ and $\mathrm{diag}(s)\, \mathrm{diag}(1 / s)$ are identities, and $\text{left}\; \text{left}^T\, Y$ remains. Here `left` is square, $n$ directions for $n$ images, so its transpose is its inverse. What remains is $Y$.
#
# The lightest: multiply $A$ by $\mathrm{diag}(1/s)\, \text{left}^T$ from the left, and `right` remains. So the rows of `right` are sums of multiples of $A$'s rows, and so are the columns of $W$. That was the mark of the lightest.
#
# </details>
#
# ### Exercise 9.2: without the weakest (core, 8 minutes)
#
# You get the three factors of $A$, and how many of the faintest directions to leave out. Pencil first: let the columns of `left` be $(\tfrac35, \tfrac45)$ and $(-\tfrac45, \tfrac35)$, let $s$ be $(2, \tfrac12)$, the rows of `right` $(0, 0, 1)$ and $(1, 0, 0)$, and the targets $(0, 5)$. What are the weights, and what is left of them without the fainter direction?
#
# <details><summary>The pencil's numbers</summary>
#
# The parts are $\tfrac45 \cdot 5 = 4$ and $\tfrac35 \cdot 5 = 3$; divided by $s$, 2 and 6. So the weights are $2 \cdot (0, 0, 1) + 6 \cdot (1, 0, 0) = (6, 0, 2)$, and $(0, 0, 2)$ without the fainter direction.
#
# </details>


# %%
def my_without_weakest(left, s, right, y, weakest):
    """Return the W of the lightest fit, but without the `weakest` directions of smallest s."""
    ...


exercises.check(my_without_weakest)

# %%
exercises.folded(my_without_weakest)

# %% [markdown]
# ### Why just there?
#
# So how faint is the faintest direction of our digits, and why should it be faintest at the threshold?
#
# *To its left* there are fewer features than images. The faintest direction is the weights of norm 1 that come closest to silencing all 1,000 images at once. One more feature brings one more weight to help with the silencing, and at worst that weight stays 0. So each feature makes the faintest direction *fainter*, or leaves it as it was.
#
# *To its right*, some weights silence all the images completely, because there are more unknowns than equations. But such weights change no answer, and the lightest fit never uses them. The question turns round: now it is the *images* that can nearly cancel one another. The faintest direction is the mixture of images, of norm 1, whose features add up to almost nothing. With one more feature there is one more sum that would have to vanish. So each feature makes the faintest direction *louder*, or leaves it as it was.
#
# Fainter up to the threshold, louder from there on: it must be faintest exactly there. Look at it with the digits, and with the twelve points in both of their layouts.

# %% mystnb={"image": {"alt": "The smallest singular value of the digits' features against the number of features, 300 to 3,000, both axes logarithmic: a sharp V. It falls from 0.3 at 300 and 500 features to 0.001 at 1,000, where a dashed vertical line marks as many features as images, and climbs again to 0.8 at 3,000."}} tags=["hide-input"]
near = {n * percent // 1000 for percent in (300, 500, 950, 990, 1010, 1050, 1500, 3000)}
faintest = {}
for width in sorted(near_n | near):
    faintest[width] = np.linalg.svd(a[:, :width], compute_uv=False)[-1]
for width in [n // 2, n - n // 10, n, n + n // 10, 3 * n]:
    print(f"digits, {width:5} features: faintest s {faintest[width]:.4f}")
for name, at in [("evenly spread", u), ("crowded at the ends", crowded)]:
    s = np.linalg.svd(terms(at, 12), compute_uv=False)
    print(f"12 points, {name}: faintest s {s[-1]:.2f}")

figure, axis = plt.subplots(figsize=(6, 3.6))
axis.loglog(faintest.keys(), faintest.values(), "o-", color="C2")
axis.axvline(n, color="0.5", ls="--", lw=1.5)
axis.set(
    title="The faintest direction: nearly silent at the threshold",
    xlabel="random features (log scale)",
    ylabel="smallest s (log)",
)
axis.set_xticks([n // 2, n, 2 * n], [f"{count:,}" for count in (n // 2, n, 2 * n)])
axis.minorticks_off()
plt.show()

# %% [markdown]
# With $s = 0.001$ the weight must be a thousand times the part. And crowded points leave the faintest direction louder, which is why their peak was so low.
#
# Does the faintest direction do the harm all by itself? Leave out more and more faint ones, until the fit misreads fewer than one digit in five.

# %% tags=["hide-input"]
left, s, right = np.linalg.svd(a[:, :n], full_matrices=False)
leave_out = [0, 1, n // 100, n // 10, n // 5, n // 4, n // 2]
cut = []
for weakest in leave_out:
    kept = len(s) - weakest
    cut.append(right[:kept].T @ ((left[:, :kept].T @ y) / s[:kept, None]))
print("left out    norm   errors")
for weakest, W, count in zip(leave_out, cut, wrong_answers(cut)):
    print(f"{weakest:8}  {np.linalg.norm(W):6.2f}  {count / 100:5.2f} %")

# %% [markdown]
# No. Without the faintest one the fit has less than half the norm, and reads hardly better. At the threshold a whole crowd of directions is faint, and more than 200 of them have to go.
#
# ## A price that holds the peak down
#
# Leaving directions out is crude. Let large weights cost something instead, as in lesson 08. Add $\frac{\lambda}{2} \sum w^2$ to the squared error. The squared error's gradient with respect to the answers $AW$ is $\frac2n (AW - Y)$, and $A^T$ times that is its gradient with respect to $W$ (lesson 03). At the lowest point everything adds up to 0:
#
# $$\frac2n A^T (A W - Y) + \lambda W = 0 .$$
#
# This is **ridge regression** ([Hoerl and Kennard 1970](https://doi.org/10.1080/00401706.1970.10488634)). Multiply by $\frac n2$, and move $Y$ to the other side:
#
# $$A^T A\, W + \frac{n \lambda}{2} W = A^T Y .$$
#
# ### Exercise 9.3: the fit that pays (stretch, 12 minutes)
#
# As before, the columns of $W$ are sums of multiples of `right`'s rows: $W = \text{right}^T \cdot \text{inner}$, with a matrix *inner* of shape (pairs, 10). Put this and $A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right}$ into the equation, where $\text{right}\; \text{right}^T$ and $\text{left}^T\, \text{left}$ are identities. Pencil first: what takes the place of $1/s$? With $n\lambda/2 = 1$, what does it become for $s = 100$, what for $s = 1/100$, and where is it largest?


# %%
def my_decayed_fit(a, y, weight_decay):
    """Return the W of the smallest mean squared error plus weight_decay / 2 times the sum of W**2.

    a: shape (n, features), more or fewer than n. y: shape (n, classes).
    """
    ...


exercises.check(my_decayed_fit)

# %%
exercises.folded(my_decayed_fit)

# %% [markdown]
# What was $1/s$ has become $s / (s^2 + n\lambda/2)$:
#
# $$W = \text{right}^T\, \mathrm{diag}\Big(\frac{s}{s^2 + n\lambda/2}\Big)\, \text{left}^T\, Y .$$
#
# <details><summary>The steps, and the pencil's numbers</summary>
#
# The transpose of $A$ is $\text{right}^T\, \mathrm{diag}(s)\; \text{left}^T$. With the two identities,
#
# $$\begin{aligned} & A^T A\, W \\ & \quad = \text{right}^T\, \mathrm{diag}(s)\; \text{left}^T\, \text{left} \\ & \quad \quad \cdot \mathrm{diag}(s)\, \text{right} \cdot \text{right}^T\, \text{inner} \\ & \quad = \text{right}^T\, \mathrm{diag}(s^2)\, \text{inner} . \end{aligned}$$
#
# So the equation reads
#
# $$\begin{aligned} & \text{right}^T \mathrm{diag}\big(s^2 + \tfrac{n\lambda}{2}\big)\, \text{inner} \\ & \quad = \text{right}^T\, \mathrm{diag}(s)\; \text{left}^T\, Y . \end{aligned}$$
#
# (Why is $W$ made of `right`'s rows? By the first equation $W = A^T \cdot \frac{2}{n \lambda} (Y - A W)$, and $A^T$ begins with $\text{right}^T$.) Multiply by `right` from the left, and divide each row by $s^2 + n\lambda/2$.
#
# Take $n\lambda/2 = 1$. For $s = 100$ the factor is about a hundredth, as $1/s$ is. For $s = 1/100$ it is about a hundredth too, where $1/s$ would be a hundred. It is largest at $s = 1$, where it is one half.
#
# </details>
#
# So the loud directions hardly notice the price, and the faint ones are silenced.
#
# **Predict.** At the threshold 87 % of the new digits were misread. What percentage will be misread with $\lambda = 0.002$?

# %%
guesses.ask("% misread with a price of 0.002", None)

# %%
prices = [2e-3, 2e-2]  # change the second, or add more
paid = []
for weight_decay in prices:  # lambda
    instead = s / (s**2 + n * weight_decay / 2)  # of 1 / s
    paid.append(right.T @ (instead[:, None] * (left.T @ y)))
paid_wrong = wrong_answers(paid)
for weight_decay, W, count in zip(prices, paid, paid_wrong):
    print(f"decay {weight_decay:g}: norm {np.linalg.norm(W):.2f}, errors {count / 100:.2f} %")
guesses.compare("% misread with a price of 0.002", paid_wrong[0] / 100)

# %% mystnb={"image": {"alt": "The study's errors on new digits, in per cent, against the number of random features, 100 to 6,000, both axes logarithmic, means of five draws. Without decay the curve falls, climbs to a peak of 88 at 1,000 features and falls to 9. With a weight decay of 0.002 the peak is gone: the curve falls to 15, stays nearly level, and falls to 9. With 0.02 it falls all the way, from 22 to below 9. Shaded bands from the lowest to the highest of five draws are narrow."}} tags=["hide-input", "home"]
figure, axis = plt.subplots(figsize=(6.4, 4.2))
print("decay: errors at 1,000, at 6,000")
for weight_decay, style in zip([0.0, 2e-3, 2e-2], ["o-", "s--", "^-."]):
    found = of_study(weight_decay)
    mean = found.mean(axis=0)
    print(f"{weight_decay:5g}: {mean[there.index(1000)]:.2f} %, {mean[-1]:.2f} %")
    axis.loglog(there, mean, style, label=f"{weight_decay:g}" if weight_decay else "none")
    axis.fill_between(there, found.min(axis=0), found.max(axis=0), alpha=0.25)
axis.axvline(1000, color="0.5", ls="--", lw=1.5)
axis.set(
    title="A peak, unless weights cost something",
    xlabel="random features (log scale)",
    ylabel="errors on new digits, % (log)",
)
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.set_yticks([10, 20, 50, 90], ["10", "20", "50", "90"])
axis.minorticks_off()
axis.legend(title="weight decay")
plt.show()

# %% [markdown]
# With either of these prices the peak is gone, and on average the larger one reads better at every width. But whether 0.002 is a large price depends on the features. Here are cosines in place of the ReLUs:

# %% tags=["hide-input"]
rng = np.random.default_rng(seed=0)
waves, phases = rng.normal(0, 0.1, (784, 2 * n)), rng.uniform(0, 2 * np.pi, 2 * n)
cosines = np.cos(x @ waves + phases)
counts = [3 * n // 10, n, 2 * n]
cosine_fits = {}
for count in counts:
    left, s, right = np.linalg.svd(cosines[:, :count], full_matrices=False)
    for weight_decay in [0.0, *prices]:
        instead = s / (s**2 + n * weight_decay / 2)
        cosine_fits[weight_decay, count] = right.T @ (instead[:, None] * (left.T @ y))
misread = dict.fromkeys(cosine_fits, 0)
for start in range(0, len(others), 500):  # some at a time, to save memory
    some = slice(start, start + 500)
    new = np.cos(data.scale(others[some]) @ waves + phases)
    for key, W in cosine_fits.items():
        misread[key] += ((new[:, : len(W)] @ W).argmax(axis=1) != truth[some]).sum()
print("cosines: errors in %")
print("features", *(f"{count:6}" for count in counts))
for weight_decay in [0.0, *prices]:
    row = [f"{misread[weight_decay, count] / 100:6.2f}" for count in counts]
    print(f"{weight_decay:8g}", *row)

# %% [markdown]
# With these features 0.002 is too little. A peak remains, though a much lower one, and only the larger price takes it away. Go back to the twelve points and move the price: what happens at the ends?
#
# ## And if some labels are wrong?
#
# So is learning by heart harmless? Draw 200 of the 1,000 labels anew, each of the ten classes as likely as any other. Now an exact fit has to learn false labels too. The study `wrong_labels` does this with the same five draws of features.
#
# **Predict.** Which parts of the curve will rise, and will the price matter more than before, or less?

# %% tags=["hide-input"]
settings, results, here = studies.again("wrong_labels")
print(f"{settings['features']} features again, as stored:", here["wrong"] == results["wrong"])

mislabelled = studies.read("wrong_labels")
table = {
    width: np.array(
        [r["results"]["wrong"] for r in mislabelled["rows"] if r["settings"]["features"] == width]
    )
    / 100
    for width in there
}
weights = [
    r["results"]["norms"][0] for r in mislabelled["rows"] if r["settings"]["features"] == there[-1]
]
clean, clean_paid = errors.mean(axis=0), of_study(2e-2).mean(axis=0)
print("errors in %, by the price")
print("          labels right   a fifth drawn anew")
print("features   none   0.02    none   0.02    0.2")
for width in [300, 1000, 1300, 6000]:
    place = there.index(width)
    exact, cheap, dear = table[width].mean(axis=0)
    right_labels = f"{clean[place]:5.2f}  {clean_paid[place]:5.2f}"
    print(f"{width:8}  {right_labels}   {exact:5.2f}  {cheap:5.2f}  {dear:5.2f}")
rises = sum(table[6000][:, 1] > table[1300][:, 1])
print(f"0.02, anew: 6,000 worse than 1,300 in {rises} of 5")
print(f"norm of exact fits, 6,000: {min(weights):.2f} to {max(weights):.2f}")

# %% [markdown]
# Without a price the errors rise everywhere, though hardly at the peak, where nearly all was lost already. With 6,000 features these exact fits misread more than a fifth of the new digits, while the mixture with one part in a hundred, above, was heavier and misread only 12.07 %. So a light exact fit is not yet a good one: this one has learnt by heart what is false.
#
# Away from the peak the price now gains more than it did with the right labels, because it lets the fit miss its targets. But with these images a price of 0.02 is no longer enough at 6,000 features: the errors have risen again, with every draw of the features. A larger price holds them down.
#
# <details><summary>Why does this matter for networks?</summary>
#
# Here one layer was fitted, exactly, to a squared error. Networks in which every layer is trained show the peak as well, most clearly if some of the labels are wrong ([Nakkiran, Kaplun and others 2020](https://arxiv.org/abs/1912.02292)). And [Nakkiran, Venkat and others 2021](https://arxiv.org/abs/2003.01897) prove for some cases of least squares that with the best price there is no peak.
#
# And why should training find the lightest fit, with no `lstsq` to look for it? For one layer and the squared error the answer is short. Gradient descent adds multiples of $A$'s rows to the weights, and nothing else. So if it starts at 0 and ends at an exact fit, that fit is a sum of multiples of $A$'s rows, and therefore the lightest.
#
# </details>
#
# ## Recap
#
# **Why does more get better again?** Where the features just suffice there is a single exact fit, and the faint directions make its weights huge. With more features no direction is so faint, and the same images are fitted with less weight. Where light weights mean a calm fit, as they do with these features, new images gain.
#
# - As a model grows, errors on new examples may fall, climb to a peak where it can just fit everything, and fall again.
# - All exact fits answer alike on the images learnt, and differently on new ones.
# - A price on weights silences the faint directions. If it is large enough for the features, it takes the peak away.
# - With wrong labels even a light exact fit does harm, and away from the peak a price gains more.
#
# ## Questions to ask yourself
#
# 1. A colleague says: "It reads every training image, so it is overfitted." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    How does it do on new examples, compared with a smaller model, a larger one, and the same one with a price? And are its labels right? Training accuracy was perfect here for the worst fit and for the best.
#
#    </details>
#
# 2. Why does the peak stand at 12 features for twelve points, and at 1,000 for a thousand images?
#
#    <details><summary>Answer</summary>
#
#    There the features just suffice for an exact fit. Up to there each new feature makes the faintest direction fainter, from there on louder.
#
#    </details>
#
# 3. A feature is added that is 0 for every image learnt. What does it do to the lightest fit, and to new images?
#
#    <details><summary>Answer</summary>
#
#    Nothing: any weight on it would add to the sum of squares and change no answer, so the lightest fit gives it 0. So it does nothing to new images either.
#
#    </details>
#
# ## Next
#
# A price on weights says: keep them small. It says nothing about images, whose pixels still have no neighbours. [10 Seeing shapes](10_seeing_shapes.ipynb) builds that in, and misreads hardly more than one digit in a hundred.
