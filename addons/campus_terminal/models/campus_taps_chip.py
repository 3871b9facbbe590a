from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.errors import CredentialError
from odoo.addons.campus_card.campus_core.taps import charge, rules, wire


class CampusTapsChip(models.AbstractModel):
    """Chips at the readers of an edge: messages that are good once, and bare UIDs of such chips."""

    _inherit = "campus.taps"

    @api.model
    def _credential_kinds(self):
        return super()._credential_kinds() | {"sun"}

    @api.model
    def _used_up_codes(self):
        return {**super()._used_up_codes(), "sun": errors.SUN_REPLAYED}

    @api.model
    def _load_keys(self, order, entries):
        res = super()._load_keys(order, entries)
        keys = [key for key in order.keys.values() if isinstance(key, charge.Key)]
        if order.frame.chip_required and keys:
            order.proven_cards = self.env["campus.chip"]._of_cards(key.card_id for key in keys)
        return res

    @api.model
    def _resolve_sun(self, order, texts):
        """``{text: Key or refusal code}``; the tap whose message it is may ask again."""
        company = self.env["res.company"].browse(order.edge.company_id)
        # sudo: keys can be read by nobody; believing messages is what they are for
        chip_keys = self.env["campus.chip.key"].sudo()
        versions = chip_keys._versions(company)
        taps, answers = {}, {}
        for text in texts:
            try:
                taps[text] = chip_keys._believe(company, text, versions)
            except CredentialError as error:
                answers[text] = error.code
        uids = [tap.uid for tap in taps.values()]
        cards = self._find_cards(order, "uid", uids) if uids else {}
        uses = self._first_uses(order)
        # in the order of UIDs, so that two edges lock chips in one order; messages of a chip as they came
        for text, tap in sorted(taps.items(), key=lambda pair: pair[1].uid):
            card = cards.get(tap.uid, errors.UNKNOWN_CARD)
            refusal = tap.uid in cards and chip_keys.env["campus.chip"]._take(
                company, tap, uses[f"sun:{text}"]
            )
            answers[text] = refusal or card
        return answers

    @api.model
    def _first_uses(self, order):
        """``{credential: uuid of the first fresh tap with it}``."""
        uses = {}
        for index in order.fresh:
            entry = order.batch.entries[index]
            uses.setdefault(entry.credential, entry.uuid)
        return uses

    @api.model
    def _key_of(self, order, entry):
        """The card of an entry, or the refusal code of its credential at this reader."""
        credential, key = entry.credential, super()._key_of(order, entry)
        if credential.startswith(order.good_once):
            first = order.first_uses.setdefault(credential, entry.uuid)
            if first != entry.uuid:
                key = order.used_up[credential.partition(":")[0]]
        if entry.mode == wire.TOLD:
            # what was told is done: whether its edge is believed is seen elsewhere
            return key
        place = order.places.get(entry.terminal)
        has_to_prove_itself = getattr(key, "card_id", 0) in order.proven_cards
        refusal = rules.shown_refusal(
            credential,
            accepts_numbers=bool(place and place.accepts_numbers),
            has_to_prove_itself=has_to_prove_itself,
        )
        # nobody learns whose number that is
        return refusal.code if refusal else key
