# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 From an empty page
#
# In lesson 06 you laid somebody else's notebook on the table, asked it questions that its author had never asked, and found fault after fault in a program that seemed to work. Today it is your turn to be on the table. You get one empty cell, NumPy and the four files of lesson 01, and you write a network that learns to read digits, in whatever way you like. Then it is examined. **What would an autopsy find in your network?**
#
# **You will be able to**
#
# - write a network from nothing, and know in which order to write it;
# - say which parts of such a program are yours to choose, and which are not;
# - question fairly a network that you know only by what it does;
# - show somebody what your network can do, and what you don't know about it.
#
# **You need** lessons [00](00_first_look.ipynb), [01](01_loading.ipynb), [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb), [05](05_how_sure.ipynb) and [06](06_autopsy.ipynb). On the website the page itself trains and examines your network, on a quarter as many images; the landmarks and the figure need Jupyter.
#
# **Time** 25 minutes to read, 180 more for a network of your own; unfilled, it runs for about 5 s and takes 300 MB

# %% [markdown]
# ## Before you start
#
# 1. [Lesson 03](03_backpropagation.ipynb): you have written a gradient, and every shape in it is right. How do you find out whether its numbers are?
#
#    <details><summary>Answer</summary>
#
#    Nudge one parameter a little both ways, see how much the loss moves, and compare that with the gradient's entry. Right shapes say nothing about the numbers: a forgotten factor, or a sign, has no shape.
#
#    </details>
#
# 2. [Lesson 05](05_how_sure.ipynb): a network's accuracy is measured on 4,000 digits that 139 people wrote. Why is it less certain than 4,000 independent answers would make it?
#
#    <details><summary>Answer</summary>
#
#    Digits by one hand are alike: whoever writes one odd 7 writes several. So the answers come in groups, and it is the groups that are independent, which makes the standard error larger.
#
#    </details>

# %%
import matplotlib.pyplot as plt
import numpy as np

from course import examination, guesses
from course.examination import benchmark, paper
from mnistlib import baseline, plotting

plotting.use_style()

# %% [markdown]
# ## Two functions
#
# An examiner has to call your program somehow, and two functions are enough. Programmers call such an agreement a **contract**: what either side may rely on, and nothing more.
#
# | you write | it gets | it returns |
# |---|---|---|
# | `my_train(images, labels, rng)` | images of shape (n, 28, 28) with pixels from 0 to 255, bytes or floats; their digits, bytes of shape (n,); a NumPy random generator, as in lesson 01 | parameters: whatever you like |
# | `my_predict(parameters, images)` | what `my_train` returned, and images | a digit, 0 to 9, for each image |
#
# Why so little? Because everything else is a choice, and the choices are the point. Whether you scale the pixels, how many hidden layers you have, if any, which loss you choose and when you stop: the examiner knows nothing of all that, and can judge your network only by what it does.
#
# Two things are not your choice. Chance comes from `rng` alone, because otherwise nobody could repeat what you did. And nothing of `mnistlib` may be used, not today.
#
# If your network can say how sure it is, write a third function, `my_probabilities(parameters, images)`, which returns ten probabilities for each image, for question 16. The examination's cell has a place for it.
#
# ## Seventeen questions
#
# Here is all that will be asked, and *yes* is always good:

# %%
for number, question in enumerate(examination.QUESTIONS.values(), start=1):
    print(f"{number:2}  {question}")
print()
for name, digits in paper.draw_paper()._asdict().items():
    print(f"{name:12} {len(digits.images):6,} digits, {len(np.unique(digits.writers))} writers")

# %% [markdown]
# Your network is trained once on the digits called *learnt*, a fifth of what it could have, and five times on a *few* of these, because some of the questions set one training run against another: the same generator twice, then a different one; true labels, then labels dealt out at random; the pixels as they are, then divided by 255. It is asked about digits that it has learnt, about others by the same writers, and about those of *strangers*, who wrote none of what it learnt. The *ten averages* that it should beat are the average images of [lesson 01](01_loading.ipynb).
#
# You will be compared with an old acquaintance. The original notebook of lesson 06 has been put through the same examination. Three don't concern it: 1, because we run it with the course's code; 15, because nobody made a claim for it; and 17, because time and memory depend on the computer. That leaves fourteen. A dash means *not asked*, and three dots mean *can't be judged until some* no *is fixed*.
#
# **Predict.** Its softmax runs over the wrong axis, its pixels are raw, its recorded loss is no loss at all. Of the fourteen, how many are answered with a *no*?

# %%
guesses.ask("questions that go against the original", None)

# %% tags=["answer"]
original = benchmark.the_original()
print(original)
against = [finding for finding in original.findings.values() if finding.held is False]
guesses.compare("questions that go against the original", len(against))

