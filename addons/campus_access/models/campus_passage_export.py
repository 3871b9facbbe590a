import csv
import io

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ROWS_MAX = 100_000


class CampusPassageExport(models.Model):
    """Passages with names for an investigation: one person asks, another one decides."""

    _name = "campus.passage.export"
    _description = "Export of Passages"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, default=lambda self: self.env.company
    )
    reason = fields.Text(required=True, help="Which case, and who asked for it.")
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("To", required=True)
    zone_id = fields.Many2one("campus.zone", check_company=True, ondelete="restrict")
    door_id = fields.Many2one("campus.door", check_company=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Person", ondelete="restrict")
    state = fields.Selection(
        [("requested", "Waiting"), ("approved", "Approved"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        tracking=True,
    )
    requested_by_id = fields.Many2one(
        "res.users", required=True, readonly=True, copy=False, default=lambda self: self.env.user
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, tracking=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(readonly=True, copy=False)
    can_decide = fields.Boolean(compute="_compute_can_decide")
    look_id = fields.Many2one("campus.look", readonly=True, copy=False, ondelete="restrict")

    _two_people = models.Constraint(
        "CHECK(state = 'requested' OR (decided_by_id IS NOT NULL AND decided_by_id <> requested_by_id))",
        "An export is decided by another person than the one who asked for it.",
    )
    _span = models.Constraint("CHECK(date_from < date_to)", "The end is before the beginning.")

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for export in self:
            export.can_decide = export.state == "requested" and export.requested_by_id != self.env.user

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for export in self:
            export.display_name = f"{export.date_from or ''} – {export.date_to or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        own = {"requested_by_id", "decided_by_id", "decided_at", "state", "look_id"}
        if not self.env.su and any(own & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("Who asks, who decides and the state are not entered by hand."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and any(export.state != "requested" or vals for export in self):
            raise UserError(self.env._("What was asked for is not changed: ask anew."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A request for an export stays in the books."))

    def action_approve(self):
        """Allow it, as a second person."""
        self._decide("approved")

    def action_refuse(self):
        """Refuse it, as a second person."""
        self._decide("refused")

    def _decide(self, state):
        self.check_access("read")
        for export in self:
            if export.state != "requested":
                raise UserError(self.env._("This was decided already."))
            if export.requested_by_id == self.env.user:
                raise UserError(self.env._("You asked for this. A second person decides."))
            # sudo: the state is set by these verbs alone; who may call them was checked
            export.sudo().write(
                {"state": state, "decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
            )

    def action_download(self):
        """Fetch the file: for the two people, after the approval."""
        self.ensure_one()
        self._check_download()
        return {"type": "ir.actions.act_url", "target": "download", "url": f"/campus/doors/export/{self.id}"}

    def _check_download(self):
        self.check_access("read")
        if self.state != "approved":
            raise UserError(self.env._("A second person has to approve this first."))
        if self.env.user not in self.requested_by_id | self.decided_by_id:
            raise AccessError(self.env._("Only the two who asked and approved may fetch this."))

    def _file(self):
        """The table as bytes; everybody in it can see in the portal that it was exported."""
        self._check_download()
        rows = self._rows()
        look = self.env["campus.look"]._begin("export", self.reason)
        # sudo: people are kept in the look by the server alone
        look.sudo()._add_people(rows.partner_id)
        file = io.StringIO()
        table = csv.writer(file)
        _ = self.env._
        table.writerow([_("Time"), _("Door"), _("Side"), _("Person"), _("Number"), _("What"), _("Reasons")])
        sides = dict(rows._fields["side"]._description_selection(self.env))
        for row in rows:
            who = row.partner_id
            when = self.company_id._campus_local(row.occurred_at).strftime("%Y-%m-%d %H:%M:%S")
            values = [
                when,
                row.door_id.name,
                sides.get(row.side),
                who.name,
                who.campus_number,
                row.what,
                row.reason,
            ]
            table.writerow([_plain(value) for value in values])
        return file.getvalue().encode("utf-8-sig")

    def _rows(self):
        # sudo: who passages are of may be read by nobody; two people have agreed on these
        passages = self.env["campus.passage"].sudo()
        domain = [
            *(("company_id", "=", self.company_id.id), ("occurred_at", ">=", self.date_from)),
            ("occurred_at", "<", self.date_to),
        ]
        for name in ("door_id", "partner_id"):
            if self[name]:
                domain.append((name, "=", self[name].id))
        if self.zone_id:
            below = self.env["campus.zone"].search([("id", "child_of", self.zone_id.id)]).ids
            domain += ["|", ("zone_id", "in", below), ("left_zone_id", "in", below)]
        return passages.search(domain, order="occurred_at, id", limit=ROWS_MAX)


def _plain(value):
    """A cell that no spreadsheet takes for a formula."""
    text = str(value or "")
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
