import uuid

from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .tap_common import TapCase

# As an edge makes them, and as a till does.
VERSIONS = ("0190f3e0-0000-7000-8000-0000000000{}", "0190f3e0-0000-4000-8000-0000000000{}")


@tagged("post_install", "-at_install")
@mute_logger("odoo.addons.campus_card.models.campus_ledger", "odoo.sql_db")
class TestCampusOneRegister(TapCase):
    """An id belongs to a tap or to a payment at a till: who comes second is told of the conflict."""

    roles = ()

    def reserve(self, payment, **values):
        """Hold 1.00 at a till under this id; the answer."""
        request = {
            "uuid": payment, "wallet_id": self.wallet.id, "account_id": self.merchant.id,
            "amount_minor": 100, "purpose": "pos", "origin": "pos.session,1",
        }  # fmt: skip
        [answer] = self.env["campus.ledger"]._reserve([request | values])
        self.env.invalidate_all()
        return answer

    def test_a_tap_with_the_id_of_an_open_payment_is_refused_and_the_till_goes_on(self):
        for number, version in enumerate(VERSIONS):
            payment = version.format(f"1{number}")
            self.assertTrue(self.reserve(payment)["ok"])
            before = self.wallet.available_minor
            for values in ({}, {"mode": "told", "outcome": "granted", "code": "ok", "snapshot": 1 << 40}):
                self.journal.start()
                self.journal.add(uuid=payment, **values)
                self.journal.add()
                answers = self.send()
                self.assertEqual([answer["code"] for answer in answers][-1], "ok", "the edge goes on")
                self.assertAnswer(answers[0], "refused", "conflict")
            self.assertEqual(self.wallet.available_minor, before - 700)
            [captured] = self.env["campus.ledger"]._capture([{"uuid": payment}])
            self.assertTrue(captured["ok"])
            self.top_up(self.wallet, 800)
        self.assertIn("conflict", self.reviews())

    def test_the_end_of_a_tap_with_the_id_of_an_open_payment_is_refused_and_the_edge_goes_on(self):
        for number, version in enumerate(VERSIONS):
            payment = version.format(f"3{number}")
            self.assertTrue(self.reserve(payment)["ok"])
            self.journal.start()
            self.journal.told(["granted", "refused"][number], kind="final", uuid=payment)
            self.assertAnswer(self.send()[0], "refused", "conflict")
            [captured] = self.env["campus.ledger"]._capture([{"uuid": payment}])
            self.assertTrue(captured["ok"])
        self.assertEqual(self.wallet.available_minor, 800)

    def test_the_id_of_a_tap_is_refused_at_a_till(self):
        for number, version in enumerate(VERSIONS):
            tap = version.format(f"2{number}")
            self.assertAnswer(self.tap(uuid=tap, terminal="T-KEY", amount_minor=10), "granted", "ok")
            for attempt in (0, 1):
                answer = self.reserve(tap, attempt=attempt)
                self.assertEqual((answer["ok"], answer["code"]), (False, "conflict"))
            self.assertFalse(self.env["campus.reservation"].search_count([("uuid", "=", tap)]))

    def test_a_refused_tap_has_its_id_too(self):
        tap = self.tap(amount_minor=1)["uuid"]
        self.assertEqual(self.reserve(tap)["code"], "conflict")

    def test_a_refund_under_the_id_of_a_tap_is_refused_when_it_is_quoted(self):
        first, second = self.tap()["uuid"], self.tap(terminal="T-KEY", amount_minor=10)["uuid"]
        [quote] = self.env["campus.ledger"]._quote_reverse([{"uuid": second, "reverses_uuid": first}])
        self.assertEqual((quote["ok"], quote["code"]), (False, "conflict"))

    def test_a_tap_with_the_id_of_a_payment_that_is_over_is_refused(self):
        payment = str(uuid.uuid4())
        self.reserve(payment)
        self.env["campus.ledger"]._release([{"uuid": payment, "reason": "cancelled"}])
        self.assertAnswer(self.tap(uuid=payment), "refused", "conflict")

    def test_the_database_keeps_the_register_whatever_code_runs_above_it(self):
        insert = """INSERT INTO campus_reservation
                        (uuid, line, company_id, wallet_id, account_id, merchant_id, amount_minor,
                         captured_minor, state, purpose, reserved_at)
                    SELECT %s, 1, company_id, wallet_id, id, %s, 1, 0, 'open', 'pos', now()
                      FROM campus_account WHERE wallet_id = %s AND kind = 'pocket' LIMIT 1"""
        tap = self.tap()["uuid"]
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute(insert, [tap, self.merchant.id, self.wallet.id])
        for version in VERSIONS:
            payment = version.format("99")
            self.env.cr.execute(insert, [payment, self.merchant.id, self.wallet.id])
            with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
                self.env.cr.execute(
                    """INSERT INTO campus_tap (uuid, kind, company_id, edge_id, journal, seq, chain_hash, purpose,
                                               credential, mode, outcome, code, occurred_at, received_at)
                       VALUES (%s, 'tap', %s, %s, %s, 1, %s, 'pay', 'uid:', 'ask', 'granted', 'ok', now(), now())""",
                    [payment, self.company.id, self.edge.id, payment, payment],
                )
