# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 When is a fit too good?
#
# In lesson 04 a network learnt a thousand images by heart. Its loss on new images fell and then climbed again, but its accuracy didn't fall. **What holds a network back, and what does it cost?**
#
# **You will** put a price on large weights, and end training by a rule. You will choose on one half of the images and report on the other. Then you will draw 200 of the 1,000 labels anew, and see what learning by heart costs.
#
# **You will be able to**
#
# - derive weight decay, and check its gradient;
# - stop training early, by a rule;
# - choose on some images, report on others, and say what was gained, with its standard error;
# - say when learning by heart costs right answers, and when it only raises the loss.
#
# **You need** lessons [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb) and [05](05_how_sure.ipynb).
#
# **Time** 39 minutes to read, 25 more for the exercises; it runs for about 12 s and takes 300 MB

# %% [markdown]
# ## Before you start
#
# 1. In lesson 04 a network learnt 1,000 images by heart. What happened to its loss on new images, and what to its accuracy?
#
#    <details><summary>Answer</summary>
#
#    The loss fell, turned and climbed. The accuracy rose and levelled off, without turning.
#
#    </details>
#
# 2. Two ways of training are tried with the same ten seeds. What do you average, and how do you get its standard error from the standard deviation?
#
#    <details><summary>Answer</summary>
#
#    The ten differences, one for each seed, because whatever a seed does to both ways alike drops out (lesson 05). The standard error is their standard deviation, divided by the root of ten.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, studies
from course.exercises.lesson_08 import stopped_at
from mnistlib import data, network, plotting
from mnistlib.gradcheck import check_gradient
from mnistlib.regularisation import EarlyStopping, WithWeightDecay
from mnistlib.training import evaluate, minibatches, train

plotting.use_style()
mnist = data.load()
(images, labels), (others, truth) = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=7)
)
few = images[:1000], labels[:1000]
x, y = data.scale(few[0]), data.one_hot(few[1])
x.shape, y.shape

# %% [markdown]
# ## A price on large weights
#
# A network that knows its thousand images can lower its loss further still, simply by being *surer* of them. Double the weights and biases of the output layer: all logits double, every answer stays the same, and the largest probability moves towards 1, so each right answer costs less. To discourage that, let large weights cost something. Add a price to the loss $L$: half the sum of all squared weights, times a number $\lambda$ that says how much it matters.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\lambda$ | `weight_decay` | | how strongly large weights are held down |
#
# $$L_\lambda = L + \frac{\lambda}{2} \sum w^2 .$$
#
# The sum runs over every weight $w$ of every layer. Biases pay nothing. A bias moves a unit's sums for all images alike, whereas large weights pull the sums of different images apart, and that is what makes a network sure.
#
# This is **weight decay** ([Krogh and Hertz 1992](https://papers.nips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html) explained why it helps). Books call the added term an L2 **penalty**, and anything that holds a network back **regularisation**.
#
# What does the price add to the gradient? Change one weight $w$, and in the whole sum only $\frac{\lambda}{2} w^2$ changes. Its derivative is $\frac{\lambda}{2} \cdot 2 w = \lambda w$. Write $dW_\lambda$ and $db_\lambda$ for the gradients of $L_\lambda$, and $dW$ and $db$ for those of $L$, as before:
#
# $$dW_\lambda = dW + \lambda W, \qquad db_\lambda = db .$$
#
# With a learning rate of $\eta$, a step of plain gradient descent becomes
#
# $$\begin{aligned} W &\leftarrow W - \eta\,(dW + \lambda W) \\ &= (1 - \eta \lambda)\, W - \eta\, dW . \end{aligned}$$
#
# Hence the name. In each step every weight first shrinks by the factor $1 - \eta \lambda$, and then moves by $-\eta\, dW$ as usual. A weight that does nothing for the loss, such as that of a pixel that is 0 in every image, fades away.
#
# <details><summary>Are decay and price always the same thing?</summary>
#
# With plain steps they are, as you have just seen. With momentum, or with steps scaled for each parameter separately, the price's gradient goes through the same machinery as the loss's, and shrinking the weights directly gives something else ([Loshchilov and Hutter 2019](https://arxiv.org/abs/1711.05101)).
#
# </details>
#
# ### Exercise 8.1: what is left of a weight (warm-up, 2 minutes)
#
# The loss itself doesn't move this weight: its $dW$ is 0 in every step. Pencil first: $w = 64$, $\eta = \frac12$, $\lambda = \frac12$. What is $w$ after one step, after two, after three?
#
# <details><summary>The pencil's numbers</summary>
#
# The factor is $1 - \frac14 = \frac34$, so 48, 36 and 27.
#
# </details>


