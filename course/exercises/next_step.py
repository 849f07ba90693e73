"""What to do next, from what can be seen of a wrong answer where no known mistake explains it."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from course.exercises.attempt import Attempt, call
from course.exercises.changed_arguments import find_changed_arguments
from course.exercises.changed_key import find_changed_key
from course.exercises.compare import NUMBERS, alike, is_several, shape_of
from course.exercises.exercise import Exercise
from course.exercises.faults import (
    Part,
    case_in_numbers,
    named_arguments,
    names_in_words,
    parts_of,
)
from course.exercises.first_difference import find_difference
from course.exercises.pairs import (
    Finding,
    Pair,
    arguments_of,
    as_numbers,
    is_telling,
    sizes_in_all,
)
from course.exercises.relations import COMPLETE, PARTIAL, WITH_SOMETHING_MADE, find_relation
from course.exercises.relations_of_shape import right_in_another_shape
from course.exercises.reply import Fault
from course.exercises.texts import GENERAL


def find_next_step(
    exercise: Exercise,
    attempts: list[Attempt],
    shown: Attempt,
    fault: Fault | None,
    names_used: frozenset[str],
) -> str:
    """Return a sentence on what can be seen of an answer, which asks a question.

    Args:
        exercise: what is asked.
        attempts: what the answer made of each case that counts.
        shown: the one that the reply shows.
        fault: what is wrong there; None if NumPy warned, and the value is right.
        names_used: the names that the answer itself uses.
    """
    if fault is None:
        return about_a_warning(shown)
    if fault.kind == "raises":
        return about_an_error(exercise, shown)
    sentence = ""
    if not exercise.objections:
        sentence = about_the_results(exercise, attempts) or about_the_wrong_result(
            exercise, attempts, shown, fault.part, names_used
        )
    if sentence:
        return capitalised(sentence)
    if shown.extreme:
        return about_a_warning(shown)
    return GENERAL["next"]["hint"].format(exercise.hints[0])


def capitalised(sentence: str) -> str:
    """Return a sentence with a capital at its beginning, and all else as it is."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def in_words(finding: Finding) -> str:
    """Put a relation into words; one of its fields may be a relation itself."""
    fields = {
        name: in_words(value) if isinstance(value, Finding) else value
        for name, value in finding.fields.items()
    }
    return GENERAL["relations"][finding.name].format(**fields)


# A line that NumPy warned of, or that raised


def about_a_warning(shown: Attempt) -> str:
    """Name the line of which NumPy warned, if it did."""
    if not shown.outcome.line or not shown.outcome.warned:
        return GENERAL["next"]["unstable"]
    return GENERAL["next"]["warned line"].format(shown.outcome.line)


def about_an_error(exercise: Exercise, shown: Attempt) -> str:
    """Name the line that raised, and ask what fits the error."""
    outcome = shown.outcome
    stops = f"It stops in the line `{outcome.line}`"
    for words, question in GENERAL["stops"].items():
        if words in outcome.error:
            return f"{stops}: {question}" if outcome.line else capitalised(question)
    if not outcome.line:
        return GENERAL["next"]["raises"]
    lines = [f"{stops}."]
    shapes_are_said = any(words in outcome.error for words in GENERAL["shapes"])
    if not shapes_are_said:
        lines += names_in_words(outcome.names, named_arguments(exercise, shown.case))
    return " ".join([*lines, GENERAL["next"]["stopped"]])


# Several results at once


def about_the_results(exercise: Exercise, attempts: Sequence[Attempt]) -> str:
    """Say it if several results are right, and come in another order or form."""
    wanted = [call(exercise.reference, attempt.case).result for attempt in attempts]
    got = [attempt.outcome.result for attempt in attempts]
    if not all(is_several(results) for results in wanted):
        return ""
    names = [shape.name for shape in exercise.result_shapes]
    sentences = GENERAL["parts"]
    if all(isinstance(results, dict) for results in got):
        values = [tuple(results.values()) for results in got]
        return sentences["in a dictionary"] if all(map(alike, wanted, values)) else ""
    if all(
        is_nested(results) and alike(in_case, tuple(itertools.chain(*results)))
        for in_case, results in zip(wanted, got)
    ):
        return sentences["nested"]
    for i, name in enumerate(names):
        if all(
            i < len(in_case) and alike(in_case[i], result) for in_case, result in zip(wanted, got)
        ):
            others = [other for other in names if other != name]
            in_short = " and ".join(others) if len(names) < 4 else "the others"
            return sentences["one of them"].format(name=name, others=in_short)
    return sentences["in another order"] if are_in_another_order(wanted, got, len(names)) else ""


