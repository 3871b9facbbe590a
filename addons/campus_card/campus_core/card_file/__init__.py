"""Reads card files of other systems into records, with a problem for each wrong cell."""
