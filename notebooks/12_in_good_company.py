# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 In good company
#
# In lessons 00 and 06 a network's answer depended on the other images in the batch, and that was a fault. **When *should* an answer depend on its company?** Here is a question that can't be answered without looking around. You will build a network that looks, and then find out whether it really does.
#
# **You will** derive how a network chooses where to look, and how blame finds its way back. You will train one on cards of nine handwritten digits, and write a check that tells it from three that only pretend to look.
#
# **You will be able to**
#
# - say what a query, a key, a value and an attention weight are, and compute all four;
# - carry a gradient back through a weighted mean and through a dot product;
# - explain why scores are divided by $\sqrt d$;
# - tell a network that attends from one that merely learns.
#
# **You need** lessons [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb) and [04](04_training_curves.ipynb). ReLU units come from [07](07_deeper.ipynb), and one check uses the tape of [11](11_let_the_machine_differentiate.ipynb).
#
# **Time** 50 minutes to read, 37 more for the exercises; it runs for about 25 s and takes 600 MB

# %% [markdown]
# ## Before you start
#
# 1. In [lesson 06](06_autopsy.ipynb) one 2 was called a 0, a 2, a 3 and a 6, although the weights never changed. Along which axis did that notebook's softmax run, and what should have been the same for every batch?
#
#    <details><summary>Answer</summary>
#
#    It ran down the batch instead of along the classes, so the images shared out each class among themselves. An image's answer should have been the same whoever else was in the batch.
#
#    </details>
#
# 2. In [lesson 02](02_sigmoid_softmax.ipynb) blame comes back to a softmax: each probability $p_k$ gets $dp_k$. What is the blame of the score $z_k$?
#
#    <details><summary>Answer</summary>
#
#    $dz_k = p_k \, (dp_k - \sum_l p_l \, dp_l)$: its own blame, less the average blame, times its probability.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pictures, studies
from mnistlib import attention, autodiff, data, deep, functions, plotting
from mnistlib.attention import Attention, deal_cards
from mnistlib.gradcheck import check_gradient
from mnistlib.training import linear_decay, minibatches, train

plotting.use_style()
mnist = data.load()
train_digits, validation_digits = data.split(*mnist[:2], rng=np.random.default_rng(seed=4))
test_digits = mnist[2:]
del mnist  # the split holds copies, and the cards will need the room

# %% [markdown]
# ## The cards
#
# A **card** holds four pairs of handwritten digits, each a **key** and, beside it, a **value**. The keys are four different digits. The values are any digits, and may repeat. To the left stands the image we ask about: one of the keys *in another hand*. The question is always the same: **which digit stands beside that key?**


# %% mystnb={"image": {"alt": "Three cards. At the left of each stands one handwritten digit, and beside it, one below the other, four pairs of digits in two columns headed key and value. In each card exactly one of the four keys shows the same digit as the single one at the left, in another handwriting."}} tags=["home", "hide-input"]
def draw_card(axis, images, title, weights=None):
    """Draw one card: the image asked about, and its pairs; lines as thick as the weights."""
    pairs = len(images) // 2
    middle = (pairs - 1) / 2

    def put(image, x, y):
        extent = (x, x + 0.92, y + 0.92, y)
        axis.imshow(image, cmap="gray_r", extent=extent, interpolation="nearest")
        axis.add_patch(plt.Rectangle((x, y), 0.92, 0.92, fill=False, ec="0.6"))

    put(images[0], 0, middle)
    for i in range(pairs):
        put(images[1 + 2 * i], 2, i)
        put(images[2 + 2 * i], 3, i)
        if weights is not None:
            style = {"lw": 0.3 + 7 * weights[i], "color": plotting.COLOURS[0]}
            axis.plot([0.97, 1.95], [middle + 0.46, i + 0.46], solid_capstyle="round", **style)
    axis.text(0, middle - 0.15, "asked", fontsize=12)
    axis.text(2, -0.15, "key", fontsize=12)
    axis.text(3, -0.15, "value", fontsize=12)
    axis.set(xlim=(-0.1, 4.2), ylim=(pairs + 0.1, -0.6), aspect="equal")
    axis.set_title(title, fontsize=12)
    axis.axis("off")


three = deal_cards(*train_digits, 3, rng=np.random.default_rng(seed=1))
figure, axes = plt.subplots(1, 3, figsize=(6.5, 2.7))
for i, axis in enumerate(axes):
    draw_card(axis, three.images[i], f"card {i}")
plt.show()

# %% [markdown]
# Answer the three yourself, and compare:

# %%
print("cards:", three.images.shape, three.images.dtype)
for i in range(3):
    asked, *pairs = three.digits[i].tolist()
    shown = ", ".join(f"{key} has {value}" for key, value in zip(pairs[::2], pairs[1::2]))
    print(f"card {i}: {shown}; beside the {asked}: {three.labels[i]}")

# %% [markdown]
# A 3 may stand beside a 7 on this card, and beside a 0 on the next. So the asked image alone tells you nothing about the answer, and neither do the values. The network has to find out *whom to ask*. It will learn from cards dealt from the training digits, and be asked about cards dealt from digits it has never seen.
#
# ## The rival that cannot look
#
# First, how far can you get without looking? Our rival reads all four values perfectly. But it never compares the asked image with the keys, so it can't tell which value is wanted.
#
# **Predict.** What percentage of the cards can the rival answer correctly, at best? It isn't 10, and it isn't 25.