def is_nested(value: object) -> bool:
    """Tell whether a value is a list of lists, say."""
    return is_several(value) and all(is_several(entry) for entry in value)


def are_in_another_order(wanted: Sequence[tuple], got: Sequence[object], count: int) -> bool:
    """Tell whether one other order makes the results right in all cases; of five or more, no."""
    if count > 4 or any(len(in_case) != count for in_case in wanted):
        return False
    _, *other_orders = itertools.permutations(range(count))  # the first is as they are wanted
    got = [tuple(results) if is_several(results) else results for results in got]
    return any(
        all(
            alike(tuple(in_case[i] for i in order), results)
            for in_case, results in zip(wanted, got)
        )
        for order in other_orders
    )


def about_their_number(exercise: Exercise, shown: Attempt) -> str:
    """Say that one array came where several results are wanted, or that too few or too many came."""
    got = shown.outcome.result
    wanted = call(exercise.reference, shown.case).result
    names = [shape.name for shape in exercise.result_shapes]
    if is_several(got) and is_several(wanted):
        if len(got) > len(wanted) and alike(tuple(wanted), tuple(got[: len(wanted)])):
            count = len(got) - len(wanted)
            return GENERAL["parts"]["some and more"].format(count=count)
        if 0 < len(got) < len(wanted) <= len(names) and alike(
            tuple(wanted[: len(got)]), tuple(got)
        ):
            others = ", ".join(names[len(got) : len(wanted)])
            return GENERAL["parts"]["some of them"].format(others=others)
    if shape_of(got) is None or not all(names):
        return ""
    return GENERAL["parts"]["one array"].format(names=", ".join(names))


# The result that is wrong


@dataclass(frozen=True, eq=False)
class WrongResult:
    """The result that is wrong in the case that is shown, there and in the other cases."""

    name: str
    #: Its axes, in the letters of the task.
    axes: Sequence[str]
    #: In the case that is shown.
    shown: Pair
    #: In all cases in which the answer returned one.
    pairs: Sequence[Pair]
    #: Whether these are all cases that count.
    is_in_all_cases: bool

    @property
    def comparable(self) -> Sequence[Pair]:
        """The cases of which something may be said: all of them, or only the one that is shown."""
        return self.pairs if self.is_in_all_cases else [self.shown]


def about_the_wrong_result(
    exercise: Exercise,
    attempts: Sequence[Attempt],
    shown: Attempt,
    name: str,
    names_used: frozenset[str],
) -> str:
    """Say how the result that is wrong is related to what is wanted, or where it differs first."""
    if parts_in(exercise, shown) is None:
        return about_their_number(exercise, shown)
    wrong = result_called(name, exercise, attempts, shown)
    if wrong is None or as_numbers(wrong.shown.wanted) is None:
        return ""
    narrow_dtype = about_a_narrow_dtype(wrong.shown)
    if narrow_dtype:
        return narrow_dtype
    if not shown.extreme:
        cause = find_cause(wrong, exercise, attempts, names_used)
        if cause:
            return in_words(cause)
    return (
        about_its_form(wrong.shown)
        or about_its_shape(wrong)
        or about_its_entries(wrong, exercise, attempts, shown)
    )


def parts_in(exercise: Exercise, attempt: Attempt) -> list[Part] | None:
    """Return what a call had to make; None if the results do not match in number."""
    return parts_of(exercise, call(exercise.reference, attempt.case), attempt)


