"""``python -m campus_edge``: the program ``campus-edge``."""

import sys

from .cli.program import main

sys.exit(main())
