# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 When is a fit too good?
#
# A model has a thousand numbers to choose for each class, and a thousand images to learn from. It fits them without a single error, and then reads new digits hardly better than by guessing.
# Give it six times as many numbers. It still fits without error, and reads nine new digits in ten.
#
# **You will** put the tale of overfitting to a clean test, watch it come true and then fail, find out why, hold a network back in two ways, and ask it whether it is right as often as it says.
#
# **You will be able to**
#
# - say why "it learns by heart, so it is bad" is false, and what to look at instead;
# - derive weight decay, and check its gradient;
# - stop a training early by a rule, and say what that gains, with an error;
# - read a reliability diagram, and tell overconfidence from chance;
# - say which digits of an ill-conditioned result deserve trust.
#
# **You need** lessons [03](03_backpropagation.ipynb) to [06](06_deeper.ipynb).
#
# **Time** 55 minutes to read, 35 more for the exercises; the computer works about 40 s and uses 500 MB

# %% [markdown]
# ## Before you start
#
# 1. In lesson 04 a network learnt 1,000 images by heart. What became of its loss on new images, and what of its accuracy?
#
#    <details><summary>Answer</summary>
#
#    The loss fell, turned, and climbed. The accuracy rose and levelled off, with no turn.
#
#    </details>
#
# 2. Two ways of training are tried with the same ten seeds. What do you average, and what do you divide its standard deviation by to get a standard error?
#
#    <details><summary>Answer</summary>
#
#    The ten differences, one for each seed: what a seed does to both ways alike drops out (lessons 04 and 05). By the root of ten.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np
from joblib import Parallel, delayed

from mnistlib import data, deep, exercises, network, plotting, studies
from mnistlib.functions import cross_entropy, softmax
from mnistlib.gradcheck import check_gradient
from mnistlib.regularisation import Decayed, EarlyStopping
from mnistlib.training import evaluate, minibatches, train
from mnistlib.uncertainty import calibration

plotting.use_style()
mnist = data.load()
(images, labels), (others, truth) = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=7)
)
del mnist  # to spare memory
few = images[:1000], labels[:1000]
x, y = data.scale(few[0]), data.one_hot(few[1])
x.shape, y.shape

# %% [markdown]
# ## The tale, put to the test
#
# The tale goes like this. A small model cannot follow the training examples. A larger one follows them better, and new examples too. A model that is too large learns the training examples by heart, with all their quirks, and from there on it can only get worse on new ones. (In books: its *bias*, which is not the $b$ of a layer, falls, and its *variance* grows.)
#
# To test it, we want a model whose size is one number, with nothing else in the way: no learning rate, no epochs. Take a layer of ReLUs as lesson 06 starts it, with He's weights, and *leave it so*. It is never trained. Its activations are **random features** of an image (the idea, with cosines for ReLUs: [Rahimi and Recht 2007](https://papers.nips.cc/paper/2007/hash/013a006f03dbc5392effeb8f18fda755-Abstract.html)). Only the weights from there to the ten classes are fitted, directly to the one-hot targets, without a softmax:
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $A$ | `a` | (n, features) | random features of $n$ images |
# | $W$ | `W` | (features, 10) | the weights that are fitted to them |
#
# $A W$ shall be near $Y$, so that the following is as small as can be:
#
# $$\frac1n \sum_i \sum_k \big((AW)_{ik} - Y_{ik}\big)^2 .$$
#
# This is a problem of least squares, and NumPy solves it exactly: `np.linalg.lstsq`. So for given features there is no training to go wrong. What is left to choose is their number.

# %%
W1 = deep.initialise(np.random.default_rng(seed=0), [784, 6000, 10], rule="He")[0]
features = deep.relu(x @ W1)
features.shape

# %% [markdown]
# We shall fit the first 100 of these features, then the first 300, and so on to all 6,000, always to the same 1,000 images, and ask each fit for 10,000 new ones. Take a pencil and draw two curves against the number of features: the errors on the training images, and those on new ones. Where does each class have as many numbers to choose as there are images? What happens beyond?

# %%
widths = [100, 300, 600, 800, 900, 1000, 1100, 1300, 2000, 3000, 6000]
fits, singular = [], []
for width in widths:
    W, _, _, values = np.linalg.lstsq(features[:, :width], y)
    fits.append(W)
    singular.append(values)  # for later


def wrong_answers(fits, W1=W1):
    """How many of the 10,000 new images each fit reads wrongly; 500 at a time, to spare memory."""
    wrong = np.zeros(len(fits), dtype=int)
    for start in range(0, len(others), 500):
        some = slice(start, start + 500)
        a = deep.relu(data.scale(others[some]) @ W1)
        for place, W in enumerate(fits):
            wrong[place] += ((a[:, : len(W)] @ W).argmax(axis=1) != truth[some]).sum()
    return wrong


wrong = wrong_answers(fits)
print("features   wrong of 1,000 learnt   squared error there   wrong of 10,000 new")
learnt = []
for width, W, count in zip(widths, fits, wrong):
    outputs = features[:, :width] @ W
    learnt.append((outputs.argmax(axis=1) != few[1]).sum())
    error = ((outputs - y) ** 2).sum() / len(y)
    print(f"{width:8} {learnt[-1]:14} {error:24.4f} {count:19} ({count / 100:.2f} %)")

# %% [markdown]
# One draw of random features is one draw. The study `double_descent` has five, the first with the same seed as here. Is it the same?

# %%
study = studies.read("double_descent")
row = study["rows"][study["quick"]]
print("the same widths:", row["results"]["widths"] == widths)
print("the same counts:", np.sum(row["results"]["wrong"], axis=1).tolist() == wrong.tolist())


def of_study(weight_decay):
    """Errors in % and the norms of the weights: five seeds down, widths across."""
    rows = [r["results"] for r in study["rows"] if r["settings"]["weight_decay"] == weight_decay]
    errors = np.array([np.sum(r["wrong"], axis=1) / 100 for r in rows])
    return errors, np.array([r["norms"] for r in rows])


