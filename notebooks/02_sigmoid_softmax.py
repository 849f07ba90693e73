# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 Sigmoid and softmax
#
# Show this lesson's network one particular 6, and it says 0. We can't simply tell it the right answer, because what it computes is not an answer but ten numbers, one for each class, and the one for 0 happens to be the largest. All that we can say is which of those numbers should move, which way, and how hard; and first we must work that out ourselves. **How do ten numbers become ten probabilities that a network can learn from?** That takes two functions, the softmax and its little sister, the sigmoid, which does a similar job one step earlier. Each is one line long and has its traps.
#
# **You will be able to**
#
# - write a softmax and a sigmoid in which no exponential overflows;
# - tell whether a softmax runs along the right axis;
# - say why the loss is a logarithm, and derive how it depends on each of the ten numbers;
# - measure any slope, and so check a formula that you have derived.
#
# **You need** [lesson 00](00_first_look.ipynb) for what a network is, [lesson 01](01_loading.ipynb) for the shapes, and from school the derivatives of $e^x$ and $\log x$ and the quotient and chain rules.
#
# **Time** 55 minutes to read, 20 more for the pencil and 46 for the exercises; it runs for about 5 s and takes 240 MB

# %% [markdown]
# ## Before you start
#
# On paper first:
#
# 1. You scale a batch of 128 images. What shape does $X$ have, and what is in one row? Why did lesson 01 divide the bytes by 255 before it subtracted anything?
#
#    <details><summary>Answer</summary>
#
#    (128, 784). One row is one image, flattened, with every entry in $[0, 1]$. The division turned bytes into floats, because a difference of two bytes wraps around without warning: there, $0 - 200$ is 56.
#
#    </details>
#
# 2. Somebody's new network gets four out of five validation images right. What do you say?
#
#    <details><summary>Answer</summary>
#
#    That ten averages do better: the nearest mean of [lesson 01](01_loading.ipynb) gets 81.36 % of them right.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, pictures
from mnistlib import data, functions, gradcheck, network, original, plotting, training

plotting.use_style()

# %% [markdown]
# ## A wrong answer
#
# Here is a network like the one in [lesson 00](00_first_look.ipynb), stopped after a hundred steps of training, and one of the images that it gets wrong. <small>The folded cell trains it, in a way that lesson 04 explains.</small>

# %% tags=["hide-input"]
mnist = data.load()
train_set, validation_set = data.split(*mnist[:2], rng=np.random.default_rng(seed=1))
rng = np.random.default_rng(seed=0)
batches = training.minibatches(50_000, rng=rng)[:100]
start = network.initialise(rng)
parameters, _ = training.train(network, start, train_set, batches, learning_rate=0.5)

# %% mystnb={"image": {"alt": "A network at work on a handwritten six: the image, eight of 128 hidden units shaded by their response, and ten classes with bars. The longest bar, 0.49, is at the 0; the 6 has 0.29, the 2 has 0.11."}} tags=["hide-input"]
image, label = validation_set[0][113], validation_set[1][113]
seen = network.forward(parameters, data.scale(image[None]))
z_image, y_image = seen.z2[0], data.one_hot([label])[0]
plotting.network(
    image, seen.a1[0], functions.softmax(z_image), title="You read a 6. The network says 0"
)
plt.show()

# %% [markdown]
# The pixels go into 128 units that are called **hidden**, because they stand between the input and the answer, where nobody looks. Each unit has a **weight** for every pixel. It multiplies each pixel by its weight, adds up the products, and adds one more number, its **bias** ($W_1$ and $b_1$ in the picture). The sigmoid squeezes that sum into a response between 0 and 1. The ten classes make their sums from the 128 responses in the same way, with $W_2$ and $b_2$. Lesson 00 called these sums scores, but their proper name is **logits**. The softmax turns them into ten probabilities. (The darker the circle of a hidden unit, the larger its response.)

# %% tags=["hide-input"]
print("class  logit   probability  target")
for k in range(10):
    print(f"{k:5}  {z_image[k]:5.2f}   {functions.softmax(z_image)[k]:11.4f}  {y_image[k]:6.0f}")

# %% [markdown]
# Learning means moving numbers. Suppose that you could take hold of these ten logits: which way would you push each, and how hard?
#
# **Predict.** Write ten numbers on paper, one for each class: positive for a push up, negative for a push down, and all between -1 and 1. Then copy them below, in one line; in a notebook that is a text in quotes, `"1 0 -0.5 0 0.2 0 0 -1 0 0"`. Later you will derive the ten that our loss asks for, and put them beside yours.

