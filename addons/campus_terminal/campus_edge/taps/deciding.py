"""The edge's own decisions about taps: those that need no server, and those without the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Final, NamedTuple

from campus_core import errors
from campus_core.credentials.qr_code import UsedSteps
from campus_core.money import MAX_MINOR
from campus_core.taps import alone, rules, wire
from campus_core.taps.alone import Facts, Request, Terminal, Verdict

from ..clock.clock import Clock
from ..journal.store import Draft
from ..server.sender import Sender
from ..snapshot.resolve import Resolved, resolve
from ..snapshot.snapshot import Snapshot
from .exposure import Exposure

ARM_MS: Final = 60_000


class Arrived(NamedTuple):
    """A tap that has arrived; ``at_ms`` is the time, ``elapsed_ms`` the same by the monotonic clock."""

    uuid: str
    terminal: str
    at_ms: int
    elapsed_ms: int
    resolved: Resolved
    facts: Facts
    request: Request
    #: Taps with an equal value here are duplicates.
    recent: Hashable

    @property
    def purpose(self) -> str:
        """The purpose of the tap; paying at an unknown terminal."""
        return self.facts.terminal.purpose if self.facts.terminal else wire.PAY


#: The further rules of one purpose: what they make of a tap and of the verdict about its card, and the time.
Judge = Callable[[Arrived, Verdict, int], Verdict]


class Deciding:
    """Applies the rules of ``campus_core`` to the snapshot, the exposure and the armed amounts."""

    def __init__(self, snapshot: Snapshot, sender: Sender, exposure: Exposure, clock: Clock) -> None:
        #: Further rules by purpose, for instance for the zones of doors.
        self.judges: dict[str, Judge] = {}
        self._snapshot, self._sender = snapshot, sender
        self._exposure, self._clock = exposure, clock
        self._used = UsedSteps.since(clock.now_ms())
        clock.on_step.append(lambda: self._used.begin_again(clock.now_ms()))
        self._armed: dict[str, tuple[int, int]] = {}
        self._arming = threading.Lock()

    # -- amounts that wait for a card --------------------------------------------------------
    def arm(self, terminal: str, amount_minor: int, for_ms: int = ARM_MS) -> None:
        """Set the amount that the next granted card at ``terminal`` pays; it expires after ``for_ms``."""
        with self._arming:
            self._armed[terminal] = (amount_minor, self._clock.elapsed_ms() + for_ms)

    def disarm(self, terminal: str) -> None:
        """Remove the armed amount of a terminal."""
        with self._arming:
            self._armed.pop(terminal, None)

    def _armed_minor(self, terminal: str) -> int | None:
        with self._arming:
            amount_minor, until_ms = self._armed.get(terminal, (None, 0))
        return amount_minor if self._clock.elapsed_ms() < until_ms else None

    # -- decisions ---------------------------------------------------------------------------
    def arrive(self, terminal: str, credential: str, amount_minor: int | None) -> Arrived:
        """Return a tap with its card and amount; ``amount_minor`` None means the armed amount, if any."""
        at_ms = self._clock.now_ms()
        resolved = resolve(credential, self._snapshot, self._used, at_ms)
        known = self._snapshot.terminals.get(terminal)
        amount_minor = self._armed_minor(terminal) if amount_minor is None else amount_minor
        request = Request(self._clock.day(at_ms), amount_minor, resolved.refusal, resolved.is_bare)
        recent = (terminal, resolved.card or resolved.text, known and alone.amount_of(known, request))
        facts = self._facts(known, resolved.card, at_ms)
        uuid, elapsed_ms = self._clock.new_uuid(), self._clock.elapsed_ms()
        return Arrived(uuid, terminal, at_ms, elapsed_ms, resolved, facts, request, recent)

    def at_once(self, arrived: Arrived) -> Verdict | None:
        """Return a decision that needs no server, or None if the server must be asked."""
        if self._sender.disabled:
            return Verdict(wire.REFUSED, errors.EDGE_DISABLED, "switched off by the server")
        with self._exposure.lock:
            counters = self._counters(
                arrived.resolved.card, arrived.recent, arrived.at_ms, arrived.elapsed_ms
            )
            early = alone.before_asking(arrived.facts, arrived.request, counters, arrived.at_ms)
            if early is not None:
                return self._judged(arrived, early, arrived.at_ms)
            if arrived.purpose in rules.ASKS and self._sender.can_ask:
                self._exposure.let_through(arrived.recent, arrived.elapsed_ms)
                return None
            return self._alone(arrived)

    def too_late(self, arrived: Arrived) -> Verdict:
        """Decide without the server, which did not answer in time."""
        with self._exposure.lock:
            self._exposure.turned_down(arrived.recent)
            return self._alone(arrived)

    def turned_down(self, arrived: Arrived) -> None:
        """Note that a tap was refused: a retry is no duplicate, and the exposure does not count it."""
        with self._exposure.lock:
            self._exposure.take_back(arrived.uuid)
            self._exposure.turned_down(arrived.recent)

    def draft(self, arrived: Arrived, kind: str, verdict: Verdict | None) -> Draft:
        """Return the entry for the journal: with the decision, or as an ask."""
        terminal = arrived.facts.terminal
        amount_minor = alone.amount_of(terminal, arrived.request) if terminal else None
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
            rule=self.rule(verdict.rule) if verdict else None,
            snapshot=arrived.facts.version,
        )

    def rule(self, rule: str) -> str:
        """Return the text of a rule, with ``DOUBTFUL_CLOCK`` before it if the clock is doubtful."""
        return rule if self._clock.is_sure else f"{wire.DOUBTFUL_CLOCK}{rule}"

    def _counters(self, card: int | None, recent: Hashable, now_ms: int, elapsed_ms: int) -> alone.Counters:
        """Return what this edge has sold alone lately, counted as the server does."""
        window_s = self._snapshot.limits.snapshot_age_s
        return self._exposure.counters(card, recent, now_ms, elapsed_ms, window_s)

    def _facts(self, terminal: Terminal | None, card: int | None, now_ms: int) -> Facts:
        snapshot = self._snapshot
        found = snapshot.card(card, now_ms, self._exposure.lease_used_minor(card))
        return Facts(snapshot.version, snapshot.confirmed_at_ms, terminal, found)

    def _alone(self, arrived: Arrived) -> Verdict:
        """Decide without the server and count the exposure; the caller holds the exposure's lock."""
        now_ms, elapsed_ms = self._clock.now_ms(), self._clock.elapsed_ms()
        facts = self._facts(arrived.facts.terminal, arrived.resolved.card, now_ms)
        request = replace(arrived.request, refusal=arrived.request.refusal or arrived.resolved.alone)
        card = facts.card.card if facts.card else None
        counters = self._counters(card, arrived.recent, now_ms, elapsed_ms)
        verdict = alone.decide(facts, request, counters, self._snapshot.limits, now_ms)
        verdict = self._judged(arrived, verdict, now_ms)
        if verdict.granted:
            self._exposure.let_through(arrived.recent, elapsed_ms)
            if card is not None and verdict.amount_minor is not None:
                self._exposure.spend(arrived.uuid, card, verdict.amount_minor, verdict.uncovered_minor)
        return verdict

    def _judged(self, arrived: Arrived, verdict: Verdict, now_ms: int) -> Verdict:
        judge = self.judges.get(arrived.purpose) if arrived.facts.terminal else None
        return judge(arrived, verdict, now_ms) if judge else verdict
