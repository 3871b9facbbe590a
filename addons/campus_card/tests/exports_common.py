"""Every list of an addon is exported, as each role that may export."""

import json

from lxml import etree
from odoo.http import Request

MAY_EXPORT = ("manager", "finance", "auditor")


class ExportsMixin:
    """Mixed into a :class:`RightsCase`."""

    def test_every_list_is_exported_by_who_may_export(self):
        for role in MAY_EXPORT:
            self.log_in(role)
            self.env["campus.export"].with_user(self.users[role]).create({"reason": "For this test"})
            self.env.flush_all()
            for model in self._listed_models():
                if not self.env[model].with_user(self.users[role]).has_access("read"):
                    continue
                for what, names in (("list", self._columns(model, role)), ("all", self._all(model))):
                    with self.subTest(role=role, model=model, what=what):
                        response = self._export(model, names)
                        self.assertEqual(response.status_code, 200, response.text[:2000])

    def test_who_may_not_export_does_not(self):
        for role in self.each_role():
            if role in MAY_EXPORT or role == "holder":
                continue
            with self.subTest(role=role):
                self.assertNotEqual(self._export("res.partner", ["name"]).status_code, 200)

    def _listed_models(self):
        data = self.env["ir.model.data"].search([("model", "=", "ir.ui.menu"), ("module", "=", self.addon)])
        actions = self.env["ir.ui.menu"].browse(data.mapped("res_id")).mapped("action")
        found = {action.res_model for action in actions if action and action.type == "ir.actions.act_window"}
        return sorted(name for name in found if not self.env[name]._transient)

    def _columns(self, model, role):
        records = self.env[model].with_user(self.users[role])
        arch = etree.fromstring(records.get_view(view_type="list")["arch"])
        return [node.get("name") for node in arch.iterfind("./field") if not node.get("column_invisible")]

    def _all(self, model):
        fields = self.call(model, "fields_get", attributes=["exportable", "type"])
        return [
            name
            for name, field in fields.items()
            if field.get("exportable", True) and field["type"] not in ("properties", "properties_definition")
        ]

    def _export(self, model, names):
        data = {
            "model": model,
            "fields": [{"name": name, "label": name, "type": "char"} for name in names],
            "ids": False,
            "domain": [],
            "import_compat": False,
        }
        form = {"data": json.dumps(data), "csrf_token": Request.csrf_token(self)}
        return self.url_open("/web/export/csv", data=form)
