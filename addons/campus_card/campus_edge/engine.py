"""The way of a tap through the edge: resolve, decide or ask, journal, answer.

``present`` is called by any number of readers' threads at once and returns what the reader shows.
Nothing is answered before it is in the journal; what cannot be written is refused.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from campus_core import credential as credentials
from campus_core import errors, tap, wire
from campus_core.errors import Refusal
from campus_core.money import MAX_MINOR
from campus_core.qr_code import UsedSteps
from campus_core.tap import Facts, Judge, Request, Terminal, Verdict

from . import texts
from .asks import Asks, ServerAnswer
from .clock import Clock
from .exposure import Exposure
from .feed import CredentialSeen, Feed, TapDone
from .journal import Journal, JournalUnwritable
from .journal_store import Draft
from .resolve import Resolved, resolve
from .sender import Sender
from .snapshot import Snapshot

_logger = logging.getLogger(__name__)
ARM_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader shows and the feed tells; amounts in cents."""

    uuid: str
    outcome: str
    code: str
    text: str
    amount_minor: int | None = None
    balance_minor: int | None = None
    name: str = ""
    offline: bool = True

    @property
    def granted(self) -> bool:
        """Say whether the lamp is green."""
        return self.outcome == wire.GRANTED


class _Tap(NamedTuple):
    """One tap on its way."""

    uuid: str
    terminal: str
    at_ms: int
    resolved: Resolved
    facts: Facts
    request: Request
    recent: Hashable

    @property
    def purpose(self) -> str:
        return self.facts.terminal.purpose if self.facts.terminal else wire.PAY


