"""The doors of the month: people come and go, an edge is cut off, a guard forgives; each decision is compared."""

import random

import sentences
from door_checks import DoorChecks
from door_house import CONTACTS, EAST, Builder
from door_office import DoorOffice
from door_server import OF_PLACES, DoorServer
from door_watch import DoorWatch
from people import Crashed

INTO, OUT_OF = ("ME1", "MW1"), ("ME2", "MW2")
LAB, ARCHIVE = "MW3", "MW4"


class Doors:
    """One house with two edges; :meth:`morning`, :meth:`noon`, :meth:`afternoon` and :meth:`evening` of a day."""

    def __init__(self, world):
        self.world = world
        # of its own: what people do at tills stays the same
        self.draw = random.Random(f"doors {world.wanted.seed}")
        self.server = DoorServer(world)
        self.builder = Builder(world)
        self.house = self.builder.house
        self.checks = DoorChecks(world, self)
        self.office, self.watch = DoorOffice(world, self), DoorWatch(world, self)
        #: What each reader has said, by the passage's uuid.
        self.said = {}
        self.ghost, self.apart = None, {}
        world.closing.callback(self.end)

    def make(self):
        """The first day: users, places, rights, edges."""
        world, builder = self.world, self.builder
        self.checks.begin()
        world.step("administrator gives guards and secretaries a login", builder.hire)
        world.step("access manager makes a house with four doors", builder.build)
        world.step("access manager gives the house's rights", builder.give)
        world.step("device manager pairs both edges of the house", builder.pair)

    def end(self):
        """Throw the edges away."""
        for machine in self.machines:
            machine.end()

    @property
    def machines(self):
        return [machine for machine in (self.house.east, self.house.west) if machine]

    def machine(self, terminal):
        return self.house.east if terminal in EAST else self.house.west

    # -- the parts of a day ---------------------------------------------------------------------

    def morning(self, number):
        """People come by both doors; somebody who left behind a friend yesterday is believed inside."""
        world = self.world
        if number == 1:
            self.make()
        for machine in self.machines:
            if machine.is_cut_off:
                world.step("an edge of the house is back and sends twice", lambda m=machine: m.connect(True))
        self.sync()
        if self.ghost:
            self.forgive()
        world.step("people come by both doors", lambda: self.come(self.some(self.outside(), 6), INTO))
        self.sync()
        world.step("a card goes in a second time", self.twice)
        self.sync()
        world.step("people try the laboratory", self.laboratory)
        self.sync()

    def noon(self, number):
        """On every third day an edge is cut off, restarts, and is back after a while."""
        if number % 3 != 1:
            return
        world, machine = self.world, self.draw.choice(self.machines)
        world.step("an edge of the house is cut off", machine.cut_off)
        world.step("people pass while it is", self.move_apart)
        world.step("it restarts without the server", machine.restart)
        world.step("people pass after the restart", self.move_apart)
        world.step("it is back and sends twice", lambda: machine.connect(True))
        self.sync()

    def afternoon(self, number):
        """Rights change and people notice; guards drill."""
        self.office.afternoon(number)
        self.watch.afternoon(number)
        if number % 2 == 0:
            self.world.step("a lost card at the door", self.lost_card)

    def evening(self, number):
        """Everybody leaves; one of them behind a friend, without a card. Whoever comes now is too late."""
        world = self.world
        self.sync()
        inside = self.inside()
        if inside and number % 2:
            self.ghost = self.draw.choice(inside)
            self.ghost.at = None
        world.step("people leave", lambda: self.come(self.inside(), OUT_OF))
        self.sync()
        late = [person for person in self.outside() if person.role == "student" and person is not self.ghost]
        world.step("a student comes too late", lambda: self.come(self.some(late, 1), INTO))
        if number % 4 == 3:
            machine = self.draw.choice(self.machines)
            world.step("an edge of the house is cut off over night", machine.cut_off)
            world.step("a teacher comes at night", lambda: self.come(self.teachers(outside=True)[:1], INTO))
        self.sync()

    # -- who is where --------------------------------------------------------------------------------

    def outside(self):
        return [person for person in self.house.people if person.at is None]

    def inside(self):
        return [person for person in self.house.people if person.at is not None]

    def teachers(self, outside):
        return [
            person for person in (self.outside() if outside else self.inside()) if person.role == "teacher"
        ]

    def some(self, people, count):
        """So many of them, or all where there are fewer."""
        return self.draw.sample(people, min(count, len(people)))

    # -- scenes --------------------------------------------------------------------------------------

    def come(self, people, terminals):
        """Each presents a card at one of these readers and goes through if the door opens."""
        for person in people:
            self.present(person, self.draw.choice(terminals))

    def move_apart(self):
        """Nobody uses both edges while they do not hear each other."""
        people = self.draw.sample([one for one in self.house.people if one is not self.ghost], 4)
        for person in people:
            # whoever has been at one of them stays with it
            place = self.apart.setdefault(person.holder, self.draw.randrange(2))
            self.present(person, (OUT_OF if person.at else INTO)[place])

    def twice(self):
        """Somebody who is inside lends the card to a friend at the other door: refused."""
        inside = self.inside()
        if not inside:
            return
        said = self.present(self.draw.choice(inside), self.draw.choice(INTO), goes=False)
        if "access_passback" not in said.note.reasons:
            self.world.violate("a card goes in a second time", f"it was not refused for it: {said}")

    def laboratory(self):
        """Teachers until it is full, a student without a right, and one who is let in and does not go."""
        inside = self.inside()
        for person in [one for one in inside if one.at != self.house.zones["lab"]]:
            self.present(person, LAB, asks_why=person.role == "student")
        still = self.outside()
        if still:
            self.present(still[0], CONTACTS[0], goes=False)

    def lost_card(self):
        """It opens nothing until it has turned up."""
        world, clerk = self.world, self.world.person("clerk")
        person = self.draw.choice([one for one in self.house.people if one is not self.house.student])
        clerk.press("campus.card", "action_report_lost", person.card)
        self.sync_now()
        said = self.present(person, self.draw.choice(INTO), asks_why=True)
        if "card_lost" not in said.note.reasons:
            world.violate("a lost card at the door", f"it was not refused for it: {said}")
        clerk.press("campus.card", "action_found", person.card)
        self.sync_now()

    def forgive(self):
        """Yesterday's guest left without a card: the door refuses, a guard forgives with a reason."""
        world, person = self.world, self.ghost
        guard = world.person("month_guard")
        position = world.value("SELECT id FROM campus_position WHERE partner_id = %s", [person.holder])

        def forgive(reason):
            context = {"active_model": "campus.position", "active_ids": [position]}
            wizard = guard.wizard("campus.position.forgive", {"reason": reason}, context)
            guard.press("campus.position.forgive", "action_forgive", wizard, context=context)

        world.step("who left without a card is refused", lambda: self.present(person, INTO[0]))
        world.step("guard forgives without a reason", lambda: forgive(" "), True)
        world.step("guard forgives who left without a card", lambda: forgive("昨晚跟随他人离开"))
        self.sync()
        world.step("who was forgiven comes in", lambda: self.must(self.present(person, INTO[1]), "forgiven"))
        self.ghost = None
        self.sync()

    # -- one card at one reader --------------------------------------------------------------------------

    def present(self, person, terminal, goes=True, asks_why=False):
        """Hold a card to a reader: the server and the page that says why must say what the edge says."""
        world, machine = self.world, self.machine(terminal)
        # nobody shows a card twice within a moment
        world.clock.pass_s(4)
        said = machine.show(terminal, person.uid)
        self.said[said.uuid] = said
        place = f"{person.role} {person.holder} at {terminal}"
        own = self.server.says(terminal, person, said.at_ms, machine.hears_others)
        if own != said.says:
            world.violate(place, f"the edge says {said.says}, the server {own}")
        if asks_why and not machine.is_cut_off:
            self._compare_why(place, terminal, person, said)
        if not said.note.granted and not said.note.reasons:
            world.violate(place, f"refused without a reason: {said}")
        if not said.note.granted and (found := sentences.chinese_problem(said.text)):
            world.violate(place, f"the text of the reader {found}: {said.text!r}")
        if said.note.granted:
            self._go(person, terminal, machine, goes, said.at_ms)
        return said

    def _go(self, person, terminal, machine, goes, at_ms):
        if not goes:
            machine.wait()
            return
        machine.go(terminal)
        self.server.went(terminal, person, at_ms)
        entered = self.house.doors[terminal][2]
        person.at = None if entered == self.house.zones["campus"] else entered

    def _compare_why(self, place, terminal, person, said):
        codes, right = self.server.why(terminal, person, said.at_ms)
        against = said.says.reasons - OF_PLACES
        if codes - OF_PLACES != against or (right or None) != said.note.rule:
            self.world.violate(
                place, f"the edge says {said.says}, the page that says why {sorted(codes)} by {right}"
            )

    def must(self, said, what):
        """Note where somebody was refused who must not be."""
        if not said.note.granted:
            self.world.violate(what, f"refused: {said}")
        return said

    # -- the network ---------------------------------------------------------------------------------------

    def sync(self):
        """Between steps: the edges tell and ask, then the server is read anew."""
        try:
            self.sync_now()
        except Crashed as crash:
            self.world.violate("the edges of the house tell and ask", f"crashed: {crash}")

    def sync_now(self):
        """The same, within a step."""
        connected = [machine for machine in self.machines if not machine.is_cut_off]
        for machine in connected:
            machine.send()
        for machine in connected:
            machine.look()
        self.server.learn(self.house)
        self.apart = {}
