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
# Somebody lays a card in front of you. On it are four pairs of handwritten digits, a 3 with a 7 beside it, an 8 with a 0, and so on, and to the left of them stands one more 3, in different handwriting. "Which digit goes with *this* one?" she asks. You have answered before you know how, and yet you can't have done it by studying the lone 3, however carefully, because nothing in it says 7. You had to look around.
#
# In lessons 00 and 06 a network's answer depended on the other images in the batch, and we called that a fault. Here an answer that ignores its company would be the fault. **When *should* an answer depend on its company?** You will build a network that looks around, and then try to prove that it does, which is harder: the first proof that comes to mind is wrong.
#
# **You will be able to**
#
# - say what a query, a key, a value and an attention weight are, and compute all four;
# - carry a gradient back through a weighted mean and through a dot product;
# - tell a network that looks from one that only adds up votes, and prove the difference.
#
# **You need** lessons [02](02_sigmoid_softmax.ipynb) to [06](06_autopsy.ipynb). ReLU units come from [07](07_deeper.ipynb).
#
# **Time** 50 minutes to read, 47 more for the exercises; it runs for about 25 s and takes 500 MB

# %% [markdown]
# ## Before you start
#
# 1. In [lesson 06](06_autopsy.ipynb) one 2 was called a 0, a 2, a 3 and a 6, although the weights never changed. Along which axis did that notebook's softmax run, and what did an image's answer depend on that it shouldn't have?
#
#    <details><summary>Answer</summary>
#
#    It ran down the batch instead of along the classes, so the images shared out each class among themselves, and an image's answer depended on who else was in the batch.
#
#    </details>
#
# 2. In [lesson 02](02_sigmoid_softmax.ipynb) blame comes back to a softmax: each probability $p_l$ gets $dp_l$. What is the blame of the logit $z_l$?
#
#    <details><summary>Answer</summary>
#
#    $dz_l = p_l \, (dp_l - \sum_k p_k \, dp_k)$: take its own blame, subtract the average blame, and multiply by its probability.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pictures, studies
from course.materials import adding, impostors
from course.materials.cards import deal_cards, replace_values
from course.materials.one_look import draw_look
from mnistlib import attention, data, functions, plotting
from mnistlib.attention import Attention
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
# A **card** holds four pairs of images. The left one of each pair is its *key image* and shows its *key digit*; the right one, its *value image*, shows its *value digit*. No two key digits are the same; the value digits may be anything, repeats included. Beside the pairs is the *question image*, which shows the same digit as one of the key images, but is a different image of it. The task is always the same: **which digit is beside the matching key image?** The pairs are the card's *company*.


# %% mystnb={"image": {"alt": "Three cards. At the left of each is one handwritten digit, and beside it, one below the other, are four pairs of digits in two columns headed key image and value image. On each card one key image shows the same digit as the single image at the left."}} tags=["hide-input"]
three = deal_cards(*train_digits, 3, rng=np.random.default_rng(seed=39))
figure, axes = plt.subplots(1, 3, figsize=(6.5, 2.7))
for i, axis in enumerate(axes):
    plotting.card(three.images[i], title=f"card {i}", axis=axis)
plt.show()

# %% [markdown]
# **Predict.** What are the answers, on cards 0, 1 and 2?

# %%
guesses.ask("the answers on cards 0, 1 and 2", None)

# %% tags=["answer", "hide-input"]
print("cards:", three.images.shape, three.images.dtype)
for i in range(3):
    asked, *pairs = three.digits[i].tolist()
    shown = ", ".join(f"{key} → {value}" for key, value in zip(pairs[::2], pairs[1::2]))
    print(f"card {i}, key digit → value digit: {shown}; beside the {asked}: {three.labels[i]}")
guesses.compare("the answers on cards 0, 1 and 2", " ".join(map(str, three.labels)))

# %% [markdown]
# The 9 is beside one digit on the first card and beside another on the third, so there is no learning what goes with a 9. A network has to find out *whom to ask*.
#
# ## The rival who cannot look
#
# To **look** is to hold the question image up to the key images, and let it decide which pair is heard. How far can you get without? Imagine a rival who reads all four value images without a mistake, but never sees the question image.
#
# **Predict.** What percentage of the cards can the rival answer correctly, at best? It isn't 10, and it isn't 25.

# %%
guesses.ask("% right without looking", None)

