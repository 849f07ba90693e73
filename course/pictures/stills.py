"""What stands in for a picture one can touch where nothing runs: one frame of it, by matplotlib."""

import io
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.polynomial.legendre import legvander

from course import pencil
from mnistlib import attention, data, functions, network, original, plotting, training

BLUE, VERMILION = plotting.COLOURS[:2]


#: The smallest letters, in points, that a phone still shows legibly in a still 6 inches wide.
SMALL = 11


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG file, and close it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=105)
    plt.close(figure)
    return file.getvalue()


def framed(draw: Callable[..., Figure]) -> Callable[..., bytes]:
    """Let a function draw in the course's style, whatever style its caller uses, onto a PNG."""

    def drawn(*arguments) -> bytes:
        with plt.rc_context():
            plotting.use_style()
            with plt.ioff():
                return png(draw(*arguments))

    return drawn


@framed
def scores(values: Sequence[float]) -> Figure:
    """Draw ten logits, and their probabilities when nothing, and when 800, is added to all."""
    z = np.array(values, dtype=float)
    figure, axes = plt.subplots(1, 3, figsize=(6, 3.2), sharey=True)
    places = np.arange(len(z))
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z + 800)
        naive = e / e.sum()
    axes[0].barh(places, z, color="0.6")
    axes[0].set(title="ten logits", xlabel="z", ylabel="class", yticks=places)
    axes[1].barh(places, functions.softmax(z + 800), color=BLUE)
    axes[1].set(title="z + 800, stable", xlabel="p", xlim=(0, 1))
    axes[2].set(title="z + 800, naive", xlabel="p", xlim=(0, 1))
    for place, value in zip(places, naive, strict=True):
        axes[2].text(0.05, place, f"{value:.3f}", va="center", color=VERMILION)
    axes[0].invert_yaxis()
    return figure


@framed
def company(
    asked: int, z2: np.ndarray, labels: np.ndarray, images: np.ndarray, behind: bool
) -> Figure:
    """Draw one digit, and the ten numbers it gets in each company, and by its scores alone.

    If what is `behind` them is wanted, above them the scores z and each company's c.
    """
    z2 = z2.astype(float)
    others = np.delete(np.arange(len(z2)), asked)
    zeros = np.flatnonzero(labels == 0)
    batches = {"alone": others[:0], "20 zeros": zeros, "199 others": others}
    batches = {name: np.vstack([z2[asked], z2[company]]) for name, company in batches.items()}
    sums = {
        name: (original.class_bias(batch), original.softmax_over_batch(batch)[0])
        for name, batch in batches.items()
    }
    sums["by row" if behind else "by scores"] = None, functions.softmax(z2[asked])
    size = {"figsize": (6, 5.2 if behind else 3.4), "width_ratios": [0.8, 1, 1, 1, 1]}
    rows = 1 + behind
    axes = plt.subplots(rows, 5, sharey="col", layout="constrained", squeeze=False, **size)[1]
    for axis in axes[:, 0]:
        axis.set_axis_off()
    axes[0, 0].imshow(images[asked], cmap="gray_r")
    article = "an" if labels[asked] == 8 else "a"
    axes[0, 0].set_title(f"{article} {labels[asked]}", fontsize=SMALL)
    classes = np.arange(10)
    for column, (name, (c, p)) in enumerate(sums.items(), 1):
        above = axes[0, column]
        below = axes[-1, column]
        best = p.argmax()
        colour = VERMILION if c is not None else BLUE
        is_relative = behind or c is not None  # else it is drawn as it is, a probability
        below.barh(
            classes,
            p / p.max() if is_relative else p,
            color=[colour if k == best else "0.75" for k in classes],
        )
        below.set(xlim=(0, 1.05), xticks=[0, 1], yticks=classes, ylim=(9.6, -0.6))
        below.set_xlabel("longest = 1" if is_relative else "probability", fontsize=SMALL)
        if behind:
            above.plot(z2[asked], classes, "o", color="0.3", markersize=4)
            above.set(xlim=(0, 8), xticks=[0, 4, 8], yticks=classes)
            above.set_xlabel("z" if c is None else "z ●, c ◇", fontsize=SMALL)
        if behind and c is not None:
            above.hlines(classes, z2[asked], c, color="0.75", linewidth=1)
            above.hlines(best, z2[asked, best], c[best], color=VERMILION, linewidth=3)
            above.plot(c, classes, "D", color=VERMILION, fillstyle="none", markersize=6)
        above.set_title(f"{name}:\nsays {best}", fontsize=SMALL)
        for axis in axes[:, column]:
            axis.tick_params(labelsize=SMALL, labelleft=column == 1)
    for axis in axes[:, 1]:
        axis.set_ylabel("class" if behind else "digit", fontsize=SMALL)
    title = "The same digit, the same network:\nthe answer depends on the company"
    if behind:
        title = "The same digit, the same z: the company\nsets c, and the smallest gap wins"
    axes[0, 0].figure.suptitle(title)
    return axes[0, 0].figure


