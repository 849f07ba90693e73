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
# Take the image of a 4, written neatly in the middle, and push the ink two pixels to the right. You may not even notice. Now ask a network from any lesson so far, and it may well tell you that your 4 has become a 5. It isn't stupid; it has simply never been told which pixels lie side by side. To a fully connected layer an image is a list of 784 numbers in no particular order, and a pushed digit is a different list.
#
# **How does a network learn that pixels have neighbours?** You will watch a good network fail on pushed digits, cure it once with data and once by design, and then take the design apart to see what its parts are worth.
#
# **You will be able to**
#
# - say what a fully connected layer cannot know, and what a kernel knows from the start;
# - write a convolution as one matrix product, and max-pooling in two lines;
# - derive the gradients of both, the convolution's with a pencil on nine pixels, and check them;
# - say how many errors pushing the training images saves you, and how many each part of the design.
#
# **You need** lessons [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb) and [07](07_deeper.ipynb).
#
# **Time** 50 minutes to read, 36 more for the exercises; it runs for about 35 s and takes 400 MB of memory

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
#    *What came in, times the blame of what went out*, summed over all uses of the weight (lesson 03). You will need that sentence again, because here one weight is used in many places of the same image.
#
#    </details>

# %%
import copy

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from course import exercises, guesses, pictures
from course.materials import shapes
from mnistlib import convolution, data, deep, functions, plotting
from mnistlib.gradcheck import check_gradient
from mnistlib.training import linear_decay, minibatches, sgd_update

plotting.use_style()
mnist = data.load()
train_set, validation_set = data.split(
    mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=8)
)
validation_set = tuple(part[:5_000] for part in validation_set)  # one half, to save time

# %% [markdown]
# ## A small push
#
# We begin with a **fully connected** network like those of lesson 07, in which every hidden unit sees every pixel. It has 128 ReLUs, and is trained for three epochs. [Lesson 00](00_first_look.ipynb) moved a 7 and showed it to a weaker network. Will a better one do better?
#
# The function `shapes.pushed(images, rows, columns)` moves digits down and to the right, and leaves blank paper behind. The training loop is lesson 04's, except that it pushes each batch as a whole by a random number of pixels, up to `most` vertically and up to `most` horizontally. For now `most` is 0, and nothing moves. What we measure after a push is the mean over pushes up, down, left and right. (`model.prepare` scales the pixels to 0 to 1 and gives them the shape that a model expects.)


# %% tags=["hide-input"]
def train_pushed(model, start, most, rate, rng, epochs=3):
    """Train on batches that are each pushed by up to `most` pixels."""
    parameters = copy.deepcopy(start)
    velocity = [np.zeros_like(value) for value in start]
    images, y = train_set[0], data.one_hot(train_set[1])
    batches = minibatches(50_000, 64, rng=rng, epochs=epochs)
    rates = linear_decay(rate, len(batches))
    for step, batch in enumerate(tqdm(batches, leave=False)):
        push = rng.integers(-most, most + 1, size=2)
        x = model.prepare(shapes.pushed(images[batch], *push))
        _, grads = model.gradients(parameters, x, y[batch])
        sgd_update(parameters, grads, velocity, rates(step), momentum=0.9)
    return parameters


# %%
rng = np.random.default_rng(seed=0)
connected = deep.MLP("relu")
start = deep.initialise(rng, [784, 128, 10])
fragile = train_pushed(connected, start, most=0, rate=0.1, rng=rng)
fragile_shares = shapes.accuracy_by_push(connected, fragile, *validation_set)
for p, share in enumerate(fragile_shares):
    print(f"pushed by {p}: {100 * share:.2f} % right")

# %% mystnb={"image": {"alt": "The same handwritten digit four times, in frames of 28 by 28 pixels, pushed to the right by 0, 1, 2 and 3 pixels. They look alike, and the whole digit stays inside the frame. Above each is the network's answer, which changes with the push."}} tags=["hide-input"]
in_steps = np.stack([shapes.pushed(validation_set[0][:2000], 0, p) for p in range(4)])
read = np.stack([shapes.answers(connected, fragile, images) for images in in_steps])
chosen_digit = shapes.first_misread(in_steps, read, validation_set[1][:2000])
shapes.show_pushed(in_steps[:, chosen_digit], read[:, chosen_digit])
plt.show()

