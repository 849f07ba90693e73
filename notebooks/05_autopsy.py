# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 Autopsy of the original
#
# This course grew out of a notebook. It fetches MNIST, defines a sigmoid and a softmax, derives a backward pass, trains for 10,000 steps, and
# reads about 84 % of the test digits. It looks like success. You now know enough to see what it really is.
#
# **You will** run the original exactly as it was, ask its weights the same question in three ways and get three different answers, catch each of
# its nine faults with one line, and mend them one at a time.
#
# **You will be able to**
#
# - tell a working program from a correct one;
# - write a one-line check for each of the nine faults;
# - compare repairs fairly: one change at a time, and with an idea of what chance alone does;
# - explain why a repair can make things worse.
#
# **You need** lessons [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb).
#
# **Time** 35 minutes, of which the computer works two

# %%
import hashlib

import matplotlib.pyplot as plt
import numpy as np

from mnistlib import data, download, functions, original, plotting
from mnistlib.gradcheck import central_difference, check_gradient

plotting.use_style()
mnist = data.load()
x_test_raw = original.prepare(original.Recipe(), mnist.test_images)

# %% [markdown]
# ## As it was
#
# `mnistlib.original` holds the notebook's recipe as *data*: every choice it made, faulty or not, has a name and a value.

# %%
recipe = original.Recipe()
recipe

# %% [markdown]
# In formulas, for a batch of $n = 128$ raw images $X$ with one-hot targets $Y$:
#
# $$Z_1 = X W_1, \qquad A_1 = \sigma(Z_1), \qquad Z_2 = A_1 W_2, \qquad P_{ik} = \frac{e^{Z_{2,ik} - m}}{\sum_{i'} e^{Z_{2,i'k} - m}},$$
#
# with one maximum $m$ for the whole batch and a sum over the *examples* $i'$; then
#
# $$dZ_2 = \frac{2 (P - Y)}{n} \odot P \odot (1 - P), \qquad dW_2 = A_1^T dZ_2, \qquad dZ_1 = dZ_2 W_2^T \odot \sigma'(Z_1), \qquad dW_1 = X^T dZ_1 .$$
#
# Before you go on, find what you would object to. Then run it. The stream of chance, `RandomState(42)`, is the original's own. It takes some seconds: the notebook
# validated on all 10,000 images every 20 steps, so we do too.

# %%
train_set, validation_set = original.split(recipe, mnist.train_images, mnist.train_labels)
as_it_was = original.run(recipe, train_set, validation_set=validation_set, progress=True)

# %% [markdown]
# These are its progress lines. It called its steps "epochs", and the training accuracy is that of the one batch at hand.

# %%
history = as_it_was.history
validation_accuracy = dict(zip(history.steps, history.accuracy("validation")))
for step in range(0, 10_000, 1000):
    batch = 100 * as_it_was.batch_accuracy[step]
    print(
        f"{recipe.unit} {step:5}: train {batch:6.2f} %, validation {100 * validation_accuracy[step]:5.2f} %"
    )
accuracy_original = original.accuracy(
    recipe, as_it_was.weights, mnist.test_images, mnist.test_labels
)
print(f"\ntest: {100 * accuracy_original:.2f} %  (the original notebook reported 83.83 %)")

# %% mystnb={"image": {"alt": "Two panels over 10,000 steps of the original recipe. Left: what it recorded as its loss, a wide and noisy band that falls from above 10 to about 3. Right: validation accuracy, rising quickly to about 80 percent and then creeping to 83 percent."}}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
left.plot(history.batch_loss, linewidth=0.5, color=plotting.COLOURS[4])
left.plot(np.arange(50, 9951), np.convolve(history.batch_loss, np.ones(100) / 100, mode="valid"))
left.set(
    title='What it recorded as "loss"', xlabel='step ("epoch")', ylabel="squared class difference"
)
right.plot(history.steps, history.accuracy("validation"), color=plotting.COLOURS[1])
right.set(
    title="Accuracy: it learns", xlabel='step ("epoch")', ylabel="validation accuracy", ylim=(0, 1)
)
plt.show()