# %% [markdown]
# After ten thousand steps the original gets 83.10% of the strangers' digits right. Ten average images, which never took a step, get 82.60%. On the same digits it gains 238 and loses 218, which is too near to tell which is better.
#
# One *no*, eleven *yes* and two that wait, for a program in which [lesson 06](06_autopsy.ipynb) counts nine faults. Four of them can't be seen through two functions: the file that it keeps, its split, its recorded loss and its epochs. (It owes 11 and 12 to us, who hand it a generator.) Of the other five only the softmax over the batch was caught, because *an examination finds what it asks about*. It asks about company, the other images in the batch, because lesson 06 shows what company can hide. About raw pixels it asks only whether the program learns far better from smaller ones (5), and at its own learning rate the original doesn't. The question that would find your fault may not have been thought of yet.
#
# ## The page
#
# Here it is. Nobody is counting your lines, or looking over your shoulder.


# %%
def my_train(images, labels, rng):
    """Return parameters, in any form that my_predict understands."""
    ...


def my_predict(parameters, images):
    """Return the digit in each image, as whole numbers of shape (n,)."""
    ...


# %% [markdown]
# If you'd rather not begin with nothing, take the order in which the course went:
#
# 1. Read the bytes, and look at ten images.
# 2. Write the way forward, and see that untrained scores are no better than chance.
# 3. Write the loss.
# 4. Write the gradients, and *check them*.
# 5. Take one step, and see the loss fall.
# 6. Learn ten images, and then all of them.
#
# Read the files yourself, as in lesson 01; they are in `../data`. Keep some of the training images aside to judge it by, and the test set, which the examination doesn't use, closed until you are done. (The strangers come from the same sixty thousand, so you may have chosen by them; the network that is trained there has not met them.) The two functions may call as many other functions of yours as you like, from any cell.
#
# There is no solution to unfold, only three landmarks. If you have patience for only one, take the third: in lesson 06 a network learnt in spite of a false gradient, and none of the seventeen questions asks about gradients.
#
# **First landmark: bytes.** You are here when you have the sixty thousand training images and their labels as arrays. What lies in a file before the first pixel, in which order do the pixels run, and how large can one of them be? Put your arrays, before you keep any images aside, in place of the two `None` below.

# %%
examination.landmark_bytes(None, None)  # your images, your labels

# %% [markdown]
# **Second landmark: forward.** You are here when you have parameters, however badly chosen, and a way from images to ten numbers each. Write it as `my_forward(images)`, with your parameters inside, and it is shown fifty images, together and one at a time. Either will do, ten scores or ten probabilities.


# %%
def my_forward(images):
    """Return ten numbers for each image, shape (n, 10), from your first parameters."""
    ...


examination.landmark_forward(my_forward)

# %% [markdown]
# **Third landmark: backward.** You are here when you have a loss, and its gradients. Choose a few images, and write both as functions of the parameters alone. The parameters are a list, a tuple or a dictionary of arrays of float64, and the gradients come in the same order, or under the same names. Some entries of each array are nudged, as in lesson 03. Put your parameters in place of the `None`.


# %%
def my_loss(parameters):
    """Return the loss of a few images, one number."""
    ...


def my_gradients(parameters):
    """Return the loss's gradient with respect to each array of the parameters."""
    ...


examination.landmark_backward(my_loss, my_gradients, None)

# %% [markdown]
# ## The examination
#
# Your network is trained six times. A training run that has not ended after a minute is stopped, and so is `my_predict`, which gets up to four thousand images at a time.
#
# Before you run it, commit yourself. What percentage of the strangers' digits will it read correctly? Write your number, such as 90, in place of `None`, and your claim becomes question 15. It says yes to every claim up to two standard errors above the result, so a modest one always holds: name the number that you would bet on.

# %%
# my_probabilities, if you have it, goes after my_predict
report = examination.examine(my_train, my_predict, claim=None, beside=original)
report

# %% [markdown]
# Each *no* is explained below the list, with what was seen, often a small case, and a question for you. If there are several, start where the report says *Begin here*: that one may be the cause of the others, and of questions further up that must wait. For example, if two runs with the same generator differ (11), then raw and smaller pixels (5) may differ by chance alone. In the picture, look for a cross first, and then compare the first two rows of the lower panel: a network that does much better on its training digits than on others by the same writers has learnt the former by heart.

# %% mystnb={"image": {"alt": "The report as a figure. Above, seventeen questions and what the original got for each: a tick, a cross, a dash or three dots; only the question whether an image's answer is about that image alone has a cross, and two have three dots. Below, its accuracy with error bars on digits it learnt, on others by the same writers, and on those of strangers, all close together, the last beside a dotted line for ten averages."}} tags=["hide-input"]
figure = report.figure()
plt.show()

