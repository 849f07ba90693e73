# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 How sure?
#
# Would it be so again? Lesson 04 ended with one number, the share of the test digits that one network reads. Ask other digits, other people, another seed, another computer: how far would the number move?
#
# **You will** put an error beside an accuracy, and ask a network whether it knows how sure it may be. You will catch two runs of one recipe that differ by more than chance. Then you will count the people who wrote, in place of their digits, and the error will grow.
#
# **You will be able to**
#
# - say how sure an accuracy is, digit by digit and writer by writer;
# - check whether "90 % sure" is right nine times in ten;
# - compare two networks by the answers that changed, and tell a network from a recipe;
# - say when another computer gets other numbers.
#
# **You need** [lesson 04](04_training_curves.ipynb): the training loop, steps and epochs, and why the test set waits until the end.
#
# **Time** 41 minutes to read, 28 more for the exercises; the computer works about 15 s and uses 400 MB

# %% [markdown]
# ## Before you start
#
# 1. [Lesson 04](04_training_curves.ipynb): why is a learning rate chosen on the validation images, and not on the test images?
#
#    <details><summary>Answer</summary>
#
#    A choice picks what did well on the very images it looked at. So their accuracy flatters a little. The accuracy on images that no choice has seen does not flatter.
#
#    </details>
#
# 2. [Lesson 04](04_training_curves.ipynb): two runs use the same recipe and the same images, but another seed. What differs between them?
#
#    <details><summary>Answer</summary>
#
#    The weights that they start from, and the order in which the images are dealt into mini-batches.
#
#    </details>

# %%
import math
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, studies
from mnistlib import data, network, plotting
from mnistlib.functions import softmax
from mnistlib.training import linear_decay, minibatches, train
from mnistlib.uncertainty import calibration, paired, standard_error_by_group

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
)

# %% [markdown]
# Two letters are new, and $n$ counts the digits that are asked.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $q$ | | | the true share of right answers; the accuracy is its measurement |
# | $g$ | `groups` | (n,) | a writer; $n_g$ is how many digits they wrote, `groups[i]` the writer of digit $i$ |
#
# ## One network, asked once
#
# Lesson 04's recipe: momentum 0.9, and a rate that falls from 0.5 to 0. The seed decides the starting weights and the order of the images.


# %%
def trained(seed, epochs, falls=True):
    """Lesson 04's recipe: weights and order of the images are the seed's."""
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(50_000, 128, rng=rng, epochs=epochs)
    rate = linear_decay(0.5, len(batches)) if falls else 0.5
    steps = tqdm(batches, leave=False)
    return train(network, start, train_set, steps, learning_rate=rate, momentum=0.9)[0]


final = trained(seed=0, epochs=10)
z2 = network.logits(final, data.scale(mnist.test_images))
right = z2.argmax(axis=1) == mnist.test_labels
n = len(right)
print(f"test accuracy {right.mean():.2%}: {(~right).sum()} mistakes in {n} digits")

# %% [markdown]
# Before you read on, write down a guess: between which two accuracies would it lie on 10,000 *other* digits of the same kind?
#
# ## Other digits
#
# Take each answer for a coin that comes up "right" with probability $q$. Counted as 1 or 0, the coin has the mean $q$. Its **variance**, the mean squared distance from the mean, is
#
# $$q\,(1 - q)^2 + (1 - q)\,q^2 = q\,(1 - q) .$$
#
# The variances of independent coins add up: the sum of $n$ coins has the variance $n\,q\,(1 - q)$. The accuracy is this sum divided by $n$, which divides the variance by $n^2$. The root of a variance is the **standard deviation**. The standard deviation of a measured number is called its **standard error**:
#
# $$\text{standard error} = \sqrt{\frac{q\,(1 - q)}{n}} .$$
#
# <details><summary>Why the variances add up</summary>
#
# Let $u$ and $v$ say how far two coins fell from their means. The sum of the coins then lies $u + v$ from its mean, and $(u + v)^2 = u^2 + 2uv + v^2$. Whatever $u$ is, an independent $v$ is 0 on average, so $uv$ is 0 on average too. What is left are the two variances.
#
# </details>
#
# We do not know $q$, so we put the measured accuracy in its place. A sum of many coins scatters in a bell curve, which has about 19 in 20 of its area within two standard deviations of its middle. So the promise is that about 19 times in 20 the truth lies within two standard errors. Try it: take our ten thousand answers for the whole truth, deal 500 of them, and do so two thousand times.