# %% [markdown]
# It learns. The curves look like those of lesson 04, a little slow perhaps. Who would suspect anything? One number should make you pause. Here again is the
# nearest mean of lesson 01, which has no weights and takes no steps:

# %%
means = np.array(
    [mnist.train_images[mnist.train_labels == digit].mean(axis=0).ravel() for digit in range(10)]
)
nearest = (-2 * x_test_raw @ means.T + (means**2).sum(axis=1)).argmin(axis=1)
print(f"nearest mean: {100 * (nearest == mnist.test_labels).mean():.2f} %")
print(f"the original: {100 * accuracy_original:.2f} %")

# %% [markdown]
# Ten thousand steps of training have bought less than two points over ten averages.
#
# ## The same weights, asked three ways
#
# The weights are fixed now. Ask them about the 10,000 test images, in three ways that ought to make no difference: all at once, as the notebook did; row by row, by the largest logit of each image; and one image at a time through the notebook's
# own softmax. Write down three numbers before you run the cell.

# %%
z2 = original.logits(as_it_was.weights, x_test_raw)
labels = mnist.test_labels

at_once = original.softmax_over_batch(z2).argmax(axis=1)
row_by_row = z2.argmax(axis=1)
alone = np.array([original.softmax_over_batch(z2[i : i + 1]).argmax() for i in range(len(z2))])
for name, answers in [
    ("all at once", at_once),
    ("row by row", row_by_row),
    ("one at a time", alone),
]:
    print(f"{name:13}: {100 * (answers == labels).mean():5.2f} % right")

# %% [markdown]
# The third number is the share of zeros among the test images, and for good reason: alone in its batch, an image gets $e^{z}/e^{z} = 1$ for every class, all
# ten "probabilities" tie, and `argmax` takes the first.

# %%
print("answers given, one at a time:", np.unique(alone))

# %% [markdown]
# **The prediction for an image depends on who else is in the room.** Watch it happen. Show the same 10,000 images in groups, all of one size, and let the groups grow.


# %%
def accuracy_in_groups(size):
    groups = [z2[start : start + size] for start in range(0, len(z2), size)]
    answers = np.concatenate(
        [original.softmax_over_batch(group).argmax(axis=1) for group in groups]
    )
    return (answers == labels).mean()


sizes = [1, 2, 5, 10, 20, 50, 100, 1000, 10_000]
by_size = [accuracy_in_groups(size) for size in sizes]
for size, share in zip(sizes, by_size):
    print(f"in groups of {size:5}: {100 * share:5.2f} %")

# %% mystnb={"image": {"alt": "Accuracy of the same weights against the number of images shown together, on a logarithmic axis. It starts at about 10 percent for one image alone, jumps to about 71 percent for two, and levels off near 84 percent from twenty images on. A dashed line at 62 percent marks the answers by the largest logit."}}
figure, axis = plt.subplots()
axis.semilogx(sizes, by_size, "o-", label="through its own softmax")
axis.axhline(
    (row_by_row == labels).mean(), linestyle="--", color="0.4", label="largest logit of each image"
)
axis.set(
    title="Nothing changes but the company",
    xlabel="images shown together",
    ylabel="share of right answers",
    ylim=(0, 1),
)
axis.legend()
plt.show()

# %% [markdown]
# ### Why it works at all
#
# A softmax over the wrong axis ought to be nonsense; yet in large company it reads most digits. Take the logarithm of what it computes:
#
# $$\log P_{ik} = z_{ik} - c_k, \qquad c_k = \log \sum_{i'} e^{z_{i'k}} .$$
#
# The second term is the same for every image of the batch, and different for each class. It is a **bias**, of which this network otherwise has none. The batch computes it on the spot: a class whose logits run high in the whole room is held
# back by just that much. A hundred images make a good estimate of it, two a poor one, and one image alone cancels itself: there $\log P_{ik} = z_{ik} - z_{ik} = 0$.
#
# If that is right, a cure needs no training at all: take $c_k$ once, from *training* images, keep it, and any image can be asked alone. Predict the accuracy.

# %%
z_train = original.logits(as_it_was.weights, original.prepare(recipe, train_set[0][:10_000]))
top = z_train.max(axis=0)
c = top + np.log(np.exp(z_train - top).sum(axis=0))
print(
    f"each image alone, with a fixed bias: {100 * ((z2 - c).argmax(axis=1) == labels).mean():.2f} %"
)

