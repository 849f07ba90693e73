"""For a class: what is handed out, and how what it hands in is marked.

``handout`` makes the students' copy and the teacher's. ``marks`` is the command that marks. Of what was
handed in, ``submissions`` tells which files are whose, and ``extract`` takes the answers out of them.
``marking`` goes through those of a student: ``isolation`` starts a process for each, in which
``sandbox`` tries it out, and ``inspection`` notes what a teacher should read. What comes of it fills a
``table``, of which ``grades`` makes points, beside a teacher's own marks, and ``pages`` what a teacher
and students read.
"""
