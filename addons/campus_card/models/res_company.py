from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..campus_core import money
from ..campus_core.credentials import uids


class ResCompany(models.Model):
    """The card in a company: its books, its card office and counter, what a bare UID is good for, its clock.

    What leaves the system says the time that the clock in the hall says. A time zone of whoever happens to
    read, or of a job without any, would put a lunch on another day.
    """

    _inherit = "res.company"

    campus_journal_id = fields.Many2one(
        "account.journal",
        string="Campus Card Journal",
        domain="[('type', '=', 'general')]",
        check_company=True,
        help="Journal of the day closes, unless an account of the card names its own.",
    )
    campus_clearing_account_id = fields.Many2one(
        "account.account",
        string="Card Clearing Account",
        check_company=True,
        help="Sales of a till are booked here by the till's session and taken off "
        "again by the day close. Reads zero once both are done.",
    )
    campus_debt_account_id = fields.Many2one(
        "account.account",
        string="Holders' Debt Account",
        check_company=True,
        help="What holders owe when a late charge was more than they had left.",
    )

    campus_transit_account_id = fields.Many2one(
        "account.account",
        string="Card Top-ups in Transit",
        check_company=True,
        help="Payments of online top-ups are booked here and taken off again by the day close. "
        "Reads zero once both are done.",
    )

    campus_replacement_fee_minor = fields.Integer("Replacement Fee (cents)", default=2000, tracking=True)
    campus_replacement_fee = fields.Monetary(
        "Replacement Fee",
        compute="_compute_campus_replacement_fee",
        inverse="_inverse_campus_replacement_fee",
        help="Taken from the holder's wallet when a card is replaced, unless a manager waives it.",
    )
    campus_uid_form = fields.Selection(
        [
            (uids.HEX_BE, "Hexadecimal"),
            (uids.HEX_LE, "Hexadecimal, bytes reversed"),
            (uids.DEC_LE, "Decimal (10 digits), bytes reversed"),
            (uids.DEC_BE, "Decimal (10 digits)"),
            (uids.PAIR_LE, "Two numbers with a comma, bytes reversed"),
            (uids.PAIR_BE, "Two numbers with a comma"),
        ],
        "Desk Readers Type",
        required=True,
        default=uids.HEX_BE,
        help="How the readers of the card office type the UID of a card. Cards are found in any form; "
        "this one decides when a number could be read in several.",
    )
    campus_approver_id = fields.Many2one(
        "res.users",
        "Corrections Go To",
        help="Gets an activity for each correction that waits for a second person.",
    )

    _campus_replacement_fee_check = models.Constraint(
        "CHECK(campus_replacement_fee_minor >= 0)", "The replacement fee cannot be negative."
    )

    campus_counter_ask_minor = fields.Integer("Ask Above (cents)", default=100_000)
    campus_counter_most_minor = fields.Integer("Most at the Counter (cents)", default=500_000)
    campus_counter_ask = fields.Monetary(
        "Ask Above",
        compute="_compute_campus_counter",
        inverse="_inverse_campus_counter_ask",
        help="Above this amount the clerk says that the cash was counted twice. 0: never asked.",
    )
    campus_counter_most = fields.Monetary(
        "Most at the Counter",
        compute="_compute_campus_counter",
        inverse="_inverse_campus_counter_most",
        help="The counter takes no more cash than this in one go. 0: as much as comes.",
    )

    _campus_counter_check = models.Constraint(
        "CHECK(campus_counter_ask_minor >= 0 AND campus_counter_most_minor >= 0)",
        "The limits of the counter cannot be negative.",
    )

    campus_chip_required = fields.Boolean(
        "Chips Must Prove Themselves",
        tracking=True,
        help="A card whose chip has proven itself is refused when it shows its UID alone: that may be a "
        "copy. Switch it on when the readers can read such chips.",
    )
    campus_uid_limit_minor = fields.Integer(
        "Bare UID: per Purchase (cents)", default=0, required=True, tracking=True
    )
    campus_uid_limit = fields.Monetary(
        "Bare UID: per Purchase",
        compute="_compute_campus_uid_limit",
        inverse="_inverse_campus_uid_limit",
        help="Most that a card may pay at once when it shows its UID alone. 0: no limit of its own.",
    )

    campus_uid_hour_minor = fields.Integer(
        "Bare UID: per Edge and Hour (cents)", default=1_000_000, required=True, tracking=True
    )
    campus_uid_hour = fields.Monetary(
        "Bare UID: per Edge and Hour",
        compute="_compute_campus_uid_hour",
        inverse="_inverse_campus_uid_hour",
        help="Most that one edge may charge within an hour to cards that show their UID or number alone, "
        "also while the server decides. It bounds what a stolen edge can take. 0: no limit.",
    )

    _campus_uid_limit_check = models.Constraint(
        "CHECK (campus_uid_limit_minor >= 0 AND campus_uid_hour_minor >= 0)",
        "The limits for a bare UID are not negative.",
    )

    @api.depends("campus_replacement_fee_minor")
    def _compute_campus_replacement_fee(self):
        for company in self:
            company.campus_replacement_fee = company.campus_replacement_fee_minor / money.MINOR_PER_MAJOR

    def _inverse_campus_replacement_fee(self):
        for company in self:
            company.campus_replacement_fee_minor = self.env["campus.amount"]._to_minor(
                company.campus_replacement_fee
            )

    def _campus_today(self):
        """Today where the company is: a card is good on the same days for its maker, a till and a reader."""
        self.ensure_one()
        # sudo: the company's time zone is no secret
        partner = self.partner_id.sudo()
        # a till waits for this: not all that is known of a partner
        partner.fetch(["tz"])
        zone = ZoneInfo(partner.tz or "UTC")
        return fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()

    @api.constrains(
        "campus_clearing_account_id",
        "campus_debt_account_id",
        "campus_transit_account_id",
        "campus_journal_id",
    )
    def _check_campus_links(self):
        links = self.env["campus.account.links"]
        for company in self:
            links._raise(links._company_problems(company))

    @api.depends("campus_counter_ask_minor", "campus_counter_most_minor")
    def _compute_campus_counter(self):
        for company in self:
            company.campus_counter_ask = company.campus_counter_ask_minor / money.MINOR_PER_MAJOR
            company.campus_counter_most = company.campus_counter_most_minor / money.MINOR_PER_MAJOR

    def _inverse_campus_counter_ask(self):
        for company in self:
            company.campus_counter_ask_minor = self.env["campus.amount"]._to_minor(company.campus_counter_ask)

    def _inverse_campus_counter_most(self):
        for company in self:
            company.campus_counter_most_minor = self.env["campus.amount"]._to_minor(
                company.campus_counter_most
            )

    @api.depends("campus_uid_limit_minor")
    def _compute_campus_uid_limit(self):
        for company in self:
            company.campus_uid_limit = company.campus_uid_limit_minor / money.MINOR_PER_MAJOR

    @api.depends("campus_uid_hour_minor")
    def _compute_campus_uid_hour(self):
        for company in self:
            company.campus_uid_hour = company.campus_uid_hour_minor / money.MINOR_PER_MAJOR

    def _inverse_campus_uid_hour(self):
        for company in self:
            company.campus_uid_hour_minor = self.env["campus.amount"]._to_minor(company.campus_uid_hour)

    def _inverse_campus_uid_limit(self):
        for company in self:
            company.campus_uid_limit_minor = self.env["campus.amount"]._to_minor(company.campus_uid_limit)

    def _campus_zone_name(self):
        """Return the name of the campus's time zone."""
        # sudo: the time zone of a school is no secret, its contact may be none of the reader's
        return self.sudo().partner_id.tz or "UTC"

    def _campus_zoned(self, moment):
        """A naive UTC moment of the database on the campus's clock, with its zone."""
        return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(self._campus_zone_name()))

    def _campus_local(self, moment):
        """The same without its zone, for cells and texts that know none."""
        return self._campus_zoned(moment).replace(tzinfo=None)

    def _campus_when(self, moment, env=None):
        """Date and time as the reader's language writes them, by the campus's clock."""
        return format_datetime(env or self.env, moment, tz=self._campus_zone_name(), dt_format="short")
