from odoo import api, models
from odoo.addons.campus_card.campus_core import errors


class CampusPassageErasure(models.Model):
    """What is kept about passages beside their table ends with them."""

    _inherit = "campus.passage.erasure"

    @api.model
    def _forget_beside(self, company, before):
        """Forget what reviews and answered disputes say about passages older than ``before``.

        That a passage was told twice with other content stays, as do journal and number; who passed where and when
        does not. The time is the edge's: where it lies after the review, that one's counts.
        """
        self.env.cr.execute(
            """UPDATE campus_tap_review SET evidence = NULL
                WHERE company_id = %s AND reason = %s AND evidence ->> 'purpose' = 'door'
                  AND least(to_timestamp((evidence ->> 'at_ms')::bigint / 1000.0) AT TIME ZONE 'UTC', create_date) < %s""",
            [company.id, errors.CONFLICT, before],
        )
        self.env["campus.tap.review"].invalidate_model(["evidence"], flush=False)
        # sudo: disputes are deleted by this job alone
        disputes = self.env["campus.passage.dispute"].sudo()
        over = [("company_id", "=", company.id), ("state", "=", "settled"), ("occurred_at", "<", before)]
        disputes.search(over).unlink()
