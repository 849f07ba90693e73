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
# In lesson 04 a network learnt a thousand images by heart, and you met the name for that: it *overfitted*. Its loss on new images fell, turned, and climbed for the rest of the training; yet its accuracy on the same images never fell. So here are two honest instruments that disagree: the loss says that the network has learnt too much, and the accuracy that no harm was done. **Which of the two should you believe?** And when, then, is a fit too good?
#
# **You will be able to**
#
# - derive weight decay, and check its gradient;
# - stop training early, by a rule;
# - choose settings on some images, measure the gain on others, and state its standard error;
# - say when learning by heart costs right answers, and when it only raises the loss.
#
# **You need** lessons [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb) and [05](05_how_sure.ipynb).
#
# **Time** 50 minutes to read, 25 more for the exercises; it runs for about 25 s and takes 400 MB

# %% [markdown]
# ## Before you start
#
# 1. A network gives three digits the probabilities $\frac12, \frac14, \frac14$. Double its logits: what do the probabilities become? And what happens to the loss if the first digit is the right one, or the second?
#
#    <details><summary>Answer</summary>
#
#    Doubling a logit squares its $e^z$, so $2 : 1 : 1$ becomes $4 : 1 : 1$, that is, $\frac23, \frac16, \frac16$. The loss falls if the first is right, from $-\log \frac12$ to $-\log \frac23$, and rises if the second is, from $-\log \frac14$ to $-\log \frac16$.
#
#    </details>
#
# 2. Two ways of training are tried with the same ten seeds. What do you average, and what is the standard error of that mean?
#
#    <details><summary>Answer</summary>
#
#    The ten differences, one for each seed, because whatever a seed does to both drops out of the difference (lesson 05). The standard error is the standard deviation of these ten, divided by the root of ten.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import exercises, guesses, studies
from course.materials.stopping import stopped_at
from mnistlib import data, network, plotting
from mnistlib.functions import cross_entropy, softmax
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
# Why should the loss climb while the answers stay as they are? A network that knows its thousand images can lower its training loss further, simply by being *surer* of them. Double the weights and biases of the output layer: all logits double, every answer stays the same, and the largest probability moves towards 1, so each right answer costs less. Being sure is cheap as long as you are right, and on the training images the network always is. On new images it is sometimes wrong, and being sure and wrong is expensive.
#
# To discourage that, let large weights cost something. Begin with a network that has a single weight $w$, and whose loss is a bowl with its lowest point at 2. Add a **penalty** that grows with the square of the weight, $\frac{\lambda}{2} w^2$, where the number $\lambda$ (lambda) says how heavily it counts:
#
# $$\tfrac12 (w - 2)^2 + \tfrac{\lambda}{2} w^2 .$$
#
# The loss pulls the weight towards 2, and the penalty pulls it towards 0. Where do they balance? At the lowest point the derivative is 0, so $(w - 2) + \lambda w = 0$, and therefore $w = 2 / (1 + \lambda)$. With $\lambda = 1$ the two bowls have the same shape, so the weight ends halfway between their lowest points, at 1.

# %% mystnb={"image": {"alt": "Three curves against a weight w, from minus one half to three. The loss, dashed, is a bowl with its lowest point, marked, at 2, where it is 0. The penalty, dotted, is a bowl with its lowest point at 0. Their sum, solid, is a narrower bowl between the two, whose lowest point, marked, is at 1."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 3.6))
w = np.linspace(-0.5, 3, 200)
loss = (w - 2) ** 2 / 2
penalty = w**2 / 2  # lambda is 1
axis.plot(w, loss, "--", label="loss")
axis.plot(w, penalty, ":", label="penalty")
axis.plot(w, loss + penalty, "-", lw=3, label="loss + penalty")
axis.plot([2, 1], [0, 1], "o", color="0.4", ms=9)
axis.text(2, -0.12, "lowest loss", ha="center", va="top")
axis.text(1, 1.12, "lowest sum", ha="center", va="bottom")
axis.set(
    title="The penalty moves the lowest point towards 0",
    xlabel="weight w",
    ylabel="loss, penalty",
    ylim=(-0.5, 4),
)
axis.legend(loc="upper center")
plt.show()

