"""The command `./campus`: one module per subject, standard library only.

The modules run before a virtual environment exists. So they may import only each other and the standard
library of Python 3.10.
"""
