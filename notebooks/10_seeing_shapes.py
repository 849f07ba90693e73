# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 Seeing shapes
#
# Move a digit by two pixels, and you read it as before. The networks of the lessons so far do not: nobody told them which pixels lie side by side. **How does a network learn that pixels have neighbours?**
#
# **You will** watch a good network fail on pushed digits, cure it once with data and once by design, and measure what two parts of the design are worth.
#
# **You will be able to**
#
# - say what a fully connected layer cannot know, and what a kernel knows from the start;
# - write a convolution as one matrix product, and max-pooling in two lines;
# - derive the gradients of both, the convolution's by pencil on nine pixels, and check them;
# - say what pushed data, shared weights and maxima each save in errors.
#
# **You need** lessons [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb), [05](05_how_sure.ipynb) and [07](07_deeper.ipynb).
#
# **Time** 57 minutes to read, 31 more for the exercises; the computer works about 40 s and uses 500 MB

# %% [markdown]
# ## Before you start
#
# 1. What is the backward pass of a ReLU, given its activations?
#
#    <details><summary>Answer</summary>
#
#    $dz = da$ where $a > 0$, and 0 elsewhere (lesson 07).
#
#    </details>
#
# 2. One weight is used by many examples of a batch. What is its gradient, in words?
#
#    <details><summary>Answer</summary>
#
#    The sum, over all its uses, of what came in times the blame of what went out (lesson 03). You will need it again. Here one weight is used at many places of the same image.
#
#    </details>

# %%
import copy

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, pictures, studies
from mnistlib import convolution, data, deep, functions, plotting
from mnistlib.gradcheck import check_gradient
from mnistlib.training import linear_decay, minibatches, sgd_update
from mnistlib.uncertainty import paired

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=8)
)

# %% [markdown]
# ## A small push
#
# Does a network that reads digits well know where a pixel's neighbours are? Push the digits a little and see. The function `shifted(images, down, right)` moves them, and fills the freed edge with blank paper.


# %% tags=["hide-input"]
def shifted(images, down, right):
    """Images moved by so many pixels; negative numbers move up and to the left."""
    moved = np.zeros_like(images)
    # rows and columns where the image goes, and where it comes from
    to = slice(max(down, 0), 28 + min(down, 0)), slice(max(right, 0), 28 + min(right, 0))
    come = slice(max(-down, 0), 28 + min(-down, 0)), slice(max(-right, 0), 28 + min(-right, 0))
    moved[:, *to] = images[:, *come]
    return moved


# %% [markdown]
# The training loop is lesson 04's with one line more: all images of a batch move together, by up to `most` pixels each way. For now `most` is 0.


# %%
def train_pushed(model, start, most, rate, rng, epochs=3):
    """Train on batches that are each pushed by up to `most` pixels."""
    parameters = copy.deepcopy(start)
    velocity = [np.zeros_like(value) for value in start]
    images, y = train_set[0], data.one_hot(train_set[1])
    batches = minibatches(50_000, 64, rng=rng, epochs=epochs)
    rates = linear_decay(rate, len(batches))
    for step, batch in enumerate(tqdm(batches, leave=False)):
        push = rng.integers(-most, most + 1, size=2)
        x = model.prepare(shifted(images[batch], *push))
        _, grads = model.gradients(parameters, x, y[batch])
        sgd_update(parameters, grads, velocity, rates(step), momentum=0.9)
    return parameters


def answers(model, parameters, images):
    """The class with the largest logit, for each image."""
    return model.logits(parameters, model.prepare(images)).argmax(axis=1)


# %% [markdown]
# First a **fully connected** network like those of lesson 07, where every unit sees every pixel: 128 ReLUs, three epochs. Where nothing is pushed it reads between 97 and 98 % of the validation digits. We push them by one, two and three pixels, in each of four directions. Write down your three guesses.


# %% tags=["hide-input"]
def accuracy_by_push(model, parameters, images, labels):
    """Mean accuracy over the four directions, for pushes of 0 to 3 pixels."""
    shares = []
    for p in range(4):
        correct = [
            answers(model, parameters, shifted(images, *push)) == labels
            for push in [(p, 0), (-p, 0), (0, p), (0, -p)]
        ]
        shares.append(np.mean(correct))
    return np.array(shares)


# %%
rng = np.random.default_rng(seed=0)
connected = deep.MLP("relu")
start = deep.initialise(rng, [784, 128, 10])
fragile = train_pushed(connected, start, most=0, rate=0.1, rng=rng)
fragile_shares = accuracy_by_push(connected, fragile, *validation_set)
for p, share in enumerate(fragile_shares):
    print(f"pushed by {p}: {100 * share:.2f} % right")

