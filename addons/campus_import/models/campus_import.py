import base64

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.card_file.decode import decode
from odoo.exceptions import UserError

STATES = [
    ("draft", "New"),
    ("checked", "Checked"),
    ("queued", "Waiting"),
    ("running", "Running"),
    ("done", "Imported"),
    ("failed", "Not Imported"),
]
POLICIES = [
    ("all_or_nothing", "Import all rows, or none if one has an error"),
    ("skip_bad_rows", "Import the good rows and leave out those with errors"),
]
PHASES = [
    ("read", "Reading the file"),
    ("check", "Checking the rows"),
    ("holders", "Holders"),
    ("cards", "Cards and wallets"),
    ("balances", "Opening balances"),
    ("report", "Writing the report"),
]

# Number of lines that are read to find the profile and the meaning of the columns.
HEAD_LINES = 250


class CampusImport(models.Model):
    """A card file of an old system. It is checked first and then imported.

    A check is a dry run: it finds what an import would do with every row, and stores only the report.
    """

    _name = "campus.import"
    _description = "Card File Import"
    _order = "id desc"
    _rec_name = "filename"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    file = fields.Binary(attachment=True, copy=False, help="CSV or XLSX, as the old system exports it.")
    filename = fields.Char(copy=False)
    profile_id = fields.Many2one(
        "campus.import.profile",
        "Import Profile",
        compute="_compute_profile_id",
        store=True,
        readonly=False,
        precompute=False,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    policy = fields.Selection(POLICIES, "Rows with Errors", required=True, default="all_or_nothing")
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, copy=False, index=True)
    task = fields.Selection([("check", "Check"), ("import", "Import")], readonly=True, copy=False)
    encoding = fields.Char(readonly=True, copy=False)
    progress = fields.Float(readonly=True, copy=False, help="Per cent.")
    phase = fields.Selection(PHASES, readonly=True, copy=False)
    progress_at = fields.Datetime(readonly=True, copy=False)
    attempts = fields.Integer(readonly=True, copy=False)
    failure = fields.Text(readonly=True, copy=False)

    row_count = fields.Integer("Rows", readonly=True, copy=False)
    created_count = fields.Integer("Created", readonly=True, copy=False)
    updated_count = fields.Integer("Updated", readonly=True, copy=False)
    unchanged_count = fields.Integer("Unchanged", readonly=True, copy=False)
    error_count = fields.Integer("Rows with Errors (count)", readonly=True, copy=False)
    attention_count = fields.Integer("Worth a Look", readonly=True, copy=False)
    blocked = fields.Boolean(readonly=True, copy=False, help="The file as a whole cannot be imported.")
    opening_minor = fields.Integer("Opening Balances (cents)", readonly=True, copy=False)
    opening = fields.Monetary("Opening Balances", compute="_compute_opening")
    summary = fields.Json(readonly=True, copy=False)
    line_ids = fields.One2many("campus.import.line", "import_id", "Report", readonly=True)
    started_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)

    _progress_check = models.Constraint("CHECK (progress >= 0 AND progress <= 100)", "Progress is per cent.")

    @api.depends("file")
    def _compute_profile_id(self):
        """Find the profile by the columns of the file. A profile that was chosen by hand stays."""
        profiles = self.env["campus.import.profile"]
        for job in self:
            found = profiles._detect(decode(job._content(), limit=HEAD_LINES)) if job.file else profiles
            job.profile_id = found or job.profile_id

    @api.depends("opening_minor", "currency_id")
    def _compute_opening(self):
        for job in self:
            job.opening = job.currency_id.round(job.opening_minor / 100)

    def write(self, vals):
        if {"file", "profile_id"} & vals.keys() and any(
            job.state in ("running", "queued", "done") for job in self
        ):
            raise UserError(self.env._("This file is imported already, or just being imported."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        if any(job.state in ("running", "queued", "done") for job in self):
            raise UserError(self.env._("The report of an import cannot be deleted."))

    def action_check(self):
        """Dry run: find what would be done with every row."""
        self._start("check")

    def action_import(self):
        """Import the file that was checked."""
        for job in self:
            if job.blocked or (job.policy == "all_or_nothing" and job.error_count):
                raise UserError(
                    self.env._(
                        "Rows have errors. Correct the file and check it again, "
                        "or choose to leave out the rows with errors."
                    )
                )
        self._start("import")

    def action_reset(self):
        """Set back to draft, so that another file or profile can be chosen."""
        for job in self:
            if job.state not in ("checked", "failed"):
                raise UserError(self.env._("An import that was carried out cannot start again."))
        # sudo: nobody may write a report; it is deleted when the import is set back
        self.line_ids.sudo().unlink()
        self.write({"state": "draft", "failure": False, "blocked": False, "progress": 0})

    def action_create_profile(self):
        """Make a profile for a file that no profile fits. It is guessed and must be checked by a person."""
        self.ensure_one()
        name = (self.filename or self.env._("New file")).rsplit(".", 1)[0]
        self.profile_id = self.env["campus.import.profile"]._create_guess(self._head(), name)
        return self.action_open_profile()

    def action_open_profile(self):
        """Open the profile."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.import.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }

    def action_view_lines(self):
        """Open the report with the filter of the button."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_import.campus_import_line_action")
        wanted = self.env.context.get("campus_import_result")
        action["domain"] = [("import_id", "=", self.id)]
        action["context"] = {f"search_default_{wanted}": 1} if wanted else {}
        return action

    def action_download_report(self):
        """Download the report as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/campus.import/{self.id}/report_file?filename={self._report_name()}&download=true",
            "target": "download",
        }

    def _content(self):
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _head(self):
        """The first lines of the file, decoded as the profile says."""
        return decode(self._content(), self.profile_id.encoding or "auto", HEAD_LINES)
