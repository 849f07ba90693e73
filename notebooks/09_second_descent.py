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
# A model has a thousand numbers to choose for each class, and a thousand images to learn from. It fits them without a single error, and then reads new digits hardly better than by guessing. Give it six times as many numbers. It still fits without error, and reads nine new digits in ten. **Why does more get better again?**
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
# **Time** 46 minutes to read, 25 more for the exercises; the computer works about 15 s and uses 500 MB

# %% [markdown]
# ## Before you start
#
# 1. What does a ReLU answer to a sum of $-3$, and to a sum of 2? What variance has a weight by He's rule?
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

from course import exercises, pictures, studies
from mnistlib import data, deep, plotting

plotting.use_style()

# %% [markdown]
# ## A dozen points and a curve
#
# Here are twelve points. Each has a place $u$ and a target: a smooth curve, and a little noise. Fit a polynomial to them by **least squares**: make the sum of the squared misses as small as can be. Its terms are the **features** of a point, and their number is the size of the model: with 4 features it is a cubic. The terms are Legendre's polynomials. They make the same curves as the powers $1, u, u^2, \dots$; what the choice does, you will see further on.
#
# With 12 features the polynomial goes through all twelve points. With 40 there are infinitely many that do, and NumPy's `lstsq` returns the one whose weights have the smallest sum of squares. Sketch the three curves, for 4, 12 and 40 features, before you look. Two numbers go with each: the largest *miss* at a point, and how far it is *off* the true curve in the root mean square.

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
# Calm, wild, and calm again. The last two curves go through all points, and one of them is useless. So going through every point is not what makes a curve wild.
#
# Was this draw of the noise a strange one? Draw it two hundred times, and take the median distance from the true curve, for many numbers of features.

# %% mystnb={"image": {"alt": "Distance from the true curve against the number of features, 2 to 100, both axes logarithmic. It falls to about a tenth at 4 features, climbs to a sharp peak of more than 2 at 12, where a dashed vertical line marks as many features as points, and falls again to about two tenths."}} tags=["hide-input"]
noise = np.random.default_rng(seed=1).normal(size=(12, 200))
counts = sorted({4, 12, 40, *np.round(np.geomspace(2, 100, 40)).astype(int)})
medians = []
print("off the true curve, median of 200")
for count in counts:
    w = np.linalg.lstsq(terms(u, count), np.sin(3 * u)[:, None] + 0.2 * noise)[0]
    apart = terms(fine, count) @ w - np.sin(3 * fine)[:, None]
    medians.append(np.median(np.sqrt((apart**2).mean(axis=0))))
    if count in [4, 12, 40]:
        print(f"{count:3} features: {medians[-1]:.2f}")

figure, axis = plt.subplots(figsize=(6, 3.6))
axis.loglog(counts, medians, "o-", ms=4)
axis.axvline(12, color="0.5", ls="--", lw=1.5, label="as many features as points")
axis.set(
    title="A peak where the fit just becomes exact",
    xlabel="features (log scale)",
    ylabel="off the true curve (log)",
)
axis.set_xticks([2, 4, 12, 40, 100], ["2", "4", "12", "40", "100"])
axis.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
axis.minorticks_off()
axis.legend()
plt.show()

# %% [markdown]
# The old tale of overfitting tells the left half. A larger model first follows the curve better, and then the noise as well: the errors fall, then rise. In the tale they go on rising.
#
# Now with your own hand. At twelve features, drag a point in the middle up or down. Where does the curve answer most? Then move the slider to 40, and drag the same point.

# %% mystnb={"image": {"alt": "A still of the picture of fits. Left, a dozen points and the curve of 12 features, which goes through all of them and swings out of the panel near both ends; right, the error from the true curve against the number of features, with a peak at 12."}}
pictures.fit()