# %% mystnb={"image": {"alt": "Four pictures of the same handwritten digit in frames of 28 by 28 pixels, pushed to the right by 0, 1, 2 and 3 pixels. They look alike, and all of the digit stays inside the frame. Above each stands what the network reads, which changes with the push."}} tags=["hide-input"]
in_steps = np.stack([shifted(validation_set[0][:2000], 0, p) for p in range(4)])
truth = validation_set[1][:2000]
read = np.stack([answers(connected, fragile, moved) for moved in in_steps])
changed = (read[:2] == truth).all(axis=0) & (read[2:] != truth).all(axis=0)
ink = in_steps.sum(axis=(2, 3), dtype=int)
chosen = np.flatnonzero(changed & (ink[0] == ink[3]))[0]  # and no ink pushed off the edge


def framed(figure):
    """Draw a frame round each digit, so that its place can be seen."""
    for axis in figure.axes:
        axis.set_axis_on()
        axis.set(xticks=[], yticks=[])
        axis.grid(False)
        axis.spines[:].set_visible(True)
    plt.show()


framed(
    plotting.digits(
        in_steps[:, chosen],
        [f"by {p}: read {read[p, chosen]}" for p in range(4)],
        columns=4,
        title="The same digit, pushed to the right, and what is read",
    )
)

images, labels = validation_set
ink = images.sum(axis=(1, 2), dtype=int)
print("read rightly, where no ink is lost")
for p in [2, 3]:
    moved = [shifted(images, *push) for push in [(p, 0), (-p, 0), (0, p), (0, -p)]]
    whole = np.array([ink == m.sum(axis=(1, 2), dtype=int) for m in moved])
    correct = np.array([answers(connected, fragile, m) == labels for m in moved])
    print(f"   pushed by {p}: {100 * correct[whole].mean():.2f} %")

# %% [markdown]
# The picture shows one of the digits that are lost. The edge of the paper is not to blame: digits that lose no ink fare hardly better. Each hidden unit has one weight for each pixel. What it learnt about a stroke at one place says little about the same stroke two pixels further.
#
# ### A cure by data
#
# If the network must see a stroke at every place to know it there, show it at every place. Train it once more, on batches that are pushed by up to one pixel. How far will the cure reach?

# %%
rng = np.random.default_rng(seed=0)
start = deep.initialise(rng, [784, 128, 10])
robust = train_pushed(connected, start, most=1, rate=0.1, rng=rng)
robust_shares = accuracy_by_push(connected, robust, *validation_set)
for p, share in enumerate(robust_shares):
    print(f"pushed by {p}: {100 * share:.2f} % right")

# %% [markdown]
# It holds for one pixel, as far as it was pushed in training. It fades at two and breaks beyond.
#
# **Change a number.** Put 2 or 3 in place of `most=1`. Predict which of the four shares rise, and which fall. Then put the 1 back.
#
# <details><summary>Answer</summary>
#
# Those at two and three pixels rise: the cure is best as far as you push in training. Those at none and one fall. The same three epochs have to teach more pictures, so the network gets worse where nothing is pushed. With more epochs it catches up (a row of the study below shows it).
#
# </details>
#
# Pushing is a laborious cure: the same strokes are learnt once for each place. Could one set of weights not serve all places?
#
# ## One product for all patches
#
# That is the idea of a **convolution** ([Fukushima 1980](https://doi.org/10.1007/BF00344251); trained by backpropagation, among the first, by [LeCun, Boser and others 1989](https://doi.org/10.1162/neco.1989.1.4.541)). Take a small square of weights, a **kernel**, and lay it on the image. Multiply each pixel by the weight above it, and add up. That is one number. It is large where ink lies under the kernel's large weights, and paper under its negative ones. Do so at every place, with `top` rows above the kernel and `left` columns to its left. Inside the kernel, `down` and `right` count from 0:
#
# $$
# \begin{aligned}
# z_{\text{top},\, \text{left}} = \sum_{\text{down}} \sum_{\text{right}}\; & \text{kernel}_{\text{down},\, \text{right}} \\
# \cdot\; & x_{\text{top} + \text{down},\; \text{left} + \text{right}} .
# \end{aligned}
# $$
#
# All numbers $z$ of one kernel are its **feature map**, or map for short. The part of the image that a number was made from is its **receptive field**, here the patch.
#
# Two things are new. A number in the map sees only neighbours: **locality**. And all places use the same weights: **weight sharing**.
#
# Eight kernels give eight maps. For the next layer they are eight **channels**, as red, green and blue are three of a photograph. A digit has one channel. A kernel has side · side weights for each channel, in the second layer $5 \cdot 5 \cdot 8 = 200$, and its one sum runs over all of them. A kernel of `side` rows fits at rows - side + 1 places from top to bottom, and likewise from left to right.
#
# Inside this network the images lie *last*. The numbers would be the same in any order.
#
# <details><summary>Why last?</summary>
#
# Memory is one long row of numbers, in which the *last* axis of an array lies side by side. Cutting patches copies 25 numbers for each place into another order. Numbers that stay side by side, a run, are copied in one go; each jump to the next run costs time. With a batch of 64 images last, the runs are 64 times as long as with the images first.
#
# </details>
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $X$, images last | `x` | (channels, rows, columns, n) | the images, or the maps of the layer below |
# | $\text{patches}(X)$ | `cut` | (side · side · channels, rows - side + 1, columns - side + 1, n) | the patches of each image, each laid out as a column |
# | $W, b$ | `W`, `b` | (side · side · channels, kernels), (kernels,) | one kernel a column, and its bias |
# | $Z$ | `z` | (kernels, rows - side + 1, columns - side + 1, n) | one map for each kernel |
#
# Lay out each patch as a column, those of all places of all images side by side. In a column the channels of a pixel follow each other. Then all these sums of products are one matrix product, in which $\text{patches}(X)$ and $Z$ have two axes, the last for all places of all images:
#
# $$Z = W^T\, \text{patches}(X)$$
#
# The bias is added later, after the pooling.
#
# The layout ([Chellapilla, Puri and Simard 2006](https://inria.hal.science/inria-00112631)) is today called *im2col*. Look at it on an image so small that you can see all of it, with the kernel $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$. Its rows, one after the other, are the one column of $W$. In the code `reshape(4, -1)` puts all places side by side. Find the first number of `z` with a pencil before you run the cell.

