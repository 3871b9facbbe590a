from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigInteger
from odoo.tools import format_date

KINDS = [
    ("pocket", "Pocket: balance is not what its transfers add up to"),
    ("owner", "Account: has transfers of another holder"),
    ("reserved", "Pocket: reserved is not what its reservations add up to"),
    ("reversed", "Transfer: what was reversed is noted wrongly"),
    ("transfer", "Transfer: is not as it was written"),
    ("no_cause", "Transfer: comes from no request and no tap"),
    ("posting", "Answered request: is not as it was written"),
    ("answer", "Answered request: its transfers are gone or belong to another request"),
    ("reservation", "Reservation: is not as it was written"),
    ("ended", "Reservation: ended without an answer, or captured something else"),
    ("tap", "Tap: is not as it was written"),
    ("tap_money", "Tap: amount is not what was moved"),
    ("taps_gone", "Edge: taps are not those that came"),
    ("day", "Business day: was reopened or closed outside the system"),
    ("closed_sum", "Closed day: a sum is not that of the transfers"),
    ("closed_entry", "Closed day: an account was not booked as the day's sums say"),
]

# Rows of these models have no name of their own.
NAMELESS = ("campus.posting", "campus.reservation")


class CampusBridgeFinding(models.Model):
    """A row that does not agree with what other rows say about it."""

    _name = "campus.bridge.finding"
    _description = "Row That Does Not Fit"
    _order = "bridge_id desc, id"

    bridge_id = fields.Many2one("campus.bridge", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="bridge_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, string="What Is Wrong", required=True)
    res_model = fields.Char(required=True)
    # Not Odoo's Reference field: ids of transfers, taps and answers have 64 bits.
    res_id = BigInteger(string="Number")
    detail = fields.Json()
    name = fields.Char(string="Row", compute="_compute_name")
    has_amounts = fields.Boolean()
    expected = fields.Monetary(string="Should Be")
    found = fields.Monetary(string="Is")

    @api.depends("res_model", "res_id", "detail")
    @api.depends_context("lang")
    def _compute_name(self):
        for finding in self:
            words = finding._detail_words()
            # sudo: whoever may read the check may read the names of the rows in it
            record = self.env[finding.res_model].sudo().browse(finding.res_id or []).exists()
            holder = record.wallet_id.display_name if record and "wallet_id" in record else ""
            named = f"#{finding.res_id}" if finding.res_model in NAMELESS else record.display_name
            finding.name = " · ".join(part for part in (holder, named, *words) if part)

    def _detail_words(self):
        """Details that name the row besides its record, in the reader's language."""
        detail = self.detail or {}
        words = []
        if detail.get("date") and not self.res_id:
            words.append(format_date(self.env, detail["date"]))
        if detail.get("kind"):
            kind = self.env["campus.closing.line"]._kind_names().get(detail["kind"], detail["kind"])
            words.append(self.env._("Refund: %s", kind) if detail.get("is_reversal") else kind)
        if detail.get("where"):
            words.append(detail["where"])
        if detail.get("gl_id"):
            # sudo: as for the name of the record
            account = self.env["account.account"].sudo().with_company(self.company_id).browse(detail["gl_id"])
            words.append(account.display_name)
        if detail.get("taps"):
            words.append(self.env._("%s taps are missing", detail["taps"]))
        if detail.get("numbers"):
            numbers = ", ".join(str(number) for number in detail["numbers"])
            words.append(self.env._("missing numbers: %s", numbers))
        return words

    def action_open(self):
        """Open the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"create": False, "edit": False, "delete": False},
        }

    @api.model
    def _prepare_vals(self, kind, model, res_id, detail, expected_minor, found_minor):
        return {
            "kind": kind,
            "res_model": model,
            "res_id": res_id,
            "detail": detail or False,
            "has_amounts": expected_minor is not None,
            "expected": (expected_minor or 0) / 100,
            "found": (found_minor or 0) / 100,
        }
