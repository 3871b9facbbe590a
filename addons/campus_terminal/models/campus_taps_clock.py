from odoo import api, models
from odoo.addons.campus_card.campus_core.taps.charge import CLOCK_DOUBT


class CampusTapsClock(models.AbstractModel):
    """What an edge decided without knowing the time: one review per journal, not one per tap.

    A canteen whose edge starts without a network serves hundreds before anybody tells it the time.
    """

    _inherit = "campus.taps"

    @api.model
    def _store_reviews(self, order):
        doubtful = {uuid for reason, uuid, *_more in order.reviews if reason == CLOCK_DOUBT}
        order.reviews = [found for found in order.reviews if found[0] != CLOCK_DOUBT]
        if doubtful:
            seqs = [line.entry.seq for line, _decision in order.decided if line.entry.uuid in doubtful]
            self.env["campus.edge"]._note_doubt(order.edge, order.batch.journal, min(seqs), max(seqs))
        return super()._store_reviews(order)
