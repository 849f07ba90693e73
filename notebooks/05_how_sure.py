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
# Would it come out the same? Lesson 04 ended with a single number, the share of the test digits that one network reads correctly. How different might it have been with other digits, other people's writing, another seed or another computer?
#
# **You will** put an error bar on an accuracy, try it on your own handwriting, and find out whether a network knows when it may be wrong. You will catch two runs of the same recipe differing by more than chance. Then you will count writers instead of digits, and watch the error grow.
#
# **You will be able to**
#
# - say how large the error of an accuracy is, by digit and by writer, and when not to believe it;
# - check whether "90 % sure" means right nine times in ten;
# - compare two networks by the answers that changed, and two recipes by many seeds;
# - say when another computer will get different numbers.
#
# **You need** [lesson 04](04_training_curves.ipynb): the training loop, steps and epochs, and why the test set waits until the end.
#
# **Time** 50 minutes to read, 10 more for a sheet of your own digits and 28 for the exercises; it runs for about 16 s and takes 400 MB

# %% [markdown]
# ## Before you start
#
# 1. [Lesson 04](04_training_curves.ipynb): why is a learning rate chosen on the validation images, and not on the test images?
#
#    <details><summary>Answer</summary>
#
#    A choice favours whatever happened to do well on the images it looked at, so the accuracy on those images flatters a little. On images that no choice has seen, it doesn't.
#
#    </details>
#
# 2. [Lesson 04](04_training_curves.ipynb): two runs use the same recipe and the same images, but different seeds. What differs between them?
#
#    <details><summary>Answer</summary>
#
#    The weights they start from, and the order in which the images are dealt into mini-batches.
#
#    </details>

# %%
import math
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, guesses, pictures, studies
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
# Two letters are new, and $n$ counts the digits that a network is asked about.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $q$ | | | the true share of right answers; what is measured is the accuracy |
# | $g$ | `groups` | (n,) | a writer; $n_g$ is how many digits they wrote, `groups[i]` the writer of digit $i$ |
#
# ## One network, asked once
#
# The recipe is lesson 04's: momentum 0.9, and a learning rate that falls from 0.5 to 0.


# %%
def trained(seed, epochs, falls=True, dataset=train_set):
    """Train by lesson 04's recipe; the seed decides the weights and the order of the images."""
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(len(dataset[0]), 128, rng=rng, epochs=epochs)
    rate = linear_decay(0.5, len(batches)) if falls else 0.5
    steps = tqdm(batches, leave=False)
    return train(network, start, dataset, steps, learning_rate=rate, momentum=0.9)[0]


final = trained(seed=0, epochs=10)
z2 = network.logits(final, data.scale(mnist.test_images))
right = z2.argmax(axis=1) == mnist.test_labels
n = len(right)
print(f"test accuracy {right.mean():.2%}: {(~right).sum()} mistakes in {n} digits")

# %% [markdown]
# **Predict.** Ask this network about 10,000 *other* digits of the same kind. By how many percentage points could its accuracy easily differ? The answer comes at the end of the lesson.

# %%
guesses.ask("points, on 10,000 other digits", None)

# %% [markdown]
# ## Other digits
#
# Think of each answer as the toss of a coin that comes up "right" with probability $q$. Count "right" as 1 and "wrong" as 0. The mean of the toss is then $q$. Its **variance**, the mean squared distance from that mean, is
#
# $$q\,(1 - q)^2 + (1 - q)\,q^2 = q\,(1 - q) .$$
#
# The variances of independent coins add up, so the number of right answers among $n$ has the variance $n\,q\,(1 - q)$. The accuracy is that number divided by $n$. This makes every distance from the mean $n$ times smaller, and every squared distance $n^2$ times. The square root of a variance is the **standard deviation**, and the standard deviation of something we have measured is called its **standard error**:
#
# $$\text{standard error} = \sqrt{\frac{q\,(1 - q)}{n}} .$$
#
# <details><summary>Why do the variances add up?</summary>
#
# Let $u$ and $v$ say how far two coins fell from their means. Then their sum lies $u + v$ from its own mean, and $(u + v)^2 = u^2 + 2uv + v^2$. Whatever $u$ is, an independent $v$ is 0 on average, and so $uv$ is 0 on average too. The two variances are left.
#
# </details>
#
# We don't know $q$, so the measured accuracy takes its place. The sum of many coins scatters around its mean in a bell-shaped curve, and about 19 times in 20 it lies within two standard deviations. So here is the promise: about 19 times in 20, the truth lies within two standard errors of the accuracy. Let's test it. Pretend that our ten thousand answers are the whole truth, deal out 500 of them, and see whether the promise holds. Do so two thousand times; then deal out only 100, and only 20.