# %% [markdown]
# <details><summary>Where does the curve answer most?</summary>
#
# At the two ends. With twelve features, a point next to the middle that moves by 1 moves one end by 57. With 40 features the curve answers most where you drag.
#
# </details>
#
# Here the second low was not as low as the first. What will it be with digits?
#
# ## The same with digits
#
# We want a model of digits whose size is one number, with no learning rate and no epochs in the way. Take a layer of ReLUs: a negative sum becomes 0, any other stays. Give it He's weights $W_1$, drawn by chance with variance 2 / inputs (lesson 07), and never train it. Its activations are **random features** of an image ([Rahimi and Recht 2007](https://papers.nips.cc/paper/2007/hash/013a006f03dbc5392effeb8f18fda755-Abstract.html) took cosines where we take ReLUs). Only the weights from there to the ten classes are fitted, directly to the one-hot targets:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $A = \mathrm{ReLU}(X W_1)$ | `a` | (n, features) | random features of $n$ images |
# | $W$ | `W` | (features, 10) | the weights that are fitted to them |
#
# $$\frac1n \sum_i \sum_k \big((AW)_{ik} - Y_{ik}\big)^2$$
#
# shall be as small as can be. `np.linalg.lstsq` solves this, too.

# %%
mnist = data.load()
(images, labels), (others, truth) = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=7)
)
del mnist  # to save memory
n = 1000  # images to learn from; change me
x, y = data.scale(images[:n]), data.one_hot(labels[:n])

widths = [100, 300, 600, 800, 900, 1000, 1100, 1300, 2000, 3000, 6000]  # change me; last >= n
W1 = deep.initialise(np.random.default_rng(seed=0), [784, max(6000, *widths), 10], rule="He")[0]
a = deep.relu(x @ W1)
x.shape, y.shape, a.shape

# %% [markdown]
# Fit the first 100 of these features, then the first 300, and so on, always to the same 1,000 images. Ask each fit about 10,000 new ones. Before you look, draw two curves against the number of features: the errors on the images *learnt*, and those on *new* ones. At which number will something happen? (*squared* is the error that the fit makes small.)


# %% tags=["hide-input"]
def wrong_answers(fits):
    """How many of the 10,000 new images each fit reads wrongly; 500 at a time, to save memory."""
    wrong = np.zeros(len(fits), dtype=int)
    for start in range(0, len(others), 500):
        some = slice(start, start + 500)
        new = deep.relu(data.scale(others[some]) @ W1)
        for place, W in enumerate(fits):
            wrong[place] += ((new[:, : len(W)] @ W).argmax(axis=1) != truth[some]).sum()
    return wrong


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

# %% [markdown]
# Is that the luck of one draw of features? The study `double_descent` has five, the first with the same seed as here.


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
print("mean of five draws, and their range")
for width in [300, 1000, 6000]:
    column = errors[:, there.index(width)]
    print(f"{width:5}: {column.mean():.2f} % ({column.min():.2f} to {column.max():.2f})")

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
# Left of the upright line stands the tale, word for word. With 300 features 18.28 % of the new digits are misread. Then it gets worse. The line itself is the **interpolation threshold**: each class has as many numbers to choose as there are images. There nearly all is lost.
#
# Right of the line it gets better, and goes on getting better, past the first low point: 9.42 % with 6,000 features. This is called **double descent** ([Belkin and others 2019](https://doi.org/10.1073/pnas.1903070116) fitted random features to MNIST as we do; [Loog and others 2020](https://doi.org/10.1073/pnas.2001875117) tell who had seen it before).
#
# And look at the images learnt. Every fit from 600 features on reads all 1,000 of them: it knows them *by heart*. From 1,000 on the fit is even *exact*, $AW = Y$. That holds for the worst fit and for the best. What, then, tells a good exact fit from a bad one?
#
# **Change a number.** Put 500 in place of 1,000 images, and then 2,000. Where will the peak go, and what does twice the data do to the fit of 2,000 features?
#
# <details><summary>Answer</summary>
#
# The peak stands where the features just suffice for an exact fit: near 500 (the nearest `widths` are 300 and 600), and then at 2,000. So at 2,000 features twice the data makes the fit *worse*.
#
# </details>
#
# ## Of all exact fits, the lightest
#
# Two images, two features, one class, by pencil. The features are nearly the same, the targets are not:
#
# $$\begin{aligned} 1 \cdot w_1 + 1 \cdot w_2 &= 0 \\ 1 \cdot w_1 + \tfrac{11}{10} \cdot w_2 &= 1 \end{aligned}$$
#
# Subtract: $\frac{1}{10}\, w_2 = 1$, so $w_2 = 10$ and $w_1 = -10$. To make a difference of 1 out of a difference of a tenth, the weights must be large. They blow up every other small difference as well: a new image with the features $\tfrac{11}{10}$ and $1$ is answered $-1$.
#
# Now give each image a third feature, $-1$ and $1$. Three unknowns and two equations: there are infinitely many exact fits. One of them is the old one, with $w_3 = 0$. Perhaps the third feature does the same with less weight. The **norm** of weights is the root of the sum of their squares. Of all exact fits, `lstsq` returns the **least-norm fit**, or the lightest.

