"""Taps: what readers and server say to each other, and how a tap is decided on either side."""
