"""Edges and readers: how an edge is paired, what it reports, and whether it works well."""
