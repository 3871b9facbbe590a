import secrets
from datetime import timezone

from odoo import api, fields, models
from odoo.addons.campus_card import pepper
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import emergency
from odoo.tools import SQL


class CampusEmergency(models.Model):
    """The emergency code of a holder: its hash and the number of wrong tries today.

    The rule is in ``campus_core.credentials.emergency``. A code is *used* when it has moved money: a refused
    or cancelled payment does not count.
    """

    _name = "campus.emergency"
    _description = "Emergency Code"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    hashed = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    set_at = fields.Datetime(readonly=True)
    wrong = fields.Integer(readonly=True)
    tried_on = fields.Date(readonly=True)

    _holder_unique = models.Constraint("UNIQUE(partner_id, company_id)", "A holder has one emergency code.")

    @api.model
    def _of(self, holder, company):
        return self.search([("partner_id", "=", holder.id), ("company_id", "=", company.id)])

    @api.model
    def _renew(self, holder, company):
        """Give the holder a new code and return it. It cannot be read again later.

        Wrong tries still count after that, so a new code gives nobody more tries.
        """
        code = emergency.make_code(secrets.randbelow)
        record = self._of(holder, company) or self.create({"partner_id": holder.id, "company_id": company.id})
        record.write(
            {
                "hashed": emergency.hash_code(
                    code, secrets.token_bytes(emergency.SALT_BYTES), pepper.peppers()
                ),
                "set_at": fields.Datetime.now(),
            }
        )
        return code

    @api.model
    def _prove(self, number, code, company, payment=None):
        """``(record, refusal code)`` for a campus number and a code.

        :param payment: ``{uuid, amount_minor}`` that the code is to pay. Without it the code only proves who
            somebody is, and does not count as used.
        """
        domain = [("partner_id.campus_number", "=", number), ("company_id", "=", company.id)]
        record = self.search(domain, limit=1)
        if not record:
            # an unknown number gets the same answer after the same time as a wrong code, so nobody can find
            # out which exist
            emergency.is_code(code, emergency.NOBODY)
            return record, errors.EMERGENCY_WRONG
        return record, record._try(code, payment)

    def _try(self, code, payment):
        """Check ``code``. Returns the refusal code, or None if it is right.

        The row is locked, so two tills that try one holder's code do so one after the other. Wrong tries are
        stored.
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute("SELECT id FROM campus_emergency WHERE id = %s FOR UPDATE", [self.id])
        self.invalidate_recordset()
        today = self.company_id._campus_today()
        used = payment and self._is_used_today(payment["uuid"])
        state = emergency.EmergencyState(
            wrong=self.wrong, tried_on=self.tried_on or None, used_on=today if used else None
        )
        amount_minor = payment["amount_minor"] if payment else 0
        cap_minor = self.company_id.campus_emergency_cap_minor
        state, refusal = emergency.decide(
            state, self.hashed or "", code, amount_minor, cap_minor, today, pepper.peppers()
        )
        self.write({"wrong": state.wrong, "tried_on": state.tried_on})
        if refusal:
            return refusal.code
        if payment:
            wallet = self.partner_id.with_company(self.company_id).campus_wallet_id
            self.env["campus.credential.use"]._note_emergency(wallet, payment["uuid"])
        return None

    def _is_used_today(self, payment):
        """Whether the code has moved or reserved money today for another payment.

        A till reserves the money first; a terminal charges at once and may reverse it.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT 1 FROM campus_credential_use used
                     JOIN campus_wallet wallet ON wallet.id = used.wallet_id
                    WHERE used.kind = 'emergency' AND wallet.partner_id = %s AND wallet.company_id = %s
                      AND used.payment <> %s AND used.used_at >= %s
                      AND (EXISTS (SELECT 1 FROM campus_reservation held
                                    WHERE held.uuid = used.payment AND held.state IN ('open', 'captured'))
                        OR EXISTS (SELECT 1 FROM campus_transfer moved
                                     LEFT JOIN campus_reversal undone ON undone.transfer_id = moved.id
                                    WHERE moved.uuid = used.payment
                                      AND moved.amount_minor > COALESCE(undone.reversed_minor, 0)))
                    LIMIT 1""",
                self.partner_id.id,
                self.company_id.id,
                payment,
                self._start_of_today(),
            )
        )
        return bool(rows)

    def _start_of_today(self):
        now = self.company_id._campus_zoned(fields.Datetime.now())
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return start.astimezone(timezone.utc).replace(tzinfo=None)
