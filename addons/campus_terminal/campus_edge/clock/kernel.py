"""Whether the kernel's clock is kept right by NTP, as the kernel itself says (``adjtimex``, Linux)."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, Final

#: ``adjtimex``'s answer, and the bit of its status, when nothing keeps the clock right.
_ERROR: Final = 5
_UNSYNCHRONISED: Final = 0x40


class _Timex(ctypes.Structure):
    """The beginning of ``struct timex``; the rest only has to have room."""

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
    """Say whether NTP keeps this machine's clock right; False where that cannot be asked."""
    try:
        ask = _adjtimex()
    except OSError:
        return False
    said = _Timex()
    if ask is None:
        return False
    answer = ask(ctypes.byref(said))
    return 0 <= answer < _ERROR and not said.status & _UNSYNCHRONISED
