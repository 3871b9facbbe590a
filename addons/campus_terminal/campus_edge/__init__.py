"""The edge: the program beside the readers. It does not depend on Odoo.

It is imported as ``campus_edge`` together with ``campus_core``, from the wheel or with the addons'
folders on the path. ``protocols`` turn bytes into taps without input or output, ``ports`` do the input
and output, ``readers`` connects ports and taps. ``taps`` handles a tap with the help of ``snapshot``,
``journal``, ``clock`` and ``server``. ``lan`` gives cards to tills, ``cli`` is the command line.
``simulators`` are readers in software for tests; they use the real protocols.
"""

__version__ = "19.0.1.0.0"