# %%
guesses.ask("ten pushes, from the 0 to the 9", None)

# %% [markdown]
# To push well, you must know what you are pushing for: one number that says how wrong an answer is. It is called the **loss** $L$, and we shall look for a good one. But a loss will want to know how probable each answer seemed, so the logits must first become probabilities.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $z$ | `z` | (10,) | the logits of the classes |
# | $p$ | `p` | (10,) | their probabilities |
# | $y$ | `y` | (10,) | one-hot targets: 1 for the right class, 0 for every other |
#
# All three belong to a single example, whose classes are counted by $k$ or $l$. A capital, as in $Z$, $P$ and $Y$, is a batch of $n$ examples, one in each row.
#
# ## From logits to probabilities
#
# We want ten probabilities: none of them negative, adding up to 1, and larger where the logit is larger. Since logits can be negative, it won't do to divide each by the sum of all ten. Exponentials, however, are always positive and keep the order, so take those first and divide by *their* sum:
#
# $$p_k = \frac{e^{z_k}}{\sum_l e^{z_l}} .$$
#
# This is the **softmax** ([Bridle 1990](https://doi.org/10.1007/978-3-642-76153-9_28)). Put another way, each class pays $e^{z_k}$ into a common pot, of which it then holds the share $p_k$.


# %%
def naive_softmax(z):
    e = np.exp(z)
    return e / e.sum()


z_three = np.array([1.0, 2.0, 4.0])
p_three = naive_softmax(z_three)
print(p_three.round(4), f" sum {p_three.sum():.4f}")

# %% [markdown]
# Divide one probability by another, and the sum cancels: $p_k / p_l = e^{z_k - z_l}$. This ratio is called the **odds** of $k$ against $l$. With each further point by which $k$ leads, the odds are multiplied by $e$, whatever the other eight classes do.
#
# **Predict.** The largest of our three probabilities is 0.8438. What becomes of it if you add 100 to every logit? And if you double every logit instead? A rough idea will do: "the same", "larger" or "smaller" for each, with a comma between them.

# %%
guesses.ask("the largest, after adding and after doubling", None)

# %% tags=["answer"]
more, times = 100, 2  # change these
p_added = naive_softmax(z_three + more)
p_multiplied = naive_softmax(times * z_three)
print("added:      ", p_added.round(4))
print("multiplied: ", p_multiplied.round(4))
words = []
for largest in [p_added.max(), p_multiplied.max()]:
    change = np.sign((largest - p_three.max()).round(12))
    words.append({-1: "smaller", 0: "the same", 1: "larger"}.get(change, "not a number"))
guesses.compare("the largest, after adding and after doubling", ", ".join(words))

# %% [markdown]
# Only *differences* between logits matter. Adding changes nothing, because $e^{z_k + \text{shift}} = e^{\text{shift}}\, e^{z_k}$, and the factor $e^{\text{shift}}$ cancels between top and bottom. Doubling squares all the odds, so the largest probability grows.
#
# ### Too large for a float
#
# It is just as well that you may add what you like, because exponentials are dangerous. There is a largest number that a float can hold; whatever is larger **overflows** and becomes `inf`.

# %% tags=["hide-input"]
print(f"exp overflows above {np.log(np.finfo(np.float64).max):.2f}")
with np.errstate(over="ignore", invalid="ignore"):  # or NumPy would warn
    print("softmax of the logits 0 and 1000:", naive_softmax(np.array([0.0, 1000.0])))

# %% [markdown]
# A single logit of 1000 is enough: top and bottom of its fraction are both `inf`, and since $\infty / \infty$ has no value, the computer says `nan`, *not a number*. Hence a rule that you will need three times today: **never take the exponential of a large positive number.** Here, shift all logits by $-\max_l z_l$ first. Then no exponent is positive, while one of them is 0, so the sum contains a 1 and can't vanish either.
#
# Here are ten other logits, with 800 added to each: one of the two formulas has noticed nothing, and the other says `nan`. <small>Where the picture is live, raise one logit and watch the other probabilities pay for it; two more columns belong to later sections.</small>

# %% mystnb={"image": {"alt": "A still of the picture of logits: ten logits as bars; their probabilities with 800 added to each, by the stable formula; and by the naive one, where each of the ten is nan."}}
pictures.scores()

# %% [markdown]
# ## Which axis?
#
# A network answers for many examples at once. Rows are examples, so $Z$, in code still `z`, has the shape $(n, 10)$, and each *row* needs a softmax of its own. In NumPy you sum along the *last* axis and say `keepdims=True`: then the sums stay a column, and each row is divided by its own. Good programmers get this wrong, and no error message tells them so, because both axes give a table of the right shape.
#
# ### Exercise 2.1: softmax by rows (core, 8 minutes)
#
# Write it for any number of rows, and any logits.


