"""Cards that a worker remembers from one batch to the next, because nothing about them has changed.

Every change of a card, its holder or its wallet has a version (``data/snapshot_schema.sql``): with the
version of its last look a worker asks, as an edge does, what may have changed since, and forgets just
that. So a card that was frozen before a batch began is read anew by that batch.
"""

import threading

# Cards; beyond that a campus is larger than its workers' memory for it, which starts again.
MAX_CARDS = 200_000
# Changes told in one answer; when there are more, all is forgotten.
MAX_CHANGES = 1000


class Outdated(Exception):
    """A card, its holder or its wallet was changed while its tap waited for another batch."""


class CardMemory:
    """Cards (``resolved.ResolvedCard``) by UID, as they were at ``version`` or later; for one company.

    Threads share it. What one has read may be kept only if no other has moved on meanwhile.
    """

    def __init__(self):
        self.version = None
        self._life = None
        self._cards, self._uids = {}, {}
        self._lock = threading.Lock()

    def catch_up(self, since, life, version, changed):
        """Forget what has changed since ``since``; False when another thread has moved on since then.

        ``life`` and ``version``: of the snapshot that was asked. ``changed``: ``(card id, UID or
        None)`` of every card with a change at ``since`` or later.
        """
        with self._lock:
            if self.version != since:
                return False
            if since is None or life != self._life or len(changed) > MAX_CHANGES:
                self._cards, self._uids = {}, {}
            for card_id, uid in changed:
                # the UID may have been another card's, or another UID this card's
                self._cards.pop(uid, None)
                self._cards.pop(self._uids.pop(card_id, None), None)
            self._life, self.version = life, version
            return True

    def look_up(self, uids):
        """``({UID: ResolvedCard}, UIDs that are not known)``"""
        known = self._cards
        found = {uid: known[uid] for uid in uids if uid in known}
        return found, [uid for uid in uids if uid not in found]

    def keep(self, version, found):
        """Remember ``{UID: ResolvedCard}`` that was read at ``version``, unless another thread has moved on."""
        with self._lock:
            if self.version != version:
                return
            if len(self._cards) + len(found) > MAX_CARDS:
                self._cards, self._uids = {}, {}
            self._cards.update(found)
            self._uids.update((card.card_id, uid) for uid, card in found.items())


def of_company(registry, company_id):
    """The memory of this process; a registry that is loaded anew begins with none."""
    memories = registry.__dict__.setdefault("campus_card_memories", {})
    return memories.setdefault(company_id, CardMemory())
