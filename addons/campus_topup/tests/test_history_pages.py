import io

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import TopupCase


class HistoryCase(TopupCase):
    """Lin has bought twice, Wang once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.canteen = cls.env["campus.account"].create(
            {"name": "Canteen 1", "code": "t-c1", "kind": "merchant"}
        )
        cls.shop = cls.env["campus.account"].create({"name": "=cmd|Shop", "code": "t-s1", "kind": "merchant"})
        cls.lunch = cls.buy(cls.wallet, cls.canteen, 1250)
        cls.pen = cls.buy(cls.wallet, cls.shop, 300)
        cls.other_lunch = cls.buy(cls.other_wallet, cls.canteen, 777)

    @classmethod
    def buy(cls, wallet, account, minor, **values):
        [answer] = cls.env["campus.ledger"]._post(
            [
                {
                    "uuid": cls.env["campus.correction"].default_get(["uuid"])["uuid"],
                    "kind": "purchase",
                    "wallet_id": wallet.id,
                    "account_id": account.id,
                    "amount_minor": minor,
                    **values,
                }
            ]
        )
        return answer

    def line(self, answer):
        return self.env["campus.transfer"].browse(answer["transfer_ids"][0])

    def setUp(self):
        super().setUp()
        self.login(self.lin_user)


@tagged("post_install", "-at_install")
class TestHistoryPages(HistoryCase):
    """The holder sees every movement of their own, and nobody else's."""

    def test_a_purchase_shows_at_once_with_place_and_amount(self):
        page = self.url_open("/my/card/history").text
        self.assertIn("Canteen 1", page)
        self.assertIn("−12.50", page)
        self.assertIn("+86.40", page)
        self.assertNotIn("7.77", page)
        self.buy(self.wallet, self.canteen, 199)
        self.assertIn("−1.99", self.url_open("/my/card/history").text)

    def test_filters_choose_and_rubbish_is_ignored(self):
        def shown(query):
            return self.url_open(f"/my/card/history?{query}").text

        self.assertNotIn("+86.40", shown("kind=spent"))
        self.assertNotIn("−12.50", shown("kind=topup"))
        self.assertNotIn("−3.00", shown(f"where={self.canteen.id}"))
        self.assertIn("−12.50", shown(f"where={self.canteen.id}"))
        self.assertNotIn("−12.50", shown("end=2000-01-01"))
        self.assertIn("−12.50", shown("start=2000-01-01&end=x&kind=%27&where=1%20or%201&before=-1"))

    def test_older_pages_follow_without_gap(self):
        for number in range(45):
            self.buy(self.wallet, self.canteen, 10 + number)
        first = self.url_open("/my/card/history").text
        self.assertIn("before=", first)
        before = first.split("before=")[1].split('"')[0].split("&")[0]
        second = self.url_open(f"/my/card/history?before={before}").text
        self.assertEqual(first.count('class="line"') + second.count('class="line"'), 45 + 3)

    def test_the_line_of_another_is_not_found_by_any_way(self):
        other = self.line(self.other_lunch).id
        page = self.url_open(f"/my/card/history/{other}")
        self.assertEqual(page.status_code, 404)
        self.assertIn('href="/my/card"', page.text)
        self.assertEqual(self.post(f"/my/card/history/{other}/dispute", reason="x").status_code, 404)
        self.assertEqual(self.url_open(f"/my/card/history/{other + 10**6}").status_code, 404)
        self.assertFalse(self.env["campus.dispute"].search([("transfer_id", "=", other)]))

    def test_a_refusal_names_the_holders_own_limit(self):
        self.wallet._set_own_limits(0, 2000, 0)
        self.buy(self.wallet, self.canteen, 5000)
        self.assertIn("your own daily limit of", self.url_open("/my/card/history/refused").text)
        self.wallet._set_own_limits(0, 0, 0)
        self.buy(self.wallet, self.canteen, 5_000_00)
        self.assertIn("Not enough money", self.url_open("/my/card/history/refused").text)

    def test_a_refused_tap_is_among_the_refusals_once(self):
        edge = self.env["campus.edge"].create({"name": "Gate", "company_id": self.company.id})
        self.env.cr.execute(
            """INSERT INTO campus_tap (uuid, kind, company_id, edge_id, journal, seq, chain_hash, purpose, credential,
                   card_id, wallet_id, mode, outcome, code, occurred_at, received_at)
               SELECT '0b3f6a62-3b1c-4c5b-9f38-1d1c0c9bb0aa', kind, %s, %s, gen_random_uuid(), nr, gen_random_uuid(),
                   'door', 'uid …B2C3', %s, %s, 'told', 'refused', 'card_frozen', now(), now()
                 FROM (VALUES ('tap', 1), ('final', 2)) AS row(kind, nr)""",
            [self.company.id, edge.id, self.card.id, self.wallet.id],
        )
        page = self.url_open("/my/card/history/refused").text
        self.assertEqual(page.count("This card is frozen"), 1)
        self.login(self.wang_user)
        self.assertNotIn("This card is frozen", self.url_open("/my/card/history/refused").text)

    def test_charts_show_what_was_spent_where(self):
        for span in ("day", "week", "month", "nonsense"):
            page = self.url_open(f"/my/card/history/charts?span={span}").text
            self.assertIn("<svg", page)
            self.assertIn("Canteen 1", page)
            self.assertIn("12.50", page)
            self.assertNotIn("7.77", page)

    # -- statement -------------------------------------------------------------------

    def test_a_statement_adds_up_and_no_name_is_a_formula(self):
        answer = self.url_open("/my/card/statement.xlsx?start=2020-01-01")
        self.assertIn("spreadsheetml", answer.headers["Content-Type"])
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        rows = list(sheet.iter_rows(min_row=4, values_only=True))
        amounts = [row[3] for row in rows if row[3] is not None]
        self.assertEqual(round(rows[0][4] * 100) + round(sum(amounts) * 100), round(rows[-1][4] * 100))
        self.assertEqual(round(rows[-1][4] * 100), self.balance())
        shop = next(cell for row in sheet.iter_rows(min_row=4) for cell in row if cell.value == "=cmd|Shop")
        self.assertEqual(shop.data_type, "s")

    def test_a_statement_of_the_past_begins_where_the_day_before_ended(self):
        statement = self.env["campus.statement"]
        today = self.env["campus.history"]._today(self.wallet)
        values = statement._values(self.wallet, today, today)
        self.assertEqual(values["closing_minor"], self.balance())
        self.assertEqual(
            values["opening_minor"] + sum(line["amount_minor"] for line in values["lines"]),
            values["closing_minor"],
        )

    def test_the_printed_statement_has_the_same_lines(self):
        wallet = self.wallet.with_context(force_report_rendering=True)
        today = self.env["campus.history"]._today(self.wallet)
        content, kind = wallet.env["campus.statement"]._pdf(wallet, today, today)
        self.assertIn(kind, ("pdf", "html"))
        self.assertTrue(content.startswith(b"%PDF") or b"Canteen 1" in content)
        self.assertEqual(self.url_open("/my/card/statement.pdf").status_code, 200)

    # -- disputes --------------------------------------------------------------------

    def test_one_tap_disputes_a_line_and_a_second_tap_finds_it(self):
        finance = self.new_user("finance")
        line = self.line(self.lunch)
        for _tap in range(2):
            self.post(f"/my/card/history/{line.id}/dispute", reason="I was not there")
        dispute = self.env["campus.dispute"].search([("transfer_id", "=", line.id)])
        self.assertEqual(len(dispute), 1)
        note = dispute.activity_ids.filtered(lambda a: a.user_id == finance).note
        self.assertIn("I was not there", note)
        self.assertIn("I was not there", self.url_open(f"/my/card/history/{line.id}").text)

    def test_what_is_to_be_done_is_in_the_language_of_who_does_it(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        kind = self.env.ref("campus_topup.mail_activity_type_dispute")
        kind.with_context(lang="zh_CN").summary = "有人提出异议"
        finance = self.new_user("finance")
        finance.lang = "zh_CN"
        dispute = self.open_dispute(self.lunch)
        activity = dispute.activity_ids.filtered(lambda a: a.user_id == finance)
        self.assertEqual(activity.summary, "有人提出异议")

    def test_what_a_holder_writes_is_text_for_staff_too(self):
        finance = self.new_user("finance")
        line = self.line(self.lunch)
        text = '<a href="https://evil.example">Click</a> <img src=x> https://evil.example/b'
        self.post(f"/my/card/history/{line.id}/dispute", reason=text)
        dispute = self.env["campus.dispute"].search([("transfer_id", "=", line.id)])
        note = dispute.activity_ids.filtered(lambda a: a.user_id == finance).note
        self.assertNotIn("<a", note)
        self.assertNotIn("<img", note)
        self.assertIn("&lt;img src=x&gt;", note)

    def test_the_database_keeps_one_open_dispute_per_line(self):
        values = {"transfer_id": self.line(self.lunch).id}
        self.env["campus.dispute"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["campus.dispute"].create(values)

    def open_dispute(self, answer):
        return self.env["campus.dispute"]._open(self.line(answer), "wrong")

    def test_finance_reverses_a_sale_once(self):
        before = self.balance()
        dispute = self.open_dispute(self.lunch).with_user(self.new_user("finance"))
        dispute.answer = "The canteen charged twice."
        dispute.action_refund()
        self.assertEqual(self.balance(), before + 1250)
        with self.assertRaises(UserError):
            dispute.action_refund()
        page = self.url_open(f"/my/card/history/{self.line(self.lunch).id}").text
        self.assertIn("The canteen charged twice.", page)
        self.assertIn("Refunded", page)

    def test_a_till_sale_is_not_reversed_behind_the_tills_back(self):
        self.canteen.gl_account_id = self.company.campus_clearing_account_id
        dispute = self.open_dispute(self.lunch).with_user(self.new_user("finance"))
        with self.assertRaises(UserError):
            dispute.action_refund()
        self.assertEqual(dispute.state, "open")

    def test_a_refused_dispute_needs_words_and_may_be_opened_again(self):
        dispute = self.open_dispute(self.lunch).with_user(self.new_user("finance"))
        with self.assertRaises(UserError):
            dispute.action_refuse()
        dispute.answer = "The photo shows you."
        dispute.action_refuse()
        again = self.open_dispute(self.lunch)
        self.assertNotEqual(again, dispute.sudo())

    def test_clerks_and_auditors_read_disputes_and_decide_none(self):
        dispute = self.open_dispute(self.lunch)
        for role in ("clerk", "auditor"):
            mine = dispute.with_user(self.users.get(role) or self.new_user(role))
            self.assertEqual(mine.state, "open")
            for action in ("action_refund", "action_settle"):
                with self.assertRaises(AccessError):
                    getattr(mine, action)()
            with self.assertRaises(AccessError):
                mine.write({"answer": "x"})
        with self.assertRaises(AccessError):
            dispute.with_user(self.lin_user).read(["state"])
        with self.assertRaises(AccessError):
            dispute.with_user(self.new_user("finance")).write({"state": "refunded"})