# %% [markdown]
# So the network did learn something, and hid a part of it in its batches. That is not what its author believed it did, and nobody could have used it on a single digit.
#
# ## Nine faults, nine checks
#
# | | fault | the check that catches it |
# |---|---|---|
# | 1 | whatever a server sends is cached as data | does its SHA-256 agree? |
# | 2 | the split is shuffled before the seed is set | do two runs split alike? |
# | 3 | the softmax runs over the batch | does a batch of one give what it gives in company? |
# | 4 | the Jacobian is only its diagonal | does a gradient check pass? |
# | 5 | squared error where cross-entropy belongs | is the pull strong where the answer is most wrong? |
# | 6 | the recorded "loss" is a difference of class numbers | does it respond to a nudge at all? |
# | 7 | a step is called an epoch | does an epoch visit every image? |
# | 8 | the sigmoid's slope overflows | is it finite far out? |
# | 9 | pixels stay in 0 to 255 | are the hidden units awake at the start? |
#
# Each check is one line that is true or false. Each is run twice: on the original, where it must fail, and on the repair, where it must pass. A check that cannot tell the two apart is worthless.


# %%
def verdict(number, question, original_passes, repaired_passes):
    words = {True: "passes", False: "FAILS"}
    print(
        f"{number} {question:44} original {words[bool(original_passes)]:7} repaired {words[bool(repaired_passes)]}"
    )


rng = np.random.default_rng(seed=11)
expected = download.FILES["train_labels"].sha256
error_page = b"<html><h1>403 Forbidden</h1></html>"
file = (download.fetch(download.FILES["train_labels"], "../data")).read_bytes()
verdict(
    1,
    "does what was cached have the right SHA-256?",
    hashlib.sha256(error_page).hexdigest() == expected,
    hashlib.sha256(file).hexdigest() == expected,
)

# %% [markdown]
# For the second, two days on which the notebook is run differ in the chance of the shuffle. (Here `shuffle` plays the part of that chance.)


# %%
def same_split(recipe):
    (_, monday), _ = original.split(recipe, mnist.train_images, mnist.train_labels, shuffle=1)
    (_, tuesday), _ = original.split(recipe, mnist.train_images, mnist.train_labels, shuffle=2)
    return np.array_equal(monday, tuesday)


verdict(
    2,
    "do two runs split alike?",
    same_split(recipe),
    same_split(original.Recipe(split="after the seed")),
)

# %%
z = rng.normal(size=(5, 10))


def independent(softmax):
    return np.allclose(softmax(z[:1]), softmax(z)[:1])


verdict(
    3,
    "is a batch of one what it is in company?",
    independent(original.softmax_over_batch),
    independent(functions.softmax),
)

# %% [markdown]
# For the fourth, a small network of the original's kind, with the softmax already repaired so that only one fault is left. Ten weights per gradient are enough to see it.

# %%
x = data.scale(mnist.train_images[:20])
y = data.one_hot(mnist.train_labels[:20])
start = original.initial_weights(recipe, np.random.RandomState(1))
start = original.Weights(20 * start.W1, 20 * start.W2)  # larger, so that the probabilities differ


def squared_error_of_W2(W2):
    return functions.squared_error(functions.softmax(original.logits(start._replace(W2=W2), x)), y)


def gradient_is_right(**repairs):
    rows = original.Recipe(softmax="over the classes", slope="stable", **repairs)
    _, slopes, _ = original.gradients(rows, start, x, y)
    return check_gradient(squared_error_of_W2, start.W2, slopes.W2, name="W2")


verdict(4, "does a gradient check pass?", gradient_is_right(), gradient_is_right(jacobian="whole"))
print("\n ", gradient_is_right())

# %% [markdown]
# The fifth is no mistake of mathematics but of choice. Take an answer that is confidently wrong, and look how hard each loss pulls on the right class's logit.

