import base64
import io
import secrets
from datetime import timezone

import qrcode
from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import card_state, errors
from odoo.addons.campus_card.campus_core.access.way import way
from odoo.exceptions import UserError
from odoo.tools.misc import hmac

from .campus_access_right import MANAGER
from .campus_access_visit import PLANNED

TOKEN_BYTES = 24
TOKEN_MIN, TOKEN_MAX = 20, 64
PHONE_SCOPE = "campus_access.visit"
QR_BOX_PIXELS = 5
ENROLMENTS_A_DAY = 20


class CampusAccessVisit(models.Model):
    """The visitor's pass: an address that nobody guesses, and the code of the visitor's phone.

    The phone becomes a card of the visitor as a holder's phone does (``campus.phone``): readers check its code
    without a network. Its certificate and its right end with the visit.
    """

    _inherit = "campus.access.visit"

    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        index=True,
        groups=fields.NO_ACCESS,
        default=lambda self: secrets.token_urlsafe(TOKEN_BYTES),
    )
    email = fields.Char("Visitor's Email")
    door_ids = fields.Many2many(
        "campus.door",
        string="Doors on the Way",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The doors that lead to the place, as far as who announces the visit is in charge of them or may "
        "pass them.",
    )
    passage_count = fields.Integer("Passages", compute="_compute_passage_count")
    has_phone = fields.Boolean("Has a Code", compute="_compute_has_phone")

    _token_unique = models.Constraint("UNIQUE(token)", "An address belongs to one visit.")

    def _compute_passage_count(self):
        for visit in self:
            visit.passage_count = self.env["campus.passage"].search_count(visit._passage_domain())

    def _compute_has_phone(self):
        for visit in self:
            visit.has_phone = bool(visit._phones())

    def _passage_domain(self):
        return [("right_id", "=", self.right_id.id or 0), ("kind", "!=", "event")]

    def action_view_passages(self):
        """Return the list of what the visitor did at doors."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_access.campus_passage_action")
        return {**action, "domain": self._passage_domain(), "context": {}, "name": self.display_name}

    def action_call_off(self):
        """End the visit's right and its code at once."""
        res = super().action_call_off()
        # sudo: who calls a visit off ends its code, and may see no phone
        self.sudo()._phones()._revoke("office")
        return res

    # -- the way -----------------------------------------------------------------------

    def write(self, vals):
        if "zone_id" in vals:
            super().write({"zone_id": vals["zone_id"]})
            for visit in self:
                visit._campus_giving("door_ids").door_ids = visit._way()
        res = super().write(vals)
        if {"valid_from", "valid_until"} & vals.keys():
            self._move_visitor()
        return res

    def _move_visitor(self):
        """The visitor and the card in the phone last as long as the visit."""
        for visit in self.filtered("partner_id"):
            # sudo: who announces a visit may not write holders and cards
            partner = visit.partner_id.sudo()
            days = visit._prepare_visitor_vals()
            partner.write({name: days[name] for name in ("campus_valid_from", "campus_valid_until")})
            cards = partner.campus_card_ids.filtered(lambda card: card.kind == "phone")
            cards.valid_until = partner.campus_valid_until

    def _prepare_right_vals(self):
        return {**super()._prepare_right_vals(), "door_ids": [(6, 0, self.door_ids.ids)]}

    def _open(self):
        self._campus_giving("door_ids").door_ids = self._way()
        return super()._open()

    def _way(self):
        """The doors on the way to the zone, of those that the user is in charge of; a holder's own in the portal."""
        # sudo: a way is found over all doors; only those are taken that the user may give
        doors = self.env["campus.door"].sudo().search([("company_id", "=", self.company_id.id)])
        user = self.env.user
        if self.env.su:
            own = self.env.context.get("campus_way_ids", doors.ids)
            doors = doors.filtered(lambda door: door.id in own)
        elif not (user.has_group(MANAGER) or user.campus_all_departments):
            departments = self.env["campus.department"].sudo()  # sudo: as in ``_check_in_charge``
            own = departments.search([("id", "child_of", user.campus_department_ids.ids)])
            doors = doors.filtered(lambda door: door.department_id in own)
        site = self.env["campus.access.site"]._site(doors)
        return doors.browse(sorted(way(site, self.zone_id.id) - set(self._doors_inside().ids)))

    def _doors_inside(self):
        # sudo: as above
        return self.env["campus.door"].sudo().search([("inner_zone_id", "child_of", self.zone_id.ids)])

    # -- the address -------------------------------------------------------------------

    @api.model
    def _of_token(self, token):
        """The visit with this token (with the rights of the system), or an empty record."""
        # sudo: a visitor has no rights; whoever has the address may see the visit
        visits = self.sudo()
        if not isinstance(token, str) or not TOKEN_MIN <= len(token) <= TOKEN_MAX:
            return visits.browse()
        return visits.search([("token", "=", token)], limit=1)

    def _is_over(self):
        return self.state != PLANNED or self.valid_until <= fields.Datetime.now()

    def _url(self):
        # sudo: the address is shown to the host and to who announces the visit, who are told it by this alone
        return f"{self.get_base_url()}/card/visit/{self.sudo().token}"

    def _qr(self):
        """A picture of the address, as a data URL."""
        picture = io.BytesIO()
        qrcode.make(self._url(), box_size=QR_BOX_PIXELS, border=2).save(picture, "PNG")
        return f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"

    def action_print(self):
        """Print the pass: what the visitor is told, and the code of the address."""
        self._check_lasting()
        return self.env.ref("campus_access.campus_visit_report").report_action(self)

    def action_send(self):
        """Send the pass to the visitor by mail."""
        for visit in self:
            visit._check_lasting()
            if not visit.email:
                raise UserError(self.env._("Enter the visitor's email address first."))
            visit._send_mail()
            visit.message_post(body=self.env._("The pass was sent to %s.", visit.email))

    def _check_lasting(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("campus_access.group_campus_access_clerk"):
            raise UserError(self.env._("Who announces visits hands out their passes."))
        if any(visit._is_over() for visit in self):
            raise UserError(self.env._("This visit is over."))

    def _send_mail(self):
        """Put the letter into the queue; it is sent after this transaction."""
        body = self.env["ir.qweb"]._render("campus_access.visit_mail", {"visit": self})
        # sudo: clerks may write no mails; this one is to the visitor of their visit
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("Your visit to %s", self.company_id.name),
                "email_to": self.email,
                "email_from": self.company_id.email_formatted,
                "body_html": body,
                "auto_delete": True,
            }
        )

    # -- the visitor's phone -------------------------------------------------------------

    def _holder_key(self):
        """The name under which the visitor's phone stores its key."""
        return hmac(self.env(su=True), PHONE_SCOPE, str(self.id))[:32]

    def _phones(self):
        # sudo: nobody may read phones; only whether there is one is told
        phones = self.env["campus.phone"].sudo()
        return phones.search([("partner_id", "in", self.partner_id.ids), ("revoked_at", "=", False)])

    def _phone_card(self):
        """The visitor's card of kind *phone*; it is made once, and lasts as long as the visit."""
        card = self.partner_id.campus_card_ids.filtered(lambda card: card.kind == "phone")[:1]
        if not card:
            card = self.env["campus.card"].create(
                {
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "kind": "phone",
                    # no first day: the right has the first minute
                    "valid_from": False,
                    "valid_until": self.company_id._campus_local(self.valid_until).date(),
                }
            )
            card._hand_over()
        return card

    def _until_ms(self):
        return int(self.valid_until.replace(tzinfo=timezone.utc).timestamp()) * 1000

    def _enrol_challenge(self):
        return self.env["campus.phone"].sudo()._challenge(["visit", self.id])  # sudo: see ``_of_token``

    def _enrol_phone(self, x, y, challenge, proof, device, move=False):
        """Make the visitor's phone the visitor's card, or renew its certificate; as ``campus.portal._enrol_phone``.

        ``self`` was found by its token, and has the rights of the system.
        """
        answer = self.env["campus.portal"]._answer
        if self._is_over():
            return answer("visit_over", self.env._("This visit is over."))
        if not self.env["campus.rate"]._may_try("visit-enrol", self.id, ENROLMENTS_A_DAY, 86400):
            return answer(
                "rate_limited", self.env._("You did this too often today. Please try again tomorrow.")
            )
        phones = self.env["campus.phone"]
        key = phones._proven_key(["visit", self.id], x, y, challenge, proof)
        if key is None:
            return answer("code_forged", self.env._("This phone could not prove its key. Try again."))
        card = self._phone_card()
        refusal = card._refusal_code()
        # who comes in some days gets the code today: doors know the first day by themselves
        is_early = refusal == errors.CARD_NOT_ACTIVE and card.state == card_state.ACTIVE
        if refusal and not is_early:
            return answer(refusal, self.env["campus.ledger"]._explain({"code": refusal}))
        phone = phones.search([("public_key", "=", key.hex())])
        if phone.revoked_at or (phone and phone.card_id != card):
            return answer("phone_revoked", self.env._("This phone no longer carries this visit."))
        if not phone:
            if self._phones() and not move:
                return answer("phone_elsewhere", self.env._("The code of this visit is on another phone."))
            phone = phones._enrol(card, key, device)
        return {**answer("ok", ""), **phone._issue(self._until_ms())}
