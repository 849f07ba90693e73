"""For a class: what is handed out, and how what it hands in is marked.

``handout`` makes the students' copy and the teacher's. ``marks`` is the command that marks. Of what was
handed in, ``submissions`` tells which files are whose, and ``asked`` which exercises are marked. For
each submission ``supervisor`` starts a ``sandbox``, behind ``walls``, and sends it ``orders``. In there
``definitions`` takes the answers out of the files, and ``review`` notes what a teacher should read. What
comes of it fills a ``table``, of which ``grades`` makes points and pages.
"""
