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
# Lesson 04 ended with a single number, the share of the test digits that one network got right. Suppose you put it in a report, and next month a colleague repeats everything from the beginning and gets a different one. Has one of you made a mistake, or is that only what you should expect?
#
# **Would it come out the same again**, with other digits, another seed or other people's handwriting? And which of the three would move it most?
#
# **You will be able to**
#
# - give an accuracy its margin of error, counting digits or counting writers, and say when not to trust that margin;
# - compare two networks by the images that only one of them gets right, and two recipes by several seeds.
#
# **You need** [lesson 04](04_training_curves.ipynb): the training loop, steps and epochs, and why the test set waits until the end.
#
# **Time** 50 minutes to read, 10 more for a sheet of your own digits and 28 for the exercises; it runs for about 20 s and takes 370 MB

# %% [markdown]
# ## Before you start
#
# 1. [Lesson 04](04_training_curves.ipynb): why is a learning rate chosen on the validation images, and not on the test images?
#
#    <details><summary>Answer</summary>
#
#    We keep the rate that happened to do best on the images we looked at. Part of that was luck, so its accuracy on these images flatters a little; on images that had no part in the choice, it doesn't.
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

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, guesses, pictures
from course.materials import falling_rate
from mnistlib import data, network, plotting
from mnistlib.functions import softmax
from mnistlib.training import linear_decay, minibatches, train
from mnistlib.uncertainty import calibration, mcnemar, standard_error, standard_error_by_group

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
)

# %% [markdown]
# ## Three places where chance gets in
#
# Be that colleague for a moment. [Lesson 04](04_training_curves.ipynb) printed 97.87 %; here is its recipe again. By *recipe* we mean everything but the seed; this one has momentum 0.9 and a learning rate that falls from a half to 0.


# %% tags=["hide-input"]
def trained(seed, epochs, falls=True):
    """Train by lesson 04's recipe; the seed decides the weights and the order of the images."""
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(50_000, 128, rng=rng, epochs=epochs)
    rate = linear_decay(0.5, len(batches)) if falls else 0.5
    steps = tqdm(batches, leave=False)
    return train(network, start, train_set, steps, learning_rate=rate, momentum=0.9)[0]


# %%
final = trained(seed=0, epochs=10)
z2 = network.logits(final, data.scale(mnist.test_images))
right = z2.argmax(axis=1) == mnist.test_labels
n = len(right)
print(f"test accuracy {right.mean():.2%}: {(~right).sum()} mistakes in {n} digits")  # ~: not

# %% [markdown]
# One mistake more than in lesson 04. Can the number be trusted to the last decimal, then? Hardly, because chance had a hand in it three times: it decided *which digits* were asked about, *which network* came out of the training, and *who wrote* the digits. <small>This lesson opens the test set a second time, only to measure; whatever we choose, we choose on validation images.</small>
#
# **Predict.** Ask this network about 10,000 *other* digits, by other people of the same kind. Within how many percentage points of 97.86 % would you expect its accuracy to lie, nineteen times in twenty? The answer comes at the end of the lesson.

# %%
guesses.ask("points, on 10,000 other digits", None)

# %% [markdown]
# ## 1. Which digits it was asked about
#
# ### The error by digit
#
# Suppose we could ask about every digit that people like these writers might ever write, and let $q$ be the true share of right answers. We have asked about ten thousand of them, so our accuracy misses $q$ by a little. By how much?
#
# Begin with a single answer. Think of it as the toss of a coin that comes up "right" with probability $q$. Count "right" as 1 and "wrong" as 0. Over many tosses the mean is then $q$, and how far a single toss lies from it, $1 - q$ or $-q$, is its *deviation*. The first happens in a share $q$ of the tosses and the second in the others, so the mean squared deviation, called the **variance**, is
#
# $$q\,(1 - q)^2 + (1 - q)\,q^2 = q\,(1 - q) .$$
#
# Now toss $n$ of these coins. If they are independent, which means that no coin's fall tells you anything about another's, their variances add up, so the number of right answers has the variance $n\,q\,(1 - q)$.
#
# <details><summary>Why do the variances add up?</summary>
#
# Square the sum of the deviations, and you get the square of each deviation, plus products of two different ones. These products average 0, because however the one coin fell, the other's deviation still averages 0. So only the squares are left, and the mean of each is a variance.
#
# </details>
#
# The accuracy is that number divided by $n$, which divides every deviation by $n$ as well, and its square by $n^2$. The square root of a variance is the **standard deviation**, and the standard deviation of a number computed from a sample, such as an accuracy, is called its **standard error**:
#
# $$\text{standard error} = \sqrt{\frac{q\,(1 - q)}{n}} .$$
#
# Look at the $n$ under the root. More digits do help, because their deviations cancel, but they cancel slowly: to halve the error you need four times as many digits, and for one more decimal a hundred times as many. Decimals are far easier to print than to earn.
#
# ### Two standard errors, put to the test
#
# We don't know $q$, so we let the measured accuracy stand in for it. Take one fact on trust until the next cell. A sum of many coins scatters around its mean in the shape of a bell (the *normal distribution*), and about 19 times in 20 it stays within two standard deviations. And if the accuracy lies that close to the truth, the truth lies as close to the accuracy, which gives us a promise: *about 19 times in 20, the truth lies within two standard errors of the accuracy.* These two standard errors are its **margin of error**.
#
# Pretend that our ten thousand answers are all there are; then, for once, we know the truth. Two thousand times we draw 500 of them, with repeats, and count how often the promise is kept; then 510, 100 and 20.

