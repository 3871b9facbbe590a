import os

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import pepper
from ..campus_core import errors
from ..campus_core.credentials import pin, slow_hash
from ..campus_core.ledger import limits

OWN = ("own_limit_purchase_minor", "own_limit_day_minor", "own_pin_above_minor")
PIN_COLUMNS = {"pin_hash", "pin_wrong", "pin_wrong_at", "pin_set_at"}


class CampusWallet(models.Model):
    """Limits that the holder sets, only tighter than the school's, and the PIN that is asked above one.

    Only a PIN's salted hash is stored, where the ORM does not read it.
    """

    _inherit = "campus.wallet"

    pin_above_minor = fields.Integer(
        string="PIN above (cents a day)",
        help="Above this sum a day each purchase needs the PIN. 0 means never.",
    )
    pin_above = fields.Monetary(
        "PIN above, per Day",
        compute="_compute_pin_above",
        inverse="_inverse_pin_above",
        help="Above this sum a day each purchase needs the PIN. 0: never.",
    )
    own_limit_purchase_minor = fields.Integer(string="Own Limit per Purchase (cents)", readonly=True)
    own_limit_day_minor = fields.Integer(string="Own Limit per Day (cents)", readonly=True)
    own_pin_above_minor = fields.Integer(string="Own PIN Sum (cents a day)", readonly=True)

    _own_limits_check = models.Constraint(
        "CHECK (pin_above_minor >= 0 AND own_limit_purchase_minor >= 0 AND own_limit_day_minor >= 0"
        " AND own_pin_above_minor >= 0)",
        "Limits are not negative.",
    )

    pin_hash = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    pin_wrong = fields.Integer(string="Wrong PINs in a Row", default=0, copy=False, readonly=True)
    pin_wrong_at = fields.Datetime(copy=False, readonly=True)
    pin_set_at = fields.Datetime(string="PIN Chosen At", copy=False, readonly=True)
    has_pin = fields.Boolean(string="Has a PIN", compute="_compute_has_pin")

    @api.depends("pin_above_minor")
    def _compute_pin_above(self):
        for wallet in self:
            wallet.pin_above = wallet.currency_id.round(wallet.pin_above_minor / 100)

    def _inverse_pin_above(self):
        for wallet in self:
            wallet.pin_above_minor = self.env["campus.amount"]._to_minor(wallet.pin_above)

    def _school_limits(self):
        """The school's limits in the order of :data:`OWN`, in cents; 0 is none."""
        self.ensure_one()
        return (self.limit_purchase_minor, self.limit_day_minor, self.pin_above_minor)

    def _limits_in_force(self):
        """What counts: the tighter of the school's limit and the holder's own, as core ``Limits``."""
        pairs = zip(self._school_limits(), (self[name] for name in OWN), strict=True)
        return limits.Limits(*(limits.tighter_minor(school, own) for school, own in pairs))

    def _set_own_limits(self, purchase_minor, day_minor, pin_above_minor):
        """Set the holder's own limits (cents, 0 removes one); looser than the school's is refused.

        The caller has checked that it is the holder who asks.
        """
        self.ensure_one()
        values = dict(zip(OWN, (purchase_minor, day_minor, pin_above_minor), strict=True))
        for school, (name, own) in zip(self._school_limits(), values.items(), strict=True):
            if own < 0:
                raise ValidationError(self.env._("Limits are not negative."))
            if limits.loosens(school, own):
                raise ValidationError(
                    self.env._(
                        "The school's limit of %(limit)s stays in force: %(field)s can only be lower.",
                        limit=self.env["campus.amount"]._to_text(school, self.currency_id),
                        field=self._fields[name]._description_string(self.env).split(" (")[0],
                    )
                )
        # sudo: a holder has no right on wallets; these three columns are theirs
        self.sudo().write(values)

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
        """Return what is stored of a PIN: its salted hash, from which nobody learns it."""
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
