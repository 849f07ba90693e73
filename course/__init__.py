"""What makes the lessons work: exercises that answer, pictures to touch, studies, and their tools.

It stands on ``mnistlib``, which holds what the lessons derive and knows nothing of this package.
``python -m course`` lists its commands.
"""