# %%
x = np.arange(9.0).reshape(1, 3, 3, 1)
W = np.array([[1.0], [2], [3], [4]])
cut = convolution.patches(x, 2)
z = (W.T @ cut.reshape(4, -1)).reshape(1, 2, 2, 1)
print("x", x.shape, x[0, :, :, 0], sep="\n")
print("cut", cut.shape, cut.reshape(4, -1), sep="\n")
print("z", z.shape, z[0, :, :, 0], sep="\n")

# %% [markdown]
# Four places, so four columns. The first holds the patch at the top left: $1 \cdot 0 + 2 \cdot 1 + 3 \cdot 3 + 4 \cdot 4 = 27$. (This table is symmetric, so it cannot tell you whether a patch is a row or a column. It is a column.)
#
# Mathematicians call this **cross-correlation**. Their convolution turns the kernel by half a circle first. Frameworks also offer **padding**, a rim of zeros, and a **stride**, by which a kernel moves several pixels at a time. We do without both.
#
# ### Exercise 10.1: cut out the patches (warm-up, 6 minutes)
#
# For one image without channels. A plain loop over the places will do. Before you begin: how many places has a 5 by 5 kernel in an image of 28 by 28?


# %%
def my_image_patches(image, side):
    """Every patch of side x side pixels as a column, from the top left; image (rows, columns)."""
    ...


exercises.check(my_image_patches)

# %%
exercises.folded(my_image_patches)

# %% [markdown]
# The first layer of our network has eight kernels of 5 by 5, drawn by He's rule for 25 inputs. Predict the shape of its output and the number of its weights.

# %%
model = convolution.Convolutional()
x = model.prepare(train_set[0][:10])
y = data.one_hot(train_set[1][:10])
first = convolution.initialise(np.random.default_rng(seed=2))
z1, cut1 = convolution.convolve(x, first.W1)
print("x", x.shape, " cut1", cut1.shape)
print("W1", first.W1.shape, " z1", z1.shape)
print("weights of this layer:", first.W1.size)

# %% [markdown]
# 200 weights, where the first layer of lesson 03 had a hundred thousand.
#
# Push the image by one pixel, and the maps move along by one pixel, unchanged. This is **equivariance**: what is done to the input happens to the output. The layer *cannot* treat a stroke differently at another place.

# %%
x_pushed = model.prepare(shifted(train_set[0][:10], 0, 1))
z_pushed, _ = convolution.convolve(x_pushed, first.W1)
print("the maps moved along:", np.allclose(z_pushed[:, :, 1:], z1[:, :, :-1]))

# %% [markdown]
# Push a digit yourself, and its map goes with it. How far can you go until lesson 04's network misreads it, and how far with a convolutional one? Neither has seen a pushed digit in training.

# %% mystnb={"image": {"alt": "A still of the picture of a kernel: a handwritten four, a kernel of 5 by 5 weights that are negative on the left and positive on the right, and the map of its sums, positive along the left edges of the strokes and negative along the right ones."}}
pictures.kernel()

# %% [markdown]
# ## Max-pooling
#
# What the network *reads* should not move along: it should stay the same. That is **invariance**. A step towards it is **max-pooling** (for images [Weng, Ahuja and Huang 1992](https://doi.org/10.1109/IJCNN.1992.287150)): of each square of 2 by 2 numbers in a map keep only the largest. From (8, 24, 24, n) it makes (8, 12, 12, n).
#
# $$
# \begin{aligned}
# & \text{largest}_{\text{top},\, \text{left}} = \max\big( \\
# & \qquad z_{2\,\text{top},\, 2\,\text{left}},\; z_{2\,\text{top},\, 2\,\text{left} + 1}, \\
# & \qquad z_{2\,\text{top} + 1,\, 2\,\text{left}},\; z_{2\,\text{top} + 1,\, 2\,\text{left} + 1}\big)
# \end{aligned}
# $$
#
# ### Exercise 10.2: the largest of four (warm-up, 4 minutes)


# %%
def my_max_pool(z):
    """The largest of each square of 2 x 2; z (channels, rows, columns, n), even sizes."""
    ...