errors, norms = of_study(0.0)
for width, column in zip(widths, errors.T):
    print(f"{width:5}: mean {column.mean():5.2f} %, from {column.min():.2f} to {column.max():.2f}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Errors on new digits, in per cent, against the number of random features, 100 to 6,000 on a logarithmic axis: five thin curves for five draws, close together. They fall from 23 to 18 at 300 features, climb to a sharp peak of almost 90 at 1,000, where a vertical line marks as many features as images, and fall again, below their first low point, to 9 at 6,000. A dotted line marks 90, guessing. A dashed curve, the first draw's errors on the training images, falls from 13 to 0 at 600 features and stays there."}}
figure, axis = plt.subplots(figsize=(7, 4.4))
axis.semilogx(widths, errors.T, "-", color="C0", lw=0.8, alpha=0.7)
axis.semilogx(
    widths, errors.mean(axis=0), "o", color="C0", label="on new digits, mean of five draws"
)
axis.semilogx(
    widths, np.array(learnt) / 10, "s--", color="C1", ms=5, label="on the images learnt, first draw"
)
axis.axvline(1000, color="0.5", ls="--", lw=1.5, label="as many features as images")
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
axis.legend(loc="center left", fontsize=10, bbox_to_anchor=(0, 0.6))
plt.show()

# %% [markdown]
# Left of the vertical line stands the tale, word for word. With 300 features 18.28 % of the new digits are misread; then it gets worse, and with as many features as images, at the *interpolation threshold*, nearly all is lost.
#
# Right of the line the tale says that it can only get worse. It gets better, and goes on getting better, past the first low point: 9.33 % with 6,000 features, about half of the best that the left side has to offer. This is called **double descent** ([Belkin and others 2019](https://doi.org/10.1073/pnas.1903070116), who fitted random features to MNIST as we do, and trained networks; in theory, [Advani, Saxe and Sompolinsky 2020](https://doi.org/10.1016/j.neunet.2020.08.022); who had seen it before them: [Loog and others 2020](https://doi.org/10.1073/pnas.2001875117)).
#
# And look at the images learnt. In this draw *every* fit from 600 features on reads all 1,000 of them: it knows them **by heart**. (That is not yet **exact**. With 600 the right class is ahead each time, but $AW$ is not $Y$; from 1,000 on it is.) The worst fit knows them by heart, and so does the best. **That a model has learnt its examples by heart says nothing about how it reads new ones.**
#
# Is lesson 04 wrong, then? What it measured stands: a loss that turns, and an accuracy that does not. The tale does not: something else must tell a good exact fit from a bad one.
#
# ## Of all exact fits, the lightest
#
# Two images, two features, one class, by pencil. The features are nearly the same, the targets are not:
#
# $$\begin{aligned} 1 \cdot w_1 + 1 \cdot w_2 &= 0 \\ 1 \cdot w_1 + 1.1 \cdot w_2 &= 1 \end{aligned}$$
#
# Subtract: $0.1\, w_2 = 1$, so $w_2 = 10$ and $w_1 = -10$. To make a difference of 1 out of a difference of 0.1, the weights must be large, and every other quirk of an image will be made large with it.
#
# Now give each image a third feature, $-1$ and $1$. Three unknowns and two equations: there are infinitely many exact fits. One of them is the old one, with $w_3 = 0$. Perhaps the third feature does the same for less. `lstsq` returns, of all exact fits, the one with the smallest sum of squares: the **least-norm fit**, or the lightest. (The norm of weights is the root of the sum of their squares.)

# %%
two = np.array([[1.0, 1.0], [1.0, 1.1]])
three = np.array([[1.0, 1.0, -1.0], [1.0, 1.1, 1.0]])
targets = np.array([0.0, 1.0])
print("the two images differ by", np.round(two[1] - two[0], 1))
for a in [two, three]:
    w = np.linalg.lstsq(a, targets)[0]
    print("weights", np.round(w, 3), " norm", round(np.linalg.norm(w), 3))
    print("   answers as wanted:", np.allclose(a @ w, targets))

# %% [markdown]
# Both are exact, and the second is more than twenty times as light, for the third feature differs where the first two hardly did. Features that tell the images apart in a new way do not make the fit *more* exact. They make the same fit lighter.
#
# ### Exercise 7.1: the lightest weights (warm-up, 5 minutes)
#
# How does one find it? Begin with one example: features $a$, one target. Pencil first: $a = (1, 2)$, target 5. Both $(5, 0)$ and $(3, 1)$ are exact. What is lightest? Split $w$ into a multiple of $a$ and a rest at a right angle to $a$: $w = \text{multiple} \cdot a + \text{rest}$ with $a \cdot \text{rest} = 0$. Which of the two parts answers the image, and what does the other do to the sum of squares? (The check begins with this case.)


# %%
def my_lightest_weights(a, target):
    """Return the w of smallest sum of squares with a @ w = target; a: shape (features,)."""
    ...


exercises.check(my_lightest_weights)

# %%
exercises.folded(my_lightest_weights)

# %% [markdown]
# With many images it is the same argument. What stands at a right angle to *every* row of $A$ changes no answer and only adds to the sum of squares. So the lightest exact fit has no such part: its columns are sums of multiples of the rows of $A$. (Gradient descent from zero weights finds the same fit, if it runs long enough: its gradients are $A^T$ times something, and never leave the rows either.)
#
# More features can only make the lightest exact fit lighter. Give a hundred new features the weight 0, and an exact fit of 1,000 is one of 1,100, with the same sum of squares. The lightest is at most as heavy.

# %%
for width, W, column in zip(widths, fits, norms.T):
    print(
        f"{width:5}: norm {np.linalg.norm(W):7.2f}; five draws: median {np.median(column):6.2f}",
        end="",
    )
    print(f", the largest {column.max() / column.min():.2f} times the smallest")

# %% tags=["hide-input"] mystnb={"image": {"alt": "The norm of the fitted weights against the number of random features, both axes logarithmic, five thin curves. It climbs slowly from 4 at 100 features to 24 at 900, one curve far above the four others, shoots up to several hundred at 1,000, where the five draws differ widely, and falls to less than 3 at 6,000. A vertical line marks as many features as images."}}
figure, axis = plt.subplots(figsize=(7, 3.8))
axis.loglog(widths, norms.T, "-", color="C1", lw=0.8, alpha=0.7)
axis.loglog(widths, np.median(norms, axis=0), "s", color="C1", label="median of five draws")
axis.axvline(1000, color="0.5", ls="--", lw=1.5, label="as many features as images")
axis.set(
    title="The weights that the fit needs: the same peak",
    xlabel="random features (log scale)",
    ylabel="norm of the weights (log scale)",
)
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
axis.minorticks_off()
axis.legend(loc="upper left", fontsize=10)
plt.show()

