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
# **You will** run the original's recipe, ask its weights the same question in three ways and get three different answers, catch each of
# its nine faults with a small check, and mend, one at a time, those that might cost accuracy.
#
# **You will be able to**
#
# - tell a working program from a correct one;
# - say which small check catches each of the nine faults, and write one yourself;
# - compare repairs fairly: one change at a time, and with an idea of what chance alone does;
# - explain why a repair can make things worse.
#
# **You need** lessons [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb).
#
# **Time** 35 minutes to read, of which the computer works two or three; 20 more for the exercises

# %%
import hashlib

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from mnistlib import baseline, data, download, exercises, functions, original, plotting
from mnistlib.gradcheck import central_difference, check_gradient
from mnistlib.training import evaluate, train

plotting.use_style()
mnist = data.load()
test_set = (mnist.test_images, mnist.test_labels)
x_test_raw = original.Recipe().prepare(mnist.test_images)

# %% [markdown]
# ## As it was
#
# `mnistlib.original` holds the notebook's recipe as *data*: every choice it made, faulty or not, has a name and a value.

# %%
recipe = original.Recipe()
for name, value in vars(recipe).items():
    print(f"{name:13} {value}")

# %% [markdown]
# In formulas, for a batch of $n = 128$ raw images $X$ with one-hot targets $Y$; there are no biases. $X$ has shape (128, 784), $W_1$ (784, 128), $W_2$ (128, 10):
#
# $$Z_1 = X W_1, \qquad A_1 = \sigma(Z_1), \qquad Z_2 = A_1 W_2, \qquad p_{ik} = \frac{e^{z_{ik} - m}}{\sum_{r} e^{z_{rk} - m}},$$
#
# where $z_{ik}$ is the logit of image $i$ for class $k$ (the letters of lesson 01), $m$ is one maximum for the whole batch, and the sum runs over the *images* $r$. Then, with $d$ for what it *takes* to be the gradient,
#
# $$\begin{aligned} dZ_2 &= \frac{2 (P - Y)}{n} \odot P \odot (1 - P), & dW_2 &= A_1^T dZ_2, \\ dZ_1 &= dZ_2 W_2^T \odot \sigma'(Z_1), & dW_1 &= X^T dZ_1, \end{aligned}$$
#
# with $\sigma'(z) = e^{-z} / (1 + e^{-z})^2$, and $W \leftarrow W - 0.001\, dW$ for both. The weights start uniform in $\pm 1 / \sqrt{\text{rows} \cdot \text{columns}}$. The same in code, for one batch, beside the library's:

# %%
x = recipe.prepare(mnist.train_images[:128])
y, n = data.one_hot(mnist.train_labels[:128]), 128
W1, W2 = recipe.initial_weights(np.random.RandomState(42))

z1 = x @ W1
a1 = functions.sigmoid(z1)
z2 = a1 @ W2
e = np.exp(z2 - z2.max())
p = e / e.sum(axis=0)
dz2 = 2 * (p - y) / n * p * (1 - p)
dW2 = a1.T @ dz2
dz1 = dz2 @ W2.T * np.exp(-z1) / (1 + np.exp(-z1)) ** 2
dW1 = x.T @ dz1

_, slopes = recipe.gradients(original.Weights(W1, W2), x, y)
np.allclose(dW1, slopes.dW1), np.allclose(dW2, slopes.dW2)

# %% [markdown]
# Before you go on, find what you would object to. Then run the whole. The random stream, `RandomState(42)`, is the original's own. (We compute in float64 where it used float32, so that every machine gets the same figures.) It takes up to a minute: the notebook
# validated on all 10,000 images every 20 steps, so we do too.

# %%
train_set, validation_set = original.split(recipe, (mnist.train_images, mnist.train_labels))
weights, batches = original.start(recipe, 50_000)
batch_accuracy = {}


def note_batch_accuracy(step, weights, history):
    if step % 1000 == 0 and step < len(batches):
        batch = train_set[0][batches[step]], train_set[1][batches[step]]
        batch_accuracy[step] = evaluate(recipe, weights, batch).accuracy


as_it_was, history = train(
    recipe,
    weights,
    train_set,
    tqdm(batches, leave=False),
    learning_rate=recipe.learning_rate,
    monitor={"validation": validation_set},
    every=20,
    after_record=note_batch_accuracy,
)

# %% [markdown]
# These are its progress lines. It called its steps "epochs", and the training accuracy is that of the one batch at hand.