# %%
rng = np.random.default_rng(seed=1)
for dealt in [500, 100, 20]:  # try others
    covered = without_mistake = 0
    for _ in range(2000):
        some = right[rng.integers(n, size=dealt)]
        error = np.sqrt(some.mean() * (1 - some.mean()) / dealt)
        covered += abs(some.mean() - right.mean()) <= 2 * error
        without_mistake += some.all()
    print(f"{dealt:3} digits: within two standard errors {covered / 2000:5.1%}", end="")
    print(f", no mistake {without_mistake / 2000:5.1%}")
by_digit = np.sqrt(right.mean() * (1 - right.mean()) / n)
print(f"our network: {right.mean():.2%}, standard error {100 * by_digit:.2f} points")

# %% [markdown]
# With 500 digits the promise is kept, with 100 it begins to fail, and with 20 it is worthless. Most deals of 20 contain no mistake at all, and then the formula says that the error is 0, which is absurd. A rule of thumb: don't trust two standard errors until you have seen about ten mistakes and ten right answers. For fewer there are better intervals ([Wilson 1927](https://doi.org/10.1080/01621459.1927.10502953)). Our network made plenty of mistakes, so if its answers were independent coins, its standard error would be a seventh of a point.
#
# <details><summary>Are you sure? The standard deviation in NumPy, and <code>ddof</code></summary>
#
# `np.std` divides the sum of the squared distances by how many there are. If the mean was computed from the same numbers, they lie a little too close to it. Dividing by one less makes up for that, and `np.std(..., ddof=1)` does so. For 10,000 digits nobody could see the difference. For five seeds, as below, the answer grows by a factor of $\sqrt{5/4}$.
#
# </details>
#
# ### Twenty digits of your own
#
# Write twenty digits on white paper with a dark pen, none of them touching another, and photograph the sheet. The picture below finds the digits and prepares them as MNIST's makers prepared theirs. The network you have just trained reads them (on the course's pages, lesson 04's does). Type what you wrote, and you get your accuracy with its standard error. The photograph never leaves your computer.
#
# **Predict.** How many of your twenty will it read?

# %% mystnb={"image": {"alt": "A still of the picture for your own handwriting: a photograph of a sheet of paper with twenty handwritten digits in four rows, lying a little askew on a table."}}
sheet = pictures.sheet(final)
sheet

# %% [markdown]
# Twenty digits leave a large error, but they are enough to show that something is badly wrong. And all of them come from *one* hand, one pen and one lamp. Does it matter who wrote a digit? We shall see, under "Other people".
#
# ## Is 90 % sure right nine times in ten?
#
# How sure is the network itself? The largest of its ten probabilities is its **confidence** in the answer; we say how *sure* it is. Of a hundred answers that are 90 % sure, about ninety should be right. If the same holds at every level, the network is **calibrated**.
#
# Sort the answers into ten bins by how sure they are: 0 to 0.1, 0.1 to 0.2 and so on. In each bin, count all the answers and the right ones.
#
# ### Exercise 5.1: how sure, how right (warm-up, 6 minutes)


# %%
def my_reliability(sure, hits):
    """For each tenth from 0 to 1: how many answers are that sure, and how many of them are right.

    sure: shape (n,), from 0 to 1. A value on a border, such as 0.3, belongs to the tenth above it;
    1 belongs to the last. hits: shape (n,), True where the answer is right.
    Return two arrays of shape (10,).
    """
    ...


exercises.check(my_reliability)

# %%
exercises.folded(my_reliability)

# %% [markdown]
# How far off may a bin be by chance? If the network is calibrated, answer $i$ is a coin that comes up right with probability $\text{sure}_i$. The variances of these coins add up, so the share of right answers in the bin has the standard deviation
#
# $$\text{spread} = \frac{1}{\text{count}} \sqrt{\textstyle\sum_i \text{sure}_i\, (1 - \text{sure}_i)} .$$
#
# **Predict.** Which bin will be the fullest, and how full?

# %%
found = calibration(softmax(z2), mnist.test_labels)
print("answers   sure  right  spread")
for tenth in np.flatnonzero(found.counts):
    print(f"{found.counts[tenth]:7} {found.sure[tenth]:6.3f} ", end="")
    print(f"{found.accuracy[tenth]:6.3f} {found.spread[tenth]:7.3f}")

