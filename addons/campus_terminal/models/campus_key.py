import secrets

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.db.columns import BigInteger
from odoo.exceptions import UserError

NUMBER_MAX = 255
DRAFT, CURRENT, PREVIOUS, RETIRED = "draft", "current", "previous", "retired"


class CampusKey(models.Model):
    """A version of the key by which devices recognise the campus.

    A new version is first made known to the devices (*draft*), then signs (*current*); the one
    before stays good (*previous*) until nothing needs it any more, then it is *retired*.
    """

    _name = "campus.key"
    _description = "Signing Key"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, number desc"

    name = fields.Char(required=True, readonly=True, help="By which devices call the key.")
    number = fields.Integer(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    state = fields.Selection(
        [
            (DRAFT, "Being Made Known"),
            (CURRENT, "Signs"),
            (PREVIOUS, "Still Valid"),
            (RETIRED, "Retired"),
        ],
        required=True,
        readonly=True,
        tracking=True,
    )
    public_key = fields.Char(required=True, readonly=True, help="Ed25519, base64url.")
    private_seed = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    known_version = BigInteger(
        required=True, readonly=True, help="Snapshots from this version on carry the key."
    )
    activated_version = BigInteger(readonly=True, help="Snapshots from this version on are signed by it.")
    activated_at = fields.Datetime("Signs Since", readonly=True)
    retired_at = fields.Datetime(readonly=True)

    _number_unique = models.Constraint("UNIQUE(company_id, number)", "Another key has this number.")
    _number_check = models.Constraint("CHECK(number BETWEEN 1 AND 255)", "A key has a number up to 255.")
    _current_unique = models.UniqueIndex("(company_id) WHERE state = 'current'", "One key signs at a time.")

    @api.model
    def _generate(self, company, state=DRAFT):
        """Make the next key of ``company``."""
        number = max(self.search([("company_id", "=", company.id)]).mapped("number"), default=0) + 1
        if number > NUMBER_MAX:
            raise UserError(self.env._("A campus has at most %s keys.", NUMBER_MAX))
        key = signing.generate(secrets.token_bytes)
        version = self._version_now()
        return self.create(
            {
                "name": f"k{number}",
                "number": number,
                "company_id": company.id,
                "state": state,
                "public_key": signing.b64url_encode(key.public),
                "private_seed": signing.b64url_encode(key.seed),
                "known_version": version,
                "activated_version": version if state == CURRENT else 0,
                "activated_at": fields.Datetime.now() if state == CURRENT else False,
            }
        )

    @api.model
    def _version_now(self):
        self.env.cr.execute("SELECT campus_snapshot_now()")
        return self.env.cr.fetchone()[0]

    @api.model
    def _good_keys(self, company):
        """The keys that devices of ``company`` should know; the first one is made here."""
        domain = [("company_id", "=", company.id), ("state", "!=", RETIRED)]
        keys = self.search(domain, order="number")
        if not keys.filtered(lambda key: key.state == CURRENT):
            keys |= self._generate(company, CURRENT)
        return keys

    def _to_wire(self):
        """``[{"id", "public", "state"}]``. A draft is *previous* for devices: good, but not signing."""
        return [
            {
                "id": key.name,
                "public": key.public_key,
                "state": CURRENT if key.state == CURRENT else PREVIOUS,
            }
            for key in self
        ]

    def _sign(self, body):
        """Return the header ``Campus-Signature`` for ``body`` (bytes)."""
        self.ensure_one()
        # sudo: the private half can be read by nobody; signing is all it is for
        seed = self.sudo().private_seed
        if not seed:
            raise UserError(
                self.env._(
                    "Key %s cannot sign: its private part was removed from this copy of the database.",
                    self.name,
                )
            )
        return signing.sign_snapshot(
            self.name, signing.SigningKey(signing.b64url_decode(seed, signing.KEY_BYTES)), body
        )
