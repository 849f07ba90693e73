"""What the lessons' exercises draw their cases from.

A seed may be a generator, which is then drawn from.
"""

import numpy as np

Seed = int | np.random.Generator


def normal_array(seed: Seed, *shape: int) -> np.ndarray:
    """Return an array of normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def normal_arrays(seed: Seed, *shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Return an array of normal numbers for each shape, one drawn after the other."""
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in shapes)


def far_apart(rng: np.random.Generator, n: int, classes: int) -> np.ndarray:
    """Return logits whose rows differ in size; in the first row one is far above the others."""
    z = rng.normal(size=(n, classes)) * 10.0 ** rng.integers(-2, 4, (n, 1))
    z[0, 0] += 3000
    return z


def random_targets(rng: np.random.Generator, n: int, classes: int) -> np.ndarray:
    """Return one-hot targets of random classes."""
    return np.eye(classes)[rng.integers(0, classes, n)]


def fresh_generator() -> np.random.Generator:
    """Return a generator that an answer can draw from."""
    return np.random.default_rng(0)


def is_fresh(rng: np.random.Generator) -> bool:
    """Tell whether nothing was drawn from that generator yet."""
    return rng.bit_generator.state == fresh_generator().bit_generator.state