# %% [markdown]
# Errors and norms have their peaks at the same place. Left of it no fit is exact; at it there is just one, however heavy; beyond it there is a choice, and the lightest is taken. (A small norm alone is no merit: 100 features need little weight, and read badly, since they see too little.)
#
# Two peaks at one place may be a coincidence. So keep all else equal: 6,000 features, and an exact fit. The one of 1,000 features is such a fit as well, its other weights 0. So is every mixture of it with the lightest: a mixture of $Y$ with $Y$ is $Y$. What do you expect of one part in a hundred?

# %%
light, heavy = fits[widths.index(6000)], np.zeros((6000, 10))
heavy[:1000] = fits[widths.index(1000)]
shares = [0.0, 0.01, 0.03, 0.1, 1.0]
mixed = [(1 - share) * light + share * heavy for share in shares]
for share, W, count in zip(shares, mixed, wrong_answers(mixed)):
    print(f"{share:4.0%} of the heavy: exact {np.allclose(features @ W, y)}, ", end="")
    print(f"norm {np.linalg.norm(W):6.2f}, errors {count / 100:.2f} %")

# %% [markdown]
# The same images, the same features, all five exact, and 9.42 % errors become 86.71 %. **What tells a good exact fit from a bad one is not its exactness. It is which weights it takes, and what new images make of them.** (Which share of the heavy one makes one image in two wrong? Change `shares`.)
#
# But is it their size alone? One curve of the picture lies high above the others on the left. It is the fourth draw.

# %%
place, others_of_it = widths.index(300), [0, 1, 2, 4]
print(f"300 features, norms: the fourth draw {norms[3, place]:.2f}, ", end="")
print(f"the others at most {norms[others_of_it, place].max():.2f}")
print(f"errors: the fourth draw {errors[3, place]:.2f} %, ", end="")
print(f"the others at least {errors[others_of_it, place].min():.2f} %")

odd = deep.initialise(np.random.default_rng(seed=3), [784, 6000, 10], rule="He")[0][:, :300]
a = deep.relu(x @ odd)
whole = np.linalg.lstsq(a, y)[0]
heaviest = np.linalg.norm(whole, axis=1).argmax()
without = whole.copy()
without[heaviest] = 0
few_at_a_time = np.split(others, 20)
meets = np.concatenate([data.scale(some) @ odd[:, heaviest] > 0 for some in few_at_a_time])
there = deep.relu(data.scale(others[meets]) @ odd)
awake, strongest = (a[:, heaviest] > 0).sum(), a[:, heaviest].max()
print(f"its heaviest feature is awake for {awake} of 1,000 images learnt, {strongest:.3f} at most")
print(
    f"(the mean of all that are awake: {a[a > 0].mean():.2f}); for {meets.sum()} of 10,000 new ones"
)
for name, W, count in zip(
    ["with", "without"], [whole, without], wrong_answers([whole, without], odd)
):
    wrong_there = ((there @ W).argmax(axis=1) != truth[meets]).sum()
    print(f"{name} it: norm {np.linalg.norm(W):.2f}, errors {count / 100:.2f} %; ", end="")
    print(f"of those that wake it, {wrong_there} are misread")

# %% [markdown]
# More than twice the norm of any other draw, and no more errors. A feature that wakes for three images, and faintly, needs a large weight to be of any use. It sleeps for nearly all new images too, and there its weight multiplies nothing; but of the 84 that wake it, 40 are misread with it, and 15 without. So large weights do harm where new images meet them. (And where they set the classes apart: what is the same in all ten columns moves all ten outputs alike, and changes no answer.)
#
# ### Where the weight comes from
#
# Every matrix can be taken apart into directions, the **singular value decomposition** (that this is so we borrow from linear algebra):
#
# $$A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right} .$$
#
# Each row of *right* is a direction in the space of features, each column of *left* one in the space of images; within each the directions have length 1 and stand at right angles to one another. The **singular value** $s$ says how much of $A$ lies along such a pair.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\text{left}$ | `left` | (n, directions) | in each column a direction in the space of images; there are min(n, features) |
# | $s$ | `s` | (directions,) | singular values, the largest first |
# | $\text{right}$ | `right` | (directions, features) | in each row a direction in the space of features; no right answers |
#
# Along a direction $A$ multiplies by $s$. So the fit takes what $Y$ has of it, and divides: $W = \text{right}^T\, \mathrm{diag}(1 / s)\; \text{left}^T\, Y$. Multiply by $A$: $\text{right}\;\text{right}^T$ is the identity, $s$ and $1/s$ cancel, and $\text{left}\;\text{left}^T\, Y$ remains, the part of $Y$ that the directions can make. Once there are as many as images, that is all of it; with fewer, the rest of $Y$ stands at a right angle to whatever $A W$ can be, so no weights come nearer. And it is the lightest such fit, for each of its columns is a sum of multiples of rows of *right*, which are made of the rows of $A$.
#
# The first direction is nearly what all images have in common. The weak ones are small differences between them; there $s$ is tiny, and $1/s$ huge. The pencil's two images show it first. How small does $s$ get with a thousand?

# %%
print("the pencil's two images: s =", np.round(np.linalg.svd(two, compute_uv=False), 3))
left, s, right = np.linalg.svd(features[:, :1000], full_matrices=False)
mean = features[:, :1000].mean(axis=0)
print(
    f"cosine of the first direction and the mean: {abs(right[0] @ mean) / np.linalg.norm(mean):.4f}"
)
for width, values in zip(widths, singular):
    print(f"{width:5} features: singular values from {values[0]:5.1f} to {values[-1]:.4f}")

# %% [markdown]
# At 1,000 features the weakest direction is more than fifty times weaker than with 900 or 1,100. Is it to blame? Leave it out of the fit, that one alone; then the weakest ten, and so on. How many of the 1,000 directions must one give up to misread fewer than one digit in five?

# %%
leave_out = [0, 1, 10, 100, 200, 250, 500]
cut = []
for weakest in leave_out:
    kept = len(s) - weakest
    cut.append(right[:kept].T @ ((left[:, :kept].T @ y) / s[:kept, None]))
