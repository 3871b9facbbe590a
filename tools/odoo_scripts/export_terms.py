"""Exports the terms of addons in Odoo's shell: a template and one file per language.

The file of a language keeps its translations, gets the new terms and loses the old ones. (Odoo's own export
leaves out translations that equal their source, such as “UID”.)

Environment: CAMPUS_TERMS = {"addons": [...], "languages": [...], "folder": path}.
"""

import json
import os
from pathlib import Path

import polib
from odoo.modules import get_module_path
from odoo.tools.translate import trans_export

HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


def template_of(addon, path):
    """Write the template of an addon. It has only its header if there is nothing to translate."""
    with path.open("wb") as file:
        found = trans_export(None, [addon], file, "po", env)
    if not found:
        empty = polib.POFile()
        empty.metadata = HEADER
        empty.save(str(path))
    return polib.pofile(str(path))


def translation_of(addon, language, template):
    """The file of a language, with exactly the terms of the template in their order."""
    path = Path(get_module_path(addon)) / "i18n" / f"{language}.po"
    file = polib.pofile(str(path)) if path.exists() else polib.POFile()
    file.metadata = {**template.metadata, "Language": language, **file.metadata}
    file.merge(template)
    order = {entry.msgid: position for position, entry in enumerate(template)}
    kept = [entry for entry in file if not entry.obsolete]
    file[:] = sorted(kept, key=lambda entry: order[entry.msgid])
    return file


wanted = json.loads(os.environ["CAMPUS_TERMS"])
for addon in wanted["addons"]:
    folder = Path(wanted["folder"]) / addon / "i18n"
    folder.mkdir(parents=True)
    template = template_of(addon, folder / f"{addon}.pot")
    for language in wanted["languages"]:
        translation_of(addon, language, template).save(str(folder / f"{language}.po"))