exercises.check(my_max_pool)

# %%
exercises.folded(my_max_pool)

# %% [markdown]
# ## The way back
#
# Two layers are new, so two backward passes are to be derived.
#
# **Pooling.** The largest of four passes on its value as it is. The other three have no part in the result. So the blame goes to the largest, and nothing to the others:
#
# $$dz = \begin{cases} d\text{largest} & \text{where } z = \text{largest}, \\ 0 & \text{elsewhere.} \end{cases}$$
#
# Where two are equally large, the library shares the blame equally among them.
#
# ### Exercise 10.3: back through the pooling (core, 8 minutes)
#
# Write the two cases of pooling's way back. In this exercise no two of four are equal.


# %%
def my_max_pool_backward(dlargest, z, largest):
    """Return dz, shaped as z; largest, and its blame, are half as high and half as wide."""
    ...


exercises.check(my_max_pool_backward)

# %%
exercises.folded(my_max_pool_backward)

# %% [markdown]
# ### Back to the kernels
#
# The sentence of lesson 03 still holds: *what came in, times the blame of what went out, summed over all uses*. A kernel is used at every place of every image. So the sum runs over all patches:
#
# $$dW = \text{patches}(X)\, dZ^T .$$
#
# Both have a column for each place of each image: $\text{patches}(X)$ of the shape (side · side · channels, all places), and $dZ$, the blame of the maps, of the shape (kernels, all places). It is lesson 03's formula, with patches in place of examples. There examples were rows; here patches are columns, so the other factor is turned.
#
# Back to the image of nine pixels. Let the blame of the four numbers in the map be 1, 10, 100 and 1000, so that you recognise each in a sum. The first weight lay on the pixels 0, 1, 3 and 4, so it gets
#
# $$
# \begin{aligned}
# 0 \cdot 1 &+ 1 \cdot 10 \\
# + \; 3 \cdot 100 &+ 4 \cdot 1000 = 4310 .
# \end{aligned}
# $$
#
# What does the last weight get?
#
# <details><summary>Answer</summary>
#
# It lay on 4, 5, 7 and 8: $4 \cdot 1 + 5 \cdot 10 + 7 \cdot 100 + 8 \cdot 1000 = 8754$.
#
# </details>
#
# ### Exercise 10.4: the gradient of the kernels (core, 5 minutes)


# %%
def my_kernel_gradient(dz, cut):
    """Return dW from dz (kernels, rows, columns, n) and cut (inputs, rows, columns, n)."""
    ...


exercises.check(my_kernel_gradient)

# %%
exercises.folded(my_kernel_gradient)

# %% [markdown]
# ### The blame of the pixels
#
# The layer below needs the blame of what came in. On the nine pixels again:
#
# $$
# \begin{gathered}
# x = \begin{pmatrix} 0 & 1 & 2 \\ 3 & 4 & 5 \\ 6 & 7 & 8 \end{pmatrix}, \; \text{kernel} = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}, \\
# dz = \begin{pmatrix} 1 & 10 \\ 100 & 1000 \end{pmatrix} .
# \end{gathered}
# $$
#
# The pixel at the centre lies in all four patches. In the first, at the top left, it is the last pixel. It went into that sum with the weight 4, and gets back 4 times its blame. In the second patch it lies under the weight 3, in the third under 2, in the fourth under 1. It went four ways, and what comes back along them adds up:
#
# $$
# \begin{aligned}
# 4 \cdot 1 &+ 3 \cdot 10 \\
# + \; 2 \cdot 100 &+ 1 \cdot 1000 = 1234 .
# \end{aligned}
# $$
#
# The pixel above it lies in two patches only: $2 \cdot 1 + 1 \cdot 10 = 12$. What does the one at the bottom right get? And the one at the left of the centre?
#
# Now for any place. In the sum for $z_{\text{top}, \text{left}}$ each pixel stands beside one weight. That weight is the slope, so the pixel gets it back times the blame of the sum. Add this up, for every place of the map and every weight of the kernel:
#
# $$
# \begin{aligned}
# dx_{\text{top} + \text{down},\; \text{left} + \text{right}} \;\mathrel{+}= {} & \\
# \text{kernel}_{\text{down},\, \text{right}}\; & dz_{\text{top},\, \text{left}} .
# \end{aligned}
# $$
#
# Seen from one weight: it multiplies the whole map of blame, and the product is added to the pixels that the weight met.
#
# ### Exercise 10.5: lay the blame back (stretch, 8 minutes)
#
# For one image, one channel and one kernel.


# %%
def my_pixel_blame(dz, kernel):
    """Return dx (rows, columns); dz has side - 1 rows and columns less, kernel is (side, side)."""
    ...


exercises.check(my_pixel_blame)

# %%
exercises.folded(my_pixel_blame)

# %% [markdown]
# For all channels and kernels at once, $W\, dZ$ is the blame of every entry of every patch, added up over the kernels. `convolution.pixel_gradient` lays it back in the same way. Have you found 4000 and 103?