# %% mystnb={"image": {"alt": "Reliability diagram: the share of right answers against how sure they were, with bars of two standard deviations of chance, the number of answers beside each point, and a dashed diagonal. Between 0.4 and 0.9 four of five points lie a little below the diagonal, and the bars reach about as far as it; the last point, near 1 and with 9449 answers, lies on it. The first, of two answers, has a bar over the whole height."}} tags=["hide-input"]
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
    title="Nearly calibrated; the unsure answers lie a little low",
    xlabel="how sure (beside each point: number of answers)",
    ylabel="share right (bars: two spreads)",
    xlim=(0, 1.03),
    ylim=(0, 1.03),
)
plt.show()

# %% [markdown]
# This is a **reliability diagram**, as weather forecasters have long drawn it ([Murphy and Winkler 1977](https://doi.org/10.2307/2346866)). A calibrated network's points lie on the diagonal, apart from chance. Nearly all our answers are in the last bin, and there the promise holds. The other bins are nearly empty, so take all answers below 0.9 together. A network that is more sure than it is right is **overconfident**. [Guo and others](https://arxiv.org/abs/1706.04599) found in 2017 that large networks are. Their cure is to divide all logits by one number, which changes no answer.
#
# **Predict.** To make a network less sure, must that number be larger or smaller than 1?

# %%
print("divisor  below 0.9   sure  right  spread")
for divisor in [1, 1.1, 2]:  # try others
    sure = softmax(z2 / divisor).max(axis=1)
    unsure = sure < 0.9
    spread = np.sqrt((sure * (1 - sure))[unsure].sum()) / unsure.sum()
    print(f"{divisor:7} {unsure.sum():10} {sure[unsure].mean():6.3f} ", end="")
    print(f"{right[unsure].mean():6.3f} {spread:7.3f}")

# %% [markdown]
# Larger. With the logits divided by 2, the answers are right far more often than they claim. As it stands, this network is a little overconfident: the gap is more than twice the spread. Divide by 1.1, and *sure* and *right* agree as well as chance lets us see. To *use* such a number, choose it on the validation images.
#
# ## Another network
#
# The digits were one throw of the dice, and the network's seed was another. Train for one epoch at a constant rate, with five seeds.

# %%
x, digits = data.scale(validation_set[0]), validation_set[1]
right_of = {}
for seed in range(5):
    right_of[seed] = network.predict(trained(seed, epochs=1, falls=False), x) == digits
    print(f"seed {seed}: {right_of[seed].mean():.2%}")

# %% [markdown]
# ### More than chance?
#
# Seeds 2 and 3 lie furthest apart. Both networks answered the **same images**. An image on which they agree says nothing about which of the two is better, so look at the others:
#
# | | network 3 right | network 3 wrong |
# |---|---|---|
# | **network 2 right** | | lost |
# | **network 2 wrong** | gained | |
#
# Suppose that neither network is better, and that the images are independent. Then each answer that changed is the toss of a fair coin: gained or lost. The **p-value** is how often such coins would fall at least as unevenly. Say that 3 were gained and 1 was lost. Four tosses have $2^4$ equally likely outcomes. In one of them none is lost, and in four exactly one: that makes $1 + 4$ outcomes at least as uneven in this direction, and as many in the other. The p-value is $2 \cdot \frac{1 + 4}{2^4} = \frac{5}{8}$.
#
# So 3 to 1 is no evidence of anything. In general, let `changed` be the number of answers that changed, and `fewer` the smaller of gained and lost:
#
# $$\text{p-value} = \frac{2}{2^{\text{changed}}} \sum_{\text{few} = 0}^{\text{fewer}} \binom{\text{changed}}{\text{few}} .$$
#
# If that comes out above 1, the p-value is 1. This is the exact form of McNemar's test; [McNemar 1947](https://doi.org/10.1007/BF02295996) used a bell curve in place of the coins ([Fagerland and others 2013](https://doi.org/10.1186/1471-2288-13-91) compare the two).
#
# ### Exercise 5.2: gained and lost (core, 10 minutes)
#
# Write it. `math.comb(changed, few)` is the number of ways to choose. When hundreds of answers change, $2^{\text{changed}}$ is too large for NumPy's integers. Python's own `int` has no limit, so convert the counts first. But begin with a pencil: what is the p-value for 2 gained and 0 lost?
#
# <details><summary>The pencil's number</summary>
#
# Two tosses have 4 outcomes. In one of them none is lost, in another none is gained: $2 \cdot \frac{1}{4} = \frac12$.
#
# </details>


