"""Taps: the messages between edge and server, and the rules by which both decide taps."""
