"""Where many answers are right: what is looked at in one, and in which ways it can be wrong.

A module belongs to one exercise: its ``view``, a class, and the predicates that its text names.
"""
