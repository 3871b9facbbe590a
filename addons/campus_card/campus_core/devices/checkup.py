"""Derives the health of an edge, one word with reasons, from its last report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OK: Final = "ok"
LATE: Final = "late"
SILENT: Final = "silent"
SICK: Final = "sick"
#: Not in use: not paired yet, switched off or revoked.
OFF: Final = "off"

#: Reasons, in the order in which people should look at them.
FAULT: Final = "fault"
TAMPER: Final = "tamper"
READER: Final = "reader"
CLOCK: Final = "clock"
NEVER_SEEN: Final = "never_seen"
NO_HEARTBEAT: Final = "no_heartbeat"
QUEUE: Final = "queue"
SNAPSHOT: Final = "snapshot"

MISSED_HEARTBEATS: Final = 3
DRIFT_MAX_MS: Final = 60_000
QUEUE_MAX: Final = 500


@dataclass(frozen=True)
class Report:
    """What is known about an edge; ages are in seconds, None means never."""

    in_use: bool = True
    seen_age_s: int | None = None
    snapshot_age_s: int | None = None
    drift_ms: int = 0
    queue: int = 0
    tamper: bool = False
    fault: bool = False
    bad_readers: int = 0


@dataclass(frozen=True)
class Limits:
    """Limits from which a device is not well."""

    interval_s: int = 30
    silent_after_s: int = 300
    snapshot_age_s: int = 86_400


def health(report: Report, limits: Limits) -> tuple[str, tuple[str, ...]]:
    """Return the health (``OK``, ``LATE``, ``SILENT``, ``SICK``, ``OFF``) and its reasons.

    ``SILENT`` comes first, because the last report of a silent device may no longer be true. ``SICK``
    needs a repair by a person; ``LATE`` may pass by itself.
    """
    if not report.in_use:
        return OFF, ()
    if report.seen_age_s is None:
        return SILENT, (NEVER_SEEN,)
    if report.seen_age_s > limits.silent_after_s:
        return SILENT, (NO_HEARTBEAT,)
    sick = _sick(report)
    if sick:
        return SICK, sick
    late = _late(report, limits)
    return (LATE, late) if late else (OK, ())


def _sick(report: Report) -> tuple[str, ...]:
    found = (
        (FAULT, report.fault),
        (TAMPER, report.tamper),
        (READER, report.bad_readers > 0),
        (CLOCK, abs(report.drift_ms) > DRIFT_MAX_MS),
    )
    return tuple(reason for reason, is_so in found if is_so)


def _late(report: Report, limits: Limits) -> tuple[str, ...]:
    seen_age_s = report.seen_age_s or 0
    is_old = report.snapshot_age_s is None or report.snapshot_age_s > limits.snapshot_age_s
    found = (
        (NO_HEARTBEAT, seen_age_s > MISSED_HEARTBEATS * limits.interval_s),
        (QUEUE, report.queue > QUEUE_MAX),
        (SNAPSHOT, is_old),
    )
    return tuple(reason for reason, is_so in found if is_so)
