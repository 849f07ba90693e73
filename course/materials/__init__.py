"""What lessons hand to their readers: a planted bug, curves with a fault, a training to tune."""
