from datetime import datetime

from odoo.addons.campus_card.tests.people_common import GROUPS, PeopleCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
ROLES = ("clerk", "manager", "finance", "auditor", "employee", "portal")
MATRIX = {
    "campus.alert.rule": ("r", "rwcu", "r", "r", "", ""),
    "campus.alert": ("rw", "rw", "r", "r", "", ""),
    "campus.alert.delivery": ("r", "r", "r", "r", "", ""),
    "campus.alert.trial": ("", "rwcu", "", "", "", ""),
    "campus.alert.preference": ("rwcu", "rwcu", "", "r", "", ""),
    "campus.alert.place": ("r", "rwcu", "r", "r", "", ""),
}


@tagged("post_install", "-at_install")
class TestAlertRights(PeopleCase):
    roles = tuple(GROUPS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["portal"] = new_test_user(cls.env, "test_portal", groups="base.group_portal")
        cls.rule = cls.env["campus.alert.rule"].create({"name": "Rule", "threshold_minor": 1})
        cls.alert, cls.other_alert = (cls.new_alert(holder) for holder in (cls.lin, cls.wang))
        cls.env["campus.alert.delivery"]._plan(cls.alert, cls.lin, {"mail"}, False)
        cls.env["campus.alert.delivery"]._plan(cls.other_alert, cls.wang, {"mail"}, False)
        cls.records = {
            "campus.alert.rule": cls.rule,
            "campus.alert": cls.alert,
            "campus.alert.delivery": cls.alert.delivery_ids,
            "campus.alert.trial": cls.env["campus.alert.trial"].create(cls.trial_vals(cls.lin)),
            "campus.alert.preference": cls.env["campus.alert.preference"].create(
                {"partner_id": cls.lin.id, "mail": True}
            ),
            "campus.alert.place": cls.env["campus.alert.place"].create(
                {"name": "Plaza", "latitude": 1, "longitude": 1}
            ),
        }

    @classmethod
    def new_alert(cls, holder):
        return cls.env["campus.alert"].create(
            {
                **cls.trial_vals(holder),
                "company_id": cls.company.id,
                "period": "2026-03-02",
            }
        )

    @classmethod
    def trial_vals(cls, holder):
        return {
            "rule_id": cls.rule.id,
            "subject_model": "res.partner",
            "subject_id": holder.id,
            "partner_id": holder.id,
            "happened_at": datetime(2026, 3, 2),
            "facts": {"total": 2, "threshold": 1},
        }

    def test_each_role_may_do_what_the_matrix_says_and_nothing_else(self):
        for model, rights in MATRIX.items():
            for role, allowed in zip(ROLES, rights, strict=True):
                mine = self.as_user(self.records[model], role)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(mine.has_access(operation), letter in allowed)
                        if letter not in allowed:
                            with self.assertRaises(AccessError):
                                mine.check_access(operation)

    def test_a_clerk_of_one_department_sees_nothing_of_another(self):
        for model, other in (
            ("campus.alert", self.other_alert),
            ("campus.alert.delivery", self.other_alert.delivery_ids),
            ("campus.alert.preference", self.new_preference(self.wang)),
        ):
            with self.subTest(model=model):
                self.as_user(self.records[model], "arts_clerk").check_access("read")
                with self.assertRaises(AccessError):
                    self.as_user(other, "arts_clerk").check_access("read")
                self.assertNotIn(other, other.with_user(self.users["arts_clerk"]).search([]))

    def new_preference(self, holder):
        return self.env["campus.alert.preference"].create({"partner_id": holder.id, "mail": True})

    def test_nobody_sees_another_companys_rules_and_alerts(self):
        other = self.env["res.company"].create({"name": "Other school"})
        rule = self.rule.copy({"company_id": other.id})
        alert = self.alert.copy({"company_id": other.id, "rule_id": rule.id, "period": "p"})
        for record in (rule, alert):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                self.as_user(record, "manager").check_access("read")

    def test_a_manager_cannot_choose_what_runs_with_all_rights(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Anything",
                "model_id": self.env["ir.model"]._get_id("campus.alert"),
                "state": "code",
                "code": "pass",
            }
        )
        with self.assertRaises(AccessError):
            self.as_user(self.rule, "manager").write({"server_action_id": action.id})

    def test_a_filter_cannot_ask_about_what_its_author_may_not_read(self):
        manager = self.as_user(self.rule, "manager")
        for domain in (
            "[('partner_id.user_ids.api_key_ids.key', 'like', 'a')]",
            "[('wallet_id.partner_id.user_ids.totp_secret', '!=', False)]",
            "[('create_uid.password', '!=', False)]",
        ):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                manager.write({"domain": domain})

    def test_a_dry_run_shows_only_holders_that_its_user_may_see(self):
        manager = self.users["manager"]
        manager.campus_department_ids = self.arts
        for card in (self.card, self.other_card):
            self.top_up(card.wallet_id, 5000)
        rule = self.rule.with_user(manager)
        rule.write(
            {"domain": "[('kind', '=', 'topup')]", "trial_from": "2020-01-01", "trial_to": "2020-12-31"}
        )
        today = datetime.now().date()
        rule.write({"trial_from": today.replace(day=1), "trial_to": today})
        rule.action_try()
        self.assertEqual(rule.trial_line_ids.partner_id, self.lin)
        with self.assertRaises(AccessError):
            self.rule.with_user(self.users["clerk"]).action_try()

    def test_a_clerk_cannot_send_again_what_is_not_theirs(self):
        with self.assertRaises(AccessError):
            self.other_alert.with_user(self.users["arts_clerk"]).action_retry()