for weakest, W, count in zip(leave_out, cut, wrong_answers(cut)):
    print(f"without the {weakest:3} weakest: norm {np.linalg.norm(W):6.2f}, ", end="")
    print(f"errors {count / 100:.2f} %")

# %% [markdown]
# The suspicion was half right. Without its weakest direction the fit has less than half the norm, and reads hardly better: the next ones are weak as well. The whole tail does the harm: more than 200 directions must go before fewer than one digit in five is misread. Give up half of all, and with them the exact fit, and it reads more than the first low point did.
#
# ## A price on large weights
#
# Let large weights cost something, then. Add to the loss a price: half the sum of all squared weights, times a number $\lambda$ that says how much it matters. This is **weight decay**, the commonest kind of *regularisation* (*L2*, in books). Why it helps was explained by [Krogh and Hertz 1992](https://papers.nips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html): of all weights that solve the problem it chooses the smallest.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\lambda$ | `weight_decay` | | how strongly large weights are held down |
#
# $$L_\lambda = L + \frac{\lambda}{2} \sum w^2 .$$
#
# The sum runs over every weight of every layer. Biases pay nothing: they are added, not multiplied with anything, and make no difference larger.
#
# The gradient takes one line. By one weight, $\frac{\lambda}{2} \sum w^2$ has the derivative $\lambda w$, so
#
# $$dW_\lambda = dW + \lambda W, \qquad db_\lambda = db .$$
#
# And the step of plain gradient descent becomes
#
# $$W \leftarrow W - \eta\,(dW + \lambda W) = (1 - \eta \lambda)\, W - \eta\, dW .$$
#
# Hence the name. Before each step every weight shrinks by the same factor. A weight that does nothing for the loss fades away; one that lowers it stays.
#
# ### Exercise 7.2: the price and its gradient (core, 5 minutes)
#
# For one layer: you get the loss and the gradient that you had without the price.


# %%
def my_decayed(loss, W, dW, weight_decay):
    """Return the loss with the price of W, and its gradient by W."""
    ...


exercises.check(my_decayed)

# %%
exercises.folded(my_decayed)

# %% [markdown]
# In the library it is a wrapper around any model, `Decayed(model, weight_decay)`, which `train` takes like the model itself. Check its gradient by nudging, and the factor by one step of $\eta = 0.5$. With $\eta = 1$ and $\lambda = 0.001$, how much of a weight is left after 1,500 steps, if the loss itself does not move it?

# %%
start = network.initialise(np.random.default_rng(seed=1))
decayed = Decayed(network, 0.5)  # a large one, so that its part is easily seen
ten = slice(0, 10)
plain_loss, _ = network.gradients(start, x[ten], y[ten])
loss, grads = decayed.gradients(start, x[ten], y[ten])
price = 0.25 * ((start.W1**2).sum() + (start.W2**2).sum())
print(f"loss {plain_loss:.4f}, price {price:.4f}, together {loss:.4f}")


def loss_of_W2(W2):
    return decayed.gradients(start._replace(W2=W2), x[ten], y[ten])[0]


print(check_gradient(loss_of_W2, start.W2, grads.dW2, name="dW2"))

one_batch = [np.arange(1000)]
free, _ = train(network, start, few, one_batch, learning_rate=0.5)
paid, _ = train(Decayed(network, 0.001), start, few, one_batch, learning_rate=0.5)
less = free.W1 - 0.5 * 0.001 * start.W1
print("shrunk by the factor, else the same:", np.allclose(paid.W1, less, rtol=0, atol=1e-12))
print("biases the same:", np.array_equal(paid.b1, free.b1))
print(f"left of a weight after 1,500 steps: {0.999**1500:.3f}")

# %% [markdown]
# ### Five values of $\lambda$, ten seeds
#
# What does it do for a network that learns 1,000 images by heart? And which $\lambda$? A choice flatters the images it was made on. So the validation images are split: the first 5,000 are watched and choose, the other 5,000 report.
#
# Here is one training: 150 epochs, scored every 50 steps. It also keeps the parameters of the lowest loss so far, for later.

# %%
watched, reporting = (others[:5000], truth[:5000]), (others[5000:], truth[5000:])


def run(weight_decay, seed, few, watched):
    """Train to the end; return the parameters there, the watcher, and the losses it watched."""
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(1000, 100, rng=rng, epochs=150)
    watch = EarlyStopping("watched", patience=len(batches))  # too patient to stop
    trained, history = train(
        Decayed(network, weight_decay),
        start,
        few,
        batches,
        learning_rate=1.0,
        every=50,
        monitor={"watched": watched},
        after_record=watch,
    )
    return trained, watch, history.loss("watched")


# %% [markdown]
# Each seed shall have its own 1,000 training images, its own starting weights and its own batches, the same for every $\lambda$. These runs do not wait for one another, so let them go side by side. [joblib](https://joblib.readthedocs.io) hands a list of calls to workers: here two threads, since NumPy lets others work while it multiplies matrices.

# %%
wanted = [(weight_decay, seed) for weight_decay in (0.0, 1e-3) for seed in (0, 1)]
calls = [
    delayed(run)(
        weight_decay,
        seed,
        (images[1000 * seed : 1000 * (seed + 1)], labels[1000 * seed : 1000 * (seed + 1)]),
        watched,
    )
    for weight_decay, seed in wanted
]
runs = dict(zip(wanted, Parallel(n_jobs=2, prefer="threads")(calls)))
for (weight_decay, seed), (_, watch, losses) in runs.items():
    print(f"weight decay {weight_decay:g}, seed {seed}: ", end="")
    print(f"lowest loss {watch.loss:.4f} at step {watch.step}, at the end {losses[-1]:.4f}")

# %% [markdown]
# <details><summary>Why does <code>run</code> take all it needs, and draw all its chance from its seed?</summary>
#
# So that it comes out the same wherever it runs. With two lines around it the same call of `Parallel` runs on a [Dask](https://www.dask.org) cluster, many computers, if the course is installed on each:
#
# ```python
# client = dask.distributed.Client("address of the scheduler")
# with joblib.parallel_config(backend="dask"):
#     runs = Parallel(n_jobs=2, prefer="threads")(calls)
# ```
#
# </details>
#
# Five values of $\lambda$ and ten seeds are fifty runs, the study `decay`. It has the four above, too:

