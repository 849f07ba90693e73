"""Lesson 06's checks catch their own fault and no other, and a reader's check is answered truly."""

from dataclasses import replace
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from course import autopsy
from course.materials import faulty_download
from mnistlib import download, functions, original

ORIGINAL = original.Recipe()


@pytest.mark.parametrize("number", autopsy.CHECKS)
def test_a_check_fails_on_the_original_and_passes_where_its_fault_is_repaired(number):
    check = autopsy.CHECKS[number]
    passing = {repaired for repaired, recipe in autopsy.recipes().items() if check(recipe)}
    assert passing == autopsy.ALSO.get(number, {number})


def test_every_check_passes_where_all_is_repaired():
    repaired = replace(
        ORIGINAL,
        **{name: value for repair in autopsy.REPAIRS.values() for name, value in repair.items()},
    )
    assert autopsy.examine(repaired).endswith("yours   + + + + + + + + +")
    assert autopsy.examine(ORIGINAL).endswith("yours   - - - - - - - - -")


def reads_the_name(recipe):
    return recipe.pixels == "scaled"


def counts_whole_epochs(recipe):
    return recipe.epoch(391, 50_000) == 1


def starts_at_nine_tenths(recipe):
    weights = recipe.initial_weights(np.random.RandomState(0))
    pixels = np.random.RandomState(1).uniform(0, 1, (128, 784))
    recorded, _ = recipe.gradients(weights, pixels, np.eye(10)[np.arange(128) % 10])
    return np.isclose(recorded, 0.9, atol=0.01)


def keeps_something(recipe):
    file = download.FILES["test_labels"]
    with TemporaryDirectory() as folder, faulty_download.unfriendly_server() as address:
        return faulty_download.fetch(recipe, file, folder, [address]).stat().st_size > 1000


def splits_alike_on_one_day(recipe):
    many = np.arange(20_000)
    first, second = (original.split(recipe, (many, many))[0][0] for _ in range(2))
    return np.array_equal(first, second)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda recipe: None, "returns None"),
        (lambda recipe: 1 / 0, "raised ZeroDivisionError on the original"),
        (reads_the_name, "by reading recipe.pixels"),
        (lambda recipe: True, "passes every recipe"),
        (lambda recipe: False, "fails every recipe"),
        (counts_whole_epochs, "Compare with < or <="),
        (starts_at_nine_tenths, "starts near 1, not 0.90"),
        (keeps_something, "Catch download.DownloadError"),
        (splits_alike_on_one_day, "shuffle=None"),
        (lambda recipe: not autopsy.CHECKS[7](recipe), "upside down"),
        (lambda recipe: not autopsy.CHECKS[3](recipe), "fails once fault 3 is repaired"),
        (
            lambda recipe: recipe.prepare(np.ones((1, 28, 28), np.uint8)).max() < 1,
            "catches fault 9",
        ),
        (
            lambda recipe: autopsy.CHECKS[7](recipe) or autopsy.CHECKS[9](recipe),
            "passes with any of the faults 7 and 9 repaired",
        ),
        (
            lambda recipe: not (autopsy.CHECKS[7](recipe) or autopsy.CHECKS[9](recipe)),
            "fails with any of the faults 7 and 9 repaired",
        ),
    ],
)
def test_a_readers_check_is_answered(check, said):
    reply = autopsy.try_check(check)
    assert said in reply
    assert max(map(len, reply.splitlines())) <= 90


class OnlyInLargeBatches(original.Recipe):
    """Looks around in batches of 20 or more alone."""

    def probabilities(self, z2):
        return original.softmax_over_batch(z2) if len(z2) >= 20 else functions.softmax(z2)


class CentredOverTheBatch(original.Recipe):
    """Looks around in its logits, before a good softmax."""

    def logits(self, weights, x):
        z2 = super().logits(weights, x)
        return z2 - z2.mean(axis=0)


@pytest.mark.parametrize("kind", [OnlyInLargeBatches, CentredOverTheBatch])
def test_company_is_seen_wherever_it_enters(kind):
    recipe = kind(softmax="over the classes", pixels="scaled")
    assert not autopsy.answers_alone_as_in_company(recipe)
