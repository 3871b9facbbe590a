"""The edge: the program beside the readers. Knows nothing of Odoo.

Imported as ``campus_edge`` with ``campus_core`` beside it, from the wheel or with the addon's folder
on the path. ``protocols`` turn bytes into taps without doing any input or output, ``ports`` do the
input and output, ``simulators`` are readers to try things out with: they speak the real wire.
"""

__version__ = "19.0.1.0.0"