# %%
rng = np.random.default_rng(seed=1)
covered = []
for _ in range(2000):
    dealt = right[rng.integers(n, size=500)]
    error = np.sqrt(dealt.mean() * (1 - dealt.mean()) / 500)
    covered.append(abs(dealt.mean() - right.mean()) <= 2 * error)
print(f"within two standard errors: {np.mean(covered):.1%}")
by_digit = np.sqrt(right.mean() * (1 - right.mean()) / n)
print(f"our network: {right.mean():.2%}, standard error {100 * by_digit:.2f} points")

# %% [markdown]
# The promise is kept. If answers were coins, the error of our accuracy would be a seventh of a point.
#
# <details><summary>Are you sure? The standard deviation in NumPy, and <code>ddof</code></summary>
#
# `np.std` divides the squared distances by their number. When the mean was taken from the same numbers, they lie a little too close to it, and dividing by one less makes up for that: `np.std(..., ddof=1)`. With 10,000 digits that changes nothing that one could see. With five seeds, as further below, it makes the answer larger by a factor of $\sqrt{5/4}$.
#
# </details>
#
# ## Is 90 % sure right nine times in ten?
#
# How sure is the network itself? The largest of its ten probabilities is the answer's **confidence**; we say how *sure* it is. Of a hundred answers that are 90 % sure, about ninety should be right. Where that is so at every level of sureness, the network is **calibrated**.
#
# Sort the answers into ten bins by how sure they are, 0 to 0.1, 0.1 to 0.2 and so on. In each bin, count the answers and the right ones.
#
# ### Exercise 5.1: how sure, how right (warm-up, 6 minutes)


# %%
def my_reliability(sure, hits):
    """For each tenth of the sureness: how many answers, and how many of them are right.

    sure: shape (n,), from 0 to 1; a border belongs to the tenth above it, a 1 to the last.
    hits: shape (n,), True where the answer is right. Return two arrays of shape (10,).
    """
    ...


exercises.check(my_reliability)

# %%
exercises.folded(my_reliability)

# %% [markdown]
# How far may a bin's share of right answers lie from its mean sureness by chance? Suppose that the network is calibrated. Then answer $i$ is a coin that comes up right with probability $\text{sure}_i$. The variances of these coins add, so the bin's share has the standard deviation
#
# $$\text{spread} = \frac{1}{\text{count}} \sqrt{\textstyle\sum_i \text{sure}_i\, (1 - \text{sure}_i)} .$$
#
# The library's `calibration` gives counts, means and spread. Which bin do you expect to be the fullest?

# %%
found = calibration(softmax(z2), mnist.test_labels)
print("answers   sure  right  spread")
for tenth in np.flatnonzero(found.counts):
    print(f"{found.counts[tenth]:7} {found.sure[tenth]:6.3f} ", end="")
    print(f"{found.accuracy[tenth]:6.3f} {found.spread[tenth]:7.3f}")

# %% mystnb={"image": {"alt": "Reliability diagram: the share of right answers against how sure they were, with bars of two standard deviations of chance, the number of answers beside each point, and a dashed diagonal. Between 0.6 and 0.9 the points lie a little below the diagonal, with the bars reaching about to it; the last point, near 1 and with 9449 answers, lies on it. The first, of two answers, has a bar over the whole height."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.6, 4.8))
seen = found.counts > 0
axis.plot([0, 1], [0, 1], color="0.5", ls="--")
axis.text(0.01, 0.1, "calibrated", rotation=41)
axis.errorbar(
    found.sure[seen],
    found.accuracy[seen],
    2 * found.spread[seen],
    fmt="o",
    capsize=3,
)
for tenth in np.flatnonzero(seen):
    spot, last = (found.sure[tenth], found.accuracy[tenth]), tenth == 9
    side, shift = ("right", (-8, -2)) if last else ("left", (6, -12))
    label = f"{found.counts[tenth]}"
    axis.annotate(label, spot, shift, textcoords="offset points", ha=side, fontsize=12)