# %%
def my_softmax(z):
    """Probabilities of shape (n, classes) for logits of that shape: a softmax along each row."""
    ...


exercises.check(my_softmax)

# %%
exercises.folded(my_softmax)

# %% [markdown]
# *The original*, the program of [lesson 00](00_first_look.ipynb), summed over axis 0: down the columns, over the batch. The picture below tries both axes on the same seven images, which we searched for: in most company the harm doesn't show, and so nobody notices. On the left, each image shares out a total of 1 among the classes, and all seven answers are right. On the right, each *class* shares out a 1 among the images, and the 3 is suddenly an 8. Nothing about the 3 has changed. It holds most of column 3, but hardly anybody else wants column 8, so there its share is larger still.

# %% mystnb={"image": {"alt": "A still of a picture to touch: seven images, a 0 to a 6, each with its row in two grids of seven rows by ten classes, shaded by the numbers of a softmax, with a dot on the largest of each row. On the left a row is framed and adds up to 1, and every image has its dot at its own class. On the right a column is framed, and the 3 has its dot at 8, in the framed column, which it has almost to itself."}}
pictures.axes()

# %% [markdown]
# An answer that depends on who else is in the room is no answer. So put two questions to any softmax: does each row add up to 1, and **does a row get the same numbers alone as in company?** Here is our 6, first in the company of a 4 and a 0, then by itself:

# %%
alone = seen.z2  # the logits of our 6, in a batch of one
together = network.logits(parameters, data.scale(validation_set[0][[113, 0, 7]]))
softmaxes = {"along each row": functions.softmax, "down each column": original.softmax_over_batch}
for name, softmax in softmaxes.items():
    print(name)
    print("  in company:", softmax(together)[0].round(2))
    print("  alone:     ", softmax(alone)[0].round(2))

# %% [markdown]
# Down the columns, the 6 is even read as a 6, but don't be tempted: that is only because the 0 in the room takes nearly all of class 0. Alone, it has no rival and gets the whole of every class. There they are, the ten ones of [lesson 00](00_first_look.ipynb).
#
# ## A formula is a claim
#
# From here on we derive formulas, and anyone who derives formulas gets some of them wrong. So let us take an easy one first, and learn how to catch a wrong one. Raise one logit $z_k$ while the other nine stay where they are. How fast does its probability rise? Write $\text{sum}$ for the sum of the exponentials. Only one of its terms contains $z_k$, so the slope of the sum is $e^{z_k}$, the same as the numerator's. The quotient rule does the rest:
#
# $$
# \begin{aligned}
# \frac{\partial p_k}{\partial z_k} &= \frac{e^{z_k}\, \text{sum} - e^{z_k} e^{z_k}}{\text{sum}^2} \\
# &= p_k - p_k^2 = p_k (1 - p_k) .
# \end{aligned}
# $$
#
# So says the pencil. But a formula is a claim, and claims can be tested. Nudge the argument $u$ of a function $f$ by a small $h$, once up and once down; then divide the rise by the run. This is the **central difference**:
#
# $$f'(u) \approx \frac{f(u + h) - f(u - h)}{2h} .$$
#
# ### Exercise 2.2: measure a slope (warm-up, 3 minutes)
#
# With a pencil first: what does the formula give for $f(u) = u^2$ at $u = 3$ with $h = 1$?
#
# <details><summary>Answer</summary>
#
# $(4^2 - 2^2) / 2 = 12 / 2 = 6$, which is exactly the slope $2u$.
#
# </details>


# %%
def my_central_difference(f, u, h):
    """Slope of f at the number u, measured by nudging u by h both ways."""
    ...


exercises.check(my_central_difference)

# %%
exercises.folded(my_central_difference)


# %% [markdown]
# Now measure how fast the second of our three probabilities rises with its own logit. The library's `central_difference` does what yours does.


# %%
def second(u):
    return naive_softmax(np.array([1.0, u, 4.0]))[1]


print(f"formula p (1 - p): {second(2.0) * (1 - second(2.0)):.6f}")
for h in [1, 0.1, 0.01]:
    print(f"nudged by {h:4}:    {gradcheck.central_difference(second, 2.0, h):.6f}")