# %%
dz = np.array([[1.0, 10], [100, 1000]]).reshape(1, 2, 2, 1)
dx = convolution.pixel_gradient(dz, W, channels=1)
print("dx", dx.shape, dx[0, :, :, 0].astype(int), sep="\n")

# %% [markdown]
# ### The whole network
#
# Convolution, pooling, bias and ReLU, twice. The bias can wait until after the pooling, where a quarter of the numbers is left: it is the same for all four, so the largest stays the largest. With $\text{largest}(Z)$ for what pooling makes of all maps,
#
# $$A = \mathrm{ReLU}\big(\text{largest}(Z) + b\big) .$$
#
# On the way back the ReLU lets the blame through where $A > 0$. A bias is used at all places of all images, so it gets the sum of what arrives there. The last layer sees everything: it is a convolution with ten kernels as large as the maps.
#
# | Python | shape | meaning |
# |---|---|---|
# | `x` | (1, 28, 28, n) | the images |
# | `z1`, `a1` | (8, 24, 24, n), (8, 12, 12, n) | maps of eight kernels, and what the first layer makes of them |
# | `z2`, `a2` | (16, 8, 8, n), (16, 4, 4, n) | the same for the second layer, of sixteen kernels |
# | `largest` | as `a1` or `a2` | what pooling keeps of `z1` or `z2` |
# | `W1`, `W2`, `W3` | (25, 8), (200, 16), (256, 10) | the kernels, one a column |
# | `z3` | (10, 1, 1, n) | the logits |


# %%
def layer(x, W, b):
    """Convolution, pooling, bias, ReLU; and what the way back needs."""
    z, cut = convolution.convolve(x, W)
    largest = convolution.max_pool(z)
    a = deep.relu(largest + b[:, None, None, None])
    return a, (cut, z, largest, a)


def layer_back(da, kept):
    """From the blame of a: that of z, of the kernels and of the biases."""
    cut, z, largest, a = kept
    dlargest = deep.relu_backward(da, a)
    dz = convolution.max_pool_backward(dlargest, z, largest)
    return dz, convolution.kernel_gradient(dz, cut), dlargest.sum(axis=(1, 2, 3))


def pass_and_back(parameters, x, y):
    """Loss and gradients of the whole network."""
    W1, b1, W2, b2, W3, b3 = parameters
    a1, kept1 = layer(x, W1, b1)
    a2, kept2 = layer(a1, W2, b2)
    z3, cut3 = convolution.convolve(a2, W3)
    loss, dlogits = functions.cross_entropy_with_gradient(z3.reshape(10, -1).T + b3, y)

    dz3 = dlogits.T.reshape(z3.shape)
    dW3, db3 = convolution.kernel_gradient(dz3, cut3), dlogits.sum(axis=0)
    dz2, dW2, db2 = layer_back(convolution.pixel_gradient(dz3, W3, len(a2)), kept2)
    _, dW1, db1 = layer_back(convolution.pixel_gradient(dz2, W2, len(a1)), kept1)
    return loss, convolution.Parameters(dW1, db1, dW2, db2, dW3, db3)


# %% [markdown]
# Check all of it in one go. Every parameter is first moved by chance, so that no bias is 0.

# %%
rng = np.random.default_rng(seed=4)
checked = convolution.initialise(rng)
checked = [value + rng.normal(0, 0.1, value.shape) for value in checked]
_, grads = pass_and_back(checked, x, y)
for place, name in enumerate(convolution.Parameters._fields):

    def loss(value, place=place):
        return pass_and_back([*checked[:place], value, *checked[place + 1 :]], x, y)[0]

    print(check_gradient(loss, checked[place], grads[place], name=f"d{name}", sample=40, rng=rng))
library = model.gradients(convolution.Parameters(*checked), x, y)[1]
print("the library's are the same:", all(map(np.allclose, grads, library)))

# %% [markdown]
# **Change a number.** Put 0 in place of the 0.1, and all biases are 0. Predict which of the six the check calls wrong, then put the 0.1 back.
#
# <details><summary>Answer</summary>
#
# Only db1. On blank paper every sum is 0, and with a bias of 0 the ReLU stands exactly at its kink. There our rule gives a slope of 0, and the check, which looks at both sides, measures half of one (lesson 07). A kernel of the second layer sees more: wherever it lies on these ten images, it sees some ink. The gradients are as right as before.
#
# </details>
#
# ## Train it
#
# Eight kernels in the first layer, now 32 in the second, then the ten that see everything.

# %%
rng = np.random.default_rng(seed=0)
start = convolution.initialise(rng, kernels=(8, 32))
print("parameters:", sum(value.size for value in start))
print("fully connected:", sum(value.size for value in robust))

# %% [markdown]
# A ninth of the numbers, but more work for each: a weight of the first layer is used at 576 places. Epochs, batches, momentum and pushes are as before. The rate is the network's own, the best of three.

