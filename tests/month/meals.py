"""Who eats what where: tills and the breakfast line, refunds, an edge that is cut off."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import sentences
from canteen import Till
from readers import Machine

TILLS = 3
EATERS = 60
PEAK, LUNCHES, DINNERS, BREAKFASTS = 2, 2, 2, 4
CANTEEN_EDGE = "一食堂边缘机"
BREAKFAST, BALANCE = "T01", "B01"
PRICE_MINOR = 350
REGULARS = """
SELECT card.uid FROM campus_card card JOIN campus_wallet wallet ON wallet.id = card.wallet_id
 WHERE card.state = 'active' AND card.company_id = 1 AND wallet.state = 'open' AND card.uid IS NOT NULL
   AND card.kind = 'physical' AND card.uid NOT LIKE 'CA4D%%' ORDER BY card.id LIMIT %s
"""


class Meals:
    """The canteens of the month: three tills and one edge, and what was sold there."""

    def __init__(self, world):
        self.world, self.draw = world, world.draw
        rows = world.query(
            "SELECT id, name FROM pos_config WHERE company_id = 1 AND active ORDER BY id LIMIT %s", [TILLS]
        )
        self.tills = [Till(world, *row) for row in rows]
        self.machine = Machine(world, "canteen")
        self.pool = ThreadPoolExecutor(len(self.tills))
        self.eaters = [uid for (uid,) in world.query(REGULARS, [EATERS])]
        self.sales = []

    def keep(self, sale):
        """Remember a sale for a later refund; a refused one is none."""
        if sale and not isinstance(sale, str):
            self.sales.append(sale)

    # -- tills ---------------------------------------------------------------------------

    def open(self):
        for till in self.tills:
            self.world.step(f"{till.name} opens", till.open)

    def meal(self, till):
        """One customer with a card; one in ten presses twice."""
        uid, minor = self.draw.choice(self.eaters), self.draw.randrange(600, 2600, 50)
        twice = self.draw.random() < 0.1
        name = f"{till.name}: {minor} cents by {uid}{', pressed twice' if twice else ''}"
        self.keep(self.world.step(name, lambda: till.sell(uid, minor, twice)))

    def peak(self):
        """All tills sell at the same time; nobody stands at two of them, so that the seed decides who pays."""
        guests = self.draw.sample(self.eaters, PEAK * len(self.tills))
        orders = [(uid, self.draw.randrange(600, 2600, 50), place == 1) for place, uid in enumerate(guests)]

        def sell(number, till):
            return [till.sell(*order) for order in orders[number :: len(self.tills)]]

        running = [self.pool.submit(sell, *pair) for pair in enumerate(self.tills)]
        return [sale for done in running for sale in done.result()]

    def lunch(self):
        """The peak, with shared orders, cash beside the card, a guest and somebody who walks away."""
        world = self.world
        for sale in world.step(f"{len(self.tills)} tills sell {PEAK} lunches each at once", self.peak) or ():
            self.keep(sale)
        for till in self.tills * LUNCHES:
            self.meal(till)
        till = self.draw.choice(self.tills)
        first, second = self.draw.sample(self.eaters, 2)
        self.keep(world.step("two cards share one order", lambda: till.sell_split((first, second), 2451)))
        self.keep(world.step("card and cash for one order", lambda: till.sell_mixed(first, 1800, 700)))
        self.keep(world.step("a guest pays in cash", lambda: till.sell_for_cash(1500)))
        world.step("a customer walks away", lambda: till.release(till.authorise(second, 900)[0]))

    def dinner(self, number):
        """Fewer customers; refunds at whatever till, twice, and a cashier who wants cash."""
        world, draw = self.world, self.draw
        for till in self.tills:
            for _meal in range(DINNERS):
                self.meal(till)
        till = draw.choice(self.tills)
        if self.sales:
            sale = self.sales.pop(draw.randrange(len(self.sales)))
            twice = number % 2 == 0
            name = f"{till.name} refunds order {sale.order_id}"
            world.step(name, lambda: till.refund(sale, twice), "maybe")
            world.step("the same order is refunded again", lambda: till.refund(sale), True)
        by_card = [sale for sale in self.sales if {part.method for part in sale.payments} == {"card"}]
        if by_card:
            sale = draw.choice(by_card)
            world.step("cashier makes cash of a card sale", lambda: till.refund_in_cash(sale), True)
        if number % 7 == 6:
            self.refund_only(till)

    def refund_only(self, till):
        """A session with nothing but the refund of an earlier sale."""
        self.close(till)
        if till.session is None and self.sales:
            self.world.step(f"{till.name} opens again", till.open)
            sale = self.sales.pop(0)
            self.world.step("an old sale is refunded in a new session", lambda: till.refund(sale), "maybe")

    def close(self, till):
        """Close a till; a message instead is a violation, as nothing is left open."""
        message = self.world.step(f"{till.name} closes", till.close)
        if message:
            self.world.violate(f"{till.name} closes", f"did not close: {message}")

    def evening(self, day, number):
        """Close all tills; every fourth day one of them stays open over midnight."""
        world = self.world
        late = self.draw.choice(self.tills) if number % 4 == 3 else None
        for till in [till for till in self.tills if till is not late]:
            self.close(till)
        if late:
            world.at(day + dt.timedelta(days=1), 0, 10)
            if self.sales:
                sale = self.sales.pop()
                world.step("a refund after midnight", lambda: late.refund(sale), "maybe")
            self.close(late)

    # -- the edge --------------------------------------------------------------------------

    def pair(self):
        """Pair the canteen's edge with a code from the screen."""
        edge = self.world.value("SELECT id FROM campus_edge WHERE name = %s", [CANTEEN_EDGE])
        action = self.world.person("device").press("campus.edge", "action_pair", edge)
        self.machine.pair(action["context"]["default_code"])

    def breakfast(self):
        """The line at the readers: four taps in one signed batch."""
        uids = self.draw.sample(self.eaters, BREAKFASTS)
        machine = self.machine
        self.judge(f"breakfast by {', '.join(uids)}", lambda: machine.ask_all(BREAKFAST, uids, PRICE_MINOR))

    def judge(self, name, action):
        """Answers of a step with taps; each refusal has its sentence."""
        answers = self.world.step(name, action)
        for answer in answers or ():
            refused = answer["outcome"] == "refused"
            if refused and (found := sentences.chinese_problem(answer.get("text"))):
                self.world.violate(name, f"the text of the reader {found}: {answer}")
        return answers

    def ask(self, name, uid):
        """One tap at the breakfast line; its answer, None where there was none."""
        answers = self.judge(name, lambda: self.machine.ask_all(BREAKFAST, [uid], PRICE_MINOR))
        return answers[0] if answers else None

    def outage(self):
        """The edge decides alone for an hour; then it sends, and the first answer gets lost."""
        world = self.world
        self.alone(5)
        world.at(world.today, 12, 40)
        world.step("the edge comes back and sends twice", lambda: self.machine.come_back(twice=True))

    def alone(self, taps):
        """The edge is cut off and grants what its list of cards allows."""
        for _tap in range(taps):
            uid = self.draw.choice(self.eaters)
            card = self.world.value(
                "SELECT id FROM campus_card WHERE uid = %s AND active ORDER BY id DESC", [uid]
            )
            self.machine.tell(BREAKFAST, uid, PRICE_MINOR, card)

    def late_taps(self):
        """What the edge granted last night, while it was cut off, arrives."""
        if self.machine.unsent:
            self.world.step("the edge sends what it kept overnight", self.machine.come_back)

    def look(self):
        """The edge asks what has changed in its list of cards."""
        self.world.step("the edge asks for its list of cards", self.machine.look)
