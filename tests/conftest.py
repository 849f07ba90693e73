"""What every test file shares: how hypothesis runs, and the complex-step derivative."""

import numpy as np
import pytest
from hypothesis import settings

# No deadline, since a slow computer is not a bug; the same examples each time, so that a clone which
# passes today passes tomorrow. To look further: pytest --hypothesis-profile=default
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

collect_ignore = ["cluster"]  # it needs packages of its own: pytest tests/cluster


def _complex_step(f, x, h=1e-30):
    """Jacobian of an analytic ``f`` at ``x``: Im f(x + ih) / h, in which nothing is subtracted."""
    slopes = []
    for i in range(x.size):
        nudged = np.array(x, dtype=complex, order="C")
        nudged.reshape(-1)[i] += 1j * h
        slopes.append(np.imag(f(nudged)) / h)
    return np.moveaxis(slopes, 0, -1).reshape(np.shape(slopes[0]) + x.shape)


@pytest.fixture(scope="session")
def complex_step():
    """Differentiate without rounding errors: ``complex_step(f, x)``, f in plain formulas."""
    return _complex_step
