"""What the lessons' exercises draw their cases from."""

import numpy as np


def normal_array(seed: int, *shape: int) -> np.ndarray:
    """Return an array of normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def normal_arrays(seed: int, *shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Return an array of normal numbers for each shape, one drawn after the other."""
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in shapes)


def fresh_generator() -> np.random.Generator:
    """Return a generator that an answer can draw from."""
    return np.random.default_rng(0)


def is_fresh(rng: np.random.Generator) -> bool:
    """Tell whether nothing was drawn from that generator yet."""
    return rng.bit_generator.state == fresh_generator().bit_generator.state