# %% [markdown]
# The rival's best answer is the value digit that occurs most often. A digit that occurs twice is right in two cases out of four. Four digits make $10^4$ equally likely lists, few enough to try them all.

# %% tags=["answer"]
lists = np.indices((10, 10, 10, 10)).reshape(4, -1).T
counts = np.array([np.bincount(values, minlength=10) for values in lists])
most = counts.max(axis=1)
for times, words in enumerate(["once", "twice", "3 times", "4 times"], start=1):
    print(f"the commonest digit occurs {words:7} in {(most == times).sum():4} lists")
bound = 100 * (most / 4).mean()
print(f"right at best: {bound:.2f} %")
guesses.compare("% right without looking", f"{bound:.2f}")

# %% [markdown]
# Nobody who ignores the question can beat that number, for they don't know which digit is wanted; nor can anybody who ignores the key images, for they can't tell which pair is meant. So whoever beats it, over many cards, has used both the question and the key images, and it is tempting to go one small step further: **whoever gets much more than this must have looked.** Keep that sentence in mind, and any doubt you have about it.
#
# ## One look
#
# How do you compare two images? A layer of 64 ReLU units first turns each of them into features, $a = \max(0, x W_1 + b_1)$, with the same weights for all nine images.
#
# Then three matrices turn these features into **query, key and value**, three kinds of vector. $W_q$ makes the question image's query $q$, which says what is wanted. $W_k$ makes each key image's key $k_i$, by which its pair can be found, and $W_v$ makes each value image's value $v_i$, which is what the pair has to say. In symbols, $q = a \, W_q$ with the question image's features $a$, and likewise for the others. Query and keys have $d = 16$ entries each, and a value has ten, one for each digit.

# %% mystnb={"image": {"alt": "A card with letters on it. Below the question image, a 9, stands q. Four lines lead from it to the four key images, marked k 1 to k 4; the third, to the other 9, is by far the thickest. From the four value images, marked v 1 to v 4, lines of the same thickness lead on to one m, the mean, at the right; beside the thickest stands w 3 = 0.8."}} tags=["hide-input"]
draw_look(three.images[0], weights=[0.05, 0.1, 0.8, 0.05])  # as an example
plt.show()

# %% [markdown]
# The dot product of query and key says how well the two fit, and from it comes the pair's **score**:
#
# $$s_i = c \, (q \cdot k_i) .$$
#
# Here $c$ is a fixed number, usually $1 / \sqrt d$, for us a quarter (question 3 at the end says why). You know what turns four scores into four shares that add up to 1:
#
# $$w = \mathrm{softmax}(s), \qquad m = \sum_i w_i \, v_i .$$
#
# The shares $w_i$ are the **attention weights**: the whole company is asked, and **those whose keys fit are heard**. Add a bias to the weighted mean $m$ of the four values, and you have the ten logits, $z = m + b_2$.
#
# In this lesson $i$ numbers the pairs and $l$ the classes, and $c$, $k$, $m$, $q$, $s$ and $v$ change their meaning, too. For $n$ cards:
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
# <details><summary>The numbers, by hand</summary>
#
# The scores are $\log 3$ and $0$, their exponentials 3 and 1, so the weights are $\frac34$ and $\frac14$. The mean is $\frac34 (4, 0) + \frac14 (0, 8) = (3, 2)$.
#
# </details>


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
# In NumPy, the path from pixels to probabilities takes a line for each symbol. Here it is for our three cards and for weights that nobody has trained yet. Place 0 of a card is the question image, and after it key images and value images alternate.

# %%
model = Attention()
W1, b1, Wq, Wk, Wv, b2 = attention.initialise(np.random.default_rng(seed=1))
x = model.prepare(three.images)
a = np.maximum(0, x @ W1 + b1)
q = a[:, 0] @ Wq
k = a[:, 1::2] @ Wk
v = a[:, 2::2] @ Wv
w = attention.attention_weights(q, k, scale=1 / 4)  # as you have just written it
m = (w[:, :, None] * v).sum(axis=1)  # each weight scales its whole value
p = functions.softmax(m + b2)  # lesson 02's, over the ten digits
print("q:", q.shape, "k:", k.shape, "v:", v.shape, "w:", w.shape, "p:", p.shape)

