import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..campus_core import errors
from ..campus_core.credentials import sun
from ..campus_core.errors import CredentialError

CURRENT, PREVIOUS, RETIRED = "current", "previous", "retired"

NUMBER_MAX = 255
# What a person says about a version; the rest is the system's.
ENTERED = frozenset(("number", "company_id", "is_diversified", "meta_typed", "master_typed"))
_HEX = re.compile(r"[0-9A-F]{32}\Z")


def _random_key():
    return secrets.token_hex(sun.KEY_BYTES).upper()


class CampusChipKey(models.Model):
    """A version of the keys that NTAG 424 DNA chips prove themselves with.

    Two AES-128 keys: the *meta key*, which all chips share and which hides UID and counter, and the
    *master key*, of which each chip's own key is derived. They are shown while the version is being
    entered, for the machine that writes the chips, and can be read by nobody afterwards. New chips
    are written with the *current* version; chips of a *previous* one are believed until it is retired.
    """

    _name = "campus.chip.key"
    _description = "Chip Key"
    _inherit = ["mail.thread"]
    _order = "company_id, number desc"
    _rec_name = "number"

    number = fields.Integer(
        "Version",
        required=True,
        default=lambda self: self._next_number(self.env.company),
        help="Goes into each chip's own key: the machine that writes the chips must use the same.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    state = fields.Selection(
        [(CURRENT, "New Chips"), (PREVIOUS, "Still Valid"), (RETIRED, "Retired")],
        required=True,
        readonly=True,
        tracking=True,
    )
    is_diversified = fields.Boolean(
        "A Key per Chip",
        default=True,
        help="Each chip has a key of its own, derived of the master key after NXP AN10922. Without it all "
        "chips carry the master key itself: who opens one chip can copy them all.",
    )
    meta_typed = fields.Char(
        "Meta Key",
        compute="_compute_typed",
        readonly=False,
        default=lambda self: _random_key(),
        help="SDMMetaRead key of all chips: 32 hexadecimal digits.",
    )
    master_typed = fields.Char(
        "Master Key",
        compute="_compute_typed",
        readonly=False,
        default=lambda self: _random_key(),
        help="Master of the SDMFileRead keys: 32 hexadecimal digits.",
    )
    meta_key = fields.Char("Stored Meta Key", readonly=True, copy=False, groups=fields.NO_ACCESS)
    master_key = fields.Char("Stored Master Key", readonly=True, copy=False, groups=fields.NO_ACCESS)
    retired_at = fields.Datetime(readonly=True, copy=False)
    chip_count = fields.Integer(
        "Chips", compute="_compute_chip_count", help="Chips that have proven themselves by this version."
    )

    _number_unique = models.Constraint("UNIQUE(company_id, number)", "There is such a version already.")
    _number_check = models.Constraint(
        "CHECK(number BETWEEN 0 AND 255)", "The version of a chip key is a number from 0 to 255."
    )
    _current_unique = models.UniqueIndex(
        "(company_id) WHERE state = 'current'", "New chips are written with one version."
    )

    def _compute_typed(self):
        """They live as long as the form in which they are typed."""
        self.meta_typed = self.master_typed = False

    @api.depends("number", "company_id")
    def _compute_chip_count(self):
        # sudo: the number of chips says nothing about any of them
        counts = {
            (company.id, number): count
            for company, number, count in self.env["campus.chip"]
            .sudo()
            ._read_group(
                [("company_id", "in", self.company_id.ids)], ["company_id", "key_version"], ["__count"]
            )
        }
        for key in self:
            key.chip_count = counts.get((key.company_id.id, key.number), 0)

    @api.depends("number")
    def _compute_display_name(self):
        for key in self:
            key.display_name = self.env._("Version %s", key.number)

    # -- what a device manager does --------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Add versions; the newest is the current one from now on."""
        self.check_access("create")
        if any(vals.keys() - ENTERED for vals in vals_list):
            raise AccessError(self.env._("These values of a chip key are set by the system only."))
        made = self.browse()
        for vals in vals_list:
            # sudo: nobody may set keys and states directly; the right to add a version was checked
            made += super(CampusChipKey, self.sudo()).create(self._prepare_version(vals)).sudo(self.env.su)
        made.check_access("create")
        return made

    def write(self, vals):
        # The right to write is there for the form's button to save a new version, and for nothing else.
        if not self.env.su:
            raise AccessError(self.env._("A version of the chip keys is never changed: add a newer one."))
        return super().write(vals)

    @api.model
    def _prepare_version(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        number = vals.get("number", self._next_number(company))
        if number < self._next_number(company):
            raise ValidationError(
                self.env._("A new version has a higher number than those before: %s or more.",
                           self._next_number(company))
            )  # fmt: skip
        # sudo: the state is set by these steps alone; the right to add a version was checked
        before = self.sudo().search([("company_id", "=", company.id), ("state", "=", CURRENT)])
        before.write({"state": PREVIOUS})
        before.flush_recordset()
        return {
            "number": number,
            "company_id": company.id,
            "state": CURRENT,
            "is_diversified": vals.get("is_diversified", True),
            "meta_key": self._key_text(vals.get("meta_typed")),
            "master_key": self._key_text(vals.get("master_typed")),
        }

    @api.model
    def _next_number(self, company):
        # sudo: the number is needed before it is known who may see which version
        keys = self.sudo().search([("company_id", "=", company.id)], order="number desc", limit=1)
        return keys.number + 1 if keys else 1

    @api.model
    def _key_text(self, typed):
        text = re.sub(r"[\s:-]", "", typed or "").upper() or _random_key()
        if not _HEX.match(text):
            # the text itself is a secret, or nearly one: it is not repeated
            raise ValidationError(self.env._("A chip key is 32 hexadecimal digits (AES-128)."))
        return text

    def action_retire(self):
        """Believe this version no more, and forget its keys."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("campus_card.group_campus_card_device_manager"):
            raise UserError(self.env._("Only device managers retire chip keys."))
        self.check_access("read")
        if self.state == RETIRED:
            raise UserError(self.env._("This version is retired already."))
        # sudo: the state is set by these steps alone; the right was checked
        self.sudo().write(
            {
                "state": RETIRED,
                "retired_at": fields.Datetime.now(),
                "meta_key": False,
                "master_key": False,
            }
        )
        # sudo: as above; the note is part of the step
        self.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=self.env._("Retired: %s chips had proven themselves by it.", self.chip_count),
        )

    # -- what readers need -----------------------------------------------------

    @api.model
    def _versions(self, company):
        """``[sun.SunKeys]`` that are believed in ``company``, the current one first.

        Needs the rights of the system: keys can be read by nobody.
        """
        keys = self.search([("company_id", "=", company.id), ("state", "in", (CURRENT, PREVIOUS))])
        return [
            sun.SunKeys(
                key.number, bytes.fromhex(key.meta_key), bytes.fromhex(key.master_key), key.is_diversified
            )
            # a copy of the database was robbed of them
            for key in keys
            if key.meta_key and key.master_key
        ]

    @api.model
    def _believe(self, company, text, versions):
        """Return the ``sun.SunTap`` that ``text`` (an address or its query) proves.

        :raise CredentialError: ``credential_malformed``, ``sun_forged``; ``key_unknown`` where no key
            is valid any more, or not the one that this chip was known by
        """
        message = sun.parse(text)
        try:
            return sun.verify(message, versions)
        except CredentialError:
            if not versions or (message.uid and self._is_of_retired(company, message.uid)):
                raise CredentialError(errors.KEY_UNKNOWN) from None
            raise

    @api.model
    def _is_of_retired(self, company, uid):
        chip = self.env["campus.chip"].search([("company_id", "=", company.id), ("uid", "=", uid)])
        domain = [("company_id", "=", company.id), ("state", "=", RETIRED), ("number", "=", chip.key_version)]
        return bool(chip) and bool(self.search_count(domain, limit=1))
