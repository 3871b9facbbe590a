from odoo.addons.web.tests.test_js import unit_test_error_checker
from odoo.tests import HttpCase, new_test_user, tagged

SUITE = "@campus_pos"


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
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={hoot_id(SUITE)}",
            "",
            login=user.login,
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
