"""A university in numbers: who is there, what they eat and when, what they pay.

Pure Python: no Odoo, no clock, no global randomness. Everything follows from a seed and
the last day of the history, so that two runs make the same university.
"""
