"""The afternoon of the card office: money, losses, people who come, go and turn out to be one."""

from office import Office


class Desk:
    """What is done at the desk each day; ``meals`` has the cards that eat."""

    def __init__(self, world, meals):
        self.world, self.draw, self.meals = world, world.draw, meals
        self.office = Office(world)
        self.lost, self.newcomers, self.gone, self.number = [], [], [], 0

    def next_number(self):
        """A number that no card and no person of this month has."""
        self.number += 1
        return self.number

    # -- money -----------------------------------------------------------------------------

    def counter(self):
        """Cash in with a second press, more cash out than there is, corrections by one and by two."""
        world, office = self.world, self.office
        uid = self.draw.choice(self.meals.eaters)
        world.step("clerk tops up, pressed twice", lambda: office.counter("topup", uid, 10_000, True))
        world.step("clerk pays out too much", lambda: office.counter("payout", uid, 9_000_000), True)
        wallet = world.value("SELECT wallet_id FROM campus_card WHERE uid = %s AND active", [uid])
        world.step("a correction by two people", lambda: office.correct(wallet, 200, "in"))
        world.step("a correction by one person", lambda: office.correct(wallet, 200, "in", True), True)

    def debt(self):
        """A poor student eats while the edge is cut off; the next cash repays the debt first."""
        world, office, machine = self.world, self.office, self.meals.machine
        made = self.newcomer(200)
        if not made:
            return
        _partner, number, uid = made
        card = world.value("SELECT id FROM campus_card WHERE uid = %s AND active", [uid])
        machine.tell("T01", uid, 350, card)
        world.step("a debt comes back with the edge", machine.come_back)
        result = world.step("cash repays the debt first", lambda: office.counter("topup", number, 1_000))
        if result and not isinstance(result, str) and result["after_minor"] != 850:
            world.violate("cash repays the debt first", f"2.00 - 3.50 + 10.00 became {result}")

    # -- losses ------------------------------------------------------------------------------

    def losses(self, number):
        """A card is lost; yesterday's has turned up, or is replaced."""
        world, office, meals = self.world, self.office, self.meals
        if self.lost:
            uid, card = self.lost.pop()
            if number % 2:
                world.step(f"card {uid} has turned up", lambda: office.do("found", card))
                meals.eaters.append(uid)
            else:
                new = f"5EED{self.next_number():04X}"
                done = world.step(f"card {uid} is replaced", lambda: office.replace(card, new), "maybe")
                meals.eaters += [new] if isinstance(done, int) else []
        uid = meals.eaters.pop(self.draw.randrange(len(meals.eaters)))
        card = world.value("SELECT id FROM campus_card WHERE uid = %s AND active ORDER BY id DESC", [uid])
        world.step(f"card {uid} is reported lost", lambda: office.do("report_lost", card))
        self.lost.append((uid, card))
        self.must_not_pay("a lost card", uid)

    def must_not_pay(self, what, uid):
        """Neither at a till nor at a terminal."""
        world, meals = self.world, self.meals
        if world.step(f"{what} at a till", lambda: meals.tills[0].sell(uid, 500), "maybe"):
            world.violate(f"{what} at a till", f"{what} has paid")
        answer = meals.ask(f"{what} at a terminal", uid)
        if answer and answer["outcome"] != "refused":
            world.violate(f"{what} at a terminal", f"{what} has paid")

    # -- people --------------------------------------------------------------------------------

    def newcomer(self, minor=5_000):
        """A new student with a card: ``(partner, campus number, uid)``, None where it failed."""
        number = self.next_number()
        uid, campus_number = f"5EED{number:04X}", f"N{number:06}"
        made = self.world.step(
            f"{campus_number} is enrolled",
            lambda: self.office.enrol(f"新生{number}", campus_number, uid, minor),
        )
        return None if not made or isinstance(made, str) else (made[0], campus_number, uid)

    def people(self, number):
        """Somebody comes each day; others leave, come back, or are one person with two contacts."""
        made = self.newcomer()
        if made:
            self.newcomers.append(made)
            self.meals.eaters.append(made[2])
        if number % 3 == 0 and self.newcomers:
            self.leave(self.newcomers.pop(0))
        if number % 6 == 5 and self.gone:
            self.come_back(self.gone.pop(0))
        if number % 5 == 4 and len(self.newcomers) > 1:
            self.merge(self.newcomers[0], self.newcomers.pop(1))
        if number % 5 == 2:
            self.archive_departments()

    def leave(self, person):
        """Pay out, hand the card in, close, archive; the card is dead afterwards."""
        partner, campus_number, uid = person
        self.meals.eaters = [other for other in self.meals.eaters if other != uid]
        self.lost = [(other, card) for other, card in self.lost if other != uid]
        self.world.step(f"{campus_number} leaves", lambda: self.office.leave(partner, campus_number))
        self.must_not_pay("the card of somebody who left", uid)
        self.gone.append(person)

    def come_back(self, person):
        """The archived person studies again: the account is opened with a reason, and gets a new card."""
        partner, campus_number, _uid = person
        uid = f"5EED{self.next_number():04X}"
        done = self.world.step(
            f"{campus_number} comes back", lambda: self.office.come_back(partner, campus_number, uid), "maybe"
        )
        if not isinstance(done, str):
            self.meals.eaters.append(uid)

    def merge(self, kept, gone):
        """Two contacts are one person: no cent gets lost."""
        world = self.world
        partners = [kept[0], gone[0]]
        before = self.money_of(partners)
        self.meals.eaters = [other for other in self.meals.eaters if other != gone[2]]
        world.step("two contacts are merged", lambda: self.office.merge(*partners), "maybe")
        if (after := self.money_of(partners)) != before:
            world.violate("two contacts are merged", f"{before} cents became {after}")

    def money_of(self, partners):
        """Cents in all pockets of these people."""
        return self.world.value(
            """SELECT COALESCE(sum(balance_minor), 0) FROM campus_account account
                 JOIN campus_wallet wallet ON wallet.id = account.wallet_id
                WHERE account.kind = 'pocket' AND wallet.partner_id = ANY(%s)""",
            [partners],
        )

    def archive_departments(self):
        """One with people in it stays; an empty one goes, and so does one that becomes part of another;
        both come back."""
        world, manager = self.world, self.world.person("manager")
        full = world.value(
            """SELECT min(campus_department_id) FROM res_partner
                WHERE is_campus_holder AND active AND campus_department_id IS NOT NULL AND company_id = 1"""
        )

        def do(verb, department):
            return lambda: manager.rpc("campus.department", f"action_{verb}", [department])

        world.step("manager archives a department with people", do("archive", full), True)
        made = world.step("manager makes two departments", self._make_departments)
        if not isinstance(made, list):
            return
        first, second = made
        world.step("manager archives an empty department", do("archive", first))
        world.step("manager brings it back", do("unarchive", first))
        world.step("two departments become one", lambda: self.office.merge_departments(first, second))
        world.step("manager parts them again", do("unarchive", first))

    def _make_departments(self):
        numbers = (self.next_number(), self.next_number())
        values = [{"name": f"临时班{number}", "code": f"M{number}", "company_id": 1} for number in numbers]
        return self.world.person("manager").rpc("campus.department", "create", values)

    def mistakes(self):
        """A clerk who types what is not there, not an amount, or what somebody else has."""
        world, office = self.world, self.office
        uid = self.draw.choice(self.meals.eaters)
        for what, credential, minor in (
            ("a number that nobody has", "Z999999", 500),
            ("nothing", "", 500),
            ("no money", uid, 0),
            ("less than nothing", uid, -500),
        ):
            world.step(
                f"clerk tops up: {what}",
                lambda credential=credential, minor=minor: office.counter("topup", credential, minor),
                True,
            )
        number = world.value(
            """SELECT holder.campus_number FROM campus_card card JOIN res_partner holder ON holder.id = card.partner_id
                WHERE card.uid = %s AND card.active""",
            [uid],
        )
        other = f"N9{self.next_number():05}"
        world.step(
            "clerk enrols somebody who is there", lambda: office.enrol("重复", number, "5EEDFFFF", 0), True
        )
        world.step("clerk gives a chip twice", lambda: office.enrol("重复", other, uid, 0), True)