# %%
guesses.ask("% right without looking", None)

# %% [markdown]
# The rival's best answer is the value that occurs most often on the card. If that digit occurs $r$ times among the four, it is the right one with probability $r/4$. Four values make $10^4$ equally likely lists, few enough to try them all.

# %%
lists = np.indices((10, 10, 10, 10)).reshape(4, -1).T
most = np.array([np.bincount(values).max() for values in lists])
for r in [1, 2, 3, 4]:
    print(f"the commonest value occurs {r} times: {(most == r).sum():5} lists")
bound = 100 * (most / 4).mean()
print(f"right at best: {bound:.2f} %")
guesses.compare("% right without looking", f"{bound:.2f}")

# %% [markdown]
# **Whoever gets much more than this must have looked.**
#
# <details><summary>The same with a pencil</summary>
#
# All four different: $10 \cdot 9 \cdot 8 \cdot 7$ lists. Three the same: $4$ places for the odd one out, times $10 \cdot 9$. All four the same: $10$. The others have a digit that occurs twice. Weigh the counts with $1, 3, 4$ and $2$, divide by $10^4$ and by 4.
#
# </details>
#
# ## One look
#
# How do you compare two images? Not pixel by pixel, since two handwritten 3s may share hardly any ink. So let a layer first turn each image into features: 64 ReLU units, with the same weights for all nine images. A matrix $W_q$ turns the asked image's features into a **query** $q$, and a matrix $W_k$ turns each key image's features into a **key** $k_i$. Both have the length $d = 16$, and their dot product says how alike they are. It makes the pair's **score**:
#
# $$s_i = c \, (q \cdot k_i) .$$
#
# Here $c$ is a fixed number; a later section says which. Now four scores must become four shares, none below 0, that add up to 1. You know what does that:
#
# $$w = \mathrm{softmax}(s), \qquad m = \sum_i w_i \, v_i .$$
#
# The shares $w_i$ are the **attention weights**. A third matrix, $W_v$, turns each value image's features into a **value** $v_i$ with ten entries, one for each digit. The answer is the values' weighted mean $m$, plus a bias $b_2$, taken as ten logits.
#
# > A softmax over the company was the original's fault. Here it is the point: **the company is asked on purpose, and those whose keys fit are heard.**
#
# In this lesson $i$ numbers the pairs, and $k$ is a key, as everywhere in the field. For $n$ cards with the same number of pairs each:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $q$, a query | `q` | (n, d) | queries, one for each card |
# | $k_i$ | `k` | (n, pairs, d) | keys, one for each pair |
# | $v_i$ | `v` | (n, pairs, 10) | values, one for each pair |
# | $s_i$ | `s` | (n, pairs) | scores, a query's dot product with each key, times $c$ |
# | $w_i$ | `w` | (n, pairs) | attention weights; each row sums to 1 |
# | $m$, a mean | `m` | (n, 10) | the values' weighted mean |
#
# ### Exercise 12.1: weights from queries and keys (warm-up, 6 minutes)
#
# Pencil first: one card with two pairs, $q = (\log 3, 0)$, $k_1 = (1, 0)$, $k_2 = (0, 1)$ and $c = 1$. What are the two weights? And with $v_1 = (4, 0)$ and $v_2 = (0, 8)$, what is $m$?
#
# <details><summary>The numbers on paper</summary>
#
# The scores are $\log 3$ and $0$, their exponentials 3 and 1, so the weights are $\frac34$ and $\frac14$. The mean is $\frac34 (4, 0) + \frac14 (0, 8) = (3, 2)$.
#
# </details>
#
# In code, `q[:, None]` has the shape (n, 1, d), and so meets all the keys of its own card.


# %%
def my_attention_weights(q, k, scale):
    """Return the attention weights (n, pairs) of queries (n, d) and keys (n, pairs, d).

    scale is the number c. You may use np.exp; the softmax must not overflow.
    """
    ...


exercises.check(my_attention_weights)

# %%
exercises.folded(my_attention_weights)

# %% [markdown]
# In the library, the look is these two lines; `w[:, :, None]` lets each weight multiply all ten entries of its value.
#
# ```python
# w = functions.softmax(scale * (q[:, None] * k).sum(axis=2))
# m = (w[:, :, None] * v).sum(axis=1)
# ```
#
# ## Backwards
#
# Blame arrives at the mean as $dm$. The bias only adds, so $dm$ is the blame of the logits: probabilities less targets, over $n$, as ever. Whom does it go to? Nudge an entry of $v_i$ by $h$, and that entry of $m = \sum_i w_i v_i$ moves by $w_i h$. Nudge $w_i$ by $h$, and all of $m$ moves by $h v_i$, which changes the loss by $h \, (dm \cdot v_i)$. So
#
# $$dv_i = w_i \, dm, \qquad dw_i = dm \cdot v_i .$$
#
# Read the first as a sentence: **whoever was listened to gets the blame**, in proportion.
#
# ### Exercise 12.2: back through the weighted mean (core, 8 minutes)
#
# Pencil first, on the same card: $w = (\frac34, \frac14)$, $v_1 = (4, 0)$, $v_2 = (0, 8)$ and $dm = (1, -1)$. What are $dw$, $dv_1$ and $dv_2$?
#
# <details><summary>The numbers on paper</summary>
#
# $dw = (4, -8)$, $dv_1 = (\frac34, -\frac34)$, $dv_2 = (\frac14, -\frac14)$.
#
# </details>


