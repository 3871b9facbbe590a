"""Values of new records that a client proposes: in its context, and as defaults that its user has stored.

Checks look at the values that ``create`` is given. So what is proposed becomes one of these, and it counts for
nothing where the user may not set it.
"""

import functools

from odoo import api, models

from .campus_rights import GUARD

DEFAULT = "default_"


def _proposed(records):
    """Names of the fields that the client's context has a value for."""
    return [key.removeprefix(DEFAULT) for key in records.env.context if key.startswith(DEFAULT)]


class Base(models.AbstractModel):
    """What a client proposes counts only for fields that its user may set."""

    _inherit = "base"

    @api.model
    def default_get(self, fields):
        """Leave out what a client proposes for fields that its user may not set: inside a verb nobody asks for
        that, and the client's context comes along."""
        proposed, records = _proposed(self), self
        foreign = proposed and self.env["campus.rights"]._not_to_set(self._name, proposed)
        if foreign:
            keys = {DEFAULT + name for name in foreign}
            context = {key: value for key, value in self.env.context.items() if key not in keys}
            records = self.with_context(context)  # pylint: disable=context-overridden
        return super(Base, records).default_get(fields)


class IrDefault(models.Model):
    """Everybody may store defaults of their own: they count for what the user may set."""

    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        defaults = super()._get_model_defaults(model_name, condition=condition)
        foreign = defaults and self.env["campus.rights"]._not_to_set(model_name, defaults)
        return (
            {name: value for name, value in defaults.items() if name not in foreign} if foreign else defaults
        )


class CampusRights(models.AbstractModel):
    """What a client proposes passes the same checks as what it gives."""

    _inherit = "campus.rights"

    def _register_hook(self):
        """Put what is proposed among the values before any check of ``create`` looks at them."""
        super()._register_hook()
        for model in self._stated().models:
            cls = self.pool.get(model)
            if cls is not None and not hasattr(cls.create, GUARD):
                cls.create = _explicit(cls.create)

    @api.model
    def _not_to_set(self, model, names):
        """Those of the fields ``names`` of a model that the user may not set, not even on a new record.

        Asked of the user, also where ``sudo()`` is at work.
        """
        stated = self._stated()
        if model not in stated.models or not self.env.uid or self.env.user._is_superuser():
            return set()
        known = self.env[model]._fields
        ours = [name for name in names if name in known and self._is_ours(known[name])]
        return {name for name in ours if not self._is_any(stated.writers(model, name, new=True))}


def _explicit(create):
    @functools.wraps(create)
    def create_with_all(self, vals_list):
        names = (
            () if self.env.su else {*_proposed(self), *self.env["ir.default"]._get_model_defaults(self._name)}
        )
        names = [name for name in names if name in self._fields]
        if not names:
            return create(self, vals_list)
        values = self.default_get(names)
        values = {name: values[name] for name in names if name in values}
        is_one = isinstance(vals_list, dict)
        filled = [{**values, **vals} for vals in ([vals_list] if is_one else vals_list)]
        return create(self, filled[0] if is_one else filled)

    setattr(create_with_all, GUARD, True)
    return create_with_all
