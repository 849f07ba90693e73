"""What every test file shares: how hypothesis runs."""

from hypothesis import settings

# No deadline, since a slow computer is not a bug; the same examples each time, so that a clone which
# passes today passes tomorrow. To look further: pytest --hypothesis-profile=default
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

collect_ignore = ["cluster"]  # it needs packages of its own: pytest tests/cluster