# %% [markdown]
# ## Backwards through a look
#
# Blame arrives at the mean as $dm$. The bias is only added, so $dm$ is just the logits' blame: probabilities less targets, divided by $n$.
#
# ### Exercise 12.2: back through the weighted mean (core, 8 minutes)
#
# Nudge an entry of $v_i$ by $h$: what becomes of $m = \sum_i w_i v_i$? Then nudge $w_i$ instead. Now take a pencil, with the same card: $w = (\frac34, \frac14)$, $v_1 = (4, 0)$, $v_2 = (0, 8)$ and $dm = (1, -1)$. What are $dw$, $dv_1$ and $dv_2$?
#
# <details><summary>The numbers, by hand</summary>
#
# $dw_1 = dm \cdot v_1 = 1 \cdot 4 + (-1) \cdot 0 = 4$ and $dw_2 = 1 \cdot 0 + (-1) \cdot 8 = -8$; $dv_1 = \frac34 \, dm = (\frac34, -\frac34)$ and $dv_2 = \frac14 \, dm = (\frac14, -\frac14)$.
#
# </details>


# %%
def my_weighted_mean_backward(dm, w, v):
    """Return dw (n, pairs) and dv (n, pairs, classes), where dm (n, classes) is the blame of m."""
    ...


exercises.check(my_weighted_mean_backward)

# %%
exercises.folded(my_weighted_mean_backward)

# %% [markdown]
# If an entry of $v_i$ grows by $h$, the same entry of $m$ grows by $w_i h$. If $w_i$ grows by $h$ instead, $m$ moves by $h v_i$, and the loss by $h \, (dm \cdot v_i)$:
#
# $$dv_i = w_i \, dm, \qquad dw_i = dm \cdot v_i .$$
#
# For the values that means: **whoever was listened to gets the blame**, in proportion. A value that the network ignored can't have caused the mistake, and is left alone.
#
# The path from $dw$ to the scores is lesson 02's, back through a softmax: `softmax_backward(w, dw)`. On our pencil card, where $dw = (4, -8)$, the average blame, $\sum_i w_i \, dw_i$, is $\frac34 \cdot 4 + \frac14 \cdot (-8) = 1$, so $ds = \big(\frac34 (4 - 1), \frac14 (-8 - 1)\big) = (\frac94, -\frac94)$. The first score should fall and the second rise, by the same amount: what one pair gains in attention the other loses.
#
# That leaves the scores themselves, $s_i = c \, (q \cdot k_i)$.
#
# ### Exercise 12.3: back through the scores (core, 8 minutes)
#
# Nudge an entry of $k_i$ by $h$: which score moves, and how far? Then nudge one of $q$. And once more with a pencil, on the same card: $ds = (\frac94, -\frac94)$, $c = 1$, $q = (\log 3, 0)$, $k_1 = (1, 0)$, $k_2 = (0, 1)$. What are $dq$ and $dk_1$?
#
# <details><summary>The numbers, by hand</summary>
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
# A key is in one score only, so its blame is $c$ times the query, times the blame of that score. The query took part in every score, so it collects from all of them:
#
# $$dk_i = c \; ds_i \, q, \qquad dq = c \sum_i ds_i \, k_i .$$
#
# ### The whole network
#
# The rest of the way back, through the three matrices and the layer, is in lessons 03 and 07; here $W_1$ collects blame from all nine images. `mnistlib.attention` has it in full. But is it right? Lesson 03's check along a random direction $r$ will tell.

# %% tags=["hide-input"]
rng = np.random.default_rng(seed=1)
start = attention.initialise(rng)
some = deal_cards(*train_digits, 20, rng=rng)
x, y = model.prepare(some.images), data.one_hot(some.labels)
grads = model.gradients(start, x, y)[1]
count = sum(array.size for array in start)
r = [rng.normal(size=array.shape) / np.sqrt(count) for array in start]  # its norm is near 1


def loss_along(t):
    moved = attention.Parameters(*(array + t * step for array, step in zip(start, r)))
    return model.gradients(moved, x, y)[0]


slope = sum((grad * step).sum() for grad, step in zip(grads, r))
print(f"{count:,} parameters")
print(check_gradient(loss_along, np.array(0.0), slope, name="slope"))

# %% [markdown]
# ## Train it
#
# Lesson 04's `train` will do as it is. We give the network eight epochs of 24,000 cards, and then ask it about 2,000 *new* ones, dealt from images that it has never seen.

# %% tags=["hide-input"]
validation_cards = deal_cards(*validation_digits, 1_000, rng=np.random.default_rng(seed=3))
rng = np.random.default_rng(seed=0)
cards = deal_cards(*train_digits, 24_000, rng=rng)
start = attention.initialise(rng)
batches = minibatches(len(cards.labels), 64, rng=rng, epochs=8)
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
del cards  # to make room