# %% [markdown]
# The smaller the nudge, the closer it comes to the formula, up to a point that lesson 03 will find.
#
# From now on `gradcheck.check_gradient` does the work. It nudges every entry of an array in turn; all the slopes together are called a **gradient**, and it compares the one that it measured with the one that you derived. A difference of 1 is a great deal if the slope is 2, and nothing if it is a million. That is why the check prints the **relative error**, the length of the difference divided by the length of the longer gradient. (A *length* is the square root of the sum of the squared entries.)
#
# **A good place to stop.** You can turn logits into probabilities, safely and along the right axis, and you can catch a wrong formula. Next comes the best part: how wrong is an answer?
#
# ## How wrong is an answer?
#
# What should the loss be? What counts is $p_\text{right}$, the probability that was given to the right answer, so let us try the obvious: the loss is what was missing, $1 - p_\text{right}$. A perfect answer costs 0 and a hopeless one 1: what could anyone have against that? But a loss has to *teach*. When the right class's logit is raised, this loss falls as fast as $p_\text{right}$ rises, at the rate $p_\text{right}\,(1 - p_\text{right})$. Call this rate the loss's *push* on that logit.
#
# **Predict.** Four answers gave the right class 0.9, 0.5, 0.1 and 0.001. For which of them does the loss push the right logit hardest?

# %%
guesses.ask("p of the answer pushed hardest", None)

# %% tags=["answer"]
p_right = np.array([0.9, 0.5, 0.1, 0.001])
push = p_right * (1 - p_right)
for p_one, push_one in zip(p_right, push):
    print(f"{p_one:5.3f} for the right class: push {push_one:.4f}")
guesses.compare("p of the answer pushed hardest", p_right[push.argmax()])

# %% [markdown]
# The undecided answer is pushed hardest, and the disaster hardly at all, because a probability close to 0 or to 1 is hard to move. The network has all but ruled out the truth, and this loss shrugs, like a teacher who corrects small slips and hands the hopeless essay back unread. Squaring what was missing is no cure: by the chain rule the push then gains a factor of twice what was missing, and near $p_\text{right} = 0$ that is 2.
#
# ### A loss made to measure
#
# So instead of guessing a loss, let us wish for one, and keep the wish simple. **The push on the right logit shall be what was missing, $1 - p_\text{right}$**, strong where the answer is hopeless, and fading only as it becomes right. Let $L$ be a function of $p_\text{right}$ that we don't know yet. By the chain rule, its slope with respect to the right logit is $L'(p_\text{right}) \cdot p_\text{right}\,(1 - p_\text{right})$. The wish says that this should be $-(1 - p_\text{right})$, with a minus because the loss is to fall. Divide, and what is left is a question from school:
#
# $$L'(p_\text{right}) = -\frac{1}{p_\text{right}} .$$
#
# Which function has this slope? Minus the logarithm, give or take a constant, and since a perfect answer should cost nothing and $\log 1 = 0$, the constant is 0:
#
# $$L = -\log p_\text{right} .$$
#
# So we haven't chosen the logarithm. We have chosen how the network should be taught, and the logarithm is what that comes to. (The argument is [Nielsen's](http://neuralnetworksanddeeplearning.com/chap3.html), for one sigmoid.) It is called the **surprise**, because the less we expected what happened, the larger it is.
#
# <details><summary>Don't books give another reason for the logarithm?</summary>
#
# They do, and it leads to the same loss. For independent examples, the probability of *all* the right answers is a product, which the logarithm makes a sum. Where the sum of the surprises is smallest, the product is largest. The field calls that **maximum likelihood**.
#
# </details>
#
# ### Cross-entropy
#
# With one-hot targets, $-\sum_k y_k \log p_k$ picks out the right class, because the other $y_k$ are 0. Its mean over the $n$ rows of a batch is the **cross-entropy**:
#
# $$L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k} y_{ik} \log p_{ik} .$$
#
# Don't type it in yet. If a wrong class has a lead of 1000 points, $p_\text{right}$ is practically $e^{-1000}$, so that on paper the surprise is 1000. In the computer:

# %%
z_far = np.array([[1000.0, 0.0]])
with np.errstate(divide="ignore"):  # or NumPy would warn
    print("log of softmax:", np.log(functions.softmax(z_far)))

# %% [markdown]
# The probability was rounded to 0, whose logarithm is minus infinity. So take the logarithm *before* anything can be rounded to 0:
#
# $$\log p_k = \log \frac{e^{z_k}}{\sum_l e^{z_l}} = z_k - \log \sum_l e^{z_l} .$$
#
# The second term is called **log-sum-exp**. As it stands it overflows, but you know the cure: shift the row first.
#
# ### Exercise 2.3: log-softmax (core, 5 minutes)
#
# The result must stay finite even when a class is a thousand points behind.


