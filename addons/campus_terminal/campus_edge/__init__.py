"""The edge: the program beside the readers. Knows nothing of Odoo.

Imported as ``campus_edge`` with ``campus_core`` beside it, from the wheel or with the addon's folder
on the path. ``protocols`` turn bytes into taps without doing any input or output, ``ports`` do the
input and output, ``readers`` drives them. ``taps`` is the way of a tap, over what ``snapshot``,
``journal``, ``clock`` and ``server`` know; ``lan`` gives cards to tills, ``cli`` is the program.
``simulators`` are readers to try things out with: they speak the real wire.
"""

__version__ = "19.0.1.0.0"
