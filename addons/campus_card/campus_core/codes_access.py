"""Codes of doors: why somebody was not let through, and what made a guard look (see ``codes``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# -- why a door stays shut --------------------------------------------------------
ACCESS_NO_RIGHT: Final = "access_no_right"
ACCESS_DENIED: Final = "access_denied"
ACCESS_OUTSIDE_TIME: Final = "access_outside_time"
ACCESS_DOOR_UNKNOWN: Final = "access_door_unknown"
ACCESS_DOOR_LOCKED: Final = "access_door_locked"
ACCESS_LOCKDOWN: Final = "access_lockdown"
ACCESS_PASSBACK: Final = "access_passback"
ACCESS_PASSBACK_TIME: Final = "access_passback_time"
ACCESS_UNVERIFIED: Final = "access_unverified"
ACCESS_ZONE_FULL: Final = "access_zone_full"
ACCESS_ESCORT_MISSING: Final = "access_escort_missing"
ACCESS_FIRST_MISSING: Final = "access_first_missing"
ACCESS_SECOND_MISSING: Final = "access_second_missing"
ACCESS_INTERLOCK: Final = "access_interlock"
ACCESS_PIN_NEEDED: Final = "access_pin_needed"
ACCESS_PIN_WRONG: Final = "access_pin_wrong"
ACCESS_PIN_LOCKED: Final = "access_pin_locked"
ACCESS_PIN_UNSET: Final = "access_pin_unset"

ACCESS_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ACCESS_NO_RIGHT: "no right leads through this door.",
        ACCESS_DENIED: "a right denies this door.",
        ACCESS_OUTSIDE_TIME: "there is a right, but not at this time.",
        ACCESS_DOOR_UNKNOWN: "this reader belongs to no door.",
        ACCESS_DOOR_LOCKED: "this door is locked.",
        ACCESS_LOCKDOWN: "the zone is locked down.",
        ACCESS_PASSBACK: "the person is there already, or never went in.",
        ACCESS_PASSBACK_TIME: "the person went in a moment ago.",
        ACCESS_UNVERIFIED: "it cannot be checked where the person is.",
        ACCESS_ZONE_FULL: "the zone is full.",
        ACCESS_ESCORT_MISSING: "a companion has to come along.",
        ACCESS_FIRST_MISSING: "nobody who opens the zone has come yet.",
        ACCESS_SECOND_MISSING: "a second person has to present a card.",
        ACCESS_INTERLOCK: "another door of the same lock is open.",
        ACCESS_PIN_NEEDED: "the door PIN is needed.",
        ACCESS_PIN_WRONG: "the door PIN is wrong.",
        ACCESS_PIN_LOCKED: "too many wrong door PINs.",
        ACCESS_PIN_UNSET: "the person has no door PIN.",
    }
)