# %%
rng = np.random.default_rng(seed=1)
draws = {}
for size in [500, 510, 100, 20]:  # try others
    accuracy = right[rng.integers(n, size=(2000, size))].mean(axis=1)
    error = np.sqrt(accuracy * (1 - accuracy) / size)
    covered = abs(accuracy - right.mean()) <= 2 * error
    print(f"{size:3} digits: within two standard errors {covered.mean():.1%},", end="")
    print(f" no mistake {(accuracy == 1).mean():.1%}")
    draws[size] = accuracy
by_digit = np.sqrt(right.mean() * (1 - right.mean()) / n)
print(f"our network: {right.mean():.2%}, standard error {100 * by_digit:.2f} points")

# %% mystnb={"image": {"alt": "Two bar charts of the accuracy in 2,000 draws, each with a dashed line at the truth, near 98 %. Draws of 500 digits make a bell around the line, from about 95 to nearly 100 %. Draws of 20 make no bell: the tallest bar by far stands at 100 %, beyond the line, and the others fall away to its left, at 95, at 90 and below."}} tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(6.4, 3.1), layout="constrained")
for axis, size, shape in zip(axes, [500, 20], ["a bell", "no bell"]):
    values, counts = np.unique(draws[size], return_counts=True)
    axis.bar(100 * values, counts, width=80 / size)
    axis.axvline(100 * right.mean(), color="0.4", ls="--", label="the truth")
    axis.set(title=f"{size} digits: {shape}", xlabel="accuracy, %")
axes[0].set_ylabel("how many of 2,000 draws")
axes[1].legend(loc="upper left")
plt.show()

# %% [markdown]
# With 500 digits, and some eleven mistakes among them, there is a bell, and the promise is kept. With 510 it is kept less often, because accuracies come in steps: six mistakes in 500 still put the truth within two errors, and six in 510 just don't. With 20 it is worthless: most draws contain no mistake at all and pile up at 100 %, where the formula says that the error is 0, which is absurd. Hence a rule of thumb: don't trust two standard errors until you have seen about ten mistakes and ten right answers, and even then don't take the 19 in 20 literally ([Brown, Cai and DasGupta 2001](https://doi.org/10.1214/ss/1009213286)).
#
# Our network made 214 mistakes, which is plenty. So *if* its answers are independent coins, its standard error is 0.14 of a percentage point: the last decimal of 97.86 % means nothing, and even the first is in doubt. Keep an eye on that *if*.
#
# ## 2. Which network came out
#
# To see what a seed can do, train five networks that differ in nothing else. To save time, each gets one epoch, at a constant rate.

# %%
x, digits = data.scale(validation_set[0]), validation_set[1]
right_of = {}
for seed in range(5):
    right_of[seed] = network.predict(trained(seed, epochs=1, falls=False), x) == digits
    print(f"seed {seed}: {right_of[seed].mean():.2%}")