def result_called(
    name: str, exercise: Exercise, attempts: Sequence[Attempt], shown: Attempt
) -> WrongResult | None:
    """Return the result of a name, in all cases in which there is one."""
    parts = parts_in(exercise, shown)
    names = [part.name for part in parts]
    if name not in names:
        return None
    place = names.index(name)
    in_each_case = [pair_at(place, exercise, attempt) for attempt in attempts]
    pairs = [pair for pair in in_each_case if pair is not None]
    return WrongResult(
        name=name,
        axes=parts[place].axes,
        shown=in_each_case[attempts.index(shown)],
        pairs=pairs,
        is_in_all_cases=len(pairs) == len(attempts),
    )


def pair_at(place: int, exercise: Exercise, attempt: Attempt) -> Pair | None:
    """Return one of a case's results, as it is wanted and as it came; None if it did not come."""
    parts = parts_in(exercise, attempt)
    if attempt.outcome.error or parts is None or place >= len(parts):
        return None
    arguments = named_arguments(exercise, attempt.case)
    return Pair(parts[place].wanted, parts[place].got, arguments)


def find_cause(
    wrong: WrongResult,
    exercise: Exercise,
    attempts: Sequence[Attempt],
    names_used: frozenset[str],
) -> Finding | None:
    """Return what explains the result in all cases: what says all first, at last what says a part.

    In between, many changes are tried out: only where the numbers are telling, since of a few zeros
    and ones some change would be right by accident.
    """
    if not wrong.is_in_all_cases:
        return find_changed_key(exercise, attempts, names_used) if is_telling(wrong.pairs) else None
    finding = find_relation(wrong.pairs, COMPLETE)
    if not finding and is_telling(wrong.pairs):
        finding = (
            find_changed_arguments(exercise, attempts, wrong.name)
            or find_relation(wrong.pairs, WITH_SOMETHING_MADE)
            or find_changed_key(exercise, attempts, names_used)
        )
    return finding or find_relation(wrong.pairs, PARTIAL)


# Its dtype, and whether it holds numbers


def about_a_narrow_dtype(pair: Pair) -> str:
    """Say that a result is right but for a dtype of few digits."""
    if shape_of(pair.got) is None or shape_of(pair.got) != shape_of(pair.wanted):
        return ""
    dtype = np.asarray(pair.got).dtype
    wanted_dtype = np.asarray(pair.wanted).dtype
    if dtype.kind != "f" or wanted_dtype.kind != "f" or dtype.itemsize >= wanted_dtype.itemsize:
        return ""
    limits = np.finfo(dtype)
    rtol = float(limits.eps) * 100
    if not np.allclose(pair.wanted_array, pair.got_array, rtol=rtol, atol=float(limits.tiny)):
        return ""  # something else is wrong as well
    return GENERAL["forms"]["narrow dtype"].format(
        dtype=dtype, digits=limits.precision, smallest=f"{limits.smallest_subnormal:.0e}"
    )


#: What an array holds that holds no numbers, by NumPy's letter.
HELD: dict[str, str] = {"U": "text", "S": "bytes", "O": "objects", "c": "complex numbers"}


def about_its_form(pair: Pair) -> str:
    """Say it if something else came than numbers, or a number where True or False is wanted."""
    forms = GENERAL["forms"]
    is_array_or_number = shape_of(pair.got) is not None
    if is_array_or_number and np.iscomplexobj(pair.got):
        return forms["complex"]
    if not is_array_or_number or np.asarray(pair.got).dtype.kind not in NUMBERS:
        form = "no array" if shape_of(pair.wanted) else "no number"
        return forms[form].format(what=no_numbers(pair.got))
    wants_truth = np.asarray(pair.wanted).dtype.kind == "b"
    if wants_truth and shape_of(pair.got) == () and np.asarray(pair.got).dtype.kind != "b":
        return forms["no truth"]
    return ""


def no_numbers(value: object) -> str:
    """Say what came in the place of numbers."""
    if isinstance(value, np.ndarray):
        return f"an array of {HELD.get(value.dtype.kind, value.dtype.name)}"
    return f"a {type(value).__name__}"


# Its shape