axis.set(
    title="Between 0.6 and 0.9 the points lie below the line",
    xlabel="how sure (a number: so many answers)",
    ylabel="share right (bars: two spreads)",
    xlim=(0, 1.03),
    ylim=(0, 1.03),
)
plt.show()

# %% [markdown]
# Such a picture is a **reliability diagram**. A calibrated network's points lie on the diagonal, as far as chance lets them. Nearly all our answers are in the last bin, and there the promise holds.
#
# The other bins are nearly empty, so take all answers below 0.9 together. A network that is surer than right is **overconfident**. [Guo and others](https://arxiv.org/abs/1706.04599) found in 2017 that large networks are. Their cure divides all logits by one number, which changes no answer. To make a network less sure, must the number be larger or smaller than 1? Guess, then run.

# %%
print("divisor  below 0.9   sure  right  spread")
for divisor in [1, 1.1, 2]:  # try others
    sure = softmax(z2 / divisor).max(axis=1)
    unsure = sure < 0.9
    spread = np.sqrt((sure * (1 - sure))[unsure].sum()) / unsure.sum()
    print(f"{divisor:7} {unsure.sum():10} {sure[unsure].mean():6.3f} ", end="")
    print(f"{right[unsure].mean():6.3f} {spread:7.3f}")

# %% [markdown]
# Larger: divided by 2, four times as many answers are unsure, and they are right far more often than they say. As it stands, divided by 1, the network is a little overconfident: the gap is more than twice the spread. Divided by 1.1, sureness and truth agree as far as chance lets one see. To use such a number, choose it on the validation images.
#
# ## Another network
#
# The digits were one throw of the dice. The network's seed was another. Train for one epoch at a constant rate, with five seeds. How far apart will the best and the worst be, on the 10,000 validation images?

# %%
x, digits = data.scale(validation_set[0]), validation_set[1]
right_of = {}
for seed in range(5):
    right_of[seed] = network.predict(trained(seed, epochs=1, falls=False), x) == digits
    print(f"seed {seed}: {right_of[seed].mean():.2%}")

# %% [markdown]
# ### More than chance?
#
# Seeds 2 and 3 lie furthest apart. Both networks answered the **same images**. Where they agree they say nothing about which is better. Look at the others:
#
# | | network 3 right | network 3 wrong |
# |---|---|---|
# | **network 2 right** | | lost |
# | **network 2 wrong** | gained | |
#
# Take the images as independent. If neither network were better, each image that changed would be a toss of a fair coin. The **p-value** is how often such a coin would do something at least as uneven. Say 3 were gained and 1 lost. Four tosses have $2^4$ equally likely outcomes. In $1 + 4$ of them at most one image was lost, and in as many at most one was gained:
#
# $$2 \cdot \frac{1 + 4}{2^4} = \frac{5}{8} .$$
#
# So 3 to 1 is no evidence of anything. In general, `changed` counts all the answers that changed. The smaller of gained and lost is `fewer`:
#
# $$\text{p-value} = \frac{2}{2^{\text{changed}}} \sum_{\text{few} = 0}^{\text{fewer}} \binom{\text{changed}}{\text{few}} .$$
#
# If that is more than 1, the p-value is 1. This is McNemar's test in its exact form ([McNemar 1947](https://doi.org/10.1007/BF02295996)).
#
# ### Exercise 5.2: gained and lost (core, 10 minutes)
#
# Write it. `math.comb(changed, few)` is the number of ways to choose. Count with a pencil first for 2 gained and 0 lost.


# %%
def my_paired(before, after):
    """From two arrays of bools: how many were gained, how many lost, and the p-value."""
    ...


exercises.check(my_paired)

# %%
exercises.folded(my_paired)

# %% [markdown]
# The library's `paired` gives the difference of the two accuracies and its standard error as well. Two runs of *one* recipe: what will the p-value be?
#
# <details><summary>Why that is its standard error</summary>
#
# Each image changes the count by $+1$, $-1$ or 0. The mean of these numbers is the difference, and the mean of their squares is changed $/ n$. A variance is the mean square minus the squared mean. So
#
# $$\begin{aligned} & \text{standard error} \\ &= \sqrt{\frac{1}{n} \left( \frac{\text{changed}}{n} - \text{difference}^2 \right)} . \end{aligned}$$
#
# </details>

