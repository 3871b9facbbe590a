from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from .campus_card_states import CAMPUS_STAFF

# What tells who somebody is and where a new password goes -> its name in a change that is asked for.
IDENTITY = {"name": "name", "campus_number": "number", "email": "email", "phone": "phone"}


class ResPartner(models.Model):
    """Nobody changes alone who a holder with a login is, and the holder is told."""

    _inherit = "res.partner"

    campus_has_login = fields.Boolean(
        "Has a Login",
        compute="_compute_campus_has_login",
        search="_search_campus_has_login",
        groups=CAMPUS_STAFF,
        help="Name, number, e-mail and phone are then changed by two people.",
    )

    @api.depends("user_ids.active", "campus_number")
    def _compute_campus_has_login(self):
        # sudo: clerks do not read users; they learn that there is a login, not whose
        for partner in self:
            partner.campus_has_login = bool(partner.sudo().user_ids and partner.sudo().campus_number)

    def _search_campus_has_login(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: as above
        users = self.env["res.users"].sudo()._search([("active", "=", True)])
        found = [("campus_number", "!=", False), ("user_ids", "in", users)]
        return found if True in value else ["!", "&", *found]

    def write(self, vals):
        touched = IDENTITY.keys() & vals.keys()
        if not touched:
            return super().write(vals)
        self.check_access("write")
        changing = self._campus_identity_before(vals, touched)
        if changing and not self.env.su:
            self._campus_refuse_identity(changing)
        done = super().write(vals)
        for partner, before in changing.items():
            partner._campus_tell_identity(before)
        return done

    def _campus_identity_before(self, vals, touched):
        """``{holder with a login: {field: value now}}`` of what these values would change."""
        found = {}
        # sudo: the users of a contact are not the clerk's to read
        for partner in self.sudo():
            before = {name: partner[name] for name in touched if (partner[name] or "") != (vals[name] or "")}
            if before and partner.campus_number and partner.user_ids:
                found[partner] = before
        return found

    def _campus_refuse_identity(self, changing):
        for partner in changing:
            # everybody changes their own data
            if partner.id != self.env.user.partner_id.id:
                raise UserError(
                    self.env._(
                        "%s has a login. Name, campus number, e-mail and phone are changed with "
                        "“Identity Changes”: the holder confirms it, or a second person does.",
                        partner.display_name,
                    )
                )

    def _campus_tell_identity(self, before):
        """Tell the holder, at the old address, what was changed and by whom."""
        old = before.get("email", self.email)
        names = self.fields_get(list(before), ["string"])
        words = ", ".join(f"{names[name]['string']}: {self[name] or '-'}" for name in sorted(before))
        if old:
            self._campus_mail_identity(
                old,
                self.env._("Your data at the card office was changed"),
                self.env._("Changed by %(user)s: %(what)s.", user=self.env.user.name, what=words),
                self.env._("If this is not right, tell the card office at once."),
            )

    def _campus_mail_identity(self, address, subject, *parts):
        """Put a mail into the queue; the last part may be a link."""
        self.ensure_one()
        hello = self.env._("Hello %s,", self.name)
        lines = [Markup("<p>%s</p>") % part for part in (hello, *parts)]
        if parts[-1].startswith("http"):
            lines[-1] = Markup('<p><a href="%s">%s</a></p>') % (parts[-1], parts[-1])
        # sudo: who may change a holder may not send any mail
        self.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "body_html": Markup().join(lines),
                "email_to": address,
                "email_from": self.company_id.email_formatted or self.env.company.email_formatted,
                "auto_delete": True,
            }
        )

    def action_campus_change_identity(self):
        """Ask for another name, number, e-mail or phone."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change of Identity"),
            "res_model": "campus.identity.change",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