# %% [markdown]
# What do you do with a *no*? What you did in lesson 06: find the smallest case in which it shows, fix what is broken, and run the examination again. If you can show that the *no* is wrong, and your network is fine, that is a finding too. A method that needs no chance at all, for example, is told that it ignores its generator. So it does, and rightly.
#
# Once your network has changed for the last time, open the test set, which nobody has chosen by. Say your number first, ask once, and keep whatever comes out.
#
# ### What it can't see
#
# The examiner looks into your code only to see whether `mnistlib` or `course` is in it. Everything else that it knows, it found out by trying. If you run it twenty times and keep the network that does best on the strangers' digits, it notices nothing, although whoever chooses also picks up some luck ([lesson 04](04_training_curves.ipynb)). If a layer was trained beforehand on the whole file, and only the last one learns here, then random labels spoil that one all the same (9), and it notices nothing.
#
# So, on a day when you aren't tired, think of an eighteenth question: something that a network which reads digits should do, or should never do, whoever made it. Write it as a function of `my_train` and `my_predict` that returns True or False. Then find out, as in lesson 06, whether it can fail, on your own network with a fault planted in it by your own hand.
#
# Here is ours. None of the seventeen asks about each digit by itself, so a network that reads nearly everything else but never answers 9 loses only about a tenth, and still beats ten averages. Can our question tell? We ask it of the ten averages, and of the nine that somebody gets who writes `range(9)`.


# %%
def reads_every_digit(my_train, my_predict):
    """Return True if at least half of each digit's images are read correctly."""
    parameters = my_train(few.images, few.labels, np.random.default_rng(seed=18))
    right = my_predict(parameters, strangers.images) == strangers.labels
    return all(right[strangers.labels == digit].mean() >= 0.5 for digit in range(10))


def ten_averages(images, labels, rng):
    return baseline.class_means(images, labels)


def nine_averages(images, labels, rng):
    return baseline.class_means(images, labels)[:9]


def nearest(means, images):
    return baseline.nearest_mean(images.reshape(-1, 784).astype(float), means)


_, few, _, strangers = paper.draw_paper()
print("ten averages: ", reads_every_digit(ten_averages, nearest))
print("nine averages:", reads_every_digit(nine_averages, nearest))

# %% [markdown]
# ## Recap
#
# You have, or will have by tonight, a network in which every line is yours, and a report that says what it does and how sure that is.
#
# - A contract of two functions is enough to examine a network, and small enough to leave the choices to its author.
# - The order in which a network is written is the order in which it can be tested.
# - An examination finds what it asks about.
#
# ## Questions to ask yourself
#
# 1. Labels are dealt out at random, a network learns them, and it still gets nine in ten of other people's digits right. What has happened?
#
#    <details><summary>Answer</summary>
#
#    The random labels hold nothing from which digits could be read, so it has learnt from other labels: the program has loaded images and labels by itself, and those that it is asked about are among them, or are like them. This is a **leak**, and its accuracy measures what it was not supposed to know.
#
#    </details>
#
# 2. A network with the softmax over the batch does very well on the 4,000 strangers' digits. Why doesn't that accuracy, with its standard error, say how well it reads?
#
#    <details><summary>Answer</summary>
#
#    It was measured with all 4,000 images side by side, and holds for nobody who comes alone. The standard error says how much the number would vary with other writers, not whether the question was the right one.
#
#    </details>
#
# 3. Why does the examination also train your network on images that it has divided by 255, although `my_train` may do the same?
#
#    <details><summary>Answer</summary>
#
#    It is an experiment. If your network learns far *better* from the smaller pixels, then bytes up to 255 were too large for a part of it: for a sigmoid, which is flat where the sums lie far out, or for the learning rate, since the pixels are a factor in the first layer's gradient. If it learns worse, perhaps because `my_train` divides as well, that is nothing to worry about.
#
#    </details>
#
# 4. Your network passes every check. May you write that it works?
#
#    <details><summary>Answer</summary>
#
#    You may write what was asked, on whose digits, and what came out, with its error. *It works* is a claim about questions that nobody has put yet.
#
#    </details>
#
# ## Next
#
# The course proper ends here, with something that you made. If you came here straight from 06, your network is now the best reason to read on: [lesson 07](07_deeper.ipynb) asks what becomes of it with more layers, [10](10_seeing_shapes.ipynb) shows it which pixels are neighbours, and [11](11_let_the_machine_differentiate.ipynb) writes your gradients for you. And if you have read all that, there is a sheet of paper, a pen, and somebody who has never seen one of your 7s.