# %%
decay = studies.read("decay")
stored = {tuple(r["settings"].values()): r["results"] for r in decay["rows"]}
for settings, (trained, watch, losses) in runs.items():
    there = stored[settings]
    same = np.allclose(losses, there["choosing"]) and watch.step == there["lowest_at"]
    same &= np.isclose(evaluate(network, trained, reporting).loss, there["end"]["loss"])
    print(settings, "the same:", bool(same))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Validation loss against the step, 0 to 1,500, mean of ten seeds, for five weight decays. Four fall together to just below 0.4 at 250 steps. From there the loss climbs to 0.46 without decay, less with 0.0001 and 0.0003, and stays nearly level with 0.001. With 0.003 it falls more slowly, and jumps about above 0.40. Dots mark the lowest point of each curve, three of them nearly at one place."}}
decays = [0.0, 1e-4, 3e-4, 1e-3, 3e-3]
steps = 50 * np.arange(31)
figure, axis = plt.subplots(figsize=(7, 4.2))
means = {d: np.mean([stored[d, seed]["choosing"] for seed in range(10)], axis=0) for d in decays}
for (weight_decay, mean), style in zip(means.items(), ["-", "--", "-.", "-", ":"]):
    axis.plot(steps, mean, style, label=f"{weight_decay:g}", lw=3 if weight_decay == 1e-3 else 2)
    axis.plot(steps[mean.argmin()], mean.min(), "o", color="black", ms=5)
axis.set(
    title="With a decay of 0.001 the loss hardly turns",
    xlabel="step",
    ylabel="validation loss, first 5,000",
    ylim=(0.34, 0.62),
)
axis.legend(title="weight decay", loc="upper center", ncols=3, fontsize=10)
plt.show()


# %% [markdown]
# (Dots: where each is lowest. Thick: the one that will be chosen.) Without a price the loss turns and climbs, as in lesson 04. With 0.001 it hardly turns any more. With 0.003 the price hurts: the loss stays higher, and jumps about, at a learning rate of 1, the same for all. Now the choice, by the mean loss at the end on the watching images, and the report, on the others. Before you look: what will decay do to the *accuracy*?


# %%
def at(weight_decay, moment, what):
    """What the study reports of one weight decay: ten numbers, one for each seed."""
    return np.array([stored[weight_decay, seed][moment][what] for seed in range(10)])


def difference(ours, theirs):
    """Mean of paired differences and its standard error."""
    apart = ours - theirs
    return f"{apart.mean():+.4f} (error {apart.std(ddof=1) / np.sqrt(len(apart)):.4f})"


for weight_decay, mean in means.items():
    print(f"weight decay {weight_decay:g}: mean watched loss at the end {mean[-1]:.4f}, ", end="")
    print(f"lowest {mean.min():.4f} at step {steps[mean.argmin()]}")
chosen = min(decays, key=lambda weight_decay: means[weight_decay][-1])
print(f"chosen: {chosen:g}. On the images that report, against no decay, seed by seed:")
for what in ["loss", "accuracy"]:
    ours, theirs = at(chosen, "end", what), at(0.0, "end", what)
    print(f"   {what}: {theirs.mean():.4f} becomes {ours.mean():.4f}, {difference(ours, theirs)}")
    print(f"      lower in {(ours < theirs).sum()} seeds of {len(ours)}")

# %% [markdown]
# The loss falls by almost a fifth, with every seed. The accuracy does not rise with it. It falls, by a quarter of a point, with nine seeds of ten: little, but hardly chance.
#
# (These errors are the luck of a seed: which thousand images, which start. All are judged by the same 5,000. And that the loss is higher on the half that reports, 0.5088 against 0.4605 without decay, is no flattery, for nothing was chosen there: that half happens to be harder. Is lost accuracy the rule? No: [Nielsen 2015, chapter 3](http://neuralnetworksanddeeplearning.com/chap3.html) sees decay raise it, also with 1,000 images.) How can a loss fall that far, and the accuracy not rise? Hold that question for a moment.
#
# ## When to stop
#
# Without a price the curve had its low point early. **Early stopping** keeps the parameters from there. But the low point is known only afterwards; all one can do is wait a while and see whether the loss falls again. How long one waits is the *patience*: so many scorings in a row without a new lowest loss, and training ends ([Goodfellow, Bengio and Courville 2016](https://www.deeplearningbook.org/), section 7.8; other rules are compared by [Prechelt 1998](https://doi.org/10.1007/3-540-49430-8_3)).
#
# ### Exercise 7.3: the end, by rule (core, 8 minutes)
#
# You get the losses as they were scored. Pencil first: with the losses 50, 30, 40, 45, 48, 10 and a patience of 2, where does training end, and which scoring is kept? (The check begins with this case.)


# %%
def my_stopped_at(losses, patience):
    """Return at which scoring training ends, and at which the lowest loss was until then; from 0.

    It ends at the last scoring, if patience does not run out before.
    """
    ...


exercises.check(my_stopped_at)

# %%
exercises.folded(my_stopped_at)

# %% [markdown]
# The rule can be replayed on the stored losses of the ten seeds, without decay and with the chosen one. How much patience does it take to find the lowest loss of the whole 1,500 steps?


# %%
def ends(losses, patience):
    for now in range(len(losses)):
        lowest = int(np.argmin(losses[: now + 1]))
        if now - lowest == patience:
            break
    return now, lowest


for weight_decay in [0.0, chosen]:
    ten_losses = [stored[weight_decay, seed]["choosing"] for seed in range(10)]
    for patience in [1, 2, 3, 5]:
        found = [ends(losses, patience) for losses in ten_losses]
        best = sum(low == np.argmin(losses) for (_, low), losses in zip(found, ten_losses))
        mean = 50 * np.mean([now for now, _ in found])
        print(f"decay {weight_decay:g}, patience {patience}: the lowest of all found with ", end="")
        print(f"{best} seeds of 10, steps trained on average: {mean:.0f}")

