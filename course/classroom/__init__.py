"""For a class: what is handed out, and how what it hands in is marked.

``handout`` makes the students' copy and the teacher's. ``marks`` is the command that marks. Of what was
handed in, ``submissions`` tells which files are whose, and ``assignment`` which exercises are marked.
``marking`` goes through a submission; it runs students' code by ``isolation``, in processes in which
``sandbox`` is at work. In there ``extract`` takes the answers out of the files, ``inspection`` notes
what a teacher should read, and ``trial`` tries each answer out. What comes of it fills a ``table``, of
which ``grades`` makes points, and ``pages`` what a teacher and students read. A teacher's own marks are
read ``by_hand``.
"""