# %%
def my_log_softmax(z):
    """Logarithms of the probabilities, shape (n, classes), for logits z of that shape."""
    ...


exercises.check(my_log_softmax)

# %%
exercises.folded(my_log_softmax)

# %% [markdown]
# ### Exercise 2.4: cross-entropy (core, 5 minutes)
#
# Compute it from the logits, as safely as your log-softmax. Which numbers are added up, and what is their sum divided by?


# %%
def my_cross_entropy(z, y):
    """Mean cross-entropy, one number, of logits z and one-hot targets y, both (n, classes)."""
    ...


exercises.check(my_cross_entropy)

# %%
exercises.folded(my_cross_entropy)

# %% [markdown]
# **Predict.** A network that knows nothing gives each of ten classes a tenth. What is its cross-entropy?

# %%
guesses.ask("cross-entropy before learning", None)

# %% tags=["answer"]
y_batch = data.one_hot([3, 1, 4, 1])
nothing_known = functions.cross_entropy(np.zeros((4, 10)), y_batch)
guesses.compare("cross-entropy before learning", f"{nothing_known:.6f}")

# %% [markdown]
# It is $\log 10$, about 2.3, and it is worth remembering, as [CS231n](https://cs231n.github.io/neural-networks-3/) advises, because if a network's first loss is far from it, something is wrong before training has begun.
#
# ## All ten logits
#
# Our wish was about the right class's logit alone. What does the same loss want from the other nine? The derivative $\partial L / \partial z_k$ says how fast the loss grows when $z_k$ alone is raised. All ten together are the loss's gradient with respect to $z$, which we write $dz$, in Python `dz`, and from here on `d` with a name always means the loss's gradient with respect to the array of that name. <small>At school, $dz$ was a small piece of $z$; here it is a slope.</small> You have everything you need to find it.
#
# ### Exercise 2.5: the loss and its gradient (stretch, 12 minutes)
#
# The loss is easy: call your `my_cross_entropy`. The work is in its gradient with respect to a batch of logits, $dZ$. With a pencil first: for a batch of one, substitute your log-softmax into the loss, and differentiate with respect to one logit $z_k$. For a larger batch, don't forget the $1/n$ of the mean.


# %%
def my_cross_entropy_with_gradient(z, y):
    """Return the mean cross-entropy, one number, and dz; z, y and dz have shape (n, classes)."""
    ...


exercises.check(my_cross_entropy_with_gradient)

# %%
exercises.folded(my_cross_entropy_with_gradient)

# %% [markdown]
# ### The gradient of the cross-entropy
#
# Open this when you have yours, or when you have tried for as long as you like. The rest of the lesson needs it.
#
# <details><summary>The derivation, and the gradient</summary>
#
# Take a batch of one, whose loss is $-\sum_k y_k \log p_k$, and substitute $\log p_k = z_k - \log \sum_l e^{z_l}$. Log-sum-exp is the same for every $k$, so each $y_k$ multiplies the same number; since the targets add up to 1, it appears exactly once:
#
# $$L = -\sum_k y_k z_k + \log \sum_l e^{z_l} .$$
#
# Now differentiate with respect to one logit, $z_k$. Only one term of the first sum, $-y_k z_k$, contains it, and its derivative is $-y_k$. The second part is the logarithm of what we called $\text{sum}$, whose derivative is $\frac{1}{\text{sum}} \cdot e^{z_k}$, and that is $p_k$. Together:
#
# $$\frac{\partial L}{\partial z_k} = p_k - y_k .$$
#
# For the right class this is $p_\text{right} - 1$, which is our wish come true; for each of the others it is exactly the share that it claimed. In a larger batch each row counts for $1/n$ of the mean, so divide by $n$, once:
#
# $$dZ = \frac{P - Y}{n} .$$
#
# </details>
#
# Yours or the one in the fold, it is a claim. Is it right? Measure it.

# %% tags=["hide-input"]
z_batch = np.random.default_rng(seed=4).normal(size=(4, 10))
dz_batch = (functions.softmax(z_batch) - y_batch) / len(z_batch)


def loss_of(u):
    return functions.cross_entropy(u, y_batch)


print(gradcheck.check_gradient(loss_of, z_batch, dz_batch))
print(gradcheck.check_gradient(loss_of, z_batch, -dz_batch))

# %% [markdown]
# We gave the second check the wrong sign on purpose, because a check that you have never seen fail is only a hope.
#
# ## Back to the wrong answer
#
# So the gradient is $p - y$, *what you said minus what is true*, and after all these exponentials and logarithms nothing is left but a subtraction. The gradient points the way the loss grows; to make it fall we push each logit the other way, by $y - p$. Here are the ten pushes for our 6. How do yours compare?

