from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    """Office staff may be limited to departments."""

    _inherit = "res.users"

    campus_department_ids = fields.Many2many(
        "campus.department",
        "campus_department_user_rel",
        "user_id",
        "department_id",
        "Campus Departments",
        help="A card clerk or manager sees holders and cards of these departments and of those below "
        "them. Empty: all departments.",
    )

    @api.constrains("group_ids")
    def _check_campus_auditor_alone(self):
        auditor = self.env.ref("campus_card.group_campus_card_auditor", raise_if_not_found=False)
        if not auditor:
            return
        office = self.env.ref("campus_card.group_campus_card_clerk")
        office |= self.env.ref("campus_card.group_campus_card_finance")
        office |= self.env.ref("campus_card.group_campus_card_device_manager")
        for user in self:
            if auditor in user.all_group_ids and office & user.all_group_ids:
                raise ValidationError(
                    self.env._(
                        "%s: an auditor cannot work in the card office, in card finance or on devices as well.",
                        user.name,
                    )
                )

    @api.model
    def _add_missing_default_values(self, values):
        """A portal user made for a holder leaves the holder's own properties as they are."""
        completed = super()._add_missing_default_values(values)
        if values.get("partner_id") and "campus_properties" not in values:
            completed.pop("campus_properties", None)
        return completed

    @api.model
    def _get_invalidation_fields(self):
        # the record rules read it, and their domains are cached per user
        return super()._get_invalidation_fields() | {"campus_department_ids"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        # sudo: who deletes a user need not be able to read the ledger
        if self.env["campus.transfer"].sudo().search_count([("user_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("This user has moved money and stays in the books: archive the user.")
            )
