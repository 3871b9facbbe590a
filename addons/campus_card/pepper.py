"""The pepper of PINs and codes: a secret of the server that is not in the database.

``CAMPUS_PEPPER_FILE`` names a file with one per line, see ``campus_core/credentials/slow_hash.py``;
without it there is none. All servers of one database need the same file.
"""

import os
from pathlib import Path

from .campus_core.credentials import slow_hash

VARIABLE = "CAMPUS_PEPPER_FILE"
_peppers = ()


def peppers():
    """The peppers of this server, the newest first."""
    return _peppers


def load():
    """Read the file, once per process; a server that cannot read it does not start."""
    global _peppers
    name = os.environ.get(VARIABLE)
    if not name:
        return
    try:
        _peppers = slow_hash.read_peppers(Path(name).read_text("ascii"))
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{VARIABLE}: {name} cannot be used: {error}") from error
    if not _peppers:
        raise RuntimeError(f"{VARIABLE}: {name} has no pepper in it")