# %%
z_wrong, y_right = np.array([[12.0, 0, 0]]), np.array([[0.0, 1, 0]])
p = functions.softmax(z_wrong)
pull_squared = functions.softmax_backward(p, functions.squared_error_gradient(p, y_right))[0, 1]
pull_cross_entropy = functions.cross_entropy_gradient(z_wrong, y_right)[0, 1]
print(f"pull: squared error {abs(pull_squared):.6f}, cross-entropy {abs(pull_cross_entropy):.6f}\n")
verdict(
    5,
    "is the pull strong where it is most wrong?",
    abs(pull_squared) > 0.1,
    abs(pull_cross_entropy) > 0.1,
)

# %% [markdown]
# The sixth: nudge one weight a little, and see whether the recorded number moves. If not, its gradient is zero, and no learning can follow it.


# %%
def class_difference_of(w):
    W2 = start.W2.copy()
    W2[3, 4] = w[0]
    return original.class_number_difference(original.logits(start._replace(W2=W2), x), y)


def cross_entropy_of(w):
    W2 = start.W2.copy()
    W2[3, 4] = w[0]
    return functions.cross_entropy(original.logits(start._replace(W2=W2), x), y)


w = [start.W2[3, 4]]
verdict(
    6,
    "does the recorded loss respond to a nudge?",
    central_difference(class_difference_of, w)[0] != 0,
    central_difference(cross_entropy_of, w)[0] != 0,
)
print("\n  calling a 0 a 1 costs", (0 - 1) ** 2, "and calling it a 9 costs", (0 - 9) ** 2)

# %%
one_step = np.random.RandomState(42).randint(0, 50_000, 128)
one_epoch = np.random.default_rng(seed=1).permutation(50_000)
verdict(
    7,
    "does an epoch visit every image?",
    len(np.unique(one_step)) == 50_000,
    len(np.unique(one_epoch)) == 50_000,
)

# %%
far = np.array([-1000.0])
with np.errstate(over="ignore", invalid="ignore"):
    slope_original = original.overflowing_slope(far)
verdict(
    8,
    "is the slope finite far out?",
    np.isfinite(slope_original),
    np.isfinite(functions.sigmoid_derivative(far)),
)

# %% [markdown]
# The last: how widely are the sums that enter the hidden units spread, at the start? Beyond plus and minus 3 a sigmoid is nearly flat, so the standard deviation should be at most about 1.

# %%
first_weights = original.initial_weights(recipe, np.random.RandomState(42))
spread_raw = (x_test_raw[:1000] @ first_weights.W1).std()
glorot = original.initial_weights(original.Recipe(weights="Glorot"), np.random.RandomState(42))
spread_scaled = (data.scale(mnist.test_images[:1000]) @ glorot.W1).std()
print(
    f"standard deviation of the pre-activations: raw {spread_raw:.2f}, scaled {spread_scaled:.2f}\n"
)
verdict(9, "are the hidden units awake at the start?", spread_raw <= 1, spread_scaled <= 1)

# %% [markdown]
# Nine lines. Any one of them, written at the time, would have stopped the notebook before it trained.
#
# ## The ladder
#
# Now repair it, **one change at a time**, and retrain after each with 10,000 steps. Faults 1, 2, 6, 7 and 8 do not change what is learnt from the files on your disk (they change whether it can be repeated, what is drawn, what it is called, and whether it can break). The
# other repairs, and three choices of lesson 04, make the ladder. It is a list, and a rung is the recipe before it with one value replaced:

# %%
for name, repair in original.LADDER:
    print(f"{name:24} {repair}")

# %% [markdown]
# Predict before you run it. Which repair brings most? Does any make it worse?
#
# Seven runs of 10,000 steps: a minute or so.

# %%
results = [("the original", accuracy_original)]
trained = {}
for name, rung in original.rungs()[1:]:
    run = original.run(rung, train_set, progress=True)
    trained[name] = run.weights
    results.append(
        (name, original.accuracy(rung, run.weights, mnist.test_images, mnist.test_labels))
    )

# %%
for name, accuracy in results:
    error = 100 * np.sqrt(accuracy * (1 - accuracy) / len(labels))
    print(f"{name:24} {100 * accuracy:5.2f} %  (standard error {error:.2f})")

