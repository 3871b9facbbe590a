"""What must hold about doors after each day, asked of the database and of the edges."""

STORED = """
SELECT uuid::text, kind, count(*), min(outcome), min(coalesce(reasons, '')), min(coalesce(warnings, '')),
       min(right_id), bool_or(partner_id IS NULL)
  FROM campus_passage WHERE edge_id IS NOT NULL AND id > %s GROUP BY uuid, kind
"""
TAPS = "SELECT count(*) FROM campus_tap WHERE purpose = 'door' AND uuid = ANY(%s::uuid[])"
#: Everything that was stored up to an entry, by the months that are erased whole when their time is over.
LOG = """
SELECT company_id, month, count(*), md5(string_agg(md5(passage::text), '' ORDER BY id)) FROM campus_passage passage
 WHERE id <= %s GROUP BY company_id, month
"""
ERASED = "SELECT company_id, month FROM campus_passage_erasure"
POSITIONS = "SELECT partner_id, zone_id, left_zone_id FROM campus_position WHERE company_id = 1"
TWO_PLACES = "SELECT partner_id FROM campus_position GROUP BY company_id, partner_id HAVING count(*) > 1"
LOCKDOWNS = """
SELECT number, state, raised_by_id, ended_by_id,
       md5(concat_ws(',', zone_id, level, is_drill, raised_by_id, raised_at, reason)) FROM campus_lockdown ORDER BY number
"""


class DoorChecks:
    """``doors`` has the edges, what they have said, and who is where."""

    def __init__(self, world, doors):
        self.world, self.doors = world, doors
        self.first_id, self.log, self.orders = 0, (0, {}), {}

    def begin(self):
        """The month begins after what the demo has stored."""
        self.first_id = self.world.value("SELECT COALESCE(max(id), 0) FROM campus_passage")

    def after_day(self):
        """Sentences about what does not hold, when both edges are connected or in their last known state."""
        if not self.doors.machines:
            return
        yield from self._stored()
        yield from self._places()
        yield from self._lockdowns()
        yield from self._log()

    def _stored(self):
        """Each entry of each edge is there once and says what the edge has said; none is among the taps of money."""
        rows = {(uuid, kind): row for uuid, kind, *row in self.world.query(STORED, [self.first_id])}
        for machine in self.doors.machines:
            waiting = {(entry.uuid, entry.kind) for entry in machine.edge.journal.unacknowledged()}
            for key in machine.written:
                if key not in rows and key not in waiting:
                    yield f"a passage is not stored: {machine.written[key]}"
                elif key in rows:
                    yield from self._as_said(key[0], machine.written[key], rows[key])
        known = {key for machine in self.doors.machines for key in machine.written}
        if strange := set(rows) - known:
            yield f"passages that no edge has told: {sorted(strange)[:3]}"
        if count := self.world.value(TAPS, [[uuid for uuid, _kind in rows]]):
            yield f"{count} passages are among the taps of money"

    def _as_said(self, uuid, entry, row):
        count, outcome, reasons, warnings, right, is_nobody = row
        if count != 1:
            yield f"a passage is stored {count} times: {uuid}"
        said = self.doors.said.get(uuid)
        if said is None or entry.kind != "tap":
            return
        stored = (outcome == "granted", frozenset(reasons.split()), right, frozenset(warnings.split()))
        if stored != tuple(said.says):
            yield f"a passage is stored as {stored}, and the edge has said {said.says}"
        if outcome == "refused" and not reasons:
            yield f"a refusal has no reasons: {uuid}"
        if is_nobody:
            yield f"nobody knows whose passage this is: {uuid}"

    def _places(self):
        """Nobody is in two places, and the server, both edges and the world mean the same one."""
        if rows := self.world.query(TWO_PLACES):
            yield f"people in two places: {rows}"
        rows = self.world.query(POSITIONS)
        server = {holder: zone for holder, zone, _left in rows}
        if any(machine.edge.journal.queue_length or machine.is_cut_off for machine in self.doors.machines):
            return
        for machine in self.doors.machines:
            known, areas = machine.zones, machine.areas
            near = {holder for holder, zone, left in rows if {zone, left} & areas}
            for holder in sorted(near | set(known)):
                zone = self._seen(machine, server.get(holder))
                other = known.get(holder)
                if zone != other and (zone in areas or other in areas):
                    yield f"person {holder} is in {zone} for the server and in {other} for {machine.terminals[0]}"
        for person in self.doors.house.people:
            if person is self.doors.ghost:
                continue
            # somebody who is elsewhere may have been seen at other doors of the university before
            zone = server.get(person.holder)
            zone = zone if zone in self.doors.house.within else None
            if zone != person.at:
                yield f"person {person.holder} is in {person.at} and for the server in {zone}"

    def _seen(self, machine, zone):
        """A zone as an edge knows it: the innermost around its doors that it lies in."""
        around = machine.areas
        return next((one for one in self.doors.server.site.inside(zone) if one in around), zone)

    def _lockdowns(self):
        """None is forgotten or changed, two people ended each, and edges obey exactly those in force."""
        rows = self.world.query(LOCKDOWNS)
        numbers = [row[0] for row in rows]
        for number in self.doors.watch.raised:
            if number not in numbers:
                yield f"lockdown {number} is forgotten"
        for number, state, raised_by, ended_by, content in rows:
            if self.orders.setdefault(number, content) != content:
                yield f"lockdown {number} was changed"
            if state == "ended" and ended_by in (None, raised_by):
                yield f"lockdown {number} was ended by {ended_by}, who raised it"
        active = {row[0] for row in rows if row[1] == "active"}
        for machine in self.doors.machines:
            if not machine.is_cut_off and machine.lockdowns != active:
                yield f"{machine.terminals[0]} obeys {machine.lockdowns}, and {active} are in force"

    def _log(self):
        """What was stored when a day was over is there still, and says the same."""
        last_id, before = self.log
        erased = set(self.world.query(ERASED))
        now = self._months(last_id)
        for month, content in before.items():
            if month not in erased and now.get(month) != content:
                yield f"the log of {month} up to {last_id} is not what it was: {content}, {now.get(month)}"
        last_id = self.world.value("SELECT COALESCE(max(id), 0) FROM campus_passage")
        self.log = (last_id, self._months(last_id))

    def _months(self, last_id):
        return {(company, month): content for company, month, *content in self.world.query(LOG, [last_id])}
