import re
from pathlib import Path

from odoo.addons.web.tests.test_js import unit_test_error_checker
from odoo.tests import HttpCase, new_test_user, tagged

SUITE = "@campus_pos"
FOLDER = Path(__file__).parents[1] / "static" / "tests" / "unit"


def hoot_id(name):
    """The id of a suite by its name, as HOOT makes it."""
    number = 0
    for letter in name:
        number = (number * 31 + ord(letter)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestCampusPosUnits(HttpCase):
    """The till's own parts in Chromium, without a till."""

    def test_the_parts_of_the_till_work_by_themselves(self):
        user = new_test_user(self.env, "units", groups="base.group_user")
        written = sum(
            len(re.findall(r"^test\(", path.read_text(encoding="utf-8"), re.MULTILINE))
            for path in FOLDER.glob("*.test.js")
        )
        with self.assertLogs(self._logger.getChild("browser"), "INFO") as said:
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={hoot_id(SUITE)}",
                "",
                login=user.login,
                timeout=300,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=unit_test_error_checker,
            )
        # HOOT calls it a success too if it found no test
        passed = re.search(r"Passed (\d+) tests", "\n".join(said.output))
        self.assertTrue(passed, said.output)
        self.assertEqual(int(passed[1]), written)
        self.assertGreater(written, 20)