# %% [markdown]
# There is the 4 of our first paragraph: two pixels, and it has become a 5. It isn't a freak: at two pixels one digit in five is lost, and at three nearly half of them. The obvious explanation is this: each hidden unit has a weight of its own for each pixel, so what it has learnt about a stroke in one place says little about the same stroke two pixels further on. It sounds right; near the end we put it to the test.
#
# ### A cure with data
#
# If the network must see a stroke in every place in order to know it there, then let's show it. Pushing the training images (others say *shift* or *translate*) while their labels stay is a kind of *data augmentation*, which [lesson 08](08_too_good.ipynb) named. Train once more, on batches that are pushed by up to one pixel.
#
# **Predict.** How far will the cure reach? How many pixels must you push the digits before this network misreads more than one in ten?

# %%
guesses.ask("smallest push, in pixels, that costs more than one digit in ten", None)


# %% tags=["answer", "hide-input"]
rng = np.random.default_rng(seed=0)
start = deep.initialise(rng, [784, 128, 10])
robust = train_pushed(connected, start, most=1, rate=0.1, rng=rng)
robust_shares = shapes.accuracy_by_push(connected, robust, *validation_set)
for p, share in enumerate(robust_shares):
    print(f"pushed by {p}: {100 * share:.2f} % right")
guesses.compare(
    "smallest push, in pixels, that costs more than one digit in ten",
    int(np.argmax(robust_shares < 0.9)),
)

# %% [markdown]
# The cure holds for one pixel, which is as far as the training went. At two it still prevents seven errors in ten, but at three a fifth of the digits are lost.
#
# **Change a number.** Why stop at one pixel? Here are pushes of up to three; try 2 as well, and look for the price.

# %%
most = 3  # change me
rng = np.random.default_rng(seed=0)
start = deep.initialise(rng, [784, 128, 10])
further = train_pushed(connected, start, most=most, rate=0.1, rng=rng)
for p, share in enumerate(shapes.accuracy_by_push(connected, further, *validation_set)):
    print(f"pushed by {p}: {100 * share:.2f} % right")
patient = 100 - shapes.errors("784-128-10", most=2, epochs=30).mean(axis=0)
print(f"study, most = 2, 30 epochs: {patient[0]:.2f} % right at 0 pixels, {patient[3]:.2f} % at 3")

# %% [markdown]
# At three pixels 13 more digits in a hundred are right than with pushes of one, but nearly twice as many of the digits that nobody pushed are misread. Ten times as many epochs make up for it, at least with pushes of up to two: that is the last line, from a stored study of three seeds. Couldn't one set of weights serve all places?
#
# ## One product for all patches
#
# One set of weights for all places is the idea of a **convolution**. Take a small square of weights, a **kernel**, and lay it on the image. The pixels that it covers are a **patch**. Multiply each of them by the weight that lies on it, and add up. Then move the kernel one pixel on and do it again, until it has been everywhere. The sum is large where ink lies under the large weights and blank paper under the negative ones, so the kernel asks everywhere: *is there something here that looks like me?*
#
# Here is a small example: a kernel of 2 by 2 on nine pixels, where it fits in four places.

# %% mystnb={"image": {"alt": "Four copies of the same grid of 3 by 3 pixels with the values 0 to 8. In each, a different square of 2 by 2 is marked, first at the top left, then the top right, the bottom left and the bottom right. In the corner of each marked pixel is the weight that lies on it: times 1, times 2, times 3, times 4. Above each grid is the sum: 27, 37, 57 and 67."}} tags=["hide-input"]
shapes.show_patches(np.arange(9).reshape(3, 3), np.array([[1, 2], [3, 4]]))
plt.show()

# %% [markdown]
# Work out the first number with a pencil: $1 \cdot 0 + 2 \cdot 1 + 3 \cdot 3 + 4 \cdot 4 = 27$. The four numbers form a little image of their own, the kernel's **feature map**, or map for short. In general, let `top` count the rows above the patch and `left` the columns to its left; `down` and `right`, counted from 0, say where in the kernel we are.
#
# $$
# \begin{aligned}
# z_{\text{top},\, \text{left}} = \sum_{\text{down},\, \text{right}} & \text{kernel}_{\text{down},\, \text{right}} \\
# \cdot\; & x_{\text{top} + \text{down},\; \text{left} + \text{right}} .
# \end{aligned}
# $$

