"""Mistakes that can be made in any exercise with one result, written as an exercise's own are."""

GENERAL = """
key(ARGUMENTS).tolist()
    the numbers are right, in a list. What makes an array of it?
-key(ARGUMENTS)
    every sign is the other way round. Which minus is missing, or one too many?
1 - key(ARGUMENTS)
    it is 1 minus what is wanted. What is the wrong way round?
key(ARGUMENTS).T
    it is transposed. What should one row stand for?
np.atleast_2d(key(ARGUMENTS))
    the numbers are right, in an array with an axis too many. Is keepdims wanted there?
key(ARGUMENTS) * len(FIRST)
    it is as many times too large as there are examples. Where does 1/n come in?
key(ARGUMENTS) / len(FIRST)
    it is as many times too small as there are examples. Has 1/n come in twice?
key(ARGUMENTS) * 2
key(ARGUMENTS) / 2
    a factor of 2 is missing, or one too many. Where would it come from?
"""