# %% tags=["answer"]
push = y_image - functions.softmax(z_image)
texts = [f"{value:+.2f}" if abs(value) >= 0.005 else "0" for value in push]
guesses.compare("ten pushes, from the 0 to the 9", " ".join(texts))

# %% mystnb={"image": {"alt": "The ten classes from top to bottom, each with a bar that ends in a dot and the number y minus p. The 6 is pushed up by 0.71. Every other class is pushed down: the 0 by 0.49, the 2 by 0.11, the 5 by 0.06, the 4 by 0.02, the 3, the 8 and the 9 by 0.01; the 1 and the 7 stay almost where they are, and are marked 0."}} tags=["answer", "hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 4.6))
for k, value in enumerate(push):
    colour = plotting.COLOURS[0] if value > 0 else plotting.COLOURS[1]
    axis.plot([0, value], [k, k], "-", color=colour, linewidth=8, solid_capstyle="butt")
    axis.plot(value, k, "o", color=colour, markersize=9)
    axis.annotate(
        texts[k].replace("-", "−"), (value, k), (9 if value > 0 else -9, 0), textcoords="offset points", va="center",
        ha="left" if value > 0 else "right",
    )  # fmt: skip
axis.axvline(0, color="black", linewidth=1)
axis.set(
    title="The right logit goes up, and every\nother down by the share it claimed",
    xlabel="push on the logit, y − p",
    ylabel="class",
    yticks=range(10),
    xlim=(-0.8, 1.0),
)
axis.invert_yaxis()
plt.show()

# %% [markdown]
# The 6 goes up by what it lacked, the 0 goes down most, and the 1, which had claimed next to nothing, hardly moves. Perhaps you pushed only two logits, the 6 up and the 0 down. That is a fair answer, but it lets off the 2 and the 5, which had claimed a share, too.
#
# Does it help? Add the pushes to the logits, take the softmax again, and push once more from there:

# %%
pushed = z_image
for pushes in range(5):
    p_now = functions.softmax(pushed)
    print(f"after {pushes}: the 6 has {p_now[6]:.2f}, the answer is {p_now.argmax()}")
    pushed = pushed + y_image - p_now

# %% [markdown]
# For this 6 the very first push puts the answer right, and the others only add confidence, each less than the one before, because less is missing. And for all the other wrong answers?

# %%
z_all = network.logits(parameters, data.scale(validation_set[0][:2000]))
labels = validation_set[1][:2000]
wrong = z_all.argmax(axis=1) != labels
y_all = data.one_hot(labels)
right = (z_all + y_all - functions.softmax(z_all)).argmax(axis=1) == labels
print(f"of 2,000 images: one push puts {right[wrong].sum()} of {wrong.sum()} wrong answers right")

# %% [markdown]
# About two in three; nearly all the rest need one or two more.
#
# **Another good place to stop.** You have followed ten logits to a loss and back, and put the wrong answer right. What remains is the sigmoid, which lesson 03 needs.
#
# ## The little sister: the sigmoid
#
# A hidden unit competes with nobody. Its sum, also called $z$, may be any number, but its response should lie between 0, silent, and 1, fully on. The **sigmoid** sees to that:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} .$$
#
# Far to the right $e^{-z}$ vanishes, which leaves 1; far to the left it grows without bound, so the value sinks to 0.
#
# How much does the response move when the sum is nudged? For that we need the sigmoid's slope. The sigmoid is one over something, and the slope of $1/s$ is $-1/s^2$ times the slope of $s$. Here $s = 1 + e^{-z}$, whose own slope is $-e^{-z}$, so the two minus signs cancel. Write $a$ for the value $\sigma(z)$, which is called the unit's **activation**, and something pleasant happens:
#
# $$\sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} = \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} = a\,(1 - a) .$$
#
# (The second factor is $1 - a$, because adding it to the first gives 1.) So the slope can be read off the value: once you have the activation, you need neither $z$ nor another exponential. You have met this formula before, as the slope of a probability; question 5 asks what the two have to do with each other.


# %%
def naive_sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slope_from_value(a):
    return a * (1 - a)


z_line = np.linspace(-8, 8, 401)
a_line = naive_sigmoid(z_line)
slope_line = slope_from_value(a_line)
print(f"steepest at z = {z_line[slope_line.argmax()]:.0f}, with slope {slope_line.max()}")
# The check needs a function with one value: take the sum, in which each z moves only its own term.
gradcheck.check_gradient(lambda z: naive_sigmoid(z).sum(), z_line, slope_line)

