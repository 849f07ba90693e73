"""Lesson 04's ``minibatches``: the batches that an answer dealt."""

import itertools
from collections.abc import Callable
from functools import cached_property

import numpy as np

from course.exercises.cases import fresh_generator, is_fresh
from course.exercises.exercise import Arguments


class Deal:
    """The batches that an answer dealt, beside what it was asked for."""

    def __init__(self, arguments: Arguments, result: object) -> None:
        """Take the arguments as the call left them, and its result."""
        self.n, self.batch_size, self.rng, self.epochs = arguments
        self.result = result

    @property
    def first(self) -> object:
        """What was dealt first, if anything."""
        return self.result[0] if len(self.result) else None

    @property
    def count(self) -> int:
        """How many things came at once."""
        return len(self.first)

    @cached_property
    def batches(self) -> list[np.ndarray]:
        """The batches as arrays."""
        return [np.asarray(batch) for batch in self.result]

    @cached_property
    def sizes(self) -> list[int]:
        """How many indices each batch has."""
        return [batch.size for batch in self.batches]

    @property
    def full(self) -> list[int]:
        """How many the batches of one epoch should have."""
        starts = range(0, self.n, self.batch_size)
        return [min(self.batch_size, self.n - start) for start in starts]

    @property
    def dealt_epochs(self) -> int:
        """How many epochs the batches make."""
        return len(self.sizes) // len(self.full)

    @property
    def largest(self) -> int:
        """The largest of the indices that were dealt."""
        return max(max(order) for order in self.orders)

    @property
    def last(self) -> int:
        """The largest index."""
        return self.n - 1

    @cached_property
    def by_epoch(self) -> list[list[list[int]]]:
        """The batches of each epoch, as lists of indices."""
        count = len(self.full)
        lists = [batch.tolist() for batch in self.batches]
        return [lists[count * epoch : count * (epoch + 1)] for epoch in range(self.epochs)]

    @cached_property
    def orders(self) -> list[list[int]]:
        """The indices of each epoch in their order."""
        return [list(itertools.chain(*batches)) for batches in self.by_epoch]

    @property
    def is_long(self) -> bool:
        """Whether chance would hardly leave the order as it was."""
        return self.n > 8

    def has_other_sizes(self) -> bool:
        """Whether the batches have other sizes than asked for."""
        return self.sizes != self.full * self.epochs

    def draws_each_batch_anew(self) -> bool:
        """Whether all batches are full, and an index comes again before an epoch has ended."""
        whole = self.n // self.batch_size
        dealt = [index for batch in self.batches[:whole] for index in batch.tolist()]
        full = {*self.sizes} == {self.batch_size}
        return self.has_other_sizes() and full and len({*dealt}) < len(dealt)

    def shuffles_pieces(self) -> bool:
        """Whether the batches are pieces of the file, with the smaller one anywhere."""
        if not self.has_other_sizes() or sorted(self.sizes) != sorted(self.full * self.epochs):
            return False
        return all(
            np.array_equal(batch, batch[0] + np.arange(batch.size)) for batch in self.batches
        )

    def runs_over_the_end(self) -> bool:
        """Whether a batch reaches from one epoch into the next."""
        ends = {self.n * epoch for epoch in range(1, self.epochs + 1)}
        sums = np.cumsum(self.sizes).tolist()
        return self.has_other_sizes() and sums[-1] == self.n * self.epochs and not ends <= {*sums}

    def has_some_twice(self) -> bool:
        """Whether an index is missing in an epoch, or dealt twice."""
        return any(sorted(order) != list(range(self.n)) for order in self.orders)

    @property
    def sorted_firsts(self) -> list[bool]:
        """Whether the first batch of each epoch is a piece of the file in its order."""
        firsts = [order[: self.batch_size] for order in self.orders]
        return [first == [*range(first[0], first[-1] + 1)] for first in firsts]

    def has_drawn(self, orders: int) -> bool:
        """Tell whether rng is as it is after so many orders of all indices."""
        rng = fresh_generator()
        for _ in range(orders):
            rng.permutation(self.n)
        return rng.bit_generator.state == self.rng.bit_generator.state

    @property
    def repeats_batches(self) -> bool:
        """Whether the same indices share a batch in two epochs."""
        sets = [{frozenset(batch) for batch in batches} for batches in self.by_epoch]
        return have_much_in_common(sets)

    @property
    def repeats_neighbours(self) -> bool:
        """Whether the same indices follow each other in two epochs."""
        sets = [{frozenset(pair) for pair in itertools.pairwise(order)} for order in self.orders]
        return have_much_in_common(sets)

    @property
    def repeats_halves(self) -> bool:
        """Whether the same indices make the first half of every epoch."""
        halves = [frozenset(order[: self.n // 2]) for order in self.orders]
        return len(set(halves)) < self.epochs


def have_much_in_common(sets: list[set]) -> bool:
    """Tell whether two sets share more than chance would let them: a third of what they hold."""
    return any(3 * len(a & b) > len(a) for a, b in itertools.combinations(sets, 2))


#: In which ways a deal can be wrong. Orders are asked about only where there are many indices.
PREDICATES: dict[str, Callable[[Deal], bool]] = {
    "returns_nothing": lambda deal: deal.result is None,
    # a batch in a tuple with something else
    "deals_pairs": lambda deal: (
        isinstance(deal.first, tuple) and any(np.ndim(part) == 1 for part in deal.first)
    ),
    "deals_nothing": lambda deal: len(deal.result) == 0,
    "is_one_batch": lambda deal: isinstance(deal.result, np.ndarray) and np.ndim(deal.first) == 0,
    "deals_slices": lambda deal: isinstance(deal.first, slice),
    "deals_single_indices": lambda deal: np.ndim(deal.first) == 0,
    "is_nested": lambda deal: any(batch.ndim != 1 for batch in deal.batches),
    "deals_masks": lambda deal: all(
        batch.dtype == bool and batch.shape == (deal.n,) for batch in deal.batches
    ),
    "has_other_sizes": Deal.has_other_sizes,
    "draws_each_batch_anew": Deal.draws_each_batch_anew,
    "has_one_epoch": lambda deal: deal.epochs > 1 and deal.sizes == deal.full,
    "has_other_epochs": lambda deal: (
        deal.has_other_sizes() and deal.sizes == deal.full * deal.dealt_epochs
    ),
    # the smaller batch at the end of each epoch is missing
    "has_lost_the_last": lambda deal: (
        len(deal.full) > 1 and deal.sizes == deal.full[:-1] * deal.epochs
    ),
    "shuffles_pieces": Deal.shuffles_pieces,
    "runs_over_the_end": Deal.runs_over_the_end,
    "counts_from_one": lambda deal: any(
        not 0 <= index < deal.n for order in deal.orders for index in order
    ),
    "has_some_twice": Deal.has_some_twice,
    "shuffles_for_each_batch": lambda deal: (
        len(deal.full) > 1 and deal.has_some_twice() and deal.has_drawn(orders=len(deal.batches))
    ),
    "has_drawn_nothing": lambda deal: deal.is_long and is_fresh(deal.rng),
    "begins_in_order": lambda deal: deal.is_long and deal.orders[0] == sorted(deal.orders[0]),
    "has_sorted_batches": lambda deal: deal.is_long and any(deal.sorted_firsts),
    # all epochs have one order in a list, and rng was asked for more than one
    "repeats_the_last_order": lambda deal: (
        deal.is_long
        and deal.epochs > 1
        and len({*map(tuple, deal.orders)}) == 1
        and not deal.has_drawn(orders=1)
    ),
    "repeats_an_order": lambda deal: deal.is_long and len({*map(tuple, deal.orders)}) < deal.epochs,
    "repeats_batches": lambda deal: deal.is_long and deal.repeats_batches,
    "repeats_neighbours": lambda deal: deal.is_long and deal.repeats_neighbours,
    "has_no_indices": lambda deal: any(batch.dtype.kind not in "iu" for batch in deal.batches),
    # a dtype that cannot hold the indices of 60,000 images
    "has_a_narrow_dtype": lambda deal: any(
        np.iinfo(batch.dtype).max < 60_000 for batch in deal.batches
    ),
    "shuffles_parts_apart": lambda deal: deal.is_long and deal.repeats_halves,
}
