"""The numbers of the pictures one can touch: the library's own, on what is drawn at random."""

import numpy as np
import pytest
from numpy.polynomial.legendre import legvander

from course import pictures
from course.exercises.lesson_02 import softmax_jacobian
from course.pictures import packing
from mnistlib import attention, convolution, data, functions, network, original, training
from mnistlib.gradcheck import central_difference
from website.tests.tabs import Shown


@pytest.fixture
def rng():
    return np.random.default_rng(14)


def close(ours, theirs, **how):
    np.testing.assert_allclose(ours, theirs, **{"rtol": 0, "atol": 1e-6, **how})


def test_attend(lone, rng):
    shown = Shown(lone, "attend")
    content = pictures.attend().data
    cards = np.frombuffer(content[-40 * 784 :], np.uint8).reshape(40, 28, 28)
    parameters = packing.unpacked(packing.stored("attend"))
    for _ in range(8):
        pairs, asked = rng.integers(40, size=(4, 2)).tolist(), int(rng.integers(40))
        times = round(float(rng.uniform(0.05, 2)), 2)
        shown.set(pairs=pairs, asked=asked, times=times, strokes=None)
        model = attention.Attention(times / 4)
        wanted = model.forward(parameters, model.prepare(cards[[asked, *np.ravel(pairs)]][None]))
        p = functions.softmax(wanted.z)[0]
        close(shown.numbers(".weight"), wanted.w[0])
        close(shown.probabilities, p)
        assert shown.el.locator(".verdict strong").inner_text() == str(p.argmax())
        widths = shown.el.locator(".looks line").evaluate_all(
            "lines => lines.map(line => parseFloat(getComputedStyle(line).strokeWidth))"
        )
        assert np.argmax(widths) == wanted.w[0].argmax()


def test_axes(lone, rng):
    shown = Shown(lone, "axes")
    z, _, _ = packing.asked_arrays(pictures.axes().data)
    z = z.astype(float)
    for axis in (0, 1, 0, 1):
        rows = rng.permutation(35)[: rng.integers(1, 20)].tolist()
        shown.set(axis=axis, rows=rows, held=[rows[0], 3])
        exponentials = np.exp(z[rows] - z[rows].max(axis=axis, keepdims=True))
        wanted = exponentials / exponentials.sum(axis=axis, keepdims=True)
        close(shown.numbers("button[data-column]").reshape(-1, 10), wanted)
        says = [int(text[0]) for text in shown.el.locator(".says-it").all_inner_texts()]
        assert says == wanted.argmax(axis=1).tolist()
        assert shown.el.locator("button.lit").count() == (10 if axis == 1 else len(rows))


def test_backprop(lone, rng):
    shown = Shown(lone, "backprop")
    sizes = {"x": (1, 2), "W1": (2, 2), "b1": 2, "W2": (2, 2), "b2": 2}
    for target in (0, 1, 0, 1, 0, 1):
        numbers = {name: rng.normal(0, 2, size) for name, size in sizes.items()}
        state = {name: array.ravel().tolist() for name, array in numbers.items()}
        shown.set(**state, target=target, step=24)
        x = numbers.pop("x")
        loss, grads = network.gradients(network.Parameters(**numbers), x, np.eye(2)[[target]])
        wanted = np.concatenate([array.ravel() for array in grads])
        close(shown.numbers("svg"), loss)
        close(shown.numbers("td.blame"), wanted)
        close(shown.numbers("td.nudge"), wanted)


