"""What the server wrote into its log while the story ran."""

import re

COMPLAINT = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) \S+ (\S+): ")
# Libraries about themselves, and what Debian's wkhtmltopdf says with every page it prints.
FOREIGN = ("py.warnings", "odoo.addons.base.models.ir_actions_report")


class Log:
    """The part of a log file that is written from now on."""

    def __init__(self, path):
        self.path, self.start = path, path.stat().st_size

    def complaints(self):
        """Warnings and errors, but those that are foreign."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            lines = file.read().decode(errors="replace").splitlines()
        found = ((COMPLAINT.match(line), line) for line in lines)
        return [line[:500] for match, line in found if match and match[2] not in FOREIGN]