# %%
def my_paired(before, after):
    """From two arrays of bools: how many were gained, how many lost, and the p-value."""
    ...


exercises.check(my_paired)

# %%
exercises.folded(my_paired)

# %% [markdown]
# The library's `paired` also returns the difference of the two accuracies, and the standard error of that difference.
#
# <details><summary>Where that standard error comes from</summary>
#
# Each image changes the number of right answers by $+1$, $-1$ or 0. The mean of these numbers is the difference, and the mean of their squares is changed $/ n$. A variance is the mean square minus the squared mean. So
#
# $$\begin{aligned} & \text{standard error} \\ &= \sqrt{\frac{1}{n} \left( \frac{\text{changed}}{n} - \text{difference}^2 \right)} . \end{aligned}$$
#
# </details>
#
# **Predict.** Seeds 2 and 3 are two runs of *one* recipe. What will the p-value be?

# %%
guesses.ask("p-value of seeds 2 and 3", None)

# %%
pair = paired(right_of[2], right_of[3])
print(f"gained {pair.gained}, lost {pair.lost}: p-value {pair.p:.1g}")
print(f"difference {100 * pair.difference:.2f} points, standard error {100 * pair.error:.2f}")
p_values = [paired(right_of[one], right_of[two]).p for one, two in combinations(range(5), 2)]
small = sum(p < 0.01 for p in p_values)
print(f"p-value below 0.01: {small} of the {len(p_values)} pairs of seeds")
guesses.compare("p-value of seeds 2 and 3", f"{pair.p:.1g}")

# %% [markdown]
# A fair coin would do that less than once in a million times. We picked the most extreme pair, but three of the other nine are below 0.01 too. And yet neither recipe is better, because they are the same recipe. **The test speaks only for these two networks.** Network 3 really *does* read more digits of this kind than network 2. About a third seed it says nothing, as [Dietterich warned in 1998](https://doi.org/10.1162/089976698300017197).
#
# ### A network and a recipe
#
# Judging a *recipe* takes several seeds. Does a falling rate help? A study (`studies/seeds.py`) trained with a constant and with a falling rate, from the same seeds, so that the difference can be taken seed by seed. But from which rate? If both begin at 0.5, the falling one may lose just because it soon moves less. A fair comparison gives **each recipe its own best rate**. A few seeds choose it; others compare.
#
# **Predict.** For a single epoch, which would you choose, the constant rate or the falling one? And for ten?

# %% tags=["hide-input"]
rows = studies.read("seeds")["rows"]
best = {}
for epochs in [1, 10]:
    for falls in [False, True]:
        tried = {}
        for row in rows:
            made = row["settings"]
            if (made["epochs"], made["falls"]) == (epochs, falls) and made["seed"] >= 20:
                accuracy = 100 * row["results"]["accuracy"][-1]
                tried.setdefault(made["rate"], []).append(accuracy)
        means = {rate: np.mean(each) for rate, each in tried.items()}
        best[epochs, falls] = max(means, key=means.get)
        seeds = len(next(iter(tried.values())))
        kind = "falling" if falls else "constant"
        print(f"{kind}, {epochs} epoch{'s' * (epochs > 1)}, mean of {seeds} seeds")
        print("   from " + " ".join(f"{rate:6}" for rate in means))
        print("        " + " ".join(f"{mean:6.2f}" for mean in means.values()))


def results(name, epochs, falls, rate):
    """Return one result of the study, by seed, of the seeds that chose nothing."""
    found = []
    for row in rows:
        made = row["settings"]
        kind = (made["epochs"], made["falls"], made["rate"])
        if kind == (epochs, falls, rate) and made["seed"] < 20:
            found.append(row["results"][name])
    return np.array(found)


