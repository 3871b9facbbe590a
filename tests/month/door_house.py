"""A house with two edges, made through the screens of those who may: zones, doors, schedules, rights, users."""

from dataclasses import dataclass, field

from door_machine import DoorMachine
from people import Crashed

GROUPS = {
    "guard": "campus_access.group_campus_access_guard",
    "secretary": "campus_access.group_campus_access_clerk",
    "keeper": "campus_access.group_campus_access_manager",
}
#: Logins of the month that work at doors: their role, and a word for their name.
WORKERS = {
    "month_guard": ("guard", "门卫甲"),
    "month_guard2": ("guard", "门卫乙"),
    "month_secretary": ("secretary", "系秘书"),
    "month_keeper": ("keeper", "门禁主管"),
}
#: Terminals by edge: the first edge's door has a contact, the others have none.
EAST, WEST = ("ME1", "ME2"), ("MW1", "MW2", "MW3", "MW4")
CONTACTS = ("ME1",)
#: (name, holder's role) -> who lives the month at the doors: cards that are not used at the tills.
REGULARS = """
SELECT card.uid, card.partner_id, card.id, holder.campus_role
  FROM campus_card card JOIN res_partner holder ON holder.id = card.partner_id
 WHERE card.state = 'active' AND card.company_id = 1 AND card.uid IS NOT NULL AND card.kind = 'physical'
   AND card.uid NOT LIKE 'CA4D%%' AND holder.active AND holder.campus_role = %s
   AND holder.campus_department_id = %s
   AND (card.valid_until IS NULL OR card.valid_until > %s)
   AND NOT EXISTS (SELECT 1 FROM campus_card other WHERE other.partner_id = holder.id AND other.id <> card.id)
 ORDER BY card.id DESC LIMIT %s
"""

PHONE = """
SELECT card.uid, card.partner_id, card.id, holder.campus_role
  FROM res_users login JOIN res_partner holder ON holder.id = login.partner_id
  JOIN campus_card card ON card.partner_id = holder.id AND card.state = 'active' AND card.uid IS NOT NULL
 WHERE login.login = 'student' AND card.kind = 'physical' ORDER BY card.id DESC LIMIT 1
"""


@dataclass
class Person:
    """Somebody at the doors: the card, and the zone where this person really is (None: outside)."""

    holder: int
    uid: str
    card: int
    role: str
    at: int | None = None


@dataclass
class House:
    """What was made, by name; ``doors``: ``{terminal: (door, zone left, zone entered)}``."""

    zones: dict = field(default_factory=dict)
    doors: dict = field(default_factory=dict)
    rights: dict = field(default_factory=dict)
    schedules: dict = field(default_factory=dict)
    departments: list = field(default_factory=list)
    people: list = field(default_factory=list)
    student: Person | None = None
    east: DoorMachine | None = None
    west: DoorMachine | None = None

    @property
    def within(self):
        """The zones that its doors lead into."""
        return {self.zones[name] for name in ("house", "lab", "archive")}


