import datetime as dt
import logging

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from . import buttons

_logger = logging.getLogger(__name__)

NOW = dt.datetime(2026, 11, 23, 13, 40)
SCALE = {"share": 0.01, "days": 6, "purchases": 60}
ROLES = {
    "clerk": "campus_card.group_campus_card_clerk",
    "manager": "campus_card.group_campus_card_manager",
    "finance": "campus_card.group_campus_card_finance",
    "auditor": "campus_card.group_campus_card_auditor",
    "device manager": "campus_card.group_campus_card_device_manager",
    "till manager": "point_of_sale.group_pos_manager",
    "administrator": "base.group_system,campus_card.group_campus_card_manager,"
    "campus_card.group_campus_card_finance,campus_card.group_campus_card_device_manager,"
    "point_of_sale.group_pos_manager",
}
MAY_EXPORT = ("manager", "finance", "auditor")
# Rows of a list that are exported.
EXPORTED = 60
# Records that a button is tried on: some of each state, as many kinds of answers as there are.
TRIED = 2


@tagged("post_install", "-at_install")
class TestEveryButton(TransactionCase):
    """Every button of every form, list and kanban, as every role that sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Button University"})
        cls.env["campus.demo"]._load_school(cls.company, NOW, **SCALE)
        cls.env["campus.demo"]._load_daily_life(cls.company, NOW)
        cls.users = {
            role: new_test_user(
                cls.env,
                f"buttons-{role}",
                groups,
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for role, groups in ROLES.items()
        }
        cls.bridge = cls.env["campus.bridge"]._check(cls.company)
        cls.views = buttons.our_views(cls.env)

    def test_the_bridge_names_no_row_of_a_living_school(self):
        self.assertTrue(self.bridge.is_balanced, self.bridge.finding_ids.mapped("name"))

    def as_role(self, role):
        user = self.users[role]
        return self.env(
            user=user, context={"allowed_company_ids": self.company.ids, "lang": "en_US", "uid": user.id}
        )

    def records(self, env, model):
        """Some records of each state; of a dialog, one as it opens."""
        Model = env[model]
        if Model.is_transient():
            if not Model.has_access("create"):
                return Model
            return self.opened(Model)
        found = Model.search([], limit=200)
        if "state" not in Model._fields:
            return found[:TRIED]
        return Model.union(*(some[:TRIED] for some in found.grouped("state").values()))

    def opened(self, Model):
        try:
            with self.cr.savepoint():
                record = Model.create(Model.default_get(list(Model._fields)))
                Model.env.flush_all()
                return record
        except Exception:  # it wants an answer first; pressed where a button opens it
            Model.env.invalidate_all()
            return Model

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.models", "odoo.addons.campus_card")
    def test_no_button_crashes_and_none_that_is_seen_is_refused_for_rights(self):
        faults, seen, pressed = [], set(), set()
        for role in ROLES:
            env = self.as_role(role)
            done = set()
            for view in self.views:
                for button in buttons.buttons_of(env, view):
                    key = (button.model, button.name)
                    if not buttons.is_ours(env, button) or (key, button.context) in done:
                        continue
                    seen.add(key)
                    for record in self.records(env, button.model):
                        try:
                            if not buttons.is_visible(record, button):
                                continue
                        except AccessError as error:
                            faults.append(f"{role}: {button.view} does not open on {record}: {error}")
                            env.invalidate_all()
                            continue
                        done.add((key, button.context))
                        pressed.add(key)
                        fault = buttons.press(record, button)
                        if fault:
                            faults.append(f"{role}: {button.view} {button.name} on {record}: {fault}")
        _logger.info(
            "%s buttons pressed; never visible in this school: %s", len(pressed), sorted(seen - pressed)
        )
        self.assertFalse(faults, "\n".join(faults))
        self.assertIn(("campus.bridge", "action_check_now"), pressed)

    def listed(self):
        """Models of the lists in the menus of our addons."""
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.menu"), ("module", "=like", "campus\\_%")]
        )
        actions = self.env["ir.ui.menu"].browse(data.mapped("res_id")).exists().mapped("action")
        found = {action.res_model for action in actions if action and action.type == "ir.actions.act_window"}
        return sorted(name for name in found if not self.env[name]._transient)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_every_list_with_rows_in_it_is_exported_with_all_its_fields(self):
        faults, filled = [], set()
        for role in MAY_EXPORT:
            env = self.as_role(role)
            env["campus.export"].create({"reason": "For this test"})
            for model in self.listed():
                if not env[model].has_access("read"):
                    continue
                records = env[model].search([], limit=EXPORTED)
                fields = env[model].fields_get(attributes=["exportable", "type"])
                # a view has no external ids, and the dialog does not offer them
                left_out = set() if env[model]._is_an_ordinary_table() else {"id"}
                names = [
                    name
                    for name, field in fields.items()
                    if name not in left_out
                    and field.get("exportable", True)
                    and field["type"] not in ("properties", "properties_definition")
                ]
                try:
                    with self.cr.savepoint():
                        rows = records.export_data(names)["datas"]
                except Exception as error:
                    faults.append(f"{role}: {model}: {type(error).__name__}: {error}")
                    env.invalidate_all()
                    continue
                if rows:
                    filled.add(model)
        self.assertFalse(faults, "\n".join(faults))
        self.assertGreaterEqual(len(filled), 15, sorted(filled))