def test_company(lone, rng):
    shown = Shown(lone, "company")
    z2, labels, _ = packing.asked_arrays(pictures.company().data)
    z2 = z2.astype(float)
    for size in (0, 1, 7, 127, 199):
        asked, *others = rng.permutation(200)[: size + 1].tolist()
        shown.set(asked=asked, others=others, company="own")
        batch = z2[[asked, *others]]
        in_company = original.softmax_over_batch(batch)[0]
        close(shown.numbers(".z"), batch[0])
        close(shown.numbers(".c"), original.class_bias(batch))
        close(shown.numbers("td:nth-child(4) .bar-number"), in_company)
        close(shown.numbers("td:nth-child(5) .bar-number"), functions.softmax(batch[0]))
        said = [int(text) for text in shown.el.locator(".says .digit").all_inner_texts()]
        assert said == [in_company.argmax(), batch[0].argmax()]
        pairs = [z2[[asked, i]] for i in range(200) if i != asked]
        answers = [original.softmax_over_batch(pair)[0].argmax() for pair in pairs]
        assert shown.numbers(".sway button").tolist() == np.bincount(answers, minlength=10).tolist()
    together = (original.softmax_over_batch(z2).argmax(axis=1) == labels).sum()
    by_row = (z2.argmax(axis=1) == labels).sum()
    assert shown.numbers(".total").tolist() == [together, by_row, (labels == 0).sum()]


def test_descent_and_its_edge(lone, rng):
    shown = Shown(lone, "descent")
    for trial in range(12):
        shape, steps = str(rng.choice(["bowl", "valley"])), int(rng.integers(1, 61))
        kappa = np.array([1.0, 1.0 if shape == "bowl" else 20.0])
        momentum = round(rng.uniform(0, 0.95), 2)
        edge = 2 * (1 + momentum) / kappa.max()
        rate = edge * rng.choice([0.5, 0.97, 1.03])
        shown.set(shape=shape, rate=rate, momentum=momentum, steps=steps)
        u, v, path = np.array([-2.0, 1.0]), np.zeros(2), [[-2.0, 1.0]]
        for _ in range(60):
            training.sgd_update([u], [kappa * u], [v], rate, momentum)
            path.append(u.tolist())
        close(shown.el.evaluate("el => el.querySelector('svg.plot').path"), path, rtol=1e-6)
        close(shown.numbers(".limit, .rate"), [edge, rate])
        close(shown.numbers("td.loss"), (kappa * np.square(path[steps])).sum() / 2, rtol=1e-6)
        told = shown.el.locator(".verdict").inner_text()
        assert ("leaves." in told and "Beyond" in told) == (rate > edge), (trial, told)


