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
# - put fair questions to a network that you know only by what it does;
# - show somebody what your network can do, and what you don't know about it.
#
# **You need** lessons [00](00_first_look.ipynb), [01](01_loading.ipynb), [02](02_sigmoid_softmax.ipynb), [03](03_backpropagation.ipynb), [04](04_training_curves.ipynb), [05](05_how_sure.ipynb) and [06](06_autopsy.ipynb). On the website the page itself trains and examines your network, on fewer images, and without lesson 06's notebook beside it; the landmarks and the figure need Jupyter.
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
from course.examination import benchmark, splits
from mnistlib import baseline, plotting

plotting.use_style()

# %% [markdown]
# ## Two functions
#
# An examiner has to call your program somehow, and two functions are enough, if we agree on what goes in and what comes out. Programmers call that a **contract**.
#
# | you write | it gets | it returns |
# |---|---|---|
# | `my_train(images, labels, rng)` | images of shape (n, 28, 28) with pixels from 0 to 255, bytes or floats; their digits, bytes (`uint8`) of shape (n,); a NumPy random generator, as in lesson 01 | parameters: whatever you like |
# | `my_predict(parameters, images)` | what `my_train` returned, and images | a digit, 0 to 9, for each image |
#
# Why so little? Because everything else is a choice, and the choices are the point: whether you scale the pixels, how many hidden layers you have, if any, which loss you take and when you stop. The examiner knows none of that, and can judge your network only by what it does.
#
# Two things are not your choice. Chance comes from `rng` alone, because otherwise nobody could repeat what you did. And nothing may come from `mnistlib` or `course`; not today.
#
# If your network can say how sure it is, write a third function, `my_probabilities(parameters, images)`, which returns ten probabilities for each image. It will be asked whether they are honest.
#
# ## The page
#
# Here it is. Nobody is counting your lines, or looking over your shoulder. The questions it will be asked are further down; read that first if you'd rather know.


# %%
def my_train(images, labels, rng):
    """Return parameters, in any form that my_predict understands."""
    ...


def my_predict(parameters, images):
    """Return the digit in each image, as whole numbers of shape (n,)."""
    ...


# %% [markdown]
# If you'd rather not start from nothing, take the order in which the course went:
#
# 1. Read the bytes, and look at ten images ([01](01_loading.ipynb)). The files are in `../data`.
# 2. Write the forward pass, and see that untrained scores are no better than chance ([02](02_sigmoid_softmax.ipynb)).
# 3. Write the loss ([02](02_sigmoid_softmax.ipynb)).
# 4. Write the gradients, and *check them* ([03](03_backpropagation.ipynb)).
# 5. Take one step, and see the loss fall ([03](03_backpropagation.ipynb)).
# 6. Learn ten images, and then all of them ([04](04_training_curves.ipynb)).
#
# Set some training images aside to judge your network by. Keep the test set closed until you are done; the examination doesn't use it either. The two functions may call as many other functions of yours as you like, from any cell.
#
# There is no solution to unfold, only three landmarks. If you have patience for only one, take the third: in lesson 06 a network learnt in spite of a false gradient, and no question of the examination asks about gradients.
#
# **First landmark: bytes.** What lies in a file before the first pixel, in which order do the pixels run, and how large can one of them be? Put the sixty thousand training images and their labels, before you set any aside, in place of the two `None` below.

# %%
examination.landmark_bytes(None, None)  # your images, your labels

# %% [markdown]
# **Second landmark: forward.** As soon as you have parameters, however badly chosen, write `my_forward(images)`, with them inside. Ten scores for each image or ten probabilities: either will do. Your function is shown fifty images, together and one at a time.


# %%
def my_forward(images):
    """Return ten numbers for each image, shape (n, 10), from your first parameters."""
    ...


examination.landmark_forward(my_forward)

# %% [markdown]
# **Third landmark: backward.** Choose a few images, and write their loss and its gradients as functions of the parameters alone. The parameters are a list, a tuple or a dictionary of `float64` arrays, and the gradients come in the same order, or under the same names. Some entries of each array are nudged, as in lesson 03. Put your parameters in place of the `None`.


# %%
def my_loss(parameters):
    """Return the loss of a few images, one number."""
    ...


def my_gradients(parameters):
    """Return the loss's gradient with respect to each array of the parameters."""
    ...


examination.landmark_backward(my_loss, my_gradients, None)

# %% [markdown]
# ## Seventeen questions
#
# Here is everything that will be asked, and a *yes* is always good:

# %%
for number, question in enumerate(examination.QUESTIONS.values(), start=1):
    print(f"{number:2}  {question}")
print()
for name, digits in splits.draw_splits()._asdict().items():
    print(f"{name:12} {len(digits.images):6,} digits, {len(np.unique(digits.writers))} writers")

# %%
examination.thresholds()

