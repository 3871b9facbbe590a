"""The command line program ``campus-edge``."""
