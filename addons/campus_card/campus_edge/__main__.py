"""``python -m campus_edge``: the program ``campus-edge``."""

import sys

from .cli import main

sys.exit(main())