# %% [markdown]
# **Predict.** What percentage of the new cards will it get right, and on what percentage will it look most at the right pair?

# %%
guesses.ask("% right, and % that look at the right pair", None)

# %% tags=["answer", "hide-input"]
test_cards = deal_cards(*test_digits, 2_000, rng=np.random.default_rng(seed=4))
right = looks = errors = misread = 0
for part in range(0, 2_000, 500):  # 500 at a time, to save memory
    some = slice(part, part + 500)
    state = model.forward(trained, model.prepare(test_cards.images[some]))
    answered = state.z.argmax(axis=1) == test_cards.labels[some]
    looked = state.w.argmax(axis=1) == test_cards.right[some]
    alone = state.v[np.arange(500), test_cards.right[some]] + trained.b2  # of the right pair only
    right += answered.sum()
    looks += looked.sum()
    errors += (looked & ~answered).sum()
    misread += (looked & ~answered & (alone.argmax(axis=1) != test_cards.labels[some])).sum()

print(f"2,000 test cards: {right / 20:.1f} % answered correctly,")
print(f"and on {looks / 20:.1f} % of all of them it looks most at the right pair")
print(f"looks there and answers wrongly: {errors} cards;")
print(f"still wrong if only that pair is heard: {misread}")
shown = f"{right / 20:.1f} and {looks / 20:.1f}"
guesses.compare("% right, and % that look at the right pair", shown)

# %% [markdown]
# It looks at the right pair more often than it gives the right answer, because it still has to read the value image: of its 87 mistakes there, 75 remain if that pair alone is heard. What still surprises us is that it found *which pair to look at* without being told. All it ever got was the answer.
#
# ### Play with it
#
# The thicker a line, the larger the attention weight. Swap pairs, change a value image, draw the question image yourself. Then move the slider, which multiplies the scores, down to 0, where every pair gets a quarter and the answer is the same whichever digit you ask about.

# %% mystnb={"image": {"alt": "A still of the picture to touch: a card with a question image at the left and four pairs at the right, lines from the question image to the four key images, as thick as their attention weights, and ten bars, of which that of the right value digit is the longest."}}
pictures.attend(trained)

# %% [markdown]
# **A good place to stop.** You have built attention, checked its gradient and trained a network whose lines point the right way. What is left is the harder half: to prove that it looks.
#
# ## Does it look?
#
# Doesn't 92 % prove that it looks? Between that and the rival's 38 % there is a lot of room, and an *impostor*, something that never looks, might be at home in it.
#
# ### Two votes, added
#
# Let us build such a thing from two votes. The question gives each of the ten classes some points, whatever the pairs show, and so does the company, whatever is asked. The two are **added**, and the class with the most points wins. We call this the **adder**; it never holds the question image up to a key image.
#
# But how can the question's points help, when it knows nothing of this card's value digits? Take a pencil. Let the question give class $l$ exactly $l \cdot u$ points, where $u$ is the digit asked about, and let $G_l$ be the points of the company. Drawn against $u$, the sum $G_l + l \, u$ is a straight line of slope $l$. The company chooses how high each line begins, but not its slope.
#
# Suppose that nobody misreads anything, and take the card 1 → 2, 3 → 7, 6 → 4, 8 → 9 (key digit → value digit). Draw an axis from 0 to 9 for the digit asked about, and above it a line for each value digit. Slide the lines up and down, without tilting them, until the *highest* one at 1, at 3, at 6 and at 8 is right as often as possible.
#
# **Predict.** If the company places its lines as well as it can, how many of the four answers come out right?

# %%
guesses.ask("right, of four, on this card", None)

# %% mystnb={"image": {"alt": "Three straight lines over the digit asked about, 0 to 9, with slopes 2, 7 and 9; the highest of them is drawn thick. Up to 2 the line of class 2 is highest, from 2 to 5.5 that of class 7, and beyond that of class 9. Marks at the four key digits 1, 3, 6 and 8 show the answers 2, 7, 9 and 9, of which the one at 6 is wrong."}} tags=["answer", "hide-input"]
right = adding.draw_lines(np.array([1, 3, 6, 8]), np.array([2, 7, 4, 9]))
plt.show()
guesses.compare("right, of four, on this card", right)

