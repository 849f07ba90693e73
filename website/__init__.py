"""From the notebooks to pages and an e-book; README.md in this folder is its map."""
