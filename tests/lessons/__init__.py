"""The promises of the lessons, and how a test says which of them are not kept."""

import pytest


def report(problems, advice=""):
    """Fail with all problems at once, each on its line."""
    if problems:
        pytest.fail("\n".join([*problems, advice]), pytrace=False)