# %% [markdown]
# A real network has a hundred thousand weights, and each pays by the same rule. In code, $\lambda$ is called `weight_decay`:
#
# $$L_\lambda = L + \frac{\lambda}{2} \sum w^2 .$$
#
# The sum runs over every weight $w$ of every layer, but over no bias. A bias adds the same to a unit's sum for every image, whereas large weights pull the sums of different images apart.
#
# What does the penalty add to the gradient? Change one weight $w$, and in the whole sum only $\frac{\lambda}{2} w^2$ changes; its derivative is $\frac{\lambda}{2} \cdot 2 w = \lambda w$. Write $dW_\lambda$ and $db_\lambda$ for the gradients of $L_\lambda$, and $dW$ and $db$ for those of $L$, as before:
#
# $$dW_\lambda = dW + \lambda W, \qquad db_\lambda = db .$$
#
# With a learning rate of $\eta$, a step of plain gradient descent becomes
#
# $$\begin{aligned} W &\leftarrow W - \eta\,(dW + \lambda W) \\ &= (1 - \eta \lambda)\, W - \eta\, dW . \end{aligned}$$
#
# In each step every weight first shrinks, by the factor $1 - \eta \lambda$, and then moves by $-\eta\, dW$ as usual. That is why the field calls this **weight decay** (explained by [Krogh and Hertz 1992](https://papers.nips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html)). The penalty alone is called an *L2 penalty*, after the squares in it, and whatever holds a network back is called **regularisation**. <small>(With momentum, adding the penalty is no longer the same as shrinking the weights: [Loshchilov and Hutter 2019](https://arxiv.org/abs/1711.05101).)</small>
#
# ### Exercise 8.1: what is left of a weight (warm-up, 2 minutes)
#
# There are weights that the loss never moves. If a pixel is 0 in every image, for example, the $dW$ of its weights is 0 in every step. Pencil first: take one, with $w = 64$, $\eta = \frac12$ and $\lambda = \frac12$. What is $w$ after one step, after two, after three?
#
# <details><summary>The numbers, by hand</summary>
#
# The factor is $1 - \frac14 = \frac34$, so 48, 36 and 27.
#
# </details>


# %%
def my_weight_left(w, learning_rate, weight_decay, steps):
    """Return what weight decay leaves of w after that many steps, if its dW is always 0."""
    ...


exercises.check(my_weight_left)

# %%
exercises.folded(my_weight_left)

# %% [markdown]
# ### Exercise 8.2: the penalty and its gradient (core, 5 minutes)
#
# You are given the loss, and one layer's weights and their gradient, all without the penalty. Return the loss and the gradient with this layer's penalty added. Pencil first: one input feeds two units, with $W = \begin{pmatrix} 3 & -4 \end{pmatrix}$ and $dW = \begin{pmatrix} \tfrac12 & \tfrac12 \end{pmatrix}$. With a loss of 1 and $\lambda = \tfrac15$, what do the loss and the gradient become?
#
# <details><summary>The numbers, by hand</summary>
#
# The penalty is $\tfrac{1}{10} (9 + 16) = \tfrac52$, so the loss becomes $\tfrac72$. The gradient becomes $\begin{pmatrix} \tfrac12 + \tfrac35 & \tfrac12 - \tfrac45 \end{pmatrix} = \begin{pmatrix} \tfrac{11}{10} & -\tfrac{3}{10} \end{pmatrix}$.
#
# </details>


# %%
def my_decayed(loss, W, dW, weight_decay):
    """Return the loss with the penalty of W, and its gradient with respect to W.

    W, dW: shape (inputs, outputs).
    """
    ...


exercises.check(my_decayed)

# %%
exercises.folded(my_decayed)

# %% [markdown]
# Is the gradient right? Check it by nudging $W_2$, with a $\lambda$ large enough for a wrong penalty to show.

# %%
weight_decay = 0.5  # change me
start = network.initialise(np.random.default_rng(seed=1))
x10, y10 = x[:10], y[:10]


def penalised_loss(W2):
    loss, _ = network.gradients(start._replace(W2=W2), x10, y10)
    return loss + weight_decay / 2 * ((start.W1**2).sum() + (W2**2).sum())


_, grads = network.gradients(start, x10, y10)
dW2 = grads.W2 + weight_decay * start.W2
print(check_gradient(penalised_loss, start.W2, dW2, name="dW2"))
_, grads = WithWeightDecay(network, weight_decay).gradients(start, x10, y10)
print("the library's dW2 is the same:", np.allclose(grads.W2, dW2))

