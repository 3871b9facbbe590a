"""What `./campus` does: one module per noun, standard library only.

The modules run before any virtual environment exists, so they may import
nothing but the standard library of Python 3.10 and each other.
"""
