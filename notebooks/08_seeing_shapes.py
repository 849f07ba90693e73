# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 Seeing shapes
#
# Move every digit by two pixels to the side. You would not notice. A network like that of lesson 04 then reads more than one in five of them wrongly. It does not know that a pixel has neighbours; nobody told it.
#
# **You will** watch a good network fail on shifted digits, cure it once with data and once by design, derive a layer that looks at patches, carry a
# gradient back through it, and train a network that reads 99 % of the test digits.
#
# **You will be able to**
#
# - say what a fully connected layer cannot know, and what sharing weights tells it;
# - write a convolution as one matrix product, and its way back;
# - derive the gradient of max-pooling, and check both;
# - compare two networks by pairs, by shift and by writer.
#
# **You need** lessons [03](03_backpropagation.ipynb) to [06](06_deeper.ipynb).
#
# **Time** 45 minutes to read, 30 more for the exercises; the computer works about 50 s and uses 400 MB

# %% [markdown]
# ## Before you start
#
# 1. What is the backward pass of a ReLU, given its activations?
#
#    <details><summary>Answer</summary>
#
#    $dz = da$ where $a > 0$, and 0 elsewhere (lesson 06).
#
#    </details>
#
# 2. One weight is used by many examples of a batch. What is its gradient, in words?
#
#    <details><summary>Answer</summary>
#
#    The sum, over all its uses, of what came in times the blame of what went out (lesson 03). It will be needed again: here one weight is used in many places of the same image.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from mnistlib import convolution, data, exercises, network, plotting, studies
from mnistlib.functions import softmax
from mnistlib.gradcheck import check_gradient
from mnistlib.training import evaluate, falling, minibatches, sgd_update, train
from mnistlib.uncertainty import paired, standard_error, standard_error_by_group

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=8)
)

# %% [markdown]
# ## A small push
#
# First a network like that of lesson 04: five epochs, momentum, a rate that falls. And a function that moves images, and fills up with paper what becomes free.


# %%
def shifted(images, down, right):
    """Images moved by so many pixels; negative numbers move up and to the left."""
    moved = np.zeros_like(images)
    to = slice(max(down, 0), 28 + min(down, 0)), slice(max(right, 0), 28 + min(right, 0))
    come = slice(max(-down, 0), 28 + min(-down, 0)), slice(max(-right, 0), 28 + min(-right, 0))
    moved[:, *to] = images[:, *come]
    return moved


rng = np.random.default_rng(seed=0)
start = network.initialise(rng)
batches = minibatches(50_000, 128, rng=rng, epochs=5)
mlp, _ = train(
    network, start, train_set, batches, learning_rate=falling(0.5, len(batches)), momentum=0.9
)
print(f"validation: {100 * evaluate(network, mlp, validation_set).accuracy:.2f} %")

# %% [markdown]
# Now push the validation digits by one, two and three pixels, in each of the four directions, and ask again. Write down your three guesses.


# %%
def accuracy_by_shift(model, parameters, images, labels):
    """Mean accuracy over the four directions, for pushes of 0 to 3 pixels."""
    found = []
    for pixels in range(4):
        pushes = [(pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels)][: 4 if pixels else 1]
        each = [evaluate(model, parameters, (shifted(images, *p), labels)).accuracy for p in pushes]
        found.append(np.mean(each))
    return found


fragile = accuracy_by_shift(network, mlp, *validation_set)
for pixels, share in enumerate(fragile):
    print(f"pushed by {pixels}: {100 * share:.2f} %")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Four pictures of the same handwritten digit, pushed to the right by 0, 1, 2 and 3 pixels. They look alike. Above each stand the network's answer and its probability; the answer changes with the push."}}
pictures = np.concatenate([shifted(validation_set[0][:2000], 0, p) for p in range(4)])
p_all = softmax(network.logits(mlp, data.scale(pictures))).reshape(4, 2000, 10)
answers = p_all.argmax(axis=2)
truth = validation_set[1][:2000]
changed = (answers[:2] == truth).all(axis=0) & (answers[2:] != truth).all(axis=0)
chosen = np.flatnonzero(changed)[0]
captions = [f"by {p}: {answers[p, chosen]}" for p in range(4)]
plotting.digits(
    pictures.reshape(4, 2000, 28, 28)[:, chosen],
    captions,
    columns=4,
    title="The same digit, pushed to the right, and what is read",
)
plt.show()

