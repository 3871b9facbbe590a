"""Readers and cards in software that speak the real wire."""
