"""The readers and keypads of an edge: how each is driven, and what it shows."""
