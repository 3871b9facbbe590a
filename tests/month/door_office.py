"""Secretaries and the access manager: rights that change, requests, visitors, and what they may not do."""

import datetime as dt

from door_house import Person
from office import Office


class DoorOffice:
    """``doors`` has the house, its edges and its people."""

    def __init__(self, world, doors):
        self.world, self.doors = world, doors
        self.office, self.number, self.standing = None, 0, None

    def afternoon(self, number):
        """A right is given on odd days and taken away on even ones; requests, visitors and mistakes by turns."""
        self.office = self.office or Office(self.world)
        if number % 2:
            self.give()
        else:
            self.take_away()
        if number % 4 == 2:
            self.request()
        elif number % 4 in (0, 3):
            self.visit(called_off=number % 4 == 0)
        elif number % 8 == 1:
            self.not_theirs()

    # -- rights ----------------------------------------------------------------------------------------

    def give(self):
        """A student is refused at the laboratory; the secretary looks at what changes, saves, and the door opens."""
        world, doors = self.world, self.doors
        student = self._student_inside()
        world.step("a student at the laboratory", lambda: self._refused(student))
        number = world.value("SELECT campus_number FROM res_partner WHERE id = %s", [student.holder])
        values = self._values("实验课助理", "lab", f"[('campus_number', '=', '{number}')]")
        trial = world.step("secretary looks at what a right would change", lambda: self._trial(values))
        if isinstance(trial, str) and "<dd>1" not in trial:
            world.violate("secretary looks at what a right would change", f"one person gains: {trial}")
        made = world.step("secretary gives the right", lambda: self._secretary("create", [values]))
        if not isinstance(made, list):
            return
        self.standing = (made[0], student)
        doors.sync()
        world.step(
            "the student comes into the laboratory", lambda: doors.must(self._at_lab(student), "new right")
        )

    def take_away(self):
        """The right is archived: the student stays outside from now on."""
        world, doors = self.world, self.doors
        if not self.standing:
            return
        right, student = self.standing
        world.step(
            "secretary takes the right away", lambda: self._secretary("write", [right], {"active": False})
        )
        doors.sync()
        if student.at is None and student is not doors.ghost:
            world.step("the student comes in", lambda: doors.present(student, "MW1"))
        if student.at:
            world.step("the student is refused at the laboratory", lambda: self._refused(student))
        self.standing = None

    def _values(self, name, zone, domain, **values):
        return {
            "name": name, "zone_ids": [[6, 0, [self.doors.house.zones[zone]]]], "domain": domain,
            "schedule_id": self.doors.house.schedules["day"], **values,
        }  # fmt: skip

    def _secretary(self, method, *args):
        return self.world.person("month_secretary").rpc("campus.access.right", method, *args)

    def _trial(self, values):
        """What the form shows before it is saved."""
        names = {name: {} for name in ("name", "zone_ids", "domain", "schedule_id", "trial")}
        return self._secretary("onchange", [], values, list(values), names)["value"]["trial"]

    def _student_inside(self):
        doors = self.doors
        inside = [one for one in doors.inside() if self._is_own(one)]
        if inside:
            return doors.draw.choice(inside)
        student = next(one for one in doors.outside() if self._is_own(one) and one is not doors.ghost)
        self.world.step("a student comes in", lambda: doors.must(doors.present(student, "MW1"), "by day"))
        return student

    def _is_own(self, person):
        """A student whom the secretary may see."""
        return person.role == "student" and person is not self.doors.house.student

    def _at_lab(self, person):
        """The laboratory may be full: whoever is in it leaves it for this."""
        for other in [one for one in self.doors.inside() if one.at == self.doors.house.zones["lab"]]:
            self.doors.present(other, "MW2")
        self.doors.sync_now()
        return self.doors.present(person, "MW3", asks_why=True)

    def _refused(self, person):
        said = self.doors.present(person, "MW3", asks_why=True)
        if said.note.granted:
            self.world.violate("the laboratory", f"opened without a right: {said}")

    # -- what is not theirs ----------------------------------------------------------------------------

    def not_theirs(self):
        """A secretary at another department's room, a staff list, a guard who gives rights."""
        world, everybody = self.world, "[('campus_role', '=', 'student')]"
        guard = world.person("month_guard")
        archive = self._values("档案室", "archive", everybody)
        campus = self._values("全校", "campus", everybody)
        staff = self._values("封控名单", "lab", everybody, is_staff=True)
        world.step(
            "secretary gives a right at another department",
            lambda: self._secretary("create", [archive]),
            True,
        )
        world.step(
            "secretary gives a right for the campus", lambda: self._secretary("create", [campus]), True
        )
        world.step("secretary names a staff list", lambda: self._secretary("create", [staff]), True)
        world.step("guard gives a right", lambda: guard.rpc("campus.access.right", "create", [archive]), True)

    # -- requests ----------------------------------------------------------------------------------------

    def request(self):
        """Somebody asks for the laboratory, gets it until tonight, and gives it back."""
        world, doors = self.world, self.doors
        student, secretary = self._student_inside(), world.person("month_secretary")
        keeper = world.person("month_keeper")
        values = {
            "partner_id": student.holder, "zone_id": doors.house.zones["lab"], "reason": "毕业设计",
            "valid_until": self._utc(20),
        }  # fmt: skip
        own = {**values, "partner_id": self._partner(keeper.login_name)}

        def do(person, verb, request):
            return lambda: person.press("campus.access.request", f"action_{verb}", request)

        asked = world.step(
            "a student's request is entered",
            lambda: secretary.rpc("campus.access.request", "create", [values]),
        )
        mine = world.step(
            "the access manager asks for herself",
            lambda: keeper.rpc("campus.access.request", "create", [own]),
        )
        if not isinstance(asked, list) or not isinstance(mine, list):
            return
        world.step("the access manager grants her own request", do(keeper, "grant", mine[0]), True)
        world.step("secretary refuses it", do(secretary, "refuse", mine[0]))
        world.step("secretary grants the student's request", do(secretary, "grant", asked[0]))
        world.step("the request is granted again", do(keeper, "grant", asked[0]), True)
        doors.sync()
        world.step(
            "the student comes in by request", lambda: doors.must(self._at_lab(student), "granted request")
        )
        world.step("the request is withdrawn", do(secretary, "withdraw", asked[0]))
        doors.sync()
        world.step("the student is refused again", lambda: self._refused(student))

    def _partner(self, login):
        return self.world.value("SELECT partner_id FROM res_users WHERE login = %s", [login])

    def _utc(self, hour):
        """A time of today as the screen sends it."""
        moment = dt.datetime.combine(self.world.today, dt.time(hour), self.world.clock.zone)
        return self.world.utc(int(moment.timestamp() * 1000))

    # -- visitors ------------------------------------------------------------------------------------------

    def visit(self, called_off):
        """A visitor comes with the host, not without; a visit that was called off opens nothing."""
        world, doors = self.world, self.doors
        secretary = world.person("month_secretary")
        self.number += 1
        hosts = doors.teachers(outside=True)
        if not hosts:
            world.step("a teacher leaves", lambda: doors.come(doors.teachers(outside=False)[:1], ("MW2",)))
            doors.sync()
            hosts = doors.teachers(outside=True)
        host = hosts[0]
        values = {
            "visitor_name": f"访客{self.number}", "host_id": host.holder, "zone_id": doors.house.zones["house"],
            "valid_until": self._utc(18), "reason": "学术交流",
        }  # fmt: skip
        made = world.step(
            "secretary announces a visitor", lambda: secretary.rpc("campus.access.visit", "create", [values])
        )
        if not isinstance(made, list):
            return
        visitor = world.step("the visitor gets a card", lambda: self._card(made[0]))
        if not isinstance(visitor, Person):
            return
        doors.house.people.append(visitor)
        doors.sync()
        world.step("the visitor comes alone", lambda: self._alone(visitor))
        if called_off:
            world.step(
                "the visit is called off",
                lambda: secretary.press("campus.access.visit", "action_call_off", made[0]),
            )
            doors.sync()
            world.step(
                "the visitor is refused", lambda: doors.present(visitor, "MW1", goes=False, asks_why=True)
            )
        else:
            world.step("the visitor comes with the host", lambda: self._together(host, visitor))
            doors.sync()
            world.step("the visitor leaves", lambda: doors.must(doors.present(visitor, "MW2"), "leaving"))
        doors.house.people.remove(visitor)

    def _card(self, visit):
        partner = self.world.value("SELECT partner_id FROM campus_access_visit WHERE id = %s", [visit])
        uid = f"5EED{0xD000 + self.number:04X}"
        [card] = self.office.clerk.rpc("campus.card", "create", [{"partner_id": partner, "uid": uid}])
        for verb in ("approve", "produce", "issue", "activate"):
            self.office.do(verb, card)
        return Person(partner, uid, card, "visitor")

    def _alone(self, visitor):
        # nobody who came a moment before is taken for the company
        self.world.clock.pass_s(30)
        said = self.doors.present(visitor, "MW1", asks_why=True)
        if "access_escort_missing" not in said.note.reasons:
            self.world.violate("the visitor comes alone", f"no companion was asked for: {said}")

    def _together(self, host, visitor):
        # whoever was refused a moment ago may come back when some seconds are over
        self.world.clock.pass_s(30)
        self.doors.must(self.doors.present(host, "MW1"), "host")
        self.doors.must(self.doors.present(visitor, "MW1"), "visitor with host")
