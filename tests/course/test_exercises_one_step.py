"""No wrong answer passes: all one-step changes of each solution are refused, or compute the same.

Each exercise's changes run in a process of their own, which is killed if one of them does not end.
"""

import copy
import itertools
import multiprocessing
import warnings

import numpy as np
import pytest

from course.exercises import EXERCISES, lesson_07
from course.exercises.checker import check_answer
from mnistlib import convolution, functions, network, original

from . import places
from .one_step import changed

#: In seconds, for one change; most take a millisecond.
LIMIT = 10
_ANY = np.random.default_rng(2024)


def _n(*shape, wide=1.0):
    return wide * _ANY.normal(size=shape)


def _far(n, classes):
    """Rows about very different sizes, and some with one entry far above the others."""
    z = _n(n, classes) * 10.0 ** _ANY.integers(-2, 4, (n, 1))
    z[0, 0] += 3000
    return z


def _y(n, classes):
    return np.eye(classes)[_ANY.integers(0, classes, n)]


def _deep(n, *sizes):
    pairs = [shape for pair in itertools.pairwise(sizes) for shape in (pair, pair[1:])]
    arrays = [_n(*shape) for shape in pairs]
    arrays = network.Parameters(*arrays) if len(sizes) == 3 else tuple(arrays)
    return arrays, _n(n, sizes[0]), _y(n, sizes[-1])


def _right(n, q):
    return _ANY.random(n) < q


def _labels(n):
    return np.concatenate([np.arange(10), _ANY.integers(0, 10, n)]).astype(np.uint8)


def _pooled(z):
    return _n(2, 3, 2, 3), z, convolution.max_pool(z)


def _to_fit(n):
    return _n(n, 5, wide=2), _n(n, 3), float(_ANY.random())


#: Wide random and extreme arguments for each exercise with one defined result.
WIDE = {
    "accuracy": lambda: (_ANY.dirichlet(np.ones(5), 7), _ANY.integers(0, 5, 7)),
    "confidently_wrong": lambda: (
        _ANY.dirichlet(np.ones(5), 7),
        _ANY.integers(0, 5, 7),
        float(_ANY.random()),
    ),
    "label_header": lambda: (bytes(_ANY.integers(0, 256, 40).tolist()),),
    "one_hot": lambda: (_ANY.integers(0, 7, 9).astype(np.uint8), 7),
    "class_means": lambda: (_ANY.integers(0, 256, (31, 4, 3)).astype(np.uint8), _labels(21)),
    "nearest_mean": lambda: (_n(50, 7, wide=3), _n(6, 7) * _ANY.random((6, 1)) * 3),
    "central_difference": lambda: (_ANY.choice([np.exp, np.cos]), *_ANY.random(2) * 3),
    "sigmoid": lambda: (np.concatenate([_n(40, wide=5), [-740, -720, -40, 0, 40, 1e3, -1e3]]),),
    "softmax": lambda: (_far(7, 5),),
    "softmax_backward": lambda: (functions.softmax(_n(6, 5, wide=3)), _n(6, 5)),
    "log_softmax": lambda: (_far(7, 5),),
    "cross_entropy": lambda: (_far(7, 5), _y(7, 5)),
    "cross_entropy_with_gradient": lambda: (_far(7, 5), _y(7, 5)),
    "bias_gradient": lambda: (_n(6, 4),),
    "layer_gradients": lambda: (_n(6, 3), _n(6, 4)),
    "hidden_gradient": lambda: (_n(6, 3), _n(5, 3), functions.sigmoid(_n(6, 5, wide=3))),
    "tanh_backward": lambda: (_n(6, 5), np.tanh(_n(6, 5))),
    "check_gradient": lambda: (lambda u: np.sin(u).sum() ** 2, _n(3, 2), _n(3, 2)),
    "mended_gradients": lambda: _deep(6, 5, 4, 3),
    "three_layer_gradients": lambda: _deep(6, 5, 4, 3, 2),
    "sgd_update": lambda: (*[(_n(3), _n(2, 4)) for _ in range(3)], 0.3, 0.7),
    "standard_error_by_group": lambda: (_right(60, 0.8), 7 * _ANY.integers(0, 9, 60) + 5),
    "class_bias": lambda: (_far(5, 7).T,),
    "depends_on_company": lambda: (
        _ANY.choice([original.softmax_over_batch, functions.softmax, lambda z: z - z.mean()]),
    ),
    "paired": lambda: (_right(40, _ANY.random()), _right(40, _ANY.random())),
    "rate_for_scaled": lambda: (_ANY.random() * 10, _ANY.random() * 300),
    "loss_at_the_start": lambda: (int(_ANY.integers(2, 50)),),
    "deep_gradients": lambda: lesson_07._way_back(_ANY.integers(999), 6, 5, 4, 3),
    "residual_gradients": lambda: lesson_07._way_around(_ANY.integers(999), 6, 5, 3),
    "relu_backward": lambda: (_n(6, 5), np.maximum(_n(6, 5), 0)),
    "divide_backward": lambda: (_n(4, 5), _n(4, 5), _n(4, 5)),
    "unbroadcast": lambda: (
        _n(3, 1, 4, 5),
        [(4, 1), (1, 4, 5), (3, 1, 1, 1)][_ANY.integers(3)],
    ),
    "take_backward": lambda: (_n(4, 5), _ANY.integers(0, 6, (4, 5)), 8),
    "unit_rows_backward": lambda: (_n(4, 5), _n(4, 5)),
    "he_limit": lambda: (int(_ANY.integers(1, 999)),),
    "lightest_weights": lambda: (_n(5), float(_n(1)[0])),
    "weight_left": lambda: (*_n(1), *_ANY.random(2), int(_ANY.integers(1, 9))),
    "decayed": lambda: (float(_ANY.random()), _n(5, 3), _n(5, 3), float(_ANY.random())),
    "stopped_at": lambda: (_ANY.integers(0, 9, 12) / 2, int(_ANY.integers(1, 5))),
    "choose_and_report": lambda: (_n(4, 6), _n(4, 6)),
    "reliability": lambda: (
        np.append(_ANY.random(60) * _ANY.choice([0.4, 1.0]), _ANY.choice([1.0, 0.2512])),
        _right(61, 0.7),
    ),
    "without_weakest": lambda: (
        *np.linalg.svd(_n(6, 4), full_matrices=False),
        _n(6, 3),
        int(_ANY.integers(0, 4)),
    ),
    "decayed_fit": lambda: _to_fit(_ANY.integers(2, 9)),
    "image_patches": lambda: (_n(7, 6), int(_ANY.integers(1, 5))),
    "max_pool": lambda: (_n(3, 6, 4, 2),),
    "kernel_gradient": lambda: (_n(3, 4, 2, 3), _n(5, 4, 2, 3)),
    "pixel_blame": lambda: (_n(3, 4), _n(*[int(_ANY.integers(1, 4))] * 2)),
    "max_pool_backward": lambda: _pooled(_n(2, 6, 4, 3)),
}