comparisons = {
    "1 epoch, both from 0.5": (1, 0.5, 0.5),
    "1 epoch, each from its own best rate": (1, best[1, False], best[1, True]),
    "10 epochs, each from its own best rate": (10, best[10, False], best[10, True]),
}
live = [right_of[seed].mean() for seed in range(5)]  # the study's first five, as above
print("seeds 0 to 4 the same:", np.allclose(live, results("accuracy", 1, False, 0.5)[:5, -1]))
gains = {}
print("what the falling rate gains, in points")
for name, (epochs, constant, fall) in comparisons.items():
    before = 100 * results("accuracy", epochs, False, constant)[:, -1]
    after = 100 * results("accuracy", epochs, True, fall)[: len(before), -1]
    gains[name] = after - before
    error = gains[name].std(ddof=1) / np.sqrt(len(before))
    print(f"{name}:")
    print(f"   {gains[name].mean():+.2f} ± {error:.2f}", end="")
    print(f", ahead with {(gains[name] > 0).sum()} of {len(before)} seeds")

# %% mystnb={"image": {"alt": "What a falling rate gains in accuracy, one mark for each of ten seeds, in three rows. After one epoch, both from 0.5, all ten marks lie left of zero. With each from its own best rate all ten still lie left of zero, most of them nearer to it. After ten epochs they crowd around zero, eight of them just right of it."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.5, 3.2))
for row, gain in enumerate(gains.values()):
    heights = row + np.linspace(-0.25, 0.25, len(gain))  # so that no mark hides another
    axis.plot(gain, heights, "os^"[row], markersize=7)
axis.axvline(0, color="0.5", lw=1)
axis.set(
    title="In one epoch a falling rate loses; in ten it hardly matters",
    xlabel="points gained by the falling rate (each mark a seed)",
    ylim=(-0.6, 2.6),
)
axis.set_yticks(
    range(3), ["1 epoch,\nboth from 0.5", "1 epoch,\neach its best", "10 epochs,\neach its best"]
)
axis.invert_yaxis()
plt.show()

# %% [markdown]
# In a single epoch the falling rate loses with every seed. From its own best rate it loses less, so part of the difference was the rate, not the recipe. In ten epochs there is no clear difference in accuracy. But accuracy isn't everything. How widely do the seeds scatter, how low is their loss, and which divisor of the logits suits them best?

# %% tags=["hide-input"]
print("10 epochs    rate  spread    loss  best divisor")
for falls in [False, True]:
    rate = best[10, falls]
    accuracy = 100 * results("accuracy", 10, falls, rate)[:, -1]
    divisor = results("divisor", 10, falls, rate)
    print(f"{'falling' if falls else 'constant':9} {rate:7} {accuracy.std(ddof=1):7.3f}", end="")
    print(f" {results('loss', 10, falls, rate)[:, -1].mean():7.4f}", end="")
    print(f"  {divisor.min():.2f} to {divisor.max():.2f}")

# %% [markdown]
# With the falling rate the seeds scatter half as widely, their loss is lower, and they are less overconfident. That is why we use it.
#
# ## Other people
#
# So far every answer has been a coin, independent of the others. Is it? Somebody whose sevens look like ones will have written more than one of them. [Yadav and Bottou found out in 2019](https://arxiv.org/abs/1905.10498) who wrote each digit, and `data.writers()` knows. Writers with numbers from 2100 up were high-school students; the others worked for the Census Bureau. We call the two groups *crowds*.

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
# The students' digits are misread more than twice as often, so compare each writer with their own crowd. Everybody gets a limit: the mistakes expected at the crowd's average, plus two standard deviations. Chance alone would put some of the 297 writers above it. To see how many, deal each crowd's mistakes out at random among its digits, a thousand times.
#
# **Predict.** If all writers of a crowd were equally readable, how many of the 297 would lie above their limit? How many really do?

# %%
guesses.ask("writers above their limit, by chance", None)

# %%
limit = share * digits_of + 2 * np.sqrt(share * (1 - share) * digits_of)
print("writers above their limit:", (mistakes_of > limit).sum())

deals, rng = [], np.random.default_rng(seed=11)
for _ in range(1000):
    dealt = ~right
    for crowd in (writers.test >= 2100, writers.test < 2100):
        dealt[crowd] = rng.permutation(dealt[crowd])
    deals.append(np.bincount(place, weights=dealt).astype(int))
deals = np.array(deals)  # mistakes of each writer in each deal, shape (1000, 297)
above = (deals > limit).sum(axis=1)
print(f"by chance: {above.mean():.1f} on average, in a thousand deals at most {above.max()}")
guesses.compare("writers above their limit, by chance", round(above.mean(), 1))

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
axes[1].set_xlabel("digits by one writer (larger mark: more writers)")
plt.show()

