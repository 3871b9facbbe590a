"""Addresses in Odoo's log without the secrets that stand in them.

A link for top-ups, one of a visit, one that confirms a change of identity, a link to a photo, a link of a login carry
what entitles whoever has it. A log is read by more people than the link was given to.
"""

import logging
import re

HIDDEN = "[hidden]"
#: Parts of a path and values of a query that open something.
_SECRETS = re.compile(
    r"(?P<before>/card/topup/|/card/visit/|/campus/calendar/|/card/identity/\d+/|/campus_pos/photo/|[?&](?:[a-z_]*token|key|secret|code|signature)=)"
    r"(?P<secret>[^/?&#\s\"']+)",
    re.IGNORECASE,
)


def without_secrets(text):
    """The text of a log with every secret of an address taken out."""
    return _SECRETS.sub(lambda match: match["before"] + HIDDEN, text)


class WithoutSecrets(logging.Filter):
    """Takes the secrets out of a record before any handler has it."""

    def filter(self, record):
        message = record.getMessage()
        clean = without_secrets(message)
        if clean != message:
            record.msg, record.args = clean, ()
        return True


def install():
    """Hide secrets in the log of requests, and where Odoo warns of a form without its token."""
    for name in ("werkzeug", "odoo.http"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, WithoutSecrets) for known in logger.filters):
            logger.addFilter(WithoutSecrets())