def _answer(exercise, source):
    space = dict(exercise.reference.__globals__)
    exec(source, space)
    return space[exercise.reference.__name__]


def _results(function, args):
    """Return what a function computes and what it leaves of its arguments, or None if it raises."""
    given = copy.deepcopy(args)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = function(*given)
    except Exception:
        return None
    several = result if isinstance(result, (tuple, list)) else [result]
    several = [] if result is None else list(several)
    return several + [part for arg in given if isinstance(arg, tuple) for part in arg]


def computes_the_same(exercise, function, tries=40):
    """Tell whether a function gives the reference's results, on wide random and extreme input."""
    small = 1e-7 if exercise.name == "check_gradient" else 0
    for _ in range(tries):
        args = WIDE[exercise.name]()
        wanted, got = (_results(f, args) for f in (exercise.reference, function))
        try:
            assert len(wanted) == len(got)
            for a, b in zip(wanted, got, strict=True):
                assert np.shape(a) == np.shape(b)
                scale = np.abs(np.asarray(a, float)).max(initial=0) * 1e-9
                np.testing.assert_allclose(b, a, rtol=1e-6, atol=max(small, scale))
        except (AssertionError, TypeError, ValueError):
            return False
    return True


def _work(name, sources, start, answers):
    exercise = EXERCISES[name]
    for source in sources[start:]:
        try:
            function = _answer(exercise, source)
            refused = check_answer(exercise, function).kind != "right"
            answers.send("refused" if refused else computes_the_same(exercise, function))
        except Exception as error:
            answers.send(f"{type(error).__name__}: {error}")


def verdicts(name):
    """Return for each change of a solution: "refused", "killed", True if it computes the same, False."""
    exercise, found = EXERCISES[name], []
    sources = changed(exercise.reference)
    ways = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in ways else "spawn")
    while len(found) < len(sources):
        answers, sends = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(name, sources, len(found), sends), daemon=True)
        worker.start()
        sends.close()
        try:
            while len(found) < len(sources) and answers.poll(LIMIT):
                found.append(answers.recv())
        except EOFError:
            pass
        if len(found) < len(sources):
            found.append("killed")  # it neither ended nor answered: nobody calls that right
        worker.kill()
        worker.join()
    return dict(zip(sources, found, strict=True))


@pytest.mark.parametrize("name", WIDE)
def test_every_one_step_change_is_refused_or_computes_the_same(name):
    all_verdicts = verdicts(name)
    assert len(all_verdicts) >= 5, f"{places.entry(name)}: it has too few steps to try"
    passed = [
        source
        for source, verdict in all_verdicts.items()
        if verdict not in ("refused", "killed", True)
    ]
    assert not passed, (
        f"{places.entry(name)}: write a case that refuses each of {len(passed)} wrong answers:\n"
        + "\n\n".join(passed)
    )


#: Exercises that have no one result.
MANY = {"split", "minibatches", "name_the_faults", "tune", "order"}


@pytest.mark.parametrize("name", sorted({*EXERCISES, *WIDE}))
def test_an_exercise_with_one_defined_result_is_tried(name):
    assert name in EXERCISES, f"tests/course/test_exercises_one_step.py: under WIDE, drop {name!r}"
    assert name in WIDE or name in MANY, (
        f"tests/course/test_exercises_one_step.py: write under WIDE, as {name!r}, a function that draws "
        "arguments at random, far apart and extreme"
    )


def test_a_change_that_never_ends_is_killed(monkeypatch):
    endless = "def bias_gradient(dz):\n    while True:\n        pass"
    monkeypatch.setattr(
        f"{__name__}.changed", lambda f: [endless, "def bias_gradient(dz): return dz"]
    )
    monkeypatch.setattr(f"{__name__}.LIMIT", 1)
    assert list(verdicts("bias_gradient").values()) == ["killed", "refused"]


if __name__ == "__main__":
    totals = [0, 0, 0, 0]
    for name in WIDE:
        if name not in EXERCISES:
            continue
        values = list(verdicts(name).values())
        counts = [len(values), values.count(True), values.count("refused") + values.count("killed")]
        counts.append(counts[0] - counts[1] - counts[2])
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        print(f"{name:26}" + "".join(f"{count:7}" for count in counts), flush=True)
    print(f"{'made, same, refused, passed':26}" + "".join(f"{total:7}" for total in totals))