# %% [markdown]
# ### More than chance?
#
# Seeds 2 and 3 lie furthest apart: nearly a point. Is that more than chance? Both networks answered the **same images**, and an image that both got right, or both got wrong, says nothing about which of the two is better. So look only at the images that exactly one network got right, and call these *split* (statisticians say **discordant**). A split image is *gained* if seed 3's network got it right, and *lost* if seed 2's did.
#
# This is the hardest stretch of the lesson, and you will need it whenever somebody claims that one network beats another. Suppose that neither network is better, and that the images are independent. Then each split image is the toss of a fair coin: gained or lost. The **p-value** is how often such coins would fall at least as unevenly as the images did.
#
# The smallest case shows how to count. Say that 3 were gained and 1 was lost. Four tosses have $2^4$ equally likely outcomes. In one of them none is lost, and in four of them exactly one is lost, because it may be any of the four. The number of ways to choose 1 of 4 is written $\binom{4}{1} = 4$, read "4 choose 1", and $\binom{4}{0} = 1$. That makes $1 + 4$ outcomes at least as uneven in this direction, and as many in the other, so the p-value is $2 \cdot \frac{1 + 4}{2^4} = \frac{5}{8}$. In other words, 3 to 1 is no evidence of anything.
#
# In general, let `split` be the number of split images, and `smaller` the lesser of the two counts. Whichever happened less often, call it *heads*. Then count the outcomes with no heads, with one, and so on up to `smaller`:
#
# $$\text{p-value} = \frac{2}{2^{\text{split}}} \sum_{\text{heads} = 0}^{\text{smaller}} \binom{\text{split}}{\text{heads}} .$$
#
# If as many were gained as lost, the middle outcome is counted twice, and this comes out above 1; the p-value is then 1. <small>This is the exact form of McNemar's test ([McNemar 1947](https://doi.org/10.1007/BF02295996)).</small> Python counts the ways with `math.comb`:

# %%
math.comb(4, 1)

# %% [markdown]
# ### Exercise 5.1: gained and lost (core, 10 minutes)
#
# Begin by hand: of five images, `before` got the first and the last right, `after` the last four. How many were gained, and how many lost? (You know the p-value of these counts already.) Then write the function, which also gives the p-value. On arrays of bools NumPy's `~` means *not* and `&` means *and*, entry by entry. When hundreds of images are split, $2^{\text{split}}$ is too large for NumPy's integers. Python's own `int` has no limit, so convert the counts first, and divide last.


# %%
def my_paired(before, after):
    """From two arrays of bools: how many were gained, how many lost, and the p-value."""
    ...


exercises.check(my_paired)

# %%
exercises.folded(my_paired)

# %% [markdown]
# The library's `mcnemar` computes what you have just written.
#
# **Predict.** Seeds 2 and 3 are two runs of *one* recipe. What will the p-value be?

# %%
guesses.ask("p-value of seeds 2 and 3", None)

# %% tags=["answer"]
pair = mcnemar(right_of[2], right_of[3])
print(f"gained {pair.gained}, lost {pair.lost}: p-value {pair.p:.1g}")
guesses.compare("p-value of seeds 2 and 3", f"{pair.p:.1g}")

# %% [markdown]
# Fair coins would fall that unevenly less than once in a million trials, so rarely that it hardly matters that we picked the most uneven of the ten pairs that five seeds make. If the images are independent, the network of seed 3 really *does* get more digits of this kind right.
#
# And yet no recipe can be the better one, because there is only one recipe! **The test speaks only for these two networks** ([Dietterich 1998](https://doi.org/10.1162/089976698300017197)). If you have to put one of the two to work tomorrow, take seed 3's. If you want to know how to train the next one, the test has told you nothing, because the next one will have a seed of its own. Nor does a seed always matter so much: these networks were half-baked, and finished ones come at the end.
#
# ### A network and a recipe
#
# A recipe should be judged as a school is, by more than one pupil. Lesson 04 let the learning rate fall to 0. Is that better than a constant rate? Give both recipes the same seeds, **several of them, and each recipe its own best rate**, because a rate that suits the one may handicap the other. Then subtract, seed by seed.
#
# We did this beforehand, on the validation images, with ten epochs a run (`studies/seeds.py`, `studies/ten_epochs.py`). The number after the ± is the standard error of the mean gain: as with the coins, the standard deviation of one seed's gain, divided by the root of the number of seeds. A mean is pulled towards the very numbers it is made of, so their squared deviations from it come out too small. Dividing by one less than their number (`ddof=1`) makes up for that.

