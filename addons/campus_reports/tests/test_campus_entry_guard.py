from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import TODAY, ClosingCase

ADMIN = (
    "base.group_system,account.group_account_manager,account.group_account_readonly,"
    "campus_card.group_campus_card_finance"
)


@tagged("post_install", "-at_install")
class TestCampusEntryGuard(ClosingCase):
    """The entry of a closed day stays as it is, whatever door is used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "closing-admin", ADMIN, company_id=cls.company.id)

    def setUp(self):
        super().setUp()
        self.post("topup", 5_000)
        self.post("fee", 1_000, self.env["campus.account"]._system("fee"))
        self.closing = self.close()
        self.move = self.closing.move_ids.with_user(self.admin)
        self.assertEqual(len(self.move), 1)

    def said(self):
        self.env.invalidate_all()
        lines = self.closing.move_ids.line_ids
        return self.closing.move_ids.read(["state", "date", "ref", "journal_id", "name"]), lines.read(
            ["account_id", "debit", "credit", "partner_id", "name"]
        )

    def test_an_administrator_changes_nothing_of_it_by_write(self):
        before = self.said()
        line, other = self.move.line_ids[0], self.gl("campus_sales")
        journal = self.company.campus_journal_id.copy()
        attempts = {
            "out of its closing": lambda: self.move.write({"campus_closing_id": False}),
            "draft": lambda: self.move.write({"state": "draft"}),
            "cancelled": lambda: self.move.write({"state": "cancel"}),
            "date": lambda: self.move.write({"date": "2026-03-04"}),
            "reference": lambda: self.move.write({"ref": "Something else"}),
            "number": lambda: self.move.write({"name": "CAMP/2026/99999"}),
            "journal": lambda: self.move.write({"journal_id": journal.id}),
            "line through the entry": lambda: self.move.write(
                {"line_ids": [Command.update(line.id, {"account_id": other.id})]}
            ),
            "account": lambda: line.write({"account_id": other.id}),
            "partner": lambda: line.write({"partner_id": self.noodles.id}),
            "label": lambda: line.write({"name": "Something else"}),
            "amounts": lambda: line.with_context(check_move_validity=False).write({"debit": 1}),
            "line deleted": line.unlink,
            "lines deleted": self.move.line_ids.unlink,
            "line added": lambda: (
                self.env["account.move.line"]
                .with_user(self.admin)
                .create({"move_id": self.move.id, "account_id": other.id, "debit": 0, "credit": 0})
            ),
            "line added by the context": lambda: (
                self.env["account.move.line"]
                .with_user(self.admin)
                .with_context(default_move_id=self.move.id)
                .create({"account_id": other.id, "debit": 0, "credit": 0})
            ),
            "draft by button": self.move.button_draft,
            "cancelled by button": self.move.button_cancel,
            "deleted": self.move.unlink,
            "deleted by force": lambda: self.move.with_context(force_delete=True).unlink(),
        }
        for name, attempt in attempts.items():
            with self.subTest(name):
                with self.assertRaisesRegex(UserError, "closed campus card day stays"), self.cr.savepoint():
                    attempt()
                self.assertEqual(self.said(), before)

    def test_the_system_itself_does_not_change_it_either(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.move.sudo().write({"campus_closing_id": False})
        with self.assertRaises(UserError), self.cr.savepoint():
            self.move.sudo().line_ids[0].write({"account_id": self.gl("campus_sales").id})

    def test_what_changes_nothing_is_taken(self):
        self.move.write({"ref": self.move.ref})
        line = self.move.line_ids[0]
        line.write({"account_id": line.account_id.id, "name": line.name})
        self.move.message_post(body="Seen.")

    def test_nobody_puts_an_entry_into_a_closing(self):
        values = {
            "journal_id": self.company.campus_journal_id.id,
            "date": TODAY,
            "line_ids": [
                Command.create({"account_id": self.gl("campus_cash").id, "debit": 1, "credit": 0}),
                Command.create({"account_id": self.gl("campus_sales").id, "debit": 0, "credit": 1}),
            ],
        }
        Move = self.env["account.move"].with_user(self.admin)
        with self.assertRaisesRegex(UserError, "Only the day close"), self.cr.savepoint():
            Move.create({**values, "campus_closing_id": self.closing.id})
        move = Move.create(values)
        with self.assertRaisesRegex(UserError, "Only the day close"), self.cr.savepoint():
            move.write({"campus_closing_id": self.closing.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            move.line_ids[0].write({"move_id": self.move.id})

    def test_what_the_closed_day_says_stays_too(self):
        for values in ({"closed_by_id": self.finance.id}, {"transfer_count": 1}, {"closed_at": False}):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.closing.with_user(self.admin).write(values)
            with self.assertRaises(UserError), self.cr.savepoint():
                self.closing.sudo().write(values)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.closing.line_ids[0].copy()
