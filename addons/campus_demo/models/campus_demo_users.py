from odoo import api, models
from odoo.fields import Command

from ..generator import campus, cast
from ..generator.person import STUDENT
from .campus_demo_company import LANGUAGE

#: login (and password) -> name, group, first page. The student works in the portal.
STAFF = {
    "clerk": ("周敏", "campus_card.group_campus_card_clerk", "campus_card.campus_overview_action"),
    "manager": ("郑海涛", "campus_card.group_campus_card_manager", "campus_card.campus_overview_action"),
    "finance": ("何静", "campus_card.group_campus_card_finance", "campus_reports.campus_closing_action"),
    "auditor": ("罗文斌", "campus_card.group_campus_card_auditor", "campus_card.campus_overview_action"),
    "cashier": ("孙丽", "point_of_sale.group_pos_user", "point_of_sale.action_pos_config_kanban"),
}


class CampusDemo(models.AbstractModel):
    """Who can log in. Passwords are the logins: this is a demo."""

    _inherit = "campus.demo"

    @api.model
    def _load_staff(self, company):
        self = self._here(company)
        self._load_language()
        for login, (name, group, action) in STAFF.items():
            self._load_user(
                login,
                name=name,
                email=f"{login}@{campus.DOMAIN}",
                group_ids=[Command.set([self.env.ref("base.group_user").id, self.env.ref(group).id])],
                action_id=self.env.ref(action).id,
                odoobot_state="disabled",
            )
        # The administrator reads English; the rest of the school works in Chinese.
        admin = self.env.ref("base.user_admin")
        admin.write(
            {
                "tz": campus.TZ,
                "odoobot_state": "disabled",
                "action_id": self.env.ref("campus_card.campus_overview_action").id,
            }
        )

    @api.model
    def _load_student(self, company):
        """A login in the portal for the student of the demo's stories."""
        self = self._here(company)
        domain = [("company_id", "=", company.id), ("uid", "=", cast.BY_KEY[STUDENT].uid)]
        card = self.env["campus.card"].search(domain, limit=1)
        portal = self.env.ref("base.group_portal")
        self._load_user("student", partner_id=card.partner_id.id, group_ids=[Command.set(portal.ids)])

    @api.model
    def _load_user(self, login, **vals):
        if self._find_user(login):
            return
        self.env["res.users"].create(
            {"login": login, "password": login, "lang": LANGUAGE, "tz": campus.TZ, **vals}
        )

    @api.model
    def _find_user(self, login):
        User = self.env["res.users"].with_context(active_test=False)
        return User.search([("login", "=", login)], limit=1)

    @api.model
    def _staff(self, login):
        """The user with this login, or whoever is at work where there is none."""
        return self._find_user(login) or self.env.user
