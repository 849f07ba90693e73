"""For a class: what is handed out, and how what it hands in is marked. README.md says where to begin."""