# %%
def my_weight_left(w, learning_rate, weight_decay, steps):
    """Return what decay leaves of the weight w after so many steps, if its dW is always 0."""
    ...


exercises.check(my_weight_left)

# %%
exercises.folded(my_weight_left)

# %% [markdown]
# ### Exercise 8.2: the price and its gradient (core, 5 minutes)
#
# Take one layer. You are given the loss and the gradient without the price; return both with it. Pencil first: with $W = (3, -4)$, $dW = (0.5, 0.5)$, a loss of 1 and $\lambda = 0.2$, what do they become?
#
# <details><summary>The pencil's numbers</summary>
#
# The price is $\tfrac{1}{10} (9 + 16) = \tfrac52$, so the loss becomes $\tfrac72$. The gradient becomes $(\tfrac12 + \tfrac35,\; \tfrac12 - \tfrac45) = (\tfrac{11}{10}, -\tfrac{3}{10})$.
#
# </details>


# %%
def my_decayed(loss, W, dW, weight_decay):
    """Return the loss with the price of W, and its gradient by W.

    W, dW: shape (inputs, outputs).
    """
    ...


exercises.check(my_decayed)

# %%
exercises.folded(my_decayed)

# %% [markdown]
# In the library, `WithWeightDecay(model, weight_decay)` puts the price on any model, and `train` takes the result like the model itself. Check its loss and, by nudging, its gradient, with $\lambda = 0.5$. Then take one step with the price and one without, with $\eta = 0.5$ and $\lambda = 0.001$, and compare. The biases start at random, so that we would notice if they decayed too.

# %%
rng = np.random.default_rng(seed=1)
start = network.initialise(rng)
start.b1[:] = rng.normal(size=128)
start.b2[:] = rng.normal(size=10)
ten = slice(0, 10)
priced = WithWeightDecay(network, 0.5)
plain_loss, plain = network.gradients(start, x[ten], y[ten])
loss, grads = priced.gradients(start, x[ten], y[ten])
price = 0.25 * ((start.W1**2).sum() + (start.W2**2).sum())
print("loss + price adds up:", np.isclose(plain_loss + price, loss))


def loss_of_W2(W2):
    return priced.gradients(start._replace(W2=W2), x[ten], y[ten])[0]


print(check_gradient(loss_of_W2, start.W2, grads.dW2, name="dW2"))

one_batch = [np.arange(1000)]
free, _ = train(network, start, few, one_batch, learning_rate=0.5)
paid, _ = train(WithWeightDecay(network, 0.001), start, few, one_batch, learning_rate=0.5)
for name in ["W1", "W2"]:
    less = getattr(free, name) - 0.5 * 0.001 * getattr(start, name)
    same = np.allclose(getattr(paid, name), less, rtol=0, atol=1e-12)
    print(f"{name} shrunk by the factor, otherwise the same:", same)
print("biases the same:", np.array_equal(paid.b1, free.b1) and np.array_equal(paid.b2, free.b2))

# %% [markdown]
# ## Five values of $\lambda$, ten seeds
#
# What does the price do for a network that learns 1,000 images by heart, and which $\lambda$ is best? The lowest of several losses is partly luck, because that setting may just happen to suit these images. So we split the validation images. The first 5,000 are the *watched* ones, and on them we choose. On the other 5,000, the *reporting* ones, we only say what came of it.
#
# Here is one run without a price: 150 epochs, which makes 1,500 steps, scored every 50. The scores are always $L$ alone; the price is paid in training only.


# %%
watched, reporting = (others[:5000], truth[:5000]), (others[5000:], truth[5000:])


