"""The readers and keypads of an edge: their drivers, and what they show."""