# %% mystnb={"image": {"alt": "Horizontal bars of test accuracy for eight recipes, from the original at the top to momentum at the bottom. The first repair jumps from 84 to about 93 percent; two more add a little; pixels divided by 255 falls to about a quarter; the retuned learning rate jumps to above 97, and the last two bars are about 97 to 98. A dashed line marks the nearest mean at 82."}}
figure, axis = plt.subplots(figsize=(7, 4.4))
names, shares = zip(*results)
bars = axis.barh(range(len(names)), 100 * np.array(shares), color=plotting.COLOURS[0])
bars[0].set_color("0.5")
bars[names.index("pixels / 255")].set_color(plotting.COLOURS[1])
for row, share in enumerate(shares):
    axis.text(100 * share + 1, row, f"{100 * share:.1f}", va="center")
baseline = 100 * (nearest == labels).mean()
axis.axvline(baseline, color="black", linestyle="--", linewidth=1)
axis.text(baseline - 2, names.index("pixels / 255"), "nearest mean", ha="right", va="center")
axis.set(
    title="One repair at a time",
    xlabel="test images right, %",
    yticks=range(len(names)),
    xlim=(0, 112),
)
axis.set_yticklabels(["the original", *(f"+ {name}" for name in names[1:])])
axis.invert_yaxis()
plt.show()

# %% [markdown]
# Read it from the top.
#
# - **The softmax over the classes** brings most of all. Each image now has an answer of its own.
# - **The whole Jacobian**, then **cross-entropy**: less than a point each. Are those differences real? Each number is one run, and its standard error is printed beside it. By lesson 04's rule, a difference counts when it is well over twice that; the first step of the ladder needs no such care.
# - **Pixels / 255** is right, and falls to about a quarter. You met the reason in lesson 04: the gradient by $W_1$ contains the pixels, so it shrank 255 times while the rate stayed. Judged by this one experiment, scaling would have been thrown out. It was not wrong; it was *not finished*.
# - **A learning rate of 0.5** finishes it.
# - **Glorot's weights** hardly move the end result: with sensible inputs this network finds its way from either start. **Momentum** gains a little once more.
#
# The rungs do not add up in any order. Each says what a repair does *there*, with all the others above it in place.
#
# One last time, the question that started it all. Ask the repaired network its three ways:

# %%
final_recipe = original.rungs()[-1][1]
z_final = original.logits(trained["momentum 0.9"], data.scale(mnist.test_images))
whole = functions.softmax(z_final).argmax(axis=1)
singly = np.array([functions.softmax(z_final[i : i + 1]).argmax() for i in range(len(z_final))])
for name, answers in [
    ("all at once", whole),
    ("row by row", z_final.argmax(axis=1)),
    ("one at a time", singly),
]:
    print(f"{name:13}: {100 * (answers == labels).mean():5.2f} % right")

# %% [markdown]
# ## What to take away
#
# The original's author did not lack skill. Everything ran; the curve went up; the number at the end was far above chance. What was missing were four habits:
#
# - **A baseline.** Ten averages would have said that 84 % is nothing to be proud of.
# - **A check for each formula**, seen failing once.
# - **One change at a time**, and settings that belong together changed together.
# - **Error bars**, before believing a difference.

# %% [markdown]
# ## Recap
#
# - A program that runs, learns, and prints a good number can be wrong in nine ways at once.
# - A softmax over the batch makes an answer depend on the company. It works in large batches because the batch supplies a bias for each class.
# - Each fault has a one-line check; a check is worth something if it fails on the fault and passes on the repair.
# - Repairs interact: scaling the pixels looked like a regression until the learning rate was retuned.
#
# ## Questions to ask yourself
#
# 1. Why did the original's validation accuracy not reveal the fault in its softmax?
# 2. Nine faults, and it still learnt. Which of them, alone, would have kept it from learning anything?
# 3. The test accuracy of each rung was looked at, and the next rung chosen. Whose rule was broken here, and how would you do it properly?
# 4. Reverse the ladder: what would happen if the learning rate were raised to 0.5 *before* the pixels are scaled?
# 5. Which of the nine checks could run by itself, every time the code is changed?
#
# ## Next
#
# You have built a network, checked each of its gradients, and taken another one apart. Go back to a lesson whose questions you could not answer, or turn to
# the library itself: `mnistlib` is short, and there is nothing in it that you have not derived.