# %%
x = np.arange(9).reshape(3, 3)
kernel = np.array([[1, 2], [3, 4]])  # change them; can all four sums be 1?
z = np.zeros((2, 2))
for top, left in np.ndindex(2, 2):
    for down, right in np.ndindex(2, 2):
        z[top, left] += kernel[down, right] * x[top + down, left + right]
print(z)

# %% [markdown]
# Two things are new here. A number in the map depends on only a few neighbouring pixels, which is called **locality**. And all places use the same weights, which is called **weight sharing**.
#
# Loops would do, but the whole map can be one matrix product, like lesson 03's. Write each patch as a column, in reading order, and put the columns of all places side by side: that matrix is $\text{patches}(X)$. Write the kernel as a column too, and call it $W$. Then all the sums together are
#
# $$Z = W^T\, \text{patches}(X) .$$
#
# The layout is called *im2col*, "image to columns". Try it on the top two rows of the nine pixels, where the kernel fits in only two places.
#
# **Predict.** What are the two columns of $\text{patches}(X)$? Write them like this: `1 2 3 4 and 5 6 7 8`.

# %%
guesses.ask("the two columns", None)

# %% tags=["answer"]
x = np.arange(6.0).reshape(1, 2, 3, 1)  # 2 rows, 3 columns; the next section needs the other axes
W = np.array([[1.0], [2], [3], [4]])
cut = convolution.im2col(x, 2)  # here the places still have rows and columns
patches = cut.reshape(4, -1)  # all places side by side
print("x", x.shape, x[0, :, :, 0], sep="\n")
print("patches", patches.shape, patches, sep="\n")
print("z", W.T @ patches, sep="\n")
first_one, other = (" ".join(f"{pixel:.0f}" for pixel in column) for column in patches.T)
guesses.compare("the two columns", f"{first_one} and {other}")

# %% [markdown]
# The first patch's pixels, 0, 1, 3 and 4, stand in the first column, and the two sums are 27 and 37, as in the picture. That is all a convolution is.
#
# ### Exercise 10.1: cut out the patches (warm-up, 7 minutes)
#
# Cut the patches out of one image, which has two axes here; a plain loop over the places is fine.


# %%
def my_image_patches(image, side):
    """Each patch of image (rows, columns) as a column, in reading order: (side * side, places)."""
    ...


exercises.check(my_image_patches)

# %%
exercises.folded(my_image_patches)

# %% [markdown]
# ## Many kernels, many images
#
# Several kernels are several columns of $W$, and each makes a map of its own. To the next layer these maps are **channels**, as red, green and blue are the three channels of a photograph. Each kernel now has side · side weights *for every channel*, and each of its sums runs over all channels.
#
# | maths | Python | shape | meaning |
# |---|---|---|---|
# | $X$, images last | `x` | (channels, rows, columns, n) | the images, or the maps of the layer below |
# | $\text{patches}(X)$ | `cut` | (side · side · channels, map rows, map columns, n) | the patches, each along the first axis |
# | $W, b$ | `W`, `b` | (side · side · channels, kernels), (kernels,) | one kernel in each column, and one bias for each kernel |
# | $Z$ | `z` | (kernels, map rows, map columns, n) | one map for each kernel |
#
# In a formula, the three axes map rows, map columns and n count as one, the places of all images. Only in this lesson do the images come *last*, so that the same pixel of every image lies side by side in memory; `model.prepare` reorders the axes.
#
# Our network begins with eight kernels of 5 by 5; here they meet ten digits.

# %%
model = convolution.Convolutional()
x = model.prepare(train_set[0][:10])
y = data.one_hot(train_set[1][:10])
rng = np.random.default_rng(seed=2)
untrained = convolution.initialise(rng, kernels=(8, 32))  # in its first and second layer
z1, cut1 = convolution.convolve(x, untrained.W1)
print("x", x.shape, " cut1", cut1.shape)
print("W1", untrained.W1.shape, " z1", z1.shape)
print("weights of this layer:", untrained.W1.size)

# %% [markdown]
# That is 200 weights; the first layer of lesson 03 had a hundred thousand.
#
# Push the image by one pixel, and the maps move along by one pixel, unchanged (apart from the column that comes in at the edge). This is called **equivariance**: what you do to the input happens to the output.

