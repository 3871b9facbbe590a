from lxml import etree
from odoo.tests import TransactionCase, tagged

# A table with more columns than this cannot be read on a phone.
COLUMNS_OF_A_PHONE = 5
# What is set up once, at a desk.
AT_A_DESK = (
    "campus_alert_rule_action",
    "campus_chip_key_action",
    "campus_pocket_plan_action",
    "campus_import_account_action",
    "campus_key_action",
)
# Names that only programs understand, or that say nothing.
NO_NAMES = ("/", "False", "None", "NewId", "#", " 0")


@tagged("post_install", "-at_install")
class TestViewsPages(TransactionCase):
    """What every page of ours must have, whichever addons are installed."""

    def actions(self):
        """Actions that open our records with a list or a form, with the kinds of their views."""
        for action in self.env["ir.actions.act_window"].search([("res_model", "=like", "campus.%")]):
            if not self.env[action.res_model]._transient:
                yield action, action.view_mode.split(",")

    def columns(self, table):
        shown = [
            node
            for node in table.iterchildren("field", "button")
            if node.get("column_invisible") not in ("1", "True") and node.get("optional") != "hide"
        ]
        return len(shown)

    def test_a_wide_list_has_a_view_for_phones(self):
        wide = []
        for action, modes in self.actions():
            if "list" not in modes or "kanban" in modes:
                continue
            views = {mode: view for view, mode in action.views}
            table = etree.fromstring(self.env[action.res_model].get_view(views.get("list"), "list")["arch"])
            if self.columns(table) > COLUMNS_OF_A_PHONE and not table.get("editable"):
                wide.append(action.get_external_id()[action.id])
        # by the name alone: this addon knows nothing of those above it
        wide = [name for name in wide if name.split(".")[1] not in AT_A_DESK]
        self.assertFalse(wide, "lists that are wider than a phone and have no kanban view")

    def test_a_wide_table_in_a_form_has_a_view_for_phones(self):
        wide = []
        for view in self.env["ir.ui.view"].search([("type", "=", "form"), ("model", "=like", "campus.%")]):
            for table in etree.fromstring(view.arch).iterfind(".//field/list"):
                is_wide = self.columns(table) > COLUMNS_OF_A_PHONE
                if is_wide and table.getparent().find("kanban") is None and not table.get("editable"):
                    wide.append(f"{view.xml_id}: {table.getparent().get('name')}")
        self.assertFalse(wide, "tables that are wider than a phone and have no kanban view")

    def test_a_page_for_a_new_record_has_no_odd_name(self):
        odd = []
        for action, modes in self.actions():
            model = self.env[action.res_model]
            arch = etree.fromstring(model.get_view(False, "form")["arch"]) if "form" in modes else None
            if arch is None or arch.get("create") in ("0", "false", "False"):
                continue
            values = model.default_get(list(model._fields))
            name = model.new(values).display_name or ""
            if any(part == name.strip() or (len(part) > 1 and part in name) for part in NO_NAMES):
                odd.append(f"{model._name}: {name!r}")
        self.assertFalse(odd, "Odoo shows this name in the breadcrumb; an empty one is shown as New")
