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
# A model has learnt a thousand images without a single error, and on new ones it is nearly useless. Anybody will tell you what is wrong with it: it is too large, it has learnt its images by heart, make it smaller. So do the opposite, and give it several times as many weights. Again it fits every image without an error, and you would expect it to be worse still; yet now it reads new digits well. If you believe what you hear about overfitting, this should not happen. **Why does bigger become better again?**
#
# **You will be able to**
#
# - say why a growing model gets worse for a while, and then better again;
# - find the lightest of all exact fits;
# - say what weight decay does about it.
#
# **You need** lessons [07](07_deeper.ipynb) and [08](08_too_good.ipynb).
#
# **Time** 50 minutes to read, 25 more for the exercises; it runs for about 30 s and takes 400 MB

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
# Before any digits, take something that you can see at a glance: twelve points, each with a position $u$ and a target, which is the height of a smooth curve there plus a little noise.

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
# We fit a polynomial to the points by **least squares**, which means making the sum of the squared misses as small as it can be. A polynomial is a sum of terms, each times a weight. The terms are the **features** of a point, and their number is the size of the model; with 4 features, for example, it is a cubic. Our terms are the Legendre polynomials, one of each degree, which make exactly the same curves as the powers of $u$.
#
# With 12 features the polynomial has just enough freedom to go through all twelve points. With 40 there are infinitely many polynomials that do, and NumPy's `lstsq` returns the one whose weights have the smallest sum of squares.
#
# **Predict.** Sketch the three curves, with 4, 12 and 40 features, before you look. Which of the three will stray farthest from the true curve? (By *distance* we mean the root mean square of the gap between the two curves.)

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
    off[count] = np.sqrt(((curves[count] - np.sin(3 * fine)) ** 2).mean())  # root mean square
    print(
        f"{count:3} features: largest miss {missed:.3f}, distance from the true curve {off[count]:.2f}"
    )
guesses.compare("farthest from the true curve: 4, 12 or 40 features", max(off, key=off.get))

# %% mystnb={"image": {"alt": "Three panels with the same twelve points along a smooth wave. With 4 features the fit is a calm curve that misses most points a little. With 12 features it goes through all points and swings far out of the panel near both ends. With 40 features it goes through all points, too, with small ripples, and stays near the wave."}} tags=["answer", "hide-input"]
figure, axes = plt.subplots(len(curves), 1, figsize=(6, 2.2 * len(curves)), sharex=True)
for axis, (count, curve) in zip(np.atleast_1d(axes), curves.items()):
    draw_points(axis)
    axis.plot(fine, curve, "-", color="C0", label="the fit")
    axis.set_title(f"{count} features")
axis.set_xlabel("position u")
np.atleast_1d(axes)[0].legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.2))
plt.show()

# %% [markdown]
# Calm, wild, and calm again. The last two curves go through every point, and yet one of them is useless and the other is not. So going through every point is not what makes a curve wild, however often you have read that it is.
#
# The usual story of overfitting tells the first half of this. A larger model first follows the curve better, and then it follows the noise as well, so the errors fall and then rise. In the story they go on rising for ever; here they come down again, and leave a *peak*.
#
# ### What the peak is made of
#
# The story blames the noise, so let us ask the noise. It had a standard deviation of 0.2. Make that 0, so that every target lies exactly on the true curve.
#
# **Predict.** How far from the true curve will the fit with 12 features be without noise?

# %%
guesses.ask("distance at 12 features, without noise", None)

# %% tags=["answer", "hide-input"]
draws = np.random.default_rng(seed=1).normal(size=(12, 200))
print("noise  distance from the true curve, 12 features (median of 200 draws)")
at_12 = {}
for wave, level in [(3, 0.0), (3, 0.2), (12, 0.0)]:
    w = np.linalg.lstsq(terms(u, 12), np.sin(wave * u)[:, None] + level * draws)[0]
    apart = terms(fine, 12) @ w - np.sin(wave * fine)[:, None]
    at_12[wave, level] = np.median(np.sqrt((apart**2).mean(axis=0)))
    waves = "  for a faster true curve, sin 12u" if wave == 12 else ""
    print(f"{level:5g}  {at_12[wave, level]:.2f}{waves}")
