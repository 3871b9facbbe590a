from odoo import api, models


class CampusPortal(models.AbstractModel):
    """Shows the number of new alerts on the first page of the holder's card."""

    _inherit = "campus.portal"

    @api.model
    def _notes(self):
        notes = super()._notes()
        holder = self._need_holder()
        domain = [*self.env["campus.alert.portal"]._told_domain(holder), ("seen_at", "=", False)]
        alert = holder.env["campus.alert"].search(domain, limit=1)
        if alert:
            notes.append(
                {
                    "kind": "bad" if alert.severity == "danger" else "warn",
                    "icon": "warn",
                    "text": alert.with_context(lang=self.env.lang).message,
                    "url": "/my/card/alerts",
                    "label": self.env._("Look at it"),
                }
            )
        return notes
