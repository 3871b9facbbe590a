from odoo import api, fields, models
from odoo.addons.campus_card.html_text import to_html
from odoo.exceptions import AccessError

FINANCE = "campus_card.group_campus_card_finance"
READERS = f"{FINANCE},campus_card.group_campus_card_auditor"


class CampusBooksMixin(models.AbstractModel):
    """A record of a company (``company_id``) that card finance may have to check."""

    _name = "campus.books.mixin"
    _description = "Record about the Books of the Card"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    @api.model
    def _check_may_read(self, company):
        user = self.env.user
        if not self.env.su and not (user.has_groups(READERS) and company in user.company_ids):
            raise AccessError(
                self.env._("The books of the card are for card finance and auditors of the company.")
            )

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # Finance may not write these records, but may comment on them and complete their activities.
        if message_operation == "create" and self.env.user.has_group(FINANCE):
            return dict.fromkeys(self, "read")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    def _remind_finance(self, activity_type, note, siblings=None):
        """Schedule an activity for the finance users of the record's company, unless the record or one of
        ``siblings`` has an open one.
        """
        self.ensure_one()
        if (self | (siblings or self)).activity_search([activity_type]):
            return
        for user in self._finance_users():
            self.with_context(lang=user.lang).activity_schedule(
                activity_type, fields.Date.context_today(self), note=to_html(note), user_id=user.id
            )

    def _finance_users(self):
        group = self.env.ref(FINANCE)
        # sudo: this is called by jobs and users that may not read the members of a group
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        # sudo: as above. Administrators belong to every group; they are chosen only if there is nobody else.
        admins = self.env.ref("base.group_system").sudo().all_user_ids
        return (users - admins) or users - self.env.ref("base.user_root")
