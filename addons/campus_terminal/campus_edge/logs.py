"""The log: one JSON object per line on standard error. UIDs are masked."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime, timezone
from typing import Final

from campus_core.credentials.credential import mask

#: The standard attributes of a log record; all others were given as ``extra``.
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
#: Our code masks credentials before it logs them; this masks those in texts of libraries and exceptions.
_CREDENTIAL: Final = re.compile(r"\b(?:uid|sun|qr|emergency|number):[^\s\"',)]+", re.IGNORECASE)


class JsonFormatter(logging.Formatter):
    """Writes time (ISO, UTC), level, logger, message and everything given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name.removeprefix("campus_edge."),
            "message": hidden(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD:
                values[name] = value if isinstance(value, (int, float, bool)) else hidden(str(value))
        if record.exc_info:
            values["traceback"] = hidden(self.formatException(record.exc_info))
        return json.dumps(values, ensure_ascii=False)


def hidden(text: str) -> str:
    """Return ``text`` with every credential in it masked."""
    return _CREDENTIAL.sub(lambda found: mask(found[0]), text)


def start(level: str) -> None:
    """Send the log of this program to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # these libraries log every connection
    logging.getLogger("websocket").setLevel(logging.ERROR)
