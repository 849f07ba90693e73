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
# A model has learnt a thousand images without a single error, and on new ones it is nearly useless. Anybody will tell you what is wrong: it is too large, so it has learnt its images by heart, and you should make it smaller. Do the opposite, and give it several times as many weights. Again it fits every image without an error, and you would expect it to be worse still; yet now it reads new digits well. **Why does bigger become better again?**
#
# **You will be able to**
#
# - say why a growing model gets worse for a while, and then better again;
# - find the lightest weights (of smallest sum of squares) that answer an image exactly;
# - say what weight decay does about it.
#
# **You need** lessons [07](07_deeper.ipynb) and [08](08_too_good.ipynb).
#
# **Time** 50 minutes to read, 25 more for the exercises; it runs for about 20 s and takes 400 MB

# %% [markdown]
# ## Before you start
#
# 1. What does a ReLU turn a sum of $-3$ into, and a sum of 2? What variance does the He rule give the weights?
#
#    <details><summary>Answer</summary>
#
#    0 and 2. The variance is 2 / inputs (lesson 07).
#
#    </details>
#
# 2. Weight decay adds $\frac{\lambda}{2} \sum w^2$ to the loss. What does it add to the gradient?
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
# Before any digits, take something that you can see at a glance: twelve points. Each has a position $u$ and a target, the height of a smooth curve there plus a little noise.

# %%
rng = np.random.default_rng(seed=6)
u = np.linspace(-0.95, 0.95, 12)
noise = rng.normal(size=12)
targets = np.sin(3 * u) + 0.2 * noise
fine = np.linspace(-1, 1, 401)


# %% mystnb={"image": {"alt": "Twelve points, evenly spaced from left to right, each a little above or below a dotted curve: one smooth wave, which dips on the left and rises to a crest on the right."}} tags=["hide-input"]
def draw_points(axis):
    """The true curve, dotted, and the twelve points."""
    axis.plot(fine, np.sin(3 * fine), ":", color="0.5", label="the true curve")
    axis.plot(u, targets, "o", color="C1", zorder=3, label="the points")
    axis.set(ylabel="target", ylim=(-2.5, 2.5))


figure, axis = plt.subplots(figsize=(6, 2.6))
draw_points(axis)
axis.set(title="Twelve points, scattered around a smooth curve", xlabel="position u")
axis.legend(loc="upper left", ncols=2)
plt.show()

# %% [markdown]
# We fit a polynomial to the points by **least squares**, which means making the sum of the squared misses (answer minus target) as small as it can be. A polynomial is a sum of terms, each times a weight. The terms are the **features** of a point, and their number is the size of the model; with 4 features, for example, it is a cubic. <small>Our terms are the **Legendre polynomials**, one of each degree. Why not simply the powers of $u$? You will see.</small>
#
# With 12 features exactly one polynomial goes through all twelve points. With 40, infinitely many do, and NumPy's `lstsq` returns the one whose weights have the smallest sum of squares.
#
# **Predict.** Before you look, sketch the curves with 4, 12 and 40 features. Which will stray farthest from the true curve? (*Distance* is the **root mean square** of the gap between two curves: square it everywhere, take the mean, then the root.)

# %%
guesses.ask("farthest from the true curve: 4, 12 or 40 features", None)


# %% tags=["answer"]
def terms(u, features):
    """The Legendre polynomials at u: shape (points, features)."""
    return np.polynomial.legendre.legvander(u, features - 1)


curves, off = {}, {}
for count in [4, 12, 40]:  # change me
    w = np.linalg.lstsq(terms(u, count), targets)[0]
    curves[count] = terms(fine, count) @ w
    missed = np.abs(terms(u, count) @ w - targets).max()
    off[count] = np.sqrt(((curves[count] - np.sin(3 * fine)) ** 2).mean())
    print(
        f"{count:3} features: largest miss {missed:.3f}, distance from the true curve {off[count]:.2f}"
    )
guesses.compare("farthest from the true curve: 4, 12 or 40 features", max(off, key=off.get))

# %% mystnb={"image": {"alt": "Three panels with the same twelve points along a smooth wave. With 4 features the fit is a calm curve that misses most points a little. With 12 features it goes through all points and swings far out of the panel near both ends. With 40 features it goes through all points, too, with small ripples, and stays near the wave."}} tags=["answer", "hide-input"]
figure, axes = plt.subplots(len(curves), 1, figsize=(6, 2.2 * len(curves)), sharex=True)
for axis, (count, curve) in zip(np.atleast_1d(axes), curves.items()):
    draw_points(axis)
    axis.plot(fine, curve, "-", color="C0", label="the fit")
    span = f"{curve.min():.1f} to {curve.max():.1f}".replace("-", "\N{MINUS SIGN}")
    axis.set_title(f"{count} features: a curve from {span}")
axis.set_xlabel("position u")
np.atleast_1d(axes)[0].legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.2))
plt.show()

# %% [markdown]
# Calm, wild, and calm again. The last two curves go through every point, so that is not what makes a curve wild.
#
# The usual story of overfitting tells the first half of this: as a model grows, it first follows the curve better, and then it follows the noise as well. In the story the errors rise for ever; here they come down again, and leave a *peak*.
#
# Feel it for yourself. At twelve features, drag a point in the middle up or down. Where does the curve move most? Then move the slider to 40, and drag the same point. The panel on the right draws the peak.