# %%
trained = train_pushed(model, start, most=1, rate=0.04, rng=rng)
trained_shares = accuracy_by_push(model, trained, *validation_set)
print("errors in %, pushed by 0 to 3 pixels")
for name, shares in {
    "fully connected": fragile_shares,
    "fully connected, pushed": robust_shares,
    "convolutional, pushed": trained_shares,
}.items():
    print(f"{name}:\n   {np.round(100 * (1 - shares), 2)}")

# %% [markdown]
# The last two were pushed alike in training. The convolutional network errs less than half as often, at every push.
#
# ## Which part of it does what?
#
# Its design is three things at once: locality, sharing and maxima. Leave out sharing alone, then maxima alone, and see what each was worth. That takes many minutes, so it is a stored study, `shapes`, of ten epochs for each network.
#
# *Unshared* has the same patches, maxima and layers, but weights of its own at every place; such a layer is called **locally connected**. *No maxima* keeps the top-left one of every four, even if another is larger. No digit is pushed in training. Predict: where will the two lie, between the fully connected network and the convolutional one?

# %% tags=["hide-input"]
study = studies.read("shapes")


def errors(**settings):
    """Errors in %, a row for each seed: pushed by 0 to 3 pixels, and test."""
    settings = {"epochs": 10} | settings
    rows = []
    for row in study["rows"]:
        if settings.items() <= ({"epochs": 10} | row["settings"]).items():
            found = row["results"]
            rows.append([found["validation"], *found["pushed"], found["test"]])
    return 100 * (1 - np.array(rows))


# %% tags=["hide-input"]
design = {
    "fully connected": errors(model="784-128-10", most=0),
    "unshared": errors(model="unshared", most=0, rate=0.16),
    "no maxima": errors(model="kernels alone", most=0),
    "convolutional": errors(model="convolutional", most=0),
}
print("errors in %, pushed by 0 to 3 pixels")
for name, rows in design.items():
    print(f"{name}:\n   {np.round(rows[:, :4].mean(axis=0), 2)}")
places = [24 * 24, 12 * 12, 8 * 8, 4 * 4, 1, 1]  # for W1, b1, W2, b2, W3, b3
numbers = sum(count * value.size for count, value in zip(places, trained))
print(f"parameters, unshared: {numbers:,}")
half = errors(model="unshared", most=0, rate=0.08)
print(f"unshared, at half the rate:\n   {half[0, 2]:.2f} at two pixels")

# %% [markdown]
# Look at two pixels. Of a hundred digits the network without sharing misreads 7.36, the one without maxima 8.02. With both it is 4.96, so at two pixels each of the two saves about a third. But even with one of them missing, the error falls most of the way from 17.01 to 4.96. Both networks still see only neighbours, and have one layer more than the fully connected one. What locality alone is worth, no row shows.
#
# Sharing saves numbers as well: 11,770 do for all places, instead of 531,594, and no place has to learn every stroke anew.
#
# <details><summary>Why not be too sure of this?</summary>
#
# Of the unshared network there is one seed; it alone is float32. The others' three seeds lie within a point of each other at two pixels. Unshared and no maxima differ by less than a point, too, so their order is not settled. Each design has a rate of its own. For the fully connected and the convolutional one it is the best of three, found with pushes. For the unshared one three were tried for two epochs, and the two better ones for ten. The chosen rate was the largest tried, but half of it gives 7.21 at two pixels: it is flat there. The network without maxima takes the rate of the convolutional one. Sizes and epochs were not chosen for each. With 512 units (printed below) the pushed fully connected network comes nearer to the pushed convolutional one, and its errors stay well above.
#
# </details>
#
# Now the data. The two designs, each without pushes in training and with pushes of one pixel, in the mean of three seeds:

# %% tags=["hide-input"]
four = {
    "fully connected": design["fully connected"],
    "fully connected, pushed": errors(model="784-128-10", most=1, rate=0.1),
    "convolutional": design["convolutional"],
    "convolutional, pushed": errors(model="convolutional", most=1, rate=0.04),
}
print("errors in %, pushed by 0 to 3 pixels")
for name, rows in four.items():
    print(f"{name}:\n   {np.round(rows[:, :4].mean(axis=0), 2)}")
wide = errors(model="784-512-10", most=1, rate=0.1)
print(f"fully connected, 512 units, pushed:\n   {np.round(wide[:, :4].mean(axis=0), 2)}")
far = errors(model="784-128-10", most=2, epochs=30)
print(f"fully connected, pushed further:\n   {np.round(far[:, :4].mean(axis=0), 2)}")

# %% mystnb={"image": {"alt": "Errors on pushed digits, in per cent on a logarithmic axis, against the push in pixels, 0 to 3. Four networks, each with three thin curves for three seeds, which nearly coincide with their mean. The fully connected network without pushes in training is highest everywhere and rises to almost half wrong. In the middle two curves cross: the convolutional network without pushes is better at zero and one pixel, and the fully connected one with pushes a little better at two and three. The convolutional network with pushes is lowest everywhere, below one in a hundred at first and one in twenty at three pixels."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.5, 4.8))
for (name, rows), style, colour in zip(four.items(), ["o--", "s--", "o-", "s-"], [0, 1, 0, 1]):
    axis.semilogy(range(4), rows[:, :4].T, style[1:], color=f"C{colour}", lw=0.7, alpha=0.6)
    axis.semilogy(range(4), rows[:, :4].mean(axis=0), style, color=f"C{colour}", label=name)
