from odoo import fields, models
from odoo.addons.campus_access.models import res_partner
from odoo.addons.campus_card.db.columns import Number

#: Who makes a timetable finds teachers and candidates by these.
READERS = f"{res_partner.READERS},campus_timetable.group_campus_timetable_office"


class ResPartner(models.Model):
    """Teachers and candidates are found by their number and role."""

    _inherit = "res.partner"

    # of the same class, or a number would be kept as it was typed
    campus_number = Number(groups=READERS)
    is_campus_holder = fields.Boolean(groups=READERS)
    campus_role = fields.Selection(groups=READERS)
