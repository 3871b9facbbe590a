import json

from odoo.addons.campus_card.tests.chip_common import Chip, add_factory_key, add_key, nxp_messages
from odoo.tests import tagged
from odoo.tools import mute_logger

from .tap_common import TapCase, now_ms


@tagged("post_install", "-at_install")
class TestCampusTapsChip(TapCase):
    """Chips that prove themselves at the readers of an edge."""

    roles = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chip_card = cls.new_card(cls.lin, Chip().uid)

    def setUp(self):
        super().setUp()
        self.chip = Chip()
        self.key = add_key(self.env, self.company)

    def stored(self, uid=None):
        return self.env["campus.chip"].search([("uid", "=", uid or self.chip.uid)])

    def test_nxps_published_messages_pay_once_each(self):
        add_factory_key(self.env, self.company, number=2)
        for number, (uid, counter, text) in enumerate(nxp_messages()):
            self.new_card(self.lin, uid)
            answer = self.tap(terminal="T-KEY", amount_minor=100, credential=f"sun:{text}")
            self.assertAnswer(answer, "granted", "ok", 1000 - 100 * (number + 1))
            self.assertEqual(self.stored(uid).counter, counter)
            again = self.tap(terminal="T-KEY", amount_minor=100, credential=f"sun:{text}")
            self.assertAnswer(again, "refused", "sun_replayed")
        self.assertEqual(self.wallet.available_minor, 700)

    def test_a_chip_pays_and_its_counter_rises(self):
        for balance in (650, 300):
            self.assertAnswer(self.tap(credential=self.chip.tap()), "granted", "ok", balance)
        self.assertEqual(self.stored().counter, 2)
        taps = self.env["campus.tap"].search([("edge_id", "=", self.edge.id)])
        self.assertEqual(taps.card_id, self.chip_card)
        self.assertNotIn(self.chip.uid, "".join(taps.mapped("credential")))

    def test_an_older_message_is_refused_in_words(self):
        old = self.chip.tap()
        self.tap(credential=self.chip.tap())
        answer = self.tap(credential=old)
        self.assertAnswer(answer, "refused", "sun_replayed")
        self.assertIn("used already", answer["text"])
        self.assertEqual((self.stored().counter, self.wallet.available_minor), (2, 650))

    def test_a_forged_message_leaves_no_trace_on_the_counter(self):
        good = self.chip.tap()
        forged = good[:-1] + ("0" if good[-1] != "0" else "1")
        self.assertAnswer(self.tap(credential=forged), "refused", "sun_forged")
        self.assertFalse(self.stored())
        self.assertAnswer(self.tap(credential=good), "granted", "ok", 650)

    def test_noise_and_strangers_are_refused(self):
        for text in ("sun:", "sun:nothing", "sun:picc_data=00&cmac=00", "sun:picc_data=" + "0" * 32):
            with self.subTest(text=text):
                self.assertAnswer(self.tap(credential=text), "refused", "credential_malformed")
        stranger = Chip("04999999999999")
        self.assertAnswer(self.tap(credential=stranger.tap()), "refused", "unknown_card")
        self.assertFalse(self.stored(stranger.uid))

    def test_a_batch_that_comes_again_gets_its_first_answers(self):
        self.journal.add(credential=self.chip.tap())
        self.journal.add(credential=self.chip.tap())
        batch = self.journal.batch()
        first = self.send(batch)
        self.assertEqual([answer["code"] for answer in first], ["ok", "ok"])
        again = self.send(batch)
        self.assertEqual([answer["code"] for answer in again], ["ok", "ok"])
        self.assertEqual((self.wallet.available_minor, self.stored().counter), (300, 2))

    def test_one_message_twice_in_a_batch_is_one_tap(self):
        message = self.chip.tap()
        self.journal.add(credential=message)
        self.journal.add(credential=message)
        # the same message in other letters
        self.journal.add(credential=message.lower())
        codes = [answer["code"] for answer in self.send()]
        self.assertEqual(codes, ["ok", "sun_replayed", "sun_replayed"])
        self.assertEqual(self.wallet.available_minor, 650)

    def test_two_chips_in_one_batch_each_pay(self):
        other = Chip("04AABBCCDDEEFF")
        self.new_card(self.wang, other.uid)
        self.top_up(self.wang.campus_wallet_id, 1000)
        for chip in (other, self.chip, other):
            self.journal.add(credential=chip.tap())
        self.assertEqual([answer["code"] for answer in self.send()], ["ok"] * 3)
        self.assertEqual(self.wang.campus_wallet_id.available_minor, 300)

    def test_a_taken_back_payment_finds_its_card_though_the_chip_went_on(self):
        message = self.chip.tap()
        uuid = self.journal.add(credential=message)
        self.send()
        self.tap(credential=self.chip.tap(), terminal="T-DOOR", purpose="door")
        self.journal.told("refused", kind="final", uuid=uuid, credential=message)
        self.assertAnswer(self.send()[0], "refused", "abandoned")
        self.assertEqual(self.wallet.available_minor, 1000)
        final = self.env["campus.tap"].search([("uuid", "=", uuid), ("kind", "=", "final")])
        self.assertEqual(final.card_id, self.chip_card)

    def test_a_frozen_card_is_refused_whatever_it_proves(self):
        self.chip_card.action_freeze()
        self.assertAnswer(self.tap(credential=self.chip.tap()), "refused", "card_frozen")

    # -- versions of the keys ---------------------------------------------------------------

    def test_chips_of_two_versions_are_believed_until_one_is_retired(self):
        add_key(self.env, self.company, number=2)
        newer = Chip("04AABBCCDDEEFF", version=2)
        self.new_card(self.lin, newer.uid)
        door = {"terminal": "T-DOOR", "purpose": "door"}
        self.assertAnswer(self.tap(credential=self.chip.tap(), **door), "granted", "ok")
        self.assertAnswer(self.tap(credential=newer.tap(), **door), "granted", "ok")
        self.key.action_retire()
        self.assertAnswer(self.tap(credential=self.chip.tap(), **door), "refused", "sun_forged")
        self.assertAnswer(self.tap(credential=newer.tap(), **door), "granted", "ok")

    def test_a_chip_that_was_written_anew_counts_anew_and_its_old_key_is_over(self):
        add_key(self.env, self.company, number=2)
        door = {"terminal": "T-DOOR", "purpose": "door"}
        self.tap(credential=self.chip.tap(50), **door)
        anew = Chip(version=2)
        self.assertAnswer(self.tap(credential=anew.tap(), **door), "granted", "ok")
        self.assertAnswer(self.tap(credential=self.chip.tap(51), **door), "refused", "sun_forged")
        self.assertEqual((self.stored().key_version, self.stored().counter), (2, 1))

    def test_without_any_key_the_key_is_unknown(self):
        self.key.action_retire()
        answer = self.tap(credential=self.chip.tap())
        self.assertAnswer(answer, "refused", "key_unknown")
        self.assertTrue(answer["text"])

    # -- the UID alone ----------------------------------------------------------------------

    def test_a_chip_that_has_proven_itself_is_refused_its_bare_uid_where_the_company_says_so(self):
        bare = f"uid:{self.chip.uid}"
        self.company.campus_chip_required = True
        self.assertAnswer(self.tap(credential=bare), "granted", "ok", 650)
        self.tap(credential=self.chip.tap(), terminal="T-DOOR", purpose="door")
        answer = self.tap(credential=bare)
        self.assertAnswer(answer, "refused", "sun_needed")
        self.assertIn("copy", answer["text"])
        self.assertAnswer(
            self.tap(credential=bare, terminal="T-DOOR", purpose="door"), "refused", "sun_needed"
        )
        self.breakfast.accept_numbers = True
        number = self.tap(credential=f"number:{self.chip_card.number}")
        self.assertAnswer(number, "refused", "sun_needed")
        self.company.campus_chip_required = False
        self.assertAnswer(self.tap(credential=bare, terminal="T-DOOR", purpose="door"), "granted", "ok")

    def test_cards_without_such_a_chip_go_on_by_their_uid(self):
        self.company.campus_chip_required = True
        self.tap(credential=self.chip.tap(), terminal="T-DOOR", purpose="door")
        self.assertAnswer(self.tap(), "granted", "ok", 650)

    def row_of_edge(self, card):
        """The card in the edge's snapshot, and whether an edge is told of it as a change."""
        body, _signature = self.env["campus.snapshot"]._build(self.edge_record)
        row = next(row for row in json.loads(body)["cards"] if row[0] == card.id)
        self.env.cr.execute("SELECT changed_version FROM campus_snapshot_card WHERE card_id = %s", [card.id])
        [[version]] = self.env.cr.fetchall()
        self.env.cr.execute("UPDATE campus_snapshot_card SET changed_version = 0")
        return row, version > 0

    def test_without_the_server_an_edge_does_not_know_the_bare_uid_of_such_a_chip(self):
        self.row_of_edge(self.chip_card)
        self.tap(credential=self.chip.tap(), terminal="T-DOOR", purpose="door")
        row, is_told = self.row_of_edge(self.chip_card)
        self.assertTrue(row[1] and is_told)
        for _ in range(2):
            self.company.campus_chip_required = not self.company.campus_chip_required
            self.env.flush_all()
            row, is_told = self.row_of_edge(self.chip_card)
            self.assertEqual((bool(row[1]), is_told), (not self.company.campus_chip_required, True))
            row, is_told = self.row_of_edge(self.card)
            self.assertTrue(row[1] and not is_told)
        self.tap(credential=self.chip.tap(), terminal="T-DOOR", purpose="door")
        self.assertFalse(self.row_of_edge(self.chip_card)[1], "later taps are no news")

    def test_an_ask_that_is_dated_back_is_refused_its_bare_uid_as_well(self):
        self.company.campus_chip_required = True
        self.tap(credential=self.chip.tap(), terminal="T-DOOR", purpose="door")
        answer = self.tap(credential=f"uid:{self.chip.uid}", at_ms=now_ms() - 1_000_000)
        self.assertAnswer(answer, "refused", "sun_needed")

    def test_what_was_sold_without_the_server_is_held_where_the_list_had_no_such_uid(self):
        self.company.campus_chip_required = True
        self.tap(credential=self.chip.tap(), terminal="T-DOOR", purpose="door")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE campus_snapshot_card SET changed_version = 50 WHERE card_id = %s", [self.chip_card.id]
        )
        sale = {"credential": f"uid:{self.chip.uid}", "card": self.chip_card.id, "amount_minor": 350}
        self.journal.told(**sale, snapshot=50)
        self.assertAnswer(self.send()[0], "granted", "ok", 650)
        self.journal.told(**sale, snapshot=51)
        self.assertAnswer(self.send()[0], "granted", "held")
        self.assertEqual(self.wallet.available_minor, 650)
        self.company.campus_chip_required = False
        self.journal.told(**sale)
        self.assertAnswer(self.send()[0], "granted", "ok", 300)

    def test_a_bare_uid_pays_up_to_its_limit_and_a_chip_beyond(self):
        self.company.campus_uid_limit_minor = 300
        answer = self.tap()
        self.assertAnswer(answer, "refused", "limit_uid", None)
        self.assertEqual(answer["numbers"], {"limit_minor": 300})
        self.assertIn("3.00", answer["text"])
        self.assertAnswer(self.tap(terminal="T-KEY", amount_minor=300), "granted", "ok", 700)
        self.assertAnswer(self.tap(credential=self.chip.tap()), "granted", "ok", 350)

    def test_a_negative_limit_is_refused(self):
        with self.assertRaises(Exception) as caught, mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.company.campus_uid_limit_minor = -1
            self.env.flush_all()
        self.assertIn("campus_uid_limit_check", str(caught.exception))
