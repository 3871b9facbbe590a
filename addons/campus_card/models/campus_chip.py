from odoo import api, fields, models
from odoo.tools import SQL

from ..campus_core import errors
from ..db.columns import Uuid


class CampusChip(models.Model):
    """A chip that has proven itself, and the highest number it has counted its taps to.

    It belongs to the UID, not to a card of ours: a chip that is given to another holder goes on
    counting, and what it said before is worth nothing there either. Nobody has the right to write.
    """

    _name = "campus.chip"
    _description = "Chip That Proves Itself"
    _log_access = False
    _rec_name = "uid"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    uid = fields.Char("UID", required=True, readonly=True)
    key_version = fields.Integer(required=True, readonly=True)
    counter = fields.Integer(required=True, readonly=True)
    used_for = Uuid(readonly=True, help="Payment or tap that the newest message was for.")
    used_at = fields.Datetime(required=True, readonly=True)

    _uid_unique = models.Constraint("UNIQUE(company_id, uid)", "A chip is known once.")
    _counter_check = models.Constraint("CHECK(counter BETWEEN 0 AND 16777215)", "A chip counts to 16777215.")

    @api.model
    def _take(self, company, tap, use=None):
        """Use a believed message up, in one statement that compares and sets.

        Of two servers that are shown one message at the same moment, the second waits for the first
        and then finds the counter where its own message has it. The same ``use`` (uuid of a payment
        or tap) may ask again. Under a newer key a chip counts anew, and its older keys are over.

        :param tap: ``sun.SunTap``
        :return: refusal code, None when the message was fresh
        """
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO campus_chip AS chip (company_id, uid, key_version, counter, used_for, used_at)
                   VALUES (%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')
                   ON CONFLICT (company_id, uid) DO UPDATE
                      SET key_version = excluded.key_version, counter = excluded.counter,
                          used_for = excluded.used_for, used_at = excluded.used_at
                    WHERE chip.key_version < excluded.key_version
                       OR (chip.key_version = excluded.key_version
                           AND (chip.counter < excluded.counter
                                OR (chip.counter = excluded.counter AND chip.used_for = excluded.used_for)))
                   RETURNING id""",
                company.id,
                tap.uid,
                tap.key_version,
                tap.counter,
                use,
            )
        )
        self.invalidate_model()
        self.env["campus.card"].invalidate_model(["is_chip_proven"])
        if rows:
            return None
        chip = self.search([("company_id", "=", company.id), ("uid", "=", tap.uid)])
        is_older = chip.key_version > tap.key_version
        return errors.SUN_FORGED if is_older else errors.SUN_REPLAYED

    @api.model
    def _of_cards(self, card_ids):
        """Ids of those cards whose chip has proven itself before."""
        rows = self.env.execute_query(
            SQL(
                """SELECT card.id FROM campus_card card
                     JOIN campus_chip chip ON chip.company_id = card.company_id AND chip.uid = card.uid
                    WHERE card.id = ANY(%s)""",
                list(card_ids),
            )
        )
        return {card_id for (card_id,) in rows}