# %%
two = np.array([[1.0, 1.0], [1.0, 1.1]])
three = np.array([[1.0, 1.0, -1.0], [1.0, 1.1, 1.0]])
for small in [two, three]:
    w = np.linalg.lstsq(small, np.array([0.0, 1.0]))[0]
    print(f"weights {np.round(w, 3)}, norm {np.linalg.norm(w):.3f}")
    print(f"   answers {np.round(small @ w, 6) + 0.0}")

# %% [markdown]
# Both are exact, and the norm of the second is less than a twentieth. The third feature differs where the first two hardly did.
#
# ### Exercise 9.1: the lightest weights (warm-up, 5 minutes)
#
# How does one find it? Begin with one example: its features are one *row* of $A$, and it has one target. Pencil first: $\text{row} = (1, 2)$, target 5. Both $(5, 0)$ and $(3, 1)$ are exact. What is lightest? Split $w$ into a multiple of the row and a rest at a right angle to it: $w = \text{multiple} \cdot \text{row} + \text{rest}$ with $\text{row} \cdot \text{rest} = 0$. Which of the two parts answers the image, and what does the other do to the sum of squares?


# %%
def my_lightest_weights(row, target):
    """Return the w of smallest sum of squares with row @ w = target; row: shape (features,)."""
    ...


exercises.check(my_lightest_weights)

# %%
exercises.folded(my_lightest_weights)

# %% [markdown]
# With many images it is the same argument. What stands at a right angle to *every* row of $A$ changes no answer to the images learnt, and only adds to the sum of squares. So the lightest exact fit has no such part: each of its columns is a sum of multiples of $A$'s rows.
#
# Beyond the threshold more features never make the lightest fit heavier. Give a hundred new features the weight 0: an exact fit of 1,000 features becomes one of 1,100, as heavy as before. The lightest of these is at most as heavy. What will the norms look like, from 100 features to 6,000?

# %%
heaviness = [np.linalg.norm(W) for W in fits]
for width, norm in zip(widths, heaviness):
    print(f"{width:5} features: norm {norm:7.2f}")

# %% mystnb={"image": {"alt": "The norm of the fitted weights against the number of random features, both axes logarithmic. It climbs slowly from 4 at 100 features to 26 at 900, shoots up to 526 at 1,000, where a dashed vertical line marks as many features as images, and falls to less than 3 at 6,000."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6, 3.8))
axis.loglog(widths, heaviness, "s-", color="C1")
axis.axvline(n, color="0.5", ls="--", lw=1.5)
axis.set(
    title="The weights that the fit needs: the same peak",
    xlabel="random features (log scale)",
    ylabel="norm of the weights (log)",
)
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
axis.minorticks_off()
plt.show()

# %% [markdown]
# Errors and norms have their peaks at the same place. Left of it no fit is exact: with more features the fit misses by less, and here its weights grow. At it there is just one exact fit, however heavy. Beyond it there is a choice, and the lightest is taken. A small norm alone is no merit: 100 features need little weight, and see too little.
#
# Two peaks at one place may be a coincidence. So keep all else equal: 6,000 features, and an exact fit. The light one we have. For a heavy one take the fit of 1,000 features, and give all other features the weight 0. Now mix the two:
#
# $$\begin{aligned} \text{mixed} = {} & (1 - \text{share}) \cdot \text{light} \\ & + \text{share} \cdot \text{heavy} \end{aligned}$$
#
# Both answer $Y$, so the mixture answers $(1 - \text{share})\, Y + \text{share} \cdot Y = Y$. What do you expect of one part in a hundred?


# %%
light = fits[-1]
heavy = np.zeros_like(light)
heavy[:n] = np.linalg.lstsq(a[:, :n], y)[0]
shares = [0.0, 0.01, 0.03, 0.1, 1.0]  # change me
mixed = [(1 - share) * light + share * heavy for share in shares]
print("share  exact    norm   errors")
for share, W, count in zip(shares, mixed, wrong_answers(mixed)):
    exact = str(np.allclose(a[:, : len(W)] @ W, y))
    print(f"{share:5.0%}  {exact:5}  {np.linalg.norm(W):6.2f}  {count / 100:5.2f} %")

