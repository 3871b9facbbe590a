from odoo.addons.campus_card.tests.people_common import PeopleCase


class AccessCase(PeopleCase):
    """A small campus: outside, campus, a building of each department, a laboratory; a door into each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.outside = cls.new_zone("Outside", kind="outside")
        cls.campus = cls.new_zone("Campus", cls.outside, kind="campus")
        cls.arts_house = cls.new_zone("Arts House", cls.campus, own_department_id=cls.arts.id)
        cls.physics_house = cls.new_zone("Physics House", cls.campus, own_department_id=cls.physics.id)
        cls.laboratory = cls.new_zone("Laboratory", cls.physics_house, kind="room")
        cls.edge = cls.env["campus.edge"].create({"name": "Edge of doors"})
        cls.gate = cls.new_door("Gate", cls.outside, cls.campus)
        cls.arts_door = cls.new_door("Arts door", cls.campus, cls.arts_house)
        cls.physics_door = cls.new_door("Physics door", cls.campus, cls.physics_house)
        cls.laboratory_door = cls.new_door("Laboratory door", cls.physics_house, cls.laboratory)

    @classmethod
    def new_zone(cls, name, parent=None, **values):
        return cls.env["campus.zone"].create({"name": name, "parent_id": parent and parent.id, **values})

    @classmethod
    def new_reader(cls, code, **values):
        values = {"purpose": "door", "edge_id": cls.edge.id, **values}
        return cls.env["campus.terminal"].create({"name": code, "code": code, **values})

    @classmethod
    def new_door(cls, name, outer, inner, **values):
        code = "T-" + name.split()[0]
        values = {
            "in_terminal_id": cls.new_reader(f"{code}-in").id,
            "out_terminal_id": cls.new_reader(f"{code}-out").id,
            **values,
        }
        return cls.env["campus.door"].create(
            {"name": name, "outer_zone_id": outer.id, "inner_zone_id": inner.id, **values}
        )

    @classmethod
    def new_schedule(cls, name, *windows, **values):
        """``windows``: dicts of a window's fields."""
        lines = [(0, 0, window) for window in windows]
        return cls.env["campus.schedule"].create({"name": name, "window_ids": lines, **values})