# %%
def my_weighted_mean_backward(dm, w, v):
    """Return dw (n, pairs) and dv (n, pairs, classes) for m, the mean of v weighted by w."""
    ...


exercises.check(my_weighted_mean_backward)

# %%
exercises.folded(my_weighted_mean_backward)

# %% [markdown]
# Lesson 02's way back through a softmax, `softmax_backward(w, dw)`, leads from $dw$ to the scores: a weight's blame, less the average blame $\sum_l w_l \, dw_l$, times the weight. On the paper card the average is $\frac34 \cdot 4 + \frac14 \cdot (-8) = 1$, so $ds = \big(\frac34 (4 - 1), \frac14 (-8 - 1)\big) = (\frac94, -\frac94)$. The first score should fall and the second rise: what one pair gains in attention, the others lose.
#
# That leaves the scores, $s_i = c \, (q \cdot k_i)$. The query has met *every* key, and each key has met one query. What does that say about their blames?
#
# ### Exercise 12.3: back through the scores (core, 8 minutes)
#
# Nudge an entry of $k_i$ by $h$: which score moves, and how far? Then nudge one of $q$. Pencil next, still on that card: $ds = (\frac94, -\frac94)$, $c = 1$, $q = (\log 3, 0)$, $k_1 = (1, 0)$, $k_2 = (0, 1)$. What are $dq$ and $dk_1$?
#
# <details><summary>The numbers on paper</summary>
#
# $dq = \frac94 (1, 0) - \frac94 (0, 1) = (\frac94, -\frac94)$ and $dk_1 = \frac94 (\log 3, 0)$.
#
# </details>


# %%
def my_scores_backward(ds, q, k, scale):
    """Return dq (n, d) and dk (n, pairs, d) for the scores s_i = scale * (q . k_i)."""
    ...


exercises.check(my_scores_backward)

# %%
exercises.folded(my_scores_backward)

# %% [markdown]
# A key hands back what it met, the query, times the blame of its one score. In the query the blames of all its scores add up:
#
# $$dk_i = c \; ds_i \, q, \qquad dq = c \sum_i ds_i \, k_i .$$
#
# ### The whole network
#
# Below the look there is nothing new: a layer makes the features, and three matrices make queries, keys and values from them, all with lesson 03's $dW = A^T dZ$. All nine images share $W_1$, so its gradient collects from all nine. `mnistlib.attention` has it in full; you know every line. Is it right? First nudge all parameters at once, along a random direction of length 1:

# %%
model = Attention()
rng = np.random.default_rng(seed=1)
start = attention.initialise(rng)
some = deal_cards(*train_digits, 20, rng=rng)
x, y = model.prepare(some.images), data.one_hot(some.labels)
loss, grads = model.gradients(start, x, y)

steps = [rng.normal(size=array.shape) for array in start]
length = np.sqrt(sum((step**2).sum() for step in steps))
steps = [step / length for step in steps]
along = sum((grad * step).sum() for grad, step in zip(grads, steps))


def loss_at(t):
    moved = attention.Parameters(*(array + t * step for array, step in zip(start, steps)))
    return model.gradients(moved, x, y)[0]


print(f"{sum(array.size for array in start):,} parameters")
print(check_gradient(loss_at, np.array(0.0), along, name="slope", tolerance=1e-6))

# %% [markdown]
# <details><summary>Why a direction of length 1?</summary>
#
# A step of $10^{-5}$ along an unscaled random direction would move all of some fifty thousand parameters by about $10^{-5}$ each, and the ReLU units' sums by far more than that. Some would cross their kink, where there is no derivative to agree with (lesson 07). A direction of length 1 shares one small step among all parameters.
#
# </details>
#
# Then ask lesson 11's tape, which gets the forward pass alone. Attention needs no new operation there: a dot product is a product and a sum, and the softmax is exp, sum and a quotient.


# %%
def look(parameters, x):
    W1, b1, Wq, Wk, Wv, b2 = parameters
    n, images, pixels = x.shape
    pairs = images // 2
    a = (x.reshape(-1, pixels) @ W1 + b1).relu().reshape(n, images, 64)
    q = (a[:, 0] @ Wq).reshape(n, 1, 16)
    k = (a[:, 1::2].reshape(n * pairs, 64) @ Wk).reshape(n, pairs, 16)
    v = (a[:, 2::2].reshape(n * pairs, 64) @ Wv).reshape(n, pairs, 10)
    e = ((q * k).sum(axis=2) * 16**-0.5).exp()
    w = e / e.sum(axis=1)
    return (w * v).sum(axis=1).reshape(n, 10) + b2


tape = autodiff.TapeModel(look, model.prepare)
_, taped = tape.gradients(start, x, y)
apart = [np.abs(dW - by_tape).max() / np.abs(by_tape).max() for dW, by_tape in zip(grads, taped)]
print("all six agree with the tape, to 1e-12:", max(apart) < 1e-12)

