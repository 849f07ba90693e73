"""The small library of the course: what the lessons derive is what these modules hold.

Import the modules themselves, ``from mnistlib import data, functions``; nothing is loaded that you
do not ask for.
"""