# %%
pair = paired(right_of[2], right_of[3])
print(f"gained {pair.gained}, lost {pair.lost}: p-value {pair.p:.1g}")
print(f"difference {100 * pair.difference:.2f} points, standard error {100 * pair.error:.2f}")
p_values = [paired(right_of[one], right_of[two]).p for one, two in combinations(range(5), 2)]
print(
    f"p-value below 0.01: {sum(p < 0.01 for p in p_values)} of the {len(p_values)} pairs of seeds"
)

# %% [markdown]
# A coin would do that less than once in a million times. We picked this pair, but three of the other nine pairs also have a p-value below 0.01. And yet neither recipe is better, for they are the same. **The test's answer is about these two networks.** Network 3 *does* read more of such digits than network 2. Of a third seed the test knows nothing, as [Dietterich warned in 1998](https://doi.org/10.1162/089976698300017197).
#
# ### A network and a recipe
#
# To judge a *recipe* takes several seeds. A study (`studies/seeds.py`) trained this one with a constant and with a falling rate, from the same seeds. Again the difference is taken in pairs, seed by seed. Which of the two would you choose for one epoch? For ten?


# %% tags=["hide-input"]
def results(name, epochs, falls):
    """One result of the study, seed by seed, on the validation images."""
    return np.array(
        [
            row["results"][name][-1]
            for row in studies.read("seeds")["rows"]
            if (row["settings"]["epochs"], row["settings"]["falls"]) == (epochs, falls)
        ]
    )


gains = {}
for epochs in [1, 10]:
    gain = 100 * (results("accuracy", epochs, True) - results("accuracy", epochs, False))
    gains[epochs] = gain
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    lower = results("loss", epochs, True) < results("loss", epochs, False)
    print(f"{epochs} epoch{'s' * (epochs > 1)}, {len(gain)} seeds: what a falling rate gains")
    print(f"   from {gain.min():+.2f} to {gain.max():+.2f} points", end="")
    print(f", on average {gain.mean():+.2f}, standard error {error:.2f}")
    print(f"   its loss is lower with {lower.sum()} of {len(lower)} seeds")

# %% mystnb={"image": {"alt": "What a falling rate gains in accuracy, one dot for each seed, in two rows. After one epoch all five dots lie left of zero, between minus 1.15 and minus 0.2 points. After ten epochs the ten dots crowd around zero."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.5, 2.6))
for row, gain in enumerate(gains.values()):
    heights = row + np.linspace(-0.25, 0.25, len(gain))  # so that no mark hides another
    axis.plot(gain, heights, "os"[row], markersize=8)
axis.axvline(0, color="0.5", lw=1)
axis.set(
    title="For one epoch a falling rate loses, for ten it hardly matters",
    xlabel="points gained by the falling rate (each mark a seed)",
    ylim=(-0.6, 1.6),
)
axis.set_yticks([0, 1], ["1 epoch", "10 epochs"])
axis.invert_yaxis()
plt.show()

# %% [markdown]
# For one epoch take the constant rate: all five seeds agree. (Lesson 04 picked this starting rate for a constant one.) For ten epochs no difference in accuracy is seen. A single seed could have told you that the falling rate loses 0.24 points, or gains 0.18. But its loss is lower with every seed, and for that we take it.
#
# ## Other people
#
# So far each answer was a coin, independent of all others. Is it? A person whose sevens look like ones has not written just one of them. [Yadav and Bottou found out in 2019](https://arxiv.org/abs/1905.10498) who wrote each digit; `data.writers()` knows. The numbers from 2100 on belong to high-school students, the others to employees of the Census Bureau.

# %%
writers = data.writers()
names, place, digits_of = np.unique(writers.test, return_inverse=True, return_counts=True)
mistakes_of = np.bincount(place, weights=~right).astype(int)
crowds = {"student": names >= 2100, "employee": names < 2100}
share = np.zeros(len(names))  # of mistakes, in each writer's crowd
for crowd, who in crowds.items():
    wrong, written = mistakes_of[who].sum(), digits_of[who].sum()
    share[who] = wrong / written
    print(f"{who.sum():3} {crowd}s: {wrong:3} mistakes in {written} digits, {wrong / written:.2%}")
print("writers in both training and test:", len(np.intersect1d(writers.train, writers.test)))

