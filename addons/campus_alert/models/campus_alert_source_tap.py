from odoo import models


class CampusAlertSourceTap(models.AbstractModel):
    _inherit = "campus.alert.source"
