"""Readers and cards in software that use the real protocols."""
