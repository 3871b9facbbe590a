from datetime import datetime, timedelta

from odoo import api, models
from odoo.addons.campus_card.db.columns import BigInteger
from odoo.addons.campus_card.html_text import to_html
from odoo.tools import format_datetime

UID_HOUR_ACTIVITY = "campus_terminal.mail_activity_type_uid_hour"
EPOCH = datetime(1970, 1, 1)


class CampusEdge(models.Model):
    """Telling people that an edge has charged bare UIDs as much as it may: busy, or not ours any more.

    Taps only note the hour; the job that looks after devices tells of it, once for each hour.
    """

    _inherit = "campus.edge"

    uid_hour_told = BigInteger(readonly=True, copy=False, help="Last hour (since 1970) that was told of.")

    @api.model
    def _cron_health(self):
        res = super()._cron_health()
        self._tell_uid_hours()
        return res

    @api.model
    def _tell_uid_hours(self):
        self.env.cr.execute(
            """SELECT head.edge_id, head.uid_hit_hour
                 FROM campus_edge_head head JOIN campus_edge edge ON edge.id = head.edge_id
                WHERE head.uid_hit_hour > coalesce(edge.uid_hour_told, 0)"""
        )
        for edge_id, hour in self.env.cr.fetchall():
            # sudo: the field is written by this job alone, whoever starts it
            edge = self.browse(edge_id).sudo()
            edge.with_context(tracking_disable=True).uid_hour_told = hour
            edge._tell_uid_hour(hour)

    def _tell_uid_hour(self, hour):
        """One line in the edge's chatter for each hour, and one activity until somebody has seen to it."""
        self.ensure_one()
        company = self.company_id
        user = self.responsible_id.filtered("active") or company._campus_device_user()
        edge = self.with_context(lang=user.lang or self.env.lang)
        text = edge.env._(
            "In the hour from %(time)s this edge has charged as much as it may to plain cards (%(limit)s), and "
            "the server has refused the rest. Is the place that busy? Then raise the limit in the settings. If not, "
            "the edge may be in wrong hands: revoke it.",
            time=format_datetime(edge.env, EPOCH + timedelta(hours=hour), tz=company.partner_id.tz or "UTC"),
            limit=company.currency_id.format(company.campus_uid_hour),
        )
        edge.message_post(body=text)
        if user and not edge.activity_search([UID_HOUR_ACTIVITY]):
            edge.activity_schedule(UID_HOUR_ACTIVITY, user_id=user.id, note=to_html(text))