# %% [markdown]
# The same images, the same features, all five exact, and 9.42 % errors become 86.71 %. One part in a hundred is enough to see the harm. **Exact fits differ by their weights, and new images feel it.**
#
# Is the lightest fit always a good one? Take the twelve points again, and put the powers in place of Legendre's polynomials. The curves that can be made are the same. But now each weight belongs to a power, and the lightest weights make another curve. Will it calm down, too?

# %%
for count in [12, 40, 100]:
    powers = np.vander(u, count, increasing=True)  # 1, u, u**2, ...
    w = np.linalg.lstsq(powers, targets)[0]
    apart = np.vander(fine, count, increasing=True) @ w - np.sin(3 * fine)
    off = np.sqrt((apart**2).mean())
    print(f"{count:3} powers: norm {np.linalg.norm(w):4.0f}, off {off:4.1f}")

# %% [markdown]
# With more powers the fit grows lighter and *wilder*. A high power is next to nothing until close to an end, and shoots up there. So light weights are good where they mean a calm curve, as with Legendre's polynomials. What counts as light depends on the features.
#
# ## Where the weight comes from
#
# Why must the weights be so large at the peak? We borrow one fact from linear algebra: every matrix can be taken apart into pairs of directions. It is called the **singular value decomposition**. Books write $U \Sigma V^T$, we write
#
# $$A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right} .$$
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\text{left}$ | `left` | (n, pairs) | each column a direction in the space of images |
# | $s$ | `s` | (pairs,) | singular values, the largest first; *pairs* is the smaller of $n$ and features |
# | $\text{right}$ | `right` | (pairs, features) | each row a direction in the space of features |
#
# All directions have length 1. Those of one side stand at right angles to one another, so $\text{left}^T\, \text{left}$ and $\text{right}\; \text{right}^T$ are identities. $\mathrm{diag}(s)$ has $s$ on its diagonal (lesson 02).
#
# Use a row of `right` as the weights. Then the answers are its **singular value** $s$ times the matching column of `left`. Give that row the weight $c$: the answers are $c\, s$ times the column. How much of the targets lies along that column? Their dot product, since the column has length 1. Call it the *part*; all parts together are $\text{left}^T\, Y$. In an exact fit $c\, s$ is that part, so $c = \text{part} / s$. See it with the two pencil images, whose targets are 0 and 1.

# %% tags=["hide-input"]
for small in [two, three]:
    left, s, right = np.linalg.svd(small, full_matrices=False)
    left *= np.sign(left[1])  # a pair may be turned round; here image 2 answers above 0
    part = left.T @ np.array([0.0, 1.0])  # of the targets, along each column
    print(f"{len(small.T)} features: s {s.round(3)}")
    print(f"   left {left[0].round(3)}\n        {left[1].round(3)}")
    print(f"   part {part.round(3)}")
    print(f"   c    {(part / s).round(3)}")

# %% [markdown]
# In the first column of `left` the two images have the same sign, in the second opposite signs. With two features the images differ little, so the second $s$ is tiny, and its $c$ is nearly the whole norm. The third feature lifts that $s$.
#
# With at least as many features as images, and no $s$ of 0, the lightest exact fit is
#
# $$W = \text{right}^T\, \mathrm{diag}(1 / s)\; \text{left}^T\, Y .$$
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
# You get the three parts of $A$, and a number of directions to leave out. Pencil first: let the columns of `left` be $(\tfrac35, \tfrac45)$ and $(-\tfrac45, \tfrac35)$, let $s$ be $(2, \tfrac12)$, the rows of `right` $(0, 0, 1)$ and $(1, 0, 0)$, and the targets $(0, 5)$. What are the weights, and what is left of them without the weaker direction?


# %%
def my_without_weakest(left, s, right, y, weakest):
    """Return the W of the lightest fit, but without the `weakest` directions of smallest s."""
    ...


exercises.check(my_without_weakest)

# %%
exercises.folded(my_without_weakest)

# %% [markdown]
# How small does $s$ get with our digits? And how many of the weakest directions must one leave out at the threshold, until the fit misreads fewer than one digit in five?


