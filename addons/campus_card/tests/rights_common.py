"""Tries over RPC and HTTP what ``security/rights.toml`` of an addon states, as each role."""

from odoo import api
from odoo.service.model import call_kw
from odoo.tests import HttpCase, JsonRpcException, new_test_user

from ..campus_core.rights import ANY_FIELD
from .people_common import PeopleCase

ACCESS = "odoo.exceptions.AccessError"
# A model that says more than Odoo would.
REFUSALS = {ACCESS, "odoo.exceptions.UserError", "odoo.exceptions.ValidationError"}
# No record has this id: rights are asked before records are looked for.
NO_ID = 2**31 - 1


class RightsCase(PeopleCase, HttpCase):
    addon = None
    roles = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rights = cls.env["campus.rights"]._stated()
        cls.users = {name: cls._new_login(name, role) for name, role in cls.rights.roles.items()}
        for number, user in enumerate(cls.users.values()):
            # all have a card of their own, so that their own pages have something to show
            user.partner_id.campus_number = f"R{number:03}"
            cls.new_card(user.partner_id, f"0400{number:04X}")
        cls.env.flush_all()

    @classmethod
    def _new_login(cls, name, role):
        groups = role.group if name == "holder" else f"{role.group},base.group_user"
        login = f"rights_{name}"
        context = {"no_reset_password": True}
        return new_test_user(cls.env, login, groups=groups, password=f"{login}_password", context=context)

    def each_role(self):
        """Log in as one role after the other."""
        for name in self.rights.roles:
            self.log_in(name)
            yield name

    def log_in(self, role):
        self.role = role
        self.authenticate(f"rights_{role}", f"rights_{role}_password")

    def call(self, model, method, *args, **kwargs):
        """The answer of a call over RPC, or the name of the error. It is made as the route for RPC makes it, without
        HTTP before it: there are thousands.
        """
        env = api.Environment(self.cr, self.users[self.role].id, {})
        try:
            with self.cr.savepoint():
                return call_kw(env[model], method, args, kwargs)
        except Exception as error:
            return f"{type(error).__module__}.{type(error).__name__}"

    def call_over_http(self, model, method, *args, **kwargs):
        """The same with everything that is before it."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        try:
            return self.make_jsonrpc_request(f"/web/dataset/call_kw/{model}/{method}", params)
        except JsonRpcException as error:
            return str(error)

    def models_of_addon(self):
        return {name: stated for name, stated in self.rights.models.items() if self.addon in stated.addons}

    def _is_ours(self, model):
        """Whether the model itself is of this addon."""
        record = self.env["ir.model"]._get(model)
        return f"{self.addon}.model_{model.replace('.', '_')}" in record._get_external_ids()[record.id]


class StatedMixin:
    """Mixed into a :class:`RightsCase`: everything there is, is stated, and as it is."""

    def test_every_model_of_the_addon_is_stated(self):
        missing = [name for name in self.env if self._is_own(name) and name not in self.rights.models]
        self.assertFalse(missing, "these models are in no rights.toml")

    def _is_own(self, name):
        return name.startswith("campus") and self._is_ours(name)

    def test_every_verb_and_no_other_is_stated(self):
        rights = self.env["campus.rights"]
        for model in self.env:
            there = {name for name, addon in rights._verbs(model).items() if addon == self.addon}
            stated = self.rights.models.get(model)
            known = stated.verbs.keys() if stated else set()
            with self.subTest(model=model):
                self.assertFalse(there - known, "verbs that no rights.toml states")
        for model, stated in self.models_of_addon().items():
            with self.subTest(model=model):
                self.assertFalse(stated.verbs.keys() - rights._verbs(model).keys(), "there is no such verb")

    def test_every_stated_field_exists_and_can_be_written(self):
        for model, stated in self.models_of_addon().items():
            for name in (stated.fields.keys() | stated.new.keys()) - {ANY_FIELD}:
                with self.subTest(model=model, field=name):
                    field = self.env[model]._fields[name]
                    self.assertTrue(self.env["campus.rights"]._is_ours(field))
                    self.assertTrue(field.store or field.inverse or not field.readonly)

    def test_rows_are_stated_as_the_record_rules_have_them(self):
        groups = {role.group: name for name, role in self.rights.roles.items()}
        for model, stated in self.models_of_addon().items():
            found = {}
            for rule in self.env["ir.rule"].search([("model_id.model", "=", model)]):
                if not rule._get_external_ids()[rule.id][0].startswith("campus_"):
                    continue
                names = [groups.get(xid) for xid in rule.groups.get_external_id().values()]
                for name in names if rule.groups else ["everybody"]:
                    if name:
                        found[name] = self._rows(rule)
            with self.subTest(model=model):
                self.assertEqual(found, stated.rows)

    def _rows(self, rule):
        domain = rule.domain_force or "[]"
        if "campus_department_ids" in domain:
            return "departments"
        if "company_ids" in domain:
            return "company"
        return "all" if domain.replace(" ", "") == "[(1,'=',1)]" else "some"

    def test_a_model_of_one_company_has_a_rule_of_companies(self):
        for model, stated in self.models_of_addon().items():
            readers = stated.operations.get("r", set()) - {"system"}
            if self._is_own(model) and readers and "company_id" in self.env[model]._fields:
                with self.subTest(model=model):
                    self.assertTrue(stated.rows.get("everybody") or self.env[model]._transient)

    def test_every_route_and_no_other_is_stated(self):
        there = set(self.routes())
        stated = {url for url in self.rights.routes if self.rights.addon_of[url] == self.addon}
        self.assertEqual(there, stated)

    def routes(self):
        """``{url: endpoint}`` of the addon's controllers."""
        found = {}
        modules = sorted(self.env.registry._init_modules | {"web"})
        for url, endpoint in self.env["ir.http"]._generate_routing_rules(modules, converters={}):
            if endpoint.func.__module__.startswith(f"odoo.addons.{self.addon}."):
                found.setdefault(url, []).append(endpoint)
        return found
