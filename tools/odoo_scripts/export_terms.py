"""Exports the terms of addons in Odoo's shell: a template and one file per language.

Environment: CAMPUS_TERMS = {"addons": [...], "languages": [...], "folder": path}.
"""

import json
import os
from pathlib import Path

from odoo.tools.translate import trans_export

wanted = json.loads(os.environ["CAMPUS_TERMS"])
for addon in wanted["addons"]:
    folder = Path(wanted["folder"]) / addon / "i18n"
    folder.mkdir(parents=True)
    for language in [None, *wanted["languages"]]:
        name = f"{language}.po" if language else f"{addon}.pot"
        with (folder / name).open("wb") as file:
            trans_export(language, [addon], file, "po", env)
