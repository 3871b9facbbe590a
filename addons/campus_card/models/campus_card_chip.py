from odoo import api, fields, models
from odoo.fields import Domain

from ..campus_core import errors as core_errors
from ..campus_core.errors import CredentialError


class CampusCard(models.Model):
    """Cards whose chip proves itself, and what a bare UID, which anybody can copy, is good for."""

    _inherit = "campus.card"

    is_chip_proven = fields.Boolean(
        "Chip Proves Itself",
        compute="_compute_is_chip_proven",
        help="The chip has sent a message that only it can make: nobody can copy this card.",
    )

    @api.depends("uid", "company_id")
    def _compute_is_chip_proven(self):
        self._origin.flush_recordset(["uid", "company_id"])
        # sudo: who may see a card may know this of it, but not the counters
        proven = self.env["campus.chip"].sudo()._of_cards(self.ids)
        for card in self:
            card.is_chip_proven = card._origin.id in proven

    @api.model
    def _proven_kinds(self):
        # a desk reader may type the address that the chip makes
        return {
            **super()._proven_kinds(),
            "sun:": "_resolve_sun",
            "https://": "_resolve_sun",
            "http://": "_resolve_sun",
        }

    @api.model
    def _resolve_sun(self, text, payment=None):
        """``(card, refusal code)`` of a chip's message. A message that is believed is used up by it."""
        company = self.env.company
        # sudo: the message is the proof; keys and counters are the system's
        keys = self.env["campus.chip.key"].sudo()
        query = text[4:] if text[:4].lower() == "sun:" else text
        try:
            tap = keys._believe(company, query, keys._versions(company))
        except CredentialError as error:
            return self.browse(), error.code
        card = self._search_in_company(Domain("uid", "=", tap.uid))
        card = card.sorted(lambda found: found._resolve_rank())[:1]
        if not card:
            return card, core_errors.UNKNOWN_CARD
        # sudo: counters of chips are the system's
        refusal = self.env["campus.chip"].sudo()._take(company, tap, payment and payment["uuid"])
        return (self.browse(), refusal) if refusal else (card, card._refusal_code())

    def _bare_refusal(self, payment=None):
        """Why the UID alone does not do for this card, None when it does."""
        self.ensure_one()
        # sudo: who stands at a reader need not read the company's settings
        company = self.company_id.sudo()
        # sudo: as above; asked anew: another server may have met the chip since this card was read
        if company.campus_chip_required and self.env["campus.chip"].sudo()._of_cards(self.ids):
            return core_errors.SUN_NEEDED
        if payment and 0 < company.campus_uid_limit_minor < payment["amount_minor"]:
            return core_errors.LIMIT_UID
        return None

    def _refusal_numbers(self, code):
        """Numbers that explain a refusal of ``_resolve_key`` in words."""
        if code != core_errors.LIMIT_UID:
            return {}
        # sudo: as above
        return {"limit_minor": self.company_id.sudo().campus_uid_limit_minor}