# %% [markdown]
# ## Why one over the root of d?
#
# What is the number $c$? Lesson 07 asked how large a sum of many terms comes out. Let the entries of $q$ and $k$ be independent, with mean 0 and variance 1. Each product $q_j k_j$ then has variance 1, and variances of independent terms add:
#
# $$\mathrm{Var}(q \cdot k) = d, \qquad \mathrm{Var}\Big(\frac{q \cdot k}{\sqrt d}\Big) = 1 .$$
#
# So without a factor, longer queries make larger scores, just because they are longer. What does a softmax do with large scores?
#
# **Predict.** Random queries and keys, $d = 256$, four pairs, $c = 1$. How large is the largest of the four weights, on average? (If all were alike, it would be 0.25.)

# %%
guesses.ask("largest weight at d = 256", None)

# %%
rng = np.random.default_rng(seed=2)
print("          spread of   largest  mean of")
print("   d    c     scores    weight  w (1 - w)")
for d in [4, 16, 256]:
    q, k = rng.normal(size=(1000, d)), rng.normal(size=(1000, 4, d))
    for c in [1, d**-0.5]:
        s = c * (q[:, None] * k).sum(axis=2)
        w = functions.softmax(s)
        largest = w.max(axis=1).mean()
        print(f"{d:4} {c:6.4g} {s.std():8.2f} {largest:9.2f} {(w * (1 - w)).mean():9.3f}")
        if d == 256 and c == 1:
            answer = f"{largest:.2f}"
guesses.compare("largest weight at d = 256", answer)

# %% [markdown]
# Without the factor, the softmax of long random vectors puts nearly everything on one pair before it has learnt anything. And it is stuck there: the last column is the softmax's slope, and where $w(1 - w)$ is close to 0, hardly any blame gets back to the scores. You know that as saturation. With $c = 1/\sqrt d$ nothing changes with $d$, which is why the famous formula of [Vaswani and others 2017](https://arxiv.org/abs/1706.03762) has it.
#
# Does it matter for us? Training can repair a lot, so ask a study (`studies/looking.py`): three seeds each, and the percentage of validation cards answered right.

# %% tags=["hide-input"]
study = studies.read("looking")
usual = study["rows"][0]["settings"]


def runs(**changed):
    """Results of all seeds whose settings are the usual ones but for these."""
    wanted = usual | changed
    return [
        row["results"]
        for row in study["rows"]
        if row["settings"] | {"seed": 0} == wanted | {"seed": 0}
    ]


def summary(results, name="accuracy"):
    """Lowest, mean and highest over the seeds, in percent."""
    values = [100 * one[name] for one in results if not one["diverged"]]
    if not values:
        return "     diverged"
    return f"{np.min(values):5.1f} {np.mean(values):5.1f} {np.max(values):5.1f}"


print("  d      c   rate   lowest  mean  highest")
for d in [16, 64]:
    for scale, rate in [(None, 0.05), (1.0, 0.05), (1.0, 0.02)]:
        c = d**-0.5 if scale is None else scale
        print(f"{d:3} {c:6} {rate:6}   {summary(runs(d=d, scale=scale, rate=rate)[:3])}")
print("untrained, c = 1:")
for d in [16, 64]:
    fresh = attention.initialise(np.random.default_rng(seed=0), d=d)
    w = Attention(scale=1.0).forward(fresh, x).w  # the 20 cards from above
    print(f"d = {d}: largest weight {w.max(axis=1).mean():.2f}")

# %% [markdown]
# Without the factor, training thrashes at the rate that suits scaled scores. At $d = 16$ a lower rate repairs that almost entirely; at $d = 64$ it is not low enough. So attention can do without the factor, but with it, one rate does for both.
#
# <details><summary>Is saturation at the start to blame?</summary>
#
# Not here: before training, our network shares its attention out at either $d$. What grows is the size of the steps. The factor $c$ enters twice: into the blame that $q$ gets, and into the score that $q$ then makes. So without it, the same $ds$ and the same rate move the scores $d$ times as far.
#
# </details>
#
# ## Train it
#
# A card is just one more kind of image, so the `train` of every network since lesson 04 will do.
#
# **Predict.** After eight passes over 24,000 cards, what percentage of *new* cards, with digits that it has never seen, will it answer correctly?

# %%
guesses.ask("% of new cards answered right", None)

# %%
rng = np.random.default_rng(seed=0)
cards = deal_cards(*train_digits, 24_000, rng=rng)
start = attention.initialise(rng)
batches = minibatches(len(cards.labels), 64, rng=rng, epochs=8)
validation_cards = deal_cards(*validation_digits, 1_000, rng=np.random.default_rng(seed=3))
trained, history = train(
    model,
    start,
    cards[:2],  # images and labels
    batches,
    learning_rate=linear_decay(0.02, len(batches)),
    momentum=0.9,
    monitor={"validation": validation_cards[:2]},
    every=600,
)
print("steps   validation cards right")
for step, share in zip(history.steps, history.accuracy("validation")):
    print(f"{step:5}   {100 * share:6.1f} %")

# %% tags=["hide-input"]
test_cards = deal_cards(*test_digits, 2_000, rng=np.random.default_rng(seed=4))