def made_as_mnists_makers_did(ink):
    """Make the image by NumPy, another way: matrices of shares instead of sums over dots."""
    rows, columns = (np.flatnonzero((ink >= 1).any(axis=axis)) for axis in (1, 0))
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = [max(1, int(np.floor(n * 20 / max(part.shape) + 0.5))) for n in part.shape]

    def means(n, count):
        edges = np.linspace(0, n, count + 1)
        covered = np.minimum(edges[1:, None], np.arange(1, n + 1)) - np.maximum(
            edges[:-1, None], np.arange(n)
        )
        return np.clip(covered, 0, None) * count / n

    small = np.floor(means(part.shape[0], size[0]) @ part @ means(part.shape[1], size[1]).T + 0.5)
    image = np.zeros((28, 28), np.uint8)
    corner = []
    for axis, length in enumerate(size):
        centre = (small.sum(axis=1 - axis) * np.arange(length)).sum() / small.sum()
        corner.append(int(np.clip(np.floor(14 - centre + 0.5), 0, 28 - length)))
    image[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = small
    return image


def test_draw(lone, rng):
    shown = Shown(lone, "draw")
    content = pictures.draw().data
    parameters = packing.unpacked(content)
    digit = np.frombuffer(content[-784:], np.uint8).reshape(28, 28)
    for trial in range(6):
        shape = (rng.integers(1, 4), rng.integers(1, 6), 2)
        strokes = rng.uniform(15, 265, shape).round(1).tolist()
        centre = bool(trial % 2)
        shown.set(strokes=strokes if trial else None, centre=centre)
        ink = np.array(shown.read("el.querySelector('.paper').ink"))
        ink, image = ink.reshape(280, 280), shown.images[0]
        blocks = np.floor(ink.reshape(28, 10, 28, 10).mean(axis=(1, 3)) + 0.5)
        wanted = made_as_mnists_makers_did(ink) if centre else blocks
        difference = np.abs(image.astype(int) - (wanted if trial else digit))
        assert difference.max() <= 1  # a mean just at a half may be rounded either way
        assert (difference > 0).sum() <= 3
        _, a1, z2 = network.forward(parameters, data.scale(image[None]))
        close(shown.probabilities, functions.softmax(z2)[0])
        close(shown.el.evaluate("el => [...el.querySelector('.units').values]"), a1[0])


def test_fit_is_by_least_squares_with_weight_decay(lone, rng):
    shown = Shown(lone, "fit")
    grid = np.linspace(-1, 1, 401)
    for count in (2, 11, 12, 13, 100):
        points = np.stack([np.linspace(-0.9, 0.9, 12), rng.uniform(-1, 1, 12)], axis=1)
        decay = 10.0 ** rng.integers(-4, 1)
        shown.set(points=points.tolist(), count=count, decay=decay, drawn={})
        rows = legvander(points[:, 0], count - 1)
        # The mean of 12 squares, plus decay / 2 times the weights squared: lesson 09's weight decay.
        # Rows of their own for it are another way to the same weights.
        taller = np.vstack([rows, np.sqrt(12 * decay / 2) * np.eye(count)])
        weights = np.linalg.lstsq(taller, np.append(points[:, 1], np.zeros(count)), rcond=None)[0]
        close(shown.el.evaluate("el => el.fitted.at"), legvander(grid, count - 1) @ weights)


def test_kernel(lone, rng):
    shown = Shown(lone, "kernel")
    digits = np.frombuffer(pictures.kernel().data[:7840], np.uint8).reshape(10, 28, 28)
    parameters = packing.unpacked(packing.stored("draw"))
    learnt = packing.unpacked(packing.stored("kernel"))
    for right, down in ((0, 0), (3, -2), (-5, 4)):
        digit, weights = int(rng.integers(10)), rng.normal(size=25).round(2)
        shown.set(digit=digit, kernel=weights.tolist(), shift=[right, down])
        image = np.pad(digits[digit] / 255, 8)[8 - down : 36 - down, 8 - right : 36 - right]
        x = image[None, :, :, None]
        wanted, _ = convolution.convolve(x, weights[:, None])
        close(shown.el.evaluate("el => el.sums"), wanted.ravel())
        z2 = (
            network.logits(parameters, image.reshape(1, 784)),
            convolution.Convolutional().logits(learnt, x),
        )
        close(shown.el.evaluate("el => el.answers"), [functions.softmax(z)[0] for z in z2])
        said = [int(text[0]) for text in shown.el.locator(".readers strong").all_inner_texts()]
        assert said == [z.argmax() for z in z2]
    shown.el.locator("summary").click()
    shown.el.locator("input[value='learnt 2']").check()
    close(shown.state["kernel"], learnt[0][:, 2], atol=1e-12)


def test_nudge(lone, rng):
    shown = Shown(lone, "nudge")
    known = {
        "square": (lambda u: u * u, lambda u: 2 * u),
        "sigmoid": (functions.sigmoid, lambda u: functions.sigmoid(u) * functions.sigmoid(-u)),
        "exp": (np.exp, np.exp),
        "cube": (lambda u: u * u * u, lambda u: 3 * u**2),
        "sine": (np.sin, np.cos),
    }
    for name in [*known] * 3:
        u = round(rng.uniform(-3, 3), 1)
        # Only products are the same to the last bit everywhere, which tiny nudges need.
        power = int(rng.integers(33 if name == "cube" else 13)) / 2
        shown.set(f=name, u=u, power=power)
        f, slope = known[name]
        h = 10.0**-power
        wanted = np.array([slope(u), central_difference(f, u, h), (f(u + h) - f(u)) / h])
        close(shown.numbers(".slope, .both, .forward"), wanted)
        close(shown.numbers(".errorBoth, .errorForward"), np.abs(wanted[1:] - wanted[0]))


def test_scores(lone, rng):
    shown = Shown(lone, "scores")
    for trial in range(16):
        floats, limit = (("float64", 690), ("float32", 80))[trial % 2]
        plus = int(rng.integers(-limit, limit) if trial % 5 else rng.integers(720, 900))
        scores, times = rng.uniform(-10, 10, 10).round(1), round(rng.uniform(0, 0.5), 1)
        held = int(rng.integers(10))
        shown.set(scores=scores.tolist(), times=times, plus=plus, floats=floats, held=held)
        z = np.array(times * scores + plus, dtype=floats)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            naive = np.exp(z) / np.exp(z).sum()
        p = functions.softmax(z)
        wanted = {
            ".z": z,
            "td:nth-child(2) .bar-number": naive,
            "td:nth-child(3) .bar-number": p,
            ".log": functions.log_softmax(z),
            "td:nth-child(5) .bar-number": softmax_jacobian(p)[:, held],
        }
        for selector, values in wanted.items():
            # float32 itself is no finer than 6e-8 of the largest number that enters
            finest = 1.2e-7 * np.abs(np.nan_to_num(values)).max() * (floats == "float32")
            close(shown.numbers(selector), values, atol=1e-6 + finest, err_msg=selector)


#: A run as the picture keeps it.
RUN = """el => ({ first: el.run.first, batches: el.run.batches, losses: el.run.losses,
    scores: el.run.records.at(-1), last: Object.fromEntries(
        Object.entries(el.run.network.W).map(([name, array]) => [name, [...array]])) })"""


def digits_of_train(content):
    """Return the training set and the validation set that ``packing.train_data`` has laid out."""
    trained, validated = np.frombuffer(content, "<u4", 2).tolist()
    labels = np.frombuffer(content, np.uint8, trained + validated, 8)
    pairs = np.frombuffer(content, np.uint8, offset=8 + len(labels))
    images = 17 * np.stack([pairs >> 4, pairs & 15], axis=-1).reshape(-1, 28, 28)
    return (images[:trained], labels[:trained]), (images[trained:], labels[trained:])


def test_the_first_steps_of_train(lone):
    shown = Shown(lone, "train")
    train_set, validation_set = digits_of_train(pictures.train().data)
    for rate, momentum, batch, hidden, images in ((0.5, 0.0, 32, 32, 200), (2.0, 0.9, 8, 16, 50)):
        sizes = {"rate": rate, "momentum": momentum, "batch": batch}
        shown.set(**sizes, hidden=hidden, images=images)
        shown.el.get_by_text("new run").click()
        for _ in range(12):
            shown.el.get_by_text("one step").click()
        run = shown.el.evaluate(RUN)

        def parameters(arrays, hidden=hidden):
            shapes = {"W1": (784, hidden), "W2": (hidden, 10), "b1": hidden, "b2": 10}
            return network.Parameters(
                **{name: np.reshape(arrays[name], shape) * 1.0 for name, shape in shapes.items()}
            )

        start = parameters(run["first"])
        assert np.abs(start.W1).max() <= np.sqrt(6 / (784 + hidden))
        some = tuple(array[:images] for array in train_set)
        batches = [np.array(batch) for batch in run["batches"]]
        options = {"learning_rate": rate, "momentum": momentum}
        last, history = training.train(network, start, some, batches, **options)
        close(run["losses"], history.batch_loss)
        for ours, theirs in zip(parameters(run["last"]), last, strict=True):
            close(ours, theirs)
        for name, dataset in (("training", some), ("validation", validation_set)):
            wanted = training.evaluate(network, last, dataset)
            close(run["scores"][name]["loss"], wanted.loss)
            close(run["scores"][name]["accuracy"], wanted.accuracy, atol=1e-9)