# %% [markdown]
# Each hidden unit has one weight for each pixel. What it learnt about a stroke at one place says nothing about the same stroke one pixel further: there other weights are in charge.
#
# ### A cure by data
#
# If it must see a stroke at every place in order to know it there, show it at every place. Take the loop of lesson 04, with one line more: each batch is pushed by a random step of up to two pixels, all its images alike.


# %%
def train_pushed(model, start, batches, most, rate, rng):
    """Train on batches that are each pushed by up to `most` pixels, down or up, right or left."""
    parameters, rates = [value.copy() for value in start], falling(rate, len(batches))
    velocity = [np.zeros_like(value) for value in start]
    images, y = train_set[0], data.one_hot(train_set[1])
    for step, batch in enumerate(batches):
        pushed = shifted(images[batch], *rng.integers(-most, most + 1, size=2))
        now = type(start)(*parameters)
        _, grads = model.gradients(now, model.prepare(pushed), y[batch])
        sgd_update(parameters, grads, velocity, rates(step), momentum=0.9)
    return type(start)(*parameters)


robust_mlp = train_pushed(network, start, batches, 2, 0.5, np.random.default_rng(seed=1))
by_data = accuracy_by_shift(network, robust_mlp, *validation_set)
for pixels, share in enumerate(by_data):
    print(f"pushed by {pixels}: {100 * share:.2f} %")

# %% [markdown]
# It holds for two pixels, as far as it was pushed in training, and breaks beyond. And it costs: 101,770 numbers now have to learn the same strokes many times over, once for each place. Could one set of weights not serve all places?
#
# ## One product for all patches
#
# That is the idea of a **convolution** ([Fukushima 1980](https://doi.org/10.1007/BF00344251); [LeCun and others 1989](https://doi.org/10.1162/neco.1989.1.4.541)). Take a small square of weights, a **kernel** of 5 by 5, and lay it on every place of the image. At each place multiply pixel by weight, add up, add a bias: one number
# for each place, large where the image looks like the kernel. Several kernels give several such maps, called **channels**. So here `x` has the shape (n, rows, columns, channels): images, or the maps of the layer below.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $\text{patches}(X)$ | `cut` | (n, rows - 4, columns - 4, 25 channels) | the patches of each image, each laid out as a row |
# | $W, b$ | `W`, `b` | (25 channels, kernels), (kernels,) | one kernel a column, and its bias |
# | $Z$ | `z` | (n, rows - 4, columns - 4, kernels) | one map for each kernel |
#
# $$Z = \text{patches}(X)\, W + b .$$
#
# A sum of products, at every place, for every kernel: that is a matrix product, once every patch is laid out as a row. The layout has a name, *im2col*. Look at it on an image so small that you can see all of it:

# %%
tiny = np.arange(9.0).reshape(1, 3, 3, 1)
print(tiny[0, :, :, 0])
print(convolution.patches(tiny, 2)[0].reshape(4, 4))

# %% [markdown]
# Four places, so four rows; each holds the four pixels of its 2 by 2 patch. How many places has a 5 by 5 kernel in an image of 28 by 28?
#
# ### Exercise 8.1: cut out the patches (warm-up, 6 minutes)
#
# For one image without channels: a plain loop over the places will do.


# %%
def my_image_patches(image, side):
    """Every patch of side x side pixels as a row, from the top left; image (rows, columns)."""
    ...


exercises.check(my_image_patches)

# %%
exercises.folded(my_image_patches)

# %% [markdown]
# The library's `convolution.convolve` is that, for all the images of a batch at once, and one product. The first layer of the network that we are going to build has eight kernels. Predict the shape of its output, and its number of parameters, before you run the cell.

# %%
model = convolution.Convolutional()
x = model.prepare(train_set[0][:10])
y = data.one_hot(train_set[1][:10])
first = convolution.initialise(np.random.default_rng(seed=2))
z1, cut1 = convolution.convolve(x, first.W1, first.b1)
print("x", x.shape, " patches", cut1.shape, " z1", z1.shape)
print("parameters of this layer:", first.W1.size + first.b1.size)