# %% [markdown]
# The library's `WithWeightDecay(model, weight_decay)` does this for every layer, and `train` takes the result as it would any model.
#
# ## How heavy a penalty?
#
# Which $\lambda$ is best for a network that learns 1,000 images by heart? We shall try five, and there is a trap in that: the lowest of five losses is partly luck. So we choose on 5,000 validation images, the *watched* half, and measure what the choice was worth on the other 5,000, the *reporting* half.
#
# Here is one run without weight decay: 150 epochs, or 1,500 steps, at a learning rate of 1, evaluated every 50 steps. We always evaluate $L$ alone, because the penalty belongs only to training.


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


plain, plain_history = run(few, weight_decay=0.0, seed=0)
plain_losses = plain_history.loss("watched")
lowest_step = plain_history.steps[plain_losses.argmin()]
print(f"lowest loss {plain_losses.min():.4f} at step {lowest_step}")
print(f"at the end  {plain_losses[-1]:.4f}")

# %% [markdown]
# We made ten such runs beforehand, one for each seed, with each of five values of $\lambda$ (0, 0.0001, 0.0003, 0.001 and 0.003), and stored the results as the study `decay`. Each seed has its own 1,000 images, its own start and its own batches, the same for every $\lambda$.


# %% tags=["hide-input"]
def results_of(weight_decay, wrong_labels=0.0):
    """What the study found for one setting: ten results, one for each seed."""
    return studies.results("decay", weight_decay=weight_decay, wrong_labels=wrong_labels, rate=1.0)


def reported(weight_decay, moment, wrong_labels=0.0):
    """Loss, accuracy and confidence on the reporting images, each for ten seeds."""
    results = [found[moment] for found in results_of(weight_decay, wrong_labels)]
    return {
        "loss": np.array([result["loss"] for result in results]),
        "accuracy": 100 * np.array([result["accuracy"] for result in results]),
        "confidence": 100 * np.array([result["sureness"] for result in results]),
    }


def print_table(rows):
    """Print the mean of ten seeds for each row."""
    print(f"{'':12}    loss  accuracy, %  confidence, %")
    for name, row in rows.items():
        loss, accuracy, confidence = (values.mean() for values in row.values())
        print(f"{name:12}{loss:8.4f}{accuracy:13.2f}{confidence:15.2f}")


def difference(ours, theirs, decimals=2):
    """Mean of paired differences, and after the ± its standard error."""
    apart = np.array(ours) - np.array(theirs)
    error = apart.std(ddof=1) / np.sqrt(len(apart))
    return f"{apart.mean():+.{decimals}f} ± {error:.{decimals}f}"


def print_accuracy_change(name, rows):
    """Print by how much the accuracy of these networks differs from that of the plain ones."""
    ours = rows[name]["accuracy"]
    theirs = rows["plain"]["accuracy"]
    higher = (ours > theirs).sum()
    print(
        f"accuracy, {name} minus plain: {difference(ours, theirs)}, higher for {higher} of 10 seeds"
    )


if not np.allclose(plain_losses, results_of(0.0)[0]["loss"]):
    print("the run above is not the same as the study's")

# %% [markdown]
# **Predict.** Sketch the five curves of the watched loss. Which $\lambda$ will have the lowest loss at the end?

# %%
guesses.ask("lambda with the lowest loss at the end", None)

# %% tags=["answer", "hide-input"]
decays = [0.0, 1e-4, 3e-4, 1e-3, 3e-3]
steps = 50 * np.arange(31)
means = {d: np.mean([results["loss"] for results in results_of(d)], axis=0) for d in decays}
print("watched loss, mean of ten seeds")
print("lambda  lowest  at the end")
for weight_decay, mean in means.items():
    print(f"{weight_decay:6g}  {mean.min():.4f}      {mean[-1]:.4f}")
chosen = min(decays, key=lambda weight_decay: means[weight_decay][-1])
guesses.compare("lambda with the lowest loss at the end", chosen)