def run(few, weight_decay, seed, after_record=None):
    """Train on a few images for 150 epochs; return the parameters and the history."""
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(1000, 100, rng=rng, epochs=150)
    return train(
        WithWeightDecay(network, weight_decay),
        start,
        few,
        batches,
        learning_rate=1.0,
        every=50,
        monitor={"watched": watched},
        after_record=after_record,
    )


plain_end, clean = run(few, weight_decay=0.0, seed=0)
losses = clean.loss("watched")
print(f"lowest loss {losses.min():.4f} at step {clean.steps[losses.argmin()]}")
print(f"at the end  {losses[-1]:.4f}")

# %% [markdown]
# One seed is one seed. The study `decay` has ten, and five values of $\lambda$. Each seed has its own 1,000 images, its own start and its own batches, the same for every $\lambda$.
#
# **Predict.** Draw your guess of the five curves before you look.

# %% tags=["hide-input"]
stored = studies.read("decay")["rows"]


def ten(weight_decay, rate=1.0, wrong_labels=0.0):
    """What the study found for one setting: ten results, one for each seed."""
    wanted = {"wrong_labels": wrong_labels, "rate": rate, "weight_decay": weight_decay}
    return [row["results"] for row in stored if wanted.items() <= row["settings"].items()]


print("the same as the run above:", np.allclose(losses, ten(0.0)[0]["loss"]))

decays = [0.0, 1e-4, 3e-4, 1e-3, 3e-3]
steps = 50 * np.arange(31)
means = {d: np.mean([results["loss"] for results in ten(d)], axis=0) for d in decays}
print("mean watched loss")
print(" decay  lowest  at the end")
for weight_decay, mean in means.items():
    print(f"{weight_decay:6g}  {mean.min():.4f}      {mean[-1]:.4f}")
chosen = min(decays, key=lambda weight_decay: means[weight_decay][-1])
print(f"chosen by the watched half: {chosen:g}")

# %% mystnb={"image": {"alt": "Validation loss against the step, 0 to 1,500, mean of ten seeds, for five weight decays. Four fall together to just below 0.4 at 250 steps. From there the loss climbs to 0.46 without decay, less with 0.0001 and 0.0003, and stays nearly level with 0.001. With 0.003 it falls more slowly, and goes up and down above 0.40. A mark stands at the lowest point of each curve, three of them nearly at one place."}} tags=["hide-input", "home"]
figure, axis = plt.subplots(figsize=(6.4, 4.2))
for (weight_decay, mean), style in zip(means.items(), ["o-", "s--", "^-.", "D-", "v:"]):
    axis.plot(
        steps,
        mean,
        style,
        markevery=[mean.argmin()],
        label=f"{weight_decay:g}",
        lw=3 if weight_decay == 1e-3 else 2,
        ms=8,
    )
axis.set(
    title="With a decay of 0.001 the loss hardly turns",
    xlabel="step",
    ylabel="watched loss, mean of ten seeds",
    ylim=(0.34, 0.62),
)
axis.legend(title="weight decay", loc="upper center", ncols=2)
plt.show()

# %% [markdown]
# A mark stands where each curve is lowest; three of them lie on top of one another at step 250. The thick curve ends lowest, so that is the one we choose. Without a price the loss turns and climbs, as in lesson 04. With 0.001 it hardly turns any more. With 0.003 it stays higher and goes up and down from one scoring to the next: that price is too high.
#
# Now for the report, on the other half. The **sureness** is the mean of each image's largest probability, and *se* is the standard error of the difference before it.
#
# **Predict.** What will decay do to the *accuracy*: raise it, lower it, or neither? And to the sureness?


# %%
def difference(ours, theirs):
    """Mean of paired differences and its standard error, as text."""
    apart = np.array(ours) - np.array(theirs)
    return f"{apart.mean():+.4f}, se {apart.std(ddof=1) / np.sqrt(len(apart)):.4f}"


def at(weight_decay, moment, what, **others):
    """One of the numbers that the study reports, for each of the ten seeds."""
    return [results[moment][what] for results in ten(weight_decay, **others)]


for what in ["loss", "accuracy", "sureness"]:
    ours, theirs = at(chosen, "end", what), at(0.0, "end", what)
    print(f"{what}: {np.mean(theirs):.4f} becomes {np.mean(ours):.4f}")
    print(f"   {difference(ours, theirs)}")

