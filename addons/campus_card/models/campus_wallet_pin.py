import os

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import pepper
from ..campus_core import errors
from ..campus_core.credentials import pin, slow_hash

PIN_COLUMNS = {"pin_hash", "pin_wrong", "pin_wrong_at", "pin_set_at"}


class CampusWallet(models.Model):
    """The PIN of a wallet. Only its salted hash is stored, where the ORM does not read it."""

    _inherit = "campus.wallet"

    pin_hash = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    pin_wrong = fields.Integer(string="Wrong PINs in a Row", default=0, copy=False, readonly=True)
    pin_wrong_at = fields.Datetime(copy=False, readonly=True)
    pin_set_at = fields.Datetime(string="PIN Chosen At", copy=False, readonly=True)
    has_pin = fields.Boolean(string="Has a PIN", compute="_compute_has_pin")

    @api.depends("pin_set_at")
    def _compute_has_pin(self):
        for wallet in self:
            wallet.has_pin = bool(wallet.pin_set_at)

    def write(self, vals):
        if not self.env.su and PIN_COLUMNS & vals.keys():
            raise AccessError(self.env._("A PIN is chosen by its holder, not written."))
        return super().write(vals)

    def _check_pin(self, text):
        """Check a PIN that was typed; wrong ones are counted.

        :return: ``(code, numbers)``: ``ok``, ``pin_wrong`` (``tries``), ``pin_locked``
            (``minutes``, or 0 until staff reset it) or ``pin_not_set``
        """
        self.ensure_one()
        self.flush_recordset(["pin_hash", "pin_wrong", "pin_wrong_at"])
        # Locked, so that guesses at many tills at once are counted one by one.
        self.env.cr.execute(
            """SELECT pin_hash, COALESCE(pin_wrong, 0), pin_wrong_at FROM campus_wallet
                WHERE id = %s FOR NO KEY UPDATE""",
            [self.id],
        )
        stored, wrong, wrong_at = self.env.cr.fetchone()
        if not stored:
            return errors.PIN_NOT_SET, {}
        now = fields.Datetime.now()
        wait_s = pin.locked_for_s(wrong, wrong_at.timestamp() if wrong_at else 0, now.timestamp())
        if wait_s:
            return errors.PIN_LOCKED, {"minutes": max(0, -(-wait_s // 60))}
        right = isinstance(text, str) and pin.matches(text, stored, pepper.peppers())
        wrong = 0 if right else wrong + 1
        if right and slow_hash.pepper_of(stored) != slow_hash.newest(pepper.peppers()):
            # the server has got another pepper since: now that the PIN is known, it is sealed with that
            stored = self._seal_pin(text)
        self.env.cr.execute(
            "UPDATE campus_wallet SET pin_hash = %s, pin_wrong = %s, pin_wrong_at = %s WHERE id = %s",
            [stored, wrong, None if right else now, self.id],
        )
        self.invalidate_recordset(["pin_wrong", "pin_wrong_at"])
        if right:
            return "ok", {}
        tries = pin.tries_left(wrong)
        if not tries or not wrong % pin.TRIES:
            return errors.PIN_LOCKED, {"minutes": pin.LOCK_S // 60 if tries else 0}
        return errors.PIN_WRONG, {"tries": tries}

    def _choose_pin(self, new, again, old=None):
        """Let the holder set or change the PIN; the old one is asked for if there is one.

        Returns an answer with ``ok``, ``code`` and ``numbers`` as the ledger's: a wrong old PIN
        is counted and so must not raise. A PIN that may not be chosen raises.
        """
        self.ensure_one()
        self._check_choice(new, again)
        if self.has_pin:
            code, numbers = self._check_pin(old or "")
            if code != "ok":
                return {"ok": False, "code": code, "numbers": numbers}
        self._store_pin(self._seal_pin(new))
        return {"ok": True, "code": "ok", "numbers": {}}

    def _check_choice(self, new, again):
        if not pin.is_pin(new):
            raise ValidationError(self.env._("A PIN has 4 to 6 digits."))
        if new != again:
            raise ValidationError(self.env._("The two PINs differ."))
        if pin.is_weak(new):
            raise ValidationError(self.env._("This PIN is too easy to guess. Choose another."))

    @api.model
    def _seal_pin(self, new):
        return pin.seal(new, os.urandom(16), pepper.peppers())

    def _store_pin(self, sealed):
        """Store a sealed PIN, or remove it (False); wrong tries are forgotten."""
        # sudo: the columns are written through here alone, see ``write``
        self.sudo().write(
            {
                "pin_hash": sealed or False,
                "pin_set_at": fields.Datetime.now() if sealed else False,
                "pin_wrong": 0,
                "pin_wrong_at": False,
            }
        )
