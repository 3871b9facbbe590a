from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import models
from odoo.tools import format_datetime


class ResCompany(models.Model):
    """The campus's clock: what leaves the system says the time that the clock in the hall says.

    A time zone of whoever happens to read, or of a job without any, would put a lunch on another day.
    """

    _inherit = "res.company"

    def _campus_zone_name(self):
        # sudo: the time zone of a school is no secret, its contact may be none of the reader's
        return self.sudo().partner_id.tz or "UTC"

    def _campus_zoned(self, moment):
        """A naive UTC moment of the database on the campus's clock, with its zone."""
        return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(self._campus_zone_name()))

    def _campus_local(self, moment):
        """The same without its zone, for cells and texts that know none."""
        return self._campus_zoned(moment).replace(tzinfo=None)

    def _campus_when(self, moment, env=None):
        """Date and time as the reader's language writes them, by the campus's clock."""
        return format_datetime(env or self.env, moment, tz=self._campus_zone_name(), dt_format="short")