# %% mystnb={"image": {"alt": "Validation loss against the step, 0 to 1,500, mean of ten seeds, for five values of lambda. Four fall together to just below 0.4 at 250 steps. From there the loss climbs to 0.46 with lambda 0, less with 0.0001 and 0.0003, and stays nearly level with 0.001. With 0.003 it falls more slowly, and goes up and down above 0.40. A dot stands at the lowest point of each curve, three of them nearly at one place."}} tags=["answer", "hide-input"]
figure, axis = plt.subplots(figsize=(5.4, 4))
ends = {0.0: 0, 1e-4: 3, 3e-4: -4, 3e-3: 4, 1e-3: -3}  # so that no label touches another
for (weight_decay, mean), style in zip(means.items(), ["-", "--", "-.", "-", ":"]):
    (line,) = axis.plot(steps, mean, style, lw=3 if weight_decay == 1e-3 else 2)
    axis.plot(steps[mean.argmin()], mean.min(), "o", color=line.get_color(), ms=6)
    axis.annotate(
        f"{weight_decay:g}", (steps[-1], mean[-1]), (6, ends[weight_decay]),
        textcoords="offset points", va="center",
    )  # fmt: skip
axis.text(1530, 0.475, "$\\lambda$")
axis.set(
    title="With $\\lambda$ = 0.001, the loss falls and stays down",
    xlabel="step",
    ylabel="watched loss, mean of ten seeds",
    xlim=(0, 1720),
    ylim=(0.34, 0.62),
    xticks=range(0, 1501, 250),
)
plt.show()

# %% [markdown]
# A dot marks each curve's lowest point; three of them almost coincide. The thick curve ends lowest, so $\lambda = 0.001$ is our choice. With $\lambda = 0.003$, the heaviest penalty, the loss never gets down to where the other four have been.
#
# ## Stopping early
#
# At its lowest point, at step 250, the curve for $\lambda = 0$ is about as low as the thick one ever gets. **Early stopping** keeps the parameters from such a moment. The difficulty is that nobody knows, while the network trains, whether the lowest point is already behind it. All you can do is wait, and the **patience** says how long: when that many evaluations in a row have brought no new lowest loss, training ends. <small>([Goodfellow, Bengio and Courville 2016](https://www.deeplearningbook.org/), section 7.8; for other rules [Prechelt 1998](https://doi.org/10.1007/3-540-49430-8_3).)</small>
#
# ### Exercise 8.3: when to stop, by a rule (core, 8 minutes)
#
# You are given the losses in the order in which they were measured. Count them from 0. Pencil first: with the losses 50, 30, 40, 45, 48, 10 and a patience of 2, at which of them does training end, and which was the lowest up to then?
#
# <details><summary>The numbers, by hand</summary>
#
# The lowest is number 1, the 30. Numbers 2 and 3 bring no lower one, so training ends at number 3. The 10 is never seen.
#
# </details>


# %%
def my_stopped_at(losses, patience):
    """Return the index at which training ends, and the index of the lowest loss until then.

    If patience does not run out, training ends at the last index.
    """
    ...


exercises.check(my_stopped_at)

# %%
exercises.folded(my_stopped_at)

# %% [markdown]
# In the library this is `EarlyStopping`, which `train` asks after every evaluation whether to go on. Train once more without weight decay, with a patience of 2. Seed 0's loss was lowest at step 250, so training should end two evaluations later.

# %%
watch = EarlyStopping("watched", patience=2)  # change me
_, history = run(few, weight_decay=0.0, seed=0, after_record=watch)
print(f"ended at step {history.steps[-1]} of 1,500")
print(f"kept step {watch.step}, loss {watch.loss:.4f}")

# %% [markdown]
# Would the rule have stopped every seed at the right moment? Apply the exercise's rule to their stored losses.

# %% tags=["hide-input"]
curves = np.array([results["loss"] for results in results_of(0.0)])
last = curves.shape[1] - 1  # evaluations are counted from 0
print("patience  steps run, % of 1,500  kept the lowest loss")
for patience in [1, 2]:
    ends, lowest = np.transpose([stopped_at(losses, patience) for losses in curves])
    kept = np.sum(lowest == curves.argmin(axis=1))
    print(f"{patience:8}  {100 * np.mean(ends) / last:20.0f}  {kept:8} of 10 runs")