# %% [markdown]
# Three of the four, with the line of class 4 pushed far down, where it can't win. "But the lines cross just where the answer has to change," you may object, "so somebody must have compared the key digits with the question." Nobody has: the company places its lines before it hears which digit is asked about, and the question gives its points before it sees a single pair.
#
# Walk to the right along the grey band. Wherever two lines cross, the steeper one comes out on top, so the band only gets steeper; and since a class's slope is its digit, the answers *never fall*. There is no other limit, because the company can make each line overtake the one before it wherever it likes. So read a card's value digits in the order of their key digits, and pick as many as you can without ever stepping down (here 2, 7 and 9, or 2, 4 and 9). That is how many the adder can get right, and no more.
#
# **Predict.** If all digits are read perfectly, what percentage of the answers comes out right in this way, on average over all cards?

# %%
guesses.ask("% right by adding two votes", None)

# %% tags=["answer"]
longest = np.array([len(adding.longest_rising(values)) for values in lists])
print(f"right by adding two votes: {100 * longest.mean() / 4:.1f} %")
guesses.compare("% right by adding two votes", f"{100 * longest.mean() / 4:.1f}")

# %% [markdown]
# Not 38 but 64 %! So the sentence that you kept in mind was false: **you can get far more than 38.35 % without once comparing the question with the key images.** A cleverer adder, with other points, might get further still. So let us step in and change something instead of counting right answers.
#
# ### Let two answers trade places
#
# Ask about the first key image, and then about the second. Anyone who really looks will answer with the first value digit, say a 2, and then with the second, say a 7. Now swap these two value images and ask both again. The answers must be 7 and then 2: they **trade places**.
#
# Can an adder do that? Suppose it could. Let the first question give the 2 a lead of $f_1$ points over the 7, and the second question a lead of $f_2$. The company, which doesn't know which question is asked, takes the same $g$ points off both leads before the swap, and $g'$ off both after it. Before the swap the answers are 2 and then 7, so $f_1 \ge g > f_2$ (a tie goes to the smaller digit); after it they are 7 and then 2, so $f_1 < g' \le f_2$. But $f_1$ can't be both larger and smaller than $f_2$! In words: before the swap, the first question must favour the 2 more strongly than the second does, and after it, less strongly, although the questions haven't changed.
#
# So **no adder's answers trade places, on any card**, whatever points it gives, and however it turns them into probabilities: all that we have used is that the class with the most points wins.
#
# This also says how far *any* adder can get. Of the four answers above it gets at most three right, unless the two value digits are equal, as they are on one card in ten. A card and its swap are equally likely, and the same goes for any other two pairs.

# %%
different = (lists[:, 0] != lists[:, 1]).mean()
print(f"no adder gets more than {100 * (1 - different / 4):.1f} % right")

# %% [markdown]
# So at 92 % ours is no adder after all. But to know that, we needed the right answers to many cards. A trade takes no labels, and one card is enough: if two answers trade places on it, question and company decide *together*, as no sum can.
#
# We also want to know that nothing else has a say, neither the pairs' order nor the other cards. That makes three tests, and together they show that even the key images are used: whoever ignores these sees the same four value images after the swap as before it, only in another order, and if order doesn't matter, answers the same.
#
# ### Exercise 12.4: a check that it looks (core, 25 minutes)
#
# Write a check of all three, for somebody else's network. You get a function `answer`, which turns cards `x` of shape (n, images, pixels) into logits (n, 10), and some cards: place 0 of a card is the question image, places 1 and 2 are the first pair, and so on. Return True if it passes them; *the same logits* means `np.allclose`.
#
# 1. *Order doesn't matter:* swap the first two pairs in one copy, move the first to the end in another, and the logits stay the same.
# 2. *Other cards don't matter:* each card alone (`x[i : i + 1]` keeps all three axes) gets the same logits as among the others.
# 3. *Question and company decide together:* ask about the first key image (put it in place 0) and about the second, swap the first two value images, and ask both again. On at least one card the two answers trade places.
#
# To rearrange cards, index them with a list of places: `x[:, [0, 3, 4, 1, 2, 5, 6, 7, 8]]` is a copy with the first two pairs swapped. Before you assign to a single place, copy the cards.


# %%
def my_looks(answer, x):
    """Return True if the answers pass all three tests, and False if they fail one."""
    ...


exercises.check(my_looks)

# %%
exercises.folded(my_looks)

# %% [markdown]
# Now let our network face the three tests, beside two that never look: the network itself with *scores of 0*, and *the adder*, which reads each image with our network's own $W_v$.
#
# **Predict.** On what percentage of the cards do our network's answers trade places?

