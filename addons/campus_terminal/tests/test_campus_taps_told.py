import random
import time

from odoo.tests import tagged

from .tap_common import NEWEST, TapCase

HOUR_MS = 3_600_000


def now_ms():
    return int(time.time() * 1000)


@tagged("post_install", "-at_install")
class TestCampusTapsTold(TapCase):
    """What an edge says on its own word: an honest one is charged, the rest waits for eyes."""

    roles = ("manager",)

    def told(self, **values):
        """A sale of the keyed terminal that the edge has decided; the answer."""
        self.journal.told(**{"terminal": "T-KEY", "amount_minor": 100} | values)
        return self.send()[0]

    def held(self, reason=None):
        reviews = self.env["campus.tap.review"].search([("is_held", "=", True), ("state", "=", "open")])
        return reviews.filtered(lambda review: not reason or review.reason == reason)

    def assertHeld(self, answer, reason):
        """Nothing was charged, and somebody has to decide."""
        self.assertAnswer(answer, "granted", "held")
        self.assertEqual(self.held()[:1].reason, reason)
        self.assertFalse(self.env["campus.transfer"].search_count([("uuid", "=", answer["uuid"])]))

    # -- without bound --------------------------------------------------------------

    def test_more_than_an_edge_may_charge_alone_is_not_charged(self):
        for amount_minor in (5001, 2_147_483_647):
            self.assertHeld(self.told(amount_minor=amount_minor, card=self.card.id), "over_cap")
        self.assertEqual((self.wallet.available_minor, self.wallet.debt_minor), (1000, 0))
        self.top_up(self.wallet, 500)
        self.assertEqual(self.wallet.available_minor, 1500, "no top-up vanishes in a debt")

    def test_a_card_that_the_credential_does_not_show_is_not_charged(self):
        for credential in (
            "qr:CC1.JUNK", "uid:DEADBEEF", "uid:04D4E5F6", "sun:cmac=0011223344556677",
            "emergency:T0001#12345678", f"number:{self.card.number}", "junk", "",
        ):  # fmt: skip
            with self.subTest(credential=credential):
                self.assertHeld(self.told(credential=credential, card=self.card.id), "unsupported")
        self.assertEqual(self.wallet.available_minor, 1000)
        self.assertEqual(self.other_card.wallet_id.available_minor, 0)
        self.assertEqual(len(self.held("unsupported")), 8)

    def test_a_card_of_another_company_is_nobody(self):
        company = self.env["res.company"].create({"name": "Other Campus"})
        company._campus_setup()
        holder = self.new_holder("Far", "T0009", self.env["campus.department"], company_id=company.id)
        card = self.env["campus.card"].create({"partner_id": holder.id, "company_id": company.id})
        answer = self.told(credential="qr:CC1.JUNK", card=card.id)
        self.assertEqual((answer["outcome"], answer["code"]), ("granted", "credential_malformed"))
        self.assertEqual(self.held().reason, "unknown_card")

    def test_what_is_older_than_an_edge_may_be_alone_waits(self):
        self.assertHeld(self.told(at_ms=now_ms() - 25 * HOUR_MS), "late")
        self.assertAnswer(self.told(at_ms=now_ms() - 60_000), "granted", "ok", 900)

    def test_a_uid_that_was_nobody_s_yet_is_not_charged(self):
        self.assertHeld(self.told(at_ms=now_ms() - HOUR_MS), "unsupported")
        self.assertEqual(self.held().partner_id, self.lin)

    def test_a_sale_without_any_list_of_cards_waits(self):
        self.assertHeld(self.told(snapshot=0), "over_cap")

    def test_an_edge_that_was_away_while_caps_were_lowered_is_not_doubted(self):
        self.company.write({"campus_offline_tap_minor": 50, "campus_uid_limit_minor": 50})
        self.assertAnswer(self.told(snapshot=1), "granted", "ok", 900)
        self.assertHeld(self.told(snapshot=NEWEST), "over_cap")

    def test_caps_that_were_lowered_long_ago_are_no_excuse(self):
        self.env.flush_all()
        self.company.campus_offline_tap_minor = 50
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE campus_offline_caps SET since = since - interval '30 hours'
                WHERE company_id = %s AND version > 0""",
            [self.company.id],
        )
        self.assertHeld(self.told(snapshot=1), "over_cap")

    def test_what_one_card_and_one_edge_may_charge_alone_counts_over_batches_and_journals(self):
        self.company.write({"campus_offline_card_minor": 250, "campus_offline_edge_minor": 400})
        self.top_up(self.other_card.wallet_id, 1000)
        codes = []
        for _number in range(3):
            codes.append(self.told()["code"])
            self.journal.start()
        self.assertEqual(codes, ["ok", "ok", "held"])
        other = {"credential": f"uid:{self.other_card.uid}"}
        self.assertEqual([self.told(**other)["code"] for _number in range(3)], ["ok", "ok", "held"])
        self.assertEqual(self.wallet.available_minor, 800)
        self.assertEqual(self.other_card.wallet_id.available_minor, 800)

    def test_what_the_server_has_decided_itself_counts_for_no_cap(self):
        self.company.campus_offline_card_minor = 250
        for _number in range(3):
            tap = self.journal.add(terminal="T-KEY", amount_minor=100)
            self.journal.told(kind="final", uuid=tap, terminal="T-KEY", amount_minor=100)
            self.assertEqual([answer["code"] for answer in self.send()], ["ok", "ok"])
        self.assertAnswer(self.told(), "granted", "ok", 600)

    def test_the_least_limit_of_the_list_is_kept_also_the_sum_from_which_a_pin_is_needed(self):
        self.wallet.write({"limit_purchase_minor": 900, "limit_day_minor": 800, "pin_above_minor": 400})
        self.wallet.sudo().own_pin_above_minor = 300
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE campus_snapshot_card SET changed_version = 50 WHERE card_id = %s", [self.card.id]
        )
        self.assertAnswer(self.told(amount_minor=300, snapshot=51), "granted", "ok", 700)
        self.assertHeld(self.told(amount_minor=301, snapshot=51), "over_cap")
        self.assertIn("3.00", self.held().held_text)
        self.assertAnswer(self.told(amount_minor=301, snapshot=50), "granted", "ok", 399)

    def test_debt_grows_to_the_ceiling_of_the_holder_and_no_further(self):
        self.company.campus_debt_limit_minor = 300
        self.assertAnswer(self.told(amount_minor=1300), "granted", "ok", 0)
        self.assertHeld(self.told(amount_minor=1), "debt_limit")
        self.journal.start()
        self.assertHeld(self.told(amount_minor=1), "debt_limit")
        self.assertEqual(self.wallet.debt_minor, 300)

    def test_one_stolen_edge_empties_no_wallet(self):
        """The thief has the key of one edge, and knows every card, UID and list version."""
        self.company.write(
            {"campus_offline_tap_minor": 5000, "campus_offline_card_minor": 10_000,
             "campus_offline_edge_minor": 30_000, "campus_debt_limit_minor": 2000}
        )  # fmt: skip
        cards = self.card | self.other_card
        for number in range(4):
            holder = self.new_holder(f"Holder {number}", f"T10{number}", self.arts)
            cards |= self.new_card(holder, f"04AA000{number}")
        for card in cards[1:]:
            self.top_up(card.wallet_id, 20_000)
        before = sum(cards.wallet_id.mapped("balance_minor"))
        draw = random.Random(7)
        for _batch in range(12):
            self.journal.start()
            for _entry in range(20):
                card = draw.choice(cards)
                values = {
                    "terminal": draw.choice(["T-KEY", "T-BREAK", "T-DOOR"]),
                    "amount_minor": draw.choice([100, 350, 4999, 5000, 5001, 2_147_483_647]),
                    "credential": draw.choice([f"uid:{card.uid}", "qr:CC1.JUNK", f"number:{card.number}"]),
                    "card": draw.choice([card.id, None]),
                    "at_ms": now_ms() - draw.choice([0, HOUR_MS, 30 * HOUR_MS, -HOUR_MS]),
                    "snapshot": draw.choice([0, 1, NEWEST]),
                    "kind": draw.choice(["tap", "final"]),
                }
                self.journal.told(**values)
            self.send()
        taken = before - sum(cards.wallet_id.mapped("balance_minor"))
        debts = sum(cards.wallet_id.mapped("debt_minor"))
        self.assertTrue(0 < taken + debts <= 30_000, (taken, debts))
        for card in cards[1:]:
            self.assertGreaterEqual(card.wallet_id.balance_minor, 10_000, card.uid)
        self.assertLessEqual(max(cards.wallet_id.mapped("debt_minor")), 2000)
        self.assertTrue(self.held())

    # -- whose UID it was --------------------------------------------------------------

    def reuse_uid(self, hours_ago):
        """Give Lin's chip to Wang; Lin had it until ``hours_ago``. The new card."""
        uid = self.card.uid
        self.card.action_return()
        self.env.flush_all()
        new = self.new_card(self.wang, uid)
        self.top_up(new.wallet_id, 1000)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE campus_card_uid
                  SET since = since - make_interval(hours => CASE WHEN card_id = %s THEN 100 ELSE %s END),
                      until = until - make_interval(hours => %s) WHERE uid = %s""",
            [self.card.id, hours_ago, hours_ago, uid],
        )
        return new

    def test_a_late_tap_is_charged_to_who_had_the_uid_then(self):
        new = self.reuse_uid(hours_ago=2)
        self.told(at_ms=now_ms() - 3 * HOUR_MS)
        self.assertEqual((self.wallet.available_minor, new.wallet_id.available_minor), (900, 1000))
        self.told(at_ms=now_ms() - HOUR_MS)
        self.assertEqual((self.wallet.available_minor, new.wallet_id.available_minor), (900, 900))

    def test_an_ask_that_comes_late_is_charged_to_who_had_the_uid_then(self):
        new = self.reuse_uid(hours_ago=2)
        self.tap(at_ms=now_ms() - 3 * HOUR_MS)
        self.assertEqual(new.wallet_id.available_minor, 1000)

    def test_an_old_list_that_names_the_old_card_waits_for_eyes(self):
        new = self.reuse_uid(hours_ago=2)
        self.assertHeld(self.told(at_ms=now_ms() - HOUR_MS, card=self.card.id), "unsupported")
        self.assertEqual(new.wallet_id.available_minor, 1000)

    def test_where_nobody_had_the_uid_then_somebody_decides(self):
        self.reuse_uid(hours_ago=2)
        self.env.cr.execute("UPDATE campus_card_uid SET until = until - interval '5 hours'")
        answer = self.told(at_ms=now_ms() - 4 * HOUR_MS)
        self.assertEqual((answer["outcome"], answer["code"]), ("granted", "unknown_card"))
        self.assertTrue(self.held("unknown_card"))
