"""Doors at this edge: who may go through, who went through, lockdowns, contacts, PINs, muster."""
