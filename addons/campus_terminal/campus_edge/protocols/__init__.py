"""Reader protocols without input or output: bytes in, events out. See ``base``."""