# %% [markdown]
# Thirty-five really do. Chance puts twelve there, at most 22 in a thousand deals. So mistakes keep company, and the digits are *not* independent. From here on we assume only that the *writers* are. The digits of one writer are a **cluster**.
#
# ### Who is hardest to read?
#
# You could sort the writers by their share of mistakes, or by a p-value: how often would chance, at the crowd's average share, give writer $g$ at least as many mistakes? Add up the probability of each number of mistakes, $\text{wrong}$, from $g$'s own to $n_g$:
#
# $$\sum_{\text{wrong}} \binom{n_g}{\text{wrong}} \text{share}^{\text{wrong}}\, (1 - \text{share})^{n_g - \text{wrong}} .$$
#
# **Predict.** Will both ways name the same writer?

# %% tags=["hide-input"]
most = max(deals.max(), mistakes_of.max()) + 1  # one more than anybody's mistakes


def chance_of_at_least(size, share):
    """Return the probability of at least 0, 1, ..., mistakes in so many digits, shape (most,)."""
    exactly = [
        math.comb(size, wrong) * share**wrong * (1 - share) ** (size - wrong)
        for wrong in range(size + 1)
    ]
    from_here_on = np.cumsum(exactly[::-1])[::-1]
    return np.pad(from_here_on, (0, most))[:most]


table = np.array([chance_of_at_least(int(size), mean) for size, mean in zip(digits_of, share)])
everybody = np.arange(len(names))
p_value = table[everybody, mistakes_of]
by_share, by_p = (mistakes_of / digits_of).argmax(), p_value.argmin()
for called, writer in {"largest share": by_share, "least p-value": by_p}.items():
    print(f"{called}: writer {names[writer]}, {mistakes_of[writer]} of {digits_of[writer]}", end="")
    print(f", p-value {p_value[writer]:.1g}")

# %% [markdown]
# No. Taken singly, 8 mistakes in 130 digits are harder to explain by chance than 3 in 10. But we didn't pick these two at random. Each holds a record among 297 people, and *somebody* always does. The fair question is what records chance would set, so look for them in the deals above.

# %% tags=["hide-input"]
shares, p_values_of = deals / digits_of, table[everybody, deals]
record, least = shares.max(axis=1), p_values_of.min(axis=1)
largest = mistakes_of[by_share] / digits_of[by_share]
print(f"records set by chance, in {len(deals)} deals")
print(f"   a share of {largest:.0%} or more: {(record >= largest).sum()} times")
print(f"   a p-value of {p_value[by_p]:.1g} or less: {(least <= p_value[by_p]).sum()} times")
print(f"the largest share of a deal: {np.median(record):.0%}, the median")
few = digits_of[shares.argmax(axis=1)] <= np.median(digits_of)
print(f"   its writer has {np.median(digits_of):.0f} digits or fewer: {few.sum()} times")
as_rare = (p_values_of <= p_value[by_share]).sum(axis=1).mean()
print(f"writers with a p-value of {p_value[by_share]:.1g} or less: {as_rare:.2f} in a deal")
print(f"   but {len(names)} times that p-value is {len(names) * p_value[by_share]:.2f}")

# %% [markdown]
# As records, the two are about equally rare: chance sets a record as rare as either in about one deal in fifty. So neither writer is likely to be a mere accident, and these numbers can't say which is harder to read. But look at what chance does all the time: in a typical deal somebody with 19 % mistakes tops the table, and mostly it is somebody who wrote few digits. Small samples have the largest shares, and the smallest. Even experts trust them too much ([Tversky and Kahneman 1971](https://doi.org/10.1037/h0031322)).
#
# <details><summary>Are you sure? 297 times the p-value</summary>
#
# You might expect 297 times the p-value to be the number of writers whom chance makes as remarkable as that. It is only an upper limit, and here more than twice what the deals contain. Mistakes come in whole numbers, so a writer can't have just any p-value. For most of them the largest possible one below 0.003 is a good deal smaller.
#
# </details>
#
# ## The error by writer
#
# Now count people. Of the $n_g$ digits by writer $g$, $\text{right}_g$ were read correctly. If the truth is $q$, you would expect $q\, n_g$. Each writer brings a little more than that or a little less, and together these differences separate the accuracy from the truth:
#
# $$\begin{aligned} & \frac{1}{n} \sum_g \text{right}_g - q \\ &= \frac{1}{n} \sum_g (\text{right}_g - q\, n_g) . \end{aligned}$$
#
# Draw writers at random, for ever. On average they bring neither more nor less, because $q$ *is* the share of right answers over all the writers there are. So the mean of a term is 0, and its variance is the mean of its square. Different people are independent, so the variances add up, which gives the standard error *by writer* ([Cochran 1977](https://archive.org/details/samplingtechniqu0000coch_t4x6), chapter 6):
#
# $$\frac{1}{n} \sqrt{\frac{\text{writers}}{\text{writers} - 1} \sum_g (\text{right}_g - q\, n_g)^2} .$$
#
# Once more the accuracy stands in for $q$. It comes from these very writers, which makes the terms a little too small; the factor before the sum makes up for that.
#
# <details><summary>Are you sure? Half students, half employees</summary>
#
# We treat it as chance that about half of the digits are by students. MNIST's makers fixed that half, and if you count each crowd by itself and add the two variances, the error is a little smaller. Most of what the writers add to it remains.
#
# </details>
#
# ### Exercise 5.3: the error by writer (stretch, 12 minutes)
#
# Write it. `groups[i]` is the number of the writer of digit $i$, and it can be any integer. An earlier cell turned such numbers into places from 0 on, without gaps. Which function did that?


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