def about_its_shape(wrong: WrongResult) -> str:
    """Say it if the shape is wrong: which axis is too many, missing, or of another size."""
    wanted = shape_of(wrong.shown.wanted)
    got = shape_of(wrong.shown.got)
    if got == wanted:
        return ""
    finding = find_relation(wrong.pairs, (right_in_another_shape,))  # where some have no result
    if finding:
        return in_words(finding)
    forms = GENERAL["forms"]
    if np.size(wrong.shown.got) == 0 and np.size(wrong.shown.wanted):
        return forms["empty"]
    if len(got) == len(wanted):
        return about_a_length(wrong)
    if all(np.size(pair.wanted) == np.size(pair.got) for pair in wrong.comparable):
        return forms["as many numbers"]
    form = "fewer axes" if len(got) < len(wanted) else "more axes"
    return forms[form].format(wanted=counted(len(wanted)), got=counted(len(got)))


def counted(axes: int) -> str:
    """Say how many axes there are."""
    return {0: "no axis", 1: "1 axis"}.get(axes, f"{axes} axes")


def about_a_length(wrong: WrongResult) -> str:
    """Say along which axis the length is wrong, and what it is instead."""
    wanted = shape_of(wrong.shown.wanted)
    got = shape_of(wrong.shown.got)
    axis = next(i for i in range(len(wanted)) if wanted[i] != got[i])
    letter = wrong.axes[axis] if axis < len(wrong.axes) else ""
    where = f"along axis {axis}, which should count `{letter}`," if letter else f"along axis {axis}"
    with_that_axis = [
        pair
        for pair in wrong.comparable
        if len(shape_of(pair.got) or ()) == len(shape_of(pair.wanted)) > axis
    ]
    wanted_lengths = [shape_of(pair.wanted)[axis] for pair in with_that_axis]
    got_lengths = [shape_of(pair.got)[axis] for pair in with_that_axis]
    forms = GENERAL["forms"]
    off = {is_ - should_be for is_, should_be in zip(got_lengths, wanted_lengths)}
    if off in ({1}, {-1}) and len(with_that_axis) == len(wrong.comparable) > 1:
        return forms["one off"].format(where=where, side="long" if off == {1} else "short")
    for name, lengths in possible_lengths(wrong.comparable):
        if lengths == got_lengths:
            return forms["another axis"].format(where=where, name=name)
    return forms["another size"].format(where=where, wanted=wanted[axis], got=got[axis])


def possible_lengths(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[int]]]:
    """Yield what an axis may be as long as in every case: another one, or a number that is given."""
    yield from sizes_in_all(pairs)
    for name, values in arguments_of(pairs):
        if all(value.shape == () for value in values):
            yield name, [int(value) for value in values]


# Its entries


def about_its_entries(
    wrong: WrongResult, exercise: Exercise, attempts: Sequence[Attempt], shown: Attempt
) -> str:
    """Say which entry differs first and what the wrong ones share, and ask what leads on."""
    difference = find_difference(wrong.shown, wrong.comparable)
    name = difference.name if difference else ""
    sentence = GENERAL["entries"][name].format(**difference.fields) if difference else ""
    if shown.extreme:
        question = about_a_warning(shown)
    else:
        question = GENERAL["questions"].get(name) or question_about(exercise, attempts, shown)
    return f"{sentence} {question}".strip()


#: How many letters of arguments are named in passing; with twice as many a pencil can work.
SHORT = 60


def question_about(exercise: Exercise, attempts: Sequence[Attempt], shown: Attempt) -> str:
    """Return what to ask where nothing more is known of an answer: about the case that it fails."""
    questions = GENERAL["questions"]
    right_before = [
        case_in_numbers(exercise, attempt.case) for attempt in attempts[: attempts.index(shown)]
    ]
    short = [words for words in right_before if len(words) <= SHORT]
    if short:
        return questions["right before"].format(short[-1])
    if len(case_in_numbers(exercise, shown.case)) <= 2 * SHORT:
        return questions["by hand"]
    return questions["hint"].format(exercise.hints[0])
