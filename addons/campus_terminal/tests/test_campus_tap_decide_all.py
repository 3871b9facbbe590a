from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .tap_common import TapCase


@tagged("post_install", "-at_install")
class TestCampusTapDecideAll(TapCase):
    """Many taps that wait are decided in one dialog, each once."""

    roles = ("clerk", "manager", "finance", "auditor", "employee")

    def setUp(self):
        super().setUp()
        self.company.write({"campus_offline_tap_minor": 100, "campus_debt_limit_minor": 300})

    def held(self, *amounts, **values):
        """Sales that wait; their reviews in the order of the sales."""
        before = self.all()
        for amount in amounts:
            self.journal.told(**{"terminal": "T-KEY", "amount_minor": amount, "card": self.card.id} | values)
        self.send()
        return (self.all() - before).sorted("id")

    def all(self):
        return self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])

    def dialog(self, reviews, verb="action_charge_all", role="manager", note="They have eaten."):
        action = getattr(self.as_user(reviews, role), verb)()
        wizard = self.env[action["res_model"]].with_user(self.users[role]).browse(action["res_id"])
        if not wizard.count:
            return wizard
        form = Form(wizard)
        form.note = note
        return form.save()

    def assertShows(self, wizard, count, total, *left):
        self.assertEqual((wizard.count, wizard.total, wizard.left_count), (count, total, len(left)))
        places = [(wizard.left_html or "").find(words) for words in left]
        self.assertNotIn(-1, places)
        self.assertEqual(places, sorted(places), "in the order of the sales")

    def test_all_are_charged_after_count_and_sum_were_shown(self):
        reviews = self.held(200, 300, 400)
        wizard = self.dialog(reviews)
        self.assertShows(wizard, 3, 9.0)
        self.assertFalse(wizard.left_html)
        self.assertEqual(self.wallet.available_minor, 1000, "nothing is done before it is confirmed")
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 100)
        self.assertEqual(reviews.mapped("charged_minor"), [200, 300, 400])
        self.assertEqual(set(reviews.mapped("note")), {"They have eaten."})
        self.assertEqual(reviews.settled_by_id, self.users["manager"])
        self.assertShows(wizard, 3, 9.0)
        self.assertTrue(wizard.is_done)

    def test_all_are_dropped(self):
        reviews = self.held(200, 300) | self.held(400, credential="uid:DEADBEEF", card=None)
        wizard = self.dialog(reviews, "action_drop_all", "finance", "The edge was stolen.")
        self.assertShows(wizard, 3, 9.0)
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, set(reviews.mapped("decision"))), (1000, {"drop"}))

    def test_what_cannot_be_decided_is_named_with_its_reason_before_and_afterwards(self):
        unknown = self.held(200, credential="uid:DEADBEEF", card=None)
        nowhere = self.held(200, terminal="T-GONE")
        too_much = self.held(1500)
        fits, over = self.held(1200, 400)
        decided = self.held(150)
        self.as_user(decided, "manager")._decide("drop", "Twice")
        selected = unknown | nowhere | too_much | fits | over | decided
        wizard = self.dialog(selected)
        left = ("choose the card", "choose the merchant", "At most 13.00", "At most 1.00", "decided already")
        self.assertShows(wizard, 1, 12.0, *left)
        wizard.action_apply()
        self.assertShows(wizard, 1, 12.0, *left)
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, self.wallet.debt_minor), (0, 200))
        self.assertEqual(fits.charged_minor, 1200)
        self.assertEqual(set((unknown | nowhere | too_much | over).mapped("state")), {"open"})

    def test_sales_of_an_account_that_was_joined_are_shown_and_charged_as_the_one_that_stays(self):
        reviews = self.held(400)
        heir = self.other_card.wallet_id
        self.wallet._join_into(heir)
        wizard = self.dialog(reviews)
        self.assertShows(wizard, 1, 4.0)
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual((heir.balance_minor, self.wallet.debt_minor, reviews.charged_minor), (600, 0, 400))

    def test_other_reviews_are_left_out(self):
        self.journal.told(terminal="T-KEY", outcome="granted", amount_minor=1, credential="uid:04D4E5F6")
        uuid = self.journal.add()
        self.send()
        self.tap(uuid=uuid, amount_minor=120, terminal="T-KEY")
        others = self.all()
        self.assertEqual(set(others.mapped("reason")), {"short", "conflict"})
        for verb in ("action_charge_all", "action_drop_all"):
            self.assertShows(self.dialog(others, verb), 0, 0, "No money waits", "twice with other content")

    def test_to_press_again_or_to_press_second_changes_nothing(self):
        reviews = self.held(200, 300)
        first, second = self.dialog(reviews), self.dialog(reviews, "action_drop_all", "finance")
        first.action_apply()
        for again in (first, second):
            again.action_apply()
            self.assertShows(again, 0, 0, "decided already", "decided already")
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, set(reviews.mapped("decision"))), (500, {"charge"}))

    def test_a_reason_is_needed(self):
        reviews = self.held(200)
        wizard = self.dialog(reviews)
        wizard.note = " "
        with self.assertRaisesRegex(UserError, "why"):
            wizard.action_apply()
        self.assertEqual(reviews.state, "open")

    def test_names_in_the_list_are_text(self):
        self.lin.name = "<b onclick='x'>Lin</b>"
        wizard = self.dialog(self.held(2000))
        self.assertIn("&lt;b onclick", wizard.left_html)

    def test_who_may_and_that_nothing_of_the_dialog_is_written_by_hand(self):
        reviews = self.held(200)
        for role in ("clerk", "auditor", "employee"):
            for verb in ("action_charge_all", "action_drop_all"):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    getattr(self.as_user(reviews, role), verb)()
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["campus.tap.decide.all"].with_user(self.users[role]).create(
                    {"review_ids": reviews.ids, "decision": "charge"}
                )
        wizard = self.dialog(reviews)
        for values in ({"left_html": "<b>"}, {"review_ids": []}, {"decision": "drop"}, {"is_done": True}):
            with self.subTest(values=values), self.assertRaises(UserError):
                wizard.write(values)

    def test_taps_of_two_companies_are_not_decided_together(self):
        reviews = self.held(200, 300)
        company = self.env["res.company"].create({"name": "Other Campus"})
        self.env.cr.execute(
            "UPDATE campus_tap_review SET company_id = %s WHERE id = %s", [company.id, reviews[0].id]
        )
        self.env.invalidate_all()
        self.users["manager"].company_ids |= company
        both = self.as_user(reviews, "manager").with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        with self.assertRaisesRegex(UserError, "one company"):
            both.action_charge_all()