# %%
constant, falling = falling_rate.best_rates("accuracy", epochs=10)
print(f"best rates: constant {constant}, falling from {falling}")
gain = 100 * falling_rate.compared("accuracy", epochs=10)  # one entry for each seed
error = gain.std(ddof=1) / np.sqrt(len(gain))
print(f"{len(gain)} seeds, falling minus constant: {gain.mean():+.2f} ± {error:.2f} points")
lower = falling_rate.compared("loss", epochs=10)[: len(gain)] < 0  # same seeds
print(f"loss lower at the falling rate with {lower.sum()} of {len(lower)} seeds")

# %% [markdown]
# In accuracy the falling rate came out *behind*, but by little more than one standard error, so we can't tell the two apart. Our lessons let the rate fall all the same, because the loss ended lower with every seed, each recipe at the rate that is best for its loss.
#
# **A good place to stop.** The second half overturns an assumption that we have made all along.
#
# ## 3. Who wrote them
#
# So far we have treated every answer as a coin of its own. That is the *if* of section 1, and we can test it, because [Yadav and Bottou found out in 2019](https://arxiv.org/abs/1905.10498) who wrote each digit.

# %%
writers = data.writers()
names, place, digits_of = np.unique(writers.test, return_inverse=True, return_counts=True)
print(f"{len(names)} writers, of {digits_of.min()} to {digits_of.max()} digits each")

# %% [markdown]
# Meet the writer with the most mistakes.

# %% mystnb={"image": {"alt": "Eight handwritten digits in a row, all by one writer: a 4, two fives and five threes. Each of the threes begins with a hook at its upper left. Three of these were read as 9, two as 8."}} tags=["hide-input"]
mistakes_of = np.bincount(place, weights=~right).astype(int)
most = mistakes_of.argmax()
print(f"{mistakes_of[most]} mistakes in {digits_of[most]} digits")
misread = (place == most) & ~right
pairs = zip(mnist.test_labels[misread], z2[misread].argmax(axis=1))
captions = [f"{label} as {answer}" for label, answer in pairs]
plotting.digits(mnist.test_images[misread], captions, title="Misread, all by one hand")
plt.show()

# %% [markdown]
# Five of the eight are threes, and every one of these begins with the same hook. Don't hold it against the writer: somebody among 297 must have the most mistakes, and whoever wrote 130 digits had more opportunities than most. But the picture suggests something about everybody. Mistakes keep company: where one of your threes is misread, the next is in danger, too. If so, the answers about one person's digits are not independent. Only answers about different *people* can still be independent. The digits of one writer are called a **cluster**.
#
# ### The error by writer
#
# So count people instead of digits. A writer $g$ wrote $n_g$ of the $n$ digits, and $\text{right}_g$ of these were read correctly. If the truth is $q$, you would expect $q\, n_g$, and the writer's deviation from that is $\text{right}_g - q\, n_g$. Add these deviations up, divide by $n$, and you have the accuracy minus the truth.
#
# Different people are independent, so the variances of their deviations add up, as those of the coins did. We don't know these variances, but a variance is a mean squared deviation, so let each writer's squared deviation stand in for it. One such square is a poor estimate; the sum of 297 of them is a good one. That gives the standard error *by writer* ([Cochran 1977](https://archive.org/details/samplingtechniqu0000coch_t4x6), chapter 6):
#
# $$\frac{1}{n} \sqrt{\frac{\text{writers}}{\text{writers} - 1} \sum_g (\text{right}_g - q\, n_g)^2} .$$
#
# Once more the accuracy stands in for $q$. But the accuracy is made from these very writers, so on the whole it lies a little closer to them than the truth does, and the squares come out too small, as they did with the seeds. The factor before the sum makes up for that.
#
# ### Exercise 5.2: the error by writer (stretch, 12 minutes)
#
# Write it. `groups[i]` is the number of the writer of digit $i$, and it can be any integer. An earlier cell turned such numbers into 0, 1, 2 and so on. Which function did that?


# %%
def my_standard_error_by_group(right, groups):
    """Return the standard error of right.mean(), a share; right and groups have shape (n,)."""
    ...


exercises.check(my_standard_error_by_group)

# %%
exercises.folded(my_standard_error_by_group)

# %% [markdown]
# The library's `standard_error_by_group` is the same function.
#
# **Predict.** By digit, the standard error was 0.14 points. What will it be by writer?

# %%
guesses.ask("standard error by writer, in points", None)

