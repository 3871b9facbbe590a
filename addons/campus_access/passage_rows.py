"""Rows of ``campus_passage`` beside the ORM: ids that begin with their time, and months."""

import datetime as dt
import secrets
import time
import uuid

# From here to the year 2100 the time in an id is believed; see ``campus_passage_month``.
MIN_MS = 1_577_836_800_000
MAX_MS = 4_102_444_799_999
ODD_MONTH = "2000-01-01"
EPOCH = dt.datetime(1970, 1, 1)


def new_uuid(at_ms=None):
    """Return an id of version 7 for ``at_ms`` (now)."""
    at_ms = int(time.time() * 1000) if at_ms is None else at_ms
    value = (at_ms << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62))


def month_of(text):
    """Return the month of an id as an ISO day, as ``campus_passage_month`` in the database does."""
    at_ms = int(text.replace("-", "")[:12], 16)
    if text[14] != "7" or not MIN_MS <= at_ms <= MAX_MS:
        return ODD_MONTH
    return (EPOCH + dt.timedelta(milliseconds=at_ms)).date().replace(day=1).isoformat()