best = terms(fine, 12) @ np.linalg.lstsq(terms(fine, 12), np.sin(12 * fine))[0]
reach = np.sqrt(((best - np.sin(12 * fine)) ** 2).mean())
print(f"sin 12u, the best that 12 features can do: {reach:.2f}")
guesses.compare("distance at 12 features, without noise", f"{at_12[3, 0.0]:.2f}")

# %% [markdown]
# Without noise *this* curve makes no peak at all: the fit with 12 features can't be told from the true curve. With noise, the fit is off by about ten times the noise itself: at 12 features it is an amplifier.
#
# And noise is not the only thing that gets amplified. In the row of $\sin 12u$ there is no noise whatever, and this true curve is only a little too fast for 12 features: they can come within 0.18 of it. Yet the fit through twelve of its points is 4.28 away. An amplifier needs something to amplify: noise in the targets, or a **misfit**, a part of the true answer that the model can't express.
#
# Now try it by hand. At twelve features, drag a point in the middle up or down. Where does the curve move most? Then move the slider to 40, and drag the same point. The panel on the right draws the peak.

# %% mystnb={"image": {"alt": "A still of the picture of fits. Left, a dozen points and the curve of 12 features, which goes through all of them and swings out of the panel near both ends; right, the distance from the true curve against the number of features, with a peak at 12."}}
pictures.fit()

# %% [markdown]
# <details><summary>Where does the curve move most?</summary>
#
# At the two ends, and many times as far as you drag. With 40 features the curve moves most where you drag.
#
# </details>
#
# <details><summary>Why is the peak just as high at 13 features?</summary>
#
# At 13 you are still on it. Our points lie symmetrically about 0, so the terms of even degree have to fit six numbers, the sums of opposite targets, and those of odd degree their six differences. With 12 features there are six terms of either kind, and the thirteenth is even, so the odd ones still only just suffice.
#
# </details>
#
# ## The same experiment, with digits
#
# With twelve points the second descent gained us nothing: 40 features came out no nearer to the true curve than 4 did. Do digits gain more from it? Take a layer of ReLUs, give it the weights $W_1$ that the He rule draws at random (lesson 07), and never train it. Its activations $A = \mathrm{ReLU}(X W_1)$, of shape (n, features), are **random features** of $n$ images. Only the weights $W$ from there to the ten classes, of shape (features, 10), are fitted, by least squares, so that $AW$ comes close to the one-hot $Y$.
#
# Nearly all these labels are correct, so there is hardly any noise. But there is plenty of misfit, because no weights on a thousand random features can give exactly 1 or 0 for every digit that anybody might write.

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
    for start in range(0, len(others), 500):
        some = slice(start, start + 500)
        new = deep.relu(data.scale(others[some]) @ W1)
        for place, W in enumerate(fits):
            wrong[place] += ((new[:, : len(W)] @ W).argmax(axis=1) != truth[some]).sum()
    return wrong


# %% [markdown]
# Now fit weights to the first 100 of these features, then to the first 300, and so on, always with the same 1,000 images.

# %%
fits = [np.linalg.lstsq(a[:, :width], y)[0] for width in widths]

# %% [markdown]
# **Predict.** Each fit now reads 10,000 new images. Sketch the errors against the number of features. Where will they be highest, and what percentage will be misread there?


# %%
guesses.ask("% of new images misread at the worst width", None)

# %% tags=["answer", "hide-input"]
wrong = wrong_answers(fits)
print("features  errors on training images  on new images")
learnt = [(a[:, : len(W)] @ W).argmax(axis=1) != labels[:n] for W in fits]
learnt = np.mean(learnt, axis=1)
for width in sorted({300, 600, n, widths[-1]}):
    place = widths.index(width)
    print(f"{width:8}  {learnt[place]:25.2%}  {wrong[place] / 10_000:13.2%}")
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
    title="Errors fall, rise to a peak, and fall again",
    xlabel="random features (log scale)",
    ylabel="errors, %",
    ylim=(-2, 100),
)
ticks = [100, 300, 1000, 3000, 6000]
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.minorticks_off()
plt.show()