# %%
guesses.ask("% of cards on which the answers trade places", None)

# %% tags=["answer", "hide-input"]
validation_x = model.prepare(validation_cards.images)
candidates = {"the network": lambda x: model.logits(trained, x)}
candidates |= impostors.make_impostors(trained)
trades = impostors.compare(candidates, validation_x, validation_cards.labels)
traded = impostors.find_trades(candidates["the network"], validation_x)
equal = validation_cards.digits[:, 2] == validation_cards.digits[:, 4]
print(f"\nthe network: {(~traded).sum()} of {len(traded):,} cards without a trade,")
print(f"on {(~traded & equal).sum()} of which the first two value digits are equal")
guesses.compare("% of cards on which the answers trade places", f"{trades['the network']:.1f}")

# %% [markdown]
# Only the trade catches these two: the adder gets three cards in five right, handwriting and all, and on not a single card do its answers trade places. But leave either of the other two tests out of your answer to exercise 12.4, and the reply shows you an impostor that slips through.
#
# Our network's answers trade places on 850 of the 1,000 cards. On 100 of the other 150 the first two value digits are equal, so that right answers have nothing to trade, and on the last 50 at least one of the four answers must be wrong. So question and company decide *together*, the answer follows the value image, and nothing else has a say: **our network looks**. (Only the labels can tell that it is the *matching* pair.) Thick lines like ours are often shown as an *explanation* of an answer. [Jain and Wallace 2019](https://arxiv.org/abs/1902.10186) objected, and rightly: a thick line by itself proves nothing. It took an experiment.
#
# What the trade leaves open is *how* it looks: it may compare two images, or first name each of them and then compare the names. We tried to find out, and couldn't (`studies/comparing.py`).
#
# ## From one look to a transformer
#
# You have built a single look: one question, put to a handful of pairs. The networks that write text repeat it many times, and you have met most of their other parts.
#
# <details><summary>From here to there, in six steps</summary>
#
# | what comes next | what it is | you know it from |
# |---|---|---|
# | Self-attention | every item asks all items: as many queries as keys (with the question and the company kept apart, as here, it is called *cross-attention*) | this lesson |
# | Masks | what is to be predicted must not be seen: the scores of all later items are set to minus infinity, so that their weights are 0 | lesson 00, where an answer leaked in from the company |
# | Heads | several looks side by side, each with its own $W_q, W_k, W_v$, and one more matrix that mixes their results | several kernels in 10 |
# | Positions | if the items are shuffled, the answers are merely shuffled with them, so order must be put into the input | equivariance in 10 |
# | Layers | after each look a network with one hidden layer, a path around both ([He and others 2016](https://arxiv.org/abs/1512.03385)), and each item's features brought back to a standard size (*layer normalisation*, [Ba, Kiros and Hinton 2016](https://arxiv.org/abs/1607.06450)) | lesson 03, exercises 7.4 and 11.5 |
# | Text | the items are pieces of words, the answer is the next one ([Karpathy 2022](https://github.com/karpathy/nanoGPT)) | a softmax and $p - y$ in 02 |
#
# Most of this is in [Vaswani and others 2017](https://arxiv.org/abs/1706.03762).
#
# </details>

# %% [markdown]
# ## If you have another twenty minutes
#
# ### Change what it looked at
#
# Do *our* thick lines tell where the answer comes from? On each card, replace the value image of the pair with the largest weight by one of a different digit; then, on the unchanged card, do the same to one of the other three pairs. Our *control* is a different image of the *same* digit where it looked most.
#
# **Predict.** On what percentage of the cards will the first change alter the answer, and on what percentage the second?

# %%
guesses.ask("% of answers changed by the first, and by the second", None)

# %% tags=["answer", "hide-input"]
state = model.forward(trained, validation_x)
looked_at = state.w.argmax(axis=1)
rng = np.random.default_rng(seed=8)
another = (looked_at + rng.integers(1, 4, size=1000)) % 4
changed_cards = {
    "a different digit where it looked most": replace_values(
        validation_cards, looked_at, *validation_digits, rng=rng
    ),
    "a different digit elsewhere": replace_values(
        validation_cards, another, *validation_digits, rng=rng
    ),
    "the same digit where it looked most": replace_values(
        validation_cards, looked_at, *validation_digits, keep_digit=True, rng=rng
    ),
}
changes = []
for name, images in changed_cards.items():
    after = model.logits(trained, model.prepare(images)).argmax(axis=1)
    changes.append(f"{100 * (after != state.z.argmax(axis=1)).mean():.1f}")
    print(f"{name} changes {changes[-1]} % of the answers")