# %%
for width in [n - n // 10, n, n + n // 10, widths[-1]]:
    s = np.linalg.svd(a[:, :width], compute_uv=False)
    print(f"{width:5} features: s {s[0]:.1f} to {s[-1]:.4f}")

# %% tags=["hide-input"]
left, s, right = np.linalg.svd(a[:, :n], full_matrices=False)
leave_out = [0, 1, 10, 100, 200, 250, n // 2]
cut = []
for weakest in leave_out:
    kept = len(s) - weakest
    cut.append(right[:kept].T @ ((left[:, :kept].T @ y) / s[:kept, None]))
print("left out    norm   errors")
for weakest, W, count in zip(leave_out, cut, wrong_answers(cut)):
    print(f"{weakest:8}  {np.linalg.norm(W):6.2f}  {count / 100:5.2f} %")

# %% [markdown]
# At the threshold the weakest direction is far weaker than on either side. But it does not do the harm alone. Without it the fit has less than half the norm, and reads hardly better. The whole tail does it: more than 200 directions must go.
#
# ## A price that holds the peak down
#
# Leaving directions out is crude. Let large weights cost something instead, as in lesson 08. Add $\frac{\lambda}{2} \sum w^2$ to the squared error. The squared error's gradient by the answers $AW$ is $\frac2n (AW - Y)$, and $A^T$ times that is its gradient by $W$ (lesson 03). At the lowest point the gradients add up to 0:
#
# $$\frac2n A^T (A W - Y) + \lambda W = 0 .$$
#
# This is **ridge regression** ([Hoerl and Kennard 1970](https://doi.org/10.1080/00401706.1970.10488634)). Multiply by $\frac n2$, and bring $Y$ to the other side:
#
# $$A^T A\, W + \frac{n \lambda}{2} W = A^T Y .$$
#
# The first of these equations says $W = A^T \cdot \frac{2}{n \lambda} (Y - A W)$. So $W$ is $A^T$ times something, and $A^T$ begins with $\text{right}^T$. Write $W = \text{right}^T \cdot \text{inner}$, with a matrix *inner* of shape (pairs, 10). What must it be? Put this and $A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right}$ into the last equation, and use the two identities.
#
# ### Exercise 9.3: the fit that pays (stretch, 12 minutes)
#
# Pencil: what stands now where $1/s$ stood without a price? With $n\lambda/2 = 1$, what does it become for $s = 100$, for $s = 1/100$, and where is it largest?


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
# Multiply by `right` from the left, and divide each row by $s^2 + n\lambda/2$.
#
# Take $n\lambda/2 = 1$. For $s = 100$ it is about a hundredth, as $1/s$ is. For $s = 1/100$ it is a hundredth, too, where $1/s$ is a hundred. It is largest at $s = 1$, where it is one half.
#
# </details>
#
# So the strong directions hardly notice the price, and the weak ones are silenced. What becomes of the 87 % errors at the threshold?

# %%
prices = [2e-3, 2e-2]  # change me
paid = []
for weight_decay in prices:  # lambda
    instead = s / (s**2 + n * weight_decay / 2)  # of 1 / s
    paid.append(right.T @ (instead[:, None] * (left.T @ y)))
for weight_decay, W, count in zip(prices, paid, wrong_answers(paid)):
    print(f"decay {weight_decay:g}: norm {np.linalg.norm(W):.2f}, errors {count / 100:.2f} %")

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
# The peak is gone with both of the prices tried, and in the mean the larger reads better at every width. ([Nakkiran, Venkat and others 2021](https://arxiv.org/abs/2003.01897) prove, for some cases of least squares, that with the best price there is no peak.) Go back to the twelve points, and move the price: at 12 features, what becomes of the ends?
#
# ## And if some labels are wrong?
#
# So is learning by heart harmless? Draw 200 of the 1,000 labels anew, each of the ten classes as likely as any other. An exact fit must now learn the false ones, too. The study `wrong_labels` does it with the same five draws of features. Before you look: which parts of the curve rise, and will the price matter more than before, or less?

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
rises = sum(table[6000][:, 1] > table[1300][:, 1])
clean = errors.mean(axis=0)
print("errors in %; right: labels right,")
print("anew: a fifth drawn anew, at no price,")
print("0.02, 0.2: the same, at that price")
print("features  right   anew   0.02    0.2")
for width in [100, 300, 800, 1000, 1300, 3000, 6000]:
    exact, cheap, dear = table[width].mean(axis=0)
    right_labels = clean[there.index(width)]
    print(f"{width:8}  {right_labels:5.2f}  {exact:5.2f}  {cheap:5.2f}  {dear:5.2f}")
lowest = min(there, key=lambda width: table[width][:, 1].mean())
print(f"0.02: lowest at {lowest:,}")
print(f"   6,000 is higher in {rises} of 5")
print(f"norm of exact fits, 6,000: {min(weights):.2f} to {max(weights):.2f}")

# %% mystnb={"image": {"alt": "Errors on new digits, in per cent, against the number of random features, 100 to 6,000, both axes logarithmic, means of five draws with narrow bands. With right labels the curve falls to 18, climbs to 88 at 1,000 features, and falls to 9. With a fifth of the labels drawn anew it has the same shape and lies higher everywhere: 26 at 300, 89 at 1,000 and 23 at 6,000. With a price of 0.2 it has no peak and falls from 27 to 13."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.4, 4.6))
axis.loglog(there, clean, "o-", color="C0", label="labels right")
for place, style, label in [(0, "s--", "a fifth drawn anew"), (2, "^-.", "the same, price 0.2")]:
    found = np.array([table[width][:, place] for width in there])
    axis.loglog(there, found.mean(axis=1), style, color=f"C{1 + place // 2}", label=label)
    axis.fill_between(
        there, found.min(axis=1), found.max(axis=1), color=f"C{1 + place // 2}", alpha=0.25
    )
axis.axvline(1000, color="0.5", ls="--", lw=1.5)
axis.set(
    title="Wrong labels lift the second descent",
    xlabel="random features (log scale)",
    ylabel="errors on new digits, % (log)",
)
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.set_yticks([10, 20, 50, 90], ["10", "20", "50", "90"])
axis.minorticks_off()
axis.legend()
plt.show()

# %% [markdown]
# Without a price the errors rise everywhere, though hardly at the peak, where nearly all was lost already. Heavy weights are not the only fault. With 6,000 features these fits misread more than a fifth. The mixture with one part in a hundred, above, is heavier, and misreads only 12.07 %. So a light exact fit is not yet a good one. It has learnt by heart what is false.
#
# And away from the peak the price pays more than before, since it lets the fit miss its targets. But with 0.02 the errors are lowest at 1,300 features. With 6,000 they are higher again, in every draw. Only with 100 features is 0.2 worse than no price.
#
# <details><summary>Why does this matter for networks?</summary>
#
# Here one layer was fitted, exactly, to a squared error. Networks whose every layer is trained show the peak as well, most clearly if some of the labels are wrong ([Nakkiran, Kaplun and others 2020](https://arxiv.org/abs/1912.02292)).
#
# </details>
#
# ## Recap
#
# **Why does more get better again?** Where the features just suffice, there is one exact fit, and weak directions make its weights huge. With more features the same images are fitted with less weight. Where light weights mean a calm fit, as they do with these features, new images gain.
#
# - As a model grows, errors on new examples may fall, climb to a peak where it can just fit everything, and fall again.
# - All exact fits answer alike on the images learnt, and not on new ones.
# - A price on weights silences the weak directions. It takes the peak away.
# - With wrong labels even a light exact fit does harm, and away from the peak a price pays more.
#
# ## Questions to ask yourself
#
# 1. A colleague says: "It reads every training image, so it is overfitted." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    How it does on new examples, against a smaller model, a larger one, and the same one with a price. And whether its labels are right. Training accuracy was perfect here for the worst fit and for the best.
#
#    </details>
#
# 2. Why does the peak stand at 12 features for twelve points, and at 1,000 for a thousand images?
#
#    <details><summary>Answer</summary>
#
#    There the features just suffice for an exact fit. With fewer none is exact, with more there is a choice.
#
#    </details>
#
# 3. A feature is added that is 0 for every image learnt. What does it do to the lightest fit, and to new images?
#
#    <details><summary>Answer</summary>
#
#    Nothing: any weight on it would add to the sum of squares and change no answer, so the lightest fit gives it 0. Then it does nothing to new images either.
#
#    </details>
#
# ## Next
#
# A price on weights says: keep them small. It does not say what an image is: a pixel still has no neighbours. [10 Seeing shapes](10_seeing_shapes.ipynb) builds that in, and reads 99 % of the digits.
