"""Sends entries again that the server lost, after a restore or when another server took over.

The server names the gaps. Entries in them that the journal still has count as unacknowledged and are sent
again with the same uuids; the server charges each once. The server decides asks again, with what it knows
now. If the result differs from what the reader showed, the edge sends a ``final`` with what was shown.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

from campus_core.taps import wire
from campus_core.taps.wire import Gap, TapEntry

from ..journal import store
from ..journal.journal import Journal
from ..journal.store import Draft
from ..taps.asks import ServerAnswer

_logger = logging.getLogger(__name__)
SHOWN_RULE: Final = "the server had decided so before"


def adopt(journal: Journal, path: Path, first_seq: int = 1, last_seq: int = wire.MAX_SEQ) -> int:
    """Copy entries of an earlier journal that ``journal`` lacks into it; return how many.

    Raises ``sqlite3.Error`` for a file that cannot be read, ``JournalUnwritable`` when the disk is full.
    """
    with closing(store.connect(path, read_only=True)) as base:
        entries = [entry for entry in store.entries(base, first_seq - 1) if entry.seq <= last_seq]
        answers = store.answers(base, {entry.uuid for entry in entries})
    wanted = journal.read(lambda base: store.lacking(base, entries))
    if wanted:
        journal.adopt(wanted, answers)
    return len(wanted)


class Resending:
    """The named gaps that the sender has not handled yet. Any thread may call ``name``."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._named: list[Gap] = []
        # gaps that were handled: the server names a gap that cannot be filled again and again
        self._tried: set[Gap] = set()

    def name(self, gaps: Iterable[Gap]) -> bool:
        """Note gaps that the server named; say whether any is new."""
        with self._lock:
            fresh = [gap for gap in gaps if gap not in self._tried]
            self._named += fresh
            self._tried.update(fresh)
        return bool(fresh)

    def give_up(self, seq: int) -> None:
        """Ignore the gap at ``seq``: the server cannot read this entry, so sending it again is useless."""
        with self._lock:
            self._tried.add(Gap(self._journal.id, seq, seq))

    def head_seen(self, journal: str | None, head_seq: int, acked_seq: int) -> bool:
        """Note a gap if the server has less than ``acked_seq``, which it had acknowledged before."""
        mine = self._journal.id
        if journal == mine:
            return head_seq < acked_seq and self.name([Gap(mine, head_seq + 1, acked_seq)])
        # it does not know this journal, and may lack entries of the one before
        gaps = [Gap(mine, 1, acked_seq)] if acked_seq else []
        gaps += [Gap(journal, head_seq + 1, wire.MAX_SEQ)] if journal else []
        return self.name(gaps)

    def take_up(self) -> None:
        """Have the entries in the gaps sent again, as far as they are here; for the sender's thread."""
        with self._lock:
            named, self._named = self._named, []
        for gap in named:
            if gap.journal == self._journal.id:
                if self._journal.lower(gap.first_seq, gap.last_seq):
                    _logger.warning("the server lacks entries: they are sent again", extra=gap._asdict())
            else:
                self._adopt(gap)

    def _adopt(self, gap: Gap) -> None:
        """Copy the entries of a gap in an earlier journal into the present one, unless they are there."""
        path = self._journal.earlier(gap.journal)
        if path is None:
            return
        try:
            count = adopt(self._journal, path, gap.first_seq, gap.last_seq)
        except sqlite3.Error as error:
            _logger.error("%s cannot be read: %s", path.name, error)
            return
        if count:
            _logger.warning("the server lacks entries of %s: they are sent again", path.name)

    def differing(self, entries: Iterable[TapEntry], answers: dict[str, ServerAnswer]) -> list[Draft]:
        """Return the finals to write for asks whose answer differs from what the reader showed."""
        asked = {entry.uuid: entry for entry in entries}
        if not asked:
            return []
        drafts = []
        for uuid, text in self._journal.read(lambda base: store.answers(base, asked)).items():
            shown: dict[str, Any] = json.loads(text)
            is_told = self._journal.read(partial(store.has_final, uuid=uuid))
            if shown.get("outcome") != answers[uuid].outcome and not is_told:
                values = Draft(*asked[uuid][1:])
                drafts.append(
                    values._replace(
                        kind=wire.FINAL, mode=wire.TOLD, outcome=shown["outcome"],
                        code=str(shown.get("code") or "ok"), rule=SHOWN_RULE,
                    )
                )  # fmt: skip
        return drafts
