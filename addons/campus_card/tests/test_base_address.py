from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestBaseAddress(HttpCase):
    """Before an administrator has logged in the server shows the address that people see."""

    def known(self, address):
        self.env["ir.config_parameter"].set_param("web.base.url", address)

    def asked_by(self, groups):
        user = new_test_user(self.env, login=f"test_address_{groups.rpartition('_')[2]}", groups=groups)
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw/res.users/get_base_url",
            {"model": "res.users", "method": "get_base_url", "args": [user.ids], "kwargs": {}},
        )

    def test_an_address_of_nobody_gives_way_to_the_one_at_hand(self):
        self.known("http://localhost:8069")
        self.assertEqual(self.asked_by("base.group_user"), self.base_url())

    def test_a_known_address_stays(self):
        self.known("https://card.example.edu")
        self.assertEqual(self.asked_by("base.group_user"), "https://card.example.edu")

    def test_nobody_from_outside_says_what_our_address_is(self):
        self.known("http://localhost:8069")
        self.assertEqual(self.asked_by("base.group_portal"), "http://localhost:8069")

    def test_a_job_without_a_visitor_has_what_is_known(self):
        self.known("http://localhost:8069")
        self.assertEqual(self.env["res.users"].get_base_url(), "http://localhost:8069")
