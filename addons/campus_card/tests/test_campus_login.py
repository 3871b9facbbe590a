from collections import Counter

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from ..models import res_users
from ..models.res_users import PAIR_TRIES

PASSWORD = "rights and wrongs"


@tagged("post_install", "-at_install")
class TestCampusLogin(HttpCase):
    """Every way to log in counts wrong passwords by address and login name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login in ("login_lin", "login_wang"):
            new_test_user(cls.env, login, password=PASSWORD)

    def setUp(self):
        super().setUp()
        # A refused login rolls back; the counts have a transaction of their own, but not in tests.
        self.counts = Counter()
        rates = self.env.registry["campus.rate"]
        self.patch(rates, "_tried", lambda _self, what, subject, _span: self.counts[what, subject])
        self.patch(rates, "_may_try", lambda _self, what, subject, *_limits: self._count(what, subject))

    def _count(self, what, subject):
        self.counts[what, subject] += 1
        return True

    def test_wrong_passwords_are_counted_by_address_and_login(self):
        self.by_session("login_lin", "wrong")
        self.assertEqual(self.counts["login", "127.0.0.1 login_lin"], 1)
        self.assertEqual(self.counts["login.address", "127.0.0.1"], 1)

    def call(self, route, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        return self.opener.post(self.base_url() + route, json=body, timeout=30).json()

    def by_session(self, login, password):
        params = {"db": self.env.cr.dbname, "login": login, "password": password}
        return "error" not in self.call("/web/session/authenticate", params)

    def by_jsonrpc(self, login, password):
        args = [self.env.cr.dbname, login, password, {}]
        params = {"service": "common", "method": "authenticate", "args": args}
        return bool(self.call("/jsonrpc", params).get("result"))

    def by_xmlrpc(self, login, password):
        return bool(self.xmlrpc_common.authenticate(self.env.cr.dbname, login, password, {}))

    def by_form(self, login, password):
        self.authenticate(None, None)
        data = {"login": login, "password": password, "csrf_token": Request.csrf_token(self)}
        return "/web/login" not in self.url_open("/web/login", data=data, allow_redirects=False).headers.get(
            "Location", "/web/login"
        )

    def ways(self):
        return (self.by_session, self.by_jsonrpc, self.by_xmlrpc, self.by_form)

    def test_the_right_password_opens_every_way(self):
        self.assertGreater(len(self.ways()), 1)
        for way in self.ways():
            with self.subTest(way=way.__name__):
                self.assertTrue(way("login_lin", PASSWORD))
                self.assertFalse(way("login_lin", "wrong"))

    def test_wrong_passwords_by_any_way_shut_all_ways_for_this_login(self):
        ways = self.ways()
        for number in range(PAIR_TRIES):
            self.assertFalse(ways[number % len(ways)]("login_lin", f"wrong {number}"))
        for way in ways:
            with self.subTest(way=way.__name__):
                self.assertFalse(way("login_lin", PASSWORD))

    def test_nobody_else_behind_the_address_is_locked_out(self):
        for number in range(PAIR_TRIES + 5):
            self.by_session("login_lin", f"wrong {number}")
        self.assertFalse(self.by_session("login_lin", PASSWORD))
        self.assertTrue(self.by_session("login_wang", PASSWORD))

    def test_a_login_is_one_however_it_is_written_and_a_program_is_counted_too(self):
        user = self.env["res.users"].search([("login", "=", "login_lin")])
        for number in range(PAIR_TRIES):
            params = {"service": "object", "method": "execute_kw"}
            args = [self.env.cr.dbname, user.id, f"wrong {number}", "res.users", "search", [[]]]
            self.assertIn("error", self.call("/jsonrpc", {**params, "args": args}))
        self.assertFalse(self.by_session(" LOGIN_LIN ", PASSWORD))
        self.assertFalse(self.by_session("login_lin", PASSWORD))

    def test_a_flood_from_one_address_is_stopped_whatever_it_is_called(self):
        self.patch(res_users, "ADDRESS_TRIES", 3)
        for number in range(3):
            self.assertFalse(self.by_session(f"nobody_{number}", "x"))
        self.assertFalse(self.by_session("login_lin", PASSWORD))

    def test_a_flood_locks_out_nobody_who_has_worked_at_the_address(self):
        self.patch(res_users, "ADDRESS_TRIES", 3)
        lin = self.env["res.users"].search([("login", "=", "login_lin")])
        self.env["res.device.log"].create(
            {"session_identifier": "x" * 42, "user_id": lin.id, "ip_address": "127.0.0.1"}
        )
        for number in range(3):
            self.assertFalse(self.by_session(f"nobody_{number}", "x"))
        self.assertTrue(self.by_session("login_lin", PASSWORD))
        self.assertFalse(self.by_session("login_wang", PASSWORD))