# %% tags=["answer", "hide-input"]
by_writer = standard_error_by_group(right, writers.test)
print(f"standard error by digit {100 * by_digit:.2f}, by writer {100 * by_writer:.2f} points")
print(f"variance by writer {(by_writer / by_digit) ** 2:.1f} times as large")
rng = np.random.default_rng(seed=11)
dealt = [standard_error_by_group(rng.permutation(right), writers.test) for _ in range(1000)]
print(f"by writer, mistakes dealt out at random: at most {100 * max(dealt):.2f} points")
guesses.compare("standard error by writer, in points", round(100 * by_writer, 2))

# %% [markdown]
# With people counted, the variance is more than twice as large. That is not luck: dealt out at random, a thousand times, the same 214 mistakes never gave an error near ours. To see what it means, imagine that every digit had brought an identical twin, and that both were always read correctly or both misread. Then ten thousand digits would be only five thousand coins, with twice the variance. That is what company costs: our ten thousand digits tell us roughly as much about strangers as five thousand would, if each came from a different hand. What we lack is not digits but hands.
#
# Does the new formula keep its promise? You tested the first one by drawing digits, so test both by drawing whole people: 297 of our writers, with repeats, two thousand times.

# %% tags=["hide-input"]
rng = np.random.default_rng(seed=12)
right_of_writer = np.bincount(place, weights=right)
drawn = rng.integers(len(names), size=(2000, len(names)))
digits_drawn = digits_of[drawn].sum(axis=1)
accuracy = right_of_writer[drawn].sum(axis=1) / digits_drawn
deviations = right_of_writer[drawn] - accuracy[:, None] * digits_of[drawn]
by_people = len(names) / (len(names) - 1) * (deviations**2).sum(axis=1)
by_coins = digits_drawn * accuracy * (1 - accuracy)
for by, variance in [("by digit", by_coins), ("by writer", by_people)]:
    covered = abs(accuracy - right.mean()) <= 2 * np.sqrt(variance) / digits_drawn
    print(f"people drawn: within two standard errors {by} in {covered.mean():.0%} of the draws")

# %% [markdown]
# By writer, the truth lay within two standard errors as often as promised. By digit, the promised 95 in a hundred turned out to be 83: one time in six the truth lay outside, where we had said one in twenty. So the *if* of section 1 doesn't hold, and our first margin was too narrow. It had passed its test only because the test had taken the digits for coins, too. <small>For five networks that had learnt for less time, and from half as many people, the margin by digit held less often still (`studies/promise.py`).</small>
#
# <details><summary>Does 223 to 129 still convince, then?</summary>
#
# Its p-value took the digits for coins, too. If each of the 223 + 129 split images adds 1 or subtracts 1, the sum has the variance 352, so gained minus lost, which is 94, lies five standard deviations from 0. Even if company doubled this variance, as it did the accuracy's, 94 would lie more than three from 0.
#
# </details>
#
# ### Which people?
#
# Neither formula asks *which* people. Half of the test digits were written by high-school students, and the other half by employees of the Census Bureau ([Yadav and Bottou 2019](https://arxiv.org/abs/1905.10498)).
#
# **Predict.** By how many percentage points will the network's accuracies on the two differ?

# %%
guesses.ask("points between students and employees", None)

# %% tags=["answer", "hide-input"]
student = writers.test >= 2100  # employees have the numbers below
errors = []
for kind, chosen in [("students", student), ("employees", ~student)]:
    errors.append(standard_error_by_group(right[chosen], writers.test[chosen]))
    hands = len(np.unique(writers.test[chosen]))
    print(f"{kind:10} {right[chosen].mean():.2%} ± {100 * errors[-1]:.2f}", end="")
    print(f" (by digit {100 * standard_error(right[chosen]):.2f}),", end="")
    print(f" {chosen.sum()} digits by {hands} writers")
difference = right[~student].mean() - right[student].mean()
error = np.sqrt(errors[0] ** 2 + errors[1] ** 2)  # in a difference, too, the variances add up
print(f"difference {100 * difference:.2f} ± {100 * error:.2f} points")
guesses.compare("points between students and employees", round(100 * difference, 2))

