"""Mistakes that can be made in any exercise with one result, written as an exercise's own are."""

GENERAL = """
-right({})
    every sign is the other way round. Which minus is missing, or one too many?
1 - right({})
    it is 1 minus what is wanted. What is the wrong way round?
right({}).T
    it is transposed. What should one row stand for?
np.atleast_2d(right({}))
    the numbers are right, in an array with an axis too many. Is keepdims wanted there?
right({}) * len({first})
    it is as many times too large as there are examples. Where does 1/n come in?
right({}) / len({first})
    it is as many times too small as there are examples. Has 1/n come in twice?
right({}) * 2
right({}) / 2
    a factor of 2 is missing, or one too many. Where would it come from?
"""