def ask(cards, model=model, parameters=trained):
    """Percentage of cards answered right, and of cards on which the right pair weighs most."""
    right = looks = 0
    for part in range(0, len(cards.labels), 500):
        some = slice(part, part + 500)
        state = model.forward(parameters, model.prepare(cards.images[some]))
        right += (state.z.argmax(axis=1) == cards.labels[some]).sum()
        looks += (state.w.argmax(axis=1) == cards.right[some]).sum()
    return 100 * right / len(cards.labels), 100 * looks / len(cards.labels)


right, looks = ask(test_cards)
print(f"of {len(test_cards.labels):,} test cards {right:.1f} % are right;")
print(f"it looks most at the right pair on {looks:.1f} %")
guesses.compare("% of new cards answered right", f"{right:.1f}")

# %% [markdown]
# More than nine in ten, where looking nowhere gives less than four. And nobody ever told it *which pair to look at*: comparing the asked image with the keys lowered the loss.
#
# Here are three cards, and three mistakes. The thicker the line, the larger the attention weight. In each mistake, did it look at the wrong pair, or misread the value?

# %% mystnb={"image": {"alt": "Six cards in two rows, with lines from the asked digit to the four keys, as thick as the attention weights. In the first row one line of each card is thick, and leads to the key with the same digit; the answers are right. In the second row the answers are wrong. In the first of these the thick line leads to the right key, an 8, and the 6 beside it is called a 0. In the other two the thickest line leads to a wrong key, a 9 for a 4 and a 5 for a 3, and a thinner one to the right key."}} tags=["hide-input"]
state = model.forward(trained, model.prepare(validation_cards.images))
answers = state.z.argmax(axis=1)
is_right = answers == validation_cards.labels
looks_right = state.w.argmax(axis=1) == validation_cards.right
fine = np.flatnonzero(is_right)
wrong = np.flatnonzero(~is_right)
lost = np.flatnonzero(~is_right & ~looks_right)
misread = np.flatnonzero(~is_right & looks_right)
figure, axes = plt.subplots(2, 3, figsize=(6.5, 5.9))
for axis, i in zip(axes.flat, [*fine[:3], misread[0], *lost[:2]]):
    label = validation_cards.labels[i]
    title = f"says {answers[i]}" + (" ✓" if answers[i] == label else f", it is {label}")
    draw_card(axis, validation_cards.images[i], title, state.w[i])
figure.suptitle("Whom it looks at: right answers above, wrong ones below", fontsize=13)
plt.show()
print(f"{len(wrong)} mistakes on 1,000 validation cards:")
print(f"{len(lost)} looked most at a wrong pair, {len(misread)} at the right one")

# %% [markdown]
# Both kinds of mistake happen, and there are too few to say which is commoner. Where it looked at the wrong pair here, a thinner line still leads to the right key.
#
# Now play with it. Swap pairs, change a value, ask about another digit, draw the asked digit yourself. Then move the slider, which multiplies the scores. What do the lines do at 0.1, and at 0?

# %% mystnb={"image": {"alt": "A still of the picture to touch: a card with an asked digit at the left and four pairs at the right, lines from the asked digit to the four keys, as thick as their attention weights, and ten bars, of which that of the right value is the longest."}}
pictures.attend(trained)

# %% [markdown]
# ### Are you sure?
#
# One run is one run. The study trained ten seeds, and other settings with three seeds each. All but the second line are percentages of validation cards:

# %% tags=["hide-input"]
ten = runs()
tests = [one["test"] | {"diverged": False} for one in ten]
print("                         lowest  mean  highest")
print("ten seeds                ", summary(ten))
print("   on test cards         ", summary(tests))
print("   looks right           ", summary(ten, "looks"))
for rate in [0.01, 0.02, 0.1, 0.2]:
    print(f"rate {rate:4}                ", summary(runs(rate=rate)))
for rate in [0.02, 0.05]:
    print(f"rate {rate:4}, not centred   ", summary(runs(rate=rate, centred=False)))
for d in [2, 4, 8, 32, 64]:
    print(f"d = {d:2}                   ", summary(runs(d=d)))
print("d =  4, rate 0.02        ", summary(runs(d=4, rate=0.02)))
for pairs in [2, 3, 6, 8]:
    print(f"trained on {pairs} pairs       ", summary(runs(pairs=pairs)))

# %% [markdown]
# All ten seeds learn, and differ by little more than a point. At twice the study's rate of 0.05 they thrash.
#
# <details><summary>What else do the rows say?</summary>
#
# `prepare` subtracts the mean training pixel, since we thought that centred pixels would help. At a given rate they are no better: we were wrong. And $d = 4$ falls behind $d = 2$ at the usual rate, but passes it at a lower one: a fair comparison gives each its own rate (lesson 06).
#
# </details>
#
# Why then 0.02 in the lesson? Nudge $b_2$ by $10^{-15}$, as little as computers may differ by, and train for one pass with and without:

# %% tags=["hide-input"]
nudged = start._replace(b2=start.b2 + 1e-15)
for rate in [0.02, 0.05]:
    falling = linear_decay(rate, len(batches))
    ends = [
        train(model, one, cards[:2], batches[:375], learning_rate=falling, momentum=0.9)[0]
        for one in [start, nudged]
    ]
    gap = max(np.abs(one - other).max() for one, other in zip(*ends))
    print(f"rate {rate}: the gap has grown more than a thousandfold: {gap > 1e-12}")

