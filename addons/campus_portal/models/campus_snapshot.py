from odoo import api, models


class CampusSnapshot(models.AbstractModel):
    """Adds to the list of cards which phones are cards. With it an edge refuses phones that have stopped."""

    _inherit = "campus.snapshot"

    @api.model
    def _snapshot_phones(self, company, since):
        """``[[card, phone, certificate id, revoked], ...]``.

        Phones with an expired certificate are left out: the dates in the certificate refuse them.
        """
        phones = super()._snapshot_phones(company, since)
        self.env["campus.phone"].flush_model()
        self.env.cr.execute(
            """SELECT phone.card_id, phone.id, coalesce(phone.certificate, 0), phone.revoked_at IS NOT NULL
                 FROM campus_phone phone
                 JOIN campus_snapshot_card mark ON mark.card_id = phone.card_id
                WHERE phone.company_id = %(company)s
                  AND phone.expires_at > now() AT TIME ZONE 'UTC'
                  AND (%(since)s = 0 OR mark.changed_version >= %(since)s)
                ORDER BY phone.id""",
            {"company": company.id, "since": since},
        )
        return [*phones, *map(list, self.env.cr.fetchall())]