# %%
validation_accuracy = dict(zip(history.steps, history.accuracy("validation")))
for step in range(0, 10_000, 1000):
    batch = 100 * batch_accuracy[step]
    print(
        f"{recipe.unit} {step:5}: train {batch:6.2f} %, validation {100 * validation_accuracy[step]:5.2f} %"
    )
accuracy_original = evaluate(recipe, as_it_was, test_set).accuracy
print(f"\ntest: {100 * accuracy_original:.2f} %  (the original notebook reported 83.83 %)")

# %% [markdown]
# It is not quite the original's number, and need not be: its split was never seeded, so nobody can repeat that run. That is one of its faults.

# %% mystnb={"image": {"alt": "Two panels over 10,000 steps of the original recipe. Left: what it recorded as its loss, a wide and noisy band around its moving average, which falls from about 15 to about 3. Right: validation accuracy, rising quickly to about 80 percent and then creeping to 83 percent."}}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
smoothed = np.convolve(history.batch_loss, np.ones(100) / 100, mode="valid")
left.plot(history.batch_loss, linewidth=0.5, color=plotting.COLOURS[4], label="each step")
left.plot(np.arange(50, 9951), smoothed, color=plotting.COLOURS[0], label="average of 100")
left.set(
    title='Its "loss" falls, as a loss should',
    xlabel='step ("epoch")',
    ylabel="squared class difference",
)
left.legend()
right.plot(history.steps, history.accuracy("validation"), color=plotting.COLOURS[1])
right.set(
    title="Its accuracy rises", xlabel='step ("epoch")', ylabel="validation accuracy", ylim=(0, 1)
)
plt.show()

# %% [markdown]
# It learns. The curves look like those of lesson 04, a little slow perhaps. Who would suspect anything? One number should make you pause. Here again is the
# nearest mean of lesson 01, which has no weights and takes no steps:

# %%
means = baseline.class_means(mnist.train_images, mnist.train_labels)
nearest = baseline.nearest_mean(x_test_raw, means)
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
z2 = recipe.logits(as_it_was, x_test_raw)
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
# A softmax over the wrong axis ought to be nonsense; yet in large company it reads most digits. Take the logarithm of what it computes. The maximum $m$ cancels between numerator and denominator:
#
# $$\log p_{ik} = z_{ik} - c_k, \qquad c_k = \log \sum_{r} e^{z_{rk}} .$$
#
# The second term is the same for every image of the batch, and different for each class: $-c_k$ is a **bias**, which this network otherwise lacks. The batch computes it on the spot. A class whose logits run high in the whole room is held
# back by just that much. A hundred mixed digits make a good estimate of it, two a poor one, and one image alone cancels itself: there $\log p_{ik} = z_{ik} - z_{ik} = 0$.
#
# ### Exercise 5.1: the hidden bias (warm-up, 6 minutes)
#
# Write $c_k$ as a function of a batch of logits, so that it cannot overflow.


# %%
def my_class_bias(z):
    """The c of each class, shape (10,), that the batch-axis softmax subtracts from logits z (n, 10)."""
    ...


exercises.check(my_class_bias)

# %%
exercises.folded(my_class_bias)

# %% [markdown]
# *Mixed* digits, mind. Now choose the company badly: sort the images by their labels, so that all but nine of the hundred groups hold one digit only. Predict the accuracy.

# %%
in_order = np.argsort(labels, kind="stable")
groups = [z2[in_order[start : start + 100]] for start in range(0, len(z2), 100)]
answers = np.concatenate([original.softmax_over_batch(group).argmax(axis=1) for group in groups])
print(f"sorted, in groups of 100: {100 * (answers == labels[in_order]).mean():.2f} %")

# %% [markdown]
# Less than half of what it was. A room full of sevens believes that sevens are nothing special.
#
# If all this is right, a cure needs no training at all: take $c_k$ once, from mixed *training* images, keep it (more images make it larger, but by nearly the same amount for every class), and with $-c_k$ as a fixed bias any image can be asked alone. Predict that accuracy, too.

# %%
z_train = recipe.logits(as_it_was, recipe.prepare(train_set[0][:10_000]))
c = original.class_bias(z_train)
print(
    f"each image alone, with a fixed bias: {100 * ((z2 - c).argmax(axis=1) == labels).mean():.2f} %"
)

# %% [markdown]
# So the network did learn something, and hid a part of it in its batches; and through its own softmax any single digit was a 0.
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
# (The softmax's second fault, one maximum for all rows, belongs to the third: lesson 02 tells which row to ask about.) Each check ends in one question, answered by true or false. Each is run twice: on the original, where it must fail, and on the repair, where it must pass. A check that cannot tell the two apart is worthless.
#
# For the first, suppose that the server had sent an error page. The original would have kept it.


