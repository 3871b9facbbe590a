from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.tests import tagged

from .tap_common import TapCase, now_ms


@tagged("post_install", "-at_install")
class TestCampusTaps(TapCase):
    def refused(self, batch):
        """The refusal of a batch as a whole; what it leaves behind stays, as on the real server."""
        try:
            self.send(batch)
        except WireError as error:
            return error
        self.fail("the batch was taken")

    # -- the server is asked -------------------------------------------------------

    def test_a_tap_pays_the_terminal_s_amount(self):
        answer = self.tap()
        self.assertAnswer(answer, "granted", "ok", 650)
        self.assertEqual((answer["amount_minor"], answer["name"]), (350, ""))
        self.assertEqual(answer["text"], "3.50  6.50")
        tap = self.env["campus.tap"].search([("uuid", "=", answer["uuid"])])
        self.assertRecordValues(
            tap,
            [{"card_id": self.card.id, "terminal_id": self.breakfast.id, "amount_minor": 350, "seq": 1,
              "credential": "uid:****B2C3", "outcome": "granted", "reason": ""}],
        )  # fmt: skip
        transfer = self.wallet.transfer_ids.filtered(lambda t: t.uuid == answer["uuid"])
        self.assertEqual((transfer.credit_account_id, transfer.amount_minor), (self.merchant, 350))
        self.assertEqual(transfer.origin, f"campus.terminal,{self.breakfast.id}")

    def test_taps_of_a_batch_are_decided_in_order(self):
        for _number in range(3):
            self.journal.add()
        codes = [answer["code"] for answer in self.send()]
        self.assertEqual(codes, ["ok", "ok", "insufficient"])
        self.assertEqual(self.wallet.available_minor, 300)

    def test_a_refusal_explains_itself(self):
        answer = self.tap(terminal="T-KEY", amount_minor=2000)
        self.assertAnswer(answer, "refused", "insufficient", 1000)
        self.assertEqual(answer["numbers"]["missing_minor"], 1000)
        self.assertEqual(answer["text"], "Not enough money: 10.00 left, 10.00 missing.")

    def test_each_wrong_tap_is_refused_alone(self):
        self.journal.add(terminal="T-NONE")
        self.journal.add(credential="uid:DEADBEEF")
        self.journal.add(credential="uid:" + "Z" * 60)
        self.journal.add(credential="face:0")
        self.journal.add(credential="")
        self.journal.add(terminal="T-KEY")
        self.journal.add(terminal="T-KEY", amount_minor=-5)
        self.journal.add(terminal="T-KEY", amount_minor=0)
        self.journal.add(amount_minor=351)
        self.journal.add(amount_minor=350)
        self.assertEqual(
            [answer["code"] for answer in self.send()],
            ["terminal_unknown", "unknown_card", "unknown_card", "credential_malformed", "credential_malformed",
             "amount_invalid", "amount_invalid", "amount_invalid", "amount_invalid", "ok"],
        )  # fmt: skip
        self.assertEqual(self.wallet.available_minor, 650)

    def test_a_terminal_that_is_off_or_another_edge_s_refuses(self):
        self.breakfast.enabled = False
        self.assertAnswer(self.tap(), "refused", "terminal_disabled")
        other = self.env["campus.edge"].create({"name": "Other"})
        self.keyed.edge_id = other
        self.assertAnswer(self.tap(terminal="T-KEY", amount_minor=1), "refused", "terminal_unknown")

    def test_a_card_frozen_a_moment_ago_is_refused(self):
        self.assertAnswer(self.tap(), "granted", "ok")
        self.card.action_freeze()
        self.assertAnswer(self.tap(), "refused", "card_frozen")
        self.card.action_unfreeze()
        self.wallet.action_freeze()
        self.assertAnswer(self.tap(), "refused", "wallet_frozen")
        self.wallet.action_unfreeze()
        self.lin.campus_valid_until = "2020-01-01"
        self.assertAnswer(self.tap(), "refused", "card_expired")

    def test_limits_hold_at_terminals_too(self):
        self.wallet.limit_purchase_minor = 100
        answer = self.tap()
        self.assertAnswer(answer, "refused", "limit_purchase", 1000)

    def test_another_purpose_moves_no_money(self):
        self.assertAnswer(self.tap(purpose="balance"), "granted", "ok", 1000)
        self.assertAnswer(self.tap(terminal="T-DOOR", purpose="door"), "granted", "ok", 1000)
        self.assertAnswer(self.tap(terminal="T-DOOR", purpose="pay"), "refused", "terminal_unknown")
        self.assertEqual(self.wallet.available_minor, 1000)

    # -- exactly once ----------------------------------------------------------------

    def test_a_batch_sent_twice_gets_the_same_answers_and_moves_nothing(self):
        self.journal.add()
        self.journal.add(terminal="T-KEY", amount_minor=9999)
        batch = self.journal.batch()
        first, second = self.send(batch), self.send(batch)
        fields = ("uuid", "outcome", "code", "amount_minor", "balance_minor", "numbers")
        self.assertEqual(*([[a[f] for f in fields] for a in answers] for answers in (first, second)))
        self.assertEqual(self.wallet.available_minor, 650)

    def test_a_longer_batch_with_a_known_beginning_is_taken(self):
        self.journal.add()
        batch = self.journal.batch()
        self.send(batch)
        self.journal.add()
        rest = self.journal.batch()
        both = {**rest, "prev": batch["prev"], "entries": batch["entries"] + rest["entries"]}
        self.assertEqual([answer["code"] for answer in self.send(both)], ["ok", "ok"])
        self.assertEqual(self.wallet.available_minor, 300)

    def test_an_id_twice_with_other_content_is_a_conflict(self):
        uuid = self.journal.add()
        self.send()
        self.assertAnswer(self.tap(uuid=uuid, amount_minor=1, terminal="T-KEY"), "refused", "conflict")
        self.journal.add(uuid=uuid)
        self.journal.add()
        self.assertEqual([answer["code"] for answer in self.send()], ["ok", "ok"])
        self.assertEqual(self.wallet.available_minor, 300)

    def test_an_id_that_money_moved_under_elsewhere_is_a_conflict(self):
        uuid = self.wallet.transfer_ids[0].uuid
        self.journal.add()
        self.journal.add(uuid=uuid)
        self.assertEqual([answer["code"] for answer in self.send()], ["ok", "conflict"])
        self.assertEqual(self.wallet.available_minor, 650)
        self.assertIn("conflict", self.reviews())

    # -- the journal -------------------------------------------------------------------

    def test_another_history_under_the_same_numbers_is_a_fork(self):
        self.journal.add()
        prev = self.journal.prev
        self.send()
        self.journal.seq, self.journal.prev = 0, prev
        self.journal.add()
        error = self.refused(self.journal.batch())
        self.assertEqual((error.code, error.numbers["head_seq"]), ("journal_fork", 1))
        self.assertEqual((self.wallet.available_minor, self.reviews()), (650, ["fork"]))

    def test_a_changed_entry_breaks_the_chain(self):
        self.journal.add()
        self.send()
        self.journal.add()
        batch = self.journal.batch()
        batch["prev"] = "ab" * 32
        self.assertEqual(self.refused(batch).code, "journal_fork")
        self.assertEqual(self.wallet.available_minor, 650)

    def test_a_gap_is_shown_and_can_be_filled(self):
        self.journal.add()
        missing = self.journal.batch()
        self.journal.add()
        self.assertEqual(self.send()[0]["code"], "ok")
        self.assertEqual(self.reviews(), ["gap"])
        self.assertEqual(self.send(missing)[0]["code"], "ok")
        self.assertEqual(self.wallet.available_minor, 300)
        self.assertEqual(self.edge_record.taken_seq, 2)

    def test_after_a_fork_the_same_taps_come_in_a_new_journal_and_count_once(self):
        uuid = self.journal.add()
        self.send()
        self.journal.start()
        self.journal.add(uuid=uuid)
        self.journal.add()
        self.assertEqual([answer["code"] for answer in self.send()], ["ok", "ok"])
        self.assertEqual(self.wallet.available_minor, 300)
        self.assertIn("journal", self.reviews())

    def test_what_an_old_journal_still_held_is_a_gap(self):
        self.journal.add()
        batch = self.journal.batch()
        batch["head_seq"] = 5
        self.send(batch)
        self.assertEqual(self.edge_record.head_behind, 4)
        self.journal.start()
        self.journal.add()
        self.send()
        gap = self.env["campus.tap.review"].search([("reason", "=", "gap")])
        self.assertEqual((gap.first_seq, gap.last_seq), (2, 5))

    # -- the edge has answered alone ------------------------------------------------------

    def test_a_told_sale_is_charged_whatever_the_wallet_holds(self):
        self.card.action_report_lost()
        self.journal.told(terminal="T-KEY", amount_minor=1600, card=self.card.id)
        answer = self.send()[0]
        self.assertAnswer(answer, "granted", "ok", 0)
        self.assertEqual((answer["numbers"]["debt_minor"], self.wallet.debt_minor), (600, 600))
        self.assertEqual(sorted(self.reviews()), ["hotlisted", "short"])

    def test_a_told_refusal_is_noted_and_moves_nothing(self):
        self.journal.told("refused", code="offline_cap_tap")
        self.assertAnswer(self.send()[0], "refused", "offline_cap_tap", None)
        self.assertEqual(self.wallet.available_minor, 1000)

    def test_told_sales_that_nobody_can_be_charged_for_wait_for_eyes(self):
        self.journal.told(credential="uid:DEADBEEF", amount_minor=350)
        self.journal.told(terminal="T-GONE", amount_minor=350)
        self.journal.told(amount_minor=999)
        self.journal.told(at_ms=wire.MAX_MS)
        self.send()
        self.assertEqual(sorted(self.reviews()), ["amount_differs", "clock", "no_merchant", "unknown_card"])
        self.assertEqual(self.wallet.available_minor, 1)

    # -- a final word ---------------------------------------------------------------------

    def final(self, uuid, outcome, **values):
        self.journal.told(outcome, kind="final", uuid=uuid, **values)
        return self.send()[0]

    def test_a_reader_that_showed_red_gives_the_charge_back(self):
        uuid = self.journal.add()
        self.assertAnswer(self.send()[0], "granted", "ok", 650)
        self.assertAnswer(self.final(uuid, "refused"), "refused", "abandoned")
        self.assertEqual(self.wallet.available_minor, 1000)
        self.journal.told("refused", kind="final", uuid=uuid)
        self.send()
        self.assertEqual(self.wallet.available_minor, 1000)

    def test_a_reader_that_showed_green_is_charged_though_the_server_refused(self):
        uuid = self.journal.add(terminal="T-KEY", amount_minor=1500)
        self.assertAnswer(self.send()[0], "refused", "insufficient")
        self.final(uuid, "granted", terminal="T-KEY", amount_minor=1500, card=self.card.id)
        self.assertEqual((self.wallet.available_minor, self.wallet.debt_minor), (0, 500))

    def test_a_final_that_agrees_changes_nothing(self):
        uuid = self.journal.add()
        self.send()
        self.final(uuid, "granted")
        self.assertEqual(self.wallet.available_minor, 650)

    def test_tap_and_final_in_one_batch(self):
        uuid = self.journal.add()
        self.journal.told("refused", kind="final", uuid=uuid)
        other = self.journal.add()
        self.journal.told(kind="final", uuid=other)
        self.send()
        self.assertEqual(self.wallet.available_minor, 650)

    def test_a_final_whose_tap_got_lost_counts_as_the_tap(self):
        self.final("0190f3e0-0000-7000-8000-000000000009", "granted", amount_minor=350)
        self.assertEqual(self.wallet.available_minor, 650)

    # -- requests that are wrong as a whole -------------------------------------------------

    def test_a_malformed_batch_stores_nothing(self):
        good = self.journal
        good.add()
        good.add()
        batch = good.batch()
        for field, wrong in (
            ({"journal": "x"}, "journal"),
            ({"prev": 5}, "prev"),
            ({"entries": []}, "entries"),
            ({"entries": [*batch["entries"][:1], [1]]}, "entries"),
            ({"entries": batch["entries"][::-1]}, "seq"),
            ({"head_seq": 1}, "head_seq"),
        ):
            error = self.refused({**batch, **field})
            self.assertEqual((error.code, error.numbers["field"]), ("malformed", wrong))
        error = self.refused({**batch, "entries": batch["entries"] * 251})
        self.assertEqual(error.code, "batch_too_large")
        self.assertFalse(self.env["campus.tap"].search_count([("edge_id", "=", self.edge.id)]))

    def test_the_time_of_the_tap_is_kept(self):
        at_ms = now_ms() - 2000
        self.tap(at_ms=at_ms)
        tap = self.env["campus.tap"].search([("edge_id", "=", self.edge.id)])
        self.assertEqual(int(tap.occurred_at.timestamp()), at_ms // 1000)