# %%
x_pushed = model.prepare(shapes.pushed(train_set[0][:10], 0, 1))
z_pushed, _ = convolution.convolve(x_pushed, untrained.W1)
print("the maps moved along:", np.allclose(z_pushed[:, :, 1:], z1[:, :, :-1]))

# %% [markdown]
# Here is a 3, with a kernel that is negative on its left and positive on its right. Push the 3 down by a single pixel, and watch its map go with it.

# %% mystnb={"image": {"alt": "A still of the picture of a kernel: a handwritten three, a kernel of 5 by 5 weights that are negative on the left and positive on the right, and the map of its sums, positive along the left edges of the strokes and negative along the right ones."}}
pictures.kernel()

# %% [markdown]
# Below it, lesson 04's network and a trained convolutional one answer. Which of them still reads a 3? And where does the kernel find something that looks like itself?
#
# <details><summary>Answer</summary>
#
# The convolutional one; lesson 04's reads an 8. (We had to look for such a 3.) The kernel finds itself along the left edge of a stroke, where paper turns to ink. Along the right edge the sum is negative.
#
# </details>
#
# ## Max-pooling
#
# The network's *answer*, however, should not change at all: a 4 should stay a 4 wherever it stands. This is called **invariance**, and **max-pooling** goes part of the way towards it. Divide each map into squares of 2 by 2 numbers, and keep only the largest of each square: of 3 and 7 above 1 and 2, the 7. It makes no difference where in its square the 7 was, so as long as the largest number stays in its square, the layers after it don't notice that it moved.
#
# ### Exercise 10.2: the largest of four (warm-up, 4 minutes)
#
# Return the largest number of each square, so that (8, 24, 24, n) becomes (8, 12, 12, n).


# %%
def my_max_pool(z):
    """The largest of each square of 2 x 2; z (channels, rows, columns, n), even sizes."""
    ...


exercises.check(my_max_pool)

# %%
exercises.folded(my_max_pool)

# %% [markdown]
# ## Two backward passes
#
# Two layers are new, and a pencil is enough for both.
#
# ### Pooling's gradient
#
# Of the 3, 7, 1 and 2, pooling passes on the 7 and forgets the others: nudge the 3 a little, and nothing changes. So if the result has a blame of 10, the 7 gets all of it, and the others get none.
#
# ### Exercise 10.3: back through pooling (core, 9 minutes)
#
# Write pooling's backward pass. In this exercise no two of the four are equal. (On blank paper all four are equal, and the library divides the blame among them.)


# %%
def my_max_pool_backward(dlargest, z, largest):
    """Return dz, of z's shape; largest and dlargest have half its rows and half its columns."""
    ...


exercises.check(my_max_pool_backward)

# %%
exercises.folded(my_max_pool_backward)

# %% [markdown]
# ### The kernels' gradient
#
# The sentence of lesson 03 still holds: *what came in, times the blame of what went out*, summed over all uses. A kernel is used in every place of every image, so the sum runs over all patches.
#
# Go back to the nine pixels, and let the four numbers of their map have the blame 1, 10, 100 and 1000, so that you can recognise each of them in a sum. The first weight, the 1, lay on the pixels 0, 1, 3 and 4 in turn, so it gets $0 \cdot 1 + 1 \cdot 10 + 3 \cdot 100 + 4 \cdot 1000 = 4310$. Read it from the right, and there are the pixels again: 0, 1, 3, 4. What does the last weight get?
#
# <details><summary>Answer</summary>
#
# It lay on 4, 5, 7 and 8: $4 \cdot 1 + 5 \cdot 10 + 7 \cdot 100 + 8 \cdot 1000 = 8754$.
#
# </details>
#
# You have just taken the dot product of a row of $\text{patches}(X)$ with the row of blame. For all weights and all kernels at once,
#
# $$dW = \text{patches}(X)\, dZ^T .$$
#
# This is lesson 03's formula with places instead of examples. There each example was a row, so the input was transposed; here each place is a column, so it is $dZ$'s turn.
#
# ### Exercise 10.4: the gradient of the kernels (core, 7 minutes)
#
# Write this product. `dz` and `cut` have four axes each, as in the table under *Many kernels, many images*.


# %%
def my_kernel_gradient(dz, cut):
    """Return dW from dz (kernels, rows, columns, n) and cut (inputs, rows, columns, n)."""
    ...


exercises.check(my_kernel_gradient)

# %%
exercises.folded(my_kernel_gradient)