# %%
def verdict(number, question, original_passes, repaired_passes):
    words = {True: "passes", False: "FAILS"}
    print(
        f"{number} {question:44} original {words[bool(original_passes)]:7} repaired {words[bool(repaired_passes)]}"
    )


rng = np.random.default_rng(seed=11)
expected = download.FILES["train_labels"].sha256
error_page = b"<html><h1>403 Forbidden</h1></html>"
file = download.fetch(download.FILES["train_labels"], "../data").read_bytes()
verdict(
    1,
    "does what was cached have the right SHA-256?",
    hashlib.sha256(error_page).hexdigest() == expected,
    hashlib.sha256(file).hexdigest() == expected,
)

# %% [markdown]
# The second: the original shuffles before it seeds, so Monday's split is not Tuesday's. Here the argument `shuffle` stands for the day's luck.


# %%
def same_split(recipe):
    (_, monday), _ = original.split(recipe, (mnist.train_images, mnist.train_labels), shuffle=1)
    (_, tuesday), _ = original.split(recipe, (mnist.train_images, mnist.train_labels), shuffle=2)
    return np.array_equal(monday, tuesday)


verdict(
    2,
    "do two runs split alike?",
    same_split(recipe),
    same_split(original.Recipe(split="after the seed")),
)

# %% [markdown]
# ### Exercise 5.2: catch the fault (core, 6 minutes)
#
# The third check is yours. Write a function that tries out any softmax it is given, and tells whether an example's numbers depend on its company. It must clear the good ones, too, and catch more than this one fault.


# %%
def my_depends_on_company(softmax):
    """Return True if softmax gives a row other numbers alone than inside a batch."""
    ...


exercises.check(my_depends_on_company)

# %%
exercises.folded(my_depends_on_company)

# %%
z = rng.normal(size=(5, 10))


def independent(softmax):
    return np.allclose(softmax(z[:1]), softmax(z)[:1])


verdict(
    3,
    "does one row answer alone as in company?",
    independent(original.softmax_over_batch),
    independent(functions.softmax),
)

# %% [markdown]
# For the fourth, the original's network on twenty scaled images, with starting weights 20 times as large. The softmax and the slope are already repaired, so that in the gradient of this squared error only the Jacobian can be wrong. The check compares all 1,280 entries of the gradient for $W_2$.

# %%
x = data.scale(mnist.train_images[:20])
y = data.one_hot(mnist.train_labels[:20])
start = recipe.initial_weights(np.random.RandomState(1))
start = original.Weights(20 * start.W1, 20 * start.W2)  # larger, so that the probabilities differ


def squared_error_of_W2(W2):
    return functions.squared_error(functions.softmax(recipe.logits(start._replace(W2=W2), x)), y)


def gradient_is_right(**repairs):
    rows = original.Recipe(softmax="over the classes", slope="stable", **repairs)
    _, slopes = rows.gradients(start, x, y)
    return check_gradient(squared_error_of_W2, start.W2, slopes.dW2, name="W2")


verdict(4, "does a gradient check pass?", gradient_is_right(), gradient_is_right(jacobian="whole"))
print("\noriginal:", gradient_is_right())
print("repaired:", gradient_is_right(jacobian="whole"))

# %% [markdown]
# (At its worst entry even the sign is wrong. The relative error is the length of the whole difference, over that of the longer gradient.)

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
    return original.class_number_difference(recipe.logits(start._replace(W2=W2), x), y)


def cross_entropy_of(w):
    W2 = start.W2.copy()
    W2[3, 4] = w[0]
    return functions.cross_entropy(recipe.logits(start._replace(W2=W2), x), y)


w = [start.W2[3, 4]]
verdict(
    6,
    "does the recorded loss respond to a nudge?",
    central_difference(class_difference_of, w)[0] != 0,
    central_difference(cross_entropy_of, w)[0] != 0,
)
print("\n  calling a 0 a 1 costs", (0 - 1) ** 2, "and calling it a 9 costs", (0 - 9) ** 2)

# %% [markdown]
# The seventh. The original drew its batches with replacement, so even as many draws as there are images do not visit them all; and it called a single batch an epoch. The repair is the shuffled epoch of lesson 04.

# %%
draws = np.random.RandomState(42).randint(0, 50_000, 391 * 128)
one_epoch = np.random.default_rng(seed=1).permutation(50_000)
print(
    f"391 batches, drawn with replacement, visit {100 * len(np.unique(draws)) / 50_000:.1f} % of the images\n"
)
verdict(
    7,
    "does an epoch visit every image?",
    len(np.unique(draws[:128])) == 50_000,
    len(np.unique(one_epoch)) == 50_000,
)