# %% [markdown]
# The loss falls by almost a fifth. The accuracy doesn't rise with it. At this rate it even falls, by a quarter of a point, which is more than two standard errors. (The standard errors know only the luck of the seeds; other images might give another difference.) And the network is less sure of itself: its sureness was six points above its accuracy, and is now less than one point above.
#
# <details><summary>Why is the loss without decay higher here, 0.5088 against the 0.4605 of the watched half?</summary>
#
# $\lambda = 0$ was not picked for its loss, so picking can't explain the gap. These 5,000 images are simply harder. That is one more reason to compare two ways on the *same* images.
#
# </details>
#
# So the price didn't make the network read better. Did it do anything beyond making it less sure? Cross-entropy charges most where a network is confidently wrong. Take the networks that were trained without a price, and divide their logits by one number, as in lesson 05. The study chose that number for each seed on the watched images. It changes no answer.
#
# **Predict.** Decay brought the loss down to 0.4162. What will one division after training bring it down to?

# %%
guesses.ask("loss after one division", None)

# %%
for what in ["loss", "accuracy", "sureness"]:
    ours = at(0.0, "scaled", what)
    print(f"{what}: {np.mean(ours):.4f}")
    print(f"   against decay {difference(ours, at(chosen, 'end', what))}")
print("decay and a division of its own")
print(f"   loss {np.mean(at(chosen, 'scaled', 'loss')):.4f}")
plain_scaled, decay_scaled = at(0.0, "scaled", "loss"), at(chosen, "scaled", "loss")
print(f"   division alone against both {difference(plain_scaled, decay_scaled)}")
guesses.compare("loss after one division", round(np.mean(plain_scaled), 4))

# %% [markdown]
# A single division after training lowers the loss by more than decay did, and costs no right answer. And if the decayed networks get a number of their own, that doesn't bring them level: they still end with a higher loss than the plain ones with theirs. So all that decay bought here is a network that is less sure.
#
# ## When to stop
#
# Without a price the loss was lowest early on. **Early stopping** keeps the parameters from there. But while the network trains, nobody knows yet that this is the lowest point. All you can do is wait a while and see whether the loss falls again. The **patience** says how long: when that many scorings in a row have brought no new lowest loss, training ends ([Goodfellow, Bengio and Courville 2016](https://www.deeplearningbook.org/), section 7.8). [Prechelt 1998](https://doi.org/10.1007/3-540-49430-8_3) compares other rules.
#
# ### Exercise 8.3: the end, by rule (core, 8 minutes)
#
# You are given the losses in the order in which they were scored. Count them from 0. Pencil first: with the losses 50, 30, 40, 45, 48, 10 and a patience of 2, at which of them does training end, and which was the lowest up to then?
#
# <details><summary>The pencil's numbers</summary>
#
# The lowest is number 1, the 30. Numbers 2 and 3 bring no lower one, so training ends at number 3. The 10 is never seen.
#
# </details>


# %%
def my_stopped_at(losses, patience):
    """Return the place at which training ends, and the place of the lowest loss until then.

    Places count from 0. If patience does not run out, training ends at the last place.
    """
    ...


exercises.check(my_stopped_at)

# %%
exercises.folded(my_stopped_at)

# %% [markdown]
# In the library this is `EarlyStopping`. It also keeps the parameters of the lowest loss. `train` asks it after every scoring whether to go on. Train the network without a price once more, with a patience of 2. Seed 0 was lowest at step 250, as you saw above, and is scored every 50 steps.
#
# **Predict.** At which step will it stop?

# %%
guesses.ask("it stops at step", None)

# %%
watch = EarlyStopping("watched", patience=2)  # change me
_, history = run(few, weight_decay=0.0, seed=0, after_record=watch)
print(f"ended at step {history.steps[-1]} of 1,500")
print(f"kept step {watch.step}, loss {watch.loss:.4f}")
guesses.compare("it stops at step", history.steps[-1])

