"""Credentials: what a reader reads or a person types, and how it is proven."""
