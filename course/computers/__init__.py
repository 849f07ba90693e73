"""The same numbers on other computers: a report on yours, or on one that it stands in for."""