@framed
def draw(parameters: network.Parameters, digit: np.ndarray) -> Figure:
    """Draw a digit, a network's hidden units and its answer: the paper before anything is drawn."""
    _, a1, z2 = network.forward(parameters, data.scale(digit[None]))
    p = functions.softmax(z2)[0]
    figure, axes = plt.subplots(1, 3, figsize=(6, 2.9), width_ratios=[1, 1, 1.4])
    axes[0].imshow(digit, cmap="gray_r")
    axes[0].set(title="a test digit")
    side = int(np.ceil(np.sqrt(a1.size)))
    units = np.full(side * side, np.nan)
    units[: a1.size] = a1[0]
    axes[1].imshow(units.reshape(side, side), cmap="gray_r", vmin=0, vmax=1)
    axes[1].set(title=f"{a1.size} units")
    for axis in axes[:2]:
        axis.set_axis_off()
    axes[2].barh(np.arange(len(p)), p)
    axes[2].set(yticks=np.arange(len(p)), xlim=(0, 1), xlabel="probability")
    axes[2].invert_yaxis()
    return figure


@framed
def sheet(photograph: bytes) -> Figure:
    """Show the photograph, before anything is found on it."""
    figure, axis = plt.subplots(figsize=(4.45, 3.6))
    # Fewer greys make a lighter file.
    greys = plt.imread(io.BytesIO(photograph), format="jpg") // 16 * 16
    axis.imshow(greys, cmap="gray", vmin=0, vmax=255)
    axis.set(title="A photograph of twenty digits")
    axis.set_axis_off()
    return figure


@framed
def backprop(numbers: dict[str, list[float]], empty: bool = False) -> Figure:
    """Draw lesson 03's network of twelve numbers with values and gradients, or empty."""
    square = {name: np.reshape(numbers[name], (2, 2)) for name in ("W1", "W2")}
    parameters = network.Parameters(
        **{name: np.array(numbers[name]) for name in ("b1", "b2")}, **square
    )
    x = np.array([numbers["x"]])
    y = np.array([[0.0, 1.0]])
    title = "Every number, to be filled in" if empty else "Every number, and its gradient"
    return pencil.draw(parameters, x, y, filled=not empty, title=title)


@framed
def nudge() -> Figure:
    """Draw the error of the slope of u³ at 0.7, nudged both ways and upwards only.

    Products round alike on every computer, which exponentials do not.
    """
    u = 0.7
    h = np.array([float(f"{mantissa}e-{n}") for n in range(17) for mantissa in (1, 0.3)][:33])
    slope = 3 * u * u

    def cube(u: np.ndarray) -> np.ndarray:
        return u * u * u

    both = np.abs((cube(u + h) - cube(u - h)) / (2 * h) - slope)
    upwards = np.abs((cube(u + h) - cube(u)) / h - slope)
    figure, axis = plt.subplots(figsize=(6, 3.2))
    axis.loglog(h, both, "o", label="nudged both ways")
    axis.loglog(h, upwards, "s", fillstyle="none", label="nudged upwards only")
    axis.set(title="A measured slope's error falls, and rises again", xlabel="nudge h")
    axis.set(ylabel="error")
    axis.legend()
    return figure