# %% [markdown]
# ### The pixels' gradient
#
# The layer below needs the blame of this layer's input, that is, of every pixel. In the picture of the four patches, the centre pixel lies in all four. In the first, the weight 4 lies on it, so this patch, whose blame is 1, sends it 4 · 1. In the second the weight 3 lies on it, in the third 2, and in the fourth 1. The pixel's value went out along four paths, and what comes back along them adds up: $4 \cdot 1 + 3 \cdot 10 + 2 \cdot 100 + 1 \cdot 1000 = 1234$. In 1234 you can read off which path brought which digit. (The value itself plays no part.)
#
# In general, each pixel of a patch gets the patch's blame times the weight that lay on it, because that weight is how fast the patch's sum grows with the pixel. Since a pixel can lie in several patches, begin with zeros, and add for every place and every weight:
#
# $$
# \begin{aligned}
# dx_{\text{top} + \text{down},\; \text{left} + \text{right}} \;\mathrel{+}= {} & \\
# \text{kernel}_{\text{down},\, \text{right}}\; & dz_{\text{top},\, \text{left}} .
# \end{aligned}
# $$
#
# Try it on the bottom-right pixel, and on the one to the left of the centre.
#
# <details><summary>Answer</summary>
#
# One path leads back to the first, $4 \cdot 1000 = 4000$, and two to the other: $3 \cdot 1 + 1 \cdot 100 = 103$.
#
# </details>
#
# ### Exercise 10.5: the blame of each pixel (stretch, 9 minutes)
#
# Write this for one image, one channel and one kernel.


# %%
def my_pixel_blame(dz, kernel):
    """Return dx (rows, columns); dz has side - 1 fewer rows and columns, kernel is (side, side)."""
    ...


exercises.check(my_pixel_blame)

# %%
exercises.folded(my_pixel_blame)

# %% [markdown]
# With several channels and kernels, the matrix product $W\, dZ$ (lesson 03's $dZ\, W^T$, transposed as a whole, because here each place is a column) gives the blame of every entry of every patch, and `convolution.pixel_gradient` adds them up pixel by pixel, as you did.

# %%
dz = np.array([[1.0, 10], [100, 1000]]).reshape(1, 2, 2, 1)
dx = convolution.pixel_gradient(dz, W, channels=1)
print("dx", dx.shape, dx[0, :, :, 0].astype(int), sep="\n")

# %% [markdown]
# ## The whole network
#
# Convolution, pooling, bias and ReLU follow one another in this order, twice. The last layer sees everything, yet it needs nothing new: it is one more convolution, whose ten kernels are as large as the maps, with 4 · 4 · 32 weights each. Here is one digit on its way through the untrained network, whose biases are still 0. Before a ReLU, 0 is drawn grey; after it, as blank paper.

# %% mystnb={"image": {"alt": "Five squares side by side, each smaller than the one before: a digit of 28 by 28 pixels, then a map of 24 by 24, a pooled one of 12 by 12, a map of 8 by 8 and a pooled one of 4 by 4. The arrows between them say convolve; pool, bias, ReLU; convolve; pool, bias, ReLU; and from the last square an arrow leads down to ten logits. In each square but the last a small frame marks what one number of the next square was made from: a patch of 5 by 5 before a convolution, a square of 2 by 2 before pooling. Below is how many maps each layer has: one image, then 8, 8, 32 and 32."}} tags=["hide-input"]
a_digit = model.prepare(validation_set[0][[chosen_digit]])
z_one, _ = convolution.convolve(a_digit, untrained.W1)
a_one = deep.relu(convolution.max_pool(z_one))
z_two, _ = convolution.convolve(a_one, untrained.W2)
a_two = deep.relu(convolution.max_pool(z_two))
shapes.show_layers([a_digit, z_one, a_one, z_two, a_two], ["convolve", "pool"] * 2)
plt.show()

# %% [markdown]
# The bias and the ReLU can wait until after pooling, because neither changes which number of a square is the largest. A bias is used in all places of all images, so its gradient is the sum of the blame that arrives in all of them.
#
# Read `pass_and_back` from the top as far as the loss, and from there follow the blame. That of the logits comes with a row for each image, so it is transposed before it becomes `dz3`. (`len(a2)` counts the channels.)