class Engine:
    """Decides about taps. ``judges`` add a rule to a purpose: doors know zones by one."""

    def __init__(
        self,
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
        self.judges: dict[str, Judge] = {}
        self.taps = 0
        #: Why the journal could not be written the last time, empty when it could.
        self.journal_problem = ""
        self._journal, self._snapshot, self._sender = journal, snapshot, sender
        self._asks, self._exposure, self._clock = asks, exposure, clock
        self._language, self._ask_timeout_ms = language, ask_timeout_ms
        self._used = UsedSteps.since(clock.now_ms())
        self._armed: dict[str, tuple[int, int]] = {}
        self._arming = threading.Lock()

    # -- what callers do -------------------------------------------------------------------
    def arm(self, terminal: str, amount_minor: int, for_ms: int = ARM_MS) -> None:
        """The next card that is granted at ``terminal`` pays this; forgotten after ``for_ms``."""
        with self._arming:
            self._armed[terminal] = (amount_minor, self._clock.system_ms() + for_ms)

    def disarm(self, terminal: str) -> None:
        """Forget the amount of a terminal."""
        with self._arming:
            self._armed.pop(terminal, None)

    def read(self, terminal: str, credential: str) -> None:
        """A credential was shown at a terminal that only reads for a till: tell the feed."""
        self.feed.publish(CredentialSeen(terminal, credential, self._clock.now_ms()))

    def present(self, terminal: str, credential: str, amount_minor: int | None = None) -> Answer:
        """A credential was shown: return what becomes of it, when it is on the disk.

        ``amount_minor`` is what was keyed or sent; without it an armed amount counts.
        """
        arrived = self._arrive(terminal, credential, amount_minor)
        self.taps += 1
        try:
            answer = self._answer(arrived)
            self.journal_problem = ""
        except (JournalUnwritable, errors.WireError) as error:
            _logger.error("a tap cannot be written: %s", error, extra={"terminal": terminal})
            self.journal_problem = str(error)
            answer = self._show(arrived, Verdict(wire.REFUSED, errors.TRY_AGAIN, "journal"))
        if answer.granted:
            self.disarm(terminal)
        self._tell(arrived, answer)
        return answer

    def sweep(self) -> int:
        """Write ``refused``, ``abandoned`` for asks that nobody waits for and that were not answered.

        Their readers were never green: after a restart, or when the disk was full.
        """
        done = 0
        if self.journal_problem:
            self._journal.check()
            self.journal_problem = ""
        for entry in self._journal.unanswered():
            if not self._asks.is_open(entry.uuid):
                values = Draft(*entry[1:])._replace(
                    kind=wire.FINAL, mode=wire.TOLD, outcome=wire.REFUSED, code=errors.ABANDONED,
                    rule="no answer was stored", at_ms=self._clock.now_ms(),
                )  # fmt: skip
                self._journal.append(values)
                done += 1
        if done:
            self._sender.wake()
        return done

    # -- the way of a tap ------------------------------------------------------------------
    def _arrive(self, terminal: str, credential: str, amount_minor: int | None) -> _Tap:
        at_ms = self._clock.now_ms()
        resolved = resolve(credential, self._snapshot, self._used, at_ms)
        known = self._snapshot.terminals.get(terminal)
        amount_minor = self._armed_minor(terminal) if amount_minor is None else amount_minor
        request = Request(self._clock.day(at_ms), amount_minor, resolved.refusal, resolved.is_bare)
        recent = (terminal, resolved.card or resolved.text, known and tap.amount_of(known, request))
        facts = self._facts(known, resolved.card, at_ms)
        return _Tap(self._clock.new_uuid(), terminal, at_ms, resolved, facts, request, recent)

    def _facts(self, terminal: Terminal | None, card: int | None, now_ms: int) -> Facts:
        snapshot = self._snapshot
        found = snapshot.card(card, now_ms, self._exposure.lease_used_minor(card))
        return Facts(snapshot.version, snapshot.confirmed_at_ms, terminal, found)

    def _armed_minor(self, terminal: str) -> int | None:
        with self._arming:
            amount_minor, until_ms = self._armed.get(terminal, (None, 0))
        return amount_minor if self._clock.system_ms() < until_ms else None

    def _answer(self, arrived: _Tap) -> Answer:
        verdict = self._at_once(arrived)
        if verdict is not None:
            return self._write_told(arrived, wire.TAP, verdict)
        ask = self._asks.open(arrived.uuid)
        try:
            self._journal.append(self._draft(arrived, wire.TAP, None))
        except BaseException:
            self._asks.drop(arrived.uuid)
            self._refuse_again(arrived)
            raise
        self._sender.wake()
        answer = self._asks.wait(arrived.uuid, ask, self._ask_timeout_ms)
        if answer is not None:
            return self._answered(arrived, answer)
        self._sender.late()
        with self._exposure.lock:
            self._exposure.turned_down(arrived.recent)
            verdict = self._alone(arrived)
        return self._write_told(arrived, wire.FINAL, verdict)

    def _at_once(self, arrived: _Tap) -> Verdict | None:
        """Return the decision that needs no server, None when it is to be asked."""
        if self._sender.disabled:
            return Verdict(wire.REFUSED, errors.EDGE_DISABLED, "switched off by the server")
        with self._exposure.lock:
            counters = self._exposure.counters(arrived.resolved.card, arrived.recent)
            early = tap.before_asking(arrived.facts, arrived.request, counters, arrived.at_ms)
            if early is not None:
                return early
            if arrived.purpose in tap.ASKS and self._sender.can_ask:
                self._exposure.let_through(arrived.recent, arrived.at_ms)
                return None
            return self._alone(arrived)

    def _alone(self, arrived: _Tap) -> Verdict:
        """Decide without the server and count what is risked; the exposure's lock is held."""
        now_ms = self._clock.now_ms()
        facts = self._facts(arrived.facts.terminal, arrived.resolved.card, now_ms)
        request = replace(arrived.request, refusal=arrived.request.refusal or arrived.resolved.alone)
        card = facts.card.card if facts.card else None
        verdict = tap.decide(
            facts, request, self._exposure.counters(card, arrived.recent), self._snapshot.limits, now_ms
        )
        verdict = self._judged(verdict, facts, request, now_ms)
        if verdict.granted:
            self._exposure.let_through(arrived.recent, now_ms)
            if card is not None and verdict.amount_minor is not None:
                self._exposure.spend(arrived.uuid, card, verdict.amount_minor, verdict.uncovered_minor)
        return verdict

    def _judged(self, verdict: Verdict, facts: Facts, request: Request, now_ms: int) -> Verdict:
        judge = self.judges.get(facts.terminal.purpose) if facts.terminal else None
        refusal: Refusal | None = judge(facts, request, now_ms) if judge and verdict.granted else None
        if refusal is None:
            return verdict
        return Verdict(wire.REFUSED, refusal.code, "rule of the place", refusal.numbers)

    def _write_told(self, arrived: _Tap, kind: str, verdict: Verdict) -> Answer:
        try:
            self._journal.append(self._draft(arrived, kind, verdict))
        except BaseException:
            with self._exposure.lock:
                self._exposure.take_back(arrived.uuid)
            self._refuse_again(arrived)
            raise
        self._sender.wake()
        return self._show(arrived, verdict)

    def _refuse_again(self, arrived: _Tap) -> None:
        with self._exposure.lock:
            self._exposure.turned_down(arrived.recent)

    def _draft(self, arrived: _Tap, kind: str, verdict: Verdict | None) -> Draft:
        terminal = arrived.facts.terminal
        amount_minor = tap.amount_of(terminal, arrived.request) if terminal else None
        if amount_minor is not None and not 0 < amount_minor <= MAX_MINOR:
            amount_minor = None
        return Draft(
            kind=kind,
            uuid=arrived.uuid,
            terminal=arrived.terminal,
            at_ms=arrived.at_ms if kind == wire.TAP else self._clock.now_ms(),
            purpose=arrived.purpose,
            credential=arrived.resolved.text,
            card=arrived.resolved.card,
            amount_minor=amount_minor,
            mode=wire.TOLD if verdict else wire.ASK,
            outcome=verdict.outcome if verdict else None,
            code=verdict.code if verdict else None,
            rule=verdict.rule if verdict else None,
            snapshot=arrived.facts.version,
        )

    # -- answers -----------------------------------------------------------------------------
    def _answered(self, arrived: _Tap, answer: ServerAnswer) -> Answer:
        if answer.outcome != wire.GRANTED:
            self._refuse_again(arrived)
        text = answer.text or texts.text_of(answer.code, self._language, answer.amount_minor)
        return Answer(
            arrived.uuid, answer.outcome, answer.code, text, answer.amount_minor, answer.balance_minor,
            answer.name, offline=False,
        )  # fmt: skip

    def _show(self, arrived: _Tap, verdict: Verdict) -> Answer:
        name = arrived.facts.card.name if arrived.facts.card and verdict.granted else ""
        text = texts.text_of(verdict.code, self._language, verdict.amount_minor, name)
        return Answer(arrived.uuid, verdict.outcome, verdict.code, text, verdict.amount_minor, name=name)

    def _tell(self, arrived: _Tap, answer: Answer) -> None:
        masked = credentials.mask(arrived.resolved.text)
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