# %% [markdown]
# To the left of the vertical line the usual story comes true to the letter: from 300 features on, the model gets worse. The line itself is the **interpolation threshold**: there each class has exactly as many weights as there are images, and the fit does hardly better than guessing.
#
# To the right of it the errors fall until they beat the first low point, down to 9.42 % with 6,000 features. This is **double descent**. We find it hard to believe even now that the same recipe, with nothing but more features, goes from nearly nine digits in ten wrong to nine in ten right.
#
# And look at the training images. Every fit from 600 features on reads all 1,000 of them correctly: it has learnt them *by heart*. From 1,000 on the fit is not only right but *exact*, $AW = Y$. That goes for the worst fit as well as for the best. What, then, tells a good exact fit from a bad one?
#
# **A good place to stop.** You have seen the peak twice, and you know what it is made of. The rest answers this last question, and shows how weight decay removes the peak.
#
# <small>[Belkin and others 2019](https://doi.org/10.1073/pnas.1903070116) named double descent, with random features ([Rahimi and Recht 2007](https://papers.nips.cc/paper/2007/hash/013a006f03dbc5392effeb8f18fda755-Abstract.html)) fitted to MNIST as here.</small>
#
# ## Of all exact fits, the lightest
#
# Take a pencil, two images, two features and one class. Each line is an image, its two features times the weights, and its target:
#
# $$\begin{aligned} 1 \cdot w_1 + 1 \cdot w_2 &= 0 \\ 1 \cdot w_1 + \tfrac{11}{10} \cdot w_2 &= 1 \end{aligned}$$
#
# Subtract the first line from the second: $\frac{1}{10}\, w_2 = 1$, so $w_2 = 10$ and $w_1 = -10$. To make a difference of 1 out of a difference of a tenth, the weights have to be large. But then they blow up every other small difference too: a new image with the features $\tfrac{11}{10}$ and $1$, which looks almost like the other two, gets the answer $-1$. Here is the amplifier, in two equations.
#
# Now give the images a third feature, $-1$ for the first and $1$ for the second. With three unknowns and two equations there are infinitely many exact fits. We measure how *heavy* a fit is by its norm (lesson 07), and of all exact fits `lstsq` returns the lightest, the **least-norm fit**.

# %%
two = np.array([[1.0, 1.0], [1.0, 1.1]])
three = np.array([[1.0, 1.0, -1.0], [1.0, 1.1, 1.0]])
for small in [two, three]:
    w = np.linalg.lstsq(small, np.array([0.0, 1.0]))[0]
    print(f"weights {np.round(w, 3)}, norm {np.linalg.norm(w):.3f}")
    print(f"   answers {np.round(small @ w, 6) + 0.0}")

# %% [markdown]
# Both are exact, but the second needs less than a twentieth of the norm, because the third feature tells the two images apart, as the first two hardly could. More features gave the fit an easier way to do the same thing.
#
# ### Exercise 9.1: the lightest weights (warm-up, 5 minutes)
#
# How do you find the lightest fit? Begin with one example: its features are one *row* of $A$, and it has one target. Pencil first: $\text{row} = (1, 2)$, target 5. Both $(5, 0)$ and $(3, 1)$ are exact, but neither is the lightest. Which weights are? Split $w$ into a multiple of the row and a remainder perpendicular to it: $w = \text{multiple} \cdot \text{row} + \text{remainder}$ with $\text{row} \cdot \text{remainder} = 0$. Which of the two parts produces the answer, and what does the other do to the sum of squares?
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
# ### More features, a lighter fit
#
# On the way to the threshold the fit comes closer, and its weights, on the whole, grow. At the threshold there is just one exact fit, however heavy. Beyond it there are many, and more features never make the lightest one heavier. Suppose you have an exact fit with 1,000 features. Give a hundred new features the weight 0, and it is still exact and just as heavy, so with those features the lightest fit can't be heavier.

# %% tags=["hide-input"]
heaviness = [np.linalg.norm(W) for W in fits]
for width in sorted({300, 600, n, widths[-1]}):
    print(f"{width:5} features: norm {heaviness[widths.index(width)]:7.2f}")

# %% [markdown]
# ### Just as exact, and heavier
#
# The norm peaks where the errors do. You might object that two peaks in one place may be a coincidence. So keep the 6,000 features, keep the fit exact and change nothing but how heavy it is. Draw random weights, find the *lightest* weights that give the training images the same answers, and subtract these from the random ones. The answers cancel, so what remains answers 0 to every training image; such weights are *silent*. However much of them you add to the light fit, it stays exact.

