import datetime as dt
import io
import json
import zipfile

from odoo import api, fields, models
from odoo.addons.campus_card.html_text import to_html

MANAGER = "campus_card.group_campus_card_manager"


class CampusPrivacy(models.AbstractModel):
    """The holder's own data for download, and the request to erase it."""

    _name = "campus.privacy"
    _description = "Own Data of a Holder"

    @api.model
    def _export(self, wallet):
        """Bytes of a zip with one JSON file per kind of data. The caller has checked whose data it is."""
        partner = wallet.partner_id
        parts = {
            "holder": self._holder(partner),
            "cards": self._cards(partner),
            "wallet": self._wallet(wallet),
            "transfers": self._rows("campus.transfer", wallet, TRANSFER_FIELDS),
            "refusals": self._rows("campus.posting", wallet, POSTING_FIELDS, [("ok", "=", False)]),
            "reservations": self._rows("campus.reservation", wallet, RESERVATION_FIELDS),
            "topups": self._topups(wallet),
            "automatic_topups": self._rows("campus.topup.mandate", wallet, MANDATE_FIELDS),
            "links": self._rows("campus.topup.link", wallet, LINK_FIELDS),
            "disputes": self._rows("campus.dispute", wallet, DISPUTE_FIELDS),
        }

        def in_words(value):
            """Write a time in the campus's time zone with its offset from UTC. Other values stay as they are."""
            if isinstance(value, dt.datetime):
                return wallet.company_id._campus_zoned(value).isoformat(timespec="seconds")
            return str(value)

        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(
                    f"{name}.json", json.dumps(content, ensure_ascii=False, indent=1, default=in_words)
                )
        return buffer.getvalue()

    @api.model
    def _holder(self, partner):
        names = (
            "name",
            "email",
            "phone",
            "lang",
            "campus_number",
            "campus_role",
            "campus_valid_from",
            "campus_valid_until",
        )
        values = {name: partner[name] or None for name in names}
        return {**values, "department": partner.campus_department_id.display_name or None}

    @api.model
    def _cards(self, partner):
        """The cards without the secrets of their chips. UIDs are left out too, because a UID alone may open a
        door.
        """
        return [
            {
                "number": card.number,
                "kind": card.kind,
                "state": card.state,
                "valid_until": card.valid_until or None,
                "created": card.create_date,
            }
            for card in self.env["campus.card"].search([("partner_id", "=", partner.id)])
        ]

    @api.model
    def _wallet(self, wallet):
        pockets = [
            {
                "plan": pocket.plan_id.code,
                "expires_on": pocket.expires_on or None,
                "balance_minor": pocket.balance_minor,
            }
            for pocket in wallet.pocket_ids
        ]
        limits = wallet._limits_in_force()
        return {
            "state": wallet.state,
            "currency": wallet.currency_id.name,
            "pockets": pockets,
            "limit_purchase_minor": limits.purchase_minor,
            "limit_day_minor": limits.day_minor,
            "pin_above_minor": limits.pin_above_minor,
            "pin_chosen_at": wallet.pin_set_at or None,
        }

    @api.model
    def _rows(self, model, wallet, names, domain=()):
        rows = self.env[model].search([("wallet_id", "=", wallet.id), *domain], order="id")
        return [
            {
                name: (value.display_name if hasattr(value := row[name], "display_name") else value)
                for name in names
            }
            for row in rows
        ]

    @api.model
    def _topups(self, wallet):
        """The top-ups. The name of the payer is left out if it is another person."""
        transactions = self.env["payment.transaction"].search(
            [("campus_wallet_id", "=", wallet.id)], order="id"
        )
        return [
            {
                "reference": tx.reference,
                "amount": tx.amount,
                "currency": tx.currency_id.name,
                "state": tx.state,
                "created": tx.create_date,
                "by_link": bool(tx.campus_link_id),
                "automatic": bool(tx.campus_mandate_id),
            }
            for tx in transactions
        ]

    # -- erasure -------------------------------------------------------------------

    @api.model
    def _erasure_asked(self, partner):
        """The open request to erase this holder's data, if there is one."""
        return partner.activity_search(["campus_topup.mail_activity_type_erasure"])[:1]

    @api.model
    def _ask_erasure(self, wallet):
        """Ask the card office to erase what may be erased. A second request changes nothing."""
        partner = wallet.partner_id
        if self._erasure_asked(partner):
            return
        for user in self._managers(wallet.company_id):
            asked = partner.with_context(lang=user.lang)
            note = asked.env._(
                "The holder asks for their data to be erased. Money movements stay for the years that accounting law "
                "asks for; pay out the balance, return the cards and close the wallet first."
            )
            asked.activity_schedule(
                "campus_topup.mail_activity_type_erasure",
                fields.Date.context_today(self),
                note=to_html(note),
                user_id=user.id,
            )

    def _managers(self, company):
        users = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        admins = self.env.ref("base.group_system").all_user_ids
        return (users - admins) or users - self.env.ref("base.user_root")


TRANSFER_FIELDS = (
    "uuid",
    "kind",
    "amount_minor",
    "booking_date",
    "occurred_at",
    "counter_account_id",
    "memo",
)
POSTING_FIELDS = ("uuid", "code", "answered_at")
RESERVATION_FIELDS = ("uuid", "amount_minor", "captured_minor", "state", "reserved_at", "memo")
MANDATE_FIELDS = (
    "threshold_minor",
    "amount_minor",
    "state",
    "consented_at",
    "consent_version",
    "consent_text",
    "revoked_at",
)
LINK_FIELDS = ("shown_name", "create_date", "revoked_at", "uses", "last_used_at")
DISPUTE_FIELDS = ("reason", "state", "answer", "create_date", "decided_at")