# %% [markdown]
# One quarter is the maximum, because $a(1 - a) = \frac14 - (a - \frac12)^2$. Even at its steepest, then, a sigmoid passes on no more than a quarter of a nudge.

# %% mystnb={"image": {"alt": "The sigmoid rises from 0 to 1 as an S through one half at z = 0; its slope, drawn below it, is a bell with its top of one quarter at z = 0 that has all but vanished beyond plus and minus 5. The regions beyond 5 are shaded and marked saturated."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 3.9))
for left, right in [(-8, -5), (5, 8)]:
    axis.axvspan(left, right, color="0.92")
    axis.text((left + right) / 2, 0.5, "satu-\nrated", ha="center", color="0.3")
plotting.curves(
    z_line,
    {"sigmoid": a_line, "its slope": slope_line},
    axis=axis,
    title="Where it saturates, the slope is nearly 0:\na nudge hardly shows",
    xlabel="z",
    ylabel="value",
)
axis.lines[1].set_linestyle("--")
axis.legend()
plt.show()

# %% [markdown]
# Where the sigmoid is level, a unit is **saturated**: nudge its sum, and the response hardly moves, so learning hardly reaches it.
#
# ## A stable sigmoid
#
# Far to the left, at $z = -1000$ say, $e^{-z}$ overflows. The value, $1 / (1 + \infty)$, is 0, and so near 0 a float can do no better, but NumPy warns you every time, and a warning that you have got used to warns you of nothing. The cure is the rule that you know. For $z \ge 0$ the formula is fine as it is. For $z < 0$, multiply top and bottom by $e^{z}$:
#
# $$\sigma(z) = \frac{e^{z}}{e^{z} + 1} .$$
#
# ### Exercise 2.6: a stable sigmoid (core, 5 minutes)
#
# Write it for arrays. It must not give a warning for any number, and as long as the true value fits a float, as it does at $-720$, it must not be 0. Beware: `np.where` computes both of its cases for every number, so neither may overflow. Look for an exponential that can't: $-|z|$ is never positive.


# %%
def my_sigmoid(z):
    """Sigmoid of every number in the array z, of any shape, without overflow."""
    ...


exercises.check(my_sigmoid)

# %%
exercises.folded(my_sigmoid)

# %% [markdown]
# ### Put yours to work
#
# Your functions can take the library's place, and in lesson 04 they can train a network. Uncomment the line, leaving out any function that isn't right yet.

# %%
# exercises.keep(my_sigmoid, my_softmax, my_log_softmax, my_cross_entropy)

# %% [markdown]
# ## If you have another twenty minutes
#
# ### The Jacobian
#
# Exercise 2.5 took a short cut from the loss to the logits, past the probabilities. Where a loss and a function are *not* made for each other, there is no short cut: you go the long way round, from the loss to the probabilities and from those to the logits.
#
# *Every* probability depends on *every* logit, so there are ten times ten derivatives $\partial p_k / \partial z_l$. The table that holds them is the **Jacobian**, $J$: row $k$, column $l$. You have its diagonal already, and in lesson 06 you will meet a program that kept nothing else. Take your pencil for the rest: when the logit of *another* class is raised, the numerator $e^{z_k}$ stays, and only $\text{sum}$ moves.
#
# <details><summary>The other entries, and the whole table</summary>
#
# $$\frac{\partial p_k}{\partial z_l} = \frac{0 \cdot \text{sum} - e^{z_k} e^{z_l}}{\text{sum}^2} = -\,p_k\, p_l .$$
#
# $$J_{kl} = \begin{cases} p_k (1 - p_k) & \text{if } l = k, \\ -\,p_k\, p_l & \text{if } l \ne k. \end{cases}$$
#
# </details>
#
# Suppose that we know $dp_k = \partial L / \partial p_k$ for each probability. What is the gradient with respect to one logit? Nudge $z_l$ by a small $h$. Then *every* probability moves: $p_k$ by $J_{kl}\, h$, which changes the loss by $dp_k\, J_{kl}\, h$. These ten small changes simply add up. At school the chain rule had one path from the nudge to the result; here there are ten, and *paths add*. Off the diagonal a term is $-dp_k\, p_k\, p_l$. The one on the diagonal is $dp_l\, p_l (1 - p_l)$; multiply it out, and it is a term of the same form, $-dp_l\, p_l\, p_l$, and one more, $dp_l\, p_l$. So
#
# $$
# \begin{aligned}
# dz_l = \sum_k dp_k\, J_{kl} &= dp_l\, p_l - \sum_k dp_k\, p_k\, p_l \\
# &= p_l \Big( dp_l - \sum_k p_k\, dp_k \Big) .
# \end{aligned}
# $$
#
# Such a sum, a gradient times a Jacobian, is called a **vector-Jacobian product**, and as you see, it can be had without building $J$.
#
# ### Exercise 2.7: back through the softmax (stretch, 8 minutes)
#
# With a pencil first: for two classes, $p = (\frac12, \frac12)$ and $dp = (1, 0)$, what is $dz$? Then write it for a whole batch, where each row has its own sum.
#
# <details><summary>Answer</summary>
#
# The sum of $p_k\, dp_k$ is $\frac12$. So $dz = (\frac12 (1 - \frac12),\; \frac12 (0 - \frac12)) = (\frac14, -\frac14)$.
#
# </details>