# %%
light = fits[-1]
random = np.random.default_rng(seed=1).normal(size=light.shape)
silent = random - np.linalg.lstsq(a, a @ random)[0]
silent *= heaviness[widths.index(n)] / np.linalg.norm(silent)  # as heavy as at the threshold
heavy = light + silent

# %% [markdown]
# **Predict.** The light fit misreads 9.42 % of the new images. The heavy one is just as exact, and as heavy as the fit at the threshold. What percentage will it misread?

# %%
guesses.ask("% misread by the heavy exact fit", None)

# %% tags=["answer", "hide-input"]
both_wrong = wrong_answers([light, heavy])
print("   norm  exact   errors")
for W, count in zip([light, heavy], both_wrong):
    exact = str(np.allclose(a @ W, y))
    print(f"{np.linalg.norm(W):7.2f}  {exact:5}  {count / 100:5.2f} %")
guesses.compare("% misread by the heavy exact fit", both_wrong[-1] / 100)

# %% [markdown]
# The same images, the same features, both fits exact, and yet 9.42 % errors become 87.11 %. What we added was silent on the training images only. **Two fits can be equally exact and yet not equally heavy, and new images feel the difference.** <small>(Light is not good in itself; it depends on the features, as the optional section shows.)</small>
#
# ## Why the fit is so heavy at the threshold
#
# This section is the hardest of the lesson, and what it buys is a formula in which you can *see* the amplifier.
#
# With two images the weights were heavy because the images hardly differed. To say the same of a thousand, think of weights of norm 1 as a *direction*. Some directions give the training images large answers: call these *loud*. Others answer nearly 0 to all of the images: call these *faint*. A target that can be reached only along a faint direction takes heavy weights.
#
# For any matrix $A$, the **singular value decomposition** finds directions that are perpendicular to one another, from the loudest to the faintest, and whose answers are perpendicular to one another, too. (That this always works is the one fact we borrow without proof.) NumPy returns it as three arrays:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\text{right}$ | `right` | (pairs, features) | each row: weights of norm 1 |
# | $\text{left}$ | `left` | (n, pairs) | each column: the answers that those weights give, scaled to norm 1 |
# | $s$ | `s` | (pairs,) | how loud those answers are, the loudest first: the **singular values** |
#
# A direction and its answers make a *pair*, and there are as many pairs as images or as features, whichever number is smaller. Stand row $j$ of `right` up as a column $\text{right}_j$; then one line says what a pair is:
#
# $$A\, \text{right}_j = s_j\, \text{left}_j .$$
#
# In words, the weights $\text{right}_j$ answer the $n$ images with column $j$ of `left`, made $s_j$ times as loud.
#
# Now turn to the answers that we *want*, the targets of one class. Their dot product with the same column, $\text{part}_j = \text{left}_j \cdot \text{targets}$, says how much of them lies along it. Take $\text{right}_j$ once, as one *helping*, and you get $s_j$ along that column. You want $\text{part}_j$, so you need $\text{part}_j / s_j$ helpings: the fainter the direction, the more. If no $s_j$ is 0, the helpings of all pairs add up to the fit:
#
# $$w = \sum_j \frac{\text{part}_j}{s_j}\, \text{right}_j .$$
#
# There is the amplifier: it is the division by $s_j$. If there are at least as many features as images, this fit is exact, and no exact fit is lighter. With fewer features the same formula gives the least-squares fit, so a small $s_j$ does its harm there too.
#
# Here are the two images from above, whose targets were 0 and 1.

# %%
left, s, right = np.linalg.svd(two)
part = left.T @ np.array([0.0, 1.0])  # of the targets, along each column
print("                         pair 1  pair 2")
for name, row in {"s": s, "helpings, |part / s|": np.abs(part / s)}.items():  # signs are arbitrary
    print(f"{name:24} {row[0]:6.3f}  {row[1]:6.3f}")
w = right.T @ (part / s)  # the sum over the pairs
print("helpings of both, added up:", np.round(w, 3))

# %% [markdown]
# Pair 2 is faint, because it gives the images opposite answers although they hardly differ, and it carries nearly the whole norm of the fit. The helpings add up to $-10$ and $10$, the weights you found by hand.
#
# ### Why exactly at the threshold?
#
# Add one feature after another, and watch the smallest $s$, that of the faintest direction. Up to the threshold, a further feature never makes it larger, because one more weight can help to bring the faintest answers still closer to 0. Beyond the threshold it never makes it smaller, because the images have one more number in which they differ. So the smallest $s$ is nowhere smaller than at the threshold, and that is why the peak is there. <small>The proofs stand at the end of the lesson, before exercise 9.2.</small>