ticks = [1, 2, 5, 10, 20, 50]
axis.set_yticks(ticks, map(str, ticks))
axis.minorticks_off()
axis.set(
    title="Pushed digits: design and data",
    xlabel="pushed by so many pixels",
    ylabel="validation errors, % (log scale)",
    xticks=range(4),
    ylim=(0.5, 130),
)
axis.legend(loc="upper left", fontsize=12, handlelength=3.5)
plt.show()

# %% [markdown]
# From a dashed curve down to the solid one of the same colour: that is the design. From a circle down to a square of the same line style: that is the pushing. Each helps at every push. The middle two cross: at two pixels and more, pushing by one pixel in training did more than the design. With both, 1.78 of a hundred digits pushed by two pixels are misread, where it was 17.01.
#
# Could data alone do it all? The last row above the figure is the fully connected network, with twice the push and three times the epochs. It comes near the pushed convolutional one at two pixels, and passes it at three. At one pixel it makes two thirds more errors; unpushed, twice as many.
#
# ### Where the invariance ends
#
# The kernels see a stroke wherever it is. Why does the network still mind a far push? The suspect is the last layer, which has a weight of its own for each place of the last maps. Each pooling halves the maps, so a push of *four* pixels moves the last maps by exactly one place. Move them back by one place, and ask the last layer again. Which share of the harm will that mend?


# %% tags=["hide-input"]
def last_maps(images):
    """The maps that the last layer sees, (32, 4, 4, n); a hundred images at a time spare memory."""
    parts = []
    for begin in range(0, len(images), 100):
        x = model.prepare(images[begin : begin + 100])
        a1, _ = layer(x, trained.W1, trained.b1)
        parts.append(layer(a1, trained.W2, trained.b2)[0])
    return np.concatenate(parts, axis=-1)


def read_maps(maps):
    """What the last layer reads in them."""
    z3, _ = convolution.convolve(maps, trained.W3)
    return (z3.reshape(10, -1).T + trained.b3).argmax(axis=1)


pushed = shifted(images, 0, 4)
whole = images.sum(axis=(1, 2), dtype=int) == pushed.sum(axis=(1, 2), dtype=int)
truth = labels[whole]
unmoved, moved = last_maps(images[whole]), last_maps(pushed[whole])
print("the maps moved by one place:", np.allclose(moved[:, :, 1:], unmoved[:, :, :-1]))
back = np.roll(moved, -1, axis=2)
blank = last_maps(np.zeros_like(images[:1]))
back[:, :, -1] = blank[:, :, -1]  # the column that was pushed out of the frame
print(f"{whole.sum():,} digits lose no ink; read rightly")
for name, maps in {
    "where they were": unmoved,
    "pushed": moved,
    "pushed, maps back": back,
}.items():
    print(f"   {name}: {100 * (read_maps(maps) == truth).mean():.2f} %")

# %% [markdown]
# Pushed by four pixels, every sixth digit is misread, though the kernels saw all of it. Moving the maps back mends four fifths of the harm. So most of it is the last layer's: it has learnt at which place each map should answer. By the first printed line, the maps moved back equal the unpushed ones in all columns but the last, whose receptive field would reach beyond the frame. That column causes the rest of the fall.
#
# ### What the kernels look for
#
# Here are the first four kernels of the first layer, as they were drawn and as they were learnt. Below each is the map that the learnt one makes of one digit, after pooling and ReLU. The bar tells which colour adds and which takes away. Which of the learnt ones answer to strokes that lie flat, and which to upright ones?

# %% mystnb={"image": {"alt": "Three rows of four pictures. The first two rows hold four kernels, 5 by 5 weights, in one colour where positive and in another where negative: as drawn by chance, without order, and as learnt, with bands of one colour. The third row holds the map of one handwritten digit under each learnt kernel, twelve by twelve, with most ink where the kernel answers. The digit is a four. Map 4 has most ink along its flat stroke, map 1 just above and below that stroke, map 2 along the two upright strokes, map 3 at the corner on the left."}} tags=["hide-input", "home"]
digit = model.prepare(validation_set[0][chosen : chosen + 1])
maps, _ = layer(digit, trained.W1, trained.b1)
print("correlation of neighbouring weights")
print("   (0: unrelated, 1: alike)")
for name, W1 in [("as drawn", start.W1), ("learnt", trained.W1)]:
    squares = W1.T.reshape(-1, 5, 5)
    below = squares[:, :-1].ravel(), squares[:, 1:].ravel()
    beside = squares[:, :, :-1].ravel(), squares[:, :, 1:].ravel()
    one, other = (np.concatenate(pair) for pair in zip(below, beside))
    print(f"   {name}: {np.corrcoef(one, other)[0, 1]:+.2f}")

