"""What becomes of the entries of a batch that are about doors; ``campus_terminal/taps`` calls it."""