# %% mystnb={"image": {"alt": "The smallest singular value of the digits' features against the number of features, 300 to 3,000, both axes logarithmic: a sharp V. It falls from 0.3 at 300 and 500 features to 0.001 at 1,000, where a dashed vertical line marks as many features as images, and climbs again to 0.8 at 3,000."}} tags=["hide-input"]
near = {n * permille // 1000 for permille in (300, 500, 950, 990, 1010, 1050, 1500, 3000)}
smallest = {}
for width in sorted(near_n | near):
    smallest[width] = np.linalg.svd(a[:, :width], compute_uv=False)[-1]
print(f"faintest s at {n} features: {smallest[n]:.4f}")

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
# One helping of the faintest direction gives all thousand answers together a norm of only 0.001. So each unit of the targets that lies along those answers takes a thousand helpings, even if it is nothing but noise or misfit. "But the direction answers nearly 0," you may object. "What harm can a thousand helpings of nearly nothing do?" So let it answer some new images, too.

# %%
left, s, right = np.linalg.svd(a[:, :n], full_matrices=False)
part = left.T @ y  # of all ten classes: shape (pairs, 10)
new = deep.relu(data.scale(others[:n]) @ W1[:, :n])
print("one helping of the faintest direction, root mean square of its answers")
for name, some in [("training images", a[:, :n]), ("new images", new)]:
    print(f"{name:16} {np.sqrt(((some @ right[-1]) ** 2).mean()):.6f}")
print(f"helpings in the fit, for one class: up to {np.abs(part[-1] / s[-1]).max():.0f}")

# %% [markdown]
# It is faint only *on the images we trained on*. To new images the same weights answer two thousand times as loudly, and every helping counts: two hundred of 0.06 are 12, where the right answer is 0 or 1. That is how a fit can be exact and useless at once.
#
# ## Weight decay starves the faint directions
#
# If it is the helpings that do the harm, let them cost something. That is what lesson 08's weight decay does: add $\frac{\lambda}{2} \sum w^2$ to the squared error (the sum of squares, divided by $n$), and least squares becomes **ridge regression** ([Hoerl and Kennard 1970](https://doi.org/10.1080/00401706.1970.10488634)). Only one thing in the formula changes, the number by which each part is multiplied:
#
# $$\frac{1}{s_j} \quad \text{becomes} \quad \frac{s_j}{s_j^2 + n\lambda/2} .$$
#
# (Exercise 9.3, at the end, derives it.) With a thousand images and $\lambda = 0.02$, $n\lambda/2$ is 10. For the loudest directions $s_j^2$ is far more than 10, so the new number is nearly $1/s_j$, as before. For the threshold's faintest, with $s_j = 0.001$, it is $s_j^2$ that hardly counts: what was a thousand is now about a ten-thousandth. So weight decay leaves the loud directions their helpings, and takes nearly all of theirs from the faint.
#
# **Predict.** Use weight decay where it is needed most, on the features of the useless fit: with this $\lambda$, with a tenth of it, and with ten times as much. What percentage will the best of the three misread?

# %%
guesses.ask("% misread at the threshold with weight decay", None)

# %% tags=["answer", "hide-input"]
decays = [0.002, 0.02, 0.2]  # lambda; change me
factors = [s / (s**2 + n * decay / 2) for decay in decays]  # the lightest fit has 1 / s here
decayed = [right.T @ (factor[:, None] * part) for factor in factors]
wrong_here = wrong_answers(decayed) / 100
for decay, W, errors in zip(decays, decayed, wrong_here):
    print(f"lambda {decay:5}: norm {np.linalg.norm(W):5.2f}, errors {errors:5.2f} %")
guesses.compare("% misread at the threshold with weight decay", wrong_here.min())

# %% [markdown]
# The useless fit has become a good one, with the same features and the same images. <small>We chose 0.02 on these same new images; either of the others would have made the point.</small> Does that hold at other widths? The study `double_descent` has tried them with five draws of the features each; the curves are means, the bands the range over the draws.

# %% mystnb={"image": {"alt": "The study's errors on new images, in per cent, against the number of random features, 100 to 6,000, both axes logarithmic, means of five draws. Without decay the curve falls, climbs to a peak of 88 at 1,000 features and falls to 9. With a weight decay of 0.02 it falls all the way, from 22 to below 9. Shaded bands from the lowest to the highest of five draws are narrow."}} tags=["hide-input"]
study = studies.read("double_descent")
there = study["rows"][study["quick"]]["results"]["widths"]
figure, axis = plt.subplots(figsize=(6.4, 4.2))
for decay, style, name in [(0.0, "o-", "no weight decay"), (0.02, "^-.", "weight decay 0.02")]:
    rows = [row["results"] for row in study["rows"] if row["settings"]["weight_decay"] == decay]
    percent = np.array([np.sum(row["wrong"], axis=1) / 100 for row in rows])  # (draws, widths)
    axis.loglog(there, percent.mean(axis=0), style, label=name)
    axis.fill_between(there, percent.min(axis=0), percent.max(axis=0), alpha=0.25)
axis.axvline(1000, color="0.5", ls="--", lw=1.5, zorder=0, label="as many features as images")
axis.set(
    title="A peak, unless there is weight decay",
    xlabel="random features (log scale)",
    ylabel="errors on new images, % (log)",
)
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.set_yticks([10, 20, 50, 90], ["10", "20", "50", "90"])
axis.minorticks_off()
axis.legend()
plt.show()

# %% [markdown]
# The peak is gone, whichever draw you take. Networks whose layers are all trained can show the peak, too ([Nakkiran, Kaplun and others 2020](https://arxiv.org/abs/1912.02292)).
#
# ## If you have another half-hour
#
# ### Is light always good?
#
# Why Legendre polynomials, and not simply the powers of $u$? Take two curves through our twelve points, the lightest in 40 of the one kind and the lightest in 40 of the other. How far is each from the true curve, and how heavy in either kind of terms?

# %% tags=["hide-input"]
calm = np.linalg.lstsq(terms(u, 40), targets)[0]
wild = np.linalg.lstsq(np.vander(u, 40, increasing=True), targets)[0]
in_powers = np.polynomial.legendre.leg2poly(calm)
in_legendre = np.polynomial.legendre.poly2leg(wild)
print("lightest in  from the curve  norm in Legendre terms  norm in powers")
for name, first, second in [("Legendre", calm, in_powers), ("powers", in_legendre, wild)]:
    apart = np.sqrt(((terms(fine, 40) @ first - np.sin(3 * fine)) ** 2).mean())
    first, second = np.linalg.norm(first), np.linalg.norm(second)
    print(f"{name:11}  {apart:14.2f}  {first:22.3g}  {second:14.3g}")

# %% [markdown]
# So light is not always good: it means calm only where calm curves have light weights. Written in powers, the calm curve has weights of norm three million million, so the wild one counts as the lighter.
#
# ### All classes in one formula
#
# Both exercises below want all ten classes at once. Write $\mathrm{diag}(s)$ for the matrix with the numbers $s$ on its diagonal and zeros elsewhere. Then the singular value decomposition says that $A$ is a product of three factors, named after the sides on which they stand:
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
# Use $\text{right}_j$ as weights. Its product with every other row of `right` is 0, and with its own 1, so in $A\, \text{right}_j = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right} \cdot \text{right}_j$ only the $j$-th pair survives, and $s_j\, \text{left}_j$ is left. In the same way $\text{left}_j^T A = s_j\, \text{right}_j^T$.
#
# </details>
#
# <details><summary>Why the fit is exact, and no exact fit is lighter</summary>
#
# If there are at least as many features as images, `left` has $n$ perpendicular columns, and these reach every target. So the fit is exact. Why is it the lightest? For one image you know it from exercise 9.1. With many images the argument is the same: whatever is perpendicular to *every* row of $A$ changes no answer on the training images, and only adds to the sum of squares. So the lightest exact fit has no such part; it is a sum of multiples of $A$'s rows, a **linear combination** of them.
#
# The formula's fit is one, too. By $\text{left}_j^T A = s_j\, \text{right}_j^T$, each row of `right` is a linear combination of $A$'s rows, and therefore each class's weights are.
#
# </details>
#
# <details><summary>Why the smallest singular value falls up to the threshold, and rises beyond it</summary>
#
# *To the left* there are fewer features than images. Among all weights of norm 1, the faintest give the answers closest to 0, and the norm of those answers is the smallest $s$. With one more feature the same weights are still there to choose from, with a 0 for the new one, so the smallest $s$ falls or stays the same.
#
# *To the right* there are more features than images. *Mix* the images: choose a number for each, with norm 1 for all together, multiply its row of $A$ by that number, and add the rows up. Take column $j$ of `left` for the numbers, and the mix is $\text{left}_j^T A = s_j\, \text{right}_j^T$, with norm $s_j$. In other words, the same pairs sort these mixes, and the smallest $s$ is the norm of the mix that comes closest to 0. One more feature gives every mix one more entry, whose square can only add to the norm. (Beyond the threshold there are silent directions, too, but they reach no target, and the pairs leave them out.)
#
# </details>
#
# ### Exercise 9.2: without the faintest (stretch, 8 minutes)
#
# There is a blunter cure than weight decay: leave the faintest directions out altogether. You get the three factors of $A$, and how many of the faintest directions, those of smallest $s$, to leave out. Pencil first: let the columns of `left` be $(\tfrac35, \tfrac45)$ and $(-\tfrac45, \tfrac35)$, let $s$ be $(2, \tfrac12)$, the rows of `right` $(0, 0, 1)$ and $(1, 0, 0)$, and the targets $(0, 5)$. What are the weights, and what is left of them without the fainter direction?
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
# **Predict.** The fit with 1,000 features misreads 86.71 % of the new images. What percentage will it misread without the faintest hundred of its thousand directions?

# %%
guesses.ask("% misread without the faintest hundred", None)

# %% tags=["answer", "hide-input"]
for count in [0, 10, 100]:
    kept = n - count
    W = right[:kept].T @ (part[:kept] / s[:kept, None])
    wrong_here = wrong_answers([W])[0] / 100
    print(f"without {count:3}: norm {np.linalg.norm(W):6.2f}, errors {wrong_here:.2f} %")
guesses.compare("% misread without the faintest hundred", wrong_here)

# %% [markdown]
# A tenth of the directions did most of the harm: without that tenth, the same fit gets two digits in three right.
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
# Solve it for $W$, in two steps:
#
# - By (1), $W = A^T \cdot \frac{2}{n \lambda} (Y - A W)$, and $A^T = \text{right}^T\, \mathrm{diag}(s)\; \text{left}^T$ begins with $\text{right}^T$. So $W = \text{right}^T \cdot \text{inner}$, with a matrix *inner* of shape (pairs, 10).
# - Put this and $A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right}$ into (2). Since the rows of `right` have norm 1 and are perpendicular to one another, $\text{right} \cdot \text{right}^T$ is an identity matrix, with ones on the diagonal and zeros elsewhere, and so is $\text{left}^T \cdot \text{left}$. Now *inner* is all that is left to solve for.
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
# **Why does bigger become better again?** Where the features just suffice there is a single exact fit. It takes enormous helpings of directions that are faint on the training images, though not on new ones, and so it amplifies noise and misfit. With more features no direction that the fit uses is so faint, and the same images can be fitted with lighter weights. Where light weights mean a calm fit, as with these features, new images are read better.
#
# So a model that has every example by heart need no longer alarm you; it should make you ask where its errors peak. There are two ways past the peak: more features, or enough weight decay to starve the faint directions.
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
#    There the features just suffice for an exact fit. Up to that point new features never make the faintest direction louder; beyond it, never fainter. And a faint direction amplifies the noise or misfit along it. Without either there would be no peak.
#
#    </details>
#
# 3. You have a thousand images, a thousand features, no more features to be had, and no weight decay. "Throw half of the images away," says a friend. Is she out of her mind?
#
#    <details><summary>Answer</summary>
#
#    No. For 500 images the same features are twice as many as it takes, and no direction is nearly so faint. With three draws of the features the errors fell from almost nine digits in ten to about two in ten. Try it: put 500 for $n$ above, and look at 1,000 in the figure.
#
#    </details>
#
# ## Next
#
# Our random features would be just as good if the pixels of every image were shuffled in the same way, because to all our models so far a pixel has no neighbours. [10 Seeing shapes](10_seeing_shapes.ipynb) gives it some, and its network misreads barely more than one digit in a hundred.