error_of = {by: results(f"error by {by}", 10, True, 0.5) for by in ("digit", "writer")}
times = (error_of["writer"] / error_of["digit"]) ** 2
print(f"{len(times)} seeds of the study: {times.min():.1f} to {times.max():.1f} times", end="")
print(f", median {np.median(times):.1f}")

# %% [markdown]
# For this network the variance is twice as large, for most other seeds larger still. So these ten thousand digits say no more about strangers than some four or five thousand would, each by a different person.
#
# ### Does it keep its promise?
#
# Test this formula as you tested the first, but with people. Train on the digits of half of the training writers, and ask about those of the other half. Pretend that these others are the whole truth. Draw as many of them at random, some twice and some never, and see whether the truth lies within two standard errors of the accuracy on their digits. It should, 19 times in 20.
#
# **Predict.** In what percentage of the draws will it do so, counting by digit?

# %%
guesses.ask("% within two errors by digit", None)

# %% tags=["hide-input"]
everyone = np.random.default_rng(seed=12).permutation(np.unique(writers.train))
known = np.isin(writers.train, everyone[:270])
those = mnist.train_images[known], mnist.train_labels[known]
parameters = trained(seed=12, epochs=3, dataset=those)
blocks = np.array_split(mnist.train_images[~known], 10)  # one after the other, to save memory
answers = np.concatenate([network.predict(parameters, data.scale(block)) for block in blocks])
read = answers == mnist.train_labels[~known]
_, by_whom, sizes = np.unique(writers.train[~known], return_inverse=True, return_counts=True)
read_of = np.bincount(by_whom, weights=read)
people = len(sizes)

rng = np.random.default_rng(seed=13)
within = {"digit": [], "writer": []}
for _ in range(2000):
    drawn = rng.integers(people, size=people)
    number = sizes[drawn].sum()
    q = read_of[drawn].sum() / number
    terms = read_of[drawn] - q * sizes[drawn]
    errors = {
        "digit": np.sqrt(q * (1 - q) / number),
        "writer": np.sqrt(people / (people - 1) * (terms**2).sum()) / number,
    }
    for by, error in errors.items():
        within[by].append(abs(q - read.mean()) <= 2 * error)
for by, inside in within.items():
    print(f"{people} other writers, within two errors by {by}: {np.mean(inside):.0%}")
guesses.compare("% within two errors by digit", round(100 * np.mean(within["digit"])))

# %% [markdown]
# Digit by digit, "19 times in 20" is only three times in five. Writer by writer it holds.
#
# ## Another computer
#
# Computers round after every operation, in float64 to about 16 digits ([Goldberg 1991](https://doi.org/10.1145/103162.103163)). A matrix product consists of long sums. Their order depends on the processor, and another order rounds differently. Pretend to be two processors: compute one product in one go, and again in two halves.

# %%
start = network.initialise(np.random.default_rng(seed=6))
x = data.scale(train_set[0][:128])
whole = x @ start.W1
halves = x[:, :392] @ start.W1[:392] + x[:, 392:] @ start.W1[392:]
print("every entry equal:", np.array_equal(whole, halves))
print("largest difference below 1e-13:", np.abs(whole - halves).max() < 1e-13)

# %% [markdown]
# So two computers train networks that lie a hair's breadth apart. Do they stay that close? Start two runs whose weights differ in one number, by $10^{-8}$, and watch the distance between their $W_2$ over forty plain steps.
#
# **Predict.** Sketch that distance at the learning rates 0.5, 3 and 10.

