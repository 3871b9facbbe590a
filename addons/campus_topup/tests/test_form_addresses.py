import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestFormAddresses(TopupCase):
    """An address that takes a form only sends whoever opens it to the page of the form."""

    def forms(self):
        """Addresses of the card that answer no GET, from the routing map, with values in their places."""
        rules = [
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.methods and re.match(r"/(my/)?card/", rule.rule)
        ]
        answered = {rule.rule for rule in rules if "GET" in rule.methods}
        return sorted({re.sub(r"<[^>]*>", "1", rule.rule) for rule in rules if rule.rule not in answered})

    def test_no_address_of_the_card_answers_a_visit_with_an_error(self):
        self.login(self.lin_user)
        forms = self.forms()
        self.assertIn("/my/card/auto/agree", forms)
        for address in forms:
            with self.subTest(address=address), mute_logger("odoo.http"):
                answer = self.url_open(address, allow_redirects=False)
                self.assertEqual(answer.status_code, 303)
                page = answer.headers["Location"]
                self.assertRegex(page, "/(my/)?card")
                if address.startswith("/my/") and "/1" not in address:
                    self.assertEqual(self.url_open(page).status_code, 200)

    def test_the_page_is_the_one_with_the_form(self):
        self.login(self.lin_user)
        for address, page in (
            ("/my/card/auto/agree", "/my/card/auto"),
            ("/my/card/limits/set", "/my/card/limits"),
            ("/my/card/pin", "/my/card/limits"),
            ("/my/card/language", "/my/card/settings"),
            ("/my/card/phone/remove", "/my/card/settings"),
            ("/my/card/lost/report", "/my/card/lost"),
        ):
            with self.subTest(address=address), mute_logger("odoo.http"):
                answer = self.url_open(address, allow_redirects=False)
                self.assertTrue(answer.headers["Location"].endswith(page), answer.headers["Location"])
