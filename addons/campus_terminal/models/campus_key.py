import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.db.columns import BigInteger
from odoo.exceptions import UserError

from ..const import ACTIVE

NUMBER_MAX = 255
DRAFT, CURRENT, PREVIOUS, RETIRED = "draft", "current", "previous", "retired"


KEY_ACTIVITY = "campus_terminal.mail_activity_type_key"


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

    # -- renewal -----------------------------------------------------------------

    waiting_edge_ids = fields.Many2many(
        "campus.edge",
        string="Edges to Wait For",
        compute="_compute_waiting",
        help="Working edges that have not taken over a snapshot which the next step needs.",
    )
    certificate_count = fields.Integer(
        "Phones to Wait For", compute="_compute_waiting", help="Phones whose certificate this key has signed."
    )

    @api.depends("state", "known_version", "activated_version")
    def _compute_waiting(self):
        for key in self:
            key.waiting_edge_ids = key._edges_waited_for()
            key.certificate_count = key._live_certificates() if key.state == PREVIOUS else 0

    def _edges_waited_for(self):
        """A draft waits for edges that do not know it, a previous key for those that it may still serve."""
        self.ensure_one()
        working = [("company_id", "=", self.company_id.id), ("state", "=", ACTIVE)]
        edges = self.env["campus.edge"].search(working)
        if self.state == DRAFT:
            return edges.filtered(lambda edge: edge.keys_version <= self.known_version)
        if self.state == PREVIOUS:
            current = self._good_keys(self.company_id).filtered(lambda key: key.state == CURRENT)
            return edges.filtered(lambda edge: edge.snapshot_version <= current.activated_version)
        return edges.browse()

    def _live_certificates(self):
        """Hook: how many certificates of phones this key has signed that are still good."""
        return 0

    @api.model
    def _prepare_next(self, company):
        """Make the next key known to the devices; it signs nothing yet."""
        self._check_may_rotate()
        keys = self._good_keys(company)
        if keys.filtered(lambda key: key.state in (DRAFT, PREVIOUS)):
            raise UserError(self.env._("A key is being renewed already: finish that first."))
        # sudo: keys are made by these steps alone; the right to renew was checked
        return self.sudo()._generate(company)

    def action_activate(self):
        """From now on this key signs; the one before stays good."""
        self.ensure_one()
        self._check_may_rotate()
        self._check_step(DRAFT)
        current = self._good_keys(self.company_id).filtered(lambda key: key.state == CURRENT)
        # sudo: the state is set by these steps alone; the right to renew was checked
        current.sudo().write({"state": PREVIOUS})
        current.flush_recordset()
        # sudo: as above
        self.sudo().write(
            {
                "state": CURRENT,
                "activated_version": self._version_now(),
                "activated_at": fields.Datetime.now(),
            }
        )
        current.activity_feedback([KEY_ACTIVITY])

    def action_retire(self):
        """Nothing uses this key any more: devices stop to believe it and its private half is deleted."""
        self.ensure_one()
        self._check_may_rotate()
        self._check_step(PREVIOUS)
        certificates = self._live_certificates()
        if certificates:
            raise UserError(
                self.env._(
                    "%s phones still carry a certificate of this key. They renew it when online.",
                    certificates,
                )
            )
        edges = self.env["campus.edge"].search_count([("state", "=", ACTIVE)])
        # sudo: as above
        self.sudo().write({"state": RETIRED, "retired_at": fields.Datetime.now(), "private_seed": False})
        self.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=self.env._(
                "Retired: all %s working edges have taken over a snapshot of the newer key, and no phone "
                "carries a certificate of this one.",
                edges,
            ),
        )

    def _check_may_rotate(self):
        if not self.env.su and not self.env.user.has_group("campus_card.group_campus_card_device_manager"):
            raise UserError(self.env._("Only device managers renew the key of the campus."))

    def _check_step(self, state):
        if self.state != state:
            raise UserError(
                self.env._(
                    "Key %(key)s is: %(state)s. This is not possible now.",
                    key=self.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                )
            )
        waiting = self._edges_waited_for()
        if waiting:
            raise UserError(
                self.env._(
                    "These edges have not followed yet: %s. Wait until they are online, or switch them off.",
                    ", ".join(waiting.mapped("name")),
                )
            )

    @api.model
    def _cron_remind(self):
        """Ask for a renewal when the key that signs is a year old (or what the company has set)."""
        now = fields.Datetime.now()
        for key in self.search([("state", "=", CURRENT)]):
            company = key.company_id
            is_old = key.activated_at < now - timedelta(days=company.campus_key_days)
            user = company._campus_device_user()
            if is_old and user and not key.activity_search([KEY_ACTIVITY]):
                key.with_context(lang=user.lang).activity_schedule(KEY_ACTIVITY, user_id=user.id)