# %% [markdown]
# **Change a number.** Give it a patience of 1, then of 10. What changes?
#
# <details><summary>Answer</summary>
#
# Only the end, which comes at step 300, or at 750. All three keep the same parameters, for none of them stops before step 250. But a curve that wobbles on its way down may be left too soon, as the next cell shows.
#
# </details>
#
# Would the other nine seeds have been stopped too soon? Apply the exercise's rule to their stored losses.

# %% tags=["hide-input"]
curves = np.array([results["loss"] for results in ten(0.0)])
print("patience  share of steps  lowest loss kept by")
for patience in [1, 2, 10]:
    ends, places = np.transpose([stopped_at(losses, patience) for losses in curves])
    kept = np.sum(places == curves.argmin(axis=1))
    print(f"{patience:8}  {np.mean(ends) / 30:14.0%}  {kept} of 10 seeds")

# %% [markdown]
# So with a patience of 2 every seed keeps its lowest loss. What does that gain? Compare in pairs over the ten seeds, on the reporting images. Here *plain* is the run to the end without a price.

# %%
ways = {
    "plain": (0.0, "end"),
    "stopped": (0.0, "lowest"),
    "decay": (chosen, "end"),
}
pairs = [("stopped", "plain"), ("decay", "plain"), ("stopped", "decay")]
for name, other in pairs:
    print(f"{name} against {other}:")
    for what in ["loss", "accuracy"]:
        print(f"   {what:8} {difference(at(*ways[name], what), at(*ways[other], what))}")
print("sureness:", *(f"{name} {np.mean(at(*way, 'sureness')):.4f}" for name, way in ways.items()))

# %% [markdown]
# Stopping and decay lower the loss by about the same amount. The differences between the two are about two standard errors, so they may be luck, and other seeds may well favour the other one. Stopping is cheaper: it took less than a quarter of one run, while choosing $\lambda$ took five.
#
# Do the two arrive at the *same* network? Where the loss is shaped like a bowl and training starts at 0, theory says that they nearly do. Measure it: how far apart are the parameters, and how often do the answers agree?

# %% tags=["hide-input"]
decayed_end, _ = run(few, weight_decay=chosen, seed=0)
begun = network.initialise(np.random.default_rng(seed=0))  # where all three start
networks = {"stopped": watch.parameters, "decay": decayed_end, "plain": plain_end, "start": begun}
given = {
    name: network.logits(parameters, network.prepare(reporting[0])).argmax(axis=1)
    for name, parameters in networks.items()
}
print("                distance  same answers")
for one, other in [*pairs, ("start", "plain")]:
    squares = sum(((v - w) ** 2).sum() for v, w in zip(networks[one], networks[other]))
    agree = (given[one] == given[other]).mean()
    print(f"{f'{one}, {other}':15}  {np.sqrt(squares):7.1f}  {agree:12.1%}")

# %% [markdown]
# No. For scale, the last line says how far the plain run got from its start. Stopping and decay ended more than half that far from each other, and the stopped network is nearer to the plain one. What stopping and decay share is that both networks are less sure.
#
# <details><summary>What does the theory say?</summary>
#
# In a bowl, stopping after $\tau$ steps does nearly the same as a decay of $\lambda = 1 / (\eta \tau)$ ([Sjöberg and Ljung 1995](https://doi.org/10.1080/00207179508921605); section 7.8 of the same [book](https://www.deeplearningbook.org/) derives it, and credits Bishop as well). With $\eta = 1$ and 250 steps that would be a decay of 0.004. Even 0.003 was too much here, so the bowl doesn't describe our loss.
#
# </details>
#
# ### Exercise 8.4: choose, then report (stretch, 10 minutes)
#
# Now put that whole comparison into one function. You are given two arrays of losses with a row for each setting and a column for each seed. Row 0 is the run without decay or stopping. Choose the row of `watched` with the lowest mean. What it gains over row 0 comes from `reporting`, in pairs. Pencil first: let the rows be (5, 6, 4) and (3, 2, 4) in `watched`, and (6, 9, 7) and (5, 5, 6) in `reporting`.
#
# <details><summary>The pencil's numbers</summary>
#
# The means are 5 and 3, so row 1 is chosen. The differences in `reporting` are $-1, -4, -1$, with a mean of $-2$. They lie 1, $-2$ and 1 from it, so their variance is $6 / 2 = 3$, and the standard error is $\sqrt{3 / 3} = 1$.
#
# </details>