# %% tags=["hide-input"]
batches = minibatches(50_000, 128, rng=np.random.default_rng(seed=8), epochs=1)[:40]


def path_of_W2(nudge, rate):
    """Return W2 before each step and after the last, shape (41, 128, 10)."""
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
# At moderate rates the two runs hardly drift apart. At 10 the distance *multiplies*, in this run a millionfold within forty steps: that is *chaos*. This is why the lessons compute in float64, at moderate rates, and print few decimals. Forty steps prove nothing about four thousand, so whole lessons were run on several kinds of computer. The page *Computers it was tried on* (`site/pages/computers.md`) lists them, and `python -m course certificate` tries yours.
#
# <details><summary>Are you sure? Chance on another computer</summary>
#
# Every generator is seeded, and the release of NumPy is pinned, because another release may draw other numbers ([NEP 19](https://numpy.org/neps/nep-0019-rng-policy.html)).
#
# </details>
#
# ## Would it be so again?
#
# Suppose you measure again. The second accuracy scatters around the truth as much as the first. Variances add up, so the difference between the two has $\sqrt2$ times the standard deviation of one, and about 19 times in 20 it is smaller than twice that: the last column.

# %%
by_seed = results("accuracy", 10, True, 0.5)[:, -1]  # on validation, one for each seed
rng = np.random.default_rng(seed=14)
# draw as many seeds again, some twice and some never: how far does their deviation move?
spreads = [rng.choice(by_seed, len(by_seed)).std(ddof=1) for _ in range(2000)]
deviations = {
    "other digits": by_digit,
    "other people": by_writer,
    "another seed": by_seed.std(ddof=1),
}
print("in points     deviation  difference below")
for what, deviation in deviations.items():
    print(f"{what}  {100 * deviation:9.2f} {200 * np.sqrt(2) * deviation:17.2f}")
print(f"from {len(by_seed)} seeds: {100 * deviations['another seed']:.3f}", end="")
print(f" ± {100 * np.std(spreads):.3f}")
guesses.compare("points, on 10,000 other digits", round(200 * np.sqrt(2) * by_writer, 2))

# %% [markdown]
# So would it come out the same? Ten thousand digits by other such people would most likely give an accuracy within 0.6 points of ours. Another seed moves it less, another computer most likely not at all. And people who are neither American students nor Census employees? We haven't asked them. Your own twenty digits are a start.
#
# ## Recap
#
# - The standard error is $\sqrt{q (1 - q) / n}$, if answers are independent. The truth most likely lies within two of them, once there are about ten mistakes.
# - A network that is 90 % sure ought to be right nine times in ten. Sort its answers and count.
# - Compare two networks by the answers that changed. Two *recipes* need several seeds, compared seed by seed, each recipe at its own best rate.
# - Digits come in clusters, so the honest error counts writers. Compare a record among many with the records that chance sets.
# - Computers round differently. At moderate rates the difference stays tiny; at too large a rate it explodes.
#
# Which network would you trust? One whose accuracy comes with an error and says whom it speaks for.
#
# ## Questions to ask yourself
#
# 1. A hundred volunteers write a hundred digits each. Are those 10,000 digits as good a test set as ours?
#
#    <details><summary>Answer</summary>
#
#    They tell you less about strangers, because they come from a hundred people and not from 297. The standard error by writer would most likely be larger, and the one by digit about the same.
#
#    </details>
#
# 2. Two networks differ by 30 images in 10,000. In one case 40 were gained and 10 lost, in another 540 gained and 510 lost. Which difference would you believe? What would the two accuracies alone have told you?
#
#    <details><summary>Answer</summary>
#
#    The first: a fair coin hardly ever gives 40 to 10, but it may well give 540 to 510. The accuracies alone can't tell the cases apart.
#
#    </details>
#
# 3. A paper reports that a new layer reads 0.3 points more, with a p-value of 0.001, from one run each. What do you ask for?
#
#    <details><summary>Answer</summary>
#
#    More seeds of both recipes, each at its own best rate, and the gain seed by seed with its standard error. One pair of runs speaks only for two networks.
#
#    </details>
#
# ## Next
#
# [06 Autopsy of the original](06_autopsy.ipynb): a network that reads 84 %, and a p-value that says it beats the nearest mean of [lesson 01](01_loading.ipynb). You now know what to ask. Take it apart.
