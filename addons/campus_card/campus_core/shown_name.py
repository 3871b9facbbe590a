"""A person's name as a display shows it: the person recognises it, others do not learn the full name.

The SQL function ``campus_shown_name`` (``data/snapshot_schema.sql``) does the same.
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
