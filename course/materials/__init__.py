"""What lessons hand to their readers, such as a planted bug, and what would only be in their way."""