# %% [markdown]
# Your network is trained once on the digits called *learnt*, a fifth of the sixty thousand, and five times on a *few* of these, because some of the questions set one training run against another: the same generator twice, then a different one; true labels, then labels dealt out at random; the pixels as they are, then divided by 255. It is asked about digits that it has learnt, about others by the same writers, and about those of *strangers*, who wrote none of what it learnt. The *ten averages* to beat are the average images of [lesson 01](01_loading.ipynb).
#
# Try the questions on an old acquaintance first. The original notebook of lesson 06 has been put through the same examination. Three questions don't concern it, and get a dash: 1, because we run it with the course's code; 15, because nobody made a claim for it; and 17, because memory depends on the computer. That leaves fourteen.
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
# One *no*, eleven *yes*, and two with three dots, which can't be judged until the *no* is fixed; and that for a program in which [lesson 06](06_autopsy.ipynb) counts nine faults. Four of them can't be seen from outside: the download that it never checks, the split that it shuffles before seeding, the loss that it records, the steps that it calls epochs. Of the other five only the softmax over the batch was caught, because *an examination finds what it asks about*.
#
# Raw pixels are a fault as well, and yet question 5 says *yes*. Here is what it saw: the share of strangers' digits that are right with raw pixels, and with small ones, divided by 255.

# %%
original.findings["bytes"].seen

# %% [markdown]
# The question asks only whether small pixels do far better. Here they are a disaster, since the original's learning rate was chosen for raw ones; so the *yes* doesn't mean that raw pixels do no harm. The question that would find your fault may not have been thought of yet.
#
# After ten thousand steps the original gets 83.10% of the strangers' digits right. Ten average images, which never took a step, get 82.60%. On the same digits it gains 238 and loses 218, which is too near to tell which is better.
#
# <details><summary>Why does it read strangers better than the writers that it knows?</summary>
#
# By a point, which is less than the standard error of the difference, $\sqrt{0.72^2 + 0.94^2}$. Who happens to be among the 139 makes as much difference. (Their digits are among the sixty thousand, so your tuning may have seen them; the network that the examination trains has not.)
#
# </details>
#
# ## The examination
#
# Your network is trained six times. With 64 hidden units and five epochs all of it takes about ten seconds; a training run that has not ended after a minute is stopped.
#
# Before you run it, commit yourself. What percentage of the strangers' digits will your network read correctly? Write your number, such as 90, in place of `None` (on the website, in the editor's last line), and your claim becomes question 15. For comparison, [lesson 04](04_training_curves.ipynb) ends at 97.87% of the test set, with four times as many images. Question 15 says yes to every claim up to two standard errors above the result, so a modest one always holds: name the number that you would bet on.

# %%
# my_probabilities, if you have it, goes after my_predict
report = examination.examine(my_train, my_predict, claim=None, beside=original)
report

# %% [markdown]
# Each *no* is explained below the list, and ends in a question for you. If there are several, start where the report says *Begin here*: that one may be the cause of others, or keep them waiting. For example, if two runs with the same generator differ (11), then raw and smaller pixels (5) may differ by chance alone. And not every *no* is a fault: a method that needs no chance at all is told that it ignores its generator (12). So it does, and rightly.
#
# In the picture, look for a cross first, and then compare the first two rows of the lower panel: a network that does much better in the first has learnt its digits by heart.

# %% mystnb={"image": {"alt": "The report as a figure. Above, seventeen questions and what the original got for each: a tick, a cross, a dash or three dots; only the question whether an image's answer is about that image alone has a cross, and two have three dots. Below, its accuracy with error bars on digits it learnt, on others by the same writers, and on those of strangers, all close together, the last beside a dotted line for ten averages."}} tags=["hide-input"]
figure = report.figure()
plt.show()

# %% [markdown]
# Treat a *no* as in lesson 06: find the smallest case in which it shows, fix what is broken, and run the examination again. If you can show that the *no* is wrong, that is a finding too.
#
# Once your network has changed for the last time, open the test set, which has had no say in anything you chose. Say your number first, ask once, and keep whatever comes out.
#
# Then write five lines for a friend who would like to use your network: what it was asked, on whose digits, what came out, with what standard error, and what nobody has asked it yet. The last line is the hardest, and the most honest.
#
# ### What it can't see
#
# The examiner looks into your code only for `mnistlib` and `course`; everything else it finds out by trying. If you run it twenty times and keep the network that does best on the strangers' digits, it notices nothing, although the best of twenty owes something to luck ([lesson 04](04_training_curves.ipynb)).
#
# So, on a day when you aren't tired, think of an eighteenth question: something that every network which reads digits should do, or should never do. Write it as a function of `my_train` and `my_predict` that returns True or False. Then find out, as in lesson 06, whether it can fail, on your own network with a fault that you plant in it.
#
# Here is ours. None of the seventeen asks about each digit by itself, so a network that never answers 9 loses its 9s, at most one image in ten. Can our question tell? We ask it of the ten averages, and of the nine averages that you'd get by writing `range(9)`.


# %%
_, few, _, strangers = splits.draw_splits()


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
#    It was measured with all 4,000 images side by side, and says nothing about an image that comes alone. The standard error says how much the number would vary with other writers, not whether the question was the right one.
#
#    </details>
#
# 3. Why does the examination also train your network on images that it has divided by 255, although `my_train` may do the same?
#
#    <details><summary>Answer</summary>
#
#    If your network learns far *better* from the smaller pixels, then bytes up to 255 were too large for a part of it: for a sigmoid, which is flat where the sums lie far out, or for the learning rate, since the pixels are a factor in the first layer's gradient. If it learns worse, perhaps because `my_train` divides as well, that is nothing to worry about.
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