# %% [markdown]
# 208 numbers, where the first layer of lesson 03 had a hundred thousand. Push the image by one pixel, and the maps move along by one pixel, unchanged. The layer *cannot* treat a stroke differently at another place.

# %%
pushed = model.prepare(shifted(train_set[0][:10], 0, 1))
z_pushed, _ = convolution.convolve(pushed, first.W1, first.b1)
print("the maps moved along:", np.allclose(z_pushed[:, :, 1:], z1[:, :, :-1]))

# %% [markdown]
# ### Max-pooling
#
# Whether a stroke lies one pixel further left should not matter much to the answer. So of each square of 2 by 2 sums keep only the largest: **max-pooling**. The map is half as high and half as wide, and a small push often changes nothing in it.
#
# ### Exercise 8.2: the largest of four (warm-up, 4 minutes)


# %%
def my_max_pool(z):
    """The largest of each square of 2 x 2; z has shape (n, rows, columns, channels), even sizes."""
    ...


exercises.check(my_max_pool)

# %%
exercises.folded(my_max_pool)

# %% [markdown]
# ## The way back
#
# Two layers are new, so two backward passes are to be derived. Begin with the pooling. The largest of four passes on its value as it is; the other three have no part in the result. So **the blame goes to the largest, and nothing to the others**. (Where two are equally large there is a kink, as in a
# ReLU. On blank paper all four are equal. The library lets equals share.)
#
# For the kernels the sentence of lesson 03 still holds: *what came in, times the blame of what went out, summed over all uses*. A kernel is used at every place of every image. So add up over all patches:
#
# $$dW = \text{patches}(X)^T\, dZ, \qquad db = \sum_{\text{all places}} dz ,$$
#
# with the patches of all images as the rows of one long matrix, and the blame of all places as the rows of $dZ$. It is the formula of any layer; only the rows are patches now.
#
# ### Exercise 8.3: the gradient of the kernels (core, 5 minutes)


# %%
def my_kernel_gradients(dz, cut):
    """Return dW and db from dz (n, rows, columns, kernels) and cut (n, rows, columns, inputs)."""
    ...


exercises.check(my_kernel_gradients)

# %%
exercises.folded(my_kernel_gradients)

# %% [markdown]
# For the layer below we need the blame of what came in. A pixel lies in up to 25 patches, at another place in each. $dZ\, W^T$ is the blame of every entry of every patch; laid back where the patches were cut out, and added up where they overlap, it is the blame of the pixels. `convolution.pixel_gradient` does it place by place: 25 products, each added with its own offset.
#
# Check all of it in one go: convolution, pooling and ReLU, twice, then a layer that sees all maps at once, and cross-entropy.

# %%
rng = np.random.default_rng(seed=3)
checked = convolution.initialise(rng)
checked = convolution.Parameters(*(value + rng.normal(0, 0.1, value.shape) for value in checked))
_, grads = model.gradients(checked, x, y)


def loss_by(name):
    """The loss as a function of one of the six arrays, the others held fixed."""

    def loss(value):
        return model.gradients(checked._replace(**{name: value}), x, y)[0]

    return loss


for name, value, grad in zip(checked._fields, checked, grads):
    print(check_gradient(loss_by(name), value, grad, name=f"d{name}", sample=40, rng=rng))

# %% [markdown]
# ### Exercise 8.4: back through the pooling (stretch, 8 minutes)
#
# Write what was said above of the largest of four. In this exercise no two of them are equal.


# %%
def my_max_pool_backward(dtop, z, top):
    """Return dz, shaped as z, from dtop and the maxima top, half as high and half as wide."""
    ...


exercises.check(my_max_pool_backward)

# %%
exercises.folded(my_max_pool_backward)

# %% [markdown]
# ## Train it
#
# The whole network, from pixels to logits:
#
# | layer | what comes out | parameters |
# |---|---|---|
# | 8 kernels of 5 x 5, pooling, ReLU | (n, 12, 12, 8) | 208 |
# | 16 kernels of 5 x 5 x 8, pooling, ReLU | (n, 4, 4, 16) | 3216 |
# | all 256 numbers to ten logits | (n, 10) | 2570 |

# %%
for name, value in first._asdict().items():
    print(name, value.shape, value.size)
print("parameters:", sum(value.size for value in first), " lesson 04:", sum(v.size for v in mlp))

