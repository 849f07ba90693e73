"""The same numbers on other computers: a report on yours, stand-ins for others, and the pins."""
