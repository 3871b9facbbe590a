"""Guards: lockdowns and drills that two people end, who is inside, and names that need a reason."""

from door_house import EAST

REASON, FOUND = "月度演练", "核对遗失物品"


class DoorWatch:
    """What two guards, the access manager and the auditor do; ``doors`` has the edges and the people."""

    def __init__(self, world, doors):
        self.world, self.doors = world, doors
        #: Numbers of all lockdowns of the month: none may be forgotten.
        self.raised = []

    def afternoon(self, number):
        """By turns a drill, names, a lockdown that locks and that an edge hears of late, an export."""
        turn = number % 4
        if turn in (1, 3):
            self.lockdown("nobody" if number % 8 == 7 else "staff", turn == 1, late=turn == 3)
        elif turn == 2:
            self.look()
        else:
            self.export()
        self.muster()

    # -- lockdowns ---------------------------------------------------------------------------------

    def lockdown(self, level, is_drill, late):
        """Raised by one guard, confirmed by the edges, ended by another; ``late``: an edge hears of it later."""
        world, doors = self.world, self.doors
        first, second = world.person("month_guard"), world.person("month_guard2")
        word = "a drill" if is_drill else f"a lockdown ({level})"
        world.step(
            "a clerk of the card office raises a lockdown",
            lambda: self._raise(world.person("clerk"), level, True),
            True,
        )
        if late:
            doors.house.west.cut_off()
        order = world.step(f"guard raises {word}", lambda: self._raise(first, level, is_drill))
        if not isinstance(order, int):
            return
        self._hear()
        self._confirmed(order, ["西门边缘机"] if late else [])
        if late:
            world.step("the other edge is back", doors.house.west.connect)
            self._hear()
            self._confirmed(order, [])
        for machine in doors.machines:
            world.step("an edge of the house restarts without the server", machine.restart)
            if not machine.lockdowns:
                world.violate(word, "it is forgotten at a restart")
        world.step(f"people pass in {word}", lambda: self._pass(level, is_drill))
        world.step(f"the same guard ends {word}", lambda: self._end(first, order), True)
        world.step(
            f"a second guard ends {word} without a reason", lambda: self._end(second, order, " "), True
        )
        world.step(f"a second guard ends {word}", lambda: self._end(second, order))
        doors.sync()
        world.step(f"{word} is ended a second time", lambda: self._end(second, order), True)
        left = [machine.lockdowns for machine in doors.machines]
        if any(left):
            world.violate(word, f"it has ended, and edges still obey {left}")

    def _hear(self):
        """Who is connected hears of it and confirms."""
        self.doors.sync()
        for machine in self.doors.machines:
            if not machine.is_cut_off:
                machine.beat()

    def _raise(self, guard, level, is_drill):
        zone = self.doors.house.zones["house"]
        values = {"zone_id": zone, "level": level, "reason": REASON, "is_drill": is_drill}
        wizard = guard.wizard("campus.lockdown.raise", values)
        order = guard.press("campus.lockdown.raise", "action_raise", wizard)["res_id"]
        self.raised.append(self.world.value("SELECT number FROM campus_lockdown WHERE id = %s", [order]))
        return order

    def _end(self, guard, order, reason="演练结束"):
        wizard = guard.wizard("campus.lockdown.end", {"lockdown_id": order, "reason": reason})
        guard.press("campus.lockdown.end", "action_end", wizard)

    def _confirmed(self, order, missing):
        """The screen names exactly the edges that have not confirmed."""
        [row] = self.world.person("month_guard").read(
            "campus.lockdown", [order], ["unconfirmed", "edge_count", "confirmed_count"]
        )
        names = [name for name in (row["unconfirmed"] or "").split(", ") if name]
        ours = [name for name in names if name in ("东门边缘机", "西门边缘机")]
        if ours != missing:
            self.world.violate(
                "the edges confirm the lockdown", f"not confirmed by {ours}, not {missing}: {row}"
            )

    def _pass(self, level, is_drill):
        """One of each kind comes or goes: a drill refuses nobody, a lockdown all but the staff list."""
        doors = self.doors
        for role in ("student", "teacher"):
            people = [one for one in doors.house.people if one.role == role and one is not doors.ghost]
            person = doors.draw.choice(people)
            terminal = doors.draw.choice(EAST[1:] if person.at else EAST[:1])
            said = doors.present(person, terminal, asks_why=True)
            is_meant = not (role == "teacher" and level == "staff")
            locked = "access_lockdown" in said.note.reasons
            told = "access_lockdown" in said.note.warnings
            if (locked, told) != (is_meant and not is_drill, is_meant and is_drill):
                self.world.violate("people pass in a lockdown", f"{role}, {level}, drill {is_drill}: {said}")

    # -- who is inside ---------------------------------------------------------------------------------

    def muster(self):
        """The list of who is inside is who is inside."""
        world, doors = self.world, self.doors
        doors.sync()
        guard, zone = world.person("month_guard"), doors.house.zones["house"]
        count = world.step("guard counts who is inside", lambda: guard.rpc("campus.muster", "count", zone))
        inside = len(doors.inside()) + (1 if doors.ghost else 0)
        if isinstance(count, dict) and count["inside"] != inside:
            world.violate("guard counts who is inside", f"{count} and not {inside}")

    # -- names --------------------------------------------------------------------------------------------

    def look(self):
        """Names are shown for a reason, which the person reads in the portal beside the own passages."""
        world, doors = self.world, self.doors
        student = doors.house.student
        world.step("the student passes the east door", lambda: doors.present(student, EAST[bool(student.at)]))
        doors.sync()
        world.step("guard looks at a trail without a reason", lambda: self._look(" "), True)
        world.step("guard looks at a trail", lambda: self._look(FOUND))
        page = world.step("the student opens the page of doors", self._page)
        for word in (FOUND, "门卫甲", "东门"):
            if isinstance(page, str) and word not in page:
                world.violate("the student opens the page of doors", f"it does not say {word}")

    def _page(self):
        return self.world.person("student").page("/my/card/doors")

    def _look(self, reason):
        guard, student = self.world.person("month_guard"), self.doors.house.student
        wizard = guard.wizard("campus.passage.look", {"reason": reason, "partner_id": student.holder})
        action = guard.press("campus.passage.look", "action_look", wizard)
        found = guard.rpc("campus.passage", "search_read", action["domain"], ["person"], limit=5)
        if not found or any(row["person"] in (False, "", "•••") for row in found):
            self.world.violate("guard looks at a trail", f"no names are shown: {found}")

    def export(self):
        """A file with names needs two people."""
        world, keeper = self.world, self.world.person("month_keeper")
        values = {
            "reason": "失窃调查 0001",
            "date_from": f"{world.today} 00:00:00",
            "date_to": f"{world.today} 23:00:00",
        }
        made = world.step(
            "access manager asks for an export",
            lambda: keeper.rpc("campus.passage.export", "create", [values]),
        )
        if not isinstance(made, list):
            return
        [export] = made

        def press(who, verb):
            return world.person(who).press("campus.passage.export", verb, export)

        world.step(
            "the same person approves the export", lambda: press("month_keeper", "action_approve"), True
        )
        world.step("the export is fetched too early", lambda: press("month_keeper", "action_download"), True)
        world.step("an auditor approves the export", lambda: press("auditor", "action_approve"))
        world.step("the export is fetched", lambda: keeper.page(f"/campus/doors/export/{export}"))
        world.step("another guard fetches the export", lambda: press("month_guard2", "action_download"), True)
