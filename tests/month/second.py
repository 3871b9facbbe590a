"""A second company in the same database: its clerk works, and sees nothing of the first."""

from people import Crashed

CASH_MINOR = 1_000


class SecondCompany:
    """Made on the first day by the administrator, with a chart of accounts and one holder."""

    def __init__(self, world):
        self.world, self.company = world, None

    def make(self):
        """Company, chart, card set-up, clerk, holder."""
        world, admin = self.world, self.world.person("admin")
        currency = world.value("SELECT currency_id FROM res_company WHERE id = 1")
        country = world.value("SELECT id FROM res_country WHERE code = 'CN'")
        [self.company] = admin.rpc(
            "res.company", "create", [{"name": "城南分校", "currency_id": currency, "country_id": country}]
        )
        admin.rpc("res.users", "write", [world.value("SELECT id FROM res_users WHERE login = 'admin'")],
                  {"company_ids": [[4, self.company]]})  # fmt: skip
        here = {"allowed_company_ids": [self.company]}
        settings = admin.rpc("res.config.settings", "create", [{"chart_template": "cn"}], context=here)
        admin.rpc("res.config.settings", "execute", settings, context=here)
        admin.rpc("res.config.settings", "action_campus_setup", settings, context=here)
        self._clerk(admin)

    def _clerk(self, admin):
        groups = [
            self.world.value("SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", name)
            for name in (("base", "group_user"), ("campus_card", "group_campus_card_clerk"))
        ]
        clerk = {
            "name": "城南窗口", "login": "stranger", "password": "stranger", "company_id": self.company,
            "company_ids": [[6, 0, [self.company]]], "group_ids": [[6, 0, groups]],
        }  # fmt: skip
        admin.rpc("res.users", "create", [clerk])
        stranger = self.world.join("stranger")
        holder = {"name": "城南学生", "campus_number": "CN0001", "campus_role": "student",
                  "company_id": self.company}  # fmt: skip
        stranger.rpc("res.partner", "create", [holder])

    def top_up(self):
        """Cash for the only holder; nobody else is found."""
        stranger = self.world.person("stranger")
        found = stranger.search("res.partner", [["is_campus_holder", "=", True]])
        if len(found) != 1:
            raise Crashed(f"the clerk of the second company finds {len(found)} holders")
        values = {"operation": "topup", "credential": "CN0001", "amount": CASH_MINOR / 100}
        wizard = stranger.wizard("campus.counter", values)
        stranger.press("campus.counter", "action_confirm", wizard)
