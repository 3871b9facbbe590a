import os

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.access import door_pin
from odoo.addons.campus_card.db.columns import BigInteger
from odoo.tools import file_open


class CampusDoorPin(models.Model):
    """The PIN of a person at doors. Only its slow hash is kept, which nobody reads and edges get.

    It has no pepper, because an edge checks it alone. So it is not the PIN of the wallet.
    """

    _name = "campus.door.pin"
    _description = "Door PIN"
    _log_access = False
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    # a PIN that has ended leaves its row, so that edges hear of the end
    pin_hash = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    set_at = fields.Datetime(readonly=True)
    changed_version = BigInteger(readonly=True)

    _one_each = models.Constraint("UNIQUE(partner_id)", "This person has a door PIN already.")
    _hash_check = models.Constraint(
        "CHECK (pin_hash LIKE 'scrypt$__$-$%')", "Of a door PIN only the hash is kept."
    )

    def init(self):
        with file_open("campus_access/data/door_pin_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.model
    def _of(self, partner):
        """The row of a person, with the rights of the system."""
        # sudo: nobody has rights on this table; who asks for whom is checked by the caller
        return self.sudo().search([("partner_id", "=", partner.id)])

    @api.model
    def _is_right(self, partner, typed):
        """Say whether ``typed`` is the person's PIN; the one under duress is not."""
        stored = self._of(partner).pin_hash
        return bool(stored) and door_pin.said(typed, stored) == door_pin.RIGHT

    @api.model
    def _seal(self, new, again):
        """Return what is stored of a new PIN. Raises ``ValidationError`` for one that may not be chosen."""
        self.env["campus.wallet"]._check_choice(new, again)
        return door_pin.seal(new, os.urandom(16))

    @api.model
    def _store(self, partner, sealed):
        """Store a sealed PIN, or end the present one (False). Edges are told when this commits."""
        self.env.cr.execute(
            """INSERT INTO campus_door_pin (partner_id, pin_hash, set_at)
               VALUES (%s, %s, CASE WHEN %s THEN now() AT TIME ZONE 'UTC' END)
                   ON CONFLICT (partner_id) DO UPDATE SET pin_hash = excluded.pin_hash, set_at = excluded.set_at""",
            [partner.id, sealed or None, bool(sealed)],
        )
        self.invalidate_model(flush=False)
        partner.invalidate_recordset(["campus_door_pin_at"], flush=False)
        self.env["campus.snapshot"]._announce_access()