# %% [markdown]
# Without decay, a patience of 2 is enough. With 0.001 the loss wobbles, and even 5 misses the lowest in four seeds of ten. (So where both are combined below, that is a stop in hindsight.) In the library this is `EarlyStopping`, which stood in `run` above with a patience that never ran out: `train` calls it after each scoring, and ends when it says True.
#
# And what does it gain? Compare, on the images that report, by pairs over the ten seeds: train to the end; stop at the lowest loss; train to the end with weight decay; both.

# %%
ways = {
    "to the end": (0.0, "end"),
    "stopped": (0.0, "lowest"),
    "decay": (chosen, "end"),
    "decay and stopped": (chosen, "lowest"),
}
pairs = [("stopped", "to the end"), ("decay", "to the end"), ("stopped", "decay")]
pairs += [("decay and stopped", "decay"), ("decay and stopped", "stopped")]
for name, other in pairs:
    print(f"{name} against {other}:")
    for what in ["loss", "accuracy"]:
        print(f"   {what:8} {difference(at(*ways[name], what), at(*ways[other], what))}")

# %% [markdown]
# Stopping lowers the loss as far as decay does, even a little further (by about two standard errors), and leaves the accuracy where it was. And with a patience of 2 it takes less than a quarter of the steps. But it looks at the watched images at each scoring, where decay looked once for each $\lambda$.
#
# Both together: better than decay alone, no better than stopping alone. At its own best moment decay costs no accuracy that one could be sure of.
#
# ## Is 90 % sure right 90 % of the time?
#
# Back to the open question. A clue is how sure the answers are. Call an answer's *sureness* (books say *confidence*) the probability that the network gives to it, the largest of the ten. Three networks of seed 0: take from each the answers that are about 90 % sure, and write down how many of a hundred will be right.

# %%
patients = {
    "trained to the end": runs[0.0, 0][0],
    "stopped at the lowest loss": runs[0.0, 0][1].parameters,
    "weight decay 0.001": runs[1e-3, 0][0],
}
probabilities = {}
for name, parameters in patients.items():
    p = softmax(network.logits(parameters, data.scale(reporting[0])))
    probabilities[name] = p
    weight = np.sqrt((parameters.W1**2).sum() + (parameters.W2**2).sum())
    correct = p.argmax(axis=1) == reporting[1]
    print(f"{name:26} norm of the weights {weight:5.2f}, ", end="")
    print(f"mean sureness {p.max(axis=1).mean():.4f}, accuracy {correct.mean():.4f}")
    near = np.abs(p.max(axis=1) - 0.9) < 0.05
    print(
        f"   {near.sum()} answers are about 90 % sure; {100 * correct[near].mean():.1f} % of them are right"
    )

# %% [markdown]
# Of a hundred answers that are 90 % sure, ninety should be right. The two networks that were held back come close. The one that was trained to the end is right in 73.2 % of them. It has long learnt its thousand images, and lowers its training loss by being *surer* of them, with larger weights; and takes that sureness along to new ones.
#
# The same should hold for any sureness. So sort the answers by it into ten bins, 0 to 0.1, 0.1 to 0.2 and so on, and ask in each how many are right. A network whose sureness can be taken at its word is **calibrated** ([Guo and others 2017](https://arxiv.org/abs/1706.04599) found that large networks are not, and that decay helps).
#
# ### Exercise 7.4: how sure, how right (core, 6 minutes)


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
# How far may the share of right answers lie from the sureness, by chance? Suppose that every probability is true. Then each answer is a coin with its own $p_i$ and the variance $p_i (1 - p_i)$. Coins are independent, so variances add, and the share of a bin has the standard deviation
#
# $$\frac{1}{\text{count}} \sqrt{\textstyle\sum_i p_i\, (1 - p_i)} ,$$
#
# the sum and the count over the answers of the bin, or over all of them. The library's `calibration` gives this as `spread`. And one number for the whole, the **expected calibration error**: the distance in each bin between the share and the mean sureness, averaged over all answers, $\sum_{\text{bins}} \frac{\text{count}}{n}\, |\text{share} - \text{sureness}|$ ([Naeini and others 2015](https://doi.org/10.1609/aaai.v29i1.9602)). It is never quite 0, even for a calibrated network. How large by chance? Throw the coins.


# %%
def excess(p, labels):
    """How much surer than right the answers are, in the mean."""
    return p.max(axis=1).mean() - (p.argmax(axis=1) == labels).mean()


measured, rng = {}, np.random.default_rng(seed=0)
for name, p in probabilities.items():
    sure, answers = p.max(axis=1), p.argmax(axis=1)
    found = measured[name] = calibration(p, reporting[1])
    fair = []
    for _ in range(400):
        heads = rng.random(len(p)) < sure
        fair.append(calibration(p, np.where(heads, answers, -1)).error)  # -1: no answer is right
    low, high = np.quantile(fair, [0.025, 0.975])
    print(f"{name}: calibration error {found.error:.4f}; ", end="")
    print(f"95 of 100 times chance makes it {low:.3f} to {high:.3f}")
    spread = np.sqrt((sure * (1 - sure)).sum()) / len(p)
    print(f"   all answers: surer than right by {excess(p, reporting[1]):.4f}, ", end="")
    print(f"standard deviation by chance {spread:.4f}")
    p_watched = softmax(network.logits(patients[name], data.scale(watched[0])))
    print(f"   the same on the watched half: {excess(p_watched, watched[1]):.4f}")
    print(f"   {found.counts[7]} answers {found.sure[7]:.3f} sure: ", end="")
    print(f"{found.accuracy[7]:.3f} right, standard deviation by chance {found.spread[7]:.3f}")

# %% [markdown]
# Drawn, share against sureness, this is a **reliability diagram**. A calibrated network's points lie on the diagonal, as far as chance lets them: each bar reaches two of its standard deviations either way, and nearly all should touch the line.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three reliability diagrams: the share of right answers against the sureness, in ten bins, with bars of two standard deviations of chance, and a diagonal line for a calibrated network. Left, trained to the end: most points lie far below the diagonal, well beyond their bars. Middle, stopped at the lowest loss, and right, weight decay 0.001: the points lie on or near the diagonal, most within their bars."}}
figure, axes = plt.subplots(1, 3, figsize=(8, 3.4), sharey=True)
for axis, (name, found), style in zip(axes, measured.items(), ["o", "s", "^"]):
    seen = found.counts > 0
    axis.plot([0, 1], [0, 1], color="0.5", ls="--", lw=1.5)
    axis.errorbar(
        found.sure[seen], found.accuracy[seen], 2 * found.spread[seen], fmt=style, capsize=3
    )
    axis.set_title(name.replace(" at", "\nat").replace(" to", "\nto").replace(" 0", "\n0"))
    axis.set(xlabel="sureness", xlim=(0, 1.03), ylim=(0, 1.03), aspect="equal")