class Builder:
    """Makes the house on the first day."""

    def __init__(self, world):
        self.world, self.house = world, House()

    def hire(self):
        """The administrator gives everybody at the doors a login."""
        world, admin = self.world, self.world.person("admin")
        rows = world.query(
            """SELECT campus_department_id FROM res_partner
                WHERE is_campus_holder AND active AND company_id = 1 AND campus_department_id IS NOT NULL
                GROUP BY campus_department_id
                ORDER BY count(*) FILTER (WHERE campus_role = 'teacher') > 5 DESC, count(*) DESC, 1 LIMIT 2"""
        )
        self.house.departments = [number for (number,) in rows]
        logins = []
        for login, (role, name) in WORKERS.items():
            groups = [self._ref(name) for name in ("base.group_user", GROUPS[role])]
            values = {
                "name": name, "login": login, "password": login, "lang": "zh_CN", "tz": "Asia/Shanghai",
                "group_ids": [[6, 0, groups]],
            }  # fmt: skip
            if role == "secretary":
                values["campus_department_ids"] = [[6, 0, self.house.departments[:1]]]
            logins.append(values)
        admin.rpc("res.users", "create", logins)
        for login in WORKERS:
            world.join(login)

    def _ref(self, name):
        return self.world.value(
            "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", name.split(".")
        )

    def build(self):
        """The keeper makes zones and doors; the device manager has made their readers."""
        keeper, own = self.world.person("month_keeper"), self.house.departments
        zones, root = (
            self.house.zones,
            self.world.value("SELECT id FROM campus_zone WHERE kind = 'outside' AND company_id = 1"),
        )
        zones["outside"] = root or self._zone(keeper, "校外", None, kind="outside")
        zones["campus"] = self._zone(keeper, "本部校园", "outside", kind="campus")
        zones["house"] = self._zone(
            keeper, "综合实验楼", "campus", own_department_id=own[0], passback_mode="hard", alone="let_in"
        )
        zones["lab"] = self._zone(keeper, "精密仪器室", "house", kind="room", people_max=2)
        zones["archive"] = self._zone(keeper, "档案馆", "campus", kind="building", own_department_id=own[1])
        readers = self._readers()
        self._door(keeper, readers, "东门", "campus", "house", "ME1", "ME2")
        self._door(keeper, readers, "西门", "campus", "house", "MW1", "MW2")
        self._door(keeper, readers, "仪器室门", "house", "lab", "MW3", None)
        self._door(keeper, readers, "档案馆门", "campus", "archive", "MW4", None)

    def _zone(self, keeper, name, parent, **values):
        parent_id = self.house.zones[parent] if parent else False
        return keeper.rpc("campus.zone", "create", [{"name": name, "parent_id": parent_id, **values}])[0]

    def _readers(self):
        """Edges and their terminals, by the device manager."""
        device, found = self.world.person("device"), {}
        for name, codes in (("东门边缘机", EAST), ("西门边缘机", WEST)):
            [edge] = device.rpc("campus.edge", "create", [{"name": name}])
            rows = [{"name": code, "code": code, "purpose": "door", "edge_id": edge} for code in codes]
            found |= dict(zip(codes, device.rpc("campus.terminal", "create", rows), strict=True))
            found[name] = edge
        self.edges = (found["东门边缘机"], found["西门边缘机"])
        return found

    def _door(self, keeper, readers, name, outer, inner, into, out):
        zones = self.house.zones
        values = {
            "name": name, "outer_zone_id": zones[outer], "inner_zone_id": zones[inner],
            "in_terminal_id": readers[into], "out_terminal_id": readers[out] if out else False,
        }  # fmt: skip
        [door] = keeper.rpc("campus.door", "create", [values])
        self.house.doors[into] = (door, zones[outer], zones[inner])
        if out:
            self.house.doors[out] = (door, zones[inner], zones[outer])

    def give(self):
        """Standing rights: everybody into the house by day, teachers into the laboratory, a staff list."""
        keeper, house = self.world.person("month_keeper"), self.house
        house.schedules["day"] = self._schedule(keeper, "每天白天", 6 * 60, 22 * 60)
        house.schedules["lesson"] = self._schedule(keeper, "上午实验课", 7 * 60, 12 * 60)
        house.people = [*self._people("student", 6), *self._people("teacher", 3)]
        # the holder whose phone the month plays sees the own passages, and who has looked at them
        [(uid, holder, card, role)] = self.world.query(PHONE)
        house.student = Person(holder, uid, card, role)
        house.people.append(house.student)
        if len(house.people) < 10:
            raise Crashed(f"only {len(house.people)} people for the doors")
        day = house.schedules["day"]
        # students through the house's own doors, teachers wherever a door in it leads
        doors = sorted({house.doors[terminal][0] for terminal in ("ME1", "MW1")})
        by_day = {"door_ids": [[6, 0, doors]], "zone_ids": [], "schedule_id": day}
        house.rights["students"] = self._right("month_keeper", "学生进楼", "house", "student", **by_day)
        house.rights["teachers"] = self._right("month_keeper", "教师进楼", "house", "teacher", is_staff=True)

    def _right(self, login, name, zone, role, **values):
        values = {
            "name": name, "zone_ids": [[6, 0, [self.house.zones[zone]]]],
            "domain": f"[('campus_role', '=', '{role}')]", **values,
        }  # fmt: skip
        return self.world.person(login).rpc("campus.access.right", "create", [values])[0]

    def _schedule(self, keeper, name, start, end):
        window = {"start_min": start, "end_min": end, "saturday": True, "sunday": True}
        values = {"name": name, "holidays": "usual", "window_ids": [[0, 0, window]]}
        return keeper.rpc("campus.schedule", "create", [values])[0]

    def _people(self, role, count):
        rows = self.world.query(REGULARS, [role, self.house.departments[0], self.world.today, count])
        return [Person(holder, uid, card, role) for uid, holder, card, role in rows]

    def pair(self):
        """Both edges get their codes from the screen."""
        device, house = self.world.person("device"), self.house
        house.east = DoorMachine(self.world, EAST, CONTACTS)
        house.west = DoorMachine(self.world, WEST)
        for edge, machine in zip(self.edges, (house.east, house.west), strict=True):
            action = device.press("campus.edge", "action_pair", edge)
            machine.pair(action["context"]["default_code"])
            machine.look()
