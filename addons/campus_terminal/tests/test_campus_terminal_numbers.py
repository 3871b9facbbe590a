from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .tap_common import TapCase

DEVICE = "campus_card.group_campus_card_device_manager"


@tagged("post_install", "-at_install")
class TestCampusTerminalNumbers(TapCase):
    """Printed numbers at the terminals of an edge: refused unless a manager lets a terminal take them."""

    roles = ("manager", "clerk", "finance")

    def setUp(self):
        super().setUp()
        self.number = f"number:{self.card.number}"
        # what was made in this transaction is not tracked yet
        self.written()

    def tracked(self, user):
        return self.breakfast.with_user(user).with_context(tracking_disable=False)

    def written(self):
        """What the terminal's chatter says has changed."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        return self.breakfast.message_ids.sudo().tracking_value_ids

    def test_a_number_is_refused_whether_or_not_there_is_such_a_card(self):
        for credential in (self.number, "number:99999999"):
            for values in ({}, {"purpose": "balance"}):
                answer = self.tap(credential=credential, **values)
                self.assertAnswer(answer, "refused", "number_refused")
                self.assertEqual((answer["name"], answer["balance_minor"]), ("", None))
        self.assertEqual(self.wallet.available_minor, 1000)

    def test_where_it_is_taken_it_is_worth_no_more_than_a_bare_uid(self):
        self.breakfast.accept_numbers = self.keyed.accept_numbers = True
        self.company.campus_uid_limit_minor = 300
        answer = self.tap(credential=self.number)
        self.assertAnswer(answer, "refused", "limit_uid")
        answer = self.tap(credential=self.number, terminal="T-KEY", amount_minor=300)
        self.assertAnswer(answer, "granted", "ok", 700)

    def test_a_manager_switches_it_on_and_the_chatter_says_so(self):
        device = new_test_user(self.env, "test_numbers_device", groups=DEVICE)
        terminals = self.env["campus.terminal"]
        values = {"name": "Own", "code": "T-OWN", "purpose": "gate", "accept_numbers": True}
        for user in (device, self.users["clerk"], self.users["finance"]):
            with self.assertRaises(AccessError):
                self.breakfast.with_user(user).write({"accept_numbers": True})
            with self.assertRaises(AccessError):
                terminals.with_user(user).create(values)
        self.tracked(self.users["manager"]).write({"accept_numbers": True})
        self.written()
        # also where the client wishes that nobody hears of it
        silent = self.breakfast.with_user(self.users["manager"]).with_context(tracking_disable=True)
        silent.write({"accept_numbers": False})
        tracked = self.written()
        switch = tracked.filtered(lambda value: value.field_id.name == "accept_numbers")
        self.assertEqual(sorted(switch.mapped("new_value_integer")), [0, 1])

    def test_where_the_money_goes_is_written_down_too(self):
        other = self.merchant.copy({"code": "test-other", "name": "Other"})
        self.tracked(self.users["manager"]).write({"merchant_id": other.id, "amount_minor": 400})
        names = self.written().field_id.mapped("name")
        self.assertEqual(set(names), {"merchant_id", "amount_minor"})