axes[0].set_ylabel("share of right answers")
figure.suptitle("Below the diagonal: surer than right", fontsize=13, x=0.01, ha="left")
plt.show()

# %% [markdown]
# (Coins are independent, digits of one writer are not, as lesson 04 found. So chance has a little more room than that.)
#
# Left: of 195 answers that are about three quarters sure, 0.754 on average, only 0.585 are right. By chance the standard deviation is 0.031: they are more than five of them off. It is so in nearly every bin, always on the same side: **overconfident**. In the middle the points lie on the line, as far as one can tell with 5,000 digits. (Where a bar is long, few answers fell into the bin.) On the right most lie a little below it. None is far outside its bar, but together they are surer than right by 0.0121, three standard deviations; and on the watched half not at all, -0.0002. Is this network still a little too sure? One half of the images says yes, the other no: it may be, it need not.
#
# Is it the sureness, then, that the loss of the first network suffers from? Take away sureness and nothing else: divide all its logits by one number, the **temperature** ([Guo and others 2017](https://arxiv.org/abs/1706.04599)), which the watched images choose. No answer can change, for the order of the logits does not.

# %%
worst, temperatures = patients["trained to the end"], np.arange(80, 260, 5) / 100
z, z_there = (network.logits(worst, data.scale(some[0])) for some in (watched, reporting))
y_watched, y_there = data.one_hot(watched[1]), data.one_hot(reporting[1])
best = min(temperatures, key=lambda temperature: cross_entropy(z / temperature, y_watched))
print(f"temperature {best:.2f}; loss on those that report, ", end="")
print(f"{cross_entropy(z_there, y_there):.4f} becomes {cross_entropy(z_there / best, y_there):.4f}")
same = (z_there / best).argmax(axis=1) == z_there.argmax(axis=1)
print("every answer the same:", same.all())

# %% [markdown]
# All this was seed 0. Over the ten:

# %%
ways["temperature"] = (0.0, "scaled")
ways["decay 0.003"] = (3e-3, "end")
print("                   loss     calibration error            by chance  surer than right by")
for name, way in ways.items():
    errors_of = at(*way, "calibration_error")
    chance, loss = at(*way, "by_chance").mean(), at(*way, "loss").mean()
    print(f"{name:18} {loss:.4f}   {errors_of.mean():.4f} ", end="")
    print(f"({errors_of.min():.4f} to {errors_of.max():.4f})   {chance:.4f}   ", end="")
    print(difference(at(*way, "sureness"), at(*way, "accuracy")))

# %% [markdown]
# (The errors are the luck of a seed, once more; the images are the same for all. Of the ten, seed 0 has the smallest calibration error with stopping, 0.0053, and the largest with decay, 0.0137.) So here is the answer. The network that was trained to the end is no worse at *reading*. It is worse at knowing what it knows, and the cross-entropy, which is the surprise at the right answer, makes it pay for that. One number, with no answer changed, lowers its loss about as far as stopping does.
#
# Stopping and the chosen decay bring the calibration error down to a fifth, not far above what chance alone would leave. Too much decay, 0.003, makes a network less sure than right.
#
# ## The peak, held down
#
# Back to the random features, and a price on their weights. There too the loss gets $\frac{\lambda}{2} \sum w^2$. Set its gradient to 0. The squared error's gradient by $W$ is $A^T$ times its gradient by $AW$, as in lesson 03:
#
# $$\frac2n A^T (A W - Y) + \lambda W = 0 \qquad \text{or} \qquad A^T A\, W + \frac{n \lambda}{2} W = A^T Y .$$
#
# This is **ridge regression** ([Hoerl and Kennard 1970](https://doi.org/10.1080/00401706.1970.10488634)). By the first form $W$ is $A^T$ times something, made of the rows of $A$. So put $W = \text{right}^T \cdot \text{inner}$ into the second, and $A = \text{left} \cdot \mathrm{diag}(s) \cdot \text{right}$. What is left of the equation for *inner*, once you use that the directions of *left*, and the rows of *right*, have length 1 and stand at right angles?
#
# ### Exercise 7.5: the fit that pays (stretch, 12 minutes)
#
# Pencil: what takes the place of $1/s$ in the fit without a price? With $n\lambda/2 = 1$, what does it become for $s = 100$, for $s = 1/100$, and where is it largest?


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
# What was $1/s$ has become $s / (s^2 + n\lambda/2)$. With $n\lambda/2 = 1$ it is about a hundredth both for $s = 100$, where $1/s$ was the same, and for $s = 1/100$, where $1/s$ was a hundred; it is largest in between, $1/2$ at $s = 1$. And as $\lambda$ goes to 0 it goes to $1/s$: the lightest exact fit is the fit with a vanishing price.
#
# At the peak, live, for two values of $\lambda$. (Another loss and other weights than the network's, so another scale.) What becomes of the 87 % errors?

# %%
fitted, n = [], len(y)
for weight_decay in [2e-3, 2e-2]:
    instead = s / (s**2 + n * weight_decay / 2)  # of 1 / s
    fitted.append(right.T @ (instead[:, None] * (left.T @ y)))
for weight_decay, W, count in zip([2e-3, 2e-2], fitted, wrong_answers(fitted)):
    there = of_study(weight_decay)[0][0, widths.index(1000)]
    print(
        f"decay {weight_decay:g}: norm {np.linalg.norm(W):.2f}, errors {count / 100:.2f} %", end=""
    )
    print(f"; the study's first seed: {there:.2f} %")

# %%
for weight_decay in [0.0, 2e-3, 2e-2]:
    mean = of_study(weight_decay)[0].mean(axis=0)
    print(f"decay {weight_decay:g}:", *(f"{value:.2f}" for value in mean))

