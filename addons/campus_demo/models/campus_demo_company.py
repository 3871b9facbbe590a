import base64

from odoo import api, models
from odoo.tools import file_open

from ..generator import campus

CHART = "cn"
LANGUAGE = "zh_CN"


class CampusDemo(models.AbstractModel):
    """The company: name, address, logo, language, chart of accounts, departments."""

    _inherit = "campus.demo"

    @api.model
    def _load_company(self, company):
        self._load_language()
        company.write(self._prepare_company_vals(company))
        company.partner_id.write({"tz": campus.TZ, "lang": LANGUAGE})
        if company.chart_template != CHART and not company._existing_accounting():
            # Not try_loading: it logs a warning while addons are being installed. The modules of this chart
            # are complete at this point.
            self.env["account.chart.template"]._load(CHART, company, install_demo=False)
        company._campus_setup()
        self._load_departments(company)
        self._load_channels(company)

    @api.model
    def _load_language(self):
        language = self.env["res.lang"].with_context(active_test=False).search([("code", "=", LANGUAGE)])
        if not language.active:
            wizard = self.env["base.language.install"].create({"lang_ids": [(6, 0, language.ids)]})
            wizard.lang_install()

    @api.model
    def _prepare_company_vals(self, company):
        with file_open("campus_demo/static/img/logo.png", "rb") as logo:
            picture = base64.b64encode(logo.read())
        return {
            # The first company gets this name; a company made for a test keeps its own.
            "name": campus.NAME if company == self.env.ref("base.main_company") else company.name,
            "street": campus.STREET,
            "city": campus.CITY,
            "zip": campus.ZIP,
            "state_id": self.env.ref("base.state_cn_JS").id,
            "country_id": self.env.ref("base.cn").id,
            "email": f"card@{campus.DOMAIN}",
            "website": f"https://www.{campus.DOMAIN}",
            "logo": picture,
        }

    @api.model
    def _load_departments(self, company):
        Department = self.env["campus.department"]
        found = Department.search([("company_id", "=", company.id)]).grouped("code")
        for department in campus.DEPARTMENTS:
            if department.code in found:
                continue
            found[department.code] = Department.create(
                {
                    "name": department.name,
                    "code": department.code,
                    "parent_id": found[department.parent].id if department.parent else False,
                    "company_id": company.id,
                    "holder_properties_definition": self._prepare_properties(department),
                }
            )

    @api.model
    def _prepare_properties(self, department):
        """Properties that faculties and offices note about their people, besides the fields."""
        names = (
            {"level": "类别", "group": "班级", "room": "宿舍"} if department.students else {"level": "类别"}
        )
        return [{"name": key, "string": label, "type": "char"} for key, label in names.items()]

    @api.model
    def _load_channels(self, company):
        """Accounts for money that is topped up by phone."""
        accounts = self.env["campus.account"].search([("company_id", "=", company.id)]).grouped("code")
        for channel in campus.CHANNELS:
            if channel.code in accounts:
                continue
            self.env["campus.account"].create(
                {
                    "code": channel.code,
                    "name": channel.name,
                    "kind": "channel",
                    "company_id": company.id,
                    "gl_account_id": self._channel_gl(company, channel).id,
                }
            )

    @api.model
    def _channel_gl(self, company, channel):
        """Account *Other monetary funds*: what payment services have not paid out yet."""
        xmlid = self._xmlid(company, f"gl_{channel.code}")
        if account := self.env.ref(xmlid, raise_if_not_found=False):
            return account
        Account = self.env["account.account"].with_company(company)
        account = Account.create(
            {
                "name": channel.name_en,
                "code": Account._search_new_account_code("101211"),
                "account_type": "asset_current",
                "company_ids": [(6, 0, company.ids)],
            }
        )
        account.update_field_translations("name", {LANGUAGE: channel.name})
        self._remember(xmlid, account)
        return account
