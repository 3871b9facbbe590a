"""The TLS settings for all connections to the server."""

from __future__ import annotations

import ssl
from pathlib import Path


def context_for(scheme: str, ca_file: Path | None) -> ssl.SSLContext | None:
    """Return the TLS context for a scheme, None for plain HTTP.

    ``ca_file`` has the trusted authorities, instead of the system's. If it cannot be used, raises an
    ``OSError`` that names the file.
    """
    if scheme != "https":
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise OSError(f"server.ca_file {ca_file} cannot be used: {error}") from error
