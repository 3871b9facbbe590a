"""The files of the web app. They are read once; a version is computed over all of them, and they are
compressed.
"""

import gzip
import hashlib
from collections import namedtuple
from functools import lru_cache
from pathlib import Path

from odoo.tools import file_path

from .const import APP_FILES, CONTENT_TYPES, ICON_FILES, KIOSK_FILES

AppFile = namedtuple("AppFile", "content packed content_type")


@lru_cache(maxsize=1)
def files():
    """``{name: AppFile}``; ``packed`` is None where compressing gains nothing."""
    found = {}
    folders = (("app", (*APP_FILES, "worker.js")), ("kiosk", KIOSK_FILES), ("img", ICON_FILES))
    for folder, names in folders:
        for name in names:
            content = Path(file_path(f"campus_portal/static/src/{folder}/{name}")).read_bytes()
            packed = None if name.endswith(".png") else gzip.compress(content, 9)
            found[name] = AppFile(content, packed, CONTENT_TYPES[Path(name).suffix])
    return found


@lru_cache(maxsize=1)
def version():
    """Twelve hex digits that change with any byte of the app."""
    digest = hashlib.sha256()
    for name, file in sorted(files().items()):
        digest.update(name.encode() + b"\0" + file.content)
    return digest.hexdigest()[:12]


def url(name):
    """The address of the app's file ``name``. It changes when any file of the app changes."""
    return f"/my/card/app/{version()}/{name}"
