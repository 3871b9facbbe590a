import random
import time
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..taps import batch
from .tap_common import NEWEST, TapCase

HOUR_S = 3600
ACTIVITY = "campus_terminal.mail_activity_type_uid_hour"


@tagged("post_install", "-at_install")
class TestCampusUidHour(TapCase):
    """What one edge may charge within an hour to cards that prove nothing, while the server decides."""

    roles = ("manager", "devices")

    def setUp(self):
        super().setUp()
        self.company.campus_uid_hour_minor = 700
        self.top_up(self.wallet, 100_000)
        self.now = self.enterContext(patch.object(batch.time, "time", return_value=time.time()))

    def ask(self, amount_minor=350, **values):
        return self.tap(**{"terminal": "T-KEY", "amount_minor": amount_minor, "at_ms": self.at_ms()} | values)

    def at_ms(self):
        return int(self.now.return_value * 1000)

    def pass_hours(self, hours=1):
        self.now.return_value += hours * HOUR_S

    def activities(self):
        return self.edge_record.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        )

    def told_of(self):
        messages = self.edge_record.message_ids.filtered(lambda message: not message.mail_activity_type_id)
        return len(messages.filtered(lambda message: "as much as it may to plain cards" in str(message.body)))

    def flush_tracking(self, record):
        record.env.flush_all()
        record.env.cr.precommit.run()
        record.invalidate_recordset()

    def cron(self):
        self.env["campus.edge"]._cron_health()
        self.env.invalidate_all()

    def test_an_hour_has_a_limit_over_batches_and_journals(self):
        self.assertAnswer(self.ask(), "granted", "ok")
        self.journal.start()
        self.assertAnswer(self.ask(), "granted", "ok")
        before = self.wallet.available_minor
        answer = self.ask(amount_minor=1)
        self.assertAnswer(answer, "refused", "limit_uid_hour", None)
        self.assertEqual(answer["numbers"], {"limit_minor": 700})
        self.assertIn("hourly limit", answer["text"])
        self.assertEqual(self.wallet.available_minor, before)
        self.pass_hours()
        self.assertAnswer(self.ask(), "granted", "ok")

    def test_one_batch_has_the_same_limit(self):
        for _number in range(3):
            self.journal.add(at_ms=self.at_ms())
        self.assertEqual([answer["code"] for answer in self.send()], ["ok", "ok", "limit_uid_hour"])

    def test_typed_numbers_count_and_cards_that_prove_themselves_do_not(self):
        self.keyed.accept_numbers = True
        number = f"number:{self.card.number}"
        self.assertAnswer(self.ask(700, credential=number), "granted", "ok")
        self.assertAnswer(self.ask(credential=number), "refused", "limit_uid_hour")
        self.assertAnswer(self.ask(), "refused", "limit_uid_hour")
        kinds = {"proof": lambda cards, texts: cards.find("uid", texts)}
        with patch.object(type(self.Taps), "_credential_kinds", return_value=kinds):
            self.assertAnswer(self.ask(credential=f"proof:{self.card.uid}"), "granted", "ok")

    def test_what_was_refused_or_shown_counts_for_nothing(self):
        self.assertAnswer(self.ask(credential="uid:DEADBEEF"), "refused", "unknown_card")
        self.company.campus_uid_limit_minor = 400
        self.assertAnswer(self.ask(401), "refused", "limit_uid")
        self.tap(terminal="T-DOOR", purpose="door", at_ms=self.at_ms())
        self.assertAnswer(self.ask(350), "granted", "ok")
        self.assertAnswer(self.ask(350), "granted", "ok")

    def test_the_same_tap_again_counts_once(self):
        self.journal.add(at_ms=self.at_ms())
        batch = self.journal.batch()
        for _time in range(3):
            self.assertAnswer(self.send(batch)[0], "granted", "ok")
        self.assertAnswer(self.ask(), "granted", "ok")

    def test_zero_is_no_limit(self):
        self.company.campus_uid_hour_minor = 0
        self.assertAnswer(self.ask(90_000), "granted", "ok")
        self.company.campus_uid_hour_minor = 90_000
        self.assertAnswer(self.ask(1), "refused", "limit_uid_hour")

    def test_what_an_edge_sold_alone_has_caps_of_its_own(self):
        self.assertAnswer(self.ask(700), "granted", "ok")
        self.journal.told(terminal="T-KEY", amount_minor=350, at_ms=self.at_ms())
        self.assertAnswer(self.send()[0], "granted", "ok")

    def test_a_stolen_edge_that_asks_takes_no_more_than_the_limit_in_an_hour(self):
        """The thief knows all UIDs, and both the ways of asking and of telling."""
        self.company.write(
            {"campus_uid_hour_minor": 20_000, "campus_offline_edge_minor": 5000, "campus_debt_limit_minor": 0}
        )
        cards = self.card | self.other_card
        for number in range(4):
            cards |= self.new_card(
                self.new_holder(f"Holder {number}", f"T10{number}", self.arts), f"04AA000{number}"
            )
        for card in cards:
            self.top_up(card.wallet_id, 20_000)
        self.keyed.accept_numbers = True
        before, draw = sum(cards.wallet_id.mapped("balance_minor")), random.Random(7)
        for _batch in range(10):
            self.journal.start()
            for _entry in range(20):
                card = draw.choice(cards)
                add = draw.choice([self.journal.add, self.journal.add, self.journal.told])
                add(
                    terminal="T-KEY",
                    amount_minor=draw.choice([100, 350, 4999, 2_147_483_647]),
                    credential=draw.choice([f"uid:{card.uid}", f"number:{card.number}"]),
                    at_ms=self.at_ms() - draw.choice([0, 60_000]),
                    snapshot=NEWEST,
                )
            self.send()
        taken = before - sum(cards.wallet_id.mapped("balance_minor"))
        self.assertTrue(15_000 < taken <= 25_000, taken)

    # -- telling somebody ------------------------------------------------------------

    def test_who_looks_after_devices_hears_of_it_once_an_hour(self):
        self.edge_record.responsible_id = self.users["devices"]
        self.ask(700)
        self.cron()
        self.assertFalse(self.activities(), "the limit was kept")
        self.ask()
        self.ask()
        for _time in range(2):
            self.cron()
            self.assertEqual((len(self.activities()), self.told_of()), (1, 1))
        self.assertEqual(self.activities().user_id, self.users["devices"])
        self.pass_hours()
        self.ask(701)
        self.cron()
        self.assertEqual((len(self.activities()), self.told_of()), (1, 2), "one activity is open")
        self.activities().action_feedback()
        self.pass_hours()
        self.ask(701)
        self.cron()
        self.assertEqual((len(self.activities()), self.told_of()), (1, 3))

    def test_an_edge_that_is_well_again_keeps_the_activity(self):
        self.ask(701)
        self.cron()
        self.edge_record.sudo()._tell_health()
        self.assertTrue(self.activities())

    # -- who says how much -------------------------------------------------------------

    def test_nobody_but_the_administrator_raises_it_and_the_chatter_says_so(self):
        for role in ("manager", "devices"):
            with self.assertRaises(AccessError):
                self.company.with_user(self.users[role]).campus_uid_hour_minor = 10**9
        with self.assertRaises(AccessError):
            self.edge_record.with_user(self.users["devices"]).uid_hour_told = 1 << 40
        company = self.company.with_context(tracking_disable=False)
        self.flush_tracking(company)
        company.campus_uid_hour_minor = 800
        self.flush_tracking(company)
        values = company.message_ids.tracking_value_ids.mapped("new_value_integer")
        self.assertIn(800, values)

    def test_a_negative_limit_is_refused(self):
        with self.assertRaises(Exception) as caught, mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.company.campus_uid_hour_minor = -1
            self.env.flush_all()
        self.assertIn("campus_uid_limit_check", str(caught.exception))