guesses.compare("% of answers changed by the first, and by the second", " and ".join(changes[:2]))

# %% [markdown]
# Put a different digit where it looked, and 99 answers in 100 change; elsewhere, one. A different image of the *same* digit changes nine, so what counts is mostly the digit: the thickest line does tell.
#
# ### Did our network need the factor c?
#
# Question 3 below gives the usual reason. We believed it of our network, until we looked at its attention weights before the first step, and at networks trained with $c = 1$ (`studies/looking.py`, which asks about other cards than ours).

# %% tags=["hide-input"]
for c in (0.25, 1.0):
    w = Attention(c).forward(start, validation_x).w
    print(f"before training, c = {c}: the largest weight is {w.max(axis=1).mean():.2f} on average")
for rate in (0.02, 0.05):
    for c, scale in ((0.25, None), (1.0, 1.0)):
        three_seeds = studies.results("looking", rate=rate, d=16, pairs=4, keys=10, scale=scale)[:3]
        percent = [100 * result["accuracy"] for result in three_seeds]
        print(f"rate {rate}, c = {c}: {min(percent):.1f} to {max(percent):.1f} % right (3 seeds)")

# %% [markdown]
# Even with $c = 1$ the largest weight is only 0.42, and at our rate, 0.02, both learn about equally well. At 0.05 only those with the quarter still learn well, and better than at 0.02. So what $c$ buys us is a larger rate, which we haven't used.
#
# ### Can the loss tell?
#
# Accuracy only asks which class wins, whereas the loss asks how probable the network thought the right answer. The rival's loss is lowest if each digit $l$ gets a probability $p_l$ equal to its share of the four value digits, because lesson 02's gradient, $p - y$, is 0 on average over the four answers only there, and the loss is a bowl (step 1 of the proof below). The mean surprise is then the **entropy** of these shares,
#
# $$H = - \sum_l p_l \log p_l .$$

# %%
p = counts / 4
H = -(p * np.log(p, where=p > 0, out=np.zeros(p.shape))).sum(axis=1).mean()
print(f"the rival's loss, at best: {H:.4f}")

# %% [markdown]
# For adders that read every image correctly there is a theorem: **if the logits are a sum of votes, whatever the votes, the mean loss can't be below 1.1868**, the loss of the rival at its best.
#
# <details><summary>The proof, in three steps</summary>
#
# Let $F_i$ be the ten points that question $i$ gives, $G$ those of the company, and $l_i$ the class of the right answer. Each of the four is asked about equally often. Asked about key digit $i$, the adder has the logits $z = F_i + G$ and the loss
#
# $$\log \sum_l e^{z_l} - z_{l_i} .$$
#
# 1. *A mean vote is no worse.* The first term, log-sum-exp, is a *bowl*: in no direction does it bend downwards, because its second derivative along any line is a variance (by lesson 02's Jacobian), which can't be negative. In a bowl the mean of the heights is at least the height at the mean. Let $\bar F$ be the mean of a card's four $F_i$. The four log-sum-exps then average at least the log-sum-exp of $\bar F + G$.
# 2. *Favouring the right answer gains nothing, on average.* Deal the same four value digits beside the same four key digits in all 24 ways, each as likely as any other. Then every value digit is beside every key digit equally often, so the four questions' points for the right answer are, on average, the same as $\bar F$'s points for it. The company's points $G$ may change from deal to deal, but on each card they are added to all four $F_i$, and to $\bar F$, alike.
# 3. *What is left is the rival.* The loss is therefore at least that of somebody who uses the same $z = \bar F + G$ for all four questions, that is, the same ten probabilities. Nobody who does so has a smaller mean surprise than the shares $p$ themselves, and theirs is the entropy. Its mean over all cards is 1.1868.
#
# </details>
#
# So whoever gets below 1.1868 must have looked? No: the theorem speaks of logits that *are* a sum, but nothing stops you from adding up the votes, seeing which class wins, and only then making up the probabilities: one half for the winner, and the other half shared out among the four value digits. We call this adder *squashed*; it compares no more than the plain one.