# %% [markdown]
# Nearly two points, more than four standard errors. So 97.86 % belongs to one particular crowd, in which 48 hands wrote half of the digits. Ask only students, and you should expect nearly a point less, without any bad luck. Within each kind, too, mistakes keep company, for the error by writer is the larger. A margin of error speaks for people like those who were asked, and for nobody else.
#
# ## So: would it come out the same?
#
# Back to your colleague, and to your first guess. Suppose that she asks about other digits. Her accuracy scatters around the truth just as yours does, so the difference between your two numbers has twice the variance of either (in a difference, too, variances add up), and $\sqrt2$ times its standard error. About 19 times in 20 it stays below twice that, which is $2 \sqrt2$ standard errors of one accuracy.

# %% tags=["answer", "hide-input"]
by_seed = falling_rate.results("test", epochs=10, falls=True, rate=0.5)
deviations = {
    "other digits, if answers were coins": by_digit,
    "other digits, by other people": by_writer,
    f"another seed (from {len(by_seed)} of them)": by_seed.std(ddof=1),
}
deviations["other people and another seed"] = np.sqrt(by_writer**2 + by_seed.var(ddof=1))
print("19 times in 20, two measurements differ by less than")
for what, deviation in deviations.items():
    print(f"{what:35} {200 * np.sqrt(2) * deviation:.2f} points")
guesses.compare("points, on 10,000 other digits", round(200 * np.sqrt(2) * by_writer, 2))

# %% [markdown]
# The second row answers your guess, since other digits come from other hands: on ten thousand digits by some 300 other students and Census employees, our network would most likely score within 0.6 points of 97.86 %. So other people move the number most, and another seed least. But new people bring new digits: square the first two rows, and nearly half of the second comes from the digits alone, the rest from the hands. <small>Our table leaves out other training images, which move the number, too ([Bouthillier and others 2021](https://arxiv.org/abs/2103.03098)).</small>
#
# If your colleague repeated everything, and her number lies half a point from yours, neither of you need have made a mistake. If she had our test set, and only her seed was different, half a point is a good reason to go looking for one.
#
# And people of any third kind? We haven't asked them. Your own twenty digits are a start.
#
# ### Twenty digits of your own
#
# Write twenty digits on white paper with a dark pen, none touching another, and photograph the sheet. The panel below prepares the digits as MNIST's makers did ([lesson 01](01_loading.ipynb)), and your network (on the web pages, lesson 04's) reads them. Type what you wrote, and you get your accuracy with its standard error by digit. The photograph never leaves your computer. Until you take yours, you see twenty test digits.

# %% mystnb={"image": {"alt": "A still of the picture for your own handwriting: a photograph of a sheet of paper with twenty handwritten digits in four rows, lying a little askew on a table."}}
hands = len(np.unique(writers.test[240:260]))
print(f"the 20 digits below, by {hands} people, as MNIST holds them: {right[240:260].sum()} right")
sheet = pictures.sheet(final)
sheet

# %% [markdown]
# Twenty are too few to trust that margin, as you saw. And yours come from *one* hand, one pen and one lamp. One writer can't show how writers differ: by our formula you would divide by $1 - 1$.
#
# ## If you have another half-hour
#
# ### Is it as sure as it is right?
#
# All through this lesson *we* were unsure of the network. What does the network say of itself? The largest of its ten probabilities is called its **confidence**: how sure it is of the answer. Of a hundred answers given with a confidence of 0.9, about ninety should be right. If the same holds at every level, the network is **calibrated**.
#
# ### Exercise 5.3: how sure, how right (warm-up, 6 minutes)
#
# Sort the answers into ten bins by their confidence: 0 to 0.1, 0.1 to 0.2 and so on. In each bin, count all the answers, and count the right ones.


# %%
def my_reliability(sure, hits):
    """For each of ten bins from 0 to 1: how many answers fall into it, and how many are right.

    sure: shape (n,), from 0 to 1. A value on a border, such as 0.3, belongs to the bin above it;
    1 belongs to the last. hits: shape (n,), True where the answer is right.
    Return two arrays of shape (10,).
    """
    ...


exercises.check(my_reliability)

# %%
exercises.folded(my_reliability)

# %% [markdown]
# Our network's answers, bin by bin, make a **reliability diagram** (the library's `calibration` bins them as you did), of the kind that weather forecasters have long drawn ([Murphy and Winkler 1977](https://doi.org/10.2307/2346866)). A calibrated network's dots lie on the diagonal, give or take chance. Each of its answers is a coin that comes up right as often as its confidence claims, and the bars show how far such coins would scatter.

