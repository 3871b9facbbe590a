"""Card files of other systems: bytes become records, and a problem for each cell that is wrong."""