# %% [markdown]
# The eighth. $e^{1000}$ is too large for a float, so the original's slope there is $\infty / \infty$.

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
# The last: how widely are the sums that enter the hidden units spread, at the start? Beyond plus and minus 3, where lesson 04 calls a unit saturated, a sigmoid is nearly flat; so three standard deviations should stay within, and one is then at most about 1. Same weights, both ways:

# %%
first_weights = recipe.initial_weights(np.random.RandomState(42))
spread_raw = (x_test_raw[:1000] @ first_weights.W1).std()
spread_scaled = (x_test_raw[:1000] / 255 @ first_weights.W1).std()
print(
    f"standard deviation of the pre-activations: raw {spread_raw:.3f}, scaled {spread_scaled:.3f}\n"
)
verdict(9, "are the hidden units awake at the start?", spread_raw <= 1, spread_scaled <= 1)

# %% [markdown]
# (At so small a spread no unit is saturated, but all respond nearly alike; this check looks for saturation only.) Nine small checks. Most of them could have been run before the first step.
#
# ## The ladder
#
# Now repair it, **one change at a time**, and retrain after each with 10,000 steps. Faults 1, 2, 6, 7 and 8 stay in place for now. (1 and 8 decide whether it can break, 2 whether it can be repeated, 6 what is plotted, 7 what a step is called, and that some images are dealt more often than others.) The
# other repairs, and three choices of lessons 03 and 04, make the ladder. It is a list, and a rung is the recipe before it with one value replaced:

# %%
for name, repair in original.LADDER:
    print(f"{name:24} {repair}")

# %% [markdown]
# Predict before you run it. Which repair brings most? Does any make it worse?
#
# Seven runs of 10,000 steps: a minute or two.

# %%
results = [("the original", accuracy_original)]
trained = {}
for name, rung in tqdm(original.rungs()[1:], leave=False):
    trained[name], _ = original.run(rung, train_set)
    results.append((name, evaluate(rung, trained[name], test_set).accuracy))

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
nearest_share = 100 * (nearest == labels).mean()
axis.axvline(nearest_share, color="black", linestyle="--", linewidth=1)
axis.text(nearest_share - 2, names.index("pixels / 255"), "nearest mean", ha="right", va="center")
axis.set(
    title="One repair hurts until the rate follows: pixels / 255",
    xlabel="test images right, %",
    yticks=range(len(names)),
    xlim=(0, 112),
)
axis.set_yticklabels(["the original", *(f"+ {name}" for name in names[1:])])
axis.invert_yaxis()
plt.show()

# %% [markdown]
# Are the differences real? Each number is one run, with its standard error printed beside it. The difference of two has a larger error, the root of the sum of both squares, and to be believed it should be well over twice that. (This treats the runs as independent. They share the test images, which makes it too wide; and it
# leaves out the luck of the seed, which makes it too narrow.)

# %%
for (name, accuracy), (_, before) in zip(results[1:], results):
    both = 100 * np.sqrt(sum(a * (1 - a) for a in (accuracy, before)) / len(labels))
    print(
        f"{name:24} {100 * (accuracy - before):+6.2f} points, twice the error of the difference {2 * both:.2f}"
    )

# %% [markdown]
# Read it from the top.
#
# - **The softmax over the classes** brings nine points: each image now has an answer of its own. Only the learning rate's climb, further down, is larger, and that mostly undoes the fall just before it.
# - **The whole Jacobian**, then **cross-entropy**: less than a point each. By the rule above the Jacobian's gain does not count, and cross-entropy's is on the edge.
# - **Pixels / 255** is right, and falls to 25.53 %. You met the reason in lesson 04: the pixels are in the gradient for $W_1$, and again in what a step does to $Z_1$, while the rate stayed where it was. Judged by this one experiment, scaling would have been thrown out. It was not wrong; it was *not finished*.
# - **A learning rate of 0.5** finishes it.
# - **Glorot's weights** hardly move the end result: with sensible inputs this network finds its way from either start. **Momentum** seems to gain a little; by the same rule, one run cannot prove it. Nor is this rung quite one change: at the same rate, momentum 0.9 also makes steps up to ten times as long (lesson 04).

# %% [markdown]
# Each number says what a repair does *there*, with all the others above it in place. In another order it may be another: `original.rungs(ladder=...)` takes a list of your own.
#
# ### Exercise 5.3: the rate that belongs to the pixels (stretch, 6 minutes)
#
# Divide the pixels by 255 and multiply the starting weights $W_1$ by 255: every sum $Z_1$ is as before. With which learning rate for $W_1$ does training then go on *exactly* as before? Work it out with a pencil, from the gradient and from how far the weights must move.


