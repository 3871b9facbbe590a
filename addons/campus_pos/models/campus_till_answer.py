from datetime import datetime, timedelta

from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..const import PHOTO_TTL_H

PHOTO_SCOPE = "campus_pos.photo"


class CampusTillAnswer(models.AbstractModel):
    """The ledger's answers in the form that a till shows, with the holder of the card."""

    _inherit = "campus.till"

    @staticmethod
    def _refusal(uuid, code, amount_minor, numbers=None):
        """A refusal that the ledger was not asked about, in the form of its answers."""
        return {
            "uuid": uuid,
            "ok": False,
            "code": code,
            "numbers": numbers or {},
            "amount_minor": amount_minor,
            "balance_before_minor": 0,
            "balance_after_minor": 0,
            "pockets": [],
        }

    @api.model
    def _present(self, answer, card, state="none"):
        """An answer of the ledger in the form that the till shows."""
        return {
            "uuid": answer["uuid"],
            "ok": answer["ok"],
            "code": answer["code"],
            "message": self._ledger()._explain(answer),
            "numbers": answer["numbers"],
            "state": state,
            "amount_minor": answer["amount_minor"],
            "before_minor": answer["balance_before_minor"],
            "after_minor": answer["balance_after_minor"],
            "pockets": self._present_pockets(answer["pockets"]),
            "holder": self._present_holder(card.partner_id),
            "card": self._present_card(card),
        }

    @api.model
    def _present_pockets(self, parts):
        # A plan may have several pockets with different expiry dates. The till shows them as one line.
        sums = {}
        for part in parts:
            sums[part["plan"]] = sums.get(part["plan"], 0) + part["amount_minor"]
        plans = self.env["campus.pocket.plan"].search_fetch(
            [("company_id", "=", self.env.company.id), ("code", "in", list(sums))], ["code", "name"]
        )
        names = {plan.code: plan.name for plan in plans}
        return [
            {"plan": plan, "name": names.get(plan, plan), "amount_minor": minor}
            for plan, minor in sums.items()
        ]

    @api.model
    def _present_holder(self, partner):
        if not partner:
            return False
        roles = dict(partner._fields["campus_role"]._description_selection(self.env))
        return {
            "name": partner.name,
            "number": partner.campus_number or "",
            "department": partner.campus_department_id.name or "",
            "role": roles.get(partner.campus_role, ""),
            "photo": self._photo_url(partner),
        }

    @api.model
    def _present_card(self, card):
        if not card:
            return False
        return {"number": card.number[-4:], "kind": card.kind}

    # -- photos --------------------------------------------------------------------

    @api.model
    def _photo_url(self, partner):
        """A link to the photo. It works for some hours and only for this cashier."""
        if not partner.with_context(bin_size=True).image_128:
            return ""
        # Rounded to full hours, so that the link of a frequent customer stays the same and the browser can
        # cache the photo.
        hour = datetime.now().replace(minute=0, second=0, microsecond=0)
        token = hash_sign(
            self.env, PHOTO_SCOPE, [partner.id, self.env.uid], hour + timedelta(hours=PHOTO_TTL_H)
        )
        return f"/campus_pos/photo/{token}"

    @api.model
    def _photo_of(self, token):
        """The holder of a photo link; an empty record if the link is not for this user or has expired."""
        nobody = self.env["res.partner"]
        try:
            values = verify_hash_signed(self.env, PHOTO_SCOPE, token)
        except ValueError:
            return nobody
        if not values or values[1] != self.env.uid:
            return nobody
        return nobody.browse(values[0])