# %% [markdown]
# At 0.05 your computer might soon have a different network from ours.
#
# Test cards came out better ten times out of ten. But all ten networks saw the *same* cards, so that is one observation (lesson 05).
#
# ## Does it look?
#
# Would a falling loss have shown that the network attends? Here is the control: the same network with its scores multiplied by 0, so that it looks at all four equally. It is a row of the study:

# %%
del cards  # to make room: the study deals its own
settings, stored, here = studies.again("looking")
print(f"scores times {settings['scale']:g}, {settings['epochs']} epoch:")
print(f"loss at the end {here['loss']:.3f}; of ten equal guesses {np.log(10):.3f}")
print(f"{100 * here['accuracy']:.1f} % right; the study has {100 * stored['accuracy']:.1f} %")
print("after 8 epochs, three seeds:", summary(runs(scale=0.0)), "%")
print(f"the best that is possible without looking: {bound:.2f} %")

# %% [markdown]
# Its loss falls, too! It learns to read values and average them, and comes close to the rival. So here the *accuracy* tells the two apart, because we know what is possible without looking. **That is a property of the task.** Take another task, often used to show off attention: turn a word round, from *abcdef* to *fedcba*. The next cell has a table of 36 scores by *place*, and no letter ever enters them.

# %%
rng = np.random.default_rng(seed=5)
letters = np.eye(26)[rng.integers(26, size=(2000, 6))]  # 2,000 words of six letters
reversed_letters = letters[:, ::-1]
table = np.zeros((6, 6))
for _ in range(300):
    w = functions.softmax(table)  # the same weights for every word
    m = w @ letters  # at each place, a mean of the six letters
    # The loss is -log of the right letter's share, so its slope is -1 / share.
    dm = -reversed_letters / (m + 1e-12) / len(letters)
    dw = (dm @ letters.transpose(0, 2, 1)).sum(axis=0)
    table -= functions.softmax_backward(w, dw)
right = (m.argmax(axis=2) == reversed_letters.argmax(axis=2)).mean()
print(f"letters right: {100 * right:.1f} %")

# %% [markdown]
# Perfect, without ever looking at a word. Reversing needs to know *where*, never *what*, so it proves nothing about looking. It is an easy trap: the tests of [TinyTorch 2026](https://github.com/harvard-edge/cs249r_book/blob/main/tinytorch/milestones/05_2017_transformer/transformer_gates.py) once accepted a transformer whose attention returned zeros, as its authors found in an audit.
#
# ### Exercise 12.4: a check that it looks (core, 15 minutes)
#
# You get a function `answer`, which turns cards `x` of shape (n, images, pixels) into logits (n, 10), and some cards. Place 0 of a card is the asked image, then come key, value, key, value, and so on. You can't see inside `answer`, but you can ask it about changed cards:
#
# - *Places don't matter.* Move a pair elsewhere on the card: the answers must stay the same, up to float64's rounding (`np.allclose`).
# - *The question matters.* Ask about the first key's image, then about the second's: the answers must differ.
# - *The company matters.* What can you swap?
#
# Accept a network that looks. Refuse three impostors: scores of 0, scores by place, and one that always looks at the first pair.


# %%
def my_looks(answer, x):
    """Return True if the answers depend on the question and the company, but not on places."""
    ...


exercises.check(my_looks)

# %%
exercises.folded(my_looks)

# %% [markdown]
# Here are the three impostors, made from our trained features, and what a check like yours sees in each. Does an untrained network pass? And one that listens to the key with the most ink, and adds what the asked image looks like?


# %% tags=["hide-input"]
def looks_like_looking(answer, x):
    """Our own check: places must not matter; the question and the company must."""
    moved = np.concatenate([x[:, :1], x[:, 3:], x[:, 1:3]], axis=1)
    first, second, swapped = x.copy(), x.copy(), x.copy()
    first[:, 0] = x[:, 1]
    second[:, 0] = x[:, 3]
    swapped[:, 2], swapped[:, 4] = x[:, 4], x[:, 2]
    return {
        "place": not np.allclose(answer(moved), answer(x)),
        "question": not np.allclose(answer(first), answer(second)),
        "company": not np.allclose(answer(swapped), answer(x)),
    }


def by_place(scores, x):
    """Our trained values, weighted by these scores of the places 0, 1, 2, ... on every card."""
    v = model.forward(trained, x).v
    w = functions.softmax(scores[: v.shape[1]])
    return attention.weighted_mean(np.tile(w, (len(v), 1)), v) + trained.b2


def by_ink(x):
    """Listen to the key with the most ink, and add what the asked image itself looks like."""
    state = model.forward(trained, x)
    w = functions.softmax(0.2 * x[:, 1::2].sum(axis=2))
    return attention.weighted_mean(w, state.v) + state.a[:, 0] @ trained.Wv + trained.b2


candidates = {
    "the network": lambda x: model.logits(trained, x),
    "an untrained one": lambda x: model.logits(start, x),
    "scores of 0": lambda x: Attention(scale=0).logits(trained, x),
    "scores by place": lambda x: by_place(-0.5 * np.arange(10), x),
    "the first pair": lambda x: by_place(-1000 * np.arange(10), x),
    "ink + question": by_ink,
}
x = model.prepare(validation_cards.images[:100])
labels = validation_cards.labels
print("                  depends on")
print("                  place  question  company  % right")
for name, answer in candidates.items():
    seen = looks_like_looking(answer, x)
    z = answer(model.prepare(validation_cards.images))
    share = 100 * (z.argmax(axis=1) == labels).mean()
    marks = ["yes" if depends else "no" for depends in seen.values()]
    print("{:16} {:>6}  {:>8}  {:>7}  {:7.1f}".format(name, *marks, share))

