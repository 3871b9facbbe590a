from odoo.tests import TransactionCase, new_test_user

GROUPS = {
    "clerk": "campus_card.group_campus_card_clerk",
    "second": "campus_card.group_campus_card_clerk",
    "manager": "campus_card.group_campus_card_manager",
    "finance": "campus_card.group_campus_card_finance",
    "auditor": "campus_card.group_campus_card_auditor",
    "devices": "campus_card.group_campus_card_device_manager",
    "employee": "base.group_user",
    "arts_clerk": "campus_card.group_campus_card_clerk",
}


class PeopleCase(TransactionCase):
    """Two departments, a holder with a card in each, and a user for each of ``roles``."""

    roles = ("clerk", "manager")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True, "tracking_disable": True})
        cls.company = cls.env.company
        cls.company._campus_setup()
        departments = cls.env["campus.department"]
        cls.arts = departments.create({"name": "Arts", "code": "T-ART"})
        cls.music = departments.create({"name": "Music", "code": "T-MUS", "parent_id": cls.arts.id})
        cls.physics = departments.create({"name": "Physics", "code": "T-PHY"})
        cls.lin = cls.new_holder("Lin Xiaoyu", "T0001", cls.arts)
        cls.wang = cls.new_holder("Wang Haoran", "T0002", cls.physics)
        cls.card = cls.new_card(cls.lin, "04A1B2C3")
        cls.other_card = cls.new_card(cls.wang, "04D4E5F6")
        cls.users = {role: cls.new_user(role) for role in cls.roles}

    @classmethod
    def new_user(cls, role):
        values = {"campus_department_ids": [(6, 0, cls.arts.ids)]} if role == "arts_clerk" else {}
        return new_test_user(cls.env, login=f"test_{role}", groups=GROUPS[role], **values)

    @classmethod
    def new_holder(cls, name, number, department, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "campus_number": number,
                "campus_department_id": department.id,
                "campus_role": "student",
                **values,
            }
        )

    @classmethod
    def new_card(cls, holder, uid, **values):
        """An active card that went the whole way."""
        card = cls.env["campus.card"].create({"partner_id": holder.id, "uid": uid, **values})
        card._hand_over()
        return card

    @classmethod
    def top_up(cls, wallet, amount_minor):
        counter = cls.env["campus.counter"].create(
            {"credential": wallet.partner_id.campus_number, "amount": amount_minor / 100}
        )
        counter.action_confirm()
        return counter

    def as_user(self, record, role):
        return record.with_user(self.users[role])
