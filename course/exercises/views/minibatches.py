"""Lesson 04's ``minibatches``: the batches that an answer dealt."""

import itertools
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


def returns_nothing(deal: Deal) -> bool:
    """Tell whether no value came back at all, nor was one yielded."""
    return deal.result is None


def deals_pairs(deal: Deal) -> bool:
    """Tell whether a batch came in a tuple with something else."""
    is_a_tuple = isinstance(deal.first, tuple)
    return is_a_tuple and any(np.ndim(part) == 1 for part in deal.first)


def deals_nothing(deal: Deal) -> bool:
    """Tell whether there is no batch at all."""
    return len(deal.result) == 0


def is_one_batch(deal: Deal) -> bool:
    """Tell whether the result is a batch, not several."""
    return isinstance(deal.result, np.ndarray) and np.ndim(deal.first) == 0


def deals_slices(deal: Deal) -> bool:
    """Tell whether slices were dealt in place of arrays."""
    return isinstance(deal.first, slice)


def deals_single_indices(deal: Deal) -> bool:
    """Tell whether indices were dealt one by one."""
    return np.ndim(deal.first) == 0


def is_nested(deal: Deal) -> bool:
    """Tell whether several batches were handed out as one."""
    return any(batch.ndim != 1 for batch in deal.batches)


def deals_masks(deal: Deal) -> bool:
    """Tell whether a batch is a mask over all the images."""
    return all(batch.dtype == bool and batch.shape == (deal.n,) for batch in deal.batches)


def has_other_sizes(deal: Deal) -> bool:
    """Tell whether the batches have other sizes than asked for."""
    return deal.sizes != deal.full * deal.epochs


def draws_each_batch_anew(deal: Deal) -> bool:
    """Tell whether all batches are full, and an index comes again before an epoch has ended."""
    whole = deal.n // deal.batch_size
    dealt = [index for batch in deal.batches[:whole] for index in batch.tolist()]
    full = {*deal.sizes} == {deal.batch_size}
    return has_other_sizes(deal) and full and len({*dealt}) < len(dealt)


def has_one_epoch(deal: Deal) -> bool:
    """Tell whether the sizes are those of one epoch of several."""
    return has_other_sizes(deal) and deal.epochs > 1 and deal.sizes == deal.full


def has_other_epochs(deal: Deal) -> bool:
    """Tell whether the sizes are right, but for another number of epochs."""
    return has_other_sizes(deal) and deal.sizes == deal.full * deal.dealt_epochs


def has_lost_the_last(deal: Deal) -> bool:
    """Tell whether the smaller batch at the end of each epoch is missing."""
    without = deal.full[:-1] * deal.epochs
    return has_other_sizes(deal) and len(deal.full) > 1 and deal.sizes == without


def shuffles_pieces(deal: Deal) -> bool:
    """Tell whether the batches are pieces of the file, with the smaller one anywhere."""
    if not has_other_sizes(deal) or sorted(deal.sizes) != sorted(deal.full * deal.epochs):
        return False
    return all(np.array_equal(batch, batch[0] + np.arange(batch.size)) for batch in deal.batches)


def runs_over_the_end(deal: Deal) -> bool:
    """Tell whether a batch reaches from one epoch into the next."""
    ends = {deal.n * epoch for epoch in range(1, deal.epochs + 1)}
    sums = np.cumsum(deal.sizes).tolist()
    return has_other_sizes(deal) and sums[-1] == deal.n * deal.epochs and not ends <= {*sums}


def counts_from_one(deal: Deal) -> bool:
    """Tell whether some index is none of the n."""
    return any(not 0 <= index < deal.n for order in deal.orders for index in order)


def has_some_twice(deal: Deal) -> bool:
    """Tell whether an index is missing in an epoch, or dealt twice."""
    return any(sorted(order) != list(range(deal.n)) for order in deal.orders)


def shuffles_for_each_batch(deal: Deal) -> bool:
    """Tell whether rng was asked for an order for each batch, and the batches do not make epochs."""
    shuffled = fresh_generator()
    for _ in deal.batches:
        shuffled.permutation(deal.n)
    as_many = shuffled.bit_generator.state == deal.rng.bit_generator.state
    return as_many and len(deal.full) > 1 and has_some_twice(deal)


def has_drawn_nothing(deal: Deal) -> bool:
    """Tell whether the generator is as it was."""
    return deal.is_long and is_fresh(deal.rng)


def begins_in_order(deal: Deal) -> bool:
    """Tell whether the first epoch follows the file."""
    return deal.is_long and deal.orders[0] == sorted(deal.orders[0])


def has_sorted_batches(deal: Deal) -> bool:
    """Tell whether the first batch of an epoch is a piece of the file in its order."""
    firsts = [order[: deal.batch_size] for order in deal.orders]
    return deal.is_long and any(first == [*range(first[0], first[-1] + 1)] for first in firsts)


def repeats_the_last_order(deal: Deal) -> bool:
    """Tell whether all epochs have one order in a list, and rng was asked for more than one."""
    once = fresh_generator()
    once.permutation(deal.n)
    again = once.bit_generator.state != deal.rng.bit_generator.state
    one_order = len({*map(tuple, deal.orders)}) == 1
    return deal.is_long and deal.epochs > 1 and again and one_order


def repeats_an_order(deal: Deal) -> bool:
    """Tell whether two epochs have the same order."""
    return deal.is_long and len({tuple(order) for order in deal.orders}) < deal.epochs


def repeats_batches(deal: Deal) -> bool:
    """Tell whether the same indices share a batch in two epochs."""
    sets = [{frozenset(batch) for batch in batches} for batches in deal.by_epoch]
    return deal.is_long and have_much_in_common(sets)


def repeats_neighbours(deal: Deal) -> bool:
    """Tell whether the same indices follow each other in two epochs."""
    sets = [{frozenset(pair) for pair in itertools.pairwise(order)} for order in deal.orders]
    return deal.is_long and have_much_in_common(sets)


def have_much_in_common(sets: list[set]) -> bool:
    """Tell whether two sets share more than chance would let them: a third of what they hold."""
    return any(3 * len(a & b) > len(a) for a, b in itertools.combinations(sets, 2))


def has_no_indices(deal: Deal) -> bool:
    """Tell whether the numbers are not of an integer dtype."""
    return any(batch.dtype.kind not in "iu" for batch in deal.batches)


def has_a_narrow_dtype(deal: Deal) -> bool:
    """Tell whether the dtype cannot hold the indices of 60,000 images."""
    return any(np.iinfo(batch.dtype).max < 60_000 for batch in deal.batches)


def shuffles_parts_apart(deal: Deal) -> bool:
    """Tell whether the same indices make the first half of every epoch."""
    halves = [frozenset(order[: deal.n // 2]) for order in deal.orders]
    return deal.is_long and len(set(halves)) < deal.epochs
