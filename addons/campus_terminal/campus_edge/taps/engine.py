"""Handles a tap: finds the card, decides or asks the server, writes the journal, answers.

Everything here runs in the loop's thread. Disk and network have threads of their own, which return with
``post``. Taps of one turn of the loop are written in one commit. A tap is answered only when it is in the
journal; a tap that cannot be written is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from campus_core import errors
from campus_core.credentials.credential import mask
from campus_core.taps import wire
from campus_core.taps.alone import Verdict

from ..clock.clock import Clock
from ..feed import CredentialSeen, Feed, TapDone
from ..journal.journal import Journal
from ..journal.store import Draft
from ..loop import Loop, Timer
from ..readers import texts
from ..server.sender import Sender
from ..snapshot.snapshot import Snapshot
from .answer import Answer, Answered, Tap
from .asks import Asks, ServerAnswer
from .deciding import ARM_MS, Arrived, Deciding, Judge
from .exposure import Exposure

_logger = logging.getLogger(__name__)
#: How long storing a received answer may take; a disk that is slower is broken.
STORE_TIMEOUT_MS: Final = 10_000
ABANDONED_RULE: Final = "no answer was stored"
NOT_STORED: Final = "the server's answer could not be stored"


class _Unwritten(NamedTuple):
    """A tap to write in this turn; without a verdict the server is asked."""

    tap: Tap
    draft: Draft
    verdict: Verdict | None


class Engine:
    """Answers taps. ``judges`` are further rules by purpose."""

    def __init__(
        self,
        loop: Loop,
        journal: Journal,
        snapshot: Snapshot,
        sender: Sender,
        asks: Asks,
        exposure: Exposure,
        clock: Clock,
        language: str = "zh_CN",
        ask_timeout_ms: int = 300,
    ) -> None:
        self.feed = Feed()
        self.taps = 0
        #: Asked before a tap is written whether it has to wait, for instance for a PIN; then ``again`` goes on.
        self.waits: Callable[[Tap, Verdict], bool] = lambda tap, verdict: False
        #: Why the last write to the journal failed; empty if it did not fail.
        self.journal_problem = ""
        self._loop, self._journal, self._sender = loop, journal, sender
        self._asks, self._clock = asks, clock
        self._language, self._ask_timeout_ms = language, ask_timeout_ms
        self._deciding = Deciding(snapshot, sender, exposure, clock)
        self._entries: list[_Unwritten] = []
        #: Finals of refused taps that could not be written; they are written as soon as possible.
        self._owed: dict[str, Draft] = {}
        self._timers: dict[str, Timer] = {}

    # -- any thread ------------------------------------------------------------------------
    @property
    def judges(self) -> dict[str, Judge]:
        """Further rules by purpose."""
        return self._deciding.judges

    def arm(self, terminal: str, amount_minor: int, for_ms: int = ARM_MS) -> None:
        """Set the amount that the next granted card at ``terminal`` pays; it expires after ``for_ms``."""
        self._deciding.arm(terminal, amount_minor, for_ms)

    def disarm(self, terminal: str) -> None:
        """Remove the armed amount of a terminal."""
        self._deciding.disarm(terminal)

    def read(self, terminal: str, credential: str) -> None:
        """Publish a credential that was shown at a terminal that only reads for a till."""
        self.feed.publish(CredentialSeen(terminal, credential, self._clock.now_ms()))

    def sweep(self) -> int:
        """Write finals (``refused``, ``abandoned``) for asks without an answer that no reader waits for.

        Such asks remain after a restart or a full disk. Their readers never showed green.
        """
        if self.journal_problem:
            self._journal.check()
            self.journal_problem = ""
        for uuid, draft in list(self._owed.items()):
            self._journal.append(draft)
            self._owed.pop(uuid, None)
            self._sender.wake()
        left = {entry.uuid for entry in self._journal.unanswered() if not self._asks.is_open(entry.uuid)}
        if not left:
            return 0
        # an ask is open until its result is written: check again those that are not open any more
        abandoned = [entry for entry in self._journal.unanswered() if entry.uuid in left]
        for entry in abandoned:
            values = Draft(*entry[1:])._replace(
                kind=wire.FINAL, mode=wire.TOLD, outcome=wire.REFUSED, code=errors.ABANDONED,
                rule=self._deciding.rule(ABANDONED_RULE), at_ms=self._clock.now_ms(),
            )  # fmt: skip
            self._journal.append(values)
        if abandoned:
            self._sender.wake()
        return len(abandoned)

    # -- the way of a tap ------------------------------------------------------------------
    def begin(
        self, terminal: str, credential: str, answered: Answered, amount_minor: int | None = None
    ) -> None:
        """Handle a credential that was shown; call ``answered`` when the tap is stored and decided.

        ``amount_minor`` was keyed or sent; without it an armed amount counts. Call this only in the
        loop's thread.
        """
        tap = Tap(self._deciding.arrive(terminal, credential, amount_minor), answered)
        self.taps += 1
        verdict = self._deciding.at_once(tap.arrived)
        if verdict is not None and self.waits(tap, verdict):
            return
        if verdict is None:
            self._asks.open(tap.uuid, partial(self._loop.post, self._do, self._take, tap))
        self._write(tap, wire.TAP, verdict)

    def again(self, tap: Tap) -> None:
        """Decide and answer a tap that has waited; what else was keyed or shown is known to its judge."""
        self._write(tap, wire.TAP, self._deciding.at_once(tap.arrived))

    def _write(self, tap: Tap, kind: str, verdict: Verdict | None) -> None:
        draft = self._deciding.draft(tap.arrived, kind, verdict)
        try:
            wire.parse_entry([1, *draft])
        except errors.WireError as error:
            self._unwritten(tap, str(error))
            return
        if not self._entries:
            self._loop.soon(self._flush)
        self._entries.append(_Unwritten(tap, draft, verdict))

    def _flush(self) -> None:
        entries, self._entries = self._entries, []
        drafts = [entry.draft for entry in entries]
        self._journal.submit(drafts, partial(self._loop.post, self._written, entries))

    def _written(self, entries: list[_Unwritten], error: Exception | None) -> None:
        if error is not None:
            for entry in entries:
                if entry.draft.kind == wire.FINAL:
                    self._owe(entry)
                self._do(self._unwritten, entry.tap, str(error))
            return
        self.journal_problem = ""
        for entry in entries:
            self._do(self._go_on, entry.tap, entry.verdict)
        # after the answers, so that doors do not wait for it
        self._sender.wake()

    def _owe(self, entry: _Unwritten) -> None:
        """Keep the final of a tap that was refused: the server may have charged it, and must learn of it."""
        rule = self._deciding.rule(ABANDONED_RULE)
        self._owed[entry.tap.uuid] = entry.draft._replace(
            outcome=wire.REFUSED, code=errors.ABANDONED, rule=rule
        )

    def _go_on(self, tap: Tap, verdict: Verdict | None) -> None:
        if verdict is not None:
            self._asks.close(tap.uuid)
            self._answer(tap, self._show(tap.arrived, verdict))
        elif self._asks.is_open(tap.uuid):
            self._wait(tap, self._ask_timeout_ms, self._late)

    def _unwritten(self, tap: Tap, problem: str) -> None:
        self._asks.close(tap.uuid)
        self._refuse(tap, problem)

    def _refuse(self, tap: Tap, problem: str) -> None:
        self._deciding.turned_down(tap.arrived)
        _logger.error("a tap cannot be written: %s", problem, extra={"terminal": tap.arrived.terminal})
        self.journal_problem = problem
        self._answer(tap, self._show(tap.arrived, Verdict(wire.REFUSED, errors.TRY_AGAIN, "journal")))

    def _do(self, step: Callable[..., None], tap: Tap, *args: object) -> None:
        """Run a step of a tap; after an error its reader is answered, and other taps go on."""
        try:
            step(tap, *args)
        except Exception:
            _logger.exception("a tap failed", extra={"terminal": tap.arrived.terminal})
            text = texts.text_of(errors.TRY_AGAIN, self._language)
            tap.hear(Answer(tap.uuid, wire.REFUSED, errors.TRY_AGAIN, text))

    # -- the server's part -------------------------------------------------------------------
    def _wait(self, tap: Tap, for_ms: int, step: Callable[[Tap], None]) -> None:
        self._timers[tap.uuid] = self._loop.later(for_ms, self._time_is_up, tap, step)

    def _time_is_up(self, tap: Tap, step: Callable[[Tap], None]) -> None:
        del self._timers[tap.uuid]
        self._do(step, tap)

    def _late(self, tap: Tap) -> None:
        """Decide a tap alone, because the server has not answered in time."""
        if not self._asks.give_up(tap.uuid):
            self._wait(tap, STORE_TIMEOUT_MS, self._not_stored)
            return
        self._sender.late()
        self._write(tap, wire.FINAL, self._deciding.too_late(tap.arrived))

    def _not_stored(self, tap: Tap) -> None:
        """Refuse a tap whose answer cannot be stored in time; a charge is taken back later."""
        if not self._asks.give_up(tap.uuid, though_claimed=True):
            return
        self._refuse(tap, NOT_STORED)
        red = Verdict(wire.REFUSED, errors.ABANDONED, ABANDONED_RULE)
        self._write(tap._replace(answered=lambda answer: None), wire.FINAL, red)

    def _take(self, tap: Tap, answer: ServerAnswer | None) -> None:
        """Show the server's answer, which is in the journal; ``None``: it could not be stored."""
        timer = self._timers.pop(tap.uuid, None)
        if timer is not None:
            timer.cancel()
        if answer is None:
            self._unwritten(tap, NOT_STORED)
            return
        if answer.outcome != wire.GRANTED:
            self._deciding.turned_down(tap.arrived)
        text = answer.text or texts.text_of(answer.code, self._language, answer.amount_minor)
        self._answer(
            tap,
            Answer(
                tap.uuid, answer.outcome, answer.code, text, answer.amount_minor, answer.balance_minor,
                answer.name, offline=False,
            ),
        )  # fmt: skip

    # -- answers -----------------------------------------------------------------------------
    def _show(self, arrived: Arrived, verdict: Verdict) -> Answer:
        name = arrived.facts.card.name if arrived.facts.card and verdict.granted else ""
        text = texts.told(verdict.numbers, self._language)
        text = text or texts.text_of(verdict.code, self._language, verdict.amount_minor, name)
        return Answer(arrived.uuid, verdict.outcome, verdict.code, text, verdict.amount_minor, name=name)

    def _answer(self, tap: Tap, answer: Answer) -> None:
        arrived = tap.arrived
        if answer.granted:
            self.disarm(arrived.terminal)
        masked = mask(arrived.resolved.text)
        _logger.info(
            "tap",
            extra={
                "tap": arrived.uuid, "terminal": arrived.terminal, "credential": masked,
                "outcome": answer.outcome, "code": answer.code, "offline": answer.offline,
            },
        )  # fmt: skip
        self.feed.publish(
            TapDone(
                arrived.uuid, arrived.terminal, arrived.purpose, arrived.at_ms, answer.outcome, answer.code,
                answer.text, masked, arrived.resolved.card, answer.amount_minor, answer.balance_minor,
                answer.name, answer.offline,
            )
        )  # fmt: skip
        tap.hear(answer)
