"""The second half of what every addon tests of its rights: each role tries what is stated."""

import re

from odoo.http import Request
from odoo.models import MAGIC_COLUMNS

from ..campus_core.rights import OPERATIONS
from .rights_common import ACCESS, NO_ID, REFUSALS

# What stands in an address where a route has a placeholder.
SAMPLES = {"day": "2026-01-05", "form": "pdf"}
LOGIN = "/web/login"


class TriesMixin:
    """Mixed into a :class:`RightsCase`: each role tries everything that is stated."""

    def test_each_role_reads_writes_creates_and_deletes_what_is_stated_and_no_more(self):
        for role in self.each_role():
            for model in self.models_with_rights():
                allowed = self.rights.operation(model, role)
                attempts = self._attempts(model)
                for letter, operation in OPERATIONS.items():
                    # reading shows that a session is asked for the same rights
                    call = self.call_over_http if letter == "r" else self.call
                    with self.subTest(role=role, model=model, operation=operation):
                        if letter in attempts and letter not in allowed:
                            method, *args = attempts[letter]
                            self.assertIn(str(call(model, method, *args)), REFUSALS)
                        else:
                            answer = call(model, "has_access", [], operation)
                            self.assertIs(answer, letter in allowed)

    def _attempts(self, model):
        """How each operation is tried; Odoo asks some rights only about records that exist."""
        found = self.env[model].search([], limit=1).ids
        tries = {"r": ("read", found or [NO_ID], ["id"])}
        if self._is_own(model):
            tries["c"] = ("create", {})
        return tries | ({"w": ("write", found, {}), "d": ("unlink", found)} if found else {})

    def models_with_rights(self):
        """Models of this addon, and those of Odoo that it gives rights on."""
        return [
            name
            for name, stated in self.models_of_addon().items()
            if not self.env[name]._abstract and (self._is_own(name) or stated.operations)
        ]

    def test_each_role_writes_the_fields_that_are_stated_and_no_others(self):
        for role in self.each_role():
            for model in self.models_of_addon():
                if self.env[model]._abstract or not self._writes(model, role):
                    continue
                records = self.env[model].with_user(self.users[role])
                found = records.search([], limit=1)
                for name in self._fields_of_ours(model):
                    with self.subTest(role=role, model=model, field=name):
                        self._try_field(found or records.browse(NO_ID), name, role)

    def _fields_of_ours(self, model):
        fields = self.env[model]._fields.items()
        is_ours = self.env["campus.rights"]._is_ours
        return [name for name, field in fields if is_ours(field) and name not in MAGIC_COLUMNS]

    def _try_field(self, record, name, role):
        field, new = record._fields[name], record.browse()
        allowed = role in self.rights.writers(record._name, name)
        without_groups = not field.groups
        if without_groups:
            self.assertEqual(record._has_field_access(field, "write"), allowed)
            allowed_new = role in self.rights.writers(record._name, name, new=True)
            self.assertEqual(new._has_field_access(field, "write"), allowed_new)
        if record.id != NO_ID and not allowed:
            self.assertIn(self.call(record._name, "write", record.ids, {name: False}), REFUSALS)

    def _writes(self, model, role):
        return self.env[model].with_user(self.users[role]).has_access("write")

    def test_each_role_calls_the_verbs_that_are_stated_and_no_others(self):
        for role in self.each_role():
            for model, stated in self.models_of_addon().items():
                for verb in stated.verbs:
                    if role in self.rights.callers(model, verb):
                        continue
                    with self.subTest(role=role, model=model, verb=verb):
                        self.assertEqual(self.call(model, verb, []), ACCESS)

    def test_who_may_call_a_verb_is_not_refused(self):
        for model, stated in self.models_of_addon().items():
            for verb in stated.verbs:
                for role in self.rights.callers(model, verb):
                    with self.subTest(role=role, model=model, verb=verb):
                        self.env["campus.rights"].with_user(self.users[role])._check_verb(model, verb)

    def test_each_role_sees_the_menus_that_are_stated_and_no_others(self):
        for role in self.each_role():
            if role == "holder":
                continue  # has no menus of Odoo at all
            menus = self.url_open("/web/webclient/load_menus").json()
            seen = {menu["xmlid"] for menu in menus.values() if menu.get("xmlid")}
            seen = {xmlid for xmlid in seen if xmlid.startswith(f"{self.addon}.")}
            stated = {
                xmlid
                for xmlid, roles in self.rights.menus.items()
                if xmlid.startswith(f"{self.addon}.") and role in self.rights.allowed(roles)
            }
            with self.subTest(role=role):
                self.assertEqual(seen, stated)

    def test_every_menu_is_stated(self):
        data = self.env["ir.model.data"].search([("model", "=", "ir.ui.menu"), ("module", "=", self.addon)])
        self.assertFalse(set(data.mapped("complete_name")) - self.rights.menus.keys())

    def test_routes_answer_who_is_stated_and_nobody_else(self):
        self.authenticate(None, None)
        self._try_routes("public")
        for role in self.each_role():
            self._try_routes(role)

    def _try_routes(self, role):
        for url, endpoints in self.routes().items():
            stated = self.rights.routes.get(url, set())
            allowed = "public" in stated or role in self.rights.allowed(stated)
            for endpoint in endpoints:
                for method in endpoint.routing["methods"] or ["GET"]:
                    with self.subTest(role=role, url=url, method=method):
                        answer = self._ask(url, method, endpoint)
                        if allowed:
                            # what somebody does not have is not there for them
                            self.assertNotEqual(answer, "refused")
                        else:
                            self.assertIn(answer, ("refused", "not there"))

    def _ask(self, url, method, endpoint):
        path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: self._sample(found[1]), url)
        if endpoint.routing["type"] == "jsonrpc":
            response = self.url_open(path, json={"jsonrpc": "2.0", "params": {}})
            return "refused" if "SessionExpired" in response.text or ACCESS in response.text else "open"
        # Without the token of a form nothing is done, and rights are asked before; at a kiosk they
        # are asked by the page itself, which does nothing without the key of a kiosk.
        at_kiosk = "kiosk" in self.rights.routes.get(url, ())
        form = {"csrf_token": Request.csrf_token(self)} if at_kiosk else None
        response = self.url_open(path, data=form, method=method, allow_redirects=False)
        if LOGIN in response.headers.get("Location", "") or response.status_code in (401, 403):
            return "refused"
        return "not there" if response.status_code == 404 else "open"

    def _sample(self, name):
        return SAMPLES.get(name, str(self.env.company.id if name == "company_id" else NO_ID))
