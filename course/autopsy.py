"""Lesson 06's checks: one for each of the original's nine faults, and a reply to a reader's own.

A *check* gets a recipe, puts it to some test, and returns True if the recipe passes. A good one fails
on the original and passes where its own fault is repaired. Reached from lesson 06.
"""

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from tempfile import TemporaryDirectory

import numpy as np

from course import studies
from course.exercises.answer import definition_of
from course.materials import faulty_download
from course.shown import Shown
from mnistlib import data, download, functions, original
from mnistlib.gradcheck import central_difference

Check = Callable[[original.Recipe], bool]

#: What repairs each fault. The repairs of 4 and 5 suppose a good softmax, as lesson 06's ladder does.
REPAIRS = {
    1: {"cached": "the published file"},
    2: {"split": "after the seed"},
    3: {"softmax": "over the classes"},
    4: {"softmax": "over the classes", "jacobian": "whole"},
    5: {"softmax": "over the classes", "loss": "cross-entropy"},
    6: {"recorded": "the loss"},
    7: {"unit": "step"},
    8: {"slope": "stable"},
    9: {"pixels": "scaled"},
}

#: For a fault, the repairs after which a good check of it passes: those of 4 and 5 repair 3 as well, and
#: with cross-entropy the gradient is that of the loss.
ALSO = {3: {3, 4, 5}, 4: {4, 5}}

#: What to say of a check that fails every recipe, by what stands in its code.
WHERE_NONE_PASSES = {
    "recipe.epoch": (
        "After 391 steps of 128 images the epoch is 1.00096, since 50,000 is no multiple of 128.\n"
        "Compare with < or <=, not with ==."
    ),
    "recipe.gradients": (
        "Only one fault is repaired at a time, so the others stay and are in what you compare.\n"
        "The loss from recipe.gradients is the recorded one: class numbers, except with 6 repaired.\n"
        "With 6 repaired it starts near 1, not 0.90: over the batch, shares start at 1/n.\n"
        "To check a gradient (4), compute the loss yourself, from recipe.probabilities."
    ),
}


def recipes() -> dict[int, original.Recipe]:
    """Return the original as number 0, and under each fault's number the one in which it is repaired."""
    return {0: original.Recipe()} | {
        number: original.Recipe(**repair) for number, repair in REPAIRS.items()
    }


def try_check(check: Check) -> Shown:
    """Show the verdicts of a check, and what they say about it."""
    answers = {}
    for number, recipe in recipes().items():
        try:
            answers[number] = check(recipe)
        except download.DownloadError:
            return Shown(
                "Your check raised DownloadError, because the recipe refused what the server sent.\n"
                "It kept nothing, so it should pass. Catch download.DownloadError there,\n"
                "and return True."
            )
        except Exception as error:  # a reader's code may raise anything
            which = f"with fault {number} repaired" if number else "on the original"
            return Shown(
                f"Your check raised {type(error).__name__} {which}: {error}\nA check should return "
                "True or False for every recipe."
            )
    if all(answer is None for answer in answers.values()):
        return Shown("Your check returns None, so there is no verdict yet.")
    for answer in answers.values():
        if not isinstance(answer, bool | np.bool_):
            kind = type(answer).__name__
            return Shown(
                f"Your check returned a value of type {kind}, but True or False is wanted.\n"
                "If it is an array of answers, .all() or .any() turns it into one."
            )
    definition = definition_of(check)
    written = ast.unparse(definition) if definition else ""
    signs = ["+" if passed else "-" for passed in answers.values()]
    return Shown(
        "repaired: none  1 2 3 4 5 6 7 8 9\n"
        f"            {signs[0]}  {' '.join(signs[1:])}\n"
        f"{diagnosis(answers, written)}"
    )


def diagnosis(answers: dict[int, bool], written: str) -> str:
    """Return what a check's answers to the :func:`recipes`, and its code, say about it."""
    passing = {number for number in REPAIRS if answers[number]}
    failing = set(REPAIRS) - passing
    if not answers[0]:
        for number in REPAIRS:
            if passing == ALSO.get(number, {number}):
                field = list(REPAIRS[number])[-1]
                if f"recipe.{field}" in written:
                    return (
                        f"It recognises fault {number} by reading recipe.{field}, the name of "
                        "the choice.\nSomebody else's program has no such label. Make the recipe do "
                        "something,\nand look at what comes out."
                    )
                return (
                    f"It catches fault {number}: it fails on the original, and passes once that is "
                    "repaired.\nWhat would it pass that it should not?"
                )
        if not passing:
            hints = [hint for call, hint in WHERE_NONE_PASSES.items() if call in written]
            return "It fails every recipe, whatever is repaired. Would anything pass?\n" + (
                "\n".join(hints)
                or "Try it on the recipe with your fault repaired, and print what it compares.\nIf two "
                "numbers differ in their last digits, use np.isclose or np.allclose."
            )
        return (
            f"It passes with {_any_of(passing)} repaired.\nWhich fault is yours, and what do the "
            "other repairs change in what you look at?"
        )
    for number in REPAIRS:
        if failing == ALSO.get(number, {number}):
            return (
                f"It is upside down: it passes the original and fails once fault {number} is repaired.\n"
                "True means that the recipe passes. Is a `not` missing?"
            )
    if not failing:
        return (
            "It passes every recipe, even the original, so it does not see your fault.\nWhat comes out "
            "differently when the fault is repaired? If you are after fault 2:\noriginal.split draws a "
            "new day's shuffle only with shuffle=None."
        )
    return (
        f"It passes the original, and fails with {_any_of(failing)} repaired.\nA check "
        "should be the other way round, and ask about one fault."
    )


