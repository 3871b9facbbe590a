from .access_common import AccessCase

PHYSICISTS = "[('campus_department_id', 'child_of', [%s])]"


class RightCase(AccessCase):
    """A right for physicists at their house, and what edges are told of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rights = cls.env["campus.access.right"]
        cls.right = cls.new_right("Physicists", cls.physics_house, domain=PHYSICISTS % cls.physics.id)
        cls.env["res.partner"]._settle_access()

    @classmethod
    def new_right(cls, name, zone, **values):
        return cls.env["campus.access.right"].create(
            {
                "name": name,
                "zone_ids": [(6, 0, zone.ids)],
                "domain": "[('campus_role', '=', 'student')]",
                **values,
            }
        )

    def settle(self):
        self.env["res.partner"]._settle_access()

    def members(self, right):
        self.env.flush_all()
        self.env.cr.execute("SELECT partner_id FROM campus_access_member WHERE right_id = %s", [right.id])
        return self.env["res.partner"].browse(sorted(one for (one,) in self.env.cr.fetchall()))

    def part(self, since=0, edge=None):
        self.env.flush_all()
        return self.env["campus.snapshot"]._access(edge or self.edge, since)

    def version(self):
        self.env.flush_all()
        return self.env["campus.key"]._version_now()

    def new_moment(self):
        """What is done from now on is newer than what was done before."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE campus_snapshot_life SET base = base + 1")
        return self.version()

    def profile_of(self, part, card):
        found = {one: part["profiles"].get(name) for one, _holder, name in part["people"]}
        return found.get(card.id)

    # -- who ------------------------------------------------------------------------
