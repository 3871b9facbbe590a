"""Asks the kernel whether NTP synchronises its clock (``adjtimex``, Linux)."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, Final

#: The result of ``adjtimex``, and the bit of its status, for a clock that is not synchronised.
_ERROR: Final = 5
_UNSYNCHRONISED: Final = 0x40


class _Timex(ctypes.Structure):
    """The beginning of ``struct timex``; the rest is only reserved space."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


@lru_cache(maxsize=1)
def _adjtimex() -> Any:
    return getattr(ctypes.CDLL(None), "adjtimex", None)


def is_synchronised() -> bool:
    """Say whether NTP synchronises this machine's clock; False where the system cannot tell."""
    try:
        ask = _adjtimex()
    except OSError:
        return False
    said = _Timex()
    if ask is None:
        return False
    answer = ask(ctypes.byref(said))
    return 0 <= answer < _ERROR and not said.status & _UNSYNCHRONISED
