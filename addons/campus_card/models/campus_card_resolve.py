from odoo import api, fields, models
from odoo.fields import Domain

from ..campus_core import card_state, errors
from ..campus_core.credentials import uids
from ..campus_core.errors import CredentialError
from ..campus_core.taps import rules

RESOLVED_FIELDS = (
    "uid",
    "number",
    "kind",
    "state",
    "valid_from",
    "valid_until",
    "partner_id",
    "wallet_id",
    "company_id",
)


class CampusCard(models.Model):
    """From what a reader or a person gives to the card it means.

    A chip proves its card; a bare UID, which anybody can copy, is good for less.
    """

    _inherit = "campus.card"

    is_chip_proven = fields.Boolean(
        "Chip Proves Itself",
        compute="_compute_is_chip_proven",
        help="The chip has sent a message that only it can make: nobody can copy this card.",
    )

    @api.model
    def _resolve(self, credential, payment=None):
        """Return ``(card, refusal code or None)`` for a UID, card number or campus number.

        The UID may be in any form that ``campus_core.credentials.uids`` knows. Cards are looked up in
        the current company with the rights of the caller. A card that is not to be used
        is returned with its refusal code; without a card the code is ``unknown_card``.

        :param payment: as for :meth:`_resolve_credential`
        """
        text = (credential or "").strip()
        proven = self._resolve_proven(text, payment)
        if proven is not None:
            return proven
        card = self._resolve_uid(text) or self._resolve_number(text)
        return card, card._refusal_code() if card else errors.UNKNOWN_CARD

    @api.model
    def _resolve_credential(self, credential, payment=None):
        """Like :meth:`_resolve`, but without numbers, which others may know.

        :param payment: ``{uuid, amount_minor}`` when the card is to pay: what a credential
            is used up for, so that asking again about one payment uses it once
        """
        text = (credential or "").strip()
        proven = self._resolve_proven(text, payment)
        if proven is not None:
            return proven
        card = self._resolve_uid(text)
        if not card:
            return card, errors.UNKNOWN_CARD
        return card, card._refusal_code() or card._bare_refusal(payment)

    @api.model
    def _resolve_proven(self, text, payment=None):
        """``(card, refusal code)`` of a credential that proves itself, None if it is of no such kind."""
        upper = text.upper()
        for prefix, method in self._proven_kinds().items():
            if upper.startswith(prefix.upper()):
                return getattr(self, method)(text, payment)
        return None

    @api.model
    def _proven_kinds(self):
        """``{prefix: name of the method that reads such credentials}``; addons add their own.

        A method takes the text and the payment, and returns ``(card, refusal code or None)``.
        """
        # a desk reader may type the address that the chip makes
        return {"sun:": "_resolve_sun", "https://": "_resolve_sun", "http://": "_resolve_sun"}

    @api.model
    def _resolve_uid(self, text):
        candidates = uids.candidates(text)
        if not candidates:
            return self.browse()
        likeliest = self._read_scan(text)
        candidates.sort(key=lambda candidate: candidate != likeliest)
        cards = self._search_in_company(Domain("uid", "in", candidates))
        return cards.sorted(lambda card: (candidates.index(card.uid), *card._resolve_rank()))[:1]

    @api.model
    def _read_scan(self, text):
        """Return the UID that a desk reader of the company means by ``text``; None if it is none."""
        for form in (self.env.company.campus_uid_form, uids.HEX_BE):
            try:
                return uids.normalise(text or "", form)
            except errors.UidError:
                continue
        return None

    @api.model
    def _resolve_number(self, text):
        """Return the card in the current company with this card number, else one of the holder with this
        campus number.

        Of several the one that pays is first; no card is an empty record.
        """
        if not text:
            return self.browse()
        cards = self._search_in_company(Domain("number", "=", text))
        if not cards:
            cards = self._search_in_company(Domain("partner_id.campus_number", "=", text))
        return cards.sorted(lambda card: card._resolve_rank())[:1]

    @api.model
    def _search_in_company(self, domain):
        # a till waits for this: one query, and no more columns than are asked for
        return self.search_fetch(domain & Domain("company_id", "=", self.env.company.id), RESOLVED_FIELDS)

    def _resolve_rank(self):
        """Cards that pay come first, then cards in use, then the newest."""
        return self.state != card_state.PAYS, self.state not in card_state.IN_USE, -self.id

    def _refusal_code(self):
        """Return why this card may not be used today, None when it may."""
        holder = self.partner_id
        # the names too: whoever presents a card sees whose it is
        holder.fetch(
            [
                "name",
                "campus_number",
                "campus_department_id",
                "campus_role",
                "campus_valid_from",
                "campus_valid_until",
            ]
        )
        today = self.company_id._campus_today()
        first = rules.later(self.valid_from or None, holder.campus_valid_from or None)
        last = rules.earlier(self.valid_until or None, holder.campus_valid_until or None)
        refusal = rules.card_refusal(self.state, first, last, today)
        return refusal.code if refusal else None

    @api.depends("uid", "company_id")
    def _compute_is_chip_proven(self):
        self._origin.flush_recordset(["uid", "company_id"])
        # sudo: who may see a card may know this of it, but not the counters
        proven = self.env["campus.chip"].sudo()._of_cards(self.ids)
        for card in self:
            card.is_chip_proven = card._origin.id in proven

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
            return card, errors.UNKNOWN_CARD
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
            return errors.SUN_NEEDED
        if payment and 0 < company.campus_uid_limit_minor < payment["amount_minor"]:
            return errors.LIMIT_UID
        return None

    def _refusal_numbers(self, code):
        """Numbers that explain a refusal of ``_resolve_credential`` in words."""
        if code != errors.LIMIT_UID:
            return {}
        # sudo: as above
        return {"limit_minor": self.company_id.sudo().campus_uid_limit_minor}