# %% [markdown]
# The three impostors are caught. But an untrained network passes, and so does the last. *No, yes, yes* shows that the answer depends on the question and on which value stands beside which key, wherever the pairs stand. It doesn't show that anything is *compared*, let alone well: for that there is the accuracy, beside the bound.
#
# <details><summary>Which fourth question would catch the last one?</summary>
#
# Swap two values under two different questions. It adds the question's part to the company's part, so the swap changes its answers by the same amount whatever is asked. Where the two are compared, the change depends on the question.
#
# </details>
#
# ## Does it compare, or does it know its eight?
#
# There are two ways to match an 8 with an 8. One is to compare: do these two look alike? The other is to recognise: this is an 8, and so is that. The second works only for digits that it has learnt to look for. So leave two out: train on cards whose keys are 0 to 7 (values may still be 8 and 9). Then deal cards with keys from all ten, and ask about an 8 or a 9.
#
# **Predict.** What percentage of these will it answer correctly?

# %%
guesses.ask("% right on 8 and 9 as new keys", None)

# %% tags=["hide-input"]
eight = runs(keys=8)
new = [one["new keys"] | {"diverged": False} for one in eight]
control = [one["new keys"] | {"diverged": False} for one in runs()[:5]]
print("five seeds each              lowest  mean  highest")
print("keys 0 to 7, asked 0 to 7   ", summary(eight))
print("keys 0 to 7, asked 8 and 9  ", summary(new))
print("   looks at the right pair  ", summary(new, "looks"))
print("all ten keys, asked 8 and 9 ", summary(control))
values = np.array([100 * one["accuracy"] for one in new])
error = values.std(ddof=1) / np.sqrt(len(values))
print(f"asked 8 and 9: {values.mean():.1f}, standard error {error:.1f}")
guesses.compare("% right on 8 and 9 as new keys", f"{values.mean():.1f}")

# %% [markdown]
# Far fewer than with keys it knows, and far more than without looking. It looks at the right pair about twice as often as chance would. Is that comparing? Ask one that can only recognise, a classifier trained on 0 to 7. It calls an 8 one of these. Let it choose the key most likely to get the same name as the asked image:

# %% tags=["hide-input"]
known = np.flatnonzero(train_digits[1] < 8)
rng = np.random.default_rng(seed=7)
reader, _ = train(
    deep.MLP(),
    deep.initialise(rng, [784, 64, 10]),
    (train_digits[0][known], train_digits[1][known]),
    minibatches(len(known), 64, rng=rng, epochs=1),
    learning_rate=0.05,
    momentum=0.9,
)
for name, keys, digits, seed in [
    ("0 to 7", range(8), None, 50),
    ("8 and 9", range(10), [8, 9], 51),
]:
    rng = np.random.default_rng(seed)  # the study's own cards
    dealt = deal_cards(*validation_digits, 4_000, keys=keys, asked=digits, rng=rng)
    asked_and_keys = dealt.images[:, [0, 1, 3, 5, 7]].reshape(-1, 28, 28)
    rows = deep.MLP().prepare(asked_and_keys, np.float32)
    p = functions.softmax(deep.MLP().logits(reader, rows)).reshape(4000, 5, 10)
    same = (p[:, :1] * p[:, 1:]).sum(axis=2)  # the probability of calling both the same
    share = 100 * (same.argmax(axis=1) == dealt.right).mean()
    print(f"asked {name}: the classifier's key is right on {share:.1f} %")

# %% [markdown]
# It does almost as well, by recognising alone: often enough two 8s get the same wrong name. The little that is missing is no more than our five seeds differ by, so twice chance is no evidence of comparing. As far as we can tell, **it knows its eight digits**.
#
# ## Lesson 00's question again
#
# An answer may depend on its company, *if you can say on which company and how*. So shuffle the pairs; exchange the other cards in the batch; and add pairs to the card.
#
# **Predict.** It was trained on four pairs, and four only. With a fifth on the card, what percentage will it answer correctly?

# %%
guesses.ask("% right with a fifth pair", None)

# %%
x = model.prepare(validation_cards.images[:200])
z = model.logits(trained, x)
last_first = [x[:, i : i + 2] for i in range(x.shape[1] - 2, 0, -2)]  # each key with its value
turned = np.concatenate([x[:, :1], *last_first], axis=1)
alone = np.vstack([model.logits(trained, x[i : i + 1]) for i in range(200)])
print("the same to 1e-9?")
print("pairs in another order:", np.allclose(model.logits(trained, turned), z, atol=1e-9))
print("no other card in the batch:", np.allclose(alone, z, atol=1e-9))

for pairs in [1, 2, 4, 5, 7, 10]:
    more = deal_cards(*validation_digits, 1_000, pairs=pairs, rng=np.random.default_rng(seed=6))
    right, looks = ask(more)
    print(f"pairs: {pairs:2}   {right:5.1f} % right, looks right on {looks:5.1f} %")
    if pairs == 5:
        five = f"{right:.1f}"
