"""The way of a batch of taps through the server, as plain classes in one direction.

``batch`` (what an edge has sent) -> ``frame`` and ``load`` (what it is decided with) -> ``decide`` -> ``store``
-> ``answer``. Each is handed what it needs and knows nothing of those after it; ``campus.taps`` calls them one
after the other, and asks its hooks for what other addons add. The rules are in ``campus_core.taps``.
"""