# %% [markdown]
# With a patience of 1, three runs end too soon; with 2, none does.
#
# ### Exercise 8.4: choose, then report (stretch, 10 minutes)
#
# You are given two arrays of losses with a row for each setting and a column for each seed. Row 0 holds the plain runs, with neither weight decay nor stopping. Choose the row of `watched` with the lowest mean. Then go to `reporting`, and subtract row 0 from the chosen row, seed by seed, so that a negative difference means a lower loss.
#
# Pencil first: let the rows be (5, 6, 4) and (3, 2, 4) in `watched`, and (6, 9, 7) and (5, 5, 6) in `reporting`. Which row is chosen, what is its mean difference from row 0, and what is the standard error?
#
# <details><summary>The numbers, by hand</summary>
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
# ## The loss and the answers
#
# Now for the report, on the other half. It compares three kinds of network: *plain* ones, held back by nothing, those with weight decay, and those stopped early. Beside their loss and accuracy it gives their mean **confidence**, where the confidence in an answer is simply the probability that the network gives it (lesson 05). The number after each ± is the standard error of a mean difference, taken seed by seed as in exercise 8.4.
#
# **Predict.** By how many percentage points will weight decay change the *accuracy*? (Up is plus, down is minus.)

# %%
guesses.ask("change in accuracy, in points", None)

# %% tags=["answer", "hide-input"]
correct = {
    "plain": reported(0.0, "end"),
    "weight decay": reported(chosen, "end"),
    "stopped": reported(0.0, "lowest"),
}
print_table(correct)
for name in ["weight decay", "stopped"]:
    change = difference(correct[name]["loss"], correct["plain"]["loss"], 4)
    print(f"loss, {name} minus plain: {change}")
    print_accuracy_change(name, correct)
for name, weight_decay in {"plain": 0.0, "weight decay": chosen}.items():
    learnt = np.mean([results["learnt"] for results in results_of(weight_decay)])
    print(f"training images right at the end, {name}: {100 * learnt:.2f} %")
change = correct["weight decay"]["accuracy"] - correct["plain"]["accuracy"]
guesses.compare("change in accuracy, in points", round(change.mean(), 2))

# %% [markdown]
# Both ways take almost a fifth off the loss, but neither adds anything to the accuracy; at our learning rate, weight decay even costs a quarter of a point, and nine of the ten seeds pay. Nor has it made the network forget, for it still gets nearly every training image right. What has changed is how sure the networks are. The plain ones were six points too sure, that is, their mean confidence lay that far above their accuracy; with weight decay less than one point is left, and with stopping next to nothing.

# %% [markdown]
# ### When did it become so sure?
#
# Train the network of seed 0 once more, without weight decay, and note its confidence at every evaluation.

# %% mystnb={"image": {"alt": "Mean confidence, dashed, and accuracy, solid, in per cent, against the step, 0 to 1,500, on the watched images, for seed 0 without weight decay. Up to about 250 steps the confidence lies below the accuracy, which has then risen to about 88. There the two lines cross, at a dotted vertical line that marks the lowest loss. From there the accuracy stays level, whereas the confidence climbs, first quickly and then slowly, to 94."}} tags=["hide-input"]
confidence = []


def note_confidence(step, parameters, history):
    """Keep the mean confidence on the watched images."""
    p = softmax(network.logits(parameters, network.prepare(watched[0])))
    confidence.append(100 * p.max(axis=1).mean())


run(few, weight_decay=0.0, seed=0, after_record=note_confidence)

figure, axis = plt.subplots(figsize=(5.2, 3.8))
axis.plot(plain_history.steps, confidence, "--", lw=3)
axis.plot(plain_history.steps, 100 * plain_history.accuracy("watched"), "-", lw=3)
axis.axvline(lowest_step, color="0.5", ls=":", lw=2)
axis.text(1480, 95, "confidence", ha="right", va="bottom")
axis.text(1480, 87.5, "accuracy", ha="right", va="top")
axis.text(280, 72, "lowest loss", va="bottom")
axis.set(
    title="The loss is lowest where confidence overtakes accuracy",
    xlabel="step",
    ylabel="watched images, %",
    ylim=(70, 100),
)
plt.show()

# %% [markdown]
# The two lines cross almost exactly where the loss is lowest, and on average the ten *stopped* networks, too, are as sure as they are right. Why there? Raise the logit of every image's answer by the same tiny amount. By lesson 02's $p - y$, the loss of a right answer changes by $p - 1$ times this amount, and that of a wrong one by $p$ times, where $p$ is the confidence. On average over all images, then, it changes by *confidence minus accuracy*, times the amount. In other words, growing surer pays as long as the network is less sure than it is right, and costs as soon as it is surer. Yet from the dotted line onwards, our network does little else: its accuracy hardly moves, while its confidence climbs to the end.
#
# ### One division instead
#
# Did weight decay do anything beyond making the network less sure? If not, there should be a far simpler way. Take the networks trained without weight decay, and divide all their logits by one number, the **temperature**, before the softmax:
#
# $$P = \mathrm{softmax}(Z_2 / \text{temperature}) .$$
#
# A temperature above 1 brings the logits closer together, so the network becomes less sure; but no answer changes, since the largest logit stays the largest. This is *temperature scaling*, the cure that lesson 05 promised ([Guo and others 2017](https://arxiv.org/abs/1706.04599)).
#
# **Predict.** On the reporting images, weight decay brought the loss down to 0.4162. What will one division after training bring it down to?