# %% mystnb={"image": {"alt": "Reliability diagram: the share of right answers against their confidence, with bars of two standard deviations of chance, the number of answers beside each dot, and a dashed diagonal. Between 0.4 and 0.9 four of five dots lie below the diagonal, and their bars only just reach it; the last dot, near 1, has nearly all the answers and lies on it, its bar too short to see."}} tags=["hide-input"]
found = calibration(softmax(z2), mnist.test_labels)
figure, axis = plt.subplots(figsize=(6.5, 4.8))
seen = found.counts > 0
axis.plot([0, 1], [0, 1], color="0.5", ls="--")
axis.text(0.02, 0.07, "calibrated", rotation=33)
axis.errorbar(
    found.confidence[seen],
    found.accuracy[seen],
    2 * found.spread[seen],
    fmt="o",
    capsize=3,
)
for tenth in np.flatnonzero(seen):
    spot, last = (found.confidence[tenth], found.accuracy[tenth]), tenth == 9
    side, shift = ("right", (-8, -2)) if last else ("left", (6, -12))
    label = f"{found.counts[tenth]}"
    axis.annotate(label, spot, shift, textcoords="offset points", ha=side, fontsize=12)
axis.set(
    title="Four dots below the line:\na little overconfident",
    xlabel="confidence (number of answers beside each dot)",
    ylabel="share right (bars: two standard deviations)",
    xlim=(0, 1.03),
    ylim=(0, 1.03),
)
plt.show()
sure = softmax(z2).max(axis=1)
for where, chosen in [("below 0.9", sure < 0.9), ("from 0.9 up", sure >= 0.9)]:
    print(f"{where:11} {chosen.sum()} answers: mean confidence {sure[chosen].mean():.1%}, ", end="")
    surplus = np.bincount(place, weights=(right - sure) * chosen)  # of each writer
    error = np.sqrt((surplus**2).sum()) / chosen.sum()
    print(f"right {right[chosen].mean():.1%} ± {100 * error:.1f}, by writer")

# %% [markdown]
# Nearly all our answers are in the last bin, and they are as good as they claim to be. Four of the others lie below the diagonal, by about one and a half standard deviations each. Any one of them might be chance, but together the 551 answers below 0.9 claim 71.9 % and deliver 67.5 %, more than two standard errors less, with writers counted. A network that claims more than it delivers is **overconfident**, as large networks often are ([Guo and others 2017](https://arxiv.org/abs/1706.04599)). Where ours hesitates, it is most likely a little overconfident, too; [lesson 08](08_too_good.ipynb) tries a cure.
#
# ## Recap
#
# You can now say how far a number would move if it were measured again. You have seen two half-trained runs of one recipe differ by far more than coins would, and a margin of error that was too small because it counted digits, not people. What you can't do yet is say *why* a network is wrong, or whether a program that gets good numbers deserves them.
#
# - The standard error is $\sqrt{q (1 - q) / n}$, if answers are independent. Trust two standard errors once there are about ten mistakes and ten right answers.
# - Compare two networks by their split images, and two *recipes* by several seeds, each recipe at its own best rate.
# - Digits come in clusters, so the honest error counts writers, and it speaks only for people of their kind.
#
# ## Questions to ask yourself
#
# 1. A hundred volunteers write a hundred digits each. Are those 10,000 digits as good a test set as ours?
#
#    <details><summary>Answer</summary>
#
#    They tell you less about strangers, because they come from a hundred people and not from 297. If mistakes keep company in these hands as in ours, the standard error by writer is larger, and the one by digit about the same.
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
# 3. A paper reports that a new layer gains a third of a point, with a p-value below one in a hundred, from one run each. What do you ask for?
#
#    <details><summary>Answer</summary>
#
#    More seeds of both recipes, each at its own best rate, and the gain seed by seed with its standard error; and, if they can be had, other training images.
#
#    </details>
#
# 4. Sort the test set's writers by the share of their digits that the network got wrong, and somebody stands at the top. Is that the person who is hardest to read?
#
#    <details><summary>Answer</summary>
#
#    Not necessarily. Even if all writers of a crowd were equally readable, somebody would have to be at the top. Most likely it would be somebody who wrote few digits, because a small $n$ makes a large standard error. Even experts trust small samples too much ([Tversky and Kahneman 1971](https://doi.org/10.1037/h0031322)).
#
#    </details>
#
# ## Next
#
# [06 Autopsy of the original](06_autopsy.ipynb): a network that gets 84 % right, and a smooth curve to show for it. You now know what to ask. Take it apart.
