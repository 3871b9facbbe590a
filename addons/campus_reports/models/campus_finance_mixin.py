from odoo import fields, models

FINANCE = "campus_card.group_campus_card_finance"


class CampusFinanceMixin(models.AbstractModel):
    """A record of a company (``company_id``) that card finance may have to look at."""

    _name = "campus.finance.mixin"
    _description = "Business of Card Finance"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # Finance may not write these records, but comments on them and ticks activities off.
        if message_operation == "create" and self.env.user.has_group(FINANCE):
            return dict.fromkeys(self, "read")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    def _remind_finance(self, activity_type, note):
        """Schedule an activity for the finance users of the company, unless one is due."""
        self.ensure_one()
        if self.activity_search([activity_type]):
            return
        for user in self._finance_users():
            self.activity_schedule(
                activity_type, fields.Date.context_today(self), note=note, user_id=user.id
            )

    def _finance_users(self):
        group = self.env.ref(FINANCE)
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        # Administrators have every group; they are asked only where nobody else is.
        admins = self.env.ref("base.group_system").sudo().all_user_ids
        return (users - admins) or users - self.env.ref("base.user_root")
