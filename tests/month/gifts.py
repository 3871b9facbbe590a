"""Money with a last day: given by the school, spent, gone after it; plans that are archived and come back."""

import datetime as dt

GIFT_MINOR = 1_000
PLAN = "gift"
# What an addon of subsidies calls; an administrator has it as a server action.
GRANT = """
answers = env["campus.ledger"]._post([{{
    "uuid": "{uuid}", "kind": "subsidy", "wallet_id": {wallet}, "account_id": {fund}, "amount_minor": {minor},
    "plan": "{plan}", "expires_on": datetime.date({year}, {month}, {day}),
}}])
if not answers[0]["ok"]:
    raise UserError(answers[0]["code"])
"""


class Gifts:
    """A gift for one newcomer, who has nothing else, until a day within the month."""

    def __init__(self, world, desk):
        self.world, self.desk = world, desk
        self.waiting = []

    def afternoon(self, number):
        """What was given the day before yesterday is gone; every other day somebody gets a gift."""
        today = self.world.today
        for gift in [gift for gift in self.waiting if gift[1] < today]:
            self.waiting.remove(gift)
            self.desk.must_not_pay("a card with nothing but expired money", gift[0])
        if number % 2:
            self._give(today + dt.timedelta(days=number % 3))
        if number % 4 in (1, 3):
            self._archive()

    def _give(self, last_day):
        made = self.desk.newcomer(0)
        if not made:
            return
        partner, number, uid = made
        world, meals = self.world, self.desk.meals
        world.step(f"{number} gets a gift until {last_day}", lambda: self._grant(partner, last_day))
        if not world.step(f"{number} eats of the gift", lambda: meals.tills[0].sell(uid, 600)):
            world.violate(f"{number} eats of the gift", "the gift was refused at the till")
        self.waiting.append((uid, last_day))

    def _grant(self, partner, last_day):
        world, admin = self.world, self.world.person("admin")
        code = GRANT.format(
            uuid=world.uuid(), wallet=self.desk.office.wallet(partner), minor=GIFT_MINOR, plan=PLAN,
            fund=world.value("SELECT id FROM campus_account WHERE code = 'subsidy_fund' AND company_id = 1"),
            year=last_day.year, month=last_day.month, day=last_day.day,
        )  # fmt: skip
        model = world.value("SELECT id FROM ir_model WHERE model = 'campus.ledger'")
        values = {"name": "赠款", "model_id": model, "state": "code", "code": code}
        [action] = admin.rpc("ir.actions.server", "create", [values])
        admin.rpc("ir.actions.server", "run", [action])
        admin.rpc("ir.actions.server", "unlink", [action])

    def _archive(self):
        """The plan is archived where nothing is in it, else refused; then it is used again."""
        world, admin = self.world, self.world.person("admin")
        plan, money = world.query(
            """SELECT plan.id, COALESCE(sum(pocket.balance_minor), 0) FROM campus_pocket_plan plan
                 LEFT JOIN campus_account pocket ON pocket.plan_id = plan.id
                WHERE plan.code = %s AND plan.company_id = 1 GROUP BY plan.id""",
            [PLAN],
        )[0]
        world.step(
            f"administrator archives the plan with {money} cents in it",
            lambda: admin.rpc("campus.pocket.plan", "action_archive", [plan]),
            True if money else None,
        )
        world.step(
            "administrator uses the plan again",
            lambda: admin.rpc("campus.pocket.plan", "action_unarchive", [plan]),
        )