# %%
u = np.arange(1, 5)  # the four key digits; any others would do as well
G = np.array([adding.company_votes(u, values) for values in lists])
z = G[:, None] + u[:, None] * np.arange(10)  # (lists, questions, classes): G_l + l u
squashed = np.eye(10)[z.argmax(axis=2)] / 2 + p[:, None] / 2
loss = -np.log(np.take_along_axis(squashed, lists[:, :, None], axis=2)).mean()
print(f"squashed adder: {100 * (z.argmax(axis=2) == lists).mean():.2f} % right, loss {loss:.4f}")
print(f"our network, validation cards: loss {history.loss('validation')[-1]:.3f}")

# %% [markdown]
# A loss of 0.9677, well below that floor, and nothing was compared. Our network's loss on the validation cards, 0.327, is lower still, but who knows what a cleverer squashed adder could do? That is as far as the loss can testify.

# %% [markdown]
# ## Recap
#
# **When should an answer depend on its company?** When the question can't be answered without it, and when you can say whom it depends on, and how. Lesson 06's faulty network ran the same softmax over whoever happened to be in the batch; here the company is *on the card*, and nobody else has a say. The operation is the same, and the difference is **who was meant to be asked**. You now have a layer that asks its company on purpose, and an experiment that shows it. What you can't do yet is look more than once, which is where transformers begin.
#
# - Attention is a softmax over the company: scores are a query's dot products with keys, and the answer is the weighted mean of the values.
# - An adder that reads every image correctly can get nearly two cards in three right without once comparing the question with the key images. But no adder's answers ever trade places.
#
# <details><summary>Whose ideas these are</summary>
#
# *Attention* by a softmax and a weighted mean let a translating network look back at its words ([Bahdanau, Cho and Bengio 2014](https://arxiv.org/abs/1409.0473)), soon scored by a dot product ([Luong, Pham and Manning 2015](https://arxiv.org/abs/1508.04025)). A near relative of our network is a memory of keys and values ([Miller and others 2016](https://arxiv.org/abs/1606.03126)). *Our cards* are the task of associative recall ([Graves, Wayne and Danihelka 2014](https://arxiv.org/abs/1410.5401)); language models learn something similar ([Olsson and others 2022](https://arxiv.org/abs/2209.11895)). Against Jain and Wallace, [Wiegreffe and Pinter 2019](https://arxiv.org/abs/1908.04626) asked for a baseline with equal weights, like our scores of 0. In *the proofs*, the bowl is from [Jensen 1906](https://doi.org/10.1007/BF02418571), and that no sum can trade two answers is the *exclusive or* of Minsky and Papert (*Perceptrons*, 1969).
#
# </details>
#
# ## Questions to ask yourself
#
# 1. All four keys get the same score. What is the answer, and what blame do the scores get if all four values are equal?
#
#    <details><summary>Answer</summary>
#
#    The plain mean of the values, plus $b_2$. With equal values all $dw_i$ are equal, so each equals the average, and $ds = 0$: wherever it looks, it would hear the same, and there is nothing to learn about looking.
#
#    </details>
#
# 2. You ask about the first key image only, swap the first two value images, and the answer changes from 2 to 7, as it should. Does that prove that the network looks?
#
#    <details><summary>Answer</summary>
#
#    No. An adder can do that, if the company takes more points off the 2's lead after the swap: all it takes is $g < f_1 < g'$. Only the second question gives it away, because its answer must change from 7 to 2, which takes $g > f_2 \ge g'$, and $g$ can't rise and fall at once.
#
#    </details>
#
# 3. What is the factor $c = 1 / \sqrt d$ good for?
#
#    <details><summary>Answer</summary>
#
#    If the entries of $q$ and $k_i$ are independent, with mean 0 and variance 1, their dot product has the variance $d$, and $c$ brings it back to 1, however long the vectors are. Otherwise, [Vaswani and others 2017](https://arxiv.org/abs/1706.03762) suspected, long vectors make such large scores that hardly any gradient comes back through the softmax. Our first scores aren't so large: see the optional section.
#
#    </details>
#
# 4. A colleague shows you attention weights that point at the right word, and says that they explain the answer. What do you ask for?
#
#    <details><summary>Answer</summary>
#
#    An experiment. Change what it looked at, and see whether the answer changes; change what it ignored, and see whether the answer stays.
#
#    </details>
#
# ## Next
#
# The last lesson, *From an empty page*, gives you no network and no library, only the images, and then asks whether the network that you write survives the autopsy. Before you go there, make a card of your own, and ask somebody what is beside the 3.
