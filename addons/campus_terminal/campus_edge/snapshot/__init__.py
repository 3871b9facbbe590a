"""The snapshot: the edge's copy of cards, terminals, limits and keys, signed by the server."""