# %% mystnb={"image": {"alt": "A still of the picture of fits. Left, a dozen points and the curve of 12 features, which goes through all of them and swings out of the panel near both ends; right, the distance from the true curve against the number of features, with a peak at 12."}}
pictures.fit()

# %% [markdown]
# <details><summary>Where does the curve move most?</summary>
#
# At the two ends, and there many times as far as you drag. With 40 features the curve moves most where you drag.
#
# </details>
#
# <details><summary>Why is the peak just as high at 13 features?</summary>
#
# Our points lie symmetrically about 0, so the terms of odd degree have to fit six numbers, the differences between opposite targets. With 12 features there are six such terms, and the thirteenth is even, so the odd ones still only just suffice.
#
# </details>
#
# ## The same experiment, with digits
#
# With twelve points the second descent gained us nothing, since 40 features came no nearer to the true curve than 4. Do digits gain more from it? Take a layer of ReLUs, give it the weights $W_1$ that the He rule draws at random (lesson 07), and never train it. Its activations $A = \mathrm{ReLU}(X W_1)$, of shape (n, features), are **random features** of $n$ images. Only the next weights are fitted: $W$, of shape (features, 10), which leads from the features to the ten classes. Least squares brings $AW$ as close as it can to the one-hot $Y$, one class at a time.

# %% tags=["hide-input"]
mnist = data.load()
(images, labels), (others, truth) = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=7)
)
del mnist  # to save memory

# %%
n = 1000  # images to learn from; change me, to 500 for example
x, y = data.scale(images[:n]), data.one_hot(labels[:n])