# %%
def my_choose_and_report(watched, reporting):
    """Return the chosen row, its mean difference from row 0, and the standard error of this mean.

    watched, reporting: losses, shape (settings, seeds).
    """
    ...


exercises.check(my_choose_and_report)

# %%
exercises.folded(my_choose_and_report)

# %% [markdown]
# Give your function the five values of $\lambda$ and the ten seeds. The cell makes the two arrays, and you add the call. Which numbers from above should come out?

# %%
watched_losses = np.array([[results["loss"][-1] for results in ten(d)] for d in decays])
reporting_losses = np.array([at(d, "end", "loss") for d in decays])
watched_losses.shape, reporting_losses.shape

# %% [markdown]
# <details><summary>Answer</summary>
#
# `my_choose_and_report(watched_losses, reporting_losses)` gives row 3, which is $\lambda = 0.001$, and the report of the loss: -0.0927 with a standard error of 0.0043.
#
# </details>
#
# ## Is that so at another rate?
#
# So far the learning rate has always been 1. The study repeats it at 0.3. From here on "stopped" means the lowest watched loss of the whole run, in hindsight.

# %% tags=["hide-input"]
slow_losses = [results["loss"] for results in ten(0.0, rate=0.3)]
kept = sum(stopped_at(losses, 2)[1] == np.argmin(losses) for losses in slow_losses)
print(f"patience 2 would keep it for {kept} of 10 seeds")
for name, way in {"stopped": (0.0, "lowest"), "decay 0.001": (1e-3, "end")}.items():
    print(f"rate 0.3, {name} against plain:")
    for what in ["loss", "accuracy"]:
        end = at(0.0, "end", what, rate=0.3)
        print(f"   {what:8} {difference(at(*way, what, rate=0.3), end)}")
print("left of an idle weight after 1,500 steps:")
print(f"   rate 1: {(1 - 0.001) ** 1500:.3f}, rate 0.3: {(1 - 0.3 * 0.001) ** 1500:.3f}")

# %% [markdown]
# Here too the loss falls, and the accuracy moves by no more than chance would move it. At a rate of 1 decay cost some accuracy; here we see none of that. But at 0.3 the same $\lambda$ is also weaker, as the last line says. At both rates the loss fell, and ten seeds show no gain in right answers.
#
# ## What if some labels are wrong?
#
# So learning by heart made the network too sure, and cost hardly any right answers. But these labels are clean. MNIST has few wrong ones: [Northcutt and others 2021](https://arxiv.org/abs/2103.14749) estimate 0.15 % of its test labels, and on average at least 3.3 % of the labels in ten famous test sets.
#
# Now spoil some. Draw 200 of the 1,000 labels anew, each of the ten classes as likely as any other, and let the same network learn *these* by heart. The watched and the reporting images keep their labels, which is a luxury: whoever has dirty labels usually has them there too.
#
# **Predict.** With what percentage of its own labels will it agree at the end? And sketch its accuracy on the watched images.

# %%
guesses.ask("% of its own labels at the end", None)

# %%
chance = np.random.default_rng(seed=100)
anew = chance.permutation(1000)[:200]
spoilt = labels[:1000].copy()
spoilt[anew] = chance.integers(10, size=200)
print(f"labels that are now wrong: {(spoilt != labels[:1000]).sum()} of 1,000")

watch = EarlyStopping("watched", patience=31)  # never runs out
trained, history = run((images[:1000], spoilt), weight_decay=0.0, seed=0, after_record=watch)
for name, parameters in {"at the lowest loss": watch.parameters, "at the end": trained}.items():
    learnt = evaluate(network, parameters, (images[:1000], spoilt)).accuracy
    score = evaluate(network, parameters, reporting)
    print(f"{name}:")
    print(f"   agrees with {learnt:.1%} of its labels")
    print(f"   reads {score.accuracy:.1%} of new images")
spoilt_runs = ten(0.0, wrong_labels=0.2)
print("the same as stored:", np.allclose(history.loss("watched"), spoilt_runs[0]["loss"]))
guesses.compare("% of its own labels at the end", round(100 * learnt, 1))

