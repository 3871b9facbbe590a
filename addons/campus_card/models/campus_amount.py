from odoo import api, models
from odoo.exceptions import ValidationError

from ..campus_core import money
from ..campus_core.errors import MoneyError


class CampusAmount(models.AbstractModel):
    """Amounts that people type: from a form's number to whole cents and to text."""

    _name = "campus.amount"
    _description = "Amount in Whole Cents"

    @api.model
    def _to_minor(self, amount):
        """Return the cents of ``amount``, a number of a form; what is no amount is refused."""
        try:
            return money.parse(amount)
        except MoneyError as error:
            raise ValidationError(
                self.env._(
                    "%s is not an amount: it needs at most two decimals and cannot be negative.", amount
                )
            ) from error

    @api.model
    def _to_text(self, amount_minor, currency):
        """Return cents as people of the user's language write them, with the currency."""
        return currency.format(amount_minor / money.MINOR_PER_MAJOR)