means = [np.mean([one["pairs"][pairs]["accuracy"] for one in ten]) for pairs in ten[0]["pairs"]]
print("study,", *ten[0]["pairs"], "pairs:", *(f"{100 * mean:.1f}" for mean in means))
guesses.compare("% right with a fifth pair", five)

# %% [markdown]
# It copes, even with ten. Nothing in the formulas knows how many pairs there are: a softmax shares among as many as it is given. Each further pair is one more that can be mistaken for the right one, so the accuracy falls slowly. (Five beat four by luck: in the study, with more cards, every further pair costs a little.) With a single pair no look can go wrong, and only misread values are left.
#
# The original, too, ran a softmax over the company, and its answers moved with whoever happened to be in the batch. Here the company is *on the card*, and nobody else has a say. The operation is the same. The difference is **who was meant to be asked**.
#
# **Change a number.** In *Train it*, try `d=2` in `attention.initialise`, or 2,400 cards, or `pairs=6` in all calls of `deal_cards`, and run what follows. What do you expect?
#
# ## The way out
#
# You have built one look, of one question, at a handful of pairs. The networks that write text repeat it many times. Here is what lies between:
#
# | next | what it is | you know it from | start at |
# |---|---|---|---|
# | Self-attention | every item asks: as many queries as keys | this lesson | [Vaswani and others 2017](https://arxiv.org/abs/1706.03762) |
# | Heads | several looks side by side, each with its own $W_q, W_k, W_v$ | several kernels in 10 | the same, *Multi-Head Attention* |
# | Positions | shuffling changes nothing, so order must be put into the input | the shuffle above | the same, *Positional Encoding* |
# | Residuals | add a layer's input to its output: a straight way for the gradient | the fading gradient in 07 | [He and others 2016](https://arxiv.org/abs/1512.03385) |
# | Norms | keep each layer's sums at one size | exercise 11.5 | [Ba, Kiros and Hinton 2016](https://arxiv.org/abs/1607.06450) |
# | Text | the items are pieces of words, the answer is the next one: a softmax and $p - y$ | lesson 02 | [Karpathy 2022](https://github.com/karpathy/nanoGPT) |
#
# <details><summary>Where did it come from?</summary>
#
# [Bahdanau, Cho and Bengio 2014](https://arxiv.org/abs/1409.0473) let a translating network look back at the words it was translating. [Graves, Wayne and Danihelka 2014](https://arxiv.org/abs/1410.5401) gave a network a memory that is read by likeness, and the task *associative recall*, of which our cards are a kind. [Vinyals and others 2016](https://arxiv.org/abs/1606.04080) answered from a few labelled examples as ours does from its pairs. [Olsson and others 2022](https://arxiv.org/abs/2209.11895) found such looks inside language models.
#
# </details>
#
# ## What you can do now
#
# This is where the course ends. In lesson 00 you asked two networks about a digit. Since then you have
#
# - read a file of bytes and made sure it was what it claimed to be (01);
# - derived every gradient of four kinds of network, and checked each by nudging (02, 03, 07, 10, 12);
# - trained, and read from the curves what was going wrong (04, 08, 09);
# - said how sure a result is, and when a difference is only chance (05);
# - taken apart a program that seemed to work (06);
# - written a machine that differentiates, and an attention layer that it agrees with (11, 12).
#
# When somebody shows you a network that works, you know what to ask: What does it score without the part you are proud of? Would it happen again? What may its answer depend on, and how do you know that it does?

# %% [markdown]
# ## Recap
#
# - Attention is a softmax over the company: scores are a query's dot products with keys, and the answer is the weighted mean of the values.
# - Blame goes to whoever was listened to: $dv_i = w_i\,dm$. The query collects from all keys.
# - Scores are divided by $\sqrt d$ so that their spread doesn't grow with $d$.
# - A falling loss doesn't show that a network looks. Compare it with the best that is possible without looking; change the question, the places and the company, one at a time.
# - An answer may depend on its company, if you can say on which and how.
#
# ## Questions to ask yourself
#
# 1. All four keys get the same score. What is the answer, and what blame do the scores get if all four values are equal?
#
#    <details><summary>Answer</summary>
#
#    The plain mean of the values. With equal values all $dw_i$ are equal, so each is the average blame, and $ds = 0$: wherever it looks, it would hear the same, and there is nothing to learn about looking.
#
#    </details>
#
# 2. Why may the library add the bias $b_2$ after the mean, and not to each value?
#
#    <details><summary>Answer</summary>
#
#    The weights sum to 1, so a number added to every value comes out of the mean unchanged: $\sum_i w_i (v_i + b) = m + b$.
#
#    </details>
#
# 3. Could this network learn to answer "which digit stands *below* the one I show you", with the pairs in a column?
#
#    <details><summary>Answer</summary>
#
#    Not as it is. It is blind to order: shuffling the pairs leaves its answer unchanged. Somebody would have to put the place into the input, beside the pixels.
#
#    </details>
#
# 4. A colleague shows you attention weights that point at the right word, and says that they explain the answer. What do you ask for?
#
#    <details><summary>Answer</summary>
#
#    An experiment: change what it looked at, and see whether the answer changes; change what it didn't, and see whether it stays.
#
#    </details>
#
# ## Next
#
# There is no next lesson. Make a card of your own, and ask somebody what stands beside the 3.
