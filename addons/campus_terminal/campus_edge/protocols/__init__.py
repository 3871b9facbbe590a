"""Reader protocols as pure decoders: bytes in, events out, no I/O. See ``base``."""