# %% [markdown]
# A seventeenth of the numbers, but far more work for each: a kernel's weight is used at 576 places in the first layer and at 64 in the second. Five epochs, batches of 64, each pushed by up to one pixel; learning rate and push were chosen on the validation images. It takes about a minute.

# %%
rng = np.random.default_rng(seed=0)
start = convolution.initialise(rng)
batches = minibatches(50_000, 64, rng=rng, epochs=5)
trained = train_pushed(model, start, tqdm(batches, leave=False), 1, 0.05, rng)
score = evaluate(model, trained, validation_set)
print(f"validation: loss {score.loss:.4f}, accuracy {100 * score.accuracy:.2f} %")

# %%
by_design = accuracy_by_shift(model, trained, validation_set[0][:2000], validation_set[1][:2000])
for pixels, share in enumerate(by_design):
    print(f"pushed by {pixels}: {100 * share:.2f} % of 2,000 validation images")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Pushed digits and three networks. Validation accuracy against the push in pixels, 0 to 3. The network of lesson 04 falls steeply from two pixels on. The same trained on pushed images holds for two pixels and then falls. The convolutional one is highest up to two pixels, and level with the second at three."}}
figure, axis = plt.subplots()
for name, shares, style in [
    ("784-128-10", fragile, "o--"),
    ("784-128-10, trained on pushed images", by_data, "s:"),
    ("convolutional", by_design, "o-"),
]:
    axis.plot(range(4), 100 * np.array(shares), style, label=name)
axis.set(
    title="The same digits, pushed",
    xlabel="pushed by so many pixels",
    ylabel="validation accuracy, %",
    xticks=range(4),
    ylim=(0, 101),
)
axis.legend(loc="lower left")
plt.show()

# %% [markdown]
# The convolutional network was pushed by up to one pixel only, and holds about as far as the other did after pushes of up to two; and unpushed it reads more. How much of that is the design's and how much the one pixel's, this picture does not take apart. Train it with `most` set to 0 and see. (Its curve is
# of the first 2,000 validation images, the others of all of them.)
#
# ### What the kernels look for
#
# Here are the eight kernels of the first layer, and below each what it makes of one digit: its map, after pooling and ReLU. Which ones answer to a stroke that lies flat, and which to an upright one?

# %% tags=["hide-input", "home"] mystnb={"image": {"alt": "Above, eight kernels of 5 by 5 weights, violet for positive and brown for negative, in irregular patches. Below each, the map of one handwritten four under that kernel, twelve by twelve, dark where the kernel answers: some along the flat strokes of the digit, others along its slanting or upright ones."}}
digit = validation_set[0][chosen : chosen + 1]
z1, _ = convolution.convolve(model.prepare(digit), trained.W1, trained.b1)
maps = np.maximum(convolution.max_pool(z1), 0)[0]
figure, axes = plt.subplots(2, 8, figsize=(9, 2.9))
for k in range(8):
    kernel = trained.W1[:, k].reshape(5, 5)
    limit = np.abs(kernel).max()
    axes[0, k].imshow(kernel, cmap="PuOr", vmin=-limit, vmax=limit)
    axes[1, k].imshow(maps[:, :, k], cmap="gray_r", vmin=0)
for axis in axes.flat:
    axis.set_axis_off()
figure.suptitle(
    "Eight kernels, and where in the digit each of them answers", fontsize=13, x=0.01, ha="left"
)
plt.show()

# %% [markdown]
# They are no tidy drawings, and no two are alike. But each map shows another part of the digit: the fifth the flat stroke, the seventh the slanting ones. Nobody asked for that. It is what tells digits apart, so the gradient led there.
#
# ## The test set, once
#
# Both networks are finished: the one of lesson 04's kind, `mlp`, and the convolutional one. Ask each once, and compare them pair by pair, as lesson 05 did.

# %%
test_x, test_labels = mnist.test_images, mnist.test_labels
by_mlp = network.predict(mlp, data.scale(test_x)) == test_labels
by_kernels = model.logits(trained, model.prepare(test_x)).argmax(axis=1) == test_labels
writer = data.writers().test
for name, right in [("784-128-10", by_mlp), ("convolutional", by_kernels)]:
    print(
        f"{name:14} {100 * right.mean():.2f} %, standard error by digit "
        f"{100 * standard_error(right):.2f}, by writer {100 * standard_error_by_group(right, writer):.2f}"
    )