# %%
guesses.ask("loss after one division", None)


# %% tags=["answer"]
def print_divided(parameters, temperatures):
    """Divide the logits of the watched images by each temperature, and print what comes of it."""
    z2 = network.logits(parameters, network.prepare(watched[0]))
    y = data.one_hot(watched[1])
    for temperature in temperatures:
        p = softmax(z2 / temperature)
        loss = cross_entropy(z2 / temperature, y)
        sure = 100 * p.max(axis=1).mean()
        print(f"temperature {temperature:4}: watched loss {loss:.4f}, confidence {sure:.1f} %")
    right = (z2.argmax(axis=1) == watched[1]).mean()
    print(f"accuracy at any temperature: {100 * right:.1f} %")


print_divided(plain, [1, 1.5, 1.75, 2, 3])  # change me

# %% [markdown]
# The loss runs through a valley, whose bottom lies between 1.5 and 2, just where the confidence passes the accuracy. For each of the ten seeds, the study looked for the bottom of this valley on the watched images, and then divided the logits of the reporting ones.

# %% tags=["answer", "hide-input"]
correct["divided"] = reported(0.0, "scaled")
correct["both"] = reported(chosen, "scaled")
print_table(correct)
divided = correct["divided"]["loss"]
decayed = correct["weight decay"]["loss"]
print(f"loss, divided minus weight decay: {difference(divided, decayed, 4)}")
print(f"loss, both minus divided:         {difference(correct['both']['loss'], divided, 4)}")
guesses.compare("loss after one division", round(divided.mean(), 4))

# %% [markdown]
# We had not expected it, but a single division after training lowers the loss even a little further than the best of our five $\lambda$. If weight decay had bought more than a less confident network, dividing *its* logits as well would give the lowest loss of all, but the last row, *both*, lies above *divided*. Stopping is the cheapest of the three: it takes less than a quarter of one run, the division takes one whole run, and choosing $\lambda$ took five.
#
# That is half of the answer: a fit can be too good for the loss without being too good for the answers. Neither instrument was lying. The accuracy counts the answers; the loss also charges for being too sure of them.
#
# ## What if some labels are wrong?
#
# So far, learning by heart has cost the network nothing but its modesty, perhaps because everything it learnt was *true*. What if it has to learn something false? Replace 200 of the 1,000 labels with digits drawn at random (now and then the right one), and train the same network on *these*, for just as long. The watched and the reporting images keep their labels.
#
# **Predict.** What percentage of its labels, right and wrong alike, will the network agree with in the end? Sketch its accuracy on the watched images, too.

# %%
guesses.ask("% of its own labels that it agrees with at the end", None)

# %% tags=["answer"]
chance = np.random.default_rng(seed=100)
redrawn = chance.permutation(1000)[:200]  # change me
partly_wrong = labels[:1000].copy()
partly_wrong[redrawn] = chance.integers(10, size=len(redrawn))
wrong = partly_wrong != labels[:1000]
print(f"labels that are now wrong: {wrong.sum()} of 1,000")

wrong_watch = EarlyStopping("watched", patience=31)  # never ends the run, but keeps the lowest
trained, _ = run((images[:1000], partly_wrong), weight_decay=0.0, seed=0, after_record=wrong_watch)
for name, parameters in {"lowest loss": wrong_watch.parameters, "end": trained}.items():
    answers = network.predict(parameters, x)
    learnt = (answers == partly_wrong).mean()
    score = evaluate(network, parameters, reporting)
    print(f"{name}: agrees with {100 * learnt:.1f} % of its labels")
    repeated, true = (answers == partly_wrong) & wrong, (answers == labels[:1000]) & wrong
    print(f"   repeats {repeated.sum()} wrong labels; gives {true.sum()} the true digit instead")
    print(f"   {100 * score.accuracy:.1f} % of new images right, loss {score.loss:.4f}")
guesses.compare("% of its own labels that it agrees with at the end", round(100 * learnt, 1))

