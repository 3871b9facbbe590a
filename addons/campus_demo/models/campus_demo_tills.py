from odoo import api, models
from odoo.fields import Command

from ..generator import campus
from ..generator.menu import CATEGORIES, MENU
from ..generator.pictures import picture
from .campus_demo import LANGUAGE
from .campus_demo_cards import encode

#: Who runs which merchants: the school itself, or a contractor whom the school pays.
OPERATORS = {
    "后勤服务中心": ("canteen_rice", "canteen_noodle", "canteen_staff"),
    "苏州蜀湘餐饮管理有限公司": ("canteen_spicy", "canteen_wok"),
    "苏州月亮湾清真餐饮有限公司": ("canteen_halal",),
    "澄湖校园超市有限公司": ("shop",),
}
#: Money for meals only; the shop does not take it.
MEAL_PLANS = ("subsidy", "meal")


class CampusDemo(models.AbstractModel):
    """The canteens and the shop: merchants of the ledger, tills and products."""

    _inherit = "campus.demo"

    @api.model
    def _load_tills(self, company):
        """:return: {code of a merchant or system account: campus.account}"""
        self._load_merchants(company)
        accounts = self.env["campus.account"].search([("company_id", "=", company.id), ("code", "!=", False)])
        by_code = {account.code: account for account in accounts}
        canteens = self.env["campus.account"].union(*(by_code[canteen.code] for canteen in campus.CANTEENS))
        plans = self.env["campus.pocket.plan"].search([("company_id", "=", company.id)])
        plans.filtered(lambda plan: plan.code in MEAL_PLANS).merchant_ids = canteens
        categories = self._load_categories(company)
        self._load_products(company, categories)
        for number, stated in enumerate(campus.MERCHANTS, 1):
            self._load_till(company, number, stated, by_code[stated.code], categories)
        return by_code

    @api.model
    def _load_merchants(self, company):
        Account = self.env["campus.account"]
        known = set(Account.search([("company_id", "=", company.id)]).mapped("code"))
        for operator, codes in OPERATORS.items():
            missing = [
                stated for stated in campus.MERCHANTS if stated.code in codes and stated.code not in known
            ]
            if not missing:
                continue
            vals = {"name": operator, "is_company": True, "company_id": company.id}
            Partner = self.env["res.partner"]
            contact = Partner.search([(name, "=", value) for name, value in vals.items()], limit=1)
            contact = contact or Partner.create({**vals, "lang": LANGUAGE})
            Account.create(
                [
                    {
                        "code": stated.code,
                        "name": stated.name,
                        "kind": "merchant",
                        "company_id": company.id,
                        "gl_account_id": company.campus_clearing_account_id.id,
                        "partner_id": contact.id,
                    }
                    for stated in missing
                ]
            )

    @api.model
    def _load_categories(self, company):
        """:return: {(merchant code, category code): pos.category}, a tree per merchant"""
        Category = self.env["pos.category"]
        found = {}
        for stated in campus.MERCHANTS:
            xmlid = self._xmlid(company, f"category_{stated.code}")
            root = self.env.ref(xmlid, raise_if_not_found=False)
            if not root:
                root = Category.create({"name": stated.name_en})
                root.update_field_translations("name", {LANGUAGE: stated.name})
                self._remember(xmlid, root)
            found[stated.code, None] = root
            used = {dish.category for dish in MENU[stated.code]}
            for number, category in enumerate(CATEGORIES, 1):
                if category.code in used:
                    record = self._load_category(company, stated, category, root, number)
                    found[stated.code, category.code] = record
        return found

    @api.model
    def _load_category(self, company, stated, category, root, sequence):
        xmlid = self._xmlid(company, f"category_{stated.code}_{category.code}")
        record = self.env.ref(xmlid, raise_if_not_found=False)
        if not record:
            record = self.env["pos.category"].create(
                {
                    "name": category.name_en,
                    "parent_id": root.id,
                    "sequence": sequence,
                    "color": category.color,
                    "image_512": encode(picture(category.code, category.name)),
                }
            )
            record.update_field_translations("name", {LANGUAGE: category.name})
            self._remember(xmlid, record)
        return record

    @api.model
    def _load_products(self, company, categories):
        vals_list, names, xmlids = [], [], []
        for stated in campus.MERCHANTS:
            for number, dish in enumerate(MENU[stated.code]):
                xmlid = self._xmlid(company, f"product_{stated.code}_{number}")
                if self.env.ref(xmlid, raise_if_not_found=False):
                    continue
                category = categories[stated.code, dish.category]
                vals_list.append(self._prepare_product_vals(company, dish, category, number))
                names.append(dish.name)
                xmlids.append(xmlid)
        products = self.env["product.template"].create(vals_list)
        for product, name, xmlid in zip(products, names, xmlids, strict=True):
            product.update_field_translations("name", {LANGUAGE: name})
            self._remember(xmlid, product)

    @api.model
    def _prepare_product_vals(self, company, dish, category, sequence):
        return {
            "name": dish.name_en,
            "list_price": dish.price_minor / 100,
            "type": "consu",
            "available_in_pos": True,
            "pos_categ_ids": [Command.set(category.ids)],
            "pos_sequence": category.sequence * 100 + sequence,
            # Meals of a school's own canteens are exempt from value-added tax.
            "taxes_id": [Command.clear()],
            "supplier_taxes_id": [Command.clear()],
            "company_id": company.id,
            "image_1920": encode(picture(dish.category, dish.name)),
        }

    @api.model
    def _load_till(self, company, number, stated, merchant, categories):
        Config = self.env["pos.config"]
        config = Config.search(
            [("company_id", "=", company.id), ("campus_account_id", "=", merchant.id)], limit=1
        )
        if config:
            return
        cash = self._cash_method(company, number, stated)
        card = company._campus_setup_pos()
        card.with_context(lang="en_US").update_field_translations("name", {LANGUAGE: "校园卡"})
        # Not the root: its children are the first row of buttons at the till.
        shown = [record.id for key, record in categories.items() if key[0] == stated.code and key[1]]
        vals = {
            "name": stated.name,
            "company_id": company.id,
            "campus_account_id": merchant.id,
            "payment_method_ids": [Command.set((card + cash).ids)],
            "limit_categories": True,
            "iface_available_categ_ids": [Command.set(shown)],
            "iface_print_auto": False,
        }
        xmlid = self._xmlid(company, f"till_{stated.code}")
        # A till that an earlier installation has left, with its sales and its drawer.
        if config := self.env.ref(xmlid, raise_if_not_found=False):
            config.write(vals)
        else:
            self._remember(xmlid, Config.create(vals))

    @api.model
    def _cash_method(self, company, number, stated):
        """Each till has a cash drawer and therefore a cash journal of its own."""
        Journal, Method = self.env["account.journal"], self.env["pos.payment.method"]
        code = f"XJ{number:02d}"
        domain = [("company_id", "=", company.id), ("type", "=", "cash"), ("code", "=", code)]
        journal = Journal.search(domain, limit=1) or Journal.create(
            {
                "name": f"收银现金 {stated.name}",
                "code": code,
                "type": "cash",
                "company_id": company.id,
                "show_on_dashboard": False,
            }
        )
        if method := Method.search([("journal_id", "=", journal.id)], limit=1):
            return method
        method = Method.create(
            {"name": "Cash", "company_id": company.id, "journal_id": journal.id, "sequence": 5}
        )
        method.update_field_translations("name", {LANGUAGE: "现金"})
        return method

    @api.model
    def _xmlid(self, company, name):
        return f"__campus_demo__.company_{company.id}_{name}"

    @api.model
    def _remember(self, xmlid, record):
        """Store an external id, so that the next run finds the record. The prefix is no addon: an
        uninstallation leaves these records alone, because tills and orders may use them.
        """
        self.env["ir.model.data"]._update_xmlids([{"xml_id": xmlid, "record": record, "noupdate": True}])