# %% tags=["hide-input", "home"] mystnb={"image": {"alt": "Errors on new digits, in per cent, against the number of random features, 100 to 6,000, both axes logarithmic, means of five draws. Without decay the curve falls, climbs to a peak of 88 at 1,000 features and falls to 9. With a weight decay of 0.002 the peak is gone: the curve falls to 15, stays nearly level, and falls to 9. With 0.02 it falls all the way, from 22 to below 9. Shaded bands from the lowest to the highest of five draws are narrow."}}
figure, axis = plt.subplots(figsize=(7, 4.4))
for weight_decay, style in zip([0.0, 2e-3, 2e-2], ["o-", "s--", "^-."]):
    found = of_study(weight_decay)[0]
    axis.loglog(
        widths, found.mean(axis=0), style, label=f"{weight_decay:g}" if weight_decay else "none"
    )
    axis.fill_between(widths, found.min(axis=0), found.max(axis=0), alpha=0.25)
axis.axvline(1000, color="0.5", ls="--", lw=1.5)
axis.set(
    title="As many features as images: a peak, unless weights cost something",
    xlabel="random features (log scale)",
    ylabel="errors on new digits, % (log scale)",
)
axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axis.set_yticks([10, 20, 50, 90], ["10", "20", "50", "90"])
axis.minorticks_off()
axis.legend(title="weight decay")
plt.show()

# %% [markdown]
# The peak is gone. With 0.002 the mean error stays nearly level around 1,000 features, and falls before and after. (All the values that the study tried are shown. For least squares one can say when a suitable one always does this, [Nakkiran, Venkat and others 2021](https://arxiv.org/abs/2003.01897).) And a price helps in the mean at every width, also at 6,000, where the exact fit is light and good: 8.87 % instead of 9.33 %. It lowers the weights, and it no longer fits exactly; here these two cannot be told apart. With the mixtures they could.
#
# ### What can be trusted here
#
# The ratio of the largest to the smallest singular value is the **condition number**. A small relative error can grow by this factor on the way to the solution; where it is large, a problem is **ill-conditioned**. A float carries about sixteen digits; with a condition number of $10^5$ about eleven are left, if one solves by orthogonal directions, as `lstsq` does. The recipe of many textbooks, $A^T A\, W = A^T Y$, squares the singular values, and so the condition number: another five digits lost.
#
# Try it at the peak, without a price. The order of the features means nothing, so shuffle the columns, fit, and put the weights back in order.

# %%
a, order = features[:, :1000], np.random.default_rng(seed=1).permutation(1000)
print(f"condition number: {s[0] / s[-1]:,.0f}")


def by_products(a, y):
    return np.linalg.solve(a.T @ a, a.T @ y)


def by_directions(a, y):
    return np.linalg.lstsq(a, y)[0]


for solve in [by_directions, by_products]:
    W, back = solve(a, y), np.zeros((1000, 10))
    back[order] = solve(a[:, order], y)
    apart = np.linalg.norm(W - back) / np.linalg.norm(W)
    print(f"{solve.__name__}: five digits agree: {apart < 1e-5}, ten: {apart < 1e-10}; ", end="")
    print(f"norm {np.linalg.norm(W):.2f}")

# %% [markdown]
# `lstsq` agrees with itself to more than ten digits, the products to more than five. Either is enough for the norm as printed here. With a condition number of $10^8$ the products would have no digit left, and `lstsq` eight. So this lesson solved by directions, and printed what does not hang on the last digits.
#
# And would another draw of the features tell the same tale? At the peak the heaviest of five fits had a norm 3.29 times that of the lightest; from 1,300 features on the five agree to a few hundredths. *That* there is a peak is sure. How large the norm gets there is luck.
#
# ## So when is a fit too good?
#
# How far does the peak carry? Here one layer was fitted, exactly, to a squared error. Networks whose every layer is trained show the peak as well, most clearly if some of the labels are wrong ([Nakkiran, Kaplun and others 2020](https://arxiv.org/abs/1912.02292)); for them, too, stopping flattens it, or a price ([Nakkiran, Venkat and others 2021](https://arxiv.org/abs/2003.01897)). When is a fit too good, then? Not because it fits everything. When it takes large weights to do so, and new images meet them; or when it is surer than it is right.
#
# ## Recap
#
# - Errors on new digits against the size of a model may fall, climb to a peak where it can just fit everything, and fall again. Learning by heart is not what does the harm.
# - Exact fits of one size read well or badly: it depends on the weights they take, and on whether new images meet them. More features make the lightest one lighter. At the peak there is no choice, and the weak directions make the weights huge.
# - Weight decay adds $\lambda W$ to the gradient: every step shrinks the weights first. It takes the peak away.
# - Holding our network back, by decay or by stopping, lowered its loss and not its errors: it was no more often right, but it no longer claimed to be. A temperature does that afterwards.
# - Calibration asks whether sureness can be taken at its word, bin by bin and over all, against what chance would do.
# - Choose on some images, report on others; pair the seeds; solve an ill-conditioned problem by its directions, and print what survives a shuffle.
#
# ## Questions to ask yourself
#
# 1. A colleague says: "It reads every training image, so it is overfitted." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    How it does on new examples, against a smaller model, a larger one, and the same one held back. Training accuracy was perfect here for the worst fit and for the best.
#
#    </details>
#
# 2. You double the training images, to 2,000. Where does the peak go?
#
#    <details><summary>Answer</summary>
#
#    To 2,000 features: it stands where the features just suffice for an exact fit. So at 2,000 features twice the data makes the fit without decay *worse*. Try it.
#
#    </details>
#
# 3. A network that always answers "7", a ninth sure of it: is it calibrated? Is it good?
#
#    <details><summary>Answer</summary>
#
#    Nearly calibrated: about a tenth of all digits are sevens. And useless. Calibration is a promise kept about sureness, not about accuracy.
#
#    </details>
#
# 4. The largest singular value of a problem is a million times the smallest. How many digits of what `lstsq` returns would you print? And of what $A^T A\, W = A^T Y$ gives?
#
#    <details><summary>Answer</summary>
#
#    Of about sixteen digits a condition number of $10^6$ leaves ten. Its square leaves four.
#
#    </details>
#
# ## Next
#
# A price on weights says: keep them small. It does not say what an image is: a pixel still has no neighbours. [08 Seeing shapes](08_seeing_shapes.ipynb) builds that in, and reads 99 % of the digits.