# %%
def my_softmax_backward(p, dp):
    """Gradient of the loss with respect to the logits, from p and dp; all (n, classes)."""
    ...


exercises.check(my_softmax_backward)

# %%
exercises.folded(my_softmax_backward)

# %%
# exercises.keep(my_softmax_backward)

# %% [markdown]
# <details><summary>Does the long way lead to the same place as the short cut?</summary>
#
# The loss of one example is $-\sum_k y_k \log p_k$, and $\log p_k$ has the slope $1 / p_k$, so $dp_k = -y_k / p_k$. Carry that back through the softmax:
#
# $$dz_l = p_l \Big( -\frac{y_l}{p_l} + \sum_k p_k \frac{y_k}{p_k} \Big) = p_l - y_l .$$
#
# It does, because the targets in the last sum add up to 1. The $p_l$ of the softmax cancels the $1 / p_l$ of the logarithm, which is why this loss and this function belong together ([Goodfellow, Bengio and Courville 2016](https://www.deeplearningbook.org/), section 6.2). In the computer, however, they cancel only if $p_l$ was not rounded to 0 first, so the short cut is also the safe way.
#
# </details>
#
# ## Recap
#
# You can turn ten numbers into ten probabilities, say how wrong these are, and say of each number which way to push it and how hard. You have also seen that a formula, even your own, is a claim until it has been measured. What you can't do yet is reach the weights: the push still stops at the logits.
#
# - The softmax runs over the classes, row by row. It doesn't change when a constant is added to a row.
# - Never give `exp` a large positive number: subtract each *row's* maximum, or use $-|z|$.
# - The cross-entropy is the mean surprise, $-\log p_\text{right}$. Its gradient is $(P - Y)/n$, and you push the other way.
# - $\sigma' = \sigma(1 - \sigma)$, at most one quarter, and nearly 0 where the sigmoid saturates.
#
# ## Questions to ask yourself
#
# 1. A unit's sum is 20. Roughly how much of a gradient gets through it, compared with a unit whose sum is 0?
#
#    <details><summary>Answer</summary>
#
#    Its slope is about $e^{-20}$, some $2 \cdot 10^{-9}$, whereas the other's is one quarter. So less than a hundred-millionth as much gets through.
#
#    </details>
#
# 2. Why may you subtract the maximum in the softmax, but not multiply the logits by 2?
#
#    <details><summary>Answer</summary>
#
#    What is added to all logits cancels between numerator and denominator. Doubling squares all the odds: unless all logits are equal, the largest probability grows.
#
#    </details>
#
# 3. Someone says of their softmax: "I tested it, everything sums to 1." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    Which sums: those along the rows, or those down the columns? Better still: does a row get the same numbers alone as in company?
#
#    </details>
#
# 4. You forget to divide by $n$. Does training notice? Does the check?
#
#    <details><summary>Answer</summary>
#
#    All that training feels is pushes that are $n$ times as hard. It may fail, or it may even go well, but it never tells you what is wrong. The check does: with $n = 4$ one gradient is four times the other, so the relative error is $1 - \frac14$, three quarters.
#
#    </details>
#
# 5. What is a softmax between two classes? And between more?
#
#    <details><summary>Answer</summary>
#
#    The sigmoid of the difference between their logits. Divide top and bottom by $e^{z_0}$:
#
#    $$p_0 = \frac{e^{z_0}}{e^{z_0} + e^{z_1}} = \frac{1}{1 + e^{-(z_0 - z_1)}} = \sigma(z_0 - z_1) .$$
#
#    With more, put the log-sum-exp of the others in place of $z_1$: in its own logit, every probability is a shifted sigmoid, so both have the same slope.
#
#    </details>
#
# ## Next
#
# [03 Backpropagation](03_backpropagation.ipynb): put these pieces together into a network, and carry the push back to every one of its weights.