# %% [markdown]
# Students' digits are misread more than twice as often. So compare writers with their own crowd. Each gets a limit: the mistakes expected at the crowd's average, and two standard deviations more. How many of the 297 will lie above their limit? And how many would, if each crowd's mistakes fell on its digits by chance?

# %%
limit = share * digits_of + 2 * np.sqrt(share * (1 - share) * digits_of)
print("writers above their limit:", (mistakes_of > limit).sum())

counts, rng = [], np.random.default_rng(seed=11)
for _ in range(1000):
    dealt = ~right
    for crowd in (writers.test >= 2100, writers.test < 2100):
        dealt[crowd] = rng.permutation(dealt[crowd])
    counts.append((np.bincount(place, weights=dealt) > limit).sum())
print(f"by chance: {np.mean(counts):.1f} on average, in a thousand deals at most {max(counts)}")

# %% mystnb={"image": {"alt": "Two panels of mistakes against digits written by one writer, each with the average of the crowd as a line and a shaded band up to the limit. Larger marks stand for more writers. Above, 249 students with some 20 digits each: most lie in the band, 30 with 2 or more mistakes lie above it. Below, 48 employees with some 100 digits each: most lie within the band, 5 above it."}} tags=["hide-input"]
figure, axes = plt.subplots(2, 1, figsize=(6.5, 6))
for axis, (crowd, who), marker in zip(axes, crowds.items(), "o^"):
    written = np.arange(1, digits_of[who].max() + 5)
    average = share[who][0] * written
    top = average + 2 * np.sqrt(average * (1 - share[who][0]))
    axis.fill_between(written, 0, top, color="0.5", alpha=0.25, label="up to the limit")
    axis.plot(written, average, color="0.5", label="the crowd's average")
    spots = {}
    for spot in zip(digits_of[who], mistakes_of[who], limit[who]):
        spots[spot] = spots.get(spot, 0) + 1
    for (size, missed, bound), number in spots.items():
        colour = plotting.COLOURS[1] if missed > bound else plotting.COLOURS[0]
        axis.plot(size, missed, marker, color=colour, markersize=4 + 2 * np.sqrt(number))
    number = (mistakes_of[who] > limit[who]).sum()
    axis.set(title=f"{who.sum()} {crowd}s, {number} above their limit", ylabel="mistakes")
axes[0].legend(loc="upper left")
axes[1].set_xlabel("digits by one writer (larger marks: more writers)")
plt.show()

# %% [markdown]
# Thirty-five lie above. Chance puts twelve there, and in a thousand deals never more than 22. Mistakes keep company, so the digits are not independent. We go on to assume that the *writers* are. Statisticians call the digits of one writer a **cluster**.
#
# ### Who is hardest to read?
#
# Sort the writers by their share of mistakes. Or sort them by a p-value: how often chance alone, at the crowd's average, would give a writer at least as many mistakes. Do both name the same person?

# %% tags=["hide-input"]
p_value = np.zeros(len(names))
for writer in range(len(names)):
    size, least = int(digits_of[writer]), int(mistakes_of[writer])
    p_value[writer] = sum(
        math.comb(size, wrong) * share[writer] ** wrong * (1 - share[writer]) ** (size - wrong)
        for wrong in range(least, size + 1)
    )
for called, writer in {
    "largest share": (mistakes_of / digits_of).argmax(),
    "least p-value": p_value.argmin(),
}.items():
    print(
        f"{called}: writer {names[writer]}, {mistakes_of[writer]} of {digits_of[writer]}, ", end=""
    )
    print(f"p-value {p_value[writer]:.1g}, times 297: {297 * p_value[writer]:.2f}")

