"""Lists the terms without a translation. Arguments: folders of addons, then options.

Every term of `i18n/<addon>.pot` must be translated into every language that is asked for. With `--fresh
FOLDER`, the template must have the same terms as the one in that folder.
"""

import argparse
import re
import sys
from pathlib import Path

import polib

SHOWN = 10
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}")


def terms(path):
    return {entry.msgid: entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def untranslated(template, translated):
    """Problems of one language, as sentences."""
    for msgid in template:
        entry = translated.get(msgid)
        if entry is None or not entry.translated():
            yield f"not translated: {msgid!r}"
        elif sorted(PLACEHOLDER.findall(msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr)):
            yield f"placeholders differ: {msgid!r} -> {entry.msgstr!r}"


def check(addon, languages, fresh):
    """Problems of one addon, as sentences."""
    template_path = addon / "i18n" / f"{addon.name}.pot"
    fresh_path = fresh / addon.name / "i18n" / f"{addon.name}.pot" if fresh else None
    if not template_path.exists():
        yield f"{template_path} is missing"
        return
    template = terms(template_path)
    if fresh_path and fresh_path.exists():
        new = terms(fresh_path)
        yield from (f"not in the template: {msgid!r}" for msgid in new.keys() - template.keys())
        yield from (f"no longer used: {msgid!r}" for msgid in template.keys() - new.keys())
    for language in languages:
        path = addon / "i18n" / f"{language}.po"
        translated = terms(path) if path.exists() else {}
        yield from (f"{language}: {problem}" for problem in untranslated(template, translated))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addons", nargs="+", type=Path)
    parser.add_argument("--language", action="append", default=[])
    parser.add_argument("--fresh", type=Path)
    args = parser.parse_args()
    failed = False
    for addon in args.addons:
        problems = list(check(addon, args.language, args.fresh))
        failed = failed or bool(problems)
        for problem in problems[:SHOWN]:
            print(f"{addon.name}: {problem}")
        if len(problems) > SHOWN:
            print(f"{addon.name}: and {len(problems) - SHOWN} more")
    sys.exit(failed)


if __name__ == "__main__":
    main()
