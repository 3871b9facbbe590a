from collections import namedtuple
from random import Random

from odoo import api, models
from odoo.fields import Command

from ..generator import campus, cast
from ..generator.person import STUDENT
from ..generator.portraits import portrait
from .campus_demo import LANGUAGE
from .campus_demo_cards import encode

#: Login (and password), name, whether a woman, groups (with commas), first page.
Worker = namedtuple("Worker", "login name female group action")
OVERVIEW = "campus_card.campus_overview_action"
STAFF = (
    Worker("clerk", "周敏", True, "campus_card.group_campus_card_clerk", OVERVIEW),
    Worker(
        "manager",
        "郑海涛",
        False,
        "campus_card.group_campus_card_manager,campus_access.group_campus_access_manager",
        OVERVIEW,
    ),
    Worker(
        "finance",
        "何静",
        True,
        "campus_card.group_campus_card_finance",
        "campus_reports.campus_closing_action",
    ),
    Worker("auditor", "罗文斌", False, "campus_card.group_campus_card_auditor", OVERVIEW),
    Worker(
        "device",
        "马骏",
        False,
        "campus_card.group_campus_card_device_manager",
        "campus_terminal.campus_edge_action",
    ),
    Worker("cashier", "孙丽", True, "point_of_sale.group_pos_user", "point_of_sale.action_pos_config_kanban"),
    Worker(
        "guard",
        "陈国栋",
        False,
        "campus_access.group_campus_access_guard",
        "campus_access.campus_live_action",
    ),
    Worker(
        "dorm",
        "吴桂芳",
        True,
        "campus_access.group_campus_access_guard,campus_access.group_campus_access_clerk",
        "campus_access.campus_passage_action",
    ),
    Worker(
        "secretary",
        "许文静",
        True,
        "campus_access.group_campus_access_clerk",
        "campus_access.campus_access_right_action",
    ),
)
#: Login -> code of the department whose people and doors the user looks after.
IN_CHARGE = {"dorm": "LOG", "secretary": "CS"}


class CampusDemo(models.AbstractModel):
    """Users. The password is the login, because this is a demo."""

    _inherit = "campus.demo"

    @api.model
    def _load_staff(self, company):
        self = self._here(company)
        self._load_language()
        for worker in STAFF:
            groups = self.env.ref("base.group_user")
            groups += groups.concat(*map(self.env.ref, worker.group.split(",")))
            self._load_user(
                worker.login,
                name=worker.name,
                email=f"{worker.login}@{campus.DOMAIN}",
                image_1920=encode(portrait(Random(worker.login), worker.female, False)),
                group_ids=[Command.set(groups.ids)],
                action_id=self.env.ref(worker.action).id,
                odoobot_state="disabled",
            )
        # The administrator uses English, all others use Chinese.
        admin = self.env.ref("base.user_admin")
        admin.write(
            {
                "tz": campus.TZ,
                "odoobot_state": "disabled",
                "action_id": self.env.ref(OVERVIEW).id,
            }
        )

    @api.model
    def _load_student(self, company):
        """A portal login for the student."""
        self = self._here(company)
        domain = [("company_id", "=", company.id), ("uid", "=", cast.BY_KEY[STUDENT].uid)]
        holder = self.env["campus.card"].search(domain, limit=1).partner_id
        self._load_user(
            "student",
            partner_id=holder.id,
            group_ids=[Command.set(self.env.ref("base.group_portal").ids)],
            # Odoo gives every new user default properties, also if the person exists already.
            campus_department_id=holder.campus_department_id.id,
            campus_properties=dict(holder.campus_properties),
        )

    @api.model
    def _load_in_charge(self, company):
        """Say which departments the clerks of the doors look after."""
        for login, code in IN_CHARGE.items():
            domain = [("company_id", "=", company.id), ("code", "=", code)]
            user = self._find_user(login)
            if user and company in user.company_ids:
                user.campus_department_ids |= self.env["campus.department"].search(domain)

    @api.model
    def _load_user(self, login, **vals):
        vals = {"lang": LANGUAGE, "tz": campus.TZ, **vals}
        if user := self._find_user(login):
            # An uninstallation archives the login, and takes the groups of the card away with themselves.
            if not user.active:
                user.write({**vals, "active": True})
            return
        self.env["res.users"].create({"login": login, "password": login, **vals})

    @api.model
    def _put_away_users(self):
        """Archive all logins of the demo: their passwords are known to everybody."""
        for login in (*(worker.login for worker in STAFF), "student"):
            self._find_user(login).active = False

    @api.model
    def _find_user(self, login):
        User = self.env["res.users"].with_context(active_test=False)
        return User.search([("login", "=", login)], limit=1)

    @api.model
    def _staff(self, login):
        """The user with this login, or the present user if there is none."""
        return self._find_user(login) or self.env.user