# %% [markdown]
# They do not. Three mistakes in ten is the largest share. Its p-value times 297 is how many such writers chance puts among 297: nearly one. Eight mistakes in 130 is a smaller share, and much harder to explain by chance. Small samples have the largest shares, and the smallest. Even experts trust them too much ([Tversky and Kahneman 1971](https://doi.org/10.1037/h0031322)).
#
# ### The error by writer
#
# Writer $g$ wrote $n_g$ digits, and $\text{right}_g$ of them were read rightly. The accuracy differs from the truth $q$ by a sum, with one term for each writer:
#
# $$\begin{aligned} & \frac{1}{n} \sum_g \text{right}_g - q \\ &= \frac{1}{n} \sum_g (\text{right}_g - q\, n_g) . \end{aligned}$$
#
# The terms belong to different people, so their variances add. Averaged over all writers, of both crowds, a term is 0. So the mean of its square is its variance. The standard error *by writer* is ([Cochran 1977](https://archive.org/details/samplingtechniqu0000coch_t4x6), chapter 6)
#
# $$\frac{1}{n} \sqrt{\frac{\text{writers}}{\text{writers} - 1} \sum_g (\text{right}_g - q\, n_g)^2} .$$
#
# For $q$ we put the accuracy again. It comes from these very writers, and the factor makes up for that.
#
# ### Exercise 5.3: the error by writer (stretch, 12 minutes)
#
# Write it. `groups[i]` is the number of the writer of digit $i$, any number. An earlier cell turned such numbers into places without gaps. With which function?


# %%
def my_standard_error_by_group(right, groups):
    """Return the standard error of right.mean(), a share; right and groups have shape (n,)."""
    ...


exercises.check(my_standard_error_by_group)

# %%
exercises.folded(my_standard_error_by_group)

# %%
by_writer = standard_error_by_group(right, writers.test)
print(f"standard error by digit {100 * by_digit:.2f}, by writer {100 * by_writer:.2f} points")
low, high = right.mean() - 2 * by_writer, right.mean() + 2 * by_writer
print(f"within two errors by writer: from {low:.1%} to {high:.1%}")
print(f"the variance is {(by_writer / by_digit) ** 2:.1f} times as large")

change = right_of[3].astype(int) - right_of[2]  # on validation: gained 1, lost -1
_, (wrote, _) = data.split(writers.train, mnist.train_labels, rng=np.random.default_rng(seed=4))
_, writer_of = np.unique(wrote, return_inverse=True)
excess = np.bincount(writer_of, weights=change - change.mean())
several = len(excess) / (len(excess) - 1)
pair_by_writer = np.sqrt(several * (excess**2).sum()) / len(change)
print(f"networks 2 and 3, on digits by {len(excess)} writers:")
print(f"   apart by {pair.difference / pair.error:.1f} errors by digit,", end="")
print(f" {pair.difference / pair_by_writer:.1f} by writer")

# %% [markdown]
# The variance is twice as large. So these ten thousand digits say only as much as five thousand would, each by another person. The difference of networks 2 and 3 hardly changes: 5.0 errors by digit, 4.8 by writer. Who is hard to read is hard to read for both.
#
# ## Another computer
#
# Computers round after every operation, in float64 to about 16 digits ([Goldberg 1991](https://doi.org/10.1145/103162.103163)). A matrix product is made of long sums. Their order depends on the processor, and another order rounds otherwise. Play two processors: compute one product in one go, and in two halves.

# %%
start = network.initialise(np.random.default_rng(seed=6))
x = data.scale(train_set[0][:128])
whole = x @ start.W1
halves = x[:, :392] @ start.W1[:392] + x[:, 392:] @ start.W1[392:]
print("every entry equal:", np.array_equal(whole, halves))
print("largest difference below 1e-13:", np.abs(whole - halves).max() < 1e-13)

# %% [markdown]
# So two computers train networks that are a hair's breadth apart. Make the hair thick enough to see: start twice, with one weight differing by $10^{-8}$, and watch how far apart the two $W_2$ are over forty plain steps, without momentum. Guess the curves at three learning rates.

# %% tags=["hide-input"]
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=8), epochs=1)[:40]


def path_of_W2(nudge, rate):
    """W2 before each step and after the last, shape (41, 128, 10)."""
    W2, path = start.W2.copy(), []
    W2[0, 0] += nudge
    train(
        network,
        network.Parameters(start.W1, start.b1, W2, start.b2),
        train_set,
        batches,
        learning_rate=rate,
        every=1,
        after_record=lambda step, parameters, history: path.append(parameters.W2.copy()),
    )
    return np.array(path)


distances = {}
for rate in [0.5, 3, 10]:
    apart = np.linalg.norm(path_of_W2(1e-8, rate) - path_of_W2(0, rate), axis=(1, 2))
    distances[rate] = apart
    print(f"rate {rate:3}: after 40 steps {apart[-1] / 1e-8:.3g} times as far apart")

