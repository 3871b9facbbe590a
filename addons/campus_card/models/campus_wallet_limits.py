from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..campus_core.ledger import limits

OWN = ("own_limit_purchase_minor", "own_limit_day_minor", "own_pin_above_minor")


class CampusWallet(models.Model):
    """Limits that the holder sets for themselves: only tighter than the school's."""

    _inherit = "campus.wallet"

    pin_above_minor = fields.Integer(
        string="PIN above (cents a day)",
        help="Above this sum a day each purchase needs the PIN. 0 means never.",
    )
    pin_above = fields.Monetary(
        "PIN above, per Day",
        compute="_compute_pin_above",
        inverse="_inverse_pin_above",
        help="Above this sum a day each purchase needs the PIN. 0: never.",
    )
    own_limit_purchase_minor = fields.Integer(string="Own Limit per Purchase (cents)", readonly=True)
    own_limit_day_minor = fields.Integer(string="Own Limit per Day (cents)", readonly=True)
    own_pin_above_minor = fields.Integer(string="Own PIN Sum (cents a day)", readonly=True)

    _own_limits_check = models.Constraint(
        "CHECK (pin_above_minor >= 0 AND own_limit_purchase_minor >= 0 AND own_limit_day_minor >= 0"
        " AND own_pin_above_minor >= 0)",
        "Limits are not negative.",
    )

    @api.depends("pin_above_minor")
    def _compute_pin_above(self):
        for wallet in self:
            wallet.pin_above = wallet.currency_id.round(wallet.pin_above_minor / 100)

    def _inverse_pin_above(self):
        for wallet in self:
            wallet.pin_above_minor = self.env["campus.amount"]._to_minor(wallet.pin_above)

    def _school_limits(self):
        """The school's limits in the order of :data:`OWN`, in cents; 0 is none."""
        self.ensure_one()
        return (self.limit_purchase_minor, self.limit_day_minor, self.pin_above_minor)

    def _limits_in_force(self):
        """What counts: the tighter of the school's limit and the holder's own, as core ``Limits``."""
        pairs = zip(self._school_limits(), (self[name] for name in OWN), strict=True)
        return limits.Limits(*(limits.tighter_minor(school, own) for school, own in pairs))

    def _set_own_limits(self, purchase_minor, day_minor, pin_above_minor):
        """Set the holder's own limits (cents, 0 removes one); looser than the school's is refused.

        The caller has checked that it is the holder who asks.
        """
        self.ensure_one()
        values = dict(zip(OWN, (purchase_minor, day_minor, pin_above_minor), strict=True))
        for school, (name, own) in zip(self._school_limits(), values.items(), strict=True):
            if own < 0:
                raise ValidationError(self.env._("Limits are not negative."))
            if limits.loosens(school, own):
                raise ValidationError(
                    self.env._(
                        "The school's limit of %(limit)s stays in force: %(field)s can only be lower.",
                        limit=self.env["campus.amount"]._to_text(school, self.currency_id),
                        field=self._fields[name]._description_string(self.env).split(" (")[0],
                    )
                )
        # sudo: a holder has no right on wallets; these three columns are theirs
        self.sudo().write(values)
