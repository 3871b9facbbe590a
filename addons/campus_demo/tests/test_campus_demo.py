import datetime as dt

from odoo.addons.campus_alert.models.campus_alert_source import KNOWN, Span
from odoo.tests import TransactionCase, tagged

from ..generator import cast, daily
from ..generator.cast import CAST

NOW = dt.datetime(2026, 11, 23, 13, 40)
SCALE = {"share": 0.01, "days": 10, "purchases": 150}


@tagged("post_install", "-at_install")
class TestCampusDemo(TransactionCase):
    """The loader on a small school of its own, beside whatever the database holds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Test University"})
        cls.demo = cls.env["campus.demo"]
        cls.proof = cls.demo._load_school(cls.company, NOW, **SCALE)
        cls.demo._load_daily_life(cls.company, NOW)
        cls.demo._load_access(cls.company, NOW, SCALE["share"])

    def _count(self, model, *domain):
        Model = self.env[model].sudo().with_context(active_test=False)
        return Model.search_count([("company_id", "=", self.company.id), *domain])

    def _snapshot(self):
        transfers = self.env["campus.transfer"].sudo().search([("company_id", "=", self.company.id)])
        models = ("res.partner", "campus.card", "campus.wallet", "campus.account", "campus.department")
        models += (
            "campus.edge",
            "campus.terminal",
            "product.template",
            "pos.config",
            "account.journal",
            "account.move",
            "campus.closing",
            "payment.provider",
            "payment.transaction",
            "account.payment",
            "campus.topup.link",
            "campus.topup.mandate",
            "campus.dispute",
            "campus.loss",
            "campus.phone",
            "campus.kiosk",
            "campus.emergency",
            "campus.alert",
            "campus.alert.delivery",
            "campus.alert.place",
            "campus.alert.rule",
            "campus.zone",
            "campus.door",
            "campus.schedule",
            "campus.access.right",
            "campus.access.visit",
            "campus.access.request",
            "campus.term",
            "campus.holiday",
            "campus.passage",
            "campus.passage.dispute",
            "campus.lockdown",
            "campus.look",
        )
        return set(transfers.mapped("uuid")), {model: self._count(model) for model in models}

    def test_the_ledger_adds_up_and_agrees_with_the_books(self):
        self.assertGreater(self.proof["transfers"], 150)
        self.assertEqual(self.proof["pockets_minor"], self.proof["moved_minor"])
        self.assertGreater(self.proof["pockets_minor"], 0)
        for key in ("total_minor", "negative", "bridge_minor"):
            self.assertEqual(self.proof[key], 0, key)

    def test_a_second_run_changes_nothing(self):
        before = self._snapshot()
        proof = self.demo._load_school(self.company, NOW, **SCALE)
        self.demo._load_daily_life(self.company, NOW)
        self.demo._load_access(self.company, NOW, SCALE["share"])
        self.assertEqual(self._snapshot(), before)
        self.assertEqual(proof, self.proof)

    def test_the_cast_has_what_the_manual_says(self):
        cards = self.env["campus.card"].search([("company_id", "=", self.company.id)]).grouped("uid")
        for role in CAST:
            if role.targets and role.uid in cards:
                pockets = cards[role.uid].wallet_id.pocket_ids.filtered("balance_minor")
                held = {pocket.plan_id.code: pocket.balance_minor for pocket in pockets}
                self.assertEqual(held, role.targets, role.name)
        self.assertTrue({"CA4D0001", "CA4D0007"} <= set(cards))

    def test_all_days_are_closed_but_yesterday_and_today(self):
        closed = self.env["campus.closing"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(closed.mapped("state")), {"closed"})
        self.assertEqual(max(closed.mapped("date")), NOW.date() - dt.timedelta(days=2))
        self.assertEqual(len(closed), SCALE["days"] - 2)

    def test_the_company_is_chinese(self):
        self.assertEqual(self.company.currency_id.name, "CNY")
        self.assertEqual(self.company.chart_template, "cn")
        self.assertEqual(self.company.partner_id.tz, "Asia/Shanghai")

    def test_every_till_takes_the_card_and_cash_and_sells(self):
        tills = self.env["pos.config"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(tills), 7)
        for till in tills:
            self.assertTrue(till._campus_takes_card())
            self.assertTrue(till.payment_method_ids.filtered("is_cash_count"))
            self.assertEqual(till._campus_merchant().gl_account_id, self.company.campus_clearing_account_id)
            domain = [("pos_categ_ids", "in", till.iface_available_categ_ids.ids)]
            self.assertTrue(self.env["product.template"].search_count(domain, limit=1))

    def test_three_edges_with_their_terminals_wait_for_pairing(self):
        edges = self.env["campus.edge"].search([("company_id", "=", self.company.id)])
        self.assertEqual(edges.mapped("state"), ["new", "new", "new"])
        self.assertEqual(sorted(len(edge.terminal_ids) for edge in edges), [3, 3, 15])
        pays = edges.terminal_ids.filtered(lambda terminal: terminal.purpose == "pay")
        self.assertEqual(set(pays.merchant_id.gl_account_id.mapped("account_type")), {"income"})

    def test_times_are_those_of_the_school(self):
        transfers = self.env["campus.transfer"].search(
            [("company_id", "=", self.company.id), ("kind", "=", "purchase")]
        )
        for transfer in transfers:
            local = transfer.occurred_at + dt.timedelta(hours=8)
            self.assertEqual(local.date(), transfer.booking_date)
            self.assertLessEqual(local, NOW)

    def test_meal_money_is_not_spent_in_the_shop(self):
        shop = self.env["campus.account"]._system("shop", self.company)
        plans = self.env["campus.pocket.plan"].search([("company_id", "=", self.company.id)])
        meal = plans.filtered(lambda plan: plan.code in ("subsidy", "meal"))
        self.assertTrue(meal.merchant_ids)
        self.assertNotIn(shop, meal.merchant_ids)

    def test_the_staff_can_log_in_with_the_right_of_its_role(self):
        self.demo._load_staff(self.env.company)
        groups = {
            "clerk": "campus_card.group_campus_card_clerk",
            "manager": "campus_card.group_campus_card_manager",
            "finance": "campus_card.group_campus_card_finance",
            "auditor": "campus_card.group_campus_card_auditor",
            "device": "campus_card.group_campus_card_device_manager",
            "cashier": "point_of_sale.group_pos_user",
            "guard": "campus_access.group_campus_access_guard",
            "dorm": "campus_access.group_campus_access_guard",
            "secretary": "campus_access.group_campus_access_clerk",
        }
        for login, group in groups.items():
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user.has_group(group), login)
            self.assertFalse(user.has_group("base.group_system"), login)

    def test_a_login_keeps_what_is_noted_about_the_student(self):
        if not self.env["res.users"].search_count([("login", "=", "student")]):
            self.demo._load_student(self.company)
        student = self.env["res.users"].search([("login", "=", "student")])
        self.assertTrue(student._is_portal())
        self.assertEqual(student.partner_id.name, "林晓雨")
        self.assertTrue(student.partner_id.campus_properties["level"])

    def _wallet(self, key):
        return self.demo._here(self.company)._wallet_of_role(self.company, key)

    def test_payments_of_the_history_are_on_cards_and_in_the_books_of_their_day(self):
        payments = self.env["payment.transaction"].search([("company_id", "=", self.company.id)])
        done = payments.filtered(lambda tx: tx.state == "done")
        self.assertTrue(done)
        for tx in done:
            self.assertEqual(tx.campus_topup_state, "booked")
            transfer = self.env["campus.transfer"].search([("uuid", "=", tx._campus_uuid())])
            self.assertEqual(transfer.booking_date, tx.payment_id.date)
            self.assertEqual(transfer.amount_minor, round(tx.amount * 100))
        self.assertTrue({"pending", "cancel", "error"} & set(payments.mapped("state")))
        self.assertFalse((payments - done).payment_id)

    def test_the_manual_s_emergency_code_and_pin_are_good(self):
        wallet = self._wallet("student")
        company = self.company
        _record, refusal = wallet.env["campus.emergency"]._prove(
            wallet.partner_id.campus_number,
            daily.EMERGENCY_CODE,
            company,
            {"uuid": "0199bbbb-0000-4000-8000-000000000001", "amount_minor": 100},
        )
        self.assertIsNone(refusal)
        self.assertEqual(wallet._check_pin(daily.PIN), ("ok", {}))

    def test_every_menu_of_daily_life_has_something_to_see(self):
        for model in ("campus.dispute", "campus.loss", "campus.phone", "campus.kiosk", "campus.topup.link"):
            self.assertTrue(self._count(model), model)
        self.assertEqual(self._count("campus.alert.place"), len(daily.SPOTS))
        self.assertTrue(self._count("campus.topup.mandate", ("state", "=", "active")))
        far = self.env["campus.account"]._system("canteen_staff", self.company).alert_place_id
        self.assertEqual(far.with_context(lang="en_US").name, "Old campus")

    def test_the_clock_finds_nothing_in_the_history_and_nothing_waits_to_be_sent(self):
        rules = self.env["campus.alert.rule"].search([("company_id", "=", self.company.id)])
        alerts = self.env["campus.alert"]
        before = alerts.search([])
        for rule in rules:
            rule._run_slice(Span(KNOWN, rule.cursor_at, rule.cursor_at + dt.timedelta(seconds=1)))
        found = alerts.search([]) - before
        self.assertFalse(found, [(alert.rule_id.source, alert.summary) for alert in found])
        self.assertFalse(self._count("campus.alert.delivery", ("state", "=", "waiting")))

    def test_the_cast_is_not_among_the_lost(self):
        losses = self.env["campus.loss"].search([("company_id", "=", self.company.id)])
        self.assertFalse(set(losses.card_ids.mapped("uid")) & {role.uid for role in cast.CAST})
