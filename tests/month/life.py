"""One day after the other at the university: who does what at which hour, drawn from the seed."""

import datetime as dt

from canteen import Till
from finance import Finance, is_month_end
from office import Office
from people import Crashed
from phones import Phone
from readers import Machine

TILLS = 3
EATERS = 60
LUNCHES = 8
CANTEEN_EDGE = "一食堂边缘机"
BREAKFAST = "T01"
PRICE_MINOR = 350


class Life:
    """The people of the month; :meth:`day` plays one day."""

    def __init__(self, world):
        self.world, self.draw = world, world.draw
        self.office, self.phone, self.finance = Office(world), Phone(world), Finance(world)
        self.tills = [
            Till(world, *row)
            for row in world.query(
                "SELECT id, name FROM pos_config WHERE company_id = 1 AND active ORDER BY id LIMIT %s", [TILLS]
            )
        ]
        self.machine = Machine(world, "canteen", [BREAKFAST])
        self.eaters = [
            uid
            for (uid,) in world.query(
                """SELECT card.uid FROM campus_card card JOIN campus_wallet wallet ON wallet.id = card.wallet_id
                    WHERE card.state = 'active' AND card.company_id = 1 AND wallet.state = 'open'
                      AND card.uid IS NOT NULL AND card.kind = 'physical'
                      AND card.uid NOT LIKE 'CA4D%%' ORDER BY card.id LIMIT %s""",
                [EATERS],
            )
        ]
        self.old_sales, self.lost, self.newcomers, self.number = [], [], [], 0
        self.second = None
        world.memory["figures"] = self.figures

    # -- a day ------------------------------------------------------------------------------

    def day(self, day, number):
        """Play ``day``, the ``number``-th of the month (from 1)."""
        world = self.world
        world.at(day, 3)
        world.step("night: scheduled jobs", self.scheduled_jobs)
        world.at(day, 6, 30)
        self.morning(day, number)
        world.at(day, 11, 20)
        self.lunch(number)
        world.at(day, 14)
        self.afternoon(day, number)
        world.at(day, 17, 30)
        self.dinner(day, number)
        world.at(day, 22, 30)
        self.evening(day, number)

    def scheduled_jobs(self):
        """What Odoo's clock does at night, one job after the other."""
        for (cron,) in self.world.query(
            """SELECT cron.id FROM ir_cron cron JOIN ir_act_server action ON action.id = cron.ir_actions_server_id
                 JOIN ir_model model ON model.id = action.model_id
                WHERE model.model LIKE 'campus%%' AND cron.active ORDER BY cron.id"""
        ):
            self.world.person("admin").rpc("ir.cron", "method_direct_trigger", [cron])

    # -- parts of the day ----------------------------------------------------------------------

    def morning(self, day, number):
        world, finance = self.world, self.finance
        yesterday = day - dt.timedelta(days=1)
        world.step("finance settles reviews", finance.settle_reviews)
        world.step(
            f"finance closes until {yesterday}", lambda: finance.close(yesterday), None
        )
        world.step(f"finance closes {yesterday} a second time", lambda: finance.close(yesterday), "maybe")
        for what in world.invariants.after_day():
            world.violate(f"morning of {day}", what)
        if number == 1:
            world.step("device manager pairs the canteen's edge", self.pair)
            world.step("administrator makes a second company", self.second_company)
        for till in self.tills:
            world.step(f"{till.name} opens", till.open)
        for _tap in range(4):
            self.breakfast()

    def pair(self):
        world = self.world
        edge = world.value("SELECT id FROM campus_edge WHERE name = %s", [CANTEEN_EDGE])
        action = world.person("device").press("campus.edge", "action_pair", edge)
        self.machine.pair(action["context"]["default_code"])
        self.machine.look()

    def breakfast(self):
        uid = self.draw.choice(self.eaters)
        answer = self.world.step(
            f"breakfast by {uid}", lambda: self.machine.ask(BREAKFAST, uid, PRICE_MINOR)
        )
        if answer and answer["outcome"] == "refused" and not answer.get("text"):
            self.world.violate(f"breakfast by {uid}", f"was refused without a sentence: {answer}")

    def lunch(self, number):
        world, draw = self.world, self.draw
        outage = number % 3 == 2
        for till in self.tills:
            for _meal in range(LUNCHES):
                self.meal(till)
        if outage:
            self.told_while_cut_off()
        till = draw.choice(self.tills)
        first, second = draw.sample(self.eaters, 2)
        self.keep(world.step("two cards share one order", lambda: till.sell_split((first, second), 2451)))
        self.keep(world.step("card and cash for one order", lambda: till.sell_mixed(first, 1800, 700)))
        self.keep(world.step("a guest pays in cash", lambda: till.sell_for_cash(1500)))
        world.step("a customer walks away", lambda: till.release(till.authorise(second, 900)[0]))

    def meal(self, till):
        draw = self.draw
        uid, minor = draw.choice(self.eaters), draw.randrange(600, 2600, 50)
        twice = draw.random() < 0.1
        name = f"{till.name}: {minor} cents by {uid}{', pressed twice' if twice else ''}"
        self.keep(self.world.step(name, lambda: till.sell(uid, minor, twice)))

    def keep(self, sale):
        if sale and not isinstance(sale, str):
            self.old_sales.append(sale)

    def told_while_cut_off(self):
        """The edge decides alone for an hour; then it sends, and the first answer gets lost."""
        world = self.world
        for _tap in range(5):
            uid = self.draw.choice(self.eaters)
            card = world.value("SELECT id FROM campus_card WHERE uid = %s AND active ORDER BY id DESC", [uid])
            self.machine.tell(BREAKFAST, uid, PRICE_MINOR, card)
        world.at(world.today, 12, 40)
        world.step("the edge comes back and sends twice", lambda: self.machine.come_back(twice=True))

    def afternoon(self, day, number):
        world, office = self.world, self.office
        world.step("student opens every page", self.phone.look_around)
        world.step("student tops up by phone", lambda: self.phone.top_up(50))
        if number % 2:
            world.step("a payment fails", lambda: self.phone.top_up(30, ("error",)), "maybe")
        uid = self.draw.choice(self.eaters)
        world.step("clerk tops up, pressed twice", lambda: office.counter("topup", uid, 10_000, True))
        world.step("clerk pays out too much", lambda: office.counter("payout", uid, 9_000_000), True)
        self.corrections()
        self.losses(number)
        self.people(day, number)
        if self.second:
            world.step("second company tops up", self.second_topup)

    def corrections(self):
        world, office = self.world, self.office
        uid = self.draw.choice(self.eaters)
        wallet = world.value("SELECT wallet_id FROM campus_card WHERE uid = %s AND active", [uid])
        world.step("a correction by two people", lambda: office.correct(wallet, 200, "in"))
        world.step("a correction by one person", lambda: office.correct(wallet, 200, "in", True), True)

    def losses(self, number):
        world, office = self.world, self.office
        if self.lost:
            uid, card = self.lost.pop()
            if number % 2:
                world.step(f"card {uid} has turned up", lambda: office.do("found", card))
                self.eaters.append(uid)
            else:
                new = f"5EED{self.next_number():04X}"
                done = world.step(f"card {uid} is replaced", lambda: office.replace(card, new), "maybe")
                if isinstance(done, int):
                    self.eaters.append(new)
        uid = self.eaters.pop(self.draw.randrange(len(self.eaters)))
        card = world.value("SELECT id FROM campus_card WHERE uid = %s AND active ORDER BY id DESC", [uid])
        world.step(f"card {uid} is reported lost", lambda: office.do("report_lost", card))
        self.lost.append((uid, card))
        sale = world.step("a lost card at a till", lambda: self.tills[0].sell(uid, 500))
        if sale:
            world.violate("a lost card at a till", "a lost card has paid")
        answer = world.step(
            "a lost card at a terminal", lambda: self.machine.ask(BREAKFAST, uid, PRICE_MINOR)
        )
        if answer and answer["outcome"] != "refused":
            world.violate("a lost card at a terminal", "a lost card has paid")
        if number % 4 == 1:
            world.step("student reports a loss", self.phone.report_lost)
            world.step("student has found it", self.phone.found_again)

    def people(self, day, number):
        """Somebody comes, somebody leaves, two contacts turn out to be one person."""
        world, office = self.world, self.office
        new = self.next_number()
        uid = f"5EED{new:04X}"
        made = world.step("a new student", lambda: office.enrol(f"新生{new}", f"N{new:06}", uid, 5_000))
        if made and not isinstance(made, str):
            self.newcomers.append((made[0], f"N{new:06}", uid))
            self.eaters.append(uid)
        if number % 3 == 0 and self.newcomers:
            partner, campus_number, uid = self.newcomers.pop(0)
            self.eaters = [other for other in self.eaters if other != uid]
            world.step(f"{campus_number} leaves", lambda: office.leave(partner, campus_number), "maybe")
        if number % 5 == 4 and len(self.newcomers) > 1:
            kept, gone = self.newcomers[0], self.newcomers.pop(1)
            self.eaters = [other for other in self.eaters if other != gone[2]]
            world.step("two contacts are merged", lambda: office.merge(kept[0], gone[0]), "maybe")
        if number % 5 == 2:
            department = world.value(
                """SELECT campus_department_id FROM res_partner
                    WHERE is_campus_holder AND active AND campus_department_id IS NOT NULL LIMIT 1"""
            )
            manager = world.person("manager")
            world.step(
                "manager archives a department with people",
                lambda: manager.rpc("campus.department", "action_archive", [department]),
                "maybe",
            )
            world.step(
                "manager brings it back",
                lambda: manager.rpc("campus.department", "action_unarchive", [department]),
                "maybe",
            )

    def dinner(self, day, number):
        world, draw = self.world, self.draw
        for till in self.tills:
            for _meal in range(LUNCHES // 2):
                self.meal(till)
        if self.old_sales:
            sale = self.old_sales.pop(draw.randrange(len(self.old_sales)))
            till = draw.choice(self.tills)
            twice = number % 2 == 0
            world.step(f"{till.name} refunds order {sale.order_id}", lambda: till.refund(sale, twice), "maybe")
            world.step("the same order is refunded again", lambda: till.refund(sale), True)
        cards = [sale for sale in self.old_sales if {part.method for part in sale.payments} == {"card"}]
        if cards:
            sale = draw.choice(cards)
            world.step("cashier makes cash of a card sale", lambda: till.refund_in_cash(sale), True)
        if number % 7 == 6:
            self.refund_only(till)

    def refund_only(self, till):
        """A session with nothing but the refund of another till's sale."""
        world = self.world
        world.step(f"{till.name} closes for a change of cashier", till.close, "maybe")
        if till.session is None:
            world.step(f"{till.name} opens again", till.open)
            if self.old_sales:
                sale = self.old_sales.pop(0)
                world.step("an old sale is refunded in a new session", lambda: till.refund(sale), "maybe")

    def evening(self, day, number):
        world = self.world
        late = self.draw.choice(self.tills) if number % 4 == 3 else None
        for till in self.tills:
            if till is late:
                world.at(day + dt.timedelta(days=1), 0, 10)
                if self.old_sales:
                    sale = self.old_sales.pop()
                    world.step("a refund after midnight", lambda: till.refund(sale), "maybe")
            message = world.step(f"{till.name} closes", till.close)
            if message:
                world.violate(f"{till.name} closes", f"did not close: {message}")
        if is_month_end(day):
            world.step("lock date over open days", lambda: self.finance.lock(day), True)
        world.step("close of a day that is not over", lambda: self.finance.close(world.today + dt.timedelta(days=1)), True)

    # -- second company -----------------------------------------------------------------------

    def second_company(self):
        """A school of its own in the same database, with a clerk who sees nothing of the first."""
        admin, world = world_admin(self.world), self.world
        [company] = admin.rpc("res.company", "create", [{"name": "城南分校", "currency_id": 1 and world.value("SELECT currency_id FROM res_company WHERE id = 1")}])
        group = world.value(
            "SELECT res_id FROM ir_model_data WHERE module = 'campus_card' AND name = 'group_campus_card_clerk'"
        )
        user = world.value("SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'group_user'")
        admin.rpc(
            "res.users",
            "create",
            [
                {
                    "name": "城南窗口",
                    "login": "stranger",
                    "password": "stranger",
                    "company_id": company,
                    "company_ids": [[6, 0, [company]]],
                    "group_ids": [[6, 0, [user, group]]],
                }
            ],
        )
        world.join("stranger")
        self.second = company

    def second_topup(self):
        """The second company has no chart of accounts: its counter says so instead of crashing."""
        found = self.world.person("stranger").search("res.partner", [["is_campus_holder", "=", True]])
        if found:
            raise Crashed(f"a clerk of the second company finds {len(found)} holders of the first")

    # -- figures --------------------------------------------------------------------------------

    def figures(self):
        """What each screen calls available for the student of the demo."""
        number, uid, kind = self.world.query(
            """SELECT holder.campus_number, card.uid, card.kind FROM res_users u
                 JOIN res_partner holder ON holder.id = u.partner_id
                 JOIN campus_card card ON card.partner_id = holder.id
                WHERE u.login = 'student' AND card.state = 'active' AND card.uid IS NOT NULL LIMIT 1"""
        )[0]
        return {
            number: {
                "portal": self.phone.available(),
                "counter": self.office.available(number),
                "ledger": self.world.value(
                    """SELECT sum(balance_minor - reserved_minor) FROM campus_account account
                         JOIN campus_wallet wallet ON wallet.id = account.wallet_id
                         JOIN campus_card card ON card.wallet_id = wallet.id
                        WHERE card.uid = %s AND account.kind = 'pocket'
                          AND (account.expires_on IS NULL OR account.expires_on >= %s)""",
                    [uid, self.world.today],
                ),
            }
        }

    def next_number(self):
        self.number += 1
        return self.number


def world_admin(world):
    """The administrator."""
    return world.person("admin")
