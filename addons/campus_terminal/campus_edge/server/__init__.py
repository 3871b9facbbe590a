"""Everything between the edge and its server: who it is, what it sends, what it hears."""
