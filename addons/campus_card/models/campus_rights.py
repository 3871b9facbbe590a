"""Rights of fields and verbs, enforced as ``security/rights.toml`` states them."""

import contextlib
import contextvars
import functools
import importlib
import inspect
import sys
from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import file_open

from ..campus_core import rights

FILE = "security/rights.toml"
PREFIX = "campus_"
OURS = f"odoo.addons.{PREFIX}"
GUARD = "_campus_guarded"
# What a client may say to have a change written to no chatter.
SILENT = frozenset(("tracking_disable", "mail_notrack", "mail_create_nolog"))
# Inside a verb our own code writes, and the right to call the verb was checked.
IN_VERB = contextvars.ContextVar("campus_in_verb", default=False)


@dataclass(frozen=True)
class Given:
    """Fields of a model that our own code sets. An object of Python: no client can send one."""

    model: str
    names: frozenset


class Base(models.AbstractModel):
    """Fields are written only by those whom ``security/rights.toml`` names."""

    _inherit = "base"

    def _has_field_access(self, field, operation):
        allowed = super()._has_field_access(field, operation)
        if operation != "write" or not allowed or self.env.su or IN_VERB.get():
            return allowed
        return self.env["campus.rights"]._may_write(self, field)

    def _campus_aloud(self):
        """These records without a client's wish that a change leaves no trace."""
        context = self.env.context
        if not SILENT & context.keys():
            return self
        aloud = {key: value for key, value in context.items() if key not in SILENT}
        return self.with_context(aloud)  # pylint: disable=context-overridden

    def _campus_giving(self, *names):
        """These records, on which our own code sets fields that nobody else may set."""
        return self.with_context(campus_given=Given(self._name, frozenset(names)))


class CampusRights(models.AbstractModel):
    """What the roles may do, read once from the files of the installed addons."""

    _name = "campus.rights"
    _description = "Rights of the Campus Card"

    @api.model
    def _stated(self):
        """The :class:`~campus_core.rights.Rights` of the installed addons."""
        return _read(frozenset(self.pool._init_modules))

    @api.model
    def _is_any(self, roles):
        """Whether the user has one of these roles."""
        stated = self._stated().roles
        return bool(roles) and self.env.user.has_groups(",".join(stated[role].group for role in roles))

    @api.model
    def _is_ours(self, field):
        """Whether a field is made by our addons, and not only changed by them."""
        return bool(field._modules) and all(name.startswith(PREFIX) for name in field._modules)

    @api.model
    def _may_write(self, records, field):
        stated = self._stated()
        if records._name not in stated.models or not self._is_ours(field):
            return True
        given = self.env.context.get("campus_given")
        if isinstance(given, Given) and given.model == records._name and field.name in given.names:
            return True
        # new records, and a form's description, are asked about without records
        return self._is_any(stated.writers(records._name, field.name, new=not records))

    @api.model
    def _verbs(self, model):
        """Public methods of a model that our addons add: ``{name: addon}``."""
        classes = self.pool[model].mro()
        others = [cls for cls in classes if not cls.__module__.startswith(OURS)]
        theirs = {name for cls in others for name, value in vars(cls).items() if not hasattr(value, GUARD)}
        found = {}
        for cls in classes:
            if not cls.__module__.startswith(OURS):
                continue
            for name, method in vars(cls).items():
                if name.startswith("_") or name in theirs or not inspect.isfunction(method):
                    continue
                if not getattr(method, "_api_private", False):
                    found[name] = cls.__module__.split(".")[2]
        return found

    def _register_hook(self):
        """Put the question who may call it before every verb."""
        super()._register_hook()
        for model, cls in self.pool.items():
            for name in self._verbs(model):
                if not hasattr(getattr(cls, name), GUARD):
                    setattr(cls, name, _guarded(getattr(cls, name), name))

    @api.model
    def _check_verb(self, model, verb):
        stated = self._stated()
        callers = stated.callers(model, verb) if model in stated.models else set()
        if self._is_any(callers):
            return
        # sudo: names of groups, for the sentence only
        groups = [self.env.ref(stated.roles[role].group).sudo().full_name for role in sorted(callers)]
        raise AccessError(
            self.env._(
                "You may not do this with %(records)s. It is for: %(groups)s.",
                # sudo: the name of a model
                records=self.env["ir.model"].sudo()._get(model).name,
                groups=", ".join(groups) or self.env._("nobody"),
            )
        )


def _guarded(method, name):
    @functools.wraps(method)
    def ask_first(self, *args, **kwargs):
        if not self.env.su and not IN_VERB.get():
            self.env["campus.rights"]._check_verb(self._name, name)
            self = self._campus_aloud()
        before = IN_VERB.set(True)
        try:
            return method(self, *args, **kwargs)
        finally:
            IN_VERB.reset(before)

    setattr(ask_first, GUARD, True)
    return ask_first


@functools.cache
def _read(modules):
    # tomllib is in the standard library from Python 3.11 on; tomli is the same for 3.10
    toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    documents = {}
    for addon in sorted(name for name in modules if name.startswith(PREFIX)):
        with contextlib.suppress(FileNotFoundError), file_open(f"{addon}/{FILE}", "rb") as file:
            documents[addon] = toml.load(file)
    return rights.parse(documents)