# %% mystnb={"image": {"alt": "Accuracy on the watched images against the step, 0 to 1,500. With correct labels, solid, ten seeds climb to about 88 per cent and stay there. With a fifth of the labels drawn at random, dashed, ten seeds climb to between 82 and 85 per cent within 100 to 200 steps and then fall to between 75 and 78."}} tags=["answer", "hide-input"]
figure, axis = plt.subplots(figsize=(5.2, 3.8))
for wrong_labels, style, colour in [(0.0, "-", "C0"), (0.2, "--", "C1")]:
    runs = results_of(0.0, wrong_labels)
    accuracies = 100 * np.array([results["accuracy"] for results in runs]).T
    axis.plot(steps, accuracies, style, color=colour, lw=1)
axis.text(1500, 86.8, "labels correct", ha="right", va="top")
axis.text(1500, 80, "a fifth of the labels at random", ha="right", va="bottom")
axis.set(
    title="With wrong labels, the accuracy rises and then falls",
    xlabel="step",
    ylabel="accuracy on watched images, %",
    ylim=(70, 91),
)
plt.show()

# %% [markdown]
# Now the accuracy does fall, whatever the seed. Where its loss was lowest, the network above repeated only 18 of the 176 wrong labels, and for 137 of these images it gave the true digit, which nobody had told it. In the end it repeats 175, and on the way it loses right answers on new images. Here learning by heart does harm, and both instruments say so.
#
# Can holding the network back help here, or dividing its logits? The study trained ten such networks, with and without a weight decay of 0.003 (too heavy for correct labels).

# %% tags=["hide-input"]
with_wrong = {
    "plain": reported(0.0, "end", wrong_labels=0.2),
    "weight decay": reported(3e-3, "end", wrong_labels=0.2),
    "stopped": reported(0.0, "lowest", wrong_labels=0.2),
    "divided": reported(0.0, "scaled", wrong_labels=0.2),
}
print_table(with_wrong)
for name in ["weight decay", "stopped"]:
    print_accuracy_change(name, with_wrong)
careless = 0.8 * with_wrong["stopped"]["accuracy"].mean() + 0.2 * 10
print(f"stopped, if a fifth of the new labels were redrawn: {careless:.1f} % right")

# %% [markdown]
# Keeping the parameters of the lowest loss wins back more than five points of accuracy, and weight decay more than three, with the only $\lambda$ that we tried at this learning rate. The division makes the plain networks less sure, which helps the loss but no answer.
#
# This time, you may object, the loss is not lowest where confidence overtakes accuracy: the stopped networks' confidence lies twelve points *below* their accuracy. For labels like their own that is about right, since on new images labelled as carelessly they would get only 67.3 % right. For correct labels they are too modest. So take the network above as it was when its loss was lowest, and divide its logits, this time by a number below 1.

# %%
print_divided(wrong_watch.parameters, [1, 0.6])  # change me

# %% [markdown]
# At 0.6 it is as sure as it is right, and its loss has fallen well below the lowest that training reached.
#
# ## What if the starting weights are too large?
#
# With correct labels, holding the network back has gained nothing in accuracy. But isn't that what weight decay is famous for? It is: [Nielsen](http://neuralnetworksanddeeplearning.com/chap3.html) shows a network that learns 1,000 of these very digits by heart, and that gets more *new* digits right with weight decay. His network differs from ours in several ways. One is the start, since he draws weights and biases alike from a bell curve with standard deviation 1, some twenty times ours in the first layer. So take his start, and train twice as long, for 3,000 steps, to give our $\lambda$ of 0.001 time to shrink weights so large.
#
# **Predict.** From the large weights, and without weight decay, ten networks get 79.5 % of the new digits right on average. What percentage will weight decay bring them to?

# %%
guesses.ask("% right from the large weights, with weight decay", None)

# %% tags=["answer", "hide-input"]
studies.again("large_start")  # runs one of its networks again, and says so if it isn't as stored


def large_accuracy(weight_decay):
    """Accuracies from the large start, in %, one for each seed."""
    found = studies.results("large_start", weight_decay=weight_decay)
    return [100 * results["end"]["accuracy"] for results in found]


