"""What to do next, from what can be seen of a wrong answer where no known mistake explains it."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from course.exercises.attempt import Attempt, call
from course.exercises.compare import NUMBERS, alike, is_several, shape_of
from course.exercises.exercise import Exercise
from course.exercises.faults import (
    Part,
    held,
    in_letters,
    in_numbers,
    named_axes,
    parts_of,
)
from course.exercises.one_change import one_change
from course.exercises.relation import (
    EXACT,
    JOINED_RELATIONS,
    LOOSE,
    Fields,
    Pair,
    arguments_of,
    as_numbers,
    first_difference,
    is_telling,
    relation,
    right_in_another_shape,
    sizes_in_all,
    where_an_argument,
)
from course.exercises.reply import Fault
from course.exercises.right_for import right_for
from course.exercises.texts import GENERAL


def next_step(
    exercise: Exercise,
    attempts: list[Attempt],
    shown: Attempt,
    fault: Fault | None,
    names: frozenset[str] = frozenset(),
) -> str:
    """Return a sentence on what can be seen of an answer, which asks a question.

    Args:
        exercise: what is asked.
        attempts: what the answer made of each case that counts.
        shown: the one that the reply shows.
        fault: what is wrong there; None if NumPy warned, and the value is right.
        names: the names that the answer itself uses.
    """
    general = GENERAL["next"]
    if fault is None:
        return where_it_stops(shown) or general["unstable"]
    if fault.kind == "raises":
        return where_it_raises(exercise, shown) or general["raises"]
    sentence = ""
    if not exercise.objections:
        sentence = what_the_parts_are(exercise, attempts) or what_the_part_is(
            exercise, attempts, shown, fault, names
        )
    if sentence:
        return f"{sentence[0].upper()}{sentence[1:]}"
    if shown.extreme:
        return where_it_stops(shown) or general["unstable"]
    return general["hint"].format(exercise.hints[0])


def where_it_stops(shown: Attempt) -> str:
    """Name the line of which NumPy warned."""
    if not shown.outcome.line or not shown.outcome.warned:
        return ""
    return GENERAL["next"]["warned line"].format(shown.outcome.line)


def where_it_raises(exercise: Exercise, shown: Attempt) -> str:
    """Name the line that raised, and ask what fits the error."""
    outcome = shown.outcome
    asked = [question for words, question in GENERAL["stops"].items() if words in outcome.error]
    if not outcome.line:
        return f"{asked[0][0].upper()}{asked[0][1:]}" if asked else ""
    stops = f"It stops in the line `{outcome.line}`"
    if asked:
        return f"{stops}: {asked[0]}"
    is_told = any(words in outcome.error for words in GENERAL["shapes"])
    names = [] if is_told else held(outcome.names, in_letters(exercise, shown.case))
    return " ".join([f"{stops}.", *names, GENERAL["next"]["stopped"]])


def all_parts(exercise: Exercise, attempts: Sequence[Attempt]) -> list[list[Part] | None]:
    """Return for each attempt what it had to make; None where the results do not match in number."""
    return [parts_of(exercise, call(exercise.reference, each.case), each) for each in attempts]


def what_the_parts_are(exercise: Exercise, attempts: Sequence[Attempt]) -> str:
    """Say it if several results are right, and come in another order or form."""
    names = [name for name, _ in named_axes(exercise.shapes.split("->")[1])]
    keys = [call(exercise.reference, each.case).result for each in attempts]
    got = [each.outcome.result for each in attempts]
    if not all(is_several(key) for key in keys):
        return ""
    sentences = GENERAL["parts"]
    if all(isinstance(each, dict) for each in got):
        values = [tuple(each.values()) for each in got]
        return sentences["in a dictionary"] if all(map(alike, keys, values)) else ""
    flat = [tuple(itertools.chain(*each)) if are_several(each) else None for each in got]
    if all(each is not None and alike(key, each) for key, each in zip(keys, flat)):
        return sentences["nested"]
    for i, name in enumerate(names):
        if all(i < len(key) and alike(key[i], each) for key, each in zip(keys, got)):
            others = " and ".join(other for other in names if other != name)
            others = others if len(names) < 4 else "the others"
            return sentences["one of them"].format(name=name, others=others)
    if len(names) < 5:
        _, *orders = itertools.permutations(range(len(names)))  # the first is theirs
        for order in orders:
            reordered = [tuple(key[i] for i in order) for key in keys if len(key) == len(order)]
            if len(reordered) == len(keys) and all(map(alike, reordered, map(tuple_of, got))):
                return sentences["in another order"]
    return ""


def are_several(value: object) -> bool:
    """Tell whether a value is a list of lists, say."""
    return is_several(value) and all(is_several(each) for each in value)


def tuple_of(value: object) -> object:
    """Return a list as a tuple; anything else as it is."""
    return tuple(value) if is_several(value) else value


def what_the_part_is(
    exercise: Exercise,
    attempts: Sequence[Attempt],
    shown: Attempt,
    fault: Fault,
    names_used: frozenset[str],
) -> str:
    """Say how the result that is wrong is related to what is wanted, or where it differs first."""
    parts = all_parts(exercise, attempts)
    place = attempts.index(shown)
    if parts[place] is None:
        return about_their_number(exercise, shown)
    wrong = [i for i, part in enumerate(parts[place]) if part.name == fault.part]
    if not wrong:
        return ""
    pairs = []
    for each, attempt in zip(parts, attempts):
        if each is not None and len(each) > wrong[0] and not attempt.outcome.error:
            part = each[wrong[0]]
            pairs.append(Pair(part.wanted, part.got, in_letters(exercise, attempt.case)))
    part = parts[place][wrong[0]]
    pair = Pair(part.wanted, part.got, in_letters(exercise, shown.case))
    if as_numbers(pair.wanted) is None:
        return ""
    narrow = about_its_dtype(pair)
    if narrow:
        return narrow
    is_complete = len(pairs) == len(attempts)
    if not is_complete and not shown.extreme and is_telling(pairs):
        known = one_change(exercise, attempts, names_used)
        if known:
            return in_words(*known)
    if is_complete and not shown.extreme:
        names = [name for name, _ in named_axes(exercise.shapes.split("->")[1])]
        known = relation(pairs, EXACT)
        if not known and is_telling(pairs):
            known = (
                right_for(exercise, attempts, [each.got for each in pairs], names, fault.part)
                or relation(pairs, JOINED_RELATIONS)
                or one_change(exercise, attempts, names_used)
            )
        known = known or relation(pairs, LOOSE)
        if known:
            return in_words(*known)
    if shape_of(pair.got) is None or np.asarray(pair.got).dtype.kind not in NUMBERS:
        if shape_of(pair.got) is not None and np.iscomplexobj(pair.got):
            return GENERAL["forms"]["complex"]
        form = "no array" if shape_of(pair.wanted) else "no number"
        return GENERAL["forms"][form].format(what=no_numbers(pair.got))
    kinds = [np.asarray(each).dtype.kind for each in (pair.wanted, pair.got)]
    if kinds[0] == "b" != kinds[1] and shape_of(pair.got) == ():
        return GENERAL["forms"]["no truth"]
    if shape_of(pair.got) != shape_of(pair.wanted):
        known = relation(pairs, (right_in_another_shape,))  # where some cases have no result
        return (
            in_words(*known)
            if known
            else about_its_shape(pair, pairs if is_complete else [pair], part.axes)
        )
    name, sentence = about_its_entries(pair, pairs if is_complete else [pair])
    question = GENERAL["questions"].get(name) or question_about(exercise, attempts, shown)
    if shown.extreme:
        question = where_it_stops(shown) or GENERAL["next"]["unstable"]
    return f"{sentence} {question}".strip()


#: What an array holds that holds no numbers, by NumPy's letter.
HELD: dict[str, str] = {"U": "text", "S": "bytes", "O": "objects", "c": "complex numbers"}


def no_numbers(value: object) -> str:
    """Say what came in the place of numbers."""
    if isinstance(value, np.ndarray):
        return f"an array of {HELD.get(value.dtype.kind, value.dtype.name)}"
    return f"a {type(value).__name__}"


def in_words(name: str, fields: Fields) -> str:
    """Put a relation into words; one of its fields may be a relation itself."""
    inner = {key: in_words(*value) for key, value in fields.items() if isinstance(value, tuple)}
    return GENERAL["relations"][name].format(**{**fields, **inner})


def about_their_number(exercise: Exercise, shown: Attempt) -> str:
    """Say that one array came where several results are wanted, or that too few or too many came."""
    got = shown.outcome.result
    names = [name for name, _ in named_axes(exercise.shapes.split("->")[1])]
    key = call(exercise.reference, shown.case).result
    if is_several(got) and is_several(key):
        if len(got) > len(key) and alike(tuple(key), tuple(got[: len(key)])):
            return GENERAL["parts"]["some and more"].format(count=len(got) - len(key))
        if got and len(got) < len(key) <= len(names) and alike(tuple(key[: len(got)]), tuple(got)):
            others = ", ".join(names[len(got) : len(key)])
            return GENERAL["parts"]["some of them"].format(others=others)
    if shape_of(got) is None or not all(names):
        return ""
    return GENERAL["parts"]["one array"].format(names=", ".join(names))


def about_its_dtype(pair: Pair) -> str:
    """Say that a result has a dtype of few digits."""
    if shape_of(pair.got) is None or shape_of(pair.got) != shape_of(pair.wanted):
        return ""
    dtype = np.asarray(pair.got).dtype
    wide = np.asarray(pair.wanted).dtype
    if dtype.kind != "f" or wide.kind != "f" or dtype.itemsize >= wide.itemsize:
        return ""
    limits = np.finfo(dtype)
    if not np.allclose(*pair.arrays, rtol=float(limits.eps) * 100, atol=float(limits.tiny)):
        return ""  # something else is wrong as well
    return GENERAL["forms"]["narrow dtype"].format(
        dtype=dtype, digits=limits.precision, smallest=f"{limits.smallest_subnormal:.0e}"
    )


def about_its_shape(pair: Pair, pairs: Sequence[Pair], axes: Sequence[str]) -> str:
    """Say which axis is too many, missing, or of another size."""
    wanted, got = shape_of(pair.wanted), shape_of(pair.got)
    forms = GENERAL["forms"]
    if np.size(pair.got) == 0 and np.size(pair.wanted):
        return forms["empty"]
    if len(got) != len(wanted):
        if all(np.size(each.wanted) == np.size(each.got) for each in pairs):
            return forms["as many numbers"]
        form = "fewer axes" if len(got) < len(wanted) else "more axes"
        return forms[form].format(wanted=counted(len(wanted)), got=counted(len(got)))
    axis = next(i for i, pair in enumerate(zip(wanted, got)) if pair[0] != pair[1])
    letter = f", which should count `{axes[axis]}`," if axis < len(axes) and axes[axis] else ""
    where = f"along axis {axis}{letter}"
    lengths = [
        (shape_of(each.wanted)[axis], shape_of(each.got)[axis])
        for each in pairs
        if len(shape_of(each.got) or ()) == len(shape_of(each.wanted)) > axis
    ]
    off = {got - wanted for wanted, got in lengths}
    if off in ({1}, {-1}) and len(lengths) == len(pairs) > 1:
        return forms["one off"].format(where=where, side="long" if off == {1} else "short")
    for name, sizes in lengths_named(pairs):
        if sizes == [got for _, got in lengths]:
            return forms["another axis"].format(where=where, name=name)
    return forms["another size"].format(where=where, wanted=wanted[axis], got=got[axis])


def lengths_named(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[int]]]:
    """Yield what an axis may be as long as in every case: another one, or a number that is given."""
    yield from sizes_in_all(pairs)
    for name, values in arguments_of(pairs):
        if all(value.shape == () for value in values):
            yield name, [int(value) for value in values]


def counted(axes: int) -> str:
    """Say how many axes there are."""
    return {0: "no axis", 1: "1 axis"}.get(axes, f"{axes} axes")


def about_its_entries(pair: Pair, pairs: Sequence[Pair]) -> tuple[str, str]:
    """Return a name and a sentence: which entry differs first, and what the wrong ones share."""
    difference = first_difference(pair, pairs)
    if difference:
        name, fields = difference
        return name, GENERAL["entries"][name].format(**fields)
    shared = where_an_argument(pairs)
    if shared and np.size(pair.wanted) == 1:
        return "where_a_number", GENERAL["entries"]["where_a_number"].format(**shared)
    is_count = np.asarray(pair.wanted).dtype.kind in "iu"
    is_place = is_count and np.ndim(pair.wanted)  # a class, say, is not too large or too small
    if np.size(pair.wanted) != 1 or np.asarray(pair.wanted).dtype.kind == "b" or is_place:
        return "", ""
    wanted, got = (each.item() for each in pair.arrays)
    words = comparison(wanted, got, is_count)
    return "a number", GENERAL["entries"]["a number"].format(comparison=words)


def comparison(wanted: float, got: float, is_count: bool) -> str:
    """Say how a number is related to another one."""
    if not np.isfinite(got):
        return "no ordinary number"
    if is_count:
        return f"too {'large' if got > wanted else 'small'} by {abs(got - wanted):.4g}"
    if got == 0 or abs(wanted) < 1e-9 * abs(got):
        return f"off by {abs(got - wanted):.4g}"
    if wanted * got < 0:
        return "on the other side of 0"
    return f"{got / wanted:.4g} times as large as it should be"


#: How long the arguments may be that are named in passing, and how many numbers a pencil can follow.
FEW = 60


def question_about(exercise: Exercise, attempts: Sequence[Attempt], shown: Attempt) -> str:
    """Return what to ask where nothing more is known of an answer: about the case that it fails."""
    questions = GENERAL["questions"]
    before = attempts[: attempts.index(shown)]
    cases = [in_numbers(exercise, attempt.case) for attempt in before]
    short = [words for words in cases if len(words) <= FEW]
    if short:
        return questions["right before"].format(short[-1])
    if len(in_numbers(exercise, shown.case)) <= 2 * FEW:
        return questions["by hand"]
    return questions["hint"].format(exercise.hints[0])