# %%
def layer(x, W, b):
    """Convolution, pooling, bias, ReLU; and what the backward pass needs."""
    z, cut = convolution.convolve(x, W)
    largest = convolution.max_pool(z)
    a = deep.relu(largest + b[:, None, None, None])  # one bias for each map
    return a, (cut, z, largest, a)


def layer_back(da, kept):
    """Return z's blame and the gradients of the kernels and biases, given a's blame."""
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
# Check all of it in one go, with parameters moved at random so that no bias is 0.

# %% tags=["hide-input"]
rng = np.random.default_rng(seed=6)
checked = convolution.initialise(rng, kernels=(8, 32))
checked = [value + rng.normal(0, 0.1, value.shape) for value in checked]
_, grads = pass_and_back(checked, x, y)
for place, name in enumerate(convolution.Parameters._fields):

    def loss(value, place=place):
        return pass_and_back([*checked[:place], value, *checked[place + 1 :]], x, y)[0]

    print(check_gradient(loss, checked[place], grads[place], name=f"d{name}", sample=40, rng=rng))
library = model.gradients(convolution.Parameters(*checked), x, y)[1]
print("the library has the same gradients:", all(map(np.allclose, grads, library)))

# %% [markdown]
# **A good place to stop.** You have derived every gradient of a convolutional network, and a check has found all six of them right.
#
# <details><summary>Whose ideas these are</summary>
#
# Weight sharing is from [Fukushima 1980](https://doi.org/10.1007/BF00344251), its training by backpropagation from [Rumelhart, Hinton and Williams 1985](https://doi.org/10.21236/ADA164453); so say [LeCun, Boser and others 1989](https://doi.org/10.1162/neco.1989.1.4.541), whose own network read postcodes. The layout in columns is from [Chellapilla, Puri and Simard 2006](https://inria.hal.science/inria-00112631), and max-pooling from [Yamaguchi, Sakamoto and others 1990](https://isca-speech.org/archive/icslp_1990/i90_1077.html), for sounds, and [Weng, Ahuja and Huang 1992](https://doi.org/10.1109/IJCNN.1992.287150), for images. Our network is a small cousin of LeNet ([LeCun, Bottou, Bengio and Haffner 1998](https://doi.org/10.1109/5.726791)), and [LeCun 1989](https://mailman.srv.cs.cmu.edu/pipermail/connectionists/1989-September/011859.html) compared such networks with less constrained ones. Others speak of *stride*, a kernel's step (ours is 1), of *padding*, blank pixels around the image (ours has none), and of *cross-correlation*, because a mathematician's convolution flips the kernel first.
#
# </details>
#
# ## Train the network
#
# The convolutional network has only a ninth as many parameters as its rival, but an epoch takes five times as many multiplications (you can count them at the end), so we allow it one where its rival had three, which is still more work. Both see pushes of up to one pixel.

# %% tags=["hide-input"]
rng = np.random.default_rng(seed=0)
start = convolution.initialise(rng, kernels=(8, 32))
trained = train_pushed(model, start, most=1, rate=0.04, rng=rng, epochs=1)
trained_shares = shapes.accuracy_by_push(model, trained, *validation_set)
print("trained with pushes            fully connected   convolutional")
print(f"parameters {sum(map(np.size, robust)):35,}{sum(map(np.size, trained)):16,}")
for p, (rival, share) in enumerate(zip(robust_shares, trained_shares)):
    print(f"% right, pushed by {p}{100 * rival:26.2f}{100 * share:16.2f}")

# %% [markdown]
# The convolutional network wins, at every push. But that is one seed, and up to two pixels the differences are small, so what follows comes from the stored study.
#
# ## What is each part worth?
#
# The design is three things at once: locality, sharing and pooling. To see what each is worth, make the fully connected network as deep as ours, with as many hidden units as ours has numbers after pooling, and train it without pushes. Then let each unit see only its patch, with weights of its own in every place: such a network is called **locally connected**, and locality is all it has. To this add sharing, or pooling, or both. (Without pooling, keep the top left number of each square.)
#
# <details><summary>How the stored study measures</summary>
#
# Ten epochs, all of the validation set, and three seeds, unless the table says one (`studies/shapes.py`). Each design has the learning rate, of two or three, at which it misreads fewest digits after a push of two pixels; for the shuffled pixels only one was tried.
#
# </details>
#
# **Predict.** After a push of two pixels the fully connected network misreads 17 digits in a hundred, and the convolutional one 5. How many does locality alone misread?