@framed
def descent() -> Figure:
    """Draw three paths in a narrow valley: below the edge of stability, beyond it, with momentum."""
    kappa = np.array([1.0, 20.0])
    figure, axes = plt.subplots(1, 3, figsize=(6, 2.6), sharey=True)
    across, along = np.meshgrid(np.linspace(-2.4, 2.4, 80), np.linspace(-1.8, 1.8, 60))
    for axis, (rate, momentum) in zip(axes, [(0.08, 0.0), (0.102, 0.0), (0.102, 0.5)], strict=True):
        u = np.array([-2.0, 1.0])
        v = np.zeros(2)
        path = [u.copy()]
        for _ in range(30):
            training.sgd_update([u], [kappa * u], [v], rate, momentum)
            path.append(u.copy())
        axis.contour(across, along, (across**2 + 20 * along**2) / 2, 8, colors="0.8")
        axis.plot(*np.array(path).T, "o-", markersize=3, linewidth=1)
        axis.set(title=f"rate {rate}, $\\mu$ = {momentum}", xlim=(-2.4, 2.4), ylim=(-1.8, 1.8))
        axis.grid(False)
    return figure


@framed
def train(train_set: training.Dataset, validation_set: training.Dataset) -> Figure:
    """Draw the loss and the accuracy of 32 hidden units that learn from 200 images, 150 steps."""
    chosen = train_set[0][:200], train_set[1][:200]
    start = network.initialise(np.random.default_rng(5), hidden=32)
    batches = training.minibatches(200, 32, rng=np.random.default_rng(6), epochs=22)[:150]
    watched = {"training images": chosen, "validation images": validation_set}
    options = {"learning_rate": 0.5, "monitor": watched, "every": 10}
    _, history = training.train(network, start, chosen, batches, **options)
    figure, axes = plt.subplots(1, 2, figsize=(6, 2.9))
    for (name, _), style in zip(watched.items(), ("-", "--"), strict=True):
        axes[0].plot(history.steps, history.loss(name), style, label=name)
        axes[1].plot(history.steps, history.accuracy(name), style, label=name)
    axes[0].set(title="loss", xlabel="step", ylim=(0, None))
    axes[1].set(title="accuracy", xlabel="step", ylim=(0, 1.02))
    axes[1].legend()
    return figure


@framed
def axes(z: np.ndarray, images: np.ndarray) -> Figure:
    """Draw the same logits shared out along rows, and down columns, beside the images they are of."""
    figure, panels = plt.subplots(1, 2, figsize=(6, 3.2))
    for axis, panel, title in zip((1, 0), panels, ("along a row", "down a column"), strict=True):
        exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
        shares = exponentials / exponentials.sum(axis=axis, keepdims=True)
        panel.imshow(shares, "Blues", vmin=0, vmax=1.6)
        panel.plot(shares.argmax(axis=1), range(len(z)), "o", color="black", markersize=5)
        for row, image in enumerate(images):
            panel.imshow(image, "gray_r", extent=(-1.7, -0.7, row + 0.5, row - 0.5))
        panel.set(title=f"softmax {title}", xlabel="class (dot: the answer)")
        panel.set(xlim=(-1.8, 9.6), ylim=(len(z) - 0.4, -0.6), xticks=range(10), yticks=[])
        corner, size = ((-0.5, 2.5), (10, 1)) if axis == 1 else ((7.5, -0.5), (1, len(z)))
        panel.add_patch(plt.Rectangle(corner, *size, fill=False, color=VERMILION, linewidth=2))
        panel.grid(False)
    return figure