# %%
def my_rate_for_scaled(rate):
    """Learning rate of W1 for scaled pixels that trains exactly as `rate` did for raw ones."""
    ...


exercises.check(my_rate_for_scaled)

# %%
exercises.folded(my_rate_for_scaled)

# %% [markdown]
# Try it: ten steps with raw pixels, and ten with scaled ones, $255\, W_1$ and three rates for it.

# %%
mended = original.Recipe(softmax="over the classes", loss="cross-entropy", slope="stable")
ten_batches = recipe.prepare(mnist.train_images[:1280])
targets = data.one_hot(mnist.train_labels[:1280])


def sums_after_ten_steps(images, W1, rate):
    W2 = first_weights.W2
    for first in range(0, 1280, 128):
        rows = slice(first, first + 128)
        _, slopes = mended.gradients(original.Weights(W1, W2), images[rows], targets[rows])
        W1, W2 = W1 - rate * slopes.dW1, W2 - 0.001 * slopes.dW2
    return images @ W1


as_before = sums_after_ten_steps(ten_batches, first_weights.W1, 0.001)
for factor in (1, 255, 255**2):
    now = sums_after_ten_steps(ten_batches / 255, 255 * first_weights.W1, 0.001 * factor)
    print(f"rate times {factor:5}: largest difference in Z1 {np.abs(now - as_before).max():.6f}")

# %% [markdown]
# (The ladder's rate of 0.5 is another matter: it starts from small weights, and serves both layers.)

# %% [markdown]
# One last time, the question that started it all. Ask the repaired network its three ways:

# %%
z_final = recipe.logits(trained["momentum 0.9"], data.scale(mnist.test_images))
whole = functions.softmax(z_final).argmax(axis=1)
singly = np.array([functions.softmax(z_final[i : i + 1]).argmax() for i in range(len(z_final))])
for name, answers in [
    ("all at once", whole),
    ("row by row", z_final.argmax(axis=1)),
    ("one at a time", singly),
]:
    print(f"{name:13}: {100 * (answers == labels).mean():5.2f} % right")

# %% [markdown]
# Five faults are still in that recipe. Before you use it for anything, set `split`, `slope`, `recorded` and `unit` right as well, deal shuffled epochs, and check what you download.
#
# ## What to take away
#
# Everything ran; the curve went up; the number at the end was far above chance. Four habits were missing:
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
# - Each fault has a small check; a check is worth something if it fails on the fault and passes on the repair.
# - Repairs interact: scaling the pixels looked like a regression until the learning rate was retuned.
#
# ## Questions to ask yourself
#
# 1. Why did the original's validation accuracy not reveal the fault in its softmax?
#
#    <details><summary>Answer</summary>
#
#    It was asked in the same way, 10,000 mixed images at once, so it borrowed the same bias. A check that shares the fault cannot see it.
#
#    </details>
#
# 2. Nine faults, and it still learnt. Which of them could, alone, have stopped it from learning anything, and when?
#
#    <details><summary>Answer</summary>
#
#    The overflowing slope, as soon as one sum is far enough below zero: the first `nan` spreads to every weight. So could the one maximum of the softmax, once all logits of a class lie so far below it that the class's column is $0 / 0$. And a cached error page, at once.
#
#    </details>
#
# 3. The test accuracy of each rung was looked at. Which rule of lesson 04 was broken, and how would you do it properly?
#
#    <details><summary>Answer</summary>
#
#    Test once. A ladder belongs on the validation images; only its last rung may be asked about the test images. (We wanted to stand beside the number that the original reported.)
#
#    </details>
#
# 4. Swap two rungs: what could happen if the learning rate were raised to 0.5 *before* the pixels are scaled?
#
#    <details><summary>Answer</summary>
#
#    Steps are then enormous, sums fly far out, the slope overflows, and the weights become `nan`. A rate that suits scaled pixels wakes a fault that had cost nothing so far.
#
#    </details>
#
# 5. Which of the nine checks could run by itself, every time the code is changed?
#
#    <details><summary>Answer</summary>
#
#    All of them; none takes longer than a second or needs a person. That is what a test suite is.
#
#    </details>
#
# ## Next
#
# You have built a network, checked each of its gradients, and taken another one apart. Go back to a lesson whose questions you could not answer, or turn to
# the library itself: `mnistlib` is short, and nearly every formula in it is one that you have derived or measured.