def _any_of(numbers: set[int]) -> str:
    *first, last = sorted(numbers)
    if not first:
        return f"fault {last} alone"
    return f"any of the faults {', '.join(map(str, first))} and {last}"


def ladder() -> dict[tuple[str, float, int], float]:
    """Return validation accuracies in percent by rung, rate and seed, of the full runs that lived."""
    accuracies = {}
    for row in studies.read("ladder")["rows"]:
        chosen, came_out = row["settings"], row["results"]
        if came_out["finite"] and "steps" not in chosen:
            key = chosen["rung"], chosen["rate"], chosen["seed"]
            accuracies[key] = 100 * came_out["accuracy"]
    return accuracies


def source(number: int) -> Shown:
    """Show the course's check of a fault."""
    return Shown(inspect.getsource(CHECKS[number]).rstrip())


def examine(recipe: original.Recipe) -> Shown:
    """Show which of the course's nine checks a recipe passes."""
    shown = " ".join("+" if check(recipe) else "-" for check in CHECKS.values())
    return Shown(f"check   1 2 3 4 5 6 7 8 9\nyours   {shown}")


@cache
def _mnist() -> data.Mnist:
    return data.load()


def a_small_batch(recipe: original.Recipe) -> tuple:
    """Twenty images as a recipe takes them, their targets, and weights far enough apart to see."""
    mnist = _mnist()
    start = recipe.initial_weights(np.random.RandomState(1))
    x = recipe.prepare(mnist.train_images[:20])
    return x, data.one_hot(mnist.train_labels[:20]), original.Weights(*(20 * W for W in start))


def keeps_only_the_file(recipe):
    """Return whether the file it keeps is the published one."""
    file = download.FILES["test_labels"]
    with TemporaryDirectory() as folder, faulty_download.unfriendly_server() as address:
        try:
            return download.is_good(faulty_download.fetch(recipe, file, folder, [address]), file)
        except download.DownloadError:
            return True  # refused: nothing was kept


def splits_alike(recipe):
    """Return whether runs on two different days make the same split."""
    many = np.arange(60_000)
    runs = [original.split(recipe, (many, many), shuffle=None)[0][0] for _ in range(2)]
    return np.array_equal(*runs)


def answers_alone_as_in_company(recipe):
    """Return whether images get the same answer alone as in company."""
    x, _, weights = a_small_batch(recipe)

    def answers(images):
        return recipe.probabilities(recipe.logits(weights, images))

    return np.allclose(answers(x), np.vstack([answers(row[None]) for row in x]))


def gradient_is_right(recipe):
    """Return whether the gradient is that of the loss."""
    recipe = replace(recipe, slope="stable", pixels="scaled")  # so that nothing overflows
    x, y, (W1, W2) = a_small_batch(recipe)
    rng = np.random.default_rng(seed=3)
    D1, D2 = rng.normal(size=W1.shape), rng.normal(size=W2.shape)  # a way to go, in both

    def loss(t):
        z2 = recipe.logits(original.Weights(W1 + t[0] * D1, W2 + t[0] * D2), x)
        if recipe.loss == "cross-entropy":
            return functions.cross_entropy(z2, y)
        return functions.squared_error(recipe.probabilities(z2), y)

    _, grads = recipe.gradients(original.Weights(W1, W2), x, y)
    slope = (grads.W1 * D1).sum() + (grads.W2 * D2).sum()
    return np.isclose(central_difference(loss, np.zeros(1))[0], slope, rtol=1e-4)


def pulls_where_it_is_wrong(recipe):
    """Return whether the loss pulls where the network is most wrong."""
    z = np.array([12.0, 0, 0, 0, 0, 0, 0, 0, 0, 0])  # sure of class 0
    sure = original.Weights(np.zeros((784, 128)), np.tile(z / 64, (128, 1)))  # all units at 1/2
    _, grads = recipe.gradients(sure, np.ones((1, 784)), data.one_hot([1]))
    return -2 * grads.W2[0, 1] > 0.1  # the pull on the right class's logit


def recorded_responds(recipe):
    """Return whether a nudge moves the recorded loss."""
    x, y, (W1, W2) = a_small_batch(recipe)

    def recorded(w):
        nudged = W2.copy()
        nudged[3, 4] = w[0]
        return recipe.gradients(original.Weights(W1, nudged), x, y)[0]

    return central_difference(recorded, W2[3, 4:5])[0] != 0


def an_epoch_is_a_pass(recipe):
    """Return whether epoch 1 is one pass over all images."""
    return recipe.epoch(390, 50_000) < 1 <= recipe.epoch(391, 50_000)  # of 128 images each


def slope_is_finite(recipe):
    """Return whether the slope is finite far out."""
    far_out = original.Weights(np.full((784, 128), -1000 / 784), np.zeros((128, 10)))
    with np.errstate(over="ignore", invalid="ignore"):  # each sum is -1000
        _, grads = recipe.gradients(far_out, np.ones((2, 784)), data.one_hot([3, 4]))
    return np.isfinite(grads.W1).all()


def sums_start_near_zero(recipe):
    """Return whether the sums' standard deviation is at most 1, where a sigmoid is steep."""
    W1, _ = recipe.initial_weights(np.random.RandomState(recipe.seed))
    return (recipe.prepare(_mnist().train_images[:1000]) @ W1).std() <= 1


#: The course's check of each fault.
CHECKS: dict[int, Check] = {
    1: keeps_only_the_file,
    2: splits_alike,
    3: answers_alone_as_in_company,
    4: gradient_is_right,
    5: pulls_where_it_is_wrong,
    6: recorded_responds,
    7: an_epoch_is_a_pass,
    8: slope_is_finite,
    9: sums_start_near_zero,
}