@framed
def fit(points: np.ndarray) -> Figure:
    """Draw the curve with as many features as points, and the error by the number of features."""
    u, v = points.T
    grid = np.linspace(-1, 1, 401)
    true = np.sin(3 * grid)
    curves = {}
    for count in range(2, 101):
        w = np.linalg.lstsq(legvander(u, count - 1), v)[0]
        curves[count] = legvander(grid, count - 1) @ w
    figure, (curve, errors) = plt.subplots(1, 2, figsize=(6, 3))
    curve.plot(grid, true, ":", color="0.5")
    curve.plot(grid, curves[len(u)])
    curve.plot(u, v, "o", color=VERMILION, markersize=5)
    curve.set(title=f"{len(u)} features", xlabel="place u", ylabel="target", ylim=(-2.5, 2.5))
    off = [np.sqrt(((at - true) ** 2).mean()) for at in curves.values()]
    errors.loglog(list(curves), off)
    errors.axvline(len(u), color="0.5", ls="--")
    ticks = [2, 4, len(u), 40, 100]
    errors.set_xticks(ticks, [str(tick) for tick in ticks])
    errors.set_yticks([0.1, 1], ["0.1", "1"])
    errors.minorticks_off()
    errors.set(title="off the true curve", xlabel="features")
    return figure


@framed
def kernel(digit: np.ndarray, weights: np.ndarray) -> Figure:
    """Draw a digit, a kernel, and the map of its sums."""
    patches = np.lib.stride_tricks.sliding_window_view(digit / 255, weights.shape)
    sums = (patches * weights).sum(axis=(2, 3))
    figure, panels = plt.subplots(1, 3, figsize=(6, 2.7))
    titles = ("a digit", "25 weights", "its map of sums")
    for panel, image, title in zip(panels, (digit, weights, sums), titles, strict=True):
        panel.imshow(image, cmap="gray_r")
        panel.set(title=title, xticks=[], yticks=[])
        panel.grid(False)
        panel.spines[:].set_visible(True)
    lines = np.arange(len(weights) + 1) - 0.5
    panels[1].clear()
    panels[1].pcolormesh(lines, lines, weights, cmap="PuOr", vmin=-2, vmax=2, edgecolor="0.5")
    for (row, column), weight in np.ndenumerate(weights):
        panels[1].text(
            column, row, f"{weight:d}".replace("-", "\N{MINUS SIGN}"), ha="center", va="center"
        )
    panels[1].set(title=titles[1], xticks=[], yticks=[], aspect="equal")
    panels[1].invert_yaxis()
    return figure


@framed
def attend(parameters: attention.Parameters, images: np.ndarray, card: list[int]) -> Figure:
    """Draw a card, lines from the digit asked about to the keys, and the ten probabilities."""
    model = attention.Attention()
    state = model.forward(parameters, model.prepare(images[card][None]))
    pairs = len(card) // 2
    figure, (axis, bars) = plt.subplots(1, 2, figsize=(6, 3.6), width_ratios=[1.7, 1])

    def put(image: np.ndarray, x: float, y: float, size: float = 0.9) -> None:
        axis.imshow(image, cmap="gray_r", extent=(x, x + size, y + size, y))
        axis.add_patch(plt.Rectangle((x, y), size, size, fill=False, ec="0.6"))

    middle = pairs / 2
    put(images[card[0]], 0, middle - 0.8, 1.6)
    for i, weight in enumerate(state.w[0]):
        put(images[card[1 + 2 * i]], 4.1, i)
        put(images[card[2 + 2 * i]], 5.1, i)
        style = {"lw": 0.6 + 10 * weight, "color": BLUE, "solid_capstyle": "round"}
        axis.plot([1.8, 3.9], [middle, i + 0.45], **style)
        axis.text(6.2, i + 0.55, f"{weight:.2f}", fontsize=SMALL)
    axis.set(xlim=(-0.1, 7.2), ylim=(pairs + 0.1, -0.2), aspect="equal")
    axis.set_axis_off()
    axis.set_title("Which digit is beside this one?", fontsize=SMALL)
    p = functions.softmax(state.z)[0]
    bars.barh(np.arange(10), p, color=[BLUE if k == p.argmax() else "0.75" for k in range(10)])
    bars.set(xlim=(0, 1), xticks=[0, 1], yticks=np.arange(10), xlabel="probability")
    bars.invert_yaxis()
    return figure