# %%
guesses.ask("digits in a hundred that locality alone misreads", None)

# %% tags=["answer", "hide-input"]
designs = {
    "fully connected": {"model": "784-128-10", "rate": 0.1},
    "as deep and as wide": {"model": "784-1152-512-10", "rate": 0.1},
    "locality alone": {"model": "local", "rate": 0.16},
    "locality alone, pixels shuffled": {"model": "local", "rate": 0.16, "shuffled": True},
    "locality, sharing": {"model": "kernels alone", "rate": 0.08},
    "locality, pooling": {"model": "unshared", "rate": 0.16},
    "all three": {"model": "convolutional", "rate": 0.04},
}
print("errors after a push of two pixels, %   mean   lowest to highest seed")
for name, settings in designs.items():
    at_two = shapes.errors(most=0, **settings)[:, 2]
    extent = f"{at_two.min():.2f} to {at_two.max():.2f}" if len(at_two) > 1 else "(one seed)"
    print(f"{name:31}{at_two.mean():12.2f}   {extent}")
alone = shapes.errors(most=0, **designs["locality alone"])[:, 2].mean()
guesses.compare("digits in a hundred that locality alone misreads", f"{alone:.1f}")

# %% [markdown]
# Depth and width help a little, and then locality halves the errors: more than all the rest together. So what we told you at the beginning can't be the main reason, because in this network, too, every weight belongs to one pixel in one place, and what it learns there helps nowhere else. Nor is it because each unit has fewer inputs: push the images as before, and then shuffle the pixels of all of them in the same way, so that a patch is 25 pixels from anywhere, and all that locality gained is lost. What counts is that a unit's inputs are neighbours. Why, the table can't tell. (Overlap alone won't do: of the whole image, a push of two pixels leaves 26 columns in 28.)
#
# And sharing, the idea that led us here? Added to locality alone, sharing saves nothing and pooling half a digit in a hundred; together they save two or three. That fits what we know of them: only sharing makes the maps move along with the digit, and only pooling forgives that they moved.
#
# ## Design and data
#
# The study also trained the first and the last of these networks on images that were pushed by up to one pixel.
#
# **Predict.** Which will be worth more for digits that are two pixels off, the *design* or the *data*?

# %%
guesses.ask("design or data, at two pixels", None)

# %% mystnb={"image": {"alt": "Errors in per cent, on a logarithmic axis, against the push, 0 to 3 pixels. All four lines rise. The fully connected network's lies highest, from 2 to 43; the convolutional one's with augmentation lies lowest, from below 1 to 5. Between them, two lines cross halfway from one pixel to two: the convolutional network without augmentation is better at 0 and 1, and the fully connected one with augmentation at 2 and 3."}} tags=["answer", "hide-input"]
networks = {
    "fully connected": shapes.errors("784-128-10", most=0, rate=0.1),
    "convolutional": shapes.errors("convolutional", most=0, rate=0.04),
    "fully connected, augmented": shapes.errors("784-128-10", most=1, rate=0.1),
    "convolutional, augmented": shapes.errors("convolutional", most=1, rate=0.04),
}
shapes.show_errors(networks)
plt.show()
designed, pushed = (networks[name][:, 2].mean() for name in list(networks)[1:3])
guesses.compare("design or data, at two pixels", "design" if designed < pushed else "data")

# %% [markdown]
# But it depends on the push. The two lines in the middle cross: while the digits are centred, or nearly so, the design is ahead; once they are two or three pixels off, the data are.

# %% tags=["hide-input"]
print("errors in %, mean of three seeds   pushed by 2   test set")
for name, rows in networks.items():
    print(f"{name:35}{rows[:, 2].mean():11.2f}{rows[:, 4].mean():11.2f}")

# %% [markdown]
# ## Where the invariance ends
#
# Why does a larger push still do harm, if the kernels see a stroke wherever it is? We suspect the last layer, because it has a weight of its own for each place of the last maps. So let us push the digits, and undo the push just before that layer.
#
# Each pooling halves a push, so four pixels down become exactly one place down in the last maps. Slide these back up by one place, and the row that came in at the top drops out again; but at the bottom a row is missing. It saw pixel rows 12 to 27, and pushed along it would have to see 16 to 31, where the paper ends at 27. We fill it with what blank paper gives. (We push only digits that lose no ink.)