without = large_accuracy(0.0)
decayed_ones = large_accuracy(chosen)
ours = network.initialise(np.random.default_rng(seed=0)).W1.std()
print(f"standard deviation of the first weights, 1 / ours: {1 / ours:.1f}")
print("large starting weights, mean of ten seeds")
print(f"accuracy without weight decay: {np.mean(without):.1f} %")
print(f"accuracy with weight decay:    {np.mean(decayed_ones):.1f} %")
print(f"difference: {difference(decayed_ones, without)}")
guesses.compare(
    "% right from the large weights, with weight decay", round(np.mean(decayed_ones), 1)
)

# %% [markdown]
# Eight points more, with correct labels. But weight decay ends at about 88 %, where our own networks were all along. Did it only take away something that the *start* had brought?
#
# Without weight decay a step adds something to a weight, positive or negative, but never scales what is there. So every weight ends as a sum: the random number from which it started, plus what it has learnt. With weight decay, 3,000 steps leave only a twentieth of the random number (exercise 8.1). To see in which layer that matters, put weight decay on one layer alone.


# %% tags=["hide-input"]
def control(version, decayed="none"):
    """Accuracies from the large start, in %, for five seeds, by the layers that are decayed."""
    found = studies.results("start_controls", decayed=decayed, epochs=300)
    return [100 * results[version]["accuracy"] for results in found]


print(f"weight decay leaves of a starting weight: {(1 - 1.0 * chosen) ** 3000:.3f}")
print("accuracy in %, mean of five of the ten seeds")
names = {
    "none": "neither layer",
    "second": "the second only",
    "first": "the first only",
    "both": "both",
}
for decayed_layers, name in names.items():
    print(f"weight decay on {name:15} {np.mean(control('end', decayed_layers)):.2f}")
unshrunk = np.mean(control("new second layer"))
shrunk = np.mean(control("start shrunk, new second layer"))
print(f"with a new second layer: {unshrunk:.2f} %; with the start shrunk, too: {shrunk:.2f} %")

# %% [markdown]
# On the first layer alone, weight decay brings almost the whole gain, and on the second alone, which began with random numbers as large, more than half. Is it the random numbers themselves? The last line takes the networks trained without weight decay, and trains a new second layer on top of their first for 1,500 steps. On the first layer as it stands, that reaches 82.18 %. Shrink nothing but the random numbers in it to a twentieth, and it reaches 86.75 %.
#
# So the same $\lambda$ did two different things. Starting from small weights, it made the network less sure; starting from large ones, it took away random numbers that no step would have removed, and won eight points. Whenever you read that weight decay helps, ask what it took away.
#
# ## Recap
#
# You can now hold a network back, by weight decay or by stopping it, and tell what that was worth without fooling yourself.
#
# **When is a fit too good?** Believe both instruments, each about what it measures.
#
# - With correct labels and our start, the fit became too good *for the loss* roughly where the network's confidence overtook its accuracy. A division of the logits then lowers the loss, and never costs an answer.
# - It is too good *for the answers* when something learnt by heart, such as a wrong label, misleads the network on new images. No division brings those answers back, whereas holding the network back brought back many.
# - From starting weights that are far too large, weight decay raises the accuracy even with correct labels, largely by shrinking the random numbers that the start brought.
#
# ## Questions to ask yourself
#
# 1. A colleague reports: "Weight decay lowered the validation loss by a fifth, so the network reads better." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    What did the accuracy do? A loss also falls when a network becomes less sure of its mistakes. And was $\lambda$ chosen on the very images on which the gain was measured?
#
#    </details>
#
# 2. Why does the penalty leave out the biases?
#
#    <details><summary>Answer</summary>
#
#    Large weights pull the sums of different images apart. A bias can't, because it adds the same to all of them.
#
#    </details>
#
# 3. Your training loss goes to 0, and the validation accuracy has fallen on the way. What do you suspect?
#
#    <details><summary>Answer</summary>
#
#    That something it learnt by heart doesn't hold for new images. Wrong labels are one reason, as here, and the next lesson meets another.
#
#    </details>
#
# ## Next
#
# There are other ways to hold a network back. **Dropout** silences a random part of the hidden units in each step ([Srivastava and others 2014](https://jmlr.org/papers/v15/srivastava14a.html)), and **data augmentation**, which lesson 10 tries, shows the network each image slightly moved, turned or bent, differently each time ([Simard and others 2003](https://doi.org/10.1109/ICDAR.2003.1227801)). Or you could simply make the network smaller. [09 The second descent](09_second_descent.ipynb) makes it *larger*, which by everything you have read here ought to make matters worse.
