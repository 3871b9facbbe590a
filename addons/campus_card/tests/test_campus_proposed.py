from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusProposed(PeopleCase):
    """What a client proposes by its context, or has stored as a default of its own, passes the same checks as
    what it gives, and cannot silence what is written to the chatter."""

    roles = ("clerk", "second", "manager", "finance")

    def as_role(self, model, role, **context):
        return self.env[model].with_user(self.users[role]).with_context(**context)

    def store_default(self, role, model, name, value):
        """As any user may, over RPC."""
        self.as_role("ir.default", role).set(model, name, value, user_id=True)

    def asked(self, role="manager", **context):
        values = {"wallet_id": self.card.wallet_id.id, "amount": 500, "reason": "For a friend"}
        return self.as_role("campus.correction", role, **context).create(values)

    def test_a_stored_default_does_not_say_who_asked(self):
        self.store_default("manager", "campus.correction", "requested_by_id", self.users["second"].id)
        self.store_default("manager", "campus.correction", "state", "approved")
        correction = self.asked()
        self.assertEqual((correction.requested_by_id, correction.state), (self.users["manager"], "requested"))
        with self.assertRaisesRegex(AccessError, "another person"):
            correction.action_approve()
        self.assertEqual(self.card.wallet_id.balance_minor, 0)

    def test_a_stored_default_of_a_field_that_the_user_may_set_counts(self):
        self.store_default("clerk", "campus.correction", "direction", "out")
        self.assertEqual(self.asked("clerk").direction, "out")

    def test_a_context_proposes_nothing_that_the_user_may_not_set(self):
        proposed = {
            "default_requested_by_id": self.users["second"].id,
            "default_state": "approved",
            "default_direction": "out",
        }
        corrections = self.as_role("campus.correction", "manager", **proposed)
        self.assertEqual(
            corrections.default_get(["requested_by_id", "state", "direction"]),
            {"requested_by_id": self.users["manager"].id, "state": "requested", "direction": "out"},
        )
        with self.assertRaises(AccessError):
            self.asked(**proposed)

    def test_only_what_settled_a_debt_is_undone_whichever_way_it_is_named(self):
        self.top_up(self.card.wallet_id, 5_000)
        topup = self.card.wallet_id.transfer_ids
        proposed = {"default_direction": "undo", "default_undoes_id": topup.id}
        with self.assertRaisesRegex(UserError, "repaid or written off"):
            self.asked("clerk", **proposed)
        self.store_default("clerk", "campus.correction", "direction", "undo")
        with self.assertRaisesRegex(UserError, "repaid or written off"):
            self.asked("clerk", default_undoes_id=topup.id)

    def test_a_join_shows_what_it_moves(self):
        self.top_up(self.card.wallet_id, 5_000)
        values = {
            "wallet_id": self.card.wallet_id.id,
            "join_wallet_id": self.other_card.wallet_id.id,
            "reason": "One person",
            "amount": 0.01,
        }
        corrections = self.as_role("campus.correction", "manager")
        self.assertEqual(corrections.create({**values, "direction": "join"}).amount_minor, 5_000)
        proposed = corrections.with_context(default_direction="join")
        self.assertEqual(proposed.create(values).amount_minor, 5_000)

    def test_a_card_begins_at_the_beginning_whatever_is_proposed(self):
        active = self.env["campus.card.stage"]._first_of("active")
        values = {"partner_id": self.lin.id, "uid": "04A1B2C4"}
        with self.assertRaisesRegex(UserError, "cannot begin"):
            self.as_role("campus.card", "clerk", default_stage_id=active.id).create(values)
        self.store_default("clerk", "campus.card", "stage_id", active.id)
        with self.assertRaisesRegex(UserError, "cannot begin"):
            self.as_role("campus.card", "clerk").create(values)

    def test_a_card_pays_from_the_wallet_of_its_holder(self):
        proposed = {"default_partner_id": self.lin.id, "default_wallet_id": self.other_card.wallet_id.id}
        cards = self.as_role("campus.card", "clerk", **proposed)
        self.assertEqual(cards.create({"uid": "04A1B2C4"}).wallet_id, self.card.wallet_id)

    def test_a_holder_has_a_company_also_where_the_number_is_proposed(self):
        holder = self.as_role("res.partner", "clerk", default_campus_number="T0009").create({"name": "New"})
        self.assertEqual(holder.company_id, self.company)

    def test_the_chatter_is_not_silenced(self):
        # what was made in this transaction is not tracked before its end
        self.flush_tracking()
        for context in ({"tracking_disable": True}, {"mail_notrack": True}):
            before = self.card.message_ids
            card = self.card.with_user(self.users["clerk"]).with_context(**context)
            card.valid_until = "2031-01-31" if "mail_notrack" in context else "2031-01-30"
            self.flush_tracking()
            with self.subTest(context=context):
                said = (self.card.message_ids - before).sudo().tracking_value_ids.field_id.mapped("name")
                self.assertEqual(said, ["valid_until"])
        before = self.card.message_ids
        self.card.with_user(self.users["clerk"]).with_context(tracking_disable=True).action_freeze()
        self.flush_tracking()
        self.assertTrue((self.card.message_ids - before).sudo().tracking_value_ids)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCampusIdentityCompany(PeopleCase):
    roles = ("clerk", "manager")

    def test_who_a_holder_of_another_company_is_is_not_changed_from_here(self):
        other = self.env["res.company"].create({"name": "Other School"})
        holder = self.new_holder("Zhao", "T0100", self.env["campus.department"], company_id=other.id)
        portal = self.env.ref("base.group_portal")
        self.env["res.users"].create(
            {"login": "zhao", "partner_id": holder.id, "group_ids": [(6, 0, portal.ids)],
             "company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        )  # fmt: skip
        changes = self.env["campus.identity.change"].with_user(self.users["clerk"])
        with self.assertRaisesRegex((AccessError, ValidationError), "another company"):
            changes.create({"partner_id": holder.id, "new_email": "thief@example.com", "reason": "x"})
