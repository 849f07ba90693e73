"""For a class: the students' copy and the teacher's, and what a class handed in, marked."""
