"""Lesson 13's examination: what a reader's own network does, whatever it is made of.

A *candidate* is two functions, or three. ``my_train(images, labels, rng)`` returns parameters, which
may be anything; ``my_predict(parameters, images)`` returns a digit for each image; and
``my_probabilities(parameters, images)``, ten numbers for each image, is for whoever can say how sure
the network is. Nobody reads their code, except to see that none of it is the course's library.

- ``splits``: the digits to train on and to be asked about, and who wrote them.
- ``candidate``: calls the functions, each on copies, and ends a training that does not end.
- ``findings``: the questions, and what was seen of each as data, a ``Finding``.
- ``checks``: asks them.
- ``sentences``: what a finding says, with a small case and a question.
- ``report``: all of it, as text and, by ``figure``, as one figure.
- ``landmarks``: bytes, forward, backward: has a reader on the way got there?
- ``benchmark``: the report of the original notebook, as a study stored it.
"""

from course.examination.checks import examine, thresholds
from course.examination.findings import QUESTIONS
from course.examination.landmarks import landmark_backward, landmark_bytes, landmark_forward

__all__ = [
    "QUESTIONS",
    "examine",
    "landmark_backward",
    "landmark_bytes",
    "landmark_forward",
    "thresholds",
]