# %% mystnb={"image": {"alt": "Distance of two training runs that start 1e-8 apart, on a logarithmic axis, over 40 steps. At the rates 0.5 and 3 the curves stay almost level near 1e-8. At 10 the curve climbs, with pauses, to about 1e-2."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.5, 3.6))
for (rate, apart), line in zip(distances.items(), ["-", "--", "-."]):
    axis.semilogy(apart, line, label=f"rate {rate:g}")
axis.set(
    title="A hair's breadth stays one, or explodes",
    xlabel="step",
    ylabel="distance of the two runs' $W_2$",
    ylim=(1e-9, 1),
)
axis.legend()
plt.show()

# %% [markdown]
# At moderate rates the two hardly part. At 10 the distance *multiplies*, a millionfold in forty steps. That is *chaos*. So the lessons compute in float64, at moderate rates, and print few decimals. Forty plain steps prove nothing about four thousand with momentum. That whole runs print the same was tried: the page *Computers it was tried on* (`site/pages/computers.md`) lists where, and `python -m course certificate` tries yours.
#
# <details><summary>Are you sure?</summary>
#
# Generators are seeded, and one release of NumPy is installed (another may change their stream, [NEP 19](https://numpy.org/neps/nep-0019-rng-policy.html)).
#
# </details>
#
# ## Would it be so again?
#
# What may change, and by how much the accuracy then moves? The truth stands still, but a second measurement scatters as much as the first. Variances add, so the difference of the two has $\sqrt2$ times the standard deviation. About 19 times in 20 it is less than twice this: the last column.

# %%
by_seed = results("accuracy", 10, True).std(ddof=1)  # on validation
print("in points     deviation  difference below")
errors = {"other digits": by_digit, "other people": by_writer, "another seed": by_seed}
for what, error in errors.items():
    print(f"{what}  {100 * error:9.2f} {200 * np.sqrt(2) * error:17.2f}")

# %% [markdown]
# So would it be so again? The truth for people of this kind most likely lies within two errors by writer. Ten thousand digits by other such people scatter round it too: they differ from ours most often by less than 0.6 points. Was the interval that you guessed wider or narrower? Another seed moves the accuracy by hardly more than a tenth of a point, another computer most likely by nothing that is shown. For people who are neither American students nor Census employees the table has no line: nobody has asked them.
#
# ## Recap
#
# - The standard error is $\sqrt{q (1 - q) / n}$, if answers are independent. The truth most likely lies within two of them; the difference of two measurements scatters $\sqrt2$ times as much as one.
# - A network that is 90 % sure ought to be right in nine cases of ten. Sort and count.
# - Two networks are compared by the answers that changed. That says nothing yet of two recipes: they need several seeds, compared seed by seed.
# - Digits come in clusters, so the error by writer is the honest one. A largest share is often only a small sample.
# - Computers round differently. At moderate rates the difference stays tiny, at too large a rate it explodes.
#
# Which network would you trust? One whose accuracy comes with an error, and says for whom it holds.
#
# ## Questions to ask yourself
#
# 1. A hundred volunteers write a hundred digits each. Are those 10,000 digits as good a test set as ours?
#
#    <details><summary>Answer</summary>
#
#    They tell less about strangers: a hundred people in place of 297. The standard error by writer would most likely be larger, the one by digit about the same.
#
#    </details>
#
# 2. Two networks differ by 30 images in 10,000. In one case 40 were gained and 10 lost, in another 540 gained and 510 lost. Which would you believe, and what would the two accuracies alone tell you?
#
#    <details><summary>Answer</summary>
#
#    The first: 40 to 10 is far from a fair coin, 540 to 510 is not. The accuracies alone cannot tell the cases apart.
#
#    </details>
#
# 3. A paper reports that a new layer reads 0.3 points more, p-value 0.001, one run each. What do you ask for?
#
#    <details><summary>Answer</summary>
#
#    More seeds of both recipes, and the gain seed by seed with its standard error. One pair of runs tells about two networks.
#
#    </details>
#
# ## Next
#
# [06 Autopsy of the original](06_autopsy.ipynb): a network that reads 84 %, and a p-value that says it beats [lesson 01](01_loading.ipynb)'s nearest mean. You know now what to ask. Take it apart.