found = paired(by_mlp, by_kernels)
print(f"gained {found.gained}, lost {found.lost}: {100 * found.difference:+.2f} points, ", end="")
print(f"standard error {100 * found.error:.2f}, p below 1e-6: {found.p < 1e-6}")

# %% [markdown]
# No need to squint at error bars: of the images that exactly one of the two reads rightly, five in six are the convolutional network's.
#
# (Rate and push were chosen for the convolutional network on the validation images; the other kept lesson 04's settings.) One run is one run. The **study** `shapes` has three seeds of each of the three networks. Its first row is the network from the top of this lesson, the one that you trained:

# %%
study = studies.read("shapes")
row = study["rows"][study["quick"]]
print(row["settings"])
print(f"stored {100 * row['results']['validation']:.2f} %, here {100 * fragile[0]:.2f} %")
for kind in ["784-128-10", "convolutional"]:
    for most in [0, 1, 2]:
        rows = [
            r["results"]
            for r in study["rows"]
            if (r["settings"]["model"], r["settings"]["most"]) == (kind, most)
        ]
        if rows:
            tests = ", ".join(f"{100 * r['test']:.2f}" for r in rows)
            two = ", ".join(f"{100 * r['pushed'][1]:.2f}" for r in rows)
            print(f"{kind}, pushed by up to {most} in training:")
            print(f"    test {tests} %; first 2,000 validation images pushed by 2: {two} %")

# %% [markdown]
# ## What more would take
#
# Two convolutional layers and a minute reach 99 %, give or take the seed. How do others get further?
#
# - 99.2 % was LeNet-5's figure with distorted training images ([LeCun and others 1998](https://doi.org/10.1109/5.726791)): error 0.8 %.
# - 99.6 % came from a network much like ours, trained on *elastically* distorted images, as a hand that shakes would draw them ([Simard and others 2003](https://doi.org/10.1109/ICDAR.2003.1227801)): error 0.4 %.
# - 99.77 % took 35 deep networks that vote ([Cireșan and others 2012](https://arxiv.org/abs/1202.2745)): error 0.23 %.
#
# Not far beyond, the labels themselves become a limit: for some digits people disagree about them. And remember the standard error by writer above. Between two networks at such heights only pairs can tell.
#
# ## Recap
#
# - A fully connected layer has a weight for each pixel and knows nothing of neighbours: two pixels of push cost it dearly.
# - Pushed training images teach it, as far as they are pushed. Shared weights give a kernel the same eye at every place; the last layer still has a weight for each, and a far push costs it, too.
# - A convolution is one matrix product over all patches. Its gradient is that of any layer, summed over all places.
# - Max-pooling sends the blame to the largest of four.
#
# ## Questions to ask yourself
#
# 1. You shuffle the pixels of all images, each image in the same way, and train both networks again. Which of them minds?
#
#    <details><summary>Answer</summary>
#
#    The fully connected one does not notice: its weights are shuffled along. The convolutional one loses what it relies on, that neighbouring pixels belong together.
#
#    </details>
#
# 2. Why are all images of a batch pushed alike here, and what would be better?
#
#    <details><summary>Answer</summary>
#
#    It is one slice for the whole batch, so it costs next to nothing. A push of its own for each image would make the batches more varied.
#
#    </details>
#
# 3. A kernel's bias has one gradient, though it is added at hundreds of places. Where did the others go?
#
#    <details><summary>Answer</summary>
#
#    Into the sum: each use of the bias contributes the blame of its place.
#
#    </details>
#
# 4. How many multiplications does the first layer take for one image, with 8 kernels, and how many the first layer of lesson 03?
#
#    <details><summary>Answer</summary>
#
#    $24 \cdot 24$ places times 25 weights times 8 kernels, a little more than a hundred thousand; and 784 times 128, a little less. The second layer of kernels takes nearly twice as many again, for 64 places, 200 weights and 16 kernels.
#
#    </details>
#
# ## Next
#
# You have built, from arrays up, networks that read digits with 98 and 99 %, and you can say how sure these numbers are. Take the library further: another activation, a third layer of kernels, elastic distortions. The checks will tell you whether your gradients are right.
