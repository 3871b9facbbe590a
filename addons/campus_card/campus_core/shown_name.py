"""A person's name as a display shows it: enough for whoever stands there to know it is theirs.

The database says the same: ``campus_shown_name`` in ``data/snapshot_schema.sql``.
"""

from __future__ import annotations

from typing import Final

STARS_MAX: Final = 3


def shown_name(name: str) -> str:
    """Return the first word and the initial of the last, or of one word its first letter and stars.

    >>> shown_name("李明"), shown_name("Lin Xiaoyu")
    ('李*', 'Lin X.')
    """
    words = name.strip(" ").split(" ")
    if len(words) > 1:
        return f"{words[0]} {words[-1][0]}."
    return words[0][:1] + "*" * min(max(len(words[0]) - 1, 0), STARS_MAX)