figure, axes = plt.subplots(3, 4, figsize=(6.5, 5.4))
for column, before, after, its_map in zip(axes.T, start.W1.T, trained.W1.T, maps[..., 0]):
    for axis, kernel in zip(column, [before, after]):
        limit = np.abs(kernel).max()
        weights = axis.imshow(kernel.reshape(5, 5) / limit, cmap="PuOr", vmin=-1, vmax=1)
    column[2].imshow(its_map, cmap="gray_r", vmin=0)
for number, axis in enumerate(axes[0], start=1):
    axis.set_title(f"kernel {number}", loc="center", pad=3, fontsize=12)
for axis, name in zip(axes[:, 0], ["as drawn", "learnt", "its map"]):
    axis.set_ylabel(name)
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    axis.spines[:].set_visible(True)
bar = figure.colorbar(weights, ax=axes, ticks=[-1, 0, 1], location="bottom", shrink=0.6)
bar.ax.set_xticklabels(["takes away", "0", "adds"])
figure.suptitle("Four kernels before and after training", fontsize=13, x=0.01, ha="left")
plt.show()

# %% [markdown]
# On this digit kernel 4 answers to the flat stroke, kernel 1 just above and below it, kernel 2 to the upright ones, kernel 3 to the corner. As drawn, neighbouring weights have next to nothing to do with one another. Training has made them more alike, so that bands appear.
#
# ## The test set, once
#
# The networks are finished. Ask each once. The two that were pushed in training are compared digit by digit, as in lesson 05.

# %% tags=["hide-input"]
on_test = {
    name: answers(net, parameters, mnist.test_images) == mnist.test_labels
    for name, net, parameters in [
        ("fully connected", connected, fragile),
        ("fully connected, pushed", connected, robust),
        ("convolutional, pushed", model, trained),
    ]
}
for name, correct in on_test.items():
    print(f"{name}: {100 * correct.mean():.2f} %")
pairs = paired(on_test["fully connected, pushed"], on_test["convolutional, pushed"])
print(f"gained {pairs.gained}, lost {pairs.lost}: {100 * pairs.difference:+.2f} points")
print(f"   standard error {100 * pairs.error:.2f}")
print("ten epochs, three seeds, the study, %")
for name, rows in four.items():
    print(f"{name}:\n  ", *(f"{100 - share:.2f}" for share in rows[:, 4]))

# %% [markdown]
# With as many epochs and pushes, the convolutional network reads a point more: many standard errors. Ten epochs with pushes bring it above 99 %, with each of the three seeds.
#
# <details><summary>Why is this not the last word?</summary>
#
# Others have gone further. *Elastic* distortions of the training images, as a hand that shakes would draw, led to 0.4 % errors ([Simard and others 2003](https://doi.org/10.1109/ICDAR.2003.1227801)), and 35 deep networks that vote to 0.23 % ([Cireșan and others 2012](https://arxiv.org/abs/1202.2745)).
#
# </details>
#
# ## Recap
#
# **How does a network learn that pixels have neighbours?** From pushed digits, best as far as they were pushed. Or its design tells it.
#
# - A fully connected layer has a weight for each pixel. It knows nothing of neighbours, and a push of two pixels costs it dearly.
# - Of the errors at two pixels, pushing in training saves more than the design does, and both together save most. Within the design, over all pushes, sharing saves a quarter to a third of the errors (one seed), and maxima about a third.
# - A convolution is one matrix product over all patches. Its gradient is that of any layer, summed over all places. The pixels get their blame back patch by patch, added up where patches overlap.
# - [Lesson 00](00_first_look.ipynb) asked what an accuracy does not tell. Here two networks read nearly every digit where it was written. Pushed by two pixels, the fully connected one of the beginning misreads one in five, the pushed convolutional one three in a hundred. Ask a network about the pictures that it will meet.
#
# ## Questions to ask yourself
#
# 1. You shuffle the pixels of all images, each image in the same way, and train both networks again, without pushes. Which of them minds?
#
#    <details><summary>Answer</summary>
#
#    The fully connected one does not notice: its weights are shuffled along. The convolutional one loses what it relies on, that neighbouring pixels belong together.
#
#    </details>
#
# 2. How many multiplications does the first layer take for one image, with 8 kernels, and how many the first layer of lesson 03?
#
#    <details><summary>Answer</summary>
#
#    $24 \cdot 24$ places times 25 weights times 8 kernels; and 784 times 128: both a little more than a hundred thousand. But the whole convolutional network takes five times as many as the other: in its second layer, $8 \cdot 8$ places times 200 weights times 32 kernels.
#
#    </details>
#
# 3. Why does a test on the digits as they were written not tell the two networks apart as well as a push does?
#
#    <details><summary>Answer</summary>
#
#    In the test set every digit was centred before it was stored. Whether a network minds the place is never asked there.
#
#    </details>
#
# ## Next
#
# You have derived every gradient of this course by hand. [11 Let the machine differentiate](11_let_the_machine_differentiate.ipynb) asks whether a computer can do it for you.
