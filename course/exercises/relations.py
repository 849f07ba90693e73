"""How a wrong result is related to the right one: a factor, a sign, a missing sum, another order.

Each relation is a named predicate. It is asked about the answers to all cases at once, so that what
is said is never the accident of one; its sentence stands under its name in ``general.txt``. They
are asked in the order of the tables here.
"""

from collections.abc import Callable, Sequence

import numpy as np

from course.exercises.pairs import Fields, Finding, Pair, as_numbers, same
from course.exercises.relations_of_numbers import (
    another_order,
    begun_again,
    constant_difference,
    constant_factor,
    cut_off_at_a_bound,
    difference_of_a_size,
    difference_of_each_case,
    difference_of_each_column,
    difference_of_each_row,
    factor_of_a_size,
    factor_of_each_case,
    factor_of_each_column,
    factor_of_each_row,
    function_of_each,
    nearly_right,
    nothing_but_zeros,
    one_number_everywhere,
    one_number_in_each_case,
    opposite,
    rounded,
    running_sum,
    spread_out,
    whole_numbers,
)
from course.exercises.relations_of_shape import (
    right_in_another_shape,
    some_are_missing,
    some_are_too_many,
    sum_is_missing,
    sum_too_many,
)
from course.exercises.relations_to_arguments import (
    argument_for_a_factor,
    argument_itself,
    beyond_an_argument,
    factor_of_an_argument,
    joined_to_an_argument,
    product_for_a_sum,
    something_of_an_argument,
    sum_with_an_argument,
    two_factors,
)

#: A relation: it returns the fields of its sentence if it holds for all pairs.
Relation = Callable[[Sequence[Pair]], Fields | None]


def not_called(pairs: Sequence[Pair]) -> Fields | None:
    """The result is a method that was not called."""
    if not all(callable(pair.got) for pair in pairs):
        return None
    return {"name": getattr(pairs[0].got, "__name__", "it")}


#: Relations that say all, the likelier first.
COMPLETE: tuple[Relation, ...] = (
    not_called,
    nothing_but_zeros,
    one_number_everywhere,
    argument_itself,
    opposite,
    factor_of_a_size,
    factor_of_an_argument,
    constant_factor,
    argument_for_a_factor,
    sum_with_an_argument,
    product_for_a_sum,
    constant_difference,
    difference_of_a_size,
    rounded,
    whole_numbers,
    begun_again,
    another_order,
    running_sum,
    spread_out,
    function_of_each,
    cut_off_at_a_bound,
    right_in_another_shape,
    sum_is_missing,
    sum_too_many,
    some_are_missing,
    some_are_too_many,
)
#: Those that try out much, and name something made of an argument.
WITH_SOMETHING_MADE: tuple[Relation, ...] = (
    joined_to_an_argument,
    something_of_an_argument,
    two_factors,
)
#: Those that say a part, for where nothing says more.
PARTIAL: tuple[Relation, ...] = (
    nearly_right,
    one_number_in_each_case,
    beyond_an_argument,
    factor_of_each_case,
    difference_of_each_case,
    factor_of_each_row,
    factor_of_each_column,
    difference_of_each_row,
    difference_of_each_column,
)


def find_relation(pairs: Sequence[Pair], relations: Sequence[Relation]) -> Finding | None:
    """Return the first relation that holds for all pairs; None where nothing is wrong."""
    if all(same(pair.wanted, pair.got) for pair in pairs):
        return None
    if any(not callable(pair.got) and as_numbers(pair.got) is None for pair in pairs):
        return None
    for holds in relations:
        try:
            with np.errstate(all="ignore"):
                fields = holds(pairs)
        except Exception:  # it is asked about whatever an answer returns
            continue
        if fields is not None:
            return Finding(holds.__name__, fields)
    return None