near_n = {n * percent // 100 for percent in (80, 90, 100, 110, 130)}
widths = sorted({100, 300, 600, 1000, 2000, 3000, 6000} | near_n)
W1 = deep.initialise(np.random.default_rng(seed=0), [784, widths[-1], 10], rule="He")[0]
a = deep.relu(x @ W1)
x.shape, y.shape, a.shape


# %% tags=["hide-input"]
def wrong_answers(fits):
    """How many of the 10,000 new images each fit misreads; 500 at a time, to save memory."""
    wrong = np.zeros(len(fits), dtype=int)
    widest = max(len(W) for W in fits)
    for start in range(0, len(others), 500):
        some = slice(start, start + 500)
        new = deep.relu(data.scale(others[some]) @ W1[:, :widest])
        for place, W in enumerate(fits):
            wrong[place] += ((new[:, : len(W)] @ W).argmax(axis=1) != truth[some]).sum()
    return wrong


# %% [markdown]
# Now fit weights to the first 100 features, to the first 300, and so on, always with the same 1,000 images.

# %%
fits = [np.linalg.lstsq(a[:, :width], y)[0] for width in widths]

# %% [markdown]
# **Predict.** Each fit now reads 10,000 new images. Sketch the errors against the number of features. Where will they be highest, and what percentage will be misread there?


# %%
guesses.ask("% of new images misread at the worst width", None)

# %% tags=["answer", "hide-input"]
wrong = wrong_answers(fits)
answers = [a[:, : len(W)] @ W for W in fits]
learnt = np.array([(answer.argmax(axis=1) != labels[:n]).mean() for answer in answers])
print("features  largest miss  training errors  on new images")
for width in sorted({300, 600, n, widths[-1]}):
    place = widths.index(width)
    miss = np.abs(answers[place] - y).max()
    print(f"{width:8}  {miss:12.3f}  {learnt[place]:15.2%}  {wrong[place] / 10_000:13.2%}")
guesses.compare("% of new images misread at the worst width", wrong.max() / 100)


# %% mystnb={"image": {"alt": "Errors on new images, in per cent, against the number of random features, 100 to 6,000 on a logarithmic axis. They fall from 22 to 18 at 300 features, climb to a sharp peak of almost 90 at 1,000, where a vertical line marks as many features as images, and fall again, below their first low point, to 9 at 6,000. A dotted line marks 90, guessing. A dashed curve, the errors on the training images, falls from 13 to 0 at 600 features and stays there."}} tags=["answer", "hide-input"]
figure, axis = plt.subplots(figsize=(6.4, 4.2))
axis.semilogx(widths, wrong / 100, "o-", color="C0")
axis.text(1.35 * n, 40, "new images")
axis.semilogx(widths, 100 * learnt, "s--", color="C1", ms=5)
axis.text(0.15 * n, 11.5, "training images")
axis.axvline(n, color="0.5", ls="--", lw=1.5, zorder=0)
axis.text(0.93 * n, 70, "as many features\nas images", ha="right")
axis.axhline(90, color="0.5", ls=":", lw=1.5)
axis.text(widths[0], 91.5, "guessing")
axis.set(
    title="Errors peak at the vertical line, and fall again",
    xlabel="random features (log scale)",
    ylabel="errors, %",
    ylim=(-2, 100),
)
ticks = [100, 300, 1000, 3000, 6000]
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.minorticks_off()
plt.show()

# %% [markdown]
# To the left of the vertical line the usual story comes true to the letter: from 300 features on, the model gets worse. The line itself is the **interpolation threshold** (to interpolate is to pass through every point), where each class has exactly as many weights as there are images, and the fit does hardly better than guessing. To the right of it the errors fall again, until they are lower than at the first low point. This is **double descent**, and we find it hard to believe even now: the same recipe, with nothing but more features, goes from nearly nine digits in ten wrong to nine in ten right.
#
# And look at the training images. Every fit from 600 features on reads all 1,000 of them correctly: it has learnt them *by heart*. From 1,000 on the fit is not only right but *exact*, $AW = Y$. That goes for the worst fit as well as for the best, so no count of training errors can tell you which of the two you have.
#
# **A good place to stop.** You have seen the peak twice. The rest finds out what makes it, with a pencil and two images, and then takes it away.
#
# <small>[Belkin and others 2019](https://doi.org/10.1073/pnas.1903070116) named double descent, with random features ([Rahimi and Recht 2007](https://papers.nips.cc/paper/2007/hash/013a006f03dbc5392effeb8f18fda755-Abstract.html)) fitted to MNIST as here. The peak itself had been seen long before ([Loog and others 2020](https://doi.org/10.1073/pnas.2001875117)).</small>
#
# ## Two images and two features
#
# Why should *just enough* features be so much worse than too few or plenty? Take the smallest case: one class, and two images with two features each.
#
# | | feature 1 | feature 2 | target |
# |---|---|---|---|
# | image 1 | 1 | 0.9 | 0 |
# | image 2 | 0.9 | 1 | 1 |
#
# The two images look almost alike, but only the second is of our class. An answer is $w_1$ times feature 1 plus $w_2$ times feature 2. Before you look for weights that give the targets, write down what two other pairs of weights answer:
#
# | weights | answer to image 1 | answer to image 2 |
# |---|---|---|
# | $(1, 1)$ | $1 + 0.9 = 1.9$ | $0.9 + 1 = 1.9$ |
# | $(-1, 1)$ | $0.9 - 1 = -0.1$ | $1 - 0.9 = 0.1$ |
#
# Think of these two pairs as *directions*. The first is *loud*, since it gives both images a large answer. The second is *faint*, because it answers with nothing but the difference between the features, which is only a tenth.
#
# Now build the fit from the two. The targets $(0, 1)$ are half of $(1, 1)$ plus half of $(-1, 1)$. Take the loud weights once, as one *helping*, and they answer with 1.9 times $(1, 1)$. So for half of $(1, 1)$ you need $0.5 / 1.9$, about a quarter of a helping. One helping of the faint weights answers with only 0.1 times $(-1, 1)$, so for half of $(-1, 1)$ you need $0.5 / 0.1 = 5$:
#
# $$w = \frac{0.5}{1.9}\, (1, 1) + \frac{0.5}{0.1}\, (-1, 1) \approx (-4.74,\ 5.26) .$$
#
# The two halves are equal, and yet the faint direction needs nineteen times as many helpings. **To get a part of the targets out of a direction, you divide it by how loud the direction is**, and dividing by a small number makes a large one. The fit is an amplifier, and this is all there is inside.
#
# "But the fit is exact," you may object. "What harm is there in five helpings?" None, to these two images. But take a new image with the features 1 and 0. One helping of the faint direction answers it with $-1$, ten times as loudly as it answers either of the others. After five helpings and the little that the loud direction adds, the answer is $-4.74$, where only 0 or 1 can be right. The direction was faint only *on the images we trained on*.

# %%
two = np.array([[1.0, 0.9], [0.9, 1.0]])
w = 0.5 / 1.9 * np.array([1, 1]) + 0.5 / 0.1 * np.array([-1, 1])
print("loud and faint:", two @ [1, 1], np.round(two @ [-1, 1], 2))
print("the fit:", np.round(two @ w, 2) + 0.0, "and the new image:", np.round(w @ [1, 0], 2))

# %% mystnb={"image": {"alt": "The plane of feature 1 and feature 2. Two points lie close together near the upper right corner, image 1 just on one side of the diagonal and image 2 just on the other. Parallel lines of equal answers run nearly along the diagonal, close together: the line of answer 0 goes through image 1, the line of answer 1 through image 2. Further lines, labelled down to minus 5, follow at the same small distance, and the new image, in the lower right corner, lies just before the last."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5, 4))
across, up = np.meshgrid(np.linspace(0, 1.15, 50), np.linspace(-0.1, 1.15, 50))
levels = range(-5, 2)
answer = w[0] * across + w[1] * up
lines = axis.contour(across, up, answer, levels, colors="0.6", linestyles="-", linewidths=1)
label_at = [1.1, 1.07, 0.95, 0.8, 0.7, 0.55, 0.45]
spots = [(first, (level - w[0] * first) / w[1]) for first, level in zip(label_at, levels)]
axis.clabel(lines, fmt="%d", fontsize=12, manual=spots)
for name, point, mark, shift in [
    ("image 1", (1, 0.9), "o", (0.04, -0.05)),
    ("image 2", (0.9, 1), "s", (-0.23, 0.04)),
    ("new image", (1, 0), "D", (-0.34, -0.03)),
]:
    axis.plot(*point, mark, ms=9)
    axis.text(point[0] + shift[0], point[1] + shift[1], name)
axis.set(
    title="A steep fit: from 0 to 1 in one small step",
    xlabel="feature 1",
    ylabel="feature 2",
)
plt.show()

# %% [markdown]
# Along each line the answer is the same. Between two images so close together the fit has to climb steeply, and its slope is the same everywhere.
#
# ### The same for any matrix
#
# We guessed the two directions, because our images mirror each other. For a thousand images NumPy finds them. The **singular value decomposition** of any matrix $A$ gives directions that are perpendicular to one another (their dot products are 0), and whose answers are perpendicular, too. (This is the one fact we borrow without proof; [Stewart 1993](https://doi.org/10.1137/1035134) tells who found it.) It comes in three arrays:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\text{right}$ | `right` | (pairs, features) | each row: weights of norm 1 |
# | $\text{left}$ | `left` | (n, pairs) | each column: the answers that those weights give, scaled to norm 1 |
# | $s$ | `s` | (pairs,) | how loud those answers are, the loudest first: the **singular values** |
#
# A direction and its answers make a *pair*, of which there are as many as images or as features, whichever number is smaller; `full_matrices=False` has NumPy stop there. One line says what a pair is:
#
# $$A\, \text{right}_j = s_j\, \text{left}_j .$$
#
# In words, the weights $\text{right}_j$, row $j$ of `right`, answer the $n$ images with $\text{left}_j$, column $j$ of `left`, made $s_j$ times as loud.
#
# Now fit as with two images. How much of the targets lies along $\text{left}_j$? Their dot product with that column, $\text{part}_j = \text{left}_j \cdot \text{targets}$. A direction of loudness $s_j$ needs $\text{part}_j / s_j$ helpings to produce that part, and as long as no $s_j$ is 0, the fit is the sum over all pairs:
#
# $$w = \sum_j \frac{\text{part}_j}{s_j}\, \text{right}_j .$$
#
# With at least as many features as images this fit is exact; with fewer it is the least-squares fit.
#
# <details><summary>Why the dot product, and why exact or of least squares?</summary>
#
# Whatever lies along the other columns is perpendicular to this one and adds 0 to the dot product, and what lies along this one counts once, since its norm is 1.
#
# With at least as many features as images, `left` has $n$ perpendicular columns, which reach any targets. With fewer, only what lies along the columns can be reached. The rest of the targets is perpendicular to every answer, so no weights can make it smaller.
#
# </details>

# %%
wanted = np.array([0.0, 1.0])  # the targets
left, s, right = np.linalg.svd(two, full_matrices=False)
part = left.T @ wanted
for j in range(2):
    helpings = part[j] / s[j]
    share = np.round(helpings * right[j], 2)
    print(f"pair {j + 1}: s = {s[j]:.1f}, {abs(helpings):.2f} helpings, share of w {share}")
print("both added up:", np.round(right.T @ (part / s), 2))

# %% [markdown]
# The same directions, shares and weights as by pencil, and nobody had to guess. (Scaled to norm 1, the faint direction takes 7.07 helpings instead of 5.)
#
# ## Why exactly at the threshold?
#
# Give the two images a third feature, $-1$ for the first and $1$ for the second. Image 2 minus image 1 was $(-0.1, 0.1)$, and now it is $(-0.1, 0.1, 2)$. What the first two could hardly tell apart, the third tells apart with ease. True, two equations in three unknowns have infinitely many solutions; but `lstsq` returns the lightest, of smallest norm. It is called the **least-norm fit**, and our sum over the pairs gives it, too.
#
# And if the images have feature 1 alone? Then there is a single direction, and it is loud: the fit can't be exact, but it can't blow up either.

# %%
three = np.column_stack([two, [-1.0, 1.0]])
print("features  smallest s  norm of the fit  its answers")
for count in [1, 2, 3]:
    some = three[:, :count]
    s = np.linalg.svd(some, compute_uv=False)
    w = np.linalg.lstsq(some, wanted)[0]
    print(f"{count:8}  {s[-1]:10.2f}  {np.linalg.norm(w):15.2f}  {np.round(some @ w, 2) + 0.0}")

# %% [markdown]
# There is the peak in three rows: the smallest $s$ falls up to the threshold and rises beyond it, and the norm does the opposite. We chose the third feature to help, of course, but no other could have made the faintest direction fainter.
#
# Here is why, for a thousand images as for two. *Up to the threshold*: of all weights of norm 1, the faintest direction gives the answers closest to 0. With a further feature the same weights are still to be had, with a 0 for the new one, and others may come closer still, so the smallest $s$ falls, or stays. *Beyond the threshold*: a direction is faint because some mix of the images all but cancels, as image 2 minus image 1 did. A further feature gives the mix one more number, which can only take it farther from 0, so the smallest $s$ rises, or stays. It is smallest at the threshold, so there the amplifier is strongest. <small>The proof stands before exercise 9.2.</small>

# %% tags=["hide-input"]
near = {n * permille // 1000 for permille in (300, 500, 950, 990, 1010, 1050, 1500, 3000)}
smallest = {}
for width in sorted(near_n | near):
    smallest[width] = np.linalg.svd(a[:, :width], compute_uv=False)[-1]
print("features  smallest s  norm of the fit")
for width in [n * percent // 100 for percent in (80, 100, 130)]:
    print(f"{width:8}  {smallest[width]:10.4f}  {np.linalg.norm(fits[widths.index(width)]):15.2f}")

# %% mystnb={"image": {"alt": "The smallest singular value of the digits' features against the number of features, 300 to 3,000, both axes logarithmic: a sharp V. It falls from 0.3 at 300 and 500 features to 0.001 at 1,000, where a dashed vertical line marks as many features as images, and climbs again to 0.8 at 3,000."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6, 3.6))
axis.loglog(smallest.keys(), smallest.values(), "o-", color="C2")
axis.axvline(n, color="0.5", ls="--", lw=1.5, zorder=0)
axis.set(
    title="The smallest s is smallest at the threshold",
    xlabel="random features (log scale)",
    ylabel="smallest s (log)",
)
axis.set_xticks([300, 1000, 3000], ["300", "1,000", "3,000"])
axis.yaxis.set_major_formatter("{x:g}")
axis.minorticks_off()
plt.show()

# %% [markdown]
# ### Exercise 9.1: the lightest weights (warm-up, 5 minutes)
#
# How do you find the lightest of infinitely many fits? Begin with one image: its features are one *row* of $A$, and it has one target. Pencil first: $\text{row} = (1, 2)$, target 5. Both $(5, 0)$ and $(3, 1)$ are exact, but neither is the lightest. Which weights are? Split $w$ into a multiple of the row and a remainder perpendicular to it: $w = \text{multiple} \cdot \text{row} + \text{remainder}$ with $\text{row} \cdot \text{remainder} = 0$. Which of the two parts produces the answer, and what does the other do to the sum of squares?
#
# <details><summary>The numbers, by hand</summary>
#
# Only the multiple produces an answer: $\text{multiple} \cdot (1 \cdot 1 + 2 \cdot 2) = 5$, so it is 1, and the lightest weights are $(1, 2)$. Their sum of squares is 5. That of $(3, 1)$ is 10 and that of $(5, 0)$ is 25, because both carry a remainder that does no work.
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
# ### Is it the lightness?
#
# Are 6,000 features so good because the fit is *light*? To the lightest fit, add a remainder like that of exercise 9.1: random weights that answer every training image with 0. The sum is heavier, and just as exact.

# %% tags=["hide-input"]
drawn = np.random.default_rng(seed=1).normal(size=fits[-1].shape)
remainder = drawn - np.linalg.lstsq(a, a @ drawn)[0]
remainder /= np.linalg.norm(remainder)
heavier = [fits[-1] + norm * remainder for norm in (0, 2, 10, 100)]
print("norm of the fit  largest miss  on new images")
for W, errors in zip(heavier, wrong_answers(heavier) / 10_000):
    print(f"{np.linalg.norm(W):15.2f}  {np.abs(a @ W - y).max():12.3f}  {errors:13.2%}")

# %% [markdown]
# All four are exact, and the heavier they are, the worse, because new images hear what the training images don't. <small>We drew one remainder only.</small> Even the useless fit is still among the exact ones: give the further features the weight 0. They only *allow* a lighter fit, and `lstsq` takes it.
#
# Is the lightest exact fit always good, then? Go back to the twelve points, and build your polynomials from other features, the plain powers 1, $u$, $u^2$ and so on.

# %% tags=["hide-input"]
print("features  smallest s  norm of the fit  distance from the true curve")
for count in [12, 20, 40]:  # change me
    w, _, _, s = np.linalg.lstsq(np.vander(u, count, increasing=True), targets)
    gap = np.vander(fine, count, increasing=True) @ w - np.sin(3 * fine)
    print(f"{count:8}  {s[-1]:10.6f}  {np.linalg.norm(w):15.2f}  {np.sqrt((gap**2).mean()):28.2f}")

# %% [markdown]
# Beyond the threshold the smallest $s$ rises and the norm falls, as they should, and yet the curve only gets wilder. Light weights are good only where they mean a calm curve, and whether they do depends on the features: with Legendre's terms they do, with the powers of $u$ they don't.
#
# ## Two hundred helpings of almost nothing
#
# Back to the useless fit and its thousand features. Its faintest direction has $s = 0.001$, so to produce a part of 1 it takes a thousand helpings. Take one helping of it, and one of each of three louder directions. How loudly do they answer the training images, and how loudly new ones?

# %%
left, s, right = np.linalg.svd(a[:, :n], full_matrices=False)
part = left.T @ y  # of all ten classes: shape (pairs, 10)

# %% tags=["hide-input"]
new = deep.relu(data.scale(others[:n]) @ W1[:, :n])
print("one helping: root mean square of its answers")
print("direction  on training images  on new images")
for number in [1, n // 2, 9 * n // 10, n]:
    trained, fresh = (np.sqrt(((some @ right[number - 1]) ** 2).mean()) for some in [a[:, :n], new])
    print(f"{number:9}  {trained:18.6f}  {fresh:13.6f}")
print(f"helpings in the fit, for one class: up to {np.abs(part[-1] / s[-1]).max():.0f}")

# %% [markdown]
# From the middle direction to the last, the answers to training images shrink two-thousandfold, while those to new images lose only a third. Every helping counts: two hundred times 0.06 is 12, where the right answer is 0 or 1.
#
# ## What is there to amplify?
#
# So far we have looked at only half of the fraction $\text{part}_j / s_j$. Where the targets have no part along the faint directions, a small $s_j$ does no harm. Had both our targets been 1, the faint direction would have got no helping at all.
#
# And the twelve points? The usual story puts their wild curve down to the noise, so take the noise away, and let every target lie exactly on the true curve.
#
# **Predict.** How far from the true curve will the fit with 12 features be without noise?

# %%
guesses.ask("distance at 12 features, without noise", None)

# %% tags=["answer", "hide-input"]
draws = np.random.default_rng(seed=1).normal(size=(12, 200))
print("Distance from the true curve, with 12 features (fits: median of 200 draws)")
print("true curve  noise  the best curve  fit to the points")
at_12 = {}
for wave, level in [(3, 0.0), (3, 0.2), (12, 0.0)]:
    true_curve = np.sin(wave * fine)[:, None]
    best = np.linalg.lstsq(terms(fine, 12), true_curve)[0]
    w = np.linalg.lstsq(terms(u, 12), np.sin(wave * u)[:, None] + level * draws)[0]
    reach, apart = (
        np.median(np.sqrt(((terms(fine, 12) @ each - true_curve) ** 2).mean(axis=0)))
        for each in [best, w]
    )
    at_12[wave, level] = apart
    print(f"sin {wave:2}u     {level:5g}  {reach:14.2f}  {apart:17.2f}")
guesses.compare("distance at 12 features, without noise", f"{at_12[3, 0.0]:.2f}")

# %% [markdown]
# Without noise there is no peak at all, because some curve of 12 features is all but equal to $\sin 3u$, and at the threshold only one goes through all the points, so that is the one we get. With a noise of 0.2, the fit is 2.13 away, about ten times as far.
#
# And noise is not all that gets amplified. In the last row there is none, but $\sin 12u$ is a little too fast for 12 features, which come no closer to it than 0.18. The part of the true answer that a model can't express is called **misfit**, and it goes through the same amplifier: the fit lands 4.28 away. The digits' targets have a part of up to $234 \cdot 0.001 \approx 0.2$ along the faintest direction, and the amplifier does the rest.
#
# <small>[Schaeffer and others 2023](https://arxiv.org/abs/2303.14151) take the peak apart in the same way, with Legendre polynomials, too.</small>
#
# ## Weight decay starves the faint directions
#
# If it is the helpings that do the harm, let them cost something. That is what lesson 08's weight decay does: add $\frac{\lambda}{2} \sum w^2$ to the squared error (the sum of squares, divided by $n$), and least squares becomes **ridge regression** ([Hoerl and Kennard 1970](https://doi.org/10.1080/00401706.1970.10488634)).
#
# Only one thing in the formula changes, the number that multiplies each part:
#
# $$\frac{1}{s_j} \quad \text{becomes} \quad \frac{s_j}{s_j^2 + n\lambda/2} .$$
#
# <details><summary>Why this number?</summary>
#
# Everything is perpendicular, so squares simply add up (Pythagoras), and each pair can be settled by itself. Its answers come to $s_j\, \text{helpings}_j$, where $\text{part}_j$ is wanted, and its weights have the norm $\text{helpings}_j$. So to the loss it adds
#
# $$\frac1n \big( s_j\, \text{helpings}_j - \text{part}_j \big)^2 + \frac{\lambda}{2}\, \text{helpings}_j^2 .$$
#
# At the lowest point the slope with respect to $\text{helpings}_j$ is 0:
#
# $$\frac2n\, s_j \big( s_j\, \text{helpings}_j - \text{part}_j \big) + \lambda\, \text{helpings}_j = 0 .$$
#
# Multiply by $\frac n2$, and move the term with $\text{part}_j$ to the other side:
#
# $$\big( s_j^2 + n\lambda/2 \big)\, \text{helpings}_j = s_j\, \text{part}_j .$$
#
# Divide by the bracket. Exercise 9.3 does the same for all pairs and classes at once.
#
# </details>
#
# What does it do to our two directions? There $n$ is 2, so with $\lambda = 0.1$ the new term $n\lambda/2$ is just 0.1.

# %%
print("helpings for a part of 1")
for name, loudness in [("loud", 1.9), ("faint", 0.1)]:
    without, with_decay = 1 / loudness, loudness / (loudness**2 + 0.1)
    print(f"{name:5} s = {loudness}: {without:5.2f} without weight decay, {with_decay:.2f} with it")

# %% [markdown]
# The loud direction hardly notices, because 0.1 is little beside the square of 1.9; the faint one loses nine tenths of its helpings.
#
# **Predict.** Use weight decay where it is needed most, on the features of the useless fit, with $\lambda = 0.02$, with a tenth of that, and with ten times as much. What percentage will the best of the three misread?

# %%
guesses.ask("% misread at the threshold with weight decay", None)

# %% tags=["answer", "hide-input"]
decays = [0.002, 0.02, 0.2]  # lambda; change me
factors = [s / (s**2 + n * decay / 2) for decay in decays]  # the lightest fit has 1 / s here
decayed = [right.T @ (factor[:, None] * part) for factor in factors]
wrong_here = wrong_answers(decayed) / 100
print("lambda  norm  training errors  on new images")
for decay, W, errors in zip(decays, decayed, wrong_here):
    forgotten = ((a[:, :n] @ W).argmax(axis=1) != labels[:n]).mean()
    print(f"{decay:6}  {np.linalg.norm(W):.2f}  {forgotten:15.2%}  {errors:11.2f} %")
guesses.compare("% misread at the threshold with weight decay", wrong_here.min())

# %% [markdown]
# The useless fit has become a good one, with the same features and images. The price is that it is no longer exact: with $\lambda = 0.02$ it gets two of its thousand training images wrong. <small>We chose 0.02 on these same new images.</small> Is the peak gone at other widths, too, and for other draws of the features? The study `double_descent` tried five draws at each width, with the same images; curves are means, bands the range over the draws.

# %% mystnb={"image": {"alt": "The study's errors on new images, in per cent, against the number of random features, 100 to 6,000, both axes logarithmic, means of five draws. Without decay the curve falls, climbs to a peak of 88 at 1,000 features and falls to 9. With a weight decay of 0.02 it falls all the way, from 22 to below 9. Shaded bands from the lowest to the highest of five draws are narrow."}} tags=["hide-input"]
study = studies.read("double_descent")
there = study["rows"][0]["results"]["widths"]
figure, axis = plt.subplots(figsize=(6.4, 4.2))
for decay, style, name in [(0.0, "o-", "no weight decay"), (0.02, "^-.", "weight decay 0.02")]:
    rows = [row["results"] for row in study["rows"] if row["settings"]["weight_decay"] == decay]
    percent = np.array([np.sum(row["wrong"], axis=1) / 100 for row in rows])  # (draws, widths)
    axis.loglog(there, percent.mean(axis=0), style, label=name)
    axis.fill_between(there, percent.min(axis=0), percent.max(axis=0), alpha=0.25)
axis.axvline(1000, color="0.5", ls="--", lw=1.5, zorder=0, label="as many features as images")
axis.set(
    title="A peak, and none with a weight decay of 0.02",
    xlabel="random features (log scale)",
    ylabel="errors on new images, % (log)",
)
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.set_yticks([10, 20, 50, 90], ["10", "20", "50", "90"])
axis.minorticks_off()
axis.legend()
plt.show()

# %% [markdown]
# The peak is gone, whichever draw you take. More features help even where there is no peak to leave behind; why they do, we have not shown.
#
# Networks that are trained as a whole can show the peak, too ([Nakkiran, Kaplun and others 2020](https://arxiv.org/abs/1912.02292)). So when a larger model does worse than a smaller one, it may not be too large, but only *just large enough*.
#
# ## If you have another half-hour
#
# ### All classes in one formula
#
# Two exercises want all ten classes at once. Write $\mathrm{diag}(s)$ for the matrix with the numbers $s$ on its diagonal and zeros elsewhere. Then the singular value decomposition says that $A$ is a product of three factors, named after the sides on which they stand:
#
# $$A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right} .$$
#
# Books write it $U \Sigma V^T$. The helpings of all classes are added up by
#
# $$W = \text{right}^T\, \mathrm{diag}(1 / s)\; \text{left}^T\, Y .$$
#
# Read it from right to left: $\text{left}^T Y$ takes the parts, $\mathrm{diag}(1/s)$ makes helpings of them, and $\text{right}^T$ adds the helpings up. Three folds prove most of what we have only claimed so far.
#
# <details><summary>How the pairs follow from the three factors</summary>
#
# Use $\text{right}_j$ as weights. Its product with every other row of `right` is 0, and with its own 1, so in $A\, \text{right}_j = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right} \cdot \text{right}_j$ only the $j$-th pair survives, and $s_j\, \text{left}_j$ remains. In the same way $\text{left}_j^T A = s_j\, \text{right}_j^T$.
#
# </details>
#
# <details><summary>Why no exact fit is lighter</summary>
#
# That it is exact you have seen. Why is it the lightest? For one image you know it from exercise 9.1. With many images the argument is the same: whatever is perpendicular to *every* row of $A$ changes no answer on the training images, and only adds to the sum of squares. So the lightest exact fit has no such part; it is a sum of multiples of $A$'s rows, a **linear combination** of them.
#
# The formula's fit is one, too. By $\text{left}_j^T A = s_j\, \text{right}_j^T$, each row of `right` is a linear combination of $A$'s rows, and therefore each class's weights are. Nor can there be two such fits: what they differ by would be a linear combination of the rows and perpendicular to all of them, and only 0 is both.
#
# </details>
#
# <details><summary>Why the smallest singular value rises beyond the threshold</summary>
#
# *Mix* the images: choose a number for each, with norm 1 for all together, multiply its row of $A$ by that number, and add the rows up. Take column $j$ of `left` for the numbers, and the mix is $\text{left}_j^T A = s_j\, \text{right}_j^T$, with norm $s_j$. Any other choice is a sum of multiples of these columns; the squares of the multiples add up to 1, and each comes out $s_j^2$ times as large. So no mix is closer to 0 than the smallest $s$. One more feature gives every mix one more entry, whose square can only add to the norm. (Up to the threshold the same goes for weights and their answers.)
#
# </details>
#
# ### Exercise 9.2: without the faintest (core, 8 minutes)
#
# There is a blunter cure than weight decay (books call it the truncated singular value decomposition, [Hansen 1987](https://doi.org/10.1007/BF01937276)): leave the faintest directions out altogether. Pencil first: let the columns of `left` be $(\tfrac35, \tfrac45)$ and $(-\tfrac45, \tfrac35)$, let $s$ be $(2, \tfrac12)$, the rows of `right` $(0, 0, 1)$ and $(1, 0, 0)$, and the targets $(0, 5)$. What are the weights, and what remains of them without the fainter direction?
#
# <details><summary>The numbers, by hand</summary>
#
# The parts are $\tfrac45 \cdot 5 = 4$ and $\tfrac35 \cdot 5 = 3$; divided by $s$, 2 and 6. So the weights are $2 \cdot (0, 0, 1) + 6 \cdot (1, 0, 0) = (6, 0, 2)$, and $(0, 0, 2)$ without the fainter direction.
#
# </details>


# %%
def my_without_faintest(left, s, right, y, faintest):
    """Return the W of the lightest fit, but without the `faintest` directions of smallest s.

    left, s and right: the factors of A. y: shape (n, classes). The result: (features, classes).
    """
    ...


exercises.check(my_without_faintest)

# %%
exercises.folded(my_without_faintest)

# %% [markdown]
# **Predict.** The fit with 1,000 features misreads 86.71 % of the new images. How many of its thousand directions would you leave out: 10, 100 or 700?

# %%
guesses.ask("directions to leave out: 10, 100 or 700", None)

# %% tags=["answer", "hide-input"]
counts = [0, 1, n // 100, n // 10, 7 * n // 10]
cut = [right[: n - count].T @ (part[: n - count] / s[: n - count, None]) for count in counts]
wrong_here = wrong_answers(cut) / 100
for count, W, errors in zip(counts, cut, wrong_here):
    print(f"without {count:3}: norm {np.linalg.norm(W):6.2f}, errors {errors:5.2f} %")
guesses.compare("directions to leave out: 10, 100 or 700", counts[wrong_here.argmin()])

# %% [markdown]
# We used to think that the faintest direction alone made the peak. It carries most of the norm, but without it the fit is nearly as useless: hundreds have to go before nearly nine digits in ten are read correctly.
#
# ### Exercise 9.3: ridge regression from the three factors (stretch, 12 minutes)
#
# The squared error is the sum of the squares of all entries of $AW - Y$, divided by $n$. Its gradient is $\frac2n (AW - Y)$ with respect to the answers $AW$, and $A^T$ times that with respect to $W$ (lesson 03). Weight decay adds $\lambda W$. At the lowest point the two add up to 0:
#
# $$\frac2n A^T (A W - Y) + \lambda W = 0 . \qquad (1)$$
#
# Multiply by $\frac n2$ and move the term with $Y$ to the other side:
#
# $$A^T A\, W + \frac{n \lambda}{2} W = A^T Y . \qquad (2)$$
#
# Now write $W = \text{right}^T \cdot \text{inner}$, with a matrix *inner* of shape (pairs, 10), and put this and $A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right}$ into (2). Since the rows of `right` have norm 1 and are perpendicular to one another, $\text{right} \cdot \text{right}^T$ is an identity matrix, with ones on the diagonal and zeros elsewhere, and so is $\text{left}^T \cdot \text{left}$. Then *inner* is the only unknown.
#
# <details><summary>Why W can be written so</summary>
#
# By (1), $W = A^T \cdot \frac{2}{n \lambda} (Y - A W)$, and $A^T = \text{right}^T\, \mathrm{diag}(s)\; \text{left}^T$ begins with $\text{right}^T$. What follows it is *inner*.
#
# </details>
#
# In the code, `np.linalg.svd(a, full_matrices=False)` gives you the three factors.


# %%
def my_decayed_fit(a, y, weight_decay):
    """Return the W of the smallest squared error plus weight_decay / 2 times the sum of W**2.

    a: shape (n, features), more or fewer than n. y: shape (n, classes).
    """
    ...


exercises.check(my_decayed_fit)

# %%
exercises.folded(my_decayed_fit)

# %% [markdown]
# <details><summary>The steps</summary>
#
# With the two identity matrices,
#
# $$\begin{aligned} & A^T A\, W \\ & \quad = \text{right}^T\, \mathrm{diag}(s)\; \text{left}^T\, \text{left} \\ & \quad \quad \cdot \mathrm{diag}(s)\, \text{right} \cdot \text{right}^T\, \text{inner} \\ & \quad = \text{right}^T\, \mathrm{diag}(s^2)\, \text{inner} . \end{aligned}$$
#
# So the equation reads
#
# $$\begin{aligned} & \text{right}^T \mathrm{diag}\big(s^2 + \tfrac{n\lambda}{2}\big)\, \text{inner} \\ & \quad = \text{right}^T\, \mathrm{diag}(s)\; \text{left}^T\, Y . \end{aligned}$$
#
# Multiply by `right` from the left, and divide each row by $s^2 + n\lambda/2$.
#
# </details>
#
# ## Recap
#
# **Why does bigger become better again?** Where the features just suffice there is a single exact fit, and it can't do without directions that are faint on the training images. Whatever noise or misfit lies along them is divided by a small $s$, and new images, on which these directions are far less faint, hear the result. With more features there are many exact fits. With our random features the lightest is good, and heavier ones, just as exact, are worse; with the powers of $u$ not even the lightest is good.
#
# More features lead past the peak; enough weight decay levels it.
#
# ## Questions to ask yourself
#
# 1. A colleague says: "It reads every training image, so it is overfitted." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    How does it do on new examples, compared with a smaller model, a larger one, and the same one with weight decay? And are its labels right? Training accuracy was perfect here for the worst fit and for the best.
#
#    </details>
#
# 2. Why is the peak at 12 features for twelve points, and at 1,000 for a thousand images?
#
#    <details><summary>Answer</summary>
#
#    Because there, where the features just suffice for an exact fit, the smallest $s$ is smallest: up to that point new features never raise it, and beyond it they never lower it. Faint directions amplify the noise or misfit along them. Without either there would be no peak.
#
#    </details>
#
# 3. You have a thousand images, a thousand features, no more features to be had, and no weight decay. "Throw half of the images away," says a friend. Is she out of her mind?
#
#    <details><summary>Answer</summary>
#
#    No. For 500 images the same features are twice as many as it takes, and no direction is nearly so faint. Try it: put 500 for $n$ above, and look in the figure at 1,000, where the peak was.
#
#    </details>
#
# ## Next
#
# Our random features would be just as good if the pixels of every image were shuffled in the same way, because to all our models so far a pixel has no neighbours. [10 Seeing shapes](10_seeing_shapes.ipynb) gives it some, and its network misreads about one digit in a hundred.