# %% tags=["hide-input"]
def push_and_slide_back(rows, columns):
    """Push by 4 pixels: the labels, and the last maps before, after, and slid back by one place."""
    images, labels = validation_set[0][:2000], validation_set[1][:2000]
    far = shapes.pushed(images, 4 * rows, 4 * columns)
    whole = shapes.lost_nothing(images, far)
    unmoved, moved = (shapes.last_maps(trained, part[whole]) for part in (images, far))
    blank = shapes.last_maps(trained, np.zeros_like(images[:1]))
    return labels[whole], unmoved, moved, shapes.moved_by(moved, -rows, -columns, fill=blank)


# %% mystnb={"image": {"alt": "The same map of 4 by 4 numbers three times. Pushed, its upper three rows lie one place lower, and what was the bottom row is gone. Slid back up, the upper three rows are those before the push, and the bottom row, hatched, is empty."}}
labels, unmoved, moved, back = push_and_slide_back(1, 0)
print("the rest moved by one place:", np.allclose(back[:, :-1], unmoved[:, :-1]))
shapes.show_moved_back(unmoved, moved, back)
plt.show()

# %% [markdown]
# **Predict.** Of the right answers that a push up, down, left or right spoils, what percentage will come back?

# %%
guesses.ask("% of the lost answers that come back", None)

# %% tags=["answer", "hide-input"]
shares = []
print("pushed   digits   right before   after   slid back   of the lost come back")
for name, by in {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}.items():
    labels, *stages = push_and_slide_back(*by)
    before, after, restored = (shapes.read_maps(trained, maps) == labels for maps in stages)
    shares.append(100 * restored[before & ~after].mean())
    counts = f"{before.sum():15,}{after.sum():8,}{restored.sum():12,}"
    print(f"{name:6}{len(labels):9,}{counts}{shares[-1]:22.0f} %")
guesses.compare("% of the lost answers that come back", f"{np.mean(shares):.0f}")

# %% [markdown]
# About nine in ten come back, whichever way we push, although we only moved the maps and filled one row or column. Those errors were the last layer's doing: the kernels had found every stroke, but the last layer had learnt in which place to expect it. What is still missing is the fault of what we filled in, since everywhere else the maps are those of the digits before the push. <small>This is one small network, but larger ones mind the place as well: [Azulay and Weiss 2019](https://arxiv.org/abs/1805.12177), [Kayhan and van Gemert 2020](https://arxiv.org/abs/2003.07064).</small>
#
# ## Recap
#
# **How does a network learn that pixels have neighbours?** It can learn it from pushed digits, though not far beyond the pushes that it has seen; or it can have it built in, because each number of a map sees only neighbours. You now have both cures. What you can't do yet is make a network indifferent to *where* a digit is: its last layer still wants each map in its place.
#
# - A convolution is one matrix product over all patches. Its gradient is that of any layer, summed over all places, and the pixels' blame adds up where patches overlap.
# - Of 17 errors in a hundred at two pixels, the design leaves 5, augmentation 4, and both together 2. Most of what the design gains is locality's doing; sharing and pooling do little except together.
#
# ## Questions to ask yourself
#
# 1. You turn all images upside down, those of training and those of the test, and train both networks again. Which of them minds?
#
#    <details><summary>Answer</summary>
#
#    Neither. The fully connected one finds each pixel in a different place, and the convolutional one learns its kernels upside down. The convolutional one minds only if neighbours are torn apart, as by a shuffle.
#
#    </details>
#
# 2. How many multiplications does the first layer take for one image, with 8 kernels, and how many does lesson 03's first layer take?
#
#    <details><summary>Answer</summary>
#
#    $24 \cdot 24$ places times 25 weights times 8 kernels, and 784 times 128: both a little more than a hundred thousand. But the whole convolutional network takes five times as many as the other, because its second layer has $8 \cdot 8$ places times 200 weights times 32 kernels.
#
#    </details>
#
# 3. Why do pushed digits show the difference between the two networks better than the test set does?
#
#    <details><summary>Answer</summary>
#
#    Every digit of the test set was centred before it was stored, so the test set never asks whether a network minds where a digit is. Test a network on the images that it will meet.
#
#    </details>
#
# ## Next
#
# Those last gradients took some deriving. [11 Let the machine differentiate](11_let_the_machine_differentiate.ipynb) asks whether a computer can do that for you.
