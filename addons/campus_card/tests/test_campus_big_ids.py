import datetime as dt

from odoo.tests import tagged

from .ledger_common import LedgerCase

BIG = 3_000_000_000


@tagged("post_install", "-at_install")
class TestCampusBigIds(LedgerCase):
    """Ids of transfers and answers outgrow 32 bits within eleven years."""

    def setUp(self):
        super().setUp()
        for table in ("campus_transfer", "campus_posting", "campus_reservation"):
            self.cr.execute(f"ALTER SEQUENCE {table}_id_seq RESTART WITH {BIG}")

    def test_money_moves_beyond_32_bits(self):
        top_up = self.top_up(5000)
        self.assertGreaterEqual(top_up["transfer_ids"][0], BIG)
        sale = self.buy(1250)
        refund = self.ledger._reverse(
            [{"uuid": self.uuid(), "reverses_uuid": sale["uuid"], "amount_minor": 250}]
        )[0]
        self.assertTrue(refund["ok"], refund)
        transfer = self.env["campus.transfer"].browse(refund["transfer_ids"])
        self.assertEqual(transfer.reverses_id.id, sale["transfer_ids"][0])
        held = {**self.purchase(100), "purpose": "pos"}
        self.assertTrue(self.ledger._reserve([held])[0]["ok"])
        self.assertTrue(self.ledger._release([{"uuid": held["uuid"]}])[0]["ok"])
        self.wallet.limit_day_minor = 1500
        self.assertEqual(self.buy(600)["numbers"]["left_minor"], 500)
        self.assertEqual(transfer._receipt_values()["after"], 40.0)
        found = self.env["campus.transfer"].search([("reverses_id", "=", sale["transfer_ids"][0])])
        self.assertEqual(found, transfer)
        self.assertGreaterEqual(self.env["campus.posting"].search([], limit=1).id, BIG)

    def test_every_column_that_points_to_them_is_as_large(self):
        self.cr.execute(
            """SELECT c.table_name || '.' || c.column_name, c.data_type FROM information_schema.columns c
                 JOIN pg_class t ON t.relname = c.table_name AND t.relkind = 'r'
                WHERE (c.table_name IN ('campus_transfer', 'campus_posting', 'campus_reservation') AND c.column_name = 'id')
                   OR c.column_name = 'transfer_id'
                   OR (c.table_name = 'campus_transfer' AND c.column_name = 'reverses_id')"""
        )
        columns = dict(self.cr.fetchall())
        self.assertIn("campus_reversal.transfer_id", columns)
        self.assertEqual(set(columns.values()), {"bigint"}, columns)
        self.cr.execute(
            """SELECT conrelid::regclass::text FROM pg_constraint con JOIN pg_attribute a
                   ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
                WHERE contype = 'f' AND a.atttypid <> 'int8'::regtype AND confrelid = ANY(
                      ARRAY['campus_transfer', 'campus_posting']::regclass[])"""
        )
        self.assertFalse(self.cr.fetchall())


@tagged("post_install", "-at_install")
class TestCampusCardExpiry(LedgerCase):
    def test_a_card_expires_by_the_calendar_of_its_own_company(self):
        from unittest.mock import patch

        east = self.env["res.company"].create({"name": "East Campus"})
        west = self.env["res.company"].create({"name": "West Campus"})
        east.partner_id.tz, west.partner_id.tz = "Asia/Tokyo", "America/New_York"
        day = dt.date(2026, 3, 4)
        cards = self.env["campus.card"]
        for company, number in ((east, "E1"), (west, "W1")):
            company._campus_setup()
            self.env["campus.pocket.plan"].create({"name": "Cash", "code": "cash", "company_id": company.id})
            holder = self.env["res.partner"].create(
                {"name": number, "campus_number": number, "company_id": company.id}
            )
            card = cards.create(
                {"partner_id": holder.id, "company_id": company.id, "uid": f"04A1B2{number.encode().hex()[:2]}",
                 "valid_from": "2026-01-01", "valid_until": day}
            )  # fmt: skip
            with patch("odoo.fields.Datetime.now", lambda: dt.datetime(2026, 3, 4, 1)):
                card._hand_over()
            cards += card
        # 4 March 16:00 UTC: already the 5th in Tokyo, still the 4th in New York
        with (
            patch("odoo.fields.Datetime.now", lambda: dt.datetime(2026, 3, 4, 16)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("campus_card.campus_card_cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(cards.mapped("state"), ["expired", "active"])
