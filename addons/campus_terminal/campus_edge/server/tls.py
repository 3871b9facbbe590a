"""Whom the edge believes to be its server: one setting for every connection that it makes."""

from __future__ import annotations

import ssl
from pathlib import Path


def context_for(scheme: str, ca_file: Path | None) -> ssl.SSLContext | None:
    """Return the context of an address' connections, None for one that is not encrypted.

    ``ca_file`` names the authorities to believe, instead of those that the system does. Raises
    ``OSError`` that names the file when it cannot be used.
    """
    if scheme != "https":
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise OSError(f"server.ca_file {ca_file} cannot be used: {error}") from error
