"""Lesson 11: the network of lesson 03 in PyTorch, beside the tape: gradients, and thirty steps.

Both texts are the lesson's own: the function ``torch_gradients`` is read out of its prose, and
``tape_gradients`` out of its cell. To make this study anew, run it where PyTorch is installed, as
``studies/race/requirements.txt`` says. Without PyTorch the row of the tape still runs.
"""

import re

import numpy as np

from course import studies
from course.lessons import chosen
from mnistlib import autodiff, data, network, training
from mnistlib.gradcheck import relative_error

ROWS = [{"who": "the tape"}, {"who": "PyTorch"}]
QUICK = 0
STEPS = 30


def text(who: str) -> str:
    """Return the function that computes the gradients, as the lesson shows it."""
    [lesson] = chosen(["11"])
    if who == "PyTorch":
        cells = [cell.source for cell in lesson.source.cells if cell.cell_type == "markdown"]
        [shown] = re.findall(r"```python\n(import torch\n.*?)```", "\n".join(cells), re.DOTALL)
    else:
        cells = [cell.source for cell in lesson.source.cells if cell.cell_type == "code"]
        [shown] = [cell for cell in cells if cell.startswith("def tape_gradients(")]
    return shown.strip() + "\n"


def gradients_of(who: str):
    """Return the function itself."""
    names = {"autodiff": autodiff}
    exec(text(who), names)  # the lesson's own words
    return names["torch_gradients" if who == "PyTorch" else "tape_gradients"]


def run(who: str) -> dict:
    """Compare the first gradients, and train for thirty steps, as lesson 04 begins."""
    train_set, _ = data.split(*data.load()[:2], rng=np.random.default_rng(seed=4))
    batches = training.minibatches(50_000, 128, rng=np.random.default_rng(seed=8))[:STEPS]
    start = network.initialise(np.random.default_rng(seed=6))
    x = data.scale(train_set[0][batches[0]])
    y = data.one_hot(train_set[1][batches[0]])
    loss, grads = gradients_of(who)(start, x, y)
    by_hand, hand = network.gradients(start, x, y)

    class Model:
        classes, prepare, logits = 10, staticmethod(network.prepare), staticmethod(network.logits)
        gradients = staticmethod(gradients_of(who))

    _, history = training.train(Model(), start, train_set, batches, learning_rate=0.5)
    return {
        "text": text(who),
        "release": release() if who == "PyTorch" else None,
        "gradients agree": bool(
            abs(loss - by_hand) < 1e-12
            and max(relative_error(*pair) for pair in zip(grads, hand, strict=True)) < 1e-12
        ),
        "losses": history.batch_loss,
    }


def release() -> str:
    """Return PyTorch's release."""
    import torch

    return torch.__version__


if __name__ == "__main__":
    studies.main()