# %% mystnb={"image": {"alt": "Accuracy on the watched images against the step, 0 to 1,500. With right labels, solid, it climbs to about 88 per cent and stays there. With a fifth of the labels drawn anew, dashed, ten seeds climb to between 82 and 85 per cent within 100 to 200 steps and then fall to between 75 and 78."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.4, 4))
axis.plot(
    clean.steps, 100 * clean.accuracy("watched"), "-", color="C0", label="labels right, seed 0"
)
for results in spoilt_runs:
    axis.plot(steps, 100 * np.array(results["accuracy"]), "--", color="C1", lw=1)
axis.plot([], [], "--", color="C1", label="a fifth drawn anew, ten seeds")
axis.set(
    title="With wrong labels, accuracy turns as well",
    xlabel="step",
    ylabel="accuracy on watched images, %",
    ylim=(55, 92),
)
axis.legend(loc="lower right")
plt.show()

# %% tags=["hide-input"]
print("accuracy on the reporting images")
for rate, weight_decay in [(1.0, 3e-3), (0.3, 1e-2)]:
    end = at(0.0, "end", "accuracy", rate=rate, wrong_labels=0.2)
    print(f"rate {rate}: plain {np.mean(end):.4f}")
    for name, way in {
        "stopped": (0.0, "lowest"),
        f"decay {weight_decay:g}": (weight_decay, "end"),
    }.items():
        ours = at(*way, "accuracy", rate=rate, wrong_labels=0.2)
        print(f"  {name:11} {np.mean(ours):.4f}, {difference(ours, end)}")

# %% [markdown]
# Now the accuracy turns, with every seed. The network above goes on until it agrees with 99.9 % of its labels, nearly all of the 176 wrong ones among them, and on the way it loses right answers on new images. Here learning by heart does harm. Stopping, in hindsight, gives back more than five points at both rates. Decay gives back some of that at one rate, and nearly as much as stopping at the other; only one $\lambda$ was tried at each, so another may do better. Krogh and Hertz prove for linear networks that a decay of the right size can suppress some of the effects of noise on the targets, and a wrong label is such noise.
#
# So holding back bought two different things here: with clean labels a lower loss, with wrong labels right answers. Another start may change that. [Nielsen](http://neuralnetworksanddeeplearning.com/chap3.html) begins with much larger weights, and his decay gains right answers with clean labels, too.
#
# ## Recap
#
# - **What holds a network back?** A price on its weights, which adds $\lambda W$ to the gradient, so that every step shrinks the weights first. Or a rule that ends training by looking at watched images.
# - **What does it cost?** Images to choose on, and for decay four more runs. With clean labels both lowered the loss and neither raised the accuracy; one division of the logits did as much, and cost no right answer.
# - **When is a fit too good?** When it is, on average, surer than it is right; that raises the loss. And when what it learnt by heart, such as a false label, doesn't hold for new images; that costs right answers.
# - Choose on some images, report on others. Pair the seeds, and give the difference with its standard error.
#
# ## Questions to ask yourself
#
# 1. A colleague reports: "Weight decay lowered the validation loss by a fifth, so the network reads better." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    What did the accuracy do? A loss also falls when a network becomes less sure of its mistakes, and one number that divides the logits may do as much. And was the decay chosen on the images that now report?
#
#    </details>
#
# 2. Why do biases pay no price?
#
#    <details><summary>Answer</summary>
#
#    They don't pull a unit's sums for different images apart, as large weights do. A price would only draw the bias away from the value that the unit needs.
#
#    </details>
#
# 3. Your training loss goes to 0, and the validation accuracy has fallen on the way. What do you suspect?
#
#    <details><summary>Answer</summary>
#
#    That something it learnt by heart doesn't hold for new images. Wrong labels are one reason, as here. They are not the only one: in lesson 09 every label is right, and learning by heart ruins nearly every answer, because there are just as many numbers to choose as images.
#
#    </details>
#
# ## Next
#
# One number held this network back. Another way to hold it back would be to make it smaller. [09 The second descent](09_second_descent.ipynb) makes it *larger*, and the old tale of overfitting doesn't survive that.
