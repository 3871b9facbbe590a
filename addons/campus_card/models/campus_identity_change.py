import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import consteq

from .res_partner_identity import IDENTITY

WAITING, DONE, REFUSED, WITHDRAWN = "waiting", "done", "refused", "withdrawn"
STATES = [(WAITING, "Waiting"), (DONE, "Done"), (REFUSED, "Refused"), (WITHDRAWN, "Withdrawn")]
VALID_DAYS = 7


class CampusIdentityChange(models.Model):
    """Another name, number, e-mail or phone of a holder with a login, which two people decide on.

    Whoever changes an e-mail alone can have a new password sent there. So the holder confirms it from
    the old address, or a manager who did not ask for it.
    """

    _name = "campus.identity.change"
    _description = "Identity Change"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        "Holder",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("campus_has_login", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    department_id = fields.Many2one(related="partner_id.campus_department_id", store=True)
    new_name = fields.Char("New Name")
    new_number = fields.Char("New Campus Number")
    new_email = fields.Char("New E-mail")
    new_phone = fields.Char("New Phone")
    reason = fields.Char(required=True)
    state = fields.Selection(STATES, required=True, default=WAITING, readonly=True, copy=False, tracking=True)
    requested_by_id = fields.Many2one(
        "res.users",
        "Asked by",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True, copy=False)
    is_confirmed = fields.Boolean("Confirmed by the Holder", readonly=True, copy=False)
    token_hash = fields.Char(groups=fields.NO_ACCESS, readonly=True, copy=False)
    expires_at = fields.Datetime("Link Valid Until", readonly=True, copy=False)

    _two_people = models.Constraint(
        "CHECK(state <> 'done' OR is_confirmed OR decided_by_id <> requested_by_id)",
        "The holder or a second person decides about a change of identity.",
    )

    @api.constrains("reason", "new_name", "new_number", "new_email", "new_phone")
    def _check_asked(self):
        for change in self:
            if not change._values():
                raise ValidationError(
                    self.env._("Say what becomes different: name, number, e-mail or phone.")
                )
            if not (change.reason or "").strip():
                raise ValidationError(self.env._("A change of identity needs a reason."))

    @api.constrains("partner_id", "company_id")
    def _check_holder(self):
        for change in self:
            # sudo: the users of a contact are not the clerk's to read
            holder = change.partner_id.sudo()
            if not holder.campus_has_login:
                raise ValidationError(
                    self.env._(
                        "%s is no card holder with a login: change the contact itself.", holder.display_name
                    )
                )
            if holder.company_id and holder.company_id != change.company_id:
                raise ValidationError(self.env._("This holder belongs to another company."))

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        for change in changes:
            change._ask_holder()
        return changes

    def write(self, vals):
        asked = {"partner_id", "company_id", "reason", *(f"new_{name}" for name in IDENTITY.values())}
        if asked & vals.keys():
            raise UserError(self.env._("A change stays as it was asked for. Withdraw it and make a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A change of identity is withdrawn, never deleted."))

    def _values(self):
        """What becomes different, as values of the contact."""
        pairs = {name: self[f"new_{short}"] for name, short in IDENTITY.items()}
        return {name: value.strip() for name, value in pairs.items() if value and value.strip()}

    def _ask_holder(self):
        """Send a link to the address that the holder has now; without one a manager decides."""
        # sudo: the clerk sees the holder (rules were checked), but writes neither token nor mail
        change = self.sudo()
        old = change.partner_id.email
        if not old:
            return
        token = secrets.token_urlsafe(24)
        change.write(
            {
                "token_hash": hashlib.sha256(token.encode()).hexdigest(),
                "expires_at": fields.Datetime.now() + timedelta(days=VALID_DAYS),
            }
        )
        change.partner_id._campus_mail_identity(
            old,
            change.env._("Please confirm: your data at the card office"),
            change.env._("The card office was asked to change: %s.", change._in_words()),
            change.env._(
                "If you asked for this, confirm it here. If not, do nothing and tell the card office."
            ),
            f"{change.get_base_url()}/card/identity/{change.id}/{token}",
        )

    def _in_words(self):
        names = self.env["res.partner"].fields_get(list(IDENTITY), ["string"])
        return ", ".join(f"{names[name]['string']}: {value}" for name, value in self._values().items())

    @api.model
    def _of_token(self, change_id, token):
        """The change that waits for this link, or nothing."""
        # sudo: the link is the right
        change = self.sudo().browse(change_id).exists()
        digest = hashlib.sha256(token.encode()).hexdigest()
        is_it = bool(change.token_hash) and consteq(change.token_hash, digest)
        waits = is_it and change.state == WAITING and change.expires_at > fields.Datetime.now()
        return change if waits else self.browse()

    def _confirm(self):
        """The holder says yes, by the link."""
        self._apply({"is_confirmed": True})

    def action_approve(self):
        """A second person says yes."""
        for change in self:
            if change.requested_by_id == self.env.user:
                raise AccessError(
                    self.env._("You asked for this change: the holder or another manager decides.")
                )
            change._apply({"decided_by_id": self.env.uid})

    def action_refuse(self):
        """Say no to changes that wait. Raises ``UserError`` where one is decided already."""
        self._end(REFUSED)

    def action_withdraw(self):
        """Take back changes that the user has asked for. Raises ``AccessError`` for those of others."""
        if any(change.requested_by_id != self.env.user for change in self):
            raise AccessError(self.env._("Only who asked for a change withdraws it."))
        self._end(WITHDRAWN)

    def _apply(self, vals):
        self.ensure_one()
        self._check_waits()
        # sudo: the rights to decide were checked; the values are written for both people
        change = self.sudo()
        change.partner_id.write(change._values())
        change.write({**vals, "state": DONE, "decided_at": fields.Datetime.now(), "token_hash": False})

    def _end(self, state):
        self._check_waits()
        # sudo: states are set by these verbs alone, which the caller may call
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "token_hash": False,
            }
        )

    def _check_waits(self):
        self.check_access("read")
        if any(change.state != WAITING for change in self):
            raise UserError(self.env._("This change is decided already."))
